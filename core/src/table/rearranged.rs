//! Stores the original offset of each row of a text whose columns were rearranged (`Rearranged`). Problems need these
//! offsets to give positions in the original file.
//!
//! ```text
//! a text ── Rows ──> cells ── joined, chosen, replaced ──> a text with the columns wanted
//!    └──────── for each row, where it starts in both texts ─────┘
//! ```
//! The original offset of a cell is found only for listed problems, by splitting the row again.

use super::cell::{cell_start, cell_starts};
use super::decode::Decoded;
use super::single_byte::SingleByte;

/// The original offsets of the rows of a rearranged text.
#[derive(Debug)]
pub(crate) struct Rearranged {
    /// The offset of each row in the text, and its offset in the earlier text.
    pub(crate) rows: Vec<(u32, u32)>,
    /// Pairs of a row's offset and a number. From that row on, each line was further down in the earlier text by this
    /// number of lines.
    pub(crate) lines: Vec<(u32, i64)>,
    /// For each cell of a row, its source cells in the earlier text.
    pub(crate) cells: Vec<Vec<usize>>,
    /// The earlier delimiter.
    pub(crate) delimiter: u8,
    pub(crate) before: Box<Decoded>,
}

impl Rearranged {
    /// Returns the offsets at which a row and the next row started in the earlier text.
    fn row(&self, at: usize) -> (usize, usize) {
        let after = self.rows.partition_point(|(start, _)| *start as usize <= at);
        let start = |index: usize| self.rows.get(index).map(|(_, before)| *before as usize);
        let end = self.before.text.len();
        (after.checked_sub(1).and_then(start).unwrap_or(0), start(after).unwrap_or(end))
    }

    /// Returns where the row that contains the offset `at` started in the earlier text. If `cell` is given, returns
    /// where the first of that cell's source cells started, or the source cell `part` if that is given too.
    pub(crate) fn before(&self, at: usize, cell: Option<usize>, part: Option<usize>) -> usize {
        let (start, end) = self.row(at);
        let first = cell.and_then(|cell| self.cells.get(cell)).and_then(|cells| cells.first());
        let cell = part.as_ref().or(first);
        let raw = self.before.text.get(start..end).unwrap_or_default();
        start + cell.map_or(0, |cell| cell_start(raw, self.delimiter, *cell))
    }

    /// Returns the row that contains the offset `at`, as it was in the earlier text.
    pub(crate) fn record(&self, at: usize) -> &[u8] {
        let (start, end) = self.row(at);
        self.before.text.get(start..end).unwrap_or_default()
    }

    /// Returns by how many lines the row that contains the offset `at` was further down in the earlier text.
    pub(crate) fn lines_more(&self, at: usize) -> i64 {
        let after = self.lines.partition_point(|(start, _)| *start as usize <= at);
        after.checked_sub(1).and_then(|index| self.lines.get(index)).map_or(0, |(_, more)| *more)
    }

    /// Returns the older encoding in which a letter of the row at an offset was read, if there is such a letter.
    pub(super) fn guessed(&self, at: usize) -> Option<SingleByte> {
        let (start, end) = self.row(at);
        self.before.source.guessed(start, end)
    }

    /// Returns the older encoding in which a letter of a cell was read, if there is such a letter.
    pub(crate) fn guessed_cell(&self, at: usize, cell: usize) -> Option<SingleByte> {
        let (start, end) = self.row(at);
        let raw = self.before.text.get(start..end).unwrap_or_default();
        self.cells.get(cell)?.iter().find_map(|cell| {
            let mut starts = cell_starts(raw, self.delimiter).skip(*cell);
            let from = starts.next()?;
            let to = starts.next().unwrap_or(raw.len());
            self.before.source.guessed(start + from, start + to)
        })
    }
}
