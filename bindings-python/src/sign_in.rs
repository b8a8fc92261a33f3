//! Signing in: the submodules have `Identity` and `Attempts`. This file reads the argument `now`.

mod attempts;
mod identity;

use chrono::{DateTime, Utc};
use pyo3::prelude::*;

use crate::input::instant;

pub(crate) use attempts::Attempts;
pub(crate) use identity::{Identity, match_identity};

/// Reads the argument `now`. None means the computer's time.
pub(crate) fn now(given: Option<&Bound<'_, PyAny>>) -> PyResult<DateTime<Utc>> {
    given.map_or_else(|| Ok(Utc::now()), |now| instant("now", now))
}
