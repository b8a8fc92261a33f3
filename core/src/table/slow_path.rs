//! Reads records that need the full rules of CSV with csv-core, whose tables take as long to build as hundreds of rows
//! take to read.

use std::cell::Cell;

use csv_core::{Reader, ReaderBuilder};

thread_local! {
    /// The reader that was used last, for the next file. It holds no text.
    static LAST: Cell<Option<(u8, Box<Reader>)>> = const { Cell::new(None) };
}

/// A reader of records. Returned to its thread when it is dropped.
#[derive(Debug)]
pub(super) struct RecordReader {
    delimiter: u8,
    /// Taken only when it is dropped.
    reader: Option<Box<Reader>>,
}

impl RecordReader {
    pub(super) fn new(delimiter: u8) -> Self {
        let last = LAST.try_with(Cell::take).ok().flatten().filter(|(of, _)| *of == delimiter);
        Self { delimiter, reader: last.map(|(_, reader)| reader) }
    }

    /// The reader, at the beginning of a record.
    pub(super) fn restarted(&mut self) -> &mut Reader {
        let delimiter = self.delimiter;
        // It cannot be copied: a copy of csv-core's reader lacks some of its tables.
        let reader = self.reader.get_or_insert_with(|| Box::new(ReaderBuilder::new().delimiter(delimiter).build()));
        reader.reset();
        reader
    }
}

impl Drop for RecordReader {
    fn drop(&mut self) {
        let used = self.reader.take().map(|reader| (self.delimiter, reader));
        // A thread that ends keeps none.
        let _ = LAST.try_with(|last| last.set(used));
    }
}
