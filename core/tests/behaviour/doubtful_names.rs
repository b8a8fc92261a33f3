//! Tests of names in a school's own export that may be read wrongly: the surname twice, the wrong order, and a student
//! in place of the headings. Nothing about such a name is certain without a question or a warning.

use onroll::mapping::{QuestionKind, Target};
use onroll::{Detected, Mapping, Reader};

fn detect(csv: &str) -> Detected {
    Reader::new().detect_bytes(csv.as_bytes()).unwrap()
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
