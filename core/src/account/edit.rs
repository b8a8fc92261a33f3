//! Changing one account, with the checks of an import.

use std::fmt;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::column::Column;
use crate::flag;
use crate::gender::Gender;
use crate::problem::{Detail, Place, Problem, ProblemCode as Code};
use crate::report::Report;
use crate::row::{Finding, Rules, Suggestions};
use crate::sheet::Limits;
use crate::student::Ids;

use super::rows::{Flag, Text};
use super::{Account, AccountError, Accounts, MAY_BE_BLANK};

/// What to change of an account: only what is set is changed.
///
/// As JSON it is an object of an account's fields by name: `{"class_name": "5B", "send": true}`. A flag may be 0, 1, `"Yes"` or `"No"`
/// too.
#[derive(Clone, Default, Deserialize)]
#[serde(from = "Fields")]
#[must_use]
pub struct Edit {
    cells: [Option<String>; Column::COUNT],
    source_id: Option<String>,
    upn: Option<String>,
    active: Option<bool>,
    fix: bool,
}

/// An edit as JSON has it.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Fields {
    full_name: Option<Text>,
    username: Option<Text>,
    year_group: Option<Text>,
    class_name: Option<Text>,
    gender: Option<String>,
    pupil_premium: Option<Flag>,
    ethnicity: Option<String>,
    send: Option<Flag>,
    eal: Option<Flag>,
    source_id: Option<Text>,
    upn: Option<String>,
    active: Option<Flag>,
}

impl From<Fields> for Edit {
    fn from(fields: Fields) -> Self {
        let text = |text: Option<Text>| text.map(|text| text.0);
        let flag = |flag: Option<Flag>| flag.map(|flag| flag::as_str(flag.0).to_owned());
        Self {
            cells: [
                text(fields.full_name),
                text(fields.username),
                text(fields.year_group),
                text(fields.class_name),
                fields.gender,
                flag(fields.pupil_premium),
                fields.ethnicity,
                flag(fields.send),
                flag(fields.eal),
            ],
            source_id: text(fields.source_id),
            upn: fields.upn,
            active: fields.active.map(|flag| flag.0),
            fix: false,
        }
    }
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

    /// Sets the gender.
    pub fn gender(self, gender: Gender) -> Self {
        self.set(Column::Gender, gender.as_str())
    }

    /// Sets whether the school receives the pupil premium for the student.
    pub fn pupil_premium(self, pupil_premium: bool) -> Self {
        self.set(Column::PupilPremium, flag::as_str(pupil_premium))
    }

    /// Sets the ethnicity, as a code.
    pub fn ethnicity(self, code: impl Into<String>) -> Self {
        self.set(Column::Ethnicity, code)
    }

    /// Sets whether the student has special educational needs or a disability.
    pub fn send(self, send: bool) -> Self {
        self.set(Column::Send, flag::as_str(send))
    }

    /// Sets whether English is an additional language.
    pub fn eal(self, eal: bool) -> Self {
        self.set(Column::Eal, flag::as_str(eal))
    }

    /// Sets the id that the school's MIS, or Wonde, gives the student; a blank one takes it away.
    pub fn source_id(mut self, source_id: impl Into<String>) -> Self {
        self.source_id = Some(source_id.into());
        self
    }

    /// Sets the unique pupil number; a blank one takes it away.
    pub fn upn(mut self, upn: impl Into<String>) -> Self {
        self.upn = Some(upn.into());
        self
    }

    /// Sets whether the student may sign in.
    pub fn active(mut self, active: bool) -> Self {
        self.active = Some(active);
        self
    }

    /// Applies safe fixes to what is set, such as `M` for `Male`; otherwise they are problems.
    pub fn fix(mut self, fix: bool) -> Self {
        self.fix = fix;
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
        let rules = Rules { fix: edit.fix, ..self.rules(self.sign_in) };
        let checked = rules.check(cells, &mut findings, &mut Suggestions::default());
        let mut report = Report::new(Limits::default().problems);
        report.count_row(false);
        let is_set = |column: Column| edit.cells.get(column as usize).is_some_and(Option::is_some);
        // What was there before is not this edit's to answer for.
        for finding in findings.into_iter().filter(|finding| is_set(finding.column)) {
            let fixed = finding.fixed;
            report.add(problem(Place::Edit { column: Some(finding.column) }, finding, cells), fixed);
        }
        // A host's own row may lack these, and no edit takes them away.
        for column in MAY_BE_BLANK {
            if edit.cells[column as usize].as_deref().is_some_and(|cell| cell.trim().is_empty()) {
                report.add(Problem::new(Code::Blank, Place::Edit { column: Some(column) }), false);
            }
        }
        let set = |column: Column| is_set(column).then(|| checked.cells[column as usize].as_ref());
        let others = |taken: Option<usize>| taken.is_some_and(|other| other != place);
        if others(set(Column::Username).and_then(|username| self.place(username))) {
            let at = Place::Edit { column: Some(Column::Username) };
            let problem =
                Problem::new(Code::UsernameDuplicate, at).with_detail(Detail::note("is another account's username"));
            report.add(problem.with_value(cells[Column::Username as usize].unwrap_or_default()), false);
        }
        let source_id = edit.source_id.as_deref().map(str::trim);
        let with_source_id = |id| (0..self.len()).find(|slot| self.students.ids(*slot)[0] == Some(id));
        if others(source_id.filter(|id| !id.is_empty()).and_then(with_source_id)) {
            let problem = Problem::new(Code::SourceIdDuplicate, Place::Edit { column: None });
            report.add(problem.with_detail(Detail::note("the source id is another account's")), false);
        }
        report.finish(|_| {});
        let (true, Some(codes)) = (report.ok(), checked.codes) else {
            return Err(AccountError::Rejected(report));
        };
        // What is not set stays to the letter, whatever a fix would make of it.
        let texts: [String; 4] = std::array::from_fn(|text| match edit.cells[text].is_some() {
            true => checked.cells[text].clone().into_owned(),
            false => cells[text].unwrap_or_default().to_owned(),
        });
        let [own_source_id, own_upn] = self.students.ids(place);
        let ids = Ids::new(edit.source_id.as_deref().or(own_source_id), edit.upn.as_deref().or(own_upn));
        self.students.set(place, texts.each_ref().map(String::as_str), codes);
        self.students.set_ids(place, ids);
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
pub(super) fn problem(place: Place, finding: Finding, cells: [Option<&str>; Column::COUNT]) -> Problem {
    let value = cells.get(finding.column as usize).copied().flatten().unwrap_or_default();
    Problem::new(finding.code, place).with_value(value).with_detail(finding.detail).with_fix(finding.fix)
}
