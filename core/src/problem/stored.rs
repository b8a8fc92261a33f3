//! Serialises problems with serde, with or without their values. `report/json.rs` writes the JSON for other programs.

use serde::{Serialize, Serializer};

use crate::text::Private;

use super::{Detail, InSheet, Position, Problem, ProblemCode, RowRanges};

/// A report or a problem that is serialised with its values, which are personal data. See [`Problem::with_values`] and
/// [`Report::with_values`](crate::Report::with_values).
///
/// ```
/// use onroll::Reader;
/// let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,BAFR,No,No\n";
/// let report = Reader::new().check_bytes(csv.into_bytes());
/// let problem = &report.problems()[0];
/// assert!(!serde_json::to_string(problem)?.contains("Female"));
/// assert!(serde_json::to_string(&problem.with_values())?.contains("Female"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct WithValues<'v, T>(pub(crate) &'v T);

/// A problem in the form that serde writes.
#[derive(Serialize)]
pub(crate) struct StoredProblem<'p> {
    code: ProblemCode,
    position: &'p Position,
    value: Option<&'p Private>,
    fix: Option<StoredFix<'p>>,
    detail: &'p Detail,
    #[serde(skip_serializing_if = "is_one_row")]
    rows: &'p RowRanges,
    #[serde(skip_serializing_if = "is_no_sheet")]
    in_sheet: InSheet,
    file: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    heading: Option<&'p Private>,
}

fn is_no_sheet(in_sheet: &InSheet) -> bool {
    *in_sheet == InSheet::No
}

fn is_one_row(rows: &RowRanges) -> bool {
    rows.count() == 0
}

#[derive(Serialize)]
struct StoredFix<'p> {
    text: Option<&'p Private>,
    safe: bool,
}

impl Problem {
    /// Returns the problem in a form that is serialised with its value and its fix. Both are personal data.
    ///
    /// ```
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,BAFR,No,No\n";
    /// # let report = onroll::Reader::new().check_bytes(csv.into_bytes());
    /// let problem = &report.problems()[0];
    /// let stored = serde_json::to_string(&problem.with_values())?;
    /// assert_eq!(serde_json::from_str::<onroll::Problem>(&stored)?, *problem);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn with_values(&self) -> WithValues<'_, Self> {
        WithValues(self)
    }

    pub(crate) fn stored(&self, values: bool) -> StoredProblem<'_> {
        // The fix for a missing column is a constant of onroll, not a value from the file.
        let shows_fix = values || self.code == ProblemCode::HeadingMissing;
        StoredProblem {
            code: self.code,
            position: &self.position,
            value: self.value.as_ref().filter(|_| values),
            fix: self
                .fix
                .as_ref()
                .map(|fix| StoredFix { text: fix.text.as_ref().filter(|_| shows_fix), safe: fix.safe }),
            detail: &self.detail,
            rows: &self.rows,
            in_sheet: self.in_sheet,
            file: self.file,
            heading: self.heading.as_ref().filter(|_| values),
        }
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.stored(false).serialize(serializer)
    }
}

impl Serialize for WithValues<'_, Problem> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.stored(true).serialize(serializer)
    }
}
