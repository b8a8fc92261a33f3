//! Yes and No, and the lists of words that an MIS uses for them in SEN status, EAL status and pupil premium.
//! `proficiency.rs` decides about the stages A to E under EAL, and has their words too.

use crate::column::Column;
use crate::meaning::Meaning::{self, Exact, Guess, Safe, Unknown};
use crate::text::{self, TwoWayMatch};

use super::proficiency::STAGES;

/// Returns a flag as written in a CSV: `Yes` or `No`.
pub(crate) fn as_str(flag: bool) -> &'static str {
    if flag { "Yes" } else { "No" }
}

/// The values of nearly all cells.
pub(crate) const EXACT: TwoWayMatch = TwoWayMatch::new(b"No", b"Yes");

pub(crate) fn exact(cell: &[u8]) -> Option<bool> {
    match cell {
        b"No" => Some(false),
        b"Yes" => Some(true),
        _ => None,
    }
}

/// Returns the meaning of a school system's word in the column of a flag.
pub(crate) fn meaning(column: Column, cell: &str) -> Meaning<bool> {
    if let Some(flag) = exact(cell.as_bytes()) {
        return Exact(flag);
    }
    match cell {
        // Most systems write a letter. These two need no search for words.
        "Y" => return Safe(true),
        "N" => return Safe(false),
        "✓" | "✔" | "☑" => return Safe(true),
        "✗" | "✘" | "☐" | "-" | "–" => return Guess(false),
        _ => {}
    }
    let words = text::words(cell);
    match words.as_str() {
        "y" | "yes" | "true" | "t" | "1" => return Safe(true),
        "n" | "no" | "false" | "f" | "0" => return Safe(false),
        _ => {}
    }
    let own = match column {
        Column::PupilPremium => pupil_premium(&words),
        Column::Send => send(&words),
        Column::Eal => eal(&words),
        _ => Unknown,
    };
    if own != Unknown {
        return own;
    }
    match words.as_str() {
        "x" | "ye" | "yes please" => Guess(true),
        "none" | "na" | "n a" | "not applicable" => Guess(false),
        _ => Unknown,
    }
}

/// Returns the flag whose word is nearest to a cell that has no [`meaning`]. Such a cell is probably misspelt.
pub(crate) fn nearest(cell: &str) -> Option<bool> {
    let words = text::words(cell);
    match text::nearest(&words, ["yes", "no", "true", "false"].into_iter()) {
        Some("yes" | "true") if words.len() > 2 => Some(true),
        Some("false") => Some(false),
        _ => None,
    }
}

/// Returns the meaning of words under Pupil Premium. The premium is for pupils who are eligible now, or who were
/// eligible in the last six years ('Ever 6').
fn pupil_premium(words: &str) -> Meaning<bool> {
    match words {
        "eligible" | "pp" | "pupil premium" | "ever6" | "ever 6" | "e6" | "ever" => Safe(true),
        "not eligible" | "non pp" | "not pp" | "ineligible" | "never" => Safe(false),
        // These words may mean the grant, or free meals in the last six years. Only the school knows whether they mean
        // the flag.
        "fsm" | "fsm6" | "fsm 6" | "fsm ever 6" | "ever 6 fsm" | "ppg" | "lac" | "service" | "pla" => Guess(true),
        // The kinds of premium in the Department for Education's list.
        "deprivation" | "service child" | "looked after" | "adopted from care" => Guess(true),
        _ => Unknown,
    }
}

/// Returns the meaning of words under SEND: the census's SEN statuses N, K and E, and S, A and P from before 2014.
fn send(words: &str) -> Meaning<bool> {
    match words {
        "k" | "e" | "s" | "a" | "p" => Safe(true),
        "s statement" | "a school action" | "p school action plus" | "e ehcp" | "statement ehcp" => Safe(true),
        "send support" | "k send support" | "e education health and care plan" | "e education health care plan" => {
            Safe(true)
        }
        "sen" | "send" | "sen support" | "ehc plan" | "ehcp" | "statement" | "school action" | "school action plus" => {
            Safe(true)
        }
        "education health and care plan" | "education health care plan" | "k sen support" | "e ehc plan" => Safe(true),
        "no special educational need" | "no special educational needs" | "no sen" | "non sen" | "not sen" => {
            Safe(false)
        }
        "n no special educational need" | "n no special educational needs" | "none" | "n none" => Safe(false),
        // The pupil is monitored, but is not on the SEN register. Most schools count such a pupil as No.
        "monitoring" | "m monitoring" | "m" => Guess(false),
        _ => Unknown,
    }
}

/// Returns the meaning of a text in an EAL column. These are first-language codes and names (DfE common basic data set), and
/// letters for proficiency in English. Only pupils with EAL have such a letter.
fn eal(words: &str) -> Meaning<bool> {
    const ENGLISH: [&str; 7] = [
        "eng",
        "enb",
        "english",
        "believed to be english",
        "not eal",
        "first language english",
        "english first language",
    ];
    let staged = words.strip_prefix("stage ").unwrap_or(words);
    if let Some((letter @ ("a" | "b" | "c" | "d" | "e"), stage)) = staged.split_once(' ') {
        let is_letters = |(own, words): (char, &&str)| letter == own.to_string() && *words == stage;
        return if ('a'..).zip(&STAGES).any(is_letters) { Safe(true) } else { Unknown };
    }
    if words.starts_with("stage ") && matches!(staged, "a" | "b" | "c" | "d" | "e") {
        return Safe(true);
    }
    match words {
        // 'Not applicable' is written only for a pupil without EAL.
        "not applicable" => return Safe(false),
        // Only a pupil whose first language is not English must be assessed.
        "not yet assessed" | "n not yet assessed" => return Guess(true),
        _ => {}
    }
    const OTHER: &str = "a b c d e eal oth otb alb albanian shqip amr amharic ara arabic bul bulgarian bng bengali sylheti \
        chi chinese cantonese mandarin czech cze dut dutch farsi persian prs dari fre french german ger greek gre \
        gujarati guj hindi hin hungarian hun italian ita japanese korean kurdish kur latvian lithuanian lit malayalam \
        panjabi punjabi pnj pashto polish pol portuguese por romanian rme russian slovak somali spanish tamil turkish \
        urdu competent fluent";
    const OTHER_PHRASES: [&str; 5] = [
        "other than english",
        "believed to be other than english",
        "new to english",
        "early acquisition",
        "developing competence",
    ];
    /// Codes that stand where no language is known. The Department for Education has three of them: REF (refused), NOT
    /// (not obtained) and CLA (not yet classified).
    const NO_LANGUAGE: &str = "ref not cla unk nkn tbc tba xxx zzz nul nan";
    if ENGLISH.contains(&words) {
        Safe(false)
    } else if OTHER.split(' ').any(|word| word == words) || OTHER_PHRASES.contains(&words) {
        Safe(true)
    } else {
        let is_code = words.len() == 3 && words.bytes().all(|b| b.is_ascii_lowercase());
        let is_none = matches!(words, "yes" | "nil") || NO_LANGUAGE.split(' ').any(|code| code == words);
        if is_code && !is_none { Guess(true) } else { Unknown }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flag_column_reads_the_common_words_for_yes_and_no() {
        for column in [Column::PupilPremium, Column::Send, Column::Eal] {
            for cell in ["Y", "yes", "YES", "TRUE", "1", "T", "✓"] {
                assert_eq!(meaning(column, cell), Safe(true), "{column} {cell}");
            }
            for cell in ["N", "no", "FALSE", "0", "F"] {
                assert_eq!(meaning(column, cell), Safe(false), "{column} {cell}");
            }
            assert_eq!(meaning(column, "x"), Guess(true));
            assert_eq!(meaning(column, "Yes"), Exact(true));
            assert_eq!(["maybe", "ys", "tre e"].map(|cell| meaning(column, cell)), [Unknown; 3]);
        }
    }

    #[test]
    fn suggests_the_nearest_word_for_a_misspelling() {
        assert_eq!(["yess", "tru", "fals"].map(nearest), [Some(true), Some(true), Some(false)]);
        assert_eq!(["maybe", "ys", "tre e"].map(nearest), [None; 3]);
    }

    #[test]
    fn the_same_word_has_different_meanings_in_different_flag_columns() {
        for (column, cell, expected) in [
            (Column::PupilPremium, "Ever6", Safe(true)),
            (Column::PupilPremium, "Eligible", Safe(true)),
            (Column::PupilPremium, "K", Unknown),
            (Column::Send, "K", Safe(true)),
            (Column::Send, "EHC Plan", Safe(true)),
            (Column::Send, "No Special Educational Need", Safe(false)),
            (Column::Eal, "ENG", Safe(false)),
            (Column::Eal, "Polish", Safe(true)),
            (Column::Eal, "B", Safe(true)),
            (Column::Eal, "TGL", Guess(true)),
            (Column::Eal, "ENB", Safe(false)),
        ] {
            assert_eq!(meaning(column, cell), expected, "{column} {cell}");
        }
    }

    #[test]
    fn reads_the_special_words_of_each_flag_column() {
        use Column::{Eal, PupilPremium, Send};
        for (column, words, expected) in [
            (PupilPremium, &["Eligible", "PP", "Pupil Premium", "Ever6", "Ever 6", "E6"][..], Safe(true)),
            (PupilPremium, &["Not eligible", "Non-PP", "Not PP", "Ineligible"], Safe(false)),
            (PupilPremium, &["FSM", "FSM6", "Ever 6 FSM", "PPG", "LAC", "Service", "PLA"], Guess(true)),
            (PupilPremium, &["Deprivation", "Service Child", "Looked-after", "Adopted from Care"], Guess(true)),
            (Send, &["K", "E", "S", "A", "P", "SEN", "SEND", "EHCP", "School Action Plus"], Safe(true)),
            (Send, &["Education, Health and Care Plan", "K - SEN Support", "E - EHC Plan"], Safe(true)),
            (Send, &["SEND Support", "K - SEND Support", "E - Education, Health and Care Plan"], Safe(true)),
            (Send, &["S - Statement", "P - School Action Plus"], Safe(true)),
            (Send, &["None", "NONE"], Safe(false)),
            (Send, &["Monitoring"], Guess(false)),
            (PupilPremium, &["Ever"], Safe(true)),
            (PupilPremium, &["Never"], Safe(false)),
            (
                Eal,
                &["Stage A - New to English", "Stage E - Fluent", "C - Developing competence", "Stage B"],
                Safe(true),
            ),
            (Eal, &["Not applicable", "English (first language)"], Safe(false)),
            (Eal, &["A - Fluent", "Stage Z", "a level"], Unknown),
            (Eal, &["Not yet assessed", "N - Not yet assessed"], Guess(true)),
            (Send, &["No special educational need", "N - No Special Educational Need", "Not SEN"], Safe(false)),
            (Eal, &["ENG", "Believed to be English", "Not EAL"], Safe(false)),
            (Eal, &["Polish", "Other than English", "New to English", "B"], Safe(true)),
            (Eal, &["xyz"], Guess(true)),
            (Eal, &["REF", "NOT", "CLA", "TBC", "UNK"], Unknown),
        ] {
            for word in words {
                assert_eq!(meaning(column, word), expected, "{column} {word}");
            }
        }
        for word in ["✗", "✘", "☐", "-", "–", "none", "N/A", "Not applicable"] {
            assert_eq!(meaning(PupilPremium, word), Guess(false), "{word}");
        }
    }
}
