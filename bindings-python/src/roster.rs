//! The Python class `Roster`, with what a notebook shows for it. Its students, and its held students, are in
//! submodules.

mod held;
mod student;

use std::ops::Range;
use std::sync::Arc;

use onroll::{Reader, Record};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PySlice, PyTuple, PyType};

use crate::arrow::Table;
use crate::input::{Output, Text, argument, named};
use crate::pickle::{self, Pickled};
use crate::reading_options::Reading;
use crate::report::{self, Report};
use crate::rows::Mapping;
use crate::{arrow, html, pandas, rows, sequence};

pub(crate) use held::Held;
pub(crate) use student::Student;
use student::Students;

/// All students of one school. Every row is valid, and every username is unique. A Roster behaves like a sequence of
/// Student. It offers Arrow's stream interface, so you can call polars.DataFrame(roster) and pyarrow.table(roster).
///
/// >>> roster = onroll.read_csv("students.csv").with_school_id("A1329183376")
/// >>> len(roster), roster[0].full_name, roster.sign_in, roster.school_id
/// (240, 'Zoë Ahmed', 'password', 'A1329183376')
/// >>> [student.full_name for student in roster if student.year_group == "Year 6"][:1]
/// ['Eilidh Ahmed']
/// >>> roster.report.ok, roster.held, roster.unrecorded, roster.partial
/// (True, [], (), False)
/// >>> roster.as_partial().partial  # a student who is not in it is not a leaver
/// True
/// >>> roster.write_csv("roster.csv")
/// >>> roster.to_dicts()[0]["class_name"]
/// 'Acorns'
/// >>> len(roster.to_pandas())  # needs pandas
/// 240
/// >>> roster.index(roster[3]), roster.count(roster[3])
/// (3, 1)
/// >>> rows = [{"full_name": "Amy Lee", "username": "Amy Lee", "year_group": "Year 5", "class_name": "5A", "gender": "Female",
/// ...          "pupil_premium": False, "ethnicity": "WBRI", "send": False, "eal": False}]
/// >>> onroll.Roster.from_rows(rows)[0].ethnicity.description
/// 'White - British'
/// >>> onroll.Roster.from_arrow(roster) == roster  # or a table of pyarrow, polars or duckdb
/// True
/// >>> roster.not_imported_text()  # for the school's office; blank if every student was imported
/// ''
/// >>> roster.write_not_imported("not-imported.csv")
// We do not register it as a collections.abc.Sequence, because polars would then read it as a list of Python objects.
#[pyclass(frozen, module = "onroll", sequence)]
pub(crate) struct Roster(pub(crate) Arc<onroll::Roster>);

impl Roster {
    pub(crate) fn new(roster: onroll::Roster) -> Self {
        Self(Arc::new(roster))
    }

    fn student(&self, index: usize) -> Student {
        Student::new(Arc::clone(&self.0), index)
    }
}

#[pymethods]
impl Roster {
    /// Reads students from your own rows. A row is a mapping by field name (full_name, …) or by heading (Student Full
    /// Name, …). A row can also be an object whose attributes have the names of the fields. Add source_id and upn if
    /// you know these ids. The checks are the same as for a file. A problem's `record` is the index of its row.
    ///
    /// hold: put students with an error into `held`, instead of raising RosterError. A plan treats held students as
    /// neither joiners nor leavers.
    #[classmethod]
    #[pyo3(
        signature = (rows, *, hold=false, **options),
        text_signature = "($type, rows, *, hold=False, sign_in='password', fix=False, optional_columns=False, \
                          main_codes_only=False, ethnicities=None, limits=None)"
    )]
    fn from_rows(
        _class: &Bound<'_, PyType>,
        rows: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = named::hold)] hold: bool,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let reading = Reading::of("from_rows", options)?;
        let records = Mapping::each(rows)?.map(|row| rows::record(&row?, reading.optional_columns));
        let records: Vec<Record> = records.collect::<PyResult<_>>()?;
        let py = rows.py();
        let read = crate::ending::detach(py, || Self::of_records(&reading.reader, records, hold));
        reading.ended(py, false)?;
        read.map_err(|error| report::of_read(py, error, None, None))
    }

    /// Reads students from a table: any object that offers Arrow's stream interface, such as a data frame from polars
    /// or pandas, a pyarrow table, or a DuckDB relation. Name the columns by field or by heading, in any order. Columns
    /// contain text, dictionaries of text, or whole numbers. Flags can also be booleans. The options are the same as
    /// for from_rows.
    #[classmethod]
    #[pyo3(
        signature = (table, *, hold=false, **options),
        text_signature = "($type, table, *, hold=False, sign_in='password', fix=False, optional_columns=False, \
                          main_codes_only=False, ethnicities=None, limits=None)"
    )]
    fn from_arrow(
        _class: &Bound<'_, PyType>,
        table: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = named::hold)] hold: bool,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let reading = Reading::of("from_arrow", options)?;
        let py = table.py();
        let mut table = Table::of(table)?;
        table.has_columns(reading.optional_columns)?;
        let optional = reading.optional_columns;
        let read = crate::ending::detach(py, || {
            Self::of_records(&reading.reader, table.rows(|row| rows::record(row, optional)), hold)
        });
        table.failed()?;
        reading.ended(py, false)?;
        read.map_err(|error| report::of_read(py, error, None, None))
    }

    /// Returns the same roster, marked as incomplete. A plan does not treat missing students as leavers.
    fn as_partial(&self) -> Self {
        Self::new(self.0.as_ref().clone().into_partial())
    }

    /// Returns the same roster with an id for the school, which can be any id that you use. Accounts and plans made
    /// from the roster have the same id.
    fn with_school_id(&self, #[pyo3(from_py_with = named::school_id)] school_id: Text) -> Self {
        Self::new(self.0.as_ref().clone().with_school_id(school_id.to_string()))
    }

    /// The school's id, if known. A roster from Wonde has Wonde's id.
    #[getter]
    fn school_id(&self) -> Option<&str> {
        self.0.school_id()
    }

    /// Whether the roster is incomplete.
    #[getter]
    fn partial(&self) -> bool {
        self.0.is_partial()
    }

    /// The held students, whose records have errors.
    #[getter]
    fn held(&self) -> Vec<Held> {
        self.0.held().iter().cloned().map(Held).collect()
    }

    /// The headings of the columns that have no values, because the MIS does not record or share them. Students have
    /// No, NOBT or a blank value in these columns. A plan does not change these fields in the accounts.
    #[getter]
    fn unrecorded<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.unrecorded().iter().map(|column| column.heading()))
    }

    /// How the students sign in: 'password' or 'sso'.
    #[getter]
    fn sign_in(&self) -> &'static str {
        self.0.sign_in().as_str()
    }

    /// The report, with warnings and with the fixes that were made while reading.
    #[getter]
    fn report(&self) -> Report {
        Report::new(self.0.report().clone())
    }

    /// Writes the roster as CSV in the template's format, to a path or a binary file.
    fn write_csv(&self, dest: &Bound<'_, PyAny>) -> PyResult<()> {
        let output = Output::of("dest", dest)?;
        output.write(dest.py(), |path| self.0.save_csv(path), |to| self.0.write_csv(to))
    }

    /// Returns a text for the school's office about the students who were not imported. It shows each student's name
    /// and class, and what to correct in the MIS. The text is '' if every student was imported.
    fn not_imported_text(&self) -> String {
        self.0.not_imported_text()
    }

    /// Writes a CSV for the school's office, to a path or a binary file. It lists the students who were not imported,
    /// with name, year group, class, reason and source id.
    fn write_not_imported(&self, dest: &Bound<'_, PyAny>) -> PyResult<()> {
        let output = Output::of("dest", dest)?;
        output.write(dest.py(), |path| self.0.save_not_imported(path), |to| self.0.write_not_imported(to))
    }

    /// Returns the students as a pandas DataFrame with one column for each field. The columns source_id and upn exist
    /// only if at least one student has such an id. pandas must be installed.
    fn to_pandas<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        pandas::to_pandas(py, self.0.as_ref())
    }

    /// Returns the students as dicts by field name. The keys source_id and upn exist only if at least one student has
    /// such an id.
    fn to_dicts<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        pandas::to_dicts(py, self.0.as_ref())
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn __getitem__<'py>(&self, index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = index.py();
        if let Ok(range) = index.cast::<PySlice>() {
            return sequence::slice(range, self.0.len(), |index| Some(self.student(index)));
        }
        let index = sequence::index(argument("index", "an int or a slice", index)?, self.0.len())?;
        Ok(self.student(index).into_pyobject(py)?.into_any())
    }

    fn __iter__(&self) -> Students {
        Students::new(Arc::clone(&self.0), false)
    }

    fn __reversed__(&self) -> Students {
        Students::new(Arc::clone(&self.0), true)
    }

    fn __contains__(&self, student: &Bound<'_, PyAny>) -> bool {
        student.cast::<Student>().is_ok_and(|wanted| self.find(wanted.get(), 0..self.0.len()).is_some())
    }

    /// Returns the first index of a student, as for any sequence. Raises ValueError if the student is not in the
    /// roster.
    #[pyo3(signature = (value, start=0, stop=None))]
    fn index(
        &self,
        value: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = named::start)] start: isize,
        #[pyo3(from_py_with = named::stop)] stop: Option<isize>,
    ) -> PyResult<usize> {
        let range = sequence::range(start, stop, self.0.len());
        let found = value.cast::<Student>().ok().and_then(|wanted| self.find(wanted.get(), range));
        found.ok_or_else(|| PyValueError::new_err("the student is not in the roster"))
    }

    /// Returns how often a student is in the roster: 1 or 0.
    fn count(&self, value: &Bound<'_, PyAny>) -> usize {
        usize::from(self.__contains__(value))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| {
            let other = &other.get().0;
            Arc::ptr_eq(&self.0, other)
                || (self.0.sign_in() == other.sign_in()
                    && self.0.is_partial() == other.is_partial()
                    && self.0.held() == other.held()
                    && self.0.iter().eq(other.iter())
                    && (0..self.0.len()).all(|index| ids(&self.0, index) == ids(other, index)))
        })
    }

    fn __repr__(&self) -> String {
        format!("<onroll.Roster: {} students, sign_in='{}'>", self.0.len(), self.0.sign_in().as_str())
    }

    /// Returns HTML for a notebook: the number of students in each year group, without a value of any student.
    fn _repr_html_(&self) -> String {
        let counts = html::counts(self.0.iter().map(|student| student.year_group));
        let sign_in = self.0.sign_in();
        let held = self.0.held().len();
        let held = if held == 0 { String::new() } else { format!(" {held} are held.") };
        let sentence = format!("{} students, who sign in by {sign_in}.{held} to_pandas() shows them.", self.0.len());
        html::counted(&sentence, ["Year group", "Students"], &counts)
    }

    /// Returns the students as a stream of Arrow batches. Each batch is made on demand. Columns are text, booleans, and
    /// dictionaries for gender and ethnicity. The columns source_id and upn exist only if at least one student has such
    /// an id.
    ///
    /// requested_schema: a schema that requests text, large text, string views or dictionaries with any index. If it
    /// requests any other type, the stream has its default types, as the protocol permits. Raises ValueError if the
    /// schema does not have exactly the fields of the stream.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        arrow::stream(py, Arc::clone(&self.0), requested_schema.as_ref())
    }

    #[classmethod]
    fn _restore(_class: &Bound<'_, PyType>, kept: &str) -> PyResult<Self> {
        let roster = onroll::Roster::from_json(kept);
        roster.map(Self::new).map_err(|_| pickle::damaged())
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (String,)> {
        let roster = &slf.get().0;
        let kept = crate::ending::detach(slf.py(), || roster.to_json());
        Ok((slf.get_type().getattr("_restore")?, (kept,)))
    }
}

fn ids(roster: &onroll::Roster, index: usize) -> [Option<&str>; 2] {
    [roster.source_id(index), roster.upn(index)]
}

impl Roster {
    fn of_records(
        reader: &Reader,
        records: impl IntoIterator<Item = Record<'static>>,
        hold: bool,
    ) -> Result<Self, onroll::ReadError> {
        if hold { Ok(Self::new(reader.hold_records(records))) } else { reader.read_records(records).map(Self::new) }
    }

    fn find(&self, wanted: &Student, mut range: Range<usize>) -> Option<usize> {
        let wanted = wanted.student()?;
        range.find(|&index| self.0.get(index) == Some(wanted))
    }
}
