//! Counts instructions with valgrind. Unlike times, the counts hardly change from run to run, so they show the effect
//! of a small change in the code.

use std::any::Any;
use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::jobs::{Job, reading_job};
use crate::ready::Run;
use crate::rosters::{Shape, later};

/// The lengths of the two rosters whose counts we subtract. Costs that do not grow with the rows cancel out.
const ROWS: [u32; 2] = [10_000, 30_000];

/// The sizes of a small and of a large school. For their files, we count all instructions.
const SCHOOLS: [u32; 2] = [300, 2_000];

/// The number of times that we count each roster. We keep the lowest count. Hashes have random seeds. In about one of
/// ten runs with 30,000 rows, two hashes collide, which adds 14 instructions for each row.
const RUNS: usize = 3;

/// The pattern of the function in which valgrind counts: [`run_while_counting`].
const COUNTED: &str = "*run_while_counting*";

/// Runs a job once, for valgrind to count.
///
/// # Errors
/// Returns an error if no job has this name, or if the file does not suit the job.
pub fn run_once(job: &str, file: &Path) -> Result<(), Box<dyn Error>> {
    let mut ready = Job::named(job).ok_or_else(|| format!("no job is named '{job}'"))?.ready(file)?;
    drop(run_while_counting(ready()));
    Ok(())
}

/// Runs the code that valgrind counts. It must stay a function in the binary, and must not end in a jump to another
/// function.
#[inline(never)]
fn run_while_counting(run: Run) -> Box<dyn Any> {
    std::hint::black_box(run())
}

/// Measures reading for every shape, and planning, with files in `folder`. Returns the page of results.
///
/// # Errors
/// Returns an error if valgrind is not installed or fails, or if a file cannot be written.
pub fn page(folder: &Path) -> Result<String, Box<dyn Error>> {
    let valgrind = version(Command::new("valgrind").arg("--version"))
        .ok_or("valgrind did not start; install it first, on Debian by `apt install valgrind`")?;
    let rustc = version(Command::new("rustc").arg("--version")).unwrap_or_else(|| "unknown rustc".to_owned());
    let mut table = String::new();
    let mut worst = (Shape::Usual, 0.0);
    for shape in Shape::ALL {
        let onroll = a_row(folder, reading_job(shape), &|rows| shape.roster(rows))?;
        let csv = a_row(folder, "csv, records only", &|rows| shape.roster(rows))?;
        let name = shape.name();
        writeln!(table, "| read, {name} | {onroll:.1} | {csv:.1} | {:.2} |", onroll / csv)?;
        if onroll / csv > worst.1 {
            worst = (shape, onroll / csv);
        }
    }
    let mut schools = String::new();
    for rows in SCHOOLS {
        let each = |job: &str| Ok::<f64, Box<dyn Error>>(whole(folder, job, rows)? / f64::from(rows));
        let [template, mapped] = [each(reading_job(Shape::Usual))?, each("onroll, an export by its mapping")?];
        let csv = each("csv, records only")?;
        writeln!(schools, "| {rows} | {template:.0} | {mapped:.0} | {:.2} | {csv:.0} |", mapped / template)?;
    }
    let plan = a_row(folder, "plan", &later)?;
    writeln!(table, "| plan, {} | {plan:.1} | | |", Shape::Usual.name())?;
    let (worst, [fewer, more], csv) = (worst.0.name(), ROWS, crate::versions::locked_version("csv"));
    Ok(format!(
        "# Instructions a row\n\nWritten by `make bench-instructions`; [README.md](README.md) describes the shapes. \
         {rustc}; {valgrind}; {csv}.\n\nEach figure is the count for {more} rows minus the count for {fewer} rows, \
         divided by the extra rows. So the cost of starting cancels out. Each count is the lowest of {RUNS}. onroll \
         reads on one thread and checks everything, but csv only reads the records. The shape with the highest ratio: \
         {worst}.\n\n\
         | job | onroll | csv | ratio |\n| --- | ---: | ---: | ---: |\n{table}\n\
         ## Files of a school\n\nEach figure counts all instructions for one file of the shape {}, divided by its \
         number of rows. The file is the first of its process, so the count includes work that a process does only \
         once. The ratio divides reading an export by reading the template.\n\n\
         | rows | the template | an export by its mapping | ratio | csv |\n| ---: | ---: | ---: | ---: | ---: |\n{schools}",
        Shape::Usual.name()
    ))
}

/// Returns the first line that a program prints, or `None` if the program does not start.
fn version(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    String::from_utf8(output.stdout).ok()?.lines().next().map(str::to_owned)
}

/// Returns the number of instructions that a job takes for each additional row.
fn a_row(folder: &Path, job: &str, make: &dyn Fn(u32) -> Vec<u8>) -> Result<f64, Box<dyn Error>> {
    let file = folder.join("counted.csv");
    let count = |rows: u32| {
        fs::write(&file, make(rows))?;
        let counts = (0..RUNS).map(|_| count(folder, job, &file)).collect::<Result<Vec<f64>, _>>()?;
        Ok::<_, Box<dyn Error>>(counts.into_iter().fold(f64::INFINITY, f64::min))
    };
    let [fewer, more] = ROWS;
    let figure = (count(more)? - count(fewer)?) / f64::from(more - fewer);
    eprintln!("{figure:8.1} instructions a row: {job}");
    Ok(figure)
}

/// Returns the number of instructions that a job takes for a whole roster of the usual shape.
fn whole(folder: &Path, job: &str, rows: u32) -> Result<f64, Box<dyn Error>> {
    let file = folder.join("counted.csv");
    fs::write(&file, Shape::Usual.roster(rows))?;
    (0..RUNS).map(|_| count(folder, job, &file)).try_fold(f64::INFINITY, |least, count| Ok(least.min(count?)))
}

/// Returns the number of instructions in one run of a job, which runs in a separate process.
fn count(folder: &Path, job: &str, file: &Path) -> Result<f64, Box<dyn Error>> {
    let profile = folder.join("callgrind.out");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--collect-atstart=no"])
        .arg(format!("--toggle-collect={COUNTED}"))
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .arg(std::env::current_exe()?)
        .args(["once", job])
        .arg(file)
        .output()?;
    if !output.status.success() {
        return Err(format!("valgrind failed for {job}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let profile = fs::read_to_string(profile)?;
    let total = profile.lines().find_map(|line| line.strip_prefix("totals: ")).ok_or("valgrind wrote no total")?;
    match total.trim().parse()? {
        0.0 => Err(format!("valgrind found no function {COUNTED} in {job}").into()),
        total => Ok(total),
    }
}
