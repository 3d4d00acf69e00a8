//! Asks the installed antivirus about one file.

mod answer;

use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{Builder, sleep};
use std::time::{Duration, Instant};

use crate::model::Antivirus;
use crate::platform;
use crate::remedy::{NotScanned, ScanVerdict};

/// Time after which a scan is given up: loading its signatures takes some antiviruses a minute on a slow PC.
const LIMIT: Duration = Duration::from_mins(10);
/// Interval between two looks.
const STEP: Duration = Duration::from_millis(100);
/// Size of output that is read, in bytes.
const LONGEST: u64 = 256 << 10;
/// Largest file that is scanned, in bytes: ClamAV calls a larger one "OK" without a look. Source: clamscan(1).
const LARGEST: u64 = 2000 << 20;

/// An antivirus on this PC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scanner {
    /// Which it is.
    pub antivirus: Antivirus,
    program: PathBuf,
    args: Vec<String>,
}

/// The antivirus of this PC that can be asked about one file.
pub fn installed() -> Option<Scanner> {
    let sizes = || ["--max-filesize=2000M", "--max-scansize=2000M"].map(str::to_owned);
    let clam = |program: &str, args: Vec<String>| {
        let program = PathBuf::from(program);
        program.is_file().then_some(Scanner { antivirus: Antivirus::ClamAv, program, args })
    };
    // The daemon has its signatures loaded; alone it needs a gigabyte and a minute for them.
    let daemon = Path::new("/run/clamav/clamd.ctl").exists();
    let by_daemon = || {
        let args = ["--fdpass", "--no-summary", "--stdout"].map(str::to_owned).to_vec();
        clam("/usr/bin/clamdscan", args).filter(|_| daemon)
    };
    let alone = || {
        let mut args = vec!["--no-summary".to_owned(), "--stdout".to_owned()];
        args.extend(sizes());
        clam("/usr/bin/clamscan", args)
    };
    by_daemon().or_else(alone).or_else(defender)
}

/// The newest version, as Defender keeps some.
fn defender() -> Option<Scanner> {
    let below = |variable: &str, place: &str| std::env::var_os(variable).map(|folder| Path::new(&folder).join(place));
    let platforms = below("ProgramData", r"Microsoft\Windows Defender\Platform");
    let mut versions: Vec<PathBuf> = platforms
        .and_then(|folder| fs::read_dir(folder).ok())
        .map_or_else(Vec::new, |folder| folder.flatten().map(|entry| entry.path()).collect());
    versions.sort();
    let newest = versions.into_iter().rev().map(|version| version.join("MpCmdRun.exe"));
    let first = below("ProgramFiles", r"Windows Defender\MpCmdRun.exe");
    let program = newest.chain(first).find(|program| program.is_file())?;
    let args = ["-Scan", "-ScanType", "3", "-DisableRemediation", "-File"].map(str::to_owned).to_vec();
    Some(Scanner { antivirus: Antivirus::Defender, program, args })
}

/// Scans `file`, until `stop` is set. Nothing is removed or changed.
pub fn scan(scanner: &Scanner, file: &Path, stop: &AtomicBool) -> ScanVerdict {
    match run(scanner, file, stop) {
        Ok(verdict) => verdict,
        Err(error) => ScanVerdict::NotScanned(match error.kind() {
            ErrorKind::NotFound => NotScanned::Gone,
            ErrorKind::PermissionDenied => NotScanned::NotAllowed,
            _ => NotScanned::Other(error.to_string()),
        }),
    }
}

fn run(scanner: &Scanner, file: &Path, stop: &AtomicBool) -> std::io::Result<ScanVerdict> {
    if fs::metadata(file)?.len() > LARGEST {
        return Ok(ScanVerdict::NotScanned(NotScanned::TooLarge));
    }
    // An absolute path is never taken for a switch.
    let file = std::path::absolute(file)?;
    let mut command = platform::quiet_command(&scanner.program);
    command.args(&scanner.args).arg(&file).env("LC_ALL", "C");
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let read = |pipe: Option<Box<dyn Read + Send>>| {
        let read = move || {
            let mut bytes = Vec::new();
            if let Some(mut pipe) = pipe {
                // What was read before an error is enough; the rest is taken, or the antivirus would wait for ever.
                let _ = pipe.by_ref().take(LONGEST).read_to_end(&mut bytes);
                let _ = std::io::copy(&mut pipe, &mut std::io::sink());
            }
            String::from_utf8_lossy(&bytes).into_owned()
        };
        Builder::new().name("scan".into()).spawn(read)
    };
    let stdout = child.stdout.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>);
    let stderr = child.stderr.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>);
    let pipes = [read(stdout), read(stderr)];
    let begun = Instant::now();
    let ended = loop {
        if let Some(status) = child.try_wait()? {
            break Ok(status.code());
        }
        let is_cancelled = stop.load(Ordering::Relaxed);
        if is_cancelled || begun.elapsed() > LIMIT {
            // It may have ended by itself meanwhile.
            let _ = child.kill();
            child.wait()?;
            break Err(if is_cancelled { NotScanned::Cancelled } else { NotScanned::TooLong });
        }
        sleep(STEP);
    };
    let texts = pipes.into_iter().flatten().filter_map(|pipe| pipe.join().ok());
    let text: Vec<String> = texts.collect();
    Ok(match ended {
        Ok(code) => answer::verdict(scanner.antivirus, code, &text.join("\n")),
        Err(why) => ScanVerdict::NotScanned(why),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program in place of an antivirus.
    fn scanner(folder: &Path, script: &str) -> Scanner {
        let program = folder.join("clamscan");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).expect("written");
        let args = vec![program.to_string_lossy().into_owned()];
        Scanner { antivirus: Antivirus::ClamAv, program: "/bin/sh".into(), args }
    }

    #[test]
    fn the_answer_is_that_of_the_antivirus() {
        if std::env::consts::OS != "linux" {
            // The programs in place of an antivirus are scripts of a shell.
            return;
        }
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("見守り.bin");
        fs::write(&file, "content").expect("written");
        let never = AtomicBool::new(false);
        let scan = |script: &str| scan(&scanner(folder.path(), script), &file, &never);
        assert_eq!(scan(r#"echo "$1: OK""#), ScanVerdict::NothingFound);
        assert_eq!(scan(r#"echo "$1: Bad.Thing FOUND"; exit 1"#), ScanVerdict::Found("Bad.Thing".to_owned()));
        assert_eq!(scan("echo No supported database files >&2; exit 2"), ScanVerdict::NotScanned(NotScanned::NotReady));
        // More than a pipe holds.
        assert_eq!(
            scan(r#"yes x | head -c 1000000; echo "$1: OK""#),
            ScanVerdict::NotScanned(NotScanned::Other("x (0)".to_owned()))
        );
        let gone = folder.path().join("gone");
        let nothing = super::scan(&scanner(folder.path(), "echo OK"), &gone, &never);
        assert_eq!(nothing, ScanVerdict::NotScanned(NotScanned::Gone));
    }

    #[test]
    fn a_scan_is_cancelled_with_what_it_started() {
        if std::env::consts::OS != "linux" {
            // The programs in place of an antivirus are scripts of a shell.
            return;
        }
        let folder = tempfile::tempdir().expect("folder");
        let slow = scanner(folder.path(), "exec sleep 60");
        let file = folder.path().join("clamscan");
        let begun = Instant::now();
        assert_eq!(scan(&slow, &file, &AtomicBool::new(true)), ScanVerdict::NotScanned(NotScanned::Cancelled));
        assert!(begun.elapsed() < Duration::from_secs(30), "it waits for the end of what it killed only");
    }
}
