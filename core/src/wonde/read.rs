//! A snapshot, read: every page of every list, each student once, all of them or an error.
//!
//! Pages are cut from a list that may change meanwhile, and then a student can slip from a page not yet read to one that
//! was. So what came in several pages is read a second time, ids only, and must be the same.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use foldhash::fast::RandomState;
use url::Url;

use crate::adapter::{Ask, Job, Next};

use super::address::{Address, SchoolId};
use super::call::Bad;
use super::error::WondeError;
use super::model::{self, Count, Counts, Deletion, Include, Object, Page, SchoolRow, Student};
use super::pages::Pages;
use super::snapshot::{Gone, Snapshot};

/// What of a student is asked for.
const INCLUDES: &str = "education_details,extended_details,contact_details,classes,groups,year,registration";
const PER_PAGE: &str = "200";
/// So many students has no school; the largest of Britain has some 4,000.
const MOST_STUDENTS: usize = 200_000;
/// So often all are read where they change meanwhile.
const MOST_READINGS: u32 = 3;

/// Reads a school's students, or what changed of them since a time.
pub(super) struct Reading {
    address: Address,
    school: SchoolId,
    since: Option<DateTime<Utc>>,
    stage: Stage,
    pages: Pages,
    readings: u32,
    pages_read: u32,
    students: Vec<Student>,
    places: HashMap<Box<str>, usize, RandomState>,
    duplicates: usize,
    /// The ids of the list at hand, of those that are not kept as students.
    seen: HashSet<Box<str>>,
    gone: HashMap<Box<str>, Option<Box<str>>>,
    moved: bool,
}

enum Stage {
    Students,
    /// The same list a second time.
    Again,
    Counts,
    /// Which region a school without students is in.
    School,
    Deletions,
    Leavers,
}

impl Reading {
    pub(super) fn new(address: Address, school: SchoolId, since: Option<DateTime<Utc>>) -> (Ask, Self) {
        let pages = Pages::of(students(&address, &school, since, true), "students");
        let first = pages.ask();
        let reading = Self {
            address,
            school,
            since,
            stage: Stage::Students,
            pages,
            readings: 1,
            pages_read: 0,
            students: Vec::new(),
            places: HashMap::default(),
            duplicates: 0,
            seen: HashSet::new(),
            gone: HashMap::new(),
            moved: false,
        };
        (first, reading)
    }

    /// Reads a page; gives its rows, where each goes being the caller's business.
    fn page<T: Object>(&mut self, body: &[u8]) -> Result<Page<T>, Bad> {
        let page = model::read(body, || self.pages.wrong("'data' should be a list of objects"))?;
        self.pages_read += 1;
        Ok(page)
    }

    fn begin(&mut self, stage: Stage, url: Url, list: &'static str) -> Ask {
        self.stage = stage;
        self.pages = Pages::of(url, list);
        self.seen.clear();
        self.pages.ask()
    }

    fn students(&mut self, body: &[u8]) -> Result<Next<Snapshot>, Bad> {
        let mut page: Page<Student> = self.page(body)?;
        let pagination = page.take_pagination();
        let before = self.students.len();
        for student in page.data.0 {
            let id = student.id.get().ok_or_else(|| self.pages.wrong("a student has no id"))?;
            match self.places.get(id).copied() {
                // The later of two is the newer.
                Some(place) => {
                    self.duplicates += 1;
                    if let Some(known) = self.students.get_mut(place) {
                        *known = student;
                    }
                }
                None => {
                    self.places.insert(id.into(), self.students.len());
                    self.students.push(student);
                }
            }
        }
        if self.students.len() > MOST_STUDENTS {
            return Err(WondeError::TooMany { list: "students", page: self.pages.page() }.into());
        }
        if let Some(ask) = self.pages.after(pagination, self.students.len() - before)? {
            return Ok(Next::Ask(ask));
        }
        if let Some(since) = self.since {
            let url = updated(&self.address, &self.school, "/deletions", since, Some(("type", "student")));
            return Ok(Next::Ask(self.begin(Stage::Deletions, url, "deletions")));
        }
        if self.students.is_empty() {
            let url = self.address.of_school(&self.school, "");
            return Ok(Next::Ask(self.begin(Stage::School, url, "school").optional()));
        }
        if self.pages.may_have_drifted() {
            let url = students(&self.address, &self.school, None, false);
            return Ok(Next::Ask(self.begin(Stage::Again, url, "students again")));
        }
        Ok(self.count())
    }

    fn again(&mut self, body: &[u8]) -> Result<Next<Snapshot>, Bad> {
        let mut page: Page<Student> = self.page(body)?;
        let pagination = page.take_pagination();
        let before = self.seen.len();
        for mut student in page.data.0 {
            let id = student.id.take().ok_or_else(|| self.pages.wrong("a student has no id"))?;
            self.seen.insert(id);
        }
        let new = self.seen.len() - before;
        if let Some(ask) = self.pages.after(pagination, new)? {
            return Ok(Next::Ask(ask));
        }
        let same = self.seen.len() == self.places.len() && self.seen.iter().all(|id| self.places.contains_key(id));
        if same { Ok(self.count()) } else { self.once_more(WondeError::Drifting { readings: MOST_READINGS }) }
    }

    fn count(&mut self) -> Next<Snapshot> {
        let mut url = self.address.of_school(&self.school, "/counts");
        url.query_pairs_mut().append_pair("include", "students");
        Next::Ask(self.begin(Stage::Counts, url, "counts").optional())
    }

    /// A count that the token may not read, or that is not there, says nothing.
    fn counted(&mut self, body: Option<&[u8]>) -> Result<Next<Snapshot>, Bad> {
        let counts = match body {
            Some(body) => model::read::<Include<Counts>>(body, || self.pages.wrong("'data' should be an object"))?.0,
            None => None,
        };
        let count = counts.and_then(|counts| counts.students.0).and_then(|Count { count }| count.get()?.parse().ok());
        let listed = self.students.len() as u64;
        match count {
            Some(counted) if counted != listed => self.once_more(WondeError::CountDiffers { listed, counted }),
            count => Ok(Next::Done(self.done(count.is_some()))),
        }
    }

    /// Reads all students anew, since they changed meanwhile; a few times, and then it is an error.
    fn once_more(&mut self, error: WondeError) -> Result<Next<Snapshot>, Bad> {
        if self.readings >= MOST_READINGS {
            return Err(error.into());
        }
        self.readings += 1;
        Ok(self.afresh())
    }

    fn afresh(&mut self) -> Next<Snapshot> {
        self.students.clear();
        self.places.clear();
        let url = students(&self.address, &self.school, self.since, true);
        Next::Ask(self.begin(Stage::Students, url, "students"))
    }

    /// A school without students may be one of another region, where it is looked for once.
    fn school(&mut self, body: Option<&[u8]>) -> Result<Next<Snapshot>, Bad> {
        let row = match body {
            Some(body) => model::read::<Include<SchoolRow>>(body, || self.pages.wrong("'data' should be an object"))?.0,
            None => None,
        };
        let region = row.and_then(|row| row.region.0);
        let other = region.and_then(|region| self.address.other_region(region.domain.get()?));
        match other.filter(|_| !self.moved) {
            Some(address) => {
                (self.address, self.moved) = (address, true);
                Ok(self.afresh())
            }
            None => Err(WondeError::NoStudents.into()),
        }
    }

    fn deletions(&mut self, body: &[u8]) -> Result<Next<Snapshot>, Bad> {
        let mut page: Page<Deletion> = self.page(body)?;
        let pagination = page.take_pagination();
        let before = self.seen.len();
        for mut row in page.data.0 {
            let id = row.id.take().ok_or_else(|| self.pages.wrong("a deletion has no id"))?;
            let is_student = row.kind.get().is_none_or(|kind| kind.eq_ignore_ascii_case("student"));
            if is_student && row.restored_at.0.is_none() {
                self.gone.insert(id.clone(), None);
            }
            self.seen.insert(id);
        }
        if let Some(ask) = self.pages.after(pagination, self.seen.len() - before)? {
            return Ok(Next::Ask(ask));
        }
        let Some(since) = self.since else { return Ok(Next::Done(self.done(false))) };
        let include = Some(("include", "education_details"));
        let url = updated(&self.address, &self.school, "/students-leaver", since, include);
        Ok(Next::Ask(self.begin(Stage::Leavers, url, "leavers").optional()))
    }

    fn leavers(&mut self, body: Option<&[u8]>) -> Result<Next<Snapshot>, Bad> {
        let Some(body) = body else { return Ok(Next::Done(self.done(false))) };
        let mut page: Page<Student> = self.page(body)?;
        let pagination = page.take_pagination();
        let before = self.seen.len();
        for mut row in page.data.0 {
            let id = row.id.take().ok_or_else(|| self.pages.wrong("a leaver has no id"))?;
            let upn = row.education.0.and_then(|mut education| education.upn.take());
            self.seen.insert(id.clone());
            self.gone.insert(id, upn);
        }
        Ok(match self.pages.after(pagination, self.seen.len() - before)? {
            Some(ask) => Next::Ask(ask),
            None => Next::Done(self.done(false)),
        })
    }

    fn done(&mut self, counted: bool) -> Snapshot {
        // Who is in the list has come back.
        let mut gone = std::mem::take(&mut self.gone);
        gone.retain(|id, _| !self.places.contains_key(id));
        let gone = gone.into_iter().map(|(id, upn)| Gone { id, upn }).collect();
        Snapshot {
            school: self.school.as_str().to_owned(),
            students: std::mem::take(&mut self.students),
            gone,
            since: self.since,
            duplicates: self.duplicates,
            pages: self.pages_read,
            counted,
        }
    }
}

impl Job<Snapshot, WondeError> for Reading {
    fn take(&mut self, body: Option<&[u8]>) -> Result<Next<Snapshot>, Bad> {
        let all = body.unwrap_or_default();
        match self.stage {
            Stage::Students => self.students(all),
            Stage::Again => self.again(all),
            Stage::Counts => self.counted(body),
            Stage::School => self.school(body),
            Stage::Deletions => self.deletions(all),
            Stage::Leavers => self.leavers(body),
        }
    }

    fn rows(&self) -> usize {
        self.students.len()
    }
}

fn students(address: &Address, school: &SchoolId, since: Option<DateTime<Utc>>, whole: bool) -> Url {
    let mut url = address.of_school(school, "/students");
    let mut query = url.query_pairs_mut();
    if whole {
        query.append_pair("include", INCLUDES);
    }
    query.append_pair("per_page", PER_PAGE).append_pair("cursor", "true");
    if let Some(since) = since {
        query.append_pair("updated_after", &written(since));
    }
    drop(query);
    url
}

fn updated(address: &Address, school: &SchoolId, path: &str, since: DateTime<Utc>, also: Option<(&str, &str)>) -> Url {
    let mut url = address.of_school(school, path);
    let mut query = url.query_pairs_mut();
    query.extend_pairs(also);
    query.append_pair("per_page", PER_PAGE).append_pair("updated_after", &written(since));
    drop(query);
    url
}

/// In UTC: should Wonde read it as the time in London, which is never behind, a little more is listed and nothing is missed.
fn written(since: DateTime<Utc>) -> String {
    since.format("%Y-%m-%d %H:%M:%S").to_string()
}
