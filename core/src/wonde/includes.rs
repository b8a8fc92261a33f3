//! The list of includes (`ALL`), the parts of a student's record that we request, and the columns that each fills. Also
//! finds the parts that the token may not read.

use std::collections::VecDeque;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use url::Url;

use crate::adapter::{Fault, PendingRequest, Tolerance};
use crate::column::{Column, Columns};

use super::address::{Address, SchoolId};
use super::error::WondeError;

/// Wonde's names for the parts of a student's record that we read.
pub(super) const ALL: [&str; 7] =
    ["education_details", "extended_details", "contact_details", "classes", "groups", "year", "registration"];

/// Returns the include with this name, or an error if it is not in [`ALL`].
pub(super) fn known(name: &str) -> Result<&'static str, &'static str> {
    ALL.into_iter().find(|own| *own == name).ok_or("a part of a student's record that onroll does not read")
}

/// Reads the stored names of includes.
pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<&'static str>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    names.iter().map(|name| known(name).map_err(D::Error::custom)).collect()
}

/// The includes to request, in the order of [`ALL`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Includes(Vec<&'static str>);

impl Default for Includes {
    fn default() -> Self {
        Self(ALL.to_vec())
    }
}

impl Includes {
    /// Creates the includes with these names.
    pub(super) fn named<N: AsRef<str>>(names: impl IntoIterator<Item = N>) -> Result<Self, WondeError> {
        let names: Vec<N> = names.into_iter().collect();
        match names.iter().all(|name| ALL.contains(&name.as_ref())) {
            true => Ok(Self(ALL.into_iter().filter(|own| names.iter().any(|name| name.as_ref() == *own)).collect())),
            false => Err(WondeError::InvalidInclude),
        }
    }

    pub(super) fn names(&self) -> &[&'static str] {
        &self.0
    }

    pub(super) fn has(&self, include: &str) -> bool {
        self.0.contains(&include)
    }

    /// Returns the value of the query parameter, if there is any include to request.
    pub(super) fn joined(&self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.join(","))
    }

    pub(super) fn without(&self, refused: &[&str]) -> Self {
        Self(self.0.iter().copied().filter(|include| !refused.contains(include)).collect())
    }

    /// Returns the columns for which no include was requested. Nothing is known about these columns.
    pub(super) fn unasked(&self) -> Columns {
        let sources: [(Column, &[&str]); 7] = [
            (Column::Username, &["contact_details"]),
            (Column::YearGroup, &["year", "education_details", "groups"]),
            (Column::Class, &["registration", "groups", "classes"]),
            (Column::PupilPremium, &["extended_details"]),
            (Column::Ethnicity, &["extended_details"]),
            (Column::Send, &["extended_details"]),
            (Column::Eal, &["extended_details"]),
        ];
        let unasked = |(_, includes): &(Column, &[&str])| !includes.iter().any(|include| self.has(include));
        sources.into_iter().filter(unasked).map(|(column, _)| column).collect()
    }
}

/// A search for the includes that the token may not read. If Wonde refuses a request with all includes, the answer does
/// not name the refused includes. So we request one student without includes, and then with one include at a time.
#[derive(Debug)]
pub(super) struct Probe {
    probed: Option<&'static str>,
    left: VecDeque<&'static str>,
    refused: Vec<&'static str>,
}

impl Probe {
    pub(super) fn of(includes: &Includes) -> Self {
        Self { probed: None, left: includes.0.iter().copied().collect(), refused: Vec::new() }
    }

    /// Returns the next request of the search.
    pub(super) fn ask(&self, address: &Address, school: &SchoolId) -> PendingRequest {
        let mut url = address.of_school(school, "/students");
        let mut query = url.query_pairs_mut();
        query.extend_pairs(self.probed.map(|include| ("include", include)));
        query.append_pair("per_page", "1");
        drop(query);
        PendingRequest::get(url, "students").tolerating(Tolerance::Forbidden)
    }

    /// Records whether the last request was permitted. Returns whether there is a further request to send.
    pub(super) fn take(&mut self, is_permitted: bool) -> Result<bool, WondeError> {
        match self.probed {
            Some(include) if !is_permitted => self.refused.push(include),
            // The token may not even read the ids of students, so no include is the cause.
            None if !is_permitted => return Err(forbidden()),
            _ => {}
        }
        self.probed = self.left.pop_front();
        Ok(self.probed.is_some())
    }

    pub(super) fn into_refused(self) -> Vec<&'static str> {
        self.refused
    }
}

/// Returns the error for a token that may not read the first page of students.
pub(super) fn forbidden() -> WondeError {
    WondeError::Exchange { list: "students", page: 1, tries: 1, fault: Fault::Forbidden }
}

/// Returns the address of the first page of students.
pub(super) fn students(
    address: &Address,
    school: &SchoolId,
    includes: Option<&Includes>,
    per_page: &str,
    updated_after: Option<&str>,
) -> Url {
    let mut url = address.of_school(school, "/students");
    let mut query = url.query_pairs_mut();
    query.extend_pairs(includes.and_then(Includes::joined).map(|include| ("include", include)));
    query.append_pair("per_page", per_page).append_pair("cursor", "true");
    query.extend_pairs(updated_after.map(|since| ("updated_after", since)));
    drop(query);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_only_known_include_names() {
        let some = Includes::named(["year", "classes"]).unwrap();
        assert_eq!(some.joined().as_deref(), Some("classes,year"));
        assert_eq!(Includes::named([""; 0]).unwrap().joined(), None);
        for name in ["hobbies", "", "Year", "year,classes"] {
            assert_eq!(Includes::named([name]), Err(WondeError::InvalidInclude), "{name}");
        }
    }

    #[test]
    fn a_column_is_unrecorded_if_its_include_is_not_requested() {
        let unasked = |names: &[&str]| Includes::named(names).unwrap().unasked().iter().collect::<Vec<_>>();
        assert_eq!(unasked(&ALL), []);
        assert_eq!(unasked(&["groups", "extended_details"]), [Column::Username]);
        assert_eq!(
            unasked(&["groups", "contact_details"])[..],
            [Column::PupilPremium, Column::Ethnicity, Column::Send, Column::Eal]
        );
    }

    #[test]
    fn finds_each_include_that_is_refused() {
        let mut probe = Probe::of(&Includes::named(["year", "groups", "classes"]).unwrap());
        // The first answer is to a request without includes. The others are to requests with classes, groups and year.
        let answers = [true, false, true, false].map(|is_permitted| probe.take(is_permitted));
        assert_eq!(answers, [Ok(true), Ok(true), Ok(true), Ok(false)]);
        assert_eq!(probe.into_refused(), ["classes", "year"]);
        assert_eq!(Probe::of(&Includes::default()).take(false), Err(forbidden()));
    }
}
