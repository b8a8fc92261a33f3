//! All rows of a text at once, for the tests and the fuzz targets that hold the lanes equal to the `csv` crate.

#![cfg_attr(not(fuzzing), allow(unreachable_pub))]

use super::{Limits, Plain, Rows, SEEN_AHEAD};

/// What we read, without the empty lines, which the `csv` crate does not give.
pub fn by_lanes(text: &str, delimiter: u8) -> Vec<Vec<String>> {
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

/// A text with so much behind it that all of it may take the short ways.
pub fn with_more(text: &str) -> String {
    format!("{text}\n{}", "x".repeat(SEEN_AHEAD))
}

/// What we read where rows of so many cells may take the short ways, and the same of each row's place.
pub fn by_short_ways<const CELLS: usize>(text: &str) -> (Vec<Vec<String>>, Vec<Start>) {
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
