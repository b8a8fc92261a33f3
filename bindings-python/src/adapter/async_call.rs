//! The Python class `_Call`: one call to Wonde or to MyLogin, which an async client runs step by step.

use std::sync::Mutex;
use std::time::Duration;

use onroll::adapter::{AdapterError, Request, Response, Step};
use onroll::mylogin;
use onroll::wonde;
use pyo3::prelude::*;

use super::exceptions::{Asked, async_progress, network, not_async};
use super::{lock, message};

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
                Ok(("send", message::request(py, &request)?))
            }
            Next::Wait(time) => Ok(("wait", time.as_secs_f64().into_pyobject(py)?.into_any())),
            Next::Done(done) => Ok(("done", done)),
        }
    }

    /// Takes the response to the last request.
    fn answer(&self, py: Python<'_>, given: &Bound<'_, PyAny>) -> PyResult<()> {
        let response = message::response(given)?;
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
