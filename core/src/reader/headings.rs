//! The heading row: which column stands where, and one precise problem for each heading that is not
//! as it must be.

use std::sync::LazyLock;

use crate::column::Column;
use crate::problem::{Detail, Fix, Place, Problem, ProblemCode as Code};
use crate::sheet::{self, Row};
use crate::text;

/// Where each column stands in the file.
#[derive(Debug)]
pub(super) struct Headings {
    /// For each column, the place of its cell in a row.
    pub(super) places: [Option<usize>; Column::COUNT],
    /// How many cells the heading row has.
    pub(super) count: usize,
    /// Cells past the nine that have no heading and may be dropped when blank.
    pub(super) nameless: Vec<usize>,
    /// Whether the nine stand in template order with nothing else.
    pub(super) as_template: bool,
    /// Whether the nine are all there and nothing else, once safe fixes are made.
    pub(super) mendable: bool,
    /// The headings as they should be, where that is known.
    pub(super) mended: Vec<String>,
}

pub(super) struct Found {
    pub(super) problem: Problem,
    /// The cell of the heading row that it is about.
    pub(super) cell: usize,
}

/// How a cell of the heading row was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Understood {
    Exact(Column),
    /// Misspelt in a way that leaves no doubt: case, spaces, punctuation, letters that look alike.
    Safe(Column),
    /// Another word for a column, or a typing mistake.
    Guess(Column),
    Nameless,
    Unknown,
}

/// Other words for the columns, as MIS exports head them; lower case, without spaces.
const ALIASES: &[(&str, Column)] = &[
    ("name", Column::FullName),
    ("fullname", Column::FullName),
    ("student", Column::FullName),
    ("studentname", Column::FullName),
    ("pupilname", Column::FullName),
    ("pupilfullname", Column::FullName),
    ("email", Column::Username),
    ("emailaddress", Column::Username),
    ("schoolemail", Column::Username),
    ("login", Column::Username),
    ("userid", Column::Username),
    ("year", Column::YearGroup),
    ("yr", Column::YearGroup),
    ("ncyear", Column::YearGroup),
    ("yeargrp", Column::YearGroup),
    ("classname", Column::Class),
    ("form", Column::Class),
    ("reg", Column::Class),
    ("reggroup", Column::Class),
    ("registrationgroup", Column::Class),
    ("tutorgroup", Column::Class),
    ("sex", Column::Gender),
    ("pp", Column::PupilPremium),
    ("pupilpremiumindicator", Column::PupilPremium),
    ("ethnic", Column::Ethnicity),
    ("ethniccode", Column::Ethnicity),
    ("ethnicitycode", Column::Ethnicity),
    ("sen", Column::Send),
    ("senstatus", Column::Send),
    ("sendstatus", Column::Send),
    ("ealstatus", Column::Eal),
    ("englishasanadditionallanguage", Column::Eal),
];

/// The longest heading row, and the longest heading, that is looked at for a delimiter or a meaning, in bytes.
const LONGEST_ROW: usize = 1 << 16;
const LONGEST_HEADING: usize = 256;
/// So many characters outside ASCII may be within a heading that is looked at for a meaning: those that look like a letter of ours, and
/// spaces of every kind. Each costs much to look up.
const MOST_OUTSIDE_ASCII: usize = 4;

/// The delimiter under which most headings are recognised, among so many; where it is not the comma, that is a problem.
pub(super) fn delimiter(text: &[u8], columns: usize) -> (u8, Option<Problem>) {
    const OTHERS: [(u8, &str, &str); 3] = [
        (b';', ";", "the columns are separated by semicolons; save the file as 'CSV UTF-8 (Comma delimited)'"),
        (b'\t', "tab", "the columns are separated by tabs; save the file as 'CSV UTF-8 (Comma delimited)'"),
        (b'|', "|", "the columns are separated by vertical bars; save the file as 'CSV UTF-8 (Comma delimited)'"),
    ];
    let text = text.trim_ascii_start();
    let line = text.get(..LONGEST_ROW).unwrap_or(text).split(|byte| b"\n\r".contains(byte)).next();
    let first = line.and_then(|line| line.utf8_chunks().next()).map_or("", |chunk| chunk.valid());
    let recognised = |delimiter: u8| {
        let cells = first.split(char::from(delimiter)).take(columns);
        let understood = cells.map(|cell| understand(cell.trim_matches('"')));
        understood.filter(|understood| matches!(understood, Understood::Exact(_) | Understood::Safe(_))).count()
    };
    let commas = recognised(b',');
    if commas == Column::COUNT {
        return (b',', None);
    }
    let best = OTHERS.into_iter().map(|other| (recognised(other.0), other)).max_by_key(|(count, _)| *count);
    match best {
        // A single heading says nothing of what separates it from the others.
        Some((count, (delimiter, shown, note))) if count > commas.max(1) => {
            let problem = Problem::new(Code::WrongDelimiter, Place::File).with_detail(Detail::note(note));
            (delimiter, Some(problem.with_value(shown).with_fix(Some(Fix::safe(",")))))
        }
        _ => (b',', None),
    }
}

/// The nine headings, folded.
static FOLDED: LazyLock<[String; Column::COUNT]> = LazyLock::new(|| Column::ALL.map(|column| fold(column.heading())));

fn understand(cell: &str) -> Understood {
    if let Some(column) = Column::ALL.into_iter().find(|c| c.heading() == cell) {
        return Understood::Exact(column);
    }
    let outside_ascii = |text: &str| text.chars().filter(|c| !c.is_ascii()).nth(MOST_OUTSIDE_ASCII).is_some();
    if cell.len() > LONGEST_HEADING || outside_ascii(cell.trim()) {
        return Understood::Unknown;
    }
    let folded = fold(cell);
    if folded.is_empty() {
        return Understood::Nameless;
    }
    let column_of = |heading: &str| {
        let at = FOLDED.iter().position(|known| known == heading)?;
        Column::ALL.get(at).copied()
    };
    if let Some(column) = column_of(&folded) {
        return Understood::Safe(column);
    }
    if let Some((_, column)) = ALIASES.iter().find(|(alias, _)| *alias == folded) {
        return Understood::Guess(*column);
    }
    let near = text::nearest(&folded, FOLDED.iter().map(String::as_str)).filter(|_| folded.len() > 2);
    near.and_then(column_of).map_or(Understood::Unknown, Understood::Guess)
}

/// Letters alone, in one case, each as the plain letter it looks like.
fn fold(cell: &str) -> String {
    let mut folded = text::words(&text::look_alike(&text::without_invisible(cell)));
    folded.retain(|c| c != ' ');
    folded
}

impl Headings {
    /// Reads the heading row, and says what is wrong with it.
    pub(super) fn read(row: &Row<'_>, any_order: bool, optional_columns: bool) -> (Self, Vec<Found>) {
        let cells: Vec<&str> = row.cells().collect();
        let mut understood: Vec<_> = cells.iter().map(|cell| understand(cell)).collect();
        let place = |column| Place::Row { row: row.number, line: row.line, byte: 0, column };
        let mut found = Vec::new();
        let mut places = [None; Column::COUNT];
        // The sure ones first, so that a guess takes no column from one that is written out.
        for sure in [true, false] {
            for (cell, understood) in understood.iter_mut().enumerate() {
                let (Understood::Exact(column) | Understood::Safe(column) | Understood::Guess(column)) = *understood
                else {
                    continue;
                };
                if sure == matches!(understood, Understood::Guess(_)) {
                    continue;
                }
                let taken = &mut places[column as usize];
                match taken {
                    None => *taken = Some(cell),
                    Some(_) if sure => {
                        let problem = Problem::new(Code::HeadingDuplicate, place(Some(column)));
                        found.push(Found { problem: problem.with_value(cells[cell]), cell });
                        *understood = Understood::Unknown;
                        continue;
                    }
                    Some(_) => {
                        *understood = Understood::Unknown;
                        continue;
                    }
                }
            }
        }
        let twice: Vec<usize> = found.iter().map(|f| f.cell).collect();
        let none_known = places.iter().all(Option::is_none);
        let mut nameless = Vec::new();
        let mut mended: Vec<String> = cells.iter().map(|&cell| sheet::written(cell).to_owned()).collect();
        for (cell, understood) in understood.iter().enumerate() {
            let value = cells[cell];
            let (problem, to) = match *understood {
                Understood::Exact(_) => continue,
                Understood::Safe(column) => {
                    mended[cell] = column.heading().to_owned();
                    (Problem::new(Code::HeadingMisspelt, place(Some(column))), Some(Fix::safe(column.heading())))
                }
                Understood::Guess(column) => {
                    (Problem::new(Code::HeadingMisspelt, place(Some(column))), Some(Fix::suggestion(column.heading())))
                }
                Understood::Nameless => {
                    nameless.push(cell);
                    let note = Detail::note("has no heading: remove it");
                    (Problem::new(Code::HeadingUnknown, place(None)).with_detail(note), Some(Fix::safe("")))
                }
                Understood::Unknown if none_known || twice.contains(&cell) => continue,
                Understood::Unknown => {
                    let note = Detail::note("is not one of the nine columns: remove it");
                    (Problem::new(Code::HeadingUnknown, place(None)).with_detail(note), None)
                }
            };
            found.push(Found { problem: problem.with_value(value).with_fix(to), cell });
        }
        for column in Column::ALL {
            if places[column as usize].is_none() {
                found.extend(missing(column, optional_columns).map(|fix| {
                    let problem = Problem::new(Code::HeadingMissing, place(Some(column)));
                    Found { problem: problem.with_fix(fix), cell: cells.len() }
                }));
            }
        }
        if !any_order {
            for (column, cell) in out_of_order(&places) {
                let detail = Detail::Count { found: cell as u64 + 1, expected: column as u64 + 1 };
                let fix = Some(Fix::safe(format!("column {}", column as usize + 1)));
                let problem = Problem::new(Code::HeadingOrder, place(Some(column))).with_detail(detail).with_fix(fix);
                found.push(Found { problem: problem.with_value(cells[cell]), cell });
            }
        }
        found.sort_by_key(|f| f.cell);
        let whole = cells.len() == row.count;
        let as_template =
            whole && cells.len() == Column::COUNT && places.iter().enumerate().all(|(i, p)| *p == Some(i));
        let sure = understood.iter().all(|u| !matches!(u, Understood::Unknown | Understood::Guess(_)));
        let complete = places
            .iter()
            .zip(Column::ALL)
            .all(|(place, column)| place.is_some() || (optional_columns && column.when_not_recorded().is_some()));
        let mendable = whole && sure && complete;
        if !mendable {
            // Nothing moves, and no column goes, unless all nine are known.
            for f in found.iter_mut().filter(|f| matches!(f.problem.code(), Code::HeadingOrder | Code::HeadingUnknown))
            {
                f.problem = f.problem.clone().with_fix(None);
            }
        }
        (Self { places, count: row.count, nameless, as_template, mendable, mended }, found)
    }

    /// Whether there is any column that rows can be checked by.
    pub(super) fn any(&self) -> bool {
        self.places.iter().any(Option::is_some)
    }
}

/// What is said of a column that is not there; nothing where it need not be. Filling a whole column is
/// for a person to decide, since it may only have been left out by mistake.
fn missing(column: Column, optional_columns: bool) -> Option<Option<Fix>> {
    match column.when_not_recorded() {
        Some(_) if optional_columns => None,
        usual => Some(usual.map(Fix::suggestion)),
    }
}

/// The fewest columns that must move for all to be in template order, and where they stand.
fn out_of_order(places: &[Option<usize>; Column::COUNT]) -> Vec<(Column, usize)> {
    let mut standing: Vec<(Column, usize)> =
        Column::ALL.into_iter().zip(places).filter_map(|(column, place)| place.map(|place| (column, place))).collect();
    standing.sort_by_key(|(_, place)| *place);
    // The longest run of columns that is in order already may stay: nine columns, so by trying all ends.
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
    standing.into_iter().enumerate().filter(|(index, _)| !keep.contains(index)).map(|(_, found)| found).collect()
}
