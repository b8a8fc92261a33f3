//! One thing asked of another service, in as many requests as it takes: which comes next, and what is tried again.

use std::fmt;
use std::mem;
use std::time::Duration;

use url::Url;

use crate::text::Private;

use super::{Adapter, AdapterError, Fault, Request, Response, Step, Tries, Verdict};

/// One request of a job.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) method: &'static str,
    pub(crate) url: Url,
    /// The whole header; that of the sender, where there is none.
    pub(crate) authorization: Option<Private>,
    pub(crate) body: Option<Body>,
    /// What is asked for, for errors and progress.
    pub(crate) list: &'static str,
    pub(crate) page: u32,
    /// Whether the job can do without it, where it may not be read.
    pub(crate) optional: bool,
}

/// What is sent with a request.
#[derive(Debug, Clone)]
pub(crate) struct Body {
    pub(crate) content_type: &'static str,
    pub(crate) text: Private,
}

impl Ask {
    pub(crate) fn get(url: Url, list: &'static str) -> Self {
        Self { method: "GET", url, authorization: None, body: None, list, page: 1, optional: false }
    }

    pub(crate) fn optional(self) -> Self {
        Self { optional: true, ..self }
    }
}

/// What a job wants next.
#[derive(Debug)]
pub(crate) enum Next<T> {
    Ask(Ask),
    Done(T),
}

/// Why a job cannot take a response.
#[derive(Debug)]
pub(crate) enum Bad<E> {
    /// Cut short, or no JSON: worth another try.
    NotJson,
    Error(E),
}

impl<E> From<E> for Bad<E> {
    fn from(error: E) -> Self {
        Self::Error(error)
    }
}

/// What is asked, and what the answers mean. It knows nothing of tries.
pub(crate) trait Job<T, E> {
    /// Takes the body of the answer to the last request; `None` where what it asked for may not be read.
    fn take(&mut self, body: Option<&[u8]>) -> Result<Next<T>, Bad<E>>;

    /// How many rows have been read.
    fn rows(&self) -> usize {
        0
    }
}

/// What went wrong with one request of a call.
#[derive(Debug, Clone, Copy)]
pub struct Failed {
    pub(crate) list: &'static str,
    pub(crate) page: u32,
    pub(crate) tries: u32,
    pub(crate) fault: Fault,
}

/// What a call ends with, where it does not end well: the error of Wonde or of MyLogin. With it, one function runs the calls of both.
///
/// ```
/// use onroll::{AdapterError, Call, CallError, Request, Response, Step};
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

/// One thing asked of another service, in as many requests as it takes, for hosts that do the exchange themselves: async ones
/// above all.
///
/// ```
/// use onroll::wonde::Client;
/// use onroll::{AdapterError, Request, Response, Step};
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
    at: Ask,
    tries: Tries,
    state: State<T, E>,
}

/// What every request has.
#[derive(Clone)]
pub(crate) struct Sender {
    pub(crate) authorization: Option<Private>,
    pub(crate) timeout: Duration,
    pub(crate) max_bytes: u64,
    /// So long all waiting of a call may take.
    pub(crate) patience: Duration,
}

/// What comes next.
enum State<T, E> {
    Send,
    Wait(Duration),
    Done(T),
    Failed(E),
}

impl<T, E: CallError> Call<T, E> {
    pub(crate) fn new(sender: Sender, first: Ask, job: impl Job<T, E> + Send + Sync + 'static) -> Self {
        let tries = Tries::new(sender.patience);
        Self { job: Box::new(job), sender, at: first, tries, state: State::Send }
    }

    /// What to do next. A request that was not answered is given again.
    ///
    /// # Errors
    /// Why there is no result, at which the call has ended; each further step gives the same.
    pub fn step(&mut self) -> Result<Step<T>, E> {
        match mem::replace(&mut self.state, State::Send) {
            State::Send => Ok(Step::Send(self.request())),
            State::Wait(time) => Ok(Step::Wait(time)),
            State::Done(result) => {
                self.state = State::Failed(E::ended());
                Ok(Step::Done(result))
            }
            State::Failed(error) => {
                self.state = State::Failed(error.clone());
                Err(error)
            }
        }
    }

    /// Takes what came of the last request.
    pub fn answer(&mut self, result: Result<Response, AdapterError>) {
        if !matches!(self.state, State::Send) {
            return;
        }
        self.state = match self.tries.judge(result, &self.request()) {
            Verdict::Take(response) => self.take(Some(response.body())),
            Verdict::Fail(Fault::Forbidden | Fault::NotFound) if self.at.optional => self.take(None),
            verdict => self.again(verdict),
        };
    }

    /// Gives the job what came.
    fn take(&mut self, body: Option<&[u8]>) -> State<T, E> {
        match self.job.take(body) {
            Ok(Next::Ask(ask)) => {
                self.at = ask;
                self.tries.renew();
                State::Send
            }
            Ok(Next::Done(result)) => State::Done(result),
            Err(Bad::Error(error)) => State::Failed(error),
            Err(Bad::NotJson) => {
                let verdict = self.tries.not_json(&self.request());
                self.again(verdict)
            }
        }
    }

    fn again(&self, verdict: Verdict) -> State<T, E> {
        let Ask { list, page, .. } = self.at;
        match verdict {
            Verdict::Again(wait) => State::Wait(wait),
            Verdict::Fail(fault) => {
                State::Failed(E::of_request(Failed { list, page, tries: self.tries.made(), fault }))
            }
            Verdict::Take(_) => State::Send,
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

    /// What is being asked for, and which page of it.
    pub(crate) fn at(&self) -> (&'static str, u32) {
        (self.at.list, self.at.page)
    }

    /// How many rows have been read.
    pub(crate) fn rows(&self) -> usize {
        self.job.rows()
    }

    /// Does all of it by an adapter, which also waits.
    ///
    /// # Errors
    /// As those of [`step`](Self::step).
    pub fn run(self, adapter: &dyn Adapter) -> Result<T, E> {
        self.run_told(adapter, |_| {})
    }

    /// [`run`](Self::run), telling of itself before each request.
    pub(crate) fn run_told(mut self, adapter: &dyn Adapter, mut tell: impl FnMut(&Self)) -> Result<T, E> {
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
