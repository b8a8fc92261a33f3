//! Sends requests to other services, with the host's callable or with the built-in adapter.

use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use onroll::mylogin::{self, MyLoginError};
use onroll::wonde::{self, WondeError};
use onroll::{Adapter, AdapterError, Http, Request, Response, Step};
use pyo3::exceptions::{PyException, PyOSError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};

use crate::errors;
use crate::input::{Text, argument, wrong};

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

/// Whether a call returns a coroutine, as far as `inspect` can see without calling it.
fn is_async(callable: &Bound<'_, PyAny>) -> PyResult<bool> {
    let inspect = callable.py().import("inspect")?;
    let is_async =
        |object: &Bound<'_, PyAny>| inspect.call_method1("iscoroutinefunction", (object,))?.extract::<bool>();
    Ok(is_async(callable)? || callable.get_type().getattr_opt("__call__")?.map_or(Ok(false), |call| is_async(&call))?)
}

fn async_callable(name: &str) -> PyErr {
    PyTypeError::new_err(format!(
        "{name} must not be async here: for an async {name}, use onroll.wonde.AsyncClient or onroll.mylogin.AsyncClient"
    ))
}

/// Returns the result of a host's callable. Fails if it is a coroutine, because nothing would await it.
pub(crate) fn not_async<'py>(given: Bound<'py, PyAny>, refuse: impl FnOnce() -> PyErr) -> PyResult<Bound<'py, PyAny>> {
    if !given.hasattr("__await__")? {
        return Ok(given);
    }
    if let Some(close) = given.getattr_opt("close")? {
        close.call0()?;
    }
    Err(refuse())
}

/// Returns the `TypeError` for a progress callable that is async.
pub(crate) fn async_progress() -> PyErr {
    PyTypeError::new_err("progress must not be async, because nothing awaits it")
}

/// The errors of a request to another service.
pub(crate) trait Asked {
    /// The name of the Python logger that records each exchange.
    const LOGGER: &str;

    fn of(py: Python<'_>, error: &Self) -> PyErr;

    /// Returns the Python exception. Its cause is the exception that the host's callable raised.
    fn raised(&self, py: Python<'_>, cause: Option<PyErr>) -> PyErr {
        let error = Self::of(py, self);
        error.set_cause(py, cause);
        error
    }
}

impl Asked for WondeError {
    const LOGGER: &str = "onroll.wonde";

    fn of(py: Python<'_>, error: &Self) -> PyErr {
        errors::of_wonde(py, error)
    }
}

impl Asked for MyLoginError {
    const LOGGER: &str = "onroll.mylogin";

    fn of(py: Python<'_>, error: &Self) -> PyErr {
        errors::of_mylogin(py, error)
    }
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

    /// Sends a request from a separate thread, so that Ctrl-C need not wait for the time-out. The thread ends by
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

/// Converts a request to the `Request` that a host's callable receives.
fn given<'py>(py: Python<'py>, request: &Request) -> PyResult<Bound<'py, PyAny>> {
    let given = py.import("onroll._adapter")?.getattr("Request")?;
    let headers = PyDict::new(py);
    for (name, value) in request.headers() {
        headers.set_item(name, value)?;
    }
    let body = request.body().map(|body| PyBytes::new(py, body.as_bytes()));
    let timeout = request.timeout().as_secs_f64();
    given.call1((request.method(), request.url(), headers, body, timeout, request.max_bytes()))
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
        self.log("INFO", || format!("waits {:.1} s before another try", time.as_secs_f64()));
        self.waited(time);
    }
}

impl Host<'_> {
    fn exchanged(&self, request: Request) -> Result<Response, AdapterError> {
        *lock(&self.cause) = None;
        match (&self.exchange.send, &self.http) {
            (Some(send), _) => Python::attach(|py| {
                let answered = given(py, &request).and_then(|request| send.bind(py).call1((request,)));
                let answered = answered.and_then(|given| not_async(given, || async_callable("send")));
                answered.and_then(|given| response(&given)).map_err(|error| match network(py, &error) {
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

/// A call that your event loop runs one step at a time, with `onroll._adapter.drive`.
#[pyclass(frozen, module = "onroll._onroll", name = "_Call")]
pub(crate) struct AsyncCall {
    steps: Mutex<Box<dyn Steps>>,
    /// The exception of your callable, if the last exchange ended with a network failure.
    cause: Mutex<Option<PyErr>>,
    progress: Option<Py<PyAny>>,
}

/// The next step of a call.
enum Next<'py> {
    Send(Request, (&'static str, u32, usize)),
    Wait(Duration),
    Done(Bound<'py, PyAny>),
}

/// A call to Wonde or to MyLogin.
trait Steps: Send {
    fn step<'py>(&mut self, py: Python<'py>, cause: Option<PyErr>) -> PyResult<Next<'py>>;
    fn answer(&mut self, result: Result<Response, AdapterError>);
}

type Made<T> = Box<dyn for<'py> Fn(Python<'py>, T) -> PyResult<Bound<'py, PyAny>> + Send>;

macro_rules! steps {
    ($call:ident, $progress:expr) => {
        impl<T: Send> Steps for ($call::Call<T>, Made<T>) {
            fn step<'py>(&mut self, py: Python<'py>, cause: Option<PyErr>) -> PyResult<Next<'py>> {
                match self.0.step().map_err(|error| error.raised(py, cause))? {
                    Step::Send(request) => Ok(Next::Send(request, $progress(&self.0))),
                    Step::Wait(time) => Ok(Next::Wait(time)),
                    Step::Done(done) => self.1(py, done).map(Next::Done),
                }
            }

            fn answer(&mut self, result: Result<Response, AdapterError>) {
                self.0.answer(result);
            }
        }
    };
}

steps!(wonde, |call: &wonde::Call<T>| {
    let at = call.progress();
    (at.list, at.page, at.students)
});
steps!(mylogin, |_: &mylogin::Call<T>| ("", 0, 0));

impl AsyncCall {
    pub(crate) fn wonde<T: Send + 'static>(
        call: wonde::Call<T>,
        progress: Option<Py<PyAny>>,
        made: impl for<'py> Fn(Python<'py>, T) -> PyResult<Bound<'py, PyAny>> + Send + 'static,
    ) -> Self {
        Self { steps: Mutex::new(Box::new((call, Box::new(made) as Made<T>))), cause: Mutex::default(), progress }
    }

    pub(crate) fn mylogin<T: Send + 'static>(
        call: mylogin::Call<T>,
        made: impl for<'py> Fn(Python<'py>, T) -> PyResult<Bound<'py, PyAny>> + Send + 'static,
    ) -> Self {
        Self { steps: Mutex::new(Box::new((call, Box::new(made) as Made<T>))), cause: Mutex::default(), progress: None }
    }
}

#[pymethods]
impl AsyncCall {
    /// Returns the next step: 'send' and the request, 'wait' and the seconds, or 'done' and the result.
    fn step<'py>(&self, py: Python<'py>) -> PyResult<(&'static str, Bound<'py, PyAny>)> {
        let next = lock(&self.steps).step(py, lock(&self.cause).take())?;
        match next {
            Next::Send(request, at) => {
                if let Some(progress) = &self.progress {
                    not_async(progress.bind(py).call1(at)?, async_progress)?;
                }
                Ok(("send", given(py, &request)?))
            }
            Next::Wait(time) => Ok(("wait", time.as_secs_f64().into_pyobject(py)?.into_any())),
            Next::Done(done) => Ok(("done", done)),
        }
    }

    /// Takes the response to the last request.
    fn answer(&self, py: Python<'_>, given: &Bound<'_, PyAny>) -> PyResult<()> {
        let response = response(given)?;
        crate::ending::detach(py, || lock(&self.steps).answer(Ok(response)));
        Ok(())
    }

    /// Takes the exception that your callable raised, and returns whether it is a network failure. If it returns False,
    /// raise the exception yourself.
    fn failed(&self, py: Python<'_>, error: &Bound<'_, PyAny>) -> bool {
        let error = PyErr::from_value(error.clone());
        let Some(failure) = network(py, &error) else { return false };
        *lock(&self.cause) = Some(error);
        crate::ending::detach(py, || lock(&self.steps).answer(Err(failure)));
        true
    }
}

/// Returns the adapter error for an exception that is a network failure in the common HTTP libraries. Returns None for
/// every other exception, which is the host's.
fn network(py: Python<'_>, error: &PyErr) -> Option<AdapterError> {
    if !error.is_instance_of::<PyException>(py) {
        return None;
    }
    let names: Vec<String> =
        error.get_type(py).mro().iter().filter_map(|class| class.getattr("__name__").ok()?.extract().ok()).collect();
    let is = |wanted: &str| names.iter().any(|name| name == wanted);
    if names.iter().any(|name| name.contains("Timeout")) {
        return Some(AdapterError::TimedOut);
    }
    // httpx, aiohttp and urllib3 have their own exception families. The exceptions of requests derive from OSError.
    let dropped = error.is_instance_of::<PyOSError>(py) || is("TransportError") || is("ClientError") || is("HTTPError");
    dropped.then_some(AdapterError::Unreachable)
}

/// Reads a response of any HTTP library, or an `onroll.wonde.Response`: its status, body and headers.
fn response(object: &Bound<'_, PyAny>) -> PyResult<Response> {
    let one_of = |names: [&str; 2]| -> PyResult<Option<Bound<'_, PyAny>>> {
        for name in names {
            if let Some(found) = object.getattr_opt(name)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    };
    let lacking = |what: &str| PyTypeError::new_err(format!("send must return a response with {what}"));
    let status = one_of(["status_code", "status"])?.ok_or_else(|| lacking("a status_code or a status"))?;
    let status: u16 = argument("the response's status", "an int", &status)?;
    let body = match one_of(["content", "body"])? {
        Some(body) => body,
        None => {
            let read = object.getattr_opt("read")?.ok_or_else(|| lacking("content, a body or read()"))?.call0()?;
            not_async(read, || {
                PyTypeError::new_err(
                    "the response's read() is async: return onroll.wonde.Response(status, await response.read(), response.headers)",
                )
            })?
        }
    };
    let body = match body.cast::<PyString>() {
        Ok(_) => String::from(argument::<Text>("the response's body", "bytes or str", &body)?).into_bytes(),
        Err(_) => argument("the response's body", "bytes or str", &body)?,
    };
    let mut made = Response::new(status, body);
    if let Some(headers) = object.getattr_opt("headers")?.filter(|headers| !headers.is_none()) {
        for pair in headers.call_method0("items")?.try_iter()? {
            if let Ok((name, value)) = pair?.extract::<(String, String)>() {
                made = made.header(name, value);
            }
        }
    }
    Ok(made)
}
