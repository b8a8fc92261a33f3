//! Sends the requests of a client with the host's callable `send` or with the built-in adapter, and waits between them.
//! The core decides which request comes next, and when to retry.

mod async_call;
mod exceptions;
mod message;

use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use onroll::adapter::{Adapter, AdapterError, Http, Request, Response};
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;

use crate::input::wrong;

pub(crate) use async_call::AsyncCall;
use exceptions::{Asked, async_callable, network};
pub(crate) use exceptions::{async_progress, not_async};

/// How a client sends requests and waits between them.
pub(crate) struct Exchange {
    /// The host's callable that sends. None means the built-in adapter.
    send: Option<Py<PyAny>>,
    /// The host's callable that waits. None means `time.sleep`.
    wait: Option<Py<PyAny>>,
}

impl Exchange {
    pub(crate) fn new(send: Option<Bound<'_, PyAny>>, wait: Option<Bound<'_, PyAny>>) -> PyResult<Self> {
        for (name, callable) in [("send", &send), ("wait", &wait)] {
            let Some(object) = callable else { continue };
            if !object.is_callable() {
                return Err(wrong(name, "a callable", object));
            }
            if is_async(object)? {
                return Err(async_callable(name));
            }
        }
        Ok(Self { send: send.map(Bound::unbind), wait: wait.map(Bound::unbind) })
    }

    /// Runs requests to another service, with the GIL released. If a host's callable raises an exception, the exception
    /// is raised again. But a network failure becomes the cause of a `WondeError` or a `MyLoginError`.
    pub(crate) fn run<T: Send, E: Asked + Send>(
        &self,
        py: Python<'_>,
        ask: impl FnOnce(&Host<'_>) -> Result<T, E> + Send,
    ) -> PyResult<T> {
        let http = match self.send {
            Some(_) => None,
            None => Some(Http::new().map_err(|_| PyOSError::new_err("TLS could not be set up"))?),
        };
        let host = Host { exchange: self, http, logger: E::LOGGER, raised: Mutex::default(), cause: Mutex::default() };
        let done = crate::ending::detach(py, || ask(&host));
        if let Some(raised) = lock(&host.raised).take() {
            return Err(raised);
        }
        done.map_err(|error| error.raised(py, lock(&host.cause).take()))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns whether a callable returns a coroutine, as far as `inspect` can see without calling it.
fn is_async(callable: &Bound<'_, PyAny>) -> PyResult<bool> {
    let inspect = callable.py().import("inspect")?;
    let is_async =
        |object: &Bound<'_, PyAny>| inspect.call_method1("iscoroutinefunction", (object,))?.extract::<bool>();
    Ok(is_async(callable)? || callable.get_type().getattr_opt("__call__")?.map_or(Ok(false), |call| is_async(&call))?)
}

/// Returns a time-out from its seconds, which must be more than 0.
pub(crate) fn seconds(name: &str, seconds: f64) -> PyResult<Duration> {
    let time = Duration::try_from_secs_f64(seconds).ok().filter(|time| !time.is_zero());
    time.ok_or_else(|| PyValueError::new_err(format!("{name} must be more than 0 seconds, not {seconds}")))
}

/// Sends the requests of one call, with the host's callable or with the built-in adapter.
pub(crate) struct Host<'e> {
    exchange: &'e Exchange,
    http: Option<Http>,
    logger: &'static str,
    /// An exception from a host's callable, if it is not a network failure. It ends the call, and is raised again.
    raised: Mutex<Option<PyErr>>,
    /// The exception of the host's callable, if the last exchange ended with a network failure.
    cause: Mutex<Option<PyErr>>,
}

impl Host<'_> {
    fn keep(&self, error: PyErr) {
        *lock(&self.raised) = Some(error);
    }

    /// Runs `call`, which calls the host's code. Does nothing if an earlier call raised an exception.
    pub(crate) fn tell(&self, call: impl FnOnce(Python<'_>) -> PyResult<()>) {
        if !self.has_raised() {
            Python::attach(call).unwrap_or_else(|error| self.keep(error));
        }
    }

    fn has_raised(&self) -> bool {
        lock(&self.raised).is_some()
    }

    /// Writes to the Python logger, if the program has imported `logging`. Errors of the logger are ignored, because
    /// they must not end a sync.
    fn log(&self, level: &str, message: impl FnOnce() -> String) {
        let _ = Python::attach(|py| -> PyResult<()> {
            let modules = py.import("sys")?.getattr("modules")?;
            let Ok(logging) = modules.get_item("logging") else { return Ok(()) };
            let logger = logging.call_method1("getLogger", (self.logger,))?;
            let number = logging.getattr(level)?;
            if logger.call_method1("isEnabledFor", (&number,))?.is_truthy()? {
                logger.call_method1("log", (number, "%s", message()))?;
            }
            Ok(())
        });
    }

    /// Sends a request from a separate thread, because Ctrl-C must not wait for the time-out. The thread ends by
    /// itself.
    fn send_watched(&self, http: &Http, request: Request) -> Result<Response, AdapterError> {
        const PAUSE: Duration = Duration::from_millis(50);
        let (give, take) = mpsc::sync_channel(1);
        let (other, asked) = (http.clone(), request.clone());
        let begun = thread::Builder::new().spawn(move || drop(give.send(other.send(asked))));
        if begun.is_err() {
            return http.send(request);
        }
        loop {
            match take.recv_timeout(PAUSE) {
                Ok(done) => return done,
                Err(mpsc::RecvTimeoutError::Disconnected) => return Err(AdapterError::Unreachable),
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    if let Err(interrupt) = Python::attach(|py| py.check_signals()) {
                        self.keep(interrupt);
                        return Err(AdapterError::NotSent);
                    }
                }
            }
        }
    }
}

impl Adapter for Host<'_> {
    fn send(&self, request: Request) -> Result<Response, AdapterError> {
        if self.has_raised() {
            return Err(AdapterError::NotSent);
        }
        // The log leaves out the token and the query, because an address may contain a secret.
        let asked = format!("{} {}", request.method(), request.url().split('?').next().unwrap_or_default());
        let begun = Instant::now();
        let answered = self.exchanged(request);
        let took = begun.elapsed().as_secs_f64();
        match &answered {
            Ok(response) => self.log("DEBUG", || format!("{asked}: {} in {took:.2} s", response.status())),
            Err(error) => self.log("WARNING", || format!("{asked}: {error} after {took:.2} s")),
        }
        answered
    }

    fn wait(&self, time: Duration) {
        self.log("INFO", || format!("waits {:.1} s before the next try", time.as_secs_f64()));
        self.waited(time);
    }
}

impl Host<'_> {
    fn exchanged(&self, request: Request) -> Result<Response, AdapterError> {
        *lock(&self.cause) = None;
        match (&self.exchange.send, &self.http) {
            (Some(send), _) => Python::attach(|py| {
                let answered = message::request(py, &request).and_then(|request| send.bind(py).call1((request,)));
                let answered = answered.and_then(|given| not_async(given, || async_callable("send")));
                answered.and_then(|given| message::response(&given)).map_err(|error| match network(py, &error) {
                    Some(failure) => {
                        *lock(&self.cause) = Some(error);
                        failure
                    }
                    None => {
                        self.keep(error);
                        AdapterError::NotSent
                    }
                })
            }),
            (None, Some(http)) => self.send_watched(http, request),
            (None, None) => Err(AdapterError::NotSent),
        }
    }

    fn waited(&self, time: Duration) {
        let waited = Python::attach(|py| {
            let seconds = time.as_secs_f64();
            match &self.exchange.wait {
                Some(wait) => not_async(wait.bind(py).call1((seconds,))?, || async_callable("wait")).map(drop),
                None => py.import("time")?.call_method1("sleep", (seconds,)).map(drop),
            }
        });
        if let Err(error) = waited {
            self.keep(error);
        }
    }
}
