//! Asks the host whether to continue, every 64 KiB of a file (`WATCHED_BYTES`) and every 10,000 steps in other long
//! loops.

use std::fmt;
use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

/// The number of bytes of a file that are read between two questions.
pub(crate) const WATCHED_BYTES: usize = 1 << 16;
/// The number of steps that a loop takes between two questions.
const WATCHED_STEPS: u32 = 10_000;

/// A function that receives the progress of the work, as bytes done and total bytes, and returns whether to continue.
type WatchFn = dyn Fn(u64, u64) -> ControlFlow<()> + Send + Sync;

/// The function through which we ask the host, if the host gave one.
#[derive(Clone, Default)]
pub(crate) struct Watch(Option<Arc<WatchFn>>);

/// The host has cancelled the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cancelled;

impl From<Cancelled> for io::Error {
    fn from(_: Cancelled) -> Self {
        Self::new(io::ErrorKind::Interrupted, "the watch function cancelled the work")
    }
}

impl Watch {
    pub(crate) fn new(watch: impl Fn(u64, u64) -> ControlFlow<()> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(watch)))
    }

    /// Tells the host the progress in bytes, and asks whether to continue.
    pub(crate) fn see(&self, done: usize, of: usize) -> Result<(), Cancelled> {
        match self.0.as_ref().map(|watch| watch(done as u64, of as u64)) {
            Some(ControlFlow::Break(())) => Err(Cancelled),
            _ => Ok(()),
        }
    }

    /// Returns a counter for the steps of a loop that runs after all `of` bytes are read.
    pub(crate) fn steps(&self, of: usize) -> Steps<'_> {
        Steps { watch: self, of, left: WATCHED_STEPS }
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Watch" } else { "None" })
    }
}

/// Counts the steps of a long loop, and asks whether to continue.
#[derive(Debug)]
pub(crate) struct Steps<'w> {
    watch: &'w Watch,
    of: usize,
    left: u32,
}

impl Steps<'_> {
    /// Takes a step. Fails if the host cancels the work.
    #[inline]
    pub(crate) fn step(&mut self) -> Result<(), Cancelled> {
        self.left -= 1;
        if self.left > 0 {
            return Ok(());
        }
        self.left = WATCHED_STEPS;
        self.watch.see(self.of, self.of)
    }

    /// Takes many steps at once.
    pub(crate) fn take(&mut self, steps: usize) -> Result<(), Cancelled> {
        let steps = u32::try_from(steps).unwrap_or(u32::MAX);
        self.left = self.left.saturating_sub(steps).max(1);
        self.step()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn calls_the_progress_callback_every_10_000_steps_until_cancelled() {
        let asked = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&asked);
        let watch = Watch::new(move |done, of| {
            assert_eq!((done, of), (7, 7));
            if count.fetch_add(1, Ordering::Relaxed) == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        let mut steps = watch.steps(7);
        let taken = (0..100_000).take_while(|_| steps.step().is_ok()).count();
        assert_eq!((taken, asked.load(Ordering::Relaxed)), (29_999, 3));
        assert!((0..100_000).all(|_| Watch::default().steps(0).take(1 << 20).is_ok()));
    }
}
