//! Keeps a `csv-core` reader for each thread, for records that need the full rules of CSV. A new reader builds tables,
//! which takes as long as reading hundreds of rows.

use std::cell::Cell;

use csv_core::{Reader, ReaderBuilder};

thread_local! {
    /// The last reader of the thread, which is reused for the next file. It contains no text.
    static LAST: Cell<Option<(u8, Box<Reader>)>> = const { Cell::new(None) };
}

/// A reader of records. When it is dropped, its thread keeps it for the next file.
#[derive(Debug)]
pub(super) struct RecordReader {
    delimiter: u8,
    /// The reader, which is created for the first record. When the `RecordReader` is dropped, the thread keeps it.
    reader: Option<Box<Reader>>,
}

impl RecordReader {
    pub(super) fn new(delimiter: u8) -> Self {
        let last = LAST.try_with(Cell::take).ok().flatten().filter(|(of, _)| *of == delimiter);
        Self { delimiter, reader: last.map(|(_, reader)| reader) }
    }

    /// Returns the reader, ready for a new record.
    pub(super) fn restarted(&mut self) -> &mut Reader {
        let delimiter = self.delimiter;
        // We cannot copy a prepared reader, because a copy of csv-core's reader lacks some of its tables.
        let reader = self.reader.get_or_insert_with(|| Box::new(ReaderBuilder::new().delimiter(delimiter).build()));
        reader.reset();
        reader
    }
}

impl Drop for RecordReader {
    fn drop(&mut self) {
        let used = self.reader.take().map(|reader| (self.delimiter, reader));
        // A thread that is ending keeps no reader.
        let _ = LAST.try_with(|last| last.set(used));
    }
}
