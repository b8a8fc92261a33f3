//! Collects the results of a file's rows, and runs the checks that need all rows. Here it checks ids, spellings, and
//! values under the wrong heading. `accumulator/students.rs` compares students with each other.

mod students;
mod suspects;

use std::hash::Hasher;

use hashbrown::HashMap;
use twox_hash::XxHash3_64;

use crate::check::{Misplaced, Spellings};
use crate::column::Column;
use crate::keys::Keys;
use crate::problem::{Detail, Fix, Position, Problem, ProblemCode as Code, Severity};
use crate::report::Report;
use crate::student::{Ids, Students};
use crate::table::{Dialect, Limits, Rearranged, TextSource};
use crate::watch::{Cancelled, Steps, Watch};

use suspects::Suspects;

use super::Reader;
use super::mapped::Mapped;
use super::positions::Positions;

/// A number of students that no single school exceeds. A longer list covers many schools. In such a list, a class is
/// spelt in many ways, and many children share a name.
const LARGEST_SCHOOL: u64 = 5_000;

/// Returns a hash that identifies a file. For a file of up to 16 MiB, the hash covers all bytes. For a larger file, the
/// hash covers both ends and the length.
fn file_hash(file: &[u8]) -> u32 {
    const WHOLE: usize = 1 << 24;
    const END: usize = 1 << 16;
    let mut hash = XxHash3_64::with_seed(file.len() as u64);
    match (file.get(..END), file.len().checked_sub(END).and_then(|from| file.get(from..))) {
        (Some(first), Some(last)) if file.len() > WHOLE => [first, last].into_iter().for_each(|end| hash.write(end)),
        _ => hash.write(file),
    }
    hash.finish() as u32
}

/// Replaces the offset, line and heading of a problem in rewritten text by those in the original export.
fn to_export(problem: &mut Problem, moved: &Rearranged, mapped: &Mapped) {
    let (row, column) = (problem.row(), problem.column());
    let Some((row, byte)) = row.zip(problem.byte_mut()) else { return };
    let at = *byte as usize;
    let lacks = mapped.lacks(row).filter(|_| column == Some(Column::FullName));
    *byte = moved.before(at, column.map(|column| column as usize), lacks) as u64;
    problem.move_lines(moved.lines_more(at));
    if let Some(heading) = column.and_then(|column| mapped.heading(row, column)) {
        problem.set_heading(heading);
    }
}

/// The findings in a segment of rows.
pub(super) struct Accumulator {
    pub(super) report: Report,
    pub(super) students: Students,
    /// The usernames of the students.
    pub(super) keys: Keys,
    /// The full hashes of names and usernames that are slow to compare. We store each hash, to compute it only once.
    pub(super) hashes: HashMap<usize, [u64; 2]>,
    pub(super) suspects: Suspects,
    pub(super) positions: Positions,
    /// The ids of the students who have ids.
    pub(super) ids: Vec<(usize, Ids)>,
    pub(super) spellings: Spellings,
    /// The dialect in which the text is written, if the text must be rewritten.
    pub(super) dialect: Option<Dialect>,
    /// The number of quotation marks that are opened and not closed.
    pub(super) unclosed: usize,
    /// The largest number of problems to list.
    most: usize,
}

impl Accumulator {
    /// Creates empty results.
    pub(super) fn new(reader: &Reader, limits: &Limits) -> Self {
        Self {
            report: Report::new(limits.problems),
            students: Students::new(reader.ethnicities.clone()),
            keys: Keys::default(),
            hashes: HashMap::default(),
            suspects: Suspects::default(),
            positions: Positions::default(),
            ids: Vec::new(),
            spellings: Spellings::default(),
            dialect: None,
            unclosed: 0,
            most: limits.problems,
        }
    }

    /// Creates empty results for another segment of the same file, with memory for `rows` rows.
    pub(super) fn fresh(&self, rows: usize) -> Self {
        let mut students = Students::new(self.students.ethnicities().clone());
        students.reserve(rows);
        Self {
            report: Report::new(self.most),
            students,
            keys: Keys::with_capacity(rows),
            hashes: HashMap::default(),
            suspects: Suspects::default(),
            positions: Positions::default(),
            ids: Vec::new(),
            spellings: Spellings::default(),
            dialect: None,
            unclosed: 0,
            most: self.most,
        }
    }

    /// Adds a problem that concerns the file as a whole.
    pub(super) fn whole_file(&mut self, code: Code, detail: Detail) {
        if code.severity() == Severity::Error {
            self.report.set_uncertain();
        }
        self.report.add(Problem::new(code, Position::File).with_detail(detail), false);
    }

    /// Adds the findings of the next segment. Its rows and lines were counted from 1, so `rows` and `lines` are added
    /// to them.
    pub(super) fn join(&mut self, later: Self, rows: u64, lines: u64) {
        let before = self.students.len();
        self.report.join(later.report, rows, lines);
        self.keys.join(&later.keys);
        self.hashes.extend(later.hashes.into_iter().map(|(student, hashes)| (before + student, hashes)));
        self.suspects.join(later.suspects, before);
        self.positions.join(later.positions, before, rows, lines);
        self.ids.extend(later.ids.into_iter().map(|(student, ids)| (before + student, ids)));
        self.spellings.join(later.spellings, rows, lines);
        self.students.join(later.students);
        self.unclosed += later.unclosed;
    }

    /// Runs the checks that need all rows on `threads` threads, and sorts the report.
    pub(super) fn finish(
        mut self,
        text: Vec<u8>,
        source: &TextSource,
        mapped: Option<&Mapped>,
        threads: usize,
        watch: &Watch,
    ) -> Result<(Students, Report), Cancelled> {
        // Later steps turn offsets in the text into offsets in the file, so the text must still be in memory.
        watch.see(text.len(), text.len())?;
        let mut steps = watch.steps(text.len());
        self.students.own(text);
        self.add_duplicates(threads, &mut steps)?;
        self.add_others_names(&mut steps)?;
        self.add_ids(&mut steps)?;
        let rows = self.report.rows();
        // If nine in ten rows have this problem, the whole column is wrong.
        self.report.rename_cause(Code::NameUnlikely, Code::ColumnsSwapped, |cause| cause.count() * 10 >= rows * 9);
        if rows <= LARGEST_SCHOOL {
            self.add_spellings();
            self.add_misplaced();
            self.add_same_students(&mut steps)?;
        }
        let Self { mut report, mut students, keys, ids, .. } = self;
        for (student, ids) in ids {
            students.set_ids(student, ids);
        }
        students.set_usernames(keys);
        if let (TextSource::Rearranged(moved), Some(mapped)) = (source, mapped) {
            report.each_mut(|problem| to_export(problem, moved, mapped));
        }
        // The file's hash is used only for the ids of problems.
        let file = if report.has_any() { file_hash(students.file()) } else { 0 };
        report.finish(file, |offsets| source.in_file(students.file(), offsets));
        #[cfg(feature = "workbook")]
        if let Some((cells, text)) = source.sheet(students.file()) {
            report.find_in_sheet(&cells.sheet, |row, byte| cells.column(text, row, byte));
        }
        Ok((students, report))
    }

    /// Reports invalid and repeated ids.
    fn add_ids(&mut self, steps: &mut Steps<'_>) -> Result<(), Cancelled> {
        let (mut upns, mut source_ids) = (HashMap::new(), HashMap::new());
        let mut problems = Vec::new();
        for (student, ids) in &self.ids {
            steps.step()?;
            let first_row = |first: usize| Detail::OtherRow(self.positions.of(first, &self.students).row);
            let at = self.positions.of(*student, &self.students);
            let position = Position::Row { row: at.row, line: at.line, byte: at.start.into(), column: None };
            let mut add = |code, id: &str, detail| {
                problems.push(Problem::new(code, position.clone()).with_value(id).with_detail(detail));
            };
            let [source_id, upn] = ids.sure();
            match (upn, &ids.upn) {
                (Some(upn), _) => {
                    let first = *upns.entry(upn).or_insert(*student);
                    if first != *student {
                        add(Code::UpnDuplicate, upn, first_row(first));
                    }
                }
                (None, Some(invalid)) => add(Code::UpnInvalid, invalid.expose(), Detail::None),
                (None, None) => {}
            }
            if let Some(id) = source_id {
                let first = *source_ids.entry(id).or_insert(*student);
                if first != *student {
                    add(Code::SourceIdDuplicate, id, first_row(first));
                }
            }
        }
        problems.into_iter().for_each(|problem| self.report.add(problem, false));
        Ok(())
    }

    /// Warns of a year group or a class that is spelt in two ways.
    fn add_spellings(&mut self) {
        for (column, text, first, usual, usual_row) in self.spellings.various() {
            let position = Position::Row { row: first.row, line: first.line, byte: first.byte, column: Some(column) };
            let problem = Problem::new(Code::SpellingVaries, position).with_value(text);
            let problem = problem.with_detail(Detail::OtherRow(usual_row)).with_fix(Some(Fix::suggestion(usual)));
            self.report.add(problem, false);
        }
    }

    /// Adds one warning for each column that has values which certainly belong under a different heading.
    fn add_misplaced(&mut self) {
        for Misplaced { column, text, first, others } in self.spellings.misplaced() {
            let position = Position::Row { row: first.row, line: first.line, byte: first.byte, column: Some(column) };
            let (what, instead) = match column {
                Column::YearGroup => ("calendar year, such as a year of entry", "the year group"),
                _ => ("teaching group", "the registration group"),
            };
            let also = match others {
                0 => String::new(),
                1 => " (as does 1 other value)".to_owned(),
                _ => format!(" (as do {others} other values)"),
            };
            let note = format!("looks like a {what}{also}. Does the MIS have {instead} in another field?");
            let problem = Problem::new(Code::ColumnsSwapped, position).with_value(text);
            self.report.add(problem.with_detail(Detail::Note(note.into())), false);
        }
    }
}
