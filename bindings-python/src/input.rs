//! What a user may give: arguments by name, and files as a path, bytes or a binary file.

use std::io;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyByteArray, PyBytes, PyMemoryView, PyString};

use crate::errors;

/// An argument as what it must be, or a `TypeError` that names it.
pub(crate) fn argument<'a, 'py, T>(name: &str, what: &str, object: &'a Bound<'py, PyAny>) -> PyResult<T>
where
    T: FromPyObject<'a, 'py>,
{
    object.extract().map_err(|error: T::Error| {
        let error: PyErr = error.into();
        // What is wrong with a text is said by `Text`.
        let is_said = error.value(object.py()).str().is_ok_and(|said| said == NO_TEXT);
        if is_said { error } else { wrong(name, what, object) }
    })
}

const NO_TEXT: &str =
    "a text has half of a surrogate pair in it, which is no character; it may be cut out of a longer text";

/// A text from Python. Half of a surrogate pair, which a JSON text can hold, is no character; the error that Python has for it carries
/// the whole text to whoever logs it.
pub(crate) struct Text(String);

impl<'a, 'py> FromPyObject<'a, 'py> for Text {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let text = object.cast::<PyString>()?;
        text.to_str().map(|text| Self(text.to_owned())).map_err(|_| PyValueError::new_err(NO_TEXT))
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.0
    }
}

/// The `TypeError` for an argument, or a part of one, that is not what it must be.
pub(crate) fn wrong(name: &str, what: &str, object: &Bound<'_, PyAny>) -> PyErr {
    match object.get_type().name() {
        Ok(found) => PyTypeError::new_err(format!("{name} must be {what}, not {found}")),
        Err(error) => error,
    }
}

/// An instant, of an aware datetime.
pub(crate) fn instant(name: &str, object: &Bound<'_, PyAny>) -> PyResult<DateTime<Utc>> {
    let module = object.py().import("datetime")?;
    if !object.is_instance(&module.getattr("datetime")?)? {
        return Err(wrong(name, "an aware datetime", object));
    }
    if object.call_method0("utcoffset")?.is_none() {
        return Err(PyValueError::new_err(format!(
            "{name} must be an aware datetime, such as datetime.now(timezone.utc): what time it is without a zone is not known"
        )));
    }
    let seconds: f64 = object.call_method0("timestamp")?.extract()?;
    let made = DateTime::from_timestamp_micros((seconds * 1e6).round() as i64);
    made.ok_or_else(|| PyValueError::new_err(format!("{name} is out of range")))
}

pub(crate) fn datetime<'py>(py: Python<'py>, instant: DateTime<Utc>) -> PyResult<Bound<'py, PyAny>> {
    let module = py.import("datetime")?;
    let utc = module.getattr("timezone")?.getattr("utc")?;
    module.getattr("datetime")?.call_method1("fromtimestamp", (instant.timestamp(), utc))
}

/// Whether a path is a text that was given in its place: an error of the system would show all of it.
fn is_text(path: &Path) -> bool {
    // As many characters as the longest path has anywhere.
    const MOST_PATH: usize = 4096;
    let text = path.to_string_lossy();
    text.contains(['\n', '\r', '\0']) || text.chars().nth(MOST_PATH).is_some()
}

/// Where a file comes from.
pub(crate) enum Input {
    Path(PathBuf),
    Bytes(PyBackedBytes),
}

impl Input {
    pub(crate) fn of(name: &str, object: &Bound<'_, PyAny>) -> PyResult<Self> {
        if object.is_instance_of::<PyBytes>() || object.is_instance_of::<PyByteArray>() {
            return Ok(Self::Bytes(object.extract()?));
        }
        if object.is_instance_of::<PyMemoryView>() {
            let bytes = object.py().get_type::<PyBytes>().call1((object,))?;
            return Ok(Self::Bytes(bytes.extract()?));
        }
        if let Ok(path) = object.extract::<PathBuf>() {
            if is_text(&path) {
                let message = format!("{name} looks like CSV text, not a path; pass bytes: text.encode()");
                return Err(PyValueError::new_err(message));
            }
            return Ok(Self::Path(path));
        }
        let Some(read) = object.getattr_opt("read")? else {
            return Err(wrong(name, "a path, bytes or a binary file", object));
        };
        let content = read.call0()?;
        match content.extract() {
            Ok(bytes) => Ok(Self::Bytes(bytes)),
            Err(_) if content.is_instance_of::<PyString>() => {
                Err(PyTypeError::new_err(format!("{name} is a file open in text mode: open it with mode 'rb'")))
            }
            Err(_) => Err(PyTypeError::new_err(format!("{name} is a file whose read() gives no bytes"))),
        }
    }

    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::Path(path) => Some(path),
            Self::Bytes(_) => None,
        }
    }
}

/// Where a file is written to.
pub(crate) enum Output<'py> {
    Path(PathBuf),
    File(Bound<'py, PyAny>),
}

impl<'py> Output<'py> {
    pub(crate) fn of(name: &str, object: &Bound<'py, PyAny>) -> PyResult<Self> {
        if let Ok(path) = object.extract::<PathBuf>() {
            if is_text(&path) {
                let message = format!("{name} looks like text, not a path; give the path first, or a binary file");
                return Err(PyValueError::new_err(message));
            }
            return Ok(Self::Path(path));
        }
        if !object.hasattr("write")? {
            return Err(wrong(name, "a path or a binary file", object));
        }
        if object.is_instance(&object.py().import("io")?.getattr("TextIOBase")?)? {
            return Err(PyTypeError::new_err(format!("{name} is a file open in text mode: open it with mode 'wb'")));
        }
        Ok(Self::File(object.clone()))
    }

    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::Path(path) => Some(path),
            Self::File(_) => None,
        }
    }

    /// Writes: to a path as the core saves, to a file what the core writes.
    pub(crate) fn write(
        &self,
        py: Python<'_>,
        save: impl FnOnce(&Path) -> io::Result<()> + Send,
        write: impl FnOnce(&mut Vec<u8>) -> io::Result<()> + Send,
    ) -> PyResult<()> {
        if let Self::Path(path) = self {
            return py.detach(|| save(path)).map_err(|error| errors::of_io(error, Some(path)));
        }
        let mut bytes = Vec::new();
        py.detach(|| write(&mut bytes)).map_err(|error| errors::of_io(error, None))?;
        self.write_bytes(py, &bytes)
    }

    pub(crate) fn write_bytes(&self, py: Python<'_>, bytes: &[u8]) -> PyResult<()> {
        match self {
            Self::Path(path) => {
                py.detach(|| onroll::save_file(path, bytes)).map_err(|error| errors::of_io(error, Some(path)))
            }
            Self::File(file) => file.call_method1("write", (PyBytes::new(py, bytes),)).map(drop),
        }
    }
}
