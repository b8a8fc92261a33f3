//! Prints a roster, for benchmarks in other languages: `roster 1000000 > roster.csv`. A second argument is `messy`
//! (every row has a problem), `later`, or the name of a shape. The default is the usual shape.

use std::error::Error;
use std::io::Write;

use onroll_benches::rosters::{Shape, later, messy};

fn main() -> Result<(), Box<dyn Error>> {
    let students = std::env::args().nth(1).and_then(|students| students.parse().ok()).unwrap_or(1_000);
    let csv = match std::env::args().nth(2).as_deref() {
        None => Shape::Usual.roster(students),
        Some("messy") => messy(students),
        Some("later") => later(students),
        Some(name) => {
            let named = Shape::ALL.into_iter().find(|shape| shape.name() == name);
            let names = Shape::ALL.map(Shape::name).join("', '");
            named.ok_or(format!("the shape must be 'messy', 'later', '{names}', not '{name}'"))?.roster(students)
        }
    };
    std::io::stdout().write_all(&csv)?;
    Ok(())
}
