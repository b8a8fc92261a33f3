//! The value to write instead of the one found.

use serde::Deserialize;

use crate::text::Private;

/// A value to write instead of the one found.
///
/// ```
/// use onroll::Reader;
/// let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,Wite British,No,No\n";
/// let report = Reader::new().check_bytes(csv.as_bytes());
/// let fixes = report.problems().iter().filter_map(|problem| problem.fix());
/// let shown: Vec<_> = fixes.map(|fix| (fix.text(), fix.is_safe())).collect();
/// assert_eq!(shown, [("Female", true), ("WBRI", false)]); // the second is for a person to accept
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Fix {
    /// Absent in a problem that was stored without its values.
    pub(super) text: Option<Private>,
    pub(super) safe: bool,
}

impl Fix {
    pub(crate) fn safe(text: impl Into<Box<str>>) -> Self {
        Self { text: Some(Private::new(text)), safe: true }
    }

    pub(crate) fn suggestion(text: impl Into<Box<str>>) -> Self {
        Self { text: Some(Private::new(text)), safe: false }
    }

    /// A fix that was written, perhaps without its text.
    pub(crate) fn stored(text: Option<String>, safe: bool) -> Self {
        Self { text: text.map(Private::new), safe }
    }

    /// Returns the text to write instead: personal data.
    pub fn text(&self) -> &str {
        self.text.as_ref().map(Private::expose).unwrap_or_default()
    }

    /// Returns whether this is the only right answer, which [`Reader::fix`](crate::Reader::fix) writes by itself.
    /// Otherwise it is a suggestion, and a person decides.
    pub fn is_safe(&self) -> bool {
        self.safe
    }
}
