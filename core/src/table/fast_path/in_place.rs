//! Reads rows whose values are used directly from the text. The index shows that these values need no
//! cleaning.

use std::iter::Peekable;

use super::super::fast_row::{FastRow, REACH, Spans};
use super::{Row, Rows, Span, content_end};
use crate::text;

impl Rows<'_> {
    /// Passes the next rows to `take` as long as they fit the fast path, and returns the number of rows taken. A row
    /// that fits has `CELLS` values without quotation marks. Stops after `most` rows, at a row that starts at `until`
    /// or later, or if `take` returns false. Can stop sooner, but never before the first row if that row fits.
    #[inline(always)]
    pub(crate) fn take_fast<const CELLS: usize>(
        &mut self,
        most: usize,
        until: usize,
        mut take: impl FnMut(usize, &FastRow<'_, CELLS>) -> bool,
    ) -> usize {
        let bytes = self.text;
        if self.index.rows.first().is_none() {
            self.index.extend(bytes);
        }
        let special = self.index.special.first().unwrap_or(u32::MAX);
        let (cells, _) = self.index.cells.ahead().as_chunks();
        let mut taken = 0;
        let mut start = self.start;
        for (&end, ends) in self.index.rows.ahead().iter().zip(cells).take(most) {
            let ends: &[u32; CELLS] = ends;
            if ends[CELLS - 1] != end || special <= end || start >= until {
                break;
            }
            // The last rows of a text and very long rows are left to the slow path.
            let Some(ahead) = bytes.get(start..).and_then(<[u8]>::first_chunk) else { break };
            if end as usize - start > REACH {
                break;
            }
            let (number, line) = (self.number + taken as u64, self.line + taken as u64);
            let mut row = FastRow { number, line, start, text: self.text, ahead, spans: Spans::NONE };
            row.spans.set(ends, start);
            row.spans.lengths[CELLS - 1] -= (end as usize - content_end(bytes, end as usize)) as u8;
            if !take(taken, &row) {
                break;
            }
            taken += 1;
            start = end as usize + 1;
        }
        self.start = start;
        self.number += taken as u64;
        self.line += taken as u64;
        self.index.leave_rows(taken, CELLS);
        taken
    }

    /// Passes the next row to `take` if it has `CELLS` clean values on one line. A value may be in quotation marks if
    /// it contains no quotation mark. Returns whether the row was taken.
    ///
    /// The next quotation mark must close a quoted cell, and a delimiter or the end of the row must follow it.
    /// Otherwise the slow path reads the row.
    pub(crate) fn take_quoted<const CELLS: usize>(&mut self, take: impl FnOnce(&FastRow<'_, CELLS>) -> bool) -> bool {
        let Some(row) = self.quoted_in_place() else { return false };
        if !take(&row) {
            return false;
        }
        self.skip_line();
        true
    }

    /// Returns the number, the line and the start of the next row, if [`take_quoted`](Self::take_quoted) could take it
    /// with this number of cells. Stores the start and the length of each value in `cells`, without the quotation
    /// marks.
    pub(crate) fn peek_quoted(&self, count: usize, cells: &mut Vec<Span>) -> Option<(u64, u64, usize)> {
        cells.clear();
        if count > self.most_columns {
            return None;
        }
        self.each_quoted(count, |_, from, length| cells.push((from, length)))?;
        Some((self.number, self.line, self.start))
    }

    /// Moves past the next row, which is one line and is indexed.
    pub(crate) fn skip_line(&mut self) {
        self.start = self.index.rows.first().map_or(self.start, |end| end as usize + 1);
        self.number += 1;
        self.line += 1;
        self.index.seek(self.text, self.start, true);
    }

    fn quoted_in_place<const CELLS: usize>(&self) -> Option<FastRow<'_, CELLS>> {
        let ahead = self.text.get(self.start..)?.first_chunk()?;
        let mut spans = Spans::NONE;
        self.each_quoted(CELLS, |index, from, length| {
            (spans.from[index], spans.lengths[index]) = ((from - self.start) as u8, length as u8);
        })?;
        let (number, line, start) = (self.number, self.line, self.start);
        Some(FastRow { number, line, start, text: self.text, ahead, spans })
    }

    /// Passes each cell of the next row to `each`, if the row has `count` clean values on one line and at most
    /// [`REACH`] bytes. No value may contain a quotation mark. `each` gets the cell's index, the cell's start after any
    /// opening quotation mark, and its length.
    fn each_quoted(&self, count: usize, mut each: impl FnMut(usize, usize, usize)) -> Option<()> {
        let bytes = self.text;
        let row_end = self.index.rows.first()? as usize;
        let end = content_end(bytes, row_end);
        if end <= self.start || row_end - self.start > REACH {
            return None;
        }
        let mut special = self.index.special.ahead().iter().map(|at| *at as usize).peekable();
        let mut ends = self.index.cells.ahead().iter().map(|at| *at as usize);
        let mut at = self.start;
        for index in 0..count {
            let next = if bytes.get(at) == Some(&b'"') {
                let close = self.closing_quote(at, end, &mut special)?;
                each(index, at + 1, close - at - 1);
                close + 1
            } else {
                let next = ends.find(|end| *end >= at).map(|next| if next == row_end { end } else { next })?;
                if special.peek().is_some_and(|special| *special <= next) {
                    return None;
                }
                each(index, at, next.checked_sub(at)?);
                next
            };
            let is_last = index + 1 == count;
            let is_end = if is_last { next == end } else { bytes.get(next) == Some(&self.delimiter) };
            if !is_end {
                return None;
            }
            at = next + 1;
        }
        Some(())
    }

    /// Returns the offset of the quotation mark that closes the cell at `at`, if the value needs no cleaning. Passes the
    /// special bytes of the cell.
    #[inline(always)]
    fn closing_quote(
        &self,
        at: usize,
        end: usize,
        special: &mut Peekable<impl Iterator<Item = usize>>,
    ) -> Option<usize> {
        let is_quote = |offset: &usize| self.text.get(*offset) == Some(&b'"');
        // If the two quotation marks are the cell's only special bytes, the value is clean. The index does not know
        // that a quotation mark begins or ends it, so we check both ends.
        special.next_if_eq(&at)?;
        if let Some(close) = special.next_if(is_quote).filter(|close| *close < end) {
            let inside = self.text.get(at + 1..close)?;
            let is_clean = !matches!(inside, [b' ' | b'\'', ..] | [.., b' ']);
            return is_clean.then_some(close);
        }
        // Another special byte can be harmless in quotation marks, such as a space after a delimiter.
        let close = at + 1 + memchr::memchr(b'"', self.text.get(at + 1..end)?)?;
        while special.next_if(|special| *special <= close).is_some() {}
        let inside = str::from_utf8(self.text.get(at + 1..close)?).ok()?;
        let is_clean = text::is_plain(inside) && !inside.starts_with('\'') && !inside.contains(['#', '+']);
        is_clean.then_some(close)
    }

    /// Passes the next rows to `take` as long as they certainly have this number of cells and no special byte. The
    /// cells of these rows are printable, without quotation marks, and without spaces at the edges. Stops at a row that
    /// `take` refuses, and does not move past that row.
    #[inline(always)]
    pub(crate) fn take_clean(&mut self, cells: usize, mut take: impl FnMut(&Row<'_>) -> bool) {
        if self.index.rows.first().is_none() {
            self.index.extend(self.text);
        }
        if cells == 0 || cells > self.most_columns {
            return;
        }
        let special = self.index.special.first().unwrap_or(u32::MAX);
        let mut taken = 0;
        let mut start = self.start;
        for (&end, ends) in self.index.rows.ahead().iter().zip(self.index.cells.ahead_mut().chunks_exact_mut(cells)) {
            let content = content_end(self.text, end as usize);
            if ends[cells - 1] != end || special <= end || content <= start {
                break;
            }
            ends[cells - 1] = content as u32;
            let (number, line) = (self.number + taken as u64, self.line + taken as u64);
            let row = Row {
                number,
                line,
                start,
                end: content,
                count: cells,
                tall: false,
                broken: None,
                cells: self.text,
                ends,
                first: start,
                gap: 1,
            };
            if !take(&row) {
                ends[cells - 1] = end;
                break;
            }
            taken += 1;
            start = end as usize + 1;
        }
        self.start = start;
        self.number += taken as u64;
        self.line += taken as u64;
        self.index.leave_rows(taken, cells);
    }
}
