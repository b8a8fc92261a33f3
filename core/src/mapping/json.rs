//! Writes and reads mappings as JSON, which a host stores for each school. Checks that a mapping can be used
//! (`validate`), and has the messages and codes of `MappingError`.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Mapping, Source, Target, is_value};
use crate::format::{self, UnreadableJson};

/// The format that this version writes, which is also the newest format that it reads.
const FORMAT: u64 = 1;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct MappingDocument {
    #[serde(default = "newest")]
    format: u64,
    columns: BTreeMap<Target, Source>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    values: BTreeMap<Target, BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    sheet: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    headings: Vec<String>,
    /// The fingerprint of the headings, for hosts that read the JSON. onroll does not use it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    fingerprint: Option<String>,
}

fn newest() -> u64 {
    FORMAT
}

/// The reason why a mapping cannot be used.
///
/// ```
/// use onroll::mapping::{MappingError, Target};
/// use onroll::Mapping;
/// let mapping = Mapping::new().with(Target::Gender, "Sex").with_value(Target::Gender, "U", "Unknown");
/// let error = mapping.validate().unwrap_err();
/// assert_eq!(error, MappingError::Value(Target::Gender));
/// println!("{}: {error}", error.code());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MappingError {
    /// The text is not the JSON of a mapping.
    #[error("the JSON of a mapping is not valid at line {line}, column {column}")]
    Json {
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
    },
    /// The mapping is in a format that this version of onroll cannot read.
    #[error("the mapping is in format {found}, and this version of onroll reads up to format {newest}")]
    Version {
        /// The format of the text.
        found: u64,
        /// The newest format that this version of onroll reads.
        newest: u64,
    },
    /// A value is mapped to a value that the target does not accept.
    #[error("the mapping has a value that is not valid for {0}")]
    Value(Target),
    /// A target has no columns, or cannot copy the target that it names.
    #[error("the mapping has no column for {0}")]
    NoColumn(Target),
}

impl MappingError {
    /// Returns the error's code in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Json { .. } => "mapping-not-json",
            Self::Version { .. } => "mapping-version",
            Self::Value(_) => "mapping-value",
            Self::NoColumn(_) => "mapping-no-column",
        }
    }
}

impl From<UnreadableJson> for MappingError {
    fn from(error: UnreadableJson) -> Self {
        match error {
            UnreadableJson::Json { line, column } => Self::Json { line, column },
            UnreadableJson::Version { found, newest } => Self::Version { found, newest },
        }
    }
}

impl Mapping {
    /// Returns the mapping as JSON with camelCase keys. It contains headings and decided values, but no students.
    pub fn to_json(&self) -> String {
        format::write(&self.document())
    }

    /// Reads a mapping from its JSON. Targets may also have their Python names, such as `full_name`. JSON without
    /// `format` is read as the newest format.
    ///
    /// # Errors
    /// [`MappingError`] if the text is not the JSON of a mapping, if it has a later format, or if the mapping cannot be
    /// used.
    ///
    /// ```
    /// use onroll::mapping::Target;
    /// use onroll::Mapping;
    /// let text = r#"{"columns": {"fullName": ["Forename", "Surname"]}, "values": {"gender": {"U": "Non-Binary"}}}"#;
    /// let mapping = Mapping::from_json(text)?;
    /// assert_eq!(mapping.source(Target::FullName).unwrap().headings(), ["Forename", "Surname"]);
    /// # Ok::<(), onroll::mapping::MappingError>(())
    /// ```
    pub fn from_json(text: &str) -> Result<Self, MappingError> {
        #[derive(Deserialize)]
        struct Version {
            #[serde(default = "newest")]
            format: u64,
        }
        let Version { format } = serde_json::from_str(text).map_err(UnreadableJson::from)?;
        format::check(format, FORMAT)?;
        Self::of(serde_json::from_str(text).map_err(UnreadableJson::from)?)
    }

    /// Checks that the mapping can be used: every target accepts its values, and every target has a source.
    ///
    /// # Errors
    /// [`MappingError::Value`] and [`MappingError::NoColumn`].
    pub fn validate(&self) -> Result<(), MappingError> {
        if let Some((target, ..)) = self.values().find(|(target, _, value)| !is_value(*target, value)) {
            return Err(MappingError::Value(target));
        }
        for (target, source) in self.columns() {
            let is_wrong = match (source.as_constant(), source.as_same()) {
                (Some(value), _) => target.is_coded() && !is_value(target, value) || value.trim().is_empty(),
                (_, Some(other)) => {
                    self.source(other).is_none_or(|other| other.as_same().is_some()) || target.is_coded()
                }
                (None, None) => source.has_blank(),
            };
            if is_wrong {
                return Err(match source.as_constant() {
                    Some(_) => MappingError::Value(target),
                    None => MappingError::NoColumn(target),
                });
            }
        }
        Ok(())
    }

    fn document(&self) -> MappingDocument {
        let fingerprint = (!self.headings.is_empty()).then(|| self.fingerprint());
        let Self { columns, values, headings, sheet } = self.clone();
        MappingDocument { format: FORMAT, columns, values, sheet, headings, fingerprint }
    }

    fn of(document: MappingDocument) -> Result<Self, MappingError> {
        let MappingDocument { columns, values, sheet, headings, .. } = document;
        let mapping = Self { columns, values, headings, sheet };
        mapping.validate()?;
        Ok(mapping)
    }
}

impl Source {
    /// Returns whether the source has no column, or has a column whose heading is blank.
    fn has_blank(&self) -> bool {
        let headings = self.headings();
        headings.is_empty() || headings.iter().any(|heading| heading.trim().is_empty())
    }
}

impl Serialize for Mapping {
    /// Serialises the mapping as [`to_json`](Self::to_json) does.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.document().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Mapping {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let document = MappingDocument::deserialize(deserializer)?;
        format::check(document.format, FORMAT).map_err(|error| D::Error::custom(MappingError::from(error)))?;
        Self::of(document).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_each_column_source_in_its_shortest_json_form() {
        let mapping = Mapping::new()
            .with(Target::FullName, Source::parts([vec!["Preferred Forename", "Forename"], vec!["Surname"]]))
            .with(Target::YearGroup, Source::constant("Year 5"))
            .with(Target::ClassName, Source::from(["Year", "Form"]).joined_by(""))
            .with(Target::Username, Source::same_as(Target::Upn))
            .with(Target::Upn, "UPN");
        let json = r#"{"format":1,"columns":{"fullName":[["Preferred Forename","Forename"],"Surname"],"username":{"sameAs":"upn"},"yearGroup":{"constant":"Year 5"},"className":{"columns":["Year","Form"],"join":""},"upn":"UPN"}}"#;
        assert_eq!(mapping.to_json(), json);
        assert_eq!(Mapping::from_json(json), Ok(mapping));
    }

    #[test]
    fn refuses_an_unusable_mapping() {
        let error = |text: &str| Mapping::from_json(text).unwrap_err().code();
        assert_eq!(error("{"), "mapping-not-json");
        assert_eq!(error(r#"{"format": 2, "columns": {}}"#), "mapping-version");
        assert_eq!(error(r#"{"columns": {"shoeSize": "Shoe"}}"#), "mapping-not-json");
        assert_eq!(error(r#"{"columns": {}, "colunms": {}}"#), "mapping-not-json");
        assert_eq!(error(r#"{"columns": {"gender": "Sex"}, "values": {"gender": {"U": "Unknown"}}}"#), "mapping-value");
        assert_eq!(error(r#"{"columns": {"gender": {"constant": "f"}}}"#), "mapping-value");
        for columns in [
            r#"{"username": {"sameAs": "username"}}"#,
            r#"{"username": {"sameAs": "upn"}}"#,
            r#"{"fullName": []}"#,
            r#"{"fullName": ["Forename", " "]}"#,
        ] {
            assert_eq!(error(&format!(r#"{{"columns": {columns}}}"#)), "mapping-no-column", "{columns}");
        }
    }
}
