//! Converts the core's errors to JSON, from which `lib/errors.ts` makes the package's own errors. The messages come
//! from the core.

use std::io;

use napi::Error;
use onroll::account::AccountError;
use onroll::identity::{IdentityError, SignInRefused};
use onroll::mapping::MappingError;
use onroll::mylogin::MyLoginError;
use onroll::password::{EntropyError, PasswordHashError, PolicyError};
use onroll::plan::{PlanError, PlannerError};
use onroll::reader::NotARegularFile;
use onroll::wonde::{OptionsError, ScheduleError, WebhookError, WondeError};
use onroll::{Column, ReadError, Report};
use serde::{Serialize, Serializer};

use crate::choices::Wrong;

/// The data of an error, which is sent to the package.
#[derive(Default, Serialize)]
struct Told {
    /// The code in kebab-case. With `io`, `errno` has the system's number, or `system` has Node's name for the error.
    code: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    errno: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    system: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "report_with_values")]
    report: Option<Report>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guard: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    numbers: Option<serde_json::Value>,
    /// The text for the person who sent the file, if a guard refused the plan. `field`, `year` and `class_name` mean the
    /// same as in `PlanRefused`.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    year: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", rename = "className")]
    class_name: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    usernames: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    list: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none", rename = "retryAfter")]
    retry_after: Option<u64>,
}

/// Serializes the whole report with values, from which the package makes a report of its own.
fn report_with_values<S: Serializer>(report: &Option<Report>, serializer: S) -> Result<S::Ok, S::Error> {
    report.as_ref().map(Report::with_values).serialize(serializer)
}

impl From<Told> for Error {
    fn from(told: Told) -> Self {
        // Serializing strings and numbers cannot fail.
        Self::from_reason(serde_json::to_string(&told).unwrap_or_default())
    }
}

fn told(code: &'static str, message: impl ToString) -> Told {
    Told { code, message: message.to_string(), ..Told::default() }
}

pub(crate) fn of_io(error: &io::Error) -> Error {
    if let Some(error) = error.get_ref().and_then(|error| error.downcast_ref::<NotARegularFile>()) {
        return told(error.code(), error).into();
    }
    let code = if error.kind() == io::ErrorKind::Interrupted { "aborted" } else { "io" };
    // On Windows, the numbers of errors are not the ones that Node knows.
    let errno = error.raw_os_error().filter(|_| cfg!(unix));
    Told { errno, system: system_name(error.kind()), ..told(code, error) }.into()
}

/// Returns Node's name for a kind of error, such as `ENOENT`. The package uses the name if the error has no number.
fn system_name(kind: io::ErrorKind) -> Option<&'static str> {
    Some(match kind {
        io::ErrorKind::NotFound => "ENOENT",
        io::ErrorKind::PermissionDenied => "EACCES",
        io::ErrorKind::AlreadyExists => "EEXIST",
        io::ErrorKind::IsADirectory => "EISDIR",
        io::ErrorKind::NotADirectory => "ENOTDIR",
        io::ErrorKind::StorageFull => "ENOSPC",
        io::ErrorKind::ReadOnlyFilesystem => "EROFS",
        io::ErrorKind::ResourceBusy => "EBUSY",
        io::ErrorKind::OutOfMemory => "ENOMEM",
        _ => return None,
    })
}

pub(crate) fn of_read(error: ReadError) -> Error {
    let (code, message) = (error.code(), error.to_string());
    match error {
        ReadError::Rejected(report) => Told { report: Some(report), ..told(code, message) }.into(),
        ReadError::Io(error) => of_io(&error),
        _ => told(code, message).into(),
    }
}

pub(crate) fn of_mapping(error: MappingError) -> Error {
    told(error.code(), error).into()
}

pub(crate) fn of_account(error: AccountError) -> Error {
    let (code, message) = (error.code(), error.to_string());
    match error {
        AccountError::Rejected(report) => Told { report: Some(report), ..told(code, message) }.into(),
        AccountError::Io(error) => of_io(&error),
        AccountError::Policy(PolicyError::Chosen(reason)) => {
            Told { reason: Some(reason.as_str()), ..told(code, message) }.into()
        }
        _ => told(code, message).into(),
    }
}

pub(crate) fn of_planner(error: PlannerError) -> Error {
    let message = error.to_string();
    match error {
        PlannerError::Refused(refused) => {
            let numbers = serde_json::to_value(&refused.numbers).ok();
            let (guard, text, field) = (refused.guard.as_str(), refused.text(), refused.field.map(Column::key));
            let about = Told { guard: Some(guard), numbers, text: Some(text), field, ..told(refused.code(), message) };
            Told { year: refused.year, class_name: refused.class_name, ..about }.into()
        }
        PlannerError::Ended => told("aborted", message).into(),
        error => told(error.code(), message).into(),
    }
}

/// Returns the error for a plan that was stored without passwords.
pub(crate) fn of_missing_passwords(count: usize) -> Error {
    let students = if count == 1 { "1 student" } else { &format!("{count} students") };
    let message = format!(
        "the plan was stored without passwords, so {students} would get none; store plan.toJSON({{ passwords: true }}), or pass \
         passwords: PasswordPolicy.characters(4) to plan.apply for new ones, or passwords: null for none"
    );
    told("plan-without-passwords", message).into()
}

pub(crate) fn of_plan(error: &PlanError) -> Error {
    let usernames = match error {
        PlanError::PartBreaks { usernames } => usernames.clone(),
        _ => Vec::new(),
    };
    Told { usernames, ..told(error.code(), error) }.into()
}

pub(crate) fn of_policy(error: &PolicyError) -> Error {
    told(error.code(), error).into()
}

pub(crate) fn of_password_hash(error: PasswordHashError) -> Error {
    told(error.code(), error).into()
}

pub(crate) fn of_entropy(error: &EntropyError) -> Error {
    told(error.code(), error).into()
}

pub(crate) fn of_wonde(error: &WondeError) -> Error {
    let (list, page) = error.page().unzip();
    let (reason, retry_after) = (Some(error.reason()), error.retry_after());
    Told { reason, list, page, retry_after, ..told(error.code(), error) }.into()
}

pub(crate) fn of_webhook(error: WebhookError) -> Error {
    told(error.code(), error).into()
}

pub(crate) fn of_mylogin(error: &MyLoginError) -> Error {
    Told { reason: Some(error.reason()), ..told(error.code(), error) }.into()
}

pub(crate) fn of_identity(error: IdentityError) -> Error {
    told(error.code(), error).into()
}

pub(crate) fn of_refused(refused: SignInRefused) -> Error {
    let retry_after = refused.retry_after.map(|time| time.as_secs());
    Told { reason: Some(refused.reason.as_str()), retry_after, ..told(refused.code(), refused) }.into()
}

pub(crate) fn of_schedule(error: ScheduleError) -> Error {
    told(error.code(), error).into()
}

pub(crate) fn of_options(error: &OptionsError) -> Error {
    told(error.code(), error).into()
}

pub(crate) fn of_choices(wrong: Wrong) -> Error {
    match wrong {
        Wrong::Protocol(message) => of_protocol(message),
        Wrong::Ethnicities(message) => told("ethnicities", message).into(),
    }
}

/// Returns the error for data that the package never sends.
pub(crate) fn of_protocol(error: impl ToString) -> Error {
    told("protocol", error).into()
}

/// Returns the error for a panic, which is a bug in onroll. The panic's own message may contain personal data, so it is
/// left out.
pub(crate) fn of_panic() -> Error {
    told("panic", "onroll reached an impossible state; please report this").into()
}
