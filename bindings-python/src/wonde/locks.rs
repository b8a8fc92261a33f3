//! The Python class `Locks`, and the exception for a sync that is already running. `python/onroll/wonde.py` has `Lock`
//! and `exclusive`.

use onroll::wonde::{self, Lock, WondeError};
use pyo3::prelude::*;

use crate::errors;
use crate::input::{Text, named};
use crate::pickle;

/// Locks for exclusive(), which work within a single process.
///
/// >>> locks = onroll.wonde.Locks()
/// >>> locks.try_lock("A1329183376"), locks.try_lock("A1329183376")
/// (True, False)
/// >>> locks.unlock("A1329183376")
#[pyclass(frozen, module = "onroll.wonde")]
pub(crate) struct Locks(wonde::Locks);

#[pymethods]
impl Locks {
    #[new]
    fn new() -> Self {
        Self(wonde::Locks::default())
    }

    /// Takes the lock of a school without waiting. Returns False if another sync holds it.
    fn try_lock(&self, #[pyo3(from_py_with = named::school_id)] school_id: Text) -> bool {
        self.0.try_lock(&school_id)
    }

    /// Releases the lock of a school.
    fn unlock(&self, #[pyo3(from_py_with = named::school_id)] school_id: Text) {
        self.0.unlock(&school_id);
    }

    /// Raises TypeError, because a copy of the locks in another process would not lock anything in this process.
    fn __reduce__(&self) -> PyResult<()> {
        Err(pickle::not_pickled(
            "Locks work in one process and cannot be pickled or copied; between processes, use a lock of your database",
        ))
    }
}

/// Returns the error for a sync that starts while another sync of the same school is running.
#[pyfunction]
pub(crate) fn wonde_busy(py: Python<'_>) -> PyErr {
    errors::of_wonde(py, &WondeError::Busy)
}
