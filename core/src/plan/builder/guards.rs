//! Checks the guards about empty rosters, the school, ids, names, usernames, held students and joiners. `tally.rs`
//! checks the guards that count changes, and `leaving.rs` the guard that counts leavers. `plan/guard_limits.rs` has the
//! numbers.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::hash::Hash;

use crate::values::year_group::YearGroup;

use super::super::guard_limits::{ALWAYS_MAY_JOIN, LEAST_IN_COMMON, MANY, TELLS_A_SCHOOL};
use super::super::matches::differ;
use super::super::{ConflictReason, Guard, PlanRefused};
use super::PlanBuilder;

impl PlanBuilder<'_> {
    /// Refuses the plan unless the host overrides the guard. The plan records an overridden guard.
    pub(super) fn check_guard<const N: usize>(
        &mut self,
        guard: Guard,
        numbers: [(&'static str, usize); N],
    ) -> Result<(), PlanRefused> {
        self.check(PlanRefused::new(guard, numbers))
    }

    /// Refuses like `check_guard`, for a refusal that may name a field or a year.
    pub(super) fn check(&mut self, refused: PlanRefused) -> Result<(), PlanRefused> {
        if !self.planner.override_guards.contains(&refused.guard) {
            return Err(refused.of_partial(self.roster.is_partial()));
        }
        if !self.passed.contains(&refused.guard) {
            self.passed.push(refused.guard);
        }
        Ok(())
    }

    pub(super) fn check_school(&mut self) -> Result<(), PlanRefused> {
        let (active, incoming) = (self.active, self.roster.len());
        let listed = self.planner.school_id.as_deref().or(self.roster.school_id());
        if differ(self.accounts.school_id(), listed) {
            self.check_guard(Guard::SchoolMismatch, [("active", active), ("incoming", incoming), ("matched", 0)])?;
        }
        if incoming == 0 && active > 0 && self.roster.held().is_empty() && !self.roster.is_partial() {
            return self.check_guard(Guard::EmptyRoster, [("active", active), ("incoming", 0)]);
        }
        let conflicts: usize = self.matches.conflicts.iter().map(|(_, _, students)| students.len()).sum();
        let matched = self.matches.pairs().count() + self.matches.doubtful.len() + conflicts;
        let is_passed = self.passed.contains(&Guard::SchoolMismatch);
        let is_other_school = match self.roster.is_partial() {
            false => matched * LEAST_IN_COMMON < active.min(incoming),
            // If the roster names the accounts' school, all students of a partial roster may be new.
            true => {
                listed.is_none_or(|id| self.accounts.school_id() != Some(id))
                    && matched * LEAST_IN_COMMON < incoming
                    && self.are_no_starters()
            }
        };
        if !is_passed && active.min(incoming) >= TELLS_A_SCHOOL && is_other_school {
            let numbers = [("active", active), ("incoming", incoming), ("matched", matched)];
            self.check_guard(Guard::SchoolMismatch, numbers)?;
        }
        Ok(())
    }

    /// Returns whether a partial roster has too many students without an account for all of them to be new starters.
    /// This is so if more than half of these students, and at least `TELLS_A_SCHOOL`, are outside their largest year.
    /// It is also so if those outside the intake are more than half as many as the active accounts.
    fn are_no_starters(&self) -> bool {
        let new: Vec<usize> = (0..self.roster.len()).filter(|student| self.matches.has_none(*student)).collect();
        let biggest = self.by_year(new.iter().copied()).into_values().max().unwrap_or_default();
        let elsewhere = new.len() - biggest;
        let unexplained = new.len() - self.intake(&new);
        (elsewhere >= TELLS_A_SCHOOL && elsewhere * 2 > new.len()) || unexplained * 2 > self.active
    }

    /// Counts the students by school year. If a text is not a school year, the students with the same text are counted
    /// together.
    fn by_year(&self, students: impl Iterator<Item = usize>) -> HashMap<Year<'_>, usize> {
        count(students.map(|student| Year::of(self.roster.students().texts(student)[2])))
    }

    /// Returns the size of the intake among these joiners. A year is an intake if it has more than twice as many
    /// joiners as students who already have an account. If several years are an intake, the largest counts.
    fn intake(&self, joiners: &[usize]) -> usize {
        let others = match self.roster.is_partial() {
            false => self.by_year(self.matches.pairs().map(|(_, student)| student)),
            true => {
                let active = (0..self.accounts.len()).filter(|slot| self.accounts.is_active(*slot));
                count(active.map(|slot| Year::of(self.accounts.students().texts(slot)[2])))
            }
        };
        let joiners = self.by_year(joiners.iter().copied()).into_iter();
        let starts = |(year, joiners): &(Year<'_>, usize)| others.get(year).copied().unwrap_or(0) * 2 < *joiners;
        joiners.filter(starts).map(|(_, joiners)| joiners).max().unwrap_or_default()
    }

    /// Refuses the plan if the joiners, apart from an intake, are more than half as many as the active accounts.
    pub(super) fn check_joiners(&mut self, joiners: &[usize]) -> Result<(), PlanRefused> {
        let there = self.active.max(self.matches.pairs().count());
        let limit = (there / 2).max(ALWAYS_MAY_JOIN);
        if there == 0 || joiners.len() <= limit {
            return Ok(());
        }
        let intake = self.intake(joiners);
        if joiners.len() - intake <= limit {
            return Ok(());
        }
        let numbers = [
            ("active", self.active),
            ("incoming", self.roster.len()),
            ("joiners", joiners.len()),
            ("intake", intake),
            ("limit", limit),
        ];
        let years = joiners.iter().map(|student| self.roster.students().texts(*student)[2]);
        let most = most_frequent(years).map(str::to_owned);
        self.check(PlanRefused::new(Guard::TooManyJoiners, numbers).of_year(most))
    }

    pub(super) fn check_ids(&mut self) -> Result<(), PlanRefused> {
        let incoming = self.roster.len();
        let moved = self.matches.relinked + self.matches.doubtful.len();
        let has_id = |&(account, _): &(usize, usize)| self.accounts.students().ids(account)[0].is_some();
        let known = if moved > 0 { self.matches.pairs().filter(has_id).count() } else { 0 };
        let many = moved >= MANY && moved * 2 > known + self.matches.doubtful.len();
        if many || (moved > 0 && self.planner.override_guards.contains(&Guard::SourceIdsChanged)) {
            self.check_guard(
                Guard::SourceIdsChanged,
                [("active", self.active), ("incoming", incoming), ("matched", moved)],
            )?;
            self.matches.accept_doubtful(self.accounts, self.roster);
        } else {
            self.matches.refuse_doubtful();
        }
        let is_reused = |(reason, ..): &(ConflictReason, _, _)| *reason == ConflictReason::SourceIdReused;
        if moved > 0 || self.matches.ignored > 0 || self.matches.conflicts.iter().any(is_reused) {
            self.matches.refuse_taken_ids(self.accounts, self.roster);
        }
        let reused = self.matches.conflicts.iter().filter(|(why, ..)| *why == ConflictReason::SourceIdReused);
        let reused: usize = reused.map(|(_, _, students)| students.len()).sum();
        if reused > 0 {
            self.check_guard(
                Guard::SourceIdsReused,
                [("active", self.active), ("incoming", incoming), ("reused", reused)],
            )?;
        }
        Ok(())
    }

    /// Refuses the plan if most of the students who share a username or a name with an account are, or seem to be,
    /// different people.
    pub(super) fn check_names(&mut self) -> Result<(), PlanRefused> {
        const REASONS: [ConflictReason; 3] =
            [ConflictReason::UsernameReused, ConflictReason::PersonDiffers, ConflictReason::YearsApart];
        let changed = self.matches.conflicts.iter().filter(|(reason, ..)| REASONS.contains(reason)).count();
        if changed < MANY {
            return Ok(());
        }
        let matched = self.matches.pairs().count() + changed;
        if changed * 2 > matched {
            let numbers =
                [("active", self.active), ("incoming", self.roster.len()), ("matched", matched), ("changed", changed)];
            self.check_guard(Guard::NamesChanged, numbers)?;
        }
        Ok(())
    }

    /// Refuses the plan if most students cannot be imported. Their records have errors, or they have no account and the
    /// MIS withholds what an account needs.
    pub(super) fn check_held(&mut self) -> Result<(), PlanRefused> {
        let nameless = self.nameless_joiners().count();
        let held = self.roster.held().len() + nameless;
        let incoming = self.roster.len() + self.roster.held().len();
        if held >= MANY && held * 2 > incoming && !self.roster.is_partial() {
            self.check_guard(Guard::MostlyHeld, [("active", self.active), ("incoming", incoming), ("held", held)])?;
        }
        Ok(())
    }

    pub(super) fn check_usernames(&mut self) -> Result<(), PlanRefused> {
        let matched = self.matches.pairs().count();
        let changed = self.matches.renamed.len();
        let many = changed >= MANY && changed * 2 > matched;
        if many || (changed > 0 && self.planner.override_guards.contains(&Guard::UsernamesChanged)) {
            let numbers =
                [("active", self.active), ("incoming", self.roster.len()), ("matched", matched), ("changed", changed)];
            self.check_guard(Guard::UsernamesChanged, numbers)?;
            self.rename = true;
        }
        Ok(())
    }
}

/// A school year, or the text of a year that is not a school year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Year<'a> {
    National(YearGroup),
    Listed(&'a str),
}

impl<'a> Year<'a> {
    pub(super) fn of(listed: &'a str) -> Self {
        YearGroup::read(listed).map_or(Self::Listed(listed), Self::National)
    }
}

/// Counts how often each item occurs.
pub(super) fn count<T: Eq + Hash>(all: impl Iterator<Item = T>) -> HashMap<T, usize> {
    all.fold(HashMap::new(), |mut counts, each| {
        *counts.entry(each).or_default() += 1;
        counts
    })
}

/// Returns the most frequent item. If several items are equally frequent, returns the smallest.
pub(super) fn most_frequent<T: Copy + Eq + Hash + Ord>(all: impl Iterator<Item = T>) -> Option<T> {
    count(all).into_iter().max_by_key(|(each, count)| (*count, Reverse(*each))).map(|(each, _)| each)
}
