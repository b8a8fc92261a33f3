//! Chooses the sheet of a workbook that holds the students, and reports hidden rows and columns, and formulas without a
//! value. `check/heading_row.rs` counts the headings of each sheet, and `table/workbook/` reads the workbook.

use std::borrow::Cow;
use std::io;

use super::{FileReader, Input, Reader};
use crate::check::{Headings, ROWS_LOOKED_AT, Survey};
use crate::column::{Column, Columns};
use crate::mapping::points;
use crate::problem::{Detail, Position, Problem, ProblemCode as Code, column_letters};
use crate::report::Report;
use crate::table::workbook::{self, Fault, SheetText, Workbook};
use crate::table::{Decoded, Limits, Rearranged, Rows, TextSource};
use crate::vocabulary::Vocabulary;
use crate::watch::Cancelled;

/// A sheet certainly holds students if it has at least this number of the nine headings.
const SURE_COLUMNS: u32 = 5;
/// The largest number of columns that a warning lists.
const COLUMNS_NAMED: usize = 10;

/// The sheet to read, and the messages about it.
#[derive(Default)]
pub(super) struct SheetSelection {
    name: Option<Box<str>>,
    /// The sheet for which a stored mapping was made. We read this sheet if the workbook still has it.
    usual: Option<Box<str>>,
    /// The known headings, if the file can be any export and not only the template.
    vocabulary: Option<Vocabulary>,
    /// The sheets to choose from, if it is not clear which one holds the students.
    choices: Vec<String>,
    hidden_rows: Vec<u32>,
    hidden_columns: Vec<[u32; 2]>,
    without_value: Vec<(u32, u32)>,
}

impl SheetSelection {
    pub(super) fn of(reader: &Reader) -> Self {
        let mapping = reader.mapping.as_ref();
        let vocabulary = mapping.is_some().then(|| reader.vocabulary.clone());
        let usual = mapping.and_then(|mapping| mapping.sheet()).map(Into::into);
        Self { name: reader.sheet.clone(), usual, vocabulary, ..Self::default() }
    }
}

/// The facts that are needed to split a file's rows again, and to find its columns.
#[derive(Debug, Default)]
pub(in crate::reader) struct SheetLayout {
    pub(in crate::reader) is_known: bool,
    pub(in crate::reader) start: usize,
    pub(in crate::reader) delimiter: u8,
    pub(in crate::reader) rows_delimiter: u8,
    /// The last row of the headings, counted from 1, or 0 if there are no headings.
    pub(in crate::reader) headings: u64,
    pub(in crate::reader) columns: [Option<usize>; Column::COUNT],
    /// The headings exactly as they are in the file.
    cells: Vec<String>,
    /// The text of an export, rewritten in the columns of the template.
    pub(in crate::reader) export: Option<Vec<u8>>,
    /// The columns that are made from several of the export's columns. A fix in such a column belongs to no single
    /// cell.
    pub(in crate::reader) joined: Columns,
}

impl SheetLayout {
    fn of_export(moved: &Rearranged, headings: u64, limits: &Limits) -> Self {
        let (text, start) = (moved.before.text.as_slice(), moved.before.start);
        let mut rows = Rows::new(text, start, moved.delimiter, limits);
        let mut cells = Vec::new();
        while let Some(row) = rows.next().filter(|row| row.number <= headings) {
            if row.number == headings {
                cells = row.cells().map(str::to_owned).collect();
            }
        }
        let mut joined = Columns::default();
        let made_of = |column: Column| moved.cells.get(column as usize).map_or(&[][..], Vec::as_slice);
        Column::ALL.into_iter().filter(|column| made_of(*column).len() > 1).for_each(|column| joined.insert(column));
        Self {
            is_known: true,
            start,
            delimiter: moved.delimiter,
            rows_delimiter: moved.delimiter,
            headings,
            columns: Column::ALL.map(|column| made_of(column).first().copied()),
            cells,
            export: Some(text.to_vec()),
            joined,
        }
    }

    /// Returns the cell of the heading that a problem is about, if the problem has no column.
    pub(in crate::reader) fn heading_of(&self, problem: &Problem) -> Option<usize> {
        let value = problem.value().filter(|_| problem.row() == Some(self.headings))?;
        self.cells.iter().position(|cell| cell == value)
    }
}

/// The result of opening a file.
pub(in crate::reader) enum Opened<'b> {
    /// The file is not a workbook.
    Text(Input<'b>),
    Sheet(Decoded),
    /// The workbook cannot be read, and the report says why.
    Refused,
}

impl<'w> FileReader<'w> {
    /// Chooses sheets by the headings that `vocabulary` knows, instead of the template's headings.
    pub(in crate::reader) fn of_any_export(mut self, vocabulary: &Vocabulary) -> Self {
        self.sheet.vocabulary = Some(vocabulary.clone());
        self
    }

    /// Returns the report on a file that was not read.
    pub(in crate::reader) fn refused(self) -> io::Result<Report> {
        Ok(self.found.finish(Vec::new(), &TextSource::Utf8, None, 1, &self.watch)?.1)
    }

    /// Returns the names of the sheets to choose from, if it was not clear which one holds the students.
    pub(in crate::reader) fn sheet_choices(&mut self) -> Vec<String> {
        std::mem::take(&mut self.sheet.choices)
    }

    /// Opens a workbook, and turns its sheet into text. Returns any other file as it is.
    pub(in crate::reader) fn workbook<'b>(&mut self, input: Input<'b>) -> io::Result<Opened<'b>> {
        let is_workbook =
            |bytes: &Cow<'_, [u8]>| bytes.len() as u64 <= self.limits.file_bytes && workbook::is_workbook(bytes);
        let Some(bytes) = input.as_ref().filter(|bytes| is_workbook(bytes)) else { return Ok(Opened::Text(input)) };
        match self.read_workbook(bytes) {
            Ok(Some(sheet)) => Ok(Opened::Sheet(self.taken(sheet))),
            Ok(None) => Ok(Opened::Refused),
            Err(Fault::Ended) => Err(Cancelled.into()),
            Err(fault) => {
                let (code, detail) = match fault {
                    Fault::Protected => (Code::WorkbookProtected, Detail::None),
                    Fault::TooMany(most, of) => (Code::FileTooLarge, Detail::limit(most, of)),
                    Fault::Not(what) => (Code::WorkbookUnreadable, Detail::note(what)),
                    Fault::Ended => return Err(Cancelled.into()),
                };
                self.found.whole_file(code, detail);
                Ok(Opened::Refused)
            }
        }
    }

    fn read_workbook(&mut self, bytes: &[u8]) -> Result<Option<SheetText>, Fault> {
        let watch = self.watch.clone();
        let mut workbook = Workbook::open(bytes, &self.limits, &watch)?;
        let Some(sheet) = self.choose(&mut workbook)? else { return Ok(None) };
        let name = workbook.sheets().get(sheet).map_or("", |sheet| &sheet.name).into();
        let mut text = workbook.read(sheet, None)?;
        text.cells.sheet = name;
        Ok(Some(text))
    }

    /// Returns the sheet that holds the students. If that is not clear, the report asks which sheet to read.
    fn choose(&mut self, workbook: &mut Workbook<'_>) -> Result<Option<usize>, Fault> {
        let sheets = workbook.sheets().to_vec();
        let names = |of: &[usize]| -> Vec<String> {
            of.iter().filter_map(|sheet| sheets.get(*sheet)).map(|sheet| sheet.name.to_string()).collect()
        };
        let visible: Vec<usize> =
            (0..sheets.len()).filter(|sheet| sheets.get(*sheet).is_some_and(|s| !s.is_hidden)).collect();
        if let Some(wanted) = &self.sheet.name {
            let is_it = |folds: bool, name: &str| {
                let (name, wanted) = (name.trim(), wanted.trim());
                if folds { name.to_lowercase() == wanted.to_lowercase() } else { name == wanted }
            };
            let found = [false, true].into_iter().find_map(|folds| sheets.iter().position(|s| is_it(folds, &s.name)));
            if found.is_none() {
                let all: Vec<usize> = (0..sheets.len()).collect();
                self.ask("the sheet that you chose does not exist; the sheets are", &names(&all));
            }
            return Ok(found);
        }
        let usual = self.sheet.usual.as_deref().and_then(|usual| sheets.iter().position(|sheet| *sheet.name == *usual));
        if usual.is_some() {
            return Ok(usual);
        }
        if let [only] = visible[..] {
            return Ok(Some(only));
        }
        let mut filled = Vec::new();
        for sheet in &visible {
            let head = workbook.read(*sheet, Some(ROWS_LOOKED_AT as u32))?;
            if !head.is_blank() {
                let survey = match &self.sheet.vocabulary {
                    Some(vocabulary) => Survey::by(&head.text, 0, &self.limits, &|cell| points(vocabulary, cell)),
                    None => Survey::of(&head.text, 0, &self.limits),
                };
                filled.push((*sheet, survey.columns));
            }
        }
        let best = filled.iter().map(|(_, columns)| *columns).max().unwrap_or(0);
        // If no sheet has enough headings, take the sheet with the most headings. If no sheet has any heading, take the
        // sheet that is not blank, if there is only one.
        let least = SURE_COLUMNS.min(best);
        let likely: Vec<usize> =
            filled.iter().filter(|(_, columns)| *columns >= least).map(|(sheet, _)| *sheet).collect();
        match likely[..] {
            [one] => Ok(Some(one)),
            // All visible sheets are blank.
            [] if !visible.is_empty() => Ok(visible.first().copied()),
            [] => {
                let all: Vec<usize> = (0..sheets.len()).collect();
                self.sheet.choices = names(&all);
                self.ask("all sheets are hidden; say which one to read", &names(&all));
                Ok(None)
            }
            _ => {
                self.sheet.choices = names(&likely);
                self.ask("more than one sheet may hold the students; say which one to read", &names(&likely));
                Ok(None)
            }
        }
    }

    /// Adds a problem that asks which sheet to read.
    fn ask(&mut self, note: &'static str, sheets: &[String]) {
        let sheets = sheets.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
        self.found.report.set_uncertain();
        let problem = Problem::new(Code::SheetChoice, Position::File).with_detail(Detail::note(note));
        self.found.report.add(problem.with_value(&sheets), false);
    }

    /// Stores the findings about a sheet, and returns its text.
    fn taken(&mut self, sheet: SheetText) -> Decoded {
        let SheetText { text, cells, hidden_rows, hidden_columns, without_value, .. } = sheet;
        self.sheet = SheetSelection { hidden_rows, hidden_columns, without_value, ..SheetSelection::default() };
        Decoded { text, start: 0, source: TextSource::Sheet(Box::new(cells)), had_end_mark: false }
    }

    /// Stores in `layout` how the rows are split. The rows can then be copied later.
    pub(in crate::reader) fn tell_layout(&mut self, layout: &'w mut SheetLayout) {
        self.layout = Some(layout);
    }

    pub(super) fn keep_layout(
        &mut self,
        decoded: &Decoded,
        survey: &Survey,
        rows: &Rows<'_>,
        headings: Option<&Headings>,
    ) {
        let Some(layout) = &mut self.layout else { return };
        if let TextSource::Rearranged(moved) = &decoded.source {
            **layout =
                SheetLayout::of_export(moved, self.mapped.as_ref().map_or(1, |mapped| mapped.first.0), &self.limits);
            return;
        }
        let (text, start) = (decoded.text.as_slice(), decoded.start);
        let count = if survey.is_headless { 0 } else { rows.rows_read() };
        let mut again = Rows::new(text, start, survey.delimiter, &self.limits);
        let mut cells = Vec::new();
        while let Some(row) = again.next().filter(|row| row.number <= count) {
            if row.number == count {
                cells = row.cells().map(str::to_owned).collect();
            }
        }
        **layout = SheetLayout {
            is_known: headings.is_some() || survey.columns > 0,
            start,
            delimiter: survey.delimiter,
            rows_delimiter: survey.rows_delimiter.unwrap_or(survey.delimiter),
            headings: count,
            columns: headings.map(|headings| headings.columns).unwrap_or_default(),
            cells,
            ..SheetLayout::default()
        };
    }

    /// Reports which rows and columns of the sheet are hidden, and which formulas have no value.
    pub(super) fn add_sheet_problems(&mut self, decoded: &Decoded) {
        let wanted = std::mem::take(&mut self.sheet);
        let position = |row: u32| {
            let byte = decoded.source.row_of_sheet(row).unwrap_or(0);
            let row = u64::from(row) + 1;
            Position::Row { row, line: row, byte, column: None }
        };
        for row in wanted.hidden_rows {
            let detail = Detail::note(HIDDEN_ROWS);
            let number = u64::from(row) + 1;
            if !self.found.report.add_row_to_cause(Code::HiddenCells, &detail, false, number) {
                let problem = Problem::new(Code::HiddenCells, position(row)).with_detail(detail);
                self.found.report.add_row_of_cause(problem, false);
            }
        }
        if !wanted.hidden_columns.is_empty() {
            let columns = wanted.hidden_columns.iter().take(COLUMNS_NAMED).map(|[first, last]| match first == last {
                true => column_letters(*first),
                false => format!("{} to {}", column_letters(*first), column_letters(*last)),
            });
            let columns: Vec<String> = columns.collect();
            let note = format!(
                "these hidden columns are also read; check that they should be imported: {}",
                columns.join(", ")
            );
            let problem = Problem::new(Code::HiddenCells, Position::File).with_detail(Detail::Note(note.into()));
            self.found.report.add(problem, false);
        }
        for (row, column) in wanted.without_value {
            let note = format!(
                "a formula in column {} is stored without its value; open the workbook in Excel, save it, and upload it again",
                column_letters(column)
            );
            let detail = Detail::Note(note.into());
            let number = u64::from(row) + 1;
            if !self.found.report.add_row_to_cause(Code::FormulaWithoutValue, &detail, false, number) {
                let problem = Problem::new(Code::FormulaWithoutValue, position(row)).with_detail(detail);
                self.found.report.add_row_of_cause(problem, false);
            }
        }
    }
}

const HIDDEN_ROWS: &str = "hidden or filtered out in the workbook, but also read; check that it should be imported";
