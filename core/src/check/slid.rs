//! Recognises a row whose values are one column too far right or left, for example after a name that was split in two.
//! Says how certain this must be (`CERTAIN`), and what to do about it.

use std::borrow::Cow;

use super::row::{Finding, SHORT};
use super::rules::Rules;
use crate::column::Column;
use crate::problem::{Detail, ProblemCode as Code};
use crate::text;
use crate::values::year_group::YearGroup;

/// The least number of coded columns whose own value does not fit, although the value in the next cell does.
pub(crate) const CERTAIN: usize = 3;

/// The direction in which the values of a row slid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Right,
    Left,
}

/// The last results for each column. A wrong file repeats its values from row to row, so stored results save time.
#[derive(Debug, Default)]
pub(crate) struct LastFits([[(String, bool); Column::COUNT]; 3]);

/// The value that is tested: the value in the column itself, or the value to its right or left.
#[derive(Debug, Clone, Copy)]
enum Of {
    Right,
    Left,
    Own,
}

/// Returns whether at least three coded columns cannot be read. The row may then have slid.
pub(crate) fn may_have_slid(findings: &[Finding]) -> bool {
    let is_unread = |finding: &&Finding| {
        matches!(finding.code, Code::Gender | Code::YesNo | Code::EthnicityUnknown)
            && !finding.fix.as_ref().is_some_and(|fix| fix.is_safe())
    };
    findings.iter().filter(is_unread).count() >= CERTAIN
}

impl Rules {
    /// Returns the first column that slid, and the message, if the values are certainly one column too far right or
    /// left.
    ///
    /// The result is certain if three conditions hold. In at least three coded columns, the value does not fit, but the
    /// value in the next cell on one side does. No coded column further right contradicts this. The same two conditions
    /// do not hold for the other side. `columns` has the index of each column's cell in the row. `cell` returns the
    /// text at an index, if the row is long enough.
    pub(crate) fn slid<'c>(
        &self,
        last: &mut LastFits,
        columns: &[Option<usize>; Column::COUNT],
        cell: impl Fn(usize) -> Option<Cow<'c, str>>,
    ) -> Option<(Column, Detail)> {
        // Most rows with too few cells have too few values to show whether they slid.
        let has_value =
            |column: &Column| columns[*column as usize].and_then(&cell).is_some_and(|text| !text.is_empty());
        if SHORT.iter().filter(|column| has_value(column)).count() < CERTAIN {
            return None;
        }
        let right = self.slid_to(Side::Right, last, columns, &cell);
        let left = self.slid_to(Side::Left, last, columns, &cell);
        let (from, side, remedy) = match (right, left) {
            (Some(from), None) => (from, "right", "remove the extra value or blank before them"),
            (None, Some(from)) => (from, "left", "add the value that is missing before them"),
            _ => return None,
        };
        let note =
            format!("the values from {from} on, or from an earlier column, are one column too far {side}; {remedy}");
        Some((from, Detail::Note(note.into())))
    }

    /// Returns the first column whose value certainly slid.
    fn slid_to<'c>(
        &self,
        side: Side,
        last: &mut LastFits,
        columns: &[Option<usize>; Column::COUNT],
        cell: &impl Fn(usize) -> Option<Cow<'c, str>>,
    ) -> Option<Column> {
        let index_of = |column: Column| columns.get(column as usize).copied().flatten();
        // The value in a column, and the value that would belong there if the row has slid.
        let both = |index: usize| {
            let beside = match side {
                Side::Right => index.checked_add(1),
                Side::Left => index.checked_sub(1),
            };
            (cell(index).unwrap_or_default(), beside.and_then(cell).unwrap_or_default())
        };
        let mut columns: Vec<(usize, Column)> =
            SHORT.into_iter().filter_map(|column| Some((index_of(column)?, column))).collect();
        columns.sort();
        let mut first = None;
        let mut found = 0;
        let mut left = columns.len();
        let of = if side == Side::Right { Of::Right } else { Of::Left };
        for (index, column) in columns {
            if found + left < CERTAIN {
                return None;
            }
            left -= 1;
            let (own, beside) = both(index);
            // Two equal values fit the column equally well, so they do not show whether the row slid.
            let fits_beside = own != beside && self.fits(last, of, column, &beside);
            if fits_beside && !own.trim().is_empty() && !self.fits(last, Of::Own, column, &own) {
                found += 1;
                first = first.or(Some((index, column)));
            } else if first.is_some() && !fits_beside && own != beside && !beside.trim().is_empty() {
                return None;
            }
        }
        let (first, column) = first.filter(|_| found >= CERTAIN)?;
        let is_year = |text: &str| YearGroup::read(text).is_some();
        let year = index_of(Column::YearGroup).filter(|year| *year < first).map(both);
        match year.is_some_and(|(own, beside)| !is_year(&own) && is_year(&beside)) {
            true => Some(Column::YearGroup),
            false => Some(column),
        }
    }

    /// Returns whether a text is a value of a coded column, exactly or after a safe fix.
    fn fits(&self, last: &mut LastFits, of: Of, column: Column, cell: &str) -> bool {
        let (text, fits) = &mut last.0[of as usize][column as usize];
        if text != cell {
            cell.clone_into(text);
            *fits = cell.len() <= self.cell_bytes && self.is_certain(column, &text::tidy(cell));
        }
        *fits
    }
}
