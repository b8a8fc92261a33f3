//! Problems with serde: without their values, and with them where that is asked for.

use serde::{Serialize, Serializer};

use crate::text::Private;

use super::{Detail, Place, Problem, ProblemCode};

/// A report or a problem that serializes with its values, which are personal data: see [`Problem::with_values`] and
/// [`Report::with_values`](crate::Report::with_values).
#[derive(Debug, Clone, Copy)]
pub struct WithValues<'v, T>(pub(crate) &'v T);

/// A problem as serde writes it.
#[derive(Serialize)]
pub(crate) struct StoredProblem<'p> {
    code: ProblemCode,
    place: &'p Place,
    value: Option<&'p Private>,
    fix: Option<StoredFix<'p>>,
    detail: &'p Detail,
}

#[derive(Serialize)]
struct StoredFix<'p> {
    text: Option<&'p Private>,
    safe: bool,
}

impl Problem {
    /// Returns the problem as a value that serializes with what was found and what to write instead: personal data.
    pub fn with_values(&self) -> WithValues<'_, Self> {
        WithValues(self)
    }

    pub(crate) fn stored(&self, values: bool) -> StoredProblem<'_> {
        // The fix for a missing column is one of our constants, not a value from the file.
        let shows_fix = values || self.code == ProblemCode::HeadingMissing;
        StoredProblem {
            code: self.code,
            place: &self.place,
            value: self.value.as_ref().filter(|_| values),
            fix: self
                .fix
                .as_ref()
                .map(|fix| StoredFix { text: fix.text.as_ref().filter(|_| shows_fix), safe: fix.safe }),
            detail: &self.detail,
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
