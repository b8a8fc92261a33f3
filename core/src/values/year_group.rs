//! School years as schools write them (`YearGroup::read`), their national meaning, the year that comes next, and key
//! stages. `check/name_and_class.rs` decides which texts under Year Group are a problem.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A national school year, read from a school's own text.
///
/// The years of a nation sort from the youngest to the oldest. England and Wales have nursery, reception and years 1 to
/// 13. Northern Ireland has years 1 to 14, and its Year 1 is England's reception. The text alone does not show which of
/// these two nations is meant. Scotland has P1 to P7 and S1 to S6.
///
/// ```
/// use onroll::values::{KeyStage, YearGroup};
/// let year = YearGroup::read("Yr 07").unwrap();
/// assert_eq!(year, YearGroup::Year(7));
/// assert_eq!(year.key_stage(), Some(KeyStage::Three));
/// assert_eq!(year.next(), Some(YearGroup::Year(8)));
/// assert_eq!(YearGroup::read("Puffins"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum YearGroup {
    /// Early years before nursery: 1 for the younger year (E1), 2 for the older year (E2), as in the school census.
    EarlyYears(u8),
    /// Nursery: 1 for the younger year (N1), 2 for the older year (N2). If the text does not say which, the number is
    /// 2.
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

/// The numbers of years 1 to 13 in words.
const NUMBERS: [&str; 13] =
    ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen"];

/// A key stage of England's national curriculum.
///
/// ```
/// use onroll::values::{KeyStage, YearGroup};
/// let stage = YearGroup::read("Reception").and_then(YearGroup::key_stage);
/// assert_eq!(stage, Some(KeyStage::EarlyYears));
/// assert!(KeyStage::One < KeyStage::Two); // the youngest first
/// ```
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
    /// Reads a school's own text: `Year 7`, `7`, `Yr 7`, `Y7`, `Year 07`, `Year Seven`, `R`, `Reception`, `YR`, `FY`,
    /// `FS2`, `0`, `N1`, `Year N2`, `FS1`, `Nursery`, `E1`, `P3`, `S6`. Returns `None` for any other text, such as a
    /// year's name that only one school uses.
    pub fn read(listed: &str) -> Option<Self> {
        // Only white space and full stops are removed. '1/2' is a mixed class, and without its slash it would be Year
        // 12.
        let folded: String =
            listed.chars().filter(|c| !c.is_whitespace() && *c != '.').flat_map(char::to_lowercase).collect();
        match folded.as_str() {
            "r" | "yr" | "rec" | "reception" | "yearr" | "0" | "year0" | "y0" | "00" | "yearreception" => {
                return Some(Self::Reception);
            }
            // The foundation stage, and what a few schools call their reception classes.
            "fy" | "fs2" | "foundationstage2" | "foundation2" | "f2" | "foundationyear" => {
                return Some(Self::Reception);
            }
            "girlsreception" | "boysreception" | "receptiongirls" | "receptionboys" => return Some(Self::Reception),
            "n" | "nursery" | "nur" | "yearn" | "yearnursery" => return Some(Self::Nursery(2)),
            "fs1" | "foundationstage1" | "foundation1" | "f1" => return Some(Self::Nursery(2)),
            _ if folded.starts_with('y') && folded.ends_with(char::is_alphabetic) => {
                let word = folded.trim_start_matches("year").trim_start_matches("group");
                let year = NUMBERS.iter().position(|number| *number == word)?;
                return u8::try_from(year + 1).ok().map(Self::Year);
            }
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
            ("n" | "nursery" | "yearn" | "yn", 1..=2) => Some(Self::Nursery(number)),
            ("e" | "yeare", 1..=2) => Some(Self::EarlyYears(number)),
            ("p" | "primary", 1..=7) => Some(Self::Primary(number)),
            ("s" | "secondary", 1..=6) => Some(Self::Secondary(number)),
            _ => None,
        }
    }

    /// Returns the key stage. Scotland's years and Year 14 have no key stage.
    ///
    /// ```
    /// use onroll::values::{KeyStage, YearGroup};
    /// assert_eq!(YearGroup::read("Yr 7").unwrap().key_stage(), Some(KeyStage::Three));
    /// ```
    pub fn key_stage(self) -> Option<KeyStage> {
        match self {
            Self::EarlyYears(_) | Self::Nursery(_) | Self::Reception => Some(KeyStage::EarlyYears),
            Self::Year(1..=2) => Some(KeyStage::One),
            Self::Year(3..=6) => Some(KeyStage::Two),
            Self::Year(7..=9) => Some(KeyStage::Three),
            Self::Year(10..=11) => Some(KeyStage::Four),
            Self::Year(12..=13) => Some(KeyStage::Five),
            Self::Year(_) | Self::Primary(_) | Self::Secondary(_) => None,
        }
    }

    /// Returns the year after this one, which begins in September (August in Scotland). Returns `None` after the last
    /// year.
    ///
    /// ```
    /// use onroll::values::YearGroup;
    /// assert_eq!(YearGroup::Reception.next(), Some(YearGroup::Year(1)));
    /// ```
    pub fn next(self) -> Option<Self> {
        match self {
            Self::EarlyYears(1) => Some(Self::EarlyYears(2)),
            Self::EarlyYears(_) => Some(Self::Nursery(1)),
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
            Self::EarlyYears(year) => write!(f, "E{year}"),
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

    /// Reads a school's own text, as [`read`](Self::read) does.
    fn from_str(listed: &str) -> Result<Self, UnknownYearGroup> {
        Self::read(listed).ok_or(UnknownYearGroup)
    }
}

/// The text is not a national year group. It can be a name that the school chose.
///
/// ```
/// use onroll::values::YearGroup;
/// assert_eq!("Year 7".parse(), Ok(YearGroup::Year(7)));
/// let error = "Puffins".parse::<YearGroup>().unwrap_err();
/// assert_eq!(error.to_string(), "a year group must be written as Year 7, Reception, Nursery, P3 or S6");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a year group must be written as Year 7, Reception, Nursery, P3 or S6")]
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
    fn reads_year_groups_as_schools_write_them() {
        for listed in ["Year 7", "7", "Yr 7", "Y7", "Year 07", "year7", "07", "YEAR GROUP 7"] {
            assert_eq!(YearGroup::read(listed), Some(YearGroup::Year(7)), "{listed}");
        }
        for listed in ["R", "Reception", "Year R", "YR", "0", "rec"] {
            assert_eq!(YearGroup::read(listed), Some(YearGroup::Reception), "{listed}");
        }
        for listed in ["FY", "FS2", "F2", "Girls Reception", "Boys Reception", "Foundation Stage 2", "Year Reception"] {
            assert_eq!(YearGroup::read(listed), Some(YearGroup::Reception), "{listed}");
        }
        for listed in ["Year Six", "year group six", "Year 6", "6"] {
            assert_eq!(YearGroup::read(listed), Some(YearGroup::Year(6)), "{listed}");
        }
        for listed in ["Year N1", "N1", "Nursery 1"] {
            assert_eq!(YearGroup::read(listed), Some(YearGroup::Nursery(1)), "{listed}");
        }
        for listed in ["Year N2", "N2", "FS1", "Year N"] {
            assert_eq!(YearGroup::read(listed), Some(YearGroup::Nursery(2)), "{listed}");
        }
        assert_eq!(["E1", "E2"].map(YearGroup::read), [1, 2].map(|year| Some(YearGroup::EarlyYears(year))));
        assert_eq!(YearGroup::read("N1"), Some(YearGroup::Nursery(1)));
        assert_eq!(YearGroup::read("Nursery"), Some(YearGroup::Nursery(2)));
        assert_eq!(YearGroup::read("P3"), Some(YearGroup::Primary(3)));
        assert_eq!(YearGroup::read("S6"), Some(YearGroup::Secondary(6)));
        for listed in [
            "",
            "Puffins",
            "Year 15",
            "P8",
            "S7",
            "7B",
            "N3",
            "E3",
            "X",
            "Yellow",
            "Year Group",
            "2026",
            "Year 7/8",
            "1/2",
            "1-2",
        ] {
            assert_eq!(YearGroup::read(listed), None, "{listed}");
        }
    }

    #[test]
    fn every_year_group_has_a_next_year_group_until_the_last() {
        for start in [YearGroup::EarlyYears(1), YearGroup::Primary(1)] {
            let path: Vec<_> = std::iter::successors(Some(start), |year| year.next()).collect();
            assert!(path.is_sorted());
            assert!(path.len() == 18 || path.len() == 13, "{path:?}");
            assert!(path.iter().all(|y| YearGroup::read(&y.to_string()) == Some(*y)));
        }
    }
}
