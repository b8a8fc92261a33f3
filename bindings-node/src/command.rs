//! The command, which is written in the core.

use napi_derive::napi;

/// Runs the command on the standard streams of the process, and returns its exit code.
#[napi(catch_unwind)]
pub fn run_command(arguments: Vec<String>) -> u32 {
    u32::from(onroll::command::run_process(arguments.into_iter().map(Into::into)))
}
