//! The source of a target's values (`Source`), and its JSON: columns, a constant, or another target.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Target;

/// The source of a target's values.
///
/// ```
/// use onroll::mapping::{Source, Target};
/// let name = Source::from(["Forename", "Surname"]);
/// let preferred = Source::parts([vec!["Preferred Forename", "Forename"], vec!["Surname"]]);
/// let listed = Source::from("Name").surname_first();
/// let year = Source::constant("Year 5");
/// let class = Source::same_as(Target::YearGroup);
/// # let _ = (name, preferred, listed, year, class);
/// ```
///
/// A page that shows a mapping can get the columns of each source.
///
/// ```
/// use onroll::mapping::{Source, Target};
/// let name = Source::from(["Forename", "Surname"]).joined_by("-");
/// assert_eq!(name.headings(), ["Forename", "Surname"]);
/// assert_eq!(Source::constant("Year 5").as_constant(), Some("Year 5"));
/// assert_eq!(Source::same_as(Target::YearGroup).as_same(), Some(Target::YearGroup));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Source(pub(super) SourceKind);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SourceKind {
    Columns(SourceColumns),
    Constant(String),
    SameAs(Target),
}

/// Columns of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SourceColumns {
    /// The parts. In each row, a part takes its value from its first filled column.
    pub(super) parts: Vec<Vec<String>>,
    /// The text between the parts. The default is a space.
    pub(super) join: Option<String>,
    pub(super) surname_first: bool,
}

impl Source {
    /// Creates a source with several parts. In each row, a part takes its value from its first column that has a value.
    /// Text parts are joined with a space. A flag (pupil premium, SEND, EAL) is yes if any part is yes.
    pub fn parts<H: Into<String>>(parts: impl IntoIterator<Item = impl IntoIterator<Item = H>>) -> Self {
        let parts = parts.into_iter().map(|part| part.into_iter().map(Into::into).collect()).collect();
        Self(SourceKind::Columns(SourceColumns { parts, join: None, surname_first: false }))
    }

    /// Creates a source that gives every student the same value.
    pub fn constant(value: impl Into<String>) -> Self {
        Self(SourceKind::Constant(value.into()))
    }

    /// Creates a source that copies the value of a different target.
    pub fn same_as(target: Target) -> Self {
        Self(SourceKind::SameAs(target))
    }

    /// Says that the names in the column begin with the surname: `Smith, Amelia` or `Smith Amelia`.
    ///
    /// A name without a comma gets a warning, unless the heading also says that the surname is first. If detection made
    /// the mapping, such a name stays as it is.
    pub fn surname_first(mut self) -> Self {
        if let SourceKind::Columns(columns) = &mut self.0 {
            columns.surname_first = true;
        }
        self
    }

    /// Sets the text between the parts. The default is a space.
    pub fn joined_by(mut self, join: impl Into<String>) -> Self {
        if let SourceKind::Columns(columns) = &mut self.0 {
            columns.join = Some(join.into());
        }
        self
    }

    /// Returns the headings of the columns, in order.
    pub fn headings(&self) -> Vec<&str> {
        match &self.0 {
            SourceKind::Columns(columns) => columns.parts.iter().flatten().map(String::as_str).collect(),
            SourceKind::Constant(_) | SourceKind::SameAs(_) => Vec::new(),
        }
    }

    /// Returns the value that every student gets, if the source is a constant.
    pub fn as_constant(&self) -> Option<&str> {
        match &self.0 {
            SourceKind::Constant(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the target whose value is used, if the source is another target.
    pub fn as_same(&self) -> Option<Target> {
        match &self.0 {
            SourceKind::SameAs(target) => Some(*target),
            _ => None,
        }
    }
}

impl From<&str> for Source {
    fn from(heading: &str) -> Self {
        Self::parts([[heading]])
    }
}

impl From<String> for Source {
    fn from(heading: String) -> Self {
        Self::parts([[heading]])
    }
}

impl<const N: usize> From<[&str; N]> for Source {
    fn from(headings: [&str; N]) -> Self {
        Self::parts(headings.map(|heading| [heading]))
    }
}

impl From<Vec<String>> for Source {
    fn from(headings: Vec<String>) -> Self {
        Self::parts(headings.into_iter().map(|heading| [heading]))
    }
}

/// A source as JSON: a heading, a list of headings, or an object.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum StoredSource {
    Heading(String),
    Parts(Vec<StoredPart>),
    Object(StoredColumns),
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum StoredPart {
    Heading(String),
    FirstOf(Vec<String>),
}

#[derive(Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct StoredColumns {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    columns: Option<Vec<StoredPart>>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    join: Option<String>,
    #[serde(alias = "surname_first", skip_serializing_if = "std::ops::Not::not", default)]
    surname_first: bool,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    constant: Option<String>,
    #[serde(alias = "same_as", skip_serializing_if = "Option::is_none", default)]
    same_as: Option<Target>,
}

impl Serialize for Source {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let part = |part: &Vec<String>| match part.as_slice() {
            [heading] => StoredPart::Heading(heading.clone()),
            _ => StoredPart::FirstOf(part.clone()),
        };
        let written = match &self.0 {
            SourceKind::Constant(value) => {
                StoredSource::Object(StoredColumns { constant: Some(value.clone()), ..StoredColumns::default() })
            }
            SourceKind::SameAs(target) => {
                StoredSource::Object(StoredColumns { same_as: Some(*target), ..StoredColumns::default() })
            }
            SourceKind::Columns(SourceColumns { parts, join: None, surname_first: false }) => match parts.as_slice() {
                [only] if only.len() == 1 => StoredSource::Heading(only.concat()),
                _ => StoredSource::Parts(parts.iter().map(part).collect()),
            },
            SourceKind::Columns(SourceColumns { parts, join, surname_first }) => StoredSource::Object(StoredColumns {
                columns: Some(parts.iter().map(part).collect()),
                join: join.clone(),
                surname_first: *surname_first,
                ..StoredColumns::default()
            }),
        };
        written.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Source {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let parts = |parts: Vec<StoredPart>| {
            let part = |part| match part {
                StoredPart::Heading(heading) => vec![heading],
                StoredPart::FirstOf(headings) => headings,
            };
            parts.into_iter().map(part).collect::<Vec<_>>()
        };
        Ok(match StoredSource::deserialize(deserializer)? {
            StoredSource::Heading(heading) => Self::from(heading),
            StoredSource::Parts(list) => Self::parts(parts(list)),
            StoredSource::Object(object) => {
                let StoredColumns { columns, join, surname_first, constant, same_as } = object;
                Self(match (columns, constant, same_as) {
                    (Some(columns), None, None) => {
                        SourceKind::Columns(SourceColumns { parts: parts(columns), join, surname_first })
                    }
                    (None, Some(constant), None) => SourceKind::Constant(constant),
                    (None, None, Some(target)) => SourceKind::SameAs(target),
                    _ => {
                        return Err(D::Error::custom(
                            "a source must have one of the keys columns, constant and sameAs",
                        ));
                    }
                })
            }
        })
    }
}
