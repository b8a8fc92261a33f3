//! The messages and codes of `ReadError`, for a file that produces no roster.

use std::io;

use crate::report::{Report, in_one_line};

/// The reason why a file produces no roster.
///
/// The error's text is for logs, and shows no values from the file.
///
/// ```
/// use onroll::{ReadError, Reader};
/// let read = Reader::new().read_bytes(b"Name,Age\nAmelia,11\n".as_slice());
/// match read {
///     Ok(roster) => println!("{} students", roster.len()),
///     Err(ReadError::Rejected(report)) => println!("{}", report.text()), // for the school
///     Err(error) => println!("{}: {error}", error.code()),               // for the log
/// }
/// let error = Reader::new().read_bytes(b"Name,Age\nAmelia,11\n".as_slice()).unwrap_err();
/// assert_eq!((error.code(), error.report().map(|report| report.ok())), ("roster-rejected", Some(false)));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file was read, but has errors. The report lists them.
    #[error("the roster was refused: {}", in_one_line(.0))]
    Rejected(Report),
    /// The file could not be read. The text includes the reason, so `source` returns nothing.
    #[error("the file could not be read: {0}")]
    Io(io::Error),
    /// The text is not the JSON of a roster.
    #[error("the JSON of a roster is not valid at line {line}, column {column}")]
    Json {
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
    },
    /// The roster is in a format that this version of onroll cannot read.
    #[error("the roster is in format {found}, and this version of onroll reads up to format {newest}")]
    Version {
        /// The format of the text.
        found: u64,
        /// The newest format that this version of onroll reads.
        newest: u64,
    },
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl ReadError {
    /// Returns the error's code, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Rejected(_) => "roster-rejected",
            Self::Io(_) => "io",
            Self::Json { .. } => "roster-not-json",
            Self::Version { .. } => "roster-version",
        }
    }

    /// Returns the report, if the roster was refused.
    pub fn report(&self) -> Option<&Report> {
        match self {
            Self::Rejected(report) => Some(report),
            _ => None,
        }
    }
}
