//! Input that is meant to do harm, or that is not a roster at all. It gives a clear report, and no corrected file is
//! written.

use std::fs::File;
use std::io::ErrorKind;

use onroll::{ProblemCode as Code, ReadError, Reader, Report};
use proptest::prelude::*;

use crate::{HEADINGS, file, school};

/// Returns the report. Checks that the file is refused, and that no corrected file is written.
fn refused(bytes: &[u8]) -> Report {
    let mut corrected = Vec::new();
    let report = Reader::new().fix_bytes(bytes, &mut corrected).unwrap();
    assert!(corrected.is_empty() && !report.correctable());
    assert!(!Reader::new().check_bytes(bytes).ok());
    report
}

#[test]
fn a_missing_file_or_a_folder_gives_an_io_error() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.csv");
    let kind = |result: Result<onroll::Roster, ReadError>| match result {
        Err(ReadError::Io(error)) => error.kind(),
        other => panic!("{other:?}"),
    };
    assert_eq!(kind(Reader::new().read_path(&missing)), ErrorKind::NotFound);
    assert_eq!(kind(Reader::new().read_path(folder.path())), ErrorKind::IsADirectory);
    let fixed = folder.path().join("fixed.csv");
    assert_eq!(Reader::new().fix_path(&missing, &fixed).unwrap_err().kind(), ErrorKind::NotFound);
    assert!(!fixed.exists());
}

#[test]
fn refuses_a_file_over_the_size_limit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("huge.csv");
    File::create(&path).unwrap().set_len(2_000_000_001).unwrap();
    let fixed = folder.path().join("fixed.csv");
    let report = Reader::new().fix_path(&path, &fixed).unwrap();
    assert_eq!(
        report.problems()[0].message(),
        "the file: it is larger than 1024 MB; upload a file with only the students"
    );
    assert_eq!(report.problems().len(), 1);
    assert!(!fixed.exists());
}

#[test]
fn an_unclosed_quotation_mark_does_not_stop_the_check_of_other_rows() {
    let mut bytes = school(100_000);
    bytes.insert(HEADINGS.len() + 2, b'"');
    let report = refused(&bytes);
    let [problem] = report.errors().collect::<Vec<_>>()[..] else { panic!("{report}") };
    assert_eq!((problem.code(), problem.row(), problem.line()), (Code::UnclosedQuote, Some(2), Some(2)));
    assert_eq!(report.rows(), 99_999, "all others are checked");
}

#[test]
fn stops_early_in_a_file_with_many_unclosed_quotation_marks() {
    // Each of these lines ends inside quotation marks, whether or not it starts inside quotation marks.
    let mut bytes = format!("{HEADINGS}\r\n").into_bytes();
    bytes.extend(b"\"b\",\"\n".repeat(200_000));
    let report = refused(&bytes);
    assert!(report.count_of(Code::UnclosedQuote) <= 100 && report.count_of(Code::NotACsv) == 1, "{report}");
}

#[test]
fn a_row_with_ten_thousand_cells_gives_one_problem() {
    let bytes = format!("{HEADINGS}{}\r\n{}\r\n", ",x".repeat(10_000), ",".repeat(10_008));
    let report = Reader::new().check_bytes(bytes.as_bytes());
    assert_eq!(report.count_of(Code::RowLength), 1, "{report}");
    assert!(
        report.problems().iter().any(|p| p.message() == "heading row: there are more than 256 columns"),
        "{report}"
    );
    let bytes = [file(&[]), b",".repeat(10_000), b"x\r\n".to_vec()].concat();
    let report = Reader::new().check_bytes(bytes);
    assert_eq!(
        report.problems()[0].message(),
        "row 2: the row has 10001 values for 9 headings; put quotation marks around a value that contains a comma"
    );
}

#[test]
fn a_single_cell_of_500_megabytes_is_too_long() {
    let mut bytes = file(&[]);
    bytes.resize(500_000_000, b'x');
    let report = Reader::new().check_bytes(bytes.as_slice());
    assert_eq!(report.count_of(Code::TooLong), 1, "{report}");
    bytes.truncate(60_000_000);
    bytes[HEADINGS.len() + 2] = b'"';
    bytes.extend(b"\",Amelia Smith,Year 7,7B,Female,No,WBRI,No,No\r\n");
    let report = refused(&bytes);
    assert_eq!(report.count_of(Code::TooLong), 1, "{report}");
}

#[test]
fn binary_data_is_not_a_csv() {
    let junk: Vec<u8> = (0..100_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    assert_eq!(refused(&junk).count_of(Code::NotACsv), 1);
}

#[test]
fn lists_problems_up_to_the_limit() {
    let letters = |i: usize| i.to_string().bytes().map(|b| char::from(b + 49)).collect::<String>();
    let rows: Vec<String> =
        (0..30_000).map(|i| format!("P {0},P {0},Year 7,7B,F,Y,White British,K,N", letters(i))).collect();
    let report = Reader::new().check_bytes(file(&rows.iter().map(String::as_str).collect::<Vec<_>>()));
    assert_eq!((report.error_count(), report.problems().len()), (150_000, 10_001));
    assert_eq!(report.problems().last().unwrap().message(), "the file: 140000 more problems are not listed");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_bytes_give_a_report(bytes in prop::collection::vec(any::<u8>(), 0..300), fix in any::<bool>(), below in any::<bool>()) {
        let bytes = if below { [file(&[]), bytes].concat() } else { bytes };
        let reader = Reader::new().fix(fix).any_order(true);
        let report = reader.check_bytes(&bytes);
        let _ = (report.text(), report.to_string(), report.to_json(true));
        prop_assert_eq!(reader.read_bytes(&bytes).is_ok(), report.ok());
    }

    #[test]
    fn any_text_gives_a_report(text in "[\\PC,\"\n\r;\t'=]{0,200}") {
        let bytes = [file(&[]), text.into_bytes()].concat();
        let report = Reader::new().check_bytes(&bytes);
        for problem in report.problems() {
            prop_assert!(problem.byte().is_none_or(|b| b <= bytes.len() as u64));
        }
    }
}
