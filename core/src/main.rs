//! The program `onroll`. `command/mod.rs` has the command itself.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(onroll::command::run_process(std::env::args_os().skip(1)))
}
