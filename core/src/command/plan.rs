//! `onroll plan`: its options, and the files that it writes. `plan/show.rs` writes the list of who joins, leaves and
//! moves.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use clap::Args;

use crate::account::Accounts;
use crate::plan::{ChangeKind, Decision, Guard, MAX_LEAVERS, Plan, Planner};
use crate::roster::Roster;
use crate::text::visible;
use crate::values::year_group::YearGroup;

use super::OK;
use super::accounts::WrittenFiles;
use super::arguments::{Output, ReadingArgs, code, stored_accounts, to_store};
use super::console::{Console, is_input};
use super::failure::{Failure, shown};
use super::handed_out::{HandedOut, Passwords};
use super::node_json;

/// List who joins, leaves and moves, and apply the changes
#[derive(Args)]
#[command(
    after_long_help = "Without --apply, the plan is only printed. With --save, it is stored with its passwords. After somebody has approved it, \
                       run `onroll apply`. To undo it, run `onroll undo`.\n\n\
                       Examples:\n  onroll plan september.csv --accounts accounts.json --leaving \"Year 6\"\n  \
                       onroll plan september.csv --accounts accounts.json --apply accounts.json --save plan.json --credentials new.csv\n  \
                       onroll plan starters.csv --partial --accounts accounts.json --apply accounts.json --cards new.html"
)]
pub(super) struct MakePlan {
    /// The school's file, or - for standard input
    #[arg(value_name = "ROSTER")]
    roster: PathBuf,

    /// The accounts as JSON, from --out or --apply, or - for standard input
    #[arg(long, value_name = "FILE", required = true)]
    accounts: PathBuf,

    /// Apply every safe fix while reading
    #[arg(long)]
    fix: bool,

    /// The file has only some students, such as new starters, so nobody leaves
    #[arg(long)]
    partial: bool,

    /// Apply the plan, and write the accounts as JSON; the file contains passwords
    #[arg(long, value_name = "FILE")]
    apply: Option<PathBuf>,

    /// Store the plan as JSON for `onroll apply` and `onroll undo`; the file contains passwords
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,

    #[command(flatten)]
    choices: Choices,

    #[command(flatten)]
    handed_out: HandedOut,

    #[command(flatten)]
    passwords: Passwords,

    #[command(flatten)]
    reading: ReadingArgs,

    #[command(flatten)]
    pub(super) output: Output,
}

/// The options of a plan.
#[derive(Args)]
#[command(next_help_heading = "Options of the plan")]
struct Choices {
    /// The largest share of active accounts that may leave, from 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = MAX_LEAVERS)]
    max_leavers: f64,

    /// A year group that leaves in summer, such as "Year 6"; repeat the option for more years
    #[arg(long, value_name = "YEAR", value_parser = year)]
    leaving: Vec<YearGroup>,

    /// The source id, UPN or username of an erased student, who gets no new account; repeat the
    /// option for more students
    #[arg(long, value_name = "ID")]
    erased: Vec<String>,

    /// A guard to override; repeat the option for more guards
    #[arg(long = "override", value_name = "GUARD", value_parser = code(Guard::ALL, Guard::as_str))]
    override_guards: Vec<Guard>,

    /// A JSON array of the decisions about conflicts and near pairs
    #[arg(long, value_name = "FILE")]
    decisions: Option<PathBuf>,

    /// Leave out changes of this kind; repeat the option for more kinds
    #[arg(long, value_name = "KIND", value_parser = code(ChangeKind::ALL, ChangeKind::as_str))]
    without: Vec<ChangeKind>,

    /// Your own id of the school; accounts of another school are refused
    #[arg(long, value_name = "ID")]
    school: Option<String>,

    /// The day of the plan, if it is not today
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<NaiveDate>,
}

/// Reads a year group as a school writes it.
fn year(text: &str) -> Result<YearGroup, String> {
    YearGroup::read(text).ok_or_else(|| "write a year group, such as \"Year 6\"".to_owned())
}

impl MakePlan {
    pub(super) fn run(&self, console: &mut Console<'_>) -> Result<u8, Failure> {
        if is_input(&self.accounts) && is_input(&self.roster) {
            return Err(Failure::Usage("only one file can come from standard input".to_owned()));
        }
        let hands_out = [self.handed_out.credentials.as_deref(), self.handed_out.cards.as_deref()];
        let stores = [self.apply.as_deref(), self.save.as_deref()];
        let hands_out: Vec<&Path> = hands_out.into_iter().flatten().collect();
        if !hands_out.is_empty() && stores.iter().all(Option::is_none) {
            let text = "the new passwords must be stored; add --apply FILE or --save FILE";
            return Err(Failure::Usage(text.to_owned()));
        }
        self.handed_out.refuse_to_replace(&hands_out)?;
        let accounts = stored_accounts(&self.accounts, console)?;
        let roster = self.reading.roster(&self.roster, self.fix, console)?;
        let plan = self.plan(&accounts, roster, console)?;
        let applied = plan.apply(accounts)?;
        let mut written = WrittenFiles::default();
        hand_out(&plan, &applied, &self.handed_out, &mut written, console)?;
        // The stored plan is written before the accounts, so that a plan that was applied can always be undone.
        if let Some(save) = &self.save {
            written.put("plan", save, plan.to_json_with_passwords().as_bytes(), console)?;
        }
        if let Some(apply) = &self.apply {
            written.put("accounts", apply, &to_store(&applied), console)?;
        }
        if self.output.json {
            console.print(&plan.to_json())?;
        } else {
            console.print(&plan.diff())?;
            tell_decisions(&plan, console)?;
            tell_handed_out(&self.handed_out, &written, console)?;
        }
        Ok(OK)
    }

    fn plan(&self, accounts: &Accounts, roster: Roster, console: &mut Console<'_>) -> Result<Plan, Failure> {
        let roster = if self.partial { roster.into_partial() } else { roster };
        let choices = &self.choices;
        let mut planner = Planner::new()
            .max_leavers(choices.max_leavers)
            .leaving_years(choices.leaving.iter().cloned())
            .today(choices.today.unwrap_or(console.today()))
            .erased(choices.erased.iter().map(String::as_str))
            .override_guards(choices.override_guards.iter().copied())
            .passwords(self.passwords.policy()?);
        if let Some(file) = &choices.decisions {
            planner = planner.decisions(decisions(file, console)?);
        }
        if let Some(school) = &choices.school {
            planner = planner.school_id(school.as_str());
        }
        let plan = planner.plan(accounts, &roster)?;
        match choices.without.is_empty() {
            true => Ok(plan),
            false => Ok(plan.without(choices.without.iter().copied(), [])?),
        }
    }
}

/// Prints how a person makes decisions, with the first pair of an account and a student as an example.
fn tell_decisions(plan: &Plan, console: &mut Console<'_>) -> Result<(), Failure> {
    let near = plan.near().iter().map(|pair| Decision::same(&pair.account, &pair.student)).next();
    let conflict = || {
        let conflict = plan.conflicts().first()?;
        Some(Decision::same(conflict.accounts.first()?, conflict.students.first()?))
    };
    let Some(example) = near.or_else(conflict) else { return Ok(()) };
    // Decisions that consist of texts can always be written as JSON.
    let Ok(example) = serde_json::to_string(&[example]) else { return Ok(()) };
    let example = visible(&example);
    console.print(&format!(
        "To decide, write your decisions to a file, and add --decisions FILE. An example:\n  {example}"
    ))
}

fn decisions(file: &Path, console: &mut Console<'_>) -> Result<Vec<Decision>, Failure> {
    let text = node_json::ours(console.text(file)?);
    serde_json::from_str(&text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let name = shown(file);
        Failure::Failed(format!("{name}: the JSON array of decisions is not valid at line {line}, column {column}"))
    })
}

/// Writes credentials and cards for the students to whom a plan gives a new password.
pub(super) fn hand_out(
    plan: &Plan,
    applied: &Accounts,
    handed_out: &HandedOut,
    written: &mut WrittenFiles,
    console: &mut Console<'_>,
) -> Result<(), Failure> {
    let new = plan.changes().filter(|change| change.new_password());
    let new: Vec<String> = new.map(|change| change.account().username.to_owned()).collect();
    // A wrong address stops the command before it writes a file, even if no student joins.
    let page = handed_out.page(applied, Some(&new))?;
    if new.is_empty() {
        return Ok(());
    }
    if let Some(credentials) = &handed_out.credentials {
        let mut csv = Vec::new();
        applied.write_credentials_of(new.iter().map(String::as_str), &mut csv)?;
        written.put("credentials", credentials, &csv, console)?;
    }
    if let (Some(cards), Some(page)) = (&handed_out.cards, page) {
        written.put("cards", cards, &page, console)?;
    }
    Ok(())
}

/// Prints where the files are. If no student has a new password, says that there is nothing to hand out.
pub(super) fn tell_handed_out(
    handed_out: &HandedOut,
    written: &WrittenFiles,
    console: &mut Console<'_>,
) -> Result<(), Failure> {
    let is_wanted = handed_out.credentials.is_some() || handed_out.cards.is_some();
    if is_wanted && !written.0.contains_key("credentials") && !written.0.contains_key("cards") {
        console.print("\nNo student has a new password, so no credentials or cards were written.")?;
    }
    if written.0.is_empty() { Ok(()) } else { console.print(&format!("\nWritten: {}", written.in_words())) }
}
