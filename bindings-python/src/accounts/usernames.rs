//! Reads arguments that name accounts: a username, an `Account`, or an iterable of both.

use onroll::account::AccountError;
use pyo3::prelude::*;
use pyo3::types::PyString;

use super::account::Account;
use crate::errors;
use crate::input::{Text, argument, each, wrong};

/// Returns the username from a `str` or an `Account`.
pub(super) fn username_of(name: &str, object: &Bound<'_, PyAny>) -> PyResult<String> {
    match object.cast::<Account>() {
        Ok(account) => Ok(account.get().row.username.clone()),
        Err(_) => argument::<Text>(name, "a username or an Account", object).map(String::from),
    }
}

/// Returns the usernames from an iterable of `str` and `Account`.
pub(super) fn each_username(usernames: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    let what = "an iterable of usernames";
    if usernames.is_instance_of::<PyString>() {
        return Err(wrong("usernames", what, usernames));
    }
    each("usernames", what, usernames, username_of)
}

/// Returns the usernames from an iterable. If some usernames have no account, the error gives their number, but not the
/// usernames.
pub(super) fn known_usernames(accounts: &onroll::Accounts, usernames: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    let py = usernames.py();
    let usernames = each_username(usernames)?;
    let unknown = usernames.iter().filter(|username| accounts.get(username).is_none()).count();
    if unknown == 0 {
        return Ok(usernames);
    }
    let message = format!("{unknown} of {} usernames have no account; nothing was written", usernames.len());
    Err(errors::raise(py, "AccountNotFound", (message, AccountError::NotFound.code())))
}
