//! Reads records that the fast path cannot take, because they have quotation marks or are too long. Also recognises a
//! quotation mark that is never closed. `table/slow_path.rs` has the reader itself.

use csv_core::ReadRecordResult;

use super::super::slow_path::RecordReader;
use super::{Broken, Row, Rows, count_line_ends, line_end};

/// The number of bytes and values of a record that the slow path read, and the reason if it could not read the whole
/// record.
struct Read {
    read: usize,
    count: usize,
    broken: Option<Broken>,
}

impl<'t> Rows<'t> {
    /// Reads a row that is longer than the limit. Only the beginning of the row has been indexed.
    #[cold]
    pub(super) fn huge(&mut self) -> Option<Row<'_>> {
        let bytes = self.text;
        if self.index.special.ahead().iter().any(|at| bytes.get(*at as usize) == Some(&b'"')) {
            return self.quoted();
        }
        let (start, number, line) = (self.start, self.number, self.line);
        let count = 1 + self.index.cells.ahead().len();
        let rest = bytes.get(start..).unwrap_or_default();
        let end = memchr::memchr2(b'\n', b'\r', rest).map_or(bytes.len(), |at| start + at);
        self.number += 1;
        self.line += 1;
        self.start = end + line_end(bytes, end);
        self.index.check(bytes, self.start);
        self.index.seek(bytes, self.start, false);
        let (broken, cells) = (Some(Broken::Huge), &bytes[..0]);
        Some(Row { number, line, start, end, count, tall: false, broken, cells, ends: &[], first: 0, gap: 0 })
    }

    /// Goes back to the line after the first line of the row that was just read. If a quotation mark is never closed,
    /// the lines after it are separate rows.
    pub(crate) fn resume_after_line(&mut self, row_start: usize, row_line: u64) {
        let bytes = self.text;
        let rest = bytes.get(row_start..).unwrap_or_default();
        let end = memchr::memchr2(b'\n', b'\r', rest).map_or(bytes.len(), |at| row_start + at);
        self.start = end + line_end(bytes, end);
        self.line = row_line + 1;
        self.index.seek(bytes, self.start, false);
    }

    /// Reads the record at `start`, which contains a quotation mark, with the slow path.
    #[cold]
    pub(super) fn quoted(&mut self) -> Option<Row<'_>> {
        let (bytes, start) = (self.text, self.start);
        let Read { read, count, mut broken } = self.read_record();
        let consumed = bytes.get(start..start + read).unwrap_or_default();
        let content = start + consumed.len() - usize::from(consumed.ends_with(b"\n") || consumed.ends_with(b"\r"));
        let content = content - usize::from(consumed.ends_with(b"\r\n"));
        let lines_inside = count_line_ends(bytes.get(start..content).unwrap_or_default());
        if broken == Some(Broken::Huge) && lines_inside > 0 {
            broken = Some(Broken::Unclosed);
        }
        // csv-core leaves the LF of a CR LF to the next record.
        let next = start + read;
        let next = if consumed.ends_with(b"\r") && bytes.get(next) == Some(&b'\n') { next + 1 } else { next };
        let next = if broken == Some(Broken::Huge) {
            let rest = bytes.get(next..).unwrap_or_default();
            let end = memchr::memchr2(b'\n', b'\r', rest).map_or(bytes.len(), |at| next + at);
            end + line_end(bytes, end)
        } else {
            next
        };
        let (number, line) = (self.number, self.line);
        self.number += 1;
        self.line += 1 + lines_inside;
        self.start = next;
        self.index.seek(bytes, next, true);
        Some(Row {
            number,
            line,
            start,
            end: content,
            count,
            tall: lines_inside > 0,
            broken,
            cells: self.record.as_bytes(),
            ends: &self.ends,
            first: 0,
            gap: 0,
        })
    }

    /// Reads the record at `start` into `record` and `ends`.
    fn read_record(&mut self) -> Read {
        let input = self.text.get(self.start..).unwrap_or_default();
        let delimiter = self.delimiter;
        let reader = self.reader.get_or_insert_with(|| RecordReader::new(delimiter)).restarted();
        self.scratch.resize(self.longest_record, 0);
        self.ends_scratch.resize(self.most_columns + 1, 0);
        let mut broken = None;
        let (mut read, mut written, mut count) = (0, 0, 0);
        loop {
            // Read one piece at a time, so that an unclosed quotation mark does not make us read to the end of the
            // file.
            let piece = input.get(read..input.len().min(read + self.longest_record)).unwrap_or_default();
            let at_end = piece.is_empty();
            let piece = if at_end { &b"\n"[..] } else { piece };
            let (result, taken, wrote, ended) = reader.read_record(
                piece,
                self.scratch.get_mut(written..).unwrap_or_default(),
                self.ends_scratch.get_mut(count..).unwrap_or_default(),
            );
            read += if at_end { 0 } else { taken };
            written += wrote;
            count += ended;
            match result {
                ReadRecordResult::Record | ReadRecordResult::End => break,
                // After the end of the text, we add a line end. If the added line end does not end the record, it is
                // inside quotation marks that never close. Remove it from the last cell again.
                ReadRecordResult::InputEmpty if at_end => {
                    broken = Some(Broken::Unclosed);
                    let ends = self.ends_scratch.get_mut(count..).unwrap_or_default();
                    let (_, _, _, ended) = reader.read_record(&[], &mut [0; 1], ends);
                    written -= wrote;
                    ends.iter_mut().take(ended).for_each(|end| *end = written);
                    count += ended;
                    break;
                }
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    broken = Some(Broken::Huge);
                    break;
                }
            }
        }
        self.ends.clear();
        self.ends.extend(self.ends_scratch.iter().take(count.min(self.most_columns)).map(|end| *end as u32));
        // Cells are split at ASCII bytes, so they are still UTF-8 unless a limit cut one short.
        self.record.clear();
        self.record.push_str(&String::from_utf8_lossy(self.scratch.get(..written).unwrap_or_default()));
        Read { read, count, broken }
    }
}
