//! Finds the meaning of one heading in a file with the template's columns: the column, and how certain this is.
//! `vocabulary/headings.tsv` lists other words for a column. `mapping/headings.rs` does the same for exports.

use std::sync::LazyLock;

use crate::column::Column;
use crate::text;
use crate::vocabulary::{Entry, Term, Vocabulary};

use super::headings::ID_HEADINGS;

/// The meaning of a cell in the heading row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Understood {
    Exact(Column),
    /// A misspelling with only one meaning. It differs from the heading in case, spaces, punctuation or look-alike
    /// letters.
    Safe(Column),
    /// A different word for a column, a heading with a note after it, or a typing mistake.
    Guess(Column),
    /// The index of one of [`ID_HEADINGS`], and whether the heading is spelt exactly.
    Id(usize, bool),
    Nameless,
    Unknown,
}

/// The length of the longest heading whose meaning is looked up, in bytes.
pub(super) const LONGEST_HEADING: usize = 256;
/// A heading with more characters outside ASCII than this is not looked up. Each such character, for example a
/// look-alike letter, is expensive to look up.
const MOST_OUTSIDE_ASCII: usize = 4;

/// The nine headings, folded.
static FOLDED: LazyLock<[String; Column::COUNT]> = LazyLock::new(|| Column::ALL.map(|column| fold(column.heading())));

pub(super) fn understand(cell: &str) -> Understood {
    if let Some(column) = Column::ALL.into_iter().find(|c| c.heading() == cell) {
        return Understood::Exact(column);
    }
    let outside_ascii = |text: &str| text.chars().filter(|c| !c.is_ascii()).nth(MOST_OUTSIDE_ASCII).is_some();
    if cell.len() > LONGEST_HEADING || outside_ascii(cell.trim()) {
        return Understood::Unknown;
    }
    let folded = fold(cell);
    if folded.is_empty() {
        return Understood::Nameless;
    }
    if let Some(id) = ["upn", "sourceid"].iter().position(|heading| *heading == folded) {
        return Understood::Id(id, ID_HEADINGS.get(id) == Some(&cell));
    }
    let column_of = |heading: &str| {
        let at = FOLDED.iter().position(|known| known == heading)?;
        Column::ALL.get(at).copied()
    };
    if let Some(column) = column_of(&folded) {
        return Understood::Safe(column);
    }
    if let Some(column) = Vocabulary::default().look_up_folded(&folded).and_then(column_of_term) {
        return Understood::Guess(column);
    }
    // A template may have a note after the heading, as in 'Ethnicity (DfE code)'.
    let bare = cell.split_once(['(', '[']).map(|(bare, _)| fold(bare)).filter(|bare| !bare.is_empty());
    if let Some(column) = bare.as_deref().and_then(column_of) {
        return Understood::Guess(column);
    }
    let near = text::nearest(&folded, FOLDED.iter().map(String::as_str)).filter(|_| folded.len() > 2);
    near.and_then(column_of).map_or(Understood::Unknown, Understood::Guess)
}

/// Returns the column that a heading of the dictionary means. A part of a name is not a full name, and free school meals
/// are not pupil premium, so headings that are only guesses mean nothing here, except for the name and the username.
fn column_of_term(entry: Entry) -> Option<Column> {
    let column = match entry.term {
        Term::FullName | Term::SurnameFirst => Column::FullName,
        Term::Username | Term::Email => Column::Username,
        Term::YearGroup => Column::YearGroup,
        Term::Class => Column::Class,
        Term::Gender | Term::Sex => Column::Gender,
        Term::PupilPremium => Column::PupilPremium,
        Term::Ethnicity => Column::Ethnicity,
        Term::Send => Column::Send,
        Term::Eal => Column::Eal,
        _ => return None,
    };
    let may_be_guess = matches!(entry.term, Term::FullName | Term::Username);
    (entry.is_safe || may_be_guess).then_some(column)
}

/// Returns a heading in lower case and without spaces. Each letter becomes the ASCII letter that it looks like.
pub(super) fn fold(cell: &str) -> String {
    let mut folded = text::words(&text::look_alike(&text::without_invisible(cell)));
    folded.retain(|c| c != ' ');
    folded
}
