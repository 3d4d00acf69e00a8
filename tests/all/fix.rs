//! `mimamori fix` on real child processes: what scripts of a helpdesk rely on.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::schemas::{assert_valid, schema};

/// A child that computes, in a session of its own, and ends with the test.
struct Burner(Child);

impl Burner {
    fn start(user: Option<&str>) -> Self {
        let mut command = Command::new("setsid");
        if let Some(user) = user {
            command.args(["setpriv", "--reuid", user, "--regid", user, "--clear-groups"]);
        }
        Self::of(command.arg("yes").stdout(Stdio::null()))
    }

    /// Starts it, and waits until it is in a session of its own.
    fn of(command: &mut Command) -> Self {
        let burner = Self(command.spawn().expect("setsid"));
        while burner.stat(6) != burner.pid() {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        burner
    }

    fn pid(&self) -> String {
        self.0.id().to_string()
    }

    fn has_ended(&mut self) -> bool {
        self.0.try_wait().expect("our child").is_some()
    }

    /// Number `index` of proc_pid_stat(5), counted from 1.
    fn stat(&self, index: usize) -> String {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid())).expect("it runs");
        let after_name = stat.rsplit_once(')').expect("a name").1;
        after_name.split_ascii_whitespace().nth(index - 3).expect("a field").to_owned()
    }

    /// Waits until its state is, or is no longer, "stopped": on a busy PC a signal arrives when its turn comes.
    fn wait_stopped(&self, stopped: bool) {
        let end = std::time::Instant::now() + std::time::Duration::from_secs(20);
        while (self.stat(3) == "T") != stopped {
            assert!(std::time::Instant::now() < end, "{} and not {stopped}", self.stat(3));
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }

    /// What the kernel weighs it by: its nice value, and that of its session.
    fn priority(&self) -> (String, String) {
        let autogroup = std::fs::read_to_string(format!("/proc/{}/autogroup", self.pid())).unwrap_or_default();
        (self.stat(19), autogroup.rsplit(' ').next().unwrap_or_default().trim().to_owned())
    }
}

impl Drop for Burner {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn fix(home: &Path, arguments: &[&str]) -> (i32, Value) {
    run(&mut crate::program(), home, arguments)
}

fn run(program: &mut Command, home: &Path, arguments: &[&str]) -> (i32, Value) {
    let output = program.arg("fix").args(arguments).arg("--json").env("HOME", home).env("XDG_STATE_HOME", home);
    let output = output.env_remove("XDG_DATA_HOME").output().expect("started");
    let value: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("{error}: {}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    });
    assert_valid(&schema("fix-1.schema.json"), &value);
    (output.status.code().unwrap_or(-1), value)
}

#[test]
fn a_program_lets_others_go_first_until_that_is_undone() {
    let home = tempfile::tempdir().expect("folder");
    let burner = Burner::start(None);
    let before = burner.priority();
    let (code, report) = fix(home.path(), &["background", &burner.pid()]);
    if report["result"] == "needs_yes" {
        return crate::not_run("fix background: this user cannot put a priority back");
    }
    // Whether others wait less depends on what else runs here; that they go first does not.
    let helped = report["result"] == "worked" || report["result"] == "nothing_waited";
    assert_eq!(code, i32::from(!helped), "{report}");
    assert_ne!(burner.priority(), before, "{report}");
    let (code, again) = fix(home.path(), &["background", &burner.pid()]);
    assert_eq!((code, &again["result"], &again["undo"]), (1, &"no_change".into(), &report["undo"]), "already");
    let listed = fix(home.path(), &["--list"]).1;
    assert_eq!(listed["undo"][0]["id"], report["undo"], "{listed}");
    let (code, undone) = fix(home.path(), &["undo", &report["undo"].to_string()]);
    assert_eq!((code, &undone["result"], burner.priority()), (0, &"worked".into(), before));
    let (code, again) = fix(home.path(), &["undo", &report["undo"].to_string()]);
    assert_eq!((code, &again["result"]), (2, &"not_found".into()));
}

/// An ordinary user cannot raise a nice value, but the weight of a session can be put back.
#[test]
fn an_ordinary_user_puts_back_what_can_be_put_back_and_is_told_otherwise() {
    let home = tempfile::tempdir().expect("folder");
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    if !is_root {
        return crate::not_run("fix as another user: needs root to become one");
    }
    // Where this user can start it.
    let program = home.path().join("mimamori-cli");
    std::fs::copy(crate::program().get_program(), &program).expect("copied");
    let own_home = home.path().join("home");
    std::fs::create_dir(&own_home).expect("folder");
    std::os::unix::fs::chown(&own_home, Some(65_534), Some(65_534)).expect("given away");
    std::fs::set_permissions(home.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("opened");
    let run_as = |arguments: &[&str]| {
        let mut command = Command::new("setpriv");
        command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]).arg(&program);
        run(&mut command, &own_home, arguments)
    };
    let mut burner = Burner::start(Some("65534"));
    let before = burner.priority();
    let (code, report) = run_as(&["background", &burner.pid()]);
    if report["result"] == "needs_yes" {
        assert_eq!((code, burner.priority()), (2, before.clone()), "{report}");
        assert!(report["text"]["en"].as_str().is_some_and(|text| text.contains("started again")), "{report}");
    } else {
        assert_eq!((report["lasting"].as_bool(), &burner.priority().0), (Some(false), &before.0), "{report}");
        assert_ne!(burner.priority(), before);
        assert_eq!((run_as(&["undo", &report["undo"].to_string()]).0, burner.priority()), (0, before));
    }
    // Somebody else's.
    let mut other = Burner::start(Some("65533"));
    for action in ["background", "pause", "close", "force-close"] {
        let (code, refused) = run_as(&[action, &other.pid(), "--yes"]);
        assert_eq!((code, &refused["reason"]), (77, &"other_user".into()), "{refused}");
    }
    assert!(!other.has_ended() && !burner.has_ended());
}

#[test]
fn what_starts_by_itself_is_switched_off_and_back_also_after_a_restart() {
    let home = tempfile::tempdir().expect("folder");
    let folder = home.path().join(".config/autostart");
    std::fs::create_dir_all(&folder).expect("folder");
    let file = folder.join("chat.desktop");
    let text = "[Desktop Entry]\nType=Application\nName=Chat 見守り\nExec=/opt/chat/chat --hidden\n";
    std::fs::write(&file, text).expect("written");
    let with = |arguments: &[&str]| {
        let mut program = crate::program();
        run(program.env_remove("XDG_CONFIG_HOME").env("XDG_CONFIG_DIRS", home.path()), home.path(), arguments)
    };
    let listed = with(&["--list"]).1;
    assert_eq!((&listed["startup"][0]["name"], &listed["startup"][0]["on"]), (&"Chat 見守り".into(), &true.into()));
    let (code, off) = with(&["startup-off", "chat 見守り"]);
    assert_eq!((code, &off["result"]), (0, &"worked".into()), "{off}");
    assert!(std::fs::read_to_string(&file).expect("read").contains("Hidden=true"));
    assert_eq!(with(&["startup-off", "desktop:chat.desktop"]).1["result"], "no_change");
    // Another boot: the entry is the same file.
    let noted = home.path().join("mimamori/remedies.json");
    let entries = std::fs::read_to_string(&noted).expect("noted");
    let boot = entries.split("\"boot_id\": ").nth(1).and_then(|rest| rest.split([',', '\n']).next()).expect("a boot");
    std::fs::write(&noted, entries.replace(boot, "\"another\"")).expect("written");
    let (code, back) = with(&["undo", &off["undo"].to_string()]);
    assert_eq!((code, std::fs::read_to_string(&file).expect("read")), (0, text.to_owned()), "{back}");
    let off = with(&["startup-off", "chat 見守り"]).1;
    std::fs::write(&file, text.replace("--hidden", "")).expect("written");
    let (code, changed) = with(&["undo", &off["undo"].to_string()]);
    assert_eq!((code, &changed["result"]), (1, &"changed".into()), "{changed}");
    assert_eq!(with(&["startup-off", "nothing"]).0, 2);
}

#[test]
fn what_may_lose_something_needs_to_be_confirmed() {
    let home = tempfile::tempdir().expect("folder");
    let mut burner = Burner::start(None);
    for action in ["close", "force-close", "pause"] {
        let (code, report) = fix(home.path(), &[action, &burner.pid()]);
        assert_eq!((code, &report["result"]), (2, &"needs_yes".into()), "{report}");
    }
    assert!(!burner.has_ended() && burner.stat(3) != "T");
    assert_eq!(fix(home.path(), &["pause", &burner.pid(), "--yes"]).0, 0);
    burner.wait_stopped(true);
    assert_eq!(fix(home.path(), &["continue", &burner.pid()]).0, 0);
    burner.wait_stopped(false);
    let (code, report) = fix(home.path(), &["close", &burner.pid(), "--yes"]);
    assert!(code == 0 || code == 1, "{report}");
    assert!(burner.has_ended(), "{report}");
}

#[test]
fn what_was_closed_is_started_again_by_its_file() {
    let home = tempfile::tempdir().expect("folder");
    let (code, report) = fix(home.path(), &["start-again", "waits"]);
    assert_eq!((code, &report["result"]), (2, &"not_found".into()), "{report}");
    // A program of its own name that runs without arguments, and does nothing.
    let program = home.path().join("waits");
    let source = home.path().join("waits.c");
    std::fs::write(&source, "#include <unistd.h>\nint main(void) { for (;;) pause(); }\n").expect("written");
    let compiled = Command::new("cc").arg("-o").args([&program, &source]).status();
    assert!(compiled.is_ok_and(|status| status.success()), "a C compiler builds this project");
    let mut first = Burner::of(Command::new("setsid").arg(&program));
    let (code, closed) = fix(home.path(), &["close", "waits", "--yes"]);
    assert!(first.has_ended() && code <= 1, "{closed}");
    let listed = fix(home.path(), &["--list"]).1;
    assert_eq!(
        (&listed["undo"][0]["remedy"], &listed["undo"][0]["id"]),
        (&"close".into(), &closed["undo"]),
        "{listed}"
    );
    let (code, report) = fix(home.path(), &["start-again", "waits"]);
    assert_eq!((code, &report["result"]), (0, &"worked".into()), "{report}");
    let running: Vec<u32> = pids_of(&program);
    assert_eq!(running.len(), 1);
    assert_eq!(fix(home.path(), &["start-again", "waits"]).1["result"], "not_found", "it was started");
    // Its group is its own: it does not end with whoever started it.
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", running[0])).expect("it runs");
    let session = stat.rsplit_once(')').expect("a name").1.split_ascii_whitespace().nth(3).map(str::to_owned);
    assert_eq!(session, Some(running[0].to_string()));
    let (_, closed) = fix(home.path(), &["close", &running[0].to_string(), "--yes"]);
    assert!(pids_of(&program).is_empty(), "{closed}");
    std::fs::remove_file(&program).expect("removed");
    let (code, report) = fix(home.path(), &["undo", &closed["undo"].to_string()]);
    assert_eq!((code, &report["result"]), (69, &"not_possible".into()), "{report}");
    let text = report["text"]["en"].as_str().unwrap_or_default();
    assert!(text.contains("no longer there"), "{report}");
}

/// What runs from this file.
fn pids_of(program: &Path) -> Vec<u32> {
    let all = std::fs::read_dir("/proc").expect("proc").flatten();
    let pids = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| std::fs::read_link(format!("/proc/{pid}/exe")).is_ok_and(|file| file == program)).collect()
}

/// Regression: the parent ended, the verdict was given, and its children went on.
#[test]
fn a_family_is_closed_as_a_whole_and_a_small_one_freed_nothing() {
    let home = tempfile::tempdir().expect("folder");
    let program = home.path().join("fourfold");
    std::fs::copy("/bin/dash", &program).expect("a shell");
    let script = "(while :; do sleep 60; done) & (while :; do sleep 60; done) & (while :; do sleep 60; done) & wait";
    let mut parent = Burner::of(Command::new("setsid").arg(&program).args(["-c", script]));
    while pids_of(&program).len() < 4 {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let (code, report) = fix(home.path(), &["close", "fourfold", "--yes"]);
    assert!(parent.has_ended() && code <= 1, "{report}");
    assert_eq!(pids_of(&program), [0_u32; 0], "{report}");
    let text = report["text"]["en"].as_str().unwrap_or_default();
    assert!(text.contains("4 of 4 parts"), "{report}");
    let freed = report["verdict"]["freed"].as_f64().unwrap_or(0.0);
    assert!(freed < 0.1, "it slept: {report}");
}

#[test]
fn what_was_paused_here_is_paused_once_and_goes_on_to_be_closed() {
    let home = tempfile::tempdir().expect("folder");
    let mut burner = Burner::start(None);
    let (_, first) = fix(home.path(), &["pause", &burner.pid(), "--yes"]);
    burner.wait_stopped(true);
    let (code, again) = fix(home.path(), &["pause", &burner.pid(), "--yes"]);
    assert_eq!((code, &again["result"], &again["undo"]), (1, &"no_change".into(), &first["undo"]), "{again}");
    let (code, closed) = fix(home.path(), &["close", &burner.pid(), "--yes"]);
    assert!(code <= 1 && burner.has_ended(), "{closed}");
    assert_eq!(fix(home.path(), &["continue", &burner.pid()]).0, 2, "nothing is paused");
}

/// The real `clamscan` with a signature file of our own in place of the system's, in a mount namespace.
#[test]
fn the_antivirus_is_asked_about_a_file_and_what_it_says_is_told_as_its_word() {
    let home = tempfile::tempdir().expect("folder");
    let signatures = home.path().join("signatures");
    std::fs::create_dir(&signatures).expect("folder");
    let mount = format!("mount --bind {} /var/lib/clamav", signatures.display());
    let can_mount = Command::new("unshare").args(["-m", "sh", "-c", &mount]).stderr(Stdio::null()).status();
    if !Path::new("/usr/bin/clamscan").exists() || !can_mount.is_ok_and(|status| status.success()) {
        return crate::not_run("fix scan: needs ClamAV, and root to give it signatures");
    }
    let scan = |target: &str| {
        let mut command = Command::new("unshare");
        let program = crate::program();
        command.args(["-m", "sh", "-c", &format!("{mount} && exec \"$@\""), "sh"]).arg(program.get_program());
        run(&mut command, home.path(), &["scan", target])
    };
    // The test file of the antivirus makers (EICAR), in pieces, so that no antivirus stops at this source.
    let pieces = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$", "EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE", "!$H+H*"];
    let eicar = home.path().join("見守り eicar.com");
    std::fs::write(&eicar, pieces.concat()).expect("written");
    let sum = Command::new("md5sum").arg(&eicar).output().expect("md5sum").stdout;
    let sum = String::from_utf8_lossy(&sum);
    let sum = sum.trim_start_matches('\\').split(' ').next().expect("a sum");
    let (code, report) = scan(&eicar.to_string_lossy());
    assert_eq!(
        (code, &report["result"], &report["reason"]),
        (69, &"not_scanned".into(), &"not_ready".into()),
        "{report}"
    );
    std::fs::write(signatures.join("own.hdb"), format!("{sum}:68:Test.Eicar\n")).expect("written");
    let (code, report) = scan(&eicar.to_string_lossy());
    assert_eq!((code, &report["result"], &report["antivirus"]), (1, &"found".into(), &"ClamAV".into()), "{report}");
    assert!(report["threat"].as_str().is_some_and(|threat| threat.starts_with("Test.Eicar")), "{report}");
    assert!(eicar.exists(), "nothing is removed");
    let burner = Burner::start(None);
    let (code, report) = scan(&burner.pid());
    assert_eq!((code, &report["result"]), (0, &"nothing_found".into()), "{report}");
    // Also what must be left alone can be looked at.
    let (code, report) = scan(&std::process::id().to_string());
    assert_eq!((code, &report["result"]), (0, &"nothing_found".into()), "{report}");
}

#[test]
fn only_a_browser_is_opened_without_javascript() {
    let home = tempfile::tempdir().expect("folder");
    let mut burner = Burner::start(None);
    let (code, report) = fix(home.path(), &["no-javascript", &burner.pid(), "--yes"]);
    assert_eq!((code, &report["reason"]), (69, &"not_this_browser".into()), "{report}");
    assert!(!burner.has_ended());
}

#[test]
fn a_program_that_does_not_listen_is_closed_by_force_after_it_was_asked() {
    let home = tempfile::tempdir().expect("folder");
    let script = "trap '' TERM; while :; do :; done";
    let mut stubborn = Burner::of(Command::new("setsid").args(["sh", "-c", script]).stdout(Stdio::null()));
    let (code, report) = fix(home.path(), &["close", &stubborn.pid(), "--yes"]);
    assert_eq!((code, &report["result"], stubborn.has_ended()), (1, &"still_open".into(), false), "{report}");
    let (code, report) = fix(home.path(), &["force-close", &stubborn.pid(), "--yes"]);
    assert!((code == 0 || code == 1) && stubborn.has_ended(), "{report}");
}

#[test]
fn ourselves_the_system_and_nobody_are_never_acted_on() {
    let home = tempfile::tempdir().expect("folder");
    let own = std::process::id().to_string();
    for (target, reason) in [("1", "system"), (own.as_str(), "our_ancestor")] {
        let (code, report) = fix(home.path(), &["force-close", target, "--yes"]);
        assert_eq!((code, &report["reason"]), (77, &reason.into()), "{report}");
    }
    for target in ["no program of this name", "4294967295"] {
        let (code, report) = fix(home.path(), &["force-close", target, "--yes"]);
        assert_eq!((code, &report["result"]), (2, &"not_found".into()), "{report}");
    }
    let listed = fix(home.path(), &["--list"]).1;
    let programs = listed["programs"].as_array().expect("programs");
    assert!(
        programs
            .iter()
            .all(|program| program["actions"].as_array().is_some_and(Vec::is_empty) == program["reason"].is_string()),
        "{listed}"
    );
}
