//! Recognises what Excel changes: errors such as `#REF!`, long numbers, classes that became dates, and text formulas.
//! Also says which usernames Excel would change if it opened a CSV.

/// The months as Excel abbreviates them in a date.
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Returns whether Excel has changed the value to an error or to scientific notation. The typed value is then lost.
pub(crate) fn is_mangled(cell: &str) -> bool {
    const ERRORS: [&str; 8] = ["#N/A", "#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!"];
    let is_error = || ERRORS.contains(&cell) || (cell.len() > 2 && cell.bytes().all(|b| b == b'#'));
    cell.starts_with('#') && is_error() || is_scientific(cell)
}

/// Returns whether a value looks like `1.23457E+11`, as Excel shows a long number. The last digits of such a number are
/// lost.
fn is_scientific(cell: &str) -> bool {
    if memchr::memchr(b'+', cell.as_bytes()).is_none() {
        return false;
    }
    let Some((mantissa, exponent)) = cell.split_once(['E', 'e']) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let mantissa = mantissa.split_once('.').map_or(digits(mantissa), |(whole, part)| digits(whole) && digits(part));
    mantissa && exponent.strip_prefix('+').is_some_and(digits)
}

/// Returns the likely typed text if the value is a date that Excel made from a class or year group: `7/2` for `07-Feb`,
/// and `2/7` for `Feb-07`.
pub(crate) fn mangled_date(cell: &str) -> Option<String> {
    let (left, right) = cell.split_once('-')?;
    let digits = |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let number = |text: &str| text.trim_start_matches('0').to_owned();
    match (month(left), month(right)) {
        (None, Some(month)) if digits(left) => Some(format!("{}/{month}", number(left))),
        (Some(month), None) if digits(right) => Some(format!("{month}/{}", number(right))),
        _ => None,
    }
}

fn month(word: &str) -> Option<usize> {
    MONTHS.iter().position(|month| word.eq_ignore_ascii_case(month)).map(|index| index + 1)
}

/// Returns false if Excel certainly does not change this text. The last character decides that for nearly every
/// username.
#[inline(always)]
pub(crate) fn may_be_at_risk_in_excel(username: &[u8]) -> bool {
    let ends_in_digit = username.last().is_some_and(u8::is_ascii_digit);
    ends_in_digit || username.eq_ignore_ascii_case(b"true") || username.eq_ignore_ascii_case(b"false")
}

/// Returns whether Excel would change this text when it opens a CSV. It changes numbers that have leading zeros or more
/// than 11 digits, `12E5`, `TRUE`, and names of months with a number (`may1`, `April 2`).
pub(crate) fn is_at_risk_in_excel(username: &str) -> bool {
    if !may_be_at_risk_in_excel(username.as_bytes()) {
        return false;
    }
    if ["true", "false"].iter().any(|word| username.eq_ignore_ascii_case(word)) {
        return true;
    }
    if username.bytes().all(|b| b.is_ascii_digit()) {
        return username.len() > 11 || (username.len() > 1 && username.starts_with('0'));
    }
    if let Some((left, right)) = username.split_once(['E', 'e'])
        && [left, right].iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
    {
        return true;
    }
    const LONG: [&str; 13] = [
        "january",
        "february",
        "march",
        "april",
        "june",
        "july",
        "august",
        "september",
        "sept",
        "october",
        "november",
        "december",
        "may",
    ];
    let word = username.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = username.len() - word.len();
    let word = word.trim_end_matches([' ', '-', '/', '.']);
    number <= 4 && (month(word).is_some() || LONG.iter().any(|long| word.eq_ignore_ascii_case(long)))
}

/// Returns the value of a text formula such as `="00412"`. Excel and many exports write such formulas to keep leading
/// zeros.
pub(crate) fn text_formula(cell: &str) -> Option<&str> {
    let inner = cell.trim().strip_prefix('=')?.strip_prefix('"')?.strip_suffix('"')?;
    (!inner.contains('"')).then_some(inner)
}

/// Returns the text after an apostrophe that tells Excel to keep digits as text.
pub(crate) fn behind_apostrophe(cell: &str) -> Option<&str> {
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()) && !rest.ends_with('\''))
}

/// Recognises a class or year group that Excel turned into a date. The inner value is the text that was typed, if it is
/// certain.
pub(crate) fn date(cell: &str) -> Option<Option<String>> {
    if cell.len() < 5 || !cell.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let cell = cell.strip_suffix(" 00:00:00").or_else(|| cell.strip_suffix(" 00:00")).unwrap_or(cell);
    // Excel's number for a day, from 2000 to 2050.
    if cell.len() == 5 && cell.parse::<u32>().is_ok_and(|day| (36526..=55153).contains(&day)) {
        return Some(None);
    }
    let parts: Vec<&str> = cell.split(['/', '-', '.', ' ']).collect();
    let [one, two, three] = parts.as_slice() else { return None };
    let number = |part: &str, digits: &[usize]| {
        (digits.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()))
            .then(|| part.parse::<u32>().ok())
            .flatten()
    };
    let month =
        |part: &str| number(part, &[1, 2]).or_else(|| month_named(part)).filter(|month| (1..=12).contains(month));
    let day = |part: &str| number(part, &[1, 2]).filter(|day| (1..=31).contains(day));
    if number(one, &[4]).is_some() {
        let (month, day) = (month(two)?, day(three)?);
        return Some(Some(format!("{day}/{month}")));
    }
    let year = number(three, &[4, 2])?;
    let (day, month) = (day(one)?, month(two)?);
    // Three consecutive numbers, as in `10/11/12`, are a class of three year groups.
    let is_mixed_class = three.len() == 2 && day + 1 == month && month + 1 == year;
    (!is_mixed_class).then(|| Some(format!("{day}/{month}")))
}

fn month_named(word: &str) -> Option<u32> {
    let word = word.to_ascii_lowercase();
    let at = MONTHS.iter().position(|month| word.len() >= 3 && word.starts_with(month))?;
    word.bytes().all(|b| b.is_ascii_lowercase()).then_some(at as u32 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recognises_values_that_excel_changed_or_would_change() {
        assert_eq!(["#", "##", "a##"].map(is_mangled), [false; 3]);
        for cell in ["1.23457E+11", "#N/A", "#REF!", "###", "####", "9E+12"] {
            assert!(is_mangled(cell), "{cell}");
        }
        for cell in ["Amelia", "E+4", "1.5", "12E5", "#", "Year 7"] {
            assert!(!is_mangled(cell), "{cell}");
        }
        assert_eq!(mangled_date("07-Feb").as_deref(), Some("7/2"));
        assert_eq!(mangled_date("Feb-07").as_deref(), Some("2/7"));
        for cell in ["7-B", "Mary-Jane", "7/2", "Jan-Feb", "123-Feb"] {
            assert_eq!(mangled_date(cell), None, "{cell}");
        }
        for username in ["may1", "00412", "123456789012", "TRUE", "April 2", "12e5", "Sept2026"] {
            assert!(is_at_risk_in_excel(username), "{username}");
        }
        for username in ["May Smith", "0", "412", "amay1", "may12345", "12f5", "June", ""] {
            assert!(!is_at_risk_in_excel(username), "{username}");
        }
    }

    #[test]
    fn handles_values_at_the_limits_of_each_rule() {
        assert_eq!(["0", "7", "00", "07"].map(is_at_risk_in_excel), [false, false, true, true]);
        assert_eq!(
            ["Feb-07", "07-Feb", "Feb-Oak", "Oak-Feb", "Feb-Mar"].map(mangled_date),
            [Some("2/7".to_owned()), Some("7/2".to_owned()), None, None, None]
        );
        assert_eq!(
            ["1.5E+11", "1.xE+11", "x.5E+11", "1E+11", "1.E+11"].map(is_mangled),
            [true, false, false, true, false]
        );
    }

    #[test]
    fn reads_the_text_of_formulas_and_behind_an_apostrophe() {
        assert_eq!(
            ["=\"00412\"", "=\"5/6\"", "=5/6", "\"x\""].map(text_formula),
            [Some("00412"), Some("5/6"), None, None]
        );
        assert_eq!(["'00412", "'5/6", "'t Hooft"].map(behind_apostrophe), [Some("00412"), Some("5/6"), None]);
    }

    #[test]
    fn recognises_dates_that_excel_made_from_class_names() {
        for (cell, typed) in [
            ("05/06/2025", Some("5/6")),
            ("5/6/25", Some("5/6")),
            ("06-May-25", Some("6/5")),
            ("2025-06-05", Some("5/6")),
            ("2025-06-05 00:00:00", Some("5/6")),
            ("6 May 2025", Some("6/5")),
            ("06.05.2025", Some("6/5")),
            ("45813", None),
        ] {
            assert_eq!(date(cell), Some(typed.map(str::to_owned)), "{cell}");
        }
        for cell in ["5/6", "10/11/12", "5A", "7B/Ma1", "Oak 1", "1-2-3", "Year 5", "2025", "12345", "5/6/7"] {
            assert_eq!(date(cell), None, "{cell}");
        }
    }
}
