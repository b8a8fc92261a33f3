//! Compares the students of a file with each other. Finds repeated usernames and rows, and nearly equal names.

use hashbrown::{HashMap, HashSet};

use crate::column::Column;
use crate::problem::{Detail, Fix, Position, Problem, ProblemCode as Code};
use crate::text;
use crate::username::FreeUsernames;
use crate::watch::{Cancelled, Steps};

use super::Accumulator;

/// The number of steps counted for suggesting a username.
const SUGGESTION_STEPS: usize = 100;
/// The length of the longest name that is compared without accents.
const LONGEST_COMPARED: usize = 60;
/// The number of steps counted for making a loose key.
const LOOSE_KEY_STEPS: usize = 10;

impl Accumulator {
    pub(super) fn add_duplicates(&mut self, threads: usize, steps: &mut Steps<'_>) -> Result<(), Cancelled> {
        let username = |student| self.students.names(student)[1];
        let is_same = |one, other| match [one, other].map(|student| self.hashes.get(&student)) {
            [Some([_, one]), Some([_, other])] => one == other,
            _ => text::same(username(one), username(other)),
        };
        let duplicates = self.keys.duplicates(threads, steps, is_same)?;
        if duplicates.is_empty() {
            return Ok(());
        }
        let mut taken = self.keys.taken();
        let mut usernames = FreeUsernames::default();
        let mut suggestion = |later| {
            // We can make a new username from the name only if this username is equal to the name.
            let [full_name, username, year, class] = self.students.texts(later);
            if !text::same(full_name, username) {
                return None;
            }
            // The name without stray spaces, in composed form.
            let name = text::nfc(&text::tidy(full_name)).into_owned();
            let free = usernames.next(&name, year, class, |u| taken.contains(u));
            taken.insert(&free);
            Some(Fix::suggestion(free))
        };
        let mut problems = Vec::new();
        // For each raw row with a repeated username, the first student with that row.
        let mut rows: HashMap<&[u8], usize> = HashMap::new();
        let mut same_rows = 0;
        for &(later, first) in &duplicates {
            steps.take(SUGGESTION_STEPS)?;
            rows.entry(self.raw_row(first)).or_insert(first);
            let same_row = rows.get(self.raw_row(later)).copied();
            rows.entry(self.raw_row(later)).or_insert(later);
            same_rows += u64::from(same_row.is_some());
            if problems.len() >= self.most {
                continue;
            }
            problems.push(match same_row {
                // Only a person knows whether the two rows are one student or two, so we suggest no second username.
                Some(other) => self.username_problem(Code::RowDuplicate, later, other),
                None => self.username_problem(Code::UsernameDuplicate, later, first).with_fix(suggestion(later)),
            });
        }
        drop(rows);
        self.report.count_many(Code::RowDuplicate, same_rows);
        self.report.count_many(Code::UsernameDuplicate, duplicates.len() as u64 - same_rows);
        self.report.add_late(problems);
        Ok(())
    }

    /// Warns of two students in a class whose names differ only in details such as accents and hyphens.
    pub(super) fn add_same_students(&mut self, steps: &mut Steps<'_>) -> Result<(), Cancelled> {
        // A plain name has only ASCII letters and spaces. Two plain names with the same loose key differ only in
        // spaces. So we compare the names with the same key only if at least one of them is not plain.
        let (mut hashes, mut marked) = (Vec::with_capacity(self.students.len()), HashSet::new());
        for student in 0..self.students.len() {
            let name = self.students.full_name(student);
            if name.len() > LONGEST_COMPARED {
                continue;
            }
            steps.step()?;
            let plain = text::hash_of_plain_name(name);
            let Some(hash) = plain.or_else(|| text::hash_of_loose_key(name)) else { continue };
            if plain.is_none() {
                marked.insert(hash);
            }
            hashes.push((hash, student));
        }
        let mut like_marked: HashMap<u64, Vec<usize>> = HashMap::new();
        for (hash, student) in hashes.into_iter().filter(|(hash, _)| marked.contains(hash)) {
            like_marked.entry(hash).or_default().push(student);
        }
        // Equal hashes prove nothing, so we compare the keys themselves.
        let key = |student: usize| {
            let [name, _, _, class] = self.students.texts(student);
            (text::loose_key(name), class)
        };
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for same in like_marked.into_values().filter(|same| same.len() > 1) {
            steps.take(LOOSE_KEY_STEPS * same.len())?;
            let mut by_key: HashMap<_, Vec<usize>> = HashMap::new();
            same.into_iter().for_each(|student| by_key.entry(key(student)).or_default().push(student));
            groups.extend(by_key.into_values().filter(|same| same.len() > 1));
        }
        groups.iter_mut().for_each(|same| same.sort_unstable());
        groups.sort_unstable();
        for same in groups {
            steps.take(same.len())?;
            let Some((first, others)) = same.split_first() else { continue };
            let [first_name, first_username] = self.students.names(*first);
            for other in others {
                let [name, username] = self.students.names(*other);
                // A repeated username is reported already.
                if name.is_empty() || text::same(name, first_name) || text::same(username, first_username) {
                    continue;
                }
                let at = self.positions.of(*other, &self.students);
                let position =
                    Position::Row { row: at.row, line: at.line, byte: at.start.into(), column: Some(Column::FullName) };
                let detail = Detail::OtherRow(self.positions.of(*first, &self.students).row);
                let problem = Problem::new(Code::SameStudent, position).with_value(name).with_detail(detail);
                self.report.add(problem, false);
            }
        }
        Ok(())
    }

    /// Returns the unchanged text of a student's row in the file, without the line end.
    fn raw_row(&self, student: usize) -> &[u8] {
        let start = self.positions.of(student, &self.students).start as usize;
        let text = self.students.file().get(start..).unwrap_or_default();
        let mut is_quoted = false;
        let end = memchr::memchr3_iter(b'"', b'\n', b'\r', text).find(|&at| {
            is_quoted ^= text.get(at) == Some(&b'"');
            !is_quoted && text.get(at) != Some(&b'"')
        });
        &text[..end.unwrap_or(text.len())]
    }

    /// Creates a problem about a student's username. The problem mentions the other student's row.
    pub(super) fn username_problem(&self, code: Code, student: usize, other: usize) -> Problem {
        let at = self.positions.of(student, &self.students);
        let column = Some(Column::Username).filter(|_| code != Code::RowDuplicate);
        let position = Position::Row { row: at.row, line: at.line, byte: at.username as u64, column };
        let [_, username] = self.students.names(student);
        let other = Detail::OtherRow(self.positions.of(other, &self.students).row);
        let problem = Problem::new(code, position).with_detail(other);
        if code == Code::RowDuplicate { problem } else { problem.with_value(username) }
    }
}
