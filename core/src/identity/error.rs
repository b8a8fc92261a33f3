//! Why what a provider says is nobody's identity.

/// Why what a provider says is nobody's identity. Its text quotes nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// `identity-not-json`
    #[error("the identity is not valid JSON")]
    NotJson,
    /// `identity-wrong-shape`: no object where there should be one.
    #[error("the identity is not of the shape it should be: {0} should be an object")]
    WrongShape(&'static str),
    /// `identity-name-twice`: a JSON name that is there twice in one object.
    #[error("the identity has the same JSON name twice")]
    NameTwice,
    /// `identity-missing`: something without which nobody can be told.
    #[error("the identity has no {0}")]
    Missing(&'static str),
    /// `identity-unreadable`: something that is there and says nothing.
    #[error("the identity's {0} cannot be read")]
    Unreadable(&'static str),
    /// `identity-audience`: claims that were made for another application.
    #[error("the claims were made for another application")]
    Audience,
    /// `identity-expired`: claims of the past.
    #[error("the claims have expired: sign in again")]
    Expired,
    /// `identity-in-future`: a time that has not come, by more than clocks differ.
    #[error("the identity's {0} is in the future: one of the two clocks is wrong, or it was made up")]
    InFuture(&'static str),
}

impl IdentityError {
    /// The error's code, in kebab-case.
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
