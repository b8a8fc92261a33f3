//! The end of a process while other threads still read or plan.
//!
//! A daemon thread must not come back to an interpreter that is being taken down: before Python 3.13 that crashes the process. So once the
//! process ends, such a thread waits for ever where it would come back, and the end waits for those that are coming back already.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use pyo3::prelude::*;

/// The thread that ends the process, once it does.
static ENDS_ON: OnceLock<ThreadId> = OnceLock::new();
/// How many threads are coming back, or run a function of the host from within our work.
static COMING_BACK: AtomicUsize = AtomicUsize::new(0);
/// The longest time that the end of a process waits for them: a function of the host may never return.
const LONGEST: Duration = Duration::from_secs(2);

/// Runs work without the interpreter, so that other threads of Python run.
pub(crate) fn detach<T: Send>(py: Python<'_>, work: impl Send + FnOnce() -> T) -> T {
    let done = py.detach(|| {
        let done = work();
        come_back();
        done
    });
    COMING_BACK.fetch_sub(1, Ordering::SeqCst);
    done
}

/// Runs work with the interpreter, on a thread that has been detached from it.
pub(crate) fn attach<T>(work: impl FnOnce(Python<'_>) -> T) -> T {
    come_back();
    let done = Python::attach(work);
    COMING_BACK.fetch_sub(1, Ordering::SeqCst);
    done
}

/// Counts this thread among those that come back; if the process ends, it does not.
fn come_back() {
    COMING_BACK.fetch_add(1, Ordering::SeqCst);
    if ENDS_ON.get().is_some_and(|thread| *thread != thread::current().id()) {
        COMING_BACK.fetch_sub(1, Ordering::SeqCst);
        loop {
            thread::park();
        }
    }
}

/// Says that the process ends. Python calls it at exit, when every thread that is not a daemon has ended.
#[pyfunction]
pub(crate) fn end_process(py: Python<'_>) {
    let _ = ENDS_ON.set(thread::current().id());
    py.detach(|| {
        let since = Instant::now();
        while COMING_BACK.load(Ordering::SeqCst) > 0 && since.elapsed() < LONGEST {
            thread::sleep(Duration::from_millis(1));
        }
    });
}

/// Has Python call [`end_process`] at exit.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let function = wrap_pyfunction!(end_process, module)?;
    module.py().import("atexit")?.call_method1("register", (function,))?;
    Ok(())
}
