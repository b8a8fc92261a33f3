//! Names and usernames by hash: which are there twice, which are in two lists. Found by half a 64-bit
//! hash, and then verified on the text.

use std::hash::{BuildHasher, Hasher};

use hashbrown::{HashSet, HashTable};

use crate::text;

/// Hashes texts so that those that are the same have the same hash. The seed is its own, since names and
/// usernames are chosen by strangers.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeyHasher(foldhash::quality::RandomState);

impl KeyHasher {
    #[inline]
    pub(crate) fn hash(&self, text: &str) -> u64 {
        if text::is_plain(text) { self.hash_plain(text) } else { self.hash_key(text::key(text).as_bytes()) }
    }

    /// The hash of a text that is plain: its key is itself in lower case.
    #[inline]
    pub(crate) fn hash_plain(&self, text: &str) -> u64 {
        let mut place = [0; 64];
        match place.get_mut(..text.len()) {
            Some(key) => {
                key.copy_from_slice(text.as_bytes());
                key.make_ascii_lowercase();
                self.hash_key(key)
            }
            None => self.hash_key(text.to_ascii_lowercase().as_bytes()),
        }
    }

    /// [`hash_plain`](Self::hash_plain) of a text of at most so many bytes which begins a window.
    #[inline]
    fn hash_window(&self, window: &[u8; 64], length: usize) -> u64 {
        fn lower<const N: usize>(mut bytes: [u8; N]) -> [u8; N] {
            bytes.make_ascii_lowercase();
            bytes
        }
        match window.first_chunk::<32>() {
            Some(window) if length <= 32 => self.hash_key(&lower(*window)[..length]),
            _ => self.hash_key(&lower(*window)[..length]),
        }
    }

    #[inline]
    fn hash_key(&self, key: &[u8]) -> u64 {
        let mut hasher = self.0.build_hasher();
        hasher.write(key);
        hasher.finish()
    }
}

/// A list of names or usernames by hash.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    hasher: KeyHasher,
    /// The upper half of a hash, and below it the place in the list.
    entries: Vec<u64>,
}

/// The half of an entry that is hash.
const HASH: u64 = 0xFFFF_FFFF_0000_0000;
/// No entry: nothing is in the last of all places.
const NONE: u64 = u64::MAX;

fn place(entry: u64) -> usize {
    (entry & !HASH) as usize
}

impl Keys {
    /// An empty list that can be compared with this one.
    pub(crate) fn beside(&self) -> Self {
        Self { hasher: self.hasher.clone(), entries: Vec::new() }
    }

    pub(crate) fn reserve(&mut self, more: usize) {
        self.entries.reserve(more);
    }

    /// Adds a text of plain ASCII, of at most 64 bytes, which begins a window.
    #[inline]
    pub(crate) fn push_window(&mut self, window: &[u8; 64], length: usize, place: usize) {
        self.entries.push((self.hasher.hash_window(window, length) & HASH) | place as u64);
    }

    /// Adds any text.
    #[inline]
    pub(crate) fn push(&mut self, text: &str, place: usize) {
        self.entries.push((self.hasher.hash(text) & HASH) | place as u64);
    }

    /// Adds another list [`beside`](Self::beside) this one, its places after so many.
    pub(crate) fn join(&mut self, later: &Self, places: usize) {
        self.entries.extend(later.entries.iter().map(|entry| entry + places as u64));
    }

    /// Every place whose text an earlier place has, with the first that has it, in order.
    pub(crate) fn duplicates<'s>(&self, text: impl Fn(usize) -> &'s str) -> Vec<(usize, usize)> {
        let mut duplicates = Vec::new();
        let mut seen = Table::default();
        for part in self.parts(part_bits(self.entries.len())).iter() {
            seen.clear(part.len());
            for &later in part {
                let is_same = |first| text::same(text(first), text(place(later)));
                if let Some(first) = seen.find_or_insert(later, is_same) {
                    duplicates.push((place(later), first));
                }
            }
        }
        duplicates.sort_unstable();
        duplicates
    }

    /// For each text of this list, which places of another may have the same: by hash, so that the text is
    /// still to be compared.
    pub(crate) fn candidates(&self, others: &Self) -> Candidates {
        let mut candidates = Candidates { first: vec![u32::MAX; self.entries.len()], more: Vec::new() };
        let bits = part_bits(others.entries.len());
        let mut table = Table::default();
        for (part, other_part) in self.parts(bits).iter().zip(others.parts(bits).iter()) {
            table.clear(other_part.len());
            for &other in other_part {
                table.find_or_insert(other, |_| false);
            }
            for &entry in part {
                table.each(entry, |other| candidates.add(place(entry), other));
            }
        }
        candidates
    }

    /// The hashes of all texts, for telling which are free.
    pub(crate) fn taken(&self) -> Taken<'_> {
        Taken { keys: self, hashes: self.entries.iter().map(|entry| (entry >> 32) as u32).collect() }
    }

    /// The entries by the uppermost bits of their hash, each part in the order of the list.
    fn parts(&self, bits: u32) -> Parts {
        let part = |entry: u64| if bits == 0 { 0 } else { (entry >> (64 - bits)) as usize };
        let mut ends = vec![0; 1 << bits];
        for &entry in &self.entries {
            ends[part(entry)] += 1;
        }
        let mut end = 0;
        for place in &mut ends {
            // For now, where the part starts.
            end += std::mem::replace(place, end);
        }
        let mut entries = vec![NONE; self.entries.len()];
        for &entry in &self.entries {
            let next = &mut ends[part(entry)];
            entries[*next] = entry;
            *next += 1;
        }
        Parts { entries, ends }
    }

    /// Of these students, each whose username is the full name of another, with that other.
    pub(crate) fn others_names<'s>(
        &self,
        suspects: &[usize],
        students: usize,
        names: impl Fn(usize) -> [&'s str; 2],
    ) -> Vec<(usize, usize)> {
        let hash = |text: &str| self.hasher.hash(text);
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

/// So many bits of a hash as make parts of some four thousand entries, whose table stays in the cache.
fn part_bits(entries: usize) -> u32 {
    (entries / 4096).next_power_of_two().trailing_zeros()
}

/// Entries sorted into parts.
struct Parts {
    entries: Vec<u64>,
    /// Where in them each part ends.
    ends: Vec<usize>,
}

impl Parts {
    fn iter(&self) -> impl Iterator<Item = &[u64]> {
        let start = |part: usize| part.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.ends.iter().enumerate().map(move |(part, &end)| &self.entries[start(part)..end])
    }
}

/// Entries by hash, the slots open: made anew for each part.
#[derive(Default)]
struct Table {
    slots: Vec<u64>,
}

impl Table {
    /// Makes room for so many entries.
    fn clear(&mut self, entries: usize) {
        self.slots.clear();
        self.slots.resize((entries * 2 + 1).next_power_of_two(), NONE);
    }

    /// The slot that is free for an entry, or the place of the first entry of its hash that is the one.
    #[inline]
    fn probe(&self, entry: u64, mut is_it: impl FnMut(usize) -> bool) -> Result<usize, usize> {
        let last = self.slots.len().wrapping_sub(1);
        let mut slot = (entry >> 32) as usize & last;
        loop {
            match self.slots.get(slot) {
                Some(&other) if other != NONE => {
                    if other & HASH == entry & HASH && is_it(place(other)) {
                        return Err(place(other));
                    }
                }
                _ => return Ok(slot),
            }
            slot = (slot + 1) & last;
        }
    }

    /// Every place whose entry has the same hash.
    fn each(&self, entry: u64, mut see: impl FnMut(usize)) {
        let _ = self.probe(entry, |place| {
            see(place);
            false
        });
    }

    fn find_or_insert(&mut self, entry: u64, is_it: impl FnMut(usize) -> bool) -> Option<usize> {
        match self.probe(entry, is_it) {
            Ok(free) => {
                if let Some(slot) = self.slots.get_mut(free) {
                    *slot = entry;
                }
                None
            }
            Err(found) => Some(found),
        }
    }
}

/// For each place of a list, the places of another whose hashes are the same.
#[derive(Debug, Default)]
pub(crate) struct Candidates {
    /// The first, or `u32::MAX`.
    first: Vec<u32>,
    /// The rest, which are few: half a hash is seldom shared.
    more: Vec<(usize, usize)>,
}

impl Candidates {
    fn add(&mut self, place: usize, other: usize) {
        match self.first.get_mut(place) {
            Some(first) if *first == u32::MAX => *first = other as u32,
            _ => self.more.push((place, other)),
        }
    }

    /// The first candidate of a place that is the one.
    #[inline]
    pub(crate) fn find(&self, place: usize, is_it: impl Fn(usize) -> bool) -> Option<usize> {
        let first = self.first.get(place).filter(|first| **first != u32::MAX).map(|first| *first as usize)?;
        if is_it(first) {
            return Some(first);
        }
        self.more.iter().filter(|(own, _)| *own == place).map(|(_, other)| *other).find(|other| is_it(*other))
    }
}

/// Which usernames are taken, by half a hash: one that is not may seem so, and never the other way.
pub(crate) struct Taken<'k> {
    keys: &'k Keys,
    hashes: HashSet<u32>,
}

impl Taken<'_> {
    pub(crate) fn contains(&self, username: &str) -> bool {
        self.hashes.contains(&self.hash(username))
    }

    pub(crate) fn insert(&mut self, username: &str) {
        self.hashes.insert(self.hash(username));
    }

    fn hash(&self, username: &str) -> u32 {
        (self.keys.hasher.hash(username) >> 32) as u32
    }
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
                keys.push(username, place)
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

    proptest! {
        #[test]
        fn candidates_hold_all_that_are_the_same(
            own in prop::collection::vec("[aA-cC éÉ]{1,2}", 0..40),
            others in prop::collection::hash_set("[a-c é]{1,2}", 0..40),
        ) {
            let others: Vec<String> = others.into_iter().collect();
            let mut theirs = Keys::default();
            let mut keys = theirs.beside();
            others.iter().enumerate().for_each(|(place, text)| theirs.push(text, place));
            own.iter().enumerate().for_each(|(place, text)| keys.push(text, place));
            let candidates = keys.candidates(&theirs);
            for (place, text) in own.iter().enumerate() {
                let found = candidates.find(place, |other| text::same(&others[other], text));
                let is_there = others.iter().any(|other| text::same(other, text));
                prop_assert_eq!(found.is_some(), is_there);
                for (other, _) in others.iter().enumerate().filter(|(_, other)| text::same(other, text)) {
                    prop_assert_eq!(candidates.find(place, |candidate| candidate == other), Some(other));
                }
            }
        }
    }

    #[test]
    fn many_are_found_across_parts() {
        let usernames: Vec<String> = (0..50_000).map(|i| format!("pupil{}", i % 49_990)).collect();
        let mut keys = Keys::default();
        for (place, username) in usernames.iter().enumerate() {
            keys.push(username, place);
        }
        let expected: Vec<_> = (0..10).map(|i| (49_990 + i, i)).collect();
        assert_eq!(keys.duplicates(|place| &usernames[place]), expected);
    }
}
