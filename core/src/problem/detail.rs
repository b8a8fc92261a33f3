//! The details that a message needs in addition to the problem's code (`Detail`), such as a limit or a note. The module
//! that finds the problem has the words of a note.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// The details that a message needs in addition to the problem's code: numbers and constants, never a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Detail {
    None,
    /// The earlier row.
    OtherRow(u64),
    /// The earlier record.
    OtherRecord(u64),
    /// The number that was found, and the number that was expected.
    Count {
        found: u64,
        expected: u64,
    },
    /// The largest number that is allowed, and its unit.
    Limit {
        most: u64,
        of: Cow<'static, str>,
    },
    Character(char),
    /// The description of the suggested code.
    Meaning(Cow<'static, str>),
    /// A sentence without a value.
    Note(Cow<'static, str>),
}

impl Detail {
    pub(crate) fn limit(most: u64, of: &'static str) -> Self {
        Self::Limit { most, of: of.into() }
    }

    pub(crate) fn note(note: &'static str) -> Self {
        Self::Note(note.into())
    }
}
