//! Compares a short field with its two usual values, without branches.

/// Eight bytes of text.
pub(crate) type Word = u64;

/// Two values of different lengths, with which a cell is compared without a branch.
pub(crate) struct TwoWayMatch {
    lengths: [usize; 2],
    values: [Word; 2],
    masks: [Word; 2],
}

impl TwoWayMatch {
    /// Creates a match for two values of at most eight bytes.
    pub(crate) const fn new(first: &[u8], second: &[u8]) -> Self {
        const fn word(text: &[u8], mask: u8) -> Word {
            let mut bytes = [0; 8];
            let mut index = 0;
            while index < text.len() {
                bytes[index] = text[index] | mask;
                index += 1;
            }
            Word::from_le_bytes(bytes)
        }
        Self {
            lengths: [first.len(), second.len()],
            values: [word(first, 0), word(second, 0)],
            masks: [word(first, 0xFF), word(second, 0xFF)],
        }
    }

    /// Compares a cell, which is the first `length` bytes of a word, with the value that has this length. Returns
    /// whether this value is the second one, and a number that is 0 only if the cell equals the value.
    #[inline(always)]
    pub(crate) fn read(&self, word: Word, length: usize) -> (bool, Word) {
        let is_second = length == self.lengths[1];
        let choice = usize::from(is_second);
        let differs = ((word & self.masks[choice]) ^ self.values[choice]) | (length ^ self.lengths[choice]) as Word;
        (is_second, differs)
    }
}
