//! Converts requests to Python objects, and reads responses from Python objects.

use onroll::adapter::{Request, Response};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use super::exceptions::not_async;
use crate::input::{argument, bytes};

/// Converts a request to the `Request` that a host's callable receives.
pub(super) fn request<'py>(py: Python<'py>, request: &Request) -> PyResult<Bound<'py, PyAny>> {
    let given = py.import("onroll._adapter")?.getattr("Request")?;
    let headers = PyDict::new(py);
    for (name, value) in request.headers() {
        headers.set_item(name, value)?;
    }
    let body = request.body().map(|body| PyBytes::new(py, body.as_bytes()));
    let timeout = request.timeout().as_secs_f64();
    given.call1((request.method(), request.url(), headers, body, timeout, request.max_bytes()))
}

/// Reads a response of any HTTP library, or an `onroll.wonde.Response`: its status, body and headers.
pub(super) fn response(object: &Bound<'_, PyAny>) -> PyResult<Response> {
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
    let mut made = Response::new(status, bytes("the response's body", "bytes or str", &body)?);
    if let Some(headers) = object.getattr_opt("headers")?.filter(|headers| !headers.is_none()) {
        for pair in headers.call_method0("items")?.try_iter()? {
            if let Ok((name, value)) = pair?.extract::<(String, String)>() {
                made = made.header(name, value);
            }
        }
    }
    Ok(made)
}
