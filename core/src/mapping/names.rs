//! Makes a full name from the cells of a row: which cell supplies each part, and which name is first. Says what is
//! doubtful about the name (`NameDoubt`).

use std::borrow::Cow;

use crate::check;
use crate::excel;
use crate::text;
use crate::vocabulary;

/// The order of the names in a column of full names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameOrder {
    AsWritten,
    /// The heading says that the surname is first, or the surname has its own column.
    SurnameFirst,
    /// Detection found a comma in every name. A name without a comma may have either order.
    SurnameBeforeComma,
    /// Only a mapping that was written by hand says that the surname is first.
    StatedSurnameFirst,
}

/// The reason why a full name may be wrong. A person must see the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameDoubt {
    /// The surname is first, but it is unclear where it ends.
    Unsplit,
    /// The name has no comma, although the names of the column had commas. It was not changed.
    WithoutComma,
    /// The name has no comma, and only the mapping says that the surname is first. The forename was put first.
    Turned,
    /// The name has a comma before a suffix such as Jr.
    Suffix,
    /// The name has several commas.
    Commas,
    /// The forename already contains the surname.
    SurnameTwice,
}

/// A full name, and the doubt about it. The doubt has the name that was meant, unless there are several possible names.
pub(super) type Named<'r> = (Cow<'r, str>, Option<(NameDoubt, Option<String>)>);

/// Returns whether a cell supplies no part of a name: it is blank, or is a placeholder such as `-` or `N/A`.
pub(crate) fn is_no_name(cell: &str) -> bool {
    let cell = cell.trim();
    cell.is_empty() || check::is_placeholder(cell) || excel::is_mangled(cell)
}

/// Returns the cell that supplies a part of a name: the first of these cells that has a name, or else the last cell.
pub(crate) fn supplying_cell<'r>(cells: &[usize], cell: impl Fn(usize) -> &'r str) -> Option<usize> {
    cells.iter().find(|index| !is_no_name(cell(**index))).or(cells.last()).copied()
}

/// Returns the full name if a forename already contains the surname. The surname is then there twice.
pub(crate) fn with_surname(forename: &str, surname: &str) -> Option<String> {
    let is_such = text::contains_surname(forename, surname);
    is_such.then(|| match text::split_at_comma(forename) {
        Some((surname, forename)) => format!("{forename} {surname}"),
        None => text::tidy(forename).into_owned(),
    })
}

/// Returns a name with the forename first. The given name begins with the surname.
pub(super) fn forename_first(text: Cow<'_, str>, order: NameOrder) -> Named<'_> {
    let name = text::tidy(&text).into_owned();
    if let Some((surname, forenames)) = text::split_at_comma(&name) {
        return (Cow::Owned(format!("{forenames} {surname}")), None);
    }
    if let Some(bare) = text::without_comma_before_suffix(&name) {
        // `Smith, Jr` has no forename, so `Smith Jr` is not the whole name.
        let bare = Some(bare).filter(|bare| bare.split(' ').count() > 2);
        return (text, Some((NameDoubt::Suffix, bare)));
    }
    if name.matches(',').count() > 1 {
        return (text, Some((NameDoubt::Commas, text::around_suffix(&name))));
    }
    // If the name has one word or several, it is unclear which words belong to the surname.
    let words = name.split_once(' ').filter(|(_, last)| !last.contains(' ') && !name.contains(','));
    let Some((first, last)) = words else { return (text, Some((NameDoubt::Unsplit, None))) };
    let turned = format!("{last} {first}");
    match order {
        NameOrder::AsWritten => (text, None),
        NameOrder::SurnameFirst => (Cow::Owned(turned), None),
        NameOrder::SurnameBeforeComma => (text, Some((NameDoubt::WithoutComma, Some(turned)))),
        NameOrder::StatedSurnameFirst => (Cow::Owned(turned), Some((NameDoubt::Turned, Some(name)))),
    }
}

/// Returns which name a heading puts first, if the heading says so: `true` for the surname, as in `Surname Forename`.
pub(super) fn puts_surname_first(heading: &str) -> Option<bool> {
    let folded = vocabulary::fold(heading);
    let first = |words: &[&str]| words.iter().filter_map(|word| folded.find(word)).min();
    let forename = first(&["forename", "firstname", "givenname"])?;
    let surname = first(&["surname", "lastname", "familyname"])?;
    Some(surname < forename)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_from_a_heading_which_name_is_first() {
        for (heading, expected) in [
            ("Surname Forename", Some(true)),
            ("Pupil Last Name, First Name", Some(true)),
            ("Forename/Surname", Some(false)),
            ("First Names and Family Name", Some(false)),
            ("Name", None),
            ("Surname", None),
        ] {
            assert_eq!(puts_surname_first(heading), expected, "{heading}");
        }
    }

    #[test]
    fn puts_the_forename_first_only_if_the_order_is_certain() {
        let read = |name: &'static str, order| {
            let (name, doubt) = forename_first(Cow::Borrowed(name), order);
            (name.into_owned(), doubt)
        };
        let every = [NameOrder::SurnameFirst, NameOrder::SurnameBeforeComma, NameOrder::StatedSurnameFirst];
        for order in every {
            assert_eq!(read("Lee, Ann", order), ("Ann Lee".to_owned(), None));
            for (name, doubt, meant) in [
                ("Al Smith, Jr", NameDoubt::Suffix, Some("Al Smith Jr")),
                ("Smith, Jr", NameDoubt::Suffix, None),
                ("Smith, Jr, Al", NameDoubt::Commas, Some("Al Smith Jr")),
                ("Smith, Al, III", NameDoubt::Commas, Some("Al Smith III")),
                ("Smith, Al, Bo", NameDoubt::Commas, None),
                ("VAN BERG Ann", NameDoubt::Unsplit, None),
                ("Ann", NameDoubt::Unsplit, None),
            ] {
                assert_eq!(read(name, order), (name.to_owned(), Some((doubt, meant.map(str::to_owned)))), "{name}");
            }
        }
        let doubts = [
            ("Ann Lee", None),
            ("Lee Ann", Some((NameDoubt::WithoutComma, Some("Ann Lee".to_owned())))),
            ("Ann Lee", Some((NameDoubt::Turned, Some("Lee Ann".to_owned())))),
        ];
        for (order, (name, doubt)) in every.into_iter().zip(doubts) {
            assert_eq!(read("Lee Ann", order), (name.to_owned(), doubt));
        }
    }
}
