//! The diagnostic log: faults of this program itself, for support. One bounded file per role in the user's state
//! folder, and a panic hook that writes to it: the Windows window has no standard error.
//!
//! It never contains command lines or user names.

use std::backtrace::Backtrace;
use std::cell::Cell;
use std::fs;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use flexi_logger::{Cleanup, Criterion, DeferredNow, FileSpec, LogSpecification, Logger, Naming};
use log::{LevelFilter, Log, Metadata, Record};

use crate::model::{At, visible_lines};
use crate::platform::{self, Writing};

/// File size in bytes at which the log rotates.
const FILE_BYTES: u64 = 100 << 10;
/// Rotated files kept per role: all files together stay below 1 MB.
const EARLIER_FILES: usize = 2;
/// Size limit of a marker in bytes: it holds a number.
const LONGEST_MARKER: u64 = 64;
/// Longest panic message written, in characters.
const LONGEST_MESSAGE: usize = 2000;
/// Panics written per process: a thread that panics again and again must not fill the disk.
const MOST_PANICS: u32 = 10;

thread_local! {
    /// This thread is inside the logger.
    static IS_LOGGING: Cell<bool> = const { Cell::new(false) };
}

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
        let logger = if role == Role::Command { None } else { start_logger(folder, role, &log) };
        let (hook_marker, count, before) = (marker.clone(), AtomicU32::new(0), std::panic::take_hook());
        std::panic::set_hook(Box::new(move |info| {
            // A panic of the logger itself is caught, and is no fault of the program.
            if IS_LOGGING.get() {
                return;
            }
            if !is_display_lost(info) && count.fetch_add(1, Ordering::Relaxed) < MOST_PANICS {
                let text = report(info, &system, &Backtrace::force_capture());
                // Should even this fail, standard error has the panic.
                let _ = mark(&hook_marker, &jiff::Timestamp::now().as_millisecond().to_string());
                // Not through the logger, whose lock this thread may hold.
                let _ =
                    append(&log, &format!("{} ERROR {}\n", jiff::Timestamp::now(), visible_lines(&redacted(&text))));
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
    let at = platform::read_text(marker, LONGEST_MARKER).ok()?.trim().parse().ok()?;
    // A marker that cannot be removed cannot be written either.
    let _ = fs::remove_file(marker);
    Some(Crash { at: At(at), log: log.to_owned() })
}

fn mark(marker: &Path, time: &str) -> std::io::Result<()> {
    platform::open_private(marker, Writing::Anew)?.write_all(time.as_bytes())
}

fn append(log: &Path, text: &str) -> std::io::Result<()> {
    // A command's file never rotates.
    let is_full = fs::metadata(log).is_ok_and(|metadata| metadata.len() > 2 * FILE_BYTES);
    let mut file = platform::open_private(log, Writing::Append)?;
    if is_full {
        file.set_len(0)?;
    }
    file.write_all(text.as_bytes())
}

/// Starts the logger, provided that the folder can be used: flexi_logger 0.31 panics where it cannot be listed.
fn start_logger(folder: &Path, role: Role, log: &Path) -> Option<flexi_logger::LoggerHandle> {
    platform::make_private_folder(folder).and_then(|()| fs::read_dir(folder)).and_then(|_| append(log, "")).ok()?;
    let (inner, handle) = logger(folder, role).build().ok()?;
    log::set_boxed_logger(Box::new(Guarded { inner, has_failed: AtomicBool::new(false) })).ok()?;
    log::set_max_level(LevelFilter::Info);
    Some(handle)
}

/// A logger whose panics end logging and nothing else: the folder may vanish while the program runs.
struct Guarded<L> {
    inner: L,
    has_failed: AtomicBool,
}

impl<L: Log> Guarded<L> {
    fn guarded(&self, call: impl FnOnce(&L)) {
        // The logger may hold a lock when it is entered again.
        if self.has_failed.load(Ordering::Relaxed) || IS_LOGGING.replace(true) {
            return;
        }
        let done = catch_unwind(AssertUnwindSafe(|| call(&self.inner)));
        IS_LOGGING.set(false);
        self.has_failed.fetch_or(done.is_err(), Ordering::Relaxed);
    }
}

impl<L: Log> Log for Guarded<L> {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.inner.enabled(metadata)
    }

    fn log(&self, record: &Record<'_>) {
        self.guarded(|inner| inner.log(record));
    }

    fn flush(&self) {
        self.guarded(Log::flush);
    }
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
    write!(out, "{at} {} {module}: {}", record.level(), one_line(&redacted(&record.args().to_string())))
}

/// What others chose (names, paths, reasons) can neither begin a line of its own nor change how the log is shown.
fn one_line(text: &str) -> String {
    visible_lines(text).replace('\n', "<U+000A>")
}

fn report(info: &PanicHookInfo<'_>, system: &str, backtrace: &Backtrace) -> String {
    let thread = std::thread::current();
    let message: String = info.payload_as_str().unwrap_or_default().chars().take(LONGEST_MESSAGE).collect();
    let place = info.location().map_or_else(String::new, ToString::to_string);
    let (version, thread) = (env!("CARGO_PKG_VERSION"), thread.name().unwrap_or_default());
    format!("panic in Mimamori {version} on {system}, thread {thread:?}, at {place}: {message}\n{backtrace}")
}

/// Replaces this user's home by `~`, and other user names in paths by an ellipsis.
fn redacted(text: &str) -> String {
    let home = directories::BaseDirs::new().map(|folders| folders.home_dir().to_string_lossy().into_owned());
    // A home of `/` or `C:\` says nothing, and is everywhere.
    match home.filter(|home| home.len() > 3) {
        Some(home) => without_names(&text.replace(&home, "~").replace(&home.replace('\\', r"\\"), "~")),
        None => without_names(text),
    }
}

/// Replaces user names, which occur in paths, by an ellipsis. Windows spells the folder of its users in any case, with
/// either slash, and with two where a path was formatted for debugging.
fn without_names(text: &str) -> String {
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

/// Returns `true` for the panic of the toolkit (winit) on a connection to a display that has gone. It is no fault of this
/// program, and no unexpected end.
pub fn is_display_lost(info: &std::panic::PanicHookInfo<'_>) -> bool {
    info.payload_as_str().is_some_and(|text| text.contains("Connection(IoError"))
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
    fn a_logger_that_panics_ends_logging_and_nothing_else() {
        struct Panics(AtomicU32);
        impl Log for Panics {
            fn enabled(&self, _: &Metadata<'_>) -> bool {
                true
            }

            fn log(&self, _: &Record<'_>) {
                self.0.fetch_add(1, Ordering::Relaxed);
                panic!("the folder has gone");
            }

            fn flush(&self) {}
        }
        let guarded = Guarded { inner: Panics(AtomicU32::new(0)), has_failed: AtomicBool::new(false) };
        for _ in 0..3 {
            guarded.log(&Record::builder().build());
        }
        assert_eq!(guarded.inner.0.load(Ordering::Relaxed), 1);
        assert!(!IS_LOGGING.get());
    }

    #[test]
    fn without_a_folder_that_can_be_used_there_is_no_logger() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("file");
        fs::write(&file, "").expect("written");
        assert!(start_logger(&file, Role::Window, &log_file(&file, Role::Window)).is_none());
    }

    #[test]
    fn the_home_of_this_user_is_not_written_wherever_it_lies() {
        let Some(folders) = directories::BaseDirs::new() else { return };
        let home = folders.home_dir();
        if home.as_os_str().len() > 3 {
            let place = home.join("x");
            assert_eq!(redacted(&format!("{} {place:?}", place.display())).matches('~').count(), 2);
        }
    }

    #[test]
    fn names_of_users_are_not_written() {
        let text = r#"cannot read "/home/hanako/x": C:\Users\花子 山田\a, /home/taro"#;
        assert_eq!(without_names(text), r#"cannot read "/home/…/x": C:\Users\…\a, /home/…"#);
        assert_eq!(without_names("nothing here, at /home/ or /homes/x"), "nothing here, at /home/… or /homes/x");
        let debug = format!("{:?} c:/users/taro/b", r"C:\Users\taro\a");
        assert_eq!(without_names(&debug), r#""C:\\Users\\…\\a" c:/users/…/b"#);
        assert_eq!(without_names("/home/"), "/home/");
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
