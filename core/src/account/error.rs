//! The messages and codes of `AccountError`, for accounts that are created, read, found, changed or printed. The codes
//! are also in `bindings-node/lib/codes.ts`.

use crate::password::{EntropyError, PolicyError};
use crate::report::{Report, in_one_line};

use super::TransferRefused;

/// An error that occurred when accounts were created, found or changed. Its text is for logs and contains no names.
///
/// ```
/// use onroll::account::{AccountError, Edit};
/// use onroll::Accounts;
/// let error = Accounts::default().edit("Zoë Okafor", &Edit::new().class_name("5B")).unwrap_err();
/// match error {
///     AccountError::NotFound => assert_eq!(error.code(), "account-not-found"),
///     AccountError::Rejected(report) => println!("{}", report.text()), // what is wrong with the values
///     error => println!("{error}"),
/// }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// The given data is wrong, and nothing was changed. The report lists the problems.
    #[error("the accounts were refused: {}", in_one_line(.0))]
    Rejected(Report),
    /// An account with that username was not found.
    #[error("an account with that username was not found")]
    NotFound,
    /// The chosen password is not allowed.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The account could not be moved or merged.
    #[error(transparent)]
    Transfer(#[from] TransferRefused),
    /// The operating system did not supply random bytes.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The text is not the JSON of accounts.
    #[error("the JSON of accounts is not valid at line {line}, column {column}")]
    Json {
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
    },
    /// The accounts are in a format that this version of onroll cannot read.
    #[error("the accounts are in format {found}, and this version of onroll reads up to format {newest}")]
    Version {
        /// The format of the text.
        found: u64,
        /// The newest format that this version of onroll reads.
        newest: u64,
    },
    /// A credentials file lacks the heading `Username` or `Password`.
    #[error("this is not a credentials file; its first row must have the headings Username and Password")]
    NotCredentials,
    /// The sign-in address is not an https address with a host.
    #[error("the sign-in address must be https:// followed by a host, such as https://school.example/sign-in")]
    SignInUrl,
    /// The sign-in address is too long for a QR code that a camera can read in this layout.
    #[error("the sign-in address is too long for the QR code of this layout, which takes at most {most} characters")]
    SignInUrlTooLong {
        /// The largest number of characters that fits this layout.
        most: usize,
    },
    /// The class or the year group has no accounts.
    #[error("that class or year group has no accounts")]
    ClassNotFound,
    /// A letter contains an unknown name in braces, or a brace that is not closed.
    #[error(
        "a letter may contain only these placeholders: {{name}}, {{username}}, {{password}}, {{class}}, {{year}}, {{address}} and {{date}}; to print a brace, write {{{{"
    )]
    Placeholder,
    /// Reading or writing failed. The error's text includes the reason, so `source` returns `None`.
    #[error("reading or writing failed: {0}")]
    Io(std::io::Error),
}

impl From<std::io::Error> for AccountError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

impl AccountError {
    /// Returns the error's code in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Rejected(_) => "account-rejected",
            Self::NotFound => "account-not-found",
            Self::Policy(error) => error.code(),
            Self::Transfer(refused) => refused.code(),
            Self::Entropy(error) => error.code(),
            Self::Json { .. } => "accounts-not-json",
            Self::Version { .. } => "accounts-version",
            Self::NotCredentials => "not-credentials",
            Self::SignInUrl => "sign-in-url",
            Self::SignInUrlTooLong { .. } => "sign-in-url-too-long",
            Self::ClassNotFound => "class-not-found",
            Self::Placeholder => "letter-placeholder",
            Self::Io(_) => "io",
        }
    }
}
