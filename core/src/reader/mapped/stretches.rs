//! Copies rows of plain cells, as nearly all rows are. Columns that are side by side in both texts are copied together,
//! as one stretch.

use super::writer::{Cell, Writer};
use crate::mapping::Target;
use crate::table::Row;

/// The columns to write after the name, or after the username if it is made from the name. Columns that are also side
/// by side in the export are copied together.
pub(super) struct Stretches {
    /// The cell of the year group. A row with a year group is a student.
    year: usize,
    list: Vec<Stretch>,
}

/// The first 512 bytes from the start of a row, which may include later rows. Pieces of the row are copied from here.
type Ahead = [u8; 512];

/// A row while it is written. Each short piece is copied as a block of fixed size, because that needs no branch on its
/// length.
pub(super) struct RowBuffer {
    bytes: [u8; Self::MOST],
    /// The number of bytes written, which is never more than `MOST`.
    filled: usize,
    /// Whether a piece was left out, because it would not fit.
    is_full: bool,
}

impl Default for RowBuffer {
    fn default() -> Self {
        Self { bytes: [0; Self::MOST], filled: 0, is_full: false }
    }
}

impl RowBuffer {
    const MOST: usize = 1024;
    const BLOCK: usize = 32;

    /// Adds the bytes of a row from one offset up to another, and the byte `then` after them.
    #[inline(always)]
    fn push(&mut self, ahead: &Ahead, (from, to): (usize, usize), then: u8) {
        let length = to.wrapping_sub(from);
        let piece = ahead.get(from..from + Self::BLOCK);
        let place = self.bytes.get_mut(self.filled..self.filled + Self::BLOCK);
        match (piece, place) {
            (Some(piece), Some(place)) if length < Self::BLOCK => {
                place.copy_from_slice(piece);
                place[length] = then;
                self.filled += length + 1;
            }
            _ => self.push_long(ahead.get(from..to), then),
        }
    }

    #[inline(never)]
    fn push_long(&mut self, piece: Option<&[u8]>, then: u8) {
        let Some(piece) = piece.filter(|piece| self.filled + piece.len() < Self::MOST) else {
            self.is_full = true;
            return;
        };
        let place = self.bytes.iter_mut().skip(self.filled);
        place.zip(piece.iter().chain([&then])).for_each(|(place, byte)| *place = *byte);
        self.filled += piece.len() + 1;
    }

    fn move_to(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.bytes[..self.filled]);
        self.filled = 0;
    }
}

enum Stretch {
    /// The cells of the export from the first index to the last, inclusive.
    Cells(usize, usize),
    /// Any other value, with the index of its target.
    Other(usize),
}

impl Stretches {
    /// Returns `None` if no single column has the year group, because then even a clean row may not be a student.
    pub(super) fn of(targets: &[(Target, Cell<'_>)], makes_usernames: bool) -> Option<Self> {
        let mut list: Vec<Stretch> = Vec::new();
        for (index, (_, cell)) in targets.iter().enumerate().skip(1 + usize::from(makes_usernames)) {
            match (cell, list.last_mut()) {
                (Cell::Column(cell), Some(Stretch::Cells(_, last))) if *cell == *last + 1 => *last = *cell,
                (Cell::Column(cell), _) => list.push(Stretch::Cells(*cell, *cell)),
                _ => list.push(Stretch::Other(index)),
            }
        }
        let year = targets.iter().find_map(|target| match target {
            (Target::YearGroup, Cell::Column(cell)) => Some(*cell),
            _ => None,
        });
        Some(Self { year: year?, list })
    }
}

impl Writer<'_> {
    /// Writes a row whose bytes need no closer look, and returns whether it did. It does not write rows that may not be
    /// students, that lack a part of the name, or that are very long.
    pub(super) fn clean_student(&mut self, row: &Row<'_>, stretches: &Stretches, line: &mut RowBuffer) -> bool {
        let first = row.bytes(0);
        let repeats_headings = self.export.headings.first().is_some_and(|heading| heading.trim().as_bytes() == first);
        if first.is_empty() || repeats_headings || row.bytes(stretches.year).is_empty() {
            return false;
        }
        let Some(ahead) = self.export.decoded.text.get(row.start..).and_then(<[u8]>::first_chunk) else { return false };
        (line.filled, line.is_full) = (0, false);
        let is_whole = match self.targets.first() {
            Some((_, Cell::Column(cell))) => {
                line.push(ahead, row.span(*cell, *cell), b',');
                line.filled > 1
            }
            Some((_, Cell::Joined(parts))) => parts.iter().enumerate().all(|(index, part)| {
                let text = part.iter().map(|cell| row.span(*cell, *cell)).find(|(from, to)| from < to);
                let then = if index + 1 == parts.len() { b',' } else { b' ' };
                text.map(|text| line.push(ahead, text, then)).is_some()
            }),
            _ => false,
        };
        if !is_whole || line.is_full {
            return false;
        }
        let name = line.filled - 1;
        let from = self.out.len();
        for stretch in &stretches.list {
            match stretch {
                Stretch::Cells(first, last) => line.push(ahead, row.span(*first, *last), b','),
                Stretch::Other(index) => {
                    line.move_to(&mut self.out);
                    self.target(*index, row);
                    line.push(ahead, (0, 0), b',');
                }
            }
        }
        if line.is_full {
            self.out.truncate(from);
            return false;
        }
        // There is no comma after the last value.
        line.filled -= 1;
        line.move_to(&mut self.out);
        if self.layout.makes_usernames {
            self.make_username(row, from, name);
        }
        true
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
