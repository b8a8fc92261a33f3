//! Reading, checking and fixing, with the choices that all of them share.

use std::io::Read;

use onroll::ReadError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyDict, PyString};

use crate::errors;
use crate::input::{Input, Output, Text, argument, wrong};
use crate::options::Reading;
use crate::report::{self, Report};
use crate::roster::Roster;

/// The template that a school fills in: the nine headings, as a CSV file with CR LF.
#[pyfunction]
pub(crate) fn template_csv() -> String {
    onroll::template_csv()
}

/// Writes a file as credentials are written: whole or not at all, for its owner alone to read (mode 600). For what else
/// a host keeps of accounts, such as their JSON with passwords.
///
/// dest: a path. data: a str, which is written as UTF-8, or bytes.
/// Raises NotARegularFile for a pipe, a device and the like, and OSError if writing fails; the old file is then as it was.
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

/// Reads a school's CSV to a Roster.
///
/// source: a path, bytes, or a binary file.
/// sign_in: 'password', or 'sso', for which every username must be an email address.
/// fix: apply every safe fix while reading; roster.report lists what was done.
/// any_order: the columns may stand in any order.
/// optional_columns: Pupil Premium, Ethnicity, SEND and EAL may be absent: they are then No and NOBT, and a plan leaves accounts theirs.
/// main_codes_only: take only the main ethnicity codes, to which an extended one rolls up.
/// limits: a dict of any of file_bytes, rows, columns, cell_bytes and problems.
/// threads: how many may read the file side by side, each at least a megabyte of it; 0 for as many as there are
/// processors. The result is the same for any number.
/// progress: called now and then with the bytes read and the bytes there are, and with all of them at the end; anew from 0 for a
/// file that turns out not to be UTF-8.
///
/// Raises RosterError with the report if an error stands, and OSError if the file cannot be read.
#[pyfunction]
#[pyo3(
    signature = (source, **options),
    text_signature = "(source, *, sign_in='password', fix=False, any_order=False, optional_columns=False, \
                      main_codes_only=False, limits=None, threads=0, progress=None)"
)]
pub(crate) fn read_csv(source: &Bound<'_, PyAny>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Roster> {
    let py = source.py();
    let reading = Reading::of("read_csv", options)?;
    let input = Input::of("source", source)?;
    let read = py.detach(|| match &input {
        Input::Path(path) => reading.reader.read_path(path),
        Input::Bytes(bytes) => reading.reader.read_bytes(&bytes[..]),
    });
    reading.ended(py, !matches!(read, Err(ReadError::Io(_))))?;
    read.map(Roster::new).map_err(|error| report::of_read(py, error, input.path()))
}

/// The report on a school's CSV, whatever it holds: bad data is no exception here.
///
/// Takes what read_csv takes. Raises OSError if the file cannot be read.
#[pyfunction]
#[pyo3(
    signature = (source, **options),
    text_signature = "(source, *, sign_in='password', fix=False, any_order=False, optional_columns=False, \
                      main_codes_only=False, limits=None, threads=0, progress=None)"
)]
pub(crate) fn check_csv(source: &Bound<'_, PyAny>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Report> {
    let py = source.py();
    let reading = Reading::of("check_csv", options)?;
    let input = Input::of("source", source)?;
    let checked = py.detach(|| match &input {
        Input::Path(path) => reading.reader.check_path(path),
        Input::Bytes(bytes) => reading.reader.check(&bytes[..]),
    });
    reading.ended(py, checked.is_ok())?;
    checked.map(Report::new).map_err(|error| errors::of_io(error, input.path()))
}

/// Writes the corrected file: every safe fix made, all else as it was. Returns the report of what was done
/// and what is left.
///
/// dest: a path, which may be that of the source, or a binary file. Nothing is written where the rows cannot be
/// told apart with certainty: report.written is then False.
/// Takes the other choices of read_csv. Raises OSError if reading or writing fails.
#[pyfunction]
#[pyo3(
    signature = (source, dest, **options),
    text_signature = "(source, dest, *, sign_in='password', any_order=False, optional_columns=False, \
                      main_codes_only=False, limits=None, progress=None)"
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
    let fixed = py.detach(|| match &input {
        Input::Path(path) => {
            let mut bytes = Vec::new();
            // One byte over what no limit lifts is enough to see that there is too much.
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
    Ok(Report::new(report).written(written))
}
