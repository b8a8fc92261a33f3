//! Writes the file of `--report`, with all problems in several files: CSV for a spreadsheet, or HTML for a browser.
//! Here are the columns about each file, such as `File`. `report/csv.rs` has the columns about each problem.

use std::fmt::Write as _;
use std::io;
use std::path::PathBuf;

use html_escape::encode_text;

use crate::problem::Severity;
use crate::report::{CSV_HEADINGS, Report, ValueGroup};
use crate::table::CsvWriter;

use super::check::ReportFormat;
use super::failure::{Failure, shown};

/// A file, with the report on it or the reason why it could not be read.
pub(super) struct CheckedFile {
    pub(super) file: PathBuf,
    pub(super) report: Result<Report, String>,
}

/// Returns the content of one file with the problems of all files. That content includes the values in the cells.
pub(super) fn save(all: &[CheckedFile], format: ReportFormat) -> Result<Vec<u8>, Failure> {
    match format {
        ReportFormat::Csv => as_csv(all).map_err(|error| Failure::Failed(error.to_string())),
        ReportFormat::Html => Ok(as_html(all).into_bytes()),
    }
}

fn as_csv(all: &[CheckedFile]) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut csv = CsvWriter::new(&mut bytes)?;
    csv.row(std::iter::once("File").chain(CSV_HEADINGS))?;
    for CheckedFile { file, report } in all {
        let file = shown(file);
        match report {
            Ok(report) => report.write_rows(&mut csv, [&file])?,
            Err(error) => csv.row([&file, "error", "not-read", "", "", "", "", "", "No", error.as_str()])?,
        }
    }
    csv.finish()?;
    Ok(bytes)
}

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}\
table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{border-bottom:1px solid #b1b4b6;padding:.3rem .6rem;text-align:left;\
vertical-align:top}td.n,th.n{text-align:right}.error,.refused{color:#b10e1e;font-weight:bold}.warning{color:#7a4b00;font-weight:bold}\
.accepted{color:#00542e;font-weight:bold}h2{margin-top:2.5rem}";

/// Returns a complete page, without scripts or anything to fetch.
fn as_html(all: &[CheckedFile]) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>Problems in {} files</title>\n<style>{STYLE}</style>\n<h1>Problems in school files</h1>\n",
        all.len()
    );
    page.push_str(
        "<table>\n<tr><th>File<th>Verdict<th class=n>Students<th class=n>Errors<th class=n>Can be put right for you\
         <th class=n>Warnings\n",
    );
    for (number, checked) in all.iter().enumerate() {
        let verdict = checked.verdict();
        let class = if verdict == "accepted" { "accepted" } else { "refused" };
        let file = shown(&checked.file);
        let _ = write!(page, "<tr><td><a href=\"#f{number}\">{}</a><td class={class}>{verdict}", encode_text(&file));
        for number in checked.numbers().unwrap_or_default() {
            let _ = write!(page, "<td class=n>{number}");
        }
        page.push('\n');
    }
    page.push_str("</table>\n");
    for (number, checked) in all.iter().enumerate() {
        let _ = writeln!(page, "<h2 id=\"f{number}\">{}</h2>", encode_text(&shown(&checked.file)));
        match &checked.report {
            Ok(report) => write_report(&mut page, report),
            Err(error) => drop(writeln!(page, "<p class=error>{}", encode_text(error))),
        }
    }
    page.push_str("</html>\n");
    page
}

fn write_report(page: &mut String, report: &Report) {
    let text = report.text();
    let _ = writeln!(page, "<p>{}", encode_text(text.lines().next().unwrap_or_default()));
    let groups = report.by_value();
    if !groups.is_empty() {
        write_groups(page, &groups);
    }
}

/// Writes one row for each wrong value, however many rows of the file have it. The message shows control characters as
/// symbols.
fn write_groups(page: &mut String, groups: &[ValueGroup]) {
    page.push_str("<table>\n<tr><th>Severity<th>Column<th class=n>Rows<th>What is wrong<th>What to write instead\n");
    for group in groups {
        let severity = group.code().severity();
        let class = if severity == Severity::Error { "error" } else { "warning" };
        let column = group.column().map_or("", |column| column.heading());
        let fix = group.fix().map_or("", |fix| fix.text());
        let _ = writeln!(
            page,
            "<tr><td class={class}>{severity}<td>{column}<td class=n>{}<td>{}<td>{}",
            group.count(),
            encode_text(&group.message()),
            encode_text(&crate::text::visible(fix)),
        );
    }
    page.push_str("</table>\n");
}
