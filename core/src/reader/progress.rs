//! Counts the bytes that were read, and reports them to the host's watch function. `watch.rs` decides how often.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::watch::Watch;

/// The progress of reading a file, which all parts of the file share.
pub(super) struct ReadProgress<'p> {
    /// The host's watch function, which only the caller's thread has.
    pub(super) watch: Option<&'p Watch>,
    pub(super) shared: &'p Shared,
    pub(super) of: usize,
}

#[derive(Default)]
pub(super) struct Shared {
    done: AtomicUsize,
    ended: AtomicBool,
}

impl ReadProgress<'_> {
    /// Adds `more` to the number of bytes that were read. Fails if the watch function cancels the reading.
    pub(super) fn see(&self, more: usize) -> io::Result<()> {
        let done = self.shared.done.fetch_add(more, Ordering::Relaxed) + more;
        let seen = match self.watch {
            Some(watch) => watch.see(done, self.of).map_err(io::Error::from),
            None if self.shared.ended.load(Ordering::Relaxed) => Err(io::ErrorKind::Interrupted.into()),
            None => Ok(()),
        };
        if seen.is_err() {
            self.shared.ended.store(true, Ordering::Relaxed);
        }
        seen
    }
}
