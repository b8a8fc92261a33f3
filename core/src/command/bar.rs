//! Shows a progress bar if reading takes longer than a moment.

use std::io::Write as _;
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// After so long a bar is worth showing.
const PATIENCE: Duration = Duration::from_millis(300);
/// The time between two changes.
const PACE: Duration = Duration::from_millis(50);
const WIDTH: usize = 30;

/// A bar on standard error, on one line that is blank again once something else is printed.
pub(super) struct Bar {
    begun: Instant,
    /// When it was shown last, if it is on the screen.
    shown: Mutex<Option<Duration>>,
}

impl Bar {
    /// A bar for what has been going on since then.
    pub(super) fn since(begun: Instant) -> Self {
        Self { begun, shown: Mutex::new(None) }
    }

    /// Shows how far a reading is.
    pub(super) fn show(&self, done: u64, of: u64) -> ControlFlow<()> {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = line(done, of, self.begun.elapsed(), &mut shown) {
            let _ = std::io::stderr().write_all(line.as_bytes());
        }
        ControlFlow::Continue(())
    }

    /// Makes the line blank.
    pub(super) fn clear(&self) {
        if self.shown.lock().unwrap_or_else(PoisonError::into_inner).take().is_some() {
            let _ = std::io::stderr().write_all(format!("\r{:50}\r", "").as_bytes());
        }
    }
}

/// The line to show now, if it is time for one. `shown` is when the last was.
fn line(done: u64, of: u64, elapsed: Duration, shown: &mut Option<Duration>) -> Option<String> {
    let is_due = shown.is_none_or(|last| elapsed.saturating_sub(last) >= PACE);
    if of == 0 || elapsed < PATIENCE || !is_due {
        return None;
    }
    *shown = Some(elapsed);
    let part =
        |whole: u64| usize::try_from(u128::from(done.min(of)) * u128::from(whole) / u128::from(of)).unwrap_or(WIDTH);
    Some(format!("[{:WIDTH$}] {:3}%\r", "#".repeat(part(WIDTH as u64)), part(100)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_progress_only_of_long_work() {
        let at = Duration::from_millis;
        let mut shown = None;
        assert_eq!(line(1, 100, at(1), &mut shown), None);
        assert_eq!(line(100, 100, at(299), &mut shown), None, "nothing is shown of a moment");
        assert_eq!(line(0, 0, at(400), &mut shown), None);
        let all_but = format!("[{} ]  99%\r", "#".repeat(29));
        assert_eq!(line(996, 1000, at(400), &mut shown), Some(all_but));
        assert_eq!(line(997, 1000, at(410), &mut shown), None, "no more often than is seen");
        let whole = format!("[{}] 100%\r", "#".repeat(30));
        assert_eq!(line(1000, 1000, at(450), &mut shown), Some(whole));
    }
}
