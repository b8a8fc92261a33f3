//! Decides which students without an account get one, and with which username. Erased students never get one.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::account::Account;
use crate::roster::Held;
use crate::student::Student;
use crate::text;
use crate::username::{FreeUsernames, SignIn};
use crate::watch::{Cancelled, Steps};

use super::super::changes::Changes;
use super::super::matches::is_made_of;
use super::super::{ChangeKind, Conflict, ConflictReason, PlanEntry};
use super::PlanBuilder;

/// The number of progress steps for a joiner whose username is taken.
const CONTESTED_STEPS: usize = 20;

/// The result of planning the students who have no account.
#[derive(Default)]
pub(super) struct Joined {
    /// The students who get an account, by slot.
    pub(super) students: Vec<usize>,
    /// The number of students who were left out because they are erased.
    pub(super) erased: u64,
    /// The erased students whom we recognised only by their username.
    pub(super) erased_by_username: Vec<PlanEntry>,
}

impl PlanBuilder<'_> {
    /// Returns the students who have no account and cannot get one, because their name or username is not known.
    pub(super) fn nameless_joiners(&self) -> impl Iterator<Item = usize> {
        (0..self.roster.len()).filter(|&s| self.matches.account_of(s).is_none() && self.roster.is_nameless(s))
    }

    /// Returns the number of students who cannot be imported and have no account. We look for their accounts by ids,
    /// username and name.
    pub(super) fn held_joiners(&self, steps: &mut Steps<'_>) -> Result<u64, Cancelled> {
        let nameless = self.nameless_joiners().count() as u64;
        if self.roster.held().is_empty() {
            return Ok(nameless);
        }
        let mut known = HashSet::new();
        for (slot, account) in self.accounts.iter().enumerate() {
            steps.step()?;
            known.extend(self.accounts.students().sure_ids(slot).into_iter().flatten().map(Cow::Borrowed));
            known.extend([text::key(account.username), text::key(account.full_name)]);
        }
        let has_account = |held: &&Held| {
            let ids = [held.source_id(), held.upn()].into_iter().flatten().map(Cow::Borrowed);
            ids.chain([text::key(held.username()), text::key(held.full_name())]).any(|text| known.contains(&text))
        };
        Ok(nameless + self.roster.held().iter().filter(|held| !has_account(held)).count() as u64)
    }

    /// Adds new accounts for students who have none.
    pub(super) fn joining(
        &self,
        changes: &mut Changes,
        conflicts: &mut Vec<Conflict>,
        steps: &mut Steps<'_>,
    ) -> Result<Joined, Cancelled> {
        let key = |name: &str| text::key(name).into_owned();
        let usernames = changes.iter().map(|change| [change.username(), change.account().username]);
        let may_rename = self.rename || !self.matches.decided.renames.is_empty();
        let renamed: Vec<_> = usernames.filter(|[old, new]| may_rename && !text::same(old, new)).collect();
        let mut taken: HashSet<String> = renamed.iter().map(|[_, new]| key(new)).collect();
        // A username that a renamed account gives up is free again.
        let given_up: HashSet<String> =
            renamed.iter().filter(|[old, _]| !self.accounts.shares_key(old)).map(|[old, _]| key(old)).collect();
        let given_up: HashSet<String> = given_up.into_iter().filter(|name| !taken.contains(name)).collect();
        let owner = |student| self.matches.owner(self.accounts, self.roster, student);
        let is_taken = |taken: &HashSet<String>, name: &str, owner: Option<usize>| {
            let name = text::key(name);
            taken.contains(name.as_ref()) || (owner.is_some() && !given_up.contains(name.as_ref()))
        };

        let mut joined = Joined::default();
        let (mut free, mut contested) = (Vec::new(), Vec::new());
        let new = self.new_students();
        let new = self.without_erased(new, &mut joined);
        let mut second = self.second_records(&new);
        for student in new {
            steps.step()?;
            let Some(incoming) = self.roster.get(student) else { continue };
            if let Some(first) = second.remove(&student) {
                // A UPN that two records share does not say which record a decision means.
                let without_upn = |entry: PlanEntry| PlanEntry { upn: None, ..entry };
                let students = self.student_entry(student).map(without_upn).into_iter().collect();
                let accounts = vec![without_upn(first)];
                conflicts.push(Conflict { reason: ConflictReason::UpnShared, accounts, students });
            } else if is_taken(&taken, incoming.username, owner(student)) {
                contested.push((student, incoming));
            } else {
                free.push((student, Cow::Borrowed(incoming.username)));
            }
        }
        if !contested.is_empty() {
            taken.extend(free.iter().map(|(_, username)| key(username)));
        }
        // We sort the students, so that the order of the roster does not decide who gets which username.
        contested.sort_by_key(|(_, s)| (s.username, s.full_name, s.year_group, s.class_name));
        let mut usernames = FreeUsernames::default();
        for (student, s) in contested {
            steps.take(CONTESTED_STEPS)?;
            // If an account made by hand has the username, a person decides whether it belongs to this student.
            let may_be_manual = owner(student).is_some_and(|slot| {
                self.accounts.is_manual(slot) && !self.matches.decided.are_different(slot, student)
            });
            if !may_be_manual && self.roster.sign_in() == SignIn::Password && is_made_of(s.full_name, s.username) {
                let is_taken = |name: &str| is_taken(&taken, name, self.accounts.slot_of(name));
                let username = usernames.next(s.full_name, s.year_group, s.class_name, is_taken);
                taken.insert(text::key(&username).into_owned());
                free.push((student, Cow::Owned(username)));
            } else {
                let owner: Vec<usize> = owner(student).into_iter().collect();
                conflicts.push(self.conflict(ConflictReason::UsernameTaken, &owner, &[student]));
            }
        }
        for (student, username) in &free {
            joined.students.push(*student);
            self.add_joiner(changes, *student, username);
        }
        Ok(joined)
    }

    /// Returns the students without an account, except those in a conflict, those whose names are not known, and the
    /// second records of a child with an account.
    fn new_students(&self) -> Vec<usize> {
        let unclear: HashSet<usize> =
            self.matches.conflicts.iter().flat_map(|(.., students)| students).copied().collect();
        let is_second = |s: &usize| self.matches.decided.is_second(*s);
        let is_new = |s: &usize| {
            self.matches.account_of(*s).is_none()
                && !unclear.contains(s)
                && !self.roster.is_nameless(*s)
                && !is_second(s)
        };
        (0..self.roster.len()).filter(is_new).collect()
    }

    /// Returns the students who are not erased, and counts or lists the others.
    fn without_erased(&self, mut new: Vec<usize>, joined: &mut Joined) -> Vec<usize> {
        new.retain(|&student| {
            let students = self.roster.students();
            let Some(by_username) = self.planner.erased.find(students.ids(student), students.names(student)[1]) else {
                return true;
            };
            joined.erased += 1;
            joined.erased_by_username.extend(self.student_entry(student).filter(|_| by_username));
            false
        });
        new
    }

    fn add_joiner(&self, changes: &mut Changes, joining: usize, username: &str) {
        let [source_id, upn] = self.roster.students().ids(joining);
        let student = Student { username, ..self.roster.students().at(joining) };
        let upi = self.roster.upi(joining);
        let account = Account { source_id, upn, upi, active: true, ..Account::of(student) };
        changes.push(ChangeKind::Join, &account, &account, true);
    }
}
