//! What must change so that the accounts match a roster, and when to refuse.

mod apply;
mod change;
mod guard;
mod json;
mod make;
mod pair;
mod show;

use std::collections::{BTreeSet, HashSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::account::Accounts;
use crate::password::{EntropyError, PasswordPolicy};
use crate::roster::Roster;
use crate::text::Private;
use crate::username::SignIn;
use crate::year_group::YearGroup;

pub use apply::PlanError;
pub use change::{Change, ChangeKind, Field};
pub use guard::{Guard, PlanRefused};

use change::Changes;

/// What must change so that the accounts of a school match a roster: a calculation that a host
/// previews, stores, approves, and applies.
///
/// A continuing student keeps username and password, whatever else changes. Leaving deactivates, and
/// returning reactivates the same account.
///
/// ```
/// use onroll::{Accounts, PasswordPolicy, Plan, Reader};
/// # let csv = |rows: &str| format!("{}{rows}", onroll::template_csv());
/// let now = csv("Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n");
/// let next = csv("Zoë Okafor,Zoë Okafor,Year 5,5B,Female,No,BAFR,No,No\n\
///                 Noah Khan,Noah Khan,Year 5,5B,Male,No,APKN,No,No\n");
/// let roster = Reader::new().read_bytes(now.as_bytes())?;
/// let accounts = Accounts::create(&roster, &PasswordPolicy::default());
///
/// let plan = Plan::between(&accounts, &Reader::new().read_bytes(next.as_bytes())?)?;
/// assert_eq!(plan.summary(), "1 join, 1 move");
/// let accounts = plan.apply(accounts)?;
/// assert_eq!(accounts.get("Zoë Okafor").unwrap().class_name, "5B");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Plan {
    fingerprint: String,
    sign_in: SignIn,
    changes: Changes,
    conflicts: Vec<Conflict>,
    kept_usernames: Vec<KeptUsername>,
    unchanged: u64,
    held: u64,
    erased: u64,
    passed: Vec<Guard>,
}

/// Accounts and students that could not be told apart with certainty. They stay as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    reason: ConflictReason,
    usernames: Vec<Private>,
    students: Vec<Listed>,
}

/// Why something is a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ConflictReason {
    /// `name-shared`: several accounts or students have this name, and nothing else tells them apart.
    NameShared,
    /// `source-id-changed`: username or name are the account's, and the source id is another.
    SourceIdChanged,
    /// `source-id-reused`: the source id is the account's, and name and UPN are others.
    SourceIdReused,
    /// `username-reused`: the username is the account's, and the name is quite another.
    UsernameReused,
    /// `username-taken`: the username is one that another account keeps. That account is named, but only the
    /// student is in doubt.
    UsernameTaken,
    /// `years-apart`: the username is the account's, and the student is younger by more than a mistake of one
    /// year: another child of that name, or a year that was wrong.
    YearsApart,
}

impl ConflictReason {
    /// The reason in kebab-case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NameShared => "name-shared",
            Self::SourceIdChanged => "source-id-changed",
            Self::SourceIdReused => "source-id-reused",
            Self::UsernameReused => "username-reused",
            Self::UsernameTaken => "username-taken",
            Self::YearsApart => "years-apart",
        }
    }
}

/// A student of the roster, as a conflict lists one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Listed {
    /// The name.
    pub full_name: String,
    /// The username.
    pub username: String,
    /// The year group.
    pub year_group: String,
    /// The class.
    pub class_name: String,
}

/// An account that keeps its username though the roster has another.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct KeptUsername {
    /// The username that is kept.
    pub kept: String,
    /// The one in the roster.
    pub listed: String,
}

impl Conflict {
    /// Why.
    pub fn reason(&self) -> ConflictReason {
        self.reason
    }

    /// The usernames of the accounts in it.
    pub fn usernames(&self) -> impl Iterator<Item = &str> {
        self.usernames.iter().map(Private::expose)
    }

    /// The students in it.
    pub fn students(&self) -> &[Listed] {
        &self.students
    }
}

macro_rules! hidden {
    ($($type:ident)*) => {$(
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($type), "(<hidden>)"))
            }
        }
    )*};
}

hidden! { Listed KeptUsername }

impl Plan {
    /// The plan between accounts and a roster, with every guard up.
    ///
    /// # Errors
    /// [`PlanRefused`] with the guard and its numbers.
    ///
    /// # Panics
    /// If there are joiners, and the operating system gives no randomness for their passwords;
    /// [`Planner::plan`] returns that as an error.
    #[expect(clippy::panic, reason = "said above, and there is a twin that does not")]
    pub fn between(accounts: &Accounts, roster: &Roster) -> Result<Self, PlanRefused> {
        match Planner::new().plan(accounts, roster) {
            Ok(plan) => Ok(plan),
            Err(PlannerError::Refused(refused)) => Err(refused),
            Err(PlannerError::Entropy(error)) => panic!("{error}"),
        }
    }

    /// Every change, by kind and then by username.
    pub fn changes(&self) -> impl DoubleEndedIterator<Item = Change<'_>> + ExactSizeIterator + Clone {
        self.changes.iter()
    }

    /// A change by place, counted from 0.
    pub fn at(&self, place: usize) -> Option<Change<'_>> {
        self.changes.at(place)
    }

    /// The changes of one kind.
    pub fn of_kind(&self, kind: ChangeKind) -> impl Iterator<Item = Change<'_>> + Clone {
        self.changes().filter(move |change| change.kind() == kind)
    }

    /// How many changes there are.
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// What could not be told with certainty, and stays as it is.
    pub fn conflicts(&self) -> &[Conflict] {
        &self.conflicts
    }

    /// The accounts that keep their username though the roster has another.
    pub fn kept_usernames(&self) -> &[KeptUsername] {
        &self.kept_usernames
    }

    /// How many active accounts stay as they are, those in conflicts and of held students aside.
    pub fn unchanged(&self) -> u64 {
        self.unchanged
    }

    /// How many accounts stay as they are because their student is held.
    pub fn held(&self) -> u64 {
        self.held
    }

    /// How many students were left out because they are erased.
    pub fn erased(&self) -> u64 {
        self.erased
    }

    /// The guards that would have refused this plan, had the host not passed them.
    pub fn passed(&self) -> &[Guard] {
        &self.passed
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Makes plans, with the host's choices.
///
/// ```
/// use onroll::{Guard, Planner, YearGroup};
/// // In July a primary school's Year 6 leaves, and the rest moves up.
/// let planner = Planner::new().leaving_years([YearGroup::Year(6)]).despite([Guard::UsernamesChanged]);
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Planner {
    max_leavers: f64,
    leaving_years: Vec<YearGroup>,
    erased: HashSet<Private>,
    despite: BTreeSet<Guard>,
    passwords: PasswordPolicy,
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlannerError {
    /// A guard refused it.
    #[error(transparent)]
    Refused(#[from] PlanRefused),
    /// The operating system gave no randomness for the joiners' passwords.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

impl PlannerError {
    /// The error's code, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(refused) => refused.code(),
            Self::Entropy(error) => error.code(),
        }
    }
}

impl Default for Planner {
    fn default() -> Self {
        Self::new()
    }
}

impl Planner {
    /// A planner with every guard up.
    pub fn new() -> Self {
        Self {
            max_leavers: 0.1,
            leaving_years: Vec::new(),
            erased: HashSet::new(),
            despite: BTreeSet::new(),
            passwords: PasswordPolicy::default(),
        }
    }

    /// How many of the active accounts may leave at once, as a part of 1; 0.1 by default, and 5 always may.
    pub fn max_leavers(mut self, part: f64) -> Self {
        self.max_leavers = part;
        self
    }

    /// Years whose leavers are expected and do not count against the limit: a final year, from July to September.
    pub fn leaving_years(mut self, years: impl IntoIterator<Item = YearGroup>) -> Self {
        self.leaving_years = years.into_iter().collect();
        self
    }

    /// Students erased at a parent's request, by source id, UPN or username: they are never made again.
    pub fn erased<'e>(mut self, erased: impl IntoIterator<Item = &'e str>) -> Self {
        self.erased = erased.into_iter().map(|id| Private::new(crate::text::key(id).as_ref())).collect();
        self
    }

    /// Guards to pass; the plan records which of them would have refused it.
    pub fn despite(mut self, guards: impl IntoIterator<Item = Guard>) -> Self {
        self.despite = guards.into_iter().collect();
        self
    }

    /// How the joiners' passwords are made.
    pub fn passwords(mut self, policy: PasswordPolicy) -> Self {
        self.passwords = policy;
        self
    }

    /// The plan between accounts and a roster.
    ///
    /// # Errors
    /// [`PlannerError::Refused`] with the guard and its numbers; [`PlannerError::Entropy`].
    pub fn plan(&self, accounts: &Accounts, roster: &Roster) -> Result<Plan, PlannerError> {
        make::plan(self, accounts, roster)
    }
}
