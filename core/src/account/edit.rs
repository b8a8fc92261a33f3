//! Edits one account (`Accounts::edit`), with the same checks as an import. `Edit` lists the fields that you can
//! change. They are also in `bindings-python/src/accounts/edit.rs` and `bindings-node/lib/accounts/changes.ts`.

use std::fmt;
use std::sync::OnceLock;

use chrono::NaiveDate;
use serde::Deserialize;

use crate::check::{Finding, Suggestions, Undecided};
use crate::column::{Column, Columns};
use crate::problem::{Detail, Position, Problem, ProblemCode as Code};
use crate::report::Report;
use crate::student::Ids;
use crate::table::Limits;
use crate::values::flag;
use crate::values::gender::Gender;

use super::rows::{Flag, RowText};
use super::state::{Day, OwnFields};
use super::{Account, AccountError, AccountState, Accounts, MAY_BE_BLANK, rules};

/// Changes to an account. Only the fields that you set change.
///
/// In JSON, an edit is an object whose keys are the names of fields: `{"class_name": "5B", "send": true}`. You can also
/// write a flag as 0, 1, `"Yes"` or `"No"`.
///
/// ```
/// use onroll::account::Edit;
/// use onroll::values::Gender;
/// use onroll::{Accounts, Column, PasswordPolicy, Reader};
/// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
/// # let mut accounts = Accounts::create(&Reader::new().read_bytes(csv.into_bytes())?, &PasswordPolicy::default())?;
/// // A teacher's form.
/// let edit = Edit::new()
///     .full_name("Zoë Reid")
///     .year_group("Year 6")
///     .class_name("6A")
///     .gender(Gender::Female)
///     .ethnicity("MWBA")
///     .pupil_premium(true)
///     .send(true)
///     .eal(false);
/// let zoe = accounts.edit("Zoë Okafor", &edit)?;
/// assert_eq!((zoe.full_name, zoe.username, zoe.class_name), ("Zoë Reid", "Zoë Okafor", "6A"));
///
/// // You can also set ids and marks. `set` takes a column and the text that a CSV would have there.
/// let edit = Edit::new()
///     .username("Zoë Reid")
///     .source_id("77")
///     .upn("H801200001001")
///     .active(true)
///     .blocked(false)
///     .manual(true)
///     .own_fields([Column::Class])
///     .active_until(Some("2027-08-20".parse()?))
///     .set(Column::Gender, "f")
///     .fix(true);
/// let zoe = accounts.edit("Zoë Okafor", &edit)?;
/// assert_eq!((zoe.username, zoe.upn, zoe.gender), ("Zoë Reid", Some("H801200001001"), Some(Gender::Female)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default, Deserialize)]
#[serde(from = "Fields")]
#[must_use]
pub struct Edit {
    cells: [Option<String>; Column::COUNT],
    source_id: Option<String>,
    upn: Option<String>,
    active: Option<bool>,
    blocked: Option<bool>,
    manual: Option<bool>,
    own_fields: Option<Columns>,
    active_until: Option<Option<NaiveDate>>,
    fix: bool,
}

/// The JSON form of an edit.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Fields {
    full_name: Option<RowText>,
    username: Option<RowText>,
    year_group: Option<RowText>,
    class_name: Option<RowText>,
    gender: Option<String>,
    pupil_premium: Option<Flag>,
    ethnicity: Option<String>,
    send: Option<Flag>,
    eal: Option<Flag>,
    source_id: Option<RowText>,
    upn: Option<String>,
    active: Option<Flag>,
    blocked: Option<Flag>,
    manual: Option<Flag>,
    own_fields: Option<OwnFields>,
    active_until: Option<Day>,
}

impl From<Fields> for Edit {
    fn from(fields: Fields) -> Self {
        let text = |text: Option<RowText>| text.map(|text| text.0);
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
            blocked: fields.blocked.map(|flag| flag.0),
            manual: fields.manual.map(|flag| flag.0),
            own_fields: fields.own_fields.map(|own| own.0.into_iter().collect()),
            active_until: fields.active_until.map(|day| day.0),
            fix: false,
        }
    }
}

impl Edit {
    /// Creates an edit that changes nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a field from the text that its cell in a CSV would contain.
    pub fn set(mut self, column: Column, cell: impl Into<String>) -> Self {
        self.cells[column as usize] = Some(cell.into());
        self
    }

    /// Sets the full name. The username does not change.
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

    /// Sets the student's id in the school's MIS or in Wonde. A blank text removes it.
    pub fn source_id(mut self, source_id: impl Into<String>) -> Self {
        self.source_id = Some(source_id.into());
        self
    }

    /// Sets the unique pupil number. A blank text removes it.
    pub fn upn(mut self, upn: impl Into<String>) -> Self {
        self.upn = Some(upn.into());
        self
    }

    /// Sets whether the student is on roll.
    pub fn active(mut self, active: bool) -> Self {
        self.active = Some(active);
        self
    }

    /// Sets whether the account is blocked. The student cannot sign in to a blocked account, and plans keep it blocked.
    pub fn blocked(mut self, blocked: bool) -> Self {
        self.blocked = Some(blocked);
        self
    }

    /// Sets whether the account was made by hand and is not from the MIS. Plans never deactivate such an account.
    pub fn manual(mut self, manual: bool) -> Self {
        self.manual = Some(manual);
        self
    }

    /// Sets the fields that you maintain yourself. Plans do not change these fields. An empty list lets plans change
    /// every field again.
    pub fn own_fields(mut self, fields: impl IntoIterator<Item = Column>) -> Self {
        self.own_fields = Some(fields.into_iter().collect());
        self
    }

    /// Sets the last day on which a leaver can sign in. `None` removes the day.
    pub fn active_until(mut self, day: Option<NaiveDate>) -> Self {
        self.active_until = Some(day);
        self
    }

    /// Sets whether safe fixes are applied to the new values: for example, `M` becomes `Male`. If `fix` is false, a
    /// value that needs a fix is a problem.
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

impl Edit {
    /// Returns the state of an account after the edit.
    fn state(&self, before: AccountState) -> AccountState {
        AccountState {
            blocked: self.blocked.unwrap_or(before.blocked),
            manual: self.manual.unwrap_or(before.manual),
            own: self.own_fields.unwrap_or(before.own),
            active_until: self.active_until.unwrap_or(before.active_until),
            ..before
        }
    }
}

impl Accounts {
    /// Changes one account. The new values are checked as in an import.
    ///
    /// ```
    /// use onroll::account::Edit;
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let roster = onroll::Reader::new().read_bytes(csv.into_bytes())?;
    /// # let mut accounts = onroll::Accounts::create(&roster, &onroll::PasswordPolicy::default())?;
    /// accounts.edit("Zoë Okafor", &Edit::new().class_name("5B"))?;
    /// assert_eq!(accounts.get("Zoë Okafor").unwrap().class_name, "5B");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`AccountError::NotFound`], or [`AccountError::Rejected`] with a report. In both cases, nothing is changed.
    pub fn edit(&mut self, username: &str, edit: &Edit) -> Result<Account<'_>, AccountError> {
        let slot = self.slot_of(username).ok_or(AccountError::NotFound)?;
        let student = self.students.get(slot).ok_or(AccountError::NotFound)?;
        let mut cells = student.cells();
        for (cell, change) in cells.iter_mut().zip(&edit.cells) {
            *cell = change.as_deref().unwrap_or(cell);
        }
        let mut findings = Vec::new();
        let rules = rules(self.sign_in, self.students.ethnicities()).fix(edit.fix);
        let checked = rules.check(cells.map(Some), Undecided::default(), &mut findings, &mut Suggestions::default());
        let mut report = Report::new(Limits::default().problems);
        report.count_row(false);
        let is_set = |column: Column| edit.cells.get(column as usize).is_some_and(Option::is_some);
        // Errors in fields that this edit does not set are not reported.
        for finding in findings.into_iter().filter(|finding| is_set(finding.column)) {
            let fixed = finding.fixed;
            report.add(problem(Position::Edit { column: Some(finding.column) }, finding, cells), fixed);
        }
        // The host's rows may leave these columns blank, but an edit may not make them blank.
        for column in MAY_BE_BLANK {
            if edit.cells[column as usize].as_deref().is_some_and(|cell| cell.trim().is_empty()) {
                report.add(Problem::new(Code::Blank, Position::Edit { column: Some(column) }), false);
            }
        }
        let set = |column: Column| is_set(column).then(|| checked.cells[column as usize].as_ref());
        let others = |taken: Option<usize>| taken.is_some_and(|other| other != slot);
        if others(set(Column::Username).and_then(|username| self.slot_of(username))) {
            let at = Position::Edit { column: Some(Column::Username) };
            let problem = Problem::new(Code::UsernameDuplicate, at)
                .with_detail(Detail::note("is the username of another account"));
            report.add(problem.with_value(cells[Column::Username as usize]), false);
        }
        let source_id = edit.source_id.as_deref().map(str::trim);
        let with_source_id = |id| (0..self.len()).find(|slot| self.students.ids(*slot)[0] == Some(id));
        if others(source_id.filter(|id| !id.is_empty()).and_then(with_source_id)) {
            let problem = Problem::new(Code::SourceIdDuplicate, Position::Edit { column: None });
            report.add(problem.with_detail(Detail::note("the source id belongs to another account")), false);
        }
        report.finish(0, |_| {});
        let (true, Some(codes)) = (report.ok(), checked.codes) else {
            return Err(AccountError::Rejected(report));
        };
        // A field that is not set stays exactly as it is, even if a fix would change it.
        let texts: [String; 4] = std::array::from_fn(|text| match edit.cells[text].is_some() {
            true => checked.cells[text].clone().into_owned(),
            false => cells[text].to_owned(),
        });
        let [own_source_id, own_upn] = self.students.ids(slot);
        let ids = Ids::new(edit.source_id.as_deref().or(own_source_id), edit.upn.as_deref().or(own_upn));
        let ids = ids.with_upi(self.students.upi(slot));
        self.students.set(slot, texts.each_ref().map(String::as_str), codes);
        self.students.set_ids(slot, ids);
        if let (Some(active), Some(active_now)) = (edit.active, self.active.get_mut(slot)) {
            *active_now = active;
        }
        self.set_state(slot, edit.state(self.state(slot)));
        if edit.cells[Column::Username as usize].is_some() {
            self.index = OnceLock::new();
        }
        self.at(slot).ok_or(AccountError::NotFound)
    }
}

/// Converts a finding of a check to a problem with the account.
pub(super) fn problem(position: Position, finding: Finding, cells: [&str; Column::COUNT]) -> Problem {
    let value = cells[finding.column as usize];
    Problem::new(finding.code, position).with_value(value).with_detail(finding.detail).with_fix(finding.fix)
}
