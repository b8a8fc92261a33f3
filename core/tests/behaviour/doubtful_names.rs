//! Tests of names in a school's own export that may be read wrongly: the surname twice, the wrong order, and a student
//! in place of the headings. Nothing about such a name is certain without a question or a warning.

use onroll::mapping::{Certainty, QuestionKind, Source, Target};
use onroll::{Detected, Mapping, Reader};

fn detect(csv: &str) -> Detected {
    Reader::new().detect_bytes(csv.as_bytes()).unwrap()
}

/// The code, the row and the message of a problem.
type Seen = (String, Option<u64>, String);

/// Reads a file with a mapping. Returns each name and each problem.
fn read(csv: &str, mapping: &Mapping) -> (Vec<String>, Vec<Seen>) {
    let reader = Reader::new().fix(true).mapping(mapping);
    let roster = reader.read_bytes(csv.as_bytes()).unwrap();
    let problems = roster.report().problems().iter();
    let problems = problems.map(|p| (p.code().as_str().to_owned(), p.row(), p.message())).collect();
    (roster.iter().map(|student| student.full_name.to_string()).collect(), problems)
}

fn usual(name: impl Into<Source>) -> Mapping {
    Mapping::new()
        .with(Target::FullName, name)
        .with(Target::YearGroup, "Year")
        .with(Target::ClassName, "Class")
        .with(Target::Gender, "Gender")
}

#[test]
fn asks_whether_a_name_part_that_contains_the_surname_is_the_full_name() {
    for (headings, first, second, whole) in [
        ("Forename,Surname,Preferred Name", "Ann,Lee,Annie Lee", "Bob,Hill,Bob Hill", "Preferred Name"),
        ("Forename,Surname,Known As", "Ann,Lee,\"Lee, Annie\"", "Bob,Hill,\"Hill, Bob\"", "Known As"),
        ("Forename,Surname,House", "Ann Lee,Lee,Red", "Bob Hill,Hill,Blue", "Forename"),
        ("Forename,Surname,House", "Ann,Ann Lee,Red", "Bob,Bob Hill,Blue", "Surname"),
    ] {
        let detected = detect(&format!("{headings},Year,Class,Gender\n{first},5,5A,F\n{second},5,5A,M\n"));
        let name = &detected.columns()[0];
        assert_eq!((name.target, name.certainty), (Target::FullName, Certainty::Guess), "{}", detected.text());
        assert_eq!(name.sources, [whole]);
        let question = &detected.questions()[0];
        assert_eq!(
            (question.kind, question.choices.as_slice()),
            (QuestionKind::ConfirmColumn, &[whole.to_owned()][..])
        );
        let start =
            format!("Should Student Full Name be read from '{whole}' alone? '{whole}' may be the full name, because");
        assert!(question.text.starts_with(&start), "{}", question.text);
        assert!(detected.mapping().source(Target::FullName).is_none());
    }
}

#[test]
fn a_single_name_that_repeats_the_surname_stays_certain_and_gets_a_warning() {
    let csv = "Forename,Surname,Year,Class,Gender\nMohammed Ali,Ali,5,5A,M\nAnna-Lee,Lee,5,5A,F\nJames,James,5,5A,M\n\
               \"Zoë\",Day,5,5A,F\n\"Kai Fox\",Fox,5,5A,M\n";
    let (names, problems) = read(csv, detect(csv).mapping());
    assert_eq!(names, ["Mohammed Ali Ali", "Anna-Lee Lee", "James James", "Zoë Day", "Kai Fox Fox"]);
    let message = |row, name: &str, whole: &str| {
        let text = format!(
            "row {row}, Forename + Surname: '{name}' has the surname twice, because the column of forenames has it too; did you mean '{whole}'?"
        );
        ("name-unlikely".to_owned(), Some(row), text)
    };
    assert_eq!(problems, [message(2, "Mohammed Ali Ali", "Mohammed Ali"), message(6, "Kai Fox Fox", "Kai Fox")]);
}

#[test]
fn a_stored_mapping_warns_of_each_name_with_the_surname_twice() {
    let mapping = usual(Source::parts([vec!["Known As", "Forename"], vec!["Surname"]]));
    let csv =
        "Forename,Surname,Known As,Year,Class,Gender\nAnn,Lee,Annie Lee,5,5A,F\nBob,Hill,,5,5A,M\nMei,Ito,-,5,5A,F\n";
    let (names, problems) = read(csv, &mapping);
    assert_eq!(names, ["Annie Lee Lee", "Bob Hill", "Mei Ito"]);
    let seen: Vec<_> = problems.iter().map(|(code, row, _)| (code.as_str(), *row)).collect();
    assert_eq!(seen, [("name-unlikely", Some(2))]);
    // After a person has accepted the suggestion, there is no warning.
    let reader = Reader::new().fix(true).mapping(&mapping);
    let report = reader.check_bytes(csv.as_bytes());
    let accepting = reader.accept(report.problems().iter().map(|problem| problem.id()));
    let roster = accepting.read_bytes(csv.as_bytes()).unwrap();
    assert_eq!(roster.get(0).unwrap().full_name, "Annie Lee");
    assert!(roster.report().problems().is_empty(), "{}", roster.report().text());
}

#[test]
fn asks_about_commas_under_a_heading_that_puts_the_forename_first() {
    for heading in ["\"Forename, Surname\"", "Forename Surname", "Forename/Surname", "Pupil Forename Surname"] {
        let rows = "\"Ann, Lee\",5,5A,F\n\"Bob, Hill\",5,5A,M\n";
        let detected = detect(&format!("{heading},Year,Class,Gender\n{rows}"));
        let asked: Vec<_> = detected.questions().iter().map(|q| (q.kind, q.target)).collect();
        assert_eq!(asked, [(QuestionKind::ConfirmColumn, Some(Target::FullName))], "{}", detected.text());
        assert!(detected.questions()[0].text.contains("puts the forename first"), "{}", detected.questions()[0].text);
    }
    let plain = detect("Forename Surname,Year,Class,Gender\nAnn Lee,5,5A,F\nBob Hill,5,5A,M\n");
    assert!(plain.certain(), "{}", plain.text());
}

const COMMAS: &str = "House,Pupil Name,Year,Class,Gender\n,\"Lee, Ann\",5,5A,F\n,\"Hill, Bob\",5,5A,M\n";

#[test]
fn warns_of_a_name_without_a_comma_if_only_commas_showed_that_the_surname_is_first() {
    let detected = detect(COMMAS);
    assert!(detected.certain(), "{}", detected.text());
    let stored = Mapping::from_json(&detected.mapping().to_json()).unwrap();
    let csv = "House,Pupil Name,Year,Class,Gender\n,Ann Lee,5,5A,F\n,\"Hill, Bob\",5,5A,M\n,\"Al Smith, Jr\",5,5A,M\n";
    let (names, problems) = read(csv, &stored);
    assert_eq!(names, ["Ann Lee", "Bob Hill", "Al Smith, Jr"]);
    let messages: Vec<_> = problems.iter().map(|(code, _, message)| (code.as_str(), message.as_str())).collect();
    assert_eq!(
        messages,
        [
            (
                "name-reversed",
                "row 2, Pupil Name: 'Ann Lee' has no comma after the surname, so it is not certain which name is first; did you mean 'Lee Ann'?"
            ),
            (
                "name-reversed",
                "row 4, Pupil Name: 'Al Smith, Jr' has a comma before a suffix and not after the surname, so its order was not changed; did you mean 'Al Smith Jr'?"
            ),
        ]
    );
}

#[test]
fn a_handwritten_mapping_turns_names_round_and_warns_unless_the_heading_agrees() {
    let codes = |heading: &str| {
        let mapping = usual(Source::from(heading).surname_first());
        let (names, problems) = read(&format!("{heading},Year,Class,Gender\nLee Ann,5,5A,F\n"), &mapping);
        assert_eq!(names, ["Ann Lee"]);
        problems.into_iter().map(|(code, _, message)| (code, message)).collect::<Vec<_>>()
    };
    assert_eq!(codes("Surname Forename"), []);
    let message = "row 2, Name: 'Ann Lee' has no comma in the file, and was read with the surname first only because the mapping says so; did you mean 'Lee Ann'?";
    assert_eq!(codes("Name"), [("name-reversed".to_owned(), message.to_owned())]);
}

#[test]
fn a_comma_before_a_suffix_does_not_stop_the_detection_of_names_with_the_surname_first() {
    let csv = format!("{COMMAS},\"Al Smith, Jr\",5,5A,M\n");
    let detected = detect(&csv);
    assert!(detected.certain(), "{}", detected.text());
    let (names, problems) = read(&csv, detected.mapping());
    assert_eq!((names[0].as_str(), names[2].as_str(), problems.len()), ("Ann Lee", "Al Smith, Jr", 1));
}

#[test]
fn a_first_row_that_is_a_student_is_never_taken_for_headings() {
    let rows = "Ann Lee,Year 5,5A,Female\nBo Day,Year 5,5A,Male\nMei Ito,Year 6,6B,Female\n";
    let detected = detect(rows);
    let kinds: Vec<_> = detected.questions().iter().map(|question| question.kind).collect();
    assert_eq!(kinds, [QuestionKind::NoHeadings], "{}", detected.text());
    assert!(detected.questions()[0].text.starts_with("The first row of the file is a student"));
    // A mapping that names the values of the first student as headings is refused.
    let mapping = Mapping::new()
        .with(Target::FullName, "Ann Lee")
        .with(Target::YearGroup, "Year 5")
        .with(Target::ClassName, "5A")
        .with(Target::Gender, "Female");
    let report = Reader::new().mapping(&mapping).check_bytes(rows.as_bytes());
    assert!(report.text().contains("the headings are missing"), "{}", report.text());
    // One student is enough.
    assert_eq!(detect("Lee,Ann,5A,F,01/09/2015\n").questions()[0].kind, QuestionKind::NoHeadings);
    // Unknown headings are headings, even if one of them looks like a value.
    for headings in ["Vorname,Nachname,Stufe,Klasse", "Pupil,Autumn,7,8", "Kind,1A,Oak,Elm"] {
        let detected = detect(&format!("{headings}\n{rows}"));
        assert!(detected.heading_row().is_some(), "{headings} {}", detected.text());
    }
}

#[test]
fn keeps_an_id_that_few_students_share_and_reports_them() {
    let file = |ids: [&str; 6]| {
        let names = ["Ann", "Bob", "Mei", "Zoe", "Kai", "Sam"];
        let rows: String = names.iter().zip(ids).map(|(name, id)| format!("{name},Lee,5,5A,F,{id}\n")).collect();
        format!("Forename,Surname,Year,Class,Gender,Admission No\n{rows}")
    };
    let csv = file(["01", "02", "03", "03", "04", ""]);
    let detected = detect(&csv);
    assert!(detected.mapping().source(Target::SourceId).is_some(), "{}", detected.text());
    let report = Reader::new().fix(true).mapping(detected.mapping()).check_bytes(csv.as_bytes());
    let seen: Vec<_> = report.problems().iter().map(|p| (p.code().as_str(), p.row())).collect();
    assert_eq!(seen, [("source-id-duplicate", Some(5))]);
    let shared = detect(&file(["01", "01", "02", "02", "03", "03"]));
    assert!(shared.mapping().source(Target::SourceId).is_none(), "{}", shared.text());
}
