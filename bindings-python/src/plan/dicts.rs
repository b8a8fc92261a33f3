//! Converts the changes of a plan to dicts, for `Plan.to_dicts` and pandas. `arrow/changes.rs` has the same columns for
//! Arrow.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::arrow::old_text;

/// Returns the changes, without passwords.
pub(super) fn to_dicts<'py>(py: Python<'py>, plan: &onroll::Plan) -> PyResult<Bound<'py, PyList>> {
    let row = |change: onroll::plan::Change<'_>| -> PyResult<Bound<'py, PyDict>> {
        let (account, dict) = (change.account(), PyDict::new(py));
        dict.set_item("kind", change.kind().as_str())?;
        dict.set_item("host_id", change.host_id())?;
        dict.set_item("username", change.username())?;
        dict.set_item("source_id", account.source_id)?;
        dict.set_item("upn", account.upn)?;
        dict.set_item("full_name", account.full_name)?;
        dict.set_item("year_group", account.year_group)?;
        dict.set_item("class_name", account.class_name)?;
        dict.set_item("old_year_group", old_text(&change, "year_group"))?;
        dict.set_item("old_class_name", old_text(&change, "class_name"))?;
        dict.set_item("changed", change.fields().map(|field| field.name()).collect::<Vec<_>>())?;
        dict.set_item("new_password", change.new_password())?;
        Ok(dict)
    };
    PyList::new(py, plan.changes().map(row).collect::<PyResult<Vec<_>>>()?)
}
