//! Recognises a known heading among words that qualify it, or beside a second heading of the same column: `Has EAL`,
//! `SENProvisionType`, `Form / Reg`.
//!
//! Each kind of column has its own list of qualifiers. A word that is harmless in one heading can change the meaning of
//! a different heading. For example, `SEN Status` is about SEND, but `Registration Status` is not a class.

use crate::text;

use super::{Entry, Term};

/// The largest number of qualifiers in one heading.
const MOST: usize = 4;

/// Words for the current value, for the person, and for the MIS.
const COMMON: &str = "current currently actual student pupil learner the mis";
const NAME: &str = "legal official";
const YEAR: &str = "nc dfe name code number no";
const CLASS: &str = "name code";
const ID: &str = "number no code";
/// Words in the headings of columns that say yes or no, or that contain codes.
const CODED: &str = "is has on any y n k e yes no type status code description desc name value flag indicator marker \
                     category eligible eligibility recipient group detail details provision register dfe census a an";
const GENDER: &str =
    "m f male female legal registered recorded birth at assigned code description name value dfe census";

/// Returns whether a word leaves the meaning of a heading as it is.
fn is_qualifier(term: Term, word: &str) -> bool {
    let own = match term {
        Term::FullName | Term::SurnameFirst | Term::Forename | Term::LegalForename | Term::PreferredForename => NAME,
        Term::Surname | Term::LegalSurname | Term::PreferredSurname => NAME,
        Term::YearGroup => YEAR,
        Term::Class => CLASS,
        Term::Gender | Term::Sex => GENDER,
        Term::PupilPremium | Term::Ethnicity | Term::Send | Term::Eal => CODED,
        Term::Upn | Term::SourceId => ID,
        Term::Username | Term::Email | Term::Ignore => "",
    };
    COMMON.split(' ').chain(own.split_whitespace()).any(|qualifier| qualifier == word)
}

/// Returns the entry of the longest part of a heading that is known and has only qualifiers before and after it.
pub(super) fn without_qualifiers(heading: &str, known: impl Fn(&str) -> Option<Entry>) -> Option<Entry> {
    let by_capitals = with_spaces_at_capitals(heading);
    [heading, &by_capitals].into_iter().find_map(|heading| {
        let words = text::words(&text::look_alike(&text::without_invisible(heading)));
        longest_known(&words.split(' ').collect::<Vec<_>>(), &known)
    })
}

fn longest_known(words: &[&str], known: impl Fn(&str) -> Option<Entry>) -> Option<Entry> {
    let part = |before: usize, after: usize| {
        let (first, rest) = words.split_at_checked(before)?;
        let (bare, last) = rest.split_at_checked(rest.len().checked_sub(after)?)?;
        let entry = known(&bare.concat())?;
        // Words that mean the same column qualify too, as in `Class / Registration Group`.
        let qualifies = |words: &[&str]| {
            words.iter().all(|word| is_qualifier(entry.term, word))
                || known(&words.concat()).is_some_and(|other| other.term == entry.term)
        };
        (qualifies(first) && qualifies(last)).then_some(entry)
    };
    (1..=MOST).find_map(|others| (0..=others).find_map(|before| part(before, others - before)))
}

/// Returns a heading with a space before each capital letter that follows a small letter. If a small letter follows
/// several capitals, there is also a space before the last capital.
fn with_spaces_at_capitals(heading: &str) -> String {
    let chars: Vec<char> = heading.chars().collect();
    let mut spaced = String::with_capacity(heading.len() + 8);
    for (index, c) in chars.iter().enumerate() {
        let is_start = index > 0 && c.is_uppercase() && {
            let (before, next) = (chars[index - 1], chars.get(index + 1));
            before.is_lowercase() || before.is_uppercase() && next.is_some_and(|next| next.is_lowercase())
        };
        if is_start {
            spaced.push(' ');
        }
        spaced.push(*c);
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::Vocabulary;

    #[test]
    fn a_known_heading_with_qualifiers_is_a_guess() {
        let own = Vocabulary::default();
        for (heading, term) in [
            ("Legal Sex", Term::Sex),
            ("Sex at birth", Term::Sex),
            ("Is Pupil Premium", Term::PupilPremium),
            ("IsPupilPremium", Term::PupilPremium),
            ("is_pupil_premium", Term::PupilPremium),
            ("Pupil Premium (Y/N)", Term::PupilPremium),
            ("Has EAL", Term::Eal),
            ("EAL (DfE code) [Optional]", Term::Eal),
            ("SEN Provision Type", Term::Send),
            ("SENProvisionType", Term::Send),
            ("On SEN Register", Term::Send),
            ("Year group (NC)", Term::YearGroup),
            ("Ethnicity (DfE)", Term::Ethnicity),
            ("Current Registration Group", Term::Class),
            ("Official Surname", Term::Surname),
            ("Is FSM", Term::PupilPremium),
            ("SEN (N/K/E)", Term::Send),
            ("Sex (M/F)", Term::Sex),
            ("Class / Registration Group", Term::Class),
        ] {
            let entry = own.look_up_qualified(heading).map(|entry| (entry.term, entry.is_safe));
            assert_eq!(entry, Some((term, false)), "{heading}");
        }
        // An entry that is a guess even without qualifiers keeps its own reason, which says more.
        assert!(own.look_up_qualified("Is FSM").unwrap().note.contains("free school meals"));
    }

    #[test]
    fn a_word_that_changes_the_meaning_is_not_a_qualifier() {
        let own = Vocabulary::default();
        for heading in [
            "Mother's Surname",
            "Forename (Parent 1)",
            "Previous UPN",
            "Registration Status",
            "Registration Number",
            "Class Teacher",
            "Year / Class",
            "Year of leaving",
            "Key Stage",
            "SEN Start Date",
            "SEN Notes",
            "Pupil Premium Amount",
            "EAL Proficiency",
            "Parent Email",
            "Surnames",
            "Type",
            "",
            &"Has ".repeat(40),
        ] {
            assert_eq!(own.look_up_qualified(heading), None, "{heading}");
        }
    }
}
