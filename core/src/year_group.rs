//! School years as listed, and what they are nationally.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A national school year, read from what a school lists.
///
/// It sorts youngest first within a nation. England and Wales count nursery, reception and years
/// 1 to 13; Northern Ireland years 1 to 14, where Year 1 is the English reception (the text alone
/// cannot tell the two apart); Scotland P1 to P7 and S1 to S6.
///
/// ```
/// use onroll::{KeyStage, YearGroup};
/// let year = YearGroup::read("Yr 07").unwrap();
/// assert_eq!(year, YearGroup::Year(7));
/// assert_eq!(year.key_stage(), Some(KeyStage::Three));
/// assert_eq!(year.next(), Some(YearGroup::Year(8)));
/// assert_eq!(YearGroup::read("Puffins"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum YearGroup {
    /// Nursery: 1 for the younger year (N1), 2 for the older (N2) and where the list does not say.
    Nursery(u8),
    /// Reception.
    Reception,
    /// Year 1 to 14.
    Year(u8),
    /// Scotland's primary years, 1 to 7.
    Primary(u8),
    /// Scotland's secondary years, 1 to 6.
    Secondary(u8),
}

/// A stage of the national curriculum of England.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(clippy::exhaustive_enums)]
pub enum KeyStage {
    /// Nursery and reception (EYFS).
    EarlyYears,
    /// Years 1 and 2.
    One,
    /// Years 3 to 6.
    Two,
    /// Years 7 to 9.
    Three,
    /// Years 10 and 11.
    Four,
    /// Years 12 and 13.
    Five,
}

impl YearGroup {
    /// Reads what a school lists: `Year 7`, `7`, `Yr 7`, `Y7`, `Year 07`, `R`, `Reception`, `YR`,
    /// `0`, `N1`, `Nursery`, `P3`, `S6`. `None` when it is a name of the school's own.
    pub fn read(listed: &str) -> Option<Self> {
        // Not every sign may go: '1/2' is a mixed class, not Year 12.
        let folded: String =
            listed.chars().filter(|c| !c.is_whitespace() && *c != '.').flat_map(char::to_lowercase).collect();
        match folded.as_str() {
            "r" | "yr" | "rec" | "reception" | "yearr" | "0" | "year0" | "y0" | "00" => return Some(Self::Reception),
            "n" | "nursery" | "nur" | "yearn" => return Some(Self::Nursery(2)),
            _ => {}
        }
        let digits = folded.find(|c: char| c.is_ascii_digit())?;
        let (word, number) = folded.split_at_checked(digits)?;
        if number.len() > 2 {
            return None;
        }
        let number: u8 = number.parse().ok()?;
        match (word, number) {
            ("" | "y" | "yr" | "year" | "yeargroup", 1..=14) => Some(Self::Year(number)),
            ("n" | "nursery", 1..=2) => Some(Self::Nursery(number)),
            ("p" | "primary", 1..=7) => Some(Self::Primary(number)),
            ("s" | "secondary", 1..=6) => Some(Self::Secondary(number)),
            _ => None,
        }
    }

    /// The key stage; `None` for Scotland and for Year 14, which have none.
    pub fn key_stage(self) -> Option<KeyStage> {
        match self {
            Self::Nursery(_) | Self::Reception => Some(KeyStage::EarlyYears),
            Self::Year(1..=2) => Some(KeyStage::One),
            Self::Year(3..=6) => Some(KeyStage::Two),
            Self::Year(7..=9) => Some(KeyStage::Three),
            Self::Year(10..=11) => Some(KeyStage::Four),
            Self::Year(12..=13) => Some(KeyStage::Five),
            Self::Year(_) | Self::Primary(_) | Self::Secondary(_) => None,
        }
    }

    /// The year a student moves up to in September (August in Scotland); `None` after the last.
    pub fn next(self) -> Option<Self> {
        match self {
            Self::Nursery(1) => Some(Self::Nursery(2)),
            Self::Nursery(_) => Some(Self::Reception),
            Self::Reception => Some(Self::Year(1)),
            Self::Year(year @ 1..13) => Some(Self::Year(year + 1)),
            Self::Primary(year @ 1..7) => Some(Self::Primary(year + 1)),
            Self::Primary(_) => Some(Self::Secondary(1)),
            Self::Secondary(year @ 1..6) => Some(Self::Secondary(year + 1)),
            Self::Year(_) | Self::Secondary(_) => None,
        }
    }
}

impl fmt::Display for YearGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nursery(year) => write!(f, "Nursery {year}"),
            Self::Reception => f.write_str("Reception"),
            Self::Year(year) => write!(f, "Year {year}"),
            Self::Primary(year) => write!(f, "P{year}"),
            Self::Secondary(year) => write!(f, "S{year}"),
        }
    }
}

impl FromStr for YearGroup {
    type Err = UnknownYearGroup;

    /// Reads what a school lists, as [`read`](Self::read) does.
    fn from_str(listed: &str) -> Result<Self, UnknownYearGroup> {
        Self::read(listed).ok_or(UnknownYearGroup)
    }
}

/// A text that is no national year group: a name of the school's own, perhaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no year group such as Year 7, Reception, Nursery, P3 or S6")]
#[non_exhaustive]
pub struct UnknownYearGroup;

impl Serialize for YearGroup {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for YearGroup {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl fmt::Display for KeyStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EarlyYears => "Early Years",
            Self::One => "Key Stage 1",
            Self::Two => "Key Stage 2",
            Self::Three => "Key Stage 3",
            Self::Four => "Key Stage 4",
            Self::Five => "Key Stage 5",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_schools_list() {
        for listed in ["Year 7", "7", "Yr 7", "Y7", "Year 07", "year7", "07", "YEAR GROUP 7"] {
            assert_eq!(YearGroup::read(listed), Some(YearGroup::Year(7)), "{listed}");
        }
        for listed in ["R", "Reception", "Year R", "YR", "0", "rec"] {
            assert_eq!(YearGroup::read(listed), Some(YearGroup::Reception), "{listed}");
        }
        assert_eq!(YearGroup::read("N1"), Some(YearGroup::Nursery(1)));
        assert_eq!(YearGroup::read("Nursery"), Some(YearGroup::Nursery(2)));
        assert_eq!(YearGroup::read("P3"), Some(YearGroup::Primary(3)));
        assert_eq!(YearGroup::read("S6"), Some(YearGroup::Secondary(6)));
        for listed in ["", "Puffins", "Year 15", "P8", "S7", "7B", "N3", "2026", "Year 7/8", "1/2", "1-2"] {
            assert_eq!(YearGroup::read(listed), None, "{listed}");
        }
    }

    #[test]
    fn everyone_moves_up_to_an_older_year_and_ends() {
        for start in [YearGroup::Nursery(1), YearGroup::Primary(1)] {
            let path: Vec<_> = std::iter::successors(Some(start), |year| year.next()).collect();
            assert!(path.is_sorted());
            assert!(path.len() == 16 || path.len() == 13, "{path:?}");
            assert!(path.iter().all(|y| YearGroup::read(&y.to_string()) == Some(*y)));
        }
    }
}
