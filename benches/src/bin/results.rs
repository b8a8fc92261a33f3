//! Measures every job and its peers, and writes `benches/RESULTS.md` and the plot of growth. It can also count
//! instructions, and write `benches/INSTRUCTIONS.md`.
//!
//! Each job runs in a separate process. In every round the jobs of a comparison run one after another, so that a busy
//! machine slows them alike. We report the median of the rounds. See benches/README.md.

use std::collections::HashMap;
use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use onroll_benches::jobs::{Job, reading_job};
use onroll_benches::plot::growth_plot;
use onroll_benches::rosters::{Shape, later, messy};
use onroll_benches::{instructions, locked_version, wonde};
use serde::{Deserialize, Serialize};

type Any<T> = Result<T, Box<dyn Error>>;

/// The figures of one job, printed by its process as JSON.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Measurement {
    /// Nanoseconds of the first run, in memory that the process has not used before.
    first: f64,
    /// Median nanoseconds of a later run, in memory that the process has used before.
    again: f64,
    /// Kilobytes by which the process has grown, while it still holds the job's result.
    held: f64,
    /// Kilobytes by which the process had grown at its peak.
    peak: f64,
}

type Measurements<'j> = HashMap<&'j str, Measurement>;

fn main() -> Any<()> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    match given.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["job", name, file] => {
            println!("{}", serde_json::to_string(&do_job(name, Path::new(file))?)?);
            Ok(())
        }
        // Valgrind counts the instructions of this process.
        ["once", name, file] => instructions::run_once(name, Path::new(file)),
        ["instructions"] => {
            let page = instructions::page(&results_folder()?)?;
            print!("{page}");
            Ok(fs::write(crate_folder().join("INSTRUCTIONS.md"), page)?)
        }
        ["shapes", rows] => measure_shapes(rows.parse()?, &mut Table(String::new())),
        // These interpreters run the peers in other languages.
        [python, node] => all(python, node),
        _ => Err("the arguments must be PYTHON NODE, `instructions` or `shapes ROWS`".into()),
    }
}

fn crate_folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Creates the folder of the rosters, and returns it.
fn results_folder() -> Any<PathBuf> {
    let folder = crate_folder().join("../target/results");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Runs a job a few times, or many times if it is short.
fn do_job(name: &str, file: &Path) -> Any<Measurement> {
    let mut ready = Job::named(name).ok_or_else(|| format!("no job is named '{name}'"))?.ready(file)?;
    let warm_bytes = fs::metadata(file)?.len().saturating_mul(8).min(1 << 30) as usize;
    let is_cold = std::env::var_os(COLD).is_some();
    let mut timed = || {
        if !is_cold {
            use_memory(warm_bytes);
        }
        let once = ready();
        // Reset the peak, so that it covers only what follows.
        fs::write("/proc/self/clear_refs", "5")?;
        let before = memory("VmRSS")?;
        let begun = Instant::now();
        let made = once();
        let taken = begun.elapsed();
        let (held, peak) = (memory("VmRSS")? - before, memory("VmHWM")? - before);
        drop(made);
        Any::Ok((taken, held, peak))
    };
    let (first, held, peak) = timed()?;
    let mut again = Vec::new();
    let begun = Instant::now();
    while again.len() < 3 || (begun.elapsed() < Duration::from_millis(300) && again.len() < 1000) {
        again.push(timed()?.0.as_nanos() as f64);
    }
    Ok(Measurement { first: first.as_nanos() as f64, again: median(again), held, peak })
}

/// The environment variable that, if set, prevents the call of [`use_memory`] before a run.
const COLD: &str = "ONROLL_COLD";

/// Writes to every page of this much memory, and frees it, so that the system has free memory. A virtual machine may
/// have returned its free memory to its host. Getting that memory back can take longer than the job.
fn use_memory(bytes: usize) {
    let mut memory = vec![0_u8; bytes];
    memory.iter_mut().step_by(4096).for_each(|byte| *byte = 1);
    std::hint::black_box(memory);
}

/// Returns a figure of this process's memory from Linux, in kilobytes.
fn memory(what: &str) -> Any<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(what)).ok_or("no such figure")?;
    Ok(line.trim_matches(|c: char| !c.is_ascii_digit()).parse()?)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Runs each job on a file for this number of rounds, and returns the medians.
fn measure<'j>(file: &Path, rounds: usize, jobs: &[&'j str]) -> Any<Measurements<'j>> {
    measure_where(file, rounds, jobs, ("GLIBC_TUNABLES", ""))
}

/// Does the same as [`measure`], with an environment variable set in the processes of the jobs.
fn measure_where<'j>(
    file: &Path,
    rounds: usize,
    jobs: &[&'j str],
    (variable, value): (&str, &str),
) -> Any<Measurements<'j>> {
    let mut by_job: HashMap<&str, Vec<Measurement>> = HashMap::new();
    for round in 1..=rounds {
        for job in jobs {
            eprintln!("round {round}: {job}, {}", file.display());
            let output =
                Command::new(std::env::current_exe()?).args(["job", job]).arg(file).env(variable, value).output()?;
            if !output.status.success() {
                return Err(format!("{job}: {}", String::from_utf8_lossy(&output.stderr)).into());
            }
            by_job.entry(job).or_default().push(serde_json::from_slice(&output.stdout)?);
        }
    }
    let medians = |all: Vec<Measurement>| {
        let median_of = |figure: fn(&Measurement) -> f64| median(all.iter().map(figure).collect());
        Measurement {
            first: median_of(|m| m.first),
            again: median_of(|m| m.again),
            held: median_of(|m| m.held),
            peak: median_of(|m| m.peak),
        }
    };
    Ok(by_job.into_iter().map(|(job, all)| (job, medians(all))).collect())
}

/// The lines of the table in RESULTS.md.
struct Table(String);

impl Table {
    fn line(&mut self, what: &str, first: f64, again: f64, target: &str) {
        println!("{what:70} {first:7.2} {again:7.2}   {target}");
        let _ = writeln!(self.0, "| {what} | {first:.2} | {again:.2} | {target} |");
    }

    /// Adds a line with the time of a job divided by the time of its peer. Returns the ratio for the first run and the
    /// ratio for later runs.
    fn ratio(&mut self, measured: &Measurements<'_>, job: &str, peer: &str, rows: &str, target: &str) -> [f64; 2] {
        let [of_job, of_peer] = [job, peer].map(|name| measured.get(name).copied().unwrap_or_default());
        let [first, again] = [of_job.first / of_peer.first, of_job.again / of_peer.again];
        self.line(&format!("{rows}: {job} / {peer}"), first, again, target);
        [first, again]
    }
}

/// Adds a line for each shape, and a line for the worst shape. The worst shape for the first run can differ from the
/// worst shape for later runs.
fn measure_shapes(rows: u32, table: &mut Table) -> Any<()> {
    const ROUNDS: usize = 5;
    let label = if rows == 1_000_000 { "1M rows".to_owned() } else { format!("{rows} rows") };
    let mut worst = [("", 0.0_f64); 2];
    for shape in Shape::ALL {
        let file = results_folder()?.join("shape.csv");
        fs::write(&file, shape.roster(rows))?;
        let job = reading_job(shape);
        let measured = measure(&file, ROUNDS, &[RECORDS, job])?;
        let figures = table.ratio(&measured, job, RECORDS, &format!("{label}, {}", shape.name()), "");
        for (worst, figure) in worst.iter_mut().zip(figures) {
            if figure > worst.1 {
                *worst = (shape.name(), figure);
            }
        }
    }
    let [(shape, first), (shape_again, again)] = worst;
    let names = if shape == shape_again { shape.to_owned() } else { format!("first {shape}, again {shape_again}") };
    table.line(&format!("{label}, worst shape ({names}): onroll, one thread / {RECORDS}"), first, again, "");
    Ok(())
}

const RECORDS: &str = "csv, records only";
const ONE: &str = "onroll, one thread";
const TWO: &str = "onroll, two threads";
/// The job that shows how much a second thread gains on this machine.
const HALVES: &str = "csv, records only, by halves on two threads";

fn all(python: &str, node: &str) -> Any<()> {
    let folder = results_folder()?;
    let mut table = Table(String::new());
    let million = file(&folder, "usual-1m.csv", || Shape::Usual.roster(1_000_000))?;
    measure_reading(&folder, &million, &mut table)?;
    measure_memory(&million, &mut table)?;
    measure_accounts(&folder, &million, python, &mut table)?;
    measure_exports(&folder, &million, &mut table)?;
    let imports = [(python, "benches/python/imports.py", "0.2"), (node, "benches/node/imports.mjs", "1")];
    for (interpreter, script, target) in imports {
        for (what, ratio) in peers_of(Command::new(interpreter).arg(script))? {
            table.line(&what, ratio, ratio, target);
        }
    }
    write(&folder, &table)
}

/// Writes a file for the jobs, and returns its path.
fn file(folder: &Path, name: &str, make: impl Fn() -> Vec<u8>) -> Any<PathBuf> {
    let path = folder.join(name);
    fs::write(&path, make())?;
    Ok(path)
}

fn measure_reading(folder: &Path, million: &Path, table: &mut Table) -> Any<()> {
    let measured = measure(million, 9, &[RECORDS, ONE, TWO, HALVES])?;
    table.ratio(&measured, ONE, RECORDS, "1M rows", "0.8");
    table.ratio(&measured, TWO, RECORDS, "1M rows", "0.5");
    table.ratio(&measured, HALVES, RECORDS, "1M rows", "");
    let peers = ["simd-csv, records only", "csv, serde and a HashSet"];
    let measured = measure(million, 3, &[RECORDS, peers[0], peers[1]])?;
    for peer in peers {
        table.ratio(&measured, peer, RECORDS, "1M rows", "");
    }

    let country = file(folder, "usual-9m.csv", || Shape::Usual.roster(9_100_000))?;
    let measured = measure(&country, 7, &[RECORDS, ONE, TWO, HALVES])?;
    table.ratio(&measured, ONE, RECORDS, "9.1M rows", "0.8");
    table.ratio(&measured, TWO, RECORDS, "9.1M rows", "0.5");
    table.ratio(&measured, HALVES, RECORDS, "9.1M rows", "");
    let measured = measure_where(&country, 5, &[RECORDS, ONE, TWO], (COLD, "1"))?;
    table.ratio(&measured, ONE, RECORDS, "9.1M rows, memory not at hand", "");
    table.ratio(&measured, TWO, RECORDS, "9.1M rows, memory not at hand", "");
    // A host can configure the C library to use memory in pages of 2 MiB.
    let measured = measure_where(&country, 5, &[RECORDS, ONE, TWO], ("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1"))?;
    table.ratio(&measured, ONE, RECORDS, "9.1M rows in huge pages", "");
    table.ratio(&measured, TWO, RECORDS, "9.1M rows in huge pages", "");

    let wrong = file(folder, "messy-1m.csv", || messy(1_000_000))?;
    let measured = measure(&wrong, 5, &[RECORDS, "onroll, every row wrong"])?;
    table.ratio(&measured, "onroll, every row wrong", RECORDS, "1M rows", "2.5");
    measure_shapes(1_000_000, table)?;
    let school = file(folder, "usual-300.csv", || Shape::Usual.roster(300))?;
    let measured = measure(&school, 11, &[RECORDS, "onroll, a slice"])?;
    table.ratio(&measured, "onroll, a slice", RECORDS, "300 rows", "1.5");
    Ok(())
}

fn measure_memory(million: &Path, table: &mut Table) -> Any<()> {
    let size = fs::metadata(million)?.len() as f64 / 1024.0;
    let path = measure(million, 3, &["onroll, from a path", "onroll, from a stream"])?;
    for (job, target) in [("onroll, from a path", "1.3 and 1.4"), ("onroll, from a stream", "")] {
        let memory = path.get(job).copied().unwrap_or_default();
        table.line(
            &format!("1M rows: {job}: memory held, and peak, / file"),
            memory.held / size,
            memory.peak / size,
            target,
        );
    }
    Ok(())
}

fn measure_accounts(folder: &Path, million: &Path, python: &str, table: &mut Table) -> Any<()> {
    let account_jobs = [ONE, "passwords", "create accounts", "write credentials", "csv, writing the same rows"];
    let measured = measure(million, 7, &account_jobs)?;
    table.ratio(&measured, "create accounts", ONE, "1M", "1");
    table.ratio(&measured, "write credentials", "csv, writing the same rows", "1M", "1");
    let each = measured.get("passwords").copied().unwrap_or_default();
    table.line("1M passwords, nanoseconds each", each.first / 1e6, each.again / 1e6, "40");

    let next = file(folder, "later-1m.csv", || later(1_000_000))?;
    let measured = measure(&next, 15, &[ONE, "plan", "apply the plan", "read both, create and plan"])?;
    table.ratio(&measured, "plan", ONE, "1M against 1M", "2");
    table.ratio(&measured, "apply the plan", ONE, "1M against 1M", "");
    let whole = measured.get("read both, create and plan").copied().unwrap_or_default();
    for (peer, seconds) in peers_of(Command::new(python).arg("benches/python/join.py").args([million, &next]))? {
        let ratio = whole.first / 1e9 / seconds;
        table.line(&format!("1M against 1M: read both, create and plan / {peer}"), ratio, ratio, "below 1");
    }
    Ok(())
}

fn measure_exports(folder: &Path, million: &Path, table: &mut Table) -> Any<()> {
    let school = file(folder, "usual-2000.csv", || Shape::Usual.roster(2_000))?;
    let (detect, mapped) = ("onroll, detect an export", "onroll, an export by its mapping");
    let measured = measure(&school, 11, &[ONE, detect, mapped])?;
    let detected = measured.get(detect).copied().unwrap_or_default();
    table.line("2,000 rows: detect an export, milliseconds", detected.first / 1e6, detected.again / 1e6, "2");
    let measured_million = measure(million, 5, &[ONE, mapped])?;
    table.ratio(&measured, mapped, ONE, "2,000 rows", "2");
    // No school has a million rows. Here, memory for the text in the template's columns takes most of the time.
    table.ratio(&measured_million, mapped, ONE, "1M rows", "");
    let school = file(folder, "wonde-2000.jsonl", || wonde::pages(2000))?;
    let (values, decoded) = ("serde_json, pages of Wonde's as Value", "onroll, pages of Wonde's to a roster");
    let measured = measure(&school, 11, &[values, decoded])?;
    table.ratio(&measured, decoded, values, "2,000 students", "1");
    Ok(())
}

/// Measures how the time grows with the number of students, and writes the page and its plot.
fn write(folder: &Path, table: &Table) -> Any<()> {
    let mut growth = Vec::new();
    for students in [1_000, 10_000, 100_000, 1_000_000, 9_100_000] {
        let path = folder.join("growth.csv");
        fs::write(&path, Shape::Usual.roster(students))?;
        let measured = measure(&path, 3, &[RECORDS, ONE, TWO])?;
        let a_row = |job: &str| measured.get(job).map_or(f64::NAN, |figures| figures.again / f64::from(students));
        growth.push((f64::from(students), [a_row(RECORDS), a_row(ONE), a_row(TWO)]));
    }
    fs::write(crate_folder().join("growth.svg"), growth_plot(&growth, [RECORDS, ONE, TWO]))?;
    let results = crate_folder().join("RESULTS.md");
    // Other commands write the sections on Spark, the browser and workbooks, so these sections are kept.
    let before = fs::read_to_string(&results).unwrap_or_default();
    let others = ["\n## A country on Spark\n", "\n## In the browser\n", "\n## Workbooks\n"];
    let of_others = others.iter().filter_map(|part| before.find(part)).min().and_then(|start| before.get(start..));
    fs::write(&results, page(&table.0) + of_others.unwrap_or(""))?;
    Ok(())
}

/// Runs a script of another language and returns the figures that it prints: `{"name": figure, …}`.
fn peers_of(command: &mut Command) -> Any<Vec<(String, f64)>> {
    let output = command.current_dir(crate_folder().join("..")).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let figures: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&output.stdout)?;
    Ok(figures.into_iter().filter_map(|(name, figure)| Some((name, figure.as_f64()?))).collect())
}

fn page(table: &str) -> String {
    let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let processor = processor.lines().find_map(|line| line.strip_prefix("model name\t: ")).unwrap_or("unknown");
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let versions = ["csv", "csv-core", "serde", "simd-csv"].map(locked_version).join(", ");
    format!(
        "# Results\n\nWritten by `make bench`; [README.md](README.md) says how to read it. {processor}, \
         {threads} processors; {versions}.\n\nEach figure is a ratio of medians unless its line says otherwise. Below \
         1, the job before the slash is faster than the job after it. 'First' is measured in a fresh process, which \
         must still get its memory. 'Again' is measured in memory that the process has used before. In lines about \
         memory, 'first' is the memory held, and 'again' is the peak.\n\n\
         | what | first | again | target |\n| --- | ---: | ---: | ---: |\n{table}\n\
         ## Growth\n\nThe plot shows nanoseconds a row, from a thousand rows to 9.1 million, in memory that the \
         process has used before.\n\n![Time a row](growth.svg)\n"
    )
}
