//! Splits a file into parts for threads: their number, and the memory that each reserves.

/// A part of a file that is worth a separate thread; smaller in tests, so that they have many.
pub(super) const SMALLEST_PART: usize = if cfg!(any(test, fuzzing)) { 48 } else { 1 << 20 };

/// The number of threads that a text of this size keeps busy.
pub(super) fn parts(threads: usize, bytes: usize) -> usize {
    threads.min(bytes / SMALLEST_PART).max(1)
}

/// The likely number of rows in a segment of this size, rather more than fewer, by the lines at its beginning. It is limited by
/// the shortest possible row, because a text may not continue as it begins.
pub(super) fn rows_in(bytes: &[u8]) -> impl Fn(usize) -> usize {
    const SHORTEST: usize = "A,A,1,A,Male,No,WBRI,No,No\n".len();
    let sample = bytes.get(..1 << 16).unwrap_or(bytes);
    let (lines, size) = (memchr::memchr_iter(b'\n', sample).count() + 1, sample.len().max(1));
    move |bytes| (bytes / size * (lines + lines / 64) + bytes % size * lines / size).min(bytes / SHORTEST + 1)
}
