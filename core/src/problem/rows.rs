//! The rows of one problem (`RowRanges`), and how they are written in words. If one cause in a file, table or column
//! affects many rows, these rows share one problem.

use serde::{Deserialize, Serialize};

/// The largest number of ranges to keep. Rows outside the ranges are only counted.
const MOST_RANGES: usize = 100;

/// Row numbers in order, as ranges of first and last row. Most problems concern one row and have no ranges. To keep
/// such problems small, the ranges are behind one pointer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Listed", into = "Listed")]
pub(crate) struct RowRanges(Option<Box<Listed>>);

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Listed {
    ranges: Vec<[u64; 2]>,
    count: u64,
}

impl From<Listed> for RowRanges {
    fn from(listed: Listed) -> Self {
        Self((listed.count > 0).then(|| Box::new(listed)))
    }
}

impl From<RowRanges> for Listed {
    fn from(ranges: RowRanges) -> Self {
        ranges.0.map(|listed| *listed).unwrap_or_default()
    }
}

impl RowRanges {
    /// Adds a row that comes after all other rows.
    pub(crate) fn push(&mut self, row: u64) {
        self.add([row, row], 1);
    }

    /// Adds the rows of a later segment. The segment's rows were counted from 1, but `rows` other rows come before
    /// them.
    pub(crate) fn join(&mut self, later: Self, rows: u64) {
        let Some(later) = later.0 else { return };
        let listed: u64 = later.ranges.iter().map(|[first, last]| last - first + 1).sum();
        for [first, last] in later.ranges {
            self.add([first + rows, last + rows], last - first + 1);
        }
        self.0.get_or_insert_default().count += later.count.saturating_sub(listed);
    }

    pub(crate) fn shift(&mut self, rows: u64) {
        self.0.iter_mut().flat_map(|listed| &mut listed.ranges).flatten().for_each(|row| *row += rows);
    }

    fn add(&mut self, range: [u64; 2], count: u64) {
        let listed = self.0.get_or_insert_default();
        listed.count += count;
        let is_full = listed.ranges.len() >= MOST_RANGES;
        match listed.ranges.last_mut() {
            Some([_, last]) if *last + 1 == range[0] => *last = range[1],
            _ if !is_full => listed.ranges.push(range),
            _ => {}
        }
    }

    /// Restores stored ranges. `count` is the number of rows in all of them.
    pub(crate) fn restored(ranges: Vec<[u64; 2]>, count: u64) -> Self {
        Listed { count: if ranges.is_empty() { 0 } else { count }, ranges }.into()
    }

    /// Returns the number of rows, including those outside the ranges.
    pub(crate) fn count(&self) -> u64 {
        self.0.as_ref().map_or(0, |listed| listed.count)
    }

    pub(crate) fn ranges(&self) -> &[[u64; 2]] {
        self.0.as_ref().map_or(&[], |listed| &listed.ranges)
    }

    /// Returns the rows in words: `rows 2 to 5, 9 and 14`. Returns `None` for a single row.
    pub(crate) fn in_words(&self) -> Option<String> {
        const SHOWN: usize = 5;
        let Listed { ranges, count } = self.0.as_deref().filter(|listed| listed.count > 1)?;
        let shown = ranges.iter().take(SHOWN);
        let mut parts: Vec<String> = shown
            .flat_map(|[first, last]| match last - first {
                0 => vec![first.to_string()],
                1 => vec![first.to_string(), last.to_string()],
                _ => vec![format!("{first} to {last}")],
            })
            .collect();
        let shown: u64 = ranges.iter().take(SHOWN).map(|[first, last]| last - first + 1).sum();
        match *count - shown {
            0 => {}
            more => parts.push(format!("{more} more")),
        }
        let last = parts.pop()?;
        Some(if parts.is_empty() { format!("rows {last}") } else { format!("rows {} and {last}", parts.join(", ")) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(rows: impl IntoIterator<Item = u64>) -> RowRanges {
        let mut ranges = RowRanges::default();
        rows.into_iter().for_each(|row| ranges.push(row));
        ranges
    }

    #[test]
    fn writes_row_ranges_in_words() {
        assert_eq!(of([]).in_words(), None);
        assert_eq!(of([3]).in_words(), None);
        assert_eq!(of([3, 4]).in_words().unwrap(), "rows 3 and 4");
        assert_eq!(of([2, 3, 4, 5, 9, 14]).in_words().unwrap(), "rows 2 to 5, 9 and 14");
        assert_eq!(of((1..=20).map(|n| n * 3)).in_words().unwrap(), "rows 3, 6, 9, 12, 15 and 15 more");
    }

    #[test]
    fn joins_row_ranges_and_counts_the_rows_that_are_not_listed() {
        let mut ranges = of([2, 4]);
        ranges.join(of([1, 2, 9]), 4);
        assert_eq!((ranges.ranges(), ranges.count()), (&[[2, 2], [4, 6], [13, 13]][..], 5));
        let mut many = of((0..500).map(|n| n * 2));
        many.join(of((0..500).map(|n| n * 2)), 1000);
        assert_eq!((many.ranges().len(), many.count()), (MOST_RANGES, 1000));
    }
}
