//! The Python methods of `Accounts`. Longer ones are in the other files of this folder.

use std::sync::RwLock;

use onroll::account::AccountRow;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyType};

use super::import::ImportOptions;
use super::iterator::AccountsIterator;
use super::printing::PrintOptions;
use super::usernames::{each_username, username_of};
use super::{Account, Accounts, credentials, edit, import, merge, notebook, printing, search, transfer};
use crate::input::{Text, argument, date_object, named};
use crate::pickle::{self, Pickled};
use crate::values::PasswordPolicy;
use crate::{arrow, pandas, report};

#[pymethods]
impl Accounts {
    /// Creates accounts from your own rows. A row is a mapping by field name, such as a row of a database cursor, or an
    /// object whose attributes have the names of the fields. host_id is your own id for the row. Each change in a plan
    /// repeats this id. Plans never change the fields blocked, manual and own_fields, which you set. A plan can set
    /// active_until for a leaver. It removes active_until if the student stays, or when it deactivates the leaver's
    /// account. Set has_password if you store a hash of the account's password. fill_passwords() then does not replace
    /// that password. You can leave out fields that you do not store. A flag is then False, ethnicity is NOBT, active
    /// is True, and the password is unknown. Raises AccountError with the report if a row is wrong.
    #[classmethod]
    ///
    /// school_id: any id that you use for the school. If you pass an id, plan() refuses the roster of another school.
    /// last_promotion: the date on which the school last moved up by a year, from `accounts.last_promotion`.
    /// ethnicities: additional ethnicity codes, and additional words for codes, as for read_csv.
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
        let options = ImportOptions { sign_in, school_id, last_promotion, ethnicities };
        import::from_rows(rows, &options).map(Self::new)
    }

    /// Creates accounts from a table: any object that offers Arrow's stream interface. The columns have the names of
    /// the fields in from_rows.
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
        let options = ImportOptions { sign_in, school_id, last_promotion, ethnicities };
        import::from_arrow(table, &options).map(Self::new)
    }

    /// Reads accounts from JSON that to_json wrote. Raises AccountError for any other text.
    #[classmethod]
    fn from_json(_class: &Bound<'_, PyType>, text: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = text.py();
        let text: Text = argument("text", "a str", text)?;
        let made = crate::ending::detach(py, || onroll::Accounts::from_json(&text));
        made.map(Self::new).map_err(|error| report::of_account(py, error, None))
    }

    /// Returns the accounts as JSON. The JSON contains passwords only with passwords=True.
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

    /// Returns the accounts whose username has the same username_key as another account's username. In older versions
    /// of onroll, different kinds of apostrophe or hyphen gave different keys. So two accounts that such a version
    /// created can share a key now. Accounts that share a key cannot sign in with a password until you rename one of
    /// them.
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

    /// Changes the account with this username, and returns the account. The new values are checked as in an import.
    /// Other fields stay unchanged.
    /// own_fields: the names of the fields that you maintain yourself. Plans do not change these fields.
    /// active_until: a date, or '' to remove the date.
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
        let edit = edit::edit(changes)?;
        self.change(account.py(), None, |accounts| accounts.edit(&username, &edit).map(|account| Account::of(&account)))
    }

    /// The day of the last plan that moved the school up by a year, if known.
    #[getter]
    fn last_promotion<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let day = self.read().last_promotion();
        day.map(|day| date_object(py, day)).transpose()
    }

    /// Moves an account to the Accounts of another school. Use it for a student who moves between two of your schools.
    /// The account keeps its username, password, host_id and UPN. It loses its source id, active_until and own_fields.
    /// Raises AccountNotFound. Raises AccountError if `to` is the same school or has a different `sign_in`. Also raises
    /// AccountError if `to` already has an account with the same username, UPN or host_id.
    fn transfer(&self, username: &Bound<'_, PyAny>, to: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = username.py();
        let username = username_of("username", username)?;
        let to = argument::<Bound<'_, Accounts>>("to", "Accounts", to)?;
        transfer::transfer(py, &username, self, to.get())
    }

    /// Merges two accounts that belong to one child, and returns the removed account without its password. `keep` keeps
    /// its username, password and host_id. Raises AccountNotFound. Raises AccountError if `keep` and `gone` are the
    /// same account, or if their ids show that they belong to two students.
    fn merge(&self, keep: &Bound<'_, PyAny>, gone: &Bound<'_, PyAny>) -> PyResult<Account> {
        let py = keep.py();
        let (keep, gone) = (username_of("keep", keep)?, username_of("gone", gone)?);
        merge::merge(py, self, &keep, &gone)
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

    /// Gives new passwords to the active accounts in a class, and returns these accounts. You can then print only their
    /// cards: `write_cards(dest, usernames=accounts.reset_class("5A"))`. Raises AccountError if the class has no
    /// accounts.
    ///
    /// year_group: reset only the class in this year group. By default, classes with this name in all year groups are
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
    /// AccountError if the password is too short or easy to guess for this student. The error has a text for the
    /// teacher, and a code in `reason`.
    fn set_password(&self, username: &Bound<'_, PyAny>, chosen: &Bound<'_, PyAny>) -> PyResult<Account> {
        let py = username.py();
        let (username, chosen) = (username_of("username", username)?, argument::<Text>("chosen", "a str", chosen)?);
        self.change(py, None, |accounts| accounts.set_password(&username, &chosen).map(|account| Account::of(&account)))
    }

    /// Gives a password to every active account that has none, and returns the number of these accounts. It skips
    /// accounts for which you set has_password: see from_rows().
    #[pyo3(signature = (*, passwords=None))]
    fn fill_passwords(&self, py: Python<'_>, passwords: Option<&Bound<'_, PyAny>>) -> PyResult<usize> {
        let policy = PasswordPolicy::or_default(passwords)?;
        self.change(py, None, |accounts| accounts.fill_passwords(&policy))
    }

    /// Writes the credentials as CSV for Excel, to a path or a binary file. If you pass `usernames`, it writes only
    /// these accounts. If some usernames are unknown, it raises AccountNotFound with the number of unknown usernames.
    /// If `workbook` is True, it writes an Excel workbook instead of CSV. Only the owner can read the file.
    #[pyo3(signature = (dest, *, usernames=None, workbook=false))]
    fn write_credentials(
        &self,
        dest: &Bound<'_, PyAny>,
        usernames: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = named::workbook)] workbook: bool,
    ) -> PyResult<()> {
        credentials::write(&self.now(), dest, usernames, workbook)
    }

    /// Sets the passwords of accounts from a credentials CSV or workbook (a path, bytes or a binary file), such as a
    /// file that write_credentials wrote. Returns counts: `set` for accounts that got a password, `unknown` for
    /// usernames that are not in the accounts, `blank` for rows without a password.
    fn read_credentials<'py>(&self, source: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
        credentials::read(self, source)
    }

    /// Writes login cards as one HTML page to print on A4 at 100%, to a path or a binary file. Each class begins on a
    /// new sheet.
    ///
    /// sign_in_url: an https address, printed with a QR code.
    /// usernames: write only the cards of these accounts. If some usernames are unknown, AccountNotFound is raised with
    /// the number of unknown usernames.
    /// class_name, year_group: write only the accounts in this class or year group.
    /// layout: 'a4-33', 'L7160' or 'L7163' (Avery labels), or 'large' for Reception.
    /// letters: print passwords in 'upper' case, in 'lower' case, or in 'both' cases.
    /// date: the date to print, today by default.
    /// wording: a dict of texts that replace the default texts. Its keys are username, password, ask, sso, secret and
    /// continued.
    ///
    /// Raises AccountError if the address is invalid or too long, or if the class has no students. Raises ValueError
    /// for an unknown layout. After an error, nothing is written.
    #[pyo3(
        signature = (dest, **options),
        text_signature = "($self, dest, *, sign_in_url=None, usernames=None, class_name=None, year_group=None, \
                          layout='a4-33', letters='upper', date=None, wording=None)"
    )]
    fn write_cards(&self, dest: &Bound<'_, PyAny>, options: Option<&Bound<'_, PyDict>>) -> PyResult<()> {
        let options = PrintOptions::of("write_cards", options)?;
        printing::print(&self.now(), dest, &options, |accounts, to, cards| accounts.write_cards(to, cards))
    }

    /// Writes one HTML page with a letter to the parents of each student. Each letter begins on a new sheet. Word
    /// processors can open the page.
    ///
    /// wording: {"letter": text} replaces the letter's text. In this text, {name}, {username}, {password}, {class},
    /// {year}, {address} and {date} stand for the student's values. A line with an unknown value is left out.
    /// The other arguments are the same as for write_cards.
    #[pyo3(
        signature = (dest, **options),
        text_signature = "($self, dest, *, sign_in_url=None, usernames=None, class_name=None, year_group=None, \
                          letters='upper', date=None, wording=None)"
    )]
    fn write_letters(&self, dest: &Bound<'_, PyAny>, options: Option<&Bound<'_, PyDict>>) -> PyResult<()> {
        let options = PrintOptions::of("write_letters", options)?;
        printing::print(&self.now(), dest, &options, |accounts, to, cards| accounts.write_letters(to, cards))
    }

    /// Writes one HTML page with a list for each class. A list has names, usernames, a box to tick when the card is
    /// handed out, and space for notes.
    ///
    /// passwords: whether to list the passwords too. The default is False, because lists are often left lying about.
    /// wording: the same as for write_cards, but with the keys username, password, given and notes.
    /// The other arguments are the same as for write_cards.
    #[pyo3(
        signature = (dest, **options),
        text_signature = "($self, dest, *, usernames=None, class_name=None, year_group=None, passwords=False, \
                          letters='upper', date=None, wording=None)"
    )]
    fn write_class_list(&self, dest: &Bound<'_, PyAny>, options: Option<&Bound<'_, PyDict>>) -> PyResult<()> {
        let options = PrintOptions::of("write_class_list", options)?;
        printing::print(&self.now(), dest, &options, |accounts, to, cards| accounts.write_class_list(to, cards))
    }

    /// Returns the accounts as a pandas DataFrame with one column for each field except the password. pandas must be
    /// installed.
    fn to_pandas<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        pandas::to_pandas(py, self.now().as_ref())
    }

    /// Returns the accounts as dicts by field name, without passwords.
    fn to_dicts<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        pandas::to_dicts(py, self.now().as_ref())
    }

    fn __len__(&self) -> usize {
        self.read().len()
    }

    fn __getitem__<'py>(&self, index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        search::item(&self.now(), index)
    }

    fn __iter__(&self) -> AccountsIterator {
        AccountsIterator::new(self.now(), false)
    }

    fn __reversed__(&self) -> AccountsIterator {
        AccountsIterator::new(self.now(), true)
    }

    /// Returns whether there is an account with this username, or an account equal to this one.
    fn __contains__(&self, item: &Bound<'_, PyAny>) -> bool {
        search::contains(&self.read(), item)
    }

    /// Returns the first index of an account, as for any sequence. Raises ValueError if the account is not found.
    #[pyo3(signature = (value, start=0, stop=None))]
    fn index(
        &self,
        value: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = named::start)] start: isize,
        #[pyo3(from_py_with = named::stop)] stop: Option<isize>,
    ) -> PyResult<usize> {
        search::position(&self.now(), value, start, stop)
    }

    /// Returns how often an account appears: 1 or 0.
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
        notebook::html(&self.now())
    }

    /// Returns a copy that changes independently.
    fn __copy__(&self) -> Self {
        Self(RwLock::new(self.now()))
    }

    fn __deepcopy__(&self, _memo: &Bound<'_, PyAny>) -> Self {
        self.__copy__()
    }

    /// Pickles the accounts. Their passwords are included only inside `with pickling_passwords():`.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (String,)> {
        let kept = slf.get().to_json(slf.py(), pickle::pickles_passwords(slf.py())?);
        Ok((slf.get_type().getattr("from_json")?, (kept,)))
    }
}
