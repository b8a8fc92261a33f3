//! The messages and codes of `PolicyError`, which is about passwords and policies. `EntropyError` is here too.
//! `chosen.rs` has the messages about a chosen password. The codes are also in `bindings-node/lib/codes.ts`.

use super::ChosenReason;

/// The operating system did not supply random bytes, so no password was made.
///
/// ```
/// use onroll::PasswordPolicy;
/// match PasswordPolicy::default().generate(30) {
///     Ok(passwords) => assert_eq!(passwords.len(), 30),
///     Err(error) => println!("{}: {error}", error.code()),
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system did not supply random bytes, so no password was made")]
#[non_exhaustive]
pub struct EntropyError;

impl EntropyError {
    /// Returns `"no-entropy"`.
    pub fn code(&self) -> &'static str {
        "no-entropy"
    }
}

/// The reason why a password or a policy is refused.
///
/// ```
/// use onroll::password::PolicyError;
/// use onroll::PasswordPolicy;
/// let error = PasswordPolicy::pin(3).unwrap_err();
/// assert!(matches!(error, PolicyError::TooNarrow { .. }));
/// println!("{}: {error}", error.code());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// The policy allows too few different passwords. The default is about the weakest policy that is allowed.
    #[error("a policy must make passwords of at least {least} bits, not {bits:.1}")]
    TooNarrow {
        /// The strength of the policy, in bits.
        bits: f64,
        /// The smallest strength that is allowed, in bits.
        least: f64,
    },
    /// The password is too long to type, or too long for Excel to show unchanged.
    #[error("a password must have at most {most} {of}")]
    TooLong {
        /// The largest number allowed.
        most: usize,
        /// The unit: characters, digits or words.
        of: &'static str,
    },
    /// The secret for deriving passwords is too short.
    #[error("a secret for passwords must have at least {least} random bytes, not {bytes}")]
    SecretTooShort {
        /// The number of bytes in the secret.
        bytes: usize,
        /// The number of bytes that a secret needs.
        least: usize,
    },
    /// Passwords cannot be derived for a run or a school without a name.
    #[error("the {what} for derived passwords must not be blank")]
    Unnamed {
        /// The part without a name: run or school.
        what: &'static str,
    },
    /// A word to refuse must have at least two letters or digits, and no other characters.
    #[error("a word to refuse must have at least two letters or digits, and no other characters")]
    NotAWord,
    /// The chosen password is refused. The error's text is for the person who chose the password, and repeats no part
    /// of it.
    #[error("{}", .0.message())]
    Chosen(ChosenReason),
}

impl PolicyError {
    /// Returns the error's code in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooNarrow { .. } => "policy-too-narrow",
            Self::TooLong { .. } => "policy-too-long",
            Self::SecretTooShort { .. } => "secret-too-short",
            Self::Unnamed { .. } => "secret-unnamed",
            Self::NotAWord => "policy-not-a-word",
            Self::Chosen(_) => "password-not-allowed",
        }
    }
}
