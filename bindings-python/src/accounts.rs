//! Accounts, and one account as a value.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use onroll::{AccountError, AccountRow, Cards, Column, Edit};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PySlice, PyString, PyTuple, PyType};

use crate::arrow::Table;
use crate::input::{Input, Output, Text, argument, named, wrong};
use crate::link::Link;
use crate::roster::{Roster, place, slice};
use crate::rows::{FIELDS, Mapping};
use crate::values::{self, Password, PasswordPolicy, Pickled};
use crate::{arrow, errors, report, rows, table};

/// An account for every student of a roster, active, with a new password (those who come from an MIS to sign in
/// with SSO have none).
///
/// passwords: how they are made; PasswordPolicy.characters(4) by default.
#[pyfunction]
#[pyo3(signature = (roster, *, passwords=None))]
pub(crate) fn create_accounts(roster: &Bound<'_, PyAny>, passwords: Option<&Bound<'_, PyAny>>) -> PyResult<Accounts> {
    let py = roster.py();
    let policy = PasswordPolicy::or_default(passwords)?;
    let roster: Bound<'_, Roster> = argument("roster", "a Roster", roster)?;
    let roster = &roster.get().0;
    let made = py.detach(|| onroll::Accounts::create(roster, &policy));
    made.map(Accounts::new).map_err(|error| errors::of_entropy(py, &error))
}

/// The accounts of one school, as the host keeps them: usernames unique, passwords known or not. A sequence of
/// Account, which can also be asked by username: accounts["Amelia Smith"].
#[pyclass(frozen, module = "onroll", sequence)]
pub(crate) struct Accounts(RwLock<Arc<onroll::Accounts>>);

impl Accounts {
    pub(crate) fn new(accounts: onroll::Accounts) -> Self {
        Self(RwLock::new(Arc::new(accounts)))
    }

    /// The accounts as they are now. No lock is held while Python is waited for.
    pub(crate) fn now(&self) -> Arc<onroll::Accounts> {
        Arc::clone(&self.read())
    }

    fn read(&self) -> RwLockReadGuard<'_, Arc<onroll::Accounts>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the accounts without the GIL.
    fn change<T: Send>(
        &self,
        py: Python<'_>,
        path: Option<&Path>,
        change: impl FnOnce(&mut onroll::Accounts) -> Result<T, AccountError> + Send,
    ) -> PyResult<T> {
        let changed = py.detach(|| {
            let mut accounts = self.0.write().unwrap_or_else(PoisonError::into_inner);
            // Readers of before, such as a stream half read, keep what they had.
            change(Arc::make_mut(&mut accounts))
        });
        changed.map_err(|error| report::of_account(py, error, path))
    }
}

fn text_or_none(name: &str, object: Option<&Bound<'_, PyAny>>) -> PyResult<Option<String>> {
    object.map(|object| argument::<Text>(name, "a str", object).map(String::from)).transpose()
}

fn of_school(accounts: onroll::Accounts, school_id: Option<String>) -> onroll::Accounts {
    match school_id {
        Some(school_id) => accounts.with_school_id(school_id),
        None => accounts,
    }
}

/// The username meant by a `str` or an `Account`.
fn username_of(name: &str, object: &Bound<'_, PyAny>) -> PyResult<String> {
    match object.cast::<Account>() {
        Ok(account) => Ok(account.get().row.username.clone()),
        Err(_) => argument::<Text>(name, "a username or an Account", object).map(String::from),
    }
}

/// The usernames of an iterable of `str` and `Account`.
fn each_username(usernames: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    let what = "an iterable of usernames";
    if usernames.is_instance_of::<PyString>() {
        return Err(wrong("usernames", what, usernames));
    }
    let each = usernames.try_iter().map_err(|_| wrong("usernames", what, usernames))?;
    each.enumerate().map(|(number, each)| username_of(&format!("usernames[{number}]"), &each?)).collect()
}

/// The usernames of an iterable, each of which must have an account. The error says how many have none, and names nobody.
fn known_usernames(accounts: &onroll::Accounts, usernames: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    let py = usernames.py();
    let usernames = each_username(usernames)?;
    let unknown = usernames.iter().filter(|username| accounts.get(username).is_none()).count();
    if unknown == 0 {
        return Ok(usernames);
    }
    let message = format!("{unknown} of {} usernames have no account; nothing was written", usernames.len());
    Err(errors::raise(py, "AccountNotFound", (message, AccountError::NotFound.code())))
}

/// Only the accounts of these usernames.
fn only(accounts: &onroll::Accounts, usernames: &Bound<'_, PyAny>) -> PyResult<onroll::Accounts> {
    let rows: Vec<AccountRow> = known_usernames(accounts, usernames)?
        .iter()
        // Once each, however often a username is given.
        .filter_map(|username| accounts.get(username))
        .map(|account| (account.username.to_owned(), AccountRow::of(&account, true)))
        .collect::<BTreeMap<_, _>>()
        .into_values()
        .collect();
    let made = onroll::Accounts::from_rows(rows, accounts.sign_in());
    made.map_err(|error| report::of_account(usernames.py(), error, None))
}

#[pymethods]
impl Accounts {
    /// Accounts from the host's rows: mappings by field name, such as those of a database cursor, or objects with such attributes.
    /// host_id, your own id of the row, is carried through plans. Fields the host does not keep may be absent: flags are then False, ethnicity NOBT, active True, the password unknown. Raises
    /// AccountError with the report if a row is wrong.
    #[classmethod]
    ///
    /// school_id: names the school, by any id that you use for it; plans of another school are then refused.
    #[pyo3(
        signature = (rows, *, sign_in=None, school_id=None),
        text_signature = "($type, rows, *, sign_in='password', school_id=None)"
    )]
    fn from_rows(
        _class: &Bound<'_, PyType>,
        rows: &Bound<'_, PyAny>,
        sign_in: Option<&Bound<'_, PyAny>>,
        school_id: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let sign_in = sign_in.map_or(Ok(onroll::SignIn::Password), values::sign_in)?;
        let py = rows.py();
        let rows: Vec<AccountRow> = Mapping::each(rows)?.map(|row| rows::account(&row?)).collect::<PyResult<_>>()?;
        let school_id = text_or_none("school_id", school_id)?;
        let made = py.detach(|| onroll::Accounts::from_rows(rows, sign_in));
        made.map(|accounts| Self::new(of_school(accounts, school_id)))
            .map_err(|error| report::of_account(py, error, None))
    }

    /// Accounts of a table: any object that offers Arrow's stream interface. Columns as the fields of from_rows.
    #[classmethod]
    #[pyo3(
        signature = (table, *, sign_in=None, school_id=None),
        text_signature = "($type, table, *, sign_in='password', school_id=None)"
    )]
    fn from_arrow(
        _class: &Bound<'_, PyType>,
        table: &Bound<'_, PyAny>,
        sign_in: Option<&Bound<'_, PyAny>>,
        school_id: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let sign_in = sign_in.map_or(Ok(onroll::SignIn::Password), values::sign_in)?;
        let py = table.py();
        let mut table = Table::of(table)?;
        let made = py.detach(|| onroll::Accounts::from_rows(table.rows(|row| rows::account(row)), sign_in));
        table.failed()?;
        let school_id = text_or_none("school_id", school_id)?;
        made.map(|accounts| Self::new(of_school(accounts, school_id)))
            .map_err(|error| report::of_account(py, error, None))
    }

    /// Accounts from what to_json wrote. Raises AccountError.
    #[classmethod]
    fn from_json(_class: &Bound<'_, PyType>, text: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = text.py();
        let text: Text = argument("text", "a str", text)?;
        let made = py.detach(|| onroll::Accounts::from_json(&text));
        made.map(Self::new).map_err(|error| report::of_account(py, error, None))
    }

    /// The accounts as JSON; their passwords only if asked for.
    #[pyo3(signature = (*, passwords=false))]
    fn to_json(&self, py: Python<'_>, #[pyo3(from_py_with = named::passwords)] passwords: bool) -> String {
        let now = self.now();
        py.detach(|| if passwords { now.to_json_with_passwords() } else { now.to_json() })
    }

    /// How the students sign in: 'password' or 'sso'.
    #[getter]
    fn sign_in(&self) -> &'static str {
        self.read().sign_in().as_str()
    }

    /// The id of the school whose accounts these are, if it is known.
    #[getter]
    fn school_id(&self) -> Option<String> {
        self.read().school_id().map(str::to_owned)
    }

    /// The accounts whose username has the same username_key as another's, as two can that were made before apostrophes and hyphens
    /// were folded. Neither can sign in by password until one is renamed.
    #[getter]
    fn sharing_a_key(&self) -> Vec<Account> {
        self.read().sharing_a_key().map(|account| Account::of(&account)).collect()
    }

    /// A fingerprint of the accounts, whatever their order and their passwords. Nobody can be told from it.
    fn fingerprint(&self, py: Python<'_>) -> String {
        let now = self.now();
        py.detach(|| now.fingerprint())
    }

    /// The account with a username, compared as usernames are, or `default`.
    #[pyo3(signature = (username, default=None))]
    fn get<'py>(
        &self,
        username: &Bound<'py, PyAny>,
        default: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = username.py();
        let username = username_of("username", username)?;
        match self.read().get(&username).map(|account| Account::of(&account)) {
            Some(account) => Ok(Some(account.into_pyobject(py)?.into_any())),
            None => Ok(default),
        }
    }

    /// Changes an account by username, with the checks of an import; what is not named stays. Returns the account.
    /// Raises AccountNotFound, and AccountError with the report if the change is wrong.
    #[pyo3(
        signature = (account, /, **changes),
        text_signature = "($self, account, /, *, full_name=None, username=None, year_group=None, class_name=None, \
                          gender=None, pupil_premium=None, ethnicity=None, send=None, eal=None, active=None)"
    )]
    fn edit(&self, account: &Bound<'_, PyAny>, changes: Option<&Bound<'_, PyDict>>) -> PyResult<Account> {
        let username = username_of("account", account)?;
        let mut edit = Edit::new();
        for (name, value) in changes.into_iter().flatten() {
            let name: String = name.extract()?;
            let field = FIELDS.iter().position(|field| *field == name);
            edit = match field.and_then(|field| Column::ALL.get(field)) {
                _ if value.is_none() => edit,
                _ if name == "active" => edit.active(argument("active", "a bool", &value)?),
                Some(column @ (Column::PupilPremium | Column::Send | Column::Eal)) => {
                    let text = match value.extract::<bool>() {
                        Ok(flag) => if flag { "Yes" } else { "No" }.to_owned(),
                        Err(_) => argument(&name, "a bool, 'Yes' or 'No'", &value)?,
                    };
                    edit.set(*column, text)
                }
                Some(column) => edit.set(*column, argument::<Text>(&name, "a str", &value)?.to_owned()),
                None => {
                    let message = format!("edit() got an unexpected keyword argument '{}'", name.escape_debug());
                    return Err(PyTypeError::new_err(message));
                }
            };
        }
        self.change(account.py(), None, |accounts| accounts.edit(&username, &edit).map(|account| Account::of(&account)))
    }

    /// Gives an account a new password, and returns the account. Raises AccountNotFound.
    #[pyo3(signature = (username, *, passwords=None))]
    fn reset_password(&self, username: &Bound<'_, PyAny>, passwords: Option<&Bound<'_, PyAny>>) -> PyResult<Account> {
        let policy = PasswordPolicy::or_default(passwords)?;
        let py = username.py();
        let username = username_of("username", username)?;
        self.change(py, None, |accounts| {
            accounts.reset_password(&username, &policy).map(|account| Account::of(&account))
        })
    }

    /// Gives all these accounts new passwords, or none of them. Raises AccountNotFound.
    #[pyo3(signature = (usernames, *, passwords=None))]
    fn reset_passwords(&self, usernames: &Bound<'_, PyAny>, passwords: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let (py, policy) = (usernames.py(), PasswordPolicy::or_default(passwords)?);
        let usernames = each_username(usernames)?;
        self.change(py, None, |accounts| accounts.reset_passwords(usernames.iter().map(String::as_str), &policy))
    }

    /// Gives an account the password that a teacher chose, and returns the account. Raises AccountNotFound, and
    /// AccountError if it is not at least 4 letters and digits.
    fn set_password(&self, username: &Bound<'_, PyAny>, chosen: &Bound<'_, PyAny>) -> PyResult<Account> {
        let py = username.py();
        let (username, chosen) = (username_of("username", username)?, argument::<Text>("chosen", "a str", chosen)?);
        self.change(py, None, |accounts| accounts.set_password(&username, &chosen).map(|account| Account::of(&account)))
    }

    /// Gives a password to every active account that has none, and says to how many.
    #[pyo3(signature = (*, passwords=None))]
    fn fill_passwords(&self, py: Python<'_>, passwords: Option<&Bound<'_, PyAny>>) -> PyResult<usize> {
        let policy = PasswordPolicy::or_default(passwords)?;
        self.change(py, None, |accounts| accounts.fill_passwords(&policy))
    }

    /// Writes the credentials as CSV for Excel, to a path or a binary file; only those of `usernames` if given, which
    /// must all be known: AccountNotFound says how many are not.
    /// A file that is written is readable by its owner alone.
    #[pyo3(signature = (dest, *, usernames=None))]
    fn write_credentials(&self, dest: &Bound<'_, PyAny>, usernames: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let (py, now) = (dest.py(), self.now());
        let output = Output::of("dest", dest)?;
        let Some(usernames) = usernames else {
            return output.write(py, |path| now.save_credentials(path), |to| now.write_credentials(to));
        };
        let usernames = known_usernames(&now, usernames)?;
        let mut bytes = Vec::new();
        now.write_credentials_of(usernames.iter().map(String::as_str), &mut bytes)
            .map_err(|error| errors::of_io(error, None))?;
        output.write_bytes(py, &bytes)
    }

    /// Takes passwords from a credentials CSV (a path, bytes or a binary file), such as one that was handed out before.
    /// Returns counts: `set` for accounts given theirs, `unknown` for usernames nobody has, `blank` for rows without.
    fn read_credentials<'py>(&self, source: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
        let py = source.py();
        let input = Input::of("source", source)?;
        let read = match &input {
            Input::Path(path) => {
                let file = std::fs::File::open(path).map_err(|error| errors::of_io(error, Some(path)))?;
                self.change(py, Some(path), |accounts| accounts.read_credentials(file))
            }
            Input::Bytes(bytes) => self.change(py, None, |accounts| accounts.read_credentials(&bytes[..])),
        }?;
        let counts = PyDict::new(py);
        for (name, count) in [("set", read.set), ("unknown", read.unknown), ("blank", read.blank)] {
            counts.set_item(name, count)?;
        }
        Ok(counts)
    }

    /// Writes login cards as a page of HTML to print on A4, to a path or a binary file: each class begins a page.
    /// sign_in_url, an https address, is printed with a QR code. Raises AccountError if it is none.
    /// usernames: only the cards of these, which must all be known: AccountNotFound says how many are not.
    #[pyo3(signature = (dest, *, sign_in_url=None, usernames=None))]
    fn write_cards(
        &self,
        dest: &Bound<'_, PyAny>,
        sign_in_url: Option<&Bound<'_, PyAny>>,
        usernames: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let (py, mut now) = (dest.py(), self.now());
        let mut cards = Cards::new();
        if let Some(url) = sign_in_url {
            let url: Text = argument("sign_in_url", "a str", url)?;
            cards = cards.sign_in_url(&url).map_err(|error| report::of_account(py, error, None))?;
        }
        let output = Output::of("dest", dest)?;
        if let Some(usernames) = usernames {
            now = Arc::new(only(&now, usernames)?);
        }
        let save = |path: &Path| -> io::Result<()> { now.save_cards(path, &cards) };
        output.write(py, save, |to| now.write_cards(to, &cards))
    }

    /// Returns the accounts as a pandas DataFrame with one column for each field but the password. pandas must be installed.
    fn to_pandas<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        table::to_pandas(py, self.now().as_ref())
    }

    /// Returns the accounts as dicts by field name, without passwords.
    fn to_dicts<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        table::to_dicts(py, self.now().as_ref())
    }

    fn __len__(&self) -> usize {
        self.read().len()
    }

    fn __getitem__<'py>(&self, index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = index.py();
        let now = self.now();
        let at = |place| now.at(place).map(|account| Account::of(&account));
        if let Ok(range) = index.cast::<PySlice>() {
            return slice(range, now.len(), at);
        }
        let account = if index.is_instance_of::<PyString>() {
            let username: Text = index.extract()?;
            let found = now.get(&username).map(|account| Account::of(&account));
            found.ok_or_else(|| report::of_account(py, AccountError::NotFound, None))?
        } else {
            let place = place(argument("index", "a username, an int or a slice", index)?, now.len())?;
            at(place).ok_or_else(|| report::of_account(py, AccountError::NotFound, None))?
        };
        Ok(account.into_pyobject(py)?.into_any())
    }

    fn __iter__(&self) -> AccountsIterator {
        AccountsIterator { accounts: self.now(), next: 0, backwards: false }
    }

    fn __reversed__(&self) -> AccountsIterator {
        AccountsIterator { accounts: self.now(), next: 0, backwards: true }
    }

    /// Whether there is an account with a username, or this very account.
    fn __contains__(&self, item: &Bound<'_, PyAny>) -> bool {
        let now = self.read();
        match item.extract::<String>() {
            Ok(username) => now.get(&username).is_some(),
            Err(_) => item.cast::<Account>().is_ok_and(|account| {
                let account = account.get();
                now.get(&account.row.username).is_some_and(|found| Account::of(&found) == *account)
            }),
        }
    }

    /// The first place of an account, as of any sequence; ValueError if there is none.
    #[pyo3(signature = (value, start=0, stop=None))]
    fn index(
        &self,
        value: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = named::start)] start: isize,
        #[pyo3(from_py_with = named::stop)] stop: Option<isize>,
    ) -> PyResult<usize> {
        let now = self.now();
        let clip =
            |at: isize| if at < 0 { now.len().saturating_add_signed(at) } else { now.len().min(at.unsigned_abs()) };
        let found = value.cast::<Account>().ok().and_then(|wanted| {
            let is_it = |place: &usize| now.at(*place).is_some_and(|account| Account::of(&account) == *wanted.get());
            (clip(start)..stop.map_or(now.len(), clip)).find(is_it)
        });
        found.ok_or_else(|| PyValueError::new_err("the account is not there"))
    }

    /// How often an account is there, as of any sequence: once or never.
    fn count(&self, value: &Bound<'_, PyAny>) -> usize {
        usize::from(value.is_instance_of::<Account>() && self.__contains__(value))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| {
            let (own, other) = (self.now(), other.get().now());
            let row = |account| AccountRow::of(&account, true);
            own.sign_in() == other.sign_in() && own.iter().map(row).eq(other.iter().map(row))
        })
    }

    fn __repr__(&self) -> String {
        let now = self.read();
        format!("<onroll.Accounts: {} accounts, sign_in='{}'>", now.len(), now.sign_in().as_str())
    }

    /// The accounts as a stream of Arrow batches, each made when it is asked for. Passwords are not in it.
    ///
    /// requested_schema: as of a Roster.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        arrow::stream(py, self.now(), requested_schema.as_ref())
    }

    /// A copy, to be changed apart.
    fn __copy__(&self) -> Self {
        Self(RwLock::new(self.now()))
    }

    fn __deepcopy__(&self, _memo: &Bound<'_, PyAny>) -> Self {
        self.__copy__()
    }

    /// A pickle holds no passwords, unless it is made within pickling_passwords().
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (String,)> {
        let now = slf.get().now();
        let passwords = values::pickles_passwords(slf.py())?;
        let kept = slf.py().detach(|| if passwords { now.to_json_with_passwords() } else { now.to_json() });
        Ok((slf.get_type().getattr("from_json")?, (kept,)))
    }
}

/// The accounts, one after another, as they were when the iteration began.
#[pyclass(module = "onroll")]
pub(crate) struct AccountsIterator {
    accounts: Arc<onroll::Accounts>,
    next: usize,
    backwards: bool,
}

#[pymethods]
impl AccountsIterator {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__(&mut self) -> Option<Account> {
        let last = self.accounts.len().checked_sub(1)?;
        let place = if self.backwards { last.checked_sub(self.next)? } else { self.next };
        self.next += 1;
        self.accounts.at(place).map(|account| Account::of(&account))
    }
}

/// One account, as it was when it was asked for. Its repr shows nothing of it.
#[pyclass(frozen, module = "onroll")]
#[derive(Clone)]
pub(crate) struct Account {
    row: AccountRow,
    password: Option<onroll::Password>,
    /// By what match_identity found it, and what it would have stored.
    found: Option<(&'static str, Option<onroll::Link>)>,
}

impl PartialEq for Account {
    /// How it was found is no part of it.
    fn eq(&self, other: &Self) -> bool {
        self.row == other.row && self.password == other.password
    }
}

impl Account {
    pub(crate) fn of(account: &onroll::Account<'_>) -> Self {
        Self::new(AccountRow::of(account, false), account.password.cloned())
    }

    pub(crate) fn new(row: AccountRow, password: Option<onroll::Password>) -> Self {
        Self { row, password, found: None }
    }

    pub(crate) fn found(self, by: &'static str, link: Option<onroll::Link>) -> Self {
        Self { found: Some((by, link)), ..self }
    }
}

#[pymethods]
impl Account {
    #[classattr]
    fn __match_args__<'py>(py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, FIELDS)
    }

    /// The id that the host gave the account, such as the primary key of its row.
    #[getter]
    fn host_id(&self) -> Option<&str> {
        self.row.host_id.as_deref()
    }

    /// The id that the school's MIS, or Wonde, gives the student, if it is known.
    #[getter]
    fn source_id(&self) -> Option<&str> {
        self.row.source_id.as_deref()
    }

    /// The unique pupil number, if it is known.
    #[getter]
    fn upn(&self) -> Option<&str> {
        self.row.upn.as_deref()
    }

    /// The name as it is listed.
    #[getter]
    fn full_name(&self) -> &str {
        &self.row.full_name
    }

    /// The username.
    #[getter]
    fn username(&self) -> &str {
        &self.row.username
    }

    /// The year group as it is listed.
    #[getter]
    fn year_group(&self) -> &str {
        &self.row.year_group
    }

    /// The class as it is listed.
    #[getter]
    fn class_name(&self) -> &str {
        &self.row.class_name
    }

    /// 'Male', 'Female' or 'Non-Binary'; None where it is not known, or the host keeps none.
    #[getter]
    fn gender(&self) -> Option<&str> {
        Some(self.row.gender.as_str()).filter(|gender| !gender.is_empty())
    }

    /// Whether the school receives the pupil premium for the student.
    #[getter]
    fn pupil_premium(&self) -> bool {
        self.row.pupil_premium
    }

    /// The Department for Education's code: a str that knows its description, main_code and group.
    #[getter]
    fn ethnicity<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        values::ethnicity(py, &self.row.ethnicity)
    }

    /// Special educational needs or disability.
    #[getter]
    fn send(&self) -> bool {
        self.row.send
    }

    /// English as an additional language.
    #[getter]
    fn eal(&self) -> bool {
        self.row.eal
    }

    /// Whether the student may sign in; leavers may not.
    #[getter]
    fn active(&self) -> bool {
        self.row.active
    }

    /// The password, where there is one and the host keeps it.
    #[getter]
    fn password(&self) -> Option<Password> {
        self.password.clone().map(Password)
    }

    /// Of match_identity: by what it was found, 'source-id', 'link' or 'email'; of all others None.
    #[getter]
    fn matched_by(&self) -> Option<&'static str> {
        self.found.as_ref().map(|(by, _)| *by)
    }

    /// Of match_identity: the link for the host to store, if it is not stored yet; of all others None.
    #[getter]
    fn link(&self) -> Option<Link> {
        self.found.as_ref().and_then(|(_, link)| link.clone()).map(Link)
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get() == self)
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.row.username, &self.row.full_name, &self.row.class_name).hash(&mut hasher);
        hasher.finish()
    }

    fn __repr__(&self) -> &'static str {
        "Account(<hidden>)"
    }

    #[classmethod]
    fn _restore(_class: &Bound<'_, PyType>, kept: &str) -> PyResult<Self> {
        let row: Result<AccountRow, _> = serde_json::from_str(kept);
        let mut row = row.map_err(|_| PyValueError::new_err("this is no pickled account of this version"))?;
        let password = row.password.take().map(|password| onroll::Password::existing(&password));
        Ok(Self::new(row, password))
    }

    /// Itself: it never changes.
    fn __copy__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __deepcopy__<'py>(slf: Bound<'py, Self>, _memo: &Bound<'py, PyAny>) -> Bound<'py, Self> {
        slf
    }

    /// A pickle holds no password, unless it is made within pickling_passwords().
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (String,)> {
        let own = slf.get();
        let mut row = own.row.clone();
        let passwords = values::pickles_passwords(slf.py())?;
        row.password = own.password.as_ref().filter(|_| passwords).map(|password| password.expose().to_owned());
        // Strings and booleans always serialize.
        Ok((slf.get_type().getattr("_restore")?, (serde_json::to_string(&row).unwrap_or_default(),)))
    }
}
