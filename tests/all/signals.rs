//! Signals end the agent soon, whatever it is doing.
#![cfg(target_os = "linux")]

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rusqlite::Connection;

/// Waits up to ten seconds for a condition.
fn wait_for(what: &str, condition: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(10);
    while !condition() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Regression: an agent that waits for another program's lock on the recording, or for a disk, ended when that was over.
#[test]
fn a_signal_ends_the_agent_within_a_second_also_while_something_blocks() {
    let home = tempfile::tempdir().expect("folder");
    let path = home.path().join(".local/state/mimamori/recording.db");
    let mut agent = crate::program()
        .arg("agent")
        .env_clear()
        .env("HOME", home.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("started");
    let has_run = || {
        let db = Connection::open(&path).ok()?;
        db.query_row("SELECT count(*) FROM run", [], |row| row.get::<_, i64>(0)).ok()
    };
    wait_for("a run", || path.exists() && has_run() == Some(1));
    let other = Connection::open(&path).expect("opened");
    wait_for("the lock", || other.execute_batch("BEGIN EXCLUSIVE").is_ok());
    let begin = Instant::now();
    let sent = Command::new("kill").args(["-TERM", &agent.id().to_string()]).status().expect("kill");
    assert!(sent.success());
    let ended = agent.wait().expect("ended");
    assert!(begin.elapsed() < Duration::from_millis(1200), "{:?}: {ended}", begin.elapsed());
}
