//! Values that stand alone: ethnicities, passwords and how they are made.

use onroll::{Ethnicity, SignIn};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyType};

use crate::errors;
use crate::input::{Text, argument, named, no_choice, wrong};

/// What pickle is told: what to call, and with what.
pub(crate) type Pickled<'py, Arguments> = PyResult<(Bound<'py, PyAny>, Arguments)>;

/// Whether the pickle that is being made may hold passwords: only within `onroll.pickling_passwords()`.
pub(crate) fn pickles_passwords(py: Python<'_>) -> PyResult<bool> {
    static ASKED: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    ASKED.import(py, "onroll._pickling", "asked")?.call_method0("get")?.extract()
}

/// The codes with description, main code and group, for `onroll.ETHNICITIES`.
#[pyfunction]
pub(crate) fn ethnicities() -> Vec<(&'static str, &'static str, &'static str, &'static str)> {
    Ethnicity::all().iter().map(|e| (e.code(), e.description(), e.main_code(), e.group())).collect()
}

/// The `onroll.Ethnicity` of a code.
pub(crate) fn ethnicity<'py>(py: Python<'py>, code: &str) -> PyResult<Bound<'py, PyAny>> {
    static FUNCTION: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    FUNCTION.import(py, "onroll._ethnicity", "ethnicity")?.call1((code,))
}

/// The key by which usernames are compared: the text to make a unique index on. NFC, white space folded, full case folding, and one
/// form for apostrophes and hyphens; in an email address only the case is folded.
///
/// loose: the loose key instead, for sign-in only: letters and digits without accents. Open an account by it only if exactly one
/// account of the school has it.
#[pyfunction]
#[pyo3(signature = (text, /, *, loose=false))]
pub(crate) fn username_key(
    #[pyo3(from_py_with = named::text_)] text: Text,
    #[pyo3(from_py_with = named::loose)] loose: bool,
) -> String {
    if loose { onroll::loose_username_key(&text) } else { onroll::username_key(&text) }
}

/// What was typed as a password in the one form that passwords are hashed and compared in: upper case, without spaces, hyphens, dots
/// and underscores, with S as 5, Z as 2 and B as 8. For hosts that store only hashes.
#[pyfunction]
#[pyo3(signature = (typed, /))]
pub(crate) fn canonical_password(#[pyo3(from_py_with = named::typed)] typed: Text) -> String {
    onroll::Password::canonical_form(&typed)
}

/// Whether two usernames have the same username_key.
#[pyfunction]
#[pyo3(signature = (left, right, /))]
pub(crate) fn same_username(
    #[pyo3(from_py_with = named::left)] left: Text,
    #[pyo3(from_py_with = named::right)] right: Text,
) -> bool {
    onroll::same_username(&left, &right)
}

pub(crate) fn sign_in(object: &Bound<'_, PyAny>) -> PyResult<SignIn> {
    match &*argument::<Text>("sign_in", "'password' or 'sso'", object)? {
        "password" => Ok(SignIn::Password),
        "sso" => Ok(SignIn::Sso),
        other => Err(no_choice("sign_in", &["password", "sso"], other)),
    }
}

/// A password. Its repr never shows it, and str() of it is a TypeError: expose() gives the password.
#[pyclass(frozen, module = "onroll")]
pub(crate) struct Password(pub(crate) onroll::Password);

#[pymethods]
impl Password {
    /// The password as it is typed.
    fn expose(&self) -> &str {
        self.0.expose()
    }

    /// The password in the form that passwords are hashed and compared in; see canonical_password.
    fn canonical(&self) -> String {
        self.0.canonical()
    }

    /// The hash of the canonical form as an Argon2id PHC string, for hosts that store only hashes. Raises PolicyError if the password
    /// is blank, and OnrollError if it could not be hashed.
    fn to_phc_string(&self, py: Python<'_>) -> PyResult<String> {
        py.detach(|| self.0.to_phc_string()).map_err(|error| errors::of_hash(py, error))
    }

    /// Whether what was typed is the password of an Argon2 hash, compared in canonical form.
    ///
    /// pepper: the secret that the hash was made with, if any. Raises PolicyError if it is no such hash.
    #[staticmethod]
    #[pyo3(signature = (hash, typed, *, pepper=None))]
    fn verify(
        py: Python<'_>,
        #[pyo3(from_py_with = named::hash)] hash: Text,
        #[pyo3(from_py_with = named::typed)] typed: Text,
        pepper: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<bool> {
        let hasher = hasher(pepper)?;
        py.detach(|| hasher.verify(&hash, &typed)).map_err(|error| errors::of_hash(py, error))
    }

    /// The hashes of many passwords, in their order, made on every core.
    ///
    /// pepper: a secret that goes into each, to be kept outside the database. Raises PolicyError if a password is blank; there is no
    /// hash then.
    #[staticmethod]
    #[pyo3(signature = (passwords, *, pepper=None))]
    fn hash_all(passwords: &Bound<'_, PyAny>, pepper: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<String>> {
        let py = passwords.py();
        let hasher = hasher(pepper)?;
        let each = passwords.try_iter().map_err(|_| wrong("passwords", "an iterable of Password", passwords))?;
        let given: Vec<onroll::Password> = each
            .map(|password| Ok(argument::<Bound<'_, Self>>("passwords", "Password", &password?)?.get().0.clone()))
            .collect::<PyResult<_>>()?;
        py.detach(|| hasher.hash_all(&given)).map_err(|error| errors::of_hash(py, error))
    }

    /// Whether this is what was typed: both in canonical form, compared in constant time.
    fn matches(&self, #[pyo3(from_py_with = named::typed)] typed: Text) -> bool {
        self.0.matches(&typed)
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().0 == self.0)
    }

    fn __repr__(&self) -> &'static str {
        "Password(<hidden>)"
    }

    /// Refused: a text that is not the password would be hashed, sent or printed in its place without anybody noticing.
    fn __str__(&self) -> PyResult<&'static str> {
        Err(PyTypeError::new_err(
            "a Password has no text of its own: use .expose() for the password, or repr() for logs",
        ))
    }

    fn __format__(&self, _spec: &Bound<'_, PyAny>) -> PyResult<&'static str> {
        self.__str__()
    }

    /// Itself: it never changes.
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

    /// A pickle holds None in its place, unless it is made within pickling_passwords().
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (Option<String>,)> {
        let text = pickles_passwords(slf.py())?.then(|| slf.get().0.expose().to_owned());
        Ok((slf.get_type().getattr("_restore")?, (text,)))
    }
}

fn hasher(pepper: Option<&Bound<'_, PyAny>>) -> PyResult<onroll::PasswordHasher> {
    let Some(pepper) = pepper.filter(|pepper| !pepper.is_none()) else { return Ok(onroll::PasswordHasher::new()) };
    let bytes = match pepper.cast::<PyBytes>() {
        Ok(bytes) => bytes.as_bytes().to_vec(),
        Err(_) => argument::<Text>("pepper", "a str or bytes", pepper)?.as_bytes().to_vec(),
    };
    Ok(onroll::PasswordHasher::new().pepper(bytes))
}

/// How passwords are made: characters(4) by default, characters(n), pin(n) or words(n).
///
/// Four characters hold out only where guessing is slow: see `advice`.
#[pyclass(frozen, module = "onroll")]
pub(crate) struct PasswordPolicy {
    pub(crate) policy: onroll::PasswordPolicy,
    /// As it was asked for: the class method and its arguments.
    made: (&'static str, usize, Vec<String>),
}

/// After so many passwords Python sees to its signals.
const SIGNALS_EVERY: usize = 1 << 16;

#[pymethods]
impl PasswordPolicy {
    /// The default: 4 characters that a five-year-old can type.
    #[new]
    fn new() -> Self {
        Self { policy: onroll::PasswordPolicy::default(), made: ("characters", 4, Vec::new()) }
    }

    /// So many characters (4 to 20), none easily mistaken for another, spelling nothing that offends, nor
    /// any of the words given in `without`. Raises PolicyError outside these bounds.
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

    /// A number of so many digits (5 to 11). Raises PolicyError outside these bounds.
    #[classmethod]
    fn pin(class: &Bound<'_, PyType>, #[pyo3(from_py_with = named::digits)] digits: usize) -> PyResult<Self> {
        Self::of(class, onroll::PasswordPolicy::pin(digits), ("pin", digits, Vec::new()))
    }

    /// So many short words (2 to 6) with hyphens between. Raises PolicyError outside these bounds.
    #[classmethod]
    fn words(class: &Bound<'_, PyType>, #[pyo3(from_py_with = named::how_many)] count: usize) -> PyResult<Self> {
        Self::of(class, onroll::PasswordPolicy::words(count), ("words", count, Vec::new()))
    }

    /// The strength in bits: the logarithm to base 2 of how many passwords there are, all equally likely.
    #[getter]
    fn entropy_bits(&self) -> f64 {
        self.policy.entropy_bits()
    }

    /// What the host must do for passwords of this strength.
    #[getter]
    fn advice(&self) -> &'static str {
        self.policy.advice()
    }

    /// So many passwords as plain text, with randomness from the operating system.
    fn generate(&self, py: Python<'_>, #[pyo3(from_py_with = named::how_many)] count: usize) -> PyResult<Vec<String>> {
        let mut made = Vec::new();
        for first in (0..count).step_by(SIGNALS_EVERY) {
            // Ctrl-C ends it.
            py.check_signals()?;
            let some = py.detach(|| self.policy.generate(SIGNALS_EVERY.min(count - first)));
            made.extend(
                some.map_err(|error| errors::of_entropy(py, &error))?.iter().map(|each| each.expose().to_owned()),
            );
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
        policy: Result<onroll::PasswordPolicy, onroll::PolicyError>,
        made: (&'static str, usize, Vec<String>),
    ) -> PyResult<Self> {
        match policy {
            Ok(policy) => Ok(Self { policy, made }),
            Err(error) => Err(errors::of_policy(class.py(), &error)),
        }
    }

    /// The policy given as `passwords`, or the default.
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
