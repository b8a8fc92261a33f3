//! Writes a school's own file back as a workbook, with each problem marked on its cell: `cargo run --features workbook
//! --example mark -- core/examples/oakfield-office.xlsx marked.xlsx [SHEET]`
//!
//! Prints the report. Exits with 1 if there are errors, and with 2 if a file cannot be read or written.

use std::process::ExitCode;

use onroll::Reader;
use onroll::reader::ExtraColumns;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (from, to, sheet) = match arguments.as_slice() {
        [from, to] => (from, to, None),
        [from, to, sheet] => (from, to, Some(sheet.as_str())),
        _ => {
            eprintln!("mark FILE MARKED.xlsx [SHEET]");
            return ExitCode::from(2);
        }
    };
    // A school's own columns are not a problem here, because the copy keeps them.
    let mut reader = Reader::new().extra_columns(ExtraColumns::Ignore);
    if let Some(sheet) = sheet {
        reader = reader.sheet(sheet);
    }
    match reader.mark_path(from, to) {
        Ok(report) => {
            print!("{}", report.text());
            if report.ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("{from} to {to}: {error}");
            ExitCode::from(2)
        }
    }
}
