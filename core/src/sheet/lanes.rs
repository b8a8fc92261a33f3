//! A file's text as rows of cells, by two lanes: rows without a quote are cut where the masks say;
//! any other record goes through `csv-core`, which is the authority on what CSV means.
//!
//! The fast lane is right because, in a record without a quote, a cell ends at a delimiter and
//! nowhere else, and the record at LF, CR LF or CR. A quote anywhere in the record hands all of it,
//! from its first byte, to the other lane, and the fast lane goes on behind it.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::Limits;
use super::mask::{BLOCK, Before, Mask, mask};

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
    /// Whether it is all tidy printable ASCII without quotes: `ends` are places in the text itself,
    /// and no cell has anything to clean.
    pub(crate) plain: bool,
    /// Whether it spans more than one line of the file.
    pub(crate) tall: bool,
    pub(crate) broken: Option<Broken>,
    cells: &'r str,
    /// Where each cell ends in `cells`; the next begins `gap` further on.
    pub(crate) ends: &'r [u32],
    first: usize,
    gap: usize,
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
    /// A cell; blank past the end of a short row.
    pub(crate) fn cell(&self, index: usize) -> &'r str {
        let Some(&end) = self.ends.get(index) else { return "" };
        let start = match index.checked_sub(1).and_then(|i| self.ends.get(i)) {
            Some(&before) => before as usize + self.gap,
            None => self.first,
        };
        self.cells.get(start..end as usize).unwrap_or_default()
    }

    /// Whether the cells stand in the text itself, each a byte after the one before.
    pub(crate) fn in_place(&self) -> bool {
        self.gap == 1
    }

    /// The cells, as many as are held.
    pub(crate) fn cells(&self) -> impl Iterator<Item = &'r str> {
        (0..self.ends.len()).map(|index| self.cell(index))
    }
}

/// Reads the rows of a text one after another.
#[derive(Debug)]
pub(crate) struct Rows<'t> {
    text: &'t str,
    delimiter: u8,
    most_columns: usize,
    longest_record: usize,
    // Where the next row starts.
    start: usize,
    number: u64,
    line: u64,
    // The fast lane: the block it is in, and what is left of its masks.
    block: usize,
    mask: Mask,
    before: Before,
    // Both lanes write the ends of the cells here, and the slow lane the cells.
    ends: Vec<u32>,
    reader: Reader,
    record: String,
    scratch: Vec<u8>,
    ends_scratch: Vec<usize>,
}

impl<'t> Rows<'t> {
    /// From a place of the text on, after a byte order mark.
    pub(crate) fn new(text: &'t str, start: usize, delimiter: u8, limits: &Limits) -> Self {
        let mut rows = Self {
            text,
            delimiter,
            most_columns: limits.columns,
            longest_record: limits.cell_bytes.saturating_mul(16).max(1 << 16),
            start,
            number: 1,
            line: 1,
            block: 0,
            mask: Mask::default(),
            before: Before::of(None, delimiter),
            ends: vec![0; limits.columns],
            reader: ReaderBuilder::new().delimiter(delimiter).build(),
            record: String::new(),
            scratch: Vec::new(),
            ends_scratch: Vec::new(),
        };
        rows.enter(start);
        rows
    }

    /// The next row, until the text ends. A line end at the end of the text begins no row.
    #[inline]
    pub(crate) fn next(&mut self) -> Option<Row<'_>> {
        let bytes = self.text.as_bytes();
        let start = self.start;
        if start >= bytes.len() {
            return None;
        }
        let mut count = 0;
        let mut odd = 0;
        let end = loop {
            while self.mask.stops == 0 {
                odd |= self.mask.odd;
                if self.block + BLOCK >= bytes.len() {
                    self.mask.odd = 0;
                    break;
                }
                self.block += BLOCK;
                self.load();
            }
            if self.mask.stops == 0 {
                // The text ends without a line end.
                break bytes.len();
            }
            let bit = self.mask.stops.trailing_zeros();
            let at = self.block + bit as usize;
            match bytes.get(at) {
                Some(b'"') => return self.quoted(),
                Some(b'\n' | b'\r') => {
                    let so_far = u64::MAX >> (63 - bit);
                    odd |= self.mask.odd & so_far;
                    self.mask.odd &= !so_far;
                    self.mask.stops &= self.mask.stops - 1;
                    break at;
                }
                _ => {
                    self.mask.stops &= self.mask.stops - 1;
                    if let Some(end) = self.ends.get_mut(count) {
                        *end = at as u32;
                    }
                    count += 1;
                }
            }
        };
        // Of CR LF, the masks stop at the LF.
        let content = if end > start && bytes.get(end) == Some(&b'\n') && bytes.get(end - 1) == Some(&b'\r') {
            end - 1
        } else {
            end
        };
        if content > start {
            if let Some(last) = self.ends.get_mut(count) {
                *last = content as u32;
            }
            count += 1;
        }
        self.start = end + 1;
        let (number, line) = (self.number, self.line);
        self.number += 1;
        self.line += 1;
        Some(Row {
            number,
            line,
            start,
            end: content,
            count,
            plain: odd == 0,
            tall: false,
            broken: None,
            cells: self.text,
            ends: self.ends.get(..count).unwrap_or(&self.ends),
            first: start,
            gap: 1,
        })
    }

    /// Goes back to the line after the one on which the row just read starts: what follows a quote
    /// that was never closed is rows after all.
    pub(crate) fn resume_after_line(&mut self, row_start: usize, row_line: u64) {
        let bytes = self.text.as_bytes();
        let rest = bytes.get(row_start..).unwrap_or_default();
        let end = memchr::memchr2(b'\n', b'\r', rest).map_or(bytes.len(), |at| row_start + at);
        self.start = end + line_end(bytes, end);
        self.line = row_line + 1;
        self.enter(self.start);
    }

    /// The record at `start`, which holds a quote, by the slow lane.
    #[cold]
    fn quoted(&mut self) -> Option<Row<'_>> {
        let bytes = self.text.as_bytes();
        let start = self.start;
        let input = bytes.get(start..).unwrap_or_default();
        self.reader.reset();
        self.scratch.resize(self.longest_record, 0);
        self.ends_scratch.resize(self.most_columns + 1, 0);
        let mut broken = None;
        let (mut read, mut written, mut count) = (0, 0, 0);
        loop {
            // One piece at a time, so that an unclosed quote is not read to the end of the file.
            let piece = input.get(read..input.len().min(read + self.longest_record)).unwrap_or_default();
            let at_end = piece.is_empty();
            let piece = if at_end { &b"\n"[..] } else { piece };
            let (result, taken, wrote, ended) = self.reader.read_record(
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
                    let (_, _, _, ended) = self.reader.read_record(&[], &mut [0; 1], ends);
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
        for (end, from) in self.ends.iter_mut().zip(self.ends_scratch.iter().take(count)) {
            *end = *from as u32;
        }
        // Cells are cut at bytes of ASCII, so they are text still, unless cut short by a limit.
        self.record.clear();
        self.record.push_str(&String::from_utf8_lossy(self.scratch.get(..written).unwrap_or_default()));

        let (number, line) = (self.number, self.line);
        self.number += 1;
        self.line += 1 + lines_inside;
        self.start = next;
        self.enter(next);
        Some(Row {
            number,
            line,
            start,
            end: content,
            count,
            plain: false,
            tall: lines_inside > 0,
            broken,
            cells: &self.record,
            ends: self.ends.get(..count).unwrap_or(&self.ends),
            first: 0,
            gap: 0,
        })
    }

    /// Puts the fast lane at a place of the text.
    fn enter(&mut self, at: usize) {
        self.block = at - at % BLOCK;
        let before = self.block.checked_sub(1).and_then(|i| self.text.as_bytes().get(i));
        self.before = Before::of(before.copied(), self.delimiter);
        self.load();
        let ahead = u64::MAX << (at % BLOCK);
        self.mask.stops &= ahead;
        self.mask.odd &= ahead;
    }

    #[inline]
    fn load(&mut self) {
        let bytes = self.text.as_bytes();
        let rest = bytes.get(self.block..).unwrap_or_default();
        self.mask = match rest.first_chunk::<BLOCK>() {
            Some(block) => mask(block, self.delimiter, &mut self.before, rest.get(BLOCK).copied()),
            None => {
                let mut block = [b'x'; BLOCK];
                for (place, byte) in block.iter_mut().zip(rest) {
                    *place = *byte;
                }
                let mut last = mask(&block, self.delimiter, &mut self.before, None);
                // A space at the very end is at the edge of a cell too.
                if rest.last() == Some(&b' ') {
                    last.odd |= 1 << (rest.len() - 1);
                }
                last
            }
        };
    }
}

/// Where a cell starts in the raw text of its row.
pub(crate) fn cell_start(row: &str, delimiter: u8, index: usize) -> usize {
    #[derive(PartialEq)]
    enum At {
        Start,
        Quoted,
        Bare,
    }
    let mut at = At::Start;
    let mut cell = 0;
    for (place, byte) in row.bytes().enumerate() {
        if cell == index {
            return place;
        }
        at = match (at, byte) {
            (At::Start, b'"') => At::Quoted,
            // A doubled quote closes and opens again, which comes to the same.
            (At::Quoted, b'"') => At::Start,
            (At::Quoted, _) => At::Quoted,
            (_, byte) if byte == delimiter => {
                cell += 1;
                At::Start
            }
            _ => At::Bare,
        };
    }
    row.len()
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
