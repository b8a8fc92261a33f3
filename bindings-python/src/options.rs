//! The choices that reading, checking and fixing share.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use onroll::{Limits, Reader};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::input::{argument, wrong};
use crate::values;

/// A reader with the choices made, and what ended it early.
pub(crate) struct Reading {
    pub(crate) reader: Reader,
    pub(crate) optional_columns: bool,
    stopped: Arc<Mutex<Option<PyErr>>>,
}

impl Reading {
    /// Reads the choices of `function`.
    pub(crate) fn of(function: &str, options: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let mut reader = Reader::new().threads(0);
        let mut progress = None;
        let mut optional_columns = false;
        for (name, value) in options.into_iter().flatten() {
            let name: String = name.extract()?;
            let flag = || argument::<bool>(&name, "a bool", &value);
            reader = match name.as_str() {
                "sign_in" => reader.sign_in(values::sign_in(&value)?),
                // What fixes has no choice of it.
                "fix" if function != "fix_csv" => reader.fix(flag()?),
                "any_order" => reader.any_order(flag()?),
                "optional_columns" => {
                    optional_columns = flag()?;
                    reader.optional_columns(optional_columns)
                }
                "main_codes_only" => reader.main_codes_only(flag()?),
                "threads" if matches!(function, "read_csv" | "check_csv") => {
                    reader.threads(argument(&name, "an int of 0 or more", &value)?)
                }
                "limits" if value.is_none() => reader,
                "limits" => reader.limits(limits(&value)?),
                "progress" if value.is_none() => reader,
                "progress" if value.is_callable() => {
                    progress = Some(value.unbind());
                    reader
                }
                "progress" => return Err(wrong("progress", "callable", &value)),
                _ => {
                    let message = format!("{function}() got an unexpected keyword argument '{}'", name.escape_debug());
                    return Err(PyTypeError::new_err(message));
                }
            };
        }
        let stopped = Arc::new(Mutex::new(None));
        let reader = reader.watch(watch(progress, Arc::clone(&stopped)));
        Ok(Self { reader, optional_columns, stopped })
    }

    /// What ended the reading, if something of Python's did.
    pub(crate) fn stopped(&self) -> PyResult<()> {
        match self.stopped.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}

/// Lets Python see to its signals (Ctrl-C) and to a progress bar now and then, while Rust works without the GIL.
pub(crate) fn watch(
    progress: Option<Py<PyAny>>,
    stopped: Arc<Mutex<Option<PyErr>>>,
) -> impl Fn(u64, u64) -> ControlFlow<()> + Send + Sync {
    const PAUSE: Duration = Duration::from_millis(50);
    let last: Mutex<Option<Instant>> = Mutex::new(None);
    move |done, of| {
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_some_and(|last| last.elapsed() < PAUSE) {
            return ControlFlow::Continue(());
        }
        *last = Some(Instant::now());
        let seen = Python::attach(|py| {
            py.check_signals()?;
            progress.as_ref().map(|progress| progress.call1(py, (done, of))).transpose()
        });
        match seen {
            Ok(_) => ControlFlow::Continue(()),
            Err(error) => {
                *stopped.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                ControlFlow::Break(())
            }
        }
    }
}

fn limits(object: &Bound<'_, PyAny>) -> PyResult<Limits> {
    let mut limits = Limits::default();
    let dict: Bound<'_, PyDict> = object.cast().map_err(|_| wrong("limits", "a dict", object))?.clone();
    for (name, value) in dict {
        let name: String = argument("limits", "a dict with str keys", &name)?;
        let size = || argument::<usize>(&format!("limits['{name}']"), "a number from 0 on", &value);
        match name.as_str() {
            "file_bytes" => limits.file_bytes = size()? as u64,
            "rows" => limits.rows = size()? as u64,
            "columns" => limits.columns = size()?,
            "cell_bytes" => limits.cell_bytes = size()?,
            "problems" => limits.problems = size()?,
            _ => return Err(PyValueError::new_err(format!("there is no limit '{}'", name.escape_debug()))),
        }
    }
    Ok(limits)
}
