//! Finds accounts by index, by username, or by an equal `Account`.

use std::ops::Range;

use onroll::account::AccountError;
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

/// Returns the first index in `range` of an account that equals `value`.
pub(super) fn position(
    accounts: &onroll::Accounts,
    value: &Bound<'_, PyAny>,
    mut range: Range<usize>,
) -> Option<usize> {
    let wanted = value.cast::<Account>().ok()?;
    range.find(|&index| accounts.at(index).is_some_and(|account| Account::of(&account) == *wanted.get()))
}
