//! The Python classes `Identity` and `Attempts`, and `match_identity`.

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
use crate::values::{self, Pickled};

/// A person's identity at a provider, from MyLogin or from the claims of any OpenID Connect library. It is valid only
/// now, so do not store it. Store the account's Link instead.
///
/// >>> from datetime import datetime, timezone
/// >>> claims = {"iss": "https://idp.example", "sub": "17", "aud": "our-app", "exp": 1788777000, "email": "amy@oak.example"}
/// >>> identity = onroll.Identity.from_claims(claims, "our-app", now=datetime(2026, 9, 7, 9, tzinfo=timezone.utc))
/// >>> identity.provider, identity.subject, identity.email, identity.email_vouched
/// ('https://idp.example', '17', 'amy@oak.example', False)
/// >>> identity.tenant, identity.source_id
/// (None, None)
/// >>> identity = identity.of_school("A1329183376").as_student().vouch_for_email()
/// >>> identity.school_id, identity.kind, identity.email_vouched
/// ('A1329183376', 'student', True)
///
/// >>> user = {"data": {"id": "17", "type": "student", "email": None, "service_providers": {"wonde": {"service_provider_id": "A77"}},
/// ...                  "organisation": {"wonde_id": "A1329183376"}}}
/// >>> import json
/// >>> onroll.Identity.from_json(json.dumps(user)).source_id  # a user from MyLogin
/// 'A77'
#[pyclass(frozen, module = "onroll")]
pub(crate) struct Identity(pub(crate) onroll::Identity);

/// Reads the argument `now`. None means the computer's time.
pub(crate) fn now(given: Option<&Bound<'_, PyAny>>) -> PyResult<DateTime<Utc>> {
    given.map_or_else(|| Ok(Utc::now()), |now| instant("now", now))
}

#[pymethods]
impl Identity {
    /// Reads the identity from the JSON of MyLogin's user endpoint, as str or bytes.
    ///
    /// vouch_for_email: treat the address as verified, because at this school it belongs only to this person. MyLogin
    /// does not say whether it verified the address.
    /// now: an aware datetime. None means the computer's time. Raises IdentityError.
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

    /// Reads an identity from verified claims. Pass the payload of an ID token, as a mapping or as JSON, after an
    /// OpenID Connect library has checked its signature and its nonce. The claims contain neither the school nor the
    /// person's role: add them with of_school and as_student.
    ///
    /// client_id: your application's id. The claims must be made for this application.
    /// trusted_issuers: issuers that verify email addresses, as far as you know. The claim `email_verified` counts only
    /// for these issuers.
    /// now: an aware datetime. None means the computer's time. Raises IdentityError.
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

    /// Returns the same identity at a school. Pass the school's id at Wonde, and look the id up in your own table of
    /// tenants and schools.
    fn of_school(&self, #[pyo3(from_py_with = named::school_id)] school_id: Text) -> Self {
        Self(self.0.clone().of_school(school_id))
    }

    /// Returns the same identity, marked as a student. Claims do not contain the role, so decide by the person's group
    /// or organisational unit.
    fn as_student(&self) -> Self {
        Self(self.0.clone().as_student())
    }

    /// Returns the same identity with its email address marked as verified. By this call, you confirm that at this
    /// school the address belongs only to this person.
    fn vouch_for_email(&self) -> Self {
        Self(self.0.clone().vouch_for_email())
    }

    /// 'mylogin', or the issuer of the claims.
    #[getter]
    fn provider(&self) -> &str {
        self.0.provider()
    }

    /// The provider's own id for this person.
    #[getter]
    fn subject(&self) -> &str {
        self.0.subject()
    }

    /// 'student', 'staff' or 'unknown'.
    #[getter]
    fn kind(&self) -> &'static str {
        self.0.kind().as_str()
    }

    /// The school's id at Wonde, if known.
    #[getter]
    fn school_id(&self) -> Option<&str> {
        self.0.school_id()
    }

    /// Wonde's id for this person, if the school has matched the person.
    #[getter]
    fn source_id(&self) -> Option<&str> {
        self.0.source_id()
    }

    /// The email address, in upper and lower case as the provider writes it.
    #[getter]
    fn email(&self) -> Option<&str> {
        self.0.email()
    }

    /// Whether the provider or you verified that the address belongs to this person.
    #[getter]
    fn email_vouched(&self) -> bool {
        self.0.is_email_vouched()
    }

    /// The organisation's id at the provider: Google's hd or Microsoft's tid.
    #[getter]
    fn tenant(&self) -> Option<&str> {
        self.0.tenant()
    }

    /// Returns the identity itself, because it never changes.
    fn __copy__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __deepcopy__<'py>(slf: Bound<'py, Self>, _memo: &Bound<'py, PyAny>) -> Bound<'py, Self> {
        slf
    }

    /// Raises TypeError, because an identity is valid only now and must not be pickled.
    fn __reduce__(&self) -> PyResult<()> {
        Err(values::not_pickled(
            "an Identity is valid only now and cannot be pickled; store the Link from match_identity",
        ))
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

/// Returns the account that a person may open at a school. It matches first by Wonde's id, then by a link from an
/// earlier sign-in. If the accounts came from a CSV with email addresses as usernames, it then matches by an email
/// address that the provider verified.
///
/// school_id: the school's id at Wonde. Look it up yourself, and never trust the browser for it.
/// links: the links that you stored after earlier sign-ins, each as a Link, or as a mapping or a tuple of provider,
/// subject, school_id and username.
/// Store the account's `link`, unless it is None because you have stored it already. Raises SignInRefused, with the
/// reason.
///
/// >>> from datetime import datetime, timezone
/// >>> csv = onroll.template_csv() + "Amy Lee,amy@oak.example,Year 5,5A,Female,No,WBRI,No,No"
/// >>> accounts = onroll.create_accounts(onroll.read_csv(csv.encode(), sign_in="sso"))
/// >>> claims = {"iss": "https://idp.example", "sub": "17", "aud": "our-app", "exp": 1788777000, "email": "amy@oak.example"}
/// >>> identity = onroll.Identity.from_claims(claims, "our-app", now=datetime(2026, 9, 7, 9, tzinfo=timezone.utc))
/// >>> identity = identity.of_school("A1329183376").as_student().vouch_for_email()
/// >>> account = onroll.match_identity(identity, accounts, school_id="A1329183376")
/// >>> account.full_name, account.matched_by, account.link.subject
/// ('Amy Lee', 'email', '17')
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

/// Counts the wrong passwords at one school. Store this value with the school, and process one sign-in at a time. It
/// contains hashes of usernames, and no passwords.
///
/// lock_after: the number of wrong passwords after which an account is locked, until a teacher gives it a new password.
/// At least 3.
/// taken_back: the number of wrong passwords that one right password cancels.
/// school_a_day: the number of wrong passwords that a whole school may type in a day. Allow about one for every five
/// students, and at least 10.
///
/// >>> accounts = onroll.create_accounts(onroll.read_csv("students.csv"))
/// >>> typed = accounts["Zoë Ahmed"].password.expose().lower()
/// >>> attempts = onroll.Attempts()
/// >>> attempts.sign_in(accounts, "zoe ahmed", typed).full_name
/// 'Zoë Ahmed'
/// >>> attempts.is_locked("Zoë Ahmed")
/// False
/// >>> attempts.unlock("Zoë Ahmed")  # a teacher gave a new password
/// >>> attempts = onroll.Attempts.from_json(attempts.to_json())
///
/// >>> accounts = onroll.create_accounts(onroll.read_csv("students.csv"))
/// >>> typed = accounts["Zoë Ahmed"].password.expose().lower()
/// >>> attempts = onroll.Attempts()
/// >>> attempts.begin("Zoë Ahmed")  # then store the attempts, and compare your hash
/// >>> attempts.succeeded("Zoë Ahmed")
/// >>> def verify(account, typed):
/// ...     return account is not None and account.password.matches(typed)  # or compare a hash from your database
/// >>> attempts.sign_in_by(accounts, "zoe ahmed", typed, verify).full_name
/// 'Zoë Ahmed'
#[pyclass(frozen, module = "onroll")]
pub(crate) struct Attempts {
    policy: AttemptPolicy,
    /// The numbers from which the policy was made.
    choices: [u32; 3],
    kept: Mutex<onroll::Attempts>,
}

fn policy(lock_after: u32, taken_back: u32, school_a_day: u32) -> PyResult<AttemptPolicy> {
    let policy = AttemptPolicy::new().taken_back(taken_back).lock_after(lock_after);
    let policy = policy.and_then(|policy| policy.school_a_day(school_a_day));
    policy.map_err(|error| PyValueError::new_err(error.to_string()))
}

impl Attempts {
    fn with(kept: onroll::Attempts, choices: [u32; 3]) -> PyResult<Self> {
        let [lock_after, taken_back, school_a_day] = choices;
        Ok(Self { policy: policy(lock_after, taken_back, school_a_day)?, choices, kept: Mutex::new(kept) })
    }

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
    ) -> PyResult<Self> {
        Self::with(onroll::Attempts::new(), [lock_after, taken_back, school_a_day])
    }

    /// Returns the account if the username and the password are right. Otherwise it counts the try, and raises
    /// SignInRefused. An unknown username takes as long and gets the same answer as a known username.
    ///
    /// now: an aware datetime. None means the computer's time.
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

    /// Signs in as sign_in does. Use it if you store only hashes: your function `verify` says whether the typed
    /// password is right.
    ///
    /// verify: a function, called as verify(account, typed) once for each try that is counted. It returns whether
    /// `typed` is the password of `account`. For an unknown username, `account` is None: compare with some other hash
    /// then, so that the answer takes as long.
    /// now: the same as in sign_in.
    /// Raises SignInRefused as sign_in does, and passes on exceptions from verify. Store the attempts in each case.
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
        // The state is not locked during this call, because `verify` may use it.
        let typed = if password.len() <= LONGEST_TYPED { &*password } else { "" };
        let answer = verify.call1((found.map(|account| Account::of(&account)), typed))?;
        let is_right = argument::<bool>("what verify returns", "a bool", &answer)?;
        let is_right = is_right && !onroll::Password::canonical_form(typed).is_empty();
        let settled = self.kept().settle(&self.policy, &accounts, found.map(|account| account.username), is_right);
        settled.map(|account| Account::of(&account)).map_err(|refused| errors::of_refused(py, refused))
    }

    /// Counts a try, before you compare the password with your hash yourself. Raises SignInRefused with the reason
    /// too-soon, locked or school-paused. In this case, do not compare the password.
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

    /// Records that the password was right, for a try that begin() counted.
    fn succeeded(&self, #[pyo3(from_py_with = named::username)] username: Text) {
        self.kept().succeeded(&self.policy, &username);
    }

    /// Forgets the wrong passwords for a username. Call it only at these times: when a teacher gives the account a new
    /// password, when the account is created, and when its username changes.
    fn unlock(&self, #[pyo3(from_py_with = named::username)] username: Text) {
        self.kept().unlock(&username);
    }

    /// Returns whether an account is locked. Use it to show a teacher which accounts are locked.
    fn is_locked(&self, #[pyo3(from_py_with = named::username)] username: Text) -> bool {
        self.kept().is_locked(&self.policy, &username)
    }

    /// Returns the state as JSON, to store.
    fn to_json(&self) -> PyResult<String> {
        serde_json::to_string(&*self.kept()).map_err(|error| PyValueError::new_err(error.to_string()))
    }

    /// Reads attempts from JSON that to_json wrote. The JSON does not contain the policy, so pass the same numbers
    /// again. Raises ValueError for any other text.
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
        Self::with(kept, [lock_after, taken_back, school_a_day])
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        // Locks one state after the other, not both at once. Otherwise two threads that compare the same two states
        // could deadlock.
        let state = |attempts: &Self| (attempts.choices, attempts.kept().clone());
        other.cast::<Self>().is_ok_and(|other| state(other.get()) == state(self))
    }

    #[classmethod]
    fn _restore(_class: &Bound<'_, PyType>, kept: &str, choices: [u32; 3]) -> PyResult<Self> {
        Self::with(values::restored(kept)?, choices)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (String, [u32; 3])> {
        let own = slf.get();
        let kept = values::kept(&*own.kept())?;
        Ok((slf.get_type().getattr("_restore")?, (kept, own.choices)))
    }

    fn __repr__(&self) -> &'static str {
        "<onroll.Attempts>"
    }
}
