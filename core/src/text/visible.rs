//! Makes text safe to show on a terminal or a page: symbols replace characters that move the cursor or are invisible
//! (`visible`).

use std::borrow::Cow;
use std::fmt::Write as _;

/// Returns the text with symbols instead of characters that would move the cursor, break the line or change the
/// direction of writing. Examples are `␛` for ESC, `⏎` for a line feed and `U+202E` for a bidirectional override.
///
/// Every value in a message, a list or a command's output goes through this function. So no value can forge a line.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(hides) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' => shown.push('⏎'),
            // Unicode has a symbol for each of ASCII's control characters.
            '\0'..='\u{1F}' => shown.extend(char::from_u32(0x2400 + u32::from(c))),
            '\u{7F}' => shown.push('␡'),
            c if hides(c) => drop(write!(shown, "U+{:04X}", u32::from(c))),
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// Returns whether a character is a control character, breaks a line, changes the direction of writing, or is
/// invisible.
fn hides(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}')
        || matches!(c, '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_control_characters_as_symbols() {
        assert_eq!(visible("\u{1b}]0;x\u{7}"), "␛]0;x␇");
        assert_eq!(visible("a\r\nb\tc\u{7f}"), "a␍⏎b␉c␡");
        assert_eq!(visible("\u{9b}2J\u{202e}nimda\u{2028}"), "U+009B2JU+202EnimdaU+2028");
        assert!(matches!(visible("Zoë O’Dell, ‘山田’"), Cow::Borrowed(_)));
    }

    #[test]
    fn the_shown_text_contains_no_control_character() {
        let all: String = ('\0'..=char::MAX).collect();
        let shown = visible(&all).into_owned();
        assert_eq!(visible(&shown), shown);
        assert!(!shown.contains(|c: char| c.is_control()));
    }
}
