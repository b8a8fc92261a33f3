//! Reads a snapshot: every page of every list, and each student once. If anything is missing, we return an error.
//! Limits the number of students and of readings.
//!
//! The list may change while its pages are read, and a student can then move to a page that was already read. We
//! therefore read the ids of a full list with several numbered pages a second time. The ids must be the same.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use foldhash::fast::RandomState;
use url::Url;

use crate::adapter::{Job, Next, PendingRequest, Tolerance};

use super::address::{Address, SchoolId};
use super::call::JobError;
use super::error::WondeError;
use super::includes::{self, Includes, Probe};
use super::loose::{Include, Object};
use super::model::{self, Count, Counts, Deletion, Page, SchoolRow, Student};
use super::pages::{PER_PAGE, Pages};
use super::snapshot::{Gone, Snapshot, SnapshotWarning};

/// The largest number of students in a snapshot. The largest school in Britain has about 4,000 students.
const MOST_STUDENTS: usize = 200_000;
/// The largest number of times that we read all students, if they change during reading.
const MOST_READINGS: u32 = 3;

/// The host's options for reading a snapshot.
#[derive(Debug, Clone, Default)]
pub(super) struct SnapshotOptions {
    pub(super) since: Option<DateTime<Utc>>,
    pub(super) includes: Includes,
    /// Whether a difference between Wonde's count and the list is an error.
    pub(super) strict_count: bool,
}

/// The job that reads a school's students, or the changes since a time.
pub(super) struct SnapshotReader {
    address: Address,
    school: SchoolId,
    since: Option<DateTime<Utc>>,
    includes: Includes,
    /// The includes that the token may not read.
    refused: Vec<&'static str>,
    strict_count: bool,
    /// The number of students in the list and Wonde's count, when these two numbers last differed.
    counted_before: Option<(u64, u64)>,
    stage: ReadStage,
    pages: Pages,
    readings: u32,
    pages_read: u32,
    students: Vec<Student>,
    indices: HashMap<Box<str>, usize, RandomState>,
    duplicates: usize,
    /// The ids of the current list. Empty for the list of whole students, whose ids are in `indices`.
    seen: HashSet<Box<str>>,
    gone: HashMap<Box<str>, Option<Box<str>>>,
    moved: bool,
}

enum ReadStage {
    Students,
    /// Requests one student at a time, to find the forbidden includes.
    Probe(Probe),
    /// Reads the same list a second time.
    Again,
    Counts,
    /// Finds the region of a school whose list of students is empty.
    School,
    Deletions,
    Leavers,
}

impl SnapshotReader {
    pub(super) fn new(address: Address, school: SchoolId, wanted: SnapshotOptions) -> (PendingRequest, Self) {
        let SnapshotOptions { since, includes, strict_count } = wanted;
        let after = since.map(written);
        let url = includes::students(&address, &school, Some(&includes), PER_PAGE, after.as_deref());
        let pages = Pages::of(url, "students");
        let first = pages.ask().tolerating(Tolerance::Forbidden);
        let reading = Self {
            address,
            school,
            since,
            includes,
            refused: Vec::new(),
            strict_count,
            counted_before: None,
            stage: ReadStage::Students,
            pages,
            readings: 1,
            pages_read: 0,
            students: Vec::new(),
            indices: HashMap::default(),
            duplicates: 0,
            seen: HashSet::new(),
            gone: HashMap::new(),
            moved: false,
        };
        (first, reading)
    }

    /// Reads a page, and returns its rows.
    fn page<T: Object>(&mut self, body: &[u8]) -> Result<Page<T>, JobError> {
        let page = model::read(body, || self.pages.wrong("'data' should be a list of objects"))?;
        self.pages_read += 1;
        Ok(page)
    }

    fn begin(&mut self, stage: ReadStage, url: Url, list: &'static str) -> PendingRequest {
        self.stage = stage;
        self.pages = Pages::of(url, list);
        self.seen.clear();
        self.pages.ask()
    }

    fn students(&mut self, body: Option<&[u8]>) -> Result<Next<Snapshot>, JobError> {
        let Some(body) = body else {
            let probe = Probe::of(&self.includes);
            let ask = probe.ask(&self.address, &self.school);
            self.stage = ReadStage::Probe(probe);
            return Ok(Next::Send(ask));
        };
        let mut page: Page<Student> = self.page(body)?;
        let pagination = page.take_pagination();
        let before = self.students.len();
        for student in page.data.0 {
            let id = student.id.get().ok_or_else(|| self.pages.wrong("a student has no id"))?;
            match self.indices.get(id).copied() {
                // If a student is listed twice, the later row is newer.
                Some(index) => {
                    self.duplicates += 1;
                    if let Some(known) = self.students.get_mut(index) {
                        *known = student;
                    }
                }
                None => {
                    self.indices.insert(id.into(), self.students.len());
                    self.students.push(student);
                }
            }
        }
        if self.students.len() > MOST_STUDENTS {
            return Err(WondeError::TooMany { list: "students", page: self.pages.page() }.into());
        }
        if let Some(ask) = self.pages.after(pagination, self.students.len() - before)? {
            return Ok(Next::Send(ask));
        }
        if let Some(since) = self.since {
            let url = updated(&self.address, &self.school, "/deletions", since, Some(("type", "student")));
            return Ok(Next::Send(self.begin(ReadStage::Deletions, url, "deletions")));
        }
        if self.students.is_empty() {
            let url = self.address.of_school(&self.school, "");
            return Ok(Next::Send(self.begin(ReadStage::School, url, "school").tolerating(Tolerance::Missing)));
        }
        if self.pages.may_have_drifted() {
            let url = includes::students(&self.address, &self.school, None, PER_PAGE, None);
            return Ok(Next::Send(self.begin(ReadStage::Again, url, "students again")));
        }
        Ok(self.count())
    }

    fn again(&mut self, body: &[u8]) -> Result<Next<Snapshot>, JobError> {
        let mut page: Page<Student> = self.page(body)?;
        let pagination = page.take_pagination();
        let before = self.seen.len();
        for mut student in page.data.0 {
            let id = student.id.take().ok_or_else(|| self.pages.wrong("a student has no id"))?;
            self.seen.insert(id);
        }
        let new = self.seen.len() - before;
        if let Some(ask) = self.pages.after(pagination, new)? {
            return Ok(Next::Send(ask));
        }
        let same = self.seen.len() == self.indices.len() && self.seen.iter().all(|id| self.indices.contains_key(id));
        if same { Ok(self.count()) } else { self.once_more(WondeError::Drifting { readings: MOST_READINGS }) }
    }

    /// Records whether the token may read one include. After the last include, requests the includes that the token may
    /// read.
    fn probed(&mut self, mut probe: Probe, is_permitted: bool) -> Result<Next<Snapshot>, JobError> {
        if probe.take(is_permitted)? {
            let ask = probe.ask(&self.address, &self.school);
            self.stage = ReadStage::Probe(probe);
            return Ok(Next::Send(ask));
        }
        self.refused = probe.into_refused();
        self.includes = self.includes.without(&self.refused);
        Ok(Next::Send(self.afresh()))
    }

    fn count(&mut self) -> Next<Snapshot> {
        let mut url = self.address.of_school(&self.school, "/counts");
        url.query_pairs_mut().append_pair("include", "students");
        // A missing count does not matter for the students, who have all been read.
        let tolerance = if self.strict_count { Tolerance::Missing } else { Tolerance::Everything };
        Next::Send(self.begin(ReadStage::Counts, url, "counts").tolerating(tolerance))
    }

    fn counted(&mut self, body: Option<&[u8]>) -> Result<Next<Snapshot>, JobError> {
        let counts = match body {
            Some(body) => match model::read::<Include<Counts>>(body, || self.pages.wrong("'data' should be an object"))
            {
                Ok(counts) => counts.0,
                Err(JobError::Error(_)) if !self.strict_count => None,
                Err(error) => return Err(error),
            },
            None => None,
        };
        let count = counts.and_then(|counts| counts.students.0).and_then(|Count { count }| count.get()?.parse().ok());
        let listed = self.students.len() as u64;
        match count {
            Some(counted) if counted != listed && self.strict_count => {
                self.once_more(WondeError::CountDiffers { listed, counted })
            }
            // A student may have joined between the two requests, so read again. If the same numbers come again, the
            // count includes other students, such as those whom access control hides from us.
            Some(counted)
                if counted != listed
                    && self.readings < MOST_READINGS
                    && self.counted_before.replace((listed, counted)) != Some((listed, counted)) =>
            {
                self.once_more(WondeError::CountDiffers { listed, counted })
            }
            count => Ok(Next::Done(self.done(count))),
        }
    }

    /// Reads all students again, because they changed during reading. Returns the error if we have already read them
    /// too often.
    fn once_more(&mut self, error: WondeError) -> Result<Next<Snapshot>, JobError> {
        if self.readings >= MOST_READINGS {
            return Err(error.into());
        }
        self.readings += 1;
        Ok(Next::Send(self.afresh()))
    }

    fn afresh(&mut self) -> PendingRequest {
        self.students.clear();
        self.indices.clear();
        let after = self.since.map(written);
        let url = includes::students(&self.address, &self.school, Some(&self.includes), PER_PAGE, after.as_deref());
        self.begin(ReadStage::Students, url, "students")
    }

    /// Handles a school without students. The school may belong to another region, where we look for it once.
    fn school(&mut self, body: Option<&[u8]>) -> Result<Next<Snapshot>, JobError> {
        let row = match body {
            Some(body) => model::read::<Include<SchoolRow>>(body, || self.pages.wrong("'data' should be an object"))?.0,
            None => None,
        };
        let region = row.and_then(|row| row.region.0);
        let other = region.and_then(|region| self.address.other_region(region.domain.get()?));
        match other.filter(|_| !self.moved) {
            Some(address) => {
                (self.address, self.moved) = (address, true);
                Ok(Next::Send(self.afresh()))
            }
            None => Err(WondeError::NoStudents.into()),
        }
    }

    fn deletions(&mut self, body: &[u8]) -> Result<Next<Snapshot>, JobError> {
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
            return Ok(Next::Send(ask));
        }
        let Some(since) = self.since else { return Ok(Next::Done(self.done(None))) };
        let include = self.includes.has("education_details").then_some(("include", "education_details"));
        let url = updated(&self.address, &self.school, "/students-leaver", since, include);
        Ok(Next::Send(self.begin(ReadStage::Leavers, url, "leavers").tolerating(Tolerance::Missing)))
    }

    fn leavers(&mut self, body: Option<&[u8]>) -> Result<Next<Snapshot>, JobError> {
        let Some(body) = body else { return Ok(Next::Done(self.done(None))) };
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
            Some(ask) => Next::Send(ask),
            None => Next::Done(self.done(None)),
        })
    }

    fn done(&mut self, count: Option<u64>) -> Snapshot {
        // A student who is in the list has come back.
        let mut gone = std::mem::take(&mut self.gone);
        gone.retain(|id, _| !self.indices.contains_key(id));
        let gone = gone.into_iter().map(|(id, upn)| Gone { id, upn }).collect();
        let listed = self.students.len() as u64;
        let refused = self.refused.iter().map(|include| SnapshotWarning::IncludeRefused { include });
        let differs = count.filter(|counted| *counted != listed);
        let differs = differs.map(|counted| SnapshotWarning::CountDiffers { listed, counted });
        Snapshot {
            school: self.school.as_str().to_owned(),
            warnings: refused.chain(differs).collect(),
            students: std::mem::take(&mut self.students),
            gone,
            since: self.since,
            includes: self.includes.clone(),
            duplicates: self.duplicates,
            pages: self.pages_read,
            count,
        }
    }
}

impl Job<Snapshot, WondeError> for SnapshotReader {
    fn take(&mut self, body: Option<&[u8]>) -> Result<Next<Snapshot>, JobError> {
        let all = body.unwrap_or_default();
        match std::mem::replace(&mut self.stage, ReadStage::Students) {
            ReadStage::Probe(probe) => self.probed(probe, body.is_some()),
            stage => {
                self.stage = stage;
                self.listed(body, all)
            }
        }
    }

    fn rows(&self) -> usize {
        self.students.len()
    }
}

impl SnapshotReader {
    fn listed(&mut self, body: Option<&[u8]>, all: &[u8]) -> Result<Next<Snapshot>, JobError> {
        match self.stage {
            ReadStage::Students | ReadStage::Probe(_) => self.students(body),
            ReadStage::Again => self.again(all),
            ReadStage::Counts => self.counted(body),
            ReadStage::School => self.school(body),
            ReadStage::Deletions => self.deletions(all),
            ReadStage::Leavers => self.leavers(body),
        }
    }
}

fn updated(address: &Address, school: &SchoolId, path: &str, since: DateTime<Utc>, also: Option<(&str, &str)>) -> Url {
    let mut url = address.of_school(school, path);
    let mut query = url.query_pairs_mut();
    query.extend_pairs(also);
    query.append_pair("per_page", PER_PAGE).append_pair("updated_after", &written(since));
    drop(query);
    url
}

/// Writes a time in UTC. Wonde may read the text as London time, which is never behind UTC. The time is then earlier,
/// so Wonde lists too many changes, never too few.
fn written(since: DateTime<Utc>) -> String {
    since.format("%Y-%m-%d %H:%M:%S").to_string()
}
