//! Checks that every public item is shown in an example that the tests run. This may be the item's own example, or the
//! example of its type or module.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ImplItem, Item, ItemImpl, Lit, Meta, Token, TraitItem, Type, UseTree, Visibility};

/// Public items without an example, by their path. Keep this list empty: write an example instead.
const NOT_SHOWN: &[&str] = &[];

/// A module of the crate: its documentation and its items.
struct Module {
    docs: String,
    items: Vec<Item>,
}

/// The modules by their path from the crate's root. The path of the root itself is empty.
type Modules = BTreeMap<Vec<String>, Module>;
/// An item: the path of its module, and its name.
type Id = (Vec<String>, String);

/// Returns the text of documentation comments.
fn docs(attributes: &[Attribute]) -> String {
    let text = |attribute: &Attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(value) => match &value.lit {
                Lit::Str(text) => Some(text.value()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    };
    attributes.iter().filter_map(text).collect::<Vec<_>>().join("\n")
}

/// Whether an item is not a part of the public interface, because it is hidden or built only for tests.
fn is_left_out(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let Meta::List(list) = &attribute.meta else { return false };
        let Ok(parts) = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated) else { return false };
        let has = |name: &str| parts.iter().any(|part| part.path().is_ident(name));
        list.path.is_ident("doc") && has("hidden")
            || list.path.is_ident("cfg") && (has("test") || has("doctest") || has("fuzzing"))
    })
}

/// Loads a module and all modules in it. `folder` has the files of its inner modules.
fn load(
    path: &[String],
    docs_above: &str,
    attributes: &[Attribute],
    items: Vec<Item>,
    folder: &Path,
    all: &mut Modules,
) {
    for item in &items {
        let Item::Mod(inner) = item else { continue };
        if is_left_out(&inner.attrs) {
            continue;
        }
        let name = inner.ident.to_string();
        let (path, folder) = ([path, std::slice::from_ref(&name)].concat(), folder.join(&name));
        match &inner.content {
            Some((_, items)) => load(&path, &docs(&inner.attrs), &[], items.clone(), &folder, all),
            None => {
                let file: PathBuf =
                    [folder.with_extension("rs"), folder.join("mod.rs")].into_iter().find(|f| f.exists()).unwrap();
                let file = syn::parse_file(&fs::read_to_string(file).unwrap()).unwrap();
                load(&path, &docs(&inner.attrs), &file.attrs, file.items, &folder, all);
            }
        }
    }
    let docs = format!("{docs_above}\n{}", docs(attributes));
    let made: Vec<Item> = items.iter().flat_map(made_by_macro).collect();
    all.insert(path.to_vec(), Module { docs, items: items.into_iter().chain(made).collect() });
}

fn crate_modules() -> Modules {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let root = syn::parse_file(&fs::read_to_string(source.join("lib.rs")).unwrap()).unwrap();
    let mut all = Modules::new();
    load(&[], "", &root.attrs, root.items, &source, &mut all);
    all
}

/// Returns the items that one of our macros makes, without their repeated parts: `pub enum Target { $($name,)* }`
/// becomes `pub enum Target {}`.
fn made_by_macro(item: &Item) -> Vec<Item> {
    let Item::Macro(item) = item else { return Vec::new() };
    if !item.mac.path.is_ident("macro_rules") {
        return Vec::new();
    }
    // A rule of a macro is a pattern, `=>`, and the code that it makes.
    let made = item.mac.tokens.clone().into_iter().filter_map(|token| match token {
        TokenTree::Group(group) => Some(group.stream()),
        _ => None,
    });
    let file = made.skip(1).step_by(2).map(|made| syn::parse2::<syn::File>(without_repeated(made)));
    file.filter_map(Result::ok).flat_map(|file| file.items).collect()
}

fn without_repeated(tokens: TokenStream) -> TokenStream {
    let mut kept = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(dollar) if dollar.as_char() == '$' => match tokens.next() {
                // `$(…)*` or `$(…),*`
                Some(TokenTree::Group(_)) => {
                    tokens.by_ref().find(|token| matches!(token, TokenTree::Punct(p) if "*+?".contains(p.as_char())));
                }
                name => kept.extend(name),
            },
            TokenTree::Group(group) => {
                kept.push(proc_macro2::Group::new(group.delimiter(), without_repeated(group.stream())).into());
            }
            token => kept.push(token),
        }
    }
    kept.into_iter().collect()
}

/// Returns the name of an item, if it has one, with its visibility and its attributes.
fn named(item: &Item) -> Option<(String, &Visibility, &[Attribute])> {
    let (name, visibility, attributes) = match item {
        Item::Const(item) => (&item.ident, &item.vis, &item.attrs),
        Item::Enum(item) => (&item.ident, &item.vis, &item.attrs),
        Item::Fn(item) => (&item.sig.ident, &item.vis, &item.attrs),
        Item::Mod(item) => (&item.ident, &item.vis, &item.attrs),
        Item::Static(item) => (&item.ident, &item.vis, &item.attrs),
        Item::Struct(item) => (&item.ident, &item.vis, &item.attrs),
        Item::Trait(item) => (&item.ident, &item.vis, &item.attrs),
        Item::Type(item) => (&item.ident, &item.vis, &item.attrs),
        _ => return None,
    };
    Some((name.to_string(), visibility, attributes))
}

/// Finds the names that a `use` brings into scope, each with the path of the item that it names.
fn bound(tree: &UseTree, path: &[String], to: &mut Vec<(String, Vec<String>)>) {
    let with = |name: &dyn ToString| [path, &[name.to_string()]].concat();
    match tree {
        UseTree::Path(inner) => bound(&inner.tree, &with(&inner.ident), to),
        UseTree::Group(group) => group.items.iter().for_each(|inner| bound(inner, path, to)),
        UseTree::Name(name) => to.push((name.ident.to_string(), with(&name.ident))),
        UseTree::Rename(name) => to.push((name.rename.to_string(), with(&name.ident))),
        // This crate has no glob imports.
        UseTree::Glob(_) => {}
    }
}

/// Returns the item that a path names, if the path is written in the given module.
fn resolve(modules: &Modules, module: &[String], path: &[String]) -> Option<Id> {
    let (first, rest) = path.split_first()?;
    let descend =
        |module: Vec<String>| modules.contains_key(&module).then(|| resolve(modules, &module, rest)).flatten();
    match first.as_str() {
        "crate" => return descend(Vec::new()),
        "self" => return descend(module.to_vec()),
        "super" => return descend(module.split_last()?.1.to_vec()),
        _ => {}
    }
    let inner = [module, std::slice::from_ref(first)].concat();
    if modules.contains_key(&inner) && !rest.is_empty() {
        return descend(inner);
    }
    let items = &modules[module].items;
    if rest.is_empty() && items.iter().filter_map(named).any(|(name, ..)| name == *first) {
        return Some((module.to_vec(), first.clone()));
    }
    let uses = items.iter().filter_map(|item| match item {
        Item::Use(item) => Some(&item.tree),
        _ => None,
    });
    let mut names = Vec::new();
    uses.for_each(|tree| bound(tree, &[], &mut names));
    let (_, to) = names.into_iter().find(|(name, to)| name == first && to[0] != *first)?;
    resolve(modules, module, &[to, rest.to_vec()].concat())
}

/// Finds the public items that can be reached from a public module. Each comes with the path and the documentation of
/// that module.
fn reached(modules: &Modules, module: &[String], to: &mut BTreeMap<Id, (Vec<String>, String)>) {
    let docs = &modules[module].docs;
    for item in &modules[module].items {
        if let (Item::Mod(inner), true) = (item, is_public(item)) {
            reached(modules, &[module, &[inner.ident.to_string()]].concat(), to);
        } else if let (Item::Use(item), true) = (item, is_public(item)) {
            let mut names = Vec::new();
            bound(&item.tree, &[], &mut names);
            let ids = names.iter().filter_map(|(_, path)| resolve(modules, module, path));
            ids.for_each(|id| _ = to.insert(id, (module.to_vec(), docs.clone())));
        } else if let (Some((name, ..)), true) = (named(item), is_public(item)) {
            to.insert((module.to_vec(), name), (module.to_vec(), docs.clone()));
        }
    }
}

fn is_public(item: &Item) -> bool {
    let (visibility, attributes) = match (item, named(item)) {
        (Item::Use(item), _) => (&item.vis, &item.attrs[..]),
        (_, Some((_, visibility, attributes))) => (visibility, attributes),
        _ => return false,
    };
    matches!(visibility, Visibility::Public(_)) && !is_left_out(attributes)
}

/// Returns the words and marks of the examples in a documentation comment. It leaves out hidden lines, `use`, string
/// texts and comments.
fn example(docs: &str) -> Vec<String> {
    let mut code = String::new();
    let mut is_rust = None;
    for line in docs.lines().map(str::trim) {
        match (line.strip_prefix("```"), is_rust) {
            (Some(info), None) => is_rust = Some(["", "rust", "no_run", "should_panic"].contains(&info.trim())),
            (Some(_), Some(_)) => is_rust = None,
            (None, Some(true)) if line != "#" && !line.starts_with("# ") => code = code + line + "\n",
            _ => {}
        }
    }
    words(&code)
}

fn words(code: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut rest = code.chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied();
        match c {
            '/' if next == Some('/') => _ = rest.by_ref().find(|c| *c == '\n'),
            '"' => {
                while let Some(c) = rest.next().filter(|c| *c != '"') {
                    rest.next_if(|_| c == '\\');
                }
            }
            '\\' => _ = rest.next(),
            c if c.is_alphanumeric() || c == '_' => {
                let mut word = c.to_string();
                while let Some(c) = rest.next_if(|c| c.is_alphanumeric() || *c == '_') {
                    word.push(c);
                }
                if word == "use" {
                    rest.by_ref().find(|c| *c == ';');
                } else {
                    words.push(word);
                }
            }
            c if c.is_whitespace() => {}
            c => words.push(c.to_string()),
        }
    }
    words
}

/// Whether an example uses a name directly after one of the words or marks in `after`. If `after` is empty, anything
/// may stand before the name.
fn uses(example: &[String], name: &str, after: &[&str]) -> bool {
    let is_after = |at: usize| at > 0 && after.contains(&&*example[at - 1]);
    (0..example.len()).any(|at| example[at] == name && (after.is_empty() || is_after(at)))
}

/// The marks that stand before a method or a constant where an example uses it.
const MEMBER: &[&str] = &[".", ":"];
/// The words and marks that stand before a trait's method. An example may also define the method, after `fn`.
const OF_TRAIT: &[&str] = &[".", ":", "fn"];

/// Returns the public members of a type or trait, each with its own documentation.
fn members<'m>(modules: &'m Modules, id: &Id) -> Vec<(String, &'m [Attribute])> {
    let item = modules[&id.0].items.iter().find(|item| named(item).is_some_and(|(name, ..)| name == id.1));
    if let Some(Item::Trait(item)) = item {
        let functions = item.items.iter().filter_map(|item| match item {
            TraitItem::Fn(function) if !is_left_out(&function.attrs) => {
                Some((function.sig.ident.to_string(), &function.attrs[..]))
            }
            _ => None,
        });
        return functions.collect();
    }
    let all = impls(modules, id).into_iter().flat_map(|found| &found.items).filter_map(|item| {
        let (name, visibility, attributes) = match item {
            ImplItem::Fn(item) => (&item.sig.ident, &item.vis, &item.attrs),
            ImplItem::Const(item) => (&item.ident, &item.vis, &item.attrs),
            _ => return None,
        };
        let is_shown = matches!(visibility, Visibility::Public(_)) && !is_left_out(attributes);
        is_shown.then(|| (name.to_string(), &attributes[..]))
    });
    all.collect()
}

/// Returns the `impl` blocks with a type's own methods, from any file.
fn impls<'m>(modules: &'m Modules, id: &Id) -> Vec<&'m ItemImpl> {
    let of_type = |path: &Vec<String>, found: &ItemImpl| match &*found.self_ty {
        Type::Path(written) => {
            let written: Vec<String> = written.path.segments.iter().map(|part| part.ident.to_string()).collect();
            resolve(modules, path, &written).as_ref() == Some(id)
        }
        _ => false,
    };
    let mut found = Vec::new();
    for (path, module) in modules {
        found.extend(module.items.iter().filter_map(|item| match item {
            Item::Impl(item) if item.trait_.is_none() && !is_left_out(&item.attrs) && of_type(path, item) => Some(item),
            _ => None,
        }));
    }
    found
}

/// Returns the public items, and whether each is shown.
fn shown(modules: &Modules) -> BTreeMap<String, bool> {
    let mut ids = BTreeMap::new();
    reached(modules, &[], &mut ids);
    let mut all = BTreeMap::new();
    for (id, (public_module, module_docs)) in ids {
        let item = modules[&id.0].items.iter().find(|item| named(item).is_some_and(|(name, ..)| name == id.1)).unwrap();
        let (_, _, attributes) = named(item).unwrap();
        let mut own = example(&docs(attributes));
        own.extend(impls(modules, &id).iter().flat_map(|found| example(&docs(&found.attrs))));
        let of_module = example(&module_docs);
        let path = [public_module, vec![id.1.clone()]].concat().join("::");
        all.insert(path.clone(), !own.is_empty() || uses(&of_module, &id.1, &[]));
        own.extend(of_module);
        let after = if matches!(item, Item::Trait(_)) { OF_TRAIT } else { MEMBER };
        for (name, attributes) in members(modules, &id) {
            let is_shown = !example(&docs(attributes)).is_empty() || uses(&own, &name, after);
            all.insert(format!("{path}::{name}"), is_shown);
        }
    }
    all
}

#[test]
fn every_public_item_is_shown_in_an_example() {
    let shown = shown(&crate_modules());
    let without: BTreeSet<&str> = shown.iter().filter(|(_, is_shown)| !**is_shown).map(|(path, _)| &**path).collect();
    let known: BTreeSet<&str> = NOT_SHOWN.iter().copied().collect();
    let new: Vec<&&str> = without.difference(&known).collect();
    assert!(new.is_empty(), "{} of {} are in no example: {new:#?}", new.len(), shown.len());
    let now_shown: Vec<&&str> = known.difference(&without).collect();
    assert!(now_shown.is_empty(), "these are shown now, and no longer belong in NOT_SHOWN: {now_shown:#?}");
}

#[test]
fn finds_the_public_items_of_the_crate() {
    let shown = shown(&crate_modules());
    let wanted = [
        "Reader::fix_path",
        "Column::heading",
        "Problem::message",
        "ProblemCode::as_str",
        "mapping::Target::json_key",
        "adapter::Adapter::send",
        "wonde::Client::snapshot",
        "mylogin::Client::identity",
        "template_csv",
        "testing::FakeWonde",
    ];
    let missing: Vec<&str> = wanted.into_iter().filter(|path| !shown.contains_key(*path)).collect();
    assert!(missing.is_empty() && shown.len() > 500, "{missing:?} of {}", shown.len());
}

#[test]
fn counts_only_example_code_that_is_visible_and_tested() {
    let docs = "Text with `seen`.\n```\n# hidden();\nuse a::imported;\nlet x = shown(); // comment\nx.\"text\".member\n```\n\
                ```text\nnot_run\n```\n";
    let example = example(docs);
    let anywhere: &[&str] = &[];
    for (name, after, expected) in [
        ("seen", anywhere, false),
        ("hidden", anywhere, false),
        ("imported", anywhere, false),
        ("shown", anywhere, true),
        ("shown", MEMBER, false),
        ("comment", anywhere, false),
        ("text", anywhere, false),
        ("member", MEMBER, true),
        ("not_run", anywhere, false),
    ] {
        assert_eq!(uses(&example, name, after), expected, "{name}");
    }
}
