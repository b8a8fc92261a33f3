//! Derives passwords with HKDF (RFC 5869, SHA-256) from a secret (`PasswordSecret`). Systems such as Spark need this,
//! because they compute a lost result again.

use std::fmt;

use hkdf::Hkdf;
use rand::{TryCryptoRng, TryRng};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::policy::PolicyKind;
use super::uniform::UniformSampler;
use super::{EntropyError, Password, PasswordPolicy, PolicyError};
use crate::text;

/// The version of the derivation. A different salt would give every student a different password.
const SALT: &[u8] = b"onroll passwords 1";
/// The smallest number of random bytes in a secret, which is the size of a SHA-256 hash.
const LEAST_BYTES: usize = 32;
/// One block of HKDF with SHA-256, enough for most passwords.
const BLOCK: usize = 32;

/// A secret from which the passwords for one run at one school are derived. The same policy, secret, run, school and
/// username always give the same password, on every machine.
///
/// Use a secret if the same work can run twice, for example on Apache Spark, which computes lost results again. In all
/// other cases, [`PasswordPolicy::generate`] is safer, because its passwords cannot be computed again. Anyone who has
/// the secret can compute the passwords. So draw the secret from the operating system, give each run a different name,
/// and delete the secret after the run. `Debug` does not show the secret.
///
/// ```
/// use onroll::password::PasswordSecret;
/// use onroll::PasswordPolicy;
/// let secret = [7; 32]; // in real code, random bytes
/// let ours = PasswordSecret::new(&secret, "september 2026", "A1329183376")?;
/// let policy = PasswordPolicy::default();
/// assert_eq!(policy.derive(&ours, "Zoë Okafor")?, policy.derive(&ours, "zoë okafor")?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct PasswordSecret {
    key: Hkdf<Sha256>,
    /// The texts of the run and the school, each preceded by its length. Because of the lengths, two different pairs of
    /// a run and a school never give the same bytes.
    context: Vec<u8>,
}

impl PasswordSecret {
    /// Creates a secret from at least 32 random bytes, for a run and a school.
    ///
    /// `run` names the occasion on which passwords are given out, such as the job and its day. A second run with the
    /// same name gives the same passwords, so you can repeat a job that failed.
    ///
    /// # Errors
    /// [`PolicyError::SecretTooShort`], or [`PolicyError::Unnamed`] if the run or the school is blank.
    pub fn new(secret: &[u8], run: &str, school_id: &str) -> Result<Self, PolicyError> {
        if secret.len() < LEAST_BYTES {
            return Err(PolicyError::SecretTooShort { bytes: secret.len(), least: LEAST_BYTES });
        }
        for (what, name) in [("run", run), ("school", school_id)] {
            if name.trim().is_empty() {
                return Err(PolicyError::Unnamed { what });
            }
        }
        let mut context = Vec::new();
        [run, school_id].iter().for_each(|name| put(&mut context, name));
        Ok(Self { key: Hkdf::new(Some(SALT), secret), context })
    }
}

impl fmt::Debug for PasswordSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordSecret(<hidden>)")
    }
}

/// Adds the length of a text in bytes, and then the text.
fn put(into: &mut Vec<u8>, text: &str) {
    into.extend((text.len() as u64).to_be_bytes());
    into.extend(text.as_bytes());
}

impl PasswordPolicy {
    /// Derives the password for a username from a secret. Without the secret, the password is as hard to guess as a
    /// password from [`generate`](Self::generate). Usernames with the same [`username_key`](crate::username_key) get
    /// the same password. Passwords from two different policies are unrelated.
    ///
    /// ```
    /// use onroll::password::PasswordSecret;
    /// use onroll::PasswordPolicy;
    /// let secret = PasswordSecret::new(&[7; 32], "september 2026", "A1329183376")?; // in real code, random bytes
    /// let policy = PasswordPolicy::words(3)?;
    /// let password = policy.derive(&secret, "Zoë Okafor")?;
    /// assert_eq!(password.expose().split(' ').count(), 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`EntropyError`] if HKDF fails, which no known input causes.
    pub fn derive(&self, secret: &PasswordSecret, username: &str) -> Result<Password, EntropyError> {
        let (kind, size) = match &self.kind {
            PolicyKind::Drawn { length, machine } => (if machine.is_digits() { "pin" } else { "characters" }, *length),
            PolicyKind::Words { count } => ("words", *count),
        };
        let mut info = secret.context.clone();
        put(&mut info, kind);
        info.extend((size as u64).to_be_bytes());
        put(&mut info, &text::key(username));
        self.draw(&mut UniformSampler::<_, BLOCK>::new(HkdfRng { key: &secret.key, info, next: 0 }))
    }
}

/// A random generator that returns HKDF's output. Each block is a separate expansion with the block's number, because
/// one expansion ends after 255 blocks.
struct HkdfRng<'s> {
    key: &'s Hkdf<Sha256>,
    info: Vec<u8>,
    next: u64,
}

impl TryRng for HkdfRng<'_> {
    type Error = EntropyError;

    fn try_next_u32(&mut self) -> Result<u32, EntropyError> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, EntropyError> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        for part in bytes.chunks_mut(BLOCK) {
            let mut block = Zeroizing::new([0; BLOCK]);
            let number = self.next.to_be_bytes();
            self.key.expand_multi_info(&[&self.info, &number], block.as_mut_slice()).map_err(|_| EntropyError)?;
            part.copy_from_slice(block.get(..part.len()).ok_or(EntropyError)?);
            self.next += 1;
        }
        Ok(())
    }
}

impl TryCryptoRng for HkdfRng<'_> {}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use super::*;

    const SECRET: [u8; 32] = [7; 32];

    fn derived(policy: &PasswordPolicy, secret: &[u8], run: &str, school: &str, username: &str) -> String {
        let secret = PasswordSecret::new(secret, run, school).unwrap();
        policy.derive(&secret, username).unwrap().expose().to_owned()
    }

    /// Hosts may compute passwords again with a later version, so these passwords must never change.
    #[test]
    fn derived_passwords_do_not_change_between_versions() {
        let policies = [
            (PasswordPolicy::default(), PINNED[0]),
            (PasswordPolicy::characters(20).unwrap(), PINNED[1]),
            (PasswordPolicy::pin(5).unwrap(), PINNED[2]),
            (PasswordPolicy::words(3).unwrap(), PINNED[3]),
        ];
        for (policy, expected) in policies {
            assert_eq!(derived(&policy, &SECRET, "2026-09-01", "A1", "Zoë O'Dell"), expected);
            assert_eq!(derived(&policy, &SECRET, "2026-09-01", "A1", "ZOË  O’Dell"), expected, "one key, one password");
        }
    }

    const PINNED: [&str; 4] = ["H7WY", "V9YFFHHJW2RPYJ575JCJ", "81848", "SANDAL LID JUICE"];

    #[test]
    fn the_secret_run_school_and_username_each_change_the_derived_password() {
        let policy = PasswordPolicy::characters(12).unwrap();
        let mut seen = HashSet::new();
        for (secret, run, school, username) in [
            (SECRET, "run", "school", "ada"),
            ([8; 32], "run", "school", "ada"),
            (SECRET, "run2", "school", "ada"),
            (SECRET, "run", "school2", "ada"),
            (SECRET, "run", "school", "adb"),
            (SECRET, "runs", "chool", "ada"),
            (SECRET, "run", "schoo", "lada"),
        ] {
            assert!(seen.insert(derived(&policy, &secret, run, school, username)), "{run} {school} {username}");
        }
        let longer = derived(&PasswordPolicy::characters(13).unwrap(), &SECRET, "run", "school", "ada");
        assert!(
            !longer.starts_with(&derived(&policy, &SECRET, "run", "school", "ada")),
            "no policy is part of another"
        );
    }

    /// Checks that each character occurs at each position about as often in derived passwords as in drawn passwords.
    #[test]
    fn derived_passwords_have_the_same_distribution_as_random_passwords() {
        let policy = PasswordPolicy::default();
        let secret = PasswordSecret::new(&SECRET, "run", "school").unwrap();
        let mut counts: HashMap<(usize, char), u32> = HashMap::new();
        for n in 0..36_000 {
            let password = policy.derive(&secret, &format!("pupil {n}")).unwrap();
            assert!(password.expose().chars().any(|c| c.is_ascii_digit()) && password.expose().len() == 4);
            assert!(password.expose().chars().any(|c| c.is_ascii_alphabetic()));
            password.expose().chars().enumerate().for_each(|at| *counts.entry(at).or_default() += 1);
        }
        let mut of_system: HashMap<(usize, char), u32> = HashMap::new();
        for password in policy.generate(36_000).unwrap() {
            password.expose().chars().enumerate().for_each(|at| *of_system.entry(at).or_default() += 1);
        }
        assert_eq!(counts.len(), of_system.len());
        // Each count is about 2,000, so the difference of two counts has a standard deviation of 62.
        assert!(counts.iter().all(|(at, count)| count.abs_diff(of_system[at]) < 400), "{counts:?}");
    }

    #[test]
    fn refuses_a_secret_that_is_too_short_or_lacks_a_run_or_school() {
        let error = PasswordSecret::new(&[7; 31], "run", "A1").unwrap_err();
        assert_eq!(error.to_string(), "a secret for passwords must have at least 32 random bytes, not 31");
        assert_eq!(error.code(), "secret-too-short");
        for (run, school, what) in [(" ", "A1", "run"), ("run", "", "school")] {
            let error = PasswordSecret::new(&SECRET, run, school).unwrap_err();
            assert_eq!(error.to_string(), format!("the {what} for derived passwords must not be blank"));
            assert_eq!(error.code(), "secret-unnamed");
        }
        let secret = PasswordSecret::new(&SECRET, "run", "A1").unwrap();
        assert_eq!(format!("{secret:?}"), "PasswordSecret(<hidden>)");
    }

    /// A draw that needs many blocks gets a new block each time.
    #[test]
    fn the_stream_of_random_bytes_repeats_no_block() {
        let secret = PasswordSecret::new(&SECRET, "run", "A1").unwrap();
        let mut stream = HkdfRng { key: &secret.key, info: Vec::new(), next: 0 };
        let mut bytes = [0; BLOCK * 300];
        stream.try_fill_bytes(&mut bytes).unwrap();
        let blocks: HashSet<&[u8]> = bytes.chunks(BLOCK).collect();
        assert_eq!(blocks.len(), 300);
    }
}
