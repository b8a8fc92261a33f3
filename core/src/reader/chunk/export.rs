//! Reports the problems that only rows of a school's own export can have. Examples are names with the surname first,
//! and students for whom the list of pupil premium has no value.

use super::{ChunkReader, MOST_UNCLOSED, TOO_MANY_UNCLOSED, Then};
use crate::column::Column;
use crate::mapping::NameDoubt;
use crate::problem::{Detail, Fix, Problem, ProblemCode as Code};
use crate::reader::mapped::Unlisted;
use crate::table::Row;

const NOT_IN_LIST: &str = "is read as No, because this student's UPN is not in the list of pupil premium";
const WITHOUT_UPN: &str =
    "is read as No, because this student has no UPN, so it could not be looked up in the list of pupil premium";
const INVALID_UPN: &str =
    "is read as No, because this student's UPN is not valid, so it could not be looked up in the list of pupil premium";
const SHARED_UPN: &str =
    "is read as No, because another student has the same UPN, so it identifies nobody in the list of pupil premium";
const LISTED_YES: &str = "is read as Yes, because the list of pupil premium says Yes for this student's UPN";
const LISTED_NO: &str = "is read as No, because the list of pupil premium says No for this student's UPN";
const SURNAME_FIRST: &str =
    "has the surname first, and it is not certain which words are the surname; write the forename first";
const WITHOUT_COMMA: &str = "has no comma after the surname, so it is not certain which name is first";
const TURNED: &str = "has no comma in the file, and was read with the surname first only because the mapping says so";
const SUFFIX: &str = "has a comma before a suffix and not after the surname, so its order was not changed";
const COMMAS: &str =
    "has several commas, so it is not certain which part is the surname, and its order was not changed";
const SURNAME_TWICE: &str = "has the surname twice, because the column of forenames has it too";

impl ChunkReader<'_, '_> {
    /// Reports why a row of an export could not be split into cells.
    pub(super) fn fault(&mut self, row: &Row<'_>, code: Code, detail: Detail) -> Then {
        self.found.report.set_uncertain();
        let mut problem = Problem::new(code, self.position_of(row, None)).with_detail(detail);
        let mapped = self.file.mapped.filter(|_| code == Code::UnclosedQuote);
        if let Some(heading) = mapped.and_then(|mapped| mapped.unclosed_under(row.number)) {
            problem.set_heading(heading);
        }
        match code {
            // The headings are the cause of all these problems.
            Code::RowLength if matches!(problem.detail(), Detail::Note(_)) => {
                self.found.report.add_row_of_cause(problem, false);
            }
            _ => self.found.report.add(problem, false),
        }
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
    /// A value that a person typed gets no warning, and neither does a name that a person accepted.
    ///
    /// Returns whether there was a warning about the order of the names.
    pub(super) fn add_noted(&mut self, row: &Row<'_>, is_typed: impl Fn(Column) -> bool) -> bool {
        let is_doubt = |problem: &Problem| matches!(problem.code(), Code::NameReversed | Code::NameUnlikely);
        let is_name_decided = is_typed(Column::FullName) || self.file.accepted.in_row(row.number).iter().any(is_doubt);
        let unlisted = self.file.mapped.and_then(|mapped| mapped.unlisted(row.number));
        if let Some(unlisted) = unlisted.filter(|_| !is_typed(Column::PupilPremium)) {
            let note = match unlisted {
                Unlisted::WithoutUpn => WITHOUT_UPN,
                Unlisted::InvalidUpn => INVALID_UPN,
                Unlisted::SharedUpn => SHARED_UPN,
                Unlisted::NotInList => NOT_IN_LIST,
            };
            let cell = self.file.headings.position_cell(Column::PupilPremium);
            let position = self.position_of(row, Some((Column::PupilPremium, cell)));
            let problem = Problem::new(Code::NotRecorded, position).with_detail(Detail::note(note));
            self.found.report.add(problem, false);
        }
        let differing = self.file.mapped.and_then(|mapped| mapped.differing_premium(row.number));
        if let Some((listed, value)) = differing.filter(|_| !is_typed(Column::PupilPremium)) {
            let cell = self.file.headings.position_cell(Column::PupilPremium);
            let position = self.position_of(row, Some((Column::PupilPremium, cell)));
            let note = Detail::note(if listed { LISTED_YES } else { LISTED_NO });
            let problem = Problem::new(Code::NotRecorded, position).with_detail(note).with_value(value);
            self.found.report.add(problem, false);
        }
        let doubtful = self.file.mapped.filter(|_| !is_name_decided);
        let Some((doubt, suggested)) = doubtful.and_then(|mapped| mapped.name_doubt(row.number)) else { return false };
        self.add_name_doubt(row, doubt, suggested);
        doubt != NameDoubt::SurnameTwice
    }

    /// Warns of a name that may be wrong.
    fn add_name_doubt(&mut self, row: &Row<'_>, doubt: NameDoubt, suggested: Option<&str>) {
        let (code, note) = match doubt {
            NameDoubt::Unsplit => (Code::NameReversed, SURNAME_FIRST),
            NameDoubt::WithoutComma => (Code::NameReversed, WITHOUT_COMMA),
            NameDoubt::Turned => (Code::NameReversed, TURNED),
            NameDoubt::Suffix => (Code::NameReversed, SUFFIX),
            NameDoubt::Commas => (Code::NameReversed, COMMAS),
            NameDoubt::SurnameTwice => (Code::NameUnlikely, SURNAME_TWICE),
        };
        let cell = self.file.headings.position_cell(Column::FullName);
        let position = self.position_of(row, Some((Column::FullName, cell)));
        let problem = Problem::new(code, position).with_detail(Detail::note(note));
        self.found.report.add(problem.with_value(row.cell(cell)).with_fix(suggested.map(Fix::suggestion)), false);
    }
}
