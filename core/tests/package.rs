//! What is published, and what it needs: no file that does not belong there, and no crate that our oldest Rust cannot build.

use std::process::Command;

use serde_json::Value;

fn cargo(arguments: &[&str]) -> String {
    let cargo = Command::new(env!("CARGO")).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(cargo.status.success(), "{}", String::from_utf8_lossy(&cargo.stderr));
    String::from_utf8(cargo.stdout).unwrap()
}

#[test]
fn the_crate_has_its_licence_and_nothing_that_does_not_belong_there() {
    let listed = cargo(&["package", "--list", "--allow-dirty", "--offline", "--locked"]);
    let files: Vec<&str> = listed.lines().collect();
    let once = ["Cargo.toml", "Cargo.toml.orig", "Cargo.lock", ".cargo_vcs_info.json", "README.md", "LICENSE"];
    for wanted in ["Cargo.toml", "README.md", "LICENSE", "src/lib.rs", "examples/import.rs"] {
        assert!(files.contains(&wanted), "{wanted} is missing");
    }
    let belongs = |file: &str| match file.split_once('/') {
        None => once.contains(&file),
        Some(("src", _)) => file.ends_with(".rs") || file == "src/account/cards.html",
        // Those of a school that never was.
        Some(("examples", name)) => file.ends_with(".rs") || name.starts_with("oakfield") && file.ends_with(".csv"),
        Some(("tests", _)) => [".rs", ".json", ".csv", ".md", ".txt"].iter().any(|end| file.ends_with(end)),
        Some(_) => false,
    };
    let stray: Vec<&&str> = files.iter().filter(|file| !belongs(file)).collect();
    assert!(stray.is_empty() && files.len() > 60, "{stray:?}");
}

#[test]
fn the_oldest_rust_that_is_stated_builds_all_of_it() {
    let metadata: Value = serde_json::from_str(&cargo(&["metadata", "--format-version", "1", "--locked"])).unwrap();
    // 1.89 is 1.89.0.
    let version = |text: &str| -> Vec<u32> {
        text.split('.').map(|part| part.parse().unwrap()).chain([0, 0, 0]).take(3).collect()
    };
    let ours = version(env!("CARGO_PKG_RUST_VERSION"));
    let mut stated = 0;
    for package in metadata["packages"].as_array().unwrap() {
        // What other crates do not state, `cargo clippy` does not see either.
        let Some(needed) = package["rust_version"].as_str() else { continue };
        assert!(version(needed) <= ours, "{} needs Rust {needed}", package["name"]);
        stated += 1;
    }
    assert!(stated > 100, "{stated} crates state their Rust");
    let contributing = include_str!("../../CONTRIBUTING.md");
    let stated = format!("Rust {} is the oldest", env!("CARGO_PKG_RUST_VERSION"));
    assert!(contributing.contains(&stated), "CONTRIBUTING.md says so");
}
