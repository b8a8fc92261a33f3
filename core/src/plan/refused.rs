//! A plan that a guard refused (`PlanRefused`), with the text about each refusal. `guard.rs` has the guards.

use std::collections::BTreeMap;

use crate::column::Column;
use crate::text::visible;

use super::Guard;
use super::show::grouped;

/// A plan that a guard refused, with the numbers behind the refusal. No account was changed.
///
/// ```
/// use onroll::plan::{Guard, PlannerError};
/// use onroll::{Accounts, PasswordPolicy, Plan, Planner, Reader};
/// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
/// # let accounts = Accounts::create(&Reader::new().read_bytes(csv.into_bytes())?, &PasswordPolicy::default())?;
/// let empty = Reader::new().read_bytes(onroll::template_csv().into_bytes())?;
/// let Err(PlannerError::Refused(refused)) = Plan::between(&accounts, &empty) else { panic!() };
/// assert_eq!((refused.guard, refused.code()), (Guard::EmptyRoster, "plan-refused"));
/// assert_eq!(refused.numbers["active"], 1);
///
/// // A person has checked that the school has closed.
/// let plan = Planner::new().override_guards([Guard::EmptyRoster]).plan(&accounts, &empty)?;
/// assert_eq!((plan.summary().as_str(), plan.passed()), ("1 leave", &[Guard::EmptyRoster][..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the plan was refused ({guard}): {}", self.reason())]
#[non_exhaustive]
pub struct PlanRefused {
    /// The guard.
    pub guard: Guard,
    /// The numbers behind the refusal, by name. They include the number of `active` accounts. For most guards, they
    /// also include the number of `incoming` students, and the number of students that the guard counted. If a whole
    /// class or year group is missing, `missing` is the number of its students.
    pub numbers: BTreeMap<&'static str, u64>,
    /// The changed field, such as `gender`. It is set for `too-many-changes`.
    pub field: Option<Column>,
    /// The most frequent year group among the students that the guard counted, as the school writes it. It is set for
    /// `too-many-leavers`, `too-many-joiners` and `years-went-back`. If a whole class or year group is missing, it is
    /// that year group, or `None` for a class that mixes years.
    pub year: Option<String>,
    /// The class that is missing as a whole, as the school writes it. It can be set for `too-many-leavers`. If `year`
    /// is set too, all missing students of the class are in that year group.
    pub class_name: Option<String>,
    /// Whether the roster is partial. A student who is not in a partial roster stays.
    is_partial: bool,
}

impl PlanRefused {
    pub(super) fn new<const N: usize>(guard: Guard, numbers: [(&'static str, usize); N]) -> Self {
        let numbers = numbers.map(|(name, number)| (name, number as u64)).into();
        Self { guard, numbers, field: None, year: None, class_name: None, is_partial: false }
    }

    /// Sets whether the roster is partial.
    pub(super) fn of_partial(self, is_partial: bool) -> Self {
        Self { is_partial, ..self }
    }

    /// Sets the field that the guard is about.
    pub(super) fn of_field(self, field: Column) -> Self {
        Self { field: Some(field), ..self }
    }

    /// Sets the most frequent year group among the students that the guard counted.
    pub(super) fn of_year(self, year: Option<String>) -> Self {
        Self { year, ..self }
    }

    /// Sets the class or year group that is missing as a whole, and the number of its students.
    pub(super) fn of_missing(mut self, students: usize, class_name: Option<String>, year: Option<String>) -> Self {
        self.numbers.insert("missing", students as u64);
        Self { class_name, year, ..self }
    }

    /// Returns `"plan-refused"`.
    pub fn code(&self) -> &'static str {
        "plan-refused"
    }

    fn number(&self, name: &str) -> u64 {
        self.numbers.get(name).copied().unwrap_or_default()
    }

    /// Returns the year group in brackets, or an empty text if there is none.
    fn year_in_words(&self) -> String {
        self.year.as_deref().map(|year| format!(" (most in {})", visible(year))).unwrap_or_default()
    }

    /// Returns which students leave, as the beginning of a sentence.
    fn leavers_in_words(&self) -> String {
        let [leavers, active, missing] = ["leavers", "active", "missing"].map(|name| grouped(self.number(name)));
        let year = self.year.as_deref().map(visible).unwrap_or_default();
        let group = match &self.class_name {
            _ if self.is_partial => {
                let year = self.year_in_words();
                return format!("The MIS says that {leavers} of the {active} students with an account have left{year}");
            }
            _ if self.number("missing") == 0 => {
                let year = self.year_in_words();
                return format!("{leavers} of the {active} students with an account are not in the new roster{year}");
            }
            Some(class) if year.is_empty() => format!("class {}", visible(class)),
            Some(class) => format!("class {} ({year})", visible(class)),
            None if year.starts_with(char::is_alphabetic) => year.into_owned(),
            None => format!("year group {year}"),
        };
        let all = format!("All {missing} students of {group} are missing from the new roster");
        match leavers == missing {
            true => all,
            false => format!("{all}. In total, {leavers} of the {active} students with an account are missing"),
        }
    }

    /// Returns a text for the person who sent the file. The text says that no account was changed, what looks wrong,
    /// and what to do. It names no student.
    ///
    /// ```
    /// use onroll::plan::PlannerError;
    /// use onroll::{Accounts, PasswordPolicy, Plan, Reader};
    /// # let rows = |range: std::ops::Range<u8>| {
    /// #     let row = |n| format!("Pupil N{n}x,Pupil N{n}x,Year 5,5A,Female,No,BAFR,No,No\n");
    /// #     Reader::new().read_bytes(format!("{}{}", onroll::template_csv(), range.map(row).collect::<String>()).into_bytes())
    /// # };
    /// # let accounts = Accounts::create(&rows(0..30)?, &PasswordPolicy::default())?;
    /// let Err(PlannerError::Refused(refused)) = Plan::between(&accounts, &rows(20..30)?) else { panic!("a guard") };
    /// assert_eq!(
    ///     refused.text(),
    ///     "No account was changed. 20 of the 30 students with an account are not in the new roster (most in Year 5), so their \
    ///      accounts would be deactivated. Check that it has the whole school. If it has only new students, import it as a partial \
    ///      roster."
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[expect(clippy::too_many_lines, reason = "each guard needs a match arm")]
    pub fn text(&self) -> String {
        let add_only =
            if self.is_partial { "" } else { " If it has only new students, import it as a partial roster." };
        let n = |name| grouped(self.number(name));
        let year = self.year_in_words();
        let cause = match self.guard {
            Guard::EmptyRoster => {
                format!(
                    "The new roster has no students, so all {} accounts would be deactivated. Check that it is the right file.",
                    n("active")
                )
            }
            Guard::SchoolMismatch => format!(
                "Only {} of the {} students in the new roster have an account. Check that it is from this school.{add_only}",
                n("matched"),
                n("incoming")
            ),
            Guard::SourceIdsChanged => format!(
                "{} of the {} students have a new MIS id, as after a change of MIS. Ask your school whether it has changed its MIS.",
                n("matched"),
                n("incoming")
            ),
            Guard::SourceIdsReused => {
                format!("{} MIS ids now belong to different students. Ask the supplier of your MIS why.", n("reused"))
            }
            Guard::UsernamesChanged => format!(
                "{} of the {} students have a different username from the one on their account. Check that the username column is the right one.",
                n("changed"),
                n("matched")
            ),
            Guard::NamesChanged => format!(
                "{} of the {} students share a username or name with an account but seem to be different people. Check that the file is \
                 not an old one, and that all columns were sorted together.",
                n("changed"),
                n("matched")
            ),
            Guard::MostlyHeld => format!(
                "{} of the {} students could not be imported, because their records have errors or no names. Correct the records first.",
                n("held"),
                n("incoming")
            ),
            Guard::YearsWentBack => format!(
                "{} of the {} students are in a lower year than on their account{year}. Check that the file is not last year's.",
                n("lower"),
                n("matched")
            ),
            Guard::TooManyChanges => format!(
                "The {} changes for {} of the {} students at once. Check that the column was not filled down, or sorted without the others.",
                self.field.map_or("", Column::heading),
                n("changed"),
                n("matched")
            ),
            Guard::TooManyLeavers => {
                let check = if self.is_partial { "this in the MIS." } else { "that it has the whole school." };
                let who = self.leavers_in_words();
                format!("{who}, so their accounts would be deactivated. Check {check}{add_only}")
            }
            Guard::TooManyJoiners => format!(
                "{} students in the new roster have no account yet{year}, and there are {} accounts. Check that the roster is not from two schools.",
                n("joiners"),
                n("active")
            ),
        };
        format!("No account was changed. {cause}")
    }

    /// Returns a text that says what the plan would do if you override the guard.
    #[cfg(feature = "command")]
    pub(crate) fn if_overridden(&self) -> &'static str {
        match self.guard {
            Guard::EmptyRoster | Guard::TooManyLeavers => {
                "every student who is not in the roster leaves, and their account is deactivated"
            }
            Guard::SchoolMismatch if self.is_partial => "every student in the roster who has no account gets one",
            Guard::SchoolMismatch => {
                "every student who is not in the roster leaves, and every student in the roster who has no account gets one"
            }
            Guard::SourceIdsChanged => "every account gets the new MIS id of its student",
            Guard::SourceIdsReused | Guard::NamesChanged => "those students wait for a decision",
            Guard::UsernamesChanged => "those students sign in with their new username",
            Guard::MostlyHeld => "only the other students are imported",
            Guard::YearsWentBack | Guard::TooManyChanges => "those accounts get the new values",
            Guard::TooManyJoiners => "each of those students gets an account",
        }
    }

    /// Returns whether to suggest a partial roster as the remedy.
    #[cfg(feature = "command")]
    pub(crate) fn is_perhaps_partial(&self) -> bool {
        !self.is_partial && matches!(self.guard, Guard::TooManyLeavers | Guard::SchoolMismatch)
    }

    #[expect(clippy::too_many_lines, reason = "each guard needs a match arm")]
    fn reason(&self) -> String {
        let add_only = if self.is_partial { "" } else { "; to add students only, use a partial roster" };
        let n = |name| self.number(name);
        match self.guard {
            Guard::EmptyRoster => format!("the roster is empty, so all {} active accounts would leave", n("active")),
            Guard::SchoolMismatch => format!(
                "only {} of {} students match one of the {} active accounts; check that the roster is from this school{add_only}",
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
                format!(
                    "{} ids (source ids, UPNs or Wonde's ids for people) now belong to students with a different name, and a \
                     UPN or a username contradicts them",
                    n("reused")
                )
            }
            Guard::UsernamesChanged => {
                format!(
                    "{} of {} matched students have a different username from the one on their account",
                    n("changed"),
                    n("matched")
                )
            }
            Guard::NamesChanged => format!(
                "{} of {} students who share a username or a name with an account seem to be different people; is this the right file?",
                n("changed"),
                n("matched")
            ),
            Guard::MostlyHeld => {
                format!(
                    "{} of {} students are held, because their records have errors or no names",
                    n("held"),
                    n("incoming")
                )
            }
            Guard::YearsWentBack => format!(
                "{} of {} students who have an account are in a lower year than before; is this last year's roster?",
                n("lower"),
                n("matched")
            ),
            Guard::TooManyChanges => format!(
                "the {} changes for {} of {} students who have an account; the limit is {}",
                self.field.map_or("", Column::key),
                n("changed"),
                n("matched"),
                n("limit")
            ),
            Guard::TooManyLeavers => format!(
                "{} of {} active accounts would leave; {} of them are expected to leave, and at most {} others may leave{}{}{add_only}",
                n("leavers"),
                n("active"),
                n("expected"),
                n("limit"),
                match n("missing") {
                    0 => String::new(),
                    n => format!(
                        "; {n} of them are a whole {}",
                        if self.class_name.is_some() { "class" } else { "year group" }
                    ),
                },
                match n("just_moved_up") {
                    0 => String::new(),
                    n => format!("; {n} have just moved up into a leaving year, so set today or leaving_until"),
                }
            ),
            Guard::TooManyJoiners => format!(
                "{} students would join {} active accounts; {} of them are a new intake, and at most {} others may join",
                n("joiners"),
                n("active"),
                n("intake"),
                n("limit")
            ),
        }
    }
}
