//! Writes and reads a detection result as JSON.

use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::format;
use crate::mapping::Mapping;

use super::{Detected, DetectedColumn, DetectedValues, Ignored, Question};

/// The format that this version writes, which is also the newest format that it reads.
pub(super) const FORMAT: u64 = 1;

/// The fields of [`Detected`] that are stored. `certain` is not read, because it follows from the questions.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StoredDetected {
    format: u64,
    pub(super) heading_row: Option<u64>,
    pub(super) rows: u64,
    pub(super) mapping: Mapping,
    pub(super) columns: Vec<DetectedColumn>,
    pub(super) ignored: Vec<Ignored>,
    pub(super) values: Vec<DetectedValues>,
    pub(super) questions: Vec<Question>,
}

impl<'de> Deserialize<'de> for Detected {
    /// Reads the result as [`from_json`](Self::from_json) does.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = StoredDetected::deserialize(deserializer)?;
        format::check(stored.format, FORMAT).map_err(|_| serde::de::Error::custom("this is of a later version"))?;
        Ok(Self::of(stored))
    }
}

impl Serialize for Detected {
    /// Serialises the result as [`to_json`](Self::to_json) does.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut written = serializer.serialize_struct("Detected", 9)?;
        written.serialize_field("format", &FORMAT)?;
        written.serialize_field("certain", &self.certain())?;
        written.serialize_field("headingRow", &self.heading_row)?;
        written.serialize_field("rows", &self.rows)?;
        written.serialize_field("mapping", &self.mapping)?;
        written.serialize_field("columns", &self.columns)?;
        written.serialize_field("ignored", &self.ignored)?;
        written.serialize_field("values", &self.values)?;
        written.serialize_field("questions", &self.questions)?;
        written.end()
    }
}
