//! `onroll detect`: its options. `mapping/detected.rs` writes the table that it prints, and `ask.rs` asks the
//! questions.

use std::path::PathBuf;

use clap::Args;

use super::arguments::MappingArgs;
use super::console::Console;
use super::failure::Failure;
use super::{OK, REFUSED};

/// Show what each column of a school's own export contains
#[derive(Args)]
#[command(
    after_long_help = "Prints where each column is read from, how certain that is and why. Then prints the questions that a person must answer. The exit code is \
                       1 if there are questions. If there are none, the other commands read the export without --mapping.\n\n\
                       Examples:\n  onroll detect export.csv\n  onroll detect export.csv --ask --save oakfield.json\n  \
                       onroll accounts export.csv --fix --mapping oakfield.json"
)]
pub(super) struct Detect {
    /// The school's export, or - for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Students sign in with SSO: the email address is the username
    #[arg(long)]
    sso: bool,

    /// The sheet of a workbook; by default, the sheet with the headings of a student list
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,

    /// Store the mapping as JSON for --mapping; it contains no data of students
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,

    /// Print JSON with examples and values, which are personal data
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    mapped: MappingArgs,
}

impl Detect {
    pub(super) fn run(&self, console: &mut Console<'_>) -> Result<u8, Failure> {
        let bytes = console.bytes(&self.file)?;
        let reader = self.mapped.stored(super::arguments::signing_in(self.sso), console)?;
        let reader = match &self.sheet {
            Some(sheet) => reader.sheet(sheet.as_str()),
            None => reader,
        };
        let detected = self.mapped.detected(&reader, &self.file, &bytes, console)?;
        console.print(&if self.json { detected.to_json() } else { detected.text() })?;
        if let Some(save) = &self.save {
            console.put(save, detected.mapping().to_json().as_bytes())?;
        }
        Ok(if detected.certain() { OK } else { REFUSED })
    }
}
