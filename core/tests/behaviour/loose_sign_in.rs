//! A username that is typed loosely opens one account or none. These properties hold for every school and every typed
//! text.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use onroll::account::AccountRow;
use onroll::identity::{AttemptPolicy, RefusedReason};
use onroll::username::loose_username_key;
use onroll::{Accounts, Attempts, SignIn, username_key};
use proptest::prelude::*;

/// Generates names from few letters, so that many are similar: with accents, cases, apostrophes, hyphens and spaces.
fn name() -> impl Strategy<Value = String> {
    "[aAáÁłŁlß]{1,2}[ .'’\\-]?[aAäsS]{1,2}"
}

fn school(names: Vec<String>) -> Vec<String> {
    let by_key: BTreeMap<String, String> = names.into_iter().map(|name| (username_key(&name), name)).collect();
    by_key.into_values().filter(|name| !name.trim().is_empty()).collect()
}

fn password(number: usize) -> String {
    format!("CX{number:03}7")
}

fn accounts(names: &[String]) -> Accounts {
    let row = |(number, name): (usize, &String)| AccountRow {
        full_name: "Zoë Lee".to_owned(),
        username: name.clone(),
        year_group: "5".to_owned(),
        class_name: "5A".to_owned(),
        gender: "Female".to_owned(),
        password: Some(password(number)),
        ..AccountRow::default()
    };
    Accounts::from_rows(names.iter().enumerate().map(row), SignIn::Password).unwrap()
}

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 9, 7, 9, 0, 0).unwrap()
}

/// Tries the typed username with the password of each account. Returns the usernames of the accounts that open.
fn opened(accounts: &Accounts, names: &[String], typed: &str) -> Vec<String> {
    let open = |number: usize| {
        let found = Attempts::new().sign_in(&AttemptPolicy::new(), accounts, typed, &password(number), now());
        found.ok().map(|account| account.username.to_owned())
    };
    (0..names.len()).filter_map(open).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn a_typed_username_opens_at_most_one_account(names in prop::collection::vec(name(), 1..14), typed in name(), own in any::<prop::sample::Index>(), takes_own: bool) {
        let names = school(names);
        let accounts = accounts(&names);
        // Types a random text, or a username without its punctuation and spaces.
        let typed = if takes_own { own.get(&names).replace([' ', '.', '\'', '’', '-'], "") } else { typed };
        let opened = opened(&accounts, &names, &typed);
        prop_assert!(opened.len() <= 1, "{typed:?} opens {opened:?}");
        let exact: Vec<&String> = names.iter().filter(|name| username_key(name) == username_key(&typed)).collect();
        let loose: Vec<&String> = names.iter().filter(|name| loose_username_key(name) == loose_username_key(&typed)).collect();
        let expected = match (exact.as_slice(), loose.as_slice()) {
            ([exact], _) => vec![(*exact).clone()],
            // A username that fits two accounts only loosely opens neither.
            (_, [loose]) => vec![(*loose).clone()],
            _ => Vec::new(),
        };
        prop_assert_eq!(opened, expected, "{}", typed);
    }

    #[test]
    fn wrong_passwords_for_any_spelling_of_a_username_lock_the_account(names in prop::collection::vec(name(), 1..10), own in any::<prop::sample::Index>()) {
        let names = school(names);
        let accounts = accounts(&names);
        let username = own.get(&names);
        let typed = username.replace([' ', '.', '\'', '’', '-'], "");
        let found = accounts.find_for_sign_in(&typed).map(|account| account.username.to_owned());
        let (mut attempts, policy) = (Attempts::new(), AttemptPolicy::new());
        for wrong in 0..10 {
            let refused = attempts.sign_in(&policy, &accounts, &typed, "????", now() + TimeDelta::minutes(2 * wrong)).unwrap_err();
            prop_assert_eq!(refused.reason, RefusedReason::NotRecognised);
        }
        for name in &names {
            prop_assert_eq!(attempts.is_locked(&policy, name), found.as_ref() == Some(name), "{} by {}", name, typed);
        }
    }
}

#[test]
fn verifies_exactly_one_password_even_for_an_unknown_username() {
    let names = ["Zoë van Dyck", "Siân O’Neill", "Zoe Lee", "Zoë Lee"].map(str::to_owned);
    let accounts = accounts(&names);
    // One typed username matches exactly, one loosely, one matches two accounts loosely, and one matches none.
    for (typed, is_found) in [("Zoë van Dyck", true), ("zoevandyck", true), ("zoelee", false), ("nobody", false)] {
        let mut asked = Vec::new();
        let mut attempts = Attempts::new();
        let refused = attempts
            .sign_in_by(&AttemptPolicy::new(), &accounts, typed, "????", now(), |account, typed| {
                asked.push((account.is_some(), typed.to_owned()));
                false
            })
            .unwrap_err();
        assert_eq!(asked, [(is_found, "????".to_owned())], "{typed}");
        assert_eq!((refused.reason, refused.retry_after), (RefusedReason::NotRecognised, None));
        assert_ne!(attempts, Attempts::new(), "counted");
    }
}
