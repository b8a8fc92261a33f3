//! The Python class `Account`, one account as it was when onroll returned it, with all its attributes.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::LazyLock;

use onroll::account::AccountRow;
use onroll::values::{Ethnicities, Ethnicity};
use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyType};

use crate::ethnicity::{self, Parts};
use crate::input::date_object;
use crate::link::Link;
use crate::pickle::{self, Pickled};
use crate::rows::FIELDS;
use crate::values::Password;

/// The Department for Education's ethnicity codes, without codes that a host added.
pub(super) static DFE: LazyLock<Ethnicities> = LazyLock::new(Ethnicities::default);

/// One account, as it was when onroll returned it. Its repr shows none of its data.
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
    pub(super) row: AccountRow,
    password: Option<onroll::Password>,
    /// The parts of the ethnicity code, if the host added it.
    ethnicity: Option<Parts>,
    /// The evidence for the match and the link to store, if match_identity found the account.
    found: Option<(&'static str, Option<onroll::identity::Link>)>,
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

    pub(super) fn new(row: AccountRow, password: Option<onroll::Password>, ethnicity: &Ethnicity) -> Self {
        let is_own = Ethnicity::from_code(ethnicity.code()).is_none();
        Self { row, password, ethnicity: is_own.then(|| ethnicity::parts(ethnicity)), found: None }
    }

    pub(crate) fn found(self, by: &'static str, link: Option<onroll::identity::Link>) -> Self {
        Self { found: Some((by, link)), ..self }
    }
}

#[pymethods]
impl Account {
    #[classattr]
    fn __match_args__<'py>(py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, FIELDS)
    }

    /// Your own id for the account, such as its primary key in your database.
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

    /// Wonde's id for the person, if known. It stays the same if the student enrols again with a new source id.
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

    /// Whether the student is on roll. `may_sign_in` also checks whether the account is blocked.
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

    /// The names of the fields that you maintain yourself. Plans do not change these fields.
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

    /// Whether the account has a password. The password is text, or a hash that you declare with has_password in your
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

    /// The evidence for the match, if the account comes from match_identity: 'source-id', 'link' or 'email'. Otherwise
    /// None.
    #[getter]
    fn matched_by(&self) -> Option<&'static str> {
        self.found.as_ref().map(|(by, _)| *by)
    }

    /// A new link for you to store, if the account comes from match_identity. None if you passed this link to
    /// match_identity.
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
        let mut row = row.map_err(|_| pickle::damaged())?;
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

    /// Pickles the account. Its password is included only inside `with pickling_passwords():`.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (String, Option<Parts>)> {
        let own = slf.get();
        let mut row = own.row.clone();
        let passwords = pickle::pickles_passwords(slf.py())?;
        row.password = own.password.as_ref().filter(|_| passwords).map(|password| password.expose().to_owned());
        // Strings and booleans always serialize.
        Ok((
            slf.get_type().getattr("_restore")?,
            (serde_json::to_string(&row).unwrap_or_default(), own.ethnicity.clone()),
        ))
    }
}
