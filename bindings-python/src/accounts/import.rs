//! Makes accounts from the host's rows, and from Arrow tables (`from_rows`, `from_arrow`), with their options.
//! `rows.rs` reads the fields of a row.

use chrono::NaiveDate;
use onroll::SignIn;
use onroll::account::AccountRow;
use onroll::values::Ethnicities;
use pyo3::prelude::*;

use super::account::DFE;
use crate::arrow::Table;
use crate::input::{Text, argument, date};
use crate::rows::Mapping;
use crate::{ethnicity, report, rows, values};

/// The options of `from_rows` and `from_arrow`, as Python passed them.
pub(super) struct ImportOptions<'a, 'py> {
    pub(super) sign_in: Option<&'a Bound<'py, PyAny>>,
    pub(super) school_id: Option<&'a Bound<'py, PyAny>>,
    pub(super) last_promotion: Option<&'a Bound<'py, PyAny>>,
    pub(super) ethnicities: Option<&'a Bound<'py, PyAny>>,
}

impl ImportOptions<'_, '_> {
    /// Reads how the students sign in, and the ethnicity codes that they may have.
    fn rules(&self) -> PyResult<(SignIn, Ethnicities)> {
        let codes = self.ethnicities.map_or_else(|| Ok(DFE.clone()), ethnicity::ethnicities)?;
        Ok((self.sign_in.map_or(Ok(SignIn::Password), values::sign_in)?, codes))
    }

    /// Reads the school's id, and the date on which the school last moved up by a year.
    fn school(&self) -> PyResult<(Option<String>, Option<NaiveDate>)> {
        let text = |id: &Bound<'_, PyAny>| argument::<Text>("school_id", "a str", id).map(String::from);
        let school_id = self.school_id.map(text).transpose()?;
        Ok((school_id, self.last_promotion.map(|day| date("last_promotion", day)).transpose()?))
    }
}

/// Creates accounts from the host's rows.
pub(super) fn from_rows(rows: &Bound<'_, PyAny>, options: &ImportOptions<'_, '_>) -> PyResult<onroll::Accounts> {
    let py = rows.py();
    let (sign_in, codes) = options.rules()?;
    let rows: Vec<AccountRow> = Mapping::each(rows)?.map(|row| rows::account(&row?)).collect::<PyResult<_>>()?;
    let school = options.school()?;
    let made = crate::ending::detach(py, || onroll::Accounts::from_rows_with(rows, sign_in, codes));
    made.map(|accounts| of_school(accounts, school)).map_err(|error| report::of_account(py, error, None))
}

/// Creates accounts from a table.
pub(super) fn from_arrow(table: &Bound<'_, PyAny>, options: &ImportOptions<'_, '_>) -> PyResult<onroll::Accounts> {
    let py = table.py();
    let (sign_in, codes) = options.rules()?;
    let mut table = Table::of(table)?;
    let made = crate::ending::detach(py, || {
        onroll::Accounts::from_rows_with(table.rows(|row| rows::account(row)), sign_in, codes)
    });
    table.failed()?;
    let school = options.school()?;
    made.map(|accounts| of_school(accounts, school)).map_err(|error| report::of_account(py, error, None))
}

fn of_school(
    accounts: onroll::Accounts,
    (school_id, promotion): (Option<String>, Option<NaiveDate>),
) -> onroll::Accounts {
    let accounts = match school_id {
        Some(school_id) => accounts.with_school_id(school_id),
        None => accounts,
    };
    match promotion {
        Some(day) => accounts.with_last_promotion(day),
        None => accounts,
    }
}
