//! Normal forms, and characters that have no place in a name.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use encoding_rs::WINDOWS_1252;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use unicode_security::{MixedScript, skeleton};

/// The text in Unicode's composed form (NFC).
pub(crate) fn nfc(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return Cow::Borrowed(text);
    }
    let composed: String = text.nfc().collect();
    if composed == text { Cow::Borrowed(text) } else { Cow::Owned(composed) }
}

/// A character that has no business in a name, and what may be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Forbidden {
    /// Takes no room and changes no letter (zero-width, direction marks): safe to remove where it does not stand between letters.
    Invisible(char),
    /// A control character, or the mark of a letter already lost: what stood here is unknown.
    Broken(char),
}

impl Forbidden {
    pub(crate) fn char(self) -> char {
        match self {
            Self::Invisible(c) | Self::Broken(c) => c,
        }
    }
}

/// So many more marks than letters may be in a text.
const MORE_MARKS: usize = 4;

/// A mark of a text that has more of them than letters, as none has in any language. To compare such a text costs many times what
/// others do. A letter with marks of its own counts as those marks too.
pub(crate) fn piled_mark(text: &str) -> Option<char> {
    let is_mark = |c: char| c >= '\u{300}' && is_combining_mark(c);
    if text.len() <= 2 * MORE_MARKS || text.is_ascii() {
        return None;
    }
    let last = text.chars().rev().find(|c| is_mark(*c))?;
    let (mut marks, mut others) = (0, 0);
    // White space counts for nothing in a comparison, and so it does here.
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        match c < '\u{C0}' {
            true => others += 1,
            false => decompose_canonical(c, |c| if is_mark(c) { marks += 1 } else { others += 1 }),
        }
    }
    (marks > others + MORE_MARKS).then_some(last)
}

/// Whether a text has a combining mark of Latin, Greek or Cyrillic, so that its key is not all ASCII.
pub(crate) fn has_mark(text: &str) -> bool {
    text.chars().any(|c| ('\u{300}'..='\u{36F}').contains(&c))
}

/// The worst forbidden character of a text: a broken one before an invisible one.
pub(crate) fn forbidden(text: &str) -> Option<Forbidden> {
    let mut invisible = None;
    let mut before = None;
    for c in text.chars() {
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

/// The text without its invisible characters.
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

/// What a text with an invisible character between two letters probably is: nobody knows whether a space, a hyphen or nothing
/// stood there. None if no such character stands between letters.
pub(crate) fn guessed_without_invisible(text: &str) -> Option<String> {
    let (mut guessed, mut is_guess) = (String::with_capacity(text.len()), false);
    let (mut before, mut run) = (None::<char>, None::<bool>);
    for c in text.chars() {
        if is_invisible(c, before) {
            run = Some(run.unwrap_or(false) || c == '\u{AD}');
            continue;
        }
        if let (Some(is_soft_hyphen), Some(before)) = (run.take(), before)
            && before.is_alphabetic()
            && c.is_alphabetic()
        {
            is_guess = true;
            // A capital after a small letter begins another word.
            if before.is_lowercase() && c.is_uppercase() {
                guessed.push(if is_soft_hyphen { '-' } else { ' ' });
            }
        }
        guessed.push(c);
        before = Some(c);
    }
    is_guess.then_some(guessed)
}

fn is_broken(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{FFFC}' | '\u{FFFD}' | '\u{E000}'..='\u{F8FF}' | '\u{FDD0}'..='\u{FDEF}' | '\u{F0000}'..)
        // Fillers and Braille's blank: they look like a space, and whether one was meant is unknown.
        || matches!(c, '\u{115F}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{FFA0}')
        || (u32::from(c) & 0xFFFE) == 0xFFFE
}

/// What takes no room: what Unicode calls ignorable by default, but where the letter before needs it.
fn is_invisible(c: char, before: Option<char>) -> bool {
    let follows = |letters: &[RangeInclusive<char>]| before.is_some_and(|b| letters.iter().any(|l| l.contains(&b)));
    match c {
        // The joiners shape letters in Arabic and the scripts of India, and nowhere else.
        '\u{200C}' | '\u{200D}' => !follows(&['\u{0600}'..='\u{1DFF}']),
        // What chooses between the forms of one letter: in Mongolian, and for ideographs, as in names of Japan.
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

/// Whether one word of the text mixes writing systems (UTS 39), as `Аmelia` with a Cyrillic А.
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
/// A mark on Latin letters, and perhaps on others.
const LATIN_MARK: u8 = 8;

/// The script of a letter, or 0 for what stands beside any, of the letters that nearly every name is written in: so that no table
/// need be asked.
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
        '\0'..='\u{7F}' | '\u{D7}' | '\u{F7}' | '\u{300}' | '\u{301}' | '\u{308}' => Some(0),
        '\u{302}'..='\u{341}' | '\u{346}'..='\u{357}' => Some(LATIN_MARK),
        _ => None,
    }
}

/// The text with every letter outside ASCII as the ASCII letter it looks like, where there is one (UTS 39).
pub(crate) fn look_alike(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            plain.push(c);
        } else {
            plain.extend(skeleton(c.encode_utf8(&mut [0; 4])));
        }
    }
    Cow::Owned(plain)
}

/// Returns the text with mojibake put right: UTF-8 that was read as Windows-1252 (`ZoÃ«` for `Zoë`), where the whole text
/// reverses exactly. Any other text is returned as it is.
pub(crate) fn without_mojibake(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let (bytes, _, is_lossy) = WINDOWS_1252.encode(text);
    match String::from_utf8(bytes.into_owned()) {
        Ok(repaired) if !is_lossy => Cow::Owned(repaired),
        _ => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_way_to_scripts_is_right() {
        for letter in ['a', 'α', 'а'] {
            for c in ('\0'..=char::MAX).filter(|c| usual_script(*c).is_some() && !c.is_whitespace()) {
                let word = format!("{letter}{c}");
                assert_eq!(mixes_scripts(&word), !word.as_str().is_single_script(), "{word:?}");
            }
        }
        assert!(!mixes_scripts("αβ Ann") && mixes_scripts("Bob αβAnn"));
    }

    #[test]
    fn joiners_stay_where_letters_need_them() {
        assert_eq!(forbidden("क्\u{200D}ष"), None);
        assert_eq!(forbidden("Ann\u{200D}a"), Some(Forbidden::Invisible('\u{200D}')));
        assert_eq!(forbidden("a\u{200B}\u{7}"), Some(Forbidden::Broken('\u{7}')));
        assert_eq!([Forbidden::Broken('\u{7}').char(), Forbidden::Invisible('\u{AD}').char()], ['\u{7}', '\u{AD}']);
        assert_eq!(without_invisible("\u{202E}An\u{200B}n"), "Ann");
    }

    #[test]
    fn scripts_are_mixed_within_a_word_only() {
        assert!(mixes_scripts("\u{410}melia"));
        assert!(!mixes_scripts("Anna Иванова") && !mixes_scripts("Zoë") && !mixes_scripts("山田あい"));
    }

    #[test]
    fn mojibake_is_reversed_only_as_a_whole() {
        assert_eq!(without_mojibake("ZoÃ« Lee"), "Zoë Lee");
        assert_eq!(without_mojibake("Oâ€™Neill"), "O’Neill");
        for right in ["Zoë Lee", "ZoÃ« Łee", "Zoe", "Ã"] {
            assert_eq!(without_mojibake(right), right);
        }
    }
}
