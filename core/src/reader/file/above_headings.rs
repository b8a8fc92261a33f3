//! Reports rows above the headings, an empty file, and a file without headings. `check/heading_row.rs` has found the
//! heading row and the delimiter. This file reads that row, and `check/headings.rs` checks its headings.

use std::io;

use super::FileReader;
use crate::check::{self, HeadingRow, Headings, ID_HEADINGS, Survey};
use crate::column::Column;
use crate::problem::{Detail, Fix, Position, Problem, ProblemCode as Code, RowRanges};
use crate::reader::{chunk, export};
use crate::table::{self, Broken, Dialect, Rows};

impl FileReader<'_> {
    /// Reads the heading row, and the rows above it.
    pub(super) fn first_row(
        &mut self,
        rows: &mut Rows<'_>,
        text: &[u8],
        survey: &Survey,
        is_sheet: bool,
    ) -> io::Result<TopOutcome> {
        let headings_at = survey.headings.unwrap_or_default();
        let mut titles: Vec<(Position, String)> = Vec::new();
        loop {
            let begins = rows.start();
            let Some(row) = rows.next() else {
                self.found.whole_file(Code::EmptyFile, Detail::None);
                return Ok(TopOutcome::None);
            };
            if row.count > self.limits.columns {
                // We check this limit before we use a row as the heading row.
                self.found.report.set_uncertain();
                let detail = Detail::limit(self.limits.columns as u64, "columns");
                self.add_row_problem(Code::RowLength, &row, detail);
                return Ok(TopOutcome::None);
            }
            if let Some(broken) = row.broken {
                self.found.report.set_uncertain();
                let (code, detail) = match broken {
                    Broken::Unclosed => (Code::UnclosedQuote, chunk::unclosed_heading(&row)),
                    Broken::Huge => (Code::TooLong, Detail::limit(self.limits.cell_bytes as u64, "bytes")),
                };
                self.add_row_problem(code, &row, detail);
                return Ok(TopOutcome::None);
            }
            if chunk::is_blank(&row) {
                self.found.report.count_row(true);
                continue;
            }
            if row.start < headings_at {
                if row.start >= survey.from {
                    let title = row.cells().find(|cell| !cell.trim().is_empty()).unwrap_or_default();
                    titles.push((export::position_of(&row), title.to_owned()));
                }
                continue;
            }
            if survey.is_headless {
                let as_template = row.count == Column::COUNT;
                let note = Detail::note("the headings are missing; add the template's headings above this row");
                self.found.report.set_uncertain();
                let (number, line) = (row.number, row.line);
                self.add_row_problem(Code::HeadingMissing, &row, note);
                rows.go_back(begins, number, line);
                return Ok(match as_template {
                    true => TopOutcome::Headings(Box::new(Headings::of_template())),
                    false => TopOutcome::None,
                });
            }
            let dialect = check::dialect_of(&row, text, survey.delimiter, None)
                .filter(|dialect| !is_sheet && self.is_new(*dialect));
            if let Some(dialect) = dialect {
                return Ok(TopOutcome::InDialect(dialect));
            }
            self.add_titles(titles, row.number);
            let cells: Vec<String> = row.cells().map(str::to_owned).collect();
            let at = HeadingAt { number: row.number, line: row.line, start: row.start, end: row.end, count: row.count };
            let headings = self.headings(rows, text, survey, cells, &at)?;
            if !headings.any() {
                self.found.report.set_uncertain();
            }
            return Ok(if headings.any() { TopOutcome::Headings(Box::new(headings)) } else { TopOutcome::None });
        }
    }

    /// Reports each row above the headings. `headings` is the number of the heading row.
    fn add_titles(&mut self, titles: Vec<(Position, String)>, headings: u64) {
        for (position, title) in titles {
            let note = format!("stands above the headings, which are in row {headings}");
            let problem = Problem::new(Code::NotAStudent, position).with_detail(Detail::Note(note.into()));
            let problem = problem.with_value(&title).with_fix(Some(Fix::safe("")));
            self.found.report.add_row_of_cause(problem, self.rules.fix);
        }
    }

    fn headings(
        &mut self,
        rows: &mut Rows<'_>,
        text: &[u8],
        survey: &Survey,
        mut cells: Vec<String>,
        at: &HeadingAt,
    ) -> io::Result<Headings> {
        let mut count = at.count;
        if let Some(below) = survey.in_two_rows.then(|| rows.next()).flatten() {
            count = count.max(below.count);
            cells.resize(cells.len().max(below.ends.len()), String::new());
            for (cell, below) in cells.iter_mut().zip(below.cells().filter(|_| true)) {
                if !below.trim().is_empty() {
                    *cell = below.to_owned();
                }
            }
        }
        let delimiter = survey.rows_delimiter.unwrap_or(rows.delimiter());
        let row =
            HeadingRow { cells: cells.iter().map(String::as_str).collect(), count, number: at.number, line: at.line };
        let from = rows.start();
        let above = at.number + u64::from(survey.in_two_rows);
        let (mut headings, found) = Headings::read(&row, self.headings, |nameless| {
            filled(&mut Rows::new(text, from, delimiter, &self.limits), nameless, above)
        });
        if survey.in_two_rows {
            let position = Position::Row { row: at.number, line: at.line, byte: at.start as u64, column: None };
            let note = Detail::note("the headings are in two rows; write them in one");
            let fix = Some(Fix::safe("")).filter(|_| headings.fixable);
            let problem = Problem::new(Code::HeadingMisspelt, position).with_detail(note).with_fix(fix);
            let fixed = self.rules.fix && problem.is_safe();
            self.found.report.add(problem, fixed);
        }
        let is_absent = |column: &Column| headings.columns[*column as usize].is_none();
        self.absent =
            Column::ALL.into_iter().filter(is_absent).filter(|column| column.when_not_recorded().is_some()).collect();
        let raw = text.get(at.start..at.end).unwrap_or_default();
        let starts: Vec<usize> = table::cell_starts(raw, survey.delimiter).collect();
        for mut found in found {
            if let Some(byte) = found.problem.byte_mut() {
                *byte = (at.start + starts.get(found.cell).copied().unwrap_or(raw.len())) as u64;
            }
            let is_accepted = found.problem.code() == Code::HeadingMisspelt
                && found.problem.column().is_some_and(|column| self.headings.accepted.contains(column));
            let fixed = (self.rules.fix || is_accepted) && found.problem.is_safe();
            self.found.report.add(found.problem, fixed);
        }
        let is_repeated = !raw.is_empty() && text.get(from..).is_some_and(|below| below.starts_with(raw));
        headings.continue_below =
            !survey.in_two_rows && !is_repeated && check::continue_headings(text, from, delimiter, &self.limits);
        if let Some(mapped) = &self.mapped {
            headings.omitted = mapped.absent;
        }
        if let Some(corrected) = &mut self.corrected {
            if headings.fixable {
                let ids = headings.ids.iter().zip(ID_HEADINGS).filter_map(|(index, id)| index.map(|_| id));
                let columns = Column::ALL.into_iter().filter(|column| !headings.omitted.contains(*column));
                corrected.row(columns.map(Column::heading).chain(ids))?;
            } else {
                corrected.row(headings.fixed.iter().map(String::as_str))?;
            }
        }
        Ok(headings)
    }
}

/// The position of the heading row.
struct HeadingAt {
    number: u64,
    line: u64,
    start: usize,
    end: usize,
    count: usize,
}

/// The result of reading the top of a file.
pub(super) enum TopOutcome {
    Headings(Box<Headings>),
    /// The file has no headings by which rows could be read.
    None,
    InDialect(Dialect),
}

/// Returns the rows that have a value in each of `cells`.
fn filled(rows: &mut Rows<'_>, cells: &[usize], above: u64) -> Vec<RowRanges> {
    let mut found = vec![RowRanges::default(); cells.len()];
    let mut unclosed = 0;
    while let Some(row) = rows.next() {
        let (start, line) = (row.start, row.line);
        for (rows, cell) in found.iter_mut().zip(cells) {
            if !row.cell(*cell).trim().is_empty() {
                rows.push(above + row.number);
            }
        }
        if row.broken == Some(Broken::Unclosed) && unclosed < chunk::MOST_UNCLOSED {
            unclosed += 1;
            rows.resume_after_line(start, line);
        }
    }
    found
}
