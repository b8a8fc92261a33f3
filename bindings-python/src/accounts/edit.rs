//! Reads the keyword arguments of `Accounts.edit`, which are the fields that can be changed.

use onroll::Column;
use onroll::account::Edit;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::input::{Text, argument, date, texts};
use crate::rows::{self, FIELDS};

/// Returns the edit that the keyword arguments describe. None leaves a field unchanged.
pub(super) fn edit(changes: Option<&Bound<'_, PyDict>>) -> PyResult<Edit> {
    let mut edit = Edit::new();
    for (name, value) in changes.into_iter().flatten() {
        let name: String = name.extract()?;
        let field = FIELDS.iter().position(|field| *field == name);
        edit = match field.and_then(|field| Column::ALL.get(field)) {
            _ if value.is_none() => edit,
            _ if name == "active" => edit.active(argument("active", "a bool", &value)?),
            _ if name == "blocked" => edit.blocked(argument("blocked", "a bool", &value)?),
            _ if name == "manual" => edit.manual(argument("manual", "a bool", &value)?),
            _ if name == "own_fields" => {
                let names = texts("own_fields", &value)?;
                edit.own_fields(rows::columns("own_fields", names.iter().map(|name| &**name))?)
            }
            // An empty text removes the date, because None leaves it unchanged.
            _ if name == "active_until" && value.extract::<&str>().is_ok_and(str::is_empty) => edit.active_until(None),
            _ if name == "active_until" => edit.active_until(Some(date("active_until", &value)?)),
            Some(column @ (Column::PupilPremium | Column::Send | Column::Eal)) => {
                let text = match value.extract::<bool>() {
                    Ok(flag) => if flag { "Yes" } else { "No" }.to_owned(),
                    Err(_) => argument(&name, "a bool, 'Yes' or 'No'", &value)?,
                };
                edit.set(*column, text)
            }
            Some(column) => edit.set(*column, argument::<Text>(&name, "a str", &value)?.to_owned()),
            None => {
                let message = format!("edit() got an unexpected keyword argument '{}'", name.escape_debug());
                return Err(PyTypeError::new_err(message));
            }
        };
    }
    Ok(edit)
}
