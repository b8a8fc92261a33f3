//! Compares what onroll and LibreOffice read from the workbooks of several programs.

use std::fs;
use std::path::Path;

use super::*;
use crate::table::Rows;

/// Reads a sheet of a workbook.
fn text_of(bytes: &[u8], sheet: usize) -> Result<SheetText, Fault> {
    let watch = Watch::default();
    Workbook::open(bytes, &Limits::default().within_reach(), &watch)?.read(sheet, None)
}

/// Returns the rows of a text, without blank cells and blank rows at the end.
fn rows_of(text: &[u8]) -> Vec<Vec<String>> {
    let limits = Limits { cell_bytes: 65_535, ..Limits::default() };
    let mut rows = Rows::new(text, 0, b',', &limits);
    let mut all = Vec::new();
    while let Some(row) = rows.next() {
        let mut cells: Vec<String> = row.cells().map(str::to_owned).collect();
        let held = cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
        cells.truncate(held);
        all.push(cells);
    }
    let held = all.iter().rposition(|row| !row.is_empty()).map_or(0, |last| last + 1);
    all.truncate(held);
    all
}

/// The rows that we intentionally show differently from LibreOffice: the file, the number of the row, and the row as we
/// show it.
const DIFFERENT: &[(&str, usize, &str)] = &[
    // We show these two built-in formats as Excel does in Britain.
    ("openpyxl-dates.xlsx", 1, "07-Feb-26"),
    ("openpyxl-dates.xlsx", 2, "07-Feb"),
    ("openpyxl-shown.xlsx", 16, "07-Feb|d-mmm"),
    // LibreOffice changes line breaks, and loses tabs.
    ("openpyxl-spaces.xlsx", 3, "|line\r\nbreaks\nin a cell"),
    ("libreoffice-rich.ods", 4, "tab\tand & < > \" '"),
    ("xlwt-table.xls", 51, "||TRUE"),
];

/// Compares the first sheet of each workbook in a folder with the CSV that LibreOffice made of it. `make
/// test-workbooks` fills the folder.
#[test]
#[ignore = "needs the workbooks that make test-workbooks makes"]
fn reads_each_workbook_with_the_same_result_as_libreoffice() {
    let folder = std::env::var("ONROLL_WORKBOOKS").expect("ONROLL_WORKBOOKS is the folder of the workbooks");
    let mut compared = 0;
    let mut wrong = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let exported = path.with_extension(format!("{}.csv", path.extension().unwrap_or_default().to_string_lossy()));
        if !exported.exists() {
            continue;
        }
        compared += 1;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let ours = match text_of(&fs::read(&path).unwrap(), 0) {
            Ok(sheet) => rows_of(&sheet.text),
            Err(fault) => {
                wrong.push(format!("{name}: {fault:?}"));
                continue;
            }
        };
        let theirs = rows_of(
            fs::read(&exported).unwrap().strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&fs::read(&exported).unwrap()),
        );
        for row in 0..ours.len().max(theirs.len()) {
            let agree = ours.get(row) == theirs.get(row)
                || DIFFERENT.contains(&(
                    name.as_str(),
                    row + 1,
                    &ours.get(row).map(|row| row.join("|")).unwrap_or_default(),
                ));
            if !agree {
                wrong.push(format!(
                    "{name}, row {}:\n  ours   {:?}\n  theirs {:?}",
                    row + 1,
                    ours.get(row),
                    theirs.get(row)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {compared}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared >= 30, "{compared} workbooks in {}", Path::new(&folder).display());
    println!("{compared} workbooks agree with LibreOffice");
}
