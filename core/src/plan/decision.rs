//! A person's decision about an account and a student, as data for later plans (`Decision`), and the possible outcomes.
//! `decided.rs` decides which outcome it has. An outcome is also in `bindings-node/lib/decision.ts` and `types.py`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::code::coded;

use super::PersonRef;

/// A person's decision about an account and a student. Store decisions with the school, and pass all of them to every
/// later plan. A plan records the outcome of each decision. You can delete the decisions that no longer apply.
///
/// Delete a rename when you have applied its plan. A stored rename finds the account by its id in every later plan. If a
/// person then renames the account again, the next plan would undo that.
///
/// ```
/// use onroll::{Accounts, Decision, PasswordPolicy, Plan, Planner, Reader};
/// # let csv = |rows: &str| format!("{}{rows}", onroll::template_csv());
/// # let before = csv("Tom Lee,Tom Lee,Year 5,5A,Male,No,WBRI,No,No\n");
/// # let after = csv("Thomas Lee,Thomas Lee,Year 5,5A,Male,No,WBRI,No,No\n");
/// # let accounts = Accounts::create(&Reader::new().read_bytes(before.into_bytes())?, &PasswordPolicy::default())?;
/// # let roster = Reader::new().read_bytes(after.into_bytes())?;
/// let plan = Plan::between(&accounts, &roster)?;
/// assert_eq!(plan.summary(), "1 join, 1 leave");
/// // The leaver and the joiner may be the same student. A person decides that they are.
/// let pair = &plan.near()[0];
/// let stored = serde_json::to_string(&[Decision::same(&pair.account, &pair.student)])?;
///
/// let decisions: Vec<Decision> = serde_json::from_str(&stored)?;
/// let plan = Planner::new().decisions(decisions).plan(&accounts, &roster)?;
/// assert_eq!(plan.summary(), "1 update");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A second kind of decision says that an account does not belong to a student. A third kind gives an account a new
/// username.
///
/// ```
/// use onroll::plan::DecisionOutcome;
/// use onroll::{Decision, Planner};
/// # use onroll::{Accounts, PasswordPolicy, Reader};
/// # let csv = onroll::template_csv() + "Tom Lee,Tom Lee,Year 5,5A,Male,No,WBRI,No,No\n";
/// # let roster = Reader::new().read_bytes(csv.into_bytes())?;
/// # let accounts = Accounts::create(&roster, &PasswordPolicy::default())?;
/// let decisions = [Decision::rename("Tom Lee", "Tommy Lee"), Decision::different("Tom Lee", "Thomas Lee")];
/// let plan = Planner::new().decisions(decisions).plan(&accounts, &roster.into_partial())?;
/// assert_eq!(plan.decisions()[1].outcome, DecisionOutcome::NotFound); // there is no Thomas Lee
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Decision {
    /// The account belongs to this student. The account keeps its username and password.
    Same {
        /// The account.
        account: PersonRef,
        /// The student in the roster.
        student: PersonRef,
    },
    /// The account belongs to a different person. The student gets a separate account, if the username is free.
    Different {
        /// The account.
        account: PersonRef,
        /// The student in the roster.
        student: PersonRef,
    },
    /// The account gets this username. Use this decision for a child whose name changed. If a student in the roster has
    /// the username, the account belongs to that student. The password stays the same.
    Rename {
        /// The account.
        account: PersonRef,
        /// The new username.
        username: String,
    },
}

impl Decision {
    /// Decides that an account belongs to a student.
    pub fn same(account: impl Into<PersonRef>, student: impl Into<PersonRef>) -> Self {
        Self::Same { account: account.into(), student: student.into() }
    }

    /// Decides that an account does not belong to a student.
    pub fn different(account: impl Into<PersonRef>, student: impl Into<PersonRef>) -> Self {
        Self::Different { account: account.into(), student: student.into() }
    }

    /// Decides that an account gets a new username.
    pub fn rename(account: impl Into<PersonRef>, username: impl Into<String>) -> Self {
        Self::Rename { account: account.into(), username: username.into() }
    }
}

impl fmt::Debug for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Same { .. } => "Same(<hidden>)",
            Self::Different { .. } => "Different(<hidden>)",
            Self::Rename { .. } => "Rename(<hidden>)",
        })
    }
}

/// The outcome of a decision in a plan.
///
/// ```
/// use onroll::plan::DecisionOutcome;
/// // A page that explains each outcome.
/// for outcome in DecisionOutcome::ALL {
///     println!("{}", outcome.as_str());
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DecisionOutcome {
    /// `applied`: the plan follows the decision.
    Applied,
    /// `not-found`: the account or the student in the decision no longer exists, or several accounts or students match.
    NotFound,
    /// `contradicted`: an earlier decision about the same account or student says something else.
    Contradicted,
    /// `username-taken`: another account has the new username and keeps it.
    UsernameTaken,
    /// `username-refused`: the new username is blank or too long, contains characters or spaces that are not allowed,
    /// or is not an email address although students sign in with SSO.
    UsernameRefused,
}

coded!(DecisionOutcome: "outcome");

impl DecisionOutcome {
    /// Every outcome.
    pub const ALL: [Self; 5] =
        [Self::Applied, Self::NotFound, Self::Contradicted, Self::UsernameTaken, Self::UsernameRefused];

    /// Returns the outcome's code in kebab-case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::NotFound => "not-found",
            Self::Contradicted => "contradicted",
            Self::UsernameTaken => "username-taken",
            Self::UsernameRefused => "username-refused",
        }
    }
}

/// A decision given to a plan, and its outcome.
///
/// ```
/// use onroll::{Accounts, Decision, PasswordPolicy, Planner, Reader};
/// # let csv = onroll::template_csv() + "Tom Lee,Tom Lee,Year 5,5A,Male,No,WBRI,No,No\n";
/// # let after = csv.replace("Tom", "Thomas");
/// # let accounts = Accounts::create(&Reader::new().read_bytes(csv.into_bytes())?, &PasswordPolicy::default())?;
/// # let roster = Reader::new().read_bytes(after.into_bytes())?;
/// let plan = Planner::new().decisions([Decision::same("Tom Lee", "Thomas Lee")]).plan(&accounts, &roster)?;
/// for recorded in plan.decisions() {
///     println!("{:?}: {}", recorded.decision, recorded.outcome);
/// }
/// # assert_eq!(plan.decisions()[0].outcome.as_str(), "applied");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RecordedDecision {
    /// The decision.
    pub decision: Decision,
    /// The outcome.
    pub outcome: DecisionOutcome,
}
