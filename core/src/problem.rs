//! One thing wrong: what, where, how bad, and the fix. Knows no rule.

mod fix;
mod stored;

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::code::coded;
use crate::column::Column;
use crate::text::{Private, visible};

pub use fix::Fix;
pub(crate) use stored::StoredProblem;
pub use stored::WithValues;

/// Whether a problem keeps the roster from being built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(clippy::exhaustive_enums)]
pub enum Severity {
    /// The roster is refused until it is mended.
    Error,
    /// Worth a look; the roster is built all the same.
    Warning,
}

impl Severity {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Error, Self::Warning];

    /// `"error"` or `"warning"`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

macro_rules! problem_codes {
    ($($code:ident $name:literal $severity:ident $title:literal;)*) => {
        /// What is wrong, as a stable code: part of the public interface, in kebab-case.
        ///
        /// ```
        /// use onroll::{ProblemCode, Severity};
        /// assert_eq!(ProblemCode::YesNo.to_string(), "yes-no");
        /// assert_eq!(ProblemCode::NotNfc.severity(), Severity::Warning);
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum ProblemCode {
            $(#[doc = $title] $code,)*
        }

        impl ProblemCode {
            /// Every code, in the order in which a report groups them.
            pub const ALL: &'static [Self] = &[$(Self::$code,)*];

            /// The code in kebab-case.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$code => $name,)* }
            }

            /// Whether a problem of this code keeps the roster from being built.
            pub fn severity(self) -> Severity {
                match self { $(Self::$code => Severity::$severity,)* }
            }

            /// The rule behind the code, in a sentence for a school office; names no value.
            pub fn title(self) -> &'static str {
                match self { $(Self::$code => $title,)* }
            }
        }
    };
}

problem_codes! {
    NotACsv "not-a-csv" Error "The file must be a CSV (comma separated) file";
    EmptyFile "empty-file" Error "The file must not be empty";
    FileTooLarge "file-too-large" Error "The file must be within the limits of size and rows";
    WrongDelimiter "wrong-delimiter" Error "Columns must be separated by commas";
    HeadingMissing "heading-missing" Error "Every one of the nine headings must be there";
    HeadingUnknown "heading-unknown" Error "There must be no other headings than the nine";
    HeadingMisspelt "heading-misspelt" Error "Headings must be spelt exactly";
    HeadingDuplicate "heading-duplicate" Error "Each heading must be there once only";
    HeadingOrder "heading-order" Error "Headings must be in the order of the template";
    UnclosedQuote "unclosed-quote" Error "Every opening quotation mark must be closed";
    RowLength "row-length" Error "Every row must have as many cells as there are headings";
    Blank "blank" Error "No cell may be blank";
    ForbiddenCharacter "forbidden-character" Error "Cells must hold no control or invisible characters";
    StraySpace "stray-space" Error "Cells must hold no stray spaces";
    Quoted "quoted" Error "Cells must not stand in quotation marks of their own";
    TooLong "too-long" Error "Cells must be within the length limit";
    Gender "gender" Error "Gender must be Male, Female or Non-Binary";
    YesNo "yes-no" Error "Pupil Premium, SEND and EAL must be Yes or No";
    EthnicityUnknown "ethnicity-unknown" Error "Ethnicity must be one of the Department for Education's codes";
    EthnicityDescription "ethnicity-description" Error "Ethnicity must be the code, exactly as it is listed";
    EthnicityExtended "ethnicity-extended" Error "Ethnicity must be one of the main codes";
    UsernameDuplicate "username-duplicate" Error "No two students may have the same username";
    RowDuplicate "row-duplicate" Error "No student may have two rows";
    HostIdDuplicate "host-id-duplicate" Error "No two accounts may have the same host id";
    SourceIdDuplicate "source-id-duplicate" Error "No two accounts may have the same source id";
    UsernameNotEmail "username-not-email" Error "With SSO, the username must be the student's email address";
    ExcelMangled "excel-mangled" Error "Cells must hold what the school typed, not what Excel made of it";
    Encoding "encoding" Warning "The file should be saved as UTF-8";
    NotNfc "not-nfc" Warning "Accented letters should be in composed form (NFC)";
    UsernameNotName "username-not-name" Warning "A username should not be another student's name";
    NameReversed "name-reversed" Warning "Names should be as they are spoken, first name first";
    ExcelRisk "excel-risk" Warning "Usernames should not be such as Excel changes when it opens the file";
    MixedScript "mixed-script" Warning "A word should not mix letters of two writing systems that look alike";
    UpnInvalid "upn-invalid" Warning "A UPN should be valid; one that is not identifies nobody";
    UpnDuplicate "upn-duplicate" Warning "No two students should have the same UPN; one that two have identifies nobody";
    NotRecorded "not-recorded" Warning "A value that cannot be read is left out";
    NoStudents "no-students" Warning "The file should hold at least one student";
    TooManyProblems "too-many-problems" Warning "Further problems are counted but not listed";
}

coded!(Severity: "severity", ProblemCode: "problem code");

/// Where a problem is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Place {
    /// The file as a whole.
    #[non_exhaustive]
    File,
    /// A row of the file, or one cell of it. The heading row is row 1.
    #[non_exhaustive]
    Row {
        /// The row as a spreadsheet numbers it, counted from 1, blank rows included.
        row: u64,
        /// The line of the file on which the row starts, counted from 1.
        line: u64,
        /// The offset in bytes, in the file as it was given, of the cell, or of the row where there is no one cell.
        byte: u64,
        /// The column, where the problem is of one.
        column: Option<Column>,
    },
    /// A student or an account that was given as data.
    #[non_exhaustive]
    Record {
        /// Which, counted from 0 in the order given.
        index: usize,
        /// The column, where the problem is of one.
        column: Option<Column>,
    },
    /// What an edit sets of an account.
    #[non_exhaustive]
    Edit {
        /// The column, where the problem is of one.
        column: Option<Column>,
    },
}

impl Place {
    fn write(&self, f: &mut impl fmt::Write) -> fmt::Result {
        let column = match self {
            Self::File => return f.write_str("the file"),
            Self::Row { row: 1, column, .. } => {
                f.write_str("heading row")?;
                column
            }
            Self::Row { row, column, .. } => {
                write!(f, "row {row}")?;
                column
            }
            Self::Record { index, column } => {
                write!(f, "row {} of the data", index + 1)?;
                column
            }
            Self::Edit { column: Some(column) } => return write!(f, "{column}"),
            Self::Edit { column: None } => return f.write_str("the edit"),
        };
        match column {
            Some(column) => write!(f, ", {column}"),
            None => Ok(()),
        }
    }
}

/// What a message needs to know beyond the code: numbers and constants, never a cell's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Detail {
    None,
    /// The row that was there first.
    OtherRow(u64),
    /// The record that was there first.
    OtherRecord(u64),
    /// How many there are, and how many there should be.
    Count {
        found: u64,
        expected: u64,
    },
    /// The most there may be, of what.
    Limit {
        most: u64,
        of: Cow<'static, str>,
    },
    Character(char),
    /// A sentence that needs no value to be told.
    Note(Cow<'static, str>),
}

impl Detail {
    pub(crate) fn limit(most: u64, of: &'static str) -> Self {
        Self::Limit { most, of: of.into() }
    }

    pub(crate) fn note(note: &'static str) -> Self {
        Self::Note(note.into())
    }
}

/// One thing wrong: what, where, how bad, and the fix.
///
/// Its `Display` is for logs and never shows a cell; [`message`](Self::message) is for the person
/// who uploaded the file, and does. With serde it is stored without the value and the fix;
/// [`with_values`](Self::with_values) stores them too.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Problem {
    code: ProblemCode,
    place: Place,
    value: Option<Private>,
    fix: Option<Fix>,
    detail: Detail,
}

impl Problem {
    pub(crate) fn new(code: ProblemCode, place: Place) -> Self {
        Self { code, place, value: None, fix: None, detail: Detail::None }
    }

    pub(crate) fn with_value(mut self, value: &str) -> Self {
        // A cell of half a gigabyte is told by its beginning.
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

    /// What is wrong.
    pub fn code(&self) -> ProblemCode {
        self.code
    }

    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }

    /// Where it is.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The row as a spreadsheet numbers it (the heading row is 1), if the problem is in one.
    pub fn row(&self) -> Option<u64> {
        match self.place {
            Place::Row { row, .. } => Some(row),
            _ => None,
        }
    }

    /// The line of the file, counted from 1, if the problem is on one.
    pub fn line(&self) -> Option<u64> {
        match self.place {
            Place::Row { line, .. } => Some(line),
            _ => None,
        }
    }

    /// The offset in the file, in bytes, if the problem is at one.
    pub fn byte(&self) -> Option<u64> {
        match self.place {
            Place::Row { byte, .. } => Some(byte),
            _ => None,
        }
    }

    /// The problem, with so many rows and lines more before it.
    pub(crate) fn after(mut self, rows: u64, lines: u64) -> Self {
        if let Place::Row { row, line, .. } = &mut self.place {
            *row += rows;
            *line += lines;
        }
        self
    }

    pub(crate) fn byte_mut(&mut self) -> Option<&mut u64> {
        match &mut self.place {
            Place::Row { byte, .. } => Some(byte),
            _ => None,
        }
    }

    /// Which student or account given as data, counted from 0, if the problem is in one.
    pub fn record(&self) -> Option<usize> {
        match self.place {
            Place::Record { index, .. } => Some(index),
            _ => None,
        }
    }

    /// The column, if the problem is in one.
    pub fn column(&self) -> Option<Column> {
        match self.place {
            Place::Row { column, .. } | Place::Record { column, .. } | Place::Edit { column } => column,
            Place::File => None,
        }
    }

    /// What was found there, cut after 200 characters; personal data.
    pub fn value(&self) -> Option<&str> {
        self.value.as_ref().map(Private::expose)
    }

    /// What to write instead, where there is an answer.
    pub fn fix(&self) -> Option<&Fix> {
        self.fix.as_ref().filter(|fix| fix.text.is_some())
    }

    /// Whether the problem has exactly one right answer, which `fix` applies.
    pub fn is_safe(&self) -> bool {
        self.fix.as_ref().is_some_and(Fix::is_safe)
    }

    /// The problem as told to the person who uploaded the file, with the values: where, what was
    /// found, and what to write instead.
    pub fn message(&self) -> String {
        let mut out = String::new();
        // Writing to a String does not fail.
        let _ = self.write(&mut out, true);
        out
    }

    /// Where a report puts it: in file order.
    pub(crate) fn order(&self) -> (u64, u64, ProblemCode) {
        let (first, second) = match self.place {
            Place::File => (0, 0),
            Place::Edit { column } => (0, column.map_or(0, |column| column as u64 + 1)),
            Place::Row { row, byte, .. } => (row, byte),
            Place::Record { index, column } => (index as u64, column.map_or(0, |column| column as u64 + 1)),
        };
        (first, second, self.code)
    }

    fn write(&self, f: &mut impl fmt::Write, values: bool) -> fmt::Result {
        use ProblemCode as Code;
        self.place.write(f)?;
        f.write_str(": ")?;
        let value = self.value.as_ref().filter(|_| values).map(Private::expose).filter(|value| !value.is_empty());
        let value = value.map(visible);
        match &value {
            _ if self.place == Place::File => f.write_str(&self.predicate())?,
            // 'F' should be 'Female' says all.
            Some(value) if self.is_safe() && self.is_another_spelling() => write!(f, "'{value}'")?,
            Some(value) => write!(f, "'{value}' {}", self.predicate())?,
            None if matches!(self.place, Place::Row { row: 1, .. }) && self.column().is_some() => {
                write!(f, "the heading {}", self.predicate())?;
            }
            None if self.code == Code::HeadingUnknown => write!(f, "a column {}", self.predicate())?,
            None if self.column().is_some() => write!(f, "the cell {}", self.predicate())?,
            None => f.write_str(&self.predicate())?,
        }
        let Some(fix) = self.fix.as_ref() else { return Ok(()) };
        match self.code {
            // The sentence has said it.
            Code::WrongDelimiter | Code::HeadingOrder | Code::HeadingUnknown | Code::RowLength => Ok(()),
            Code::HeadingMissing => {
                write!(f, "; where the school does not record it, add it with '{}' in every row", visible(fix.text()))
            }
            _ if !values || fix.text.is_none() => {
                f.write_str(if fix.safe { " (can be put right)" } else { " (with a suggestion)" })
            }
            _ if !fix.safe => write!(f, "; did you mean '{}'?", visible(fix.text())),
            _ if self.is_another_spelling() && value.is_some() => write!(f, " should be '{}'", visible(fix.text())),
            _ => write!(f, " and should be '{}'", visible(fix.text())),
        }
    }

    /// Whether the fix is the value in its right spelling, so that nothing need be said between the two.
    fn is_another_spelling(&self) -> bool {
        use ProblemCode as Code;
        let codes =
            [Code::Gender, Code::YesNo, Code::EthnicityDescription, Code::EthnicityExtended, Code::HeadingMisspelt];
        codes.contains(&self.code)
    }

    /// What is said of the value, or of the cell, or else the whole sentence. Names no value.
    fn predicate(&self) -> Cow<'static, str> {
        use ProblemCode as Code;
        let text = match (self.code, &self.detail) {
            (_, Detail::Note(note)) => return note.clone(),
            (Code::UsernameDuplicate, Detail::OtherRow(row)) => {
                return format!("is the username in row {row} too").into();
            }
            (Code::RowDuplicate, Detail::OtherRow(row)) => return same_row(&format!("row {row}")).into(),
            (Code::RowDuplicate, Detail::OtherRecord(other)) => {
                return same_row(&format!("row {} of the data", other + 1)).into();
            }
            (Code::UsernameNotName, Detail::OtherRow(row)) => {
                return format!("is the name of the student in row {row}: were the columns sorted apart?").into();
            }
            (Code::UpnDuplicate, Detail::OtherRecord(other)) => {
                let first = other + 1;
                return format!("is the UPN of row {first} of the data too, and so it identifies nobody").into();
            }
            (_, Detail::OtherRecord(other)) => return format!("is that of row {} of the data too", other + 1).into(),
            (Code::HeadingOrder, Detail::Count { found, expected }) => {
                return format!("is column {found} and should be column {expected}").into();
            }
            (Code::RowLength, Detail::Count { found, expected }) => {
                let cells = if *found == 1 { "cell" } else { "cells" };
                let why =
                    if found > expected { ": a cell with a comma in it must stand in quotation marks" } else { "" };
                return format!("the row has {found} {cells} for {expected} headings{why}").into();
            }
            (Code::TooManyProblems, Detail::Count { found, .. }) => {
                return format!("{found} more problems are not listed").into();
            }
            (Code::TooLong, Detail::Limit { most, of }) => return format!("is longer than {most} {of}").into(),
            (_, Detail::Limit { most, of }) => return format!("there are more than {most} {of}").into(),
            (_, Detail::Character(c)) => return format!("holds a {}", character_name(*c)).into(),
            (Code::Gender, _) => "is not Male, Female or Non-Binary",
            (Code::YesNo, _) => "is not Yes or No",
            (Code::EthnicityUnknown, _) => "is not an ethnicity code",
            (Code::EthnicityDescription, _) => "is not written as an ethnicity code",
            (Code::EthnicityExtended, _) => "is not one of the main ethnicity codes",
            (Code::Blank, _) => "is blank",
            (Code::StraySpace, _) => "has a stray space",
            (Code::Quoted, _) => "stands in quotation marks",
            (Code::HeadingMissing, _) => "is missing",
            (Code::HeadingMisspelt, _) => "is not spelt as in the template",
            (Code::HeadingDuplicate, _) => "is there twice: remove one of the two columns",
            (Code::UsernameNotEmail, _) => "is not an email address",
            (Code::ExcelMangled, _) => "is what Excel made of what was typed",
            (Code::ExcelRisk, _) => "is changed by Excel when it opens a CSV",
            (Code::Encoding, _) => "was read as Windows-1252, so please check the letters",
            (Code::NotNfc, _) => "has accents that stand apart from their letters",
            (Code::NameReversed, _) => "seems to be written surname first",
            (Code::MixedScript, _) => "mixes letters of two writing systems that look alike",
            (Code::UpnInvalid, _) => "is no valid UPN, and so it identifies nobody",
            (Code::NotRecorded, _) => "cannot be read, and so it is left out",
            (Code::EmptyFile, _) => "there is nothing in it",
            (Code::NoStudents, _) => "there are headings, and no students below them",
            (code, _) => code.title(),
        };
        Cow::Borrowed(text)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, false)
    }
}

fn same_row(other: &str) -> String {
    format!(
        "the same as {other}. If this is one student, keep one row. If these are two students of one name, give each a username"
    )
}

fn character_name(c: char) -> String {
    let name = match c {
        '\0' => "NUL",
        '\u{00AD}' => "soft hyphen",
        '\u{200B}' => "zero-width space",
        '\u{200C}' => "zero-width non-joiner",
        '\u{200D}' => "zero-width joiner",
        '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
            "text direction mark"
        }
        '\u{FEFF}' => "byte order mark",
        '\u{FFFD}' => "letter that was lost when the file was saved",
        c if c.is_control() => "control character",
        _ => "character that cannot be shown",
    };
    format!("{name} (U+{:04X})", u32::from(c))
}
