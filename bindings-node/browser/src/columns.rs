//! Converts students to columns of bytes, numbers and dictionaries, without an object for each row.
//! `bindings-node/src/columns.rs` does the same for Node.

use std::collections::HashMap;

use js_sys::{Array, Object, Uint8Array, Uint32Array};
use onroll::{Column, Roster};
use wasm_bindgen::JsValue;

use crate::object;

/// Texts in UTF-8, one after another. The offsets say where each text begins and where the last text ends.
struct Text {
    bytes: Vec<u8>,
    offsets: Vec<u32>,
}

impl Text {
    fn of<'t>(texts: impl Iterator<Item = &'t str>) -> Result<Object, JsValue> {
        let mut made = Self { bytes: Vec::new(), offsets: vec![0] };
        for text in texts {
            made.bytes.extend(text.as_bytes());
            made.offsets.push(made.bytes.len() as u32);
        }
        let bytes = Uint8Array::from(made.bytes.as_slice()).into();
        object([("bytes", bytes), ("offsets", Uint32Array::from(made.offsets.as_slice()).into())])
    }
}

/// Returns a column in which many rows share a few distinct texts.
fn codes<'t>(texts: impl Iterator<Item = &'t str>) -> Result<Object, JsValue> {
    let mut indices: HashMap<&str, u32> = HashMap::new();
    let mut values: Vec<&str> = Vec::new();
    let mut codes: Vec<u32> = Vec::new();
    for text in texts {
        let index = *indices.entry(text).or_insert_with(|| {
            values.push(text);
            values.len() as u32 - 1
        });
        codes.push(index);
    }
    let values: Array = values.into_iter().map(JsValue::from).collect();
    object([("codes", Uint32Array::from(codes.as_slice()).into()), ("values", values.into())])
}

pub(crate) fn of(roster: &Roster) -> Result<Object, JsValue> {
    let cell = |column: Column| roster.iter().map(move |student| student.cells()[column as usize]);
    let flag = |column: Column| {
        let flags: Vec<u8> = cell(column).map(|cell| u8::from(cell == "Yes")).collect();
        JsValue::from(Uint8Array::from(flags.as_slice()))
    };
    // The national year group of each student. There are only a few distinct national years.
    let year = |student: onroll::Student<'_>| student.national_year();
    let years: Vec<String> = roster.iter().map(|s| year(s).map(|y| y.to_string()).unwrap_or_default()).collect();
    let stage = |s| year(s).and_then(|y| y.key_stage()).map(|stage| stage.to_string()).unwrap_or_default();
    let stages: Vec<String> = roster.iter().map(stage).collect();
    let id = |of: fn(&Roster, usize) -> Option<&str>| (0..roster.len()).map(move |at| of(roster, at).unwrap_or(""));
    object([
        ("fullName", Text::of(cell(Column::FullName))?.into()),
        ("username", Text::of(cell(Column::Username))?.into()),
        ("yearGroup", codes(cell(Column::YearGroup))?.into()),
        ("className", codes(cell(Column::Class))?.into()),
        ("gender", codes(cell(Column::Gender))?.into()),
        ("ethnicity", codes(cell(Column::Ethnicity))?.into()),
        ("pupilPremium", flag(Column::PupilPremium)),
        ("send", flag(Column::Send)),
        ("eal", flag(Column::Eal)),
        ("nationalYear", codes(years.iter().map(String::as_str))?.into()),
        ("keyStage", codes(stages.iter().map(String::as_str))?.into()),
        ("sourceId", Text::of(id(Roster::source_id))?.into()),
        ("upn", Text::of(id(Roster::upn))?.into()),
    ])
}
