//! Shows the rows of a file in the nine columns, as in a spreadsheet (`Sheet`), and takes the values that a person
//! types (`CellEdit`).

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use crate::column::{Column, Columns};
use crate::text::Private;

/// A person's decisions about a row in a file.
///
/// ```
/// use onroll::reader::CellEdit;
/// use onroll::{Column, Reader};
/// let rows = "Zoë Okafor,Zoë Okafor,Year 5,5A,U,No,BAFR,No,No\nTotal,,,,,,,,1 pupil\n";
/// let csv = onroll::template_csv() + rows;
/// let edits = [CellEdit::set(2, Column::Gender, "Female"), CellEdit::leave_out(3)];
/// let roster = Reader::new().edits(edits).read_bytes(csv.as_bytes())?;
/// assert_eq!(roster.get(0).unwrap().gender.unwrap().as_str(), "Female");
/// # Ok::<(), onroll::ReadError>(())
/// ```
#[derive(Clone)]
pub struct CellEdit {
    row: u64,
    what: What,
}

#[derive(Clone)]
enum What {
    Cell(Column, Box<str>),
    LeaveOut,
}

impl CellEdit {
    /// Replaces the value in one column of a row. Rows are numbered from 1, as in a spreadsheet.
    pub fn set(row: u64, column: Column, text: impl Into<Box<str>>) -> Self {
        Self { row, what: What::Cell(column, text.into()) }
    }

    /// Leaves out a row, because it is a duplicate or not a student. Rows are numbered from 1, as in a spreadsheet.
    pub fn leave_out(row: u64) -> Self {
        Self { row, what: What::LeaveOut }
    }
}

impl fmt::Debug for CellEdit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CellEdit(row {}, <hidden>)", self.row)
    }
}

/// A person's decisions by row.
#[derive(Debug, Clone, Default)]
pub(super) struct Edits(BTreeMap<u64, RowEdit>);

/// A person's decisions about one row.
#[derive(Debug, Clone, Default)]
pub(super) struct RowEdit {
    cells: [Option<Private>; Column::COUNT],
    pub(super) is_left_out: bool,
}

impl Edits {
    /// Groups edits by row. If a cell has several edits, the last edit is used.
    pub(super) fn of(edits: impl IntoIterator<Item = CellEdit>) -> Self {
        let mut by_row: BTreeMap<u64, RowEdit> = BTreeMap::new();
        for CellEdit { row, what } in edits {
            let edited = by_row.entry(row).or_default();
            match what {
                What::LeaveOut => edited.is_left_out = true,
                What::Cell(column, text) => {
                    if let Some(cell) = edited.cells.get_mut(column as usize) {
                        *cell = Some(Private::new(text));
                    }
                }
            }
        }
        Self(by_row)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn of_row(&self, row: u64) -> Option<&RowEdit> {
        self.0.get(&row)
    }
}

impl RowEdit {
    /// Returns the value that a person typed for a column, if there is one.
    pub(super) fn cell(&self, column: Column) -> Option<&str> {
        self.cells.get(column as usize)?.as_ref().map(Private::expose)
    }

    /// Returns whether a person typed every cell. The row then uses nothing from the file.
    pub(super) fn is_whole(&self) -> bool {
        self.cells.iter().all(Option::is_some)
    }

    /// Returns the columns for which a person typed a value.
    pub(super) fn columns(&self) -> Columns {
        let mut typed = Columns::default();
        Column::ALL.into_iter().filter(|column| self.cell(*column).is_some()).for_each(|column| typed.insert(column));
        typed
    }
}

/// The rows of a file, right or wrong, for a person to see and correct. Each row has the nine columns, with edits and
/// fixes applied. The rows are personal data.
///
/// ```
/// let csv = onroll::template_csv() + "Zoë Okafor,,Year 5,5A,F,No,BAFR,No,No\n";
/// let (report, sheet) = onroll::Reader::new().sheet_bytes(csv.into_bytes())?;
/// let row = sheet.get(0).unwrap();
/// assert_eq!((row.number, row.cells[0], row.cells[4], row.is_whole), (2, "Zoë Okafor", "F", true));
/// assert_eq!((sheet.len(), sheet.iter().count(), sheet.is_empty(), report.error_count()), (1, 1, false, 2));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Sheet {
    rows: Vec<(u64, bool)>,
    /// The offset in `text` at which each cell ends. There are nine cells for each row.
    ends: Vec<usize>,
    text: String,
}

/// A row of a [`Sheet`].
///
/// ```
/// let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female\n";
/// let (_, sheet) = onroll::Reader::new().sheet_bytes(csv.into_bytes())?;
/// for row in sheet.iter().filter(|row| !row.is_whole) {
///     println!("Row {} has too few or too many values: {}", row.number, row.cells.join(" | "));
/// }
/// # assert!(!sheet.is_empty() && !sheet.get(0).unwrap().is_whole);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct SheetRow<'s> {
    /// The row number as in a spreadsheet, from 1.
    pub number: u64,
    /// The nine values in template order. A value that is not in the file is blank.
    pub cells: [&'s str; Column::COUNT],
    /// Whether each value is certainly under its heading. If the row is too short, too long or broken, the positions of
    /// its values are only a guess. [Set](CellEdit::set) all nine values to use such a row.
    pub is_whole: bool,
}

impl fmt::Debug for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sheet({} rows, <hidden>)", self.rows.len())
    }
}

impl fmt::Debug for SheetRow<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SheetRow(row {}, <hidden>)", self.number)
    }
}

impl Sheet {
    /// Returns the number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Returns a row by its index, from 0.
    #[allow(clippy::expect_used)]
    pub fn get(&self, index: usize) -> Option<SheetRow<'_>> {
        let &(number, is_whole) = self.rows.get(index)?;
        let cells = std::array::from_fn(|cell| {
            let Range { start, end } = self.range(index * Column::COUNT + cell);
            self.text.get(start..end).expect("invariant: a range is of a whole cell")
        });
        Some(SheetRow { number, cells, is_whole })
    }

    /// Iterates over all rows.
    pub fn iter(&self) -> impl Iterator<Item = SheetRow<'_>> {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    fn range(&self, cell: usize) -> Range<usize> {
        let end = |cell: usize| self.ends.get(cell).copied().unwrap_or(self.text.len());
        cell.checked_sub(1).map_or(0, end)..end(cell)
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(super) fn push<'c>(&mut self, number: u64, is_whole: bool, cells: impl IntoIterator<Item = &'c str>) {
        self.rows.push((number, is_whole));
        for cell in cells.into_iter().chain(std::iter::repeat("")).take(Column::COUNT) {
            self.text.push_str(cell);
            self.ends.push(self.text.len());
        }
    }
}
