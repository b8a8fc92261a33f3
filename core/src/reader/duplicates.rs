//! Usernames that are there twice, and usernames that are somebody else's name: found after reading,
//! by 64-bit hashes, and then verified on the text.

use std::hash::{BuildHasher, Hasher};

use foldhash::quality::RandomState;
use hashbrown::{HashSet, HashTable};

use crate::text;

/// The usernames of a file by hash. The seed is the process's own, since usernames are chosen by
/// strangers.
#[derive(Debug, Default)]
pub(super) struct Keys {
    seed: RandomState,
    /// The upper half of a hash, and below it the student's place.
    hashed: Vec<u64>,
}

const UPPER: u64 = 0xFFFF_FFFF_0000_0000;

impl Keys {
    pub(super) fn reserve(&mut self, more: usize) {
        self.hashed.reserve(more);
    }

    /// Adds a username of plain ASCII: its key is itself in lower case.
    #[inline]
    pub(super) fn push_plain(&mut self, username: &str, student: usize) {
        let mut key = [0; 64];
        let hash = match key.get_mut(..username.len()) {
            Some(key) => {
                key.copy_from_slice(username.as_bytes());
                key.make_ascii_lowercase();
                self.hash(key)
            }
            None => self.hash(username.to_ascii_lowercase().as_bytes()),
        };
        self.hashed.push((hash & UPPER) | student as u64);
    }

    /// Adds any username.
    pub(super) fn push(&mut self, username: &str, student: usize) {
        let hash = self.hash(text::key(username).as_bytes());
        self.hashed.push((hash & UPPER) | student as u64);
    }

    #[inline]
    fn hash(&self, key: &[u8]) -> u64 {
        let mut hasher = self.seed.build_hasher();
        hasher.write(key);
        hasher.finish()
    }

    /// Every student whose username an earlier one has, with the first who has it, in order.
    pub(super) fn duplicates<'s>(&self, username: impl Fn(usize) -> &'s str) -> Vec<(usize, usize)> {
        let mut duplicates = Vec::new();
        let mut seen: Vec<u64> = Vec::new();
        for part in self.partitions() {
            // A table of this part alone stays in the cache.
            let slots = (part.len() * 2).next_power_of_two();
            seen.clear();
            seen.resize(slots, EMPTY);
            for &entry in &part {
                let mut slot = (entry >> 32) as usize & (slots - 1);
                while let Some(&other) = seen.get(slot).filter(|other| **other != EMPTY) {
                    if other & UPPER == entry & UPPER {
                        let (first, later) = (student(other), student(entry));
                        if text::same(username(first), username(later)) {
                            duplicates.push((later, first));
                            break;
                        }
                    }
                    slot = (slot + 1) & (slots - 1);
                }
                if let Some(free) = seen.get_mut(slot).filter(|other| **other == EMPTY) {
                    *free = entry;
                }
            }
        }
        duplicates.sort_unstable();
        duplicates
    }

    /// The hashes of all usernames, for telling which are free.
    pub(super) fn taken(&self) -> Taken<'_> {
        Taken { keys: self, hashes: self.hashed.iter().map(|entry| (entry >> 32) as u32).collect() }
    }

    /// The entries by the uppermost bits of their hash, each part in the order of the file.
    fn partitions(&self) -> Vec<Vec<u64>> {
        // Some four thousand entries a part.
        let bits = (self.hashed.len() / 4096).next_power_of_two().trailing_zeros();
        let part = |entry: u64| if bits == 0 { 0 } else { (entry >> (64 - bits)) as usize };
        let mut parts = vec![Vec::with_capacity(self.hashed.len() >> bits); 1 << bits];
        for &entry in &self.hashed {
            if let Some(list) = parts.get_mut(part(entry)) {
                list.push(entry);
            }
        }
        parts
    }

    /// Of these students, each whose username is the full name of another, with that other.
    pub(super) fn others_names<'s>(
        &self,
        suspects: &[usize],
        students: usize,
        names: impl Fn(usize) -> [&'s str; 2],
    ) -> Vec<(usize, usize)> {
        let hash = |text: &str| self.hash(text::key(text).as_bytes());
        let name = |student: usize| names(student)[0];
        let mut by_name = HashTable::with_capacity(students);
        for student in 0..students {
            by_name
                .entry(hash(name(student)), |other| text::same(name(*other), name(student)), |other| hash(name(*other)))
                .or_insert(student);
        }
        let others = |&suspect: &usize| {
            let username = names(suspect)[1];
            let other = by_name.find(hash(username), |other| text::same(name(*other), username))?;
            (*other != suspect).then_some((suspect, *other))
        };
        suspects.iter().filter_map(others).collect()
    }
}

/// Which usernames are taken, by half a hash: one that is not may seem so, and never the other way.
pub(super) struct Taken<'k> {
    keys: &'k Keys,
    hashes: HashSet<u32>,
}

impl Taken<'_> {
    pub(super) fn contains(&self, username: &str) -> bool {
        self.hashes.contains(&self.hash(username))
    }

    pub(super) fn insert(&mut self, username: &str) {
        self.hashes.insert(self.hash(username));
    }

    fn hash(&self, username: &str) -> u32 {
        (self.keys.hash(text::key(username).as_bytes()) >> 32) as u32
    }
}

/// No entry: no student has the last of all places.
const EMPTY: u64 = u64::MAX;

fn student(entry: u64) -> usize {
    (entry & !UPPER) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn duplicates_are_those_of_a_plain_search(usernames in prop::collection::vec("[aA-cC éÉßs]{1,3}", 0..60)) {
            let mut keys = Keys::default();
            for (place, username) in usernames.iter().enumerate() {
                if text::is_plain(username) { keys.push_plain(username, place) } else { keys.push(username, place) }
            }
            let expected: Vec<_> = (0..usernames.len())
                .filter_map(|later| {
                    let first = (0..later).find(|&first| text::same(&usernames[first], &usernames[later]))?;
                    Some((later, first))
                })
                .collect();
            prop_assert_eq!(keys.duplicates(|place| &usernames[place]), expected);
        }
    }

    #[test]
    fn many_are_found_across_partitions() {
        let usernames: Vec<String> = (0..50_000).map(|i| format!("pupil{}", i % 49_990)).collect();
        let mut keys = Keys::default();
        for (place, username) in usernames.iter().enumerate() {
            keys.push_plain(username, place);
        }
        let expected: Vec<_> = (0..10).map(|i| (49_990 + i, i)).collect();
        assert_eq!(keys.duplicates(|place| &usernames[place]), expected);
    }
}
