//! Reads the webhooks that Wonde posts to you (`Webhook`): their kinds, the token, and the messages of `WebhookError`.
//! `access.rs` decides what to do. A kind is also in `bindings-node/lib/wonde/webhook.ts` and `_onroll.pyi`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::Private;

use super::loose::Include;
use super::model::WebhookBody;

/// A token for Wonde. Only [`expose`](Self::expose) shows its text.
///
/// ```
/// use onroll::wonde::{Client, Webhook};
/// let body = br#"{"payload_type": "schoolApproved", "school_id": "A1329183376", "school_token": "token"}"#;
/// let webhook = Webhook::read(body)?;
/// let token = webhook.token().unwrap();
/// let client = Client::new(token.expose())?; // store the token as a secret
/// # let _ = client;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token(Private);

impl Token {
    /// Returns the token as text. Store it as a secret, and pass it to [`Client::new`](super::Client::new).
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// A webhook that Wonde posted. It names the school and the event.
///
/// Wonde does not sign webhooks. Put a secret into the address that Wonde posts to, and compare it with
/// [`same_secret`](super::same_secret). Check [`Client::schools`](super::Client::schools) before you act.
///
/// ```
/// use onroll::wonde::{Webhook, WebhookKind};
/// let body = r#"{"payload_type": "accessRevoked", "school_id": "A1329183376", "revoke_reason": "Left the trust"}"#;
/// let webhook = Webhook::read(body.as_bytes())?;
/// assert_eq!((webhook.kind(), webhook.school_id()), (WebhookKind::Revoked, "A1329183376"));
/// # Ok::<(), onroll::wonde::WebhookError>(())
/// ```
///
/// If you store a webhook with serde, the token is left out, because it is a secret.
///
/// A webhook can contain more than its kind:
///
/// ```
/// # use onroll::wonde::Webhook;
/// # let body = r#"{"payload_type": "accessRevoked", "school_id": "A1329183376", "revoke_reason": "Left the trust"}"#;
/// let webhook = Webhook::read(body.as_bytes())?;
/// assert_eq!((webhook.reason(), webhook.school_name()), (Some("Left the trust"), None));
/// assert!(webhook.token().is_none() && !webhook.is_migrated());
/// # Ok::<(), onroll::wonde::WebhookError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Webhook {
    kind: WebhookKind,
    school_id: String,
    school_name: Option<String>,
    #[serde(skip)]
    token: Option<Token>,
    reason: Option<String>,
    migrated: bool,
}

/// The event that a webhook reports.
///
/// ```
/// use onroll::wonde::WebhookKind;
/// fn should_read_all(kind: WebhookKind) -> bool {
///     matches!(kind, WebhookKind::Approved | WebhookKind::Migration)
/// }
/// assert!(should_read_all(WebhookKind::Migration));
/// assert_eq!(WebhookKind::Revoked.as_str(), "revoked");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum WebhookKind {
    /// `schoolApproved`: the school gave access.
    Approved,
    /// `accessRevoked`: the school withdrew access.
    Revoked,
    /// `accessDeclined`: the school declined.
    Declined,
    /// `schoolMigration`: the school changes its MIS, so every student may get a different source id.
    Migration,
}

impl WebhookKind {
    /// Returns the kind in lower case: `approved`, `revoked`, `declined` or `migration`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Revoked => "revoked",
            Self::Declined => "declined",
            Self::Migration => "migration",
        }
    }
}

/// The reason why posted data is not a webhook. Its text quotes nothing from the data.
///
/// ```
/// use onroll::wonde::{Webhook, WebhookError};
/// let error = Webhook::read(b"a page of HTML").unwrap_err();
/// assert_eq!((error, error.code()), (WebhookError::NotJson, "webhook-not-json"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookError {
    /// `webhook-not-json`
    #[error("the webhook is not valid JSON")]
    NotJson,
    /// `webhook-wrong-shape`: the JSON is not an object.
    #[error("the webhook is not a JSON object")]
    WrongShape,
    /// `webhook-too-large`
    #[error("the webhook is larger than 1 MiB")]
    TooLarge,
    /// `webhook-unknown-type`
    #[error("the webhook has an unknown type")]
    UnknownType,
    /// `webhook-no-school`: the school's id is missing or not valid.
    #[error("the webhook names no school")]
    NoSchool,
    /// `webhook-invalid-token`: the webhook has a token that is not valid. Ignore the webhook, or use your own token.
    #[error("the token in the webhook is not valid")]
    InvalidToken,
}

impl WebhookError {
    /// Returns the error's code, in kebab-case.
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
    /// Reads the body of a webhook.
    ///
    /// ```
    /// use onroll::wonde::{Webhook, WebhookKind};
    /// let webhook = Webhook::read(br#"{"payload_type": "accessRevoked", "school_id": "A1329183376"}"#)?;
    /// assert_eq!((webhook.kind(), webhook.school_id()), (WebhookKind::Revoked, "A1329183376"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`WebhookError`] if the body is not a webhook.
    pub fn read(body: &[u8]) -> Result<Self, WebhookError> {
        const MOST: usize = 1 << 20;
        if body.len() > MOST {
            return Err(WebhookError::TooLarge);
        }
        // A JSON text or number is not an error here. It becomes `None`.
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

    /// Returns the event.
    pub fn kind(&self) -> WebhookKind {
        self.kind
    }

    /// Returns the school's id.
    pub fn school_id(&self) -> &str {
        &self.school_id
    }

    /// Returns the school's name, if known.
    pub fn school_name(&self) -> Option<&str> {
        self.school_name.as_deref()
    }

    /// Returns the school's own token, which an approval includes. It is valid until access is withdrawn.
    pub fn token(&self) -> Option<&Token> {
        self.token.as_ref()
    }

    /// Returns why access was declined or withdrawn, in the school's own words, if known.
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// Returns true only for a migration that is complete. Returns false if the migration is only announced.
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
    fn reads_webhooks_about_approval_refusal_and_migration() {
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
    fn refuses_invalid_webhooks_with_a_reason() {
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
