//! Recognises columns of genders in which a letter may be English or Welsh: `M` is Male or Merch (girl), `B` is Boy or
//! Benyw (female), and `G` is Girl or Gwryw (male).
//!
//! In nearly every column, `F` beside `M` shows that the letters are English. A letter stays unchanged if the column
//! does not show its language.

use crate::text;
use crate::values::gender::Gender;

const M: &str = "may mean Male, or Merch (girl) in Welsh, and the other rows do not show which; write Male or Female";
const B: &str = "may mean Boy, or Benyw (female) in Welsh, and the other rows do not show which; write Male or Female";
const G: &str = "may mean Girl, or Gwryw (male) in Welsh, and the other rows do not show which; write Male or Female";
const KEPT: &str =
    "is Welsh, but onroll changes it only when every 'M', 'B' and 'G' in this column has become Male or Female";

/// The values of a column of genders that show the language of its letters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct GenderLetters {
    /// Whether a cell is `F`, or Female in another spelling than ours. The letters are then English.
    has_female: bool,
    /// The number of cells that are `M`, up to 255, and the number of cells that are Male in our spelling.
    m: u8,
    male: u8,
    /// The number of cells that are `M` and that a person typed over.
    typed_m: u8,
    /// Whether a cell is Female in our spelling.
    has_our_female: bool,
    /// Whether a cell is a letter that does not belong beside `M` in English.
    has_other: bool,
    /// Whether such a letter is decided or typed over. The letter may be Welsh all the same, so `M` stays undecided.
    has_decided_other: bool,
    has_welsh: bool,
}

impl GenderLetters {
    pub(crate) fn add(&mut self, cell: &str) {
        self.add_cells(cell, 1);
    }

    /// Adds a number of equal cells.
    pub(crate) fn add_cells(&mut self, cell: &str, count: u64) {
        let (cell, add) = (cell.trim(), |to: u8| to.saturating_add(u8::try_from(count).unwrap_or(u8::MAX)));
        match letter(cell) {
            Some(b'f') => self.has_female = true,
            Some(b'm') => self.m = add(self.m),
            // D is Dyn (man), beside M for Menyw (woman).
            Some(b'b' | b'g' | b'd') => self.has_other = true,
            Some(_) => {}
            None if cell == "Male" => self.male = add(self.male),
            None => self.add_word(cell),
        }
    }

    /// Adds a cell whose meaning a mapping decides. The other letters depend on it: `M` for Female is Welsh, and `M` for
    /// Male is English. `B` for Male can be Boy or Bachgen, and `G` for Female can be Girl or Geneth.
    pub(crate) fn add_decided(&mut self, cell: &str, decided: &str, count: u64) {
        let gender = Gender::meaning(decided).likely();
        if let Some(gender) = gender {
            // The corrected file has this value.
            self.add_cells(gender.as_str(), count);
        }
        let is_welsh = |welsh: Gender| gender == Some(welsh);
        match letter(cell) {
            Some(b'm' | b'b') => self.has_welsh |= is_welsh(Gender::Female),
            Some(b'g' | b'd') => self.has_welsh |= is_welsh(Gender::Male),
            _ => {}
        }
        self.add_shown(cell);
    }

    /// Adds a cell that a person typed over. It shows less than other cells, because a person may have corrected only
    /// this student's gender.
    pub(crate) fn add_typed_over(&mut self, cell: &str) {
        if letter(cell) == Some(b'm') {
            self.typed_m = self.typed_m.saturating_add(1);
        }
        self.add_shown(cell);
    }

    /// Adds what a cell shows about other cells, although its own meaning is decided.
    fn add_shown(&mut self, cell: &str) {
        match letter(cell) {
            Some(b'f') => self.has_female = true,
            Some(b'b' | b'g' | b'd') => self.has_decided_other = true,
            Some(_) => {}
            None => self.add_word(cell.trim()),
        }
    }

    /// Adds what the same column shows in another form.
    pub(crate) fn merge(&mut self, other: Self) {
        self.has_female |= other.has_female;
        self.m = self.m.max(other.m);
        self.male = self.male.max(other.male);
        self.typed_m = self.typed_m.max(other.typed_m);
        self.has_our_female |= other.has_our_female;
        self.has_other |= other.has_other;
        self.has_decided_other |= other.has_decided_other;
        self.has_welsh |= other.has_welsh;
    }

    fn add_word(&mut self, cell: &str) {
        self.has_welsh |= is_welsh(cell);
        self.has_our_female |= cell == "Female";
        // In a corrected file, a person may have written Female in place of `M`. So this spelling shows nothing.
        self.has_female |= cell != "Female" && {
            let cell = cell.trim();
            matches!(cell.len(), 6..=8) && matches!(text::words(cell).as_str(), "female" | "females")
        };
    }

    /// Returns whether the letters are certainly English. No other cell can change this.
    pub(crate) fn is_english(self) -> bool {
        self.has_female
    }

    /// Returns whether the letters and the Welsh words stay unchanged until a person has decided what each letter means.
    pub(crate) fn is_undecided(self) -> bool {
        /// In a boys' school, a few cells may be Male beside `M`.
        const MANY: u8 = 8;
        let has_m = self.m > 0;
        let has_any_other = self.has_other || self.has_decided_other;
        // A person may have replaced every `B` (Bachgen) by Male first. Without girls, `M` is then Merch.
        let are_letters_replaced =
            has_m && self.m.saturating_add(self.typed_m) >= MANY && self.male >= MANY && !self.has_our_female;
        let is_mixed = has_m && (has_any_other || self.has_welsh) || self.has_other && self.has_welsh;
        !self.has_female && (is_mixed || are_letters_replaced)
    }
}

/// Returns whether the meaning of a cell depends on the other cells in its column.
pub(crate) fn depends(cell: &str) -> bool {
    note(cell).is_some()
}

/// Returns the message about a letter or a Welsh word in an undecided column.
pub(crate) fn note(cell: &str) -> Option<&'static str> {
    match letter(cell) {
        Some(b'm') => Some(M),
        Some(b'b') => Some(B),
        Some(b'g') => Some(G),
        Some(_) => None,
        None => is_welsh(cell).then_some(KEPT),
    }
}

/// Returns whether a cell is a Welsh word for a gender.
fn is_welsh(cell: &str) -> bool {
    let cell = cell.trim();
    let may_be =
        matches!(cell.len(), 5..=9) && matches!(cell.as_bytes().first(), Some(b'b' | b'B' | b'm' | b'M' | b'g' | b'G'));
    may_be && matches!(text::words(cell).as_str(), "bachgen" | "merch" | "benyw" | "gwryw")
}

/// Returns the letter of a cell that is a single letter, in lower case. Signs may be around the letter.
fn letter(cell: &str) -> Option<u8> {
    match cell.trim().as_bytes() {
        [letter] => Some(letter.to_ascii_lowercase()),
        b"Male" | b"Female" => None,
        bytes if bytes.len() < 8 => match text::words(cell).as_bytes() {
            [letter] => Some(*letter),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_undecided_only_in_columns_that_may_be_welsh() {
        let of = |cells: &[&str]| {
            let mut letters = GenderLetters::default();
            cells.iter().for_each(|cell| letters.add(cell));
            letters.is_undecided()
        };
        for cells in
            [&["B", "M"][..], &["m", " b "], &["G", "M."], &["D", "M", "Male"], &["Merch", "B"], &["Female", "B", "M"]]
        {
            assert!(of(cells), "{cells:?}");
        }
        for cells in [
            &["M"][..],
            &["M", "F"],
            &["M", "F", "B"],
            &["B", "G"],
            &["M", "FEMALE", "G"],
            &["Male", "Boy"],
            &["Merch", "GWRYW"],
        ] {
            assert!(!of(cells), "{cells:?}");
        }
    }

    #[test]
    fn many_m_beside_many_of_our_male_are_undecided_if_no_cell_is_female() {
        let of = |cells: &[(&str, u64)]| {
            let mut letters = GenderLetters::default();
            cells.iter().for_each(|(cell, count)| letters.add_cells(cell, *count));
            letters.is_undecided()
        };
        assert!(of(&[("M", 8), ("Male", 8)]) && of(&[("m", 300), (" Male", 300)]));
        let mut typed = GenderLetters::default();
        typed.add_cells("Male", 15);
        (0..8).for_each(|_| typed.add_typed_over("M"));
        assert!(!typed.is_undecided());
        typed.add("M");
        assert!(typed.is_undecided());
        for cells in [
            &[("M", 7), ("Male", 300)][..],
            &[("M", 300), ("Male", 7)],
            &[("M", 300), ("Male", 300), ("Female ", 1)],
            &[("M", 300), ("Male", 300), ("F", 1)],
            &[("M", 300)],
            &[("M", 300), ("Boy", 300)],
        ] {
            assert!(!of(cells), "{cells:?}");
        }
    }

    #[test]
    fn a_decided_letter_decides_others_only_if_it_shows_the_language() {
        let of = |decided: &[(&str, &str)], others: &[&str]| {
            let mut letters = GenderLetters::default();
            decided.iter().for_each(|(cell, decided)| letters.add_decided(cell, decided, 1));
            others.iter().for_each(|cell| letters.add(cell));
            letters.is_undecided()
        };
        for (decided, others) in [
            (&[("M", "Male")][..], &["B", "G"][..]),
            (&[("B", "Male")], &["Merch"]),
            (&[("B", "Male"), ("m.", "Female")], &["Gwryw"]),
            (&[("F", "Female")], &["M", "B"]),
            (&[("F", "Non-Binary")], &["M", "B"]),
            (&[("M", "Non-Binary"), ("M", "male"), ("m", "")], &["M"]),
        ] {
            assert!(!of(decided, others), "{decided:?} {others:?}");
        }
        for (decided, others) in [
            (&[("B", "Male")][..], &["M"][..]),
            (&[("g", "Female")], &["M"]),
            (&[("M", "Female")], &["B"]),
            (&[("B", "Female")], &["M"]),
            (&[("G", "Male")], &["B"]),
            (&[("D", "Male")], &["M"]),
            (&[("Merch", "Female")], &["B"]),
            (&[("M", "female")], &["Merch", "B"]),
            (&[("B", "Non-Binary")], &["M"]),
        ] {
            assert!(of(decided, others), "{decided:?} {others:?}");
        }
    }

    #[test]
    fn only_letters_and_welsh_words_depend_on_their_column() {
        for cell in ["M", "Merch", "          b", "g.", "(M)"] {
            assert!(depends(cell), "{cell}");
        }
        for cell in ["", "F", "D", "X", "Male", "Merched", "mb"] {
            assert!(!depends(cell), "{cell}");
        }
    }
}
