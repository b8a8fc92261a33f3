//! Reads arguments, with errors that name them: texts, numbers, dates and iterables. Reads files from a path, bytes or
//! a binary file (`Input`), and writes them (`Output`).

use std::io;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBool, PyByteArray, PyBytes, PyInt, PyMemoryView, PyString};

use crate::errors;

pub(crate) mod named;

/// Converts an argument. Raises `TypeError` with the argument's name if it has the wrong type, and `ValueError` if it
/// is text with half of a surrogate pair.
pub(crate) fn argument<'a, 'py, T>(name: &str, what: &str, object: &'a Bound<'py, PyAny>) -> PyResult<T>
where
    T: FromPyObject<'a, 'py>,
{
    object.extract().map_err(|error: T::Error| {
        let error: PyErr = error.into();
        // We do not raise Python's own encoding error, because it would carry the whole text into logs.
        if error.value(object.py()).str().is_ok_and(|said| said == NO_TEXT) {
            return PyValueError::new_err(format!(
                "{name} has half of a surrogate pair, which is not a character; check where the text was cut"
            ));
        }
        wrong(name, what, object)
    })
}

const NO_TEXT: &str = "half of a surrogate pair";

/// A text from Python. Text with half of a surrogate pair is refused, because that is not a character. Such text can
/// come from JSON.
#[derive(Default)]
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

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.0
    }
}

/// Returns the `TypeError` for an argument of the wrong type, or for a part of an argument.
pub(crate) fn wrong(name: &str, what: &str, object: &Bound<'_, PyAny>) -> PyErr {
    match object.get_type().name() {
        Ok(found) => PyTypeError::new_err(format!("{name} must be {what}, not {found}")),
        Err(error) => error,
    }
}

/// Returns the `ValueError` for an option that is not one of its choices. The error shows the value, because options
/// come from the developer, not from the school.
pub(crate) fn no_choice(name: &str, choices: &[&str], value: &str) -> PyErr {
    PyValueError::new_err(format!("{name} must be '{}', not '{}'", choices.join("' or '"), beginning(value)))
}

/// Returns the first 40 characters of a text for a message, with special characters escaped.
pub(crate) fn beginning(text: &str) -> String {
    text.chars().take(40).collect::<String>().escape_debug().to_string()
}

/// Reads a whole number that must be at least `least`.
pub(crate) fn count<T: TryFrom<u64>>(name: &str, least: u64, object: &Bound<'_, PyAny>) -> PyResult<T> {
    let what = "an int";
    let number: Bound<'_, PyInt> = match object.cast::<PyInt>() {
        Ok(number) if !object.is_instance_of::<PyBool>() => number.clone(),
        // An integer type other than int, such as numpy.int64.
        _ if object.is_instance_of::<PyBool>() || !object.hasattr("__index__")? => {
            return Err(wrong(name, what, object));
        }
        _ => object.call_method0("__index__")?.cast_into().map_err(|_| wrong(name, what, object))?,
    };
    let is_too_small = number.lt(least)?;
    let read = number.extract::<u64>().ok().filter(|_| !is_too_small).and_then(|number| T::try_from(number).ok());
    read.ok_or_else(|| {
        let bound = if is_too_small { format!("at least {least}") } else { "smaller".to_owned() };
        PyValueError::new_err(format!("{name} must be {bound}, not {}", shown(&number)))
    })
}

/// Returns a number for a message. A long number is cut short.
fn shown(number: &Bound<'_, PyInt>) -> String {
    // Python refuses to write out numbers of thousands of digits.
    let text = number.str().map(|text| text.to_string()).unwrap_or_else(|_| "that many".to_owned());
    if text.chars().nth(24).is_some() { format!("{}…", text.chars().take(24).collect::<String>()) } else { text }
}

/// Reads the texts of an iterable. A single text is refused, although it is iterable.
pub(crate) fn texts(name: &str, object: &Bound<'_, PyAny>) -> PyResult<Vec<Text>> {
    let what = "an iterable of str";
    if object.is_instance_of::<PyString>() {
        return Err(wrong(name, what, object));
    }
    each(name, what, object, |name, text| argument(name, "a str", text))
}

/// Reads the texts of an optional iterable. None has no texts.
pub(crate) fn strings(name: &str, object: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<String>> {
    let texts = object.map(|object| texts(name, object)).transpose()?;
    Ok(texts.into_iter().flatten().map(String::from).collect())
}

/// Reads the items of an iterable. `read` gets the name of each item, such as `contacts[0]`, and the item.
pub(crate) fn each<'py, T>(
    name: &str,
    what: &str,
    object: &Bound<'py, PyAny>,
    read: impl Fn(&str, &Bound<'py, PyAny>) -> PyResult<T>,
) -> PyResult<Vec<T>> {
    let items = object.try_iter().map_err(|_| wrong(name, what, object))?;
    items.enumerate().map(|(number, item)| read(&format!("{name}[{number}]"), &item?)).collect()
}

/// Reads bytes, or a text as UTF-8.
pub(crate) fn bytes(name: &str, what: &str, object: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    match object.cast::<PyString>() {
        Ok(_) => Ok(String::from(argument::<Text>(name, what, object)?).into_bytes()),
        Err(_) => argument(name, what, object),
    }
}

/// Reads a date. A datetime is read as its own date.
pub(crate) fn day(name: &str, object: &Bound<'_, PyAny>) -> PyResult<NaiveDate> {
    if !object.is_instance(&object.py().import("datetime")?.getattr("date")?)? {
        return Err(wrong(name, "a date", object));
    }
    let part = |part: &str| object.getattr(part);
    let (year, month, day) = (part("year")?.extract()?, part("month")?.extract()?, part("day")?.extract()?);
    NaiveDate::from_ymd_opt(year, month, day).ok_or_else(|| wrong(name, "a date", object))
}

/// Reads an instant from an aware datetime.
pub(crate) fn instant(name: &str, object: &Bound<'_, PyAny>) -> PyResult<DateTime<Utc>> {
    let module = object.py().import("datetime")?;
    if !object.is_instance(&module.getattr("datetime")?)? {
        return Err(wrong(name, "an aware datetime", object));
    }
    if object.call_method0("utcoffset")?.is_none() {
        return Err(PyValueError::new_err(format!(
            "{name} must be an aware datetime, such as datetime.now(timezone.utc), because a time without a zone is not certain"
        )));
    }
    let seconds: f64 = object.call_method0("timestamp")?.extract()?;
    let made = DateTime::from_timestamp_micros((seconds * 1e6).round() as i64);
    made.ok_or_else(|| PyValueError::new_err(format!("{name} is out of range")))
}

/// Reads a date, and refuses a datetime.
pub(crate) fn date(name: &str, object: &Bound<'_, PyAny>) -> PyResult<NaiveDate> {
    let module = object.py().import("datetime")?;
    if !object.is_instance(&module.getattr("date")?)? || object.is_instance(&module.getattr("datetime")?)? {
        return Err(wrong(name, "a date", object));
    }
    let text: String = object.call_method0("isoformat")?.extract()?;
    text.parse().map_err(|_| PyValueError::new_err(format!("{name} is out of range")))
}

pub(crate) fn date_object<'py>(py: Python<'py>, day: NaiveDate) -> PyResult<Bound<'py, PyAny>> {
    py.import("datetime")?.getattr("date")?.call1((day.year(), day.month(), day.day()))
}

pub(crate) fn datetime<'py>(py: Python<'py>, instant: DateTime<Utc>) -> PyResult<Bound<'py, PyAny>> {
    let module = py.import("datetime")?;
    let utc = module.getattr("timezone")?.getattr("utc")?;
    module.getattr("datetime")?.call_method1("fromtimestamp", (instant.timestamp(), utc))
}

/// Returns whether a path is really the text of a file. We must not open it, because the system's error would show the
/// whole text.
fn is_text(path: &Path) -> bool {
    // The length of the longest path on any system.
    const MOST_PATH: usize = 4096;
    let text = path.to_string_lossy();
    text.contains(['\n', '\r', '\0']) || text.chars().nth(MOST_PATH).is_some()
}

/// The source of a file.
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
            Err(_) => Err(PyTypeError::new_err(format!("{name} is a file whose read() does not return bytes"))),
        }
    }

    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::Path(path) => Some(path),
            Self::Bytes(_) => None,
        }
    }
}

/// The destination of a file.
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

    /// Writes the file. For a path it calls `save`. For an open file it calls `write`, and passes on the bytes.
    pub(crate) fn write(
        &self,
        py: Python<'_>,
        save: impl FnOnce(&Path) -> io::Result<()> + Send,
        write: impl FnOnce(&mut Vec<u8>) -> io::Result<()> + Send,
    ) -> PyResult<()> {
        if let Self::Path(path) = self {
            return crate::ending::detach(py, || save(path)).map_err(|error| errors::of_io(error, Some(path)));
        }
        let mut bytes = Vec::new();
        crate::ending::detach(py, || write(&mut bytes)).map_err(|error| errors::of_io(error, None))?;
        self.write_bytes(py, &bytes)
    }

    pub(crate) fn write_bytes(&self, py: Python<'_>, bytes: &[u8]) -> PyResult<()> {
        match self {
            Self::Path(path) => crate::ending::detach(py, || onroll::reader::save_file(path, bytes))
                .map_err(|error| errors::of_io(error, Some(path))),
            Self::File(file) => file.call_method1("write", (PyBytes::new(py, bytes),)).map(drop),
        }
    }
}
