//! Recognises the students who were erased at a parent's request (`ErasedStudents`), by id or by username.

use std::collections::{HashMap, HashSet};

use crate::check;
use crate::text::{self, Private};
use crate::upn;

/// The erased students. A host gives each student as a list of ids and a username, or gives texts without saying which
/// of them belong to one student.
#[derive(Debug, Clone, Default)]
pub(super) struct ErasedStudents {
    by_student: Texts,
    ungrouped: Texts,
}

/// The texts of erased students, which are ids and usernames.
#[derive(Debug, Clone, Default)]
struct Texts {
    /// Every text, and every valid UPN in its standard form.
    ids: HashSet<Private>,
    /// The known ids of each erased student with a username, by the username's key.
    usernames: HashMap<Private, HashSet<KnownIds>>,
}

/// Whether an erased student's source id and UPN are known.
type KnownIds = [bool; 2];

impl ErasedStudents {
    /// Sets the students whose texts are known to belong together.
    pub(super) fn set_students<'e, T: IntoIterator<Item = &'e str>>(&mut self, students: impl IntoIterator<Item = T>) {
        self.by_student = Texts::default();
        for student in students {
            // A name is not a source id.
            self.by_student.add(student, |text| text.bytes().any(|byte| byte.is_ascii_digit()));
        }
    }

    /// Sets the texts of which we do not know whose they are. If one of them is a source id, each of the students may
    /// have one of the source ids.
    pub(super) fn set_ungrouped<'e>(&mut self, texts: impl IntoIterator<Item = &'e str>) {
        self.ungrouped = Texts::default();
        // A username such as `zokafor2` is not a source id, although it has a digit.
        self.ungrouped.add(texts, |text| {
            let is_guid = text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
            let is_username = |byte: u8| byte.is_ascii_lowercase() || b" @.".contains(&byte);
            text.bytes().any(|byte| byte.is_ascii_digit()) && (is_guid || !text.bytes().any(is_username))
        });
    }

    /// Returns `None` if a student in a roster is not erased. Otherwise, returns whether only the username is erased.
    /// `ids` are the student's source id and UPN. A UPN with a mistake is compared too, but a text such as `TBC` is not,
    /// because many students may have it. A student with the username is a different child if the erased
    /// student has an id of the same kind, because that id differs.
    pub(super) fn find(&self, ids: [Option<&str>; 2], username: &str) -> Option<bool> {
        let found = [&self.by_student, &self.ungrouped].map(|texts| texts.find(ids, username));
        // An id is more certain than a username.
        found.into_iter().flatten().min()
    }
}

impl Texts {
    /// Adds the texts of one student, or texts that may belong to one student. `may_be_source_id` says which of them can
    /// be source ids.
    fn add<'e>(&mut self, texts: impl IntoIterator<Item = &'e str>, may_be_source_id: impl Fn(&str) -> bool) {
        let texts: Vec<&str> = texts.into_iter().map(str::trim).filter(|text| !text.is_empty()).collect();
        // A UPN with a mistake is not a source id.
        let is_source_id =
            |text: &str| !is_like_upn(text) && may_be_source_id(text) && matches!(check::source_id(text), Ok(Some(_)));
        let kinds: Vec<KnownIds> = texts.iter().map(|text| [is_source_id(text), upn::is_valid(text)]).collect();
        let counts = [0, 1].map(|kind| kinds.iter().filter(|kinds| kinds[kind]).count());
        for (text, kinds) in texts.iter().zip(kinds) {
            self.ids.insert(Private::new(*text));
            self.ids.extend(upn::valid(text).map(Private::new));
            // The other texts are the ids of a student with this username.
            let known = [0, 1].map(|kind| counts[kind] > usize::from(kinds[kind]));
            self.usernames.entry(Private::new(text::key(text).as_ref())).or_default().insert(known);
        }
    }

    fn find(&self, ids: [Option<&str>; 2], username: &str) -> Option<bool> {
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

    fn of_students<const N: usize>(texts: [&str; N]) -> ErasedStudents {
        let mut erased = ErasedStudents::default();
        erased.set_students([texts]);
        erased
    }

    #[test]
    fn a_upn_with_a_mistake_is_compared_but_is_not_a_source_id() {
        let erased = of_students(["Z801200000000", "Zoe Okafor"]);
        assert_eq!(erased.find([Some("78"), Some("Z801200000000")], "zok"), Some(false));
        assert_eq!(erased.find([Some("78"), None], "Zoe Okafor"), Some(true));
        let renamed = of_students(["zokafor", "Zoe Okafor"]);
        assert_eq!(renamed.find([Some("78"), None], "Zoe Okafor"), Some(true));
        let known = of_students(["77", "Zoe Okafor"]);
        assert_eq!(known.find([Some("78"), None], "Zoe Okafor"), None);
        let unknown = of_students(["TBC", "Zoe Okafor"]);
        assert_eq!(unknown.find([Some("79"), Some("TBC")], "Kai Ito"), None);
    }

    #[test]
    fn ungrouped_usernames_count_only_if_no_id_can_be_compared() {
        let find = |texts: &[&str], ids, username| {
            let mut erased = ErasedStudents::default();
            erased.set_ungrouped(texts.iter().copied());
            erased.find(ids, username)
        };
        let (row, upn) = ([Some("78"), None], Some("X801200000001"));
        for id in ["77", "A1", "6b3e1c52-9f0e-4c8e-9d43-0d9f4ab3a1ce"] {
            assert_eq!(find(&[id, "Zoe Okafor"], row, "Zoe Okafor"), None, "{id}");
            assert_eq!(find(&[id, "Zoe Okafor"], [Some(id), upn], "Kai Ito"), Some(false), "{id}");
            assert_eq!(find(&[id, "Zoe Okafor"], [None, upn], "Zoe Okafor"), Some(true), "{id}");
        }
        for username in ["kai2", "kai.ito2@oak.sch.uk", "Kai Ito 4A", "Kai Ito"] {
            assert_eq!(find(&["Zoe Okafor", username], row, "Zoe Okafor"), Some(true), "{username}");
        }
        assert_eq!(find(&["77"], row, "77"), Some(true));
        assert_eq!(find(&["Z801200000002", "Zoe Okafor"], [None, upn], "Zoe Okafor"), Some(true));
    }
}
