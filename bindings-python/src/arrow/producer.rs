//! Prepares a table of polars or pyarrow for its import: selects the columns that we read (`OTHERS`), and checks the
//! data.

use onroll::Column;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::batch::{first_invalid, invalid_value};
use crate::rows::FIELDS;

/// The known fields of a student or an account that are not among the template's nine columns.
pub(super) const OTHERS: [&str; 11] = [
    "host_id",
    "source_id",
    "upn",
    "upi",
    "active",
    "blocked",
    "manual",
    "own_fields",
    "active_until",
    "has_password",
    "password",
];

/// Selects the columns that we read from a table of polars or pyarrow, because other columns can have types that cannot
/// be exported. In a polars table, blank columns become text, because polars exports its Null columns with one buffer
/// too many.
pub(super) fn narrowed<'py>(table: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let module = table.get_type().module()?.to_string();
    let (is_polars, is_pyarrow) = (module.starts_with("polars"), module.starts_with("pyarrow"));
    let names = if is_polars { "columns" } else { "column_names" };
    if !(is_polars || is_pyarrow) || !table.hasattr("select")? || !table.hasattr(names)? {
        return Ok(table.clone());
    }
    let is_read = |name: &String| {
        FIELDS.contains(&name.as_str())
            || OTHERS.contains(&name.as_str())
            || Column::ALL.iter().any(|column| column.heading() == name)
    };
    let columns: Vec<String> = table.getattr(names)?.extract()?;
    let read: Vec<String> = columns.into_iter().filter(is_read).collect();
    if read.is_empty() {
        return Ok(table.clone());
    }
    let narrowed = table.call_method1("select", (&read,))?;
    if !is_polars {
        return Ok(narrowed);
    }
    let (polars, types) = (table.py().import("polars")?, PyDict::new(table.py()));
    for (name, kind) in read.iter().zip(narrowed.getattr("dtypes")?.try_iter()?) {
        if kind?.eq(polars.getattr("Null")?)? {
            types.set_item(name, polars.getattr("String")?)?;
        }
    }
    if types.is_empty() { Ok(narrowed) } else { narrowed.call_method1("cast", (types,)) }
}

/// Asks pyarrow to check its own table in full. Only pyarrow knows the lengths of its buffers, because the C interface
/// does not pass them on.
pub(super) fn check(table: &Bound<'_, PyAny>) -> PyResult<()> {
    let full = PyDict::new(table.py());
    full.set_item("full", true)?;
    let is_valid = |object: &Bound<'_, PyAny>| object.call_method("validate", (), Some(&full)).is_ok();
    let is_pyarrow = table.get_type().module()?.to_string().starts_with("pyarrow");
    if !is_pyarrow || !table.hasattr("validate")? || !table.hasattr("column_names")? || is_valid(table) {
        return Ok(());
    }
    let names: Vec<String> = table.getattr("column_names")?.extract()?;
    for (index, name) in names.iter().enumerate() {
        let column = table.call_method1("column", (index,))?;
        if is_valid(&column) {
            continue;
        }
        let is_valid_up_to = |row: usize| PyResult::Ok(is_valid(&column.call_method1("slice", (0, row))?));
        let row = first_invalid(column.len()?, is_valid_up_to)?;
        return Err(invalid_value(name, row));
    }
    Err(PyValueError::new_err("the table is not valid Arrow data"))
}
