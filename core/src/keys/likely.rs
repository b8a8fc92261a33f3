//! Finds the texts that are likely to be in another list as well. Most texts are not, and a filter of bits excludes
//! nearly all of those. The caller compares the others by their whole hashes.

use super::{Keys, NONE};

/// The number of bits of the filter for each text in it. About one in this many other texts passes by chance.
const BITS: usize = 32;

/// A set of hashes, each stored as one bit.
struct BitFilter(Vec<u64>);

impl BitFilter {
    fn of(hashes: impl ExactSizeIterator<Item = u32>) -> Self {
        let mut filter = Self(vec![0; (hashes.len() * BITS / 64).next_power_of_two()]);
        for hash in hashes {
            let (word, bit) = filter.bit(hash);
            filter.0[word] |= bit;
        }
        filter
    }

    #[inline]
    fn bit(&self, hash: u32) -> (usize, u64) {
        ((hash >> 6) as usize & (self.0.len() - 1), 1 << (hash & 63))
    }

    #[inline]
    fn may_contain(&self, hash: u32) -> bool {
        let (word, bit) = self.bit(hash);
        self.0[word] & bit != 0
    }
}

impl Keys {
    /// Returns the indexes of the texts that are likely to be in the other list, in order. It includes every text that
    /// is in the other list, and few that are not.
    pub(crate) fn likely_in(&self, other: &Self) -> Vec<usize> {
        let filter = BitFilter::of(other.hashes.iter().copied());
        let is_likely = |hash: u32| hash != NONE && filter.may_contain(hash);
        self.hashes.iter().enumerate().filter(|(_, hash)| is_likely(**hash)).map(|(index, _)| index).collect()
    }

    /// Returns the texts with these indexes as a list.
    pub(crate) fn select(&self, indexes: impl Iterator<Item = usize>) -> Self {
        Self {
            hasher: self.hasher.clone(),
            hashes: indexes.filter_map(|index| self.hashes.get(index).copied()).collect(),
        }
    }

    /// Returns the list with other texts at these indexes: for each index, the text of `texts` with the same number.
    pub(crate) fn with(mut self, indexes: impl Iterator<Item = usize>, texts: &Self) -> Self {
        for (index, hash) in indexes.zip(&texts.hashes) {
            self.hashes[index] = *hash;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_every_text_that_is_in_both_lists_and_few_others() {
        let one = Keys::of((0..3_000).map(|n| format!("one {n}")).collect::<Vec<_>>().iter().map(String::as_str));
        let texts: Vec<String> =
            (0..1_000).map(|n| format!("{} {n}", if n % 10 == 0 { "ONE" } else { "other" })).collect();
        let other = Keys::of(texts.iter().map(String::as_str));
        let likely = other.likely_in(&one);
        assert!((0..1_000).step_by(10).all(|index| likely.contains(&index)), "{likely:?}");
        assert!(likely.len() < 200, "{}", likely.len());
        assert!(likely.is_sorted());
        assert!(!Keys::of([""].into_iter()).likely_in(&Keys::of(["", "b"].into_iter())).contains(&0));
        assert_eq!(other.likely_in(&Keys::default()), [0; 0]);
    }

    #[test]
    fn replaces_and_selects_texts_by_their_indexes() {
        let keys = Keys::of(["a", "b", "c"].into_iter()).with([1].into_iter(), &Keys::of(["x"].into_iter()));
        assert_eq!(keys.hashes, Keys::of(["a", "x", "c"].into_iter()).hashes);
        assert_eq!(keys.select([2, 0].into_iter()).hashes, Keys::of(["c", "a"].into_iter()).hashes);
    }
}
