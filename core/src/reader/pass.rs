//! One pass over a file: from its bytes to the rows, which are read in parts side by side where that is asked
//! for, and their students and problems put together.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crate::column::{Column, Columns};
use crate::keys::Keys;
use crate::problem::{Detail, Place, Problem, ProblemCode as Code};
use crate::report::Report;
use crate::row::Rules;
use crate::sheet::{self, Broken, CsvWriter, Decoded, Limits, Row, Rows, Source, Unreadable};
use crate::student::Students;
use crate::watch::Watch;

use super::found::Found;
use super::headings::{self, Headings};
use super::part::{self, File, MOST_UNCLOSED, Part};
use super::{Input, Reader};

/// A part of a file that is worth a thread of its own; less in tests, so that they have many.
pub(super) const SMALLEST_PART: usize = if cfg!(any(test, fuzzing)) { 48 } else { 1 << 20 };

/// So long a text may be; less in tests, which need not make one.
const LONGEST_TEXT: usize = if cfg!(test) { 1 << 20 } else { 1 << 31 };

pub(super) struct Pass<'w> {
    rules: Rules,
    watch: Watch,
    any_order: bool,
    optional_columns: bool,
    threads: usize,
    limits: Limits,
    found: Found,
    /// The optional columns that the file does not have.
    absent: Vec<Column>,
    corrected: Option<CsvWriter<&'w mut Vec<u8>>>,
}

/// How far a reading is, for its watch; parts of a file share it.
pub(super) struct Progress<'p> {
    /// Seen from the thread of the caller alone.
    watch: Option<&'p Watch>,
    shared: &'p Shared,
    of: usize,
}

#[derive(Default)]
struct Shared {
    done: AtomicUsize,
    ended: AtomicBool,
}

impl Progress<'_> {
    /// Adds so many bytes that have been read. Fails if the watch ends the reading.
    pub(super) fn see(&self, more: usize) -> io::Result<()> {
        let done = self.shared.done.fetch_add(more, Ordering::Relaxed) + more;
        let seen = match self.watch {
            Some(watch) => watch.see(done, self.of).map_err(io::Error::from),
            None if self.shared.ended.load(Ordering::Relaxed) => Err(io::ErrorKind::Interrupted.into()),
            None => Ok(()),
        };
        if seen.is_err() {
            self.shared.ended.store(true, Ordering::Relaxed);
        }
        seen
    }
}

impl<'w> Pass<'w> {
    pub(super) fn new(reader: &Reader) -> Self {
        let limits = reader.limits.within_reach();
        Self {
            rules: Rules {
                sign_in: reader.sign_in,
                fix: reader.fix,
                main_codes_only: reader.main_codes_only,
                may_be_blank: Columns::default(),
                cell_bytes: limits.cell_bytes,
                ethnicities: reader.ethnicities.clone(),
            },
            watch: reader.watch.clone(),
            any_order: reader.any_order,
            optional_columns: reader.optional_columns,
            threads: reader.threads,
            limits,
            found: Found::new(reader, &limits),
            absent: Vec::new(),
            corrected: None,
        }
    }

    /// Has the rows written as they are corrected.
    pub(super) fn write_to(&mut self, to: &'w mut Vec<u8>) -> io::Result<()> {
        self.corrected = Some(CsvWriter::new(to)?);
        Ok(())
    }

    /// Reads the whole file: its students, and what is wrong. Fails only where writing does, or the watch ends it.
    pub(super) fn run(self, input: Input<'_>) -> io::Result<(Students, Report)> {
        self.run_with_absent(input).map(|(students, report, _)| (students, report))
    }

    /// [`run`](Self::run), with the optional columns that the file does not have.
    pub(super) fn run_with_absent(mut self, input: Input<'_>) -> io::Result<(Students, Report, Vec<Column>)> {
        let mut decoded = self.decoded(input);
        while let Ok(text) = &decoded
            && !self.read(&text.text, text.start, &text.source)?
        {
            // It is not UTF-8 throughout, which is seen only now: what was found is void.
            self.found = self.found.beside(0);
            decoded = text.as_windows_1252().map_err(unreadable).and_then(|text| self.within_reach(text));
        }
        let decoded = match decoded {
            Ok(decoded) => decoded,
            Err((code, detail)) => {
                self.found.whole_file(code, detail);
                let (students, report) = self.found.finish(Vec::new(), &Source::Utf8, 1, &self.watch)?;
                return Ok((students, report, self.absent));
            }
        };
        if let Some(corrected) = self.corrected.take() {
            corrected.finish()?;
        }
        let parts = parts(self.threads, decoded.text.len());
        let (students, report) = self.found.finish(decoded.text, &decoded.source, parts, &self.watch)?;
        Ok((students, report, self.absent))
    }

    /// The text of the file, or why there is none.
    fn decoded(&self, input: Input<'_>) -> Result<Decoded, (Code, Detail)> {
        let most = self.limits.file_bytes;
        let bytes = input.filter(|bytes| bytes.len() as u64 <= most).ok_or_else(|| self.too_large())?;
        // What has been written cannot be called back.
        let decode = if self.corrected.is_some() { sheet::decode } else { sheet::presume };
        self.within_reach(decode(bytes).map_err(unreadable)?)
    }

    /// A text of another encoding grows in UTF-8, and its places must still fit in 32 bits.
    fn within_reach(&self, decoded: Decoded) -> Result<Decoded, (Code, Detail)> {
        if decoded.text.len() > LONGEST_TEXT { Err(self.too_large()) } else { Ok(decoded) }
    }

    fn too_large(&self) -> (Code, Detail) {
        (Code::FileTooLarge, Detail::limit(self.limits.file_bytes, "bytes in the file"))
    }

    /// Reads all rows of a text. Whether it is UTF-8, as it must be for that to be worth anything.
    fn read(&mut self, text: &[u8], start: usize, source: &Source) -> io::Result<bool> {
        let (delimiter, problem) = headings::delimiter(text.get(start..).unwrap_or_default(), self.limits.columns);
        if let Some(problem) = problem {
            self.found.report.add(problem, self.rules.fix);
        }
        let mut rows = Rows::new(text, start, delimiter, &self.limits);
        if let Some(headings) = self.first_row(&mut rows, text, delimiter)? {
            self.rows(&mut rows, text, source, &headings)?;
            if self.found.report.rows() == 0 {
                self.found.whole_file(Code::NoStudents, Detail::None);
            }
        }
        Ok(rows.is_utf8_up_to(text.len()))
    }

    /// Reads the row of headings, unless there is none that could be it.
    fn first_row(&mut self, rows: &mut Rows<'_>, text: &[u8], delimiter: u8) -> io::Result<Option<Headings>> {
        loop {
            let Some(row) = rows.next() else {
                self.found.whole_file(Code::EmptyFile, Detail::None);
                return Ok(None);
            };
            if row.count > self.limits.columns {
                // Before anything else is made of them.
                self.found.report.set_uncertain();
                let detail = Detail::limit(self.limits.columns as u64, "columns");
                self.add_row_problem(Code::RowLength, &row, detail);
                return Ok(None);
            }
            if let Some(broken) = row.broken {
                self.found.report.set_uncertain();
                let (code, detail) = match broken {
                    Broken::Unclosed => (Code::UnclosedQuote, Detail::note(part::UNCLOSED)),
                    Broken::Huge => (Code::TooLong, Detail::limit(self.limits.cell_bytes as u64, "bytes")),
                };
                self.add_row_problem(code, &row, detail);
                return Ok(None);
            }
            if !part::is_blank(&row) {
                let headings = self.headings(&row, text, delimiter)?;
                if !headings.any() {
                    self.found.report.set_uncertain();
                }
                return Ok(Some(headings).filter(Headings::any));
            }
            self.found.report.count_row(true);
        }
    }

    /// Reads the rows below the headings.
    fn rows<'t>(
        &mut self,
        rows: &mut Rows<'t>,
        text: &'t [u8],
        source: &Source,
        headings: &Headings,
    ) -> io::Result<()> {
        let file = File {
            text,
            source,
            delimiter: rows.delimiter(),
            headings,
            rules: &self.rules,
            limits: &self.limits,
            optional_columns: self.optional_columns,
        };
        let shared = Shared::default();
        let progress = Progress { watch: Some(&self.watch), shared: &shared, of: text.len() };
        let unwatched = Progress { watch: None, ..progress };
        // The next row would start behind the end where the headings end without a line break.
        let left = text.len().saturating_sub(rows.start());
        let starts = if self.corrected.is_none() { self.starts(text, rows.start(), left) } else { Vec::new() };
        let until = |part: usize| starts.get(part).copied().unwrap_or(text.len());

        let rows_in = rows_in(text.get(rows.start()..).unwrap_or_default());
        // Room in each for its own students, but in the first for the usernames of all: they are joined to it.
        let mut found = self.found.beside(rows_in(until(0).saturating_sub(rows.start())));
        found.keys = Keys::with_capacity(rows_in(left));
        found.report = std::mem::take(&mut self.found.report);
        let beside = |part: usize| found.beside(rows_in(until(part + 1) - starts[part]));
        let beside: Vec<Found> = (0..starts.len()).map(beside).collect();
        let mut first = Part::new(&file, found, self.corrected.as_mut());
        let (others, read) = thread::scope(|scope| {
            let mut threads = Vec::new();
            for (part, found) in beside.into_iter().enumerate() {
                let (file, unwatched, start, until) = (&file, &unwatched, starts[part], until(part + 1));
                threads.push(thread::Builder::new().spawn_scoped(scope, move || {
                    let mut rows = Rows::new(text, start, file.delimiter, file.limits);
                    let mut other = Part::new(file, found, None);
                    // Where the watch ends the reading, the first part says so.
                    let _ = other.read(&mut rows, until, unwatched);
                    (other.found, other.stopped, rows)
                }));
            }
            let read = first.read(rows, until(0), &progress);
            // A part whose thread could not start is read by this one.
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
            // A part was read as if a row began where it begins, and as if it stood alone. Where that is not so,
            // which is seen only now, it is read again.
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

    /// Where the parts of a text begin that has so many bytes left, but for the first: at the starts of lines, which most
    /// often are rows.
    fn starts(&self, text: &[u8], from: usize, bytes: usize) -> Vec<usize> {
        let parts = parts(self.threads, bytes);
        let line_after = |at: usize| Some(at + memchr::memchr(b'\n', text.get(at..)?)? + 1);
        (1..parts).filter_map(|part| line_after(from + bytes / parts * part)).collect()
    }

    fn headings(&mut self, row: &Row<'_>, text: &[u8], delimiter: u8) -> io::Result<Headings> {
        let (headings, found) = Headings::read(row, self.any_order, self.optional_columns);
        let is_absent = |column: &Column| headings.places[*column as usize].is_none();
        self.absent =
            Column::ALL.into_iter().filter(is_absent).filter(|column| column.when_not_recorded().is_some()).collect();
        for mut found in found {
            if let Some(byte) = found.problem.byte_mut() {
                *byte = part::cell_at(row, text, delimiter, found.cell) as u64;
            }
            let fixed = self.rules.fix && found.problem.is_safe();
            self.found.report.add(found.problem, fixed);
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

    fn add_row_problem(&mut self, code: Code, row: &Row<'_>, detail: Detail) {
        let place = Place::Row { row: row.number, line: row.line, byte: row.start as u64, column: None };
        self.found.report.add(Problem::new(code, place).with_detail(detail), false);
    }
}

/// The problem with a file that is not text.
fn unreadable(unreadable: Unreadable) -> (Code, Detail) {
    match unreadable {
        Unreadable::Empty => (Code::EmptyFile, Detail::None),
        Unreadable::Not(what) => (Code::NotACsv, Detail::note(what)),
    }
}

/// So many threads have enough to do with a text of so many bytes.
fn parts(threads: usize, bytes: usize) -> usize {
    threads.min(bytes / SMALLEST_PART).max(1)
}

/// How many rows a stretch of so many bytes likely has, a few more rather than fewer, by the lines with which its text begins; but
/// no more than rows of a student that short, since a text may begin as it does not go on.
fn rows_in(bytes: &[u8]) -> impl Fn(usize) -> usize {
    const SHORTEST: usize = "A,A,1,A,Male,No,WBRI,No,No\n".len();
    let sample = bytes.get(..1 << 16).unwrap_or(bytes);
    let (lines, size) = (memchr::memchr_iter(b'\n', sample).count() + 1, sample.len().max(1));
    move |bytes| (bytes / size * (lines + lines / 64) + bytes % size * lines / size).min(bytes / SHORTEST + 1)
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::username::SignIn;

    #[test]
    fn a_text_is_parted_at_lines_into_parts_of_a_size() {
        assert_eq!(
            [(1, 9), (2, 1), (2, 2), (8, 3), (0, 9)].map(|(threads, sizes)| parts(threads, sizes * SMALLEST_PART)),
            [1, 1, 2, 3, 1]
        );
        let line = "Amelia Smith,Amelia Smith,Year 7,7B,Female,No,WBRI,No,No\r\n";
        let text = line.repeat(400);
        let reader = Reader::new().threads(4);
        let pass = Pass::new(&reader);
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
    fn a_watch_is_called_by_the_thread_that_reads() {
        let csv =
            super::super::template_csv() + &"Amelia Smith,Amelia Smith,Year 7,7B,Female,No,WBRI,No,No\r\n".repeat(40);
        let (own, calls) = (thread::current().id(), Arc::new(AtomicUsize::new(0)));
        let seen = Arc::clone(&calls);
        let reader = Reader::new().threads(4).watch(move |_, _| {
            assert_eq!(thread::current().id(), own);
            seen.fetch_add(1, Ordering::Relaxed);
            ControlFlow::Continue(())
        });
        assert!(Pass::new(&reader).run(Some(csv.as_bytes().into())).is_ok());
        assert!(calls.load(Ordering::Relaxed) > 1);
    }

    #[test]
    fn texts_are_copied_only_where_they_must_be() {
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
        let csv = super::super::template_csv() + &rows.map(|(row, _)| format!("{row}\n")).concat();
        // The last rows of a file are for the other lane, which takes the quotes away.
        for (csv, is_last) in [(csv.clone(), true), (csv + &format!("{}\n", rows[1].0).repeat(50), false)] {
            let reader = Reader::new().fix(true);
            let (students, _) = Pass::new(&reader).run(Some(csv.as_bytes().into())).unwrap();
            for (student, (row, in_place)) in rows.into_iter().enumerate() {
                let expected = in_place || row.starts_with('"') && !is_last;
                assert_eq!(students.in_file(student).is_some(), expected, "{row}");
            }
        }
    }

    #[test]
    fn a_username_is_found_in_quotes_and_beside_them() {
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
        // Not the same rows twice, but other students with the same usernames.
        let other = names.map(row).concat().replace("Male", "Female");
        let csv = super::super::template_csv() + &names.map(row).concat() + &other + &plain;
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
    fn guessed_letters_are_counted_however_many_problems_are_listed() {
        let row = b"Zo\xEB Lee,zo\xEB,Year 7,7B,f,No,WBRI,No,No\n";
        let csv = [super::super::template_csv().as_bytes(), &row.repeat(60)].concat();
        let counts = |problems| {
            let reader = Reader::new().limits(Limits { problems, ..Limits::default() });
            let (_, report) = Pass::new(&reader).run(Some(csv.as_slice().into())).unwrap();
            (report.error_count(), report.warning_count(), report.fixable_count())
        };
        // Each row has two guessed cells and a gender; each but the first has the username of the first.
        assert_eq!(counts(1000), (60 + 59, 2 * 60, 60));
        // And one more says that not all are listed.
        assert_eq!(counts(3), (60 + 59, 2 * 60 + 1, 60));
    }

    #[test]
    fn quotes_are_too_many_wherever_the_parts_are_cut() {
        let good = "Amelia Smith,a@x.uk,Year 7,7B,Female,No,WBRI,No,No\n";
        for unclosed in [MOST_UNCLOSED - 1, MOST_UNCLOSED, MOST_UNCLOSED + 1] {
            for first in [1, 40, 60, unclosed - 1] {
                // So many quotes near the beginning, and the others near the end.
                let broken = |many: usize| "\"Amelia\n".repeat(many);
                let csv = super::super::template_csv() + &broken(first) + &good.repeat(200) + &broken(unclosed - first);
                let read = |threads| {
                    let reader = Reader::new().sign_in(SignIn::Sso).threads(threads);
                    Pass::new(&reader).run(Some(csv.as_bytes().into())).unwrap().1
                };
                let one = read(1);
                let is_none = one.problems().iter().any(|problem| problem.code() == Code::NotACsv);
                assert_eq!(is_none, unclosed >= MOST_UNCLOSED);
                assert_eq!((read(2), read(3)), (one.clone(), one), "{unclosed} of which {first} come first");
            }
        }
    }

    #[test]
    fn how_many_rows_there_are_is_guessed_well() {
        for width in [27, 57, 200, 3000] {
            let text = format!("{}\n", "x".repeat(width - 1)).repeat(5000);
            let guess = rows_in(text.as_bytes());
            for rows in [0, 1, 10, 1000, 4000] {
                let found = guess(rows * width);
                assert!(found >= rows && found <= rows + rows / 10 + 2, "{found} for {rows} of {width}");
            }
        }
        assert!(rows_in(b"")(0) <= 1 && rows_in(b"a,b")(3) <= 2);
        // A text that begins with nothing but ends of lines.
        assert!(rows_in(&[b'\n'; 1 << 16])(1 << 20) <= (1 << 20) / 27 + 1);
    }

    /// What is to be seen of the students: where the file is refused, no more than the names, for its problems.
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
        fn any_number_of_threads_finds_the_same(
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
            fix: bool,
            by_email: bool,
            most_rows in prop_oneof![Just(1000_u64), 0..30_u64],
            problems in prop_oneof![Just(1000_usize), 0..9_usize],
        ) {
            let mut csv = super::super::template_csv();
            csv.extend(rows);
            let limits = Limits { rows: most_rows, problems, ..Limits::default() };
            let read = |threads| {
                let sign_in = if by_email { SignIn::Sso } else { SignIn::Password };
                let reader = Reader::new().sign_in(sign_in).fix(fix).limits(limits).threads(threads);
                let (students, report) = Pass::new(&reader).run(Some(csv.as_bytes().into())).unwrap();
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

        /// Faults that are only counted, since as many are listed as may be, are those that would be listed.
        #[test]
        fn however_many_problems_are_listed_the_same_are_counted(
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
            let mut csv = super::super::template_csv();
            csv.extend(rows);
            let read = |problems| {
                let limits = Limits { problems, ..Limits::default() };
                let reader = Reader::new().sign_in(SignIn::Sso).fix(fix).main_codes_only(main_codes_only).limits(limits);
                let (students, report) = Pass::new(&reader).run(Some(csv.as_bytes().into())).unwrap();
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
            // Of a roster that is refused nobody sees a student.
            prop_assert_eq!(all.0, few.0);
            prop_assert!(!all.0 || all.1 == few.1);
        }
    }

    /// Wherever a byte stands that is not UTF-8, the file is read as if that had been known before.
    #[test]
    fn a_file_is_no_utf_8_wherever_that_is_seen() {
        let rows: String = (0..9).map(|i| format!("Zoë A{i},Zoë A{i},Year 7,7B,Male,No,WBRI,No,No\r\n")).collect();
        let csv = (super::super::template_csv() + &rows).into_bytes();
        let results = |csv: &[u8]| {
            let read = |threads| {
                let (students, report) = Pass::new(&Reader::new().threads(threads)).run(Some(csv.into())).unwrap();
                let names: Vec<_> = (0..students.len()).map(|i| students.names(i).map(str::to_owned)).collect();
                (names, report)
            };
            let one = read(1);
            for threads in [2, 3, 7] {
                assert!(read(threads) == one, "{threads} threads");
            }
            let text = sheet::decode(csv.into()).unwrap().text;
            let as_text = Pass::new(&Reader::new()).run(Some(text.as_slice().into())).unwrap();
            let names: Vec<_> = (0..as_text.0.len()).map(|i| as_text.0.names(i).map(str::to_owned)).collect();
            assert!(one.0 == names);
            one.1.count_of(Code::Encoding)
        };
        assert_eq!(results(&csv), 0);
        for at in (0..csv.len()).step_by(2) {
            // A letter of Windows-1252, the beginning of one of UTF-8, and the middle of one.
            for byte in [b"\xE9", b"\xC3", b"\x80"] {
                let broken = [&csv[..at], byte, &csv[at..]].concat();
                results(&broken);
            }
        }
        // In what the other lane reads at the end of a part, which is longer than what is indexed at once.
        let row = format!("\"x\r\n{}\",x,Year 7,7B,Male,No,WBRI,No,No\r\n", "x".repeat(1_500)).into_bytes();
        let tail = "Zoë Ng,Zoë Ng,Year 7,7B,Male,No,WBRI,No,No\r\n".repeat(30);
        let mut long = [csv.as_slice(), &row, tail.as_bytes()].concat();
        long[csv.len() + 1_400] = b'\xE9';
        results(&long);
        // At the very end, and cut off in the middle of a letter.
        for end in [&b"\xE9"[..], b"\xC3", b"\xE2\x82"] {
            let broken = [csv.as_slice(), b"Zo\xC3\xAB,Zo\xC3\xAB,Year 7,7B,Male,No,WBRI,No,No", end].concat();
            results(&broken);
        }
    }

    #[test]
    fn a_text_that_grows_too_long_is_refused() {
        // A euro is one byte in Windows-1252 and three in UTF-8.
        let line = [&b"\x80"[..], b"xxxx\n"].concat();
        let csv = |lines: usize| [super::super::template_csv().as_bytes(), &line.repeat(lines)].concat();
        let count = |lines| {
            let reader = Reader::new().limits(Limits { problems: 10, ..Limits::default() });
            let (_, report) = Pass::new(&reader).run(Some(csv(lines).into())).unwrap();
            (report.count_of(Code::FileTooLarge), report.count_of(Code::RowLength) > 0)
        };
        assert_eq!(count(LONGEST_TEXT / 8 - 100), (0, true));
        assert_eq!(count(LONGEST_TEXT / 8 + 1), (1, false));
    }

    #[test]
    fn a_file_is_the_same_whoever_loads_it() {
        let mut csv = super::super::template_csv();
        csv.extend((0..99).map(|i| format!("Zoë A{i},a{i}@x.uk,7,7B,Male,No,WBRI,No,No\n")));
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &csv).unwrap();
        for threads in [1, 2, 7] {
            let reader = Reader::new().sign_in(SignIn::Sso).threads(threads);
            let names =
                |roster: crate::roster::Roster| roster.iter().map(|s| s.full_name.to_owned()).collect::<Vec<_>>();
            let from_path = names(reader.read_path(file.path()).unwrap());
            assert_eq!((from_path.len(), &from_path), (99, &names(reader.read_bytes(csv.as_bytes()).unwrap())));
        }
    }

    #[test]
    fn quotes_that_are_never_closed_are_counted_across_threads() {
        let mut csv = super::super::template_csv();
        csv.extend((0..150).map(|i| format!("\"A{i},a{i}@x.uk\n")));
        for threads in [1, 2, 4] {
            let report = Reader::new().threads(threads).check_bytes(csv.as_bytes());
            assert_eq!(report.count_of(Code::UnclosedQuote), 100, "{threads} threads");
            assert_eq!(report.count_of(Code::NotACsv), 1, "{threads} threads");
        }
    }
}
