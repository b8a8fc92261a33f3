//! One thing asked of Wonde, and how far it is.

use std::time::Duration;

use crate::adapter::{self, Adapter, CallError, Failed, Sender};
use crate::text::Private;

use super::error::WondeError;

/// One thing asked of Wonde, in as many requests as it takes, for hosts that do the exchange themselves.
pub type Call<T> = adapter::Call<T, WondeError>;
/// Why a job of Wonde's cannot take a response.
pub(super) type Bad = adapter::Bad<WondeError>;

/// How far a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// What is being read: `students`, `deletions`, …
    pub list: &'static str,
    /// Which page of it comes next, counted from 1.
    pub page: u32,
    /// How many students have been read so far.
    pub students: usize,
}

impl<T> Call<T> {
    /// How far it is.
    pub fn progress(&self) -> Progress {
        let (list, page) = self.at();
        Progress { list, page, students: self.rows() }
    }

    /// [`run`](Self::run), told before each request how far it is.
    ///
    /// # Errors
    /// [`WondeError`]
    pub fn run_with(self, adapter: &dyn Adapter, mut progress: impl FnMut(Progress)) -> Result<T, WondeError> {
        self.run_told(adapter, |call| progress(call.progress()))
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

/// What every request to Wonde has.
pub(super) fn sender(token: &str) -> Sender {
    let authorization = Some(Private::new(format!("Bearer {token}")));
    Sender {
        authorization,
        timeout: Duration::from_secs(60),
        max_bytes: 32 << 20,
        patience: Duration::from_secs(15 * 60),
    }
}
