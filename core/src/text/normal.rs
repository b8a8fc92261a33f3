//! Computes Unicode's normal forms (NFC, NFD), and replaces letters made for print with the letters that a person
//! types.
//!
//! The crate's own iterators include compatibility decompositions. The tables of these decompositions add 60 kB to what
//! a browser loads, and names need few of these decompositions.

use unicode_normalization::char::{canonical_combining_class, compose, decompose_canonical};

/// The first character that composing can change. A character from here on can be a mark, have a mark, or join the
/// letter before it. All earlier characters have no decomposition, or are composed Latin letters.
const FIRST_TO_COMPOSE: char = '\u{300}';

/// A character with its combining class: 0 for a letter.
type ClassedCharacter = (u8, char);

/// Adds the characters of a decomposed text (NFD), each with its combining class.
fn decompose(text: &str, parts: &mut Vec<ClassedCharacter>) {
    let (start, mut is_sorted) = (parts.len(), true);
    for c in text.chars() {
        decompose_canonical(c, |part| {
            let class = if part < FIRST_TO_COMPOSE { 0 } else { canonical_combining_class(part) };
            is_sorted &= class == 0 || parts.last().is_none_or(|(before, _)| *before <= class);
            parts.push((class, part));
        });
    }
    // Marks are sorted by class. Marks of the same class keep their order in the text.
    if !is_sorted {
        for marks in parts.get_mut(start..).into_iter().flat_map(|parts| parts.split_mut(|(class, _)| *class == 0)) {
            marks.sort_by_key(|(class, _)| *class);
        }
    }
}

/// Returns the text decomposed (NFD).
pub(super) fn nfd(text: &str) -> String {
    let mut parts = Vec::with_capacity(text.len());
    decompose(text, &mut parts);
    parts.into_iter().map(|(_, c)| c).collect()
}

/// Returns the text composed (NFC).
pub(super) fn nfc(text: &str) -> String {
    let (mut composed, mut parts) = (String::with_capacity(text.len()), Vec::new());
    let mut marks = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(|c| c >= FIRST_TO_COMPOSE) {
        // The character may join the letter before it.
        let (before, behind) = rest.split_at(at);
        let from = before.char_indices().next_back().map_or(0, |(from, _)| from);
        let to = behind.find(|c| c < FIRST_TO_COMPOSE).map_or(rest.len(), |to| at + to);
        let (done, later) = rest.split_at(to);
        let (same, stretch) = done.split_at(from);
        composed.push_str(same);
        parts.clear();
        decompose(stretch, &mut parts);
        compose_parts(&parts, &mut marks, &mut composed);
        rest = later;
    }
    composed.push_str(rest);
    composed
}

/// Adds the composed form of decomposed characters. `marks` is a buffer for the marks that do not join their letter.
fn compose_parts(parts: &[ClassedCharacter], marks: &mut Vec<char>, to: &mut String) {
    // The last letter, and the class of the last mark that did not join this letter.
    let (mut letter, mut before) = (None::<char>, 0);
    for (class, c) in parts.iter().copied() {
        let may_join = c >= FIRST_TO_COMPOSE && (marks.is_empty() || before < class);
        if let Some(both) = letter.filter(|_| may_join).and_then(|letter| compose(letter, c)) {
            letter = Some(both);
            continue;
        }
        before = class;
        if class == 0 {
            to.extend(letter.replace(c));
            to.extend(marks.drain(..));
        } else {
            marks.push(c);
        }
    }
    to.extend(letter);
    to.extend(marks.drain(..));
}

/// Returns whether a character is a letter made for print: joined, circled, full-width or mathematical.
pub(crate) fn is_made_for_print(c: char) -> bool {
    matches!(c, '\u{FB00}'..='\u{FB06}' | '\u{FF01}'..='\u{FF5E}' | '\u{2460}'..='\u{24FF}' | '\u{1D400}'..='\u{1D7FF}')
}

/// Adds a letter made for print as a person types it, and any other character unchanged.
pub(crate) fn push_as_typed(c: char, to: &mut String) {
    let code = u32::from(c);
    let ascii = |first: u8, at: u32| char::from(first + at as u8);
    match code {
        0xFF01..=0xFF5E => to.push(ascii(b'!', code - 0xFF01)),
        0xFB00..=0xFB06 => to.push_str(["ff", "fi", "fl", "ffi", "ffl", "st", "st"][(code - 0xFB00) as usize]),
        0x2460..=0x2473 => to.push_str(&(code - 0x245F).to_string()),
        0x2474..=0x2487 => to.push_str(&format!("({})", code - 0x2473)),
        0x2488..=0x249B => to.push_str(&format!("{}.", code - 0x2487)),
        0x249C..=0x24B5 => to.extend(['(', ascii(b'a', code - 0x249C), ')']),
        0x24B6..=0x24CF => to.push(ascii(b'A', code - 0x24B6)),
        0x24D0..=0x24E9 => to.push(ascii(b'a', code - 0x24D0)),
        0x24EA => to.push('0'),
        0x1D400..=0x1D7FF => to.push(of_mathematics(code).unwrap_or(c)),
        _ => to.push(c),
    }
}

/// Returns a mathematical letter as a person types it. In Unicode, these letters are several alphabets in different
/// typefaces, one after another.
fn of_mathematics(code: u32) -> Option<char> {
    const LATIN: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const GREEK: &str = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΘΣΤΥΦΧΨΩ∇αβγδεζηθικλμνξοπρςστυφχψω∂εθκφρπ";
    // These letters were in Unicode earlier, so their places among the mathematical letters are empty.
    const EMPTY: [u32; 24] = [
        0x1D455, 0x1D49D, 0x1D4A0, 0x1D4A1, 0x1D4A3, 0x1D4A4, 0x1D4A7, 0x1D4A8, 0x1D4AD, 0x1D4BA, 0x1D4BC, 0x1D4C4,
        0x1D506, 0x1D50B, 0x1D50C, 0x1D515, 0x1D51D, 0x1D53A, 0x1D53F, 0x1D545, 0x1D547, 0x1D548, 0x1D549, 0x1D551,
    ];
    match code {
        _ if EMPTY.contains(&code) => None,
        0x1D400..=0x1D6A3 => LATIN.get((code - 0x1D400) as usize % LATIN.len()).map(|byte| char::from(*byte)),
        0x1D6A4 => Some('ı'),
        0x1D6A5 => Some('ȷ'),
        0x1D6A6 => Some('ß'),
        0x1D6A8..=0x1D7C9 => GREEK.chars().nth((code - 0x1D6A8) as usize % 58),
        0x1D7CA => Some('Ϝ'),
        0x1D7CB => Some('ϝ'),
        0x1D7CE..=0x1D7FF => char::from_digit((code - 0x1D7CE) % 10, 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    #[test]
    fn replaces_letters_made_for_print_with_their_nfkc_form() {
        let mut count = 0;
        for c in ('\u{80}'..=char::MAX).filter(|c| is_made_for_print(*c)) {
            let mut typed = String::new();
            push_as_typed(c, &mut typed);
            assert_eq!(typed, std::iter::once(c).nfkc().collect::<String>(), "U+{:04X}", u32::from(c));
            count += 1;
        }
        assert!(count > 1000, "{count}");
    }

    #[test]
    fn the_normal_forms_of_every_character_agree_with_unicode() {
        for c in '\0'..=char::MAX {
            let letter = c.to_string();
            assert!(
                letter.nfc().eq(nfc(&letter).chars()) && letter.nfd().eq(nfd(&letter).chars()),
                "U+{:04X}",
                u32::from(c)
            );
        }
    }

    proptest! {
        #[test]
        fn the_normal_forms_of_any_text_agree_with_unicode(
            text in "([a-eA-E\u{1100}-\u{1112}\u{1161}-\u{1175}\u{11A8}-\u{11C2}가-힣à-öỀ-ỹ\u{300}-\u{345}\u{591}-\u{5BD}\u{C47}-\u{C56}\u{9BE}-\u{9D7}]|.){0,24}",
        ) {
            prop_assert_eq!(nfc(&text), text.nfc().collect::<String>());
            prop_assert_eq!(nfd(&text), text.nfd().collect::<String>());
        }
    }
}
