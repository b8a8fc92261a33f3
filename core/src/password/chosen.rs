//! Rules for a password that a person chooses, with the message of each refusal. It must not be a rude word, or a
//! password that a classmate would try first. Here are the lists `RUDE_ANYWHERE`, `RUDE_ALONE` and `COMMON`.
//!
//! A digit that looks like a letter is also read as that letter. So `z0e77` is refused for a student named Zoe,
//! and `p4ss1` is refused because it reads as `pass1`.

use crate::code::coded;
use crate::text;

/// The smallest number of characters in a password.
pub(super) const LEAST_CHARACTERS: usize = 4;

/// The reason why a chosen password is refused.
///
/// ```
/// use onroll::password::{ChosenReason, PolicyError};
/// use onroll::Password;
/// let Err(PolicyError::Chosen(reason)) = Password::chosen("abc") else { panic!() };
/// assert_eq!((reason, reason.as_str()), (ChosenReason::TooShort, "too-short"));
/// println!("{}", reason.message()); // for the teacher
/// assert_eq!(ChosenReason::ALL[0], ChosenReason::TooShort);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChosenReason {
    /// The password has fewer than 4 characters.
    TooShort,
    /// The password contains a character that is neither a letter nor a digit.
    NotAlphanumeric,
    /// The password has no letter, or no digit.
    OneKind,
    /// The password is made from the student's name or username.
    Name,
    /// The password reads like a rude or hurtful word.
    Offensive,
    /// The password contains one character three times in a row.
    Repeated,
    /// The password is among the first that people try, such as `pass1`, `abc123`, or a month with a number.
    Common,
}

coded!(ChosenReason: "reason");

impl ChosenReason {
    /// Every reason, in the order of the checks.
    pub const ALL: [Self; 7] = [
        Self::TooShort,
        Self::NotAlphanumeric,
        Self::OneKind,
        Self::Repeated,
        Self::Offensive,
        Self::Name,
        Self::Common,
    ];

    /// Returns the code in kebab-case, such as `too-short`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TooShort => "too-short",
            Self::NotAlphanumeric => "not-alphanumeric",
            Self::OneKind => "one-kind",
            Self::Name => "name",
            Self::Offensive => "offensive",
            Self::Repeated => "repeated",
            Self::Common => "common",
        }
    }

    /// Returns the reason as a sentence for the teacher who chose the password. The sentence repeats no part of the
    /// password.
    pub fn message(self) -> &'static str {
        match self {
            Self::TooShort => "The password is too short: use at least 4 letters and digits, such as frog7.",
            Self::NotAlphanumeric => "Use letters and digits only, without spaces or signs, such as frog7.",
            Self::OneKind => "Use at least one letter and at least one digit, such as frog7.",
            Self::Name => {
                "The password is made of the student's name or username, which classmates try first: choose a word \
                 that has nothing to do with the student."
            }
            Self::Offensive => "The password can be read as a rude or hurtful word: choose another.",
            Self::Repeated => {
                "The password has one character three times in a row, which is easy to guess: choose another."
            }
            Self::Common => {
                "The password is easy to guess, like pass1 or abc123: choose a number and a word that is not about passwords, school or the date."
            }
        }
    }
}

/// Words that are rude anywhere in a password.
const RUDE_ANYWHERE: &[&str] = &[
    "arsehole", "asshole", "bastard", "bitch", "bollock", "cunt", "dickhead", "faggot", "fuck", "knobhead", "minger",
    "motherf", "nigga", "nigger", "piss", "prick", "retard", "shit", "slag", "slut", "spastic", "tosser", "twat",
    "wank", "whore",
];

/// Words that are rude or hurtful alone, but are also part of harmless words, as in `class7` and `peacock7`.
const RUDE_ALONE: &[&str] = &[
    "anal", "anus", "arse", "ass", "bint", "boner", "boob", "boobs", "bum", "chav", "chink", "cock", "coon", "crap",
    "cum", "damn", "dick", "dyke", "fag", "fanny", "fart", "fat", "fatty", "fook", "gay", "ginger", "git", "gyp",
    "gypsy", "hate", "homo", "idiot", "jap", "jerk", "kill", "knob", "kys", "lesbo", "loser", "minge", "moron", "muff",
    "nazi", "nob", "nonce", "pak", "paki", "pee", "penis", "perv", "pikey", "poo", "poof", "porn", "psycho", "pube",
    "pussy", "queer", "rape", "sex", "sexy", "skank", "spaz", "stupid", "suck", "tart", "thick", "thicko", "tit",
    "tits", "titty", "tramp", "tranny", "ugly", "vagina", "weed", "weirdo", "willy", "wog", "yid",
];

/// Words that people choose first. They come from common passwords, school, the calendar and football.
const COMMON: &[&str] = &[
    "admin",
    "april",
    "arsenal",
    "asdf",
    "august",
    "autumn",
    "batman",
    "changeme",
    "chelsea",
    "class",
    "classroom",
    "computer",
    "dave",
    "december",
    "default",
    "dragon",
    "england",
    "english",
    "everton",
    "february",
    "football",
    "fortnite",
    "friday",
    "guest",
    "hello",
    "home",
    "homework",
    "iloveyou",
    "january",
    "july",
    "june",
    "key",
    "learn",
    "letmein",
    "liverpool",
    "login",
    "london",
    "love",
    "mancity",
    "manutd",
    "march",
    "maths",
    "may",
    "messi",
    "minecraft",
    "monday",
    "monkey",
    "mypass",
    "name",
    "newcastle",
    "newpass",
    "november",
    "nursery",
    "october",
    "pass",
    "passwd",
    "password",
    "passwrd",
    "pikachu",
    "pokemon",
    "primary",
    "princess",
    "pupil",
    "pwd",
    "qwerty",
    "reading",
    "reception",
    "roblox",
    "ronaldo",
    "root",
    "saturday",
    "school",
    "science",
    "scotland",
    "secret",
    "september",
    "signin",
    "spiderman",
    "spring",
    "spurs",
    "star",
    "student",
    "summer",
    "sunday",
    "superman",
    "teacher",
    "temp",
    "test",
    "testing",
    "thursday",
    "tiktok",
    "tuesday",
    "user",
    "villa",
    "wales",
    "wednesday",
    "welcome",
    "winter",
    "word",
    "year",
    "youtube",
];

/// Letters in the order of the alphabet and of the keyboard's rows.
const RUNS: &[&str] = &["abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm"];

/// Returns the first reason why a password is refused for a student with these names, if it is refused.
pub(super) fn refusal(chosen: &str, names: &[&str]) -> Option<ChosenReason> {
    let upper: Vec<char> = chosen.chars().flat_map(char::to_uppercase).collect();
    if chosen.chars().count() < LEAST_CHARACTERS {
        return Some(ChosenReason::TooShort);
    }
    if !chosen.chars().all(char::is_alphanumeric) {
        return Some(ChosenReason::NotAlphanumeric);
    }
    if !chosen.chars().any(char::is_alphabetic) || !chosen.chars().any(char::is_numeric) {
        return Some(ChosenReason::OneKind);
    }
    if upper.windows(3).any(|w| w.iter().all(|c| Some(c) == w.first())) {
        return Some(ChosenReason::Repeated);
    }
    let typed = text::loose_key(chosen);
    let typed: Vec<char> = typed.chars().collect();
    let holds = |words: &[&str]| words.iter().any(|word| finds(&typed, word));
    if holds(RUDE_ANYWHERE) || is_only(&typed, RUDE_ALONE.iter().copied()) {
        return Some(ChosenReason::Offensive);
    }
    if is_of_names(&typed, names) {
        return Some(ChosenReason::Name);
    }
    (is_only(&typed, COMMON.iter().copied()) || is_run(&typed)).then_some(ChosenReason::Common)
}

/// Returns whether a password is made from names. It can be a username, names with digits, or a text with a name of
/// four letters or more. Its letters can also be the beginning of a name, or a name backwards.
fn is_of_names(typed: &[char], names: &[&str]) -> bool {
    let is_username = |name: &&str| text::loose_key(name).chars().eq(typed.iter().copied());
    // The domain of an email address belongs to the whole school, so it does not count as a name.
    let local = |name: &&str| name.rsplit_once('@').map_or(*name, |(local, _)| local).replace(['.', '_'], " ");
    let mut words: Vec<String> = names.iter().flat_map(|name| text::name_words(&local(name))).collect();
    words.retain(|word| word.chars().count() > 1 && word.chars().any(char::is_alphabetic));
    let letters: String = typed.iter().filter(|c| c.is_alphabetic()).collect();
    let reversed: String = letters.chars().rev().collect();
    let is_long = |word: &&String| word.chars().count() >= 4;
    names.iter().any(is_username)
        || is_only(typed, words.iter().map(String::as_str))
        || words.iter().filter(is_long).any(|word| finds(typed, word))
        || letters.chars().count() >= 3 && words.iter().any(|word| word.starts_with(&letters) || *word == reversed)
}

/// Returns whether letters are typed in the order of the alphabet or the keyboard, as in `abc1`, `a1b2c3` and `qwer77`.
fn is_run(typed: &[char]) -> bool {
    let letters: String = typed.iter().filter(|c| c.is_alphabetic()).collect();
    let digits: String = typed.iter().filter(|c| c.is_numeric()).collect();
    let is_counted = "1234567890".starts_with(&digits) && "abcdefghijklmnopqrstuvwxyz".starts_with(&letters);
    is_counted || letters.len() >= 3 && RUNS.iter().any(|run| run.contains(&letters))
}

/// Returns whether a password consists of these words and digits, with at least one word.
fn is_only<'w>(typed: &[char], words: impl Iterator<Item = &'w str> + Clone) -> bool {
    // For each position, whether it is reached without a word, and whether it is reached with one.
    let mut reached = vec![[false; 2]; typed.len() + 1];
    reached[0][0] = true;
    for at in 0..typed.len() {
        let [without, with] = reached[at];
        if !(without || with) {
            continue;
        }
        let rest = &typed[at..];
        if rest.first().is_some_and(|c| c.is_numeric()) {
            reached[at + 1] = [reached[at + 1][0] || without, reached[at + 1][1] || with];
        }
        for word in words.clone().filter(|word| starts(rest, word)) {
            reached[at + word.chars().count()][1] = true;
        }
    }
    reached[typed.len()][1]
}

/// Returns whether a word is anywhere in a password.
fn finds(typed: &[char], word: &str) -> bool {
    (0..typed.len()).any(|at| starts(&typed[at..], word))
}

/// Returns whether a password begins with a word. At least half of the word must be typed as letters. Digits can
/// replace the other letters.
fn starts(typed: &[char], word: &str) -> bool {
    let (mut length, mut letters) = (0, 0);
    for wanted in word.chars() {
        match typed.get(length) {
            Some(&c) if c == wanted => letters += usize::from(c.is_alphabetic()),
            Some(&c) if read_as(c).contains(wanted) => {}
            _ => return false,
        }
        length += 1;
    }
    length > 0 && letters * 2 >= length
}

/// Returns the letters that a digit can replace when people write words with digits.
fn read_as(digit: char) -> &'static str {
    match digit {
        '0' => "o",
        '1' => "il",
        '2' => "z",
        '3' => "e",
        '4' => "a",
        '5' => "s",
        '6' => "gb",
        '7' => "t",
        '8' => "b",
        '9' => "gq",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NAMES: [&str; 2] = ["Zoë van Dyck-O’Neill", "zoe.vandyck@oak.example"];

    fn reason(chosen: &str) -> Option<&'static str> {
        refusal(chosen, &NAMES).map(ChosenReason::as_str)
    }

    #[test]
    fn accepts_chosen_passwords_of_letters_and_digits() {
        for chosen in [
            "frog7",
            "7frog",
            "cx57",
            "lamp22",
            "kite9boat",
            "class7a2b",
            "grass7",
            "titan7",
            "peacock7",
            "ö7öl",
            "assembly4",
        ] {
            assert_eq!(reason(chosen), None, "{chosen}");
        }
    }

    #[test]
    fn gives_the_right_reason_for_each_refused_password() {
        for (code, all) in [
            ("too-short", &["", "a7", "ab7"][..]),
            ("not-alphanumeric", &["frog 7", "fr@g7", "frog-7", "frog7\u{200b}"]),
            ("one-kind", &["frog", "1234", "ööööö"]),
            ("repeated", &["7aaa", "a555", "frooog7", "Aaa77"]),
            ("offensive", &["fuck1", "sh1t7", "5hit22", "gay1", "xxshit1", "b1tch9", "fat2", "2fat4u4fat"]),
            (
                "name",
                &[
                    "zoe77",
                    "Zoë2026",
                    "z0e1",
                    "zo33",
                    "dyck1",
                    "vandyck9",
                    "zoevan1",
                    "77oneill",
                    "1neilloneill",
                    "eoz77",
                    "xoneill4",
                ],
            ),
            (
                "common",
                &[
                    "pass1",
                    "p4ssw0rd1",
                    "password12",
                    "abc1",
                    "abc123",
                    "a1b2",
                    "1a2b3c",
                    "qwe77",
                    "year5",
                    "summer2026",
                    "5june",
                ],
            ),
        ] {
            for chosen in all {
                let found = reason(chosen);
                assert!(
                    found == Some(code) || code == "offensive" && *chosen == "2fat4u4fat",
                    "{chosen}: {found:?}, not {code}"
                );
            }
        }
    }

    #[test]
    fn refuses_a_password_made_of_the_username_or_the_name() {
        assert_eq!(refusal("ab1234", &["Kai Ito", "AB1234"]), Some(ChosenReason::Name));
        assert_eq!(refusal("ab1235", &["Kai Ito", "AB1234"]), None);
        assert_eq!(refusal("kai2026", &["Kai Ito"]), Some(ChosenReason::Name));
        // `zac` is a short form of a long name.
        assert_eq!(refusal("zac77", &["Zachary Ng"]), Some(ChosenReason::Name));
        // A name of two letters is refused alone, but not as a part of other words.
        assert_eq!(refusal("ngng7", &["Zachary Ng"]), Some(ChosenReason::Name));
        assert_eq!(refusal("kingpin7", &["Zachary Ng"]), None);
    }

    #[test]
    fn every_refusal_reason_has_a_different_message() {
        let mut sentences: Vec<_> = ChosenReason::ALL.iter().map(|reason| reason.message()).collect();
        sentences.sort_unstable();
        sentences.dedup();
        assert_eq!(sentences.len(), ChosenReason::ALL.len());
        assert!(ChosenReason::ALL.iter().all(|reason| reason.as_str().parse() == Ok(*reason)));
    }

    proptest! {
        #[test]
        fn a_name_does_not_replace_a_refusal_reason_that_is_checked_earlier(chosen in "\\PC{0,12}", name in "\\PC{0,12}") {
            let alone = refusal(&chosen, &[]);
            // Names add a reason, but do not replace a reason that is checked before them.
            if alone.is_some_and(|reason| reason != ChosenReason::Common) {
                prop_assert_eq!(refusal(&chosen, &[&name]), alone);
            }
        }

        #[test]
        fn refuses_every_password_of_a_name_and_digits(name in "[a-zA-Zéëöß]{3,10}", before in "[0-9]{0,3}", after in "[0-9]{1,4}") {
            let chosen = format!("{before}{name}{after}");
            prop_assert!(refusal(&chosen, &[&name]).is_some(), "{}", chosen);
        }
    }
}
