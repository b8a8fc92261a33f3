//! Students and accounts as rows of a host's: mappings by field name or by heading.

use chrono::NaiveDate;
use onroll::{AccountRow, Column, Record};
use pyo3::exceptions::{PyIndexError, PyKeyError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyString, PyTuple, PyTypeMethods};

use crate::input::{self, Text, wrong};
use crate::values::Password;

/// The nine columns by the names of their fields, in template order.
pub(crate) const FIELDS: [&str; Column::COUNT] =
    ["full_name", "username", "year_group", "class_name", "gender", "pupil_premium", "ethnicity", "send", "eal"];

/// The marks of an account by a host or a teacher.
pub(crate) const STATE: [&str; 4] = ["blocked", "manual", "own_fields", "active_until"];

/// The value of a row under a name.
pub(crate) enum Cell {
    /// The name is not there.
    Absent,
    /// A blank value: None or NaN.
    Null,
    Text(String),
    Flag(bool),
    /// A whole number, as its decimal text.
    Number(String),
}

impl Cell {
    /// The cell of a field of text, blank where there is nothing. A number becomes its decimal text; a bool does not.
    fn text(self, name: impl Fn() -> String) -> PyResult<Option<String>> {
        match self {
            Self::Absent | Self::Null => Ok(None),
            Self::Text(text) | Self::Number(text) => Ok(Some(text)),
            Self::Flag(_) => Err(PyTypeError::new_err(format!("{} must be a str, not bool", name()))),
        }
    }

    /// The cell of a flag as a CSV would have it; databases without booleans have 0 and 1.
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

/// A row whose cells can be looked up.
pub(crate) trait Cells {
    /// The name of the row in a message.
    fn name(&self) -> String;
    /// The cell of a field, by the field's name or else by its heading.
    fn cell(&self, field: &str, heading: &str) -> PyResult<Cell>;
}

/// The row as a student; columns that may be are filled where they are absent.
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

/// An id of a row: a text, or a whole number as its decimal text.
fn id(row: &impl Cells, field: &str) -> PyResult<Option<String>> {
    row.cell(field, "")?.text(|| format!("{}: {field}", row.name()))
}

pub(crate) fn missing(row: &impl Cells, field: &str, column: Column) -> PyErr {
    PyValueError::new_err(format!("{} has no '{field}' and no '{column}'", row.name()))
}

/// The row as an account; what the host does not keep may be absent.
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

/// The fields of a row that the host keeps itself, by name with commas between.
fn own_fields(row: &impl Cells) -> PyResult<Vec<Column>> {
    let text = id(row, "own_fields")?.unwrap_or_default();
    columns(&format!("{}: own_fields", row.name()), text.split(',').map(str::trim).filter(|name| !name.is_empty()))
}

/// The columns of names of fields.
pub(crate) fn columns<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> PyResult<Vec<Column>> {
    names
        .map(|field| {
            let shown: String = field.chars().take(40).collect();
            let message =
                format!("{name} must be names of fields ({}), not '{}'", FIELDS.join(", "), shown.escape_debug());
            field.parse().map_err(|_| PyValueError::new_err(message))
        })
        .collect()
}

/// The last day of a row.
fn day(row: &impl Cells) -> PyResult<Option<NaiveDate>> {
    let Some(text) = id(row, "active_until")?.filter(|text| !text.is_empty()) else { return Ok(None) };
    let message = || format!("{}: active_until must be a date, or a text such as '2026-08-20'", row.name());
    text.parse().map(Some).map_err(|_| PyValueError::new_err(message()))
}

/// Rows between two checks of Python's signals.
const SIGNALS_EVERY: usize = 1 << 10;

/// A row: a `dict`, a row of a database cursor with named columns, or an object with attributes of these names.
pub(crate) struct Mapping<'py> {
    row: Bound<'py, PyAny>,
    name: String,
    by_attribute: bool,
}

impl<'py> Mapping<'py> {
    /// The rows of an iterable, each as it comes. Ctrl-C ends them.
    pub(crate) fn each(rows: &Bound<'py, PyAny>) -> PyResult<impl Iterator<Item = PyResult<Self>> + use<'py>> {
        let rows = if rows.is_instance_of::<PyString>() { None } else { rows.try_iter().ok() }
            .ok_or_else(|| wrong("rows", "an iterable of mappings", rows))?;
        Ok(rows.enumerate().map(|(number, row)| {
            let row = row?;
            if number % SIGNALS_EVERY == 0 {
                row.py().check_signals()?;
            }
            // Objects of an ORM, dataclasses, and named tuples, whose items have no names.
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
            // sqlite3.Row has no column of that name.
            Err(error) if error.is_instance_of::<PyKeyError>(self.row.py()) => Ok(None),
            Err(error) if error.is_instance_of::<PyIndexError>(self.row.py()) => Ok(None),
            Err(_) => Err(wrong(&self.name, "a mapping by field name", &self.row)),
        }
    }
}

const WHAT: &str = "a str, an int, a bool or None";

/// A float as a cell: blank where it is NaN, and a whole number as such, since pandas makes floats of whole numbers where one is
/// missing.
pub(crate) fn float(number: f64) -> Option<Cell> {
    // Beyond this not every whole number is a float.
    const MOST_WHOLE: f64 = 9_007_199_254_740_992.0;
    if number.is_nan() {
        Some(Cell::Null)
    } else {
        (number.fract() == 0.0 && number.abs() < MOST_WHOLE).then(|| Cell::Number((number as i64).to_string()))
    }
}

/// A scalar of numpy or pandas as a cell.
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
            // Its decimal text, also for an IntEnum, which has another text.
            let number = item.py().get_type::<PyInt>().call_method1("__repr__", (&item,))?;
            Ok(Cell::Number(number.extract()?))
        } else {
            of_library(&item)?.ok_or_else(|| wrong(&format!("{}: {field}", self.name), WHAT, &item))
        }
    }
}
