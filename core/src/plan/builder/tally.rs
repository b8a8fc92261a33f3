//! Counts the students with each change, and checks two guards: `years-went-back` and `too-many-changes`.

use crate::account::Account;
use crate::column::{Column, Columns};
use crate::student::Student;
use crate::text;
use crate::values::year_group::YearGroup;

use super::super::evidence::{is_stated, share_no_name};
use super::super::guard_limits::{ALWAYS_MAY_CHANGE, MANY};
use super::super::{ConflictReason, Guard, PlanRefused};
use super::PlanBuilder;
use super::guards::{count, most_frequent};

/// The changes of the matched students. Most students are exactly equal to their account and are not counted here.
#[derive(Debug, Default)]
pub(super) struct ChangeTally {
    /// The number of students who move up by one year.
    up: usize,
    /// The number of students who are in a lower year than before.
    back: usize,
    /// The number of students with a change, by field.
    changed: [usize; Column::COUNT],
    /// The students who change class without moving up. `years` has the students whose old or new year is not a school
    /// year.
    classes: Vec<(usize, usize)>,
    years: Vec<(usize, usize)>,
}

impl ChangeTally {
    /// Counts the changes between an account and its student.
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
        // A different code of the same main group counts as a different spelling, and not as a change. If the ethnicity
        // was not obtained before, the new code fills it in, which is not a change either.
        note(Column::Ethnicity, own != listed && is_stated(own) && own.main_code() != listed.main_code());
        let renamed = before.full_name != after.full_name && share_no_name(before.full_name, after.full_name);
        note(Column::FullName, renamed);
    }

    /// Returns whether most students move up by a year.
    pub(super) fn promotes(&self, matched: usize) -> bool {
        self.up >= MANY && self.up * 2 > matched
    }

    /// Counts a changed year group, and returns whether the student has moved up by one year.
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
    /// Refuses the plan if most students are in a lower year than before. Last year's file has this effect.
    pub(super) fn check_years(&mut self, tally: &ChangeTally, matched: usize) -> Result<(), PlanRefused> {
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

    /// Refuses the plan if a field changes for more students than is plausible in a school.
    pub(super) fn check_changes(&mut self, tally: &ChangeTally, matched: usize) -> Result<(), PlanRefused> {
        // If the year is too far away, the student is a conflict and not a change. We count these conflicts too.
        let apart = self.matches.conflicts.iter().filter(|(reason, ..)| *reason == ConflictReason::YearsApart).count();
        // A partial roster may list only the students who changed.
        let all = if self.roster.is_partial() { matched.max(self.active) } else { matched };
        for column in Column::ALL {
            let (changed, limit, of) = match column {
                Column::Username => continue,
                // Classes change more often than other fields.
                Column::Class => (self.scattered(&tally.classes, 3, all / 2), all / 2, matched),
                Column::YearGroup => {
                    let renamed = self.scattered(&tally.years, 2, ALWAYS_MAY_CHANGE);
                    (tally.changed[column as usize] + renamed + apart, (all + apart) / 5, matched + apart)
                }
                // Gender changes for hardly any student.
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

    /// Returns the number of these students who did not move together with their class or year. A class moves as a
    /// whole if four in five of its students go to one new class. At most two other classes may move to the same new
    /// class. If at most `limit` students moved, all of them are counted.
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

    /// Returns whether a column, which holds a flag or the ethnicity, is now blank for every matched student.
    fn is_emptied(&self, column: Column) -> bool {
        let students = self.roster.students();
        let cell = |(_, student): (usize, usize)| students.at(student).cells()[column as usize];
        column.when_not_recorded().is_some_and(|blank| self.matches.pairs().all(|pair| cell(pair) == blank))
    }

    /// Returns whether a flag or the ethnicity was blank in every matched account, and is still blank for some matched
    /// students. The host probably did not store it before.
    fn is_filled_in(&self, column: Column) -> bool {
        let (own, listed) = (self.accounts.students(), self.roster.students());
        column.when_not_recorded().is_some_and(|blank| {
            let is_blank = |student: Student<'_>| student.cells()[column as usize] == blank;
            self.matches.pairs().all(|(slot, _)| is_blank(own.at(slot)))
                && self.matches.pairs().any(|(_, student)| is_blank(listed.at(student)))
        })
    }

    /// Returns whether the host maintains a field of an account itself. The roster's value is then ignored.
    pub(super) fn is_own(&self, slot: usize, column: Column) -> bool {
        let own: Columns = self.accounts.state(slot).own;
        own.contains(column)
    }
}
