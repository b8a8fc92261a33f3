//! Turns a school's CSV into accounts and their credentials: `cargo run --release --example import --
//! core/examples/oakfield.csv [--sso] [--fix]`
//!
//! With `--export`, the file may be the export of any MIS, such as `core/examples/oakfield-mis.csv`. The program then
//! prints which column is which, and continues only if that is certain. A real host stores the mapping with the school,
//! and uses it to read the next file.
//!
//! Prints the report, and writes the credentials and the login cards beside the file. Exits with 1 if the roster is
//! refused. Exits with 2 if the file cannot be read, or if a person must decide which column is which.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use onroll::account::Cards;
use onroll::{Accounts, PasswordPolicy, ReadError, Reader, Roster, SignIn};

fn main() -> ExitCode {
    let mut reader = Reader::new();
    let (mut path, mut is_export) = (None, false);
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--sso" => reader = reader.sign_in(SignIn::Sso),
            "--fix" => reader = reader.fix(true),
            "--export" => is_export = true,
            file if !file.starts_with("--") && path.is_none() => path = Some(PathBuf::from(file)),
            _ => return usage(),
        }
    }
    let Some(path) = path else { return usage() };
    let read = if is_export { by_mapping(&reader, &path) } else { reader.read_path(&path).map_err(Into::into) };
    match read.and_then(|roster| import(&roster, &path)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => match error.downcast_ref() {
            Some(ReadError::Rejected(report)) => {
                print!("{}", report.text());
                ExitCode::FAILURE
            }
            _ => {
                eprintln!("{}: {error}", path.display());
                ExitCode::from(2)
            }
        },
    }
}

/// Reads an export if it is certain which column is which.
fn by_mapping(reader: &Reader, path: &Path) -> Result<Roster, Box<dyn std::error::Error>> {
    let detected = reader.detect_path(path)?;
    println!("{}", detected.text());
    if !detected.certain() {
        return Err("a person must answer the questions above before this export can be read".into());
    }
    Ok(reader.clone().fix(true).mapping(detected.mapping()).read_path(path)?)
}

fn import(roster: &Roster, path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    print!("{}", roster.report().text());

    let accounts = Accounts::create(roster, &PasswordPolicy::default())?;
    let credentials = beside(path, "credentials.csv");
    accounts.save_credentials(&credentials)?;
    let cards = beside(path, "cards.html");
    accounts.save_cards(&cards, &Cards::new().sign_in_url("https://sign-in.example/oakfield")?)?;
    println!(
        "\n{} accounts: credentials in {}, login cards in {}",
        accounts.len(),
        credentials.display(),
        cards.display()
    );
    Ok(())
}

/// Returns a path in the same folder, such as `oakfield-credentials.csv` for `oakfield.csv`.
fn beside(path: &Path, what: &str) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem}-{what}"))
}

fn usage() -> ExitCode {
    eprintln!("usage: import FILE.csv [--sso] [--fix] [--export]");
    ExitCode::from(2)
}
