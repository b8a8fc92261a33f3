//! Checks the published files and the dependencies: every file belongs there, and our oldest Rust can build every
//! crate.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

fn cargo(arguments: &[&str]) -> String {
    let cargo = Command::new(env!("CARGO")).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(cargo.status.success(), "{}", String::from_utf8_lossy(&cargo.stderr));
    String::from_utf8(cargo.stdout).unwrap()
}

#[test]
fn the_crate_contains_its_licence_and_only_needed_files() {
    let listed = cargo(&["package", "--list", "--allow-dirty", "--offline", "--locked"]);
    let files: Vec<&str> = listed.lines().collect();
    let once = ["Cargo.toml", "Cargo.toml.orig", "Cargo.lock", ".cargo_vcs_info.json", "README.md", "LICENSE"];
    for wanted in ["Cargo.toml", "README.md", "LICENSE", "src/lib.rs", "examples/import.rs"] {
        assert!(files.contains(&wanted), "{wanted} is missing");
    }
    let belongs = |file: &str| match file.split_once('/') {
        None => once.contains(&file),
        Some(("src", _)) => {
            let data = [
                "src/account/cards/cards.css",
                "src/text/html_codes.txt",
                "src/text/look_alike.txt",
                "src/vocabulary/headings.tsv",
            ];
            file.ends_with(".rs") || data.contains(&file)
        }
        // The examples contain the data of an invented school.
        Some(("examples", name)) => {
            let is_data = [".csv", ".xlsx"].iter().any(|end| file.ends_with(end));
            file.ends_with(".rs") || name.starts_with("oakfield") && is_data
        }
        Some(("tests", name)) if name.starts_with("vectors/read/workbooks/") => true,
        Some(("tests", _)) => [".rs", ".json", ".csv", ".tsv", ".md", ".txt"].iter().any(|end| file.ends_with(end)),
        Some(_) => false,
    };
    let stray: Vec<&&str> = files.iter().filter(|file| !belongs(file)).collect();
    assert!(stray.is_empty() && files.len() > 60, "{stray:?}");
}

#[test]
fn no_dependency_needs_a_newer_rust_than_the_stated_oldest_version() {
    let metadata: Value = serde_json::from_str(&cargo(&["metadata", "--format-version", "1", "--locked"])).unwrap();
    // The version 1.89 means 1.89.0.
    let version = |text: &str| -> Vec<u32> {
        text.split('.').map(|part| part.parse().unwrap()).chain([0, 0, 0]).take(3).collect()
    };
    let ours = version(env!("CARGO_PKG_RUST_VERSION"));
    let mut stated = 0;
    for package in metadata["packages"].as_array().unwrap() {
        // A crate need not state its Rust version. `cargo clippy` cannot check such a crate either.
        let Some(needed) = package["rust_version"].as_str() else { continue };
        assert!(version(needed) <= ours, "{} needs Rust {needed}", package["name"]);
        stated += 1;
    }
    assert!(stated > 100, "{stated} crates state their Rust");
    let contributing = include_str!("../../CONTRIBUTING.md");
    let stated = format!("Rust {} is the oldest", env!("CARGO_PKG_RUST_VERSION"));
    assert!(contributing.contains(&stated), "CONTRIBUTING.md says so");
}

#[test]
fn using_only_the_file_reader_compiles_few_crates() {
    let tree = [
        "tree",
        "--locked",
        "--offline",
        "-p",
        "onroll",
        "--no-default-features",
        "-e",
        "normal,build",
        "--prefix",
        "none",
    ];
    let listed = cargo(&tree);
    let crates: BTreeSet<&str> = listed.lines().map(|line| line.trim_end_matches(" (*)")).collect();
    assert!((20..=60).contains(&crates.len()), "{} crates", crates.len());
}
