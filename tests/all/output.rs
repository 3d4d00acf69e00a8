//! What is printed: failures of the output, and text of others in it.
#![cfg(unix)]

use std::fs::OpenOptions;
use std::process::{Output, Stdio};

/// A device on which nothing fits.
const FULL: &str = "/dev/full";

fn into_a_full_device(arguments: &[&str]) -> Output {
    let full = OpenOptions::new().write(true).open(FULL).expect("a full device");
    let mut command = crate::program();
    command.args(arguments).env("LC_ALL", "ja_JP.UTF-8").stdout(full).stderr(Stdio::piped());
    command.spawn().expect("started").wait_with_output().expect("ended")
}

/// Regression: all of these ended with 0.
#[test]
fn what_cannot_be_printed_has_a_code_of_its_own_and_a_sentence() {
    let file = crate::root().join("tests/scenarios/browser_load.jsonl");
    let file = file.to_str().expect("text");
    for arguments in [
        &["--help"][..],
        &["--version"],
        &["check", "--seconds", "2"],
        &["check", "--seconds", "2", "--json"],
        &["replay", file],
    ] {
        let output = into_a_full_device(arguments);
        let told = String::from_utf8(output.stderr).expect("text");
        assert_eq!(output.status.code(), Some(74), "{arguments:?}: {told}");
        assert_eq!(told.trim_end(), "mimamori: 結果を出力できませんでした：ディスクがいっぱいです", "{arguments:?}");
    }
    let wrong = into_a_full_device(&["chekc"]);
    assert_eq!(wrong.status.code(), Some(2), "nothing was to be printed");
}

#[test]
fn only_one_module_writes_to_the_terminal() {
    let own = crate::root().join("src/console.rs");
    let writers = crate::rust_files(&["src"]).into_iter().filter(|path| {
        let text = std::fs::read_to_string(path).expect("a source");
        *path != own
            && ["io::stdout().lock", "writeln!(std::io::", "write!(std::io::"].iter().any(|call| text.contains(call))
    });
    assert_eq!(writers.collect::<Vec<_>>(), Vec::<std::path::PathBuf>::new());
}
