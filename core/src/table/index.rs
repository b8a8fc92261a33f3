//! Finds the ends of cells and rows in a text, and the bytes that send their row to the slow path. It examines 64 bytes
//! at a time as bit masks, and stores the offsets for one segment of the text.

use crate::simd::{BLOCK, Block, Level, Simd, dispatch};

/// The number of bytes that are indexed at a time. The number is so small that the lists stay in the first-level cache.
pub(super) const STRETCH: usize = 1 << 14;
/// The number of bytes for a text of up to [`SMALL`] bytes. The lists are filled with zeros once, and for the file of one
/// school that took a fifth of the time of reading.
const SMALL_STRETCH: usize = 1 << 12;
const SMALL: usize = 1 << 16;

/// The index of a text, from the row that is being read up to the offset `upto`.
#[derive(Debug)]
pub(super) struct TextIndex {
    delimiter: u8,
    /// The offset up to which the text is indexed.
    upto: usize,
    /// Whether the byte before `upto` ends a cell, and whether it is a space.
    before: PreviousBlock,
    /// The offset up to which we have checked that the text is UTF-8. `is_utf8` is the result.
    checked: usize,
    pub(super) is_utf8: bool,
    /// The offsets of the ends of cells: delimiters, LF, and CR without LF.
    pub(super) cells: Offsets,
    /// The offsets at which a row ends.
    pub(super) rows: Offsets,
    /// The offsets of bytes that send their row to the slow path. These are quotation marks, and `#` and `+`, which are
    /// signs of Excel's changes. They are also ampersands, which begin HTML codes, and apostrophes that begin a cell
    /// (see `table::write`). They are also spaces at the edge of a cell or after another space. Finally, they are all
    /// bytes except printable ASCII and Latin letters up to U+027F. These Latin letters are all composed and clean.
    pub(super) special: Offsets,
}

impl TextIndex {
    /// Creates an index that begins at an offset of the text.
    pub(super) fn new(text: &[u8], at: usize, delimiter: u8) -> Self {
        let mut index = Self {
            delimiter,
            upto: 0,
            before: PreviousBlock::default(),
            checked: at,
            is_utf8: true,
            cells: Offsets::default(),
            rows: Offsets::default(),
            special: Offsets::default(),
        };
        index.begin(text, at);
        index
    }

    /// Returns the offset up to which the text is indexed.
    pub(super) fn reaches(&self) -> usize {
        self.upto
    }

    /// Goes to an offset of the text. `forwards` says that the offset is not before the current offset.
    pub(super) fn seek(&mut self, text: &[u8], at: usize, forwards: bool) {
        if forwards && at <= self.upto {
            self.cells.leave_before(at);
            self.rows.leave_before(at);
            self.special.leave_before(at);
        } else {
            self.begin(text, at);
        }
    }

    /// Returns the ends of the values of a row with `count` values, and moves past the row. The last end is `content`,
    /// the offset at which the content of the row ends.
    #[inline(always)]
    pub(super) fn take_row(&mut self, count: usize, content: usize) -> &[u32] {
        self.rows.leave(1);
        self.cells.take(count, content)
    }

    /// Moves past `rows` rows that each have `cells` values and no unusual byte.
    #[inline(always)]
    pub(super) fn leave_rows(&mut self, rows: usize, cells: usize) {
        self.rows.leave(rows);
        self.cells.leave(rows * cells);
    }

    fn begin(&mut self, text: &[u8], at: usize) {
        for offsets in [&mut self.cells, &mut self.rows, &mut self.special] {
            offsets.clear();
        }
        self.upto = at;
        let before = at.checked_sub(1).and_then(|i| text.get(i)).copied();
        self.before = PreviousBlock {
            ends_cell: before.is_none_or(|b| b == self.delimiter || b == b'\n' || b == b'\r'),
            space: before == Some(b' '),
        };
    }

    /// Indexes the next segment, and returns whether there was one.
    #[inline(never)]
    pub(super) fn extend(&mut self, text: &[u8]) -> bool {
        let rest = text.get(self.upto..).unwrap_or_default();
        if rest.is_empty() {
            return false;
        }
        let most = if text.len() <= SMALL { SMALL_STRETCH } else { STRETCH };
        let (stretch, _) = rest.split_at(rest.len().min(most));
        for offsets in [&mut self.cells, &mut self.rows, &mut self.special] {
            offsets.make_room(stretch.len());
        }
        dispatch!(Level::new(), simd => self.add_stretch(simd, stretch, rest));
        // Check the stretch while it is still in the cache.
        self.check(text, self.upto);
        true
    }

    /// Checks that the text is UTF-8 up to an offset, unless it was checked before.
    pub(super) fn check(&mut self, text: &[u8], upto: usize) {
        let is_inside = |at: &usize| text.get(*at).is_some_and(|byte| byte & 0b1100_0000 == 0b1000_0000);
        // We cut no letter in two. A letter has at most three bytes after its first.
        let end = (0..4).map(|back| upto.saturating_sub(back)).find(|at| !is_inside(at)).unwrap_or(upto);
        if self.is_utf8 && end > self.checked {
            self.is_utf8 =
                text.get(self.checked..end).is_some_and(|stretch| simdutf8::basic::from_utf8(stretch).is_ok());
            self.checked = end;
        }
    }

    /// Marks the whole text as checked, because it is known to be UTF-8.
    pub(super) fn is_checked(&mut self) {
        self.checked = usize::MAX;
    }

    /// Adds the results of another index, which began at this index's offset.
    pub(super) fn go_on_from(&mut self, other: &Self) {
        self.is_utf8 &= other.is_utf8;
        self.checked = self.checked.max(other.checked);
    }

    /// Adds the next segment of the text. `rest` begins with the segment.
    #[inline(always)]
    fn add_stretch<S: Simd>(&mut self, simd: S, stretch: &[u8], rest: &[u8]) {
        let (blocks, last) = stretch.as_chunks::<BLOCK>();
        for (number, block) in blocks.iter().enumerate() {
            let next = rest.get((number + 1) * BLOCK).copied();
            self.add(simd, block, next);
        }
        if last.is_empty() {
            return;
        }
        // This is the end of the text, because every other stretch consists of whole blocks.
        let end = self.upto + last.len();
        let mut block = [b'x'; BLOCK];
        for (target, byte) in block.iter_mut().zip(last) {
            *target = *byte;
        }
        self.add(simd, &block, None);
        self.upto = end;
        // A space at the very end is at the edge of a cell too.
        if last.last() == Some(&b' ') {
            self.special.put_few(end - 1, 1);
        }
    }

    /// Stores the masks of a block as offsets. `next` is the byte after the block. For example, a CR at the end of the
    /// block ends a cell only if `next` is not an LF.
    #[inline(always)]
    fn add<S: Simd>(&mut self, simd: S, block: &[u8; BLOCK], next: Option<u8>) {
        let Masks { delimiters, lf, cr, spaces, doubtful } = Masks::of(simd, block, self.delimiter);
        let ends = delimiters | lf | cr;
        let after_end = ends << 1 | u64::from(self.before.ends_cell);
        let after_space = spaces << 1 | u64::from(self.before.space);
        let mut special = (spaces & (after_end | after_space)) | (ends & after_space);
        if doubtful & !(spaces | ends) != 0 {
            special |= special_among(block, doubtful & !(spaces | ends), after_end, next);
        }
        // A CR before an LF does not end anything by itself.
        let before_lf = lf >> 1 | u64::from(next == Some(b'\n')) << (BLOCK - 1);
        let rows = lf | (cr & !before_lf);

        let at = self.upto;
        self.cells.put::<9>(at, delimiters | rows);
        self.rows.put_two(at, rows);
        self.special.put_few(at, special);
        self.before = PreviousBlock { ends_cell: ends >> (BLOCK - 1) == 1, space: spaces >> (BLOCK - 1) == 1 };
        self.upto += BLOCK;
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct PreviousBlock {
    ends_cell: bool,
    space: bool,
}

/// Offsets in a text, in order. The offsets of rows that have been read are before `first`.
#[derive(Debug, Default)]
pub(super) struct Offsets {
    list: Vec<u32>,
    first: usize,
    end: usize,
}

impl Offsets {
    /// Returns the remaining offsets.
    #[inline(always)]
    pub(super) fn ahead(&self) -> &[u32] {
        self.list.get(self.first..self.end).unwrap_or_default()
    }

    #[inline(always)]
    pub(super) fn ahead_mut(&mut self) -> &mut [u32] {
        self.list.get_mut(self.first..self.end).unwrap_or_default()
    }

    /// Returns the next offset.
    #[inline(always)]
    pub(super) fn first(&self) -> Option<u32> {
        self.ahead().first().copied()
    }

    /// Returns the next `count` offsets, and replaces the last one with `last`. The list always has space for `last`.
    #[inline(always)]
    fn take(&mut self, count: usize, last: usize) -> &[u32] {
        let from = self.first;
        self.leave(count);
        let taken = self.list.get_mut(from..from + count).unwrap_or_default();
        if let Some(end) = taken.last_mut() {
            *end = last as u32;
        }
        taken
    }

    #[inline(always)]
    fn leave(&mut self, count: usize) {
        self.first = self.end.min(self.first + count);
    }

    #[inline(always)]
    pub(super) fn leave_before(&mut self, at: usize) {
        while self.first().is_some_and(|offset| (offset as usize) < at) {
            self.first += 1;
        }
    }

    fn clear(&mut self) {
        (self.first, self.end) = (0, 0);
    }

    /// Removes the offsets that were passed, and makes space for the largest possible number of offsets in a segment of
    /// this length. Additional space is for offsets that `put` writes and then overwrites.
    fn make_room(&mut self, stretch: usize) {
        self.list.copy_within(self.first..self.end, 0);
        self.end -= self.first;
        self.first = 0;
        let most = self.end + stretch + 2 * BLOCK;
        if self.list.len() < most {
            self.list.resize(most, 0);
        }
    }

    /// Adds the offset of every set bit, counted from the offset `from`. In most blocks, at most `USUAL` bits are set.
    ///
    /// It is faster to write extra offsets, which the next call overwrites, than to test each bit.
    #[inline(always)]
    fn put<const USUAL: usize>(&mut self, from: usize, mut bits: u64) {
        let Some(room) = self.list.get_mut(self.end..).and_then(|room| room.first_chunk_mut::<{ 2 * BLOCK }>()) else {
            return;
        };
        let count = bits.count_ones() as usize;
        let mut written = 0;
        loop {
            for offset in &mut room[written..written + USUAL] {
                *offset = from as u32 + bits.trailing_zeros();
                bits &= bits.wrapping_sub(1);
            }
            written += USUAL;
            if written >= count {
                break;
            }
        }
        self.end += count;
    }

    /// Adds the offset of every set bit. In most blocks, at most two bits are set, in no pattern that the processor
    /// could predict.
    #[inline(always)]
    fn put_two(&mut self, from: usize, bits: u64) {
        let others = bits & bits.wrapping_sub(1);
        let more = others & others.wrapping_sub(1);
        if let Some(room) = self.list.get_mut(self.end..).and_then(|room| room.first_chunk_mut()) {
            *room = [from as u32 + bits.trailing_zeros(), from as u32 + others.trailing_zeros()];
        }
        self.end += usize::from(bits != 0) + usize::from(others != 0);
        if more != 0 {
            self.put_few(from, more);
        }
    }

    /// Adds the offset of every set bit. In most blocks, no bit is set.
    #[inline(always)]
    fn put_few(&mut self, from: usize, mut bits: u64) {
        while bits != 0 {
            if let Some(offset) = self.list.get_mut(self.end) {
                *offset = from as u32 + bits.trailing_zeros();
            }
            self.end += 1;
            bits &= bits - 1;
        }
    }
}

/// The positions of certain bytes in a block, as one bit for each byte.
struct Masks {
    delimiters: u64,
    lf: u64,
    cr: u64,
    spaces: u64,
    /// The bytes that are possibly special: bytes up to `+`, and bytes from DEL.
    doubtful: u64,
}

impl Masks {
    #[inline(always)]
    fn of<S: Simd>(simd: S, block: &[u8; BLOCK], delimiter: u8) -> Self {
        let block = Block::new(simd, block);
        Self {
            delimiters: block.is(delimiter),
            lf: block.is(b'\n'),
            cr: block.is(b'\r'),
            spaces: block.is(b' '),
            doubtful: block.is_outside(b'+' + 1, 0x7F - 1),
        }
    }
}

/// Returns the bytes of a block that are really special. Few blocks have such a byte. `next` is the byte after the
/// block.
#[inline(never)]
fn special_among(block: &[u8; BLOCK], doubtful: u64, after_end: u64, next: Option<u8>) -> u64 {
    let mut special = 0;
    let mut left = doubtful;
    while left != 0 {
        let bit = left.trailing_zeros();
        let is_special = match block[bit as usize % BLOCK] {
            b'\'' => after_end >> bit & 1 == 1,
            // C3 82 and C3 83 are `Â` and `Ã`. If UTF-8 is read as single bytes, the first byte of a letter becomes one
            // of these two. A C3 at the end of the text has no next byte, so it counts as special too.
            0xC3 => block.get(bit as usize + 1).copied().or(next).is_none_or(|next| matches!(next, 0x82 | 0x83)),
            b'!' | b'$' | b'%' | b'('..=b'*' | 0x80..=0xC1 | 0xC4..=0xC9 => false,
            _ => true,
        };
        special |= u64::from(is_special) << bit;
        left &= left - 1;
    }
    special
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(text: &str) -> [String; 3] {
        let mut index = TextIndex::new(text.as_bytes(), 0, b',');
        while index.extend(text.as_bytes()) {}
        let show = |offsets: &Offsets| {
            (0..text.len()).map(|i| if offsets.ahead().contains(&(i as u32)) { '^' } else { '.' }).collect()
        };
        [show(&index.cells), show(&index.rows), show(&index.special)]
    }

    #[test]
    fn finds_cell_ends_at_delimiters_and_row_ends_at_line_ends() {
        let [cells, rows, _] = marks("a,b\"c\r\nd\re\n");
        assert_eq!(cells, ".^....^.^.^");
        assert_eq!(rows, "......^.^.^");
    }

    #[test]
    fn marks_bytes_that_need_a_full_check() {
        assert_eq!(marks(" a,b ,c  d,'e,f'g,\u{e9}\u{27f}\u{280}\u{a0}\t+\"#")[2], "^....^..^..^..........^.^.^^^^");
        assert_eq!(marks("a ")[2], ".^");
    }

    #[test]
    fn loses_no_cell_or_row_end_at_a_block_boundary() {
        let text = "ab,cd \n".repeat(STRETCH / 3);
        let mut index = TextIndex::new(text.as_bytes(), 0, b',');
        let mut rows = 0;
        loop {
            while let Some(end) = index.rows.first() {
                assert_eq!(end as usize, rows * 7 + 6);
                assert_eq!(index.cells.ahead()[..2], [end - 4, end]);
                assert_eq!(index.special.first(), Some(end));
                rows += 1;
                index.seek(text.as_bytes(), end as usize + 1, true);
            }
            if !index.extend(text.as_bytes()) {
                break;
            }
        }
        assert_eq!(rows, STRETCH / 3);
    }

    #[test]
    fn finds_the_same_cell_and_row_ends_from_any_start_offset() {
        let text = " a, b,'c\n 'd\r'e,f  g\r\n'h, 'i,j\n".repeat(4);
        let [cells, rows, special] = marks(&text);
        for at in 0..text.len() {
            let mut index = TextIndex::new(text.as_bytes(), at, b',');
            while index.extend(text.as_bytes()) {}
            for (offsets, all) in [(&index.cells, &cells), (&index.rows, &rows), (&index.special, &special)] {
                let expected: Vec<u32> =
                    (at..text.len()).filter(|i| all.as_bytes()[*i] == b'^').map(|i| i as u32).collect();
                assert_eq!(offsets.ahead(), expected, "from {at}");
            }
        }
        // The result also does not depend on where the blocks of the index end.
        for shift in 0..BLOCK {
            let shifted = marks(&("x".repeat(shift) + &text[1..]));
            for (shifted, all) in shifted.iter().zip([&cells, &rows, &special]) {
                assert_eq!(shifted[shift..], all[1..], "by {shift}");
            }
        }
    }

    /// Checks letters of one to four bytes, for every end of a segment and every offset of a check.
    #[test]
    fn finds_invalid_utf_8_that_crosses_a_block_boundary() {
        let letters = "aé€😀";
        let is_utf8 = |text: &[u8], stops: &[usize]| {
            let mut index = TextIndex::new(text, 0, b',');
            stops.iter().chain([&text.len()]).for_each(|stop| index.check(text, *stop));
            index.is_utf8
        };
        let text = letters.repeat(3);
        for stop in 0..=text.len() {
            for second in stop..=text.len() {
                assert!(is_utf8(text.as_bytes(), &[stop, second]));
                for at in 0..text.len() {
                    let mut broken = text.clone().into_bytes();
                    broken[at] ^= 0x80;
                    assert_eq!(is_utf8(&broken, &[stop, second]), str::from_utf8(&broken).is_ok(), "{at} {stop}");
                }
            }
        }
        for (shift, times) in (0..4).flat_map(|shift| [(shift, STRETCH / 5), (shift, SMALL / 3)]) {
            let text = "x".repeat(shift) + &letters.repeat(times);
            let mut index = TextIndex::new(text.as_bytes(), 0, b',');
            while index.extend(text.as_bytes()) {}
            assert!(index.is_utf8 && index.checked == text.len());
            for at in [STRETCH - 3, STRETCH - 1, STRETCH, STRETCH + 2, text.len() - 1] {
                let mut broken = text.clone().into_bytes();
                broken[at] = 0xFF;
                let mut index = TextIndex::new(&broken, 0, b',');
                while index.extend(&broken) {}
                assert!(!index.is_utf8, "{at}");
            }
        }
    }

    #[test]
    fn stores_each_cell_end_row_end_and_special_byte_once() {
        // Texts of up to `SMALL` bytes are indexed in smaller segments.
        let lengths = [3 * STRETCH + 5, SMALL, SMALL + 1, 5 * STRETCH + 5];
        for text in [",", "\n", "#"].into_iter().flat_map(|byte| lengths.map(|length| byte.repeat(length))) {
            let mut index = TextIndex::new(text.as_bytes(), 0, b',');
            while index.extend(text.as_bytes()) {}
            let found = [&index.cells, &index.rows, &index.special].map(|offsets| offsets.ahead().len());
            assert!(found.contains(&text.len()), "{found:?}");
            assert!(found.iter().all(|found| [0, text.len()].contains(found)), "{found:?}");
        }
    }
}
