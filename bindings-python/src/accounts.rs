//! The Python classes `Accounts` and `Account`.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::{Arc, LazyLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use chrono::NaiveDate;
use onroll::{AccountError, AccountRow, Cards, Column, Edit, Ethnicities, Ethnicity};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PySlice, PyString, PyTuple, PyType};

use crate::arrow::Table;
use crate::ethnicity::{self, Parts};
use crate::html;
use crate::input::{Input, Output, Text, argument, date, date_object, named, texts, wrong};
use crate::link::Link;
use crate::printing::Printing;
use crate::roster::Roster;
use crate::sequence::{place, slice};
use crate::rows::{FIELDS, Mapping};
use crate::values::{self, Password, PasswordPolicy, Pickled};
use crate::{arrow, errors, report, rows, table};

/// Creates an active account with a new password for every student in a roster. Students from an MIS who sign in with
/// SSO get no password.
///
/// passwords: how to make the passwords. The default is PasswordPolicy.characters(4).
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
/// Usernames are unique, and passwords may be unknown.
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
/// >>> gone = accounts.merge("Tom Lee", "Thomas Lee")  # move the child's work to "Tom Lee", and delete this row
/// >>> gone.username, len(accounts)
/// ('Thomas Lee', 1)
#[pyclass(frozen, module = "onroll", sequence)]
pub(crate) struct Accounts(RwLock<Arc<onroll::Accounts>>);

impl Accounts {
    pub(crate) fn new(accounts: onroll::Accounts) -> Self {
        Self(RwLock::new(Arc::new(accounts)))
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

impl Accounts {
    /// Writes an HTML page to print. If `usernames` are given, the page has only these accounts.
    fn print(
        &self,
        dest: &Bound<'_, PyAny>,
        cards: Cards,
        usernames: Option<&Bound<'_, PyAny>>,
        write: impl FnOnce(&onroll::Accounts, &mut Vec<u8>, &Cards) -> Result<(), AccountError> + Send,
    ) -> PyResult<()> {
        let (py, now) = (dest.py(), self.now());
        let output = Output::of("dest", dest)?;
        let cards = match usernames {
            Some(usernames) => cards.usernames(known_usernames(&now, usernames)?),
            None => cards,
        };
        let mut html = Vec::new();
        crate::ending::detach(py, || write(&now, &mut html, &cards))
            .map_err(|error| report::of_account(py, error, None))?;
        output.write_bytes(py, &html)
    }
}

fn text_or_none(name: &str, object: Option<&Bound<'_, PyAny>>) -> PyResult<Option<String>> {
    object.map(|object| argument::<Text>(name, "a str", object).map(String::from)).transpose()
}

fn of_school(accounts: onroll::Accounts, school_id: Option<String>, promotion: Option<NaiveDate>) -> onroll::Accounts {
    let accounts = match school_id {
        Some(school_id) => accounts.with_school_id(school_id),
        None => accounts,
    };
    match promotion {
        Some(day) => accounts.with_last_promotion(day),
        None => accounts,
    }
}

/// Returns the username from a `str` or an `Account`.
fn username_of(name: &str, object: &Bound<'_, PyAny>) -> PyResult<String> {
    match object.cast::<Account>() {
        Ok(account) => Ok(account.get().row.username.clone()),
        Err(_) => argument::<Text>(name, "a username or an Account", object).map(String::from),
    }
}

/// Returns the usernames from an iterable of `str` and `Account`.
fn each_username(usernames: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    let what = "an iterable of usernames";
    if usernames.is_instance_of::<PyString>() {
        return Err(wrong("usernames", what, usernames));
    }
    let each = usernames.try_iter().map_err(|_| wrong("usernames", what, usernames))?;
    each.enumerate().map(|(number, each)| username_of(&format!("usernames[{number}]"), &each?)).collect()
}

/// Returns the usernames from an iterable. Each must have an account. The error says how many have none, without their
/// names.
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

#[pymethods]
impl Accounts {
    /// Creates accounts from your own rows: mappings by field name, such as those of a database cursor, or objects with
    /// attributes of these names. host_id is your own id for the row, and each change in a plan repeats it. You set
    /// blocked, manual, own_fields and active_until, and plans keep them. Set has_password if you store a hash of the
    /// account's password, so that fill_passwords() does not replace that password. You may leave out fields that you
    /// do not store. Flags are then False, ethnicity is NOBT, active is True, and the password is unknown. Raises
    /// AccountError with the report if a row is wrong.
    #[classmethod]
    ///
    /// school_id: any id that you use for the school. With it, plan() refuses the roster of another school.
    /// last_promotion: the date on which the school last moved up by a year, from `accounts.last_promotion`.
    /// ethnicities: additional ethnicity codes, and words for them, as for read_csv.
    #[pyo3(
        signature = (rows, *, sign_in=None, school_id=None, last_promotion=None, ethnicities=None),
        text_signature = "($type, rows, *, sign_in='password', school_id=None, last_promotion=None, ethnicities=None)"
    )]
    fn from_rows(
        _class: &Bound<'_, PyType>,
        rows: &Bound<'_, PyAny>,
        sign_in: Option<&Bound<'_, PyAny>>,
        school_id: Option<&Bound<'_, PyAny>>,
        last_promotion: Option<&Bound<'_, PyAny>>,
        ethnicities: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let codes = ethnicities.map_or_else(|| Ok(DFE.clone()), ethnicity::ethnicities)?;
        let sign_in = sign_in.map_or(Ok(onroll::SignIn::Password), values::sign_in)?;
        let py = rows.py();
        let rows: Vec<AccountRow> = Mapping::each(rows)?.map(|row| rows::account(&row?)).collect::<PyResult<_>>()?;
        let school_id = text_or_none("school_id", school_id)?;
        let promotion = last_promotion.map(|day| date("last_promotion", day)).transpose()?;
        let made = crate::ending::detach(py, || onroll::Accounts::from_rows_with(rows, sign_in, codes));
        made.map(|accounts| Self::new(of_school(accounts, school_id, promotion)))
            .map_err(|error| report::of_account(py, error, None))
    }

    /// Creates accounts from a table: any object that offers Arrow's stream interface. Its columns are the fields of
    /// from_rows.
    #[classmethod]
    #[pyo3(
        signature = (table, *, sign_in=None, school_id=None, last_promotion=None, ethnicities=None),
        text_signature = "($type, table, *, sign_in='password', school_id=None, last_promotion=None, ethnicities=None)"
    )]
    fn from_arrow(
        _class: &Bound<'_, PyType>,
        table: &Bound<'_, PyAny>,
        sign_in: Option<&Bound<'_, PyAny>>,
        school_id: Option<&Bound<'_, PyAny>>,
        last_promotion: Option<&Bound<'_, PyAny>>,
        ethnicities: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let codes = ethnicities.map_or_else(|| Ok(DFE.clone()), ethnicity::ethnicities)?;
        let sign_in = sign_in.map_or(Ok(onroll::SignIn::Password), values::sign_in)?;
        let py = table.py();
        let mut table = Table::of(table)?;
        let made = crate::ending::detach(py, || {
            onroll::Accounts::from_rows_with(table.rows(|row| rows::account(row)), sign_in, codes)
        });
        table.failed()?;
        let school_id = text_or_none("school_id", school_id)?;
        let promotion = last_promotion.map(|day| date("last_promotion", day)).transpose()?;
        made.map(|accounts| Self::new(of_school(accounts, school_id, promotion)))
            .map_err(|error| report::of_account(py, error, None))
    }

    /// Reads accounts from JSON that to_json wrote. Raises AccountError for any other text.
    #[classmethod]
    fn from_json(_class: &Bound<'_, PyType>, text: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = text.py();
        let text: Text = argument("text", "a str", text)?;
        let made = crate::ending::detach(py, || onroll::Accounts::from_json(&text));
        made.map(Self::new).map_err(|error| report::of_account(py, error, None))
    }

    /// Returns the accounts as JSON. It contains passwords only if you ask for them.
    #[pyo3(signature = (*, passwords=false))]
    fn to_json(&self, py: Python<'_>, #[pyo3(from_py_with = named::passwords)] passwords: bool) -> String {
        let now = self.now();
        crate::ending::detach(py, || if passwords { now.to_json_with_passwords() } else { now.to_json() })
    }

    /// How the students sign in: 'password' or 'sso'.
    #[getter]
    fn sign_in(&self) -> &'static str {
        self.read().sign_in().as_str()
    }

    /// The id of the school that the accounts belong to, if known.
    #[getter]
    fn school_id(&self) -> Option<String> {
        self.read().school_id().map(str::to_owned)
    }

    /// Returns the accounts that share their username_key with another account. Older versions of onroll treated
    /// different apostrophes and hyphens as different, so accounts from then may share a key now. Such accounts cannot
    /// sign in with a password until you rename one of them.
    #[getter]
    fn sharing_a_key(&self) -> Vec<Account> {
        self.read().sharing_a_key().map(|account| Account::of(&account)).collect()
    }

    /// Returns a fingerprint of the accounts, which does not depend on their order or passwords. It does not identify
    /// any person.
    fn fingerprint(&self, py: Python<'_>) -> String {
        let now = self.now();
        crate::ending::detach(py, || now.fingerprint())
    }

    /// Returns the account with this username, or `default` if there is none. Usernames are compared by username_key.
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

    /// Changes an account by username, and returns it. The new values are checked as in an import, and other fields
    /// stay unchanged.
    /// own_fields: the names of the fields that you maintain yourself, so that no plan changes them.
    /// active_until: a date, or '' to remove it.
    /// Raises AccountNotFound if no account has the username. Raises AccountError with the report if a new value is
    /// wrong.
    #[pyo3(
        signature = (account, /, **changes),
        text_signature = "($self, account, /, *, full_name=None, username=None, year_group=None, class_name=None, \
                          gender=None, pupil_premium=None, ethnicity=None, send=None, eal=None, active=None, blocked=None, \
                          manual=None, own_fields=None, active_until=None)"
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
                _ if name == "blocked" => edit.blocked(argument("blocked", "a bool", &value)?),
                _ if name == "manual" => edit.manual(argument("manual", "a bool", &value)?),
                _ if name == "own_fields" => {
                    let names = texts("own_fields", &value)?;
                    edit.own_fields(rows::columns("own_fields", names.iter().map(|name| &**name))?)
                }
                // An empty text removes the date, because None leaves it unchanged.
                _ if name == "active_until" && value.extract::<&str>().is_ok_and(str::is_empty) => {
                    edit.active_until(None)
                }
                _ if name == "active_until" => edit.active_until(Some(date("active_until", &value)?)),
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

    /// The day of the last plan that moved the school up by a year, if known.
    #[getter]
    fn last_promotion<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let day = self.read().last_promotion();
        day.map(|day| date_object(py, day)).transpose()
    }

    /// Moves an account to the Accounts of another school. Use it for a student who moves between two of your schools.
    /// The account keeps its username, password, host_id and UPN, and loses its source id. Raises AccountNotFound.
    /// Raises AccountError if `to` is the same school or has another way of signing in, or if it already has the
    /// username, the UPN or the host_id.
    fn transfer(&self, username: &Bound<'_, PyAny>, to: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = username.py();
        let username = username_of("username", username)?;
        let to = argument::<Bound<'_, Accounts>>("to", "Accounts", to)?;
        let to = to.get();
        if std::ptr::eq(self, to) {
            return Err(report::of_account(py, onroll::TransferRefused::SameSchool.into(), None));
        }
        let moved = crate::ending::detach(py, || {
            let lock = |accounts: &Self| std::ptr::from_ref(accounts) as usize;
            // Locks the two in an order that does not depend on the direction, so that two transfers never wait for
            // each other.
            let (mut first, mut second);
            let (own, other) = if lock(self) < lock(to) {
                first = self.write();
                second = to.write();
                (&mut first, &mut second)
            } else {
                second = to.write();
                first = self.write();
                (&mut first, &mut second)
            };
            Arc::make_mut(own).transfer(&username, Arc::make_mut(other))
        });
        moved.map_err(|error| report::of_account(py, error, None))
    }

    /// Merges two accounts that belong to one child, and returns the removed account without its password. `keep` keeps
    /// its username, password and host_id. Raises AccountNotFound. Raises AccountError if `keep` and `gone` are the
    /// same account, or if their ids show that they belong to two students.
    fn merge(&self, keep: &Bound<'_, PyAny>, gone: &Bound<'_, PyAny>) -> PyResult<Account> {
        let py = keep.py();
        let (keep, gone) = (username_of("keep", keep)?, username_of("gone", gone)?);
        let (row, known) = self.change(py, None, |accounts| {
            let row = accounts.merge(&keep, &gone)?;
            let known = accounts.ethnicities().get(&row.ethnicity).cloned();
            Ok((row, known))
        })?;
        let unknown =
            || PyValueError::new_err("the removed account has an ethnicity code that the accounts do not have");
        Ok(Account::new(row, None, &known.ok_or_else(unknown)?))
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

    /// Gives new passwords to all these accounts. After an error, all keep their old passwords. Raises AccountNotFound.
    #[pyo3(signature = (usernames, *, passwords=None))]
    fn reset_passwords(&self, usernames: &Bound<'_, PyAny>, passwords: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let (py, policy) = (usernames.py(), PasswordPolicy::or_default(passwords)?);
        let usernames = each_username(usernames)?;
        self.change(py, None, |accounts| accounts.reset_passwords(usernames.iter().map(String::as_str), &policy))
    }

    /// Gives new passwords to the active accounts in a class, and returns these accounts, so that you can print only
    /// their cards: `write_cards(dest, usernames=accounts.reset_class("5A"))`. Raises AccountError if the class has no
    /// accounts.
    ///
    /// year_group: only the class in this year group. By default, classes with this name in all year groups are
    /// included.
    #[pyo3(signature = (class_name, *, year_group=None, passwords=None))]
    fn reset_class(
        &self,
        class_name: &Bound<'_, PyAny>,
        year_group: Option<&Bound<'_, PyAny>>,
        passwords: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Vec<Account>> {
        let (py, policy) = (class_name.py(), PasswordPolicy::or_default(passwords)?);
        let class_name: Text = argument("class_name", "a str", class_name)?;
        let year_group: Option<Text> = year_group.map(|year| argument("year_group", "a str", year)).transpose()?;
        self.change(py, None, |accounts| {
            let reset = accounts.reset_class(&class_name, year_group.as_deref(), &policy)?;
            Ok(reset.iter().map(Account::of).collect())
        })
    }

    /// Gives an account a password that a teacher chose, and returns the account. Raises AccountNotFound. Raises
    /// AccountError if the password is too short or easy to guess for this student. The error's text is written for the
    /// teacher, and its `reason` is a code.
    fn set_password(&self, username: &Bound<'_, PyAny>, chosen: &Bound<'_, PyAny>) -> PyResult<Account> {
        let py = username.py();
        let (username, chosen) = (username_of("username", username)?, argument::<Text>("chosen", "a str", chosen)?);
        self.change(py, None, |accounts| accounts.set_password(&username, &chosen).map(|account| Account::of(&account)))
    }

    /// Gives a password to every active account that has none, and returns the number of these accounts. For accounts
    /// with has_password, see from_rows().
    #[pyo3(signature = (*, passwords=None))]
    fn fill_passwords(&self, py: Python<'_>, passwords: Option<&Bound<'_, PyAny>>) -> PyResult<usize> {
        let policy = PasswordPolicy::or_default(passwords)?;
        self.change(py, None, |accounts| accounts.fill_passwords(&policy))
    }

    /// Writes the credentials as CSV for Excel, to a path or a binary file. If you pass `usernames`, it writes only
    /// these accounts. If some are unknown, it raises AccountNotFound with their number. If `workbook` is True, it
    /// writes an Excel workbook. Only the owner can read a written file.
    #[pyo3(signature = (dest, *, usernames=None, workbook=false))]
    fn write_credentials(
        &self,
        dest: &Bound<'_, PyAny>,
        usernames: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = named::workbook)] workbook: bool,
    ) -> PyResult<()> {
        let (py, now) = (dest.py(), self.now());
        let output = Output::of("dest", dest)?;
        let Some(usernames) = usernames else {
            if workbook {
                let save = |path: &Path| now.save_credentials_workbook(path);
                return output.write(py, save, |to| now.write_credentials_workbook(to));
            }
            return output.write(py, |path| now.save_credentials(path), |to| now.write_credentials(to));
        };
        let usernames = known_usernames(&now, usernames)?;
        let mut bytes = Vec::new();
        let usernames = usernames.iter().map(String::as_str);
        let written = match workbook {
            true => now.write_credentials_workbook_of(usernames, &mut bytes),
            false => now.write_credentials_of(usernames, &mut bytes),
        };
        written.map_err(|error| report::of_account(py, error, None))?;
        output.write_bytes(py, &bytes)
    }

    /// Sets the passwords of accounts from a credentials CSV or workbook (a path, bytes or a binary file), such as one
    /// that you handed out earlier. Returns counts: `set` for accounts that got a password, `unknown` for usernames
    /// that are not in the accounts, `blank` for rows without a password.
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

    /// Writes login cards as one HTML page to print on A4 at 100%, to a path or a binary file. Each class begins on a
    /// new sheet.
    ///
    /// sign_in_url: an https address, printed with a QR code.
    /// usernames: write only the cards of these accounts. If some are unknown, AccountNotFound is raised with their
    /// number.
    /// class_name, year_group: write only one class or year group.
    /// layout: 'a4-33', 'L7160' or 'L7163' (Avery labels), or 'large' for Reception.
    /// letters: print passwords in 'upper' case, in 'lower' case, or in 'both'.
    /// date: the date to print, today by default.
    /// wording: a dict of texts to use instead of the usual ones. Its keys are username, password, ask, sso, secret and
    /// continued.
    ///
    /// Raises AccountError if the address is invalid or too long, or if the class has no students. Raises ValueError
    /// for an unknown layout. After an error, nothing is written.
    #[pyo3(
        signature = (
            dest, *, sign_in_url=None, usernames=None, class_name=None, year_group=None, layout=None, letters=None,
            date=None, wording=None
        ),
        text_signature = "($self, dest, *, sign_in_url=None, usernames=None, class_name=None, year_group=None, \
                          layout='a4-33', letters='upper', date=None, wording=None)"
    )]
    #[allow(clippy::too_many_arguments)]
    fn write_cards(
        &self,
        dest: &Bound<'_, PyAny>,
        sign_in_url: Option<&Bound<'_, PyAny>>,
        usernames: Option<&Bound<'_, PyAny>>,
        class_name: Option<&Bound<'_, PyAny>>,
        year_group: Option<&Bound<'_, PyAny>>,
        layout: Option<&Bound<'_, PyAny>>,
        letters: Option<&Bound<'_, PyAny>>,
        date: Option<&Bound<'_, PyAny>>,
        wording: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let asked = Printing { sign_in_url, class_name, year_group, layout, letters, date, wording };
        self.print(dest, asked.cards(dest.py())?, usernames, |accounts, to, cards| accounts.write_cards(to, cards))
    }

    /// Writes one HTML page with a letter to the parents of each student. Each letter begins on a new sheet. Word
    /// processors can open the page.
    ///
    /// wording: {"letter": text} replaces the letter's text. In this text, {name}, {username}, {password}, {class},
    /// {year}, {address} and {date} stand for the student's values. A line with an unknown value is left out.
    /// The other arguments are those of write_cards.
    #[pyo3(
        signature = (
            dest, *, sign_in_url=None, usernames=None, class_name=None, year_group=None, letters=None, date=None,
            wording=None
        ),
        text_signature = "($self, dest, *, sign_in_url=None, usernames=None, class_name=None, year_group=None, \
                          letters='upper', date=None, wording=None)"
    )]
    #[allow(clippy::too_many_arguments)]
    fn write_letters(
        &self,
        dest: &Bound<'_, PyAny>,
        sign_in_url: Option<&Bound<'_, PyAny>>,
        usernames: Option<&Bound<'_, PyAny>>,
        class_name: Option<&Bound<'_, PyAny>>,
        year_group: Option<&Bound<'_, PyAny>>,
        letters: Option<&Bound<'_, PyAny>>,
        date: Option<&Bound<'_, PyAny>>,
        wording: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let asked = Printing { sign_in_url, class_name, year_group, letters, date, wording, ..Printing::default() };
        self.print(dest, asked.cards(dest.py())?, usernames, |accounts, to, cards| accounts.write_letters(to, cards))
    }

    /// Writes one HTML page with a list for each class. A list has names, usernames, a box to tick when the card is
    /// handed out, and room for notes.
    ///
    /// passwords: whether to list the passwords too. The default is False, because lists are often left lying about.
    /// wording: the same as for write_cards, but with the keys username, password, given and notes.
    /// The other arguments are those of write_cards.
    #[pyo3(
        signature = (
            dest, *, usernames=None, class_name=None, year_group=None, passwords=false, letters=None, date=None,
            wording=None
        ),
        text_signature = "($self, dest, *, usernames=None, class_name=None, year_group=None, passwords=False, \
                          letters='upper', date=None, wording=None)"
    )]
    #[allow(clippy::too_many_arguments)]
    fn write_class_list(
        &self,
        dest: &Bound<'_, PyAny>,
        usernames: Option<&Bound<'_, PyAny>>,
        class_name: Option<&Bound<'_, PyAny>>,
        year_group: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = named::passwords)] passwords: bool,
        letters: Option<&Bound<'_, PyAny>>,
        date: Option<&Bound<'_, PyAny>>,
        wording: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let asked = Printing { class_name, year_group, letters, date, wording, ..Printing::default() };
        let cards = asked.cards(dest.py())?.list_passwords(passwords);
        self.print(dest, cards, usernames, |accounts, to, cards| accounts.write_class_list(to, cards))
    }

    /// Returns the accounts as a pandas DataFrame with one column for each field except the password. pandas must be
    /// installed.
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

    /// Whether there is an account with this username, or an account equal to this one.
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

    /// Returns the first index of an account, as for any sequence. Raises ValueError if the account is not there.
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

    /// Returns how often an account appears, as for any sequence: once or never.
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

    /// Returns the accounts as a stream of Arrow batches, without passwords. Each batch is made on demand.
    ///
    /// requested_schema: the same as for a Roster.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        arrow::stream(py, self.now(), requested_schema.as_ref())
    }

    /// Returns HTML for a notebook: the number of active accounts in each year group, without a value of any account.
    fn _repr_html_(&self) -> String {
        let accounts = self.now();
        let active = accounts.iter().filter(|account| account.active);
        let counts = html::counts(active.map(|account| account.year_group));
        let active: usize = counts.values().sum();
        let sentence = format!("{} accounts, of which {active} are active. to_pandas() shows them.", accounts.len());
        html::counted(&sentence, ["Year group", "Active accounts"], &counts)
    }

    /// Returns a copy that changes independently.
    fn __copy__(&self) -> Self {
        Self(RwLock::new(self.now()))
    }

    fn __deepcopy__(&self, _memo: &Bound<'_, PyAny>) -> Self {
        self.__copy__()
    }

    /// Pickles the accounts, with passwords only within pickling_passwords().
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (String,)> {
        let now = slf.get().now();
        let passwords = values::pickles_passwords(slf.py())?;
        let kept =
            crate::ending::detach(slf.py(), || if passwords { now.to_json_with_passwords() } else { now.to_json() });
        Ok((slf.get_type().getattr("from_json")?, (kept,)))
    }
}

/// Iterates over the accounts as they were when the iteration began.
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

/// The Department for Education's ethnicity codes, without codes that a host added.
static DFE: LazyLock<Ethnicities> = LazyLock::new(Ethnicities::default);

/// One account, as it was when you asked for it. Its repr shows none of its data.
///
/// >>> account = onroll.create_accounts(onroll.read_csv("students.csv"))["Zoë Ahmed"]
/// >>> account.full_name, account.username, account.year_group, account.class_name
/// ('Zoë Ahmed', 'Zoë Ahmed', 'Reception', 'Acorns')
/// >>> account.gender, account.pupil_premium, account.ethnicity, account.send, account.eal
/// ('Female', False, 'OOTH', True, False)
/// >>> account.host_id, account.source_id, account.upn, account.upi
/// (None, None, None, None)
/// >>> account.active, account.may_sign_in, account.has_password, len(account.password.expose())
/// (True, True, True, 4)
/// >>> account.blocked, account.manual, account.own_fields, account.active_until
/// (False, False, [], None)
/// >>> account.matched_by, account.link  # set by `match_identity`
/// (None, None)
#[pyclass(frozen, module = "onroll")]
#[derive(Clone)]
pub(crate) struct Account {
    row: AccountRow,
    password: Option<onroll::Password>,
    /// The parts of the ethnicity code, if the host added it.
    ethnicity: Option<Parts>,
    /// The evidence for the match and the link to store, if match_identity found the account.
    found: Option<(&'static str, Option<onroll::Link>)>,
}

impl PartialEq for Account {
    /// Ignores `found`: how the account was found is not part of its value.
    fn eq(&self, other: &Self) -> bool {
        self.row == other.row && self.password == other.password
    }
}

impl Account {
    pub(crate) fn of(account: &onroll::Account<'_>) -> Self {
        Self::new(AccountRow::of(account, false), account.password.cloned(), account.ethnicity)
    }

    fn new(row: AccountRow, password: Option<onroll::Password>, ethnicity: &Ethnicity) -> Self {
        let is_own = Ethnicity::from_code(ethnicity.code()).is_none();
        Self { row, password, ethnicity: is_own.then(|| ethnicity::parts(ethnicity)), found: None }
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

    /// Your own id for the account, such as its primary key.
    #[getter]
    fn host_id(&self) -> Option<&str> {
        self.row.host_id.as_deref()
    }

    /// The student's id in the school's MIS or in Wonde, if known.
    #[getter]
    fn source_id(&self) -> Option<&str> {
        self.row.source_id.as_deref()
    }

    /// The unique pupil number, if known.
    #[getter]
    fn upn(&self) -> Option<&str> {
        self.row.upn.as_deref()
    }

    /// Wonde's id for the person, if known. It stays the same when a student enrols again under another source id.
    #[getter]
    fn upi(&self) -> Option<&str> {
        self.row.upi.as_deref()
    }

    /// The full name.
    #[getter]
    fn full_name(&self) -> &str {
        &self.row.full_name
    }

    /// The username.
    #[getter]
    fn username(&self) -> &str {
        &self.row.username
    }

    /// The year group as the school writes it.
    #[getter]
    fn year_group(&self) -> &str {
        &self.row.year_group
    }

    /// The class as the school writes it.
    #[getter]
    fn class_name(&self) -> &str {
        &self.row.class_name
    }

    /// 'Male', 'Female' or 'Non-Binary'; None if it is unknown or you do not store it.
    #[getter]
    fn gender(&self) -> Option<&str> {
        Some(self.row.gender.as_str()).filter(|gender| !gender.is_empty())
    }

    /// Whether the school receives the pupil premium for the student.
    #[getter]
    fn pupil_premium(&self) -> bool {
        self.row.pupil_premium
    }

    /// The ethnicity code, from the Department for Education or from `ethnicities`. It is a str with the attributes
    /// description, main_code and group.
    #[getter]
    fn ethnicity<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match &self.ethnicity {
            Some(own) => ethnicity::made(py, own.each_ref().map(String::as_str)),
            None => ethnicity::coded(py, &self.row.ethnicity, &DFE),
        }
    }

    /// Whether the student has special educational needs or a disability.
    #[getter]
    fn send(&self) -> bool {
        self.row.send
    }

    /// Whether English is an additional language for the student.
    #[getter]
    fn eal(&self) -> bool {
        self.row.eal
    }

    /// Whether the student is on roll. may_sign_in also checks whether the account is blocked.
    #[getter]
    fn active(&self) -> bool {
        self.row.active
    }

    /// Whether you or a teacher blocked the account. Plans never unblock it.
    #[getter]
    fn blocked(&self) -> bool {
        self.row.blocked
    }

    /// Whether the account was made by hand and is not from the MIS. Plans never deactivate it.
    #[getter]
    fn manual(&self) -> bool {
        self.row.manual
    }

    /// The names of the fields that you maintain yourself, so that plans do not change them.
    #[getter]
    fn own_fields(&self) -> Vec<&'static str> {
        self.row.own_fields.iter().map(|column| column.key()).collect()
    }

    /// The last day on which a leaver may sign in. The first plan after that day deactivates the account.
    #[getter]
    fn active_until<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.row.active_until.map(|day| date_object(py, day)).transpose()
    }

    /// Whether the student may sign in: the account is active and not blocked.
    #[getter]
    fn may_sign_in(&self) -> bool {
        self.row.active && !self.row.blocked
    }

    /// Whether the account has a password: as text, or as a hash that you store and declare with has_password in your
    /// rows.
    #[getter]
    fn has_password(&self) -> bool {
        self.row.has_password || self.password.is_some()
    }

    /// The password, if the account has one and you store it as text.
    #[getter]
    fn password(&self) -> Option<Password> {
        self.password.clone().map(Password)
    }

    /// If the account comes from match_identity, the evidence for the match: 'source-id', 'link' or 'email'. Otherwise
    /// None.
    #[getter]
    fn matched_by(&self) -> Option<&'static str> {
        self.found.as_ref().map(|(by, _)| *by)
    }

    /// If the account comes from match_identity, a new link for you to store. None if it is among the links that you
    /// passed.
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
    fn _restore(_class: &Bound<'_, PyType>, kept: &str, ethnicity: Option<Parts>) -> PyResult<Self> {
        let row: Result<AccountRow, _> = serde_json::from_str(kept);
        let mut row = row.map_err(|_| PyValueError::new_err("this is not a pickled account of this version"))?;
        let password = row.password.take().map(|password| onroll::Password::existing(&password));
        Ok(Self { row, password, ethnicity, found: None })
    }

    /// Returns the account itself, because it never changes.
    fn __copy__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __deepcopy__<'py>(slf: Bound<'py, Self>, _memo: &Bound<'py, PyAny>) -> Bound<'py, Self> {
        slf
    }

    /// Pickles the account, with its password only within pickling_passwords().
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (String, Option<Parts>)> {
        let own = slf.get();
        let mut row = own.row.clone();
        let passwords = values::pickles_passwords(slf.py())?;
        row.password = own.password.as_ref().filter(|_| passwords).map(|password| password.expose().to_owned());
        // Strings and booleans always serialize.
        Ok((
            slf.get_type().getattr("_restore")?,
            (serde_json::to_string(&row).unwrap_or_default(), own.ethnicity.clone()),
        ))
    }
}
