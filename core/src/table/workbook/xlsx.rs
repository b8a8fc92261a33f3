//! Reads Office Open XML workbooks (`.xlsx`, `.xlsm`), strict or transitional. It reads a sheet in one pass, one token
//! at a time.

use std::collections::HashMap;

use super::numbers::{Format, in_full, of_iso};
use super::shared_strings::{Texts, resolve_escapes, trim_from};
use super::sheet_as_csv::position;
use super::xml::{Tag, Xml, XmlToken, digits, unescape};
use super::zip::{Zip, ZipEntry};
use super::{Bounds, Budget, Fault, LONGEST_CELL, MOST_SHEETS, SheetName, SheetText};

/// The largest number of formats in a workbook. It is also Excel's limit.
const MOST_FORMATS: usize = 65_536;

/// An open workbook.
pub(super) struct Xlsx<'b> {
    zip: Zip<'b>,
    parts: Vec<ZipEntry<'b>>,
    is_1904: bool,
    texts: Texts,
    formats: Vec<Format>,
}

/// The part of the archive to which a relationship leads.
struct RelationTarget {
    kind: String,
    path: String,
}

impl<'b> Xlsx<'b> {
    pub(super) fn open(
        zip: Zip<'b>,
        bounds: &Bounds,
        budget: &mut Budget<'_>,
    ) -> Result<(Self, Vec<SheetName>), Fault> {
        let roots = relationships(zip, "_rels/.rels", "", budget)?;
        let root = roots.into_values().find(|target| target.kind == "officeDocument");
        let main = root.map_or_else(|| "xl/workbook.xml".to_owned(), |target| target.path);
        let (folder, name) = main.rsplit_once('/').unwrap_or(("", &main));
        let related = relationships(zip, &format!("{folder}/_rels/{name}.rels").replace("//", "/"), folder, budget)?;
        let main = zip.part(&main).ok_or(Fault::DAMAGED)?;
        let mut xlsx = Self { zip, parts: Vec::new(), is_1904: false, texts: Texts::default(), formats: Vec::new() };
        let sheets = xlsx.sheets(&main, &related, budget)?;
        let part = |kind: &str| related.values().find(|t| t.kind == kind).and_then(|t| zip.part(&t.path));
        if let Some(styles) = part("styles") {
            xlsx.read_formats(&styles, budget)?;
        }
        if let Some(texts) = part("sharedStrings") {
            xlsx.read_texts(&texts, bounds.kept, budget)?;
        }
        Ok((xlsx, sheets))
    }

    /// Returns the worksheets, without the sheets of charts, dialogs and macros.
    fn sheets(
        &mut self,
        main: &ZipEntry<'b>,
        related: &HashMap<String, RelationTarget>,
        budget: &mut Budget<'_>,
    ) -> Result<Vec<SheetName>, Fault> {
        let mut xml = Xml::new(self.zip.read(main)?);
        let mut sheets = Vec::new();
        while let Some(token) = xml.next(budget)? {
            let XmlToken::Start(tag) = token else { continue };
            match tag.name {
                b"workbookPr" => self.is_1904 = tag.is(b"date1904"),
                b"sheet" => {
                    let target = tag.text(b"id").and_then(|id| related.get(&id));
                    let Some(target) = target.filter(|target| target.kind == "worksheet") else { continue };
                    let Some(part) = self.zip.part(&target.path) else { continue };
                    if sheets.len() == MOST_SHEETS {
                        return Err(Fault::TooMany(MOST_SHEETS as u64, "sheets"));
                    }
                    let is_hidden = tag.raw(b"state").is_some_and(|state| state != b"visible");
                    sheets.push(SheetName { name: tag.text(b"name").unwrap_or_default(), is_hidden });
                    self.parts.push(part);
                }
                _ => {}
            }
        }
        Ok(sheets)
    }

    fn read_formats(&mut self, part: &ZipEntry<'b>, budget: &mut Budget<'_>) -> Result<(), Fault> {
        let mut xml = Xml::new(self.zip.read(part)?);
        let mut codes: HashMap<u32, String> = HashMap::new();
        let mut is_in_cells = false;
        while let Some(token) = xml.next(budget)? {
            match token {
                XmlToken::Start(tag) if tag.name == b"numFmt" && codes.len() < MOST_FORMATS => {
                    if let (Some(id), Some(code)) = (tag.number(b"numFmtId"), tag.text(b"formatCode")) {
                        codes.insert(id, code);
                    }
                }
                XmlToken::Start(tag) if tag.name == b"cellXfs" => is_in_cells = !tag.is_empty,
                XmlToken::End(b"cellXfs") => is_in_cells = false,
                XmlToken::Start(tag) if is_in_cells && tag.name == b"xf" && self.formats.len() < MOST_FORMATS => {
                    let id = tag.number(b"numFmtId").unwrap_or(0);
                    let format = codes.get(&id).map_or_else(|| Format::built_in(id), |code| Format::of(code));
                    self.formats.push(format);
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn read_texts(&mut self, part: &ZipEntry<'b>, most: usize, budget: &mut Budget<'_>) -> Result<(), Fault> {
        let mut xml = Xml::new(self.zip.read(part)?);
        loop {
            let is_empty = match xml.next(budget)? {
                None => return Ok(()),
                Some(XmlToken::Start(tag)) if tag.name == b"si" => tag.is_empty,
                Some(_) => continue,
            };
            if !is_empty {
                rich_text(&mut xml, b"si", self.texts.end(), most, budget)?;
            }
            self.texts.push(most)?;
        }
    }

    pub(super) fn read(&self, sheet: usize, to: &mut SheetText, budget: &mut Budget<'_>) -> Result<(), Fault> {
        let part = self.parts.get(sheet).ok_or(Fault::DAMAGED)?;
        let mut xml = Xml::new(self.zip.read(part)?);
        let mut cells = XlsxCells { book: self, value: Vec::new(), shown: String::new(), row: 0, column: 0 };
        while let Some(token) = xml.next(budget)? {
            let XmlToken::Start(tag) = token else { continue };
            match tag.name {
                b"row" => {
                    cells.row = match tag.number(b"r") {
                        Some(row) => row.checked_sub(1).ok_or(Fault::DAMAGED)?,
                        None => cells.row,
                    };
                    if !to.go_to(cells.row, tag.is(b"hidden"))? {
                        return Ok(());
                    }
                    // The number of the next row, if that row does not have its own.
                    (cells.row, cells.column) = (cells.row + 1, 0);
                }
                b"c" => cells.read(&tag.into(), &mut xml, to, budget)?,
                b"col" if tag.is(b"hidden") => {
                    if let (Some(first), Some(last)) = (tag.number(b"min"), tag.number(b"max")) {
                        to.hide_columns(first.saturating_sub(1), last.saturating_sub(1));
                    }
                }
                b"mergeCell" => {
                    let range = tag.raw(b"ref").unwrap_or_default();
                    let mut ends = range.split(|byte| *byte == b':').map(position);
                    if let (Some(Some((column, first))), Some(Some((_, last)))) = (ends.next(), ends.next()) {
                        to.merge(column, first, last);
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// The attributes of a cell.
struct XlsxCell {
    column: Option<u32>,
    style: usize,
    kind: XlsxCellKind,
    is_empty: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum XlsxCellKind {
    Number,
    Shared,
    Inline,
    Text,
    Flag,
    Date,
}

impl From<Tag<'_>> for XlsxCell {
    fn from(tag: Tag<'_>) -> Self {
        let mut cell = Self { column: None, style: 0, kind: XlsxCellKind::Number, is_empty: tag.is_empty };
        for (name, value) in tag.attributes() {
            match (name, value) {
                (b"r", name) => cell.column = position(name).map(|(column, _)| column),
                (b"s", style) => cell.style = digits(style).unwrap_or(0) as usize,
                (b"t", b"s") => cell.kind = XlsxCellKind::Shared,
                (b"t", b"inlineStr") => cell.kind = XlsxCellKind::Inline,
                (b"t", b"str" | b"e") => cell.kind = XlsxCellKind::Text,
                (b"t", b"b") => cell.kind = XlsxCellKind::Flag,
                (b"t", b"d") => cell.kind = XlsxCellKind::Date,
                _ => {}
            }
        }
        cell
    }
}

/// Reads the cells of a sheet.
struct XlsxCells<'x, 'b> {
    book: &'x Xlsx<'b>,
    value: Vec<u8>,
    shown: String,
    row: u32,
    column: u32,
}

impl XlsxCells<'_, '_> {
    fn read(
        &mut self,
        cell: &XlsxCell,
        xml: &mut Xml<'_>,
        to: &mut SheetText,
        budget: &mut Budget<'_>,
    ) -> Result<(), Fault> {
        let column = cell.column.unwrap_or(self.column);
        self.column = column + 1;
        if cell.is_empty {
            return Ok(());
        }
        self.value.clear();
        let (mut has_formula, mut has_value) = (false, false);
        loop {
            match xml.next(budget)?.ok_or(Fault::DAMAGED)? {
                XmlToken::Start(tag) if tag.name == b"v" => {
                    has_value = true;
                    if !tag.is_empty {
                        text_until(xml, b"v", &mut self.value, LONGEST_CELL, budget)?;
                    }
                }
                XmlToken::Start(tag) if tag.name == b"is" => {
                    has_value = true;
                    if !tag.is_empty {
                        rich_text(xml, b"is", &mut self.value, LONGEST_CELL, budget)?;
                    }
                }
                XmlToken::Start(tag) => {
                    has_formula |= tag.name == b"f";
                    if !tag.is_empty {
                        xml.skip(budget)?;
                    }
                }
                XmlToken::End(b"c") => break,
                XmlToken::End(_) | XmlToken::Text(_) | XmlToken::Verbatim(_) => {}
            }
        }
        if has_formula && (!has_value || self.value.is_empty() && cell.kind == XlsxCellKind::Number) {
            to.has_no_value(column);
            return Ok(());
        }
        self.put(cell, column, to)
    }

    fn put(&mut self, cell: &XlsxCell, column: u32, to: &mut SheetText) -> Result<(), Fault> {
        match cell.kind {
            XlsxCellKind::Shared => {
                let index = digits(self.value.trim_ascii()).ok_or(Fault::DAMAGED)?;
                let text = self.book.texts.get(index as usize).ok_or(Fault::DAMAGED)?;
                to.cell(column, text)
            }
            XlsxCellKind::Inline => to.cell(column, &self.value),
            XlsxCellKind::Text => {
                resolve_escapes(&mut self.value, 0);
                to.cell(column, &self.value)
            }
            XlsxCellKind::Flag => {
                let is_true = matches!(self.value.trim_ascii(), b"1" | b"true");
                to.cell(column, if is_true { b"TRUE" } else { b"FALSE" })
            }
            XlsxCellKind::Number | XlsxCellKind::Date => {
                let text = str::from_utf8(self.value.trim_ascii()).map_err(|_| Fault::DAMAGED)?;
                let number = match cell.kind {
                    XlsxCellKind::Date => of_iso(text, self.book.is_1904),
                    _ => text.parse().ok(),
                };
                let Some(number) = number else { return to.cell(column, text.as_bytes()) };
                self.shown.clear();
                match self.book.formats.get(cell.style) {
                    Some(format) => format.show(number, self.book.is_1904, &mut self.shown),
                    None => in_full(number, &mut self.shown),
                }
                to.cell(column, self.shown.as_bytes())
            }
        }
    }
}

/// Adds the text of an element that has begun, up to the element's end.
fn text_until(
    xml: &mut Xml<'_>,
    name: &[u8],
    out: &mut Vec<u8>,
    most: usize,
    budget: &mut Budget<'_>,
) -> Result<(), Fault> {
    loop {
        match xml.next(budget)?.ok_or(Fault::DAMAGED)? {
            XmlToken::Text(text) => unescape(text, out),
            XmlToken::Verbatim(text) => out.extend_from_slice(text),
            XmlToken::End(ended) if ended == name => return Ok(()),
            XmlToken::End(_) | XmlToken::Start(_) => {}
        }
        if out.len() > most {
            return Err(Fault::TooMany(most as u64, "bytes of text"));
        }
    }
}

/// Adds a text that may consist of runs with different fonts. Phonetic readings are left out.
fn rich_text(
    xml: &mut Xml<'_>,
    name: &[u8],
    out: &mut Vec<u8>,
    most: usize,
    budget: &mut Budget<'_>,
) -> Result<(), Fault> {
    let start = out.len();
    loop {
        match xml.next(budget)?.ok_or(Fault::DAMAGED)? {
            XmlToken::Start(tag) if tag.name == b"t" && !tag.is_empty => {
                let (is_kept, start) = (tag.local(b"space") == Some(b"preserve"), out.len());
                text_until(xml, b"t", out, most, budget)?;
                if !is_kept {
                    trim_from(out, start);
                }
            }
            XmlToken::Start(tag) if tag.name == b"rPh" && !tag.is_empty => xml.skip(budget)?,
            XmlToken::End(ended) if ended == name => {
                resolve_escapes(out, start);
                return Ok(());
            }
            _ => {}
        }
    }
}

/// Returns the relationships of a part by id, with their kinds and their paths in the archive.
fn relationships(
    zip: Zip<'_>,
    part: &str,
    folder: &str,
    budget: &mut Budget<'_>,
) -> Result<HashMap<String, RelationTarget>, Fault> {
    let mut found = HashMap::new();
    let Some(part) = zip.part(part) else { return Ok(found) };
    let mut xml = Xml::new(zip.read(&part)?);
    while let Some(token) = xml.next(budget)? {
        let XmlToken::Start(tag) = token else { continue };
        if tag.name != b"Relationship" || tag.raw(b"TargetMode") == Some(b"External") || found.len() > 10 * MOST_SHEETS
        {
            continue;
        }
        let (Some(id), Some(kind), Some(path)) = (tag.text(b"Id"), tag.text(b"Type"), tag.text(b"Target")) else {
            continue;
        };
        // Strict and transitional workbooks name a kind by different addresses, whose last word is the same.
        let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
        found.insert(id, RelationTarget { kind, path: resolved(folder, &path) });
    }
    Ok(found)
}

/// Returns the path of a target in the archive.
fn resolved(folder: &str, path: &str) -> String {
    let path = path.replace('\\', "/");
    if let Some(path) = path.strip_prefix('/') {
        return path.to_owned();
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}
