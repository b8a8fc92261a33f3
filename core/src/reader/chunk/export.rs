//! Reports the problems that only rows of a school's own export can have. Examples are names with the surname first,
//! and UPNs that the list of pupil premium lacks.

use super::{ChunkReader, MOST_UNCLOSED, TOO_MANY_UNCLOSED, Then};
use crate::column::Column;
use crate::problem::{Detail, Fix, Problem, ProblemCode as Code};
use crate::table::Row;

const UNLISTED: &str = "is read as No, because this student's UPN is not in the list of pupil premium";
const SURNAME_FIRST: &str = "has the surname first, and it is not certain which words are the surname";

impl ChunkReader<'_, '_> {
    /// Reports why a row of an export could not be split into cells.
    pub(super) fn fault(&mut self, row: &Row<'_>, code: Code, detail: Detail) -> Then {
        self.found.report.set_uncertain();
        let mut problem = Problem::new(code, self.position_of(row, None)).with_detail(detail);
        let mapped = self.file.mapped.filter(|_| code == Code::UnclosedQuote);
        if let Some(heading) = mapped.and_then(|mapped| mapped.unclosed_under(row.number)) {
            problem.set_heading(heading);
        }
        self.found.report.add(problem, false);
        if code != Code::UnclosedQuote {
            self.found.report.count_row(false);
            return Then::GoOn;
        }
        self.found.unclosed += 1;
        if self.found.unclosed == MOST_UNCLOSED {
            self.found.whole_file(Code::NotACsv, Detail::note(TOO_MANY_UNCLOSED));
            return Then::Stop;
        }
        Then::GoOn
    }

    /// Warns of every note that was made about a row while it was rewritten in the template's columns.
    ///
    /// A name that a person typed gets no warning.
    pub(super) fn add_noted(&mut self, row: &Row<'_>, is_name_typed: bool) {
        if self.file.mapped.is_some_and(|mapped| mapped.is_unlisted(row.number)) {
            let cell = self.file.headings.position_cell(Column::PupilPremium);
            let position = self.position_of(row, Some((Column::PupilPremium, cell)));
            let problem = Problem::new(Code::NotRecorded, position).with_detail(Detail::note(UNLISTED));
            self.found.report.add(problem, false);
        }
        let unsplit = self.file.mapped.filter(|_| !is_name_typed);
        if let Some(spoken) = unsplit.and_then(|mapped| mapped.unsplit(row.number)) {
            self.add_unsplit(row, spoken);
        }
    }

    /// Warns of a surname-first name if it is not certain which words are the surname.
    fn add_unsplit(&mut self, row: &Row<'_>, spoken: &str) {
        let cell = self.file.headings.position_cell(Column::FullName);
        let position = self.position_of(row, Some((Column::FullName, cell)));
        let problem = Problem::new(Code::NameReversed, position).with_detail(Detail::note(SURNAME_FIRST));
        self.found.report.add(problem.with_value(row.cell(cell)).with_fix(Some(Fix::suggestion(spoken))), false);
    }
}
