//! Finds accounts by the key of their username. For sign-in, the loose key is also tried (`find_for_sign_in`).
//! `text/compare.rs` decides which usernames have the same key.

use std::collections::HashMap;
use std::sync::OnceLock;

use hashbrown::HashTable;

use crate::keys::{KeyHasher, Keys};
use crate::text;

use super::{Account, Accounts};

/// Maps usernames to the slots of accounts. We build the index once, and discard it when a username changes.
#[derive(Clone)]
pub(super) struct UsernameIndex {
    hasher: KeyHasher,
    /// The first account with each key.
    by_key: HashTable<usize>,
    /// The accounts that share their key with another account. The map's own keys are stricter: in them, apostrophes
    /// and hyphens are not folded. The map is usually empty, because only old versions created accounts that share a
    /// key.
    shared: HashMap<String, usize>,
    /// Maps each loose key to its account, or to `None` if several accounts have the key. This map is built at the
    /// first sign-in.
    by_loose_key: OnceLock<HashMap<String, Option<usize>>>,
}

impl UsernameIndex {
    fn new(accounts: &Accounts) -> Self {
        let hasher = KeyHasher::default();
        let username = |slot: usize| accounts.students.names(slot)[1];
        let (mut by_key, mut shared) = (HashTable::with_capacity(accounts.len()), HashMap::new());
        for slot in 0..accounts.len() {
            let name = username(slot);
            let is_same = |other: &usize| text::same(username(*other), name);
            match by_key.find(hasher.hash(name), is_same) {
                Some(&first) => {
                    shared.extend([first, slot].map(|slot| (text::key_with_marks(username(slot)), slot)));
                }
                None => drop(by_key.insert_unique(hasher.hash(name), slot, |other| hasher.hash(username(*other)))),
            }
        }
        Self { hasher, by_key, shared, by_loose_key: OnceLock::new() }
    }
}

impl Accounts {
    /// Returns the accounts whose username has the same [key](crate::username_key) as the username of another account.
    /// Older versions did not fold apostrophes and hyphens. So two accounts from an older version can have the same
    /// key. Neither student can sign in with a password until you rename one of the accounts.
    ///
    /// ```
    /// use onroll::account::AccountRow;
    /// use onroll::{Accounts, SignIn};
    /// # let row = |username: &str| AccountRow {
    /// #     full_name: username.into(), username: username.into(), year_group: "5".into(), class_name: "5A".into(),
    /// #     gender: "Female".into(), ..AccountRow::default()
    /// # };
    /// let accounts = Accounts::from_rows([row("Siân O'Neill"), row("Siân O’Neill"), row("Zoë Lee")], SignIn::Password)?;
    /// let usernames: Vec<_> = accounts.sharing_a_key().map(|account| account.username).collect();
    /// assert_eq!(usernames, ["Siân O'Neill", "Siân O’Neill"]);
    /// # Ok::<(), onroll::account::AccountError>(())
    /// ```
    pub fn sharing_a_key(&self) -> impl Iterator<Item = Account<'_>> {
        let shared = &self.index().shared;
        self.iter().filter(|account| !shared.is_empty() && shared.contains_key(&text::key_with_marks(account.username)))
    }

    /// Returns whether an account shares the key of its username with another account.
    pub(crate) fn shares_key(&self, username: &str) -> bool {
        let shared = &self.index().shared;
        !shared.is_empty() && shared.contains_key(&text::key_with_marks(username))
    }

    /// Returns the account that a typed username means. The function compares the [key](crate::username_key) first. If
    /// no account has this key, the function compares the [loose key](crate::username::loose_username_key), which must
    /// belong to exactly one account. Use this function only for sign-in, where the person must also give the password.
    ///
    /// ```
    /// # use onroll::{Accounts, PasswordPolicy, Reader};
    /// # let csv = onroll::template_csv() + "Zoë O’Dell,Zoë O’Dell,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let accounts = Accounts::create(&Reader::new().read_bytes(csv.into_bytes())?, &PasswordPolicy::default())?;
    /// // A child types without accents and apostrophes.
    /// assert!(accounts.get("zoe odell").is_none());
    /// assert_eq!(accounts.find_for_sign_in("zoe odell").unwrap().full_name, "Zoë O’Dell");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn find_for_sign_in(&self, typed: &str) -> Option<Account<'_>> {
        let index = self.index();
        let loose = text::loose_key(typed);
        let by_loose_key = index.by_loose_key.get_or_init(|| {
            let mut slots = HashMap::with_capacity(self.len());
            for slot in 0..self.len() {
                let key = text::loose_key(self.students.names(slot)[1]);
                slots.entry(key).and_modify(|slot| *slot = None).or_insert(Some(slot));
            }
            slots
        });
        let by_loose_key = by_loose_key.get(&loose).copied().flatten().filter(|_| !loose.is_empty());
        self.slot_of(typed).or(by_loose_key).and_then(|slot| self.at(slot))
    }

    /// Returns, for each of these usernames, the slot of its account. The function is fast for many usernames.
    pub(crate) fn slots_of<'u>(&self, usernames: impl Iterator<Item = &'u str> + Clone) -> Vec<Option<usize>> {
        if self.shared_keys {
            // Without this early return, each username would be compared with every account that has the same key.
            return usernames.map(|username| self.slot_of(username)).collect();
        }
        let candidates = Keys::of(usernames.clone()).candidates(self.students.usernames());
        let is_equal = |slot, username| self.students.names(slot)[1] == username;
        let is_same = |slot, username| text::same(self.students.names(slot)[1], username);
        let find = |(number, username)| {
            let equal = candidates.find(number, |slot| is_equal(slot, username));
            equal.or_else(|| candidates.find(number, |slot| is_same(slot, username)))
        };
        usernames.enumerate().map(find).collect()
    }

    /// Returns the slot of the account with a username. If several accounts share the key of the username, the account
    /// with exactly its apostrophes and hyphens is preferred. Otherwise, the first of these accounts is returned.
    pub(crate) fn slot_of(&self, username: &str) -> Option<usize> {
        let index = self.index();
        let is_same = |slot: &usize| text::same(self.students.names(*slot)[1], username);
        let first = *index.by_key.find(index.hasher.hash(username), is_same)?;
        let own = || index.shared.get(&text::key_with_marks(username)).copied();
        Some(if index.shared.is_empty() { first } else { own().unwrap_or(first) })
    }

    fn index(&self) -> &UsernameIndex {
        self.index.get_or_init(|| UsernameIndex::new(self))
    }
}
