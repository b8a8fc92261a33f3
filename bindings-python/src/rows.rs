//! Reads students and accounts from the host's rows: the names of the fields (`FIELDS`, `STATE`), and which values each
//! may have.

use chrono::NaiveDate;
use onroll::account::AccountRow;
use onroll::{Column, Record};
use pyo3::exceptions::{PyIndexError, PyKeyError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyString, PyTuple, PyTypeMethods};

use crate::input::{self, Text, beginning, wrong};
use crate::values::Password;

/// The field names of the nine columns, in the order of the template.
pub(crate) const FIELDS: [&str; Column::COUNT] =
    ["full_name", "username", "year_group", "class_name", "gender", "pupil_premium", "ethnicity", "send", "eal"];

/// The fields of an account that a host or a teacher sets.
pub(crate) const STATE: [&str; 4] = ["blocked", "manual", "own_fields", "active_until"];

/// The value of one field in a row.
pub(crate) enum Cell {
    /// The row does not have the field.
    Absent,
    /// A blank value: None or NaN.
    Null,
    Text(String),
    Flag(bool),
    /// A whole number, as its decimal text.
    Number(String),
}

impl Cell {
    /// Reads the value of a text field, or None if it is blank or absent. A number becomes its decimal text. A bool is
    /// an error.
    fn text(self, name: impl Fn() -> String) -> PyResult<Option<String>> {
        match self {
            Self::Absent | Self::Null => Ok(None),
            Self::Text(text) | Self::Number(text) => Ok(Some(text)),
            Self::Flag(_) => Err(PyTypeError::new_err(format!("{} must be a str, not bool", name()))),
        }
    }

    /// Reads a flag as the text that a CSV contains. 0 and 1 are accepted, because some databases have no booleans.
    fn flag(self) -> Option<String> {
        let yes_no = |flag| Some(if flag { "Yes" } else { "No" }.to_owned());
        match self {
            Self::Absent | Self::Null => None,
            Self::Flag(flag) => yes_no(flag),
            Self::Number(number) if matches!(number.as_str(), "0" | "1") => yes_no(number == "1"),
            Self::Text(text) | Self::Number(text) => Some(text),
        }
    }
}

/// A row in which values can be looked up.
pub(crate) trait Cells {
    /// Returns the name of the row, for messages.
    fn name(&self) -> String;
    /// Returns the value of a field, by the field's name or, if the row does not have this name, by its heading.
    fn cell(&self, field: &str, heading: &str) -> PyResult<Cell>;
}

/// Reads a row as a student. With `optional_columns`, an optional column that the row lacks is not an error.
pub(crate) fn record(row: &impl Cells, optional_columns: bool) -> PyResult<Record<'static>> {
    let mut cells: [String; Column::COUNT] = Default::default();
    let mut absent = Vec::new();
    for ((cell, column), field) in cells.iter_mut().zip(Column::ALL).zip(FIELDS) {
        *cell = match row.cell(field, column.heading())? {
            Cell::Absent if optional_columns && column.when_not_recorded().is_some() => {
                absent.push(column);
                continue;
            }
            Cell::Absent => return Err(missing(row, field, column)),
            present if is_flag(column) => present.flag().unwrap_or_default(),
            present => present.text(|| format!("{}: {field}", row.name()))?.unwrap_or_default(),
        };
    }
    let mut record = absent.into_iter().fold(Record::new(cells), Record::not_recorded);
    if let Some(id) = id(row, "source_id")? {
        record = record.source_id(id);
    }
    if let Some(upn) = id(row, "upn")? {
        record = record.upn(upn);
    }
    if let Some(upi) = id(row, "upi")? {
        record = record.upi(upi);
    }
    Ok(record)
}

fn is_flag(column: Column) -> bool {
    matches!(column, Column::PupilPremium | Column::Send | Column::Eal)
}

/// Reads an id, which is a text or a whole number.
fn id(row: &impl Cells, field: &str) -> PyResult<Option<String>> {
    row.cell(field, "")?.text(|| format!("{}: {field}", row.name()))
}

pub(crate) fn missing(row: &impl Cells, field: &str, column: Column) -> PyErr {
    PyValueError::new_err(format!("{} has no '{field}' and no '{column}'", row.name()))
}

/// Reads a row as an account. Fields that the host does not store may be absent.
pub(crate) fn account(row: &impl Cells) -> PyResult<AccountRow> {
    let usual = AccountRow::default();
    let text = |field: usize| {
        let (name, column) = (FIELDS[field], Column::ALL[field]);
        let text = row.cell(name, column.heading())?.text(|| format!("{}: {name}", row.name()))?;
        Ok::<_, PyErr>(text.unwrap_or_default())
    };
    let flag = |field: &str, heading: &str, usual: bool| match row.cell(field, heading)?.flag().as_deref() {
        None => Ok(usual),
        Some("Yes") => Ok(true),
        Some("No") => Ok(false),
        Some(_) => Err(PyValueError::new_err(format!("{}: {field} must be a bool, 0, 1, 'Yes' or 'No'", row.name()))),
    };
    let ethnicity = text(6)?;
    Ok(AccountRow {
        host_id: id(row, "host_id")?,
        source_id: id(row, "source_id")?,
        upn: id(row, "upn")?,
        upi: id(row, "upi")?,
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
        blocked: flag("blocked", "", false)?,
        manual: flag("manual", "", false)?,
        own_fields: own_fields(row)?,
        active_until: day(row)?,
        has_password: flag("has_password", "", false)?,
        password: row.cell("password", "Password")?.text(|| format!("{}: password", row.name()))?,
    })
}

/// Reads `own_fields`: the names of the fields that the host maintains itself, separated by commas.
fn own_fields(row: &impl Cells) -> PyResult<Vec<Column>> {
    let text = id(row, "own_fields")?.unwrap_or_default();
    columns(&format!("{}: own_fields", row.name()), text.split(',').map(str::trim).filter(|name| !name.is_empty()))
}

/// Reads the names of fields as columns.
pub(crate) fn columns<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> PyResult<Vec<Column>> {
    names
        .map(|field| {
            let message = format!("{name} must be names of fields ({}), not '{}'", FIELDS.join(", "), beginning(field));
            field.parse().map_err(|_| PyValueError::new_err(message))
        })
        .collect()
}

/// Reads `active_until`.
fn day(row: &impl Cells) -> PyResult<Option<NaiveDate>> {
    let Some(text) = id(row, "active_until")?.filter(|text| !text.is_empty()) else { return Ok(None) };
    let message = || format!("{}: active_until must be a date, or a text such as '2026-08-20'", row.name());
    text.parse().map(Some).map_err(|_| PyValueError::new_err(message()))
}

/// The number of rows between two checks of Python's signals.
const SIGNALS_EVERY: usize = 1 << 10;

/// A row from Python: a `dict`, a row of a database cursor with named columns, or an object whose attributes have the
/// names of the fields.
pub(crate) struct Mapping<'py> {
    row: Bound<'py, PyAny>,
    name: String,
    by_attribute: bool,
}

impl<'py> Mapping<'py> {
    /// Reads the rows of an iterable one by one. Ctrl-C stops the reading.
    pub(crate) fn each(rows: &Bound<'py, PyAny>) -> PyResult<impl Iterator<Item = PyResult<Self>> + use<'py>> {
        let rows = if rows.is_instance_of::<PyString>() { None } else { rows.try_iter().ok() }
            .ok_or_else(|| wrong("rows", "an iterable of mappings", rows))?;
        Ok(rows.enumerate().map(|(number, row)| {
            let row = row?;
            if number % SIGNALS_EVERY == 0 {
                row.py().check_signals()?;
            }
            // These rows have attributes and no named items: objects of an ORM, dataclasses, and named tuples.
            let has_items =
                row.is_instance_of::<PyDict>() || (row.hasattr("__getitem__")? && !row.is_instance_of::<PyTuple>());
            let by_attribute = !has_items && row.hasattr("username")?;
            Ok(Self { row, name: format!("rows[{number}]"), by_attribute })
        }))
    }

    fn item(&self, key: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        if self.by_attribute {
            return self.row.getattr_opt(key);
        }
        match self.row.get_item(key) {
            Ok(item) => Ok(Some(item)),
            // sqlite3.Row raises IndexError for an unknown column.
            Err(error) if error.is_instance_of::<PyKeyError>(self.row.py()) => Ok(None),
            Err(error) if error.is_instance_of::<PyIndexError>(self.row.py()) => Ok(None),
            Err(_) => Err(wrong(&self.name, "a mapping by field name", &self.row)),
        }
    }
}

const WHAT: &str = "a str, an int, a bool or None";

/// Reads a float. NaN is blank. A float without a fraction is read as a whole number, because pandas turns a column of
/// whole numbers into floats if a value is missing. Returns None for any other float.
pub(crate) fn float(number: f64) -> Option<Cell> {
    // Above this limit, floats cannot represent every whole number.
    const MOST_WHOLE: f64 = 9_007_199_254_740_992.0;
    if number.is_nan() {
        Some(Cell::Null)
    } else {
        (number.fract() == 0.0 && number.abs() < MOST_WHOLE).then(|| Cell::Number((number as i64).to_string()))
    }
}

/// Reads a scalar of numpy or pandas.
fn of_library(item: &Bound<'_, PyAny>) -> PyResult<Option<Cell>> {
    let kind = item.get_type().name()?.to_string();
    Ok(match kind.as_str() {
        "NAType" | "NaTType" => Some(Cell::Null),
        "bool" | "bool_" => item.extract().ok().map(Cell::Flag),
        _ if item.hasattr("__index__")? => Some(Cell::Number(item.call_method0("__index__")?.str()?.to_string())),
        _ if kind.starts_with("float") => item.extract().ok().and_then(float),
        _ => None,
    })
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
        } else if field == "own_fields" && !item.is_instance_of::<PyString>() {
            let names = input::texts(&format!("{}: {field}", self.name), &item)?;
            Ok(Cell::Text(names.iter().map(|name| &**name).collect::<Vec<_>>().join(",")))
        } else if field == "active_until" && !item.is_instance_of::<PyString>() {
            Ok(Cell::Text(input::date(&format!("{}: {field}", self.name), &item)?.to_string()))
        } else if let Ok(flag) = item.cast::<PyBool>() {
            Ok(Cell::Flag(flag.is_true()))
        } else if let Ok(number) = item.cast::<PyFloat>() {
            float(number.value()).ok_or_else(|| wrong(&format!("{}: {field}", self.name), WHAT, &item))
        } else if item.is_instance_of::<PyString>() {
            Ok(Cell::Text(item.extract::<Text>()?.into()))
        } else if let Ok(password) = item.cast::<Password>() {
            Ok(Cell::Text(password.get().0.expose().to_owned()))
        } else if item.is_instance_of::<PyInt>() {
            // We need the decimal text, but `str()` of an IntEnum can return a different text.
            let number = item.py().get_type::<PyInt>().call_method1("__repr__", (&item,))?;
            Ok(Cell::Number(number.extract()?))
        } else {
            of_library(&item)?.ok_or_else(|| wrong(&format!("{}: {field}", self.name), WHAT, &item))
        }
    }
}
