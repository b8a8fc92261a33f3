//! Where a cell stands in a row, for problems that name its place.

/// Where a cell starts in the raw text of its row.
pub(crate) fn cell_start(row: &[u8], delimiter: u8, index: usize) -> usize {
    cell_starts(row, delimiter).nth(index).unwrap_or(row.len())
}

/// Where each cell starts in the raw text of its row.
pub(crate) fn cell_starts(row: &[u8], delimiter: u8) -> impl Iterator<Item = usize> {
    #[derive(PartialEq)]
    enum At {
        Start,
        Quoted,
        Bare,
    }
    let mut at = At::Start;
    let later = row.iter().enumerate().filter_map(move |(place, &byte)| {
        at = match (&at, byte) {
            (At::Start, b'"') => At::Quoted,
            // A doubled quote closes and opens again, which comes to the same.
            (At::Quoted, b'"') => At::Start,
            (At::Quoted, _) => At::Quoted,
            (_, byte) if byte == delimiter => {
                at = At::Start;
                return Some(place + 1);
            }
            _ => At::Bare,
        };
        None
    });
    std::iter::once(0).chain(later)
}
