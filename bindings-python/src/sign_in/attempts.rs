//! The Python class `Attempts`, which counts the wrong passwords at one school, with the default limits.
//! `core/src/identity/attempt_policy.rs` has the same defaults.

use std::sync::{Mutex, MutexGuard, PoisonError};

use onroll::identity::AttemptPolicy;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyType;

use crate::accounts::{Account, Accounts};
use crate::errors;
use crate::input::{Text, argument, named, wrong};
use crate::pickle::{self, Pickled};

/// The counts of wrong passwords at one school. Store the counts with the school, and process one sign-in at a time.
/// The counts contain hashes of usernames, and no passwords.
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

    /// Returns the account if the username and the password are right. A wrong username or password is counted. Raises
    /// SignInRefused if the person may not sign in. A try with an unknown username takes as long as a try with a wrong
    /// password, and raises the same error.
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
        let now = super::now(now)?;
        let accounts = Accounts::of(accounts)?;
        let found = self.kept().sign_in(&self.policy, &accounts, &username, &password, now);
        found.map(|account| Account::of(&account)).map_err(|refused| errors::of_refused(py, refused))
    }

    /// Signs in as sign_in does. Use it if you store only hashes: your function `verify` says whether the typed
    /// password is right.
    ///
    /// verify: a function, called as verify(account, typed) once for each try that is counted. It returns whether
    /// `typed` is the password of `account`. For an unknown username, `account` is None: compare `typed` with any hash,
    /// and return False. The answer then takes as long as for a known username.
    /// now: the same as in sign_in.
    /// Raises SignInRefused as sign_in does, and passes on exceptions from verify. Store the attempts after every call.
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
        let now = super::now(now)?;
        if !verify.is_callable() {
            return Err(wrong("verify", "a function", verify));
        }
        let accounts = Accounts::of(accounts)?;
        let found = accounts.find_for_sign_in(&username);
        let counted = found.map_or(&*username, |account| account.username);
        self.kept().begin(&self.policy, counted, now).map_err(|refused| errors::of_refused(py, refused))?;
        // The counts are not locked during this call, because `verify` may call methods of this object.
        let typed = if password.len() <= LONGEST_TYPED { &*password } else { "" };
        let answer = verify.call1((found.map(|account| Account::of(&account)), typed))?;
        let is_right = argument::<bool>("what verify returns", "a bool", &answer)?;
        let is_right = is_right && !onroll::Password::canonical_form(typed).is_empty();
        let settled = self.kept().settle(&self.policy, &accounts, found.map(|account| account.username), is_right);
        settled.map(|account| Account::of(&account)).map_err(|refused| errors::of_refused(py, refused))
    }

    /// Counts a try, before you compare the password with your hash yourself. Raises SignInRefused with a reason, such
    /// as too-soon, locked or school-paused. In this case, do not compare the password.
    #[pyo3(signature = (username, *, now=None))]
    fn begin(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = named::username)] username: Text,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let now = super::now(now)?;
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

    /// Reads attempts from JSON that to_json wrote. The JSON does not contain lock_after, taken_back and school_a_day,
    /// so pass the same numbers as before. Raises ValueError for any other text.
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
        Self::with(pickle::restored(kept)?, choices)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (String, [u32; 3])> {
        let own = slf.get();
        let kept = pickle::kept(&*own.kept())?;
        Ok((slf.get_type().getattr("_restore")?, (kept, own.choices)))
    }

    fn __repr__(&self) -> &'static str {
        "<onroll.Attempts>"
    }
}
