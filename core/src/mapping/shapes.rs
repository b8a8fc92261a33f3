//! Judges the form of a column's values, in its first rows (`ROWS`). The form can make a heading doubtful, or lead to a
//! guess if there is no heading. It never makes a decision certain.

use crate::meaning::Meaning;
use crate::text;
use crate::upn;
use crate::username;
use crate::values::ethnicity::Ethnicities;
use crate::values::gender::Gender;
use crate::values::year_group::YearGroup;
use crate::vocabulary::Term;

use super::{Records, Target};

/// The largest number of rows that are examined for the form of a column's values.
const ROWS: usize = 400;

/// A kind of value that a student has, and that is never a heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ValueKind {
    YearGroup,
    Class,
    Gender,
    Upn,
    Email,
    Date,
}

impl ValueKind {
    pub(crate) fn of(value: &str) -> Option<Self> {
        let value = value.trim();
        if value.is_empty() || value.len() > 64 {
            return None;
        }
        let is_gender = matches!(Gender::meaning(value), Meaning::Exact(_) | Meaning::Safe(_));
        let is_date = || {
            let parts: Vec<&str> = value.split(['/', '-', '.']).collect();
            parts.len() == 3 && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
        };
        match value {
            _ if is_gender => Some(Self::Gender),
            _ if YearGroup::read(value).is_some() => Some(Self::YearGroup),
            _ if is_class(value) => Some(Self::Class),
            _ if is_like_upn(value) => Some(Self::Upn),
            _ if username::is_email(value) => Some(Self::Email),
            _ if is_date() => Some(Self::Date),
            _ => None,
        }
    }
}

/// Returns whether a value is a class such as `7B` or `10XY`.
fn is_class(value: &str) -> bool {
    let digits = value.bytes().take_while(u8::is_ascii_digit).count();
    let letters = value.bytes().skip(digits).take_while(u8::is_ascii_alphabetic).count();
    (1..=2).contains(&digits) && (1..=3).contains(&letters) && digits + letters == value.len()
}

/// Returns the values in the first rows of a column, without blank values.
pub(super) fn sample(records: &Records, column: usize) -> Vec<&str> {
    filled_in(records, column, records.len().min(ROWS))
}

fn filled_in(records: &Records, column: usize, rows: usize) -> Vec<&str> {
    let cells = (0..rows).map(|row| records.cell(row, column).trim());
    cells.filter(|cell| !cell.is_empty()).collect()
}

/// Returns whether at least this percentage of the values pass. Returns false if there are no values.
fn most(values: &[&str], percent: usize, is_such: impl Fn(&str) -> bool) -> bool {
    !values.is_empty() && values.iter().filter(|value| is_such(value)).count() * 100 >= values.len() * percent
}

/// Returns the reason why the values of a column contradict its heading, or `None` if they do not.
pub(super) fn contradiction(term: Term, values: &[&str]) -> Option<&'static str> {
    let most = |percent, is_such: &dyn Fn(&str) -> bool| most(values, percent, is_such);
    match term {
        Term::YearGroup if most(50, &is_calendar_year) => Some("its values are calendar years"),
        Term::Class if most(50, &is_teaching_set) => Some("its values are teaching sets, such as 10X/Ma1"),
        Term::Class if most(90, &|value| value.contains([';', '|'])) => Some("its values are lists of classes"),
        Term::Upn if values.len() > 2 && !values.iter().any(|value| is_like_upn(value)) => {
            Some("none of its values is a UPN")
        }
        Term::Email if !values.is_empty() && !values.iter().any(|value| value.contains('@')) => {
            Some("none of its values is an email address")
        }
        Term::FullName | Term::SurnameFirst if most(50, &has_digit) => Some("its values are not names"),
        Term::FullName if values.len() > 1 && most(90, &|value| !value.contains([' ', ',', '\u{A0}'])) => {
            Some("its values are single words")
        }
        Term::Forename | Term::LegalForename | Term::PreferredForename if most(50, &has_digit) => {
            Some("its values are not names")
        }
        Term::Surname | Term::LegalSurname | Term::PreferredSurname if most(50, &has_digit) => {
            Some("its values are not names")
        }
        _ => None,
    }
}

fn has_digit(value: &str) -> bool {
    value.bytes().any(|byte| byte.is_ascii_digit())
}

/// Returns whether a value is a calendar year, such as `2019` or `2019/20`, and not a school year.
fn is_calendar_year(value: &str) -> bool {
    let first: String = value.chars().take_while(char::is_ascii_digit).collect();
    first.len() == 4 && (first.starts_with("19") || first.starts_with("20"))
}

/// Returns whether a value is a teaching set with the subject after the slash, such as `10X/Ma1` or `9A/En`.
fn is_teaching_set(value: &str) -> bool {
    value.split_once('/').is_some_and(|(year, set)| {
        let letters = set.bytes().take_while(u8::is_ascii_alphabetic).count();
        year.bytes().next().is_some_and(|byte| byte.is_ascii_digit())
            && year.bytes().any(|byte| byte.is_ascii_alphabetic())
            && (2..=4).contains(&letters)
            && set.bytes().skip(letters).all(|byte| byte.is_ascii_digit())
    })
}

/// Returns whether a value has the form of a UPN, even if the check letter is wrong.
fn is_like_upn(value: &str) -> bool {
    let bytes = value.as_bytes();
    bytes.len() == 13
        && bytes.first().is_some_and(u8::is_ascii_alphabetic)
        && bytes[1..12].iter().all(u8::is_ascii_digit)
}

/// Returns whether the values of a column are names with a comma between surname and forename. At most one in ten values
/// may have no comma. A name with several commas, or with a comma before a suffix such as Jr, does not count. Each name
/// of these kinds gets a warning when it is read.
pub(super) fn is_surname_first(values: &[&str]) -> bool {
    let such = values.iter().filter(|value| text::split_at_comma(value).is_some()).count();
    let without = values.iter().filter(|value| !value.contains(',')).count();
    such > 1 && without * 10 <= values.len()
}

/// Returns whether the values of a column without a known heading look like values of a target.
pub(super) fn looks_like(target: Target, values: &[&str], ethnicities: &Ethnicities) -> bool {
    let is_sure = |value: &str| matches!(ethnicities.meaning(value), Meaning::Exact(_) | Meaning::Safe(_));
    let gender = |value: &str| match Gender::meaning(value) {
        Meaning::Exact(gender) | Meaning::Safe(gender) => Some(gender),
        _ => None,
    };
    match target {
        Target::FullName => {
            let is_name = |value: &str| {
                !has_digit(value) && !value.contains('@') && (2..=5).contains(&value.split_whitespace().count())
            };
            most(values, 90, is_name) && values.len() > 1 && values.windows(2).all(|pair| pair[0] != pair[1])
        }
        Target::YearGroup => {
            let is_number = |value: &str| value.bytes().all(|byte| byte.is_ascii_digit());
            most(values, 95, |value| YearGroup::read(value).is_some()) && !values.iter().all(|value| is_number(value))
        }
        Target::ClassName => most(values, 95, is_class),
        Target::Gender => {
            most(values, 95, |value| gender(value).is_some())
                && [Gender::Male, Gender::Female]
                    .iter()
                    .all(|one| values.iter().any(|value| gender(value) == Some(*one)))
        }
        Target::Ethnicity => most(values, 90, is_sure),
        Target::Upn => most(values, 90, |value| upn::valid(value).is_some()),
        Target::Email => most(values, 90, username::is_email),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn detects_values_that_contradict_their_heading() {
        for (term, values, expected) in [
            (Term::YearGroup, &["2019", "2020"][..], true),
            (Term::YearGroup, &["7", "Puffins"], false),
            (Term::Class, &["10X/Ma1", "10yen1", "10Y/En1"], true),
            (Term::Class, &["7B", "Oak, Room 2", "3/4J", "1/2"], false),
            (Term::Upn, &["123", "456", "789"], true),
            (Term::Upn, &["H801200001001", "", "TBC"], false),
            (Term::Email, &["asmith"], true),
            (Term::FullName, &["Amelia", "Noah"], true),
            (Term::FullName, &["Amelia Hart", "Noah Khan"], false),
            (Term::Surname, &["1001", "1002"], true),
            (Term::Surname, &["Hart"], false),
        ] {
            assert_eq!(contradiction(term, values).is_some(), expected, "{term:?} {values:?}");
        }
    }

    #[test]
    fn recognises_the_values_that_only_students_have() {
        for (value, kind) in [
            ("Year 5", ValueKind::YearGroup),
            ("5A", ValueKind::Class),
            ("Female", ValueKind::Gender),
            ("m", ValueKind::Gender),
            ("H801200001001", ValueKind::Upn),
            ("a@b.uk", ValueKind::Email),
            ("01/09/2015", ValueKind::Date),
        ] {
            assert_eq!(ValueKind::of(value), Some(kind), "{value}");
        }
        for value in ["", "Ann Lee", "Oak", "Gender", "Year", "Class", "1/2", "Shoe size"] {
            assert_eq!(ValueKind::of(value), None, "{value}");
        }
    }

    #[test]
    fn recognises_the_target_of_a_column_by_its_values() {
        let ethnicities = Ethnicities::default();
        let looks = |target, values: &[&str]| looks_like(target, values, &ethnicities);
        assert!(looks(Target::Gender, &["M", "F", "M"]) && !looks(Target::Gender, &["F", "F"]));
        assert!(looks(Target::YearGroup, &["Year 7", "R"]) && !looks(Target::YearGroup, &["7", "8"]));
        assert!(looks(Target::ClassName, &["7B", "10XY"]) && !looks(Target::ClassName, &["7", "B"]));
        assert!(
            looks(Target::FullName, &["Amelia Hart", "Noah Khan"])
                && !looks(Target::FullName, &["The Oaks", "The Oaks"])
        );
        assert!(looks(Target::Ethnicity, &["WBRI", "White - Irish"]) && !looks(Target::Ethnicity, &["Yes"]));
        assert!(looks(Target::Upn, &["H801200001001"]) && looks(Target::Email, &["a@b.uk"]));
        assert!(is_surname_first(&["Hart, Amelia", "Khan, Noah"]) && !is_surname_first(&["Hart, Amelia", "Noah Khan"]));
        assert!(is_surname_first(&["Hart, Amelia", "Al Smith, Jr", "Khan, Noah"]));
        assert!(is_surname_first(&["Hart, Amelia", "Smith, Jr, Al", "Khan, Noah"]));
        assert!(!is_surname_first(&["Al Smith, Jr", "Bo Day, III"]));
        let mut values = vec!["Hart, Amelia"; 9];
        values.push("Noah Khan");
        assert!(is_surname_first(&values) && !is_surname_first(&values[1..]));
    }
}
