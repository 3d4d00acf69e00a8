//! Closing real child processes, and never another one with the same pid.

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use mimamori::model::{ActError, Closable, OwnProcess, Owner, ProcFacts, ProcKey, ProcState, ProtectRules};
use mimamori::platform::{self, ProcessReader, Target};

const SOON: Duration = Duration::from_secs(20);

fn facts_of(pid: u32) -> ProcFacts {
    let mut reader = ProcessReader::new();
    let mut found = None;
    reader
        .read(&mut |raw| {
            if raw.key.pid == pid {
                found = Some((raw.key, raw.parent, (raw.name)()));
            }
        })
        .expect("processes");
    let (key, parent, name) = found.expect("the child is in the list");
    reader.facts(key, parent, name)
}

fn closable(facts: &ProcFacts) -> Closable {
    Closable::check(facts, &ProtectRules::default(), &platform::own_process(), |_| true).expect("our own child")
}

fn sleeper() -> Child {
    Command::new("sleep").arg("300").stdout(Stdio::null()).spawn().expect("sleep")
}

#[test]
fn a_child_that_is_asked_ends_by_the_polite_signal() {
    let mut child = sleeper();
    let mut target = Target::open(&closable(&facts_of(child.id()))).expect("held");
    assert!(target.is_running());
    target.ask_to_close().expect("asked");
    assert!(target.wait(SOON));
    assert_eq!(child.wait().expect("ended").signal(), Some(15));
    assert!(!target.is_running());
    assert_eq!(target.force_close(), Err(ActError::Gone));
}

#[test]
fn a_child_that_does_not_listen_ends_by_force_only() {
    let mut child = Command::new("sh")
        .args(["-c", "trap '' TERM; echo ready; while :; do sleep 1; done"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("sh");
    let mut ready = [0_u8; 6];
    std::io::Read::read_exact(child.stdout.as_mut().expect("pipe"), &mut ready).expect("ready");
    let mut target = Target::open(&closable(&facts_of(child.id()))).expect("held");
    target.ask_to_close().expect("asked");
    assert!(!target.wait(Duration::from_millis(600)));
    target.force_close().expect("forced");
    assert!(target.wait(SOON));
    assert_eq!(child.wait().expect("ended").signal(), Some(9));
}

#[test]
fn a_process_that_is_not_the_one_that_was_seen_is_not_held() {
    let mut child = sleeper();
    let mut facts = facts_of(child.id());
    facts.key = ProcKey { start_time: facts.key.start_time + 1, ..facts.key };
    assert_eq!(Target::open(&closable(&facts)).err(), Some(ActError::Gone));
    child.kill().expect("our child");
    child.wait().expect("our child");
    assert_eq!(Target::open(&closable(&facts)).err(), Some(ActError::Gone));
}

#[test]
fn a_process_that_has_ended_and_waits_for_its_parent_is_gone() {
    let mut child = Command::new("true").spawn().expect("true");
    let end = std::time::Instant::now() + SOON;
    let stat = format!("/proc/{}/stat", child.id());
    while !std::fs::read_to_string(&stat).expect("not waited for").contains(") Z ") {
        assert!(std::time::Instant::now() < end, "it ends");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(Target::open(&closable(&facts_of(child.id()))).err(), Some(ActError::Gone));
    child.wait().expect("our child");
}

#[test]
fn a_stopped_process_keeps_the_request_and_ends_by_force() {
    let mut child = sleeper();
    let stopped = Command::new("kill").args(["-STOP", &child.id().to_string()]).status();
    assert!(stopped.expect("kill").success());
    let mut target = Target::open(&closable(&facts_of(child.id()))).expect("held");
    wait_for_state(&target, ProcState::Stopped);
    target.ask_to_close().expect("asked");
    assert!(!target.wait(Duration::from_millis(300)), "it cannot listen");
    target.force_close().expect("forced");
    assert!(target.wait(SOON));
    assert_eq!(child.wait().expect("ended").signal(), Some(9));
}

/// Regression: a program replaced itself by another one (exec) while the question was open, and that one was killed. The
/// number and the start time of the process stay the same.
#[test]
fn what_a_process_has_become_is_left_alone() {
    let child = Command::new("sh").args(["-c", "read line; exec sleep 300"]).stdin(Stdio::piped()).spawn();
    let mut child = child.expect("sh");
    let checked = closable(&facts_of(child.id()));
    let mut target = Target::open(&checked).expect("held");
    assert!(target.is_running());
    std::io::Write::write_all(child.stdin.as_mut().expect("pipe"), b"\n").expect("it reads");
    let end = std::time::Instant::now() + SOON;
    while target.is_running() {
        assert!(std::time::Instant::now() < end, "it becomes another program");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!((target.ask_to_close(), target.force_close()), (Err(ActError::Gone), Err(ActError::Gone)));
    assert_eq!((target.pause(), target.resume()), (Err(ActError::Gone), Err(ActError::Gone)));
    assert_eq!(target.lower_priority(&[child.id()]).err(), Some(ActError::Gone));
    assert_eq!(Target::open(&checked).err(), Some(ActError::Gone), "checked before");
    assert_eq!(child.try_wait().expect("our child"), None);
    assert!(Target::open(&closable(&facts_of(child.id()))).is_ok(), "checked anew");
    child.kill().expect("our child");
    child.wait().expect("our child");
}

/// Nice value of the first thread, proc_pid_stat(5).
fn nice_of(pid: u32) -> i32 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("it runs");
    let after_name = stat.rsplit_once(')').expect("a name").1;
    after_name.split_ascii_whitespace().nth(16).expect("a field").parse().expect("a number")
}

#[test]
fn a_child_lets_the_others_go_first_and_takes_its_turn_again() {
    let mut child = Command::new("setsid").args(["sleep", "300"]).stdout(Stdio::null()).spawn().expect("setsid");
    // Until then it is another program under the same number.
    let exe = format!("/proc/{}/exe", child.id());
    let own = std::env::current_exe().expect("a file");
    while !std::fs::read_link(&exe).is_ok_and(|file| !file.ends_with("setsid") && file != own) {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let pid = child.id();
    let mut target = Target::open(&closable(&facts_of(pid))).expect("held");
    let before = nice_of(pid);
    let family = [pid];
    let can_restore = target.can_restore_priority(&family);
    let saved = target.lower_priority(&family).expect("lowered");
    assert_eq!(can_restore, !saved.is_lasting());
    let written = serde_json::to_string(&saved).expect("JSON");
    let saved = serde_json::from_str(&written).expect("the same from a file");
    assert!(nice_of(pid) > before || written.contains("weight") || written.contains("autogroup"), "{written}");
    if can_restore {
        target.restore_priority(&saved).expect("put back");
        assert_eq!(nice_of(pid), before);
    }
    child.kill().expect("our child");
    child.wait().expect("our child");
    assert_eq!(target.lower_priority(&family), Err(ActError::Gone));
    assert_eq!(target.restore_priority(&saved), Err(ActError::Gone));
}

/// Starts `held.c`; `None` where it cannot be compiled.
fn held(folder: &std::path::Path, how: &str) -> Option<Child> {
    let program = folder.join("held");
    let source = crate::root().join("tests/all/held.c");
    if !Command::new("cc").arg("-o").arg(&program).arg(source).status().is_ok_and(|status| status.success()) {
        crate::not_run(&format!("a process that is {how}: there is no C compiler"));
        return None;
    }
    Some(Command::new(program).arg(how).stdout(Stdio::piped()).spawn().expect("started"))
}

fn wait_for_state(target: &Target, state: ProcState) {
    let end = std::time::Instant::now() + SOON;
    while target.state() != state {
        assert!(std::time::Instant::now() < end, "{:?} and not {state:?}", target.state());
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_process_that_waits_in_the_kernel_is_told_apart_from_one_that_asks_to_save() {
    let folder = tempfile::tempdir().expect("folder");
    let Some(mut child) = held(folder.path(), "blocked") else { return };
    let mut target = Target::open(&closable(&facts_of(child.id()))).expect("held");
    wait_for_state(&target, ProcState::Blocked);
    target.ask_to_close().expect("asked");
    assert!(!target.wait(Duration::from_millis(300)), "it does not hear the request");
    assert_eq!(target.state(), ProcState::Blocked);
    // What waits for a child can be killed; what waits for a device cannot.
    target.force_close().expect("forced");
    assert!(target.wait(SOON));
    assert_eq!(target.state(), ProcState::Ended, "not waited for yet");
    assert_eq!(child.wait().expect("ended").signal(), Some(9));
    assert_eq!(target.state(), ProcState::Unknown);
}

#[test]
fn a_process_in_the_hands_of_a_debugger_is_stopped_and_ends_by_force() {
    let folder = tempfile::tempdir().expect("folder");
    let Some(mut debugger) = held(folder.path(), "traced") else { return };
    let mut line = String::new();
    let output = debugger.stdout.take().expect("pipe");
    std::io::BufRead::read_line(&mut std::io::BufReader::new(output), &mut line).expect("a number");
    let mut target = Target::open(&closable(&facts_of(line.trim().parse().expect("a number")))).expect("held");
    wait_for_state(&target, ProcState::Stopped);
    target.ask_to_close().expect("asked");
    assert!(!target.wait(Duration::from_millis(300)), "the debugger has it");
    target.force_close().expect("forced");
    assert!(target.wait(SOON));
    debugger.kill().expect("ours");
    debugger.wait().expect("ours");
}

#[test]
fn we_and_those_who_started_us_are_protected() {
    let me: OwnProcess = platform::own_process();
    assert_eq!(me.pid, std::process::id());
    assert!(me.ancestors.contains(&std::os::unix::process::parent_id()));
    for pid in std::iter::once(me.pid).chain(me.ancestors.iter().copied().filter(|pid| *pid > 1)) {
        assert!(Closable::check(&facts_of(pid), &ProtectRules::default(), &me, |_| true).is_err(), "{pid}");
    }
    let root = facts_of(1);
    assert!(Closable::check(&ProcFacts { owner: Owner::Me, ..root }, &ProtectRules::default(), &me, |_| true).is_err());
    assert!(BTreeSet::from_iter(me.ancestors).len() > 1);
}

/// Run by the test below in its own pid namespace, where pids can be reused at will.
#[test]
#[ignore = "started by the test below"]
fn inside_a_pid_namespace() {
    let reuses: u32 = std::env::var("MIMAMORI_REUSES").map_or(1_000, |count| count.parse().expect("a number"));
    let (mut reused, mut signals, mut lowered) = (0, 0, 0);
    // The first pids belong to the system: Closable refuses them.
    std::fs::write("/proc/sys/kernel/ns_last_pid", "1000").expect("in our own namespace");
    for _ in 0..reuses * 3 {
        if reused == reuses {
            break;
        }
        let mut victim = sleeper();
        let pid = victim.id();
        let mut target = Target::open(&closable(&facts_of(pid))).expect("held");
        victim.kill().expect("our child");
        victim.wait().expect("our child");
        // The kernel gives the pid after this one to the next process (sysctl kernel.ns_last_pid).
        std::fs::write("/proc/sys/kernel/ns_last_pid", (pid - 1).to_string()).expect("in our own namespace");
        let mut impostor = sleeper();
        if impostor.id() == pid {
            reused += 1;
            assert_eq!(target.ask_to_close(), Err(ActError::Gone));
            assert_eq!(target.force_close(), Err(ActError::Gone));
            assert_eq!((target.pause(), target.resume()), (Err(ActError::Gone), Err(ActError::Gone)));
            assert_eq!(target.lower_priority(&[pid]).err(), Some(ActError::Gone));
            assert!(!target.is_running());
            lowered += u32::from(nice_of(pid) != 0);
            std::thread::yield_now();
            signals += u32::from(impostor.try_wait().expect("our child").is_some());
        }
        impostor.kill().expect("our child");
        impostor.wait().expect("our child");
    }
    println!("pid reuse: {reused} numbers given again, {signals} signals to the impostor, {lowered} of them lowered");
    assert_eq!((reused, signals, lowered), (reuses, 0, 0));
}

#[test]
fn a_number_that_is_given_again_never_gets_the_signal() {
    let me = std::env::current_exe().expect("own path");
    let output = Command::new("unshare")
        .args(["--pid", "--fork", "--mount-proc"])
        .arg(me)
        .args(["--exact", "remedies::inside_a_pid_namespace", "--ignored", "--nocapture"])
        .output();
    match output {
        Ok(output) if String::from_utf8_lossy(&output.stderr).starts_with("unshare:") => {
            crate::not_run(&format!("pid reuse: no pid namespace: {}", String::from_utf8_lossy(&output.stderr)));
        }
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            println!("{text}");
            assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
        }
        Err(error) => crate::not_run(&format!("pid reuse: no unshare: {error}")),
    }
}
