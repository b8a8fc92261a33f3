//! Decides how passwords are made (`PasswordPolicy`): their kinds, lengths and least strength (`LEAST_BITS`). Draws
//! them, and joins the words of a word password. Also has the advice to the host.

use std::sync::{Arc, LazyLock};

use rand::TryCryptoRng;
use rand::rngs::SysRng;
use zeroize::Zeroizing;

use super::chosen::LEAST_CHARACTERS;
use super::forbidden::{ForbiddenMatcher, Symbol};
use super::uniform::{BLOCK, UniformSampler};
use super::{EntropyError, Password, PolicyError, words};

/// The kind, the length and the strength of the passwords to make.
///
/// The default is 4 characters from `256789CFHJKPRTVWXY`, with at least one letter and one digit. Few of these
/// characters look alike. The set has no vowels, so passwords spell no words. Excel reads no password as a number or a
/// date. If a draw is offensive, the whole password is drawn again. Passwords are drawn without bias from the operating
/// system's random generator.
///
/// # Look-alikes
/// The set follows published counts of the characters that people, including children, confuse. Of two characters that
/// are often confused, the set contains at most one. The pairs K/X, P/R, H/X, H/W, V/Y, 5/8 and 6/8 remain in the set,
/// and look alike in poor print. Outside the set, S, Z and B are read as 5, 2 and 8 ([`Password::canonical_form`]), but
/// G and Q are not read as 6 and 9.
///
/// # Which one for whom
///
/// | policy | bits | for |
/// | --- | ---: | --- |
/// | `characters(4)` | 16.2 | the default |
/// | `pin(5)` | 16.2 | Reception and Key Stage 1; tablets |
/// | `characters(6)` | 24.5 | large schools |
/// | `words(3)` | 24.2 | children who read, from Year 3 |
///
/// Four characters are enough only if guessing is slow: see [`advice`](Self::advice).
///
/// ```
/// use onroll::PasswordPolicy;
/// let policy = PasswordPolicy::default();
/// assert!(policy.entropy_bits() > 16.0);
/// let passwords = policy.generate(30)?;
/// assert!(passwords.iter().all(|password| password.expose().len() == 4));
/// # Ok::<(), onroll::password::EntropyError>(())
/// ```
///
/// You can compare the strength of the default with the strength of other policies.
///
/// ```
/// use onroll::PasswordPolicy;
/// for policy in [PasswordPolicy::characters(6)?, PasswordPolicy::pin(6)?, PasswordPolicy::words(3)?] {
///     println!("{:.1} bits: {}", policy.entropy_bits(), policy.advice());
/// }
/// // A school asks that no password spells a local nickname.
/// let policy = PasswordPolicy::characters_without(4, &["poppy"])?;
/// assert_eq!(policy.generate(30)?.len(), 30);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct PasswordPolicy {
    pub(super) kind: PolicyKind,
    entropy_bits: f64,
}

#[derive(Debug, Clone)]
pub(super) enum PolicyKind {
    Drawn { length: usize, machine: Arc<ForbiddenMatcher> },
    Words { count: usize },
}

const MOST_CHARACTERS: usize = 20;
/// The largest number of digits. Excel shows a number of twelve digits as 1.23E+11.
const MOST_DIGITS: usize = 11;
const MOST_WORDS: usize = 6;
/// The lowest allowed strength in bits, which is about the strength of the default.
const LEAST_BITS: f64 = 16.0;

impl Default for PasswordPolicy {
    fn default() -> Self {
        static DEFAULT: LazyLock<PasswordPolicy> =
            LazyLock::new(|| PasswordPolicy::drawn(LEAST_CHARACTERS, ForbiddenMatcher::characters(&[])));
        DEFAULT.clone()
    }
}

impl PasswordPolicy {
    /// Creates a policy for passwords with this number of characters. It uses the characters and the refused words of
    /// the default policy.
    ///
    /// # Errors
    /// [`PolicyError::TooNarrow`] for fewer than 4 characters, [`PolicyError::TooLong`] for more than 20.
    pub fn characters(length: usize) -> Result<Self, PolicyError> {
        Self::characters_without(length, &[])
    }

    /// Creates a policy for passwords with this number of characters. The passwords never spell one of these words, in
    /// letters or in digits that look like letters. Passwords that the default policy refuses are refused too.
    ///
    /// # Errors
    /// The same errors as [`characters`](Self::characters), and [`PolicyError::NotAWord`] if a word has only one
    /// letter, or contains anything except letters and digits.
    pub fn characters_without(length: usize, words: &[&str]) -> Result<Self, PolicyError> {
        if length > MOST_CHARACTERS {
            return Err(PolicyError::TooLong { most: MOST_CHARACTERS, of: "characters" });
        }
        if words.iter().any(|w| w.len() < 2 || !w.bytes().all(|b| b.is_ascii_alphanumeric())) {
            return Err(PolicyError::NotAWord);
        }
        Self::wide_enough(Self::drawn(length, ForbiddenMatcher::characters(words)))
    }

    /// Creates a policy for a PIN with this number of digits. The first digit is not 0. A PIN contains no digit three
    /// times in a row, no sequence such as 1234, and no day and month (`0407`).
    ///
    /// `pin(5)` suits Reception, Key Stage 1, and tablets. It has 16.2 bits, as many as the default. It takes five taps
    /// on a number pad. Four letters and digits take about six taps and two changes of the on-screen keyboard. Set
    /// `inputmode="numeric"` on the field. Never use birthdays instead, because there are only 366.
    ///
    /// ```
    /// use onroll::PasswordPolicy;
    /// assert!(PasswordPolicy::pin(5)?.entropy_bits() > 16.0);
    /// assert!(PasswordPolicy::pin(4).is_err()); // too easy to guess
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`PolicyError::TooNarrow`] for fewer than 5 digits, [`PolicyError::TooLong`] for more than 11.
    pub fn pin(digits: usize) -> Result<Self, PolicyError> {
        if digits > MOST_DIGITS {
            return Err(PolicyError::TooLong { most: MOST_DIGITS, of: "digits" });
        }
        Self::wide_enough(Self::drawn(digits, ForbiddenMatcher::digits()))
    }

    /// Creates a policy with this number of short, different words, with spaces between them: `FROG LAMP RAIN`.
    ///
    /// This policy is for children who can read. The words name everyday things, and were chosen by hand for a reading
    /// age of about seven. Three words have 24 bits. Students may type the words with or without the spaces, or with
    /// hyphens.
    ///
    /// # Errors
    /// [`PolicyError::TooNarrow`] for fewer than 2 words, [`PolicyError::TooLong`] for more than 6.
    pub fn words(count: usize) -> Result<Self, PolicyError> {
        if count > MOST_WORDS {
            return Err(PolicyError::TooLong { most: MOST_WORDS, of: "words" });
        }
        // The first word is one of all words, the second is one of the remaining words, and so on.
        let entropy_bits = (0..count).map(|taken| (words::WORDS.len() as f64 - taken as f64).log2()).sum();
        Self::wide_enough(Self { kind: PolicyKind::Words { count }, entropy_bits })
    }

    fn drawn(length: usize, machine: ForbiddenMatcher) -> Self {
        let entropy_bits = machine.accepted(length).log2();
        Self { kind: PolicyKind::Drawn { length, machine: Arc::new(machine) }, entropy_bits }
    }

    fn wide_enough(policy: Self) -> Result<Self, PolicyError> {
        // If no password is allowed, the logarithm is minus infinity.
        let bits = policy.entropy_bits.max(0.0);
        if bits < LEAST_BITS { Err(PolicyError::TooNarrow { bits, least: LEAST_BITS }) } else { Ok(policy) }
    }

    /// Returns the strength in bits: the base-2 logarithm of the number of allowed passwords, all equally likely.
    pub fn entropy_bits(&self) -> f64 {
        self.entropy_bits
    }

    /// Returns what you must do for passwords of this strength, in one to three sentences for developers.
    pub fn advice(&self) -> &'static str {
        if self.entropy_bits < 24.0 {
            "Lock an account after 10 wrong passwords in a row, until a teacher gives a new one. A lock that expires by itself is not enough. Also limit the wrong passwords for each school: usernames are names, so a guesser needs only the password."
        } else {
            "Limit the rate of wrong passwords for each account and each school."
        }
    }

    /// Generates this number of passwords, with random bytes from the operating system.
    ///
    /// # Errors
    /// [`EntropyError`] if the operating system does not supply random bytes.
    pub fn generate(&self, count: usize) -> Result<Vec<Password>, EntropyError> {
        self.generate_with(SysRng, count)
    }

    pub(super) fn generate_with(&self, rng: impl TryCryptoRng, count: usize) -> Result<Vec<Password>, EntropyError> {
        let mut sampler = UniformSampler::<_, BLOCK>::new(rng);
        let mut passwords = Vec::with_capacity(count);
        match &self.kind {
            // Listing all allowed passwords costs as much as thousands of draws. With the list, each draw is only one
            // random number.
            PolicyKind::Drawn { length, machine } if count >= MANY && machine.strings(*length) <= MOST_LISTED => {
                let list = machine.list(*length);
                let all = list.len() / length;
                for _ in 0..count {
                    let start = sampler.below_32(all)? * length;
                    let drawn = &list[start..start + length];
                    passwords.push(Password::of_ascii(drawn.iter().copied()));
                }
            }
            _ => {
                for _ in 0..count {
                    passwords.push(self.draw(&mut sampler)?);
                }
            }
        }
        Ok(passwords)
    }

    pub(super) fn draw<R: TryCryptoRng, const N: usize>(
        &self,
        sampler: &mut UniformSampler<R, N>,
    ) -> Result<Password, EntropyError> {
        match &self.kind {
            PolicyKind::Drawn { length, machine } => loop {
                let mut drawn = [Symbol::default(); MOST_CHARACTERS];
                let drawn = &mut drawn[..*length];
                for index in &mut *drawn {
                    *index = loop {
                        // A byte that would cause a bias is rejected.
                        if let Some(symbol) = machine.symbol_for_byte(sampler.byte()?) {
                            break symbol;
                        }
                    };
                }
                // A refused string is drawn again completely, because changing one character would cause a bias.
                if machine.accepts(drawn) {
                    return Ok(Password::of_ascii(drawn.iter().map(|symbol| symbol.character)));
                }
            },
            PolicyKind::Words { count } => {
                let mut drawn = Vec::with_capacity(*count);
                while drawn.len() < *count {
                    let index = sampler.below(words::WORDS.len())?;
                    // A repeated word is drawn again, so that all remaining words are equally likely.
                    if !drawn.contains(&index) {
                        drawn.push(index);
                    }
                }
                let words = drawn.iter().filter_map(|index| words::WORDS.get(*index).copied());
                Ok(Password::existing(&Zeroizing::new(words.collect::<Vec<_>>().join(" "))))
            }
        }
    }
}

/// The smallest number of passwords for which it is faster to list all allowed passwords first.
pub(super) const MANY: usize = 20_000;
/// The largest number of strings to examine for the list. Four-character strings and five-digit PINs are within this
/// limit.
const MOST_LISTED: u64 = 1 << 18;
