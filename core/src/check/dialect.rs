//! Recognises the CSV dialect of a record, and has the message about each dialect (`note`). `table/dialect.rs` has the
//! list of dialects, and rewrites them.

use crate::table::{self, Dialect, Limits, Row, Rows, quoted_line};

/// Returns the dialect of a record, if the record is not standard CSV. In this dialect, the record has the right number
/// of cells. Its cells may contain fewer quotation marks than if we read it as standard CSV. `wanted` is the expected
/// number of cells, if it is known.
pub(crate) fn dialect_of(row: &Row<'_>, text: &[u8], delimiter: u8, wanted: Option<usize>) -> Option<Dialect> {
    let raw = text.get(row.start..row.end.max(row.start)).unwrap_or_default();
    // The first byte of a curly quotation mark is E2.
    memchr::memchr3(b'"', b'\'', 0xE2, raw)?;
    let line = raw.split(|byte| b"\r\n".contains(byte)).next().unwrap_or_default();
    if line.len() > 1 << 16 {
        return None;
    }
    let enough = |count: usize| wanted.map_or(count > 2, |wanted| count == wanted);
    let is_wrong = wanted.is_none_or(|wanted| row.count != wanted);
    if row.count == 1 && is_wrong && quoted_line(line).is_some_and(|inner| enough(count(inner, delimiter))) {
        return Some(Dialect::QuotedLines);
    }
    let reads = |dialect: Dialect| {
        let (rewritten, moves) = dialect.rewrite(line, 0, delimiter);
        (!moves.is_empty() && enough(count(&rewritten, delimiter))).then_some(dialect)
    };
    if has_spaced_quote(line, delimiter) {
        return reads(Dialect::SpacedQuotes);
    }
    let trimmed = line.trim_ascii();
    let separator = [b'\'', delimiter, b'\''];
    // A single value may have apostrophes of its own. So if the number of cells is right, every cell must be enclosed
    // in apostrophes.
    let is_enclosed =
        |cell: &str| cell.trim().len() > 2 && cell.trim().starts_with('\'') && cell.trim().ends_with('\'');
    // In a corrected file, we wrote the apostrophe before a formula, and the quotation marks around a value with one of
    // the characters in `is_ours`. The school did not write these marks.
    let is_ours = |cell: &str| table::written(cell) != cell || cell.contains(['"', ';', '\t', ',', '\r', '\n']);
    if trimmed.len() > 2
        && trimmed.starts_with(b"'")
        && trimmed.ends_with(b"'")
        && memchr::memmem::find_iter(trimmed, &separator).count() > 1
        && !row.cells().any(is_ours)
        && (is_wrong || row.cells().all(is_enclosed))
    {
        return reads(Dialect::Apostrophes);
    }
    if is_wrong && wanted.is_some() && memchr::memmem::find(line, "\u{201C}".as_bytes()).is_some() {
        return reads(Dialect::CurlyQuotes);
    }
    if memchr::memmem::find(line, b"\\\"").is_some() && has_stray_quote(line, delimiter) {
        return reads(Dialect::Backslashes).filter(|_| {
            let (rewritten, _) = Dialect::Backslashes.rewrite(line, 0, delimiter);
            !has_stray_quote(&rewritten, delimiter)
        });
    }
    None
}

/// Returns the number of cells in a line.
fn count(line: &[u8], delimiter: u8) -> usize {
    Rows::new(line, 0, delimiter, &Limits::default())
        .next()
        .filter(|row| row.broken.is_none())
        .map_or(0, |row| row.count)
}

/// Returns whether a field begins with blanks and then a quotation mark.
fn has_spaced_quote(line: &[u8], delimiter: u8) -> bool {
    memchr::memchr_iter(b'"', line).any(|at| {
        let before = line.get(..at).unwrap_or_default();
        let field = before.iter().rposition(|byte| !matches!(byte, b' ' | b'\t') || *byte == delimiter);
        let blanks = at - field.map_or(0, |field| field + 1);
        // More than eight blanks are not a dialect.
        (1..=8).contains(&blanks) && field.is_none_or(|field| line.get(field) == Some(&delimiter))
    })
}

/// Returns whether a line has a quoted field with text after its closing quotation mark.
pub(crate) fn has_stray_quote(line: &[u8], delimiter: u8) -> bool {
    let mut at = 0;
    while at < line.len() {
        if line.get(at) == Some(&b'"') {
            at += 1;
            loop {
                let Some(next) = line.get(at..).and_then(|rest| memchr::memchr(b'"', rest)) else { return false };
                at += next + 1;
                if line.get(at) != Some(&b'"') {
                    break;
                }
                at += 1;
            }
            if line.get(at).is_some_and(|byte| *byte != delimiter) {
                return true;
            }
        }
        let Some(next) = line.get(at..).and_then(|rest| memchr::memchr(delimiter, rest)) else { return false };
        at += next + 1;
    }
    false
}

/// Returns the message about a file in this dialect.
pub(crate) fn note(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::SpacedQuotes => "there are spaces before the quotation marks around values",
        Dialect::Apostrophes => "values are in apostrophes, but Excel uses quotation marks",
        Dialect::Backslashes => "quotation marks within values have a backslash, but Excel writes them twice",
        Dialect::QuotedLines => "whole lines are in quotation marks",
        Dialect::CurlyQuotes => "values are in the curly quotation marks of a word processor",
        Dialect::JoinedHeadings(_) => "the line break after the headings is missing",
    }
}
