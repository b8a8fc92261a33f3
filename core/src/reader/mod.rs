//! Reads an uploaded file into a roster and reports every problem in one pass. This module also writes the corrected
//! file and the template.

// This file has `Reader` and its methods that read, check and fix. `options.rs` has its options, and `file.rs` reads
// the file.

mod accepted;
mod accumulator;
mod chunk;
mod detect;
mod edits;
mod error;
mod export;
mod extra;
mod file;
mod json;
mod load;
mod mapped;
#[cfg(feature = "workbook")]
mod marked;
mod options;
mod parts;
mod positions;
mod premium;
mod progress;
mod records;
mod template;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;

use crate::mapping::{Mapping, NamesFrom};
use crate::report::Report;
use crate::roster::Roster;
use crate::student::Students;
use crate::table;
use crate::username::SignIn;
use crate::values::ethnicity::Ethnicities;
use crate::vocabulary::Vocabulary;
use crate::watch::Watch;

use accepted::Accepted;
use edits::Edits;
use file::FileReader;

pub use crate::table::{Limits, NotARegularFile, save_file};
pub use edits::{CellEdit, Sheet, SheetRow};
pub use error::ReadError;
pub use extra::ExtraColumns;
#[cfg(feature = "command")]
pub(crate) use load::open_file;
pub use premium::PupilPremium;
pub use records::Record;
pub use template::template_csv;
#[cfg(feature = "workbook")]
pub use template::template_workbook;

/// Reads a school's CSV into a [`Roster`], or reports every problem in it.
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
///
/// You can also read, check and correct a file by its path. Set the options once, and then read any number of files
/// with the same reader.
///
/// ```
/// use onroll::{Limits, Reader};
///
/// # let folder = tempfile::tempdir()?;
/// # std::env::set_current_dir(&folder)?;
/// # std::fs::write("students.csv", onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,ABAN,No,No\n")?;
/// let reader = Reader::new()
///     .limits(Limits { rows: 3_000, ..Limits::default() })
///     .main_codes_only(true)
///     .threads(0); // as many as there are processors
/// let report = reader.check_path("students.csv")?;
/// println!("{}", report.text());
///
/// reader.fix_path("students.csv", "corrected.csv")?;
/// let roster = reader.read_path("corrected.csv")?;
/// assert_eq!(roster.get(0).unwrap().gender.unwrap().as_str(), "Female");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Reader {
    sign_in: SignIn,
    fix: bool,
    any_order: bool,
    optional_columns: bool,
    main_codes_only: bool,
    extra_columns: ExtraColumns,
    accepted: BTreeSet<Box<str>>,
    edits: Arc<Edits>,
    threads: usize,
    /// The size of the smallest part of a file that a thread reads, in bytes.
    smallest_part: usize,
    limits: Limits,
    /// The name of the sheet to read from a workbook.
    sheet: Option<Box<str>>,
    ethnicities: Arc<Ethnicities>,
    mapping: Option<Arc<Mapping>>,
    vocabulary: Vocabulary,
    names_from: Option<NamesFrom>,
    pupil_premium: Option<PupilPremium>,
    watch: Watch,
}

impl Default for Reader {
    fn default() -> Self {
        Self::new()
    }
}

impl Reader {
    /// Creates a reader for files in the exact format of the template. The students sign in with a password.
    pub fn new() -> Self {
        Self {
            sign_in: SignIn::Password,
            fix: false,
            any_order: false,
            optional_columns: false,
            main_codes_only: false,
            extra_columns: ExtraColumns::Refuse,
            accepted: BTreeSet::new(),
            edits: Arc::default(),
            threads: 1,
            smallest_part: parts::SMALLEST_PART,
            limits: Limits::default(),
            sheet: None,
            ethnicities: Ethnicities::shared(),
            mapping: None,
            vocabulary: Vocabulary::default(),
            names_from: None,
            pupil_premium: None,
            watch: Watch::default(),
        }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`ReadError::Io`] if the file cannot be read, or if the function in [`watch`](Self::watch) cancels the work.
    /// [`ReadError::Rejected`] with the report if the file has errors.
    pub fn read_path(&self, path: impl AsRef<Path>) -> Result<Roster, ReadError> {
        self.roster(self.load_path(path.as_ref())?)
    }

    /// Reads a file in memory. If you pass a `Vec`, the roster keeps it without a copy. A slice is copied once.
    ///
    /// # Errors
    /// [`ReadError::Rejected`] with the report if the file has errors, and [`ReadError::Io`] if the function in
    /// [`watch`](Self::watch) cancels the work.
    pub fn read_bytes<'b>(&self, bytes: impl Into<Cow<'b, [u8]>>) -> Result<Roster, ReadError> {
        self.roster(Some(bytes.into()))
    }

    /// Reads a stream, up to its end or to the size limit for files.
    ///
    /// ```
    /// use std::io::Cursor;
    /// use onroll::Reader;
    /// let upload = Cursor::new(onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n");
    /// assert_eq!(Reader::new().read(upload)?.len(), 1);
    /// # Ok::<(), onroll::ReadError>(())
    /// ```
    ///
    /// # Errors
    /// The same errors as [`read_path`](Self::read_path).
    pub fn read(&self, from: impl Read) -> Result<Roster, ReadError> {
        self.roster(self.load(from, 0)?)
    }

    /// Checks a file, and returns the report, even if the file is refused.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read, or if the function in [`watch`](Self::watch) cancels the work.
    pub fn check_path(&self, path: impl AsRef<Path>) -> io::Result<Report> {
        Ok(self.pass(self.load_path(path.as_ref())?)?.1)
    }

    /// Checks a file in memory, and returns the report.
    ///
    /// ```
    /// use onroll::Reader;
    /// let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,BAFR,No,No\n";
    /// let report = Reader::new().check_bytes(csv.into_bytes());
    /// assert_eq!(report.problems()[0].message(), "row 2, Gender: 'F' should be 'Female'");
    /// ```
    pub fn check_bytes<'b>(&self, bytes: impl Into<Cow<'b, [u8]>>) -> Report {
        // Checking fails only if a watch function cancels it, or if a corrected file cannot be written. Here, there is
        // neither a watch function nor a corrected file.
        let unwatched = Self { watch: Watch::default(), ..self.clone() };
        unwatched.pass(Some(bytes.into())).map_or_else(|_| Report::default(), |(_, report)| report)
    }

    /// Checks a stream, and returns the report.
    ///
    /// ```
    /// use std::io::Cursor;
    /// use onroll::Reader;
    /// let upload = Cursor::new(onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,BAFR,No,No\n");
    /// assert_eq!(Reader::new().check(upload)?.error_count(), 1);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// Returns an error if the stream cannot be read, or if the function in [`watch`](Self::watch) cancels the work.
    pub fn check(&self, from: impl Read) -> io::Result<Report> {
        Ok(self.pass(self.load(from, 0)?)?.1)
    }

    /// Writes the corrected file. Every safe fix is applied, even without [`fix`](Self::fix), and all other values stay
    /// unchanged. Blank rows are left out. The report lists the fixes that were made and the problems that remain.
    ///
    /// If the rows cannot be separated with certainty, no file is written, and an existing file stays unchanged.
    /// [`Report::correctable`] is then false. `to` may be the same file as `from`.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read, if the corrected file cannot be written, or if the function in
    /// [`watch`](Self::watch) cancels the work.
    pub fn fix_path(&self, from: impl AsRef<Path>, to: impl AsRef<Path>) -> io::Result<Report> {
        let bytes = self.load_path(from.as_ref())?;
        let (report, corrected) = self.corrected(bytes)?;
        if report.correctable() {
            table::save_file(to, &corrected)?;
        }
        Ok(report)
    }

    /// Corrects a file in memory, as [`fix_path`](Self::fix_path) does.
    ///
    /// ```
    /// use onroll::Reader;
    /// let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,BAFR,No,No\n";
    /// let mut fixed = Vec::new();
    /// let report = Reader::new().fix_bytes(csv.into_bytes(), &mut fixed)?;
    /// assert!(report.ok() && String::from_utf8(fixed)?.contains(",Female,"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Returns an error if writing fails, or if the function in [`watch`](Self::watch) cancels the work.
    pub fn fix_bytes<'b>(&self, bytes: impl Into<Cow<'b, [u8]>>, mut to: impl Write) -> io::Result<Report> {
        let (report, corrected) = self.corrected(Some(bytes.into()))?;
        if report.correctable() {
            to.write_all(&corrected)?;
        }
        Ok(report)
    }

    /// Checks a file in memory, and returns the report and the rows, with edits and fixes applied.
    ///
    /// ```
    /// let csv = onroll::template_csv() + "Zoë Okafor,,Year 5,5A,F,No,BAFR,No,No\n";
    /// let (report, sheet) = onroll::Reader::new().fix(true).sheet_bytes(csv.into_bytes())?;
    /// assert_eq!((sheet.get(0).unwrap().cells[4], report.error_count()), ("Female", 1)); // the username is missing
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// Returns an error only if the function in [`watch`](Self::watch) cancels the work.
    pub fn sheet_bytes<'b>(&self, bytes: impl Into<Cow<'b, [u8]>>) -> io::Result<(Report, Sheet)> {
        let mut sheet = Sheet::default();
        let (mut pass, input) = self.prepared(Some(bytes.into()))?;
        pass.show_in(&mut sheet);
        let (_, report, _) = pass.run(input)?;
        Ok((report, sheet))
    }

    fn corrected(&self, bytes: Input<'_>) -> io::Result<(Report, Vec<u8>)> {
        let mut corrected = Vec::with_capacity(bytes.as_ref().map_or(0, |bytes| bytes.len()));
        let fixing = self.clone().fix(true);
        let (mut pass, bytes) = fixing.prepared(bytes)?;
        pass.write_to(&mut corrected)?;
        let (_, report, _) = pass.run(bytes)?;
        Ok((report, corrected))
    }

    fn roster(&self, bytes: Input<'_>) -> Result<Roster, ReadError> {
        let (pass, bytes) = self.prepared(bytes)?;
        let (students, report, absent) = pass.run(bytes)?;
        match report.ok() {
            true => Ok(Roster::new(students, self.sign_in, report).with_unrecorded(absent)),
            false => Err(ReadError::Rejected(report)),
        }
    }

    fn pass(&self, input: Input<'_>) -> io::Result<(Students, Report)> {
        let (pass, input) = self.prepared(input)?;
        pass.run(input).map(|(students, report, _)| (students, report))
    }

    /// Returns a file reader that applies the accepted suggestions. If there are any, reads the file once to find them.
    fn prepared<'b>(&self, input: Input<'b>) -> io::Result<(FileReader<'b>, Input<'b>)> {
        let mut pass = FileReader::new(self);
        if self.accepted.is_empty() {
            return Ok((pass, input));
        }
        let again = input.as_ref().map(|bytes| Cow::Borrowed(bytes.as_ref()));
        // Search all suggestions, even if the report lists only a few.
        let all = Limits { problems: usize::MAX, ..self.limits };
        let (_, report, _) = FileReader::new(&self.clone().limits(all)).run(again)?;
        let (accepted, unknown) = Accepted::of(&report, &self.accepted);
        pass.accept(accepted, unknown);
        Ok((pass, input))
    }
}

/// The content of a file, or `None` if the file is too large.
type Input<'b> = Option<Cow<'b, [u8]>>;
