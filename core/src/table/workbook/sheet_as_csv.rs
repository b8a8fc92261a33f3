//! Turns one sheet that is read into the CSV that Excel would save, fills merged cells, and records the offset of each
//! row. `write.rs` writes workbooks.

use super::{Bounds, Fault, MOST_ROWS};
use crate::table::cell_starts;

/// A merged cell that extends over rows below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Merged {
    pub(super) column: u32,
    pub(super) first: u32,
    pub(super) last: u32,
}

/// The largest number of merged cells to remember.
const MOST_MERGED: usize = 1 << 16;

/// A sheet as text. It has a record for each row, even for a blank row, so row numbers stay the same.
#[derive(Debug)]
pub(crate) struct SheetText {
    pub(crate) text: Vec<u8>,
    pub(crate) cells: SheetCells,
    /// The hidden rows that have values, counted from 0.
    pub(crate) hidden_rows: Vec<u32>,
    /// The ranges of hidden columns, as first and last, counted from 0.
    pub(crate) hidden_columns: Vec<[u32; 2]>,
    /// The row and column of each formula whose value is not stored.
    pub(crate) without_value: Vec<(u32, u32)>,
    bounds: Bounds,
    merged: Vec<Merged>,
    /// The merged cells known from an earlier reading, sorted by first row. `begun` is the number of these cells that
    /// have begun.
    known: Vec<Merged>,
    begun: usize,
    /// The merged cells that extend over the current row, with their values, sorted by column.
    active: Vec<(Merged, Vec<u8>)>,
    row: u32,
    /// The number of cells in the row so far.
    width: u32,
    is_hidden: bool,
    /// The number of rows with values.
    filled: u32,
    row_is_filled: bool,
    /// Whether each column has a value.
    held: Vec<bool>,
}

/// The offset at which each row of a sheet begins in the text of the sheet.
#[derive(Debug, Default)]
pub(crate) struct SheetCells {
    starts: Vec<u32>,
    pub(crate) sheet: Box<str>,
}

impl SheetCells {
    /// Returns the offset in the text at which a row begins.
    pub(crate) fn start(&self, row: u32) -> Option<u32> {
        self.starts.get(row as usize).copied()
    }

    /// Returns the column of the cell that begins at an offset of the text. The column is counted from 0, and its row
    /// from 1.
    pub(crate) fn column(&self, text: &[u8], row: u64, at: u64) -> Option<u32> {
        let row = usize::try_from(row.checked_sub(1)?).ok()?;
        let start = *self.starts.get(row)? as usize;
        let end = self.starts.get(row + 1).map_or(text.len(), |end| *end as usize);
        let at = usize::try_from(at).ok()?.checked_sub(start)?;
        let raw = text.get(start..end)?;
        cell_starts(raw, b',').take_while(|start| *start <= at).count().checked_sub(1).map(|column| column as u32)
    }
}

impl SheetText {
    pub(super) fn new(bounds: Bounds, known: &[Merged]) -> Self {
        Self {
            text: Vec::new(),
            cells: SheetCells { starts: vec![0], sheet: "".into() },
            hidden_rows: Vec::new(),
            hidden_columns: Vec::new(),
            without_value: Vec::new(),
            bounds,
            merged: Vec::new(),
            known: known.to_vec(),
            begun: 0,
            active: Vec::new(),
            row: 0,
            width: 0,
            is_hidden: false,
            filled: 0,
            row_is_filled: false,
            held: Vec::new(),
        }
    }

    /// Moves to the current row or a row below it, counted from 0. Returns whether the row is to be read.
    pub(super) fn go_to(&mut self, row: u32, is_hidden: bool) -> Result<bool, Fault> {
        if row < self.row {
            return Err(Fault::DAMAGED);
        }
        if row >= MOST_ROWS {
            return Err(Fault::TooMany(u64::from(MOST_ROWS), "rows in the sheet"));
        }
        while self.row < row {
            self.end_row()?;
            self.row += 1;
            self.cells.starts.push(self.text.len() as u32);
        }
        self.is_hidden = is_hidden;
        Ok(self.filled < self.bounds.rows)
    }

    /// Ends the current row, after adding the merged cells that extend over the rest of it.
    fn end_row(&mut self) -> Result<(), Fault> {
        self.fill_merged(u32::MAX)?;
        let row = self.row;
        self.active.retain(|(merged, _)| merged.last > row);
        self.push(b"\n")?;
        if self.row_is_filled && self.is_hidden {
            self.hidden_rows.push(row);
        }
        self.filled += u32::from(self.row_is_filled);
        (self.width, self.is_hidden, self.row_is_filled) = (0, false, false);
        Ok(())
    }

    /// Fills the cells of this row that merged cells from above cover, up to a column.
    fn fill_merged(&mut self, column: u32) -> Result<(), Fault> {
        let mut active = std::mem::take(&mut self.active);
        let covers = |merged: &Merged| merged.first < self.row && merged.column >= self.width && merged.column < column;
        let due: Vec<usize> = active.iter().enumerate().filter(|(_, (m, _))| covers(m)).map(|(i, _)| i).collect();
        for index in due {
            if let Some((merged, value)) = active.get_mut(index)
                && merged.column >= self.width
            {
                let (at, value) = (merged.column, std::mem::take(value));
                self.put(at, &value)?;
                if let Some((_, kept)) = active.get_mut(index) {
                    *kept = value;
                }
            }
        }
        self.active = active;
        Ok(())
    }

    /// Adds a cell to the current row, to the right of the cells that the row has.
    pub(super) fn cell(&mut self, column: u32, value: &[u8]) -> Result<(), Fault> {
        if value.is_empty() {
            return Ok(());
        }
        if column >= self.bounds.columns {
            // Stray spaces far to the right are not data.
            return match value.iter().all(u8::is_ascii_whitespace) {
                true => Ok(()),
                false => Err(Fault::TooMany(u64::from(self.bounds.columns), "columns in the sheet")),
            };
        }
        if column < self.width {
            return Err(Fault::DAMAGED);
        }
        if !self.active.is_empty() {
            self.fill_merged(column)?;
        }
        while let Some(merged) = self
            .known
            .get(self.begun)
            .filter(|known| known.first < self.row || (known.first == self.row && known.column <= column))
        {
            if (merged.first, merged.column) == (self.row, column) {
                self.active.retain(|(known, _)| known.column != column);
                let at = self.active.partition_point(|(known, _)| known.column < column);
                self.active.insert(at, (merged.clone(), value.to_vec()));
            }
            self.begun += 1;
        }
        self.put(column, value)
    }

    fn put(&mut self, column: u32, value: &[u8]) -> Result<(), Fault> {
        if self.width == 0 && column > 0 || self.width > 0 {
            // Add the delimiters of the blank cells before this one too.
            let commas = if self.width == 0 { column } else { column + 1 - self.width };
            for _ in 0..commas {
                self.push(b",")?;
            }
        }
        self.width = column + 1;
        if self.held.len() <= column as usize {
            self.held.resize(column as usize + 1, false);
        }
        if let Some(held) = self.held.get_mut(column as usize) {
            *held = true;
        }
        self.row_is_filled = true;
        let is_quoted = value.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r'));
        if !is_quoted {
            return self.push(value);
        }
        self.push(b"\"")?;
        for piece in value.split_inclusive(|byte| *byte == b'"') {
            self.push(piece)?;
            if piece.ends_with(b"\"") {
                self.push(b"\"")?;
            }
        }
        self.push(b"\"")
    }

    /// Fails if this number of bytes exceeds the limit for texts.
    pub(super) fn check(&self, bytes: usize) -> Result<(), Fault> {
        match bytes > self.bounds.kept {
            true => Err(Fault::TooMany(self.bounds.kept as u64, "bytes of text in the sheet")),
            false => Ok(()),
        }
    }

    fn push(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.check(self.text.len() + bytes.len())?;
        self.text.extend_from_slice(bytes);
        Ok(())
    }

    /// Records that a formula in the current row has no stored value.
    pub(super) fn has_no_value(&mut self, column: u32) {
        if self.without_value.len() < MOST_MERGED {
            self.without_value.push((self.row, column));
        }
    }

    pub(super) fn hide_columns(&mut self, first: u32, last: u32) {
        if self.hidden_columns.len() < MOST_MERGED {
            self.hidden_columns.push([first, last]);
        }
    }

    /// Records a merged cell. The file may list the merged cell before or after the cell's value.
    pub(super) fn merge(&mut self, column: u32, first: u32, last: u32) {
        if last > first && self.merged.len() < MOST_MERGED {
            self.merged.push(Merged { column, first, last: last.min(MOST_ROWS) });
        }
    }

    /// Returns the merged cells that extend over rows below them, sorted.
    pub(super) fn merged_down(&self) -> Vec<Merged> {
        let mut merged = self.merged.clone();
        merged.sort_by_key(|merged| (merged.first, merged.column));
        merged
    }

    pub(super) fn finish(mut self) -> Result<Self, Fault> {
        self.end_row()?;
        // Keep only one line end after the last row with values.
        let end = self.text.iter().rposition(|byte| *byte != b'\n').map_or(0, |end| end + 2);
        self.text.truncate(end.min(self.text.len()));
        // Report only hidden columns that have values.
        let held = |column: &u32| self.held.get(*column as usize).copied().unwrap_or(false);
        let columns = |[first, last]: &[u32; 2]| {
            let last = (*last).min(self.held.len() as u32);
            Some([(*first..=last).find(held)?, (*first..=last).rev().find(held)?])
        };
        self.hidden_columns = self.hidden_columns.iter().filter_map(columns).collect();
        Ok(self)
    }

    /// Returns whether the sheet has no values.
    pub(crate) fn is_blank(&self) -> bool {
        self.filled == 0
    }
}

/// Returns the column and row of a cell from its name, such as `C7`. The results are counted from 0.
pub(super) fn position(name: &[u8]) -> Option<(u32, u32)> {
    let split = name.iter().position(|byte| !byte.is_ascii_alphabetic())?;
    let (column, row) = name.split_at(split);
    if column.is_empty() || column.len() > 3 {
        return None;
    }
    let column = column.iter().fold(0, |sum, letter| sum * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1);
    let row = super::xml::digits(row)?;
    Some((column - 1, row.checked_sub(1)?))
}
