//! Imports a table of students or accounts from Python, batch by batch (`Table`). `rows.rs` reads the fields of a row.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow_array::RecordBatchReader;
use arrow_array::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use arrow_schema::ArrowError;
use onroll::Column;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use super::STREAM;
use super::batch::{Batch, can_be_read, wrong_type};
use super::producer::{self, OTHERS};
use crate::input::wrong;
use crate::rows::{Cell, Cells, FIELDS};

/// A table from Python, read batch by batch.
pub(crate) struct Table {
    batches: RecordBatchStreamReader,
    /// The index of each field's column in a batch.
    indices: HashMap<&'static str, usize>,
    failed: Option<PyErr>,
}

impl Table {
    pub(crate) fn of(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        let Some(method) = object.getattr_opt("__arrow_c_stream__")? else {
            return Err(wrong("table", "an object that offers Arrow's stream interface (__arrow_c_stream__)", object));
        };
        let narrowed = producer::narrowed(object)?;
        producer::check(&narrowed)?;
        let capsule = match narrowed.is(object) {
            true => method.call0()?,
            false => narrowed.call_method0("__arrow_c_stream__")?,
        };
        let capsule: &Bound<'_, PyCapsule> = capsule.cast()?;
        let stream = capsule.pointer_checked(Some(STREAM))?.cast::<FFI_ArrowArrayStream>();
        // SAFETY: a capsule of this name contains an `FFI_ArrowArrayStream`. `from_raw` moves it out, and marks it as
        // released.
        let stream = unsafe { FFI_ArrowArrayStream::from_raw(stream.as_ptr()) };
        let batches = RecordBatchStreamReader::try_new(stream).map_err(failure)?;
        let schema = batches.schema();
        let index = |name: &str| schema.fields().iter().position(|field| field.name() == name);
        let mut indices = HashMap::new();
        for (field, column) in FIELDS.into_iter().zip(Column::ALL) {
            if let Some(found) = index(field).or_else(|| index(column.heading())) {
                indices.insert(field, found);
            }
        }
        indices.extend(OTHERS.into_iter().filter_map(|name| Some((name, index(name)?))));
        for (name, &index) in &indices {
            let kind = schema.field(index).data_type();
            if !can_be_read(kind) {
                return Err(wrong_type(name, kind));
            }
        }
        Ok(Self { batches, indices, failed: None })
    }

    /// Fails if the table lacks a required column.
    pub(crate) fn has_columns(&self, optional_columns: bool) -> PyResult<()> {
        for (field, column) in FIELDS.into_iter().zip(Column::ALL) {
            let may_be_absent = optional_columns && column.when_not_recorded().is_some();
            if !may_be_absent && !self.indices.contains_key(field) {
                return Err(PyValueError::new_err(format!("the table has no column '{field}' and no '{column}'")));
            }
        }
        Ok(())
    }

    /// Yields every row, converted by `make`, until one fails.
    pub(crate) fn rows<T>(&mut self, make: impl Fn(&TableRow<'_>) -> PyResult<T>) -> impl Iterator<Item = T> {
        let mut batch = Batch { columns: HashMap::new(), rows: 0 };
        let (mut row, mut number) = (0, 0);
        std::iter::from_fn(move || {
            while row == batch.rows {
                row = 0;
                // A producer that states wrong lengths for its buffers can make the import panic.
                let next = catch_unwind(AssertUnwindSafe(|| self.batches.next()));
                let next = next.unwrap_or_else(|_| Some(Err(ArrowError::CDataInterface(String::new()))))?;
                let read = Python::attach(|py| py.check_signals())
                    .and_then(|()| next.map_err(failure))
                    .and_then(|next| Batch::of(&next, &self.indices, number));
                match read {
                    Ok(next) => batch = next,
                    Err(error) => {
                        self.failed = Some(error);
                        return None;
                    }
                }
            }
            let made = make(&TableRow { batch: &batch, row, number });
            (row, number) = (row + 1, number + 1);
            made.map_err(|error| self.failed = Some(error)).ok()
        })
    }

    /// Returns the error that ended [`Table::rows`] early, if there was one.
    pub(crate) fn failed(self) -> PyResult<()> {
        self.failed.map_or(Ok(()), Err)
    }
}

fn failure(error: ArrowError) -> PyErr {
    match error {
        // The producer's error text can contain the data.
        ArrowError::CDataInterface(_) | ArrowError::ExternalError(_) => {
            PyValueError::new_err("the table could not be read to its end")
        }
        error => PyValueError::new_err(format!("the table could not be read: {error}")),
    }
}

/// One row of a table.
pub(crate) struct TableRow<'b> {
    batch: &'b Batch,
    row: usize,
    number: usize,
}

impl Cells for TableRow<'_> {
    fn name(&self) -> String {
        format!("row {} of the table", self.number)
    }

    fn cell(&self, field: &str, _heading: &str) -> PyResult<Cell> {
        Ok(self.batch.columns.get(field).map_or(Cell::Absent, |values| values.cell(self.row)))
    }
}
