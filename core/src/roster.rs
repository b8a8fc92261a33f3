//! Many students, every one valid and every username unique, in one piece of memory.

use std::fmt;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::column::{Column, Columns};
use crate::report::Report;
use crate::sheet::{self, CsvWriter};
use crate::student::{Ids, Student, Students};
use crate::text::Private;
use crate::username::SignIn;

/// All the students of one school, every row valid, usernames unique.
///
/// It owns the bytes it was read from; a student is a note of 16 bytes of where in them its cells are.
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
    /// What is not known of each student; empty where that is [`unrecorded`](Self::unrecorded) of all.
    not_recorded: Vec<Columns>,
    from_file: bool,
}

/// A student whom the MIS lists but whose record has an error: neither joiner nor leaver until it is
/// mended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    index: usize,
    ids: Ids,
    full_name: Private,
    username: Private,
}

impl Held {
    pub(crate) fn new(index: usize, ids: Ids, full_name: &str, username: &str) -> Self {
        Self { index, ids, full_name: Private::new(full_name), username: Private::new(username) }
    }

    /// Which record it is, counted from 0; the report's problems name it so.
    pub fn record(&self) -> usize {
        self.index
    }

    /// The id that the MIS gives the student, if it does.
    pub fn source_id(&self) -> Option<&str> {
        self.ids.source_id.as_ref().map(Private::expose)
    }

    /// The unique pupil number, if it is known.
    pub fn upn(&self) -> Option<&str> {
        self.ids.upn.as_ref().map(Private::expose)
    }

    /// The name in the record, as far as there is one.
    pub fn full_name(&self) -> &str {
        self.full_name.expose()
    }

    /// The username in the record, as far as there is one.
    pub fn username(&self) -> &str {
        self.username.expose()
    }
}

impl Roster {
    /// The caller has made sure that every student is valid and every username unique.
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

    /// The same as one whose students were given as data.
    pub(crate) fn given_as_data(mut self, held: Vec<Held>) -> Self {
        self.held = held;
        self.from_file = false;
        self
    }

    /// A roster read back from where it was kept, with what its students do not say.
    pub(crate) fn restored(mut self, held: Vec<Held>, report: Report, from_file: bool, partial: bool) -> Self {
        (self.held, self.report, self.from_file, self.partial) = (held, report, from_file, partial);
        self
    }

    /// The same as one of which it is known who has left, by source id and UPN.
    pub(crate) fn with_left(mut self, left: Vec<Ids>) -> Self {
        self.left = left;
        self
    }

    /// The same as one that says nothing in these columns, for anybody.
    pub(crate) fn with_unrecorded(mut self, columns: Vec<Column>) -> Self {
        self.unrecorded = columns;
        self
    }

    /// The same as one of which these columns are said to be unrecorded, whatever is known of each student.
    pub(crate) fn with_withheld(mut self, columns: Vec<Column>) -> Self {
        let (own, all) = (Columns::from_iter(self.unrecorded.iter().copied()), columns.iter().copied().collect());
        if self.not_recorded.is_empty() && own != all {
            self.not_recorded = vec![own; self.len()];
        }
        self.unrecorded = columns;
        self
    }

    /// The same as one that says nothing of each student in these columns.
    pub(crate) fn with_not_recorded(mut self, columns: Vec<Columns>) -> Self {
        let all: Columns = self.unrecorded.iter().copied().collect();
        self.not_recorded = if columns.iter().all(|own| *own == all) { Vec::new() } else { columns };
        self
    }

    /// The columns in which nothing is known of a student, so that an account keeps what it has.
    pub(crate) fn not_recorded(&self, index: usize) -> Columns {
        self.not_recorded.get(index).copied().unwrap_or_else(|| self.unrecorded.iter().copied().collect())
    }

    /// The same, where it is not that of all.
    pub(crate) fn own_not_recorded(&self, index: usize) -> Columns {
        self.not_recorded.get(index).copied().unwrap_or_default()
    }

    /// Whether the name, or the username, of a student is not known, so that only an id says who it is, and no account can be made.
    pub(crate) fn is_nameless(&self, index: usize) -> bool {
        !self.from_file && self.students.names(index).contains(&"")
    }

    /// Returns the id of the school, if it is known: a roster from Wonde has Wonde's.
    pub fn school_id(&self) -> Option<&str> {
        self.school_id.as_deref()
    }

    /// Names the school, by any id that the host uses for it, a blank one being none: accounts and plans that are made of the roster carry it.
    #[must_use]
    pub fn with_school_id(mut self, school_id: impl Into<String>) -> Self {
        self.school_id = Some(school_id.into()).filter(|id| !id.is_empty());
        self
    }

    /// Who is known to have left, though the roster is partial.
    pub(crate) fn left(&self) -> &[Ids] {
        &self.left
    }

    /// The columns of which nothing is said for anybody: absent from the file, or not recorded by the MIS, or not permitted. They are
    /// `No` and `NOBT` here, or blank, and a plan leaves the accounts what they have.
    pub fn unrecorded(&self) -> &[Column] {
        &self.unrecorded
    }

    pub(crate) fn is_from_file(&self) -> bool {
        self.from_file
    }

    /// Whether its students are given passwords.
    pub(crate) fn allocates_passwords(&self) -> bool {
        self.from_file || self.sign_in == SignIn::Password
    }

    /// The same roster as one of which it is known that students are missing, such as what changed since a
    /// time: absence from it means nothing.
    #[must_use]
    pub fn into_partial(mut self) -> Self {
        self.partial = true;
        self
    }

    /// Whether absence from the roster means nothing.
    pub fn is_partial(&self) -> bool {
        self.partial
    }

    /// The students who are held. A roster from a file has none, since a file with an error is refused.
    pub fn held(&self) -> &[Held] {
        &self.held
    }

    pub(crate) fn into_report(self) -> Report {
        self.report
    }

    /// How many students there are.
    pub fn len(&self) -> usize {
        self.students.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A student by place, counted from 0 in the order of the file.
    pub fn get(&self, index: usize) -> Option<Student<'_>> {
        self.students.get(index)
    }

    /// The id that the MIS, or Wonde, gives a student, by the student's place. A CSV has none.
    pub fn source_id(&self, index: usize) -> Option<&str> {
        self.students.ids(index)[0]
    }

    /// The unique pupil number of a student, by the student's place. A CSV has none.
    pub fn upn(&self, index: usize) -> Option<&str> {
        self.students.ids(index)[1]
    }

    /// The students in the order of the file.
    pub fn iter(&self) -> Iter<'_> {
        Iter { roster: self, next: 0 }
    }

    /// How these students sign in, and so what their usernames are.
    pub fn sign_in(&self) -> SignIn {
        self.sign_in
    }

    /// The warnings, and the fixes made while reading.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Writes the roster in the format it is read from: nine columns, UTF-8 with byte order mark,
    /// CR LF. A cell that a spreadsheet would run as a formula stands behind an apostrophe, which
    /// [`Reader`](crate::Reader) takes off again.
    ///
    /// # Errors
    /// If writing fails.
    pub fn write_csv(&self, to: impl io::Write) -> io::Result<()> {
        let mut csv = CsvWriter::new(to)?;
        csv.row(Column::ALL.map(Column::heading))?;
        for student in self {
            csv.row(student.cells())?;
        }
        csv.finish()
    }

    /// [`write_csv`](Self::write_csv) to a file, which is written whole or not at all.
    ///
    /// # Errors
    /// If writing fails; a file that was there stays as it was.
    pub fn save_csv(&self, path: impl AsRef<Path>) -> io::Result<()> {
        sheet::save(path.as_ref(), |file| self.write_csv(file))
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

/// The students of a roster, one after another.
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
