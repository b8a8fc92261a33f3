//! The columns of an exported table and their types, and the types that a consumer may request instead. `export.rs` has
//! the values.

use std::ffi::CStr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow_array::ffi::FFI_ArrowSchema;
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use onroll::Column;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use super::source::{IDS, Source};
use crate::input::wrong;
use crate::rows::{FIELDS, STATE};

/// The name of a capsule that contains a schema.
const SCHEMA: &CStr = c"arrow_schema";
/// The labels of the genders, in the order of their dictionary.
pub(super) const GENDERS: [&str; 3] = ["Male", "Female", "Non-Binary"];

/// Returns the schema of a table of students or accounts.
pub(super) fn schema<S: Source>(source: &S) -> SchemaRef {
    let mut fields: Vec<Field> = Vec::new();
    if source.has_ids() {
        fields.extend(IDS.map(|name| Field::new(name, DataType::Utf8, true)));
    }
    if source.has_upis() {
        fields.push(Field::new("upi", DataType::Utf8, true));
    }
    for (name, column) in FIELDS.into_iter().zip(Column::ALL) {
        let kind = match column {
            Column::Gender => DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8)),
            Column::Ethnicity => DataType::Dictionary(Box::new(DataType::Int16), Box::new(DataType::Utf8)),
            Column::PupilPremium | Column::Send | Column::Eal => DataType::Boolean,
            _ => DataType::Utf8,
        };
        fields.push(Field::new(name, kind, column == Column::Gender));
    }
    if S::ARE_ACCOUNTS {
        fields.push(Field::new("active", DataType::Boolean, false));
        fields.push(Field::new("host_id", DataType::Utf8, true));
        fields.push(Field::new("has_password", DataType::Boolean, false));
        if source.has_state() {
            let kinds = [DataType::Boolean, DataType::Boolean, DataType::Utf8, DataType::Date32];
            fields.extend(STATE.into_iter().zip(kinds).map(|(name, kind)| {
                let is_nullable = kind != DataType::Boolean;
                Field::new(name, kind, is_nullable)
            }));
        }
    }
    Arc::new(Schema::new(fields))
}

/// Reads the schema in a capsule. The consumer still owns the schema.
pub(super) fn requested_schema(object: &Bound<'_, PyAny>) -> PyResult<Schema> {
    let what = "an 'arrow_schema' capsule";
    let capsule: &Bound<'_, PyCapsule> = object.cast().map_err(|_| wrong("requested_schema", what, object))?;
    let pointer = capsule.pointer_checked(Some(SCHEMA)).map_err(|_| wrong("requested_schema", what, object))?;
    // SAFETY: a capsule of this name contains an `FFI_ArrowSchema`, and lives as long as `object`, which is borrowed
    // here.
    let schema = unsafe { pointer.cast::<FFI_ArrowSchema>().as_ref() };
    // If the schema was released already, reading it panics.
    let read = catch_unwind(AssertUnwindSafe(|| Schema::try_from(schema)));
    let read = read.ok().and_then(Result::ok);
    read.ok_or_else(|| PyValueError::new_err("requested_schema could not be read as an Arrow schema"))
}

/// Returns the requested schema, or our own schema if one of the requested types is not possible. The interface permits
/// our own schema, because a consumer checks the schema that it gets. Fails if the requested fields are not our own.
pub(super) fn negotiated(own: SchemaRef, requested: &Schema, ethnicities: usize) -> PyResult<SchemaRef> {
    let names = |schema: &Schema| schema.fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>();
    if names(&own) != names(requested) {
        return Err(PyValueError::new_err(format!("requested_schema must have the fields {}", names(&own).join(", "))));
    }
    let fields = own.fields().iter().zip(requested.fields());
    let can_be_had = |(own, requested): (&Arc<Field>, &Arc<Field>)| {
        (requested.is_nullable() || !own.is_nullable())
            && match (own.data_type(), requested.data_type()) {
                (own @ (DataType::Boolean | DataType::Date32), kind) => kind == own,
                (DataType::Dictionary(..), DataType::Dictionary(keys, values)) => {
                    let labels = if own.name() == "ethnicity" { ethnicities } else { GENDERS.len() };
                    has_room(keys, labels) && is_plain_text(values)
                }
                (_, kind) => is_plain_text(kind),
            }
    };
    if !fields.clone().all(can_be_had) {
        return Ok(own);
    }
    Ok(Arc::new(Schema::new(requested.fields().clone())))
}

/// Returns whether dictionary indexes of this type are enough for this number of labels.
fn has_room(keys: &DataType, labels: usize) -> bool {
    match keys {
        DataType::Int8 => labels <= 1 << 7,
        DataType::UInt8 => labels <= 1 << 8,
        DataType::Int16 => labels <= 1 << 15,
        kind => kind.is_integer() && labels <= 1 << 16,
    }
}

fn is_plain_text(kind: &DataType) -> bool {
    matches!(kind, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}
