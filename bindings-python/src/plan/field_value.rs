//! Converts the value of a changed field to a Python value.

use onroll::plan::FieldValue;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyString};

use crate::ethnicity;
use crate::input::date_object;

/// Converts the value of the field `name`. `codes` has the ethnicity codes that a student may have.
pub(super) fn field_value<'py>(
    py: Python<'py>,
    name: &str,
    value: &FieldValue<'_>,
    codes: &onroll::values::Ethnicities,
) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        FieldValue::Flag(flag) => PyBool::new(py, *flag).to_owned().into_any(),
        FieldValue::Text(code) if name == "ethnicity" => ethnicity::coded(py, code, codes)?,
        FieldValue::Text(day) if name == "active_until" => match day.parse() {
            Ok(day) => date_object(py, day)?,
            Err(_) => PyString::new(py, day).into_any(),
        },
        FieldValue::Text(text) => PyString::new(py, text).into_any(),
        _ => py.None().into_bound(py),
    })
}
