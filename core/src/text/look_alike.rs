//! Finds letters that look like ASCII letters, by Unicode's list of confusable characters (UTS 39). The list is
//! `look_alike.txt`. It is used for headings, and for one message.
//!
//! We maintain this part of the list ourselves, because a heading needs only these entries. A crate with the whole list
//! has 6,000 entries, and a browser would have to load them all.

use std::borrow::Cow;
use std::sync::LazyLock;

/// Each line has one or more ASCII letters, followed by the letters that look like them.
const LETTERS: &str = include_str!("look_alike.txt");

/// Each letter, with the ASCII letters that it looks like.
static LOOKS: LazyLock<Vec<(char, &str)>> = LazyLock::new(|| {
    let lines = LETTERS.lines().filter_map(|line| line.split_once(' '));
    let mut looks: Vec<_> = lines.flat_map(|(ascii, letters)| letters.chars().map(move |c| (c, ascii))).collect();
    looks.sort_unstable();
    looks
});

/// Returns the text with look-alike letters replaced. Each letter outside ASCII becomes the ASCII letters that it looks
/// like, if there are any.
pub(crate) fn look_alike(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        let at = LOOKS.binary_search_by_key(&c, |(letter, _)| *letter).ok().filter(|_| !c.is_ascii());
        match at.and_then(|at| LOOKS.get(at)) {
            Some((_, ascii)) => plain.push_str(ascii),
            None => plain.push(c),
        }
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;
    use unicode_security::skeleton;

    use super::*;

    #[test]
    fn replaces_look_alike_letters_as_the_unicode_list_says() {
        // Invisible characters look like nothing, and are handled elsewhere.
        let is_wanted =
            |look: &str| !look.is_empty() && look.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'&');
        for c in ('\u{80}'..=char::MAX).filter(|c| c.nfd().eq([*c])) {
            let letter = c.to_string();
            let skeleton: String = skeleton(&letter).collect();
            let expected = if is_wanted(&skeleton) { &skeleton } else { &letter };
            assert_eq!(look_alike(&letter), expected.as_str(), "U+{:04X}", u32::from(c));
        }
        assert_eq!(look_alike("\u{421}l\u{430}ss é"), "Class é");
    }
}
