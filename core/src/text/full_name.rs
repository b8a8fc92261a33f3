//! Finds a name within another name: a surname that a forename already contains, and a suffix such as Jr.

use super::{name_words, tidy};

/// Returns whether a text is a full name, because it contains a surname beside another name. So `Ann Lee` and
/// `Lee, Ann` contain `Lee`. Neither `Lee` nor the forename `Anna-Lee` does.
pub(crate) fn contains_surname(text: &str, surname: &str) -> bool {
    let text = text.trim();
    // Nearly every forename is one word.
    if !text.contains(char::is_whitespace) && !text.contains(',') {
        return false;
    }
    let surname = name_words(surname);
    if surname.is_empty() {
        return false;
    }
    if let Some((before, after)) = text.split_once(',') {
        return !name_words(after).is_empty() && name_words(before) == surname;
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    (1..words.len()).any(|from| words.get(from..).is_some_and(|end| name_words(&end.join(" ")) == surname))
}

/// Returns whether a text is the suffix of a name, such as `Jr` or `III`. `Junior` is not, because it is also a
/// forename.
pub(crate) fn is_name_suffix(text: &str) -> bool {
    let bare = text.trim().trim_end_matches('.');
    ["jr", "jnr", "sr", "snr", "ii", "iii", "iv"].iter().any(|suffix| bare.eq_ignore_ascii_case(suffix))
}

/// Splits `Smith, Amelia` into the surname and the forenames. Returns `None` if the text has no comma or several, if a
/// part is blank, or if the text after the comma is only a suffix such as Jr.
pub(crate) fn split_at_comma(name: &str) -> Option<(&str, &str)> {
    let (surname, forenames) = name.split_once(',')?;
    let (surname, forenames) = (surname.trim(), forenames.trim());
    let is_whole = !surname.is_empty() && !forenames.is_empty() && !forenames.contains(',');
    (is_whole && !is_name_suffix(forenames)).then_some((surname, forenames))
}

/// Returns a name without the comma before its suffix: `Al Smith Jr` for `Al Smith, Jr`. Returns `None` if the name has
/// no such suffix.
pub(crate) fn without_comma_before_suffix(name: &str) -> Option<String> {
    let (before, suffix) = name.rsplit_once(',')?;
    let before = before.trim();
    let is_such = is_name_suffix(suffix) && !before.is_empty() && !before.contains(',');
    is_such.then(|| tidy(&format!("{before} {suffix}")).into_owned())
}

/// Returns the name that is meant by a name with two commas, of which one is before a suffix: `Al Smith Jr` for
/// `Smith, Jr, Al` and for `Smith, Al, Jr`. Returns `None` for any other name.
pub(crate) fn around_suffix(name: &str) -> Option<String> {
    let mut parts = name.split(',').map(str::trim);
    let (surname, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || [surname, second, third].contains(&"") {
        return None;
    }
    match (is_name_suffix(second), is_name_suffix(third)) {
        (true, false) => Some(format!("{third} {surname} {second}")),
        (false, true) => Some(format!("{second} {surname} {third}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_surname_that_another_name_contains() {
        for (text, surname) in [
            ("Annie Lee", "Lee"),
            ("Lee, Ann", "LEE"),
            ("Zoë  o'connor ", "O'Connor"),
            ("Kai van der Berg", "Van der Berg"),
            ("Siân Smith-Jones", "Smith Jones"),
            ("Ali Ali", "Ali"),
        ] {
            assert!(contains_surname(text, surname), "{text}");
        }
        for (text, surname) in [
            ("James", "James"),
            ("Anna-Lee", "Lee"),
            ("Mary Ann", "Lee"),
            ("Lee Ann", "Lee"),
            ("Lee,", "Lee"),
            ("", "Lee"),
            ("Ann Lee", " "),
            ("Van der Berg", "van der Berg"),
        ] {
            assert!(!contains_surname(text, surname), "{text}");
        }
    }

    #[test]
    fn does_not_take_a_suffix_after_a_comma_for_a_forename() {
        assert_eq!(split_at_comma("Smith , Al"), Some(("Smith", "Al")));
        for name in ["Al Smith, Jr", "Al Smith, Snr.", "Al Smith, III", "Smith,", ", Al", "Smith, Al, Jr", "Al Smith"] {
            assert_eq!(split_at_comma(name), None, "{name}");
        }
        assert_eq!(without_comma_before_suffix("Al Smith, jr.").as_deref(), Some("Al Smith jr."));
        assert_eq!(["Smith, Al", "Al Smith Jr", ", Jr"].map(without_comma_before_suffix), [None, None, None]);
        assert!(!is_name_suffix("Junior"));
        for name in ["Smith, Jr, Al", "Smith , Al,Jr"] {
            assert_eq!(around_suffix(name).as_deref(), Some("Al Smith Jr"), "{name}");
        }
        for name in ["Smith, Al, Bo", "Smith, Jr", "Smith,, Jr", "Smith, Jr, Sr", "Smith, Al, Jr, Bo"] {
            assert_eq!(around_suffix(name), None, "{name}");
        }
    }
}
