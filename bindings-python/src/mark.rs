//! Marks the problems of a file in a workbook, for `mark_csv` and `Report.write_workbook`. `core/src/reader/marked.rs`
//! makes the workbook.

use std::io::Read;

use pyo3::prelude::*;

use crate::errors;
use crate::input::Input;

/// Returns the report on a file, and the bytes of the workbook in which each problem is marked.
pub(crate) fn marked(
    py: Python<'_>,
    reader: &onroll::Reader,
    input: &Input,
    ended: impl Fn(bool) -> PyResult<()>,
) -> PyResult<(onroll::Report, Vec<u8>)> {
    let mut marked = Vec::new();
    let report = crate::ending::detach(py, || match input {
        Input::Path(path) => {
            let mut bytes = Vec::new();
            std::fs::File::open(path)?.take((1 << 31) + 1).read_to_end(&mut bytes)?;
            reader.mark_bytes(bytes, &mut marked)
        }
        Input::Bytes(bytes) => reader.mark_bytes(&bytes[..], &mut marked),
    });
    ended(report.is_ok())?;
    Ok((report.map_err(|error| errors::of_io(error, input.path()))?, marked))
}
