//! Splits a file's text into rows of cells (`Rows`) in two ways. Rows without quotation marks are split at the offsets
//! in the index. `csv-core`, the reference for CSV, splits all other records.
//!
//! In a record without quotation marks, a cell ends only at a delimiter or a line end: LF, CR LF or CR. The fast path
//! splits such a record exactly there, so the cells are correct. A quotation mark anywhere in a record sends the whole
//! record to the slow path, and the fast path continues after this record.
//!
//! The text is bytes that are assumed to be UTF-8. The bytes are checked segment by segment during indexing. Ask
//! [`Rows::is_utf8_up_to`] before you use anything that was read.

mod in_place;
mod quoted;

use super::Limits;
use super::index::TextIndex;
use super::slow_path::RecordReader;

/// The offset of a value in the text, and the value's length.
pub(crate) type Span = (usize, usize);

/// One row of the file, borrowed until the next row is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'r> {
    /// The row number as in a spreadsheet, counted from 1, including blank rows.
    pub(crate) number: u64,
    /// The line of the file on which the row starts, counted from 1.
    pub(crate) line: u64,
    /// The offsets in the text at which the row starts, and at which its content ends, before the line end.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The number of cells, which is 0 for an empty line. `ends` has no more entries than the limit of columns.
    pub(crate) count: usize,
    /// Whether the row spans more than one line of the file.
    pub(crate) tall: bool,
    pub(crate) broken: Option<Broken>,
    cells: &'r [u8],
    /// The offset at which each cell ends in `cells`. The next cell begins `gap` bytes later.
    pub(crate) ends: &'r [u32],
    first: usize,
    gap: usize,
}

/// The reason why a row is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    /// A quotation mark is opened in the row, and is not closed within the largest allowed size of a record.
    Unclosed,
    /// The row is longer than the largest allowed size of a record.
    Huge,
}

impl<'r> Row<'r> {
    /// Returns a cell. The text is blank if the row is too short, or if the cell is not UTF-8.
    pub(crate) fn cell(&self, index: usize) -> &'r str {
        str::from_utf8(self.bytes(index)).unwrap_or_default()
    }

    /// Returns a cell as bytes, for a text that is known to be UTF-8. The result is blank if the row is too short.
    pub(crate) fn bytes(&self, index: usize) -> &'r [u8] {
        let Some(&end) = self.ends.get(index) else { return b"" };
        let start = match index.checked_sub(1).and_then(|i| self.ends.get(i)) {
            Some(&before) => before as usize + self.gap,
            None => self.first,
        };
        self.cells.get(start..end as usize).unwrap_or_default()
    }

    /// Returns whether the cells are in the text itself, with one byte between neighbouring cells.
    pub(crate) fn in_place(&self) -> bool {
        self.gap == 1
    }

    /// Iterates over the cells, up to the limit of columns.
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
    /// The length of the longest row without quotation marks that we index. This length is limited because the index of
    /// a row takes several times the memory of the row.
    longest_row: usize,
    // Where the next row starts.
    start: usize,
    number: u64,
    line: u64,
    // The fast path.
    index: TextIndex,
    // The slow path, created when it is first needed, and its output: the cells, and where each one ends.
    reader: Option<RecordReader>,
    record: String,
    ends: Vec<u32>,
    scratch: Vec<u8>,
    ends_scratch: Vec<usize>,
}

impl<'t> Rows<'t> {
    /// Reads rows from the offset `start`, which is after any byte order mark.
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
            index: TextIndex::new(text, start, delimiter),
            reader: None,
            record: String::new(),
            ends: Vec::new(),
            scratch: Vec::new(),
            ends_scratch: Vec::new(),
        }
    }

    /// Leaves out the check that the text is UTF-8, because the text is known to be UTF-8.
    pub(crate) fn known_utf8(mut self) -> Self {
        debug_assert!(str::from_utf8(self.text).is_ok(), "the text was checked");
        self.index.is_checked();
        self
    }

    /// Reads the next rows with this delimiter instead of the current one.
    pub(crate) fn with_delimiter(self, delimiter: u8) -> Self {
        Self { delimiter, index: TextIndex::new(self.text, self.start, delimiter), reader: None, ..self }
    }

    /// Goes to the row that starts at the offset `row` and has this number and line.
    pub(crate) fn go_back(&mut self, row: usize, number: u64, line: u64) {
        (self.start, self.number, self.line) = (row, number, line);
        self.index.seek(self.text, row, false);
    }

    /// Goes to the row directly below `row`, forwards or backwards from the current position.
    pub(crate) fn go_below(&mut self, row: &Row<'_>) {
        let forwards = row.end >= self.start;
        (self.start, self.number) = (row.end + line_end(self.text, row.end), row.number + 1);
        self.index.seek(self.text, self.start, forwards);
    }

    /// Returns the offset at which the next row starts.
    pub(crate) fn start(&self) -> usize {
        self.start
    }

    pub(crate) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// Returns the number of rows that have been read.
    pub(crate) fn rows_read(&self) -> u64 {
        self.number - 1
    }

    /// Returns the number of lines that have been read.
    pub(crate) fn lines_read(&self) -> u64 {
        self.line - 1
    }

    /// Continues at the end of `others`, which began at this reader's offset. The slow path may have read the last rows
    /// before they were indexed. So we first check that these rows are UTF-8.
    pub(crate) fn go_on_from(&mut self, others: &Self) {
        self.index.check(self.text, self.start);
        self.start = others.start;
        self.number += others.rows_read();
        self.line += others.lines_read();
        self.index.go_on_from(&others.index);
        self.index.seek(self.text, self.start, true);
    }

    /// Returns whether the text is UTF-8, as far as it has been checked.
    pub(crate) fn is_utf8(&self) -> bool {
        self.index.is_utf8
    }

    /// Returns whether the text is UTF-8 from the start of the rows up to an offset.
    pub(crate) fn is_utf8_up_to(&mut self, offset: usize) -> bool {
        self.index.check(self.text, offset);
        self.index.is_utf8
    }

    /// Returns the next row, whose cells are in the text itself. `end` is the offset at which the row ends, and
    /// `content` the offset at which its last cell ends.
    #[inline(always)]
    fn in_place(&mut self, count: usize, end: usize, content: usize) -> Row<'_> {
        let (number, line, start) = (self.number, self.line, self.start);
        self.number += 1;
        self.line += 1;
        self.start = end + 1;
        let ends = self.index.take_row(count, content);
        let count = if content > start { count } else { 0 };
        Row {
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
        }
    }

    /// Returns the next row, or `None` at the end of the text. After a final line end, there is no further row.
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
        let mut special = self.index.special.ahead().iter().take_while(|at| **at as usize <= end);
        if special.any(|at| bytes.get(*at as usize) == Some(&b'"')) {
            return self.quoted();
        }
        self.index.special.leave_before(end + 1);
        let content = content_end(bytes, end).max(start);
        // The last cell ends where the row ends, except in a text without a line end.
        let count = 1 + self.index.cells.ahead().iter().take_while(|at| (**at as usize) < end).count();
        Some(self.in_place(count, end, content))
    }
}

/// Returns the offset at which the content of a row ends. `end` is the row's end in the index, which is the LF if the
/// row ends with CR LF.
#[inline(always)]
fn content_end(bytes: &[u8], end: usize) -> usize {
    let line_end = end.checked_sub(1).and_then(|before| bytes.get(before..)?.first_chunk());
    end - usize::from(line_end == Some(b"\r\n"))
}

/// Returns the length of the line end at an offset.
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
