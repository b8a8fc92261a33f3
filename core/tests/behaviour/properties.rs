//! Properties of reading that hold for every school.

use onroll::{Column, ProblemCode, Reader, Roster};
use proptest::prelude::*;

use crate::{HEADINGS, sso};

/// Generates a plain name, a quoted or untidy name, a name with letters of other alphabets, or a value that a
/// spreadsheet changes or runs.
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
        value(&["No", "Yes", "ENG", "Polish", "A", " b", "e", "N", "Stage C", "C - Developing competence"]),
    )
        .prop_map(|(name, username, year, class, gender, premium, ethnicity, send, eal)| {
            let username = username.unwrap_or_else(|| name.clone());
            vec![name, username, year, class, gender, premium, ethnicity, send, eal]
        })
}

/// Generates a row that is not a student, or may not be one.
fn no_student() -> impl Strategy<Value = Vec<String>> {
    prop::sample::select(vec!["Total,12", "Class 7B,", "Oakfield School,", "Printed 1 September,", HEADINGS])
        .prop_map(|row| row.split(',').chain([""; 7]).take(9).map(str::to_owned).collect())
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

/// Reads the rows that the reader accepts, with safe fixes, one after another.
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
    fn reading_a_written_file_gives_the_same_roster(rows in prop::collection::vec(row(), 0..12)) {
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
    fn fixing_a_file_twice_changes_nothing_more(rows in prop::collection::vec(row(), 0..12)) {
        let reader = Reader::new();
        let (mut once, mut twice) = (Vec::new(), Vec::new());
        let first = reader.fix_bytes(csv(&rows), &mut once).unwrap();
        prop_assert!(first.correctable());
        let second = reader.fix_bytes(&once, &mut twice).unwrap();
        prop_assert_eq!(second.fixed().len(), 0);
        prop_assert_eq!(&twice, &once);
        // The remaining problems are exactly those that have no safe fix.
        let left = reader.check_bytes(&once);
        prop_assert!(left.problems().iter().all(|p| !p.is_safe()), "{}", left.text());
        let codes = |report: &onroll::Report| report.problems().iter().map(|p| p.code()).collect::<Vec<_>>();
        prop_assert_eq!(codes(&left), codes(&first));
    }

    /// A safe fix changes only the field that it names, or leaves out a row that is certainly not a student. Nothing
    /// else changes, and no student is lost.
    #[test]
    fn a_safe_fix_changes_only_the_reported_field_or_row(
        rows in prop::collection::vec(prop_oneof![8 => row(), 1 => no_student()], 0..12),
    ) {
        // If the first row below the headings repeats them, it would become the heading row.
        prop_assume!(rows.first().is_none_or(|row| row[0] != Column::FullName.heading()));
        let mut corrected = Vec::new();
        let report = Reader::new().fix_bytes(csv(&rows), &mut corrected).unwrap();
        let fixes = report.fixed().iter().filter_map(|problem| Some((problem.row()? as usize - 2, problem)));
        // Several consecutive rows that are not students are one problem.
        let of_no_student = report.fixed().iter().filter(|problem| problem.column().is_none());
        let ranges = of_no_student.flat_map(|problem| match problem.row_ranges() {
            [] => problem.row().map(|row| [row, row]).into_iter().collect(),
            ranges => ranges.to_vec(),
        });
        let left_out: Vec<usize> = ranges.flat_map(|[first, last]| first..=last).map(|row| row as usize - 2).collect();
        prop_assert!(fixes.clone().all(|(_, p)| p.column().is_some() || p.code() == ProblemCode::NotAStudent));

        let kept: Vec<&Vec<String>> =
            rows.iter().enumerate().filter(|(row, _)| !left_out.contains(row)).map(|(_, row)| row).collect();
        let numbers = (0..rows.len()).filter(|row| !left_out.contains(row));
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(&corrected[3..]);
        let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        prop_assert_eq!(records.len(), kept.len());
        for ((number, before), after) in numbers.zip(kept).zip(&records) {
            for (column, (before, after)) in Column::ALL.into_iter().zip(before.iter().zip(after)) {
                let here = fixes.clone().filter(|(row, problem)| *row == number && problem.column() == Some(column));
                let named: Vec<&str> = here.filter_map(|(_, problem)| Some(problem.fix()?.text())).collect();
                let expected = if named.is_empty() { vec![before.as_str()] } else { named };
                // A formula gets an apostrophe, and a value that nobody can see becomes blank.
                let unseen = |c: char| c.is_whitespace() || c == '\u{200b}';
                let is_same = expected.iter().any(|expected| {
                    after == *expected
                        || after.strip_prefix('\'') == Some(*expected)
                        || expected.trim_matches(unseen).is_empty() && after.trim().is_empty()
                });
                prop_assert!(is_same, "row {number}, {column}: {before:?} became {after:?}, not {expected:?}");
            }
        }
    }

    /// A problem of the whole file is reported once, however many students the file has.
    #[test]
    fn problems_of_a_whole_file_do_not_depend_on_the_number_of_rows(
        (delimiter, encoding, above, extra) in (
            prop::sample::select(vec![",", ";", "\t"]),
            prop::sample::select(vec!["utf-8", "windows-1252", "utf-16"]),
            prop::sample::select(vec!["", "sep=,\n", "Oakfield School\n", "Class list\n\n"]),
            prop::sample::select(vec!["none", "unknown heading", "no heading", "trailing delimiter"]),
        ),
    ) {
        let wide = |line: &str, cell: &str| match extra {
            "none" => line.replace(',', delimiter),
            _ => line.replace(',', delimiter) + delimiter + cell,
        };
        let (heading, cell) = match extra {
            "unknown heading" => ("Shoe size", "5"),
            "no heading" => ("", "5"),
            _ => ("", ""),
        };
        let of_the_file = |students: usize| {
            let names = (0..students).map(|i| {
                let letters: String = [i / 26, i].iter().map(|part| char::from(b'a' + (part % 26) as u8)).collect();
                format!("Zoë O{letters},Zoë O{letters},Year 5,5A,Female,No,WBRI,No,No")
            });
            let lines: Vec<String> =
                std::iter::once(wide(HEADINGS, heading)).chain(names.map(|line| wide(&line, cell))).collect();
            let text = above.replace(',', delimiter) + &lines.join("\n") + "\n";
            let bytes = match encoding {
                "windows-1252" => text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect(),
                "utf-16" => [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
                _ => text.into_bytes(),
            };
            let report = Reader::new().check_bytes(bytes);
            // Every row is right, so all problems are about the file. We leave out the warnings about letters in an
            // older encoding, which are about rows.
            let mut codes: Vec<_> = report.problems().iter().map(|problem| problem.code()).collect();
            codes.retain(|code| *code != ProblemCode::Encoding);
            codes.sort();
            codes
        };
        prop_assert_eq!(of_the_file(200), of_the_file(20));
    }

    #[test]
    fn the_order_of_rows_does_not_change_the_problems(rows in prop::collection::vec(row(), 0..12), seed in any::<u64>()) {
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
                    // The order may change only which of two students has the problem, and the row of the problem.
                    code @ (ProblemCode::UsernameDuplicate
                    | ProblemCode::UsernameNotName
                    | ProblemCode::SpellingVaries
                    | ProblemCode::SameStudent) => (code, None, None, None),
                    code => (code, p.column(), p.value().map(str::to_owned), p.fix().cloned().map(|f| f.text().to_owned())),
                })
                .collect();
            verdicts.sort();
            verdicts
        };
        prop_assert_eq!(verdicts(&rows), verdicts(&shuffled));
    }

    #[test]
    fn warns_of_exactly_the_usernames_that_are_the_name_of_another_student(
        pairs in prop::collection::vec(
            prop::array::uniform2("(Amy|Zoë|Ida Florentina Whittaker-Blackwood of the Long) (Lee|O’Neill|Khan|O'Neill)( of a very long name that fills two windows)?"),
            1..30,
        ),
        is_upper in prop::collection::vec(any::<bool>(), 30),
        fix in any::<bool>(),
    ) {
        let rows: Vec<Vec<String>> = pairs
            .iter()
            .zip(is_upper)
            .map(|([name, username], is_upper)| {
                let username = if is_upper { username.to_uppercase() } else { username.clone() };
                [name, &username, "Year 7", "7B", "Male", "No", "WBRI", "No", "No"].map(str::to_owned).to_vec()
            })
            .collect();
        let same = onroll::username::same_username;
        let expected: Vec<u64> = (0..rows.len())
            .filter(|&index| !same(&rows[index][0], &rows[index][1]))
            .filter(|&index| rows.iter().position(|row| same(&row[0], &rows[index][1])).is_some_and(|other| other != index))
            .map(|index| index as u64 + 2)
            .collect();
        let report = Reader::new().fix(fix).check_bytes(csv(&rows));
        let warned = report.problems().iter().filter(|p| p.code() == ProblemCode::UsernameNotName);
        prop_assert_eq!(warned.filter_map(|p| p.row()).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn quotation_marks_around_every_value_change_no_problem_and_no_student(rows in prop::collection::vec(row(), 1..12)) {
        let written = |style| {
            let mut writer = csv::WriterBuilder::new().quote_style(style).from_writer(Vec::new());
            writer.write_record(HEADINGS.split(',')).unwrap();
            rows.iter().for_each(|row| writer.write_record(row).unwrap());
            writer.into_inner().unwrap()
        };
        let [some, all] = [csv::QuoteStyle::Necessary, csv::QuoteStyle::Always].map(written);
        for fix in [false, true] {
            let reader = Reader::new().fix(fix);
            let seen = |bytes: &[u8]| {
                let report = reader.check_bytes(bytes);
                let problems: Vec<_> = report.problems().iter().map(|p| (p.row(), p.column(), p.code(), p.value().map(str::to_owned))).collect();
                (problems, reader.read_bytes(bytes).ok().map(|roster| cells(&roster)))
            };
            prop_assert_eq!(seen(&some), seen(&all));
        }
    }

    #[test]
    fn reads_the_same_cells_as_the_csv_crate(
        // Texts begin with Q, because a placeholder such as `xxx` or `n/a` would be refused.
        texts in prop::collection::vec("Q[A-Za-z][A-Za-z,\"';é]{0,8}[A-Za-z]", 1..10),
        always in any::<bool>(),
        end in prop::sample::select(vec!["\r\n", "\n", "\r"]),
        mark in any::<bool>(),
    ) {
        let terminator = match end { "\n" => csv::Terminator::Any(b'\n'), "\r" => csv::Terminator::Any(b'\r'), _ => csv::Terminator::CRLF };
        let style = if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
        let mut writer = csv::WriterBuilder::new().terminator(terminator).quote_style(style).from_writer(Vec::new());
        writer.write_record(HEADINGS.split(',')).unwrap();
        for (index, text) in texts.iter().enumerate() {
            let username = format!("p{index}@school.example");
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
