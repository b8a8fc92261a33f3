//! The nine columns (`Column`): their headings, their order, their names in JSON, and which of them a school may leave
//! out.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::code::UnknownCode;

/// A column of the roster. The variants are in template order.
///
/// ```
/// use onroll::Column;
/// assert_eq!(Column::COUNT, Column::ALL.len());
/// // The columns that a school may leave out.
/// let optional = Column::ALL.into_iter().filter(|column| column.when_not_recorded().is_some());
/// assert_eq!(optional.map(Column::heading).collect::<Vec<_>>(), ["Pupil Premium", "Ethnicity", "SEND", "EAL"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(clippy::exhaustive_enums)] // the template has nine columns; a tenth would be another format
pub enum Column {
    /// `Student Full Name`: the name with the first name first.
    FullName,
    /// `Username`: the full name or a school id; with SSO, the school email.
    Username,
    /// `Year Group`: free text, as the school writes it.
    YearGroup,
    /// `Class`: free text, as the school writes it.
    Class,
    /// `Gender`: `Male`, `Female` or `Non-Binary`.
    Gender,
    /// `Pupil Premium`: `Yes` or `No`.
    PupilPremium,
    /// `Ethnicity`: a code of the Department for Education.
    Ethnicity,
    /// `SEND`: `Yes` or `No`.
    Send,
    /// `EAL`: `Yes` or `No`.
    Eal,
}

impl Column {
    /// The number of columns in a roster.
    pub const COUNT: usize = 9;

    /// All nine columns, in template order.
    pub const ALL: [Self; Self::COUNT] = [
        Self::FullName,
        Self::Username,
        Self::YearGroup,
        Self::Class,
        Self::Gender,
        Self::PupilPremium,
        Self::Ethnicity,
        Self::Send,
        Self::Eal,
    ];

    /// Returns the heading, exactly as it must be spelt.
    ///
    /// ```
    /// assert_eq!(onroll::Column::FullName.heading(), "Student Full Name");
    /// ```
    pub const fn heading(self) -> &'static str {
        match self {
            Self::FullName => "Student Full Name",
            Self::Username => "Username",
            Self::YearGroup => "Year Group",
            Self::Class => "Class",
            Self::Gender => "Gender",
            Self::PupilPremium => "Pupil Premium",
            Self::Ethnicity => "Ethnicity",
            Self::Send => "SEND",
            Self::Eal => "EAL",
        }
    }

    /// Returns the column's name in JSON, in your own rows and in data frames.
    ///
    /// ```
    /// assert_eq!(onroll::Column::Class.key(), "class_name");
    /// assert_eq!("class_name".parse(), Ok(onroll::Column::Class));
    /// ```
    pub const fn key(self) -> &'static str {
        match self {
            Self::FullName => "full_name",
            Self::Username => "username",
            Self::YearGroup => "year_group",
            Self::Class => "class_name",
            Self::Gender => "gender",
            Self::PupilPremium => "pupil_premium",
            Self::Ethnicity => "ethnicity",
            Self::Send => "send",
            Self::Eal => "eal",
        }
    }

    /// Returns the value to use in every row if a school does not record this column; `None` if a value is required.
    pub fn when_not_recorded(self) -> Option<&'static str> {
        match self {
            Self::PupilPremium | Self::Send | Self::Eal => Some("No"),
            Self::Ethnicity => Some("NOBT"),
            _ => None,
        }
    }
}

/// A set of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Columns(u16);

impl Columns {
    pub(crate) const ALL: Self = Self((1 << Column::COUNT) - 1);

    pub(crate) fn contains(self, column: Column) -> bool {
        self.0 & 1 << column as u16 != 0
    }

    pub(crate) fn insert(&mut self, column: Column) {
        self.0 |= 1 << column as u16;
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Returns the set with one bit for each column.
    pub(crate) fn bits(self) -> u16 {
        self.0
    }

    pub(crate) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Column> {
        Column::ALL.into_iter().filter(move |column| self.contains(*column))
    }
}

impl FromIterator<Column> for Columns {
    fn from_iter<I: IntoIterator<Item = Column>>(columns: I) -> Self {
        columns.into_iter().fold(Self::default(), |mut all, column| {
            all.insert(column);
            all
        })
    }
}

impl FromStr for Column {
    type Err = UnknownCode;

    /// Reads a column's [key](Self::key).
    fn from_str(key: &str) -> Result<Self, UnknownCode> {
        const KEYS: [&str; Column::COUNT] = {
            let mut keys = [""; Column::COUNT];
            let mut column = 0;
            while column < Column::COUNT {
                keys[column] = Column::ALL[column].key();
                column += 1;
            }
            keys
        };
        let found = Self::ALL.into_iter().find(|column| column.key() == key);
        found.ok_or(UnknownCode { kind: "column", choices: &KEYS })
    }
}

impl Serialize for Column {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.key())
    }
}

impl<'de> Deserialize<'de> for Column {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.heading())
    }
}
