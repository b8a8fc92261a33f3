//! Measures every job with criterion, in groups for comparison, while you work on the code. `results` measures the
//! figures in RESULTS.md, with each job in its own process.

use std::fs;
use std::path::{Path, PathBuf};

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};
use onroll_benches::jobs::{Job, reading_job};
use onroll_benches::rosters::{Shape, later, messy};

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = |name: &str, bytes: Vec<u8>| -> PathBuf {
        let path = folder.join(name);
        fs::write(&path, bytes).expect("the target folder can be written");
        path
    };
    for students in [300, 100_000] {
        let usual = file("usual.csv", Shape::Usual.roster(students));
        let reading = [
            "csv, records only",
            "simd-csv, records only",
            "csv, serde and a HashSet",
            "onroll, one thread",
            "onroll, two threads",
            "onroll, a slice",
        ];
        group(&mut criterion, Shape::Usual.name(), students, &usual, &reading);
        for shape in Shape::ALL.into_iter().filter(|shape| *shape != Shape::Usual) {
            let roster = file("shape.csv", shape.roster(students));
            let jobs = ["csv, records only", reading_job(shape)];
            group(&mut criterion, shape.name(), students, &roster, &jobs);
        }
        let wrong = file("messy.csv", messy(students));
        group(&mut criterion, "every row wrong", students, &wrong, &["csv, records only", "onroll, every row wrong"]);
        let accounts =
            ["onroll, one thread", "passwords", "create accounts", "write credentials", "csv, writing the same rows"];
        group(&mut criterion, "accounts", students, &usual, &accounts);
        let later = file("later.csv", later(students));
        group(&mut criterion, "plans", students, &later, &["onroll, one thread", "plan", "apply the plan"]);
    }
    let usual = file("usual.csv", Shape::Usual.roster(2_000));
    let export = ["onroll, one thread", "onroll, detect an export", "onroll, an export by its mapping"];
    group(&mut criterion, "any export", 2_000, &usual, &export);
    let pages = file("wonde.jsonl", onroll_benches::wonde::pages(2000));
    let jobs = ["serde_json, pages of Wonde's as Value", "onroll, pages of Wonde's to a roster"];
    group(&mut criterion, "wonde", 2000, &pages, &jobs);
    criterion.final_summary();
}

fn group(criterion: &mut Criterion, name: &str, students: u32, file: &Path, jobs: &[&str]) {
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(u64::from(students))).sample_size(20);
    for name in jobs {
        let mut ready = Job::named(name).expect("there is such a job").ready(file).expect("the file was just made");
        group.bench_function(BenchmarkId::new(*name, students), |bencher| {
            bencher.iter_batched(&mut ready, |once| once(), BatchSize::PerIteration);
        });
    }
    group.finish();
}
