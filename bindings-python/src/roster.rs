//! The Python classes `Roster`, `Student` and `Held`.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use onroll::{Reader, Record};
use pyo3::exceptions::{PyIndexError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyList, PySlice, PyTuple, PyType};

use crate::arrow::Table;
use crate::input::{Output, Text, argument, named};
use crate::reading_options::Reading;
use crate::report::{self, Report};
use crate::rows::{FIELDS, Mapping};
use crate::values::Pickled;
use crate::{arrow, ethnicity, html, rows, table, values};

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

    fn student(&self, place: usize) -> Student {
        Student { roster: Arc::clone(&self.0), place }
    }
}

/// Returns the offset in a sequence for a Python index, which counts from the back if it is negative.
pub(crate) fn place(index: isize, len: usize) -> PyResult<usize> {
    let place = if index < 0 { index.checked_add_unsigned(len) } else { Some(index) };
    let place = place.and_then(|place| usize::try_from(place).ok()).filter(|place| *place < len);
    place.ok_or_else(|| PyIndexError::new_err("index out of range"))
}

/// Returns the items of a slice, as a list.
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
    /// Reads students from your own rows. A row is a mapping by field name (full_name, …) or by heading (Student Full
    /// Name, …), or an object with the fields as attributes. Add source_id and upn if you know them. The checks are the
    /// same as for a file. A problem's `record` is the index of its row.
    ///
    /// hold: hold students with an error instead of raising RosterError. Held students are listed in `held`, and a plan
    /// treats them as neither joiners nor leavers.
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
    /// contain text or dictionaries of text, and flags may be booleans. The options are those of from_rows.
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

    /// Returns the same roster, marked as incomplete. A plan does not treat students who are missing from it as
    /// leavers.
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

    /// The headings of the optional columns that have no values, because the MIS does not record or share them. In
    /// these columns, students have No or NOBT, and a plan does not change these fields in the accounts.
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
    /// and class, and what to correct in the MIS. It is '' if every student was imported.
    fn not_imported_text(&self) -> String {
        self.0.not_imported_text()
    }

    /// Writes a CSV for the school's office, to a path or a binary file. It lists the students who were not imported,
    /// with name, year group, class, reason and source id.
    fn write_not_imported(&self, dest: &Bound<'_, PyAny>) -> PyResult<()> {
        let output = Output::of("dest", dest)?;
        output.write(dest.py(), |path| self.0.save_not_imported(path), |to| self.0.write_not_imported(to))
    }

    /// Returns the students as a pandas DataFrame with one column for each field. The columns source_id and upn are
    /// there if any student has one of these ids. pandas must be installed.
    fn to_pandas<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        table::to_pandas(py, self.0.as_ref())
    }

    /// Returns the students as dicts by field name. The keys source_id and upn are there if any student has one of
    /// these ids.
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

    /// Returns the first index of a student, as for any sequence. Raises ValueError if the student is not in the
    /// roster.
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

    /// Returns how often a student is in the roster, as for any sequence: once or never.
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
    /// dictionaries for gender and ethnicity. The columns source_id and upn are there if any student has one of these
    /// ids.
    ///
    /// requested_schema: a schema that requests text, large text, string views or dictionaries with any index. If it
    /// requests another type, the stream has its usual types, as the protocol permits. Raises ValueError if it requests
    /// other fields.
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
        roster.map(Self::new).map_err(|_| PyValueError::new_err("this is not a pickled roster of this version"))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (String,)> {
        let roster = &slf.get().0;
        let kept = crate::ending::detach(slf.py(), || roster.to_json());
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

/// Iterates over the students of a roster.
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

/// One student in a roster. Its repr shows no values.
///
/// >>> student = onroll.read_csv("students.csv")[0]
/// >>> student.full_name, student.username, student.year_group, student.class_name
/// ('Zoë Ahmed', 'Zoë Ahmed', 'Reception', 'Acorns')
/// >>> student.gender, student.pupil_premium, student.ethnicity, student.send, student.eal
/// ('Female', False, 'OOTH', True, False)
/// >>> student.national_year, student.key_stage
/// ('Reception', 'Early Years')
/// >>> student.source_id, student.upn, student.upi
/// (None, None, None)
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

    /// The full name.
    #[getter]
    fn full_name(&self) -> Option<&str> {
        self.student().map(|s| s.full_name)
    }

    /// The username: the full name or an id from the school or, with SSO, the school email address.
    #[getter]
    fn username(&self) -> Option<&str> {
        self.student().map(|s| s.username)
    }

    /// The year group as the school writes it. See also national_year.
    #[getter]
    fn year_group(&self) -> Option<&str> {
        self.student().map(|s| s.year_group)
    }

    /// The class as the school writes it.
    #[getter]
    fn class_name(&self) -> Option<&str> {
        self.student().map(|s| s.class_name)
    }

    /// 'Male', 'Female' or 'Non-Binary'. None if the MIS does not say.
    #[getter]
    fn gender(&self) -> Option<&'static str> {
        self.student()?.gender.map(onroll::Gender::as_str)
    }

    /// Whether the school receives the pupil premium for the student.
    #[getter]
    fn pupil_premium(&self) -> bool {
        self.student().is_some_and(|s| s.pupil_premium)
    }

    /// The ethnicity code, from the Department for Education or from `ethnicities`. It is a str with the attributes
    /// description, main_code and group.
    #[getter]
    fn ethnicity<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.student().map(|s| ethnicity::ethnicity(py, s.ethnicity)).transpose()
    }

    /// Whether the student has special educational needs or a disability.
    #[getter]
    fn send(&self) -> bool {
        self.student().is_some_and(|s| s.send)
    }

    /// Whether English is an additional language for the student.
    #[getter]
    fn eal(&self) -> bool {
        self.student().is_some_and(|s| s.eal)
    }

    /// The student's id in the school's MIS or in Wonde, if known.
    #[getter]
    fn source_id(&self) -> Option<&str> {
        self.roster.source_id(self.place)
    }

    /// The unique pupil number, if known.
    #[getter]
    fn upn(&self) -> Option<&str> {
        self.roster.upn(self.place)
    }

    /// Wonde's id for the person, if known. It stays the same when a student enrols again under another source id.
    #[getter]
    fn upi(&self) -> Option<&str> {
        self.roster.upi(self.place)
    }

    /// The national year group, such as 'Year 7', if the school's text can be read as one.
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
        ids: [Option<String>; 3],
        own: Vec<[String; 3]>,
    ) -> PyResult<Self> {
        let reader = Reader::new().sign_in(values::sign_in(sign_in)?).ethnicities(ethnicity::with_added(&own)?);
        let [source_id, upn, upi] = ids;
        let record = source_id.into_iter().fold(Record::new(cells), Record::source_id);
        let record = upn.into_iter().fold(record, Record::upn);
        let record = upi.into_iter().fold(record, Record::upi);
        let roster = reader.read_records([record]);
        let roster = roster.map_err(|error| report::of_read(sign_in.py(), error, None, None))?;
        Ok(Self { roster: Arc::new(roster), place: 0 })
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, StudentState> {
        let own = slf.get();
        let ids = [own.roster.source_id(own.place), own.roster.upn(own.place), own.roster.upi(own.place)];
        let ids = ids.map(|id| id.map(str::to_owned));
        let cells = own.student().map(|student| student.cells()).unwrap_or_default().map(str::to_owned);
        let codes = ethnicity::added(own.roster.ethnicities());
        Ok((slf.get_type().getattr("_restore")?, (own.roster.sign_in().as_str(), cells, ids, codes)))
    }
}

/// The parts of a pickled student: the roster's `sign_in`, the nine values, the ids, and the host's ethnicity codes.
type StudentState = (&'static str, [String; 9], [Option<String>; 3], Vec<[String; 3]>);

/// A student in the MIS whose record has an error. Until the record is corrected, the student is neither a joiner nor a
/// leaver.
///
/// >>> row = {"full_name": "Amy Lee", "username": "Amy Lee", "year_group": "Year 5", "class_name": "", "gender": "Female",
/// ...        "pupil_premium": False, "ethnicity": "WBRI", "send": False, "eal": False, "source_id": "78"}
/// >>> [held] = onroll.Roster.from_rows([row], hold=True).held
/// >>> held.full_name, held.username, held.year_group, held.class_name
/// ('Amy Lee', 'Amy Lee', 'Year 5', '')
/// >>> held.record, held.source_id, held.upn, held.reasons
/// (0, '78', None, ('the MIS has no registration group or class for this pupil',))
#[pyclass(frozen, module = "onroll")]
pub(crate) struct Held(onroll::Held);

#[pymethods]
impl Held {
    /// The index of the record, from 0. The report's problems have the same number in `record`.
    #[getter]
    fn record(&self) -> usize {
        self.0.record()
    }

    /// The student's id in the MIS, if known.
    #[getter]
    fn source_id(&self) -> Option<&str> {
        self.0.source_id()
    }

    /// The unique pupil number, if known.
    #[getter]
    fn upn(&self) -> Option<&str> {
        self.0.upn()
    }

    /// The name in the record, which may be incomplete.
    #[getter]
    fn full_name(&self) -> &str {
        self.0.full_name()
    }

    /// The username in the record, which may be incomplete.
    #[getter]
    fn username(&self) -> &str {
        self.0.username()
    }

    /// The year group in the record, or '' if it is blank.
    #[getter]
    fn year_group(&self) -> &str {
        self.0.year_group()
    }

    /// The class in the record, or '' if it is blank.
    #[getter]
    fn class_name(&self) -> &str {
        self.0.class_name()
    }

    /// The reasons why the student is held, in sentences that a school's office can act on in the MIS. They contain no
    /// personal data.
    #[getter]
    fn reasons<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.reasons())
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().0 == self.0)
    }

    #[classmethod]
    fn _restore(_class: &Bound<'_, PyType>, kept: &str) -> PyResult<Self> {
        values::restored(kept).map(Self)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (String,)> {
        Ok((slf.get_type().getattr("_restore")?, (values::kept(&slf.get().0)?,)))
    }

    fn __repr__(&self) -> String {
        format!("<onroll.Held: record {}>", self.0.record())
    }
}
