//! One sync of a school at a time.

use std::collections::HashSet;
use std::fmt;
use std::sync::Mutex;

use super::error::WondeError;

/// What keeps two syncs of one school apart: the host's, over all its processes, such as a row in its database or an
/// advisory lock. Where there is one process, [`Locks`].
///
/// A lock that outlives its process should end by itself, after an hour, say.
pub trait Lock {
    /// Takes the lock of a school, at once; false if another has it.
    fn try_lock(&self, school_id: &str) -> bool;

    /// Gives it back.
    fn unlock(&self, school_id: &str);
}

/// The lock of a school, held until this is dropped: for the whole of a sync, from the first request until the plan is applied.
///
/// ```
/// use onroll::wonde::{Exclusive, Locks};
/// let locks = Locks::default();
/// let sync = Exclusive::of(&locks, "A1329183376")?;
/// assert_eq!(Exclusive::of(&locks, "A1329183376").unwrap_err().reason(), "busy");
/// drop(sync);
/// assert!(Exclusive::of(&locks, "A1329183376").is_ok());
/// # Ok::<(), onroll::wonde::WondeError>(())
/// ```
#[must_use]
pub struct Exclusive<'l> {
    lock: &'l dyn Lock,
    school_id: String,
}

impl<'l> Exclusive<'l> {
    /// Takes the lock of a school.
    ///
    /// # Errors
    /// [`WondeError::Busy`] if another has it.
    pub fn of(lock: &'l dyn Lock, school_id: &str) -> Result<Self, WondeError> {
        if !lock.try_lock(school_id) {
            return Err(WondeError::Busy);
        }
        Ok(Self { lock, school_id: school_id.to_owned() })
    }
}

impl Drop for Exclusive<'_> {
    fn drop(&mut self) {
        self.lock.unlock(&self.school_id);
    }
}

impl fmt::Debug for Exclusive<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exclusive").field("school_id", &self.school_id).finish_non_exhaustive()
    }
}

/// Locks within one process.
#[derive(Debug, Default)]
pub struct Locks(Mutex<HashSet<String>>);

impl Lock for Locks {
    fn try_lock(&self, school_id: &str) -> bool {
        // What a thread that panicked left is whole all the same.
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(school_id.to_owned())
    }

    fn unlock(&self, school_id: &str) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(school_id);
    }
}
