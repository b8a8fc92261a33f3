//! The function `plan`, with its options and their messages. `core/src/plan/planner.rs` has their meaning and defaults.

use std::sync::Arc;

use onroll::Planner;
use onroll::plan::Guard;
use onroll::values::YearGroup;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyString;

use super::Plan;
use crate::accounts::Accounts;
use crate::decision::Decision;
use crate::input::{Text, argument, beginning, date, each, strings, wrong};
use crate::roster::Roster;
use crate::values::PasswordPolicy;
use crate::{errors, reading_options};

/// Plans the changes that make the accounts match a roster.
///
/// max_leavers: the largest share of active accounts that may leave in one plan, from 0 to 1. Five accounts may always
/// leave. A whole class or year group of at least 10 students may leave only if the share is 1, or if its students are
/// expected to leave.
/// leaving_years: years whose students are expected to leave from July to September, such as ['Year 6']. Students who
/// have just moved up to such a year are not expected to leave.
/// erased: the students who were erased at a parent's request. They never get an account again. Each is a source id, a
/// UPN or a username, or a tuple of all ids and the username that you know. If a student in the roster has only the
/// username of an erased student, `erased_by_username` lists the student. The student gets an account if both source
/// ids or both UPNs are known, and differ.
/// override_guards: the names of guards to override. The plan records which of these guards would have refused the
/// plan.
/// decisions: people's decisions about accounts and students at this school. The plan records the outcome of each
/// decision.
/// school_id: any id that you use for the school. If you pass an id, accounts of another school are refused.
/// today: the date on which the plan is made. You must pass it if another option or an account has a date.
/// leaving_until: the last date on which leavers in leaving_years are expected.
/// grace_until: the last date on which leavers' accounts stay active, such as the day of exam results.
/// passwords: the policy for new passwords.
///
/// Raises PlanRefused, with the guard and its numbers, if a guard refuses the plan. Raises PlanError if `today` is
/// missing but needed.
///
/// >>> accounts = onroll.create_accounts(onroll.read_csv("students.csv"))
/// >>> onroll.plan(accounts, onroll.read_csv("students.csv")).summary()
/// 'nothing to do, 240 unchanged'
#[pyfunction]
#[pyo3(signature = (accounts, roster, *, max_leavers=None, leaving_years=None, erased=None, override_guards=None, decisions=None,
                    school_id=None, today=None, leaving_until=None, grace_until=None, passwords=None),
       text_signature = "(accounts, roster, *, max_leavers=0.1, leaving_years=(), erased=(), override_guards=(), decisions=(), \
                         school_id=None, today=None, leaving_until=None, grace_until=None, passwords=None)")]
#[expect(clippy::too_many_arguments, reason = "keywords of Python")]
pub(crate) fn plan(
    accounts: &Bound<'_, PyAny>,
    roster: &Bound<'_, PyAny>,
    max_leavers: Option<&Bound<'_, PyAny>>,
    leaving_years: Option<&Bound<'_, PyAny>>,
    erased: Option<&Bound<'_, PyAny>>,
    override_guards: Option<&Bound<'_, PyAny>>,
    decisions: Option<&Bound<'_, PyAny>>,
    school_id: Option<&Bound<'_, PyAny>>,
    today: Option<&Bound<'_, PyAny>>,
    leaving_until: Option<&Bound<'_, PyAny>>,
    grace_until: Option<&Bound<'_, PyAny>>,
    passwords: Option<&Bound<'_, PyAny>>,
) -> PyResult<Plan> {
    let py = accounts.py();
    let years = strings("leaving_years", leaving_years)?.into_iter().map(|year| {
        let read = YearGroup::read(&year);
        read.ok_or_else(|| {
            let message = format!("leaving_years must be year groups, such as 'Year 6', not '{}'", beginning(&year));
            PyValueError::new_err(message)
        })
    });
    let guards = strings("override_guards", override_guards)?.into_iter().map(|name| {
        name.parse().map_err(|_| {
            let all = Guard::ALL.map(Guard::as_str).join(", ");
            PyValueError::new_err(format!("override_guards must name guards ({all}), not '{}'", beginning(&name)))
        })
    });
    let mut planner = Planner::new()
        .leaving_years(years.collect::<PyResult<Vec<_>>>()?)
        .erased_students(erased_students(erased)?.iter().map(|student| student.iter().map(String::as_str)))
        .override_guards(guards.collect::<PyResult<Vec<Guard>>>()?)
        .decisions(decisions.map_or(Ok(Vec::new()), each_decision)?)
        .passwords(PasswordPolicy::or_default(passwords)?);
    if let Some(share) = max_leavers {
        let share: f64 = argument("max_leavers", "a number from 0 to 1", share)?;
        if !(0.0..=1.0).contains(&share) {
            return Err(PyValueError::new_err(format!("max_leavers must be a share from 0 to 1, not {share}")));
        }
        planner = planner.max_leavers(share);
    }
    if let Some(school_id) = school_id {
        planner = planner.school_id(argument::<Text>("school_id", "a str", school_id)?.to_string());
    }
    if let Some(day) = today {
        planner = planner.today(date("today", day)?);
    }
    if let Some(day) = leaving_until {
        planner = planner.leaving_until(date("leaving_until", day)?);
    }
    if let Some(day) = grace_until {
        planner = planner.grace_until(date("grace_until", day)?);
    }
    let accounts = Accounts::of(accounts)?;
    let roster: Bound<'_, Roster> = argument("roster", "a Roster", roster)?;
    let roster = &roster.get().0;
    // With this state, Ctrl-C can stop the planning.
    let seen = Arc::default();
    let watch = reading_options::watch(None, Arc::clone(&seen));
    let planner = planner.watch(move || watch(0, 0));
    let made = crate::ending::detach(py, || planner.plan(&accounts, roster));
    reading_options::stopped(&seen)?;
    made.map(Plan::new).map_err(|error| errors::of_planner(py, error))
}

/// Reads an iterable of decisions.
fn each_decision(decisions: &Bound<'_, PyAny>) -> PyResult<Vec<onroll::Decision>> {
    each("decisions", "an iterable of Decision", decisions, |name, decision| {
        let decision: Bound<'_, Decision> = argument(name, "a Decision", decision)?;
        Ok(decision.get().0.clone())
    })
}

/// Reads the texts of each erased student: one text, or an iterable in which an unknown id is None.
fn erased_students(erased: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<Vec<String>>> {
    let what = "an iterable of str";
    let Some(erased) = erased else { return Ok(Vec::new()) };
    if erased.is_instance_of::<PyString>() {
        return Err(wrong("erased", what, erased));
    }
    each("erased", what, erased, |name, student| {
        if student.is_instance_of::<PyString>() {
            return Ok(vec![argument::<Text>(name, "a str", student)?.into()]);
        }
        let text = |name: &str, text: &Bound<'_, PyAny>| match text.is_none() {
            true => Ok(String::new()),
            false => argument::<Text>(name, "a str", text).map(String::from),
        };
        each(name, "a str or an iterable of str", student, text)
    })
}
