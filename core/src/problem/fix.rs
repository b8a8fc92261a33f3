//! What to write instead of what was found.

use serde::Deserialize;

use crate::text::Private;

/// What to write instead.
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

    /// The text to write instead; personal data.
    pub fn text(&self) -> &str {
        self.text.as_ref().map(Private::expose).unwrap_or_default()
    }

    /// Whether it is the one right answer, which [`Reader::fix`](crate::Reader::fix) writes by
    /// itself; otherwise it is a suggestion for a person to decide on.
    pub fn is_safe(&self) -> bool {
        self.safe
    }
}
