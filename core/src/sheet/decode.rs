//! From the bytes of a file to text, or what the file is instead.

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use memchr::memmem;

use crate::column::Column;

/// A file as text.
#[derive(Debug)]
pub(crate) struct Decoded {
    /// In UTF-8, or what is taken for it.
    pub(crate) text: Vec<u8>,
    /// Where the text begins, after a byte order mark.
    pub(crate) start: usize,
    pub(crate) source: Source,
}

/// What a text was in the file, to find its places there again.
#[derive(Debug)]
pub(crate) enum Source {
    Utf8,
    /// UTF-16 with its byte order mark, of so many bytes.
    Utf16(u64),
    /// UTF-8 but for single bytes that were read as Windows-1252: where each begins in the text, a bit a byte.
    Windows1252 {
        mark: usize,
        letters: Bits,
    },
}

/// Why a file cannot be text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable {
    Empty,
    /// It is something else; the sentence says what, and what to do.
    Not(&'static str),
}

/// A bit for each byte of a text.
#[derive(Debug)]
pub(crate) struct Bits(Vec<u64>);

impl Bits {
    fn of(bytes: usize) -> Self {
        Self(vec![0; bytes.div_ceil(64)])
    }

    fn set(&mut self, at: usize) {
        if let Some(word) = self.0.get_mut(at / 64) {
            *word |= 1 << (at % 64);
        }
    }

    /// Whether any bit is set from one place up to another.
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

    /// The places whose bit is set, in order.
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

/// Decodes a file: UTF-8 with or without byte order mark, UTF-16 by its mark, and every byte that is not UTF-8 as Windows-1252.
///
/// Byte by byte, not file by file: where somebody pasted one line of an old file into a new one, all other names keep their
/// accents. A file that is Windows-1252 throughout comes out the same, for two accented capitals and signs in a row that happen
/// to be valid UTF-8 (`Ã©`) are no name.
pub(crate) fn decode(bytes: Cow<'_, [u8]>) -> Result<Decoded, Unreadable> {
    let presumed = presume(bytes)?;
    if str::from_utf8(&presumed.text).is_ok() { Ok(presumed) } else { presumed.as_windows_1252() }
}

/// [`decode`], but what begins as UTF-8 does is taken for it: whoever reads its rows sees whether it is, without going over
/// all of it once more.
pub(crate) fn presume(bytes: Cow<'_, [u8]>) -> Result<Decoded, Unreadable> {
    if bytes.is_empty() {
        return Err(Unreadable::Empty);
    }
    if let Some(what) = something_else(&bytes) {
        return Err(Unreadable::Not(what));
    }
    for (mark, encoding) in [(b"\xFF\xFE", UTF_16LE), (b"\xFE\xFF", UTF_16BE)] {
        if let Some(units) = bytes.strip_prefix(mark) {
            let (text, _) = encoding.decode_without_bom_handling(units);
            let source = Source::Utf16(bytes.len() as u64);
            return Ok(Decoded { text: text.into_owned().into_bytes(), start: 0, source });
        }
    }
    let start = if bytes.starts_with(UTF8_MARK) { UTF8_MARK.len() } else { 0 };
    Ok(Decoded { text: bytes.into_owned(), start, source: Source::Utf8 })
}

impl Decoded {
    /// The same file, whose bytes are not all UTF-8.
    pub(crate) fn as_windows_1252(&self) -> Result<Self, Unreadable> {
        let mark = self.start;
        let bytes = self.text.get(mark..).unwrap_or_default();
        // How much it grows is counted first, so that no more memory is taken than it needs.
        let (mut wrong, mut grows) = (0, 0);
        for byte in bytes.utf8_chunks().flat_map(|chunk| chunk.invalid()) {
            wrong += 1;
            grows += letter(byte).len() - 1;
        }
        if bytes.len() > SMALL && wrong * 3 > bytes.len() {
            return Err(Unreadable::Not(NOT_LETTERS));
        }
        let mut text = String::with_capacity(bytes.len() + grows);
        let mut letters = Bits::of(bytes.len() + grows);
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            for byte in chunk.invalid() {
                letters.set(text.len());
                text.push_str(&letter(byte));
            }
        }
        Ok(Self { text: text.into_bytes(), start: 0, source: Source::Windows1252 { mark, letters } })
    }
}

/// In a file of this size and more, not a third of all bytes can be accented letters.
const SMALL: usize = 1 << 16;
const NOT_LETTERS: &str =
    "much of this file is not text in UTF-8, UTF-16 or Windows-1252: save it as 'CSV UTF-8' and upload that";

/// The letter of a byte in Windows-1252.
fn letter(byte: &u8) -> Cow<'_, str> {
    WINDOWS_1252.decode_without_bom_handling(std::slice::from_ref(byte)).0
}

impl Source {
    /// Turns offsets in the text, which must be in order, into offsets in the file.
    pub(crate) fn in_file(&self, text: &[u8], offsets: &mut [&mut u64]) {
        match self {
            Source::Utf8 => {}
            Source::Windows1252 { mark, letters } => {
                let mut letters = letters.ones().peekable();
                let mut by = 0;
                for offset in offsets {
                    while let Some(at) = letters.next_if(|at| (*at as u64) < **offset) {
                        // A letter of two bytes or three was one byte in the file.
                        by += if text.get(at).is_some_and(|first| *first >= 0xE0) { 2 } else { 1 };
                    }
                    **offset = **offset - by + *mark as u64;
                }
            }
            Source::Utf16(bytes) => {
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

    /// Whether any letter between two places of the text was read as Windows-1252.
    pub(crate) fn guessed(&self, from: usize, to: usize) -> bool {
        match self {
            Source::Windows1252 { letters, .. } => letters.any(from, to),
            Source::Utf8 | Source::Utf16(_) => false,
        }
    }

    /// Whether any letter of the file was read as Windows-1252.
    pub(crate) fn guesses(&self) -> bool {
        matches!(self, Source::Windows1252 { .. })
    }
}

/// What a file is by its first bytes, where that is not text.
fn something_else(bytes: &[u8]) -> Option<&'static str> {
    const SIGNS: [(&[u8], &str); 7] = [
        (b"PK\x03\x04", "this is an Excel workbook or a zip file: save it as 'CSV UTF-8' and upload that"),
        (b"\xD0\xCF\x11\xE0", "this is an old Excel workbook (.xls): save it as 'CSV UTF-8' and upload that"),
        (b"%PDF", "this is a PDF: export the students as CSV instead"),
        (b"\x1F\x8B", "this is a gzip archive: upload the file that is in it"),
        (b"{\\rtf", "this is a word processor's document: save the list as CSV from a spreadsheet"),
        (b"\xFF\xFE\x00\x00", "this is UTF-32 text: save the file as 'CSV UTF-8'"),
        (b"\x00\x00\xFE\xFF", "this is UTF-32 text: save the file as 'CSV UTF-8'"),
    ];
    if let Some((_, what)) = SIGNS.iter().find(|(sign, _)| bytes.starts_with(sign)) {
        return Some(what);
    }
    let beginning = bytes.get(..bytes.len().min(4096)).unwrap_or_default();
    let trimmed = beginning.trim_ascii_start().to_ascii_lowercase();
    if [&b"<!doctype"[..], b"<html", b"<?xml", b"<table"].iter().any(|tag| trimmed.starts_with(tag)) {
        return Some("this is a web page, perhaps a sign-in page saved by mistake: export the students as CSV again");
    }
    if beginning.starts_with(b"\xFF\xFE") || beginning.starts_with(b"\xFE\xFF") {
        return None;
    }
    // Our headings at the beginning make it text, whatever is in its cells: a corrected file, which is shorter, is not suddenly
    // something else.
    let headings = beginning.split(|b| *b == b'\n').next().unwrap_or_default();
    let has = |column: Column| memmem::find(headings, column.heading().as_bytes()).is_some();
    if has(Column::FullName) && has(Column::Username) && !headings.iter().any(|b| *b < b' ' && *b != b'\r') {
        return None;
    }
    let count = |wanted: fn(&u8) -> bool| beginning.iter().filter(|b| wanted(b)).count();
    if count(|b| *b == 0) * 3 > beginning.len() {
        return Some("this seems to be UTF-16 text without a byte order mark: save the file as 'CSV UTF-8'");
    }
    let control = count(|b| *b < 32 && !b"\t\n\r\x0B\x0C".contains(b));
    (control * 20 > beginning.len()).then_some("this is not text: export the students as CSV")
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn only_headings_in_the_first_line_make_it_text() {
        let headings = "Student Full Name,Username,Year Group\r\n";
        let odd = "\u{1}".repeat(100);
        assert!(decode(Cow::Owned(format!("{headings}{odd}").into_bytes())).is_ok());
        for other in [format!("x\n{headings}{odd}"), format!("\u{2}{headings}{odd}"), format!("Username\n{odd}")] {
            assert!(matches!(decode(Cow::Owned(other.into_bytes())), Err(Unreadable::Not(_))));
        }
    }

    #[test]
    fn each_encoding_is_read_and_places_are_found_again() {
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
    fn one_bad_byte_leaves_other_accents_alone() {
        let decoded = decode(Cow::Borrowed(b"Zo\xC3\xAB,Ren\xE9e\n\x96")).unwrap();
        assert_eq!(decoded.text, "Zoë,Renée\n–".as_bytes());
        assert!(!decoded.source.guessed(0, 4) && decoded.source.guessed(5, 11) && !decoded.source.guessed(5, 8));
    }

    #[test]
    fn what_is_no_text_is_named() {
        assert_eq!(decode(Cow::Borrowed(b"")).unwrap_err(), Unreadable::Empty);
        for bytes in [
            &b"PK\x03\x04rest"[..],
            b"\xD0\xCF\x11\xE0",
            b"%PDF-1.7",
            b" <!DOCTYPE html>",
            b"S\0t\0u\0d\0",
            b"\x01\x02\x03",
        ] {
            assert!(matches!(decode(Cow::Borrowed(bytes)), Err(Unreadable::Not(_))), "{bytes:?}");
        }
    }

    #[test]
    fn a_place_is_that_of_the_letter_itself() {
        assert_eq!(in_file(b"Zo\xEB,\x96y", "–"), 4);
        assert_eq!(in_file(b"Zo\xEB,\x96y", "y"), 5);
        assert_eq!(in_file(b"\xEF\xBB\xBFZo\xEB,x", "x"), 7);
        let decoded = decode(Cow::Borrowed(b"Zo\xEB,x")).unwrap();
        assert!(decoded.source.guessed(2, 3) && !decoded.source.guessed(3, 9) && decoded.source.guesses());
        assert!(!decode(Cow::Borrowed(b"Zo\xC3\xAB")).unwrap().source.guesses());
    }

    #[test]
    fn a_few_odd_bytes_do_not_make_it_something_else() {
        let why = |bytes: Vec<u8>| {
            decode(Cow::Owned(bytes)).map_err(|unreadable| match unreadable {
                Unreadable::Not(what) => what.split(' ').nth(1).unwrap_or_default(),
                Unreadable::Empty => "empty",
            })
        };
        let with = |letters: usize, odd: usize, byte: u8| [vec![b'x'; letters], vec![byte; odd]].concat();
        // One control character in twenty is let pass, and one NUL in three is not UTF-16 yet.
        assert!(why(with(19, 1, 1)).is_ok() && why(with(38, 2, 1)).is_ok());
        assert_eq!(why(with(18, 1, 1)).unwrap_err(), "is");
        assert_eq!(why(with(6, 3, 0)).unwrap_err(), "is");
        assert_eq!(why(with(6, 4, 0)).unwrap_err(), "seems");
        assert_eq!(why(with(50, 26, 0)).unwrap_err(), "seems");
        assert_eq!(why(with(60, 20, 0)).unwrap_err(), "is");
    }
}
