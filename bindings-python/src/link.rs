//! Links: which person of an identity provider's has which account.

use pyo3::prelude::*;
use pyo3::types::{PyMapping, PyTuple};

use crate::input::{Text, argument, named, wrong};

/// That a person of a provider's has an account at a school: a row of the host's, unique by provider, subject and school.
#[pyclass(frozen, module = "onroll")]
#[derive(Clone, PartialEq)]
pub(crate) struct Link(pub(crate) onroll::Link);

#[pymethods]
impl Link {
    #[classattr]
    fn __match_args__<'py>(py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, ["provider", "subject", "school_id", "username"])
    }

    #[new]
    fn new(
        #[pyo3(from_py_with = named::provider)] provider: Text,
        #[pyo3(from_py_with = named::subject)] subject: Text,
        #[pyo3(from_py_with = named::school_id)] school_id: Text,
        #[pyo3(from_py_with = named::username)] username: Text,
    ) -> Self {
        Self(link_of([provider, subject, school_id, username]))
    }

    /// 'mylogin', or the issuer of the claims.
    #[getter]
    fn provider(&self) -> &str {
        &self.0.provider
    }

    /// The provider's id of the person.
    #[getter]
    fn subject(&self) -> &str {
        &self.0.subject
    }

    /// The school, as Wonde numbers them.
    #[getter]
    fn school_id(&self) -> &str {
        &self.0.school_id
    }

    /// The username of the account. Where a host changes a username, it changes this too.
    #[getter]
    fn username(&self) -> &str {
        &self.0.username
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get() == self)
    }

    fn __repr__(&self) -> String {
        "<onroll.Link>".to_owned()
    }
}

/// A link, or the host's row of one: a mapping or a tuple of four.
pub(crate) fn link(name: &str, object: &Bound<'_, PyAny>) -> PyResult<onroll::Link> {
    let what = "a Link, or a mapping or a tuple of provider, subject, school_id and username";
    if let Ok(link) = object.cast::<Link>() {
        return Ok(link.get().0.clone());
    }
    let row: [Text; 4] = match object.cast::<PyMapping>() {
        Ok(row) => {
            let field = |field| {
                let value = row.get_item(field).map_err(|_| wrong(name, what, object))?;
                argument::<Text>(&format!("{name}['{field}']"), "a str", &value)
            };
            [field("provider")?, field("subject")?, field("school_id")?, field("username")?]
        }
        Err(_) => argument(name, what, object)?,
    };
    Ok(link_of(row))
}

fn link_of(row: [Text; 4]) -> onroll::Link {
    let [provider, subject, school_id, username] = row.map(String::from);
    onroll::Link { provider, subject, school_id, username }
}
