//! Applies a mapping to the headings of one file, and finds which cells in a row make up each target. Words the
//! differences between a mapping and a file (`Difference`), and joins the parts of a value.

use std::borrow::Cow;
use std::collections::HashMap;

use super::names::{self, NameDoubt, NameOrder};
use super::source::{SourceColumns, SourceKind};
use super::{Mapping, Source, Target, headings, value_key};
use crate::meaning::Meaning;
use crate::text;
use crate::username::SignIn;
use crate::values::flag;
use crate::vocabulary::{self, Vocabulary};

/// The source of a target's value in each row.
#[derive(Debug, Clone)]
pub(crate) enum TargetCells {
    /// The target is not mapped, so the file does not contain it.
    Absent,
    Constant(String),
    /// One or more parts. Each part takes its value from its first filled cell.
    Parts {
        parts: Vec<Vec<usize>>,
        join: String,
        order: NameOrder,
    },
}

/// A mapping that was applied to the headings of a file.
#[derive(Debug)]
pub(crate) struct AppliedMapping {
    /// The source of each target's value.
    pub(crate) cells: [TargetCells; Target::ALL.len()],
    /// The values that a person chose. Their keys are the `value_key`s of the values in the file.
    values: [HashMap<String, String>; Target::ALL.len()],
    /// Whether usernames are made from the names.
    pub(crate) makes_usernames: bool,
}

/// The reason why a mapping does not fit a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Difference {
    /// A mapped column is missing.
    Missing { target: Target, heading: String },
    /// A mapped column appears more than once.
    Twice { target: Target, heading: String },
    /// A column is new since the mapping was made, and certainly fits a target.
    New { target: Target, heading: String },
    /// A required target is not mapped.
    NoSource(Target),
}

impl Difference {
    pub(crate) fn target(&self) -> Target {
        match self {
            Self::Missing { target, .. } | Self::Twice { target, .. } | Self::New { target, .. } => *target,
            Self::NoSource(target) => *target,
        }
    }

    pub(crate) fn heading(&self) -> Option<&str> {
        match self {
            Self::Missing { heading, .. } | Self::Twice { heading, .. } | Self::New { heading, .. } => Some(heading),
            Self::NoSource(_) => None,
        }
    }

    /// Returns the message about the heading, or about the target if there is no heading.
    pub(crate) fn in_words(&self) -> String {
        match self {
            Self::Missing { target, .. } => {
                format!(
                    "is not a heading of this file, but the mapping reads {target} from it; confirm the columns again"
                )
            }
            Self::Twice { target, .. } => {
                format!(
                    "is the heading of more than one column, and the mapping reads {target} from it; confirm the columns again"
                )
            }
            Self::New { target, .. } => {
                format!("is new since the mapping was confirmed, and may be {target}; confirm the columns again")
            }
            Self::NoSource(Target::Username) => {
                "is missing; with SSO the username is the email address, but the mapping names no column of email addresses".to_owned()
            }
            Self::NoSource(_) => "is missing, because the mapping names no column for it".to_owned(),
        }
    }
}

/// The value of a row for a target.
#[derive(Debug)]
pub(crate) struct Made<'r> {
    pub(crate) text: Cow<'r, str>,
    /// The cell of a blank part of the name, if other parts are not blank.
    pub(crate) lacks: Option<usize>,
    /// The doubt about the name, and the name that was perhaps meant if there is only one.
    pub(crate) doubt: Option<(NameDoubt, Option<String>)>,
}

impl<'r> Made<'r> {
    fn of(text: Cow<'r, str>) -> Self {
        Self { text, lacks: None, doubt: None }
    }
}

impl AppliedMapping {
    /// Applies a mapping to headings. Also returns the differences between the mapping and the headings.
    pub(crate) fn of(
        mapping: &Mapping,
        headings: &[String],
        vocabulary: &Vocabulary,
        sign_in: SignIn,
    ) -> (Self, Vec<Difference>) {
        let mut differences = Vec::new();
        let found = FoundHeadings::of(headings);
        let mut cells = [const { TargetCells::Absent }; Target::ALL.len()];
        for target in Target::ALL {
            let source = mapping.source(target);
            let resolved = match source.and_then(Source::as_same) {
                Some(other) => mapping.source(other),
                None => source,
            };
            if let Some(source) = resolved {
                cells[target as usize] = found.cells(target, source, mapping, &mut differences);
            }
        }
        if sign_in == SignIn::Sso && mapping.source(Target::Email).is_some() {
            cells[Target::Username as usize] = cells[Target::Email as usize].clone();
        }
        cells[Target::Email as usize] = TargetCells::Absent;
        let has = |target: Target| !matches!(cells[target as usize], TargetCells::Absent);
        let mapped = |target: Target| mapping.source(target).is_some();
        let makes_usernames = !has(Target::Username) && !mapped(Target::Username) && sign_in == SignIn::Password;
        let is_missing = |target: &Target| match target {
            Target::Username => !mapped(Target::Username) && !mapped(Target::Email) && sign_in == SignIn::Sso,
            target => target.is_required() && !mapped(*target),
        };
        differences.extend(Target::ALL.into_iter().filter(is_missing).map(Difference::NoSource));
        differences.extend(added(mapping, headings, vocabulary, sign_in));
        let values = Target::ALL.map(|target| {
            mapping.values_of(target).map(|(found, value)| (value_key(found), value.to_owned())).collect()
        });
        (Self { cells, values, makes_usernames }, differences)
    }

    /// Returns the cells that are read for a target.
    pub(crate) fn read(&self, target: Target) -> Vec<usize> {
        match &self.cells[target as usize] {
            TargetCells::Parts { parts, .. } => parts.iter().flatten().copied().collect(),
            TargetCells::Absent | TargetCells::Constant(_) => Vec::new(),
        }
    }

    /// Returns whether a person chose the meaning of any value of a target.
    pub(crate) fn has_values(&self, target: Target) -> bool {
        !self.values[target as usize].is_empty()
    }

    /// Returns the value of a row for a target.
    pub(crate) fn text<'r>(&'r self, target: Target, cell: impl Fn(usize) -> &'r str) -> Made<'r> {
        let made = match &self.cells[target as usize] {
            TargetCells::Absent => return Made::of(Cow::Borrowed("")),
            TargetCells::Constant(value) => return Made::of(Cow::Borrowed(value)),
            TargetCells::Parts { parts, order: NameOrder::AsWritten, .. } if let [only] = parts.as_slice() => {
                Made::of(Cow::Borrowed(first_filled(target, only, &cell).0))
            }
            TargetCells::Parts { parts, .. } if target.is_flag() => Made::of(any_yes(target, parts, &cell)),
            TargetCells::Parts { parts, join, order } => joined(target, parts, join, *order, &cell),
        };
        match self.decided(target, &made.text) {
            Some(value) => Made::of(Cow::Borrowed(value)),
            None => made,
        }
    }

    /// Returns the value that a person chose for a value in the file.
    pub(crate) fn decided(&self, target: Target, text: &str) -> Option<&str> {
        let values = &self.values[target as usize];
        if values.is_empty() { None } else { values.get(&value_key(text)).map(String::as_str) }
    }
}

/// Returns the text and the index of the first cell that has a value. If no cell has a value, returns the text and the
/// index of the last cell. A placeholder such as `-` is not the value of a name.
fn first_filled<'r>(target: Target, cells: &[usize], cell: &impl Fn(usize) -> &'r str) -> (&'r str, usize) {
    let filled = match target {
        Target::FullName => names::supplying_cell(cells, cell),
        _ => cells.iter().find(|index| !cell(**index).trim().is_empty()).or(cells.last()).copied(),
    };
    filled.map_or(("", 0), |index| (cell(index), index))
}

fn joined<'r>(
    target: Target,
    parts: &[Vec<usize>],
    join: &str,
    order: NameOrder,
    cell: &impl Fn(usize) -> &'r str,
) -> Made<'r> {
    let texts: Vec<(&str, usize)> = parts.iter().map(|part| first_filled(target, part, cell)).collect();
    let is_blank = |(text, _): &&(&str, usize)| text.trim().is_empty();
    let blank = texts.iter().find(is_blank).map(|(_, index)| *index);
    if texts.iter().all(|text| is_blank(&text)) {
        return Made::of(Cow::Borrowed(""));
    }
    if let Some(lacks) = blank.filter(|_| target == Target::FullName) {
        let text = texts.iter().map(|(text, _)| text.trim()).collect::<Vec<_>>().join(" ");
        return Made { text: Cow::Owned(text.trim().to_owned()), lacks: Some(lacks), doubt: None };
    }
    let filled = texts.iter().filter(|text| !is_blank(text));
    let text = match texts.as_slice() {
        [(only, _)] => Cow::Borrowed(*only),
        _ => Cow::Owned(filled.map(|(text, _)| text.trim_matches(' ')).collect::<Vec<_>>().join(join)),
    };
    let (text, doubt) = match (order, texts.as_slice()) {
        (NameOrder::AsWritten, [(forename, _), (surname, _)]) if target == Target::FullName => {
            (text, names::with_surname(forename, surname).map(|whole| (NameDoubt::SurnameTwice, Some(whole))))
        }
        (NameOrder::AsWritten, _) => (text, None),
        _ => names::forename_first(text, order),
    };
    Made { text, lacks: None, doubt }
}

/// Returns `Yes` if any cell means yes. Otherwise, returns a text that means neither yes nor no, if there is one,
/// because a person must see it. In all other cases, returns `No`, or a blank text if all cells are blank.
fn any_yes<'r>(target: Target, parts: &[Vec<usize>], cell: &impl Fn(usize) -> &'r str) -> Cow<'r, str> {
    let Some(column) = target.column() else { return Cow::Borrowed("") };
    let (mut unclear, mut has_no) = (None, false);
    for part in parts {
        let text = first_filled(target, part, cell).0;
        let tidy = text::tidy(text);
        // The columns of a flag may contain numbers. In the DfE's file, the numbers are terms or shares of a place.
        let meaning = match is_more_than_nothing(&tidy) {
            Some(is_any) => Meaning::Safe(is_any),
            None => flag::meaning(column, &tidy),
        };
        match meaning {
            Meaning::Exact(true) | Meaning::Safe(true) => return Cow::Borrowed("Yes"),
            Meaning::Exact(false) | Meaning::Safe(false) => has_no = true,
            Meaning::Guess(_) | Meaning::Unknown if tidy.is_empty() => {}
            Meaning::Guess(_) | Meaning::Unknown => unclear = unclear.or(Some(text)),
        }
    }
    Cow::Borrowed(unclear.unwrap_or(if has_no { "No" } else { "" }))
}

/// Returns whether a number such as `0.50` is more than zero, or `None` if the text is not a number.
fn is_more_than_nothing(text: &str) -> Option<bool> {
    let bytes = text.as_bytes();
    let is_number = bytes.len() < 12
        && bytes.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
        && bytes.iter().any(u8::is_ascii_digit)
        && bytes.iter().filter(|byte| **byte == b'.').count() < 2;
    is_number.then(|| bytes.iter().any(|byte| matches!(byte, b'1'..=b'9')))
}

/// The positions of the headings in a file.
struct FoundHeadings<'h> {
    headings: &'h [String],
    folded: HashMap<String, Vec<usize>>,
}

impl<'h> FoundHeadings<'h> {
    fn of(headings: &'h [String]) -> Self {
        let mut folded: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, heading) in headings.iter().enumerate() {
            folded.entry(vocabulary::fold(heading)).or_default().push(index);
        }
        Self { headings, folded }
    }

    /// Returns the columns whose heading has exactly this spelling. If there are none, returns the columns whose
    /// heading has the same folded form.
    fn all(&self, heading: &str) -> Vec<usize> {
        let heading = heading.trim();
        let own = |index: &usize| self.headings.get(*index).is_some_and(|other| other.trim() == heading);
        let exact: Vec<usize> = (0..self.headings.len()).filter(own).collect();
        let folded = vocabulary::fold(heading);
        match exact.len() {
            0 if folded.is_empty() => exact,
            0 => self.folded.get(&folded).cloned().unwrap_or_default(),
            _ => exact,
        }
    }

    fn cells(
        &self,
        target: Target,
        source: &Source,
        mapping: &Mapping,
        differences: &mut Vec<Difference>,
    ) -> TargetCells {
        match &source.0 {
            SourceKind::Constant(value) => TargetCells::Constant(value.clone()),
            SourceKind::SameAs(_) => TargetCells::Absent,
            SourceKind::Columns(SourceColumns { parts, join, surname_first }) => {
                let mut of_heading = |heading: &String| match self.all(heading).as_slice() {
                    [one] => Some(*one),
                    [] => {
                        differences.push(Difference::Missing { target, heading: heading.clone() });
                        None
                    }
                    _ => {
                        differences.push(Difference::Twice { target, heading: heading.clone() });
                        None
                    }
                };
                let order = match (surname_first, parts.as_slice()) {
                    (false, _) => NameOrder::AsWritten,
                    (true, [only]) if !only.iter().all(|heading| names::puts_surname_first(heading) == Some(true)) => {
                        match mapping.headings.is_empty() {
                            true => NameOrder::StatedSurnameFirst,
                            false => NameOrder::SurnameBeforeComma,
                        }
                    }
                    (true, _) => NameOrder::SurnameFirst,
                };
                let parts = parts.iter().map(|part| part.iter().filter_map(&mut of_heading).collect()).collect();
                TargetCells::Parts { parts, join: join.clone().unwrap_or_else(|| " ".to_owned()), order }
            }
        }
    }
}

/// Returns the headings that certainly fit a target, but were not in the file when the mapping was made.
fn added(mapping: &Mapping, headings: &[String], vocabulary: &Vocabulary, sign_in: SignIn) -> Vec<Difference> {
    if mapping.headings.is_empty() {
        return Vec::new();
    }
    let named = mapping.columns.values().flat_map(Source::headings);
    let known: Vec<String> = mapping.headings.iter().map(String::as_str).chain(named).map(vocabulary::fold).collect();
    let is_new = |heading: &&String| !known.contains(&vocabulary::fold(heading));
    let new = headings.iter().filter(is_new).filter_map(|heading| {
        let entry = vocabulary.look_up(heading).filter(|entry| entry.is_safe)?;
        let target = headings::target(entry.term)?;
        let is_read = target != Target::Email || sign_in == SignIn::Sso;
        is_read.then(|| Difference::New { target, heading: heading.clone() })
    });
    new.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(mapping: &Mapping, headings: &[&str], sign_in: SignIn) -> (AppliedMapping, Vec<Difference>) {
        let headings: Vec<String> = headings.iter().map(|heading| (*heading).to_owned()).collect();
        AppliedMapping::of(mapping, &headings, &Vocabulary::default(), sign_in)
    }

    fn text(mapping: &Mapping, target: Target, row: &[(&str, &'static str)]) -> (String, bool) {
        let headings: Vec<&str> = row.iter().map(|(heading, _)| *heading).collect();
        let (layout, _) = layout(mapping, &headings, SignIn::Password);
        let made = layout.text(target, |index| row.get(index).map_or("", |(_, cell)| cell));
        (made.text.into_owned(), made.lacks.is_some() || made.doubt.is_some())
    }

    #[test]
    fn makes_each_target_value_from_the_mapped_cells() {
        let sure = |text: &str| (text.to_owned(), false);
        let name = Mapping::new().with(Target::FullName, Source::parts([vec!["Known", "First"], vec!["Last"]]));
        let row = |known, first, last| [("Last", last), ("First", first), ("Known", known)];
        assert_eq!(text(&name, Target::FullName, &row("Zoë", "Zoe", "Lee")), sure("Zoë Lee"));
        assert_eq!(text(&name, Target::FullName, &row(" ", "Zoe", "Lee")), sure("Zoe Lee"));
        assert_eq!(text(&name, Target::FullName, &row("", "", "")), sure(""));
        assert_eq!(text(&name, Target::FullName, &row("Zoë", "", "")), ("Zoë".to_owned(), true));
        for placeholder in ["-", " N/A", "0", "#N/A"] {
            assert_eq!(text(&name, Target::FullName, &row(placeholder, "Zoe", "Lee")), sure("Zoe Lee"));
        }
        assert_eq!(text(&name, Target::FullName, &row("Zoë Lee", "Zoe", "Lee")), ("Zoë Lee Lee".to_owned(), true));
        let by_heading = Mapping::new().with(Target::FullName, Source::from("Surname, Forename").surname_first());
        assert_eq!(text(&by_heading, Target::FullName, &[("Surname, Forename", "Lee Zoë")]), sure("Zoë Lee"));
        let listed = Mapping::new().with(Target::FullName, Source::from("Name").surname_first());
        for (cell, expected) in [
            ("Lee, Zoë", ("Zoë Lee", false)),
            ("Van der Berg,  Zoë Ann", ("Zoë Ann Van der Berg", false)),
            ("Lee Zoë", ("Zoë Lee", true)),
            ("Al Lee, Jr", ("Al Lee, Jr", true)),
            ("Van Berg Zoë", ("Van Berg Zoë", true)),
            ("Lee, Zoë, Jr", ("Lee, Zoë, Jr", true)),
            ("Zoë", ("Zoë", true)),
        ] {
            assert_eq!(
                text(&listed, Target::FullName, &[("Name", cell)]),
                (expected.0.to_owned(), expected.1),
                "{cell}"
            );
        }
        let premium = Mapping::new().with(Target::PupilPremium, ["A", "B"]);
        for (cells, expected) in [
            (["0", "2"], "Yes"),
            (["0.0", "0"], "No"),
            (["", ""], ""),
            (["", "N"], "No"),
            (["perhaps", "Y"], "Yes"),
            (["N", "perhaps"], "perhaps"),
        ] {
            assert_eq!(text(&premium, Target::PupilPremium, &[("A", cells[0]), ("B", cells[1])]), sure(expected));
        }
        let gender = Mapping::new().with(Target::Gender, "Sex").with_value(Target::Gender, "U", "Non-Binary");
        assert_eq!(
            ["U", " u", "F"].map(|cell| text(&gender, Target::Gender, &[("Sex", cell)]).0),
            ["Non-Binary", "Non-Binary", "F"]
        );
        let class = Mapping::new()
            .with(Target::ClassName, Source::from(["Y", "F"]).joined_by(""))
            .with(Target::YearGroup, Source::same_as(Target::ClassName))
            .with(Target::Ethnicity, Source::constant("NOBT"));
        let row = [("Y", "7"), ("F", "B")];
        assert_eq!(
            [Target::ClassName, Target::YearGroup, Target::Ethnicity].map(|target| text(&class, target, &row).0),
            ["7B", "7B", "NOBT"]
        );
    }

    #[test]
    fn reports_headings_that_are_missing_or_repeated_or_new() {
        let mapping = Mapping::new()
            .with(Target::FullName, ["Forename", "Surname"])
            .with(Target::YearGroup, "Year")
            .with(Target::ClassName, "Reg")
            .with(Target::Gender, "Sex")
            .with_headings(["Forename", "Surname", "Year", "Reg", "Sex", "Shoe"].map(str::to_owned));
        let differences = |headings: &[&str]| {
            let (_, found) = layout(&mapping, headings, SignIn::Password);
            found.iter().map(|found| (found.target(), found.heading().unwrap_or("").to_owned())).collect::<Vec<_>>()
        };
        assert_eq!(differences(&["Sex", "SURNAME", "fore-name", "Year", "Reg", "Hat", "Shoe"]), []);
        assert_eq!(
            differences(&["Surname", "Forename", "Year", "Sex", "sex", "Sex ", "PP"]),
            [
                (Target::ClassName, "Reg".to_owned()),
                (Target::Gender, "Sex".to_owned()),
                (Target::PupilPremium, "PP".to_owned())
            ]
        );
        let by_email = layout(&mapping, &["Surname", "Forename", "Year", "Reg", "Sex"], SignIn::Sso).1;
        assert_eq!(by_email, [Difference::NoSource(Target::Username)]);
    }
}
