//! The core for a browser, with the functions that the package's worker calls.
//!
//! Structured data crosses the boundary as JSON, and long data as bytes and numbers. This crate contains no rules and
//! no messages.

#[path = "../../src/choices.rs"]
mod choices;
mod columns;
mod report;

use std::cell::RefCell;
use std::io;
use std::ops::ControlFlow;

use choices::Wrong;
use js_sys::{Array, Function, Object, Reflect, Uint8Array, Uint32Array};
use onroll::{Column, ReadError, Reader};
use wasm_bindgen::prelude::*;

thread_local! {
    /// The function that gets the progress of a reading. There is one thread, and it reads one file at a time.
    static WATCH: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// Stores the function that gets the progress of a reading, and returns a reader that calls the function.
fn reader(choices: &str, watch: Option<Function>) -> Result<Reader, JsValue> {
    let reader = choices::reader(choices).map_err(|wrong| match wrong {
        Wrong::Protocol(message) => error("protocol", &message),
        Wrong::Ethnicities(message) => error("ethnicities", &message),
    })?;
    let is_watched = watch.is_some();
    WATCH.with(|kept| *kept.borrow_mut() = watch);
    Ok(if is_watched { reader.watch(tell) } else { reader })
}

/// Reports progress. If the function throws, the reading still continues, because the page ends the worker instead.
fn tell(done: u64, of: u64) -> ControlFlow<()> {
    WATCH.with(|watch| {
        if let Some(watch) = watch.borrow().as_ref() {
            let _ = watch.call2(&JsValue::NULL, &(done as f64).into(), &(of as f64).into());
        }
    });
    ControlFlow::Continue(())
}

/// Returns an error for the worker, as JSON.
fn error(code: &str, message: &str) -> JsValue {
    #[derive(serde::Serialize)]
    struct Failed<'f> {
        code: &'f str,
        message: &'f str,
    }
    // Serializing two texts cannot fail.
    JsValue::from_str(&serde_json::to_string(&Failed { code, message }).unwrap_or_default())
}

fn of_io(failed: io::Error) -> JsValue {
    error("io", &failed.to_string())
}

fn object<const N: usize>(fields: [(&str, JsValue); N]) -> Result<Object, JsValue> {
    let made = Object::new();
    for (name, value) in fields {
        Reflect::set(&made, &name.into(), &value)?;
    }
    Ok(made)
}

/// Returns the report on a file, even if the file is not a roster.
#[wasm_bindgen]
pub fn check(bytes: &[u8], choices: &str, watch: Option<Function>) -> Result<Object, JsValue> {
    let report = reader(choices, watch)?.check(bytes).map_err(of_io)?;
    object([("report", report::of(&report)?.into())])
}

/// Returns the roster of a file, or only the report if the roster was refused.
#[wasm_bindgen]
pub fn read(bytes: Vec<u8>, choices: &str, watch: Option<Function>) -> Result<Object, JsValue> {
    match reader(choices, watch)?.read_bytes(bytes) {
        Ok(roster) => {
            let mut csv = Vec::new();
            roster.write_csv(&mut csv).map_err(of_io)?;
            let unrecorded: Array = roster.unrecorded().iter().map(|column| JsValue::from(column.heading())).collect();
            object([
                ("report", report::of(roster.report())?.into()),
                ("columns", columns::of(&roster)?.into()),
                ("signIn", roster.sign_in().as_str().into()),
                ("unrecorded", unrecorded.into()),
                ("csv", Uint8Array::from(csv.as_slice()).into()),
            ])
        }
        Err(ReadError::Rejected(report)) => {
            let message = ReadError::Rejected(report.clone()).to_string();
            object([("report", report::of(&report)?.into()), ("message", message.into())])
        }
        Err(ReadError::Io(failed)) => Err(of_io(failed)),
        Err(failed) => Err(error(failed.code(), &failed.to_string())),
    }
}

/// Returns the report, and the corrected file if the rows can be separated with certainty.
#[wasm_bindgen]
pub fn fix(bytes: Vec<u8>, choices: &str, watch: Option<Function>) -> Result<Object, JsValue> {
    let mut corrected = Vec::new();
    let report = reader(choices, watch)?.fix_bytes(bytes, &mut corrected).map_err(of_io)?;
    let bytes = if report.correctable() { Uint8Array::from(corrected.as_slice()).into() } else { JsValue::NULL };
    object([("report", report::of(&report)?.into()), ("bytes", bytes)])
}

/// Returns the school's own file as a workbook, with each problem marked on its cell, and the report.
#[cfg(feature = "mark")]
#[wasm_bindgen]
pub fn mark(bytes: Vec<u8>, choices: &str, watch: Option<Function>) -> Result<Object, JsValue> {
    let mut marked = Vec::new();
    let report = reader(choices, watch)?.mark_bytes(bytes, &mut marked).map_err(of_io)?;
    object([("report", report::of(&report)?.into()), ("bytes", Uint8Array::from(marked.as_slice()).into())])
}

/// Returns the rows of a file, with fixes and edits applied, and the report.
#[wasm_bindgen]
pub fn sheet(bytes: Vec<u8>, choices: &str, watch: Option<Function>) -> Result<Object, JsValue> {
    let (report, sheet) = reader(choices, watch)?.sheet_bytes(bytes).map_err(of_io)?;
    let mut text = String::new();
    let mut ends = Vec::with_capacity(sheet.len() * Column::COUNT + 1);
    ends.push(0);
    for row in sheet.iter() {
        for cell in row.cells {
            text.push_str(cell);
            ends.push(text.len() as u32);
        }
    }
    let numbers: Vec<u32> = sheet.iter().map(|row| row.number as u32).collect();
    let whole: Vec<u8> = sheet.iter().map(|row| row.is_whole.into()).collect();
    object([
        ("report", report::of(&report)?.into()),
        ("text", Uint8Array::from(text.as_bytes()).into()),
        ("ends", Uint32Array::from(ends.as_slice()).into()),
        ("numbers", Uint32Array::from(numbers.as_slice()).into()),
        ("whole", Uint8Array::from(whole.as_slice()).into()),
    ])
}

/// Returns which column of a file holds which field, or only the report if the file contains no table.
#[wasm_bindgen]
pub fn detect(bytes: Vec<u8>, choices: &str, watch: Option<Function>) -> Result<Object, JsValue> {
    match reader(choices, watch)?.detect_bytes(bytes) {
        Ok(detected) => object([("json", detected.to_json().into()), ("text", detected.text().into())]),
        Err(ReadError::Rejected(report)) => {
            let message = ReadError::Rejected(report.clone()).to_string();
            object([("report", report::of(&report)?.into()), ("message", message.into())])
        }
        Err(ReadError::Io(failed)) => Err(of_io(failed)),
        Err(failed) => Err(error(failed.code(), &failed.to_string())),
    }
}

/// Returns the template that a school fills in.
#[wasm_bindgen]
pub fn template() -> String {
    onroll::template_csv()
}

/// Returns the size of the memory in bytes. The memory never shrinks, so the worker is ended after a large file.
#[wasm_bindgen]
pub fn memory_bytes() -> f64 {
    let memory: js_sys::WebAssembly::Memory = wasm_bindgen::memory().unchecked_into();
    let buffer: js_sys::ArrayBuffer = memory.buffer().unchecked_into();
    f64::from(buffer.byte_length())
}
