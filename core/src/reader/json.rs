//! Rosters as JSON, both ways: for a queue, a worker process, a plan made tomorrow.

use std::borrow::Cow;
use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::column::Column;
use crate::ethnicity::Ethnicities;
use crate::report::Report;
use crate::roster::{Held, Roster};
use crate::sheet::Limits;
use crate::student::Ids;
use crate::username::SignIn;

use super::{ReadError, Reader, Record};

/// The format this version writes, and the newest it reads.
const FORMAT: u64 = 1;

#[derive(Serialize, Deserialize)]
struct Document<'r> {
    format: u64,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    school_id: Option<Cow<'r, str>>,
    sign_in: SignIn,
    from_file: bool,
    partial: bool,
    #[serde(skip_serializing_if = "<[_]>::is_empty", default)]
    left: Cow<'r, [Ids]>,
    #[serde(skip_serializing_if = "<[_]>::is_empty", default)]
    unrecorded: Cow<'r, [Column]>,
    students: Vec<Row<'r>>,
    held: Cow<'r, [Held]>,
    #[serde(serialize_with = "report_with_values")]
    report: Cow<'r, Report>,
}

#[derive(Serialize, Deserialize)]
struct Row<'r> {
    cells: [Cow<'r, str>; Column::COUNT],
    #[serde(skip_serializing_if = "Option::is_none", default)]
    source_id: Option<Cow<'r, str>>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    upn: Option<Cow<'r, str>>,
    /// What is not known of this student, where that is not the same of all.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    not_recorded: Vec<Column>,
}

/// A roster's JSON has all its cells, so that its report has them too.
fn report_with_values<S: serde::Serializer>(report: &Report, serializer: S) -> Result<S::Ok, S::Error> {
    report.with_values().serialize(serializer)
}

/// What is read before anything else, so that a later format is told from a broken text.
#[derive(Deserialize)]
struct Version {
    format: u64,
}

impl Roster {
    /// The whole roster as JSON: students with their ids, those who are held, the report.
    ///
    /// ```
    /// use onroll::{Reader, Roster};
    /// let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// let roster = Reader::new().read_bytes(csv.into_bytes())?;
    /// let kept = Roster::from_json(&roster.to_json())?;
    /// assert_eq!(kept.get(0), roster.get(0));
    /// # Ok::<(), onroll::ReadError>(())
    /// ```
    pub fn to_json(&self) -> String {
        // Strings and numbers always serialize.
        serde_json::to_string(&self.document()).unwrap_or_default()
    }

    fn document(&self) -> Document<'_> {
        let row = |place| {
            let [source_id, upn] = self.students().ids(place).map(|id| id.map(Cow::Borrowed));
            let cells = self.get(place).map(|student| student.cells()).unwrap_or_default();
            let not_recorded = self.own_not_recorded(place).iter().collect();
            Row { cells: cells.map(Cow::Borrowed), source_id, upn, not_recorded }
        };
        Document {
            format: FORMAT,
            school_id: self.school_id().map(Cow::Borrowed),
            sign_in: self.sign_in(),
            from_file: self.is_from_file(),
            partial: self.is_partial(),
            left: Cow::Borrowed(self.left()),
            unrecorded: Cow::Borrowed(self.unrecorded()),
            students: (0..self.len()).map(row).collect(),
            held: Cow::Borrowed(self.held()),
            report: Cow::Borrowed(self.report()),
        }
    }

    /// A roster from its JSON. Every student is checked again.
    ///
    /// # Errors
    /// [`ReadError::Json`] if it is not such, [`ReadError::Version`] if it is of a later format,
    /// [`ReadError::Rejected`] if a student in it is wrong.
    pub fn from_json(text: &str) -> Result<Self, ReadError> {
        Self::from_json_shared(text, Ethnicities::shared())
    }

    /// [`from_json`](Self::from_json), where the host has added ethnicity codes.
    ///
    /// # Errors
    /// As there.
    pub fn from_json_with(text: &str, ethnicities: Ethnicities) -> Result<Self, ReadError> {
        Self::from_json_shared(text, Arc::new(ethnicities))
    }

    fn from_json_shared(text: &str, ethnicities: Arc<Ethnicities>) -> Result<Self, ReadError> {
        let Version { format } = serde_json::from_str(text).map_err(|error| at(&error))?;
        if format != FORMAT {
            return Err(ReadError::Version { found: format, newest: FORMAT });
        }
        Self::of_document(serde_json::from_str(text).map_err(|error| at(&error))?, ethnicities)
    }

    fn of_document(document: Document<'_>, ethnicities: Arc<Ethnicities>) -> Result<Self, ReadError> {
        // The limit of a cell was that of the reader, and is not known here.
        let limits = Limits { cell_bytes: usize::from(u16::MAX), ..Limits::default() };
        let reader = Reader { ethnicities, ..Reader::new().sign_in(document.sign_in).limits(limits) };
        let is_each_told = document.students.iter().any(|row| !row.not_recorded.is_empty());
        let records = document.students.iter().map(|row| {
            let not_recorded = if is_each_told { &row.not_recorded[..] } else { &document.unrecorded[..] };
            let not_recorded = not_recorded.iter().copied().collect();
            let mut record = Record::new(row.cells.each_ref().map(AsRef::<str>::as_ref)).without(not_recorded);
            if let Some(id) = row.source_id.as_deref() {
                record = record.source_id(id);
            }
            if let Some(upn) = row.upn.as_deref() {
                record = record.upn(upn);
            }
            record
        });
        let roster = reader.read_records(records)?;
        let (held, report) = (document.held.into_owned(), document.report.into_owned());
        let roster = roster.restored(held, report, document.from_file, document.partial);
        let roster = match document.school_id {
            Some(school_id) => roster.with_school_id(school_id),
            None => roster,
        };
        Ok(roster.with_withheld(document.unrecorded.into_owned()).with_left(document.left.into_owned()))
    }
}

impl Serialize for Roster {
    /// As [`to_json`](Self::to_json).
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.document().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Roster {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let document = Document::deserialize(deserializer)?;
        if document.format != FORMAT {
            return Err(D::Error::custom(ReadError::Version { found: document.format, newest: FORMAT }));
        }
        Self::of_document(document, Ethnicities::shared()).map_err(D::Error::custom)
    }
}

/// Where JSON goes wrong. What it says there may be a child's name, so the text of the error stays here.
fn at(error: &serde_json::Error) -> ReadError {
    ReadError::Json { line: error.line(), column: error.column() }
}
