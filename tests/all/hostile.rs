//! Hostile characters in everything that others choose, searched for in everything that is printed or logged: escape
//! sequences, control characters of the second set, DEL, bidirectional controls, invisible characters.
#![cfg(target_os = "linux")]

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use mimamori::model::{At, Bytes, Event, EventKind, Fraction, ProgramSample, Reading, Sample, Seconds, is_dangerous};
use mimamori::recorder::{Inbox, Limits, Recorder, Run};
use serde_json::{Value, json};

/// What must not come out.
const HOSTILE: &str = "\u{1b}]0;own\u{7}\u{9b}31m\u{7f}\u{202e}fdp\u{2066}\u{200b}\u{85}\r\u{e0041}";

/// A name that contains [`HOSTILE`].
fn hostile(name: &str) -> String {
    format!("{name}{HOSTILE}")
}

/// Ends its process when dropped.
pub struct Started(pub Child);

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A home with a hostile name, with settings, tables and a recording full of hostile names.
fn home(folder: &Path) -> PathBuf {
    let home = folder.join(hostile("home").replace('/', ""));
    let state = home.join(".local/state/mimamori");
    let data = home.join(".local/share/mimamori");
    let config = home.join(".config/mimamori");
    for folder in [&state, &data, &config] {
        fs::create_dir_all(folder).expect("made");
    }
    let mine =
        json!([{ "path": hostile("/opt/x"), "name": hostile("mine"), "signer": hostile("s"), "until": i64::MAX }]);
    fs::write(data.join("settings.json"), json!({ "mine": mine, "lang": hostile("ja") }).to_string()).expect("written");
    // TOML has no control characters as they are, but their escapes.
    let name = serde_json::to_string(&hostile("Burner")).expect("json").replace("\\u001b", "\\u001B");
    let name: String = name
        .chars()
        .map(|c| if is_dangerous(c) { format!("\\U{:08X}", u32::from(c)) } else { c.to_string() })
        .collect();
    let tables = format!(
        "[[program]]\nid = {name}\nname = {{ en = {name}, ja = {name} }}\nfiles = [\"burner-of-a-test\"]\n\
         [thresholds.cpu]\nfull = {name}\n[{name}]\n\u{9b}31m = 5\n"
    );
    fs::write(config.join("knowledge.toml"), tables).expect("written");

    let now = jiff::Timestamp::now().as_millisecond();
    let path = state.join("recording.db");
    let run = Run { boot_id: Some(hostile("boot")), version: hostile("0"), started: At(now - 600_000) };
    let (mut recorder, _) = Recorder::open(&path, &run, Limits::default()).expect("opened");
    for step in 1..=60 {
        let program = ProgramSample {
            name: hostile("program").into(),
            cpu: Fraction::new(0.6),
            memory: Bytes(5 << 20),
            parts: 1,
            path: Some(hostile("/opt/program").into()),
            ..ProgramSample::default()
        };
        let cpu = Reading::Known(Fraction::new(0.7));
        recorder.add(&Sample {
            at: At(now - 600_000 + step * 10_000),
            span: Seconds(10.0),
            cpu,
            program_span: Seconds(10.0),
            program_total: cpu,
            programs: vec![program],
            ..Sample::default()
        });
    }
    for (n, &kind) in (0..).zip(EventKind::ALL) {
        let data = json!({ "by": hostile("by"), "reason": hostile("reason"), "text": hostile("id"), "verdict": hostile("v"),
            "cause": hostile("c"), "busy": [{ "program": hostile("busy"), "cpu": 0.5 }], "before": 0.5, "after": 0.1 });
        recorder.note(&Event::new(At(now - 300_000 + n), kind, &hostile("subject")).with(data));
    }
    recorder.end(At(now - 1000)).expect("ended");
    let told = Event::new(At(now - 500), EventKind::Verdict, &hostile("inbox")).with(json!({ "by": hostile("by") }));
    Inbox::beside(&path).put(&told).expect("put");
    home
}

/// A recorded history with a hostile name in every text, and one whose header alone is hostile.
fn histories(folder: &Path) -> [PathBuf; 3] {
    let name = |name: &str| folder.join(hostile(name));
    let top = |n: u32| {
        json!({ "pid": 4_000_000 + n, "start": n, "name": hostile("xmrig"), "path": hostile("/tmp/xmrig"), "cpu": 0.9,
            "mem_bytes": 5_000_000, "user": hostile("u"), "argument": hostile("--donate-level"),
            "parent_name": hostile("cron"), "marks": [hostile("m"), "temp_folder"], "cmd": hostile("-o stratum+tcp://x") })
    };
    let mut lines = vec![json!({ "schema": "mimamori.history/1", "os": hostile("linux"), "os_name": hostile("Linux"),
        "boot_id": hostile("b"), "cpus": 4, "mem_bytes": 8_000_000_000_u64 })];
    for step in 0..120_i64 {
        lines.push(json!({ "at": 1_790_000_000 + step * 10, "cpu": 0.95, "top": [top(1), top(2)],
            "volumes": [{ "name": hostile("C:"), "total": 100_000_000_000_u64, "free": 1_000_000_u64 }],
            "mem_used_bytes": 7_900_000_000_u64, "closed": [hostile("c")],
            "net_users": [{ "program": hostile("n"), "rx_bps": 9e7, "tx_bps": 1.0 }],
            "gpu_users": [{ "program": hostile("g"), "gpu": 0.9 }], "cpu_missing": hostile("why"),
            "condition": { "browsers": [{ "name": hostile("Browser"), "update_waiting": true }] } }));
    }
    let text = |lines: &[Value]| lines.iter().fold(String::new(), |text, line| text + &line.to_string() + "\n");
    fs::write(name("history"), text(&lines) + "no json " + HOSTILE + "\n{\"at\":\"\u{9b}\"}\n").expect("written");
    fs::write(name("version"), text(&[json!({ "schema": hostile("mimamori.history/") })])).expect("written");
    fs::write(name("none"), format!("{HOSTILE}\n")).expect("written");
    [name("history"), name("version"), name("none")]
}

fn assert_clean(what: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Some((at, c)) = text.char_indices().find(|(_, c)| *c != '\n' && is_dangerous(*c)) {
        let around: String = text[..at].chars().rev().take(60).collect::<Vec<_>>().into_iter().rev().collect();
        panic!("{what}: U+{:04X} after {around:?}", u32::from(c));
    }
}

#[test]
fn nothing_hostile_is_printed_or_logged() {
    let folder = tempfile::tempdir().expect("folder");
    let home = home(folder.path());
    let run = |arguments: &[&OsStr]| -> Output {
        let mut command = crate::program();
        command.args(arguments).env_clear().env("HOME", &home).env("XDG_RUNTIME_DIR", &home);
        command.output().expect("started")
    };
    // A shell under a hostile name, with hostile arguments and a hostile folder, that is busy.
    let burner = folder.path().join(hostile("burner"));
    fs::copy("/bin/sh", &burner).expect("copied");
    let _burner = Started(
        Command::new(&burner)
            .arg0(hostile("burner"))
            .args(["-c", "while :; do :; done", &hostile("argument")])
            .current_dir(&home)
            .stdin(Stdio::null())
            .spawn()
            .expect("started"),
    );
    let mut commands: Vec<Vec<OsString>> = Vec::new();
    let mut command = |words: &[&str], last: Option<&OsStr>| {
        let mut words: Vec<OsString> = words.iter().map(OsString::from).collect();
        words.extend(last.map(OsStr::to_owned));
        commands.push(words);
    };
    let [history, version, none] = histories(folder.path());
    let missing = folder.path().join(hostile("missing"));
    let no_text = OsString::from_vec([b"\xff\x9b31m".as_slice(), HOSTILE.as_bytes()].concat());
    for lang in ["en", "ja"] {
        command(&["check", "--seconds", "2", "--lang", lang], None);
        command(&["history", "--lang", lang], None);
        for file in [&history, &version, &none, &missing, &home] {
            command(&["replay", "--lang", lang], Some(file.as_os_str()));
            command(&["replay", "--json", "--lang", lang], Some(file.as_os_str()));
        }
        command(&["--lang", lang], Some(OsStr::from_bytes(HOSTILE.as_bytes())));
        command(&["--lang", lang], Some(&no_text));
        command(&["history", "--lang", lang, "--since"], Some(OsStr::new(HOSTILE)));
        command(&["check", "--lang", lang, "--seconds"], Some(OsStr::new(HOSTILE)));
        command(&["check", "--lang", lang, "--renderer"], Some(&no_text));
    }
    command(&["check", "--lang"], Some(OsStr::new(HOSTILE)));
    command(&["check", "--seconds", "2", "--json"], None);
    command(&["history", "--json"], None);
    let mut printed = String::new();
    for arguments in &commands {
        let output = run(&arguments.iter().map(OsString::as_os_str).collect::<Vec<_>>());
        assert_clean(&format!("{arguments:?} printed"), &output.stdout);
        assert_clean(&format!("{arguments:?} noted"), &output.stderr);
        if arguments.iter().any(|argument| argument == "--json") && output.status.code().is_some_and(|code| code <= 1) {
            let values = serde_json::Deserializer::from_slice(&output.stdout).into_iter::<Value>();
            let values: Vec<Value> = values.map(|value| value.expect("json")).collect();
            assert!(!values.is_empty(), "{arguments:?}");
        }
        printed += &String::from_utf8_lossy(&output.stdout);
    }
    // Without these the search would prove nothing.
    for part in ["xmrig", "burner", "subject", "program", "\\u009b31m", "<U+009B>31m", "\\u202e"] {
        assert!(printed.contains(part), "{part} was not printed at all");
    }

    // The agent's log: the mistakes in the tables.
    let agent = crate::program()
        .arg("agent")
        .env_clear()
        .env("HOME", &home)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let mut agent = Started(agent.expect("started"));
    let state = home.join(".local/state/mimamori");
    std::thread::sleep(Duration::from_secs(4));
    let sent = Command::new("kill").args(["-TERM", &agent.0.id().to_string()]).status().expect("kill");
    assert!(sent.success() && agent.0.wait().expect("ended").success());
    let log = fs::read(state.join("mimamori-agent_rCURRENT.log")).expect("a log");
    assert!(!log.is_empty(), "nothing was logged");
    assert_clean("the log", &log);
}
