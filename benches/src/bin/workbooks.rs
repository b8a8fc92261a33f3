//! Reads a workbook of 2,000 students into a checked roster, and compares the time with calamine, which reads only the
//! cells.
//!
//! `cargo run --release -p onroll-benches --bin workbooks -- [FILE.xlsx]` prints the medians in seconds as JSON. If you
//! name a file, it also writes the workbook there, so that `benches/python/workbooks.py` can measure other libraries
//! with it.

use std::error::Error;
use std::io::Cursor;
use std::time::{Duration, Instant};

use calamine::{Reader as _, Xlsx};
use onroll::Reader;

const ROWS: u32 = 2_000;
const ROUNDS: usize = 41;

fn workbook() -> Result<Vec<u8>, Box<dyn Error>> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, heading) in (0_u16..).zip(onroll::template_csv().trim_end().split(',')) {
        sheet.write_string(0, column, heading)?;
    }
    let names = ["Amelia", "Noah", "Zoë", "Łukasz", "Mia", "Oliver", "Isla", "Aoife"];
    for row in 1..=ROWS {
        let first = names[row as usize % names.len()];
        let letters: String = (0..4).map(|index| char::from(b'a' + (row / 26_u32.pow(index) % 26) as u8)).collect();
        let name = format!("{first} O{letters}");
        let year = format!("Year {}", row % 7 + 7);
        let class = format!("{}{}", row % 7 + 7, char::from(b'A' + (row % 6) as u8));
        let gender = ["Male", "Female"][row as usize % 2];
        let cells = [&name, &name, &year, &class, gender, "No", "WBRI", "No", "Yes"];
        for (column, cell) in (0_u16..).zip(cells) {
            sheet.write_string(row, column, cell)?;
        }
    }
    Ok(book.save_to_buffer()?)
}

fn by_calamine(bytes: &[u8]) -> usize {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
    let sheet = book.sheet_names()[0].clone();
    let mut cells = book.worksheet_cells_reader(&sheet).expect("a sheet");
    let mut count = 0;
    while cells.next_cell().expect("a cell").is_some() {
        count += 1;
    }
    count
}

fn by_onroll(bytes: &[u8]) -> usize {
    Reader::new().read_bytes(bytes).expect("a roster").len()
}

fn main() -> Result<(), Box<dyn Error>> {
    let bytes = workbook()?;
    if let Some(path) = std::env::args().nth(1) {
        std::fs::write(path, &bytes)?;
    }
    assert_eq!((by_calamine(&bytes), by_onroll(&bytes)), ((ROWS as usize + 1) * 9, ROWS as usize));
    let timed = |job: fn(&[u8]) -> usize| {
        let start = Instant::now();
        std::hint::black_box(job(&bytes));
        start.elapsed()
    };
    let (mut calamine, mut onroll): (Vec<Duration>, Vec<Duration>) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        calamine.push(timed(by_calamine));
        onroll.push(timed(by_onroll));
    }
    let median = |times: &mut Vec<Duration>| {
        times.sort();
        times[ROUNDS / 2]
    };
    let (calamine, onroll) = (median(&mut calamine), median(&mut onroll));
    println!(r#"{{"calamine": {}, "onroll": {}}}"#, calamine.as_secs_f64(), onroll.as_secs_f64());
    Ok(())
}
