//! Decodes spreadsheet files (`decode.rs`, `workbook/`), and splits them into rows of cells by a fast and a slow path.
//! Also writes files that are safe to open in a spreadsheet (`write.rs`). This module knows nothing about students.

mod cell;
mod decode;
mod dialect;
mod fast_path;
mod fast_row;
mod index;
mod limits;
mod rearranged;
mod single_byte;
mod slow_path;
#[cfg(feature = "workbook")]
pub(crate) mod workbook;
mod write;

pub(crate) use cell::{cell_start, cell_starts};
pub(crate) use decode::{Decoded, NotText, TextSource, decode, presume};
pub(crate) use dialect::{Dialect, quoted_line};
#[cfg(fuzzing)]
pub(crate) use fast_path::whole;
pub(crate) use fast_path::{Broken, Row, Rows, Span};
pub(crate) use fast_row::FastRow;
#[cfg(test)]
pub(crate) use fast_row::SEEN_AHEAD;
pub use limits::Limits;
pub(crate) use rearranged::Rearranged;
pub(crate) use single_byte::SingleByte;
pub(crate) use write::{CsvWriter, save, written};
pub use write::{NotARegularFile, save_file};
