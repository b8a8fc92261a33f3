//! Passwords that a five-year-old can type. They are drawn without bias, and are shown only if you ask for the text.
//! [`Password::canonical_form`] decides which typed texts match.

// This file has `Password`: how it is hidden, compared and wiped. `policy.rs` decides how passwords are made.

mod alphabet;
mod chosen;
mod derived;
mod error;
mod forbidden;
#[cfg(feature = "argon2")]
mod hash;
mod policy;
mod uniform;
mod words;

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

pub use chosen::ChosenReason;
pub use derived::PasswordSecret;
pub use error::{EntropyError, PolicyError};
#[cfg(feature = "argon2")]
pub use hash::{PasswordHashError, PasswordHasher};
pub use policy::PasswordPolicy;

/// The length of the longest typed text that we compare with a password, in bytes. No password is longer.
/// `bindings-node/lib/sign-in.ts` and `bindings-python/src/sign_in/attempts.rs` have the same limit.
pub(crate) const LONGEST_TYPED: usize = 1024;

/// A student's password. Only [`expose`](Self::expose) and [`canonical`](Self::canonical) return its text.
///
/// `Debug` shows a fixed text. A password has no `Display` and cannot be serialised. Its memory is wiped when it is
/// dropped, except for copies that you made with `expose` or `canonical`.
///
/// ```
/// use onroll::Password;
/// let password = Password::existing("CX57"); // from the host's database
/// assert!(password.matches(" cxs7")); // S is read as 5
/// assert_eq!(password.expose(), "CX57");
/// assert_eq!(password.canonical(), Password::canonical_form("cxs 7"));
/// assert!(!format!("{password:?}").contains("CX57"));
/// ```
#[derive(Clone)]
pub struct Password(Letters);

/// The text of a password. A short text is stored inline, so a school's short passwords are in one block of memory.
#[derive(Clone)]
enum Letters {
    InPlace {
        length: u8,
        bytes: [u8; IN_PLACE],
    },
    /// A longer text. It is boxed twice, because a password then takes sixteen bytes and not twenty-four.
    Apart(Box<Box<str>>),
}

const IN_PLACE: usize = 14;

impl Password {
    /// Creates a password that a person chose. It must have at least 4 characters, all of them letters or digits, and
    /// at least one letter and one digit. It must not be easy to guess. If you know the student, use
    /// [`chosen_for`](Self::chosen_for).
    ///
    /// # Errors
    /// [`PolicyError::Chosen`] with the reason if the password is not allowed.
    ///
    /// ```
    /// use onroll::Password;
    /// assert!(Password::chosen("frog7").is_ok());
    /// let error = Password::chosen("pass1").unwrap_err();
    /// assert!(error.to_string().starts_with("The password is easy to guess"));
    /// ```
    pub fn chosen(text: &str) -> Result<Self, PolicyError> {
        Self::chosen_for(text, &[])
    }

    /// Creates a [`chosen`](Self::chosen) password for a student with these names and usernames. A password that is
    /// made from one of these names is refused too.
    ///
    /// # Errors
    /// The same errors as [`chosen`](Self::chosen).
    ///
    /// ```
    /// # use onroll::password::{ChosenReason, PolicyError};
    /// # use onroll::Password;
    /// let refused = Password::chosen_for("z0e77", &["Zoë Okafor"]);
    /// assert_eq!(refused, Err(PolicyError::Chosen(ChosenReason::Name)));
    /// ```
    pub fn chosen_for(text: &str, names: &[&str]) -> Result<Self, PolicyError> {
        match chosen::refusal(text, names) {
            Some(reason) => Err(PolicyError::Chosen(reason)),
            None => Ok(Self::existing(text)),
        }
    }

    /// Creates a password from an existing text, such as one in your database. The text is not checked.
    pub fn existing(text: &str) -> Self {
        let mut bytes = [0; IN_PLACE];
        match (bytes.get_mut(..text.len()), u8::try_from(text.len())) {
            (Some(target), Ok(length)) => {
                target.copy_from_slice(text.as_bytes());
                Self(Letters::InPlace { length, bytes })
            }
            _ => Self(Letters::Apart(Box::new(text.into()))),
        }
    }

    /// Creates a password from these ASCII characters.
    #[inline]
    fn of_ascii(characters: impl ExactSizeIterator<Item = u8>) -> Self {
        let length = characters.len();
        if length > IN_PLACE {
            return Self::existing(&Zeroizing::new(characters.map(char::from).collect::<String>()));
        }
        let mut bytes = [0; IN_PLACE];
        bytes.iter_mut().zip(characters).for_each(|(target, character)| *target = character);
        Self(Letters::InPlace { length: length as u8, bytes })
    }

    /// Returns the password as text, to show it to the student or to store it. Keep it out of logs.
    #[allow(clippy::expect_used)]
    pub fn expose(&self) -> &str {
        match &self.0 {
            Letters::InPlace { length, bytes } => {
                std::str::from_utf8(&bytes[..usize::from(*length)]).expect("invariant: a password is text")
            }
            Letters::Apart(text) => text,
        }
    }

    /// Returns whether a typed text is this password. The two are compared in [canonical form](Self::canonical_form)
    /// and in constant time. A blank password never matches.
    ///
    /// ```
    /// # let password = onroll::Password::chosen("CX57")?;
    /// assert!(password.matches(" cx57") && password.matches("CXS7"));
    /// assert!(!password.matches("CX58"));
    /// # Ok::<(), onroll::password::PolicyError>(())
    /// ```
    pub fn matches(&self, typed: &str) -> bool {
        let own = Zeroizing::new(self.canonical());
        let other = Zeroizing::new(Self::canonical_form(typed));
        !own.is_empty() && bool::from(own.as_bytes().ct_eq(other.as_bytes()))
    }

    /// Returns this password in [canonical form](Self::canonical_form). If you store only hashes, hash this text. Keep
    /// it out of logs.
    ///
    /// ```
    /// use onroll::Password;
    /// assert_eq!(Password::existing("cxs-7").canonical(), "CX57");
    /// ```
    pub fn canonical(&self) -> String {
        Self::canonical_form(self.expose())
    }

    /// Returns the canonical form of a typed password, in which passwords are hashed and compared. The canonical form
    /// is in upper case, without spaces, hyphens, dots and underscores. S becomes 5, Z becomes 2, and B becomes 8.
    ///
    /// ```
    /// assert_eq!(onroll::Password::canonical_form("cxs-7_b."), "CX578");
    /// ```
    pub fn canonical_form(typed: &str) -> String {
        let mut form = String::with_capacity(typed.len());
        let kept = typed.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '.' | '_'));
        for c in kept.flat_map(char::to_uppercase) {
            form.push(match c {
                'S' => '5',
                'Z' => '2',
                'B' => '8',
                c => c,
            });
        }
        form
    }
}

impl PartialEq for Password {
    /// Compares the exact texts, in constant time.
    fn eq(&self, other: &Self) -> bool {
        self.expose().as_bytes().ct_eq(other.expose().as_bytes()).into()
    }
}

impl Eq for Password {}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(<hidden>)")
    }
}

impl Drop for Password {
    fn drop(&mut self) {
        match &mut self.0 {
            Letters::InPlace { bytes, .. } => bytes.zeroize(),
            Letters::Apart(text) => text.zeroize(),
        }
    }
}

#[cfg(test)]
mod tests;
