//! Finds students whose username is the full name of another student. With SSO there are none.

use hashbrown::HashMap;

use crate::column::Column;
use crate::keys::Keys;
use crate::problem::{Problem, ProblemCode as Code};
use crate::watch::{Cancelled, Steps};

use super::Accumulator;

/// The students whose usernames differ from their names.
#[derive(Debug, Default)]
pub(in crate::reader) struct Suspects {
    students: Vec<u32>,
    /// The name of each of these students.
    pub(in crate::reader) names: Keys,
}

impl Suspects {
    /// Adds a student. The caller adds the student's name to `names`.
    #[inline]
    pub(in crate::reader) fn push(&mut self, student: usize) {
        // A file has fewer than 2^32 rows.
        self.students.push(student as u32);
    }

    /// Adds the suspects of the next segment, whose students follow the first `before` students.
    pub(super) fn join(&mut self, later: Self, before: usize) {
        self.students.extend(later.students.into_iter().map(|student| before as u32 + student));
        self.names.join(&later.names);
    }

    fn students(&self) -> impl ExactSizeIterator<Item = usize> {
        self.students.iter().map(|student| *student as usize)
    }
}

impl Accumulator {
    pub(super) fn add_others_names(&mut self, steps: &mut Steps<'_>) -> Result<(), Cancelled> {
        if self.suspects.students.is_empty() {
            return Ok(());
        }
        let others = self.others_names(steps)?;
        let listed = others.iter().take(self.most);
        let problems: Vec<Problem> =
            listed.map(|&(student, other)| self.username_problem(Code::UsernameNotName, student, other)).collect();
        self.report.count_many(Code::UsernameNotName, others.len() as u64);
        self.report.add_late(problems);
        Ok(())
    }

    /// Returns `(student, other)` pairs in which the student's username is the other student's full name.
    fn others_names(&self, steps: &mut Steps<'_>) -> Result<Vec<(usize, usize)>, Cancelled> {
        // A hundred students take about a microsecond.
        steps.take(self.students.len() / 100)?;
        let suspects: Vec<usize> = self.suspects.students().collect();
        let usernames = self.keys.select(suspects.iter().copied());
        // The username of every other student is the student's name.
        let names = self.keys.clone().with(suspects.iter().copied(), &self.suspects.names);
        let likely_names = names.likely_in(&usernames);
        let mut by_name = HashMap::with_capacity(likely_names.len());
        for &student in &likely_names {
            steps.step()?;
            by_name.entry(self.whole_hash(student, Column::FullName)).or_insert(student);
        }
        let mut others = Vec::new();
        for index in usernames.likely_in(&names.select(likely_names.into_iter())) {
            steps.step()?;
            let suspect = suspects[index];
            let other = by_name.get(&self.whole_hash(suspect, Column::Username)).filter(|other| **other != suspect);
            others.extend(other.map(|other| (suspect, *other)));
        }
        Ok(others)
    }

    /// Returns the whole hash of a student's name or username.
    fn whole_hash(&self, student: usize, column: Column) -> u64 {
        let text = usize::from(column == Column::Username);
        self.hashes.get(&student).map_or_else(|| self.keys.hash(self.students.names(student)[text]), |own| own[text])
    }
}
