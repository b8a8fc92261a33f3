//! The iterator over accounts.

use std::sync::Arc;

use pyo3::prelude::*;

use super::account::Account;

/// Iterates over the accounts as they were when the iteration began.
#[pyclass(module = "onroll")]
pub(crate) struct AccountsIterator {
    accounts: Arc<onroll::Accounts>,
    next: usize,
    backwards: bool,
}

impl AccountsIterator {
    pub(super) fn new(accounts: Arc<onroll::Accounts>, backwards: bool) -> Self {
        Self { accounts, next: 0, backwards }
    }
}

#[pymethods]
impl AccountsIterator {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__(&mut self) -> Option<Account> {
        let last = self.accounts.len().checked_sub(1)?;
        let index = if self.backwards { last.checked_sub(self.next)? } else { self.next };
        self.next += 1;
        self.accounts.at(index).map(|account| Account::of(&account))
    }
}
