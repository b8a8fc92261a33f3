//! Finds cells in the raw text of a row, blank rows, and quoted values that swallow other rows (`swallows`).

use crate::table::{self, Row};
use crate::text;

/// Returns the cells of a line, without spaces and quotation marks around them.
pub(super) fn cells_of(line: &[u8], delimiter: u8) -> Vec<String> {
    const MOST: usize = 64;
    let starts: Vec<usize> = table::cell_starts(line, delimiter).take(MOST).collect();
    let ends = starts.iter().skip(1).map(|start| start - 1).chain([line.len()]);
    let cell = |(start, end): (&usize, usize)| {
        let cell = line.get(*start..end).and_then(|cell| str::from_utf8(cell).ok()).unwrap_or_default();
        cell.trim().trim_matches('"').trim().to_owned()
    };
    starts.iter().zip(ends).map(cell).collect()
}

pub(in crate::reader) fn is_blank(row: &Row<'_>) -> bool {
    row.count == row.ends.len() && row.broken.is_none() && row.cells().all(text::is_blank)
}

/// Returns whether a quoted value contains text that looks like whole rows. This is so if a row with line breaks does
/// not have `wanted` values, or if a line inside a cell has at least `least` values.
pub(in crate::reader) fn swallows(row: &Row<'_>, delimiter: u8, wanted: usize, least: usize) -> bool {
    if !row.tall {
        return false;
    }
    let full_line = |line: &str| line.bytes().filter(|b| *b == delimiter).count() + 1 >= least;
    row.count != wanted || row.cells().any(|cell| cell.lines().skip(1).any(full_line))
}

/// Returns the offset in the text at which a cell starts.
pub(in crate::reader) fn cell_at(row: &Row<'_>, text: &[u8], delimiter: u8, cell: usize) -> usize {
    let raw = text.get(row.start..row.end).unwrap_or_default();
    row.start + table::cell_start(raw, delimiter, cell)
}
