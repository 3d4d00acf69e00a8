//! The house rules that the compiler does not know: who may import whom, where `cfg(target_os)` and `unsafe`
//! may stand, and that colours and texts are data.

use std::fs;
use std::path::{Path, PathBuf};

/// A layer, and the layers of this crate it may use.
const LAYERS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("knowledge", &["model"]),
    ("diagnose", &["model", "knowledge"]),
    ("explain", &["model", "knowledge", "diagnose"]),
    ("remedy", &["model", "knowledge", "diagnose"]),
    ("report", &["model", "knowledge", "diagnose", "explain", "remedy"]),
    ("icon.rs", &[]),
    ("platform", &["model", "icon"]),
    ("sampler", &["model", "platform"]),
    ("recorder", &["model"]),
    ("settings.rs", &["model", "explain", "remedy"]),
    ("ui/screens", &["model", "knowledge", "diagnose", "explain", "remedy", "settings", "ui"]),
    ("ui/parts", &["model", "knowledge", "diagnose", "explain", "remedy", "settings", "ui"]),
];

/// What a pure layer must not touch, with the reason.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::env",
    "std::net",
    "std::thread",
    "std::process",
    "std::time::Instant",
    "SystemTime::now",
    "Timestamp::now",
    "Zoned::now",
    "rusqlite",
    "sysinfo",
    "egui",
    "std::io::std",
];
const PURE: &[&str] = &["model", "knowledge", "diagnose", "explain", "remedy", "report", "icon.rs"];

/// Parts of `ui` that joins everything: screens and parts must not reach for them.
const JOINTS: &[&str] = &["ui::worker", "ui::app", "ui::archive", "ui::start", "super::worker", "super::app"];

struct Source {
    /// Path below `src`, with `/`.
    path: String,
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
            Source { path, code }
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

#[test]
fn layers_import_only_what_lies_below_them() {
    let mut problems = Vec::new();
    for source in sources() {
        let layer = LAYERS.iter().rev().find(|(layer, _)| source.path.starts_with(layer));
        let Some((layer, allowed)) = layer else { continue };
        let own = layer.split(['/', '.']).next().unwrap_or(layer);
        for (number, line) in lines(&source) {
            for used in line.split("crate::").skip(1) {
                let name: String = used.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                if !name.is_empty() && name != own && !allowed.contains(&name.as_str()) {
                    problems.push(format!("{}:{number}: {layer} must not use {name}", source.path));
                }
            }
            let joint = JOINTS.iter().find(|joint| line.contains(*joint));
            if let Some(joint) = joint.filter(|_| layer.starts_with("ui/")) {
                problems.push(format!("{}:{number}: a screen must not use {joint}", source.path));
            }
        }
    }
    report(&problems);
}

#[test]
fn the_core_is_pure() {
    let mut problems = Vec::new();
    for source in sources() {
        if !PURE.iter().any(|layer| source.path.starts_with(layer)) {
            continue;
        }
        for (number, line) in lines(&source) {
            for word in IMPURE.iter().filter(|word| line.contains(**word)) {
                problems.push(format!("{}:{number}: {word} in a pure layer", source.path));
            }
        }
    }
    report(&problems);
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

/// What a person reads is in `assets/text`. A literal in the code that draws or prints looks like a text when
/// it holds Japanese, or two words.
#[test]
fn texts_are_data() {
    let mut problems = Vec::new();
    for source in sources() {
        let shown = ["ui/", "cli/", "explain/", "remedy/", "main.rs", "bin/"];
        if !shown.iter().any(|folder| source.path.starts_with(folder)) {
            continue;
        }
        for (number, line) in lines(&source) {
            if line.trim_start().starts_with("#[") || line.contains("reason = ") {
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
    // Command lines in the examples of the help are the same in every language.
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
                // A character literal, or a lifetime; neither is a text.
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
