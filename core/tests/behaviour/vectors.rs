//! Every vector of `tests/vectors/read`, word for word.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use onroll::{Limits, Problem, ProblemCode, ReadError, Reader, SignIn};
use serde_json::{Value, json};

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/read");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect()
}

fn cases(file: &Path) -> Vec<Value> {
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

fn bytes(case: &Value) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/read");
    fs::read(folder.join(case["file"].as_str().unwrap())).unwrap()
}

fn reader(case: &Value) -> Reader {
    let mut reader = Reader::new();
    for (option, value) in case["options"].as_object().into_iter().flatten() {
        let flag = value.as_bool();
        reader = match option.as_str() {
            "sign_in" if value == "sso" => reader.sign_in(SignIn::Sso),
            "fix" => reader.fix(flag.unwrap()),
            "any_order" => reader.any_order(flag.unwrap()),
            "optional_columns" => reader.optional_columns(flag.unwrap()),
            "main_codes_only" => reader.main_codes_only(flag.unwrap()),
            "limits" => reader.limits(limits(value)),
            other => panic!("no such option: {other}"),
        };
    }
    reader
}

fn limits(value: &Value) -> Limits {
    let mut limits = Limits::default();
    for (name, value) in value.as_object().unwrap() {
        let number = value.as_u64().unwrap();
        match name.as_str() {
            "file_bytes" => limits.file_bytes = number,
            "rows" => limits.rows = number,
            "cell_bytes" => limits.cell_bytes = number as usize,
            "problems" => limits.problems = number as usize,
            other => panic!("no such limit: {other}"),
        }
    }
    limits
}

fn seen(problem: &Problem, expected: Option<&Value>) -> Value {
    let mut seen = json!({
        "code": problem.code().as_str(),
        "row": problem.row(),
        "line": problem.line(),
        "column": problem.column().map(|c| c.heading()),
        "value": problem.value(),
        "fix": problem.fix().map(|f| f.text()),
        "safe": problem.is_safe(),
    });
    if expected.is_some_and(|e| e.get("byte").is_some()) {
        seen["byte"] = json!(problem.byte());
    }
    seen
}

fn list(problems: &[Problem], expected: &Value) -> Value {
    problems.iter().enumerate().map(|(i, p)| seen(p, expected.get(i))).collect()
}

#[test]
fn every_vector_is_as_it_says() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for file in files() {
        for case in cases(&file) {
            count += 1;
            let mut check = |what: &str, seen: Value, expected: &Value| {
                if seen != *expected {
                    let file = file.file_name().unwrap().to_string_lossy();
                    wrong.push(format!("{file}, {}: {what}\n  seen     {seen}\n  expected {expected}", case["name"]));
                }
            };
            let reader = reader(&case);
            let (students, report) = match reader.read_bytes(bytes(&case)) {
                Ok(roster) => {
                    let students = roster.iter().map(|s| json!(s.cells())).collect();
                    (students, roster.report().clone())
                }
                Err(ReadError::Rejected(report)) => (Value::Null, report),
                Err(error) => panic!("{error}"),
            };
            let expected = |key: &str, usual: Value| case.get(key).cloned().unwrap_or(usual);
            let [problems, fixed] = ["problems", "fixed"].map(|key| expected(key, json!([])));
            check("problems", list(report.problems(), &problems), &problems);
            check("fixed", list(report.fixed(), &fixed), &fixed);
            check("students", students, &case["students"]);
            check("blank rows", json!(report.blank_rows()), &expected("blank_rows", json!(0)));
            assert_eq!(reader.check_bytes(bytes(&case)).to_json(true), report.to_json(true), "{}", case["name"]);
            if let Some(expected) = case.get("corrected") {
                let mut corrected = Vec::new();
                reader.fix_bytes(bytes(&case), &mut corrected).unwrap();
                check("corrected", json!(String::from_utf8(corrected).unwrap()), expected);
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count} cases:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 120, "{count} cases");
}

#[test]
fn every_code_has_two_vectors() {
    // No file has source ids or host ids; accounts do, and their own tests.
    let elsewhere = BTreeSet::from(
        [
            ProblemCode::SourceIdDuplicate,
            ProblemCode::HostIdDuplicate,
            ProblemCode::NotRecorded,
            ProblemCode::UpnInvalid,
            ProblemCode::UpnDuplicate,
        ]
        .map(ProblemCode::as_str),
    );
    let cases: Vec<Value> = files().iter().flat_map(|file| cases(file)).collect();
    for code in ProblemCode::ALL {
        let with =
            |case: &&Value| case["problems"].as_array().into_iter().flatten().any(|p| p["code"] == code.as_str());
        let count = cases.iter().filter(with).count();
        assert!(count >= 2 || elsewhere.contains(code.as_str()), "{code} has {count} vectors");
    }
}

#[test]
fn names_are_one_of_a_kind() {
    for file in files() {
        let cases = cases(&file);
        let names: BTreeSet<_> = cases.iter().map(|case| case["name"].as_str().unwrap()).collect();
        assert_eq!(names.len(), cases.len(), "{}", file.display());
    }
}
