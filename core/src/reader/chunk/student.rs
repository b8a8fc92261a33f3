//! Passes the values of a row with the right length to the checks, with a person's edits, and writes the corrected row.
//! `check/row.rs` has the rules. `keep.rs` keeps the student.

use std::borrow::Cow;
use std::io;

use crate::check::{self, Finding, Headings};
use crate::column::Column;
use crate::problem::{Detail, Fix, Problem, ProblemCode as Code};
use crate::table::{self, CsvWriter, Row};
use crate::text;

use super::super::edits::RowEdit;
use super::{ChunkReader, Then, cell_at};

const BLANK_AT_END: &str = "the row ends with a blank value that has no heading";
const NAME_IS_EMAIL: &str = "holds email addresses; check that Student Full Name and Username are not swapped";

impl<'f> ChunkReader<'f, '_> {
    /// Checks the cells of a row with the right length, and keeps the student.
    pub(super) fn student(&mut self, row: &Row<'_>) -> io::Result<Then> {
        let edit = self.file.accepted.edits.of_row(row.number);
        let mut cells = self.cells(row, edit);
        let is_typed = |column| edit.is_some_and(|edit| edit.cell(column).is_some());
        // A username that is made from the name is checked with the name, and not again.
        let makes_username = self
            .file
            .mapped
            .filter(|mapped| mapped.makes_usernames && cells[Column::Username as usize].is_some())
            .filter(|_| !is_typed(Column::Username));
        if makes_username.is_some() {
            cells[Column::Username as usize] = None;
        }
        let undecided = [Column::Gender, Column::Eal].map(|column| cells[column as usize].unwrap_or_default());
        let undecided = self.file.undecided(undecided);
        let mut findings = std::mem::take(&mut self.findings);
        findings.clear();
        self.suggestions.want(!self.found.report.is_full(false));
        let mut checked = self.file.rules.check(cells, undecided, &mut findings, &mut self.suggestions);
        if check::may_have_slid(&findings) && edit.is_none() && self.add_slid(row) {
            self.findings = findings;
            return self.leave_unchecked(row);
        }
        if !edit.is_some_and(RowEdit::is_whole) && self.has_blank_end(row) {
            let problem = Problem::new(Code::RowLength, self.position_of(row, None));
            let problem = problem.with_detail(Detail::note(BLANK_AT_END)).with_fix(Some(Fix::safe("")));
            self.found.report.add_row_of_cause(problem, self.file.rules.fix);
        }
        if let Some(mapped) = makes_username {
            checked.make_username(|name| mapped.username(row.number, name));
        }
        if self.add_noted(row, is_typed) {
            findings.retain(|finding| finding.code != Code::NameReversed);
        }
        if self.file.source.guesses() {
            self.add_guessed(row, edit.map(RowEdit::columns).unwrap_or_default());
        }
        findings.drain(..).for_each(|finding| self.add_finding(row, &cells, finding));
        self.findings = findings;
        self.note_class(row, &checked.cells);
        if let Some(corrected) = &mut self.corrected {
            write_corrected(corrected, row, self.file.headings, &checked.cells)?;
        }
        if let Some(sheet) = &mut self.sheet {
            sheet.push(row.number, true, checked.cells.iter().map(Cow::as_ref));
        }
        let username = self.file.headings.position_cell(Column::Username);
        let username = cell_at(row, self.file.text, self.file.delimiter, username);
        self.keep(row, &checked, username);
        Ok(Then::GoOn)
    }

    /// Returns the values of a row, with accepted suggestions and a person's edits. Adds the suggestions as fixed
    /// problems.
    fn cells<'v>(&mut self, row: &Row<'v>, edit: Option<&'v RowEdit>) -> [Option<&'v str>; Column::COUNT]
    where
        'f: 'v,
    {
        let columns = &self.file.headings.columns;
        let mut cells = Column::ALL.map(|column| match columns[column as usize] {
            Some(index) => Some(table::written(row.cell(index))),
            None => column.when_not_recorded().filter(|_| self.file.optional_columns),
        });
        for problem in self.file.accepted.in_row(row.number) {
            let Some(column) = problem.column() else { continue };
            cells[column as usize] = problem.fix().map(Fix::text);
            let cell = self.file.headings.position_cell(column);
            self.found.report.add(problem.clone().at(self.position_of(row, Some((column, cell)))), true);
        }
        for (cell, column) in cells.iter_mut().zip(Column::ALL) {
            *cell = edit.and_then(|edit| edit.cell(column)).or(*cell);
        }
        cells
    }

    /// Adds what a check found in a value of a row.
    fn add_finding(&mut self, row: &Row<'_>, cells: &[Option<&str>; Column::COUNT], finding: Finding) {
        let column = finding.column;
        let value = cells[column as usize].unwrap_or_default();
        let at = Some((column, self.file.headings.position_cell(column)));
        if finding.code == Code::NameUnlikely && value.contains('@') {
            let problem =
                Problem::new(Code::NameUnlikely, self.position_of(row, at)).with_detail(Detail::note(NAME_IS_EMAIL));
            self.found.report.add_row_of_cause(problem, false);
        } else if self.found.report.is_full(finding.fixed) {
            self.found.report.count(finding.code, finding.fix.as_ref().is_some_and(Fix::is_safe), finding.fixed);
        } else {
            let problem = Problem::new(finding.code, self.position_of(row, at)).with_detail(finding.detail);
            self.found.report.add(problem.with_fix(finding.fix).with_value(value), finding.fixed);
        }
    }

    /// Returns whether a row has cells after the last heading that are all blank.
    pub(super) fn has_blank_end(&self, row: &Row<'_>) -> bool {
        let headings = self.file.headings.count;
        row.count > headings
            && row.count == row.ends.len()
            && (headings..row.count).all(|cell| text::is_blank(row.cell(cell)))
    }
}

/// Writes a checked row in template order if the headings allow that order. Otherwise each cell stays in its column.
fn write_corrected(
    corrected: &mut CsvWriter<&mut Vec<u8>>,
    row: &Row<'_>,
    headings: &Headings,
    cells: &[Cow<'_, str>; Column::COUNT],
) -> io::Result<()> {
    if headings.fixable {
        let [upn, source_id] = headings.ids.map(|index| index.map(|index| table::written(row.cell(index))));
        // An invalid source id stays as it is, so that a later reading reports it too.
        let source_id =
            source_id.map(|id| check::source_id(id).map_or_else(|invalid| invalid, Option::unwrap_or_default));
        let ids = upn.into_iter().chain(source_id);
        let columns = Column::ALL.into_iter().zip(cells).filter(|(column, _)| !headings.omitted.contains(*column));
        return corrected.row(columns.map(|(_, cell)| cell.as_ref()).chain(ids));
    }
    let column = |index| headings.columns.iter().position(|p| *p == Some(index));
    corrected.row((0..headings.count).map(|index| match column(index).and_then(|column| cells.get(column)) {
        Some(cell) => cell.as_ref(),
        None => table::written(row.cell(index)),
    }))
}
