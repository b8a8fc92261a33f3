//! Looks up the headings of an export in the dictionary, and explains the result in words. `points` scores a row as a
//! heading row. The dictionary is `vocabulary/headings.tsv`.

use crate::vocabulary::{self, Entry, QUALIFIED, Term, Vocabulary};

use super::Target;

/// One heading of a table.
#[derive(Debug)]
pub(super) struct Heading<'h> {
    pub(super) text: &'h str,
    pub(super) folded: String,
    pub(super) entry: Option<Entry>,
    /// Whether the heading is spelt as in files that onroll writes.
    pub(super) is_exact: bool,
}

/// Returns the target to which a column with this term belongs. A part of a name belongs to the full name.
pub(super) fn target(term: Term) -> Option<Target> {
    Some(match term {
        Term::FullName | Term::SurnameFirst | Term::Forename | Term::LegalForename | Term::PreferredForename => {
            Target::FullName
        }
        Term::Surname | Term::LegalSurname | Term::PreferredSurname => Target::FullName,
        Term::Username => Target::Username,
        Term::Email => Target::Email,
        Term::YearGroup => Target::YearGroup,
        Term::Class => Target::ClassName,
        Term::Gender | Term::Sex => Target::Gender,
        Term::PupilPremium => Target::PupilPremium,
        Term::Ethnicity => Target::Ethnicity,
        Term::Send => Target::Send,
        Term::Eal => Target::Eal,
        Term::Upn => Target::Upn,
        Term::SourceId => Target::SourceId,
        Term::Ignore => return None,
    })
}

/// Looks up every heading.
pub(super) fn read<'h>(headings: &'h [String], vocabulary: &Vocabulary) -> Vec<Heading<'h>> {
    let heading = |text: &'h String| {
        let folded = vocabulary::fold(text);
        let entry = vocabulary.look_up_folded(&folded).or_else(|| vocabulary.look_up_qualified(text));
        let own = entry.and_then(|entry| target(entry.term));
        let is_exact = own.is_some_and(|target| target != Target::Email && target.heading() == text);
        Heading { text: text.trim(), folded, entry, is_exact }
    };
    headings.iter().map(heading).collect()
}

impl Heading<'_> {
    /// Returns whether the heading is a known heading with other words around it.
    pub(super) fn is_qualified(&self) -> bool {
        self.entry.is_some_and(|entry| entry.note == QUALIFIED)
    }

    /// Returns the reason for the decision about this column, in words.
    pub(super) fn reason(&self) -> String {
        let Some(entry) = self.entry else { return format!("'{}' is not a known heading", self.text) };
        match (self.is_exact, entry.is_safe, entry.system) {
            (true, ..) => format!("'{}' is the heading of the template", self.text),
            (_, true, "") => format!("'{}' usually means the {}", self.text, entry.term.in_words()),
            (_, true, system) => format!("'{}' is what {system} calls the {}", self.text, entry.term.in_words()),
            _ if entry.term == Term::Ignore => format!("'{}': {}", self.text, entry.note),
            _ => format!("'{}' may be the {}, but {}", self.text, entry.term.in_words(), entry.note),
        }
    }
}

/// Returns the points that a cell adds to its row's score as a heading row. Also returns the bit that stands for the
/// meaning of the heading.
pub(crate) fn points(vocabulary: &Vocabulary, cell: &str) -> Option<(usize, u32)> {
    let first = cell.trim_start().chars().next()?;
    // A text that begins with a digit is a value, or a heading that is not in the dictionary.
    if first.is_ascii_digit() {
        return None;
    }
    let entry = vocabulary.look_up(cell)?;
    Some((1 + usize::from(entry.is_safe), 1 << entry.term as u32))
}
