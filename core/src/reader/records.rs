//! Reads students that are passed as data, from an MIS or a table (`Record`). The checks are the same as for a file.
//! `records/checker.rs` runs them.

mod checker;

use std::borrow::Cow;
use std::fmt;
use std::io;

use crate::column::{Column, Columns};
use crate::roster::Roster;
use crate::watch::{Cancelled, Watch};

use self::checker::RecordChecker;
use super::{ReadError, Reader};

/// The number of steps counted for checking a record.
const RECORD_STEPS: usize = 20;

/// One student that you pass as data: nine values as in a CSV, and the student's ids.
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
    /// The unrecorded fields of this student. A plan does not change these fields in the account.
    not_recorded: Columns,
    /// Texts from an MIS that onroll cannot read, by column.
    unreadable: Vec<(Column, Cow<'c, str>)>,
    /// A column that is blank for a known reason, with that reason.
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

    /// Sets Wonde's id for the person, which stays the same when a student enrols again with a new source id.
    pub fn upi(mut self, upi: impl Into<Cow<'c, str>>) -> Self {
        self.upi = Some(upi.into());
        self
    }

    /// Marks an optional column as unknown for this student. Its value is `No` or `NOBT`, and a plan does not change
    /// the account's value. If a column is unknown for every student, [`Roster::unrecorded`] includes it. Required
    /// columns are not affected.
    pub fn not_recorded(mut self, column: Column) -> Self {
        if let Some(usual) = column.when_not_recorded() {
            self.cells[column as usize] = Cow::Borrowed(usual);
            self.not_recorded.insert(column);
        }
        self
    }

    /// Marks columns as unknown, including required columns. A blank required column is then not a problem.
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
    /// Reads students that are passed as data, or returns a report with every problem.
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
    /// [`ReadError::Rejected`] with the report if there are errors, and [`ReadError::Io`] if the function in
    /// [`watch`](Self::watch) cancels the reading.
    pub fn read_records<'c>(&self, records: impl IntoIterator<Item = Record<'c>>) -> Result<Roster, ReadError> {
        let roster = self.checked_records(records, &self.watch).map_err(io::Error::from)?;
        if roster.report().ok() { Ok(roster) } else { Err(ReadError::Rejected(roster.into_report())) }
    }

    /// Reads students that are passed as data, and holds back each student with an error. A held student is in
    /// [`Roster::held`], and not among the students, until the record is corrected. So one bad record in an MIS does
    /// not stop a school's nightly sync.
    ///
    /// This method cannot fail, so it never calls the function in [`watch`](Self::watch).
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
            Err(Cancelled) => unreachable!("invariant: only a watch can cancel, and this check has none"),
        }
    }

    fn checked_records<'c>(
        &self,
        records: impl IntoIterator<Item = Record<'c>>,
        watch: &Watch,
    ) -> Result<Roster, Cancelled> {
        let mut steps = watch.steps(0);
        let mut checker = RecordChecker::new(self.rules(), self.limits.within_reach().problems);
        for record in records {
            steps.take(RECORD_STEPS)?;
            checker.check(&record);
        }
        Ok(checker.into_roster(self.sign_in, self.ethnicities.clone()))
    }
}
