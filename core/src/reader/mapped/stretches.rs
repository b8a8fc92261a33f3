//! Copies rows whose cells need no change. Nearly all rows are like this. Columns that are adjacent both in the export
//! and in the new text are copied together, as one `Stretch`.

use super::writer::{CellSource, Writer};
use crate::mapping::{Target, is_no_name, with_surname};
use crate::table::{Row, Span};

/// The steps that copy a row whose cells need no change.
pub(super) struct Stretches {
    /// The first heading of the export. A row that begins with this heading may repeat the headings.
    first_heading: Vec<u8>,
    /// The cell of the year group. A row with a year group is a student.
    year: usize,
    /// The cells of the name. The value of each part of the name is that of its first filled cell.
    name: Vec<Vec<usize>>,
    /// The columns to write after the name, or after the username if usernames are made from names. Columns that are
    /// also adjacent in the export are copied together.
    list: Vec<Stretch>,
    /// Whether everything that is written is copied from the row.
    pub(super) copies_all: bool,
}

enum Stretch {
    /// The cells of the export from the first index to the last, inclusive.
    Cells(usize, usize),
    /// Any other value, with the index of its target.
    Other(usize),
}

/// The length of the longest row that is copied, in bytes.
const REACH: usize = 511;
/// The bytes from the start of a row, which may include later rows. Pieces of the row are copied from here.
type Ahead = [u8; REACH + RowBuffer::BLOCK];

/// A row while it is written. Each piece is copied in blocks of fixed size. So the code needs no branch on the length
/// of a short piece.
pub(super) struct RowBuffer {
    bytes: Box<[u8; Self::MOST + REACH + 1 + Self::BLOCK]>,
    /// The number of bytes written, which is never more than `MOST`.
    filled: usize,
}

impl Default for RowBuffer {
    fn default() -> Self {
        Self { bytes: Box::new([0; _]), filled: 0 }
    }
}

impl RowBuffer {
    /// The number of pieces that the buffer can hold, even if each is as long as the longest row.
    const PIECES: usize = 16;
    const MOST: usize = Self::PIECES * (REACH + 1);
    const BLOCK: usize = 32;

    /// Adds the bytes of a row from one offset up to another, and the byte `then` after them.
    #[inline(always)]
    fn push(&mut self, ahead: &Ahead, (from, to): (usize, usize), then: u8) {
        let length = to.wrapping_sub(from);
        // The remainders change nothing. They show the compiler that no index is out of bounds.
        let target = &mut self.bytes[self.filled % Self::MOST..];
        target[..Self::BLOCK].copy_from_slice(&ahead[from % (REACH + 1)..][..Self::BLOCK]);
        if length >= Self::BLOCK {
            target[..length].copy_from_slice(&ahead[from..to]);
        }
        target[length % (REACH + 1)] = then;
        self.filled += length + 1;
    }

    fn move_to(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.bytes[..self.filled]);
        self.filled = 0;
    }
}

impl Stretches {
    /// Returns `None` if no single column has the year group, because a clean row is then not certainly a student. Also
    /// returns `None` if the name is not copied, or if there are too many pieces.
    pub(super) fn of(targets: &[(Target, CellSource<'_>)], makes_usernames: bool, first_heading: &str) -> Option<Self> {
        let mut list: Vec<Stretch> = Vec::new();
        for (index, (_, cell)) in targets.iter().enumerate().skip(1 + usize::from(makes_usernames)) {
            match (cell, list.last_mut()) {
                (CellSource::Column(cell), Some(Stretch::Cells(_, last))) if *cell == *last + 1 => *last = *cell,
                (CellSource::Column(cell), _) => list.push(Stretch::Cells(*cell, *cell)),
                _ => list.push(Stretch::Other(index)),
            }
        }
        let year = targets.iter().find_map(|target| match target {
            (Target::YearGroup, CellSource::Column(cell)) => Some(*cell),
            _ => None,
        });
        let name = match targets.first() {
            Some((_, CellSource::Column(cell))) => vec![vec![*cell]],
            Some((_, CellSource::Joined(parts))) => parts.to_vec(),
            _ => return None,
        };
        if name.len() + list.len() > RowBuffer::PIECES {
            return None;
        }
        let copies_all = !makes_usernames && list.iter().all(|stretch| matches!(stretch, Stretch::Cells(..)));
        let first_heading = first_heading.trim().as_bytes().to_owned();
        Some(Self { first_heading, year: year?, name, list, copies_all })
    }
}

impl<'e> Writer<'e> {
    /// Writes a row whose bytes need no further check, and returns whether it was written. The row is not written if it
    /// might not be a student, has a doubtful name or lacks a part of the name, or is very long.
    #[inline(always)]
    pub(super) fn clean_student(&mut self, row: &Row<'_>, stretches: &Stretches, line: &mut RowBuffer) -> bool {
        let Some(ahead) = self.export.decoded.text.get(row.start..).and_then(<[u8]>::first_chunk) else { return false };
        let end = |cell: usize| row.ends[cell] as usize - row.start;
        let span = |first: usize, last: usize| (if first == 0 { 0 } else { end(first - 1) + 1 }, end(last));
        let is_blank = |(from, to)| from >= to;
        if row.end - row.start > REACH
            || end(0) == 0
            || ahead[..end(0)] == *stretches.first_heading
            || is_blank(span(stretches.year, stretches.year))
        {
            return false;
        }
        line.filled = 0;
        let mut before: &[u8] = b"";
        for (index, part) in stretches.name.iter().enumerate() {
            let text = part.iter().map(|cell| span(*cell, *cell)).find(|span| !is_blank(*span));
            let Some(text) = text else { return false };
            let bytes = &ahead[text.0..text.1];
            if part.len() > 1 && is_placeholder(bytes) || stretches.name.len() == 2 && has_surname(before, bytes) {
                return false;
            }
            before = bytes;
            line.push(ahead, text, if index + 1 == stretches.name.len() { b',' } else { b' ' });
        }
        let name = line.filled - 1;
        self.begin_next(row.number, row.start, row.line);
        let from = self.out.len();
        for stretch in &stretches.list {
            match stretch {
                Stretch::Cells(first, last) => line.push(ahead, span(*first, *last), b','),
                Stretch::Other(index) => {
                    line.move_to(&mut self.out);
                    self.target(*index, row);
                    line.push(ahead, (0, 0), b',');
                }
            }
        }
        // There is no comma after the last value.
        line.filled -= 1;
        line.move_to(&mut self.out);
        if self.layout.makes_usernames {
            self.make_username(row, from, name);
        }
        self.end_student();
        true
    }

    /// Returns whether [`quoted_student`](Self::quoted_student) can write a row. `cells` contains the start and the
    /// length of each value, without the quotation marks. Like [`clean_student`](Self::clean_student), this refuses
    /// some rows.
    pub(super) fn copies_quoted(&self, cells: &[Span], stretches: &Stretches) -> bool {
        let first = self.value(cells, 0);
        let is_part = |part: &Vec<usize>| {
            let is_copied = |text: &[u8]| !text.contains(&b',') && (part.len() == 1 || !is_placeholder(text));
            self.part(cells, part).is_some_and(is_copied)
        };
        let has_surname_twice = || match stretches.name.as_slice() {
            [forename, surname] => {
                let [forename, surname] = [forename, surname].map(|part| self.part(cells, part).unwrap_or_default());
                has_surname(forename, surname)
            }
            _ => false,
        };
        !first.is_empty()
            && first != stretches.first_heading
            && !self.value(cells, stretches.year).is_empty()
            && stretches.name.iter().all(is_part)
            && !has_surname_twice()
    }

    /// Writes a row in which some values are in quotation marks.
    pub(super) fn quoted_student(&mut self, cells: &[Span], stretches: &Stretches) {
        for (index, part) in stretches.name.iter().enumerate() {
            if index > 0 {
                self.out.push(b' ');
            }
            self.out.extend_from_slice(self.part(cells, part).unwrap_or_default());
        }
        for stretch in &stretches.list {
            let Stretch::Cells(first, last) = stretch else { continue };
            for cell in *first..=*last {
                let value = self.value(cells, cell);
                let mark: &[u8] = if value.contains(&b',') { b"\"" } else { b"" };
                for piece in [b",", mark, value, mark] {
                    self.out.extend_from_slice(piece);
                }
            }
        }
    }

    /// Returns the unchanged value of a cell of the export's row.
    fn value(&self, cells: &[Span], cell: usize) -> &'e [u8] {
        let (from, length) = cells.get(cell).copied().unwrap_or_default();
        self.export.decoded.text.get(from..from + length).unwrap_or_default()
    }

    /// Returns the first value that is not blank.
    fn part(&self, cells: &[Span], part: &[usize]) -> Option<&'e [u8]> {
        part.iter().map(|cell| self.value(cells, *cell)).find(|value| !value.is_empty())
    }

    /// Makes a username from the name at the start of a row, and inserts it after the name.
    fn make_username(&mut self, row: &Row<'_>, from: usize, name_length: usize) {
        let mut name = std::mem::take(&mut self.name);
        name.clear();
        let behind = self.out.split_off(from + name_length);
        let written = self.out.get(from..).unwrap_or_default();
        name.push_str(str::from_utf8(written).unwrap_or_default());
        self.out.push(b',');
        let username = self.out.len();
        self.out.extend_from_slice(name.as_bytes());
        let rest = self.out.len();
        self.out.extend_from_slice(&behind);
        self.add_suffix(row, &name, username, rest);
        self.name = name;
    }
}

/// Returns whether a value of a name is only a placeholder. A different column then supplies the name.
fn is_placeholder(text: &[u8]) -> bool {
    str::from_utf8(text).is_ok_and(is_no_name)
}

/// Returns whether a forename already contains the surname. A forename of one word, without a space or any letter
/// outside ASCII, does not.
#[inline(always)]
fn has_surname(forename: &[u8], surname: &[u8]) -> bool {
    let may_have_several_words = forename.iter().any(|byte| !byte.is_ascii_alphabetic());
    may_have_several_words && has_surname_at_last(forename, surname)
}

#[cold]
fn has_surname_at_last(forename: &[u8], surname: &[u8]) -> bool {
    match (str::from_utf8(forename), str::from_utf8(surname)) {
        (Ok(forename), Ok(surname)) => with_surname(forename, surname).is_some(),
        _ => false,
    }
}
