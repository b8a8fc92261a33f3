//! Finds a whole class or year group that is missing from a roster, for the guard `too-many-leavers`.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use crate::text;

use super::super::guard_limits::WHOLE_CLASS;
use super::PlanBuilder;
use super::guards::Year;

/// A class or year group that loses all its students.
#[derive(Debug)]
pub(super) struct MissingGroup {
    pub(super) students: usize,
    /// The class. It is `None` if a whole year group of several classes is missing.
    pub(super) class_name: Option<String>,
    /// The year group. It is `None` if students of several years are in the class.
    pub(super) year: Option<String>,
}

/// The class and the year of a group. One of the two may be `None`.
type Group<'a> = (Option<Cow<'a, str>>, Option<Year<'a>>);

impl PlanBuilder<'_> {
    /// Returns the largest group of leavers that are a whole class, a whole year group, or all students of one year in
    /// a class. `leavers` has the accounts that leave and are not expected to. A group is whole if no active account of
    /// it has a student in the roster, or is in a conflict with one.
    pub(super) fn missing_group(&self, leavers: &[usize]) -> Option<MissingGroup> {
        if leavers.len() < WHOLE_CLASS || self.roster.is_partial() || self.planner.max_leavers >= 1.0 {
            return None;
        }
        let mut missing: HashMap<Group<'_>, (usize, usize)> = HashMap::new();
        for &slot in leavers {
            for group in self.groups(slot) {
                missing.entry(group).or_insert((0, slot)).0 += 1;
            }
        }
        missing.retain(|_, (students, _)| *students >= WHOLE_CLASS);
        if missing.is_empty() {
            return None;
        }
        let unclear: HashSet<usize> =
            self.matches.conflicts.iter().flat_map(|(_, accounts, _)| accounts).copied().collect();
        let is_in_roster = |slot: &usize| {
            let matches = &self.matches;
            self.accounts.is_active(*slot)
                && (matches.has_student[*slot] || matches.held.contains(slot) || unclear.contains(slot))
        };
        // Most accounts have a year and a class that an earlier account has too.
        let mut seen = HashSet::new();
        for slot in (0..self.accounts.len()).filter(is_in_roster) {
            if missing.is_empty() {
                return None;
            }
            let [.., year, class] = self.accounts.students().texts(slot);
            if seen.insert((year, class)) {
                for group in self.groups(slot) {
                    missing.remove(&group);
                }
            }
        }
        let text = |slot: usize, which: usize| self.accounts.students().texts(slot)[which].to_owned();
        let order = |(class, year): &Group<'_>, students: usize, slot: usize| {
            (students, year.is_some(), class.is_some(), Reverse((text(slot, 3), text(slot, 2))))
        };
        let largest = missing.into_iter().max_by_key(|(group, (students, slot))| order(group, *students, *slot));
        largest.map(|((class, year), (students, slot))| MissingGroup {
            students,
            class_name: class.map(|_| text(slot, 3)),
            year: year.map(|_| text(slot, 2)),
        })
    }

    /// Returns the groups of an account. A class of one name may exist in each year, and a class may mix years.
    fn groups(&self, slot: usize) -> impl Iterator<Item = Group<'_>> {
        let [.., year, class] = self.accounts.students().texts(slot);
        let class = Some(class).filter(|class| !class.is_empty()).map(text::key);
        let year = Some(year).filter(|year| !year.is_empty()).map(Year::of);
        let both = class.is_some() && year.is_some();
        let pair = both.then(|| (class.clone(), year));
        let of_year = year.map(|year| (None, Some(year)));
        pair.into_iter().chain(class.map(|class| (Some(class), None))).chain(of_year)
    }
}
