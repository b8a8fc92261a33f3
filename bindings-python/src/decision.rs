//! Decisions about accounts and students, and the entries of conflicts and near pairs.

use std::hash::{DefaultHasher, Hash, Hasher};

use onroll::PersonRef;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};

use crate::input::{Text, argument, wrong};
use crate::values::Pickled;

/// An account, or a student of the roster, as a plan lists one in a conflict or a near pair. Its repr shows nothing of it.
#[pyclass(frozen, module = "onroll")]
pub(crate) struct PlanEntry(pub(crate) onroll::PlanEntry);

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

    /// The year group as it is listed.
    #[getter]
    fn year_group(&self) -> &str {
        &self.0.year_group
    }

    /// The class as it is listed.
    #[getter]
    fn class_name(&self) -> &str {
        &self.0.class_name
    }

    /// The id that the school's MIS, or Wonde, gives the student, if it is known.
    #[getter]
    fn source_id(&self) -> Option<&str> {
        self.0.source_id.as_deref()
    }

    /// The unique pupil number, if it is known.
    #[getter]
    fn upn(&self) -> Option<&str> {
        self.0.upn.as_deref()
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().0 == self.0)
    }

    fn __repr__(&self) -> &'static str {
        "PlanEntry(<hidden>)"
    }
}

/// What a person decided about an account and a student: data that you store with the school and pass to every later plan.
///
/// An account or a student is named by an Account, a Student or an entry of a conflict or a near pair: by source id or valid UPN
/// where it has one, otherwise by username and full name, so that the decision does not bind the next child who gets the username.
/// A username alone is whoever has it.
#[pyclass(frozen, module = "onroll")]
pub(crate) struct Decision(pub(crate) onroll::Decision);

#[pymethods]
impl Decision {
    /// The account is this student's. It keeps its username and password.
    #[classmethod]
    fn same(_class: &Bound<'_, PyType>, account: &Bound<'_, PyAny>, student: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self(onroll::Decision::same(person("account", account)?, person("student", student)?)))
    }

    /// The account is another person's than this student. The student gets an account of their own, if the username is free.
    #[classmethod]
    fn different(_class: &Bound<'_, PyType>, account: &Bound<'_, PyAny>, student: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self(onroll::Decision::different(person("account", account)?, person("student", student)?)))
    }

    /// The account gets this username, and is that of the student in the roster who has it, if there is one: for a child whose name
    /// changed. The password stays.
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

    /// The decision as JSON, to be stored with the school. It names the account and the student.
    fn to_json(&self) -> PyResult<String> {
        serde_json::to_string(&self.0).map_err(|_| PyValueError::new_err("the decision cannot be written as JSON"))
    }

    /// A decision from what to_json wrote. Raises ValueError.
    #[classmethod]
    fn from_json(_class: &Bound<'_, PyType>, text: &Bound<'_, PyAny>) -> PyResult<Self> {
        let text: Text = argument("text", "a str", text)?;
        let read = serde_json::from_str(&text).map(Self);
        read.map_err(|_| PyValueError::new_err("the text is not JSON of a decision, as Decision.to_json writes it"))
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

/// Who is meant by a username, or by an object with a username and perhaps ids.
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
