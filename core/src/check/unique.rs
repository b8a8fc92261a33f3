//! Finds repeated values among records and accounts that you pass as data, such as usernames and ids.
//! `reader/accumulator.rs` and `reader/accumulator/students.rs` find them in a file.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::column::Column;
use crate::problem::{Detail, Position, Problem, ProblemCode};

/// The values of one kind, in the form in which they are compared. For each value, the collection holds the last record
/// with that value.
#[derive(Debug)]
pub(crate) struct UniqueValues {
    code: ProblemCode,
    column: Option<Column>,
    owners: HashMap<String, usize, RandomState>,
}

impl UniqueValues {
    /// Creates an empty collection. `code` is the problem of a repeated value.
    pub(crate) fn new(code: ProblemCode, column: Option<Column>) -> Self {
        Self { code, column, owners: HashMap::default() }
    }

    /// Notes the value of the record at `index`. Returns the last earlier record with the same value.
    pub(crate) fn note(&mut self, value: impl Into<String>, index: usize) -> Option<usize> {
        self.owners.insert(value.into(), index)
    }

    pub(crate) fn contains(&self, value: &str) -> bool {
        self.owners.contains_key(value)
    }

    /// Returns the problem of a record that has the same value as another record.
    pub(crate) fn problem(&self, index: usize, other: usize, value: &str) -> Problem {
        Self::repeats(self.code, self.column, index, other).with_value(value)
    }

    /// Returns the problem of a record that repeats another record completely.
    pub(crate) fn row_problem(index: usize, other: usize) -> Problem {
        Self::repeats(ProblemCode::RowDuplicate, None, index, other)
    }

    fn repeats(code: ProblemCode, column: Option<Column>, index: usize, other: usize) -> Problem {
        Problem::new(code, Position::Record { index, column }).with_detail(Detail::OtherRecord(other as u64))
    }
}
