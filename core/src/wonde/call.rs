//! A call to Wonde, and its progress. Has the limits of every request (`sender`): time, size and patience.
//! `adapter/call.rs` runs the call.

use std::time::Duration;

use crate::adapter::{self, Adapter, CallError, Failed, Sender};
use crate::text::Private;

use super::error::WondeError;

/// A job that needs one or more requests to Wonde. Use a call if you send the requests yourself.
///
/// ```
/// use onroll::adapter::{AdapterError, Request, Response};
/// use onroll::wonde::{Call, Client, School, WondeError};
/// fn in_background(call: Call<Vec<School>>) -> Result<Vec<School>, WondeError> {
///     let adapter = |_: Request| Ok::<_, AdapterError>(Response::new(200, r#"{"data": []}"#));
///     call.run_with(&adapter, |progress| println!("page {} of {}", progress.page, progress.list))
/// }
/// assert!(in_background(Client::new("token")?.call_schools())?.is_empty());
/// # Ok::<(), WondeError>(())
/// ```
pub type Call<T> = adapter::Call<T, WondeError>;
/// The reason why a call to Wonde cannot use a response.
pub(super) type JobError = adapter::JobError<WondeError>;

/// The progress of a call.
///
/// ```
/// use onroll::wonde::Client;
/// let call = Client::new("token")?.call_snapshot("A1329183376", None)?;
/// let progress = call.progress();
/// assert_eq!((progress.list, progress.page, progress.students), ("students", 1, 0));
/// # Ok::<(), onroll::wonde::WondeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// The list that is being read: `students`, `deletions`, …
    pub list: &'static str,
    /// The next page, counted from 1.
    pub page: u32,
    /// The number of students read so far.
    pub students: usize,
}

impl<T> Call<T> {
    /// Returns the progress.
    ///
    /// ```
    /// # let call = onroll::wonde::Client::new("token")?.call_schools();
    /// let progress = call.progress();
    /// println!("reading page {} of {}", progress.page, progress.list);
    /// # Ok::<(), onroll::wonde::WondeError>(())
    /// ```
    pub fn progress(&self) -> Progress {
        let (list, page) = self.at();
        Progress { list, page, students: self.rows() }
    }

    /// Runs the call as [`run`](Self::run) does, and reports progress before each request.
    ///
    /// ```
    /// use onroll::adapter::{Request, Response};
    /// let adapter = |_: Request| Ok(Response::new(200, r#"{"data": []}"#));
    /// let call = onroll::wonde::Client::new("token")?.call_schools();
    /// call.run_with(&adapter, |progress| println!("page {}", progress.page))?;
    /// # Ok::<(), onroll::wonde::WondeError>(())
    /// ```
    ///
    /// # Errors
    /// [`WondeError`] if Wonde does not answer completely.
    pub fn run_with(self, adapter: &dyn Adapter, mut progress: impl FnMut(Progress)) -> Result<T, WondeError> {
        self.run_with_progress(adapter, |call| progress(call.progress()))
    }
}

impl CallError for WondeError {
    fn of_request(failed: Failed) -> Self {
        let Failed { list, page, tries, fault } = failed;
        Self::Exchange { list, page, tries, fault }
    }

    fn ended() -> Self {
        Self::Ended
    }
}

/// Returns the settings of every request to Wonde: its header and its limits.
pub(super) fn sender(token: &str) -> Sender {
    let authorization = Some(Private::new(format!("Bearer {token}")));
    Sender {
        authorization,
        timeout: Duration::from_secs(60),
        max_bytes: 32 << 20,
        patience: Duration::from_secs(15 * 60),
    }
}
