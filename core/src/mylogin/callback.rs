//! Reads the browser's callback, and checks its state. Returns a code if this browser began the sign-in.

use url::{Url, form_urlencoded};

use crate::text::same_secret;

use super::error::MyLoginError as Error;

/// The parameters of a callback that we read. Other parameters, such as `next` and `redirect`, are never followed.
#[derive(Default)]
struct Brought {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
}

/// Returns the code of a callback. `callback` is the query of the callback or its whole address.
pub(super) fn code(
    callback: &str,
    redirect: &Url,
    state: Option<&str>,
    may_be_unsolicited: bool,
) -> Result<String, Error> {
    let brought = brought(query(callback, redirect)?)?;
    let state = state.filter(|state| !state.is_empty());
    match (brought.state.as_deref(), state) {
        (None, _) if may_be_unsolicited && brought.error.is_none() => {}
        (None, _) => return Err(Error::Unsolicited),
        (Some(_), None) => return Err(Error::StateUnknown),
        (Some(given), Some(expected)) if !same_secret(given, expected) => return Err(Error::StateMismatch),
        (Some(_), Some(_)) => {}
    }
    // We report a denial only after the state was checked, because anyone can send a browser here with an error.
    if brought.error.is_some() {
        return Err(Error::Denied);
    }
    let code = brought.code.ok_or(Error::NoCode)?;
    if is_code(&code) { Ok(code) } else { Err(Error::NoCode) }
}

pub(super) fn is_code(code: &str) -> bool {
    (1..=4096).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_graphic())
}

fn query(callback: &str, redirect: &Url) -> Result<String, Error> {
    // A query may contain an address, but does not begin with one.
    if !callback.starts_with("https://") && !callback.starts_with("http://") {
        return Ok(callback.trim_start_matches('?').to_owned());
    }
    let url = Url::parse(callback).map_err(|_| Error::CallbackInvalid)?;
    if url.origin() != redirect.origin() || url.path() != redirect.path() {
        return Err(Error::CallbackElsewhere);
    }
    Ok(url.query().unwrap_or_default().to_owned())
}

fn brought(query: String) -> Result<Brought, Error> {
    let mut brought = Brought::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let field = match name.as_ref() {
            "code" => &mut brought.code,
            "state" => &mut brought.state,
            "error" => &mut brought.error,
            _ => continue,
        };
        if field.replace(value.into_owned()).is_some() {
            return Err(Error::CallbackInvalid);
        }
    }
    Ok(brought)
}
