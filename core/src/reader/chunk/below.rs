//! Finds the class of the next student below a row, for lists in which a class is named above its students.

use std::ops::Range;
use std::rc::Rc;

use super::{MOST_UNCLOSED, RowContext, swallows_rows};
use crate::check::NotStudent;
use crate::column::Column;
use crate::table::{self, Broken, Row, Rows};
use crate::text;

/// The class of the next student below a title, and the range of the text between the title and that student.
///
/// All titles above a student share one search. So each row is searched only once, even if there are many titles.
#[derive(Default)]
pub(super) struct Below<'f> {
    above: Range<usize>,
    class: Option<Rc<str>>,
    /// The reader that looks ahead. It splits rows as the file's own reader does.
    rows: Option<Rows<'f>>,
    unclosed: usize,
}

impl<'f> Below<'f> {
    /// Returns the class of the next student below a row, if there is one.
    pub(super) fn class(&mut self, file: &RowContext<'f>, row: &Row<'_>) -> Option<Rc<str>> {
        if !self.above.contains(&row.end) {
            self.above = row.end..self.search(file, row);
        }
        self.class.clone()
    }

    /// Finds the next student, and returns the offset of the student's row. If there is no student, returns an offset
    /// past the text.
    fn search(&mut self, file: &RowContext<'f>, row: &Row<'_>) -> usize {
        let past = file.text.len() + 1;
        self.class = None;
        let rows = self.rows.get_or_insert_with(|| file.rows(file.text, row.start));
        rows.go_below(row);
        while self.unclosed <= MOST_UNCLOSED {
            let Some(row) = rows.next() else { return past };
            let start = row.start;
            if row.broken == Some(Broken::Unclosed) || swallows_rows(&row, file) {
                let line = row.line;
                rows.resume_after_line(start, line);
                self.unclosed += 1;
            } else if let Some(class) = class_of_student(file, &row) {
                self.class = Some(class);
                return start;
            }
        }
        past
    }
}

/// Returns the class of a row if the row has a username and could be a student. The class is as in the corrected file.
fn class_of_student(file: &RowContext<'_>, row: &Row<'_>) -> Option<Rc<str>> {
    let cell =
        |column: Column| file.headings.columns[column as usize].map_or("", |index| table::written(row.cell(index)));
    if text::is_blank(cell(Column::Username)) || file.mapped.is_some_and(|mapped| mapped.fault(row.number).is_some()) {
        return None;
    }
    NotStudent::of(row, file.headings, Some(0), || None)
        .is_none()
        .then(|| file.rules.corrected(Column::Class, cell(Column::Class)).into())
}
