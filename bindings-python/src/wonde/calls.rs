//! Makes the calls of a client for Wonde from the arguments of its Python methods. `client.rs` sends them.

use onroll::wonde::{self, Contact, Search};
use pyo3::prelude::*;
use pyo3::types::PyMapping;

use crate::errors;
use crate::input::{Text, argument, each, instant, texts, wrong};

/// Reads a school's students, or the changes since a time.
pub(super) fn snapshot(
    py: Python<'_>,
    client: &wonde::Client,
    school_id: &str,
    since: Option<&Bound<'_, PyAny>>,
    includes: Option<&Bound<'_, PyAny>>,
    strict_count: bool,
) -> PyResult<wonde::Call<wonde::Snapshot>> {
    let since = since.map(|since| instant("since", since)).transpose()?;
    let client = including(py, client, includes)?.strict_count(strict_count);
    client.call_snapshot(school_id, since).map_err(|error| errors::of_wonde(py, &error))
}

/// Checks which fields the token may read.
pub(super) fn check_access(
    py: Python<'_>,
    client: &wonde::Client,
    school_id: &str,
    includes: Option<&Bound<'_, PyAny>>,
) -> PyResult<wonde::Call<wonde::AccessCheck>> {
    including(py, client, includes)?.call_check_access(school_id).map_err(|error| errors::of_wonde(py, &error))
}

/// Returns a client that asks for these parts of a student's record.
fn including(py: Python<'_>, client: &wonde::Client, includes: Option<&Bound<'_, PyAny>>) -> PyResult<wonde::Client> {
    let Some(includes) = includes.filter(|includes| !includes.is_none()) else { return Ok(client.clone()) };
    let names = texts("includes", includes)?;
    let client = client.clone().includes(names.iter().map(|name| &**name));
    client.map_err(|error| errors::of_wonde(py, &error))
}

/// Searches all schools that Wonde knows.
pub(super) fn search(
    py: Python<'_>,
    client: &wonde::Client,
    [postcode, establishment_number, la_code, urn]: [Text; 4],
) -> PyResult<wonde::Call<Vec<wonde::School>>> {
    let search =
        Search::new().postcode(&*postcode).establishment_number(&*establishment_number).la_code(&*la_code).urn(&*urn);
    client.call_search(&search).map_err(|error| errors::of_wonde(py, &error))
}

/// Asks a school for access.
pub(super) fn request_access(
    py: Python<'_>,
    client: &wonde::Client,
    school_id: &str,
    contacts: Option<&Bound<'_, PyAny>>,
) -> PyResult<wonde::Call<Option<String>>> {
    let people = match contacts {
        Some(contacts) => each("contacts", "an iterable of mappings", contacts, person)?,
        None => Vec::new(),
    };
    client.call_request_access(school_id, &people).map_err(|error| errors::of_wonde(py, &error))
}

/// Gives up access to a school.
pub(super) fn revoke_access(
    py: Python<'_>,
    client: &wonde::Client,
    school_id: &str,
) -> PyResult<wonde::Call<Option<String>>> {
    client.call_revoke_access(school_id).map_err(|error| errors::of_wonde(py, &error))
}

/// Reads a person to inform at a school.
fn person(name: &str, contact: &Bound<'_, PyAny>) -> PyResult<Contact> {
    let contact = contact.cast::<PyMapping>().map_err(|_| wrong(name, "a mapping", contact))?;
    let text = |field: &str| match contact.contains(field)? {
        true => argument::<Text>(&format!("{name}['{field}']"), "a str", &contact.get_item(field)?).map(String::from),
        false => Ok(String::new()),
    };
    Ok(Contact {
        first_name: text("first_name")?,
        last_name: text("last_name")?,
        phone_number: text("phone_number")?,
        email_address: text("email_address")?,
        notes: text("notes")?,
    })
}
