//! Finds the second record of one child among the students without an account, such as that of a dual registration.
//! The two records have the same name and the same valid UPN, but different source ids.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::column::Column;
use crate::text;

use super::super::PlanEntry;
use super::PlanBuilder;

/// A UPN, and the key of the full name.
type Child<'a> = (&'a str, Cow<'a, str>);

/// The account or the student that already has a UPN and a name.
#[derive(Debug, Clone, Copy)]
enum Owner {
    Account(usize),
    Joiner(usize),
}

impl PlanBuilder<'_> {
    /// Returns the joiners that are the second record of a child, each with the child's account. If the child has no
    /// account yet, the first record gets one. A person can decide that the two are different children.
    pub(super) fn second_records(&self, joiners: &[usize]) -> HashMap<usize, PlanEntry> {
        let listed = self.roster.students();
        let upn = |student: usize| listed.sure_ids(student)[1];
        let mut owners = self.upn_owners(joiners);
        if owners.is_empty() && self.matches.shared_upns.is_empty() {
            return HashMap::new();
        }
        let mut order: Vec<usize> = joiners.iter().copied().filter(|student| upn(*student).is_some()).collect();
        // The order of the roster does not decide which record is the second.
        order.sort_by_key(|&student| (listed.names(student)[1], listed.sure_ids(student)));
        let mut second = HashMap::new();
        for student in order {
            let Some(upn) = upn(student) else { continue };
            let owners = owners.entry((upn, text::key(listed.names(student)[0]))).or_default();
            let is_owner = |owner: &&Owner| match owner {
                Owner::Account(slot) => !self.matches.decided.are_different(*slot, student),
                Owner::Joiner(_) => true,
            };
            match owners.iter().find(is_owner).copied() {
                None => owners.push(Owner::Joiner(student)),
                Some(Owner::Account(slot)) => second.extend(self.account_entry(slot).map(|entry| (student, entry))),
                Some(Owner::Joiner(first)) => second.extend(self.student_entry(first).map(|entry| (student, entry))),
            }
        }
        second
    }

    /// Returns the accounts that have the UPN of a joiner after this plan, by UPN and name.
    fn upn_owners(&self, joiners: &[usize]) -> HashMap<Child<'_>, Vec<Owner>> {
        let (own, listed) = (self.accounts.students(), self.roster.students());
        let mut owners: HashMap<Child<'_>, Vec<Owner>> = HashMap::new();
        if !listed.has_ids() || self.accounts.is_empty() {
            return owners;
        }
        let wanted: HashSet<&str> = joiners.iter().filter_map(|student| listed.sure_ids(*student)[1]).collect();
        if wanted.is_empty() {
            return owners;
        }
        let matched = self.matches.pairs().map(|(slot, student)| {
            (slot, Some(student), listed.sure_ids(student)[1].or_else(|| own.sure_ids(slot)[1]))
        });
        let unmatched = (0..self.accounts.len()).filter(|slot| !self.matches.has_student[*slot]);
        let unmatched = unmatched.map(|slot| (slot, None, own.sure_ids(slot)[1]));
        for (slot, student, upn) in matched.chain(unmatched) {
            let Some(upn) = upn.filter(|upn| wanted.contains(upn)) else { continue };
            let gets_name = |s: &usize| !self.roster.is_nameless(*s) && !self.is_own(slot, Column::FullName);
            let name = student.filter(gets_name).map_or(own.names(slot)[0], |student| listed.names(student)[0]);
            owners.entry((upn, text::key(name))).or_default().push(Owner::Account(slot));
        }
        owners
    }
}
