//! Applies a person's decisions about a file, by row: accepted suggestions, and the typed values from `edits.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::column::Columns;
use crate::problem::{Fix, Problem, ProblemCode as Code};
use crate::report::Report;

use super::edits::Edits;

/// The accepted suggestions by row, which replace the values in the file.
#[derive(Debug, Clone, Default)]
pub(super) struct Accepted {
    cells: BTreeMap<u64, Vec<Problem>>,
    /// The columns whose misspelt headings were accepted.
    pub(super) headings: Columns,
    pub(super) edits: Arc<Edits>,
}

impl Accepted {
    /// Returns the cells that the accepted suggestions change, and the number of ids that match no problem.
    pub(super) fn of(report: &Report, ids: &BTreeSet<Box<str>>) -> (Self, u64) {
        let mut accepted = Self::default();
        let mut known = 0;
        for problem in report.problems() {
            let fix = problem.fix().map(Fix::text);
            let (Some(row), Some(column), Some(_)) = (problem.row(), problem.column(), fix) else { continue };
            if !ids.contains(problem.id().as_str()) {
                continue;
            }
            match problem.code() {
                Code::HeadingMisspelt => accepted.headings.insert(column),
                // A problem with a whole column does not change a single cell.
                Code::HeadingMissing | Code::HeadingOrder | Code::HeadingDuplicate => continue,
                _ => accepted.cells.entry(row).or_default().push(problem.clone()),
            }
            known += 1;
        }
        (accepted, (ids.len() as u64).saturating_sub(known))
    }

    /// Creates decisions that contain only typed values.
    pub(super) fn edited(edits: Arc<Edits>) -> Self {
        Self { edits, ..Self::default() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.cells.is_empty() && self.edits.is_empty()
    }

    /// Returns the accepted suggestions for a row.
    pub(super) fn in_row(&self, row: u64) -> &[Problem] {
        self.cells.get(&row).map_or(&[], Vec::as_slice)
    }
}
