//! The Python class `Held`, a student in the MIS whose record has an error.

use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyType};

use crate::pickle::{self, Pickled};

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
pub(crate) struct Held(pub(super) onroll::roster::Held);

#[pymethods]
impl Held {
    /// The index of the record, from 0. In the report, each problem of this record has the index in its field `record`.
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

    /// The name in the record, which can be incomplete.
    #[getter]
    fn full_name(&self) -> &str {
        self.0.full_name()
    }

    /// The username in the record, which can be incomplete.
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

    /// The reasons why the student is held, as sentences that a school's office can act on in the MIS. The sentences
    /// contain no personal data.
    #[getter]
    fn reasons<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.reasons())
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().0 == self.0)
    }

    #[classmethod]
    fn _restore(_class: &Bound<'_, PyType>, kept: &str) -> PyResult<Self> {
        pickle::restored(kept).map(Self)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (String,)> {
        Ok((slf.get_type().getattr("_restore")?, (pickle::kept(&slf.get().0)?,)))
    }

    fn __repr__(&self) -> String {
        format!("<onroll.Held: record {}>", self.0.record())
    }
}
