//! Students and accounts as rows of a host's: mappings by field name or by heading.

use onroll::{AccountRow, Column, Record};
use pyo3::exceptions::{PyIndexError, PyKeyError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyInt, PyString};

use crate::input::{Text, wrong};
use crate::values::Password;

/// The nine columns by the names of their fields, in template order.
pub(crate) const FIELDS: [&str; Column::COUNT] =
    ["full_name", "username", "year_group", "class_name", "gender", "pupil_premium", "ethnicity", "send", "eal"];

/// What a row has under a name.
pub(crate) enum Cell {
    /// The name is not there.
    Absent,
    /// It is there, and empty.
    Null,
    Text(String),
    Flag(bool),
}

impl Cell {
    /// The cell as a CSV would have it; `None` where there is nothing.
    pub(crate) fn text(self) -> Option<String> {
        match self {
            Self::Absent | Self::Null => None,
            Self::Text(text) => Some(text),
            Self::Flag(flag) => Some(if flag { "Yes" } else { "No" }.to_owned()),
        }
    }
}

/// A row that can be asked for its cells.
pub(crate) trait Cells {
    /// What the row is called in a message.
    fn name(&self) -> String;
    /// The cell of a field, by the field's name or else by its heading.
    fn cell(&self, field: &str, heading: &str) -> PyResult<Cell>;
}

/// The row as a student; columns that may be are filled where they are absent.
pub(crate) fn record(row: &impl Cells, optional_columns: bool) -> PyResult<Record<'static>> {
    let mut cells: [String; Column::COUNT] = Default::default();
    for ((cell, column), field) in cells.iter_mut().zip(Column::ALL).zip(FIELDS) {
        *cell = match row.cell(field, column.heading())? {
            Cell::Absent => match column.when_not_recorded().filter(|_| optional_columns) {
                Some(usual) => usual.to_owned(),
                None => return Err(missing(row, field, column)),
            },
            present => present.text().unwrap_or_default(),
        };
    }
    let mut record = Record::new(cells);
    if let Some(id) = row.cell("source_id", "")?.text() {
        record = record.source_id(id);
    }
    if let Some(upn) = row.cell("upn", "")?.text() {
        record = record.upn(upn);
    }
    Ok(record)
}

pub(crate) fn missing(row: &impl Cells, field: &str, column: Column) -> PyErr {
    PyValueError::new_err(format!("{} has no '{field}' and no '{column}'", row.name()))
}

/// The row as an account; what the host does not keep may be absent.
pub(crate) fn account(row: &impl Cells) -> PyResult<AccountRow> {
    let usual = AccountRow::default();
    let text = |field: usize| {
        let (name, column) = (FIELDS[field], Column::ALL[field]);
        Ok::<_, PyErr>(row.cell(name, column.heading())?.text().unwrap_or_default())
    };
    let flag = |field: &str, heading: &str, usual: bool| match row.cell(field, heading)? {
        Cell::Absent | Cell::Null => Ok(usual),
        Cell::Flag(flag) => Ok(flag),
        Cell::Text(text) if text == "Yes" => Ok(true),
        Cell::Text(text) if text == "No" => Ok(false),
        Cell::Text(_) => Err(PyValueError::new_err(format!("{}: {field} must be a bool, 'Yes' or 'No'", row.name()))),
    };
    let ethnicity = text(6)?;
    Ok(AccountRow {
        source_id: row.cell("source_id", "")?.text(),
        upn: row.cell("upn", "")?.text(),
        full_name: text(0)?,
        username: text(1)?,
        year_group: text(2)?,
        class_name: text(3)?,
        gender: text(4)?,
        pupil_premium: flag(FIELDS[5], Column::PupilPremium.heading(), false)?,
        ethnicity: if ethnicity.is_empty() { usual.ethnicity } else { ethnicity },
        send: flag(FIELDS[7], Column::Send.heading(), false)?,
        eal: flag(FIELDS[8], Column::Eal.heading(), false)?,
        active: flag("active", "", true)?,
        password: row.cell("password", "Password")?.text(),
    })
}

/// A mapping: a `dict`, or a row of a database cursor that is asked by name.
pub(crate) struct Mapping<'py> {
    row: Bound<'py, PyAny>,
    name: String,
}

impl<'py> Mapping<'py> {
    /// The rows of an iterable, each as it comes.
    pub(crate) fn each(rows: &Bound<'py, PyAny>) -> PyResult<impl Iterator<Item = PyResult<Self>> + use<'py>> {
        let rows = if rows.is_instance_of::<PyString>() { None } else { rows.try_iter().ok() }
            .ok_or_else(|| wrong("rows", "an iterable of mappings", rows))?;
        Ok(rows.enumerate().map(|(number, row)| Ok(Self { row: row?, name: format!("rows[{number}]") })))
    }

    fn item(&self, key: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        match self.row.get_item(key) {
            Ok(item) => Ok(Some(item)),
            // sqlite3.Row has no column of that name.
            Err(error) if error.is_instance_of::<PyKeyError>(self.row.py()) => Ok(None),
            Err(error) if error.is_instance_of::<PyIndexError>(self.row.py()) => Ok(None),
            Err(_) => Err(wrong(&self.name, "a mapping by field name", &self.row)),
        }
    }
}

impl Cells for Mapping<'_> {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn cell(&self, field: &str, heading: &str) -> PyResult<Cell> {
        let item = match self.item(field)? {
            Some(item) => item,
            None if heading.is_empty() => return Ok(Cell::Absent),
            None => match self.item(heading)? {
                Some(item) => item,
                None => return Ok(Cell::Absent),
            },
        };
        if item.is_none() {
            Ok(Cell::Null)
        } else if let Ok(flag) = item.cast::<PyBool>() {
            Ok(Cell::Flag(flag.is_true()))
        } else if item.is_instance_of::<PyString>() {
            Ok(Cell::Text(item.extract::<Text>()?.into()))
        } else if let Ok(password) = item.cast::<Password>() {
            Ok(Cell::Text(password.get().0.expose().to_owned()))
        } else if let (true, Ok(number @ 0..=1)) = (item.is_instance_of::<PyInt>(), item.extract::<u8>()) {
            // A flag of a database without booleans, or a number that is to be refused as a text.
            Ok(Cell::Flag(number == 1))
        } else {
            Err(wrong(&format!("{}: {field}", self.name), "a str, a bool or None", &item))
        }
    }
}
