//! Matches accounts and students by decision, source id, Wonde person id, UPN, username and full name, in that order.
//! An uncertain match becomes a conflict. Also decides what different UPNs or source ids mean. `evidence.rs` judges only
//! names, years, classes, genders and ethnicities.

mod by_id;
mod by_name;
mod by_upi;
mod held;

use std::collections::{HashMap, HashSet};

use crate::account::{Account, Accounts};
use crate::roster::Roster;
use crate::text;
use crate::values::year_group::YearGroup;
use crate::watch::{Cancelled, Steps};

use super::decided::Decided;
use super::evidence::{Evidence, Verdict};
use super::matches::{Matches, classes, differ};
use super::{ConflictReason, Guard, Planner};

/// Finds the student of each account.
pub(super) fn find_matches(
    accounts: &Accounts,
    roster: &Roster,
    planner: &Planner,
    decided: Decided,
    steps: &mut Steps<'_>,
) -> Result<Matches, Cancelled> {
    let mut matches = Matches::none(accounts, roster, decided);
    let mut matcher = Matcher {
        steps,
        accounts,
        roster,
        leaving_years: &planner.leaving_years,
        have_ids_changed: planner.override_guards.contains(&Guard::SourceIdsChanged),
        evidence: Evidence::of(roster),
        matches: &mut matches,
        settled_accounts: HashSet::new(),
        settled_students: HashSet::new(),
        shared_upns: shared_upns(roster),
        held_by_name: Vec::new(),
        reused: Vec::new(),
        displaced: Vec::new(),
    };
    matcher.by_decision();
    // The second record of a child gets no account.
    matcher.settled_students.extend(&matcher.matches.decided.second);
    matcher.set_held_aside()?;
    matcher.by_source_id()?;
    matcher.by_upi()?;
    matcher.by_upn()?;
    // We match an active account before a leaver's account with the same name.
    let active = accounts.active();
    let there_are = |kind: &bool| if *kind { active > 0 } else { active < accounts.len() };
    for active in [true, false].into_iter().filter(there_are) {
        matcher.by_row_hash(active)?;
        matcher.by_username(active)?;
        matcher.by_name(active)?;
        matcher.settle_reused()?;
        // A displaced student must not get a leaver's account.
        matcher.join_displaced();
    }
    matcher.refuse_namesakes_of_held()?;
    matcher.refuse_contested_names()?;
    matcher.note_shared_upns();
    Ok(matches)
}

fn shared_upns(roster: &Roster) -> HashSet<&str> {
    let mut seen = HashSet::new();
    if !roster.students().has_ids() {
        return seen;
    }
    let upns = (0..roster.len()).filter_map(|student| roster.students().sure_ids(student)[1]);
    let shared: Vec<&str> = upns.filter(|upn| !seen.insert(*upn)).collect();
    shared.into_iter().collect()
}

pub(super) struct Matcher<'a, 's, 'w> {
    pub(super) steps: &'s mut Steps<'w>,
    pub(super) accounts: &'a Accounts,
    pub(super) roster: &'a Roster,
    leaving_years: &'a [YearGroup],
    /// Whether the host has said that the school's source ids have changed.
    have_ids_changed: bool,
    pub(super) evidence: Evidence<'a>,
    pub(super) matches: &'a mut Matches,
    /// The accounts in a conflict or a doubtful pair. We do not try to match them again. `settled_students` has the
    /// students in a conflict or a doubtful pair.
    settled_accounts: HashSet<usize>,
    settled_students: HashSet<usize>,
    /// The UPNs that several students in the roster share. Such a UPN identifies no student.
    shared_upns: HashSet<&'a str>,
    /// The accounts that stay unchanged only because a student who was not imported has the same username or name.
    held_by_name: Vec<usize>,
    /// Pairs of an account and a student who have the same username, but seem to be different people.
    reused: Vec<(usize, usize)>,
    /// Pairs of an account in a conflict and a student who has its username and name.
    displaced: Vec<(usize, usize)>,
}

impl<'a> Matcher<'a, '_, '_> {
    /// Pairs the accounts and students that a person has decided are the same.
    fn by_decision(&mut self) {
        for (account, student) in self.matches.decided.same.clone() {
            self.pair(account, student);
        }
    }

    /// Notes the students with a UPN that identifies no student. Usually, there are none.
    fn note_shared_upns(&mut self) {
        if !self.shared_upns.is_empty() {
            let upn = |student: usize| self.roster.students().sure_ids(student)[1];
            let is_shared = |student: &usize| upn(*student).is_some_and(|upn| self.shared_upns.contains(upn));
            self.matches.shared_upns = (0..self.roster.len()).filter(is_shared).collect();
        }
    }

    /// Matches the students without changes. Most students have none.
    fn by_row_hash(&mut self, active: bool) -> Result<(), Cancelled> {
        let (own, incoming) = (self.accounts.students(), self.roster.students());
        let row_hash = incoming.row_hasher();
        for student in 0..self.roster.len() {
            self.steps.step()?;
            if !self.is_open_student(student) || self.roster.is_nameless(student) {
                continue;
            }
            let hash = row_hash(student);
            let Some(slot) = self.matches.usernames.find(student, |slot| self.matches.row_hashes[slot] == hash) else {
                continue;
            };
            let [[source_id, upn], [new_id, new_upn]] = [own.sure_ids(slot), incoming.sure_ids(student)];
            let free =
                self.accounts.is_active(slot) == active && self.is_open_account(slot) && !self.accounts.is_manual(slot);
            if free && !differ(source_id, new_id) && !differ(upn, new_upn) && self.may_pair(slot, student) {
                self.matches.pair_of_one_username(slot, student);
                self.matches.is_copy[student] = true;
            }
        }
        Ok(())
    }

    /// Pairs an account and a student with the same username if they may be the same child.
    fn by_username(&mut self, active: bool) -> Result<(), Cancelled> {
        let open = self.open_named_students();
        for (number, &student) in open.iter().enumerate() {
            self.steps.step()?;
            if number % FETCHED == 0 {
                let students = open.iter().copied().skip(number).take(FETCHED);
                let slots = students.clone().filter_map(|student| self.matches.usernames.first(student));
                self.accounts.students().fetch(slots);
                self.roster.students().fetch(students);
            }
            let Some(slot) = self.matches.owner(self.accounts, self.roster, student) else { continue };
            let Some(account) = self.open_account(slot).filter(|a| a.active == active && !a.state.manual) else {
                self.note_displaced(slot, student);
                continue;
            };
            let incoming = self.roster.students().at(student);
            let [source_id, upn] = self.student_ids(student);
            if differ(self.account_ids(slot)[1], upn) || !self.may_pair(slot, student) {
                continue;
            }
            match self.evidence.by_username(&account, &incoming, self.leaves_now(&account)) {
                Verdict::Unrelated => {}
                Verdict::Same if differ(account.source_id, source_id) => self.doubt(slot, student),
                Verdict::Same => self.matches.pair_of_one_username(slot, student),
                // A different student may now have the username, while the former owner has a new username.
                _ => self.reused.push((slot, student)),
            }
        }
        Ok(())
    }

    /// Notes a student whose own account seems to be in a conflict with another student.
    fn note_displaced(&mut self, slot: usize, student: usize) {
        let [own, listed] = [self.accounts.students().names(slot)[0], self.roster.students().names(student)[0]];
        if self.settled_accounts.contains(&slot) && text::same(own, listed) && self.may_pair(slot, student) {
            self.displaced.push((slot, student));
        }
    }

    /// Returns the open students whose names are known. An open student has no match, and is in no conflict and no
    /// doubtful pair.
    pub(super) fn open_named_students(&self) -> Vec<usize> {
        let mut open = self.open_students();
        open.retain(|student| !self.roster.is_nameless(*student));
        open
    }

    fn leaves_now(&self, account: &Account<'_>) -> bool {
        account.national_year().is_some_and(|year| self.leaving_years.contains(&year))
    }

    /// Judges the pairs in `reused` again. By now we know which classes each class became. If the student is already
    /// in a conflict, we add the account to that conflict.
    fn settle_reused(&mut self) -> Result<(), Cancelled> {
        if self.reused.is_empty() {
            return Ok(());
        }
        let roster = self.roster.students();
        self.evidence.learn_classes(classes(self.matches, self.accounts, self.roster));
        let of_student = |(number, (_, _, students)): (usize, &(_, _, Vec<usize>))| {
            students.iter().map(|student| (*student, number)).collect::<Vec<_>>()
        };
        let unclear: HashMap<usize, usize> = self.matches.conflicts.iter().enumerate().flat_map(of_student).collect();
        for (slot, student) in std::mem::take(&mut self.reused) {
            let Some(account) = self.open_account(slot) else { continue };
            if let Some(number) = unclear.get(&student) {
                // This account may belong to the student too.
                self.matches.conflicts[*number].1.push(slot);
                self.settled_accounts.insert(slot);
                continue;
            }
            if !self.is_open_student(student) {
                continue;
            }
            let incoming = roster.at(student);
            let reason = match self.evidence.by_username(&account, &incoming, self.leaves_now(&account)) {
                Verdict::Same => {
                    self.matches.pair_of_one_username(slot, student);
                    continue;
                }
                Verdict::YearsApart => ConflictReason::YearsApart,
                Verdict::OtherPerson => ConflictReason::PersonDiffers,
                Verdict::OtherName | Verdict::Unrelated => ConflictReason::UsernameReused,
            };
            self.conflict(reason, vec![slot], vec![student]);
        }
        Ok(())
    }

    /// Returns the slot of each unmatched account, by one of its ids. The slot is `None` if two unmatched accounts
    /// share the id. If two accounts share a UPN, and a source id has matched the first, the UPN identifies the second.
    fn places_by(&self, which: usize) -> HashMap<&'a str, Option<usize>> {
        let mut slots = HashMap::new();
        if self.accounts.students().has_ids() {
            for slot in (0..self.accounts.len()).filter(|slot| !self.matches.has_student[*slot]) {
                if let Some(id) = self.account_ids(slot)[which] {
                    slots.entry(id).and_modify(|slot| *slot = None).or_insert(Some(slot));
                }
            }
        }
        slots
    }

    /// Returns the source id of an account, and its UPN if the UPN is valid.
    pub(super) fn account_ids(&self, slot: usize) -> [Option<&'a str>; 2] {
        self.accounts.students().sure_ids(slot)
    }

    pub(super) fn student_ids(&self, student: usize) -> [Option<&'a str>; 2] {
        let [source_id, upn] = self.roster.students().sure_ids(student);
        [source_id, upn.filter(|upn| !self.shared_upns.contains(upn))]
    }

    /// Returns whether the account and the student may be paired. They may not if a person decided that they are
    /// different people.
    pub(super) fn may_pair(&self, slot: usize, student: usize) -> bool {
        !self.matches.decided.are_different(slot, student)
    }

    pub(super) fn is_open_account(&self, slot: usize) -> bool {
        let free = self.matches.has_student.get(slot) == Some(&false);
        free && !self.settled_accounts.contains(&slot) && !self.matches.held.contains(&slot)
    }

    fn open_account(&self, slot: usize) -> Option<Account<'a>> {
        self.accounts.at(slot).filter(|_| self.is_open_account(slot))
    }

    fn is_open_student(&self, student: usize) -> bool {
        self.matches.has_none(student) && !self.settled_students.contains(&student)
    }

    fn open_students(&self) -> Vec<usize> {
        (0..self.roster.len()).filter(|&student| self.is_open_student(student)).collect()
    }

    fn pair(&mut self, account: usize, student: usize) {
        self.matches.pair(account, student, self.accounts, self.roster);
    }

    fn doubt(&mut self, account: usize, student: usize) {
        self.matches.doubtful.push((account, student));
        self.settled_accounts.insert(account);
        self.settled_students.insert(student);
    }

    pub(super) fn conflict(&mut self, reason: ConflictReason, accounts: Vec<usize>, students: Vec<usize>) {
        self.settled_accounts.extend(&accounts);
        self.settled_students.extend(&students);
        self.matches.conflicts.push((reason, accounts, students));
    }
}

/// The largest number of students with the same name that we compare with an account one by one.
pub(super) const MOST_NAMESAKES: usize = 64;

/// The number of students that we fetch at once.
pub(super) const FETCHED: usize = 256;
