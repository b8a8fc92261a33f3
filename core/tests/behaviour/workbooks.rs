//! Tests workbooks: hostile files, the workbooks that onroll writes, and what onroll reads from them again.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::path::PathBuf;

use onroll::mapping::QuestionKind;
use onroll::reader::{CellEdit, template_workbook};
use onroll::{
    Accounts, Column, Mapping, PasswordPolicy, Problem, ProblemCode as Code, ReadError, Reader, Report, SignIn,
};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

const ROW: &str = "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No";

fn headings() -> Vec<String> {
    onroll::template_csv().trim_end().split(',').map(str::to_owned).collect()
}

/// Returns a workbook with these sheets, each with its rows below the headings.
fn workbook(sheets: &[(&str, &[&str])]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet().set_name(*name).unwrap();
        let rows = rows.iter().map(|row| row.split(',').map(str::to_owned).collect());
        for (at, row) in (0..).zip(std::iter::once(headings()).chain(rows)) {
            let row: Vec<String> = row;
            for (column, cell) in (0..).zip(row) {
                sheet.write_string(at, column, cell).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}

/// Returns an archive with these parts, each deflated.
fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in parts {
        let mut packed = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(bytes).unwrap();
        put(&mut out, &mut directory, name, &packed.finish().unwrap(), bytes.len());
    }
    close(out, &directory, parts.len())
}

/// Adds a part that is already deflated.
fn put(out: &mut Vec<u8>, directory: &mut Vec<u8>, name: &str, packed: &[u8], size: usize) {
    let start = out.len() as u32;
    let mut about = vec![20, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    about.extend((packed.len() as u32).to_le_bytes());
    about.extend((size as u32).to_le_bytes());
    about.extend((name.len() as u16).to_le_bytes());
    about.extend([0, 0]);
    out.extend([b"PK\x03\x04", about.as_slice(), name.as_bytes(), packed].concat());
    directory
        .extend([b"PK\x01\x02\x14\x00", about.as_slice(), &[0; 10], &start.to_le_bytes(), name.as_bytes()].concat());
}

fn close(mut out: Vec<u8>, directory: &[u8], parts: usize) -> Vec<u8> {
    let start = out.len() as u32;
    out.extend_from_slice(directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([(parts as u16).to_le_bytes(); 2].concat());
    out.extend([(directory.len() as u32).to_le_bytes(), start.to_le_bytes()].concat());
    out.extend([0, 0]);
    out
}

const BOOK: &[u8] =
    br#"<workbook xmlns:r="r"><sheets><sheet name="Students" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const RELATED: &[u8] = br#"<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="sheet.xml"/><Relationship Id="rId2" Type="x/sharedStrings" Target="texts.xml"/></Relationships>"#;

/// Returns a workbook with one sheet and shared texts, all given as XML.
fn sheet(xml: &str, texts: &str) -> Vec<u8> {
    archive(&[
        ("xl/workbook.xml", BOOK),
        ("xl/_rels/workbook.xml.rels", RELATED),
        ("xl/sheet.xml", xml.as_bytes()),
        ("xl/texts.xml", texts.as_bytes()),
    ])
}

fn codes(report: &Report) -> Vec<&'static str> {
    report.problems().iter().map(|problem| problem.code().as_str()).collect()
}

/// Returns hostile workbooks by name.
fn hostile() -> BTreeMap<&'static str, Vec<u8>> {
    let text = "x".repeat(900);
    let cells = |cell: &str, times: usize| {
        format!("<worksheet><sheetData><row>{}</row></sheetData></worksheet>", cell.repeat(times))
    };
    // A bomb. It is deflated in pieces, so that it is never in memory as a whole.
    let mut packed = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(b"<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>").unwrap();
    for _ in 0..200 {
        packed.write_all(&[b'x'; 1_000_000]).unwrap();
    }
    let packed = packed.finish().unwrap();
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    let deflated = |bytes: &[u8]| {
        let mut packed = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(bytes).unwrap();
        packed.finish().unwrap()
    };
    put(&mut out, &mut directory, "xl/workbook.xml", &deflated(BOOK), BOOK.len());
    put(&mut out, &mut directory, "xl/_rels/workbook.xml.rels", &deflated(RELATED), RELATED.len());
    put(&mut out, &mut directory, "xl/sheet.xml", &packed, 200_000_000);
    let bomb = close(out, &directory, 3);
    let row = format!("<row>{}</row>", "<c><v>1</v></c>".repeat(10));
    let ten_million = format!("<worksheet><sheetData>{}</sheetData></worksheet>", row.repeat(1_000_000));
    let far = r#"<worksheet><sheetData><row r="20000"><c r="XFD20000"><v>1</v></c></row></sheetData></worksheet>"#;
    let below = r#"<worksheet><sheetData><row r="4294967295"><c><v>1</v></c></row></sheetData></worksheet>"#;
    let merged: String = (1..=200).map(|n| format!(r#"<mergeCell ref="A{n}:A1048576"/>"#)).collect();
    let rows: String = (1..=200_000).map(|n| format!(r#"<row r="{n}"><c r="IV{n}"><v>1</v></c></row>"#)).collect();
    let merged = format!("<worksheet><sheetData>{rows}</sheetData>{merged}</worksheet>");
    let ods = |table: &str| {
        let content = format!(
            "<document-content><spreadsheet><table name=\"A\">{table}</table></spreadsheet></document-content>"
        );
        archive(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content.as_bytes())])
    };
    BTreeMap::from([
        ("a bomb", bomb),
        ("a cell far away", sheet(far, "")),
        ("a row far below", sheet(below, "")),
        ("ten million cells", sheet(&ten_million, "")),
        ("many short shared texts", sheet("<worksheet/>", &format!("<sst>{}</sst>", "<si/>".repeat(10_000_000)))),
        (
            "a long shared text again and again",
            sheet(&cells("<c t=\"s\"><v>0</v></c>", 200), &format!("<sst><si><t>{}</t></si></sst>", text.repeat(250))),
        ),
        (
            "long shared texts",
            sheet("<worksheet/>", &format!("<sst>{}</sst>", format!("<si><t>{text}</t></si>").repeat(60_000))),
        ),
        ("merged cells on top of each other", sheet(&merged, "")),
        ("a tag that does not end", sheet(&format!("<worksheet {}", "x".repeat(200_000)), "")),
        (
            "rows out of order",
            sheet("<worksheet><sheetData><row r=\"5\"><c><v>1</v></c></row><row r=\"2\"/></sheetData></worksheet>", ""),
        ),
        ("a shared text that is not there", sheet(&cells("<c t=\"s\"><v>7</v></c>", 1), "<sst/>")),
        (
            "a million rows of a table that repeats",
            ods(
                "<table-row number-rows-repeated=\"4000000000\"><table-cell number-columns-repeated=\"200\"><p>x</p></table-cell></table-row>",
            ),
        ),
        (
            "columns of a table that repeat",
            ods("<table-row><table-cell number-columns-repeated=\"4000000000\"><p>x</p></table-cell></table-row>"),
        ),
        ("entities that multiply", sheet("<!DOCTYPE a [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><worksheet/>", "")),
    ])
}

/// A separate process reads each hostile workbook, so that only the memory for this workbook is counted.
#[test]
fn refuses_hostile_workbooks_with_a_known_code_and_little_memory() {
    const CHILD: &str = "ONROLL_HOSTILE_WORKBOOK";
    if let Ok(path) = std::env::var(CHILD) {
        let report = Reader::new().check_path(&path).unwrap();
        // The largest amount of memory that the process has used.
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let peak =
            status.lines().find_map(|line| line.strip_prefix("VmHWM:")).map(|peak| peak.trim().trim_end_matches(" kB"));
        println!("\ncodes: {}", codes(&report).join(" "));
        println!("peak: {}", peak.unwrap_or_default());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in hostile() {
        let path = folder.path().join("hostile.xlsx");
        std::fs::write(&path, &bytes).unwrap();
        let mut command = std::process::Command::new(std::env::current_exe().unwrap());
        let test = "workbooks::refuses_hostile_workbooks_with_a_known_code_and_little_memory";
        let output = command.args(["--exact", test, "--nocapture"]).env(CHILD, &path).output().unwrap();
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let found = printed.lines().find_map(|line| line.split_once("codes: ")).map(|(_, codes)| codes.to_owned());
        assert!(output.status.success(), "{name}: {printed}");
        let known = ["file-too-large", "workbook-unreadable", "row-length"];
        let found = found.unwrap_or_default();
        assert!(known.iter().any(|code| found.contains(code)), "{name}: {found}");
        let peak =
            printed.lines().find_map(|line| line.split_once("peak: ")).and_then(|(_, peak)| peak.parse::<u64>().ok());
        if cfg!(target_os = "linux") {
            let peak = peak.unwrap();
            let most = 64 * 1024 + bytes.len() as u64 / 1024;
            assert!(peak < most, "{name}: {peak} kB of memory for {} bytes", bytes.len());
            println!("{name}: {peak} kB, {found}");
        }
    }
}

#[test]
fn a_damaged_workbook_never_causes_a_panic() {
    let bytes = workbook(&[("Students", &[ROW, "Noah Khan,Noah Khan,Year 5,5A,M,No,APKN,No,No"])]);
    let xls = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/read/workbooks/table.xls")).unwrap();
    let ods = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/read/workbooks/table.ods")).unwrap();
    for bytes in [bytes, xls, ods] {
        for at in (0..bytes.len()).step_by(7) {
            for byte in [0, 0xFF, bytes[at] ^ 1] {
                let mut broken = bytes.clone();
                broken[at] = byte;
                Reader::new().fix(true).check_bytes(broken);
            }
            Reader::new().check_bytes(&bytes[..at]);
        }
    }
}

#[test]
fn accepts_the_template_workbook_without_students() {
    let template = template_workbook().unwrap();
    assert_eq!(template, template_workbook().unwrap(), "the same template is the same bytes");
    let report = Reader::new().check_bytes(template.as_slice());
    assert_eq!((codes(&report), report.sheet()), (vec!["no-students"], Some("Students")));
}

/// Returns the parts of a workbook by name, as text.
fn parts(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    let text = |name: String| {
        let mut text = String::new();
        archive.by_name(&name).unwrap().read_to_string(&mut text).unwrap();
        (name, text)
    };
    names.into_iter().map(text).collect()
}

#[test]
fn the_template_workbook_has_drop_down_lists_and_notes_and_frozen_headings() {
    let parts = parts(&template_workbook().unwrap());
    let sheet = &parts["xl/worksheets/sheet1.xml"];
    assert_eq!(sheet.matches("<dataValidation ").count(), 5, "{sheet}");
    assert!(sheet.contains("state=\"frozen\"") && sheet.contains("'Ethnicity codes'!$A$2:$A$104"), "{sheet}");
    assert_eq!(parts["xl/comments1.xml"].matches("<comment ").count(), 9);
}

#[test]
fn a_marked_workbook_has_a_note_on_each_wrong_cell() {
    let rows =
        ["Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,Martian,No,No,Red", "=1+1,=cmd|x,Year 5,5A,Male,No,WBRI,No,Y,Blue"];
    let source = format!("{},House\n{}\n", onroll::template_csv().trim_end(), rows.join("\n"));
    let mut marked = Vec::new();
    let report = Reader::new().mark_bytes(source.as_bytes(), &mut marked).unwrap();
    let told = |problem: &Problem| (problem.code(), problem.column().map(|column| column.heading()), problem.row());
    assert!(report.fixed().iter().any(|problem| told(problem) == (Code::Gender, Some("Gender"), Some(2))));
    let parts = parts(&marked);
    let (sheet, notes) = (&parts["xl/worksheets/sheet1.xml"], &parts["xl/comments1.xml"]);
    for cell in ["E2", "G2", "I3", "J1"] {
        assert!(notes.contains(&format!("ref=\"{cell}\"")), "{cell}: {notes}");
    }
    assert!(notes.contains("It was 'F'.") && !sheet.contains("<f>"), "{notes}");
    assert_eq!(sheet.matches("<dataValidation ").count(), 5);
    let listed = &parts["xl/worksheets/sheet2.xml"];
    assert!(listed.contains("'Students'!G2"), "{listed}");
    // The school's own columns stay, and safe fixes are made.
    let again = Reader::new().extra_columns(onroll::reader::ExtraColumns::Ignore).check_bytes(marked.as_slice());
    let cells: Vec<_> = again.problems().iter().filter_map(Problem::cell).collect();
    assert!(cells.contains(&"G2".to_owned()) && !cells.contains(&"E2".to_owned()), "{cells:?}");
    assert!(parts["xl/sharedStrings.xml"].contains("House"));
}

#[test]
fn the_marked_copy_of_a_workbook_keeps_the_rows_and_the_sheet_name() {
    let source = workbook(&[("Year 5", &["Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,BAFR,No,No"]), ("Notes", &[])]);
    let reader = Reader::new().sheet("year 5");
    let mut marked = Vec::new();
    let report = reader.mark_bytes(source.as_slice(), &mut marked).unwrap();
    assert_eq!(
        (report.fixed_count(), report.sheet(), report.fixed()[0].cell().as_deref()),
        (1, Some("Year 5"), Some("E2"))
    );
    assert_eq!(reader.read_bytes(marked).unwrap().len(), 1);
    // If a file cannot be read, its marked copy says why.
    for source in [&b""[..], b"PK\x03\x04", b"\x00\x01\x02", b"a,b\n1,2\n"] {
        let mut marked = Vec::new();
        let report = Reader::new().mark_bytes(source, &mut marked).unwrap();
        assert!(!report.ok() && parts(&marked)["xl/sharedStrings.xml"].contains("The roster is refused"));
    }
}

#[test]
fn a_marked_workbook_shows_the_edits_of_the_user() {
    let rows = [
        "Zoë Okafor,Zoë Okafor,Year 5,5A,U,No,BAFR,No,No",
        "Total,,,,,,,,",
        "Ada Lee,Ada Lee,Year 5,5A,X,No,WBRI,No,No",
    ];
    let source = onroll::template_csv() + &rows.join("\n");
    let edits = [CellEdit::set(2, Column::Gender, "Non-Binary"), CellEdit::leave_out(3)];
    let reader = Reader::new().edits(edits);
    let mut marked = Vec::new();
    assert_eq!(reader.mark_bytes(source.as_bytes(), &mut marked).unwrap().error_count(), 1);
    let notes = &parts(&marked)["xl/comments1.xml"];
    assert!(notes.contains("It was 'U'.") && notes.contains("You left this row out."), "{notes}");
    let again = Reader::new().sheet("Students").edits([CellEdit::leave_out(3)]).check_bytes(marked);
    assert_eq!(again.problems().iter().filter_map(Problem::cell).collect::<Vec<_>>(), ["E4"], "{}", again.text());

    // A full name that is read from two columns has no single cell in which a typed value could be shown.
    let export = "Forename,Surname,Year,Reg,Sex\nZoë,Okafor,Year 5,5A,F\n";
    let detected = Reader::new().detect_bytes(export.as_bytes()).unwrap();
    let reader = Reader::new().mapping(detected.mapping()).edits([CellEdit::set(2, Column::FullName, "Zoë Lee")]);
    let mut marked = Vec::new();
    reader.mark_bytes(export.as_bytes(), &mut marked).unwrap();
    let notes = &parts(&marked)["xl/comments1.xml"];
    assert!(notes.contains("You wrote 'Zoë Lee' for Student Full Name."), "{notes}");
    assert_eq!(reader.edits([]).read_bytes(marked).map(|roster| roster.len()).ok(), Some(1));
}

#[test]
fn detection_asks_which_sheet_to_read_and_accepts_the_answer() {
    let (two, hidden) = (workbook(&[("Year 5, '25", &[ROW]), ("Year 6", &[ROW])]), workbook(&[("Only", &[ROW])]));
    let asked = Reader::new().detect_bytes(&two[..]).unwrap();
    let [question] = asked.questions() else { panic!("{}", asked.text()) };
    assert_eq!(
        (question.kind, question.choices.as_slice()),
        (QuestionKind::WhichSheet, &["Year 5, '25".to_owned(), "Year 6".to_owned()][..])
    );
    assert!(!asked.certain() && asked.columns().is_empty() && asked.mapping().sheet().is_none());
    for sheet in &question.choices {
        let answered = Reader::new().sheet(sheet.as_str()).detect_bytes(&two[..]).unwrap();
        assert_eq!((answered.certain(), answered.mapping().sheet()), (true, Some(sheet.as_str())));
        // A stored mapping does not ask for the sheet again.
        let again = Reader::new().mapping(answered.mapping()).detect_bytes(&two[..]).unwrap();
        assert!(again.certain(), "{}", again.text());
    }
    assert!(Reader::new().sheet("Year 7").detect_bytes(&two[..]).is_err());
    assert!(Reader::new().detect_bytes(&hidden[..]).unwrap().certain());
}

#[test]
fn credentials_can_be_written_as_a_workbook_and_read_again() {
    let roster = Reader::new().read_bytes((onroll::template_csv() + ROW).into_bytes()).unwrap();
    let accounts = Accounts::create(&roster, &PasswordPolicy::default()).unwrap();
    let mut written = Vec::new();
    accounts.write_credentials_workbook(&mut written).unwrap();
    let parts = parts(&written);
    let password = accounts.get("Zoë Okafor").unwrap().password.unwrap().expose().to_owned();
    assert!(parts["xl/sharedStrings.xml"].contains(&format!("<t>{password}</t>")));
    assert!(!parts["xl/sharedStrings.xml"].contains("BAFR"));
    let mut others = Accounts::create(&roster, &PasswordPolicy::default()).unwrap();
    assert_eq!(others.read_credentials(written.as_slice()).unwrap().set, 1);
    assert_eq!(others.get("Zoë Okafor").unwrap().password.unwrap().expose(), password);
}

#[test]
fn numbers_with_leading_zeros_keep_their_zeros() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, heading) in (0..).zip(headings()) {
        sheet.write_string(0, column, heading).unwrap();
    }
    for (column, cell) in (0..).zip(ROW.split(',')) {
        sheet.write_string(1, column, cell).unwrap();
    }
    sheet.write_number_with_format(1, 1, 412, &Format::new().set_num_format("00000")).unwrap();
    sheet.write_number(1, 3, 5).unwrap();
    let roster = Reader::new().read_bytes(book.save_to_buffer().unwrap());
    let report = match roster {
        Ok(roster) => {
            let student = roster.get(0).unwrap();
            assert_eq!((student.username, student.class_name), ("00412", "5"));
            roster.report().clone()
        }
        Err(error) => panic!("{error}"),
    };
    assert_eq!(codes(&report), ["excel-risk"]);
}

/// Returns a CSV file as a workbook of texts, or `None` if the file is not written as Excel writes CSV.
fn as_workbook(csv: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(csv).ok()?.trim_start_matches('\u{FEFF}');
    // A workbook has no `sep=` line and no delimiters, so files that begin with `sep=` or use `;` or tabs are left out.
    if text.starts_with("sep=") || text.lines().take(3).any(|line| line.contains([';', '\t'])) {
        return None;
    }
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Export").unwrap();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    for (row, record) in (0..).zip(reader.records()) {
        for (column, cell) in (0..).zip(record.ok()?.iter()) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    // A second sheet without students must not cause a question.
    book.add_worksheet().set_name("Notes").unwrap().write_string(0, 0, "printed by the office").unwrap();
    Some(book.save_to_buffer().unwrap())
}

#[test]
fn an_export_gives_the_same_roster_as_csv_and_as_workbook() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/detect");
    let cases = std::fs::read_to_string(folder.join("exports.json")).unwrap();
    let cases: Vec<serde_json::Value> = serde_json::from_str(&cases).unwrap();
    let mut read = 0;
    for case in &cases {
        let csv = std::fs::read(folder.join(case["file"].as_str().unwrap())).unwrap();
        let Some(workbook) = as_workbook(&csv) else { continue };
        let sso = case["options"]["sign_in"] == "sso";
        let reader = Reader::new().fix(true).sign_in(if sso { onroll::SignIn::Sso } else { onroll::SignIn::Password });
        let name = &case["name"];
        let from_csv = reader.detect_bytes(csv.as_slice()).unwrap();
        // If there are no headings, only a person can tell which sheet holds the students.
        if from_csv.heading_row().is_none() {
            continue;
        }
        let from_workbook = reader.detect_bytes(&workbook[..]).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(from_workbook.mapping().sheet(), Some("Export"), "{name}");
        assert!(from_csv.mapping().columns().eq(from_workbook.mapping().columns()), "{name}");
        assert_eq!(from_csv.certain(), from_workbook.certain(), "{name}");
        let students = |mapping: &onroll::Mapping, bytes: &[u8]| {
            let roster = reader.clone().mapping(mapping).read_bytes(bytes).ok()?;
            Some(roster.iter().map(|student| student.cells().map(str::to_owned)).collect::<Vec<_>>())
        };
        let rosters = (students(from_csv.mapping(), &csv), students(from_workbook.mapping(), &workbook));
        assert_eq!(rosters.0, rosters.1, "{name}");
        read += usize::from(rosters.0.is_some());
        // A marked copy that contains the school's own columns can be written too.
        let mut marked = Vec::new();
        let report = reader.clone().mapping(from_workbook.mapping()).mark_bytes(&workbook[..], &mut marked).unwrap();
        assert_eq!((report.ok(), report.sheet()), (rosters.1.is_some(), Some("Export")), "{name}");
    }
    assert!(read >= 10, "{read} exports");
}

#[test]
fn each_problem_in_a_workbook_export_names_its_cell() {
    let rows = [["Forename", "Surname", "Year", "Reg", "Sex"], ["Zoë", "Okafor", "5", "5A", "Q"]];
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (2..).zip(rows) {
        for (column, cell) in (1..).zip(cells) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    let bytes = book.save_to_buffer().unwrap();
    let reader = Reader::new().fix(true);
    let detected = reader.detect_bytes(&bytes[..]).unwrap();
    let reader = reader.mapping(detected.mapping());
    let report = reader.check_bytes(&bytes[..]);
    let genders: Vec<_> =
        report.problems().iter().filter(|problem| problem.code() == Code::Gender).filter_map(Problem::cell).collect();
    assert_eq!(genders, ["F4"], "{}", report.text());
    let again = Report::from_json(&report.to_json(true)).unwrap();
    assert_eq!((again.sheet(), again.problems()[0].cell()), (report.sheet(), report.problems()[0].cell()));
}

/// Writes workbooks with `rust_xlsxwriter` and with onroll, for `make test-workbooks` to open in LibreOffice.
#[test]
#[ignore = "writes the workbooks that make test-workbooks opens"]
fn writes_workbooks_for_libreoffice() {
    let folder = PathBuf::from(std::env::var_os("ONROLL_WORKBOOKS").expect("ONROLL_WORKBOOKS is a folder"));
    let save = |name: &str, bytes: &[u8]| std::fs::write(folder.join(name), bytes).unwrap();
    let rows = [
        ROW,
        "Łukasz O’Brien,lukasz,Year 6,6B,Male,Yes,WIRI,No,Yes",
        "Ana-Maria Søé,ana,Reception,R1,Female,No,WOTH,No,No",
    ];
    save("rust-table.xlsx", &workbook(&[("Students", &rows), ("Staff", &[])]));
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let day = ExcelDateTime::from_ymd(2026, 2, 7).unwrap();
    for (row, code) in (0..).zip(["General", "0", "00000", "0.00", "#,##0", "0%", "00-00-00", "\"ID\"000", "0;(0)"]) {
        sheet.write_number_with_format(row, 0, 412.0, &Format::new().set_num_format(code)).unwrap();
        sheet.write_string(row, 1, code).unwrap();
    }
    for (row, code) in (9..).zip(["dd/mm/yyyy", "yyyy-mm-dd", "d-mmm", "dd mmmm yyyy"]) {
        sheet.write_datetime_with_format(row, 0, &day, &Format::new().set_num_format(code)).unwrap();
    }
    sheet.write_boolean(13, 0, true).unwrap();
    sheet.write_formula(14, 0, Formula::new("=\"Zoë\"&\" Okafor\"").set_result("Zoë Okafor")).unwrap();
    let bold = Format::new().set_bold();
    sheet
        .write_rich_string(15, 0, &[(&Format::default(), "Zoë "), (&bold, "Okafor"), (&Format::default(), " (7B)")])
        .unwrap();
    sheet.merge_range(16, 0, 16, 3, "Oakfield School: class list", &bold).unwrap();
    sheet.set_row_hidden(2).unwrap().set_column_hidden(1).unwrap();
    save("rust-shown.xlsx", &book.save_to_buffer().unwrap());
    save("ours-template.xlsx", &template_workbook().unwrap());
    let messy = [&*headings().join(","), "zoë okafor ,Zoë Okafor,Year 5,5A,F,n,White British,No,No", ROW].join("\r\n");
    let mut marked = Vec::new();
    Reader::new().mark_bytes(messy.as_bytes(), &mut marked).unwrap();
    save("ours-marked.xlsx", &marked);
    let roster = Reader::new().read_bytes([&*headings().join(","), ROW].join("\r\n").into_bytes()).unwrap();
    let mut credentials = Vec::new();
    Accounts::create(&roster, &PasswordPolicy::default())
        .unwrap()
        .write_credentials_workbook(&mut credentials)
        .unwrap();
    save("ours-credentials.xlsx", &credentials);
}

#[test]
fn a_shifted_row_of_a_workbook_gives_one_problem() {
    let headings = headings().join(",");
    let rows = "Ada Reid,Ada Reid,Year 7,7B,Female,No,WBRI,No,No\nMia Hall,Mia Hall,,Year 7,7B,F,No,WBRI,No,No\n";
    let csv = format!("{headings}\n{rows}");
    let report = Reader::new().fix(true).check_bytes(as_workbook(csv.as_bytes()).unwrap());
    assert_eq!((codes(&report), report.fixed_count()), (vec!["row-length"], 0));
    // If a shifted row has no value beyond the last column, the message says in which direction the row was shifted.
    let csv = csv.replace("WBRI,No,No\n", "WBRI,No\n").replace("7B,Female,No,WBRI,No", "7B,Female,No,WBRI,No,No");
    let report = Reader::new().fix(true).check_bytes(as_workbook(csv.as_bytes()).unwrap());
    assert_eq!((codes(&report), report.fixed_count()), (vec!["row-length"], 0));
    assert!(report.text().contains("one column too far right"), "{}", report.text());
}

/// Workbooks are UTF-8. If a byte of a workbook is not valid UTF-8, no value may silently become blank.
#[test]
fn a_damaged_byte_in_a_mapped_workbook_makes_no_value_blank() {
    let row = |cells: &[&str]| {
        let cell = |text: &&str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
        format!("<row>{}</row>", cells.iter().map(cell).collect::<String>())
    };
    let headings = row(&["Forename", "Surname", "Email", "Year", "Reg", "Sex"]);
    let others: String = (0..40)
        .map(|number| row(&["Amy", "Hart", &format!("a{number}@oak.example"), "Year 5", "5A", "Female"]))
        .collect();
    for damaged in 0..6 {
        let cells: Vec<String> = ["Emile", "Berg", "e@oak.example", "Year 5", "5A", "Female"]
            .iter()
            .enumerate()
            .map(|(cell, text)| if cell == damaged { format!("~{text}") } else { (*text).to_owned() })
            .collect();
        let student = row(&cells.iter().map(String::as_str).collect::<Vec<_>>());
        let xml = format!("<worksheet><sheetData>{headings}{student}{others}</sheetData></worksheet>");
        let xml: Vec<u8> = xml.bytes().map(|byte| if byte == b'~' { 0xC9 } else { byte }).collect();
        let book = archive(&[
            ("xl/workbook.xml", BOOK),
            ("xl/_rels/workbook.xml.rels", RELATED),
            ("xl/sheet.xml", &xml),
            ("xl/texts.xml", b"<sst/>"),
        ]);
        let mapping = Mapping::from_json(
            r#"{"columns": {"fullName": ["Forename", "Surname"], "email": "Email", "yearGroup": "Year", "className": "Reg", "gender": "Sex"}}"#,
        )
        .unwrap();
        match Reader::new().sign_in(SignIn::Sso).mapping(&mapping).read_bytes(book) {
            Ok(roster) => {
                let student = roster.get(0).unwrap();
                let texts = [student.full_name, student.username, student.year_group, student.class_name].concat();
                assert!(texts.contains('\u{c9}') && !student.full_name.is_empty(), "{damaged}: {texts}");
            }
            Err(error) => assert!(damaged > 1 && matches!(error, ReadError::Rejected(_)), "{damaged}: {error}"),
        }
    }
}
