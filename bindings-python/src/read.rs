//! The Python functions that read, check, fix and mark a school's file, make the template, and save a file.
//! `reading_options.rs` reads their options.

use std::io::Read;

use onroll::ReadError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PyDict, PyString};

use crate::errors;
use crate::input::{Input, Output, Text, argument, wrong};
use crate::mark::marked;
use crate::reading_options::Reading;
use crate::report::{self, Report};
use crate::roster::Roster;

/// Returns the template that a school fills in: the nine headings as a CSV line that ends with CR LF.
///
/// >>> onroll.template_csv().startswith("Student Full Name,Username,Year Group,Class,")
/// True
#[pyfunction]
pub(crate) fn template_csv() -> String {
    onroll::template_csv()
}

/// Returns the template as an Excel workbook. The nine headings have notes, and stay visible when you scroll. Gender,
/// Ethnicity and the flags have drop-down lists.
///
/// >>> onroll.check_csv(onroll.template_workbook()).ok
/// True
#[pyfunction]
pub(crate) fn template_workbook(py: Python<'_>) -> PyResult<Bound<'_, PyBytes>> {
    let workbook =
        crate::ending::detach(py, onroll::reader::template_workbook).map_err(|error| errors::of_io(error, None))?;
    Ok(PyBytes::new(py, &workbook))
}

/// Writes a file completely or not at all, as `write_credentials` does. Only the file's owner can read it (mode 600).
/// Use this function for your own files about accounts, such as JSON with passwords.
///
/// dest: a path.
/// data: a str, which is written as UTF-8, or bytes.
///
/// Raises NotARegularFile if the path is a pipe, a device or similar, and OSError if writing fails. After an error, the
/// old file is unchanged.
///
/// >>> onroll.save_file("template.xlsx", onroll.template_workbook())
#[pyfunction]
pub(crate) fn save_file(dest: &Bound<'_, PyAny>, data: &Bound<'_, PyAny>) -> PyResult<()> {
    let output = Output::of("dest", dest)?;
    if output.path().is_none() {
        return Err(wrong("dest", "a path", dest));
    }
    if data.is_instance_of::<PyString>() {
        return output.write_bytes(dest.py(), argument::<Text>("data", "a str or bytes", data)?.as_bytes());
    }
    let bytes: PyBackedBytes = argument("data", "a str or bytes", data)?;
    output.write_bytes(dest.py(), &bytes)
}

/// Reads a school's CSV or workbook into a Roster.
///
/// source: a path, bytes, or a binary file. The format, which is CSV, .xlsx, .xlsm, .xls or .ods, is recognised from
/// the content.
/// sign_in: 'password' or 'sso'. With 'sso', every username must be an email address.
/// fix: apply every safe fix while reading. roster.report lists the fixes that were made.
/// any_order: accept the columns in any order.
/// optional_columns: accept a file without the columns Pupil Premium, Ethnicity, SEND or EAL. If Ethnicity is missing,
/// students get NOBT. If any other of these columns is missing, students get No. If a column is missing, a plan does
/// not change that field in the accounts.
/// main_codes_only: accept only the main ethnicity codes. The fix for an extended code is its main code.
/// ethnicities: additional ethnicity codes, and additional words for codes, as an iterable of mappings: {'code':
/// 'WSHE', 'description': 'White - Shetlander', 'main_code': 'WBRI', 'aliases': ['Shetland']}. Without main_code, a new
/// code is a main code. For a known code, pass only code and aliases.
/// extra_columns: 'refuse' or 'ignore' columns that are not in the template. UPN and Source ID are always read.
/// accept: the ids of problems whose suggested fixes a person accepted. Take the ids from a report on the same file.
/// sheet: the name of the sheet to read in a workbook. By default, the visible sheet that has the headings of a student
/// table is read. If several sheets have such headings, the report asks which sheet to read.
/// mapping: a Mapping for a school's own export. The mapping turns the export's columns into the template's columns.
/// pupil_premium: a PupilPremium list. If a student's UPN is in this list, Pupil Premium is taken from the list. If
/// the file has another value, the report has a warning. You must also pass a mapping.
/// vocabulary: a dict from additional headings to their targets. If the file has such a heading and the mapping does
/// not know it, a person must confirm the mapping again.
/// limits: a dict with any of the keys file_bytes, rows, columns, cell_bytes, sheet_bytes and problems.
/// threads: the largest number of threads to use. Each thread reads at least a megabyte. 0 means one thread for each
/// processor. The result is the same for any number of threads.
/// progress: a callable that is called from time to time with two numbers: the bytes read and the total. At the end,
/// the numbers are equal. If the file turns out not to be UTF-8, the first number starts again from 0.
///
/// Raises RosterError with the report if the file has errors, and OSError if the file cannot be read.
///
/// >>> roster = onroll.read_csv("students.csv")
/// >>> roster[0].full_name
/// 'Zoë Ahmed'
/// >>> try:
/// ...     onroll.read_csv("uploaded.csv")
/// ... except onroll.RosterError as error:
/// ...     page = error.report.text()  # for the person who uploaded it
#[pyfunction]
#[pyo3(
    signature = (source, **options),
    text_signature = "(source, *, sign_in='password', fix=False, any_order=False, optional_columns=False, \
                      main_codes_only=False, ethnicities=None, extra_columns='refuse', accept=(), sheet=None, mapping=None, pupil_premium=None, vocabulary=None, \
                      limits=None, threads=0, progress=None)"
)]
pub(crate) fn read_csv(source: &Bound<'_, PyAny>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Roster> {
    let py = source.py();
    let reading = Reading::of("read_csv", options)?;
    let input = Input::of("source", source)?;
    let read = crate::ending::detach(py, || match &input {
        Input::Path(path) => reading.reader.read_path(path),
        Input::Bytes(bytes) => reading.reader.read_bytes(&bytes[..]),
    });
    reading.ended(py, !matches!(read, Err(ReadError::Io(_))))?;
    read.map(Roster::new).map_err(|error| report::of_read(py, error, input.path(), Some(reading.reader)))
}

/// Checks a school's CSV or workbook, and returns the report. It raises no exception for wrong data.
///
/// It takes the same arguments as read_csv. Raises OSError if the file cannot be read.
///
/// >>> report = onroll.check_csv("uploaded.csv")
/// >>> report.ok
/// False
/// >>> print(report.problems[0].message)
/// the file: the columns are separated by semicolons; save the file as 'CSV UTF-8 (Comma delimited)'
#[pyfunction]
#[pyo3(
    signature = (source, **options),
    text_signature = "(source, *, sign_in='password', fix=False, any_order=False, optional_columns=False, \
                      main_codes_only=False, ethnicities=None, extra_columns='refuse', accept=(), sheet=None, mapping=None, pupil_premium=None, vocabulary=None, \
                      limits=None, threads=0, progress=None)"
)]
pub(crate) fn check_csv(source: &Bound<'_, PyAny>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Report> {
    let py = source.py();
    let reading = Reading::of("check_csv", options)?;
    let input = Input::of("source", source)?;
    let checked = crate::ending::detach(py, || match &input {
        Input::Path(path) => reading.reader.check_path(path),
        Input::Bytes(bytes) => reading.reader.check(&bytes[..]),
    });
    reading.ended(py, checked.is_ok())?;
    checked
        .map(|report| Report::new(report).read_by(reading.reader))
        .map_err(|error| errors::of_io(error, input.path()))
}

/// Writes a corrected file. It applies every safe fix, and leaves other values unchanged. Returns a report of the fixes
/// that were made and the problems that remain.
///
/// dest: a path or a binary file. If you pass the path of the source, the source is replaced. If it is not certain
/// where each row begins and ends, nothing is written, and report.written is False.
/// The other options are the same as for read_csv. Raises OSError if reading or writing fails.
///
/// >>> row = "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,BAFR,No,No"
/// >>> report = onroll.fix_csv((onroll.template_csv() + row).encode(), "fixed.csv")
/// >>> report.written, report.fixed[0].message
/// (True, "row 2, Gender: 'F' should be 'Female'")
#[pyfunction]
#[pyo3(
    signature = (source, dest, **options),
    text_signature = "(source, dest, *, sign_in='password', any_order=False, optional_columns=False, \
                      main_codes_only=False, ethnicities=None, extra_columns='refuse', accept=(), sheet=None, mapping=None, pupil_premium=None, vocabulary=None, \
                      limits=None, progress=None)"
)]
pub(crate) fn fix_csv(
    source: &Bound<'_, PyAny>,
    dest: &Bound<'_, PyAny>,
    options: Option<&Bound<'_, PyDict>>,
) -> PyResult<Report> {
    let py = source.py();
    let reading = Reading::of("fix_csv", options)?;
    let (input, output) = (Input::of("source", source)?, Output::of("dest", dest)?);
    let mut corrected = Vec::new();
    let fixed = crate::ending::detach(py, || match &input {
        Input::Path(path) => {
            let mut bytes = Vec::new();
            // Reads one byte more than the fixed limit, so that the core can see that the file is too large.
            std::fs::File::open(path)?.take((1 << 31) + 1).read_to_end(&mut bytes)?;
            reading.reader.fix_bytes(bytes, &mut corrected)
        }
        Input::Bytes(bytes) => reading.reader.fix_bytes(&bytes[..], &mut corrected),
    });
    reading.ended(py, fixed.is_ok())?;
    let report = fixed.map_err(|error| errors::of_io(error, input.path()))?;
    let written = report.correctable();
    if written {
        output.write_bytes(py, &corrected)?;
    }
    Ok(Report::new(report).written(written).read_by(reading.reader))
}

/// Writes a copy of the school's own file as an Excel workbook, for the person who must correct the file. Each problem
/// is a note on its cell. Safe fixes are applied and coloured. Gender, Ethnicity and the flags get drop-down lists. A
/// sheet lists all problems, with links to their cells. Returns the report, with the fixes that were made.
///
/// dest: a path or a binary file. The workbook has all of the school's columns, but not its formats and formulas.
///
/// >>> report = onroll.mark_csv("uploaded.csv", "marked.xlsx")
/// >>> report.written, report.fixed_count > 0
/// (True, True)
#[pyfunction]
#[pyo3(
    signature = (source, dest, **options),
    text_signature = "(source, dest, *, sign_in='password', any_order=False, optional_columns=False, \
                      main_codes_only=False, ethnicities=None, extra_columns='refuse', accept=(), sheet=None, limits=None, progress=None)"
)]
pub(crate) fn mark_csv(
    source: &Bound<'_, PyAny>,
    dest: &Bound<'_, PyAny>,
    options: Option<&Bound<'_, PyDict>>,
) -> PyResult<Report> {
    let py = source.py();
    let reading = Reading::of("mark_csv", options)?;
    let (input, output) = (Input::of("source", source)?, Output::of("dest", dest)?);
    let (report, marked) = marked(py, &reading.reader, &input, |is_whole| reading.ended(py, is_whole))?;
    output.write_bytes(py, &marked)?;
    Ok(Report::new(report).written(true).read_by(reading.reader))
}
