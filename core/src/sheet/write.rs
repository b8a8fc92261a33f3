//! Writing CSV that Excel opens as it is, runs nothing of, and that reads back to the same values.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Characters that begin a formula where Excel finds them at the start of a cell, quoted or not.
fn begins_formula(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '\0' | '＝' | '＋' | '－' | '＠')
}

/// Whether the text is some apostrophes, then perhaps white space, then what begins a formula.
fn is_formula(text: &str) -> bool {
    let rest = text.trim_start_matches('\'');
    rest.starts_with(begins_formula) || rest.trim_start().starts_with(begins_formula)
}

/// A cell that spreadsheets show and do not run: where it would be a formula, behind one more apostrophe.
fn inert(value: &str) -> Cow<'_, str> {
    if is_formula(value) { Cow::Owned(format!("'{value}")) } else { Cow::Borrowed(value) }
}

/// What [`inert`] was given: it adds an apostrophe to exactly those texts that this takes one from,
/// so names such as `'t Hooft` are never touched.
pub(crate) fn written(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(value) if is_formula(value) => value,
        _ => cell,
    }
}

/// Writes rows as RFC 4180 CSV with CR LF, in UTF-8 with a byte order mark, every cell inert.
pub(crate) struct CsvWriter<W: Write>(csv::Writer<W>);

impl<W: Write> CsvWriter<W> {
    pub(crate) fn new(mut to: W) -> io::Result<Self> {
        to.write_all(b"\xEF\xBB\xBF")?;
        let writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).flexible(true).from_writer(to);
        Ok(Self(writer))
    }

    pub(crate) fn row<'c>(&mut self, cells: impl IntoIterator<Item = &'c str>) -> io::Result<()> {
        for cell in cells {
            self.0.write_field(inert(cell).as_bytes())?;
        }
        self.0.write_record(None::<&[u8]>).map_err(io::Error::from)
    }

    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Writes a file whole or not at all: to a new file in the same folder, readable by its owner
/// alone, which takes the old one's place once it is safely on disk.
pub(crate) fn save(path: &Path, write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>) -> io::Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = tempfile::NamedTempFile::new_in(folder)?;
    let mut buffered = BufWriter::with_capacity(1 << 16, file.as_file());
    write(&mut buffered)?;
    buffered.into_inner().map_err(|error| error.into_error())?.sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_are_made_inert_and_names_left_alone() {
        for formula in ["=1+1", "+441", "-x", "@me", "\tx", "＝1", " =1", "'=1", "''=1"] {
            assert_eq!(inert(formula), format!("'{formula}"));
        }
        for name in ["'t Hooft", "O'Brien", "Amelia", "", "'"] {
            assert_eq!(inert(name), name);
            assert_eq!(written(name), name);
        }
    }

    proptest! {
        #[test]
        fn written_undoes_inert(value in r"[' =+\-@\t\r\na＝]{0,6}") {
            let cell = inert(&value);
            prop_assert_eq!(written(&cell), value.as_str());
            prop_assert!(!inert(&value).starts_with(begins_formula));
        }
    }
}
