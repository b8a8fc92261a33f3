//! A problem: its position, code, severity and fix. Other modules contain the rules that find problems.

// `problem/code.rs` has the list of codes, and `problem/message.rs` the messages.

mod code;
mod detail;
mod fix;
mod in_sheet;
mod message;
mod record;
mod rows;
mod stored;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::column::Column;
use crate::text::Private;

pub use code::{ProblemCode, Severity};
pub(crate) use detail::Detail;
pub use fix::Fix;
pub(crate) use in_sheet::InSheet;
pub(crate) use in_sheet::column_letters;
pub(crate) use rows::RowRanges;
pub(crate) use stored::StoredProblem;
pub use stored::WithValues;

/// The position of a problem.
///
/// ```
/// use onroll::problem::Position;
/// use onroll::Reader;
/// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,BAFR,No,No\n";
/// let report = Reader::new().check_bytes(csv.as_bytes());
/// match report.problems()[0].position() {
///     Position::Row { row, column: Some(column), .. } => assert_eq!((*row, column.key()), (2, "gender")),
///     position => println!("of the file as a whole, or of data: {position:?}"),
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Position {
    /// The file as a whole.
    #[non_exhaustive]
    File,
    /// A row in the file, or one cell in it. The heading row is row 1.
    #[non_exhaustive]
    Row {
        /// The row number as in a spreadsheet, counted from 1, including blank rows.
        row: u64,
        /// The line of the file on which the row starts, counted from 1.
        line: u64,
        /// The byte offset of the cell in the given file, or of the row if the problem is not in a single cell.
        byte: u64,
        /// The column, if the problem is in a column.
        column: Option<Column>,
    },
    /// A student or an account that was passed as data.
    #[non_exhaustive]
    Record {
        /// The index of the student or account in the data that was passed, counted from 0.
        index: usize,
        /// The column, if the problem is in a column.
        column: Option<Column>,
    },
    /// An edit to an account.
    #[non_exhaustive]
    Edit {
        /// The column, if the problem is in a column.
        column: Option<Column>,
    },
}

/// One problem: the position, the code, the severity, and the fix.
///
/// `Display` is for logs and never shows values. [`message`](Self::message) is for the person who uploaded the file,
/// and shows values. Serde stores a problem without its value and fix. Use [`with_values`](Self::with_values) to store
/// the value and the fix too.
///
/// ```
/// use onroll::problem::Severity;
/// use onroll::{ProblemCode, Reader};
/// let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,BAFR,No,No\n";
/// let report = Reader::new().check_bytes(csv.as_bytes());
/// let problem = &report.problems()[0];
/// assert_eq!((problem.code(), problem.severity()), (ProblemCode::Gender, Severity::Error));
/// assert_eq!((problem.row(), problem.line(), problem.column().map(|c| c.key())), (Some(2), Some(2), Some("gender")));
/// assert_eq!((problem.value(), problem.is_safe()), (Some("F"), true));
/// assert_eq!(problem.message(), "row 2, Gender: 'F' should be 'Female'"); // for the school
/// assert!(!problem.to_string().contains("'F'")); // for logs
///
/// println!("{} at {:?}", problem.id(), problem.position()); // a host passes the id to `Reader::accept`
///
/// // If one cause affects many rows, they are one problem.
/// assert_eq!((problem.count(), problem.row_ranges()), (1, &[][..]));
/// assert_eq!((problem.heading(), problem.cell(), problem.record()), (None, None, None));
/// assert_eq!(csv[problem.byte().unwrap() as usize..].split(',').next(), Some("F"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Problem {
    code: ProblemCode,
    // Earlier versions stored this field as `place`.
    #[serde(alias = "place")]
    position: Position,
    value: Option<Private>,
    fix: Option<Fix>,
    detail: Detail,
    /// The rows of the problem, if it affects several rows.
    #[serde(default)]
    rows: RowRanges,
    /// The position in a workbook's sheet, if the file is a workbook.
    #[serde(default)]
    in_sheet: InSheet,
    /// A hash of the file, which makes the ids of problems different in each file.
    #[serde(default)]
    file: u32,
    /// The school's own heading, if the column was read with a mapping.
    #[serde(default)]
    heading: Option<Private>,
}

impl Problem {
    pub(crate) fn new(code: ProblemCode, position: Position) -> Self {
        Self {
            code,
            position,
            value: None,
            fix: None,
            detail: Detail::None,
            rows: RowRanges::default(),
            file: 0,
            heading: None,
            in_sheet: InSheet::No,
        }
    }

    pub(crate) fn detail(&self) -> &Detail {
        &self.detail
    }

    /// Returns the row number in a file, or the number of a record, counted from 1.
    pub(crate) fn row_number(&self) -> Option<u64> {
        self.row().or_else(|| self.record().map(|record| record as u64 + 1))
    }

    pub(crate) fn push_row(&mut self, row: u64) {
        self.rows.push(row);
    }

    /// Adds the row of a second problem to this problem.
    pub(crate) fn add_row(&mut self, other: &Self) {
        other.row_number().into_iter().for_each(|row| self.rows.push(row));
    }

    /// Turns a problem in one row into a problem to which [`also_in`](Self::also_in) can add more rows.
    pub(crate) fn of_rows(mut self) -> Self {
        self.rows = RowRanges::default();
        self.row_number().into_iter().for_each(|row| self.rows.push(row));
        self
    }

    /// Returns whether two problems have the same cause. They then become one problem with several rows.
    pub(crate) fn has_cause_of(&self, other: &Self) -> bool {
        (self.code, self.column(), &self.detail, self.is_safe())
            == (other.code, other.column(), &other.detail, other.is_safe())
    }

    /// Adds the rows of a later problem with the same cause. That problem's rows were counted from 1, but `rows` other
    /// rows come before them.
    pub(crate) fn also_in(&mut self, later: Self, rows: u64) {
        self.rows.join(later.rows, rows);
    }

    /// Returns the same problem at a different position.
    pub(crate) fn at(mut self, position: Position) -> Self {
        self.position = position;
        self
    }

    pub(crate) fn set_code(&mut self, code: ProblemCode) {
        self.code = code;
    }

    pub(crate) fn set_file(&mut self, hash: u32) {
        self.file = hash;
    }

    /// Returns the fix, even if it was stored without its text.
    pub(crate) fn stored_fix(&self) -> Option<&Fix> {
        self.fix.as_ref()
    }

    /// Returns the hash of the file, which makes the ids of problems different in each file.
    pub(crate) fn file(&self) -> u32 {
        self.file
    }

    /// Restores a stored problem, with its value if the value was stored.
    pub(crate) fn restored(mut self, value: Option<String>, rows: Vec<[u64; 2]>, count: u64, file: u32) -> Self {
        self.value = value.map(Private::new);
        self.rows = RowRanges::restored(rows, count);
        self.file = file;
        self
    }

    /// Sets the school's own heading for the column.
    pub(crate) fn set_heading(&mut self, heading: &str) {
        self.heading = Some(Private::new(heading));
    }

    /// Returns the school's own heading, if the column was read with a [mapping](crate::Mapping). If the column
    /// combines several headings, the result contains all of them: `Forename + Surname`.
    pub fn heading(&self) -> Option<&str> {
        self.heading.as_ref().map(Private::expose)
    }

    /// Moves the problem down by this number of lines.
    pub(crate) fn move_lines(&mut self, by: i64) {
        if let Position::Row { line, .. } = &mut self.position {
            *line = line.saturating_add_signed(by);
        }
    }

    /// Returns the number of rows with this problem. It is 1, unless one cause affects many rows.
    pub fn count(&self) -> u64 {
        self.rows.count().max(1)
    }

    /// Returns the rows as ranges of first and last row, if one cause affects many rows. There are at most 100 ranges.
    pub fn row_ranges(&self) -> &[[u64; 2]] {
        self.rows.ranges()
    }

    /// Returns the problem's id. The id is the same each time the same file is read with the same options. Different
    /// files have different ids. Pass the ids of accepted suggestions to [`Reader::accept`](crate::Reader::accept). An
    /// id contains no value.
    pub fn id(&self) -> String {
        let at = match (&self.position, self.column()) {
            (Position::Row { row, .. }, Some(column)) if *row > 1 => format!("{row}.{}", column.key()),
            (Position::Row { row, byte, .. }, _) => format!("{row}.{byte}"),
            (Position::Record { index, .. }, column) => format!("r{index}.{}", column.map_or("", Column::key)),
            (_, column) => column.map_or("file", Column::key).to_owned(),
        };
        format!("{}@{at}-{:08x}", self.code, self.file)
    }

    pub(crate) fn with_value(mut self, value: &str) -> Self {
        // We keep only the beginning of a long value, because a cell may contain half a gigabyte.
        const SHOWN: usize = 200;
        let shown = value.char_indices().nth(SHOWN).and_then(|(end, _)| value.get(..end));
        self.value = Some(Private::new(shown.unwrap_or(value)));
        self
    }

    pub(crate) fn with_fix(mut self, fix: Option<Fix>) -> Self {
        self.fix = fix;
        self
    }

    pub(crate) fn with_detail(mut self, detail: Detail) -> Self {
        self.detail = detail;
        self
    }

    /// Returns the code of the problem.
    pub fn code(&self) -> ProblemCode {
        self.code
    }

    /// Returns the severity.
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }

    /// Returns the position.
    pub fn position(&self) -> &Position {
        &self.position
    }

    /// Returns the row number, as in a spreadsheet (the heading row is 1), if the problem is in a row.
    pub fn row(&self) -> Option<u64> {
        match self.position {
            Position::Row { row, .. } => Some(row),
            _ => None,
        }
    }

    /// Returns the line in the file, counted from 1, if known. A workbook has no lines.
    pub fn line(&self) -> Option<u64> {
        match self.position {
            Position::Row { line, .. } if self.in_sheet == InSheet::No => Some(line),
            _ => None,
        }
    }

    /// Returns the byte offset in the file, if known. A workbook has no offsets.
    pub fn byte(&self) -> Option<u64> {
        match self.position {
            Position::Row { byte, .. } if self.in_sheet == InSheet::No => Some(byte),
            _ => None,
        }
    }

    /// Returns the problem, moved down by this number of rows and lines.
    pub(crate) fn after(mut self, rows: u64, lines: u64) -> Self {
        if let Position::Row { row, line, .. } = &mut self.position {
            *row += rows;
            *line += lines;
        }
        self.rows.shift(rows);
        self
    }

    pub(crate) fn byte_mut(&mut self) -> Option<&mut u64> {
        match &mut self.position {
            Position::Row { byte, .. } => Some(byte),
            _ => None,
        }
    }

    /// Returns the index, from 0, of the student or account that was passed as data, if the problem is in one of them.
    pub fn record(&self) -> Option<usize> {
        match self.position {
            Position::Record { index, .. } => Some(index),
            _ => None,
        }
    }

    /// Returns the column, if the problem is in a column.
    pub fn column(&self) -> Option<Column> {
        match self.position {
            Position::Row { column, .. } | Position::Record { column, .. } | Position::Edit { column } => column,
            Position::File => None,
        }
    }

    /// Returns the value that was found, cut after 200 characters. It is personal data.
    pub fn value(&self) -> Option<&str> {
        self.value.as_ref().map(Private::expose)
    }

    /// Returns the value to write instead of the value that was found, if there is one.
    pub fn fix(&self) -> Option<&Fix> {
        self.fix.as_ref().filter(|fix| fix.text.is_some())
    }

    /// Returns whether the problem has exactly one right answer, which [`Reader::fix`](crate::Reader::fix) writes.
    pub fn is_safe(&self) -> bool {
        self.fix.as_ref().is_some_and(Fix::is_safe)
    }

    /// Returns the message for the person who uploaded the file. It says where the problem is, what was found, and what
    /// to write instead. It shows values.
    pub fn message(&self) -> String {
        let mut out = String::new();
        // Writing to a String does not fail.
        let _ = self.write(&mut out, true);
        out
    }

    /// Returns the key by which a report sorts its problems into file order.
    pub(crate) fn order(&self) -> (u64, u64, ProblemCode) {
        let (first, second) = match self.position {
            Position::File => (0, 0),
            Position::Edit { column } => (0, column.map_or(0, |column| column as u64 + 1)),
            Position::Row { row, byte, .. } => (row, byte),
            Position::Record { index, column } => (index as u64, column.map_or(0, |column| column as u64 + 1)),
        };
        (first, second, self.code)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, false)
    }
}
