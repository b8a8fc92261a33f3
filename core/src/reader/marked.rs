//! Writes a copy of the school's own file as a workbook. Each problem is a note on its cell, safe fixes are applied,
//! and a sheet lists the problems. Has the limit and the texts of that workbook.
//!
//! The library that writes workbooks cannot change an existing workbook. So all of the school's rows and columns are
//! copied. The sheet of problems says that formats and formulas are not copied.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use super::edits::RowEdit;
use super::file::SheetLayout;
use super::template::{CODES, offer, write_codes};
use super::{Input, Reader};
use crate::column::Column;
use crate::problem::{Fix, InSheet, Problem, ProblemCode as Code, Severity, column_letters};
use crate::report::Report;
use crate::table::workbook::{Look, MOST_COLUMNS, MOST_ROWS, SheetWriter, WorkbookWriter};
use crate::table::{self, Broken, Limits, Rows};

/// The largest number of notes on cells. More notes would make Excel slow. The sheet lists all problems.
const MOST_NOTES: usize = 5_000;
const PROBLEMS: &str = "Problems";
const ABOUT: &str = "This is a copy of your file without its colours, formats and formulas. Correct the red cells and check the yellow cells. The green cells are already corrected.";

impl Reader {
    /// Writes a copy of a school's own file as an Excel workbook, for the person who must correct the file. Each
    /// problem is a note on its cell. Safe fixes and [edits](Reader::edits) are applied and coloured. Coded columns get
    /// drop-downs. A sheet lists all problems, with links to their cells. The workbook contains all of the school's
    /// columns. The file can be a workbook or a CSV. Returns the report, with the fixes that were made.
    ///
    /// # Errors
    /// Returns an error if writing fails, if the file has more rows than a sheet can hold, or if the function in
    /// [`watch`](Self::watch) cancels the work.
    ///
    /// ```
    /// use onroll::{ProblemCode, Reader};
    /// let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,Martian,No,No\n";
    /// let mut workbook = Vec::new();
    /// Reader::new().mark_bytes(csv.into_bytes(), &mut workbook)?;
    /// let report = Reader::new().sheet("Students").check_bytes(workbook);
    /// assert_eq!((report.error_count(), report.problems()[0].cell().as_deref()), (1, Some("G2")));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn mark_bytes<'b>(&self, bytes: impl Into<Cow<'b, [u8]>>, mut to: impl Write) -> io::Result<Report> {
        let (report, marked) = self.marked(Some(bytes.into()))?;
        to.write_all(&marked)?;
        Ok(report)
    }

    /// Reads a file and writes the [marked](Self::mark_bytes) workbook to another file.
    ///
    /// ```
    /// use onroll::Reader;
    /// # let folder = tempfile::tempdir()?;
    /// # std::env::set_current_dir(&folder)?;
    /// # std::fs::write("students.csv", onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,BAFR,No,No\n")?;
    /// let report = Reader::new().mark_path("students.csv", "marked.xlsx")?;
    /// assert!(report.fixed_count() == 1 && std::fs::exists("marked.xlsx")?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Returns an error if the file cannot be read, if the file has more rows than a sheet can hold, if the workbook
    /// cannot be written, or if the function in [`watch`](Self::watch) cancels the work.
    pub fn mark_path(&self, from: impl AsRef<Path>, to: impl AsRef<Path>) -> io::Result<Report> {
        let (report, marked) = self.marked(self.load_path(from.as_ref())?)?;
        table::save_file(to, &marked)?;
        Ok(report)
    }

    fn marked(&self, input: Input<'_>) -> io::Result<(Report, Vec<u8>)> {
        let fixing = self.clone().fix(true);
        let mut layout = SheetLayout::default();
        let (mut pass, input) = fixing.prepared(input)?;
        pass.tell_layout(&mut layout);
        let (students, report, _) = pass.run(input)?;
        let mut book = WorkbookWriter::new("Students")?;
        let marks = Marks::of(&report, &layout);
        let copied = Copied {
            reader: self,
            text: layout.export.as_deref().unwrap_or_else(|| students.file()),
            layout: &layout,
            marks: &marks,
        };
        let sheet = if layout.is_known { Some(copied.write(&report, &mut book)?) } else { None };
        write_problems(&report, &layout, sheet.as_deref(), &mut book)?;
        if layout.is_known {
            write_codes(&mut book, &self.ethnicities, self.main_codes_only)?;
        }
        Ok((report, book.finish()?))
    }
}

/// The notes and the fix on a cell.
#[derive(Debug, Default)]
struct Mark {
    look: Look,
    messages: Vec<String>,
    /// The cell's new text, and the index in `STEPS` of the fix that made it.
    fix: Option<(usize, String)>,
}

/// The marks of a sheet, by row and column. Rows are counted from 1, and a mark on a whole row has no column.
#[derive(Debug, Default)]
struct Marks(BTreeMap<(u64, Option<u32>), Mark>);

/// The order in which the fixes of one cell are made. Each fix changes the result of the previous fix.
const STEPS: [Code; 8] = [
    Code::Mojibake,
    Code::HtmlEntity,
    Code::ExcelMangled,
    Code::LeadingApostrophe,
    Code::ForbiddenCharacter,
    Code::Quoted,
    Code::StraySpace,
    Code::NotNfc,
];

/// Returns the column of a problem in the sheet, counted from 0.
fn column_of(problem: &Problem, layout: &SheetLayout) -> Option<u32> {
    match problem.in_sheet() {
        InSheet::Cell(column) => Some(column),
        InSheet::Row => None,
        InSheet::No => {
            let index = problem.column().and_then(|column| layout.columns.get(column as usize).copied().flatten());
            index.or_else(|| layout.heading_of(problem)).and_then(|index| u32::try_from(index).ok())
        }
    }
}

impl Marks {
    fn of(report: &Report, layout: &SheetLayout) -> Self {
        let mut marks = Self::default();
        for problem in report.problems() {
            let look = if problem.severity() == Severity::Error { Look::Error } else { Look::Warning };
            marks.add(problem, look, layout);
        }
        for problem in report.fixed() {
            marks.add(problem, Look::Fixed, layout);
        }
        marks
    }

    fn add(&mut self, problem: &Problem, look: Look, layout: &SheetLayout) {
        let Some(row) = problem.row() else { return };
        let column = column_of(problem, layout);
        let message = problem.message();
        let ranges: Vec<[u64; 2]> = match problem.row_ranges() {
            [] => vec![[row, row]],
            ranges => ranges.to_vec(),
        };
        for row in ranges.into_iter().flat_map(|[first, last]| first..=last) {
            if self.0.len() >= 4 * MOST_NOTES && !self.0.contains_key(&(row, column)) {
                return;
            }
            let mark = self.0.entry((row, column)).or_default();
            mark.look = mark.look.max(look);
            mark.messages.push(message.clone());
            let is_joined = problem.column().is_some_and(|column| layout.joined.contains(column));
            let is_cell = look == Look::Fixed && !is_joined && column.is_some() && problem.row_ranges().is_empty();
            let step = STEPS.iter().position(|code| *code == problem.code()).unwrap_or(STEPS.len());
            if let Some(fix) = problem.fix().filter(|_| is_cell).map(Fix::text)
                && mark.fix.as_ref().is_none_or(|(before, _)| *before <= step)
                // A column in the wrong position keeps its heading.
                && !matches!(problem.code(), Code::HeadingOrder | Code::HeadingMissing | Code::HeadingUnknown)
            {
                mark.fix = Some((step, fix.to_owned()));
            }
        }
    }
}

/// The school's rows, with their marks, to copy.
struct Copied<'c> {
    reader: &'c Reader,
    text: &'c [u8],
    layout: &'c SheetLayout,
    marks: &'c Marks,
}

impl Copied<'_> {
    /// Copies the rows into a sheet, and returns its name.
    fn write(&self, report: &Report, book: &mut WorkbookWriter) -> io::Result<String> {
        let (name, mut sheet) = book.sheet(report.sheet().unwrap_or("Students"))?;
        let limits = Limits::default().within_reach();
        let mut rows = Rows::new(self.text, self.layout.start, self.layout.delimiter, &limits);
        let (mut last, mut notes) = (0, 0);
        loop {
            if rows.rows_read() == self.layout.headings && self.layout.headings > 0 {
                rows = rows.with_delimiter(self.layout.rows_delimiter);
            }
            let Some(row) = rows.next() else { break };
            let (number, start, line) = (row.number, row.start, row.line);
            last = u32::try_from(number - 1).ok().filter(|last| *last < MOST_ROWS).ok_or_else(too_many_rows)?;
            if row.broken == Some(Broken::Unclosed) {
                let raw = &self.text[start..];
                let raw = raw.split(|byte| *byte == b'\n').next().unwrap_or_default();
                let cells = [String::from_utf8_lossy(raw).into_owned()];
                self.row(last, cells.iter().map(String::as_str), &mut sheet, &mut notes)?;
                rows.resume_after_line(start, line);
                continue;
            }
            self.row(last, row.cells().map(table::written), &mut sheet, &mut notes)?;
        }
        let headings = u32::try_from(self.layout.headings).unwrap_or(0);
        let below = [headings, last.max(headings)];
        for column in Column::ALL {
            let index = self.layout.columns.get(column as usize).copied().flatten();
            if let Some(at) = index.and_then(|index| u32::try_from(index).ok()) {
                let Reader { ethnicities, main_codes_only, .. } = self.reader;
                offer(&mut sheet, at, column, below, ethnicities, CODES, *main_codes_only)?;
            }
        }
        sheet.freeze(headings)?;
        sheet.finish(last)?;
        Ok(name)
    }

    fn row<'r>(
        &self,
        row: u32,
        cells: impl Iterator<Item = &'r str>,
        sheet: &mut SheetWriter<'_>,
        notes: &mut usize,
    ) -> io::Result<()> {
        let number = u64::from(row) + 1;
        let is_heading = number == self.layout.headings;
        let marked: Vec<(Option<u32>, &Mark)> = self
            .marks
            .0
            .range((number, None)..=(number, Some(u32::MAX)))
            .map(|((_, column), mark)| (*column, mark))
            .collect();
        let cells: Vec<&str> = cells.take(MOST_COLUMNS as usize).collect();
        // A problem of a whole row is marked on its first cell with a value.
        let first = cells.iter().position(|cell| !cell.trim().is_empty()).unwrap_or(0) as u32;
        let edit = self.reader.edits.of_row(number);
        let said = edit.map(|edit| self.said(edit)).unwrap_or_default();
        let width = marked.iter().filter_map(|(column, _)| *column).map(|column| column + 1).max().unwrap_or(1);
        for at in 0..width.max(cells.len() as u32) {
            let text = cells.get(at as usize).copied().unwrap_or_default();
            let here = || marked.iter().filter(|(column, _)| column.unwrap_or(first) == at).map(|(_, mark)| mark);
            let typed = edit.and_then(|edit| self.typed(edit, at));
            let is_edited = typed.is_some() || at == first && !said.is_empty();
            let look = here().map(|mark| mark.look).chain(is_edited.then_some(Look::Fixed)).max();
            let usual = if is_heading && !text.is_empty() { Look::Heading } else { Look::Usual };
            let fix = here().find_map(|mark| mark.fix.as_ref()).map(|(_, fix)| fix.as_str()).or(typed);
            sheet.cell(row, at, fix.unwrap_or(text), look.unwrap_or(usual))?;
            let mut messages: Vec<&str> = here().flat_map(|mark| &mark.messages).map(String::as_str).collect();
            let was = fix.map(|_| format!("It was '{text}'."));
            messages.extend(was.as_deref());
            messages.extend(said.iter().filter(|_| at == first).map(String::as_str));
            if !messages.is_empty() && *notes < MOST_NOTES {
                *notes += 1;
                sheet.note(row, at, &messages.join("\n"))?;
            }
        }
        Ok(())
    }

    /// Returns the text that a person typed over a cell. Returns `None` for a cell that is only one part of a column.
    fn typed<'e>(&self, edit: &'e RowEdit, at: u32) -> Option<&'e str> {
        let is_here = |column: &Column| self.layout.columns.get(*column as usize) == Some(&Some(at as usize));
        let column = Column::ALL.into_iter().filter(|column| !self.layout.joined.contains(*column)).find(is_here)?;
        edit.cell(column)
    }

    /// Returns sentences about those edits of a row for which the sheet has no single cell.
    fn said(&self, edit: &RowEdit) -> Vec<String> {
        let has_no_cell = |column: &Column| {
            self.layout.joined.contains(*column)
                || self.layout.columns.get(*column as usize).copied().flatten().is_none()
        };
        let typed = Column::ALL.into_iter().filter(has_no_cell);
        let typed =
            typed.filter_map(|column| Some(format!("You wrote '{}' for {}.", edit.cell(column)?, column.heading())));
        edit.is_left_out.then(|| "You left this row out.".to_owned()).into_iter().chain(typed).collect()
    }
}

fn too_many_rows() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "the file has more rows than a sheet can hold: 1,048,576")
}

/// Writes the sheet that lists the problems.
fn write_problems(
    report: &Report,
    layout: &SheetLayout,
    copied: Option<&str>,
    book: &mut WorkbookWriter,
) -> io::Result<()> {
    let (_, mut sheet) = book.sheet(PROBLEMS)?;
    let text = report.text();
    sheet.cell(0, 0, text.lines().next().unwrap_or_default(), Look::Title)?;
    sheet.cell(1, 0, ABOUT, Look::Title)?;
    for (at, heading) in (0..).zip(["Where", "Kind", "Code", "Column", "Found", "Write", "Message"]) {
        sheet.cell(3, at, heading, Look::Heading)?;
    }
    let mut row = 3;
    let stands = report.problems().iter().map(|problem| (problem, problem.severity().as_str()));
    for (problem, kind) in stands.chain(report.fixed().iter().map(|problem| (problem, "put right"))) {
        row += 1;
        let cell = problem.row().map(|row| format!("{}{row}", column_letters(column_of(problem, layout).unwrap_or(0))));
        match (cell, copied) {
            (Some(cell), Some(copied)) => sheet.link(row, 0, copied, &cell)?,
            (cell, _) => sheet.cell(row, 0, cell.as_deref().unwrap_or("the file"), Look::Usual)?,
        }
        let look = match (kind, problem.severity()) {
            ("put right", _) => Look::Fixed,
            (_, Severity::Error) => Look::Error,
            (_, Severity::Warning) => Look::Warning,
        };
        sheet.cell(row, 1, kind, look)?;
        let column = problem.column().map_or("", Column::heading);
        let fix = problem.fix().map_or("", Fix::text);
        let cells = [problem.code().as_str(), column, problem.value().unwrap_or_default(), fix, &problem.message()];
        for (at, cell) in (2..).zip(cells) {
            sheet.cell(row, at, cell, Look::Usual)?;
        }
    }
    sheet.freeze(4)?;
    sheet.finish(row)
}
