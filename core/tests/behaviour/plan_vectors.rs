//! Every vector of `tests/vectors/plan`, word for word.

use std::fs;
use std::path::Path;

use onroll::{
    AccountRow, Accounts, Change, Guard, Plan, Planner, PlannerError, Reader, Record, Roster, SignIn, YearGroup,
};
use serde_json::{Value, json};

fn sign_in(value: &Value) -> SignIn {
    if value == "sso" { SignIn::Sso } else { SignIn::Password }
}

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn roster(value: &Value) -> Roster {
    let reader = Reader::new().sign_in(sign_in(&value["sign_in"]));
    let roster = match value["text"].as_str() {
        Some(text) => reader.read_bytes(text.as_bytes()).unwrap(),
        None => reader.hold_records(value["records"].as_array().unwrap().iter().map(record)),
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

fn planner(options: &Value) -> Planner {
    let mut planner = Planner::new()
        .erased(strings(&options["erased"]))
        .leaving_years(strings(&options["leaving_years"]).into_iter().map(|year| YearGroup::read(year).unwrap()))
        .despite(strings(&options["despite"]).into_iter().map(|guard| Guard::named(guard).unwrap()));
    if let Some(part) = options["max_leavers"].as_f64() {
        planner = planner.max_leavers(part);
    }
    planner
}

fn change(change: Change<'_>) -> Value {
    let fields: Value = change.fields().map(|f| json!([f.name(), f.old(), f.new_value()])).collect();
    json!({
        "kind": change.kind().as_str(),
        "username": change.username(),
        "becomes": change.account().username,
        "fields": fields,
    })
}

fn seen(plan: &Plan) -> Value {
    let conflict = |c: &onroll::Conflict| {
        let students: Value = c.students().iter().map(|s| json!(s.username)).collect();
        json!({ "reason": c.reason().as_str(), "usernames": c.usernames().collect::<Vec<_>>(), "students": students })
    };
    json!({
        "summary": plan.summary(),
        "changes": plan.changes().map(change).collect::<Value>(),
        "conflicts": plan.conflicts().iter().map(conflict).collect::<Value>(),
        "kept_usernames": plan.kept_usernames().iter().map(|k| json!([k.kept, k.listed])).collect::<Value>(),
        "passed": plan.passed().iter().map(|g| json!(g.as_str())).collect::<Value>(),
    })
}

#[test]
fn every_plan_is_as_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/plan");
    let mut wrong = Vec::new();
    let mut count = 0;
    for file in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let cases: Vec<Value> = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        for case in cases {
            count += 1;
            let rows: Vec<AccountRow> = serde_json::from_value(case["accounts"].clone()).unwrap();
            let accounts = Accounts::from_rows(rows, sign_in(&case["sign_in"])).unwrap();
            let (seen, expected) = match planner(&case["options"]).plan(&accounts, &roster(&case["roster"])) {
                Ok(plan) => {
                    let seen = seen(&plan);
                    let expected: Value =
                        seen.as_object().unwrap().keys().map(|key| (key.clone(), case[key].clone())).collect();
                    let stored = Plan::from_json(&plan.to_json_with_passwords()).unwrap();
                    assert_eq!(stored, plan, "{}", case["name"]);
                    stored.apply(accounts).unwrap();
                    (seen, expected)
                }
                Err(PlannerError::Refused(refused)) => {
                    (json!({ "guard": refused.guard.as_str(), "numbers": refused.numbers }), case["refused"].clone())
                }
                Err(error) => panic!("{error}"),
            };
            if seen != expected {
                wrong.push(format!("{}\n  seen     {seen}\n  expected {expected}", case["name"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count} cases:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 30);
}
