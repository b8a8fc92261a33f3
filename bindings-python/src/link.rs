//! The Python class `Link`, which says which account belongs to a user of an identity provider.

use pyo3::prelude::*;
use pyo3::types::{PyMapping, PyTuple};

use crate::input::{Text, argument, named, wrong};

/// A link from a provider's user to an account at a school. Store it as a row that is unique by provider, subject and
/// school id.
///
/// >>> link = onroll.Link("mylogin", "17", "A1329183376", "Amy Lee")
/// >>> link.provider, link.subject, link.school_id, link.username
/// ('mylogin', '17', 'A1329183376', 'Amy Lee')
#[pyclass(frozen, module = "onroll")]
#[derive(Clone, PartialEq)]
pub(crate) struct Link(pub(crate) onroll::identity::Link);

/// The parts of a link: provider, subject, school id and username.
type Parts = (String, String, String, String);

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

    /// The provider's id for the person.
    #[getter]
    fn subject(&self) -> &str {
        &self.0.subject
    }

    /// The school's id at Wonde.
    #[getter]
    fn school_id(&self) -> &str {
        &self.0.school_id
    }

    /// The account's username. If you change the account's username, change the username in the link too.
    #[getter]
    fn username(&self) -> &str {
        &self.0.username
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get() == self)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Parts)> {
        let onroll::identity::Link { provider, subject, school_id, username } = slf.get().0.clone();
        Ok((slf.get_type().into_any(), (provider, subject, school_id, username)))
    }

    fn __repr__(&self) -> String {
        "<onroll.Link>".to_owned()
    }
}

/// Reads a link from a `Link` or from the host's row, which is a mapping or a tuple of the four parts.
pub(crate) fn link(name: &str, object: &Bound<'_, PyAny>) -> PyResult<onroll::identity::Link> {
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

fn link_of(row: [Text; 4]) -> onroll::identity::Link {
    let [provider, subject, school_id, username] = row.map(String::from);
    onroll::identity::Link { provider, subject, school_id, username }
}
