//! The reasons why a person may not open an account (`RefusedReason`), each with its code and the sentence that you
//! show. The codes are also in `bindings-node/lib/codes.ts`, `types.py` and `docs/sign-in.md`.

use std::time::Duration;

use crate::code::coded;

/// The refusal of a sign-in, with its reason. Its text contains no names.
///
/// ```
/// use onroll::identity::{RefusedReason, SignInRefused};
/// let refused = SignInRefused::from(RefusedReason::Locked);
/// assert_eq!(refused.to_string(), "too many wrong passwords; ask your teacher for a new password");
/// assert_eq!(refused.reason.as_str(), "locked");
/// ```
///
/// The error's code is the same for every reason. The page can show the wait in seconds.
///
/// ```
/// use onroll::identity::{RefusedReason, SignInRefused};
/// let refused = SignInRefused::from(RefusedReason::TooSoon);
/// println!("{} ({}): try again after {:?}", refused.code(), refused.reason, refused.retry_after);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", reason.sentence())]
#[non_exhaustive]
pub struct SignInRefused {
    /// The reason.
    pub reason: RefusedReason,
    /// The wait until the next try is allowed, if waiting helps.
    pub retry_after: Option<Duration>,
}

/// The reason why a person may not open an account.
///
/// ```
/// use onroll::identity::RefusedReason;
/// // A page that explains each reason to a teacher.
/// for reason in RefusedReason::ALL {
///     println!("{}", reason.as_str());
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RefusedReason {
    /// `wrong-school`: the identity belongs to a different school, or its school is unknown.
    WrongSchool,
    /// `not-a-student`: the person is a member of staff, or has an unknown role.
    NotAStudent,
    /// `no-account`: onroll cannot say for certain which account belongs to this person.
    NoAccount,
    /// `inactive`: the account belongs to a leaver.
    Inactive,
    /// `blocked`: you or a teacher blocked the account.
    Blocked,
    /// `ambiguous`: more than one account may belong to this person.
    Ambiguous,
    /// `email-not-verified`: only an email address could identify the person, and neither the provider nor you verified
    /// the address.
    EmailNotVerified,
    /// `email-shared`: a different person signed in to this account before, so the email address is shared or now
    /// belongs to a new person.
    EmailShared,
    /// `id-disagrees`: the ids of the sign-in belong to different accounts.
    IdDisagrees,
    /// `not-recognised`: the username or the password is wrong. The message does not say which of them is wrong.
    NotRecognised,
    /// `too-soon`: the person must wait after several wrong passwords.
    TooSoon,
    /// `locked`: too many passwords were wrong. A teacher must give a new password.
    Locked,
    /// `school-paused`: students of the school have typed too many wrong passwords. Everyone at the school must wait.
    SchoolPaused,
}

coded!(RefusedReason: "reason");

impl RefusedReason {
    /// Every reason.
    pub const ALL: [Self; 13] = [
        Self::WrongSchool,
        Self::NotAStudent,
        Self::NoAccount,
        Self::Inactive,
        Self::Blocked,
        Self::Ambiguous,
        Self::EmailNotVerified,
        Self::EmailShared,
        Self::IdDisagrees,
        Self::NotRecognised,
        Self::TooSoon,
        Self::Locked,
        Self::SchoolPaused,
    ];

    /// Returns the reason in kebab-case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WrongSchool => "wrong-school",
            Self::NotAStudent => "not-a-student",
            Self::NoAccount => "no-account",
            Self::Inactive => "inactive",
            Self::Blocked => "blocked",
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
            Self::WrongSchool => "this sign-in is for another school; use the page of your own school",
            Self::NotAStudent => "only students can sign in here; staff use the sign-in page for staff",
            Self::NoAccount => "your account was not found; ask your school to check its list of students",
            Self::Inactive => "this account was deactivated because the student left; ask your school if this is wrong",
            Self::Blocked => "this account is blocked; ask your teacher",
            Self::Ambiguous => "more than one account fits this sign-in; ask your school which one is yours",
            Self::EmailNotVerified => "the email address of this sign-in is not verified; ask your school for help",
            Self::EmailShared => "another person has used this email address; ask your school to check whose it is",
            Self::IdDisagrees => "this sign-in fits two different students; ask your school to match it again",
            Self::NotRecognised => "the username or the password is wrong; check both and try again",
            Self::TooSoon => "too many wrong passwords; wait a moment and try again",
            Self::Locked => "too many wrong passwords; ask your teacher for a new password",
            Self::SchoolPaused => "too many wrong passwords at this school; try again later",
        }
    }
}

impl SignInRefused {
    /// Creates a refusal of your own.
    ///
    /// ```
    /// use onroll::identity::{RefusedReason, SignInRefused};
    /// let refused = SignInRefused::new(RefusedReason::SchoolPaused, None);
    /// assert_eq!(refused.to_string(), "too many wrong passwords at this school; try again later");
    /// ```
    pub fn new(reason: RefusedReason, retry_after: Option<Duration>) -> Self {
        Self { reason, retry_after }
    }

    /// Returns `"sign-in-refused"`.
    pub fn code(&self) -> &'static str {
        "sign-in-refused"
    }
}

impl From<RefusedReason> for SignInRefused {
    fn from(reason: RefusedReason) -> Self {
        Self { reason, retry_after: None }
    }
}
