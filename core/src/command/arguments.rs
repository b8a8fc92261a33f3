//! Options that several commands share: for reading a file (`ReadingArgs`), for its mapping, and for the output. Also
//! prints a report in colour.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::account::Accounts;
use crate::code::UnknownCode;
use crate::mapping::{Detected, Mapping, Target};
use crate::reader::{ExtraColumns, PupilPremium, Reader, open_file};
use crate::report::Report;
use crate::roster::Roster;
use crate::username::SignIn;
use crate::values::ethnicity::{Ethnicities, EthnicityEntry};

use super::console::{Console, is_input};
use super::failure::Failure;
use super::node_json;

/// Reads one of these codes. Help and completion list all of them.
pub(super) fn code<T, const N: usize>(all: [T; N], code: fn(T) -> &'static str) -> impl TypedValueParser<Value = T>
where
    T: FromStr<Err = UnknownCode> + Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(all.map(code)).try_map(|text| text.parse::<T>())
}

/// How a school's file is read.
#[derive(Args)]
#[command(next_help_heading = "Reading the file")]
pub(super) struct ReadingArgs {
    /// Students sign in with SSO: usernames are email addresses
    #[arg(long)]
    sso: bool,

    /// Accept columns in any order
    #[arg(long)]
    any_order: bool,

    /// Accept a file without the columns Pupil Premium, Ethnicity, SEND or EAL
    #[arg(long)]
    optional_columns: bool,

    /// Refuse or ignore columns that are not in the template
    #[arg(long, value_name = "WHAT", default_value = "refuse", value_parser = code(ExtraColumns::ALL, ExtraColumns::as_str))]
    extra_columns: ExtraColumns,

    /// Accept only the main ethnicity codes
    #[arg(long)]
    main_codes_only: bool,

    /// Add ethnicity codes, or words for codes, from a JSON list of objects with code, description,
    /// mainCode and aliases
    #[arg(long, value_name = "FILE")]
    ethnicities: Option<PathBuf>,

    /// The sheet of a workbook; by default, the sheet with the headings of a student list
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,

    /// Accept the suggestion for the problem that has this id in the JSON report; repeat the option for more ids
    #[arg(long, value_name = "ID")]
    accept: Vec<String>,

    /// Read large files with this number of threads; 0 means one for each processor
    #[arg(long, value_name = "N", default_value_t = 0)]
    threads: usize,

    #[command(flatten)]
    mapped: MappingArgs,

    /// Fill in Pupil Premium by UPN from the Department for Education's list (from Get information about pupils)
    #[arg(long, value_name = "FILE", help_heading = "A school's own export")]
    pupil_premium: Option<PathBuf>,
}

/// How a school's own export is read.
#[derive(Args)]
#[command(next_help_heading = "A school's own export")]
pub(super) struct MappingArgs {
    /// Read the columns with the mapping that `onroll detect --save` stored
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,

    /// Ask at the terminal about columns and values that are not certain
    #[arg(long)]
    ask: bool,
}

/// Returns a reader for students who sign in with SSO or with passwords.
pub(super) fn signing_in(sso: bool) -> Reader {
    Reader::new().sign_in(if sso { SignIn::Sso } else { SignIn::Password })
}

impl MappingArgs {
    /// Returns the reader with the stored mapping, if the person names one.
    pub(super) fn stored(&self, reader: Reader, console: &mut Console<'_>) -> Result<Reader, Failure> {
        let Some(file) = &self.mapping else { return Ok(reader) };
        let mapping = Mapping::from_json(&console.text(file)?);
        let failed = |error| Failure::Failed(format!("{}: {error}", super::failure::shown(file)));
        Ok(reader.mapping(mapping.map_err(failed)?))
    }

    /// Returns the result of detecting a file. With `--ask`, it includes the person's answers.
    pub(super) fn detected(
        &self,
        reader: &Reader,
        file: &Path,
        bytes: &[u8],
        console: &mut Console<'_>,
    ) -> Result<Detected, Failure> {
        let failed = |error| Failure::of_reading(file, error);
        let mut detected = reader.detect_bytes(bytes).map_err(failed)?;
        if !self.ask || detected.certain() {
            return Ok(detected);
        }
        if is_input(file) {
            return Err(Failure::Usage("with --ask, the file cannot come from standard input".to_owned()));
        }
        let mut reader = reader.clone();
        if let Some(sheet) = super::ask::sheet(&detected, console)? {
            reader = reader.sheet(sheet);
            detected = reader.detect_bytes(bytes).map_err(failed)?;
        }
        let mapping = super::ask::ask(&detected, console)?;
        reader.mapping(mapping).detect_bytes(bytes).map_err(failed)
    }

    /// Returns the reader for a file, with the stored mapping or a mapping that is certain. The template needs no
    /// mapping, unless we must look up its students by UPN.
    fn reader(
        &self,
        reader: Reader,
        file: &Path,
        bytes: &[u8],
        needs_upns: bool,
        console: &mut Console<'_>,
    ) -> Result<Reader, Failure> {
        if self.mapping.is_some() && !self.ask {
            return self.stored(reader, console);
        }
        let own = self.stored(reader.clone(), console)?;
        // The reader reports a file that is not text.
        if own.detect_bytes(bytes).is_err() {
            return Ok(reader);
        }
        let detected = self.detected(&own, file, bytes, console)?;
        if needs_upns {
            return by_upn(reader, &detected, file);
        }
        let is_export = detected.certain() && !is_template(&detected);
        Ok(if is_export { reader.mapping(detected.mapping()) } else { reader })
    }
}

/// Returns the reader for a file whose students are looked up in a pupil premium list by their UPNs.
fn by_upn(reader: Reader, detected: &Detected, file: &Path) -> Result<Reader, Failure> {
    let lacks = match () {
        () if detected.mapping().source(Target::Upn).is_none() => "has no column of UPNs",
        () if !detected.certain() => {
            "has columns that are not certain; add --ask, or --mapping FILE with a stored mapping"
        }
        () => return Ok(reader.mapping(detected.mapping())),
    };
    let file = super::failure::shown(file);
    Err(Failure::Failed(format!("{file}: --pupil-premium finds pupils by UPN, but the file {lacks}")))
}

/// Returns whether a file has the template's headings for full name and username, which no export has together.
fn is_template(detected: &Detected) -> bool {
    let is_own = |target: Target| {
        let folded =
            |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
        let source = detected.columns().iter().find(|column| column.target == target);
        source
            .is_some_and(|column| matches!(column.sources.as_slice(), [one] if folded(one) == folded(target.heading())))
    };
    is_own(Target::FullName) && is_own(Target::Username)
}

impl ReadingArgs {
    /// Returns the reader with the list of pupil premium, if there is one.
    fn with_premium(&self, reader: Reader, console: &mut Console<'_>) -> Result<Reader, Failure> {
        let Some(file) = &self.pupil_premium else { return Ok(reader) };
        let list = PupilPremium::read_bytes(console.bytes(file)?);
        Ok(reader.pupil_premium(list.map_err(|error| Failure::of_reading(file, error))?))
    }

    /// Returns the reader with the options that were chosen, and with a progress bar at a terminal.
    pub(super) fn reader(&self, console: &mut Console<'_>) -> Result<Reader, Failure> {
        let reader = match &self.ethnicities {
            Some(file) => Reader::new().ethnicities(ethnicities(file, console)?),
            None => Reader::new(),
        };
        let reader = reader
            .sign_in(if self.sso { SignIn::Sso } else { SignIn::Password })
            .any_order(self.any_order)
            .optional_columns(self.optional_columns)
            .extra_columns(self.extra_columns)
            .main_codes_only(self.main_codes_only)
            .accept(self.accept.iter().map(String::as_str))
            .threads(self.threads);
        let reader = match &self.sheet {
            Some(sheet) => reader.sheet(sheet.as_str()),
            None => reader,
        };
        Ok(match console.bar() {
            Some(bar) => reader.watch(move |done, of| bar.show(done, of)),
            None => reader,
        })
    }

    /// Returns the reader and the bytes of a file that is not the template. Returns `None` for a file that begins like
    /// the template, because that file is read from its path.
    pub(super) fn export(&self, file: &Path, console: &mut Console<'_>) -> Result<Option<(Reader, Vec<u8>)>, Failure> {
        let is_asked = self.mapped.mapping.is_some() || self.mapped.ask || self.pupil_premium.is_some();
        if !is_asked && !is_input(file) && begins_as_template(file) {
            return Ok(None);
        }
        let bytes = console.bytes(file)?;
        let reader = self.with_premium(self.reader(console)?, console)?;
        Ok(Some((self.mapped.reader(reader, file, &bytes, self.pupil_premium.is_some(), console)?, bytes)))
    }

    /// Reads a roster from a file or from standard input.
    pub(super) fn roster(&self, file: &Path, fix: bool, console: &mut Console<'_>) -> Result<Roster, Failure> {
        if let Some((reader, bytes)) = self.export(file, console)? {
            return reader.fix(fix).read_bytes(bytes).map_err(|error| Failure::of_reading(file, error));
        }
        let reader = self.reader(console)?.fix(fix);
        let read = match is_input(file) {
            true => reader.read(console.input()),
            false => reader.read_path(file),
        };
        read.map_err(|error| Failure::of_reading(file, error))
    }

    /// Checks a file or standard input, and returns the report.
    pub(super) fn report(
        &self,
        file: &Path,
        fix: bool,
        console: &mut Console<'_>,
    ) -> Result<io::Result<Report>, Failure> {
        // If one of several files cannot be opened, only its own line says so. The other files are still checked.
        if !is_input(file)
            && let Err(error) = open_file(file)
        {
            return Ok(Err(error));
        }
        Ok(match self.export(file, console)? {
            Some((reader, bytes)) => reader.fix(fix).check(bytes.as_slice()),
            None => self.reader(console)?.fix(fix).check_path(file),
        })
    }
}

/// Returns the codes of the Department for Education together with the codes in a host's file.
fn ethnicities(file: &Path, console: &mut Console<'_>) -> Result<Ethnicities, Failure> {
    let text = console.text(file)?;
    let failed = |what: String| Failure::Failed(format!("{}: {what}", super::failure::shown(file)));
    let entries: Vec<EthnicityEntry> = serde_json::from_str(&text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        failed(format!("this is not a JSON list of ethnicity codes (line {line}, column {column})"))
    })?;
    entries.iter().enumerate().try_fold(Ethnicities::default(), |codes, (index, entry)| {
        codes.with_entry(entry).map_err(|error| failed(format!("entry {}: {error}", index + 1)))
    })
}

/// Returns whether a file begins with the first two headings of the template.
fn begins_as_template(file: &Path) -> bool {
    let mut begins = Vec::new();
    let read = open_file(file).and_then(|(file, _)| file.take(64).read_to_end(&mut begins));
    // For a folder or an unreadable file, the result is true, because the reader then reports the error.
    read.is_err() || begins.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&begins).starts_with(b"Student Full Name,Username,")
}

/// How the result is printed.
#[derive(Args)]
#[command(next_help_heading = "Output")]
pub(super) struct Output {
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,

    /// With --json, also print the values in the file, which are personal data
    #[arg(long)]
    pub(super) values: bool,
}

impl Output {
    /// Prints a report for the person at the terminal, or as JSON for a program.
    pub(super) fn print_report(&self, report: &Report, console: &mut Console<'_>) -> Result<(), Failure> {
        if self.json {
            return console.print(&report.to_json(self.values));
        }
        let text = report.text();
        let text = if console.has_colors() { colored(&text, report.ok()) } else { text };
        console.print(&text)
    }

    /// Returns a report as JSON, for a larger JSON object that contains it.
    #[allow(clippy::expect_used)]
    pub(super) fn value(&self, report: &Report) -> serde_json::Value {
        serde_json::from_str(&report.to_json(self.values)).expect("invariant: a report is written as JSON")
    }
}

/// Returns the text of a report in colour. The verdict and the headings, which begin a line, are coloured. No value can
/// begin a line, because lines with problems are indented and line breaks are shown as symbols.
fn colored(text: &str, ok: bool) -> String {
    const RED: &str = "\x1b[1;31m";
    const YELLOW: &str = "\x1b[1;33m";
    const GREEN: &str = "\x1b[1;32m";
    const PLAIN: &str = "\x1b[0m";
    let color = |(number, line): (usize, &str)| {
        let color = match number {
            0 if ok => GREEN,
            0 => RED,
            _ if line.is_empty() || line.starts_with(' ') => return format!("{line}\n"),
            _ if line.contains(" error") => RED,
            _ if line.contains(" warning") => YELLOW,
            _ => GREEN,
        };
        format!("{color}{line}{PLAIN}\n")
    };
    text.lines().enumerate().map(color).collect()
}

/// Reads accounts that an earlier command stored as JSON.
pub(super) fn stored_accounts(file: &Path, console: &mut Console<'_>) -> Result<Accounts, Failure> {
    Ok(Accounts::from_json(&node_json::ours(console.text(file)?))?)
}

/// Returns accounts as JSON with their passwords, to be stored.
pub(super) fn to_store(accounts: &Accounts) -> Vec<u8> {
    accounts.to_json_with_passwords().into_bytes()
}
