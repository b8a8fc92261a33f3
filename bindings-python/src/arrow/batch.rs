//! Checks and reads the columns of one imported batch. Decides which types of columns can be read, and has the messages
//! about them.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{self, ArrowPrimitiveType};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Float64Array, LargeStringArray, RecordBatch, StringArray,
    StringViewArray,
};
use arrow_schema::DataType;
use chrono::NaiveDate;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

use super::EPOCH;
use crate::rows::{self, Cell};

/// Returns the error for data that does not fit its type. The error contains none of the data.
pub(super) fn invalid_value(column: &str, row: usize) -> PyErr {
    PyValueError::new_err(format!("the column '{column}' is not valid Arrow data in row {row}, counted from 0"))
}

pub(super) fn wrong_type(column: &str, kind: &DataType) -> PyErr {
    PyTypeError::new_err(format!("the column '{column}' must be text, whole numbers or bools, not {kind}"))
}

/// Returns whether columns of a type can be read. Floats must be blank or whole. Each float is checked when it is read.
pub(super) fn can_be_read(kind: &DataType) -> bool {
    match kind {
        DataType::Dictionary(_, values) => can_be_read(values),
        kind => {
            kind.is_integer()
                || matches!(
                    kind,
                    DataType::Utf8
                        | DataType::LargeUtf8
                        | DataType::Utf8View
                        | DataType::Boolean
                        | DataType::Date32
                        | DataType::Null
                        | DataType::Float32
                        | DataType::Float64
                )
        }
    }
}

/// The columns of one batch, by the names of their fields.
pub(super) struct Batch {
    pub(super) columns: HashMap<&'static str, Values>,
    pub(super) rows: usize,
}

impl Batch {
    /// Checks a batch in full, and takes its columns. `first` is the number of its first row in the table.
    pub(super) fn of(batch: &RecordBatch, indices: &HashMap<&'static str, usize>, first: usize) -> PyResult<Self> {
        let values = |(name, index): (&&'static str, &usize)| {
            let array = batch.column(*index);
            check(array).map_err(|row| invalid_value(name, first + row))?;
            let values = Values::of(array).ok_or_else(|| wrong_type(name, array.data_type()))?;
            Ok((*name, values))
        };
        Ok(Self { columns: indices.iter().map(values).collect::<PyResult<_>>()?, rows: batch.num_rows() })
    }
}

/// Checks an imported array in full before we read it, because the import does not check it. Fails with the index of
/// the first wrong row.
fn check(array: &ArrayRef) -> Result<(), usize> {
    let data = array.to_data();
    if data.validate_full().is_ok() {
        return Ok(());
    }
    let Ok(row) = first_invalid(data.len(), |rows| Ok::<_, Infallible>(data.slice(0, rows).validate_full().is_ok()));
    Err(row)
}

/// Searches for the first row that makes data invalid. `is_valid` says whether the data is valid up to a row.
pub(super) fn first_invalid<E>(rows: usize, is_valid: impl Fn(usize) -> Result<bool, E>) -> Result<usize, E> {
    let (mut valid, mut invalid) = (0, rows);
    while valid + 1 < invalid {
        let half = valid.midpoint(invalid);
        *(if is_valid(half)? { &mut valid } else { &mut invalid }) = half;
    }
    Ok(valid)
}

/// The values of one column of a batch.
pub(super) enum Values {
    Text(StringArray),
    LargeText(LargeStringArray),
    TextView(StringViewArray),
    Dictionary { array: ArrayRef, keys: Vec<usize>, values: Box<Values> },
    Flags(BooleanArray),
    Days(Date32Array),
    Numbers(ArrayRef, fn(&dyn Array, usize) -> String),
    Floats(Float64Array),
    Nothing,
}

/// Returns the number in a row as its decimal text.
fn number<T: ArrowPrimitiveType>(array: &dyn Array, row: usize) -> String
where
    T::Native: ToString,
{
    array.as_primitive::<T>().value(row).to_string()
}

/// Returns a date as ISO text. A number outside the calendar's range is returned as a number.
fn day(days: i32) -> String {
    let day = days.checked_add(EPOCH).and_then(NaiveDate::from_num_days_from_ce_opt);
    day.map_or_else(|| days.to_string(), |day| day.to_string())
}

impl Values {
    /// Returns the values of an array, or None if one of them is a fraction.
    fn of(array: &ArrayRef) -> Option<Self> {
        let numbers = |number| Self::Numbers(Arc::clone(array), number);
        Some(match array.data_type() {
            DataType::Utf8 => Self::Text(array.as_string().clone()),
            DataType::LargeUtf8 => Self::LargeText(array.as_string().clone()),
            DataType::Utf8View => Self::TextView(array.as_string_view().clone()),
            DataType::Boolean => Self::Flags(array.as_boolean().clone()),
            DataType::Date32 => Self::Days(array.as_primitive().clone()),
            DataType::Int8 => numbers(number::<types::Int8Type>),
            DataType::Int16 => numbers(number::<types::Int16Type>),
            DataType::Int32 => numbers(number::<types::Int32Type>),
            DataType::Int64 => numbers(number::<types::Int64Type>),
            DataType::UInt8 => numbers(number::<types::UInt8Type>),
            DataType::UInt16 => numbers(number::<types::UInt16Type>),
            DataType::UInt32 => numbers(number::<types::UInt32Type>),
            DataType::UInt64 => numbers(number::<types::UInt64Type>),
            DataType::Float32 => Self::floats(array.as_primitive::<types::Float32Type>().unary(f64::from))?,
            DataType::Float64 => Self::floats(array.as_primitive::<types::Float64Type>().clone())?,
            DataType::Dictionary(..) => {
                let dictionary = array.as_any_dictionary();
                let keys = if dictionary.values().is_empty() { Vec::new() } else { dictionary.normalized_keys() };
                Self::Dictionary { array: Arc::clone(array), keys, values: Box::new(Self::of(dictionary.values())?) }
            }
            _ => Self::Nothing,
        })
    }

    fn floats(array: Float64Array) -> Option<Self> {
        array.iter().flatten().all(|number| rows::float(number).is_some()).then_some(Self::Floats(array))
    }

    pub(super) fn cell(&self, row: usize) -> Cell {
        let text = |is_null: bool, value: &dyn Fn() -> String| if is_null { Cell::Null } else { Cell::Text(value()) };
        match self {
            Self::Text(array) => text(array.is_null(row), &|| array.value(row).to_owned()),
            Self::LargeText(array) => text(array.is_null(row), &|| array.value(row).to_owned()),
            Self::TextView(array) => text(array.is_null(row), &|| array.value(row).to_owned()),
            Self::Flags(array) if array.is_null(row) => Cell::Null,
            Self::Flags(array) => Cell::Flag(array.value(row)),
            Self::Days(array) => text(array.is_null(row), &|| day(array.value(row))),
            Self::Numbers(array, _) if array.is_null(row) => Cell::Null,
            Self::Numbers(array, number) => Cell::Number(number(array.as_ref(), row)),
            Self::Floats(array) if array.is_null(row) => Cell::Null,
            Self::Floats(array) => rows::float(array.value(row)).unwrap_or(Cell::Null),
            Self::Dictionary { array, .. } if array.is_null(row) => Cell::Null,
            Self::Dictionary { keys, values, .. } => keys.get(row).map_or(Cell::Null, |&key| values.cell(key)),
            Self::Nothing => Cell::Null,
        }
    }
}
