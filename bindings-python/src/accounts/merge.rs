//! Merges two accounts that belong to one child. The messages are in the core, in `account/error.rs`.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::Accounts;
use super::account::Account;

/// Merges the accounts with these usernames, and returns the account that was removed.
pub(super) fn merge(py: Python<'_>, accounts: &Accounts, keep: &str, gone: &str) -> PyResult<Account> {
    let (row, known) = accounts.change(py, None, |accounts| {
        let row = accounts.merge(keep, gone)?;
        let known = accounts.ethnicities().get(&row.ethnicity).cloned();
        Ok((row, known))
    })?;
    let unknown = || PyValueError::new_err("the removed account has an ethnicity code that the accounts do not have");
    Ok(Account::new(row, None, &known.ok_or_else(unknown)?))
}
