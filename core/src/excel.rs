//! Recognises what Excel changes: errors such as `#REF!`, long numbers, classes that became dates, and text formulas.
//! Also says which usernames Excel would change if it opened a CSV.

/// The months as Excel abbreviates them in a date. Newer versions of Windows abbreviate September as `Sept`.
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

fn month(word: &str) -> Option<usize> {
    let word = if word.eq_ignore_ascii_case("sept") { "sep" } else { word };
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

/// Recognises a class or year group that Excel turned into a date or a time. The inner value is the text that was typed,
/// if it is certain: `7/2` for `07-Feb`, `5/6` for `05/06/2025`, and `5:1` for `05:01:00`. A date with the year first
/// does not show in which order day and month were typed, so `2025-05-01` may be `1/5` or `5/1`.
pub(crate) fn date(cell: &str) -> Option<Option<String>> {
    let is_separator = |byte: &u8| matches!(byte, b'/' | b'-' | b'.' | b' ' | b':');
    if cell.len() < 4 || !cell.bytes().any(|byte| byte.is_ascii_digit()) || !has_word_of_date(cell) {
        return None;
    }
    if !cell.bytes().any(|byte| is_separator(&byte)) {
        return is_day_number(cell).then_some(None);
    }
    if let Some(time) = Time::of(cell) {
        return time.is_of_excel.then(|| time.typed());
    }
    // A value with a date and a time is certainly no class.
    let (day, time) = match cell.split_once('T').or_else(|| cell.rsplit_once(' ')) {
        Some((day, time)) => Time::of(time).map_or((cell, None), |time| (day, Some(time))),
        None => (cell, None),
    };
    let typed = day_and_month(day).or_else(|| whole_date(day))?;
    Some(typed.filter(|_| time.is_none_or(|time| time.is_midnight)))
}

/// Returns whether the first word in a text can be part of a date, as a month or as the `T` before a time. This quickly
/// excludes `Year 7` and `7B`.
fn has_word_of_date(cell: &str) -> bool {
    let cell = cell.as_bytes();
    let Some(word) = cell.iter().position(u8::is_ascii_alphabetic).and_then(|from| cell.get(from..)) else {
        return true;
    };
    let is_month = |start: &[u8]| MONTHS.iter().any(|month| start.eq_ignore_ascii_case(month.as_bytes()));
    word.starts_with(b"T") || word.get(..3).is_some_and(is_month)
}

/// Returns whether a text is certainly a date or a time, even in a column of ids. A number such as `45813`, or `5/6/25`,
/// may also be an id.
pub(crate) fn is_certain_date(cell: &str) -> bool {
    let is_clear = cell.bytes().any(|byte| byte.is_ascii_alphabetic() || byte == b':')
        || cell.split(['/', '-', '.']).any(|part| part.len() == 4);
    is_clear && date(cell).is_some()
}

/// Returns whether a text is Excel's number for a day from 2000 to 2050.
fn is_day_number(cell: &str) -> bool {
    cell.len() == 5 && cell.parse::<u32>().is_ok_and(|day| (36526..=55153).contains(&day))
}

/// Returns the number in a text with one or two digits.
fn short_number(part: &str) -> Option<u32> {
    let is_short = matches!(part.len(), 1 | 2) && part.bytes().all(|b| b.is_ascii_digit());
    is_short.then(|| part.parse().ok()).flatten()
}

/// A time of day, or a number of hours, minutes and seconds.
struct Time {
    parts: [u32; 3],
    is_midnight: bool,
    /// Whether Excel made the time. A class such as `10:11` looks like a time, but Excel writes leading zeros.
    is_of_excel: bool,
}

impl Time {
    fn of(text: &str) -> Option<Self> {
        let mut texts = text.split(':');
        let (hours, minutes, seconds) = (texts.next()?, texts.next()?, texts.next());
        let (hour, minute) = (short_number(hours)?, short_number(minutes).filter(|_| minutes.len() == 2)?);
        let second = seconds.map_or(Some(0), |text| short_number(text).filter(|_| text.len() == 2))?;
        let is_time = texts.next().is_none() && minute < 60 && second < 60;
        let is_of_excel = [hours, minutes].into_iter().chain(seconds).any(|part| part.len() == 2 && part < "10");
        let is_midnight = [hour, minute, second] == [0; 3];
        is_time.then_some(Self { parts: [hour, minute, second], is_midnight, is_of_excel })
    }

    /// Returns the text that was typed, if it is certain.
    fn typed(&self) -> Option<String> {
        match self.parts {
            [0, ..] | [_, 0, _] => None,
            [hour, minute, 0] => Some(format!("{hour}:{minute}")),
            [hour, minute, second] => Some(format!("{hour}:{minute}:{second}")),
        }
    }
}

/// Recognises a day and a month, such as `07-Feb` and `7 Feb`, or a month and a number, such as `Feb-07` and `Feb 07`.
fn day_and_month(cell: &str) -> Option<Option<String>> {
    let (left, right) = cell.split_once(['-', ' '])?;
    // A class can have the name of a teacher, such as `5 May` or `Jan 1`.
    let is_name = cell.contains(' ') && [left, right].iter().any(|word| word.eq_ignore_ascii_case("may"));
    let is_short = cell.contains(' ') && right.len() == 1;
    let (one, two) = match (short_number(left), month(left), short_number(right), month(right)) {
        (Some(day), _, _, Some(month)) if !is_name => (day as usize, month),
        (_, Some(month), Some(number), _) if !is_name && !is_short => (month, number as usize),
        _ => return None,
    };
    // Excel writes `00-Jan` and `Jan-00` for small numbers.
    Some((one > 0 && two > 0).then(|| format!("{one}/{two}")))
}

/// Recognises a day, a month and a year.
fn whole_date(cell: &str) -> Option<Option<String>> {
    let parts: Vec<&str> = cell.split(['/', '-', '.', ' ']).collect();
    let [one, two, three] = parts.as_slice() else { return None };
    let is_year = |part: &str| part.len() == 4 && part.bytes().all(|b| b.is_ascii_digit());
    let (day, year) = if is_year(one) { (three, one) } else { (one, three) };
    let day = short_number(day).filter(|day| *day <= 31)?;
    let month = short_number(two).or_else(|| month_named(two)).filter(|month| (1..=12).contains(month))?;
    let year = if is_year(year) { year.parse().ok()? } else { short_number(year).filter(|_| year.len() == 2)? };
    Some(match (day, month, year) {
        // Excel counts days from January 1900, so the day is the number that was typed.
        (_, 1, 1900) => Some(day.to_string()),
        (_, _, 1899..=1900) => None,
        (0, ..) => return None,
        // Three consecutive numbers, as in `10/11/12`, are a class of three year groups.
        _ if three.len() == 2 && day + 1 == month && month + 1 == year => return None,
        _ if is_year(one) && day != month => None,
        _ => Some(format!("{day}/{month}")),
    })
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
            ("2025-06-05", None),
            ("2025-06-05 00:00:00", None),
            ("2025-06-05T00:00:00", None),
            ("2025-06-06 0:00:00", Some("6/6")),
            ("05/06/2025 00:00", Some("5/6")),
            ("05/06/2025 05:01", None),
            ("6 May 2025", Some("6/5")),
            ("06.05.2025", Some("6/5")),
            ("45813", None),
            ("07-Feb", Some("7/2")),
            ("Feb-07", Some("2/7")),
            ("5-Sept", Some("5/9")),
            ("Sept-05", Some("9/5")),
            ("5 Mar", Some("5/3")),
            ("05 Mar", Some("5/3")),
            ("Mar 05", Some("3/5")),
            ("5-May", Some("5/5")),
        ] {
            assert_eq!(date(cell), Some(typed.map(str::to_owned)), "{cell}");
        }
        for cell in ["5/6", "10/11/12", "5A", "7B/Ma1", "Oak 1", "1-2-3", "Year 5", "2025", "12345", "5/6/7"] {
            assert_eq!(date(cell), None, "{cell}");
        }
        for cell in ["7-B", "Mary-Jane", "7/2", "Jan-Feb", "123-Feb", "Feb-Oak", "Oak-Feb", "00/02/2025"] {
            assert_eq!(date(cell), None, "{cell}");
        }
        for cell in ["May", "March", "April", "June", "Sept", "5 May", "May 5", "May 05", "March 5", "5 March", "Jan 1"]
        {
            assert_eq!(date(cell), None, "{cell}");
        }
    }

    #[test]
    fn recognises_times_and_small_numbers_that_excel_shows_as_dates() {
        for (cell, typed) in [
            ("05:01:00", Some("5:1")),
            ("5:01:00", Some("5:1")),
            ("05:01", Some("5:1")),
            ("5:01", Some("5:1")),
            ("10:01", Some("10:1")),
            ("10:11:00", Some("10:11")),
            ("05:06:07", Some("5:6:7")),
            ("00:00:00", None),
            ("05:00", None),
            ("00/01/1900", Some("0")),
            ("07/01/1900", Some("7")),
            ("7-Jan-1900", Some("7")),
            ("1900-01-07 00:00:00", Some("7")),
            ("1900-01-11 0:00:00", Some("11")),
            ("07/02/1900", None),
            ("31/12/1899", None),
            ("00-Jan", None),
            ("Jan-00", None),
        ] {
            assert_eq!(date(cell), Some(typed.map(str::to_owned)), "{cell}");
        }
        for cell in ["10:11", "5:1", "7:B", "05:61", "1:2:3:4", "5:001", "11:12:13", "Oak 10:11"] {
            assert_eq!(date(cell), None, "{cell}");
        }
    }

    #[test]
    fn a_certain_date_is_not_an_id() {
        for cell in ["01-Feb", "Sept-05", "01/02/2026", "2026-02-01", "1-Feb-26", "05:01", "2026-02-01 00:00:00"] {
            assert!(is_certain_date(cell), "{cell}");
        }
        for cell in ["45813", "5/6/25", "10/11/12", "12-345", "2024/001", "A-1", "10:11", "1234"] {
            assert!(!is_certain_date(cell), "{cell}");
        }
    }
}
