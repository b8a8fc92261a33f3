//! The list of older encodings that are tried on a file (`SingleByte::ALL`), and their messages. Chooses the one in
//! which the bytes make words. `text/code_page.rs` has the letters of each encoding.
//!
//! For each byte that is not UTF-8, only the characters before and after it are used. A sign within a word, or a
//! capital after a small letter, is evidence against an encoding. Windows-1252 is used unless there is less evidence
//! against a different encoding. Nearly every school file in an older encoding is in Windows-1252.

use crate::text::{CP850, CodePage, LATIN_2, MAC_ROMAN, WINDOWS_1250, WINDOWS_1252};

/// An encoding with one byte for each letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SingleByte {
    Windows1252,
    MacRoman,
    Cp850,
    Windows1250,
    Latin2,
    /// The bytes make words in two encodings, but different words. The text is read as Windows-1252, which loses
    /// nothing.
    Unclear,
}

/// The kind of a character next to a letter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Neighbour {
    Nothing,
    Small,
    Capital,
    /// The character is also a byte that is not UTF-8, and so probably a letter.
    Unknown,
}

const NEIGHBOURS: [Neighbour; 4] = [Neighbour::Nothing, Neighbour::Small, Neighbour::Capital, Neighbour::Unknown];

impl Neighbour {
    fn of(byte: Option<&u8>) -> Self {
        match byte {
            Some(byte) if byte.is_ascii_lowercase() => Self::Small,
            Some(byte) if byte.is_ascii_uppercase() => Self::Capital,
            Some(byte) if !byte.is_ascii() => Self::Unknown,
            _ => Self::Nothing,
        }
    }

    fn is_letter(self) -> bool {
        self != Self::Nothing
    }
}

impl SingleByte {
    const ALL: [Self; 5] = [Self::Windows1252, Self::MacRoman, Self::Cp850, Self::Windows1250, Self::Latin2];

    /// Returns the message about a value that was read in this encoding.
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::Windows1252 => "was read as if it came from an older Windows program; check the letters",
            Self::MacRoman => "was read as if it came from an old Mac; check the letters",
            Self::Cp850 => "was read as if it came from DOS; check the letters",
            Self::Windows1250 | Self::Latin2 => "was read as Central European text; check the letters",
            Self::Unclear => {
                "has a letter with two possible readings, from an old Mac or from DOS; save the file as 'CSV UTF-8'"
            }
        }
    }

    /// Returns the letter of a byte that is not ASCII.
    pub(crate) fn letter(self, byte: u8) -> char {
        let page: &CodePage = match self {
            Self::Windows1252 | Self::Unclear => &WINDOWS_1252,
            Self::MacRoman => &MAC_ROMAN,
            Self::Windows1250 => &WINDOWS_1250,
            Self::Latin2 => &LATIN_2,
            Self::Cp850 => &CP850,
        };
        page.letter(byte)
    }

    /// Finds the encoding of a file from the offsets of its bytes that are not UTF-8.
    pub(super) fn of(bytes: &[u8], strays: impl Iterator<Item = usize>) -> Self {
        let seen = Seen::in_text(bytes, strays);
        let against = Self::ALL.map(|encoding| seen.against(encoding));
        let [windows, ..] = against;
        let least = against.into_iter().min().unwrap_or_default();
        if windows == least {
            return Self::Windows1252;
        }
        let mut best =
            Self::ALL.into_iter().zip(against).filter(|(_, against)| *against == least).map(|(best, _)| best);
        let first = best.next().unwrap_or(Self::Windows1252);
        if best.all(|other| seen.is_read_alike(first, other)) { first } else { Self::Unclear }
    }
}

/// The number of times that each byte occurs between two kinds of characters.
struct Seen(Vec<u32>);

impl Seen {
    fn in_text(bytes: &[u8], strays: impl Iterator<Item = usize>) -> Self {
        let mut seen = Self(vec![0; 128 * NEIGHBOURS.len() * NEIGHBOURS.len()]);
        for at in strays {
            let byte = bytes[at];
            let before = at.checked_sub(1).and_then(|before| bytes.get(before));
            let [before, behind] = [before, bytes.get(at + 1)].map(|byte| Neighbour::of(byte) as usize);
            let index = (usize::from(byte & 0x7F) * NEIGHBOURS.len() + before) * NEIGHBOURS.len() + behind;
            if let Some(count) = seen.0.get_mut(index) {
                *count = count.saturating_add(1);
            }
        }
        seen
    }

    fn each(&self) -> impl Iterator<Item = (u8, Neighbour, Neighbour, u64)> {
        let seen = self.0.iter().enumerate().filter(|(_, count)| **count > 0);
        seen.map(|(index, count)| {
            let [before, behind] = [index / NEIGHBOURS.len(), index].map(|index| NEIGHBOURS[index % NEIGHBOURS.len()]);
            ((index / NEIGHBOURS.len() / NEIGHBOURS.len()) as u8 | 0x80, before, behind, u64::from(*count))
        })
    }

    /// Counts the evidence against an encoding.
    fn against(&self, encoding: SingleByte) -> u64 {
        let against =
            |(byte, before, behind, count)| if is_special(encoding.letter(byte), before, behind) { count } else { 0 };
        self.each().map(against).sum()
    }

    fn is_read_alike(&self, one: SingleByte, other: SingleByte) -> bool {
        self.each().all(|(byte, ..)| one.letter(byte) == other.letter(byte))
    }
}

/// Returns whether a letter is unlikely between these two kinds of characters.
fn is_special(letter: char, before: Neighbour, behind: Neighbour) -> bool {
    match letter {
        'ª' | 'º' | 'ˆ' => before.is_letter() || behind.is_letter(),
        _ if letter.is_alphabetic() => letter.is_uppercase() && before == Neighbour::Small,
        '\u{2019}' | '\u{B4}' => false,
        '\u{2018}' => before.is_letter(),
        '\u{A0}' | '\u{2013}' | '\u{2014}' => false,
        '\u{201C}' => before.is_letter(),
        '\u{201D}' => behind.is_letter(),
        _ => before.is_letter() || behind.is_letter() || letter.is_control() || letter == char::REPLACEMENT_CHARACTER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the encoding of a text in which each byte outside ASCII is one letter.
    fn read(bytes: &[u8]) -> SingleByte {
        SingleByte::of(bytes, (0..bytes.len()).filter(|at| bytes[*at] >= 0x80))
    }

    #[test]
    fn chooses_the_encoding_that_gives_readable_words() {
        assert_eq!(read(b"Zo\xEB Okafor,Ren\xE9e D\x92Arc \x96 x"), SingleByte::Windows1252);
        assert_eq!(read(b"Zo\x91 Okafor,Ren\x8Ee D\xD5Arc"), SingleByte::MacRoman);
        assert_eq!(read(b"Zo\x89 Okafor,Ren\x82e Dubois"), SingleByte::Cp850);
        assert!(matches!(read(b"Micha\xB3 W\xF3jcik,Mi\xB6kiewicz"), SingleByte::Latin2));
        assert!(matches!(read(b"Micha\xB3 W\xF3jcik,Ja\x9Ckiewicz"), SingleByte::Windows1250));
        assert_eq!(read(b"\xC9LODIE,\xC9lodie,JOS\xC9"), SingleByte::Windows1252);
    }

    #[test]
    fn does_not_choose_between_two_likely_encodings() {
        // This is 'Zoâ' from a Mac, or 'Zoë' from DOS.
        assert_eq!(read(b"Zo\x89 Okafor"), SingleByte::Unclear);
    }
}
