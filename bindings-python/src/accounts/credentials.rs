//! Writes the credentials of accounts to a file, and reads passwords from a credentials file.
//! `core/src/account/credentials.rs` decides the columns.

use std::path::Path;

use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::Accounts;
use super::usernames::known_usernames;
use crate::input::{Input, Output};
use crate::{errors, report};

/// Writes the credentials as CSV or as a workbook. If `usernames` are given, it writes only these accounts.
pub(super) fn write(
    accounts: &onroll::Accounts,
    dest: &Bound<'_, PyAny>,
    usernames: Option<&Bound<'_, PyAny>>,
    workbook: bool,
) -> PyResult<()> {
    let py = dest.py();
    let output = Output::of("dest", dest)?;
    let Some(usernames) = usernames else {
        if workbook {
            let save = |path: &Path| accounts.save_credentials_workbook(path);
            return output.write(py, save, |to| accounts.write_credentials_workbook(to));
        }
        return output.write(py, |path| accounts.save_credentials(path), |to| accounts.write_credentials(to));
    };
    let usernames = known_usernames(accounts, usernames)?;
    let mut bytes = Vec::new();
    let usernames = usernames.iter().map(String::as_str);
    let written = match workbook {
        true => accounts.write_credentials_workbook_of(usernames, &mut bytes),
        false => accounts.write_credentials_of(usernames, &mut bytes),
    };
    written.map_err(|error| report::of_account(py, error, None))?;
    output.write_bytes(py, &bytes)
}

/// Sets passwords from a credentials file, and returns the counts.
pub(super) fn read<'py>(accounts: &Accounts, source: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
    let py = source.py();
    let input = Input::of("source", source)?;
    let read = match &input {
        Input::Path(path) => {
            let file = std::fs::File::open(path).map_err(|error| errors::of_io(error, Some(path)))?;
            accounts.change(py, Some(path), |accounts| accounts.read_credentials(file))
        }
        Input::Bytes(bytes) => accounts.change(py, None, |accounts| accounts.read_credentials(&bytes[..])),
    }?;
    let counts = PyDict::new(py);
    for (name, count) in [("set", read.set), ("unknown", read.unknown), ("blank", read.blank)] {
        counts.set_item(name, count)?;
    }
    Ok(counts)
}
