//! Sixty-four bytes at a time as bit masks: where cells and rows end, where a quote is, and where
//! a byte is that plain, tidy ASCII text does not have.

use wide::u8x16;

pub(super) const BLOCK: usize = 64;

/// What is where in 64 bytes; bit 0 is the first byte.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mask {
    /// Delimiters, LF, CR without LF, and quotes: what the fast lane stops at.
    pub(super) stops: u64,
    /// A byte for which a row needs a closer look: not printable ASCII, a space at the edge of a
    /// cell or after another, or an apostrophe that begins a cell (see `sheet::write`).
    pub(super) odd: u64,
}

/// What the next block must know of the byte before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Before {
    ends_cell: bool,
    space: bool,
}

impl Before {
    /// For a block that follows this byte; `None` is the beginning of the file.
    pub(super) fn of(byte: Option<u8>, delimiter: u8) -> Self {
        Self { ends_cell: byte.is_none_or(|b| b == delimiter || b == b'\n' || b == b'\r'), space: byte == Some(b' ') }
    }
}

/// The masks of a block. `next` is the byte after it, for a CR at its end.
#[inline]
pub(super) fn mask(block: &[u8; BLOCK], delimiter: u8, before: &mut Before, next: Option<u8>) -> Mask {
    let lanes = lanes(block);
    let is = |byte: u8| bits(&lanes, |lane| lane.simd_eq(u8x16::splat(byte)));
    let (delimiters, lf, cr, quotes, spaces) = (is(delimiter), is(b'\n'), is(b'\r'), is(b'"'), is(b' '));
    let low = bits(&lanes, |lane| lane.min(u8x16::splat(0x1F)).simd_eq(lane));
    let high = bits(&lanes, |lane| lane.max(u8x16::splat(0x7F)).simd_eq(lane));

    let ends = delimiters | lf | cr;
    let after_end = ends << 1 | u64::from(before.ends_cell);
    let after_space = spaces << 1 | u64::from(before.space);
    let apostrophes = is(b'\'') & after_end;
    let stray = (spaces & (after_end | after_space)) | (ends & after_space);
    // A CR that an LF follows ends nothing by itself.
    let before_lf = lf >> 1 | u64::from(next == Some(b'\n')) << (BLOCK - 1);

    *before = Before { ends_cell: ends >> (BLOCK - 1) == 1, space: spaces >> (BLOCK - 1) == 1 };
    Mask { stops: delimiters | lf | (cr & !before_lf) | quotes, odd: (low & !ends) | high | stray | apostrophes }
}

#[inline]
fn lanes(block: &[u8; BLOCK]) -> [u8x16; 4] {
    let (parts, _) = block.as_chunks::<16>();
    std::array::from_fn(|lane| u8x16::new(parts[lane]))
}

#[inline]
fn bits(lanes: &[u8x16; 4], test: impl Fn(u8x16) -> u8x16) -> u64 {
    let mut bits = 0;
    for (place, lane) in lanes.iter().enumerate() {
        bits |= u64::from(test(*lane).to_bitmask()) << (16 * place);
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(text: &str) -> (String, String) {
        let mut block = [b'x'; BLOCK];
        block[..text.len()].copy_from_slice(text.as_bytes());
        let mask = mask(&block, b',', &mut Before::of(None, b','), None);
        let show = |bits: u64| (0..text.len()).map(|i| if bits >> i & 1 == 1 { '^' } else { '.' }).collect();
        (show(mask.stops), show(mask.odd))
    }

    #[test]
    fn stops_are_ends_and_quotes() {
        assert_eq!(marks("a,b\"c\r\nd\re\n").0, ".^.^..^.^.^");
    }

    #[test]
    fn odd_is_what_is_not_plain() {
        assert_eq!(marks(" a,b ,c  d,'e,f'g,\u{e9}\t").1, "^....^..^..^......^^^");
    }
}
