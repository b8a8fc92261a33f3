//! Properties of reading and writing files.

use onroll::account::AccountRow;
use onroll::{Accounts, Mapping, Reader, Roster, SignIn};

use crate::steps;

/// For any bytes and any options, the result is a roster, or a report with an error.
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

/// Any bytes of a workbook, or of its parts, produce a roster or a report with an error. If the workbook is read with a
/// detected mapping, no student in the roster has a blank name or username. The workbook that marks the problems can be
/// read again.
pub fn any_bytes_are_a_workbook_or_a_report(data: &[u8]) {
    let Some((&choice, data)) = data.split_first() else { return };
    let file = match choice % 4 {
        0 => data.to_vec(),
        // The stream of an old workbook, without the compound file around it.
        1 => [b"\x09\x08\x10\0\0\x06\x05\0".as_slice(), &[0; 12], data].concat(),
        2 => stored(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", data)]),
        _ => {
            let mut parts = data.splitn(3, |byte| *byte == 0);
            let mut part = || parts.next().unwrap_or_default();
            stored(&[
                ("xl/workbook.xml", b"<workbook><sheets><sheet name='A' id='a'/></sheets></workbook>"),
                (
                    "xl/_rels/workbook.xml.rels",
                    b"<R><Relationship Id='a' Type='/worksheet' Target='a'/><Relationship Id='b' Type='/sharedStrings' Target='b'/>\
                      <Relationship Id='c' Type='/styles' Target='c'/></R>",
                ),
                ("xl/a", part()),
                ("xl/b", part()),
                ("xl/c", part()),
            ])
        }
    };
    let reader = Reader::new().fix(choice & 4 != 0);
    let report = reader.check_bytes(&file);
    assert_eq!(reader.read_bytes(&file).is_ok(), report.ok());
    if choice & 16 != 0
        && let Ok(detected) = reader.detect_bytes(&file)
        && let Ok(roster) = reader.clone().mapping(detected.mapping()).read_bytes(&file)
    {
        let is_blank = |text: &str| text.trim().is_empty();
        assert!(roster.iter().all(|student| !is_blank(student.full_name) && !is_blank(student.username)));
    }
    if choice & 8 != 0 {
        let mut marked = Vec::new();
        reader.mark_bytes(&file, &mut marked).expect("a Vec takes all");
        assert_eq!(Reader::new().check_bytes(&marked).count_of(onroll::ProblemCode::WorkbookUnreadable), 0);
    }
}

/// Returns an archive whose parts are stored without compression.
fn stored(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in parts {
        let start = out.len() as u32;
        let size = (bytes.len() as u32).to_le_bytes();
        let about =
            [&[20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], &size[..], &size, &[name.len() as u8, 0, 0, 0]].concat();
        out.extend([b"PK\x03\x04", about.as_slice(), name.as_bytes(), bytes].concat());
        let entry = [b"PK\x01\x02\x14\0", about.as_slice(), &[0; 10], &start.to_le_bytes(), name.as_bytes()];
        directory.extend(entry.concat());
    }
    let start = (out.len() as u32).to_le_bytes();
    let count = (parts.len() as u16).to_le_bytes();
    let size = (directory.len() as u32).to_le_bytes();
    [out.as_slice(), &directory, b"PK\x05\x06\0\0\0\0", &count, &count, &size, &start, &[0, 0]].concat()
}

/// Reading a file takes at most the number of steps that the file's size allows.
pub fn a_file_costs_no_more_than_its_bytes(data: &[u8]) {
    const STEPS_A_BYTE: usize = 250; // fuzzing builds are less optimised than release builds, which may take 100
    const STEPS_AT_LEAST: usize = 3_000_000;
    let Some((&choice, file)) = data.split_first() else { return };
    // Repeating a small file makes a large file of the same kind.
    let rows = file.repeat(1 + usize::from(choice >> 2) * 16);
    let file = if choice & 1 == 1 { [onroll::template_csv().as_bytes(), &rows].concat() } else { rows };
    let sign_in = if choice & 2 == 2 { SignIn::Sso } else { SignIn::Password };
    let (length, before) = (file.len(), steps::taken());
    drop(std::hint::black_box(Reader::new().sign_in(sign_in).fix(true).read_bytes(file)));
    let steps = steps::taken() - before;
    assert!(steps > 0, "steps are counted");
    assert!(steps <= STEPS_AT_LEAST + STEPS_A_BYTE * length, "{steps} steps for {length} bytes");
}

/// Detects the columns of any table. A roster that is read with the detected mapping equals the roster that is read
/// from the corrected file.
pub fn any_table_is_detected(data: &[u8]) {
    let Some((&options, data)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(data);
    // Each byte of the first line chooses a known heading.
    const KNOWN: [&str; 16] = [
        "Forename",
        "Surname",
        "Year",
        "Reg",
        "Sex",
        "Gender",
        "PP",
        "FSM",
        "SEN",
        "EAL",
        "Ethnicity",
        "UPN",
        "Username",
        "Name",
        "Class",
        "Shoe",
    ];
    let (chosen, rows) = text.split_once('\n').unwrap_or((&text, ""));
    let headings: Vec<&str> = chosen.bytes().take(12).map(|byte| KNOWN[usize::from(byte) % KNOWN.len()]).collect();
    let csv = if options & 1 == 1 { text.to_string() } else { format!("{}\n{rows}", headings.join(",")) };
    let sign_in = if options & 2 == 2 { SignIn::Sso } else { SignIn::Password };
    let reader = Reader::new().sign_in(sign_in).fix(options & 4 == 4);
    let Ok(detected) = reader.detect_bytes(csv.as_bytes()) else { return };
    let mapping = Mapping::from_json(&detected.mapping().to_json()).expect("our own JSON");
    assert_eq!(&mapping, detected.mapping());
    assert_eq!(detected.text().is_empty(), detected.to_json().is_empty());
    let mapped = reader.clone().mapping(&mapping);
    let again = mapped.detect_bytes(csv.as_bytes()).expect("it was read before");
    assert!(!detected.certain() || again.certain(), "{} {}", detected.text(), again.text());
    let report = mapped.check_bytes(csv.as_bytes());
    assert!(report.problems().iter().all(|problem| problem.byte().is_none_or(|byte| byte <= csv.len() as u64)));
    let mut corrected = Vec::new();
    let fixed = mapped.fix_bytes(csv.as_bytes(), &mut corrected).expect("a Vec takes all");
    if let Ok(roster) = mapped.fix(true).read_bytes(csv.as_bytes()) {
        assert!(fixed.ok() && roster.len() as u64 <= detected.rows().max(roster.len() as u64));
        let strict = Reader::new()
            .sign_in(sign_in)
            .optional_columns(true)
            .read_bytes(&corrected)
            .expect("what was right is right");
        assert!(roster.iter().zip(strict.iter()).all(|(one, other)| one.cells() == other.cells()));
        assert_eq!(roster.len(), strict.len());
    }
}

/// A corrected file needs no more fixes. Correcting it again writes the same file.
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

/// For any text, the fast path and the slow path read the same rows as the `csv` crate.
pub fn reads_records_as_csv(data: &[u8]) {
    use onroll::fuzzing::{across_stretches, read_rows, split_rows, with_more};
    let Some((&choice, data)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(data);
    let by_csv = |text: &str, delimiter: u8| -> Vec<Vec<String>> {
        let mut builder = csv::ReaderBuilder::new();
        let mut reader = builder.has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
        reader.records().map(|record| record.expect("text").iter().map(str::to_owned).collect()).collect()
    };
    let delimiter = if choice & 1 == 1 { b';' } else { b',' };
    assert_eq!(read_rows(&text, delimiter), by_csv(&text, delimiter));
    // The index reads a long text in sections. Half of the texts begin in one section and end in the next.
    let text = if choice & 0x80 == 0 { text.into_owned() } else { across_stretches(&text, text.len() / 2) };
    let text = with_more(&text);
    let rows = by_csv(&text, b',');
    // We do not test rows of one cell, because an empty line has one cell too.
    let (read, starts) = match choice >> 1 & 3 {
        0 => split_rows::<2>(&text),
        1 => split_rows::<3>(&text),
        _ => split_rows::<9>(&text),
    };
    assert_eq!(read, rows);
    assert!(starts.is_sorted(), "rows come in order");
}

/// Reading with any number of threads returns the same report as reading with one.
pub fn threads_read_what_one_reads(data: &[u8]) {
    // Here, a thread's part may be as short as 48 bytes, so that a part can end anywhere in a row.
    let file = [onroll::template_csv().as_bytes(), data].concat();
    let limits = onroll::Limits { problems: 50, ..onroll::Limits::default() };
    let report = |threads| Reader::new().threads(threads).smallest_part(48).limits(limits).check_bytes(&file);
    let one = report(1);
    assert_eq!(report(2), one);
    assert_eq!(report(5), one);
}

/// Written data is read back unchanged: a roster as CSV and as JSON, and the passwords of accounts as credentials.
pub fn written_files_are_read_back(data: &[u8]) {
    let file = [onroll::template_csv().as_bytes(), data].concat();
    let Ok(roster) = Reader::new().fix(true).read_bytes(&file) else { return };
    let cells = |roster: &Roster| -> Vec<Vec<String>> {
        roster.iter().map(|student| student.cells().map(str::to_owned).to_vec()).collect()
    };
    let mut written = Vec::new();
    roster.write_csv(&mut written).expect("a Vec takes all");
    let again = Reader::new().read_bytes(&written).expect("what was right is right");
    assert_eq!(cells(&again), cells(&roster));
    let kept = Roster::from_json(&roster.to_json()).expect("our own JSON");
    assert_eq!(cells(&kept), cells(&roster));

    let rows = roster.iter().enumerate().map(|(number, student)| AccountRow {
        full_name: student.full_name.to_owned(),
        username: student.username.to_owned(),
        year_group: student.year_group.to_owned(),
        class_name: student.class_name.to_owned(),
        gender: student.gender.map_or("", onroll::values::Gender::as_str).to_owned(),
        password: Some(format!("=PW{number}")),
        ..AccountRow::default()
    });
    let Ok(accounts) = Accounts::from_rows(rows, SignIn::Password) else { return };
    let mut credentials = Vec::new();
    accounts.write_credentials(&mut credentials).expect("a Vec takes all");
    let mut others = Accounts::from_json(&accounts.to_json()).expect("our own JSON");
    let read = others.read_credentials(credentials.as_slice()).expect("our own credentials");
    assert_eq!((read.set, read.unknown, read.blank), (accounts.len(), 0, 0));
    for (own, other) in accounts.iter().zip(others.iter()) {
        assert_eq!(own.password.map(|password| password.expose()), other.password.map(|password| password.expose()));
    }
}
