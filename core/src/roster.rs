//! All students of one school, stored together. Every student is valid, and every username is unique.

// This file has `Roster`. `reader/` makes it, and `roster/held.rs` has the students who were not imported.

mod held;

use std::fmt;
use std::io;
use std::path::Path;

use crate::check::ID_HEADINGS;
use crate::column::{Column, Columns};
use crate::report::Report;
use crate::student::{Ids, Student, Students};
use crate::table::{self, CsvWriter};
use crate::username::SignIn;
use crate::values::ethnicity::Ethnicities;

pub use held::Held;

/// All students of one school. Every row is valid, and usernames are unique.
///
/// A roster owns the bytes that it was read from. Each student takes 4 or 20 bytes, which say where the values are.
///
/// ```
/// use onroll::{Column, Reader};
/// let csv = "Student Full Name,Username,Year Group,Class,Gender,UPN,Source ID\n\
///            Zoë Okafor,Zoë Okafor,Year 5,5A,Female,H801200001001,77\n";
/// let reader = Reader::new().optional_columns(true);
/// let roster = reader.read_bytes(csv.as_bytes())?.with_school_id("A1329183376");
///
/// assert!(roster.len() == 1 && !roster.is_empty() && !roster.is_partial() && roster.held().is_empty());
/// for (index, student) in roster.iter().enumerate() {
///     println!("{} {:?} {:?} {:?}", student.full_name, roster.source_id(index), roster.upn(index), roster.upi(index));
/// }
/// assert_eq!(roster.school_id(), Some("A1329183376"));
/// assert_eq!(roster.unrecorded(), [Column::PupilPremium, Column::Ethnicity, Column::Send, Column::Eal]);
/// assert_eq!(roster.report().fixed_count(), 0);
/// assert_eq!(roster.ethnicities().get("BAFR").unwrap().description(), "Black - African");
/// # Ok::<(), onroll::ReadError>(())
/// ```
#[derive(Clone)]
pub struct Roster {
    school_id: Option<String>,
    students: Students,
    sign_in: SignIn,
    report: Report,
    held: Vec<Held>,
    partial: bool,
    left: Vec<Ids>,
    unrecorded: Vec<Column>,
    /// The unrecorded columns of each student. Empty if [`unrecorded`](Self::unrecorded) is correct for every student.
    not_recorded: Vec<Columns>,
    from_file: bool,
}

impl Roster {
    /// Creates a roster. The caller must make sure that every student is valid and every username unique.
    pub(crate) fn new(students: Students, sign_in: SignIn, report: Report) -> Self {
        Self {
            school_id: None,
            students,
            sign_in,
            report,
            held: Vec::new(),
            partial: false,
            left: Vec::new(),
            unrecorded: Vec::new(),
            not_recorded: Vec::new(),
            from_file: true,
        }
    }

    /// Returns the same roster, marked as made from data instead of a file, and with these held students.
    pub(crate) fn given_as_data(mut self, held: Vec<Held>) -> Self {
        self.held = held;
        self.from_file = false;
        self
    }

    /// Returns the same roster with these fields, which were stored with it.
    pub(crate) fn restored(mut self, held: Vec<Held>, report: Report, from_file: bool, partial: bool) -> Self {
        (self.held, self.report, self.from_file, self.partial) = (held, report, from_file, partial);
        self
    }

    /// Returns the same roster with these leavers, each identified by source id and UPN.
    pub(crate) fn with_left(mut self, left: Vec<Ids>) -> Self {
        self.left = left;
        self
    }

    /// Returns the same roster with these columns unrecorded for everyone.
    pub(crate) fn with_unrecorded(mut self, columns: Vec<Column>) -> Self {
        self.unrecorded = columns;
        self
    }

    /// Returns the same roster with these columns in `unrecorded`. For each student, the columns that are recorded do
    /// not change.
    pub(crate) fn with_withheld(mut self, columns: Vec<Column>) -> Self {
        let (own, all) = (Columns::from_iter(self.unrecorded.iter().copied()), columns.iter().copied().collect());
        if self.not_recorded.is_empty() && own != all {
            self.not_recorded = vec![own; self.len()];
        }
        self.unrecorded = columns;
        self
    }

    /// Returns the same roster with these unrecorded columns, one set for each student.
    pub(crate) fn with_not_recorded(mut self, columns: Vec<Columns>) -> Self {
        let all: Columns = self.unrecorded.iter().copied().collect();
        self.not_recorded = if columns.iter().all(|own| *own == all) { Vec::new() } else { columns };
        self
    }

    /// Returns the columns that are unknown for a student. The student's account keeps its values in these columns.
    pub(crate) fn not_recorded(&self, index: usize) -> Columns {
        self.not_recorded.get(index).copied().unwrap_or_else(|| self.unrecorded.iter().copied().collect())
    }

    /// Returns the columns that are unknown for this student. Returns none if they are the same for all students.
    pub(crate) fn own_not_recorded(&self, index: usize) -> Columns {
        self.not_recorded.get(index).copied().unwrap_or_default()
    }

    /// Returns whether a student's name or username is unknown. If so, only an id identifies the student, and no
    /// account can be created.
    pub(crate) fn is_nameless(&self, index: usize) -> bool {
        !self.from_file && self.students.names(index).contains(&"")
    }

    /// Returns the school's id, if known. In a roster from Wonde, this is Wonde's id for the school.
    pub fn school_id(&self) -> Option<&str> {
        self.school_id.as_deref()
    }

    /// Sets the school's id, which can be any id that you use. A blank id counts as none. Accounts and plans that are
    /// made from the roster also store this id.
    #[must_use]
    pub fn with_school_id(mut self, school_id: impl Into<String>) -> Self {
        self.school_id = Some(school_id.into()).filter(|id| !id.is_empty());
        self
    }

    /// Returns the ids of the students who are known to have left. Even a partial roster can name such students.
    pub(crate) fn left(&self) -> &[Ids] {
        &self.left
    }

    /// Returns the columns without any value: absent from the file, not recorded in the MIS, or withheld from you.
    /// Students have `No`, `NOBT` or a blank value in these columns, and a plan does not change these fields in the
    /// accounts.
    pub fn unrecorded(&self) -> &[Column] {
        &self.unrecorded
    }

    pub(crate) fn is_from_file(&self) -> bool {
        self.from_file
    }

    /// Returns whether onroll makes passwords for these students.
    pub(crate) fn allocates_passwords(&self) -> bool {
        self.from_file || self.sign_in == SignIn::Password
    }

    /// Marks the roster as incomplete. A student who is missing from an incomplete roster is not a leaver.
    ///
    /// ```
    /// use onroll::{Accounts, PasswordPolicy, Plan, Reader};
    /// # let header = onroll::template_csv();
    /// # let csv = header.clone() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\nNoah Khan,Noah Khan,Year 5,5A,Male,No,APKN,No,No\n";
    /// # let roster = Reader::new().read_bytes(csv.as_bytes())?;
    /// # let accounts = Accounts::create(&roster, &PasswordPolicy::default())?;
    /// # let csv = header + "Zoë Okafor,Zoë Okafor,Year 5,5B,Female,No,BAFR,No,No\n";
    /// // A file with one student who changes class, not with the whole school.
    /// let some = Reader::new().read_bytes(csv.as_bytes())?.into_partial();
    /// assert!(some.is_partial());
    /// assert_eq!(Plan::between(&accounts, &some)?.summary(), "1 move");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn into_partial(mut self) -> Self {
        self.partial = true;
        self
    }

    /// Returns whether the roster is incomplete.
    pub fn is_partial(&self) -> bool {
        self.partial
    }

    /// Returns the held students. A roster from a file has none, because a file with an error is refused.
    pub fn held(&self) -> &[Held] {
        &self.held
    }

    pub(crate) fn into_report(self) -> Report {
        self.report
    }

    /// Returns the number of students.
    pub fn len(&self) -> usize {
        self.students.len()
    }

    /// Returns whether there are no students.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the student at an index, in file order.
    ///
    /// ```
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let roster = onroll::Reader::new().read_bytes(csv.into_bytes())?;
    /// let student = roster.get(0).unwrap();
    /// assert_eq!((student.full_name, student.class_name, student.send), ("Zoë Okafor", "5A", false));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn get(&self, index: usize) -> Option<Student<'_>> {
        self.students.get(index)
    }

    /// Returns the id that the student at an index has in the MIS or in Wonde, if known.
    pub fn source_id(&self, index: usize) -> Option<&str> {
        self.students.ids(index)[0]
    }

    /// Returns the unique pupil number of the student at an index, if known.
    pub fn upn(&self, index: usize) -> Option<&str> {
        self.students.ids(index)[1]
    }

    /// Returns the `upi` of the student at an index. The `upi` is Wonde's id for the person. It stays the same when the
    /// student enrols again under a different source id.
    pub fn upi(&self, index: usize) -> Option<&str> {
        self.students.upi(index)
    }

    /// Iterates over the students in file order.
    pub fn iter(&self) -> Iter<'_> {
        Iter { roster: self, next: 0 }
    }

    /// Returns the ethnicity codes that the students may have: the Department for Education's codes and those that you
    /// added.
    pub fn ethnicities(&self) -> &Ethnicities {
        self.students.ethnicities()
    }

    /// Returns how the students sign in.
    pub fn sign_in(&self) -> SignIn {
        self.sign_in
    }

    /// Returns the report on this roster: its warnings, and the fixes made while reading.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Writes the roster as CSV in the template's format. The file has the template's nine columns, and also `UPN` or
    /// `Source ID` if any student has one. It is UTF-8 with a byte order mark and CR LF. A value that a spreadsheet
    /// would run as a formula gets an apostrophe in front, which [`Reader`](crate::Reader) removes again.
    ///
    /// ```
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let roster = onroll::Reader::new().read_bytes(csv.into_bytes())?;
    /// let mut file = Vec::new();
    /// roster.write_csv(&mut file)?;
    /// assert!(String::from_utf8(file)?.contains("Zoë Okafor"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Returns an error if writing fails.
    pub fn write_csv(&self, to: impl io::Write) -> io::Result<()> {
        let mut csv = CsvWriter::new(to)?;
        let ids = |index: usize| [self.upn(index), self.source_id(index)];
        let is_known = |id: usize| (0..self.len()).any(|index| ids(index).get(id).is_some_and(Option::is_some));
        let known: Vec<usize> =
            if self.students.has_ids() { (0..2).filter(|id| is_known(*id)).collect() } else { Vec::new() };
        let headings = known.iter().filter_map(|id| ID_HEADINGS.get(*id).copied());
        csv.row(Column::ALL.into_iter().map(Column::heading).chain(headings))?;
        for (index, student) in self.iter().enumerate() {
            let ids = ids(index);
            let own = known.iter().map(|id| ids.get(*id).copied().flatten().unwrap_or_default());
            csv.row(student.cells().into_iter().chain(own))?;
        }
        csv.finish()
    }

    /// Writes the roster to a file, as [`write_csv`](Self::write_csv) does. The file is written completely or not at
    /// all.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # std::env::set_current_dir(&folder)?;
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let roster = onroll::Reader::new().read_bytes(csv.into_bytes())?;
    /// roster.save_csv("students.csv")?;
    /// assert_eq!(onroll::Reader::new().read_path("students.csv")?.get(0), roster.get(0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Returns an error if writing fails; an existing file stays unchanged.
    pub fn save_csv(&self, path: impl AsRef<Path>) -> io::Result<()> {
        table::save(path.as_ref(), |file| self.write_csv(file))
    }

    pub(crate) fn students(&self) -> &Students {
        &self.students
    }
}

impl fmt::Debug for Roster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Roster").field("len", &self.len()).field("sign_in", &self.sign_in).finish_non_exhaustive()
    }
}

/// An iterator over the students in a roster.
///
/// ```
/// # let rows = "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\nNoah Khan,Noah Khan,Year 6,6A,Male,No,APKN,No,No\n";
/// # let roster = onroll::Reader::new().read_bytes((onroll::template_csv() + rows).into_bytes())?;
/// let year_6: Vec<&str> = roster.iter().filter(|s| s.year_group == "Year 6").map(|s| s.full_name).collect();
/// assert_eq!(year_6, ["Noah Khan"]);
/// # Ok::<(), onroll::ReadError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Iter<'r> {
    roster: &'r Roster,
    next: usize,
}

impl<'r> Iterator for Iter<'r> {
    type Item = Student<'r>;

    fn next(&mut self) -> Option<Self::Item> {
        let student = self.roster.get(self.next)?;
        self.next += 1;
        Some(student)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.roster.len() - self.next;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Iter<'_> {}

impl<'r> IntoIterator for &'r Roster {
    type Item = Student<'r>;
    type IntoIter = Iter<'r>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
