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
/// The longest username and password that is looked at, in bytes.
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

    /// At which wrong password an account locks: 10, and at least 3: fewer would lock out children who mistype, and 3 it is then.
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
/// # let accounts = Accounts::create(&Reader::new().read_bytes(csv.into_bytes())?, &PasswordPolicy::default())?;
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
/// A host that stores only hashes compares passwords itself, between [`begin`](Self::begin) and [`succeeded`](Self::succeeded).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempts {
    /// By a hash of the username's key.
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

    /// Returns the account of a username and password if both are right; otherwise the try is counted.
    ///
    /// The username is compared by its [key](crate::username_key), and then, if exactly one account of the school has it, by its
    /// [loose key](crate::loose_username_key), so that a child who leaves out an accent or a hyphen gets in. Tries are counted for
    /// the account that is found, however its username was typed. Passwords are compared as [`Password::matches`] does. An unknown
    /// username takes the same work as a known one and gets the same answer. A username of over 1,024 bytes is nobody's.
    ///
    /// # Errors
    /// [`SignInRefused`]: `not-recognised`, `too-soon`, `locked`, `school-paused`; with the right password also `inactive` for a
    /// leaver, and `ambiguous` where two accounts share a username key until the host renames one. Store the attempts in each case.
    pub fn sign_in<'a>(
        &mut self,
        policy: &AttemptPolicy,
        accounts: &'a Accounts,
        username: &str,
        password: &str,
        now: DateTime<Utc>,
    ) -> Result<Account<'a>, SignInRefused> {
        let stand_in = Password::existing("CX57");
        self.sign_in_by(policy, accounts, username, password, now, |account, typed| {
            let own = account.and_then(|account| account.password);
            own.unwrap_or(&stand_in).matches(typed) && own.is_some()
        })
    }

    /// [`sign_in`](Self::sign_in) for a host that keeps only hashes: `is_right` says whether what was typed is the password of the
    /// account.
    ///
    /// It is asked once for each try that is counted. Where there is no account it is asked with `None`: verify some hash all the
    /// same, so that it takes as long, and answer false.
    ///
    /// ```
    /// # #[cfg(feature = "argon2")] {
    /// use std::collections::HashMap;
    /// use chrono::{TimeZone, Utc};
    /// use onroll::{Accounts, AttemptPolicy, Attempts, Password, PasswordHasher, PasswordPolicy, Reader};
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let accounts = Accounts::create(&Reader::new().read_bytes(csv.into_bytes())?, &PasswordPolicy::default())?;
    /// # let now = Utc.with_ymd_and_hms(2026, 9, 7, 9, 0, 0).unwrap();
    /// let hasher = PasswordHasher::new();
    /// let hashes = HashMap::from([("Zoë Okafor", hasher.hash(&Password::existing("frog7"))?)]);
    /// let nobodys = hasher.hash(&Password::existing("7frog"))?;
    /// let mut attempts = Attempts::new();
    /// let account = attempts.sign_in_by(&AttemptPolicy::new(), &accounts, "zoe okafor", "frog7", now, |account, typed| {
    ///     let hash = account.and_then(|account| hashes.get(account.username));
    ///     hasher.verify(hash.unwrap_or(&nobodys), typed).unwrap_or(false) && hash.is_some()
    /// })?;
    /// assert_eq!(account.full_name, "Zoë Okafor");
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As there.
    pub fn sign_in_by<'a>(
        &mut self,
        policy: &AttemptPolicy,
        accounts: &'a Accounts,
        username: &str,
        password: &str,
        now: DateTime<Utc>,
        is_right: impl FnOnce(Option<Account<'a>>, &str) -> bool,
    ) -> Result<Account<'a>, SignInRefused> {
        if username.len() > LONGEST {
            return Err(Why::NotRecognised.into());
        }
        let found = accounts.find_for_sign_in(username);
        let counted = found.map_or(username, |account| account.username);
        self.begin(policy, counted, now)?;
        // No password is longer; a blank one is nobody's.
        let typed = if password.len() <= LONGEST { password } else { "" };
        let is_right = is_right(found, typed) && !Password::canonical_form(typed).is_empty();
        match found.filter(|_| is_right) {
            None => Err(Why::NotRecognised.into()),
            Some(account) => {
                self.succeeded(policy, counted);
                if accounts.shares_key(account.username) {
                    Err(Why::Ambiguous.into())
                } else if account.active {
                    Ok(account)
                } else {
                    Err(Why::Inactive.into())
                }
            }
        }
    }

    /// Counts a try before it is known whether it is right, for hosts that compare passwords themselves.
    ///
    /// Pass the username as the account has it if you found one, and otherwise as it was typed. Store the state, then compare.
    /// If there is no such account, compare with some hash all the same, so that it takes as long.
    ///
    /// # Errors
    /// [`SignInRefused`]: `too-soon`, `locked`, `school-paused`, and `not-recognised` for a username of over 1,024 bytes. Then
    /// compare nothing: nothing was counted.
    pub fn begin(&mut self, policy: &AttemptPolicy, username: &str, now: DateTime<Utc>) -> Result<(), SignInRefused> {
        if username.len() > LONGEST {
            return Err(Why::NotRecognised.into());
        }
        let key = self.migrated(username);
        // A time further away than a day was counted by a clock that was ahead: it is taken for a day.
        let missing = self.full_at.map_or(TimeDelta::zero(), |full_at| (full_at - now).clamp(TimeDelta::zero(), DAY));
        self.full_at = now.checked_add_signed(missing);
        let is_kept = |tally: &Tally| tally.wrong >= policy.lock_after || now - tally.last < FORGOTTEN_AFTER;
        let wrong = match self.accounts.get_mut(&key).filter(|tally| is_kept(tally)) {
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
        let is_new = self.accounts.insert(key, Tally { wrong: wrong.saturating_add(1), last: now }).is_none();
        // Of many only now and then, so that a try costs no more the more there are.
        if is_new && (self.accounts.len() < 64 || self.accounts.len().is_power_of_two()) {
            self.accounts.retain(|_, tally| is_kept(tally));
        }
        Ok(())
    }

    /// Records that the try which [`begin`](Self::begin) counted was right.
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

    /// Forgets the wrong passwords of a username. Call it when a teacher has given the account a new password, and when an
    /// account is made or gets another username; at no other time.
    pub fn unlock(&mut self, username: &str) {
        let key = self.migrated(username);
        self.accounts.remove(&key);
    }

    /// Returns whether an account is locked, for a teacher to see.
    pub fn is_locked(&self, policy: &AttemptPolicy, username: &str) -> bool {
        let locked = |key: &String| self.accounts.get(key).is_some_and(|tally| tally.wrong >= policy.lock_after);
        [key(username), key_before_0_1(username)].iter().any(locked)
    }

    /// The key of a username, under which its tries are counted. Tries that were stored under the key of before 0.1 are
    /// carried over, so that no lock is lost.
    fn migrated(&mut self, username: &str) -> String {
        let (old, new) = (key_before_0_1(username), key(username));
        if old != new
            && let Some(stored) = self.accounts.remove(&old)
        {
            let tally = self.accounts.entry(new.clone()).or_insert(stored);
            *tally = Tally { wrong: tally.wrong.max(stored.wrong), last: tally.last.max(stored.last) };
        }
        new
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

/// The key that a username's tries are stored under: a hash, so that what was typed is not stored.
fn key(username: &str) -> String {
    hash(&text::key(username))
}

/// The key under which tries were stored before apostrophes and hyphens were folded.
fn key_before_0_1(username: &str) -> String {
    hash(&text::key_with_marks(username))
}

fn hash(key: &str) -> String {
    format!("{:032x}", XxHash3_128::oneshot(key.as_bytes()))
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
    fn white_space_gives_a_name_no_other_count() {
        let policy = AttemptPolicy::new();
        let mut attempts = Attempts::new();
        let typed = |n: usize| format!("{}Zoë Okafor", " ".repeat(980 + n));
        let taken =
            (0..30).filter(|n| attempts.begin(&policy, &typed(*n), now() + TimeDelta::minutes(2 * *n as i64)).is_ok());
        assert_eq!(taken.count(), 10);
    }

    #[test]
    fn refuses_usernames_over_1024_bytes_and_counts_nothing() {
        let policy = AttemptPolicy::new();
        let mut attempts = Attempts::new();
        for long in ["é".repeat(1 << 20), "x".repeat(LONGEST + 1), format!("Zoë{}", " ".repeat(LONGEST))] {
            assert_eq!(attempts.begin(&policy, &long, now()).unwrap_err().reason, Why::NotRecognised);
            attempts.succeeded(&policy, &long);
        }
        assert_eq!(attempts, Attempts::new());
        assert!(attempts.begin(&policy, &"x".repeat(LONGEST), now()).is_ok());
    }

    #[test]
    fn a_lock_of_before_apostrophes_were_folded_holds() {
        let policy = AttemptPolicy::new();
        let mut attempts = Attempts::new();
        attempts.accounts.insert(key_before_0_1("Siân O’Neill"), Tally { wrong: 10, last: now() });
        assert!(attempts.is_locked(&policy, "Siân O’Neill"));
        assert_eq!(attempts.begin(&policy, "SIÂN O’Neill", now()).unwrap_err().reason, Why::Locked);
        // From then on however it is typed.
        assert!(attempts.is_locked(&policy, "Siân O'Neill"));
        attempts.unlock("Siân O'Neill");
        assert!(!attempts.is_locked(&policy, "Siân O’Neill"));
    }
}
