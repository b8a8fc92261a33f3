//! Ends a process while other threads still read or plan.
//!
//! A daemon thread must not attach to an interpreter that is being finalised: before Python 3.13, that crashes the
//! process. So once the process ends, a daemon thread that is about to attach waits for ever. [`end_process`] waits for
//! the threads that are already attaching.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use pyo3::prelude::*;

/// The thread that ends the process. It is set when the process begins to end.
static ENDS_ON: OnceLock<ThreadId> = OnceLock::new();
/// The number of threads that are attaching again, or that run a function of the host in the middle of our work.
static COMING_BACK: AtomicUsize = AtomicUsize::new(0);
/// The longest time that [`end_process`] waits for threads that run the host's functions. The wait has a limit, because
/// such a function may never return.
const LONGEST: Duration = Duration::from_secs(2);

/// Runs work detached from the interpreter, so that other Python threads can run.
pub(crate) fn detach<T: Send>(py: Python<'_>, work: impl Send + FnOnce() -> T) -> T {
    let done = py.detach(|| {
        let done = work();
        come_back();
        done
    });
    COMING_BACK.fetch_sub(1, Ordering::SeqCst);
    done
}

/// Runs work attached to the interpreter, on a thread that was detached from it.
pub(crate) fn attach<T>(work: impl FnOnce(Python<'_>) -> T) -> T {
    come_back();
    let done = Python::attach(work);
    COMING_BACK.fetch_sub(1, Ordering::SeqCst);
    done
}

/// Counts this thread as attaching. If another thread is ending the process, this function never returns.
fn come_back() {
    COMING_BACK.fetch_add(1, Ordering::SeqCst);
    if ENDS_ON.get().is_some_and(|thread| *thread != thread::current().id()) {
        COMING_BACK.fetch_sub(1, Ordering::SeqCst);
        loop {
            thread::park();
        }
    }
}

/// Marks the process as ending, and waits for the threads that are attaching. Python calls this function at exit, when
/// every thread that is not a daemon has ended.
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

/// Registers [`end_process`], so that Python calls it at exit.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let function = wrap_pyfunction!(end_process, module)?;
    module.py().import("atexit")?.call_method1("register", (function,))?;
    Ok(())
}
