//! Keeps the rows that are certainly right, without a full check and mostly without a copy. Nearly all rows are
//! certainly right.
//!
//! This code reads a row only if the row fits the fast path and is in template order. The checks of its texts, its
//! values and its class take a few nanoseconds each. If one of these checks is uncertain, the full check decides. If
//! you add a rule to the full check, make this code refuse the rows to which the rule applies.

use super::ChunkReader;
use crate::check::{self, Classes, Rules, Spellings};
use crate::column::Column;
use crate::keys::Keys;
use crate::reader::mapped::Mapped;
use crate::student::Codes;
use crate::table::{FastRow, Rows};
use crate::text;
use crate::username::SignIn;

impl ChunkReader<'_, '_> {
    /// Keeps the students of the next rows that are certainly right. Returns whether there were any.
    pub(super) fn exact(&mut self, rows: &mut Rows<'_>, until: usize) -> bool {
        let most = usize::try_from(self.file.limits.rows - self.found.report.rows()).unwrap_or(usize::MAX);
        let has_notes = self.file.source.guesses() || self.file.mapped.is_some_and(Mapped::has_notes);
        let mut taken = rows.take_fast(most, until, |number, row| {
            if has_notes && self.is_noted(row) {
                return false;
            }
            let Some(lengths) = self.file.rules.exact_texts(row) else { return false };
            if !is_usual_class(&mut self.classes, &mut self.found.spellings, self.file.rules, row) {
                return false;
            }
            // This is `Some` if a value was fixed, because the student's codes then differ from the row's text.
            let fixed = match self.file.rules.exact_codes(row) {
                Some(_) => None,
                // `counted` gets a copy, so that the row itself need not be in memory.
                None => match self.counted(&row.clone()) {
                    Some(codes) => Some(codes).filter(|_| self.file.rules.fix),
                    None => return false,
                },
            };
            if number == 0 {
                self.found.positions.note(self.found.students.len(), row.number, row.line, None);
            }
            self.push_names(row);
            let start = row.start as u32;
            match fixed {
                Some(codes) => self.found.students.push_in_place(start, lengths, 0, codes),
                None => self.found.students.push_line(start),
            }
            true
        });
        if taken == 0 && most > 0 {
            let quoted = rows.take_quoted(|row| {
                if has_notes && self.is_noted(row) {
                    return false;
                }
                let name = row.bytes(Column::FullName as usize);
                let rules = self.file.rules;
                let exact = rules.exact_texts(row).zip(rules.exact_codes(row));
                let Some((lengths, codes)) = exact.filter(|_| !name.contains(&b',')) else { return false };
                if !is_usual_class(&mut self.classes, &mut self.found.spellings, rules, row) {
                    return false;
                }
                self.found.positions.note(self.found.students.len(), row.number, row.line, None);
                self.push_names(row);
                let quoted = (0..4).fold(0, |quoted, text| quoted | u8::from(row.is_quoted(text)) << text);
                self.found.students.push_in_place(row.start as u32, lengths, quoted, codes);
                true
            });
            taken = usize::from(quoted);
        }
        self.found.report.count_rows(taken as u64);
        taken > 0
    }

    /// Returns whether a correct row still has something to report: a letter that was read as Windows-1252, or a note
    /// by the mapping.
    #[inline(never)]
    fn is_noted(&self, row: &FastRow<'_, { Column::COUNT }>) -> bool {
        let last = Column::COUNT - 1;
        let is_guessed =
            || self.file.source.guessed(row.start, row.start + row.from(last) + row.length(last)).is_some();
        self.file.source.guesses() && is_guessed() || self.file.mapped.is_some_and(|mapped| mapped.is_noted(row.number))
    }

    /// Returns the codes of a row whose texts are right but whose values are not. The row's problems are only counted.
    /// Returns `None` if the report can still list one of these problems, or if the values may be in the wrong columns.
    /// The full check then decides.
    #[inline(never)]
    fn counted(&mut self, row: &FastRow<'_, { Column::COUNT }>) -> Option<Codes> {
        let rules = self.file.rules;
        let report = &mut self.found.report;
        if !report.is_full(false) {
            return None;
        }
        let (mut faults, mut listed) = ([None; 5], false);
        let mut free = faults.iter_mut();
        let undecided = self.file.undecided([Column::Gender, Column::Eal].map(|column| row.cell(column as usize)));
        let codes = rules.codes(row, undecided, |code, safe| {
            listed |= !report.is_full(rules.fix && safe);
            free.next().into_iter().for_each(|fault| *fault = Some((code, safe)));
        });
        let unread = faults.iter().flatten().filter(|(_, safe)| !safe).count();
        if listed || unread >= check::CERTAIN {
            return None;
        }
        for (code, safe) in faults.into_iter().flatten() {
            report.count(code, safe, rules.fix && safe);
        }
        Some(codes.unwrap_or(Codes::UNREAD))
    }

    /// Records the username of the next student, to compare it with all other usernames.
    #[inline(always)]
    fn push_names(&mut self, row: &FastRow<'_, { Column::COUNT }>) {
        let (name, username) = (Column::FullName as usize, Column::Username as usize);
        // An email address is ASCII.
        let is_ascii_username = self.file.rules.sign_in == SignIn::Sso || is_own_key(row.bytes(username));
        push_right(&mut self.found.keys, row, username, is_ascii_username);
        if self.file.rules.sign_in == SignIn::Sso || row.bytes(name) == row.bytes(username) {
            return;
        }
        let is_ascii_name = is_own_key(row.bytes(name));
        let is_same = match is_ascii_username && is_ascii_name {
            true => row.bytes(name).eq_ignore_ascii_case(row.bytes(username)),
            false => text::same(row.cell(name), row.cell(username)),
        };
        if !is_same {
            let suspects = &mut self.found.suspects;
            suspects.push(self.found.students.len());
            push_right(&mut suspects.names, row, name, is_ascii_name);
        }
    }
}

/// Returns whether a text that is right needs only lower case to be its own key.
#[inline(always)]
fn is_own_key(text: &[u8]) -> bool {
    text.iter().fold(true, |own, b| own & b.is_ascii() & (*b != b'`'))
}

/// Adds a text that is right to a list.
#[inline(always)]
fn push_right(keys: &mut Keys, row: &FastRow<'_, { Column::COUNT }>, index: usize, is_own_key: bool) {
    let (window, length) = (row.window(index), row.length(index));
    if is_own_key && length <= window.len() {
        keys.push_window(window, length);
    } else if is_own_key && length <= 2 * window.len() {
        keys.push_windows(row.window(index), length);
    } else {
        keys.push(row.cell(index));
    }
}

/// Returns whether the year group and the class of a row are right. They are if they equal those of an earlier row, or
/// if [`Rules::is_usual_class`] accepts them.
#[inline(always)]
fn is_usual_class(
    classes: &mut Classes,
    spellings: &mut Spellings,
    rules: &Rules,
    row: &FastRow<'_, { Column::COUNT }>,
) -> bool {
    let (year, class) = (Column::YearGroup as usize, Column::Class as usize);
    let length = row.from(class) + row.length(class) - row.from(year);
    classes.contains(row.window(year), length) || is_right_class(classes, spellings, rules, row, length)
}

#[inline(never)]
fn is_right_class(
    classes: &mut Classes,
    spellings: &mut Spellings,
    rules: &Rules,
    row: &FastRow<'_, { Column::COUNT }>,
    length: usize,
) -> bool {
    let [year, class] = [Column::YearGroup, Column::Class].map(|column| row.cell(column as usize));
    let fits = year.len().max(class.len()) <= rules.cell_bytes.min(usize::from(u16::MAX));
    let is_right = fits && rules.is_usual_class(year, class);
    if is_right {
        classes.insert(row.window(Column::YearGroup as usize), length);
        note_class(spellings, row);
    }
    is_right
}

fn note_class(spellings: &mut Spellings, row: &FastRow<'_, { Column::COUNT }>) {
    let columns = [Column::YearGroup as usize, Column::Class as usize];
    let start = |index: usize| row.start + columns.get(index).map_or(0, |column| row.from(*column));
    spellings.note(columns.map(|column| row.cell(column)), row.number, row.line, start);
}
