//! A row for the fast path (`FastRow`). Its cells are read in place, because the index shows that they need no
//! cleaning. Has the length of the longest such row (`REACH`).

use crate::simd;

/// A row of `CELLS` values that are in the text unchanged, without a special byte (see `TextIndex`). The values are
/// tidy. They consist of printable ASCII and accented Latin letters, without `#` and `+`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FastRow<'r, const CELLS: usize> {
    pub(crate) number: u64,
    pub(crate) line: u64,
    pub(crate) start: usize,
    pub(super) text: &'r [u8],
    /// The text from the start of the row to beyond its end.
    pub(super) ahead: &'r [u8; SEEN_AHEAD],
    pub(super) spans: Spans<CELLS>,
}

/// The start and the length of each cell. A start is counted from the start of the row, and is after any opening
/// quotation mark. Starts and lengths are single bytes, so no window reaches past the end of `ahead`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spans<const CELLS: usize> {
    pub(super) from: [u8; CELLS],
    pub(super) lengths: [u8; CELLS],
}

impl<const CELLS: usize> Spans<CELLS> {
    pub(super) const NONE: Self = Self { from: [0; CELLS], lengths: [0; CELLS] };

    /// Sets the spans to those of a row's cells. `ends` has the offset at which each cell ends, one byte before the next
    /// cell. The row is at most [`REACH`] bytes long.
    ///
    /// The spans are written directly into `self`. A copy would wait until the two numbers have left the processor's
    /// store buffer. This wait took 5% of the reading time.
    ///
    /// ```text
    /// ends       20 25 32 ..   eight ends, minus the start of the row, as the bytes of one number
    /// from     0 21 26 ..      the same number, shifted by a byte, plus one in each byte
    /// lengths 20  4  6 ..      their difference, in which no byte borrows, because each end is at least its start
    /// ```
    #[inline(always)]
    pub(super) fn set(&mut self, ends: &[u32; CELLS], start: usize) {
        let (mut from, mut rest) = (0, 0);
        if let (Some(ends), Some(begins), Some(lengths)) =
            (ends.first_chunk::<8>(), self.from.first_chunk_mut(), self.lengths.first_chunk_mut())
        {
            let ends = u64::from_le_bytes(simd::offsets_from(start as u32, ends));
            let starts = (ends << 8) + ((u64::MAX / 0xFF) << 8);
            *begins = starts.to_le_bytes();
            *lengths = (ends - starts).to_le_bytes();
            (from, rest) = ((ends >> 56) as u8 + 1, 8);
        }
        let cells = ends.iter().zip(self.from.iter_mut().zip(&mut self.lengths));
        for (end, (cell_from, length)) in cells.skip(rest) {
            let end = (*end as usize - start) as u8;
            (*cell_from, *length) = (from, end - from);
            from = end.wrapping_add(1);
        }
    }
}

/// The length of the longest row for the fast path. `WINDOW` is the number of bytes of a cell that can be examined at
/// once without checking where the text ends.
pub(super) const REACH: usize = u8::MAX as usize;
const WINDOW: usize = 64;
/// The number of bytes that the text must have after the start of a row for the fast path.
pub(crate) const SEEN_AHEAD: usize = REACH + WINDOW;

impl<'r, const CELLS: usize> FastRow<'r, CELLS> {
    /// Returns the offset at which a cell starts, counted from the start of the row.
    #[inline(always)]
    pub(crate) fn from(&self, index: usize) -> usize {
        usize::from(self.spans.from[index])
    }

    /// Returns the length of a cell in bytes.
    #[inline(always)]
    pub(crate) fn length(&self, index: usize) -> usize {
        usize::from(self.spans.lengths[index])
    }

    /// Returns whether a cell is in quotation marks.
    pub(crate) fn is_quoted(&self, index: usize) -> bool {
        self.from(index).checked_sub(1).is_some_and(|before| self.ahead[before] == b'"')
    }

    #[inline(always)]
    pub(crate) fn bytes(&self, index: usize) -> &'r [u8] {
        let from = self.start + self.from(index);
        self.text.get(from..from + self.length(index)).unwrap_or_default()
    }

    /// Returns a value, or a blank text if the value is not UTF-8. The reader of the rows checks that the text is
    /// UTF-8.
    #[inline]
    pub(crate) fn cell(&self, index: usize) -> &'r str {
        str::from_utf8(self.bytes(index)).unwrap_or_default()
    }

    /// Returns the `N` bytes of the text from the start of a value. `N` is at most 64.
    #[inline(always)]
    pub(crate) fn window<const N: usize>(&self, index: usize) -> &'r [u8; N] {
        const { assert!(N <= WINDOW) };
        self.ahead[self.from(index)..].first_chunk().unwrap_or(&[0; N])
    }
}
