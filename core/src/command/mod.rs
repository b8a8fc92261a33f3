//! The command `onroll`. The Rust binary and the packages for Python and Node run the same implementation.
//!
//! [`run_process`] is the whole `main` of a program. [`run`] does the same with a given [`Console`], for tests and for
//! programs without standard streams.
//!
//! The command exits with 0 if it succeeds, 1 if a roster or a plan is refused, and 2 if it could not run. It prints
//! values from a school's file for the person at the terminal. JSON contains values only with `--values`. Only the
//! owner can read the files that it writes, and each is written completely or not at all.

mod accounts;
mod applied;
mod arguments;
mod ask;
mod bar;
mod check;
mod completion;
mod console;
mod detect;
mod failure;
mod fix;
mod handed_out;
mod node_json;
mod plan;
mod report_file;
mod template;

use std::ffi::OsString;

use clap::{ColorChoice, CommandFactory as _, Parser, Subcommand};

use crate::plan::PlanRefused;

use arguments::Output;
use console::OutputStream;
use failure::Failure;

pub use console::Console;

/// The exit code for success.
const OK: u8 = 0;
/// The exit code if a roster or a plan is refused.
const REFUSED: u8 = 1;
/// The exit code if the command could not run.
const FAILED: u8 = 2;

/// onroll turns a UK school's roster into working student accounts.
#[derive(Parser)]
#[command(
    name = "onroll",
    version,
    after_help = "Write - instead of a FILE for standard input or standard output; messages then go to standard error.\n\
                  The exit code is 0 for success, 1 if a roster or a plan is refused, and 2 if the command could not run.\n\
                  For the options of a command, run: onroll COMMAND --help",
    propagate_version = true,
    disable_help_subcommand = true,
    max_term_width = 110
)]
struct Onroll {
    #[command(subcommand)]
    command: Command,

    /// When to use colour; by default, if the output is a terminal and NO_COLOR is not set
    #[arg(long, global = true, value_name = "WHEN", default_value_t = ColorChoice::Auto, hide_default_value = true)]
    color: ColorChoice,
}

/// The available commands. For a new command, add a file beside this one, a line here and a line in [`perform`].
#[derive(Subcommand)]
enum Command {
    Check(check::Check),
    Detect(detect::Detect),
    Fix(fix::Fix),
    Accounts(accounts::MakeAccounts),
    Plan(Box<plan::MakePlan>),
    Apply(applied::Apply),
    Undo(applied::Undo),
    Template(template::Template),
    Completion(completion::Completion),
}

impl Command {
    /// Returns the options that say how a refusal is printed.
    fn output(&self) -> Option<&Output> {
        match self {
            Self::Check(check) => Some(&check.output),
            Self::Fix(fix) => Some(&fix.output),
            Self::Accounts(accounts) => Some(&accounts.output),
            Self::Plan(plan) => Some(&plan.output),
            Self::Detect(_) | Self::Apply(_) | Self::Undo(_) | Self::Template(_) | Self::Completion(_) => None,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Check(_) => "check",
            Self::Detect(_) => "detect",
            Self::Fix(_) => "fix",
            Self::Accounts(_) => "accounts",
            Self::Plan(_) => "plan",
            Self::Apply(_) => "apply",
            Self::Undo(_) => "undo",
            Self::Template(_) => "template",
            Self::Completion(_) => "completion",
        }
    }
}

/// Runs the command on the streams of the process, and returns the exit code. `arguments` does not include the
/// program's name.
///
/// ```no_run
/// // The complete `main` of a program that includes the command.
/// let code = onroll::command::run_process(std::env::args_os().skip(1));
/// std::process::exit(code.into());
/// ```
pub fn run_process(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    run(arguments, &mut Console::of_process())
}

/// Runs the command, and returns the exit code. `arguments` does not include the program's name.
///
/// ```
/// use onroll::command::{Console, run};
///
/// let (mut output, mut messages) = (Vec::new(), Vec::new());
/// let code = run(["template".into()], &mut Console::new(&b""[..], &mut output, &mut messages, "2026-09-01".parse()?));
/// assert_eq!((code, output.starts_with(b"Student Full Name,Username,")), (0, true));
/// # Ok::<(), chrono::ParseError>(())
/// ```
pub fn run(arguments: impl IntoIterator<Item = OsString>, console: &mut Console<'_>) -> u8 {
    let arguments = std::iter::once(OsString::from("onroll")).chain(arguments);
    let parsed = match Onroll::try_parse_from(arguments) {
        Ok(parsed) => parsed,
        Err(error) => {
            let ended = not_run(&error, console);
            return console.ended(ended);
        }
    };
    match parsed.color {
        ColorChoice::Auto => {}
        ColorChoice::Always => console.set_colors(true),
        ColorChoice::Never => console.set_colors(false),
    }
    let ended = perform(&parsed.command, console).or_else(|failure| failed(failure, &parsed.command, console));
    console.ended(ended)
}

fn perform(command: &Command, console: &mut Console<'_>) -> Result<u8, Failure> {
    match command {
        Command::Check(check) => check.run(console),
        Command::Detect(detect) => detect.run(console),
        Command::Fix(fix) => fix.run(console),
        Command::Accounts(accounts) => accounts.run(console),
        Command::Plan(plan) => plan.run(console),
        Command::Apply(apply) => apply.run(console),
        Command::Undo(undo) => undo.run(console),
        Command::Template(template) => template.run(console),
        Command::Completion(completion) => completion.run(&mut Onroll::command(), console),
    }
}

/// Prints help and the version, which are not errors. Any other result is an error in the arguments.
fn not_run(error: &clap::Error, console: &mut Console<'_>) -> Result<u8, Failure> {
    if error.use_stderr() {
        // An argument may contain control characters. `message` shows them as symbols.
        let text = error.render().to_string();
        console.message(text.trim_end());
        return Ok(FAILED);
    }
    let text = error.render();
    let text = if console.has_colors() { text.ansi().to_string() } else { text.to_string() };
    console.print(&text)?;
    Ok(OK)
}

/// Prints why there is no result.
fn failed(failure: Failure, command: &Command, console: &mut Console<'_>) -> Result<u8, Failure> {
    let json = command.output().is_some_and(|output| output.json);
    match failure {
        Failure::Rejected(report) => {
            match command.output() {
                Some(output) => output.print_report(&report, console)?,
                None => console.print(&report.text())?,
            }
            Ok(REFUSED)
        }
        Failure::Refused(refused) => {
            if json {
                let output = serde_json::json!({ "refused": refused.guard, "numbers": refused.numbers });
                console.print(&output.to_string())?;
            } else {
                console.print(&refused_in_words(&refused))?;
            }
            Ok(REFUSED)
        }
        Failure::Usage(text) => {
            console.message(&format!("onroll: {text}\nFor help, run: onroll {} --help", command.name()));
            Ok(FAILED)
        }
        Failure::Failed(text) => {
            console.message(&format!("onroll: {text}"));
            Ok(FAILED)
        }
        Failure::Stream(stream, error) => Err(Failure::Stream(stream, error)),
    }
}

/// Returns why a plan is refused, and how to go on. The text ends with how to override the guard, and what the plan
/// would then do.
fn refused_in_words(refused: &PlanRefused) -> String {
    let partial = if refused.is_perhaps_partial() { "\nTo import a partial roster, add: --partial" } else { "" };
    let (text, guard, then) = (refused.text(), refused.guard, refused.if_overridden());
    format!(
        "{text}{partial}\nDetails: {refused}\nOnly if you have checked that this is right, add: --override {guard}\n\
         Then {then}."
    )
}

/// Returns the message about a failure of standard output, which can only go to standard error.
fn told_of_stream(stream: OutputStream, error: &std::io::Error) -> String {
    format!("onroll: {}: {}", stream.name(), failure::sentence(error))
}
