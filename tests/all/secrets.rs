//! Secrets planted where others keep theirs, searched for in everything that is printed, recorded and logged: arguments,
//! environment, folders, open files, tables, the name of the user.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::json;

use crate::hostile::Started;

/// Secrets planted, each with a number of its own.
#[derive(Default)]
struct Secrets(Vec<String>);

impl Secrets {
    fn plant(&mut self) -> String {
        self.0.push(format!("Zq7{:03}kv", self.0.len()));
        self.0[self.0.len() - 1].clone()
    }

    /// Panics when a secret is in `bytes`, as UTF-8 or UTF-16.
    fn search(&self, what: &str, bytes: &[u8]) {
        for secret in &self.0 {
            let wide: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
            for pattern in [secret.as_bytes(), &wide] {
                if let Some(at) = bytes.windows(pattern.len()).position(|part| part == pattern) {
                    let around = &bytes[at.saturating_sub(80)..(at + 40).min(bytes.len())];
                    panic!("{what}: {secret} in {:?}", String::from_utf8_lossy(around));
                }
            }
        }
    }
}

/// Arguments as programs are given them, with `{}` for each secret.
const LINES: [&[&str]; 16] = [
    &["--password", "{}"],
    &["--password={}", "-p{}"],
    &["-u", "{}:{}", "-p", "{}"],
    &["-o", "stratum+tcp://{}.worker:{}@pool.example:3333", "-u", "{}", "-p", "{}", "--rig-id={}"],
    &["--url=stratum+ssl://pool.example:443", "--user={}", "--pass={}", "-O", "{}:{}", "--coin", "monero"],
    &["--donate-level=1", "-o", "pool.example:14444", "-u", "{}", "-p", "{}"],
    &["-H", "Authorization: Bearer {}", "https://api.example/v1?token={}"],
    &["https://{}:{}@files.example/{}?key={}#{}"],
    &["AWS_SECRET_ACCESS_KEY={}", "--token", "{}"],
    &["--proxy-server=http://{}:{}@proxy.example:8080", "--user-data-dir=/srv/{}", "--profile-directory={}"],
    &["-Dpassword={}", "-Djavax.net.ssl.keyStorePassword={}", "-cp", "/srv/{}/lib.jar", "{}"],
    &["/srv/{}/letter.odt", "file:///srv/{}/diagnosis.pdf"],
    &["-e", "connect('{}')", "--eval={}"],
    &["-i", "/srv/{}/id_rsa", "{}@host.example", "-L", "{}:localhost:1"],
    &["\"{}\"", "'{}'", "a {} b", "{}\t{}"],
    &["--seed", "{} {} {} {} {} {} {} {} {} {} {} {}"],
];

/// Programs under many names, each with a line of arguments, one of which is busy.
fn start(secrets: &mut Secrets, folder: &Path, private: &Path) -> Vec<Started> {
    let names =
        ["java", "node", "electron", "xmrig", "chromium", "firefox", "python3.11", "curl", "ssh", "mysql", "tool"];
    let mut programs = Vec::new();
    for (number, line) in LINES.iter().enumerate() {
        let program = folder.join(names[number % names.len()]);
        if !program.exists() {
            fs::copy("/bin/sh", &program).expect("copied");
        }
        let filled = line.iter().map(|argument| {
            let mut parts = argument.split("{}");
            let first = parts.next().unwrap_or_default().to_owned();
            parts.fold(first, |text, part| text + &secrets.plant() + part)
        });
        let arguments: Vec<String> = filled.collect();
        let script = if number % 5 == 0 { "while :; do :; done" } else { "while :; do sleep 60; done" };
        // The folder it is in, a file that it has open, and its environment.
        let open = private.join(secrets.plant());
        fs::write(&open, secrets.plant()).expect("written");
        let child = Command::new(&program)
            .args(["-c", &format!("{script} # {}", secrets.plant())])
            .args(arguments)
            .env("PASSWORD", secrets.plant())
            .env(secrets.plant(), "1")
            .current_dir(private)
            .stdin(fs::File::open(&open).expect("opened"))
            .stdout(Stdio::null())
            .spawn();
        programs.push(Started(child.expect("started")));
    }
    programs
}

/// Every file below a folder.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            let kind = entry.file_type().expect("a kind");
            if kind.is_dir() {
                open.push(entry.path());
            } else if kind.is_file() {
                found.push(entry.path());
            }
        }
    }
    found
}

fn agent(home: &Path) -> Child {
    let mut agent = crate::program();
    agent.arg("agent").env_clear().env("HOME", home).env("XDG_RUNTIME_DIR", home);
    agent.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("started")
}

#[test]
fn nothing_that_others_keep_secret_is_printed_recorded_or_logged() {
    let mut secrets = Secrets::default();
    let folder = tempfile::tempdir().expect("folder");
    let private = folder.path().join(secrets.plant());
    // The name of the user is in paths of programs. The log is the only file that is made to be sent to others.
    let user = Secrets(vec!["Zq7Userkv".to_owned()]);
    let home = folder.path().join("home").join(&user.0[0]);
    let config = home.join(".config/mimamori");
    for folder in [&private, &config] {
        fs::create_dir_all(folder).expect("made");
    }
    // A mistake in the tables, of which the log tells.
    fs::write(config.join("knowledge.toml"), "[[program]]\nid = \"x\"\nunknown = 5\n").expect("written");
    let programs = start(&mut secrets, folder.path(), &private);
    let run = |arguments: &[&str]| {
        let mut command = crate::program();
        command.args(arguments).env_clear().env("HOME", &home).env("XDG_RUNTIME_DIR", &home);
        command.env("MIMAMORI_PASSWORD", &secrets.0[0]);
        let output = command.output().expect("started");
        secrets.search(&format!("{arguments:?} printed"), &output.stdout);
        secrets.search(&format!("{arguments:?} noted"), &output.stderr);
        String::from_utf8_lossy(&output.stdout).into_owned()
    };

    let mut agent = Started(agent(&home));
    let mut printed = run(&["check", "--seconds", "12", "--json"]);
    for lang in ["en", "ja"] {
        printed += &run(&["check", "--seconds", "3", "--lang", lang]);
    }
    let sent = Command::new("kill").args(["-TERM", &agent.0.id().to_string()]).status().expect("kill");
    assert!(sent.success() && agent.0.wait().expect("ended").success());
    for arguments in [&["history"][..], &["history", "--lang", "ja"], &["history", "--json"]] {
        printed += &run(arguments);
    }
    // The same as a history of somebody else.
    let lines =
        LINES.concat().iter().map(|argument| argument.replace("{}", &secrets.0[7])).collect::<Vec<_>>().join(" ");
    let history = folder.path().join("history.jsonl");
    let mut text = json!({ "schema": "mimamori.history/1", "os": "linux", "cpus": 4, "mem_bytes": 8_000_000_000_u64 })
        .to_string()
        + "\n";
    for step in 0..120_i64 {
        let top = json!([{ "pid": 4_000_000, "start": 1, "name": "xmrig", "path": "/tmp/xmrig", "cpu": 0.95,
            "mem_bytes": 5_000_000, "user": secrets.0[8], "cmd": format!("/tmp/xmrig {lines}") }]);
        text += &(json!({ "at": 1_790_000_000 + step * 10, "cpu": 0.97, "top": top }).to_string() + "\n");
    }
    fs::write(&history, text).expect("written");
    for arguments in [&["replay"][..], &["replay", "--json"], &["replay", "--lang", "ja"]] {
        printed += &run(&[arguments, &[history.to_str().expect("a path")]].concat());
    }

    let mut recorded = Vec::new();
    for file in files_below(&home) {
        let bytes = fs::read(&file).expect("read");
        let name = file.strip_prefix(&home).expect("below").display().to_string();
        secrets.search(&name, &bytes);
        if file.extension().is_some_and(|extension| extension == "log") {
            user.search(&name, &bytes);
        }
        recorded.extend(bytes);
    }
    // Without these the search would prove nothing.
    let recorded = String::from_utf8_lossy(&recorded);
    assert!(printed.contains("xmrig") && printed.contains("java") && recorded.contains("/java"), "{printed}");
    assert!(secrets.0.len() > 100 && recorded.contains("mimamori") && recorded.contains("WARN"), "{recorded}");
    drop(programs);
}
