//! Recognises rows that are not a student: repeated headings, a class name above its students, a total, a footer, a
//! title or an instruction. Has the message about each (`note`).

use std::rc::Rc;

use crate::column::Column;
use crate::table::{self, Row};
use crate::text;

use super::heading::fold;
use super::headings::Headings;
use super::total::{is_like_total, is_number};

/// The kind of a row that is not a student.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotStudent {
    Headings,
    /// The headings continue in this row, and the students are below it.
    MoreHeadings,
    Class,
    Total,
    /// The row looks like a total, but it has other values, so a person must decide.
    LikeTotal,
    Footer,
    /// The row looks like an instruction but could be a student, so a person must decide.
    Instructions,
    Unclear,
}

impl NotStudent {
    /// Returns whether the row can be left out without asking a person.
    pub(crate) fn is_certain(self) -> bool {
        !matches!(self, Self::MoreHeadings | Self::LikeTotal | Self::Instructions | Self::Unclear)
    }

    pub(crate) fn note(self) -> &'static str {
        match self {
            Self::Headings => "repeats the headings",
            Self::MoreHeadings => "is part of the headings; write the headings in one row",
            Self::Class => "names the class of the rows below, and is not a student",
            Self::Total => "is a total, and not a student",
            Self::LikeTotal => "looks like a total; leave out the row if it is not a student",
            Self::Footer => "is the end of a printed report, and not a student",
            Self::Instructions => "looks like an instruction; leave out the row if it is not a student",
            Self::Unclear => {
                "looks like a title, because the other values are blank; leave out the row, or add a username, year group and class"
            }
        }
    }

    /// Returns the kind of a row that is certainly or possibly not a student. `students` is the number of students
    /// above the row, if it is known. If not, any number counts as a total. `below` returns the class of the next student.
    pub(crate) fn of(
        row: &Row<'_>,
        headings: &Headings,
        students: Option<u64>,
        below: impl FnOnce() -> Option<Rc<str>>,
    ) -> Option<Self> {
        let cell = |column: Column| {
            headings.columns[column as usize].map_or("", |index| table::written(row.cell(index)).trim())
        };
        let [username, year, class, gender] =
            [Column::Username, Column::YearGroup, Column::Class, Column::Gender].map(cell);
        let is_headed = |column: Column| {
            let (value, heading) = (cell(column), column.heading());
            let [first, own] = [heading, value].map(|text| text.bytes().next().unwrap_or_default());
            // The first letter and the length quickly exclude nearly all other values.
            own.eq_ignore_ascii_case(&first) && value.len() <= heading.len() + 4 && fold(value) == fold(heading)
        };
        if !text::is_blank(username) {
            if is_like_total(cell(Column::FullName), year, class, gender) {
                return Some(Self::LikeTotal);
            }
            // Nearly every row stops here.
            if is_headed(Column::Username) || is_headed(Column::Gender) {
                let headed = Column::ALL.into_iter().filter(|column| is_headed(*column)).count();
                let filled = row.cells().filter(|cell| !cell.trim().is_empty()).count();
                return (headed >= 3).then_some(if headed == filled { Self::Headings } else { Self::Unclear });
            }
            return is_instruction(row).then_some(Self::Instructions);
        }
        if ![year, class, gender].into_iter().all(text::is_blank) {
            let mut filled = row.cells().map(|cell| table::written(cell).trim()).filter(|cell| !cell.is_empty());
            let label = Some(cell(Column::FullName)).filter(|name| !name.is_empty()).or_else(|| filled.clone().next());
            // In an export, a column that is not mapped has the value for 'not recorded' in every row.
            let is_count = |cell: &str| is_number(cell) || matches!(cell, "No" | "NOBT");
            let is_total = is_like_total(label.unwrap_or_default(), year, class, gender) || filled.all(is_count);
            return is_total.then_some(Self::LikeTotal);
        }
        let mut filled = row.cells().map(|cell| table::written(cell).trim()).filter(|cell| !text::is_blank(cell));
        let first = filled.next()?;
        let others: Vec<&str> = filled.take(3).collect();
        if first.len() > 200 || first.len() < 2 {
            return others.is_empty().then_some(Self::Unclear);
        }
        let is_count = |text: &str| text.parse().is_ok_and(|number: u64| students.is_none_or(|count| number == count));
        let begins = first.bytes().next().unwrap_or_default().to_ascii_lowercase();
        let has_digit = first.bytes().any(|byte| byte.is_ascii_digit());
        let may_be_total = first.len() > 4 && (has_digit || b"tgnc".contains(&begins));
        if may_be_total && is_total(first, others.first().copied(), is_count) {
            return Some(Self::Total);
        }
        if !others.is_empty() {
            return is_like_total(first, year, class, gender).then_some(Self::LikeTotal);
        }
        if first.len() > 5 && b"prpegdc".contains(&begins) && is_footer(first) {
            return Some(Self::Footer);
        }
        // The title must contain the class name, so a class name that is much longer than the title cannot match.
        let names_class = below().filter(|class| class.len() <= 8 * first.len()).is_some_and(|class| {
            let (title, class) = (text::words(first), text::words(&class));
            !class.is_empty()
                && (title == class
                    || title
                        .strip_suffix(&class)
                        .is_some_and(|before| before.ends_with(' ') && is_class_word(before.trim())))
        });
        Some(if names_class { Self::Class } else { Self::Unclear })
    }
}

fn is_class_word(before: &str) -> bool {
    let words = [
        "class",
        "form",
        "group",
        "tutor",
        "registration",
        "reg",
        "year",
        "tutor group",
        "reg group",
        "registration group",
    ];
    words.contains(&before)
        || before.strip_prefix("year ").is_some_and(|year| year.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Returns whether a row is a total, such as `Total: 240`, `240 pupils`, or `Total` with the number in another cell.
/// The number must be the number of students.
fn is_total(first: &str, second: Option<&str>, is_count: impl Fn(&str) -> bool) -> bool {
    let words = text::words(first);
    let mut parts: Vec<&str> = words.split(' ').collect();
    let named = |word: &&str| {
        ["total", "totals", "count", "number", "of", "pupils", "students", "on", "roll", "grand", "rows", "records"]
            .contains(word)
    };
    parts.retain(|word| !named(word));
    match (parts.as_slice(), second) {
        ([number], None) => words.len() > number.len() && is_count(number),
        ([], Some(second)) => !words.is_empty() && is_count(second),
        _ => false,
    }
}

/// Returns whether a text is a footer, such as `Report printed on 04/09/2025 at 08:31`, `Page 1 of 3` or `End of
/// report`.
fn is_footer(text: &str) -> bool {
    let words = text::words(text);
    let has_date = || text.bytes().filter(|byte| byte.is_ascii_digit()).count() >= 3;
    let begins = |beginnings: &[&str]| beginnings.iter().any(|beginning| words.starts_with(beginning));
    let is_page = words
        .strip_prefix("page ")
        .is_some_and(|rest| rest.split(' ').all(|word| word == "of" || word.bytes().all(|byte| byte.is_ascii_digit())));
    is_page
        || ["end of report", "end of list", "end of file"].contains(&words.as_str())
        || (has_date()
            && begins(&[
                "report ",
                "printed ",
                "exported ",
                "generated ",
                "produced ",
                "created ",
                "run on ",
                "date printed",
                "data as at",
            ]))
}

/// Returns whether several cells of a row say what to write in their column.
fn is_instruction(row: &Row<'_>) -> bool {
    let says = |cell: &str| {
        let cell = cell.trim();
        // The length excludes most values.
        if cell.len() < 5 || cell.len() > 200 {
            return false;
        }
        let lower = cell.to_ascii_lowercase();
        [
            "required",
            "optional",
            "mandatory",
            "e.g.",
            "eg ",
            "for example",
            "must be",
            "dfe code",
            "free text",
            "yes or no",
            "yes/no",
            "y/n",
        ]
        .iter()
        .any(|start| lower.starts_with(start))
            || lower.contains(" / female")
            || lower.contains("/female")
    };
    // The last two values of a student are short, such as `No`. So most rows stop here.
    let [last, before] = [1, 2].map(|back| row.count.checked_sub(back).map_or("", |at| row.cell(at)));
    (last.len() > 3 || before.len() > 3) && row.cells().filter(|cell| says(cell)).count() >= 3
}
