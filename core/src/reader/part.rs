//! A stretch of a file's rows: each through the row check, every problem into the report.

use std::borrow::Cow;
use std::io;

use crate::column::Column;
use crate::problem::{Detail, Fix, Place, Problem, ProblemCode as Code};
use crate::row::{Checked, Finding, Rules, Suggestions};
use crate::sheet::{self, Broken, CsvWriter, Limits, Plain, Row, Rows, Source};
use crate::student::Codes;
use crate::text;
use crate::username::SignIn;
use crate::watch::WATCHED_BYTES;

use super::found::Found;
use super::headings::Headings;
use super::pass::Progress;

/// After so many quotes that are never closed, the rows of a file cannot be told apart.
pub(super) const MOST_UNCLOSED: usize = 100;

/// What rows are read by.
pub(super) struct File<'f> {
    pub(super) text: &'f [u8],
    pub(super) source: &'f Source,
    pub(super) delimiter: u8,
    pub(super) headings: &'f Headings,
    pub(super) rules: &'f Rules,
    pub(super) limits: &'f Limits,
    pub(super) optional_columns: bool,
}

/// Reads rows one after another.
pub(super) struct Part<'f, 'w> {
    file: &'f File<'f>,
    pub(super) found: Found,
    /// Where the corrected rows are written.
    corrected: Option<&'f mut CsvWriter<&'w mut Vec<u8>>>,
    findings: Vec<Finding>,
    suggestions: Suggestions,
    /// Whether no more is to be read.
    pub(super) stopped: bool,
}

/// What to do after a row.
#[derive(Debug, PartialEq, Eq)]
enum Then {
    GoOn,
    /// The row was none: read what follows its first line again.
    Resume,
    Stop,
}

impl<'f, 'w> Part<'f, 'w> {
    pub(super) fn new(file: &'f File<'f>, found: Found, corrected: Option<&'f mut CsvWriter<&'w mut Vec<u8>>>) -> Self {
        Self { file, found, corrected, findings: Vec::new(), suggestions: Suggestions::default(), stopped: false }
    }

    /// Reads the rows that start before a place of the text.
    pub(super) fn read(&mut self, rows: &mut Rows<'_>, until: usize, progress: &Progress<'_>) -> io::Result<()> {
        let file = self.file;
        let exact = file.headings.as_template && file.delimiter == b',' && self.corrected.is_none();
        let mut seen = rows.start();
        progress.see(0)?;
        while rows.start() < until && !self.stopped && rows.is_utf8() {
            if rows.start() >= seen + WATCHED_BYTES {
                progress.see(rows.start() - seen)?;
                seen = rows.start();
            }
            if exact && self.exact(rows, until) {
                continue;
            }
            let Some(row) = rows.next() else { break };
            let (start, line) = (row.start, row.line);
            match self.row(&row)? {
                Then::GoOn => {}
                Then::Stop => self.stopped = true,
                Then::Resume => {
                    self.found.unclosed += 1;
                    if self.found.unclosed == MOST_UNCLOSED {
                        self.found.whole_file(Code::NotACsv, Detail::note(TOO_MANY_UNCLOSED));
                        self.stopped = true;
                    }
                    rows.resume_after_line(start, line);
                }
            }
        }
        progress.see(rows.start().saturating_sub(seen))
    }

    /// Keeps the students of the next rows that are surely right. Whether there was any.
    fn exact(&mut self, rows: &mut Rows<'_>, until: usize) -> bool {
        let most = usize::try_from(self.file.limits.rows - self.found.report.rows()).unwrap_or(usize::MAX);
        let guesses = self.file.source.guesses();
        let mut taken = rows.take_plain(most, until, |place, row| {
            if guesses && self.is_guessed(row) {
                return false;
            }
            let Some(lengths) = self.file.rules.exact_texts(row) else { return false };
            // What is mended is not what the line says.
            let mended = match self.file.rules.exact_codes(row) {
                Some(_) => None,
                // What is looked at more closely is a copy, so that the row itself need not be in memory.
                None => match self.counted(&row.clone()) {
                    Some(codes) => Some(codes).filter(|_| self.file.rules.fix),
                    None => return false,
                },
            };
            if place == 0 {
                self.found.positions.note(self.found.students.len(), row.number, row.line, None);
            }
            self.push_names(row);
            let start = row.start as u32;
            match mended {
                Some(codes) => self.found.students.push_in_place(start, lengths, 0, codes),
                None => self.found.students.push_line(start),
            }
            true
        });
        if taken == 0 && most > 0 {
            let quoted = rows.take_quoted(|row| {
                if guesses && self.is_guessed(row) {
                    return false;
                }
                let name = row.bytes(Column::FullName as usize);
                let rules = self.file.rules;
                let exact = rules.exact_texts(row).zip(rules.exact_codes(row));
                let Some((lengths, codes)) = exact.filter(|_| !name.contains(&b',')) else { return false };
                self.found.positions.note(self.found.students.len(), row.number, row.line, None);
                self.push_names(row);
                let quoted = (0..4).fold(0, |quoted, text| quoted | u8::from(row.is_quoted(text)) << text);
                self.found.students.push_in_place(row.start as u32, lengths, quoted, codes);
                true
            });
            taken = usize::from(quoted);
        }
        self.found.report.count_rows(taken as u64);
        taken > 0
    }

    /// Whether a letter of a row was read as Windows-1252, which is said however right the row is.
    #[inline(never)]
    fn is_guessed(&self, row: &Plain<'_, { Column::COUNT }>) -> bool {
        let last = Column::COUNT - 1;
        self.file.source.guessed(row.start, row.start + row.from(last) + row.length(last))
    }

    /// The codes of a row whose texts are right and whose values are not: their faults are only counted, where as many
    /// are listed already as may be; else it is for the closer look.
    #[inline(never)]
    fn counted(&mut self, row: &Plain<'_, { Column::COUNT }>) -> Option<Codes> {
        let rules = self.file.rules;
        let report = &mut self.found.report;
        if !report.is_full(false) {
            return None;
        }
        let (mut faults, mut listed) = ([None; 5], false);
        let mut places = faults.iter_mut();
        let codes = rules.codes(row, |code, safe| {
            listed |= !report.is_full(rules.fix && safe);
            places.next().into_iter().for_each(|place| *place = Some((code, safe)));
        });
        if listed {
            return None;
        }
        for (code, safe) in faults.into_iter().flatten() {
            report.count(code, safe, rules.fix && safe);
        }
        Some(codes.unwrap_or(Codes::UNREAD))
    }

    /// Keeps the username of the next student, to be compared with all others.
    #[inline(always)]
    fn push_names(&mut self, row: &Plain<'_, { Column::COUNT }>) {
        let (name, username) = (Column::FullName as usize, Column::Username as usize);
        let window = row.window(username);
        let by_window = row.length(username) <= window.len();
        if self.file.rules.sign_in == SignIn::Sso && by_window {
            // An email is ASCII.
            self.found.keys.push_window(window, row.length(username));
            return;
        }
        let is_name = row.bytes(name) == row.bytes(username);
        let is_own_key = |bytes: &[u8]| bytes.iter().fold(true, |own, b| own & b.is_ascii() & (*b != b'`'));
        if by_window && is_own_key(row.bytes(username)) {
            self.found.keys.push_window(window, row.length(username));
        } else {
            self.found.keys.push(row.cell(username));
        }
        if self.file.rules.sign_in == SignIn::Password && !is_name && !text::same(row.cell(name), row.cell(username)) {
            self.found.suspects.push(self.found.students.len());
        }
    }

    /// A row that needs a closer look.
    fn row(&mut self, row: &Row<'_>) -> io::Result<Then> {
        if is_blank(row) {
            self.found.report.count_row(true);
            return Ok(Then::GoOn);
        }
        if row.broken == Some(Broken::Unclosed) || swallows_rows(row, self.file) {
            self.found.report.set_uncertain();
            self.add_row_problem(Code::UnclosedQuote, row, Detail::note(UNCLOSED));
            return Ok(Then::Resume);
        }
        if self.found.report.rows() == self.file.limits.rows {
            let detail = Detail::limit(self.file.limits.rows, "rows, and the rest was not read");
            self.found.report.set_uncertain();
            self.add_row_problem(Code::FileTooLarge, row, detail);
            return Ok(Then::Stop);
        }
        self.found.report.count_row(false);
        if row.broken == Some(Broken::Huge) {
            self.found.report.set_uncertain();
            let detail = Detail::limit(self.file.limits.cell_bytes as u64, "bytes");
            let columns = Detail::limit(self.file.limits.columns as u64, "columns");
            if row.count > self.file.limits.columns {
                self.add_row_problem(Code::RowLength, row, columns);
            } else {
                self.add_row_problem(Code::TooLong, row, detail);
            }
            return Ok(Then::GoOn);
        }
        if !self.has_right_length(row) {
            if let Some(corrected) = &mut self.corrected {
                corrected.row(row.cells().map(sheet::written))?;
            }
            return Ok(Then::GoOn);
        }
        self.student(row)?;
        Ok(Then::GoOn)
    }

    /// Whether a row has a cell for each heading, and no other with anything in it. Where it has not, its
    /// cells may stand in the wrong columns, so they are not judged.
    fn has_right_length(&mut self, row: &Row<'_>) -> bool {
        let headings = self.file.headings;
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
        let fixed = self.file.rules.fix && safe;
        self.found.report.add(problem, fixed);
        safe
    }

    /// Checks the cells of a row that has as many as it should, and keeps the student.
    fn student(&mut self, row: &Row<'_>) -> io::Result<()> {
        let mut column = 0;
        let cells = self.file.headings.places.map(|place| {
            let usual = Column::ALL.get(column).and_then(|c| c.when_not_recorded());
            column += 1;
            match place {
                Some(place) => Some(sheet::written(row.cell(place))),
                None if self.file.optional_columns => usual,
                None => None,
            }
        });
        let mut findings = std::mem::take(&mut self.findings);
        findings.clear();
        self.suggestions.want(!self.found.report.is_full(false));
        let checked = self.file.rules.check(cells, &mut findings, &mut self.suggestions);
        if self.file.source.guesses() {
            self.add_guessed(row);
        }
        for finding in findings.drain(..) {
            let value = cells.get(finding.column as usize).copied().flatten().unwrap_or_default();
            let cell = self.file.headings.places.get(finding.column as usize).copied().flatten().unwrap_or_default();
            if self.found.report.is_full(finding.fixed) {
                self.found.report.count(finding.code, finding.fix.as_ref().is_some_and(Fix::is_safe), finding.fixed);
                continue;
            }
            let place = self.place(row, Some((finding.column, cell)));
            let problem = Problem::new(finding.code, place).with_detail(finding.detail).with_fix(finding.fix);
            self.found.report.add(problem.with_value(value), finding.fixed);
        }
        self.findings = findings;
        if let Some(corrected) = &mut self.corrected {
            write_corrected(corrected, row, self.file.headings, &checked.cells)?;
        }
        let username = self.file.headings.places[Column::Username as usize].unwrap_or_default();
        let username = cell_at(row, self.file.text, self.file.delimiter, username);
        self.keep(row, &checked, username);
        Ok(())
    }

    /// Keeps the student of a row, valid or not: its username counts all the same.
    fn keep(&mut self, row: &Row<'_>, checked: &Checked<'_>, username_at: usize) {
        let student = self.found.students.len();
        // A text that is too long keeps the roster from being built, and is compared with nothing.
        let fits = |cell: &Cow<'_, str>| cell.len() <= self.file.limits.cell_bytes;
        let [name, username, year, class] =
            [0, 1, 2, 3].map(|text| checked.cells.get(text).filter(|cell| fits(cell)).map_or("", |cell| cell.as_ref()));
        let codes = checked.codes.unwrap_or(Codes::UNREAD);
        // What was checked has been composed.
        let compared = |text: usize, stored| checked.compared.get(text).and_then(Option::as_deref).unwrap_or(stored);
        let [compared_name, compared_username] = [compared(0, name), compared(1, username)];
        let by_username = self.found.keys.push_composed(compared_username);
        if self.file.rules.sign_in == SignIn::Password && compared_name != compared_username {
            let by_name = self.found.keys.hash_composed(compared_name);
            self.found
                .suspects
                .extend(Some(student).filter(|_| by_name != by_username && !compared_username.is_empty()));
            if !text::is_plain(compared_name) || !text::is_plain(compared_username) {
                self.found.hashes.insert(student, [by_name, by_username]);
            }
        } else if !text::is_plain(compared_username) {
            self.found.hashes.insert(student, [by_username; 2]);
        }
        let texts: [&str; 4] = [name, username, year, class];
        // As in template order, and as it was in the file: it need not be copied.
        let is_there = |place: usize| {
            self.file.headings.places[place] == Some(place) && texts.get(place) == Some(&row.cell(place))
        };
        let in_place = row.in_place() && (0..4).all(is_there);
        if in_place {
            self.found.positions.note(student, row.number, row.line, None);
            // No cell that is longer passes the check.
            let lengths = texts.map(|text| u16::try_from(text.len()).unwrap_or_default());
            self.found.students.push_in_place(row.start as u32, lengths, 0, codes);
        } else {
            self.found.positions.note(student, row.number, row.line, Some([row.start, username_at]));
            self.found.students.push(texts, codes);
        }
    }

    /// Warns of each cell of a row with letters that were read as Windows-1252.
    fn add_guessed(&mut self, row: &Row<'_>) {
        for (column, cell) in Column::ALL.into_iter().zip(self.file.headings.places) {
            let Some(cell) = cell else { continue };
            let from = cell_at(row, self.file.text, self.file.delimiter, cell);
            let to = cell_at(row, self.file.text, self.file.delimiter, cell + 1);
            if self.file.source.guessed(from, to) {
                let place = self.place(row, Some((column, cell)));
                self.found.report.add(Problem::new(Code::Encoding, place).with_value(row.cell(cell)), false);
            }
        }
    }

    fn place(&self, row: &Row<'_>, at: Option<(Column, usize)>) -> Place {
        let byte = at.map_or(row.start, |(_, cell)| cell_at(row, self.file.text, self.file.delimiter, cell));
        Place::Row { row: row.number, line: row.line, byte: byte as u64, column: at.map(|(column, _)| column) }
    }

    fn add_row_problem(&mut self, code: Code, row: &Row<'_>, detail: Detail) {
        let place = Place::Row { row: row.number, line: row.line, byte: row.start as u64, column: None };
        self.found.report.add(Problem::new(code, place).with_detail(detail), false);
    }
}

pub(super) const UNCLOSED: &str = "a quotation mark is opened here and not closed: close it or remove it";
const TOO_MANY_UNCLOSED: &str = "too many quotation marks are not closed, so the rest was not read";

pub(super) fn is_blank(row: &Row<'_>) -> bool {
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
pub(super) fn cell_at(row: &Row<'_>, text: &[u8], delimiter: u8, cell: usize) -> usize {
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
