//! All the problems of one input: with the values for people, without them for logs.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::io;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::problem::{Detail, Place, Problem, ProblemCode, Severity, StoredProblem, WithValues};
use crate::sheet::CsvWriter;

/// All the problems of one input, in file order, and the fixes made while reading it.
///
/// It speaks twice: [`text`](Self::text) is for the person who uploaded the file and shows the
/// values; `Display` says the same for logs, without a single cell's text.
///
/// With serde it is stored without the values, and reads back with the same counts, places and fixes to make;
/// [`with_values`](Self::with_values) stores it whole, to be shown again later. [`to_json`](Self::to_json) is for other
/// programs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Report {
    problems: Vec<Problem>,
    fixed: Vec<Problem>,
    #[serde(rename = "counts", deserialize_with = "read_counts")]
    tally: Vec<Tally>,
    rows: u64,
    blank_rows: u64,
    most: usize,
    uncertain: bool,
}

/// How many problems of a code there are, listed or not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Tally {
    standing: u64,
    safe: u64,
    fixed: u64,
}

impl Report {
    /// An empty report that will list so many problems, and count the rest.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, tally: vec![Tally::default(); ProblemCode::ALL.len()], ..Self::default() }
    }

    /// Whether one more problem, or one more that is fixed, will only be counted, so that its texts need not be made.
    pub(crate) fn is_full(&self, fixed: bool) -> bool {
        let list = if fixed { &self.fixed } else { &self.problems };
        list.len() >= self.most
    }

    /// Adds the report on what follows in the same file, whose rows and lines were counted from 1 though so many
    /// stand before them.
    pub(crate) fn join(&mut self, later: Self, rows: u64, lines: u64) {
        for (list, more) in [(&mut self.problems, later.problems), (&mut self.fixed, later.fixed)] {
            let room = self.most.saturating_sub(list.len());
            list.extend(more.into_iter().take(room).map(|problem| problem.after(rows, lines)));
        }
        for (tally, more) in self.tally.iter_mut().zip(later.tally) {
            tally.standing += more.standing;
            tally.safe += more.safe;
            tally.fixed += more.fixed;
        }
        self.rows += later.rows;
        self.blank_rows += later.blank_rows;
        self.uncertain |= later.uncertain;
    }

    /// Adds a problem, or one that has been fixed.
    pub(crate) fn add(&mut self, problem: Problem, fixed: bool) {
        self.count(problem.code(), problem.is_safe(), fixed);
        let list = if fixed { &mut self.fixed } else { &mut self.problems };
        if list.len() < self.most {
            list.push(problem);
        }
    }

    /// Lists problems found after the file was read, which belong between the others and are counted already.
    pub(crate) fn add_late(&mut self, problems: Vec<Problem>) {
        self.problems.extend(problems.into_iter().take(self.most));
    }

    /// Counts problems that stand, and have no safe fix, without listing them.
    pub(crate) fn count_many(&mut self, code: ProblemCode, count: u64) {
        if let Some(tally) = self.tally.get_mut(code as usize) {
            tally.standing += count;
        }
    }

    /// Counts a problem without listing it.
    pub(crate) fn count(&mut self, code: ProblemCode, safe: bool, fixed: bool) {
        if let Some(tally) = self.tally.get_mut(code as usize) {
            tally.fixed += u64::from(fixed);
            tally.standing += u64::from(!fixed);
            tally.safe += u64::from(safe && !fixed);
        }
    }

    /// Counts a student's row, or a blank one.
    pub(crate) fn count_row(&mut self, blank: bool) {
        if blank {
            self.blank_rows += 1;
        } else {
            self.rows += 1;
        }
    }

    pub(crate) fn count_rows(&mut self, students: u64) {
        self.rows += students;
    }

    /// Puts the problems in order, keeps as many as may be listed, and turns places in the text into
    /// places in the file.
    pub(crate) fn finish(&mut self, in_file: impl Fn(&mut [&mut u64])) {
        for list in [&mut self.problems, &mut self.fixed] {
            list.sort_by_key(Problem::order);
            list.truncate(self.most);
            let mut offsets: Vec<&mut u64> = list.iter_mut().filter_map(Problem::byte_mut).collect();
            offsets.sort();
            in_file(&mut offsets);
        }
        let unlisted = self.error_count() + self.warning_count() - self.problems.len() as u64;
        if unlisted > 0 {
            let detail = Detail::Count { found: unlisted, expected: self.most as u64 };
            self.count(ProblemCode::TooManyProblems, false, false);
            self.problems.push(Problem::new(ProblemCode::TooManyProblems, Place::File).with_detail(detail));
        }
    }

    /// The problems that stand, in file order: as many as [`Limits::problems`](crate::Limits) lists.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The problems that were fixed while reading, in file order: as many as are listed.
    pub fn fixed(&self) -> &[Problem] {
        &self.fixed
    }

    /// The listed problems that keep the roster from being built.
    pub fn errors(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|p| p.severity() == Severity::Error)
    }

    /// The listed problems that do not.
    pub fn warnings(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|p| p.severity() == Severity::Warning)
    }

    /// Whether a roster can be built: no error stands.
    pub fn ok(&self) -> bool {
        self.error_count() == 0
    }

    /// Whether the rows of the file can be told apart with certainty and whole, so that
    /// [`Reader::fix_path`](crate::Reader::fix_path) writes a corrected one.
    pub fn correctable(&self) -> bool {
        !self.uncertain
    }

    pub(crate) fn set_uncertain(&mut self) {
        self.uncertain = true;
    }

    /// How many errors stand, listed or not.
    pub fn error_count(&self) -> u64 {
        self.sum(Severity::Error, |tally| tally.standing)
    }

    /// How many warnings stand, listed or not.
    pub fn warning_count(&self) -> u64 {
        self.sum(Severity::Warning, |tally| tally.standing)
    }

    /// How many problems were fixed, listed or not.
    pub fn fixed_count(&self) -> u64 {
        self.tally.iter().fold(0, |sum, tally| sum.saturating_add(tally.fixed))
    }

    /// How many of the problems that stand have a safe fix, listed or not.
    pub fn fixable_count(&self) -> u64 {
        self.tally.iter().fold(0, |sum, tally| sum.saturating_add(tally.safe))
    }

    /// How many problems of a code stand, listed or not.
    pub fn count_of(&self, code: ProblemCode) -> u64 {
        self.tally_of(code).standing
    }

    /// How many rows hold a student, right or wrong.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// How many rows hold nothing, and were left out.
    pub fn blank_rows(&self) -> u64 {
        self.blank_rows
    }

    fn sum(&self, severity: Severity, of: impl Fn(&Tally) -> u64) -> u64 {
        let all = ProblemCode::ALL.iter().zip(&self.tally);
        all.filter(|(code, _)| code.severity() == severity)
            .fold(0, |sum: u64, (_, tally)| sum.saturating_add(of(tally)))
    }

    fn tally_of(&self, code: ProblemCode) -> Tally {
        self.tally.get(code as usize).copied().unwrap_or_default()
    }

    /// The report for the person who uploaded the file: what is wrong, grouped by kind, where, and
    /// what to write instead. Shows the cells.
    pub fn text(&self) -> String {
        let mut out = String::new();
        // Writing to a String does not fail.
        let _ = self.write(&mut out, true);
        out
    }

    fn write(&self, out: &mut impl fmt::Write, values: bool) -> fmt::Result {
        self.write_summary(out)?;
        for &code in ProblemCode::ALL {
            let tally = self.tally_of(code);
            if tally.standing > 0 {
                let kind = plural(tally.standing, code.severity().as_str());
                let fix = match tally.safe {
                    0 => String::new(),
                    safe if safe == tally.standing && safe == 1 => ", which can be put right automatically".to_owned(),
                    safe if safe == tally.standing => ", all of which can be put right automatically".to_owned(),
                    safe => format!(", {safe} of which can be put right automatically"),
                };
                write!(out, "\n{}: {kind}{fix}\n", code.title())?;
                Self::write_lines(out, &self.problems, code, tally.standing, values)?;
            }
        }
        if self.fixed_count() > 0 {
            write!(out, "\nPut right automatically\n")?;
            for &code in ProblemCode::ALL {
                Self::write_lines(out, &self.fixed, code, self.tally_of(code).fixed, values)?;
            }
        }
        Ok(())
    }

    fn write_summary(&self, out: &mut impl fmt::Write) -> fmt::Result {
        let (errors, warnings) = (self.error_count(), self.warning_count());
        let rows = plural(self.rows, "student");
        if errors > 0 {
            write!(out, "The roster is refused: {} in {rows}", plural(errors, "error"))?;
        } else {
            write!(out, "The roster is accepted: {rows}")?;
        }
        if warnings > 0 {
            write!(out, ", {}", plural(warnings, "warning"))?;
        }
        out.write_str(".")?;
        match self.fixable_count() {
            0 => {}
            1 => out.write_str(" 1 problem can be put right automatically.")?,
            safe => write!(out, " {safe} problems can be put right automatically.")?,
        }
        match self.fixed_count() {
            0 => {}
            1 => out.write_str(" 1 problem was put right.")?,
            fixed => write!(out, " {fixed} problems were put right.")?,
        }
        match self.blank_rows {
            0 => {}
            1 => out.write_str(" 1 blank row was left out.")?,
            blank => write!(out, " {blank} blank rows were left out.")?,
        }
        out.write_str("\n")
    }

    /// The first of the problems of a code, a line each, and how many more there are.
    fn write_lines(
        out: &mut impl fmt::Write,
        problems: &[Problem],
        code: ProblemCode,
        count: u64,
        values: bool,
    ) -> fmt::Result {
        const SHOWN: usize = 20;
        let mut shown = 0;
        for problem in problems.iter().filter(|p| p.code() == code).take(SHOWN) {
            shown += 1;
            if values {
                writeln!(out, "  {}", problem.message())?;
            } else {
                writeln!(out, "  {problem}")?;
            }
        }
        match count.saturating_sub(shown) {
            0 => Ok(()),
            more => writeln!(out, "  and {more} more"),
        }
    }

    /// The report as JSON, with or without what is in the cells.
    ///
    /// An object of `ok`, `rows`, `blank_rows`, `errors` and `warnings` (counts), and the lists
    /// `problems` and `fixed`; each problem has `code`, `severity`, `row`, `line`, `record`, `column`,
    /// `byte`, `value`, `message`, `fix` and `safe`. Without values, `value` and `fix` are null and `message`
    /// names none.
    pub fn to_json(&self, values: bool) -> String {
        let whole = Whole {
            ok: self.ok(),
            rows: self.rows,
            blank_rows: self.blank_rows,
            errors: self.error_count(),
            warnings: self.warning_count(),
            problems: self.problems.iter().map(|p| View::of(p, values)).collect(),
            fixed: self.fixed.iter().map(|p| View::of(p, values)).collect(),
        };
        // Strings and numbers always serialize.
        serde_json::to_string(&whole).unwrap_or_default()
    }

    /// Returns the report as a value that serializes with what is in the cells: personal data.
    ///
    /// ```
    /// use onroll::{Reader, Report};
    /// let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,BAFR,No,No\n";
    /// let report = Reader::new().check_bytes(csv.into_bytes());
    /// assert!(!serde_json::to_string(&report)?.contains("Female"));
    /// let stored = serde_json::to_string(&report.with_values())?;
    /// assert_eq!(serde_json::from_str::<Report>(&stored)?, report);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn with_values(&self) -> WithValues<'_, Self> {
        WithValues(self)
    }

    fn stored(&self, values: bool) -> Stored<'_> {
        Stored {
            problems: self.problems.iter().map(|problem| problem.stored(values)).collect(),
            fixed: self.fixed.iter().map(|problem| problem.stored(values)).collect(),
            counts: ProblemCode::ALL
                .iter()
                .copied()
                .zip(self.tally.iter().copied())
                .filter(|(_, t)| !t.is_zero())
                .collect(),
            rows: self.rows,
            blank_rows: self.blank_rows,
            most: self.most,
            uncertain: self.uncertain,
        }
    }

    /// Writes the listed problems as CSV, with values, for a spreadsheet: nothing in it is run.
    ///
    /// # Errors
    /// If writing fails.
    pub fn write_csv(&self, to: impl io::Write) -> io::Result<()> {
        let mut csv = CsvWriter::new(to)?;
        csv.row(["Severity", "Code", "Row", "Line", "Column", "Value", "Fix", "Safe", "Message"])?;
        for problem in &self.problems {
            let number = |n: Option<u64>| n.map(|n| n.to_string()).unwrap_or_default();
            csv.row([
                problem.severity().as_str(),
                problem.code().as_str(),
                &number(problem.row()),
                &number(problem.line()),
                problem.column().map_or("", |c| c.heading()),
                problem.value().unwrap_or_default(),
                problem.fix().map_or("", |fix| fix.text()),
                if problem.is_safe() { "Yes" } else { "No" },
                &problem.message(),
            ])?;
        }
        csv.finish()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        self.write(&mut out, false)?;
        f.write_str(out.trim_end())
    }
}

impl Tally {
    fn is_zero(&self) -> bool {
        *self == Self::default()
    }
}

/// A report as serde writes it.
#[derive(Serialize)]
struct Stored<'r> {
    problems: Vec<StoredProblem<'r>>,
    fixed: Vec<StoredProblem<'r>>,
    /// By code, so that a later version with other codes counts the same.
    counts: BTreeMap<ProblemCode, Tally>,
    rows: u64,
    blank_rows: u64,
    most: usize,
    uncertain: bool,
}

fn read_counts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Tally>, D::Error> {
    let mut counts = BTreeMap::<ProblemCode, Tally>::deserialize(deserializer)?;
    Ok(ProblemCode::ALL.iter().map(|code| counts.remove(code).unwrap_or_default()).collect())
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.stored(false).serialize(serializer)
    }
}

impl Serialize for WithValues<'_, Report> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.stored(true).serialize(serializer)
    }
}

/// One line on the report, for an error: how many problems of which kind, and where the first is.
pub(crate) fn in_one_line(report: &Report) -> String {
    let mut out = plural(report.error_count(), "error");
    let kinds = ProblemCode::ALL.iter().filter(|c| c.severity() == Severity::Error && report.count_of(**c) > 0);
    for (place, code) in kinds.enumerate() {
        let before = if place == 0 { ": " } else { ", " };
        let _ = write!(out, "{before}{code} {}", report.count_of(*code));
    }
    if let Some(first) = report.errors().next() {
        let _ = write!(out, "; first, {first}");
    }
    out
}

fn plural(count: u64, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

#[derive(Serialize)]
struct Whole<'r> {
    ok: bool,
    rows: u64,
    blank_rows: u64,
    errors: u64,
    warnings: u64,
    problems: Vec<View<'r>>,
    fixed: Vec<View<'r>>,
}

#[derive(Serialize)]
struct View<'r> {
    code: ProblemCode,
    severity: &'static str,
    row: Option<u64>,
    line: Option<u64>,
    record: Option<usize>,
    column: Option<&'static str>,
    byte: Option<u64>,
    value: Option<&'r str>,
    message: String,
    fix: Option<&'r str>,
    safe: bool,
}

impl<'r> View<'r> {
    fn of(problem: &'r Problem, values: bool) -> Self {
        Self {
            code: problem.code(),
            severity: problem.severity().as_str(),
            row: problem.row(),
            line: problem.line(),
            record: problem.record(),
            column: problem.column().map(|c| c.heading()),
            byte: problem.byte(),
            value: problem.value().filter(|_| values),
            message: if values { problem.message() } else { problem.to_string() },
            fix: problem.fix().filter(|_| values).map(|fix| fix.text()),
            safe: problem.is_safe(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::{Fix, Place};

    #[test]
    fn no_more_is_listed_than_may_be_and_all_is_counted() {
        let problem = |code, fix: Option<Fix>| Problem::new(code, Place::File).with_fix(fix);
        let mut report = Report::new(2);
        for _ in 0..3 {
            report.add(problem(ProblemCode::Gender, Some(Fix::safe("Male"))), false);
            report.add(problem(ProblemCode::Encoding, None), true);
        }
        assert_eq!((report.problems().len(), report.fixed().len()), (2, 2));
        assert_eq!((report.error_count(), report.fixed_count(), report.fixable_count()), (3, 3, 3));
        assert!(report.is_full(false) && report.is_full(true));
        let mut report = Report::new(2);
        report.add(problem(ProblemCode::Encoding, None), false);
        report.add(problem(ProblemCode::Gender, None), true);
        assert!(!report.is_full(false) && !report.is_full(true));
        assert_eq!((report.warnings().count(), report.errors().count()), (1, 0));
    }

    #[test]
    fn how_many_can_be_put_right_is_said() {
        let told = |safe: usize, not: usize| {
            let mut report = Report::new(9);
            let gender = |fix| Problem::new(ProblemCode::Gender, Place::File).with_fix(fix);
            (0..safe).for_each(|_| report.add(gender(Some(Fix::safe("Male"))), false));
            (0..not).for_each(|_| report.add(gender(None), false));
            report.text()
        };
        assert!(told(1, 0).contains("1 error, which can be put right automatically"), "{}", told(1, 0));
        assert!(told(2, 0).contains("2 errors, all of which can be put right automatically"));
        assert!(told(2, 1).contains("3 errors, 2 of which can be put right automatically"));
        assert!(!told(0, 1).contains("automatically") && !told(0, 1).contains("warning"));
        let mut report = Report::new(9);
        report.add(Problem::new(ProblemCode::Encoding, Place::File), false);
        assert!(report.text().starts_with("The roster is accepted: 0 students, 1 warning."), "{}", report.text());
    }
}
