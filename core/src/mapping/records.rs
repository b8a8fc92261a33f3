//! Stores an export's table as rows of text cells (`Records`), for detection. `reader/records.rs` reads students that
//! are passed as data.

/// Rows of text cells.
#[derive(Debug, Default)]
pub(crate) struct Records {
    text: String,
    /// The offset in the text at which each cell ends.
    ends: Vec<u32>,
    /// For each row, the index of its first cell in `ends`.
    rows: Vec<u32>,
}

impl Records {
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), ends: Vec::with_capacity(bytes / 8), rows: Vec::new() }
    }

    /// Adds a row.
    pub(crate) fn push<'c>(&mut self, cells: impl Iterator<Item = &'c str>) {
        self.rows.push(self.ends.len() as u32);
        for cell in cells {
            self.text.push_str(cell);
            self.ends.push(self.text.len() as u32);
        }
    }

    /// Returns the number of rows.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns a cell, or a blank text if the row is shorter.
    #[allow(clippy::expect_used)]
    pub(crate) fn cell(&self, row: usize, cell: usize) -> &str {
        let Some(&first) = self.rows.get(row) else { return "" };
        let at = first as usize + cell;
        let after = self.rows.get(row + 1).map_or(self.ends.len(), |next| *next as usize);
        if at >= after {
            return "";
        }
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |end| *end as usize);
        self.text.get(start..self.ends[at] as usize).expect("invariant: a cell ends where a letter ends")
    }

    /// Returns the number of cells in a row.
    #[cfg(test)]
    pub(crate) fn width(&self, row: usize) -> usize {
        let first = self.rows.get(row).map_or(self.ends.len(), |first| *first as usize);
        self.rows.get(row + 1).map_or(self.ends.len(), |next| *next as usize) - first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn returns_each_stored_cell_and_a_blank_beyond_the_end_of_the_row() {
        let mut records = Records::with_capacity(0);
        for row in [&["a", "", "b"][..], &[], &["ë"]] {
            records.push(row.iter().copied());
        }
        assert_eq!((records.len(), [0, 1, 2].map(|row| records.width(row))), (3, [3, 0, 1]));
        assert_eq!(
            [(0, 0), (0, 1), (0, 2), (0, 3), (1, 0), (2, 0), (3, 0)].map(|(r, c)| records.cell(r, c)),
            ["a", "", "b", "", "", "ë", ""]
        );
    }
}
