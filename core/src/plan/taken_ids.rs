//! Undoes a match that would give an account the source id that another account keeps. This happens after a change of
//! MIS, if a new number is also the old number of a leaver.

use std::collections::{HashMap, HashSet};

use crate::account::Accounts;
use crate::roster::Roster;

use super::ConflictReason;
use super::matches::Matches;

impl Matches {
    /// Turns each pair whose student has the source id of an account that keeps it into a conflict. An account keeps its
    /// id if it has no student, or a student without an id. So does the account of an undone pair, which can undo
    /// further pairs.
    pub(super) fn refuse_taken_ids(&mut self, accounts: &Accounts, roster: &Roster) {
        let (own, listed) = (accounts.students(), roster.students());
        let owners: HashMap<&str, usize> =
            (0..accounts.len()).filter_map(|slot| own.sure_ids(slot)[0].map(|id| (id, slot))).collect();
        let mut undone = Vec::new();
        // The pairs that get the id of an account with a student, by the slot of that account.
        let mut depending: HashMap<usize, Vec<(usize, usize)>> = HashMap::new();
        // An account gives up its id only if its student has another one.
        let new_id = |student: usize| listed.sure_ids(student)[0];
        let gives_up: HashSet<usize> =
            self.pairs().filter(|(_, student)| new_id(*student).is_some()).map(|(slot, _)| slot).collect();
        for (slot, student) in self.pairs() {
            let Some(&owner) = new_id(student).and_then(|id| owners.get(id)) else { continue };
            let is_decided =
                self.decided.same.binary_search(&(slot, student)).is_ok() || self.decided.are_different(owner, student);
            match owner == slot || is_decided {
                true => {}
                false if gives_up.contains(&owner) => depending.entry(owner).or_default().push((slot, student)),
                false => undone.push((owner, slot, student)),
            }
        }
        let conflicts = self.conflicts.iter().flat_map(|(_, slots, _)| slots);
        let mut in_doubt: HashSet<usize> = conflicts.chain(&self.held).copied().collect();
        let mut conflict = |this: &mut Self, slots: Vec<usize>, student: usize| {
            let slots: Vec<usize> =
                slots.into_iter().filter(|slot| !this.has_student[*slot] && in_doubt.insert(*slot)).collect();
            this.conflicts.push((ConflictReason::SourceIdReused, slots, vec![student]));
        };
        while let Some((owner, slot, student)) = undone.pop() {
            self.unpair(slot, student);
            conflict(self, vec![slot.min(owner), slot.max(owner)], student);
            let others = depending.remove(&slot).into_iter().flatten();
            undone.extend(others.map(|(other, student)| (slot, other, student)));
        }
        // A new account cannot get such an id either.
        let unclear: HashSet<usize> = self.conflicts.iter().flat_map(|(.., students)| students).copied().collect();
        let joiners: Vec<usize> = (0..roster.len()).filter(|s| self.has_none(*s) && !unclear.contains(s)).collect();
        for student in joiners {
            let owner = new_id(student).and_then(|id| owners.get(id)).copied();
            let keeps_id = |owner: &usize| {
                (!self.has_student[*owner] || !gives_up.contains(owner)) && !self.decided.are_different(*owner, student)
            };
            if let Some(owner) = owner.filter(keeps_id) {
                conflict(self, vec![owner], student);
            }
        }
        self.forget_unpaired();
    }
}
