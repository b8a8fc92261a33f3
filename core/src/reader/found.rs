//! What the rows of a file gave: students, problems, and what is judged once all rows are known.

use hashbrown::HashMap;

use crate::column::Column;
use crate::keys::Keys;
use crate::problem::{Detail, Fix, Place, Problem, ProblemCode as Code, Severity};
use crate::report::Report;
use crate::sheet::{Limits, Source};
use crate::student::Students;
use crate::text;
use crate::username::FreeUsernames;

use crate::watch::{Ended, Steps, Watch};

use super::Reader;
use super::positions::Positions;

/// What it takes to suggest a username, in steps.
const SUGGESTION_STEPS: usize = 100;

/// What was found in a stretch of rows.
pub(super) struct Found {
    pub(super) report: Report,
    pub(super) students: Students,
    /// The usernames of the students.
    pub(super) keys: Keys,
    /// The whole hashes of the name and the username of students for whom it takes long to tell: so that it is done once.
    pub(super) hashes: HashMap<usize, [u64; 2]>,
    /// Students whose username is not their name.
    pub(super) suspects: Vec<usize>,
    pub(super) positions: Positions,
    /// How many quotes were opened and never closed.
    pub(super) unclosed: usize,
    /// How many problems are listed.
    most: usize,
}

impl Found {
    /// Nothing yet.
    pub(super) fn new(reader: &Reader, limits: &Limits) -> Self {
        Self {
            report: Report::new(limits.problems),
            students: Students::new(reader.ethnicities.clone()),
            keys: Keys::default(),
            hashes: HashMap::default(),
            suspects: Vec::new(),
            positions: Positions::default(),
            unclosed: 0,
            most: limits.problems,
        }
    }

    /// Nothing yet of another stretch of the same file, which likely has so many rows.
    pub(super) fn beside(&self, rows: usize) -> Self {
        let mut students = Students::new(self.students.ethnicities().clone());
        students.reserve(rows);
        Self {
            report: Report::new(self.most),
            students,
            keys: Keys::with_capacity(rows),
            hashes: HashMap::default(),
            suspects: Vec::new(),
            positions: Positions::default(),
            unclosed: 0,
            most: self.most,
        }
    }

    /// Adds a problem of the file as a whole.
    pub(super) fn whole_file(&mut self, code: Code, detail: Detail) {
        if code.severity() == Severity::Error {
            self.report.set_uncertain();
        }
        self.report.add(Problem::new(code, Place::File).with_detail(detail), false);
    }

    /// Adds what was found in the stretch that follows, whose rows and lines were counted from 1 though so many
    /// stand before them.
    pub(super) fn join(&mut self, later: Self, rows: u64, lines: u64) {
        let before = self.students.len();
        self.report.join(later.report, rows, lines);
        self.keys.join(&later.keys);
        self.hashes.extend(later.hashes.into_iter().map(|(student, hashes)| (before + student, hashes)));
        self.suspects.extend(later.suspects.into_iter().map(|student| before + student));
        self.positions.join(later.positions, before, rows, lines);
        self.students.join(later.students);
        self.unclosed += later.unclosed;
    }

    /// Judges what takes all rows to judge, by so many threads, and puts the report in order.
    pub(super) fn finish(
        mut self,
        text: Vec<u8>,
        source: &Source,
        threads: usize,
        watch: &Watch,
    ) -> Result<(Students, Report), Ended> {
        // Places in the text are turned into places in the file while it is still at hand.
        watch.see(text.len(), text.len())?;
        let mut steps = watch.steps(text.len());
        self.students.own(text);
        self.add_duplicates(threads, &mut steps)?;
        self.add_others_names(&mut steps)?;
        let Self { mut report, mut students, keys, .. } = self;
        students.set_usernames(keys);
        report.finish(|offsets| source.in_file(students.file(), offsets));
        Ok((students, report))
    }

    fn add_duplicates(&mut self, threads: usize, steps: &mut Steps<'_>) -> Result<(), Ended> {
        let username = |student| self.students.names(student)[1];
        let is_same = |one, other| match [one, other].map(|student| self.hashes.get(&student)) {
            [Some([_, one]), Some([_, other])] => one == other,
            _ => text::same(username(one), username(other)),
        };
        let duplicates = self.keys.duplicates(threads, steps, is_same)?;
        if duplicates.is_empty() {
            return Ok(());
        }
        let mut taken = self.keys.taken();
        let mut usernames = FreeUsernames::default();
        let mut suggestion = |later| {
            // Only where the username is the name can another be made of it.
            let student = self.students.get(later).filter(|s| text::same(s.full_name, s.username))?;
            let free = usernames.next(student.full_name, student.year_group, student.class_name, |u| taken.contains(u));
            taken.insert(&free);
            Some(Fix::suggestion(free))
        };
        let mut problems = Vec::new();
        // The first of each row that has a username twice.
        let mut rows: HashMap<&[u8], usize> = HashMap::new();
        let mut same_rows = 0;
        for &(later, first) in &duplicates {
            steps.take(SUGGESTION_STEPS)?;
            rows.entry(self.raw_row(first)).or_insert(first);
            let same_row = rows.get(self.raw_row(later)).copied();
            rows.entry(self.raw_row(later)).or_insert(later);
            same_rows += u64::from(same_row.is_some());
            if problems.len() >= self.most {
                continue;
            }
            problems.push(match same_row {
                // One student or two: only a person knows, so no second username is suggested.
                Some(other) => self.username_problem(Code::RowDuplicate, later, other),
                None => self.username_problem(Code::UsernameDuplicate, later, first).with_fix(suggestion(later)),
            });
        }
        drop(rows);
        self.report.count_many(Code::RowDuplicate, same_rows);
        self.report.count_many(Code::UsernameDuplicate, duplicates.len() as u64 - same_rows);
        self.report.add_late(problems);
        Ok(())
    }

    fn add_others_names(&mut self, steps: &mut Steps<'_>) -> Result<(), Ended> {
        if self.suspects.is_empty() {
            return Ok(());
        }
        let others = self.others_names(steps)?;
        let listed = others.iter().take(self.most);
        let problems: Vec<Problem> =
            listed.map(|&(student, other)| self.username_problem(Code::UsernameNotName, student, other)).collect();
        self.report.count_many(Code::UsernameNotName, others.len() as u64);
        self.report.add_late(problems);
        Ok(())
    }

    /// Each student whose username is the full name of another, with that other.
    fn others_names(&self, steps: &mut Steps<'_>) -> Result<Vec<(usize, usize)>, Ended> {
        let hashes = |student: usize| self.hashes.get(&student);
        let mut by_name = HashMap::with_capacity(self.students.len());
        for student in 0..self.students.len() {
            steps.step()?;
            let hash =
                hashes(student).map_or_else(|| self.keys.hash(self.students.names(student)[0]), |[name, _]| *name);
            by_name.entry(hash).or_insert(student);
        }
        let mut others = Vec::new();
        for &suspect in &self.suspects {
            steps.step()?;
            let hash = hashes(suspect)
                .map_or_else(|| self.keys.hash(self.students.names(suspect)[1]), |[_, username]| *username);
            let other = by_name.get(&hash).filter(|other| **other != suspect);
            others.extend(other.map(|other| (suspect, *other)));
        }
        Ok(others)
    }

    /// A student's row as it stands in the file, without its line end.
    fn raw_row(&self, student: usize) -> &[u8] {
        let start = self.positions.of(student, &self.students).start as usize;
        let text = self.students.file().get(start..).unwrap_or_default();
        let mut is_quoted = false;
        let end = memchr::memchr3_iter(b'"', b'\n', b'\r', text).find(|&at| {
            is_quoted ^= text.get(at) == Some(&b'"');
            !is_quoted && text.get(at) != Some(&b'"')
        });
        text.get(..end.unwrap_or(text.len())).unwrap_or_default()
    }

    /// A problem of a student's username with another student.
    fn username_problem(&self, code: Code, student: usize, other: usize) -> Problem {
        let at = self.positions.of(student, &self.students);
        let column = Some(Column::Username).filter(|_| code != Code::RowDuplicate);
        let place = Place::Row { row: at.row, line: at.line, byte: at.username as u64, column };
        let [_, username] = self.students.names(student);
        let other = Detail::OtherRow(self.positions.of(other, &self.students).row);
        let problem = Problem::new(code, place).with_detail(other);
        if code == Code::RowDuplicate { problem } else { problem.with_value(username) }
    }
}
