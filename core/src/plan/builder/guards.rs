//! The guards: whether a roster is what it seems, before anything is planned.

use super::super::matches::differ;
use super::super::{ConflictReason, Guard, PlanRefused};
use super::PlanBuilder;

/// Below so many, a school is too small to be told from another.
const TELLS_A_SCHOOL: usize = 10;
/// Below so many, usernames, names or ids that change are single cases.
const MANY: usize = 3;

impl PlanBuilder<'_> {
    /// Refuses the plan unless the host overrides the guard; then the plan records it.
    pub(super) fn check_guard<const N: usize>(
        &mut self,
        guard: Guard,
        numbers: [(&'static str, usize); N],
    ) -> Result<(), PlanRefused> {
        if !self.planner.override_guards.contains(&guard) {
            return Err(PlanRefused::new(guard, numbers));
        }
        self.passed.push(guard);
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
        // Of what changed all may be joiners.
        let whole = !self.roster.is_partial();
        let is_passed = self.passed.contains(&Guard::SchoolMismatch);
        if whole && !is_passed && active.min(incoming) >= TELLS_A_SCHOOL && matched * 10 < active.min(incoming) {
            let numbers = [("active", active), ("incoming", incoming), ("matched", matched)];
            self.check_guard(Guard::SchoolMismatch, numbers)?;
        }
        Ok(())
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
        let reused = self.matches.conflicts.iter().filter(|(why, ..)| *why == ConflictReason::SourceIdReused).count();
        if reused > 0 {
            self.check_guard(
                Guard::SourceIdsReused,
                [("active", self.active), ("incoming", incoming), ("reused", reused)],
            )?;
        }
        Ok(())
    }

    /// Refuses where most of those who share a username or a name with an account are other people, or seem to be.
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

    /// Refuses where most students are held: their records have errors, or they have no account and what one needs is withheld.
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
