//! Reads the options of the functions that read, check, fix, mark or detect, and their `limits`. Also calls `progress`,
//! and lets Python handle Ctrl-C during long work.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use onroll::mapping::NamesFrom;
use onroll::{Limits, Reader};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::adapter::{async_progress, not_async};
use crate::ethnicity::ethnicities;
use crate::input::{Text, argument, count, no_choice, texts, wrong};
use crate::mapping::Mapping;
use crate::premium::PupilPremium;
use crate::values;
use crate::vocabulary::vocabulary;

/// A reader with the caller's options, and the state of its calls to Python.
pub(crate) struct Reading {
    pub(crate) reader: Reader,
    pub(crate) optional_columns: bool,
    progress: Option<Py<PyAny>>,
    seen: Arc<Mutex<Seen>>,
}

/// The state of the function that calls Python from time to time.
#[derive(Default)]
pub(crate) struct Seen {
    /// The time of the last call to Python.
    asked: Option<Instant>,
    /// The last progress that was reported: the bytes read, and the total.
    told: (u64, u64),
    /// The error that ended the work.
    stopped: Option<PyErr>,
}

impl Reading {
    /// Reads the options of `function`.
    #[expect(clippy::too_many_lines, reason = "one arm for each option")]
    pub(crate) fn of(function: &str, options: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        // Functions that read rows or tables have no option for the order of columns, and no progress in bytes.
        let reads_a_file = matches!(function, "read_csv" | "check_csv" | "fix_csv" | "mark_csv");
        let detects = function == "detect";
        let mut reader = Reader::new().threads(0);
        let mut progress = None;
        let (mut is_mapped, mut by_upn) = (false, false);
        let mut optional_columns = false;
        for (name, value) in options.into_iter().flatten() {
            let name: String = name.extract()?;
            let flag = || argument::<bool>(&name, "a bool", &value);
            reader = match name.as_str() {
                "sign_in" => reader.sign_in(values::sign_in(&value)?),
                // The functions in this list have no option `fix`: two of them always fix, and `detect` never does.
                "fix" if !matches!(function, "fix_csv" | "mark_csv" | "detect") => reader.fix(flag()?),
                "any_order" if reads_a_file => reader.any_order(flag()?),
                "mapping" if (reads_a_file || detects) && value.is_none() => reader,
                "mapping" if reads_a_file || detects => {
                    let mapping = value.cast::<Mapping>().map_err(|_| wrong("mapping", "a Mapping or None", &value))?;
                    is_mapped = true;
                    reader.mapping(&mapping.get().0)
                }
                "pupil_premium" if reads_a_file && value.is_none() => reader,
                "pupil_premium" if reads_a_file => {
                    let list = value.cast::<PupilPremium>();
                    by_upn = true;
                    reader.pupil_premium(
                        list.map_err(|_| wrong(&name, "a PupilPremium or None", &value))?.get().0.clone(),
                    )
                }
                "names_from" if detects && value.is_none() => reader,
                "names_from" if detects => {
                    let given: Text = argument(&name, "'preferred', 'legal' or None", &value)?;
                    let named = NamesFrom::named(&given);
                    reader.names_from(named.ok_or_else(|| no_choice(&name, NamesFrom::NAMES, &given))?)
                }
                "vocabulary" if (reads_a_file || detects) && value.is_none() => reader,
                "vocabulary" if reads_a_file || detects => reader.vocabulary(vocabulary(&value)?),
                "optional_columns" if !detects => {
                    optional_columns = flag()?;
                    reader.optional_columns(optional_columns)
                }
                "sheet" if (reads_a_file || detects) && value.is_none() => reader,
                "sheet" if reads_a_file || detects => {
                    let sheet: Text = argument(&name, "a str or None", &value)?;
                    reader.sheet(&*sheet)
                }
                "ethnicities" if value.is_none() => reader,
                "ethnicities" => reader.ethnicities(ethnicities(&value)?),
                "main_codes_only" if !detects => reader.main_codes_only(flag()?),
                "extra_columns" if reads_a_file => {
                    let given: Text = argument(&name, "'refuse' or 'ignore'", &value)?;
                    let choices = onroll::reader::ExtraColumns::ALL.map(onroll::reader::ExtraColumns::as_str);
                    reader.extra_columns(given.parse().map_err(|_| no_choice(&name, &choices, &given))?)
                }
                "accept" if reads_a_file => reader.accept(texts(&name, &value)?.into_iter().map(String::from)),
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
        if by_upn && !is_mapped {
            let message =
                "pupil_premium needs a mapping that names the column of UPNs; add mapping=detect(source).mapping";
            return Err(PyValueError::new_err(message));
        }
        let seen = Arc::default();
        let told = progress.as_ref().map(|progress: &Bound<'_, PyAny>| progress.clone().unbind());
        let reader = reader.watch(watch(told, Arc::clone(&seen)));
        Ok(Self { reader, optional_columns, progress: progress.map(Bound::unbind), seen })
    }

    /// Fails with the Python error that ended the reading, if there is one. Otherwise, if the reading is complete, it
    /// reports the total to the progress callable.
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

/// Returns a function that Rust calls while it works with the GIL released. From time to time, this function lets
/// Python handle its signals (Ctrl-C), and reports the progress.
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
        let asked = crate::ending::attach(|py| {
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

/// Fails with the Python error that ended the work, if there is one.
pub(crate) fn stopped(seen: &Mutex<Seen>) -> PyResult<()> {
    seen.lock().unwrap_or_else(PoisonError::into_inner).stopped.take().map_or(Ok(()), Err)
}

/// The keys of `limits`.
const LIMITS: [&str; 6] = ["file_bytes", "rows", "columns", "cell_bytes", "sheet_bytes", "problems"];

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
            "sheet_bytes" => limits.sheet_bytes = size()? as u64,
            "problems" => limits.problems = size()?,
            _ => {
                return Err(no_choice("a key of limits", &LIMITS, &name));
            }
        }
    }
    Ok(limits)
}
