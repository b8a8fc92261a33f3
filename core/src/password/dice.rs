//! Draws unbiased numbers from random bytes.

use rand::TryRng;
use zeroize::Zeroizing;

use super::EntropyError;

/// Randomness is fetched from the operating system in blocks: a call a password would cost more
/// than the password.
pub(super) const BLOCK: usize = 4096;

/// Fair dice over a generator fit for secrets.
pub(super) struct Dice<R, const N: usize> {
    rng: R,
    block: Zeroizing<[u8; N]>,
    pub(super) at: usize,
}

impl<R: TryRng, const N: usize> Dice<R, N> {
    pub(super) fn new(rng: R) -> Self {
        Self { rng, block: Zeroizing::new([0; N]), at: N }
    }

    /// A number below `sides` (at most 65,536), each as likely: what would tip the scales is thrown away.
    pub(super) fn below(&mut self, sides: usize) -> Result<usize, EntropyError> {
        let range = 1 << 16;
        let fair = range - range % sides;
        loop {
            let thrown = usize::from(u16::from_be_bytes([self.byte()?, self.byte()?]));
            if thrown < fair {
                return Ok(thrown % sides);
            }
        }
    }

    /// A number below `sides`, each as likely: the upper half of a product, drawn again where its lower half would tip the
    /// scales (Lemire 2019).
    #[inline(always)]
    pub(super) fn below_32(&mut self, sides: usize) -> Result<usize, EntropyError> {
        let sides = sides as u64;
        loop {
            let thrown = u32::from_le_bytes(self.bytes()?);
            let product = u64::from(thrown) * sides;
            let tips = (product & u64::from(u32::MAX)) < sides && (product & u64::from(u32::MAX)) < (1 << 32) % sides;
            if !tips {
                return Ok((product >> 32) as usize);
            }
        }
    }

    #[inline(always)]
    pub(super) fn bytes<const M: usize>(&mut self) -> Result<[u8; M], EntropyError> {
        if let Some(bytes) = self.block.get(self.at..).and_then(<[u8]>::first_chunk) {
            self.at += M;
            return Ok(*bytes);
        }
        let mut bytes = [0; M];
        for byte in &mut bytes {
            *byte = self.byte()?;
        }
        Ok(bytes)
    }

    #[inline(always)]
    pub(super) fn byte(&mut self) -> Result<u8, EntropyError> {
        if let Some(&byte) = self.block.get(self.at) {
            self.at += 1;
            return Ok(byte);
        }
        self.rng.try_fill_bytes(self.block.as_mut_slice()).map_err(|_| EntropyError)?;
        self.at = 1;
        self.block.first().copied().ok_or(EntropyError)
    }
}
