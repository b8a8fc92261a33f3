//! The settings of a plan (`Planner`), such as the leaving years, the grace period and the erased students. Has the
//! messages of `PlannerError`. `builder.rs` makes the plan.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use chrono::NaiveDate;

use crate::account::Accounts;
use crate::password::{EntropyError, PasswordPolicy};
use crate::roster::Roster;
use crate::values::year_group::YearGroup;
use crate::watch::{Cancelled, Watch};

use super::erased::ErasedStudents;
use super::guard_limits::MAX_LEAVERS;
use super::{Decision, Guard, Plan, PlanRefused, builder};

/// Makes plans with your settings.
///
/// ```
/// use onroll::plan::Guard;
/// use onroll::values::YearGroup;
/// use onroll::Planner;
/// // In July, Year 6 leaves a primary school, and the other years move up.
/// let planner = Planner::new().leaving_years([YearGroup::Year(6)]).override_guards([Guard::UsernamesChanged]);
/// ```
///
/// Set everything that you know about the school.
///
/// ```
/// use onroll::values::YearGroup;
/// use onroll::{PasswordPolicy, Planner};
/// # use onroll::{Accounts, Reader};
/// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
/// # let roster = Reader::new().read_bytes(csv.into_bytes())?;
/// # let accounts = Accounts::create(&roster, &PasswordPolicy::default())?;
/// let planner = Planner::new()
///     .school_id("A1329183376")
///     .today("2026-07-20".parse()?)
///     .leaving_years([YearGroup::Year(11), YearGroup::Year(13)])
///     .leaving_until("2026-09-30".parse()?)
///     .max_leavers(0.05)
///     .erased(["77"]) // a parent asked for erasure
///     .passwords(PasswordPolicy::words(3)?);
/// let plan = planner.plan(&accounts, &roster)?;
/// assert!(plan.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Planner {
    pub(super) max_leavers: f64,
    pub(super) leaving_years: Vec<YearGroup>,
    pub(super) erased: ErasedStudents,
    pub(super) override_guards: BTreeSet<Guard>,
    pub(super) decisions: Vec<Decision>,
    pub(super) school_id: Option<String>,
    pub(super) today: Option<NaiveDate>,
    pub(super) leaving_until: Option<NaiveDate>,
    pub(super) grace_until: Option<NaiveDate>,
    pub(super) passwords: PasswordPolicy,
    pub(super) watch: Watch,
}

/// The reason why a plan could not be made.
///
/// ```
/// use onroll::plan::PlannerError;
/// use onroll::{Accounts, PasswordPolicy, Plan, Reader};
/// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
/// # let accounts = Accounts::create(&Reader::new().read_bytes(csv.into_bytes())?, &PasswordPolicy::default())?;
/// let empty = Reader::new().read_bytes(onroll::template_csv().into_bytes())?;
/// match Plan::between(&accounts, &empty) {
///     Ok(plan) => println!("{}", plan.summary()),
///     Err(PlannerError::Refused(refused)) => println!("{}", refused.text()), // for the school
///     Err(error) => println!("{}: {error}", error.code()),                   // for the log
/// }
/// # assert!(Plan::between(&accounts, &empty).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PlannerError {
    /// A guard refused the plan.
    #[error(transparent)]
    Refused(#[from] PlanRefused),
    /// The operating system did not supply random bytes for the joiners' passwords.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The planner's [`max_leavers`](Planner::max_leavers) is not between 0 and 1.
    #[error("max_leavers must be a share from 0 to 1, not {0}")]
    MaxLeavers(f64),
    /// You did not set [today](Planner::today). It is needed if an account has a last day, or if you set
    /// [`leaving_until`](Planner::leaving_until) or [`grace_until`](Planner::grace_until).
    #[error("today must be set, because an account or an option names an end date")]
    TodayNeeded,
    /// The function that you passed to [`watch`](Planner::watch) cancelled the planning.
    #[error("the watch function cancelled the planning")]
    Ended,
}

impl From<Cancelled> for PlannerError {
    fn from(_: Cancelled) -> Self {
        Self::Ended
    }
}

impl PlannerError {
    /// Returns the error's code, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(refused) => refused.code(),
            Self::Entropy(error) => error.code(),
            Self::MaxLeavers(_) => "max-leavers",
            Self::TodayNeeded => "plan-needs-today",
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
    /// Creates a planner with every guard active.
    pub fn new() -> Self {
        Self {
            max_leavers: MAX_LEAVERS,
            leaving_years: Vec::new(),
            erased: ErasedStudents::default(),
            override_guards: BTreeSet::new(),
            decisions: Vec::new(),
            school_id: None,
            today: None,
            leaving_until: None,
            grace_until: None,
            passwords: PasswordPolicy::default(),
            watch: Watch::default(),
        }
    }

    /// Sets the largest share of active accounts that may leave in one plan, from 0 to 1. The default is 0.1. Five
    /// accounts may always leave. A whole class or year group of at least 10 students may leave only if the share is 1,
    /// or if its students are [expected to leave](Self::leaving_years). If the share is not between 0 and 1, [`plan`](Self::plan) returns
    /// [`PlannerError::MaxLeavers`].
    pub fn max_leavers(mut self, share: f64) -> Self {
        self.max_leavers = share;
        self
    }

    /// Sets the years whose leavers are expected. For example, you expect leavers in a final year from July to
    /// September. Expected leavers do not count against [`max_leavers`](Self::max_leavers).
    ///
    /// Students who have just moved up into a leaving year are not expected to leave. Leavers are therefore expected
    /// only if one of three things is true. This plan moves the school up, the accounts record no
    /// [promotion](Accounts::last_promotion), or the last promotion was more than 180 days before [today](Self::today).
    /// If you set [`leaving_until`](Self::leaving_until), only that day decides.
    pub fn leaving_years(mut self, years: impl IntoIterator<Item = YearGroup>) -> Self {
        self.leaving_years = years.into_iter().collect();
        self
    }

    /// Sets the last day on which leavers in the [leaving years](Self::leaving_years) are expected. After that day, the
    /// leaving years have no effect. You can therefore keep both options all year. You must also set
    /// [today](Self::today).
    pub fn leaving_until(mut self, day: NaiveDate) -> Self {
        self.leaving_until = Some(day);
        self
    }

    /// Gives leavers a grace period. Their accounts stay active until the end of this day, such as the day of exam
    /// results. The first plan after that day deactivates them. You must also set [today](Self::today).
    ///
    /// ```
    /// use onroll::values::YearGroup;
    /// use onroll::{Accounts, PasswordPolicy, Planner, Reader};
    /// # let rows = |names: &[&str]| {
    /// #     let rows: String = names.iter().map(|n| format!("{n},{n},Year 11,11A,Female,No,BAFR,No,No\n")).collect();
    /// #     Reader::new().read_bytes(format!("{}{rows}", onroll::template_csv()).into_bytes())
    /// # };
    /// # let accounts = Accounts::create(&rows(&["Zoë Okafor", "Noah Khan"])?, &PasswordPolicy::default())?;
    /// # let roster = rows(&["Noah Khan"])?;
    /// let planner = Planner::new().grace_until("2026-08-20".parse()?);
    /// let plan = planner.clone().today("2026-07-01".parse()?).plan(&accounts, &roster)?;
    /// let accounts = plan.apply(accounts)?;
    /// assert!(accounts.get("Zoë Okafor").unwrap().active);
    ///
    /// let plan = planner.today("2026-08-21".parse()?).plan(&accounts, &roster)?;
    /// assert!(!plan.apply(accounts)?.get("Zoë Okafor").unwrap().active);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn grace_until(mut self, day: NaiveDate) -> Self {
        self.grace_until = Some(day);
        self
    }

    /// Sets the day on which the plan is made, because onroll does not read the clock. The plan can then record the day
    /// on which the school moves up by a year.
    pub fn today(mut self, today: NaiveDate) -> Self {
        self.today = Some(today);
        self
    }

    /// Sets the students who were erased at a parent's request, each by a source id, a UPN or a username. They never get
    /// an account again. We compare ids first. If only the username is equal, the student is left out too, and the plan
    /// [lists](Plan::erased_by_username) the student. If you know several of a student's ids, use
    /// [`erased_students`](Self::erased_students).
    pub fn erased<'e>(self, erased: impl IntoIterator<Item = &'e str>) -> Self {
        self.erased_students(erased.into_iter().map(|text| [text]))
    }

    /// Sets the students who were erased at a parent's request, each by all ids and the username that you know. Replaces
    /// the students set by [`erased`](Self::erased). A different child with the same username gets an account if both
    /// source ids or both UPNs are known, and differ.
    ///
    /// ```
    /// use onroll::{Accounts, Planner, Reader, Record, SignIn};
    /// let record = Record::new(["Zoë Okafor", "Zoë Okafor", "Year 5", "5A", "Female", "No", "BAFR", "No", "No"]);
    /// let roster = Reader::new().read_records([record.source_id("78")])?;
    /// let accounts = Accounts::from_rows([], SignIn::Password)?;
    /// // The erased student's source id is known, and is another one.
    /// let plan = Planner::new().erased_students([["77", "Zoë Okafor"]]).plan(&accounts, &roster)?;
    /// assert_eq!(plan.summary(), "1 join");
    /// // The account had no id when the student was erased, so this may be the same student.
    /// let plan = Planner::new().erased(["Zoë Okafor"]).plan(&accounts, &roster)?;
    /// assert_eq!(plan.erased_by_username()[0].full_name, "Zoë Okafor");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn erased_students<'e, T: IntoIterator<Item = &'e str>>(
        mut self,
        students: impl IntoIterator<Item = T>,
    ) -> Self {
        self.erased = ErasedStudents::of(students);
        self
    }

    /// Sets the guards to override. The plan records which of these guards would have refused it.
    pub fn override_guards(mut self, guards: impl IntoIterator<Item = Guard>) -> Self {
        self.override_guards = guards.into_iter().collect();
        self
    }

    /// Sets the decisions that people have made about accounts and students at this school. The plan records the
    /// outcome of each decision.
    ///
    /// ```
    /// use onroll::{Decision, Planner};
    /// // Two children have the same name. A person has said that the account is not the new student's.
    /// let stored = r#"[{"different": {"account": {"source_id": "77"}, "student": {"source_id": "78"}}}]"#;
    /// let decisions: Vec<Decision> = serde_json::from_str(stored)?;
    /// let planner = Planner::new().decisions(decisions);
    /// # let _ = planner;
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn decisions(mut self, decisions: impl IntoIterator<Item = Decision>) -> Self {
        self.decisions = decisions.into_iter().collect();
        self
    }

    /// Sets the school's id, which can be any id that you use. The plan records it, and the guard `school-mismatch`
    /// refuses accounts of a different school. If you do not set it, the plan takes the id from a Wonde roster or from
    /// the accounts.
    pub fn school_id(mut self, school_id: impl Into<String>) -> Self {
        self.school_id = Some(school_id.into()).filter(|id| !id.is_empty());
        self
    }

    /// Sets how the joiners' passwords are made.
    pub fn passwords(mut self, policy: PasswordPolicy) -> Self {
        self.passwords = policy;
        self
    }

    /// Sets a function that is called every few milliseconds (every 10,000 steps). The function returns whether to
    /// continue.
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

    /// Returns the changes that make the accounts match a roster, as a plan.
    ///
    /// # Errors
    /// [`PlannerError::Refused`] with the guard and its numbers; [`PlannerError::TodayNeeded`];
    /// [`PlannerError::MaxLeavers`]; [`PlannerError::Entropy`]; [`PlannerError::Ended`] if the function in
    /// [`watch`](Self::watch) cancelled the planning.
    pub fn plan(&self, accounts: &Accounts, roster: &Roster) -> Result<Plan, PlannerError> {
        if !(0.0..=1.0).contains(&self.max_leavers) {
            return Err(PlannerError::MaxLeavers(self.max_leavers));
        }
        builder::plan(self, accounts, roster)
    }
}
