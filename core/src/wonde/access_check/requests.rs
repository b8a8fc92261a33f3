//! Makes the requests that check a token's access, and decides the state of each field from their answers.
//! `wonde/access_check.rs` has the fields and the texts.

use chrono::NaiveDateTime;

use crate::adapter::{Job, Next, PendingRequest, Tolerance};
use crate::text;
use crate::username::SignIn;

use super::super::address::{Address, SchoolId};
use super::super::call::JobError;
use super::super::error::WondeError;
use super::super::fields::YearGroups;
use super::super::includes::{self, Includes, Probe};
use super::super::loose::{Date, Include};
use super::super::model::{self, Changed, Page, Permission, Status, Student};
use super::super::options::Options;
use super::super::pages::{PER_PAGE, Pages};
use super::super::roster::most_of_withheld;
use super::{AccessCheck, AccessField, FIELDS, FieldCheck, FieldState};

/// Collects the answers for the check.
pub(in crate::wonde) struct Checking {
    address: Address,
    school: SchoolId,
    includes: Includes,
    stage: CheckStage,
    status: Option<Status>,
    permissions: Option<Vec<Permission>>,
    pages: Pages,
    refused: Vec<&'static str>,
}

enum CheckStage {
    Status,
    Permissions,
    Students,
    Probe(Probe),
}

impl Checking {
    pub(in crate::wonde) fn new(address: Address, school: SchoolId, includes: Includes) -> (PendingRequest, Self) {
        let url = address.path(&format!("meta/schools/{}", school.as_str()));
        let pages = Pages::of(address.path(&format!("meta/schools/{}/permissions", school.as_str())), "permissions");
        let (stage, status, permissions, refused) = (CheckStage::Status, None, None, Vec::new());
        let checking = Self { address, school, includes, stage, status, permissions, pages, refused };
        // The request for students shows whether the token works. The status and the permissions only add details, so
        // their requests may fail.
        (PendingRequest::get(url, "status").tolerating(Tolerance::Everything), checking)
    }

    fn permissions(&mut self, body: Option<&[u8]>) -> Next<AccessCheck> {
        let wrong = || self.pages.wrong("'data' should be a list of objects");
        let page = body.and_then(|body| model::read::<Page<Permission>>(body, wrong).ok());
        let Some(mut page) = page else {
            self.permissions = None;
            return self.students();
        };
        let pagination = page.take_pagination();
        let new = page.data.0.len();
        self.permissions.get_or_insert_default().append(&mut page.data.0);
        match self.pages.after(pagination, new) {
            Ok(Some(ask)) => Next::Send(ask.tolerating(Tolerance::Everything)),
            Ok(None) => self.students(),
            Err(_) => {
                self.permissions = None;
                self.students()
            }
        }
    }

    fn students(&mut self) -> Next<AccessCheck> {
        self.stage = CheckStage::Students;
        let url = includes::students(&self.address, &self.school, Some(&self.includes), PER_PAGE, None);
        let ask = PendingRequest::get(url, "students");
        Next::Send(if self.refused.is_empty() { ask.tolerating(Tolerance::Forbidden) } else { ask })
    }

    fn probe(&mut self, probe: Probe) -> Next<AccessCheck> {
        let ask = probe.ask(&self.address, &self.school);
        self.stage = CheckStage::Probe(probe);
        Next::Send(ask)
    }

    fn checked(&mut self, body: &[u8]) -> Result<AccessCheck, JobError> {
        let wrong =
            || WondeError::WrongShape { list: "students", page: 1, what: "'data' should be a list of objects" }.into();
        let page: Page<Student> = model::read(body, wrong)?;
        let changed: Page<Changed> = model::read(body, wrong)?;
        let students = page.data.0;
        let options = Options::new().sign_in(SignIn::Sso);
        let mut years = YearGroups::default();
        let most = most_of_withheld(students.len());
        let fields = FIELDS.map(|field| {
            let filled = students.iter().filter(|student| field.is_filled(student, &options, &mut years)).count();
            let state = match () {
                () if filled > most => FieldState::Readable,
                () if self.is_refused(field) => FieldState::NotPermitted,
                () => FieldState::Empty,
            };
            FieldCheck { field, state, filled }
        });
        let status = self.status.take().unwrap_or_default();
        let time = |date: &Date| NaiveDateTime::parse_from_str(date.0.as_deref()?.get(..19)?, "%Y-%m-%d %H:%M:%S").ok();
        Ok(AccessCheck {
            school: self.school.as_str().to_owned(),
            is_online: status.online.is_true(),
            is_approved: status.approved.is_true(),
            last_synced: changed.data.0.iter().filter_map(|row| time(&row.updated_at)).max().map(|time| time.and_utc()),
            are_permissions_known: self.permissions.is_some(),
            students: students.len(),
            refused: std::mem::take(&mut self.refused),
            fields: fields.to_vec(),
        })
    }

    /// Returns whether the school has not permitted a field. This is so if every permission for the field is refused.
    /// It is also so if all includes that contain the field are refused.
    fn is_refused(&self, field: AccessField) -> bool {
        let sources = field.sources();
        if !sources.is_empty() && sources.iter().all(|source| self.refused.contains(source)) {
            return true;
        }
        let rows = || {
            let about = |permission: &Permission| {
                let [identity, name] =
                    [&permission.identity, &permission.name].map(|text| text.get().unwrap_or_default());
                (text::words(&format!("{identity} {name}")), permission.approved.is_true())
            };
            self.permissions.iter().flatten().map(about).filter(|(words, _)| words.contains("student"))
        };
        let has = |words: &str, wanted: &str| format!(" {words} ").contains(&format!(" {wanted} "));
        let refused_of = |wanted: &[&str]| {
            let is_other =
                |words: &str| has(words, "former") || (field != AccessField::LegalName && has(words, "legal"));
            let mut own = rows()
                .filter(|(words, _)| !is_other(words) && wanted.iter().any(|wanted| has(words, wanted)))
                .peekable();
            own.peek().is_some() && own.all(|(_, is_approved)| is_approved == Some(false))
        };
        let is_source_refused = |source: &&str| refused_of(&[&source.replace('_', " ")]);
        refused_of(field.words()) || (!sources.is_empty() && sources.iter().all(is_source_refused))
    }
}

impl Job<AccessCheck, WondeError> for Checking {
    fn take(&mut self, body: Option<&[u8]>) -> Result<Next<AccessCheck>, JobError> {
        match std::mem::replace(&mut self.stage, CheckStage::Students) {
            CheckStage::Status => {
                let wrong = || self.pages.wrong("'data' should be an object");
                self.status = body.and_then(|body| model::read::<Include<Status>>(body, wrong).ok()?.0);
                self.stage = CheckStage::Permissions;
                Ok(Next::Send(self.pages.ask().tolerating(Tolerance::Everything)))
            }
            CheckStage::Permissions => {
                self.stage = CheckStage::Permissions;
                Ok(self.permissions(body))
            }
            CheckStage::Students => match body {
                Some(body) => Ok(Next::Done(self.checked(body)?)),
                None => Ok(self.probe(Probe::of(&self.includes))),
            },
            CheckStage::Probe(mut probe) => {
                if probe.take(body.is_some())? {
                    return Ok(self.probe(probe));
                }
                self.refused = probe.into_refused();
                if self.refused.is_empty() {
                    return Err(includes::forbidden().into());
                }
                self.includes = self.includes.without(&self.refused);
                Ok(self.students())
            }
        }
    }
}
