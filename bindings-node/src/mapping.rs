//! The native class behind `Detected`, and functions for mappings and for the list of pupil premium. All cross the
//! boundary as JSON, which already has Node's names of fields.

use napi::Result;
use napi::bindgen_prelude::{AsyncTask, Uint8Array};
use napi_derive::napi;
use onroll::reader::PupilPremium;

use crate::error;
use crate::input::Input;
use crate::job::{Job, Weigh};
use crate::read::watched;
use crate::watch::Watch;

/// The result of detecting the columns of a file.
#[napi]
pub struct Detected(onroll::Detected);

impl Weigh for Detected {}

#[napi]
impl Detected {
    #[napi(catch_unwind)]
    pub fn json(&self) -> String {
        self.0.to_json()
    }

    #[napi(catch_unwind)]
    pub fn text(&self) -> String {
        self.0.text()
    }
}

/// Reads the result of `detect` from its JSON.
#[napi(catch_unwind)]
pub fn detected_from_json(text: String) -> Result<Detected> {
    onroll::Detected::from_json(&text).map(Detected).map_err(error::of_mapping)
}

#[napi(catch_unwind)]
pub fn detect(
    path: Option<String>,
    bytes: Option<Uint8Array>,
    choices: String,
    watch: &Watch,
) -> Result<AsyncTask<Job<Detected>>> {
    watched(path, bytes, &choices, watch, |reader, input| {
        let detected = match input {
            Input::Path(path) => reader.detect_path(path),
            Input::Bytes(bytes) => reader.detect_bytes(bytes.as_ref()),
        };
        detected.map(Detected).map_err(error::of_read)
    })
}

/// Returns a mapping in its normal form, or the error that says why the mapping cannot be used.
#[napi(catch_unwind)]
pub fn checked_mapping(text: String) -> Result<String> {
    onroll::Mapping::from_json(&text).map(|mapping| mapping.to_json()).map_err(error::of_mapping)
}

/// Returns a fingerprint of the headings of the file in which a mapping was detected.
#[napi(catch_unwind)]
pub fn mapping_fingerprint(text: String) -> Result<String> {
    onroll::Mapping::from_json(&text).map(|mapping| mapping.fingerprint()).map_err(error::of_mapping)
}

/// Reads the list of pupils with pupil premium, and returns it as JSON.
#[napi(catch_unwind)]
pub fn read_pupil_premium(path: Option<String>, bytes: Option<Uint8Array>) -> Result<String> {
    let list = match &Input::of(path, bytes)? {
        Input::Path(path) => PupilPremium::read_path(path),
        Input::Bytes(bytes) => PupilPremium::read_bytes(bytes.as_ref()),
    };
    serde_json::to_string(&list.map_err(error::of_read)?).map_err(error::of_protocol)
}

/// Returns the list of pupils with pupil premium in its normal form; `None` if the text is not a list.
#[napi(catch_unwind)]
pub fn checked_pupil_premium(text: String) -> Option<String> {
    serde_json::from_str::<PupilPremium>(&text).ok().and_then(|list| serde_json::to_string(&list).ok())
}
