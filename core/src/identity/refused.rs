//! Why somebody may not open an account, for the host to show and to log.

use std::time::Duration;

use crate::code::coded;

/// Why somebody may not open an account. Its text names nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", reason.sentence())]
#[non_exhaustive]
pub struct SignInRefused {
    /// Why.
    pub reason: RefusedReason,
    /// When it may be tried again, if waiting helps.
    pub retry_after: Option<Duration>,
}

/// Why somebody may not open an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RefusedReason {
    /// `wrong-school`: the identity is of another school, or of none that is known.
    WrongSchool,
    /// `not-a-student`: staff, or somebody of whom it is not said.
    NotAStudent,
    /// `no-account`: nobody in the accounts is this person for certain.
    NoAccount,
    /// `inactive`: the account is a leaver's.
    Inactive,
    /// `ambiguous`: more than one account could be this person's.
    Ambiguous,
    /// `email-not-verified`: there is an address only, and nobody vouches for it.
    EmailNotVerified,
    /// `email-shared`: the address led another person to this account before, and so it is shared or was given anew.
    EmailShared,
    /// `id-disagrees`: one thing says this account, and an id says another.
    IdDisagrees,
    /// `not-recognised`: the username or the password is wrong; which of the two is not said.
    NotRecognised,
    /// `too-soon`: after several wrong passwords a little time must pass.
    TooSoon,
    /// `locked`: after too many wrong passwords, until a teacher gives a new one.
    Locked,
    /// `school-paused`: more wrong passwords than a school types in a day.
    SchoolPaused,
}

coded!(RefusedReason: "reason");

impl RefusedReason {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::WrongSchool,
        Self::NotAStudent,
        Self::NoAccount,
        Self::Inactive,
        Self::Ambiguous,
        Self::EmailNotVerified,
        Self::EmailShared,
        Self::IdDisagrees,
        Self::NotRecognised,
        Self::TooSoon,
        Self::Locked,
        Self::SchoolPaused,
    ];

    /// The reason in kebab-case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WrongSchool => "wrong-school",
            Self::NotAStudent => "not-a-student",
            Self::NoAccount => "no-account",
            Self::Inactive => "inactive",
            Self::Ambiguous => "ambiguous",
            Self::EmailNotVerified => "email-not-verified",
            Self::EmailShared => "email-shared",
            Self::IdDisagrees => "id-disagrees",
            Self::NotRecognised => "not-recognised",
            Self::TooSoon => "too-soon",
            Self::Locked => "locked",
            Self::SchoolPaused => "school-paused",
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            Self::WrongSchool => "this sign-in is for another school",
            Self::NotAStudent => "only students sign in here",
            Self::NoAccount => "there is no account for this sign-in: the school can say whether it is in the roster",
            Self::Inactive => "this account is closed, since the student has left",
            Self::Ambiguous => "more than one account could be meant: the school must say which",
            Self::EmailNotVerified => "the email address of this sign-in is not verified",
            Self::EmailShared => "this email address has been used by another person: the school must say whose it is",
            Self::IdDisagrees => "this sign-in says two different students: the school must match it again",
            Self::NotRecognised => "the username or the password is not right",
            Self::TooSoon => "that was not right several times: wait a little and try again",
            Self::Locked => "that was not right too many times: a teacher must give a new password",
            Self::SchoolPaused => "there were too many wrong passwords at this school: try again later",
        }
    }
}

impl SignInRefused {
    /// A refusal of the host's own.
    pub fn new(reason: RefusedReason, retry_after: Option<Duration>) -> Self {
        Self { reason, retry_after }
    }

    /// `"sign-in-refused"`
    pub fn code(&self) -> &'static str {
        "sign-in-refused"
    }
}

impl From<RefusedReason> for SignInRefused {
    fn from(reason: RefusedReason) -> Self {
        Self { reason, retry_after: None }
    }
}
