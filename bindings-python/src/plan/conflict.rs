//! The Python class `Conflict`, an uncertain match in a plan. `core/src/plan/entry.rs` has its reasons.

use pyo3::prelude::*;
use pyo3::types::PyType;

use super::entry::PlanEntry;
use crate::pickle::{self, Pickled};

/// Accounts and students that could not be matched with certainty. The plan does not change
/// the accounts until a person decides, except with the reason 'username-taken' or 'upn-shared'.
/// With 'upn-shared', the student is probably a second record of the same child. With the decision 'same', the account
/// keeps the id of the first record, and the second record gets no account while both are in the roster.
///
/// >>> students = [{"full_name": "Amy Lee", "username": name, "source_id": id} for name, id in [("Amy Lee", "7"), ("Amy Lee 5B", "8")]]
/// >>> accounts = onroll.Accounts.from_rows(students, sign_in="password")
/// >>> csv = onroll.template_csv() + "Amy Lee,amy,Year 5,5A,Female,No,WBRI,No,No"
/// >>> [conflict] = onroll.plan(accounts, onroll.read_csv(csv.encode()).as_partial()).conflicts
/// >>> conflict.reason, [entry.username for entry in conflict.accounts], [entry.username for entry in conflict.students]
/// ('name-shared', ['Amy Lee', 'Amy Lee 5B'], ['amy'])
#[pyclass(frozen, module = "onroll")]
pub(crate) struct Conflict(pub(super) onroll::plan::Conflict);

#[pymethods]
impl Conflict {
    #[classattr]
    fn __match_args__() -> (&'static str, &'static str, &'static str) {
        ("reason", "accounts", "students")
    }

    /// The reason in kebab-case, such as 'name-shared'.
    #[getter]
    fn reason(&self) -> &'static str {
        self.0.reason.as_str()
    }

    /// The accounts in the conflict.
    #[getter]
    fn accounts(&self) -> Vec<PlanEntry> {
        self.0.accounts.iter().cloned().map(PlanEntry).collect()
    }

    /// The students in the conflict.
    #[getter]
    fn students(&self) -> Vec<PlanEntry> {
        self.0.students.iter().cloned().map(PlanEntry).collect()
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
        let (accounts, students) = (self.0.accounts.len(), self.0.students.len());
        format!("<onroll.Conflict: {}, {accounts} accounts, {students} students>", self.reason())
    }
}
