//! Loads a file or a stream into memory, up to the limit in `table/limits.rs`. Refuses a folder.

use std::borrow::Cow;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;

use crate::watch::WATCHED_BYTES;

use super::{Input, Reader};

/// Opens a file. A folder gives the error `IsADirectory` on every system.
pub(crate) fn open_file(path: &Path) -> io::Result<(File, Metadata)> {
    let folder = || io::Error::new(io::ErrorKind::IsADirectory, "this is a folder, not a file");
    // Windows refuses to open a folder; other systems open it.
    let file = File::open(path).map_err(|error| if path.is_dir() { folder() } else { error })?;
    let about = file.metadata()?;
    if about.is_dir() { Err(folder()) } else { Ok((file, about)) }
}

impl Reader {
    pub(super) fn load_path(&self, path: &Path) -> io::Result<Input<'static>> {
        let (file, about) = open_file(path)?;
        match self.load_side_by_side(&file, &about) {
            Some(bytes) => Ok(Some(Cow::Owned(bytes))),
            None => self.load(file, about.len()),
        }
    }

    /// Loads a large file on several threads, because the system needs half of the time to supply new memory. Each
    /// thread loads a segment. Returns `None` if one thread should read the file, or if the file's length has changed.
    #[cfg(unix)]
    fn load_side_by_side(&self, file: &File, about: &Metadata) -> Option<Vec<u8>> {
        use std::os::unix::fs::FileExt;

        use crate::threads::side_by_side;

        let size = usize::try_from(about.len()).ok().filter(|_| about.is_file())?;
        let parts = self.threads.min(size / self.smallest_part);
        if parts < 2 || about.len() > self.limits.within_reach().file_bytes {
            return None;
        }
        let mut bytes = vec![0; size];
        let part = size.div_ceil(parts);
        let chunks = bytes.chunks_mut(part).zip((0_u64..).step_by(part));
        let read = side_by_side(chunks, |(chunk, at)| file.read_exact_at(chunk, at).is_ok());
        let all_read = read.into_iter().all(|is_read| is_read);
        let at_end = file.read_at(&mut [0], about.len()).is_ok_and(|more| more == 0);
        (all_read && at_end).then_some(bytes)
    }

    #[cfg(not(unix))]
    fn load_side_by_side(&self, _file: &File, _about: &Metadata) -> Option<Vec<u8>> {
        None
    }

    /// Reads up to one byte over the limit, which shows that a stream is too long.
    pub(super) fn load(&self, from: impl Read, size: u64) -> io::Result<Input<'static>> {
        let most = self.limits.within_reach().file_bytes;
        if size > most {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        // If there is not enough memory for the stated size, we return an error instead of crashing.
        bytes.try_reserve_exact(usize::try_from(size + 1).unwrap_or(0)).map_err(|_| io::ErrorKind::OutOfMemory)?;
        let mut from = from.take(most + 1);
        // We also call the host's watch function while a slow stream is loaded.
        loop {
            let loaded = bytes.len();
            from.by_ref().take(WATCHED_BYTES as u64).read_to_end(&mut bytes)?;
            if bytes.len() == loaded {
                return Ok(Some(Cow::Owned(bytes)));
            }
            self.watch.see(0, bytes.len())?;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::table::Limits;

    #[test]
    #[cfg(unix)]
    fn several_threads_load_the_whole_file_or_nothing() {
        let reader = Reader::new().threads(2).smallest_part(48);
        let [short, long] = [300, 400].map(|size| {
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(&vec![b'x'; size]).unwrap();
            file
        });
        let load = |file: &tempfile::NamedTempFile, about: &tempfile::NamedTempFile| {
            reader.load_side_by_side(file.as_file(), &about.as_file().metadata().unwrap()).map(|bytes| bytes.len())
        };
        assert_eq!([load(&short, &short), load(&long, &long)], [Some(300), Some(400)]);
        // The file has shrunk or grown since its length was read.
        assert_eq!([load(&short, &long), load(&long, &short)], [None, None]);
        assert!(Reader::new().load_side_by_side(short.as_file(), &short.as_file().metadata().unwrap()).is_none());
    }

    #[test]
    fn limits_the_size_of_a_file() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&vec![b'x'; 1000]).unwrap();
        for (most, expected) in [(999, None), (1000, Some(1000)), (1001, Some(1000)), (10, None), (2000, Some(1000))] {
            let reader = Reader::new().limits(Limits { file_bytes: most, ..Limits::default() });
            let sides = reader.clone().threads(2).smallest_part(48);
            for reader in [&reader, &sides] {
                let loaded = reader.load_path(file.path()).unwrap().map(|bytes| bytes.len());
                assert_eq!(loaded, expected, "a file of at most {most}");
            }
            // The length of a stream is unknown: a byte over the limit shows that it is too long.
            let loaded = reader.load(&vec![b'x'; 1000][..], 0).unwrap().map(|bytes| bytes.len() as u64);
            assert_eq!(loaded, Some(1000.min(most + 1)), "a stream of at most {most}");
        }
        assert_eq!(
            (Reader::new().threads(0).threads, Reader::new().threads(3).threads),
            (std::thread::available_parallelism().unwrap().get(), 3)
        );
    }
}
