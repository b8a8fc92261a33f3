//! The messages and codes of `IdentityError`, for a provider's answer that is not an identity. The codes are also in
//! `bindings-node/lib/codes.ts`.

/// The reason why a provider's answer is not an identity. Its text quotes nothing from the answer.
///
/// ```
/// use chrono::Utc;
/// use onroll::Identity;
/// let error = Identity::from_claims(b"a page of HTML", "our-app", &[], Utc::now()).unwrap_err();
/// println!("{}: {error}", error.code()); // for the log
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// `identity-not-json`
    #[error("the identity is not valid JSON")]
    NotJson,
    /// `identity-wrong-shape`: a value that should be an object is not one.
    #[error("the identity has the wrong shape: {0} must be an object")]
    WrongShape(&'static str),
    /// `identity-name-twice`: a JSON object contains the same name twice.
    #[error("the identity has the same JSON name twice; each name must appear once")]
    NameTwice,
    /// `identity-missing`: a field that identifies the person is missing.
    #[error("the identity has no {0}")]
    Missing(&'static str),
    /// `identity-unreadable`: a field has a value that cannot be read.
    #[error("the identity's {0} cannot be read")]
    Unreadable(&'static str),
    /// `identity-audience`: the claims are for a different application.
    #[error("the claims were made for another application")]
    Audience,
    /// `identity-expired`: the claims have expired.
    #[error("the claims have expired; sign in again")]
    Expired,
    /// `identity-in-future`: a time is in the future by more than five minutes. For MyLogin's `last_online`, the limit
    /// is one day.
    #[error("the identity's {0} is in the future; check the clock of your server")]
    InFuture(&'static str),
}

impl IdentityError {
    /// Returns the error's code in kebab-case.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotJson => "identity-not-json",
            Self::WrongShape(_) => "identity-wrong-shape",
            Self::NameTwice => "identity-name-twice",
            Self::Missing(_) => "identity-missing",
            Self::Unreadable(_) => "identity-unreadable",
            Self::Audience => "identity-audience",
            Self::Expired => "identity-expired",
            Self::InFuture(_) => "identity-in-future",
        }
    }
}
