//! Makes an identity from OpenID Connect claims that your library has verified. Decides which claims are needed, and
//! whose email addresses are trusted (Google, Microsoft, and issuers that you list).
//!
//! Your library checks the signature. onroll checks the application and the times in the claims again, because a
//! library with wrong settings skips these checks without a warning.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

use super::error::IdentityError as Error;
use super::{Identity, PersonKind};

/// The allowed difference between two clocks.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(5);
const GOOGLE: &str = "https://accounts.google.com";

impl Identity {
    /// Reads the identity from verified claims. Pass the payload of an ID token as JSON, after your OpenID Connect
    /// library has checked the token's signature and nonce.
    ///
    /// The email address counts as verified in three cases. First, Google hosts the organisation (`hd`) and has
    /// verified the address. Second, Microsoft says that the organisation owns the address's domain (the optional claim
    /// `xms_edov`). Without this claim, the address is not verified, because an administrator of any tenant can write
    /// any address into an account. Third, `email_verified` is true and you listed the issuer in `trusted_issuers`. The
    /// claims name neither the school nor the person's role: see [`of_school`](Self::of_school) and
    /// [`as_student`](Self::as_student).
    ///
    /// ```
    /// use chrono::{TimeZone, Utc};
    /// use onroll::Identity;
    /// let claims = br#"{"iss": "https://idp.example", "sub": "17", "aud": "our-app", "exp": 1788777000}"#;
    /// let now = Utc.with_ymd_and_hms(2026, 9, 7, 9, 0, 0).unwrap();
    /// let identity = Identity::from_claims(claims, "our-app", &[], now)?.of_school("A1329183376").as_student();
    /// assert_eq!(identity.subject(), "17");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`IdentityError`](super::IdentityError) in these cases:
    /// * The JSON is not valid or contains a name twice.
    /// * `iss`, `sub`, `aud` or `exp` is missing, or a claim cannot be read.
    /// * The claims are for a different application: `aud` lacks the client id, or `azp` is not the client id.
    /// * The claims have expired.
    /// * `iat`, `nbf` or `auth_time` is over five minutes in the future.
    pub fn from_claims(
        claims: &[u8],
        client_id: &str,
        trusted_issuers: &[&str],
        now: DateTime<Utc>,
    ) -> Result<Self, Error> {
        let claims = &super::object(claims)?;
        let issuer = text(claims, "iss")?.ok_or(Error::Missing("iss"))?;
        let subject = text(claims, "sub")?.ok_or(Error::Missing("sub"))?;
        if client_id.is_empty() || !audience(claims)?.any(|audience| audience == client_id) {
            return Err(Error::Audience);
        }
        if text(claims, "azp")?.is_some_and(|party| party != client_id) {
            return Err(Error::Audience);
        }
        if now - time(claims, "exp")?.ok_or(Error::Missing("exp"))? > CLOCKS_DIFFER {
            return Err(Error::Expired);
        }
        for name in ["iat", "nbf", "auth_time"] {
            not_in_future(name, time(claims, name)?, now)?;
        }
        let issuer = if issuer == "accounts.google.com" { GOOGLE } else { issuer };
        let (tenant, vouched) = match issuer {
            GOOGLE => {
                let tenant = text(claims, "hd")?;
                (tenant, is_true(claims, "email_verified") && tenant.is_some())
            }
            _ if is_microsofts(issuer) => (text(claims, "tid")?, is_true(claims, "xms_edov")),
            _ => (None, is_true(claims, "email_verified") && trusted_issuers.contains(&issuer)),
        };
        let identity = Self::new(issuer, subject, PersonKind::Unknown).with_tenant(tenant);
        Ok(identity.with_email(text(claims, "email")?, vouched))
    }
}

/// Checks that a time is at most [`CLOCKS_DIFFER`] in the future.
fn not_in_future(name: &'static str, time: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<(), Error> {
    match time {
        Some(time) if time - now > CLOCKS_DIFFER => Err(Error::InFuture(name)),
        _ => Ok(()),
    }
}

fn is_microsofts(issuer: &str) -> bool {
    const HOSTS: [&str; 4] = ["windows.net", "microsoftonline.com", "ciamlogin.com", "b2clogin.com"];
    const ABROAD: [&str; 2] = ["microsoftonline.us", "partner.microsoftonline.cn"];
    let within = |host: &str, domain: &&str| {
        host.strip_suffix(*domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    let authority = issuer.split_once("://").and_then(|(_, rest)| rest.split(['/', '\\', '?', '#']).next());
    let host = authority.and_then(|authority| authority.rsplit('@').next()?.split(':').next());
    let host = host.map(str::to_ascii_lowercase);
    host.is_some_and(|host| HOSTS.iter().chain(&ABROAD).any(|domain| within(&host, domain)))
}

/// Returns the text of a claim, or `None` if the claim is missing or blank.
fn text<'c>(claims: &'c Map<String, Value>, name: &'static str) -> Result<Option<&'c str>, Error> {
    match claims.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.len() <= 2048 => {
            Ok(Some(text.as_str()).filter(|text| !text.trim().is_empty()))
        }
        Some(_) => Err(Error::Unreadable(name)),
    }
}

fn audience(claims: &Map<String, Value>) -> Result<impl Iterator<Item = &str>, Error> {
    let one_or_many = match claims.get("aud") {
        Some(Value::Array(many)) => many.as_slice(),
        Some(one @ Value::String(_)) => std::slice::from_ref(one),
        None => return Err(Error::Missing("aud")),
        Some(_) => return Err(Error::Unreadable("aud")),
    };
    Ok(one_or_many.iter().filter_map(Value::as_str))
}

/// Returns the time in a claim. The claim holds it in seconds since 1970.
fn time(claims: &Map<String, Value>, name: &'static str) -> Result<Option<DateTime<Utc>>, Error> {
    let Some(value) = claims.get(name).filter(|value| !value.is_null()) else { return Ok(None) };
    let seconds = value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds as i64));
    // Some date types cannot hold the times of larger numbers.
    let time = seconds.filter(|seconds| (0..=1 << 40).contains(seconds)).and_then(|s| DateTime::from_timestamp(s, 0));
    time.map(Some).ok_or(Error::Unreadable(name))
}

/// Returns whether a claim is true. Providers write `true` in several ways.
fn is_true(claims: &Map<String, Value>, name: &str) -> bool {
    match claims.get(name) {
        Some(Value::Bool(is_true)) => *is_true,
        Some(Value::Number(number)) => number.as_i64() == Some(1),
        Some(Value::String(text)) => matches!(text.as_str(), "true" | "1"),
        _ => false,
    }
}
