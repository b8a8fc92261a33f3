//! Reads OpenDocument spreadsheets (`.ods`), in which each cell contains its displayed text.

use std::collections::HashSet;

use super::numbers::in_full;
use super::xml::{Tag, Xml, XmlToken, unescape};
use super::zip::{Zip, ZipEntry};
use super::{Budget, Fault, LONGEST_CELL, MOST_ROWS, MOST_SHEETS, SheetName, SheetText};

/// The largest number of styles to remember.
const MOST_STYLES: usize = 65_536;
/// The largest number of successive spaces that one element adds. No real cell has more.
const MOST_SPACES: u32 = 1000;

/// An open workbook.
pub(super) struct Ods<'b> {
    zip: Zip<'b>,
    content: ZipEntry<'b>,
}

impl<'b> Ods<'b> {
    pub(super) fn open(zip: Zip<'b>, budget: &mut Budget<'_>) -> Result<(Self, Vec<SheetName>), Fault> {
        if let Some(manifest) = zip.part("META-INF/manifest.xml") {
            let mut xml = Xml::new(zip.read(&manifest)?);
            while let Some(token) = xml.next(budget)? {
                if matches!(token, XmlToken::Start(tag) if tag.name == b"encryption-data") {
                    return Err(Fault::Protected);
                }
            }
        }
        let content = zip.part("content.xml").ok_or(Fault::DAMAGED)?;
        let ods = Self { zip, content };
        let sheets = ods.sheets(budget)?;
        Ok((ods, sheets))
    }

    fn sheets(&self, budget: &mut Budget<'_>) -> Result<Vec<SheetName>, Fault> {
        let mut xml = Xml::new(self.zip.read(&self.content)?);
        let mut hidden: HashSet<String> = HashSet::new();
        let (mut style, mut sheets) = (None, Vec::new());
        while let Some(token) = xml.next(budget)? {
            let XmlToken::Start(tag) = token else { continue };
            match tag.name {
                b"style" => style = tag.text(b"name"),
                b"table-properties" if tag.local(b"display") == Some(b"false") && hidden.len() < MOST_STYLES => {
                    hidden.extend(style.take());
                }
                b"table" => {
                    let is_hidden = tag.text(b"style-name").is_some_and(|style| hidden.contains(&style));
                    sheets.push(SheetName { name: tag.text(b"name").unwrap_or_default(), is_hidden });
                    if sheets.len() > MOST_SHEETS {
                        return Err(Fault::TooMany(MOST_SHEETS as u64, "sheets"));
                    }
                    // Tables inside this table are not read.
                    if !tag.is_empty {
                        xml.skip(budget)?;
                    }
                }
                _ => {}
            }
        }
        Ok(sheets)
    }

    pub(super) fn read(&self, sheet: usize, to: &mut SheetText, budget: &mut Budget<'_>) -> Result<(), Fault> {
        let mut xml = Xml::new(self.zip.read(&self.content)?);
        let mut number = 0;
        while let Some(token) = xml.next(budget)? {
            let XmlToken::Start(tag) = token else { continue };
            if tag.name != b"table" {
                continue;
            }
            let is_empty = tag.is_empty;
            if number == sheet {
                return if is_empty { Ok(()) } else { OdsTable::default().read(&mut xml, to, budget) };
            }
            number += 1;
            if !is_empty {
                xml.skip(budget)?;
            }
        }
        Err(Fault::DAMAGED)
    }
}

/// Reads one table.
#[derive(Default)]
struct OdsTable {
    row: u32,
    column: u32,
    /// The number of columns that have been described so far.
    columns: u32,
    value: Vec<u8>,
    /// The filled cells of the current row with their columns. They are stored because the row may be repeated.
    kept: Vec<(u32, Vec<u8>)>,
}

/// The attributes of a cell.
struct OdsCell {
    repeated: u32,
    rows: u32,
    is_covered: bool,
    is_empty: bool,
    has_formula: bool,
    value: Option<String>,
}

impl From<Tag<'_>> for OdsCell {
    fn from(tag: Tag<'_>) -> Self {
        let value = || match tag.local(b"value-type") {
            Some(b"float" | b"currency" | b"percentage") => tag.text(b"value"),
            Some(b"boolean") => tag.text(b"boolean-value").map(|value| value.to_ascii_uppercase()),
            Some(b"date") => tag.text(b"date-value"),
            Some(b"time") => tag.text(b"time-value"),
            Some(b"string") => tag.text(b"string-value"),
            _ => None,
        };
        Self {
            repeated: tag.number(b"number-columns-repeated").unwrap_or(1).max(1),
            rows: tag.number(b"number-rows-spanned").unwrap_or(1),
            is_covered: tag.name == b"covered-table-cell",
            is_empty: tag.is_empty,
            has_formula: tag.local(b"formula").is_some(),
            value: value(),
        }
    }
}

impl OdsTable {
    fn read(mut self, xml: &mut Xml<'_>, to: &mut SheetText, budget: &mut Budget<'_>) -> Result<(), Fault> {
        loop {
            match xml.next(budget)?.ok_or(Fault::DAMAGED)? {
                XmlToken::Start(tag) if tag.name == b"table-column" => {
                    let columns = tag.number(b"number-columns-repeated").unwrap_or(1).max(1);
                    if is_hidden(&tag) {
                        to.hide_columns(self.columns, self.columns.saturating_add(columns - 1));
                    }
                    self.columns = self.columns.saturating_add(columns);
                }
                XmlToken::Start(tag) if tag.name == b"table-row" => {
                    let times = tag.number(b"number-rows-repeated").unwrap_or(1).max(1);
                    let (is_hidden, is_empty) = (is_hidden(&tag), tag.is_empty);
                    if !is_empty {
                        self.read_row(times, is_hidden, xml, to, budget)?;
                        if !self.kept.is_empty() && !self.put_row(times, is_hidden, to, budget)? {
                            return Ok(());
                        }
                    }
                    self.row = self.row.saturating_add(times);
                }
                // Drawings and forms contain no cells of the table.
                XmlToken::Start(tag)
                    if matches!(tag.name, b"shapes" | b"forms" | b"named-expressions") && !tag.is_empty =>
                {
                    xml.skip(budget)?;
                }
                XmlToken::End(b"table") => return Ok(()),
                _ => {}
            }
        }
    }

    /// Reads the cells of a row that have a value.
    fn read_row(
        &mut self,
        times: u32,
        is_hidden: bool,
        xml: &mut Xml<'_>,
        to: &mut SheetText,
        budget: &mut Budget<'_>,
    ) -> Result<(), Fault> {
        self.kept.clear();
        self.column = 0;
        loop {
            match xml.next(budget)?.ok_or(Fault::DAMAGED)? {
                XmlToken::Start(tag) if matches!(tag.name, b"table-cell" | b"covered-table-cell") => {
                    let cell = OdsCell::from(tag);
                    self.read_cell(&cell, xml, budget)?;
                    if cell.has_formula && self.value.is_empty() && cell.value.is_none() && self.row < MOST_ROWS {
                        to.go_to(self.row, is_hidden)?;
                        to.has_no_value(self.column);
                    }
                    if cell.rows > 1 && times == 1 {
                        to.merge(self.column, self.row, self.row.saturating_add(cell.rows - 1));
                    }
                    if !self.value.is_empty() && !cell.is_covered {
                        // If there are too many columns, the sheet refuses the first cell that is beyond the limit.
                        for column in (self.column..).take(cell.repeated.min(1 << 14) as usize) {
                            self.kept.push((column, self.value.clone()));
                            budget.take(self.value.len())?;
                        }
                    }
                    self.column = self.column.saturating_add(cell.repeated);
                }
                XmlToken::End(b"table-row") => return Ok(()),
                _ => {}
            }
        }
    }

    /// Adds a row as many times as it is repeated. Returns whether to read more rows.
    fn put_row(
        &mut self,
        times: u32,
        is_hidden: bool,
        to: &mut SheetText,
        budget: &mut Budget<'_>,
    ) -> Result<bool, Fault> {
        for row in (self.row..).take(times as usize) {
            if !to.go_to(row, is_hidden)? {
                return Ok(false);
            }
            for (column, value) in &self.kept {
                budget.take(value.len())?;
                to.cell(*column, value)?;
            }
        }
        Ok(true)
    }

    /// Reads the text that a cell shows: its paragraphs, without notes on the cell.
    fn read_cell(&mut self, cell: &OdsCell, xml: &mut Xml<'_>, budget: &mut Budget<'_>) -> Result<(), Fault> {
        self.value.clear();
        let (mut paragraphs, mut depth) = (0, 0_usize);
        while let Some(token) = if cell.is_empty { None } else { Some(xml.next(budget)?.ok_or(Fault::DAMAGED)?) } {
            match token {
                XmlToken::Start(tag) => match tag.name {
                    b"annotation" | b"shapes" | b"frame" | b"custom-shape" | b"ruby-text" if !tag.is_empty => {
                        xml.skip(budget)?;
                    }
                    b"p" => {
                        if paragraphs > 0 {
                            self.value.push(b'\n');
                        }
                        paragraphs += 1;
                        depth += usize::from(!tag.is_empty);
                    }
                    b"s" => {
                        let spaces = tag.number(b"c").unwrap_or(1).min(MOST_SPACES);
                        self.value.extend((0..spaces).map(|_| b' '));
                    }
                    b"tab" => self.value.push(b'\t'),
                    b"line-break" => self.value.push(b'\n'),
                    _ => {}
                },
                XmlToken::Text(text) if depth > 0 => unescape(text, &mut self.value),
                XmlToken::Verbatim(text) if depth > 0 => self.value.extend_from_slice(text),
                XmlToken::End(b"p") => depth = depth.saturating_sub(1),
                XmlToken::End(b"table-cell" | b"covered-table-cell") => break,
                _ => {}
            }
            if self.value.len() > LONGEST_CELL {
                return Err(Fault::TooMany(LONGEST_CELL as u64, "bytes of text"));
            }
        }
        if let Some(value) = cell.value.as_ref().filter(|_| paragraphs == 0) {
            match value.parse() {
                Ok(number) => {
                    let mut shown = String::new();
                    in_full(number, &mut shown);
                    self.value.extend_from_slice(shown.as_bytes());
                }
                Err(_) => self.value.extend_from_slice(value.as_bytes()),
            }
        }
        Ok(())
    }
}

/// Returns whether a row or a column is hidden or filtered out.
fn is_hidden(tag: &Tag<'_>) -> bool {
    matches!(tag.local(b"visibility"), Some(b"collapse" | b"filter"))
}
