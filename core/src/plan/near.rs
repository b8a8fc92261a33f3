//! Recognises similar names, with the list of short forms (`SHORT_FORMS`). Two names are similar if they differ in one
//! short form, spelling, accent, hyphen or middle name, or in mojibake. Decides which leavers and joiners become a
//! pair.

use std::collections::HashMap;
use std::sync::LazyLock;

use foldhash::fast::RandomState;

use crate::text;
use crate::values::year_group::YearGroup;

/// Short forms of given names in Britain, from everyday use. Each line has the forms of one name. We use them only to
/// suggest pairs to a person.
const SHORT_FORMS: &[&[&str]] = &[
    &["abigail", "abi", "abbie", "abby"],
    &["alexander", "alex", "alec", "xander", "sasha"],
    &["alexandra", "alexandria", "alex", "sasha", "lexi"],
    &["amelia", "millie", "milly"],
    &["andrew", "andy", "drew"],
    &["anthony", "tony"],
    &["benjamin", "ben", "benji"],
    &["cameron", "cam"],
    &["charles", "charlie", "chas"],
    &["charlotte", "charlie", "lottie"],
    &["christopher", "chris", "kit"],
    &["daniel", "dan", "danny"],
    &["david", "dave", "davy", "dai"],
    &["edward", "ed", "eddie", "ted", "teddy", "ned"],
    &["eleanor", "ellie", "nell", "nora"],
    &["elizabeth", "eliza", "lizzie", "liz", "beth", "betty", "libby", "elsie"],
    &["emily", "em", "emmie", "millie"],
    &["francesca", "fran", "frankie", "chess"],
    &["frederick", "fred", "freddie", "freddy"],
    &["gabriel", "gabe"],
    &["gabriella", "gabrielle", "gabby", "ella"],
    &["harrison", "harry"],
    &["henry", "harry", "hal"],
    &["isabella", "isabelle", "isabel", "isobel", "izzy", "bella", "belle"],
    &["jacob", "jake"],
    &["james", "jim", "jimmy", "jamie"],
    &["jennifer", "jen", "jenny"],
    &["jessica", "jess", "jessie"],
    &["john", "jack", "johnny"],
    &["jonathan", "jon", "jonny", "johnny"],
    &["joseph", "joe", "joey"],
    &["joshua", "josh"],
    &["katherine", "catherine", "kate", "katie", "kathy", "cathy", "kitty"],
    &["kimberley", "kim"],
    &["lawrence", "laurence", "larry", "laurie"],
    &["lewis", "louis", "lou", "louie"],
    &["madeleine", "maddie", "maddy"],
    &["margaret", "maggie", "meg", "peggy"],
    &["matilda", "tilly", "tilda", "mattie"],
    &["matthew", "matt", "matty"],
    &["maximilian", "maxwell", "max"],
    &["michael", "mike", "mick", "mikey"],
    &["mohammed", "muhammad", "mohamed", "mohammad", "mo"],
    &["natalie", "natalia", "nat"],
    &["nathan", "nathaniel", "nate", "nat"],
    &["nicholas", "nick", "nicky", "nico"],
    &["oliver", "ollie", "olly", "noll"],
    &["olivia", "liv", "livvy", "livi"],
    &["oscar", "ozzy"],
    &["patrick", "pat", "paddy"],
    &["penelope", "penny", "nell"],
    &["philip", "phillip", "phil", "pip"],
    &["rebecca", "becky", "becca", "bex"],
    &["richard", "rick", "ricky", "dick", "rich"],
    &["robert", "rob", "robbie", "bob", "bobby", "bert"],
    &["rosemary", "rosie", "rose"],
    &["samantha", "sam", "sammy"],
    &["samuel", "sam", "sammy"],
    &["sebastian", "seb", "bas"],
    &["sophia", "sophie", "soph"],
    &["stephen", "steven", "steve", "stevie"],
    &["theodore", "theo", "ted", "teddy"],
    &["theodora", "thea", "dora"],
    &["thomas", "tom", "tommy"],
    &["timothy", "tim", "timmy"],
    &["victoria", "vicky", "tori"],
    &["william", "will", "bill", "billy", "liam", "willie"],
    &["zachary", "zachariah", "zac", "zach", "zak"],
];

/// The largest length, in bytes, of a name that we compare. `MOST_WORDS` is the largest number of words.
const LONGEST: usize = 120;
const MOST_WORDS: usize = 12;

/// A word of a name, with properties that we use many times.
#[derive(Debug, PartialEq, Eq)]
struct NameWord {
    text: String,
    /// A bit for each letter. Two letters can share a bit, so `letters_apart` can be too small but never too large.
    letters: u64,
    length: usize,
    is_alphabetic: bool,
    /// A bit for each line of `SHORT_FORMS` that contains the word.
    lines: u128,
}

impl NameWord {
    fn of(text: String) -> Self {
        /// For each name, the lines of `SHORT_FORMS` that contain it.
        static LINES: LazyLock<HashMap<&str, u128, RandomState>> = LazyLock::new(|| {
            const { assert!(SHORT_FORMS.len() <= u128::BITS as usize) };
            let mut lines: HashMap<&str, u128, RandomState> = HashMap::default();
            for (line, names) in SHORT_FORMS.iter().enumerate() {
                names.iter().for_each(|name| *lines.entry(name).or_default() |= 1 << line);
            }
            lines
        });
        let letters = text.chars().fold(0, |all, letter| all | 1 << (letter as u32 % u64::BITS));
        let length = text.chars().count();
        let is_alphabetic = text.chars().all(char::is_alphabetic);
        let lines = LINES.get(text.as_str()).copied().unwrap_or_default();
        Self { text, letters, length, is_alphabetic, lines }
    }
}

/// The words of a name, and the same words joined without spaces.
#[derive(Debug)]
struct Words {
    each: Vec<NameWord>,
    joined: String,
}

/// Returns whether two names are similar.
fn are_near(own: &Words, listed: &Words) -> bool {
    if own.each.is_empty() || listed.each.is_empty() {
        return false;
    }
    // The names differ only in accents, hyphens or spaces.
    if own.joined == listed.joined {
        return true;
    }
    let [own, listed] = [&own.each, &listed.each];
    let (short, long) = if own.len() <= listed.len() { (own, listed) } else { (listed, own) };
    // One name has an additional middle name or second family name.
    if short.len() >= 2 && short.iter().all(|word| long.contains(word)) {
        return true;
    }
    // One word is a short form or a different spelling of the other name's word, and all other words are equal.
    if own.len() != listed.len() || own.len() < 2 {
        return false;
    }
    let mut different = own.iter().zip(listed).filter(|(own, listed)| own != listed);
    match (different.next(), different.next()) {
        (Some((own, listed)), None) => is_short_form(own, listed) || is_spelling(own, listed),
        _ => false,
    }
}

/// Returns the words of a name, after correcting mojibake. Returns no words if the name is too long.
fn words(name: &str) -> Words {
    let words = if name.len() > LONGEST { Vec::new() } else { text::name_words(&text::without_mojibake(name)) };
    let words = if words.len() > MOST_WORDS { Vec::new() } else { words };
    Words { joined: words.concat(), each: words.into_iter().map(NameWord::of).collect() }
}

fn is_short_form(own: &NameWord, listed: &NameWord) -> bool {
    let (short, long) = if own.text.len() <= listed.text.len() { (own, listed) } else { (listed, own) };
    (short.text.len() >= 3 && long.text.starts_with(&short.text)) || own.lines & listed.lines != 0
}

/// Returns whether two words differ by one added, missing, changed or swapped letter. Two such differences are allowed
/// if both words have seven or more letters.
fn is_spelling(own: &NameWord, listed: &NameWord) -> bool {
    if !own.is_alphabetic || !listed.is_alphabetic {
        return false;
    }
    let most = match own.length.min(listed.length) {
        0..=2 => return false,
        3..=6 => 1,
        _ => 2,
    };
    own.text.len().abs_diff(listed.text.len()) <= 8
        && own.text.len() <= 64
        && letters_apart(own, listed) <= most as u32
        && strsim::osa_distance(&own.text, &listed.text) <= most
}

/// Counts the letters that one word has and the other word lacks, in both directions. Returns the larger count. Turning
/// one word into the other takes at least this number of edits.
fn letters_apart(own: &NameWord, listed: &NameWord) -> u32 {
    let [own, listed] = [own.letters, listed.letters];
    (own & !listed).count_ones().max((listed & !own).count_ones())
}

/// The largest number of leavers that we compare with a joiner. `MOST_LISTED` is the largest number of pairs for one
/// joiner.
const MOST_COMPARED: usize = 64;
const MOST_LISTED: usize = 3;

/// A leaver or a joiner, by slot.
pub(super) struct Candidate {
    pub(super) slot: usize,
    year: Option<YearGroup>,
    /// The words of the name. There are none if the name is too long to be a child's name.
    words: Words,
}

impl Candidate {
    pub(super) fn new(slot: usize, full_name: &str, year: Option<YearGroup>) -> Self {
        Self { slot, year, words: words(full_name) }
    }

    /// Returns the keys under which a name is found: each different word, and all words joined.
    fn keys(&self) -> impl Iterator<Item = &str> {
        let words = &self.words.each;
        let is_first = |(index, word): &(usize, &NameWord)| words.iter().take(*index).all(|before| before != *word);
        let each = words.iter().enumerate().filter(is_first).map(|(_, word)| word.text.as_str());
        each.chain((words.len() > 1).then_some(self.words.joined.as_str()))
    }
}

/// Returns, for each joiner, the leavers with a similar name in the same year or the year before. Two names that are
/// not similar but share a word are paired if `agree` says that the other fields agree. We compare a joiner with at
/// most 64 leavers, in a fixed order. Even if many names are equal, the time is therefore linear.
pub(super) fn near_pairs(
    leavers: &[Candidate],
    joiners: &[Candidate],
    may_be: impl Fn(usize, usize) -> bool,
    agree: impl Fn(usize, usize) -> bool,
) -> Vec<(usize, usize)> {
    let mut by_word: HashMap<(Option<YearGroup>, &str), Vec<usize>, RandomState> = HashMap::default();
    for (number, leaver) in leavers.iter().enumerate() {
        let next = leaver.year.and_then(YearGroup::next).map(Some);
        for year in [Some(leaver.year), next].into_iter().flatten() {
            for key in leaver.keys() {
                by_word.entry((year, key)).or_default().push(number);
            }
        }
    }
    let mut pairs = Vec::new();
    // The last joiner that each leaver was compared with.
    let mut compared_with = vec![usize::MAX; leavers.len()];
    for (own_number, joiner) in joiners.iter().enumerate() {
        let groups = joiner.keys().filter_map(|key| by_word.get(&(joiner.year, key)));
        let mut groups: Vec<&Vec<usize>> = groups.collect();
        // The rarest word comes first, because it identifies people best.
        groups.sort_by_key(|group| (group.len(), group.first().copied()));
        let (mut compared, mut listed) = (0, 0);
        for &number in groups.into_iter().flatten() {
            if compared == MOST_COMPARED || listed == MOST_LISTED {
                break;
            }
            let (Some(leaver), Some(last)) = (leavers.get(number), compared_with.get_mut(number)) else { continue };
            if std::mem::replace(last, own_number) == own_number {
                continue;
            }
            compared += 1;
            let shares_a_word = || leaver.words.each.iter().any(|word| joiner.words.each.contains(word));
            let is_near =
                are_near(&leaver.words, &joiner.words) || (shares_a_word() && agree(leaver.slot, joiner.slot));
            if is_near && may_be(leaver.slot, joiner.slot) {
                pairs.push((leaver.slot, joiner.slot));
                listed += 1;
            }
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn are_near(own: &str, listed: &str) -> bool {
        super::are_near(&words(own), &words(listed))
    }

    #[test]
    fn names_with_small_differences_are_near_each_other() {
        for (own, listed) in [
            ("Tom Lee", "Thomas Lee"),
            ("Alex Moss", "Alexander Moss"),
            ("Jon Smith", "John Smith"),
            ("Zoe Lee", "Zoë Lee"),
            ("Zoë Smith-Jones", "Zoe Smith Jones"),
            ("Zoe Smith", "Zoe Mary Smith"),
            ("Amelia Smith", "Amelia Smith-Jones"),
            ("ZoÃ« Lee", "Zoë Lee"),
            ("Mohammed Khan", "Muhammad Khan"),
            ("Katherine Ng", "Catherine Ng"),
            ("O'Neill Sian", "ONeill Siân"),
        ] {
            assert!(are_near(own, listed) && are_near(listed, own), "{own} and {listed}");
        }
    }

    #[test]
    fn names_of_different_people_are_not_near_each_other() {
        for (own, listed) in [
            ("Aarav Patel", "Anaya Patel"),
            ("Noah Khan", "Isla Khan"),
            ("Amelia", "Emilia"),
            ("", ""),
            ("Al Li", "Ed Li"),
        ] {
            assert!(!are_near(own, listed), "{own} and {listed}");
        }
    }

    #[test]
    fn every_short_form_of_a_name_is_in_lower_case() {
        assert!(
            SHORT_FORMS.iter().flat_map(|names| names.iter()).all(|name| name.bytes().all(|b| b.is_ascii_lowercase()))
        );
    }

    proptest! {
        #[test]
        fn the_letter_distance_is_at_most_the_edit_distance(own in "[a-eß-éа-г]{0,12}", listed in "[a-eß-éа-г]{0,12}") {
            let edits = strsim::osa_distance(&own, &listed) as u32;
            prop_assert!(letters_apart(&NameWord::of(own.clone()), &NameWord::of(listed.clone())) <= edits, "{own} {listed}");
        }
    }
}
