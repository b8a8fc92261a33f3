//! Stores a snapshot with serde. The students are stored with Wonde's own fields, so we read them like Wonde's answers.

use chrono::{DateTime, Utc};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::format;

use super::includes::{self, Includes};
use super::loose::LooseList;
use super::model::Student;
use super::snapshot::{Gone, Snapshot, SnapshotWarning};

/// The format that this version writes, and the newest that it reads.
const FORMAT: u64 = 1;

/// A stored snapshot. `S` is the type of its students, and `G` the type of the students who have left.
#[derive(Serialize, Deserialize)]
struct SnapshotDocument<S, G> {
    format: u64,
    school_id: String,
    since: Option<DateTime<Utc>>,
    includes: Vec<String>,
    warnings: Vec<SnapshotWarning>,
    duplicates: usize,
    pages: u32,
    count: Option<u64>,
    students: S,
    gone: G,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
enum Warning {
    CountDiffers { listed: u64, counted: u64 },
    IncludeRefused { include: String },
}

impl From<SnapshotWarning> for Warning {
    fn from(warning: SnapshotWarning) -> Self {
        match warning {
            SnapshotWarning::CountDiffers { listed, counted } => Self::CountDiffers { listed, counted },
            SnapshotWarning::IncludeRefused { include } => Self::IncludeRefused { include: include.to_owned() },
        }
    }
}

impl TryFrom<Warning> for SnapshotWarning {
    type Error = &'static str;

    fn try_from(warning: Warning) -> Result<Self, Self::Error> {
        match warning {
            Warning::CountDiffers { listed, counted } => Ok(Self::CountDiffers { listed, counted }),
            Warning::IncludeRefused { include } => Ok(Self::IncludeRefused { include: includes::known(&include)? }),
        }
    }
}

impl Serialize for SnapshotWarning {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Warning::from(*self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SnapshotWarning {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(Warning::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl Serialize for Snapshot {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let document = SnapshotDocument {
            format: FORMAT,
            school_id: self.school.clone(),
            since: self.since,
            includes: self.includes.names().iter().map(|name| (*name).to_owned()).collect(),
            warnings: self.warnings.clone(),
            duplicates: self.duplicates,
            pages: self.pages,
            count: self.count,
            students: &self.students,
            gone: &self.gone,
        };
        document.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Snapshot {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let document = SnapshotDocument::<LooseList<Student>, Vec<Gone>>::deserialize(deserializer)?;
        format::check(document.format, FORMAT).map_err(|_| D::Error::custom("this snapshot is of a later version"))?;
        let unknown = || D::Error::custom("it names a part of a student's record that Wonde does not have");
        Ok(Self {
            school: document.school_id,
            students: document.students.0,
            gone: document.gone,
            since: document.since,
            includes: Includes::named(document.includes).map_err(|_| unknown())?,
            warnings: document.warnings,
            duplicates: document.duplicates,
            pages: document.pages,
            count: document.count,
        })
    }
}
