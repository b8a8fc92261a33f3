//! A school's file, as a path or bytes from JavaScript (`Input`). `choices.rs` reads the options for reading it.

use napi::Result;
use napi::bindgen_prelude::Uint8Array;
use onroll::Reader;

use crate::choices;
use crate::error;

/// Returns the reader for these options, which are JSON.
pub(crate) fn reader(choices: &str) -> Result<Reader> {
    choices::reader(choices).map_err(error::of_choices)
}

/// A path or bytes.
pub(crate) enum Input {
    Path(String),
    Bytes(Uint8Array),
}

impl Input {
    pub(crate) fn of(path: Option<String>, bytes: Option<Uint8Array>) -> Result<Self> {
        match (path, bytes) {
            (Some(path), _) => Ok(Self::Path(path)),
            (_, Some(bytes)) => Ok(Self::Bytes(bytes)),
            _ => Err(error::of_protocol("source")),
        }
    }
}
