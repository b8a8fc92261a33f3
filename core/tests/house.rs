//! The house rule: a room uses only rooms on strictly lower floors, by their own path.

use std::fs;
use std::path::{Path, PathBuf};

const FLOORS: &[&[&str]] = &[
    &["text", "column", "meaning", "threads"],
    &["keys", "problem", "ethnicity", "year_group", "gender", "flag", "password", "adapter"],
    &["sheet", "student", "username"],
    &["row", "report"],
    &["roster"],
    &["reader", "account"],
    &["plan", "identity"],
    &["wonde", "mylogin"],
];

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false if path.extension().is_some_and(|e| e == "rs") => found.push(path),
            false => {}
        }
    }
    found
}

/// The room that a file belongs to: the first part of its path in `src`.
fn room(source: &Path, file: &Path) -> String {
    let part = file.strip_prefix(source).unwrap().iter().next().unwrap().to_string_lossy();
    part.trim_end_matches(".rs").to_owned()
}

#[test]
fn rooms_use_only_what_is_below_them() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut uses = 0;
    for file in files(&source) {
        let room = room(&source, &file);
        if room == "lib" {
            continue;
        }
        let own = floor(&room).unwrap_or_else(|| panic!("{room} is on no floor"));
        let text = fs::read_to_string(&file).unwrap();
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            for part in line.split("crate::").skip(1) {
                let used: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let place = format!("{}:{}", file.display(), number + 1);
                let below = floor(&used).unwrap_or_else(|| panic!("{place} uses {used}, which is no room"));
                assert!(below < own || used == room, "{place}: {room} uses {used}, which is not below it");
                uses += 1;
            }
        }
    }
    assert!(uses > 50, "the uses are found: {uses}");
}

#[test]
fn every_file_says_at_its_door_what_it_is_for() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for file in files(&source).into_iter().filter(|file| !file.ends_with("tests.rs")) {
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("//! "), "{}", file.display());
        let code = text.split("#[cfg(test)]").next().unwrap_or_default().lines().count();
        assert!(code <= 500, "{} has {code} lines", file.display());
    }
}
