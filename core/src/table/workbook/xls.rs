//! Reads workbooks from Excel 5 to 2003 (`.xls`), and chooses the encoding of their texts. Such a file is a stream of
//! records, each with its kind and its length.
//!
//! We never read past the end of a record. Cells may be in any order, so they are sorted before they are written.

mod parts;

use self::parts::Parts;
use super::numbers::Format;
use super::shared_strings::Texts;
use super::{Bounds, Budget, Fault, MOST_SHEETS, SheetName, SheetText};
use crate::text::{
    CodePage, MAC_ROMAN, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1254, WINDOWS_1257,
};

const TOO_OLD: Fault =
    Fault::Not("this workbook is of Excel 4 or older; open it in Excel, save it as .xlsx and upload that");

/// The kinds of records that are read.
mod kind {
    pub(super) const FORMULA: u16 = 0x0006;
    pub(super) const EOF: u16 = 0x000A;
    pub(super) const DATE_MODE: u16 = 0x0022;
    pub(super) const FILE_PASS: u16 = 0x002F;
    pub(super) const CONTINUE: u16 = 0x003C;
    pub(super) const CODE_PAGE: u16 = 0x0042;
    pub(super) const COLUMNS: u16 = 0x007D;
    pub(super) const SHEET: u16 = 0x0085;
    pub(super) const MANY_NUMBERS: u16 = 0x00BD;
    pub(super) const RICH_LABEL: u16 = 0x00D6;
    pub(super) const STYLE: u16 = 0x00E0;
    pub(super) const MERGED: u16 = 0x00E5;
    pub(super) const TEXTS: u16 = 0x00FC;
    pub(super) const SHARED_LABEL: u16 = 0x00FD;
    pub(super) const FLOAT: u16 = 0x0203;
    pub(super) const LABEL: u16 = 0x0204;
    pub(super) const FLAG: u16 = 0x0205;
    pub(super) const TEXT: u16 = 0x0207;
    pub(super) const ROW: u16 = 0x0208;
    pub(super) const NUMBER: u16 = 0x027E;
    pub(super) const FORMAT: u16 = 0x041E;
    pub(super) const BOF: u16 = 0x0809;
}

/// An open workbook.
pub(super) struct Xls {
    stream: Vec<u8>,
    starts: Vec<usize>,
    is_1904: bool,
    /// Whether texts are Unicode, as in Excel 97 and later.
    is_unicode: bool,
    encoding: &'static CodePage,
    formats: Vec<Format>,
    texts: Texts,
}

/// The kind of a record, and its content.
type BiffRecord<'s> = (u16, &'s [u8]);

/// An iterator over the records of a stream from an offset.
struct BiffRecords<'s> {
    stream: &'s [u8],
    at: usize,
}

impl<'s> Iterator for BiffRecords<'s> {
    type Item = BiffRecord<'s>;

    fn next(&mut self) -> Option<BiffRecord<'s>> {
        let kind = u16_at(self.stream, self.at)?;
        let length = usize::from(u16_at(self.stream, self.at + 2)?);
        let start = self.at + 4;
        self.at = start + length;
        Some((kind, self.stream.get(start..self.at)?))
    }
}

impl<'s> BiffRecords<'s> {
    /// Returns the parts of a value that continues in the records after this one.
    fn continued(&mut self, first: &'s [u8]) -> Vec<&'s [u8]> {
        let mut parts = vec![first];
        while u16_at(self.stream, self.at) == Some(kind::CONTINUE) {
            parts.extend(self.next().map(|(_, part)| part));
        }
        parts
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

impl Xls {
    pub(super) fn open(stream: Vec<u8>, bounds: &Bounds) -> Result<(Self, Vec<SheetName>), Fault> {
        let mut xls = Self {
            stream: Vec::new(),
            starts: Vec::new(),
            is_1904: false,
            is_unicode: true,
            encoding: &WINDOWS_1252,
            formats: Vec::new(),
            texts: Texts::default(),
        };
        let sheets = xls.read_globals(&stream, bounds)?;
        xls.stream = stream;
        Ok((xls, sheets))
    }

    fn read_globals(&mut self, stream: &[u8], bounds: &Bounds) -> Result<Vec<SheetName>, Fault> {
        let mut records = BiffRecords { stream, at: 0 };
        let (first, version) = records.next().ok_or(Fault::DAMAGED)?;
        self.is_unicode = match (first, u16_at(version, 0)) {
            (kind::BOF, Some(0x0600)) => true,
            (kind::BOF, Some(0x0500)) => false,
            (0x0009 | 0x0209 | 0x0409, _) | (kind::BOF, Some(0x0400)) => return Err(TOO_OLD),
            _ => return Err(Fault::DAMAGED),
        };
        let (mut sheets, mut codes) = (Vec::new(), std::collections::HashMap::new());
        let mut styles = Vec::new();
        while let Some((kind, record)) = records.next() {
            match kind {
                kind::FILE_PASS => return Err(Fault::Protected),
                kind::DATE_MODE => self.is_1904 = u16_at(record, 0) == Some(1),
                kind::CODE_PAGE => self.encoding = encoding(u16_at(record, 0).unwrap_or(0)),
                kind::FORMAT => {
                    if let Some(id) = u16_at(record, 0) {
                        codes.insert(id, self.string(record.get(2..).unwrap_or_default(), !self.is_unicode));
                    }
                }
                kind::STYLE => styles.push(u16_at(record, 2).unwrap_or(0)),
                kind::SHEET if record.get(5) == Some(&0) => {
                    if sheets.len() == MOST_SHEETS {
                        return Err(Fault::TooMany(MOST_SHEETS as u64, "sheets"));
                    }
                    let is_hidden = record.get(4).is_some_and(|state| state & 3 != 0);
                    let name = self.string(record.get(6..).unwrap_or_default(), true);
                    sheets.push(SheetName { name, is_hidden });
                    self.starts.push(u32_at(record, 0).ok_or(Fault::DAMAGED)? as usize);
                }
                kind::TEXTS => {
                    let parts = records.continued(record);
                    self.read_texts(&parts, bounds.kept)?;
                }
                kind::EOF => break,
                _ => {}
            }
        }
        let format = |id: &u16| codes.get(id).map_or_else(|| Format::built_in(u32::from(*id)), |code| Format::of(code));
        self.formats = styles.iter().map(format).collect();
        Ok(sheets)
    }

    /// Reads a text: first its length, in one byte or two, and then its letters.
    fn string(&self, bytes: &[u8], is_short: bool) -> String {
        let length = if is_short { bytes.first().map(|byte| u16::from(*byte)) } else { u16_at(bytes, 0) };
        let rest = bytes.get(if is_short { 1 } else { 2 }..).unwrap_or_default();
        let length = usize::from(length.unwrap_or(0));
        if !self.is_unicode {
            let text = rest.get(..length.min(rest.len())).unwrap_or_default();
            return text.iter().map(|byte| self.encoding.letter(*byte)).collect();
        }
        let mut out = Vec::new();
        let mut parts = Parts { parts: &[rest], part: 0, at: 0 };
        let is_wide = parts.byte().is_some_and(|flags| flags & 1 != 0);
        parts.letters(length, is_wide, &mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    /// Reads the texts that cells share.
    fn read_texts(&mut self, parts: &[&[u8]], most: usize) -> Result<(), Fault> {
        let mut parts = Parts { parts, part: 0, at: 0 };
        parts.skip(4);
        let count = parts.number(4).unwrap_or(0);
        for _ in 0..count {
            let (Some(length), Some(flags)) = (parts.number(2), parts.byte()) else { break };
            let runs = if flags & 8 != 0 { parts.number(2).unwrap_or(0) } else { 0 };
            let more = if flags & 4 != 0 { parts.number(4).unwrap_or(0) } else { 0 };
            parts.letters(length as usize, flags & 1 != 0, self.texts.end());
            parts.skip(runs as usize * 4 + more as usize);
            self.texts.push(most)?;
        }
        Ok(())
    }

    pub(super) fn read(&self, sheet: usize, to: &mut SheetText, budget: &mut Budget<'_>) -> Result<(), Fault> {
        let at = *self.starts.get(sheet).ok_or(Fault::DAMAGED)?;
        let mut found = SheetRecords { book: self, cells: Vec::new(), own: Vec::new(), hidden: Vec::new() };
        found.read(BiffRecords { stream: &self.stream, at }, to, budget)?;
        found.put(to)
    }
}

/// The content of the records of a sheet.
struct SheetRecords<'x> {
    book: &'x Xls,
    /// The row, the column and the text of each cell.
    cells: Vec<(u16, u16, XlsText)>,
    own: Vec<u8>,
    hidden: Vec<u16>,
}

#[derive(Debug, Clone, Copy)]
enum XlsText {
    Shared(u32),
    /// The start and the end of the text in `own`.
    Own(u32, u32),
}

impl SheetRecords<'_> {
    fn read(&mut self, records: BiffRecords<'_>, to: &mut SheetText, budget: &mut Budget<'_>) -> Result<(), Fault> {
        let mut depth = 0_usize;
        // The cell of a formula whose value is a text in the next record.
        let mut awaited = None;
        for (kind, record) in records {
            budget.take(record.len())?;
            to.check(self.own.len())?;
            match kind {
                kind::BOF => depth += 1,
                kind::EOF if depth <= 1 => return Ok(()),
                kind::EOF => depth -= 1,
                // Charts on the sheet have their own cells, which are skipped.
                _ if depth > 1 => {}
                kind::ROW if record.get(12).is_some_and(|options| options & 0x20 != 0) => {
                    self.hidden.extend(u16_at(record, 0));
                }
                kind::COLUMNS if record.get(8).is_some_and(|options| options & 1 != 0) => {
                    if let (Some(first), Some(last)) = (u16_at(record, 0), u16_at(record, 2)) {
                        to.hide_columns(first.into(), last.into());
                    }
                }
                kind::MERGED => {
                    for merged in record.get(2..).unwrap_or_default().as_chunks::<8>().0 {
                        let [first, last, column, _] =
                            [0, 2, 4, 6].map(|at| u32::from(u16_at(merged, at).unwrap_or(0)));
                        to.merge(column, first, last);
                    }
                }
                kind::TEXT => {
                    let text = self.book.string(record, false);
                    if let Some((row, column)) = awaited.take() {
                        self.add(row, column, text.as_bytes());
                    }
                }
                kind::MANY_NUMBERS => self.many_numbers(record),
                _ => {
                    let Some(((row, column), style)) = cell_and_style(record) else { continue };
                    let rest = record.get(6..).unwrap_or_default();
                    if let Some(next) = self.cell(kind, [row, column, style], rest) {
                        awaited = next;
                    }
                }
            }
        }
        Ok(())
    }

    /// Stores a cell. Returns `None` if the record is not a cell. Returns the cell's position if it is a formula whose
    /// text is in the next record.
    fn cell(&mut self, kind: u16, [row, column, style]: [u16; 3], rest: &[u8]) -> Option<Option<(u16, u16)>> {
        match kind {
            kind::FLOAT => self.number(row, column, style, f64::from_le_bytes(*rest.first_chunk()?)),
            kind::NUMBER => self.number(row, column, style, short_number(u32_at(rest, 0)?)),
            kind::SHARED_LABEL => self.cells.push((row, column, XlsText::Shared(u32_at(rest, 0)?))),
            kind::LABEL | kind::RICH_LABEL => {
                let text = self.book.string(rest, false);
                self.add(row, column, text.as_bytes());
            }
            kind::FLAG => self.flag(row, column, *rest.first()?, rest.get(1) == Some(&1)),
            kind::FORMULA => match (rest.first()?, rest.get(6..8)?) {
                (0, [0xFF, 0xFF]) => return Some(Some((row, column))),
                (kind @ (1 | 2), [0xFF, 0xFF]) => self.flag(row, column, *rest.get(2)?, *kind == 2),
                (_, [0xFF, 0xFF]) => {}
                _ => self.number(row, column, style, f64::from_le_bytes(*rest.first_chunk()?)),
            },
            _ => return None,
        }
        Some(None)
    }

    fn many_numbers(&mut self, record: &[u8]) {
        let (Some(row), Some(first)) = (u16_at(record, 0), u16_at(record, 2)) else { return };
        let numbers = record.get(4..record.len().saturating_sub(2)).unwrap_or_default();
        for (column, number) in (first..).zip(numbers.as_chunks::<6>().0) {
            let (style, number) = (u16_at(number, 0).unwrap_or(0), u32_at(number, 2).unwrap_or(0));
            self.number(row, column, style, short_number(number));
        }
    }

    fn number(&mut self, row: u16, column: u16, style: u16, number: f64) {
        let mut shown = String::new();
        let format = self.book.formats.get(usize::from(style)).unwrap_or(&Format::General);
        format.show(number, self.book.is_1904, &mut shown);
        self.add(row, column, shown.as_bytes());
    }

    fn flag(&mut self, row: u16, column: u16, value: u8, is_error: bool) {
        let text: &[u8] = match (is_error, value) {
            (false, 0) => b"FALSE",
            (false, _) => b"TRUE",
            (true, 0x00) => b"#NULL!",
            (true, 0x07) => b"#DIV/0!",
            (true, 0x0F) => b"#VALUE!",
            (true, 0x17) => b"#REF!",
            (true, 0x1D) => b"#NAME?",
            (true, 0x24) => b"#NUM!",
            (true, _) => b"#N/A",
        };
        self.add(row, column, text);
    }

    fn add(&mut self, row: u16, column: u16, text: &[u8]) {
        let start = self.own.len() as u32;
        self.own.extend_from_slice(text);
        self.cells.push((row, column, XlsText::Own(start, self.own.len() as u32)));
    }

    fn put(mut self, to: &mut SheetText) -> Result<(), Fault> {
        if !self.cells.is_sorted_by_key(|(row, column, _)| (*row, *column)) {
            self.cells.sort_by_key(|(row, column, _)| (*row, *column));
        }
        self.hidden.sort_unstable();
        let mut last = None;
        for (index, (row, column, text)) in self.cells.iter().enumerate() {
            // If a cell has two records, the later one counts.
            if self.cells.get(index + 1).is_some_and(|next| (next.0, next.1) == (*row, *column)) {
                continue;
            }
            if last != Some(*row) && !to.go_to(u32::from(*row), self.hidden.binary_search(row).is_ok())? {
                return Ok(());
            }
            last = Some(*row);
            let text = match text {
                XlsText::Shared(index) => self.book.texts.get(*index as usize).ok_or(Fault::DAMAGED)?,
                XlsText::Own(start, end) => self.own.get(*start as usize..*end as usize).unwrap_or_default(),
            };
            to.cell(u32::from(*column), text)?;
        }
        Ok(())
    }
}

/// Returns the row, the column and the style from the record of a cell.
fn cell_and_style(record: &[u8]) -> Option<((u16, u16), u16)> {
    Some(((u16_at(record, 0)?, u16_at(record, 2)?), u16_at(record, 4)?))
}

/// Reads a number in 30 bits. Two further bits say how to read it.
fn short_number(bits: u32) -> f64 {
    let number = match bits & 2 {
        0 => f64::from_bits(u64::from(bits & !3) << 32),
        _ => f64::from(bits as i32 >> 2),
    };
    if bits & 1 != 0 { number / 100.0 } else { number }
}

fn encoding(page: u16) -> &'static CodePage {
    match page {
        1250 => &WINDOWS_1250,
        1251 => &WINDOWS_1251,
        1253 => &WINDOWS_1253,
        1254 => &WINDOWS_1254,
        1257 => &WINDOWS_1257,
        10_000 | 0x8000 => &MAC_ROMAN,
        _ => &WINDOWS_1252,
    }
}
