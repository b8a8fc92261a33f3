//! Splits a file into parts for threads: finds the number of parts, and the number of rows for which each part reserves
//! memory.

/// The size of the smallest part of a file, in bytes, that is worth a separate thread.
pub(super) const SMALLEST_PART: usize = 1 << 20;

/// Returns the number of threads that a text of this size keeps busy, if each thread reads at least `smallest` bytes.
pub(super) fn parts(threads: usize, bytes: usize, smallest: usize) -> usize {
    threads.min(bytes / smallest).max(1)
}

/// Returns a function that estimates the number of rows in a segment from the segment's size. The estimate uses the
/// lines at the beginning of `bytes`, and is more often too high than too low. It never assumes rows shorter than the
/// shortest possible row, because the first lines can be unusual.
pub(super) fn rows_in(bytes: &[u8]) -> impl Fn(usize) -> usize {
    const SHORTEST: usize = "A,A,1,A,Male,No,WBRI,No,No\n".len();
    let sample = bytes.get(..1 << 16).unwrap_or(bytes);
    let (lines, size) = (memchr::memchr_iter(b'\n', sample).count() + 1, sample.len().max(1));
    move |bytes| (bytes / size * (lines + lines / 64) + bytes % size * lines / size).min(bytes / SHORTEST + 1)
}
