//! The Python classes `DetectedColumn` and `IgnoredColumn`: the columns of a file that are read, and those that are not
//! read.

use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyType};

use super::record::{parts, record};
use crate::pickle::Pickled;

/// The columns of an export from which one of onroll's fields is read, and the certainty of this choice.
///
/// >>> name = onroll.detect("export.csv").columns[0]
/// >>> name.target, name.sources, name.certainty
/// ('full_name', ['Preferred Forename', 'Legal Forename', 'Legal Surname'], 'safe')
/// >>> len(name.examples), bool(name.reason)
/// (3, True)
#[pyclass(frozen, get_all, module = "onroll")]
pub(crate) struct DetectedColumn {
    /// The target, such as 'full_name'.
    pub(super) target: String,
    /// The headings of the columns from which the target is read.
    pub(super) sources: Vec<String>,
    /// 'exact', 'safe', 'guess' or 'unknown'. A guess is not in the mapping.
    pub(super) certainty: String,
    /// The reason why the target is read from these columns, in plain words.
    pub(super) reason: String,
    /// Up to three example values. They are personal data.
    pub(super) examples: Vec<String>,
}

/// A column of the file that is not read.
///
/// >>> ignored = onroll.detect(b"Forename,Surname,Year,Reg,Sex,House\nAmy,Lee,5,5A,F,Red\n").ignored[0]
/// >>> ignored.heading, ignored.index, ignored.reason
/// ('House', 5, "'House': a house is not a class")
#[pyclass(frozen, get_all, module = "onroll")]
pub(crate) struct IgnoredColumn {
    /// The heading, which is blank if the column has no heading.
    pub(super) heading: String,
    /// The column's index in the row, from 0.
    pub(super) index: usize,
    /// The reason why the column is not read, in plain words.
    pub(super) reason: String,
}

record! {
    DetectedColumn shows target of (target: String, sources: Vec<String>, certainty: String, reason: String, examples: Vec<String>);
    IgnoredColumn shows heading of (heading: String, index: usize, reason: String);
}
