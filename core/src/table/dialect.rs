//! The list of CSV dialects (`Dialect`). Rewrites each as Excel writes CSV, so one reader is enough for all dialects.
//! `check/dialect.rs` recognises them.
//!
//! ```text
//! a file ── decode ──> text ── rewrite, if it is written in a dialect ──> text ── Rows ──> records
//!                        └────────────── Moves: where each byte was ─────────┘
//! ```
//! The dialect is recognised at the first record that is written in it. The reader then rewrites the whole text and
//! reads it again. Text outside the dialect is copied byte for byte, so a file that is only partly in the dialect is
//! still read correctly.

use memchr::{memchr2, memchr3};

/// A way of writing CSV.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// `"a", "b"`: spaces between the delimiter and the quotation mark.
    SpacedQuotes,
    /// `'a','b'`: apostrophes instead of quotation marks.
    Apostrophes,
    /// `"a \"b\""`: a backslash before a quotation mark, where Excel writes two marks.
    Backslashes,
    /// `"a,b,c"`: the whole line in quotation marks.
    QuotedLines,
    /// `“a, b”,c`: the curly quotation marks of a word processor.
    CurlyQuotes,
    /// The first row of data is on the line of the headings. The number is the offset of the row's start.
    JoinedHeadings(usize),
}

/// The earlier offsets of the bytes of a rewritten text, as pairs of an offset and a difference. From the offset up to
/// the next pair's offset, each byte's earlier offset is larger by the difference.
#[derive(Debug, Default)]
pub(crate) struct Moves(Vec<(u32, i64)>);

impl Moves {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the offset of a byte before the text was rewritten.
    pub(crate) fn before(&self, at: u64) -> u64 {
        let after = self.0.partition_point(|(from, _)| u64::from(*from) <= at);
        let by = after.checked_sub(1).and_then(|index| self.0.get(index)).map_or(0, |(_, by)| *by);
        at.saturating_add_signed(by)
    }
}

/// Copies a text, with changes.
struct Rewriter<'t> {
    text: &'t [u8],
    delimiter: u8,
    at: usize,
    out: Vec<u8>,
    moves: Moves,
    /// The end of the last line that was examined, and the offset at which the last field on that line closes.
    last_close: (usize, usize),
}

impl Rewriter<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    fn copy(&mut self, bytes: usize) {
        let copied = &self.text[self.at..(self.at + bytes).min(self.text.len())];
        self.out.extend_from_slice(copied);
        self.at += copied.len();
    }

    /// Skips this number of bytes, and writes `with` instead.
    fn replace(&mut self, bytes: usize, with: &[u8]) {
        self.out.extend_from_slice(with);
        self.at = (self.at + bytes).min(self.text.len());
        self.moves.0.push((self.out.len() as u32, self.at as i64 - self.out.len() as i64));
    }

    /// Returns whether a field ends `ahead` bytes from here: at a delimiter, or at the end of the line or the text.
    fn field_ends(&self, ahead: usize) -> bool {
        self.peek(ahead).is_none_or(|byte| byte == self.delimiter || is_line_end(byte))
    }

    fn blanks(&self, ahead: usize) -> usize {
        let rest = self.text.get(self.at + ahead..).unwrap_or_default();
        rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t') && **byte != self.delimiter).count()
    }

    fn starts_with(&self, bytes: &[u8]) -> bool {
        self.text.get(self.at..).is_some_and(|rest| rest.starts_with(bytes))
    }

    /// Copies a field that is not quoted, with its delimiter or line end.
    fn bare_field(&mut self) {
        let rest = &self.text[self.at..];
        let end = memchr3(self.delimiter, b'\n', b'\r', rest).unwrap_or(rest.len());
        self.copy(end + 1);
    }

    /// Copies a field in ordinary quotation marks, starting at the first mark, with its delimiter or line end.
    fn quoted_field(&mut self, backslashes: bool) {
        self.copy(1);
        while self.peek(0).is_some() {
            match (self.peek(0), self.peek(1)) {
                (Some(b'"'), Some(b'"')) => self.copy(2),
                (Some(b'\\'), Some(b'"')) if backslashes && !self.field_ends(2) => self.replace(2, b"\"\""),
                (Some(b'"'), _) => {
                    self.copy(1);
                    break;
                }
                _ => self.copy(1),
            }
        }
        self.bare_field();
    }
}

fn is_line_end(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}

const CURLY: [&str; 2] = ["\u{201C}", "\u{201D}"];

impl Dialect {
    /// Rewrites a text from the offset `start`, as Excel would have written it.
    pub(crate) fn rewrite(self, text: &[u8], start: usize, delimiter: u8) -> (Vec<u8>, Moves) {
        let out = Vec::with_capacity(text.len() + 16);
        let mut to = Rewriter { text, delimiter, at: 0, out, moves: Moves::default(), last_close: (0, 0) };
        to.copy(start);
        match self {
            Self::JoinedHeadings(at) => {
                to.copy(at.saturating_sub(start));
                to.replace(0, b"\r\n");
                to.copy(text.len());
            }
            Self::QuotedLines => quoted_lines(&mut to),
            Self::SpacedQuotes => spaced_quotes(&mut to),
            Self::Apostrophes => wrapped(&mut to, ["'", "'"]),
            Self::CurlyQuotes => wrapped(&mut to, CURLY),
            Self::Backslashes => backslashes(&mut to),
        }
        (to.out, to.moves)
    }
}

fn quoted_lines(to: &mut Rewriter<'_>) {
    while to.at < to.text.len() {
        let rest = &to.text[to.at..];
        let end = memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let line = &rest[..end];
        if let Some(inner) = quoted_line(line) {
            to.replace(1, b"");
            for _ in 0..inner.len() {
                // Quotation marks inside a quoted line are doubled.
                if to.starts_with(b"\"\"") {
                    to.copy(1);
                    to.replace(1, b"");
                } else if to.peek(0) == Some(b'"') {
                    break;
                } else {
                    to.copy(1);
                }
            }
            to.replace(1, b"");
        } else {
            to.copy(end);
        }
        to.copy(1);
    }
}

/// Returns the content of a line that is one single quoted field.
pub(crate) fn quoted_line(line: &[u8]) -> Option<&[u8]> {
    let inner = line.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    let mut at = 0;
    while let Some(next) = inner.get(at..).and_then(|rest| memchr::memchr(b'"', rest)) {
        at += next;
        if inner.get(at + 1) != Some(&b'"') {
            return None;
        }
        at += 2;
    }
    Some(inner)
}

fn spaced_quotes(to: &mut Rewriter<'_>) {
    while to.at < to.text.len() {
        let blanks = to.blanks(0);
        let closed = || closing_mark(to, to.at + blanks);
        if to.peek(blanks) != Some(b'"') || (blanks > 0 && closed().is_none()) {
            to.bare_field();
            continue;
        }
        if blanks > 0 {
            to.replace(blanks, b"");
        }
        to.copy(1);
        while let Some(byte) = to.peek(0) {
            to.copy(1);
            if byte == b'"' && to.peek(0) != Some(b'"') {
                break;
            } else if byte == b'"' {
                to.copy(1);
            }
        }
        // Remove blanks after the closing mark.
        let blanks = to.blanks(0);
        if blanks > 0 && to.field_ends(blanks) {
            to.replace(blanks, b"");
        }
        to.bare_field();
    }
}

/// Returns the offset of the mark that closes a field. Returns `None` if this mark is not on the line of the opening
/// mark, or if the field does not end after this mark.
fn closing_mark(to: &Rewriter<'_>, opening: usize) -> Option<usize> {
    /// The length that no field in this dialect reaches, in bytes.
    const LONGEST: usize = 1 << 12;
    let mut at = opening + 1;
    loop {
        let rest = to.text.get(at..(opening + LONGEST).min(to.text.len()))?;
        at += memchr3(b'"', b'\n', b'\r', rest)?;
        match (to.text.get(at), to.text.get(at + 1)) {
            (Some(b'"'), Some(b'"')) => at += 2,
            (Some(b'"'), _) => break,
            _ => return None,
        }
    }
    let ahead = at + 1 - to.at;
    to.field_ends(ahead + to.blanks(ahead)).then_some(at)
}

fn wrapped(to: &mut Rewriter<'_>, [open, close]: [&str; 2]) {
    let (open, close) = (open.as_bytes(), close.as_bytes());
    while to.at < to.text.len() {
        let blanks = to.blanks(0);
        let opens = to.text.get(to.at + blanks..).is_some_and(|rest| rest.starts_with(open));
        if !opens || !closes_on_line(to, to.at + blanks + open.len(), close) {
            match to.peek(0) {
                Some(b'"') => to.quoted_field(false),
                _ => to.bare_field(),
            }
            continue;
        }
        to.replace(blanks + open.len(), b"\"");
        while let Some(byte) = to.peek(0) {
            let closes = to.starts_with(close).then(|| close.len() + to.blanks(close.len()));
            if let Some(marks) = closes.filter(|marks| to.field_ends(*marks)) {
                to.replace(marks, b"\"");
                break;
            }
            match byte {
                b'"' => to.replace(1, b"\"\""),
                // If the same mark opens and closes a field, a mark inside the field is written twice.
                b'\'' if open == close && to.peek(1) == Some(b'\'') => {
                    to.copy(1);
                    to.replace(1, b"");
                }
                _ => to.copy(1),
            }
        }
        to.copy(1);
    }
}

/// Returns whether a mark that closes a field comes between an offset and the end of its line.
fn closes_on_line(to: &mut Rewriter<'_>, from: usize, close: &[u8]) -> bool {
    if from >= to.last_close.0 {
        let rest = to.text.get(from..).unwrap_or_default();
        let end = memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let line = &rest[..end];
        let closes = |at: usize| {
            let after = line.get(at + close.len()..).unwrap_or_default();
            let blanks = after.iter().take_while(|byte| **byte == b' ').count();
            after.get(blanks).is_none_or(|byte| *byte == to.delimiter)
        };
        let last = memchr::memmem::rfind_iter(line, close).find(|at| closes(*at));
        to.last_close = (from + end + 1, last.map_or(0, |at| from + at + 1));
    }
    from < to.last_close.1
}

fn backslashes(to: &mut Rewriter<'_>) {
    while to.at < to.text.len() {
        match to.peek(0) {
            Some(b'"') => to.quoted_field(true),
            _ => to.bare_field(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(dialect: Dialect, text: &str) -> String {
        let (out, moves) = dialect.rewrite(text.as_bytes(), 0, b',');
        // Each letter of the new text was where `moves` says.
        for (at, byte) in out.iter().enumerate().filter(|(_, byte)| byte.is_ascii_alphanumeric()) {
            assert_eq!(text.as_bytes().get(moves.before(at as u64) as usize), Some(byte), "{text:?} at {at}");
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn rewrites_each_csv_dialect_in_the_form_that_excel_writes() {
        use Dialect as D;
        for (dialect, text, right) in [
            (D::SpacedQuotes, "\"a\", \"b, c\" ,d\n1,  \"2\"\n", "\"a\",\"b, c\",d\n1,\"2\"\n"),
            (D::SpacedQuotes, "\"a \"\"b\"\"\", c\n", "\"a \"\"b\"\"\", c\n"),
            (D::Apostrophes, "'a','b, c'\n'O''Dell','x \"y\"'\n", "\"a\",\"b, c\"\n\"O'Dell\",\"x \"\"y\"\"\"\n"),
            (D::Apostrophes, "'t Hooft,b\n\"c,d\",'e'", "'t Hooft,b\n\"c,d\",\"e\""),
            (D::CurlyQuotes, "“a, b”,c\nd,“e”\n", "\"a, b\",c\nd,\"e\"\n"),
            (D::Backslashes, "\"a \\\"b\\\" c\",d\n\"e \\\"f\\\"\",g\n", "\"a \"\"b\"\" c\",d\n\"e \"\"f\"\"\",g\n"),
            (D::Backslashes, "\"C:\\\",d\n", "\"C:\\\",d\n"),
            (D::QuotedLines, "\"a,b\"\r\n\"c,\"\"d, e\"\"\"\r\n\"f\",g\r\n", "a,b\r\nc,\"d, e\"\r\n\"f\",g\r\n"),
            (D::JoinedHeadings(4), "a,bcx,y\n", "a,bc\r\nx,y\n"),
        ] {
            assert_eq!(rewritten(dialect, text), right, "{dialect:?}");
        }
    }

    #[test]
    fn does_not_change_text_that_is_not_in_the_dialect() {
        let text = "a,\"b, \"\"c\"\"\",d\r\n'x,y\r\n\"z\nz\",1\r\n";
        let dialects = [Dialect::SpacedQuotes, Dialect::Apostrophes, Dialect::CurlyQuotes, Dialect::QuotedLines];
        for dialect in dialects.into_iter().chain([Dialect::Backslashes]) {
            assert_eq!(rewritten(dialect, text), text, "{dialect:?}");
        }
    }
}
