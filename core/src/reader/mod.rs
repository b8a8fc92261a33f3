//! An uploaded file to a roster: exact headings, every problem in one pass, the fixed file, the template.

mod found;
mod headings;
mod json;
mod part;
mod pass;
mod positions;
mod records;

use std::borrow::Cow;
use std::fs::{File, Metadata};
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use crate::column::Column;
use crate::ethnicity::Ethnicities;
use crate::report::{Report, in_one_line};
use crate::roster::Roster;
use crate::sheet::{self, Limits};
use crate::student::Students;
use crate::username::SignIn;
use crate::watch::{WATCHED_BYTES, Watch};

use pass::Pass;

pub use records::Record;

/// Reads a school's CSV to a [`Roster`], or says everything that is wrong with it.
///
/// ```
/// use onroll::{ReadError, Reader, SignIn};
///
/// let csv = "Student Full Name,Username,Year Group,Class,Gender,Pupil Premium,Ethnicity,SEND,EAL\r\n\
///            Amelia Smith,amelia@oakfield.example,Year 7,7B,F,No,White British,No,No\r\n";
/// let strict = Reader::new().sign_in(SignIn::Sso);
/// match strict.read_bytes(csv.as_bytes()) {
///     Err(ReadError::Rejected(report)) => assert_eq!(report.error_count(), 2),
///     other => panic!("{other:?}"),
/// }
///
/// let roster = strict.fix(true).read_bytes(csv.as_bytes())?;
/// let amelia = roster.get(0).unwrap();
/// assert_eq!((amelia.gender.unwrap().as_str(), amelia.ethnicity.code()), ("Female", "WBRI"));
/// assert_eq!(roster.report().fixed().len(), 2);
/// # Ok::<(), ReadError>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Reader {
    sign_in: SignIn,
    fix: bool,
    any_order: bool,
    optional_columns: bool,
    main_codes_only: bool,
    threads: usize,
    limits: Limits,
    ethnicities: Arc<Ethnicities>,
    watch: Watch,
}

impl Default for Reader {
    fn default() -> Self {
        Self::new()
    }
}

impl Reader {
    /// A reader of the exact format, for students who sign in with a password.
    pub fn new() -> Self {
        Self {
            sign_in: SignIn::Password,
            fix: false,
            any_order: false,
            optional_columns: false,
            main_codes_only: false,
            threads: 1,
            limits: Limits::default(),
            ethnicities: Ethnicities::shared(),
            watch: Watch::default(),
        }
    }

    /// How the students sign in: with `Sso`, every username must be an email address.
    pub fn sign_in(mut self, sign_in: SignIn) -> Self {
        self.sign_in = sign_in;
        self
    }

    /// Whether to apply every safe fix while reading; the report lists what was done. Off by default.
    pub fn fix(mut self, fix: bool) -> Self {
        self.fix = fix;
        self
    }

    /// Whether the columns may stand in any order. Off by default.
    pub fn any_order(mut self, any_order: bool) -> Self {
        self.any_order = any_order;
        self
    }

    /// Whether Pupil Premium, Ethnicity, SEND and EAL may be absent from the file: they are then `No` and `NOBT` for everyone,
    /// [unrecorded](Roster::unrecorded) in the roster, and a plan leaves the accounts what they have. Off by default.
    pub fn optional_columns(mut self, optional_columns: bool) -> Self {
        self.optional_columns = optional_columns;
        self
    }

    /// Whether only the 18 main ethnicity codes and the two of status are taken; an extended code is
    /// then a problem, whose fix is the main code it rolls up to. Off by default.
    pub fn main_codes_only(mut self, main_codes_only: bool) -> Self {
        self.main_codes_only = main_codes_only;
        self
    }

    /// How many threads may read a file side by side, each at least a megabyte of it; 0 for as many as there are
    /// processors. The roster and the report are the same to the byte for any number. One by default; writing a
    /// corrected file takes one.
    pub fn threads(mut self, threads: usize) -> Self {
        let available = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads = if threads == 0 { available() } else { threads };
        self
    }

    /// How much a file may hold.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The ethnicity codes that are taken; the Department for Education's by default.
    pub fn ethnicities(self, ethnicities: Ethnicities) -> Self {
        self.shared_ethnicities(Arc::new(ethnicities))
    }

    pub(crate) fn shared_ethnicities(mut self, ethnicities: Arc<Ethnicities>) -> Self {
        self.ethnicities = ethnicities;
        self
    }

    /// Sets a function that is called every 64 KiB, and every 10,000 steps of what follows the reading, with how many bytes are
    /// read, of how many: for progress bars, and to end the work, which then fails with [`io::ErrorKind::Interrupted`]. A panic in
    /// it is the caller's. A file that turns out not to be UTF-8 is read again from its beginning.
    /// [`check_bytes`](Self::check_bytes), which cannot fail, is not watched.
    ///
    /// ```
    /// use std::ops::ControlFlow;
    /// let impatient = onroll::Reader::new().watch(|_, _| ControlFlow::Break(()));
    /// let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// assert!(matches!(impatient.read_bytes(csv.into_bytes()), Err(onroll::ReadError::Io(_))));
    /// ```
    pub fn watch(mut self, watch: impl Fn(u64, u64) -> ControlFlow<()> + Send + Sync + 'static) -> Self {
        self.watch = Watch::new(watch);
        self
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`ReadError::Io`] if it cannot be read, [`ReadError::Rejected`] with the report if an error stands.
    pub fn read_path(&self, path: impl AsRef<Path>) -> Result<Roster, ReadError> {
        self.roster(self.load_path(path.as_ref())?)
    }

    /// Reads a file that is in memory. A `Vec` is kept as the roster's memory; a slice is copied once.
    ///
    /// # Errors
    /// [`ReadError::Rejected`] with the report if an error stands.
    pub fn read_bytes<'b>(&self, bytes: impl Into<Cow<'b, [u8]>>) -> Result<Roster, ReadError> {
        self.roster(Some(bytes.into()))
    }

    /// Reads what a stream holds, to its end or to the limit of a file's size.
    ///
    /// # Errors
    /// As [`read_path`](Self::read_path).
    pub fn read(&self, from: impl Read) -> Result<Roster, ReadError> {
        self.roster(self.load(from, 0)?)
    }

    /// The report on a file, whatever it holds.
    ///
    /// # Errors
    /// Only if the file cannot be read.
    pub fn check_path(&self, path: impl AsRef<Path>) -> io::Result<Report> {
        Ok(self.pass(self.load_path(path.as_ref())?)?.1)
    }

    /// The report on a file that is in memory.
    pub fn check_bytes<'b>(&self, bytes: impl Into<Cow<'b, [u8]>>) -> Report {
        // Only a watch can end it, or writing the corrected file, which is not written.
        let unwatched = Self { watch: Watch::default(), ..self.clone() };
        unwatched.pass(Some(bytes.into())).map_or_else(|_| Report::default(), |(_, report)| report)
    }

    /// The report on what a stream holds.
    ///
    /// # Errors
    /// Only if the stream cannot be read.
    pub fn check(&self, from: impl Read) -> io::Result<Report> {
        Ok(self.pass(self.load(from, 0)?)?.1)
    }

    /// Writes the corrected file: every safe fix made, whatever [`fix`](Self::fix) says, and all else as
    /// it was; blank rows are left out. The report lists what was done and what is left to do.
    ///
    /// No file is written, and one that is there is left alone, where the rows cannot be told apart with
    /// certainty: [`Report::correctable`] is then false. `to` may be `from`.
    ///
    /// # Errors
    /// If the file cannot be read, or the corrected one cannot be written.
    pub fn fix_path(&self, from: impl AsRef<Path>, to: impl AsRef<Path>) -> io::Result<Report> {
        let bytes = self.load_path(from.as_ref())?;
        let (report, corrected) = self.corrected(bytes)?;
        if report.correctable() {
            sheet::save_file(to, &corrected)?;
        }
        Ok(report)
    }

    /// [`fix_path`](Self::fix_path) for a file in memory.
    ///
    /// # Errors
    /// If writing fails.
    pub fn fix_bytes<'b>(&self, bytes: impl Into<Cow<'b, [u8]>>, mut to: impl Write) -> io::Result<Report> {
        let (report, corrected) = self.corrected(Some(bytes.into()))?;
        if report.correctable() {
            to.write_all(&corrected)?;
        }
        Ok(report)
    }

    fn corrected(&self, bytes: Input<'_>) -> io::Result<(Report, Vec<u8>)> {
        let mut corrected = Vec::with_capacity(bytes.as_ref().map_or(0, |bytes| bytes.len()));
        let mut pass = Pass::new(&self.clone().fix(true));
        pass.write_to(&mut corrected)?;
        let (_, report) = pass.run(bytes)?;
        Ok((report, corrected))
    }

    fn roster(&self, bytes: Input<'_>) -> Result<Roster, ReadError> {
        let (students, report, absent) = Pass::new(self).run_with_absent(bytes)?;
        match report.ok() {
            true => Ok(Roster::new(students, self.sign_in, report).with_unrecorded(absent)),
            false => Err(ReadError::Rejected(report)),
        }
    }

    fn pass(&self, input: Input<'_>) -> io::Result<(Students, Report)> {
        Pass::new(self).run(input)
    }

    fn load_path(&self, path: &Path) -> io::Result<Input<'static>> {
        let file = File::open(path)?;
        let about = file.metadata()?;
        if about.is_dir() {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "this is a folder, and not a file"));
        }
        match self.load_side_by_side(&file, &about) {
            Some(bytes) => Ok(Some(Cow::Owned(bytes))),
            None => self.load(file, about.len()),
        }
    }

    /// A large file by several threads, each its part: half of the time goes into memory that is new. Nothing where
    /// one thread is to read, or the file turns out to be of another length than it was.
    #[cfg(unix)]
    fn load_side_by_side(&self, file: &File, about: &Metadata) -> Option<Vec<u8>> {
        use std::os::unix::fs::FileExt;

        use crate::threads::side_by_side;

        let size = usize::try_from(about.len()).ok().filter(|_| about.is_file())?;
        let parts = self.threads.min(size / pass::SMALLEST_PART);
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

    /// Reads up to a byte over the limit, so that a stream which is too long is seen to be.
    fn load(&self, from: impl Read, size: u64) -> io::Result<Input<'static>> {
        let most = self.limits.within_reach().file_bytes;
        if size > most {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        // What a file says of its size is taken as far as there is memory for it.
        bytes.try_reserve_exact(usize::try_from(size + 1).unwrap_or(0)).map_err(|_| io::ErrorKind::OutOfMemory)?;
        let mut from = from.take(most + 1);
        // A slow stream is watched while it is loaded.
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

/// What a file holds; nothing where it is too large to be looked at.
type Input<'b> = Option<Cow<'b, [u8]>>;

/// Why there is no roster.
///
/// Its text is for logs: it shows no cell of the file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file was read, and errors stand. The report says which.
    #[error("the roster was refused: {}", in_one_line(.0))]
    Rejected(Report),
    /// The file could not be read. The text says why, and so it is no source beside it.
    #[error("the file could not be read: {0}")]
    Io(io::Error),
    /// The text is not JSON of a roster.
    #[error("this is not JSON of a roster: it goes wrong at line {line}, column {column}")]
    Json {
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
    },
    /// The JSON is of a later version of the format than this one reads.
    #[error("the roster is in format {found}, and this version of onroll reads up to format {newest}")]
    Version {
        /// The format of the text.
        found: u64,
        /// The newest format that is read.
        newest: u64,
    },
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl ReadError {
    /// The error's code, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Rejected(_) => "roster-rejected",
            Self::Io(_) => "io",
            Self::Json { .. } => "roster-not-json",
            Self::Version { .. } => "roster-version",
        }
    }

    /// The report, if the roster was refused.
    pub fn report(&self) -> Option<&Report> {
        match self {
            Self::Rejected(report) => Some(report),
            _ => None,
        }
    }
}

/// The template that a school fills in: the nine headings, as a CSV file with CR LF.
///
/// ```
/// assert!(onroll::template_csv().starts_with("Student Full Name,Username,"));
/// ```
pub fn template_csv() -> String {
    let mut template = Column::ALL.map(Column::heading).join(",");
    template.push_str("\r\n");
    template
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    use super::*;

    #[test]
    #[cfg(unix)]
    fn a_file_is_loaded_by_several_threads_whole_or_not_at_all() {
        let reader = Reader::new().threads(2);
        let [short, long] = [300, 400].map(|size| {
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(&vec![b'x'; size]).unwrap();
            file
        });
        let load = |file: &tempfile::NamedTempFile, about: &tempfile::NamedTempFile| {
            reader.load_side_by_side(file.as_file(), &about.as_file().metadata().unwrap()).map(|bytes| bytes.len())
        };
        assert_eq!([load(&short, &short), load(&long, &long)], [Some(300), Some(400)]);
        // It has shrunk, or grown, since it was looked at.
        assert_eq!([load(&short, &long), load(&long, &short)], [None, None]);
        assert!(Reader::new().load_side_by_side(short.as_file(), &short.as_file().metadata().unwrap()).is_none());
    }

    #[test]
    fn a_file_may_be_as_large_as_is_said() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&vec![b'x'; 1000]).unwrap();
        for (most, expected) in [(999, None), (1000, Some(1000)), (1001, Some(1000)), (10, None), (2000, Some(1000))] {
            let reader = Reader::new().limits(Limits { file_bytes: most, ..Limits::default() });
            let sides = reader.clone().threads(2);
            for reader in [&reader, &sides] {
                let loaded = reader.load_path(file.path()).unwrap().map(|bytes| bytes.len());
                assert_eq!(loaded, expected, "a file of at most {most}");
            }
            // Of a stream the length is not known: a byte over the limit is enough to see that it is too long.
            let loaded = reader.load(&vec![b'x'; 1000][..], 0).unwrap().map(|bytes| bytes.len() as u64);
            assert_eq!(loaded, Some(1000.min(most + 1)), "a stream of at most {most}");
        }
        assert_eq!(
            (Reader::new().threads(0).threads, Reader::new().threads(3).threads),
            (std::thread::available_parallelism().unwrap().get(), 3)
        );
    }
}
