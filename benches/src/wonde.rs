//! A school as Wonde sends it, page by page, and the jobs that read these pages.

use std::cell::RefCell;
use std::error::Error;
use std::fs;
use std::path::Path;

use onroll::adapter::{Request, Response};
use onroll::wonde::{Client, Options};
use serde_json::Value;

use crate::ready::{ReadyResult, with, with_own};
use fake::{Answer, Asked, Fake, SCHOOL, TOKEN};

#[path = "../../core/src/testing/fake/mod.rs"]
mod fake;

/// Returns the pages of a school with this number of students. Each page has 200 students and is one line.
pub fn pages(students: u32) -> Vec<u8> {
    let fake = Fake::of(students as usize);
    fake.school().by_cursor = true;
    let page = |page: u32| {
        let asked = Asked {
            method: "GET".to_owned(),
            root: "https://api.wonde.com".to_owned(),
            target: format!(
                "/v1.0/schools/{SCHOOL}/students?per_page=200&at={page}&include=education_details,extended_details,contact_details,classes,groups,year,registration"
            ),
            authorization: format!("Bearer {TOKEN}"),
            body: String::new(),
        };
        match fake.answer(&asked) {
            Answer::Said { body, .. } => body + "\n",
            _ => String::new(),
        }
    };
    (1..=students.div_ceil(200)).map(page).collect::<String>().into_bytes()
}

fn lines(file: &Path) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    Ok(fs::read(file)?.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(<[u8]>::to_vec).collect())
}

/// Reads every page as a `Value`, and keeps them all.
pub(crate) fn values(file: &Path) -> ReadyResult {
    with(lines(file)?, |pages| pages.iter().map(|page| serde_json::from_slice(page)).collect::<Result<Vec<Value>, _>>())
}

/// Reads the snapshot and its roster, with an adapter that has the answers in memory.
pub(crate) fn roster(file: &Path) -> ReadyResult {
    with_own(lines(file)?, |pages| {
        let pages = RefCell::new(pages.into_iter());
        let adapter = |_: Request| match pages.borrow_mut().next() {
            Some(page) => Ok(Response::new(200, page)),
            // After the students, the client requests their count.
            None => Ok(Response::new(403, "{}")),
        };
        let snapshot = Client::new(TOKEN)?.snapshot(&adapter, SCHOOL, None)?;
        Ok::<_, Box<dyn Error>>(snapshot.roster(&Options::new()))
    })
}
