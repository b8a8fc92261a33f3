//! A row whose cells are certainly plain, as the index says, and are read in place.

use crate::simd;

/// A row with this number of values that are in the text as they are, without an unusual byte (see `Index`): they are tidy, of
/// printable ASCII and accented Latin letters, without `#` or `+`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plain<'r, const CELLS: usize> {
    pub(crate) number: u64,
    pub(crate) line: u64,
    pub(crate) start: usize,
    pub(super) text: &'r [u8],
    /// The text from the row's start, further than it reaches.
    pub(super) ahead: &'r [u8; SEEN_AHEAD],
    pub(super) spans: Spans<CELLS>,
}

/// Where each cell starts, counted from where the row does, within its quotes; and how long it is. In bytes, so that no window
/// reaches past what is ahead.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spans<const CELLS: usize> {
    pub(super) from: [u8; CELLS],
    pub(super) lengths: [u8; CELLS],
}

impl<const CELLS: usize> Spans<CELLS> {
    pub(super) const NONE: Self = Self { from: [0; CELLS], lengths: [0; CELLS] };

    /// The spans of a row's cells by where they end in the text, each a byte before the next cell. The row is no longer than
    /// [`REACH`].
    ///
    /// ```text
    /// ends       20 25 32 ..   eight of them, less the start of the row, as the bytes of one number
    /// from     0 21 26 ..      the same number, moved by a byte, and one more in each byte
    /// lengths 20  4  6 ..      their difference: no byte borrows, because each end is at least its start
    /// ```
    #[inline(always)]
    pub(super) fn between(ends: &[u32; CELLS], start: usize) -> Self {
        let mut spans = Self::NONE;
        let (mut from, mut rest) = (0, 0);
        if let (Some(ends), Some(begins), Some(lengths)) =
            (ends.first_chunk::<8>(), spans.from.first_chunk_mut(), spans.lengths.first_chunk_mut())
        {
            let ends = u64::from_le_bytes(simd::offsets_from(start as u32, ends));
            let starts = (ends << 8) + ((u64::MAX / 0xFF) << 8);
            *begins = starts.to_le_bytes();
            *lengths = (ends - starts).to_le_bytes();
            (from, rest) = ((ends >> 56) as u8 + 1, 8);
        }
        let cells = ends.iter().zip(spans.from.iter_mut().zip(&mut spans.lengths));
        for (end, (cell_from, length)) in cells.skip(rest) {
            let end = (*end as usize - start) as u8;
            (*cell_from, *length) = (from, end - from);
            from = end.wrapping_add(1);
        }
        spans
    }
}

/// The longest plain row, and the number of bytes of a cell that can be examined at once without checking where the text ends.
pub(super) const REACH: usize = u8::MAX as usize;
const WINDOW: usize = 64;
/// The number of bytes that the text must continue after a row's start for the row to be plain.
pub(crate) const SEEN_AHEAD: usize = REACH + WINDOW;

impl<'r, const CELLS: usize> Plain<'r, CELLS> {
    /// Where a cell starts, counted from where the row does.
    #[inline(always)]
    pub(crate) fn from(&self, index: usize) -> usize {
        usize::from(self.spans.from[index])
    }

    /// How many bytes a cell has.
    #[inline(always)]
    pub(crate) fn length(&self, index: usize) -> usize {
        usize::from(self.spans.lengths[index])
    }

    /// Whether a cell is in quotes.
    pub(crate) fn is_quoted(&self, index: usize) -> bool {
        self.from(index).checked_sub(1).is_some_and(|before| self.ahead[before] == b'"')
    }

    #[inline(always)]
    pub(crate) fn bytes(&self, index: usize) -> &'r [u8] {
        let from = self.start + self.from(index);
        self.text.get(from..from + self.length(index)).unwrap_or_default()
    }

    /// A value; blank if it is not UTF-8, which the reader of the rows checks.
    #[inline]
    pub(crate) fn cell(&self, index: usize) -> &'r str {
        str::from_utf8(self.bytes(index)).unwrap_or_default()
    }

    /// This number of bytes of the text from the start of a value, at most 64.
    #[inline(always)]
    pub(crate) fn window<const N: usize>(&self, index: usize) -> &'r [u8; N] {
        const { assert!(N <= WINDOW) };
        self.ahead[self.from(index)..].first_chunk().unwrap_or(&[0; N])
    }
}
