//! The reasons why a command fails (`Failure`), and how a file's name and a system error are shown.

use std::io;
use std::path::Path;

use crate::account::AccountError;
use crate::plan::{PlanError, PlanRefused, PlannerError};
use crate::reader::ReadError;
use crate::report::Report;
use crate::text::visible;

use super::console::OutputStream;

/// The reason why a command ends without a result.
#[derive(Debug)]
pub(super) enum Failure {
    /// The roster is refused.
    Rejected(Report),
    /// A guard refused the plan.
    Refused(PlanRefused),
    /// The arguments contradict each other.
    Usage(String),
    /// The command could not run. The text is one line.
    Failed(String),
    /// Writing to a standard stream failed.
    Stream(OutputStream, io::Error),
}

impl Failure {
    /// Returns the failure to read or write a file.
    pub(super) fn of_file(file: &Path, error: &io::Error) -> Self {
        Self::Failed(format!("{}: {}", shown(file), sentence(error)))
    }

    /// Returns the failure to read a roster from a file.
    pub(super) fn of_reading(file: &Path, error: ReadError) -> Self {
        match error {
            ReadError::Rejected(report) => Self::Rejected(report),
            ReadError::Io(error) => Self::of_file(file, &error),
            error => Self::Failed(format!("{}: {error}", shown(file))),
        }
    }
}

impl From<AccountError> for Failure {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Rejected(report) => Self::Rejected(report),
            error => Self::Failed(error.to_string()),
        }
    }
}

impl From<PlannerError> for Failure {
    fn from(error: PlannerError) -> Self {
        match error {
            PlannerError::Refused(refused) => Self::Refused(refused),
            error => Self::Failed(error.to_string()),
        }
    }
}

impl From<PlanError> for Failure {
    fn from(error: PlanError) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Returns a file's name with symbols for characters that would disturb a terminal. A file's name may contain any
/// character.
pub(super) fn shown(file: &Path) -> String {
    visible(&file.to_string_lossy()).into_owned()
}

/// Returns the text of a system error without its number.
pub(super) fn sentence(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error ") {
        Some((said, _)) => said.to_owned(),
        None => text,
    }
}
