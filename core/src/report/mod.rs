//! All problems in one input, with values for people and without values for logs. [`Report`] counts and lists them.

// This file has `Report`. `text.rs` writes it in words, and `by_value.rs` groups problems by value.

mod by_value;
mod csv;
mod json;
mod stored;
mod text;

use serde::{Deserialize, Serialize};

use crate::problem::{Detail, Position, Problem, ProblemCode, Severity, WithValues};
use crate::text::Private;

pub use by_value::ValueGroup;
#[cfg(feature = "command")]
pub(crate) use csv::CSV_HEADINGS;
pub use json::ReportError;
use stored::read_counts;
pub(crate) use text::in_one_line;

/// All problems in one input, in file order, and the fixes that were made while reading the input.
///
/// A report has two texts. [`text`](Self::text) is for the person who uploaded the file, and shows values. `Display` is
/// for logs, and shows no values.
///
/// Serde stores a report without values. The stored report keeps the counts and positions, and still says whether each
/// problem has a fix. To store the values too, serialise [`with_values`](Self::with_values). You can then show the
/// whole report again later. [`to_json`](Self::to_json) is for other programs.
///
/// ```
/// use onroll::{ProblemCode, Reader};
/// let rows = "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,BAFR,No,No\n,,,,,,,,\nNoah Khan,Noah Khan,Year 5,5A,Male,Maybe,APKN,No,No\n";
/// let csv = onroll::template_csv() + rows;
/// let report = Reader::new().check_bytes(csv.as_bytes());
/// assert!(!report.ok() && report.correctable());
/// assert_eq!((report.rows(), report.blank_rows()), (2, 1));
/// assert_eq!((report.error_count(), report.warning_count(), report.fixable_count()), (2, 0, 1));
/// assert_eq!(report.counts().collect::<Vec<_>>(), [(ProblemCode::Gender, 1), (ProblemCode::YesNo, 1)]);
/// assert_eq!(report.count_of(ProblemCode::YesNo), 1);
/// assert_eq!((report.problems().len(), report.warnings().count(), report.sheet()), (2, 0, None));
///
/// // The same file with its safe fixes made.
/// let fixed = Reader::new().fix(true).check_bytes(csv.as_bytes());
/// assert_eq!((fixed.fixed_count(), fixed.fixed().len(), fixed.error_count()), (1, 1, 1));
/// assert!(fixed.is_of_same_file(&report));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Report {
    problems: Vec<Problem>,
    fixed: Vec<Problem>,
    #[serde(rename = "counts", deserialize_with = "read_counts")]
    tally: Vec<CodeCounts>,
    rows: u64,
    blank_rows: u64,
    most: usize,
    uncertain: bool,
    /// The name of the sheet that was read. Like a heading, it may contain a person's name.
    #[serde(default)]
    sheet: Option<Box<Private>>,
    /// Causes that may affect many rows. Each cause becomes one problem, which is listed and counted by `finish`.
    #[serde(skip)]
    // Boxed, because it is empty in every finished report.
    #[allow(clippy::box_collection)]
    causes: Box<Vec<(Problem, bool)>>,
}

/// The number of problems with one code, listed or not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct CodeCounts {
    standing: u64,
    safe: u64,
    fixed: u64,
}

impl Default for Report {
    /// Creates an empty report.
    fn default() -> Self {
        Self::new(0)
    }
}

impl Report {
    /// Creates an empty report, which lists at most this number of problems. Further problems are only counted.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            problems: Vec::new(),
            fixed: Vec::new(),
            tally: vec![CodeCounts::default(); ProblemCode::ALL.len()],
            rows: 0,
            blank_rows: 0,
            most,
            uncertain: false,
            sheet: None,
            causes: Box::default(),
        }
    }

    /// Returns whether the list is full. Any further problem is then only counted, so the texts of such a problem are
    /// not needed.
    pub(crate) fn is_full(&self, fixed: bool) -> bool {
        let list = if fixed { &self.fixed } else { &self.problems };
        list.len() >= self.most
    }

    /// Adds the report on a later segment of the same file. The segment's rows and lines were counted from 1, but
    /// `rows` rows and `lines` lines come before them.
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
        for (cause, fixed) in *later.causes {
            self.merge_cause(cause, fixed, rows, lines);
        }
        self.rows += later.rows;
        self.blank_rows += later.blank_rows;
        self.uncertain |= later.uncertain;
    }

    /// Adds a problem that is open, or that has been fixed.
    pub(crate) fn add(&mut self, problem: Problem, fixed: bool) {
        self.count(problem.code(), problem.is_safe(), fixed);
        let list = if fixed { &mut self.fixed } else { &mut self.problems };
        if list.len() < self.most {
            list.push(problem);
        }
    }

    /// Adds a problem. If a problem with the same cause is known already, adds only the row to that problem. So a cause
    /// such as `not-a-student` is one problem, however many rows it affects.
    pub(crate) fn add_row_of_cause(&mut self, problem: Problem, fixed: bool) {
        self.merge_cause(problem.of_rows(), fixed, 0, 0);
    }

    /// Adds a row to a known cause, without making a problem for the row. Returns whether the cause was known.
    pub(crate) fn add_row_to_cause(&mut self, code: ProblemCode, detail: &Detail, fixed: bool, row: u64) -> bool {
        let is_it = |(cause, was_fixed): &&mut (Problem, bool)| {
            *was_fixed == fixed && cause.code() == code && cause.column().is_none() && cause.detail() == detail
        };
        let known = self.causes.iter_mut().find(is_it);
        known.map(|(cause, _)| cause.push_row(row)).is_some()
    }

    /// Changes the code of each cause that has the code `from` and that `is_it` accepts.
    pub(crate) fn rename_cause(&mut self, from: ProblemCode, to: ProblemCode, is_it: impl Fn(&Problem) -> bool) {
        for (cause, _) in self.causes.iter_mut().filter(|(cause, _)| cause.code() == from && is_it(cause)) {
            cause.set_code(to);
        }
    }

    fn merge_cause(&mut self, problem: Problem, fixed: bool, rows: u64, lines: u64) {
        let known =
            self.causes.iter_mut().find(|(cause, was_fixed)| *was_fixed == fixed && cause.has_cause_of(&problem));
        match known {
            Some((cause, _)) => cause.also_in(problem, rows),
            None => self.causes.push((problem.after(rows, lines), fixed)),
        }
    }

    /// Lists problems that were found after the file was read. These problems are counted already, and `finish` sorts
    /// them into the list.
    pub(crate) fn add_late(&mut self, problems: Vec<Problem>) {
        self.problems.extend(problems.into_iter().take(self.most));
    }

    /// Counts problems that have no safe fix, but does not list them.
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

    /// Counts a row, either as a student's row or as a blank row.
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

    /// Sorts the problems, cuts the lists to the limit, and turns offsets in the text into offsets in the file.
    pub(crate) fn finish(&mut self, file: u32, in_file: impl Fn(&mut [&mut u64])) {
        for (cause, fixed) in *std::mem::take(&mut self.causes) {
            self.count(cause.code(), cause.is_safe(), fixed);
            // There are few causes, and each matters more than a single wrong field. So the limit does not apply to
            // causes here.
            let list = if fixed { &mut self.fixed } else { &mut self.problems };
            list.push(cause);
        }
        for list in [&mut self.problems, &mut self.fixed] {
            list.sort_by_key(Problem::order);
            list.truncate(self.most);
            list.iter_mut().for_each(|problem| problem.set_file(file));
            let mut offsets: Vec<&mut u64> = list.iter_mut().filter_map(Problem::byte_mut).collect();
            offsets.sort();
            in_file(&mut offsets);
        }
        let unlisted = self.error_count() + self.warning_count() - self.problems.len() as u64;
        if unlisted > 0 {
            let detail = Detail::Count { found: unlisted, expected: self.most as u64 };
            self.count(ProblemCode::TooManyProblems, false, false);
            self.problems.push(Problem::new(ProblemCode::TooManyProblems, Position::File).with_detail(detail));
        }
    }

    /// Returns whether any problem was found, open or fixed.
    pub(crate) fn has_any(&self) -> bool {
        !(self.causes.is_empty() && self.problems.is_empty() && self.fixed.is_empty())
    }

    /// Changes every listed problem.
    pub(crate) fn each_mut(&mut self, mut change: impl FnMut(&mut Problem)) {
        let causes = self.causes.iter_mut().map(|(cause, _)| cause);
        self.problems.iter_mut().chain(&mut self.fixed).chain(causes).for_each(&mut change);
    }

    /// Returns the remaining problems in file order, up to [`Limits::problems`](crate::Limits).
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Returns the problems that were fixed while reading, in file order, up to [`Limits::problems`](crate::Limits).
    pub fn fixed(&self) -> &[Problem] {
        &self.fixed
    }

    /// Returns the listed errors.
    ///
    /// ```
    /// use onroll::Reader;
    /// let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,BAFR,No,No\n";
    /// let report = Reader::new().check_bytes(csv.into_bytes());
    /// let codes: Vec<_> = report.errors().map(|problem| problem.code().as_str()).collect();
    /// assert_eq!(codes, ["gender"]);
    /// ```
    pub fn errors(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|p| p.severity() == Severity::Error)
    }

    /// Returns the listed warnings.
    pub fn warnings(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|p| p.severity() == Severity::Warning)
    }

    /// Returns whether there are no errors. If there are none, you can get a roster.
    pub fn ok(&self) -> bool {
        self.error_count() == 0
    }

    /// Returns whether all rows of the file can be separated with certainty.
    /// [`Reader::fix_path`](crate::Reader::fix_path) writes a corrected file only in this case.
    pub fn correctable(&self) -> bool {
        !self.uncertain
    }

    /// Returns whether two reports could be about the same file, judged by the ids of their problems. A report without
    /// problems could be about any file.
    pub fn is_of_same_file(&self, other: &Self) -> bool {
        let file = |report: &Self| report.problems.iter().chain(&report.fixed).next().map(Problem::file);
        file(self).zip(file(other)).is_none_or(|(one, other)| one == other)
    }

    /// Returns the name of the sheet that was read, if the file is a workbook. It may be personal data.
    pub fn sheet(&self) -> Option<&str> {
        self.sheet.as_ref().map(|sheet| sheet.expose())
    }

    /// Sets the name of the sheet, and finds the cell of each problem by the offset of its text.
    #[cfg(feature = "workbook")]
    pub(crate) fn find_in_sheet(&mut self, sheet: &str, column_at: impl Fn(u64, u64) -> Option<u32>) {
        self.sheet = Some(Box::new(Private::new(sheet)));
        self.problems.iter_mut().chain(&mut self.fixed).for_each(|problem| problem.find_in_sheet(&column_at));
    }

    pub(crate) fn set_uncertain(&mut self) {
        self.uncertain = true;
    }

    /// Returns the number of remaining errors, listed or not.
    pub fn error_count(&self) -> u64 {
        self.sum(Severity::Error, |tally| tally.standing)
    }

    /// Returns the number of remaining warnings, listed or not.
    pub fn warning_count(&self) -> u64 {
        self.sum(Severity::Warning, |tally| tally.standing)
    }

    /// Returns the number of fixed problems, listed or not.
    pub fn fixed_count(&self) -> u64 {
        self.tally.iter().fold(0, |sum, tally| sum.saturating_add(tally.fixed))
    }

    /// Returns the number of remaining problems with a safe fix, listed or not.
    pub fn fixable_count(&self) -> u64 {
        self.tally.iter().fold(0, |sum, tally| sum.saturating_add(tally.safe))
    }

    /// Returns the number of remaining problems with a code, listed or not.
    pub fn count_of(&self, code: ProblemCode) -> u64 {
        self.tally_of(code).standing
    }

    /// Returns the number of rows with a student, with or without errors.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Returns the number of blank rows, which were left out.
    pub fn blank_rows(&self) -> u64 {
        self.blank_rows
    }

    /// Returns the number of remaining problems for each code, listed or not. Codes without problems are left out.
    pub fn counts(&self) -> impl Iterator<Item = (ProblemCode, u64)> {
        ProblemCode::ALL.iter().map(|code| (*code, self.count_of(*code))).filter(|(_, count)| *count > 0)
    }

    /// Returns the listed problems grouped by value, in file order. One group has all rows with the same problem
    /// and the same value in a column.
    ///
    /// ```
    /// let row = "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,BAFR,No,No\nNoah Khan,Noah Khan,Year 5,5A,F,No,APKN,No,No\n";
    /// let report = onroll::Reader::new().check_bytes((onroll::template_csv() + row).into_bytes());
    /// let [group] = &report.by_value()[..] else { panic!() };
    /// assert_eq!((group.value(), group.count(), group.row_ranges()), (Some("F"), 2, &[[2, 3]][..]));
    /// assert_eq!(group.message(), "rows 2 and 3, Gender: 'F' should be 'Female' (2 rows)");
    /// ```
    pub fn by_value(&self) -> Vec<ValueGroup> {
        by_value::group(self.problems.iter(), true)
    }

    fn sum(&self, severity: Severity, of: impl Fn(&CodeCounts) -> u64) -> u64 {
        let all = ProblemCode::ALL.iter().zip(&self.tally);
        all.filter(|(code, _)| code.severity() == severity)
            .fold(0, |sum: u64, (_, tally)| sum.saturating_add(of(tally)))
    }

    fn tally_of(&self, code: ProblemCode) -> CodeCounts {
        self.tally.get(code as usize).copied().unwrap_or_default()
    }

    /// Returns the report in a form that is serialised with its values, which are personal data.
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
}

impl CodeCounts {
    fn is_zero(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::{Fix, Position};

    #[test]
    fn counts_all_problems_but_lists_only_up_to_the_limit() {
        let problem = |code, fix: Option<Fix>| Problem::new(code, Position::File).with_fix(fix);
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
    fn the_text_says_how_many_problems_have_a_safe_fix() {
        let in_words = |safe: usize, not: usize| {
            let mut report = Report::new(9);
            let gender = |fix| Problem::new(ProblemCode::Gender, Position::File).with_fix(fix);
            (0..safe).for_each(|_| report.add(gender(Some(Fix::safe("Male"))), false));
            (0..not).for_each(|_| report.add(gender(None), false));
            report.text()
        };
        assert!(in_words(1, 0).contains("1 error, which can be put right for you"), "{}", in_words(1, 0));
        assert!(in_words(2, 0).contains("2 errors, all of which can be put right for you"));
        assert!(in_words(2, 1).contains("3 errors, 2 of which can be put right for you"));
        assert!(!in_words(0, 1).contains("for you") && !in_words(0, 1).contains("warning"));
        let mut report = Report::new(9);
        report.add(Problem::new(ProblemCode::Encoding, Position::File), false);
        assert!(report.text().starts_with("The roster is accepted: 0 students, 1 warning."), "{}", report.text());
    }
}
