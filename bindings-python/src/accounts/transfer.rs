//! Moves an account to the accounts of another school.

use std::sync::Arc;

use pyo3::prelude::*;

use super::Accounts;
use crate::report;

/// Moves the account with this username. Both schools are locked while it moves.
pub(super) fn transfer(py: Python<'_>, username: &str, from: &Accounts, to: &Accounts) -> PyResult<()> {
    if std::ptr::eq(from, to) {
        return Err(report::of_account(py, onroll::account::TransferRefused::SameSchool.into(), None));
    }
    let moved = crate::ending::detach(py, || {
        let lock = |accounts: &Accounts| std::ptr::from_ref(accounts) as usize;
        // Locks both schools in an order that does not depend on the direction. Otherwise two transfers could wait for
        // each other.
        let (mut first, mut second);
        let (own, other) = if lock(from) < lock(to) {
            first = from.write();
            second = to.write();
            (&mut first, &mut second)
        } else {
            second = to.write();
            first = from.write();
            (&mut first, &mut second)
        };
        Arc::make_mut(own).transfer(username, Arc::make_mut(other))
    });
    moved.map_err(|error| report::of_account(py, error, None))
}
