//! The native classes behind `Identity` and `Attempts`, and the function `matchIdentity`.

use napi::Result;
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use onroll::identity::{AttemptPolicy, Links};
use serde::Deserialize;
use serde_json::json;

use crate::accounts::{self, Accounts};
use crate::error;
use crate::values::instant;

/// The identity of a person at a provider.
#[napi]
pub struct Identity(pub(crate) onroll::Identity);

#[napi(catch_unwind)]
pub fn identity_of_mylogin(user: Uint8Array, now: f64) -> Result<Identity> {
    onroll::Identity::from_mylogin(&user, instant(now)?).map(Identity).map_err(error::of_identity)
}

#[napi(catch_unwind)]
pub fn identity_of_claims(
    claims: Uint8Array,
    client_id: String,
    trusted_issuers: Vec<String>,
    now: f64,
) -> Result<Identity> {
    let trusted: Vec<&str> = trusted_issuers.iter().map(String::as_str).collect();
    let identity = onroll::Identity::from_claims(&claims, &client_id, &trusted, instant(now)?);
    identity.map(Identity).map_err(error::of_identity)
}

#[napi]
impl Identity {
    #[napi(catch_unwind)]
    pub fn of_school(&self, school_id: String) -> Self {
        Self(self.0.clone().of_school(school_id))
    }

    #[napi(catch_unwind)]
    pub fn as_student(&self) -> Self {
        Self(self.0.clone().as_student())
    }

    #[napi(catch_unwind)]
    pub fn vouch_for_email(&self) -> Self {
        Self(self.0.clone().vouch_for_email())
    }

    /// Returns the fields of the identity as JSON.
    #[napi(catch_unwind)]
    pub fn told(&self) -> String {
        json!({
            "provider": self.0.provider(),
            "subject": self.0.subject(),
            "kind": self.0.kind().as_str(),
            "schoolId": self.0.school_id(),
            "sourceId": self.0.source_id(),
            "email": self.0.email(),
            "emailVouched": self.0.is_email_vouched(),
            "tenant": self.0.tenant(),
        })
        .to_string()
    }
}

/// Returns the account of a person as JSON: `{row, by, link}`. `row` is a string that contains JSON.
#[napi(catch_unwind)]
pub fn match_identity(identity: &Identity, accounts: &Accounts, school_id: String, links: String) -> Result<String> {
    let links: Links = serde_json::from_str(&links).map_err(error::of_protocol)?;
    let accounts = accounts.now();
    let found = onroll::match_identity(&identity.0, &accounts, &school_id, &links).map_err(error::of_refused)?;
    let row = accounts::told(&found.account);
    Ok(json!({ "row": row, "by": found.by.as_str(), "link": found.link }).to_string())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PolicyChoices {
    lock_after: u32,
    taken_back: u32,
    school_a_day: u32,
}

/// The record of wrong passwords at one school.
#[napi]
pub struct Attempts {
    policy: AttemptPolicy,
    kept: onroll::Attempts,
}

/// Creates an empty record of attempts, or reads the record from stored JSON.
#[napi(catch_unwind)]
pub fn attempts(policy: String, kept: Option<String>) -> Result<Attempts> {
    let choices: PolicyChoices = serde_json::from_str(&policy).map_err(error::of_protocol)?;
    let policy = AttemptPolicy::new()
        .taken_back(choices.taken_back)
        .lock_after(choices.lock_after)
        .and_then(|policy| policy.school_a_day(choices.school_a_day))
        .map_err(error::of_protocol)?;
    let kept = match kept {
        Some(text) => serde_json::from_str(&text).map_err(|_| error::of_protocol("this is not JSON of Attempts"))?,
        None => onroll::Attempts::new(),
    };
    Ok(Attempts { policy, kept })
}

#[napi]
impl Attempts {
    /// Signs a student in, and returns the row of the account as JSON.
    #[napi(catch_unwind)]
    pub fn sign_in(&mut self, accounts: &Accounts, username: String, password: String, now: f64) -> Result<String> {
        let accounts = accounts.now();
        let found = self.kept.sign_in(&self.policy, &accounts, &username, &password, instant(now)?);
        found.map(|account| accounts::told(&account)).map_err(error::of_refused)
    }

    /// Counts a try, and returns the account that the typed username belongs to.
    #[napi(catch_unwind)]
    pub fn begin_sign_in(&mut self, accounts: &Accounts, username: String, now: f64) -> Result<Option<String>> {
        let accounts = accounts.now();
        let found = accounts.find_for_sign_in(&username);
        let counted = found.map_or(username.as_str(), |account| account.username);
        self.kept.begin(&self.policy, counted, instant(now)?).map_err(error::of_refused)?;
        Ok(found.map(|account| accounts::told(&account)))
    }

    /// Ends a try, and returns the account if the typed password is right.
    #[napi(catch_unwind)]
    pub fn settle(&mut self, accounts: &Accounts, username: Option<String>, is_right: bool) -> Result<String> {
        let accounts = accounts.now();
        let found = self.kept.settle(&self.policy, &accounts, username.as_deref(), is_right);
        found.map(|account| accounts::told(&account)).map_err(error::of_refused)
    }

    #[napi(catch_unwind)]
    pub fn begin(&mut self, username: String, now: f64) -> Result<()> {
        self.kept.begin(&self.policy, &username, instant(now)?).map_err(error::of_refused)
    }

    #[napi(catch_unwind)]
    pub fn succeeded(&mut self, username: String) {
        self.kept.succeeded(&self.policy, &username);
    }

    #[napi(catch_unwind)]
    pub fn unlock(&mut self, username: String) {
        self.kept.unlock(&username);
    }

    #[napi(catch_unwind)]
    pub fn is_locked(&self, username: String) -> bool {
        self.kept.is_locked(&self.policy, &username)
    }

    #[napi(catch_unwind)]
    pub fn json(&self) -> Result<String> {
        serde_json::to_string(&self.kept).map_err(error::of_protocol)
    }
}
