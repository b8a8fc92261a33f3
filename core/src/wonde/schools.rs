//! The schools at Wonde (`School`), the terms of a search, and Wonde's answer to a request for access. Reads the lists of
//! schools. `access.rs` has the states of access.

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::adapter::{Job, Next, PendingRequest};

use super::call::JobError;
use super::error::WondeError;
use super::loose::Include;
use super::model::{self, Page, SchoolRow};
use super::pages::Pages;

/// A school in Wonde's list.
///
/// ```
/// use onroll::wonde::School;
/// // A school of the host's own table, where only the id is known.
/// let mut school = School::of_id("A1329183376");
/// school.name = "Oakfield Primary School".into();
/// assert_eq!((school.id.as_str(), school.urn), ("A1329183376", None));
/// ```
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct School {
    /// The school's id at Wonde.
    pub id: String,
    /// The school's name.
    pub name: String,
    /// The school's unique reference number, in England.
    pub urn: Option<String>,
    /// The code of the school's local authority.
    pub la_code: Option<String>,
    /// The school's number within the local authority.
    pub establishment_number: Option<String>,
    /// The phase of education: primary, secondary, …
    pub phase: Option<String>,
    /// The school's MIS.
    pub mis: Option<String>,
    /// The domain of the school's region, for [`Client::domain`](super::Client::domain).
    pub domain: Option<String>,
}

/// Shows only the id. People typed the other fields, so these fields may contain personal data.
impl fmt::Debug for School {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("School").field("id", &self.id).finish_non_exhaustive()
    }
}

impl School {
    /// Creates a school that has only an id.
    pub fn of_id(id: impl Into<String>) -> Self {
        Self { id: id.into(), ..Self::default() }
    }

    fn of(mut row: SchoolRow, id: Box<str>) -> Self {
        let text = |text: Option<Box<str>>| text.map(String::from);
        Self {
            id: id.into(),
            name: text(row.name.take()).unwrap_or_default(),
            urn: text(row.urn.take()),
            la_code: text(row.la_code.take()),
            establishment_number: text(row.establishment_number.take()),
            phase: text(row.phase.take()),
            mis: text(row.mis.take()),
            domain: row.region.0.and_then(|mut region| text(region.domain.take())),
        }
    }
}

/// Search terms for schools. A school must match all of them.
///
/// ```
/// use onroll::adapter::Step;
/// use onroll::wonde::{Client, Search};
/// let search = Search::new().postcode("SW1A 1AA").la_code("823").establishment_number("2000").urn("100000");
/// let mut call = Client::new("token")?.call_search(&search)?;
/// let Step::Send(request) = call.step()? else { panic!() };
/// assert!(request.url().contains("urn=100000"));
/// # Ok::<(), onroll::wonde::WondeError>(())
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Search {
    terms: Vec<(&'static str, String)>,
}

impl Search {
    /// Creates a search without terms.
    pub fn new() -> Self {
        Self::default()
    }

    /// Searches by postcode.
    pub fn postcode(self, postcode: impl Into<String>) -> Self {
        self.with("postcode", postcode.into())
    }

    /// Searches by the number within the local authority.
    pub fn establishment_number(self, number: impl Into<String>) -> Self {
        self.with("establishment_number", number.into())
    }

    /// Searches by the code of the local authority.
    pub fn la_code(self, code: impl Into<String>) -> Self {
        self.with("la_code", code.into())
    }

    /// Searches by the unique reference number.
    pub fn urn(self, urn: impl Into<String>) -> Self {
        self.with("urn", urn.into())
    }

    fn with(mut self, name: &'static str, value: String) -> Self {
        self.terms.retain(|(own, _)| *own != name);
        if !value.trim().is_empty() {
            self.terms.push((name, value.trim().to_owned()));
        }
        self
    }

    pub(super) fn terms(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.terms.iter().map(|(name, value)| (*name, value.as_str()))
    }
}

/// The job that reads a list of schools to its end.
pub(super) struct Listing {
    pages: Pages,
    schools: Vec<School>,
    ids: HashSet<Box<str>>,
}

impl Listing {
    pub(super) fn new(url: Url, list: &'static str) -> (PendingRequest, Self) {
        let pages = Pages::of(url, list);
        (pages.ask(), Self { pages, schools: Vec::new(), ids: HashSet::new() })
    }
}

impl Job<Vec<School>, WondeError> for Listing {
    fn take(&mut self, body: Option<&[u8]>) -> Result<Next<Vec<School>>, JobError> {
        let wrong = || self.pages.wrong("'data' should be a list of objects");
        let mut page: Page<SchoolRow> = model::read(body.unwrap_or_default(), wrong)?;
        let pagination = page.take_pagination();
        let before = self.schools.len();
        for mut row in page.data.0 {
            let id = row.id.take().ok_or_else(|| self.pages.wrong("a school has no id"))?;
            if self.ids.insert(id.clone()) {
                self.schools.push(School::of(row, id));
            }
        }
        Ok(match self.pages.after(pagination, self.schools.len() - before)? {
            Some(ask) => Next::Send(ask),
            None => Next::Done(std::mem::take(&mut self.schools)),
        })
    }
}

/// The job that requests access or ends it, and reads the outcome.
pub(super) struct Outcome {
    list: &'static str,
}

impl Outcome {
    pub(super) fn of(list: &'static str) -> Self {
        Self { list }
    }
}

impl Job<Option<String>, WondeError> for Outcome {
    fn take(&mut self, body: Option<&[u8]>) -> Result<Next<Option<String>>, JobError> {
        let body = body.unwrap_or_default();
        if body.is_empty() {
            return Ok(Next::Done(None));
        }
        let wrong = || WondeError::WrongShape { list: self.list, page: 1, what: "it should be an object" }.into();
        let outcome = model::read::<Include<model::Outcome>>(body, wrong)?.0.ok_or_else(wrong)?;
        let state = outcome.state.get().map(str::to_owned);
        match outcome.success.is_true() {
            Some(false) => Err(WondeError::Refused { state }.into()),
            _ => Ok(Next::Done(state)),
        }
    }
}
