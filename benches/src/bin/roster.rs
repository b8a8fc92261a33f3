//! Prints a roster of so many students, for benchmarks in other languages: `roster 1000000 > roster.csv`; with `messy`, one
//! in which every row has a problem.

use std::io::Write;

use onroll_benches::{Usernames, messy, roster};

fn main() -> std::io::Result<()> {
    let students = std::env::args().nth(1).and_then(|students| students.parse().ok()).unwrap_or(1_000);
    let made = match std::env::args().nth(2).as_deref() {
        Some("messy") => messy(students),
        Some("later") => onroll_benches::later(students),
        _ => roster(students, Usernames::Emails),
    };
    std::io::stdout().write_all(&made)
}
