//! Finds names and usernames that are repeated in a list, or that occur in both of two lists (`Keys`). Half of a 64-bit
//! hash is compared first, and then the text. `text/compare.rs` decides which texts count as the same.

mod hasher;
mod likely;

use std::ops::Range;

use hashbrown::{HashMap, HashSet};

use crate::threads::side_by_side;
use crate::watch::{Cancelled, Steps};

pub(crate) use hasher::KeyHasher;
use hasher::WINDOW;

/// A list of names or usernames. Each is stored as half of its 64-bit hash.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keys {
    hasher: KeyHasher,
    hashes: Vec<u32>,
}

/// The value of a slot without a text.
const NONE: u32 = 0;

fn half(hash: u64) -> u32 {
    ((hash >> 32) as u32).max(NONE + 1)
}

impl Keys {
    /// Creates an empty list with this capacity.
    pub(crate) fn with_capacity(texts: usize) -> Self {
        Self { hashes: Vec::with_capacity(texts), ..Self::default() }
    }

    /// Creates a list from these texts.
    pub(crate) fn of<'s>(texts: impl Iterator<Item = &'s str>) -> Self {
        let mut keys = Self::with_capacity(texts.size_hint().0);
        texts.for_each(|text| keys.push(text));
        keys
    }

    /// Adds an ASCII text: the first `length` bytes of a window.
    #[inline(always)]
    pub(crate) fn push_window(&mut self, window: &[u8; WINDOW], length: usize) {
        self.hashes.push(half(self.hasher.hash_window(window, length)));
    }

    /// Adds a longer ASCII text: the first `length` bytes of two windows.
    pub(crate) fn push_windows(&mut self, windows: &[u8; 2 * WINDOW], length: usize) {
        self.hashes.push(half(self.hasher.hash_windows(windows, length)));
    }

    /// Adds a text. An empty text matches no other text.
    #[inline]
    pub(crate) fn push(&mut self, text: &str) {
        self.hashes.push(if text.is_empty() { NONE } else { half(self.hasher.hash(text)) });
    }

    /// Adds a text in composed form (NFC), and returns its whole hash.
    pub(crate) fn push_composed(&mut self, text: &str) -> u64 {
        let hash = self.hash_composed(text);
        self.push_hash(text, hash);
        hash
    }

    /// Adds a text whose whole hash is known.
    pub(crate) fn push_hash(&mut self, text: &str, hash: u64) {
        self.hashes.push(if text.is_empty() { NONE } else { half(hash) });
    }

    /// Returns the whole hash of a text in composed form (NFC).
    pub(crate) fn hash_composed(&self, text: &str) -> u64 {
        self.hasher.hash_composed(text)
    }

    /// Returns the whole hash of a text. The caller treats two texts with the same hash as equal.
    pub(crate) fn hash(&self, text: &str) -> u64 {
        self.hasher.hash(text)
    }

    /// Appends another list.
    pub(crate) fn join(&mut self, later: &Self) {
        self.hashes.extend_from_slice(&later.hashes);
    }

    /// Returns sorted `(duplicate, first)` index pairs, one for every text that repeats an earlier text. It uses
    /// `threads` threads.
    pub(crate) fn duplicates(
        &self,
        threads: usize,
        steps: &mut Steps<'_>,
        is_same: impl Fn(usize, usize) -> bool,
    ) -> Result<Vec<(usize, usize)>, Cancelled> {
        let mut duplicates = Vec::new();
        for same_hash in self.find_repeated(threads.max(1), steps)?.chunk_by(|one, other| one.hash == other.hash) {
            // The first of each group of equal texts. There is nearly always only one group.
            let mut firsts: Vec<usize> = Vec::new();
            for entry in same_hash {
                steps.step()?;
                match firsts.iter().find(|first| is_same(**first, entry.index())) {
                    Some(&first) => duplicates.push((entry.index(), first)),
                    None => firsts.push(entry.index()),
                }
            }
        }
        duplicates.sort_unstable();
        Ok(duplicates)
    }

    /// Returns the entries of every repeated hash, sorted by hash and then by index.
    fn find_repeated(&self, threads: usize, steps: &mut Steps<'_>) -> Result<Vec<HashEntry>, Cancelled> {
        // A million hashes take about ten milliseconds. They count as 10,000 steps.
        steps.take(self.hashes.len() / 100)?;
        // Each thread first divides one stretch of the hashes into parts. Then each thread searches its share of the
        // parts in all stretches.
        let bits = part_bits(self.hashes.len(), 1 << 15);
        let stretches = self.hashes.chunks(self.hashes.len().div_ceil(threads).max(1));
        let stretches = side_by_side(stretches, |hashes| Partitions::of(hashes, bits, |_, hash| hash));
        let share = (1_usize << bits).div_ceil(threads);
        let shares = (0..1 << bits).step_by(share).map(|from| from..(from + share).min(1 << bits));
        let twice: HashSet<u32> =
            side_by_side(shares, |parts| twice_in(&stretches, parts)).into_iter().flatten().collect();
        steps.take(self.hashes.len() / 100)?;
        if twice.is_empty() {
            return Ok(Vec::new());
        }
        let mut filter = DuplicateFilter::default();
        filter.clear(twice.len());
        twice.iter().for_each(|hash| (0..2).for_each(|_| filter.add(*hash)));
        let is_twice = |hash: &u32| filter.is_likely_twice(*hash) && twice.contains(hash);
        let entries = self.hashes.iter().enumerate().filter(|(_, hash)| is_twice(hash));
        let mut entries: Vec<HashEntry> =
            entries.map(|(index, &hash)| HashEntry { hash, index: index as u32 }).collect();
        entries.sort_unstable_by_key(|entry| (entry.hash, entry.index));
        Ok(entries)
    }

    /// Returns, for each text in this list, the slots in `others` with the same hash. The caller compares the texts.
    pub(crate) fn candidates(&self, others: &Self) -> Candidates {
        let mut candidates = Candidates { first: vec![u32::MAX; self.hashes.len()], more: Vec::new() };
        let bits = part_bits(others.hashes.len(), 1 << 12);
        let parts =
            |keys: &Self| Partitions::of(&keys.hashes, bits, |index, hash| HashEntry { hash, index: index as u32 });
        let mut table = IndexTable::default();
        for (part, other_part) in parts(self).iter().zip(parts(others).iter()) {
            table.fill(other_part);
            for &entry in part {
                table.each(entry.hash, |other| candidates.add(entry.index(), other));
            }
        }
        candidates.more.sort_unstable();
        candidates
    }

    /// Returns the hashes of all texts, which show whether a username is free.
    pub(crate) fn taken(&self) -> UsedUsernames<'_> {
        UsedUsernames { keys: self, hashes: self.hashes.iter().copied().collect() }
    }
}

/// Returns the number of hash bits that give partitions of about this size. The table of such a partition fits into the
/// cache.
fn part_bits(hashes: usize, size: usize) -> u32 {
    (hashes / size).next_power_of_two().trailing_zeros()
}

/// A hash and its slot in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct HashEntry {
    hash: u32,
    index: u32,
}

impl HashEntry {
    fn index(self) -> usize {
        self.index as usize
    }
}

/// Finds hashes that may occur twice. It compares only some bits of each hash. Most hashes occur only once, and then
/// need no table.
#[derive(Default)]
struct DuplicateFilter {
    /// The bit patterns that were seen at least once, and the bit patterns that were seen at least twice.
    seen: Vec<[u64; 2]>,
}

impl DuplicateFilter {
    /// Clears the filter for this number of hashes, with eight bits for each hash. About one hash in eight then matches
    /// another hash by chance.
    fn clear(&mut self, hashes: usize) {
        self.seen.clear();
        self.seen.resize((hashes / 8).next_power_of_two(), [0; 2]);
    }

    #[inline(always)]
    fn of(&self, hash: u32) -> (usize, u64) {
        ((hash >> 6) as usize & (self.seen.len() - 1), 1 << (hash & 63))
    }

    #[inline(always)]
    fn add(&mut self, hash: u32) {
        let (word, bit) = self.of(hash);
        let [once, twice] = &mut self.seen[word];
        *twice |= *once & bit;
        *once |= bit;
    }

    #[inline(always)]
    fn is_likely_twice(&self, hash: u32) -> bool {
        let (word, bit) = self.of(hash);
        self.seen[word][1] & bit != 0
    }
}

/// The entries, partitioned by the uppermost bits of their hashes. Within a partition, the entries are in list order.
struct Partitions<T> {
    made: Vec<T>,
    /// The end of each partition.
    ends: Vec<usize>,
}

impl<T: Copy + Default> Partitions<T> {
    /// Partitions the hashes. `make` creates an entry from the index and the hash of a text.
    fn of(hashes: &[u32], bits: u32, make: impl Fn(usize, u32) -> T) -> Self {
        let part = |hash: u32| (u64::from(hash) >> (32 - bits)) as usize;
        let texts = || hashes.iter().enumerate().filter(|(_, hash)| **hash != NONE);
        let mut ends = vec![0; 1 << bits];
        texts().for_each(|(_, &hash)| ends[part(hash)] += 1);
        let mut end = 0;
        for end_of_part in &mut ends {
            // For now, each item is the start of its partition.
            end += std::mem::replace(end_of_part, end);
        }
        let mut made = vec![T::default(); end];
        for (index, &hash) in texts() {
            let next = &mut ends[part(hash)];
            made[*next] = make(index, hash);
            *next += 1;
        }
        Self { made, ends }
    }

    fn part(&self, part: usize) -> &[T] {
        let start = part.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.made[start..self.ends[part]]
    }

    fn iter(&self) -> impl Iterator<Item = &[T]> {
        (0..self.ends.len()).map(|part| self.part(part))
    }
}

/// Returns each hash that is repeated in these partitions, across all stretches.
fn twice_in(stretches: &[Partitions<u32>], parts: Range<usize>) -> Vec<u32> {
    let (mut filter, mut likely, mut twice) = (DuplicateFilter::default(), Vec::new(), Vec::new());
    for part in parts {
        let stretches = || stretches.iter().map(|stretch| stretch.part(part));
        filter.clear(stretches().map(<[u32]>::len).sum());
        for hash in stretches().flatten() {
            filter.add(*hash);
        }
        likely.clear();
        for hashes in stretches() {
            likely.extend(hashes.iter().copied().filter(|hash| filter.is_likely_twice(*hash)));
        }
        likely.sort_unstable();
        twice.extend(likely.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]));
    }
    twice
}

/// Entries by hash in an open-addressing table, which is rebuilt for each partition.
#[derive(Default)]
struct IndexTable {
    /// The first index of each hash.
    slots: Vec<HashEntry>,
    /// For each hash that several texts share, the indexes after the first index.
    more: HashMap<u32, Vec<u32>>,
}

impl IndexTable {
    /// Replaces the contents of the table with these entries.
    fn fill(&mut self, entries: &[HashEntry]) {
        self.more.clear();
        self.slots.clear();
        self.slots.resize((entries.len() * 6 + 1).next_power_of_two(), HashEntry { hash: NONE, index: 0 });
        for &entry in entries {
            let slot = self.slot(entry.hash);
            match self.slots[slot].hash {
                NONE => self.slots[slot] = entry,
                _ => self.more.entry(entry.hash).or_default().push(entry.index),
            }
        }
    }

    /// Returns the slot of a hash, or the free slot for it.
    #[inline]
    fn slot(&self, hash: u32) -> usize {
        let last = self.slots.len() - 1;
        let mut slot = hash as usize & last;
        while self.slots[slot].hash != NONE && self.slots[slot].hash != hash {
            slot = (slot + 1) & last;
        }
        slot
    }

    /// Visits every index with this hash, in order.
    #[inline]
    fn each(&self, hash: u32, mut see: impl FnMut(usize)) {
        let entry = self.slots[self.slot(hash)];
        if entry.hash != NONE {
            see(entry.index());
            if !self.more.is_empty() {
                self.more.get(&hash).into_iter().flatten().for_each(|index| see(*index as usize));
            }
        }
    }
}

/// For each slot in one list, the slots in another list that have the same hash.
#[derive(Debug, Default)]
pub(crate) struct Candidates {
    /// For each slot, the first slot in the other list, or `u32::MAX`.
    first: Vec<u32>,
    /// The additional slots, as pairs of a slot in this list and a slot in the other list, sorted. There are few,
    /// because two texts rarely have the same half of a hash.
    more: Vec<(usize, usize)>,
}

impl Candidates {
    fn add(&mut self, index: usize, other: usize) {
        match self.first.get_mut(index) {
            Some(first) if *first == u32::MAX => *first = other as u32,
            _ => self.more.push((index, other)),
        }
    }

    /// Returns the first candidate for a slot.
    pub(crate) fn first(&self, index: usize) -> Option<usize> {
        self.first.get(index).filter(|first| **first != u32::MAX).map(|first| *first as usize)
    }

    /// Returns a slot's first candidate for which `is_it` returns true.
    #[inline]
    pub(crate) fn find(&self, index: usize, is_it: impl Fn(usize) -> bool) -> Option<usize> {
        let first = self.first(index)?;
        if is_it(first) {
            return Some(first);
        }
        let more = self.more.get(self.more.partition_point(|(own, _)| *own < index)..).unwrap_or_default();
        more.iter().take_while(|(own, _)| *own == index).map(|(_, other)| *other).find(|other| is_it(*other))
    }
}

/// The usernames in use, as halves of hashes. A free username can seem to be in use, but a username in use never seems
/// free.
pub(crate) struct UsedUsernames<'k> {
    keys: &'k Keys,
    hashes: HashSet<u32>,
}

impl UsedUsernames<'_> {
    pub(crate) fn contains(&self, username: &str) -> bool {
        self.hashes.contains(&self.hash(username))
    }

    pub(crate) fn insert(&mut self, username: &str) {
        self.hashes.insert(self.hash(username));
    }

    fn hash(&self, username: &str) -> u32 {
        half(self.keys.hasher.hash(username))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text;
    use crate::watch::Watch;

    #[test]
    fn the_duplicate_filter_excludes_most_texts_that_occur_once() {
        let names: Vec<String> = (0..4_000).map(|number| format!("Pupil {number}")).collect();
        let hasher = KeyHasher::default();
        let mut filter = DuplicateFilter::default();
        filter.clear(names.len());
        let hash = |name: &String| hasher.hash(name) as u32;
        names.iter().for_each(|name| filter.add(hash(name)));
        let likely = names.iter().filter(|name| filter.is_likely_twice(hash(name))).count();
        assert!(likely < names.len() / 4, "{likely}");
        filter.add(hash(&names[7]));
        assert!(filter.is_likely_twice(hash(&names[7])));
    }

    proptest! {
        #[test]
        fn finds_the_same_duplicates_as_a_simple_search(
            usernames in prop::collection::vec("[aA-cC éÉßs]{1,3}", 0..60),
            cut in 0..=100_usize,
            threads in 1..4_usize,
        ) {
            let mut keys = Keys::default();
            let joined = usernames.len() * cut / 100;
            usernames[..joined].iter().for_each(|username| keys.push(username));
            let mut later = Keys::default();
            usernames[joined..].iter().for_each(|username| later.push(username));
            keys.join(&later);
            let expected: Vec<_> = (0..usernames.len())
                .filter_map(|later| {
                    let first = (0..later).find(|&first| text::same(&usernames[first], &usernames[later]))?;
                    Some((later, first))
                })
                .collect();
            let is_same = |one: usize, other: usize| text::same(&usernames[one], &usernames[other]);
            prop_assert_eq!(keys.duplicates(threads, &mut Watch::default().steps(0), is_same), Ok(expected));
        }
    }

    proptest! {
        #[test]
        fn the_candidates_for_a_text_include_all_equal_texts(
            own in prop::collection::vec("[aA-cC éÉ]{1,2}", 0..40),
            others in prop::collection::hash_set("[a-c é]{1,2}", 0..40),
        ) {
            let others: Vec<String> = others.into_iter().collect();
            let mut theirs = Keys::default();
            let mut keys = Keys::default();
            others.iter().for_each(|text| theirs.push(text));
            own.iter().for_each(|text| keys.push(text));
            let candidates = keys.candidates(&theirs);
            for (index, text) in own.iter().enumerate() {
                let found = candidates.find(index, |other| text::same(&others[other], text));
                let is_there = others.iter().any(|other| text::same(other, text));
                prop_assert_eq!(found.is_some(), is_there);
                for (other, _) in others.iter().enumerate().filter(|(_, other)| text::same(other, text)) {
                    prop_assert_eq!(candidates.find(index, |candidate| candidate == other), Some(other));
                }
            }
        }
    }

    #[test]
    fn finds_all_duplicates_among_50_000_usernames() {
        let usernames: Vec<String> = (0..50_000).map(|i| format!("pupil{}", i % 49_990)).collect();
        let mut keys = Keys::default();
        for username in &usernames {
            keys.push(username);
        }
        let expected: Vec<_> = (0..10).map(|i| (49_990 + i, i)).collect();
        let is_same = |one: usize, other: usize| usernames[one] == usernames[other];
        assert_eq!(keys.duplicates(2, &mut Watch::default().steps(0), is_same), Ok(expected));
    }

    #[test]
    fn finds_duplicates_with_any_number_of_threads() {
        let ends = [u32::MAX, 1, u32::MAX / 2, u32::MAX / 2 + 1, u32::MAX / 3, u32::MAX / 3 + 1];
        let keys = Keys { hasher: KeyHasher::default(), hashes: ends.repeat(2) };
        for threads in 0..5 {
            let found = keys.duplicates(threads, &mut Watch::default().steps(0), |_, _| true).unwrap();
            assert_eq!(found, (0..6).map(|index| (index + 6, index)).collect::<Vec<_>>(), "{threads} threads");
        }
        // The hash of a text is never `NONE`.
        assert_eq!((half(7), half(u64::MAX)), (1, u32::MAX));
    }

    #[test]
    fn the_number_of_partitions_grows_with_the_number_of_hashes() {
        assert_eq!([0, 100, 1 << 12, 1 << 13, 1 << 20].map(|hashes| part_bits(hashes, 1 << 12)), [0, 0, 0, 1, 8]);
    }
}
