//! The words that are never or seldom a name (`PLACEHOLDERS`, `UNLIKELY`). Also recognises lost and garbled letters, and
//! texts like a class or a year group. `excel.rs` recognises what Excel changed, such as `#REF!`.

use std::borrow::Cow;

use crate::text;
use crate::values::year_group::YearGroup;

/// Texts that people type for an unknown name, and that are never a name.
const PLACEHOLDERS: &[&str] =
    &["n/a", "n.a.", "#", "-", "--", "---", "–", "—", ".", "..", "...", "?", "??", "???", "0", "xxx", "tba", "tbc"];
/// Words that programs and offices write if a name is missing. Some of these words are also real names.
const UNLIKELY: &[&str] = &[
    "unknown",
    "null",
    "none",
    "nan",
    "nil",
    "true",
    "false",
    "test",
    "total",
    "undefined",
    "not known",
    "name",
    "student",
    "pupil",
    "leaver",
    "no name",
    "test student",
    "test pupil",
    "new student",
    "new pupil",
    "new starter",
    "surname",
    "forename",
    "name here",
];

/// The length of the longest word in `UNLIKELY`, in bytes.
const LONGEST_UNLIKELY: usize = 12;

/// Returns whether a text is a word that programs write if a name is missing.
pub(crate) fn is_word_of_program(text: &str) -> bool {
    text.len() <= LONGEST_UNLIKELY && UNLIKELY.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Returns whether a text is a placeholder for an unknown name.
pub(crate) fn is_placeholder(name: &str) -> bool {
    name.len() <= 4 && PLACEHOLDERS.iter().any(|placeholder| name.eq_ignore_ascii_case(placeholder))
}

/// Returns whether a username is a placeholder for an unknown username. `0` is not a placeholder, because it could be a
/// school id.
pub(crate) fn is_placeholder_username(username: &str) -> bool {
    username != "0" && is_placeholder(username)
}

/// Returns whether a tidy username certainly has no lost letter and is not a placeholder.
pub(crate) fn is_usual_username(username: &[u8]) -> bool {
    memchr::memchr(b'?', username).is_none()
        && (username.len() > 4 || !str::from_utf8(username).is_ok_and(is_placeholder_username))
}

/// Returns whether a text is unlikely to be a name. Such a text is a word that programs write, or contains a note, a
/// digit or a sign.
pub(crate) fn is_unlikely(name: &str) -> bool {
    /// Whether each byte is a sign. Bytes are enough, because no letter outside ASCII contains one of these bytes.
    static SIGNS: [bool; 256] = {
        let mut signs = [false; 256];
        let mut byte = 0;
        while byte < 128 {
            let sign = byte as u8;
            let is_usual = matches!(sign, b'\'' | b'-' | b'.' | b',' | b'`' | b'"');
            signs[byte] = sign.is_ascii_graphic() && !sign.is_ascii_alphabetic() && !is_usual;
            byte += 1;
        }
        signs
    };
    if name.bytes().fold(false, |any, byte| any | SIGNS[usize::from(byte)]) {
        // A second name in brackets is allowed, as in `Amelia (Milly) Hart`.
        return !is_nickname(name);
    }
    let is_note = |part: &str| {
        let part = part.trim().to_ascii_lowercase();
        ["left", "leaver", "leaving", "moved", "new", "duplicate", "do not use"].contains(&part.as_str())
    };
    (memchr::memchr(b'-', name.as_bytes()).is_some() && name.rsplit_once(" - ").is_some_and(|(_, note)| is_note(note)))
        || is_word_of_program(name)
}

/// Returns whether the only signs in a name are one pair of brackets, with names before, within and after the brackets.
fn is_nickname(name: &str) -> bool {
    if memchr::memchr2(b'(', b'[', name.as_bytes()).is_none() {
        return false;
    }
    let Some((before, rest)) = name.split_once(['(', '[']) else { return false };
    let Some((inner, after)) = rest.split_once([')', ']']) else { return false };
    let is_name = |part: &str| {
        !part.trim().is_empty() && part.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '\'' | '-' | '’'))
    };
    [before, inner, after].into_iter().all(is_name)
}

/// Returns whether a name has a question mark instead of a letter that a program could not write.
pub(crate) fn has_lost_a_letter(name: &str) -> bool {
    if memchr::memchr(b'?', name.as_bytes()).is_none() {
        return false;
    }
    let mut before = None;
    let mut letters = name.chars().peekable();
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    while let Some(c) = letters.next() {
        if c == '?' && (is_letter(before) || is_letter(letters.peek().copied())) {
            return true;
        }
        before = Some(c);
    }
    false
}

/// Returns whether a word contains a sign that a wrong encoding makes from a letter. Also returns true for `Ã` or `Â`
/// after a small letter, as in `ZoÃ`. Such a capital comes from the first byte of a letter in UTF-8.
pub(crate) fn has_sign_in_word(name: &str) -> bool {
    // In UTF-8, all of these signs and capitals begin with C2, C3, E2 or CB.
    if name.is_ascii() || {
        let bytes = name.as_bytes();
        memchr::memchr3(0xC2, 0xC3, 0xE2, bytes).is_none() && memchr::memchr(0xCB, bytes).is_none()
    } {
        return false;
    }
    let mut before = ' ';
    let mut sign_behind_letter = false;
    for c in name.chars() {
        // A sign counts only directly before or after a letter.
        if sign_behind_letter && c.is_alphabetic() {
            return true;
        }
        sign_behind_letter = false;
        if is_sign(c) {
            if before.is_alphabetic() {
                return true;
            }
            sign_behind_letter = true;
        } else if matches!(c, 'Ã' | 'Â') && before.is_lowercase() {
            return true;
        }
        before = c;
    }
    false
}

/// Returns whether a character is a sign that no name contains, but that a wrong encoding makes from a letter. The most
/// frequent characters are checked first.
#[inline]
fn is_sign(c: char) -> bool {
    match c {
        '\0'..='\u{A0}' | '\u{C0}'..='\u{2C5}' | '\u{2DD}'..='\u{2019}' => false,
        '\u{AA}' | '\u{B4}' | '\u{B7}' | '\u{BA}' => false,
        '\u{A1}'..='\u{BF}' | '\u{2C6}' | '\u{2DC}' | '\u{201A}' | '\u{201E}' | '\u{2020}'..='\u{2022}' => true,
        '\u{2026}' | '\u{2030}' | '\u{2039}' | '\u{203A}' | '\u{20AC}' | '\u{2122}' => true,
        '\u{2200}'..='\u{22FF}' | '\u{2500}'..='\u{25FF}' => true,
        _ => false,
    }
}

/// Restores letters that were garbled once or twice. Returns any other text unchanged.
pub(crate) fn ungarbled(text: &str) -> Cow<'_, str> {
    if may_be_garbled(text) { ungarbled_at_last(text) } else { Cow::Borrowed(text) }
}

/// Restores garbled letters as [`ungarbled`] does. The caller has already checked the text with [`may_be_garbled`].
#[cold]
pub(crate) fn ungarbled_at_last(text: &str) -> Cow<'_, str> {
    let mut right = Cow::Borrowed(text);
    for _ in 0..2 {
        let again = text::without_mojibake(&right).into_owned();
        if again == right || again.chars().any(|c| c.is_control()) {
            break;
        }
        right = Cow::Owned(again);
    }
    right
}

/// Returns whether a text contains characters that arise if UTF-8 is read in a different encoding. In the encodings of
/// old Macs and DOS, the character for a letter's first byte is enough. In the encoding of Windows, the character for a
/// later byte must follow it.
pub(crate) fn may_be_garbled(text: &str) -> bool {
    if memchr::memchr3(0xC2, 0xC3, 0xE2, text.as_bytes()).is_none() {
        return false;
    }
    let mut before = ' ';
    text.chars().any(|c| {
        let is_lead = matches!(before, '\u{C2}'..='\u{F4}');
        before = c;
        match c {
            '\0'..='\u{7F}' => false,
            '\u{80}'..='\u{BF}' => is_lead || c == '¬',
            '\u{C0}'..='\u{151}' => false,
            '\u{152}'..='\u{192}' => is_lead,
            '\u{193}'..='\u{2C5}' | '\u{2DD}'..='\u{2012}' => false,
            '\u{2C6}'..='\u{2DC}' | '\u{2013}'..='\u{2122}' => is_lead || c == '\u{201A}',
            '√' | '≈' | '\u{251C}' | '\u{252C}' => true,
            _ => false,
        }
    })
}

/// Returns the text with HTML codes replaced by their characters, or `None` if it has no codes.
pub(crate) fn without_html_codes(text: &str) -> Option<String> {
    memchr::memchr(b'&', text.as_bytes())?;
    let has_code = text.split('&').skip(1).any(|after| {
        let name = after.split(';').next().unwrap_or_default();
        name.len() < after.len()
            && (2..=10).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'#')
    });
    let read = has_code.then(|| text::without_html_codes(text))?;
    (read != text && !read.chars().any(char::is_control)).then_some(read)
}

/// Replaces letters made for print, such as full-width letters and ligatures, with typed letters. Returns `None` if the
/// text has no such letters.
pub(crate) fn with_usual_letters(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    // In UTF-8, all such letters begin with E2, EF or F0.
    memchr::memchr3(0xE2, 0xEF, 0xF0, text.as_bytes())?;
    text.contains(text::is_made_for_print).then(|| {
        let mut typed = String::with_capacity(text.len());
        text.chars().for_each(|c| text::push_as_typed(c, &mut typed));
        typed
    })
}

/// Returns whether an apostrophe precedes a name that would be complete without it. Returns false for `'t Hooft`, and
/// for names in apostrophes.
pub(crate) fn begins_with_stray_apostrophe(name: &str) -> bool {
    name.strip_prefix('\'').is_some_and(|rest| !rest.ends_with('\'') && rest.starts_with(|c: char| c.is_uppercase()))
}

/// Returns whether a text is clearly a school year, such as `Year 5`, `Yr 5` or `Reception`. Returns false for a number
/// alone, because it could be a class.
pub(crate) fn is_named_year(text: &str) -> bool {
    text.len() > 2 && text.starts_with(|c: char| c.is_alphabetic()) && YearGroup::read(text).is_some()
}

/// Returns whether a text looks like a class and not like a school year: `5A`, `7B/Ma1`, `10X`.
pub(crate) fn is_class_like(text: &str) -> bool {
    let after = text.trim_start_matches(|c: char| c.is_ascii_digit());
    after.len() < text.len() && after.starts_with(|c: char| c.is_ascii_alphabetic()) && YearGroup::read(text).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recognises_placeholders_and_unlikely_names() {
        for text in ["N/A", "-", ".", "?", "0", "XXX", "TBA", "tbc"] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in ["Na", "Xu", "Anna Null", "Null", "X Æ", "Noah"] {
            assert!(!is_placeholder(text), "{text}");
        }
        for text in [
            "Unknown",
            "NULL",
            "Test",
            "Total",
            "Amelia Hart2",
            "Sam Fox *",
            "Max Day - LEFT",
            "Ann Lee (leaver 12/07/25)",
            "a@b.uk",
        ] {
            assert!(is_unlikely(text), "{text}");
        }
        for text in [
            "Anna Null",
            "Noah Tester",
            "Amelia (Milly) Hart",
            "Mary-Jane O'Dell",
            "J. Smith",
            "Zoë D’Arcy",
            "Anna Leaver",
            "True Grant",
        ] {
            assert!(!is_unlikely(text), "{text}");
        }
    }

    #[test]
    fn recognises_names_with_lost_or_garbled_letters() {
        assert!(["?ukasz Nowak", "Zo? Okafor", "Wi?niewska"].into_iter().all(has_lost_a_letter));
        assert!(["Zoë", "?", "Ann ? Lee"].into_iter().all(|name| !has_lost_a_letter(name)));
        assert!(["Zo‰ Okafor", "Ren‚e", "Zo¹"].into_iter().all(has_sign_in_word));
        assert!(["Zoë", "O’Dell", "“Milly”", "Ann – Lee", "Paul·la"].into_iter().all(|name| !has_sign_in_word(name)));
        assert_eq!(["ZoÃ« O", "Oâ€™Dell", "ZoÃƒÂ«", "Zoë"].map(ungarbled), ["Zoë O", "O’Dell", "Zoë", "Zoë"]);
    }

    #[test]
    fn corrects_html_codes_and_stray_apostrophes_and_unusual_letters() {
        assert_eq!(without_html_codes("Tom O&#39;Dell").unwrap(), "Tom O'Dell");
        assert_eq!(without_html_codes("Zo&euml; &amp; Max").unwrap(), "Zoë & Max");
        assert_eq!(["Sam & Max", "A&B; Ltd", "x &nothing; y"].map(without_html_codes), [None, None, None]);
        assert_eq!(
            ["'Amelia Hart", "'t Hooft", "O'Dell", "'Amelia'"].map(begins_with_stray_apostrophe),
            [true, false, false, false]
        );
        assert_eq!(with_usual_letters("Ａｍｅｌｉａ Soﬁa").unwrap(), "Amelia Sofia");
        assert_eq!(with_usual_letters("Zoë ½"), None);
    }

    #[test]
    fn distinguishes_a_class_from_a_year_group() {
        assert!(["Year 5", "Yr 5", "Reception", "Nursery"].into_iter().all(is_named_year));
        assert!(["5", "5A", "Oak", "Year"].into_iter().all(|text| !is_named_year(text)));
        assert!(["5A", "10X", "7B/Ma1"].into_iter().all(is_class_like));
        assert!(["5", "Year 5", "Oak", "Reception", "P3"].into_iter().all(|text| !is_class_like(text)));
    }
}
