//! Runs work off the main thread, and tells the garbage collector how much memory the results keep.

use std::panic::{AssertUnwindSafe, catch_unwind};

use napi::bindgen_prelude::{AsyncTask, ToNapiValue, TypeName};
use napi::{Env, Result, Task};

use crate::error;

/// Work that is done once, on a thread of Node's pool.
pub struct Job<T>(Option<Box<dyn FnOnce() -> Result<T> + Send>>);

/// A value that knows how many bytes it keeps outside JavaScript's heap.
pub(crate) trait Weigh {
    fn weight(&self) -> i64 {
        0
    }
}

impl Weigh for () {}
impl Weigh for String {}
impl Weigh for bool {}
impl Weigh for Vec<String> {}
impl Weigh for napi::bindgen_prelude::Buffer {}

pub(crate) fn job<T>(work: impl FnOnce() -> Result<T> + Send + 'static) -> AsyncTask<Job<T>>
where
    T: Send + Weigh + ToNapiValue + TypeName + 'static,
{
    AsyncTask::new(Job(Some(Box::new(work))))
}

/// Runs work, and turns a panic into an error.
pub(crate) fn caught<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(error::of_panic()))
}

/// Runs work synchronously.
pub(crate) fn now<T: Weigh>(env: Env, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let made = caught(work)?;
    env.adjust_external_memory(made.weight())?;
    Ok(made)
}

impl<T: Send + Weigh + ToNapiValue + TypeName + 'static> Task for Job<T> {
    type Output = T;
    type JsValue = T;

    fn compute(&mut self) -> Result<T> {
        match self.0.take() {
            Some(work) => caught(work),
            None => Err(error::of_panic()),
        }
    }

    fn resolve(&mut self, env: Env, made: T) -> Result<T> {
        env.adjust_external_memory(made.weight())?;
        Ok(made)
    }
}
