//! Compares both paths with the `csv` crate, and checks that usual rows take the fast path.

use proptest::prelude::*;

use super::whole::{across_stretches, read_rows, split_rows, with_more};
use super::*;
use crate::table::{FastRow, cell_start};
use crate::text;

/// Returns the records that the `csv` crate reads.
fn by_csv(text: &str, delimiter: u8) -> Vec<Vec<String>> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn row_starts(text: &str) -> Vec<(u64, u64, usize, usize)> {
    let mut rows = Rows::new(text, 0, b',', &Limits::default());
    let mut read = Vec::new();
    while let Some(row) = rows.next() {
        read.push((row.number, row.line, row.start, row.end));
    }
    read
}

#[test]
fn common_rows_and_quoted_rows_take_the_fast_paths() {
    let text = with_more("Zoë,b,c\n\"Smith, Amy\",b,\"c d\"\nx,\"y, z\",c");
    let mut rows = Rows::new(&text, 0, b',', &Limits::default());
    let mut cells = Vec::new();
    assert_eq!(rows.take_fast::<3>(9, usize::MAX, |_, row| cells_of(row, &mut cells)), 1);
    assert!(rows.take_quoted::<3>(|row| cells_of(row, &mut cells)));
    assert!(rows.take_quoted::<3>(|row| cells_of(row, &mut cells)));
    assert_eq!(cells, ["Zoë", "b", "c", "Smith, Amy", "b", "c d", "x", "y, z", "c"]);
}

fn cells_of(row: &FastRow<'_, 3>, cells: &mut Vec<String>) -> bool {
    cells.extend((0..3).map(|index| row.cell(index).to_owned()));
    true
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn reads_the_same_rows_as_the_csv_crate(text in "[ab é,;\"\n\r]{0,150}") {
        prop_assert_eq!(read_rows(&text, b','), by_csv(&text, b','));
        prop_assert_eq!(read_rows(&text, b';'), by_csv(&text, b';'));
    }

    /// A segment of the index ends somewhere in the text.
    #[test]
    fn all_fast_paths_give_the_same_rows_as_the_csv_crate(
        text in "(\"[ab, ]{1,3}\"|[abé]{0,2}|[ab é,\"\n\r]{0,2}|[,\n]){0,60}",
        at in 0..200_usize,
    ) {
        let text = with_more(&across_stretches(&text, at));
        let starts: Vec<_> = row_starts(&text).into_iter().map(|(number, line, start, _)| (number, line, start)).collect();
        let rows = by_csv(&text, b',');
        prop_assert_eq!(split_rows::<2>(&text), (rows.clone(), starts.clone()));
        prop_assert_eq!(split_rows::<3>(&text), (rows, starts));
    }

    /// Every third clean row is refused. The slow path then reads the row.
    #[test]
    fn the_path_for_clean_rows_gives_the_same_rows_as_the_csv_crate(text in "(\"[ab, ]{1,3}\"|[abé]{0,2}|[,\n]|\r\n){0,60}", count in 1..4_usize) {
        let mut rows = Rows::new(&text, 0, b',', &Limits::default());
        let (mut read, mut starts, mut asked) = (Vec::new(), Vec::new(), 0);
        let mut keep = |row: &Row<'_>| {
            read.extend((row.count > 0).then(|| row.cells().map(str::to_owned).collect::<Vec<_>>()));
            starts.push((row.number, row.line, row.start, row.end));
        };
        loop {
            rows.take_clean(count, |row| {
                asked += 1;
                let is_taken = asked % 3 > 0;
                is_taken.then(|| keep(row)).is_some()
            });
            let mut cells = Vec::new();
            if let Some((number, line, start)) = rows.peek_quoted(count, &mut cells) {
                let row = rows.next().unwrap();
                assert_eq!((number, line, start), (row.number, row.line, row.start));
                let values = cells.iter().map(|(from, length)| &text[*from..from + length]);
                assert_eq!(values.collect::<Vec<_>>(), row.cells().collect::<Vec<_>>());
                keep(&row);
                continue;
            }
            let Some(row) = rows.next() else { break };
            keep(&row);
        }
        prop_assert_eq!(read, by_csv(&text, b','));
        prop_assert_eq!(starts, row_starts(&text));
    }

    #[test]
    fn returns_the_offset_at_which_a_cell_starts(cells in prop::collection::vec("[a\",\né ]{0,6}", 1..6)) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&cells).unwrap();
        let raw = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        for (index, cell) in cells.iter().enumerate() {
            let rest = &raw[cell_start(raw.as_bytes(), b',', index)..];
            let plain = rest.strip_prefix('"').map_or(rest.to_owned(), |r| r.replace("\"\"", "\""));
            prop_assert!(plain.starts_with(cell.as_str()), "{raw:?} {index}");
        }
    }

    #[test]
    fn the_fast_path_takes_exactly_the_rows_that_need_no_fix(row in "[ab ,'\t\u{7f}\u{ad}\u{a0}é\u{d7}\u{27f}\u{280}\u{301}#+]{1,80}") {
        let cells = row.split(',').collect::<Vec<_>>();
        let text = with_more(&row);
        let mut rows = Rows::new(&text, 0, b',', &Limits::default());
        let plain = match cells.len() {
            1 => rows.take_fast::<1>(1, usize::MAX, |_, _| true),
            2 => rows.take_fast::<2>(1, usize::MAX, |_, _| true),
            3 => rows.take_fast::<3>(1, usize::MAX, |_, _| true),
            _ => return Ok(()),
        };
        let usual = |c: char| (' '..='~').contains(&c) && !"#+".contains(c) || ('\u{c0}'..='\u{27f}').contains(&c);
        let clean = |cell: &str| text::tidy(cell) == cell && cell.chars().all(usual) && !cell.starts_with('\'');
        prop_assert_eq!(plain == 1, cells.into_iter().all(clean));
    }

    #[test]
    fn a_quoted_row_is_taken_only_if_no_value_needs_a_fix(
        cells in prop::array::uniform3("[ab ,'\t\u{7f}\u{ad}\u{a0}é\u{d7}\u{27f}\u{280}\u{301}#+&]{0,6}|[abé]{1,9}"),
    ) {
        let text = with_more(&cells.each_ref().map(|cell| format!("\"{cell}\"")).join(","));
        let mut rows = Rows::new(&text, 0, b',', &Limits::default());
        rows.take_fast::<3>(1, usize::MAX, |_, _| true);
        let mut read = Vec::new();
        let is_taken = rows.take_quoted::<3>(|row| cells_of(row, &mut read));
        let usual = |c: char| (' '..='~').contains(&c) && !"#+".contains(c) || ('\u{c0}'..='\u{27f}').contains(&c);
        let clean = |cell: &String| text::tidy(cell) == *cell && cell.chars().all(usual) && !cell.starts_with('\'');
        if is_taken {
            prop_assert_eq!(&read, &cells);
            prop_assert!(cells.iter().all(clean), "{:?}", cells);
        }
        // Letters alone never need a fix.
        prop_assert!(is_taken || !cells.iter().all(|cell| cell.chars().all(|c| "abé".contains(c))), "{:?}", cells);
    }
}

#[test]
fn latin_letters_are_never_forbidden_and_need_no_correction() {
    for letter in ('\u{c0}'..='\u{27f}').map(String::from) {
        assert!(text::forbidden(&letter).is_none() && text::nfc(&letter) == letter && text::tidy(&letter) == letter);
        assert!(!text::mixes_scripts(&format!("A{letter}")));
    }
}

#[test]
fn a_space_before_a_line_end_belongs_to_the_row_that_ends_there() {
    for end in ["\n", "\r\n", "\r"] {
        let text = with_more(&format!("a,b {end}c,d{end}"));
        let mut rows = Rows::new(&text, 0, b',', &Limits::default());
        assert_eq!(rows.take_fast::<2>(1, usize::MAX, |_, _| true), 0, "{end:?}");
        assert!(rows.next().is_some());
        assert_eq!(rows.take_fast::<2>(1, usize::MAX, |_, _| true), 1, "{end:?}");
    }
}

#[test]
fn counts_rows_and_lines_separately() {
    assert_eq!(row_starts("a\r\n\r\n\"b\nc\",d\r\ne"), [(1, 1, 0, 1), (2, 2, 3, 3), (3, 3, 5, 12), (4, 5, 14, 15)]);
    assert_eq!(row_starts("a\rb\r"), [(1, 1, 0, 1), (2, 2, 2, 3)]);
    assert_eq!(row_starts("\"a\"\r\nb"), [(1, 1, 0, 3), (2, 2, 5, 6)]);
}

#[test]
fn reports_an_unclosed_quotation_mark_and_continues_on_the_next_line() {
    let text = "a,b\nc,\"d\ne,f\ng,h\n";
    let mut rows = Rows::new(text, 0, b',', &Limits::default());
    assert_eq!(rows.next().unwrap().broken, None);
    let row = rows.next().unwrap();
    assert_eq!((row.broken, row.line), (Some(Broken::Unclosed), 2));
    let (start, line) = (row.start, row.line);
    rows.resume_after_line(start, line);
    let row = rows.next().unwrap();
    assert_eq!((row.cell(0), row.cell(1), row.line, row.number), ("e", "f", 3, 3));
}

#[test]
fn stops_reading_a_row_at_the_limits_of_length_and_columns() {
    let long = "x".repeat(1 << 20);
    let text = format!("\"{long}\",b\nc,d\n\"{long}\n\",f\ng,h\n");
    let mut rows = Rows::new(&text, 0, b',', &Limits::default());
    assert_eq!(rows.next().unwrap().broken, Some(Broken::Huge));
    assert_eq!(rows.next().unwrap().cell(1), "d");
    // The line break in this row is past the limit, so the reader does not know that the row has several lines.
    assert_eq!(rows.next().unwrap().broken, Some(Broken::Huge));
    let commas = ",".repeat(10_000);
    let text = format!("{commas}\n\"\"{commas}\n");
    let mut rows = Rows::new(&text, 0, b',', &Limits::default());
    let row = rows.next().unwrap();
    assert_eq!((row.count, row.ends.len()), (10_001, 256));
    let row = rows.next().unwrap();
    assert_eq!((row.broken, row.count), (Some(Broken::Huge), 257));
}
