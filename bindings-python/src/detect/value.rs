//! The Python classes `DetectedValues` and `DetectedValue`: the values in a coded column, and their meanings.

use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple, PyType};

use super::record::{parts, record};
use crate::pickle::Pickled;

/// The values in a coded column.
///
/// >>> [gender] = onroll.detect(b"Forename,Surname,Year,Reg,Sex\nAmy,Lee,5,5A,F\n").values
/// >>> gender.target, gender.sources, [value.read_as for value in gender.values]
/// ('gender', ['Sex'], ['Female'])
#[pyclass(frozen, get_all, module = "onroll")]
pub(crate) struct DetectedValues {
    /// The target, such as 'gender'.
    pub(super) target: String,
    /// The headings of the columns from which the target is read.
    pub(super) sources: Vec<String>,
    /// Each distinct value, the most frequent first.
    pub(super) values: Py<PyList>,
}

/// One distinct value in a column.
///
/// >>> [gender] = onroll.detect(b"Forename,Surname,Year,Reg,Sex\nAmy,Lee,5,5A,F\n").values
/// >>> [value] = gender.values
/// >>> value.value, value.count, value.read_as, value.certainty
/// ('F', 1, 'Female', 'safe')
#[pyclass(frozen, get_all, module = "onroll")]
pub(crate) struct DetectedValue {
    /// The value in the file, which is '' for a blank cell.
    pub(super) value: String,
    /// The number of rows with this value.
    pub(super) count: u64,
    /// The meaning of the value, if it is known or guessed.
    pub(super) read_as: Option<String>,
    /// 'exact', 'safe', 'guess' or 'unknown'.
    pub(super) certainty: String,
}

record! {
    DetectedValues shows target of (target: String, sources: Vec<String>, values: Py<PyList>);
    DetectedValue shows count of (value: String, count: u64, read_as: Option<String>, certainty: String);
}
