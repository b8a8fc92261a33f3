//! Which of cargo-mutants' mutants of the core do its tests notice? As `cargo mutants` asks, but in minutes: it builds the core
//! once for each mutant, and this builds it once with every mutant behind a switch, and runs only the tests that reach it.
//!
//! `onroll-mutants REPOSITORY OUT [FILE …]` asks of all files or of these, and writes `caught.txt`, `missed.txt`, `unviable.txt`, and `others.txt`: those that cannot be
//! switched, for `cargo mutants` itself.

mod run;
mod switch;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use switch::Mutant;

/// The tests that are asked: those of `.cargo/mutants.toml`.
const TESTS: [&str; 3] = ["--lib", "--test", "behaviour"];

fn main() {
    let paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [repository, out, files @ ..] = paths.as_slice() else { panic!("onroll-mutants REPOSITORY OUT [FILE …]") };
    fs::create_dir_all(out).unwrap();
    let [repository, out] = [repository, out].map(|path| path.canonicalize().unwrap());
    let tree = out.join("tree");
    let _ = fs::remove_dir_all(&tree);
    done(Command::new("git").arg("clone").arg("--quiet").arg(&repository).arg(&tree));
    let mutants = list(&tree, files);

    let mut unviable = HashSet::new();
    let sites = loop {
        let sites = write(&tree, &mutants, &unviable);
        let refused = refused(&tree);
        if refused.is_empty() {
            break sites;
        }
        unviable.extend(refused);
    };
    let (caught, missed) = run::all(&mutants, &sites, &tests(&tree), &tree, &out);

    let names = |wanted: &dyn Fn(usize) -> bool| -> String {
        mutants.iter().filter(|mutant| wanted(mutant.number)).map(|mutant| mutant.name.clone() + "\n").collect()
    };
    let switched = |number: usize| sites.contains_key(&number);
    fs::write(out.join("caught.txt"), names(&|number| caught.contains(&number))).unwrap();
    fs::write(out.join("missed.txt"), names(&|number| missed.contains(&number))).unwrap();
    fs::write(out.join("unviable.txt"), names(&|number| unviable.contains(&number))).unwrap();
    let others = names(&|number| !switched(number) && !unviable.contains(&number));
    fs::write(out.join("others.txt"), &others).unwrap();
    let all = caught.len() + missed.len();
    let part = 100.0 * caught.len() as f64 / all as f64;
    println!(
        "{} mutants: {} do not compile, {} cannot be switched",
        mutants.len(),
        unviable.len(),
        others.lines().count()
    );
    println!("of the other {all}, {} are caught ({part:.1}%) and {} missed", caught.len(), missed.len());
}

fn done(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn list(tree: &Path, files: &[PathBuf]) -> Vec<Mutant> {
    let mut command = Command::new("cargo");
    command.args(["mutants", "--list", "--json", "-p", "onroll"]).current_dir(tree);
    command.args(files.iter().flat_map(|file| [Path::new("--file"), file]));
    let json = done(&mut command);
    let list: Vec<Value> = serde_json::from_slice(&json).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let number = |value: &Value| value.as_u64().unwrap() as usize;
    let mutant = |(place, mutant): (usize, &Value)| Mutant {
        number: place + 1,
        name: text(&mutant["name"]),
        genre: text(&mutant["genre"]),
        file: text(&mutant["file"]),
        at: (number(&mutant["span"]["start"]["line"]), number(&mutant["span"]["start"]["column"])),
        replacement: text(&mutant["replacement"]),
        return_type: text(&mutant["function"]["return_type"]),
    };
    list.iter().enumerate().map(mutant).collect()
}

/// Writes the core with its mutants switched, and gives by which number the site of each is known.
fn write(tree: &Path, mutants: &[Mutant], dropped: &HashSet<usize>) -> HashMap<usize, usize> {
    done(Command::new("git").args(["checkout", "--quiet", "core/src"]).current_dir(tree));
    let mut files: BTreeMap<&str, Vec<Mutant>> = BTreeMap::new();
    for mutant in mutants {
        files.entry(&mutant.file).or_default().push(mutant.clone());
    }
    let mut all = HashMap::new();
    for (file, mutants) in files {
        let path = tree.join(file);
        let (source, sites) = switch::switched(&fs::read_to_string(&path).unwrap(), &mutants, dropped);
        fs::write(path, source).unwrap();
        all.extend(sites);
    }
    let library = tree.join("core/src/lib.rs");
    let source = fs::read_to_string(&library).unwrap() + include_str!("active.rs");
    fs::write(library, source).unwrap();
    all
}

fn cargo(tree: &Path, command: &[&str]) -> Vec<Value> {
    let mut cargo = Command::new("cargo");
    cargo.args(command).args([
        "--locked",
        "-p",
        "onroll",
        "--all-features",
        "--profile",
        "mutants",
        "--message-format",
        "json",
    ]);
    // Optimised a little, since every test runs many times; and what is written by a program is not judged.
    cargo.env("CARGO_PROFILE_MUTANTS_OPT_LEVEL", "1").env("RUSTFLAGS", "--cap-lints warn -A warnings");
    cargo.env("CARGO_TARGET_DIR", tree.with_file_name("target")).current_dir(tree);
    let output = cargo.output().unwrap();
    String::from_utf8_lossy(&output.stdout).lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// The mutants on whose lines the compiler finds an error.
fn refused(tree: &Path) -> HashSet<usize> {
    let mut refused = HashSet::new();
    let mut marks: HashMap<String, Vec<(usize, usize, usize)>> = HashMap::new();
    let mut strangers = Vec::new();
    for message in cargo(tree, &["check"]).iter().filter(|message| message["message"]["level"] == "error") {
        let spans = message["message"]["spans"].as_array().unwrap();
        let mut is_known = spans.is_empty();
        for span in spans.iter().filter(|span| span["is_primary"] == true) {
            let file = span["file_name"].as_str().unwrap();
            let marks = marks.entry(file.to_owned()).or_insert_with(|| marked(&tree.join(file)));
            let line = span["line_start"].as_u64().unwrap() as usize;
            let at = marks.iter().filter(|(from, to, _)| (*from..=*to).contains(&line));
            let before = refused.len();
            refused.extend(at.map(|(.., number)| *number));
            is_known |= refused.len() > before;
        }
        if !is_known {
            strangers.push(message["message"]["rendered"].to_string());
        }
    }
    assert!(!refused.is_empty() || strangers.is_empty(), "errors that are no mutant's:\n{}", strangers.join("\n"));
    refused
}

/// From which line to which each mutant's code stands.
fn marked(path: &Path) -> Vec<(usize, usize, usize)> {
    let source = fs::read_to_string(path).unwrap_or_default();
    let (mut begun, mut marks) = (HashMap::new(), Vec::new());
    for (line, text) in source.lines().enumerate().map(|(place, text)| (place + 1, text)) {
        let number = |mark: &str| text.split_once(mark).and_then(|(_, rest)| rest.split_once("*/")?.0.parse().ok());
        if let Some(number) = number("/*<") {
            begun.insert(number, line);
        }
        if let Some(number) = number("/*>") {
            marks.push((begun[&number], line, number));
        }
    }
    marks
}

/// Builds the tests, and gives the programs.
fn tests(tree: &Path) -> Vec<PathBuf> {
    let messages = cargo(tree, &[&["test", "--no-run"], &TESTS[..]].concat());
    let programs = messages.iter().filter(|message| message["profile"]["test"] == true);
    let programs: Vec<PathBuf> = programs.filter_map(|message| Some(message["executable"].as_str()?.into())).collect();
    assert_eq!(programs.len(), 2, "the tests do not build");
    programs
}
