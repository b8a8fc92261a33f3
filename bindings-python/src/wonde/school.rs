//! The Python class `School`, a school in Wonde's lists.

use onroll::wonde;
use pyo3::prelude::*;
use pyo3::types::PyType;

use crate::pickle::{self, Pickled};

/// A school in Wonde's list.
///
/// >>> from onroll.testing import FakeWonde
/// >>> with FakeWonde(60) as fake:
/// ...     [school] = fake.client().schools()
/// >>> school.id, school.name, school.urn, school.la_code, school.establishment_number
/// ('A1329183376', 'Oakfield Primary School', '100000', '823', '2000')
/// >>> school.phase, school.mis, school.domain is None
/// ('PRIMARY', 'SIMS', False)
#[pyclass(frozen, module = "onroll.wonde")]
#[derive(Clone)]
pub(crate) struct School(pub(super) wonde::School);

/// Converts a list from Wonde to Python schools.
pub(super) fn schools(listed: Vec<wonde::School>) -> Vec<School> {
    listed.into_iter().map(School).collect()
}

#[pymethods]
impl School {
    /// The school's id at Wonde.
    #[getter]
    fn id(&self) -> &str {
        &self.0.id
    }

    /// The school's name.
    #[getter]
    fn name(&self) -> &str {
        &self.0.name
    }

    /// The school's unique reference number, in England.
    #[getter]
    fn urn(&self) -> Option<&str> {
        self.0.urn.as_deref()
    }

    /// The code of the school's local authority.
    #[getter]
    fn la_code(&self) -> Option<&str> {
        self.0.la_code.as_deref()
    }

    /// The school's number within the local authority.
    #[getter]
    fn establishment_number(&self) -> Option<&str> {
        self.0.establishment_number.as_deref()
    }

    /// The school's phase, such as 'PRIMARY'.
    #[getter]
    fn phase(&self) -> Option<&str> {
        self.0.phase.as_deref()
    }

    /// The school's MIS.
    #[getter]
    fn mis(&self) -> Option<&str> {
        self.0.mis.as_deref()
    }

    /// Wonde's domain for the school's region. Pass it to Client.
    #[getter]
    fn domain(&self) -> Option<&str> {
        self.0.domain.as_deref()
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
        format!("<onroll.wonde.School: {}>", self.0.id)
    }
}
