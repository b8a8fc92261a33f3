//! Compares the documents with the code.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use onroll::account::{AccountError, AccountRow};
use onroll::identity::RefusedReason;
use onroll::plan::Guard;
use onroll::{Accounts, PasswordPolicy, Problem, ProblemCode, Reader, SignIn};

use crate::{vectors, wonde};

fn document(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)).unwrap()
}

/// Returns the codes in the first column of the table with this heading.
fn listed(name: &str, heading: &str) -> Vec<String> {
    let text = document(name);
    let rows =
        text.lines().skip_while(|line| !line.starts_with(heading)).skip(2).take_while(|line| line.starts_with('|'));
    rows.filter_map(|line| line.strip_prefix("| `")?.split_once('`').map(|(code, _)| code.to_owned())).collect()
}

#[test]
fn the_guides_list_every_guard_and_every_refusal_reason() {
    let guards: Vec<String> = Guard::ALL.iter().map(ToString::to_string).collect();
    assert_eq!(listed("docs/sync-nightly.md", "| guard |"), guards);
    let reasons: Vec<String> = RefusedReason::ALL.iter().map(ToString::to_string).collect();
    assert_eq!(listed("docs/sign-in.md", "| reason |"), reasons);
}

/// Returns problems that no file in the vectors has: problems of accounts, of records, and of accepted suggestions.
fn problems_of_data() -> Vec<Problem> {
    let row = |name: &str| AccountRow { host_id: Some("1".into()), username: name.into(), ..AccountRow::default() };
    let Err(AccountError::Rejected(accounts)) = Accounts::from_rows([row("A"), row("B")], SignIn::Password) else {
        panic!("one host id twice")
    };
    let student = r#"{"id": 7, "forename": "Zoë", "surname": "Okafor", "gender": "F", "year": {"data": {"code": "6"}},
        "groups": {"data": [{"name": "6B", "type": "Registration"}]},
        "extended_details": {"data": {"ethnicity": "Martian", "sen_status": "K"}}}"#;
    let roster = wonde::one(student, &onroll::wonde::Options::new());
    let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    let accepted = Reader::new().accept(["1-1-1".to_owned()]).check_bytes(csv.into_bytes());
    [&accounts, roster.report(), &accepted].into_iter().flat_map(|report| report.problems().to_vec()).collect()
}

/// Each section has the title of its code, and an example message that a check really gives. If `PROBLEMS_SEEN` names a
/// file, the test writes all messages to that file.
#[test]
fn the_problems_page_shows_each_problem_code_with_a_real_message() {
    let mut messages: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for problem in vectors::all_problems().iter().chain(&problems_of_data()) {
        messages.entry(problem.code().to_string()).or_default().push(problem.message());
    }
    if let Ok(path) = std::env::var("PROBLEMS_SEEN") {
        fs::write(path, serde_json::to_string(&messages).unwrap()).unwrap();
    }
    let page = document("docs/problems.md");
    let sections: Vec<&str> = page.split("\n### `").skip(1).collect();
    let codes: Vec<&str> = sections.iter().map(|section| section.split('`').next().unwrap()).collect();
    assert_eq!(codes, ProblemCode::ALL.iter().map(|code| code.as_str()).collect::<Vec<_>>());
    for (section, code) in sections.iter().zip(ProblemCode::ALL) {
        let lines: Vec<&str> = section.lines().filter(|line| !line.is_empty()).collect();
        assert_eq!(
            lines[1],
            format!(
                "{}. This problem is {}.",
                code.title(),
                match code.severity().as_str() {
                    "error" => "an error",
                    _ => "a warning",
                }
            )
        );
        let example = lines[2].strip_prefix("> ").unwrap_or_else(|| panic!("{code} has no example"));
        let seen = messages.get(code.as_str()).unwrap_or_else(|| panic!("no reading gives {code}"));
        assert!(seen.iter().any(|message| message == example), "{code}: {example}, and not one of {seen:?}");
        assert!(lines[3].starts_with("Next step: "), "{code}");
    }
}

#[test]
fn the_readme_states_the_strength_of_the_default_password() {
    let policy = PasswordPolicy::default();
    let readme = document("README.md");
    let count = policy.entropy_bits().exp2().round() as u64;
    let words = format!("{},{:03} such passwords ({:.1} bits)", count / 1000, count % 1000, policy.entropy_bits());
    assert!(readme.contains(&words), "{words}");
    let guessed = |accounts: i32| 100.0 * (1.0 - (1.0 - 10.0 / count as f64).powi(accounts));
    assert!(readme.contains(&format!("{:.1}%", guessed(30))) && readme.contains(&format!("{:.0}%", guessed(2000))));
}

#[test]
fn the_documents_mention_only_make_targets_that_exist() {
    let makefile = document("Makefile");
    for name in ["README.md", "CONTRIBUTING.md", "docs/verification.md", "core/tests/vectors/README.md"] {
        for target in document(name).split("`make ").skip(1).filter_map(|rest| rest.split(['`', ' ']).next()) {
            assert!(makefile.contains(&format!("\n{target}:")), "{name} names `make {target}`");
        }
    }
}
