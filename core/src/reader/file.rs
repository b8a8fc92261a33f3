//! Reads a file from its bytes to its rows, step by step. If you set a number of threads, each thread reads a segment
//! of the file. The students and problems of all segments are joined afterwards.

mod above_headings;
#[cfg(feature = "workbook")]
mod choose_sheet;
mod text;

use std::io;
use std::sync::{Arc, OnceLock};
use std::thread;

use crate::check::{self, HeadingRules, Headings, Rules, Survey};
use crate::column::{Column, Columns};
use crate::keys::Keys;
use crate::mapping::Mapping;
use crate::problem::{Detail, Fix, Position, Problem, ProblemCode as Code};
use crate::report::Report;
use crate::student::Students;
use crate::table::{CsvWriter, Decoded, Dialect, Limits, Row, Rows, TextSource};
use crate::vocabulary::Vocabulary;
use crate::watch::Watch;

use self::above_headings::TopOutcome;
use self::text::unreadable;
use super::accepted::Accepted;
use super::accumulator::Accumulator;
use super::chunk::{ChunkReader, MOST_UNCLOSED, RowContext};
use super::edits::Sheet;
use super::export;
use super::mapped::Mapped;
use super::parts::{parts, rows_in};
use super::progress::{ReadProgress, Shared};
use super::{ExtraColumns, Input, PupilPremium, Reader};
#[cfg(feature = "workbook")]
pub(super) use choose_sheet::{Opened, SheetLayout};

pub(super) struct FileReader<'w> {
    rules: Rules,
    watch: Watch,
    headings: HeadingRules,
    threads: usize,
    smallest_part: usize,
    longest_text: usize,
    limits: Limits,
    found: Accumulator,
    /// The optional columns that the file does not have.
    absent: Vec<Column>,
    /// The dialects in which the text was written before it was rewritten, each with its delimiter.
    dialects: Vec<(Dialect, u8)>,
    /// A person's decisions: values by row and column.
    accepted: Accepted,
    /// The number of accepted suggestions that do not belong to the file.
    unknown_ids: u64,
    corrected: Option<CsvWriter<&'w mut Vec<u8>>>,
    /// The mapping with which the file is read, and the known headings.
    by: Option<(Arc<Mapping>, Vocabulary)>,
    premium: Option<PupilPremium>,
    mapped: Option<Mapped>,
    /// The sheet in which rows are recorded for a person to see, if they are recorded.
    shown: Option<&'w mut Sheet>,
    /// The sheet of a workbook to read, and the messages about it.
    #[cfg(feature = "workbook")]
    sheet: choose_sheet::SheetSelection,
    #[cfg(feature = "workbook")]
    layout: Option<&'w mut SheetLayout>,
}

/// The outcome of reading a text.
enum ReadOutcome {
    /// The text was read.
    Read,
    /// The text is not all UTF-8, so the findings are invalid. We know this only after reading.
    NotUtf8,
    /// The text is written in a dialect, so it must be rewritten and read again.
    InDialect(Dialect, u8),
}

impl<'w> FileReader<'w> {
    pub(super) fn new(reader: &Reader) -> Self {
        let limits = reader.limits.within_reach();
        Self {
            rules: reader.rules(),
            watch: reader.watch.clone(),
            headings: HeadingRules {
                any_order: reader.any_order,
                optional_columns: reader.optional_columns,
                ignores_others: reader.extra_columns == ExtraColumns::Ignore,
                accepted: Columns::default(),
            },
            // With a mapping or typed values, each row needs its number, which only a single thread knows.
            threads: if reader.mapping.is_some() || !reader.edits.is_empty() { 1 } else { reader.threads },
            smallest_part: reader.smallest_part,
            longest_text: text::LONGEST_TEXT,
            limits,
            found: Accumulator::new(reader, &limits),
            absent: Vec::new(),
            dialects: Vec::new(),
            accepted: Accepted::edited(reader.edits.clone()),
            unknown_ids: 0,
            corrected: None,
            by: reader.mapping.clone().map(|mapping| (mapping, reader.vocabulary.clone())),
            premium: reader.pupil_premium.clone(),
            mapped: None,
            shown: None,
            #[cfg(feature = "workbook")]
            sheet: choose_sheet::SheetSelection::of(reader),
            #[cfg(feature = "workbook")]
            layout: None,
        }
    }

    /// Replaces values in the file with the suggestions that a person accepted. `unknown` is the number of ids that
    /// match no problem.
    pub(super) fn accept(&mut self, accepted: Accepted, unknown: u64) {
        self.unknown_ids = unknown;
        self.threads = 1;
        self.headings.accepted = accepted.headings;
        let edits = std::mem::take(&mut self.accepted.edits);
        self.accepted = accepted;
        self.accepted.edits = edits;
    }

    /// Writes the corrected rows to `to` while reading.
    pub(super) fn write_to(&mut self, to: &'w mut Vec<u8>) -> io::Result<()> {
        self.corrected = Some(CsvWriter::new(to)?);
        Ok(())
    }

    /// Records the rows in `sheet` while reading, for a person to see.
    pub(super) fn show_in(&mut self, sheet: &'w mut Sheet) {
        self.threads = 1;
        self.shown = Some(sheet);
    }

    /// Reads the whole file, and returns its students, its problems, and the optional columns that it lacks. Fails only
    /// if writing fails, or if the host's watch function cancels the reading.
    #[cfg_attr(not(feature = "workbook"), allow(unused_mut))]
    pub(super) fn run(mut self, input: Input<'_>) -> io::Result<(Students, Report, Vec<Column>)> {
        #[cfg(feature = "workbook")]
        let decoded = match self.workbook(input)? {
            choose_sheet::Opened::Text(input) => self.decoded(input),
            choose_sheet::Opened::Sheet(decoded) => Ok(decoded),
            choose_sheet::Opened::Refused => {
                let (students, report) = self.found.finish(Vec::new(), &TextSource::Utf8, None, 1, &self.watch)?;
                return Ok((students, report, self.absent));
            }
        };
        #[cfg(not(feature = "workbook"))]
        let decoded = self.decoded(input);
        let mut decoded = decoded;
        if self.by.is_some() {
            decoded = match decoded.map(|decoded| self.rearranged(decoded)) {
                Ok(Ok(text)) => self.within_reach(text),
                Ok(Err(export)) => {
                    let found = self.found.finish(export.text, &export.source, None, 1, &self.watch)?;
                    return Ok((found.0, found.1, self.absent));
                }
                Err(unreadable) => Err(unreadable),
            };
        }
        while let Ok(text) = &decoded {
            let ended = self.read(text)?;
            if matches!(ended, ReadOutcome::Read) {
                break;
            }
            self.found = self.found.fresh(0);
            self.absent.clear();
            if let Some(corrected) = &mut self.corrected {
                corrected.restart()?;
            }
            if let Some(shown) = &mut self.shown {
                shown.clear();
            }
            decoded = decoded.and_then(|text| self.rewritten(text, &ended));
        }
        let decoded = match decoded {
            Ok(decoded) => decoded,
            Err((code, detail)) => {
                self.found.whole_file(code, detail);
                let (students, report) = self.found.finish(Vec::new(), &TextSource::Utf8, None, 1, &self.watch)?;
                return Ok((students, report, self.absent));
            }
        };
        if let Some(corrected) = self.corrected.take() {
            corrected.finish()?;
        }
        let parts = parts(self.threads, decoded.text.len(), self.smallest_part);
        let (students, report) =
            self.found.finish(decoded.text, &decoded.source, self.mapped.as_ref(), parts, &self.watch)?;
        Ok((students, report, self.absent))
    }

    /// Returns the text in the form in which it must be read again.
    fn rewritten(&mut self, text: Decoded, ended: &ReadOutcome) -> Result<Decoded, (Code, Detail)> {
        let text = match *ended {
            ReadOutcome::NotUtf8 => {
                let read = text.in_file().as_single_bytes().map_err(unreadable)?;
                self.dialects.iter().fold(read, |read, (dialect, delimiter)| read.rewritten(*dialect, *delimiter))
            }
            ReadOutcome::InDialect(dialect, delimiter) => {
                self.dialects.push((dialect, delimiter));
                text.rewritten(dialect, delimiter)
            }
            ReadOutcome::Read => text,
        };
        self.within_reach(text)
    }

    /// Reads all rows of a text.
    fn read(&mut self, decoded: &Decoded) -> io::Result<ReadOutcome> {
        let (text, start) = (decoded.text.as_slice(), decoded.start);
        let survey = Survey::of(text, start, &self.limits);
        let is_sheet = decoded.source.is_sheet();
        if let Some(dialect) = survey.dialect.filter(|_| !is_sheet).filter(|dialect| self.is_new(*dialect)) {
            return Ok(ReadOutcome::InDialect(dialect, survey.delimiter));
        }
        self.add_dialects(decoded.had_end_mark);
        if self.unknown_ids > 0 {
            let note = match self.unknown_ids {
                1 => "1 accepted suggestion does not belong to this file; check the file again".to_owned(),
                ids => format!("{ids} accepted suggestions do not belong to this file; check the file again"),
            };
            self.found
                .report
                .add(Problem::new(Code::NotAccepted, Position::File).with_detail(Detail::Note(note.into())), false);
        }
        for problem in &survey.problems {
            self.found.report.add(problem.clone(), self.rules.fix);
        }
        let mut rows = Rows::new(text, start, survey.delimiter, &self.limits);
        #[cfg(feature = "workbook")]
        self.add_sheet_problems(decoded);
        if let Some(mapped) = &self.mapped {
            let (number, line) = mapped.first;
            rows.go_back(start, number, line);
            if !is_sheet {
                rows = rows.known_utf8();
            }
        }
        let headings = match self.first_row(&mut rows, text, &survey, is_sheet)? {
            TopOutcome::Headings(headings) => Some(headings),
            TopOutcome::None => None,
            TopOutcome::InDialect(dialect) => return Ok(ReadOutcome::InDialect(dialect, survey.delimiter)),
        };
        if let Some(mapped) = &self.mapped {
            self.absent = mapped.absent.iter().collect();
        }
        #[cfg(feature = "workbook")]
        self.keep_layout(decoded, &survey, &rows, headings.as_deref());
        if let Some(headings) = headings {
            if let Some(delimiter) = survey.rows_delimiter {
                rows = rows.with_delimiter(delimiter);
            }
            self.rows(&mut rows, text, &decoded.source, &headings)?;
            if let Some(dialect) = self.found.dialect {
                return Ok(ReadOutcome::InDialect(dialect, rows.delimiter()));
            }
            if self.found.report.rows() == 0 {
                self.found.whole_file(Code::NoStudents, Detail::None);
            }
        }
        Ok(if rows.is_utf8_up_to(text.len()) { ReadOutcome::Read } else { ReadOutcome::NotUtf8 })
    }

    /// Returns whether the text has not yet been rewritten from this dialect.
    fn is_new(&self, dialect: Dialect) -> bool {
        let kind = std::mem::discriminant(&dialect);
        self.dialects.iter().all(|(known, _)| std::mem::discriminant(known) != kind)
    }

    /// Adds a problem for each dialect in which the file is written.
    fn add_dialects(&mut self, had_end_mark: bool) {
        const END_MARK: &str = "the file ends with control characters that an old program added";
        let notes = self.dialects.iter().map(|(dialect, _)| check::dialect_note(*dialect));
        for note in notes.chain(had_end_mark.then_some(END_MARK)) {
            let problem = Problem::new(Code::Dialect, Position::File).with_detail(Detail::note(note));
            self.found.report.add(problem.with_fix(Some(Fix::safe(""))), self.rules.fix);
        }
    }

    /// Reads the rows below the headings.
    fn rows<'t>(
        &mut self,
        rows: &mut Rows<'t>,
        text: &'t [u8],
        source: &TextSource,
        headings: &Headings,
    ) -> io::Result<()> {
        // If the headings end without a line break, the next row would start after the end of the text.
        let left = text.len().saturating_sub(rows.start());
        let starts = if self.corrected.is_none() { self.starts(text, rows.start(), left) } else { Vec::new() };
        let until = |part: usize| starts.get(part).copied().unwrap_or(text.len());

        let (found, others) = self.accumulators(text, rows.start(), &starts);
        let begins = (rows.start(), rows.rows_read() + 1, rows.lines_read() + 1);
        let file = RowContext {
            text,
            source,
            delimiter: rows.delimiter(),
            headings,
            rules: &self.rules,
            limits: &self.limits,
            optional_columns: self.headings.optional_columns,
            begins,
            dialects: &self.dialects,
            accepted: &self.accepted,
            mapped: self.mapped.as_ref(),
            proficiency: OnceLock::new(),
            gender_letters: OnceLock::new(),
        };
        let shared = Shared::default();
        let progress = ReadProgress { watch: Some(&self.watch), shared: &shared, of: text.len() };
        let unwatched = ReadProgress { watch: None, ..progress };
        let mut first = ChunkReader::new(&file, found, self.corrected.as_mut(), self.shown.as_deref_mut());
        let (others, read) = thread::scope(|scope| {
            let mut threads = Vec::new();
            for (part, found) in others.into_iter().enumerate() {
                let (file, unwatched, start, until) = (&file, &unwatched, starts[part], until(part + 1));
                threads.push(thread::Builder::new().spawn_scoped(scope, move || {
                    let mut rows = file.rows(text, start);
                    let mut other = ChunkReader::new(file, found, None, None).beside_others();
                    // If the host's watch function cancels the reading, the first part returns the error.
                    let _ = other.read(&mut rows, until, unwatched);
                    (other.found, other.stopped, rows)
                }));
            }
            let read = first.read(rows, until(0), &progress);
            // If the thread of a part could not start, this thread reads the part later.
            let join = |thread: io::Result<thread::ScopedJoinHandle<'_, _>>| thread.ok().map(|thread| thread.join());
            (threads.into_iter().map(join).collect::<Vec<_>>(), read)
        });
        read?;
        for (part, other) in others.into_iter().enumerate() {
            let Some(other) = other else {
                first.read(rows, until(part + 1), &progress)?;
                continue;
            };
            let (other, stopped, mut ends) = other.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            // A part was read as if a row began at its start, and as if no rows came before it. Only now can we see
            // whether its result is right after all rows before it. If it is not, we read the part again.
            let found = &first.found;
            let begins = rows.start() == starts[part] && !first.stopped && ends.is_utf8_up_to(until(part + 1));
            let alone = !stopped
                && found.report.rows() + other.report.rows() <= self.limits.rows
                && found.unclosed + other.unclosed < MOST_UNCLOSED;
            if begins && alone {
                first.found.join(other, rows.rows_read(), rows.lines_read());
                rows.go_on_from(&ends);
            } else {
                first.read(rows, until(part + 1), &progress)?;
            }
        }
        self.found = first.found;
        Ok(())
    }

    /// Returns an accumulator for the first part of a text, and an accumulator for each other part. Each reserves
    /// memory for its own students. The first also reserves memory for all usernames, because the other accumulators
    /// are joined to it.
    fn accumulators(&mut self, text: &[u8], from: usize, starts: &[usize]) -> (Accumulator, Vec<Accumulator>) {
        let rows_in = rows_in(text.get(from..).unwrap_or_default());
        let until = |part: usize| starts.get(part).copied().unwrap_or(text.len());
        let mut first = self.found.fresh(rows_in(until(0).saturating_sub(from)));
        first.keys = Keys::with_capacity(rows_in(text.len().saturating_sub(from)));
        first.report = std::mem::take(&mut self.found.report);
        let fresh = |part: usize| first.fresh(rows_in(until(part + 1) - starts[part]));
        let others = (0..starts.len()).map(fresh).collect();
        (first, others)
    }

    /// Returns the starts of the parts of a text, except the first. Each part starts at the start of a line, which is
    /// usually the start of a row.
    fn starts(&self, text: &[u8], from: usize, bytes: usize) -> Vec<usize> {
        let parts = parts(self.threads, bytes, self.smallest_part);
        let line_after = |at: usize| Some(at + memchr::memchr(b'\n', text.get(at..)?)? + 1);
        (1..parts).filter_map(|part| line_after(from + bytes / parts * part)).collect()
    }

    fn add_row_problem(&mut self, code: Code, row: &Row<'_>, detail: Detail) {
        self.found.report.add(Problem::new(code, export::position_of(row)).with_detail(detail), false);
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use proptest::prelude::*;

    use super::*;
    use crate::table;
    use crate::username::SignIn;

    /// A size of parts that is so small that the tests' files have many parts.
    const SMALL: usize = 48;

    #[test]
    fn splits_a_text_at_line_ends_into_parts_of_similar_size() {
        assert_eq!(
            [(1, 9), (2, 1), (2, 2), (8, 3), (0, 9)].map(|(threads, sizes)| parts(threads, sizes * SMALL, SMALL)),
            [1, 1, 2, 3, 1]
        );
        let line = "Amelia Smith,Amelia Smith,Year 7,7B,Female,No,WBRI,No,No\r\n";
        let text = line.repeat(400);
        let reader = Reader::new().threads(4).smallest_part(SMALL);
        let pass = FileReader::new(&reader);
        for from in [0, line.len() * 10 + 3] {
            let bytes = text.len() - from;
            let starts = pass.starts(text.as_bytes(), from, bytes);
            assert_eq!(starts.len(), 3);
            for (part, start) in starts.iter().enumerate() {
                assert_eq!(start % line.len(), 0);
                let even = from + bytes / 4 * (part + 1);
                assert!((even..=even + line.len()).contains(start), "{start} is not near {even}");
            }
        }
    }

    #[test]
    fn runs_the_progress_callback_on_the_callers_thread() {
        let csv =
            crate::reader::template_csv() + &"Amelia Smith,Amelia Smith,Year 7,7B,Female,No,WBRI,No,No\r\n".repeat(40);
        let (own, calls) = (thread::current().id(), Arc::new(AtomicUsize::new(0)));
        let seen = Arc::clone(&calls);
        let reader = Reader::new().threads(4).smallest_part(SMALL).watch(move |_, _| {
            assert_eq!(thread::current().id(), own);
            seen.fetch_add(1, Ordering::Relaxed);
            ControlFlow::Continue(())
        });
        assert!(FileReader::new(&reader).run(Some(csv.as_bytes().into())).is_ok());
        assert!(calls.load(Ordering::Relaxed) > 1);
    }

    #[test]
    fn copies_the_texts_of_a_row_only_if_needed() {
        let long = format!("{} Lee,lee,Year 7,7B,Male,No,WBRI,No,No", "Amelia ".repeat(28).trim_end());
        assert!((192..256).contains(&long.len()));
        let rows = [
            (long.as_str(), true),
            ("Amelia Smith,Amelia Smith,Year 7,7B,Female,No,WBRI,No,No", true),
            ("Zoë Lee,Zoë Lee,Year 7,7B,F,No,WBRI,No,No", true),
            ("Noah Khan,noah,Year 7,7B,Male,No,White British,x,No", true),
            ("\"Kai Ito\",kai,Year 7,7B,Male,No,WBRI,No,No", false),
            ("Mia  Hall,mia,Year 7,7B,F,No,WBRI,No,No", false),
        ];
        let csv = crate::reader::template_csv() + &rows.map(|(row, _)| format!("{row}\n")).concat();
        // The slow path reads the last rows of a file, and it removes the quotation marks.
        for (csv, is_last) in [(csv.clone(), true), (csv + &format!("{}\n", rows[1].0).repeat(50), false)] {
            let reader = Reader::new().fix(true);
            let (students, _, _) = FileReader::new(&reader).run(Some(csv.as_bytes().into())).unwrap();
            for (student, (row, in_place)) in rows.into_iter().enumerate() {
                let expected = in_place || row.starts_with('"') && !is_last;
                assert_eq!(students.in_file(student).is_some(), expected, "{row}");
            }
        }
    }

    #[test]
    fn finds_the_offset_of_a_username_with_and_without_quotation_marks() {
        let names = [
            "Amelia,a@x.uk",
            "\"Amelia\",a@x.uk",
            "Amelia,\"a@x.uk\"",
            "\"Amelia\",\"a@x.uk\"",
            "Zoë,a@x.uk",
            "\"Zoë\",a@x.uk",
        ];
        let row = |names: &str| format!("{names},Year 7,\"7B, 1\",Male,No,WBRI,No,No\n");
        let plain = "Noah,n@x.uk,Year 7,7B,Male,No,WBRI,No,No\n".repeat(9);
        // These are not the same rows again, but different students with the same usernames.
        let other = names.map(row).concat().replace("Male", "Female");
        let csv = crate::reader::template_csv() + &names.map(row).concat() + &other + &plain;
        let report = Reader::new().sign_in(SignIn::Sso).check_bytes(csv.as_bytes());
        let found: Vec<_> =
            report.problems().iter().filter(|p| p.value() == Some("a@x.uk")).filter_map(Problem::byte).collect();
        let cells: Vec<u64> = csv
            .match_indices("a@x.uk")
            .map(|(at, _)| (at - usize::from(csv.as_bytes()[at - 1] == b'"')) as u64)
            .collect();
        assert_eq!(found, cells[1..]);
    }

    #[test]
    fn counts_encoding_warnings_beyond_the_limit_of_listed_problems() {
        let row = b"Zo\xEB Lee,zo\xEB,Year 7,7B,f,No,WBRI,No,No\n";
        let csv = [crate::reader::template_csv().as_bytes(), &row.repeat(60)].concat();
        let counts = |problems| {
            let reader = Reader::new().limits(Limits { problems, ..Limits::default() });
            let (_, report, _) = FileReader::new(&reader).run(Some(csv.as_slice().into())).unwrap();
            (report.error_count(), report.warning_count(), report.fixable_count())
        };
        // Each row has two cells with guessed letters and a gender to fix. Each row except the first repeats the first
        // row's username.
        assert_eq!(counts(1000), (60 + 59, 2 * 60, 60));
        // One more warning says that not all problems are listed.
        assert_eq!(counts(3), (60 + 59, 2 * 60 + 1, 60));
    }

    #[test]
    fn stops_after_too_many_unclosed_quotation_marks_with_any_number_of_threads() {
        let good = "Amelia Smith,a@x.uk,Year 7,7B,Female,No,WBRI,No,No\n";
        for unclosed in [MOST_UNCLOSED - 1, MOST_UNCLOSED, MOST_UNCLOSED + 1] {
            for first in [1, 40, 60, unclosed - 1] {
                // Many quotation marks near the beginning, and the others near the end.
                let broken = |many: usize| "\"Amelia\n".repeat(many);
                let csv =
                    crate::reader::template_csv() + &broken(first) + &good.repeat(200) + &broken(unclosed - first);
                let read = |threads| {
                    let reader = Reader::new().sign_in(SignIn::Sso).threads(threads).smallest_part(SMALL);
                    FileReader::new(&reader).run(Some(csv.as_bytes().into())).unwrap().1
                };
                let one = read(1);
                let is_none = one.problems().iter().any(|problem| problem.code() == Code::NotACsv);
                assert_eq!(is_none, unclosed >= MOST_UNCLOSED);
                assert_eq!((read(2), read(3)), (one.clone(), one), "{unclosed} of which {first} come first");
            }
        }
    }

    #[test]
    fn estimates_the_number_of_rows() {
        for width in [27, 57, 200, 3000] {
            let text = format!("{}\n", "x".repeat(width - 1)).repeat(5000);
            let guess = rows_in(text.as_bytes());
            for rows in [0, 1, 10, 1000, 4000] {
                let found = guess(rows * width);
                assert!(found >= rows && found <= rows + rows / 10 + 2, "{found} for {rows} of {width}");
            }
        }
        assert!(rows_in(b"")(0) <= 1 && rows_in(b"a,b")(3) <= 2);
        // A text that begins only with line ends.
        assert!(rows_in(&[b'\n'; 1 << 16])(1 << 20) <= (1 << 20) / 27 + 1);
    }

    /// Returns the students' data that a caller can see. If the file is refused, the caller can see only the four texts
    /// that the problems need.
    fn seen(students: &Students, report: &Report) -> Vec<Vec<String>> {
        let cells = |student| match report.ok() {
            true => students.at(student).cells().map(str::to_owned).to_vec(),
            false => students.texts(student).map(str::to_owned).to_vec(),
        };
        (0..students.len()).map(cells).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1500))]

        #[test]
        fn reading_with_any_number_of_threads_gives_the_same_result(
            rows in prop::collection::vec(
                prop_oneof![
                    6 => "[A-D][a-c] (Lee|Zoë|Ng),[a-d]{1,2}@x.uk,Year 7,7B,(Male|Female|F),No,(WBRI|White British),No,Yes\r\n",
                    2 => "Al \"Bo\" Cy,[a-d]@x.uk,Year 7,\"7B, Room 1\",Male,No,WBRI,No,Yes\n",
                    1 => "\"A\nB\",a@x.uk,7,\"7\n\n\",Male,No,WBRI,No,No\n",
                    1 => "\"[a,\n]{0,9}\n",
                    1 => "[a,\"\r\n]{0,9}\n",
                    1 => "[A-C]a Lee,[A-C]a Lee,Year 7,7B,M,No,WBRI,No,Yes\n",
                    1 => "[A-D]{250,300} Lee,[a-d]@x.uk,Year 7,7B,M,No,WBRI,No,Yes\n",
                ],
                0..60,
            ),
            // With a second heading row, the rows below it are read differently.
            more_headings in prop_oneof![3 => Just(""), 1 => Just("Forename,Surname\n")],
            with_total: bool,
            fix: bool,
            by_email: bool,
            most_rows in prop_oneof![Just(1000_u64), 0..30_u64],
            problems in prop_oneof![Just(1000_usize), 0..9_usize],
        ) {
            let mut csv = crate::reader::template_csv() + more_headings;
            csv.extend(rows);
            if with_total {
                csv += &format!("Total: {},,,,,,,,\n", Reader::new().check_bytes(csv.as_bytes()).rows());
            }
            let limits = Limits { rows: most_rows, problems, ..Limits::default() };
            let read = |threads| {
                let sign_in = if by_email { SignIn::Sso } else { SignIn::Password };
                let reader = Reader::new().sign_in(sign_in).fix(fix).limits(limits).threads(threads).smallest_part(SMALL);
                let (students, report, _) = FileReader::new(&reader).run(Some(csv.as_bytes().into())).unwrap();
                let students = seen(&students, &report);
                (students, report)
            };
            let one = read(1);
            for threads in [2, 3, 8] {
                prop_assert_eq!(&read(threads), &one, "{} threads", threads);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1500))]

        /// When the report is full, further problems are only counted. The counted problems must be those that a longer
        /// report lists.
        #[test]
        fn counts_the_same_problems_for_any_limit_of_listed_problems(
            rows in prop::collection::vec(
                prop_oneof![
                    6 => "[A-D][a-c] (Lee|Zoë),[a-d]{1,4}@x\\.uk,Year 7,7B,(Male|F| M|f?|),(No|Y|),(WBRI|White British|NOBT|XXXX|WENG|),(No|K|x),(Yes| Yes|ENG)\r\n",
                    1 => "Al  Lee,[a-d]@x\\.uk,Year 7,07-Feb,M,No,WBRI,No,Yes\n",
                    1 => "\"Al Lee\",[a-d]@x\\.uk,Year 7,\"7B, 1\",M,No,WBRI,No,Yes\n",
                ],
                0..60,
            ),
            fix: bool,
            main_codes_only: bool,
            most in 0..9_usize,
        ) {
            let mut csv = crate::reader::template_csv();
            csv.extend(rows);
            let read = |problems| {
                let limits = Limits { problems, ..Limits::default() };
                let reader = Reader::new().sign_in(SignIn::Sso).fix(fix).main_codes_only(main_codes_only).limits(limits);
                let (students, report, _) = FileReader::new(&reader).run(Some(csv.as_bytes().into())).unwrap();
                let students = seen(&students, &report);
                let counted = |code: &&Code| **code != Code::TooManyProblems;
                let counts: Vec<_> = Code::ALL.iter().filter(counted).map(|code| report.count_of(*code)).collect();
                let listed: Vec<_> =
                    report.problems().iter().filter(|problem| counted(&&problem.code())).cloned().collect();
                (report.ok(), students, counts, report.fixed_count(), report.rows(), report.correctable(), listed)
            };
            let (all, few) = (read(1_000), read(most));
            prop_assert_eq!((&all.2, all.3, all.4, all.5), (&few.2, few.3, few.4, few.5));
            prop_assert_eq!(all.6.get(..few.6.len()), Some(&few.6[..]));
            // If a roster is refused, its students are never returned, so they may differ.
            prop_assert_eq!(all.0, few.0);
            prop_assert!(!all.0 || all.1 == few.1);
        }
    }

    /// A file with a byte that is not UTF-8 gives the same result as the file's decoded text.
    #[test]
    fn detects_invalid_utf_8_in_any_part_of_a_file() {
        let rows: String = (0..9).map(|i| format!("Zoë A{i},Zoë A{i},Year 7,7B,Male,No,WBRI,No,No\r\n")).collect();
        let csv = (crate::reader::template_csv() + &rows).into_bytes();
        let results = |csv: &[u8]| {
            let read = |threads| {
                let (students, report, _) = FileReader::new(&Reader::new().threads(threads).smallest_part(SMALL))
                    .run(Some(csv.into()))
                    .unwrap();
                let names: Vec<_> = (0..students.len()).map(|i| students.names(i).map(str::to_owned)).collect();
                (names, report)
            };
            let one = read(1);
            for threads in [2, 3, 7] {
                assert!(read(threads) == one, "{threads} threads");
            }
            let text = table::decode(csv.into()).unwrap().text;
            let as_text = FileReader::new(&Reader::new()).run(Some(text.as_slice().into())).unwrap();
            let names: Vec<_> = (0..as_text.0.len()).map(|i| as_text.0.names(i).map(str::to_owned)).collect();
            assert!(one.0 == names);
            one.1.count_of(Code::Encoding)
        };
        assert_eq!(results(&csv), 0);
        for at in (0..csv.len()).step_by(2) {
            // A letter in Windows-1252, the first byte of a UTF-8 letter, and a later byte of a UTF-8 letter.
            for byte in [b"\xE9", b"\xC3", b"\x80"] {
                let broken = [&csv[..at], byte, &csv[at..]].concat();
                results(&broken);
            }
        }
        // An invalid byte in a row at the end of a part, where the slow path reads. The row is longer than the text
        // that is indexed at once.
        let row = format!("\"x\r\n{}\",x,Year 7,7B,Male,No,WBRI,No,No\r\n", "x".repeat(1_500)).into_bytes();
        let tail = "Zoë Ng,Zoë Ng,Year 7,7B,Male,No,WBRI,No,No\r\n".repeat(30);
        let mut long = [csv.as_slice(), &row, tail.as_bytes()].concat();
        long[csv.len() + 1_400] = b'\xE9';
        results(&long);
        // An invalid byte at the very end of the file, also in the middle of a letter.
        for end in [&b"\xE9"[..], b"\xC3", b"\xE2\x82"] {
            let broken = [csv.as_slice(), b"Zo\xC3\xAB,Zo\xC3\xAB,Year 7,7B,Male,No,WBRI,No,No", end].concat();
            results(&broken);
        }
    }

    #[test]
    fn refuses_a_text_that_becomes_too_long_when_converted_to_utf_8() {
        const LONGEST: usize = 1 << 20;
        // An apostrophe is one byte in Windows-1252 and three in UTF-8.
        let line = [&b"\x92"[..], b"xxxx\n"].concat();
        let csv = |lines: usize| [crate::reader::template_csv().as_bytes(), &line.repeat(lines)].concat();
        let count = |lines| {
            let reader = Reader::new().limits(Limits { problems: 10, ..Limits::default() });
            let mut file = FileReader::new(&reader);
            file.longest_text = LONGEST;
            let (_, report, _) = file.run(Some(csv(lines).into())).unwrap();
            (report.count_of(Code::FileTooLarge), report.count_of(Code::NotAStudent) > 0)
        };
        assert_eq!(count(LONGEST / 8 - 100), (0, true));
        assert_eq!(count(LONGEST / 8 + 1), (1, false));
    }

    #[test]
    fn reads_a_path_and_bytes_identically_with_any_number_of_threads() {
        let mut csv = crate::reader::template_csv();
        csv.extend((0..99).map(|i| format!("Zoë A{i},a{i}@x.uk,7,7B,Male,No,WBRI,No,No\n")));
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &csv).unwrap();
        for threads in [1, 2, 7] {
            let reader = Reader::new().sign_in(SignIn::Sso).threads(threads).smallest_part(SMALL);
            let names =
                |roster: crate::roster::Roster| roster.iter().map(|s| s.full_name.to_owned()).collect::<Vec<_>>();
            let from_path = names(reader.read_path(file.path()).unwrap());
            assert_eq!((from_path.len(), &from_path), (99, &names(reader.read_bytes(csv.as_bytes()).unwrap())));
        }
    }

    #[test]
    fn a_total_counts_the_students_in_all_parts() {
        let mut csv = crate::reader::template_csv();
        csv.extend((0..99).map(|i| format!("Zoë A{i},Zoë A{i},Year 7,7B,Female,No,WBRI,No,No\n")));
        csv += "Total: 99,,,,,,,,\n";
        let read = |threads| Reader::new().threads(threads).smallest_part(SMALL).check_bytes(csv.as_bytes());
        let one = read(1);
        assert_eq!((one.rows(), one.correctable()), (99, true));
        assert_eq!((&read(2), &read(7)), (&one, &one));
    }

    #[test]
    fn only_the_first_row_of_a_file_can_continue_the_headings() {
        let mut csv = crate::reader::template_csv() + "Forename,Surname\n";
        csv.extend((0..99).map(|i| format!("Zoë,A{i},Year 7,7B\n")));
        let read = |threads| Reader::new().threads(threads).smallest_part(SMALL).check_bytes(csv.as_bytes());
        let one = read(1);
        assert_eq!((one.count_of(Code::NotAStudent), one.count_of(Code::RowLength)), (1, 1));
        assert_eq!((&read(2), &read(7)), (&one, &one));
    }

    #[test]
    fn counts_unclosed_quotation_marks_equally_with_any_number_of_threads() {
        let mut csv = crate::reader::template_csv();
        csv.extend((0..150).map(|i| format!("\"A{i},a{i}@x.uk\n")));
        for threads in [1, 2, 4] {
            let report = Reader::new().threads(threads).smallest_part(SMALL).check_bytes(csv.as_bytes());
            assert_eq!(report.count_of(Code::UnclosedQuote), 100, "{threads} threads");
            assert_eq!(report.count_of(Code::NotACsv), 1, "{threads} threads");
        }
    }
}
