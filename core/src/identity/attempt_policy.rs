//! The numbers of the limits for wrong passwords (`AttemptPolicy`): lock-out, waits, and a school's tries a day.
//! `attempts.rs` applies them. The defaults are also in `bindings-node/lib/sign-in.ts` and
//! `bindings-python/src/sign_in/attempts.rs`.

use chrono::TimeDelta;

pub(super) const DAY: TimeDelta = TimeDelta::days(1);

/// Limits for wrong passwords.
///
/// By default, an account locks at the tenth wrong password, until a teacher gives a new password. From the fourth
/// wrong password on, the student must wait at most a minute before the next try. A right password cancels two wrong
/// passwords, because children mistype. All students of a school together may type 100 wrong passwords a day.
///
/// ```
/// use onroll::identity::AttemptPolicy;
/// let policy = AttemptPolicy::new().lock_after(8)?.school_a_day(200)?;
/// assert!(AttemptPolicy::new().lock_after(1).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What it is worth
/// Suppose an attacker guesses the four-character passwords of a class of 30 for a month, and no one unlocks locked
/// accounts. The attacker then finds a password with a probability under 0.5%. (Each unlocking allows ten more tries,
/// so always give a new password when you unlock an account.) The attacker can stay unnoticed by trying just before
/// each child's own daily sign-in, which cancels two wrong passwords. The probability is then under 2.5%. A test
/// simulates both attacks. If a right password cancelled all wrong passwords, and the school's wrong passwords were not
/// limited, the probability would be over 7%.
///
/// You can set how many wrong passwords a right password cancels.
///
/// ```
/// use onroll::identity::AttemptPolicy;
/// let policy = AttemptPolicy::new().taken_back(3);
/// # let _ = policy;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct AttemptPolicy {
    pub(super) lock_after: u32,
    free: u32,
    longest_wait: u32,
    pub(super) taken_back: u32,
    school_a_day: u32,
}

/// The reason why a limit was refused.
///
/// ```
/// use onroll::identity::AttemptPolicy;
/// let error = AttemptPolicy::new().lock_after(1).unwrap_err();
/// println!("{}: {error}", error.code());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AttemptPolicyError {
    /// The number for [`lock_after`](AttemptPolicy::lock_after) is too small.
    #[error("lock_after must be at least 3, not {0}; a lower limit locks out children who mistype")]
    LockAfter(u32),
    /// The number for [`school_a_day`](AttemptPolicy::school_a_day) is too small.
    #[error("school_a_day must be at least 10, not {0}; one class can use up a lower limit")]
    SchoolADay(u32),
}

impl AttemptPolicyError {
    /// Returns the error's code in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::LockAfter(_) => "lock-after",
            Self::SchoolADay(_) => "school-a-day",
        }
    }
}

impl Default for AttemptPolicy {
    fn default() -> Self {
        Self { lock_after: 10, free: 3, longest_wait: 60, taken_back: 2, school_a_day: 100 }
    }
}

impl AttemptPolicy {
    /// Creates the default limits.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the number of wrong passwords after which an account locks. The default is 10, and the minimum is 3.
    ///
    /// # Errors
    /// [`AttemptPolicyError::LockAfter`] if the number is less than 3, because that would lock out children who
    /// mistype.
    pub fn lock_after(self, wrong: u32) -> Result<Self, AttemptPolicyError> {
        if wrong < 3 {
            return Err(AttemptPolicyError::LockAfter(wrong));
        }
        Ok(Self { lock_after: wrong, ..self })
    }

    /// Sets how many wrong passwords a right password cancels. The default is 2.
    pub fn taken_back(self, wrong: u32) -> Self {
        Self { taken_back: wrong, ..self }
    }

    /// Sets how many wrong passwords a whole school may type in a day. The default is 100, and the minimum is 10. After
    /// that, no one at the school can sign in until the next try becomes free. With 100 a day, a try becomes free every
    /// quarter of an hour. Allow a large school more wrong passwords: about one for every five students.
    ///
    /// An unnoticed attacker can use up the school's wrong passwords every day. With 100 a day, the attacker has 3,100
    /// guesses in a month. Spread over many accounts, these guesses find a four-character password with a probability
    /// of 4%. With 400 a day, the probability is 16%. Large schools should use longer passwords, and monitor the
    /// refused sign-ins.
    ///
    /// # Errors
    /// [`AttemptPolicyError::SchoolADay`] if the number is less than 10, because a single class could use up such a
    /// small number.
    pub fn school_a_day(self, wrong: u32) -> Result<Self, AttemptPolicyError> {
        if wrong < 10 {
            return Err(AttemptPolicyError::SchoolADay(wrong));
        }
        Ok(Self { school_a_day: wrong, ..self })
    }

    /// Returns the wait after this number of wrong passwords. The first waits are 0, and the next are 1, 2, 4 …
    /// seconds.
    pub(super) fn wait_after(self, wrong: u32) -> TimeDelta {
        let seconds = match wrong.checked_sub(self.free) {
            None | Some(0) => 0,
            Some(more) => self.longest_wait.min(1 << more.min(16).saturating_sub(1)),
        };
        TimeDelta::seconds(seconds.into())
    }

    /// Returns the time after which one more try of a school becomes free.
    pub(super) fn interval(self) -> TimeDelta {
        DAY / i32::try_from(self.school_a_day).unwrap_or(i32::MAX)
    }
}
