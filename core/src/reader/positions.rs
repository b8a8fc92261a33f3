//! Stores the positions of students in the file, for problems that are found after reading. A position is stored only
//! if it does not follow from the previous student's position.

use crate::student::Students;

/// The positions of some students. A student without a stored position is in the row and line after the previous
/// student.
#[derive(Debug, Default)]
pub(super) struct Positions(Vec<StudentPosition>);

/// The position of a student.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct StudentPosition {
    student: usize,
    pub(super) row: u64,
    pub(super) line: u64,
    /// The offset in the text at which the row starts. `username` is the offset at which the row's username starts.
    pub(super) start: u32,
    pub(super) username: u32,
}

impl Positions {
    /// Records the position of the next student. If the texts were copied out of the file, `copied` contains the start
    /// of the row and of the username.
    #[inline]
    pub(super) fn note(&mut self, student: usize, row: u64, line: u64, copied: Option<[usize; 2]>) {
        let follows = self.0.last().is_some_and(|last| {
            let since = (student - last.student) as u64;
            last.row + since == row && last.line + since == line
        });
        if copied.is_some() || !follows {
            let [start, username] = copied.unwrap_or_default().map(|at| at as u32);
            self.0.push(StudentPosition { student, row, line, start, username });
        }
    }

    /// Adds the positions of later students. `students`, `rows` and `lines` are the numbers of students, rows and lines
    /// that come before them.
    pub(super) fn join(&mut self, later: Self, students: usize, rows: u64, lines: u64) {
        self.0.extend(later.0.into_iter().map(|position| StudentPosition {
            student: position.student + students,
            row: position.row + rows,
            line: position.line + lines,
            ..position
        }));
    }

    /// Returns the position of a student, counted from the nearest stored position before it.
    pub(super) fn of(&self, student: usize, students: &Students) -> StudentPosition {
        let after = self.0.partition_point(|position| position.student <= student);
        let kept = after.checked_sub(1).and_then(|i| self.0.get(i)).copied().unwrap_or_default();
        let since = (student - kept.student) as u64;
        let [start, username] = students.in_file(student).unwrap_or([kept.start, kept.username]);
        StudentPosition { student, row: kept.row + since, line: kept.line + since, start, username }
    }
}
