//! The Python class `Student`, and the iterator over a roster's students.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use onroll::{Reader, Record};
use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyType};

use crate::pickle::Pickled;
use crate::rows::FIELDS;
use crate::{ethnicity, report, values};

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
    index: usize,
}

impl Student {
    pub(super) fn new(roster: Arc<onroll::Roster>, index: usize) -> Self {
        Self { roster, index }
    }

    pub(super) fn student(&self) -> Option<onroll::Student<'_>> {
        self.roster.get(self.index)
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

    /// The username, which is the full name, an id from the school or, with SSO, the school email address.
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

    /// 'Male', 'Female' or 'Non-Binary', or None if the MIS gives no gender.
    #[getter]
    fn gender(&self) -> Option<&'static str> {
        self.student()?.gender.map(onroll::values::Gender::as_str)
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
        self.roster.source_id(self.index)
    }

    /// The unique pupil number, if known.
    #[getter]
    fn upn(&self) -> Option<&str> {
        self.roster.upn(self.index)
    }

    /// Wonde's id for the person, if known. It stays the same if the student enrols again with a new source id.
    #[getter]
    fn upi(&self) -> Option<&str> {
        self.roster.upi(self.index)
    }

    /// The national year group, such as 'Year 7', if it is clear from the school's text.
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
        Ok(Self { roster: Arc::new(roster), index: 0 })
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, StudentState> {
        let own = slf.get();
        let ids = [own.roster.source_id(own.index), own.roster.upn(own.index), own.roster.upi(own.index)];
        let ids = ids.map(|id| id.map(str::to_owned));
        let cells = own.student().map(|student| student.cells()).unwrap_or_default().map(str::to_owned);
        let codes = ethnicity::added(own.roster.ethnicities());
        Ok((slf.get_type().getattr("_restore")?, (own.roster.sign_in().as_str(), cells, ids, codes)))
    }
}

/// The parts of a pickled student: the roster's `sign_in`, the nine values, the ids, and the host's ethnicity codes.
type StudentState = (&'static str, [String; 9], [Option<String>; 3], Vec<[String; 3]>);

/// Iterates over the students of a roster.
#[pyclass(frozen, module = "onroll")]
pub(crate) struct Students {
    roster: Arc<onroll::Roster>,
    next: AtomicUsize,
    backwards: bool,
}

impl Students {
    pub(super) fn new(roster: Arc<onroll::Roster>, backwards: bool) -> Self {
        Self { roster, next: AtomicUsize::new(0), backwards }
    }
}

#[pymethods]
impl Students {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__(&self) -> Option<Student> {
        let len = self.roster.len();
        let next = self.next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| (n < len).then_some(n + 1)).ok()?;
        let index = if self.backwards { len - 1 - next } else { next };
        Some(Student { roster: Arc::clone(&self.roster), index })
    }

    fn __length_hint__(&self) -> usize {
        self.roster.len() - self.next.load(Ordering::Relaxed)
    }
}
