//! Checks the heading row: finds the position of each column, and reports one precise problem for each wrong heading.
//! `heading_row.rs` has found which row this is. `heading.rs` finds the meaning of each heading.

use crate::column::{Column, Columns};
use crate::problem::{Detail, Fix, Position, Problem, ProblemCode as Code, RowRanges, column_letters};
use crate::table;

use super::heading::{LONGEST_HEADING, Understood, fold, understand};

/// The position of each column in the file.
#[derive(Debug)]
pub(crate) struct Headings {
    /// For each column, the index of its cell in a row.
    pub(crate) columns: [Option<usize>; Column::COUNT],
    /// For each id (UPN and source id), the index of its cell in a row. The ids may follow the nine columns.
    pub(crate) ids: [Option<usize>; ID_HEADINGS.len()],
    /// The number of cells in the heading row.
    pub(crate) count: usize,
    /// The indices of the cells without a heading.
    pub(crate) nameless: Vec<usize>,
    /// Whether the file has exactly the nine columns, in template order.
    pub(crate) as_template: bool,
    /// Whether the file has, after safe fixes, the nine columns and no other columns except the ids.
    pub(crate) fixable: bool,
    /// The headings with safe fixes applied.
    pub(crate) fixed: Vec<String>,
    /// The columns that a corrected file does not contain, because nothing is known about them.
    pub(crate) omitted: Columns,
    /// Whether the row below contains headings too.
    pub(crate) continue_below: bool,
}

/// The headings of the columns that may follow the nine columns of the template. Files that we write can have them.
pub(crate) const ID_HEADINGS: [&str; 2] = ["UPN", "Source ID"];

/// Settings for reading the headings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HeadingRules {
    pub(crate) any_order: bool,
    pub(crate) optional_columns: bool,
    /// Whether columns other than the nine and the ids are allowed. Such columns are not read.
    pub(crate) ignores_others: bool,
    /// The columns whose misspelt headings a person accepted.
    pub(crate) accepted: Columns,
}

/// The heading row.
pub(crate) struct HeadingRow<'r> {
    pub(crate) cells: Vec<&'r str>,
    /// The number of cells in the row, including those that are not in `cells`.
    pub(crate) count: usize,
    pub(crate) number: u64,
    pub(crate) line: u64,
}

impl HeadingRow<'_> {
    fn position(&self, column: Option<Column>) -> Position {
        Position::Row { row: self.number, line: self.line, byte: 0, column }
    }
}

pub(crate) struct HeadingProblem {
    pub(crate) problem: Problem,
    /// The index of the heading cell with the problem.
    pub(crate) cell: usize,
}

impl Headings {
    /// Returns the cell at which a problem of a column is reported. For a column that the file does not have, this is
    /// the row's first cell, so the problem has the position of the row.
    pub(crate) fn position_cell(&self, column: Column) -> usize {
        self.columns[column as usize].unwrap_or(0)
    }

    /// Returns the template's headings, for a file without headings.
    pub(crate) fn of_template() -> Self {
        Self {
            columns: std::array::from_fn(Some),
            ids: [None; 2],
            count: Column::COUNT,
            nameless: Vec::new(),
            as_template: true,
            fixable: true,
            fixed: Column::ALL.map(|column| column.heading().to_owned()).to_vec(),
            omitted: Columns::default(),
            continue_below: false,
        }
    }

    /// Reads the heading row, and reports its problems. For each given cell index, `filled` returns the rows with a
    /// value in that cell.
    pub(crate) fn read(
        row: &HeadingRow<'_>,
        rules: HeadingRules,
        filled: impl FnOnce(&[usize]) -> Vec<RowRanges>,
    ) -> (Self, Vec<HeadingProblem>) {
        let cells = &row.cells;
        let accepted = |understood| match understood {
            Understood::Guess(column) if rules.accepted.contains(column) => Understood::Safe(column),
            other => other,
        };
        let mut understood: Vec<_> = cells.iter().map(|cell| accepted(understand(cell))).collect();
        let mut found = Vec::new();
        let (columns, ids) = assign(row, &mut understood, &mut found);
        let none_known = columns.iter().all(Option::is_none);
        let fixed = add_misspelt(row, &understood, none_known || rules.ignores_others, &mut found);
        let is_nameless = |cell: &usize| understood.get(*cell) == Some(&Understood::Nameless);
        let nameless: Vec<usize> = (0..cells.len()).filter(is_nameless).collect();
        let is_filled = !nameless.is_empty() && !rules.ignores_others && {
            let counts = filled(&nameless);
            add_nameless(&nameless, &counts, row.position(None), &mut found);
            counts.iter().any(|rows| rows.count() > 0)
        };
        if none_known {
            let problem = Problem::new(Code::HeadingMissing, row.position(None)).with_detail(Detail::note(NO_HEADINGS));
            found.push(HeadingProblem { problem, cell: cells.len() });
        } else {
            add_missing(row, &columns, rules.optional_columns, &mut found);
        }
        if !rules.any_order {
            add_out_of_order(row, &columns, &mut found);
        }
        found.sort_by_key(|f| f.cell);
        let whole = cells.len() == row.count;
        let as_template =
            whole && cells.len() == Column::COUNT && columns.iter().enumerate().all(|(i, p)| *p == Some(i));
        let is_sure = |u: &Understood| !matches!(u, Understood::Unknown | Understood::Guess(_));
        let nameless_dropped = nameless.is_empty() || !(is_filled || rules.ignores_others);
        let sure = understood.iter().all(is_sure) && nameless_dropped;
        let fixable = whole && sure && is_complete(&columns, rules.optional_columns);
        if !fixable {
            // Columns are moved or removed only if all nine are known.
            for f in found.iter_mut().filter(|f| matches!(f.problem.code(), Code::HeadingOrder | Code::HeadingUnknown))
            {
                f.problem = f.problem.clone().with_fix(None);
            }
        }
        let omitted = Columns::default();
        let continue_below = false;
        (Self { columns, ids, count: row.count, nameless, as_template, fixable, fixed, omitted, continue_below }, found)
    }

    /// Returns whether any column can be checked.
    pub(crate) fn any(&self) -> bool {
        self.columns.iter().any(Option::is_some)
    }

    /// Returns the column of the first value that is missing in a row with this number of values.
    pub(crate) fn first_after(&self, count: usize) -> Option<Column> {
        let cells = Column::ALL.into_iter().zip(self.columns).filter_map(|(column, index)| Some((index?, column)));
        cells.filter(|(index, _)| *index >= count).min_by_key(|(index, _)| *index).map(|(_, column)| column)
    }

    /// Returns the number of cells up to the last cell that is read.
    pub(crate) fn reach(&self) -> usize {
        self.columns.iter().chain(&self.ids).flatten().max().map_or(0, |last| last + 1)
    }
}

type Places = ([Option<usize>; Column::COUNT], [Option<usize>; ID_HEADINGS.len()]);

/// Assigns each column its cell. Headings whose meaning is certain are assigned first. So a guessed heading never gets
/// the column of such a heading.
fn assign(row: &HeadingRow<'_>, understood: &mut [Understood], found: &mut Vec<HeadingProblem>) -> Places {
    let (mut columns, mut ids) = ([None; Column::COUNT], [None; ID_HEADINGS.len()]);
    for sure in [true, false] {
        for (cell, understood) in understood.iter_mut().enumerate() {
            let (taken, column, is_sure) = match *understood {
                Understood::Exact(column) | Understood::Safe(column) => {
                    (&mut columns[column as usize], Some(column), true)
                }
                Understood::Guess(column) => (&mut columns[column as usize], Some(column), false),
                Understood::Id(id, _) => (&mut ids[id], None, true),
                Understood::Nameless | Understood::Unknown => continue,
            };
            if sure != is_sure {
                continue;
            }
            if taken.is_none() {
                *taken = Some(cell);
                continue;
            }
            *understood = Understood::Unknown;
            if sure {
                let position = Position::Row { row: row.number, line: row.line, byte: 0, column };
                let problem = Problem::new(Code::HeadingDuplicate, position).with_value(row.cells[cell]);
                found.push(HeadingProblem { problem, cell });
            }
        }
    }
    (columns, ids)
}

/// Adds a problem for each heading that is misspelt or unknown, and returns the headings with safe fixes.
/// `allows_unknown` is true if an unknown heading is not a problem.
fn add_misspelt(
    row: &HeadingRow<'_>,
    understood: &[Understood],
    allows_unknown: bool,
    found: &mut Vec<HeadingProblem>,
) -> Vec<String> {
    let twice: Vec<usize> = found.iter().map(|f| f.cell).collect();
    let mut fixed: Vec<String> = row.cells.iter().map(|&cell| table::written(cell).to_owned()).collect();
    for (cell, understood) in understood.iter().enumerate() {
        let (column, right, is_safe) = match *understood {
            Understood::Exact(_) | Understood::Id(_, true) | Understood::Nameless => continue,
            Understood::Safe(column) => (Some(column), column.heading(), true),
            Understood::Guess(column) => (Some(column), column.heading(), false),
            Understood::Id(id, false) => (None, ID_HEADINGS[id], true),
            Understood::Unknown if allows_unknown || twice.contains(&cell) => continue,
            Understood::Unknown => {
                let note = Detail::note("is not one of the nine columns; it is ignored if extra columns are allowed");
                let problem = Problem::new(Code::HeadingUnknown, row.position(None)).with_detail(note);
                found.push(HeadingProblem { problem: problem.with_value(row.cells[cell]), cell });
                continue;
            }
        };
        if is_safe {
            fixed[cell] = right.to_owned();
        }
        let fix = if is_safe { Fix::safe(right) } else { Fix::suggestion(right) };
        let problem = Problem::new(Code::HeadingMisspelt, row.position(column)).with_value(row.cells[cell]);
        found.push(HeadingProblem { problem: problem.with_fix(Some(fix)), cell });
    }
    fixed
}

/// Adds a problem for each column that the file does not have.
fn add_missing(
    row: &HeadingRow<'_>,
    columns: &[Option<usize>; Column::COUNT],
    optional_columns: bool,
    found: &mut Vec<HeadingProblem>,
) {
    for column in Column::ALL.into_iter().filter(|column| columns[*column as usize].is_none()) {
        let Some(fix) = missing(column, optional_columns) else { continue };
        let mut problem = Problem::new(Code::HeadingMissing, row.position(Some(column))).with_fix(fix);
        if column == Column::FullName && has_parts_of_name(&row.cells) {
            problem = problem.with_detail(Detail::note(NAME_IN_TWO));
        }
        found.push(HeadingProblem { problem, cell: row.cells.len() });
    }
}

/// Adds a problem for each column that must move to reach template order.
fn add_out_of_order(row: &HeadingRow<'_>, columns: &[Option<usize>; Column::COUNT], found: &mut Vec<HeadingProblem>) {
    let (moved, kept) = out_of_order(columns);
    for (column, cell) in moved {
        let detail = match cell == column as usize {
            true => Detail::Note(between(column, &kept).into()),
            false => Detail::Count { found: cell as u64 + 1, expected: column as u64 + 1 },
        };
        let fix = Some(Fix::safe(format!("column {}", column as usize + 1)));
        let problem = Problem::new(Code::HeadingOrder, row.position(Some(column))).with_detail(detail).with_fix(fix);
        found.push(HeadingProblem { problem: problem.with_value(row.cells[cell]), cell });
    }
}

/// Returns the message about a column that is out of order although it has the right number, because the file has other
/// columns or lacks some. `kept` has the columns that are in order.
fn between(column: Column, kept: &[Column]) -> String {
    let before = kept.iter().filter(|kept| **kept < column).max();
    let after = kept.iter().filter(|kept| **kept > column).min();
    match (before, after) {
        (Some(before), Some(after)) => format!("must be after '{before}' and before '{after}'"),
        (Some(before), None) => format!("must be after '{before}'"),
        (None, Some(after)) => format!("must be before '{after}'"),
        (None, None) => unreachable!("invariant: a column alone is in order"),
    }
}

/// Returns whether the file has every column that it must have.
fn is_complete(columns: &[Option<usize>; Column::COUNT], optional_columns: bool) -> bool {
    let is_there = |(index, column): (&Option<usize>, Column)| {
        index.is_some() || (optional_columns && column.when_not_recorded().is_some())
    };
    columns.iter().zip(Column::ALL).all(is_there)
}

/// Reports the columns without a heading. One problem covers all blank columns, which may be removed.
fn add_nameless(nameless: &[usize], counts: &[RowRanges], position: Position, found: &mut Vec<HeadingProblem>) {
    let blank: Vec<usize> =
        nameless.iter().zip(counts).filter(|(_, rows)| rows.count() == 0).map(|(cell, _)| *cell).collect();
    for (&cell, rows) in nameless.iter().zip(counts).filter(|(_, rows)| rows.count() > 0) {
        let only = || format!("row {}", rows.ranges().first().map_or(0, |[row, _]| *row));
        let rows = rows.in_words().unwrap_or_else(only);
        let letter = column_letters(cell as u32);
        let note = format!(
            "column {letter} has no heading but has values in {rows}; give it a heading, or correct those rows"
        );
        let problem = Problem::new(Code::HeadingUnknown, position.clone()).with_detail(Detail::Note(note.into()));
        found.push(HeadingProblem { problem: problem.with_value(""), cell });
    }
    if let (Some(&first), Some(&last)) = (blank.first(), blank.last()) {
        let note = if first == last {
            format!("column {} has no heading and is blank", column_letters(first as u32))
        } else {
            format!(
                "{} columns from {} to {} have no heading and are blank",
                blank.len(),
                column_letters(first as u32),
                column_letters(last as u32)
            )
        };
        let problem = Problem::new(Code::HeadingUnknown, position).with_detail(Detail::Note(note.into()));
        found.push(HeadingProblem { problem: problem.with_value("").with_fix(Some(Fix::safe(""))), cell: first });
    }
}

const NO_HEADINGS: &str = "neither this row nor the rows below it have the template's headings; add them";
const NAME_IN_TWO: &str = "is missing; put forename and surname together in one column with this heading";

/// Returns whether there are columns for the two parts of a name.
pub(super) fn has_parts_of_name(cells: &[&str]) -> bool {
    const KINDS: [&str; 4] = ["", "legal", "preferred", "chosen"];
    let has = |parts: &[&str]| {
        let is_one = |cell: &&str| {
            let folded = if cell.len() <= LONGEST_HEADING && cell.is_ascii() { fold(cell) } else { String::new() };
            KINDS.iter().any(|kind| folded.strip_prefix(kind).is_some_and(|part| parts.contains(&part)))
        };
        cells.iter().any(is_one)
    };
    has(&["forename", "forenames", "firstname", "firstnames", "givenname", "first"])
        && has(&["surname", "lastname", "familyname", "last"])
}

/// Returns the suggested value for a missing column, if there is one. The outer `None` means that the column is
/// optional. Only a person can decide to fill a whole column, because the column may be missing by mistake.
fn missing(column: Column, optional_columns: bool) -> Option<Option<Fix>> {
    match column.when_not_recorded() {
        Some(_) if optional_columns => None,
        usual => Some(usual.map(Fix::suggestion)),
    }
}

/// Returns the smallest set of columns that must move to reach template order, with their positions, and the columns
/// that stay.
fn out_of_order(columns: &[Option<usize>; Column::COUNT]) -> (Vec<(Column, usize)>, Vec<Column>) {
    let mut standing: Vec<(Column, usize)> =
        Column::ALL.into_iter().zip(columns).filter_map(|(column, index)| index.map(|index| (column, index))).collect();
    standing.sort_by_key(|(_, index)| *index);
    // The columns in the longest sequence that is already in order stay. There are only nine columns, so we try each
    // column as the end of that sequence.
    let mut longest: Vec<(usize, Option<usize>)> = Vec::new();
    for (index, (column, _)) in standing.iter().enumerate() {
        let before = (0..index).filter(|&b| standing[b].0 < *column).max_by_key(|&b| (longest[b].0, b));
        longest.push((before.map_or(1, |b| longest[b].0 + 1), before));
    }
    let mut keep = Vec::new();
    let mut at = (0..standing.len()).max_by_key(|&i| (longest[i].0, std::cmp::Reverse(i)));
    while let Some(index) = at {
        keep.push(index);
        at = longest[index].1;
    }
    let kept = keep.iter().map(|index| standing[*index].0).collect();
    let moved =
        standing.iter().enumerate().filter(|(index, _)| !keep.contains(index)).map(|(_, found)| *found).collect();
    (moved, kept)
}
