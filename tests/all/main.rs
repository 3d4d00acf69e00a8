//! One binary for all integration tests: they share a build and start faster.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests fail by panicking and say what they skip"
)]

mod command_line;
mod corpus;
mod diagnosis;
mod endpoint;
#[cfg(target_os = "linux")] // the place of the recording is given by the environment
mod history;
mod knowledge;
mod layering;
mod recorder;
#[cfg(unix)]
mod remedies;
mod scenarios;
mod schemas;
mod tray_icon;
mod window;

#[path = "../score/mod.rs"]
mod score;
#[path = "../support/mod.rs"]
mod support;

/// The folder of the project.
fn root() -> std::path::PathBuf {
    std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The program under test.
fn program() -> std::process::Command {
    std::process::Command::new(env!("CARGO_BIN_EXE_mimamori-cli"))
}
