//! All rows of a text at once, for the tests and the fuzz targets that hold both paths equal to the `csv` crate.

#![cfg_attr(not(fuzzing), allow(unreachable_pub))]

use super::super::plain::SEEN_AHEAD;
use super::{Limits, Plain, Rows};

/// Our records, without the empty lines, which the `csv` crate does not give.
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

/// The number, the line and the place of a row.
type Start = (u64, u64, usize);

/// A text with enough bytes behind it that all of it may take the fast path.
pub fn with_more(text: &str) -> String {
    format!("{text}\n{}", "x".repeat(SEEN_AHEAD))
}

/// Our records where rows of this number of values may take the fast path, and the offset of each row.
pub fn split_rows<const CELLS: usize>(text: &str) -> (Vec<Vec<String>>, Vec<Start>) {
    let limits = Limits { columns: 1 << 12, ..Limits::default() };
    let mut rows = Rows::new(text, 0, b',', &limits);
    let (mut read, mut places) = (Vec::new(), Vec::new());
    loop {
        let mut take = |row: &Plain<'_, CELLS>| {
            read.push((0..CELLS).map(|index| row.cell(index).to_owned()).collect());
            places.push((row.number, row.line, row.start));
            true
        };
        if rows.take_plain(usize::MAX, usize::MAX, |_, row| take(row)) > 0 || rows.take_quoted(take) {
            continue;
        }
        let Some(row) = rows.next() else { return (read, places) };
        if row.count > 0 {
            read.push(row.cells().map(str::to_owned).collect());
        }
        places.push((row.number, row.line, row.start));
    }
}
