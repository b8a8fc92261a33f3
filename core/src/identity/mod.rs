//! Whose account a signed-in person may open: who the provider says it is, which account that is, and how often a
//! password may be guessed.
//!
//! It asks nobody and stores nothing: providers are asked elsewhere, and links and attempts are the host's to keep.

mod attempts;
mod claims;
mod error;
mod json;
mod links;
mod matching;
mod refused;

use std::fmt;

use crate::code::coded;
use crate::text::Private;

pub use attempts::{AttemptPolicy, Attempts};
pub use error::IdentityError;
pub(crate) use json::object;
pub use links::{Link, Links};
pub use matching::{Match, MatchedBy, match_identity};
pub use refused::{RefusedReason, SignInRefused};

/// Who an identity provider says that somebody is: made from MyLogin's user ([`mylogin::Client`](crate::mylogin::Client)), or from
/// the claims of any OpenID Connect library ([`Identity::from_claims`]).
///
/// It is of this moment, and not for storing; what is stored is a [`Link`].
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    provider: String,
    subject: Private,
    kind: PersonKind,
    school_id: Option<String>,
    source_id: Option<Private>,
    email: Option<Private>,
    email_vouched: bool,
    tenant: Option<String>,
}

/// What somebody is at the school.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PersonKind {
    /// A student.
    Student,
    /// Anybody who works there.
    Staff,
    /// The provider does not say, or says what is not known here. Nobody of this kind opens an account.
    Unknown,
}

coded!(PersonKind: "kind of person");

impl PersonKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Student, Self::Staff, Self::Unknown];

    /// The kind in lower case: `student`, `staff`, `unknown`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Student => "student",
            Self::Staff => "staff",
            Self::Unknown => "unknown",
        }
    }
}

impl Identity {
    pub(crate) fn new(provider: impl Into<String>, subject: &str, kind: PersonKind) -> Self {
        Self {
            provider: provider.into(),
            subject: Private::new(subject),
            kind,
            school_id: None,
            source_id: None,
            email: None,
            email_vouched: false,
            tenant: None,
        }
    }

    /// At this school, as Wonde numbers them. Of claims it is the host that knows: by its own table of which school has which
    /// [`tenant`](Self::tenant), never by what a browser sends.
    /// What the provider itself has said stays.
    #[must_use]
    pub fn of_school(self, school_id: impl Into<String>) -> Self {
        let given = || Some(school_id.into()).filter(|id| !id.is_empty());
        Self { school_id: self.school_id.or_else(given), ..self }
    }

    /// A student. Of claims it is the host that knows, by a group or an organisational unit; they say nothing of it themselves. Whom
    /// the provider calls staff stays staff.
    #[must_use]
    pub fn as_student(self) -> Self {
        let kind = if self.kind == PersonKind::Unknown { PersonKind::Student } else { self.kind };
        Self { kind, ..self }
    }

    /// The host vouches for the address: at this school it is this person's and nobody else's, and is given to nobody anew.
    #[must_use]
    pub fn vouch_for_email(self) -> Self {
        Self { email_vouched: self.email.is_some(), ..self }
    }

    pub(crate) fn with_source_id(self, source_id: Option<&str>) -> Self {
        Self { source_id: source_id.map(Private::new), ..self }
    }

    pub(crate) fn with_email(self, email: Option<&str>, vouched: bool) -> Self {
        Self { email: email.map(Private::new), email_vouched: vouched && email.is_some(), ..self }
    }

    fn with_tenant(self, tenant: Option<&str>) -> Self {
        Self { tenant: tenant.map(str::to_owned), ..self }
    }

    /// Who says so: `mylogin`, or the issuer of the claims.
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// The provider's own id of this person: the same at every sign-in.
    pub fn subject(&self) -> &str {
        self.subject.expose()
    }

    /// What this person is at the school.
    pub fn kind(&self) -> PersonKind {
        self.kind
    }

    /// The school, as Wonde numbers them, if it is known.
    pub fn school_id(&self) -> Option<&str> {
        self.school_id.as_deref()
    }

    /// The id that Wonde gives this person, if the school has matched them.
    pub fn source_id(&self) -> Option<&str> {
        self.source_id.as_ref().map(Private::expose)
    }

    /// The email address, in the letter case of the provider.
    pub fn email(&self) -> Option<&str> {
        self.email.as_ref().map(Private::expose)
    }

    /// Whether the provider, or the host, vouches that the address is this person's.
    pub fn is_email_vouched(&self) -> bool {
        self.email_vouched
    }

    /// The organisation as the provider knows it: Google's `hd`, Microsoft's `tid`. It means something only together with the
    /// [`provider`](Self::provider).
    pub fn tenant(&self) -> Option<&str> {
        self.tenant.as_deref()
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("kind", &self.kind).finish_non_exhaustive()
    }
}
