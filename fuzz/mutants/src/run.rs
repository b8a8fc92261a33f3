//! Running the tests that reach a mutant, until one notices it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use super::switch::Mutant;

/// Which tests are left out: they fill the memory, or start programs that are built without the switch.
const LEFT_OUT: [&str; 2] = ["a_single_cell_of_500_megabytes", "examples::"];
/// At first so many cases of a property are tried, and tests that take longer than a second wait.
const FEW_CASES: &str = "64";
const QUICK: Duration = Duration::from_secs(1);

struct Test {
    program: PathBuf,
    name: String,
    /// The folder to run in.
    folder: PathBuf,
}

/// A test with what it takes, and the sites it reaches.
struct Measured<'t> {
    test: &'t Test,
    time: Duration,
    reached: HashSet<usize>,
}

impl Test {
    /// Runs it alone; whether it passes in time. What loops or fills the memory does not.
    fn passes(&self, variables: &[(&str, &str)], limit: Duration) -> bool {
        let mut shell = Command::new("sh");
        shell.args(["-c", "ulimit -v 6000000; exec \"$0\" \"$@\""]).arg(&self.program);
        shell.args(["--exact", &self.name, "--test-threads", "1"]).current_dir(&self.folder);
        shell.envs(variables.iter().copied()).env("CARGO_MANIFEST_DIR", &self.folder);
        let mut child = shell.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let begun = Instant::now();
        loop {
            match child.try_wait().unwrap() {
                Some(status) => return status.success(),
                None if begun.elapsed() > limit => {
                    let _ = child.kill();
                    let _ = child.wait();
                    return false;
                }
                None => thread::sleep(Duration::from_millis(2).min(limit)),
            }
        }
    }

    fn measured(&self, cases: &[(&str, &str)], record: &Path) -> Option<Measured<'_>> {
        let _ = fs::remove_file(record);
        let begun = Instant::now();
        let variables = [cases, &[("MUTANT_RECORD", record.to_str()?)]].concat();
        if !self.passes(&variables, Duration::from_secs(300)) {
            println!("left out, since it fails without any mutant: {}", self.name);
            return None;
        }
        let reached = fs::read_to_string(record).unwrap_or_default();
        let reached = reached.lines().filter_map(|site| site.parse().ok()).collect();
        Some(Measured { test: self, time: begun.elapsed(), reached })
    }
}

/// Which mutants are caught, and which are missed; of those that are known by these sites.
pub fn all(
    mutants: &[Mutant],
    sites: &HashMap<usize, usize>,
    programs: &[PathBuf],
    tree: &Path,
    out: &Path,
) -> (HashSet<usize>, HashSet<usize>) {
    let tests: Vec<Test> = programs.iter().flat_map(|program| of(program, &tree.join("core"))).collect();
    let record = out.join("reached.txt");
    let few = [("PROPTEST_CASES", FEW_CASES)];
    let quick: Vec<Measured<'_>> = tests.iter().filter_map(|test| test.measured(&few, &record)).collect();
    // What took no longer than before with all its cases has none, and need not be asked again.
    let times: HashMap<&str, Duration> = quick.iter().map(|of| (of.test.name.as_str(), of.time)).collect();
    let is_other = |of: &Measured<'_>| {
        let before = times.get(of.test.name.as_str()).copied().unwrap_or_default();
        before > QUICK || of.time > before * 2 + Duration::from_millis(50)
    };
    let slow: Vec<_> = tests.iter().filter_map(|test| test.measured(&[], &record)).filter(is_other).collect();
    let quick: Vec<_> = quick.into_iter().filter(|of| of.time <= QUICK).collect();

    let mut left: Vec<&Mutant> = mutants.iter().filter(|mutant| sites.contains_key(&mutant.number)).collect();
    let mut caught = HashSet::new();
    for (tests, variables) in [(&quick, &few[..]), (&slow, &[])] {
        println!("{} mutants against {} tests", left.len(), tests.len());
        caught.extend(ask(&left, sites, tests, variables));
        left.retain(|mutant| !caught.contains(&mutant.number));
    }
    (caught, left.iter().map(|mutant| mutant.number).collect())
}

fn of(program: &Path, folder: &Path) -> Vec<Test> {
    let list = Command::new(program).arg("--list").current_dir(folder).output().unwrap().stdout;
    let list = String::from_utf8_lossy(&list).into_owned();
    let names = list.lines().filter_map(|line| line.strip_suffix(": test"));
    let names = names.filter(|name| !LEFT_OUT.iter().any(|out| name.contains(out)));
    names.map(|name| Test { program: program.into(), name: name.into(), folder: folder.into() }).collect()
}

fn ask(
    mutants: &[&Mutant],
    sites: &HashMap<usize, usize>,
    tests: &[Measured<'_>],
    variables: &[(&str, &str)],
) -> HashSet<usize> {
    let queue = Mutex::new(mutants.iter());
    let caught = Mutex::new(HashSet::new());
    // How often a test has noticed a mutant of a file: it is likely to notice the next.
    let noticed: Mutex<BTreeMap<(&str, usize), u32>> = Mutex::default();
    let work = || {
        while let Some(mutant) = { queue.lock().unwrap().next() } {
            let reaching = tests.iter().enumerate().filter(|(_, of)| of.reached.contains(&sites[&mutant.number]));
            let mut reaching: Vec<_> = reaching.collect();
            let cost = |place: usize, time: Duration| {
                time / (1 + 8 * noticed.lock().unwrap().get(&(mutant.file.as_str(), place)).copied().unwrap_or(0))
            };
            reaching.sort_by_cached_key(|(place, of)| cost(*place, of.time));
            let number = mutant.number.to_string();
            let variables = [variables, &[("MUTANT", number.as_str())]].concat();
            let notices = |of: &Measured<'_>| !of.test.passes(&variables, (of.time * 10).max(Duration::from_secs(4)));
            if let Some((place, _)) = reaching.into_iter().find(|(_, of)| notices(of)) {
                *noticed.lock().unwrap().entry((&mutant.file, place)).or_default() += 1;
                caught.lock().unwrap().insert(mutant.number);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    caught.into_inner().unwrap()
}
