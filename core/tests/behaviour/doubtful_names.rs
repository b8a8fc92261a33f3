//! Tests of names in a school's own export that may be read wrongly: the surname twice, the wrong order, and a student
//! in place of the headings. Nothing about such a name is certain without a question or a warning.

use onroll::mapping::Target;
use onroll::{Detected, Reader};

fn detect(csv: &str) -> Detected {
    Reader::new().detect_bytes(csv.as_bytes()).unwrap()
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
