//! Reads all rows of a text at once, for the tests and fuzz targets that compare both paths with the `csv` crate.

#![cfg_attr(not(fuzzing), allow(unreachable_pub))]

use super::super::fast_row::SEEN_AHEAD;
use super::super::index::STRETCH;
use super::{Limits, Rows};
use crate::table::FastRow;

/// Returns the records that our reader reads, without the empty lines. The `csv` crate does not return empty lines.
pub fn read_rows(text: &str, delimiter: u8) -> Vec<Vec<String>> {
    let limits = Limits { columns: 1 << 12, ..Limits::default() };
    let mut rows = Rows::new(text, 0, delimiter, &limits);
    let mut read = Vec::new();
    while let Some(row) = rows.next() {
        if row.count > 0 {
            assert_eq!(row.count, row.ends.len());
            read.push(row.cells().map(str::to_owned).collect());
        }
    }
    read
}

/// The number, the line and the offset of a row.
type Start = (u64, u64, usize);

/// Returns the text, followed by enough bytes for the fast path to read the whole text.
pub fn with_more(text: &str) -> String {
    format!("{text}\n{}", "x".repeat(SEEN_AHEAD))
}

/// Returns the text with a long row above it. The index then ends a segment at the offset `at` of the text.
pub fn across_stretches(text: &str, at: usize) -> String {
    format!("{}\n{text}", "x".repeat((STRETCH - 1).saturating_sub(at)))
}

/// Returns the records that our reader reads, and the start of each row. The fast paths can read rows of `CELLS`
/// values.
pub fn split_rows<const CELLS: usize>(text: &str) -> (Vec<Vec<String>>, Vec<Start>) {
    let limits = Limits { columns: 1 << 12, ..Limits::default() };
    let mut rows = Rows::new(text, 0, b',', &limits);
    let (mut read, mut starts) = (Vec::new(), Vec::new());
    loop {
        let mut take = |row: &FastRow<'_, CELLS>| {
            read.push((0..CELLS).map(|index| row.cell(index).to_owned()).collect());
            starts.push((row.number, row.line, row.start));
            true
        };
        if rows.take_fast(usize::MAX, usize::MAX, |_, row| take(row)) > 0 || rows.take_quoted(take) {
            continue;
        }
        let Some(row) = rows.next() else { return (read, starts) };
        if row.count > 0 {
            read.push(row.cells().map(str::to_owned).collect());
        }
        starts.push((row.number, row.line, row.start));
    }
}
