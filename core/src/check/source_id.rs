//! Decides which texts are source ids, and which are certainly none, such as `#N/A`, `TBC`, `0` or `01-Feb`. Such a text
//! identifies nobody. `NO_IDS` has the words, `suspicious.rs` those that are not names either, and `excel.rs` what Excel
//! changes.

use super::suspicious;
use crate::excel;

/// Words that programs and offices write if an id is missing, beside those for a missing name.
const NO_IDS: &[&str] = &[
    "na",
    "<na>",
    "nat",
    "nk",
    "n/k",
    "blank",
    "(blank)",
    "(null)",
    "error",
    "missing",
    "pending",
    "to follow",
    "not available",
    "not applicable",
];

/// Returns the source id in a text, without what Excel or an export put around the id. Returns `Ok(None)` if the text is
/// blank.
///
/// # Errors
/// The text, if it is certainly no id.
pub(crate) fn source_id(text: &str) -> Result<Option<&str>, &str> {
    let text = text.trim();
    if is_usual(text.as_bytes()) {
        return Ok(Some(text));
    }
    let id = excel::text_formula(text).or_else(|| excel::behind_apostrophe(text)).map_or(text, str::trim);
    if id.is_empty() {
        return Ok(None);
    }
    if is_no_id(id) { Err(text) } else { Ok(Some(id)) }
}

/// Returns whether a text is certainly an id: letters and digits, with a digit other than 0. That decides nearly every
/// id.
#[inline]
fn is_usual(text: &[u8]) -> bool {
    let (mut usual, mut has_digit) = (true, false);
    for byte in text {
        usual &= byte.is_ascii_alphanumeric();
        has_digit |= matches!(byte, b'1'..=b'9');
    }
    usual && has_digit
}

/// Returns whether a text is certainly no id.
fn is_no_id(id: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let zeros = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte == b'0');
    // A program that knows numbers only with decimals writes `412.0`.
    let has_decimals =
        || id.split_once('.').is_some_and(|(whole, part)| digits(whole) && part.len() <= 2 && zeros(part));
    zeros(id)
        || has_decimals()
        || id.strip_prefix('-').is_some_and(digits)
        || id.starts_with('=')
        || !id.contains(char::is_alphanumeric)
        || suspicious::is_placeholder(id)
        || suspicious::is_word_of_program(id)
        || NO_IDS.iter().any(|word| id.eq_ignore_ascii_case(word))
        || excel::is_mangled(id)
        || excel::is_certain_date(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_an_id_without_what_excel_put_around_it() {
        for (text, id) in [("1001", "1001"), (" A77 ", "A77"), ("=\"00412\"", "00412"), ("'00413", "00413")] {
            assert_eq!(source_id(text), Ok(Some(id)), "{text}");
        }
        for blank in ["", "  ", "\u{A0}", "=\"\""] {
            assert_eq!(source_id(blank), Ok(None), "{blank:?}");
        }
    }

    #[test]
    fn refuses_what_is_certainly_no_id() {
        for text in ["#N/A", "#REF!", "#NAME?", "####", "1.23457E+11", "1e+12", "=\"#N/A\"", "=A2"] {
            assert_eq!(source_id(text), Err(text), "{text}");
        }
        for text in ["N/A", "n/a", "NA", "TBC", "tba", "-", "--", "?", "none", "None", "NULL", "nan", "unknown", "TRUE"]
        {
            assert_eq!(source_id(text), Err(text), "{text}");
        }
        for text in ["0", "000", "0.0", "412.0", "412.00", "-1"] {
            assert_eq!(source_id(text), Err(text), "{text}");
        }
        for text in ["01-Feb", "Feb-01", "5-Sept", "01/02/2026", "2026-02-01", "2026-02-01 00:00:00", "05:01:00"] {
            assert_eq!(source_id(text), Err(text), "{text}");
        }
    }

    #[test]
    fn accepts_every_id_that_an_mis_may_use() {
        for id in [
            "7",
            "00412",
            "45813",
            "123456789012",
            "A1999999999",
            "S0",
            "12E5",
            "1E11",
            "2024/001",
            "12-345",
            "19.04",
            "10/11/25",
            "h.smith",
            "a-1",
            "{3F2504E0-4F89-11D3-9A0C-0305E82C3301}",
            "412.5",
            "2024.001",
            "é1",
            "Jan1",
        ] {
            assert_eq!(source_id(id), Ok(Some(id)), "{id}");
        }
    }
}
