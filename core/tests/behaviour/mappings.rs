//! Tests of reading any export: every vector in `tests/vectors/detect`, every heading in the dictionary's sources, and
//! properties of detection.

use std::fs;
use std::path::Path;

use onroll::mapping::{Certainty, NamesFrom, QuestionKind, Target};
use onroll::reader::PupilPremium;
use onroll::{Detected, Mapping, ReadError, Reader, Record, Roster, SignIn};
use proptest::prelude::*;
use serde_json::{Value, json};

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/detect")
}

fn reader(case: &Value) -> Reader {
    let mut reader = Reader::new().fix(true);
    for (option, value) in case["options"].as_object().into_iter().flatten() {
        reader = match option.as_str() {
            "sign_in" => reader.sign_in(value.as_str().unwrap().parse().unwrap()),
            "names_from" => reader.names_from(NamesFrom::named(value.as_str().unwrap()).unwrap()),
            "pupil_premium" => {
                let list = fs::read(folder().join(value.as_str().unwrap())).unwrap();
                reader.pupil_premium(PupilPremium::read_bytes(list).unwrap())
            }
            other => panic!("no such option: {other}"),
        };
    }
    reader
}

fn students(read: &Result<Roster, ReadError>) -> Value {
    match read {
        Ok(roster) => roster.iter().map(|student| json!(student.cells())).collect(),
        Err(_) => Value::Null,
    }
}

/// Returns the messages about the problems of a file, and about their groups of equal values.
fn messages(read: &Result<Roster, ReadError>) -> [Value; 2] {
    let report = match read {
        Ok(roster) => roster.report(),
        Err(error) => error.report().unwrap(),
    };
    let groups = report.by_value();
    [
        report.problems().iter().map(|problem| json!(problem.message())).collect(),
        groups.iter().map(|group| json!(group.message())).collect(),
    ]
}

fn ids(roster: &Roster) -> Value {
    (0..roster.len()).map(|index| json!([roster.source_id(index), roster.upn(index)])).collect()
}

#[test]
fn every_test_vector_of_detection_passes() {
    let cases: Vec<Value> = serde_json::from_str(&fs::read_to_string(folder().join("exports.json")).unwrap()).unwrap();
    assert!(cases.len() >= 20);
    let mut wrong = Vec::new();
    for case in &cases {
        let bytes = fs::read(folder().join(case["file"].as_str().unwrap())).unwrap();
        let reader = reader(case);
        let detected = reader.detect_bytes(&bytes[..]).unwrap();
        assert_eq!(Detected::from_json(&detected.to_json()).as_ref(), Ok(&detected));
        let seen: Value = serde_json::from_str(&detected.to_json()).unwrap();
        let asked: Value = detected.questions().iter().map(|q| json!([q.kind, q.target])).collect();
        let read = reader.clone().mapping(detected.mapping()).read_bytes(&bytes[..]);
        let mut check = |what: &str, seen: Value, expected: Value| {
            if seen != expected {
                wrong.push(format!("{}: {what}\n  seen     {seen}\n  expected {expected}", case["name"]));
            }
        };
        check("columns", seen["mapping"]["columns"].clone(), case["columns"].clone());
        check("questions", asked, case.get("questions").cloned().unwrap_or(json!([])));
        check("students", students(&read), case["students"].clone());
        for (what, seen) in ["messages", "groups"].into_iter().zip(messages(&read)) {
            if let Some(expected) = case.get(what) {
                check(what, seen, expected.clone());
            }
        }
        if let Ok(roster) = &read {
            check("unrecorded", json!(roster.unrecorded()), case.get("unrecorded").cloned().unwrap_or(json!([])));
            if let Some(expected) = case.get("ids") {
                check("ids", ids(roster), expected.clone());
            }
            // If every column is certain, the file needs one call and no questions, now and with the stored mapping.
            let stored = Mapping::from_json(&detected.mapping().to_json()).unwrap();
            assert_eq!(&stored, detected.mapping());
            let again = reader.clone().mapping(&stored).detect_bytes(&bytes[..]).unwrap();
            assert!(again.certain() && again.mapping() == &stored, "{}: {:?}", case["name"], again.text());
            // The corrected file has the template's format, and reading it gives the same students.
            let mut corrected = Vec::new();
            reader.clone().mapping(&stored).fix_bytes(&bytes[..], &mut corrected).unwrap();
            let strict = reader.clone().optional_columns(true).fix(false).read_bytes(&corrected[..]);
            let strict = strict.unwrap_or_else(|error| panic!("{}: {}", case["name"], error.report().unwrap().text()));
            check("corrected", students(&Ok(strict)), case["students"].clone());
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Returns the target of a column in `headings.tsv`. Returns `None` for a date of birth, which onroll does not read.
fn target(column: &str) -> Option<Target> {
    Some(match column {
        "First name" | "Last name" | "Preferred name" | "Student Full Name" => Target::FullName,
        "Admission number/source id" => Target::SourceId,
        "Class" => Target::ClassName,
        "Date of birth" => return None,
        "Year Group" => Target::YearGroup,
        "Pupil Premium" => Target::PupilPremium,
        column => column.to_lowercase().parse().unwrap(),
    })
}

#[test]
fn detects_no_heading_with_more_certainty_than_expected() {
    let lines = fs::read_to_string(folder().join("headings.tsv")).unwrap();
    let (mut sure, mut found, mut missed) = (0, 0, Vec::new());
    for line in lines.lines().skip(1) {
        let mut cells = line.split('\t');
        let (heading, column, expected) = (cells.next().unwrap(), cells.next().unwrap(), cells.next().unwrap());
        let target = target(column);
        let reader = if target == Some(Target::Email) { Reader::new().sign_in(SignIn::Sso) } else { Reader::new() };
        // The other columns mean nothing, and no value helps to guess what a column means.
        let quoted = heading.replace('"', "\"\"");
        let csv = format!("Shoe size,\"{quoted}\",Shirt,Date of birth\n3,,L,\n4,,M,\n");
        let detected = reader.detect_bytes(csv.as_bytes()).unwrap();
        let read = detected.columns().iter().find(|read| read.sources.iter().any(|source| source == heading));
        let certainty = read.map_or(Certainty::Unknown, |read| read.certainty);
        let expected = match expected {
            "exact" => Certainty::Exact,
            "safe" => Certainty::Safe,
            "guess" => Certainty::Guess,
            _ => Certainty::Unknown,
        };
        assert!(certainty >= expected, "{heading} is {certainty}, and {column} is {expected} at most");
        assert!(
            read.is_none_or(|read| Some(read.target) == target),
            "{heading} is read as {:?}",
            read.map(|r| r.target)
        );
        if expected.is_sure() {
            sure += 1;
            found += usize::from(certainty.is_sure());
            missed.extend((!certainty.is_sure()).then_some(heading));
        }
    }
    assert!(sure > 150 && found * 100 >= sure * 95, "{found} of {sure}; missed: {missed:?}");
}

#[test]
fn ignores_columns_whose_headings_only_resemble_known_headings() {
    let csv = "Forename,Surname,Year,Reg,Gender,Former UPN,Former Surname,Form Tutor,Exam No,Year of entry,SCN,Parent Email,\
               Sex,Tutor,House\nAmelia,Hart,7,7B,F,H801200001001,Lee,Mrs Lee,1234,2019,020000001,a@b.uk,M,Mr Ray,Red\n";
    let detected = Reader::new().detect_bytes(csv.as_bytes()).unwrap();
    assert!(detected.certain(), "{}", detected.text());
    let read: Vec<Target> = detected.mapping().columns().map(|(target, _)| target).collect();
    assert_eq!(read, [Target::FullName, Target::YearGroup, Target::ClassName, Target::Gender]);
    let reasons: Vec<&str> = detected.ignored().iter().map(|ignored| ignored.reason.as_str()).collect();
    assert!(reasons.contains(&"'Form Tutor': it is a teacher's name"), "{reasons:?}");
    assert_eq!(detected.mapping().source(Target::Gender).unwrap().headings(), ["Gender"]);
}

#[test]
fn the_text_of_a_detection_says_which_optional_columns_are_not_recorded() {
    let text = |csv: &str| Reader::new().detect_bytes(csv.as_bytes()).unwrap().text();
    let some = text("Forename,Surname,Year,Reg,Gender,PP,SEN Notes\nAmelia,Hart,7,7B,F,Y,Speech\n");
    assert!(some.contains("Not recorded: no column was found for Ethnicity, SEND, EAL."), "{some}");
    assert!(some.contains("new accounts get No, or NOBT for Ethnicity."), "{some}");
    // The line about columns that were not found leaves out a column about which there is a question.
    let asked = text("Forename,Surname,Year,Reg,Gender,PP,Ethnicity,Has SEN,SEN\nAmelia,Hart,7,7B,F,Y,WBRI,K,K\n");
    assert!(asked.contains("Not recorded: no column was found for EAL. Existing accounts keep"), "{asked}");
    let all = text("Forename,Surname,Year,Reg,Gender,PP,Ethnicity,SEN,Has EAL\nAmelia,Hart,7,7B,F,Y,WBRI,K,N\n");
    assert!(!all.contains("Not recorded"), "{all}");
}

#[test]
fn asks_about_name_columns_whose_headings_add_words_to_known_headings() {
    let csv = "Official Forename,Official Surname,Year,Reg,Gender\nAmelia,Hart,7,7B,F\n";
    let detected = Reader::new().detect_bytes(csv.as_bytes()).unwrap();
    let asked: Vec<_> = detected.questions().iter().map(|q| (q.kind, q.target, q.choices.clone())).collect();
    let choices = ["Official Forename", "Official Surname"].map(str::to_owned).to_vec();
    assert_eq!(asked, [(QuestionKind::ConfirmColumn, Some(Target::FullName), choices)]);
}

#[test]
fn each_problem_gives_the_row_and_heading_of_the_export() {
    let csv = "Class list\r\n\r\nSex,\"Notes, if any\",Surname,Forename,Year,Reg\r\nF,\"a\r\nb\",Hart,Amelia,7,7B\r\n\
               Q,,Khan,Noah,7,7B\r\nF,,,Zoë,7,7B\r\n";
    let reader = Reader::new().fix(true);
    let detected = reader.detect_bytes(csv.as_bytes()).unwrap();
    let report = reader.mapping(detected.mapping()).check_bytes(csv.as_bytes());
    let seen: Vec<_> =
        report.problems().iter().map(|p| (p.row(), p.line(), p.heading(), p.value(), p.byte())).collect();
    let at = |text: &str| Some(csv.find(text).unwrap() as u64);
    assert_eq!(
        seen,
        [
            (Some(5), Some(6), Some("Sex"), Some("Q"), at("Q,,Khan")),
            (Some(6), Some(7), Some("Surname"), Some(""), at(",Zoë,7")),
        ]
    );
    let text = report.text();
    assert!(text.contains("row 5, Sex: 'Q'") && text.contains("row 6, Surname"), "{text}");
    // Logs use the template's headings.
    assert!(!report.to_string().contains("Sex"), "{report}");
}

fn confirmed() -> (&'static str, Mapping) {
    let csv = "Forename,Surname,Year,Reg,Sex,Shoe\nAmelia,Hart,7,7B,U,3\n";
    let detected = Reader::new().detect_bytes(csv.as_bytes()).unwrap();
    assert_eq!(detected.questions().iter().map(|q| q.kind).collect::<Vec<_>>(), [QuestionKind::Value]);
    (csv, detected.mapping().clone().with_value(Target::Gender, "U", "Non-Binary"))
}

#[test]
fn a_stored_mapping_asks_again_only_about_changed_columns_and_new_values() {
    let (_, mapping) = confirmed();
    let reader = Reader::new().mapping(&mapping);
    let asks = |csv: &str| {
        let detected = reader.detect_bytes(csv.as_bytes()).unwrap();
        let questions: Vec<_> = detected.questions().iter().map(|q| (q.kind, q.target)).collect();
        let is_read = reader.read_bytes(csv.as_bytes()).is_ok();
        assert_eq!(is_read, questions.is_empty(), "{}", detected.text());
        questions
    };
    // The order, case and punctuation of headings change, unknown columns are added, and the value was already decided.
    assert_eq!(asks("Hat,sex,REG,Year,Surname,Fore-name\n9,u,7B,7,Hart,Amelia\n"), []);
    let changed = |target| (QuestionKind::Changed, Some(target));
    assert_eq!(
        asks("Forename,Surname,Year,Sex\nAmelia,Hart,7,U\n"),
        [(QuestionKind::MissingColumn, Some(Target::ClassName)), changed(Target::ClassName)]
    );
    assert_eq!(
        asks("Forename,Surname,Year,Reg,Sex,Pupil Premium\nAmelia,Hart,7,7B,U,Yes\n"),
        [changed(Target::PupilPremium)]
    );
    assert_eq!(asks("Forename,Surname,Year,Reg,Sex,SEX \nAmelia,Hart,7,7B,Male,U\n"), []);
    assert_eq!(
        asks("Forename,Surname,Year,Reg,sex,SEX \nAmelia,Hart,7,7B,Male,U\n").last(),
        Some(&changed(Target::Gender))
    );
    // An unknown value that the mapping does not contain gives a question, and is an error until a person decides.
    assert_eq!(
        asks("Forename,Surname,Year,Reg,Sex\nAmelia,Hart,7,7B,Q\n"),
        [(QuestionKind::Value, Some(Target::Gender))]
    );
    // This file comes from the MIS of a different school.
    let report = reader.check_bytes("Vorname,Nachname,Klasse\nAnna,Lee,5A\n".as_bytes());
    assert!(!report.ok() && report.text().contains("'Forename' is not a heading of this file"), "{}", report.text());
    assert!(!report.correctable());
}

#[test]
fn the_fingerprint_of_a_mapping_depends_on_headings_but_not_their_order() {
    let print = |csv: &str| Reader::new().detect_bytes(csv.as_bytes()).unwrap().mapping().fingerprint();
    assert_eq!(print("Forename,Surname\n"), print("surname,fore name,\n"));
    assert_ne!(print("Forename,Surname\n"), print("Forename,Surname,Sex\n"));
}

#[test]
fn reports_each_row_that_cannot_be_read_as_a_student() {
    let mapping = Mapping::new()
        .with(Target::FullName, ["Forename", "Surname"])
        .with(Target::YearGroup, "Year")
        .with(Target::ClassName, "Reg")
        .with(Target::Gender, "Sex");
    let check = |rows: &str| {
        let csv = format!("Note,Forename,Surname,Year,Reg,Sex\n{rows}\n");
        let reader = Reader::new().mapping(&mapping);
        let report = reader.check_bytes(csv.as_bytes());
        let mut corrected = Vec::new();
        let fixed = reader.fix_bytes(csv.as_bytes(), &mut corrected).unwrap();
        (report.problems().iter().map(|p| (p.code().as_str(), p.row())).collect::<Vec<_>>(), fixed.ok())
    };
    let good = ",Amelia,Hart,7,7B,Female\n";
    assert_eq!(check(good), (vec![], true));
    assert_eq!(check(&format!("{good}x,Noah,Khan,7,7B,Male,8\n{good}")).0[0], ("row-length", Some(3)));
    assert_eq!(check(&format!("{good}x,Noah,Khan\n{good}")).0[0], ("row-length", Some(3)));
    assert_eq!(check(&format!("x,Noah,\"Khan,7,7B,Male\n{good}")).0[0], ("unclosed-quote", Some(2)));
    // A value in a column that is not read does not turn a row into a student.
    assert_eq!(check(&format!("{good}Printed by the office,,,,,\n")), (vec![("not-a-student", Some(3))], false));
    assert_eq!(check(&format!("{good}Total: 1,,,,,\n")), (vec![("not-a-student", Some(3))], true));
    assert_eq!(check(&format!("{good}Note,Forename,Surname,Year,Reg,Sex\n")), (vec![("not-a-student", Some(3))], true));
    assert_eq!(check(",Amelia,,7,7B,Female\n"), (vec![("blank", Some(2))], false));
    // If a child has a row for each of two contacts, it is still one child.
    assert_eq!(check(&format!("a{good}b{good}")), (vec![("row-duplicate", Some(3))], false));
}

#[test]
fn fills_in_pupil_premium_by_upn_from_the_department_for_education_file() {
    let dfe = fs::read(folder().join("exports/giap.csv")).unwrap();
    let premium = PupilPremium::read_bytes(&dfe[..]).unwrap();
    assert_eq!(premium.len(), 5);
    // Amelia attracts the premium for deprivation and Noah as a service child, but Zoë does not. Kai and Ann are not on
    // the list.
    let csv = "Forename,Surname,Year,Reg,Sex,UPN\nAmelia,Hart,7,7B,F,H801200000000\nNoah,Khan,7,7B,M,UPN1\nZoë,O'Connor,7,7C,F,UPN2\n\
               Kai,Ito,7,7C,M,\nAnn,Lee,7,7C,F,A801202600000\n";
    let text = String::from_utf8_lossy(&dfe).into_owned();
    let upn = |row: usize| text.lines().nth(row).unwrap().split(',').next().unwrap().to_owned();
    let csv = csv.replace("H801200000000", &upn(1)).replace("UPN1", &upn(2)).replace("UPN2", &upn(3));
    let reader = Reader::new().fix(true).pupil_premium(premium);
    let detected = reader.detect_bytes(csv.as_bytes()).unwrap();
    let roster = reader.clone().mapping(detected.mapping()).read_bytes(csv.as_bytes()).unwrap();
    assert_eq!(roster.iter().map(|s| s.pupil_premium).collect::<Vec<_>>(), [true, true, false, false, false]);
    let warned: Vec<_> = roster.report().problems().iter().map(|p| (p.code().as_str(), p.row())).collect();
    assert_eq!(warned, [("not-recorded", Some(5)), ("not-recorded", Some(6))]);
    assert!(!roster.unrecorded().contains(&onroll::Column::PupilPremium));
    // For students who are not on the list, the school's own value stays.
    let own =
        csv.replace('\n', ",\n").replace(",UPN,\n", ",UPN,PP\n").replace("Kai,Ito,7,7C,M,,\n", "Kai,Ito,7,7C,M,,Y\n");
    let detected = reader.detect_bytes(own.as_bytes()).unwrap();
    let roster = reader.mapping(detected.mapping()).read_bytes(own.as_bytes()).unwrap();
    assert_eq!(roster.iter().map(|s| s.pupil_premium).collect::<Vec<_>>(), [true, true, false, true, false]);
    assert!(PupilPremium::read_bytes("Forename,Surname\nAnn,Lee\n".as_bytes()).is_err());
}

#[test]
fn a_shared_or_missing_upn_gives_nobody_pupil_premium() {
    let premium = PupilPremium::read_bytes(b"UPN,Pupil Premium\nH801200001001,Yes\nX801200000001,Yes\n".as_slice());
    let reader = Reader::new().fix(true).pupil_premium(premium.unwrap());
    let csv = "Forename,Surname,Year,Reg,Sex,UPN\nAmelia,Hart,7,7B,F,H801200001001\nNoah,Khan,7,7B,M,h801200001001 \n\
               Kai,Ito,7,7C,M,\nAnn,Lee,7,7C,F,TBC\nZoë,Okafor,7,7C,F,X801200000001\nSam,Fox,7,7C,M,A801200000003\n";
    let read = |csv: &str| {
        let detected = reader.detect_bytes(csv.as_bytes()).unwrap();
        let roster = reader.clone().mapping(detected.mapping()).read_bytes(csv.as_bytes()).unwrap();
        let premiums: Vec<bool> = roster.iter().map(|student| student.pupil_premium).collect();
        let messages: Vec<String> = roster.report().problems().iter().map(|problem| problem.message()).collect();
        (premiums, messages)
    };
    let (premiums, messages) = read(csv);
    assert_eq!(premiums, [false, false, false, false, true, false]);
    let read_as_no = |row: u64, why: &str| format!("row {row}, Pupil Premium: the cell is read as No, because {why}");
    for expected in [
        read_as_no(2, "another student has the same UPN, so it identifies nobody in the list of pupil premium"),
        read_as_no(3, "another student has the same UPN, so it identifies nobody in the list of pupil premium"),
        read_as_no(4, "this student has no UPN, so it could not be looked up in the list of pupil premium"),
        read_as_no(5, "this student's UPN is not valid, so it could not be looked up in the list of pupil premium"),
        read_as_no(7, "this student's UPN is not in the list of pupil premium"),
    ] {
        assert!(messages.contains(&expected), "{expected}\n{messages:#?}");
    }
    assert!(messages.iter().any(|message| message.contains("is also the UPN in row 2")), "{messages:#?}");
    // The school's own value stays.
    let own = csv
        .replace('\n', ",Y\n")
        .replacen(",UPN,Y", ",UPN,PP", 1)
        .replace("Noah,Khan,7,7B,M,h801200001001 ,Y", "Noah,Khan,7,7B,M,h801200001001 ,N");
    let (premiums, messages) = read(&own);
    assert_eq!(premiums, [true, false, true, true, true, true]);
    assert!(!messages.iter().any(|message| message.contains("is read as No")), "{messages:#?}");
}

#[test]
fn a_word_for_a_kind_of_pupil_premium_does_not_differ_from_yes_in_the_list() {
    let list = PupilPremium::read_bytes(b"UPN,Pupil Premium\nH801200001001,Yes\nX801200000001,No\n".as_slice());
    let csv = "Forename,Surname,Year,Reg,Sex,UPN,PP\nZoë,Okafor,5,5A,F,H801200001001,Deprivation\nTom,Lee,5,5A,M,X801200000001,Deprivation\n";
    let reader = Reader::new().fix(true).pupil_premium(list.unwrap());
    let detected = reader.detect_bytes(csv.as_bytes()).unwrap();
    let roster = reader.mapping(detected.mapping()).read_bytes(csv.as_bytes()).unwrap();
    assert_eq!(roster.iter().map(|student| student.pupil_premium).collect::<Vec<_>>(), [true, false]);
    let listed: Vec<String> = roster.report().problems().iter().map(ToString::to_string).collect();
    let differing: Vec<&String> = listed.iter().filter(|problem| problem.contains("list of pupil premium")).collect();
    assert!(matches!(differing[..], [only] if only.starts_with("row 3")), "{listed:#?}");
}

/// A name so long that all later cells of the row are far from the start of the row.
const VERY_LONG: &str = match str::from_utf8(&[b'a'; 600]) {
    Ok(name) => name,
    Err(_) => "",
};
/// A name that has more bytes than onroll copies at once.
const LONG_NAME: &str = "Amelia Charlotte Wilhelmina Alexandra";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// The order of columns, unknown columns, title rows and blank columns do not change the roster.
    #[test]
    fn the_roster_does_not_depend_on_the_order_of_columns(
        order in Just((0..10_usize).collect::<Vec<_>>()).prop_shuffle(),
        extra in prop::collection::vec(0..11_usize, 0..4),
        titles in 0..3_usize,
        which in 0..3_usize,
        delimiter in prop::sample::select(vec![',', ';', '\t']),
    ) {
        let tables: [&[[&str; 10]]; 3] = [
            &[
                ["Forename", "Surname", "Year", "Reg", "Sex", "PP", "Ethnicity", "SEN", "EAL", "UPN"],
                ["Amelia", "Hart", "7", "7B", "F", "Y", "WBRI", "K", "N", "H801200001001"],
                ["Noah", "O'Neil", "7", "7B", "M", "", "White - Irish", "N", "", ""],
                ["Jack", "Smith", "8", "8A", "M", "N", "WBRI", "N", "N", ""],
                ["Jack", "Smith", "8", "8B", "M", "N", "WBRI", "N", "N", ""],
            ],
            &[
                ["Legal Forename", "Legal Surname", "Known As", "NC Year", "Year Group", "Tutor Group", "Gender", "Sex", "Admission Number", "MIS ID"],
                ["Amelia", "Hart", "Amy", "7", "Year 7", "7B", "F", "F", "001", "A1"],
                ["Noah", "Khan", "", "8", "Year 8", "8B", "M", "F", "002", "A2"],
                ["Zoë", "Lee", "Zoë", "8", "Year 8", "8B", "F", "F", "003", "A3"],
                ["Kai", "Ito", "", "8", "Year 8", "8B", "M", "F", "004", "A4"],
            ],
            &[
                ["Full Name", "Username", "Year", "Form", "Gender", "Disadvantaged", "Premium", "SEN Status", "SEN Provision", "First Language"],
                ["Amelia Hart", "ahart", "7", "7B", "F", "Y", "", "K", "SEN Support", "ENG"],
                ["Noah Khan", "nkhan", "7", "7B", "M", "", "Y", "N", "No SEN", "URD"],
                ["Zoë Lee", "zlee", "7", "7B", "F", "", "", "", "N", "ENG"],
                ["Kai Ito", "kito", "7", "7B", "M", "N", "N", "E", "EHCP", "JPN"],
            ],
        ];
        let table = tables[which];
        let written = |order: &[usize], extra: &[usize], titles: usize, delimiter: char| {
            let mut csv = "Oakfield School\n".repeat(titles);
            for (number, row) in table.iter().enumerate() {
                let mut cells: Vec<String> = order.iter().map(|cell| row[*cell].to_owned()).collect();
                for (index, at) in extra.iter().enumerate() {
                    let filler = match (index % 2, number) {
                        (0, _) => String::new(),
                        (_, 0) => format!("Shoe size {index}"),
                        (_, number) => format!("{number}x"),
                    };
                    cells.insert((*at).min(cells.len()), filler);
                }
                csv.push_str(&cells.join(&delimiter.to_string()));
                csv.push('\n');
            }
            csv
        };
        let read = |csv: &str| {
            let reader = Reader::new().fix(true);
            let detected = reader.detect_bytes(csv.as_bytes()).unwrap();
            let questions: Vec<_> = detected.questions().iter().map(|q| (q.kind, q.target)).collect();
            let roster = reader.mapping(detected.mapping()).read_bytes(csv.as_bytes());
            let ids = roster.as_ref().map(ids).unwrap_or_default();
            (students(&roster), ids, questions)
        };
        let usual: Vec<usize> = (0..10).collect();
        let expected = read(&written(&usual, &[], 0, ','));
        prop_assert!(!expected.0.is_null());
        prop_assert_eq!(read(&written(&order, &extra, titles, delimiter)), expected);
    }

    /// Rows of plain cells take a faster path than rows with a quotation mark. Both paths give the same students and
    /// problems.
    #[test]
    fn reads_quoted_and_unquoted_rows_with_the_same_result(
        cells in prop::collection::vec([
            prop::sample::select(vec!["Amy", "Zoe", "Mary Ann", "Sam Lee", "Sam khan", "-", "Ann-Marie", "Forename", "", "Total", "N/A", "5", LONG_NAME]),
            prop::sample::select(vec!["Hart", "O'Neil", "Lee", "Surname", "", "Zoë", "Khan", VERY_LONG]),
            prop::sample::select(vec!["7", "8", "Year 9", "", "Year", "7B"]),
            prop::sample::select(vec!["7B", "8A", "", "Reg", "Room 12 Upper School of the Annexe of Oakfield"]),
            prop::sample::select(vec!["F", "Male", "", "Sex", "?"]),
        ], 1..12),
        name in prop::sample::select(vec!["\"Forename\"", "[\"Forename\", \"Reg\"]"]),
        username in prop::sample::select(vec!["", ", \"username\": \"Surname\""]),
        constant in prop::sample::select(vec!["No", "Yes"]),
        values in prop::sample::select(vec!["", "\"gender\": {\"?\": \"Non-Binary\"}"]),
        line_end in prop::sample::select(vec!["\n", "\r\n"]),
    ) {
        let written = |note: &str| {
            let headings = format!("Surname,Forename,Year,Reg,Sex,Note{line_end}");
            let rows = cells.iter().map(|[forename, surname, year, reg, sex]| match (*forename, *surname) {
                ("Forename", "Surname") => headings.replace("Note", &note.replace('x', "Note")),
                _ => format!("{surname},{forename},{year},{reg},{sex},{note}{line_end}"),
            });
            // Only a row that is followed by enough text takes the faster path.
            let others = (0..40).map(|index| format!("Other,Student {index},7,7B,F,{note}{line_end}"));
            headings.clone() + &rows.chain(others).collect::<String>()
        };
        let mapping = Mapping::from_json(&format!(
            r#"{{"columns": {{"fullName": [{name}, "Surname"], "yearGroup": "Year", "className": "Reg", "gender": "Sex",
                "send": {{"constant": "{constant}"}}{username}}}, "values": {{{values}}}}}"#,
        )).unwrap();
        let read = |csv: String| {
            let reader = Reader::new().fix(true).mapping(&mapping);
            let report = reader.check_bytes(csv.as_bytes());
            let problems: Vec<_> = report.problems().iter().map(|p| (p.code(), p.row(), p.column(), p.value().map(str::to_owned))).collect();
            (students(&reader.read_bytes(csv.as_bytes())), problems)
        };
        prop_assert_eq!(read(written("x")), read(written("\"x\"")));
    }
}

/// In a column with letters of proficiency, `N` does not mean "No", even if the mapping says what the letters mean.
#[test]
fn the_eal_value_n_is_refused_until_the_mapping_gives_its_meaning() {
    let csv = "Forename,Surname,Year,Reg,Sex,EAL\nZoë,Okafor,5,5A,F,A\nAmy,Lee,5,5A,F,N\n";
    let columns = r#""fullName": ["Forename", "Surname"], "yearGroup": "Year", "className": "Reg", "gender": "Sex", "eal": "EAL""#;
    let reader = |values: &str| {
        let mapping = Mapping::from_json(&format!(r#"{{"columns": {{{columns}}}, "values": {{"eal": {values}}}}}"#));
        let mapping = mapping.unwrap();
        Reader::new().fix(true).mapping(&mapping)
    };
    for (values, wrong) in [("{}", 2), (r#"{"A": "Yes"}"#, 1), (r#"{"N": "Yes"}"#, 0)] {
        let report = reader(values).check_bytes(csv.as_bytes());
        assert_eq!(report.error_count(), wrong, "{values} {}", report.text());
    }
    let roster = reader(r#"{"N": "No"}"#).read_bytes(csv.as_bytes()).unwrap();
    assert_eq!(roster.iter().map(|student| student.eal).collect::<Vec<_>>(), [true, false]);
}

/// `M` beside `B` may be Merch (girl), even if the mapping says what `B` means.
#[test]
fn a_gender_letter_that_may_be_welsh_is_refused_until_the_mapping_gives_its_meaning() {
    let csv = "Forename,Surname,Year,Reg,Sex\nZoë,Okafor,5,5A,M\nTom,Lee,5,5A,B\n";
    let columns = r#""fullName": ["Forename", "Surname"], "yearGroup": "Year", "className": "Reg", "gender": "Sex""#;
    let reader = |values: &str| {
        let mapping = Mapping::from_json(&format!(r#"{{"columns": {{{columns}}}, "values": {{"gender": {values}}}}}"#));
        Reader::new().fix(true).mapping(mapping.unwrap())
    };
    for (values, wrong) in [("{}", 2_usize), (r#"{"B": "Male"}"#, 1), (r#"{"M": "Female"}"#, 1)] {
        let report = reader(values).check_bytes(csv.as_bytes());
        assert_eq!(report.error_count(), wrong as u64, "{values} {}", report.text());
        assert_eq!(reader(values).detect_bytes(csv.as_bytes()).unwrap().questions().len(), wrong, "{values}");
        assert!(report.text().contains("Welsh"), "{values}");
    }
    // If `M` means Male, the column is English. `B` then has its usual suggestion.
    let report = reader(r#"{"m": "Male"}"#).check_bytes(csv.as_bytes());
    let message = "row 3, Sex: 'B' is not Male, Female or Non-Binary; did you mean 'Male'?";
    assert_eq!((report.error_count(), report.problems()[0].message().as_str()), (1, message));
    let roster = reader(r#"{"B": "Male", "M": "Female"}"#).read_bytes(csv.as_bytes()).unwrap();
    assert_eq!(roster.iter().map(|student| student.gender.unwrap().as_str()).collect::<Vec<_>>(), ["Female", "Male"]);
    // When every letter has its meaning, the Welsh words are read.
    let words = csv.replace(",M\n", ",Merch\n");
    assert_eq!(reader("{}").check_bytes(words.as_bytes()).error_count(), 2);
    assert!(reader(r#"{"B": "Male"}"#).read_bytes(words.as_bytes()).is_ok());
}

/// A person replaced every `B` by Male, and imports the file again to see what is left.
#[test]
fn a_half_corrected_column_of_welsh_letters_is_refused_again() {
    let row = |i: usize, gender: &str| format!("Zoë A{i},Zoë A{i},Year 7,7B,{gender},No,WBRI,No,No\n");
    let csv = |own: &str| -> String {
        onroll::template_csv() + &(0..30).map(|i| row(i, if i % 2 == 0 { own } else { "M" })).collect::<String>()
    };
    let errors = |csv: &str| Reader::new().fix(true).optional_columns(true).check_bytes(csv.as_bytes()).error_count();
    assert_eq!((errors(&csv("B")), errors(&csv("Male")), errors(&csv("Female"))), (30, 15, 0));
    // With a mapping that decides only `B`, the corrected file is refused again too.
    let rows = (0..30).map(|i| format!("Zoë,A{i},7,7B,{}\n", if i % 2 == 0 { "B" } else { "M" }));
    let export = format!("Forename,Surname,Year,Reg,Sex\n{}", rows.collect::<String>());
    let mapping = Mapping::new()
        .with(Target::FullName, ["Forename", "Surname"])
        .with(Target::YearGroup, "Year")
        .with(Target::ClassName, "Reg")
        .with(Target::Gender, "Sex")
        .with_value(Target::Gender, "B", "Male");
    let mut corrected = Vec::new();
    let report = Reader::new().mapping(&mapping).fix_bytes(export.as_bytes(), &mut corrected).unwrap();
    assert_eq!((report.error_count(), errors(str::from_utf8(&corrected).unwrap())), (15, 15));
}

#[test]
fn records_refuse_gender_letters_that_may_be_welsh() {
    let read = |genders: &[&str]| {
        let record = |(index, gender): (usize, &&str)| {
            let name = format!("Zoë A{index}");
            Record::new([&name, &name, "Year 5", "5A", gender, "No", "BAFR", "No", "No"].map(str::to_owned))
        };
        let roster = Reader::new().fix(true).hold_records(genders.iter().enumerate().map(record));
        let genders = roster.iter().map(|student| student.gender.unwrap().as_str().to_owned());
        (genders.collect::<Vec<_>>(), roster.report().error_count(), roster.report().fixed_count())
    };
    assert_eq!(read(&["M", "B", "Male"]), (vec!["Male".to_owned()], 2, 0));
    assert_eq!(read(&["M", "M", "F"]), (["Male", "Male", "Female"].map(str::to_owned).to_vec(), 0, 3));
    assert_eq!(read(&["M", "B", "F", "M"]), (["Male", "Female", "Male"].map(str::to_owned).to_vec(), 1, 3));
}

#[test]
fn headings_in_two_rows_are_one_problem_of_an_export() {
    let csv = "Pupil,Year,Form,Gender\nForename,Surname,,,\nAmelia,Hart,7,7B,F\nNoah,Khan,7,7B,M\n";
    let mapping = Mapping::new()
        .with(Target::FullName, "Pupil")
        .with(Target::YearGroup, "Year")
        .with(Target::ClassName, "Form")
        .with(Target::Gender, "Gender");
    let report = Reader::new().mapping(&mapping).check_bytes(csv.as_bytes());
    let messages: Vec<String> = report.problems().iter().map(onroll::Problem::message).collect();
    let message =
        "rows 3 and 4: the headings are in two rows, so the values do not match them; write the headings in one row";
    assert!(messages.contains(&message.to_owned()), "{messages:#?}");
    assert!(!report.text().contains("comma"), "{}", report.text());
}

#[test]
fn a_shifted_row_of_an_export_gives_one_problem() {
    let headings = "Forename,Surname,Year,Reg,Sex,PP,Ethnicity,SEN,EAL,Note";
    let good = "Amelia,Hart,Year 7,7B,Female,No,WBRI,No,No,";
    let slid = ["Noah,van,Khan,Year 7,7B,Male,No,APKN,No,No", "Ada,Reid,Year 7,Female,No,WBRI,No,No,,"];
    let csv = format!("{headings}\n{good}\n{}\n{}\n", slid[0], slid[1]);
    let detected = Reader::new().detect_bytes(csv.as_bytes()).unwrap();
    let report = Reader::new().fix(true).mapping(detected.mapping()).check_bytes(csv.as_bytes());
    let messages: Vec<String> = report.problems().iter().map(onroll::Problem::message).collect();
    assert_eq!(
        messages,
        [
            "row 3: the values from Year on, or from an earlier column, are one column too far right; remove the extra value \
         or blank before them",
            "row 4: the values from Sex on, or from an earlier column, are one column too far left; add the value that is \
         missing before them",
        ]
    );
    assert_eq!(report.fixed_count(), 0);
    let log = report.problems()[0].to_string();
    assert!(log.contains("from Year Group on") && !log.contains("from Year on"), "{log}");
}

#[test]
fn the_message_about_an_unclosed_quotation_mark_gives_the_heading_of_the_export() {
    let csv = "Forename,Surname,Year,Reg,Sex,House\nNoah,Khan,5,5A,Male,Red\nAda,Reid,5,5A,Female,\"Blue\nZoe,Lee,5,5A,Female,Red\n";
    let detected = Reader::new().detect_bytes(csv.as_bytes()).unwrap();
    let report = Reader::new().mapping(detected.mapping()).check_bytes(csv.as_bytes());
    let problem =
        report.problems().iter().find(|problem| problem.code() == onroll::ProblemCode::UnclosedQuote).unwrap();
    assert_eq!(
        problem.message(),
        "row 3: a quotation mark is opened under House and not closed; close it or remove it"
    );
    assert_eq!(problem.to_string(), "row 3: a quotation mark is opened here and not closed; close it or remove it");
}

#[test]
fn the_message_about_an_unclosed_quotation_mark_in_a_heading_gives_the_column() {
    let message = "heading row: a quotation mark is opened in column 3 and not closed; close it or remove it";
    let template = onroll::template_csv().replacen("Year Group", "\"Year Group", 1);
    let report = Reader::new().check_bytes(template.as_bytes());
    assert_eq!(report.problems()[0].message(), message);
    let export = "Forename,Surname,\"Year,Reg,Sex\nNoah,Khan,5,5A,Male\n";
    let mapping = Reader::new().detect_bytes(export.replace('"', "").as_bytes()).unwrap();
    let report = Reader::new().mapping(mapping.mapping()).check_bytes(export.as_bytes());
    assert_eq!(report.problems()[0].message(), message);
}

#[test]
fn the_message_about_the_eal_value_n_says_which_other_values_occur() {
    let message = |stage: &str| {
        let row = |name: &str, eal: &str| format!("{name},{name},Year 5,5A,Female,No,WBRI,No,{eal}\n");
        let csv = onroll::template_csv() + &row("Zoe Lee", "N") + &row("Ada Reid", stage);
        Reader::new().check_bytes(csv.into_bytes()).problems()[0].message()
    };
    let words = "row 2, EAL: 'N' may mean 'not yet assessed', because other rows have words such as 'New to English'; write Yes or No";
    assert_eq!(message("New to English"), words);
    assert_eq!(message("B"), words.replace("words such as 'New to English'", "the letters A to D"));
}

#[test]
fn the_message_says_which_letter_belongs_to_another_alphabet() {
    let message = |name: &str| {
        let csv = onroll::template_csv() + &format!("{name},zlee,Year 5,5A,Female,No,WBRI,No,No\n");
        Reader::new().check_bytes(csv.into_bytes()).problems()[0].message()
    };
    let amy = "row 2, Student Full Name: the 1st letter of '\u{410}my' looks like A but belongs to another alphabet; type A instead";
    assert_eq!(message("\u{410}my Lee"), amy);
    let ivanova = "row 2, Student Full Name: the 5th letter of '\u{418}\u{432}\u{430}\u{43D}o\u{432}\u{430}' belongs to a different alphabet from the other letters; type the word again";
    assert_eq!(message("Zoe \u{418}\u{432}\u{430}\u{43D}o\u{432}\u{430}"), ivanova);
}
