//! Writes the rows of an export in the columns of the template: each row as one row, in the order of the export.
//! Decides which rows have the wrong length, and which are perhaps not a student.

mod values;

use std::borrow::Cow;
use std::collections::HashSet;
use std::hash::BuildHasher;

use crate::check;
use crate::column::Column;
use crate::mapping::{AppliedMapping, NameOrder, Target, TargetCells};
use crate::problem::{Detail, ProblemCode as Code};
use crate::reader::PupilPremium;
use crate::reader::chunk;
use crate::reader::export::{Export, repeats};
use crate::table::{Broken, Limits, Row};
use crate::upn;

use super::stretches::{RowBuffer, Stretches};
use super::usernames::Usernames;
use super::{By, Mapped, TARGETS};

/// Writes the rows of an export in the template's columns.
pub(super) struct Writer<'e> {
    pub(super) export: &'e Export,
    pub(super) layout: &'e AppliedMapping,
    limits: &'e Limits,
    premium: Option<&'e PupilPremium>,
    /// The UPNs that more than one row has. They identify nobody, so the list of pupil premium does not apply to them.
    shared_upns: HashSet<String>,
    /// Whether the first row below the headings contains headings too.
    headings_continue: bool,
    /// Whether the file itself has a value of pupil premium in any row.
    pub(super) has_own_premium: bool,
    /// The written columns, in order: the nine columns, and the mapped ids.
    pub(super) targets: Vec<(Target, CellSource<'e>)>,
    /// The steps that copy a row whose cells need no change. `None` if no row can be copied, for example because the
    /// export has a different delimiter.
    stretches: Option<Stretches>,
    /// The number of cells that a row needs to include every mapped column.
    reach: usize,
    pub(super) out: Vec<u8>,
    rows: Vec<(u32, u32)>,
    lines: Vec<(u32, i64)>,
    /// The number of the next row to write. `line` is the number of its line, counted from the line of the headings.
    number: u64,
    line: u64,
    mapped: Mapped,
    usernames: Usernames,
    /// The last name written. Its memory is reused for the next name.
    pub(super) name: String,
}

/// The source of a target's value.
pub(super) enum CellSource<'e> {
    Column(usize),
    Constant(&'e str),
    /// The parts of a full name, with spaces between them. The value of each part is the first filled cell in the
    /// part's list.
    Joined(&'e [Vec<usize>]),
    /// Any other value, which the applied mapping makes.
    Made,
}

impl<'e> CellSource<'e> {
    fn of(target: Target, layout: &'e AppliedMapping, has_premium: bool) -> Self {
        if layout.has_values(target) || has_premium && target == Target::PupilPremium {
            return Self::Made;
        }
        match &layout.cells[target as usize] {
            // An unmapped column gets the value for 'not recorded'.
            TargetCells::Absent => {
                Self::Constant(target.column().and_then(Column::when_not_recorded).unwrap_or_default())
            }
            TargetCells::Constant(text) => Self::Constant(text),
            TargetCells::Parts { parts, join, order: NameOrder::AsWritten } => match parts.as_slice() {
                [only] if only.len() == 1 => Self::Column(only.first().copied().unwrap_or_default()),
                [_, _, ..] if target == Target::FullName && join == " " => Self::Joined(parts),
                _ => Self::Made,
            },
            TargetCells::Parts { .. } => Self::Made,
        }
    }
}

impl<'e> Writer<'e> {
    pub(super) fn new(export: &'e Export, layout: &'e AppliedMapping, by: &By<'e>) -> Self {
        let (limits, premium) = (by.limits, by.premium);
        let is_there = |target: &Target| !matches!(layout.cells[*target as usize], TargetCells::Absent);
        let targets = TARGETS.into_iter().filter(|target| target.column().is_some() || is_there(target));
        let targets: Vec<_> =
            targets.map(|target| (target, CellSource::of(target, layout, premium.is_some()))).collect();
        let stretches = Some(export.rows_delimiter).filter(|delimiter| *delimiter == b',');
        let first = export.headings.first().map_or("", String::as_str);
        let stretches = stretches.and_then(|_| Stretches::of(&targets, layout.makes_usernames, first));
        let reach = TARGETS.iter().flat_map(|target| layout.read(*target)).max().map_or(0, |last| last + 1);
        let absent = Column::ALL.into_iter().filter(|column| column.when_not_recorded().is_some());
        let heading = |column: Column| {
            let cells = layout.read(Target::from(column));
            let names: Vec<&str> =
                cells.iter().filter_map(|cell| export.headings.get(*cell)).map(|heading| heading.trim()).collect();
            (!names.is_empty()).then(|| names.join(" + "))
        };
        let mapped = Mapped {
            makes_usernames: layout.makes_usernames,
            headings: Column::ALL.map(heading),
            // Pupil Premium is not absent if a list fills it.
            absent: absent
                .filter(|column| !is_there(&Target::from(*column)))
                .filter(|column| *column != Column::PupilPremium || premium.is_none())
                .collect(),
            first: (export.number, export.line),
            ..Mapped::default()
        };
        Self {
            export,
            layout,
            limits,
            premium,
            shared_upns: premium.map(|_| shared_upns(export, layout, limits)).unwrap_or_default(),
            headings_continue: export.headings_continue(limits),
            has_own_premium: false,
            targets,
            stretches,
            reach,
            out: Vec::with_capacity(export.decoded.text.len()),
            rows: Vec::new(),
            lines: Vec::new(),
            number: export.number + 1,
            line: export.line,
            mapped,
            usernames: Usernames::default(),
            name: String::new(),
        }
    }

    pub(super) fn write(&mut self) {
        let headings: Vec<&str> = self.targets.iter().map(|(target, _)| target.heading()).collect();
        self.begin_row(self.export.start, self.export.line);
        self.out.extend_from_slice(headings.join(",").as_bytes());
        self.end_row(0);
        let mut rows = self.export.rows(self.limits);
        let mut unclosed = 0;
        let columns = self.export.headings.len();
        let stretches = self.stretches.take();
        let (mut buffer, mut quoted) = (RowBuffer::default(), Vec::new());
        loop {
            if let Some(stretches) = &stretches {
                rows.take_clean(columns, |row| self.clean_student(row, stretches, &mut buffer));
                if stretches.copies_all
                    && let Some((number, line, start)) = rows.peek_quoted(columns, &mut quoted)
                    && self.copies_quoted(&quoted, stretches)
                {
                    self.begin_next(number, start, line);
                    self.quoted_student(&quoted, stretches);
                    self.end_student();
                    rows.skip_line();
                    continue;
                }
            }
            let Some(row) = rows.next() else { break };
            let (start, line) = (row.start, row.line);
            self.begin_next(row.number, start, line);
            let from = self.out.len();
            let is_unclosed = self.row(&row);
            self.end_row(from);
            if is_unclosed {
                unclosed += 1;
                if unclosed > chunk::MOST_UNCLOSED {
                    break;
                }
                rows.resume_after_line(start, line);
            }
        }
        self.drop_unrecorded_premium();
    }

    /// Begins the row with this number.
    #[inline(always)]
    pub(super) fn begin_next(&mut self, number: u64, start: usize, line: u64) {
        // Headings in two rows are written as one row, so a blank row keeps the row numbers right.
        while self.number < number {
            self.begin_row(start, line);
            self.end_row(self.out.len());
            self.number += 1;
        }
        self.number = number + 1;
        self.begin_row(start, line);
    }

    /// Ends the row of a student, which is one line.
    #[inline(always)]
    pub(super) fn end_student(&mut self) {
        self.out.extend_from_slice(b"\r\n");
        self.line += 1;
    }

    /// Records where a row starts in both texts.
    fn begin_row(&mut self, start: usize, line: u64) {
        let at = self.out.len() as u32;
        self.rows.push((at, start as u32));
        let more = line as i64 - self.line as i64;
        if self.lines.last().map_or(0, |(_, more)| *more) != more {
            self.lines.push((at, more));
        }
    }

    fn end_row(&mut self, from: usize) {
        let written = self.out.get(from..).unwrap_or_default();
        let breaks = written
            .iter()
            .enumerate()
            .filter(|(at, byte)| **byte == b'\n' || **byte == b'\r' && written.get(at + 1) != Some(&b'\n'));
        self.line += 1 + if from == 0 { 0 } else { breaks.count() as u64 };
        self.out.extend_from_slice(b"\r\n");
    }

    /// Writes a row without its line end. Returns whether it has an unclosed quotation mark.
    fn row(&mut self, row: &Row<'_>) -> bool {
        if chunk::is_blank(row) {
            return false;
        }
        if let Some((code, detail)) = self.broken(row) {
            let is_unclosed = code == Code::UnclosedQuote;
            let heading = chunk::unclosed_cell(row).and_then(|cell| self.export.headings.get(cell));
            if let Some(heading) =
                heading.map(|heading| heading.trim()).filter(|heading| is_unclosed && !heading.is_empty())
            {
                self.mapped.unclosed.insert(row.number, heading.to_owned());
            }
            self.mapped.faults.insert(row.number, (code, detail));
            return is_unclosed;
        }
        if repeats(row, &self.export.headings) {
            self.out.extend_from_slice(Column::ALL.map(Column::heading).join(",").as_bytes());
            for _ in Column::COUNT..self.targets.len() {
                self.out.push(b',');
            }
            return false;
        }
        if !self.is_of_several(row) && self.alone(row) {
            return false;
        }
        match self.wrong_length(row).filter(|_| !self.is_short_total(row)) {
            Some(detail) => drop(self.mapped.faults.insert(row.number, (Code::RowLength, detail))),
            None => self.student(row),
        }
        false
    }

    /// Returns the reason why a row cannot be split into cells, if there is one.
    fn broken(&self, row: &Row<'_>) -> Option<(Code, Detail)> {
        let count = self.export.headings.len();
        let text = &self.export.decoded.text;
        match row.broken {
            Some(Broken::Unclosed) => return Some((Code::UnclosedQuote, Detail::note(chunk::UNCLOSED))),
            Some(Broken::Huge) if row.count > self.limits.columns => {
                return Some((Code::RowLength, Detail::limit(self.limits.columns as u64, "columns")));
            }
            Some(Broken::Huge) => return Some((Code::TooLong, Detail::limit(self.limits.cell_bytes as u64, "bytes"))),
            None => {}
        }
        if chunk::swallows(row, self.export.rows_delimiter, count, count.max(3)) {
            return Some((Code::UnclosedQuote, Detail::note(chunk::UNCLOSED)));
        }
        let raw = text.get(row.start..row.end).unwrap_or_default();
        if !row.tall && !row.in_place() && check::has_stray_quote(raw, self.export.rows_delimiter) {
            return Some((Code::StrayQuote, Detail::note(chunk::STRAY_QUOTE)));
        }
        None
    }

    /// Returns the detail of the problem if a row has too many cells, or too few for the mapped columns. The cells of
    /// such a row may be in the wrong columns.
    fn wrong_length(&self, row: &Row<'_>) -> Option<Detail> {
        let count = self.export.headings.len();
        let is_too_long = row.count > count
            && (row.count > row.ends.len() || (count..row.count).any(|cell| !row.cell(cell).trim().is_empty()));
        let is_wrong = is_too_long || row.count < self.reach.min(count);
        is_wrong.then(|| match self.headings_continue {
            true => Detail::note(chunk::IN_TWO_ROWS),
            false => Detail::Count { found: row.count as u64, expected: count as u64 },
        })
    }

    fn student(&mut self, row: &Row<'_>) {
        let from = self.out.len();
        let mut name = std::mem::take(&mut self.name);
        self.full_name(row, &mut name);
        self.cell(&name);
        self.out.push(b',');
        let username = self.out.len();
        if self.layout.makes_usernames {
            self.out.extend_from_within(from..username - 1);
        } else {
            self.target(1, row);
        }
        let rest = self.out.len();
        for index in 2..self.targets.len() {
            self.out.push(b',');
            self.target(index, row);
        }
        if self.layout.makes_usernames && !name.trim().is_empty() {
            self.add_suffix(row, &name, username, rest);
        }
        self.name = name;
    }

    /// Adds a suffix to a username that was made from a name, if another student has the same username.
    pub(super) fn add_suffix(&mut self, row: &Row<'_>, name: &str, username: usize, rest: usize) {
        let hash = self.usernames.hashes.hash_one(self.out.get(rest..).unwrap_or_default());
        let text = |target: Target| self.layout.text(target, |cell| row.cell(cell)).text;
        if let Some(suffix) = self.usernames.suffix(name, hash, || [Target::YearGroup, Target::ClassName].map(text)) {
            let after = self.out.split_off(rest);
            self.out.truncate(username);
            self.cell(&format!("{name}{suffix}"));
            self.out.extend_from_slice(&after);
            self.mapped.suffixes.insert(row.number, suffix);
        }
    }

    /// Writes a row that is perhaps not a student: its first text, and the number after the text if there is one.
    /// Returns false if the row seems to be a student.
    fn alone(&mut self, row: &Row<'_>) -> bool {
        let has_no_name = self.layout.text(Target::FullName, |cell| row.cell(cell)).text.trim().is_empty();
        let texts: Vec<&str> = row.cells().map(str::trim).filter(|cell| !cell.is_empty()).collect();
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let (first, second) = match texts.as_slice() {
            [only] => (Cow::Borrowed(*only), ""),
            [first, second] if is_number(second) => (Cow::Borrowed(*first), *second),
            // The row has no name, so it is not read. But the report must still mention the row.
            _ if has_no_name => (Cow::Owned(texts.join(" ")), ""),
            _ => return false,
        };
        self.cell(&first);
        for index in 1..self.targets.len() {
            self.out.push(b',');
            if index + 1 == Column::COUNT {
                self.cell(second);
            }
        }
        true
    }

    /// Writes a cell as CSV. A reader of the CSV gets the same text back.
    fn cell(&mut self, cell: &str) {
        self.bytes(cell.as_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        if !bytes.iter().any(|byte| matches!(byte, b'"' | b',' | b'\n' | b'\r')) {
            self.out.extend_from_slice(bytes);
            return;
        }
        self.out.push(b'"');
        for part in bytes.split_inclusive(|byte| *byte == b'"') {
            self.out.extend_from_slice(part);
            if part.ends_with(b"\"") {
                self.out.push(b'"');
            }
        }
        self.out.push(b'"');
    }

    #[allow(clippy::type_complexity)]
    pub(super) fn finish(self) -> (Vec<u8>, Vec<(u32, u32)>, Vec<(u32, i64)>, Mapped) {
        (self.out, self.rows, self.lines, self.mapped)
    }
}

/// Returns the UPNs that more than one row of an export has.
fn shared_upns(export: &Export, layout: &AppliedMapping, limits: &Limits) -> HashSet<String> {
    let (mut seen, mut shared) = (HashSet::new(), HashSet::new());
    let mut rows = export.rows(limits);
    while let Some(row) = rows.next() {
        if let Some(upn) = upn::valid(&layout.text(Target::Upn, |cell| row.cell(cell)).text)
            && let Some(upn) = seen.replace(upn)
        {
            shared.insert(upn);
        }
    }
    shared
}
