//! Allows only one sync of a school at a time (`Lock`, `Locks`).

use std::collections::HashSet;
use std::fmt;
use std::sync::Mutex;

use super::error::WondeError;

/// Prevents two syncs of one school at the same time, across all of your processes. Implement it with a row in your
/// database or an advisory lock. If you have only one process, use [`Locks`].
///
/// If a process dies, its lock should expire, for example after an hour.
///
/// ```
/// use std::collections::HashSet;
/// use std::sync::Mutex;
/// use onroll::wonde::{Exclusive, Lock};
/// /// A host with several processes uses a row of its database instead.
/// #[derive(Default)]
/// struct Busy(Mutex<HashSet<String>>);
/// impl Lock for Busy {
///     fn try_lock(&self, school_id: &str) -> bool {
///         self.0.lock().unwrap().insert(school_id.to_owned())
///     }
///     fn unlock(&self, school_id: &str) {
///         self.0.lock().unwrap().remove(school_id);
///     }
/// }
/// let busy = Busy::default();
/// let sync = Exclusive::of(&busy, "A1329183376");
/// assert!(sync.is_ok() && !busy.try_lock("A1329183376"));
/// drop(sync);
/// busy.unlock("A1329183376");
/// ```
pub trait Lock: Send + Sync {
    /// Takes the lock of a school without waiting. Returns false if another sync holds it.
    fn try_lock(&self, school_id: &str) -> bool;

    /// Releases the lock.
    fn unlock(&self, school_id: &str);
}

/// The lock of a school. Dropping this value releases the lock. Keep the value for the whole sync, from the first
/// request until the plan is applied.
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
    /// [`WondeError::Busy`] if another sync holds the lock.
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

/// An async version of [`Lock`], for example for an async database.
///
/// ```
/// use onroll::wonde::{AsyncLock, Locks};
/// async fn sync(lock: &impl AsyncLock) -> bool {
///     if !lock.try_lock("A1329183376").await {
///         return false; // another sync of this school is running
///     }
///     lock.unlock("A1329183376").await;
///     true
/// }
/// # let _ = sync(&Locks::default());
/// ```
pub trait AsyncLock: Send + Sync {
    /// Takes the lock of a school without waiting. Returns false if another sync holds it.
    fn try_lock(&self, school_id: &str) -> impl Future<Output = bool> + Send;

    /// Releases the lock.
    fn unlock(&self, school_id: &str) -> impl Future<Output = ()> + Send;
}

/// Takes the lock of a school, runs a sync, and releases the lock. If the future is dropped midway, the lock is not
/// released, so the lock must expire.
///
/// ```
/// use onroll::wonde::{AsyncLock, WondeError, exclusively};
/// async fn nightly(lock: &impl AsyncLock, school_id: &str) -> Result<usize, WondeError> {
///     exclusively(lock, school_id, async {
///         // Snapshot, plan, apply.
///         12
///     })
///     .await
/// }
/// ```
///
/// # Errors
/// [`WondeError::Busy`] if another sync holds the lock. In this case, the sync does not run.
pub async fn exclusively<L: AsyncLock, F: Future>(lock: &L, school_id: &str, sync: F) -> Result<F::Output, WondeError> {
    if !lock.try_lock(school_id).await {
        return Err(WondeError::Busy);
    }
    let done = sync.await;
    lock.unlock(school_id).await;
    Ok(done)
}

/// Locks for a single process.
///
/// ```
/// use onroll::wonde::{Exclusive, Locks};
/// let locks = Locks::default(); // one for the process
/// let syncs = ["A1329183376", "A1329183377"].map(|school| Exclusive::of(&locks, school).is_ok());
/// assert_eq!(syncs, [true, true]); // schools do not wait for each other
/// ```
#[derive(Debug, Default)]
pub struct Locks(Mutex<HashSet<String>>);

impl Lock for Locks {
    fn try_lock(&self, school_id: &str) -> bool {
        // The data is complete even after a thread panicked.
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(school_id.to_owned())
    }

    fn unlock(&self, school_id: &str) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(school_id);
    }
}

impl AsyncLock for Locks {
    async fn try_lock(&self, school_id: &str) -> bool {
        Lock::try_lock(self, school_id)
    }

    async fn unlock(&self, school_id: &str) {
        Lock::unlock(self, school_id);
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    /// Returns the result of a future that never waits.
    fn ready<T>(future: impl Future<Output = T>) -> T {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => value,
            Poll::Pending => panic!("nothing here waits"),
        }
    }

    #[test]
    fn runs_only_one_sync_of_a_school_at_a_time() {
        let locks = Locks::default();
        let busy = ready(exclusively(&locks, "A1", async { ready(exclusively(&locks, "A1", async { 1 })) }));
        assert!(matches!(busy, Ok(Err(WondeError::Busy))));
        assert!(matches!(ready(exclusively(&locks, "A1", async { 2 })), Ok(2)));
    }

    #[test]
    fn a_held_lock_can_move_to_another_thread() {
        fn is_send<T: Send>(value: T) -> T {
            value
        }
        let locks = Locks::default();
        drop(is_send(Exclusive::of(&locks, "A1").unwrap()));
        assert!(Exclusive::of(&locks, "A1").is_ok());
    }
}
