//! Looks up a heading (`Vocabulary`), and has the meanings that a heading can have (`Term`). `headings.tsv` lists the
//! headings of school systems, with sources. You can add headings.

mod qualifier;

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::{Arc, LazyLock};

use crate::text;

/// The meaning of a heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Term {
    FullName,
    /// A full name that begins with the surname.
    SurnameFirst,
    Forename,
    LegalForename,
    PreferredForename,
    Surname,
    LegalSurname,
    PreferredSurname,
    Username,
    Email,
    YearGroup,
    Class,
    Gender,
    /// Read as gender if there is no column for gender.
    Sex,
    PupilPremium,
    Ethnicity,
    Send,
    Eal,
    Upn,
    SourceId,
    /// onroll does not read this column, although the heading may look like the heading of a column that onroll reads.
    Ignore,
}

impl Term {
    const ALL: [(&'static str, Self); 21] = [
        ("full-name", Self::FullName),
        ("surname-first", Self::SurnameFirst),
        ("forename", Self::Forename),
        ("legal-forename", Self::LegalForename),
        ("preferred-forename", Self::PreferredForename),
        ("surname", Self::Surname),
        ("legal-surname", Self::LegalSurname),
        ("preferred-surname", Self::PreferredSurname),
        ("username", Self::Username),
        ("email", Self::Email),
        ("year-group", Self::YearGroup),
        ("class", Self::Class),
        ("gender", Self::Gender),
        ("sex", Self::Sex),
        ("pupil-premium", Self::PupilPremium),
        ("ethnicity", Self::Ethnicity),
        ("send", Self::Send),
        ("eal", Self::Eal),
        ("upn", Self::Upn),
        ("source-id", Self::SourceId),
        ("ignore", Self::Ignore),
    ];

    /// Returns the term in words, for use in a sentence.
    pub(crate) fn in_words(self) -> &'static str {
        match self {
            Self::FullName => "full name",
            Self::SurnameFirst => "full name, surname first",
            Self::Forename => "forename",
            Self::LegalForename => "legal forename",
            Self::PreferredForename => "preferred forename",
            Self::Surname => "surname",
            Self::LegalSurname => "legal surname",
            Self::PreferredSurname => "preferred surname",
            Self::Username => "username",
            Self::Email => "email address",
            Self::YearGroup => "year group",
            Self::Class => "registration group",
            Self::Gender => "gender",
            Self::Sex => "sex",
            Self::PupilPremium => "pupil premium",
            Self::Ethnicity => "ethnicity",
            Self::Send => "SEN status",
            Self::Eal => "EAL status",
            Self::Upn => "unique pupil number",
            Self::SourceId => "number of the pupil in the MIS",
            Self::Ignore => "column that is not used",
        }
    }
}

impl FromStr for Term {
    type Err = ();

    fn from_str(code: &str) -> Result<Self, ()> {
        Self::ALL.iter().find(|(own, _)| *own == code).map(|(_, term)| *term).ok_or(())
    }
}

/// One entry of the dictionary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) term: Term,
    /// Whether the heading alone is enough. Otherwise the term is a guess.
    pub(crate) is_safe: bool,
    /// The system that uses this heading. Blank if several systems use it.
    pub(crate) system: &'static str,
    /// The reason why the term is only a guess, or why onroll does not read the column.
    pub(crate) note: &'static str,
}

/// The headings of UK school systems, and the headings that you add, each with its meaning.
///
/// Case, spaces and punctuation in a heading do not matter. The whole heading must match, and typing mistakes do not
/// match. A heading can also be a known heading with certain words added, such as `Has EAL` or `Ethnicity (DfE)`. The
/// meaning of such a heading is only a guess, so onroll asks.
///
/// ```
/// use onroll::mapping::{Target, Vocabulary};
/// use onroll::Reader;
/// let vocabulary = Vocabulary::default().with("Stammgruppe", Target::ClassName);
/// let csv = "Forename,Surname,Year,Stammgruppe,Sex\nZoë,Okafor,Year 5,5A,F\n";
/// let detected = Reader::new().vocabulary(vocabulary).detect_bytes(csv.as_bytes())?;
/// assert!(detected.certain());
/// # Ok::<(), onroll::ReadError>(())
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Vocabulary {
    added: Arc<HashMap<String, Entry>>,
}

static DICTIONARY: LazyLock<HashMap<String, Entry>> = LazyLock::new(|| {
    let lines = include_str!("headings.tsv").lines().skip(1);
    lines.filter_map(entry).collect()
});

fn entry(line: &'static str) -> Option<(String, Entry)> {
    let mut cells = line.split('\t');
    let (heading, term, certainty) = (cells.next()?, cells.next()?.parse().ok()?, cells.next()?);
    let (system, note) = (cells.next()?, cells.next()?);
    Some((fold(heading), Entry { term, is_safe: certainty == "safe", system, note }))
}

/// The longest heading that is looked up, in bytes.
const LONGEST: usize = 128;

/// Words that can come before a heading. They say whose value it is, and do not change the meaning of the heading.
const OWNERS: [&str; 3] = ["student", "pupil", "learner"];

impl Vocabulary {
    /// Adds a heading. Its term is then certain.
    pub(crate) fn add(mut self, heading: &str, term: Term) -> Self {
        let entry = Entry { term, is_safe: true, system: "this system", note: "" };
        Arc::make_mut(&mut self.added).insert(fold(heading), entry);
        self
    }

    /// Returns the meaning of a heading.
    pub(crate) fn look_up(&self, heading: &str) -> Option<Entry> {
        self.look_up_folded(&fold(heading))
    }

    /// Returns the meaning of a heading that is already folded.
    pub(crate) fn look_up_folded(&self, folded: &str) -> Option<Entry> {
        if folded.is_empty() {
            return None;
        }
        let known = |folded: &str| self.added.get(folded).or_else(|| DICTIONARY.get(folded)).copied();
        let bare = || OWNERS.iter().find_map(|owner| known(folded.strip_prefix(owner)?));
        known(folded).or_else(bare)
    }

    /// Returns the meaning of a heading that is a known heading with qualifiers around it, such as `Has EAL` or
    /// `Ethnicity (DfE)`. This is only a guess, because the qualifiers may change the meaning.
    pub(crate) fn look_up_qualified(&self, heading: &str) -> Option<Entry> {
        if heading.len() > LONGEST {
            return None;
        }
        let entry = qualifier::without_qualifiers(without_note(heading), |bare| self.look_up_folded(bare))?;
        match entry.is_safe {
            true => Some(Entry { is_safe: false, system: "", note: QUALIFIED, ..entry }),
            false => Some(entry),
        }
    }
}

/// The reason why a known heading with qualifiers is only a guess.
pub(crate) const QUALIFIED: &str = "onroll knows only a part of the heading";

/// Returns the letters and digits of a heading in lower case. Leaves out a note in square brackets at the end, such as
/// `[Required]`. Returns a blank text if the given text is too long for a heading.
pub(crate) fn fold(heading: &str) -> String {
    let heading = heading.trim();
    if heading.len() > LONGEST {
        return String::new();
    }
    let bare = without_note(heading);
    if bare.is_ascii() {
        return bare
            .bytes()
            .filter(u8::is_ascii_alphanumeric)
            .map(|byte| char::from(byte.to_ascii_lowercase()))
            .collect();
    }
    let mut folded = text::words(&text::look_alike(&text::without_invisible(bare)));
    folded.retain(|c| c != ' ');
    folded
}

/// Returns a heading without a note in square brackets at its end.
fn without_note(heading: &str) -> &str {
    match heading.split_once('[') {
        Some((before, note)) if note.ends_with(']') && !before.trim().is_empty() => before,
        _ => heading,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_heading_dictionary_is_read_and_has_a_source() {
        let lines: Vec<_> = include_str!("headings.tsv").lines().skip(1).collect();
        assert_eq!(DICTIONARY.len(), lines.len(), "no heading is there twice");
        for line in lines {
            let (folded, entry) = entry(line).unwrap_or_else(|| panic!("{line}"));
            assert!(!folded.is_empty() && !line.split('\t').nth(5).unwrap().is_empty(), "{line}");
            // Each term that is not safe has a reason.
            assert_eq!(entry.is_safe, entry.note.is_empty(), "{line}");
        }
    }

    #[test]
    fn finds_only_whole_headings_in_the_dictionary() {
        let own = Vocabulary::default();
        let term = |heading: &str| own.look_up(heading).map(|entry| (entry.term, entry.is_safe));
        assert_eq!(term("reg"), Some((Term::Class, true)));
        assert_eq!(term(" First Name [Required]"), Some((Term::Forename, true)));
        assert_eq!(term("Surn\u{430}me"), Some((Term::Surname, true)));
        assert_eq!(term("Pupil Gender"), Some((Term::Gender, true)));
        assert_eq!(term("FSM"), Some((Term::PupilPremium, false)));
        assert_eq!(term("Former UPN"), Some((Term::Ignore, false)));
        // A letter is missing or added, or a known word is part of another heading.
        for other in ["Surnam", "Regs", "Mother's Forename", "Meals", "", &"Surname ".repeat(40)] {
            assert_eq!(term(other), None, "{other}");
        }
    }
}
