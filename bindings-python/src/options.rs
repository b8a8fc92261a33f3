//! The choices that reading, checking and fixing share.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use onroll::{Limits, Reader};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::adapter::{async_progress, not_async};
use crate::input::{Text, argument, count, no_choice, wrong};
use crate::values;

/// A reader with the choices made, and what ended it early.
pub(crate) struct Reading {
    pub(crate) reader: Reader,
    pub(crate) optional_columns: bool,
    progress: Option<Py<PyAny>>,
    seen: Arc<Mutex<Seen>>,
}

/// What a watch has seen.
#[derive(Default)]
pub(crate) struct Seen {
    /// When Python was last asked.
    asked: Option<Instant>,
    /// What a progress bar was last told.
    told: (u64, u64),
    /// What ended the work.
    stopped: Option<PyErr>,
}

impl Reading {
    /// Reads the choices of `function`.
    pub(crate) fn of(function: &str, options: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        // Rows and tables have no order of columns, and no bytes of which so many are read.
        let reads_a_file = matches!(function, "read_csv" | "check_csv" | "fix_csv");
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
                "any_order" if reads_a_file => reader.any_order(flag()?),
                "optional_columns" => {
                    optional_columns = flag()?;
                    reader.optional_columns(optional_columns)
                }
                "main_codes_only" => reader.main_codes_only(flag()?),
                "threads" if matches!(function, "read_csv" | "check_csv") => reader.threads(count(&name, 0, &value)?),
                "limits" if value.is_none() => reader,
                "limits" => reader.limits(limits(&value)?),
                "progress" if reads_a_file && value.is_none() => reader,
                "progress" if reads_a_file && value.is_callable() => {
                    progress = Some(value);
                    reader
                }
                "progress" if reads_a_file => return Err(wrong("progress", "callable", &value)),
                _ => {
                    let message = format!("{function}() got an unexpected keyword argument '{}'", name.escape_debug());
                    return Err(PyTypeError::new_err(message));
                }
            };
        }
        let seen = Arc::default();
        let told = progress.as_ref().map(|progress: &Bound<'_, PyAny>| progress.clone().unbind());
        let reader = reader.watch(watch(told, Arc::clone(&seen)));
        Ok(Self { reader, optional_columns, progress: progress.map(Bound::unbind), seen })
    }

    /// What ended the reading, if something of Python's did. A reading that came to its end is told to the progress bar.
    pub(crate) fn ended(&self, py: Python<'_>, is_whole: bool) -> PyResult<()> {
        let (told, of) = {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(error) = seen.stopped.take() {
                return Err(error);
            }
            seen.told
        };
        match &self.progress {
            Some(progress) if is_whole && told < of => tell(py, progress, of, of),
            _ => Ok(()),
        }
    }
}

/// Lets Python see to its signals (Ctrl-C) and to a progress bar now and then, while Rust works without the GIL.
pub(crate) fn watch(
    progress: Option<Py<PyAny>>,
    seen: Arc<Mutex<Seen>>,
) -> impl Fn(u64, u64) -> ControlFlow<()> + Send + Sync {
    const PAUSE: Duration = Duration::from_millis(50);
    move |done, of| {
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.asked.is_some_and(|asked| asked.elapsed() < PAUSE) {
            return ControlFlow::Continue(());
        }
        seen.asked = Some(Instant::now());
        seen.told = (done, of);
        let asked = Python::attach(|py| {
            py.check_signals()?;
            progress.as_ref().map_or(Ok(()), |progress| tell(py, progress, done, of))
        });
        match asked {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                seen.stopped = Some(error);
                ControlFlow::Break(())
            }
        }
    }
}

fn tell(py: Python<'_>, progress: &Py<PyAny>, done: u64, of: u64) -> PyResult<()> {
    not_async(progress.bind(py).call1((done, of))?, async_progress).map(drop)
}

/// What ended a watched work, if something of Python's did.
pub(crate) fn stopped(seen: &Mutex<Seen>) -> PyResult<()> {
    seen.lock().unwrap_or_else(PoisonError::into_inner).stopped.take().map_or(Ok(()), Err)
}

/// The keys of `limits`.
const LIMITS: [&str; 5] = ["file_bytes", "rows", "columns", "cell_bytes", "problems"];

fn limits(object: &Bound<'_, PyAny>) -> PyResult<Limits> {
    let mut limits = Limits::default();
    let dict: Bound<'_, PyDict> = object.cast().map_err(|_| wrong("limits", "a dict", object))?.clone();
    for (name, value) in dict {
        let name: Text = argument("limits", "a dict with str keys", &name)?;
        let size = || count::<usize>(&format!("limits['{}']", &*name), 0, &value);
        match &*name {
            "file_bytes" => limits.file_bytes = size()? as u64,
            "rows" => limits.rows = size()? as u64,
            "columns" => limits.columns = size()?,
            "cell_bytes" => limits.cell_bytes = size()?,
            "problems" => limits.problems = size()?,
            _ => {
                return Err(no_choice("a key of limits", &LIMITS, &name));
            }
        }
    }
    Ok(limits)
}
