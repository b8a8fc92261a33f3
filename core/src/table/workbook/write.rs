//! Writes workbooks (`WorkbookWriter`), with their styles, notes and drop-downs. Every cell is text in the text format.
//! So no value runs as a formula or becomes a number or a date, even after a person edits it.

use std::borrow::Cow;
use std::io;

use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder,
    Formula, IgnoreError, Note, Url, Workbook, Worksheet, XlsxError,
};

/// The largest number of characters in a cell. The next constants are the limits for a note, a sheet's name, and a list
/// inside a rule.
const LONGEST_CELL: usize = 32_767;
const LONGEST_NOTE: usize = 2_000;
const LONGEST_NAME: usize = 31;
const LONGEST_LIST: usize = 255;
/// The largest numbers of rows and columns of a sheet.
pub(crate) const MOST_ROWS: u32 = 1 << 20;
pub(crate) const MOST_COLUMNS: u32 = 1 << 14;
/// The smallest and the largest width of a column, in characters.
const WIDTHS: [usize; 2] = [9, 32];

/// The style of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) enum Look {
    #[default]
    Usual,
    /// The value was corrected.
    Fixed,
    Warning,
    Error,
    Heading,
    /// A line of text above a table.
    Title,
}

/// A workbook that is being written.
pub(crate) struct WorkbookWriter {
    book: Workbook,
    names: Vec<String>,
}

/// A sheet of a workbook that is being written.
pub(crate) struct SheetWriter<'w> {
    sheet: &'w mut Worksheet,
    formats: [Format; 6],
    widths: Vec<usize>,
}

fn formats() -> [Format; 6] {
    let text = Format::new().set_num_format("@").set_align(FormatAlign::Top);
    let filled = |color: u32| text.clone().set_background_color(Color::RGB(color)).set_border(FormatBorder::Thin);
    let filled = |color| filled(color).set_border_color(Color::RGB(0xBF_BFBF));
    let heading = filled(0xDD_E6F0).set_bold();
    let title = text.clone().set_bold();
    let (fixed, warning, error) = (filled(0xC6_EFCE), filled(0xFF_EB9C), filled(0xFF_C7CE));
    [text, fixed, warning, error, heading, title]
}

/// Replaces the library's error, which says nothing that a host could use.
fn failed(_: XlsxError) -> io::Error {
    io::Error::other("the workbook could not be written")
}

impl WorkbookWriter {
    pub(crate) fn new(title: &str) -> io::Result<Self> {
        let mut book = Workbook::new();
        // The same input must always produce the same bytes, so the creation time is fixed.
        let time = ExcelDateTime::from_ymd(2000, 1, 1).map_err(failed)?;
        let about = DocProperties::new().set_title(title).set_author("onroll").set_creation_datetime(&time);
        book.set_properties(&about);
        Ok(Self { book, names: Vec::new() })
    }

    /// Adds a sheet, and returns its name and the sheet. The name is changed if Excel would not accept it.
    pub(crate) fn sheet(&mut self, name: &str) -> io::Result<(String, SheetWriter<'_>)> {
        let name = self.free_name(name);
        self.names.push(name.clone());
        let sheet = self.book.add_worksheet();
        sheet.set_name(&name).map_err(failed)?;
        Ok((name, SheetWriter { sheet, formats: formats(), widths: Vec::new() }))
    }

    fn free_name(&self, name: &str) -> String {
        let is_allowed = |c: char| !c.is_control() && !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\');
        let name: String = name.chars().map(|c| if is_allowed(c) { c } else { ' ' }).collect();
        let name = name.trim_matches(|c: char| c.is_whitespace() || c == '\'');
        let name = if name.is_empty() || name.eq_ignore_ascii_case("history") { "Sheet" } else { name };
        let is_taken = |name: &str| self.names.iter().any(|taken| taken.to_lowercase() == name.to_lowercase());
        let mut number = 1;
        loop {
            let suffix = if number == 1 { String::new() } else { format!(" {number}") };
            let candidate = cut(name, LONGEST_NAME - suffix.len()).trim_end_matches([' ', '\'']).to_owned() + &suffix;
            if !is_taken(&candidate) {
                return candidate;
            }
            number += 1;
        }
    }

    pub(crate) fn finish(mut self) -> io::Result<Vec<u8>> {
        self.book.save_to_buffer().map_err(failed)
    }
}

/// Returns the beginning of a text, up to this number of UTF-16 units.
fn cut(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let mut units = 0;
    let over = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > most
    });
    over.and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

/// Returns a text without the characters that XML cannot contain.
fn writable(text: &str) -> Cow<'_, str> {
    match text.contains(['\u{FFFE}', '\u{FFFF}']) {
        true => Cow::Owned(text.replace(['\u{FFFE}', '\u{FFFF}'], "\u{FFFD}")),
        false => Cow::Borrowed(text),
    }
}

impl SheetWriter<'_> {
    /// Writes a cell. Its row and column are counted from 0.
    pub(crate) fn cell(&mut self, row: u32, column: u32, text: &str, look: Look) -> io::Result<()> {
        let column = u16::try_from(column).map_err(|_| io::ErrorKind::InvalidInput)?;
        if look != Look::Title {
            self.note_width(column, text);
        }
        let format = &self.formats[look as usize];
        if text.is_empty() {
            if look != Look::Usual {
                self.sheet.write_blank(row, column, format).map_err(failed)?;
            }
            return Ok(());
        }
        let text = writable(cut(text, LONGEST_CELL));
        self.sheet.write_string_with_format(row, column, text, format).map_err(failed)?;
        Ok(())
    }

    /// Writes a link to a cell of another sheet.
    pub(crate) fn link(&mut self, row: u32, column: u32, sheet: &str, cell: &str) -> io::Result<()> {
        let column = u16::try_from(column).map_err(|_| io::ErrorKind::InvalidInput)?;
        self.note_width(column, cell);
        let url = Url::new(format!("internal:'{}'!{cell}", sheet.replace('\'', "''"))).set_text(cell);
        self.sheet.write_url(row, column, url).map_err(failed)?;
        Ok(())
    }

    /// Puts a note on a cell.
    pub(crate) fn note(&mut self, row: u32, column: u32, text: &str) -> io::Result<()> {
        let column = u16::try_from(column).map_err(|_| io::ErrorKind::InvalidInput)?;
        let lines = text.lines().map(|line| line.chars().count() / 42 + 1).sum::<usize>().clamp(2, 20) as u32;
        let note = Note::new(writable(cut(text, LONGEST_NOTE))).add_author_prefix(false).set_author("onroll");
        let note = note.set_width(300).set_height(16 * lines + 12);
        self.sheet.insert_note(row, column, &note).map_err(failed)?;
        Ok(())
    }

    /// Adds a drop-down with values to the cells of a column from one row to another. Excel refuses other values.
    pub(crate) fn choices(&mut self, column: u32, rows: [u32; 2], values: &[&str], title: &str) -> io::Result<()> {
        let length: usize = values.iter().map(|value| value.len() + 1).sum();
        if length > LONGEST_LIST || values.is_empty() {
            return Ok(());
        }
        let rule = DataValidation::new().allow_list_strings(values).map_err(failed)?;
        self.rule(column, rows, rule, title, "Choose one of the values in the list.")
    }

    /// Adds a drop-down with the values in the first column of another sheet, below its heading.
    pub(crate) fn choices_in(
        &mut self,
        column: u32,
        rows: [u32; 2],
        sheet: &str,
        count: usize,
        title: &str,
    ) -> io::Result<()> {
        let range = format!("='{}'!$A$2:$A${}", sheet.replace('\'', "''"), count + 1);
        let rule = DataValidation::new().allow_list_formula(Formula::new(range));
        self.rule(
            column,
            rows,
            rule,
            title,
            &format!("Choose one of the codes; the sheet '{sheet}' says what they mean."),
        )
    }

    fn rule(
        &mut self,
        column: u32,
        [first, last]: [u32; 2],
        rule: DataValidation,
        title: &str,
        message: &str,
    ) -> io::Result<()> {
        let column = u16::try_from(column).map_err(|_| io::ErrorKind::InvalidInput)?;
        let rule = rule.set_error_style(DataValidationErrorStyle::Stop);
        let rule = rule.set_error_title(cut(title, 32)).map_err(failed)?;
        let rule = rule.set_error_message(cut(message, 255)).map_err(failed)?;
        self.sheet.add_data_validation(first, column, last, column, &rule).map_err(failed)?;
        Ok(())
    }

    /// Keeps the rows above `row` visible while scrolling.
    pub(crate) fn freeze(&mut self, row: u32) -> io::Result<()> {
        self.sheet.set_freeze_panes(row, 0).map_err(failed)?;
        self.sheet.set_repeat_rows(0, row.saturating_sub(1)).map_err(failed)?;
        Ok(())
    }

    /// Makes Excel treat everything that a person types into a column as text.
    pub(crate) fn text_column(&mut self, column: u32) -> io::Result<()> {
        let column = u16::try_from(column).map_err(|_| io::ErrorKind::InvalidInput)?;
        self.sheet.set_column_format(column, &self.formats[Look::Usual as usize]).map_err(failed)?;
        Ok(())
    }

    fn note_width(&mut self, column: u16, text: &str) {
        let column = usize::from(column);
        if self.widths.len() <= column {
            self.widths.resize(column + 1, 0);
        }
        if let Some(width) = self.widths.get_mut(column) {
            *width = (*width).max(text.lines().map(|line| line.chars().count()).max().unwrap_or(0));
        }
    }

    /// Sets the widths of the columns. For the rows down to `last_row`, also turns off Excel's warning about numbers
    /// that are stored as text.
    pub(crate) fn finish(self, last_row: u32) -> io::Result<()> {
        // All columns fit on the width of one printed page.
        self.sheet.set_landscape().set_print_fit_to_pages(1, 0);
        let [least, most] = WIDTHS;
        for (column, width) in (0_u16..).zip(&self.widths) {
            self.sheet.set_column_width(column, (width + 2).clamp(least, most) as f64).map_err(failed)?;
        }
        let last = u16::try_from(self.widths.len().saturating_sub(1)).unwrap_or(0);
        let ignored = self.sheet.ignore_error_range(0, 0, last_row, last, IgnoreError::NumberStoredAsText);
        ignored.map_err(failed)?;
        Ok(())
    }
}
