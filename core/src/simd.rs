//! Examines many bytes at a time. Only this module uses the processor's vectors.
//!
//! A roster has about 90 bytes in each row, and finding the ends of values takes most of the reading time. By
//! measurement, examining one byte at a time takes several times as long as examining many bytes at a time. So we ask
//! each question about many bytes at once:
//!
//! ```text
//! text           A  m  e  l  i  a  ,  5  A  ,  ...
//! is(b',')       00 00 00 00 00 00 FF 00 00 FF ...   all bits of a byte are set for yes, and none for no
//! bits()         0  0  0  0  0  0  1  0  0  1  ...   the lowest bit is the first byte
//! ```
//!
//! * [`Bytes`] examines sixteen bytes: a value, or a part of a value. It uses only instructions that every processor
//!   of the target architecture has. You can combine the answers to several questions with `|`, `&` and `!`.
//! * [`Block`] examines sixty-four bytes of a whole text, with the widest vectors that this processor has.
//!   [`dispatch!`] chooses the vectors, once for a long segment of the text. By measurement, the widest vectors save
//!   12% of the instructions for reading a roster. WebAssembly cannot choose vectors, so a block has four [`Bytes`]
//!   there.
//!
//! Invariant: no answer depends on a byte's neighbours. So the answer for a byte after the end of the text does not
//! matter, and the caller removes that answer with a mask.
//!
//! Before you change this module, count the instructions of `read, usual` in `make bench-instructions`. All functions
//! must be inlined, because a call would cost more than the function itself. A closure inside [`dispatch!`], for
//! example in `map`, causes a call.

use std::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, Not};

use wide::{i16x8, i32x8, u8x16};

#[cfg(not(target_family = "wasm"))]
mod block;
#[cfg(any(test, target_family = "wasm"))]
mod block_on_wasm;

#[cfg(not(target_family = "wasm"))]
pub(crate) use block::{Block, Level, Simd, dispatch};
#[cfg(target_family = "wasm")]
pub(crate) use block_on_wasm::{Block, Level, Simd, dispatch};

/// The number of bytes that [`Bytes`] examines at once.
pub(crate) const WIDTH: usize = 16;

/// Sixteen bytes of a text, or the answers to a question about each of them.
#[derive(Clone, Copy)]
pub(crate) struct Bytes(u8x16);

impl Bytes {
    pub(crate) const NO: Self = Self(u8x16::new([0; WIDTH]));
    pub(crate) const YES: Self = Self(u8x16::new([0xFF; WIDTH]));

    #[inline(always)]
    pub(crate) fn new(bytes: [u8; WIDTH]) -> Self {
        Self(u8x16::new(bytes))
    }

    /// Asks whether each byte equals `byte`.
    #[inline(always)]
    pub(crate) fn is(self, byte: u8) -> Self {
        Self(self.0.simd_eq(u8x16::splat(byte)))
    }

    #[inline(always)]
    pub(crate) fn is_at_most(self, most: u8) -> Self {
        Self(self.0.min(u8x16::splat(most)).simd_eq(self.0))
    }

    #[inline(always)]
    pub(crate) fn is_within(self, first: u8, last: u8) -> Self {
        // A byte below `first` wraps around to a number above the limit.
        Self(self.0 - u8x16::splat(first)).is_at_most(last - first)
    }

    #[inline(always)]
    pub(crate) fn is_ascii_letter(self) -> Self {
        Self(self.0 | u8x16::splat(0x20)).is_within(b'a', b'z')
    }

    #[inline(always)]
    pub(crate) fn to_ascii_lowercase(self) -> [u8; WIDTH] {
        (self.0 | (self.is_within(b'A', b'Z').0 & u8x16::splat(0x20))).to_array()
    }

    /// Returns the highest bit of each byte. The lowest bit of the result comes from the first byte.
    #[inline(always)]
    pub(crate) fn bits(self) -> u32 {
        self.0.to_bitmask()
    }
}

impl BitAnd for Bytes {
    type Output = Self;

    #[inline(always)]
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl BitOr for Bytes {
    type Output = Self;

    #[inline(always)]
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl Not for Bytes {
    type Output = Self;

    #[inline(always)]
    fn not(self) -> Self {
        Self(!self.0)
    }
}

impl BitAndAssign for Bytes {
    #[inline(always)]
    fn bitand_assign(&mut self, other: Self) {
        *self = *self & other;
    }
}

impl BitOrAssign for Bytes {
    #[inline(always)]
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

/// The number of bytes in a [`Block`].
pub(crate) const BLOCK: usize = 64;

/// Asks several questions about each byte of a block of at most 64 bytes. Each bit of an answer is about one byte. The
/// lowest bit is about the first byte.
#[inline(always)]
pub(crate) fn masks<const PARTS: usize, const QUESTIONS: usize>(
    block: &[[u8; WIDTH]; PARTS],
    ask: impl Fn(Bytes) -> [Bytes; QUESTIONS],
) -> [u64; QUESTIONS] {
    const { assert!(PARTS * WIDTH <= 64) };
    let mut masks = [0; QUESTIONS];
    for (number, bytes) in block.iter().enumerate() {
        for (mask, answer) in masks.iter_mut().zip(ask(Bytes::new(*bytes))) {
            *mask |= u64::from(answer.bits()) << (WIDTH * number);
        }
    }
    masks
}

/// Returns eight offsets as bytes, counted from `start`. No offset may be less than `start`. An offset more than 255
/// bytes after `start` becomes 255.
#[inline(always)]
pub(crate) fn offsets_from(start: u32, offsets: &[u32; 8]) -> [u8; 8] {
    let relative = i32x8::new(offsets.map(|offset| offset.wrapping_sub(start) as i32));
    let words = i16x8::from_i32x8_saturate(relative);
    let bytes = u8x16::narrow_i16x8(words, words).to_array();
    std::array::from_fn(|index| bytes[index])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns all 256 byte values, sixteen at a time.
    fn all() -> impl Iterator<Item = [u8; WIDTH]> {
        (0..=u8::MAX).step_by(WIDTH).map(|first| std::array::from_fn(|index| first + index as u8))
    }

    #[test]
    fn vector_checks_give_the_same_answers_as_byte_by_byte_checks() {
        type Question = (fn(Bytes) -> Bytes, fn(u8) -> bool);
        let questions: [Question; 6] = [
            (|bytes| bytes.is(b','), |byte| byte == b','),
            (|bytes| bytes.is_at_most(b'+'), |byte| byte <= b'+'),
            (|bytes| bytes.is_within(b'-', b'.'), |byte| matches!(byte, b'-' | b'.')),
            (Bytes::is_ascii_letter, |byte| byte.is_ascii_alphabetic()),
            (|bytes| !bytes.is(0), |byte| byte != 0),
            (|bytes| bytes.is(1) | bytes.is(200), |byte| byte == 1 || byte == 200),
        ];
        for bytes in all() {
            for (index, (of_bytes, of_byte)) in questions.iter().enumerate() {
                let bits = of_bytes(Bytes::new(bytes)).bits();
                for (bit, byte) in bytes.into_iter().enumerate() {
                    assert_eq!(bits >> bit & 1 == 1, of_byte(byte), "question {index} of {byte}");
                }
            }
            assert_eq!(Bytes::new(bytes).to_ascii_lowercase(), bytes.map(|byte| byte.to_ascii_lowercase()));
        }
    }

    #[test]
    fn a_mask_has_one_bit_for_each_byte_in_order() {
        let mut block = [[b'a'; WIDTH]; 4];
        block[0][0] = b',';
        block[1][3] = b';';
        block[3][15] = b',';
        assert_eq!(masks(&block, |bytes| [bytes.is(b','), bytes.is(b';')]), [1 | 1 << 63, 1 << 19]);
    }

    #[test]
    fn checks_each_byte_of_a_block_with_every_kind_of_vector() {
        let on_wasm = |bytes: &[u8; BLOCK]| {
            let block = block_on_wasm::Block::new(block_on_wasm::Level::new(), bytes);
            (block.is(b','), block.is_outside(b',', 0x7E))
        };
        for level in [Level::baseline(), Level::new()] {
            for first in (0..=u8::MAX).step_by(BLOCK) {
                let bytes: [u8; BLOCK] = std::array::from_fn(|index| first + index as u8);
                let bits = |is: &dyn Fn(u8) -> bool| {
                    bytes.iter().enumerate().fold(0, |bits, (index, byte)| bits | u64::from(is(*byte)) << index)
                };
                let answers = dispatch!(level, simd => {
                    let block = Block::new(simd, &bytes);
                    (block.is(b','), block.is_outside(b',', 0x7E))
                });
                let expected = (bits(&|byte| byte == b','), bits(&|byte| !(b','..=0x7E).contains(&byte)));
                assert_eq!(answers, expected, "{level:?}");
                assert_eq!(on_wasm(&bytes), expected);
            }
        }
    }

    #[test]
    fn makes_offsets_relative_to_a_start_of_any_size() {
        for start in [0, 5, i32::MAX as u32 - 3, u32::MAX - 300] {
            let offsets = [0, 1, 100, 127, 128, 200, 254, 255];
            assert_eq!(offsets_from(start, &offsets.map(|offset| start + offset)), offsets.map(|offset| offset as u8));
        }
    }
}
