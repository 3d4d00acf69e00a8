//! House rules that the compiler does not enforce: which module may import which, where `cfg(target_os)` and `unsafe`
//! may appear, and that colours and texts are data.

mod imports;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use self::imports::{Imports, Target, circles};

/// Every top-level module with the modules it may use; then folders that may use less than their module, of which the
/// last match applies.
#[rustfmt::skip]
const LAYERS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("knowledge", &["model"]),
    ("diagnose", &["model", "knowledge"]),
    ("explain", &["model", "knowledge", "diagnose"]),
    ("remedy", &["model", "knowledge", "diagnose"]),
    ("checkup", &["model", "knowledge", "diagnose", "explain", "remedy"]),
    ("report", &["model", "knowledge", "diagnose", "explain", "remedy", "checkup"]),
    ("icon", &[]),
    ("platform", &["model", "icon"]),
    ("sampler", &["model", "platform"]),
    ("recorder", &["model", "platform"]),
    ("settings", &["model", "explain", "remedy", "platform"]),
    ("undo_file", &["model", "platform", "settings"]),
    ("restart_file", &["remedy", "platform", "settings"]),
    ("launcher", &["model", "knowledge", "platform", "settings"]),
    ("scanner", &["model", "remedy", "platform"]),
    ("monitor", &["model", "knowledge", "diagnose", "remedy", "platform", "sampler", "recorder", "settings"]),
    ("diagnostic_log", &["model", "platform"]),
    ("exit", &[]),
    ("signals", &["exit", "platform"]),
    ("console", &["model"]),
    ("context", &["model", "knowledge", "explain", "platform", "settings", "diagnostic_log"]),
    ("ipc", &["model", "explain", "platform", "settings"]),
        ("agent", &[
        "model", "knowledge", "diagnose", "explain", "remedy", "icon", "platform", "sampler", "recorder", "settings",
        "restart_file", "monitor", "console", "context", "diagnostic_log", "exit", "signals", "ipc",
    ]),
    // The two that join the others.
    ("ui", &[
        "model", "knowledge", "diagnose", "explain", "remedy", "checkup", "report", "platform", "sampler", "recorder",
        "settings", "undo_file", "restart_file", "launcher", "scanner", "monitor", "agent", "context", "diagnostic_log",
        "exit", "signals", "ipc",
    ]),
    ("cli", &[
        "model", "knowledge", "diagnose", "explain", "remedy", "checkup", "report", "platform", "sampler", "recorder",
        "settings", "undo_file", "launcher", "scanner", "monitor", "agent", "console", "context", "diagnostic_log",
        "exit", "signals", "ipc",
    ]),
    ("ui::screens", &["model", "knowledge", "diagnose", "explain", "remedy", "checkup", "report", "settings"]),
    ("ui::parts", &["model", "knowledge", "diagnose", "explain", "remedy", "checkup", "report", "settings"]),
    ("main", &["cli", "ui"]),
    ("bin", &["cli"]),
];

/// Allowed violations of the table, as (user, used), until the shared item moves out of the used module. An unneeded
/// entry is a failure, too.
const EXCEPTIONS: &[(&str, &str)] = &[
    // The agent's state in `Snapshot` is the answer type of its protocol.
    ("ui::screens", "ipc"),
];

/// Paths that a pure layer must not use.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::env",
    "std::net",
    "std::thread",
    "std::process",
    "std::time::Instant",
    "std::time::SystemTime::now",
    "std::io::stdin",
    "std::io::stdout",
    "std::io::stderr",
    "jiff::Timestamp::now",
    "jiff::Zoned::now",
    "rusqlite",
    "sysinfo",
    "eframe",
    "egui",
];
const PURE: &[&str] = &["model", "knowledge", "diagnose", "explain", "remedy", "checkup", "report", "icon"];

/// Modules of `ui` that join the others: screens and parts must not use them.
const CONNECTORS: &[&str] = &["ui::worker", "ui::app", "ui::archive", "ui::start"];

struct Source {
    /// Path below `src`, with `/`.
    path: String,
    text: String,
    /// The text without its tests.
    code: String,
}

fn sources() -> Vec<Source> {
    let root = crate::root().join("src");
    let mut found = Vec::new();
    visit(&root, &mut found);
    assert!(found.len() > 50, "the sources were not found");
    found
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).expect("a source");
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().to_owned();
            let path = path.strip_prefix(&root).expect("below src").to_string_lossy().replace('\\', "/");
            Source { path, text, code }
        })
        .collect()
}

fn visit(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            visit(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn lines(source: &Source) -> impl Iterator<Item = (usize, &str)> {
    let comment = |line: &str| line.trim_start().starts_with("//");
    source.code.lines().enumerate().filter(move |(_, line)| !comment(line)).map(|(n, line)| (n + 1, line))
}

fn report(problems: &[String]) {
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

fn imports() -> Imports {
    let sources = sources();
    Imports::new(sources.iter().map(|source| (source.path.as_str(), source.text.as_str())))
}

/// True if `path` is `prefix` or below it.
fn is_below(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// Imports that violate [`LAYERS`], top-level modules without an entry, and the [`EXCEPTIONS`] that were needed.
fn wrong_layers(imports: &Imports) -> (Vec<String>, BTreeSet<(&str, &str)>) {
    let (mut problems, mut needed) = (BTreeSet::new(), BTreeSet::new());
    for top_module in
        imports.top_modules.iter().filter(|top_module| !LAYERS.iter().any(|(layer, _)| layer == top_module))
    {
        problems.insert(format!("{top_module} has no entry in LAYERS"));
    }
    for used in &imports.used {
        let module = used.module.join("::");
        let layer = LAYERS.iter().rev().find(|(layer, _)| is_below(&module, layer));
        let (Some((layer, allowed)), Target::Inside(path)) = (layer, &used.target) else { continue };
        let own = layer.split("::").next().unwrap_or(layer);
        for path in imports.followed(path) {
            let shown = path.join("::");
            // A glob import hides what is used.
            let top_module =
                path.first().filter(|top_module| imports.top_modules.contains(*top_module) || *top_module == "*");
            if let Some(top_module) =
                top_module.filter(|top_module| *top_module != own && !allowed.contains(&top_module.as_str()))
            {
                match EXCEPTIONS.iter().find(|exception| **exception == (*layer, top_module.as_str())) {
                    Some(exception) => needed.insert(*exception),
                    None => problems.insert(format!("{}: {layer} must not use {top_module} ({shown})", used.file)),
                };
            }
            let connector =
                CONNECTORS.iter().find(|connector| layer.starts_with("ui::") && is_below(&shown, connector));
            if let Some(connector) = connector {
                problems.insert(format!("{}: a screen must not use {connector} ({shown})", used.file));
            }
        }
    }
    (problems.into_iter().collect(), needed)
}

#[test]
fn layers_import_only_what_lies_below_them() {
    let imports = imports();
    let (mut problems, needed) = wrong_layers(&imports);
    let idle = EXCEPTIONS.iter().filter(|exception| !needed.contains(*exception));
    problems.extend(idle.map(|(user, used)| format!("{user} does not use {used}: remove the exception")));
    report(&problems);
}

#[test]
fn no_modules_import_each_other_in_a_circle() {
    let edges = imports().edges();
    let is_excepted = |(from, to): &(String, String)| EXCEPTIONS.contains(&(from, to));
    let circles = circles(edges.keys().filter(|edge| !is_excepted(edge)));
    report(&circles.iter().map(|circle| circle.join(" -> ")).collect::<Vec<_>>());
}

/// Paths of other crates that pure layers must not use.
fn impure(imports: &Imports) -> Vec<String> {
    let mut problems = BTreeSet::new();
    for used in imports
        .used
        .iter()
        .filter(|used| used.module.first().is_some_and(|top_module| PURE.contains(&top_module.as_str())))
    {
        let Target::Outside(path) = &used.target else { continue };
        let path = path.join("::");
        if let Some(word) = IMPURE.iter().find(|word| is_below(&path, word)) {
            problems.insert(format!("{}: {word} in a pure layer ({path})", used.file));
        }
    }
    problems.into_iter().collect()
}

#[test]
fn the_core_is_pure() {
    report(&impure(&imports()));
}

/// Layering violations, and impure paths, of a `model` module with this text.
fn problems_of(text: &str) -> (Vec<String>, Vec<String>) {
    let imports = Imports::new([
        ("lib.rs", "pub mod model; pub mod platform; pub mod ui;"),
        ("model/mod.rs", "mod planted; pub use planted::Thing; pub struct Sample;"),
        ("model/planted.rs", text),
        ("platform/mod.rs", "pub struct Tray;"),
        ("ui/mod.rs", "pub mod parts;"),
        ("ui/parts/mod.rs", ""),
    ]);
    (wrong_layers(&imports).0, impure(&imports))
}

#[test]
fn a_planted_import_is_found() {
    for text in [
        "use crate::platform::Tray;",
        "use crate::{model::{self, Sample}, platform::{self, Tray as Symbol}};",
        "use super::super::{platform as system};",
        "pub use crate::platform::Tray;",
        "use crate as root; fn f() { root::platform::f(); }",
        "fn f() { let _ = crate::platform::Tray; }",
        "fn f(_: &[super::super::platform::Tray]) {}",
        "fn f() { fn g() { use crate::platform; } }",
        "mod inner { fn f() { super::super::super::platform::f() } }",
        "fn f(x: u8) { match x { crate::platform::X => {} _ => {} } }",
        "fn f() { println!(\"{}\", crate::platform::f()); }",
        "#[derive(Deserialize)] struct S { #[serde(with = \"crate::platform::form\")] x: u8 }",
        "impl crate::platform::Trait for u8 {}",
    ] {
        let (layers, impure) = problems_of(text);
        assert!(layers.iter().any(|problem| problem.contains("model must not use platform")), "{text}: {layers:?}");
        assert!(impure.is_empty(), "{text}: {impure:?}");
    }
    for text in [
        "use std::{fmt, fs};",
        "use std as base; fn f() { base::env::var(\"A\"); }",
        "use std::time::SystemTime; fn f() { let _ = SystemTime::now(); }",
        "use std::time; fn f() { let _ = vec![time::Instant::now()]; }",
        "use jiff::{Timestamp as Stamp}; fn f() { Stamp::now(); }",
    ] {
        let (layers, impure) = problems_of(text);
        assert!(layers.is_empty() && impure.len() == 1, "{text}: {layers:?} {impure:?}");
    }
}

#[test]
fn what_is_allowed_is_not_reported() {
    for text in [
        "use super::Sample; use crate::model::Sample as Same; use std::{fmt, time::Duration};",
        "/// See [`crate::platform::Tray`].\npub(super) struct S; fn platform() { let ui = 1; f(ui) }",
        "#[cfg(test)] mod tests { use crate::platform::Tray; }",
        "#[cfg(test)] use crate::ui;",
    ] {
        assert_eq!(problems_of(text), (Vec::new(), Vec::new()), "{text}");
    }
}

#[test]
fn re_exports_and_new_modules_are_seen() {
    let imports = Imports::new([
        ("model/mod.rs", ""),
        ("platform/mod.rs", "use crate::sampler::Symbol;"),
        ("sampler/mod.rs", "pub use crate::icon::TrayIcon as Symbol;"),
        ("icon.rs", "pub struct TrayIcon;"),
        ("novelty/mod.rs", "use crate::model;"),
    ]);
    let expected = [
        "novelty has no entry in LAYERS",
        "platform/mod.rs: platform must not use sampler (sampler::Symbol)",
        "sampler/mod.rs: sampler must not use icon (icon::TrayIcon)",
    ];
    assert_eq!(wrong_layers(&imports).0, expected);
    assert!(imports.edges().contains_key(&("platform".to_owned(), "icon".to_owned())), "through sampler");
}

#[test]
fn circles_are_found() {
    let edge = |(from, to): (&str, &str)| (from.to_owned(), to.to_owned());
    let edges = [("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("d", "e"), ("f", "g"), ("g", "f")].map(edge);
    let found: Vec<String> = circles(&edges).iter().map(|circle| circle.join(" ")).collect();
    assert_eq!(found, ["a b c", "f g"]);
    assert!(circles(&edges[3..6]).is_empty());
}

#[test]
fn the_operating_system_is_known_in_one_folder_only() {
    let mut problems = Vec::new();
    for source in sources() {
        if source.path.starts_with("platform/") {
            continue;
        }
        for (number, line) in lines(&source) {
            let words = ["cfg(target_os", "cfg(windows", "cfg(unix", "cfg(any(target_os", "cfg!(", "unsafe "];
            for word in words.iter().filter(|word| line.contains(**word)) {
                problems.push(format!("{}:{number}: {word} outside platform/", source.path));
            }
        }
    }
    report(&problems);
}

#[test]
fn colours_are_data() {
    let mut problems = Vec::new();
    for source in sources() {
        if source.path == "ui/theme.rs" {
            continue;
        }
        for (number, line) in lines(&source) {
            let words =
                ["from_rgb", "from_gray", "from_hex", "hex_color", "Color32::WHITE", "Color32::BLACK", "Color32::RED"];
            for word in words.iter().filter(|word| line.contains(**word)) {
                problems.push(format!("{}:{number}: {word}: colours belong into assets/theme.toml", source.path));
            }
        }
    }
    report(&problems);
}

/// Texts for users are in `assets/text`. A literal in code that draws or prints counts as text if it contains Japanese,
/// or two words.
#[test]
fn texts_are_data() {
    let mut problems = Vec::new();
    for source in sources() {
        let shown = ["ui/", "cli/", "explain/", "remedy/", "checkup/", "main.rs", "bin/"];
        if !shown.iter().any(|folder| source.path.starts_with(folder)) {
            continue;
        }
        for (number, line) in lines(&source) {
            if line.trim_start().starts_with("#[") || line.contains("log::warn!(") || line.contains("reason = ") {
                continue;
            }
            for literal in literals(line) {
                let japanese = literal.chars().any(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}'));
                if japanese || has_two_words(&literal) {
                    problems.push(format!("{}:{number}: text in code: {literal:?}", source.path));
                }
            }
        }
    }
    report(&problems);
}

fn has_two_words(literal: &str) -> bool {
    // Command lines in the help's examples are the same in every language.
    if literal.starts_with("mimamori") {
        return false;
    }
    let without_holes: String = literal
        .split('{')
        .enumerate()
        .map(|(n, part)| if n == 0 { part } else { part.split_once('}').map_or("", |(_, rest)| rest) })
        .collect::<Vec<_>>()
        .join("{}");
    let words = without_holes.split_whitespace().filter(|word| {
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        letters >= 2 && letters * 2 > word.chars().count()
    });
    words.count() >= 2
}

fn literals(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' => {
                // A character literal or a lifetime; neither is a text.
                let mut ahead = chars.clone();
                if ahead.next() == Some('\\') || ahead.next() == Some('\'') {
                    chars.next();
                    while chars.next().is_some_and(|c| c != '\'') {}
                }
            }
            '"' => {
                let mut literal = String::new();
                while let Some(c) = chars.next() {
                    match c {
                        '"' => break,
                        '\\' => literal.extend(chars.next().filter(|c| *c == '"')),
                        c => literal.push(c),
                    }
                }
                found.push(literal);
            }
            '/' if chars.peek() == Some(&'/') => break,
            _ => {}
        }
    }
    found
}

#[test]
fn the_detector_of_texts_sees_texts() {
    assert!(has_two_words("This PC is fine") && has_two_words("{} keeps using {}"));
    assert!(!has_two_words("nav-now") && !has_two_words("{base}-{n}") && !has_two_words("%Y-%m-%d %H:%M"));
    assert_eq!(literals(r#"let a = "one \" two"; b('"'); // "three""#), [r#"one " two"#]);
}
