//! How the bindings reach another service: by the host's callable, or by the built-in adapter.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use onroll::{Adapter, AdapterError, Http, Request, Response};
use pyo3::exceptions::{PyException, PyOSError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};

use crate::input::{Text, argument, wrong};

/// How a client does its exchanges.
pub(crate) struct Exchange {
    /// The built-in adapter where it is none.
    send: Option<Py<PyAny>>,
    /// `time.sleep` where it is none.
    wait: Option<Py<PyAny>>,
}

impl Exchange {
    pub(crate) fn new(send: Option<Bound<'_, PyAny>>, wait: Option<Bound<'_, PyAny>>) -> PyResult<Self> {
        for (name, callable) in [("send", &send), ("wait", &wait)] {
            if let Some(object) = callable.as_ref().filter(|object| !object.is_callable()) {
                return Err(wrong(name, "a callable", object));
            }
        }
        Ok(Self { send: send.map(Bound::unbind), wait: wait.map(Bound::unbind) })
    }

    /// Runs what asks another service, with the GIL let go. What the host's callables raise that is no failure of the network
    /// comes through.
    pub(crate) fn run<T: Send, E: Send>(
        &self,
        py: Python<'_>,
        ask: impl FnOnce(&Host<'_>) -> Result<T, E> + Send,
    ) -> PyResult<Result<T, E>> {
        let http = match self.send {
            Some(_) => None,
            None => Some(Http::new().map_err(|_| PyOSError::new_err("TLS could not be set up"))?),
        };
        let host = Host { exchange: self, http, raised: Mutex::new(None) };
        let done = py.detach(|| ask(&host));
        match host.raised.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(raised) => Err(raised),
            None => Ok(done),
        }
    }
}

/// A time-out in seconds.
pub(crate) fn seconds(name: &str, seconds: f64) -> PyResult<Duration> {
    let time = Duration::try_from_secs_f64(seconds).ok().filter(|time| !time.is_zero());
    time.ok_or_else(|| PyValueError::new_err(format!("{name} must be seconds, more than 0")))
}

/// What does the exchanges: the host's callable, or the built-in adapter.
pub(crate) struct Host<'e> {
    exchange: &'e Exchange,
    http: Option<Http>,
    /// What a callable raised that is no failure of the network: it ends the call, and is raised again.
    raised: Mutex<Option<PyErr>>,
}

impl Host<'_> {
    fn keep(&self, error: PyErr) {
        *self.raised.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    /// Calls something of the host's, unless another call of it has raised.
    pub(crate) fn tell(&self, call: impl FnOnce(Python<'_>) -> PyResult<()>) {
        if !self.has_raised() {
            Python::attach(call).unwrap_or_else(|error| self.keep(error));
        }
    }

    fn has_raised(&self) -> bool {
        self.raised.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn call(&self, py: Python<'_>, send: &Py<PyAny>, request: &Request) -> PyResult<Response> {
        let given = py.import("onroll._adapter")?.getattr("Request")?;
        let headers = PyDict::new(py);
        for (name, value) in request.headers() {
            headers.set_item(name, value)?;
        }
        let body = request.body().map(|body| PyBytes::new(py, body.as_bytes()));
        let timeout = request.timeout().as_secs_f64();
        let given = given.call1((request.method(), request.url(), headers, body, timeout, request.max_bytes()))?;
        response(&send.bind(py).call1((given,))?)
    }
}

impl Adapter for Host<'_> {
    fn send(&self, request: Request) -> Result<Response, AdapterError> {
        if self.has_raised() {
            return Err(AdapterError::NotSent);
        }
        match (&self.exchange.send, &self.http) {
            (Some(send), _) => Python::attach(|py| {
                self.call(py, send, &request).map_err(|error| match network(py, &error) {
                    Some(failure) => failure,
                    None => {
                        self.keep(error);
                        AdapterError::NotSent
                    }
                })
            }),
            (None, Some(http)) => http.send(request),
            (None, None) => Err(AdapterError::NotSent),
        }
    }

    fn wait(&self, time: Duration) {
        let waited = Python::attach(|py| {
            let seconds = time.as_secs_f64();
            match &self.exchange.wait {
                Some(wait) => wait.call1(py, (seconds,)).map(drop),
                None => py.import("time")?.call_method1("sleep", (seconds,)).map(drop),
            }
        });
        if let Err(error) = waited {
            self.keep(error);
        }
    }
}

/// Whether an exception is a failure of the network, as the libraries of the field raise them; all others are the host's.
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
    // httpx, aiohttp and urllib3 have families of their own; requests' is of OSError.
    let dropped = error.is_instance_of::<PyOSError>(py) || is("TransportError") || is("ClientError") || is("HTTPError");
    dropped.then_some(AdapterError::Unreachable)
}

/// The response of any HTTP library, or of onroll.wonde: a status, a body, headers.
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
        None => object.getattr_opt("read")?.ok_or_else(|| lacking("content, a body or read()"))?.call0()?,
    };
    let body = match body.cast::<PyString>() {
        Ok(_) => String::from(body.extract::<Text>()?).into_bytes(),
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
