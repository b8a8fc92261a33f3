//! Decides your next task for a school (`Task`), and tracks whether the school gives access (`AccessState`: pending,
//! audited, approved, ...). You store one `Access` for each school, and report events to it.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::schools::School;
use super::webhook::{Token, Webhook, WebhookKind};

/// Whether a school gives access.
///
/// ```
/// use onroll::wonde::{Access, AccessState};
/// let access = Access::new("A1329183376");
/// match access.state() {
///     AccessState::Approved => println!("sync tonight"),
///     state => println!("not yet: {}", state.as_str()),
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AccessState {
    /// You have not asked the school for access.
    #[default]
    None,
    /// The school has not answered the request.
    Pending,
    /// The school has agreed, and Wonde checks the request. You cannot read data yet.
    Audited,
    /// The school gives access.
    Approved,
    /// The school declined.
    Declined,
    /// The school withdrew access, or you gave it up.
    Revoked,
    /// You asked the school, or it gave access, but the school is in none of the lists that you passed. For example,
    /// Wonde may be checking the request.
    Unknown,
}

impl AccessState {
    /// Returns the state in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Pending => "pending",
            Self::Audited => "audited",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Revoked => "revoked",
            Self::Unknown => "unknown",
        }
    }
}

/// An event that affects a school's access.
///
/// ```
/// use onroll::wonde::{Access, AccessEvent, School, Task};
/// // Wonde's lists say what is true, whatever webhooks came. `of_id` stands for a school of `Client::schools` here.
/// let approved = [School::of_id("A1329183376")];
/// let mut access = Access::new("A1329183376");
/// let task = access.apply(AccessEvent::Listed { approved: &approved, pending: &[] });
/// assert_eq!(task, Some(Task::FullSync));
/// assert_eq!(access.apply(AccessEvent::FullySynced), None);
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum AccessEvent<'e> {
    /// You asked for access.
    Requested,
    /// You gave up access.
    GivenUp,
    /// Wonde posted a webhook, and you have checked its secret.
    Webhook(&'e Webhook),
    /// You requested two of Wonde's lists: the schools that approved access, and the schools that have not answered.
    /// These lists are reliable, even if webhooks were lost or forged.
    Listed {
        /// The result of [`Client::schools`](super::Client::schools).
        approved: &'e [School],
        /// The result of [`Client::pending`](super::Client::pending).
        pending: &'e [School],
    },
    /// You requested all five of Wonde's lists. Together, they show the outcome of every request.
    AllListed {
        /// The result of [`Client::schools`](super::Client::schools).
        approved: &'e [School],
        /// The result of [`Client::pending`](super::Client::pending).
        pending: &'e [School],
        /// The result of [`Client::audited`](super::Client::audited).
        audited: &'e [School],
        /// The result of [`Client::declined`](super::Client::declined).
        declined: &'e [School],
        /// The result of [`Client::revoked`](super::Client::revoked).
        revoked: &'e [School],
    },
    /// A full sync is complete, and its plan was applied.
    FullySynced,
}

/// Your next action.
///
/// ```
/// use onroll::wonde::Task;
/// fn to_do(task: Task) -> &'static str {
///     match task {
///         Task::FullSync => "read all students, and plan",
///         Task::StopSyncing => "sync no more",
///         task => task.as_str(),
///     }
/// }
/// assert_eq!(to_do(Task::AskWonde), "ask-wonde");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Task {
    /// Read all students and make a plan, after an approval or a change of MIS. If a webhook brought a token, store it
    /// first, because the old token no longer works.
    FullSync,
    /// Stop syncing. The accounts do not change, and students do not become leavers, until your own rules say
    /// otherwise.
    StopSyncing,
    /// Request all of Wonde's lists, because the event contradicts the known state.
    AskWonde,
}

impl Task {
    /// Returns the task in kebab-case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FullSync => "full-sync",
            Self::StopSyncing => "stop-syncing",
            Self::AskWonde => "ask-wonde",
        }
    }
}

/// The access to one school, as a value that you store. You pass events to [`apply`](Self::apply), and it returns what
/// to do.
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
///
/// Store the value with the school, and check it before each sync.
///
/// ```
/// use onroll::wonde::{Access, AccessEvent, AccessState, School};
/// let mut access = Access::new("A1329183376");
/// let approved = [School::of_id("A1329183376")];
/// access.apply(AccessEvent::Listed { approved: &approved, pending: &[] });
/// let stored = serde_json::to_string(&access)?;
///
/// let access: Access = serde_json::from_str(&stored)?;
/// assert_eq!((access.school_id(), access.state()), ("A1329183376", AccessState::Approved));
/// assert!(access.needs_full_sync() && !access.is_migrating());
/// assert_eq!(access.reason(), None); // of a school that declined, or took its access back
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    school_id: String,
    state: AccessState,
    reason: Option<String>,
    needs_full_sync: bool,
    migrating: bool,
    /// The fingerprint of the last approval's token: the first eight bytes of its SHA-256.
    #[serde(default)]
    token_mark: Option<String>,
}

/// Shows only the school's id and the state. The reason may contain personal data, because a person at the school typed
/// it.
impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Access");
        shown.field("school_id", &self.school_id).field("state", &self.state).finish_non_exhaustive()
    }
}

impl Access {
    /// Creates the state of a school that has not been asked for access.
    pub fn new(school_id: impl Into<String>) -> Self {
        Self {
            school_id: school_id.into(),
            state: AccessState::None,
            reason: None,
            needs_full_sync: false,
            migrating: false,
            token_mark: None,
        }
    }

    /// Returns the school's id.
    pub fn school_id(&self) -> &str {
        &self.school_id
    }

    /// Returns whether the school gives access.
    pub fn state(&self) -> AccessState {
        self.state
    }

    /// Returns why access was declined or withdrawn, in the school's own words, if known.
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// Returns whether the next sync must be full. A full sync is necessary after an approval, and after a change of
    /// MIS.
    pub fn needs_full_sync(&self) -> bool {
        self.needs_full_sync
    }

    /// Returns whether a change of MIS is announced but not complete. You can pause your syncs until the change is
    /// complete.
    pub fn is_migrating(&self) -> bool {
        self.migrating
    }

    /// Records an event, and returns what to do. An event about another school has no effect.
    pub fn apply(&mut self, event: AccessEvent<'_>) -> Option<Task> {
        match event {
            AccessEvent::Requested if self.state != AccessState::Approved => self.enter(AccessState::Pending, None),
            AccessEvent::Requested => None,
            AccessEvent::GivenUp => self.enter(AccessState::Revoked, None),
            AccessEvent::Webhook(webhook) if webhook.school_id() == self.school_id => self.webhook(webhook),
            AccessEvent::Webhook(_) => None,
            AccessEvent::Listed { approved, pending } => {
                let state = self.state_in([(AccessState::Approved, approved), (AccessState::Pending, pending)]);
                // A school that was approved and is no longer listed has lost its access, whatever the reason.
                self.listed(state, AccessState::Revoked)
            }
            AccessEvent::AllListed { approved, pending, audited, declined, revoked } => {
                let state = self.state_in([
                    (AccessState::Approved, approved),
                    (AccessState::Pending, pending),
                    (AccessState::Audited, audited),
                    (AccessState::Declined, declined),
                    (AccessState::Revoked, revoked),
                ]);
                self.listed(state, AccessState::Unknown)
            }
            AccessEvent::FullySynced => {
                self.needs_full_sync = false;
                None
            }
        }
    }

    /// Returns the first state in `lists` whose list contains the school.
    fn state_in<const N: usize>(&self, lists: [(AccessState, &[School]); N]) -> Option<AccessState> {
        let has = |schools: &[School]| schools.iter().any(|school| school.id == self.school_id);
        lists.into_iter().find(|(_, schools)| has(schools)).map(|(state, _)| state)
    }

    /// Sets the state according to Wonde's lists. An approved school that is in none of the lists gets the state
    /// `lost`.
    fn listed(&mut self, state: Option<AccessState>, lost: AccessState) -> Option<Task> {
        let state = state.unwrap_or(match self.state {
            AccessState::Approved => lost,
            AccessState::Pending | AccessState::Audited => AccessState::Unknown,
            state => state,
        });
        let is_news = state == AccessState::Unknown && self.state != AccessState::Unknown;
        let reason = self.reason.take().filter(|_| state == self.state);
        self.enter(state, reason).or_else(|| is_news.then_some(Task::AskWonde))
    }

    fn webhook(&mut self, webhook: &Webhook) -> Option<Task> {
        let reason = webhook.reason().map(str::to_owned);
        match webhook.kind() {
            WebhookKind::Approved => {
                // Wonde posts an approval up to three times. A different token means a new approval.
                if let Some(mark) = webhook.token().map(mark) {
                    self.needs_full_sync |= self.token_mark.replace(mark.clone()) != Some(mark);
                }
                self.enter(AccessState::Approved, None)
            }
            WebhookKind::Revoked => self.enter(AccessState::Revoked, reason),
            // An approved school can be revoked, but not declined.
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
        if matches!(state, AccessState::Declined | AccessState::Revoked) {
            self.token_mark = None;
        }
        (before == AccessState::Approved).then_some(Task::StopSyncing)
    }

    fn due(&self) -> Option<Task> {
        (self.needs_full_sync && self.state == AccessState::Approved).then_some(Task::FullSync)
    }
}

/// Returns a fingerprint that distinguishes a token from other tokens, but does not reveal the token.
fn mark(token: &Token) -> String {
    Sha256::digest(token.expose()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posted(kind: &str) -> Webhook {
        let body = format!(r#"{{"payload_type":"{kind}","school_id":"A1","revoke_reason":"Moved"}}"#);
        Webhook::read(body.as_bytes()).unwrap()
    }

    #[test]
    fn an_approval_needs_one_full_sync() {
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
    fn stops_syncing_when_access_is_revoked_and_restarts_after_a_new_approval() {
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
    fn takes_the_state_of_access_from_the_lists_of_wonde() {
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
        // If the school is in neither list, the outcome of the request is unknown until the other lists are read.
        let mut asked = Access::new("A1");
        asked.apply(AccessEvent::Requested);
        assert_eq!(asked.apply(AccessEvent::Listed { approved: none, pending: none }), Some(Task::AskWonde));
        assert_eq!(asked.state(), AccessState::Unknown);
        let all = |audited, declined, revoked| AccessEvent::AllListed {
            approved: none,
            pending: none,
            audited,
            declined,
            revoked,
        };
        for (event, state) in [
            (all(listed, none, none), AccessState::Audited),
            (all(none, none, none), AccessState::Unknown),
            (all(none, listed, none), AccessState::Declined),
            (all(none, none, listed), AccessState::Revoked),
        ] {
            asked.apply(event);
            assert_eq!(asked.state(), state);
        }
    }

    #[test]
    fn only_an_approval_with_a_new_token_needs_a_full_sync() {
        let approved = |token: &str| {
            let body = format!(r#"{{"payload_type":"schoolApproved","school_id":"A1","school_token":"{token}"}}"#);
            Webhook::read(body.as_bytes()).unwrap()
        };
        let mut access = Access::new("A1");
        assert_eq!(access.apply(AccessEvent::Webhook(&approved("first-token"))), Some(Task::FullSync));
        access.apply(AccessEvent::FullySynced);
        assert_eq!(access.apply(AccessEvent::Webhook(&approved("first-token"))), None);
        assert_eq!(access.apply(AccessEvent::Webhook(&approved("second-token"))), Some(Task::FullSync));
        let stored = serde_json::to_string(&access).unwrap();
        assert!(!stored.contains("token\":\"second") && !stored.contains("second-token"), "{stored}");
        // A state that an earlier version stored has no mark.
        let old = r#"{"school_id":"A1","state":"approved","reason":null,"needs_full_sync":false,"migrating":false}"#;
        assert_eq!(serde_json::from_str::<Access>(old).unwrap().state(), AccessState::Approved);
    }

    #[test]
    fn a_finished_migration_needs_a_full_sync() {
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
    fn ignores_webhooks_about_other_schools() {
        let mut access = Access::new("A2");
        assert_eq!(access.apply(AccessEvent::Webhook(&posted("schoolApproved"))), None);
        assert_eq!(access.state(), AccessState::None);
        access.apply(AccessEvent::Requested);
        let stored = serde_json::to_string(&access).unwrap();
        assert_eq!(serde_json::from_str::<Access>(&stored).unwrap(), access);
    }
}
