//! Checks every vector in `tests/vectors/read`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use onroll::values::{Ethnicities, EthnicityEntry};
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
            "extra_columns" => reader.extra_columns(value.as_str().unwrap().parse().unwrap()),
            "accept" => reader.accept(accepted_of(case, value)),
            "main_codes_only" => reader.main_codes_only(flag.unwrap()),
            "ethnicities" => reader.ethnicities(own_ethnicities(value)),
            "sheet" => reader.sheet(value.as_str().unwrap()),
            "limits" => reader.limits(limits(value)),
            other => panic!("no such option: {other}"),
        };
    }
    reader
}

fn own_ethnicities(entries: &Value) -> Ethnicities {
    let entries: Vec<EthnicityEntry> = serde_json::from_value(entries.clone()).unwrap();
    entries.iter().try_fold(Ethnicities::default(), |codes, entry| codes.with_entry(entry)).unwrap()
}

/// Returns the ids of the problems whose suggestions are accepted. A case names them by row and column.
fn accepted_of(case: &Value, accepted: &Value) -> Vec<String> {
    let mut before = case.clone();
    before["options"].as_object_mut().unwrap().remove("accept");
    let report = reader(&before).check_bytes(bytes(case));
    let wanted = |problem: &&Problem| {
        let at = json!([problem.row(), problem.column().map(|column| column.heading())]);
        accepted.as_array().unwrap().contains(&at)
    };
    let ids: Vec<String> = report.problems().iter().filter(wanted).map(Problem::id).collect();
    assert!(!ids.is_empty(), "{}: nothing to accept", case["name"]);
    ids
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
    if let Some(cell) = problem.cell() {
        seen["cell"] = json!(cell);
    }
    if expected.is_some_and(|e| e.get("byte").is_some()) {
        seen["byte"] = json!(problem.byte());
    }
    seen
}

/// Returns the problems in every case, including those that were fixed.
pub(crate) fn all_problems() -> Vec<Problem> {
    let mut all = Vec::new();
    for case in files().iter().flat_map(|file| cases(file)) {
        let report = reader(&case).check_bytes(bytes(&case));
        all.extend(report.problems().iter().chain(report.fixed()).cloned());
    }
    all
}

fn list(problems: &[Problem], expected: &Value) -> Value {
    problems.iter().enumerate().map(|(i, p)| seen(p, expected.get(i))).collect()
}

#[test]
fn every_test_vector_of_reading_passes() {
    let mut wrong = Vec::new();
    let mut count = 0;
    // The results of each case, for `tests/vectors/update.py`.
    let mut all_seen = Vec::new();
    for file in files() {
        for case in cases(&file) {
            let bytes_of = bytes(&case);
            let is_workbook = [b"PK".as_slice(), b"\xD0\xCF"].iter().any(|sign| bytes_of.starts_with(sign));
            if is_workbook && !cfg!(feature = "workbook") {
                continue;
            }
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
            let mut seen = json!({
                "of": file.file_name().unwrap().to_string_lossy(),
                "name": case["name"],
                "problems": list(report.problems(), &problems),
                "fixed": list(report.fixed(), &fixed),
                "students": students,
                "blank_rows": report.blank_rows(),
            });
            check("problems", list(report.problems(), &problems), &problems);
            check("fixed", list(report.fixed(), &fixed), &fixed);
            check("students", students, &case["students"]);
            check("blank rows", json!(report.blank_rows()), &expected("blank_rows", json!(0)));
            assert_eq!(reader.check_bytes(bytes(&case)).to_json(true), report.to_json(true), "{}", case["name"]);
            if let Some(expected) = case.get("corrected") {
                let mut corrected = Vec::new();
                reader.fix_bytes(bytes(&case), &mut corrected).unwrap();
                let corrected = json!(String::from_utf8(corrected).unwrap());
                seen["corrected"] = corrected.clone();
                check("corrected", corrected, expected);
            }
            all_seen.push(seen.to_string());
        }
    }
    if let Some(path) = std::env::var_os("VECTORS_SEEN") {
        fs::write(path, all_seen.join("\n")).unwrap();
    }
    assert!(wrong.is_empty(), "{} of {count} cases:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 120, "{count} cases");
}

/// Writes the corrected file of every vector that has one, for `tests/workbooks/corrected.py` to open in LibreOffice.
#[test]
#[ignore = "writes the files that make test-workbooks opens"]
fn writes_the_corrected_file_of_every_test_vector() {
    let folder = PathBuf::from(std::env::var_os("ONROLL_CORRECTED").expect("ONROLL_CORRECTED is a folder"));
    fs::create_dir_all(&folder).unwrap();
    let corrected = |case: Value| {
        let mut corrected = Vec::new();
        reader(&case).fix_bytes(bytes(&case), &mut corrected).unwrap();
        corrected
    };
    let written: BTreeSet<Vec<u8>> = files().iter().flat_map(|file| cases(file)).map(corrected).collect();
    for (number, corrected) in written.iter().filter(|corrected| !corrected.is_empty()).enumerate() {
        fs::write(folder.join(format!("{number}.csv")), corrected).unwrap();
    }
    assert!(written.len() >= 100, "{} files", written.len());
}

#[test]
fn every_problem_code_has_at_least_two_test_vectors() {
    // No file in the vectors has ids for these problems. Accounts and records have ids, and other tests cover these
    // codes.
    let elsewhere = BTreeSet::from(
        [
            ProblemCode::SourceIdDuplicate,
            ProblemCode::HostIdDuplicate,
            // The ids of accepted problems depend on the file.
            ProblemCode::NotAccepted,
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
fn the_names_of_test_vectors_are_unique() {
    for file in files() {
        let cases = cases(&file);
        let names: BTreeSet<_> = cases.iter().map(|case| case["name"].as_str().unwrap()).collect();
        assert_eq!(names.len(), cases.len(), "{}", file.display());
    }
}
