//! Reads the named streams in the root of a compound file (`Cfb`). Old and encrypted workbooks are such files. `xls.rs`
//! reads an old workbook from its stream.

use super::Fault;

/// The first of the special sector numbers, which mean the end of a chain or no sector.
const FIRST_SPECIAL: u32 = 0xFFFF_FFFA;
const ENTRY: usize = 128;
/// The largest number of directory entries. A workbook's file has some tens of streams.
const MOST_ENTRIES: usize = 4096;

/// A compound file in memory.
pub(super) struct Cfb<'b> {
    bytes: &'b [u8],
    sector: usize,
    fat: Vec<u32>,
    mini_sector: usize,
    mini_fat: Vec<u32>,
    mini_stream: Vec<u8>,
    mini_below: u64,
    streams: Vec<CfbStream>,
}

/// A stream in the root of the file.
struct CfbStream {
    name: String,
    start: u32,
    size: u64,
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.as_chunks().0.iter().map(|number| u32::from_le_bytes(*number)).collect()
}

impl<'b> Cfb<'b> {
    pub(super) fn open(bytes: &'b [u8]) -> Result<Self, Fault> {
        Self::read(bytes).ok_or(Fault::DAMAGED)
    }

    fn read(bytes: &'b [u8]) -> Option<Self> {
        let shift = u16_at(bytes, 30)?;
        let mini_shift = u16_at(bytes, 32)?;
        if !matches!(shift, 9 | 12) || mini_shift != 6 {
            return None;
        }
        let mut cfb = Self {
            bytes,
            sector: 1 << shift,
            fat: Vec::new(),
            mini_sector: 1 << mini_shift,
            mini_fat: Vec::new(),
            mini_stream: Vec::new(),
            mini_below: u64::from(u32_at(bytes, 56)?),
            streams: Vec::new(),
        };
        cfb.read_fat()?;
        let directory = cfb.chain(u32_at(bytes, 48)?, MOST_ENTRIES * ENTRY)?;
        let entries: Vec<&[u8]> = directory.chunks_exact(ENTRY).collect();
        let root = entries.first()?;
        let mini_size = u32_at(root, 120)? as usize;
        if let Some(mini) = u32_at(root, 116).filter(|start| *start < FIRST_SPECIAL && mini_size > 0) {
            cfb.mini_stream = cfb.chain(mini, mini_size)?;
            cfb.mini_fat = numbers(&cfb.chain(u32_at(bytes, 60)?, bytes.len())?);
        }
        cfb.streams = streams(&entries)?;
        Some(cfb)
    }

    /// Reads the table that says which sector follows each sector. The header lists the table's sectors, and further
    /// sectors list more of them.
    fn read_fat(&mut self) -> Option<()> {
        let listed = self.bytes.get(76..512)?;
        let mut sectors: Vec<u32> = numbers(listed);
        let mut next = u32_at(self.bytes, 68)?;
        let most = self.bytes.len() / self.sector + 1;
        let mut lists = 0;
        while next < FIRST_SPECIAL && lists < most {
            let list = numbers(self.sector_at(next)?);
            let (last, list) = list.split_last()?;
            sectors.extend(list);
            next = *last;
            lists += 1;
        }
        for sector in sectors.into_iter().filter(|sector| *sector < FIRST_SPECIAL).take(most) {
            self.fat.extend(numbers(self.sector_at(sector)?));
        }
        Some(())
    }

    fn sector_at(&self, sector: u32) -> Option<&'b [u8]> {
        let start = (sector as usize).checked_add(1)?.checked_mul(self.sector)?;
        // The last sector of a file may be cut short.
        self.bytes.get(start..(start + self.sector).min(self.bytes.len()))
    }

    /// Returns the content of a chain of sectors, up to `most` bytes.
    fn chain(&self, start: u32, most: usize) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let mut sector = start;
        let most = most.min(self.bytes.len());
        while sector < FIRST_SPECIAL && out.len() < most {
            out.extend_from_slice(self.sector_at(sector)?);
            sector = *self.fat.get(sector as usize)?;
        }
        out.truncate(most);
        Some(out)
    }

    fn mini_chain(&self, start: u32, most: usize) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let mut sector = start;
        while sector < FIRST_SPECIAL && out.len() < most {
            let from = sector as usize * self.mini_sector;
            let end = (from + self.mini_sector).min(self.mini_stream.len());
            out.extend_from_slice(self.mini_stream.get(from..end)?);
            sector = *self.mini_fat.get(sector as usize)?;
            if out.len() > self.mini_stream.len() {
                return None;
            }
        }
        out.truncate(most);
        Some(out)
    }

    fn find(&self, name: &str) -> Option<&CfbStream> {
        self.streams.iter().find(|stream| stream.name.eq_ignore_ascii_case(name))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// Returns the content of the stream with this name, if there is one.
    pub(super) fn stream(&self, name: &str) -> Option<Result<Vec<u8>, Fault>> {
        let stream = self.find(name)?;
        let size = usize::try_from(stream.size).unwrap_or(usize::MAX);
        let read = match stream.size < self.mini_below {
            true => self.mini_chain(stream.start, size),
            false => self.chain(stream.start, size),
        };
        Some(read.ok_or(Fault::DAMAGED))
    }
}

/// Returns the streams of the root, whose children form a tree.
fn streams(entries: &[&[u8]]) -> Option<Vec<CfbStream>> {
    let mut seen = vec![false; entries.len()];
    let mut found = Vec::new();
    let mut next = vec![u32_at(entries.first()?, 76)?];
    while let Some(index) = next.pop() {
        let index = index as usize;
        let Some(entry) = entries.get(index).filter(|_| !seen.get(index).copied().unwrap_or(true)) else { continue };
        if let Some(seen) = seen.get_mut(index) {
            *seen = true;
        }
        let length = usize::from(u16_at(entry, 64)?).clamp(2, 64) - 2;
        let units = entry.get(..length)?.as_chunks().0.iter().map(|unit| u16::from_le_bytes(*unit));
        let name = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        if entry.get(66) == Some(&2) {
            let size = u64::from(u32_at(entry, 120)?);
            found.push(CfbStream { name, start: u32_at(entry, 116)?, size });
        }
        next.extend([u32_at(entry, 68)?, u32_at(entry, 72)?]);
    }
    Some(found)
}
