//! The Python class `PupilPremium`. `core/src/reader/premium.rs` reads the list.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyType;

use crate::input::{Input, Text, named};
use crate::pickle::{self, Pickled};
use crate::report;

/// A list of UPNs that says which pupils get pupil premium. Schools get this list from the Department for Education
/// ("Get information about pupils"). len() returns the number of pupils. Pass the list as `pupil_premium` to functions
/// that read a file with a mapping.
///
/// >>> premium = onroll.PupilPremium.read(b"UPN,Pupil Premium\nH801200001001,Yes\n")
/// >>> len(premium)
/// 1
/// >>> onroll.PupilPremium.from_json(premium.to_json()) == premium
/// True
#[pyclass(frozen, module = "onroll")]
pub(crate) struct PupilPremium(pub(crate) onroll::reader::PupilPremium);

#[pymethods]
impl PupilPremium {
    /// Reads the list from a file with a UPN column and one or more pupil premium columns. A pupil gets the premium if
    /// any of these columns contains a yes or a number over 0.
    ///
    /// source: a path, bytes, or a binary file.
    /// Raises RosterError if the columns cannot be found with certainty or a row cannot be read, and OSError if the
    /// file cannot be read.
    #[classmethod]
    fn read(_class: &Bound<'_, PyType>, source: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = source.py();
        let input = Input::of("source", source)?;
        let read = crate::ending::detach(py, || match &input {
            Input::Path(path) => onroll::reader::PupilPremium::read_path(path),
            Input::Bytes(bytes) => onroll::reader::PupilPremium::read_bytes(&bytes[..]),
        });
        read.map(Self).map_err(|error| report::of_read(py, error, input.path(), None))
    }

    /// Returns the list as JSON: an object with a UPN as each key, and true or false as its value.
    fn to_json(&self) -> PyResult<String> {
        pickle::kept(&self.0)
    }

    /// Reads a list from JSON that to_json() wrote. Raises ValueError for any other text.
    #[classmethod]
    fn from_json(_class: &Bound<'_, PyType>, #[pyo3(from_py_with = named::text_)] text: Text) -> PyResult<Self> {
        let read = serde_json::from_str(&text).map(Self);
        read.map_err(|_| {
            PyValueError::new_err("this is not JSON of PupilPremium: an object of UPNs, each with true or false")
        })
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().0 == self.0)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (String,)> {
        Ok((slf.get_type().getattr("from_json")?, (slf.get().to_json()?,)))
    }

    fn __repr__(&self) -> String {
        format!("<onroll.PupilPremium: {} pupils>", self.0.len())
    }
}
