//! Hashes texts in the form in which they are compared. Texts that are treated as the same have the same hash.

use std::hash::{BuildHasher, Hasher};
use std::sync::LazyLock;

use crate::simd::Bytes;
use crate::text;

/// Hashes texts. Each process has a different seed. Otherwise, an attacker could choose names or usernames that all
/// have the same hash.
#[derive(Debug, Clone)]
pub(crate) struct KeyHasher(foldhash::quality::RandomState);

impl Default for KeyHasher {
    fn default() -> Self {
        static SEED: LazyLock<foldhash::quality::RandomState> = LazyLock::new(Default::default);
        Self(SEED.clone())
    }
}

impl KeyHasher {
    #[inline]
    pub(crate) fn hash(&self, text: &str) -> u64 {
        self.hash_plain(text).unwrap_or_else(|| self.hash_key(text::key(text).as_bytes()))
    }

    /// Returns the hash of a text that is already in composed form (NFC).
    pub(super) fn hash_composed(&self, text: &str) -> u64 {
        self.hash_plain(text).unwrap_or_else(|| self.hash_key(text::key_of_composed(text).as_bytes()))
    }

    /// Returns the hash of a short ASCII text without a backtick, or `None` for other texts. The key of such a text is
    /// the text in lower case.
    #[inline]
    fn hash_plain(&self, text: &str) -> Option<u64> {
        let mut room = [0; 64];
        let key = room.get_mut(..text.len())?;
        if !text::is_plain(text) || text.contains('`') {
            return None;
        }
        key.copy_from_slice(text.as_bytes());
        key.make_ascii_lowercase();
        Some(self.hash_key(key))
    }

    /// Returns the hash of a text: the first `length` bytes of a window, in plain ASCII without a backtick.
    #[inline(always)]
    pub(super) fn hash_window(&self, window: &[u8; WINDOW], length: usize) -> u64 {
        let mut hasher = self.0.build_hasher();
        for (half, mask) in halves(window).into_iter().zip(BEFORE[length.min(WINDOW)]) {
            hasher.write_u128(u128::from_le_bytes(Bytes::new(half).to_ascii_lowercase()) & mask);
        }
        hasher.finish()
    }

    /// Returns the hash of a longer text: the first `length` bytes of two windows, in plain ASCII without a backtick.
    #[inline(never)]
    pub(super) fn hash_windows(&self, windows: &[u8; 2 * WINDOW], length: usize) -> u64 {
        let mut key = *windows;
        key.make_ascii_lowercase();
        self.hash_key(&key[..length.min(key.len())])
    }

    /// Returns the hash of a key. Zero bytes fill its last window.
    #[inline]
    fn hash_key(&self, key: &[u8]) -> u64 {
        let mut hasher = self.0.build_hasher();
        let (windows, last) = key.as_chunks();
        for window in windows {
            halves(window).into_iter().for_each(|half| hasher.write_u128(u128::from_le_bytes(half)));
        }
        if !last.is_empty() {
            let mut window = [0; WINDOW];
            window.iter_mut().zip(last).for_each(|(target, byte)| *target = *byte);
            halves(&window).into_iter().for_each(|half| hasher.write_u128(u128::from_le_bytes(half)));
        }
        hasher.finish()
    }
}

/// The number of bytes of a key that are hashed at a time.
pub(super) const WINDOW: usize = 32;

#[inline(always)]
fn halves(window: &[u8; WINDOW]) -> [[u8; 16]; 2] {
    let (halves, _) = window.as_chunks();
    [halves[0], halves[1]]
}

/// Masks that keep the first bytes of a window, for each number of bytes. Each half of the window has a separate mask.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ascii_text_has_the_same_hash_in_windows_and_as_a_text() {
        let hasher = KeyHasher::default();
        let text = b"Augustine.Florentina@Whittaker-Blackwood.Oakfield.Example0123456";
        assert_eq!(text.len(), 2 * WINDOW);
        for length in 1..=text.len() {
            let expected = hasher.hash(str::from_utf8(&text[..length]).unwrap());
            assert_eq!(hasher.hash_windows(text, length), expected, "{length}");
            if length <= WINDOW {
                assert_eq!(hasher.hash_window(text.first_chunk().unwrap(), length), expected, "{length}");
            }
        }
    }
}
