//! Names that are near: one short form, spelling, accent, hyphen, middle name or mojibake away.

use std::collections::{HashMap, HashSet};

use crate::text;

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

/// Whether two names are near. A name longer than any child's is near to none.
pub(super) fn are_near(own: &str, listed: &str) -> bool {
    let [own, listed] = [own, listed].map(words);
    if own.is_empty() || listed.is_empty() {
        return false;
    }
    // An accent, a hyphen or a space away.
    if own.concat() == listed.concat() {
        return true;
    }
    let (short, long) = if own.len() <= listed.len() { (&own, &listed) } else { (&listed, &own) };
    // A middle name, or a second family name, away.
    if short.len() >= 2 && short.iter().all(|word| long.contains(word)) {
        return true;
    }
    // One word is a short form or a spelling of the other's, and all other words are equal.
    if own.len() != listed.len() || own.len() < 2 {
        return false;
    }
    let mut different = own.iter().zip(&listed).filter(|(own, listed)| own != listed);
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
    let (short, long) = if own.len() <= listed.len() { (own, listed) } else { (listed, own) };
    (short.len() >= 3 && long.starts_with(short))
        || SHORT_FORMS.iter().any(|names| names.contains(&short) && names.contains(&long))
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

/// For each joiner the leavers with whom a word of the name is shared, or all of its letters; at most 64, in order, so that a
/// school full of namesakes takes linear time.
pub(super) fn near_pairs<'n>(
    leavers: &[(usize, &'n str)],
    joiners: &[(usize, &'n str)],
    is_perhaps_same: impl Fn(usize, usize) -> bool,
) -> Vec<(usize, usize)> {
    let mut by_word: HashMap<String, Vec<usize>> = HashMap::new();
    let keys = |name: &str| {
        let words = words(name);
        let all = (words.len() > 1).then(|| words.concat());
        words.into_iter().chain(all).collect::<HashSet<String>>()
    };
    for (number, (_, name)) in leavers.iter().enumerate() {
        for key in keys(name) {
            by_word.entry(key).or_default().push(number);
        }
    }
    let mut pairs = Vec::new();
    for (student, name) in joiners {
        // The rarest word first, since it tells most.
        let mut groups: Vec<&Vec<usize>> = keys(name).iter().filter_map(|key| by_word.get(key)).collect();
        groups.sort_by_key(|group| (group.len(), group.first().copied()));
        let mut seen = HashSet::new();
        let mut listed = 0;
        for &number in groups.into_iter().flatten() {
            if seen.len() == MOST_COMPARED || listed == MOST_LISTED {
                break;
            }
            let Some((account, _)) = leavers.get(number).filter(|_| seen.insert(number)) else { continue };
            if is_perhaps_same(*account, *student) {
                pairs.push((*account, *student));
                listed += 1;
            }
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

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
