//! Reports a row whose values are one column too far to the left or right. The row gets one problem and no fix.
//! `check/slid.rs` recognises such a row.

use std::borrow::Cow;

use super::ChunkReader;
use super::cells::cells_of;
use crate::column::Column;
use crate::problem::{Detail, Problem, ProblemCode as Code};
use crate::table::{self, Row, TextSource};

impl ChunkReader<'_, '_> {
    /// Reports that the values of a row have slid into the next column, if that is certain.
    pub(super) fn add_slid(&mut self, row: &Row<'_>) -> bool {
        let Some((from, detail)) = self.slid(row) else { return false };
        if !self.found.report.add_row_to_cause(Code::RowLength, &detail, false, row.number) {
            let mut problem = Problem::new(Code::RowLength, self.position_of(row, None)).with_detail(detail);
            if let Some(heading) = self.file.mapped.and_then(|mapped| mapped.heading(row.number, from)) {
                problem.set_heading(heading);
            }
            self.found.report.add_row_of_cause(problem, false);
        }
        true
    }

    fn slid(&mut self, row: &Row<'_>) -> Option<(Column, Detail)> {
        let TextSource::Rearranged(moved) = self.file.source else {
            let cell = |index: usize| (index < row.ends.len()).then(|| Cow::Borrowed(table::written(row.cell(index))));
            return self.file.rules.slid(&mut self.last_fits, &self.file.headings.columns, cell);
        };
        // A column's neighbours in an export are not those in the template, so we compare the original record.
        let cells = cells_of(moved.record(row.start), moved.delimiter);
        let mut columns = [None; Column::COUNT];
        for (index, sources) in columns.iter_mut().zip(&moved.cells) {
            // A template column that is made from several of the export's columns has no single cell.
            *index = Some(sources).filter(|sources| sources.len() == 1).and_then(|sources| sources.first().copied());
        }
        self.file
            .rules
            .slid(&mut self.last_fits, &columns, |index| cells.get(index).map(|cell| Cow::Borrowed(cell.as_str())))
    }
}
