//! Which schools there are, and whether one gives access: as one state a school, which the host stores.

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::adapter::{Ask, Job, Next};

use super::call::Bad;
use super::error::WondeError;
use super::model::{self, Include, Page, SchoolRow};
use super::pages::Pages;
use super::webhook::{Webhook, WebhookKind};

/// A school as Wonde lists one.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct School {
    /// The id that Wonde gives it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its unique reference number, in England.
    pub urn: Option<String>,
    /// The code of its local authority.
    pub la_code: Option<String>,
    /// Its number within the local authority.
    pub establishment_number: Option<String>,
    /// Primary, secondary, …
    pub phase: Option<String>,
    /// Which MIS it has.
    pub mis: Option<String>,
    /// The domain of its region: where [`Client::domain`](super::Client::domain) should be.
    pub domain: Option<String>,
}

/// Shows the id alone: the rest is what people typed.
impl fmt::Debug for School {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("School").field("id", &self.id).finish_non_exhaustive()
    }
}

impl School {
    /// A school of which only the id is known.
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

/// What schools are searched by; what is given must all be so.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Search {
    terms: Vec<(&'static str, String)>,
}

impl Search {
    /// A search for nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// By postcode.
    pub fn postcode(self, postcode: impl Into<String>) -> Self {
        self.with("postcode", postcode.into())
    }

    /// By the number within the local authority.
    pub fn establishment_number(self, number: impl Into<String>) -> Self {
        self.with("establishment_number", number.into())
    }

    /// By the code of the local authority.
    pub fn la_code(self, code: impl Into<String>) -> Self {
        self.with("la_code", code.into())
    }

    /// By the unique reference number.
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

/// A list of schools, read to its end.
pub(super) struct Listing {
    pages: Pages,
    schools: Vec<School>,
    ids: HashSet<Box<str>>,
}

impl Listing {
    pub(super) fn new(url: Url, list: &'static str) -> (Ask, Self) {
        let pages = Pages::of(url, list);
        (pages.ask(), Self { pages, schools: Vec::new(), ids: HashSet::new() })
    }
}

impl Job<Vec<School>, WondeError> for Listing {
    fn take(&mut self, body: Option<&[u8]>) -> Result<Next<Vec<School>>, Bad> {
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
            Some(ask) => Next::Ask(ask),
            None => Next::Done(std::mem::take(&mut self.schools)),
        })
    }
}

/// What becomes of a request for access, or of its end.
pub(super) struct Outcome {
    list: &'static str,
}

impl Outcome {
    pub(super) fn of(list: &'static str) -> Self {
        Self { list }
    }
}

impl Job<Option<String>, WondeError> for Outcome {
    fn take(&mut self, body: Option<&[u8]>) -> Result<Next<Option<String>>, Bad> {
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

/// Whether a school gives access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AccessState {
    /// It was not asked.
    #[default]
    None,
    /// It was asked, and has not answered.
    Pending,
    /// It gives access.
    Approved,
    /// It does not.
    Declined,
    /// It did, and has taken it back; or the host gave it up.
    Revoked,
}

impl AccessState {
    /// The state in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Revoked => "revoked",
        }
    }
}

/// What bears on a school's access.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum AccessEvent<'e> {
    /// The host has asked for access.
    Requested,
    /// The host has given it up.
    GivenUp,
    /// Wonde has posted this, and the host has found its secret right.
    Webhook(&'e Webhook),
    /// Wonde lists these schools: whose access is approved, and who has not answered. This is what is true, whatever webhooks
    /// came, were lost, or were made up.
    Listed {
        /// What [`Client::schools`](super::Client::schools) gave.
        approved: &'e [School],
        /// What [`Client::pending`](super::Client::pending) gave.
        pending: &'e [School],
    },
    /// A full sync is done, its plan applied.
    FullySynced,
}

/// What a host is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Task {
    /// Read all students, and plan: after an approval, or when the MIS has changed.
    FullSync,
    /// Sync no more. The accounts stay as they are until the host's own rules say otherwise: that access has ended makes
    /// nobody a leaver.
    StopSyncing,
    /// Ask Wonde for its lists, since this does not go with what is known.
    AskWonde,
}

impl Task {
    /// The task in kebab-case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FullSync => "full-sync",
            Self::StopSyncing => "stop-syncing",
            Self::AskWonde => "ask-wonde",
        }
    }
}

/// The access to one school, as a value that the host stores: events go in, and what is to be done comes out.
///
/// ```
/// use onroll::wonde::{Access, AccessEvent, Task, Webhook};
/// let mut access = Access::new("A1329183376");
/// assert_eq!(access.apply(AccessEvent::Requested), None);
/// let body = br#"{"payload_type": "schoolApproved", "school_id": "A1329183376", "school_token": "a token"}"#;
/// # let body = br#"{"payload_type": "schoolApproved", "school_id": "A1329183376", "school_token": "token"}"#;
/// let webhook = Webhook::read(body)?;
/// assert_eq!(access.apply(AccessEvent::Webhook(&webhook)), Some(Task::FullSync));
/// # Ok::<(), onroll::wonde::WebhookError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    school_id: String,
    state: AccessState,
    reason: Option<String>,
    needs_full_sync: bool,
    migrating: bool,
}

/// Leaves out the reason, which somebody at the school typed.
impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Access");
        shown.field("school_id", &self.school_id).field("state", &self.state).finish_non_exhaustive()
    }
}

impl Access {
    /// A school that was not asked.
    pub fn new(school_id: impl Into<String>) -> Self {
        Self {
            school_id: school_id.into(),
            state: AccessState::None,
            reason: None,
            needs_full_sync: false,
            migrating: false,
        }
    }

    /// The id of the school.
    pub fn school_id(&self) -> &str {
        &self.school_id
    }

    /// Whether it gives access.
    pub fn state(&self) -> AccessState {
        self.state
    }

    /// Why it was declined or revoked, in the school's words, where it is known.
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// Whether the next sync must be a full one: after an approval, and when the MIS has changed.
    pub fn needs_full_sync(&self) -> bool {
        self.needs_full_sync
    }

    /// Whether a change of MIS is announced and not yet done; syncing can wait for it.
    pub fn is_migrating(&self) -> bool {
        self.migrating
    }

    /// Takes what happened, and says what is to be done. What is of another school changes nothing.
    pub fn apply(&mut self, event: AccessEvent<'_>) -> Option<Task> {
        match event {
            AccessEvent::Requested if self.state != AccessState::Approved => self.enter(AccessState::Pending, None),
            AccessEvent::Requested => None,
            AccessEvent::GivenUp => self.enter(AccessState::Revoked, None),
            AccessEvent::Webhook(webhook) if webhook.school_id() == self.school_id => self.webhook(webhook),
            AccessEvent::Webhook(_) => None,
            AccessEvent::Listed { approved, pending } => {
                let has = |schools: &[School]| schools.iter().any(|school| school.id == self.school_id);
                let (is_approved, is_pending) = (has(approved), has(pending));
                let state = match self.state {
                    _ if is_approved => AccessState::Approved,
                    _ if is_pending => AccessState::Pending,
                    AccessState::Approved => AccessState::Revoked,
                    AccessState::Pending => AccessState::Declined,
                    state => state,
                };
                let reason = self.reason.take().filter(|_| state == self.state);
                self.enter(state, reason)
            }
            AccessEvent::FullySynced => {
                self.needs_full_sync = false;
                None
            }
        }
    }

    fn webhook(&mut self, webhook: &Webhook) -> Option<Task> {
        let reason = webhook.reason().map(str::to_owned);
        match webhook.kind() {
            WebhookKind::Approved => self.enter(AccessState::Approved, None),
            WebhookKind::Revoked => self.enter(AccessState::Revoked, reason),
            // One that was approved can be revoked, but not declined.
            WebhookKind::Declined if self.state == AccessState::Approved => Some(Task::AskWonde),
            WebhookKind::Declined => self.enter(AccessState::Declined, reason),
            WebhookKind::Migration => {
                self.migrating = !webhook.is_migrated();
                self.needs_full_sync |= webhook.is_migrated();
                self.due()
            }
        }
    }

    fn enter(&mut self, state: AccessState, reason: Option<String>) -> Option<Task> {
        let before = std::mem::replace(&mut self.state, state);
        self.reason = reason;
        if state == AccessState::Approved {
            self.needs_full_sync |= before != AccessState::Approved;
            return self.due();
        }
        self.needs_full_sync = false;
        (before == AccessState::Approved).then_some(Task::StopSyncing)
    }

    fn due(&self) -> Option<Task> {
        (self.needs_full_sync && self.state == AccessState::Approved).then_some(Task::FullSync)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posted(kind: &str) -> Webhook {
        let body = format!(r#"{{"payload_type":"{kind}","school_id":"A1","revoke_reason":"Moved"}}"#);
        Webhook::read(body.as_bytes()).unwrap()
    }

    #[test]
    fn an_approval_is_followed_by_a_full_sync_once() {
        let mut access = Access::new("A1");
        assert_eq!(access.apply(AccessEvent::Requested), None);
        assert_eq!(access.state(), AccessState::Pending);
        let approved = posted("schoolApproved");
        assert_eq!(access.apply(AccessEvent::Webhook(&approved)), Some(Task::FullSync));
        // Wonde posts up to three times.
        assert_eq!(access.apply(AccessEvent::Webhook(&approved)), Some(Task::FullSync));
        assert_eq!(access.apply(AccessEvent::FullySynced), None);
        assert_eq!(access.apply(AccessEvent::Webhook(&approved)), None);
        assert_eq!(access.apply(AccessEvent::Requested), None);
        assert_eq!(access.state(), AccessState::Approved);
    }

    #[test]
    fn an_end_stops_the_syncing_and_a_new_approval_begins_anew() {
        let mut access = Access::new("A1");
        access.apply(AccessEvent::Webhook(&posted("schoolApproved")));
        access.apply(AccessEvent::FullySynced);
        assert_eq!(access.apply(AccessEvent::Webhook(&posted("accessDeclined"))), Some(Task::AskWonde));
        assert_eq!(access.state(), AccessState::Approved);
        assert_eq!(access.apply(AccessEvent::Webhook(&posted("accessRevoked"))), Some(Task::StopSyncing));
        assert_eq!((access.state().as_str(), access.reason()), ("revoked", Some("Moved")));
        assert_eq!(access.apply(AccessEvent::Webhook(&posted("accessRevoked"))), None);
        assert_eq!(access.apply(AccessEvent::Webhook(&posted("schoolApproved"))), Some(Task::FullSync));
        assert_eq!(access.reason(), None);
    }

    #[test]
    fn wondes_lists_are_what_is_true() {
        let school = School::of_id("A1");
        let (listed, none) = (std::slice::from_ref(&school), [].as_slice());
        let mut access = Access::new("A1");
        assert_eq!(access.apply(AccessEvent::Listed { approved: none, pending: listed }), None);
        assert_eq!(access.state(), AccessState::Pending);
        assert_eq!(access.apply(AccessEvent::Listed { approved: listed, pending: none }), Some(Task::FullSync));
        access.apply(AccessEvent::FullySynced);
        assert_eq!(access.apply(AccessEvent::Listed { approved: listed, pending: none }), None);
        assert_eq!(access.apply(AccessEvent::Listed { approved: none, pending: none }), Some(Task::StopSyncing));
        assert_eq!(access.state(), AccessState::Revoked);
        let mut asked = Access::new("A1");
        asked.apply(AccessEvent::Requested);
        assert_eq!(asked.apply(AccessEvent::Listed { approved: none, pending: none }), None);
        assert_eq!(asked.state(), AccessState::Declined);
    }

    #[test]
    fn a_migration_that_is_done_takes_a_full_sync() {
        let mut access = Access::new("A1");
        access.apply(AccessEvent::Webhook(&posted("schoolApproved")));
        access.apply(AccessEvent::FullySynced);
        assert_eq!(access.apply(AccessEvent::Webhook(&posted("schoolMigration"))), None);
        assert!(access.is_migrating());
        let done =
            br#"{"payload_type":"schoolMigration","school_id":"A1","completed_at":{"date":"2026-08-01 00:00:00"}}"#;
        assert_eq!(access.apply(AccessEvent::Webhook(&Webhook::read(done).unwrap())), Some(Task::FullSync));
        assert!(!access.is_migrating() && access.needs_full_sync());
    }

    #[test]
    fn another_schools_webhook_changes_nothing_and_the_state_is_stored() {
        let mut access = Access::new("A2");
        assert_eq!(access.apply(AccessEvent::Webhook(&posted("schoolApproved"))), None);
        assert_eq!(access.state(), AccessState::None);
        access.apply(AccessEvent::Requested);
        let stored = serde_json::to_string(&access).unwrap();
        assert_eq!(serde_json::from_str::<Access>(&stored).unwrap(), access);
    }
}
