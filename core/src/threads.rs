//! Runs a few jobs in parallel. `reader/parts.rs` decides into how many parts a file is split.

use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Runs a job on each item, and returns the results in order. The first job runs on this thread, and every other job on
/// a separate thread. If a thread cannot start (a process limit, WebAssembly), its job runs on this thread.
///
/// # Panics
/// If a job panics, this function panics too.
pub(crate) fn side_by_side<T: Send, R: Send>(
    items: impl IntoIterator<Item = T>,
    job: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    let (job, mut items) = (&job, items.into_iter());
    let Some(first) = items.next() else { return Vec::new() };
    let others: Vec<Mutex<Option<T>>> = items.map(|item| Mutex::new(Some(item))).collect();
    let run = |slot: &Mutex<Option<T>>| slot.lock().unwrap_or_else(PoisonError::into_inner).take().map(job);
    thread::scope(|scope| {
        let spawn = |slot| thread::Builder::new().spawn_scoped(scope, move || run(slot));
        let threads: Vec<_> = others.iter().map(spawn).collect();
        let mut results = vec![job(first)];
        for (slot, thread) in others.iter().zip(threads) {
            results.extend(match thread {
                Ok(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
                Err(_) => run(slot),
            });
        }
        results
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn returns_the_results_of_parallel_jobs_in_order() {
        assert_eq!(side_by_side(0..5, |number| number * 2), [0, 2, 4, 6, 8]);
        assert!(side_by_side([(); 0], |()| 1).is_empty());
        let threads = side_by_side(0..3, |_| thread::current().id());
        assert_eq!(threads[0], thread::current().id());
        assert!(threads[1] != threads[0] && threads[1] != threads[2]);
    }

    #[test]
    #[should_panic(expected = "the third")]
    fn a_panic_in_a_job_reaches_the_caller() {
        side_by_side(1..4, |number| assert!(number < 3, "the third"));
    }
}
