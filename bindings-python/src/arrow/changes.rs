//! Exports the changes of a plan as an Arrow table, with its columns. `plan/dicts.rs` has the same columns for
//! `to_dicts` and pandas.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, StringArray};
use onroll::Plan;
use onroll::plan::{Change, FieldValue};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use super::one_batch;

/// Returns the old text of the field `name`, if a change replaces it.
pub(crate) fn old_text<'p>(change: &Change<'p>, name: &str) -> Option<Cow<'p, str>> {
    match change.fields().find(|field| field.name() == name)?.old() {
        FieldValue::Text(text) => Some(text),
        _ => None,
    }
}

/// Returns the capsule of a table of changes, without passwords.
pub(crate) fn changes<'py>(py: Python<'py>, plan: &Plan) -> PyResult<Bound<'py, PyCapsule>> {
    let texts = |text: for<'p> fn(&Change<'p>) -> Option<Cow<'p, str>>| -> ArrayRef {
        Arc::new(plan.changes().map(|change| text(&change)).collect::<StringArray>())
    };
    let changed =
        plan.changes().map(|change| Some(change.fields().map(|field| field.name()).collect::<Vec<_>>().join(",")));
    let new_password = plan.changes().map(|change| Some(change.new_password()));
    let columns: [(&str, ArrayRef); 12] = [
        ("kind", texts(|change| Some(change.kind().as_str().into()))),
        ("host_id", texts(|change| change.host_id().map(Cow::from))),
        ("username", texts(|change| Some(change.username().into()))),
        ("source_id", texts(|change| change.account().source_id.map(Cow::from))),
        ("upn", texts(|change| change.account().upn.map(Cow::from))),
        ("full_name", texts(|change| Some(change.account().full_name.into()))),
        ("year_group", texts(|change| Some(change.account().year_group.into()))),
        ("class_name", texts(|change| Some(change.account().class_name.into()))),
        ("old_year_group", texts(|change| old_text(change, "year_group"))),
        ("old_class_name", texts(|change| old_text(change, "class_name"))),
        ("changed", Arc::new(changed.collect::<StringArray>())),
        ("new_password", Arc::new(new_password.collect::<BooleanArray>())),
    ];
    one_batch(py, columns)
}
