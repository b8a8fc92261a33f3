//! How often a password may be guessed: counted an account and a school, as a state that the host stores.
//!
//! A try is counted before it is looked at, so that a host that stores it at once gives nobody more by dying in between.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_128;

use crate::account::{Account, Accounts};
use crate::password::Password;
use crate::text;

use super::refused::{RefusedReason as Why, SignInRefused};

/// Wrong passwords of so long ago are forgotten.
const FORGOTTEN_AFTER: TimeDelta = TimeDelta::days(90);
const DAY: TimeDelta = TimeDelta::days(1);
/// Nobody's username or password is as long.
const LONGEST: usize = 1024;

/// How many wrong passwords there may be.
///
/// By default an account locks at the tenth wrong password, until a teacher gives a new one; from the fourth on a little time
/// must pass first, up to a minute; a right one takes two of the wrong ones back, since children mistype; and a school may type
/// 100 wrong ones a day.
///
/// # What it is worth
/// Whoever guesses for a month at a class of 30 with passwords of four characters, which nobody unlocks meanwhile, finds one with a
/// probability of under 0.5% (each unlocking gives ten tries more, and so a new password is due with it); and who
/// guesses right before each child's own sign-in, of which there is one a day, so that the child takes it back and nobody notices, with
/// one of under 2.5%. A
/// test plays both. If a right password took all wrong ones back, and the school did not count, it would be over 7%.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct AttemptPolicy {
    lock_after: u32,
    free: u32,
    longest_wait: u32,
    taken_back: u32,
    school_a_day: u32,
}

impl Default for AttemptPolicy {
    fn default() -> Self {
        Self { lock_after: 10, free: 3, longest_wait: 60, taken_back: 2, school_a_day: 100 }
    }
}

impl AttemptPolicy {
    /// The usual one.
    pub fn new() -> Self {
        Self::default()
    }

    /// At which wrong password an account locks: 10, and at least 3.
    pub fn lock_after(self, wrong: u32) -> Self {
        Self { lock_after: wrong.max(3), ..self }
    }

    /// How many wrong ones a right password takes back: 2.
    pub fn taken_back(self, wrong: u32) -> Self {
        Self { taken_back: wrong, ..self }
    }

    /// How many wrong ones a whole school may type in a day: 100, and at least 10. When they are spent nobody there signs in until
    /// one more is to be had, a quarter of an hour later at 100, so that a large school should have more: some one for every five
    /// students.
    ///
    /// What a school may type a guesser may type whom nobody notices: spread over many accounts, that is 3,100 guesses in a month at 100
    /// a day, which find somebody's four characters with a probability of 4%; and at 400 a day of 15%. Large schools should have
    /// longer passwords, and look at what is refused.
    pub fn school_a_day(self, wrong: u32) -> Self {
        Self { school_a_day: wrong.max(10), ..self }
    }

    /// What must pass after so many wrong ones: nothing, then 1, 2, 4 … seconds.
    fn wait_after(self, wrong: u32) -> TimeDelta {
        let seconds = match wrong.checked_sub(self.free) {
            None | Some(0) => 0,
            Some(more) => self.longest_wait.min(1 << more.min(16).saturating_sub(1)),
        };
        TimeDelta::seconds(seconds.into())
    }

    /// After how long a school has one more.
    fn interval(self) -> TimeDelta {
        DAY / i32::try_from(self.school_a_day).unwrap_or(i32::MAX)
    }
}

/// The wrong passwords of one school, as a value that the host stores with the school and changes by one sign-in at a time: a row
/// that is locked for update from when it is read until it is stored. Two sign-ins that read the same state count as one.
/// It holds hashes of usernames, and no password.
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use onroll::{Accounts, AttemptPolicy, Attempts, PasswordPolicy, Reader};
/// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
/// # let accounts = Accounts::create(&Reader::new().read_bytes(csv.into_bytes())?, &PasswordPolicy::default());
/// let now = Utc.with_ymd_and_hms(2026, 9, 7, 9, 0, 0).unwrap();
/// let policy = AttemptPolicy::new();
/// let mut attempts = Attempts::new();
///
/// let refused = attempts.sign_in(&policy, &accounts, "Zoë Okafor", "????", now).unwrap_err();
/// assert_eq!(refused.reason.as_str(), "not-recognised");
/// # let typed = accounts.get("Zoë Okafor").unwrap().password.unwrap().expose().to_lowercase();
/// let account = attempts.sign_in(&policy, &accounts, "zoë okafor", &typed, now)?;
/// assert_eq!(account.full_name, "Zoë Okafor");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A host that keeps only hashes compares for itself, between [`begin`](Self::begin) and [`succeeded`](Self::succeeded).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempts {
    /// By a hash of the username: what was typed is not stored.
    accounts: BTreeMap<String, Tally>,
    /// When the school has all its wrong passwords of a day again. A state without it is damaged.
    #[serde(deserialize_with = "Option::deserialize")]
    full_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Tally {
    wrong: u32,
    last: DateTime<Utc>,
}

impl Attempts {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The account of a username and password, if both are right; else what was tried is counted.
    ///
    /// An unknown username takes the work of a known one and gets its answer. Passwords are compared in constant time, in any
    /// case, as [`Password::matches`] does.
    ///
    /// # Errors
    /// [`SignInRefused`]: `not-recognised`, `too-soon`, `locked`, `school-paused`; and `inactive`, when the password of a leaver
    /// was right. Store the attempts in each case.
    pub fn sign_in<'a>(
        &mut self,
        policy: &AttemptPolicy,
        accounts: &'a Accounts,
        username: &str,
        password: &str,
        now: DateTime<Utc>,
    ) -> Result<Account<'a>, SignInRefused> {
        self.begin(policy, username, now)?;
        let found = accounts.get(within(username)).filter(|account| account.password.is_some());
        let stand_in = Password::existing("CX57");
        let own = found.and_then(|account| account.password).unwrap_or(&stand_in);
        let is_right = own.matches(within(password));
        match found.filter(|_| is_right && password.len() <= LONGEST) {
            None => Err(Why::NotRecognised.into()),
            Some(account) => {
                self.succeeded(policy, username);
                if account.active { Ok(account) } else { Err(Why::Inactive.into()) }
            }
        }
    }

    /// Counts a try, before it is known whether it is right: for hosts that compare for themselves. The username is as the account has it,
    /// if one is found, and else as it was typed: a database may find an account by other spellings than are one here. Store the
    /// state, then compare; and for a username that nobody has, compare with some hash all the same, so that it takes as long.
    ///
    /// # Errors
    /// [`SignInRefused`]: `too-soon`, `locked`, `school-paused`. Then nothing may be compared, and nothing was counted.
    pub fn begin(&mut self, policy: &AttemptPolicy, username: &str, now: DateTime<Utc>) -> Result<(), SignInRefused> {
        let key = key(username);
        // What is further away than a day was counted by a clock that was ahead: a day it is then.
        let missing = self.full_at.map_or(TimeDelta::zero(), |full_at| (full_at - now).clamp(TimeDelta::zero(), DAY));
        self.full_at = now.checked_add_signed(missing);
        self.accounts.retain(|_, tally| tally.wrong >= policy.lock_after || now - tally.last < FORGOTTEN_AFTER);
        let wrong = match self.accounts.get_mut(&key) {
            Some(tally) if tally.wrong >= policy.lock_after => return Err(Why::Locked.into()),
            Some(tally) => {
                // A clock that was put back, or another server's, makes nobody wait for longer.
                tally.last = tally.last.min(now);
                let left = policy.wait_after(tally.wrong) - (now - tally.last);
                if left > TimeDelta::zero() {
                    return Err(later(Why::TooSoon, left));
                }
                tally.wrong
            }
            None => 0,
        };
        let missing = missing + policy.interval();
        if missing > DAY {
            return Err(later(Why::SchoolPaused, missing - DAY));
        }
        self.full_at = now.checked_add_signed(missing);
        self.accounts.insert(key, Tally { wrong: wrong.saturating_add(1), last: now });
        Ok(())
    }

    /// The try that [`begin`](Self::begin) counted was right.
    pub fn succeeded(&mut self, policy: &AttemptPolicy, username: &str) {
        let key = key(username);
        if let Some(tally) = self.accounts.get_mut(&key) {
            tally.wrong = tally.wrong.saturating_sub(policy.taken_back.saturating_add(1));
            if tally.wrong == 0 {
                self.accounts.remove(&key);
            }
            self.full_at = self.full_at.and_then(|full_at| full_at.checked_sub_signed(policy.interval()));
        }
    }

    /// Forgets the wrong passwords of a username: when a teacher has given the account a new one, or when an account is made or gets
    /// another username, and not otherwise.
    pub fn unlock(&mut self, username: &str) {
        self.accounts.remove(&key(username));
    }

    /// Whether an account is locked, for a teacher to see.
    pub fn is_locked(&self, policy: &AttemptPolicy, username: &str) -> bool {
        self.accounts.get(&key(username)).is_some_and(|tally| tally.wrong >= policy.lock_after)
    }
}

impl fmt::Debug for Attempts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempts").field("accounts", &self.accounts.len()).finish_non_exhaustive()
    }
}

fn later(reason: Why, left: TimeDelta) -> SignInRefused {
    // In whole seconds, and so not a moment too early.
    let seconds = u64::try_from(left.num_seconds()).unwrap_or_default() + 1;
    SignInRefused { reason, retry_after: Some(Duration::from_secs(seconds)) }
}

/// What an account's attempts are kept under: usernames that are one have one.
fn key(username: &str) -> String {
    // All of it: what is cut off before it is folded gives one account many counts.
    format!("{:032x}", XxHash3_128::oneshot(text::key(username).as_bytes()))
}

/// As much of a text as is looked at.
fn within(text: &str) -> &str {
    if text.len() <= LONGEST {
        return text;
    }
    (LONGEST - 3..=LONGEST).rev().find_map(|end| text.get(..end)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 9, 7, 9, 0, 0).unwrap()
    }

    #[test]
    fn waiting_grows_to_a_minute() {
        let policy = AttemptPolicy::new();
        let waits: Vec<_> = (0..12).map(|wrong| policy.wait_after(wrong).num_seconds()).collect();
        assert_eq!(waits, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(policy.wait_after(u32::MAX).num_seconds(), 60);
    }

    #[test]
    fn a_clock_that_goes_back_locks_nobody_out() {
        let policy = AttemptPolicy::new();
        let mut attempts = Attempts::new();
        for second in 0..100 {
            let _ = attempts.begin(&policy, "Zoë", now() + TimeDelta::days(400) + TimeDelta::seconds(second));
        }
        attempts.unlock("Zoë");
        for wrong in 0..6 {
            let _ = attempts.begin(&policy, "Zoë", now() + TimeDelta::days(400) + TimeDelta::minutes(3 + wrong));
        }
        let refused = attempts.begin(&policy, "Zoë", now()).unwrap_err();
        assert_eq!((refused.reason, refused.retry_after), (Why::TooSoon, Some(Duration::from_secs(5))));
        // The school too waits for its next, and no longer.
        assert!(attempts.begin(&policy, "Zoë", now() + TimeDelta::minutes(15)).is_ok());
    }

    #[test]
    fn servers_whose_clocks_differ_give_no_more_tries() {
        let policy = AttemptPolicy::new();
        let mut attempts = Attempts::new();
        let taken = (0..2000_i64).filter(|n| {
            let skew = TimeDelta::seconds(n % 2);
            attempts.begin(&policy, &n.to_string(), now() + TimeDelta::seconds(n / 100) - skew).is_ok()
        });
        assert_eq!(taken.count(), 100);
        // And a clock that was far ahead pauses a school for no longer than any.
        for n in 0..200 {
            let _ = attempts.begin(&policy, &format!("later {n}"), now() + TimeDelta::days(400));
        }
        assert!(attempts.begin(&policy, "Isla", now()).is_err());
        assert!(attempts.begin(&policy, "Isla", now() + TimeDelta::minutes(15)).is_ok());
    }

    #[test]
    fn no_time_is_out_of_reach() {
        let policy = AttemptPolicy::new().school_a_day(u32::MAX).taken_back(u32::MAX).lock_after(u32::MAX);
        let mut attempts = Attempts::new();
        for _ in 0..3 {
            for now in [DateTime::<Utc>::MIN_UTC, DateTime::UNIX_EPOCH, DateTime::<Utc>::MAX_UTC] {
                let _ = attempts.begin(&policy, "Zoë", now);
                let _ = attempts.begin(&AttemptPolicy::new(), "Noah", now);
                attempts.succeeded(&AttemptPolicy::new(), "Noah");
            }
        }
    }

    #[test]
    fn old_ones_are_forgotten_and_locks_are_not() {
        let policy = AttemptPolicy::new();
        let mut attempts = Attempts::new();
        attempts.begin(&policy, "Noah", now()).unwrap();
        for wrong in 0..10 {
            attempts.begin(&policy, "Zoë", now() + TimeDelta::minutes(2 * wrong)).unwrap();
        }
        attempts.begin(&policy, "Isla", now() + TimeDelta::days(91)).unwrap();
        assert!(attempts.is_locked(&policy, "ZOË"));
        assert_eq!(attempts.accounts.len(), 2);
    }

    #[test]
    fn what_was_stored_and_is_damaged_is_not_taken_for_none() {
        for text in [
            "{}",
            "[]",
            "null",
            r#"{"accounts": {}}"#,
            r#"{"accounts": {"a": {"wrong": -1, "last": "2026-09-07T09:00:00Z"}}}"#,
        ] {
            assert!(serde_json::from_str::<Attempts>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn white_space_before_a_name_gives_it_no_other_count() {
        let policy = AttemptPolicy::new();
        let mut attempts = Attempts::new();
        let typed = |n: usize| format!("{}Zoë Okafor", " ".repeat(1018 + n));
        let taken =
            (0..30).filter(|n| attempts.begin(&policy, &typed(*n), now() + TimeDelta::minutes(2 * *n as i64)).is_ok());
        assert_eq!(taken.count(), 10);
    }

    #[test]
    fn what_is_typed_may_be_of_any_length() {
        let policy = AttemptPolicy::new();
        let mut attempts = Attempts::new();
        let long = "é".repeat(1 << 20);
        attempts.begin(&policy, &long, now()).unwrap();
        attempts.succeeded(&policy, &long);
        assert_eq!(attempts, Attempts { full_at: attempts.full_at, ..Attempts::new() });
    }
}
