//! Reads who gets pupil premium (`PupilPremium`), from the file that schools get from the Department for Education
//! ("Get information about pupils"). The file identifies each pupil by UPN.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::column::Column;
use crate::mapping::{self, AppliedMapping, Target};
use crate::problem::{Detail, Position, Problem, ProblemCode as Code};
use crate::report::Report;
use crate::table;
use crate::upn;
use crate::values::flag;

use super::export::Export;
use super::load::open_file;
use super::{ReadError, Reader};

/// A list of pupils by UPN that says who gets pupil premium. The Department for Education's file has a row for each
/// pupil and a column for each kind of premium.
///
/// ```
/// use onroll::reader::PupilPremium;
/// use onroll::Reader;
/// let dfe = "UPN,Surname,Forename,Sex,DOB,NCYear,Deprivation Pupil Premium,Service Child Premium,Adopted from Care Premium,Looked After Premium\n\
///            H801200001001,Okafor,Zoë,F,01/02/2016,5,0,1,0,0\n";
/// let premium = PupilPremium::read_bytes(dfe.as_bytes())?;
/// let csv = "Forename,Surname,Year,Reg,Sex,UPN\nZoë,Okafor,5,5A,F,H801200001001\n";
/// let reader = Reader::new().fix(true).pupil_premium(premium);
/// let detected = reader.detect_bytes(csv.as_bytes())?;
/// let roster = reader.mapping(detected.mapping()).read_bytes(csv.as_bytes())?;
/// assert!(roster.get(0).unwrap().pupil_premium);
/// # Ok::<(), onroll::ReadError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct PupilPremium(Arc<BTreeMap<String, bool>>);

impl PupilPremium {
    /// Reads the list from a file with a UPN column and one or more pupil premium columns. A pupil gets the premium if
    /// any of these columns contains a yes or a number over 0.
    ///
    /// # Errors
    /// [`ReadError::Rejected`] if the columns cannot be found with certainty, or if a row cannot be read.
    /// [`ReadError::Io`] if the file cannot be read.
    ///
    /// ```
    /// use onroll::reader::PupilPremium;
    /// use onroll::{ReadError, Reader};
    /// # let folder = tempfile::tempdir()?;
    /// # std::env::set_current_dir(&folder)?;
    /// # std::fs::write("premium.csv", "UPN,Pupil Premium Indicator\nH801200001001,Yes\n")?;
    /// let premium = PupilPremium::read_path("premium.csv")?;
    /// let reader = Reader::new().pupil_premium(premium);
    /// assert!(matches!(PupilPremium::read_path("missing.csv"), Err(ReadError::Io(_))));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn read_path(path: impl AsRef<Path>) -> Result<Self, ReadError> {
        let (file, _) = open_file(path.as_ref()).map_err(ReadError::Io)?;
        let mut bytes = Vec::new();
        // Reads one byte more than the limit, so that `read_bytes` can see that the file is too large.
        let most = Reader::new().limits.within_reach().file_bytes;
        file.take(most + 1).read_to_end(&mut bytes).map_err(ReadError::Io)?;
        Self::read_bytes(bytes)
    }

    /// Reads the list from bytes, as [`read_path`](Self::read_path) does.
    ///
    /// # Errors
    /// The same errors as [`read_path`](Self::read_path), except I/O errors.
    pub fn read_bytes<'b>(bytes: impl Into<Cow<'b, [u8]>>) -> Result<Self, ReadError> {
        let reader = Reader::new();
        let limits = reader.limits.within_reach();
        let rejected = |problem: Problem| {
            let mut report = Report::new(limits.problems);
            report.add(problem, false);
            ReadError::Rejected(report)
        };
        let bytes = bytes.into();
        let detected = reader.detect_bytes(bytes.as_ref())?;
        let missing = [Target::Upn, Target::PupilPremium].into_iter().find(|t| detected.mapping().source(*t).is_none());
        let decoded = table::decode(bytes).map_err(|_| rejected(Problem::new(Code::NotACsv, Position::File)))?;
        let score = |cell: &str| mapping::points(&reader.vocabulary, cell);
        let export = Export::open(decoded, &limits, &score, &reader.vocabulary).ok().filter(|_| missing.is_none());
        let Some(export) = export else {
            let note = Detail::note(
                "this is not a list of pupil premium; it needs a column of UPNs and a column of pupil premium",
            );
            return Err(rejected(Problem::new(Code::HeadingMissing, Position::File).with_detail(note)));
        };
        let (layout, _) = AppliedMapping::of(detected.mapping(), &export.headings, &reader.vocabulary, reader.sign_in);
        let mut listed = BTreeMap::new();
        let mut rows = export.rows(&limits);
        while let Some(row) = rows.next() {
            let [upn, premium] =
                [Target::Upn, Target::PupilPremium].map(|target| layout.text(target, |cell| row.cell(cell)).text);
            let Some(upn) = upn::valid(&upn) else { continue };
            let position = Position::Row {
                row: row.number,
                line: row.line,
                byte: row.start as u64,
                column: Some(Column::PupilPremium),
            };
            let flag = match premium.trim() {
                "" => Some(false),
                premium => flag::meaning(Column::PupilPremium, premium).sure(),
            };
            let Some(flag) = flag else {
                return Err(rejected(Problem::new(Code::YesNo, position).with_value(&premium)));
            };
            // If a pupil has two rows, one yes is enough.
            *listed.entry(upn).or_default() |= flag;
        }
        Ok(Self(Arc::new(listed)))
    }

    /// Returns the number of pupils in the list.
    ///
    /// ```
    /// use onroll::reader::PupilPremium;
    /// let list = PupilPremium::read_bytes(b"UPN,Pupil Premium\nH801200001001,Yes\n".as_slice())?;
    /// assert!(list.len() == 1 && !list.is_empty());
    /// # Ok::<(), onroll::ReadError>(())
    /// ```
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether the list is empty.
    ///
    /// ```
    /// # use onroll::reader::PupilPremium;
    /// let list = PupilPremium::read_bytes(b"UPN,Pupil Premium\nH801200001001,Yes\n".as_slice())?;
    /// assert!(!list.is_empty());
    /// # Ok::<(), onroll::ReadError>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns whether a pupil has the premium, or `None` if the UPN is not in the list.
    pub(super) fn of(&self, upn: &str) -> Option<bool> {
        self.0.get(&upn::valid(upn)?).copied()
    }
}

impl Serialize for PupilPremium {
    /// Writes an object with `true` or `false` for each UPN.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PupilPremium {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let listed = BTreeMap::<String, bool>::deserialize(deserializer)?;
        let valid = listed.into_iter().map(|(upn, flag)| Some((upn::valid(&upn)?, flag)));
        let listed: Option<BTreeMap<String, bool>> = valid.collect();
        Ok(Self(Arc::new(listed.ok_or_else(|| D::Error::custom("a key is not a valid UPN"))?)))
    }
}

impl fmt::Debug for PupilPremium {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PupilPremium").field("pupils", &self.len()).finish_non_exhaustive()
    }
}

impl Reader {
    /// Sets the list of pupil premium for files that are read with a [mapping](Self::mapping). Each student gets the
    /// value that the list has for the student's UPN. If the file has another value, the report has a warning with both
    /// values. A student who is not in the list has the value in the file. If the file has no pupil premium column, that
    /// student's value is `No`, with a warning. The same applies to students without a valid UPN, and to students who
    /// share a UPN.
    ///
    /// ```
    /// use onroll::reader::PupilPremium;
    /// use onroll::Reader;
    /// let list = PupilPremium::read_bytes(b"UPN,Pupil Premium\nH801200001001,Yes\n".as_slice())?;
    /// let csv = "Forename,Surname,Year,Reg,Sex,UPN\nZoë,Okafor,5,5A,F,H801200001001\n";
    /// let reader = Reader::new().fix(true).pupil_premium(list);
    /// let detected = reader.detect_bytes(csv.as_bytes())?;
    /// assert!(reader.mapping(detected.mapping()).read_bytes(csv.as_bytes())?.get(0).unwrap().pupil_premium);
    /// # Ok::<(), onroll::ReadError>(())
    /// ```
    pub fn pupil_premium(mut self, list: PupilPremium) -> Self {
        self.pupil_premium = Some(list);
        self
    }
}
