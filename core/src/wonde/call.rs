//! One thing asked of Wonde, in as many requests as it takes: which comes next, and what is tried again.

use std::fmt;
use std::mem;
use std::time::Duration;

use url::Url;

use crate::adapter::{Adapter, AdapterError, Fault, Request, Response, Step, Tries, Verdict};
use crate::text::Private;

use super::error::WondeError;

/// A request of a job, before it has its token.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    pub(super) method: &'static str,
    pub(super) url: Url,
    pub(super) body: Option<Private>,
    /// What is asked for, for errors and progress.
    pub(super) list: &'static str,
    pub(super) page: u32,
    /// Whether the job can do without it, where the token may not read it.
    pub(super) optional: bool,
}

impl Ask {
    pub(super) fn get(url: Url, list: &'static str) -> Self {
        Self { method: "GET", url, body: None, list, page: 1, optional: false }
    }

    pub(super) fn optional(self) -> Self {
        Self { optional: true, ..self }
    }
}

/// What a job wants next.
#[derive(Debug)]
pub(super) enum Next<T> {
    Ask(Ask),
    Done(T),
}

/// Why a job cannot take a response.
#[derive(Debug)]
pub(super) enum Bad {
    /// Cut short, or no JSON: worth another try.
    NotJson,
    Error(WondeError),
}

impl From<WondeError> for Bad {
    fn from(error: WondeError) -> Self {
        Self::Error(error)
    }
}

/// What is asked, and what the answers mean. It knows nothing of tries.
pub(super) trait Job<T> {
    /// Takes the body of the answer to the last request; `None` where the token may not read what it asked for.
    fn take(&mut self, body: Option<&[u8]>) -> Result<Next<T>, Bad>;

    /// How many rows have been read.
    fn rows(&self) -> usize {
        0
    }
}

/// How far a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// What is being read: `students`, `deletions`, …
    pub list: &'static str,
    /// Which page of it comes next, counted from 1.
    pub page: u32,
    /// How many students have been read so far.
    pub students: usize,
}

/// One thing asked of Wonde, in as many requests as it takes, for hosts that do the exchange themselves: async ones above all.
///
/// ```
/// use onroll::wonde::Client;
/// use onroll::{AdapterError, Request, Response, Step};
/// # async fn send(_: Request) -> Result<Response, AdapterError> { Err(AdapterError::NotSent) }
/// # async fn sleep(_: std::time::Duration) {}
/// # async fn sync() -> Result<(), Box<dyn std::error::Error>> {
/// let mut call = Client::new("a token")?.call_snapshot("A1329183376", None)?;
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
pub struct Call<T> {
    job: Box<dyn Job<T> + Send + Sync>,
    sender: Sender,
    at: Ask,
    tries: Tries,
    state: State<T>,
}

/// What every request has.
#[derive(Clone)]
pub(super) struct Sender {
    pub(super) token: Private,
    pub(super) timeout: Duration,
}

/// What comes next.
enum State<T> {
    Send,
    Wait(Duration),
    Done(T),
    Failed(WondeError),
}

impl<T> Call<T> {
    pub(super) fn new(sender: Sender, first: Ask, job: impl Job<T> + Send + Sync + 'static) -> Self {
        Self { job: Box::new(job), sender, at: first, tries: Tries::default(), state: State::Send }
    }

    /// What to do next. A request that was not answered is given again.
    ///
    /// # Errors
    /// [`WondeError`], at which the call has ended; each further step gives the same.
    pub fn step(&mut self) -> Result<Step<T>, WondeError> {
        match mem::replace(&mut self.state, State::Send) {
            State::Send => Ok(Step::Send(self.request())),
            State::Wait(time) => Ok(Step::Wait(time)),
            State::Done(result) => {
                self.state = State::Failed(WondeError::Ended);
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
        self.state = match self.tries.judge(result, self.request().max_bytes()) {
            Verdict::Take(response) => self.take(Some(response.body())),
            Verdict::Fail(Fault::Forbidden | Fault::NotFound) if self.at.optional => self.take(None),
            verdict => self.again(verdict),
        };
    }

    /// Gives the job what came.
    fn take(&mut self, body: Option<&[u8]>) -> State<T> {
        match self.job.take(body) {
            Ok(Next::Ask(ask)) => {
                self.at = ask;
                self.tries.renew();
                State::Send
            }
            Ok(Next::Done(result)) => State::Done(result),
            Err(Bad::Error(error)) => State::Failed(error),
            Err(Bad::NotJson) => {
                let verdict = self.tries.not_json();
                self.again(verdict)
            }
        }
    }

    fn again(&self, verdict: Verdict) -> State<T> {
        let Ask { list, page, .. } = self.at;
        match verdict {
            Verdict::Again(wait) => State::Wait(wait),
            Verdict::Fail(fault) => State::Failed(WondeError::Exchange { list, page, tries: self.tries.made(), fault }),
            Verdict::Take(_) => State::Send,
        }
    }

    fn request(&self) -> Request {
        let request = Request::new(self.at.method, self.at.url.as_str())
            .with_timeout(self.sender.timeout)
            .with_header("authorization", &format!("Bearer {}", self.sender.token.expose()))
            .with_header("accept", "application/json");
        match &self.at.body {
            Some(body) => request.with_body("application/json", body.expose()),
            None => request,
        }
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        Progress { list: self.at.list, page: self.at.page, students: self.job.rows() }
    }

    /// Does all of it by an adapter, which also waits.
    ///
    /// # Errors
    /// [`WondeError`]
    pub fn run(self, adapter: &dyn Adapter) -> Result<T, WondeError> {
        self.run_with(adapter, |_| {})
    }

    /// [`run`](Self::run), told before each request how far it is.
    ///
    /// # Errors
    /// [`WondeError`]
    pub fn run_with(mut self, adapter: &dyn Adapter, mut progress: impl FnMut(Progress)) -> Result<T, WondeError> {
        loop {
            match self.step()? {
                Step::Send(request) => {
                    progress(self.progress());
                    self.answer(adapter.send(request));
                }
                Step::Wait(time) => adapter.wait(time),
                Step::Done(result) => return Ok(result),
            }
        }
    }
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("progress", &self.progress()).finish_non_exhaustive()
    }
}
