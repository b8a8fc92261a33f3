//! The native class behind `Roster`: the valid students of a file, of rows or of JSON.

use std::sync::Arc;

use napi::bindgen_prelude::{AsyncTask, Buffer, ObjectFinalize};
use napi::{Env, Result};
use napi_derive::napi;
use onroll::{Column, ReadError, Record};
use serde::Deserialize;

use crate::columns::{self, Columns};
use crate::error;
use crate::input::reader;
use crate::job::{Job, Weigh, job, now};
use crate::report::Report;

/// A student as the package sends it: nine cells, and the ids.
#[derive(Deserialize)]
struct Row {
    cells: [String; 9],
    /// The indexes of the columns that are not recorded.
    absent: Vec<usize>,
    source_id: Option<String>,
    upn: Option<String>,
    upi: Option<String>,
}

/// Reads students that are passed as data. With `hold`, students with an error are held; otherwise one error refuses
/// the roster.
#[napi(catch_unwind)]
pub fn roster_from_rows(env: Env, rows: String, choices: String, hold: bool) -> Result<Roster> {
    let reader = reader(&choices)?;
    let rows: Vec<Row> = serde_json::from_str(&rows).map_err(error::of_protocol)?;
    let records = rows.into_iter().map(|row| {
        let absent = row.absent.iter().filter_map(|index| Column::ALL.get(*index).copied());
        let mut record = absent.fold(Record::new(row.cells), Record::not_recorded);
        if let Some(id) = row.source_id {
            record = record.source_id(id);
        }
        if let Some(upn) = row.upn {
            record = record.upn(upn);
        }
        if let Some(upi) = row.upi {
            record = record.upi(upi);
        }
        record
    });
    now(env, || match hold {
        true => Ok(Roster::new(reader.hold_records(records))),
        false => reader.read_records(records).map(Roster::new).map_err(error::of_read),
    })
}

#[napi(catch_unwind)]
pub fn roster_from_json(env: Env, text: String) -> Result<Roster> {
    now(env, || onroll::Roster::from_json(&text).map(Roster::new).map_err(|error: ReadError| error::of_read(error)))
}

/// The valid students of a file.
#[napi(custom_finalize)]
pub struct Roster(pub(crate) Arc<onroll::Roster>);

impl Roster {
    pub(crate) fn new(roster: onroll::Roster) -> Self {
        Self(Arc::new(roster))
    }
}

impl Weigh for Roster {
    fn weight(&self) -> i64 {
        // For each student, the roster keeps the text of the row and a record.
        self.0.len() as i64 * 96
    }
}

impl ObjectFinalize for Roster {
    fn finalize(self, env: Env) -> Result<()> {
        env.adjust_external_memory(-self.weight())?;
        Ok(())
    }
}

#[napi]
impl Roster {
    #[napi(getter)]
    pub fn length(&self) -> u32 {
        self.0.len() as u32
    }

    #[napi(getter)]
    pub fn sign_in(&self) -> &'static str {
        self.0.sign_in().as_str()
    }

    #[napi(getter)]
    pub fn partial(&self) -> bool {
        self.0.is_partial()
    }

    #[napi(getter)]
    pub fn school_id(&self) -> Option<String> {
        self.0.school_id().map(str::to_owned)
    }

    #[napi(catch_unwind)]
    pub fn with_school_id(&self, env: Env, school_id: String) -> Result<Roster> {
        now(env, || Ok(Self::new((*self.0).clone().with_school_id(school_id))))
    }

    #[napi(catch_unwind)]
    pub fn as_partial(&self, env: Env) -> Result<Roster> {
        now(env, || Ok(Self::new((*self.0).clone().into_partial())))
    }

    /// Returns the texts of a student: the nine columns, national year, key stage, source id, UPN and UPI. An unknown
    /// text is blank.
    #[napi(catch_unwind)]
    pub fn at(&self, index: u32) -> Option<Vec<String>> {
        let student = self.0.get(index as usize)?;
        let year = student.national_year();
        let mut cells: Vec<String> = student.cells().map(str::to_owned).into();
        cells.push(year.map_or_else(String::new, |year| year.to_string()));
        cells.push(year.and_then(|year| year.key_stage()).map_or_else(String::new, |stage| stage.to_string()));
        let ids = [self.0.source_id(index as usize), self.0.upn(index as usize), self.0.upi(index as usize)];
        cells.extend(ids.map(|id| id.unwrap_or_default().to_owned()));
        Some(cells)
    }

    #[napi(catch_unwind)]
    pub fn report(&self) -> Report {
        Report(self.0.report().clone())
    }

    /// Returns the headings of the optional columns in which no student has a value.
    #[napi(catch_unwind)]
    pub fn unrecorded(&self) -> Vec<&'static str> {
        self.0.unrecorded().iter().map(|column| column.heading()).collect()
    }

    #[napi(catch_unwind)]
    pub fn held(&self) -> String {
        let held = |held: &onroll::roster::Held| {
            serde_json::json!({
                "record": held.record(),
                "sourceId": held.source_id(),
                "upn": held.upn(),
                "fullName": held.full_name(),
                "username": held.username(),
                "yearGroup": held.year_group(),
                "className": held.class_name(),
                "reasons": held.reasons(),
            })
        };
        serde_json::Value::from_iter(self.0.held().iter().map(held)).to_string()
    }

    #[napi(catch_unwind)]
    pub fn json(&self) -> String {
        self.0.to_json()
    }

    #[napi(catch_unwind)]
    pub fn csv(&self) -> AsyncTask<Job<Buffer>> {
        let roster = Arc::clone(&self.0);
        job(move || csv(&roster))
    }

    #[napi(catch_unwind)]
    pub fn csv_sync(&self) -> Result<Buffer> {
        csv(&self.0)
    }

    #[napi(catch_unwind)]
    pub fn not_imported_text(&self) -> String {
        self.0.not_imported_text()
    }

    #[napi(catch_unwind)]
    pub fn not_imported_csv(&self) -> Result<Buffer> {
        let mut csv = Vec::new();
        self.0.write_not_imported(&mut csv).map_err(|error| error::of_io(&error))?;
        Ok(csv.into())
    }

    #[napi(catch_unwind)]
    pub fn columns(&self) -> Columns {
        columns::of(self.0.iter())
    }
}

fn csv(roster: &onroll::Roster) -> Result<Buffer> {
    let mut csv = Vec::new();
    roster.write_csv(&mut csv).map_err(|error| error::of_io(&error))?;
    Ok(csv.into())
}
