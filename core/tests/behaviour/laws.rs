//! Laws that hold for every school.

use onroll::{ProblemCode, Reader, Roster};
use proptest::prelude::*;

use crate::{HEADINGS, sso};

/// A cell of free text: right, untidy, quoted, of other scripts, or what a spreadsheet would run.
fn free_text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[A-Z][a-z]{1,8} [A-Z][a-z]{1,8}",
        1 => "[A-Z][a-zé'’ \\-,\"]{1,12}",
        1 => "[ \u{a0}]?[A-Za-z\u{200b}e\u{301}ŁЯ ]{1,10}[ \t]?",
        1 => "['=+@\\-]{1,3}[A-Za-z]{1,6}",
        1 => "(#N/A|07-Feb|1.23457E\\+11|may1|00412|SMITH, Amelia|)",
    ]
}

fn value(values: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(values).prop_map(str::to_owned)
}

fn row() -> impl Strategy<Value = Vec<String>> {
    (
        free_text(),
        prop_oneof![3 => Just(None), 1 => free_text().prop_map(Some)],
        value(&["Year 7", "Year 8", "R", " 9"]),
        free_text(),
        value(&["Male", "Female", "Non-Binary", "F", "boy", "X", "", "Other"]),
        value(&["Yes", "No", "Y", "", "x", "true "]),
        value(&["WBRI", "AIND", "White British", "wbri", "", "Martian", "British", "WENG"]),
        value(&["No", "Yes", "K", "maybe"]),
        value(&["No", "Yes", "ENG", "Polish"]),
    )
        .prop_map(|(name, username, year, class, gender, premium, ethnicity, send, eal)| {
            let username = username.unwrap_or_else(|| name.clone());
            vec![name, username, year, class, gender, premium, ethnicity, send, eal]
        })
}

fn csv(rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    writer.write_record(HEADINGS.split(',')).unwrap();
    rows.iter().for_each(|row| writer.write_record(row).unwrap());
    writer.into_inner().unwrap()
}

fn cells(roster: &Roster) -> Vec<[String; 9]> {
    roster.iter().map(|student| student.cells().map(str::to_owned)).collect()
}

/// The rows of which the reader, mending what it can, makes a roster.
fn accepted(rows: Vec<Vec<String>>) -> Roster {
    let reader = Reader::new().fix(true);
    let mut kept: Vec<Vec<String>> = Vec::new();
    for row in rows {
        kept.push(row);
        if !reader.check_bytes(csv(&kept)).ok() {
            kept.pop();
        }
    }
    reader.read_bytes(csv(&kept)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_is_written_is_read_again(rows in prop::collection::vec(row(), 0..12)) {
        let roster = accepted(rows);
        let mut written = Vec::new();
        roster.write_csv(&mut written).unwrap();
        let again = Reader::new().read_bytes(&written).unwrap();
        prop_assert_eq!(cells(&again), cells(&roster));
        let mut twice = Vec::new();
        again.write_csv(&mut twice).unwrap();
        prop_assert_eq!(twice, written);
    }

    #[test]
    fn fixing_twice_changes_nothing_more(rows in prop::collection::vec(row(), 0..12)) {
        let reader = Reader::new();
        let (mut once, mut twice) = (Vec::new(), Vec::new());
        let first = reader.fix_bytes(csv(&rows), &mut once).unwrap();
        prop_assert!(first.correctable());
        let second = reader.fix_bytes(&once, &mut twice).unwrap();
        prop_assert_eq!(second.fixed().len(), 0);
        prop_assert_eq!(&twice, &once);
        // What is left is what had no safe fix, and all of that.
        let left = reader.check_bytes(&once);
        prop_assert!(left.problems().iter().all(|p| !p.is_safe()), "{}", left.text());
        let codes = |report: &onroll::Report| report.problems().iter().map(|p| p.code()).collect::<Vec<_>>();
        prop_assert_eq!(codes(&left), codes(&first));
    }

    #[test]
    fn the_order_of_rows_changes_no_verdict(rows in prop::collection::vec(row(), 0..12), seed in any::<u64>()) {
        let mut shuffled = rows.clone();
        let mut state = seed | 1;
        for last in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(last, (state >> 33) as usize % (last + 1));
        }
        let verdicts = |rows: &[Vec<String>]| {
            let report = Reader::new().check_bytes(csv(rows));
            let mut verdicts: Vec<_> = report
                .problems()
                .iter()
                .map(|p| match p.code() {
                    // Which of two is named, and whose row, is the one thing that may change.
                    code @ (ProblemCode::UsernameDuplicate | ProblemCode::UsernameNotName) => (code, None, None, None),
                    code => (code, p.column(), p.value().map(str::to_owned), p.fix().cloned().map(|f| f.text().to_owned())),
                })
                .collect();
            verdicts.sort();
            verdicts
        };
        prop_assert_eq!(verdicts(&rows), verdicts(&shuffled));
    }

    #[test]
    fn cells_are_those_the_csv_crate_reads(
        texts in prop::collection::vec("[A-Za-z][A-Za-z,\"';é]{0,8}[A-Za-z]", 1..10),
        always in any::<bool>(),
        end in prop::sample::select(vec!["\r\n", "\n", "\r"]),
        mark in any::<bool>(),
    ) {
        let terminator = match end { "\n" => csv::Terminator::Any(b'\n'), "\r" => csv::Terminator::Any(b'\r'), _ => csv::Terminator::CRLF };
        let style = if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
        let mut writer = csv::WriterBuilder::new().terminator(terminator).quote_style(style).from_writer(Vec::new());
        writer.write_record(HEADINGS.split(',')).unwrap();
        for (place, text) in texts.iter().enumerate() {
            let username = format!("p{place}@school.example");
            writer.write_record([text, &username, text, text, "Male", "No", "NOBT", "No", "No"]).unwrap();
        }
        let written = writer.into_inner().unwrap();
        let expected: Vec<Vec<String>> = csv::Reader::from_reader(written.as_slice())
            .records()
            .map(|record| record.unwrap().iter().map(str::to_owned).collect())
            .collect();
        let bytes = if mark { [b"\xEF\xBB\xBF".as_slice(), &written].concat() } else { written };
        let roster = sso().read_bytes(bytes).unwrap();
        prop_assert_eq!(roster.iter().map(|s| s.cells().map(str::to_owned).to_vec()).collect::<Vec<_>>(), expected);
    }
}
