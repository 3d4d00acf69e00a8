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

/// Regression: without a thread that receives them, the handlers that were installed already swallowed all signals.
#[test]
fn a_signal_ends_the_agent_also_when_no_thread_can_be_started() {
    const NOBODY: u32 = 65534;
    let folder = tempfile::tempdir().expect("folder");
    let home = folder.path().join("home");
    std::fs::create_dir(&home).expect("made");
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).expect("changed");
    // The limit does not count for root, and where the program lies others may not go.
    let program = folder.path().join("program");
    std::fs::copy(crate::program().get_program(), &program).expect("copied");
    if std::os::unix::fs::chown(&home, Some(NOBODY), None).is_err() {
        return crate::not_run("no thread can be started: needs root");
    }
    let agent = Command::new("setpriv")
        .args(["--reuid", &NOBODY.to_string(), "--clear-groups", "prlimit", "--nproc=1"])
        .arg(&program)
        .arg("agent")
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", &home)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut agent) = agent else { return crate::not_run("no thread can be started: there is no setpriv") };
    wait_for("it runs", || home.join(".local/state/mimamori/recording.db").exists());
    let begin = Instant::now();
    let sent = Command::new("kill").args(["-TERM", &agent.id().to_string()]).status().expect("kill");
    assert!(sent.success());
    let ended = agent.wait().expect("ended");
    assert!(begin.elapsed() < Duration::from_secs(1), "{:?}: {ended}", begin.elapsed());
}

/// An agent in little memory samples, records and ends in order.
#[test]
fn sixty_four_megabytes_of_address_space_are_enough_for_the_agent() {
    let home = tempfile::tempdir().expect("folder");
    let agent = Command::new("prlimit")
        .args(["--as=67108864", env!("CARGO_BIN_EXE_mimamori-cli"), "agent"])
        .env_clear()
        .env("HOME", home.path())
        .env("PATH", "/usr/bin:/bin")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut agent) = agent else { return crate::not_run("an agent in 64 MB: there is no prlimit") };
    let recording = home.path().join(".local/state/mimamori/recording.db");
    wait_for("it runs", || recording.exists());
    std::thread::sleep(Duration::from_secs(6));
    let sent = Command::new("kill").args(["-TERM", &agent.id().to_string()]).status().expect("kill");
    assert!(sent.success() && agent.wait().expect("ended").success());
    let db = Connection::open(recording).expect("opened");
    let count = |sql: &str| db.query_row(sql, [], |row| row.get::<_, i64>(0)).expect(sql);
    assert!(count("SELECT count(*) FROM raw") > 0 && count("SELECT clean FROM run") == 1);
    assert!(count("SELECT count(*) FROM raw_usage") > 0, "programs, too");
}

#[test]
fn a_check_up_that_is_interrupted_says_so_and_writes_nothing() {
    let home = tempfile::tempdir().expect("folder");
    let result = home.path().join("result.json");
    let checkup = crate::program()
        .args(["checkup", "--json", "--lang", "en", "--output"])
        .arg(&result)
        .env_clear()
        .env("HOME", home.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started");
    std::thread::sleep(Duration::from_secs(2));
    let begin = Instant::now();
    let sent = Command::new("kill").args(["-INT", &checkup.id().to_string()]).status().expect("kill");
    assert!(sent.success());
    let output = checkup.wait_with_output().expect("ended");
    assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
    assert_eq!((output.status.code(), output.stdout.len()), (Some(130), 0), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stderr).trim(), "Stopped before the end; nothing was changed.");
    assert!(!result.exists());
}
