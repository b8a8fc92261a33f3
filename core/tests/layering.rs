//! Checks the layering rule: a module uses only modules in strictly lower layers, and names the module in every path.
//! It also checks that the files of no crate import each other in a cycle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The modules of the core by layer, lowest first; see CONTRIBUTING.md.
const LAYERS: &[&[&str]] = &[
    &["code", "format"],
    &["text", "excel", "simd", "column", "meaning", "threads", "watch", "london"],
    &["keys", "problem", "values", "vocabulary", "upn", "password", "adapter"],
    &["table", "student", "username"],
    &["check", "report"],
    &["roster", "mapping"],
    &["reader", "account"],
    &["plan", "identity"],
    &["wonde", "mylogin"],
    &["command", "testing"],
];

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|modules| modules.contains(&module))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Returns the files with one of these endings in a folder and its subfolders.
fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path, endings)),
            false if path.extension().is_some_and(|e| endings.iter().any(|ending| e == *ending)) => found.push(path),
            false => {}
        }
    }
    found
}

/// Returns the module that a file belongs to: the first part of its path in `src`.
fn module(source: &Path, file: &Path) -> String {
    let part = file.strip_prefix(source).unwrap().iter().next().unwrap().to_string_lossy();
    part.trim_end_matches(".rs").to_owned()
}

/// Returns the lines of a file that are code, with their numbers.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")).map(|(n, line)| (n + 1, line))
}

/// Returns the names that follow `crate::` in a line.
fn used(line: &str) -> Vec<String> {
    let name = |part: &str| part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut names = Vec::new();
    for part in line.split("crate::").skip(1) {
        match part.strip_prefix('{') {
            // `use crate::{a, b::C}`
            Some(list) => {
                names.extend(list.split(['}', ';']).next().unwrap_or_default().split(',').map(|n| name(n.trim())))
            }
            None => names.push(name(part)),
        }
    }
    names
}

#[test]
fn each_module_uses_only_modules_of_lower_layers() {
    let source = root().join("core/src");
    let mut uses = 0;
    for file in files(&source, &["rs"]) {
        let own_module = module(&source, &file);
        if ["lib", "main"].contains(&own_module.as_str()) {
            continue;
        }
        let own = layer(&own_module).unwrap_or_else(|| panic!("{own_module} is in no layer"));
        let text = fs::read_to_string(&file).unwrap();
        for (number, line) in code(&text) {
            for used in used(line) {
                let at = format!("{}:{number}", file.display());
                let below = layer(&used).unwrap_or_else(|| panic!("{at} uses {used}, which is in no layer"));
                assert!(below < own || used == own_module, "{at}: {own_module} uses {used}, which is not below it");
                uses += 1;
            }
        }
    }
    assert!(uses > 50, "the uses are found: {uses}");
}

/// Returns the modules that each module of a crate uses.
fn modules_used(source: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let modules: BTreeSet<String> = files(source, &["rs"]).iter().map(|file| module(source, file)).collect();
    let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files(source, &["rs"]) {
        let own = module(source, &file);
        let text = fs::read_to_string(&file).unwrap();
        let uses = code(&text).flat_map(|(_, line)| used(line));
        graph.entry(own.clone()).or_default().extend(uses.filter(|used| modules.contains(used) && *used != own));
    }
    graph.remove("lib");
    graph
}

/// Returns the file that an import in `folder` names, as a path without its ending. `folder` and the result are paths
/// in the same source folder. Returns `None` if the import leads out of that source folder.
fn imported(folder: &Path, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.iter().map(|part| part.to_str().unwrap()).collect();
    for part in path.trim_end_matches(".js").split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// Returns the files that each TypeScript file in a folder and its subfolders imports, including imports of types. The
/// browser imports code that it shares with Node from the folder of built files. So these imports name no source file.
fn files_imported(source: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let imports = |file: &Path| {
        let path = file.strip_prefix(source).unwrap();
        let folder = path.parent().unwrap();
        let text = fs::read_to_string(file).unwrap();
        let quoted = text.split("from \"").skip(1).filter_map(|rest| rest.split('"').next());
        let own = quoted.filter(|path| path.starts_with('.'));
        let name = imported(folder, &path.file_stem().unwrap().to_string_lossy()).unwrap();
        (name, own.filter_map(|path| imported(folder, path)).collect())
    };
    files(source, &["ts"]).iter().map(|file| imports(file)).collect()
}

/// Returns a cycle of a graph, if it has one.
fn cycle(graph: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    fn visit(
        graph: &BTreeMap<String, BTreeSet<String>>,
        node: &str,
        path: &mut Vec<String>,
        done: &mut BTreeSet<String>,
    ) -> Option<Vec<String>> {
        if let Some(start) = path.iter().position(|other| other == node) {
            return Some(path[start..].to_vec());
        }
        if done.contains(node) {
            return None;
        }
        path.push(node.to_owned());
        let found = graph.get(node).into_iter().flatten().find_map(|next| visit(graph, next, path, done));
        path.pop();
        done.insert(node.to_owned());
        found
    }
    let mut done = BTreeSet::new();
    graph.keys().find_map(|node| visit(graph, node, &mut Vec::new(), &mut done))
}

#[test]
fn the_modules_of_each_crate_have_no_cyclic_dependency() {
    for source in ["bindings-python/src", "bindings-node/src", "bindings-node/browser/src", "benches/src", "fuzz/src"] {
        let graph = modules_used(&root().join(source));
        assert_eq!(cycle(&graph), None, "{source}: {graph:#?}");
    }
    for folder in ["bindings-node/lib", "bindings-node/browser/lib"] {
        let graph = files_imported(&root().join(folder));
        assert!(graph.len() > 5 && graph.values().any(|imports| imports.len() > 1), "the imports are found");
        let leaves_its_folder = |(file, imports): (&String, &BTreeSet<String>)| {
            file.contains('/') && imports.iter().any(|other| !other.contains('/') && graph.contains_key(other))
        };
        assert!(graph.iter().any(leaves_its_folder), "the imports of subfolders are found");
        assert_eq!(cycle(&graph), None, "{graph:#?}");
    }
}

#[test]
fn finds_dependency_cycles_and_used_modules() {
    let graph = |edges: &[(&str, &str)]| {
        let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (from, to) in edges {
            graph.entry((*from).to_owned()).or_default().insert((*to).to_owned());
        }
        graph
    };
    assert_eq!(cycle(&graph(&[("a", "b"), ("a", "c"), ("b", "c")])), None);
    assert_eq!(cycle(&graph(&[("a", "b"), ("b", "c"), ("c", "b")])), Some(vec!["b".to_owned(), "c".to_owned()]));
    assert_eq!(used("use crate::{a, b::C}; crate::d::e"), ["a", "b", "d"]);
    let inside = |path| imported(Path::new("plan"), path);
    assert_eq!([inside("./change.js"), inside("../input.js")], [Some("plan/change".into()), Some("input".into())]);
    assert_eq!([inside("../wonde/lock.js"), inside("../../native.js")], [Some("wonde/lock".into()), None]);
}

#[test]
fn every_source_file_has_a_description_and_at_most_400_lines() {
    let rust = ["core", "bindings-python", "bindings-node", "bindings-node/browser", "benches", "fuzz"];
    let sources = rust.map(|folder| files(&root().join(folder).join("src"), &["rs"]));
    let pages = ["bindings-node/lib", "bindings-node/browser/lib"].map(|folder| files(&root().join(folder), &["ts"]));
    let all: Vec<_> = sources.into_iter().chain(pages).inspect(|files| assert!(!files.is_empty())).flatten().collect();
    for file in all.into_iter().filter(|file| !file.ends_with("tests.rs")) {
        let text = fs::read_to_string(&file).unwrap();
        let is_rust = file.extension().is_some_and(|kind| kind == "rs");
        assert!(!is_rust || text.starts_with("//! "), "{}", file.display());
        let code = text.split("#[cfg(test)]").next().unwrap_or_default().lines().count();
        assert!(code <= 400, "{} has {code} lines", file.display());
    }
}

#[test]
fn every_test_that_a_configuration_skips_exists() {
    let sources = ["core/src", "core/tests"].into_iter().flat_map(|folder| files(&root().join(folder), &["rs"]));
    let code: String = sources.map(|file| fs::read_to_string(file).unwrap()).collect();
    let mut names = 0;
    for (file, before) in [("gamma.toml", "--skip="), (".config/nextest.toml", "not test(")] {
        for rest in fs::read_to_string(root().join(file)).unwrap().split(before).skip(1) {
            let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let is_there = ["fn ", "mod "].iter().any(|kind| code.contains(&format!("{kind}{name}")));
            assert!(is_there, "{file} names the test {name}, which does not exist");
            names += 1;
        }
    }
    assert!(names > 15, "the names are found: {names}");
}
