//! The context of a row (`RowContext`): its text, the headings, the rules and a person's decisions. Also finds out how
//! the column EAL writes stages of proficiency.

use std::sync::OnceLock;

use crate::check::{Headings, Rules};
use crate::column::Column;
use crate::reader::accepted::Accepted;
use crate::reader::mapped::Mapped;
use crate::table::{self, Broken, Dialect, Limits, Rows, TextSource};
use crate::values::proficiency::{self, Proficiency, Stages};

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
}

impl RowContext<'_> {
    /// Returns the rows of the text that start at an offset or after it.
    pub(in crate::reader) fn rows<'t>(&self, text: &'t [u8], start: usize) -> Rows<'t> {
        let rows = Rows::new(text, start, self.delimiter, self.limits);
        // We wrote the text of an export from UTF-8 text and copied each value whole, so the new text is UTF-8. The
        // text of a sheet has not been checked yet.
        if self.mapped.is_some() && !self.source.is_sheet() { rows.known_utf8() } else { rows }
    }

    /// Returns how the column EAL writes stages of proficiency, if `eal` is a letter whose meaning is still undecided.
    pub(super) fn undecided(&self, eal: &str) -> Option<Stages> {
        if !proficiency::depends(eal) {
            return None;
        }
        self.proficiency.get_or_init(|| self.find_proficiency()).undecided()
    }

    /// Examines every cell under EAL. An `N` is ignored if a person typed over it or left out its row. A stage is
    /// never ignored.
    fn find_proficiency(&self) -> Proficiency {
        let stages = self.mapped.and_then(|mapped| mapped.stages);
        let mut found = Proficiency { stages, has_n: false };
        let Some(cell) = self.headings.columns[Column::Eal as usize] else { return found };
        let (start, number, line) = self.begins;
        let mut rows = self.rows(self.text, start);
        rows.go_back(start, number, line);
        let mut unclosed = 0;
        while found.undecided().is_none() {
            let Some(row) = rows.next() else { break };
            if row.broken == Some(Broken::Unclosed) {
                let (start, line) = (row.start, row.line);
                rows.resume_after_line(start, line);
                unclosed += 1;
                if unclosed > MOST_UNCLOSED {
                    break;
                }
                continue;
            }
            let has_n = found.has_n;
            found.add(table::written(row.cell(cell)));
            let edit = self.accepted.edits.of_row(row.number);
            if edit.is_some_and(|edit| edit.is_left_out || edit.cell(Column::Eal).is_some()) {
                found.has_n = has_n;
            }
        }
        found
    }
}
