//! Shows a value in a message, with its invisible characters.

use std::borrow::Cow;

use crate::text::visible;

/// The sign that a message shows for an invisible character.
const INVISIBLE: char = '□';

/// Returns a value as a message shows it. Each invisible character becomes a visible sign.
pub(super) fn shown(value: &str) -> Cow<'_, str> {
    if !value.contains(is_invisible) {
        return visible(value);
    }
    let signs: String = value.chars().map(|c| if is_invisible(c) { INVISIBLE } else { c }).collect();
    Cow::Owned(visible(&signs).into_owned())
}

/// Returns a value in single quotation marks. The marks are double if the value begins or ends with a single mark and
/// contains no double mark.
pub(super) fn quoted(value: &str) -> String {
    let is_beside = value.starts_with('\'') || value.ends_with('\'');
    if is_beside && !value.contains('"') { format!("\"{value}\"") } else { format!("'{value}'") }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{61C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}')
        || matches!(c, '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

pub(super) fn character_name(c: char) -> &'static str {
    match c {
        '\u{200C}' | '\u{200D}' => "an invisible character",
        c if is_invisible(c) => "an invisible character",
        '\u{FFFD}' => "a letter that was lost when the file was saved",
        _ => "a character that cannot be shown",
    }
}
