//! What Wonde posts to the host.

use std::fmt;

use crate::text::Private;

use super::model::{Include, WebhookBody};

/// A token, which shows itself only when asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token(Private);

impl Token {
    /// The token itself: to be stored as a secret, and given to [`Client::new`](super::Client::new).
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// What Wonde posts to the host: which school, and what happened.
///
/// Wonde signs nothing. What can be had is a secret in the address that Wonde posts to, compared by [`same_secret`](super::same_secret); and a look at
/// [`Client::schools`](super::Client::schools) before anything is done about it.
///
/// ```
/// use onroll::wonde::{Webhook, WebhookKind};
/// let body = r#"{"payload_type": "accessRevoked", "school_id": "A1329183376", "revoke_reason": "Left the trust"}"#;
/// let webhook = Webhook::read(body.as_bytes())?;
/// assert_eq!((webhook.kind(), webhook.school_id()), (WebhookKind::Revoked, "A1329183376"));
/// # Ok::<(), onroll::wonde::WebhookError>(())
/// ```
#[derive(Clone)]
pub struct Webhook {
    kind: WebhookKind,
    school_id: String,
    school_name: Option<String>,
    token: Option<Token>,
    reason: Option<String>,
    migrated: bool,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WebhookKind {
    /// `schoolApproved`: the school has given access.
    Approved,
    /// `accessRevoked`: it has taken it back.
    Revoked,
    /// `accessDeclined`: it will not give it.
    Declined,
    /// `schoolMigration`: it changes its MIS, and every student may come with another source id.
    Migration,
}

impl WebhookKind {
    /// The kind in lower case: `approved`, `revoked`, `declined`, `migration`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Revoked => "revoked",
            Self::Declined => "declined",
            Self::Migration => "migration",
        }
    }
}

/// Why a webhook is none. Its text quotes nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookError {
    /// `webhook-not-json`
    #[error("the webhook is no JSON")]
    NotJson,
    /// `webhook-wrong-shape`: no object.
    #[error("the webhook is not a JSON object")]
    WrongShape,
    /// `webhook-too-large`
    #[error("the webhook is larger than any true one")]
    TooLarge,
    /// `webhook-unknown-type`
    #[error("the webhook is of a type that is not known")]
    UnknownType,
    /// `webhook-no-school`: no id of a school, or none that can be one.
    #[error("the webhook names no school")]
    NoSchool,
    /// `webhook-no-token`: an approval without the token it should bring is to be answered by the host's own token, or not
    /// at all; one with a broken token is none.
    #[error("the token in the webhook is not one")]
    InvalidToken,
}

impl WebhookError {
    /// The error's code, in kebab-case.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotJson => "webhook-not-json",
            Self::WrongShape => "webhook-wrong-shape",
            Self::TooLarge => "webhook-too-large",
            Self::UnknownType => "webhook-unknown-type",
            Self::NoSchool => "webhook-no-school",
            Self::InvalidToken => "webhook-invalid-token",
        }
    }
}

impl Webhook {
    /// Reads the body of what was posted.
    ///
    /// # Errors
    /// [`WebhookError`]
    pub fn read(body: &[u8]) -> Result<Self, WebhookError> {
        const MOST: usize = 1 << 20;
        if body.len() > MOST {
            return Err(WebhookError::TooLarge);
        }
        // Of any shape it can be read, and then it is none.
        let read = serde_json::from_slice::<Include<WebhookBody>>(body).map_err(|_| WebhookError::NotJson)?;
        let mut body = read.0.ok_or(WebhookError::WrongShape)?;
        let kind = match body.payload_type.get() {
            Some("schoolApproved") => WebhookKind::Approved,
            Some("accessRevoked") => WebhookKind::Revoked,
            Some("accessDeclined") => WebhookKind::Declined,
            Some("schoolMigration") => WebhookKind::Migration,
            _ => return Err(WebhookError::UnknownType),
        };
        let school_id = body.school_id.take().ok_or(WebhookError::NoSchool)?;
        super::address::SchoolId::new(&school_id).map_err(|_| WebhookError::NoSchool)?;
        let token = match body.school_token.take() {
            Some(token) if super::Client::new(&token).is_err() => return Err(WebhookError::InvalidToken),
            token => token.map(|token| Token(Private::new(token))),
        };
        let reason = body.revoke_reason.take().or_else(|| body.decline_reason.take());
        Ok(Self {
            kind,
            school_id: school_id.into(),
            school_name: body.school_name.take().map(Into::into),
            token,
            reason: reason.map(Into::into),
            migrated: body.completed_at.0.is_some(),
        })
    }

    /// What happened.
    pub fn kind(&self) -> WebhookKind {
        self.kind
    }

    /// The id of the school.
    pub fn school_id(&self) -> &str {
        &self.school_id
    }

    /// The name of the school, where it is said.
    pub fn school_name(&self) -> Option<&str> {
        self.school_name.as_deref()
    }

    /// The school's own token, which an approval brings. It does not expire until access is revoked.
    pub fn token(&self) -> Option<&Token> {
        self.token.as_ref()
    }

    /// Why access was declined or revoked, in the school's words, where it is said.
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// Whether a migration is done, and not only announced.
    pub fn is_migrated(&self) -> bool {
        self.migrated
    }
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("kind", &self.kind).field("school_id", &self.school_id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Webhook, WebhookError> {
        Webhook::read(body.as_bytes())
    }

    #[test]
    fn the_four_are_read() {
        let approved = read(
            r#"{"payload_type":"schoolApproved","school_id":"A1","school_name":"Oakfield","school_token":"t0k3n","school_urn":1}"#,
        )
        .unwrap();
        assert_eq!((approved.kind().as_str(), approved.school_name()), ("approved", Some("Oakfield")));
        assert_eq!(approved.token().map(Token::expose), Some("t0k3n"));
        assert!(!format!("{approved:?} {:?}", approved.token()).contains("t0k3n"));
        let declined = read(r#"{"payload_type":"accessDeclined","school_id":"A1","decline_reason":"No"}"#).unwrap();
        assert_eq!((declined.kind().as_str(), declined.reason()), ("declined", Some("No")));
        for (completed, done) in
            [("null", false), (r#"{"date":"2026-08-01 00:00:00"}"#, true), (r#""2026-08-01""#, true)]
        {
            let body = format!(r#"{{"payload_type":"schoolMigration","school_id":"A1","completed_at":{completed}}}"#);
            assert_eq!(read(&body).unwrap().is_migrated(), done);
        }
    }

    #[test]
    fn all_else_is_refused_by_name() {
        for (body, code) in [
            ("", "webhook-not-json"),
            ("{", "webhook-not-json"),
            ("[]", "webhook-wrong-shape"),
            ("7", "webhook-wrong-shape"),
            ("{}", "webhook-wrong-shape"),
            (r#"{"payload_type":"writeback","school_id":"A1"}"#, "webhook-unknown-type"),
            (r#"{"school_id":"A1"}"#, "webhook-unknown-type"),
            (r#"{"payload_type":"accessRevoked"}"#, "webhook-no-school"),
            (r#"{"payload_type":"accessRevoked","school_id":"A1/../A2"}"#, "webhook-no-school"),
            (r#"{"payload_type":"accessRevoked","school_id":["A1"]}"#, "webhook-no-school"),
            (r#"{"payload_type":"schoolApproved","school_id":"A1","school_token":"a b"}"#, "webhook-invalid-token"),
        ] {
            assert_eq!(read(body).unwrap_err().code(), code, "{body}");
        }
        assert_eq!(Webhook::read(&vec![b' '; 2 << 20]).unwrap_err().code(), "webhook-too-large");
    }
}
