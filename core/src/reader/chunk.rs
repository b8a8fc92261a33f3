//! Reads a segment of a file's rows. Decides whether a row is blank, broken, too long, not a student, or a student, and
//! has the messages about quotation marks. `check/` has the rules for a student.

mod below;
mod cells;
mod context;
mod exact;
mod export;
mod keep;
mod slid;
mod student;

use std::cell::RefCell;
use std::io;

use crate::check::{self, Classes, Finding, LastFits, NotStudent, Suggestions};
use crate::column::Column;
use crate::problem::{Detail, Fix, Position, Problem, ProblemCode as Code};
use crate::table::{self, Broken, CsvWriter, Dialect, Row, Rows};
use crate::watch::WATCHED_BYTES;

use super::accumulator::Accumulator;
use super::edits::{RowEdit, Sheet};
use super::progress::ReadProgress;
use below::Below;
pub(super) use cells::{cell_at, is_blank, swallows};
pub(super) use context::RowContext;

/// The number of unclosed quotation marks after which the rows cannot be separated.
pub(super) const MOST_UNCLOSED: usize = 100;

/// Reads rows one after another.
pub(super) struct ChunkReader<'f, 'w> {
    file: &'f RowContext<'f>,
    pub(super) found: Accumulator,
    /// The writer of corrected rows, if they are written.
    corrected: Option<&'f mut CsvWriter<&'w mut Vec<u8>>>,
    /// The sheet in which rows are recorded for a person to see, if they are recorded.
    sheet: Option<&'f mut Sheet>,
    findings: Vec<Finding>,
    suggestions: Suggestions,
    last_fits: LastFits,
    below: RefCell<Below<'f>>,
    classes: Classes,
    /// Whether this reader must stop.
    pub(super) stopped: bool,
    /// Whether the number of students in the rows above is unknown.
    beside_others: bool,
}

/// The next step after a row.
#[derive(Debug, PartialEq, Eq)]
enum Then {
    GoOn,
    /// The row was not really one row, so reading resumes at its second line.
    Resume,
    Stop,
}

impl<'f, 'w> ChunkReader<'f, 'w> {
    pub(super) fn new(
        file: &'f RowContext<'f>,
        found: Accumulator,
        corrected: Option<&'f mut CsvWriter<&'w mut Vec<u8>>>,
        sheet: Option<&'f mut Sheet>,
    ) -> Self {
        Self {
            file,
            found,
            corrected,
            sheet,
            findings: Vec::new(),
            suggestions: Suggestions::default(),
            last_fits: LastFits::default(),
            below: RefCell::default(),
            classes: Classes::default(),
            stopped: false,
            beside_others: false,
        }
    }

    /// Marks this reader's rows as rows below the rows of a different thread. The number of students in the rows above
    /// is then unknown.
    pub(super) fn beside_others(mut self) -> Self {
        self.beside_others = true;
        self
    }

    /// Reads the rows that start before an offset.
    pub(super) fn read(&mut self, rows: &mut Rows<'_>, until: usize, progress: &ReadProgress<'_>) -> io::Result<()> {
        let file = self.file;
        let is_read_only = self.corrected.is_none() && self.sheet.is_none() && file.accepted.is_empty();
        let exact = file.headings.as_template && file.delimiter == b',' && is_read_only;
        let mut seen = rows.start();
        progress.see(0)?;
        while rows.start() < until && !self.stopped && rows.is_utf8() {
            if rows.start() >= seen + WATCHED_BYTES {
                progress.see(rows.start() - seen)?;
                seen = rows.start();
            }
            if exact && self.exact(rows, until) {
                continue;
            }
            let Some(row) = rows.next() else { break };
            let (start, line) = (row.start, row.line);
            match self.row(&row)? {
                Then::GoOn => {}
                Then::Stop => self.stopped = true,
                Then::Resume => {
                    self.found.unclosed += 1;
                    if self.found.unclosed == MOST_UNCLOSED {
                        self.found.whole_file(Code::NotACsv, Detail::note(TOO_MANY_UNCLOSED));
                        self.stopped = true;
                    }
                    rows.resume_after_line(start, line);
                }
            }
        }
        progress.see(rows.start().saturating_sub(seen))
    }

    /// Reads a row with the full check.
    fn row(&mut self, row: &Row<'_>) -> io::Result<Then> {
        let edit = self.file.accepted.edits.of_row(row.number).filter(|_| row.broken.is_none());
        if edit.is_some_and(|edit| edit.is_left_out) {
            return Ok(Then::GoOn);
        }
        let fault = self.file.mapped.filter(|_| !edit.is_some_and(RowEdit::is_whole));
        if let Some((code, detail)) = fault.and_then(|mapped| mapped.fault(row.number)) {
            self.show(row);
            return Ok(self.fault(row, *code, detail.clone()));
        }
        if is_blank(row) {
            self.found.report.count_row(true);
            return Ok(Then::GoOn);
        }
        if let Some(dialect) = self.dialect(row) {
            self.found.dialect = Some(dialect);
            return Ok(Then::Stop);
        }
        if row.broken == Some(Broken::Unclosed) || swallows_rows(row, self.file) {
            self.show(row);
            self.found.report.set_uncertain();
            self.add_row_problem(Code::UnclosedQuote, row, self.unclosed_in(row));
            return Ok(Then::Resume);
        }
        if self.found.report.rows() == self.file.limits.rows {
            let detail = Detail::limit(self.file.limits.rows, "rows, and the rest was not read");
            self.found.report.set_uncertain();
            self.add_row_problem(Code::FileTooLarge, row, detail);
            return Ok(Then::Stop);
        }
        let raw = self.file.text.get(row.start..row.end).unwrap_or_default();
        let is_quoted_line = row.broken.is_none() && !row.tall && !row.in_place();
        if is_quoted_line && check::has_stray_quote(raw, self.file.delimiter) {
            self.found.report.count_row(false);
            self.found.report.set_uncertain();
            self.show(row);
            self.add_row_problem(Code::StrayQuote, row, Detail::note(STRAY_QUOTE));
            return Ok(Then::GoOn);
        }
        if row.broken.is_none()
            && edit.is_none()
            && let Some(kind) = NotStudent::of(row, self.file.headings, self.students_above(), || {
                self.below.borrow_mut().class(self.file, row)
            })
            .or_else(|| self.more_headings(row))
        {
            return self.leave_out(row, kind);
        }
        self.found.report.count_row(false);
        if row.broken == Some(Broken::Huge) {
            return Ok(self.leave_huge(row));
        }
        if !edit.is_some_and(RowEdit::is_whole) && !self.has_right_length(row) {
            return self.leave_unchecked(row);
        }
        self.student(row)
    }

    /// Returns the number of students above the row, if this reader knows it.
    fn students_above(&self) -> Option<u64> {
        Some(self.found.report.rows()).filter(|_| !self.beside_others)
    }

    fn more_headings(&self, row: &Row<'_>) -> Option<NotStudent> {
        // A thread counts the rows of its own part, so only the offset tells which row is the first of the file.
        let (first, ..) = self.file.begins;
        (self.file.headings.continue_below && row.start == first).then_some(NotStudent::MoreHeadings)
    }

    /// Leaves out a row that has more columns, or a longer value, than the limits allow.
    fn leave_huge(&mut self, row: &Row<'_>) -> Then {
        let limits = self.file.limits;
        self.show(row);
        self.found.report.set_uncertain();
        if row.count > limits.columns {
            self.add_row_problem(Code::RowLength, row, Detail::limit(limits.columns as u64, "columns"));
        } else {
            self.add_row_problem(Code::TooLong, row, Detail::limit(limits.cell_bytes as u64, "bytes"));
        }
        Then::GoOn
    }

    /// Returns the message about an unclosed quotation mark in a row, with the column of the mark.
    fn unclosed_in(&self, row: &Row<'_>) -> Detail {
        let Some(cell) = unclosed_cell(row) else { return Detail::note(UNCLOSED) };
        let columns = &self.file.headings.columns;
        let column = Column::ALL.into_iter().find(|column| columns.get(*column as usize) == Some(&Some(cell)));
        match column {
            Some(column) => Detail::Note(UNCLOSED.replace("here", &format!("under {column}")).into()),
            None => Detail::note(UNCLOSED),
        }
    }

    /// Leaves a row unchanged, because its cells may be in the wrong columns.
    fn leave_unchecked(&mut self, row: &Row<'_>) -> io::Result<Then> {
        self.show(row);
        if let Some(corrected) = &mut self.corrected {
            corrected.row(row.cells().map(table::written))?;
        }
        Ok(Then::GoOn)
    }

    /// Returns the dialect in which a row is written, if the text has not been rewritten from it yet.
    fn dialect(&self, row: &Row<'_>) -> Option<Dialect> {
        if row.broken == Some(Broken::Huge) || self.file.mapped.is_some() || self.file.source.is_sheet() {
            return None;
        }
        let dialect = check::dialect_of(row, self.file.text, self.file.delimiter, Some(self.file.headings.count))?;
        self.file.dialects.iter().all(|(known, _)| *known != dialect).then_some(dialect)
    }

    /// Reports that a row is not a student, and leaves it out if that is certain.
    fn leave_out(&mut self, row: &Row<'_>, kind: NotStudent) -> io::Result<Then> {
        if kind == NotStudent::Total && self.beside_others {
            // The total counts all students above. Only the thread that reads their rows knows their number.
            return Ok(Then::Stop);
        }
        let fixed = self.file.rules.fix && kind.is_certain();
        let detail = Detail::note(kind.note());
        if !self.found.report.add_row_to_cause(Code::NotAStudent, &detail, fixed, row.number) {
            let problem = Problem::new(Code::NotAStudent, self.position_of(row, None)).with_detail(detail);
            let first = row.cells().find(|cell| !cell.trim().is_empty()).unwrap_or_default();
            let fix = kind.is_certain().then(|| Fix::safe(""));
            self.found.report.add_row_of_cause(problem.with_value(first).with_fix(fix), fixed);
        }
        if !kind.is_certain() {
            self.found.report.count_row(false);
            self.show(row);
            if let Some(corrected) = &mut self.corrected {
                corrected.row(row.cells().map(table::written))?;
            }
        }
        Ok(Then::GoOn)
    }

    /// Returns whether a row has a cell for each heading, and no filled cell after them. If not, the cells may be in
    /// the wrong columns, so they are not checked.
    fn has_right_length(&mut self, row: &Row<'_>) -> bool {
        let headings = self.file.headings;
        // The row may end early if it lacks only columns that we do not read.
        if row.count <= headings.count && row.count >= headings.reach().min(headings.count) {
            return true;
        }
        let position = self.position_of(row, None);
        if self.has_blank_end(row) {
            return true;
        }
        if headings.continue_below {
            let problem = Problem::new(Code::RowLength, position).with_detail(Detail::note(IN_TWO_ROWS));
            self.found.report.add_row_of_cause(problem, false);
            return false;
        }
        let detail = match headings.first_after(row.count) {
            Some(missing) => {
                if self.add_slid(row) {
                    return false;
                }
                let note = format!(
                    "the row ends before {missing}, with {} values for {} headings; fill in the missing values",
                    row.count, headings.count
                );
                Detail::Note(note.into())
            }
            None => {
                Detail::Count { found: row.count as u64, expected: (headings.count - headings.nameless.len()) as u64 }
            }
        };
        self.found.report.add(Problem::new(Code::RowLength, position).with_detail(detail), false);
        false
    }

    /// Shows a row whose cells may not be under their headings.
    fn show(&mut self, row: &Row<'_>) {
        let Some(sheet) = &mut self.sheet else { return };
        let cells = self.file.headings.columns.map(|index| index.map_or("", |index| table::written(row.cell(index))));
        sheet.push(row.number, false, cells);
    }

    fn position_of(&self, row: &Row<'_>, at: Option<(Column, usize)>) -> Position {
        let byte = at.map_or(row.start, |(_, cell)| cell_at(row, self.file.text, self.file.delimiter, cell));
        Position::Row { row: row.number, line: row.line, byte: byte as u64, column: at.map(|(column, _)| column) }
    }

    fn add_row_problem(&mut self, code: Code, row: &Row<'_>, detail: Detail) {
        let position = Position::Row { row: row.number, line: row.line, byte: row.start as u64, column: None };
        self.found.report.add(Problem::new(code, position).with_detail(detail), false);
    }
}

pub(super) const UNCLOSED: &str = "a quotation mark is opened here and not closed; close it or remove it";
pub(super) const IN_TWO_ROWS: &str =
    "the headings are in two rows, so the values do not match them; write the headings in one row";
pub(super) const STRAY_QUOTE: &str =
    "a value in quotation marks contains a quotation mark; write it twice, or remove it";
const TOO_MANY_UNCLOSED: &str =
    "too many quotation marks are not closed, so the rest of the file was not read; export the students again";

/// Returns the cell in which a quotation mark is not closed: the first cell with a line break in it, or the last cell.
pub(super) fn unclosed_cell(row: &Row<'_>) -> Option<usize> {
    row.cells().position(|cell| cell.contains(['\n', '\r'])).or(row.ends.len().checked_sub(1))
}

/// Returns the message about an unclosed quotation mark in the heading row, or in a row above the headings.
pub(super) fn unclosed_heading(row: &Row<'_>) -> Detail {
    match unclosed_cell(row) {
        Some(cell) => Detail::Note(UNCLOSED.replace("here", &format!("in column {}", cell + 1)).into()),
        None => Detail::note(UNCLOSED),
    }
}

/// Returns whether a quoted cell contains text that looks like whole rows. If it does, a quotation mark was opened by
/// mistake, and the next quotation mark further down closed it.
fn swallows_rows(row: &Row<'_>, file: &RowContext<'_>) -> bool {
    // In an export that was read with a mapping, the rewriting has already found these rows.
    file.mapped.is_none()
        && !file.source.is_sheet()
        && swallows(row, file.delimiter, file.headings.count, Column::COUNT)
}
