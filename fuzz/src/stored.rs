//! Properties of stored JSON, and of how usernames are compared.

use chrono::{DateTime, Utc};
use onroll::identity::{AttemptPolicy, Links};
use onroll::username::same_username;
use onroll::{Accounts, Attempts, Plan, Roster, SignIn};

/// Stored JSON is read, or is refused with an error. Data that was read from JSON is written and read again unchanged.
pub fn any_stored_json_is_read_or_refused(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(plan) = Plan::from_json(text) {
        let written = plan.to_json_with_passwords();
        let again = Plan::from_json(&written).expect("our own JSON");
        assert_eq!(again.to_json_with_passwords(), written);
        let _ = plan.apply(Accounts::from_rows([], SignIn::Password).expect("nobody"));
    }
    if let Ok(accounts) = Accounts::from_json(text) {
        let written = accounts.to_json_with_passwords();
        assert_eq!(Accounts::from_json(&written).expect("our own JSON").to_json_with_passwords(), written);
    }
    if let Ok(roster) = Roster::from_json(text) {
        assert_eq!(Roster::from_json(&roster.to_json()).expect("our own JSON").to_json(), roster.to_json());
    }
    if let Ok(mut attempts) = serde_json::from_str::<Attempts>(text) {
        let policy = AttemptPolicy::new();
        for now in [DateTime::<Utc>::MIN_UTC, DateTime::UNIX_EPOCH, DateTime::<Utc>::MAX_UTC] {
            if attempts.begin(&policy, "Zoë", now).is_ok() {
                attempts.succeeded(&policy, "Zoë");
            }
        }
    }
    let _ = serde_json::from_str::<Links>(text);
    let _ = serde_json::from_str::<onroll::wonde::Access>(text);
    let _ = serde_json::from_str::<onroll::wonde::Schedule>(text);
}

/// The comparison of usernames ignores white space around them. It is symmetric and transitive.
pub fn usernames_are_compared_fairly(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let names: Vec<&str> = text.splitn(3, '\n').collect();
    for name in &names {
        assert!(same_username(name, name) && same_username(name, &format!("\u{a0} {name}\t")));
    }
    let [a, b, c] = names.as_slice() else { return };
    assert_eq!(same_username(a, b), same_username(b, a));
    assert!(!(same_username(a, b) && same_username(b, c)) || same_username(a, c));
}
