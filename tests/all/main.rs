//! One binary for all integration tests: they share a build and start faster.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests fail by panicking and say what they skip"
)]

mod checkup;
mod command_line;
mod corpus;
mod damage;
mod diagnosis;
mod endpoint;
#[cfg(target_os = "linux")]
mod fix;
#[cfg(target_os = "linux")] // the environment sets the recording's path
mod history;
#[cfg(target_os = "linux")]
mod hostile;
mod ids;
mod ignored;
mod knowledge;
mod layering;
#[cfg(unix)]
mod output;
mod quiet_programs;
mod recorder;
#[cfg(unix)]
mod remedies;
mod scenarios;
mod schemas;
#[cfg(target_os = "linux")]
mod secrets;
mod signals;
mod tray_probe;
mod window;

#[path = "../score/mod.rs"]
mod score;
#[path = "../support/mod.rs"]
mod support;

/// The project folder.
fn root() -> std::path::PathBuf {
    std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The program under test.
fn program() -> std::process::Command {
    std::process::Command::new(env!("CARGO_BIN_EXE_mimamori-cli"))
}

/// Reports that part of a test cannot run here. `tests/run.sh` collects these in a file, because cargo shows a test's
/// output only when it fails.
#[cfg(unix)]
fn not_run(what: &str) {
    use std::io::Write;
    println!("NOT RUN: {what}");
    if let Some(file) = std::env::var_os("MIMAMORI_NOT_RUN") {
        let file = std::fs::OpenOptions::new().create(true).append(true).open(file);
        writeln!(file.expect("the file of run.sh"), "{}", what.trim()).expect("written");
    }
}

/// Every Rust source below these project folders.
fn rust_files(folders: &[&str]) -> Vec<std::path::PathBuf> {
    let mut open: Vec<_> = folders.iter().map(|folder| root().join(folder)).collect();
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found
}
