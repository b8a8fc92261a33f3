//! Turns a school's own export into the nine columns. Detection decides what each column of the export contains, what
//! its values mean, and how certain each decision is.

// This file has `Mapping`, which stores the decisions. `finding.rs` detects them, and `apply.rs` applies them to a
// file.

mod apply;
mod codes;
mod detected;
mod finding;
mod headings;
mod json;
mod names;
mod records;
mod shapes;
mod source;
mod target;
mod values;

use std::collections::BTreeMap;
use std::hash::Hasher;

use twox_hash::XxHash3_64;

use crate::text;
use crate::values::gender::Gender;
use crate::vocabulary::{self, Term};

pub use crate::vocabulary::Vocabulary;
pub(crate) use apply::{AppliedMapping, Difference, TargetCells};
pub use codes::{Certainty, QuestionKind};
pub use detected::{Detected, DetectedColumn, DetectedValue, DetectedValues, Ignored, Question};
pub(crate) use detected::{Looked, Table};
pub(crate) use finding::{DetectionSettings, detect};
pub(crate) use headings::points;
pub use json::MappingError;
pub(crate) use names::{NameDoubt, NameOrder, is_no_name, supplying_cell, with_surname};
pub(crate) use records::Records;
pub(crate) use shapes::ValueKind;
pub use source::Source;
pub use target::Target;

/// The rules by which a school's own export becomes the nine columns. You can show a mapping to a person, correct it,
/// and store it as JSON. You can then apply it to the next file without questions.
///
/// When headings are looked up, case, spaces and punctuation are ignored. Values are replaced before they are checked.
///
/// ```
/// use onroll::mapping::Target;
/// use onroll::{Mapping, Reader};
/// let mapping = Mapping::new()
///     .with(Target::FullName, ["Forename", "Surname"])
///     .with(Target::YearGroup, "Year")
///     .with(Target::ClassName, "Reg")
///     .with(Target::Gender, "Sex")
///     .with_value(Target::Gender, "U", "Non-Binary");
/// let csv = "Surname,Forename,Year,Reg,Sex\nOkafor,Zoë,Year 5,5A,U\n";
/// let roster = Reader::new().mapping(&mapping).read_bytes(csv.as_bytes())?;
/// assert_eq!(roster.get(0).unwrap().full_name, "Zoë Okafor");
/// assert_eq!(Mapping::from_json(&mapping.to_json()).as_ref(), Ok(&mapping));
/// # Ok::<(), onroll::ReadError>(())
/// ```
///
/// You can show a stored mapping to a person, who corrects it.
///
/// ```
/// use onroll::mapping::Target;
/// use onroll::Mapping;
/// let stored = Mapping::new()
///     .with(Target::FullName, ["Forename", "Surname"])
///     .with(Target::SourceId, "Exam No")
///     .with_value(Target::Gender, "U", "Non-Binary")
///     .with_sheet("Year 7");
/// for (target, source) in stored.columns() {
///     println!("{target}: {}", source.headings().join(" + "));
/// }
/// for (target, found, value) in stored.values() {
///     println!("{target}: '{found}' is read as '{value}'");
/// }
/// let corrected = stored.without(Target::SourceId);
/// assert!(corrected.validate().is_ok() && corrected.source(Target::SourceId).is_none());
/// assert_eq!((corrected.sheet(), corrected.headings().len()), (Some("Year 7"), 0));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct Mapping {
    columns: BTreeMap<Target, Source>,
    values: BTreeMap<Target, BTreeMap<String, String>>,
    /// The headings of the file in which the mapping was detected, if it was detected.
    headings: Vec<String>,
    sheet: Option<String>,
}

impl Mapping {
    /// Creates a mapping without columns.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the source of a target: a column, several columns, or another [`Source`].
    pub fn with(mut self, target: Target, source: impl Into<Source>) -> Self {
        self.columns.insert(target, source.into());
        self
    }

    /// Removes a target from the mapping.
    pub fn without(mut self, target: Target) -> Self {
        self.columns.remove(&target);
        self
    }

    /// Sets the meaning that a person chose for a value in the file. Letter case is ignored.
    pub fn with_value(mut self, target: Target, found: impl Into<String>, value: impl Into<String>) -> Self {
        self.values.entry(target).or_default().insert(found.into(), value.into());
        self
    }

    /// Sets the name of the sheet to read in a workbook.
    pub fn with_sheet(mut self, sheet: impl Into<String>) -> Self {
        self.sheet = Some(sheet.into());
        self
    }

    pub(crate) fn with_headings(mut self, headings: impl IntoIterator<Item = String>) -> Self {
        self.headings = headings.into_iter().collect();
        self
    }

    /// Returns the name of the sheet to read, if one is set.
    pub fn sheet(&self) -> Option<&str> {
        self.sheet.as_deref()
    }

    /// Returns the source of a target.
    pub fn source(&self, target: Target) -> Option<&Source> {
        self.columns.get(&target)
    }

    /// Returns every mapped target with its source, in template order.
    pub fn columns(&self) -> impl Iterator<Item = (Target, &Source)> {
        self.columns.iter().map(|(target, source)| (*target, source))
    }

    /// Returns the meanings of values for each target: the value in the file, and the value that replaces it.
    pub fn values(&self) -> impl Iterator<Item = (Target, &str, &str)> {
        self.values
            .iter()
            .flat_map(|(target, values)| values.iter().map(|(found, value)| (*target, found.as_str(), value.as_str())))
    }

    /// Returns the headings of the file in which the mapping was detected. A mapping that was written by hand has none.
    pub fn headings(&self) -> &[String] {
        &self.headings
    }

    /// Returns a fingerprint of the headings of the file in which the mapping was detected. The fingerprint does not
    /// depend on the headings' order, case, spaces or punctuation. You can use it as a key to store several mappings
    /// for one school.
    ///
    /// ```
    /// use onroll::Reader;
    /// let detect = |csv: &'static str| Reader::new().detect_bytes(csv.as_bytes());
    /// let one = detect("Forename,Surname,Year,Reg,Sex\nZoë,Okafor,5,5A,F\n")?;
    /// let other = detect("surname,forename,reg,year,sex\nKhan,Noah,5A,5,M\n")?;
    /// assert_eq!(one.mapping().fingerprint(), other.mapping().fingerprint());
    /// # Ok::<(), onroll::ReadError>(())
    /// ```
    pub fn fingerprint(&self) -> String {
        fingerprint(self.headings.iter().map(String::as_str))
    }

    pub(crate) fn values_of(&self, target: Target) -> impl Iterator<Item = (&str, &str)> {
        self.values.get(&target).into_iter().flatten().map(|(found, value)| (found.as_str(), value.as_str()))
    }
}

/// The kind of student names to use.
///
/// ```
/// use onroll::mapping::NamesFrom;
/// use onroll::Reader;
/// // A choice from the host's settings page.
/// let names = NamesFrom::named("legal").unwrap();
/// assert_eq!(NamesFrom::NAMES, ["preferred", "legal"]);
/// let reader = Reader::new().names_from(names);
/// # let _ = reader;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum NamesFrom {
    /// The preferred name.
    #[default]
    Preferred,
    /// The legal name.
    Legal,
}

impl NamesFrom {
    /// The codes of both choices, which the packages for other languages use.
    pub const NAMES: &'static [&'static str] = &["preferred", "legal"];

    /// Returns the choice with this code.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "preferred" => Some(Self::Preferred),
            "legal" => Some(Self::Legal),
            _ => None,
        }
    }
}

impl AsRef<Mapping> for Mapping {
    fn as_ref(&self) -> &Self {
        self
    }
}

/// Returns a fingerprint of headings. Blank headings are ignored.
pub(crate) fn fingerprint<'h>(headings: impl Iterator<Item = &'h str>) -> String {
    let mut folded: Vec<String> = headings.map(vocabulary::fold).filter(|heading| !heading.is_empty()).collect();
    folded.sort_unstable();
    let mut hash = XxHash3_64::with_seed(0);
    hash.write(folded.join("\n").as_bytes());
    format!("{:016x}", hash.finish())
}

/// Returns the key under which a mapping stores the meaning of a value.
pub(crate) fn value_key(value: &str) -> String {
    text::key(&text::tidy(value)).into_owned()
}

/// Returns whether a target accepts a value. The ethnicity codes that a host added are unknown here, so any text that
/// looks like a code is accepted.
pub(crate) fn is_value(target: Target, value: &str) -> bool {
    match target {
        Target::Gender => Gender::ALL.iter().any(|gender| gender.as_str() == value),
        Target::Ethnicity => value.len() == 4 && value.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()),
        Target::PupilPremium | Target::Send | Target::Eal => matches!(value, "Yes" | "No"),
        Target::YearGroup | Target::ClassName => !value.trim().is_empty(),
        _ => false,
    }
}

impl Vocabulary {
    /// Adds a heading that certainly means a target.
    pub fn with(self, heading: &str, target: Target) -> Self {
        self.add(
            heading,
            match target {
                Target::FullName => Term::FullName,
                Target::Username => Term::Username,
                Target::YearGroup => Term::YearGroup,
                Target::ClassName => Term::Class,
                Target::Gender => Term::Gender,
                Target::PupilPremium => Term::PupilPremium,
                Target::Ethnicity => Term::Ethnicity,
                Target::Send => Term::Send,
                Target::Eal => Term::Eal,
                Target::Upn => Term::Upn,
                Target::SourceId => Term::SourceId,
                Target::Email => Term::Email,
            },
        )
    }
}
