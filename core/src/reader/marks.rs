//! Where students stand in the file, for what is found once it has been read: kept only where it does
//! not follow from the student before.

use crate::student::Students;

/// Where some students stand. Those after each follow row by row and line by line.
#[derive(Debug, Default)]
pub(super) struct Marks(Vec<Mark>);

/// Where a student stands.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mark {
    student: usize,
    pub(super) row: u64,
    pub(super) line: u64,
    /// Where the cell of its username starts in the text.
    pub(super) username: usize,
}

impl Marks {
    /// Notes where the next student is, and its username if its texts were copied out of the file.
    #[inline]
    pub(super) fn note(&mut self, student: usize, row: u64, line: u64, copied_username: Option<usize>) {
        let follows = self.0.last().is_some_and(|last| {
            let since = (student - last.student) as u64;
            last.row + since == row && last.line + since == line
        });
        if copied_username.is_some() || !follows {
            let username = copied_username.unwrap_or_default();
            self.0.push(Mark { student, row, line, username });
        }
    }

    /// Adds the marks of students that follow so many, whose rows and lines follow so many.
    pub(super) fn join(&mut self, later: Self, students: usize, rows: u64, lines: u64) {
        self.0.extend(later.0.into_iter().map(|mark| Mark {
            student: mark.student + students,
            row: mark.row + rows,
            line: mark.line + lines,
            ..mark
        }));
    }

    /// Where a student stands, from the nearest mark before.
    pub(super) fn of(&self, student: usize, students: &Students) -> Mark {
        let after = self.0.partition_point(|mark| mark.student <= student);
        let mark = after.checked_sub(1).and_then(|i| self.0.get(i)).copied().unwrap_or_default();
        let since = (student - mark.student) as u64;
        let username = students.username_in_file(student).unwrap_or(mark.username);
        Mark { student, row: mark.row + since, line: mark.line + since, username }
    }
}
