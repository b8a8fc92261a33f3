//! A block of bytes in the widest vectors of the processor (`Block`). `block_on_wasm.rs` has the same functions for
//! browsers.

pub(crate) use fearless_simd::{Level, Simd, dispatch};
use fearless_simd::{prelude::*, u8x64};

use super::BLOCK;

/// Sixty-four bytes of a text, in the vectors that the token `S` stands for. Each bit of an answer is about one byte. The
/// lowest bit is about the first byte.
#[derive(Clone, Copy)]
pub(crate) struct Block<S: Simd>(u8x64<S>);

impl<S: Simd> Block<S> {
    #[inline(always)]
    pub(crate) fn new(simd: S, bytes: &[u8; BLOCK]) -> Self {
        Self(u8x64::from_slice(simd, bytes))
    }

    /// Asks whether each byte equals `byte`.
    #[inline(always)]
    pub(crate) fn is(self, byte: u8) -> u64 {
        self.0.simd_eq(byte).to_bitmask()
    }

    /// Asks whether each byte is below `first` or above `last`.
    #[inline(always)]
    pub(crate) fn is_outside(self, first: u8, last: u8) -> u64 {
        (self.0.simd_lt(first) | self.0.simd_gt(last)).to_bitmask()
    }
}
