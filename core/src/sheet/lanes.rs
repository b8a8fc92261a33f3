//! A file's text as rows of cells, by two lanes: rows without a quote are cut where the index says;
//! any other record goes through `csv-core`, which is the authority on what CSV means.
//!
//! The fast lane is right because, in a record without a quote, a cell ends at a delimiter and
//! nowhere else, and the record at LF, CR LF or CR. A quote anywhere in the record hands all of it,
//! from its first byte, to the other lane, and the fast lane goes on behind it.
//!
//! A text is bytes that are taken for UTF-8. Whether they are is seen stretch by stretch where they are indexed, and
//! whoever reads the rows asks [`Rows::is_utf8_up_to`] before anything that was read is worth anything.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::Limits;
use super::index::Index;
use crate::text;

/// One row of the file, borrowed until the next is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'r> {
    /// As a spreadsheet numbers it: from 1, blank rows included.
    pub(crate) number: u64,
    /// The line of the file on which it starts, from 1.
    pub(crate) line: u64,
    /// Where it starts in the text, and where its content ends, before the line end.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// How many cells it has; 0 for an empty line. `cell` gives no more of them than the limit of columns.
    pub(crate) count: usize,
    /// Whether it spans more than one line of the file.
    pub(crate) tall: bool,
    pub(crate) broken: Option<Broken>,
    cells: &'r [u8],
    /// Where each cell ends in `cells`; the next begins `gap` further on.
    pub(crate) ends: &'r [u32],
    first: usize,
    gap: usize,
}

/// A row of so many cells that stand in the text as they are, with nothing in them that is odd (see `Index`):
/// they are tidy, of printable ASCII and accented letters of Latin, without `#` or `+`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plain<'r, const CELLS: usize> {
    pub(crate) number: u64,
    pub(crate) line: u64,
    pub(crate) start: usize,
    text: &'r [u8],
    /// The text from the row's start, further than it reaches.
    ahead: &'r [u8; SEEN_AHEAD],
    /// Where each cell starts, counted from where the row does, within its quotes; and how long it is. In bytes, so that
    /// no window reaches past what is ahead.
    spans: [(u8, u8); CELLS],
}

/// So long a row may be to be plain; and so much can be seen of a cell at once, without asking where the text ends.
const REACH: usize = u8::MAX as usize;
const WINDOW: usize = 64;
/// So far from a row's start the text must go on for it to be plain.
pub(crate) const SEEN_AHEAD: usize = REACH + WINDOW;

impl<'r, const CELLS: usize> Plain<'r, CELLS> {
    /// Where a cell starts, counted from where the row does.
    #[inline(always)]
    pub(crate) fn from(&self, index: usize) -> usize {
        usize::from(self.spans[index].0)
    }

    /// How many bytes a cell has.
    #[inline(always)]
    pub(crate) fn length(&self, index: usize) -> usize {
        usize::from(self.spans[index].1)
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

    /// A cell; blank if it is not UTF-8, which whoever reads the rows sees.
    #[inline]
    pub(crate) fn cell(&self, index: usize) -> &'r str {
        str::from_utf8(self.bytes(index)).unwrap_or_default()
    }

    /// So many bytes of the text from where a cell starts, at most 64.
    #[inline(always)]
    pub(crate) fn window<const N: usize>(&self, index: usize) -> &'r [u8; N] {
        const { assert!(N <= WINDOW) };
        self.ahead[self.from(index)..].first_chunk().unwrap_or(&[0; N])
    }
}

/// Why a row is not a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    /// A quote was opened in it and never closed, or not before the limit of a record.
    Unclosed,
    /// It is longer than any record may be.
    Huge,
}

impl<'r> Row<'r> {
    /// A cell; blank past the end of a short row, and if it is not UTF-8.
    pub(crate) fn cell(&self, index: usize) -> &'r str {
        let Some(&end) = self.ends.get(index) else { return "" };
        let start = match index.checked_sub(1).and_then(|i| self.ends.get(i)) {
            Some(&before) => before as usize + self.gap,
            None => self.first,
        };
        self.cells.get(start..end as usize).and_then(|cell| str::from_utf8(cell).ok()).unwrap_or_default()
    }

    /// Whether the cells stand in the text itself, each a byte after the one before.
    pub(crate) fn in_place(&self) -> bool {
        self.gap == 1
    }

    /// The cells, as many as are held.
    pub(crate) fn cells(&self) -> impl Iterator<Item = &'r str> + Clone {
        (0..self.ends.len()).map(|index| self.cell(index))
    }
}

/// Reads the rows of a text one after another.
#[derive(Debug)]
pub(crate) struct Rows<'t> {
    text: &'t [u8],
    delimiter: u8,
    most_columns: usize,
    longest_record: usize,
    /// The longest row without quotes that is indexed, which takes several times its size.
    longest_row: usize,
    // Where the next row starts.
    start: usize,
    number: u64,
    line: u64,
    // The fast lane.
    index: Index,
    // The slow lane, made when it is first needed, and what it writes: the cells, and where each ends.
    reader: Option<Box<Reader>>,
    record: String,
    ends: Vec<u32>,
    scratch: Vec<u8>,
    ends_scratch: Vec<usize>,
}

impl<'t> Rows<'t> {
    /// From a place of the text on, after a byte order mark.
    pub(crate) fn new(text: &'t (impl AsRef<[u8]> + ?Sized), start: usize, delimiter: u8, limits: &Limits) -> Self {
        let text = text.as_ref();
        Self {
            text,
            delimiter,
            most_columns: limits.columns,
            longest_record: limits.cell_bytes.saturating_mul(16).max(1 << 16),
            longest_row: (limits.cell_bytes + 1).saturating_mul(limits.columns).clamp(1 << 16, 1 << 24),
            start,
            number: 1,
            line: 1,
            index: Index::new(text, start, delimiter),
            reader: None,
            record: String::new(),
            ends: Vec::new(),
            scratch: Vec::new(),
            ends_scratch: Vec::new(),
        }
    }

    /// Where the next row starts.
    pub(crate) fn start(&self) -> usize {
        self.start
    }

    pub(crate) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// How many rows have been read.
    pub(crate) fn rows_read(&self) -> u64 {
        self.number - 1
    }

    /// How many lines they took.
    pub(crate) fn lines_read(&self) -> u64 {
        self.line - 1
    }

    /// Goes on where others end which began where this one is.
    pub(crate) fn go_on_from(&mut self, others: &Self) {
        // What the other lane read last need not have been indexed.
        self.index.check(self.text, self.start);
        self.start = others.start;
        self.number += others.rows_read();
        self.line += others.lines_read();
        self.index.go_on_from(&others.index);
        self.index.seek(self.text, self.start, true);
    }

    /// Whether the text is UTF-8, as far as it has been read.
    pub(crate) fn is_utf8(&self) -> bool {
        self.index.is_utf8
    }

    /// Whether the text is UTF-8 from where the rows began up to a place.
    pub(crate) fn is_utf8_up_to(&mut self, place: usize) -> bool {
        self.index.check(self.text, place);
        self.index.is_utf8
    }

    /// Gives the next rows for as long as they are plain, have so many cells without quotes, start before a place,
    /// are taken, and are no more than so many; perhaps fewer, but at least one if there is one. How many were taken.
    #[inline(always)]
    pub(crate) fn take_plain<const CELLS: usize>(
        &mut self,
        most: usize,
        until: usize,
        mut take: impl FnMut(usize, &Plain<'_, CELLS>) -> bool,
    ) -> usize {
        let bytes = self.text;
        if self.index.rows.first().is_none() {
            self.index.extend(bytes);
        }
        let odd = self.index.odd.first().unwrap_or(u32::MAX);
        let (cells, _) = self.index.cells.ahead().as_chunks();
        let mut taken = 0;
        let mut start = self.start;
        for (&end, ends) in self.index.rows.ahead().iter().zip(cells).take(most) {
            let ends: &[u32; CELLS] = ends;
            if ends[CELLS - 1] != end || odd <= end || start >= until {
                break;
            }
            // The last rows of a text, and any that is very long, are for the other lane.
            let Some(ahead) = bytes.get(start..).and_then(<[u8]>::first_chunk) else { break };
            if end as usize - start > REACH {
                break;
            }
            let (number, line) = (self.number + taken as u64, self.line + taken as u64);
            let mut row = Plain { number, line, start, text: self.text, ahead, spans: [(0, 0); CELLS] };
            let mut from = 0;
            for (span, &end) in row.spans.iter_mut().zip(ends) {
                let end = (end as usize - start) as u8;
                *span = (from, end.wrapping_sub(from));
                from = end.wrapping_add(1);
            }
            row.spans[CELLS - 1].1 -= (end as usize - content_end(bytes, end as usize)) as u8;
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

    /// Gives the next row if it has so many cells on one line, some of them in quotes without a quote in them,
    /// all of them plain. Whether it was taken.
    ///
    /// A quote that begins a cell ends at the next, unless that is doubled, and a delimiter or the end of the row
    /// follows; where it is not so, it is for the other lane.
    pub(crate) fn take_quoted<const CELLS: usize>(&mut self, take: impl FnOnce(&Plain<'_, CELLS>) -> bool) -> bool {
        let Some(row) = self.quoted_in_place() else { return false };
        if !take(&row) {
            return false;
        }
        // The row is no longer than the line.
        self.start = self.index.rows.first().map_or(self.start, |end| end as usize + 1);
        self.number += 1;
        self.line += 1;
        self.index.seek(self.text, self.start, true);
        true
    }

    fn quoted_in_place<const CELLS: usize>(&self) -> Option<Plain<'_, CELLS>> {
        let bytes = self.text;
        let row_end = self.index.rows.first()? as usize;
        let end = content_end(bytes, row_end);
        let ahead = bytes.get(self.start..)?.first_chunk().filter(|_| row_end - self.start <= REACH)?;
        let mut odd = self.index.odd.ahead().iter().map(|at| *at as usize).peekable();
        let mut ends = self.index.cells.ahead().iter().map(|at| *at as usize);
        let mut spans = [(0, 0); CELLS];
        let mut at = self.start;
        for (index, span) in spans.iter_mut().enumerate() {
            let is_last = index == CELLS - 1;
            let next = if bytes.get(at) == Some(&b'"') {
                let length = memchr::memchr(b'"', bytes.get(at + 1..end)?)?;
                *span = ((at + 1 - self.start) as u8, length as u8);
                let inside = str::from_utf8(bytes.get(at + 1..at + 1 + length)?).ok()?;
                if !text::is_plain(inside) || inside.starts_with('\'') || inside.contains(['#', '+']) {
                    return None;
                }
                let next = at + length + 2;
                while odd.next_if(|odd| *odd < next).is_some() {}
                next
            } else {
                let next = ends.find(|end| *end >= at).map(|next| if next == row_end { end } else { next })?;
                if odd.peek().is_some_and(|odd| *odd <= next) {
                    return None;
                }
                *span = ((at - self.start) as u8, next.checked_sub(at)? as u8);
                next
            };
            let is_end = if is_last { next == end } else { bytes.get(next) == Some(&self.delimiter) };
            if !is_end {
                return None;
            }
            at = next + 1;
        }
        let (number, line, start) = (self.number, self.line, self.start);
        Some(Plain { number, line, start, text: self.text, ahead, spans })
    }

    /// The next row, until the text ends. A line end at the end of the text begins no row.
    pub(crate) fn next(&mut self) -> Option<Row<'_>> {
        let bytes = self.text;
        let start = self.start;
        if start >= bytes.len() {
            return None;
        }
        let end = loop {
            if let Some(end) = self.index.rows.first() {
                break end as usize;
            }
            if self.index.reaches() > start + self.longest_row {
                return self.huge();
            }
            if !self.index.extend(bytes) {
                // The text ends without a line end.
                break bytes.len();
            }
        };
        let mut odd = self.index.odd.ahead().iter().take_while(|at| **at as usize <= end);
        if odd.any(|at| bytes.get(*at as usize) == Some(&b'"')) {
            return self.quoted();
        }
        self.index.odd.leave_before(end + 1);
        let content = content_end(bytes, end).max(start);
        // Its last cell ends where it does, but for that of a text without a line end.
        let count = 1 + self.index.cells.ahead().iter().take_while(|at| (**at as usize) < end).count();
        let (number, line) = (self.number, self.line);
        self.number += 1;
        self.line += 1;
        self.start = end + 1;
        let ends = self.index.take_row(count, content);
        let count = if content > start { count } else { 0 };
        Some(Row {
            number,
            line,
            start,
            end: content,
            count,
            tall: false,
            broken: None,
            cells: self.text,
            ends: ends.get(..count.min(self.most_columns)).unwrap_or(ends),
            first: start,
            gap: 1,
        })
    }

    /// A row that is longer than any may be, of which the beginning has been indexed.
    #[cold]
    fn huge(&mut self) -> Option<Row<'_>> {
        let bytes = self.text;
        if self.index.odd.ahead().iter().any(|at| bytes.get(*at as usize) == Some(&b'"')) {
            return self.quoted();
        }
        let (start, number, line) = (self.start, self.number, self.line);
        let count = 1 + self.index.cells.ahead().len();
        let rest = bytes.get(start..).unwrap_or_default();
        let end = memchr::memchr2(b'\n', b'\r', rest).map_or(bytes.len(), |at| start + at);
        self.number += 1;
        self.line += 1;
        self.start = end + line_end(bytes, end);
        self.index.check(bytes, self.start);
        self.index.seek(bytes, self.start, false);
        let (broken, cells) = (Some(Broken::Huge), &bytes[..0]);
        Some(Row { number, line, start, end, count, tall: false, broken, cells, ends: &[], first: 0, gap: 0 })
    }

    /// Goes back to the line after the one on which the row just read starts: what follows a quote
    /// that was never closed is rows after all.
    pub(crate) fn resume_after_line(&mut self, row_start: usize, row_line: u64) {
        let bytes = self.text;
        let rest = bytes.get(row_start..).unwrap_or_default();
        let end = memchr::memchr2(b'\n', b'\r', rest).map_or(bytes.len(), |at| row_start + at);
        self.start = end + line_end(bytes, end);
        self.line = row_line + 1;
        self.index.seek(bytes, self.start, false);
    }

    /// The record at `start`, which holds a quote, by the slow lane.
    #[cold]
    fn quoted(&mut self) -> Option<Row<'_>> {
        let bytes = self.text;
        let start = self.start;
        let input = bytes.get(start..).unwrap_or_default();
        let delimiter = self.delimiter;
        let reader = self.reader.get_or_insert_with(|| Box::new(ReaderBuilder::new().delimiter(delimiter).build()));
        reader.reset();
        self.scratch.resize(self.longest_record, 0);
        self.ends_scratch.resize(self.most_columns + 1, 0);
        let mut broken = None;
        let (mut read, mut written, mut count) = (0, 0, 0);
        loop {
            // One piece at a time, so that an unclosed quote is not read to the end of the file.
            let piece = input.get(read..input.len().min(read + self.longest_record)).unwrap_or_default();
            let at_end = piece.is_empty();
            let piece = if at_end { &b"\n"[..] } else { piece };
            let (result, taken, wrote, ended) = reader.read_record(
                piece,
                self.scratch.get_mut(written..).unwrap_or_default(),
                self.ends_scratch.get_mut(count..).unwrap_or_default(),
            );
            read += if at_end { 0 } else { taken };
            written += wrote;
            count += ended;
            match result {
                ReadRecordResult::Record | ReadRecordResult::End => break,
                // A line end that ends no record is inside a quote. It is taken off the last cell again.
                ReadRecordResult::InputEmpty if at_end => {
                    broken = Some(Broken::Unclosed);
                    let ends = self.ends_scratch.get_mut(count..).unwrap_or_default();
                    let (_, _, _, ended) = reader.read_record(&[], &mut [0; 1], ends);
                    written -= wrote;
                    ends.iter_mut().take(ended).for_each(|end| *end = written);
                    count += ended;
                    break;
                }
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    broken = Some(Broken::Huge);
                    break;
                }
            }
        }
        let consumed = input.get(..read).unwrap_or_default();
        let content = start + consumed.len() - usize::from(consumed.ends_with(b"\n") || consumed.ends_with(b"\r"));
        let content = content - usize::from(consumed.ends_with(b"\r\n"));
        let lines_inside = count_line_ends(bytes.get(start..content).unwrap_or_default());
        if broken == Some(Broken::Huge) && lines_inside > 0 {
            broken = Some(Broken::Unclosed);
        }
        // csv-core leaves the LF of a CR LF to the next record.
        let next = start + read;
        let next = if consumed.ends_with(b"\r") && bytes.get(next) == Some(&b'\n') { next + 1 } else { next };
        let next = if broken == Some(Broken::Huge) {
            let rest = bytes.get(next..).unwrap_or_default();
            let end = memchr::memchr2(b'\n', b'\r', rest).map_or(bytes.len(), |at| next + at);
            end + line_end(bytes, end)
        } else {
            next
        };
        self.ends.clear();
        self.ends.extend(self.ends_scratch.iter().take(count.min(self.most_columns)).map(|end| *end as u32));
        // Cells are cut at bytes of ASCII, so they are text still, unless cut short by a limit.
        self.record.clear();
        self.record.push_str(&String::from_utf8_lossy(self.scratch.get(..written).unwrap_or_default()));

        let (number, line) = (self.number, self.line);
        self.number += 1;
        self.line += 1 + lines_inside;
        self.start = next;
        self.index.seek(bytes, next, true);
        Some(Row {
            number,
            line,
            start,
            end: content,
            count,
            tall: lines_inside > 0,
            broken,
            cells: self.record.as_bytes(),
            ends: &self.ends,
            first: 0,
            gap: 0,
        })
    }
}

/// Where the content of a row ends, by where the index says the row does: of CR LF, that is the LF.
#[inline(always)]
fn content_end(bytes: &[u8], end: usize) -> usize {
    let line_end = end.checked_sub(1).and_then(|before| bytes.get(before..)?.first_chunk());
    end - usize::from(line_end == Some(b"\r\n"))
}

/// How long the line end at a place is.
fn line_end(bytes: &[u8], at: usize) -> usize {
    match (bytes.get(at), bytes.get(at + 1)) {
        (Some(b'\r'), Some(b'\n')) => 2,
        (Some(_), _) => 1,
        (None, _) => 0,
    }
}

fn count_line_ends(bytes: &[u8]) -> u64 {
    memchr::memchr2_iter(b'\n', b'\r', bytes)
        .filter(|&at| !(bytes.get(at) == Some(&b'\r') && bytes.get(at + 1) == Some(&b'\n')))
        .count() as u64
}

#[cfg(test)]
mod tests;
#[cfg(any(test, fuzzing))]
pub(crate) mod whole;
