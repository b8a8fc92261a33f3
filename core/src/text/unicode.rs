//! Finds characters that do not belong in a name: invisible, broken, piled-up and foreign ones. Also reverses mojibake
//! (`without_mojibake`). `normal.rs` computes normal forms.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use unicode_normalization::char::{decompose_canonical, is_combining_mark};
use unicode_normalization::{IsNormalized, is_nfc_quick};
use unicode_security::MixedScript;

use super::code_page::{CP850, MAC_ROMAN, WINDOWS_1252};
use super::normal;

/// Returns the text in Unicode's composed form (NFC).
pub(crate) fn nfc(text: &str) -> Cow<'_, str> {
    // A combining mark of Latin, Greek or Cyrillic may have to join its letter. The quick check cannot decide that.
    if text.is_ascii() || (!has_mark(text) && is_nfc_quick(text.chars()) == IsNormalized::Yes) {
        return Cow::Borrowed(text);
    }
    let composed = normal::nfc(text);
    if composed == text { Cow::Borrowed(text) } else { Cow::Owned(composed) }
}

/// A character that does not belong in a name, and whether it can be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Forbidden {
    /// A character without width that changes no letter, such as a zero-width or direction mark. You can safely remove
    /// it, unless it is between letters.
    Invisible(char),
    /// A control character, or the mark of a lost letter. Nobody knows which character was there.
    Broken(char),
}

impl Forbidden {
    pub(crate) fn char(self) -> char {
        match self {
            Self::Invisible(c) | Self::Broken(c) => c,
        }
    }
}

/// The number by which a text's marks may exceed its letters.
const MORE_MARKS: usize = 4;

/// Returns a mark from a text that has far more marks than letters. No text in a real language has that many marks.
/// Comparing such a text would take very long. An accented letter is counted as a letter and its marks.
pub(crate) fn piled_mark(text: &str) -> Option<char> {
    let is_mark = |c: char| c >= '\u{300}' && is_combining_mark(c);
    if text.len() <= 2 * MORE_MARKS || text.is_ascii() {
        return None;
    }
    let last = text.chars().rev().find(|c| is_mark(*c))?;
    let (mut marks, mut others) = (0, 0);
    // A comparison ignores white space and invisible characters, so we ignore them here too.
    for c in text.chars().filter(|c| !c.is_whitespace() && !is_invisible(*c, None)) {
        match c < '\u{C0}' {
            true => others += 1,
            false => decompose_canonical(c, |c| if is_mark(c) { marks += 1 } else { others += 1 }),
        }
    }
    (marks > others + MORE_MARKS).then_some(last)
}

/// Returns whether a text has a combining mark of Latin, Greek or Cyrillic. The key of such a text is not all ASCII.
pub(crate) fn has_mark(text: &str) -> bool {
    text.chars().any(|c| ('\u{300}'..='\u{36F}').contains(&c))
}

/// Returns the worst forbidden character in a text. A broken character is worse than an invisible one.
pub(crate) fn forbidden(text: &str) -> Option<Forbidden> {
    let mut invisible = None;
    let mut before = None;
    for c in text.chars() {
        if matches!(c, ' '..='~' | '\u{AE}'..='\u{34E}' | '\u{350}'..='\u{61B}') {
            before = Some(c);
            continue;
        }
        if is_broken(c) {
            return Some(Forbidden::Broken(c));
        }
        if invisible.is_none() && is_invisible(c, before) {
            invisible = Some(Forbidden::Invisible(c));
        }
        before = Some(c);
    }
    invisible
}

/// Returns whether a text shows nothing, because it has only white space and invisible characters.
#[inline]
pub(crate) fn is_blank(text: &str) -> bool {
    let is_visible = |c: char| c.is_ascii_graphic() || c.is_alphabetic();
    // For nearly every text, the first letter decides.
    let text = text.trim_start();
    text.is_empty() || !text.starts_with(is_visible) && without_invisible(text).trim().is_empty()
}

/// Returns the text without its invisible characters.
pub(crate) fn without_invisible(text: &str) -> String {
    let mut before = None;
    let mut kept = String::with_capacity(text.len());
    for c in text.chars() {
        if !is_invisible(c, before) {
            kept.push(c);
            before = Some(c);
        }
    }
    kept
}

/// Returns the likely text if an invisible character is between two letters. A space, a hyphen or nothing was probably
/// there. Returns `None` if there is no such character.
pub(crate) fn guessed_without_invisible(text: &str) -> Option<String> {
    let (mut guessed, mut is_guess) = (String::with_capacity(text.len()), false);
    // The previous character, the previous letter, and the current run of invisible characters. A mark is part of its
    // letter.
    let (mut before, mut letter, mut run) = (None::<char>, None::<char>, None::<bool>);
    for c in text.chars() {
        if is_invisible(c, before) {
            run = Some(run.unwrap_or(false) || c == '\u{AD}');
            continue;
        }
        if let (Some(is_soft_hyphen), Some(letter)) = (run.take(), letter)
            && letter.is_alphabetic()
            && c.is_alphabetic()
        {
            is_guess = true;
            // A capital after a small letter begins a new word.
            if letter.is_lowercase() && c.is_uppercase() {
                guessed.push(if is_soft_hyphen { '-' } else { ' ' });
            }
        }
        guessed.push(c);
        before = Some(c);
        if !is_combining_mark(c) {
            letter = Some(c);
        }
    }
    is_guess.then_some(guessed)
}

fn is_broken(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{FFFC}' | '\u{FFFD}' | '\u{E000}'..='\u{F8FF}' | '\u{FDD0}'..='\u{FDEF}' | '\u{F0000}'..)
        // Fillers and Braille's blank look like a space, but it is unknown whether a space was meant.
        || matches!(c, '\u{115F}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{FFA0}')
        || (u32::from(c) & 0xFFFE) == 0xFFFE
}

/// Returns whether a character has no width: Unicode calls it ignorable by default, and the letter before does not need
/// it.
fn is_invisible(c: char, before: Option<char>) -> bool {
    // Nearly all letters outside ASCII are in these ranges, which have no invisible character.
    if matches!(c, '\u{61D}'..='\u{17B3}' | '\u{1810}'..='\u{200A}' | '\u{2070}'..='\u{FDFF}') {
        return false;
    }
    let follows = |letters: &[RangeInclusive<char>]| before.is_some_and(|b| letters.iter().any(|l| l.contains(&b)));
    match c {
        // The joiners shape letters in Arabic and in Indian scripts, and nowhere else.
        '\u{200C}' | '\u{200D}' => !follows(&['\u{0600}'..='\u{1DFF}']),
        // These characters choose between forms of one letter: in Mongolian, and for ideographs, as in Japanese names.
        '\u{180B}'..='\u{180F}' => !follows(&['\u{1800}'..='\u{18AF}']),
        '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' => {
            !follows(&['\u{2E80}'..='\u{9FFF}', '\u{F900}'..='\u{FAFF}', '\u{20000}'..='\u{3FFFF}'])
        }
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{17B4}' | '\u{17B5}' => true,
        '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' => true,
        '\u{FEFF}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}' => true,
        '\u{1D159}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}' => true,
        _ => false,
    }
}

/// A letter whose alphabet differs from that of the other letters of its word.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ForeignLetter<'t> {
    pub(crate) word: &'t str,
    /// The position among the word's characters, from 1.
    pub(crate) position: usize,
    pub(crate) letter: char,
}

/// Returns the first letter that makes a text [mix writing systems](mixes_scripts). The letter belongs to the script
/// with fewer letters in the word.
pub(crate) fn foreign_letter(text: &str) -> Option<ForeignLetter<'_>> {
    let word = text.split_whitespace().find(|word| mixes_scripts(word))?;
    let count = |script: u8| word.chars().filter(|c| usual_script(*c) == Some(script)).count();
    let most = [CYRILLIC, GREEK, LATIN].into_iter().max_by_key(|script| count(*script))?;
    let is_odd = |c: char| ![Some(0), Some(LATIN_MARK), Some(most)].contains(&usual_script(c));
    let (at, letter) = word.chars().enumerate().find(|(_, c)| is_odd(*c))?;
    Some(ForeignLetter { word, position: at + 1, letter })
}

/// Returns whether a word in the text mixes writing systems (UTS 39), as in `Аmelia` with a Cyrillic А.
pub(crate) fn mixes_scripts(text: &str) -> bool {
    text.split_whitespace().any(|word| {
        let mut scripts = 0;
        for c in word.chars() {
            match usual_script(c) {
                Some(script) => scripts |= script,
                None => return !word.is_single_script(),
            }
        }
        match scripts {
            0 | LATIN | GREEK | CYRILLIC | LATIN_MARK => false,
            _ if scripts == LATIN | LATIN_MARK => false,
            _ if scripts & LATIN_MARK == 0 => true,
            _ => !word.is_single_script(),
        }
    })
}

const LATIN: u8 = 1;
const GREEK: u8 = 2;
const CYRILLIC: u8 = 4;
/// A mark that is used with Latin letters, and perhaps with letters of other scripts.
const LATIN_MARK: u8 = 8;

/// Returns the script of a letter, or 0 for a character that fits any script. Recognises the letters of nearly every
/// name without a table. Returns `None` for all other characters.
fn usual_script(c: char) -> Option<u8> {
    match c {
        'A'..='Z'
        | 'a'..='z'
        | '\u{C0}'..='\u{D6}'
        | '\u{D8}'..='\u{F6}'
        | '\u{F8}'..='\u{24F}'
        | '\u{1E00}'..='\u{1EFF}' => Some(LATIN),
        '\u{386}' | '\u{388}'..='\u{38A}' | '\u{38E}'..='\u{3A1}' | '\u{3A3}'..='\u{3E1}' => Some(GREEK),
        '\u{400}'..='\u{481}' | '\u{48A}'..='\u{52F}' => Some(CYRILLIC),
        '\0'..='\u{9F}' | '\u{D7}' | '\u{F7}' | '\u{300}' | '\u{301}' | '\u{308}' => Some(0),
        '\u{302}'..='\u{341}' | '\u{346}'..='\u{357}' => Some(LATIN_MARK),
        _ => None,
    }
}

/// Returns the text with each control character from U+0080 replaced by the Windows-1252 letter with the same byte.
/// Returns `None` if there is no such control character, or if there is no letter for one of these characters.
pub(crate) fn without_c1(text: &str) -> Option<String> {
    // The control character "next line" is white space.
    let is_c1 = |c: char| ('\u{80}'..='\u{9F}').contains(&c) && c != '\u{85}';
    // In UTF-8, all of these characters begin with this byte.
    if memchr::memchr(0xC2, text.as_bytes()).is_none() || !text.contains(is_c1) {
        return None;
    }
    let letter = |c: char| {
        let byte = u8::try_from(u32::from(c)).ok().filter(|_| is_c1(c));
        byte.map_or(Some(c), |byte| Some(WINDOWS_1252.letter(byte)).filter(|letter| !letter.is_control()))
    };
    text.chars().map(letter).collect()
}

/// Returns the text with mojibake reversed, if the whole text reverses exactly. Mojibake is UTF-8 that was read in an
/// older encoding: `ZoÃ«`, `Zo√´` or `Zo├½` for `Zoë`. Any other text is returned unchanged.
pub(crate) fn without_mojibake(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    // The bytes may have been read as letters of Windows or of an older Mac.
    for page in [&WINDOWS_1252, &MAC_ROMAN] {
        if let Some(Ok(repaired)) = page.bytes(text).map(String::from_utf8) {
            return Cow::Owned(repaired);
        }
    }
    // The UTF-8 of nearly every accented letter in a name begins with one of two bytes, which DOS reads as these
    // letters.
    if !text.contains(['\u{252C}', '\u{251C}']) {
        return Cow::Borrowed(text);
    }
    match CP850.bytes(text).map(String::from_utf8) {
        Some(Ok(repaired)) => Cow::Owned(repaired),
        _ => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn detects_mixed_scripts_in_agreement_with_unicode() {
        for letter in ['a', 'α', 'а'] {
            for c in ('\0'..=char::MAX).filter(|c| usual_script(*c).is_some() && !c.is_whitespace()) {
                let word = format!("{letter}{c}");
                assert_eq!(mixes_scripts(&word), !word.as_str().is_single_script(), "{word:?}");
            }
        }
        assert!(!mixes_scripts("αβ Ann") && mixes_scripts("Bob αβAnn"));
    }

    #[test]
    fn finds_every_forbidden_character() {
        for c in '\0'..=char::MAX {
            let expected = match c {
                _ if is_broken(c) => Some(Forbidden::Broken(c)),
                _ => is_invisible(c, None).then_some(Forbidden::Invisible(c)),
            };
            assert_eq!(forbidden(c.encode_utf8(&mut [0; 4])), expected, "U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn allows_an_invisible_joiner_only_where_the_script_needs_one() {
        assert_eq!(forbidden("क्\u{200D}ष"), None);
        assert_eq!(forbidden("Ann\u{200D}a"), Some(Forbidden::Invisible('\u{200D}')));
        assert_eq!(forbidden("a\u{200B}\u{7}"), Some(Forbidden::Broken('\u{7}')));
        assert_eq!([Forbidden::Broken('\u{7}').char(), Forbidden::Invisible('\u{AD}').char()], ['\u{7}', '\u{AD}']);
        assert_eq!(without_invisible("\u{202E}An\u{200B}n"), "Ann");
        assert_eq!(guessed_without_invisible("c\u{301}\u{200B}Я").as_deref(), Some("c\u{301} Я"));
    }

    #[test]
    fn allows_different_scripts_in_different_words_but_not_in_one_word() {
        assert!(mixes_scripts("\u{410}melia"));
        let foreign =
            |text| foreign_letter(text).map(|foreign| (foreign.word.to_owned(), foreign.position, foreign.letter));
        assert_eq!(foreign("Zoë A\u{43C}y"), Some(("A\u{43C}y".to_owned(), 2, '\u{43C}')));
        assert_eq!(foreign("Ив\u{61}нова"), Some(("Ив\u{61}нова".to_owned(), 3, 'a')));
        assert_eq!(foreign("Zoë Иванова"), None);
        assert!(!mixes_scripts("Anna Иванова") && !mixes_scripts("Zoë") && !mixes_scripts("山田あい"));
    }

    #[test]
    fn repairs_mojibake_only_if_the_whole_text_can_be_repaired() {
        assert_eq!(without_mojibake("ZoÃ« Lee"), "Zoë Lee");
        assert_eq!(without_mojibake("Oâ€™Neill"), "O’Neill");
        assert_eq!(["Zo√´ Lee", "Zo├½ Lee"].map(without_mojibake), ["Zoë Lee"; 2]);
        for right in ["Zoë Lee", "ZoÃ« Łee", "Zoe", "Ã"] {
            assert_eq!(without_mojibake(right), right);
        }
    }
}
