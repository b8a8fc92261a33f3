//! Reads a school's own export with a mapping: rewrites its rows in the template's columns, and then reads them like
//! any file. Has the messages about an export that does not fit.
//!
//! ```text
//! export ── Export::open ──> headings ── AppliedMapping ──> rows ── rearranged ──> the template's columns ── the same checks ──> roster
//! ```
//! Problems give the export's row numbers, headings and positions. If a row cannot be split into values, it is left
//! blank in the new text, and the reason is reported instead.

mod stretches;
mod usernames;
mod writer;

use std::collections::{BTreeMap, HashMap};

use crate::column::{Column, Columns};
use crate::mapping::{AppliedMapping, Difference, Looked, Mapping, NameDoubt, Target, points};
use crate::problem::{Detail, Position, Problem, ProblemCode as Code};
use crate::table::{Decoded, Limits, Rearranged, TextSource};
use crate::username::SignIn;
use crate::values::gender_letters::GenderLetters;
use crate::values::proficiency::Stages;
use crate::vocabulary::{self, Vocabulary};

use super::PupilPremium;
use super::export::{Export, Unopened};
use writer::Writer;

/// The facts about an export that its rewritten text does not contain.
#[derive(Debug, Default)]
pub(super) struct Mapped {
    /// Rows that could not be split into cells, by number.
    faults: BTreeMap<u64, (Code, Detail)>,
    /// The headings under which a quotation mark is opened and not closed, by row.
    unclosed: BTreeMap<u64, String>,
    /// The heading and the cell of the blank part of a name, by row.
    lacking: BTreeMap<u64, (String, usize)>,
    /// The doubt about each name that may be wrong, with the suggested name if there is one, by row.
    doubtful: BTreeMap<u64, (NameDoubt, Option<String>)>,
    /// The reason why a student's pupil premium is neither in the list nor in the file, by row.
    unlisted: BTreeMap<u64, Unlisted>,
    /// The value of pupil premium in the list, and the different value in the file, by row.
    differing: BTreeMap<u64, (bool, String)>,
    /// The way in which the export writes stages of proficiency in English. The new text has other values instead of
    /// the stages.
    pub(super) stages: Option<Stages>,
    /// The letters in the export's column of genders, if the new text has other values instead of some letters.
    pub(super) gender_letters: GenderLetters,
    /// The suffixes of generated usernames, by row.
    suffixes: HashMap<u64, String>,
    pub(super) makes_usernames: bool,
    /// The export's headings for each column.
    headings: [Option<String>; Column::COUNT],
    /// The optional columns that are not mapped.
    pub(super) absent: Columns,
    /// The number and the line of the first row of the text.
    pub(super) first: (u64, u64),
}

/// The reason why the list of pupil premium has no value for a student.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unlisted {
    WithoutUpn,
    InvalidUpn,
    /// Another student in the file has the same UPN, so it identifies neither of them.
    SharedUpn,
    NotInList,
}

impl Mapped {
    pub(super) fn fault(&self, row: u64) -> Option<&(Code, Detail)> {
        self.faults.get(&row)
    }

    /// Returns the heading under which a quotation mark is opened and not closed in a row.
    pub(super) fn unclosed_under(&self, row: u64) -> Option<&str> {
        self.unclosed.get(&row).map(String::as_str)
    }

    /// Returns whether any row needs the full check, even if it looks right.
    pub(super) fn has_notes(&self) -> bool {
        !self.doubtful.is_empty() || !self.unlisted.is_empty() || !self.differing.is_empty()
    }

    /// Returns whether a row needs the full check, even if it looks right.
    pub(super) fn is_noted(&self, row: u64) -> bool {
        self.doubtful.contains_key(&row) || self.unlisted.contains_key(&row) || self.differing.contains_key(&row)
    }

    /// Returns the reason why the student's pupil premium is neither in the list nor in the file.
    pub(super) fn unlisted(&self, row: u64) -> Option<Unlisted> {
        self.unlisted.get(&row).copied()
    }

    /// Returns the student's pupil premium in the list, and the different value in the file.
    pub(super) fn differing_premium(&self, row: u64) -> Option<(bool, &str)> {
        self.differing.get(&row).map(|(listed, value)| (*listed, value.as_str()))
    }

    /// Returns the doubt about the name in a row, and the suggested name if there is one.
    pub(super) fn name_doubt(&self, row: u64) -> Option<(NameDoubt, Option<&str>)> {
        self.doubtful.get(&row).map(|(doubt, suggested)| (*doubt, suggested.as_deref()))
    }

    /// Returns the username that is made from a checked name: the name, with a suffix if the row has one.
    pub(super) fn username(&self, row: u64, name: &str) -> String {
        match self.suffixes.get(&row) {
            Some(suffix) if !name.is_empty() => format!("{name}{suffix}"),
            _ => name.to_owned(),
        }
    }

    /// Returns the cell of the blank part of a row's name.
    pub(super) fn lacks(&self, row: u64) -> Option<usize> {
        self.lacking.get(&row).map(|(_, cell)| *cell)
    }

    /// Returns the school's own heading for a column in a row.
    pub(super) fn heading(&self, row: u64, column: Column) -> Option<&str> {
        let lacking = self.lacking.get(&row).filter(|_| column == Column::FullName).map(|(heading, _)| heading);
        lacking.or(self.headings.get(column as usize)?.as_ref()).map(String::as_str)
    }
}

/// The settings for reading an export.
pub(super) struct By<'m> {
    pub(super) mapping: &'m Mapping,
    pub(super) vocabulary: &'m Vocabulary,
    pub(super) premium: Option<&'m PupilPremium>,
    pub(super) sign_in: SignIn,
    pub(super) limits: &'m Limits,
}

/// Rewrites an export in the template's columns. If that is not possible, returns the export and the problems, with
/// their positions in the text.
pub(super) fn rearranged(decoded: Decoded, by: &By<'_>) -> Result<(Decoded, Mapped), (Decoded, Vec<Problem>)> {
    let own: Vec<String> =
        by.mapping.columns().flat_map(|(_, source)| source.headings()).map(vocabulary::fold).collect();
    let is_mapped = |cell: &str| {
        let folded = vocabulary::fold(cell);
        let at = own.iter().position(|heading| *heading == folded)?;
        Some((2, 1 << (at % 32)))
    };
    let score = |cell: &str| match own.is_empty() {
        true => points(by.vocabulary, cell),
        false => is_mapped(cell),
    };
    let export = match Export::open(decoded, by.limits, &score, by.vocabulary) {
        Ok(export) => export,
        Err(unopened) => {
            let (decoded, unopened) = *unopened;
            return Err((decoded, vec![unopened_problem(unopened)]));
        }
    };
    let (layout, differences) = AppliedMapping::of(by.mapping, &export.headings, by.vocabulary, by.sign_in);
    if let Some(position) = export.full_above {
        let problem = Problem::new(Code::NotAStudent, position).with_detail(Detail::note(FULL_ABOVE));
        return Err((export.decoded, vec![problem]));
    }
    if !differences.is_empty() {
        let problems = differences.iter().map(|difference| difference_problem(difference, &export)).collect();
        return Err((export.decoded, problems));
    }
    let mut writer = Writer::new(&export, &layout, by);
    writer.write();
    let (text, rows, lines, mapped) = writer.finish();
    let cells = TARGETS.map(|target| layout.read(target)).to_vec();
    let (delimiter, had_end_mark) = (export.rows_delimiter, export.decoded.had_end_mark);
    let before = Box::new(export.decoded);
    let source = TextSource::Rearranged(Box::new(Rearranged { rows, lines, cells, delimiter, before }));
    Ok((Decoded { text, start: 0, source, had_end_mark }, mapped))
}

const FULL_ABOVE: &str = "stands above the headings but looks like a student; put the headings above all students";

/// The written columns, in order: the nine columns and the ids.
const TARGETS: [Target; 11] = [
    Target::FullName,
    Target::Username,
    Target::YearGroup,
    Target::ClassName,
    Target::Gender,
    Target::PupilPremium,
    Target::Ethnicity,
    Target::Send,
    Target::Eal,
    Target::Upn,
    Target::SourceId,
];

fn unopened_problem(unopened: Unopened) -> Problem {
    const HEADLESS: &str = "the headings are missing; add them, because the mapping names columns by their headings";
    match unopened {
        Unopened::Without(Looked::Empty, position) => Problem::new(Code::EmptyFile, position),
        Unopened::Without(Looked::Headless, position) => {
            Problem::new(Code::HeadingMissing, position).with_detail(Detail::note(HEADLESS))
        }
        Unopened::Problem(code, position, detail) => Problem::new(code, position).with_detail(detail),
    }
}

fn difference_problem(difference: &Difference, export: &Export) -> Problem {
    let code = match difference {
        Difference::Missing { .. } | Difference::NoSource(_) => Code::HeadingMissing,
        Difference::Twice { .. } => Code::HeadingDuplicate,
        Difference::New { .. } => Code::HeadingUnknown,
    };
    let column = difference.target().column();
    let position = Position::Row { row: export.number, line: export.line, byte: export.start as u64, column };
    let problem = Problem::new(code, position).with_detail(Detail::Note(difference.in_words().into()));
    match difference.heading() {
        Some(heading) => problem.with_value(heading),
        None => problem,
    }
}
