//! The limits of a file (`Limits`), with their default values: bytes, rows, columns, the size of a cell, and listed
//! problems. The defaults are also in the docs of `bindings-node/lib/shared/reading.ts`, and that of bytes in
//! `bindings-node/lib/reader/options.ts`.

/// Limits for a file. If a file is larger than a limit allows, the report says so.
///
/// The defaults allow a roster of a whole nation: 9.1 million students in 750 MB.
///
/// ```
/// use onroll::{Limits, Reader};
/// let school = Reader::new().limits(Limits { rows: 3_000, ..Limits::default() });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)] // so that it can be written with `..Limits::default()`
pub struct Limits {
    /// The largest file in bytes. The default is 1 GiB, and the maximum 2 GiB.
    pub file_bytes: u64,
    /// The largest number of rows with values, without the heading row. The default is 20 million.
    pub rows: u64,
    /// The largest number of cells in a row. The default is 256.
    pub columns: usize,
    /// The largest size of one cell in bytes of UTF-8. The default is 1,000. You can set 16 to 65,535.
    pub cell_bytes: usize,
    /// The largest size of a decompressed workbook and of its texts, in bytes. The default is 512 MiB. For a small
    /// workbook, the limit can be lower: 64 MiB or a hundred times the file's size, whichever is larger.
    pub sheet_bytes: u64,
    /// The largest number of problems that the report lists, and the largest number of fixes. The default is 10,000.
    /// Further problems and fixes are only counted.
    pub problems: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 1 << 30,
            rows: 20_000_000,
            columns: 256,
            cell_bytes: 1_000,
            sheet_bytes: 1 << 29,
            problems: 10_000,
        }
    }
}

impl Limits {
    /// Returns the limits, reduced to the largest possible values. Offsets in a file have 32 bits, and lengths of cells
    /// have 16 bits.
    pub(crate) fn within_reach(mut self) -> Self {
        self.file_bytes = self.file_bytes.min(1 << 31);
        self.columns = self.columns.clamp(1, 1 << 14);
        self.sheet_bytes = self.sheet_bytes.min(1 << 31);
        self.cell_bytes = self.cell_bytes.clamp(16, usize::from(u16::MAX));
        self
    }
}
