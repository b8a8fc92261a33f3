//! Finds the delimiter and the heading row at the beginning of a file, within the first rows (`ROWS_LOOKED_AT`). Has
//! the list of delimiters, and the message about a wrong one. `reader/file/above_headings.rs` then reads these rows.

use crate::column::Column;
use crate::problem::{Detail, Fix, Position, Problem, ProblemCode as Code};
use crate::table::{Dialect, Limits, Row, Rows};

use super::heading::{Understood, understand};
use super::headings::has_parts_of_name;

/// The largest number of bytes that we examine.
const LOOKED_AT: usize = 1 << 16;
/// The largest number of rows that we examine, and that we read from each sheet of a workbook to choose a sheet.
pub(crate) const ROWS_LOOKED_AT: usize = 40;
/// The largest number of values that we look up in a row, and the largest length of such a value. Each value is looked
/// up once for every delimiter.
const CELLS_LOOKED_AT: usize = 100;
const LONGEST_LOOKED_AT: usize = 64;

/// The results of surveying the beginning of a file.
#[derive(Debug)]
pub(crate) struct Survey {
    pub(crate) delimiter: u8,
    /// The offset at which the text begins. A first line that only sets the delimiter, such as `sep=;`, is not part of
    /// the text.
    pub(crate) from: usize,
    /// The delimiter of the rows, if it differs from the delimiter of the headings.
    pub(crate) rows_delimiter: Option<u8>,
    /// The offset of the heading row. `None` means the first row that is not blank.
    pub(crate) headings: Option<usize>,
    /// Whether the row below the heading row also contains headings.
    pub(crate) in_two_rows: bool,
    /// Whether the file has no headings, and its first row is a student.
    pub(crate) is_headless: bool,
    /// The dialect, if the survey recognised one.
    pub(crate) dialect: Option<Dialect>,
    pub(crate) problems: Vec<Problem>,
    /// The number of template columns that the heading row contains.
    pub(crate) columns: u32,
}

/// The delimiters that are recognised.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// A measure of how likely a row is to be the heading row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Score {
    /// Two points for each heading whose meaning is certain, and one point for each guessed heading.
    points: usize,
    columns: u32,
}

/// A row that the survey has examined.
struct SurveyedRow {
    start: usize,
    count: usize,
    score: Score,
    is_blank: bool,
}

impl Survey {
    /// Examines the beginning of a text.
    pub(crate) fn of(text: &[u8], start: usize, limits: &Limits) -> Self {
        Self::by(text, start, limits, &template_points)
    }

    /// Surveys the beginning of a text. `points` scores each cell as a heading.
    pub(crate) fn by(text: &[u8], start: usize, limits: &Limits, points: &Points<'_>) -> Self {
        let mut survey = Self {
            delimiter: b',',
            from: start,
            rows_delimiter: None,
            headings: None,
            in_two_rows: false,
            is_headless: false,
            dialect: None,
            problems: Vec::new(),
            columns: Column::COUNT as u32,
        };
        let head = head(text, start);
        if begins_as_template(head.get(start..).unwrap_or_default()) {
            return survey;
        }
        survey.columns = 0;
        let (from, only) = match separator_line(head, start) {
            Some((delimiter, from)) => {
                let note = Detail::note("the first line, 'sep=', only tells Excel what separates the columns");
                let problem = Problem::new(Code::Dialect, Position::File).with_detail(note);
                survey.problems.push(problem.with_fix(Some(Fix::safe(""))));
                (survey.headings, survey.from) = (Some(from), from);
                (from, Some(delimiter))
            }
            None => (start, None),
        };
        // A delimiter that does not occur separates nothing, so we do not try it.
        let separates = |d: &u8| *d == b',' || memchr::memchr(*d, head).is_some();
        let looked = DELIMITERS.into_iter().filter(|d| only.map_or_else(|| separates(d), |only| only == *d));
        let looked: Vec<(u8, Vec<SurveyedRow>)> = looked.map(|d| (d, look(head, from, d, limits, points))).collect();
        // Of equal scores, the first wins: the comma before other delimiters, and an earlier row before a later row.
        let mut best: Option<(Score, u8, usize)> = None;
        for (delimiter, rows) in &looked {
            for row in 0..rows.len() {
                let score = score_with_below(rows, row);
                if score.points > best.map_or(0, |(score, ..)| score.points) {
                    best = Some((score, *delimiter, row));
                }
            }
        }
        let rows_of = |delimiter: u8| looked.iter().find(|(d, _)| *d == delimiter).map_or(&[][..], |(_, rows)| rows);
        match best {
            // A single heading does not show what separates headings.
            Some((score, delimiter, row)) if score.columns.count_ones() > 1 => {
                survey.delimiter = delimiter;
                survey.columns = score.columns.count_ones();
                survey.take_headings(rows_of(delimiter), row);
                survey.see_rows(head, rows_of(delimiter), row, limits);
            }
            _ => {
                survey.delimiter =
                    looked.iter().max_by_key(|(d, rows)| (agreement(rows), *d == b',')).map_or(b',', |(d, _)| *d);
                let first = rows_of(survey.delimiter).iter().find(|row| !row.is_blank);
                survey.is_headless = first.is_some_and(|row| is_student(head, row.start, survey.delimiter, limits));
            }
        }
        survey.see_joined(head, from);
        survey.tell_delimiter();
        survey
    }

    fn take_headings(&mut self, rows: &[SurveyedRow], row: usize) {
        let Some(headings) = rows.get(row) else { return };
        if row > 0 {
            self.headings = Some(headings.start);
        }
        self.in_two_rows = are_two_rows(rows, row);
    }

    /// Checks whether the delimiter of the rows differs from the delimiter of the headings.
    fn see_rows(&mut self, head: &[u8], rows: &[SurveyedRow], row: usize, limits: &Limits) {
        let wanted = rows.get(row).map_or(0, |row| row.count);
        let below: Vec<&SurveyedRow> = rows.iter().skip(row + 1).filter(|row| !row.is_blank).take(5).collect();
        if wanted < 3 || below.is_empty() || below.iter().any(|row| row.count > 1) {
            return;
        }
        let counts = |d: u8| {
            below
                .iter()
                .filter(|row| Rows::new(head, row.start, d, limits).next().is_some_and(|row| row.count == wanted))
                .count()
        };
        self.rows_delimiter = DELIMITERS.into_iter().find(|d| *d != self.delimiter && counts(*d) == below.len());
    }

    /// Checks whether the line break after the headings is missing.
    fn see_joined(&mut self, head: &[u8], from: usize) {
        let template = template();
        let line = head.get(self.headings.unwrap_or(from)..).unwrap_or_default();
        let Some(after) = line.strip_prefix(template.as_bytes()) else { return };
        let first = after.split(|byte| b"\r\n".contains(byte)).next().unwrap_or_default();
        let commas = first.iter().filter(|byte| **byte == b',').count();
        if first.first().is_some_and(|byte| *byte != b',') && commas + 1 >= Column::COUNT {
            self.dialect = Some(Dialect::JoinedHeadings(head.len() - line.len() + template.len()));
        }
    }

    fn tell_delimiter(&mut self) {
        let name = |delimiter: u8| match delimiter {
            b';' => ("semicolons", ";"),
            b'\t' => ("tabs", "tab"),
            b'|' => ("vertical bars", "|"),
            _ => ("commas", ","),
        };
        let (headings, rows) = (self.delimiter, self.rows_delimiter.unwrap_or(self.delimiter));
        let note = match (headings, rows) {
            (b',', b',') => return,
            _ if headings == rows => {
                format!("the columns are separated by {}; save the file as 'CSV UTF-8 (Comma delimited)'", name(rows).0)
            }
            _ => format!(
                "the headings are separated by {} and the rows by {}; save the file as 'CSV UTF-8 (Comma delimited)'",
                name(headings).0,
                name(rows).0
            ),
        };
        let shown = if headings == b',' { name(rows).1 } else { name(headings).1 };
        let problem = Problem::new(Code::WrongDelimiter, Position::File).with_detail(Detail::Note(note.into()));
        self.problems.push(problem.with_value(shown).with_fix(Some(Fix::safe(","))));
    }
}

/// Returns the headings of the template as one line.
fn template() -> String {
    Column::ALL.map(Column::heading).join(",")
}

/// Returns the beginning of a text, up to the end of a line if possible.
fn head(text: &[u8], start: usize) -> &[u8] {
    match text.get(..start + LOOKED_AT) {
        Some(head) => {
            let end = memchr::memrchr(b'\n', head).filter(|end| *end > start).map_or(head.len(), |end| end + 1);
            head.get(..end).unwrap_or(head)
        }
        None => text,
    }
}

/// Returns whether a text begins with the template's headings, followed by a row with at least as many commas as the
/// headings. Nearly every file begins in this way. A blank or absent row below the headings is accepted.
fn begins_as_template(text: &[u8]) -> bool {
    let Some(rest) = text.strip_prefix(template().as_bytes()) else { return false };
    let Some(rest) =
        rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")).or_else(|| rest.strip_prefix(b"\r"))
    else {
        return rest.is_empty();
    };
    let line = rest.split(|byte| b"\r\n".contains(byte)).next().unwrap_or_default();
    line.is_empty() || memchr::memchr_iter(b',', line).count() + 1 >= Column::COUNT
}

/// Returns the delimiter in a line such as `sep=,`, and the offset after the line.
fn separator_line(text: &[u8], start: usize) -> Option<(u8, usize)> {
    let rest = text.get(start..)?;
    let end = memchr::memchr2(b'\n', b'\r', rest)?;
    let line = rest.get(..end)?.trim_ascii_start();
    let line = line.strip_prefix(b"\"").map_or(line, |line| line.strip_suffix(b"\"").unwrap_or(line));
    let (name, mark) = line.split_at_checked(4)?;
    let mark = match mark {
        [mark, ..] => *mark,
        [] => b'\t',
    };
    let next = end + if rest.get(end..end + 2) == Some(b"\r\n") { 2 } else { 1 };
    (name.eq_ignore_ascii_case(b"sep=") && DELIMITERS.contains(&mark)).then_some((mark, start + next))
}

fn look(head: &[u8], from: usize, delimiter: u8, limits: &Limits, points: &Points<'_>) -> Vec<SurveyedRow> {
    let mut rows = Rows::new(head, from, delimiter, limits);
    let mut looked = Vec::new();
    while let Some(row) = rows.next().filter(|row| row.broken.is_none()) {
        looked.push(SurveyedRow {
            start: row.start,
            count: row.count,
            score: score(&row, points),
            is_blank: row.cells().all(|cell| cell.trim().is_empty()),
        });
        if looked.len() == ROWS_LOOKED_AT {
            break;
        }
    }
    looked
}

/// A function that returns how many points a cell scores as a heading, and the bit that stands for its column.
pub(crate) type Points<'p> = dyn Fn(&str) -> Option<(usize, u32)> + 'p;

fn template_points(cell: &str) -> Option<(usize, u32)> {
    let (points, column) = match understand(cell) {
        Understood::Exact(column) | Understood::Safe(column) => (2, column),
        Understood::Guess(column) => (1, column),
        Understood::Id(..) | Understood::Nameless | Understood::Unknown => return None,
    };
    Some((points, 1 << column as u32))
}

fn score(row: &Row<'_>, points: &Points<'_>) -> Score {
    let mut score = Score::default();
    for cell in row.cells().take(CELLS_LOOKED_AT).filter(|cell| cell.len() <= LONGEST_LOOKED_AT) {
        let Some((points, bit)) = points(cell.trim_matches('"')) else { continue };
        if score.columns & bit == 0 {
            score.columns |= bit;
            score.points += points;
        }
    }
    score
}

/// Returns whether a row and the row below it contain headings of different columns.
fn are_two_rows(rows: &[SurveyedRow], row: usize) -> bool {
    let (Some(above), Some(below)) = (rows.get(row), rows.get(row + 1)) else { return false };
    below.score.columns.count_ones() > 1 && below.score.columns & above.score.columns == 0
}

/// Returns the score of a row as headings. If the headings continue in the row below, the score of that row is added.
/// Without this sum, a repeated heading row further down could get a higher score.
fn score_with_below(rows: &[SurveyedRow], row: usize) -> Score {
    let Some(above) = rows.get(row) else { return Score::default() };
    let below = rows.get(row + 1).filter(|_| above.score.columns.count_ones() > 1 && are_two_rows(rows, row));
    let below = below.map_or(Score::default(), |below| below.score);
    Score { points: above.score.points + below.points, columns: above.score.columns | below.columns }
}

/// Returns a measure of how similar the rows are. It is the total number of cells in the rows that have as many cells
/// as the first row. It is 0 if the first row has only one cell.
fn agreement(rows: &[SurveyedRow]) -> usize {
    let counts = rows.iter().filter(|row| !row.is_blank).map(|row| row.count);
    let first = counts.clone().next().filter(|count| *count > 1);
    first.map_or(0, |first| counts.filter(|count| *count == first).count() * first)
}

/// Returns whether the row that begins at `from`, directly below the headings, contains headings too. The two rows do not
/// fit together, or they would have been joined.
pub(crate) fn continue_headings(text: &[u8], from: usize, delimiter: u8, limits: &Limits) -> bool {
    /// A row of headings is not longer than this.
    const LONGEST_ROW: usize = 1 << 10;
    let window = text.get(from..text.len().min(from.saturating_add(LONGEST_ROW))).unwrap_or_default();
    let line = window.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
    // A student's row nearly always has a digit, and few rows have a quotation mark. `Rows` would first prepare to read
    // the whole text.
    if line.iter().any(u8::is_ascii_digit) {
        return false;
    }
    if !line.contains(&b'"') {
        let cells = std::str::from_utf8(line).unwrap_or_default().split(char::from(delimiter));
        return line.len() < LONGEST_ROW && has_headings(cells);
    }
    let mut rows = Rows::new(text, from, delimiter, limits);
    rows.next().is_some_and(|row| row.broken.is_none() && has_headings(row.cells()))
}

/// Returns whether a row has the parts of a name or two headings of the template, no digit, and no values of a student.
/// A flag may have its own heading as its value, as in `EAL` under EAL, so the flags do not count.
fn has_headings<'c>(cells: impl Iterator<Item = &'c str>) -> bool {
    let cells: Vec<&str> = cells.take(CELLS_LOOKED_AT).map(str::trim).filter(|cell| !cell.is_empty()).collect();
    let is_text = |cell: &&str| cell.len() <= LONGEST_LOOKED_AT && !cell.bytes().any(|byte| byte.is_ascii_digit());
    let column_of = |cell: &&str| match understand(cell) {
        Understood::Exact(column) | Understood::Safe(column) => Some(column),
        _ => None,
    };
    let is_flag = |column: &Column| matches!(column, Column::PupilPremium | Column::Send | Column::Eal);
    let columns = || cells.iter().filter_map(column_of).filter(|column| !is_flag(column));
    let has_two = || columns().next().is_some_and(|first| columns().any(|column| column != first));
    cells.len() > 1
        && cells.iter().all(is_text)
        && (has_parts_of_name(&cells) || has_two())
        && !has_values(cells.iter().copied())
}

/// Returns whether a row looks like a student: it has at least two values such as `Yes`, `Male` or an ethnicity code.
fn is_student(head: &[u8], start: usize, delimiter: u8, limits: &Limits) -> bool {
    Rows::new(head, start, delimiter, limits).next().is_some_and(|row| has_values(row.cells()))
}

fn has_values<'c>(cells: impl Iterator<Item = &'c str>) -> bool {
    let is_value = |cell: &str| {
        let cell = cell.trim();
        matches!(
            cell,
            "Yes"
                | "No"
                | "Y"
                | "N"
                | "M"
                | "F"
                | "Male"
                | "Female"
                | "Non-Binary"
                | "True"
                | "False"
                | "TRUE"
                | "FALSE"
        ) || (cell.len() == 4 && cell.bytes().all(|byte| byte.is_ascii_uppercase()))
    };
    cells.filter(|cell| is_value(cell)).count() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recognises_headings_that_continue_in_a_second_row() {
        let continues = |row: &str| {
            let text = |rows: usize| format!("{row}\n{}", "Amelia,Hart\n".repeat(rows));
            let [few, many] =
                [text(0), text(200)].map(|text| continue_headings(text.as_bytes(), 0, b',', &Limits::default()));
            assert_eq!(few, many, "{row}");
            few
        };
        for row in ["Forename,Surname,Year,Class", "Forename,Surname", ",,Gender,Class", "\"Forename\",Surname"] {
            assert!(continues(row), "{row}");
        }
        for row in [
            "Amelia,Hart,Reception,Oak,Female",
            "Amelia Hart,ah,Year 5,5A,Female,No,WBRI,No,No",
            "Amelia Hart,Amelia Hart,Reception,Seal,Girl,,White British,SEND,EAL",
            "Amelia,Hart,Reception,Class,Boy,PP,SEN Support,EAL",
            "Year",
            "a,b",
        ] {
            assert!(!continues(row), "{row}");
        }
    }

    const ROW: &str = "Amelia Hart,Amelia Hart,Year 5,5A,Female,No,WBRI,No,No\n";

    fn survey(text: &str) -> Survey {
        Survey::of(text.as_bytes(), 0, &Limits::default())
    }

    #[test]
    fn finds_the_heading_row_even_below_title_rows() {
        let headings = template();
        assert_eq!(survey(&format!("{headings}\n{ROW}")).headings, None);
        let titled = format!("Oakfield\nClass list,,,\n\n{headings}\n{ROW}");
        assert_eq!(survey(&titled).headings, titled.find("Student Full Name"));
        let semicolons = format!("Oakfield;;\n{headings}\n{ROW}").replace(',', ";");
        let found = survey(&semicolons);
        assert_eq!((found.delimiter, found.headings), (b';', semicolons.find("Student Full Name")));
        assert!(survey(ROW).is_headless && !survey("a,b\nc,d\n").is_headless);
        let two = "Student Full Name,Username,Year Group,Class,Gender,More,,,\n,,,,,Pupil Premium,Ethnicity,SEND,EAL\n";
        assert!(survey(&format!("{two}{ROW}")).in_two_rows);
        assert!(!survey(&format!("{headings}\n{headings}\n{ROW}")).in_two_rows);
    }

    #[test]
    fn finds_the_delimiter_of_a_file() {
        assert_eq!(survey("Name;Email;Year;Form\nA;b;Year 5;5A\n").delimiter, b';');
        // If the headings are unknown, the delimiter with which the rows agree wins.
        assert_eq!(survey("Alpha;Beta;Gamma\n1,5;2;3\n2,5;3;4\n").delimiter, b';');
        assert_eq!(survey(&format!("sep=;\r\n{}\n", template().replace(',', ";"))).delimiter, b';');
        let mixed = survey(&format!("{}\n{}", template(), ROW.replace(',', ";")));
        assert_eq!((mixed.delimiter, mixed.rows_delimiter), (b',', Some(b';')));
        let joined = survey(&format!("{}{ROW}{ROW}", template()));
        assert_eq!(joined.dialect, Some(Dialect::JoinedHeadings(template().len())));
    }
}
