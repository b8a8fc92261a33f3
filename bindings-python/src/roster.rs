//! Rosters and their students.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use onroll::{Reader, Record};
use pyo3::exceptions::{PyIndexError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyList, PySlice, PyTuple, PyType};

use crate::arrow::Table;
use crate::input::{Output, Text, argument, named};
use crate::options::Reading;
use crate::report::{self, Report};
use crate::rows::{FIELDS, Mapping};
use crate::values::Pickled;
use crate::{arrow, rows, table, values};

/// All the students of one school, every row valid and every username unique. It has all that a sequence of Student
/// has, and offers Arrow's stream interface, so that polars.DataFrame(roster) and pyarrow.table(roster) work.
// It is not registered as a collections.abc.Sequence: polars would take it for a list of Python objects.
#[pyclass(frozen, module = "onroll", sequence)]
pub(crate) struct Roster(pub(crate) Arc<onroll::Roster>);

impl Roster {
    pub(crate) fn new(roster: onroll::Roster) -> Self {
        Self(Arc::new(roster))
    }

    fn student(&self, place: usize) -> Student {
        Student { roster: Arc::clone(&self.0), place }
    }
}

/// Where in a sequence: an index from the front or, if negative, from the back.
pub(crate) fn place(index: isize, len: usize) -> PyResult<usize> {
    let place = if index < 0 { index.checked_add_unsigned(len) } else { Some(index) };
    let place = place.and_then(|place| usize::try_from(place).ok()).filter(|place| *place < len);
    place.ok_or_else(|| PyIndexError::new_err("index out of range"))
}

/// The items of a slice.
pub(crate) fn slice<'py, T: IntoPyObject<'py>>(
    slice: &Bound<'py, PySlice>,
    len: usize,
    item: impl Fn(usize) -> Option<T>,
) -> PyResult<Bound<'py, PyAny>> {
    let at = slice.indices(len as isize)?;
    let places = (0..at.slicelength).map(|n| at.start + n as isize * at.step);
    let items: Vec<T> = places.filter_map(|place| item(usize::try_from(place).ok()?)).collect();
    Ok(PyList::new(slice.py(), items)?.into_any())
}

#[pymethods]
impl Roster {
    /// Students given as data: mappings by field name (full_name, …) or by heading (Student Full Name, …), or objects with the fields
    /// as attributes; with source_id and upn where they are known. The same checks as of a file; a problem's `record` says which row.
    ///
    /// hold: students with an error are held instead, in `held`, and are neither joiners nor leavers of a plan.
    /// Takes sign_in, fix, optional_columns, main_codes_only and limits as read_csv does. Raises RosterError.
    #[classmethod]
    #[pyo3(
        signature = (rows, *, hold=false, **options),
        text_signature = "($type, rows, *, hold=False, sign_in='password', fix=False, optional_columns=False, \
                          main_codes_only=False, limits=None)"
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
        let read = py.detach(|| Self::of_records(&reading.reader, records, hold));
        reading.ended(py, false)?;
        read.map_err(|error| report::of_read(py, error, None))
    }

    /// Students of a table: any object that offers Arrow's stream interface, such as a data frame of polars or pandas,
    /// a pyarrow table, a DuckDB relation. Columns by field name or by heading, in any order; text, dictionaries of
    /// text, and booleans for the flags. Otherwise as from_rows.
    #[classmethod]
    #[pyo3(
        signature = (table, *, hold=false, **options),
        text_signature = "($type, table, *, hold=False, sign_in='password', fix=False, optional_columns=False, \
                          main_codes_only=False, limits=None)"
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
        let read = py.detach(|| Self::of_records(&reading.reader, table.rows(|row| rows::record(row, optional)), hold));
        table.failed()?;
        reading.ended(py, false)?;
        read.map_err(|error| report::of_read(py, error, None))
    }

    /// The same roster as one of which it is known that students are missing, such as what changed since a time:
    /// for a plan, absence from it means nothing.
    fn as_partial(&self) -> Self {
        Self::new(self.0.as_ref().clone().into_partial())
    }

    /// The same roster, of this school, by any id that you use for it: accounts and plans that are made of it carry the id.
    fn with_school_id(&self, #[pyo3(from_py_with = named::school_id)] school_id: Text) -> Self {
        Self::new(self.0.as_ref().clone().with_school_id(school_id.to_string()))
    }

    /// The id of the school, if it is known: a roster from Wonde has Wonde's.
    #[getter]
    fn school_id(&self) -> Option<&str> {
        self.0.school_id()
    }

    /// Whether absence from the roster means nothing.
    #[getter]
    fn partial(&self) -> bool {
        self.0.is_partial()
    }

    /// The students who are held: their records have errors.
    #[getter]
    fn held(&self) -> Vec<Held> {
        self.0.held().iter().cloned().map(Held).collect()
    }

    /// The headings of the optional columns of which the MIS says nothing for anybody: not recorded, or not permitted.
    /// They are No and NOBT here, and a plan leaves the accounts what they have.
    #[getter]
    fn unrecorded<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.unrecorded().iter().map(|column| column.heading()))
    }

    /// How the students sign in: 'password' or 'sso'.
    #[getter]
    fn sign_in(&self) -> &'static str {
        self.0.sign_in().as_str()
    }

    /// The warnings, and the fixes made.
    #[getter]
    fn report(&self) -> Report {
        Report::new(self.0.report().clone())
    }

    /// Writes the roster in the format it is read from, to a path or a binary file.
    fn write_csv(&self, dest: &Bound<'_, PyAny>) -> PyResult<()> {
        let output = Output::of("dest", dest)?;
        output.write(dest.py(), |path| self.0.save_csv(path), |to| self.0.write_csv(to))
    }

    /// Returns the students as a pandas DataFrame with one column for each field, and with source_id and upn if any student has one.
    /// pandas must be installed.
    fn to_pandas<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        table::to_pandas(py, self.0.as_ref())
    }

    /// Returns the students as dicts by field name, with source_id and upn if any student has one.
    fn to_dicts<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        table::to_dicts(py, self.0.as_ref())
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn __getitem__<'py>(&self, index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = index.py();
        if let Ok(range) = index.cast::<PySlice>() {
            return slice(range, self.0.len(), |place| Some(self.student(place)));
        }
        let place = place(argument("index", "an int or a slice", index)?, self.0.len())?;
        Ok(self.student(place).into_pyobject(py)?.into_any())
    }

    fn __iter__(&self) -> Students {
        Students { roster: Arc::clone(&self.0), next: AtomicUsize::new(0), backwards: false }
    }

    fn __reversed__(&self) -> Students {
        Students { roster: Arc::clone(&self.0), next: AtomicUsize::new(0), backwards: true }
    }

    fn __contains__(&self, student: &Bound<'_, PyAny>) -> bool {
        student.cast::<Student>().is_ok_and(|wanted| self.find(wanted.get(), 0, self.0.len()).is_some())
    }

    /// The first place of a student, as of any sequence; ValueError if there is none.
    #[pyo3(signature = (value, start=0, stop=None))]
    fn index(
        &self,
        value: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = named::start)] start: isize,
        #[pyo3(from_py_with = named::stop)] stop: Option<isize>,
    ) -> PyResult<usize> {
        let len = self.0.len();
        let clip = |at: isize| if at < 0 { len.saturating_add_signed(at) } else { len.min(at.unsigned_abs()) };
        let found = match value.cast::<Student>() {
            Ok(wanted) => self.find(wanted.get(), clip(start), stop.map_or(len, clip)),
            Err(_) => None,
        };
        found.ok_or_else(|| PyValueError::new_err("the student is not in the roster"))
    }

    /// How often a student is in the roster, as of any sequence: once or never.
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
                    && (0..self.0.len()).all(|place| ids(&self.0, place) == ids(other, place)))
        })
    }

    fn __repr__(&self) -> String {
        format!("<onroll.Roster: {} students, sign_in='{}'>", self.0.len(), self.0.sign_in().as_str())
    }

    /// The students as a stream of Arrow batches, each made when it is asked for: text, booleans, and
    /// dictionaries for gender and ethnicity; and source_id and upn, if any student has one.
    ///
    /// requested_schema: is honoured for text, large text, string views and dictionaries of any index. If it asks for another type,
    /// the stream has its usual types, as the protocol permits. Raises ValueError for other fields.
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
        roster.map(Self::new).map_err(|_| PyValueError::new_err("this is no pickled roster of this version"))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (String,)> {
        let roster = &slf.get().0;
        let kept = slf.py().detach(|| roster.to_json());
        Ok((slf.get_type().getattr("_restore")?, (kept,)))
    }
}

fn ids(roster: &onroll::Roster, place: usize) -> [Option<&str>; 2] {
    [roster.source_id(place), roster.upn(place)]
}

impl Roster {
    fn of_records(
        reader: &Reader,
        records: impl IntoIterator<Item = Record<'static>>,
        hold: bool,
    ) -> Result<Self, onroll::ReadError> {
        if hold { Ok(Self::new(reader.hold_records(records))) } else { reader.read_records(records).map(Self::new) }
    }

    fn find(&self, wanted: &Student, start: usize, stop: usize) -> Option<usize> {
        let wanted = wanted.student()?;
        (start..stop).find(|&place| self.0.get(place) == Some(wanted))
    }
}

/// The students of a roster, one after another.
#[pyclass(frozen, module = "onroll")]
pub(crate) struct Students {
    roster: Arc<onroll::Roster>,
    next: AtomicUsize,
    backwards: bool,
}

#[pymethods]
impl Students {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__(&self) -> Option<Student> {
        let len = self.roster.len();
        let next = self.next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| (n < len).then_some(n + 1)).ok()?;
        let place = if self.backwards { len - 1 - next } else { next };
        Some(Student { roster: Arc::clone(&self.roster), place })
    }

    fn __length_hint__(&self) -> usize {
        self.roster.len() - self.next.load(Ordering::Relaxed)
    }
}

/// One student of a roster. Its repr shows no cell.
#[pyclass(frozen, module = "onroll")]
pub(crate) struct Student {
    roster: Arc<onroll::Roster>,
    place: usize,
}

impl Student {
    fn student(&self) -> Option<onroll::Student<'_>> {
        self.roster.get(self.place)
    }
}

#[pymethods]
impl Student {
    #[classattr]
    fn __match_args__<'py>(py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, FIELDS)
    }

    /// The name as it is listed.
    #[getter]
    fn full_name(&self) -> Option<&str> {
        self.student().map(|s| s.full_name)
    }

    /// The full name or a school id; with SSO, the school email.
    #[getter]
    fn username(&self) -> Option<&str> {
        self.student().map(|s| s.username)
    }

    /// As the school lists it; national_year reads it.
    #[getter]
    fn year_group(&self) -> Option<&str> {
        self.student().map(|s| s.year_group)
    }

    /// As the school lists it.
    #[getter]
    fn class_name(&self) -> Option<&str> {
        self.student().map(|s| s.class_name)
    }

    /// 'Male', 'Female' or 'Non-Binary'; None where the MIS does not say.
    #[getter]
    fn gender(&self) -> Option<&'static str> {
        self.student()?.gender.map(onroll::Gender::as_str)
    }

    /// Whether the school receives the pupil premium for the student.
    #[getter]
    fn pupil_premium(&self) -> bool {
        self.student().is_some_and(|s| s.pupil_premium)
    }

    /// The Department for Education's code: a str that knows its description, main_code and group.
    #[getter]
    fn ethnicity<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.student().map(|s| values::ethnicity(py, s.ethnicity.code())).transpose()
    }

    /// Special educational needs or disability.
    #[getter]
    fn send(&self) -> bool {
        self.student().is_some_and(|s| s.send)
    }

    /// English as an additional language.
    #[getter]
    fn eal(&self) -> bool {
        self.student().is_some_and(|s| s.eal)
    }

    /// The id that the school's MIS, or Wonde, gives the student, if it is known.
    #[getter]
    fn source_id(&self) -> Option<&str> {
        self.roster.source_id(self.place)
    }

    /// The unique pupil number, if it is known.
    #[getter]
    fn upn(&self) -> Option<&str> {
        self.roster.upn(self.place)
    }

    /// The national year group, such as 'Year 7', where what the school lists can be read as one.
    #[getter]
    fn national_year(&self) -> Option<String> {
        self.student()?.national_year().map(|year| year.to_string())
    }

    /// The key stage of the national year, such as 'Key Stage 3'.
    #[getter]
    fn key_stage(&self) -> Option<String> {
        self.student()?.national_year()?.key_stage().map(|stage| stage.to_string())
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().student() == self.student())
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.student().map(|student| student.cells()).hash(&mut hasher);
        hasher.finish()
    }

    fn __repr__(&self) -> &'static str {
        "Student(<hidden>)"
    }

    #[classmethod]
    fn _restore(
        _class: &Bound<'_, PyType>,
        sign_in: &Bound<'_, PyAny>,
        cells: [String; 9],
        ids: [Option<String>; 2],
    ) -> PyResult<Self> {
        let reader = Reader::new().sign_in(values::sign_in(sign_in)?);
        let [source_id, upn] = ids;
        let record = source_id.into_iter().fold(Record::new(cells), Record::source_id);
        let record = upn.into_iter().fold(record, Record::upn);
        let roster = reader.read_records([record]);
        let roster = roster.map_err(|error| report::of_read(sign_in.py(), error, None))?;
        Ok(Self { roster: Arc::new(roster), place: 0 })
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, StudentState> {
        let own = slf.get();
        let ids = [own.roster.source_id(own.place), own.roster.upn(own.place)].map(|id| id.map(str::to_owned));
        let cells = own.student().map(|student| student.cells()).unwrap_or_default().map(str::to_owned);
        Ok((slf.get_type().getattr("_restore")?, (own.roster.sign_in().as_str(), cells, ids)))
    }
}

/// What a pickled student is made of again: how students sign in, the nine cells, and the ids.
type StudentState = (&'static str, [String; 9], [Option<String>; 2]);

/// A student whom the MIS lists but whose record has an error: neither joiner nor leaver until it is mended.
#[pyclass(frozen, module = "onroll")]
pub(crate) struct Held(onroll::Held);

#[pymethods]
impl Held {
    /// Which record it is, counted from 0; the report's problems name it so.
    #[getter]
    fn record(&self) -> usize {
        self.0.record()
    }

    /// The id that the MIS gives the student, if it does.
    #[getter]
    fn source_id(&self) -> Option<&str> {
        self.0.source_id()
    }

    /// The unique pupil number, if it is known.
    #[getter]
    fn upn(&self) -> Option<&str> {
        self.0.upn()
    }

    /// The name in the record, as far as there is one.
    #[getter]
    fn full_name(&self) -> &str {
        self.0.full_name()
    }

    /// The username in the record, as far as there is one.
    #[getter]
    fn username(&self) -> &str {
        self.0.username()
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().0 == self.0)
    }

    fn __repr__(&self) -> String {
        format!("<onroll.Held: record {}>", self.0.record())
    }
}
