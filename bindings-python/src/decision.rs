//! The Python class `Decision`, a person's decision about an account and a student. `core/src/plan/decided.rs` applies
//! decisions.

use std::hash::{DefaultHasher, Hash, Hasher};

use onroll::plan::PersonRef;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};

use crate::input::{Text, argument, wrong};
use crate::pickle::Pickled;

/// A person's decision about an account and a student. Store it with the school, and pass it to every later plan.
///
/// To name an account or a student, pass an Account, a Student or a PlanEntry. The decision stores the person's source
/// id or valid UPN, if known. Otherwise it stores the username and the full name. So the decision does not apply to
/// another child who later gets the username. If you pass only a username, the decision applies to any person with this
/// username.
///
/// >>> decision = onroll.Decision.same("Tom Lee", "Thomas Lee")
/// >>> onroll.Decision.from_json(decision.to_json()) == decision, decision.kind
/// (True, 'same')
/// >>> onroll.Decision.different("Tom Lee", "Thomas Lee").kind, onroll.Decision.rename("Tom Lee", "Tommy Lee").kind
/// ('different', 'rename')
#[pyclass(frozen, module = "onroll")]
pub(crate) struct Decision(pub(crate) onroll::Decision);

#[pymethods]
impl Decision {
    /// Decides that the account belongs to this student. The account keeps its username and password.
    #[classmethod]
    fn same(_class: &Bound<'_, PyType>, account: &Bound<'_, PyAny>, student: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self(onroll::Decision::same(person("account", account)?, person("student", student)?)))
    }

    /// Decides that the account does not belong to this student. The student gets a separate account if the username is
    /// free.
    #[classmethod]
    fn different(_class: &Bound<'_, PyType>, account: &Bound<'_, PyAny>, student: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self(onroll::Decision::different(person("account", account)?, person("student", student)?)))
    }

    /// Decides that the account gets this username. Use it for a child whose name changed. If a student in the roster
    /// has the new username, the account belongs to that student. The account keeps its password. Delete the decision
    /// when you have applied its plan. Otherwise a later plan undoes another rename of the account.
    #[classmethod]
    fn rename(_class: &Bound<'_, PyType>, account: &Bound<'_, PyAny>, username: &Bound<'_, PyAny>) -> PyResult<Self> {
        let username: Text = argument("username", "a str", username)?;
        Ok(Self(onroll::Decision::rename(person("account", account)?, username.to_string())))
    }

    /// 'same', 'different' or 'rename'.
    #[getter]
    fn kind(&self) -> &'static str {
        match self.0 {
            onroll::Decision::Same { .. } => "same",
            onroll::Decision::Different { .. } => "different",
            _ => "rename",
        }
    }

    /// Returns the decision as JSON, to store with the school. The JSON contains the ids or names of the account and
    /// the student.
    fn to_json(&self) -> PyResult<String> {
        serde_json::to_string(&self.0).map_err(|_| PyValueError::new_err("the decision cannot be written as JSON"))
    }

    /// Reads a decision from JSON that to_json wrote. Raises ValueError for any other text.
    #[classmethod]
    fn from_json(_class: &Bound<'_, PyType>, text: &Bound<'_, PyAny>) -> PyResult<Self> {
        let text: Text = argument("text", "a str", text)?;
        let read = serde_json::from_str(&text).map(Self);
        read.map_err(|_| PyValueError::new_err("the text is not JSON of a decision that Decision.to_json wrote"))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().0 == self.0)
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.0.hash(&mut hasher);
        hasher.finish()
    }

    fn __repr__(&self) -> String {
        format!("<onroll.Decision: {}>", self.kind())
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (String,)> {
        Ok((slf.get_type().getattr("from_json")?, (slf.get().to_json()?,)))
    }
}

/// Reads a person from a username, or from an object with a username and perhaps ids.
fn person(name: &str, object: &Bound<'_, PyAny>) -> PyResult<PersonRef> {
    let what = "a username, an Account, a Student or an entry of a plan";
    if object.is_instance_of::<PyString>() {
        return Ok(PersonRef::from(&*argument::<Text>(name, what, object)?));
    }
    let text = |attribute: &str| -> PyResult<Option<String>> {
        let value = object.getattr_opt(attribute)?.filter(|value| !value.is_none());
        value.map(|value| argument::<Text>(name, what, &value).map(String::from)).transpose()
    };
    let username = text("username")?.ok_or_else(|| wrong(name, what, object))?;
    Ok(PersonRef::new(text("source_id")?.as_deref(), text("upn")?.as_deref(), &username, text("full_name")?.as_deref()))
}
