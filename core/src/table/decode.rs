//! Decodes the bytes of a file into text: UTF-8, UTF-16, or an older encoding that `single_byte.rs` chooses. If the
//! file is not text, says what kind of file it is, such as a PDF or a web page.

use std::borrow::Cow;

use memchr::memmem;

use super::dialect::{Dialect, Moves};
use super::rearranged::Rearranged;
use super::single_byte::SingleByte;
use crate::column::Column;

/// A file as text.
#[derive(Debug)]
pub(crate) struct Decoded {
    /// The text, which is UTF-8 or assumed to be UTF-8.
    pub(crate) text: Vec<u8>,
    /// The offset at which the text begins, after any byte order mark.
    pub(crate) start: usize,
    pub(crate) source: TextSource,
    /// Whether a DOS end mark or NULs were cut from the end of the file.
    pub(crate) had_end_mark: bool,
}

/// The way in which a text was made from its file. It is needed to turn offsets in the text into offsets in the file.
#[derive(Debug)]
pub(crate) enum TextSource {
    Utf8,
    /// UTF-16 with a byte order mark, and the size of the file in bytes.
    Utf16(u64),
    /// UTF-8 except for single bytes in an older encoding. `letters` has a bit for each byte of the text. The bit is
    /// set if a letter in the older encoding begins there.
    SingleBytes {
        encoding: SingleByte,
        mark: usize,
        letters: Bits,
    },
    /// A text made from a sheet of a workbook. Its offsets are not offsets in the file.
    #[cfg(feature = "workbook")]
    Sheet(Box<super::workbook::SheetCells>),
    /// A text rewritten from a dialect, with the earlier offsets of its bytes and the earlier text.
    Rewritten {
        moves: Moves,
        before: Box<Decoded>,
    },
    /// A text whose columns were put in another order, with the earlier offsets of its rows and the earlier text.
    Rearranged(Box<Rearranged>),
}

/// The reason why a file is not text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotText {
    Empty,
    /// The file is of another kind. The sentence says which kind, and what to do.
    Not(&'static str),
}

/// A bit for each byte of a text.
#[derive(Debug)]
pub(crate) struct Bits(Vec<u64>);

impl Bits {
    fn of(bytes: usize) -> Self {
        Self(vec![0; bytes.div_ceil(64)])
    }

    /// Marks the bytes that are not UTF-8.
    fn strays(bytes: &[u8]) -> Self {
        let mut strays = Self::of(bytes.len());
        stray_bytes(bytes).for_each(|at| strays.set(at));
        strays
    }

    fn set(&mut self, at: usize) {
        if let Some(word) = self.0.get_mut(at / 64) {
            *word |= 1 << (at % 64);
        }
    }

    /// Returns whether any bit is set from one offset up to another.
    fn any(&self, from: usize, to: usize) -> bool {
        let (mut at, to) = (from, to.min(self.0.len() * 64));
        while at < to {
            let word = self.0.get(at / 64).map_or(0, |word| word >> (at % 64));
            let next = at + word.trailing_zeros() as usize;
            if word != 0 {
                return next < to;
            }
            at = (at / 64 + 1) * 64;
        }
        false
    }

    /// Iterates over the offsets whose bit is set, in order.
    fn ones(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().flat_map(|(number, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros() as usize)?;
                left &= left - 1;
                Some(number * 64 + bit)
            })
        })
    }
}

const UTF8_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Decodes a file: UTF-8 with or without a byte order mark, or UTF-16 with a byte order mark. Every byte that is not
/// UTF-8 is read in the older encoding that fits the file's words (see [`SingleByte`]).
///
/// We decide for each byte, not for the whole file. If a person pasted one line of an old file into a new file, all
/// other names keep their accents. A file that is wholly Windows-1252 is still read correctly. In such a file, only an
/// accented capital before a sign can happen to be valid UTF-8 (`Ã©`), and no name contains such a pair.
pub(crate) fn decode(bytes: Cow<'_, [u8]>) -> Result<Decoded, NotText> {
    let presumed = presume(bytes)?;
    if simdutf8::basic::from_utf8(&presumed.text).is_ok() { Ok(presumed) } else { presumed.as_single_bytes() }
}

/// Decodes a file as [`decode`] does, but assumes that a text without a UTF-16 mark is UTF-8. The reader of the rows
/// checks the text, so no second pass is needed.
pub(crate) fn presume(bytes: Cow<'_, [u8]>) -> Result<Decoded, NotText> {
    if bytes.is_empty() {
        return Err(NotText::Empty);
    }
    if let Some(what) = something_else(&bytes) {
        return Err(NotText::Not(what));
    }
    let orders: [(_, Unit); 2] = [(b"\xFF\xFE", u16::from_le_bytes), (b"\xFE\xFF", u16::from_be_bytes)];
    for (mark, unit) in orders {
        if let Some(units) = bytes.strip_prefix(mark) {
            let (text, source) = (utf_16(units, unit).into_bytes(), TextSource::Utf16(bytes.len() as u64));
            return Ok(Decoded { text, start: 0, source, had_end_mark: false });
        }
    }
    let start = if bytes.starts_with(UTF8_MARK) { UTF8_MARK.len() } else { 0 };
    let end = bytes.len() - bytes.iter().rev().take_while(|byte| matches!(**byte, 0 | DOS_END)).count();
    let had_end_mark = end < bytes.len();
    let mut text = bytes.into_owned();
    text.truncate(end.max(start));
    Ok(Decoded { text, start, source: TextSource::Utf8, had_end_mark })
}

/// A function that makes a number from two bytes, in one of the two byte orders.
type Unit = fn([u8; 2]) -> u16;

/// Decodes UTF-16. Each invalid unit, and half a unit at the end, becomes U+FFFD.
fn utf_16(bytes: &[u8], unit: Unit) -> String {
    let (units, half) = bytes.as_chunks::<2>();
    let letters = char::decode_utf16(units.iter().map(|bytes| unit(*bytes)));
    let mut text: String = letters.map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    // Half a unit after half a pair is one letter that was cut off, and so becomes one U+FFFD.
    let is_cut = units.last().is_some_and(|bytes| (0xD800..0xDC00).contains(&unit(*bytes)));
    if !half.is_empty() && !is_cut {
        text.push(char::REPLACEMENT_CHARACTER);
    }
    text
}

impl Decoded {
    /// Decodes the file again, because its bytes are not all UTF-8. Each byte that is not UTF-8 becomes a letter of an
    /// older encoding.
    pub(crate) fn as_single_bytes(&self) -> Result<Self, NotText> {
        let mark = self.start;
        let bytes = &self.text[mark..];
        let strays = Bits::strays(bytes);
        let wrong = strays.ones().count();
        if bytes.len() > SMALL && wrong * 3 > bytes.len() {
            return Err(NotText::Not(NOT_LETTERS));
        }
        let encoding = SingleByte::of(bytes, strays.ones());
        let letters: [char; 128] = std::array::from_fn(|byte| encoding.letter(byte as u8 | 0x80));
        let letter = |at: usize| letters[bytes.get(at).map_or(0, |byte| usize::from(byte & 0x7F))];
        // Count first how much the text grows, so that it takes no more memory than it needs.
        let grows = strays.ones().map(|at| letter(at).len_utf8() - 1).sum::<usize>();
        let mut text = Vec::with_capacity(bytes.len() + grows);
        let mut letters = Bits::of(bytes.len() + grows);
        let mut copied = 0;
        for at in strays.ones() {
            text.extend_from_slice(&bytes[copied..at]);
            letters.set(text.len());
            text.extend_from_slice(letter(at).encode_utf8(&mut [0; 4]).as_bytes());
            copied = at + 1;
        }
        text.extend_from_slice(&bytes[copied..]);
        let source = TextSource::SingleBytes { encoding, mark, letters };
        Ok(Self { text, start: 0, source, had_end_mark: self.had_end_mark })
    }

    /// Returns the text as it was in the file, before it was rewritten from any dialect.
    pub(crate) fn in_file(self) -> Self {
        match self.source {
            TextSource::Rewritten { before, .. } => before.in_file(),
            _ => self,
        }
    }

    /// Rewrites the text from a dialect, as Excel would have written it.
    pub(crate) fn rewritten(self, dialect: Dialect, delimiter: u8) -> Self {
        let (text, moves) = dialect.rewrite(&self.text, self.start, delimiter);
        let (start, had_end_mark) = (self.start, self.had_end_mark);
        Self { text, start, source: TextSource::Rewritten { moves, before: Box::new(self) }, had_end_mark }
    }
}

/// Returns the offset of each byte that is not UTF-8. [`[u8]::utf8_chunks`] finds the same bytes, but takes a step for
/// every byte. [`str::from_utf8`] skips several ASCII bytes in one step.
fn stray_bytes(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let (mut checked, mut strays) = (0, 0..0);
    std::iter::from_fn(move || {
        if strays.is_empty() {
            let fault = str::from_utf8(bytes.get(checked..)?).err()?;
            let start = checked + fault.valid_up_to();
            checked = fault.error_len().map_or(bytes.len(), |length| start + length);
            // A byte from 0x80 that follows directly is invalid too, if the byte after it does not continue a letter.
            while bytes.get(checked).is_some_and(|byte| *byte >= 0x80)
                && bytes.get(checked + 1).is_some_and(|next| next & 0xC0 != 0x80)
            {
                checked += 1;
            }
            strays = start..checked;
        }
        strays.next()
    })
}

/// The size in bytes above which a file is not text if more than a third of its bytes are not UTF-8.
const SMALL: usize = 1 << 16;
const NOT_LETTERS: &str =
    "much of this file is not text in any encoding that onroll knows; save it as 'CSV UTF-8' and upload that";

/// The end mark of a DOS text file.
const DOS_END: u8 = 0x1A;

impl TextSource {
    /// Turns offsets in the text, which must be in order, into offsets in the file.
    pub(crate) fn in_file(&self, text: &[u8], offsets: &mut [&mut u64]) {
        match self {
            TextSource::Utf8 => {}
            // These offsets are already those of the earlier text: see `Rearranged::before`.
            TextSource::Rearranged(rows) => rows.before.source.in_file(&rows.before.text, offsets),
            #[cfg(feature = "workbook")]
            TextSource::Sheet(_) => {}
            TextSource::Rewritten { moves, before } => {
                for offset in offsets.iter_mut() {
                    **offset = moves.before(**offset);
                }
                before.source.in_file(&before.text, offsets);
            }
            TextSource::SingleBytes { mark, letters, .. } => {
                let mut letters = letters.ones().peekable();
                let mut by = 0;
                for offset in offsets {
                    while let Some(at) = letters.next_if(|at| (*at as u64) < **offset) {
                        // A letter that has two or three bytes here was one byte in the file.
                        by += if text.get(at).is_some_and(|first| *first >= 0xE0) { 2 } else { 1 };
                    }
                    **offset = **offset - by + *mark as u64;
                }
            }
            TextSource::Utf16(bytes) => {
                let mut chars = str::from_utf8(text).unwrap_or_default().char_indices().peekable();
                let mut units = 1;
                for offset in offsets {
                    while let Some((_, c)) = chars.next_if(|(at, _)| (*at as u64) < **offset) {
                        units += c.len_utf16() as u64;
                    }
                    // A file may end in the middle of a letter.
                    **offset = (units * 2).min(*bytes);
                }
            }
        }
    }

    /// Returns the older encoding in which a letter between two offsets was read, if there is such a letter.
    pub(crate) fn guessed(&self, from: usize, to: usize) -> Option<SingleByte> {
        match self {
            TextSource::SingleBytes { letters, encoding, .. } => letters.any(from, to).then_some(*encoding),
            TextSource::Rewritten { moves, before } => {
                let [from, to] = [from, to].map(|at| moves.before(at as u64) as usize);
                before.source.guessed(from, to)
            }
            TextSource::Rearranged(rows) => rows.guessed(from),
            #[cfg(feature = "workbook")]
            TextSource::Sheet(_) => None,
            TextSource::Utf8 | TextSource::Utf16(_) => None,
        }
    }

    /// Returns whether any letter of the file was read in an older encoding.
    pub(crate) fn guesses(&self) -> bool {
        match self {
            TextSource::SingleBytes { .. } => true,
            TextSource::Rewritten { before, .. } => before.source.guesses(),
            TextSource::Rearranged(rows) => rows.before.source.guesses(),
            #[cfg(feature = "workbook")]
            TextSource::Sheet(_) => false,
            TextSource::Utf8 | TextSource::Utf16(_) => false,
        }
    }

    /// Returns whether the text was made from a sheet. Such a text is correct CSV, whatever its cells contain.
    pub(crate) fn is_sheet(&self) -> bool {
        #[cfg(feature = "workbook")]
        let is_sheet = self.sheet(&[]).is_some();
        #[cfg(not(feature = "workbook"))]
        let is_sheet = false;
        is_sheet
    }

    /// Returns the cells of the sheet from which the text or an earlier form of it was made. Also returns the form that
    /// was made directly from the sheet.
    #[cfg(feature = "workbook")]
    pub(crate) fn sheet<'t>(&'t self, text: &'t [u8]) -> Option<(&'t super::workbook::SheetCells, &'t [u8])> {
        match self {
            TextSource::Sheet(cells) => Some((cells.as_ref(), text)),
            TextSource::Rearranged(rows) => rows.before.source.sheet(&rows.before.text),
            _ => None,
        }
    }

    /// Returns the offset in the text at which a row of a sheet begins. Rows are counted from 0.
    #[cfg(feature = "workbook")]
    pub(crate) fn row_of_sheet(&self, row: u32) -> Option<u64> {
        match self {
            TextSource::Sheet(cells) => cells.start(row).map(u64::from),
            TextSource::Rearranged(rows) => {
                let before = u32::try_from(rows.before.source.row_of_sheet(row)?).ok()?;
                let at = rows.rows.binary_search_by_key(&before, |(_, before)| *before).ok()?;
                rows.rows.get(at).map(|(start, _)| u64::from(*start))
            }
            _ => None,
        }
    }
}

/// Returns the message about a file that is not text, judged by its first bytes.
fn something_else(bytes: &[u8]) -> Option<&'static str> {
    const SIGNS: [(&[u8], &str); 7] = [
        (b"PK\x03\x04", "this is an Excel workbook or a zip file; save it as 'CSV UTF-8' and upload that"),
        (b"\xD0\xCF\x11\xE0", "this is an old Excel workbook (.xls); save it as 'CSV UTF-8' and upload that"),
        (b"%PDF", "this is a PDF; export the students as CSV instead"),
        (b"\x1F\x8B", "this is a gzip archive; upload the file that is in it"),
        (b"{\\rtf", "this is a document of a word processor; save the list as CSV from a spreadsheet"),
        (b"\xFF\xFE\x00\x00", "this is UTF-32 text; save the file as 'CSV UTF-8'"),
        (b"\x00\x00\xFE\xFF", "this is UTF-32 text; save the file as 'CSV UTF-8'"),
    ];
    if let Some((_, what)) = SIGNS.iter().find(|(sign, _)| bytes.starts_with(sign)) {
        return Some(what);
    }
    let beginning = &bytes[..bytes.len().min(4096)];
    let beginning = beginning.strip_prefix(UTF8_MARK).unwrap_or(beginning);
    let trimmed = beginning.trim_ascii_start().to_ascii_lowercase();
    let starts_with = |tags: &[&[u8]]| tags.iter().any(|tag| trimmed.starts_with(tag));
    if memmem::find(&trimmed, b"urn:schemas-microsoft-com:office:spreadsheet").is_some() {
        return Some(
            "this is an XML spreadsheet of Excel 2003, whatever its name says; open it in Excel, save it as .xlsx and upload that",
        );
    }
    if memmem::find(&trimmed, b"office:excel").is_some() {
        return Some(
            "this is an Excel export saved as a web page; open it in Excel, save it as 'CSV UTF-8' and upload that",
        );
    }
    if trimmed.starts_with(b"<?xml") {
        return Some("this is an XML file, not CSV; open it in Excel, save it as 'CSV UTF-8' and upload that");
    }
    if starts_with(&[b"<table", b"<tr", b"<meta http-equiv"]) {
        return Some("this is a table from a web page; open it in Excel, save it as 'CSV UTF-8' and upload that");
    }
    if starts_with(&[b"<!doctype", b"<html"]) {
        return Some("this is a web page, perhaps a sign-in page saved by mistake; export the students as CSV again");
    }
    if starts_with(&[b"{\"", b"[{", b"[["]) || (trimmed.starts_with(b"{") && memmem::find(&trimmed, b"\":").is_some()) {
        return Some("this is JSON, which is made for programs; export the students as CSV");
    }
    if beginning.starts_with(b"\xFF\xFE") || beginning.starts_with(b"\xFE\xFF") {
        return None;
    }
    // A file that begins with our headings is text, whatever its cells contain. Without this rule, we might refuse a
    // corrected file. Such a file is shorter, so control characters can be a larger part of it.
    let headings = beginning.split(|b| *b == b'\n').next().unwrap_or_default();
    let has = |column: Column| memmem::find(headings, column.heading().as_bytes()).is_some();
    if has(Column::FullName) && has(Column::Username) && !headings.iter().any(|b| *b < b' ' && *b != b'\r') {
        return None;
    }
    let count = |wanted: fn(&u8) -> bool| beginning.iter().filter(|b| wanted(b)).count();
    if count(|b| *b == 0) * 3 > beginning.len() {
        return Some("this seems to be UTF-16 text without a byte order mark; save the file as 'CSV UTF-8'");
    }
    let control = count(|b| *b < 32 && !b"\t\n\r\x0B\x0C".contains(b));
    (control * 20 > beginning.len()).then_some("this is not text; export the students as CSV")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The crate `encoding_rs` is the reference for UTF-16.
        #[test]
        fn decodes_utf_16_as_the_encoding_standard_does(units in prop::collection::vec(prop_oneof![0xD7FE_u16..0xE002, 0x20_u16..0x7F], 0..9), half: bool) {
            let orders: [(_, Unit, bool); 2] = [
                (encoding_rs::UTF_16LE, u16::from_le_bytes, false),
                (encoding_rs::UTF_16BE, u16::from_be_bytes, true),
            ];
            for (standard, unit, is_big) in orders {
                let bytes = |unit: &u16| if is_big { unit.to_be_bytes() } else { unit.to_le_bytes() };
                let mut file: Vec<u8> = units.iter().flat_map(bytes).collect();
                file.extend(half.then_some(b'x'));
                let (expected, _) = standard.decode_without_bom_handling(&file);
                prop_assert_eq!(utf_16(&file, unit), expected.as_ref());
            }
        }

        #[test]
        fn finds_the_same_invalid_bytes_as_the_standard_library(
            bytes in prop::collection::vec(prop::sample::select(&b"aZ,\x80\x92\xA0\xC3\xA9\xE2\xE9\xED\xF0\xF4\xFF"[..]), 0..24)
        ) {
            let chunks = bytes.utf8_chunks().flat_map(|chunk| chunk.invalid());
            prop_assert_eq!(stray_bytes(&bytes).map(|at| bytes[at]).collect::<Vec<_>>(), chunks.copied().collect::<Vec<_>>());
        }
    }

    fn text(bytes: &[u8]) -> String {
        let decoded = decode(Cow::Borrowed(bytes)).unwrap();
        String::from_utf8(decoded.text[decoded.start..].to_owned()).unwrap()
    }

    fn in_file(bytes: &[u8], wanted: &str) -> u64 {
        let decoded = decode(Cow::Borrowed(bytes)).unwrap();
        let mut offset = memmem::find(&decoded.text, wanted.as_bytes()).unwrap() as u64;
        decoded.source.in_file(&decoded.text, &mut [&mut offset]);
        offset
    }

    #[test]
    fn accepts_many_control_characters_only_below_a_heading_row() {
        let headings = "Student Full Name,Username,Year Group\r\n";
        let controls = "\u{1}".repeat(100);
        assert!(decode(Cow::Owned(format!("{headings}{controls}").into_bytes())).is_ok());
        for other in
            [format!("x\n{headings}{controls}"), format!("\u{2}{headings}{controls}"), format!("Username\n{controls}")]
        {
            assert!(matches!(decode(Cow::Owned(other.into_bytes())), Err(NotText::Not(_))));
        }
    }

    #[test]
    fn decodes_each_encoding_and_maps_offsets_back_to_the_file() {
        assert_eq!(text(b"Zo\xC3\xAB,x"), "Zoë,x");
        assert_eq!(in_file(b"Zo\xC3\xAB,x", "x"), 5);
        assert_eq!(text(b"\xEF\xBB\xBFZo\xC3\xAB,x"), "Zoë,x");
        assert_eq!(in_file(b"\xEF\xBB\xBFZo\xC3\xAB,x", "x"), 8);
        assert_eq!(text(b"Zo\xEB,x"), "Zoë,x");
        assert_eq!(in_file(b"Zo\xEB,x", "x"), 4);
        assert_eq!(text(b"\xFF\xFEZ\0o\0\xEB\0,\0x\0"), "Zoë,x");
        assert_eq!(in_file(b"\xFF\xFEZ\0o\0\xEB\0,\0x\0", "x"), 10);
        assert_eq!(text(b"\xFE\xFF\0Z\0o\0\xEB"), "Zoë");
    }

    #[test]
    fn an_invalid_byte_does_not_change_the_other_accented_letters() {
        let decoded = decode(Cow::Borrowed(b"Zo\xC3\xAB,Ren\xE9e\n\x96")).unwrap();
        assert_eq!(decoded.text, "Zoë,Renée\n–".as_bytes());
        assert!(
            decoded.source.guessed(0, 4).is_none()
                && decoded.source.guessed(5, 11).is_some()
                && decoded.source.guessed(5, 8).is_none()
        );
    }

    #[test]
    fn recognises_files_that_are_not_text() {
        assert_eq!(decode(Cow::Borrowed(b"")).unwrap_err(), NotText::Empty);
        for bytes in [
            &b"PK\x03\x04rest"[..],
            b"\xD0\xCF\x11\xE0",
            b"%PDF-1.7",
            b" <!DOCTYPE html>",
            b"S\0t\0u\0d\0",
            b"\x01\x02\x03",
        ] {
            assert!(matches!(decode(Cow::Borrowed(bytes)), Err(NotText::Not(_))), "{bytes:?}");
        }
    }

    #[test]
    fn maps_the_offset_of_a_letter_back_to_the_file() {
        assert_eq!(in_file(b"Zo\xEB,\x96y", "–"), 4);
        assert_eq!(in_file(b"Zo\xEB,\x96y", "y"), 5);
        assert_eq!(in_file(b"\xEF\xBB\xBFZo\xEB,x", "x"), 7);
        let decoded = decode(Cow::Borrowed(b"Zo\xEB,x")).unwrap();
        assert!(
            decoded.source.guessed(2, 3).is_some()
                && decoded.source.guessed(3, 9).is_none()
                && decoded.source.guesses()
        );
        assert!(!decode(Cow::Borrowed(b"Zo\xC3\xAB")).unwrap().source.guesses());
    }

    #[test]
    fn accepts_at_most_one_control_character_in_twenty() {
        let why = |bytes: Vec<u8>| {
            decode(Cow::Owned(bytes)).map_err(|unreadable| match unreadable {
                NotText::Not(what) => what.split(' ').nth(1).unwrap_or_default(),
                NotText::Empty => "empty",
            })
        };
        let with = |letters: usize, controls: usize, byte: u8| [vec![b'x'; letters], vec![byte; controls]].concat();
        // One control character in twenty characters is accepted. One NUL in three bytes is too few for UTF-16.
        assert!(why(with(19, 1, 1)).is_ok() && why(with(38, 2, 1)).is_ok());
        assert_eq!(why(with(18, 1, 1)).unwrap_err(), "is");
        assert_eq!(why(with(6, 3, 0)).unwrap_err(), "is");
        assert_eq!(why(with(6, 4, 0)).unwrap_err(), "seems");
        assert_eq!(why(with(50, 26, 0)).unwrap_err(), "seems");
        assert_eq!(why(with(60, 20, 0)).unwrap_err(), "is");
    }
}
