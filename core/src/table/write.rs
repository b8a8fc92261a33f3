//! Writes CSV that Excel opens directly. No value runs as a formula, and reading the file returns the values that were
//! written. Also saves a file completely or not at all, for its owner only (`save_file`).

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use crate::simd::Bytes;

/// Returns whether Excel reads a cell that begins with this character as a formula, even in quotation marks.
fn begins_formula(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '\0' | '＝' | '＋' | '－' | '＠')
}

/// Returns whether a text is a formula after any apostrophes, and after characters that a spreadsheet may drop.
fn is_formula(text: &str) -> bool {
    let rest = text.trim_start_matches('\'');
    rest.starts_with(begins_formula) || rest.trim_start_matches(is_dropped).starts_with(begins_formula)
}

/// Returns whether a program may drop a character before it looks for a formula. Such characters are white space,
/// control characters and characters without a width.
fn is_dropped(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

/// Returns the value as a cell that spreadsheets show and do not run. A text that would be a formula gets an additional
/// apostrophe in front.
fn inert(value: &str) -> Cow<'_, str> {
    if is_formula(value) { Cow::Owned(format!("'{value}")) } else { Cow::Borrowed(value) }
}

/// Undoes [`inert`]. Removes an apostrophe only from a text to which `inert` adds one. So names such as `'t Hooft`
/// never change.
pub(crate) fn written(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(value) if is_formula(value) => value,
        _ => cell,
    }
}

/// Writes rows as RFC 4180 CSV with CR LF, in UTF-8 with a byte order mark. Every cell is made [`inert`].
pub(crate) struct CsvWriter<W: Write> {
    to: W,
    /// The bytes up to `filled` are in use, and the bytes after it are overwritten.
    buffer: Box<[u8]>,
    filled: usize,
}

const BUFFER: usize = 1 << 16;
/// The length of the longest row that is written first and checked afterwards.
const SHORT: usize = 256;

impl CsvWriter<&mut Vec<u8>> {
    /// Discards everything that was written, and begins again.
    pub(crate) fn restart(&mut self) -> io::Result<()> {
        self.to.clear();
        self.filled = 0;
        self.put(b"\xEF\xBB\xBF")
    }
}

impl<W: Write> CsvWriter<W> {
    pub(crate) fn new(to: W) -> io::Result<Self> {
        let mut writer = Self { to, buffer: vec![0; BUFFER].into(), filled: 0 };
        writer.put(b"\xEF\xBB\xBF")?;
        Ok(writer)
    }

    pub(crate) fn row<'c>(&mut self, cells: impl IntoIterator<Item = &'c str> + Clone) -> io::Result<()> {
        if self.filled + SHORT > BUFFER {
            self.flush()?;
        }
        if let Some(length) = self.put_bare(cells.clone()) {
            self.filled += length;
            return Ok(());
        }
        let mut written = 0;
        for (number, cell) in cells.into_iter().enumerate() {
            if number > 0 {
                self.put(b",")?;
            }
            self.put(quoted(&inert(cell)).as_bytes())?;
            written = number + cell.len();
        }
        // A row with a single blank cell would be a blank line.
        self.put(if written == 0 { b"\"\"\r\n" } else { b"\r\n" })
    }

    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        self.to.flush()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.write_all(&self.buffer[..self.filled])?;
        self.filled = 0;
        Ok(())
    }

    #[inline]
    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.filled + bytes.len() > BUFFER {
            self.flush()?;
        }
        match self.buffer.get_mut(self.filled..self.filled + bytes.len()) {
            Some(room) => room.copy_from_slice(bytes),
            None => return self.to.write_all(bytes),
        }
        self.filled += bytes.len();
        Ok(())
    }

    /// Writes a row if each of its cells can be written unchanged, as nearly all cells can. Returns the length of the
    /// row in bytes. Returns `None` if a cell may need a change.
    ///
    /// The row is checked only when it is complete, because the processor must wait to read bytes that it
    /// has just written.
    #[inline]
    fn put_bare<'c>(&mut self, cells: impl IntoIterator<Item = &'c str>) -> Option<usize> {
        let room: &mut [u8; SHORT] = self.buffer.get_mut(self.filled..)?.first_chunk_mut()?;
        let (mut at, mut count) = (0, 0);
        for cell in cells {
            let bytes = cell.as_bytes();
            // A text that begins with a letter or a digit is never a formula.
            if !bytes.first()?.is_ascii_alphanumeric() {
                return None;
            }
            room.get_mut(at..at + bytes.len())?.copy_from_slice(bytes);
            at += bytes.len();
            *room.get_mut(at)? = b',';
            at += 1;
            count += 1;
        }
        let commas = commas_alone(room, at)?;
        *room.get_mut(at.checked_sub(1)?..)?.first_chunk_mut()? = *b"\r\n";
        (commas == count).then_some(at + 1)
    }
}

/// Returns the number of commas in the first `length` bytes of a row, or `None` if one of these bytes needs quotation
/// marks.
#[inline]
fn commas_alone(row: &[u8; SHORT], length: usize) -> Option<u32> {
    let (lanes, _) = row.as_chunks();
    let mut commas = 0;
    for (number, lane) in lanes.iter().enumerate().take(length.div_ceil(16)) {
        let within = u32::MAX >> (32 - (length - 16 * number).min(16) as u32);
        let lane = Bytes::new(*lane);
        let quoting = lane.is(b'"') | lane.is(b'\r') | lane.is(b'\n') | lane.is(b';') | lane.is(b'\t');
        if quoting.bits() & within != 0 {
            return None;
        }
        commas += (lane.is(b',').bits() & within).count_ones();
    }
    Some(commas)
}

fn quoted(cell: &str) -> Cow<'_, str> {
    // On computers where the list separator is not a comma, a semicolon or a tab can separate columns.
    if cell.contains([',', '"', '\r', '\n', ';', '\t']) {
        Cow::Owned(format!("\"{}\"", cell.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(cell)
    }
}

/// Writes a file completely or not at all, as [`Accounts::save_credentials`](crate::Accounts::save_credentials) does.
/// Use it for your own files about accounts, such as the accounts as JSON with passwords.
///
/// The bytes go to a new file in the same folder. Only the owner of the new file can read it. The new file replaces the
/// old file when the bytes are safely on disk. If the process or the power fails, you still have either the old file or
/// the new file. A temporary file, whose name begins with `.tmp`, may then remain in the folder. A symbolic link is
/// followed.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # std::env::set_current_dir(&folder)?;
/// # let accounts = onroll::Accounts::default();
/// onroll::reader::save_file("accounts.json", accounts.to_json_with_passwords())?;
/// # assert!(std::fs::exists("accounts.json")?);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// Returns the error of the file system, or an error that wraps [`NotARegularFile`]. After an error, the old file stays
/// unchanged.
pub fn save_file(path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> io::Result<()> {
    save(path.as_ref(), |file| file.write_all(bytes.as_ref()))
}

/// The path is a pipe, a device or similar. Nothing was written, because another user could read the data from a pipe
/// or a device.
///
/// ```
/// use onroll::reader::NotARegularFile;
/// let result = onroll::reader::save_file("/dev/null", "Amelia Smith");
/// if let Err(error) = result {
///     let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<NotARegularFile>());
///     println!("{}", inner.map_or("the file system refused it", NotARegularFile::code));
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the path must be a regular file or a new file, not a pipe or a device")]
#[non_exhaustive]
pub struct NotARegularFile;

impl NotARegularFile {
    /// Returns `"not-a-regular-file"`.
    pub fn code(&self) -> &'static str {
        "not-a-regular-file"
    }
}

/// Saves a file as [`save_file`] does, but lets `write` produce the bytes piece by piece.
pub(crate) fn save(path: &Path, write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>) -> io::Result<()> {
    // Check the kind of the given path, because its target may have no path: /dev/stdout may be a pipe.
    match path.metadata() {
        Ok(about) if about.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
        Ok(about) if !about.is_file() => return Err(io::Error::new(io::ErrorKind::InvalidInput, NotARegularFile)),
        _ => {}
    }
    // A symbolic link stays a link, and its target is written.
    let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = new_file(folder)?;
    let mut buffered = BufWriter::with_capacity(1 << 16, file.as_file());
    write(&mut buffered)?;
    buffered.into_inner().map_err(|error| error.into_error())?.sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Creates a new file that only its owner can read. On failure, returns the error of the operating system. The error of
/// `tempfile` has no number, and mentions a file that the user does not know.
fn new_file(folder: &Path) -> io::Result<NamedTempFile> {
    let mut failed = None;
    let made = tempfile::Builder::new().make_in(folder, |path| {
        let mut options = File::options();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path).inspect_err(|error| failed = error.raw_os_error())
    });
    made.map_err(|error| failed.map_or(error, io::Error::from_raw_os_error))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn makes_formulas_inert_and_leaves_names_unchanged() {
        for formula in ["=1+1", "+441", "-x", "@me", "\tx", "＝1", " =1", "'=1", "''=1"] {
            assert_eq!(inert(formula), format!("'{formula}"));
        }
        for name in ["'t Hooft", "O'Brien", "Amelia", "", "'"] {
            assert_eq!(inert(name), name);
            assert_eq!(written(name), name);
        }
    }

    #[test]
    fn common_rows_take_the_fast_path() {
        let mut writer = CsvWriter::new(Vec::new()).unwrap();
        let row = ["Amelia Smith", "amelia.smith", "Year 7", "7B"];
        for _ in 0..3 {
            assert_eq!(writer.put_bare(row), Some(row.join(",").len() + 2));
            // The bytes to overwrite may be full of commas.
            let filled = writer.filled;
            writer.buffer[filled..filled + SHORT].fill(b',');
        }
        let rows: [&[&str]; 5] = [&["a", "b,c"], &["a", "\"b"], &["a", "b\n"], &["a", "=b"], &["a", ""]];
        assert!(rows.iter().all(|row| writer.put_bare(row.iter().copied()).is_none()));
    }

    proptest! {
        #[test]
        fn making_a_value_inert_can_be_undone(value in r"[' =+\-@\t\r\na＝]{0,6}") {
            let cell = inert(&value);
            prop_assert_eq!(written(&cell), value.as_str());
            prop_assert!(!inert(&value).starts_with(begins_formula));
        }

        #[test]
        fn writes_rows_like_the_csv_crate(
            rows in prop::collection::vec(
                prop::collection::vec(r#"[ab9é ,"=\r\n']{0,4}|[a-f,]{62,66}|[a-f]{1,70000}"#, 1..4), 0..9,
            ),
        ) {
            let mut ours = Vec::new();
            let mut writer = CsvWriter::new(&mut ours).unwrap();
            let mut theirs =
                csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).flexible(true).from_writer(Vec::new());
            for row in &rows {
                writer.row(row.iter().map(String::as_str)).unwrap();
                theirs.write_record(row.iter().map(|cell| inert(cell).into_owned())).unwrap();
            }
            writer.finish().unwrap();
            let theirs = [b"\xEF\xBB\xBF".as_slice(), &theirs.into_inner().unwrap()].concat();
            prop_assert_eq!(String::from_utf8(ours), String::from_utf8(theirs));
        }
    }
}
