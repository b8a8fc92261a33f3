//! Recognises rows that look like a total although the row has other values too, such as `Total,,2` or `Boys: 12`. A
//! person must decide about these rows. `not_student.rs` recognises the rows that are certainly totals.

use crate::text;

/// Words that name a total.
const TOTAL: [&str; 8] = ["total", "totals", "subtotal", "subtotals", "count", "number", "sum", "overall"];
/// Words that name a total if there is a number with them, as in `12 pupils`.
const COUNTED: [&str; 10] =
    ["pupils", "students", "children", "boys", "girls", "male", "female", "males", "females", "records"];
/// Words that a total may also contain.
const NEUTRAL: [&str; 15] =
    ["of", "on", "roll", "grand", "sub", "all", "in", "the", "and", "for", "no", "year", "class", "school", "rows"];

/// Returns whether a row looks like a total: its name is a total, and it lacks a year group, a class or a gender. Such a
/// row is never a valid student. A gender that is a number is lacking too.
pub(crate) fn is_like_total(name: &str, year: &str, class: &str, gender: &str) -> bool {
    [year, class, gender].into_iter().any(text::is_blank) && is_label(name)
        || is_number(gender.trim()) && is_label(name)
}

/// Returns whether a text is not blank and has only digits.
pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns whether a text is the label of a total, such as `Total`, `Total 5A` or `Boys: 12`.
fn is_label(name: &str) -> bool {
    const LONGEST: usize = 60;
    let name = name.trim();
    if name.len() > LONGEST || name.len() < 3 {
        return false;
    }
    let words = text::words(name);
    let is_total = words.split(' ').any(|word| TOTAL.contains(&word));
    let is_counted = words.split(' ').any(|word| COUNTED.contains(&word)) && words.split(' ').any(is_number);
    let is_other = |word: &str| {
        let is_known = [&TOTAL[..], &COUNTED, &NEUTRAL].into_iter().any(|list| list.contains(&word));
        !is_known && !word.bytes().any(|byte| byte.is_ascii_digit())
    };
    (is_total || is_counted) && !words.split(' ').any(is_other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recognises_totals_that_lack_a_value_of_a_student() {
        for name in
            ["Total", "TOTAL:", "Total 5A", "Boys: 12 Girls: 16", "Number of pupils", "Grand Total", "28 pupils"]
        {
            assert!(is_like_total(name, "5", "", "Male"), "{name}");
            assert!(is_like_total(name, "5", "5A", " 28 "), "{name}");
            assert!(!is_like_total(name, "5", "5A", "Male"), "{name}");
        }
        for name in
            ["", "Amelia Hart", "Grand", "Count Amelia", "Total Amelia", "Student 1", "Pupils", "Male", "5A", "12"]
        {
            assert!(!is_like_total(name, "", "", ""), "{name}");
        }
    }
}
