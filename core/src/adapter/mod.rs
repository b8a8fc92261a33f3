//! Adapters, which are your connection to another service. onroll sends requests through an adapter, and opens no
//! sockets itself. [`Adapter`], [`Request`], [`Response`] and [`Fault`] are the same for all services.

mod address;
mod call;
#[cfg(feature = "http")]
mod http;
mod retry;

use std::fmt;
use std::thread;
use std::time::Duration;

use crate::text::Private;

pub(crate) use address::{address, is_loopback};
pub(crate) use call::{Body, Failed, Job, JobError, Next, PendingRequest, Sender, Tolerance};
pub use call::{Call, CallError};
#[cfg(feature = "http")]
pub use http::Http;
pub(crate) use retry::{RetryDecision, RetryPolicy};

/// The next step for you to take when you run a [`Call`] yourself.
///
/// ```
/// use onroll::adapter::{Request, Response, Step};
/// use onroll::wonde::Client;
/// # fn send(_: Request) -> Result<Response, onroll::adapter::AdapterError> { Ok(Response::new(200, r#"{"data": []}"#)) }
/// let mut call = Client::new("token")?.call_schools();
/// let schools = loop {
///     match call.step()? {
///         Step::Send(request) => call.answer(send(request)),
///         Step::Wait(time) => std::thread::sleep(time),
///         Step::Done(schools) => break schools,
///     }
/// };
/// assert!(schools.is_empty());
/// # Ok::<(), onroll::wonde::WondeError>(())
/// ```
#[derive(Debug)]
#[allow(clippy::exhaustive_enums)] // a host must handle every step
pub enum Step<T> {
    /// Send this request, and pass its result to the call.
    Send(Request),
    /// Wait for this time.
    Wait(Duration),
    /// The call is finished.
    Done(T),
}

/// A complete request. Send it unchanged, and do not follow redirects.
///
/// ```
/// use onroll::adapter::Step;
/// use onroll::wonde::Client;
/// let Step::Send(request) = Client::new("token")?.call_schools().step()? else { panic!() };
/// assert_eq!((request.method(), request.body()), ("GET", None));
/// assert!(request.url().starts_with("https://api.wonde.com/"));
/// assert!(request.headers().any(|(name, value)| (name, value) == ("authorization", "Bearer token")));
/// println!("at most {:?} and {} bytes", request.timeout(), request.max_bytes());
/// # Ok::<(), onroll::wonde::WondeError>(())
/// ```
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

    /// Returns the method: `GET`, `POST` or `DELETE`.
    pub fn method(&self) -> &'static str {
        self.method
    }

    /// Returns the absolute address, with its query.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the headers, with names in lower case. One of them contains the token, so do not log them.
    pub fn headers(&self) -> impl ExactSizeIterator<Item = (&'static str, &str)> {
        self.headers.iter().map(|(name, value)| (*name, value.expose()))
    }

    /// Returns the body, if any. Do not log it.
    pub fn body(&self) -> Option<&str> {
        self.body.as_ref().map(Private::expose)
    }

    /// Returns the time limit for the whole exchange. The default is one minute for Wonde, and 30 seconds for MyLogin.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Returns the largest size of the response body in bytes. For Wonde, it is 32 MiB. If the body is larger, stop
    /// reading and return [`AdapterError::TooLarge`].
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

/// A response with any status.
///
/// ```
/// use onroll::adapter::Response;
/// // From the host's HTTP library.
/// let response = Response::new(429, "{}").header("Retry-After", "30");
/// assert_eq!(response.status(), 429);
/// ```
#[derive(Clone)]
pub struct Response {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Response {
    /// Creates a response with a status and a body.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    /// Adds a header. Pass at least `Retry-After` and `Date`, because onroll uses them.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Returns the status code.
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

/// The reason why there is no response. After `Unreachable` or `TimedOut`, onroll retries the request a few times, but
/// never a POST request.
///
/// ```
/// use onroll::adapter::{AdapterError, Request, Response};
/// use onroll::wonde::Client;
/// let asleep = |_: Request| Err::<Response, _>(AdapterError::NotSent);
/// let error = Client::new("token")?.schools(&asleep).unwrap_err();
/// assert_eq!(error.reason(), "not-sent");
/// # Ok::<(), onroll::wonde::WondeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AdapterError {
    /// The connection failed, or it ended before the response did.
    #[error("the connection failed or was dropped")]
    Unreachable,
    /// The time limit, [`Request::timeout`], has passed.
    #[error("no answer came in time")]
    TimedOut,
    /// The body is larger than [`Request::max_bytes`].
    #[error("the answer is too large")]
    TooLarge,
    /// The adapter refuses to send the request, or cannot send it.
    #[error("the request could not be sent")]
    NotSent,
}

/// Your connection to another service, through any HTTP library. The adapter makes one exchange at a time.
///
/// A function that takes a request and returns a response or an [`AdapterError`] is an adapter. Send the request
/// unchanged, and do not follow redirects, because the request contains a token. Return every response, including error
/// responses. onroll decides what to retry.
///
/// ```
/// use onroll::adapter::{Adapter, AdapterError, Request, Response};
/// let asleep = |_: Request| Err::<Response, _>(AdapterError::TimedOut);
/// let adapter: &dyn Adapter = &asleep;
/// ```
///
/// Your own type can also control how it waits.
///
/// ```
/// use onroll::adapter::{Adapter, AdapterError, Request, Response};
/// struct Recorded(Response);
/// impl Adapter for Recorded {
///     fn send(&self, _: Request) -> Result<Response, AdapterError> {
///         Ok(self.0.clone())
///     }
///     fn wait(&self, _: std::time::Duration) {} // a test does not wait
/// }
/// let adapter = Recorded(Response::new(200, r#"{"data": []}"#));
/// adapter.wait(std::time::Duration::from_secs(30));
/// # let client = onroll::wonde::Client::new("token")?;
/// assert!(client.schools(&adapter)?.is_empty());
/// # Ok::<(), onroll::wonde::WondeError>(())
/// ```
pub trait Adapter {
    /// Sends a request and returns the response, whatever its status.
    ///
    /// # Errors
    /// [`AdapterError`] if there is no response.
    fn send(&self, request: Request) -> Result<Response, AdapterError>;

    /// Waits before a request is retried. In tests, you can return at once.
    fn wait(&self, time: Duration) {
        thread::sleep(time);
    }
}

impl<F: Fn(Request) -> Result<Response, AdapterError>> Adapter for F {
    fn send(&self, request: Request) -> Result<Response, AdapterError> {
        self(request)
    }
}

/// The reason why a request failed, after all retries.
///
/// ```
/// use onroll::wonde::{Client, WondeError};
/// use onroll::adapter::{Fault, Request, Response};
/// let refuses = |_: Request| Ok(Response::new(403, "{}"));
/// let error = Client::new("token")?.schools(&refuses).unwrap_err();
/// let WondeError::Exchange { fault, .. } = error else { panic!() };
/// assert_eq!((fault, fault.as_str()), (Fault::Forbidden, "forbidden"));
/// # Ok::<(), WondeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// `unreachable`
    #[error("the connection failed or was dropped")]
    Unreachable,
    /// `timed-out`
    #[error("no answer came in time")]
    TimedOut,
    /// `too-large`
    #[error("the answer is too large")]
    TooLarge,
    /// `not-sent`: your adapter did not send the request.
    #[error("the request could not be sent")]
    NotSent,
    /// `unauthorised`: status 401.
    #[error("the token was refused (status 401); check that it is complete and still valid")]
    Unauthorised,
    /// `forbidden`: status 403.
    #[error("the token has no permission (status 403); check that the school has approved it")]
    Forbidden,
    /// `not-found`: status 404.
    #[error("not found (status 404); check the id and the domain of the school")]
    NotFound,
    /// `invalid`: status 422.
    #[error("the request is not valid (status 422)")]
    Invalid,
    /// `rate-limited`: status 429. Either several retries failed, or the service asked for too long a wait.
    #[error("too many requests (status 429); try again later")]
    RateLimited {
        /// The time to wait before you try again, if the service states it.
        retry_after: Option<Duration>,
    },
    /// `redirected`: the service answered with a redirect, which onroll never follows.
    #[error("the answer is a redirect (status {0}), which is not followed")]
    Redirected(u16),
    /// `server-error`: a status of 500 or more, after several retries.
    #[error("the server failed (status {0})")]
    ServerError(u16),
    /// `unexpected-status`
    #[error("the answer has status {0}")]
    UnexpectedStatus(u16),
    /// `not-json`: the response was cut short or is not JSON, after several retries.
    #[error("the answer is cut short or is not JSON")]
    NotJson,
}

impl Fault {
    /// Returns the fault's code in kebab-case.
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
