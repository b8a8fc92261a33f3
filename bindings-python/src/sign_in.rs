//! Signing in: identities, whose account they may open, and how often a password may be guessed.

use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use onroll::{AttemptPolicy, Links};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyMapping, PyString, PyType};

use crate::accounts::{Account, Accounts};
use crate::errors;
use crate::input::{Text, argument, instant, named, wrong};
use crate::link::link;

/// Who an identity provider says that somebody is: from MyLogin, or from the claims of any OpenID Connect library. It is of this
/// moment, and not for storing; what is stored is a Link.
#[pyclass(frozen, module = "onroll")]
pub(crate) struct Identity(pub(crate) onroll::Identity);

/// The time that a caller gives, or the computer's.
pub(crate) fn now(given: Option<&Bound<'_, PyAny>>) -> PyResult<DateTime<Utc>> {
    given.map_or_else(|| Ok(Utc::now()), |now| instant("now", now))
}

#[pymethods]
impl Identity {
    /// Who MyLogin's user says that somebody is: the JSON of its user endpoint, as str or bytes.
    ///
    /// vouch_for_email: at this school the address is this person's and nobody else's; MyLogin does not say whether it is verified.
    /// now: an aware datetime; the computer's time where it is None. Raises IdentityError.
    #[classmethod]
    #[pyo3(signature = (user_json, *, vouch_for_email=false, now=None))]
    fn from_json(
        _class: &Bound<'_, PyType>,
        user_json: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = named::vouch_for_email)] vouch_for_email: bool,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let identity = onroll::Identity::from_mylogin(&bytes("user_json", user_json)?, self::now(now)?);
        let identity = identity.map_err(|error| errors::of_identity(user_json.py(), error))?;
        Ok(Self(if vouch_for_email { identity.vouch_for_email() } else { identity }))
    }

    /// Who verified claims say that somebody is: the payload of an ID token, as a mapping or as JSON, after an OpenID Connect library
    /// has checked its signature and its nonce. Neither school nor kind is in it: see of_school and as_student.
    ///
    /// client_id: the application that the claims must be made for.
    /// trusted_issuers: issuers that you know to verify email addresses; `email_verified` counts of these alone.
    /// now: an aware datetime; the computer's time where it is None. Raises IdentityError.
    #[classmethod]
    #[pyo3(
        signature = (claims, client_id, *, trusted_issuers=Vec::new(), now=None),
        text_signature = "($type, claims, client_id, *, trusted_issuers=(), now=None)"
    )]
    fn from_claims(
        _class: &Bound<'_, PyType>,
        claims: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = named::client_id)] client_id: Text,
        #[pyo3(from_py_with = named::trusted_issuers)] trusted_issuers: Vec<Text>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let py = claims.py();
        let claims = match claims.cast::<PyMapping>() {
            Ok(mapping) => {
                let plain = py.get_type::<pyo3::types::PyDict>().call1((mapping,))?;
                let text = py.import("json")?.call_method1("dumps", (plain,))?;
                text.extract::<String>()?.into_bytes()
            }
            Err(_) => bytes("claims", claims)?,
        };
        let trusted: Vec<&str> = trusted_issuers.iter().map(|issuer| &**issuer).collect();
        let identity = onroll::Identity::from_claims(&claims, &client_id, &trusted, self::now(now)?);
        identity.map(Self).map_err(|error| errors::of_identity(py, error))
    }

    /// The same at this school, as Wonde numbers them: by the host's own table of which school has which tenant.
    fn of_school(&self, #[pyo3(from_py_with = named::school_id)] school_id: Text) -> Self {
        Self(self.0.clone().of_school(school_id))
    }

    /// The same as a student: claims do not say it, and the host knows by a group or an organisational unit.
    fn as_student(&self) -> Self {
        Self(self.0.clone().as_student())
    }

    /// The same with the host vouching for the address: at this school it is this person's and nobody else's.
    fn vouch_for_email(&self) -> Self {
        Self(self.0.clone().vouch_for_email())
    }

    /// 'mylogin', or the issuer of the claims.
    #[getter]
    fn provider(&self) -> &str {
        self.0.provider()
    }

    /// The provider's own id of this person.
    #[getter]
    fn subject(&self) -> &str {
        self.0.subject()
    }

    /// 'student', 'staff' or 'unknown'.
    #[getter]
    fn kind(&self) -> &'static str {
        self.0.kind().as_str()
    }

    /// The school, as Wonde numbers them, if it is known.
    #[getter]
    fn school_id(&self) -> Option<&str> {
        self.0.school_id()
    }

    /// The id that Wonde gives this person, if the school has matched them.
    #[getter]
    fn source_id(&self) -> Option<&str> {
        self.0.source_id()
    }

    /// The email address, in the letter case of the provider.
    #[getter]
    fn email(&self) -> Option<&str> {
        self.0.email()
    }

    /// Whether the provider, or the host, vouches that the address is this person's.
    #[getter]
    fn email_vouched(&self) -> bool {
        self.0.is_email_vouched()
    }

    /// The organisation as the provider knows it: Google's hd, Microsoft's tid.
    #[getter]
    fn tenant(&self) -> Option<&str> {
        self.0.tenant()
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().0 == self.0)
    }

    fn __repr__(&self) -> String {
        format!("<onroll.Identity: {}>", self.0.kind().as_str())
    }
}

fn bytes(name: &str, object: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    match object.cast::<PyString>() {
        Ok(_) => Ok(String::from(argument::<Text>(name, "a str or bytes", object)?).into_bytes()),
        Err(_) => argument(name, "a str or bytes", object),
    }
}

/// The account of a school that a person may open: by Wonde's id first, then by a link of an earlier sign-in, then, where the accounts
/// came from a CSV with the email address as username, by an address that the provider vouches for.
///
/// school_id: the school's id with Wonde, as the host knows it, never as a browser sends it.
/// links: what earlier sign-ins gave: Link, or mappings or tuples of provider, subject, school_id and username.
/// Gives the account; its `link` is for the host to store, and None where it is stored. Raises SignInRefused, with the reason.
#[pyfunction]
#[pyo3(signature = (identity, accounts, *, school_id, links=None), text_signature = "(identity, accounts, *, school_id, links=())")]
pub(crate) fn match_identity(
    identity: &Bound<'_, PyAny>,
    accounts: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = named::school_id)] school_id: Text,
    links: Option<&Bound<'_, PyAny>>,
) -> PyResult<Account> {
    let py = identity.py();
    let identity: Bound<'_, Identity> = argument("identity", "an Identity", identity)?;
    let accounts = argument::<Bound<'_, Accounts>>("accounts", "Accounts", accounts)?.get().now();
    let links: Links = match links {
        Some(links) => {
            let rows = links.try_iter().map_err(|_| wrong("links", "an iterable of links", links))?;
            let link = |(number, row): (usize, PyResult<_>)| link(&format!("links[{number}]"), &row?);
            rows.enumerate().map(link).collect::<PyResult<_>>()?
        }
        None => Links::new(),
    };
    match onroll::match_identity(&identity.get().0, &accounts, &school_id, &links) {
        Ok(found) => Ok(Account::of(&found.account).found(found.by.as_str(), found.link)),
        Err(refused) => Err(errors::of_refused(py, refused)),
    }
}

/// The wrong passwords of one school: a state that the host stores with the school and changes by one sign-in at a time. It holds hashes
/// of usernames, and no password.
///
/// lock_after: at which wrong password an account locks, until a teacher gives a new one; at least 3.
/// taken_back: how many wrong ones a right password takes back.
/// school_a_day: how many wrong ones a whole school may type in a day, some one for every five students; at least 10.
#[pyclass(frozen, module = "onroll")]
pub(crate) struct Attempts {
    policy: AttemptPolicy,
    kept: Mutex<onroll::Attempts>,
}

fn policy(lock_after: u32, taken_back: u32, school_a_day: u32) -> AttemptPolicy {
    AttemptPolicy::new().lock_after(lock_after).taken_back(taken_back).school_a_day(school_a_day)
}

impl Attempts {
    fn kept(&self) -> MutexGuard<'_, onroll::Attempts> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Attempts {
    #[new]
    #[pyo3(signature = (*, lock_after=10, taken_back=2, school_a_day=100))]
    fn new(
        #[pyo3(from_py_with = named::lock_after)] lock_after: u32,
        #[pyo3(from_py_with = named::taken_back)] taken_back: u32,
        #[pyo3(from_py_with = named::school_a_day)] school_a_day: u32,
    ) -> Self {
        Self { policy: policy(lock_after, taken_back, school_a_day), kept: Mutex::default() }
    }

    /// The account of a username and password, if both are right; else what was tried is counted. An unknown username takes the work
    /// of a known one and gets its answer.
    ///
    /// now: an aware datetime; the computer's time where it is None.
    /// Raises SignInRefused: not-recognised, too-soon, locked, school-paused, or inactive. Store the attempts in each case.
    #[pyo3(signature = (accounts, username, password, *, now=None))]
    fn sign_in(
        &self,
        accounts: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = named::username)] username: Text,
        #[pyo3(from_py_with = named::password)] password: Text,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Account> {
        let py = accounts.py();
        let now = self::now(now)?;
        let accounts = argument::<Bound<'_, Accounts>>("accounts", "Accounts", accounts)?.get().now();
        let found = self.kept().sign_in(&self.policy, &accounts, &username, &password, now);
        found.map(|account| Account::of(&account)).map_err(|refused| errors::of_refused(py, refused))
    }

    /// sign_in for a host that keeps only hashes: verify says whether what was typed is the password of the account.
    ///
    /// verify: called as verify(account, typed), once for each try that is counted. Where there is no account it is called with None:
    /// verify some hash all the same, so that it takes as long. now: as in sign_in.
    /// Raises SignInRefused as sign_in does, or what verify raises. Store the attempts in each case.
    #[pyo3(signature = (accounts, username, password, verify, *, now=None))]
    fn sign_in_by(
        &self,
        accounts: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = named::username)] username: Text,
        #[pyo3(from_py_with = named::password)] password: Text,
        verify: &Bound<'_, PyAny>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Account> {
        const LONGEST_TYPED: usize = 1024;
        let py = accounts.py();
        let now = self::now(now)?;
        if !verify.is_callable() {
            return Err(wrong("verify", "a function", verify));
        }
        let accounts = argument::<Bound<'_, Accounts>>("accounts", "Accounts", accounts)?.get().now();
        let found = accounts.find_for_sign_in(&username);
        let counted = found.map_or(&*username, |account| account.username);
        self.kept().begin(&self.policy, counted, now).map_err(|refused| errors::of_refused(py, refused))?;
        // Not while the state is held: what verifies may look at it.
        let typed = if password.len() <= LONGEST_TYPED { &*password } else { "" };
        let answer = verify.call1((found.map(|account| Account::of(&account)), typed))?;
        let is_right = argument::<bool>("what verify returns", "a bool", &answer)?;
        let is_right = is_right && !onroll::Password::canonical_form(typed).is_empty();
        let settled = self.kept().settle(&self.policy, &accounts, found.map(|account| account.username), is_right);
        settled.map(|account| Account::of(&account)).map_err(|refused| errors::of_refused(py, refused))
    }

    /// Counts a try, before it is known whether it is right: for hosts that keep hashes and compare for themselves.
    /// Raises SignInRefused: too-soon, locked, school-paused. Then nothing may be compared.
    #[pyo3(signature = (username, *, now=None))]
    fn begin(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = named::username)] username: Text,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let now = self::now(now)?;
        self.kept().begin(&self.policy, &username, now).map_err(|refused| errors::of_refused(py, refused))
    }

    /// The try that begin counted was right.
    fn succeeded(&self, #[pyo3(from_py_with = named::username)] username: Text) {
        self.kept().succeeded(&self.policy, &username);
    }

    /// Forgets the wrong passwords of an account: when a teacher has given it a new one, and not otherwise.
    fn unlock(&self, #[pyo3(from_py_with = named::username)] username: Text) {
        self.kept().unlock(&username);
    }

    /// Whether an account is locked, for a teacher to see.
    fn is_locked(&self, #[pyo3(from_py_with = named::username)] username: Text) -> bool {
        self.kept().is_locked(&self.policy, &username)
    }

    /// The state as JSON, to be stored.
    fn to_json(&self) -> PyResult<String> {
        serde_json::to_string(&*self.kept()).map_err(|error| PyValueError::new_err(error.to_string()))
    }

    /// What to_json gave, with the policy anew. Raises ValueError.
    #[classmethod]
    #[pyo3(signature = (text, *, lock_after=10, taken_back=2, school_a_day=100))]
    fn from_json(
        _class: &Bound<'_, PyType>,
        #[pyo3(from_py_with = named::text_)] text: Text,
        #[pyo3(from_py_with = named::lock_after)] lock_after: u32,
        #[pyo3(from_py_with = named::taken_back)] taken_back: u32,
        #[pyo3(from_py_with = named::school_a_day)] school_a_day: u32,
    ) -> PyResult<Self> {
        let kept = serde_json::from_str(&text).map_err(|_| PyValueError::new_err("this is not JSON of Attempts"))?;
        Ok(Self { policy: policy(lock_after, taken_back, school_a_day), kept: Mutex::new(kept) })
    }

    fn __repr__(&self) -> &'static str {
        "<onroll.Attempts>"
    }
}
