//! Checks every vector in `tests/vectors/plan`.

use std::fs;
use std::path::Path;

use chrono::NaiveDate;
use onroll::account::AccountRow;
use onroll::plan::{Change, ChangeKind, Conflict, Guard, PlanEntry, PlannerError};
use onroll::values::YearGroup;
use onroll::{Accounts, Decision, Plan, PlanRefused, Planner, Reader, Record, Roster, SignIn};
use serde_json::{Value, json};

fn sign_in(value: &Value) -> SignIn {
    if value == "sso" { SignIn::Sso } else { SignIn::Password }
}

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Returns the host's row, with the values that the case gives and with usual values in all other fields.
pub(crate) fn row(case: &Value) -> AccountRow {
    let mut row = json!({
        "full_name": case["username"], "year_group": "Year 4", "class_name": "4A", "gender": "Female",
        "pupil_premium": false, "ethnicity": "WBRI", "send": false, "eal": false, "active": true,
    });
    row.as_object_mut().unwrap().extend(case.as_object().unwrap().clone());
    serde_json::from_value(row).unwrap()
}

fn roster(value: &Value) -> Roster {
    let reader = Reader::new().sign_in(sign_in(&value["sign_in"]));
    let roster = match (value.get("rows"), value["text"].as_str()) {
        (Some(rows), _) => reader.read_bytes(crate::file(&strings(rows))).unwrap(),
        (None, Some(text)) => reader.read_bytes(text.as_bytes()).unwrap(),
        (None, None) => reader.hold_records(value["records"].as_array().unwrap().iter().map(record)),
    };
    if value["partial"] == true { roster.into_partial() } else { roster }
}

fn record(value: &Value) -> Record<'_> {
    let mut record = Record::new(strings(&value["cells"]).try_into().unwrap());
    if let Some(id) = value["source_id"].as_str() {
        record = record.source_id(id);
    }
    if let Some(upn) = value["upn"].as_str() {
        record = record.upn(upn);
    }
    record
}

/// Returns the texts of an erased student: one text, or a list in which an unknown id is null.
fn erased_student(student: &Value) -> Vec<&str> {
    student.as_str().map_or_else(|| strings(student), |text| vec![text])
}

fn planner(options: &Value) -> Planner {
    let mut planner = Planner::new()
        .erased_students(options["erased"].as_array().into_iter().flatten().map(erased_student))
        .leaving_years(strings(&options["leaving_years"]).into_iter().map(|year| YearGroup::read(year).unwrap()))
        .override_guards(strings(&options["override_guards"]).into_iter().map(|guard| guard.parse::<Guard>().unwrap()))
        .decisions(
            serde_json::from_value::<Option<Vec<Decision>>>(options["decisions"].clone()).unwrap().unwrap_or_default(),
        );
    if let Some(part) = options["max_leavers"].as_f64() {
        planner = planner.max_leavers(part);
    }
    if let Some(school_id) = options["school_id"].as_str() {
        planner = planner.school_id(school_id);
    }
    for (name, set) in [
        ("today", Planner::today as fn(Planner, NaiveDate) -> Planner),
        ("leaving_until", Planner::leaving_until),
        ("grace_until", Planner::grace_until),
    ] {
        if let Some(day) = options[name].as_str() {
            planner = set(planner, day.parse().unwrap());
        }
    }
    planner
}

fn change(change: Change<'_>) -> Value {
    let fields: Value = change.fields().map(|f| json!([f.name(), f.old().as_str(), f.new_value().as_str()])).collect();
    let mut seen = json!({
        "kind": change.kind().as_str(),
        "username": change.username(),
        "becomes": change.account().username,
        "fields": fields,
    });
    if change.kind() == ChangeKind::Return && change.new_password() {
        seen["new_password"] = json!(true);
    }
    assert_eq!(change.password().is_some(), change.new_password());
    seen
}

fn usernames(entries: &[PlanEntry]) -> Value {
    entries.iter().map(|entry| json!(entry.username)).collect()
}

fn seen(plan: &Plan) -> Value {
    let conflict = |c: &Conflict| json!({ "reason": c.reason.as_str(), "accounts": usernames(&c.accounts), "students": usernames(&c.students) });
    json!({
        "summary": plan.summary(),
        "changes": plan.changes().map(change).collect::<Value>(),
        "conflicts": plan.conflicts().iter().map(conflict).collect::<Value>(),
        "near": plan.near().iter().map(|n| json!([n.account.username, n.student.username])).collect::<Value>(),
        "decisions": plan.decisions().iter().map(|d| json!(d.outcome.as_str())).collect::<Value>(),
        "erased_by_username": usernames(plan.erased_by_username()),
        "kept_usernames": plan.kept_usernames().iter().map(|k| json!([k.kept, k.listed])).collect::<Value>(),
        "passed": plan.passed().iter().map(|g| json!(g.as_str())).collect::<Value>(),
        "perhaps_staff": usernames(&plan.perhaps_staff()),
    })
}

/// Returns the guard and numbers of a refusal, and its field, year or class if it has one. Adds the text if the case
/// expects one.
fn seen_refused(refused: &PlanRefused, expected: &Value) -> Value {
    let mut seen = json!({ "guard": refused.guard.as_str(), "numbers": refused.numbers });
    if expected.get("text").is_some() {
        seen["text"] = json!(refused.text());
    }
    if let Some(field) = refused.field {
        seen["field"] = json!(field.key());
    }
    if let Some(year) = &refused.year {
        seen["year"] = json!(year);
    }
    if let Some(class) = &refused.class_name {
        seen["class_name"] = json!(class);
    }
    seen
}

/// Returns the result of leaving out the changes that a case names: the summary and the list of changes left out, or
/// the error's code.
fn seen_part(plan: &Plan, asked: &Value, accounts: &Accounts) -> Value {
    let kinds = strings(&asked["kinds"]).into_iter().map(|kind| kind.parse::<ChangeKind>().unwrap());
    match plan.without(kinds, strings(&asked["usernames"])) {
        Ok(part) => {
            assert_eq!(Plan::from_json(&part.to_json_with_passwords()).unwrap(), part);
            reverses(&part, accounts);
            let left_out = part.left_out().iter().map(|out| json!([out.kind.as_str(), out.username]));
            json!({ "summary": part.summary(), "left_out": left_out.collect::<Value>() })
        }
        Err(error) => json!({ "error": error.code() }),
    }
}

/// Applies a stored plan and reverses it. The accounts are then as before, and the plan cannot be reversed again.
/// Returns the accounts as the plan left them.
fn reverses(plan: &Plan, accounts: &Accounts) -> Accounts {
    let stored = Plan::from_json(&plan.to_json_with_passwords()).unwrap();
    let after = stored.apply(accounts.clone()).unwrap();
    let restored = stored.reverse(after.clone()).unwrap();
    assert_eq!(restored.to_json_with_passwords(), accounts.to_json_with_passwords());
    if !plan.is_empty() {
        assert_eq!(stored.reverse(restored).unwrap_err().code(), "plan-already-reversed");
    }
    after
}

/// Whether the accounts have the expected values in the fields that a case names.
fn are_as(accounts: &Accounts, expected: &Value) -> bool {
    expected.as_object().into_iter().flatten().all(|(username, fields)| {
        let row = AccountRow::of(&accounts.get(username).unwrap(), false);
        let row = serde_json::to_value(row).unwrap();
        fields.as_object().unwrap().iter().all(|(name, value)| row.get(name).unwrap_or(&Value::Null) == value)
    })
}

#[test]
fn every_test_vector_of_plans_passes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/plan");
    let mut wrong = Vec::new();
    let mut count = 0;
    for file in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let cases: Vec<Value> = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        for case in cases {
            count += 1;
            let mut accounts =
                Accounts::from_rows(case["accounts"].as_array().unwrap().iter().map(row), sign_in(&case["sign_in"]))
                    .unwrap();
            if let Some(day) = case["last_promotion"].as_str() {
                accounts = accounts.with_last_promotion(day.parse().unwrap());
            }
            if let Some(id) = case["school_id"].as_str() {
                accounts = accounts.with_school_id(id);
            }
            let (seen, expected) = match planner(&case["options"]).plan(&accounts, &roster(&case["roster"])) {
                Ok(plan) => {
                    let mut seen = seen(&plan);
                    if let Some(asked) = case.get("without") {
                        seen["part"] = seen_part(&plan, asked, &accounts);
                    }
                    let expected: Value = seen
                        .as_object()
                        .unwrap()
                        .keys()
                        .map(|key| (key.clone(), case.get(key).cloned().unwrap_or(json!([]))))
                        .collect();
                    let stored = Plan::from_json(&plan.to_json_with_passwords()).unwrap();
                    assert_eq!(stored, plan, "{}", case["name"]);
                    let after = reverses(&plan, &accounts);
                    assert!(are_as(&after, &case["after"]), "{}", case["name"]);
                    for line in strings(&case["diff"]) {
                        assert!(plan.diff().contains(line), "{}: {line}\n{}", case["name"], plan.diff());
                    }
                    (seen, expected)
                }
                Err(PlannerError::Refused(refused)) => {
                    (seen_refused(&refused, &case["refused"]), case["refused"].clone())
                }
                Err(error) => (json!(error.code()), case["error"].clone()),
            };
            if seen != expected {
                wrong.push(format!("{}\n  seen     {seen}\n  expected {expected}", case["name"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count} cases:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 30);
}
