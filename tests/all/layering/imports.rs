//! Finds which module of the crate uses which, from the parsed sources: imports with nested trees and aliases, paths in
//! expressions, types, patterns, macro arguments and attributes, chains of `super`, and re-exports.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use syn::visit::{self, Visit};

/// Segments of a path.
pub(super) type Segments = Vec<String>;

/// Where a path leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Below the root of this crate.
    Inside(Segments),
    /// Another crate, or a name that is not a module path at all.
    Outside(Segments),
}

/// A path in a source.
#[derive(Clone, Debug)]
pub(super) struct Used {
    /// File below `src`.
    pub(super) file: String,
    /// The module that contains it.
    pub(super) module: Segments,
    pub(super) target: Target,
}

/// Every path in a set of sources, tests excluded.
pub(super) struct Imports {
    pub(super) used: Vec<Used>,
    /// Top-level modules.
    pub(super) top_modules: BTreeSet<String>,
    modules: BTreeSet<Segments>,
    /// Items that `use` makes available under another path.
    reexports: HashMap<Segments, Segments>,
}

impl Imports {
    /// Parses sources, given by their paths below `src` and their texts.
    pub(super) fn new<'s>(sources: impl IntoIterator<Item = (&'s str, &'s str)>) -> Self {
        let parsed: Vec<(&str, Segments, syn::File)> = sources
            .into_iter()
            .map(|(file, text)| {
                (file, module_of(file), syn::parse_file(text).unwrap_or_else(|e| panic!("{file}: {e}")))
            })
            .collect();
        let modules: BTreeSet<Segments> = parsed.iter().map(|(_, module, _)| module.clone()).collect();
        let top_modules = modules.iter().filter_map(|module| module.first().cloned()).collect();
        let mut imports = Self { used: Vec::new(), top_modules, modules, reexports: HashMap::new() };
        for (file, module, parsed) in &parsed {
            let mut reader = Reader { module: module.clone(), found: Vec::new(), names: HashMap::new() };
            reader.visit_file(parsed);
            let Reader { found, names, .. } = reader;
            let mut resolved: HashMap<(Segments, String), Target> = HashMap::new();
            // Twice, because an import may begin with the name of another one.
            for _ in 0..2 {
                for ((module, name), path) in &names {
                    let target = resolve(module, path, &resolved, &imports.modules);
                    resolved.insert((module.clone(), name.clone()), target);
                }
            }
            for ((module, name), target) in &resolved {
                if let Target::Inside(target) = target {
                    let path = module.iter().chain([name]).cloned().collect();
                    imports.reexports.insert(path, target.clone());
                }
            }
            imports.used.extend(found.into_iter().map(|(module, path)| Used {
                file: (*file).to_owned(),
                target: resolve(&module, &path, &resolved, &imports.modules),
                module,
            }));
        }
        imports
    }

    /// A path of this crate, and all paths its re-exports lead to.
    pub(super) fn followed(&self, path: &[String]) -> Vec<Segments> {
        std::iter::successors(Some(path.to_vec()), |path| self.step(path)).take(8).collect()
    }

    fn step(&self, path: &[String]) -> Option<Segments> {
        // A module and an item imported from it may have the same name.
        let reexported = |length: &usize| !self.modules.contains(&path[..*length]);
        (1..=path.len()).filter(reexported).find_map(|length| {
            let target = self.reexports.get(&path[..length])?;
            Some(target.iter().chain(&path[length..]).cloned().collect())
        })
    }

    /// Pairs of top-level modules of which the first uses the second, each with one file.
    pub(super) fn edges(&self) -> BTreeMap<(String, String), String> {
        let mut edges = BTreeMap::new();
        for used in &self.used {
            let (Some(from), Target::Inside(path)) = (used.module.first(), &used.target) else { continue };
            for to in self.followed(path).iter().filter_map(|path| path.first()) {
                if to != from && self.top_modules.contains(to) {
                    edges.entry((from.clone(), to.clone())).or_insert_with(|| used.file.clone());
                }
            }
        }
        edges
    }
}

/// The shortest cycles of a graph, one for each module on a cycle, without duplicates.
pub(super) fn circles<'e>(edges: impl IntoIterator<Item = &'e (String, String)>) -> BTreeSet<Vec<String>> {
    let mut next: BTreeMap<&String, Vec<&String>> = BTreeMap::new();
    for (from, to) in edges {
        next.entry(from).or_default().push(to);
    }
    let mut circles = BTreeSet::new();
    for begin in next.keys().copied() {
        let mut ways = std::collections::VecDeque::from([vec![begin]]);
        let mut seen = BTreeSet::new();
        'search: while let Some(way) = ways.pop_front() {
            for to in next.get(way[way.len() - 1]).into_iter().flatten().copied() {
                if to == begin {
                    let first = (0..way.len()).min_by_key(|index| way[*index]).unwrap_or_default();
                    circles.insert(
                        way[first..].iter().chain(&way[..first]).map(|top_module| (*top_module).clone()).collect(),
                    );
                    break 'search;
                }
                if seen.insert(to) {
                    ways.push_back(way.iter().copied().chain([to]).collect());
                }
            }
        }
    }
    circles
}

/// `model/time.rs` is `model::time`, `model/mod.rs` is `model`, `lib.rs` is the root.
fn module_of(file: &str) -> Segments {
    let mut module: Segments = file.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if module.last().is_some_and(|last| last == "mod") || module == ["lib"] {
        module.pop();
    }
    module
}

fn resolve(
    module: &[String],
    path: &[String],
    names: &HashMap<(Segments, String), Target>,
    modules: &BTreeSet<Segments>,
) -> Target {
    let Some((first, rest)) = path.split_first() else { return Target::Outside(Vec::new()) };
    let below = |module: &[String], rest: &[String]| Target::Inside(module.iter().chain(rest).cloned().collect());
    match first.as_str() {
        "crate" | "mimamori" => below(&[], rest),
        "self" => resolve_below(module, rest),
        "super" => resolve_below(&module[..module.len().saturating_sub(1)], rest),
        name => match names.get(&(module.to_vec(), name.to_owned())) {
            Some(Target::Inside(target)) => below(target, rest),
            Some(Target::Outside(target)) => Target::Outside(target.iter().chain(rest).cloned().collect()),
            None if modules.contains(&[module, &[name.to_owned()]].concat()) => below(module, path),
            None => Target::Outside(path.to_vec()),
        },
    }
}

/// `super` may follow `super` and `self`.
fn resolve_below(module: &[String], path: &[String]) -> Target {
    let ups = path.iter().take_while(|segment| *segment == "super").count();
    let module = &module[..module.len().saturating_sub(ups)];
    Target::Inside(module.iter().chain(&path[ups..]).cloned().collect())
}

struct Reader {
    module: Segments,
    /// Each path, with the module that contains it.
    found: Vec<(Segments, Segments)>,
    /// Names that `use` brings into a module.
    names: HashMap<(Segments, String), Segments>,
}

impl Reader {
    fn tree(&mut self, tree: &syn::UseTree, before: &[String]) {
        let after = |name: &syn::Ident| -> Segments { before.iter().cloned().chain([name.to_string()]).collect() };
        match tree {
            syn::UseTree::Path(path) => self.tree(&path.tree, &after(&path.ident)),
            syn::UseTree::Name(name) if name.ident == "self" => self.import(before.to_vec(), before.last().cloned()),
            syn::UseTree::Name(name) => self.import(after(&name.ident), Some(name.ident.to_string())),
            syn::UseTree::Rename(rename) if rename.ident == "self" => {
                self.import(before.to_vec(), Some(rename.rename.to_string()));
            }
            syn::UseTree::Rename(rename) => self.import(after(&rename.ident), Some(rename.rename.to_string())),
            syn::UseTree::Glob(_) => self.import(before.iter().cloned().chain(["*".to_owned()]).collect(), None),
            syn::UseTree::Group(group) => group.items.iter().for_each(|item| self.tree(item, before)),
        }
    }

    fn import(&mut self, path: Segments, name: Option<String>) {
        if let Some(name) = name {
            self.names.insert((self.module.clone(), name), path.clone());
        }
        self.found.push((self.module.clone(), path));
    }

    /// Arguments of macros and attributes are not parsed; paths are found in their text.
    fn words(&mut self, text: &str) {
        let word = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        let joined = text.replace(" :: ", "::").replace(":: ", "::");
        for path in joined.split(|c| !word(c)).filter(|path| path.contains("::")) {
            let segments = path.split("::").map(str::to_owned).filter(|segment| !segment.is_empty()).collect();
            self.found.push((self.module.clone(), segments));
        }
    }

    fn inside(&mut self, name: &syn::Ident, visit: impl FnOnce(&mut Self)) {
        self.module.push(name.to_string());
        visit(self);
        self.module.pop();
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        meta => meta.path().is_ident("test"),
    })
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        let attributes: &[syn::Attribute] = match item {
            syn::Item::Mod(item) => &item.attrs,
            syn::Item::Use(item) => &item.attrs,
            syn::Item::Fn(item) => &item.attrs,
            syn::Item::Impl(item) => &item.attrs,
            syn::Item::Const(item) => &item.attrs,
            syn::Item::Struct(item) => &item.attrs,
            syn::Item::Enum(item) => &item.attrs,
            _ => &[],
        };
        if !is_test(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if let Some((_, items)) = &item.content {
            self.inside(&item.ident, |reader| items.iter().for_each(|item| reader.visit_item(item)));
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.tree(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() {
            let segments = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            self.found.push((self.module.clone(), segments));
        }
        visit::visit_path(self, path);
    }

    /// `pub(super)` does not count as a use.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.visit_path(&call.path);
        self.words(&call.tokens.to_string());
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        match &attribute.meta {
            syn::Meta::List(list) => self.words(&list.tokens.to_string()),
            // Doc comments may link to anything.
            syn::Meta::Path(_) | syn::Meta::NameValue(_) => {}
        }
    }
}
