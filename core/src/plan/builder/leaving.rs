//! Decides which accounts without a student leave, at once or at the end of a grace period. Also checks the guard
//! `too-many-leavers`, and when the leavers of a leaving year are expected.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use crate::account::Account;
use crate::roster::Roster;
use crate::student::Ids;
use crate::text::Private;

use super::super::change::are_same;
use super::super::changes::Changes;
use super::super::guard_limits::ALWAYS_MAY_LEAVE;
use super::super::{ChangeKind, Guard, PlanRefused, PlannerError};
use super::PlanBuilder;
use super::guards::most_frequent;

/// For this number of days after the school moved up, students in a leaving year are not expected to leave. The days
/// last from one summer until half-way to the next summer.
const YEAR_HAS_BEGUN_DAYS: i64 = 180;

/// The active accounts that leave or have left.
#[derive(Debug, Default)]
pub(super) struct Leavers {
    /// The slots of the leavers, including accounts in a grace period.
    pub(super) slots: Vec<usize>,
    /// The number of accounts that leave in this plan, and the slots of those that are not expected to leave.
    changed: usize,
    unexpected: Vec<usize>,
    /// The number of accounts that left in an earlier plan, and stay active because their last day has not passed.
    pub(super) in_grace: u64,
}

/// Whether and when an account is deactivated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leave {
    Stays,
    AtOnce,
    On(NaiveDate),
}

impl PlanBuilder<'_> {
    /// Adds the changes of accounts that leave. An account leaves if its student is not in a full roster, or if a
    /// partial roster names the student as left. It also leaves if its last day has passed. An account stays if it is
    /// in a conflict, was made by hand, or belongs to a student who cannot be imported.
    pub(super) fn leaving(
        &mut self,
        changes: &mut Changes,
        new_usernames: &HashMap<usize, String>,
        promotes: bool,
    ) -> Result<Leavers, PlannerError> {
        let mut leavers = Leavers::default();
        let is_named = !self.roster.is_partial() || !self.roster.left().is_empty();
        let only_renamed = new_usernames.keys().any(|slot| !self.matches.has_student[*slot]);
        let in_grace = self.accounts.with_last_day().next().is_some();
        if !is_named && !only_renamed && !in_grace && self.matches.decided.is_empty() {
            return Ok(leavers);
        }
        let left = Left::of(self.roster);
        let unclear: HashSet<usize> =
            self.matches.conflicts.iter().flat_map(|(_, accounts, _)| accounts).copied().collect();
        let are_expected = self.are_leavers_expected(promotes);
        let mut not_yet = 0;
        for slot in (0..self.accounts.len()).filter(|&slot| !self.matches.has_student[slot]) {
            let Some(account) = self.accounts.at(slot) else { continue };
            let stays = account.state.manual || unclear.contains(&slot) || self.matches.held.contains(&slot);
            let last_day = account.state.active_until;
            let leaves = account.active && !stays && (last_day.is_some() || (is_named && left.has(&account)));
            let leave = if leaves { self.leave(last_day)? } else { Leave::Stays };
            let mut after = self.parted(&account, new_usernames.get(&slot).map(String::as_str), leave != Leave::AtOnce);
            match leave {
                Leave::Stays => {}
                Leave::AtOnce => after.state.active_until = None,
                Leave::On(day) => after.state.active_until = Some(day),
            }
            if leaves {
                leavers.slots.push(slot);
            }
            if leave == Leave::AtOnce || (leave != Leave::Stays && last_day.is_none()) {
                let year = account.national_year();
                let is_leaving_year = year.is_some_and(|year| self.planner.leaving_years.contains(&year));
                // An account whose last day has passed left in an earlier plan.
                let is_expected = (is_leaving_year && are_expected) || last_day.is_some();
                leavers.unexpected.extend(Some(slot).filter(|_| !is_expected));
                not_yet += usize::from(is_leaving_year && !are_expected && last_day.is_none());
                leavers.changed += 1;
                changes.push(ChangeKind::Leave, &account, &after, false);
                continue;
            }
            leavers.in_grace += u64::from(leaves);
            if !are_same(&account, &after) {
                let renamed = account.username != after.username;
                changes.push(if renamed { ChangeKind::Rename } else { ChangeKind::Update }, &account, &after, false);
            }
        }
        self.check_leavers(&leavers, not_yet)?;
        Ok(leavers)
    }

    /// Refuses the plan if too many students leave, or if a whole class or year group does. `not_yet` is the number of
    /// leavers who have just moved up into a leaving year.
    fn check_leavers(&mut self, leavers: &Leavers, not_yet: usize) -> Result<(), PlanRefused> {
        let share = (self.active as f64 * self.planner.max_leavers).floor() as usize;
        let limit = share.max(ALWAYS_MAY_LEAVE);
        let missing = self.missing_group(&leavers.unexpected);
        if leavers.unexpected.len() <= limit && missing.is_none() {
            return Ok(());
        }
        let expected = leavers.changed - leavers.unexpected.len();
        let numbers = [("active", self.active), ("leavers", leavers.changed), ("expected", expected), ("limit", limit)];
        let most = most_frequent(leavers.slots.iter().map(|slot| self.accounts.students().texts(*slot)[2]));
        let most = most.map(str::to_owned);
        let mut refused = PlanRefused::new(Guard::TooManyLeavers, numbers).of_year(most);
        if not_yet > 0 {
            refused.numbers.insert("just_moved_up", not_yet as u64);
        }
        if let Some(missing) = missing {
            refused = refused.of_missing(missing.students, missing.class_name, missing.year);
        }
        self.check(refused)
    }

    /// Returns how an account leaves. `last_day` is the day set by an earlier plan, if there is one.
    fn leave(&self, last_day: Option<NaiveDate>) -> Result<Leave, PlannerError> {
        match last_day.or(self.planner.grace_until) {
            None => Ok(Leave::AtOnce),
            Some(day) if self.today()? > day => Ok(Leave::AtOnce),
            Some(day) => Ok(Leave::On(day)),
        }
    }

    fn today(&self) -> Result<NaiveDate, PlannerError> {
        self.planner.today.ok_or(PlannerError::TodayNeeded)
    }

    /// Returns whether the students in a leaving year are expected to leave now. Students who have just moved up to
    /// that year are not expected to leave.
    fn are_leavers_expected(&self, promotes: bool) -> bool {
        let has_begun = |day: NaiveDate, today: NaiveDate| (today - day).num_days() > YEAR_HAS_BEGUN_DAYS;
        match (self.planner.leaving_until, self.planner.today, self.accounts.promotion()) {
            // After `leaving_until`, `of_today` has removed the leaving years, so this answer has no effect.
            (Some(_), ..) => true,
            _ if promotes => true,
            (None, _, None) => true,
            (None, Some(today), Some(Some(day))) => has_begun(day, today),
            (None, ..) => false,
        }
    }

    /// Returns an account without a student, as it will be after the plan. It gets the username that a person decided,
    /// if there is one. It loses a source id or UPN that a student in the roster [has](Self::are_anothers).
    pub(super) fn parted<'s>(
        &self,
        account: &Account<'s>,
        new_username: Option<&'s str>,
        is_kept: bool,
    ) -> Account<'s> {
        let mut after = Account { active: account.active && is_kept, ..*account };
        after.username = new_username.unwrap_or(account.username);
        after.source_id = after.source_id.filter(|id| !self.are_anothers(id));
        after.upn = after.upn.filter(|id| !self.are_anothers(id));
        after
    }

    /// Returns whether a student in the roster has this id. If so, only that student's account may have the id. Without
    /// decisions, each id stays with its account, so `listed_ids` is empty.
    pub(super) fn are_anothers(&self, id: &str) -> bool {
        self.listed_ids.contains(id)
    }
}

/// The leavers that a roster names.
struct Left<'r> {
    source_ids: HashSet<&'r str>,
    upns: HashSet<&'r str>,
    /// Whether the roster is complete. If it is, every student who is not in it has left.
    all: bool,
}

impl<'r> Left<'r> {
    fn of(roster: &'r Roster) -> Self {
        let ids = |id: fn(&Ids) -> &Option<Private>| {
            roster.left().iter().filter_map(move |left| id(left).as_ref().map(Private::expose)).collect()
        };
        Self { source_ids: ids(|left| &left.source_id), upns: ids(|left| &left.upn), all: !roster.is_partial() }
    }

    /// Returns whether the account's student has left. We compare UPNs only if the account has no source id, because a
    /// student who enrols again keeps the UPN. The record that left then has the old source id, but the same UPN.
    fn has(&self, account: &Account<'_>) -> bool {
        self.all
            || match account.source_id {
                Some(id) => self.source_ids.contains(id),
                None => account.upn.is_some_and(|upn| self.upns.contains(upn)),
            }
    }
}
