//! Tests the parts of reading that a vector cannot test: streams, paths, the texts of reports, and errors.

use std::io::{self, Read};

use onroll::problem::Severity;
use onroll::values::Ethnicities;
use onroll::{
    Accounts, Column, Limits, PasswordPolicy, Problem, ProblemCode, ReadError, Reader, Record, Report, Roster,
};

use crate::{file, school, sso};

const MESSY: &[&str] = &[
    "Amelia Smith,Amelia Smith,Year 7,7B,F,No,White British,No,No",
    "Noah Khan,Noah Khan,Year 7,7C,Not specified,Y,WBRI,No,No",
    "Amelia Smith,Amelia Smith,Year 7,7C,Female,No,WBRI,No,No",
];

#[test]
fn refuses_an_accepted_suggestion_that_belongs_to_another_file() {
    let csv = |name: &str| file(&[&format!("{name},ah,Year 7,7B,Female,No,WBRI,No,No")]);
    let report = Reader::new().check_bytes(csv("\"Hart, Amelia\""));
    let id = report.problems()[0].id();
    assert_eq!(
        Reader::new().accept([id.as_str()]).read_bytes(csv("\"Hart, Amelia\"")).unwrap().get(0).unwrap().full_name,
        "Amelia Hart"
    );
    for (ids, bytes) in
        [(vec![id.as_str()], csv("\"Hurt, Amelia\"")), (vec!["", "gender@2.gender-0"], csv("Amelia Hart"))]
    {
        let report = Reader::new().accept(ids).check_bytes(bytes);
        assert_eq!((report.count_of(ProblemCode::NotAccepted), report.ok()), (1, false), "{report}");
        assert!(report.text().contains("not belong to this file"), "{}", report.text());
    }
    // Each id belongs to one problem, and contains no value.
    let report = Reader::new().check_bytes(file(MESSY));
    let ids: std::collections::BTreeSet<String> = report.problems().iter().map(Problem::id).collect();
    assert_eq!(ids.len(), report.problems().len());
    assert!(ids.iter().all(|id| !id.contains("Okafor")), "{ids:?}");
}

#[test]
fn a_source_id_that_is_certainly_none_is_reported_and_ignored() {
    let texts = ["#N/A", "TBC", "TBC", "0", "1.23457E+11", "01-Feb", "=\"00412\"", "'00413", " 414 ", ""];
    let ids = [None, None, None, None, None, None, Some("00412"), Some("00413"), Some("414"), None];
    let name = |index: usize| format!("Ada Lee {}", char::from(b'A' + index as u8));
    let records = || {
        (0..).zip(texts).map(|(index, id)| {
            let name = name(index);
            Record::new([name.as_str(), &name, "Year 7", "7B", "Female", "No", "WBRI", "No", "No"].map(str::to_owned))
                .source_id(id)
        })
    };
    let heading = format!("{},Source ID", crate::HEADINGS);
    let lines = (0..).zip(texts).map(|(index, id)| {
        let name = name(index);
        format!("{name},{name},Year 7,7B,Female,No,WBRI,No,No,\"{}\"", id.replace('"', "\"\""))
    });
    let csv: String = std::iter::once(heading).chain(lines).map(|line| line + "\n").collect();
    let rosters = [
        Reader::new().read_records(records()).unwrap(),
        Reader::new().hold_records(records()),
        Reader::new().read_bytes(csv.as_bytes()).unwrap(),
    ];
    for (roster, of_data) in rosters.iter().zip([true, true, false]) {
        let seen: Vec<Option<&str>> = (0..roster.len()).map(|index| roster.source_id(index)).collect();
        assert_eq!(seen, ids);
        let problems: Vec<&Problem> =
            roster.report().problems().iter().filter(|p| p.code() == ProblemCode::SourceIdInvalid).collect();
        assert_eq!(problems.iter().map(|p| p.value().unwrap()).collect::<Vec<_>>(), texts[..6]);
        let at = if of_data { "row 1 of the data" } else { "row 2" };
        let message =
            "'#N/A' is not a source id, so it identifies nobody and is ignored; copy the source id from your MIS again";
        assert_eq!(problems[0].message(), format!("{at}: {message}"));
        assert_eq!(problems[0].severity(), Severity::Warning);
        // No account gets such an id.
        let accounts = Accounts::create(roster, &PasswordPolicy::default()).unwrap();
        assert!(accounts.iter().zip(ids).all(|(account, id)| account.source_id == id));
    }
}

#[test]
fn source_ids_that_differ_only_in_what_excel_put_around_them_are_the_same() {
    let record = |name: &str, id: &'static str| {
        Record::new([name, name, "Year 7", "7B", "Female", "No", "WBRI", "No", "No"].map(str::to_owned)).source_id(id)
    };
    let roster = Reader::new().hold_records([record("Ada Lee", "00412"), record("Bea Fox", "=\"00412\"")]);
    assert_eq!((roster.len(), roster.report().count_of(ProblemCode::SourceIdDuplicate)), (0, 1));
}

#[test]
fn one_cause_gives_one_problem_for_any_number_of_rows() {
    let row = |i: usize| format!("Ada Reid,a{i},Year 7,7B,Female,No,WBRI,No,No");
    let counts = |rows: usize| {
        let mut lines: Vec<String> = (0..rows).map(|i| row(i) + ",").collect();
        (0..rows / 4).for_each(|i| lines.insert(i * 5, crate::HEADINGS.to_owned()));
        let bytes = file(&lines.iter().map(String::as_str).collect::<Vec<_>>());
        let report = Reader::new().check_bytes(bytes);
        let told: Vec<(&str, u64, usize)> =
            report.problems().iter().map(|p| (p.code().as_str(), p.count(), p.row_ranges().len())).collect();
        told.iter().map(|(code, count, _)| ((*code).to_owned(), *count)).collect::<Vec<_>>()
    };
    assert_eq!(counts(40), [("not-a-student".to_owned(), 10), ("row-length".to_owned(), 40)]);
    assert_eq!(counts(4_000), [("not-a-student".to_owned(), 1_000), ("row-length".to_owned(), 4_000)]);
    let text = Reader::new().check_bytes(file(&[crate::HEADINGS, &row(1), crate::HEADINGS, crate::HEADINGS])).text();
    assert!(text.contains("  rows 2, 4 and 5: 'Student Full Name'"), "{text}");
}

#[test]
fn the_json_of_a_problem_has_the_heading_and_key_of_its_column() {
    let csv = format!("{}Zoë,Zoë,Year 5,5A,F,No,WBRI,No,No\n", onroll::template_csv());
    let report = Reader::new().check_bytes(csv.into_bytes());
    let json: serde_json::Value = serde_json::from_str(&report.to_json(false)).unwrap();
    assert_eq!([&json["problems"][0]["column"], &json["problems"][0]["field"]], ["Gender", "gender"]);
    let columns = Column::ALL.map(|column| serde_json::to_value(column).unwrap());
    assert_eq!(columns, Column::ALL.map(|column| serde_json::Value::from(column.key())));
}

#[test]
fn reads_a_path_a_stream_and_bytes_with_the_same_result() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("school.csv");
    std::fs::write(&path, school(40)).unwrap();
    let names = |roster: onroll::Roster| roster.iter().map(|s| s.full_name.to_owned()).collect::<Vec<_>>();
    let from_path = names(Reader::new().read_path(&path).unwrap());
    assert_eq!(from_path.len(), 40);
    assert_eq!(from_path, names(Reader::new().read(io::Cursor::new(school(40))).unwrap()));
    assert_eq!(from_path, names(Reader::new().read_bytes(school(40)).unwrap()));
    assert_eq!(from_path, names(Reader::new().read_bytes(school(40).as_slice()).unwrap()));
}

#[test]
fn the_text_of_a_report_counts_students_only_if_some_were_read() {
    for csv in
        ["Alpha,Beta\nx,y\n", "Student Full Name,Username,Year Group,Class,Gender,Pupil Premium,Ethnicity,SEND\n"]
    {
        let report = Reader::new().check_bytes(csv.as_bytes());
        for text in [report.text(), report.to_string()] {
            let first = text.lines().next().unwrap();
            assert!(first.starts_with("The roster is refused: ") && !first.contains("student"), "{first}");
        }
    }
}

#[test]
fn the_text_of_a_report_groups_problems_and_says_what_to_write() {
    let text = Reader::new().check_bytes(file(MESSY)).text();
    let expected = "\
The roster is refused: 5 errors in 3 students. You must correct 2 of the errors, then import again. 3 problems can be put right for you: turn on safe fixes when you import.

Gender must be Male, Female or Non-Binary: 2 errors, 1 of which can be put right for you
  row 2, Gender: 'F' should be 'Female'
  row 3, Gender: 'Not specified' is not Male, Female or Non-Binary

Pupil Premium, SEND and EAL must be Yes or No: 1 error, which can be put right for you
  row 3, Pupil Premium: 'Y' should be 'Yes'

Ethnicity must be written as a code: 1 error, which can be put right for you
  row 2, Ethnicity: 'White British' should be 'WBRI'

No two students may have the same username: 1 error
  row 4, Username: 'Amelia Smith' is also the username in row 2; did you mean 'Amelia Smith Year 7'?
";
    assert_eq!(text, expected);
}

#[test]
fn logs_show_the_report_without_values_from_the_file() {
    let report = Reader::new().check_bytes(file(MESSY));
    let expected = "\
The roster is refused: 5 errors in 3 students. 3 problems can be put right by safe fixes.

Gender must be Male, Female or Non-Binary: 2 errors, 1 of which can be put right for you
  row 2, Gender: the cell is not Male, Female or Non-Binary (there is a safe fix)
  row 3, Gender: the cell is not Male, Female or Non-Binary

Pupil Premium, SEND and EAL must be Yes or No: 1 error, which can be put right for you
  row 3, Pupil Premium: the cell is not Yes or No (there is a safe fix)

Ethnicity must be written as a code: 1 error, which can be put right for you
  row 2, Ethnicity: the cell is not written as an ethnicity code (there is a safe fix)

No two students may have the same username: 1 error
  row 4, Username: the cell is also the username in row 2 (there is a suggestion)";
    assert_eq!(report.to_string(), expected);
    let error = Reader::new().read_bytes(file(MESSY)).unwrap_err();
    assert_eq!(error.code(), "roster-rejected");
    assert_eq!(
        error.to_string(),
        "the roster was refused: 5 errors: gender 2, yes-no 1, ethnicity-description 1, username-duplicate 1; \
         first, row 2, Gender: the cell is not Male, Female or Non-Binary (there is a safe fix)"
    );
}

#[test]
fn the_report_lists_the_fixes_that_were_made() {
    let fixed = &MESSY[..1];
    let roster = Reader::new().fix(true).read_bytes(file(fixed)).unwrap();
    let expected = "\
The roster is accepted: 1 student. 2 problems were put right for you.

Put right for you
  row 2, Gender: 'F' should be 'Female'
  row 2, Ethnicity: 'White British' should be 'WBRI'
";
    assert_eq!(roster.report().text(), expected);
}

#[test]
fn shortens_a_long_list_of_problems_and_counts_the_rest() {
    let name = |i: u8| format!("Pupil {}{}", char::from(b'A' + i / 26), char::from(b'a' + i % 26));
    let rows: Vec<String> = (0..30).map(|i| format!("{0},{0},Year 7,7B,Zz{i},No,WBRI,No,No", name(i))).collect();
    let report = Reader::new().check_bytes(file(&rows.iter().map(String::as_str).collect::<Vec<_>>()));
    assert_eq!(report.problems().len(), 30);
    assert!(
        report.text().ends_with("  row 21, Gender: 'Zz19' is not Male, Female or Non-Binary\n  and 10 more\n"),
        "{}",
        report.text()
    );
}

#[test]
fn the_json_of_a_report_has_values_only_on_request() {
    let report = Reader::new().check_bytes(file(MESSY));
    let with: serde_json::Value = serde_json::from_str(&report.to_json(true)).unwrap();
    let without: serde_json::Value = serde_json::from_str(&report.to_json(false)).unwrap();
    assert_eq!((&with["ok"], &with["errors"], &with["rows"]), (&false.into(), &5.into(), &3.into()));
    assert_eq!((&with["problems"][0]["value"], &with["problems"][0]["fix"]), (&"F".into(), &"Female".into()));
    assert_eq!((&without["problems"][0]["value"], &without["problems"][0]["safe"]), (&().into(), &true.into()));
    assert!(!report.to_json(false).contains("Amelia"));
}

#[test]
fn the_csv_of_a_report_contains_no_formula() {
    let report = Reader::new().check_bytes(file(&["=cmd,S1,Year 7,=1+1,x,No,WBRI,No,No"]));
    let mut csv = Vec::new();
    report.write_csv(&mut csv).unwrap();
    let csv = String::from_utf8(csv).unwrap();
    assert!(csv.starts_with("\u{feff}Severity,Code,Row,Line,Column,Value,Fix,Safe,Message\r\n"), "{csv}");
    assert!(csv.contains("error,gender,2,2,Gender,x,"), "{csv}");
    let report = Reader::new().check_bytes(file(&["A B,S1,Year 7,7B,=HYPERLINK(1),No,WBRI,No,No"]));
    let mut csv = Vec::new();
    report.write_csv(&mut csv).unwrap();
    assert!(String::from_utf8(csv).unwrap().contains("Gender,'=HYPERLINK(1),"));
}

#[test]
fn a_host_can_add_ethnicity_codes() {
    let codes = Ethnicities::default().with("WSHE", "White - Shetlander", "WBRI").unwrap();
    let row = "Amelia Smith,Amelia Smith,P4,4B,Female,No,white shetlander,No,No";
    let reader = Reader::new().ethnicities(codes).fix(true);
    let roster = reader.read_bytes(file(&[row])).unwrap();
    let ethnicity = roster.get(0).unwrap().ethnicity;
    assert_eq!((ethnicity.code(), ethnicity.main_code(), ethnicity.group()), ("WSHE", "WBRI", "White"));
    let report = reader.main_codes_only(true).fix(false).check_bytes(file(&[&row.replace("white shetlander", "WSHE")]));
    assert_eq!(report.problems()[0].fix().unwrap().text(), "WBRI");
}

#[test]
fn accepts_the_template_without_students() {
    let report = Reader::new().check_bytes(onroll::template_csv().as_bytes());
    assert!(report.ok() && report.count_of(ProblemCode::NoStudents) == 1);
    assert_eq!(onroll::template_csv().trim_end(), crate::HEADINGS);
}

#[test]
fn a_corrected_file_can_replace_the_original_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("school.csv");
    std::fs::write(&path, file(MESSY)).unwrap();
    let report = Reader::new().fix_path(&path, &path).unwrap();
    assert_eq!((report.fixed_count(), report.error_count()), (3, 2));
    let again = Reader::new().check_path(&path).unwrap();
    assert_eq!((again.error_count(), again.fixable_count()), (2, 0));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn a_failing_stream_gives_an_io_error() {
    struct Fails;
    impl Read for Fails {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the line went dead"))
        }
    }
    let error = sso().read(Fails).unwrap_err();
    assert_eq!((error.code(), error.to_string().as_str()), ("io", "the file could not be read: the line went dead"));
    assert!(std::error::Error::source(&error).is_none(), "what is said once is not said again");
    assert!(matches!(error, ReadError::Io(_)));
}

#[test]
fn the_progress_callback_can_cancel_reading() {
    use std::ops::ControlFlow;
    use std::sync::{Arc, Mutex};
    let bytes = school(40_000);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&seen);
    let watched = Reader::new().watch(move |done, of| {
        heard.lock().unwrap().push((done, of));
        ControlFlow::Continue(())
    });
    assert_eq!(watched.read_bytes(&bytes).unwrap().len(), 40_000);
    let seen = seen.lock().unwrap();
    // The progress callback is called for every 64 KiB, and in the steps after reading.
    let least = bytes.len() >> 17;
    assert!((least..=4 * least).contains(&seen.len()) && seen.is_sorted(), "{seen:?}");
    assert_eq!(seen.last(), Some(&(bytes.len() as u64, bytes.len() as u64)));
    assert!(seen.iter().all(|&(done, of)| done <= of && of == bytes.len() as u64));

    let ended =
        Reader::new().watch(|done, _| if done > 1 << 20 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) });
    let kinds = [
        ended.read(bytes.as_slice()).unwrap_err().to_string(),
        ended.check(bytes.as_slice()).unwrap_err().to_string(),
        ended.fix_bytes(&bytes, Vec::new()).unwrap_err().to_string(),
    ];
    assert!(kinds.iter().all(|error| error.ends_with("watch function cancelled the work")), "{kinds:?}");
    assert!(ended.check_bytes(&bytes).ok(), "what cannot fail is not watched");
}

#[test]
fn stores_and_restores_a_whole_report() {
    let messy = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/oakfield-messy.csv")).unwrap();
    for report in [sso().check_bytes(&messy), Reader::new().fix(true).check_bytes(&messy)] {
        let kept: Report = serde_json::from_str(&serde_json::to_string(&report.with_values()).unwrap()).unwrap();
        assert_eq!(kept, report);
        assert_eq!(kept.text(), report.text());
    }
}

#[test]
fn serde_stores_a_report_without_values_by_default() {
    let messy = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/oakfield-messy.csv")).unwrap();
    for report in [sso().check_bytes(&messy), Reader::new().fix(true).check_bytes(&messy)] {
        let without: Report = serde_json::from_str(&serde_json::to_string(&report).unwrap()).unwrap();
        let all = || without.problems().iter().chain(without.fixed());
        assert!(all().all(|problem| problem.value().is_none()));
        // The fix for a missing column is a constant of onroll, not a value from the file.
        assert!(all().all(|problem| problem.fix().is_none() || problem.code() == ProblemCode::HeadingMissing));
        assert_eq!(without.to_string(), report.to_string(), "logs read the same");
        assert_eq!(without.to_json(false), report.to_json(false));
        assert_eq!(
            (without.error_count(), without.fixable_count(), without.fixed_count(), without.correctable()),
            (report.error_count(), report.fixable_count(), report.fixed_count(), report.correctable())
        );
        let again: Report = serde_json::from_str(&serde_json::to_string(&without.with_values()).unwrap()).unwrap();
        assert_eq!(again, without);
        for problem in report.problems().iter().chain(report.fixed()) {
            let without: Problem = serde_json::from_str(&serde_json::to_string(problem).unwrap()).unwrap();
            assert_eq!((without.value(), without.to_string()), (None, problem.to_string()));
            assert_eq!(without.is_safe(), problem.is_safe());
            let with = serde_json::to_string(&problem.with_values()).unwrap();
            assert_eq!(serde_json::from_str::<Problem>(&with).unwrap(), *problem);
        }
    }
}

#[test]
fn reads_an_old_report_in_which_the_position_has_another_name() {
    let report = Reader::new().check_bytes(file(MESSY));
    let stored = serde_json::to_string(&report.with_values()).unwrap();
    let old = stored.replace("\"position\":", "\"place\":");
    assert!(old != stored && report.problems().len() > 1);
    assert_eq!(serde_json::from_str::<Report>(&old).unwrap(), report);
}

#[test]
fn serde_stores_the_problem_counts_of_a_report_by_code() {
    let report = serde_json::to_value(Reader::new().check_bytes(file(MESSY))).unwrap();
    assert_eq!(report["counts"]["gender"], serde_json::json!({"standing": 2, "safe": 1, "fixed": 0}));
    assert!(report["counts"].get("blank").is_none(), "codes of no problem are left out");
    // Counts that do not fit the list of problems, as in edited JSON, cause no panic.
    for counts in [
        r#"{}"#,
        r#"{"gender":{"standing":18446744073709551615,"safe":9,"fixed":0},"blank":{"standing":1,"safe":0,"fixed":0}}"#,
    ] {
        let changed = report.to_string().replace(&report["counts"].to_string(), counts);
        let changed: Report = serde_json::from_str(&changed).unwrap();
        assert!(changed.text().contains("The roster is") && changed.to_json(false).contains("gender"));
    }
    let unknown = report.to_string().replace("\"gender\":{", "\"gendr\":{");
    assert!(serde_json::from_str::<Report>(&unknown).is_err());
}

#[test]
fn stores_and_restores_a_whole_roster() {
    let record =
        |name: &'static str, gender| Record::new([name, name, "Year 4", "4A", gender, "No", "WBRI", "No", "No"]);
    let given =
        [record("Zoë Hall", "Female").source_id("A1").upn("X801200000001"), record("Noah Khan", "?").source_id("A2")];
    let listed = file(&["\"Hall, Zoë\",zhall,Year 4,4A,F,Yes,White British,No,No"]);
    for roster in [
        Reader::new().hold_records(given).into_partial(),
        Reader::new().fix(true).read_bytes(listed).unwrap(),
        sso().read_records([]).unwrap(),
    ] {
        let kept = Roster::from_json(&roster.to_json()).unwrap();
        assert!(kept.iter().eq(roster.iter()) && kept.held() == roster.held() && kept.report() == roster.report());
        assert_eq!((kept.sign_in(), kept.is_partial()), (roster.sign_in(), roster.is_partial()));
        assert_eq!((kept.source_id(0), kept.upn(0)), (roster.source_id(0), roster.upn(0)));
        assert_eq!(kept.to_json(), roster.to_json());
    }
    let json = Reader::new().read_bytes(school(2)).unwrap().to_json();
    let wrong = |from: &str, to: &str| Roster::from_json(&json.replace(from, to)).unwrap_err();
    assert_eq!(wrong("Female", "F").code(), "roster-rejected");
    assert_eq!(wrong("\"format\":1", "\"format\":2").code(), "roster-version");
    assert_eq!(wrong("]", "").code(), "roster-not-json");
    assert!(!wrong("\"cells\"", "\"cels\"").to_string().contains("Pupil"));
}

#[test]
fn problem_codes_have_the_expected_form_and_columns_have_the_template_headings() {
    assert_eq!(ProblemCode::ALL.len(), 58);
    assert!(ProblemCode::ALL.iter().all(|c| c.as_str().bytes().all(|b| b.is_ascii_lowercase() || b == b'-')));
    assert!(ProblemCode::ALL.iter().all(|c| !c.title().is_empty() && !c.title().ends_with('.')));
    assert_eq!(ProblemCode::ALL.iter().filter(|c| c.severity() == Severity::Warning).count(), 19);
    assert_eq!(Column::ALL.map(Column::heading).join(","), crate::HEADINGS);
}

#[test]
fn stores_a_long_name_completely() {
    let name = "Zoë ".repeat(75) + "Okafor";
    let roster =
        Reader::new().read_bytes(crate::file(&[&format!("{name},{name},Year 7,7B,Female,No,WBRI,No,No")])).unwrap();
    let student = roster.get(0).unwrap();
    assert_eq!([student.full_name, student.username], [name.as_str(), name.as_str()]);
}

#[test]
fn a_huge_cell_is_too_long_and_does_not_hide_an_extra_cell() {
    let limits = Limits { columns: 9, cell_bytes: 1_000, ..Limits::default() };
    let huge = "x".repeat(70_000);
    let report = Reader::new()
        .limits(limits)
        .check_bytes(crate::file(&[&format!("{huge},Amelia,Year 7,7B,Female,No,WBRI,No,No")]));
    assert_eq!(report.problems().iter().map(|p| p.code().as_str()).collect::<Vec<_>>(), ["too-long"]);
    let row = format!("{huge},Amelia,Year 7,7B,Female,No,WBRI,No,No,more");
    let report = Reader::new().limits(limits).check_bytes(crate::file(&[&row]));
    assert_eq!(report.problems().iter().map(|p| p.code().as_str()).collect::<Vec<_>>(), ["row-length"]);
}

#[test]
fn the_message_about_a_misplaced_heading_gives_the_current_and_expected_column() {
    let file = "Username,Student Full Name,Year Group,Class,Gender,Pupil Premium,Ethnicity,SEND,EAL\r\n";
    let told: Vec<String> = Reader::new().check_bytes(file.as_bytes()).problems().iter().map(|p| p.message()).collect();
    assert!(told.iter().any(|told| told.contains("'Username' is column 1 and should be column 2")), "{told:?}");
}

#[test]
fn messages_describe_an_invisible_or_broken_character() {
    for (c, name) in [
        ('\u{AD}', "an invisible character"),
        ('\u{200B}', "an invisible character"),
        ('\u{200C}', "an invisible character"),
        ('\u{200D}', "an invisible character"),
        ('\u{202E}', "an invisible character"),
        ('\u{FEFF}', "an invisible character"),
        ('\u{FFFD}', "a letter that was lost when the file was saved"),
        ('\u{7}', "a character that cannot be shown"),
        ('\u{E000}', "a character that cannot be shown"),
    ] {
        let report = Reader::new().check_bytes(file(&[&format!("Ame{c}lia,a,Year 7,7B,Female,No,WBRI,No,No")]));
        assert!(report.problems()[0].to_string().contains(name), "{}", report.problems()[0]);
    }
}

#[test]
fn a_roster_with_long_cells_and_added_ethnicity_codes_is_restored_from_json() {
    let own = || Ethnicities::default().with("WSHE", "White - Shetlander", "WBRI").unwrap();
    let limits = Limits { cell_bytes: 20_000, ..Limits::default() };
    let row = format!("Ada Reid,Ada Reid,Year 7,{},Female,No,WSHE,No,No", "7B ".repeat(4000) + "x");
    let roster = Reader::new().ethnicities(own()).limits(limits).read_bytes(file(&[&row])).unwrap();
    for again in [Roster::from_json(&roster.to_json()), Roster::from_json_with(&roster.to_json(), own())] {
        let again = again.unwrap();
        assert_eq!(again.get(0), roster.get(0));
        assert_eq!(again.get(0).unwrap().ethnicity.description(), "White - Shetlander");
        let accounts = Accounts::create(&again, &PasswordPolicy::default()).unwrap();
        let stored = Accounts::from_json(&accounts.to_json()).unwrap();
        assert_eq!(stored.get("Ada Reid").unwrap().ethnicity, roster.get(0).unwrap().ethnicity);
        assert_eq!(stored.ethnicities().get("WSHE").unwrap().main_code(), "WBRI");
    }
    // JSON that lacks the roster's own ethnicity codes is refused, and so is JSON in which these codes are not valid.
    for codes in ["[]", r#"[["WSHE","-","WBRI"]]"#, r#"[["WSHE","Shetlander","WXXX"]]"#, r#"[["WBRI","Other","WBRI"]]"#]
    {
        let text = roster.to_json().replace(r#"[["WSHE","White - Shetlander","WBRI"]]"#, codes);
        assert!(text != roster.to_json() && Roster::from_json(&text).is_err(), "{codes}");
    }
}

#[test]
fn an_invalid_record_gives_an_error_with_a_report() {
    let record = Record::new(["Ada Reid", "Ada Reid", "Year 7", "7B", "?", "No", "WBRI", "No", "No"]);
    let error = Reader::new().read_records([record]).unwrap_err();
    assert_eq!(error.report().unwrap().problems()[0].code(), ProblemCode::Gender);
}

#[test]
fn the_debug_text_of_a_reader_shows_whether_a_callback_is_set() {
    let watched = Reader::new().watch(|_, _| std::ops::ControlFlow::Continue(()));
    assert!(format!("{watched:?}").contains("Watch") && format!("{:?}", Reader::new()).contains("None"));
    // `check_bytes` does not call the callback. So even a callback that cancels at once does not prevent the report.
    let told = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let heard = std::sync::Arc::clone(&told);
    let impatient = Reader::new().watch(move |_, _| {
        heard.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        std::ops::ControlFlow::Break(())
    });
    let report = impatient.check_bytes(school(3));
    assert_eq!((report.rows(), told.load(std::sync::atomic::Ordering::Relaxed)), (3, 0));
}

#[test]
fn messages_describe_a_forbidden_character_and_the_expected_number_of_cells() {
    let messages = |bytes: Vec<u8>| -> Vec<String> {
        Reader::new().check_bytes(bytes).problems().iter().map(onroll::Problem::message).collect()
    };
    let nul = messages(file(&["Ada R\0eid,ada,Year 7,7B,Female,No,WBRI,No,No"]));
    assert!(nul.len() == 1 && nul[0].contains("contains a character that cannot be shown"), "{nul:?}");
    let told = messages(file(&["Ada Reid,ada,Year 7,7B,Female,No,WBRI,No,No,,x"]));
    assert!(told.iter().any(|message| message.contains('9') && message.contains("11")), "{told:?}");
}

#[test]
fn each_message_mentions_the_heading_or_cell_that_is_wrong() {
    let headings = crate::HEADINGS;
    let good = "Ada Reid,ada,Year 7,7B,Female,No,WBRI,No,No\r\n";
    let first = |text: String| Reader::new().check_bytes((text + good).into_bytes()).problems()[0].clone();
    let delimiter = Reader::new().check_bytes(format!("{headings}\r\n{good}").replace(',', ";").into_bytes());
    let delimiter = delimiter.problems()[0].clone();
    assert!(delimiter.message().contains(": the columns are separated by semicolons"), "{}", delimiter.message());
    let heading = first(headings.replace("Class", "Clas") + "\r\n");
    assert!(heading.to_string().contains("the heading ") && !heading.to_string().contains("'Clas'"), "{heading}");
    let cell = first(format!("{headings}\r\nAda Reid,ada,Year 7,7B,?,No,WBRI,No,No\r\n"));
    assert!(cell.to_string().contains("the cell ") && cell.message().contains("'?' "), "{cell} {}", cell.message());
    let row = first(format!("{headings}\r\nAda Reid,ada,Year 7,7B,Female\r\n"));
    assert!(!row.to_string().contains("the cell "), "{row}");
}

/// Year Group is the third column, as in the template, but only because the first column does not belong.
#[test]
fn a_column_with_the_right_number_can_be_out_of_order() {
    let headings = format!("Note,{}", crate::HEADINGS.replace("Username,Year Group", "Year Group,Username"));
    let report = Reader::new().check_bytes(headings.into_bytes());
    let messages: Vec<String> = report.problems().iter().map(onroll::Problem::message).collect();
    let message = "heading row, Year Group: 'Year Group' must be after 'Username' and before 'Class'";
    assert!(messages.contains(&message.to_owned()), "{messages:#?}");
}

#[test]
fn a_message_does_not_repeat_the_suggested_fix() {
    let headings = crate::HEADINGS;
    let good = "Ada Reid,ada,Year 7,7B,Female,No,WBRI,No,No";
    let first = |text: String| Reader::new().check_bytes(text.into_bytes()).problems()[0].clone();
    for (text, end) in [
        (format!("{headings}\r\n{good}\r\n").replace(',', ";"), "'CSV UTF-8 (Comma delimited)'"),
        (
            format!(
                "{}\r\n{}\r\n",
                headings.replace("Year Group,Class", "Class,Year Group"),
                good.replace("Year 7,7B", "7B,Year 7")
            ),
            "is column 3 and should be column 4",
        ),
        (format!("{headings},\r\n{good},\r\n"), "column J has no heading and is blank"),
        (format!("{headings}\r\n{good},\r\n"), "has no heading"),
    ] {
        let problem = first(text);
        assert!(problem.fix().is_some(), "{problem}");
        assert!(problem.to_string().ends_with(end), "{problem}");
        assert!(problem.message().ends_with(end), "{}", problem.message());
    }
    let missing = first(format!("{headings}\r\n{good}\r\n").replace(",SEND", ""));
    let sentence = "heading row, SEND: the heading is missing; if the school does not record it, add the column with 'No' in every row";
    assert_eq!((missing.to_string().as_str(), missing.message().as_str()), (sentence, sentence));
    let unknown = first(format!("{headings},Locker\r\n{good},12\r\n"));
    assert_eq!(
        unknown.to_string(),
        "heading row: a column is not one of the nine columns; it is ignored if extra columns are allowed"
    );
    assert_eq!(
        unknown.message(),
        "heading row: 'Locker' is not one of the nine columns; it is ignored if extra columns are allowed"
    );
}

#[test]
fn a_report_can_be_stored_as_json_and_restored() {
    let messy = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/oakfield-messy.csv")).unwrap();
    for report in [sso().check_bytes(&messy), Reader::new().fix(true).check_bytes(&messy), Report::default()] {
        let whole = Report::from_json(&report.to_json(true)).unwrap();
        assert_eq!((whole.to_json(true), whole.text()), (report.to_json(true), report.text()));
        assert_eq!(whole, report);
        let without = Report::from_json(&report.to_json(false)).unwrap();
        assert_eq!((without.to_json(false), without.to_string()), (report.to_json(false), report.to_string()));
        assert!(without.problems().iter().all(|problem| problem.value().is_none()));
    }
    for (wrong, code) in [("{}", "report-not-json"), ("[", "report-not-json"), (r#"{"format":2}"#, "report-version")] {
        assert_eq!(Report::from_json(wrong).unwrap_err().code(), code, "{wrong}");
    }
    let json = Report::default().to_json(true);
    for (from, to) in
        [("\"rows\":0", "\"rows\":-1"), ("\"kept\":\"{", "\"kept\":\"["), ("\"problems\":[]", "\"problems\":[1]")]
    {
        assert!(json.contains(from) && Report::from_json(&json.replacen(from, to, 1)).is_err(), "{to}");
    }
}

#[test]
fn the_report_counts_distinct_values_if_values_repeat_often() {
    let row = |n: usize| {
        let name = format!("Ada L{}", "e".repeat(n + 1));
        format!("{name},{name},Year 5,5A,{},No,WBRI,No,No\n", ["F", "Girl", "M"][n % 3])
    };
    let text = |rows: usize| {
        let csv = onroll::template_csv() + &(0..rows).map(row).collect::<String>();
        Reader::new().check_bytes(csv.into_bytes()).text()
    };
    assert!(
        text(60).contains("3 different values appear 60 times in total: correct each of them once."),
        "{}",
        text(60)
    );
    assert!(!text(6).contains("different values"), "{}", text(6));
}

#[test]
fn a_shifted_record_gives_one_problem_and_is_held() {
    let record = |cells: [&'static str; 9]| onroll::Record::new(cells);
    let good = record(["Ada Reid", "Ada Reid", "Year 7", "7B", "Female", "No", "WBRI", "No", "No"]);
    let slid = record(["Mia Hall", "Mia Hall", "Hall", "Year 7", "7B", "F", "No", "WBRI", "No"]);
    let roster = Reader::new().fix(true).hold_records([good, slid]);
    let messages: Vec<String> = roster.report().problems().iter().map(onroll::Problem::message).collect();
    assert_eq!(
        messages,
        [
            "row 2 of the data: the values from Year Group on, or from an earlier column, are one column too far right; remove the \
         extra value or blank before them"
        ]
    );
    assert_eq!((roster.len(), roster.held().len(), roster.report().fixed_count()), (1, 1, 0));
    assert_eq!(roster.held()[0].reasons(), ["the values for this pupil are in the wrong fields"]);
}

#[test]
fn shifted_rows_give_one_problem_even_in_a_full_report() {
    let slid = "Noah Khan,noah,,Year 7,7B,Male,No,APKN,No";
    let rows: Vec<&str> = std::iter::repeat_n(slid, 50).collect();
    let limits = onroll::Limits { problems: 3, ..onroll::Limits::default() };
    let bad = "Ada Reid,a,Year 7,7B,x,x,x,No,No";
    let bytes = file(&[&[bad, bad][..], &rows[..]].concat());
    let report = Reader::new().limits(limits).check_bytes(bytes);
    assert_eq!(report.count_of(onroll::ProblemCode::RowLength), 1);
}

/// Consecutive rows that only name a class are all left out in one reading. A second reading finds nothing more to fix.
#[test]
fn leaves_out_consecutive_rows_that_only_contain_a_class_name() {
    let zoe = "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\r\n";
    for above in [
        "5A\r\n5A\r\n",
        "5A\r\n\r\nPage 1 of 2\r\nClass 5A\r\n",
        "5A\r\n5A\r\n5A\r\n5A\r\n5A\r\n5A\r\n",
        // The values beside a class may be blank or invisible.
        "5A,,,,,,,,\r\n5A,,,,,,,,\r\n",
        "5A,\u{200B},,\u{FEFF},,,,,\r\n\u{200B},,,,,,,,\r\n",
        // A line break in quotation marks starts no row.
        "5A\r\n\"\r\n\",\"\r\n\",,,,,,,\r\n",
    ] {
        let csv = onroll::template_csv() + zoe + above + &zoe.replace("Zoë", "Amy").replace("5A", "5\u{200B}A");
        let (mut once, mut twice) = (Vec::new(), Vec::new());
        assert!(onroll::Reader::new().fix_bytes(csv.into_bytes(), &mut once).unwrap().ok(), "{above}");
        assert_eq!(onroll::Reader::new().fix_bytes(&once[..], &mut twice).unwrap().fixed_count(), 0, "{above}");
        assert_eq!(once, twice);
    }
}
