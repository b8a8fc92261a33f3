//! The result of `detect` (`Detected`): its columns, values and questions, and the table that a person reads (`text`).
//! `finding.rs` makes the decisions, and `finding/questions.rs` words the questions.

mod json;

use std::fmt;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::{Certainty, Mapping, MappingError, QuestionKind, Records, Target};
use crate::format;
use crate::text::{self, Private};

use self::json::{FORMAT, StoredDetected};

/// The columns of an export that supply one of onroll's fields, and how certain the choice is.
///
/// ```
/// use onroll::mapping::Target;
/// use onroll::Reader;
/// let detected = Reader::new().detect_bytes(b"Forename,Surname,Year,Reg,Sex\nZoe,Okafor,5,5A,F\n".as_slice())?;
/// let name = &detected.columns()[0];
/// assert_eq!((name.target, name.sources.join(" + ")), (Target::FullName, "Forename + Surname".into()));
/// assert_eq!(name.examples, ["Zoe Okafor"]);
/// # Ok::<(), onroll::ReadError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DetectedColumn {
    /// The target.
    pub target: Target,
    /// The headings of the columns from which the target is read, as they are in the file.
    pub sources: Vec<String>,
    /// How certain the decision is. A guess enters the mapping only when a person confirms it.
    pub certainty: Certainty,
    /// The reason, for a person: `'Reg' is what SIMS calls the registration group`.
    pub reason: String,
    /// Up to three example values, which are personal data.
    pub examples: Vec<String>,
}

/// A column that is not read.
///
/// ```
/// let csv = b"Forename,Surname,Year,Reg,Sex,House\nZoe,Okafor,5,5A,F,Red\n".as_slice();
/// let detected = onroll::Reader::new().detect_bytes(csv)?;
/// for ignored in detected.ignored() {
///     println!("{} is not read: {}", ignored.heading, ignored.reason);
/// }
/// assert_eq!(detected.ignored()[0].heading, "House");
/// # Ok::<(), onroll::ReadError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Ignored {
    /// The heading, which is blank if the column has no heading.
    pub heading: String,
    /// The column's index in the row, from 0.
    pub index: usize,
    /// The reason, for a person.
    pub reason: String,
}

/// The values in a coded column.
///
/// ```
/// let csv = b"Forename,Surname,Year,Reg,Sex\nZoe,Okafor,5,5A,F\nAmy,Lee,5,5A,F\nNoah,Khan,5,5A,M\n".as_slice();
/// let detected = onroll::Reader::new().detect_bytes(csv)?;
/// for of_column in detected.values() {
///     for value in &of_column.values {
///         println!("{}: '{}' in {} rows is {:?}", of_column.target, value.value, value.count, value.read_as);
///     }
/// }
/// # assert!(!detected.values().is_empty());
/// # Ok::<(), onroll::ReadError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DetectedValues {
    /// The target.
    pub target: Target,
    /// The headings of the columns from which the target is read.
    pub sources: Vec<String>,
    /// The distinct values, with the most frequent first. There are at most 200.
    pub values: Vec<DetectedValue>,
}

/// One distinct value in a column.
///
/// ```
/// let csv = b"Forename,Surname,Year,Reg,Sex\nZoe,Okafor,5,5A,F\nAmy,Lee,5,5A,F\n".as_slice();
/// let detected = onroll::Reader::new().detect_bytes(csv)?;
/// let value = &detected.values()[0].values[0];
/// assert_eq!((value.value.as_str(), value.count, value.read_as.as_deref()), ("F", 2, Some("Female")));
/// assert!(value.certainty.is_sure());
/// # Ok::<(), onroll::ReadError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DetectedValue {
    /// The value in the file, which is empty for a blank cell.
    pub value: String,
    /// The number of rows with this value.
    pub count: u64,
    /// The meaning of the value, if it is known or guessed.
    pub read_as: Option<String>,
    /// How certain the meaning is.
    pub certainty: Certainty,
}

/// A question for a person.
///
/// ```
/// let csv = b"Forename,Surname,Year,Reg,Sex\nZoe,Okafor,5,5A,U\n".as_slice();
/// let detected = onroll::Reader::new().detect_bytes(csv)?;
/// let question = &detected.questions()[0];
/// assert_eq!((question.value.as_deref(), question.target), (Some("U"), Some(onroll::mapping::Target::Gender)));
/// println!("{} {}", question.text, question.choices.join(" / "));
/// # Ok::<(), onroll::ReadError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Question {
    /// The kind of question.
    pub kind: QuestionKind,
    /// The target, if the question is about a target.
    pub target: Option<Target>,
    /// Likely answers: headings or values.
    pub choices: Vec<String>,
    /// The value, if the question is about a value.
    pub value: Option<String>,
    /// The question in words.
    pub text: String,
}

/// The result of `detect` for a file: the mapping, how certain each decision is, and the questions for a person.
///
/// ```
/// use onroll::Reader;
/// let csv = "Class list,,,,,\n\nForename,Surname,Reg,Year,Gender,FSM\nZoë,Okafor,5A,5,F,N\nNoah,Khan,5A,5,M,Y\n";
/// let detected = Reader::new().detect_bytes(csv.as_bytes())?;
/// assert_eq!((detected.certain(), detected.heading_row()), (false, Some(3)));
/// assert_eq!(detected.questions().len(), 1); // free school meals are not the same as pupil premium
/// let roster = Reader::new().fix(true).mapping(detected.mapping()).read_bytes(csv.as_bytes())?;
/// assert_eq!(roster.get(1).unwrap().full_name, "Noah Khan");
/// # Ok::<(), onroll::ReadError>(())
/// ```
///
/// You can store the result between the upload and the person's answers.
///
/// ```
/// use onroll::{Detected, Reader};
/// let detected = Reader::new().detect_bytes(b"Forename,Surname,Year,Reg,Sex\nZoe,Okafor,5,5A,F\n".as_slice())?;
/// let again = Detected::from_json(&detected.to_json()).unwrap();
/// assert_eq!((again.rows(), again.values(), again.columns(), again.ignored()), (1, detected.values(), detected.columns(), &[][..]));
/// println!("{}", again.text());
/// # Ok::<(), onroll::ReadError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Detected {
    pub(super) mapping: Mapping,
    pub(super) columns: Vec<DetectedColumn>,
    pub(super) ignored: Vec<Ignored>,
    pub(super) values: Vec<DetectedValues>,
    pub(super) questions: Vec<Question>,
    pub(super) heading_row: Option<u64>,
    pub(super) rows: u64,
}

/// A table to examine: its headings, and the rows below them.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) headings: Vec<String>,
    pub(crate) records: Records,
    /// The number of the heading row, as in a spreadsheet.
    pub(crate) heading_row: Option<u64>,
    pub(crate) sheet: Option<String>,
}

/// The kind of a file without a table of students.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Looked {
    /// The first row is a student.
    Headless,
    /// The file has no rows.
    Empty,
}

impl Detected {
    /// Returns the result for a file without headings.
    pub(crate) fn without_headings(looked: Looked) -> Self {
        let text = match looked {
            Looked::Headless => {
                "The first row of the file is a student, and not headings. Add a row of headings above it, or export the \
                 file with headings."
            }
            Looked::Empty => "There is nothing in the file.",
        };
        Self::of_one_question(QuestionKind::NoHeadings, Vec::new(), text.to_owned())
    }

    /// Returns the result for a workbook in which each of these sheets may have students.
    #[cfg(feature = "workbook")]
    pub(crate) fn of_several_sheets(names: Vec<String>) -> Self {
        let shown: Vec<String> = names.iter().map(|name| format!("'{}'", text::visible(name))).collect();
        let text = format!("Which sheet holds the students: {}?", shown.join(", "));
        Self::of_one_question(QuestionKind::WhichSheet, names, text)
    }

    fn of_one_question(kind: QuestionKind, choices: Vec<String>, text: String) -> Self {
        Self {
            mapping: Mapping::new(),
            columns: Vec::new(),
            ignored: Vec::new(),
            values: Vec::new(),
            questions: vec![Question { kind, target: None, choices, value: None, text }],
            heading_row: None,
            rows: 0,
        }
    }

    /// Adds a question that a person should answer first.
    pub(crate) fn with_question(mut self, question: Question) -> Self {
        self.questions.insert(0, question);
        self
    }

    /// Returns the mapping with every certain decision. The mapping leaves out guesses: see [`columns`](Self::columns)
    /// and [`questions`](Self::questions).
    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// Returns whether the mapping can read the file without asking a person. Every required target has exactly one
    /// certain source, nothing is guessed, and the meaning of every coded value is certain.
    pub fn certain(&self) -> bool {
        self.questions.is_empty()
    }

    /// Returns how each target is read, in template order, including guesses.
    pub fn columns(&self) -> &[DetectedColumn] {
        &self.columns
    }

    /// Returns the columns that are not read, in file order, with the reason for each.
    pub fn ignored(&self) -> &[Ignored] {
        &self.ignored
    }

    /// Returns the distinct values in each coded column. Each value has its meaning, and the certainty of that meaning.
    pub fn values(&self) -> &[DetectedValues] {
        &self.values
    }

    /// Returns the questions for a person, the most important first.
    pub fn questions(&self) -> &[Question] {
        &self.questions
    }

    /// Returns the number of the heading row, as in a spreadsheet, or `None` if the file has no heading row.
    pub fn heading_row(&self) -> Option<u64> {
        self.heading_row
    }

    /// Returns the number of rows below the headings. Blank rows, titles and repeated headings are not counted.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Returns the mapping as a text table that a person can check. It contains examples, which are personal data.
    pub fn text(&self) -> String {
        let mut out = String::new();
        let rows: Vec<[String; 4]> = self
            .columns
            .iter()
            .map(|column| {
                let sources = column.sources.join(" + ");
                let shown: Vec<_> = column.examples.iter().map(|example| text::visible(example)).collect();
                [column.target.heading().to_owned(), sources, column.certainty.to_string(), shown.join("; ")]
            })
            .collect();
        let heads = ["Column", "Read from", "How sure", "Examples"].map(str::to_owned);
        let width = |cell: usize| {
            let widths = rows.iter().chain([&heads]).filter_map(|row| row.get(cell)).map(|text| text.chars().count());
            widths.max().unwrap_or_default()
        };
        let widths = [0, 1, 2].map(width);
        for [column, sources, certainty, examples] in [&heads].into_iter().chain(&rows) {
            let [first, second, third] = widths;
            let line = format!("{column:first$}  {sources:second$}  {certainty:third$}  {examples}");
            // Writing to a String does not fail.
            let _ = writeln!(out, "{}", line.trim_end());
        }
        for column in &self.columns {
            let _ = writeln!(out, "{}: {}", column.target, column.reason);
        }
        for ignored in &self.ignored {
            let _ = writeln!(out, "Not read: {}", ignored.reason);
        }
        out.push_str(&self.not_recorded().unwrap_or_default());
        for question in &self.questions {
            let _ = writeln!(out, "To decide: {}", question.text);
        }
        out
    }

    /// Returns a line about the optional columns that the file does not have, or `None` if it has all of them.
    fn not_recorded(&self) -> Option<String> {
        let is_found = |target: &Target| self.columns.iter().any(|column| column.target == *target);
        let is_asked = |target: &Target| self.questions.iter().any(|question| question.target == Some(*target));
        let optional = Target::ALL.into_iter().filter(|target| target.is_flag() || *target == Target::Ethnicity);
        let absent: Vec<&str> =
            optional.filter(|target| !is_found(target) && !is_asked(target)).map(Target::heading).collect();
        (!self.columns.is_empty() && !absent.is_empty()).then(|| {
            format!(
                "Not recorded: no column was found for {}. Existing accounts keep what they have, and new accounts get {}.\n",
                absent.join(", "),
                match absent[..] {
                    ["Ethnicity"] => "NOBT",
                    _ if absent.contains(&"Ethnicity") => "No, or NOBT for Ethnicity",
                    _ => "No",
                }
            )
        })
    }

    /// Returns the result as JSON with camelCase keys. It contains examples and values, which are personal data.
    pub fn to_json(&self) -> String {
        format::write(self)
    }

    /// Reads the JSON that [`to_json`](Self::to_json) wrote.
    ///
    /// # Errors
    /// [`MappingError`] if the text is not the JSON of a detection result, if it has a later format, or if its mapping
    /// cannot be used.
    pub fn from_json(text: &str) -> Result<Self, MappingError> {
        Ok(format::read::<StoredDetected>(text, FORMAT).map(Self::of)?)
    }

    fn of(stored: StoredDetected) -> Self {
        let StoredDetected { mapping, columns, ignored, values, questions, heading_row, rows, .. } = stored;
        Self { mapping, columns, ignored, values, questions, heading_row, rows }
    }
}

impl fmt::Debug for Detected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns: Vec<_> = self.columns.iter().map(|column| (column.target, column.certainty)).collect();
        f.debug_struct("Detected").field("certain", &self.certain()).field("columns", &columns).finish_non_exhaustive()
    }
}

impl fmt::Debug for DetectedColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let examples: Vec<_> = self.examples.iter().map(|example| Private::new(example.as_str())).collect();
        f.debug_struct("DetectedColumn")
            .field("target", &self.target)
            .field("sources", &self.sources)
            .field("certainty", &self.certainty)
            .field("reason", &self.reason)
            .field("examples", &examples)
            .finish()
    }
}

impl fmt::Debug for DetectedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DetectedValue")
            .field("value", &Private::new(self.value.as_str()))
            .field("count", &self.count)
            .field("certainty", &self.certainty)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Question").field("kind", &self.kind).field("target", &self.target).finish_non_exhaustive()
    }
}
