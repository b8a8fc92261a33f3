//! Exports students and accounts as a stream of Arrow batches. Each batch is made on demand. `schema.rs` has the
//! columns and their types, and `pandas.rs` the same columns for pandas.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Date32Array, RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, Field, SchemaRef};
use chrono::{Datelike, NaiveDate};
use onroll::values::{Ethnicity, Gender};
use onroll::{Account, Student};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use super::arrays::{coded, text};
use super::schema::{GENDERS, negotiated, requested_schema, schema};
use super::source::{Source, own_fields};
use super::{EPOCH, capsule};

/// The number of rows in a batch. The text of so few rows needs only 32-bit offsets, even if every value has the
/// greatest length that is allowed.
const BATCH_ROWS: usize = 1 << 14;

/// Returns the capsule of a stream of batches, each made on demand. If all types of the requested schema are possible,
/// the stream has these types.
pub(crate) fn stream<'py, S: Source>(
    py: Python<'py>,
    source: Arc<S>,
    requested: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyCapsule>> {
    let mut schema = schema(source.as_ref());
    if let Some(requested) = requested.filter(|requested| !requested.is_none()) {
        schema = negotiated(schema, &requested_schema(requested)?, source.ethnicities().iter().count())?;
    }
    capsule(py, Batches { schema, source, next: 0 })
}

struct Batches<S> {
    schema: SchemaRef,
    source: Arc<S>,
    next: usize,
}

impl<S: Source> Batches<S> {
    fn batch(&self, indices: Range<usize>) -> Result<RecordBatch, ArrowError> {
        // Finding a student costs more than copying a text, so we find each student once, not once for each column.
        let accounts: Vec<Account<'_>> = indices.clone().filter_map(|index| self.source.account(index)).collect();
        let students: Vec<Student<'_>> = match S::ARE_ACCOUNTS {
            true => accounts.iter().map(|account| account.student()).collect(),
            false => indices.clone().filter_map(|index| self.source.student(index)).collect(),
        };
        let columns =
            self.schema.fields().iter().map(|field| self.column(field, indices.clone(), &students, &accounts));
        RecordBatch::try_new(Arc::clone(&self.schema), columns.collect::<Result<_, _>>()?)
    }

    /// Returns a column, in the type of its field.
    fn column(
        &self,
        field: &Field,
        indices: Range<usize>,
        students: &[Student<'_>],
        accounts: &[Account<'_>],
    ) -> Result<ArrayRef, ArrowError> {
        let kind = field.data_type();
        let flags = |flag: fn(&Student<'_>) -> bool| -> Result<ArrayRef, ArrowError> {
            Ok(Arc::new(students.iter().map(|student| Some(flag(student))).collect::<BooleanArray>()))
        };
        let id = |index: usize, which: usize| match accounts.get(index - indices.start) {
            Some(account) => [account.source_id, account.upn][which],
            None => self.source.ids(index)[which],
        };
        match field.name().as_str() {
            "source_id" => text(kind, indices.clone().map(|index| id(index, 0))),
            "upn" => text(kind, indices.clone().map(|index| id(index, 1))),
            "upi" => text(kind, indices.clone().map(|index| self.source.upi(index))),
            "full_name" => text(kind, students.iter().map(|student| Some(student.full_name))),
            "username" => text(kind, students.iter().map(|student| Some(student.username))),
            "year_group" => text(kind, students.iter().map(|student| Some(student.year_group))),
            "class_name" => text(kind, students.iter().map(|student| Some(student.class_name))),
            "gender" => {
                let index = |gender: Gender| GENDERS.iter().position(|known| *known == gender.as_str());
                coded(kind, &GENDERS, students.iter().map(|student| student.gender.and_then(index)))
            }
            "ethnicity" => {
                let labels: Vec<&str> = self.source.ethnicities().iter().map(Ethnicity::code).collect();
                let indices: HashMap<&str, usize> = (0..).zip(&labels).map(|(n, code)| (*code, n)).collect();
                let code = |student: &Student<'_>| indices.get(student.ethnicity.code()).copied();
                coded(kind, &labels, students.iter().map(code))
            }
            "pupil_premium" => flags(|student| student.pupil_premium),
            "send" => flags(|student| student.send),
            "eal" => flags(|student| student.eal),
            "host_id" => text(kind, accounts.iter().map(|account| account.host_id)),
            "own_fields" => {
                let names: Vec<String> = accounts.iter().map(|account| own_fields(account).join(",")).collect();
                text(kind, names.iter().map(|names| Some(names.as_str()).filter(|names| !names.is_empty())))
            }
            "active_until" => {
                let day = |day: NaiveDate| day.num_days_from_ce() - EPOCH;
                let days = accounts.iter().map(|account| account.state.active_until.map(day));
                Ok(Arc::new(days.collect::<Date32Array>()))
            }
            name => {
                let flag = |account: &Account<'_>| match name {
                    "blocked" => account.state.blocked,
                    "has_password" => account.has_password(),
                    "manual" => account.state.manual,
                    _ => account.active,
                };
                Ok(Arc::new(accounts.iter().map(|account| Some(flag(account))).collect::<BooleanArray>()))
            }
        }
    }
}

impl<S: Source> Iterator for Batches<S> {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let end = (self.next + BATCH_ROWS).min(self.source.len());
        if self.next >= end {
            return None;
        }
        let indices = self.next..end;
        self.next = end;
        Some(self.batch(indices))
    }
}

impl<S: Source> RecordBatchReader for Batches<S> {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }
}
