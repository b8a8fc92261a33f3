//! The Python class `PlanEntry`, an account or a student that a plan lists.

use pyo3::prelude::*;
use pyo3::types::PyType;

use crate::pickle::{self, Pickled};

/// An account or a student in a conflict, or in a pair of `Plan.near`. Its repr shows none of its data.
///
/// >>> row = "Tom Lee,Tom Lee,Year 5,5A,Male,No,WBRI,No,No"
/// >>> accounts = onroll.create_accounts(onroll.read_csv((onroll.template_csv() + row).encode()))
/// >>> after = onroll.read_csv((onroll.template_csv() + row.replace("Tom", "Thomas")).encode())
/// >>> [(account, student)] = onroll.plan(accounts, after).near
/// >>> account.full_name, account.username, account.year_group, account.class_name, account.source_id, account.upn
/// ('Tom Lee', 'Tom Lee', 'Year 5', '5A', None, None)
#[pyclass(frozen, module = "onroll")]
pub(crate) struct PlanEntry(pub(super) onroll::plan::PlanEntry);

#[pymethods]
impl PlanEntry {
    #[classattr]
    fn __match_args__() -> (&'static str, &'static str) {
        ("username", "full_name")
    }

    /// The username.
    #[getter]
    fn username(&self) -> &str {
        &self.0.username
    }

    /// The full name.
    #[getter]
    fn full_name(&self) -> &str {
        &self.0.full_name
    }

    /// The year group as the school writes it.
    #[getter]
    fn year_group(&self) -> &str {
        &self.0.year_group
    }

    /// The class as the school writes it.
    #[getter]
    fn class_name(&self) -> &str {
        &self.0.class_name
    }

    /// The student's id in the school's MIS or in Wonde, if known.
    #[getter]
    fn source_id(&self) -> Option<&str> {
        self.0.source_id.as_deref()
    }

    /// The unique pupil number, if known.
    #[getter]
    fn upn(&self) -> Option<&str> {
        self.0.upn.as_deref()
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

    fn __repr__(&self) -> &'static str {
        "PlanEntry(<hidden>)"
    }
}
