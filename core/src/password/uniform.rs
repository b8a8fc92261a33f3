//! Draws unbiased numbers from random bytes (`UniformSampler`). `policy.rs` makes passwords from them.

use rand::TryRng;
use zeroize::Zeroizing;

use super::EntropyError;

/// The number of random bytes that we fetch from the operating system at once. One call for each password would cost
/// more than the password itself.
pub(super) const BLOCK: usize = 4096;

/// Draws unbiased numbers with a random generator that is fit for secrets.
pub(super) struct UniformSampler<R, const N: usize> {
    rng: R,
    block: Zeroizing<[u8; N]>,
    pub(super) at: usize,
}

impl<R: TryRng, const N: usize> UniformSampler<R, N> {
    pub(super) fn new(rng: R) -> Self {
        Self { rng, block: Zeroizing::new([0; N]), at: N }
    }

    /// Returns a number below `sides`, which is at most 65,536. All numbers are equally likely, because draws that
    /// would cause a bias are rejected.
    pub(super) fn below(&mut self, sides: usize) -> Result<usize, EntropyError> {
        let range = 1 << 16;
        let fair = range - range % sides;
        loop {
            let drawn_number = usize::from(u16::from_be_bytes([self.byte()?, self.byte()?]));
            if drawn_number < fair {
                return Ok(drawn_number % sides);
            }
        }
    }

    /// Returns a number below `sides`. All numbers are equally likely. The number is the upper half of the product of
    /// 32 random bits and `sides`. If the lower half would cause a bias, the number is drawn again (Lemire 2019).
    #[inline(always)]
    pub(super) fn below_32(&mut self, sides: usize) -> Result<usize, EntropyError> {
        let sides = sides as u64;
        loop {
            let drawn_number = u32::from_le_bytes(self.bytes()?);
            let product = u64::from(drawn_number) * sides;
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
