//! Converts the core's errors to Python exceptions: I/O errors to `OSError`, and all others to subclasses of
//! `onroll.OnrollError`. `_errors.py` has the classes, and the messages come from the core.

use std::ffi::OsStr;
use std::io;
use std::path::Path;

use onroll::Column;
use onroll::identity::{IdentityError, SignInRefused};
use onroll::mylogin::MyLoginError;
use onroll::password::{PasswordHashError, PolicyError};
use onroll::plan::{PlanError, PlannerError};
use onroll::reader::NotARegularFile;
use onroll::wonde::{WebhookError, WondeError};
use pyo3::call::PyCallArgs;
use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;

/// Makes the exception of `onroll._errors` with this name.
pub(crate) fn raise<'py>(py: Python<'py>, name: &str, args: impl PyCallArgs<'py>) -> PyErr {
    let made = py.import("onroll._errors").and_then(|module| module.getattr(name)).and_then(|class| class.call1(args));
    match made {
        Ok(error) => PyErr::from_value(error),
        Err(error) => error,
    }
}

pub(crate) fn of_io(error: io::Error, path: Option<&Path>) -> PyErr {
    if let Some(refused) = error.get_ref().and_then(|error| error.downcast_ref::<NotARegularFile>()) {
        let path = path.map(|path| path.as_os_str().to_owned()).unwrap_or_default();
        return Python::attach(|py| raise(py, "NotARegularFile", (refused.to_string(), refused.code(), path)));
    }
    // Linux, macOS and Windows use the same number for 'is a directory'. Windows refuses to open a folder.
    const IS_A_DIRECTORY: i32 = 21;
    let is_folder = error.kind() == io::ErrorKind::IsADirectory || (cfg!(windows) && path.is_some_and(Path::is_dir));
    let path = || path.map_or_else(|| OsStr::new("").to_owned(), |path| path.as_os_str().to_owned());
    // The system's text, without the number that Rust appends.
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default().to_owned();
    match error.raw_os_error() {
        _ if is_folder => PyOSError::new_err((IS_A_DIRECTORY, text, path())),
        // The fourth argument is the number of a Windows error. Python finds the `errno` for it.
        Some(number) if cfg!(windows) => PyOSError::new_err((0, text, path(), number)),
        Some(number) => PyOSError::new_err((number, text, path())),
        None => error.into(),
    }
}

pub(crate) fn of_hash(py: Python<'_>, error: PasswordHashError) -> PyErr {
    let is_given = matches!(error, PasswordHashError::Blank | PasswordHashError::NotAHash);
    let name = if is_given { "PolicyError" } else { "OnrollError" };
    raise(py, name, (error.to_string(), error.code()))
}

pub(crate) fn of_policy(py: Python<'_>, error: &PolicyError) -> PyErr {
    raise(py, "PolicyError", (error.to_string(), error.code()))
}

pub(crate) fn of_entropy(py: Python<'_>, error: &onroll::password::EntropyError) -> PyErr {
    raise(py, "OnrollError", (error.to_string(), error.code()))
}

pub(crate) fn of_planner(py: Python<'_>, error: PlannerError) -> PyErr {
    let message = error.to_string();
    match error {
        PlannerError::Refused(refused) => {
            let (code, text) = (refused.code(), refused.text());
            let field = refused.field.map(Column::key);
            raise(
                py,
                "PlanRefused",
                (message, code, refused.guard.as_str(), refused.numbers, text, field, refused.year, refused.class_name),
            )
        }
        PlannerError::TodayNeeded => raise(py, "PlanError", (message, error.code())),
        error => raise(py, "OnrollError", (message, error.code())),
    }
}

pub(crate) fn of_wonde(py: Python<'_>, error: &WondeError) -> PyErr {
    let (list, page) = error.page().unzip();
    raise(py, "WondeError", (error.to_string(), error.code(), error.reason(), list, page, error.retry_after()))
}

pub(crate) fn of_webhook(py: Python<'_>, error: WebhookError) -> PyErr {
    raise(py, "WebhookError", (error.to_string(), error.code()))
}

pub(crate) fn of_mylogin(py: Python<'_>, error: &MyLoginError) -> PyErr {
    raise(py, "MyLoginError", (error.to_string(), error.code(), error.reason()))
}

pub(crate) fn of_identity(py: Python<'_>, error: IdentityError) -> PyErr {
    raise(py, "IdentityError", (error.to_string(), error.code()))
}

pub(crate) fn of_refused(py: Python<'_>, refused: SignInRefused) -> PyErr {
    let retry_after = refused.retry_after.map(|time| time.as_secs());
    raise(py, "SignInRefused", (refused.to_string(), refused.code(), refused.reason.as_str(), retry_after))
}

pub(crate) fn of_plan(py: Python<'_>, error: &PlanError) -> PyErr {
    let usernames = match error {
        PlanError::PartBreaks { usernames } => usernames.clone(),
        _ => Vec::new(),
    };
    raise(py, "PlanError", (error.to_string(), error.code(), usernames))
}
