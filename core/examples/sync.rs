//! Prints the plan that leads from one file of a school to a later file, and the credentials of the joiners: `cargo run
//! --release --example sync -- core/examples/oakfield.csv core/examples/oakfield-september.csv [--leaving "Year 6"]
//! [--override GUARD]`
//!
//! Exits with 1 if a roster or the plan is refused, and with 2 if a file cannot be read.

use std::error::Error;
use std::process::ExitCode;

use onroll::plan::{Guard, PlannerError};
use onroll::values::YearGroup;
use onroll::{Accounts, PasswordPolicy, Planner, ReadError, Reader};

fn main() -> ExitCode {
    let mut files = Vec::new();
    let mut leaving = Vec::new();
    let mut overridden = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let known = match argument.as_str() {
            "--leaving" => arguments.next().and_then(|year| YearGroup::read(&year)).map(|year| leaving.push(year)),
            "--override" => {
                arguments.next().and_then(|name| name.parse::<Guard>().ok()).map(|guard| overridden.push(guard))
            }
            flag if flag.starts_with("--") => None,
            _ => {
                files.push(argument);
                Some(())
            }
        };
        if known.is_none() {
            return usage();
        }
    }
    let [before, after] = files.as_slice() else { return usage() };
    match sync(before, after, &Planner::new().leaving_years(leaving).override_guards(overridden)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            if let Some(ReadError::Rejected(report)) = error.downcast_ref() {
                eprint!("{}", report.text());
            }
            let refused = error.is::<PlannerError>() || matches!(error.downcast_ref(), Some(ReadError::Rejected(_)));
            ExitCode::from(if refused { 1 } else { 2 })
        }
    }
}

fn sync(before: &str, after: &str, planner: &Planner) -> Result<(), Box<dyn Error>> {
    let accounts = Accounts::create(&Reader::new().read_path(before)?, &PasswordPolicy::default())?;
    let plan = planner.plan(&accounts, &Reader::new().read_path(after)?)?;
    print!("{}", plan.diff());
    let accounts = plan.apply(accounts)?;

    println!("\nCredentials of the joiners");
    let mut joiners = Vec::new();
    let only = plan.of_kind(onroll::plan::ChangeKind::Join).map(|change| change.username());
    accounts.write_credentials_of(only, &mut joiners)?;
    print!("{}", String::from_utf8_lossy(&joiners).trim_start_matches('\u{feff}'));
    Ok(())
}

fn usage() -> ExitCode {
    eprintln!("usage: sync BEFORE.csv AFTER.csv [--leaving YEAR]... [--override GUARD]...");
    ExitCode::from(2)
}
