//! Checks every vector for usernames, passwords and sign-in.

use std::fs;
use std::path::Path;

use chrono::{TimeDelta, TimeZone, Utc};
use onroll::identity::AttemptPolicy;
use onroll::username::{loose_username_key, same_username};
use onroll::{Accounts, Attempts, Password, SignIn, username_key};
use serde_json::Value;

fn cases(name: &str) -> Vec<Value> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(name);
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

fn strings(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str)
}

#[test]
fn every_test_vector_of_username_keys_passes() {
    for case in cases("keys.json") {
        for text in strings(&case["same"]) {
            assert_eq!(username_key(text), case["key"].as_str().unwrap(), "{}: {text:?}", case["name"]);
            assert_eq!(loose_username_key(text), case["loose"].as_str().unwrap(), "{}: {text:?}", case["name"]);
            for other in cases("keys.json") {
                let is_same = other["key"] == case["key"];
                assert!(strings(&other["same"]).all(|other| same_username(text, other) == is_same), "{text:?}");
            }
        }
    }
}

#[test]
fn every_test_vector_of_passwords_passes() {
    for case in cases("passwords.json") {
        let canonical = case["canonical"].as_str().unwrap();
        for typed in strings(&case["typed"]) {
            assert_eq!(Password::canonical_form(typed), canonical, "{}: {typed:?}", case["name"]);
            assert_eq!(Password::existing(canonical).matches(typed), !canonical.is_empty(), "{}", case["name"]);
            #[cfg(feature = "argon2")]
            assert_eq!(Password::existing(typed).to_phc_string().is_ok(), !canonical.is_empty(), "{}", case["name"]);
        }
    }
}

#[test]
fn every_sign_in_test_vector_passes() {
    for case in cases("sign_in.json") {
        let rows = case["accounts"].as_array().unwrap().iter().map(crate::plan_vectors::row);
        let accounts = Accounts::from_rows(rows, SignIn::Password).unwrap();
        let sharing: Vec<_> = accounts.sharing_a_key().map(|account| account.username).collect();
        assert_eq!(sharing, strings(&case["sharing_a_key"]).collect::<Vec<_>>(), "{}", case["name"]);
        let (mut attempts, policy) = (Attempts::new(), AttemptPolicy::new());
        for (number, attempt) in case["tries"].as_array().unwrap().iter().enumerate() {
            // The attempts are far enough apart that nobody has to wait.
            let now = Utc.with_ymd_and_hms(2026, 9, 7, 9, 0, 0).unwrap() + TimeDelta::minutes(2 * number as i64);
            let [username, password] = ["username", "password"].map(|key| attempt[key].as_str().unwrap());
            let opened = attempts.sign_in(&policy, &accounts, username, password, now);
            let seen = match &opened {
                Ok(account) => ("opens", account.username),
                Err(refused) => ("reason", refused.reason.as_str()),
            };
            assert_eq!(attempt[seen.0].as_str(), Some(seen.1), "{}: try {number}", case["name"]);
        }
    }
}
