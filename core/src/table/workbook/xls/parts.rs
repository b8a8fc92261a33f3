//! Reads the texts of an `.xls` file that continue from one record to the next.

/// The parts of texts that continue from record to record.
pub(super) struct Parts<'p> {
    pub(super) parts: &'p [&'p [u8]],
    pub(super) part: usize,
    pub(super) at: usize,
}

impl Parts<'_> {
    /// Moves to the next record, if the current record has ended. Returns whether it moved.
    pub(super) fn go_on(&mut self) -> bool {
        let mut has_moved = false;
        while self.parts.get(self.part).is_some_and(|part| self.at >= part.len()) {
            self.at -= self.parts.get(self.part).map_or(0, |part| part.len());
            self.part += 1;
            has_moved = true;
        }
        has_moved
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.go_on();
        let byte = *self.parts.get(self.part)?.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    pub(super) fn number(&mut self, bytes: u32) -> Option<u32> {
        (0..bytes).try_fold(0, |number, index| Some(number | u32::from(self.byte()?) << (8 * index)))
    }

    pub(super) fn skip(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes);
        self.go_on();
    }

    /// Adds `count` letters to `out`. If the letters continue in another record, that record says again whether its
    /// letters are wide.
    pub(super) fn letters(&mut self, count: usize, mut is_wide: bool, out: &mut Vec<u8>) {
        let mut put = |c: char| out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        let mut high = None;
        for _ in 0..count {
            if self.go_on() {
                match self.byte() {
                    Some(flags) => is_wide = flags & 1 != 0,
                    None => return,
                }
            }
            let unit = if is_wide { self.number(2) } else { self.byte().map(u32::from) };
            let Some(unit) = unit else { return };
            let pair = high.take().map(|high: u32| (high, unit));
            match (pair, unit) {
                (Some((high, low @ 0xDC00..=0xDFFF)), _) => {
                    let c = 0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00);
                    put(char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER));
                    continue;
                }
                (Some(_), _) => put(char::REPLACEMENT_CHARACTER),
                (None, _) => {}
            }
            match unit {
                0xD800..=0xDBFF => high = Some(unit),
                unit => put(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)),
            }
        }
        if high.is_some() {
            put(char::REPLACEMENT_CHARACTER);
        }
    }
}
