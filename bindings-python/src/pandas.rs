//! Converts students and accounts to pandas columns (`to_pandas`), and to dicts. `arrow/schema.rs` and
//! `arrow/export.rs` have the same columns for Arrow.

use onroll::values::Gender;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyList, PyNone, PyString};

use crate::arrow::{IDS, Source, own_fields};
use crate::input::date_object;
use crate::rows::{FIELDS, STATE};

/// Returns the names of the columns.
fn names<S: Source>(source: &S) -> Vec<&'static str> {
    let ids = source.has_ids().then_some(IDS).into_iter().flatten();
    let upi = source.has_upis().then_some("upi");
    let own = S::ARE_ACCOUNTS.then_some(["active", "host_id", "has_password"]).into_iter().flatten();
    let state = source.has_state().then_some(STATE).into_iter().flatten();
    ids.chain(upi).chain(FIELDS).chain(own).chain(state).collect()
}

/// Returns the value of a column in one row.
fn value<'py, S: Source>(py: Python<'py>, source: &S, index: usize, name: &str) -> PyResult<Bound<'py, PyAny>> {
    let text = |text: Option<&str>| match text {
        Some(text) => PyString::new(py, text).into_any(),
        None => PyNone::get(py).to_owned().into_any(),
    };
    let flag = |flag: bool| PyBool::new(py, flag).to_owned().into_any();
    let Some(student) = source.student(index) else { return Ok(text(None)) };
    let account = source.account(index);
    Ok(match name {
        "source_id" => text(source.ids(index)[0]),
        "upn" => text(source.ids(index)[1]),
        "upi" => text(source.upi(index)),
        "full_name" => text(Some(student.full_name)),
        "username" => text(Some(student.username)),
        "year_group" => text(Some(student.year_group)),
        "class_name" => text(Some(student.class_name)),
        "gender" => text(student.gender.map(Gender::as_str)),
        "ethnicity" => text(Some(student.ethnicity.code())),
        "pupil_premium" => flag(student.pupil_premium),
        "send" => flag(student.send),
        "eal" => flag(student.eal),
        "host_id" => text(account.and_then(|account| account.host_id)),
        "blocked" => flag(account.is_some_and(|account| account.state.blocked)),
        "has_password" => flag(account.is_some_and(|account| account.has_password())),
        "manual" => flag(account.is_some_and(|account| account.state.manual)),
        "own_fields" => PyList::new(py, account.as_ref().map(own_fields).unwrap_or_default())?.into_any(),
        "active_until" => match account.and_then(|account| account.state.active_until) {
            Some(day) => date_object(py, day)?,
            None => text(None),
        },
        _ => flag(account.is_some_and(|account| account.active)),
    })
}

pub(crate) fn to_dicts<'py, S: Source>(py: Python<'py>, source: &S) -> PyResult<Vec<Bound<'py, PyDict>>> {
    let names = names(source);
    let row = |index| {
        let row = PyDict::new(py);
        for name in &names {
            row.set_item(PyString::intern(py, name), value(py, source, index, name)?)?;
        }
        Ok(row)
    };
    (0..source.len()).map(row).collect()
}

pub(crate) fn to_pandas<'py, S: Source>(py: Python<'py>, source: &S) -> PyResult<Bound<'py, PyAny>> {
    let columns = PyDict::new(py);
    for name in names(source) {
        let values: Vec<_> = (0..source.len()).map(|index| value(py, source, index, name)).collect::<PyResult<_>>()?;
        columns.set_item(name, PyList::new(py, values)?)?;
    }
    py.import(intern!(py, "pandas"))?.call_method1(intern!(py, "DataFrame"), (columns,))
}
