//! Helpers by which each class pickles and restores itself, and the question whether a pickle may contain passwords.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The function that pickle calls to restore an object, and its arguments.
pub(crate) type Pickled<'py, Arguments> = PyResult<(Bound<'py, PyAny>, Arguments)>;

/// Returns a value of the core as JSON, for its pickle.
pub(crate) fn kept<T: Serialize>(value: &T) -> PyResult<String> {
    serde_json::to_string(value).map_err(|error| PyValueError::new_err(error.to_string()))
}

/// Restores a value from the JSON of its pickle.
pub(crate) fn restored<T: DeserializeOwned>(kept: &str) -> PyResult<T> {
    serde_json::from_str(kept).map_err(|_| damaged())
}

/// Returns the `TypeError` for an object that is not pickled, with the reason.
pub(crate) fn not_pickled(why: &'static str) -> PyErr {
    PyTypeError::new_err(why)
}

/// Returns whether a pickle contains passwords: true only within `onroll.pickling_passwords()`.
pub(crate) fn pickles_passwords(py: Python<'_>) -> PyResult<bool> {
    static ASKED: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    ASKED.import(py, "onroll._pickling", "asked")?.call_method0("get")?.extract()
}

/// Returns the `ValueError` for a pickle that cannot be restored.
pub(crate) fn damaged() -> PyErr {
    PyValueError::new_err("this pickle is damaged, or a different version of onroll made it")
}
