//! Makes usernames from names, for schools whose export has no usernames, and keeps them different. `username.rs`
//! decides which suffix comes next.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::BuildHasher;

use foldhash::fast::RandomState;

use crate::text;
use crate::username::FreeUsernames;

/// Makes usernames from names. Two students whose rows differ never get the same username, even if they share a
/// name.
#[derive(Default)]
pub(super) struct Usernames {
    /// The usernames in use: the hash of each, and the hash of the text after the username in its first row.
    first: HashMap<u64, u64>,
    /// The suffixes that were added, by the hashes of the name and of the text after the username.
    more: HashMap<(u64, u64), String>,
    pub(super) hashes: RandomState,
    free: FreeUsernames,
}

impl Usernames {
    /// Returns the suffix that a student's username needs. Returns `None` if the name is not yet used as a username, or
    /// if the row duplicates an earlier row.
    pub(super) fn suffix<'t>(
        &mut self,
        name: &str,
        rest: u64,
        class: impl FnOnce() -> [Cow<'t, str>; 2],
    ) -> Option<String> {
        let key = self.hash(name);
        match self.first.get(&key) {
            None => {
                self.first.insert(key, rest);
                return None;
            }
            Some(first) if *first == rest => return None,
            Some(_) => {}
        }
        if let Some(suffix) = self.more.get(&(key, rest)) {
            return Some(suffix.clone());
        }
        let [year, class] = class();
        let (first, hashes) = (&self.first, &self.hashes);
        let is_taken = |username: &str| first.contains_key(&hash(hashes, username));
        let username = self.free.next(name, year.trim(), class.trim(), is_taken);
        let suffix = username.strip_prefix(name).unwrap_or_default().to_owned();
        let taken = self.hash(&username);
        self.first.insert(taken, rest);
        self.more.insert((key, rest), suffix.clone());
        Some(suffix)
    }

    fn hash(&self, username: &str) -> u64 {
        hash(&self.hashes, username)
    }
}

fn hash(hashes: &RandomState, username: &str) -> u64 {
    // If a name has only letters, spaces and hyphens, its key is the name in lower case.
    let mut lower = [0; 64];
    let is_usual = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b' ' || *byte == b'-';
    if let Some(letters) = lower.get_mut(..username.len())
        && username.bytes().all(|byte| is_usual(&byte))
        && !username.contains("  ")
        && username.trim() == username
    {
        letters.copy_from_slice(username.as_bytes());
        letters.make_ascii_lowercase();
        return hashes.hash_one(&*letters);
    }
    hashes.hash_one(text::key(&text::tidy(username)).as_bytes())
}
