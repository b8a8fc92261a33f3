//! Tests of onroll through its public interface.

#![allow(clippy::too_many_lines, reason = "a table of cases is long")]

mod accounts;
mod codes;
#[cfg(feature = "command")]
mod command;
mod documents;
mod doubtful_names;
mod examples;
#[path = "../../src/testing/fake/mod.rs"]
mod fake_wonde;
mod hostile;
mod key_vectors;
mod killed;
mod loose_sign_in;
mod mappings;
mod plan_properties;
mod plan_state;
mod plan_vectors;
mod plan_years;
mod plans;
mod private;
mod properties;
mod reading;
mod sheet;
mod sign_in;
mod vectors;
mod wonde;
mod wonde_schools;
mod words;
#[cfg(feature = "workbook")]
mod workbooks;

use onroll::{Reader, SignIn};

pub(crate) const HEADINGS: &str = "Student Full Name,Username,Year Group,Class,Gender,Pupil Premium,Ethnicity,SEND,EAL";

/// Returns a file with these rows below the headings.
pub(crate) fn file(rows: &[&str]) -> Vec<u8> {
    let mut text = format!("{HEADINGS}\r\n");
    for row in rows {
        text.push_str(row);
        text.push_str("\r\n");
    }
    text.into_bytes()
}

/// Returns the file of a school with this number of students, in which every row is right.
pub(crate) fn school(students: usize) -> Vec<u8> {
    let mut text = format!("{HEADINGS}\r\n");
    for student in 0..students {
        let year = student % 7;
        text.push_str(&format!(
            "Pupil Number{student},Pupil Number{student},Year {year},{year}B,Female,No,WBRI,No,Yes\r\n"
        ));
    }
    text.into_bytes()
}

pub(crate) fn sso() -> Reader {
    Reader::new().sign_in(SignIn::Sso)
}
