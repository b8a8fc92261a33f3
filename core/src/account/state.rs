//! The settings that you or a teacher make for an account (`AccountState`), such as blocked, made by hand, and last
//! day. Also says who may sign in, and when the school last moved up by a year.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Deserializer};
use twox_hash::XxHash3_64;

use crate::code::UnknownCode;
use crate::column::{Column, Columns};
use crate::student::Students;

use super::{Account, Accounts};

/// The settings that you or a teacher make for an account. Plans do not change these settings, with one exception:
/// plans set and remove the last day (`active_until`).
///
/// ```
/// use onroll::account::Edit;
/// use onroll::{Accounts, Column, PasswordPolicy, Reader};
/// # let csv = format!("{}Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n", onroll::template_csv());
/// # let mut accounts = Accounts::create(&Reader::new().read_bytes(csv.as_bytes())?, &PasswordPolicy::default())?;
/// let account = accounts.edit("Zoë Okafor", &Edit::new().blocked(true).own_fields([Column::Class]))?;
/// assert!(account.active && !account.may_sign_in());
/// assert!(account.state.own_fields().eq([Column::Class]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, Eq, Default)]
#[non_exhaustive]
pub struct AccountState {
    /// Whether you or a teacher blocked the account. The student cannot sign in, even while on roll.
    pub blocked: bool,
    /// Whether the account was made by hand and is not from the MIS. Plans never deactivate such an account. They match
    /// it with a student only by an id or by a person's decision.
    pub manual: bool,
    pub(crate) own: Columns,
    /// The last day on which a leaver can sign in. The first plan after that day deactivates the account. A plan in
    /// which the student is on roll again removes the day.
    pub active_until: Option<NaiveDate>,
    /// Whether the host stores the account's password as a hash.
    pub(crate) password_elsewhere: bool,
}

impl PartialEq for AccountState {
    /// Compares all settings. Ignores whether the host stores a password.
    fn eq(&self, other: &Self) -> bool {
        let set = |state: &Self| (state.blocked, state.manual, state.own, state.active_until);
        set(self) == set(other)
    }
}

impl AccountState {
    /// Returns the fields that you maintain yourself. Plans do not change them. Examples are a display name, or a
    /// teaching set that you use as the class. If the username is one of these fields, plans do not change it even if
    /// you override `usernames-changed`.
    pub fn own_fields(&self) -> impl Iterator<Item = Column> + use<> {
        self.own.iter()
    }

    fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// Combines the account's hash for the fingerprint with these settings. The default settings leave the hash
    /// unchanged. Passwords are ignored.
    fn hash_with(&self, hash: u64) -> u64 {
        if self.is_usual() {
            return hash;
        }
        let day = self.active_until.map_or(0, |day| day.num_days_from_ce());
        let flags = [u8::from(self.blocked), u8::from(self.manual)];
        let own = self.own.bits().to_le_bytes();
        let all: Vec<u8> = [&hash.to_le_bytes()[..], &flags, &own, &day.to_le_bytes()].concat();
        XxHash3_64::oneshot(&all)
    }
}

impl Account<'_> {
    /// Returns whether the student may sign in: the account is active and not blocked.
    pub fn may_sign_in(&self) -> bool {
        self.active && !self.state.blocked
    }

    /// Returns whether the account has a password, as text or as a hash that you store.
    pub fn has_password(&self) -> bool {
        self.password.is_some() || self.state.password_elsewhere
    }
}

impl Accounts {
    /// Returns the state of an account.
    pub(crate) fn state(&self, slot: usize) -> AccountState {
        self.states.get(slot).copied().unwrap_or_default()
    }

    pub(super) fn set_state(&mut self, slot: usize, state: AccountState) {
        if slot >= self.states.len() && (!state.is_usual() || state.password_elsewhere) {
            self.states.resize(slot + 1, AccountState::default());
        }
        if let Some(kept) = self.states.get_mut(slot) {
            *kept = state;
        }
    }

    /// Combines an account's hash with its state.
    pub(super) fn hash_of_state(&self, slot: usize, hash: u64) -> u64 {
        self.states.get(slot).map_or(hash, |state| state.hash_with(hash))
    }

    /// Returns whether an account was made by hand.
    pub(crate) fn is_manual(&self, slot: usize) -> bool {
        self.states.get(slot).is_some_and(|state| state.manual)
    }

    /// Returns whether an account has a password, which either we store as text or the host stores as a hash.
    pub(super) fn has_password(&self, slot: usize) -> bool {
        self.passwords.get(slot).is_some_and(Option::is_some) || self.state(slot).password_elsewhere
    }

    /// Returns the number of active accounts that were made by hand.
    pub(crate) fn active_manual(&self) -> usize {
        (0..self.states.len()).filter(|slot| self.is_manual(*slot) && self.is_active(*slot)).count()
    }

    /// Returns the slots of the active accounts that have a last day.
    pub(crate) fn with_last_day(&self) -> impl Iterator<Item = usize> {
        (0..self.states.len()).filter(|slot| self.state(*slot).active_until.is_some() && self.is_active(*slot))
    }

    pub(crate) fn may_sign_in(&self, slot: usize) -> bool {
        self.is_active(slot) && !self.state(slot).blocked
    }

    /// Returns the day of the last plan that moved the school up by a year, if known.
    ///
    /// ```
    /// use onroll::Accounts;
    /// // The host's own table of schools says that the school moved up on 1 September.
    /// let accounts = Accounts::default().with_last_promotion("2026-09-01".parse()?);
    /// assert_eq!(accounts.last_promotion(), Some("2026-09-01".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn last_promotion(&self) -> Option<NaiveDate> {
        self.promotion.flatten()
    }

    /// Sets the day on which the school last moved up by a year. If you store accounts as rows, store this day with the
    /// school. For 180 days after this day, plans do not expect students in the leaving years to leave.
    /// [`Planner::leaving_years`](crate::Planner::leaving_years) lists the exceptions.
    ///
    /// ```
    /// # let day: chrono::NaiveDate = "2026-09-01".parse()?;
    /// let accounts = onroll::Accounts::default().with_last_promotion(day);
    /// assert_eq!(accounts.last_promotion(), Some(day));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_last_promotion(mut self, day: NaiveDate) -> Self {
        self.promotion = Some(Some(day));
        self
    }

    /// Returns the accounts without those in the slots `gone`.
    pub(crate) fn without(mut self, gone: &HashSet<usize>) -> Self {
        if gone.is_empty() {
            return self;
        }
        let mut kept = Self { students: Students::new(Arc::clone(self.students.ethnicities())), ..Self::default() };
        for slot in (0..self.len()).filter(|slot| !gone.contains(slot)) {
            let Some(account) = self.at(slot) else { continue };
            kept.put(None, &account);
        }
        (kept.school_id, kept.sign_in) = (self.school_id.take(), self.sign_in);
        (kept.from_rows, kept.shared_keys, kept.promotion) = (self.from_rows, self.shared_keys, self.promotion);
        kept
    }

    /// Returns the last known promotion. The inner `None` means that the day of the promotion is unknown.
    pub(crate) fn promotion(&self) -> Option<Option<NaiveDate>> {
        self.promotion
    }

    pub(crate) fn set_promotion(&mut self, promotion: Option<Option<NaiveDate>>) {
        self.promotion = promotion;
    }
}

/// The names of the fields that the host maintains: a list, or one text from a database column, with commas between
/// the names.
#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenFields {
    List(Vec<Column>),
    Text(String),
}

/// The fields that the host maintains, read from either form of [`WrittenFields`].
#[derive(Deserialize)]
#[serde(try_from = "WrittenFields")]
pub(super) struct OwnFields(pub(super) Vec<Column>);

impl TryFrom<WrittenFields> for OwnFields {
    type Error = UnknownCode;

    fn try_from(written: WrittenFields) -> Result<Self, UnknownCode> {
        Ok(Self(match written {
            WrittenFields::List(list) => list,
            WrittenFields::Text(text) => text
                .split(',')
                .map(str::trim)
                .filter(|name| !name.is_empty())
                .map(str::parse)
                .collect::<Result<_, _>>()?,
        }))
    }
}

pub(super) fn read_fields<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Column>, D::Error> {
    Ok(Option::<OwnFields>::deserialize(deserializer)?.map(|own| own.0).unwrap_or_default())
}

/// A day in ISO form. An empty text means that there is no day.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Day(pub(super) Option<NaiveDate>);

impl TryFrom<String> for Day {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        match text.as_str() {
            "" => Ok(Self(None)),
            text => text.parse().map(|day| Self(Some(day))).map_err(|_| "not a day such as 2026-08-20"),
        }
    }
}

pub(super) fn read_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
    Ok(Option::<Day>::deserialize(deserializer)?.and_then(|day| day.0))
}
