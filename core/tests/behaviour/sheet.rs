//! Tests a file as a person sees and edits it: its rows, and the values that the person types.

use onroll::reader::{CellEdit, ExtraColumns};
use onroll::{Column, ProblemCode, Reader, Report};

fn csv(rows: &str) -> Vec<u8> {
    (onroll::template_csv() + rows).into_bytes()
}

/// Returns the report on a file, and its rows as shown to a person: number, whether the row is whole, name and gender.
fn shown(reader: &Reader, csv: &[u8]) -> (Report, Vec<(u64, bool, String, String)>) {
    let (report, sheet) = reader.sheet_bytes(csv).unwrap();
    let rows = sheet.iter().map(|row| (row.number, row.is_whole, row.cells[0].to_owned(), row.cells[4].to_owned()));
    let rows: Vec<_> = rows.collect();
    assert_eq!((rows.len(), sheet.is_empty()), (sheet.len(), rows.is_empty()));
    (report, rows)
}

fn row(number: u64, is_whole: bool, name: &str, gender: &str) -> (u64, bool, String, String) {
    (number, is_whole, name.to_owned(), gender.to_owned())
}

const ZOE: &str = "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,BAFR,No,No\r\n";

#[test]
fn shows_the_rows_of_a_file_unchanged_or_with_safe_fixes() {
    let csv = csv(&format!("{ZOE}\r\n,,,,,,,,\r\nAnna Lee,Anna Lee,Year 5,5A,Male,No,BAFR,No\r\nTotal,,,,,,,,2\r\n"));
    let (report, rows) = shown(&Reader::new(), &csv);
    assert_eq!(rows[0], row(2, true, "Zoë Okafor", "F"));
    assert_eq!(rows[1], row(5, false, "Anna Lee", "Male"));
    assert_eq!(report.to_json(true), Reader::new().check_bytes(&csv[..]).to_json(true));
    let (_, fixed) = shown(&Reader::new().fix(true), &csv);
    assert_eq!(fixed[0], row(2, true, "Zoë Okafor", "Female"));
}

#[test]
fn shows_cells_in_the_order_of_the_template() {
    let csv = b"Gender;House;Student Full Name;Username;Year Group;Class;Pupil Premium;Ethnicity;SEND;EAL\r\nF;Red;Zo\xEB Okafor;Zo\xEB Okafor;5;5A;No;BAFR;No;No\r\n";
    let reader = Reader::new().any_order(true).extra_columns(ExtraColumns::Ignore);
    assert_eq!(shown(&reader, csv).1, [row(2, true, "Zoë Okafor", "F")]);
}

#[test]
fn reads_and_checks_and_writes_the_values_that_a_user_typed() {
    let csv = csv(ZOE);
    let edited = Reader::new().edits([CellEdit::set(2, Column::Gender, "X"), CellEdit::set(2, Column::Gender, "Male")]);
    let (report, rows) = shown(&edited, &csv);
    assert!(report.ok());
    assert_eq!(rows, [row(2, true, "Zoë Okafor", "Male")]);
    let roster = edited.read_bytes(&csv[..]).unwrap();
    assert_eq!(roster.get(0).unwrap().gender.unwrap().as_str(), "Male");
    let mut corrected = Vec::new();
    assert!(edited.fix_bytes(&csv[..], &mut corrected).unwrap().ok());
    assert!(String::from_utf8(corrected).unwrap().contains("Year 5,5A,Male,No"));
    // A typed value is checked like a value in the file, so a wrong one is a problem.
    let report = Reader::new().edits([CellEdit::set(2, Column::Gender, "Mael")]).check_bytes(&csv[..]);
    assert_eq!(report.count_of(ProblemCode::Gender), 1);
    assert_eq!(report.problems()[0].value(), Some("Mael"));
    assert!(!format!("{edited:?}").contains("Male"));
}

#[test]
fn leaves_out_a_row_on_request() {
    let csv = csv(&format!("{ZOE}{ZOE}"));
    let reader = Reader::new().fix(true);
    assert_eq!(reader.check_bytes(&csv[..]).count_of(ProblemCode::RowDuplicate), 1);
    let without = reader.edits([CellEdit::leave_out(3)]);
    assert_eq!(without.read_bytes(&csv[..]).unwrap().len(), 1);
    assert_eq!(shown(&without, &csv).1.len(), 1);
    let mut corrected = Vec::new();
    without.fix_bytes(&csv[..], &mut corrected).unwrap();
    assert_eq!(String::from_utf8(corrected).unwrap().matches("Okafor").count(), 2);
}

#[test]
fn accepts_a_short_row_after_all_of_its_cells_are_typed() {
    let csv = csv("Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\r\n");
    let cells = ["Zoë Okafor", "Zoë Okafor", "Year 5", "5A", "Female", "No", "BAFR", "No", "No"];
    let edits = |most: usize| {
        let typed = Column::ALL.into_iter().zip(cells).take(most);
        Reader::new().edits(typed.map(|(column, text)| CellEdit::set(2, column, text)))
    };
    assert_eq!(edits(8).check_bytes(&csv[..]).count_of(ProblemCode::RowLength), 1);
    assert_eq!(edits(9).read_bytes(&csv[..]).unwrap().get(0).unwrap().class_name, "5A");
}

#[test]
fn a_typed_cell_gets_no_encoding_warning() {
    let csv = [csv("").as_slice(), b"Zo\xEB Lee,Zo\xEB Lee,Year 5,5A,Female,No,BAFR,No,No\r\n"].concat();
    assert_eq!(Reader::new().check_bytes(&csv[..]).count_of(ProblemCode::Encoding), 2);
    let typed = [Column::FullName, Column::Username].map(|column| CellEdit::set(2, column, "Zoë Lee"));
    assert_eq!(Reader::new().edits(typed).check_bytes(&csv[..]).count_of(ProblemCode::Encoding), 0);
}

#[test]
fn edits_of_rows_that_do_not_exist_change_nothing() {
    let csv = csv(&ZOE.repeat(3));
    let plain = Reader::new().check_bytes(&csv[..]).to_json(true);
    let edits = [CellEdit::set(99, Column::Class, "9Z"), CellEdit::leave_out(1_000)];
    for threads in [1, 4] {
        assert_eq!(Reader::new().edits(edits.clone()).threads(threads).check_bytes(&csv[..]).to_json(true), plain);
    }
}

/// Letters of proficiency stay until a person has decided the meaning of every `N`. A value that is typed over an `N`
/// decides it.
#[test]
fn a_typed_value_decides_the_meaning_of_n_in_the_eal_column() {
    let rows = "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,A\nAmy Lee,Amy Lee,Year 5,5A,Female,No,BAFR,No,N\n";
    let csv = csv(rows);
    let reader = Reader::new().fix(true);
    let typed = |row, text| Reader::new().fix(true).edits([CellEdit::set(row, Column::Eal, text)]);
    let values = |report: Report| report.problems().iter().map(|p| p.value().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(values(reader.check_bytes(&csv[..])), ["A", "N"]);
    assert_eq!(values(typed(2, "Yes").check_bytes(&csv[..])), ["N"]);
    let roster = typed(3, "No").read_bytes(&csv[..]).unwrap();
    assert_eq!(roster.iter().map(|student| student.eal).collect::<Vec<_>>(), [true, false]);
    let left_out = Reader::new().fix(true).edits([CellEdit::leave_out(3)]).read_bytes(&csv[..]).unwrap();
    assert!(left_out.len() == 1 && left_out.get(0).unwrap().eal);
}
