//! Exports the problems of a report as an Arrow table, with its columns. `Report.to_dicts` takes its keys from the JSON
//! in `core/src/report/json.rs`, which has more.

use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, StringArray, UInt64Array};
use onroll::Problem;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use super::one_batch;

/// Returns the capsule of a table of problems, without the values in the file.
pub(crate) fn problems<'py>(py: Python<'py>, problems: &[Problem]) -> PyResult<Bound<'py, PyCapsule>> {
    let texts = |text: fn(&Problem) -> Option<String>| -> ArrayRef {
        Arc::new(problems.iter().map(text).collect::<StringArray>())
    };
    let numbers = |number: fn(&Problem) -> Option<u64>| -> ArrayRef {
        Arc::new(problems.iter().map(number).collect::<UInt64Array>())
    };
    let columns: [(&str, ArrayRef); 14] = [
        ("id", texts(|problem| Some(problem.id()))),
        ("code", texts(|problem| Some(problem.code().as_str().to_owned()))),
        ("severity", texts(|problem| Some(problem.severity().as_str().to_owned()))),
        ("row", numbers(Problem::row)),
        ("line", numbers(Problem::line)),
        ("record", numbers(|problem| problem.record().map(|record| record as u64))),
        ("column", texts(|problem| problem.column().map(|column| column.heading().to_owned()))),
        ("field", texts(|problem| problem.column().map(|column| column.key().to_owned()))),
        ("byte", numbers(Problem::byte)),
        ("value", texts(|_| None)),
        ("message", texts(|problem| Some(problem.to_string()))),
        ("fix", texts(|_| None)),
        ("safe", Arc::new(problems.iter().map(|problem| Some(problem.is_safe())).collect::<BooleanArray>())),
        ("count", numbers(|problem| Some(problem.count()))),
    ];
    one_batch(py, columns)
}
