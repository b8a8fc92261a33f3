//! Finds the account that a signed-in person may open, and limits guesses at passwords. [`Identity`] says who the
//! person is, and [`PersonKind`] the person's role.
//!
//! This module sends and stores nothing. Other modules send requests to providers. You store links and attempts.

// This file has `Identity`. `matching.rs` finds the account, `attempts.rs` counts guesses, and `refused.rs` has the
// sentences.

mod attempt_policy;
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

pub use attempt_policy::{AttemptPolicy, AttemptPolicyError};
pub use attempts::Attempts;
pub use error::IdentityError;
pub(crate) use json::object;
pub use links::{Link, Links};
pub use matching::{Match, MatchedBy, match_identity};
pub use refused::{RefusedReason, SignInRefused};

/// A person's identity at a provider. It comes from MyLogin ([`mylogin::Client`](crate::mylogin::Client)), or from the
/// claims of any OpenID Connect library ([`Identity::from_claims`]).
///
/// An identity is valid only for the current sign-in. Do not store it; store its [`Link`] instead.
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use onroll::identity::PersonKind;
/// use onroll::Identity;
/// // Claims that the host's OpenID Connect library has verified.
/// let claims = br#"{"iss": "https://idp.example", "sub": "17", "aud": "our-app", "exp": 1788777000, "email": "Zoe@oak.example"}"#;
/// let now = Utc.with_ymd_and_hms(2026, 9, 7, 9, 0, 0).unwrap();
/// let identity = Identity::from_claims(claims, "our-app", &[], now)?;
/// assert_eq!((identity.provider(), identity.subject()), ("https://idp.example", "17"));
/// assert_eq!((identity.email(), identity.is_email_vouched()), (Some("Zoe@oak.example"), false));
/// assert_eq!((identity.tenant(), identity.source_id()), (None, None));
///
/// // The host knows the school and the role, and that the school never gives an address to another person.
/// let identity = identity.of_school("A1329183376").as_student().vouch_for_email();
/// assert_eq!((identity.school_id(), identity.kind()), (Some("A1329183376"), PersonKind::Student));
/// assert!(identity.is_email_vouched());
/// # Ok::<(), onroll::identity::IdentityError>(())
/// ```
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

/// A person's role at the school.
///
/// ```
/// use onroll::identity::PersonKind;
/// assert_eq!(PersonKind::ALL.map(PersonKind::as_str), ["student", "staff", "unknown"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PersonKind {
    /// A student.
    Student,
    /// A member of staff.
    Staff,
    /// The provider does not state the role, or states one that onroll does not know. Such a person never opens an
    /// account.
    Unknown,
}

coded!(PersonKind: "kind of person");

impl PersonKind {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Student, Self::Staff, Self::Unknown];

    /// Returns the role in lower case: `student`, `staff` or `unknown`.
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

    /// Sets the school's id at Wonde. Claims do not contain the school. Look the school up in your own table of schools
    /// and [`tenant`](Self::tenant)s. Never take the id from the browser. If the provider itself names a school, that
    /// school is kept.
    #[must_use]
    pub fn of_school(self, school_id: impl Into<String>) -> Self {
        let given = || Some(school_id.into()).filter(|id| !id.is_empty());
        Self { school_id: self.school_id.or_else(given), ..self }
    }

    /// Sets the role to student. Claims do not contain the role, so look at the person's group or organisational unit.
    /// If the provider says that the person is staff, the role does not change.
    #[must_use]
    pub fn as_student(self) -> Self {
        let kind = if self.kind == PersonKind::Unknown { PersonKind::Student } else { self.kind };
        Self { kind, ..self }
    }

    /// Confirms that, at this school, the email address belongs only to this person and is never given to a different
    /// person.
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

    /// Returns the provider: `mylogin`, or the issuer of the claims.
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// Returns the provider's own id for this person, which is the same at every sign-in.
    pub fn subject(&self) -> &str {
        self.subject.expose()
    }

    /// Returns the person's role at the school.
    pub fn kind(&self) -> PersonKind {
        self.kind
    }

    /// Returns the school's id at Wonde, if known.
    pub fn school_id(&self) -> Option<&str> {
        self.school_id.as_deref()
    }

    /// Returns Wonde's id for this person, if the school has matched the person to a record at Wonde.
    pub fn source_id(&self) -> Option<&str> {
        self.source_id.as_ref().map(Private::expose)
    }

    /// Returns the email address, in the provider's letter case.
    pub fn email(&self) -> Option<&str> {
        self.email.as_ref().map(Private::expose)
    }

    /// Returns whether the provider or you verified that the address belongs to this person.
    pub fn is_email_vouched(&self) -> bool {
        self.email_vouched
    }

    /// Returns the organisation's id at the provider: Google's `hd` or Microsoft's `tid`. Use it only together with the
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
