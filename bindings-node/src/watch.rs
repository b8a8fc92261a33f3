//! The progress of a reading on a different thread, and a way to end a reading or the making of a plan (`Watch`).

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use napi_derive::napi;
use onroll::Reader;

/// The progress of a reading and a way to end the reading, shared with the thread that reads.
#[napi]
#[derive(Clone, Default)]
pub struct Watch(Arc<Watched>);

#[derive(Default)]
struct Watched {
    ended: AtomicBool,
    done: AtomicI64,
    of: AtomicI64,
}

#[napi]
impl Watch {
    #[napi(constructor)]
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        Self::default()
    }

    #[napi(catch_unwind)]
    pub fn end(&self) {
        self.0.ended.store(true, Ordering::Relaxed);
    }

    #[napi(getter)]
    pub fn done(&self) -> i64 {
        self.0.done.load(Ordering::Relaxed)
    }

    #[napi(getter)]
    pub fn of(&self) -> i64 {
        self.0.of.load(Ordering::Relaxed)
    }
}

impl Watch {
    /// Returns whether the work continues.
    pub(crate) fn flow(&self) -> ControlFlow<()> {
        if self.0.ended.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    pub(crate) fn over(&self, reader: Reader) -> Reader {
        let watch = self.clone();
        reader.watch(move |done, of| {
            watch.0.done.store(done as i64, Ordering::Relaxed);
            watch.0.of.store(of as i64, Ordering::Relaxed);
            watch.flow()
        })
    }
}
