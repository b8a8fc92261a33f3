//! Writes and reads the JSON documents that hosts store. Each document has a format number, which distinguishes a newer
//! format from damaged text. Each kind of document has its own number, `FORMAT`, in its own file.

use serde::{Deserialize, Serialize};

/// The reason why a document could not be read. It gives a position but no text, because the text may be about a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnreadableJson {
    /// The text is not JSON with this shape. Line and column are counted from 1.
    Json { line: usize, column: usize },
    /// The document has a format number that differs from `newest`.
    Version { found: u64, newest: u64 },
}

impl From<serde_json::Error> for UnreadableJson {
    fn from(error: serde_json::Error) -> Self {
        Self::Json { line: error.line(), column: error.column() }
    }
}

/// The only field that is read before the format is known.
#[derive(Deserialize)]
struct Version {
    format: u64,
}

/// Reads a document whose `format` must be `newest`.
pub(crate) fn read<'t, T: Deserialize<'t>>(text: &'t str, newest: u64) -> Result<T, UnreadableJson> {
    let Version { format } = serde_json::from_str(text)?;
    check(format, newest)?;
    Ok(serde_json::from_str(text)?)
}

/// Checks the format of a document that serde has read.
pub(crate) fn check(found: u64, newest: u64) -> Result<(), UnreadableJson> {
    if found == newest { Ok(()) } else { Err(UnreadableJson::Version { found, newest }) }
}

/// Writes a document that consists of structs, texts, numbers and lists.
pub(crate) fn write<T: Serialize>(document: &T) -> String {
    #[allow(clippy::expect_used)]
    serde_json::to_string(document).expect("invariant: texts, numbers and lists always serialize")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Document {
        name: String,
    }

    #[test]
    fn distinguishes_a_newer_format_version_from_unreadable_json() {
        let read = |text| read::<Document>(text, 2);
        assert_eq!(read(r#"{"format": 2, "name": "a"}"#), Ok(Document { name: "a".into() }));
        assert_eq!(read(r#"{"format": 3, "names": []}"#), Err(UnreadableJson::Version { found: 3, newest: 2 }));
        assert_eq!(read(r#"{"name": "a"}"#), Err(UnreadableJson::Json { line: 1, column: 13 }));
        assert_eq!(read("{\"format\": 2,\n\"name\": 1}"), Err(UnreadableJson::Json { line: 2, column: 9 }));
    }
}
