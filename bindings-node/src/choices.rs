//! Makes a reader from the options of a reading, as JavaScript sends them. This crate and the browser's crate share
//! this file. `lib/shared/choices.ts` has checked the options.

use std::collections::BTreeMap;

use onroll::code::UnknownCode;
use onroll::mapping::{NamesFrom, Target, Vocabulary};
use onroll::reader::{CellEdit, ExtraColumns, PupilPremium};
use onroll::values::{Ethnicities, EthnicityEntry};
use onroll::{Column, Limits, Mapping, Reader};
use serde::Deserialize;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Choices {
    sign_in: Option<String>,
    fix: bool,
    any_order: bool,
    optional_columns: bool,
    main_codes_only: bool,
    extra_columns: ExtraColumns,
    accept: Vec<String>,
    sheet: Option<String>,
    threads: usize,
    limits: LimitChoices,
    mapping: Option<Mapping>,
    pupil_premium: Option<PupilPremium>,
    vocabulary: BTreeMap<String, Target>,
    names_from: Option<String>,
    ethnicities: Vec<EthnicityEntry>,
    edits: Vec<Edit>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct LimitChoices {
    file_bytes: Option<u64>,
    rows: Option<u64>,
    columns: Option<usize>,
    cell_bytes: Option<usize>,
    sheet_bytes: Option<u64>,
    problems: Option<usize>,
}

impl LimitChoices {
    fn limits(self) -> Limits {
        let usual = Limits::default();
        Limits {
            file_bytes: self.file_bytes.unwrap_or(usual.file_bytes),
            rows: self.rows.unwrap_or(usual.rows),
            columns: self.columns.unwrap_or(usual.columns),
            cell_bytes: self.cell_bytes.unwrap_or(usual.cell_bytes),
            sheet_bytes: self.sheet_bytes.unwrap_or(usual.sheet_bytes),
            problems: self.problems.unwrap_or(usual.problems),
        }
    }
}

/// An edit by a person: a new text for a cell. Without a column, the person left out the row.
#[derive(Deserialize)]
struct Edit {
    row: u64,
    /// The index of the column, from 0.
    column: Option<usize>,
    #[serde(default)]
    text: String,
}

impl Edit {
    fn checked(self) -> Result<CellEdit, String> {
        let Some(index) = self.column else { return Ok(CellEdit::leave_out(self.row)) };
        let column = Column::ALL.get(index).copied().ok_or_else(|| format!("there is no column {index}"))?;
        Ok(CellEdit::set(self.row, column, self.text))
    }
}

/// The reason why options cannot be used.
pub(crate) enum Wrong {
    /// The JSON is not what the package sends.
    Protocol(String),
    /// The host's ethnicity codes are wrong. The text names the entry.
    Ethnicities(String),
}

impl From<String> for Wrong {
    fn from(message: String) -> Self {
        Self::Protocol(message)
    }
}

/// Returns the Department for Education's codes together with the host's own codes.
pub(crate) fn ethnicities(entries: &[EthnicityEntry]) -> Result<Ethnicities, Wrong> {
    entries.iter().enumerate().try_fold(Ethnicities::default(), |codes, (number, entry)| {
        let wrong = |error| Wrong::Ethnicities(format!("ethnicities[{number}]: {error}"));
        codes.with_entry(entry).map_err(wrong)
    })
}

/// Returns the reader for these options, which are JSON.
pub(crate) fn reader(choices: &str) -> Result<Reader, Wrong> {
    let choices: Choices = serde_json::from_str(choices).map_err(|error| error.to_string())?;
    let terms = choices.vocabulary.iter();
    let vocabulary = terms.fold(Vocabulary::default(), |all, (heading, target)| all.with(heading, *target));
    let edits: Vec<CellEdit> = choices.edits.into_iter().map(Edit::checked).collect::<Result<_, _>>()?;
    let mut reader = choices.sheet.into_iter().fold(Reader::new(), Reader::sheet).vocabulary(vocabulary);
    if let Some(sign_in) = choices.sign_in {
        reader = reader.sign_in(sign_in.parse().map_err(|error: UnknownCode| error.to_string())?);
    }
    if let Some(mapping) = choices.mapping {
        reader = reader.mapping(mapping);
    }
    if let Some(list) = choices.pupil_premium {
        reader = reader.pupil_premium(list);
    }
    if !choices.ethnicities.is_empty() {
        reader = reader.ethnicities(ethnicities(&choices.ethnicities)?);
    }
    if let Some(name) = choices.names_from {
        let unknown = || format!("there are no names of the kind {name}");
        reader = reader.names_from(NamesFrom::named(&name).ok_or_else(unknown)?);
    }
    Ok(reader
        .fix(choices.fix)
        .any_order(choices.any_order)
        .optional_columns(choices.optional_columns)
        .main_codes_only(choices.main_codes_only)
        .extra_columns(choices.extra_columns)
        .accept(choices.accept)
        .threads(choices.threads)
        .limits(choices.limits.limits())
        .edits(edits))
}
