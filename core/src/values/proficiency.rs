//! Recognises letters for proficiency in English in the EAL column. A to E are stages. `N` means "not yet assessed",
//! which does not mean "No".
//!
//! In a column without stages, `N` can also mean "No". If another cell in the column is a stage, each letter stays
//! unchanged until a person has decided on every `N`. Otherwise, a corrected file with `Yes` instead of `A` would no
//! longer show what `N` means there.

use crate::text;

const BESIDE_LETTERS: &str = "may mean 'not yet assessed', because other rows have the letters A to D; write Yes or No";
const BESIDE_WORDS: &str =
    "may mean 'not yet assessed', because other rows have words such as 'New to English'; write Yes or No";
const KEPT: &str = "means Yes, but onroll changes it only when every 'N' in this column has become Yes or No";

/// The stages of proficiency in England and Wales, in the order of their letters.
pub(super) const STAGES: [&str; 5] =
    ["new to english", "early acquisition", "developing competence", "competent", "fluent"];

/// How a column writes the stages of proficiency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stages {
    Letters,
    Words,
}

/// How a column writes stages of proficiency, and whether it has an `N`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Proficiency {
    /// How the column writes a stage, if a cell contains a stage.
    pub(crate) stages: Option<Stages>,
    /// Whether a cell of the column is `N`.
    pub(crate) has_n: bool,
}

impl Proficiency {
    pub(crate) fn add(&mut self, cell: &str) {
        self.stages = self.stages.or_else(|| stage(cell));
        self.has_n |= is_n(cell);
    }

    /// Returns how the column writes its stages, if it also has an `N`. No letter in such a column may be changed.
    pub(crate) fn undecided(self) -> Option<Stages> {
        self.stages.filter(|_| self.has_n)
    }
}

/// Returns whether the meaning of a cell depends on the other cells in its column, or decides the other cells' meaning.
pub(crate) fn depends(cell: &str) -> bool {
    cell != "No" && cell != "Yes" && (is_n(cell) || stage(cell).is_some() || is_letter(cell, b'e'))
}

impl Stages {
    /// Returns the message about a cell in an undecided column.
    pub(crate) fn note(self, cell: &str) -> &'static str {
        match self {
            _ if !is_n(cell) => KEPT,
            Self::Letters => BESIDE_LETTERS,
            Self::Words => BESIDE_WORDS,
        }
    }
}

fn is_n(cell: &str) -> bool {
    cell.len() < 8 && cell.trim().eq_ignore_ascii_case("n")
}

/// Returns whether a cell is a single letter from A to `last`.
fn is_letter(cell: &str, last: u8) -> bool {
    let is_stage = |letter: &u8| (b'a'..=last).contains(&letter.to_ascii_lowercase());
    cell.len() < 8 && matches!(cell.trim().as_bytes(), [letter] if is_stage(letter))
}

/// Returns how a cell writes a stage of proficiency, if it contains a stage. An `E` alone can mean something else. The
/// words of a stage are as clear as its letter.
pub(crate) fn stage(cell: &str) -> Option<Stages> {
    match cell.len() {
        0..8 => (is_letter(cell, b'd') || is_staged(cell)).then_some(Stages::Letters),
        8..40 if cell.is_ascii() => {
            let words = text::words(cell);
            let has_words = STAGES[..4].iter().any(|stage| words.ends_with(stage));
            has_words.then_some(Stages::Words).or_else(|| is_staged(cell).then_some(Stages::Letters))
        }
        _ => None,
    }
}

/// Returns whether a cell is the word `Stage` with a letter after it.
fn is_staged(cell: &str) -> bool {
    let words = cell.trim().as_bytes();
    words.split_at_checked(6).is_some_and(|(stage, letter)| {
        stage.eq_ignore_ascii_case(b"stage ") && matches!(letter, [b'a'..=b'e' | b'A'..=b'E'])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_letter_n_is_undecided_only_beside_a_stage_of_proficiency() {
        let of = |cells: &[&str]| {
            let mut proficiency = Proficiency::default();
            cells.iter().for_each(|cell| proficiency.add(cell));
            proficiency.undecided().is_some()
        };
        for stage in ["A", " d ", "b", "Stage C", "STAGE E", "C - Developing competence", "New to English"] {
            assert!(of(&[stage, "N"]) && of(&["n ", "Yes", stage]), "{stage}");
            assert!(!of(&[stage, "Yes", "No"]), "{stage}");
        }
        for other in ["E", "Yes", "K", "Polish", "Stage", "Stage F", "", "no", "not yet assessed"] {
            assert!(!of(&[other, "N"]), "{other}");
        }
    }

    #[test]
    fn recognises_cells_whose_meaning_depends_on_their_column() {
        for cell in ["N", " n", "A", "e", "B ", "Stage E", "Competent"] {
            assert!(depends(cell), "{cell}");
        }
        for cell in ["No", "Yes", "", "K", "T", "English", "Ã", "aa"] {
            assert!(!depends(cell), "{cell}");
        }
    }
}
