//! The endpoint and the lock between real processes: this test binary starts itself again in another environment.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use mimamori::platform::{Endpoint, Lock, ask};

const SOON: Duration = Duration::from_secs(10);

/// Takes the lock and answers until its input ends.
#[test]
#[ignore = "started by the other tests"]
fn child_that_answers() {
    let Some(_lock) = Lock::take("agent").expect("a folder") else {
        println!("\ntaken");
        return;
    };
    let _endpoint = Endpoint::listen("agent", |request| [b"pong ", request].concat()).expect("listens");
    println!("\nready");
    let _ = std::io::stdin().lock().lines().next();
}

/// Asks once and prints the answer.
#[test]
#[ignore = "started by the other tests"]
fn child_that_asks() {
    match ask("agent", b"ping", SOON) {
        Ok(answer) => println!("\nanswer {}", String::from_utf8_lossy(&answer)),
        Err(error) => println!("\nrefused {:?}", error.kind()),
    }
}

fn child(name: &str, runtime: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--ignored", "--nocapture", "--exact", &format!("endpoint::{name}")]);
    command.env("XDG_RUNTIME_DIR", runtime).env_remove("XDG_STATE_HOME").env("HOME", runtime);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// The first line of the child's output that is one of ours.
fn first_line(child: &mut Child) -> String {
    let lines = BufReader::new(child.stdout.take().expect("output")).lines().map_while(Result::ok);
    let ours = ["ready", "taken", "answer", "refused"];
    lines.into_iter().find(|line| ours.iter().any(|word| line.starts_with(word))).unwrap_or_default()
}

fn runtime() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("folder");
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).expect("ours alone");
    folder
}

fn start(name: &str, folder: &Path) -> (Child, String) {
    let mut child = child(name, folder).spawn().expect("starts");
    let first_line = first_line(&mut child);
    (child, first_line)
}

fn end(mut child: Child) {
    drop(child.stdin.take());
    child.wait().expect("ended");
}

#[test]
fn another_process_is_answered_and_only_one_answers() {
    let folder = runtime();
    let (agent, ready) = start("child_that_answers", folder.path());
    assert_eq!(ready, "ready");
    let (asking, answer) = start("child_that_asks", folder.path());
    assert_eq!(answer, "answer pong ping");
    end(asking);
    let (second, taken) = start("child_that_answers", folder.path());
    assert_eq!(taken, "taken");
    end(second);
    end(agent);
    let left: Vec<_> = std::fs::read_dir(folder.path().join("mimamori")).expect("folder").flatten().collect();
    assert!(left.iter().all(|entry| entry.file_name() == "agent.lock"), "{left:?}");
}

#[test]
fn a_killed_process_leaves_neither_its_lock_nor_its_place() {
    let folder = runtime();
    let (mut agent, ready) = start("child_that_answers", folder.path());
    assert_eq!(ready, "ready");
    agent.kill().expect("killed");
    agent.wait().expect("ended");
    assert!(folder.path().join("mimamori/agent.sock").exists(), "its socket is left");
    let begin = Instant::now();
    let (asking, answer) = start("child_that_asks", folder.path());
    assert_eq!(answer, "refused ConnectionRefused");
    end(asking);
    let (agent, ready) = start("child_that_answers", folder.path());
    assert_eq!(ready, "ready");
    let (asking, answer) = start("child_that_asks", folder.path());
    assert_eq!(answer, "answer pong ping");
    end(asking);
    assert!(begin.elapsed() < SOON);
    end(agent);
}

#[test]
fn a_stopped_process_costs_only_the_time_given() {
    let folder = runtime();
    let (mut agent, ready) = start("child_that_answers", folder.path());
    assert_eq!(ready, "ready");
    let signal = |name: &str| {
        let done = Command::new("kill").args([name, &agent.id().to_string()]).status().expect("kill");
        assert!(done.success());
    };
    signal("-STOP");
    let begin = Instant::now();
    let (asking, answer) = start("child_that_asks", folder.path());
    assert_eq!(answer, "refused TimedOut");
    assert!(begin.elapsed() < SOON + Duration::from_secs(5));
    end(asking);
    signal("-CONT");
    agent.stdin.take().expect("input").write_all(b"end\n").expect("told");
    agent.wait().expect("ended");
}
