//! Keeps the student of each row, valid or not, and records the row's values for later checks. Warns of swapped classes
//! and year groups, and of letters in an older encoding.

use std::borrow::Cow;

use crate::check::{self, CheckedRow};
use crate::column::{Column, Columns};
use crate::problem::{Detail, Problem, ProblemCode as Code};
use crate::student::{Codes, Ids};
use crate::table::{self, Row, SingleByte, TextSource};
use crate::text;
use crate::username::SignIn;

use super::{ChunkReader, cell_at};

const CLASS_AND_YEAR_SWAPPED: &str =
    "holds classes, and Class holds year groups; check that the two columns are not swapped";

impl ChunkReader<'_, '_> {
    /// Records the year group and the class of a row, and whether they are swapped.
    pub(super) fn note_class(&mut self, row: &Row<'_>, cells: &[Cow<'_, str>; Column::COUNT]) {
        let columns = [Column::YearGroup, Column::Class];
        let [Some(year_at), Some(class_at)] = columns.map(|column| self.file.headings.columns[column as usize]) else {
            return;
        };
        let [year, class] = columns.map(|column| cells.get(column as usize).map_or("", Cow::as_ref));
        if year.len().max(class.len()) > self.file.limits.cell_bytes {
            return;
        }
        // Stray spaces have already been reported, so we ignore them here.
        let tidied =
            [year, class].map(|text| if text::is_plain(text) { Cow::Borrowed(text) } else { text::tidy(text) });
        let [year, class] = tidied.each_ref().map(AsRef::as_ref);
        if check::are_swapped(year, class) {
            let position = self.position_of(row, Some((Column::YearGroup, year_at)));
            let problem =
                Problem::new(Code::ColumnsSwapped, position).with_detail(Detail::note(CLASS_AND_YEAR_SWAPPED));
            self.found.report.add_row_of_cause(problem, false);
        }
        let (text, delimiter) = (self.file.text, self.file.delimiter);
        let start = |index: usize| cell_at(row, text, delimiter, if index == 0 { year_at } else { class_at });
        self.found.spellings.note([year, class], row.number, row.line, start);
    }

    /// Keeps the student of a row, valid or not, because even the username of an invalid row can be a duplicate.
    #[allow(clippy::expect_used)]
    pub(super) fn keep(&mut self, row: &Row<'_>, checked: &CheckedRow<'_>, username_at: usize) {
        let student = self.found.students.len();
        // A text that is too long is an error, so no roster is built. It is kept as blank and compared with nothing.
        let fits = |cell: &Cow<'_, str>| cell.len() <= self.file.limits.cell_bytes;
        let [name, username, year, class] =
            [0, 1, 2, 3].map(|text| checked.cells.get(text).filter(|cell| fits(cell)).map_or("", |cell| cell.as_ref()));
        let codes = checked.codes.unwrap_or(Codes::UNREAD);
        // Checked text is in composed form.
        let compared = |text: usize, stored| checked.compared.get(text).and_then(Option::as_deref).unwrap_or(stored);
        let [compared_name, compared_username] = [compared(0, name), compared(1, username)];
        let by_username = self.found.keys.push_composed(compared_username);
        if self.file.rules.sign_in == SignIn::Password && compared_name != compared_username {
            let by_name = self.found.keys.hash_composed(compared_name);
            if by_name != by_username && !compared_username.is_empty() {
                self.found.suspects.push(student);
                self.found.suspects.names.push_hash(compared_name, by_name);
            }
            if !text::is_plain(compared_name) || !text::is_plain(compared_username) {
                self.found.hashes.insert(student, [by_name, by_username]);
            }
        } else if !text::is_plain(compared_username) {
            self.found.hashes.insert(student, [by_username; 2]);
        }
        self.keep_ids(student, row);
        let texts: [&str; 4] = [name, username, year, class];
        // The texts are in template order and unchanged from the file, so they need no copy.
        let is_there = |index: usize| {
            self.file.headings.columns[index] == Some(index) && texts.get(index) == Some(&row.cell(index))
        };
        let in_place = row.in_place() && (0..4).all(is_there);
        if in_place {
            self.found.positions.note(student, row.number, row.line, None);
            let length =
                |text: &str| u16::try_from(text.len()).expect("invariant: a text that fits has a `u16` length");
            let lengths = texts.map(length);
            self.found.students.push_in_place(row.start as u32, lengths, 0, codes);
        } else {
            self.found.positions.note(student, row.number, row.line, Some([row.start, username_at]));
            self.found.students.push(texts, codes);
        }
    }

    /// Records the UPN and the source id of a student, if the file has them. A source id that is certainly none is
    /// reported and left out.
    fn keep_ids(&mut self, student: usize, row: &Row<'_>) {
        let [upn, source_id] = self.file.headings.ids.map(|index| index.map(|index| table::written(row.cell(index))));
        let fits = |id: &&str| id.len() <= self.file.limits.cell_bytes;
        let source_id = check::source_id(source_id.filter(fits).unwrap_or_default()).unwrap_or_else(|invalid| {
            let problem = Problem::new(Code::SourceIdInvalid, self.position_of(row, None)).with_value(invalid);
            self.found.report.add(problem, false);
            None
        });
        let ids = Ids::new(source_id, upn.filter(fits));
        if ids != Ids::default() {
            self.found.ids.push((student, ids));
        }
    }

    /// Warns of each cell with letters in an older encoding, except in the columns that a person typed.
    pub(super) fn add_guessed(&mut self, row: &Row<'_>, typed: Columns) {
        for (column, cell) in Column::ALL.into_iter().zip(self.file.headings.columns) {
            let Some(cell) = cell.filter(|_| !typed.contains(column)) else { continue };
            let from = cell_at(row, self.file.text, self.file.delimiter, cell);
            let to = cell_at(row, self.file.text, self.file.delimiter, cell + 1);
            // A sign within a word has already been reported.
            let is_said =
                |encoding: &SingleByte| *encoding == SingleByte::Unclear && check::has_sign_in_word(row.cell(cell));
            let guessed = match self.file.source {
                TextSource::Rearranged(moved) => moved.guessed_cell(row.start, cell),
                source => source.guessed(from, to),
            };
            if let Some(encoding) = guessed.filter(|encoding| !is_said(encoding)) {
                let position = self.position_of(row, Some((column, cell)));
                let code = if encoding == SingleByte::Unclear { Code::Mojibake } else { Code::Encoding };
                let problem = Problem::new(code, position).with_detail(Detail::note(encoding.message()));
                self.found.report.add(problem.with_value(row.cell(cell)), false);
            }
        }
    }
}
