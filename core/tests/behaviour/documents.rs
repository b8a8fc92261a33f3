//! What the documents say is so.

use std::fs;
use std::path::Path;

use onroll::{Guard, PasswordPolicy, ProblemCode, RefusedReason};

fn document(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)).unwrap()
}

#[test]
fn the_readme_lists_every_problem_code_guard_and_refusal() {
    let readme = document("README.md");
    let listed: Vec<&str> = readme.lines().filter(|line| line.starts_with("| `")).collect();
    let codes = ProblemCode::ALL.iter().map(|code| format!("| `{code}` | {} | {} |", code.severity(), code.title()));
    let codes: Vec<String> = codes.collect();
    let (guards, rest) = listed.split_at(Guard::ALL.len());
    let (refusals, problems) = rest.split_at(RefusedReason::ALL.len());
    assert_eq!(problems, codes);
    for (line, reason) in refusals.iter().zip(RefusedReason::ALL) {
        assert!(line.starts_with(&format!("| `{}` | ", reason.as_str())), "{line}");
    }
    for (line, guard) in guards.iter().zip(Guard::ALL) {
        assert!(line.starts_with(&format!("| `{guard}` | ")), "{line}");
    }
}

#[test]
fn the_strength_that_is_stated_is_the_strength() {
    let policy = PasswordPolicy::default();
    let readme = document("README.md");
    let count = policy.entropy_bits().exp2().round() as u64;
    let words = format!("{:.1} bits: {},{:03} different ones", policy.entropy_bits(), count / 1000, count % 1000);
    assert!(readme.contains(&words), "{words}");
    let guessed = |accounts: i32| 100.0 * (1.0 - (1.0 - 10.0 / count as f64).powi(accounts));
    assert!(readme.contains(&format!("{:.1}%", guessed(30))) && readme.contains(&format!("{:.0}%", guessed(2000))));
}

#[test]
fn every_make_target_that_is_named_exists() {
    let makefile = document("Makefile");
    for name in ["README.md", "CONTRIBUTING.md", "core/tests/vectors/README.md"] {
        for target in document(name).split("`make ").skip(1).filter_map(|rest| rest.split(['`', ' ']).next()) {
            assert!(makefile.contains(&format!("\n{target}:")), "{name} names `make {target}`");
        }
    }
}
