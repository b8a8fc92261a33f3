//! `onroll apply` and `onroll undo`: their options, and how they apply a stored plan after approval, or undo it.

use std::path::PathBuf;

use clap::Args;

use crate::account::Accounts;
use crate::plan::{Plan, PlanError};

use super::OK;
use super::accounts::WrittenFiles;
use super::arguments::{stored_accounts, to_store};
use super::console::{Console, is_input};
use super::failure::Failure;
use super::handed_out::HandedOut;
use super::node_json;
use super::plan::{hand_out, tell_handed_out};

/// A stored plan and the accounts that it is for.
#[derive(Args)]
struct StoredPlanArgs {
    /// The plan as JSON, from `onroll plan --save`, or - for standard input
    #[arg(value_name = "PLAN")]
    plan: PathBuf,

    /// The accounts as JSON, or - for standard input
    #[arg(long, value_name = "FILE", required = true)]
    accounts: PathBuf,

    /// Write the accounts to this file, which may be the file of --accounts; it contains passwords
    #[arg(long, value_name = "FILE", required = true)]
    out: PathBuf,
}

impl StoredPlanArgs {
    fn read(&self, console: &mut Console<'_>) -> Result<(Plan, Accounts), Failure> {
        if is_input(&self.plan) && is_input(&self.accounts) {
            return Err(Failure::Usage("only one file can come from standard input".to_owned()));
        }
        let plan = Plan::from_json(&node_json::ours(console.text(&self.plan)?))?;
        Ok((plan, stored_accounts(&self.accounts, console)?))
    }
}

/// Apply a stored plan to the accounts that it was made for
#[derive(Args)]
#[command(
    after_long_help = "The accounts must be those that the plan was made for, and must not have changed since.\n\n\
                       Example:\n  onroll apply plan.json --accounts accounts.json --out accounts.json --cards new.html"
)]
pub(super) struct Apply {
    #[command(flatten)]
    stored: StoredPlanArgs,

    #[command(flatten)]
    handed_out: HandedOut,
}

impl Apply {
    pub(super) fn run(&self, console: &mut Console<'_>) -> Result<u8, Failure> {
        let handed_out = [self.handed_out.credentials.as_deref(), self.handed_out.cards.as_deref()];
        self.handed_out.refuse_to_replace(&handed_out.into_iter().flatten().collect::<Vec<_>>())?;
        let (plan, accounts) = self.stored.read(console)?;
        let applied = plan.apply(accounts)?;
        let mut written = WrittenFiles::default();
        hand_out(&plan, &applied, &self.handed_out, &mut written, console)?;
        written.put("accounts", &self.stored.out, &to_store(&applied), console)?;
        console.print(&plan.summary_in_words())?;
        tell_handed_out(&self.handed_out, &written, console)?;
        Ok(OK)
    }
}

/// Undo a stored plan that was applied
#[derive(Args)]
#[command(
    after_long_help = "The accounts must not have changed since the plan was applied. Students get back the usernames and passwords that they had before the plan.\n\n\
                       Example:\n  onroll undo plan.json --accounts accounts.json --out accounts.json"
)]
pub(super) struct Undo {
    #[command(flatten)]
    stored: StoredPlanArgs,
}

impl Undo {
    pub(super) fn run(&self, console: &mut Console<'_>) -> Result<u8, Failure> {
        let (plan, accounts) = self.stored.read(console)?;
        let restored = plan.reverse(accounts).map_err(|error: PlanError| Failure::from(error))?;
        let mut written = WrittenFiles::default();
        written.put("accounts", &self.stored.out, &to_store(&restored), console)?;
        console.print(&format!("Undone: {}\n\nWritten: {}", plan.summary_in_words(), written.in_words()))?;
        Ok(OK)
    }
}
