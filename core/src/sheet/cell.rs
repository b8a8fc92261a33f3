//! Where a cell stands in a row, for problems that name its place.

/// Where a cell starts in the raw text of its row.
pub(crate) fn cell_start(row: &[u8], delimiter: u8, index: usize) -> usize {
    #[derive(PartialEq)]
    enum At {
        Start,
        Quoted,
        Bare,
    }
    let mut at = At::Start;
    let mut cell = 0;
    for (place, &byte) in row.iter().enumerate() {
        if cell == index {
            return place;
        }
        at = match (at, byte) {
            (At::Start, b'"') => At::Quoted,
            // A doubled quote closes and opens again, which comes to the same.
            (At::Quoted, b'"') => At::Start,
            (At::Quoted, _) => At::Quoted,
            (_, byte) if byte == delimiter => {
                cell += 1;
                At::Start
            }
            _ => At::Bare,
        };
    }
    row.len()
}
