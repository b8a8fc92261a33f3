//! Checks records one after another, also for repeated ids and usernames. Makes the roster from the records without an
//! error, and holds the others.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;
use std::sync::Arc;

use foldhash::fast::RandomState;

use crate::check::{self, CheckedRow, Finding, LastFits, Rules, Suggestions, Undecided, UniqueValues};
use crate::column::{Column, Columns};
use crate::problem::{Detail, Position, Problem, ProblemCode as Code, Severity};
use crate::report::Report;
use crate::roster::{Held, Roster};
use crate::student::{Codes, Ids, Students};
use crate::text::{self, Private};
use crate::username::SignIn;
use crate::values::ethnicity::Ethnicities;
use crate::values::gender_letters::{self, GenderLetters};
use crate::values::proficiency::{self, Proficiency};

use super::Record;

/// The records that have been checked so far, and their problems.
pub(super) struct RecordChecker {
    rules: Rules,
    suggestions: Suggestions,
    last_fits: LastFits,
    report: Report,
    rows: Vec<RecordOutcome>,
    /// The texts of all rows, one after another.
    texts: String,
    usernames: UniqueValues,
    source_ids: UniqueValues,
    /// The first record with each UPN.
    upns: HashMap<String, usize, RandomState>,
    /// The columns that no record has.
    unrecorded: Columns,
    /// The stages and letters under EAL, and the letters under Gender so far. A letter can be judged only when all cells
    /// are known.
    proficiency: Proficiency,
    gender_letters: GenderLetters,
    letters: Vec<Letter>,
}

/// A record that has been checked.
struct RecordOutcome {
    ids: Ids,
    /// The ranges of the student's four texts in the texts of all rows.
    texts: [Range<usize>; 4],
    /// The values of the coded columns, if they could be read.
    read: Option<Codes>,
    /// The values of the coded columns, if the record has no error.
    codes: Option<Codes>,
    not_recorded: Columns,
    /// The reasons why the record is held, in words for the school's office.
    reasons: Vec<String>,
}

impl RecordOutcome {
    /// Refuses the record. Each reason is listed once.
    fn refuse(&mut self, reason: &str) {
        self.codes = None;
        if !self.reasons.iter().any(|known| known == reason) {
            self.reasons.push(reason.to_owned());
        }
    }
}

/// A letter under Gender or EAL, and the finding that applies if the letters of all records allow it.
struct Letter {
    index: usize,
    value: String,
    finding: Finding,
}

impl RecordChecker {
    pub(super) fn new(rules: Rules, most_problems: usize) -> Self {
        Self {
            rules,
            suggestions: Suggestions::default(),
            last_fits: LastFits::default(),
            report: Report::new(most_problems),
            rows: Vec::new(),
            texts: String::new(),
            usernames: UniqueValues::new(Code::UsernameDuplicate, Some(Column::Username)),
            source_ids: UniqueValues::new(Code::SourceIdDuplicate, None),
            upns: HashMap::default(),
            unrecorded: Columns::ALL,
            proficiency: Proficiency::default(),
            gender_letters: GenderLetters::default(),
            letters: Vec::new(),
        }
    }

    /// Checks the next record.
    pub(super) fn check(&mut self, record: &Record<'_>) {
        let index = self.rows.len();
        self.unrecorded = self.unrecorded.and(record.not_recorded);
        self.rules.may_be_blank = record.not_recorded;
        self.report.count_row(false);
        let cells = record.cells.each_ref().map(AsRef::as_ref);
        let mut findings = Vec::new();
        self.suggestions.want(!self.report.is_full(false));
        let mut checked = self.rules.check(cells.map(Some), Undecided::default(), &mut findings, &mut self.suggestions);
        let mut reasons: Vec<String> = Vec::new();
        let slid = check::may_have_slid(&findings).then(|| self.slid(cells)).flatten();
        let is_slid = slid.is_some();
        if let Some(detail) = slid {
            self.report.add_row_of_cause(of_record(Code::RowLength, index, None).with_detail(detail), false);
            reasons.push(Code::RowLength.reason_of_record(None));
            findings.clear();
            // If the values are in the wrong columns, the record gets no fixes.
            checked = CheckedRow { cells: cells.map(Cow::Borrowed), ..checked };
        }
        for (column, text) in &record.unreadable {
            self.report.add(of_record(Code::NotRecorded, index, Some(*column)).with_value(text), false);
        }
        reasons.extend(reasons_of(&findings, record));
        self.add_findings(index, findings, record);
        let source_id = self.source_id(index, record.source_id.as_deref().unwrap_or_default());
        let ids = Ids::new(source_id, record.upn.as_deref()).with_upi(record.upi.as_deref());
        self.check_upn(index, &ids);
        let mut row = RecordOutcome {
            ids,
            texts: [const { 0..0 }; 4],
            read: checked.codes,
            codes: None,
            not_recorded: record.not_recorded,
            reasons,
        };
        self.check_source_id(index, &mut row, source_id);
        if !is_slid {
            self.check_username(index, &mut row, &checked);
        }
        row.codes = checked.codes.filter(|_| row.reasons.is_empty());
        row.texts = [0, 1, 2, 3].map(|cell| self.keep(&checked.cells[cell]));
        self.rows.push(row);
    }

    /// Returns a detail if the values of a record are one column too far to the left or right.
    fn slid(&mut self, cells: [&str; Column::COUNT]) -> Option<Detail> {
        let cell = |index: usize| cells.get(index).copied().map(Cow::Borrowed);
        self.rules.slid(&mut self.last_fits, &std::array::from_fn(Some), cell).map(|(_, detail)| detail)
    }

    fn add_findings(&mut self, index: usize, findings: Vec<Finding>, record: &Record<'_>) {
        let [gender, eal] = [Column::Gender, Column::Eal].map(|column| record.cells[column as usize].as_ref());
        self.proficiency.add(eal);
        if !self.gender_letters.is_english() {
            self.gender_letters.add(gender);
        }
        let is_english = self.gender_letters.is_english();
        for finding in findings {
            let value = &record.cells[finding.column as usize];
            let is_letter = match finding.column {
                Column::Gender => !is_english && gender_letters::depends(gender),
                Column::Eal => proficiency::depends(eal),
                _ => false,
            };
            if is_letter {
                self.letters.push(Letter { index, value: value.clone().into_owned(), finding });
                continue;
            }
            let problem = of_record(finding.code, index, Some(finding.column)).with_value(value);
            self.report.add(problem.with_detail(finding.detail).with_fix(finding.fix), finding.fixed);
        }
    }

    /// Warns of a UPN that is not valid, or that an earlier record also has.
    fn check_upn(&mut self, index: usize, ids: &Ids) {
        let Some(upn) = ids.upn.as_ref().map(Private::expose) else { return };
        let (code, detail) = match (ids.sure()[1], self.upns.entry(upn.to_owned())) {
            (None, _) => (Code::UpnInvalid, Detail::None),
            (Some(_), Entry::Occupied(first)) => (Code::UpnDuplicate, Detail::OtherRecord(*first.get() as u64)),
            (Some(_), Entry::Vacant(first)) => {
                first.insert(index);
                return;
            }
        };
        self.report.add(of_record(code, index, None).with_value(upn).with_detail(detail), false);
    }

    /// Returns the source id of a record. Warns of a text that is certainly no source id, and leaves it out.
    fn source_id<'r>(&mut self, index: usize, text: &'r str) -> Option<&'r str> {
        check::source_id(text).unwrap_or_else(|invalid| {
            self.report.add(of_record(Code::SourceIdInvalid, index, None).with_value(invalid), false);
            None
        })
    }

    fn check_source_id(&mut self, index: usize, row: &mut RecordOutcome, source_id: Option<&str>) {
        let Some(id) = source_id else { return };
        if let Some(other) = self.source_ids.note(id.to_owned(), index) {
            let problem = self.source_ids.problem(index, other, id);
            self.refuse_both(row, other, problem);
        }
    }

    fn check_username(&mut self, index: usize, row: &mut RecordOutcome, checked: &CheckedRow<'_>) {
        let username = &checked.cells[Column::Username as usize];
        if username.is_empty() {
            return;
        }
        let Some(other) = self.usernames.note(text::key(username), index) else { return };
        let problem = match self.is_same(other, row, checked) {
            true => UniqueValues::row_problem(index, other),
            false => self.usernames.problem(index, other, username),
        };
        self.refuse_both(row, other, problem);
    }

    /// Returns whether a record has all values of an earlier record, and neither record has an id.
    fn is_same(&self, other: usize, row: &RecordOutcome, checked: &CheckedRow<'_>) -> bool {
        let other = &self.rows[other];
        let mut texts = other.texts.iter().map(|at| self.texts.get(at.clone())).zip(&checked.cells);
        other.ids == row.ids
            && row.ids == Ids::default()
            && row.read.is_some()
            && other.read == row.read
            && texts.all(|(text, cell)| text == Some(cell))
    }

    /// Reports a record that repeats a value of another record. Nobody knows which of the two records is right, so both
    /// are refused.
    fn refuse_both(&mut self, row: &mut RecordOutcome, other: usize, problem: Problem) {
        let email = problem.column().filter(|_| self.rules.sign_in == SignIn::Sso);
        let reason = problem.code().reason_of_record(email.or(Some(Column::FullName)));
        self.report.add(problem, false);
        self.rows[other].refuse(&reason);
        row.refuse(&reason);
    }

    /// Appends a text to the texts of all rows, and returns its position.
    fn keep(&mut self, text: &str) -> Range<usize> {
        let start = self.texts.len();
        self.texts.push_str(text);
        start..self.texts.len()
    }

    /// Returns the roster of the records without an error. The roster holds the other records, and contains the report.
    #[allow(clippy::expect_used)]
    pub(super) fn into_roster(mut self, sign_in: SignIn, ethnicities: Arc<Ethnicities>) -> Roster {
        self.judge_letters();
        let mut students = Students::new(ethnicities);
        let (mut held, mut not_recorded) = (Vec::new(), Vec::new());
        let unrecorded = self.unrecorded.iter().filter(|_| !self.rows.is_empty()).collect();
        for (index, row) in self.rows.into_iter().enumerate() {
            let texts = row.texts.map(|at| self.texts.get(at).expect("invariant: a range is of a whole text"));
            match row.codes {
                Some(codes) => {
                    students.push(texts, codes);
                    students.set_ids(students.len() - 1, row.ids);
                    not_recorded.push(row.not_recorded);
                }
                None => held.push(Held::new(index, row.ids, texts, row.reasons)),
            }
        }
        self.report.finish(0, |_| {});
        let roster = Roster::new(students, sign_in, self.report).given_as_data(held).with_unrecorded(unrecorded);
        roster.with_not_recorded(not_recorded)
    }

    /// Reports the letters under Gender and EAL. The letters of all records together decide what each means.
    fn judge_letters(&mut self) {
        let undecided = Undecided { gender: self.gender_letters.is_undecided(), eal: self.proficiency.undecided() };
        for Letter { index, value, finding } in std::mem::take(&mut self.letters) {
            let column = Some(finding.column);
            match undecided.note(finding.column, &value) {
                None => {
                    let problem = of_record(finding.code, index, column).with_value(&value);
                    self.report.add(problem.with_detail(finding.detail).with_fix(finding.fix), finding.fixed);
                }
                Some((code, note)) => {
                    let problem = of_record(code, index, column).with_value(&value);
                    self.report.add(problem.with_detail(Detail::note(note)), false);
                    self.rows[index].refuse(&code.reason_of_record(column));
                }
            }
        }
    }
}

fn of_record(code: Code, index: usize, column: Option<Column>) -> Problem {
    Problem::new(code, Position::Record { index, column })
}

/// Returns the errors that a check found in a record, in words for the school's office.
fn reasons_of(findings: &[Finding], record: &Record<'_>) -> impl Iterator<Item = String> {
    let errors = findings.iter().filter(|finding| !finding.fixed && finding.code.severity() == Severity::Error);
    errors.map(|finding| match record.blank_because {
        Some((column, reason)) if column == finding.column && finding.code == Code::Blank => reason.to_owned(),
        _ => finding.code.reason_of_record(Some(finding.column)),
    })
}
