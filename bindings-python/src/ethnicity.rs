//! Reads the ethnicity codes and aliases that a host adds (`ethnicities`), and makes the Python `Ethnicity` of a code.

use onroll::values::{Ethnicities, Ethnicity, EthnicityEntry, EthnicityError};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyMapping, PyString};

use crate::input::{Text, argument, beginning, no_choice, texts, wrong};

/// The keys of an entry of `ethnicities`.
const KEYS: [&str; 4] = ["code", "description", "main_code", "aliases"];

/// Returns the Department for Education's codes and the codes of the argument `ethnicities`, which is not None.
pub(crate) fn ethnicities(object: &Bound<'_, PyAny>) -> PyResult<Ethnicities> {
    let what = "an iterable of mappings or None";
    if object.is_instance_of::<PyString>() || object.cast::<PyMapping>().is_ok() {
        return Err(wrong("ethnicities", what, object));
    }
    let each = object.try_iter().map_err(|_| wrong("ethnicities", what, object))?;
    each.enumerate().try_fold(Ethnicities::default(), |codes, (number, each)| {
        let name = format!("ethnicities[{number}]");
        let entry = entry(&name, &each?)?;
        codes.with_entry(&entry).map_err(|error| PyValueError::new_err(format!("{name}: {error}")))
    })
}

fn entry(name: &str, object: &Bound<'_, PyAny>) -> PyResult<EthnicityEntry> {
    let given = object.cast::<PyMapping>().map_err(|_| wrong(name, "a mapping", object))?;
    let mut entry = EthnicityEntry::default();
    let mut has_code = false;
    for item in given.items()?.iter() {
        let (key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
        let key: Text = argument(name, "a mapping with str keys", &key)?;
        let name = format!("{name}['{}']", beginning(&key));
        let maybe = || -> PyResult<Option<String>> {
            if value.is_none() {
                Ok(None)
            } else {
                argument::<Text>(&name, "a str or None", &value).map(|text| Some(text.into()))
            }
        };
        match &*key {
            "code" => {
                entry.code = argument::<Text>(&name, "a str", &value)?.into();
                has_code = true;
            }
            "description" => entry.description = maybe()?,
            "main_code" => entry.main_code = maybe()?,
            "aliases" => entry.aliases = texts(&name, &value)?.into_iter().map(String::from).collect(),
            _ => return Err(no_choice("a key of ethnicities", &KEYS, &key)),
        }
    }
    if has_code { Ok(entry) } else { Err(PyValueError::new_err(format!("{name} must have a 'code'"))) }
}

/// The code, description, main code and group of an ethnicity.
pub(crate) type Parts = [String; 4];

pub(crate) fn parts(own: &Ethnicity) -> Parts {
    [own.code(), own.description(), own.main_code(), own.group()].map(str::to_owned)
}

/// Returns the Python `onroll.Ethnicity` of a code.
pub(crate) fn ethnicity<'py>(py: Python<'py>, own: &Ethnicity) -> PyResult<Bound<'py, PyAny>> {
    made(py, [own.code(), own.description(), own.main_code(), own.group()])
}

/// Makes the Python `onroll.Ethnicity` with these parts.
pub(crate) fn made<'py>(py: Python<'py>, parts: [&str; 4]) -> PyResult<Bound<'py, PyAny>> {
    static FUNCTION: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    FUNCTION.import(py, "onroll._ethnicity", "restored")?.call1(<(&str, &str, &str, &str)>::from(parts))
}

/// Returns the Python `onroll.Ethnicity` of a code in `codes`. Fails for an unknown code.
pub(crate) fn coded<'py>(py: Python<'py>, code: &str, codes: &Ethnicities) -> PyResult<Bound<'py, PyAny>> {
    let unknown = || {
        PyValueError::new_err(
            "an ethnicity code is neither one of the Department for Education's codes nor one of the host's",
        )
    };
    ethnicity(py, codes.get(code).ok_or_else(unknown)?)
}

/// Returns the code, description and main code of each ethnicity that the host added.
pub(crate) fn added(codes: &Ethnicities) -> Vec<[String; 3]> {
    let is_own = |each: &&Ethnicity| Ethnicity::from_code(each.code()).is_none();
    codes.iter().filter(is_own).map(|e| [e.code(), e.description(), e.main_code()].map(str::to_owned)).collect()
}

/// Returns the Department for Education's codes together with the host's codes from a pickle.
pub(crate) fn with_added(own: &[[String; 3]]) -> PyResult<Ethnicities> {
    let mut codes = Ethnicities::default();
    for [code, description, main_code] in own {
        let wrong = |error: EthnicityError| PyValueError::new_err(error.to_string());
        codes = codes.with(code, description, main_code).map_err(wrong)?;
    }
    Ok(codes)
}
