//! Plans, whose changes cross as JSON.

use std::sync::Arc;

use napi::bindgen_prelude::AsyncTask;
use napi::{Env, Result};
use napi_derive::napi;
use onroll::{ChangeKind, Guard, Planner, YearGroup};
use serde::Deserialize;
use serde_json::json;

use crate::accounts::{Accounts, row};
use crate::error;
use crate::job::{Job, Weigh, job, now};
use crate::read::Roster;
use crate::values;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Choices {
    max_leavers: Option<f64>,
    leaving_years: Vec<String>,
    erased: Vec<String>,
    despite: Vec<String>,
}

/// The names of the guards.
#[napi(catch_unwind)]
pub fn guards() -> Vec<&'static str> {
    Guard::ALL.map(Guard::as_str).into()
}

/// Whether a text is a year group.
#[napi(catch_unwind)]
pub fn is_year_group(text: String) -> bool {
    YearGroup::read(&text).is_some()
}

fn planner(choices: &str, policy: &str) -> Result<Planner> {
    let choices: Choices = serde_json::from_str(choices).map_err(error::of_protocol)?;
    let years = choices.leaving_years.iter().filter_map(|year| YearGroup::read(year));
    let guards = choices.despite.iter().filter_map(|guard| Guard::named(guard));
    let planner = Planner::new()
        .leaving_years(years)
        .erased(choices.erased.iter().map(String::as_str))
        .despite(guards)
        .passwords(values::policy(policy)?);
    Ok(match choices.max_leavers {
        Some(part) => planner.max_leavers(part),
        None => planner,
    })
}

#[napi(catch_unwind)]
pub fn make_plan(
    accounts: &Accounts,
    roster: &Roster,
    choices: String,
    policy: String,
) -> Result<AsyncTask<Job<Plan>>> {
    let (planner, accounts, roster) = (planner(&choices, &policy)?, accounts.now(), Arc::clone(&roster.0));
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

/// What must change so that accounts match a roster.
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
            "account": row(&onroll::AccountRow::of(&change.account(), false)),
            "fields": serde_json::Value::from_iter(fields),
            "password": change.password().map(|password| password.expose()),
        });
        Some(made.to_string())
    }

    /// Where the changes of a kind stand, which are one after another.
    #[napi(catch_unwind)]
    pub fn of_kind(&self, kind: String) -> Vec<u32> {
        let is_it = |found: ChangeKind| found.as_str() == kind;
        let places = self.0.changes().enumerate().filter(|(_, change)| is_it(change.kind()));
        places.map(|(place, _)| place as u32).collect()
    }

    /// Counts, conflicts and the rest, as JSON.
    #[napi(catch_unwind)]
    pub fn told(&self) -> String {
        let conflict = |conflict: &onroll::Conflict| {
            let student = |s: &onroll::Listed| {
                json!({
                    "fullName": s.full_name,
                    "username": s.username,
                    "yearGroup": s.year_group,
                    "className": s.class_name,
                })
            };
            json!({
                "reason": conflict.reason().as_str(),
                "usernames": conflict.usernames().collect::<Vec<_>>(),
                "students": conflict.students().iter().map(student).collect::<Vec<_>>(),
            })
        };
        let kept = |kept: &onroll::KeptUsername| json!({ "kept": kept.kept, "listed": kept.listed });
        json!({
            "unchanged": self.0.unchanged(),
            "held": self.0.held(),
            "erased": self.0.erased(),
            "passed": self.0.passed().iter().map(|guard| guard.as_str()).collect::<Vec<_>>(),
            "conflicts": self.0.conflicts().iter().map(conflict).collect::<Vec<_>>(),
            "keptUsernames": self.0.kept_usernames().iter().map(kept).collect::<Vec<_>>(),
        })
        .to_string()
    }

    #[napi(catch_unwind)]
    pub fn summary(&self) -> String {
        self.0.summary()
    }

    #[napi(catch_unwind)]
    pub fn diff(&self) -> String {
        self.0.diff()
    }

    #[napi(catch_unwind)]
    pub fn json(&self, passwords: bool) -> String {
        if passwords { self.0.to_json_with_passwords() } else { self.0.to_json() }
    }

    #[napi(catch_unwind)]
    pub fn apply(&self, accounts: &Accounts) -> AsyncTask<Job<Accounts>> {
        let (plan, accounts) = (Arc::clone(&self.0), accounts.now());
        job(move || apply(&plan, &accounts))
    }

    #[napi(catch_unwind)]
    pub fn apply_sync(&self, env: Env, accounts: &Accounts) -> Result<Accounts> {
        now(env, || apply(&self.0, &accounts.now()))
    }

    #[napi(catch_unwind)]
    pub fn equals(&self, other: &Plan) -> bool {
        self.0 == other.0
    }
}

fn apply(plan: &onroll::Plan, accounts: &onroll::Accounts) -> Result<Accounts> {
    plan.apply(accounts.clone()).map(Accounts::new).map_err(|error| error::of_plan(&error))
}
