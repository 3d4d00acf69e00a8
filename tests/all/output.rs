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

/// Regression: Xlib ended the program with 1, which means that something was found.
#[test]
#[cfg(target_os = "linux")]
fn a_display_that_goes_away_ends_the_window_with_a_sentence() {
    use std::io::{BufRead, BufReader};
    use std::time::{Duration, Instant};

    let server = std::process::Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "1200x800x24", "-nolisten", "tcp"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut server) = server else {
        return crate::not_run("a display that goes away: there is no Xvfb");
    };
    let mut number = String::new();
    BufReader::new(server.stdout.take().expect("a pipe")).read_line(&mut number).expect("a number");
    let home = tempfile::tempdir().expect("folder");
    let window = std::process::Command::new(env!("CARGO_BIN_EXE_mimamori"))
        .env_clear()
        .env("HOME", home.path())
        .env("DISPLAY", format!(":{}", number.trim()))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started");
    // The settings remember the renderer as soon as it has drawn.
    let settings = home.path().join(".local/share/mimamori/settings.json");
    let end = Instant::now() + Duration::from_secs(20);
    while !settings.exists() && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(50));
    }
    std::thread::sleep(Duration::from_millis(500));
    server.kill().expect("killed");
    server.wait().expect("ended");
    let output = window.wait_with_output().expect("ended");
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(69), "{told}");
    assert_eq!(told.trim_end(), "The display has gone, so the window is closed.");
}

/// Without OpenGL there is no window, and the answer is given all the same.
#[test]
#[cfg(target_os = "linux")]
fn a_display_without_opengl_gets_the_check_as_text() {
    use std::io::{BufRead, BufReader};

    let server = std::process::Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "1200x800x24", "-nolisten", "tcp", "-extension", "GLX"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut server) = server else {
        return crate::not_run("a display without OpenGL: there is no Xvfb");
    };
    let mut number = String::new();
    BufReader::new(server.stdout.take().expect("a pipe")).read_line(&mut number).expect("a number");
    let home = tempfile::tempdir().expect("folder");
    for (lang, sentence, looked) in [
        ("en", "The window could not be opened (", "Looked at this PC"),
        ("ja", "ウィンドウを開けなかったため（", "調べた時間"),
    ] {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_mimamori"))
            .args(["--lang", lang])
            .env_clear()
            .env("HOME", home.path())
            .env("DISPLAY", format!(":{}", number.trim()))
            // Neither Mesa's drivers nor those of a vendor.
            .env("LIBGL_DRIVERS_PATH", "/nonexistent")
            .env("__EGL_VENDOR_LIBRARY_DIRS", "/nonexistent")
            .output()
            .expect("started");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(told.contains(sentence) && !told.contains(".rs:"), "{told}");
        let answer = String::from_utf8_lossy(&output.stdout);
        assert!(answer.contains(looked), "{answer}");
        assert!(output.status.code().is_some_and(|code| code <= 1), "{:?}: {told}", output.status);
    }
    server.kill().expect("killed");
    server.wait().expect("ended");
}

/// What is printed for scripts is the same in every place: figures with a point, names as they are.
#[test]
fn no_locale_changes_what_a_script_reads() {
    let file = crate::root().join("tests/scenarios/hostile_names.jsonl");
    let replayed = |locale: &str, arguments: &[&str]| {
        let mut command = crate::program();
        let output =
            command.arg("replay").arg(&file).args(arguments).env("LC_ALL", locale).env("LANG", locale).output();
        let output = output.expect("started");
        assert!(output.status.code().is_some_and(|code| code <= 1), "{locale}: {output:?}");
        output.stdout
    };
    for arguments in [&["--json"][..], &["--lang", "ja"], &["--lang", "en"]] {
        let plain = replayed("C", arguments);
        assert!(!plain.is_empty() && std::str::from_utf8(&plain).is_ok());
        for locale in ["POSIX", "ja_JP.SJIS", "tr_TR.UTF-8", "de_DE.UTF-8", "ar_SA.UTF-8", "xx", "", "\u{7f}"] {
            assert!(replayed(locale, arguments) == plain, "{locale:?} {arguments:?}");
        }
    }
}

/// The program talks to the PC it runs on and to nobody else.
#[test]
#[cfg(target_os = "linux")]
fn no_connection_is_made() {
    let home = tempfile::tempdir().expect("folder");
    let calls = home.path().join("calls");
    for arguments in [&["check", "--seconds", "3", "--json"][..], &["checkup"], &["history"]] {
        let mut strace = std::process::Command::new("strace");
        strace.args(["-f", "-qq", "-e", "trace=socket,connect,bind", "-o"]).arg(&calls);
        strace.arg(env!("CARGO_BIN_EXE_mimamori-cli")).args(arguments).env_clear().env("HOME", home.path());
        let Ok(output) = strace.output() else { return crate::not_run("no connection is made: there is no strace") };
        assert!(output.status.code().is_some_and(|code| code != 127), "{output:?}");
        let calls = std::fs::read_to_string(&calls).expect("calls");
        // Then it says so and runs nothing.
        if String::from_utf8_lossy(&output.stderr).contains("strace:") {
            return crate::not_run("no connection is made: this system does not let programs be traced");
        }
        let of_network: Vec<&str> = calls.lines().filter(|call| call.contains("AF_INET")).collect();
        assert_eq!(of_network, Vec::<&str>::new(), "{arguments:?}");
    }
}

/// Regression: the progress of a check was drawn with control codes on a dumb terminal.
#[test]
#[cfg(target_os = "linux")]
fn a_dumb_terminal_gets_no_control_codes() {
    let program = env!("CARGO_BIN_EXE_mimamori-cli");
    let on = |terminal: &str| {
        let line = format!("'{program}' check --seconds 2 --lang en");
        let mut script = std::process::Command::new("script");
        script.args(["-qec", &line, "/dev/null"]).env("TERM", terminal).env_remove("NO_COLOR").stdin(Stdio::null());
        script.output().ok().map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (Some(dumb), Some(xterm)) = (on("dumb"), on("xterm")) else {
        return crate::not_run("output on a terminal: there is no script(1)");
    };
    assert!(dumb.contains("What is using this PC") && !dumb.contains('\u{1b}'), "{dumb:?}");
    assert!(xterm.contains("\u{1b}[1m"), "{xterm:?}");
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
