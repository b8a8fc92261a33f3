//! Reads students passed as data, from an MIS or a table, with the same checks as for a file.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::io;
use std::ops::Range;

use foldhash::fast::RandomState;

use crate::check::{self, Checked, Finding, LastFits, Rules, Suggestions, Unique};
use crate::column::{Column, Columns};
use crate::problem::{Detail, Place, Problem, ProblemCode as Code, Severity};
use crate::report::Report;
use crate::roster::{Held, Roster};
use crate::student::{Codes, Ids, Students};
use crate::text::{self, Private};
use crate::username::SignIn;
use crate::values::proficiency::{self, Proficiency};

use crate::watch::{Ended, Watch};

use super::{ReadError, Reader};

/// The number of steps counted for checking a record.
const RECORD_STEPS: usize = 20;

/// One student as data: nine values as in a CSV, and the student's ids.
///
/// ```
/// use onroll::{Column, Reader, Record};
/// let rows = [["Zoë Okafor", "Zoë Okafor", "Year 5", "5A", "Female", "", "BAFR", "No", "No"]];
/// let records = rows.map(|row| {
///     // The source has no pupil premium for this student: an account keeps its value.
///     Record::new(row).source_id("77").upn("H801200001001").upi("aa01").not_recorded(Column::PupilPremium)
/// });
/// let roster = Reader::new().read_records(records)?;
/// assert_eq!((roster.source_id(0), roster.upn(0)), (Some("77"), Some("H801200001001")));
/// # Ok::<(), onroll::ReadError>(())
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct Record<'c> {
    cells: [Cow<'c, str>; Column::COUNT],
    source_id: Option<Cow<'c, str>>,
    upn: Option<Cow<'c, str>>,
    upi: Option<Cow<'c, str>>,
    /// The unrecorded fields of this student. A plan does not change them in the account.
    not_recorded: Columns,
    /// Texts from an MIS that onroll cannot read, by column.
    unreadable: Vec<(Column, Cow<'c, str>)>,
    /// A column that is blank for a known reason, and the reason.
    blank_because: Option<(Column, &'static str)>,
}

impl<'c> Record<'c> {
    /// Creates a student from nine values in template order, borrowed or owned.
    pub fn new<C: Into<Cow<'c, str>>>(cells: [C; Column::COUNT]) -> Self {
        Self { cells: cells.map(Into::into), ..Self::default() }
    }

    /// Sets the student's id in the school's MIS or in Wonde.
    pub fn source_id(mut self, source_id: impl Into<Cow<'c, str>>) -> Self {
        self.source_id = Some(source_id.into());
        self
    }

    /// Sets the unique pupil number.
    pub fn upn(mut self, upn: impl Into<Cow<'c, str>>) -> Self {
        self.upn = Some(upn.into());
        self
    }

    /// Sets Wonde's id for the person, which stays the same when a student enrols again under another source id.
    pub fn upi(mut self, upi: impl Into<Cow<'c, str>>) -> Self {
        self.upi = Some(upi.into());
        self
    }

    /// Marks an optional column as unknown for this student. Its value is `No` or `NOBT`, and a plan does not change
    /// the account's value. If a column is unknown for every student, [`Roster::unrecorded`] names it. Required columns
    /// are not affected.
    pub fn not_recorded(mut self, column: Column) -> Self {
        if let Some(usual) = column.when_not_recorded() {
            self.cells[column as usize] = Cow::Borrowed(usual);
            self.not_recorded.insert(column);
        }
        self
    }

    /// Marks columns as unknown, including required ones. A required column may then be blank without a problem.
    pub(crate) fn without(mut self, columns: Columns) -> Self {
        self.not_recorded = self.not_recorded.or(columns);
        self
    }

    /// Sets the reason why a column is blank, in words for the school's office.
    pub(crate) fn blank_because(mut self, column: Column, reason: &'static str) -> Self {
        self.blank_because = Some((column, reason));
        self
    }

    /// Adds a text that onroll cannot read, which causes a warning.
    pub(crate) fn unreadable(mut self, column: Column, text: impl Into<Cow<'c, str>>) -> Self {
        self.unreadable.push((column, text.into()));
        self
    }
}

impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Record(<hidden>)")
    }
}

impl Reader {
    /// Reads students passed as data, or returns a report with every problem.
    ///
    /// ```
    /// use onroll::{ReadError, Reader, Record};
    /// let record = Record::new(["Zoë Okafor", "Zoë Okafor", "Year 5", "5A", "F", "No", "BAFR", "No", "No"]);
    /// let Err(ReadError::Rejected(report)) = Reader::new().read_records([record.clone()]) else { panic!() };
    /// assert_eq!(report.problems()[0].record(), Some(0)); // 'F' should be 'Female'
    /// assert_eq!(Reader::new().fix(true).read_records([record])?.len(), 1);
    /// # Ok::<(), onroll::ReadError>(())
    /// ```
    ///
    /// # Errors
    /// [`ReadError::Rejected`] with the report if there are errors, [`ReadError::Io`] if the [watch](Self::watch)
    /// cancelled it.
    pub fn read_records<'c>(&self, records: impl IntoIterator<Item = Record<'c>>) -> Result<Roster, ReadError> {
        let roster = self.checked_records(records, &self.watch).map_err(io::Error::from)?;
        if roster.report().ok() { Ok(roster) } else { Err(ReadError::Rejected(roster.into_report())) }
    }

    /// Reads students passed as data, and holds those with an error. A held student is in [`Roster::held`] and not
    /// among the students until the record is corrected. So one bad record in an MIS does not stop a school's nightly
    /// sync.
    ///
    /// This method cannot fail, so it never calls the watch.
    ///
    /// ```
    /// use onroll::{Reader, Record};
    /// let record = |name: &'static str, class| Record::new([name, name, "Year 5", class, "Female", "No", "BAFR", "No", "No"]);
    /// let roster = Reader::new().hold_records([record("Zoë Okafor", "5A"), record("Aisha Khan", "")]);
    /// assert_eq!((roster.len(), roster.held()[0].full_name()), (1, "Aisha Khan"));
    /// ```
    pub fn hold_records<'c>(&self, records: impl IntoIterator<Item = Record<'c>>) -> Roster {
        match self.checked_records(records, &Watch::default()) {
            Ok(roster) => roster,
            Err(Ended) => unreachable!("invariant: only a watch ends it"),
        }
    }

    #[allow(clippy::expect_used)]
    fn checked_records<'c>(
        &self,
        records: impl IntoIterator<Item = Record<'c>>,
        watch: &Watch,
    ) -> Result<Roster, Ended> {
        let mut steps = watch.steps(0);
        let limits = self.limits.within_reach();
        let mut students = Students::new(self.ethnicities.clone());
        let mut held = Vec::new();
        let mut rules = self.rules();
        let mut suggestions = Suggestions::default();
        let mut last_fits = LastFits::default();
        let mut report = Report::new(limits.problems);
        let mut rows: Vec<Row> = Vec::new();
        let mut texts = String::new();
        let mut usernames = Unique::new(Code::UsernameDuplicate, Some(Column::Username));
        let mut source_ids = Unique::new(Code::SourceIdDuplicate, None);
        let mut upns = HashMap::with_hasher(RandomState::default());
        let mut unrecorded = Columns::ALL;
        let mut not_recorded = Vec::new();
        // The meaning of a letter under EAL depends on the whole column, so we decide it last.
        let (mut proficiency, mut letters) = (Proficiency::default(), Vec::new());
        let mut is_empty = true;
        for (index, record) in records.into_iter().enumerate() {
            steps.take(RECORD_STEPS)?;
            unrecorded = unrecorded.and(record.not_recorded);
            rules.may_be_blank = record.not_recorded;
            is_empty = false;
            report.count_row(false);
            let cells = record.cells.each_ref().map(AsRef::as_ref);
            let mut findings = Vec::new();
            suggestions.want(!report.is_full(false));
            let mut checked = rules.check(cells.map(Some), None, &mut findings, &mut suggestions);
            let mut reasons: Vec<String> = Vec::new();
            let detail = check::may_have_slid(&findings).then(|| slid(&rules, &mut last_fits, cells)).flatten();
            let is_slid = detail.is_some();
            if let Some(detail) = detail {
                let problem = Problem::new(Code::RowLength, Place::Record { index, column: None });
                report.add_row_of_cause(problem.with_detail(detail), false);
                reasons.push(Code::RowLength.reason_of_record(None));
                findings.clear();
                // A record whose values have slid gets no fixes.
                checked = Checked { cells: cells.map(Cow::Borrowed), ..checked };
            }
            for (column, text) in &record.unreadable {
                let problem = Problem::new(Code::NotRecorded, Place::Record { index, column: Some(*column) });
                report.add(problem.with_value(text), false);
            }
            let eal = cells[Column::Eal as usize];
            proficiency.add(eal);
            let is_letter = proficiency::depends(eal);
            let is_error = |f: &&Finding| !f.fixed && f.code.severity() == Severity::Error;
            let reason = |finding: &Finding| match record.blank_because {
                Some((column, reason)) if column == finding.column && finding.code == Code::Blank => reason.to_owned(),
                _ => finding.code.reason_of_record(Some(finding.column)),
            };
            reasons.extend(findings.iter().filter(is_error).map(reason));
            let mut errors = !reasons.is_empty();
            for finding in findings {
                if is_letter && finding.column == Column::Eal {
                    letters.push((index, eal.to_owned(), finding));
                } else {
                    add(&mut report, index, finding, &record);
                }
            }
            let ids = Ids::new(record.source_id.as_deref(), record.upn.as_deref()).with_upi(record.upi.as_deref());
            if let Some(upn) = ids.upn.as_ref().map(Private::expose) {
                let warning = match ids.sure()[1] {
                    None => Some((Code::UpnInvalid, Detail::None)),
                    Some(_) => {
                        let first = *upns.entry(upn.to_owned()).or_insert(index);
                        (first != index).then_some((Code::UpnDuplicate, Detail::OtherRecord(first as u64)))
                    }
                };
                if let Some((code, detail)) = warning {
                    let problem = Problem::new(code, Place::Record { index, column: None });
                    report.add(problem.with_value(upn).with_detail(detail), false);
                }
            }
            let mut repeated = |rows: &mut [Row], problem: Problem, code: Code, column: Option<Column>, other| {
                report.add(problem, false);
                errors = true;
                let email = column.filter(|_| self.sign_in == SignIn::Sso);
                let reason = code.reason_of_record(email.or(Some(Column::FullName)));
                // We cannot know which of the two records is right, so both are held.
                let other: &mut Row = &mut rows[other];
                other.codes = None;
                if !other.reasons.contains(&reason) {
                    other.reasons.push(reason.clone());
                }
                reasons.push(reason);
            };
            if let Some(id) = &record.source_id
                && let Some(other) = source_ids.note(id.clone(), index)
            {
                let problem = source_ids.problem(index, other, id);
                repeated(&mut rows, problem, source_ids.code(), source_ids.column(), other);
            }
            let username = &checked.cells[Column::Username as usize];
            if !username.is_empty()
                && !is_slid
                && let Some(other) = usernames.note(text::key(username), index)
            {
                let row = &rows[other];
                let is_same = row.ids == ids
                    && ids == Ids::default()
                    && row.read.is_some()
                    && row.read == checked.codes
                    && row.texts.iter().zip(&checked.cells).all(|(at, cell)| texts.get(at.clone()) == Some(cell));
                if is_same {
                    repeated(&mut rows, Unique::row_problem(index, other), Code::RowDuplicate, None, other);
                } else {
                    let problem = usernames.problem(index, other, username);
                    repeated(&mut rows, problem, usernames.code(), usernames.column(), other);
                }
            }
            let codes = checked.codes.filter(|_| !errors);
            let mut place = |cell: usize| {
                let start = texts.len();
                texts.push_str(&checked.cells[cell]);
                start..texts.len()
            };
            let texts = [place(0), place(1), place(2), place(3)];
            rows.push(Row { ids, texts, read: checked.codes, codes, not_recorded: record.not_recorded, reasons });
        }
        for (index, eal, finding) in letters {
            let problem =
                Problem::new(Code::YesNo, Place::Record { index, column: Some(Column::Eal) }).with_value(&eal);
            let Some(stages) = proficiency.undecided() else {
                report.add(problem.with_detail(finding.detail).with_fix(finding.fix), finding.fixed);
                continue;
            };
            report.add(problem.with_detail(Detail::note(stages.note(&eal))), false);
            if let Some(row) = rows.get_mut(index) {
                row.codes = None;
                let reason = Code::YesNo.reason_of_record(Some(Column::Eal));
                if !row.reasons.contains(&reason) {
                    row.reasons.push(reason);
                }
            }
        }
        for (index, Row { ids, texts: places, codes, not_recorded: own, reasons, .. }) in rows.into_iter().enumerate() {
            let texts = places.map(|place| texts.get(place).expect("invariant: a range is of a whole text"));
            match codes {
                Some(codes) => {
                    students.push(texts, codes);
                    students.set_ids(students.len() - 1, ids);
                    not_recorded.push(own);
                }
                None => held.push(Held::new(index, ids, texts, reasons)),
            }
        }
        report.finish(0, |_| {});
        let unrecorded = unrecorded.iter().filter(|_| !is_empty).collect();
        let roster = Roster::new(students, self.sign_in, report).given_as_data(held).with_unrecorded(unrecorded);
        Ok(roster.with_not_recorded(not_recorded))
    }
}

/// A record that has been checked.
struct Row {
    ids: Ids,
    /// The ranges of the student's four texts in the text of all students.
    texts: [Range<usize>; 4],
    /// The values of the coded columns, if they could be read.
    read: Option<Codes>,
    /// The values of the coded columns, if the record has no error.
    codes: Option<Codes>,
    not_recorded: Columns,
    /// The reasons why the record is held, in words for the school's office.
    reasons: Vec<String>,
}

/// Returns a detail if the values of a record stand in the column next to their own.
fn slid(rules: &Rules, last: &mut LastFits, cells: [&str; Column::COUNT]) -> Option<Detail> {
    let cell = |index: usize| cells.get(index).copied().map(Cow::Borrowed);
    rules.slid(last, &std::array::from_fn(Some), cell).map(|(_, detail)| detail)
}

/// Adds a finding of a check to the report.
fn add(report: &mut Report, index: usize, finding: Finding, record: &Record<'_>) {
    let column = finding.column;
    let value = &record.cells[column as usize];
    let problem = Problem::new(finding.code, Place::Record { index, column: Some(column) });
    report.add(problem.with_value(value).with_detail(finding.detail).with_fix(finding.fix), finding.fixed);
}
