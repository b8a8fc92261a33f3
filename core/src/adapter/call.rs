//! Runs a job that sends one or more requests to another service (`Call`). The job itself, in `wonde/` or `mylogin/`,
//! decides which request comes next. `retry.rs` decides whether and when to send a request again.

use std::fmt;
use std::mem;
use std::time::Duration;

use url::Url;

use crate::text::Private;

use super::{Adapter, AdapterError, Fault, Request, Response, RetryDecision, RetryPolicy, Step};

/// One request of a job.
#[derive(Debug, Clone)]
pub(crate) struct PendingRequest {
    pub(crate) method: &'static str,
    pub(crate) url: Url,
    /// The whole `Authorization` header. If it is `None`, the request has the header of the [`Sender`].
    pub(crate) authorization: Option<Private>,
    pub(crate) body: Option<Body>,
    /// The name of the list that is read, for errors and progress.
    pub(crate) list: &'static str,
    pub(crate) page: u32,
    /// The faults that the job accepts instead of a response.
    pub(crate) tolerates: Tolerance,
}

/// The faults that do not end the call. After such a fault, the job gets no response body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Tolerance {
    /// No fault.
    #[default]
    Nothing,
    /// The token lacks the permission.
    Forbidden,
    /// The token lacks the permission, or the resource does not exist.
    Missing,
    /// Every fault, after all retries.
    Everything,
}

impl Tolerance {
    fn allows(self, fault: Fault) -> bool {
        match self {
            Self::Nothing => false,
            Self::Forbidden => matches!(fault, Fault::Forbidden),
            Self::Missing => matches!(fault, Fault::Forbidden | Fault::NotFound),
            Self::Everything => true,
        }
    }
}

/// The body of a request.
#[derive(Debug, Clone)]
pub(crate) struct Body {
    pub(crate) content_type: &'static str,
    pub(crate) text: Private,
}

impl PendingRequest {
    pub(crate) fn get(url: Url, list: &'static str) -> Self {
        Self { method: "GET", url, authorization: None, body: None, list, page: 1, tolerates: Tolerance::Nothing }
    }

    pub(crate) fn tolerating(self, tolerates: Tolerance) -> Self {
        Self { tolerates, ..self }
    }
}

/// The next step of a job.
#[derive(Debug)]
pub(crate) enum Next<T> {
    Send(PendingRequest),
    Done(T),
}

/// The reason why a job cannot use a response.
#[derive(Debug)]
pub(crate) enum JobError<E> {
    /// The response was cut short or is not JSON. A retry may help.
    NotJson,
    Error(E),
}

impl<E> From<E> for JobError<E> {
    fn from(error: E) -> Self {
        Self::Error(error)
    }
}

/// A job, which decides the requests of a call and reads the responses. The call itself handles retries.
pub(crate) trait Job<T, E> {
    /// Reads the body of the response to the last request. The body is `None` after a fault that the request
    /// [tolerates](PendingRequest::tolerates).
    fn take(&mut self, body: Option<&[u8]>) -> Result<Next<T>, JobError<E>>;

    /// Returns the number of rows read so far.
    fn rows(&self) -> usize {
        0
    }
}

/// A failed request in a call.
#[derive(Debug, Clone, Copy)]
pub struct Failed {
    pub(crate) list: &'static str,
    pub(crate) page: u32,
    pub(crate) tries: u32,
    pub(crate) fault: Fault,
}

/// The error type of a call to Wonde or MyLogin. With this trait, you can write one function that runs the calls of
/// both services.
///
/// ```
/// use onroll::adapter::{AdapterError, Call, CallError, Request, Response, Step};
/// # async fn send(_: Request) -> Result<Response, AdapterError> { Err(AdapterError::NotSent) }
/// # async fn sleep(_: std::time::Duration) {}
/// async fn run<T, E: CallError>(mut call: Call<T, E>) -> Result<T, E> {
///     loop {
///         match call.step()? {
///             Step::Send(request) => call.answer(send(request).await),
///             Step::Wait(time) => sleep(time).await,
///             Step::Done(value) => return Ok(value),
///         }
///     }
/// }
/// ```
pub trait CallError: Clone {
    #[doc(hidden)]
    fn of_request(failed: Failed) -> Self;

    #[doc(hidden)]
    fn ended() -> Self;
}

/// A job that sends one or more requests to another service. Use it if you send requests yourself, for example in async
/// code.
///
/// ```
/// use onroll::wonde::Client;
/// use onroll::adapter::{AdapterError, Request, Response, Step};
/// # async fn send(_: Request) -> Result<Response, AdapterError> { Err(AdapterError::NotSent) }
/// # async fn sleep(_: std::time::Duration) {}
/// # async fn sync() -> Result<(), Box<dyn std::error::Error>> {
/// let mut call = Client::new("a-token")?.call_snapshot("A1329183376", None)?;
/// let snapshot = loop {
///     match call.step()? {
///         Step::Send(request) => call.answer(send(request).await),
///         Step::Wait(time) => sleep(time).await,
///         Step::Done(snapshot) => break snapshot,
///     }
/// };
/// # Ok(()) }
/// ```
#[must_use]
pub struct Call<T, E> {
    job: Box<dyn Job<T, E> + Send + Sync>,
    sender: Sender,
    at: PendingRequest,
    tries: RetryPolicy,
    state: CallState<T, E>,
}

/// The settings that all requests of a call share.
#[derive(Clone)]
pub(crate) struct Sender {
    pub(crate) authorization: Option<Private>,
    pub(crate) timeout: Duration,
    pub(crate) max_bytes: u64,
    /// The longest total wait in a call.
    pub(crate) patience: Duration,
}

/// The next step.
enum CallState<T, E> {
    Send,
    Wait(Duration),
    Done(T),
    Failed(E),
}

impl<T, E: CallError> Call<T, E> {
    pub(crate) fn new(sender: Sender, first: PendingRequest, job: impl Job<T, E> + Send + Sync + 'static) -> Self {
        let tries = RetryPolicy::new(sender.patience);
        Self { job: Box::new(job), sender, at: first, tries, state: CallState::Send }
    }

    /// Returns the next step. If you have not answered the last request, that request is returned again.
    ///
    /// # Errors
    /// Returns the reason why the call ended without a result. After that, every `step` returns the same error.
    pub fn step(&mut self) -> Result<Step<T>, E> {
        match mem::replace(&mut self.state, CallState::Send) {
            CallState::Send => Ok(Step::Send(self.request())),
            CallState::Wait(time) => Ok(Step::Wait(time)),
            CallState::Done(result) => {
                self.state = CallState::Failed(E::ended());
                Ok(Step::Done(result))
            }
            CallState::Failed(error) => {
                self.state = CallState::Failed(error.clone());
                Err(error)
            }
        }
    }

    /// Passes the result of the last request to the call.
    pub fn answer(&mut self, result: Result<Response, AdapterError>) {
        if !matches!(self.state, CallState::Send) {
            return;
        }
        self.state = match self.tries.judge(result, &self.request()) {
            RetryDecision::Take(response) => self.take(Some(response.body())),
            verdict => self.again(verdict),
        };
    }

    /// Passes the result to the job.
    fn take(&mut self, body: Option<&[u8]>) -> CallState<T, E> {
        match self.job.take(body) {
            Ok(Next::Send(ask)) => {
                self.at = ask;
                self.tries.renew();
                CallState::Send
            }
            Ok(Next::Done(result)) => CallState::Done(result),
            Err(JobError::Error(error)) => CallState::Failed(error),
            Err(JobError::NotJson) => {
                let verdict = self.tries.not_json(&self.request());
                self.again(verdict)
            }
        }
    }

    fn again(&mut self, verdict: RetryDecision) -> CallState<T, E> {
        let PendingRequest { list, page, tolerates, .. } = self.at;
        match verdict {
            RetryDecision::Again(wait) => CallState::Wait(wait),
            RetryDecision::Fail(fault) if tolerates.allows(fault) => self.take(None),
            RetryDecision::Fail(fault) => {
                CallState::Failed(E::of_request(Failed { list, page, tries: self.tries.made(), fault }))
            }
            RetryDecision::Take(_) => CallState::Send,
        }
    }

    fn request(&self) -> Request {
        let request = Request::new(self.at.method, self.at.url.as_str(), self.sender.timeout, self.sender.max_bytes)
            .with_header("accept", "application/json");
        let request = match self.at.authorization.as_ref().or(self.sender.authorization.as_ref()) {
            Some(authorization) => request.with_header("authorization", authorization.expose()),
            None => request,
        };
        match &self.at.body {
            Some(Body { content_type, text }) => request.with_body(content_type, text.expose()),
            None => request,
        }
    }

    /// Returns the name of the list that is being read, and the page number.
    pub(crate) fn at(&self) -> (&'static str, u32) {
        (self.at.list, self.at.page)
    }

    /// Returns the number of rows read so far.
    pub(crate) fn rows(&self) -> usize {
        self.job.rows()
    }

    /// Runs the whole call. The adapter sends the requests, and also waits before retries.
    ///
    /// ```
    /// use onroll::adapter::{Request, Response};
    /// let adapter = |_: Request| Ok(Response::new(200, r#"{"data": []}"#));
    /// assert!(onroll::wonde::Client::new("token")?.call_schools().run(&adapter)?.is_empty());
    /// # Ok::<(), onroll::wonde::WondeError>(())
    /// ```
    ///
    /// # Errors
    /// The same errors as [`step`](Self::step).
    pub fn run(self, adapter: &dyn Adapter) -> Result<T, E> {
        self.run_with_progress(adapter, |_| {})
    }

    /// Runs the call as [`run`](Self::run) does, and reports progress before each request.
    pub(crate) fn run_with_progress(mut self, adapter: &dyn Adapter, mut tell: impl FnMut(&Self)) -> Result<T, E> {
        loop {
            match self.step()? {
                Step::Send(request) => {
                    tell(&self);
                    self.answer(adapter.send(request));
                }
                Step::Wait(time) => adapter.wait(time),
                Step::Done(result) => return Ok(result),
            }
        }
    }
}

impl<T, E> fmt::Debug for Call<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("list", &self.at.list).field("page", &self.at.page).finish_non_exhaustive()
    }
}
