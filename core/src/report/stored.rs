//! Serialises a report with serde, with or without values. `json.rs` writes the JSON for other programs.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::problem::{ProblemCode, StoredProblem, WithValues};
use crate::text::Private;

use super::{CodeCounts, Report};

/// A report in the form that serde writes.
#[derive(Serialize)]
struct SerializedReport<'r> {
    problems: Vec<StoredProblem<'r>>,
    fixed: Vec<StoredProblem<'r>>,
    /// The counts, each under its code. So a later version of onroll, which may have more codes, reads them correctly.
    counts: BTreeMap<ProblemCode, CodeCounts>,
    rows: u64,
    blank_rows: u64,
    most: usize,
    uncertain: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    sheet: Option<&'r Private>,
}

pub(super) fn read_counts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<CodeCounts>, D::Error> {
    let mut counts = BTreeMap::<ProblemCode, CodeCounts>::deserialize(deserializer)?;
    Ok(ProblemCode::ALL.iter().map(|code| counts.remove(code).unwrap_or_default()).collect())
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.stored(false).serialize(serializer)
    }
}

impl Serialize for WithValues<'_, Report> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.stored(true).serialize(serializer)
    }
}

impl Report {
    fn stored(&self, values: bool) -> SerializedReport<'_> {
        SerializedReport {
            problems: self.problems.iter().map(|problem| problem.stored(values)).collect(),
            fixed: self.fixed.iter().map(|problem| problem.stored(values)).collect(),
            counts: ProblemCode::ALL
                .iter()
                .copied()
                .zip(self.tally.iter().copied())
                .filter(|(_, t)| !t.is_zero())
                .collect(),
            rows: self.rows,
            blank_rows: self.blank_rows,
            most: self.most,
            uncertain: self.uncertain,
            sheet: self.sheet.as_deref().filter(|_| values),
        }
    }
}
