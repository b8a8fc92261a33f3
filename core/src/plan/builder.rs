//! Makes a plan from matched accounts and students: runs the steps in `builder/` in order, and puts the plan together.
//! `builder/guards.rs` checks most guards. `near.rs` finds the pairs with similar names.

use std::collections::HashSet;

use crate::account::Accounts;
use crate::column::Columns;
use crate::roster::Roster;
use crate::text;
use crate::values::ethnicity::Ethnicities;
use crate::values::year_group::YearGroup;
use crate::watch::{Cancelled, Steps};

use super::changes::Changes;
use super::decided::Decided;
use super::evidence::Evidence;
use super::matcher::find_matches;
use super::matches::{Matches, classes, differ};
use super::near::{Candidate, near_pairs};
use super::{
    Conflict, ConflictReason, Guard, KeptUsername, NearPair, Plan, PlanEntry, Planner, PlannerError, SchoolBefore,
};

mod continuing;
mod guards;
mod joining;
mod leaving;
mod missing;
mod second_records;
mod tally;

pub(super) fn plan(planner: &Planner, accounts: &Accounts, roster: &Roster) -> Result<Plan, PlannerError> {
    let mut steps = planner.watch.steps(0);
    let planner = &planner.of_today()?;
    let mut builder = PlanBuilder::new(planner, accounts, roster, &mut steps)?;
    builder.check_school()?;
    builder.check_ids()?;
    builder.check_names()?;
    builder.check_usernames()?;
    builder.check_held()?;
    let held_joiners = builder.held_joiners(&mut steps)?;
    let new_usernames = builder.new_usernames();
    let mut kept_usernames = Vec::new();
    let mut conflicts = builder.conflicts();
    let both = Ethnicities::joined(roster.students().ethnicities(), accounts.students().ethnicities());
    let mut changes = Changes::new(both);
    let (unchanged, tally) = builder.continuing(&mut changes, &new_usernames, &mut kept_usernames, &mut steps)?;
    let matched = builder.matches.pairs().count();
    builder.check_years(&tally, matched)?;
    builder.check_changes(&tally, matched)?;
    let promotes = tally.promotes(matched);
    steps.take(accounts.len())?;
    let leavers = builder.leaving(&mut changes, &new_usernames, promotes)?;
    let joined = builder.joining(&mut changes, &mut conflicts, &mut steps)?;
    builder.check_joiners(&joined.students)?;
    steps.take(leavers.slots.len() + joined.students.len())?;
    let near = builder.near(&leavers.slots, &joined.students);
    changes.sort();
    if roster.allocates_passwords() {
        let passwords = planner.passwords.generate(changes.new_passwords())?;
        changes.set_passwords(passwords.into_iter());
    } else {
        changes.without_passwords();
    }
    conflicts.sort_by(|a, b| (a.reason, &a.accounts, &a.students).cmp(&(b.reason, &b.accounts, &b.students)));
    kept_usernames.sort_by(|a: &KeptUsername, b| a.kept.cmp(&b.kept));
    let mut plan = Plan {
        fingerprint: builder.matches.fingerprint,
        school_id: planner.school_id.as_deref().or(roster.school_id()).or(accounts.school_id()).map(str::to_owned),
        sign_in: if builder.rename { roster.sign_in() } else { accounts.sign_in() },
        changes,
        conflicts,
        near,
        kept_usernames,
        unchanged,
        held: builder.matches.held.len() as u64,
        held_joiners,
        erased: joined.erased,
        erased_by_username: joined.erased_by_username,
        passed: builder.passed,
        decisions: builder.matches.decided.recorded,
        before: None,
        in_grace: leavers.in_grace,
        promotes,
        today: planner.today,
        left_out: Vec::new(),
    };
    plan.before = SchoolBefore::of(&plan, accounts);
    Ok(plan)
}

impl<'a> PlanBuilder<'a> {
    fn new(
        planner: &'a Planner,
        accounts: &'a Accounts,
        roster: &'a Roster,
        steps: &mut Steps<'_>,
    ) -> Result<Self, Cancelled> {
        let decided = Decided::of(&planner.decisions, accounts, roster);
        let matches = find_matches(accounts, roster, planner, decided, steps)?;
        let listed_ids = match matches.decided.is_empty() {
            true => HashSet::new(),
            false => {
                let with_account = (0..roster.len()).filter(|slot| !matches.decided.is_second(*slot));
                with_account.flat_map(|slot| roster.students().sure_ids(slot)).flatten().collect()
            }
        };
        Ok(Self {
            planner,
            listed_ids,
            accounts,
            roster,
            matches,
            not_kept: accounts.not_kept().into_iter().collect(),
            keeps_upis: accounts.students().has_upis(),
            active: accounts.active() - accounts.active_manual(),
            passed: Vec::new(),
            rename: false,
        })
    }
}

impl Planner {
    /// Returns the planner as of `today`. If `leaving_until` has passed, the result has no leaving years.
    fn of_today(&self) -> Result<Self, PlannerError> {
        let mut planner = self.clone();
        match (self.leaving_until, self.grace_until, self.today) {
            (Some(_), _, None) | (_, Some(_), None) => return Err(PlannerError::TodayNeeded),
            (Some(day), _, Some(today)) if today > day => planner.leaving_years.clear(),
            _ => {}
        }
        Ok(planner)
    }
}

impl SchoolBefore {
    /// Returns the school's data before the plan, if the plan changes it.
    fn of(plan: &Plan, accounts: &Accounts) -> Option<Self> {
        let before = Self {
            school_id: accounts.school_id().map(str::to_owned),
            sign_in: accounts.sign_in(),
            promotion: accounts.promotion(),
        };
        let school_id = plan.school_id.clone().or_else(|| before.school_id.clone());
        let promotion = if plan.promotes { Some(plan.today) } else { before.promotion };
        let after = Self { school_id, sign_in: plan.sign_in, promotion };
        (before != after).then_some(before)
    }
}

struct PlanBuilder<'a> {
    planner: &'a Planner,
    /// Every id in the roster, except those of the second records of a child. The set is empty unless a person has made
    /// decisions.
    listed_ids: HashSet<&'a str>,
    accounts: &'a Accounts,
    roster: &'a Roster,
    matches: Matches,
    /// The columns that the host does not store. The plan leaves them unchanged.
    not_kept: Columns,
    /// Whether the host stores Wonde's person ids (`upi`). If the host does not, a `upi` in the roster changes no
    /// account.
    keeps_upis: bool,
    active: usize,
    passed: Vec<Guard>,
    /// Whether accounts get the roster's usernames, because the host overrides `usernames-changed`.
    rename: bool,
}

impl PlanBuilder<'_> {
    fn conflicts(&self) -> Vec<Conflict> {
        self.matches
            .conflicts
            .iter()
            .map(|(reason, accounts, students)| self.conflict(*reason, accounts, students))
            .collect()
    }

    fn conflict(&self, reason: ConflictReason, accounts: &[usize], students: &[usize]) -> Conflict {
        let mut accounts: Vec<_> = accounts.iter().filter_map(|&slot| self.account_entry(slot)).collect();
        accounts.sort();
        let mut students: Vec<_> = students.iter().filter_map(|&slot| self.student_entry(slot)).collect();
        students.sort();
        Conflict { reason, accounts, students }
    }

    fn account_entry(&self, slot: usize) -> Option<PlanEntry> {
        self.accounts.at(slot).map(|a| PlanEntry::new(&a.student(), [a.source_id, a.upn]))
    }

    fn student_entry(&self, slot: usize) -> Option<PlanEntry> {
        self.roster.get(slot).map(|student| PlanEntry::new(&student, self.roster.students().ids(slot)))
    }

    /// Returns pairs of a leaver and a joiner who may be the same student.
    fn near(&self, leavers: &[usize], joiners: &[usize]) -> Vec<NearPair> {
        if (leavers.is_empty() && self.accounts.active_manual() == 0) || joiners.is_empty() {
            return Vec::new();
        }
        let mut evidence = Evidence::of(self.roster);
        let (own, listed) = (self.accounts.students(), self.roster.students());
        evidence.learn_classes(classes(&self.matches, self.accounts, self.roster));
        let leaver =
            |&slot: &usize| self.accounts.at(slot).map(|a| Candidate::new(slot, a.full_name, a.national_year()));
        // An account made by hand may also belong to a joiner.
        let manual = (0..self.accounts.len()).filter(|slot| self.accounts.is_manual(*slot));
        let manual = manual.filter(|slot| !self.matches.has_student[*slot] && self.accounts.is_active(*slot));
        // We sort the leavers, so that the host's order does not decide which of many candidates are listed.
        let mut leavers: Vec<usize> = leavers.iter().copied().chain(manual).collect();
        leavers.sort_by_key(|&slot| own.names(slot)[1]);
        let leavers: Vec<Candidate> = leavers.iter().filter_map(leaver).collect();
        let joiner =
            |&slot: &usize| self.roster.get(slot).map(|s| Candidate::new(slot, s.full_name, s.national_year()));
        let joiners: Vec<Candidate> = joiners.iter().filter_map(joiner).collect();
        // Two years that are not school years are equal only if their texts are.
        let are_years_same = |slot: usize, student: usize| {
            let [own, listed] = [own.texts(slot)[2], listed.texts(student)[2]];
            YearGroup::read(listed).is_some() || text::same(own, listed)
        };
        // A different UPN means a different child. But if all else is equal, the UPN may have been corrected.
        let is_all_equal = |slot: usize, student: usize| {
            let account =
                self.accounts.at(slot).filter(|_| !differ(own.sure_ids(slot)[0], listed.sure_ids(student)[0]));
            account.is_some_and(|account| evidence.agrees_in_all(&account, &self.roster.students().at(student)))
        };
        let may_be = |slot: usize, student: usize| {
            (!differ(own.sure_ids(slot)[1], listed.sure_ids(student)[1]) || is_all_equal(slot, student))
                && !self.matches.decided.are_different(slot, student)
                && are_years_same(slot, student)
        };
        let agree = |slot: usize, student: usize| {
            self.accounts
                .at(slot)
                .is_some_and(|account| evidence.agree_with_class(&account, &self.roster.students().at(student)))
        };
        let pairs = near_pairs(&leavers, &joiners, may_be, agree);
        let entry = |(account, student)| {
            Some(NearPair { account: self.account_entry(account)?, student: self.student_entry(student)? })
        };
        let mut near: Vec<NearPair> = pairs.into_iter().filter_map(entry).collect();
        near.sort();
        near
    }
}
