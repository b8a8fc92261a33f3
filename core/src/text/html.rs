//! Decodes HTML codes for letters, as in `Zo&euml;`. The list of codes is `html_codes.txt`.
//!
//! We maintain the list ourselves. It contains the codes of HTML 4, and the codes of all Latin letters. HTML 5 has
//! 2,125 codes, nearly all for mathematical signs, and a browser would have to load them all.

use std::sync::LazyLock;

/// Each line has a character, followed by its codes.
const LINES: &str = include_str!("html_codes.txt");

/// The longest name or number of a code, such as `#x10FFFF`, with its semicolon.
const LONGEST: usize = 12;

/// The character that each code stands for, sorted by code.
static CODES: LazyLock<Vec<(&str, char)>> = LazyLock::new(|| {
    let lines = LINES.lines().filter_map(|line| Some((line.chars().next()?, line.split(' ').skip(1))));
    let mut codes: Vec<_> = lines.flat_map(|(letter, names)| names.map(move |name| (name, letter))).collect();
    codes.sort_unstable();
    codes
});

/// Returns the text with each HTML code replaced by its character.
pub(crate) fn without_html_codes(text: &str) -> String {
    let mut read = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        read.push_str(before);
        let end = after.bytes().take(LONGEST).position(|byte| byte == b';');
        let found = end.and_then(|end| Some((letter(after.get(..end)?)?, after.get(end + 1..)?)));
        if let Some((letter, behind)) = found {
            read.push(letter);
            rest = behind;
        } else {
            read.push('&');
            rest = after;
        }
    }
    read.push_str(rest);
    read
}

/// Returns the character that a code stands for, by its name or its number.
fn letter(code: &str) -> Option<char> {
    let Some(number) = code.strip_prefix('#') else {
        let at = CODES.binary_search_by_key(&code, |(name, _)| name).ok()?;
        return CODES.get(at).map(|(_, letter)| *letter);
    };
    let (digits, radix) = match number.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    // A sign before a number is not part of a code.
    let is_number = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    u32::from_str_radix(digits, radix).ok().filter(|_| is_number).and_then(char::from_u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_html_codes_and_nothing_else() {
        for (text, read) in [
            ("Zo&euml; O&#39;Dell", "Zoë O'Dell"),
            ("&#xEB;&#XEB;&#235;", "ëëë"),
            ("Smith &amp; Jones", "Smith & Jones"),
            ("&Scaron;&lstrok;&#x142;", "Šłł"),
            (
                "A&B; C & D; &nosuch; &; &#; &#x; &#+5; &#1114112; &",
                "A&B; C & D; &nosuch; &; &#; &#x; &#+5; &#1114112; &",
            ),
            ("&amp;euml;", "&euml;"),
        ] {
            assert_eq!(without_html_codes(text), read);
        }
    }

    #[test]
    fn html_codes_are_sorted_and_each_one_stands_for_one_character() {
        assert!(CODES.len() > 370, "{}", CODES.len());
        assert!(CODES.windows(2).all(|pair| pair[0].0 < pair[1].0), "a code is there twice");
        for (name, letter) in CODES.iter() {
            assert_eq!(without_html_codes(&format!("&{name};")), letter.to_string());
            assert!(name.len() < LONGEST && name.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{name}");
        }
    }
}
