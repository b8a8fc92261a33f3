//! Rosters and reports: reading, checking, fixing.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use napi::bindgen_prelude::{AsyncTask, Buffer, ObjectFinalize, Uint8Array};
use napi::{Env, Result};
use napi_derive::napi;
use onroll::{Column, ProblemCode, ReadError, Reader, Record};
use serde::Deserialize;

use crate::choices;
use crate::columns::{self, Columns};
use crate::error;
use crate::job::{Job, Weigh, job, now};

pub(crate) fn reader(choices: &str) -> Result<Reader> {
    choices::reader(choices).map_err(error::of_choices)
}

/// The progress of a reading and a way to end the reading, shared with the thread that reads.
#[napi]
#[derive(Clone, Default)]
pub struct Watch(Arc<Watched>);

#[derive(Default)]
struct Watched {
    ended: AtomicBool,
    done: AtomicI64,
    of: AtomicI64,
}

#[napi]
impl Watch {
    #[napi(constructor)]
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        Self::default()
    }

    #[napi(catch_unwind)]
    pub fn end(&self) {
        self.0.ended.store(true, Ordering::Relaxed);
    }

    #[napi(getter)]
    pub fn done(&self) -> i64 {
        self.0.done.load(Ordering::Relaxed)
    }

    #[napi(getter)]
    pub fn of(&self) -> i64 {
        self.0.of.load(Ordering::Relaxed)
    }
}

impl Watch {
    /// Returns whether the work continues.
    pub(crate) fn flow(&self) -> ControlFlow<()> {
        if self.0.ended.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    pub(crate) fn over(&self, reader: Reader) -> Reader {
        let watch = self.clone();
        reader.watch(move |done, of| {
            watch.0.done.store(done as i64, Ordering::Relaxed);
            watch.0.of.store(of as i64, Ordering::Relaxed);
            watch.flow()
        })
    }
}

/// A path or bytes.
pub(crate) enum Input {
    Path(String),
    Bytes(Uint8Array),
}

impl Input {
    pub(crate) fn of(path: Option<String>, bytes: Option<Uint8Array>) -> Result<Self> {
        match (path, bytes) {
            (Some(path), _) => Ok(Self::Path(path)),
            (_, Some(bytes)) => Ok(Self::Bytes(bytes)),
            _ => Err(error::of_protocol("source")),
        }
    }
}

fn read(reader: &Reader, input: &Input) -> Result<Roster> {
    let read = match input {
        Input::Path(path) => reader.read_path(path),
        Input::Bytes(bytes) => reader.read_bytes(bytes.to_vec()),
    };
    read.map(Roster::new).map_err(error::of_read)
}

fn check(reader: &Reader, input: &Input) -> Result<Report> {
    let checked = match input {
        Input::Path(path) => reader.check_path(path),
        Input::Bytes(bytes) => reader.check(bytes.as_ref()),
    };
    checked.map(Report).map_err(|error| error::of_io(&error))
}

#[napi(catch_unwind)]
pub fn read_csv(
    path: Option<String>,
    bytes: Option<Uint8Array>,
    choices: String,
    watch: &Watch,
) -> Result<AsyncTask<Job<Roster>>> {
    let (reader, input) = (watch.over(reader(&choices)?), Input::of(path, bytes)?);
    Ok(job(move || read(&reader, &input)))
}

#[napi(catch_unwind)]
pub fn read_csv_sync(env: Env, path: Option<String>, bytes: Option<Uint8Array>, choices: String) -> Result<Roster> {
    let (reader, input) = (reader(&choices)?, Input::of(path, bytes)?);
    now(env, || read(&reader, &input))
}

#[napi(catch_unwind)]
pub fn check_csv(
    path: Option<String>,
    bytes: Option<Uint8Array>,
    choices: String,
    watch: &Watch,
) -> Result<AsyncTask<Job<Report>>> {
    let (reader, input) = (watch.over(reader(&choices)?), Input::of(path, bytes)?);
    Ok(job(move || check(&reader, &input)))
}

#[napi(catch_unwind)]
pub fn check_csv_sync(env: Env, path: Option<String>, bytes: Option<Uint8Array>, choices: String) -> Result<Report> {
    let (reader, input) = (reader(&choices)?, Input::of(path, bytes)?);
    now(env, || check(&reader, &input))
}

/// The report on a fixed or marked file, and the bytes of the new file.
#[napi]
pub struct Fixed {
    report: Report,
    bytes: Option<Vec<u8>>,
}

impl Weigh for Fixed {}

#[napi]
impl Fixed {
    #[napi(catch_unwind)]
    pub fn report(&self) -> Report {
        self.report.clone()
    }

    /// Returns the new file once; `None` if none was made.
    #[napi(catch_unwind)]
    pub fn take_bytes(&mut self) -> Option<Buffer> {
        self.bytes.take().map(Buffer::from)
    }
}

fn fix(reader: &Reader, input: &Input) -> Result<Fixed> {
    let mut corrected = Vec::new();
    let fixed = match input {
        Input::Path(path) => std::fs::read(path).and_then(|given| reader.fix_bytes(given, &mut corrected)),
        Input::Bytes(given) => reader.fix_bytes(given.as_ref(), &mut corrected),
    };
    let report = fixed.map_err(|error| error::of_io(&error))?;
    let bytes = report.correctable().then_some(corrected);
    Ok(Fixed { report: Report(report), bytes })
}

#[napi(catch_unwind)]
pub fn fix_csv(
    path: Option<String>,
    bytes: Option<Uint8Array>,
    choices: String,
    watch: &Watch,
) -> Result<AsyncTask<Job<Fixed>>> {
    let (reader, input) = (watch.over(reader(&choices)?), Input::of(path, bytes)?);
    Ok(job(move || fix(&reader, &input)))
}

#[napi(catch_unwind)]
pub fn fix_csv_sync(env: Env, path: Option<String>, bytes: Option<Uint8Array>, choices: String) -> Result<Fixed> {
    let (reader, input) = (reader(&choices)?, Input::of(path, bytes)?);
    now(env, || fix(&reader, &input))
}

/// Makes a marked workbook instead of a corrected file. This works for every file.
fn mark(reader: &Reader, input: &Input) -> Result<Fixed> {
    let mut marked = Vec::new();
    let report = match input {
        Input::Path(path) => std::fs::read(path).and_then(|given| reader.mark_bytes(given, &mut marked)),
        Input::Bytes(given) => reader.mark_bytes(given.as_ref(), &mut marked),
    };
    let report = report.map_err(|error| error::of_io(&error))?;
    Ok(Fixed { report: Report(report), bytes: Some(marked) })
}

#[napi(catch_unwind)]
pub fn mark_csv(
    path: Option<String>,
    bytes: Option<Uint8Array>,
    choices: String,
    watch: &Watch,
) -> Result<AsyncTask<Job<Fixed>>> {
    let (reader, input) = (watch.over(reader(&choices)?), Input::of(path, bytes)?);
    Ok(job(move || mark(&reader, &input)))
}

#[napi(catch_unwind)]
pub fn mark_csv_sync(env: Env, path: Option<String>, bytes: Option<Uint8Array>, choices: String) -> Result<Fixed> {
    let (reader, input) = (reader(&choices)?, Input::of(path, bytes)?);
    now(env, || mark(&reader, &input))
}

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
        let absent = row.absent.iter().filter_map(|place| Column::ALL.get(*place).copied());
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

/// Returns the codes of all problems.
#[napi(catch_unwind)]
pub fn problem_codes() -> Vec<&'static str> {
    ProblemCode::ALL.iter().map(|code| code.as_str()).collect()
}

/// All problems in an input.
#[napi]
#[derive(Clone)]
pub struct Report(onroll::Report);

impl Weigh for Report {}

#[napi]
impl Report {
    /// Reads a report from the JSON of an error.
    #[napi(factory, catch_unwind)]
    pub fn restore(kept: String) -> Result<Self> {
        serde_json::from_str(&kept).map(Self).map_err(error::of_protocol)
    }

    /// Reads a report from the JSON that `json` returned. An error has only a message.
    #[napi(factory, catch_unwind)]
    pub fn of_json(text: String) -> Result<Self> {
        onroll::Report::from_json(&text).map(Self).map_err(|error| napi::Error::from_reason(error.to_string()))
    }

    /// Returns the counts that the report's JSON does not contain.
    #[napi(catch_unwind)]
    pub fn counts(&self) -> String {
        let report = &self.0;
        serde_json::json!({
            "correctable": report.correctable(),
            "fixedCount": report.fixed_count(),
            "fixableCount": report.fixable_count(),
        })
        .to_string()
    }

    /// Returns whether another report is about the same file, as far as the reports can tell.
    #[napi(catch_unwind)]
    pub fn is_of_same_file(&self, other: &Report) -> bool {
        self.0.is_of_same_file(&other.0)
    }

    /// Returns the number of remaining problems with a code; `None` for an unknown code.
    #[napi(catch_unwind)]
    pub fn count_of(&self, code: String) -> Option<i64> {
        let code = ProblemCode::ALL.iter().find(|c| c.as_str() == code)?;
        Some(self.0.count_of(*code) as i64)
    }

    #[napi(catch_unwind)]
    pub fn text(&self) -> String {
        self.0.text()
    }

    /// Returns the report for logs, without values.
    #[napi(catch_unwind)]
    pub fn shown(&self) -> String {
        self.0.to_string()
    }

    #[napi(catch_unwind)]
    pub fn json(&self, values: bool) -> String {
        self.0.to_json(values)
    }

    #[napi(catch_unwind)]
    pub fn by_value(&self) -> Result<String> {
        serde_json::to_string(&self.0.by_value()).map_err(error::of_protocol)
    }

    #[napi(catch_unwind)]
    pub fn csv(&self) -> Result<Buffer> {
        let mut csv = Vec::new();
        self.0.write_csv(&mut csv).map_err(|error| error::of_io(&error))?;
        Ok(csv.into())
    }
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
        // The text of a row in a file, and its record.
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
        let held = |held: &onroll::Held| {
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
