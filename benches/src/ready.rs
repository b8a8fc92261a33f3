//! A job that is ready to run, and two functions that make one.

use std::any::Any;
use std::error::Error;
use std::rc::Rc;

/// A job that is ready. Each call returns a closure that runs the job once. Only this closure is measured. The closure
/// returns the job's result, so that dropping the result is not measured.
pub type ReadyJob = Box<dyn FnMut() -> Run>;

/// One run of a job.
pub type Run = Box<dyn FnOnce() -> Box<dyn Any>>;

pub(crate) type ReadyResult = Result<ReadyJob, Box<dyn Error>>;

/// Returns a job whose runs share one state.
pub(crate) fn with<S: 'static, T: 'static>(state: S, job: fn(&S) -> T) -> ReadyResult {
    let state = Rc::new(state);
    Ok(Box::new(move || {
        let state = Rc::clone(&state);
        Box::new(move || Box::new(job(&state)))
    }))
}

/// Returns a job whose every run gets its own copy of the state.
pub(crate) fn with_own<S: Clone + 'static, T: 'static>(
    state: S,
    job: impl Fn(S) -> T + Clone + 'static,
) -> ReadyResult {
    Ok(Box::new(move || {
        let (state, job) = (state.clone(), job.clone());
        Box::new(move || Box::new(job(state)))
    }))
}
