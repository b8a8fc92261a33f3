//! The native class behind `Plan`, and the functions that make plans. Changes and statements cross the boundary as
//! JSON.

use std::sync::Arc;

use chrono::NaiveDate;
use napi::bindgen_prelude::AsyncTask;
use napi::{Env, Result};
use napi_derive::napi;
use onroll::plan::{ChangeKind, DecisionOutcome, Guard, PersonRef};
use onroll::values::YearGroup;
use onroll::{Decision, Planner};
use serde::Deserialize;
use serde_json::json;

use crate::accounts::{Accounts, row};
use crate::error;
use crate::job::{Job, Weigh, job, now};
use crate::roster::Roster;
use crate::values;
use crate::watch::Watch;

#[derive(Deserialize)]
struct Choices {
    max_leavers: Option<f64>,
    leaving_years: Vec<String>,
    erased: Vec<Vec<String>>,
    override_guards: Vec<String>,
    decisions: Vec<Decision>,
    school_id: Option<String>,
    today: Option<NaiveDate>,
    leaving_until: Option<NaiveDate>,
    grace_until: Option<NaiveDate>,
}

/// Returns the names of the guards.
#[napi(catch_unwind)]
pub fn guards() -> Vec<&'static str> {
    Guard::ALL.map(Guard::as_str).into()
}

/// Returns the kinds of change.
#[napi(catch_unwind)]
pub fn change_kinds() -> Vec<&'static str> {
    ChangeKind::ALL.map(ChangeKind::as_str).into()
}

/// Returns the possible outcomes of a decision.
#[napi(catch_unwind)]
pub fn decision_outcomes() -> Vec<&'static str> {
    DecisionOutcome::ALL.map(DecisionOutcome::as_str).into()
}

/// Returns, as JSON, the reference by which a decision names a person with these ids and this username.
#[napi(catch_unwind)]
pub fn person_ref(
    source_id: Option<String>,
    upn: Option<String>,
    username: String,
    full_name: Option<String>,
) -> Result<String> {
    let person = PersonRef::new(source_id.as_deref(), upn.as_deref(), &username, full_name.as_deref());
    serde_json::to_string(&person).map_err(error::of_protocol)
}

/// Returns whether a text is a year group.
#[napi(catch_unwind)]
pub fn is_year_group(text: String) -> bool {
    YearGroup::read(&text).is_some()
}

fn planner(choices: &str, policy: &str) -> Result<Planner> {
    let choices: Choices = serde_json::from_str(choices).map_err(error::of_protocol)?;
    let years = choices.leaving_years.iter().filter_map(|year| YearGroup::read(year));
    let guards: std::result::Result<Vec<Guard>, _> = choices.override_guards.iter().map(|name| name.parse()).collect();
    let planner = Planner::new()
        .leaving_years(years)
        .erased_students(choices.erased.iter().map(|student| student.iter().map(String::as_str)))
        .override_guards(guards.map_err(error::of_protocol)?)
        .decisions(choices.decisions)
        .passwords(values::policy(policy)?);
    let planner = match choices.max_leavers {
        Some(part) => planner.max_leavers(part),
        None => planner,
    };
    let days = [
        (choices.today, Planner::today as fn(Planner, NaiveDate) -> Planner),
        (choices.leaving_until, Planner::leaving_until),
        (choices.grace_until, Planner::grace_until),
    ];
    let planner = days.into_iter().fold(planner, |planner, (day, set)| match day {
        Some(day) => set(planner, day),
        None => planner,
    });
    Ok(match choices.school_id {
        Some(id) => planner.school_id(id),
        None => planner,
    })
}

#[napi(catch_unwind)]
pub fn make_plan(
    accounts: &Accounts,
    roster: &Roster,
    choices: String,
    policy: String,
    watch: &Watch,
) -> Result<AsyncTask<Job<Plan>>> {
    let ended = watch.clone();
    let planner = planner(&choices, &policy)?.watch(move || ended.flow());
    let (accounts, roster) = (accounts.now(), Arc::clone(&roster.0));
    Ok(job(move || planner.plan(&accounts, &roster).map(Plan::new).map_err(error::of_planner)))
}

#[napi(catch_unwind)]
pub fn make_plan_sync(env: Env, accounts: &Accounts, roster: &Roster, choices: String, policy: String) -> Result<Plan> {
    let planner = planner(&choices, &policy)?;
    now(env, || planner.plan(&accounts.now(), &roster.0).map(Plan::new).map_err(error::of_planner))
}

#[napi(catch_unwind)]
pub fn plan_from_json(env: Env, text: String) -> Result<Plan> {
    now(env, || onroll::Plan::from_json(&text).map(Plan::new).map_err(|error| error::of_plan(&error)))
}

/// The changes that make accounts match a roster.
#[napi]
pub struct Plan(Arc<onroll::Plan>);

impl Weigh for Plan {}

impl Plan {
    fn new(plan: onroll::Plan) -> Self {
        Self(Arc::new(plan))
    }
}

#[napi]
impl Plan {
    #[napi(getter)]
    pub fn length(&self) -> u32 {
        self.0.len() as u32
    }

    #[napi(catch_unwind)]
    pub fn at(&self, index: u32) -> Option<String> {
        let change = self.0.at(index as usize)?;
        let fields = change.fields().map(|field| json!([field.name(), field.old(), field.new_value()]));
        let made = json!({
            "kind": change.kind().as_str(),
            "username": change.username(),
            "hostId": change.host_id(),
            "account": row(&onroll::account::AccountRow::of(&change.account(), false)),
            "fields": serde_json::Value::from_iter(fields),
            "newPassword": change.new_password(),
            "password": change.password().map(|password| password.expose()),
        });
        Some(made.to_string())
    }

    /// Returns the plan as statements for the host's database, each as JSON.
    #[napi(catch_unwind)]
    pub fn statements(&self) -> Vec<String> {
        let statement = |statement: onroll::plan::Statement<'_>| {
            json!({
                "kind": statement.kind().as_str(),
                "hostId": statement.host_id(),
                "username": statement.username(),
                "set": statement.set(),
                "newPassword": statement.new_password(),
                "password": statement.password().map(|password| password.expose()),
                "makesRoom": statement.makes_room(),
            })
            .to_string()
        };
        self.0.statements().into_iter().map(statement).collect()
    }

    /// Returns the indexes of the changes of one kind.
    #[napi(catch_unwind)]
    pub fn of_kind(&self, kind: String) -> Vec<u32> {
        let is_it = |found: ChangeKind| found.as_str() == kind;
        let indices = self.0.changes().enumerate().filter(|(_, change)| is_it(change.kind()));
        indices.map(|(index, _)| index as u32).collect()
    }

    #[napi(getter)]
    pub fn school_id(&self) -> Option<String> {
        self.0.school_id().map(str::to_owned)
    }

    /// Returns the counts, the conflicts and all other data except the changes, as JSON.
    #[napi(catch_unwind)]
    pub fn told(&self) -> String {
        json!({
            "unchanged": self.0.unchanged(),
            "held": self.0.held(),
            "erased": self.0.erased(),
            "in_grace": self.0.in_grace(),
            "left_out": self.0.left_out(),
            "perhaps_staff": self.0.perhaps_staff(),
            "erased_by_username": self.0.erased_by_username(),
            "passed": self.0.passed(),
            "conflicts": self.0.conflicts(),
            "near": self.0.near(),
            "decisions": self.0.decisions(),
            "kept_usernames": self.0.kept_usernames(),
        })
        .to_string()
    }

    #[napi(catch_unwind)]
    pub fn summary(&self) -> String {
        self.0.summary()
    }

    #[napi(catch_unwind)]
    pub fn summary_in_words(&self) -> String {
        self.0.summary_in_words()
    }

    #[napi(catch_unwind)]
    pub fn diff(&self) -> String {
        self.0.diff()
    }

    #[napi(catch_unwind)]
    pub fn json(&self, passwords: bool) -> String {
        if passwords { self.0.to_json_with_passwords() } else { self.0.to_json() }
    }

    /// Applies the plan. `missing` is `refuse`, `leave` or the JSON of a policy.
    #[napi(catch_unwind)]
    pub fn apply(&self, accounts: &Accounts, missing: String) -> AsyncTask<Job<Accounts>> {
        let (plan, accounts) = (Arc::clone(&self.0), accounts.now());
        job(move || apply(&plan, &accounts, &missing))
    }

    #[napi(catch_unwind)]
    pub fn apply_sync(&self, env: Env, accounts: &Accounts, missing: String) -> Result<Accounts> {
        now(env, || apply(&self.0, &accounts.now(), &missing))
    }

    #[napi(catch_unwind)]
    pub fn reverse(&self, accounts: &Accounts) -> AsyncTask<Job<Accounts>> {
        let (plan, accounts) = (Arc::clone(&self.0), accounts.now());
        job(move || reverse(&plan, &accounts))
    }

    #[napi(catch_unwind)]
    pub fn reverse_sync(&self, env: Env, accounts: &Accounts) -> Result<Accounts> {
        now(env, || reverse(&self.0, &accounts.now()))
    }

    /// Returns the plan without the changes of these kinds and without the changes to these usernames. An unknown kind
    /// is an error.
    #[napi(catch_unwind)]
    pub fn without(&self, env: Env, kinds: Vec<String>, usernames: Vec<String>) -> Result<Plan> {
        let kinds: std::result::Result<Vec<ChangeKind>, _> = kinds.iter().map(|kind| kind.parse()).collect();
        let kinds = kinds.map_err(error::of_protocol)?;
        now(env, || {
            let part = self.0.without(kinds, usernames.iter().map(String::as_str));
            part.map(Plan::new).map_err(|error| error::of_plan(&error))
        })
    }

    #[napi(catch_unwind)]
    pub fn equals(&self, other: &Plan) -> bool {
        self.0 == other.0
    }
}

fn reverse(plan: &onroll::Plan, accounts: &onroll::Accounts) -> Result<Accounts> {
    plan.reverse(accounts.clone()).map(Accounts::new).map_err(|error| error::of_plan(&error))
}

/// Applies a plan. `missing` says what to do for students whose new password is not in the plan.
fn apply(plan: &onroll::Plan, accounts: &onroll::Accounts, missing: &str) -> Result<Accounts> {
    let mut made = plan.apply_without_passwords(accounts.clone()).map_err(|error| error::of_plan(&error))?;
    let without = plan.changes().filter(|change| change.new_password() && change.password().is_none());
    match missing {
        "leave" => {}
        "refuse" => match without.count() {
            0 => {}
            count => return Err(error::of_missing_passwords(count)),
        },
        policy => {
            let usernames = without.map(|change| change.account().username);
            made.reset_passwords(usernames, &values::policy(policy)?).map_err(error::of_account)?;
        }
    }
    Ok(Accounts::new(made))
}
