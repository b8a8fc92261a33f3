//! Students given as data, from an MIS or a table, by the same checks as a file.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::io;
use std::ops::Range;

use foldhash::fast::RandomState;

use crate::column::{Column, Columns};
use crate::problem::{Detail, Place, Problem, ProblemCode as Code, Severity};
use crate::report::Report;
use crate::roster::{Held, Roster};
use crate::row::{Finding, Rules, Suggestions};
use crate::student::{Codes, Ids, Students};
use crate::text::{self, Private};

use crate::watch::{Ended, Watch};

use super::{ReadError, Reader};

/// What it takes to check a record, in steps.
const RECORD_STEPS: usize = 20;

/// One student as data: nine cells as a CSV would have them, and the ids by which the student is known
/// elsewhere.
#[derive(Clone, Default)]
#[must_use]
pub struct Record<'c> {
    cells: [Cow<'c, str>; Column::COUNT],
    source_id: Option<Cow<'c, str>>,
    upn: Option<Cow<'c, str>>,
    /// What is not known of this student: an account keeps what it has.
    not_recorded: Columns,
    /// Texts of an MIS that say nothing we know, by column.
    unreadable: Vec<(Column, Cow<'c, str>)>,
}

impl<'c> Record<'c> {
    /// A student with these cells, in template order, borrowed or owned.
    pub fn new<C: Into<Cow<'c, str>>>(cells: [C; Column::COUNT]) -> Self {
        Self { cells: cells.map(Into::into), ..Self::default() }
    }

    /// The id that the school's MIS, or Wonde, gives the student.
    pub fn source_id(mut self, source_id: impl Into<Cow<'c, str>>) -> Self {
        self.source_id = Some(source_id.into());
        self
    }

    /// The unique pupil number.
    pub fn upn(mut self, upn: impl Into<Cow<'c, str>>) -> Self {
        self.upn = Some(upn.into());
        self
    }

    /// Says that nothing is known of this student in an optional column: its cell is `No` or `NOBT`, and a plan leaves an account what it
    /// has there. A column of which this is so for everybody is in [`Roster::unrecorded`]. Columns that must be given do not change.
    pub fn not_recorded(mut self, column: Column) -> Self {
        if let Some(usual) = column.when_not_recorded() {
            self.cells[column as usize] = Cow::Borrowed(usual);
            self.not_recorded.insert(column);
        }
        self
    }

    /// The same of any column: where one that must be given is blank, nothing is wrong with it.
    pub(crate) fn without(mut self, columns: Columns) -> Self {
        self.not_recorded = self.not_recorded.or(columns);
        self
    }

    /// Warns of a text that says nothing we know.
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
    /// Students given as data, or a report of everything that is wrong with them.
    ///
    /// # Errors
    /// [`ReadError::Rejected`] with the report if an error stands, [`ReadError::Io`] if the [watch](Self::watch) ended it.
    pub fn read_records<'c>(&self, records: impl IntoIterator<Item = Record<'c>>) -> Result<Roster, ReadError> {
        let roster = self.checked_records(records, &self.watch).map_err(io::Error::from)?;
        if roster.report().ok() { Ok(roster) } else { Err(ReadError::Rejected(roster.into_report())) }
    }

    /// Students given as data, of whom those with an error are held: they are in
    /// [`Roster::held`] and not among the students, until their records are mended. One bad record of an
    /// MIS must not stop a school's nightly sync.
    ///
    /// It cannot fail, and so it is not watched.
    pub fn hold_records<'c>(&self, records: impl IntoIterator<Item = Record<'c>>) -> Roster {
        match self.checked_records(records, &Watch::default()) {
            Ok(roster) => roster,
            Err(Ended) => unreachable!("invariant: only a watch ends it"),
        }
    }

    fn checked_records<'c>(
        &self,
        records: impl IntoIterator<Item = Record<'c>>,
        watch: &Watch,
    ) -> Result<Roster, Ended> {
        let mut steps = watch.steps(0);
        let limits = self.limits.within_reach();
        let mut students = Students::new(self.ethnicities.clone());
        let mut held = Vec::new();
        let mut rules = Rules {
            sign_in: self.sign_in,
            fix: self.fix,
            main_codes_only: self.main_codes_only,
            may_be_blank: Columns::default(),
            cell_bytes: limits.cell_bytes,
            ethnicities: self.ethnicities.clone(),
        };
        let mut suggestions = Suggestions::default();
        let mut report = Report::new(limits.problems);
        let mut rows: Vec<Row> = Vec::new();
        let mut texts = String::new();
        let mut usernames = HashMap::with_hasher(RandomState::default());
        let mut source_ids = HashMap::with_hasher(RandomState::default());
        let mut upns = HashMap::with_hasher(RandomState::default());
        let mut unrecorded = Columns::ALL;
        let mut not_recorded = Vec::new();
        let mut is_empty = true;
        for (index, record) in records.into_iter().enumerate() {
            steps.take(RECORD_STEPS)?;
            unrecorded = unrecorded.and(record.not_recorded);
            rules.may_be_blank = record.not_recorded;
            is_empty = false;
            report.count_row(false);
            let cells = record.cells.each_ref().map(|cell| Some(cell.as_ref()));
            let mut findings = Vec::new();
            suggestions.want(!report.is_full(false));
            let checked = rules.check(cells, &mut findings, &mut suggestions);
            for (column, text) in &record.unreadable {
                let problem = Problem::new(Code::NotRecorded, Place::Record { index, column: Some(*column) });
                report.add(problem.with_value(text), false);
            }
            let mut errors = findings.iter().any(|f| !f.fixed && f.code.severity() == Severity::Error);
            for finding in findings {
                add(&mut report, index, finding, &record);
            }
            let ids = Ids::new(record.source_id.as_deref(), record.upn.as_deref());
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
            let mut repeated = |rows: &mut [Row], code, column, taken: Option<usize>, value: Option<&str>| {
                if let Some(other) = taken {
                    let problem = Problem::new(code, Place::Record { index, column });
                    let problem = match value {
                        Some(value) => problem.with_value(value),
                        None => problem,
                    };
                    report.add(problem.with_detail(Detail::OtherRecord(other as u64)), false);
                    errors = true;
                    // Which of the two is meant nobody knows, whichever comes first.
                    if let Some(other) = rows.get_mut(other) {
                        other.codes = None;
                    }
                }
            };
            if let Some(id) = &record.source_id {
                let taken = source_ids.insert(id.clone().into_owned(), index);
                repeated(&mut rows, Code::SourceIdDuplicate, None, taken, Some(id));
            }
            let username = &checked.cells[Column::Username as usize];
            if !username.is_empty() {
                let taken = usernames.insert(text::key(username).into_owned(), index);
                let is_same = |row: &Row| {
                    row.ids == ids
                        && ids == Ids::default()
                        && row.read.is_some()
                        && row.read == checked.codes
                        && row.texts.iter().zip(&checked.cells).all(|(at, cell)| texts.get(at.clone()) == Some(cell))
                };
                match taken.and_then(|other| rows.get(other)).is_some_and(is_same) {
                    true => repeated(&mut rows, Code::RowDuplicate, None, taken, None),
                    false => {
                        repeated(&mut rows, Code::UsernameDuplicate, Some(Column::Username), taken, Some(username));
                    }
                }
            }
            let codes = checked.codes.filter(|_| !errors);
            let mut place = |cell: usize| {
                let start = texts.len();
                texts.push_str(&checked.cells[cell]);
                start..texts.len()
            };
            let texts = [place(0), place(1), place(2), place(3)];
            rows.push(Row { ids, texts, read: checked.codes, codes, not_recorded: record.not_recorded });
        }
        for (index, Row { ids, texts: places, codes, not_recorded: own, .. }) in rows.into_iter().enumerate() {
            let texts = places.map(|place| texts.get(place).unwrap_or_default());
            match codes {
                Some(codes) => {
                    students.push(texts, codes);
                    students.set_ids(students.len() - 1, ids);
                    not_recorded.push(own);
                }
                None => held.push(Held::new(index, ids, texts[0], texts[1])),
            }
        }
        report.finish(|_| {});
        let unrecorded = unrecorded.iter().filter(|_| !is_empty).collect();
        let roster = Roster::new(students, self.sign_in, report).given_as_data(held).with_unrecorded(unrecorded);
        Ok(roster.with_not_recorded(not_recorded))
    }
}

/// A record that has been checked.
struct Row {
    ids: Ids,
    /// Where its four texts are, among those of all.
    texts: [Range<usize>; 4],
    /// The short columns, as far as they could be read.
    read: Option<Codes>,
    /// The short columns, if there is no error in it.
    codes: Option<Codes>,
    not_recorded: Columns,
}

/// Adds what a check found.
fn add(report: &mut Report, index: usize, finding: Finding, record: &Record<'_>) {
    let column = finding.column;
    let value = record.cells.get(column as usize).map(AsRef::as_ref).unwrap_or_default();
    let problem = Problem::new(finding.code, Place::Record { index, column: Some(column) });
    report.add(problem.with_value(value).with_detail(finding.detail).with_fix(finding.fix), finding.fixed);
}
