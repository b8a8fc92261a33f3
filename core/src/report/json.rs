//! Writes and reads a report as JSON (`to_json`), with its fields. Other programs can use the same JSON. `stored.rs`
//! serialises a report within other data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::column::Column;
use crate::format::{self, UnreadableJson};
use crate::problem::{Detail, Fix, InSheet, Position, Problem, ProblemCode};
use crate::text::Private;

use super::{CodeCounts, Report};

/// The format version that this version of onroll writes and reads.
const FORMAT: u64 = 1;

/// The reason why a text could not be read as a report.
///
/// ```
/// use onroll::report::ReportError;
/// use onroll::Report;
/// let error = Report::from_json("a page of HTML").unwrap_err();
/// assert!(matches!(error, ReportError::Json { .. }) && error.code() == "report-not-json");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The text is not the JSON of a report.
    #[error("the JSON of a report is not valid at line {line}, column {column}")]
    Json {
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
    },
    /// The report is in a format that this version of onroll cannot read.
    #[error("the report is in format {found}, and this version of onroll reads format {newest}")]
    Version {
        /// The format of the text.
        found: u64,
        /// The format that this version of onroll reads.
        newest: u64,
    },
}

impl ReportError {
    /// Returns the error's code, in kebab-case.
    pub fn code(self) -> &'static str {
        match self {
            Self::Json { .. } => "report-not-json",
            Self::Version { .. } => "report-version",
        }
    }
}

impl From<UnreadableJson> for ReportError {
    fn from(unreadable: UnreadableJson) -> Self {
        match unreadable {
            UnreadableJson::Json { line, column } => Self::Json { line, column },
            UnreadableJson::Version { found, newest } => Self::Version { found, newest },
        }
    }
}

#[derive(Serialize)]
struct Whole<'r> {
    format: u64,
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    sheet: Option<&'r str>,
    rows: u64,
    blank_rows: u64,
    errors: u64,
    warnings: u64,
    counts: BTreeMap<ProblemCode, u64>,
    problems: Vec<View<'r>>,
    fixed: Vec<View<'r>>,
    kept: String,
}

#[derive(Serialize)]
struct View<'r> {
    id: String,
    code: ProblemCode,
    severity: &'static str,
    row: Option<u64>,
    line: Option<u64>,
    record: Option<usize>,
    column: Option<&'static str>,
    /// The school's own heading, if the file was read with a mapping.
    #[serde(skip_serializing_if = "Option::is_none")]
    heading: Option<&'r str>,
    field: Option<Column>,
    byte: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cell: Option<String>,
    value: Option<&'r str>,
    message: String,
    fix: Option<&'r str>,
    safe: bool,
    count: u64,
    rows: &'r [[u64; 2]],
    /// The details of the message, as JSON within a string. Code that renames keys does not change text within a
    /// string.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

/// The fields that only [`Report::from_json`] needs. They are written as JSON within a string.
#[derive(Serialize, Deserialize)]
struct Kept {
    tally: BTreeMap<ProblemCode, CodeCounts>,
    most: usize,
    uncertain: bool,
    file: u32,
}

/// A report as [`Report::from_json`] reads it. Numbers that can be computed from other fields are left out.
#[derive(Deserialize)]
struct StoredReport {
    #[serde(default)]
    sheet: Option<String>,
    rows: u64,
    #[serde(alias = "blankRows")]
    blank_rows: u64,
    problems: Vec<ReadProblem>,
    fixed: Vec<ReadProblem>,
    kept: String,
}

#[derive(Deserialize)]
struct ReadProblem {
    code: ProblemCode,
    row: Option<u64>,
    line: Option<u64>,
    record: Option<usize>,
    column: Option<String>,
    #[serde(default)]
    heading: Option<String>,
    byte: Option<u64>,
    #[serde(default)]
    cell: Option<String>,
    value: Option<String>,
    fix: Option<String>,
    /// Whether the fix is safe. If the report was written without values, a safe fix has no text.
    #[serde(default)]
    safe: bool,
    count: u64,
    rows: Vec<[u64; 2]>,
    detail: Option<String>,
}

impl Report {
    /// Returns the report as JSON, with or without the values in the file.
    ///
    /// The object has `ok`, `rows`, `blank_rows`, `errors` and `warnings` (counts), `counts` by code, and the lists
    /// `problems` and `fixed`. Each problem has `id`, `code`, `severity`, `row`, `line`, `record`, `column` (its
    /// heading, for people), `field` (the column's [key](crate::Column::key), as in all JSON), `byte`, `value`,
    /// `message`, `fix`, `safe`, `count` and `rows` (ranges, if one cause affects many rows). For a workbook, the
    /// object also has `sheet`, and each problem has `cell` (such as `C7`). If `values` is false, `value` and `fix` are
    /// null, and `message` contains no value. The keys `format`, `kept` and `detail` are only for
    /// [`from_json`](Self::from_json).
    ///
    /// ```
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,BAFR,No,No\n";
    /// # let report = onroll::Reader::new().check_bytes(csv.into_bytes());
    /// let json: serde_json::Value = serde_json::from_str(&report.to_json(true))?;
    /// assert_eq!((&json["ok"], &json["counts"]["gender"]), (&false.into(), &1.into()));
    /// assert_eq!(json["problems"][0]["message"], "row 2, Gender: 'F' should be 'Female'");
    /// assert!(!report.to_json(false).contains("Female'"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn to_json(&self, values: bool) -> String {
        let tally =
            ProblemCode::ALL.iter().copied().zip(self.tally.iter().copied()).filter(|(_, tally)| !tally.is_zero());
        let first = self.problems.first().or(self.fixed.first());
        let kept = Kept {
            tally: tally.collect(),
            most: self.most,
            uncertain: self.uncertain,
            file: first.map_or(0, Problem::file),
        };
        let whole = Whole {
            format: FORMAT,
            ok: self.ok(),
            sheet: self.sheet().filter(|_| values),
            rows: self.rows,
            blank_rows: self.blank_rows,
            errors: self.error_count(),
            warnings: self.warning_count(),
            counts: self.counts().collect(),
            problems: self.problems.iter().map(|p| View::of(p, values)).collect(),
            fixed: self.fixed.iter().map(|p| View::of(p, values)).collect(),
            kept: format::write(&kept),
        };
        // Strings and numbers always serialize.
        format::write(&whole)
    }

    /// Reads a report that [`to_json`](Self::to_json) wrote. The report has the counts and positions of the original
    /// report. It has values only if the JSON contains them.
    ///
    /// ```
    /// use onroll::{Reader, Report};
    /// let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,BAFR,No,No\n";
    /// let report = Reader::new().check_bytes(csv.into_bytes());
    /// let again = Report::from_json(&report.to_json(true))?;
    /// assert_eq!((again.text(), again.problems()[0].id()), (report.text(), report.problems()[0].id()));
    /// # Ok::<(), onroll::report::ReportError>(())
    /// ```
    ///
    /// # Errors
    /// Returns an error if the text is not the JSON of a report, or is in a format that this version of onroll cannot
    /// read.
    pub fn from_json(text: &str) -> Result<Self, ReportError> {
        let read: StoredReport = format::read(text, FORMAT)?;
        let kept: Kept = serde_json::from_str(&read.kept).map_err(UnreadableJson::from)?;
        let problems = |list: Vec<ReadProblem>| -> Result<Vec<Problem>, UnreadableJson> {
            list.into_iter().map(|problem| problem.made(kept.file)).collect()
        };
        Ok(Self {
            problems: problems(read.problems)?,
            fixed: problems(read.fixed)?,
            tally: ProblemCode::ALL.iter().map(|code| kept.tally.get(code).copied().unwrap_or_default()).collect(),
            rows: read.rows,
            blank_rows: read.blank_rows,
            most: kept.most,
            uncertain: kept.uncertain,
            sheet: read.sheet.map(|sheet| Box::new(Private::new(sheet))),
            causes: Box::default(),
        })
    }
}

impl<'r> View<'r> {
    fn of(problem: &'r Problem, values: bool) -> Self {
        Self {
            id: problem.id(),
            code: problem.code(),
            severity: problem.severity().as_str(),
            row: problem.row(),
            line: problem.line(),
            record: problem.record(),
            column: problem.column().map(|c| c.heading()),
            heading: problem.heading().filter(|_| values),
            field: problem.column(),
            byte: problem.byte(),
            cell: problem.cell(),
            value: problem.value().filter(|_| values),
            message: if values { problem.message() } else { problem.to_string() },
            fix: problem.fix().filter(|_| values).map(|fix| fix.text()),
            safe: problem.is_safe(),
            count: problem.count(),
            rows: problem.row_ranges(),
            detail: detail(problem),
        }
    }
}

/// The detail of a problem, whether the problem belongs to an edit, and whether the problem's fix is a suggestion.
/// `constant` is the fix, if the fix is one of onroll's constants and not a value from the file.
#[derive(Serialize, Deserialize)]
struct More {
    #[serde(default = "no_detail", skip_serializing_if = "is_none")]
    detail: Detail,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_edit: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_suggestion: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    constant: Option<String>,
}

fn no_detail() -> Detail {
    Detail::None
}

fn is_none(detail: &Detail) -> bool {
    *detail == Detail::None
}

fn detail(problem: &Problem) -> Option<String> {
    let constant = problem.fix().filter(|_| problem.code() == ProblemCode::HeadingMissing);
    let more = More {
        detail: problem.detail().clone(),
        is_edit: matches!(problem.position(), Position::Edit { .. }),
        is_suggestion: problem.stored_fix().is_some_and(|fix| !fix.is_safe()),
        constant: constant.map(|fix| fix.text().to_owned()),
    };
    let is_more = more.is_edit || more.is_suggestion || more.constant.is_some() || !is_none(&more.detail);
    is_more.then(|| format::write(&more))
}

impl ReadProblem {
    fn made(self, file: u32) -> Result<Problem, UnreadableJson> {
        let more = self.detail.as_deref().map(serde_json::from_str::<More>).transpose()?;
        let none = More { detail: Detail::None, is_edit: false, is_suggestion: false, constant: None };
        let more = more.unwrap_or(none);
        let column = match self.column.as_deref() {
            Some(heading) => Some(of_heading(heading).ok_or(UnreadableJson::Json { line: 1, column: 1 })?),
            None => None,
        };
        let position = match (self.row, self.record) {
            (Some(row), _) => {
                Position::Row { row, line: self.line.unwrap_or(row), byte: self.byte.unwrap_or(0), column }
            }
            (None, Some(index)) => Position::Record { index, column },
            (None, None) if more.is_edit || column.is_some() => Position::Edit { column },
            (None, None) => Position::File,
        };
        let has_fix = self.safe || more.is_suggestion || self.fix.is_some();
        let fix = has_fix.then(|| Fix::stored(self.fix.or(more.constant), self.safe));
        let mut problem = Problem::new(self.code, position).with_fix(fix).with_detail(more.detail);
        if let Some(heading) = &self.heading {
            problem.set_heading(heading);
        }
        let in_sheet = match (self.row, self.line, self.cell.as_deref().map(InSheet::of_cell)) {
            (Some(_), _, Some(in_sheet)) => in_sheet.ok_or(UnreadableJson::Json { line: 1, column: 1 })?,
            // A row of a workbook has no line.
            (Some(_), None, None) => InSheet::Row,
            _ => InSheet::No,
        };
        Ok(problem.restored(self.value, self.rows, self.count, file).in_sheet_at(in_sheet))
    }
}

fn of_heading(heading: &str) -> Option<Column> {
    Column::ALL.into_iter().find(|column| column.heading() == heading)
}
