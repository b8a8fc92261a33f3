//! Prints a roster of so many students, for benchmarks in other languages: `roster 1000000 > roster.csv`.

use std::io::Write;

use onroll_benches::{Usernames, roster};

fn main() -> std::io::Result<()> {
    let students = std::env::args().nth(1).and_then(|students| students.parse().ok()).unwrap_or(1_000);
    std::io::stdout().write_all(&roster(students, Usernames::Emails))
}
