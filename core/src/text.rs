//! How text is compared, cleaned and hidden; the only place that knows Unicode.

use std::borrow::Cow;
use std::fmt;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use unicase::UniCase;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use unicode_security::{MixedScript, skeleton};

/// A value that is somebody's: its `Debug` is `<hidden>`, and it has no `Display`.
///
/// With this, `derive(Debug)` is safe on everything that holds a cell.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Private(Box<str>);

impl Private {
    pub(crate) fn new(value: impl Into<Box<str>>) -> Self {
        Self(value.into())
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<hidden>")
    }
}

/// Whether two secrets are the same, in a time that does not tell how much of them is: such as the one in the address that
/// Wonde posts to. A blank one is no secret, and never the same.
pub fn same_secret(given: &str, expected: &str) -> bool {
    !expected.is_empty() && bool::from(given.as_bytes().ct_eq(expected.as_bytes()))
}

/// Eight bytes of a text.
pub(crate) type Word = u64;

/// Two values of different lengths, of which a cell may be either: told apart and compared without a branch.
pub(crate) struct Choice {
    lengths: [usize; 2],
    values: [Word; 2],
    masks: [Word; 2],
}

impl Choice {
    /// Of values of at most eight bytes.
    pub(crate) const fn new(first: &[u8], second: &[u8]) -> Self {
        const fn word(text: &[u8], mask: u8) -> Word {
            let mut bytes = [0; 8];
            let mut place = 0;
            while place < text.len() {
                bytes[place] = text[place] | mask;
                place += 1;
            }
            Word::from_le_bytes(bytes)
        }
        Self {
            lengths: [first.len(), second.len()],
            values: [word(first, 0), word(second, 0)],
            masks: [word(first, 0xFF), word(second, 0xFF)],
        }
    }

    /// Of a cell of that length which begins a word: whether it can only be the second, and what is not zero
    /// if it is not what it can only be.
    #[inline(always)]
    pub(crate) fn read(&self, word: Word, length: usize) -> (bool, Word) {
        let is_second = length == self.lengths[1];
        let choice = usize::from(is_second);
        let differs = ((word & self.masks[choice]) ^ self.values[choice]) | (length ^ self.lengths[choice]) as Word;
        (is_second, differs)
    }
}

/// What two names or usernames are compared by: NFC, white space folded to one space, and
/// Unicode's full case folding, so that `ZOË  Smith` and `zoë smith` are one.
pub(crate) fn key(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return if text.bytes().any(|b| b.is_ascii_uppercase()) {
            Cow::Owned(text.to_ascii_lowercase())
        } else {
            Cow::Borrowed(text)
        };
    }
    if let Some(folded) = fold_latin_1(text) {
        return Cow::Owned(folded);
    }
    let composed = nfc(text);
    let folded = UniCase::unicode(composed.as_ref()).to_folded_case();
    // Folding can leave a decomposed sequence behind (ΐ), so it is composed once more.
    Cow::Owned(tidy(&nfc(&folded)).into_owned())
}

/// The key of a text of tidy ASCII and Latin-1's letters: nearly every accented name of a British school.
fn fold_latin_1(text: &str) -> Option<String> {
    let mut folded = String::with_capacity(text.len());
    let mut after_space = true;
    for c in text.chars() {
        match c {
            ' ' if after_space => return None,
            ' '..='~' => folded.push(c.to_ascii_lowercase()),
            // Each capital stands 32 before its small letter; `ß` is folded to two letters.
            'À'..='Ö' | 'Ø'..='Þ' => folded.extend(char::from_u32(u32::from(c) + 32)),
            'à'..='ö' | 'ø'..='ÿ' => folded.push(c),
            _ => return None,
        }
        after_space = c == ' ';
    }
    (!after_space).then_some(folded)
}

/// Whether two texts are one to a reader: equal by [`key`].
#[inline]
pub(crate) fn same(left: &str, right: &str) -> bool {
    left == right || (left.eq_ignore_ascii_case(right) && is_plain(left)) || key(left) == key(right)
}

/// Printable ASCII with no space at an edge and no two spaces together: nothing to clean.
pub(crate) fn is_plain(text: &str) -> bool {
    let mut after_space = true;
    for byte in text.bytes() {
        if !(b' '..=b'~').contains(&byte) || (byte == b' ' && after_space) {
            return false;
        }
        after_space = byte == b' ';
    }
    !after_space || text.is_empty()
}

/// The text with its edges trimmed and every run of white space (Unicode's, with the
/// non-breaking space and line breaks) as one space.
pub(crate) fn tidy(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim();
    let mut after_space = false;
    let untidy = trimmed.chars().any(|c| {
        let space = c.is_whitespace();
        let bad = space && (c != ' ' || after_space);
        after_space = space;
        bad
    });
    if !untidy {
        return Cow::Borrowed(trimmed);
    }
    let mut tidied = String::with_capacity(trimmed.len());
    for word in trimmed.split_whitespace() {
        if !tidied.is_empty() {
            tidied.push(' ');
        }
        tidied.push_str(word);
    }
    Cow::Owned(tidied)
}

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
    /// Takes no room and changes no letter (zero-width, direction marks): safe to remove.
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
    // Nearly every accented letter is one of Latin's own.
    let latin = |c: char| c.is_ascii() || ('\u{C0}'..='\u{24F}').contains(&c);
    !text.chars().all(latin) && text.split_whitespace().any(|word| !word.is_single_script())
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

/// Letters and digits in lower case, with everything between them as one space: how a
/// description is looked up (`White: British`, `white - british`).
pub(crate) fn words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in key(text).chars() {
        match c {
            '&' => push_word(&mut out, "and"),
            '\'' | '\u{2019}' => {}
            c if c.is_alphanumeric() => out.push(c),
            _ if !out.is_empty() && !out.ends_with(' ') => out.push(' '),
            _ => {}
        }
    }
    out.truncate(out.trim_end().len());
    out
}

fn push_word(out: &mut String, word: &str) {
    if !out.is_empty() && !out.ends_with(' ') {
        out.push(' ');
    }
    out.push_str(word);
    out.push(' ');
}

/// The one candidate that is nearest to the text by edit distance, if it is near enough to be
/// meant (about a letter in four) and no other is as near.
pub(crate) fn nearest<'c>(text: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    const LONGEST: usize = 64;
    if text.len() > LONGEST {
        return None;
    }
    let allowed = (text.chars().count() / 4).clamp(1, 3);
    let mut best = None;
    let mut least = allowed + 1;
    for candidate in candidates.filter(|c| c.len().abs_diff(text.len()) <= LONGEST / 4) {
        let distance = strsim::osa_distance(text, candidate);
        if distance < least {
            least = distance;
            best = Some(candidate);
        } else if distance == least {
            best = None;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_secret_is_none() {
        assert!(same_secret("s3cret", "s3cret"));
        assert!(!same_secret("s3cret", "s3creT") && !same_secret("", "") && !same_secret("x", ""));
    }

    #[test]
    fn keys_fold_case_space_and_form() {
        assert_eq!(key("ZOË  Smith"), key("zoe\u{308}\u{a0}smith "));
        assert_eq!(key("Straße"), key("STRASSE"));
        assert_eq!(key("\u{212A}im"), "kim");
        assert_ne!(key("Zoë"), key("Zoe"));
    }

    #[test]
    fn the_short_way_to_a_key_is_the_long_one() {
        let long_way = |text: &str| tidy(&nfc(&UniCase::unicode(nfc(text)).to_folded_case())).into_owned();
        for text in ('\0'..='\u{17f}').flat_map(|c| [format!("A{c}b"), format!("{c}B"), format!("A{c} "), c.into()]) {
            assert_eq!(key(&text), long_way(&text), "{text:?}");
        }
    }

    #[test]
    fn usual_names_take_the_short_way() {
        for (name, folded) in [("Amelia Smith", "amelia smith"), ("ZOË Ökafor", "zoë ökafor"), ("ça va", "ça va")]
        {
            assert_eq!(fold_latin_1(name).as_deref(), Some(folded));
        }
        for name in ["Straße", " a", "a ", "a  b", "Ł", "a\tb"] {
            assert_eq!(fold_latin_1(name), None, "{name:?}");
        }
    }

    #[test]
    fn the_nearest_is_one_alone_and_near() {
        let among = |text| nearest(text, ["male", "female", "non binary"].into_iter());
        assert_eq!([among("femail"), among("femal"), among("non-binary")], [None, Some("female"), Some("non binary")]);
        assert_eq!([among("fmale"), among("ma"), among(&"x".repeat(65))], [None; 3]);
    }

    #[test]
    fn a_key_is_its_own_key() {
        for text in ["\u{390}", "\u{1fb7}", "İ", "ŉ", "ﬃ", "Ǆ", "ΑΣ"] {
            let once = key(text).into_owned();
            assert_eq!(key(&once), once, "{text}");
        }
    }

    #[test]
    fn plain_text_needs_no_cleaning() {
        assert!(is_plain("Amelia Smith") && is_plain(""));
        for text in [" a", "a ", "a  b", "a\tb", "é", "\u{7f}"] {
            assert!(!is_plain(text), "{text:?}");
        }
    }

    #[test]
    fn tidy_folds_every_white_space() {
        assert_eq!(tidy("  Oak,\r\n Room\u{a0}2 "), "Oak, Room 2");
        assert!(matches!(tidy("Oak Room"), Cow::Borrowed(_)));
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
    fn words_drop_punctuation() {
        assert_eq!(words(" White: British "), "white british");
        assert_eq!(words("Black & Asian"), "black and asian");
        assert_eq!(words("Gypsy/Roma"), "gypsy roma");
    }

    #[test]
    fn the_nearest_must_be_near_and_alone() {
        assert_eq!(nearest("gendr", ["gender", "send"].into_iter()), Some("gender"));
        assert_eq!(nearest("wbrx", ["wbri", "wbra"].into_iter()), None);
        assert_eq!(nearest("shoe size", ["gender"].into_iter()), None);
    }

    #[test]
    fn scripts_are_mixed_within_a_word_only() {
        assert!(mixes_scripts("\u{410}melia"));
        assert!(!mixes_scripts("Anna Иванова") && !mixes_scripts("Zoë") && !mixes_scripts("山田あい"));
    }

    #[test]
    fn words_are_what_is_between_signs() {
        for (text, expected) in [
            ("Traveller's", "travellers"),
            ("Traveller’s", "travellers"),
            ("Gypsy&Roma", "gypsy and roma"),
            ("Gypsy & Roma", "gypsy and roma"),
            ("& Roma", "and roma"),
            (" White - British ", "white british"),
        ] {
            assert_eq!(words(text), expected);
        }
    }

    #[test]
    fn what_is_too_long_is_near_to_nothing() {
        let near = |length: usize| {
            let text = "x".repeat(length);
            nearest(&text, [text.as_str()].into_iter()).is_some()
        };
        assert_eq!([3, 64, 65].map(near), [true, true, false]);
    }
}
