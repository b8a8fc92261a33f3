//! Converts a report to all its forms at once, because the page that gets it cannot call the core.
//! `browser/lib/protocol.ts` has the type of the result.

use js_sys::{Object, Uint8Array};
use onroll::Report;
use serde::Serialize;
use wasm_bindgen::JsValue;

use crate::{object, of_io};

/// The values that the JSON of a report leaves out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Counts {
    correctable: bool,
    fixed_count: u64,
    fixable_count: u64,
}

pub(crate) fn of(report: &Report) -> Result<Object, JsValue> {
    let mut csv = Vec::new();
    report.write_csv(&mut csv).map_err(of_io)?;
    let counts = Counts {
        correctable: report.correctable(),
        fixed_count: report.fixed_count(),
        fixable_count: report.fixable_count(),
    };
    let counts = serde_json::to_string(&counts).map_err(|failed| of_io(failed.into()))?;
    let by_value = serde_json::to_string(&report.by_value()).map_err(|failed| of_io(failed.into()))?;
    object([
        ("json", report.to_json(true).into()),
        ("bare", report.to_json(false).into()),
        ("counts", counts.into()),
        ("byValue", by_value.into()),
        ("text", report.text().into()),
        ("shown", report.to_string().into()),
        ("csv", Uint8Array::from(csv.as_slice()).into()),
    ])
}
