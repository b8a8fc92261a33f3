//! One source in which every mutant is behind a switch: `a < b` becomes `match mutant { 7 => a <= b, _ => a < b }`.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, ExprBinary};

/// A mutant as `cargo mutants --list --json` tells it, but for its number.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// Counted from 1, over all files.
    pub number: usize,
    pub name: String,
    pub genre: String,
    pub file: String,
    /// Line and column of what is replaced, counted from 1.
    pub at: (usize, usize),
    pub replacement: String,
    pub return_type: String,
}

/// A place in the source at which mutants differ from it.
struct Site {
    range: Range<usize>,
    kind: Kind,
    mutants: Vec<(usize, Change)>,
}

enum Kind {
    /// The beginning of a function's body.
    Body,
    /// An expression.
    Expression,
    /// What is between a pattern and its arrow: nothing, or a guard.
    Guard(Option<Range<usize>>),
}

enum Change {
    /// The body, or the guard, is this.
    Whole(String),
    /// A part of the expression is this.
    Part(Range<usize>, String),
}

/// The source of a file with its mutants switched, but for those that were found not to compile; and for each that is in it,
/// the number by which its site is known.
pub fn switched(source: &str, mutants: &[Mutant], dropped: &HashSet<usize>) -> (String, HashMap<usize, usize>) {
    let parsed = syn::parse_file(source).expect("the core's own source");
    let mut finder = Finder::default();
    for mutant in mutants.iter().filter(|mutant| !dropped.contains(&mutant.number)) {
        // An iterator without a name cannot be one of two.
        if !(mutant.genre == "FnValue" && mutant.return_type.contains("impl ")) {
            finder.mutants.entry((mutant.at, mutant.genre.clone())).or_default().push(mutant.clone());
        }
    }
    finder.visit_file(&parsed);
    finder.sites.sort_by_key(|site| (site.range.start, std::cmp::Reverse(site.range.end)));
    let writer = Writer { source, sites: &finder.sites };
    let mut sites = HashMap::new();
    for site in &finder.sites {
        let known_by = |number| if matches!(site.kind, Kind::Body) { number } else { site.mutants[0].0 };
        sites.extend(site.mutants.iter().map(|(number, _)| (*number, known_by(*number))));
    }
    (writer.text(0..source.len(), None), sites)
}

#[derive(Default)]
struct Finder {
    mutants: HashMap<((usize, usize), String), Vec<Mutant>>,
    sites: Vec<Site>,
    /// Within what is calculated by the compiler, where nothing can be switched.
    constant: bool,
}

fn range(of: &impl Spanned) -> Range<usize> {
    of.span().byte_range()
}

/// Whether there is a `let` in a chain of conditions, which cannot be an arm's expression.
fn has_let(expr: &Expr) -> bool {
    match expr {
        Expr::Let(_) => true,
        Expr::Binary(binary) => has_let(&binary.left) || has_let(&binary.right),
        _ => false,
    }
}

impl Finder {
    fn take(&mut self, span: Span, genre: &str) -> Vec<Mutant> {
        let start = span.start();
        let place = ((start.line, start.column + 1), genre.to_owned());
        if self.constant { Vec::new() } else { self.mutants.remove(&place).unwrap_or_default() }
    }

    fn add(&mut self, range: Range<usize>, kind: Kind, mutants: Vec<(usize, Change)>) {
        if !mutants.is_empty() {
            self.sites.push(Site { range, kind, mutants });
        }
    }

    fn constant(&mut self, visit: impl FnOnce(&mut Self)) {
        let outside = std::mem::replace(&mut self.constant, true);
        visit(self);
        self.constant = outside;
    }

    fn body(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let Some(first) = block.stmts.first().filter(|_| signature.constness.is_none()) else { return };
        let mutants = self.take(first.span(), "FnValue");
        let at = block.brace_token.span.open().byte_range().end;
        self.add(at..at, Kind::Body, mutants.into_iter().map(|m| (m.number, Change::Whole(m.replacement))).collect());
    }

    /// All operators of a chain: one is replaced in the text of the whole, where another may bind more closely then.
    fn operators(&mut self, binary: &ExprBinary, found: &mut Vec<(usize, Change)>) {
        let mutants = self.take(binary.op.span(), "BinaryOperator");
        found.extend(mutants.into_iter().map(|m| (m.number, Change::Part(range(&binary.op), m.replacement + " "))));
        for side in [&binary.left, &binary.right] {
            if let Expr::Binary(binary) = &**side {
                self.operators(binary, found);
            }
        }
    }

    fn operands(&mut self, binary: &ExprBinary) {
        for side in [&binary.left, &binary.right] {
            match &**side {
                Expr::Binary(binary) => self.operands(binary),
                other => self.visit_expr(other),
            }
        }
    }
}

impl<'a> Visit<'a> for Finder {
    fn visit_item_fn(&mut self, item: &'a syn::ItemFn) {
        self.body(&item.sig, &item.block);
        match item.sig.constness {
            Some(_) => self.constant(|finder| visit::visit_item_fn(finder, item)),
            None => visit::visit_item_fn(self, item),
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'a syn::ImplItemFn) {
        self.body(&item.sig, &item.block);
        match item.sig.constness {
            Some(_) => self.constant(|finder| visit::visit_impl_item_fn(finder, item)),
            None => visit::visit_impl_item_fn(self, item),
        }
    }

    fn visit_trait_item_fn(&mut self, item: &'a syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.body(&item.sig, block);
        }
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_item_const(&mut self, item: &'a syn::ItemConst) {
        self.constant(|finder| visit::visit_item_const(finder, item));
    }

    fn visit_impl_item_const(&mut self, item: &'a syn::ImplItemConst) {
        self.constant(|finder| visit::visit_impl_item_const(finder, item));
    }

    fn visit_item_static(&mut self, item: &'a syn::ItemStatic) {
        // What `LazyLock::new` is given runs later.
        match *item.expr {
            Expr::Call(_) => visit::visit_item_static(self, item),
            _ => self.constant(|finder| visit::visit_item_static(finder, item)),
        }
    }

    fn visit_type(&mut self, item: &'a syn::Type) {
        self.constant(|finder| visit::visit_type(finder, item));
    }

    fn visit_generic_argument(&mut self, item: &'a syn::GenericArgument) {
        self.constant(|finder| visit::visit_generic_argument(finder, item));
    }

    fn visit_pat(&mut self, item: &'a syn::Pat) {
        self.constant(|finder| visit::visit_pat(finder, item));
    }

    fn visit_expr_repeat(&mut self, item: &'a syn::ExprRepeat) {
        self.visit_expr(&item.expr);
    }

    fn visit_expr_binary(&mut self, binary: &'a ExprBinary) {
        if has_let(&binary.left) || has_let(&binary.right) {
            return visit::visit_expr_binary(self, binary);
        }
        let mut found = Vec::new();
        self.operators(binary, &mut found);
        self.add(range(&binary.left).start..range(&binary.right).end, Kind::Expression, found);
        self.operands(binary);
    }

    fn visit_expr_unary(&mut self, unary: &'a syn::ExprUnary) {
        let mutants = self.take(unary.op.span(), "UnaryOperator");
        let without = mutants.into_iter().map(|m| (m.number, Change::Part(range(&unary.op), String::new()))).collect();
        self.add(range(&unary.op).start..range(&unary.expr).end, Kind::Expression, without);
        visit::visit_expr_unary(self, unary);
    }

    fn visit_expr_match(&mut self, item: &'a syn::ExprMatch) {
        // A name in lower case takes all; `None` is one in upper case.
        let is_any = |pattern: &syn::Pat| match pattern {
            syn::Pat::Wild(_) => true,
            syn::Pat::Ident(name) => name.subpat.is_none() && name.ident.to_string().starts_with(char::is_lowercase),
            _ => false,
        };
        let catches_all = |arm: &syn::Arm| arm.guard.is_none() && is_any(&arm.pat);
        // Without such an arm, one that is deleted leaves something that no arm takes.
        let last = item.arms.iter().rposition(catches_all);
        for (place, arm) in item.arms.iter().enumerate() {
            let mut found = Vec::new();
            let deleted = self.take(arm.pat.span(), "MatchArm").into_iter();
            if last.is_some_and(|last| last != place) {
                found.extend(deleted.map(|m| (m.number, Change::Whole("false".to_owned()))));
            }
            let guard = arm.guard.as_ref().map(|(_, guard)| guard);
            if let Some(guard) = guard.filter(|guard| !has_let(guard)) {
                let mutants = self.take(guard.span(), "MatchArmGuard").into_iter();
                found.extend(mutants.map(|m| (m.number, Change::Whole(m.replacement))));
            } else if guard.is_some() {
                found.clear();
            }
            let between = range(&arm.pat).end..range(&arm.fat_arrow_token).start;
            self.add(between, Kind::Guard(guard.map(range)), found);
        }
        visit::visit_expr_match(self, item);
    }

    fn visit_expr_struct(&mut self, item: &'a syn::ExprStruct) {
        let mut found = Vec::new();
        for pair in item.fields.pairs() {
            let end = pair.punct().map_or(range(*pair.value()).end, |comma| range(*comma).end);
            let field = range(*pair.value()).start..end;
            let mutants = self.take(pair.value().span(), "StructField");
            found.extend(mutants.into_iter().map(|m| (m.number, Change::Part(field.clone(), String::new()))));
        }
        self.add(range(item), Kind::Expression, found);
        visit::visit_expr_struct(self, item);
    }
}

struct Writer<'s> {
    source: &'s str,
    /// From the outermost to the innermost.
    sites: &'s [Site],
}

impl Writer<'_> {
    /// The text of a range in which all sites are switched, but for the one it is the text of.
    fn text(&self, range: Range<usize>, of: Option<usize>) -> String {
        let mut out = String::new();
        let mut at = range.start;
        for (number, site) in self.sites.iter().enumerate() {
            let is_within = site.range.start >= at && site.range.end <= range.end;
            // Those around it come before it.
            if is_within && of.is_none_or(|of| number > of) {
                out.push_str(&self.source[at..site.range.start]);
                out.push_str(&self.site(number));
                at = site.range.end;
            }
        }
        out + &self.source[at..range.end]
    }

    /// A mutant's code stands on lines of its own, between comments with its number, by which errors are found.
    fn site(&self, number: usize) -> String {
        let site = &self.sites[number];
        let known_by = site.mutants[0].0;
        let arm = |number: usize, code: String| format!("\n/*<{number}*/{number} => ({code}),/*>{number}*/\n");
        let arms: String = site.mutants.iter().map(|(number, change)| match (&site.kind, change) {
            (Kind::Body, Change::Whole(value)) => {
                format!("\n/*<{number}*/if crate::mutant::active({number}) == {number} {{ return {value}; }}/*>{number}*/\n")
            }
            (_, Change::Whole(code)) => arm(*number, code.clone()),
            (_, Change::Part(part, code)) => {
                let [before, after] = [site.range.start..part.start, part.end..site.range.end].map(|r| &self.source[r]);
                arm(*number, format!("{before}{code}{after}"))
            }
        }).collect();
        let switch = |usual: String| format!("(match crate::mutant::active({known_by}) {{{arms} _ => ({usual}) }})");
        match &site.kind {
            Kind::Body => arms,
            Kind::Expression => switch(self.text(site.range.clone(), Some(number))),
            Kind::Guard(guard) => {
                let usual = guard.clone().map_or("true".to_owned(), |guard| self.text(guard, Some(number)));
                format!(" if {} ", switch(usual))
            }
        }
    }
}
