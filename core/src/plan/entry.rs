//! The lists in a plan other than its changes: conflicts, pairs with similar names, kept usernames, and changes that
//! were left out. Has the reasons of conflicts (`ConflictReason`). `matcher.rs` finds the conflicts, and `near.rs` the
//! pairs.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::code::coded;
use crate::student::Student;

use super::ChangeKind;

/// Accounts and students that could not be matched with certainty. They stay unchanged until a person
/// [decides](crate::Decision).
///
/// ```
/// use onroll::account::AccountRow;
/// use onroll::{Accounts, Planner, Reader, Record, SignIn};
/// # let row = |source_id: &str, name: &str| AccountRow {
/// #     source_id: Some(source_id.into()), full_name: name.into(), username: name.into(), ..AccountRow::default()
/// # };
/// # let accounts = Accounts::from_rows([row("77", "Zoë Okafor"), row("78", "Zoë Okafor 5B")], SignIn::Password)?;
/// # let record = Record::new(["Zoë Okafor", "zoe", "Year 5", "5A", "Female", "No", "BAFR", "No", "No"]);
/// # let roster = Reader::new().read_records([record])?.into_partial();
/// let plan = Planner::new().plan(&accounts, &roster)?;
/// for conflict in plan.conflicts() {
///     println!("{}:", conflict.reason);
///     for entry in conflict.accounts.iter().chain(&conflict.students) {
///         println!("  {} ({}, {})", entry.full_name, entry.username, entry.class_name);
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Conflict {
    /// The reason for the conflict.
    pub reason: ConflictReason,
    /// The accounts in the conflict.
    pub accounts: Vec<PlanEntry>,
    /// The students in the conflict.
    pub students: Vec<PlanEntry>,
}

/// A joiner and a leaver (or an account made by hand) who may be the same student. Their names are similar, or they
/// share one name and agree in gender, ethnicity and class. The plan treats them as two people until a person
/// [decides](crate::Decision). At most three pairs are listed for each joiner.
///
/// ```
/// use onroll::{Accounts, PasswordPolicy, Plan, Reader};
/// # let csv = onroll::template_csv() + "Tom Lee,Tom Lee,Year 5,5A,Male,No,WBRI,No,No\n";
/// # let after = csv.replace("Tom", "Thomas");
/// # let accounts = Accounts::create(&Reader::new().read_bytes(csv.into_bytes())?, &PasswordPolicy::default())?;
/// # let roster = Reader::new().read_bytes(after.into_bytes())?;
/// let plan = Plan::between(&accounts, &roster)?;
/// let pair = &plan.near()[0];
/// assert_eq!((pair.account.full_name.as_str(), pair.student.full_name.as_str()), ("Tom Lee", "Thomas Lee"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NearPair {
    /// The leaver's account, or the account made by hand.
    pub account: PlanEntry,
    /// The joiner.
    pub student: PlanEntry,
}

/// The reason for a conflict.
///
/// ```
/// use onroll::plan::ConflictReason;
/// // A page that explains each reason.
/// for reason in ConflictReason::ALL {
///     println!("{}", reason.as_str());
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ConflictReason {
    /// `name-shared`: several accounts or students have this name, and nothing else tells them apart.
    NameShared,
    /// `source-id-changed`: the student has the account's username or name, but a different source id.
    SourceIdChanged,
    /// `source-id-reused`: the student has an id of the account, but a different name, and something contradicts the id.
    /// The UPNs differ, or the names have nothing in common and the id is Wonde's for the person (`upi`). Or several
    /// students have the id of one account, and the username and the name of another.
    SourceIdReused,
    /// `username-reused`: the student has the account's username, but the two names belong to different people.
    UsernameReused,
    /// `username-taken`: another account keeps the student's username. The conflict lists the other account, but only
    /// the student is in doubt.
    UsernameTaken,
    /// `years-apart`: the student has the account's username or name, but the year is too far from the account's. The
    /// account is active. The student's year is at least two years lower or higher. The student may be a different
    /// child with the same name, or the year may be wrong.
    YearsApart,
    /// `person-differs`: the student has the account's username or name, but gender, ethnicity and class all differ.
    PersonDiffers,
    /// `upn-shared`: the student has no account, but has the name and the valid UPN of the account or of another student
    /// who gets an account. The student is probably a second record of the same child. Only the student is in doubt.
    /// Decide `same` or `different` as soon as the first record has an account. With `same`, the account keeps the id of
    /// the first record, and the second record gets no account while both are in the roster.
    UpnShared,
}

coded!(ConflictReason: "reason of a conflict");

impl ConflictReason {
    /// Every reason.
    pub const ALL: [Self; 8] = [
        Self::NameShared,
        Self::SourceIdChanged,
        Self::SourceIdReused,
        Self::UsernameReused,
        Self::UsernameTaken,
        Self::YearsApart,
        Self::PersonDiffers,
        Self::UpnShared,
    ];

    /// Returns the reason in kebab-case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NameShared => "name-shared",
            Self::SourceIdChanged => "source-id-changed",
            Self::SourceIdReused => "source-id-reused",
            Self::UsernameReused => "username-reused",
            Self::UsernameTaken => "username-taken",
            Self::YearsApart => "years-apart",
            Self::PersonDiffers => "person-differs",
            Self::UpnShared => "upn-shared",
        }
    }
}

/// An account or a student in a list of the plan, such as a conflict.
///
/// ```
/// use onroll::{Accounts, PasswordPolicy, Plan, Reader};
/// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
/// # let after = csv.clone() + "Mrs Lee,Mrs Lee,Staff,Office,Female,No,WBRI,No,No\n";
/// # let accounts = Accounts::create(&Reader::new().read_bytes(csv.into_bytes())?, &PasswordPolicy::default())?;
/// # let roster = Reader::new().read_bytes(after.into_bytes())?;
/// let plan = Plan::between(&accounts, &roster)?;
/// for entry in plan.perhaps_staff() {
///     println!("{} ({}) is perhaps not a student", entry.full_name, entry.year_group);
/// }
/// # assert_eq!(plan.perhaps_staff().len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PlanEntry {
    /// The username.
    pub username: String,
    /// The full name.
    pub full_name: String,
    /// The year group as the school writes it.
    pub year_group: String,
    /// The class as the school writes it.
    pub class_name: String,
    /// The student's id in the school's MIS or in Wonde, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_id: Option<String>,
    /// The unique pupil number, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upn: Option<String>,
}

impl PlanEntry {
    pub(super) fn new(student: &Student<'_>, ids: [Option<&str>; 2]) -> Self {
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

/// An account that keeps its username although the roster has a different one.
///
/// ```
/// use onroll::account::AccountRow;
/// use onroll::{Accounts, Plan, Reader, Record, SignIn};
/// # let row = AccountRow {
/// #     source_id: Some("77".into()), full_name: "Zoë Okafor".into(), username: "Zoë Okafor".into(), ..AccountRow::default()
/// # };
/// # let accounts = Accounts::from_rows([row], SignIn::Password)?;
/// # let cells = ["Zoë Reid", "Zoë Reid", "Year 5", "5A", "Female", "No", "BAFR", "No", "No"];
/// # let roster = Reader::new().read_records([Record::new(cells).source_id("77")])?;
/// // The student has a new surname, and keeps the username.
/// let plan = Plan::between(&accounts, &roster)?;
/// let username = &plan.kept_usernames()[0];
/// assert_eq!((username.kept.as_str(), username.listed.as_str()), ("Zoë Okafor", "Zoë Reid"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct KeptUsername {
    /// The username that the account keeps.
    pub kept: String,
    /// The username in the roster.
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

/// A change that was left out of a plan. It was not applied, so the next plan contains it again.
///
/// ```
/// use onroll::plan::ChangeKind;
/// use onroll::{Accounts, PasswordPolicy, Plan, Reader};
/// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
/// # let next = csv.replace("5A", "5B");
/// # let accounts = Accounts::create(&Reader::new().read_bytes(csv.into_bytes())?, &PasswordPolicy::default())?;
/// # let roster = Reader::new().read_bytes(next.into_bytes())?;
/// let plan = Plan::between(&accounts, &roster)?.without([], ["Zoë Okafor"])?;
/// let left_out = &plan.left_out()[0];
/// assert_eq!((left_out.kind, left_out.username.as_str()), (ChangeKind::Move, "Zoë Okafor"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LeftOut {
    /// The kind of change.
    pub kind: ChangeKind,
    /// The account's username. For a joiner, it is the username that the new account would have.
    pub username: String,
}

impl LeftOut {
    pub(super) fn new(kind: ChangeKind, username: &str) -> Self {
        Self { kind, username: username.to_owned() }
    }
}

hidden! { PlanEntry KeptUsername LeftOut }
