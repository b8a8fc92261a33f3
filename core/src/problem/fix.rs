//! The value to write instead of the value that was found (`Fix`), and whether it is safe. The module that finds a
//! problem decides its fix.

use serde::Deserialize;

use crate::text::Private;

/// A value to write instead of the value that was found.
///
/// ```
/// use onroll::Reader;
/// let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,Wite British,No,No\n";
/// let report = Reader::new().check_bytes(csv.as_bytes());
/// let fixes = report.problems().iter().filter_map(|problem| problem.fix());
/// let shown: Vec<_> = fixes.map(|fix| (fix.text(), fix.is_safe())).collect();
/// assert_eq!(shown, [("Female", true), ("WBRI", false)]); // a person decides on the second
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Fix {
    /// The text to write, which is absent if the problem was stored without its values.
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

    /// Restores a stored fix, with or without its text.
    pub(crate) fn stored(text: Option<String>, safe: bool) -> Self {
        Self { text: text.map(Private::new), safe }
    }

    /// Returns the text to write instead. It is personal data.
    pub fn text(&self) -> &str {
        self.text.as_ref().map(Private::expose).unwrap_or_default()
    }

    /// Returns whether this fix is the only right answer. [`Reader::fix`](crate::Reader::fix) writes such a fix without
    /// asking. Any other fix is a suggestion, and a person decides.
    pub fn is_safe(&self) -> bool {
        self.safe
    }
}
