//! What the host gives us to reach another service: requests go out through it, and nothing here opens a socket.

mod address;
mod call;
#[cfg(feature = "http")]
mod http;
mod tries;

use std::fmt;
use std::thread;
use std::time::Duration;

use crate::text::Private;

pub(crate) use address::{address, is_loopback};
pub(crate) use call::{Ask, Bad, Body, Failed, Job, Next, Sender};
pub use call::{Call, CallError};
#[cfg(feature = "http")]
pub use http::Http;
pub(crate) use tries::{Tries, Verdict};

/// What a host does next for a machine that asks another service.
#[derive(Debug)]
#[allow(clippy::exhaustive_enums)] // a host must be able to do all of it
pub enum Step<T> {
    /// Send this, and give back what came of it.
    Send(Request),
    /// Let this time pass.
    Wait(Duration),
    /// It is done.
    Done(T),
}

/// A request, whole: the host adds nothing to it, and follows no redirect.
#[derive(Clone)]
pub struct Request {
    method: &'static str,
    url: String,
    headers: Vec<(&'static str, Private)>,
    body: Option<Private>,
    timeout: Duration,
    max_bytes: u64,
}

impl Request {
    pub(crate) fn new(method: &'static str, url: impl Into<String>, timeout: Duration, max_bytes: u64) -> Self {
        Self { method, url: url.into(), headers: Vec::new(), body: None, timeout, max_bytes }
    }

    pub(crate) fn with_header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, Private::new(value)));
        self
    }

    pub(crate) fn with_body(mut self, content_type: &str, body: impl Into<Box<str>>) -> Self {
        self.body = Some(Private::new(body));
        self.with_header("content-type", content_type)
    }

    /// `GET`, `POST` or `DELETE`.
    pub fn method(&self) -> &'static str {
        self.method
    }

    /// Where to: absolute, with its query.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The headers, names in lower case. One of them is the token: they are not for logs.
    pub fn headers(&self) -> impl ExactSizeIterator<Item = (&'static str, &str)> {
        self.headers.iter().map(|(name, value)| (*name, value.expose()))
    }

    /// The body, if there is one; not for logs either.
    pub fn body(&self) -> Option<&str> {
        self.body.as_ref().map(Private::expose)
    }

    /// How long the whole exchange may take; a minute, unless the host says otherwise.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// How many bytes the body of the response may have; of Wonde's 32 MiB. Reading should end there, with
    /// [`AdapterError::TooLarge`].
    pub fn max_bytes(&self) -> u64 {
        self.max_bytes
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.url.split(['?', '#']).next().unwrap_or_default();
        f.debug_struct("Request").field("method", &self.method).field("url", &path).finish_non_exhaustive()
    }
}

/// What came back, whatever its status.
#[derive(Clone)]
pub struct Response {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Response {
    /// A response with this status and body.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    /// Adds a header; `Retry-After` and `Date` are looked at, so they at least should be given.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The status code.
    pub fn status(&self) -> u16 {
        self.status
    }

    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response").field("status", &self.status).field("len", &self.body.len()).finish_non_exhaustive()
    }
}

/// Why there is no response. The first two are tried again, a few times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AdapterError {
    /// No connection, or it ended before the response did.
    #[error("there was no connection, or it was dropped")]
    Unreachable,
    /// [`Request::timeout`] was over.
    #[error("no answer came in time")]
    TimedOut,
    /// The body is larger than [`Request::max_bytes`].
    #[error("the answer is too large")]
    TooLarge,
    /// The host will not or cannot send it.
    #[error("the request could not be sent")]
    NotSent,
}

/// What the host gives us to reach another service: one exchange at a time, by any HTTP library.
///
/// Any function of a request is one. It sends the request as it is, follows no redirect (the request carries a token), and
/// gives back whatever answer comes, errors of the service among them; what to try again is not its business.
///
/// ```
/// use onroll::{Adapter, AdapterError, Request, Response};
/// let asleep = |_: Request| Err::<Response, _>(AdapterError::TimedOut);
/// let adapter: &dyn Adapter = &asleep;
/// ```
pub trait Adapter {
    /// Sends a request and gives back the response, whatever its status.
    ///
    /// # Errors
    /// [`AdapterError`] if there is no response.
    fn send(&self, request: Request) -> Result<Response, AdapterError>;

    /// Lets time pass before a request is tried again. Tests pass none.
    fn wait(&self, time: Duration) {
        thread::sleep(time);
    }
}

impl<F: Fn(Request) -> Result<Response, AdapterError>> Adapter for F {
    fn send(&self, request: Request) -> Result<Response, AdapterError> {
        self(request)
    }
}

/// What went wrong with one request, after all tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// `unreachable`
    #[error("there was no connection, or it was dropped")]
    Unreachable,
    /// `timed-out`
    #[error("no answer came in time")]
    TimedOut,
    /// `too-large`
    #[error("the answer was larger than any true one")]
    TooLarge,
    /// `not-sent`: the host's adapter would not send it.
    #[error("the request could not be sent")]
    NotSent,
    /// `unauthorised`: status 401.
    #[error("the token was not accepted (status 401): is it whole, and still valid?")]
    Unauthorised,
    /// `forbidden`: status 403.
    #[error("this token may not read that (status 403): has the school approved it, with these permissions?")]
    Forbidden,
    /// `not-found`: status 404.
    #[error("there is no such thing there (status 404): is the id right, and the domain the school's?")]
    NotFound,
    /// `invalid`: status 422.
    #[error("the request was found invalid (status 422)")]
    Invalid,
    /// `rate-limited`: status 429, again and again or for longer than is waited.
    #[error("too many requests (status 429): try again later")]
    RateLimited {
        /// When to try again, where the service says so.
        retry_after: Option<Duration>,
    },
    /// `redirected`: a redirect, which is never followed.
    #[error("it answered with a redirect (status {0}), which is not followed")]
    Redirected(u16),
    /// `server-error`: a status of 500 or more, again and again.
    #[error("it failed (status {0})")]
    ServerError(u16),
    /// `unexpected-status`
    #[error("it answered with status {0}")]
    UnexpectedStatus(u16),
    /// `not-json`: cut short, or no JSON at all, again and again.
    #[error("the answer was cut short, or is no JSON")]
    NotJson,
}

impl Fault {
    /// The fault in kebab-case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed-out",
            Self::TooLarge => "too-large",
            Self::NotSent => "not-sent",
            Self::Unauthorised => "unauthorised",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not-found",
            Self::Invalid => "invalid",
            Self::RateLimited { .. } => "rate-limited",
            Self::Redirected(_) => "redirected",
            Self::ServerError(_) => "server-error",
            Self::UnexpectedStatus(_) => "unexpected-status",
            Self::NotJson => "not-json",
        }
    }
}
