//! When a plan is refused: signs that the roster is not what it seems.

use std::collections::BTreeMap;

use crate::code::coded;

/// A sign that a roster is not what it seems, for which a plan is refused. A host overrides one by name,
/// and the plan records it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Guard {
    /// `empty-roster`: nobody is in the roster, and everyone would leave.
    EmptyRoster,
    /// `school-mismatch`: hardly anyone in the roster has an account, and hardly any account is in it:
    /// another school's roster.
    SchoolMismatch,
    /// `source-ids-changed`: most source ids are new while names or UPNs still match: the school has
    /// changed its MIS. Overridden, every account is linked to its new id.
    SourceIdsChanged,
    /// `source-ids-reused`: a source id has another name and another UPN than before. Overridden, those
    /// accounts are conflicts.
    SourceIdsReused,
    /// `usernames-changed`: the same students come with usernames of another kind. Overridden, every account
    /// is given its new username, as far as no other account keeps it; otherwise accounts keep theirs.
    UsernamesChanged,
    /// `names-changed`: most students who share a username or a name with an account seem to be other people: an old file, a
    /// shifted column, or addresses given to the next pupils. Overridden, those students are conflicts.
    NamesChanged,
    /// `mostly-held`: most students of a whole roster are held, so that a plan would change hardly anything: the MIS withholds names or
    /// usernames, or its records have errors.
    MostlyHeld,
    /// `too-many-leavers`: more would leave than leave a school at a time.
    TooManyLeavers,
}

impl Guard {
    /// Every guard, in the order in which they are asked.
    pub const ALL: [Self; 8] = [
        Self::EmptyRoster,
        Self::SchoolMismatch,
        Self::SourceIdsChanged,
        Self::SourceIdsReused,
        Self::NamesChanged,
        Self::UsernamesChanged,
        Self::MostlyHeld,
        Self::TooManyLeavers,
    ];

    /// The guard's name, in kebab-case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EmptyRoster => "empty-roster",
            Self::SchoolMismatch => "school-mismatch",
            Self::SourceIdsChanged => "source-ids-changed",
            Self::SourceIdsReused => "source-ids-reused",
            Self::UsernamesChanged => "usernames-changed",
            Self::NamesChanged => "names-changed",
            Self::MostlyHeld => "mostly-held",
            Self::TooManyLeavers => "too-many-leavers",
        }
    }
}

coded!(Guard: "guard");

/// A plan that was refused, and the numbers for which it was. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the plan was refused ({guard}): {}", self.reason())]
#[non_exhaustive]
pub struct PlanRefused {
    /// Why.
    pub guard: Guard,
    /// The numbers behind it, by name: `active` accounts, `incoming` students, and those the guard is about.
    pub numbers: BTreeMap<&'static str, u64>,
}

impl PlanRefused {
    pub(super) fn new<const N: usize>(guard: Guard, numbers: [(&'static str, usize); N]) -> Self {
        Self { guard, numbers: numbers.map(|(name, number)| (name, number as u64)).into() }
    }

    /// `"plan-refused"`
    pub fn code(&self) -> &'static str {
        "plan-refused"
    }

    fn number(&self, name: &str) -> u64 {
        self.numbers.get(name).copied().unwrap_or_default()
    }

    fn reason(&self) -> String {
        let n = |name| self.number(name);
        match self.guard {
            Guard::EmptyRoster => format!("the roster is empty, and all {} active accounts would leave", n("active")),
            Guard::SchoolMismatch => format!(
                "only {} of {} students have one of the {} active accounts; is this another school's roster?",
                n("matched"),
                n("incoming"),
                n("active")
            ),
            Guard::SourceIdsChanged => format!(
                "{} of {} students have a new source id but match an account; has the school changed its MIS?",
                n("matched"),
                n("incoming")
            ),
            Guard::SourceIdsReused => {
                format!("{} source ids have another name and another UPN than before", n("reused"))
            }
            Guard::UsernamesChanged => {
                format!("{} of {} students who have an account come with another username", n("changed"), n("matched"))
            }
            Guard::NamesChanged => format!(
                "{} of {} students who share a username or a name with an account seem to be other people; is this the right file?",
                n("changed"),
                n("matched")
            ),
            Guard::MostlyHeld => format!(
                "{} of {} students are held, since what an account needs is not known of them",
                n("held"),
                n("incoming")
            ),
            Guard::TooManyLeavers => format!(
                "{} of {} active accounts would leave, {} of them expected; the limit is {} more",
                n("leavers"),
                n("active"),
                n("expected"),
                n("limit")
            ),
        }
    }
}
