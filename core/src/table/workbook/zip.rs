//! Reads the parts of a zip archive, and decompresses them as they are read. It stores only the offset of the archive's
//! directory.
//!
//! It supports only what workbooks use: stored and deflated parts, with their sizes in the central directory.

use std::io::{self, Read};

use flate2::bufread::DeflateDecoder;

use super::Fault;

const END: &[u8] = b"PK\x05\x06";
const END_64: &[u8] = b"PK\x06\x06";
const ENTRY: &[u8] = b"PK\x01\x02";
const LOCAL: &[u8] = b"PK\x03\x04";
/// The largest number of entries that we search. A workbook has some tens of parts.
const MOST_ENTRIES: usize = 10_000;
/// The longest comment in bytes. An archive ends with its end record and, after this record, a comment.
const LONGEST_COMMENT: usize = 1 << 16;

/// A zip archive in memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Zip<'b> {
    bytes: &'b [u8],
    /// The offset at which the central directory begins.
    directory: usize,
}

/// One part of an archive.
#[derive(Debug, Clone, Copy)]
pub(super) struct ZipEntry<'b> {
    pub(super) name: &'b [u8],
    method: u16,
    flags: u16,
    size: u64,
    header: u64,
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..at + N)?;
    Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

impl<'b> Zip<'b> {
    /// Finds the directory of an archive.
    pub(super) fn open(bytes: &'b [u8]) -> Result<Self, Fault> {
        let from = bytes.len().saturating_sub(LONGEST_COMMENT + 22);
        let tail = bytes.get(from..).unwrap_or_default();
        let end = memchr::memmem::rfind(tail, END).ok_or(Fault::DAMAGED)? + from;
        let directory = match number::<4>(bytes, end + 16).ok_or(Fault::DAMAGED)? {
            0xFFFF_FFFF => {
                let before = bytes.get(..end).unwrap_or_default();
                let end = memchr::memmem::rfind(before, END_64).ok_or(Fault::DAMAGED)?;
                number::<8>(bytes, end + 48).ok_or(Fault::DAMAGED)?
            }
            directory => directory,
        };
        let directory = usize::try_from(directory).map_err(|_| Fault::DAMAGED)?;
        let zip = Self { bytes, directory };
        zip.parts().next().map(|_| zip).ok_or(Fault::DAMAGED)
    }

    /// Returns the parts in the order of the directory.
    pub(super) fn parts(self) -> impl Iterator<Item = ZipEntry<'b>> {
        let mut at = self.directory;
        let next = move || {
            let entry = self.bytes.get(at..)?;
            let [name, extra, comment] =
                [28, 30, 32].map(|field| number::<2>(entry, field).map(|length| length as usize));
            let (name, extra, comment) = (name?, extra?, comment?);
            let fields = entry.get(46 + name..46 + name + extra)?;
            let [mut size, mut header] = [number::<4>(entry, 20)?, number::<4>(entry, 42)?];
            let whole = number::<4>(entry, 24)?;
            if size == 0xFFFF_FFFF || header == 0xFFFF_FFFF {
                widen(fields, whole, &mut size, &mut header);
            }
            let [flags, method] = [8, 10].map(|field| number::<2>(entry, field));
            let part = ZipEntry {
                name: entry.get(46..46 + name)?,
                method: method? as u16,
                flags: flags? as u16,
                size,
                header,
            };
            let is_entry = entry.starts_with(ENTRY);
            at += 46 + name + extra + comment;
            is_entry.then_some(part)
        };
        std::iter::from_fn(next).take(MOST_ENTRIES)
    }

    /// Returns the part with this name. Letter case and the kind of slash do not matter.
    pub(super) fn part(self, name: &str) -> Option<ZipEntry<'b>> {
        self.parts().find(|part| part.is(name.as_bytes()))
    }

    /// Returns the content of a part, which is decompressed as it is read.
    pub(super) fn read(self, part: &ZipEntry<'b>) -> Result<Box<dyn Read + 'b>, Fault> {
        if part.flags & 1 != 0 {
            return Err(Fault::Protected);
        }
        let header = usize::try_from(part.header).ok().and_then(|at| self.bytes.get(at..)).ok_or(Fault::DAMAGED)?;
        if !header.starts_with(LOCAL) {
            return Err(Fault::DAMAGED);
        }
        let lengths = [26, 28].map(|field| number::<2>(header, field).unwrap_or(0) as usize);
        let start = 30 + lengths[0] + lengths[1];
        let end = usize::try_from(part.size).ok().and_then(|size| start.checked_add(size));
        let bytes = end.and_then(|end| header.get(start..end)).ok_or(Fault::DAMAGED)?;
        match part.method {
            0 => Ok(Box::new(bytes)),
            8 => Ok(Box::new(DeflateDecoder::new(bytes))),
            _ => Err(Fault::Not("this workbook is packed in an unusual way; open it in Excel and save it as .xlsx")),
        }
    }

    /// Reads a short part, up to `most` bytes.
    pub(super) fn short(self, part: &ZipEntry<'b>, most: u64) -> Result<Vec<u8>, Fault> {
        let mut bytes = Vec::new();
        self.read(part)?.take(most).read_to_end(&mut bytes).map_err(|_: io::Error| Fault::DAMAGED)?;
        Ok(bytes)
    }
}

/// Reads the sizes in a large archive. The extra field contains only the sizes that do not fit their standard fields.
fn widen(fields: &[u8], whole: u64, size: &mut u64, header: &mut u64) {
    let mut at = 0;
    while let (Some(kind), Some(length)) = (number::<2>(fields, at), number::<2>(fields, at + 2)) {
        if kind == 1 {
            let mut field = at + 4 + if whole == 0xFFFF_FFFF { 8 } else { 0 };
            for value in [size, header] {
                if *value == 0xFFFF_FFFF {
                    *value = number::<8>(fields, field).unwrap_or(u64::MAX);
                    field += 8;
                }
            }
            return;
        }
        at += 4 + length as usize;
    }
}

impl ZipEntry<'_> {
    fn is(&self, name: &[u8]) -> bool {
        let plain = |byte: &u8| if *byte == b'\\' { b'/' } else { byte.to_ascii_lowercase() };
        self.name.len() == name.len() && self.name.iter().map(plain).eq(name.iter().map(plain))
    }
}
