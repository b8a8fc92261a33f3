//! The Python class `Accounts`, and the function `create_accounts`. Its methods, and the class `Account`, are in
//! submodules.

mod account;
mod credentials;
mod edit;
mod import;
mod iterator;
mod merge;
mod methods;
mod notebook;
mod printing;
mod search;
mod transfer;
mod usernames;

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use onroll::account::AccountError;
use pyo3::prelude::*;

use crate::input::argument;
use crate::roster::Roster;
use crate::values::PasswordPolicy;
use crate::{errors, report};

pub(crate) use account::Account;

/// Creates an active account with a new password for every student in a roster. Students from an MIS who sign in with
/// SSO get no password.
///
/// passwords: the policy for the passwords. The default is PasswordPolicy.characters(4).
///
/// >>> accounts = onroll.create_accounts(onroll.read_csv("students.csv"), passwords=onroll.PasswordPolicy.words(3))
/// >>> len(accounts), len(accounts["Zoë Ahmed"].password.expose().split())
/// (240, 3)
#[pyfunction]
#[pyo3(signature = (roster, *, passwords=None))]
pub(crate) fn create_accounts(roster: &Bound<'_, PyAny>, passwords: Option<&Bound<'_, PyAny>>) -> PyResult<Accounts> {
    let py = roster.py();
    let policy = PasswordPolicy::or_default(passwords)?;
    let roster: Bound<'_, Roster> = argument("roster", "a Roster", roster)?;
    let roster = &roster.get().0;
    let made = crate::ending::detach(py, || onroll::Accounts::create(roster, &policy));
    made.map(Accounts::new).map_err(|error| errors::of_entropy(py, &error))
}

/// The accounts of one school, as a sequence of Account. You can also index it by username: accounts["Amelia Smith"].
/// Usernames are unique. A password can be unknown.
///
/// >>> accounts = onroll.create_accounts(onroll.read_csv("students.csv").with_school_id("oak"))
/// >>> len(accounts), accounts.sign_in, accounts.school_id, accounts.last_promotion
/// (240, 'password', 'oak', None)
/// >>> account = accounts["zoë ahmed"]  # upper and lower case are the same
/// >>> accounts.get("Amy Lee"), accounts.index(account), accounts.count(account)
/// (None, 0, 1)
/// >>> accounts.edit("Zoë Ahmed", class_name="Oaks").class_name
/// 'Oaks'
/// >>> _ = accounts.reset_password("Zoë Ahmed")
/// >>> accounts.reset_passwords(["Zoë Ahmed", "Seán Brown"])
/// >>> _ = accounts.set_password("Zoë Ahmed", "frog7")
/// >>> new = accounts.reset_class("Oaks")
/// >>> accounts.fill_passwords()  # returns how many accounts had no password
/// 0
/// >>> accounts.write_credentials("credentials.csv")
/// >>> accounts.read_credentials("credentials.csv")["set"]
/// 240
/// >>> accounts.write_cards("cards.html", usernames=["Zoë Ahmed"])
/// >>> accounts.write_letters("letters.html", class_name="Oaks")
/// >>> accounts.write_class_list("class-list.html", class_name="Oaks")
/// >>> stored = accounts.to_json(passwords=True)
/// >>> onroll.Accounts.from_json(stored).fingerprint() == accounts.fingerprint()
/// True
/// >>> len(onroll.Accounts.from_rows(accounts.to_dicts(), sign_in="password")), len(accounts.to_pandas())
/// (240, 240)
/// >>> len(onroll.Accounts.from_arrow(accounts, sign_in="password"))
/// 240
/// >>> accounts.sharing_a_key  # accounts whose usernames differ only in the kind of apostrophe
/// []
/// >>> elm = onroll.Accounts.from_rows([], sign_in="password", school_id="elm")
/// >>> accounts.transfer("Zoë Ahmed", elm)
/// >>> len(accounts), len(elm)
/// (239, 1)
///
/// >>> rows = [{"full_name": name, "username": name} for name in ("Tom Lee", "Thomas Lee")]
/// >>> accounts = onroll.Accounts.from_rows(rows, sign_in="password")
/// >>> gone = accounts.merge("Tom Lee", "Thomas Lee")  # now move the child's work, and delete the row of `gone`
/// >>> gone.username, len(accounts)
/// ('Thomas Lee', 1)
#[pyclass(frozen, module = "onroll", sequence)]
pub(crate) struct Accounts(RwLock<Arc<onroll::Accounts>>);

impl Accounts {
    pub(crate) fn new(accounts: onroll::Accounts) -> Self {
        Self(RwLock::new(Arc::new(accounts)))
    }

    /// Reads the argument `accounts`, and returns the accounts as they are now.
    pub(crate) fn of(object: &Bound<'_, PyAny>) -> PyResult<Arc<onroll::Accounts>> {
        Ok(argument::<Bound<'_, Self>>("accounts", "Accounts", object)?.get().now())
    }

    /// Returns the accounts as they are now. The lock is released at once, so no thread holds it while it waits for the
    /// GIL.
    pub(crate) fn now(&self) -> Arc<onroll::Accounts> {
        Arc::clone(&self.read())
    }

    fn read(&self) -> RwLockReadGuard<'_, Arc<onroll::Accounts>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Arc<onroll::Accounts>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the accounts, with the GIL released.
    fn change<T: Send>(
        &self,
        py: Python<'_>,
        path: Option<&Path>,
        change: impl FnOnce(&mut onroll::Accounts) -> Result<T, AccountError> + Send,
    ) -> PyResult<T> {
        let changed = crate::ending::detach(py, || {
            let mut accounts = self.write();
            // Readers that began earlier, such as a half-read stream, keep the accounts that they began with.
            change(Arc::make_mut(&mut accounts))
        });
        changed.map_err(|error| report::of_account(py, error, path))
    }
}
