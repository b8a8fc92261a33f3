//! Collects the different spellings of year groups and classes in a file. Also recognises years of entry under Year
//! Group, and teaching groups under Class (`SUBJECTS`). `reader/accumulator.rs` reports them.

use std::collections::BTreeMap;

use hashbrown::{HashMap, HashSet};

use crate::column::Column;
use crate::values::year_group::YearGroup;

/// The largest number of spellings to keep for a column. Schools have far fewer.
const MOST: usize = 4096;
/// The largest length of a pair that [`Classes`] keeps: a year group, a delimiter and a class, in bytes.
const WIDTH: usize = 32;
const SLOTS: usize = 1 << 9;

/// The position of a text's first occurrence: row, line, and byte offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct First {
    pub(crate) row: u64,
    pub(crate) line: u64,
    pub(crate) byte: u64,
}

/// Spellings of the year group and the class.
#[derive(Debug, Default)]
pub(crate) struct Spellings {
    known: [HashMap<Box<str>, First>; 2],
    /// The year group and class of the previous row. The next row nearly always has the same values.
    last: [String; 2],
}

const COLUMNS: [Column; 2] = [Column::YearGroup, Column::Class];

impl Spellings {
    /// Stores the year group and the class of a row.
    pub(crate) fn note(&mut self, texts: [&str; 2], row: u64, line: u64, byte: impl Fn(usize) -> usize) {
        for (index, (known, text)) in self.known.iter_mut().zip(texts).enumerate() {
            match self.last.get_mut(index) {
                Some(last) if last == text => continue,
                Some(last) => text.clone_into(last),
                None => {}
            }
            if known.len() < MOST && !text.is_empty() && !known.contains_key(text) {
                known.insert(text.into(), First { row, line, byte: byte(index) as u64 });
            }
        }
    }

    /// Adds the spellings of a later segment. The segment counts its rows and lines from 1, after `rows` rows and
    /// `lines` lines.
    pub(crate) fn join(&mut self, later: Self, rows: u64, lines: u64) {
        for (known, more) in self.known.iter_mut().zip(later.known) {
            for (text, first) in more {
                known.entry(text).or_insert(First { row: first.row + rows, line: first.line + lines, ..first });
            }
        }
    }

    /// Returns each year group and class that occurs earlier in a different spelling. Each item has the column, the
    /// text and its position, the first spelling, and the row where the first spelling occurs.
    pub(crate) fn various(&self) -> Vec<(Column, &str, First, &str, u64)> {
        let mut various = Vec::new();
        for (column, known) in COLUMNS.into_iter().zip(&self.known) {
            let mut groups: BTreeMap<String, Vec<(&str, First)>> = BTreeMap::new();
            for (text, first) in known {
                groups.entry(meant(column, text)).or_default().push((text, *first));
            }
            for mut group in groups.into_values().filter(|group| group.len() > 1) {
                group.sort_by_key(|(_, first)| (first.row, first.byte));
                if let Some(((usual, usual_first), others)) = group.split_first() {
                    let other = |(text, first): &(_, First)| (column, *text, *first, *usual, usual_first.row);
                    various.extend(others.iter().map(other));
                }
            }
        }
        various
    }
}

/// The values in one column that certainly belong under another heading.
#[derive(Debug)]
pub(crate) struct Misplaced<'t> {
    pub(crate) column: Column,
    /// The first misplaced value in the file. `first` is its position.
    pub(crate) text: &'t str,
    pub(crate) first: First,
    /// The number of distinct misplaced values besides `text`.
    pub(crate) others: usize,
}

impl Spellings {
    /// Finds years of entry under Year Group, and teaching groups under Class. Returns an item for each column that has
    /// such values.
    pub(crate) fn misplaced(&self) -> impl Iterator<Item = Misplaced<'_>> {
        let is_misplaced: [fn(&str) -> bool; 2] = [is_calendar_year, is_teaching_group];
        COLUMNS.into_iter().zip(&self.known).zip(is_misplaced).filter_map(|((column, known), is_misplaced)| {
            let misplaced = || known.iter().filter(|(text, _)| is_misplaced(text));
            let (text, first) = misplaced().min_by_key(|(_, first)| (first.row, first.byte))?;
            Some(Misplaced { column, text, first: *first, others: misplaced().count() - 1 })
        })
    }
}

/// Returns whether a text is a calendar year, such as `2019` or `2019/20`. An MIS exports the year of entry like this.
fn is_calendar_year(text: &str) -> bool {
    let Some((year, rest)) = text.trim().split_at_checked(4) else { return false };
    let is_year = matches!(year.get(..2), Some("19" | "20")) && year.bytes().all(|byte| byte.is_ascii_digit());
    let is_next = |rest: &str| matches!(rest.len(), 2 | 4) && rest.bytes().all(|byte| byte.is_ascii_digit());
    is_year && (rest.is_empty() || rest.strip_prefix(['/', '-']).is_some_and(is_next))
}

/// The abbreviations of subjects that secondary schools use in the names of teaching groups.
const SUBJECTS: [&str; 23] = [
    "ar", "bi", "bs", "ch", "co", "cs", "dr", "dt", "en", "fr", "ge", "gg", "hi", "it", "ma", "mu", "pe", "ph", "re",
    "sc", "so", "sp", "te",
];

/// Returns whether a text is a teaching group and not a registration group. A teaching group has a year, a band, a
/// subject and a set, as in `10X/Ma1` or `10yen1`.
fn is_teaching_group(text: &str) -> bool {
    let folded = text.trim().to_ascii_lowercase();
    let digits = folded.bytes().take_while(u8::is_ascii_digit).count();
    let (year, rest) = folded.split_at(digits);
    let Some((band, subject)) = rest.split_once('/').or_else(|| rest.split_at_checked(1)) else { return false };
    let Some((subject, set)) = subject.split_at_checked(2) else { return false };
    year.parse::<u8>().is_ok_and(|year| (7..=13).contains(&year))
        && (1..=2).contains(&band.len())
        && band.bytes().all(|byte| byte.is_ascii_lowercase())
        && SUBJECTS.contains(&subject)
        && (1..=2).contains(&set.len())
        && set.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns a form of a year group or class that is the same for all of its spellings.
fn meant(column: Column, text: &str) -> String {
    match YearGroup::read(text).filter(|_| column == Column::YearGroup) {
        // A nursery without a number may mean the whole nursery, so we compare nurseries as text.
        Some(YearGroup::Nursery(_)) | None => {
            text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
        }
        Some(year) => format!("={year}"),
    }
}

/// The pairs of a year group and a class that passed the check in an earlier row. So nearly every pair is checked
/// only once. Pairs of more than 32 bytes are not stored.
///
/// ```text
/// Year 5,5A            the two cells as in the row, with the delimiter between them, at most 32 bytes
/// └ 16 bytes ┘└ 16 ┘   each half is a number, and most pairs fit in the first
/// ```
/// Checking a pair takes 3,000 instructions. Finding it in the hash set `known` takes 60, and finding it in its slot
/// takes 20. Each table has 512 slots. A slot holds the last pair that was stored in it. The tables fit in the
/// first-level cache, and are cheap enough to create for a file of 30 rows. Empty slots hold zero. A pair contains no
/// NUL, so it is never zero.
#[derive(Debug)]
pub(crate) struct Classes {
    short: Box<[u128; SLOTS]>,
    long: Box<[[u128; 2]; SLOTS]>,
    known: HashSet<[u128; 2]>,
}

/// The largest length of a pair that fits in one number, in bytes.
const SHORT: usize = 16;

impl Default for Classes {
    fn default() -> Self {
        Self { short: Box::new([0; SLOTS]), long: Box::new([[0; 2]; SLOTS]), known: HashSet::new() }
    }
}

impl Classes {
    /// Returns whether the pair in the first `length` bytes of a window passed the check in an earlier row. The pair
    /// must not contain NUL.
    #[inline(always)]
    pub(crate) fn contains(&mut self, window: &[u8; WIDTH], length: usize) -> bool {
        let (halves, _) = window.as_chunks::<SHORT>();
        if length <= SHORT {
            let text = start(halves[0], length);
            return self.short[slot(text)] == text || self.was_known([text, 0]);
        }
        length <= WIDTH && {
            let text = [u128::from_le_bytes(halves[0]), start(halves[1], length - SHORT)];
            self.long[long_slot(text)] == text || self.was_known(text)
        }
    }

    #[inline(never)]
    fn was_known(&mut self, text: [u128; 2]) -> bool {
        let is_known = self.known.contains(&text);
        if is_known {
            self.put(text);
        }
        is_known
    }

    fn put(&mut self, text: [u128; 2]) {
        match text {
            [short, 0] => self.short[slot(short)] = short,
            long => self.long[long_slot(long)] = long,
        }
    }

    pub(crate) fn insert(&mut self, window: &[u8; WIDTH], length: usize) {
        let (halves, _) = window.as_chunks::<SHORT>();
        if length > WIDTH {
            return;
        }
        let text = match length.checked_sub(SHORT) {
            None | Some(0) => [start(halves[0], length), 0],
            Some(more) => [u128::from_le_bytes(halves[0]), start(halves[1], more)],
        };
        self.put(text);
        if self.known.len() < MOST {
            self.known.insert(text);
        }
    }
}

#[inline(always)]
fn long_slot([first, second]: [u128; 2]) -> usize {
    slot(first ^ second.rotate_left(41))
}

/// Returns the first `length` bytes, at most 16, as a number.
#[inline(always)]
fn start(bytes: [u8; SHORT], length: usize) -> u128 {
    /// The mask at index `n` keeps the first `n` bytes.
    static MASKS: [u128; SHORT + 1] = {
        let mut masks = [0; SHORT + 1];
        let mut length = 1;
        while length <= SHORT {
            masks[length] = masks[length - 1] << 8 | 0xFF;
            length += 1;
        }
        masks
    };
    u128::from_le_bytes(bytes) & MASKS[length]
}

#[inline(always)]
fn slot(text: u128) -> usize {
    let folded = (text as u64) ^ ((text >> 64) as u64).rotate_left(23);
    (folded.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 55) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contains_only_the_year_and_class_pairs_that_were_inserted() {
        let mut classes = Classes::default();
        let window = |text: &str| {
            let mut window = [b','; WIDTH];
            window.iter_mut().zip(text.bytes()).for_each(|(byte, new)| *byte = new);
            window
        };
        for text in ["Year 5,5A", "Year 10,10 Maple Avenue", "a,b", "Reception,Robins", "Reception,Robins2"] {
            assert!(!classes.contains(&window(text), text.len()), "{text}");
            classes.insert(&window(text), text.len());
            assert!(classes.contains(&window(text), text.len()), "{text}");
        }
        // More pairs than there are slots.
        let many: Vec<String> = (0..2_000).map(|number| format!("Year {},Class {number}", number % 14)).collect();
        many.iter().for_each(|text| classes.insert(&window(text), text.len()));
        assert!(many.iter().all(|text| classes.contains(&window(text), text.len())));
        for text in ["Year 5,5B", "Year 5,5", "Year 10,10 Maple Avenu", "a,"] {
            assert!(!classes.contains(&window(text), text.len()), "{text}");
        }
    }

    #[test]
    fn recognises_calendar_years_and_teaching_groups() {
        for text in ["2019", "1999", "2019/20", "2019-2020", " 2024 "] {
            assert!(is_calendar_year(text), "{text}");
        }
        for text in ["7", "Year 7", "201", "20199", "2019/2", "2119", "20A9", "é019", "", "13/14"] {
            assert!(!is_calendar_year(text), "{text}");
        }
        for text in ["10X/Ma1", "10yen1", "10Y/En1", "7a/Sc2", "13AB/Hi12"] {
            assert!(is_teaching_group(text), "{text}");
        }
        // Tutor groups and mixed classes have names of many forms.
        for text in
            ["10X", "7Pearl", "5/6B", "Y1/2", "10XMA", "7EN", "11/JSM", "6X/Ma1", "Oak/Elm", "7É/Ma1", "10X/Oak1", ""]
        {
            assert!(!is_teaching_group(text), "{text}");
        }
    }

    #[test]
    fn finds_other_spellings_of_a_year_group_or_class() {
        let mut spellings = Spellings::default();
        for (row, texts) in [
            ["Year 5", "5A"],
            ["Y5", "5a"],
            ["5", "5 A"],
            ["Year 6", "Oak"],
            ["Nursery", "N2"],
            ["N2", "1/2"],
            ["6", "12"],
        ]
        .into_iter()
        .enumerate()
        {
            spellings.note(texts, row as u64 + 2, 0, |_| 0);
        }
        let found: Vec<_> =
            spellings.various().into_iter().map(|(_, text, _, usual, row)| (text, usual, row)).collect();
        let expected = [("Y5", "Year 5", 2), ("5", "Year 5", 2), ("6", "Year 6", 5), ("5a", "5A", 2), ("5 A", "5A", 2)];
        assert_eq!(found, expected);
    }
}
