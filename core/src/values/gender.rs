//! The three values of Gender, and the list of words that an MIS uses for them.
//! `check/row.rs` decides the problem of any other value, and `problem/message.rs` has its message.

use crate::code::coded;
use crate::meaning::Meaning;
use crate::text::{self, TwoWayMatch};

/// A student's gender.
///
/// ```
/// use onroll::values::Gender;
/// assert_eq!(Gender::NonBinary.to_string(), "Non-Binary");
/// ```
///
/// A form lists all three genders.
///
/// ```
/// use onroll::values::Gender;
/// assert_eq!(Gender::ALL.map(Gender::as_str), ["Male", "Female", "Non-Binary"]);
/// assert_eq!("Female".parse(), Ok(Gender::Female));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(clippy::exhaustive_enums)] // the format has three genders
pub enum Gender {
    /// `Male`
    Male,
    /// `Female`
    Female,
    /// `Non-Binary`
    NonBinary,
}

coded!(Gender: "gender");

impl Gender {
    /// All three genders, in list order.
    pub const ALL: [Self; 3] = [Self::Male, Self::Female, Self::NonBinary];

    /// Returns the value exactly as it must be written in a file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Male => "Male",
            Self::Female => "Female",
            Self::NonBinary => "Non-Binary",
        }
    }

    pub(crate) fn exact(cell: &[u8]) -> Option<Self> {
        match cell {
            b"Male" => Some(Self::Male),
            b"Female" => Some(Self::Female),
            b"Non-Binary" => Some(Self::NonBinary),
            _ => None,
        }
    }

    /// The values of nearly all cells.
    pub(crate) const USUAL: TwoWayMatch = TwoWayMatch::new(b"Male", b"Female");

    /// Returns what a school system's word for a gender means. `gender_letters.rs` decides about columns in which a letter
    /// may be Welsh, and has the Welsh words too.
    pub(crate) fn meaning(cell: &str) -> Meaning<Self> {
        if let Some(gender) = Self::exact(cell.as_bytes()) {
            return Meaning::Exact(gender);
        }
        // Most systems write a letter. These two need no search for words.
        match cell {
            "M" => return Meaning::Safe(Self::Male),
            "F" => return Meaning::Safe(Self::Female),
            _ => {}
        }
        match text::words(cell).as_str() {
            "m" | "male" | "boy" | "bachgen" | "gwryw" => Meaning::Safe(Self::Male),
            "f" | "female" | "girl" | "merch" | "benyw" => Meaning::Safe(Self::Female),
            "nb" | "non binary" | "nonbinary" => Meaning::Safe(Self::NonBinary),
            "b" | "boys" | "man" | "males" => Meaning::Guess(Self::Male),
            "g" | "girls" | "woman" | "w" | "females" => Meaning::Guess(Self::Female),
            // Some systems write X for a gender that is neither male nor female, and others for 'not recorded'.
            "x" | "enby" => Meaning::Guess(Self::NonBinary),
            _ => Meaning::Unknown,
        }
    }

    /// Returns the gender whose word is nearest to a cell that has no [meaning](Self::meaning). Such a cell is probably
    /// misspelt.
    pub(crate) fn nearest(cell: &str) -> Option<Self> {
        // 'fmale' is as near to 'male' as to 'female', so neither is the nearest.
        match text::nearest(&text::words(cell), ["male", "female", "non binary"].into_iter())? {
            "male" => Some(Self::Male),
            "female" => Some(Self::Female),
            _ => Some(Self::NonBinary),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_genders_as_school_systems_write_them() {
        use Gender::{Female, Male, NonBinary};
        assert_eq!(Gender::meaning("Male"), Meaning::Exact(Male));
        for (cell, gender) in [("M", Male), ("MALE", Male), ("boy", Male), ("F", Female), ("Girl", Female)]
            .into_iter()
            .chain([("Bachgen", Male), ("GWRYW", Male), ("merch", Female), ("Benyw", Female)])
        {
            assert_eq!(Gender::meaning(cell), Meaning::Safe(gender), "{cell}");
        }
        for cell in ["Non binary", "NonBinary", "NB", "non-binary"] {
            assert_eq!(Gender::meaning(cell), Meaning::Safe(NonBinary), "{cell}");
        }
        assert_eq!(Gender::meaning("X"), Meaning::Guess(NonBinary));
        assert_eq!(Gender::NonBinary.to_string(), "Non-Binary");
        assert_eq!(["Mal", "Mael", "Femal"].map(Gender::nearest), [Some(Male), Some(Male), Some(Female)]);
        for cell in ["Not specified", "U", "7B", "?", "male/female", "ml", "ma"] {
            assert_eq!((Gender::meaning(cell), Gender::nearest(cell)), (Meaning::Unknown, None), "{cell}");
        }
    }

    #[test]
    fn suggests_the_nearest_word_for_a_misspelling() {
        use Gender::{Female, Male, NonBinary};
        let near = ["Mal", "Femle", "Non binry", "Unknown"].map(Gender::nearest);
        assert_eq!(near, [Some(Male), Some(Female), Some(NonBinary), None]);
    }
}
