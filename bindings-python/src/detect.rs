//! The Python function `detect`, which detects the columns of a file. The classes of its result are in submodules.
//! `core/src/mapping` decides.

mod column;
mod detected;
mod question;
mod record;
mod value;

use onroll::ReadError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::input::Input;
use crate::reading_options::Reading;
use crate::report;

pub(crate) use column::{DetectedColumn, IgnoredColumn};
pub(crate) use detected::Detected;
pub(crate) use question::Question;
pub(crate) use value::{DetectedValue, DetectedValues};

/// Detects what each column of a school's own export means, and how certain each meaning is.
///
/// source: a path, bytes, or a binary file.
/// sign_in: 'password', or 'sso' if the username is the email address.
/// sheet: the name of the sheet to read in a workbook. Pass it to answer the question 'which-sheet'.
/// mapping: a stored mapping. The result says whether the mapping fits the file, and what differs.
/// names_from: 'preferred' or 'legal', the kind of name to use if a file has both. The default is 'preferred'.
/// vocabulary: a dict from additional headings to their targets.
/// ethnicities: additional ethnicity codes, and additional words for codes, as for read_csv.
/// limits: a dict with any of the keys file_bytes, rows, columns, cell_bytes, sheet_bytes and problems.
///
/// Raises RosterError if the file is not text, and OSError if the file cannot be read.
///
/// >>> onroll.detect("export.csv").columns[0].sources
/// ['Preferred Forename', 'Legal Forename', 'Legal Surname']
#[pyfunction]
#[pyo3(
    signature = (source, **options),
    text_signature = "(source, *, sign_in='password', sheet=None, mapping=None, names_from=None, vocabulary=None, ethnicities=None, limits=None)"
)]
pub(crate) fn detect(source: &Bound<'_, PyAny>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Detected> {
    let py = source.py();
    let reading = Reading::of("detect", options)?;
    let input = Input::of("source", source)?;
    let detected: Result<onroll::Detected, ReadError> = crate::ending::detach(py, || match &input {
        Input::Path(path) => reading.reader.detect_path(path),
        Input::Bytes(bytes) => reading.reader.detect_bytes(&bytes[..]),
    });
    reading.ended(py, detected.is_ok())?;
    detected.map(Detected).map_err(|error| report::of_read(py, error, input.path(), None))
}
