//! Recognises the students who were erased at a parent's request (`ErasedStudents`), by id or by username.

use std::collections::{HashMap, HashSet};

use crate::check;
use crate::text::{self, Private};
use crate::upn;

/// The erased students, whose texts are ids or usernames.
#[derive(Debug, Clone, Default)]
pub(super) struct ErasedStudents {
    /// Every text, and every valid UPN in its standard form.
    ids: HashSet<Private>,
    /// The known ids of each erased student with a username, by the username's key.
    usernames: HashMap<Private, HashSet<KnownIds>>,
}

/// Whether an erased student's source id and UPN are known.
type KnownIds = [bool; 2];

impl ErasedStudents {
    /// Reads the texts of each erased student.
    pub(super) fn of<'e, T: IntoIterator<Item = &'e str>>(students: impl IntoIterator<Item = T>) -> Self {
        let mut erased = Self::default();
        for student in students {
            let texts: Vec<&str> = student.into_iter().map(str::trim).filter(|text| !text.is_empty()).collect();
            for (index, text) in texts.iter().enumerate() {
                erased.ids.insert(Private::new(*text));
                erased.ids.extend(upn::valid(text).map(Private::new));
                // The other texts are the ids of a student with this username.
                let others = || texts.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, text)| text);
                // A name, or a UPN with a mistake, is not a source id.
                let has_digit = |text: &str| text.bytes().any(|byte| byte.is_ascii_digit());
                let is_source_id = |text: &&str| {
                    !is_like_upn(text) && has_digit(text) && matches!(check::source_id(text), Ok(Some(_)))
                };
                let known = [others().any(is_source_id), others().any(|text| upn::valid(text).is_some())];
                erased.usernames.entry(Private::new(text::key(text).as_ref())).or_default().insert(known);
            }
        }
        erased
    }

    /// Returns `None` if a student in a roster is not erased. Otherwise, returns whether only the username is erased.
    /// `ids` are the student's source id and UPN. A UPN with a mistake is compared too, but a text such as `TBC` is not,
    /// because many students may have it. A student with the username is a different child if the erased
    /// student has an id of the same kind, because that id differs.
    pub(super) fn find(&self, ids: [Option<&str>; 2], username: &str) -> Option<bool> {
        if self.ids.is_empty() {
            return None;
        }
        let [source_id, upn] = ids;
        let upn = upn.filter(|upn| is_like_upn(upn));
        if [source_id, upn].into_iter().flatten().any(|id| self.ids.contains(&Private::new(id))) {
            return Some(false);
        }
        let ids = [source_id, upn.filter(|upn| upn::is_valid(upn))];
        let known = self.usernames.get(&Private::new(text::key(username).as_ref()))?;
        let may_be = |known: &KnownIds| !known.iter().zip(ids).any(|(known, id)| *known && id.is_some());
        known.iter().any(may_be).then_some(true)
    }
}

/// Returns whether a text is a UPN, perhaps with a mistake: a letter, and then 12 digits or letters, mostly digits.
fn is_like_upn(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    bytes.len() == 13
        && bytes.iter().all(u8::is_ascii_alphanumeric)
        && bytes.first().is_some_and(u8::is_ascii_alphabetic)
        && digits >= 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_upn_with_a_mistake_is_compared_but_is_not_a_source_id() {
        let erased = ErasedStudents::of([["Z801200000000", "Zoe Okafor"]]);
        assert_eq!(erased.find([Some("78"), Some("Z801200000000")], "zok"), Some(false));
        assert_eq!(erased.find([Some("78"), None], "Zoe Okafor"), Some(true));
        let renamed = ErasedStudents::of([["zokafor", "Zoe Okafor"]]);
        assert_eq!(renamed.find([Some("78"), None], "Zoe Okafor"), Some(true));
        let known = ErasedStudents::of([["77", "Zoe Okafor"]]);
        assert_eq!(known.find([Some("78"), None], "Zoe Okafor"), None);
        let unknown = ErasedStudents::of([["TBC", "Zoe Okafor"]]);
        assert_eq!(unknown.find([Some("79"), Some("TBC")], "Kai Ito"), None);
    }
}
