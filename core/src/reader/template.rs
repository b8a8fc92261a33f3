//! Writes the template that a school fills in, as CSV and as a workbook. Has the notes on its headings (`advice`), the
//! drop-downs, and the sheet of ethnicity codes.

#[cfg(feature = "workbook")]
use std::io;

use crate::column::Column;
#[cfg(feature = "workbook")]
use crate::table::workbook::{Look, SheetWriter, WorkbookWriter};
#[cfg(feature = "workbook")]
use crate::values::ethnicity::Ethnicities;

/// Returns the template that a school fills in: the nine headings as a CSV line that ends with CR LF.
///
/// ```
/// assert!(onroll::template_csv().starts_with("Student Full Name,Username,"));
/// ```
pub fn template_csv() -> String {
    let mut template = Column::ALL.map(Column::heading).join(",");
    template.push_str("\r\n");
    template
}

/// The number of template rows that have drop-downs.
#[cfg(feature = "workbook")]
const ROWS: u32 = 5_000;

/// Returns the note on a heading, which says what values are accepted.
#[cfg(feature = "workbook")]
fn advice(column: Column) -> &'static str {
    match column {
        Column::FullName => "The student's name as it should be listed, first name first: Amelia Smith",
        Column::Username => {
            "The name the student signs in with: the full name or a school id; with single sign-on, the school email address. \
             No two students may have the same."
        }
        Column::YearGroup => "The year group as the school lists it: Year 7, Reception",
        Column::Class => "The class as the school lists it: 7B",
        Column::Gender => "Male, Female or Non-Binary",
        Column::PupilPremium => "Yes or No",
        Column::Ethnicity => "One of the Department for Education's codes, such as WBRI; they are on the second sheet",
        Column::Send => "Yes or No: has special educational needs or a disability",
        Column::Eal => "Yes or No: has English as an additional language",
    }
}

/// Returns the template as an Excel workbook. The nine headings have notes and stay visible while scrolling. Coded
/// columns have drop-downs, and a second sheet lists the ethnicity codes. All cells are text, because Excel would
/// otherwise turn a class such as `7/2` into a date.
///
/// # Errors
/// Returns an error if the workbook cannot be written. This is not expected.
///
/// ```
/// let workbook = onroll::reader::template_workbook()?;
/// let report = onroll::Reader::new().check_bytes(workbook);
/// assert!(report.ok());
/// # Ok::<(), std::io::Error>(())
/// ```
#[cfg(feature = "workbook")]
pub fn template_workbook() -> io::Result<Vec<u8>> {
    let mut book = WorkbookWriter::new("Students")?;
    let ethnicities = Ethnicities::shared();
    let (_, mut students) = book.sheet("Students")?;
    for (at, column) in (0..).zip(Column::ALL) {
        students.text_column(at)?;
        students.cell(0, at, column.heading(), Look::Heading)?;
        students.note(0, at, advice(column))?;
        offer(&mut students, at, column, [1, ROWS], &ethnicities, CODES, false)?;
    }
    students.freeze(1)?;
    students.finish(ROWS)?;
    write_codes(&mut book, &ethnicities, false)?;
    book.finish()
}

/// The name of the sheet that explains the codes.
#[cfg(feature = "workbook")]
pub(super) const CODES: &str = "Ethnicity codes";

/// Adds a drop-down with the accepted values of a coded column.
#[cfg(feature = "workbook")]
pub(super) fn offer(
    sheet: &mut SheetWriter<'_>,
    at: u32,
    column: Column,
    rows: [u32; 2],
    ethnicities: &Ethnicities,
    codes: &str,
    main_only: bool,
) -> io::Result<()> {
    let title = column.heading();
    match column {
        Column::FullName | Column::Username | Column::YearGroup | Column::Class => Ok(()),
        Column::Gender => sheet.choices(at, rows, &["Male", "Female", "Non-Binary"], title),
        Column::PupilPremium | Column::Send | Column::Eal => sheet.choices(at, rows, &["Yes", "No"], title),
        Column::Ethnicity => {
            let count = ethnicities.iter().filter(|ethnicity| !main_only || ethnicity.is_main()).count();
            sheet.choices_in(at, rows, codes, count, title)
        }
    }
}

/// Adds the sheet of ethnicity codes, with the main codes first.
#[cfg(feature = "workbook")]
pub(super) fn write_codes(book: &mut WorkbookWriter, ethnicities: &Ethnicities, main_only: bool) -> io::Result<()> {
    let (_, mut sheet) = book.sheet(CODES)?;
    for (at, heading) in (0..).zip(["Code", "Description", "Main code", "Group"]) {
        sheet.cell(0, at, heading, Look::Heading)?;
    }
    let main = ethnicities.iter().filter(|ethnicity| ethnicity.is_main());
    let others = ethnicities.iter().filter(|ethnicity| !ethnicity.is_main() && !main_only);
    let mut last = 0;
    for ethnicity in main.chain(others) {
        last += 1;
        let cells = [ethnicity.code(), ethnicity.description(), ethnicity.main_code(), ethnicity.group()];
        for (at, text) in (0..).zip(cells) {
            sheet.cell(last, at, text, Look::Usual)?;
        }
    }
    sheet.freeze(1)?;
    sheet.finish(last)
}
