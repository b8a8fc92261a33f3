//! The laws that are fuzzed; a target is one of them, and has its name.

use onroll::{Reader, SignIn};

/// Whatever the bytes, and whatever the options, there is a roster or there is an error in the report.
pub fn any_bytes_are_a_roster_or_a_report(data: &[u8]) {
    let Some((&options, file)) = data.split_first() else { return };
    let flag = |bit: u8| options >> bit & 1 == 1;
    let reader = Reader::new()
        .sign_in(if flag(0) { SignIn::Sso } else { SignIn::Password })
        .fix(flag(1))
        .any_order(flag(2))
        .optional_columns(flag(3))
        .main_codes_only(flag(4));
    let file = if flag(5) { [onroll::template_csv().as_bytes(), file].concat() } else { file.to_vec() };
    let report = reader.check_bytes(&file);
    assert_eq!(reader.read_bytes(&file).is_ok(), report.ok());
    assert!(report.problems().iter().all(|problem| problem.byte().is_none_or(|byte| byte <= file.len() as u64)));
    assert_eq!(report.text().is_empty(), report.to_string().is_empty());
}

/// A corrected file is corrected: to correct it again writes the same, and finds nothing to do.
pub fn fixing_twice_changes_nothing_more(data: &[u8]) {
    let file = [onroll::template_csv().as_bytes(), data].concat();
    let (mut once, mut twice) = (Vec::new(), Vec::new());
    let report = Reader::new().fix_bytes(&file, &mut once).expect("a Vec takes all");
    if report.correctable() {
        let again = Reader::new().fix_bytes(&once, &mut twice).expect("a Vec takes all");
        assert_eq!(again.fixed_count(), 0);
        assert_eq!(once, twice);
    }
}

/// Whatever the text, its rows are what the `csv` crate reads, by either lane and by the short ways.
pub fn lanes_read_what_the_csv_crate_reads(data: &[u8]) {
    use onroll::fuzzing::{by_lanes, by_short_ways, with_more};
    let Some((&choice, data)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(data);
    let by_csv = |text: &str, delimiter: u8| -> Vec<Vec<String>> {
        let mut builder = csv::ReaderBuilder::new();
        let mut reader = builder.has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
        reader.records().map(|record| record.expect("text").iter().map(str::to_owned).collect()).collect()
    };
    let delimiter = if choice & 1 == 1 { b';' } else { b',' };
    assert_eq!(by_lanes(&text, delimiter), by_csv(&text, delimiter));
    let text = with_more(&text);
    let rows = by_csv(&text, b',');
    // Not of one cell, which an empty line has too.
    let (read, places) = match choice >> 1 & 3 {
        0 => by_short_ways::<2>(&text),
        1 => by_short_ways::<3>(&text),
        _ => by_short_ways::<9>(&text),
    };
    assert_eq!(read, rows);
    assert!(places.is_sorted(), "rows come in order");
}

/// Any number of threads reads the same roster and report.
pub fn threads_read_what_one_reads(data: &[u8]) {
    // A part is a mebibyte, so that the text is repeated until it has three; its ends fall anywhere in it.
    let Some(repeats) = (3_usize << 20).checked_div(data.len()).filter(|_| data.len() > 64) else { return };
    let file = [onroll::template_csv().as_bytes(), data.repeat(repeats + 1).as_slice()].concat();
    let limits = onroll::Limits { problems: 50, ..onroll::Limits::default() };
    let report = |threads| Reader::new().threads(threads).limits(limits).check_bytes(&file);
    assert_eq!(report(3), report(1));
}
