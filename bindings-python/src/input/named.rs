//! Readers of arguments for `from_py_with`, each with the name of its argument. We use these readers because PyO3's own
//! errors do not name the argument.

use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;

use super::{Text, argument, count, texts};

macro_rules! named {
    ($($read:ident: $kind:ty = $make:expr;)*) => {
        $(pub(crate) fn $read(object: &Bound<'_, PyAny>) -> PyResult<$kind> {
            let make: fn(&str, &Bound<'_, PyAny>) -> PyResult<$kind> = $make;
            make(stringify!($read), object)
        })*
    };
}

fn text(name: &str, object: &Bound<'_, PyAny>) -> PyResult<Text> {
    argument(name, "a str", object)
}

fn maybe(name: &str, object: &Bound<'_, PyAny>) -> PyResult<Option<Text>> {
    if object.is_none() { Ok(None) } else { argument(name, "a str or None", object).map(Some) }
}

fn flag(name: &str, object: &Bound<'_, PyAny>) -> PyResult<bool> {
    argument(name, "a bool", object)
}

fn number(name: &str, object: &Bound<'_, PyAny>) -> PyResult<f64> {
    argument(name, "a number", object)
}

fn index(name: &str, object: &Bound<'_, PyAny>) -> PyResult<isize> {
    argument(name, "an int", object)
}

named! {
    any_domain: bool = flag;
    callback: Text = text;
    class_from: Text = text;
    client_id: Text = text;
    client_secret: Text = text;
    code: Text = text;
    day: Text = text;
    digits: usize = |name, object| count(name, 0, object);
    domain: Text = text;
    email_domains: Vec<Text> = texts;
    email_from: Text = text;
    establishment_number: Text = text;
    expected: Text = text;
    allow_unsolicited: bool = flag;
    given: Text = text;
    hold: bool = flag;
    la_code: Text = text;
    left: Text = text;
    length: usize = |name, object| count(name, 0, object);
    lock_after: u32 = |name, object| count(name, 3, object);
    loose: bool = flag;
    main_codes_only: bool = flag;
    minutes: u16 = |name, object| count(name, 0, object);
    names_from: Text = text;
    organisation: Option<Text> = maybe;
    password: Text = text;
    passwords: bool = flag;
    postcode: Text = text;
    provider: Text = text;
    redirect_uri: Text = text;
    right: Text = text;
    run: Text = text;
    school_a_day: u32 = |name, object| count(name, 10, object);
    school_id: Text = text;
    secret: PyBackedBytes = |name, object| argument(name, "bytes", object);
    start: isize = index;
    state: Text = text;
    strict_count: bool = flag;
    students: usize = |name, object| count(name, 0, object);
    subject: Text = text;
    taken_back: u32 = |name, object| count(name, 0, object);
    text_: Text = |_, object| text("text", object);
    time: Text = text;
    timeout: f64 = number;
    token: Text = text;
    trusted_issuers: Vec<Text> = texts;
    typed: Text = text;
    hash: Text = text;
    urn: Text = text;
    username: Text = text;
    usernames: Vec<Text> = texts;
    values: bool = flag;
    verifier: Option<Text> = maybe;
    vouch_for_email: bool = flag;
    withheld: Vec<Text> = texts;
    without: Vec<Text> = texts;
    without_passwords: bool = flag;
    workbook: bool = flag;
    year_from_class: bool = flag;
}

/// Reads the argument `count`.
pub(crate) fn how_many(object: &Bound<'_, PyAny>) -> PyResult<usize> {
    count("count", 0, object)
}

/// Reads the argument `state`, which comes from a session and may be None.
pub(crate) fn session_state(object: &Bound<'_, PyAny>) -> PyResult<Option<Text>> {
    maybe("state", object)
}

/// Reads the argument `stop`, where a search in a sequence ends.
pub(crate) fn stop(object: &Bound<'_, PyAny>) -> PyResult<Option<isize>> {
    if object.is_none() { Ok(None) } else { argument("stop", "an int or None", object).map(Some) }
}
