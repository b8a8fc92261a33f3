//! Runs the command `onroll`, whose code is in the core.

use std::ffi::OsString;

use pyo3::prelude::*;

/// Runs the command `onroll` on the standard streams of the process, and returns its exit code.
#[pyfunction]
pub(crate) fn run_command(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    crate::ending::detach(py, || onroll::command::run_process(arguments))
}
