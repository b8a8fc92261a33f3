//! Writes files as the core does: completely or not at all, and so that only the owner can read them.

use napi::bindgen_prelude::{AsyncTask, Uint8Array};
use napi::{Env, Result};
use napi_derive::napi;

use crate::error;
use crate::job::{Job, job, now};

fn save(path: &str, bytes: &[u8]) -> Result<()> {
    onroll::reader::save_file(path, bytes).map_err(|error| error::of_io(&error))
}

#[napi(catch_unwind)]
pub fn save_file(path: String, bytes: Uint8Array) -> AsyncTask<Job<()>> {
    job(move || save(&path, &bytes))
}

#[napi(catch_unwind)]
pub fn save_file_sync(env: Env, path: String, bytes: Uint8Array) -> Result<()> {
    now(env, || save(&path, &bytes))
}
