//! Doing a few things at once.

use std::panic::resume_unwind;
use std::thread;

/// Does a job with each of a few, the first on this thread and each other on one of its own. What was made, in their
/// order; a panic in a job is one here.
pub(crate) fn side_by_side<T: Send, R: Send>(each: impl IntoIterator<Item = T>, job: impl Fn(T) -> R + Sync) -> Vec<R> {
    let (job, mut each) = (&job, each.into_iter());
    let first = each.next();
    thread::scope(|scope| {
        let others: Vec<_> = each.map(|one| scope.spawn(move || job(one))).collect();
        let first = first.map(job);
        let others = others.into_iter().map(|other| other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        first.into_iter().chain(others).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_is_in_order() {
        assert_eq!(side_by_side(0..5, |number| number * 2), [0, 2, 4, 6, 8]);
        assert!(side_by_side([(); 0], |()| 1).is_empty());
        let threads = side_by_side(0..3, |_| thread::current().id());
        assert_eq!(threads[0], thread::current().id());
        assert!(threads[1] != threads[0] && threads[1] != threads[2]);
    }

    #[test]
    #[should_panic(expected = "the third")]
    fn a_panic_is_the_callers() {
        side_by_side(1..4, |number| assert!(number < 3, "the third"));
    }
}
