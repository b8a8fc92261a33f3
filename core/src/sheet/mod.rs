//! Spreadsheet files as rows of cells: decoding, the two lanes, safe writing. Knows no student.

mod cell;
mod decode;
mod index;
mod lanes;
mod write;

pub(crate) use cell::{cell_start, cell_starts};
pub(crate) use decode::{Decoded, Source, Unreadable, decode, presume};
#[cfg(test)]
pub(crate) use lanes::SEEN_AHEAD;
#[cfg(fuzzing)]
pub(crate) use lanes::whole;
pub(crate) use lanes::{Broken, Plain, Row, Rows};
pub(crate) use write::{CsvWriter, save, written};
pub use write::{NotARegularFile, save_file};

/// How much a file may hold. Reaching a limit is a problem in the report.
///
/// The defaults take a national roster: 9.1 million students in 750 MB.
///
/// ```
/// use onroll::{Limits, Reader};
/// let school = Reader::new().limits(Limits { rows: 3_000, ..Limits::default() });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)] // so that it can be written with `..Limits::default()`
pub struct Limits {
    /// Bytes of the file; 1 GiB by default, and never more than 2 GiB.
    pub file_bytes: u64,
    /// Rows that hold something, the heading row aside; 20 million by default.
    pub rows: u64,
    /// Cells in a row; 256 by default.
    pub columns: usize,
    /// Bytes of one cell in UTF-8; 1,000 by default, from 16 to 65,535.
    pub cell_bytes: usize,
    /// Problems listed in the report (and, apart, fixes listed); 10,000 by default. All are counted.
    pub problems: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file_bytes: 1 << 30, rows: 20_000_000, columns: 256, cell_bytes: 1_000, problems: 10_000 }
    }
}

impl Limits {
    /// The limits with what no setting lifts: places in a file are kept in 32 bits, lengths of cells in 16.
    pub(crate) fn within_reach(mut self) -> Self {
        self.file_bytes = self.file_bytes.min(1 << 31);
        self.columns = self.columns.clamp(1, 1 << 14);
        self.cell_bytes = self.cell_bytes.clamp(16, usize::from(u16::MAX));
        self
    }
}
