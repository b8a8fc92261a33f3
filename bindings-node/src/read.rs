//! The native functions that read, check, fix and mark a school's file.

use napi::bindgen_prelude::{AsyncTask, Buffer, ToNapiValue, TypeName, Uint8Array};
use napi::{Env, Result};
use napi_derive::napi;
use onroll::Reader;

use crate::error;
use crate::input::{Input, reader};
use crate::job::{Job, Weigh, job, now};
use crate::report::Report;
use crate::roster::Roster;
use crate::watch::Watch;

/// Runs work on a file off the main thread. `watch` gets the progress of the work, and can end the work.
pub(crate) fn watched<T>(
    path: Option<String>,
    bytes: Option<Uint8Array>,
    choices: &str,
    watch: &Watch,
    work: impl FnOnce(&Reader, &Input) -> Result<T> + Send + 'static,
) -> Result<AsyncTask<Job<T>>>
where
    T: Send + Weigh + ToNapiValue + TypeName + 'static,
{
    let (reader, input) = (watch.over(reader(choices)?), Input::of(path, bytes)?);
    Ok(job(move || work(&reader, &input)))
}

/// Runs work on a file synchronously.
fn at_once<T: Weigh>(
    env: Env,
    path: Option<String>,
    bytes: Option<Uint8Array>,
    choices: &str,
    work: impl FnOnce(&Reader, &Input) -> Result<T>,
) -> Result<T> {
    let (reader, input) = (reader(choices)?, Input::of(path, bytes)?);
    now(env, || work(&reader, &input))
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
    watched(path, bytes, &choices, watch, read)
}

#[napi(catch_unwind)]
pub fn read_csv_sync(env: Env, path: Option<String>, bytes: Option<Uint8Array>, choices: String) -> Result<Roster> {
    at_once(env, path, bytes, &choices, read)
}

#[napi(catch_unwind)]
pub fn check_csv(
    path: Option<String>,
    bytes: Option<Uint8Array>,
    choices: String,
    watch: &Watch,
) -> Result<AsyncTask<Job<Report>>> {
    watched(path, bytes, &choices, watch, check)
}

#[napi(catch_unwind)]
pub fn check_csv_sync(env: Env, path: Option<String>, bytes: Option<Uint8Array>, choices: String) -> Result<Report> {
    at_once(env, path, bytes, &choices, check)
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
    watched(path, bytes, &choices, watch, fix)
}

#[napi(catch_unwind)]
pub fn fix_csv_sync(env: Env, path: Option<String>, bytes: Option<Uint8Array>, choices: String) -> Result<Fixed> {
    at_once(env, path, bytes, &choices, fix)
}

/// Makes a marked workbook instead of a corrected file. Every file can be marked.
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
    watched(path, bytes, &choices, watch, mark)
}

#[napi(catch_unwind)]
pub fn mark_csv_sync(env: Env, path: Option<String>, bytes: Option<Uint8Array>, choices: String) -> Result<Fixed> {
    at_once(env, path, bytes, &choices, mark)
}
