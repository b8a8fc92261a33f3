//! Finds the offset at which a cell starts in the raw text of its row, for problems that mention the cell.

/// Returns the offset at which a cell starts in the raw text of its row.
pub(crate) fn cell_start(row: &[u8], delimiter: u8, index: usize) -> usize {
    cell_starts(row, delimiter).nth(index).unwrap_or(row.len())
}

/// Returns the offset at which each cell starts in the raw text of its row.
pub(crate) fn cell_starts(row: &[u8], delimiter: u8) -> impl Iterator<Item = usize> {
    let mut at = 0;
    let later = std::iter::from_fn(move || {
        // A doubled quotation mark can be read as one mark that closes the cell and one that opens it again. This
        // reading gives the same offsets.
        while row.get(at) == Some(&b'"') {
            at += 1;
            at += 1 + memchr::memchr(b'"', row.get(at..)?)?;
        }
        at += 1 + memchr::memchr(delimiter, row.get(at..)?)?;
        Some(at)
    });
    std::iter::once(0).chain(later)
}
