//! What must change so that the accounts match a roster, and when to refuse.

mod apply;
mod builder;
mod change;
mod decision;
mod evidence;
mod guard;
mod json;
mod matcher;
mod matches;
mod near;
mod show;
mod statement;

use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use crate::account::Accounts;
use crate::code::coded;
use crate::password::{EntropyError, PasswordPolicy};
use crate::roster::Roster;
use crate::student::Student;
use crate::text::Private;
use crate::username::SignIn;
use crate::watch::{Ended, Watch};
use crate::year_group::YearGroup;

pub use apply::PlanError;
pub use change::{Change, ChangeKind, Field, FieldValue};
pub use decision::{Decision, DecisionOutcome, PersonRef, RecordedDecision};
pub use guard::{Guard, PlanRefused};
pub use statement::{Statement, StatementKind};

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
/// let accounts = Accounts::create(&roster, &PasswordPolicy::default())?;
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
    school_id: Option<String>,
    sign_in: SignIn,
    changes: Changes,
    conflicts: Vec<Conflict>,
    near: Vec<NearPair>,
    kept_usernames: Vec<KeptUsername>,
    unchanged: u64,
    held: u64,
    held_joiners: u64,
    erased: u64,
    erased_by_username: Vec<PlanEntry>,
    passed: Vec<Guard>,
    decisions: Vec<RecordedDecision>,
}

/// Accounts and students that could not be matched with certainty. They stay as they are until a person [decides](Decision).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Conflict {
    /// Why it is a conflict.
    pub reason: ConflictReason,
    /// The accounts in it.
    pub accounts: Vec<PlanEntry>,
    /// The students of the roster in it.
    pub students: Vec<PlanEntry>,
}

/// A leaver and a joiner who are perhaps the same student: their names are near, or they share one name while gender, ethnicity
/// and class agree. Nothing is done about it until a person [decides](Decision). At most three are listed for a joiner.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NearPair {
    /// The leaver's account.
    pub account: PlanEntry,
    /// The joiner.
    pub student: PlanEntry,
}

/// Why something is a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ConflictReason {
    /// `name-shared`: several accounts or students have this name, and nothing else tells them apart.
    NameShared,
    /// `source-id-changed`: username or name are the account's, and the source id is another.
    SourceIdChanged,
    /// `source-id-reused`: the source id is the account's, and name and UPN are others.
    SourceIdReused,
    /// `username-reused`: the username is the account's, and the names are not one person's.
    UsernameReused,
    /// `username-taken`: the username is one that another account keeps. That account is named, but only the
    /// student is in doubt.
    UsernameTaken,
    /// `years-apart`: username or name are the account's, and the student is younger by more than a mistake of one year, or
    /// older by two years or more than an account in use: another child of that name, or a year that was wrong.
    YearsApart,
    /// `person-differs`: username or name are the account's, and gender, ethnicity and class all differ.
    PersonDiffers,
}

coded!(ConflictReason: "reason of a conflict");

impl ConflictReason {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::NameShared,
        Self::SourceIdChanged,
        Self::SourceIdReused,
        Self::UsernameReused,
        Self::UsernameTaken,
        Self::YearsApart,
        Self::PersonDiffers,
    ];

    /// The reason in kebab-case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NameShared => "name-shared",
            Self::SourceIdChanged => "source-id-changed",
            Self::SourceIdReused => "source-id-reused",
            Self::UsernameReused => "username-reused",
            Self::UsernameTaken => "username-taken",
            Self::YearsApart => "years-apart",
            Self::PersonDiffers => "person-differs",
        }
    }
}

/// An account, or a student of the roster, as a plan lists one in a conflict or a near pair.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PlanEntry {
    /// The username.
    pub username: String,
    /// The full name.
    pub full_name: String,
    /// The year group as it is listed.
    pub year_group: String,
    /// The class as it is listed.
    pub class_name: String,
    /// The id that the school's MIS, or Wonde, gives the student, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_id: Option<String>,
    /// The unique pupil number, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upn: Option<String>,
}

impl PlanEntry {
    fn new(student: &Student<'_>, ids: [Option<&str>; 2]) -> Self {
        let [source_id, upn] = ids.map(|id| id.map(str::to_owned));
        Self {
            username: student.username.to_owned(),
            full_name: student.full_name.to_owned(),
            year_group: student.year_group.to_owned(),
            class_name: student.class_name.to_owned(),
            source_id,
            upn,
        }
    }
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

macro_rules! hidden {
    ($($type:ident)*) => {$(
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($type), "(<hidden>)"))
            }
        }
    )*};
}

hidden! { PlanEntry KeptUsername }

impl Plan {
    /// Returns the plan between accounts and a roster, with every guard up and the default passwords.
    ///
    /// # Errors
    /// [`PlannerError::Refused`] with the guard and its numbers; [`PlannerError::Entropy`] if there are joiners and the
    /// operating system gives no randomness for their passwords.
    pub fn between(accounts: &Accounts, roster: &Roster) -> Result<Self, PlannerError> {
        Planner::new().plan(accounts, roster)
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

    /// Returns the leavers and joiners who are perhaps the same student.
    pub fn near(&self) -> &[NearPair] {
        &self.near
    }

    /// Returns the decisions that the plan was given, each with what became of it.
    pub fn decisions(&self) -> &[RecordedDecision] {
        &self.decisions
    }

    /// Returns the id of the school whose plan this is, where the host, the roster or the accounts name it.
    pub fn school_id(&self) -> Option<&str> {
        self.school_id.as_deref()
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

    /// Returns how many students have no account and get none yet: their records have errors, or the MIS withholds what an account needs.
    pub fn held_joiners(&self) -> u64 {
        self.held_joiners
    }

    /// Returns how many students were left out because they are erased.
    pub fn erased(&self) -> u64 {
        self.erased
    }

    /// Returns the students who were left out because of an erased username alone. Look at each: a namesake who joins later is
    /// another child, and gets an account when the roster has an id for them or the username is no longer among the erased.
    pub fn erased_by_username(&self) -> &[PlanEntry] {
        &self.erased_by_username
    }

    /// Returns the guards that would have refused this plan, had the host not overridden them.
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
/// let planner = Planner::new().leaving_years([YearGroup::Year(6)]).override_guards([Guard::UsernamesChanged]);
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Planner {
    max_leavers: f64,
    leaving_years: Vec<YearGroup>,
    /// As ids, and as the keys of usernames.
    erased: HashSet<Private>,
    erased_keys: HashSet<Private>,
    override_guards: BTreeSet<Guard>,
    decisions: Vec<Decision>,
    school_id: Option<String>,
    passwords: PasswordPolicy,
    watch: Watch,
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
    /// The planner's [watch](Planner::watch) ended it.
    #[error("planning was ended by its watch")]
    Ended,
}

impl From<Ended> for PlannerError {
    fn from(_: Ended) -> Self {
        Self::Ended
    }
}

impl PlannerError {
    /// The error's code, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(refused) => refused.code(),
            Self::Entropy(error) => error.code(),
            Self::Ended => "plan-ended",
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
            erased_keys: HashSet::new(),
            override_guards: BTreeSet::new(),
            decisions: Vec::new(),
            school_id: None,
            passwords: PasswordPolicy::default(),
            watch: Watch::default(),
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

    /// Sets the students erased at a parent's request, by source id, UPN or username: no account is made for them again. Where
    /// the roster has an id for a student, only an id counts, so that a namesake is not refused. Where it has none, the username
    /// counts, and the plan [lists](Plan::erased_by_username) the student.
    pub fn erased<'e>(mut self, erased: impl IntoIterator<Item = &'e str>) -> Self {
        let erased: Vec<&str> = erased.into_iter().map(str::trim).collect();
        self.erased = erased.iter().map(|id| Private::new(*id)).collect();
        self.erased_keys = erased.iter().map(|id| Private::new(crate::text::key(id).as_ref())).collect();
        self
    }

    /// Sets the guards to override. The plan records which of them would have refused it.
    pub fn override_guards(mut self, guards: impl IntoIterator<Item = Guard>) -> Self {
        self.override_guards = guards.into_iter().collect();
        self
    }

    /// Sets what people decided about accounts and students of this school. The plan records what became of each decision.
    pub fn decisions(mut self, decisions: impl IntoIterator<Item = Decision>) -> Self {
        self.decisions = decisions.into_iter().collect();
        self
    }

    /// Names the school, by any id that the host uses for it. The plan carries it, and the guard `school-mismatch` refuses
    /// accounts of another school. Without it, the plan names the school of a roster from Wonde, or of the accounts.
    pub fn school_id(mut self, school_id: impl Into<String>) -> Self {
        self.school_id = Some(school_id.into()).filter(|id| !id.is_empty());
        self
    }

    /// How the joiners' passwords are made.
    pub fn passwords(mut self, policy: PasswordPolicy) -> Self {
        self.passwords = policy;
        self
    }

    /// Sets a function that is called every 10,000 steps of planning, some milliseconds, and says whether to go on.
    ///
    /// ```
    /// use std::ops::ControlFlow;
    /// use onroll::Planner;
    /// let impatient = Planner::new().watch(|| ControlFlow::Break(()));
    /// ```
    pub fn watch(mut self, watch: impl Fn() -> ControlFlow<()> + Send + Sync + 'static) -> Self {
        self.watch = Watch::new(move |_, _| watch());
        self
    }

    /// Returns the plan between accounts and a roster.
    ///
    /// # Errors
    /// [`PlannerError::Refused`] with the guard and its numbers; [`PlannerError::Entropy`]; [`PlannerError::Ended`] by the watch.
    pub fn plan(&self, accounts: &Accounts, roster: &Roster) -> Result<Plan, PlannerError> {
        builder::plan(self, accounts, roster)
    }
}
