//! Values that only one record may have, such as usernames: which earlier record has the same.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::column::Column;
use crate::problem::{Detail, Place, Problem, ProblemCode};

/// The values of one kind, by the form in which they are compared, each with the last record that has it.
#[derive(Debug)]
pub(crate) struct Unique {
    code: ProblemCode,
    column: Option<Column>,
    owners: HashMap<String, usize, RandomState>,
}

impl Unique {
    /// Returns no values yet; a value that repeats is this problem.
    pub(crate) fn new(code: ProblemCode, column: Option<Column>) -> Self {
        Self { code, column, owners: HashMap::default() }
    }

    /// Notes the value of a record, and returns the last record before it that has the same.
    pub(crate) fn note(&mut self, value: impl Into<String>, index: usize) -> Option<usize> {
        self.owners.insert(value.into(), index)
    }

    pub(crate) fn contains(&self, value: &str) -> bool {
        self.owners.contains_key(value)
    }

    /// Returns the problem of a record that repeats a value of another.
    pub(crate) fn problem(&self, index: usize, other: usize, value: &str) -> Problem {
        Self::repeats(self.code, self.column, index, other).with_value(value)
    }

    /// Returns the problem of a record that repeats another one altogether.
    pub(crate) fn row_problem(index: usize, other: usize) -> Problem {
        Self::repeats(ProblemCode::RowDuplicate, None, index, other)
    }

    fn repeats(code: ProblemCode, column: Option<Column>, index: usize, other: usize) -> Problem {
        Problem::new(code, Place::Record { index, column }).with_detail(Detail::OtherRecord(other as u64))
    }
}
