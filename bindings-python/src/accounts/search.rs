//! Finds accounts by index, by slice, by username, or by an equal `Account`.

use onroll::account::AccountError;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PySlice, PyString};

use super::account::Account;
use crate::input::{Text, argument};
use crate::{report, sequence};

/// Returns the account at an index or with a username, or the list of accounts in a slice.
pub(super) fn item<'py>(accounts: &onroll::Accounts, index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = index.py();
    let at = |index| accounts.at(index).map(|account| Account::of(&account));
    if let Ok(range) = index.cast::<PySlice>() {
        return sequence::slice(range, accounts.len(), at);
    }
    let account = if index.is_instance_of::<PyString>() {
        let username: Text = index.extract()?;
        let found = accounts.get(&username).map(|account| Account::of(&account));
        found.ok_or_else(|| report::of_account(py, AccountError::NotFound, None))?
    } else {
        let index = sequence::index(argument("index", "a username, an int or a slice", index)?, accounts.len())?;
        at(index).ok_or_else(|| report::of_account(py, AccountError::NotFound, None))?
    };
    Ok(account.into_pyobject(py)?.into_any())
}

/// Returns whether there is an account with this username, or an account equal to this one.
pub(super) fn contains(accounts: &onroll::Accounts, item: &Bound<'_, PyAny>) -> bool {
    match item.extract::<String>() {
        Ok(username) => accounts.get(&username).is_some(),
        Err(_) => item.cast::<Account>().is_ok_and(|account| {
            let account = account.get();
            accounts.get(&account.row.username).is_some_and(|found| Account::of(&found) == *account)
        }),
    }
}

/// Returns the index of the first account from `start` to `stop` that equals `value`. Raises ValueError if there is
/// none.
pub(super) fn position(
    accounts: &onroll::Accounts,
    value: &Bound<'_, PyAny>,
    start: isize,
    stop: Option<isize>,
) -> PyResult<usize> {
    let is_it = |index: &usize| {
        let found = accounts.at(*index).map(|account| Account::of(&account));
        value.cast::<Account>().is_ok_and(|wanted| found.as_ref() == Some(wanted.get()))
    };
    let found = sequence::range(start, stop, accounts.len()).find(is_it);
    found.ok_or_else(|| PyValueError::new_err("the account was not found"))
}
