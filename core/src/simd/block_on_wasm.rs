//! A block of bytes for WebAssembly, which cannot choose its processor's vectors. The interface is that of `block.rs`.

use std::marker::PhantomData;

use super::{BLOCK, Bytes, WIDTH};

/// The only kind of vectors.
#[derive(Clone, Copy)]
pub(crate) struct Level;

impl Level {
    #[inline(always)]
    pub(crate) fn new() -> Self {
        Self
    }
}

pub(crate) trait Simd: Copy {}

impl Simd for Level {}

#[cfg(target_family = "wasm")]
macro_rules! dispatch {
    ($level:expr, $simd:ident => $work:expr) => {{
        let $simd = $level;
        $work
    }};
}
#[cfg(target_family = "wasm")]
pub(crate) use dispatch;

/// Sixty-four bytes of a text. Each bit of an answer is about one byte. The lowest bit is about the first byte.
#[derive(Clone, Copy)]
pub(crate) struct Block<S: Simd>([Bytes; BLOCK / WIDTH], PhantomData<S>);

impl<S: Simd> Block<S> {
    #[inline(always)]
    pub(crate) fn new(_: S, bytes: &[u8; BLOCK]) -> Self {
        let (parts, _) = bytes.as_chunks();
        Self([parts[0], parts[1], parts[2], parts[3]].map(Bytes::new), PhantomData)
    }

    /// Asks whether each byte equals `byte`.
    #[inline(always)]
    pub(crate) fn is(self, byte: u8) -> u64 {
        self.bits(|bytes| bytes.is(byte))
    }

    /// Asks whether each byte is below `first` or above `last`.
    #[inline(always)]
    pub(crate) fn is_outside(self, first: u8, last: u8) -> u64 {
        self.bits(|bytes| !bytes.is_within(first, last))
    }

    #[inline(always)]
    fn bits(self, ask: impl Fn(Bytes) -> Bytes) -> u64 {
        let parts = self.0.into_iter().enumerate();
        parts.fold(0, |bits, (index, bytes)| bits | u64::from(ask(bytes).bits()) << (WIDTH * index))
    }
}
