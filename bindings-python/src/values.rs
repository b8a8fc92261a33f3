//! The Python classes `Password` and `PasswordPolicy`, and functions for usernames and ethnicities. `core/src/password`
//! decides how passwords are made.

use onroll::SignIn;
use onroll::values::Ethnicity;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PyType};

use crate::errors;
use crate::input::{Text, argument, named, no_choice, wrong};
use crate::pickle::{self, Pickled};

/// Returns all ethnicity codes, each with its description, main code and group, for `onroll.ETHNICITIES`.
#[pyfunction]
pub(crate) fn ethnicities() -> Vec<(&'static str, &'static str, &'static str, &'static str)> {
    Ethnicity::all().iter().map(|e| (e.code(), e.description(), e.main_code(), e.group())).collect()
}

/// Returns the key by which usernames are compared. Use the key for a unique index. The key is the text in Unicode form
/// NFC, with white space and case folded. Eleven kinds of apostrophe all become `'`, and eight kinds of hyphen all
/// become `-`. In an email address, only the case is folded.
///
/// loose: return the loose key instead, which consists of letters and digits without accents. Use the loose key only
/// for sign-in. Open an account by this key only if no other account at the school has the same loose key.
///
/// >>> onroll.username_key("Zoë  O’Dell"), onroll.username_key("Zoë O’Dell", loose=True)
/// ("zoë o'dell", 'zoeodell')
#[pyfunction]
#[pyo3(signature = (text, /, *, loose=false))]
pub(crate) fn username_key(
    #[pyo3(from_py_with = named::text_)] text: Text,
    #[pyo3(from_py_with = named::loose)] loose: bool,
) -> String {
    if loose { onroll::username::loose_username_key(&text) } else { onroll::username_key(&text) }
}

/// Returns the canonical form of a typed password. Passwords are hashed and compared in this form. The form is in upper
/// case, and has no spaces, hyphens, dots or underscores. S becomes 5, Z becomes 2, and B becomes 8. Use this function
/// if you store only hashes.
///
/// >>> onroll.canonical_password(" cxs7")  # the text to hash
/// 'CX57'
#[pyfunction]
#[pyo3(signature = (typed, /))]
pub(crate) fn canonical_password(#[pyo3(from_py_with = named::typed)] typed: Text) -> String {
    onroll::Password::canonical_form(&typed)
}

/// Returns whether two usernames have the same `username_key`.
///
/// >>> onroll.same_username("SIÂN O’Neill", "siân  o'neill")
/// True
#[pyfunction]
#[pyo3(signature = (left, right, /))]
pub(crate) fn same_username(
    #[pyo3(from_py_with = named::left)] left: Text,
    #[pyo3(from_py_with = named::right)] right: Text,
) -> bool {
    onroll::username::same_username(&left, &right)
}

pub(crate) fn sign_in(object: &Bound<'_, PyAny>) -> PyResult<SignIn> {
    match &*argument::<Text>("sign_in", "'password' or 'sso'", object)? {
        "password" => Ok(SignIn::Password),
        "sso" => Ok(SignIn::Sso),
        other => Err(no_choice("sign_in", &["password", "sso"], other)),
    }
}

/// A password. expose() returns its text. repr() hides it, and str() raises a TypeError.
///
/// >>> accounts = onroll.create_accounts(onroll.read_csv("students.csv"))
/// >>> password = accounts.set_password("Zoë Ahmed", "cx57").password
/// >>> password, password.expose(), password.canonical()
/// (Password(<hidden>), 'cx57', 'CX57')
/// >>> password.matches(" cxs7")  # S is read as 5
/// True
/// >>> hash = password.to_phc_string()
/// >>> onroll.Password.verify(hash, "cx57"), onroll.Password.verify(hash, "cx58")
/// (True, False)
/// >>> len(onroll.Password.hash_all([password], pepper=b"a secret"))
/// 1
#[pyclass(frozen, module = "onroll")]
pub(crate) struct Password(pub(crate) onroll::Password);

#[pymethods]
impl Password {
    /// Returns the password as text.
    fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Returns the password in canonical form, for hashing and comparing. See canonical_password.
    fn canonical(&self) -> String {
        self.0.canonical()
    }

    /// Returns the Argon2id hash of the canonical form, as a PHC string. Use this method if you store only hashes.
    /// Raises PolicyError if the password is blank, and OnrollError if it cannot be hashed.
    fn to_phc_string(&self, py: Python<'_>) -> PyResult<String> {
        crate::ending::detach(py, || self.0.to_phc_string()).map_err(|error| errors::of_hash(py, error))
    }

    /// Returns whether a typed password matches an Argon2 hash. The hash must be that of a canonical form. The typed
    /// password is converted to its canonical form first.
    ///
    /// pepper: the secret with which the hash was made, if any.
    /// Raises PolicyError if `hash` is not an Argon2 hash.
    #[staticmethod]
    #[pyo3(signature = (hash, typed, *, pepper=None))]
    fn verify(
        py: Python<'_>,
        #[pyo3(from_py_with = named::hash)] hash: Text,
        #[pyo3(from_py_with = named::typed)] typed: Text,
        pepper: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<bool> {
        let hasher = hasher(pepper)?;
        crate::ending::detach(py, || hasher.verify(&hash, &typed)).map_err(|error| errors::of_hash(py, error))
    }

    /// Returns the hashes of many passwords, in the same order. It uses all processor cores.
    ///
    /// pepper: a secret that is added to each hash. Store it outside the database.
    /// Raises PolicyError if a password is blank. After an error, no hash is returned.
    #[staticmethod]
    #[pyo3(signature = (passwords, *, pepper=None))]
    fn hash_all(passwords: &Bound<'_, PyAny>, pepper: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<String>> {
        let py = passwords.py();
        let hasher = hasher(pepper)?;
        let each = passwords.try_iter().map_err(|_| wrong("passwords", "an iterable of Password", passwords))?;
        let given: Vec<onroll::Password> = each
            .map(|password| Ok(argument::<Bound<'_, Self>>("passwords", "Password", &password?)?.get().0.clone()))
            .collect::<PyResult<_>>()?;
        crate::ending::detach(py, || hasher.hash_all(&given)).map_err(|error| errors::of_hash(py, error))
    }

    /// Returns whether a typed text matches this password. Both are compared in canonical form and in constant time.
    fn matches(&self, #[pyo3(from_py_with = named::typed)] typed: Text) -> bool {
        self.0.matches(&typed)
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().0 == self.0)
    }

    fn __repr__(&self) -> &'static str {
        "Password(<hidden>)"
    }

    /// Raises TypeError. Otherwise you might hash, send or print a text that is not the password, without noticing.
    fn __str__(&self) -> PyResult<&'static str> {
        Err(PyTypeError::new_err(
            "a Password does not convert to text; use .expose() for the password, or repr() for logs",
        ))
    }

    fn __format__(&self, _spec: &Bound<'_, PyAny>) -> PyResult<&'static str> {
        self.__str__()
    }

    /// Returns the password itself, because it never changes.
    fn __copy__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __deepcopy__<'py>(slf: Bound<'py, Self>, _memo: &Bound<'py, PyAny>) -> Bound<'py, Self> {
        slf
    }

    #[classmethod]
    fn _restore(_class: &Bound<'_, PyType>, text: Option<&str>) -> Option<Self> {
        text.map(|text| Self(onroll::Password::existing(text)))
    }

    /// Pickles the password inside `with pickling_passwords():`. Elsewhere, the pickle contains None instead.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (Option<String>,)> {
        let text = pickle::pickles_passwords(slf.py())?.then(|| slf.get().0.expose().to_owned());
        Ok((slf.get_type().getattr("_restore")?, (text,)))
    }
}

fn hasher(pepper: Option<&Bound<'_, PyAny>>) -> PyResult<onroll::password::PasswordHasher> {
    let Some(pepper) = pepper.filter(|pepper| !pepper.is_none()) else {
        return Ok(onroll::password::PasswordHasher::new());
    };
    let bytes = match pepper.cast::<PyBytes>() {
        Ok(bytes) => bytes.as_bytes().to_vec(),
        Err(_) => argument::<Text>("pepper", "a str or bytes", pepper)?.as_bytes().to_vec(),
    };
    Ok(onroll::password::PasswordHasher::new().pepper(bytes))
}

/// The kind and length of new passwords: characters(n), pin(n) or words(n). The default is characters(4).
///
/// Four characters are enough only if you make guessing slow: see `advice`.
///
/// >>> policy = onroll.PasswordPolicy.characters(4)
/// >>> round(policy.entropy_bits, 1), len(policy.generate(30))
/// (16.2, 30)
/// >>> onroll.PasswordPolicy.pin(6).entropy_bits < onroll.PasswordPolicy.words(3).entropy_bits
/// True
/// >>> bool(policy.advice)  # your duties for passwords of this strength
/// True
/// >>> secret = bytes(32)  # use random bytes
/// >>> len(policy.derive(["Amy Lee"], secret=secret, run="september 2026", school_id="A1329183376"))
/// 1
#[pyclass(frozen, module = "onroll")]
pub(crate) struct PasswordPolicy {
    pub(crate) policy: onroll::PasswordPolicy,
    /// The class method that made the policy, and its arguments.
    made: (&'static str, usize, Vec<String>),
}

/// The number of passwords between two checks of Python's signals.
const SIGNALS_EVERY: usize = 1 << 16;

#[pymethods]
impl PasswordPolicy {
    /// Creates the default policy: 4 characters that a five-year-old can type.
    #[new]
    fn new() -> Self {
        Self { policy: onroll::PasswordPolicy::default(), made: ("characters", 4, Vec::new()) }
    }

    /// Creates a policy for passwords with 4 to 20 characters, from an alphabet whose characters children rarely
    /// confuse. The passwords spell no offensive words, and no words that you list in `without`. Raises PolicyError for
    /// other lengths.
    #[classmethod]
    #[pyo3(signature = (length=4, *, without=Vec::new()), text_signature = "($cls, length=4, *, without=())")]
    fn characters(
        class: &Bound<'_, PyType>,
        #[pyo3(from_py_with = named::length)] length: usize,
        #[pyo3(from_py_with = named::without)] without: Vec<Text>,
    ) -> PyResult<Self> {
        let without: Vec<String> = without.into_iter().map(String::from).collect();
        let words: Vec<&str> = without.iter().map(String::as_str).collect();
        let made = onroll::PasswordPolicy::characters_without(length, &words);
        Self::of(class, made, ("characters", length, without))
    }

    /// Creates a policy for PINs with 5 to 11 digits. No PIN is a date. pin(5) suits Reception, Key Stage 1 and
    /// tablets: it is as strong as the default, and takes five taps on a number pad. Raises PolicyError for other
    /// lengths.
    #[classmethod]
    fn pin(class: &Bound<'_, PyType>, #[pyo3(from_py_with = named::digits)] digits: usize) -> PyResult<Self> {
        Self::of(class, onroll::PasswordPolicy::pin(digits), ("pin", digits, Vec::new()))
    }

    /// Creates a policy for passwords of 2 to 6 different short words, separated by spaces. Most children can read the
    /// words at the age of seven. Raises PolicyError for any other `count`.
    #[classmethod]
    fn words(class: &Bound<'_, PyType>, #[pyo3(from_py_with = named::how_many)] count: usize) -> PyResult<Self> {
        Self::of(class, onroll::PasswordPolicy::words(count), ("words", count, Vec::new()))
    }

    /// The strength in bits: the base-2 logarithm of the number of possible passwords, which are all equally likely.
    #[getter]
    fn entropy_bits(&self) -> f64 {
        self.policy.entropy_bits()
    }

    /// A text that says what you must do to protect passwords of this strength.
    #[getter]
    fn advice(&self) -> &'static str {
        self.policy.advice()
    }

    /// Generates `count` passwords as plain text, with random bytes from the operating system.
    fn generate(&self, py: Python<'_>, #[pyo3(from_py_with = named::how_many)] count: usize) -> PyResult<Vec<String>> {
        let mut made = Vec::new();
        for first in (0..count).step_by(SIGNALS_EVERY) {
            // This call lets Ctrl-C stop the loop.
            py.check_signals()?;
            let some = crate::ending::detach(py, || self.policy.generate(SIGNALS_EVERY.min(count - first)));
            made.extend(
                some.map_err(|error| errors::of_entropy(py, &error))?.iter().map(|each| each.expose().to_owned()),
            );
        }
        Ok(made)
    }

    /// Derives a password for each username from a secret, and returns the passwords as plain text. The same secret,
    /// run, school and username always give the same password, on every machine. Use this method if the work can run
    /// twice, as on Spark. Otherwise `generate` is safer, because anyone with the secret can compute derived passwords.
    ///
    /// secret: at least 32 random bytes, such as secrets.token_bytes(32).
    /// run: a name for the run, such as the name and the date of the job. A second run with the same name and secret
    /// gives the same passwords.
    /// school_id: the school's id.
    #[pyo3(signature = (usernames, *, secret, run, school_id))]
    fn derive(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = named::usernames)] usernames: Vec<Text>,
        #[pyo3(from_py_with = named::secret)] secret: PyBackedBytes,
        #[pyo3(from_py_with = named::run)] run: Text,
        #[pyo3(from_py_with = named::school_id)] school_id: Text,
    ) -> PyResult<Vec<String>> {
        let secret = onroll::password::PasswordSecret::new(&secret, &run, &school_id);
        let secret = secret.map_err(|error| errors::of_policy(py, &error))?;
        let mut made = Vec::with_capacity(usernames.len());
        for some in usernames.chunks(SIGNALS_EVERY) {
            // This call lets Ctrl-C stop the loop.
            py.check_signals()?;
            let derived: Result<Vec<_>, _> = crate::ending::detach(py, || {
                some.iter().map(|username| self.policy.derive(&secret, username)).collect()
            });
            let derived = derived.map_err(|error| errors::of_entropy(py, &error))?;
            made.extend(derived.iter().map(|each| each.expose().to_owned()));
        }
        Ok(made)
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().made == self.made)
    }

    fn __hash__(&self) -> u64 {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        self.made.hash(&mut hasher);
        hasher.finish()
    }

    fn __repr__(&self) -> String {
        let (kind, size, without) = &self.made;
        match without.len() {
            0 => format!("PasswordPolicy.{kind}({size})"),
            words => format!("PasswordPolicy.{kind}({size}, without=<{words} words>)"),
        }
    }

    #[classmethod]
    fn _restore<'py>(
        class: &Bound<'py, PyType>,
        kind: &str,
        size: usize,
        without: Vec<String>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let keywords = pyo3::types::PyDict::new(class.py());
        if kind == "characters" {
            keywords.set_item("without", without)?;
        }
        class.getattr(kind)?.call((size,), Some(&keywords))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (&'static str, usize, Vec<String>)> {
        Ok((slf.get_type().getattr("_restore")?, slf.get().made.clone()))
    }
}

impl PasswordPolicy {
    fn of(
        class: &Bound<'_, PyType>,
        policy: Result<onroll::PasswordPolicy, onroll::password::PolicyError>,
        made: (&'static str, usize, Vec<String>),
    ) -> PyResult<Self> {
        match policy {
            Ok(policy) => Ok(Self { policy, made }),
            Err(error) => Err(errors::of_policy(class.py(), &error)),
        }
    }

    /// Returns the policy in the argument `passwords`, or the default policy.
    pub(crate) fn or_default(passwords: Option<&Bound<'_, PyAny>>) -> PyResult<onroll::PasswordPolicy> {
        match passwords {
            Some(object) => {
                let policy: Bound<'_, Self> = argument("passwords", "a PasswordPolicy", object)?;
                Ok(policy.get().policy.clone())
            }
            None => Ok(onroll::PasswordPolicy::default()),
        }
    }
}
