//! The diagnostic log: faults of this program itself, for support. One bounded file per role in the user's state
//! folder, and a panic hook that writes to it: the Windows window has no standard error.
//!
//! It never contains command lines or user names.

use std::backtrace::Backtrace;
use std::fs;
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};

use flexi_logger::{Cleanup, Criterion, DeferredNow, FileSpec, LogSpecification, Logger, Naming};
use log::{LevelFilter, Record};

use crate::model::At;

/// File size in bytes at which the log rotates.
const FILE_BYTES: u64 = 100 << 10;
/// Rotated files kept per role: all files together stay below 1 MB.
const EARLIER_FILES: usize = 2;
/// Longest panic message written, in characters.
const LONGEST_MESSAGE: usize = 2000;

/// Role of a process. Each has its own files, because two processes cannot rotate the same one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Role {
    /// The background agent.
    Agent,
    /// The window.
    Window,
    /// A command that prints and ends.
    Command,
}

/// An unexpected end of an earlier process with the same role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crash {
    /// Time of the panic.
    pub at: At,
    /// The log with its location and backtrace.
    pub log: PathBuf,
}

/// The log of this process. [`Self::end`] marks an orderly end; without it, a panic counts as the cause of the end.
pub struct DiagnosticLog {
    marker: Option<PathBuf>,
    previous: Option<Crash>,
    // Flushes and closes when dropped.
    _logger: Option<flexi_logger::LoggerHandle>,
}

impl DiagnosticLog {
    /// Starts the log of this process in `folder` and installs the panic hook; `system` is the system's name and
    /// version. [`Role::Command`] leaves no file behind unless it panics. Without a writable folder, panics go to
    /// standard error only.
    pub fn start(role: Role, folder: Option<&Path>, system: String) -> Self {
        let Some(folder) = folder else { return Self { marker: None, previous: None, _logger: None } };
        let log = log_file(folder, role);
        let marker = log.with_extension("crash");
        let previous = take_marker(&marker, &log);
        let logger = if role == Role::Command { None } else { logger(folder, role).start().ok() };
        let (hook_marker, is_logging, before) = (marker.clone(), logger.is_some(), std::panic::take_hook());
        std::panic::set_hook(Box::new(move |info| {
            let text = report(info, &system, &Backtrace::force_capture());
            // Should even this fail, standard error has the panic.
            let _ = fs::write(&hook_marker, jiff::Timestamp::now().as_millisecond().to_string());
            if is_logging {
                log::error!("{text}");
            } else {
                let _ = fs::write(&log, redacted(&text));
            }
            before(info);
        }));
        Self { marker: Some(marker), previous, _logger: logger }
    }

    /// The unexpected end of the previous process with this role.
    pub fn previous_crash(&self) -> Option<&Crash> {
        self.previous.as_ref()
    }

    /// Marks an orderly end: a panic that the process survived is not the cause of the end.
    pub fn end(self) {
        if let Some(marker) = &self.marker {
            // Usually there is no marker.
            let _ = fs::remove_file(marker);
        }
    }
}

/// Takes the crash that a marker records, so that it is reported once.
fn take_marker(marker: &Path, log: &Path) -> Option<Crash> {
    let at = fs::read_to_string(marker).ok()?.trim().parse().ok()?;
    // A marker that cannot be removed cannot be written either.
    let _ = fs::remove_file(marker);
    Some(Crash { at: At(at), log: log.to_owned() })
}

fn base_name(role: Role) -> String {
    format!("mimamori-{}", <&str>::from(role))
}

fn log_file(folder: &Path, role: Role) -> PathBuf {
    folder.join(format!("{}_rCURRENT.log", base_name(role)))
}

fn logger(folder: &Path, role: Role) -> Logger {
    // Only this program's lines: those of libraries may hold what must not be in the log.
    let own = LogSpecification::builder().default(LevelFilter::Off).module("mimamori", LevelFilter::Info).build();
    Logger::with(own)
        .log_to_file(FileSpec::default().directory(folder).basename(base_name(role)).suppress_timestamp())
        .append()
        .rotate(Criterion::Size(FILE_BYTES), Naming::Numbers, Cleanup::KeepLogFiles(EARLIER_FILES))
        .cleanup_in_background_thread(false)
        .format(line)
        .error_channel(flexi_logger::ErrorChannel::DevNull)
}

/// Formats a line: `2026-11-29T23:49:02Z WARN agent::recording_writer: the disk is full`.
fn line(out: &mut dyn std::io::Write, now: &mut DeferredNow, record: &Record<'_>) -> std::io::Result<()> {
    let module = record.module_path().unwrap_or_default().trim_start_matches("mimamori::");
    let at = now.now_utc_owned().format("%Y-%m-%dT%H:%M:%SZ");
    write!(out, "{at} {} {module}: {}", record.level(), redacted(&record.args().to_string()))
}

fn report(info: &PanicHookInfo<'_>, system: &str, backtrace: &Backtrace) -> String {
    let thread = std::thread::current();
    let message: String = info.payload_as_str().unwrap_or_default().chars().take(LONGEST_MESSAGE).collect();
    let place = info.location().map_or_else(String::new, ToString::to_string);
    let (version, thread) = (env!("CARGO_PKG_VERSION"), thread.name().unwrap_or_default());
    format!("panic in Mimamori {version} on {system}, thread {thread:?}, at {place}: {message}\n{backtrace}")
}

/// Replaces user names, which occur in paths, by an ellipsis. Windows spells the folder of its users in any case, with
/// either slash, and with two where a path was formatted for debugging.
fn redacted(text: &str) -> String {
    let mut rest = text;
    let mut result = String::with_capacity(text.len());
    while let Some((name_at, has_spaces)) = user_name_at(rest) {
        let (before, name) = rest.split_at(name_at);
        result.push_str(before);
        result.push('…');
        // Windows user names may contain spaces: losing a few words too many beats leaving half a name.
        let ends = |c: char| matches!(c, '/' | '\\' | '"' | '\'' | ':' | ')' | '\n') || c == ' ' && !has_spaces;
        rest = name.find(ends).map_or("", |end| &name[end..]);
    }
    result + rest
}

/// Start of the first user name in `text`, and whether it may contain spaces.
fn user_name_at(text: &str) -> Option<(usize, bool)> {
    let is_slash = |byte: &u8| matches!(byte, b'/' | b'\\');
    let folders = [("home", false), ("users", true)];
    let bytes = text.as_bytes();
    (1..bytes.len()).filter(|at| is_slash(&bytes[at - 1])).find_map(|at| {
        let rest = &bytes[at..];
        let (folder, has_spaces) = folders.iter().find(|(folder, _)| {
            rest.get(..folder.len()).is_some_and(|start| start.eq_ignore_ascii_case(folder.as_bytes()))
        })?;
        let slashes = rest[folder.len()..].iter().take_while(|byte| is_slash(byte)).count();
        let name_at = at + folder.len() + slashes;
        (slashes > 0 && name_at < bytes.len()).then_some((name_at, *has_spaces))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use log::{Level, Log};

    fn files(folder: &Path) -> Vec<(PathBuf, u64)> {
        let entries = fs::read_dir(folder).expect("the folder").flatten();
        entries.map(|entry| (entry.path(), entry.metadata().expect("a file").len())).collect()
    }

    #[test]
    fn the_log_stays_below_a_megabyte_whatever_is_written() {
        let folder = tempfile::tempdir().expect("a folder");
        for role in [Role::Agent, Role::Window, Role::Command] {
            let (log, handle) = logger(folder.path(), role).build().expect("a log");
            for number in 0..20_000 {
                let words = format!("{number}: {}", "x".repeat(100));
                log.log(
                    &Record::builder()
                        .args(format_args!("{words}"))
                        .level(Level::Warn)
                        .target("mimamori::agent")
                        .module_path(Some("mimamori::agent"))
                        .build(),
                );
            }
            handle.flush();
            let text = fs::read_to_string(log_file(folder.path(), role)).expect("the newest file");
            assert!(text.contains(" WARN agent: 19999: xxx"), "{}", text.lines().last().unwrap_or_default());
        }
        let bytes: u64 = files(folder.path()).iter().map(|(_, bytes)| bytes).sum();
        assert!(bytes > FILE_BYTES && bytes < 1_000_000, "{bytes}: {:?}", files(folder.path()));
    }

    #[test]
    fn names_of_users_are_not_written() {
        let text = r#"cannot read "/home/hanako/x": C:\Users\花子 山田\a, /home/taro"#;
        assert_eq!(redacted(text), r#"cannot read "/home/…/x": C:\Users\…\a, /home/…"#);
        assert_eq!(redacted("nothing here, at /home/ or /homes/x"), "nothing here, at /home/… or /homes/x");
        let debug = format!("{:?} c:/users/taro/b", r"C:\Users\taro\a");
        assert_eq!(redacted(&debug), r#""C:\\Users\\…\\a" c:/users/…/b"#);
        assert_eq!(redacted("/home/"), "/home/");
    }

    #[test]
    fn a_crash_is_known_once_and_an_orderly_end_is_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let marker = log_file(folder.path(), Role::Agent).with_extension("crash");
        let log = log_file(folder.path(), Role::Agent);
        assert_eq!(take_marker(&marker, &log), None);
        fs::write(&marker, "1795996142000").expect("written");
        assert_eq!(take_marker(&marker, &log), Some(Crash { at: At(1_795_996_142_000), log: log.clone() }));
        assert_eq!(take_marker(&marker, &log), None, "told once");
        // A panic that the process survived: it ends in order.
        fs::write(&marker, "1795996142000").expect("written");
        DiagnosticLog { marker: Some(marker.clone()), previous: None, _logger: None }.end();
        assert_eq!(take_marker(&marker, &log), None);
    }
}
