//! The server behind `onroll.testing.FakeWonde`. `core/src/testing/fake` has its answers.

use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;

use crate::input::{Text, named};

/// A small copy of Wonde and MyLogin, which listens on loopback until it is closed.
#[pyclass(frozen, module = "onroll.testing")]
pub(crate) struct _FakeWonde(Mutex<Option<onroll::testing::FakeWonde>>);

#[pymethods]
impl _FakeWonde {
    #[new]
    fn new(#[pyo3(from_py_with = named::students)] students: usize) -> PyResult<Self> {
        Ok(Self(Mutex::new(Some(onroll::testing::FakeWonde::start(students)?))))
    }

    /// Returns the server's address, or '' once it is closed.
    fn domain(&self) -> String {
        let fake = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        fake.as_ref().map(onroll::testing::FakeWonde::domain).unwrap_or_default()
    }

    /// Changes the school or makes requests fail, as the JSON `text` says. Returns JSON, or '' once the server is
    /// closed.
    fn control(&self, #[pyo3(from_py_with = named::text_)] text: Text) -> String {
        let fake = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        fake.as_ref().map(|fake| fake.control(&text)).unwrap_or_default()
    }

    /// Stops listening.
    fn close(&self, py: Python<'_>) {
        let fake = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        crate::ending::detach(py, || drop(fake));
    }
}
