//! The nine columns: headings, order, which may be left blank.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A column of the roster, in template order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(clippy::exhaustive_enums)] // the template has nine columns; a tenth would be another format
pub enum Column {
    /// `Student Full Name`: the name as it should be listed.
    FullName,
    /// `Username`: the full name or a school id; with SSO, the school email.
    Username,
    /// `Year Group`: free text, as the school lists it.
    YearGroup,
    /// `Class`: free text, as the school lists it.
    Class,
    /// `Gender`: `Male`, `Female` or `Non-Binary`.
    Gender,
    /// `Pupil Premium`: `Yes` or `No`.
    PupilPremium,
    /// `Ethnicity`: a Department for Education code.
    Ethnicity,
    /// `SEND`: `Yes` or `No`.
    Send,
    /// `EAL`: `Yes` or `No`.
    Eal,
}

impl Column {
    /// How many columns a roster has.
    pub const COUNT: usize = 9;

    /// All nine, in template order.
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

    /// The heading, exactly as it must be spelt.
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

    /// What a school that does not record this writes in every row; `None` where a value must be given.
    pub fn when_not_recorded(self) -> Option<&'static str> {
        match self {
            Self::PupilPremium | Self::Send | Self::Eal => Some("No"),
            Self::Ethnicity => Some("NOBT"),
            _ => None,
        }
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.heading())
    }
}
