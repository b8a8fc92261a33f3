//! The Python classes `AccessCheck` and `FieldCheck`: which fields a token may read at a school.
//! `core/src/wonde/access_check.rs` has the sentences.

use std::sync::Arc;

use onroll::Column;
use onroll::wonde;
use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyType};

use crate::input::datetime;
use crate::pickle::{self, Pickled};

/// The fields that a token may read at one school, according to the token's permissions and the first page of students.
/// str() returns the same text as text().
///
/// >>> from onroll.testing import FakeWonde
/// >>> with FakeWonde(60) as fake:
/// ...     check = fake.client().check_access(fake.school_id)
/// >>> check.school_id, check.online, check.approved, check.students, check.permissions_known
/// ('A1329183376', True, True, 60, True)
/// >>> check.refused_includes, check.withheld, len(check.fields) > 8
/// ((), (), True)
/// >>> check.last_synced is not None, bool(check.text())
/// (True, True)
#[pyclass(frozen, module = "onroll.wonde")]
pub(crate) struct AccessCheck(pub(super) Arc<wonde::AccessCheck>);

#[pymethods]
impl AccessCheck {
    /// The school's id.
    #[getter]
    fn school_id(&self) -> &str {
        self.0.school_id()
    }

    /// Whether Wonde is connected to the school's MIS. None if Wonde does not say.
    #[getter]
    fn online(&self) -> Option<bool> {
        self.0.is_online()
    }

    /// Whether the school has approved access. None if Wonde does not say.
    #[getter]
    fn approved(&self) -> Option<bool> {
        self.0.is_approved()
    }

    /// The time at which the newest record on the first page was changed. Wonde last read the MIS at this time or
    /// later. Wonde itself does not say when it read the MIS.
    #[getter]
    fn last_synced<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.0.last_synced().map(|time| datetime(py, time)).transpose()
    }

    /// The number of students on the first page, at most 200.
    #[getter]
    fn students(&self) -> usize {
        self.0.students()
    }

    /// Whether the token may read its own permissions. If not, a field that the token may not read looks empty.
    #[getter]
    fn permissions_known(&self) -> bool {
        self.0.are_permissions_known()
    }

    /// The parts of the records that the token may not read at all, by Wonde's names.
    #[getter]
    fn refused_includes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.refused_includes())
    }

    /// All fields. Each says whether the token can read it.
    #[getter]
    fn fields(&self) -> Vec<FieldCheck> {
        self.0.fields().iter().copied().map(FieldCheck).collect()
    }

    /// The fields that the school does not share. Pass these fields as roster(withheld=...).
    #[getter]
    fn withheld<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.withheld().into_iter().map(Column::key))
    }

    /// Returns the result as a text that a person can read. It contains no personal data.
    fn text(&self) -> String {
        self.0.text()
    }

    fn __str__(&self) -> String {
        self.0.text()
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().0 == self.0)
    }

    #[classmethod]
    fn _restore(_class: &Bound<'_, PyType>, kept: &str) -> PyResult<Self> {
        pickle::restored(kept).map(|check| Self(Arc::new(check)))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (String,)> {
        Ok((slf.get_type().getattr("_restore")?, (pickle::kept(&*slf.get().0)?,)))
    }

    fn __repr__(&self) -> String {
        format!("<onroll.wonde.AccessCheck: {}>", self.0.school_id())
    }
}

/// One field, and whether the token can read it.
///
/// >>> from onroll.testing import FakeWonde
/// >>> with FakeWonde(60) as fake:
/// ...     name = fake.client().check_access(fake.school_id).fields[0]
/// >>> name.field, name.state, name.filled, name.consequence
/// ('full_name', 'readable', 60, 'Accounts get this value, and are updated when it changes.')
#[pyclass(frozen, module = "onroll.wonde")]
pub(crate) struct FieldCheck(wonde::FieldCheck);

#[pymethods]
impl FieldCheck {
    /// The name of the field: a student's field, or 'legal_name', 'upn' or 'email'.
    #[getter]
    fn field(&self) -> &'static str {
        self.0.field()
    }

    /// 'readable', 'empty' or 'not-permitted'. 'empty' means that at most 2% of the students have a value, although the
    /// token seems to have permission for the field.
    #[getter]
    fn state(&self) -> &'static str {
        self.0.state().as_str()
    }

    /// The number of students on the first page who have a value in this field.
    #[getter]
    fn filled(&self) -> usize {
        self.0.filled()
    }

    /// The consequence of the state for the accounts, in one sentence.
    #[getter]
    fn consequence(&self) -> &'static str {
        self.0.consequence()
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
        format!("<onroll.wonde.FieldCheck: {}, {}>", self.0.field(), self.0.state().as_str())
    }
}
