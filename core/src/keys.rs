//! Names and usernames by hash: which are there twice, which are in two lists. Found by half a 64-bit
//! hash, and then verified on the text.

use std::hash::{BuildHasher, Hasher};
use std::thread;

use hashbrown::{HashSet, HashTable};
use wide::u8x16;

use crate::text;

/// Hashes texts so that those that are the same have the same hash. The seed is its own, since names and
/// usernames are chosen by strangers.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeyHasher(foldhash::quality::RandomState);

impl KeyHasher {
    #[inline]
    pub(crate) fn hash(&self, text: &str) -> u64 {
        let mut place = [0; 64];
        match place.get_mut(..text.len()) {
            // A text that is plain is its own key in lower case.
            Some(key) if text::is_plain(text) => {
                key.copy_from_slice(text.as_bytes());
                key.make_ascii_lowercase();
                self.hash_key(key)
            }
            _ => self.hash_key(text::key(text).as_bytes()),
        }
    }

    /// The hash of a text of plain ASCII, of at most 32 bytes, which begins a window.
    #[inline(always)]
    fn hash_window(&self, window: &[u8; WINDOW], length: usize) -> u64 {
        let mut hasher = self.0.build_hasher();
        for (half, mask) in halves(window).into_iter().zip(BEFORE[length.min(WINDOW)]) {
            let half = u8x16::new(half);
            let upper = half.max(u8x16::splat(b'A')).min(u8x16::splat(b'Z')).simd_eq(half);
            let lower = half | (upper & u8x16::splat(0x20));
            hasher.write_u128(u128::from_le_bytes(lower.to_array()) & mask);
        }
        hasher.finish()
    }

    /// The hash of a key, zero bytes behind it.
    #[inline]
    fn hash_key(&self, key: &[u8]) -> u64 {
        let mut hasher = self.0.build_hasher();
        let (windows, last) = key.as_chunks();
        for window in windows {
            halves(window).into_iter().for_each(|half| hasher.write_u128(u128::from_le_bytes(half)));
        }
        if !last.is_empty() {
            let mut window = [0; WINDOW];
            window.iter_mut().zip(last).for_each(|(place, byte)| *place = *byte);
            halves(&window).into_iter().for_each(|half| hasher.write_u128(u128::from_le_bytes(half)));
        }
        hasher.finish()
    }
}

/// So many bytes of a key are hashed at a time.
const WINDOW: usize = 32;

#[inline(always)]
fn halves(window: &[u8; WINDOW]) -> [[u8; 16]; 2] {
    let (halves, _) = window.as_chunks();
    [halves[0], halves[1]]
}

/// For each length, what is kept of the halves of a window.
static BEFORE: [[u128; 2]; WINDOW + 1] = {
    let mut masks = [[0; 2]; WINDOW + 1];
    let mut length = 1;
    while length <= WINDOW {
        let half = (length - 1) / 16;
        masks[length] = masks[16 * half];
        masks[length][half] = u128::MAX >> (128 - 8 * (length - 16 * half));
        length += 1;
    }
    masks
};

/// A list of names or usernames by hash, in parts whose tables stay in the cache.
#[derive(Debug)]
pub(crate) struct Keys {
    hasher: KeyHasher,
    parts: Parts,
    /// Lists that follow, and how many places before each.
    later: Vec<(usize, Parts)>,
}

/// Entries by the uppermost bits of their hash, each part in the order of the list. An entry is the upper half of
/// a hash, and below it the place in the list.
#[derive(Debug)]
struct Parts {
    bits: u32,
    entries: Vec<Vec<u64>>,
}

/// The half of an entry that is hash.
const HASH: u64 = 0xFFFF_FFFF_0000_0000;

fn place(entry: u64) -> usize {
    (entry & !HASH) as usize
}

impl Parts {
    /// So many bits, of entries that are likely so many.
    fn new(bits: u32, expected: usize) -> Self {
        let each = expected >> bits;
        // A little more, since chance does not fill them evenly.
        let room = if bits == 0 { each } else { each + each / 8 + 8 };
        Self { bits, entries: (0..1_usize << bits).map(|_| Vec::with_capacity(room)).collect() }
    }

    #[inline(always)]
    fn push(&mut self, hash: u64, place: usize) {
        let part = (hash >> 1 >> (63 - self.bits)) as usize;
        if let Some(entries) = self.entries.get_mut(part) {
            entries.push((hash & HASH) | place as u64);
        }
    }
}

impl Keys {
    /// An empty list, likely of so many texts.
    pub(crate) fn expecting(texts: usize) -> Self {
        // Parts whose tables stay in the cache, but not so many that writing to all of them in turn is slow.
        let bits = (texts / 32_768).next_power_of_two().trailing_zeros().min(10);
        Self { hasher: KeyHasher::default(), parts: Parts::new(bits, texts), later: Vec::new() }
    }

    /// An empty list that can be compared with this one or follow it.
    pub(crate) fn beside(&self, expected: usize) -> Self {
        Self { hasher: self.hasher.clone(), parts: Parts::new(self.parts.bits, expected), later: Vec::new() }
    }

    /// Adds a text of plain ASCII, which begins a window and ends within it.
    #[inline(always)]
    pub(crate) fn push_window(&mut self, window: &[u8; WINDOW], length: usize, place: usize) {
        self.parts.push(self.hasher.hash_window(window, length), place);
    }

    /// Adds any text.
    #[inline]
    pub(crate) fn push(&mut self, text: &str, place: usize) {
        self.parts.push(self.hasher.hash(text), place);
    }

    /// Adds another list [`beside`](Self::beside) this one, its places after so many.
    pub(crate) fn join(&mut self, later: Self, places: usize) {
        self.later.push((places, later.parts));
    }

    /// The entries of a part in the order of their places.
    fn part(&self, part: usize, to: &mut Vec<u64>) {
        let of = |parts: &'_ Parts, to: &mut Vec<u64>, before: usize| {
            let entries = parts.entries.get(part).map(Vec::as_slice).unwrap_or_default();
            to.extend(entries.iter().map(|entry| entry + before as u64));
        };
        to.clear();
        of(&self.parts, to, 0);
        self.later.iter().for_each(|(before, parts)| of(parts, to, *before));
        if !self.later.is_empty() {
            // Some may have been added since a list was joined. Where that is not so they are in order already.
            to.sort_unstable_by_key(|entry| place(*entry));
        }
    }

    /// Every place whose text an earlier place has, with the first that has it, in order. Looked for by so many
    /// threads.
    pub(crate) fn duplicates(
        &self,
        threads: usize,
        is_same: impl Fn(usize, usize) -> bool + Sync,
    ) -> Vec<(usize, usize)> {
        let by = |first: usize, step: usize| {
            let mut duplicates = Vec::new();
            let (mut sieve, mut table) = (Sieve::default(), Table::default());
            for part in (first..self.parts.entries.len()).step_by(step) {
                self.part(part, &mut table.entries);
                sieve.keep_likely_twice(&mut table.entries);
                table.fill(|later, first| {
                    let is_same = is_same(first, later);
                    if is_same {
                        duplicates.push((later, first));
                    }
                    is_same
                });
            }
            duplicates
        };
        let threads = threads.min(self.parts.entries.len());
        let mut duplicates = thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|first| scope.spawn(move || by(first, threads))).collect();
            let mut found = by(0, threads.max(1));
            for other in others {
                found.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            }
            found
        });
        duplicates.sort_unstable();
        duplicates
    }

    /// For each text of this list, which places of another [`beside`](Self::beside) it may have the same: by hash,
    /// so that the text is still to be compared.
    pub(crate) fn candidates(&self, others: &Self) -> Candidates {
        let (mut entries, mut table) = (Vec::new(), Table::default());
        let count = self.parts.entries.iter().map(Vec::len).sum();
        let mut candidates = Candidates { first: vec![u32::MAX; count], more: Vec::new() };
        for part in 0..self.parts.entries.len() {
            others.part(part, &mut table.entries);
            table.fill(|_, _| false);
            self.part(part, &mut entries);
            for &entry in &entries {
                table.each(entry, |other| candidates.add(place(entry), other));
            }
        }
        candidates.more.sort_unstable();
        candidates
    }

    /// The hashes of all texts, for telling which are free.
    pub(crate) fn taken(&self) -> Taken<'_> {
        let lists = self.later.iter().map(|(_, parts)| parts);
        let entries = std::iter::once(&self.parts).chain(lists).flat_map(|parts| parts.entries.iter().flatten());
        Taken { keys: self, hashes: entries.map(|entry| (entry >> 32) as u32).collect() }
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

/// Tells which hashes of a part are perhaps there twice, by a few bits of each: nearly all are not, and need no table.
#[derive(Default)]
struct Sieve {
    once: Vec<u64>,
    twice: Vec<u64>,
}

impl Sieve {
    /// Keeps, in order, the entries of every hash that is there twice, and a few others.
    fn keep_likely_twice(&mut self, entries: &mut Vec<u64>) {
        // Eight bits an entry, so that one of eight is kept by chance.
        let words = (entries.len() / 8).next_power_of_two();
        for bits in [&mut self.once, &mut self.twice] {
            bits.clear();
            bits.resize(words, 0);
        }
        let of = |entry: u64| ((entry >> 38) as usize & (words - 1), 1 << (entry >> 32 & 63));
        for &entry in &*entries {
            let (word, bit) = of(entry);
            self.twice[word] |= self.once[word] & bit;
            self.once[word] |= bit;
        }
        let mut kept = 0;
        for number in 0..entries.len() {
            let entry = entries[number];
            let (word, bit) = of(entry);
            entries[kept] = entry;
            kept += usize::from(self.twice[word] & bit != 0);
        }
        entries.truncate(kept);
    }
}

/// Entries of a part by hash.
#[derive(Default)]
struct Table {
    entries: Vec<u64>,
    /// Open slots, each with where an entry stands among them.
    slots: Vec<u32>,
}

/// A slot that is free: no part has so many entries.
const FREE: u32 = u32::MAX;

impl Table {
    /// Puts the entries in, but for those that are said to be the same as one that is in, after which no other is
    /// asked: `is_same(later, earlier)`.
    #[inline]
    fn fill(&mut self, mut is_same: impl FnMut(usize, usize) -> bool) {
        self.slots.clear();
        self.slots.resize((self.entries.len() * 2 + 1).next_power_of_two(), FREE);
        for number in 0..self.entries.len() {
            let entry = self.entries[number];
            if let Some(free) = self.probe(entry, |other| is_same(place(entry), other)) {
                self.slots[free] = number as u32;
            }
        }
    }

    /// The free slot for an entry, unless one of the same hash is the one.
    #[inline]
    fn probe(&self, entry: u64, mut is_it: impl FnMut(usize) -> bool) -> Option<usize> {
        let last = self.slots.len().wrapping_sub(1);
        let mut slot = (entry >> 32) as usize & last;
        loop {
            match self.slots.get(slot) {
                Some(&number) if number != FREE => {
                    let other = self.entries.get(number as usize).copied().unwrap_or_default();
                    if other & HASH == entry & HASH && is_it(place(other)) {
                        return None;
                    }
                }
                _ => return Some(slot),
            }
            slot = (slot + 1) & last;
        }
    }

    /// Every place whose entry has the same hash.
    #[inline]
    fn each(&self, entry: u64, mut see: impl FnMut(usize)) {
        self.probe(entry, |place| {
            see(place);
            false
        });
    }
}

/// For each place of a list, the places of another whose hashes are the same.
#[derive(Debug, Default)]
pub(crate) struct Candidates {
    /// The first, or `u32::MAX`.
    first: Vec<u32>,
    /// The rest in order, which are few: half a hash is seldom shared.
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
        let more = self.more.get(self.more.partition_point(|(own, _)| *own < place)..).unwrap_or_default();
        more.iter().take_while(|(own, _)| *own == place).map(|(_, other)| *other).find(|other| is_it(*other))
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
        fn duplicates_are_those_of_a_plain_search(
            usernames in prop::collection::vec("[aA-cC éÉßs]{1,3}", 0..60),
            cut in 0..=100_usize,
            expected in prop_oneof![Just(0_usize), Just(20_000)],
            threads in 1..4_usize,
        ) {
            let mut keys = Keys::expecting(expected);
            let joined = usernames.len() * cut / 100;
            usernames[..joined].iter().enumerate().for_each(|(place, username)| keys.push(username, place));
            let mut later = keys.beside(0);
            usernames[joined..].iter().enumerate().for_each(|(place, username)| later.push(username, place));
            keys.join(later, joined);
            let expected: Vec<_> = (0..usernames.len())
                .filter_map(|later| {
                    let first = (0..later).find(|&first| text::same(&usernames[first], &usernames[later]))?;
                    Some((later, first))
                })
                .collect();
            let is_same = |one: usize, other: usize| text::same(&usernames[one], &usernames[other]);
            prop_assert_eq!(keys.duplicates(threads, is_same), expected);
        }
    }

    proptest! {
        #[test]
        fn candidates_hold_all_that_are_the_same(
            own in prop::collection::vec("[aA-cC éÉ]{1,2}", 0..40),
            others in prop::collection::hash_set("[a-c é]{1,2}", 0..40),
            expected in prop_oneof![Just(0_usize), Just(20_000)],
        ) {
            let others: Vec<String> = others.into_iter().collect();
            let mut theirs = Keys::expecting(expected);
            let mut keys = theirs.beside(0);
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
        let mut keys = Keys::expecting(50_000);
        for (place, username) in usernames.iter().enumerate() {
            keys.push(username, place);
        }
        let expected: Vec<_> = (0..10).map(|i| (49_990 + i, i)).collect();
        assert_eq!(keys.duplicates(2, |one, other| usernames[one] == usernames[other]), expected);
    }
}
