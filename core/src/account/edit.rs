//! Changing one account, with the checks of an import.

use std::fmt;
use std::sync::OnceLock;

use crate::column::Column;
use crate::problem::{Detail, Place, Problem, ProblemCode as Code};
use crate::report::Report;
use crate::row::{Finding, Suggestions};
use crate::sheet::Limits;

use super::{Account, AccountError, Accounts};

/// What to change of an account: only what is set is changed.
#[derive(Clone, Default)]
#[must_use]
pub struct Edit {
    cells: [Option<String>; Column::COUNT],
    active: Option<bool>,
}

impl Edit {
    /// Changes nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a cell, as it would be written in a CSV.
    pub fn set(mut self, column: Column, cell: impl Into<String>) -> Self {
        self.cells[column as usize] = Some(cell.into());
        self
    }

    /// Sets the full name. The username stays as it is.
    pub fn full_name(self, full_name: impl Into<String>) -> Self {
        self.set(Column::FullName, full_name)
    }

    /// Sets the username.
    pub fn username(self, username: impl Into<String>) -> Self {
        self.set(Column::Username, username)
    }

    /// Sets the year group.
    pub fn year_group(self, year_group: impl Into<String>) -> Self {
        self.set(Column::YearGroup, year_group)
    }

    /// Sets the class.
    pub fn class_name(self, class_name: impl Into<String>) -> Self {
        self.set(Column::Class, class_name)
    }

    /// Sets whether the student may sign in.
    pub fn active(mut self, active: bool) -> Self {
        self.active = Some(active);
        self
    }
}

impl fmt::Debug for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Edit(<hidden>)")
    }
}

impl Accounts {
    /// Changes one account, with the checks of an import on what is changed.
    ///
    /// # Errors
    /// [`AccountError::NotFound`], or [`AccountError::Rejected`] with a report; nothing is changed then.
    pub fn edit(&mut self, username: &str, edit: &Edit) -> Result<Account<'_>, AccountError> {
        let place = self.place(username).ok_or(AccountError::NotFound)?;
        let student = self.students.get(place).ok_or(AccountError::NotFound)?;
        let mut cells = student.cells().map(Some);
        for (cell, change) in cells.iter_mut().zip(&edit.cells) {
            *cell = change.as_deref().or(*cell);
        }
        let mut findings = Vec::new();
        let checked = self.rules(self.sign_in).check(cells, &mut findings, &mut Suggestions::default());
        let mut report = Report::new(Limits::default().problems);
        report.count_row(false);
        for finding in findings {
            // What was there before is not this edit's to answer for.
            if edit.cells.get(finding.column as usize).is_some_and(Option::is_some) {
                report.add(problem(place, &finding, cells), false);
            }
        }
        // A host's own row may lack these, and no edit takes them away.
        for column in [Column::YearGroup, Column::Class, Column::Gender] {
            if edit.cells[column as usize].as_deref().is_some_and(|cell| cell.trim().is_empty()) {
                report.add(Problem::new(Code::Blank, Place::Record { index: place, column: Some(column) }), false);
            }
        }
        let taken = edit.cells[Column::Username as usize].as_deref().and_then(|new| self.place(new));
        if taken.is_some_and(|other| other != place) {
            let at = Place::Record { index: place, column: Some(Column::Username) };
            let problem =
                Problem::new(Code::UsernameDuplicate, at).with_detail(Detail::note("is another account's username"));
            report.add(problem.with_value(cells[Column::Username as usize].unwrap_or_default()), false);
        }
        report.finish(|_| {});
        let (true, Some(codes)) = (report.ok(), checked.codes) else {
            return Err(AccountError::Rejected(report));
        };
        let [name, user, year, class, ..] = cells.map(|cell| cell.unwrap_or_default().to_owned());
        self.students.set(place, [&name, &user, &year, &class], codes);
        if let (Some(active), Some(place)) = (edit.active, self.active.get_mut(place)) {
            *place = active;
        }
        if edit.cells[Column::Username as usize].is_some() {
            self.index = OnceLock::new();
        }
        self.at(place).ok_or(AccountError::NotFound)
    }
}

/// What a check found, as a problem of an account.
pub(super) fn problem(index: usize, finding: &Finding, cells: [Option<&str>; Column::COUNT]) -> Problem {
    let column = finding.column;
    let value = cells.get(column as usize).copied().flatten().unwrap_or_default();
    Problem::new(finding.code, Place::Record { index, column: Some(column) })
        .with_value(value)
        .with_detail(finding.detail.clone())
        .with_fix(finding.fix.clone())
}
