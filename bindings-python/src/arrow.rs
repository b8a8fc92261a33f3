//! Exports and imports tables with Arrow's C stream interface.

mod arrays;
mod batch;
mod changes;
mod export;
mod import;
mod problems;
mod producer;
mod schema;
mod source;

use std::ffi::CStr;

use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchIterator, RecordBatchReader};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

pub(crate) use changes::{changes, old_text};
pub(crate) use export::stream;
pub(crate) use import::Table;
pub(crate) use problems::problems;
pub(crate) use source::{IDS, Source, own_fields};

/// The name of a capsule that contains a stream.
const STREAM: &CStr = c"arrow_array_stream";
/// The first day of 1970, as chrono's number of days since the start of the common era.
const EPOCH: i32 = 719_163;

/// Returns the capsule of a stream of batches.
fn capsule(py: Python<'_>, batches: impl RecordBatchReader + Send + 'static) -> PyResult<Bound<'_, PyCapsule>> {
    PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(batches)), STREAM)
}

/// Returns the capsule of a table with one batch.
fn one_batch<'py, const N: usize>(py: Python<'py>, columns: [(&str, ArrayRef); N]) -> PyResult<Bound<'py, PyCapsule>> {
    let batch = RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true)));
    let batch = batch.map_err(|error| PyValueError::new_err(error.to_string()))?;
    let batches = RecordBatchIterator::new([Ok(batch.clone())], batch.schema());
    capsule(py, batches)
}
