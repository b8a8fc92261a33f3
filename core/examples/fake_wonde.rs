//! Runs the small Wonde of `wonde_sync` as a process, for the tests in other languages: `cargo run --example fake_wonde
//! -- 1200`
//!
//! Prints the address of the small Wonde, and serves until its standard input ends.

#[path = "../src/testing/fake/mod.rs"]
mod fake;

use std::io::{self, Read};

fn main() {
    let students = std::env::args().nth(1).and_then(|students| students.parse().ok()).unwrap_or(1200);
    println!("{}", fake::Fake::of(students).serve());
    // Standard input ends when the program that started this one ends.
    let _ = io::stdin().read_to_end(&mut Vec::new());
}
