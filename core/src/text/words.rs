//! Reduces text to the words by which descriptions and headings are looked up (`words`). Finds the nearest of several
//! texts, with the number of allowed typing mistakes (`nearest`).

use super::compare::key;

/// Returns the letters and digits of a text in lower case, with everything between them as one space. Descriptions are
/// looked up in this form, so `White: British` and `white - british` are the same.
pub(crate) fn words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in key(text).chars() {
        match c {
            '&' => push_word(&mut out, "and"),
            '\'' | '\u{2019}' => {}
            c if c.is_alphanumeric() => out.push(c),
            _ if !out.is_empty() && !out.ends_with(' ') => out.push(' '),
            _ => {}
        }
    }
    out.truncate(out.trim_end().len());
    out
}

fn push_word(out: &mut String, word: &str) {
    if !out.is_empty() && !out.ends_with(' ') {
        out.push(' ');
    }
    out.push_str(word);
    out.push(' ');
}

/// Returns the candidate that is nearest to the text by edit distance. About one edit for four letters is allowed, and
/// at most three edits. Returns `None` if no candidate is so near, or if two are equally near.
pub(crate) fn nearest<'c>(text: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    const LONGEST: usize = 64;
    if text.len() > LONGEST {
        return None;
    }
    let length = text.chars().count();
    let allowed = (length / 4).clamp(1, 3);
    let own = letters(text);
    // Each edit changes the length by at most one, and the set of letters by at most two. Most candidates differ by
    // more.
    let may_be_near = |candidate: &&str| {
        candidate.chars().count().abs_diff(length) <= allowed
            && (letters(candidate) ^ own).count_ones() as usize <= 2 * allowed
    };
    let mut best = None;
    let mut least = allowed + 1;
    for candidate in candidates.filter(may_be_near) {
        let distance = strsim::osa_distance(text, candidate);
        if distance < least {
            least = distance;
            best = Some(candidate);
        } else if distance == least {
            best = None;
        }
    }
    best
}

/// Returns the letters of a text as bits. Different letters can share a bit.
fn letters(text: &str) -> u64 {
    text.chars().fold(0, |bits, c| bits | 1 << (u32::from(c) & 63))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removes_punctuation_from_words() {
        assert_eq!(words(" White: British "), "white british");
        assert_eq!(words("Black & Asian"), "black and asian");
        assert_eq!(words("Gypsy/Roma"), "gypsy roma");
    }

    #[test]
    fn splits_words_at_punctuation_but_not_at_apostrophes() {
        for (text, expected) in [
            ("Traveller's", "travellers"),
            ("Traveller’s", "travellers"),
            ("Gypsy&Roma", "gypsy and roma"),
            ("Gypsy & Roma", "gypsy and roma"),
            ("& Roma", "and roma"),
            (" White - British ", "white british"),
        ] {
            assert_eq!(words(text), expected);
        }
    }

    #[test]
    fn finds_a_near_word_only_if_no_other_word_is_near() {
        let among = |text| nearest(text, ["male", "female", "non binary"].into_iter());
        assert_eq!([among("femail"), among("femal"), among("non-binary")], [None, Some("female"), Some("non binary")]);
        assert_eq!([among("fmale"), among("ma"), among(&"x".repeat(65))], [None; 3]);
    }

    #[test]
    fn a_text_longer_than_64_characters_is_near_no_word() {
        let near = |length: usize| {
            let text = "x".repeat(length);
            nearest(&text, [text.as_str()].into_iter()).is_some()
        };
        assert_eq!([3, 64, 65].map(near), [true, true, false]);
    }

    #[test]
    fn suggests_no_word_if_two_words_are_equally_near() {
        assert_eq!(nearest("gendr", ["gender", "send"].into_iter()), Some("gender"));
        assert_eq!(nearest("wbrx", ["wbri", "wbra"].into_iter()), None);
        assert_eq!(nearest("shoe size", ["gender"].into_iter()), None);
    }
}
