//! The context of a row (`RowContext`): its text, the headings, the rules and a person's decisions. Also finds out how
//! the column EAL writes stages of proficiency, and in which language the letters under Gender are.

use std::sync::OnceLock;

use crate::check::{Headings, Rules, Undecided};
use crate::column::Column;
use crate::reader::accepted::Accepted;
use crate::reader::mapped::Mapped;
use crate::table::{self, Broken, Dialect, Limits, Row, Rows, TextSource};
use crate::values::gender_letters::{self, GenderLetters};
use crate::values::proficiency::{self, Proficiency};

use super::MOST_UNCLOSED;

/// The settings for reading rows.
pub(in crate::reader) struct RowContext<'f> {
    pub(in crate::reader) text: &'f [u8],
    pub(in crate::reader) source: &'f TextSource,
    pub(in crate::reader) delimiter: u8,
    pub(in crate::reader) headings: &'f Headings,
    pub(in crate::reader) rules: &'f Rules,
    pub(in crate::reader) limits: &'f Limits,
    pub(in crate::reader) optional_columns: bool,
    /// The offset of the first row in the text, its row number and its line.
    pub(in crate::reader) begins: (usize, u64, u64),
    /// The dialects in which the text was written before it was rewritten.
    pub(in crate::reader) dialects: &'f [(Dialect, u8)],
    pub(in crate::reader) accepted: &'f Accepted,
    /// The data of the school's export, if a mapping made the text from an export.
    pub(in crate::reader) mapped: Option<&'f Mapped>,
    /// Whether the column EAL has stages or an `N`. We find this at most once for the whole file.
    pub(in crate::reader) proficiency: OnceLock<Proficiency>,
    /// The letters under Gender. We find these at most once for the whole file.
    pub(in crate::reader) gender_letters: OnceLock<GenderLetters>,
}

impl RowContext<'_> {
    /// Returns the rows of the text that start at an offset or after it.
    pub(in crate::reader) fn rows<'t>(&self, text: &'t [u8], start: usize) -> Rows<'t> {
        let rows = Rows::new(text, start, self.delimiter, self.limits);
        // We wrote the text of an export from UTF-8 text and copied each value whole, so the new text is UTF-8. The
        // text of a sheet has not been checked yet.
        if self.mapped.is_some() && !self.source.is_sheet() { rows.known_utf8() } else { rows }
    }

    /// Returns for which of these two cells the meaning is undecided, because it depends on the other cells in the
    /// column.
    pub(super) fn undecided(&self, [gender, eal]: [&str; 2]) -> Undecided {
        Undecided {
            gender: gender_letters::depends(gender)
                && self.gender_letters.get_or_init(|| self.find_gender_letters()).is_undecided(),
            eal: match proficiency::depends(eal) {
                true => self.proficiency.get_or_init(|| self.find_proficiency()).undecided(),
                false => None,
            },
        }
    }

    /// Examines the cells under Gender, except those in rows that a person left out.
    fn find_gender_letters(&self) -> GenderLetters {
        let mapped = self.mapped.map(|mapped| mapped.gender_letters).unwrap_or_default();
        let mut found = GenderLetters::default();
        self.each_cell(Column::Gender, |cell, row| {
            let edit = self.accepted.edits.of_row(row.number);
            match edit.and_then(|edit| edit.cell(Column::Gender)) {
                _ if edit.is_some_and(|edit| edit.is_left_out) => {}
                Some(_) => found.add_typed_over(cell),
                None => found.add(cell),
            }
            !found.is_english()
        });
        // The mapping has seen the same cells before it replaced the decided values.
        found.merge(mapped);
        found
    }

    /// Examines every cell under EAL. An `N` is ignored if a person typed over it or left out its row. A stage is
    /// never ignored.
    fn find_proficiency(&self) -> Proficiency {
        let stages = self.mapped.and_then(|mapped| mapped.stages);
        let mut found = Proficiency { stages, has_n: false };
        self.each_cell(Column::Eal, |cell, row| {
            let has_n = found.has_n;
            found.add(cell);
            let edit = self.accepted.edits.of_row(row.number);
            if edit.is_some_and(|edit| edit.is_left_out || edit.cell(Column::Eal).is_some()) {
                found.has_n = has_n;
            }
            found.undecided().is_none()
        });
        found
    }

    /// Calls a function with each cell of a column and its row, until the function returns false.
    fn each_cell(&self, column: Column, mut examine: impl FnMut(&str, &Row<'_>) -> bool) {
        let Some(cell) = self.headings.columns[column as usize] else { return };
        let (start, number, line) = self.begins;
        let mut rows = self.rows(self.text, start);
        rows.go_back(start, number, line);
        let mut unclosed = 0;
        while let Some(row) = rows.next() {
            if row.broken == Some(Broken::Unclosed) {
                let (start, line) = (row.start, row.line);
                rows.resume_after_line(start, line);
                unclosed += 1;
                if unclosed > MOST_UNCLOSED {
                    break;
                }
            } else if !examine(table::written(row.cell(cell)), &row) {
                break;
            }
        }
    }
}
