//! What a text means and how sure we are: exactly, safely, a guess, or not at all.

/// The one question every cell answers, wherever it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning<T> {
    /// Written as it should be.
    Exact(T),
    /// Written otherwise, with one right answer: a problem that carries a safe fix.
    Safe(T),
    /// Probably this: a problem that carries a suggestion.
    Guess(T),
    /// A problem alone.
    Unknown,
}
