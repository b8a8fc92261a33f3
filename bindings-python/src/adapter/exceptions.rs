//! The exceptions that a request can raise: errors of the service, and errors for async callables. Decides which
//! exceptions of the common HTTP libraries count as network failures.

use onroll::adapter::AdapterError;
use onroll::mylogin::MyLoginError;
use onroll::wonde::WondeError;
use pyo3::exceptions::{PyException, PyOSError, PyTypeError};
use pyo3::prelude::*;

use crate::errors;

pub(super) fn async_callable(name: &str) -> PyErr {
    PyTypeError::new_err(format!(
        "{name} must not be async here: for an async {name}, use onroll.wonde.AsyncClient or onroll.mylogin.AsyncClient"
    ))
}

/// Returns the result of a host's callable. Fails if the result is a coroutine, because nothing would await it.
pub(crate) fn not_async<'py>(given: Bound<'py, PyAny>, refuse: impl FnOnce() -> PyErr) -> PyResult<Bound<'py, PyAny>> {
    if !given.hasattr("__await__")? {
        return Ok(given);
    }
    if let Some(close) = given.getattr_opt("close")? {
        close.call0()?;
    }
    Err(refuse())
}

/// Returns the `TypeError` for a progress callable that is async.
pub(crate) fn async_progress() -> PyErr {
    PyTypeError::new_err("progress must not be async, because nothing awaits it")
}

/// The errors of a request to another service.
pub(crate) trait Asked {
    /// The name of the Python logger that records each exchange.
    const LOGGER: &str;

    fn of(py: Python<'_>, error: &Self) -> PyErr;

    /// Returns the Python exception. Its cause is the exception that the host's callable raised.
    fn raised(&self, py: Python<'_>, cause: Option<PyErr>) -> PyErr {
        let error = Self::of(py, self);
        error.set_cause(py, cause);
        error
    }
}

impl Asked for WondeError {
    const LOGGER: &str = "onroll.wonde";

    fn of(py: Python<'_>, error: &Self) -> PyErr {
        errors::of_wonde(py, error)
    }
}

impl Asked for MyLoginError {
    const LOGGER: &str = "onroll.mylogin";

    fn of(py: Python<'_>, error: &Self) -> PyErr {
        errors::of_mylogin(py, error)
    }
}

/// Returns the adapter error for an exception that is a network failure in the common HTTP libraries. Returns None for
/// every other exception of the host.
pub(super) fn network(py: Python<'_>, error: &PyErr) -> Option<AdapterError> {
    if !error.is_instance_of::<PyException>(py) {
        return None;
    }
    let names: Vec<String> =
        error.get_type(py).mro().iter().filter_map(|class| class.getattr("__name__").ok()?.extract().ok()).collect();
    let is = |wanted: &str| names.iter().any(|name| name == wanted);
    if names.iter().any(|name| name.contains("Timeout")) {
        return Some(AdapterError::TimedOut);
    }
    // In httpx, aiohttp and urllib3, these exceptions derive from the classes named here. In the library `requests`,
    // they derive from OSError.
    let dropped = error.is_instance_of::<PyOSError>(py) || is("TransportError") || is("ClientError") || is("HTTPError");
    dropped.then_some(AdapterError::Unreachable)
}
