//! Counts the students with each change, and the limit of each field.

use crate::account::Account;
use crate::column::{Column, Columns};
use crate::student::Student;
use crate::text;
use crate::values::year_group::YearGroup;

use super::super::evidence::{is_stated, share_no_name};
use super::super::{ConflictReason, Guard, PlanRefused};
use super::PlanBuilder;
use super::guards::{MANY, count, most_frequent};

/// This number of students may always change in a field.
const ALWAYS_MAY_CHANGE: usize = 5;

/// The changes of the matched students. Most are exactly equal and do not come here.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Students who are one year on.
    up: usize,
    /// Students who are in a lower year.
    back: usize,
    /// The number of students with a change, by field.
    changed: [usize; Column::COUNT],
    /// The students whose class changes in the same year, and whose year changes between names that are not school years.
    classes: Vec<(usize, usize)>,
    years: Vec<(usize, usize)>,
}

impl Tally {
    /// Counts what changes of an account with a student.
    pub(super) fn add(&mut self, pair: (usize, usize), before: &Account<'_>, after: &Account<'_>) {
        let moved_up = before.year_group != after.year_group && self.add_year(pair, before, after);
        let is_other = |own: &str, listed: &str| own != listed && !text::same(own, listed);
        if !moved_up && is_other(before.class_name, after.class_name) && !before.class_name.is_empty() {
            self.classes.push(pair);
        }
        let mut note = |column: Column, changes: bool| self.changed[column as usize] += usize::from(changes);
        note(Column::Gender, before.gender.is_some() && before.gender != after.gender);
        note(Column::PupilPremium, before.pupil_premium != after.pupil_premium);
        note(Column::Send, before.send != after.send);
        note(Column::Eal, before.eal != after.eal);
        let [own, listed] = [before, after].map(|account| account.ethnicity);
        // Another code of the same main group is another spelling; one that was not obtained is filled in.
        note(Column::Ethnicity, own != listed && is_stated(own) && own.main_code() != listed.main_code());
        let renamed = before.full_name != after.full_name && share_no_name(before.full_name, after.full_name);
        note(Column::FullName, renamed);
    }

    /// Whether most students move up by a year.
    pub(super) fn promotes(&self, matched: usize) -> bool {
        self.up >= MANY && self.up * 2 > matched
    }

    /// Counts a year that is written otherwise, and says whether the student has moved up.
    fn add_year(&mut self, pair: (usize, usize), before: &Account<'_>, after: &Account<'_>) -> bool {
        match (before.national_year(), after.national_year()) {
            (Some(then), Some(now)) if then == now => false,
            (Some(then), Some(now)) if then.next() == Some(now) => {
                self.up += 1;
                true
            }
            (Some(then), Some(now)) => {
                self.back += usize::from(now < then);
                self.changed[Column::YearGroup as usize] += 1;
                false
            }
            _ if before.year_group.is_empty() || text::same(before.year_group, after.year_group) => false,
            _ => {
                self.years.push(pair);
                false
            }
        }
    }
}

impl PlanBuilder<'_> {
    /// Refuses where most students are in a lower year, as they are in last year's file.
    pub(super) fn check_years(&mut self, tally: &Tally, matched: usize) -> Result<(), PlanRefused> {
        if tally.back < MANY || tally.back * 2 <= matched {
            return Ok(());
        }
        let numbers =
            [("active", self.active), ("incoming", self.roster.len()), ("matched", matched), ("lower", tally.back)];
        let year = |slot: usize| self.accounts.students().texts(slot)[2];
        let is_lower = |&(slot, student): &(usize, usize)| {
            let now = YearGroup::read(self.roster.students().texts(student)[2]);
            YearGroup::read(year(slot)).is_some_and(|then| now.is_some_and(|now| now < then))
        };
        let most = most_frequent(self.matches.pairs().filter(is_lower).map(|(slot, _)| year(slot)));
        self.check(PlanRefused::new(Guard::YearsWentBack, numbers).of_year(most.map(str::to_owned)))
    }

    /// Refuses where a field changes for more students than it does in a school.
    pub(super) fn check_changes(&mut self, tally: &Tally, matched: usize) -> Result<(), PlanRefused> {
        // A year that is too far away makes the student a conflict, not a change.
        let apart = self.matches.conflicts.iter().filter(|(reason, ..)| *reason == ConflictReason::YearsApart).count();
        // All changed students may be changes.
        let all = if self.roster.is_partial() { matched.max(self.active) } else { matched };
        for column in Column::ALL {
            let (changed, limit, of) = match column {
                Column::Username => continue,
                // A class is changed oftener than other things.
                Column::Class => (self.scattered(&tally.classes, 3, all / 2), all / 2, matched),
                Column::YearGroup => {
                    let renamed = self.scattered(&tally.years, 2, ALWAYS_MAY_CHANGE);
                    (tally.changed[column as usize] + renamed + apart, (all + apart) / 5, matched + apart)
                }
                // And hardly anyone's gender.
                Column::Gender => (tally.changed[column as usize], all / 10, matched),
                _ => (tally.changed[column as usize], all / 5, matched),
            };
            if changed <= ALWAYS_MAY_CHANGE
                || (changed <= limit && !self.is_emptied(column))
                || self.is_filled_in(column)
            {
                continue;
            }
            let numbers = [
                ("active", self.active),
                ("incoming", self.roster.len()),
                ("matched", of),
                ("changed", changed),
                ("limit", limit.max(ALWAYS_MAY_CHANGE)),
            ];
            self.check(PlanRefused::new(Guard::TooManyChanges, numbers).of_field(column))?;
        }
        Ok(())
    }

    /// The number of these students who do not go where their class or year went as a whole: four in five of it, to one that at
    /// most two others went to. Counts up to a limit are not looked at.
    fn scattered(&self, moved: &[(usize, usize)], text: usize, limit: usize) -> usize {
        if moved.len() <= limit.max(ALWAYS_MAY_CHANGE) {
            return moved.len();
        }
        let own = |slot: usize| self.accounts.students().texts(slot)[text];
        let listed = |student: usize| self.roster.students().texts(student)[text];
        let sizes = count(self.matches.pairs().map(|(slot, _)| own(slot)));
        let moves = count(moved.iter().map(|&(slot, student)| (own(slot), listed(student))));
        let is_whole = |(from, _): &(&str, &str), count: usize| count * 5 >= sizes.get(from).copied().unwrap_or(0) * 4;
        let arrivals = count(moves.iter().filter(|(way, count)| is_whole(way, **count)).map(|(way, _)| way.1));
        let is_renamed =
            |way: &(&str, &str), count: usize| is_whole(way, count) && arrivals.get(way.1).is_some_and(|n| *n <= 3);
        moves.iter().filter(|(way, count)| !is_renamed(way, **count)).map(|(_, count)| count).sum()
    }

    /// Whether a flag, or an ethnicity, that some had now has no student.
    fn is_emptied(&self, column: Column) -> bool {
        let students = self.roster.students();
        let cell = |(_, student): (usize, usize)| students.at(student).cells()[column as usize];
        column.when_not_recorded().is_some_and(|blank| self.matches.pairs().all(|pair| cell(pair) == blank))
    }

    /// Whether a flag that no account had, as if it were not kept, is now recorded: some have it, and some have not.
    fn is_filled_in(&self, column: Column) -> bool {
        let (own, listed) = (self.accounts.students(), self.roster.students());
        column.when_not_recorded().is_some_and(|blank| {
            let is_blank = |student: Student<'_>| student.cells()[column as usize] == blank;
            self.matches.pairs().all(|(slot, _)| is_blank(own.at(slot)))
                && self.matches.pairs().any(|(_, student)| is_blank(listed.at(student)))
        })
    }

    /// Whether a host keeps a field as its own for an account, so that the roster's does not count.
    pub(super) fn is_own(&self, slot: usize, column: Column) -> bool {
        let own: Columns = self.accounts.state(slot).own;
        own.contains(column)
    }
}
