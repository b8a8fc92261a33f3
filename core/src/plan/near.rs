//! Names that are near: one short form, spelling, accent, hyphen, middle name or mojibake away.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use foldhash::fast::RandomState;

use crate::text;
use crate::year_group::YearGroup;

/// Short forms of given names in Britain, each line one name. From everyday use; nobody is paired by them.
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

/// The longest name that is compared with others, in bytes, and in words.
const LONGEST: usize = 120;
const MOST_WORDS: usize = 12;

/// Whether two names are near, by their words.
fn are_near(own: &[String], listed: &[String]) -> bool {
    if own.is_empty() || listed.is_empty() {
        return false;
    }
    // An accent, a hyphen or a space away.
    if own.concat() == listed.concat() {
        return true;
    }
    let (short, long) = if own.len() <= listed.len() { (own, listed) } else { (listed, own) };
    // A middle name, or a second family name, away.
    if short.len() >= 2 && short.iter().all(|word| long.contains(word)) {
        return true;
    }
    // One word is a short form or a spelling of the other's, and all other words are equal.
    if own.len() != listed.len() || own.len() < 2 {
        return false;
    }
    let mut different = own.iter().zip(listed).filter(|(own, listed)| own != listed);
    match (different.next(), different.next()) {
        (Some((own, listed)), None) => is_short_form(own, listed) || is_spelling(own, listed),
        _ => false,
    }
}

/// The words of a name, whose letters are put right first if they were read as another encoding. None if it is too long.
fn words(name: &str) -> Vec<String> {
    let words = if name.len() > LONGEST { Vec::new() } else { text::name_words(&text::without_mojibake(name)) };
    if words.len() > MOST_WORDS { Vec::new() } else { words }
}

fn is_short_form(own: &str, listed: &str) -> bool {
    /// The lines of the short forms that each name is in.
    static LINES: LazyLock<HashMap<&str, Vec<usize>, RandomState>> = LazyLock::new(|| {
        let mut lines: HashMap<&str, Vec<usize>, RandomState> = HashMap::default();
        for (line, names) in SHORT_FORMS.iter().enumerate() {
            names.iter().for_each(|name| lines.entry(name).or_default().push(line));
        }
        lines
    });
    let (short, long) = if own.len() <= listed.len() { (own, listed) } else { (listed, own) };
    (short.len() >= 3 && long.starts_with(short))
        || LINES
            .get(short)
            .is_some_and(|own| LINES.get(long).is_some_and(|listed| own.iter().any(|line| listed.contains(line))))
}

/// One letter more, less, other or swapped; two in words of seven letters and more.
fn is_spelling(own: &str, listed: &str) -> bool {
    if own.chars().chain(listed.chars()).any(|c| !c.is_alphabetic()) {
        return false;
    }
    let letters = own.chars().count().min(listed.chars().count());
    let most = match letters {
        0..=2 => return false,
        3..=6 => 1,
        _ => 2,
    };
    own.len().abs_diff(listed.len()) <= 8 && own.len() <= 64 && strsim::osa_distance(own, listed) <= most
}

/// The most leavers that a joiner is compared with, and the most that are listed for one.
const MOST_COMPARED: usize = 64;
const MOST_LISTED: usize = 3;

/// A leaver or a joiner, by slot.
pub(super) struct Candidate {
    pub(super) slot: usize,
    year: Option<YearGroup>,
    /// None if the name is longer than any child's.
    words: Vec<String>,
}

impl Candidate {
    pub(super) fn new(slot: usize, full_name: &str, year: Option<YearGroup>) -> Self {
        Self { slot, year, words: words(full_name) }
    }

    /// What the name is found by: each word once, and all of its letters.
    fn keys(&self) -> Vec<Cow<'_, str>> {
        let mut keys: Vec<Cow<'_, str>> = Vec::with_capacity(self.words.len() + 1);
        for word in &self.words {
            if !keys.iter().any(|key| key == word) {
                keys.push(Cow::Borrowed(word));
            }
        }
        let all = (self.words.len() > 1).then(|| Cow::Owned(self.words.concat()));
        keys.extend(all);
        keys
    }
}

/// For each joiner the leavers of the same or the year before whose names are near, or share a word where `agree` says that all else is
/// the same; of at most 64, in order, so that a school full of namesakes takes linear time.
pub(super) fn near_pairs(
    leavers: &[Candidate],
    joiners: &[Candidate],
    may_be: impl Fn(usize, usize) -> bool,
    agree: impl Fn(usize, usize) -> bool,
) -> Vec<(usize, usize)> {
    let mut by_word: HashMap<(Option<YearGroup>, Cow<'_, str>), Vec<usize>, RandomState> = HashMap::default();
    for (number, leaver) in leavers.iter().enumerate() {
        let next = leaver.year.and_then(YearGroup::next).map(Some);
        for year in [Some(leaver.year), next].into_iter().flatten() {
            for key in leaver.keys() {
                by_word.entry((year, key)).or_default().push(number);
            }
        }
    }
    let mut pairs = Vec::new();
    for joiner in joiners {
        let groups = joiner.keys().into_iter().filter_map(|key| by_word.get(&(joiner.year, key)));
        let mut groups: Vec<&Vec<usize>> = groups.collect();
        // The rarest word first, since it tells most.
        groups.sort_by_key(|group| (group.len(), group.first().copied()));
        let mut seen = HashSet::with_hasher(RandomState::default());
        let mut listed = 0;
        for &number in groups.into_iter().flatten() {
            if seen.len() == MOST_COMPARED || listed == MOST_LISTED {
                break;
            }
            let Some(leaver) = leavers.get(number).filter(|_| seen.insert(number)) else { continue };
            let shares_a_word = || leaver.words.iter().any(|word| joiner.words.contains(word));
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
    use super::*;

    fn are_near(own: &str, listed: &str) -> bool {
        super::are_near(&words(own), &words(listed))
    }

    #[test]
    fn names_that_are_one_slip_away_are_near() {
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
    fn names_that_differ_are_not_near() {
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
    fn every_short_form_is_in_lower_case() {
        assert!(
            SHORT_FORMS.iter().flat_map(|names| names.iter()).all(|name| name.bytes().all(|b| b.is_ascii_lowercase()))
        );
    }
}
