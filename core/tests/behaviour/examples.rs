//! Runs the example programs as a newcomer runs them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use onroll::{ProblemCode as Code, Reader};

use crate::sso;

fn example_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name)
}

/// Runs an example on a file. Cargo builds the examples next to the tests.
fn run(example: &str, file: &Path, flags: &[&str]) -> Output {
    let program = std::env::current_exe().unwrap().parent().unwrap().with_file_name("examples").join(example);
    Command::new(program).arg(file).args(flags).output().unwrap()
}

#[test]
fn the_import_example_writes_credentials_beside_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("oakfield.csv");
    std::fs::copy(example_file("oakfield.csv"), &file).unwrap();
    let output = run("import", &file, &[]);
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && printed.starts_with("The roster is accepted: 240 students."), "{printed}");
    let credentials = std::fs::read_to_string(folder.path().join("oakfield-credentials.csv")).unwrap();
    assert_eq!(credentials.lines().count(), 241);
    let cards = std::fs::read_to_string(folder.path().join("oakfield-cards.html")).unwrap();
    assert_eq!(cards.matches("<section>").count(), 8);
}

#[test]
fn the_import_example_reads_the_export_of_an_mis() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("oakfield-mis.csv");
    std::fs::copy(example_file("oakfield-mis.csv"), &file).unwrap();
    let output = run("import", &file, &["--export"]);
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{printed}");
    assert!(
        printed.contains("Student Full Name  Preferred Forename + Legal Forename + Legal Surname  safe"),
        "{printed}"
    );
    assert!(printed.contains("The roster is accepted: 240 students."), "{printed}");
    let credentials = std::fs::read_to_string(folder.path().join("oakfield-mis-credentials.csv")).unwrap();
    assert_eq!(credentials.lines().count(), 241);
    // Without `--export`, the file is refused, because it is not the template.
    assert_eq!(run("import", &example_file("oakfield-mis.csv"), &[]).status.code(), Some(1));
}

#[test]
fn the_import_example_reports_a_refused_file_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("oakfield-messy.csv");
    std::fs::copy(example_file("oakfield-messy.csv"), &file).unwrap();
    let output = run("import", &file, &["--fix"]);
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(printed.contains("Put right for you\n"), "{printed}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);

    let missing = run("import", &folder.path().join("missing.csv"), &[]);
    assert_eq!(missing.status.code(), Some(2));
    assert_eq!(run("import", &file, &["--fux"]).status.code(), Some(2));
}

#[test]
fn the_sync_example_prints_the_changes_of_a_new_school_year() {
    let (before, after) = (example_file("oakfield.csv"), example_file("oakfield-september.csv"));
    let after = after.to_str().unwrap();
    let output = run("sync", &before, &[after, "--leaving", "Year 6"]);
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{printed}");
    assert!(printed.starts_with("31 new students, 63 leavers, 177 change class or year\n"), "{printed}");
    let (_, credentials) = printed.split_once("\nCredentials of the joiners\n").unwrap();
    assert_eq!(credentials.lines().count(), 32, "{credentials}");

    // Unless a year is named as leaving, a plan in which that whole year leaves is an accident. (One of these children
    // is in a conflict, because a new child has the same name.)
    let refused = run("sync", &before, &[after]);
    let error = String::from_utf8(refused.stderr).unwrap();
    assert_eq!((refused.status.code(), refused.stdout.len()), (Some(1), 0));
    assert!(
        error.contains("(too-many-leavers): 62 of 240 active accounts would leave; 0 of them are expected to leave"),
        "{error}"
    );
    assert!(run("sync", &before, &[after, "--override", "too-many-leavers"]).status.success());
    for flags in [&["--leaving", "Year 6"][..], &[after, after], &[after, "--override", "everything"]] {
        assert_eq!(run("sync", &before, flags).status.code(), Some(2), "{flags:?}");
    }
}

#[test]
fn the_messy_example_file_has_every_problem_that_can_occur_beside_other_problems() {
    let file = example_file("oakfield-messy.csv");
    let codes = |reader: Reader| -> BTreeSet<Code> {
        reader.check_path(&file).unwrap().problems().iter().map(|p| p.code()).collect()
    };
    let shown: BTreeSet<Code> =
        [Reader::new(), sso(), Reader::new().main_codes_only(true)].into_iter().flat_map(codes).collect();
    // An unreadable, too large or empty file has no other problems. The messy file has no ids.
    let alone = [
        Code::NotACsv,
        Code::EmptyFile,
        Code::FileTooLarge,
        Code::NoStudents,
        Code::TooManyProblems,
        Code::SourceIdDuplicate,
        Code::HostIdDuplicate,
        Code::NotRecorded,
        Code::SourceIdInvalid,
        Code::UpnInvalid,
        Code::UpnDuplicate,
        // In the messy file, the two rows with one username belong to different students.
        Code::RowDuplicate,
        // Only an accepted suggestion can cause this problem.
        Code::NotAccepted,
        // Only workbooks have these problems.
        Code::WorkbookUnreadable,
        Code::WorkbookProtected,
        Code::SheetChoice,
        Code::FormulaWithoutValue,
        Code::HiddenCells,
        Code::Dialect,
        // An HTML code ends with a semicolon, which would end the cell in the messy file.
        Code::HtmlEntity,
        Code::StrayQuote,
        Code::ColumnsSwapped,
    ];
    let missing: Vec<_> = Code::ALL.iter().filter(|c| !shown.contains(c) && !alone.contains(c)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
