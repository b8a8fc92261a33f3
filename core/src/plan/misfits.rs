//! Finds students who were matched by username, but fit another account better: it has their name, or agrees in more
//! fields. This happens if usernames are made from names and rows change their order, or if two usernames are swapped.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::account::Account;
use crate::keys::KeyHasher;
use crate::text;
use crate::watch::Cancelled;

use super::matcher::{MOST_NAMESAKES, Matcher};
use super::matches::{classes, differ, is_made_of};

/// An account, and the students who may own it. The first is the student it was matched with, if it was matched.
pub(super) type Claim = (usize, Vec<usize>);

/// The student of each account that was matched only by username or name.
struct Holders(Vec<Option<u32>>);

impl Holders {
    fn of(&self, slot: usize) -> Option<usize> {
        self.0.get(slot).copied().flatten().map(|student| student as usize)
    }

    fn pairs(&self) -> impl Iterator<Item = (usize, usize)> {
        (0..self.0.len()).filter_map(|slot| self.of(slot).map(|student| (slot, student)))
    }
}

impl Matcher<'_, '_, '_> {
    /// Returns the claims of students who fit another account better.
    pub(super) fn better_claims(&mut self) -> Result<Vec<Claim>, Cancelled> {
        let holders = self.unsure_holders();
        if holders.0.is_empty() {
            return Ok(Vec::new());
        }
        let mut claims = self.misfits(&holders)?;
        claims.extend(self.with_names_of_others(&holders)?);
        Ok(claims)
    }

    /// Returns each account whose student agrees in more fields with another account of the same name, and the other
    /// account, each with its students. The usernames are made from the name, so they follow the order of rows and do
    /// not tell namesakes apart.
    fn misfits(&mut self, holders: &Holders) -> Result<Vec<Claim>, Cancelled> {
        let (accounts, roster, hasher) = (self.accounts, self.roster.students(), KeyHasher::default());
        self.steps.take(accounts.len())?;
        let slots = (0..accounts.len()).filter(|slot| self.may_belong_to_another(*slot, holders));
        let mut by_name: Vec<(u64, usize)> =
            slots.map(|slot| (hasher.hash(accounts.students().names(slot)[0]), slot)).collect();
        by_name.sort_unstable();
        let groups: Vec<&[(u64, usize)]> =
            by_name.chunk_by(|one, other| one.0 == other.0).filter(|group| group.len() > 1).collect();
        if groups.is_empty() {
            return Ok(Vec::new());
        }
        self.evidence.learn_classes(classes(self.matches, accounts, self.roster));
        let mut misfits = Vec::new();
        for group in groups {
            // The order of the host's rows must not decide which of many namesakes are compared.
            let mut group: Vec<usize> = group.iter().map(|(_, slot)| *slot).collect();
            group.sort_by_key(|slot| accounts.students().names(*slot)[1]);
            group.truncate(MOST_NAMESAKES);
            self.steps.take(group.len() * group.len())?;
            let each = group.into_iter().filter_map(|slot| accounts.at(slot).map(|account| (slot, account)));
            let group: Vec<(usize, Account<'_>)> =
                each.filter(|(_, account)| is_made_of(account.full_name, account.username)).collect();
            let mut claimed = BTreeSet::new();
            for (slot, account) in &group {
                let Some(holder) = holders.of(*slot) else { continue };
                let incoming = roster.at(holder);
                let [own, most] = self.evidence.fit(account, &incoming);
                let fits_better = |(other, another): &&(usize, Account<'_>)| {
                    other != slot
                        && self.evidence.fit(another, &incoming)[0] > own
                        && self.may_claim(*other, holder)
                        && text::same(account.full_name, another.full_name)
                };
                let better = group.iter().filter(|_| own < most).filter(fits_better);
                for (other, _) in better {
                    claimed.extend([*slot, *other]);
                }
            }
            misfits.extend(claims_of(&claimed, holders));
        }
        Ok(misfits)
    }

    /// Returns whether a student may own an account, by the decisions of a person and by UPN.
    fn may_claim(&self, slot: usize, student: usize) -> bool {
        self.may_pair(slot, student) && !differ(self.account_ids(slot)[1], self.student_ids(student)[1])
    }

    /// Returns each account whose student has exactly the name of another account, and that other account, each with
    /// its students. For example, two sisters have numbers as usernames, and the numbers were swapped.
    fn with_names_of_others(&mut self, holders: &Holders) -> Result<Vec<Claim>, Cancelled> {
        let (accounts, roster, hasher) = (self.accounts, self.roster.students(), KeyHasher::default());
        let is_renamed = |&(slot, student): &(usize, usize)| {
            !text::same(accounts.students().names(slot)[0], roster.names(student)[0])
        };
        let renamed: Vec<(usize, usize)> = holders.pairs().filter(is_renamed).collect();
        if renamed.is_empty() {
            return Ok(Vec::new());
        }
        self.steps.take(accounts.len())?;
        let name = |student: usize| hasher.hash(roster.names(student)[0]);
        let wanted: HashSet<u64> = renamed.iter().map(|(_, student)| name(*student)).collect();
        let mut by_name: HashMap<u64, Vec<usize>> = HashMap::new();
        for slot in (0..accounts.len()).filter(|slot| self.may_belong_to_another(*slot, holders)) {
            let hash = hasher.hash(accounts.students().names(slot)[0]);
            if wanted.contains(&hash) {
                by_name.entry(hash).or_default().push(slot);
            }
        }
        by_name.values_mut().for_each(|slots| slots.sort_by_key(|slot| accounts.students().names(*slot)[1]));
        let mut claimed: BTreeMap<u64, BTreeSet<usize>> = BTreeMap::new();
        for (slot, student) in renamed {
            self.steps.take(MOST_NAMESAKES)?;
            let owns_name = |other: &usize| {
                *other != slot
                    && text::same(accounts.students().names(*other)[0], roster.names(student)[0])
                    && self.may_claim(*other, student)
            };
            let others = by_name.get(&name(student)).into_iter().flatten().take(MOST_NAMESAKES).copied();
            for other in others.filter(owns_name) {
                claimed.entry(name(student)).or_default().extend([slot, other]);
            }
        }
        Ok(claimed.values().flat_map(|slots| claims_of(slots, holders)).collect())
    }

    /// Returns the students who were matched only by username or name. A student with exactly the account's values is
    /// left out.
    fn unsure_holders(&self) -> Holders {
        let is_unsure =
            |&(slot, student): &(usize, usize)| !self.matches.is_copy[student] && !self.is_sure(slot, student);
        let mut holders = Vec::new();
        for (slot, student) in self.matches.pairs().filter(is_unsure) {
            holders.resize(self.accounts.len(), None);
            holders[slot] = u32::try_from(student).ok();
        }
        Holders(holders)
    }

    /// Returns whether an account may belong to another student than the one it was matched with, if any.
    fn may_belong_to_another(&self, slot: usize, holders: &Holders) -> bool {
        let (accounts, is_open) = (self.accounts, self.is_open_account(slot));
        holders.of(slot).is_some() || (is_open && accounts.is_active(slot) && !accounts.is_manual(slot))
    }
}

/// Returns the claims of students who may have exchanged these accounts. Every claim contains the first student, so all
/// of them become one conflict.
fn claims_of(slots: &BTreeSet<usize>, holders: &Holders) -> Vec<Claim> {
    let first = slots.iter().find_map(|slot| holders.of(*slot));
    slots.iter().map(|&slot| (slot, holders.of(slot).into_iter().chain(first).collect())).collect()
}
