//! Passwords a five-year-old can type: chosen fairly, shown only when asked.

#[cfg(feature = "argon2")]
mod hash;
mod refuse;
mod words;

use std::fmt;
use std::sync::{Arc, LazyLock};

use rand::rngs::SysRng;
use rand::{TryCryptoRng, TryRng};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

#[cfg(feature = "argon2")]
pub use hash::{PasswordHashError, PasswordHasher};
use refuse::{Machine, Symbol};

/// A student's password. It shows itself only when asked, by [`expose`](Self::expose).
///
/// Its `Debug` is fixed, it has no `Display`, cannot be serialized, and its memory is wiped when it
/// is dropped (a copy that `expose` led to is the caller's).
#[derive(Clone)]
pub struct Password(Letters);

/// A short password lies in place: a school's worth of them is one piece of memory.
#[derive(Clone)]
enum Letters {
    InPlace {
        length: u8,
        bytes: [u8; IN_PLACE],
    },
    /// Twice apart, so that a password takes sixteen bytes and not twenty-four.
    Apart(Box<Box<str>>),
}

const IN_PLACE: usize = 14;

impl Password {
    /// A password that a person chose, at least 4 characters, letters and digits, at least one of each.
    ///
    /// # Errors
    /// [`PolicyError::Chosen`] if it is not such.
    ///
    /// ```
    /// use onroll::Password;
    /// assert!(Password::chosen("frog7").is_ok());
    /// assert!(Password::chosen("abc").is_err());
    /// ```
    pub fn chosen(text: &str) -> Result<Self, PolicyError> {
        let long_enough = text.chars().count() >= LEAST_CHARACTERS;
        let alphanumeric = text.chars().all(char::is_alphanumeric);
        let both = text.chars().any(char::is_alphabetic) && text.chars().any(char::is_numeric);
        if long_enough && alphanumeric && both { Ok(Self::existing(text)) } else { Err(PolicyError::Chosen) }
    }

    /// A password that exists already, whatever it is: from the host's database, by no rule of ours.
    pub fn existing(text: &str) -> Self {
        let mut bytes = [0; IN_PLACE];
        match (bytes.get_mut(..text.len()), u8::try_from(text.len())) {
            (Some(place), Ok(length)) => {
                place.copy_from_slice(text.as_bytes());
                Self(Letters::InPlace { length, bytes })
            }
            _ => Self(Letters::Apart(Box::new(text.into()))),
        }
    }

    /// A password of as many characters of ASCII.
    #[inline]
    fn of_ascii(characters: impl ExactSizeIterator<Item = u8>) -> Self {
        let length = characters.len();
        if length > IN_PLACE {
            return Self::existing(&Zeroizing::new(characters.map(char::from).collect::<String>()));
        }
        let mut bytes = [0; IN_PLACE];
        bytes.iter_mut().zip(characters).for_each(|(place, character)| *place = character);
        Self(Letters::InPlace { length: length as u8, bytes })
    }

    /// The password itself, to be shown to the student or stored. Keep it out of logs.
    pub fn expose(&self) -> &str {
        match &self.0 {
            Letters::InPlace { length, bytes } => {
                bytes.get(..usize::from(*length)).and_then(|b| std::str::from_utf8(b).ok()).unwrap_or_default()
            }
            Letters::Apart(text) => text,
        }
    }

    /// Returns whether what was typed is this password: both in [canonical form](Self::canonical_form), compared in
    /// constant time. A blank password never matches.
    ///
    /// ```
    /// # let password = onroll::Password::chosen("CX57")?;
    /// assert!(password.matches(" cx57") && password.matches("CXS7"));
    /// assert!(!password.matches("CX58"));
    /// # Ok::<(), onroll::PolicyError>(())
    /// ```
    pub fn matches(&self, typed: &str) -> bool {
        let own = Zeroizing::new(self.canonical());
        let other = Zeroizing::new(Self::canonical_form(typed));
        !own.is_empty() && bool::from(own.as_bytes().ct_eq(other.as_bytes()))
    }

    /// Returns this password in [canonical form](Self::canonical_form): the text to hash, for a host that stores only
    /// hashes. Keep it out of logs.
    pub fn canonical(&self) -> String {
        Self::canonical_form(self.expose())
    }

    /// Returns what was typed in the one form that passwords are hashed and compared in: upper case, without spaces,
    /// hyphens, dots and underscores, with S as 5, Z as 2 and B as 8.
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
    /// Equal to the letter, compared in constant time.
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

/// The operating system gave no randomness, so no password was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no randomness, so no password was made")]
#[non_exhaustive]
pub struct EntropyError;

impl EntropyError {
    /// `"no-entropy"`
    pub fn code(&self) -> &'static str {
        "no-entropy"
    }
}

/// A password, or a way of making them, that is refused.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// Too few different passwords: weaker than the default, which is as weak as it may be.
    #[error("{bits:.1} bits are too few: a policy must make passwords of at least {least} bits")]
    TooNarrow {
        /// What the policy would have.
        bits: f64,
        /// What it must have.
        least: f64,
    },
    /// Longer than can be typed, or than Excel shows as it is.
    #[error("too long: at most {most} {of}")]
    TooLong {
        /// The most there may be.
        most: usize,
        /// Of what: characters, digits or words.
        of: &'static str,
    },
    /// A word to refuse must be letters and digits.
    #[error("a word to refuse must be made of letters and digits, at least two")]
    NotAWord,
    /// What a person chose is not a password.
    #[error("a password must be at least 4 characters, letters and digits, with at least one of each")]
    Chosen,
}

impl PolicyError {
    /// The error's code, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooNarrow { .. } => "policy-too-narrow",
            Self::TooLong { .. } => "policy-too-long",
            Self::NotAWord => "policy-not-a-word",
            Self::Chosen => "password-not-allowed",
        }
    }
}

/// How passwords are made: their kind and length, and how strong that is.
///
/// The default is 4 characters of `256789CFGHJMPQRVWX`: no two that look alike, no vowel to spell a
/// word with, nothing that Excel takes for a number or a date; at least one letter and one digit;
/// offensive strings are drawn again. They are drawn from the operating system's generator without bias.
///
/// Four characters hold out only where guessing is slow: see [`advice`](Self::advice).
///
/// ```
/// use onroll::PasswordPolicy;
/// let policy = PasswordPolicy::default();
/// assert!(policy.entropy_bits() > 16.0);
/// let passwords = policy.generate(30)?;
/// assert!(passwords.iter().all(|password| password.expose().len() == 4));
/// # Ok::<(), onroll::EntropyError>(())
/// ```
#[derive(Debug, Clone)]
pub struct PasswordPolicy {
    kind: Kind,
    entropy_bits: f64,
}

#[derive(Debug, Clone)]
enum Kind {
    Drawn { length: usize, machine: Arc<Machine> },
    Words { count: usize },
}

const LEAST_CHARACTERS: usize = 4;
const MOST_CHARACTERS: usize = 20;
/// Excel shows a number of twelve digits as 1.23E+11.
const MOST_DIGITS: usize = 11;
const MOST_WORDS: usize = 6;
/// As weak as the default is, and no weaker.
const LEAST_BITS: f64 = 16.0;

impl Default for PasswordPolicy {
    fn default() -> Self {
        static DEFAULT: LazyLock<PasswordPolicy> =
            LazyLock::new(|| PasswordPolicy::drawn(LEAST_CHARACTERS, Machine::characters(&[])));
        DEFAULT.clone()
    }
}

impl PasswordPolicy {
    /// So many characters, drawn and refused as in the default.
    ///
    /// # Errors
    /// [`PolicyError::TooNarrow`] below 4, [`PolicyError::TooLong`] above 20.
    pub fn characters(length: usize) -> Result<Self, PolicyError> {
        Self::characters_without(length, &[])
    }

    /// So many characters, and none that spells one of these words too, whether with letters or with
    /// digits that look like them. What is refused by default is refused all the same.
    ///
    /// # Errors
    /// As [`characters`](Self::characters); [`PolicyError::NotAWord`] for a word of one letter, or with anything but letters and
    /// digits in it.
    pub fn characters_without(length: usize, words: &[&str]) -> Result<Self, PolicyError> {
        if length > MOST_CHARACTERS {
            return Err(PolicyError::TooLong { most: MOST_CHARACTERS, of: "characters" });
        }
        if words.iter().any(|w| w.len() < 2 || !w.bytes().all(|b| b.is_ascii_alphanumeric())) {
            return Err(PolicyError::NotAWord);
        }
        Self::wide_enough(Self::drawn(length, Machine::characters(words)))
    }

    /// A number of so many digits, the first not 0, without three of a kind or runs such as 1234.
    ///
    /// # Errors
    /// [`PolicyError::TooNarrow`] below 5, [`PolicyError::TooLong`] above 11.
    pub fn pin(digits: usize) -> Result<Self, PolicyError> {
        if digits > MOST_DIGITS {
            return Err(PolicyError::TooLong { most: MOST_DIGITS, of: "digits" });
        }
        Self::wide_enough(Self::drawn(digits, Machine::digits()))
    }

    /// So many short words with hyphens between, as `FROG-LAMP-RAIN`.
    ///
    /// # Errors
    /// [`PolicyError::TooNarrow`] below 2, [`PolicyError::TooLong`] above 6.
    pub fn words(count: usize) -> Result<Self, PolicyError> {
        if count > MOST_WORDS {
            return Err(PolicyError::TooLong { most: MOST_WORDS, of: "words" });
        }
        let entropy_bits = (words::WORDS.len() as f64).log2() * count as f64;
        Self::wide_enough(Self { kind: Kind::Words { count }, entropy_bits })
    }

    fn drawn(length: usize, machine: Machine) -> Self {
        let entropy_bits = machine.accepted(length).log2();
        Self { kind: Kind::Drawn { length, machine: Arc::new(machine) }, entropy_bits }
    }

    fn wide_enough(policy: Self) -> Result<Self, PolicyError> {
        // The logarithm of no password at all is minus infinity.
        let bits = policy.entropy_bits.max(0.0);
        if bits < LEAST_BITS { Err(PolicyError::TooNarrow { bits, least: LEAST_BITS }) } else { Ok(policy) }
    }

    /// The strength in bits: the logarithm to base 2 of how many passwords are left after what is
    /// refused, all equally likely.
    pub fn entropy_bits(&self) -> f64 {
        self.entropy_bits
    }

    /// What the host must do for passwords of this strength, in a sentence or two for its developers.
    pub fn advice(&self) -> &'static str {
        if self.entropy_bits < 25.0 {
            "Lock an account after 10 wrong passwords in a row until a teacher gives a new one (a lock that expires \
             by itself does not do), and limit wrong passwords a school too: usernames are names, so the password \
             is all that a guesser lacks."
        } else {
            "Limit the rate of wrong passwords for each account and each school."
        }
    }

    /// Makes so many passwords, with randomness from the operating system.
    ///
    /// # Errors
    /// [`EntropyError`] if there is none.
    pub fn generate(&self, count: usize) -> Result<Vec<Password>, EntropyError> {
        self.generate_with(SysRng, count)
    }

    fn generate_with(&self, rng: impl TryCryptoRng, count: usize) -> Result<Vec<Password>, EntropyError> {
        let mut dice = Dice { rng, block: Zeroizing::new([0; BLOCK]), at: BLOCK };
        let mut passwords = Vec::with_capacity(count);
        match &self.kind {
            // To list them all costs as much as some thousands of draws, and then each is one number.
            Kind::Drawn { length, machine } if count >= MANY && machine.strings(*length) <= MOST_LISTED => {
                let list = machine.list(*length);
                let all = list.len() / length;
                for _ in 0..count {
                    let start = dice.below_32(all)? * length;
                    let drawn = list.get(start..start + length).unwrap_or_default();
                    passwords.push(Password::of_ascii(drawn.iter().copied()));
                }
            }
            _ => {
                for _ in 0..count {
                    passwords.push(self.draw(&mut dice)?);
                }
            }
        }
        Ok(passwords)
    }

    fn draw<R: TryCryptoRng>(&self, dice: &mut Dice<R>) -> Result<Password, EntropyError> {
        match &self.kind {
            Kind::Drawn { length, machine } => loop {
                let mut drawn = [Symbol::default(); MOST_CHARACTERS];
                let drawn = drawn.get_mut(..*length).unwrap_or_default();
                for place in &mut *drawn {
                    *place = loop {
                        // A byte that would tip the scales is thrown away.
                        if let Some(symbol) = machine.thrown(dice.byte()?) {
                            break symbol;
                        }
                    };
                }
                // A refused string is drawn again whole: mending one character would be a bias.
                if machine.accepts(drawn) {
                    return Ok(Password::of_ascii(drawn.iter().map(|symbol| symbol.character)));
                }
            },
            Kind::Words { count } => {
                let mut text = Zeroizing::new(String::with_capacity(count * 8));
                for _ in 0..*count {
                    if !text.is_empty() {
                        text.push('-');
                    }
                    let index = dice.below(words::WORDS.len())?;
                    text.push_str(words::WORDS.get(index).copied().unwrap_or_default());
                }
                Ok(Password::existing(&text))
            }
        }
    }
}

/// From so many passwords on, it pays to list all that may be drawn.
const MANY: usize = 20_000;
/// So many strings may be looked at for that: all of four characters, and pins of five digits.
const MOST_LISTED: u64 = 1 << 18;

/// Randomness is fetched from the operating system in blocks: a call a password would cost more
/// than the password.
const BLOCK: usize = 4096;

/// Fair dice over a generator fit for secrets.
struct Dice<R> {
    rng: R,
    block: Zeroizing<[u8; BLOCK]>,
    at: usize,
}

impl<R: TryRng> Dice<R> {
    /// A number below `sides` (at most 65,536), each as likely: what would tip the scales is thrown away.
    fn below(&mut self, sides: usize) -> Result<usize, EntropyError> {
        let range = 1 << 16;
        let fair = range - range % sides;
        loop {
            let thrown = usize::from(u16::from_be_bytes([self.byte()?, self.byte()?]));
            if thrown < fair {
                return Ok(thrown % sides);
            }
        }
    }

    /// A number below `sides`, each as likely: the upper half of a product, drawn again where its lower half would tip the
    /// scales (Lemire 2019).
    #[inline(always)]
    fn below_32(&mut self, sides: usize) -> Result<usize, EntropyError> {
        let sides = sides as u64;
        loop {
            let thrown = u32::from_le_bytes(self.bytes()?);
            let product = u64::from(thrown) * sides;
            let tips = (product & u64::from(u32::MAX)) < sides && (product & u64::from(u32::MAX)) < (1 << 32) % sides;
            if !tips {
                return Ok((product >> 32) as usize);
            }
        }
    }

    #[inline(always)]
    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], EntropyError> {
        if let Some(bytes) = self.block.get(self.at..).and_then(<[u8]>::first_chunk) {
            self.at += N;
            return Ok(*bytes);
        }
        let mut bytes = [0; N];
        for byte in &mut bytes {
            *byte = self.byte()?;
        }
        Ok(bytes)
    }

    #[inline(always)]
    fn byte(&mut self) -> Result<u8, EntropyError> {
        if let Some(&byte) = self.block.get(self.at) {
            self.at += 1;
            return Ok(byte);
        }
        self.rng.try_fill_bytes(self.block.as_mut_slice()).map_err(|_| EntropyError)?;
        self.at = 1;
        Ok(self.block[0])
    }
}

#[cfg(test)]
mod tests;
