//! `onroll accounts`: its options, and the files with accounts and credentials that it writes. `handed_out.rs` has the
//! options for passwords and cards.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::account::Accounts;

use super::OK;
use super::arguments::{Output, ReadingArgs, to_store};
use super::console::{Console, is_input, named};
use super::failure::Failure;
use super::handed_out::{HandedOut, Passwords};

/// Make accounts and credentials
#[derive(Args)]
#[command(
    after_long_help = "The credentials are written beside the roster, as NAME-credentials.csv, unless you add --credentials FILE. An existing file is \
                       replaced only with --overwrite.\n\n\
                       Examples:\n  onroll accounts students.csv --cards cards.html --out accounts.json\n  \
                       onroll accounts - --credentials - <students.csv\n  \
                       onroll accounts students.csv --pin 6 --layout large --cards reception.html"
)]
pub(super) struct MakeAccounts {
    /// The school's file, or - for standard input
    #[arg(value_name = "ROSTER")]
    roster: PathBuf,

    /// Apply every safe fix while reading
    #[arg(long)]
    fix: bool,

    /// Store the accounts as JSON for a later plan; the file contains passwords
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    #[command(flatten)]
    handed_out: HandedOut,

    #[command(flatten)]
    passwords: Passwords,

    #[command(flatten)]
    reading: ReadingArgs,

    #[command(flatten)]
    pub(super) output: Output,
}

impl MakeAccounts {
    pub(super) fn run(&self, console: &mut Console<'_>) -> Result<u8, Failure> {
        let credentials = self.credentials()?;
        let outputs = [Some(credentials.as_path()), self.handed_out.cards.as_deref(), self.out.as_deref()];
        self.handed_out.refuse_to_replace(&outputs.into_iter().flatten().collect::<Vec<_>>())?;
        let policy = self.passwords.policy()?;
        let roster = self.reading.roster(&self.roster, self.fix, console)?;
        let accounts = Accounts::create(&roster, &policy).map_err(|error| Failure::Failed(error.to_string()))?;
        // We make the cards first, because a wrong address must stop the command before it writes a file.
        let page = self.handed_out.page(&accounts, None)?;
        let mut written = WrittenFiles::default();
        let mut csv = Vec::new();
        accounts.write_credentials(&mut csv).map_err(|error| Failure::of_file(&credentials, &error))?;
        written.put("credentials", &credentials, &csv, console)?;
        if let (Some(cards), Some(page)) = (&self.handed_out.cards, &page) {
            written.put("cards", cards, page, console)?;
        }
        if let Some(out) = &self.out {
            written.put("accounts", out, &to_store(&accounts), console)?;
        }
        if self.output.json {
            let report = self.output.value(roster.report());
            let output = serde_json::json!({ "accounts": accounts.len(), "report": report, "written": written.0 });
            console.print(&output.to_string())?;
        } else {
            self.output.print_report(roster.report(), console)?;
            console.print(&format!("{} accounts: {}", accounts.len(), written.in_words()))?;
        }
        Ok(OK)
    }

    /// Returns the path of the credentials. It is next to the roster, unless the person names a different path.
    fn credentials(&self) -> Result<PathBuf, Failure> {
        if let Some(credentials) = &self.handed_out.credentials {
            return Ok(credentials.clone());
        }
        if is_input(&self.roster) {
            let text = "to read the roster from standard input, also add --credentials FILE";
            return Err(Failure::Usage(text.to_owned()));
        }
        let mut name = self.roster.file_stem().unwrap_or_default().to_os_string();
        name.push("-credentials.csv");
        Ok(self.roster.with_file_name(name))
    }
}

/// The files that were written.
#[derive(Default)]
pub(super) struct WrittenFiles(pub(super) BTreeMap<&'static str, String>);

impl WrittenFiles {
    pub(super) fn put(
        &mut self,
        what: &'static str,
        file: &Path,
        bytes: &[u8],
        console: &mut Console<'_>,
    ) -> Result<(), Failure> {
        console.put(file, bytes)?;
        self.0.insert(what, named(file));
        Ok(())
    }

    pub(super) fn in_words(&self) -> String {
        let order = ["credentials", "cards", "accounts", "plan"];
        let words = order.iter().filter_map(|what| self.0.get(what).map(|file| format!("{what} in {file}")));
        words.collect::<Vec<_>>().join(", ")
    }
}
