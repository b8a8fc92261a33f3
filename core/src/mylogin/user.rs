//! Reads an identity from MyLogin's user JSON: the role, the school, Wonde's id and the email address.
//!
//! MyLogin's page about its user endpoint states these facts: `type` is `admin`, `employee` or `student`. A service
//! provider is null until the school has matched the person. The email address may be null.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

use crate::identity::{self, Identity, IdentityError as Error, PersonKind};

pub(super) const PROVIDER: &str = "mylogin";

/// Reads the identity from MyLogin's JSON.
pub(super) fn read(json: &[u8], now: DateTime<Utc>) -> Result<Identity, Error> {
    let json = identity::object(json)?;
    let user = object(&json, "data")?.ok_or(Error::Missing("data"))?;
    let subject = text(user, "id")?.ok_or(Error::Missing("id"))?;
    let kind = match text(user, "type")?.ok_or(Error::Missing("type"))?.as_str() {
        "student" => PersonKind::Student,
        "admin" | "employee" => PersonKind::Staff,
        _ => PersonKind::Unknown,
    };
    // We accept times up to one day in the future. So a slow clock at the host locks out no one who is online now.
    let online =
        user.get("last_online").and_then(Value::as_str).and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    if online.is_some_and(|online| online.to_utc() - now > TimeDelta::days(1)) {
        return Err(Error::InFuture("last_online"));
    }
    let organisation = object(user, "organisation")?.ok_or(Error::Missing("organisation"))?;
    let providers = object(user, "service_providers")?;
    let wonde = providers.map(|providers| object(providers, "wonde")).transpose()?.flatten();
    let source_id = wonde.map(|wonde| text(wonde, "service_provider_id")).transpose()?.flatten();
    Ok(Identity::new(PROVIDER, &subject, kind)
        .of_school(text(organisation, "wonde_id")?.unwrap_or_default())
        .with_source_id(source_id.as_deref())
        .with_email(text(user, "email")?.as_deref(), false))
}

fn object<'v>(of: &'v Map<String, Value>, name: &'static str) -> Result<Option<&'v Map<String, Value>>, Error> {
    match of.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(object)) => Ok(Some(object)),
        Some(_) => Err(Error::WrongShape(name)),
    }
}

/// Returns a field as text, or `None` if it is missing or blank. A number becomes its digits.
fn text(of: &Map<String, Value>, name: &'static str) -> Result<Option<String>, Error> {
    match of.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.len() <= 1024 => {
            Ok(Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned))
        }
        Some(Value::Number(number)) if number.is_u64() => Ok(Some(number.to_string())),
        Some(_) => Err(Error::Unreadable(name)),
    }
}
