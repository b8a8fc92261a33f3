//! One pass over a file: every row through the row check, every problem into the report.

use std::borrow::Cow;
use std::io;

use crate::column::Column;
use crate::keys::Keys;
use crate::problem::{Detail, Fix, Place, Problem, ProblemCode as Code, Severity};
use crate::report::Report;
use crate::row::{Finding, Rules};
use crate::sheet::{self, Broken, CsvWriter, Decoded, Limits, Row, Rows, Source, Unreadable};
use crate::student::{Codes, Students};
use crate::text;
use crate::username::{self, SignIn};

use super::headings::{self, Headings};
use super::marks::Marks;
use super::{Input, Reader, Watch};

/// After so many quotes that are never closed, the rows of a file cannot be told apart.
const MOST_UNCLOSED: usize = 100;

/// After so many bytes a watch is told how far the reading is.
const WATCHED_BYTES: usize = 1 << 20;

pub(super) struct Pass<'w> {
    rules: Rules,
    watch: Watch,
    any_order: bool,
    optional_columns: bool,
    limits: Limits,
    report: Report,
    students: Students,
    keys: Keys,
    /// Students whose username is not their name.
    suspects: Vec<usize>,
    marks: Marks,
    corrected: Option<CsvWriter<&'w mut Vec<u8>>>,
    findings: Vec<Finding>,
}

/// What a row is read by.
struct File<'f> {
    text: &'f str,
    source: &'f Source,
    delimiter: u8,
    headings: &'f Headings,
}

/// What to do after a row.
#[derive(Debug, PartialEq, Eq)]
enum Then {
    GoOn,
    /// The row was none: read what follows its first line again.
    Resume,
    Stop,
}

impl<'w> Pass<'w> {
    pub(super) fn new(reader: &Reader) -> Self {
        let limits = reader.limits.within_reach();
        Self {
            rules: Rules {
                sign_in: reader.sign_in,
                fix: reader.fix,
                main_codes_only: reader.main_codes_only,
                cell_bytes: limits.cell_bytes,
                ethnicities: reader.ethnicities.clone(),
            },
            watch: reader.watch.clone(),
            any_order: reader.any_order,
            optional_columns: reader.optional_columns,
            limits,
            report: Report::new(limits.problems),
            students: Students::new(reader.ethnicities.clone()),
            keys: Keys::default(),
            suspects: Vec::new(),
            marks: Marks::default(),
            corrected: None,
            findings: Vec::new(),
        }
    }

    /// Has the rows written as they are corrected.
    pub(super) fn write_to(&mut self, to: &'w mut Vec<u8>) -> io::Result<()> {
        self.corrected = Some(CsvWriter::new(to)?);
        Ok(())
    }

    /// Reads the whole file: its students, and what is wrong. Fails only where writing does, or the watch ends it.
    pub(super) fn run(mut self, input: Input<'_>) -> io::Result<(Students, Report)> {
        let decoded = match self.decoded(input) {
            Ok(decoded) => decoded,
            Err((code, detail)) => {
                self.whole_file(code, detail);
                return Ok(self.finish(String::new(), &Source::Utf8));
            }
        };
        self.read(&decoded.text, decoded.start, &decoded.source)?;
        if let Some(corrected) = self.corrected.take() {
            corrected.finish()?;
        }
        Ok(self.finish(decoded.text, &decoded.source))
    }

    /// The text of the file, or why there is none.
    fn decoded(&self, input: Input<'_>) -> Result<Decoded, (Code, Detail)> {
        let most = self.limits.file_bytes;
        let too_large = || (Code::FileTooLarge, Detail::limit(most, "bytes in the file"));
        let bytes = input.filter(|bytes| bytes.len() as u64 <= most).ok_or_else(too_large)?;
        let decoded = sheet::decode(bytes).map_err(|unreadable| match unreadable {
            Unreadable::Empty => (Code::EmptyFile, Detail::None),
            Unreadable::Not(what) => (Code::NotACsv, Detail::note(what)),
        })?;
        // A text of another encoding grows in UTF-8, and its places must still fit in 32 bits.
        if decoded.text.len() > 1 << 31 { Err(too_large()) } else { Ok(decoded) }
    }

    /// Adds a problem of the file as a whole.
    fn whole_file(&mut self, code: Code, detail: Detail) {
        if code.severity() == Severity::Error {
            self.report.set_uncertain();
        }
        self.report.add(Problem::new(code, Place::File).with_detail(detail), false);
    }

    fn read(&mut self, text: &str, start: usize, source: &Source) -> io::Result<()> {
        let (delimiter, problem) = headings::delimiter(text.get(start..).unwrap_or_default());
        if let Some(problem) = problem {
            self.report.add(problem, self.rules.fix);
        }
        let mut rows = Rows::new(text, start, delimiter, &self.limits);
        let headings = loop {
            let Some(row) = rows.next() else {
                self.whole_file(Code::EmptyFile, Detail::None);
                return Ok(());
            };
            if row.broken.is_some() {
                self.report.set_uncertain();
                self.add_row_problem(Code::UnclosedQuote, &row, Detail::note(UNCLOSED));
                return Ok(());
            }
            if !is_blank(&row) {
                break self.headings(&row, text, delimiter)?;
            }
            self.report.count_row(true);
        };
        if !headings.any() {
            self.report.set_uncertain();
            return Ok(());
        }
        let file = File { text, source, delimiter, headings: &headings };
        self.reserve(text.len());
        let exact = headings.as_template && delimiter == b',' && self.corrected.is_none();
        let mut unclosed = 0;
        let mut certain = 0;
        let mut heard = 0;
        while let Some(row) = rows.next() {
            if row.end >= heard {
                heard = row.end + WATCHED_BYTES;
                self.watch.see(row.end, text.len())?;
            }
            if exact
                && let Some((lengths, codes)) = self.rules.exact(&row)
                && certain < self.limits.rows
            {
                certain += 1;
                self.report.count_rows(1);
                self.push_exact(&row, lengths, codes);
                continue;
            }
            let (start, line) = (row.start, row.line);
            match self.row(&row, &file)? {
                Then::GoOn => certain = self.report.rows(),
                Then::Stop => break,
                Then::Resume => {
                    unclosed += 1;
                    if unclosed == MOST_UNCLOSED {
                        self.whole_file(Code::NotACsv, Detail::note(TOO_MANY_UNCLOSED));
                        break;
                    }
                    rows.resume_after_line(start, line);
                }
            }
        }
        if self.report.rows() == 0 {
            self.whole_file(Code::NoStudents, Detail::None);
        }
        Ok(())
    }

    fn headings(&mut self, row: &Row<'_>, text: &str, delimiter: u8) -> io::Result<Headings> {
        if row.count > self.limits.columns {
            let detail = Detail::limit(self.limits.columns as u64, "columns");
            self.add_row_problem(Code::RowLength, row, detail);
        }
        let (headings, found) = Headings::read(row, self.any_order, self.optional_columns);
        for mut found in found {
            if let Some(byte) = found.problem.byte_mut() {
                *byte = cell_at(row, text, delimiter, found.cell) as u64;
            }
            let fixed = self.rules.fix && found.problem.is_safe();
            self.report.add(found.problem, fixed);
        }
        if let Some(corrected) = &mut self.corrected {
            if headings.mendable {
                corrected.row(Column::ALL.map(Column::heading))?;
            } else {
                corrected.row(headings.mended.iter().map(String::as_str))?;
            }
        }
        Ok(headings)
    }

    /// Makes room for the rows that a text of this size has at the least, so that little is moved.
    fn reserve(&mut self, bytes: usize) {
        const TYPICAL_ROW: usize = 96;
        self.students.reserve(bytes / TYPICAL_ROW);
        self.keys.reserve(bytes / TYPICAL_ROW);
    }

    #[inline]
    fn push_exact(&mut self, row: &Row<'_>, lengths: [u16; 4], codes: Codes) {
        let student = self.students.len();
        let (name, username) = (row.cell(0), row.cell(1));
        self.keys.push_plain(username, student);
        if self.rules.sign_in == SignIn::Password && name != username && !name.eq_ignore_ascii_case(username) {
            self.suspects.push(student);
        }
        self.marks.note(student, row, None);
        self.students.push_in_place(row.start as u32, lengths, codes);
    }

    /// A row that needs a closer look.
    fn row(&mut self, row: &Row<'_>, file: &File<'_>) -> io::Result<Then> {
        if is_blank(row) {
            self.report.count_row(true);
            return Ok(Then::GoOn);
        }
        if row.broken == Some(Broken::Unclosed) || swallows_rows(row, file) {
            self.report.set_uncertain();
            self.add_row_problem(Code::UnclosedQuote, row, Detail::note(UNCLOSED));
            return Ok(Then::Resume);
        }
        if self.report.rows() == self.limits.rows {
            let detail = Detail::limit(self.limits.rows, "rows, and the rest was not read");
            self.report.set_uncertain();
            self.add_row_problem(Code::FileTooLarge, row, detail);
            return Ok(Then::Stop);
        }
        self.report.count_row(false);
        if row.broken == Some(Broken::Huge) {
            self.report.set_uncertain();
            let detail = Detail::limit(self.limits.cell_bytes as u64, "bytes");
            let columns = Detail::limit(self.limits.columns as u64, "columns");
            if row.count > self.limits.columns {
                self.add_row_problem(Code::RowLength, row, columns);
            } else {
                self.add_row_problem(Code::TooLong, row, detail);
            }
            return Ok(Then::GoOn);
        }
        if !self.has_right_length(row, file) {
            if let Some(corrected) = &mut self.corrected {
                corrected.row(row.cells())?;
            }
            return Ok(Then::GoOn);
        }
        self.student(row, file)?;
        Ok(Then::GoOn)
    }

    /// Whether a row has a cell for each heading, and no other with anything in it. Where it has not, its
    /// cells may stand in the wrong columns, so they are not judged.
    fn has_right_length(&mut self, row: &Row<'_>, file: &File<'_>) -> bool {
        let headings = file.headings;
        let blank = |place: usize| row.cell(place).trim().is_empty();
        let nameless_blank = headings.nameless.iter().all(|&place| blank(place));
        // A column without a heading is no column, so its cells may be wanting too.
        let expected = headings.places.iter().flatten().max().map_or(0, |last| last + 1);
        if row.count <= headings.count && row.count >= expected.min(headings.count) && nameless_blank {
            return true;
        }
        let all_seen = row.count == row.ends.len();
        let blank_past = all_seen && nameless_blank && (headings.count..row.count).all(blank);
        let safe = row.count > headings.count && blank_past;
        let named = headings.count - headings.nameless.len();
        let detail = Detail::Count { found: row.count as u64, expected: named as u64 };
        let fix = safe.then(|| Fix::safe(""));
        let place = Place::Row { row: row.number, line: row.line, byte: row.start as u64, column: None };
        let problem = Problem::new(Code::RowLength, place).with_detail(detail).with_fix(fix);
        let fixed = self.rules.fix && safe;
        self.report.add(problem, fixed);
        safe
    }

    /// Checks the cells of a row that has as many as it should, and keeps the student.
    fn student(&mut self, row: &Row<'_>, file: &File<'_>) -> io::Result<()> {
        let mut column = 0;
        let cells = file.headings.places.map(|place| {
            let usual = Column::ALL.get(column).and_then(|c| c.when_not_recorded());
            column += 1;
            match place {
                Some(place) => Some(sheet::written(row.cell(place))),
                None if self.optional_columns => usual,
                None => None,
            }
        });
        let mut findings = std::mem::take(&mut self.findings);
        findings.clear();
        let checked = self.rules.check(cells, &mut findings);
        if file.source.guesses() {
            self.add_guessed(row, file);
        }
        for finding in findings.drain(..) {
            let value = cells.get(finding.column as usize).copied().flatten().unwrap_or_default();
            let cell = file.headings.places.get(finding.column as usize).copied().flatten().unwrap_or_default();
            if self.report.is_full() {
                self.report.count(finding.code, finding.fix.as_ref().is_some_and(Fix::is_safe), finding.fixed);
                continue;
            }
            let place = self.place(row, file, Some((finding.column, cell)));
            let problem = Problem::new(finding.code, place).with_detail(finding.detail).with_fix(finding.fix);
            self.report.add(problem.with_value(value), finding.fixed);
        }
        self.findings = findings;
        if let Some(corrected) = &mut self.corrected {
            write_corrected(corrected, row, file.headings, &checked.cells)?;
        }
        let username = file.headings.places[Column::Username as usize].unwrap_or_default();
        let username = cell_at(row, file.text, file.delimiter, username);
        self.keep(row, &checked.cells, checked.codes, username);
        Ok(())
    }

    /// Keeps the student of a row, valid or not: its username counts all the same.
    fn keep(&mut self, row: &Row<'_>, cells: &[Cow<'_, str>; Column::COUNT], codes: Option<Codes>, username_at: usize) {
        let student = self.students.len();
        let [name, username, year, class, ..] = cells;
        // An error stands where there are no codes, so none of these are ever seen.
        let codes = codes.unwrap_or(Codes::new(crate::gender::Gender::NonBinary, false, 0, false, false));
        if !username.is_empty() {
            self.keys.push(username, student);
            if self.rules.sign_in == SignIn::Password && !text::same(name, username) {
                self.suspects.push(student);
            }
        }
        let texts: [&str; 4] = [name, username, year, class];
        // As in template order, and as it was in the file: it need not be copied.
        let in_place = row.in_place() && (0..4).all(|place| texts.get(place) == Some(&row.cell(place)));
        if in_place {
            self.marks.note(student, row, None);
            // No cell that is longer passes the check.
            let lengths = texts.map(|text| u16::try_from(text.len()).unwrap_or_default());
            self.students.push_in_place(row.start as u32, lengths, codes);
        } else {
            self.marks.note(student, row, Some(username_at));
            self.students.push(texts, codes);
        }
    }

    /// Warns of each cell of a row with letters that were read as Windows-1252.
    fn add_guessed(&mut self, row: &Row<'_>, file: &File<'_>) {
        for (column, cell) in Column::ALL.into_iter().zip(file.headings.places) {
            let Some(cell) = cell else { continue };
            let from = cell_at(row, file.text, file.delimiter, cell);
            let to = cell_at(row, file.text, file.delimiter, cell + 1);
            if file.source.guessed(from, to) {
                let place = self.place(row, file, Some((column, cell)));
                self.report.add(Problem::new(Code::Encoding, place).with_value(row.cell(cell)), false);
            }
        }
    }

    fn place(&self, row: &Row<'_>, file: &File<'_>, at: Option<(Column, usize)>) -> Place {
        let byte = at.map_or(row.start, |(_, cell)| cell_at(row, file.text, file.delimiter, cell));
        Place::Row { row: row.number, line: row.line, byte: byte as u64, column: at.map(|(column, _)| column) }
    }

    fn add_row_problem(&mut self, code: Code, row: &Row<'_>, detail: Detail) {
        let place = Place::Row { row: row.number, line: row.line, byte: row.start as u64, column: None };
        self.report.add(Problem::new(code, place).with_detail(detail), false);
    }

    /// Judges what takes all rows to judge, and puts the report in order.
    fn finish(mut self, text: String, source: &Source) -> (Students, Report) {
        // Places in the text are turned into places in the file while it is still at hand.
        self.students.own(text);
        self.add_duplicates();
        self.add_others_names();
        let Self { mut report, students, .. } = self;
        report.finish(|offsets| source.in_file(students.file(), offsets));
        (students, report)
    }

    fn add_duplicates(&mut self) {
        let duplicates = self.keys.duplicates(|student| self.students.names(student)[1]);
        if duplicates.is_empty() {
            return;
        }
        let mut taken = self.keys.taken();
        let mut suggestion = |later| {
            // Only where the username is the name can another be made of it.
            let student = self.students.get(later).filter(|s| text::same(s.full_name, s.username))?;
            let free = username::free(student.full_name, student.year_group, student.class_name, |u| taken.contains(u));
            taken.insert(&free);
            Some(Fix::suggestion(free))
        };
        let problems: Vec<Problem> = duplicates
            .iter()
            .take(self.limits.problems)
            .map(|&(later, first)| {
                self.username_problem(Code::UsernameDuplicate, later, first).with_fix(suggestion(later))
            })
            .collect();
        self.report.add_late(Code::UsernameDuplicate, duplicates.len() as u64, problems.into_iter());
    }

    fn add_others_names(&mut self) {
        if self.suspects.is_empty() {
            return;
        }
        let names = |student| self.students.names(student);
        let others = self.keys.others_names(&self.suspects, self.students.len(), names);
        let listed = others.iter().take(self.limits.problems);
        let problems: Vec<Problem> =
            listed.map(|&(student, other)| self.username_problem(Code::UsernameNotName, student, other)).collect();
        self.report.add_late(Code::UsernameNotName, others.len() as u64, problems.into_iter());
    }

    /// A problem of a student's username with another student.
    fn username_problem(&self, code: Code, student: usize, other: usize) -> Problem {
        let at = self.marks.of(student, &self.students);
        let place = Place::Row { row: at.row, line: at.line, byte: at.username as u64, column: Some(Column::Username) };
        let [_, username] = self.students.names(student);
        let other = Detail::OtherRow(self.marks.of(other, &self.students).row);
        Problem::new(code, place).with_value(username).with_detail(other)
    }
}

const UNCLOSED: &str = "a quotation mark is opened here and not closed: close it or remove it";
const TOO_MANY_UNCLOSED: &str = "too many quotation marks are not closed, so the rest was not read";

fn is_blank(row: &Row<'_>) -> bool {
    row.count == row.ends.len() && row.broken.is_none() && row.cells().all(|cell| cell.trim().is_empty())
}

/// Whether a quoted cell holds what looks like whole rows: a quote that was opened by mistake, and
/// closed by the next one further down.
fn swallows_rows(row: &Row<'_>, file: &File<'_>) -> bool {
    if !row.tall {
        return false;
    }
    let full_line = |line: &str| line.bytes().filter(|b| *b == file.delimiter).count() + 1 >= Column::COUNT;
    row.count != file.headings.count || row.cells().any(|cell| cell.lines().skip(1).any(full_line))
}

/// Where a cell starts in the text.
fn cell_at(row: &Row<'_>, text: &str, delimiter: u8, cell: usize) -> usize {
    let raw = text.get(row.start..row.end).unwrap_or_default();
    row.start + sheet::cell_start(raw, delimiter, cell)
}

/// Writes a row that has been checked: in template order where the headings allow that, else each
/// cell where it was.
fn write_corrected(
    corrected: &mut CsvWriter<&mut Vec<u8>>,
    row: &Row<'_>,
    headings: &Headings,
    cells: &[Cow<'_, str>; Column::COUNT],
) -> io::Result<()> {
    if headings.mendable {
        return corrected.row(cells.iter().map(Cow::as_ref));
    }
    let column = |place| headings.places.iter().position(|p| *p == Some(place));
    corrected.row((0..headings.count).map(|place| match column(place).and_then(|column| cells.get(column)) {
        Some(cell) => cell.as_ref(),
        None => sheet::written(row.cell(place)),
    }))
}
