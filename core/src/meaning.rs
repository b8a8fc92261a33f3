//! The meaning of a text and how certain it is: exact, safe, a guess, or unknown.

/// The meaning of a cell, with its certainty. Cells from every source have such a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning<T> {
    /// The value is written exactly right.
    Exact(T),
    /// The value is not written exactly right, but only one answer is right. The problem has a safe fix.
    Safe(T),
    /// The value probably has the given meaning. The problem has a suggestion.
    Guess(T),
    /// The meaning is unknown. The problem has no fix.
    Unknown,
}

impl<T> Meaning<T> {
    /// Returns the meaning, if it is certain.
    pub(crate) fn sure(self) -> Option<T> {
        match self {
            Self::Exact(value) | Self::Safe(value) => Some(value),
            Self::Guess(_) | Self::Unknown => None,
        }
    }

    /// Returns the meaning, even if it is only a guess.
    pub(crate) fn likely(self) -> Option<T> {
        match self {
            Self::Exact(value) | Self::Safe(value) | Self::Guess(value) => Some(value),
            Self::Unknown => None,
        }
    }
}
