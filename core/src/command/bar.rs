//! Shows a progress bar if reading takes longer than a moment (`PATIENCE`).

use std::io::Write as _;
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A bar is shown after this time.
const PATIENCE: Duration = Duration::from_millis(300);
/// The least time between two updates of the bar.
const PACE: Duration = Duration::from_millis(50);
const WIDTH: usize = 30;

/// A bar on one line of standard error. The line is cleared before anything else is printed.
pub(super) struct Bar {
    begun: Instant,
    /// The time of the last update, if the bar is on the screen.
    shown: Mutex<Option<Duration>>,
}

impl Bar {
    /// Creates a bar for work that began at this time.
    pub(super) fn since(begun: Instant) -> Self {
        Self { begun, shown: Mutex::new(None) }
    }

    /// Shows how much of a file has been read.
    pub(super) fn show(&self, done: u64, of: u64) -> ControlFlow<()> {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = line(done, of, self.begun.elapsed(), &mut shown) {
            let _ = std::io::stderr().write_all(line.as_bytes());
        }
        ControlFlow::Continue(())
    }

    /// Clears the line.
    pub(super) fn clear(&self) {
        if self.shown.lock().unwrap_or_else(PoisonError::into_inner).take().is_some() {
            let _ = std::io::stderr().write_all(format!("\r{:50}\r", "").as_bytes());
        }
    }
}

/// Returns the line to show now, if an update is due. `shown` is the time of the last update.
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
    fn shows_the_progress_bar_only_for_long_work() {
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
