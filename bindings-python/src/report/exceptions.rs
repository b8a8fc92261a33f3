//! Converts errors that can have a report to Python exceptions. `errors.rs` converts most others.

use std::path::Path;

use onroll::ReadError;
use onroll::account::AccountError;
use onroll::password::PolicyError;
use pyo3::prelude::*;

use super::Report;
use crate::errors::{of_io, raise};

/// Converts an error of reading to a Python exception. An I/O error gets the path.
pub(crate) fn of_read(py: Python<'_>, error: ReadError, path: Option<&Path>, reader: Option<onroll::Reader>) -> PyErr {
    let message = error.to_string();
    let code = error.code();
    match error {
        ReadError::Rejected(report) => {
            let report = Report::new(report);
            raise(py, "RosterError", (message, code, Report { reader, ..report }))
        }
        ReadError::Io(error) => of_io(error, path),
        _ => raise(py, "OnrollError", (message, code)),
    }
}

/// Converts an error of making or changing accounts to a Python exception.
pub(crate) fn of_account(py: Python<'_>, error: AccountError, path: Option<&Path>) -> PyErr {
    let message = error.to_string();
    let code = error.code();
    match error {
        AccountError::Io(error) => of_io(error, path),
        AccountError::NotFound => raise(py, "AccountNotFound", (message, code)),
        AccountError::Rejected(report) => raise(py, "AccountError", (message, code, Report::new(report))),
        AccountError::Policy(PolicyError::Chosen(reason)) => {
            raise(py, "AccountError", (message, code, py.None(), reason.as_str()))
        }
        _ => raise(py, "AccountError", (message, code)),
    }
}
