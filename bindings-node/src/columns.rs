//! Converts students or accounts to columns of bytes, numbers and dictionaries, without an object for each row.
//! `browser/src/columns.rs` does the same for students in the browser.

use std::collections::HashMap;

use napi::bindgen_prelude::{Uint8Array, Uint32Array};
use napi_derive::napi;
use onroll::{Column, Student};

/// The columns of many students. Each column can be taken once.
#[napi]
#[derive(Default)]
pub struct Columns {
    texts: [Text; 2],
    codes: [Codes; 4],
    flags: [Vec<u8>; 3],
}

/// Texts in UTF-8, one after another. The offsets say where each text begins and where the last text ends.
#[derive(Default)]
struct Text {
    bytes: Vec<u8>,
    offsets: Vec<u32>,
}

impl Text {
    fn push(&mut self, text: &str) {
        self.bytes.extend(text.as_bytes());
        self.offsets.push(self.bytes.len() as u32);
    }
}

/// A column in which many rows share a few distinct texts.
#[derive(Default)]
struct Codes {
    codes: Vec<u32>,
    values: Vec<String>,
    indices: HashMap<String, u32>,
}

impl Codes {
    fn push(&mut self, text: &str) {
        let next = self.values.len() as u32;
        // Many rows have the same text as the previous row, so the text of that row is compared first.
        let before =
            self.codes.last().copied().filter(|code| self.values.get(*code as usize).is_some_and(|v| v == text));
        let code = before.or_else(|| self.indices.get(text).copied()).unwrap_or_else(|| {
            self.values.push(text.to_owned());
            self.indices.insert(text.to_owned(), next);
            next
        });
        self.codes.push(code);
    }
}

pub(crate) fn of<'a>(students: impl Iterator<Item = Student<'a>>) -> Columns {
    let mut columns = Columns::default();
    for text in &mut columns.texts {
        text.offsets.push(0);
    }
    for student in students {
        let cells = student.cells();
        let cell = |column: Column| cells[column as usize];
        let [name, username] = &mut columns.texts;
        name.push(cell(Column::FullName));
        username.push(cell(Column::Username));
        let coded = [Column::YearGroup, Column::Class, Column::Gender, Column::Ethnicity];
        for (codes, column) in columns.codes.iter_mut().zip(coded) {
            codes.push(cell(column));
        }
        for (flags, flag) in columns.flags.iter_mut().zip([student.pupil_premium, student.send, student.eal]) {
            flags.push(u8::from(flag));
        }
    }
    columns
}

#[napi]
impl Columns {
    #[napi(catch_unwind)]
    pub fn take_bytes(&mut self, text: u32) -> Option<Uint8Array> {
        self.texts.get_mut(text as usize).map(|text| std::mem::take(&mut text.bytes).into())
    }

    #[napi(catch_unwind)]
    pub fn take_offsets(&mut self, text: u32) -> Option<Uint32Array> {
        self.texts.get_mut(text as usize).map(|text| std::mem::take(&mut text.offsets).into())
    }

    #[napi(catch_unwind)]
    pub fn take_codes(&mut self, column: u32) -> Option<Uint32Array> {
        self.codes.get_mut(column as usize).map(|codes| std::mem::take(&mut codes.codes).into())
    }

    #[napi(catch_unwind)]
    pub fn take_values(&mut self, column: u32) -> Option<Vec<String>> {
        self.codes.get_mut(column as usize).map(|codes| std::mem::take(&mut codes.values))
    }

    #[napi(catch_unwind)]
    pub fn take_flags(&mut self, column: u32) -> Option<Uint8Array> {
        self.flags.get_mut(column as usize).map(|flags| std::mem::take(flags).into())
    }
}
