//! The requests to MyLogin, and what its responses must contain. The first request exchanges the code for a token. The
//! second request sends the token and gets the user.

use chrono::{DateTime, Utc};
use serde_json::Value;
use url::Url;

use crate::adapter::{self, Body, Job, Next, PendingRequest};
use crate::identity::{Identity, IdentityError};
use crate::text::Private;

use super::error::MyLoginError as Error;
use super::user;

pub(super) const TOKEN: &str = "token";
type JobError = adapter::JobError<Error>;

/// The job that exchanges a code for an identity.
pub(super) struct Exchange {
    user: Url,
    vouch_for_email: bool,
    now: DateTime<Utc>,
    has_token: bool,
}

impl Exchange {
    /// Returns the first request and the job. The first request asks for a token at the address `token`. The header
    /// `authorization` identifies the client.
    pub(super) fn new(
        token: Url,
        user: Url,
        authorization: Private,
        form: String,
        now: DateTime<Utc>,
    ) -> (PendingRequest, Self) {
        let body = Body { content_type: "application/x-www-form-urlencoded", text: Private::new(form) };
        let ask = PendingRequest {
            method: "POST",
            authorization: Some(authorization),
            body: Some(body),
            ..PendingRequest::get(token, TOKEN)
        };
        (ask, Self { user, vouch_for_email: false, now, has_token: false })
    }

    pub(super) fn vouch_for_email(self, vouch_for_email: bool) -> Self {
        Self { vouch_for_email, ..self }
    }

    fn token(&mut self, body: &[u8]) -> Result<Next<Identity>, JobError> {
        let payload: Value = serde_json::from_slice(body).map_err(|_| JobError::NotJson)?;
        let kind = payload.get("token_type").and_then(Value::as_str);
        let token = payload.get("access_token").and_then(Value::as_str).unwrap_or_default();
        if kind.is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
            return Err(Error::WrongShape("the token should be a bearer token").into());
        }
        if !(1..=16_384).contains(&token.len()) || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::WrongShape("it should have an access token").into());
        }
        self.has_token = true;
        let authorization = Some(Private::new(format!("Bearer {token}")));
        Ok(Next::Send(PendingRequest { authorization, ..PendingRequest::get(self.user.clone(), "user") }))
    }

    fn user(&self, body: &[u8]) -> Result<Next<Identity>, JobError> {
        let identity = user::read(body, self.now).map_err(|error| match error {
            IdentityError::NotJson => JobError::NotJson,
            error => Error::Identity(error).into(),
        })?;
        Ok(Next::Done(if self.vouch_for_email { identity.vouch_for_email() } else { identity }))
    }
}

impl Job<Identity, Error> for Exchange {
    fn take(&mut self, body: Option<&[u8]>) -> Result<Next<Identity>, JobError> {
        let body = body.unwrap_or_default();
        if self.has_token { self.user(body) } else { self.token(body) }
    }
}

/// The job that reads MyLogin's configuration, and finds out whether MyLogin supports PKCE.
pub(super) struct Configuration {
    root: Url,
}

impl Configuration {
    pub(super) fn new(at: Url, root: Url) -> (PendingRequest, Self) {
        (PendingRequest::get(at, "configuration"), Self { root })
    }
}

impl Job<bool, Error> for Configuration {
    fn take(&mut self, body: Option<&[u8]>) -> Result<Next<bool>, JobError> {
        let payload: Value = serde_json::from_slice(body.unwrap_or_default()).map_err(|_| JobError::NotJson)?;
        // We do not use these addresses. But if they name a different host, the server is not MyLogin.
        for name in ["issuer", "authorization_endpoint", "token_endpoint"] {
            let address = payload.get(name).and_then(Value::as_str);
            let address = address.ok_or(Error::WrongShape("it should name its issuer and its endpoints"))?;
            if Url::parse(address).map(|url| url.origin()) != Ok(self.root.origin()) {
                return Err(Error::EndpointElsewhere.into());
            }
        }
        let methods = payload.get("code_challenge_methods_supported").and_then(Value::as_array);
        Ok(Next::Done(methods.is_some_and(|methods| methods.iter().any(|method| method == "S256"))))
    }
}
