//! Tests the command as a person types it.

use std::path::{Path, PathBuf};

use onroll::command::{Console, run};
use onroll::{Accounts, Reader};
use serde_json::Value;
use tempfile::TempDir;

const ROW: &str = "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,BAFR,No,No\n";

/// The result of a command: its exit code, and its texts on standard output and on standard error.
struct Ran {
    code: u8,
    output: String,
    messages: String,
}

/// Runs a command. An argument that begins with `@` is a file in the folder.
fn typed(folder: &TempDir, arguments: &[&str], input: &[u8]) -> Ran {
    let (mut output, mut messages) = (Vec::new(), Vec::new());
    let path = |argument: &&str| match argument.strip_prefix('@') {
        Some(name) => folder.path().join(name).into_os_string(),
        None => argument.into(),
    };
    let mut console = Console::new(input, &mut output, &mut messages, "2026-09-02".parse().unwrap());
    let code = run(arguments.iter().map(path), &mut console);
    drop(console);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code, output: text(output), messages: text(messages) }
}

fn folder_with(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, rows) in files {
        std::fs::write(folder.path().join(name), format!("{}{rows}", onroll::template_csv())).unwrap();
    }
    folder
}

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name)
}

/// Returns the system's text about a missing file.
fn not_found() -> String {
    let error = std::fs::metadata(example("none.csv")).unwrap_err().to_string();
    error.split(" (os error").next().unwrap().to_owned()
}

fn names(folder: &TempDir) -> Vec<String> {
    let entries = std::fs::read_dir(folder.path()).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn checks_one_file_and_prints_its_report() {
    let folder = folder_with(&[]);
    let messy = example("oakfield-messy.csv");
    let ran = typed(&folder, &["check", messy.to_str().unwrap()], b"");
    assert_eq!((ran.code, ran.messages.as_str()), (1, ""));
    let text = Reader::new().check_path(&messy).unwrap().text();
    let remedy = format!("To apply the safe fixes: onroll fix {} FIXED.csv\n", messy.display());
    assert_eq!(ran.output, format!("{}\n{remedy}", text.trim_end()));
    let json = typed(&folder, &["check", messy.to_str().unwrap(), "--json"], b"");
    let value: Value = serde_json::from_str(&json.output).unwrap();
    assert_eq!((json.code, &value["ok"], &value["problems"][0]["value"]), (1, &Value::Bool(false), &Value::Null));
    let shown = typed(&folder, &["check", messy.to_str().unwrap(), "--json", "--values"], b"");
    assert!(shown.output.contains("Okafor") || shown.output.len() > json.output.len());
    let input = format!("{}{ROW}", onroll::template_csv());
    let ran = typed(&folder, &["check", "-", "--fix"], input.as_bytes());
    assert_eq!((ran.code, ran.output.starts_with("The roster is accepted: 1 student.")), (0, true), "{}", ran.output);
}

#[test]
fn checks_many_files_and_prints_a_summary() {
    let good = ROW.replace(",F,", ",Female,");
    let folder = folder_with(&[("a.csv", &good), ("b.csv", &ROW.replace(",F,", ",<b>,")), ("c.csv", ROW)]);
    let files = ["check", "@a.csv", "@b.csv", "@c.csv"];
    let ran = typed(&folder, &[&files[..], &["@none.csv"]].concat(), b"");
    assert_eq!(ran.code, 2, "the worst file decides");
    assert!(ran.messages.ends_with(&format!("none.csv: {}\n", not_found())), "{}", ran.messages);
    assert!(ran.output.contains("b.csv ==\nThe roster is refused: 1 error"), "{}", ran.output);
    assert!(ran.output.ends_with("\n4 files: 1 accepted, 2 refused, 1 could not be read\n"), "{}", ran.output);
    assert_eq!(typed(&folder, &[&files[..], &["--fix"]].concat(), b"").code, 1);
    assert_eq!(typed(&folder, &["check", "@a.csv", "@c.csv", "--fix"], b"").code, 0);

    let quiet = typed(&folder, &[&files[..], &["--quiet"]].concat(), b"");
    assert_eq!(quiet.output.lines().count(), 5, "{}", quiet.output);
    let json = typed(&folder, &[&files[..], &["@none.csv", "--json"]].concat(), b"");
    let lines: Vec<Value> = json.output.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines.len(), &lines[0]["ok"], &lines[1]["errors"]), (4, &Value::Bool(true), &Value::from(1)));
    assert_eq!(lines[3]["failed"], not_found());
    assert_eq!(lines.iter().filter(|line| line["file"].as_str().unwrap().ends_with(".csv")).count(), 4);
    assert_eq!(typed(&folder, &["check", "-", "-"], b"").code, 2, "standard input is read once");
}

#[test]
fn writes_the_problems_of_all_files_to_one_report() {
    let folder = folder_with(&[("a.csv", &ROW.replace(",F,", ",=<b>,")), ("b.csv", &ROW.replace(",F,", ",Female,"))]);
    let files = ["check", "@a.csv", "@b.csv", "@none.csv", "--report"];
    assert_eq!(typed(&folder, &[&files[..], &["@all.csv"]].concat(), b"").code, 2);
    let csv = std::fs::read_to_string(folder.path().join("all.csv")).unwrap();
    let mut rows = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    assert_eq!(rows.headers().unwrap().iter().take(3).collect::<Vec<_>>(), ["File", "Severity", "Code"]);
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert_eq!((rows.len(), &rows[0][2], &rows[0][6], &rows[1][2]), (2, "gender", "'=<b>", "not-read"));
    assert!(rows[0][0].ends_with("a.csv") && rows[1][0].ends_with("none.csv"));

    assert_eq!(typed(&folder, &[&files[..], &["@all.HTML", "--quiet"]].concat(), b"").code, 2);
    let page = std::fs::read_to_string(folder.path().join("all.HTML")).unwrap();
    assert!(page.contains("&#x3D;&lt;b&gt;") || page.contains("=&lt;b&gt;"), "{page}");
    assert!(!page.contains("<b>") && page.matches("<h2 ").count() == 3 && !page.contains("<script"), "{page}");

    // A report does not replace a school's own file.
    let own = std::fs::read(folder.path().join("b.csv")).unwrap();
    for to in ["@b.csv", "@report.docx"] {
        let ran = typed(&folder, &["check", "@a.csv", "@b.csv", "--report", to], b"");
        assert_eq!((ran.code, ran.output.as_str()), (2, ""), "{}", ran.messages);
    }
    assert_eq!(std::fs::read(folder.path().join("b.csv")).unwrap(), own);
}

#[test]
fn prints_colours_only_for_a_terminal_or_on_request() {
    let folder = folder_with(&[("a.csv", &ROW.replace(",F,", ",\u{1b}[31m,"))]);
    let plain = typed(&folder, &["check", "@a.csv"], b"").output;
    assert!(!plain.contains('\u{1b}'));
    let colored = typed(&folder, &["check", "@a.csv", "--color", "always"], b"").output;
    assert!(colored.starts_with("\u{1b}[1;31mThe roster is refused"), "{colored}");
    let bare = ["\u{1b}[1;31m", "\u{1b}[1;33m", "\u{1b}[1;32m", "\u{1b}[0m"];
    assert_eq!(bare.iter().fold(colored, |text, code| text.replace(code, "")), plain);
    let help = typed(&folder, &["--help"], b"");
    assert_eq!((help.code, help.output.contains('\u{1b}')), (0, false));
    assert!(
        typed(&folder, &["check", "--fxi", "--color", "always"], b"").messages.contains("unexpected argument '--fxi'")
    );
}

#[test]
fn writes_the_corrected_files_into_a_folder() {
    let folder = folder_with(&[("a.csv", ROW), ("b.csv", &ROW.replace(",F,", ",Kestrel,")), ("c.csv", ROW)]);
    let into = folder.path().join("fixed");
    std::fs::create_dir(&into).unwrap();
    let files = ["fix", "@a.csv", "@b.csv", "--into", "@fixed"];
    let ran = typed(&folder, &files, b"");
    assert_eq!(ran.code, 1);
    assert!(ran.output.contains(&format!("Written: {}", into.join("a.csv").display())), "{}", ran.output);
    assert!(std::fs::read_to_string(into.join("a.csv")).unwrap().contains(",Female,"));
    let again = typed(&folder, &files, b"");
    assert_eq!((again.code, again.output.as_str()), (2, ""), "{}", again.messages);
    assert_eq!(typed(&folder, &[&files[..], &["--overwrite", "--json"]].concat(), b"").output.lines().count(), 2);
    for wrong in [&["fix", "@a.csv"][..], &["fix", "@a.csv", "@b.csv", "@c.csv"], &["fix", "-", "--into", "@fixed"]] {
        assert_eq!(typed(&folder, wrong, ROW.as_bytes()).code, 2, "{wrong:?}");
    }
    let same = typed(&folder, &["fix", "@a.csv", "@fixed/a.csv", "--into", "@fixed", "--overwrite"], b"");
    assert!(same.messages.contains("two files would be written as"), "{}", same.messages);
}

/// Returns a folder with the accounts of two students, and a file for the next term. One student stays, one leaves and
/// one joins.
fn term() -> TempDir {
    let noah = "Noah Khan,Noah Khan,Year 5,5A,Male,Yes,APKN,No,Yes\n";
    let isla = "Isla Reid,Isla Reid,Year 5,5A,Female,No,WBRI,No,No\n";
    let zoe = ROW.replace(",F,", ",Female,");
    let files =
        [("may.csv", format!("{zoe}{noah}")), ("june.csv", format!("{zoe}{isla}")), ("new.csv", isla.to_owned())];
    let folder = folder_with(&files.each_ref().map(|(name, rows)| (*name, rows.as_str())));
    let made = typed(&folder, &["accounts", "@may.csv", "--out", "@a.json"], b"");
    assert_eq!(made.code, 0, "{}", made.messages);
    folder
}

fn accounts(folder: &TempDir, name: &str) -> Accounts {
    Accounts::from_json(&std::fs::read_to_string(folder.path().join(name)).unwrap()).unwrap()
}

#[test]
fn a_plan_writes_credentials_and_cards_only_for_joiners() {
    let folder = term();
    let plan = ["plan", "@june.csv", "--accounts", "@a.json"];
    let lost = typed(&folder, &[&plan[..], &["--credentials", "@new-c.csv"]].concat(), b"");
    assert!(lost.code == 2 && lost.messages.contains("must be stored"), "{}", lost.messages);
    let more = ["--apply", "@b.json", "--credentials", "@new-c.csv", "--cards", "@new.html"];
    let ran = typed(&folder, &[&plan[..], &more].concat(), b"");
    assert_eq!(ran.code, 0, "{}", ran.messages);
    let credentials = std::fs::read_to_string(folder.path().join("new-c.csv")).unwrap();
    let after = accounts(&folder, "b.json");
    let password = after.get("Isla Reid").unwrap().password.unwrap().expose().to_owned();
    assert_eq!((credentials.lines().count(), credentials.contains(&password)), (2, true), "{credentials}");
    let page = std::fs::read_to_string(folder.path().join("new.html")).unwrap();
    assert!(page.contains("Isla Reid") && !page.contains("Zoë"), "{page}");
    // If a file with passwords would be replaced, the command changes nothing.
    let before = names(&folder);
    let again = typed(&folder, &[&plan[..], &["--apply", "@c.json", "--cards", "@new.html"]].concat(), b"");
    assert!(again.code == 2 && again.messages.contains("exists already"), "{}", again.messages);
    assert_eq!(names(&folder), before);
    // If nobody joins, no credentials are written, and the text says so.
    let nobody = ["plan", "@june.csv", "--accounts", "@b.json", "--apply", "@c.json", "--credentials", "@none.csv"];
    let ran = typed(&folder, &nobody, b"");
    assert!(ran.output.contains("No student has a new password") && !names(&folder).contains(&"none.csv".to_owned()));
}

#[test]
fn plans_a_partial_file_that_lists_only_joiners() {
    let folder = term();
    let whole = typed(&folder, &["plan", "@new.csv", "--accounts", "@a.json"], b"");
    assert!(whole.code == 0 && whole.output.contains("2 leavers"), "{}", whole.output);
    let ran = typed(
        &folder,
        &["plan", "@new.csv", "--accounts", "@a.json", "--partial", "--apply", "@b.json", "--school", "1"],
        b"",
    );
    assert_eq!((ran.code, ran.output.starts_with("1 new student")), (0, true), "{}{}", ran.output, ran.messages);
    let after = accounts(&folder, "b.json");
    assert_eq!(after.iter().filter(|account| account.active).count(), 3);
}

#[test]
fn applies_and_undoes_a_stored_plan() {
    let folder = term();
    let before = accounts(&folder, "a.json");
    assert_eq!(typed(&folder, &["plan", "@june.csv", "--accounts", "@a.json", "--save", "@plan.json"], b"").code, 0);
    let apply = ["apply", "@plan.json", "--accounts", "@a.json", "--out", "@a.json", "--credentials", "@new-c.csv"];
    let applied = typed(&folder, &apply, b"");
    assert_eq!(
        (applied.code, applied.output.lines().next()),
        (0, Some("1 new student, 1 leaver, 1 unchanged")),
        "{}",
        applied.messages
    );
    assert!(accounts(&folder, "a.json") != before);
    assert_eq!(typed(&folder, &[&apply[..], &["--overwrite"]].concat(), b"").code, 2, "it is applied already");
    let undo = ["undo", "@plan.json", "--accounts", "@a.json", "--out", "@a.json"];
    assert_eq!(typed(&folder, &undo, b"").code, 0);
    assert!(accounts(&folder, "a.json") == before);
    assert_eq!(typed(&folder, &undo, b"").code, 2, "it is undone already");
    let both = typed(&folder, &["undo", "-", "--accounts", "-", "--out", "@b.json"], b"{}");
    assert!(both.code == 2 && both.messages.contains("only one file can come from standard input"));
}

#[test]
fn a_plan_follows_stored_decisions_and_leaves_out_excluded_changes() {
    let folder = term();
    std::fs::write(folder.path().join("bad.json"), "[{]").unwrap();
    let plan = ["plan", "@june.csv", "--accounts", "@a.json"];
    let bad = typed(&folder, &[&plan[..], &["--decisions", "@bad.json"]].concat(), b"");
    assert!(bad.code == 2 && bad.messages.contains("is not valid at line 1"), "{}", bad.messages);
    let decision = onroll::Decision::rename(onroll::plan::PersonRef::new(None, None, "Zoë Okafor", None), "Zoë Obi");
    std::fs::write(folder.path().join("good.json"), serde_json::to_string(&[decision]).unwrap()).unwrap();
    let ran = typed(&folder, &[&plan[..], &["--decisions", "@good.json", "--without", "leave"]].concat(), b"");
    assert!(ran.code == 0 && ran.output.contains("Zoë Obi"), "{}{}", ran.output, ran.messages);
    assert!(ran.output.contains("1 change is left out"), "{}", ran.output);
}

#[test]
fn explains_what_is_wrong_with_an_argument() {
    let folder = folder_with(&[("a.csv", ROW)]);
    let wrongs = [
        (&["check"][..], "required arguments were not provided"),
        (&["chekc", "@a.csv"], "a similar subcommand exists: 'check'"),
        (&["check", "@a.csv", "--extra-columns", "keep"], "possible values: refuse, ignore"),
        (&["accounts", "@a.csv", "--pin", "six"], "invalid value 'six' for '--pin <N>'"),
        (&["accounts", "@a.csv", "--pin", "6", "--words", "3"], "cannot be used with"),
        (&["accounts", "@a.csv", "--pin", "3"], "at least 16 bits, not 9.7"),
        (&["plan", "@a.csv", "--accounts", "@a.csv", "--leaving", "Spring"], "write a year group"),
        (&["plan", "@a.csv", "--accounts", "@a.csv"], "the JSON of accounts is not valid"),
        (&["plan", "@a.csv", "--accounts", "@a.csv", "--override", "all"], "possible values: empty-roster"),
        (&["check", "\u{1b}[2Jno\u{202e}ne.csv"], "onroll: ␛[2JnoU+202Ene.csv: "),
        (&["check", "--a\u{202e}b"], "unexpected argument '--aU+202Eb'"),
    ];
    for (arguments, told) in wrongs {
        let ran = typed(&folder, arguments, b"");
        assert_eq!((ran.code, ran.output.as_str()), (2, ""), "{arguments:?}");
        assert!(ran.messages.contains(told), "{arguments:?}: {}", ran.messages);
    }
    assert_eq!(names(&folder), ["a.csv"]);
}

#[test]
fn writes_completion_scripts_for_five_shells() {
    let folder = folder_with(&[]);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = typed(&folder, &["completion", shell], b"");
        let all = ["check", "optional-columns", "override"].iter().all(|word| ran.output.contains(word));
        assert!(ran.code == 0 && all, "{shell}");
    }
}

#[test]
fn reads_an_export_without_questions_if_its_columns_are_certain() {
    let folder = folder_with(&[]);
    let export = example("oakfield-mis.csv");
    let export = export.to_str().unwrap();
    let detected = typed(&folder, &["detect", export, "--save", "@mapping.json"], b"");
    assert_eq!((detected.code, detected.messages.as_str()), (0, ""));
    assert!(detected.output.contains("'Reg' is what SIMS calls the registration group"), "{}", detected.output);
    let checked = typed(&folder, &["check", export, "--fix"], b"");
    assert_eq!(checked.code, 0, "{}", checked.output);
    let by_mapping = typed(&folder, &["check", export, "--fix", "--mapping", "@mapping.json"], b"");
    assert_eq!(by_mapping.output, checked.output);
    let fixed = typed(&folder, &["fix", export, "@fixed.csv"], b"");
    assert_eq!(fixed.code, 0, "{}", fixed.output);
    assert_eq!(Reader::new().read_path(folder.path().join("fixed.csv")).unwrap().len(), 240);
    let made =
        typed(&folder, &["accounts", export, "--fix", "--credentials", "@new.csv", "--out", "@accounts.json"], b"");
    assert_eq!(made.code, 0, "{}{}", made.output, made.messages);
    let planned = typed(&folder, &["plan", export, "--fix", "--accounts", "@accounts.json"], b"");
    assert_eq!(planned.code, 0, "{}{}", planned.output, planned.messages);
}

#[test]
fn asks_for_the_meaning_of_unknown_values_in_an_export() {
    let folder = folder_with(&[]);
    let csv = "Name,Year,Reg,Sex,FSM\nZoë Okafor,Year 5,5A,F,N\nKai Ito,Year 5,5A,U,Y\n";
    std::fs::write(folder.path().join("export.csv"), csv).unwrap();
    let asked = typed(&folder, &["detect", "@export.csv"], b"");
    assert_eq!(asked.code, 1);
    assert!(asked.output.contains("What does 'U' under 'Sex' (1 row) stand for?"), "{}", asked.output);
    // Without an answer, the command does not guess what the value means.
    assert_eq!(typed(&folder, &["check", "@export.csv", "--fix"], b"").code, 1);
    let answers = b"1\n\n3\n";
    let saved = typed(&folder, &["detect", "@export.csv", "--ask", "--save", "@mapping.json"], answers);
    assert!(saved.output.contains("Name"), "{}{}", saved.output, saved.messages);
    let checked = typed(&folder, &["check", "@export.csv", "--fix", "--mapping", "@mapping.json"], b"");
    assert_eq!(checked.code, 0, "{}", checked.output);
    let wrong = typed(&folder, &["check", "@export.csv", "--mapping", "@export.csv"], b"");
    assert_eq!(wrong.code, 2);
    assert!(wrong.messages.contains("the JSON of a mapping is not valid"), "{}", wrong.messages);
}

#[test]
fn asks_which_sheet_of_a_workbook_holds_the_students() {
    let folder = folder_with(&[]);
    let mut book = rust_xlsxwriter::Workbook::new();
    for (name, student) in [("Year 5", "Zoë Okafor"), ("Year 6", "Kai Ito")] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        for (row, cells) in
            [["Full Name", "Year", "Reg", "Sex"], [student, "Year 5", "5A", "F"]].into_iter().enumerate()
        {
            sheet.write_row(row as u32, 0, cells).unwrap();
        }
    }
    book.save(folder.path().join("export.xlsx")).unwrap();
    let undecided = typed(&folder, &["detect", "@export.xlsx"], b"");
    assert_eq!(undecided.code, 1);
    assert!(undecided.output.contains("Which sheet holds the students: 'Year 5', 'Year 6'?"), "{}", undecided.output);
    let refused = typed(&folder, &["check", "@export.xlsx", "--fix"], b"");
    assert!((refused.code, refused.output.contains("'Year 5', 'Year 6'")) == (1, true), "{}", refused.output);
    let saved = typed(&folder, &["detect", "@export.xlsx", "--ask", "--save", "@mapping.json"], b"2\n");
    assert_eq!(saved.code, 0, "{}{}", saved.output, saved.messages);
    assert!(saved.output.contains("Kai Ito") && !saved.output.contains("Zoë Okafor"), "{}", saved.output);
    let fixed = typed(&folder, &["fix", "@export.xlsx", "@fixed.csv", "--mapping", "@mapping.json"], b"");
    assert_eq!(fixed.code, 0, "{}", fixed.output);
    let roster = Reader::new().optional_columns(true).read_path(folder.path().join("fixed.csv")).unwrap();
    assert_eq!(roster.iter().map(|student| student.full_name).collect::<Vec<_>>(), ["Kai Ito"]);
    let named = typed(&folder, &["detect", "@export.xlsx", "--sheet", "Year 5"], b"");
    assert!((named.code, named.output.contains("Zoë Okafor")) == (0, true), "{}", named.output);
}

#[test]
fn reads_the_ethnicity_codes_of_a_host_from_a_file() {
    let rows = "Ada Reid,Ada Reid,Year 5,5A,Female,No,WSHE,No,No\nTom Lee,Tom Lee,Year 5,5A,Male,No,Shetland,No,No\n";
    let folder = folder_with(&[("students.csv", rows)]);
    let write = |text: &str| std::fs::write(folder.path().join("codes.json"), text).unwrap();
    let list =
        r#"[{"code": "WSHE", "description": "White - Shetlander", "mainCode": "WBRI", "aliases": ["Shetland"]}]"#;
    write(list);
    let own = ["--ethnicities", "@codes.json"];

    let accepted = ["accounts", "@students.csv", "--fix", "--out", "@accounts.json"];
    assert_eq!(typed(&folder, &accepted, b"").code, 1, "the codes are not known");
    assert_eq!(typed(&folder, &[&accepted[..], &own].concat(), b"").code, 0);
    let codes: Vec<String> =
        accounts(&folder, "accounts.json").iter().map(|account| account.ethnicity.code().to_owned()).collect();
    assert_eq!(codes, ["WSHE", "WSHE"]);
    let fixed = typed(&folder, &[&["fix", "@students.csv", "@fixed.csv"][..], &own].concat(), b"");
    assert_eq!(fixed.code, 0, "{}", fixed.messages);
    let checked = typed(&folder, &[&["check", "@fixed.csv"][..], &own].concat(), b"");
    assert_eq!(checked.code, 0, "{}", checked.messages);

    for (wrong, message) in [
        ("[{\"code\": \"WSHE\"", "this is not a JSON list of ethnicity codes (line 1, column 16)"),
        (
            r#"[{"code": "WBRI"}, {"code": "shet", "description": "Shetlander"}]"#,
            "entry 2: an ethnicity code must be four",
        ),
        (r#"[{"code": "WSHE"}]"#, "entry 1: a new ethnicity code must have a description"),
    ] {
        write(wrong);
        let refused = typed(&folder, &[&["check", "@students.csv"][..], &own].concat(), b"");
        assert!(refused.code == 2 && refused.messages.contains(message), "{}", refused.messages);
    }
}

#[test]
fn fills_in_pupil_premium_from_the_file_of_the_department_for_education() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(
        "dfe.csv",
        "UPN,Surname,Forename,Sex,DOB,NCYear,Deprivation Pupil Premium,Service Child Premium\n\
         H801200001001,Okafor,Zoë,F,01/02/2016,5,0,1\nX801200001002,Khan,Noah,M,02/03/2016,5,0,0\n",
    );
    let export = "Forename,Surname,Year,Reg,Sex,UPN\nZoë,Okafor,5,5A,F,H801200001001\nNoah,Khan,5,5A,M,X801200001002\n";
    write("export.csv", export);
    // In a file with the template's columns, students are also found by UPN.
    let headings = onroll::template_csv();
    let row = "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No,H801200001001";
    write("template.csv", &format!("{},UPN\n{row}\n", headings.trim_end()));
    let premium = |file: &str| {
        let arguments =
            ["accounts", file, "--fix", "--pupil-premium", "@dfe.csv", "--out", "@accounts.json", "--overwrite"];
        let ran = typed(&folder, &arguments, b"");
        assert_eq!(ran.code, 0, "{}{}", ran.output, ran.messages);
        accounts(&folder, "accounts.json").iter().map(|account| account.pupil_premium).collect::<Vec<_>>()
    };
    assert_eq!(premium("@export.csv"), [true, false]);
    assert_eq!(premium("@template.csv"), [true]);
    let checked = typed(&folder, &["check", "@export.csv", "--fix", "--pupil-premium", "@dfe.csv"], b"");
    assert_eq!(checked.code, 0, "{}", checked.output);

    // A file without UPNs, and a list without pupils, are refused. Otherwise no student would get the premium, and
    // nobody would notice.
    write("without.csv", &format!("{headings}{ROW}"));
    let refused = typed(&folder, &["check", "@without.csv", "--pupil-premium", "@dfe.csv"], b"");
    assert_eq!(refused.code, 2);
    assert!(
        refused
            .messages
            .contains("without.csv: --pupil-premium finds pupils by UPN, but the file has no column of UPNs"),
        "{}",
        refused.messages
    );
    let refused = typed(&folder, &["check", "@export.csv", "--pupil-premium", "@without.csv"], b"");
    let said = refused.messages + &refused.output;
    assert!(refused.code != 0 && said.contains("list of pupil premium"), "{said}");
    assert_eq!(typed(&folder, &["check", "@export.csv", "--pupil-premium", "@none.csv"], b"").code, 2);
}

#[cfg(feature = "workbook")]
#[test]
fn writes_a_copy_of_a_checked_file_as_a_marked_workbook() {
    let folder = folder_with(&[("a.csv", &ROW.replace(",F,", ",Kestrel,")), ("b.csv", ROW)]);
    let ran = typed(&folder, &["check", "@a.csv", "--report", "@marked.xlsx"], b"");
    assert_eq!((ran.code, ran.output.contains("Kestrel")), (1, true), "{}{}", ran.output, ran.messages);
    let marked = std::fs::read(folder.path().join("marked.xlsx")).unwrap();
    let mut expected = Vec::new();
    Reader::new().mark_bytes(std::fs::read(folder.path().join("a.csv")).unwrap(), &mut expected).unwrap();
    let read = |workbook: &[u8]| Reader::new().check(workbook).unwrap().to_json(true);
    assert!(marked.starts_with(b"PK") && read(&marked) == read(&expected));
    // A marked workbook is made from exactly one file, and must not replace a file that is checked.
    for arguments in [
        &["check", "@a.csv", "@b.csv", "--report", "@two.xlsx"][..],
        &["check", "@marked.xlsx", "--report", "@marked.xlsx"],
    ] {
        let ran = typed(&folder, arguments, b"");
        assert_eq!((ran.code, ran.output.as_str()), (2, ""), "{}", ran.messages);
    }
    assert_eq!(names(&folder), ["a.csv", "b.csv", "marked.xlsx"]);
}

#[cfg(feature = "workbook")]
#[test]
fn reads_the_named_sheet_of_a_workbook() {
    let folder = folder_with(&[]);
    let book = example("oakfield-office.xlsx");
    let (book, sheet) = (book.to_str().unwrap(), Reader::new().check_path(&book).unwrap().sheet().unwrap().to_owned());
    let named = typed(&folder, &["check", book, "--sheet", &sheet], b"");
    assert_eq!(named.output, typed(&folder, &["check", book], b"").output);
    let other = typed(&folder, &["check", book, "--sheet", "Kestrel"], b"");
    assert_eq!(other.code, 1);
    assert!(
        other.output.contains("the sheet that you chose does not exist; the sheets are: 'Pupils'"),
        "{}",
        other.output
    );
}

#[cfg(feature = "workbook")]
#[test]
fn writes_the_template_as_a_workbook() {
    let folder = folder_with(&[]);
    let ran = typed(&folder, &["template", "--workbook", "--out", "@template.xlsx"], b"");
    assert_eq!(ran.code, 0, "{}", ran.messages);
    let workbook = std::fs::read(folder.path().join("template.xlsx")).unwrap();
    assert!(workbook.starts_with(b"PK"));
    // The workbook is the template: its headings are right, and it has no students.
    let report = Reader::new().check(workbook.as_slice()).unwrap();
    assert_eq!(report.problems().iter().map(|p| p.code().as_str()).collect::<Vec<_>>(), ["no-students"]);
}
