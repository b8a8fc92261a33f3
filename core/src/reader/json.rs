//! Writes and reads rosters as JSON (`Roster::to_json`), for a queue, a worker process, or a plan that is made later.

use std::borrow::Cow;
use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::column::Column;
use crate::format::{self, UnreadableJson};
use crate::report::Report;
use crate::roster::{Held, Roster};
use crate::student::Ids;
use crate::table::Limits;
use crate::username::SignIn;
use crate::values::ethnicity::Ethnicities;

use super::{ReadError, Reader, Record};

/// The format that this version writes, which is also the newest format that this version reads.
const FORMAT: u64 = 1;

#[derive(Serialize, Deserialize)]
struct RosterDocument<'r> {
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
    /// The codes that the host added: code, description, main code.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    ethnicities: Vec<[String; 3]>,
    students: Vec<StoredStudent<'r>>,
    held: Cow<'r, [Held]>,
    #[serde(serialize_with = "report_with_values")]
    report: Cow<'r, Report>,
}

#[derive(Serialize, Deserialize)]
struct StoredStudent<'r> {
    cells: [Cow<'r, str>; Column::COUNT],
    #[serde(skip_serializing_if = "Option::is_none", default)]
    source_id: Option<Cow<'r, str>>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    upn: Option<Cow<'r, str>>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    upi: Option<Cow<'r, str>>,
    /// The unrecorded fields of this student, if any student's unrecorded fields differ from the roster's.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    not_recorded: Vec<Column>,
}

/// Writes the report with its values, because a roster's JSON contains all values anyway.
fn report_with_values<S: serde::Serializer>(report: &Report, serializer: S) -> Result<S::Ok, S::Error> {
    report.with_values().serialize(serializer)
}

impl Roster {
    /// Returns the whole roster as JSON: students with their ids, held students, and the report.
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
        format::write(&self.document())
    }

    fn document(&self) -> RosterDocument<'_> {
        let row = |index| {
            let [source_id, upn] = self.students().ids(index).map(|id| id.map(Cow::Borrowed));
            let cells = self.students().at(index).cells();
            let not_recorded = self.own_not_recorded(index).iter().collect();
            let upi = self.upi(index).map(Cow::Borrowed);
            StoredStudent { cells: cells.map(Cow::Borrowed), source_id, upn, upi, not_recorded }
        };
        RosterDocument {
            format: FORMAT,
            school_id: self.school_id().map(Cow::Borrowed),
            sign_in: self.sign_in(),
            from_file: self.is_from_file(),
            partial: self.is_partial(),
            left: Cow::Borrowed(self.left()),
            unrecorded: Cow::Borrowed(self.unrecorded()),
            ethnicities: self.ethnicities().own(),
            students: (0..self.len()).map(row).collect(),
            held: Cow::Borrowed(self.held()),
            report: Cow::Borrowed(self.report()),
        }
    }

    /// Reads a roster from its JSON. Every student is checked again.
    ///
    /// ```
    /// use onroll::{ReadError, Roster};
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let stored = onroll::Reader::new().read_bytes(csv.into_bytes())?.to_json();
    /// assert_eq!(Roster::from_json(&stored)?.get(0).unwrap().full_name, "Zoë Okafor");
    /// assert!(matches!(Roster::from_json("{}"), Err(ReadError::Json { .. })));
    /// # Ok::<(), onroll::ReadError>(())
    /// ```
    ///
    /// # Errors
    /// [`ReadError::Json`] if the text is not the JSON of a roster, [`ReadError::Version`] for a later format, and
    /// [`ReadError::Rejected`] if a student is not valid.
    pub fn from_json(text: &str) -> Result<Self, ReadError> {
        Self::from_json_shared(text, Ethnicities::shared())
    }

    /// Reads a roster as [`from_json`](Self::from_json) does, with your own ethnicity codes and aliases. The JSON
    /// contains the codes in the roster, but not the aliases.
    ///
    /// ```
    /// use onroll::values::Ethnicities;
    /// use onroll::{Reader, Roster};
    /// let codes = Ethnicities::default().with("WSHE", "White - Shetlander", "WBRI")?;
    /// let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,WSHE,No,No\n";
    /// let stored = Reader::new().ethnicities(codes.clone()).read_bytes(csv.into_bytes())?.to_json();
    /// assert!(Roster::from_json(&stored).is_ok());
    /// assert_eq!(Roster::from_json_with(&stored, codes)?.get(0).unwrap().ethnicity.main_code(), "WBRI");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The same errors as [`from_json`](Self::from_json).
    pub fn from_json_with(text: &str, ethnicities: Ethnicities) -> Result<Self, ReadError> {
        Self::from_json_shared(text, Arc::new(ethnicities))
    }

    fn from_json_shared(text: &str, ethnicities: Arc<Ethnicities>) -> Result<Self, ReadError> {
        Self::of_document(format::read(text, FORMAT)?, ethnicities)
    }

    fn of_document(document: RosterDocument<'_>, ethnicities: Arc<Ethnicities>) -> Result<Self, ReadError> {
        // The original reader's limit for a value is not in the JSON, so we allow the longest possible value.
        let limits = Limits { cell_bytes: usize::from(u16::MAX), ..Limits::default() };
        let ethnicities = ethnicities.and_own(&document.ethnicities);
        let reader = Reader { ethnicities, ..Reader::new().sign_in(document.sign_in).limits(limits) };
        let is_each_given = document.students.iter().any(|row| !row.not_recorded.is_empty());
        let records = document.students.iter().map(|row| {
            let not_recorded = if is_each_given { &row.not_recorded[..] } else { &document.unrecorded[..] };
            let not_recorded = not_recorded.iter().copied().collect();
            let mut record = Record::new(row.cells.each_ref().map(AsRef::<str>::as_ref)).without(not_recorded);
            if let Some(id) = row.source_id.as_deref() {
                record = record.source_id(id);
            }
            if let Some(upn) = row.upn.as_deref() {
                record = record.upn(upn);
            }
            if let Some(upi) = row.upi.as_deref() {
                record = record.upi(upi);
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
    /// Writes the same JSON as [`to_json`](Self::to_json).
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.document().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Roster {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let document = RosterDocument::deserialize(deserializer)?;
        format::check(document.format, FORMAT).map_err(|error| D::Error::custom(ReadError::from(error)))?;
        Self::of_document(document, Ethnicities::shared()).map_err(D::Error::custom)
    }
}

impl From<UnreadableJson> for ReadError {
    fn from(error: UnreadableJson) -> Self {
        match error {
            UnreadableJson::Json { line, column } => Self::Json { line, column },
            UnreadableJson::Version { found, newest } => Self::Version { found, newest },
        }
    }
}
