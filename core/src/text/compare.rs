//! Keys by which two names or usernames are compared.
//!
//! | key | use | differences that it ignores |
//! | --- | --- | --- |
//! | [`key`] | every comparison and every stored index | case, white space, Unicode forms, kinds of apostrophe and hyphen |
//! | [`loose_key`] | sign-in only, if exactly one account has it | also accents, punctuation and spaces |
//! | [`key_with_marks`] | reading state stored before apostrophes and hyphens were folded | case, white space, Unicode forms |

use std::borrow::Cow;

use unicase::UniCase;

use super::normal;
use super::unicode::{has_mark, nfc, piled_mark};

/// Returns the key by which two names or usernames are compared. The key is in NFC, with Unicode's full case folding.
/// Each run of white space is one space. All apostrophes have one form, and so do all hyphens. `SIÂN  O’Neill` and
/// `siân o'neill` have the same key.
///
/// In an email address, only the case is folded, because an address with a different apostrophe or hyphen is a
/// different mailbox.
pub(crate) fn key(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return match text.bytes().any(|b| b.is_ascii_uppercase() || b == b'`') {
            true => Cow::Owned(fold_plain(text)),
            false => Cow::Borrowed(text),
        };
    }
    if let Some(folded) = fold_latin_1(text) {
        return Cow::Owned(folded);
    }
    match piled_mark(text) {
        Some(_) => tidy(text),
        None => Cow::Owned(key_of_composed(&nfc(text)).into_owned()),
    }
}

/// Returns the [`key`] of a text that is in the composed form (NFC) already.
pub(crate) fn key_of_composed(text: &str) -> Cow<'_, str> {
    match is_plain(text) {
        true => key(text),
        false => Cow::Owned(fold_latin_1(text).unwrap_or_else(|| fold_composed(text))),
    }
}

/// Returns the key of a composed text.
fn fold_composed(composed: &str) -> String {
    let tidied = tidy(composed);
    if is_plain(&tidied) {
        return fold_plain(&tidied);
    }
    let folded = UniCase::unicode(tidied.as_ref()).to_folded_case();
    // Folding can leave a decomposed sequence behind (from ΐ), but does not change white space.
    let folded = if folded == tidied { Cow::Borrowed(folded.as_str()) } else { nfc(&folded) };
    folded.chars().map(fold_mark).collect()
}

/// Returns the key under which lock-outs were stored before apostrophes and hyphens were folded.
pub(crate) fn key_with_marks(text: &str) -> String {
    if is_plain(text) {
        return text.to_ascii_lowercase();
    }
    let folded = UniCase::unicode(nfc(text)).to_folded_case();
    tidy(&nfc(&folded)).into_owned()
}

/// Returns the loose key of a text: only letters and digits, without accents. `Siân O’Neill` and `sianoneill` have the
/// same loose key.
///
/// Use it for sign-in only. If two children of one school share a loose key, the key opens neither account.
pub(crate) fn loose_key(text: &str) -> String {
    without_accents(&key(text)).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Adds a byte to a hash (FNV-1a).
fn hash_step(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
}

/// The start value of a hash.
const START: u64 = 0xCBF2_9CE4_8422_2325;

/// Returns [`hash_of_loose_key`] for a name that has only ASCII letters and spaces. Returns `None` for any other name.
pub(crate) fn hash_of_plain_name(name: &str) -> Option<u64> {
    let mut hash = START;
    for byte in name.bytes() {
        match byte {
            b' ' => {}
            b'A'..=b'Z' | b'a'..=b'z' => hash = hash_step(hash, byte | 0x20),
            _ => return None,
        }
    }
    Some(hash).filter(|hash| *hash != START)
}

/// Returns a hash of a name's [`loose_key`], nearly always without making the key. Returns `None` if the key is empty,
/// or if the name has letters of a script other than Latin. No name in Latin letters has the same key as a name in
/// another script.
pub(crate) fn hash_of_loose_key(name: &str) -> Option<u64> {
    let mut hash = START;
    for c in name.chars() {
        match LOOSE_LETTERS.get(c as usize) {
            Some(b'.') => {}
            Some(&letter) if letter != b'*' => hash = hash_step(hash, letter),
            None if matches!(c, '\u{300}'..='\u{36F}' | '\u{2010}'..='\u{201F}') => {}
            // The letter becomes two letters, or belongs to another script.
            _ => {
                let is_latin =
                    |c: char| c < '\u{370}' || matches!(c, '\u{1E00}'..='\u{1EFF}' | '\u{2010}'..='\u{201F}');
                let key = name.chars().all(is_latin).then(|| loose_key(name))?;
                return Some(key.bytes().fold(START, hash_step)).filter(|_| !key.is_empty());
            }
        }
    }
    Some(hash).filter(|hash| *hash != START)
}

/// The loose key of each character up to U+027F, if the key is one letter or digit, in rows of 64. A full stop means
/// that the key is empty. An asterisk means that the key is longer, or a letter outside ASCII.
#[rustfmt::skip]
static LOOSE_LETTERS: &[u8; 0x280] = b"\
    ................................................0123456789......\
    .abcdefghijklmnopqrstuvwxyz......abcdefghijklmnopqrstuvwxyz.....\
    ..........................................*.......**.*...**.***.\
    aaaaaa*ceeeeiiiidnooooo.ouuuuy**aaaaaa*ceeeeiiiidnooooo.ouuuuy*y\
    aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii**jjkk*llllll*\
    *llnnnnnnn**oooooo**rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs\
    ********************************oo*************uu***************\
    *************aaiioouuuuuuuuuu*aaaa****ggkkoooo**j***gg**nnaa**oo\
    aaaaeeeeiiiioooorrrruuuusstt**hh******aaeeooooooooyy************\
    ****************************************************************";

/// Returns the words of a name in the form in which two names are compared. This is the [`key`] without accents and
/// punctuation, with each hyphen as a space.
pub(crate) fn name_words(name: &str) -> Vec<String> {
    let plain = without_accents(&key(name));
    let words = plain.split([' ', '-']).map(|word| word.chars().filter(|c| c.is_alphanumeric()).collect::<String>());
    words.filter(|word| !word.is_empty()).collect()
}

/// Returns a folded text with each accented letter replaced by its base letter.
fn without_accents(folded: &str) -> String {
    if folded.is_ascii() {
        return folded.to_owned();
    }
    let mut plain = String::with_capacity(folded.len());
    for c in normal::nfd(folded).chars() {
        match c {
            // The blocks of combining diacritical marks. Marks in other scripts count as letters.
            '\u{300}'..='\u{36F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' => {}
            // Letters that Unicode does not decompose.
            'ł' => plain.push('l'),
            'ø' => plain.push('o'),
            'đ' | 'ð' => plain.push('d'),
            'ħ' => plain.push('h'),
            'ŧ' => plain.push('t'),
            'ı' => plain.push('i'),
            'æ' => plain.push_str("ae"),
            'œ' => plain.push_str("oe"),
            'þ' => plain.push_str("th"),
            c => plain.push(c),
        }
    }
    normal::nfc(&plain)
}

/// Returns the key of a plain text.
fn fold_plain(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let is_email = text.contains('@') && !text.contains(' ');
    if is_email || !lower.contains('`') { lower } else { lower.replace('`', "'") }
}

/// Returns the common form of an apostrophe or a hyphen. Returns other characters unchanged.
fn fold_mark(c: char) -> char {
    match c {
        '\u{60}' | '\u{B4}' | '\u{2B9}' | '\u{2BB}' | '\u{2BC}' => '\'',
        '\u{2018}' | '\u{2019}' | '\u{201B}' | '\u{2032}' | '\u{FF07}' => '\'',
        '\u{2010}'..='\u{2013}' | '\u{2212}' | '\u{FE63}' | '\u{FF0D}' => '-',
        c => c,
    }
}

/// Returns the key of a tidy text of ASCII and Latin-1 letters, or `None` for any other text. Nearly every accented
/// name in a British school is such a text.
fn fold_latin_1(text: &str) -> Option<String> {
    let mut folded = String::with_capacity(text.len());
    let mut after_space = true;
    for c in text.chars() {
        match c {
            ' ' if after_space => return None,
            '`' => folded.push('\''),
            ' '..='~' => folded.push(c.to_ascii_lowercase()),
            // Each capital is 32 before its small letter; `ß` folds to two letters.
            'À'..='Ö' | 'Ø'..='Þ' => folded.extend(char::from_u32(u32::from(c) + 32)),
            'à'..='ö' | 'ø'..='ÿ' => folded.push(c),
            _ => return None,
        }
        after_space = c == ' ';
    }
    (!after_space && !text.is_ascii()).then_some(folded)
}

/// Returns whether two texts have the same [`key`].
#[inline]
pub(crate) fn same(left: &str, right: &str) -> bool {
    if left == right {
        return true;
    }
    match [is_plain(left), is_plain(right)] {
        [true, true] if !left.contains('`') && !right.contains('`') => left.eq_ignore_ascii_case(right),
        // A text with a combining mark has a key that is not plain.
        [true, false] if has_mark(right) => false,
        [false, true] if has_mark(left) => false,
        _ => key(left) == key(right),
    }
}

/// Returns whether a text is printable ASCII with no space at either end and no two spaces together. Such a text needs
/// no cleaning.
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

/// Returns the text with its ends trimmed, and with every run of white space as one space. White space includes the
/// non-breaking space and line breaks.
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_table_of_loose_letters_matches_the_loose_key_of_each_letter() {
        let row = |start: u32| {
            (start..start + 64).map(|c| {
                match loose_key(char::from_u32(c).unwrap().encode_utf8(&mut [0; 4])).as_bytes() {
                    [] => '.',
                    [letter] => char::from(*letter),
                    _ => '*',
                }
            })
        };
        let rows: Vec<String> = (0..10).map(|number| row(number * 64).collect()).collect();
        assert_eq!(str::from_utf8(LOOSE_LETTERS).unwrap(), rows.concat(), "{}", rows.join("\n"));
    }

    #[test]
    fn keys_ignore_case_white_space_and_unicode_form() {
        assert_eq!(key("ZOË  Smith"), key("zoe\u{308}\u{a0}smith "));
        assert_eq!(key("Straße"), key("STRASSE"));
        assert_eq!(key("\u{212A}im"), "kim");
        assert_ne!(key("Zoë"), key("Zoe"));
    }

    #[test]
    fn ignores_white_space_beside_letters_with_many_combining_marks() {
        let piled = format!("Zoe{}", "\u{308}".repeat(12));
        assert!(piled_mark(&piled).is_some() && same(&piled, &format!("\u{a0} {piled}\t")));
        // This also holds if there are only slightly more marks than letters.
        for marks in 4..12 {
            let name = format!("Zoe{}", "\u{308}".repeat(marks));
            assert!(same(&name, &format!("\u{a0} {name} \t")), "{marks} marks");
        }
    }

    #[test]
    fn keys_have_one_form_for_all_apostrophes_and_one_for_all_hyphens() {
        let apostrophes = "'`\u{B4}\u{2B9}\u{2BB}\u{2BC}\u{2018}\u{2019}\u{201B}\u{2032}\u{FF07}\u{1FEF}";
        for mark in apostrophes.chars() {
            assert_eq!(key(&format!("Siân O{mark}Neill")), "siân o'neill", "{mark:?}");
            assert_eq!(key(&format!("Sian O{mark}Neill")), "sian o'neill", "{mark:?}");
        }
        for mark in "-\u{2010}\u{2011}\u{2012}\u{2013}\u{2212}\u{FE63}\u{FF0D}".chars() {
            assert_eq!(key(&format!("Zoë Lee{mark}Ng")), "zoë lee-ng", "{mark:?}");
        }
        // An em dash, a double quote and a soft hyphen are not folded.
        for other in ["Lee\u{2014}Ng", "Lee\"Ng", "Lee\u{AD}Ng"] {
            assert_ne!(key(other), key("Lee-Ng"));
            assert_ne!(key(other), key("Lee'Ng"));
        }
    }

    #[test]
    fn the_key_of_an_email_address_does_not_unify_apostrophes() {
        assert_eq!(key("O'Brien@Oak.example"), "o'brien@oak.example");
        assert_eq!(key(" O`Brien@oak.example "), "o`brien@oak.example");
        assert!(!same("o`brien@oak.example", "o'brien@oak.example"));
        assert!(same("o`brien at oak", "o'brien at oak"));
    }

    #[test]
    fn a_loose_key_contains_only_letters_and_digits() {
        for (typed, loose) in [
            ("Siân O’Neill", "sianoneill"),
            ("Łukasz Weiß-Żak", "lukaszweisszak"),
            ("zoë van dyck.", "zoevandyck"),
            ("Æthel Øre 2", "aetheløre2"),
            ("Анна Й", "аннаи"),
        ] {
            assert_eq!(loose_key(typed), loose.replace('ø', "o"));
        }
        assert_eq!(loose_key("- ' ."), "");
    }

    proptest! {
        #[test]
        fn hash_of_loose_key_gives_the_same_hash_as_hashing_the_loose_key(
            name in prop::collection::vec(prop::sample::select("aZbß ’'-.æÆée\u{301}\u{327}ñŁłİıØðÞŉǅ1²ªºſẞỹ@,ő\u{ad}µ".chars().collect::<Vec<_>>()), 0..9)
        ) {
            let name: String = name.into_iter().collect();
            let key = loose_key(&name);
            let expected = key.bytes().fold(0xCBF2_9CE4_8422_2325, hash_step);
            prop_assert_eq!(hash_of_loose_key(&name), Some(expected).filter(|_| !key.is_empty()), "{}", key);
        }
    }

    #[test]
    fn splits_names_into_words_at_spaces_and_hyphens() {
        assert_eq!(name_words("Zoë Smith-Jones"), ["zoe", "smith", "jones"]);
        assert_eq!(name_words("ZOE J. O’Neill"), ["zoe", "j", "oneill"]);
        assert!(name_words(" - ").is_empty());
    }

    #[test]
    fn the_fast_and_slow_paths_give_the_same_key() {
        let slow = |text: &str| {
            let tidied = tidy(&nfc(text)).into_owned();
            let is_email = is_plain(&tidied) && tidied.contains('@') && !tidied.contains(' ');
            let folded = UniCase::unicode(tidied).to_folded_case();
            let folded: String = nfc(&folded).into_owned();
            if is_email { folded } else { folded.chars().map(fold_mark).collect() }
        };
        for text in ('\0'..='\u{17f}').flat_map(|c| [format!("A{c}b"), format!("{c}B"), format!("A{c} "), c.into()]) {
            assert_eq!(key(&text), slow(&text), "{text:?}");
        }
    }

    #[test]
    fn takes_the_fast_path_for_common_names() {
        for (name, folded) in [("ZOË Ökafor", "zoë ökafor"), ("ça va", "ça va")] {
            assert_eq!(fold_latin_1(name).as_deref(), Some(folded));
        }
        for name in ["Straße", " é", "é ", "é  b", "Ł", "é\tb"] {
            assert_eq!(fold_latin_1(name), None, "{name:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn a_key_made_from_a_key_is_the_same_key(text in "[a-zA-Z`'’´ \u{a0}@.\\-‐ßİŉﬃǄΣς\u{390}\u{1fb7}\u{212A}\u{1FEF}éÉ\u{301}ı]{0,8}") {
            let once = key(&text).into_owned();
            prop_assert_eq!(key(&once), once.as_str());
            let loose = loose_key(&text);
            prop_assert_eq!(loose_key(&loose), loose);
        }

        #[test]
        fn texts_with_equal_keys_have_equal_loose_keys(left in "[aAéÉ`’ \\-]{0,4}", right in "[aAéÉ`’ \\-]{0,4}") {
            if same(&left, &right) {
                prop_assert_eq!(loose_key(&left), loose_key(&right));
            }
        }
    }

    #[test]
    fn recognises_plain_text_that_needs_no_cleaning() {
        assert!(is_plain("Amelia Smith") && is_plain(""));
        for text in [" a", "a ", "a  b", "a\tb", "é", "\u{7f}"] {
            assert!(!is_plain(text), "{text:?}");
        }
    }

    #[test]
    fn tidying_replaces_all_white_space_with_single_spaces() {
        assert_eq!(tidy("  Oak,\r\n Room\u{a0}2 "), "Oak, Room 2");
        assert!(matches!(tidy("Oak Room"), Cow::Borrowed(_)));
    }
}
