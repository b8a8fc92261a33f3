//! How far a reading is, for the host's watch.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::watch::Watch;

/// How far a reading is, for its watch; parts of a file share it.
pub(super) struct Progress<'p> {
    /// Seen from the thread of the caller alone.
    pub(super) watch: Option<&'p Watch>,
    pub(super) shared: &'p Shared,
    pub(super) of: usize,
}

#[derive(Default)]
pub(super) struct Shared {
    done: AtomicUsize,
    ended: AtomicBool,
}

impl Progress<'_> {
    /// Adds this number of bytes that have been read. Fails if the watch ends the reading.
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
