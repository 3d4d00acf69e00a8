//! The command line as seen by scripts and users at a terminal.

use std::io::Read;
use std::process::Stdio;

fn run(arguments: &[&str]) -> (i32, String, String) {
    let output = crate::program().args(arguments).env("LANG", "C").env("LC_ALL", "C").output().expect("started");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

#[test]
fn without_a_window_the_plain_run_checks_as_text() {
    let (code, out, err) = run(&[]);
    assert!((0..=1).contains(&code), "{code}");
    assert!(out.contains("What is using this PC"), "{out}");
    assert!(err.starts_with("No display here"), "{err}");
}

#[test]
fn help_speaks_both_languages() {
    let (code, en, _) = run(&["--help"]);
    assert!(code == 0 && en.contains("Examples:"), "{en}");
    // The tests run the twin of the program; what it tells to type is itself.
    assert!(en.contains("Usage: mimamori-cli [OPTIONS] [COMMAND]") && en.contains("mimamori-cli check --json"), "{en}");
    let output = crate::program().arg("--help").env("LANG", "ja_JP.UTF-8").env("LC_ALL", "ja_JP.UTF-8").output();
    let ja = String::from_utf8(output.expect("started").stdout).expect("text");
    // Windows takes the language from the user's settings, not from the environment.
    assert!(ja.contains("使い方") || std::env::consts::OS == "windows", "{ja}");
    let ja = run(&["--lang", "ja", "--help"]).1;
    assert!(ja.contains("使い方: mimamori-cli [オプション] [コマンド]") && !ja.contains("OPTIONS"), "{ja}");
}

#[test]
fn mistakes_end_with_2_and_one_sentence() {
    for arguments in [&["chekc"][..], &["check", "--seconds", "0"], &["replay"], &["replay", "/no/such/file"]] {
        let (code, out, err) = run(arguments);
        assert_eq!((code, out.as_str()), (2, ""), "{arguments:?}");
        assert_eq!(err.trim_end().lines().count(), 1, "{err}");
    }
}

#[test]
fn a_file_that_is_no_history_is_refused_with_one_clear_sentence() {
    let folder = tempfile::tempdir().expect("folder");
    for (name, content) in
        [("empty", &b""[..]), ("text", b"hello\n"), ("json", b"{\"a\":1}\n"), ("bytes", &[0xff, 0xfe, 0, 1])]
    {
        let path = folder.path().join(name);
        std::fs::write(&path, content).expect("written");
        let (code, out, err) = run(&["replay", path.to_str().expect("path")]);
        assert_eq!((code, out.as_str()), (2, ""), "{name}");
        assert!(err.contains("is no Mimamori history") && err.trim_end().lines().count() == 1, "{err}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let file = crate::root().join("tests/scenarios/browser_load.jsonl");
    let mut child = crate::program()
        .arg("replay")
        .arg(file)
        .arg("--json")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started");
    drop(child.stdout.take());
    let mut err = String::new();
    child.stderr.take().expect("stderr").read_to_string(&mut err).expect("text");
    assert!(child.wait().expect("ended").code().is_some_and(|code| code <= 1));
    assert_eq!(err, "");
}

/// What PowerShell redirects is in another encoding; a file written by the program is not.
#[test]
fn the_result_goes_to_a_file_which_replaces_an_older_one_only_when_it_is_complete() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("結果.json");
    let name = file.to_str().expect("a name");
    std::fs::write(&file, "older").expect("written");
    let (code, out, err) = run(&["check", "--seconds", "2", "--json", "--output", name]);
    assert!(code == 0 || code == 1, "{err}");
    assert_eq!(out, "", "nothing but the file");
    let json = std::fs::read_to_string(&file).expect("read");
    let report: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(report["schema"], "mimamori.check/1");
    let (code, _, err) = run(&["replay", "no such file", "--output", name]);
    assert_eq!((code, std::fs::read_to_string(&file).expect("read")), (2, json), "{err}");
    for (lang, sentence) in [("en", "cannot be written"), ("ja", "に書き込めません")] {
        let missing = folder.path().join("missing/a.txt");
        let (code, out, err) = run(&["check", "--lang", lang, "--output", missing.to_str().expect("a name")]);
        assert_eq!((code, out.as_str()), (74, ""));
        assert!(err.contains(sentence) && err.contains("a.txt"), "{err}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).expect("folder").count(), 1, "nothing else is left");
}

#[test]
fn the_result_never_takes_the_place_of_what_is_read() {
    let folder = tempfile::tempdir().expect("folder");
    let history = folder.path().join("pc.jsonl");
    std::fs::write(&history, "{\"schema\":\"mimamori.history/1\",\"os\":\"linux\",\"cpus\":2}\n").expect("written");
    let name = history.to_str().expect("a name");
    let again = folder.path().join(".").join("pc.jsonl");
    for (lang, sentence) in [("en", "another name"), ("ja", "別の名前")] {
        let (code, out, err) = run(&["replay", name, "--lang", lang, "--output", again.to_str().expect("a name")]);
        assert_eq!((code, out.as_str()), (2, ""));
        assert!(err.contains(sentence), "{err}");
    }
    assert!(std::fs::read_to_string(&history).expect("read").contains("schema"));
}

#[test]
fn output_into_a_pipe_has_no_colours_and_no_progress() {
    let (_, out, err) = run(&["check", "--seconds", "2", "--lang", "en"]);
    assert!(!out.contains('\u{1b}') && !err.contains('\u{1b}'), "{out}{err}");
}
