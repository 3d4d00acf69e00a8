//! `cargo run --example score -- [DIR] [--corpus] [--seeds N]`: scores the diagnosis on foreign recordings (DIR, by
//! default `../shared/traces` beside the project) and on our own corpus. Prints figures and judges none: the exit code
//! is 0 unless the command line is wrong.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a score prints its figures")]
#![allow(clippy::expect_used, reason = "a broken build or corpus ends it with its reason")]

#[path = "mod.rs"]
mod score;
#[path = "../support/mod.rs"]
mod support;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use mimamori::knowledge::Knowledge;

use score::map::Map;
use score::run::{print, score_csv, score_history};
use support::corpus::{Pace, folder, judge_all, read_all};
use support::table;

/// Maximum folder depth.
const DEEPEST: usize = 8;

struct Options {
    folder: Option<PathBuf>,
    corpus: bool,
    seeds: u32,
}

fn main() -> ExitCode {
    let options = match arguments() {
        Ok(options) => options,
        Err(reason) => {
            eprintln!("{reason}\nusage: score [DIR] [--corpus] [--seeds N]");
            return ExitCode::from(2);
        }
    };
    let knowledge = Knowledge::builtin().expect("the tables of a good build");
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let traces = options.folder.unwrap_or_else(|| project.join("../shared/traces"));
    if traces.is_dir() {
        recordings(&traces, &maps(&project.join("tests/score/maps")), &knowledge);
    } else {
        println!("no recordings: {} is no folder", traces.display());
    }
    if options.corpus {
        corpus(options.seeds, &knowledge);
    }
    ExitCode::SUCCESS
}

fn arguments() -> Result<Options, String> {
    let mut options = Options { folder: None, corpus: false, seeds: 1 };
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.to_str() {
            Some("--corpus") => options.corpus = true,
            Some("--seeds") => {
                let number = arguments.next().and_then(|number| number.to_str()?.parse().ok());
                options.seeds = number.filter(|seeds| (1..=100).contains(seeds)).ok_or("--seeds wants 1 to 100")?;
                options.corpus = true;
            }
            Some(other) if other.starts_with('-') => return Err(format!("unknown: {other}")),
            _ if options.folder.is_none() => options.folder = Some(PathBuf::from(argument)),
            _ => return Err("one folder is enough".to_owned()),
        }
    }
    Ok(options)
}

/// Every map, sorted by name.
fn maps(folder: &Path) -> Vec<(String, Map)> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect();
    files.sort();
    let mut maps = Vec::new();
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match std::fs::read_to_string(&file).map_err(|error| error.to_string()).and_then(|text| Map::read(&text)) {
            Ok(map) => maps.push((name, map)),
            Err(error) => println!("map {name} is left out: {error}"),
        }
    }
    maps
}

fn recordings(folder: &Path, maps: &[(String, Map)], knowledge: &Knowledge) {
    let mut files = Vec::new();
    visit(folder, 0, &mut files);
    files.sort();
    if files.is_empty() {
        println!("no recordings below {}", folder.display());
    }
    for file in files {
        let path = file.strip_prefix(folder).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        let bytes = match std::fs::read(&file) {
            Ok(bytes) => bytes,
            Err(error) => {
                println!("{path}: left out: {error}\n");
                continue;
            }
        };
        let scored = if has_extension(&file, "csv") {
            score_csv(&path, &bytes, maps, knowledge)
        } else {
            score_history(&path, &String::from_utf8_lossy(&bytes), knowledge)
        };
        match scored {
            Ok(scored) => println!("{}", print(&scored)),
            Err(reason) => println!("{path}: left out: {reason}\n"),
        }
    }
}

fn has_extension(file: &Path, expected: &str) -> bool {
    file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(expected))
}

fn visit(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() && depth < DEEPEST {
            visit(&path, depth + 1, found);
        } else if has_extension(&path, "csv") || has_extension(&path, "jsonl") {
            found.push(path);
        }
    }
}

fn corpus(seeds: u32, knowledge: &Knowledge) {
    let cases = match read_all(&folder()) {
        Ok(cases) => cases,
        Err(reason) => {
            println!("the corpus is left out: {reason}");
            return;
        }
    };
    for seed in 0..seeds {
        println!("corpus, noise {seed}:");
        let outcomes = judge_all(cases.clone(), seed, Pace::Window, knowledge);
        if seed == 0 {
            println!("{}", table::confusion(&outcomes));
        }
        println!("{}", table::summary(&outcomes));
        for outcome in outcomes.iter().filter(|outcome| !outcome.problems().is_empty()) {
            println!("{}\n  {}", outcome.name, outcome.problems().join("\n  "));
        }
    }
}
