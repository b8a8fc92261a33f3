//! Plans the changes that make the accounts match a roster, and refuses rosters that look wrong.

// This file has `Plan`. `matcher.rs` matches accounts and students, `builder.rs` makes the plan, `guard.rs` has the
// guards, and `refused.rs` the texts about them.

mod apply;
mod builder;
mod change;
mod changes;
mod contested;
mod decided;
mod decision;
mod entry;
mod erased;
mod evidence;
mod groups;
mod guard;
mod guard_limits;
mod json;
mod matcher;
mod matches;
mod misfits;
mod near;
mod person;
mod planner;
mod refused;
mod reverse;
mod show;
mod staff;
mod statement;
mod taken_ids;
mod without;

use chrono::NaiveDate;

use crate::account::Accounts;
use crate::roster::Roster;
use crate::username::SignIn;
use crate::values::ethnicity::Ethnicities;

pub use apply::PlanError;
pub use change::{Change, ChangeKind, Field, FieldValue};
pub use decision::{Decision, DecisionOutcome, RecordedDecision};
pub use entry::{Conflict, ConflictReason, KeptUsername, LeftOut, NearPair, PlanEntry};
pub use guard::Guard;
#[cfg(feature = "command")]
pub(crate) use guard_limits::MAX_LEAVERS;
pub use person::PersonRef;
pub use planner::{Planner, PlannerError};
pub use refused::PlanRefused;
pub use statement::{Statement, StatementKind};

use changes::Changes;

/// The changes that make the accounts of a school match a roster. You can preview a plan, store it, approve it, and
/// apply it.
///
/// A continuing student keeps the username and password, whatever else changes. A leaver's account is deactivated. If
/// the student returns, the account is activated again.
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
///
/// Show the plan's counts, changes and other lists to the person who approves it:
///
/// ```
/// use onroll::plan::ChangeKind;
/// use onroll::Planner;
/// # use onroll::{Accounts, PasswordPolicy, Reader};
/// # let csv = |rows: &str| format!("{}{rows}", onroll::template_csv());
/// # let now = csv("Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\nNoah Khan,Noah Khan,Year 5,5A,Male,No,APKN,No,No\n");
/// # let next = csv("Zoë Okafor,Zoë Okafor,Year 5,5B,Female,No,BAFR,No,No\nAmy Lee,Amy Lee,Year 5,5B,Female,No,WBRI,No,No\nNoah Khan,Noah Khan,Year 5,5A,Male,No,APKN,No,No\n");
/// # let accounts = Accounts::create(&Reader::new().read_bytes(now.as_bytes())?, &PasswordPolicy::default())?;
/// # let roster = Reader::new().read_bytes(next.as_bytes())?;
/// let plan = Planner::new().school_id("A1329183376").plan(&accounts, &roster)?;
/// println!("{}", plan.summary_in_words());
/// assert_eq!((plan.len(), plan.is_empty(), plan.unchanged()), (2, false, 1));
/// assert_eq!(plan.of_kind(ChangeKind::Join).count(), 1);
/// assert_eq!(plan.at(0).unwrap().username(), "Amy Lee");
/// assert_eq!(plan.school_id(), Some("A1329183376"));
/// assert!(plan.ethnicities().get("WBRI").is_some());
///
/// // The decisions that are left for a person, and the outcomes of earlier decisions.
/// assert!(plan.conflicts().is_empty() && plan.near().is_empty() && plan.decisions().is_empty());
/// // Students without an account, and accounts that stay unchanged although the roster differs.
/// assert_eq!((plan.held(), plan.held_joiners(), plan.in_grace(), plan.erased()), (0, 0, 0, 0));
/// assert!(plan.kept_usernames().is_empty() && plan.erased_by_username().is_empty());
/// // Joiners with a title in the name, guards that were overridden, and changes that were left out.
/// assert!(plan.perhaps_staff().is_empty() && plan.passed().is_empty() && plan.left_out().is_empty());
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
    /// The school's data before the plan, if the plan changes it.
    before: Option<SchoolBefore>,
    /// The number of leavers whose accounts stay active because their last day has not passed.
    in_grace: u64,
    /// Whether most students move up by a year. `today` is the current day, if the host set it.
    promotes: bool,
    today: Option<NaiveDate>,
    left_out: Vec<LeftOut>,
}

/// The school's data that a plan can change, as it was before the plan.
#[derive(Clone, PartialEq)]
struct SchoolBefore {
    school_id: Option<String>,
    sign_in: SignIn,
    promotion: Option<Option<NaiveDate>>,
}

impl Plan {
    /// Returns the changes that make the accounts match a roster, with every guard active and with default passwords.
    ///
    /// # Errors
    /// [`PlannerError::Refused`] with the guard and its numbers. [`PlannerError::Entropy`] if there are joiners and the
    /// operating system does not supply random bytes for their passwords.
    pub fn between(accounts: &Accounts, roster: &Roster) -> Result<Self, PlannerError> {
        Planner::new().plan(accounts, roster)
    }

    /// Returns every change, by kind and then by username.
    ///
    /// ```
    /// use onroll::plan::ChangeKind;
    /// use onroll::Plan;
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let next = csv.replace("5A", "5B");
    /// # let roster = onroll::Reader::new().read_bytes(csv.into_bytes())?;
    /// # let mut accounts = onroll::Accounts::create(&roster, &onroll::PasswordPolicy::default())?;
    /// # let next = onroll::Reader::new().read_bytes(next.into_bytes())?;
    /// let plan = Plan::between(&accounts, &next)?;
    /// for change in plan.changes() {
    ///     assert_eq!((change.kind(), change.username()), (ChangeKind::Move, "Zoë Okafor"));
    ///     assert!(change.fields().any(|field| field.name() == "class_name"));
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn changes(&self) -> impl DoubleEndedIterator<Item = Change<'_>> + ExactSizeIterator + Clone {
        self.changes.iter()
    }

    /// Returns the change at an index.
    pub fn at(&self, index: usize) -> Option<Change<'_>> {
        self.changes.at(index)
    }

    /// Returns the changes of one kind.
    pub fn of_kind(&self, kind: ChangeKind) -> impl Iterator<Item = Change<'_>> + Clone {
        self.changes().filter(move |change| change.kind() == kind)
    }

    /// Returns the number of changes.
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// Returns the uncertain matches. The plan does not change their accounts, except if the reason is
    /// `username-taken` or `upn-shared`.
    pub fn conflicts(&self) -> &[Conflict] {
        &self.conflicts
    }

    /// Returns the leavers and joiners who may be the same student.
    pub fn near(&self) -> &[NearPair] {
        &self.near
    }

    /// Returns the decisions given to the plan, each with its outcome.
    pub fn decisions(&self) -> &[RecordedDecision] {
        &self.decisions
    }

    /// Returns the ethnicity codes that the changes may use: the Department for Education's codes and those that you
    /// added.
    pub fn ethnicities(&self) -> &Ethnicities {
        self.changes.ethnicities()
    }

    /// Returns the school's id, if you set it, or if the roster or the accounts have one.
    pub fn school_id(&self) -> Option<&str> {
        self.school_id.as_deref()
    }

    /// Returns the accounts that keep their username although the roster has a different one.
    pub fn kept_usernames(&self) -> &[KeptUsername] {
        &self.kept_usernames
    }

    /// Returns the number of active accounts that stay unchanged. Accounts in conflicts, and accounts of students who
    /// were not imported, are not included. Accounts without a student in the roster are not included either, unless
    /// you [left out](Self::without) their change.
    pub fn unchanged(&self) -> u64 {
        self.unchanged
    }

    /// Returns the number of accounts that stay unchanged because their student was not imported
    /// ([`Roster::held`](crate::Roster::held)).
    pub fn held(&self) -> u64 {
        self.held
    }

    /// Returns the number of leavers' accounts that stay active because their [last
    /// day](crate::account::AccountState::active_until) has not passed.
    pub fn in_grace(&self) -> u64 {
        self.in_grace
    }

    /// Returns the changes that were [left out](Self::without), by kind and then by username.
    pub fn left_out(&self) -> &[LeftOut] {
        &self.left_out
    }

    /// Returns the number of students who have no account and do not get one yet. Their records have errors, or the MIS
    /// withholds what an account needs.
    pub fn held_joiners(&self) -> u64 {
        self.held_joiners
    }

    /// Returns the number of students who were left out because they are erased.
    pub fn erased(&self) -> u64 {
        self.erased
    }

    /// Returns the students who were left out only because their username was erased. Check each one: a new student can
    /// have the same name as an erased student. To give the new student an account, add the erased student's id to the
    /// username ([`erased_students`](Planner::erased_students)), or remove the username.
    pub fn erased_by_username(&self) -> &[PlanEntry] {
        &self.erased_by_username
    }

    /// Returns the overridden guards that would have refused this plan.
    pub fn passed(&self) -> &[Guard] {
        &self.passed
    }

    /// Returns whether the plan has no changes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
