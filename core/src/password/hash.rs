//! Hashes passwords with Argon2id and verifies them (`PasswordHasher`), for hosts that store only hashes. Limits the
//! cost of a hash that is verified (`MOST_MEMORY`, `MOST_PASSES`).

use std::fmt;
use std::num::NonZero;
use std::thread;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{self, PasswordHasher as _, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use rand::TryRng;
use rand::rngs::SysRng;
use zeroize::Zeroizing;

use crate::threads::side_by_side;

use super::{LONGEST_TYPED, Password};

/// Hashes passwords with Argon2id, and verifies typed passwords.
///
/// The hasher uses OWASP's minimum settings (19 MiB, two passes). Hashing a password takes about 15 ms on a current
/// core. A hash alone does not protect a 4-character password from an attacker who has the database, because trying all
/// passwords takes less than an hour. So set a [pepper](Self::pepper), and keep it outside the database.
///
/// ```
/// use onroll::password::PasswordHasher;
/// use onroll::Password;
/// let hasher = PasswordHasher::new().pepper("from the host's key store");
/// let hash = hasher.hash(&Password::chosen("frog7")?)?;
/// assert!(hash.starts_with("$argon2id$"));
/// assert!(hasher.verify(&hash, " FROG7 ")?);
/// assert!(!hasher.verify(&hash, "frog8")?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct PasswordHasher {
    pepper: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for PasswordHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHasher(<hidden>)")
    }
}

/// The reason why a password was not hashed or verified.
///
/// ```
/// use onroll::password::PasswordHashError;
/// use onroll::Password;
/// let error = Password::existing("").to_phc_string().unwrap_err();
/// assert!(matches!(error, PasswordHashError::Blank));
/// println!("{}: {error}", error.code());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordHashError {
    /// The password is blank, so everyone would know it.
    #[error("a blank password cannot be hashed")]
    Blank,
    /// The operating system did not supply random bytes for the salt.
    #[error("the operating system did not supply random bytes for the salt, so the password was not hashed")]
    NoEntropy,
    /// The hash is not an Argon2 PHC string, or it needs over 1 GiB of memory or 100 passes.
    #[error("the hash must be an Argon2 hash in PHC form ($argon2id$...)")]
    NotAHash,
    /// Hashing failed, for example because memory ran out.
    #[error("the password could not be hashed")]
    Failed,
}

impl PasswordHashError {
    /// Returns the error's code in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Blank => "password-blank",
            Self::NoEntropy => "no-entropy",
            Self::NotAHash => "not-a-password-hash",
            Self::Failed => "password-not-hashed",
        }
    }
}

/// The most expensive hash that is verified: its memory in KiB, and its passes.
const MOST_MEMORY: u32 = 1 << 20;
const MOST_PASSES: u32 = 100;

impl PasswordHasher {
    /// Creates a hasher without a pepper.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the pepper, a secret that goes into every hash. An attacker without the pepper cannot guess passwords from
    /// the hashes. Verify each hash with the pepper with which it was made.
    pub fn pepper(mut self, pepper: impl AsRef<[u8]>) -> Self {
        self.pepper = Zeroizing::new(pepper.as_ref().to_vec());
        self
    }

    /// Returns the hash of a password's [canonical form](Password::canonical_form) as a PHC string with a new salt.
    ///
    /// # Errors
    /// [`PasswordHashError`] if the password is blank, the operating system does not supply random bytes for the salt,
    /// or hashing fails.
    pub fn hash(&self, password: &Password) -> Result<String, PasswordHashError> {
        let typed = Zeroizing::new(password.canonical());
        if typed.is_empty() {
            return Err(PasswordHashError::Blank);
        }
        let mut salt = [0; 16];
        SysRng.try_fill_bytes(&mut salt).map_err(|_| PasswordHashError::NoEntropy)?;
        let hash = self.argon2()?.hash_password_with_salt(typed.as_bytes(), &salt);
        hash.map(|hash| hash.to_string()).map_err(|_| PasswordHashError::Failed)
    }

    /// Hashes many passwords in order with [`hash`](Self::hash), on all cores. A school of 2,000 students takes half a
    /// minute on one core.
    ///
    /// ```
    /// use onroll::password::PasswordHasher;
    /// use onroll::Password;
    /// let passwords = [Password::existing("CX57"), Password::existing("frog7")];
    /// let hashes = PasswordHasher::new().hash_all(&passwords)?;
    /// assert!(PasswordHasher::new().verify(&hashes[1], "FROG7")?);
    /// # Ok::<(), onroll::password::PasswordHashError>(())
    /// ```
    ///
    /// # Errors
    /// The same errors as [`hash`](Self::hash). If a password cannot be hashed, the method returns the first error and
    /// no hashes.
    pub fn hash_all<'p>(
        &self,
        passwords: impl IntoIterator<Item = &'p Password>,
    ) -> Result<Vec<String>, PasswordHashError> {
        let passwords: Vec<&Password> = passwords.into_iter().collect();
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        let part = passwords.len().div_ceil(threads).max(1);
        let parts = side_by_side(passwords.chunks(part), |part| -> Result<Vec<String>, PasswordHashError> {
            part.iter().map(|password| self.hash(password)).collect()
        });
        Ok(parts.into_iter().collect::<Result<Vec<_>, _>>()?.concat())
    }

    /// Returns whether a typed password matches a hash. Both are compared in [canonical
    /// form](Password::canonical_form).
    ///
    /// # Errors
    /// [`PasswordHashError::NotAHash`], or [`PasswordHashError::Failed`] if memory runs out.
    pub fn verify(&self, hash: &str, typed: &str) -> Result<bool, PasswordHashError> {
        let hash = PasswordHash::new(hash).map_err(|_| PasswordHashError::NotAHash)?;
        let params = Params::try_from(&hash).map_err(|_| PasswordHashError::NotAHash)?;
        let is_whole = hash.salt.is_some() && hash.hash.is_some();
        if !is_whole || params.m_cost() > MOST_MEMORY || params.t_cost() > MOST_PASSES {
            return Err(PasswordHashError::NotAHash);
        }
        let canonical = match typed.len() <= LONGEST_TYPED {
            true => Zeroizing::new(Password::canonical_form(typed)),
            false => Zeroizing::default(),
        };
        // We verify even a text that is too long, so that the time to refuse it is the same as for a wrong password.
        let verified = self.argon2()?.verify_password(canonical.as_bytes(), &hash);
        match verified {
            Ok(()) => Ok(!canonical.is_empty()),
            Err(password_hash::Error::PasswordInvalid) => Ok(false),
            Err(password_hash::Error::OutOfMemory) => Err(PasswordHashError::Failed),
            Err(_) => Err(PasswordHashError::NotAHash),
        }
    }

    fn argon2(&self) -> Result<Argon2<'_>, PasswordHashError> {
        Argon2::new_with_secret(&self.pepper, Algorithm::default(), Version::default(), Params::default())
            .map_err(|_| PasswordHashError::Failed)
    }
}

impl Password {
    /// Returns the [hash](PasswordHasher::hash) of this password as an Argon2id PHC string, without a pepper.
    ///
    /// ```
    /// use onroll::Password;
    /// let hash = Password::existing("CX57").to_phc_string()?; // for the host's database
    /// assert!(hash.starts_with("$argon2id$"));
    /// assert!(Password::verify(&hash, "cx57")? && !Password::verify(&hash, "cx58")?);
    /// # Ok::<(), onroll::password::PasswordHashError>(())
    /// ```
    ///
    /// # Errors
    /// The same errors as [`PasswordHasher::hash`].
    pub fn to_phc_string(&self) -> Result<String, PasswordHashError> {
        PasswordHasher::new().hash(self)
    }

    /// Returns whether a typed password matches a hash that was made without a pepper, as in
    /// [`PasswordHasher::verify`].
    ///
    /// ```
    /// # let hash = onroll::Password::existing("CX57").to_phc_string()?;
    /// assert!(onroll::Password::verify(&hash, " cx57")?);
    /// assert!(onroll::Password::verify("not a hash", "cx57").is_err());
    /// # Ok::<(), onroll::password::PasswordHashError>(())
    /// ```
    ///
    /// # Errors
    /// The same errors as [`PasswordHasher::verify`].
    pub fn verify(hash: &str, typed: &str) -> Result<bool, PasswordHashError> {
        PasswordHasher::new().verify(hash, typed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verifies_a_password_hash_only_with_the_same_pepper() {
        let password = Password::existing("frog7");
        let (plain, peppered) = (PasswordHasher::new(), PasswordHasher::new().pepper("salt and"));
        let hash = peppered.hash(&password).unwrap();
        assert_eq!(peppered.verify(&hash, "FROG-7"), Ok(true));
        assert_eq!(plain.verify(&hash, "frog7"), Ok(false));
        let hash = password.to_phc_string().unwrap();
        assert_eq!([Password::verify(&hash, "frog7"), Password::verify(&hash, "frog8")], [Ok(true), Ok(false)]);
        assert_eq!([plain.verify(&hash, ""), plain.verify(&hash, &"7".repeat(2000))], [Ok(false); 2]);
        assert!(!format!("{peppered:?}").contains("salt"));
    }

    #[test]
    fn hashes_all_passwords_in_order_or_none_of_them() {
        let hasher = PasswordHasher::new();
        let passwords: Vec<Password> = (0..7).map(|number| Password::existing(&format!("frog{number}"))).collect();
        let hashes = hasher.hash_all(&passwords).unwrap();
        let right = |(number, hash): (usize, &String)| hasher.verify(hash, &format!("frog{number}"));
        assert!(hashes.len() == 7 && hashes.iter().enumerate().all(|each| right(each) == Ok(true)));
        assert_eq!(hasher.hash_all([]), Ok(Vec::new()));
        assert_eq!(hasher.hash_all([&passwords[0], &Password::existing(" ")]), Err(PasswordHashError::Blank));
    }

    #[test]
    fn refuses_texts_that_are_not_valid_password_hashes() {
        let hash = Password::existing("frog7").to_phc_string().unwrap();
        let dear = hash.replace("m=19456", "m=4000000");
        for wrong in
            ["", "frog7", "$2b$12$abcdefghijklmnopqrstuv", "$argon2id$v=19$m=19456,t=2,p=1", &hash[..40], &dear]
        {
            assert_eq!(Password::verify(wrong, "frog7"), Err(PasswordHashError::NotAHash), "{wrong}");
        }
    }
}
