//! Finds accounts that two students could claim: one now has the account's username, and one without an account has
//! the account's name. `misfits.rs` finds students who fit another account better.
//!
//! This happens after two schools merge: the newcomer gets the username without a suffix, and the existing student's
//! username gets a suffix.

use std::collections::{BTreeMap, HashMap};

use crate::keys::KeyHasher;
use crate::text;
use crate::watch::Cancelled;

use super::ConflictReason;
use super::groups::Groups;
use super::matcher::{MOST_NAMESAKES, Matcher};
use super::matches::differ;
use super::misfits::Claim;

impl Matcher<'_, '_, '_> {
    /// Turns an account that may belong to either of two students into a conflict. The first student has the account's
    /// username, but not all recorded fields agree. The second student has the account's name, and agrees in at least
    /// as many fields as the first. Accounts that share a student become one conflict, whatever the order of rows.
    pub(super) fn refuse_contested_names(&mut self) -> Result<(), Cancelled> {
        let mut contested = self.contested()?;
        contested.extend(self.better_claims()?);
        if contested.is_empty() {
            return Ok(());
        }
        let mut groups = Groups::new(self.roster.len());
        let conflicts = self.matches.conflicts.iter();
        for students in conflicts.map(|(_, _, students)| students).chain(contested.iter().map(|(_, students)| students))
        {
            students.iter().for_each(|student| groups.join(students[0], *student));
        }
        // The students who claim one account belong together too.
        let mut claimants = HashMap::new();
        for (slot, students) in &contested {
            groups.join(*claimants.entry(*slot).or_insert(students[0]), students[0]);
        }
        let mut made: BTreeMap<usize, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for (slot, students) in &contested {
            let (accounts, all) = made.entry(groups.find(students[0])).or_default();
            accounts.push(*slot);
            all.extend(students);
            self.matches.unpair(*slot, students[0]);
        }
        self.matches.forget_unpaired();
        // An earlier conflict that shares a student with a new conflict becomes part of the new one.
        for (reason, accounts, students) in std::mem::take(&mut self.matches.conflicts) {
            let group = students.first().and_then(|first| made.get_mut(&groups.find(*first)));
            match group {
                Some((all_accounts, all_students)) => {
                    all_accounts.extend(accounts);
                    all_students.extend(students);
                }
                None => self.matches.conflicts.push((reason, accounts, students)),
            }
        }
        for (mut accounts, mut students) in made.into_values() {
            for slots in [&mut accounts, &mut students] {
                slots.sort_unstable();
                slots.dedup();
            }
            self.conflict(ConflictReason::NameShared, accounts, students);
        }
        Ok(())
    }

    /// Returns each contested account with its students. The first student is the one who was matched. The others have
    /// the account's name, and agree with the account in at least as many fields as the first.
    fn contested(&mut self) -> Result<Vec<Claim>, Cancelled> {
        let (accounts, roster) = (self.accounts.students(), self.roster.students());
        let hasher = KeyHasher::default();
        let mut without: Vec<usize> = self.open_named_students();
        // A student in a conflict has no account either, so a contested account may belong to this student.
        let in_doubt = self.matches.conflicts.iter().flat_map(|(_, _, students)| students).copied();
        without.extend(in_doubt.filter(|student| !self.roster.is_nameless(*student)));
        let mut joiners: HashMap<u64, Vec<usize>> = HashMap::new();
        for student in without {
            self.steps.step()?;
            joiners.entry(hasher.hash(roster.names(student)[0])).or_default().push(student);
        }
        if joiners.is_empty() {
            return Ok(Vec::new());
        }
        let is_open = |&(slot, student): &(usize, usize)| {
            !self.matches.is_copy[student]
                && joiners.contains_key(&hasher.hash(accounts.names(slot)[0]))
                && !self.is_sure(slot, student)
        };
        let pairs: Vec<(usize, usize)> = self.matches.pairs().filter(is_open).collect();
        if pairs.is_empty() {
            return Ok(Vec::new());
        }
        joiners.values_mut().for_each(|group| group.sort_by_key(|student| roster.names(*student)[1]));
        let classes = self.matches.pairs().map(|(slot, student)| (accounts.texts(slot)[3], roster.texts(student)[3]));
        self.evidence.learn_classes(classes);
        let mut contested = Vec::new();
        for (slot, holder) in pairs {
            self.steps.take(MOST_NAMESAKES)?;
            let Some(account) = self.accounts.at(slot) else { continue };
            let [own, most] = self.evidence.fit(&account, &roster.at(holder));
            let Some(group) = joiners.get(&hasher.hash(account.full_name)).filter(|_| own < most) else { continue };
            let fits = |student: &usize| {
                let [_, upn] = self.student_ids(*student);
                text::same(roster.names(*student)[0], account.full_name)
                    && self.may_pair(slot, *student)
                    && !differ(self.account_ids(slot)[1], upn)
                    && self.evidence.fit(&account, &roster.at(*student))[0] >= own
            };
            let others = group.iter().take(MOST_NAMESAKES).copied().filter(fits);
            let students: Vec<usize> = std::iter::once(holder).chain(others).collect();
            if students.len() > 1 {
                contested.push((slot, students));
            }
        }
        Ok(contested)
    }

    /// Returns whether a pair was matched by an id or by a decision.
    pub(super) fn is_sure(&self, slot: usize, student: usize) -> bool {
        let mut ids = self.account_ids(slot).into_iter().zip(self.student_ids(student));
        ids.any(|(own, listed)| own.is_some() && own == listed)
            || self.matches.decided.same.binary_search(&(slot, student)).is_ok()
    }
}
