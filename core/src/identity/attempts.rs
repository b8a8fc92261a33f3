//! Counts tries at passwords for each account and each school, in a state that you store (`Attempts`). Decides when a
//! try is refused, and when it is forgotten. `attempt_policy.rs` has the numbers of the limits.
//!
//! A try is counted before the password is compared. If you store the count before the comparison, a crash gives an
//! attacker no extra try.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_128;

use crate::account::{Account, Accounts};
use crate::password::{LONGEST_TYPED, Password};
use crate::text;

use super::attempt_policy::{AttemptPolicy, DAY};
use super::refused::{RefusedReason as Why, SignInRefused};

/// The time after which we forget wrong passwords.
const FORGOTTEN_AFTER: TimeDelta = TimeDelta::days(90);

/// The wrong passwords at one school. Store this value with the school, and process one sign-in at a time. Lock the
/// value's database row before you read it, and keep the lock until you have stored the value again. Otherwise two
/// sign-ins that read the same state are counted as one. The value contains hashes of usernames, and no passwords.
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use onroll::identity::AttemptPolicy;
/// use onroll::{Accounts, Attempts, PasswordPolicy, Reader};
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
/// If you store only hashes, compare passwords yourself, between [`begin`](Self::begin) and
/// [`succeeded`](Self::succeeded).
///
/// ```
/// use onroll::identity::AttemptPolicy;
/// use onroll::Attempts;
/// # use chrono::{TimeDelta, TimeZone, Utc};
/// # use onroll::{Accounts, PasswordPolicy, Reader};
/// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
/// # let accounts = Accounts::create(&Reader::new().read_bytes(csv.into_bytes())?, &PasswordPolicy::default())?;
/// # let now = Utc.with_ymd_and_hms(2026, 9, 7, 9, 0, 0).unwrap();
/// let (policy, mut attempts) = (AttemptPolicy::new(), Attempts::new());
/// let account = accounts.find_for_sign_in("zoe okafor").unwrap();
/// attempts.begin(&policy, account.username, now)?; // store the attempts, then compare
/// let account = attempts.settle(&policy, &accounts, Some(account.username), true)?;
/// assert_eq!(account.full_name, "Zoë Okafor");
///
/// // Ten wrong passwords, an hour apart, lock the account until a teacher gives a new password.
/// for hour in 0..10 {
///     attempts.begin(&policy, "Zoë Okafor", now + TimeDelta::hours(hour))?;
/// }
/// assert!(attempts.is_locked(&policy, "Zoë Okafor"));
/// attempts.unlock("Zoë Okafor");
/// assert!(!attempts.is_locked(&policy, "Zoë Okafor"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempts {
    /// The tries of each account. The map's key is a hash of the username's key.
    accounts: BTreeMap<String, WrongPasswords>,
    /// The time at which the school again has all tries of a day. A stored state without this field is damaged.
    #[serde(deserialize_with = "Option::deserialize")]
    full_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct WrongPasswords {
    wrong: u32,
    last: DateTime<Utc>,
}

impl Attempts {
    /// Creates a state without wrong passwords.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the account if the username and the password are right. A wrong username or password is counted.
    ///
    /// The username is compared by its [key](crate::username_key). If no account has this key, we compare the [loose
    /// key](crate::username::loose_username_key), which exactly one account must have. A child can therefore leave out
    /// an accent or a hyphen. Tries are counted for the account that is found, however the username was typed.
    /// Passwords are compared as in [`Password::matches`]. An unknown username causes the same work and the same answer
    /// as a known username. A username longer than 1,024 bytes never matches.
    ///
    /// # Errors
    /// [`SignInRefused`]: `not-recognised`, `too-soon`, `locked` or `school-paused`. With the right password, the
    /// reason can also be `blocked`, `inactive` for a leaver, or `ambiguous`. The reason is `ambiguous` if two accounts
    /// share a username key, until you rename one of the accounts. Store the attempts after every call.
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

    /// Signs in as [`sign_in`](Self::sign_in) does. Use this function if you store only hashes. `is_right` returns
    /// whether the typed password belongs to the account.
    ///
    /// `is_right` is called once for each counted try. If the username matches no account, the argument is `None`. In
    /// this case, verify the password against any hash, and return false. The answer then takes as long as for a known
    /// username.
    ///
    /// ```
    /// # #[cfg(feature = "argon2")] {
    /// use std::collections::HashMap;
    /// use chrono::{TimeZone, Utc};
    /// use onroll::identity::AttemptPolicy;
    /// use onroll::password::PasswordHasher;
    /// use onroll::{Accounts, Attempts, Password, PasswordPolicy, Reader};
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
    /// The same errors as [`sign_in`](Self::sign_in).
    pub fn sign_in_by<'a>(
        &mut self,
        policy: &AttemptPolicy,
        accounts: &'a Accounts,
        username: &str,
        password: &str,
        now: DateTime<Utc>,
        is_right: impl FnOnce(Option<Account<'a>>, &str) -> bool,
    ) -> Result<Account<'a>, SignInRefused> {
        if username.len() > LONGEST_TYPED {
            return Err(Why::NotRecognised.into());
        }
        let found = accounts.find_for_sign_in(username);
        let counted = found.map_or(username, |account| account.username);
        self.begin(policy, counted, now)?;
        // No password is longer than this, and no password is blank.
        let typed = if password.len() <= LONGEST_TYPED { password } else { "" };
        let is_right = is_right(found, typed) && !Password::canonical_form(typed).is_empty();
        self.settle(policy, accounts, found.map(|account| account.username), is_right)
    }

    /// Ends a try that [`begin`](Self::begin) counted. Use this function if you cannot verify a hash within a closure,
    /// for example in async code. Pass the username of the account that [`Accounts::find_for_sign_in`] returned, if
    /// any.
    ///
    /// # Errors
    /// [`SignInRefused`]: `not-recognised`, `blocked`, `inactive` or `ambiguous`.
    pub fn settle<'a>(
        &mut self,
        policy: &AttemptPolicy,
        accounts: &'a Accounts,
        username: Option<&str>,
        is_right: bool,
    ) -> Result<Account<'a>, SignInRefused> {
        let Some(account) = username.and_then(|username| accounts.get(username)).filter(|_| is_right) else {
            return Err(Why::NotRecognised.into());
        };
        self.succeeded(policy, account.username);
        if accounts.shares_key(account.username) {
            Err(Why::Ambiguous.into())
        } else if account.state.blocked {
            Err(Why::Blocked.into())
        } else if account.active {
            Ok(account)
        } else {
            Err(Why::Inactive.into())
        }
    }

    /// Counts a try before you compare the password yourself.
    ///
    /// If you found an account, pass its username; otherwise pass the typed text. Store the state, and then compare the
    /// password. If the username matches no account, compare the password with any hash. The answer then takes as long
    /// as for a known username.
    ///
    /// # Errors
    /// [`SignInRefused`]: `too-soon`, `locked`, `school-paused`, or `not-recognised` for a username longer than 1,024
    /// bytes. If you get an error, do not compare the password. The try was not counted.
    pub fn begin(&mut self, policy: &AttemptPolicy, username: &str, now: DateTime<Utc>) -> Result<(), SignInRefused> {
        if username.len() > LONGEST_TYPED {
            return Err(Why::NotRecognised.into());
        }
        let key = self.migrated(username);
        // A time that is over a day away came from a fast clock, so it counts as one day away.
        let missing = self.full_at.map_or(TimeDelta::zero(), |full_at| (full_at - now).clamp(TimeDelta::zero(), DAY));
        self.full_at = now.checked_add_signed(missing);
        let is_kept = |tally: &WrongPasswords| tally.wrong >= policy.lock_after || now - tally.last < FORGOTTEN_AFTER;
        let wrong = match self.accounts.get_mut(&key).filter(|tally| is_kept(tally)) {
            Some(tally) if tally.wrong >= policy.lock_after => return Err(Why::Locked.into()),
            Some(tally) => {
                // A clock may have been put back, or another server's clock may be ahead. Neither makes a person wait
                // longer.
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
        let is_new = self.accounts.insert(key, WrongPasswords { wrong: wrong.saturating_add(1), last: now }).is_none();
        // If there are many tallies, we remove old ones only now and then, so that a try does not become slower.
        if is_new && (self.accounts.len() < 64 || self.accounts.len().is_power_of_two()) {
            self.accounts.retain(|_, tally| is_kept(tally));
        }
        Ok(())
    }

    /// Records that the password was right in the try that [`begin`](Self::begin) counted.
    ///
    /// ```
    /// use onroll::identity::AttemptPolicy;
    /// use onroll::Attempts;
    /// # let now = chrono::Utc::now();
    /// let (policy, mut attempts) = (AttemptPolicy::new(), Attempts::new());
    /// attempts.begin(&policy, "Zoë Okafor", now)?;
    /// attempts.succeeded(&policy, "Zoë Okafor"); // the hash was right
    /// # Ok::<(), onroll::identity::SignInRefused>(())
    /// ```
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

    /// Forgets the wrong passwords for a username. Call it only when a teacher gives the account a new password, when
    /// the account is created, or when its username changes.
    pub fn unlock(&mut self, username: &str) {
        let key = self.migrated(username);
        self.accounts.remove(&key);
    }

    /// Returns whether an account is locked. You can show this to a teacher.
    pub fn is_locked(&self, policy: &AttemptPolicy, username: &str) -> bool {
        let locked = |key: &String| self.accounts.get(key).is_some_and(|tally| tally.wrong >= policy.lock_after);
        [key(username), key_before_0_1(username)].iter().any(locked)
    }

    /// Returns the key under which a username's tries are counted. Moves tries from the key of older versions to this
    /// key, because otherwise a lock would be lost.
    fn migrated(&mut self, username: &str) -> String {
        let (old, new) = (key_before_0_1(username), key(username));
        if old != new
            && let Some(stored) = self.accounts.remove(&old)
        {
            let tally = self.accounts.entry(new.clone()).or_insert(stored);
            *tally = WrongPasswords { wrong: tally.wrong.max(stored.wrong), last: tally.last.max(stored.last) };
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
    // The wait is rounded up to whole seconds, so that the next try does not come too early.
    let seconds = u64::try_from(left.num_seconds()).unwrap_or_default() + 1;
    SignInRefused { reason, retry_after: Some(Duration::from_secs(seconds)) }
}

/// Returns the hash under which a username's tries are stored. The typed text itself is never stored.
fn key(username: &str) -> String {
    hash(&text::key(username))
}

/// Returns the key under which tries were stored before apostrophes and hyphens were folded.
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
    fn the_wait_after_wrong_passwords_grows_to_one_minute() {
        let policy = AttemptPolicy::new();
        let waits: Vec<_> = (0..12).map(|wrong| policy.wait_after(wrong).num_seconds()).collect();
        assert_eq!(waits, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(policy.wait_after(u32::MAX).num_seconds(), 60);
    }

    #[test]
    fn setting_the_clock_back_locks_nobody_out() {
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
        // The school, too, waits only for its next try.
        assert!(attempts.begin(&policy, "Zoë", now() + TimeDelta::minutes(15)).is_ok());
    }

    #[test]
    fn differences_between_server_clocks_give_no_extra_attempts() {
        let policy = AttemptPolicy::new();
        let mut attempts = Attempts::new();
        let taken = (0..2000_i64).filter(|n| {
            let skew = TimeDelta::seconds(n % 2);
            attempts.begin(&policy, &n.to_string(), now() + TimeDelta::seconds(n / 100) - skew).is_ok()
        });
        assert_eq!(taken.count(), 100);
        // A clock that was far ahead does not lengthen the pause of a school.
        for n in 0..200 {
            let _ = attempts.begin(&policy, &format!("later {n}"), now() + TimeDelta::days(400));
        }
        assert!(attempts.begin(&policy, "Isla", now()).is_err());
        assert!(attempts.begin(&policy, "Isla", now() + TimeDelta::minutes(15)).is_ok());
    }

    #[test]
    fn accepts_extreme_times_without_panicking() {
        let policy =
            AttemptPolicy::new().taken_back(u32::MAX).school_a_day(u32::MAX).unwrap().lock_after(u32::MAX).unwrap();
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
    fn forgets_old_wrong_passwords_but_keeps_locked_accounts() {
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
    fn refuses_damaged_json_of_stored_attempts() {
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
    fn extra_spaces_in_a_username_give_no_extra_attempts() {
        let policy = AttemptPolicy::new();
        let mut attempts = Attempts::new();
        let typed = |n: usize| format!("{}Zoë Okafor", " ".repeat(980 + n));
        let taken =
            (0..30).filter(|n| attempts.begin(&policy, &typed(*n), now() + TimeDelta::minutes(2 * *n as i64)).is_ok());
        assert_eq!(taken.count(), 10);
    }

    #[test]
    fn refuses_a_username_over_1024_bytes_and_does_not_count_the_attempt() {
        let policy = AttemptPolicy::new();
        let mut attempts = Attempts::new();
        for long in ["é".repeat(1 << 20), "x".repeat(LONGEST_TYPED + 1), format!("Zoë{}", " ".repeat(LONGEST_TYPED))]
        {
            assert_eq!(attempts.begin(&policy, &long, now()).unwrap_err().reason, Why::NotRecognised);
            attempts.succeeded(&policy, &long);
        }
        assert_eq!(attempts, Attempts::new());
        assert!(attempts.begin(&policy, &"x".repeat(LONGEST_TYPED), now()).is_ok());
    }

    #[test]
    fn keeps_account_locks_that_were_stored_before_version_0_1() {
        let policy = AttemptPolicy::new();
        let mut attempts = Attempts::new();
        attempts.accounts.insert(key_before_0_1("Siân O’Neill"), WrongPasswords { wrong: 10, last: now() });
        assert!(attempts.is_locked(&policy, "Siân O’Neill"));
        assert_eq!(attempts.begin(&policy, "SIÂN O’Neill", now()).unwrap_err().reason, Why::Locked);
        // From then on, the lock holds with both kinds of apostrophe.
        assert!(attempts.is_locked(&policy, "Siân O'Neill"));
        attempts.unlock("Siân O'Neill");
        assert!(!attempts.is_locked(&policy, "Siân O’Neill"));
    }
}
