//! The guards (`Guard`). `refused.rs` has the text about each refusal, `guard_limits.rs` has the limits of the guards,
//! and `builder/` checks the guards. Their names are also in `bindings-node/lib/guard.ts`, `types.py` and
//! `docs/sync-nightly.md`.

use crate::code::coded;

/// A reason to refuse a plan, because the roster does not look right. You can override a guard by name. The plan then
/// records the overridden guard.
///
/// ```
/// use onroll::plan::Guard;
/// let guard: Guard = "too-many-leavers".parse()?;
/// assert_eq!(guard, Guard::TooManyLeavers);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// For example, a settings page can list every guard that a person may override.
///
/// ```
/// use onroll::plan::Guard;
/// for guard in Guard::ALL {
///     println!("{}", guard.as_str());
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Guard {
    /// `empty-roster`: the roster is empty, so everyone would leave.
    EmptyRoster,
    /// `school-mismatch`: hardly any student in the roster has an account, and hardly any account is in the roster. The
    /// roster probably belongs to a different school.
    SchoolMismatch,
    /// `source-ids-changed`: most source ids are new, but names or UPNs still match. The school has probably changed
    /// its MIS. If you override this guard, every account gets its new source id.
    SourceIdsChanged,
    /// `source-ids-reused`: ids now seem to belong to other students. The name and the UPN of a source id differ, or a
    /// Wonde person id (`upi`) has another name and no equal UPN. Or three or more students have the id of one account,
    /// and the username and name of another. If you override this guard, these accounts become conflicts.
    SourceIdsReused,
    /// `usernames-changed`: the same students have a different kind of username. If you override this guard, every
    /// account gets its new username, unless another account keeps that username.
    UsernamesChanged,
    /// `names-changed`: most students who share a username or a name with an account seem to be different people. The
    /// file may be old, a column may be shifted, or email addresses may now belong to different students. If you
    /// override this guard, those students become conflicts.
    NamesChanged,
    /// `mostly-held`: most students in a complete roster cannot be imported, so a plan would change hardly anything.
    /// The MIS withholds names or usernames, or its records have errors.
    MostlyHeld,
    /// `years-went-back`: most students are in a lower year than their accounts. The file is probably last year's.
    YearsWentBack,
    /// `too-many-changes`: one field changes for more students than is normal in a school. The column was probably
    /// filled down, or sorted without the other columns. Promotions, renamed classes and different spellings are not
    /// counted.
    TooManyChanges,
    /// `too-many-leavers`: more students would leave than is normal at one time, or a whole class or year group of at
    /// least 10 students would.
    TooManyLeavers,
    /// `too-many-joiners`: even without a new intake, there are more than half as many joiners as active accounts. The
    /// file may combine the exports of two schools.
    TooManyJoiners,
}

impl Guard {
    /// Every guard, in the order of the checks.
    pub const ALL: [Self; 11] = [
        Self::EmptyRoster,
        Self::SchoolMismatch,
        Self::SourceIdsChanged,
        Self::SourceIdsReused,
        Self::NamesChanged,
        Self::UsernamesChanged,
        Self::MostlyHeld,
        Self::YearsWentBack,
        Self::TooManyChanges,
        Self::TooManyLeavers,
        Self::TooManyJoiners,
    ];

    /// Returns the guard's name in kebab-case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EmptyRoster => "empty-roster",
            Self::SchoolMismatch => "school-mismatch",
            Self::SourceIdsChanged => "source-ids-changed",
            Self::SourceIdsReused => "source-ids-reused",
            Self::UsernamesChanged => "usernames-changed",
            Self::NamesChanged => "names-changed",
            Self::MostlyHeld => "mostly-held",
            Self::YearsWentBack => "years-went-back",
            Self::TooManyChanges => "too-many-changes",
            Self::TooManyLeavers => "too-many-leavers",
            Self::TooManyJoiners => "too-many-joiners",
        }
    }
}

coded!(Guard: "guard");
