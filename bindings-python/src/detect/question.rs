//! The Python class `Question`, which `detect` asks a person.

use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyType};

use super::record::{parts, record};
use crate::pickle::Pickled;

/// A question for a person.
///
/// >>> [question] = onroll.detect(b"Forename,Surname,Year,Reg,Sex\nAmy,Lee,5,5A,U\n").questions
/// >>> question.kind, question.target, question.value
/// ('value', 'gender', 'U')
/// >>> question.text, question.choices
/// ("What does 'U' under 'Sex' (1 row) stand for?", ['Male', 'Female', 'Non-Binary'])
#[pyclass(frozen, get_all, module = "onroll")]
pub(crate) struct Question {
    /// The kind of question: 'no-headings', 'missing-column', 'which-column', 'confirm-column', 'value', 'changed' or
    /// 'which-sheet'.
    pub(super) kind: String,
    /// The target that the question is about, if any.
    pub(super) target: Option<String>,
    /// Likely answers, which are headings or values.
    pub(super) choices: Vec<String>,
    /// The value that the question is about, if any.
    pub(super) value: Option<String>,
    /// The question in words.
    pub(super) text: String,
}

record! {
    Question shows kind of (kind: String, target: Option<String>, choices: Vec<String>, value: Option<String>, text: String);
}
