//! Native functions for single values: ethnicities, usernames, passwords, password policies, and the template.

use chrono::{DateTime, Utc};
use napi::Result;
use napi::bindgen_prelude::{AsyncTask, Buffer};
use napi_derive::napi;
use onroll::SignIn;
use onroll::values::{Ethnicities, Ethnicity, EthnicityEntry};
use serde::Deserialize;

use crate::job::{Job, job};
use crate::{choices, error};

#[napi(catch_unwind)]
pub fn template_csv() -> String {
    onroll::template_csv()
}

#[napi(catch_unwind)]
pub fn template_workbook() -> Result<Buffer> {
    onroll::reader::template_workbook().map(Buffer::from).map_err(|error| error::of_io(&error))
}

#[napi(catch_unwind)]
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// Returns the code, description, main code and group of each ethnicity. `entries` is the JSON of the host's own codes.
#[napi(catch_unwind)]
pub fn ethnicities(entries: Option<String>) -> Result<Vec<Vec<String>>> {
    let parts = |e: &Ethnicity| [e.code(), e.description(), e.main_code(), e.group()].map(str::to_owned).to_vec();
    Ok(match entries {
        Some(entries) => own_ethnicities(&entries)?.iter().map(parts).collect(),
        None => Ethnicity::all().iter().map(parts).collect(),
    })
}

/// Returns all ethnicity codes, including the host's own codes, which are JSON.
pub(crate) fn own_ethnicities(entries: &str) -> Result<Ethnicities> {
    let entries: Vec<EthnicityEntry> = serde_json::from_str(entries).map_err(error::of_protocol)?;
    choices::ethnicities(&entries).map_err(error::of_choices)
}

#[napi(catch_unwind)]
pub fn same_username(left: String, right: String) -> bool {
    onroll::username::same_username(&left, &right)
}

/// Returns the key by which usernames are compared.
#[napi(catch_unwind)]
pub fn username_key(text: String, loose: bool) -> String {
    if loose { onroll::username::loose_username_key(&text) } else { onroll::username_key(&text) }
}

pub(crate) fn instant(milliseconds: f64) -> Result<DateTime<Utc>> {
    DateTime::from_timestamp_millis(milliseconds as i64).ok_or_else(|| error::of_protocol("time"))
}

pub(crate) fn sign_in(name: &str) -> Result<SignIn> {
    match name {
        "password" => Ok(SignIn::Password),
        "sso" => Ok(SignIn::Sso),
        _ => Err(error::of_protocol("signIn")),
    }
}

/// Compares a typed password with the stored one, in constant time.
#[napi(catch_unwind)]
pub fn password_matches(password: String, typed: String) -> bool {
    onroll::Password::existing(&password).matches(&typed)
}

/// Returns the canonical form of a typed password. Passwords are hashed and compared in this form.
#[napi(catch_unwind)]
pub fn password_canonical(typed: String) -> String {
    onroll::Password::canonical_form(&typed)
}

/// Returns the hash of a password. Hashing takes some milliseconds.
#[napi(catch_unwind)]
pub fn password_phc(password: String) -> AsyncTask<Job<String>> {
    job(move || phc(&password))
}

#[napi(catch_unwind)]
pub fn password_phc_sync(password: String) -> Result<String> {
    phc(&password)
}

fn phc(password: &str) -> Result<String> {
    onroll::Password::existing(password).to_phc_string().map_err(error::of_password_hash)
}

fn hasher(pepper: Option<String>) -> onroll::password::PasswordHasher {
    onroll::password::PasswordHasher::new().pepper(pepper.unwrap_or_default())
}

/// Returns the hashes of many passwords, in the order of the passwords. All cores share the work.
#[napi(catch_unwind)]
pub fn hash_passwords(passwords: Vec<String>, pepper: Option<String>) -> AsyncTask<Job<Vec<String>>> {
    job(move || {
        let passwords: Vec<_> = passwords.iter().map(|password| onroll::Password::existing(password)).collect();
        hasher(pepper).hash_all(&passwords).map_err(error::of_password_hash)
    })
}

/// Returns whether a typed password matches a hash.
#[napi(catch_unwind)]
pub fn verify_password(hash: String, typed: String, pepper: Option<String>) -> AsyncTask<Job<bool>> {
    job(move || hasher(pepper).verify(&hash, &typed).map_err(error::of_password_hash))
}

#[derive(Deserialize)]
struct Made {
    kind: String,
    size: usize,
    #[serde(default)]
    without: Vec<String>,
}

/// Reads a policy from its JSON: `{"kind": "characters" | "pin" | "words", "size", "without"}`.
pub(crate) fn policy(json: &str) -> Result<onroll::PasswordPolicy> {
    let made: Made = serde_json::from_str(json).map_err(error::of_protocol)?;
    let words: Vec<&str> = made.without.iter().map(String::as_str).collect();
    let policy = match made.kind.as_str() {
        "pin" => onroll::PasswordPolicy::pin(made.size),
        "words" => onroll::PasswordPolicy::words(made.size),
        _ => onroll::PasswordPolicy::characters_without(made.size, &words),
    };
    policy.map_err(|error| error::of_policy(&error))
}

/// Returns the strength of a policy in bits.
#[napi(catch_unwind)]
pub fn policy_entropy(json: String) -> Result<f64> {
    Ok(policy(&json)?.entropy_bits())
}

/// Returns a text about what the host must do to protect passwords that are made under this policy.
#[napi(catch_unwind)]
pub fn policy_advice(json: String) -> Result<String> {
    Ok(policy(&json)?.advice().to_owned())
}

#[napi(catch_unwind)]
pub fn policy_generate(json: String, count: u32) -> Result<Vec<String>> {
    let made = policy(&json)?.generate(count as usize).map_err(|error| error::of_entropy(&error))?;
    Ok(made.iter().map(|password| password.expose().to_owned()).collect())
}
