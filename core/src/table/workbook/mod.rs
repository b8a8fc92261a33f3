//! Recognises the kind of a workbook, and reads it as text, within limits. Has the messages about workbooks that cannot
//! be read. A sheet becomes the CSV that Excel would save, so one reader is enough for all files.
//!
//! ```text
//! bytes ── Workbook::open ──> sheets by name ── read ──> SheetText: a record for each row of the sheet
//!                                                          └── where each row begins: its cells are found again
//! ```
//! A file's content decides its kind. The files in the archive are decompressed as they are read, and every size is
//! checked before data is kept. Formulas and macros never run. Only stored values are read.

mod cfb;
mod numbers;
mod ods;
mod shared_strings;
mod sheet_as_csv;
mod write;
mod xls;
mod xlsx;
mod xml;
mod zip;

use super::Limits;
use crate::watch::{Cancelled, WATCHED_BYTES, Watch};

pub(crate) use sheet_as_csv::{SheetCells, SheetText};
pub(crate) use write::{Look, MOST_COLUMNS, MOST_ROWS, SheetWriter, WorkbookWriter};

use cfb::Cfb;
use zip::Zip;

/// The reason why a workbook, or one of its sheets, cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The file cannot be read. The sentence says what kind of file it is, and what to do.
    Not(&'static str),
    /// The workbook is encrypted.
    Protected,
    /// The workbook has more than this number of the items that the text describes.
    TooMany(u64, &'static str),
    /// The host has cancelled the reading.
    Ended,
}

impl Fault {
    const DAMAGED: Self = Self::Not("this workbook is damaged; open it in Excel, save it as .xlsx and upload that");
    const NO_SHEET: Self =
        Self::Not("this workbook has only charts or macros, and no worksheet; add the list of students");
}

impl From<Cancelled> for Fault {
    fn from(_: Cancelled) -> Self {
        Self::Ended
    }
}

/// The smallest limit for the decompressed size of a workbook, in bytes. For a larger file, the limit grows with the
/// size of the file.
const LEAST_INFLATED: u64 = 64 << 20;
const MOST_INFLATED_TIMES: u64 = 100;
const LEAST_KEPT: usize = 12 << 20;
const MOST_KEPT_TIMES: usize = 8;
/// The largest number of sheets. No school's workbook has more, and a person must be able to choose a sheet from the
/// list.
const MOST_SHEETS: usize = 1000;
/// The longest text of a cell, in bytes. Excel's own limit is 32,767 characters.
const LONGEST_CELL: usize = 1 << 18;

/// The number of bytes that may still be decompressed, and the [`Watch`] by which the host may cancel the reading.
#[derive(Debug)]
pub(super) struct Budget<'w> {
    left: u64,
    all: u64,
    since: usize,
    watch: Option<&'w Watch>,
}

impl<'w> Budget<'w> {
    fn of(bytes: u64, watch: Option<&'w Watch>) -> Self {
        Self { left: bytes, all: bytes, since: 0, watch }
    }

    /// Counts bytes that were decompressed. Fails if they exceed the limit, or if the host cancels the reading.
    fn take(&mut self, bytes: usize) -> Result<(), Fault> {
        self.since += bytes;
        if let Some(watch) = self.watch.filter(|_| self.since >= WATCHED_BYTES) {
            self.since = 0;
            watch.see(0, 0)?;
        }
        self.left =
            self.left.checked_sub(bytes as u64).ok_or(Fault::TooMany(self.all, "bytes of data in the workbook"))?;
        Ok(())
    }
}

/// The name of a sheet, and whether it is hidden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SheetName {
    pub(crate) name: String,
    pub(crate) is_hidden: bool,
}

/// The limits for reading a sheet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    columns: u32,
    /// The largest size of all texts, in bytes.
    kept: usize,
    /// Reading stops after this number of rows with values.
    rows: u32,
}

/// An open workbook.
pub(crate) struct Workbook<'b> {
    kind: BookKind<'b>,
    sheets: Vec<SheetName>,
    bounds: Bounds,
    budget: Budget<'b>,
}

enum BookKind<'b> {
    Xlsx(xlsx::Xlsx<'b>),
    Ods(ods::Ods<'b>),
    Xls(xls::Xls),
}

const ZIP: &[u8] = b"PK\x03\x04";
const EMPTY_ZIP: &[u8] = b"PK\x05\x06";
const CFB: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// Returns whether a file is a workbook, judged only by its first bytes.
pub(crate) fn is_workbook(bytes: &[u8]) -> bool {
    let is_bare_biff = bytes.starts_with(b"\x09\x08") && bytes.get(3) == Some(&0) && bytes.get(5) == Some(&0);
    [ZIP, EMPTY_ZIP, CFB].iter().any(|sign| bytes.starts_with(sign)) || is_bare_biff
}

impl<'b> Workbook<'b> {
    /// Opens a workbook, and reads the names of its sheets.
    pub(crate) fn open(bytes: &'b [u8], limits: &Limits, watch: &'b Watch) -> Result<Self, Fault> {
        let inflated = LEAST_INFLATED.max(bytes.len() as u64 * MOST_INFLATED_TIMES).min(limits.sheet_bytes);
        let kept = LEAST_KEPT.max(bytes.len().saturating_mul(MOST_KEPT_TIMES));
        let kept = kept.min(usize::try_from(limits.sheet_bytes).unwrap_or(usize::MAX));
        let columns = u32::try_from(limits.columns).unwrap_or(u32::MAX);
        let bounds = Bounds { columns, kept, rows: u32::MAX };
        let mut budget = Budget::of(inflated, Some(watch));
        let (kind, sheets) = if bytes.starts_with(CFB) {
            open_cfb(bytes, &bounds)?
        } else if bytes.starts_with(ZIP) || bytes.starts_with(EMPTY_ZIP) {
            open_zip(bytes, &bounds, &mut budget)?
        } else {
            let (xls, sheets) = xls::Xls::open(bytes.to_vec(), &bounds)?;
            (BookKind::Xls(xls), sheets)
        };
        if sheets.is_empty() {
            return Err(Fault::NO_SHEET);
        }
        Ok(Self { kind, sheets, bounds, budget })
    }

    /// Returns the worksheets in the order of their tabs.
    pub(crate) fn sheets(&self) -> &[SheetName] {
        &self.sheets
    }

    /// Reads a sheet, or only its first `rows` rows with values.
    pub(crate) fn read(&mut self, sheet: usize, rows: Option<u32>) -> Result<SheetText, Fault> {
        let bounds = Bounds { rows: rows.unwrap_or(u32::MAX), ..self.bounds };
        let budget = &mut self.budget;
        let mut read = |merged: &[sheet_as_csv::Merged]| {
            let mut text = SheetText::new(bounds, merged);
            match &self.kind {
                BookKind::Xlsx(xlsx) => xlsx.read(sheet, &mut text, budget)?,
                BookKind::Ods(ods) => ods.read(sheet, &mut text, budget)?,
                BookKind::Xls(xls) => xls.read(sheet, &mut text, budget)?,
            }
            text.finish()
        };
        let text = read(&[])?;
        // A file can list its merged cells after all values, so we read the sheet a second time to fill these cells.
        let merged = text.merged_down();
        if merged.is_empty() { Ok(text) } else { read(&merged) }
    }
}

fn open_zip<'b>(
    bytes: &'b [u8],
    bounds: &Bounds,
    budget: &mut Budget<'_>,
) -> Result<(BookKind<'b>, Vec<SheetName>), Fault> {
    let zip = Zip::open(bytes)?;
    if let Some(mimetype) = zip.part("mimetype") {
        let kind = zip.short(&mimetype, 100)?;
        if kind.starts_with(b"application/vnd.oasis.opendocument.spreadsheet") {
            let (ods, sheets) = ods::Ods::open(zip, budget)?;
            return Ok((BookKind::Ods(ods), sheets));
        }
        if kind.starts_with(b"application/vnd.oasis.opendocument") {
            return Err(Fault::Not("this is not a workbook but another kind of document; save the list as .xlsx"));
        }
    }
    if zip.part("content.xml").is_some() && zip.part("META-INF/manifest.xml").is_some() {
        let (ods, sheets) = ods::Ods::open(zip, budget)?;
        return Ok((BookKind::Ods(ods), sheets));
    }
    for (part, what) in [
        ("xl/workbook.bin", "this is an Excel binary workbook (.xlsb); save it as .xlsx and upload that"),
        ("word/document.xml", "this is a Word document; copy the list into Excel and save it as .xlsx"),
        ("ppt/presentation.xml", "this is a PowerPoint presentation; copy the list into Excel and save it as .xlsx"),
        ("Index/Document.iwa", "this is an Apple Numbers file; export it as Excel (.xlsx) and upload that"),
    ] {
        if zip.part(part).is_some() {
            return Err(Fault::Not(what));
        }
    }
    if zip.part("[Content_Types].xml").is_none() && zip.part("xl/workbook.xml").is_none() {
        return Err(Fault::Not("this is a zip archive and not a workbook; upload the file that is in it"));
    }
    let (xlsx, sheets) = xlsx::Xlsx::open(zip, bounds, budget)?;
    Ok((BookKind::Xlsx(xlsx), sheets))
}

fn open_cfb<'b>(bytes: &'b [u8], bounds: &Bounds) -> Result<(BookKind<'b>, Vec<SheetName>), Fault> {
    let cfb = Cfb::open(bytes)?;
    if cfb.has("EncryptedPackage") {
        return Err(Fault::Protected);
    }
    let Some(book) = cfb.stream("Workbook").or_else(|| cfb.stream("Book")) else {
        return Err(Fault::Not(match cfb.has("WordDocument") {
            true => "this is a Word document; copy the list into Excel and save it as .xlsx",
            false => "this is not a workbook, but another old Office file; save the list as .xlsx",
        }));
    };
    let (xls, sheets) = xls::Xls::open(book?, bounds)?;
    Ok((BookKind::Xls(xls), sheets))
}

#[cfg(test)]
mod tests;
