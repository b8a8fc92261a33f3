//! Opens a school's own export as a table (`Export`). For detection, leaves out titles, totals and repeated headings.
//! `check/heading_row.rs` finds its heading row, and `table/decode.rs` its encoding.

use std::collections::BTreeSet;

use crate::check::{self, HeadingPoints, Survey};
use crate::mapping::{Looked, Records, Table, ValueKind, points};
use crate::problem::{Detail, Position, ProblemCode as Code};
use crate::table::{Broken, Decoded, Dialect, Limits, Row, Rows};
use crate::vocabulary::Vocabulary;

use super::chunk;

/// The largest number of CSV dialects to look for in one file.
const MOST_DIALECTS: usize = 4;

/// A school's own export, with its headings found.
pub(super) struct Export {
    pub(super) decoded: Decoded,
    pub(super) headings: Vec<String>,
    /// The row of the headings: its number, line and start.
    pub(super) number: u64,
    pub(super) line: u64,
    pub(super) start: usize,
    /// The start of the rows below the headings.
    pub(super) rows: (usize, u64, u64),
    /// The delimiter of the rows.
    pub(super) rows_delimiter: u8,
    /// Of the rows above the headings, the position of the row with the most values. It is `None` if this row has at
    /// most three values, or fewer than three fifths as many values as there are headings.
    pub(super) full_above: Option<Position>,
}

/// The row of the headings, and the start of the rows below it.
struct ExportTop {
    headings: Vec<String>,
    number: u64,
    line: u64,
    start: usize,
    rows: (usize, u64, u64),
    full_above: Option<Position>,
}

/// The reason why an export cannot be read.
pub(super) enum Unopened {
    /// The export has no headings, or no rows at all. If its first row is a student, the position is that row.
    Without(Looked, Position),
    /// A problem at a position in the file.
    Problem(Code, Position, Detail),
}

impl Export {
    /// Finds the headings of a text, and rewrites other dialects of CSV.
    pub(super) fn open(
        mut decoded: Decoded,
        limits: &Limits,
        points: &HeadingPoints<'_>,
        vocabulary: &Vocabulary,
    ) -> Result<Self, Box<(Decoded, Unopened)>> {
        let mut dialects: Vec<Dialect> = Vec::new();
        loop {
            let survey = Survey::by(&decoded.text, decoded.start, limits, points);
            let is_new = |dialect: &Dialect| {
                let kind = std::mem::discriminant(dialect);
                dialects.len() < MOST_DIALECTS && dialects.iter().all(|known| std::mem::discriminant(known) != kind)
            };
            let is_sheet = decoded.source.is_sheet();
            let found = survey.dialect.filter(is_new).or_else(|| dialect(&decoded, &survey, limits).filter(is_new));
            let Some(dialect) = found.filter(|_| !is_sheet) else {
                let top = match Self::top(&decoded, &survey, limits) {
                    Ok(top) => top,
                    Err(unopened) => return Err(Box::new((decoded, unopened))),
                };
                let export = Self::below(top, decoded, &survey);
                if export.is_headed_by_student(limits, vocabulary) {
                    let position = Position::Row {
                        row: export.number,
                        line: export.line,
                        byte: export.start as u64,
                        column: None,
                    };
                    return Err(Box::new((export.decoded, Unopened::Without(Looked::Headless, position))));
                }
                return Ok(export);
            };
            dialects.push(dialect);
            let delimiter = survey.rows_delimiter.unwrap_or(survey.delimiter);
            decoded = decoded.rewritten(dialect, delimiter);
        }
    }

    fn below(top: ExportTop, decoded: Decoded, survey: &Survey) -> Self {
        let ExportTop { headings, number, line, start, rows, full_above } = top;
        let rows_delimiter = survey.rows_delimiter.unwrap_or(survey.delimiter);
        Self { decoded, headings, number, line, start, rows, rows_delimiter, full_above }
    }

    /// Reads the text up to and including the headings.
    fn top(decoded: &Decoded, survey: &Survey, limits: &Limits) -> Result<ExportTop, Unopened> {
        let mut rows = Rows::new(&decoded.text, decoded.start, survey.delimiter, limits);
        let mut full_above: Option<(usize, Position)> = None;
        let (number, line, start, mut headings) = loop {
            let Some(row) = rows.next() else { return Err(Unopened::Without(Looked::Empty, Position::File)) };
            let position = position_of(&row);
            let problem = |code, detail| Err(Unopened::Problem(code, position.clone(), detail));
            if row.count > limits.columns {
                return problem(Code::RowLength, Detail::limit(limits.columns as u64, "columns"));
            }
            match row.broken {
                Some(Broken::Unclosed) => return problem(Code::UnclosedQuote, chunk::unclosed_heading(&row)),
                Some(Broken::Huge) => return problem(Code::TooLong, Detail::limit(limits.cell_bytes as u64, "bytes")),
                None => {}
            }
            if chunk::is_blank(&row) {
                continue;
            }
            if row.start < survey.headings.unwrap_or_default() {
                let filled = row.cells().filter(|cell| !cell.trim().is_empty()).count();
                if filled > full_above.as_ref().map_or(3, |(most, _)| *most) {
                    full_above = Some((filled, position));
                }
                continue;
            }
            if survey.is_headless {
                return Err(Unopened::Without(Looked::Headless, position));
            }
            break (row.number, row.line, row.start, row.cells().map(str::to_owned).collect::<Vec<_>>());
        };
        if let Some(below) = survey.in_two_rows.then(|| rows.next()).flatten() {
            headings.resize(headings.len().max(below.ends.len()), String::new());
            for (heading, below) in headings.iter_mut().zip(below.cells()).filter(|(_, below)| !below.trim().is_empty())
            {
                *heading = below.to_owned();
            }
        }
        let rows = (rows.start(), rows.rows_read() + 1, rows.lines_read() + 1);
        let full_above =
            full_above.filter(|(filled, _)| *filled * 5 >= headings.len() * 3).map(|(_, position)| position);
        Ok(ExportTop { headings, number, line, start, rows, full_above })
    }

    /// Returns whether the row of headings is a student. No cell is then a known heading. At least two kinds of values,
    /// such as a year group and a gender, are also in the same columns of the rows below.
    fn is_headed_by_student(&self, limits: &Limits, vocabulary: &Vocabulary) -> bool {
        const ROWS: usize = 20;
        let kinds: Vec<Option<ValueKind>> = self.headings.iter().map(|cell| ValueKind::of(cell)).collect();
        if kinds.iter().flatten().collect::<BTreeSet<_>>().len() < 2
            || self.headings.iter().any(|cell| points(vocabulary, cell).is_some())
        {
            return false;
        }
        // For each column, the number of rows with a value, and of those with the same kind of value.
        let mut counts = vec![(0, 0); kinds.len()];
        let mut rows = self.rows(limits);
        for _ in 0..ROWS {
            let Some(row) = rows.next().filter(|row| row.broken.is_none()) else { break };
            for ((cell, kind), (filled, same)) in row.cells().zip(&kinds).zip(&mut counts) {
                *filled += usize::from(!cell.trim().is_empty());
                *same += usize::from(kind.is_some() && ValueKind::of(cell) == *kind);
            }
        }
        let is_alone = counts.iter().all(|(filled, _)| *filled == 0);
        let is_as_below = |(filled, same): &(usize, usize)| is_alone || *same > 0 && same * 2 >= *filled;
        let alike = kinds.iter().zip(&counts).filter(|(_, count)| is_as_below(count)).filter_map(|(kind, _)| *kind);
        alike.collect::<BTreeSet<_>>().len() > 1
    }

    /// Returns whether the first row below the headings contains headings too.
    pub(super) fn headings_continue(&self, limits: &Limits) -> bool {
        check::continue_headings(&self.decoded.text, self.rows.0, self.rows_delimiter, limits)
    }

    /// Returns the rows below the headings.
    pub(super) fn rows<'t>(&'t self, limits: &Limits) -> Rows<'t> {
        let (start, number, line) = self.rows;
        let rows = Rows::new(&self.decoded.text, start, self.rows_delimiter, limits);
        let mut rows = if self.decoded.source.is_sheet() { rows } else { rows.known_utf8() };
        rows.go_back(start, number, line);
        rows
    }

    /// Returns the table for column detection. It leaves out blank rows, titles, repeated headings, and rows that
    /// cannot be separated.
    pub(super) fn table(&self, limits: &Limits) -> Table {
        let mut records = Records::with_capacity(self.decoded.text.len());
        let mut rows = self.rows(limits);
        while let Some(row) = rows.next() {
            if row.broken == Some(Broken::Unclosed) {
                let (start, line) = (row.start, row.line);
                rows.resume_after_line(start, line);
            } else if row.broken.is_none() && !is_apart(&row, self.headings.len()) && !repeats(&row, &self.headings) {
                records.push(row.cells().take(self.headings.len()));
                if records.len() as u64 == limits.rows {
                    break;
                }
            }
        }
        Table { headings: self.headings.clone(), records, heading_row: Some(self.number), sheet: None }
    }
}

/// Returns whether a row is blank, or has only one value under more than two headings. A title, a class name or a total
/// has only one value.
fn is_apart(row: &Row<'_>, headings: usize) -> bool {
    let filled = row.cells().filter(|cell| !cell.trim().is_empty()).take(2).count();
    filled == 0 || filled == 1 && headings > 2
}

/// Returns whether every filled cell of a row equals its heading. At least three cells must be filled, or one for each
/// heading if there are fewer than three headings.
pub(super) fn repeats(row: &Row<'_>, headings: &[String]) -> bool {
    // The loop is short, because nearly every row differs from the headings in its first cells.
    let mut same = 0;
    for (cell, heading) in row.cells().zip(headings) {
        let cell = cell.trim();
        match cell.is_empty() {
            true => {}
            false if cell == heading.trim() => same += 1,
            false => return false,
        }
    }
    same >= 3.min(headings.iter().filter(|heading| !heading.trim().is_empty()).count().max(1))
}

pub(super) fn position_of(row: &Row<'_>) -> Position {
    Position::Row { row: row.number, line: row.line, byte: row.start as u64, column: None }
}

/// Returns the dialect in which the first rows are written, if a dialect is recognised.
fn dialect(decoded: &Decoded, survey: &Survey, limits: &Limits) -> Option<Dialect> {
    const ROWS: usize = 100;
    let text = &decoded.text;
    memchr::memchr3(b'"', b'\'', 0xE2, text)?;
    let mut rows = Rows::new(text, survey.headings.unwrap_or(survey.from), survey.delimiter, limits);
    let mut wanted = None;
    for _ in 0..ROWS {
        let row = rows.next()?;
        if row.broken == Some(Broken::Huge) || chunk::is_blank(&row) {
            continue;
        }
        if let Some(dialect) = check::dialect_of(&row, text, survey.delimiter, wanted) {
            return Some(dialect);
        }
        if row.broken.is_some() {
            return None;
        }
        wanted = wanted.or(Some(row.count));
    }
    None
}
