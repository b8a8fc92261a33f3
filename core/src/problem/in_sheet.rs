//! The position of a problem in a workbook (`InSheet`), and the name of a cell, such as `C7`.

use serde::{Deserialize, Serialize};

use super::Problem;
#[cfg(feature = "workbook")]
use super::{Position, ProblemCode};

/// The position of a problem in a sheet, apart from its row number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) enum InSheet {
    /// The file is not a workbook.
    #[default]
    No,
    /// The problem is in a whole row.
    Row,
    /// The problem is in the cell of a column, counted from 0.
    Cell(u32),
}

impl InSheet {
    /// Returns the position of the cell with this name, such as `C7`.
    pub(crate) fn of_cell(name: &str) -> Option<Self> {
        let letters = name.trim_end_matches(|c: char| c.is_ascii_digit());
        if letters.is_empty() || letters.len() > 3 || !letters.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return None;
        }
        let column = letters.bytes().fold(0, |sum, letter| sum * 26 + u32::from(letter - b'A') + 1);
        Some(Self::Cell(column - 1))
    }
}

impl Problem {
    /// Returns the same problem at a position in a sheet.
    pub(crate) fn in_sheet_at(mut self, in_sheet: InSheet) -> Self {
        self.in_sheet = in_sheet;
        self
    }

    /// Returns the name of the workbook's cell with the problem, such as `C7`. Returns `None` if the file is not a
    /// workbook, or if the problem is not in a single cell.
    pub fn cell(&self) -> Option<String> {
        match (self.in_sheet, self.row()) {
            (InSheet::Cell(column), Some(row)) => Some(format!("{}{row}", column_letters(column))),
            _ => None,
        }
    }

    /// Returns the position of the problem in the sheet.
    #[cfg(feature = "workbook")]
    pub(crate) fn in_sheet(&self) -> InSheet {
        self.in_sheet
    }

    /// Finds the cell of the problem by the byte offset at which its text begins.
    #[cfg(feature = "workbook")]
    pub(crate) fn find_in_sheet(&mut self, column_at: impl Fn(u64, u64) -> Option<u32>) {
        use ProblemCode as Code;
        let Position::Row { row, byte, column, .. } = self.position else { return };
        let headings = [Code::HeadingUnknown, Code::HeadingMisspelt, Code::HeadingDuplicate, Code::HeadingOrder];
        let of_cell = (column.is_some() || headings.contains(&self.code)) && self.code != Code::HeadingMissing;
        let cell = if of_cell { column_at(row, byte) } else { None };
        self.in_sheet = cell.map_or(InSheet::Row, InSheet::Cell);
    }
}

/// Returns the letters of a column that is counted from 0: `A`, `Z`, `AA`.
pub(crate) fn column_letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut left = u64::from(column) + 1;
    while left > 0 {
        left -= 1;
        letters.push(b'A' + (left % 26) as u8);
        left /= 26;
    }
    letters.iter().rev().map(|letter| char::from(*letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_columns_with_letters_as_spreadsheets_do() {
        let names = [0, 25, 26, 701, 702, 16_383].map(column_letters);
        assert_eq!(names, ["A", "Z", "AA", "ZZ", "AAA", "XFD"]);
        let columns = names.map(|name| InSheet::of_cell(&format!("{name}7")));
        assert_eq!(columns, [0, 25, 26, 701, 702, 16_383].map(|column| Some(InSheet::Cell(column))));
        assert!(["", "7", "a7", "ABCD7"].iter().all(|name| InSheet::of_cell(name).is_none()));
    }
}
