//! The database file: exclusive writing, integrity, and quarantine of a damaged one.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::RecorderError;
use super::schema::{self, STEPS};
use crate::model::At;
use crate::platform::{self, Writing};

/// Time-out for the lock of another process (a backup, a reader of the log).
const BUSY: Duration = Duration::from_secs(1);
/// Attempts to take the lock. A child process holds a copy of every lock between fork and exec, so a lock that was just
/// released can still look taken.
const LOCK_TRIES: u32 = 5;
const LOCK_WAIT: Duration = Duration::from_millis(20);
/// Bytes of the header with the versions of the format for writing and reading (www.sqlite.org/fileformat2.html).
const FORMAT: std::ops::Range<usize> = 18..20;
/// Suffix of a quarantined file, followed by the time.
const BAD: &str = ".bad-";

/// A file open for writing.
pub struct Opening {
    pub db: Connection,
    pub created: bool,
    pub quarantined: Option<PathBuf>,
}

/// Acquires the exclusive right to write, held while the returned file is open. SQLite's own locks last for one
/// transaction only.
pub fn lock(path: &Path) -> Result<Option<File>, RecorderError> {
    clear_way(&beside(path, "-lock"))?;
    let file = platform::open_private(&beside(path, "-lock"), Writing::Keep)?;
    let mut tries = 0;
    let mut locked = file.try_lock();
    while matches!(locked, Err(TryLockError::WouldBlock)) && tries < LOCK_TRIES {
        std::thread::sleep(LOCK_WAIT);
        locked = file.try_lock();
        tries += 1;
    }
    match locked {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(RecorderError::Locked),
        // A file system without locks; the agent has a lock of its own.
        Err(TryLockError::Error(_)) => Ok(None),
    }
}

/// Opens the file for writing, replacing a damaged one by a new file.
pub fn open(path: &Path, now: At) -> Result<Opening, RecorderError> {
    // SQLite waits for ever for the other end of a pipe, and follows links.
    let parts = ["", "-wal", "-shm", "-journal"].map(|suffix| beside(path, suffix));
    if parts.iter().any(|part| is_obstacle(part)) {
        return replace(path, now);
    }
    match connect(path) {
        Err(RecorderError::Damaged(_)) => replace(path, now),
        opened => opened,
    }
}

/// Returns `true` when something other than a file has the place of one of ours: a folder, a link, a pipe.
fn is_obstacle(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|data| !data.is_file())
}

/// Moves an obstacle aside, so that it is erased with the quarantined files.
fn clear_way(path: &Path) -> std::io::Result<()> {
    if is_obstacle(path) { fs::rename(path, beside(path, BAD)) } else { Ok(()) }
}

/// Quarantines the file, whatever it is, and opens a new one.
pub fn replace(path: &Path, now: At) -> Result<Opening, RecorderError> {
    let quarantined_path = quarantine(path, now)?;
    connect(path).map(|opening| Opening { quarantined: Some(quarantined_path), ..opening })
}

fn connect(path: &Path) -> Result<Opening, RecorderError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    // SQLite would create it with the permissions of the process, and gives its log those of the file. Closed before SQLite
    // opens it: closing a file later would release the locks that this process has on it (POSIX).
    drop(platform::open_private(path, Writing::Keep)?);
    check_format(path)?;
    let mut db = Connection::open_with_flags(without_links(path)?, flags)?;
    db.busy_timeout(BUSY)?;
    // Until the file is known to be ours, not even closing it may change it.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    let version = schema::version(&db)?;
    schema::verify(&db)?;
    schema::prepare_writer(&db)?;
    if version > 0 && !ended_cleanly(&db)? {
        check(&db, None)?;
    }
    schema::migrate(&mut db, &STEPS)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok(Opening { db, created: version == 0, quarantined: None })
}

fn ended_cleanly(db: &Connection) -> Result<bool, RecorderError> {
    let clean = db.query_row("SELECT clean FROM run ORDER BY id DESC LIMIT 1", [], |row| row.get(0)).optional()?;
    Ok(clean.unwrap_or(true))
}

/// Checks the structure of a table, or of the whole file.
pub fn check(db: &Connection, table: Option<&str>) -> Result<(), RecorderError> {
    let of = table.map_or_else(|| "1".to_owned(), |table| format!("'{table}'"));
    let answer: String = db.query_row(&format!("PRAGMA quick_check({of})"), [], |row| row.get(0))?;
    if answer == "ok" { Ok(()) } else { Err(RecorderError::Damaged(answer)) }
}

/// Renames the file with its log. Only the newest quarantined file is kept.
fn quarantine(path: &Path, now: At) -> Result<PathBuf, RecorderError> {
    // It only costs space.
    if let Err(error) = remove_quarantined(path) {
        log::warn!("an earlier damaged recording cannot be removed: {error}");
    }
    let time = jiff::Timestamp::from_millisecond(now.0).unwrap_or_default().strftime("%Y%m%dT%H%M%SZ");
    let quarantined_path = beside(path, &format!("{BAD}{time}"));
    // A log left behind would be applied to the new file.
    for suffix in ["-wal", "-shm", "-journal", ""] {
        match fs::rename(beside(path, suffix), beside(&quarantined_path, suffix)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(quarantined_path)
}

/// Removes every quarantined file.
///
/// # Errors
/// The first failure; the other files are removed all the same.
pub fn remove_quarantined(path: &Path) -> std::io::Result<()> {
    let own = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (name, lock_name) = (format!("{own}{BAD}"), format!("{own}-lock{BAD}"));
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut removed = Ok(());
    for entry in fs::read_dir(folder)?.flatten() {
        let file_name = entry.file_name();
        let file_name = file_name.to_string_lossy();
        if file_name.starts_with(&name) || file_name == lock_name {
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            let gone = if is_folder { fs::remove_dir_all(entry.path()) } else { fs::remove_file(entry.path()) };
            removed = removed.and(gone);
        }
    }
    removed
}

/// `path` with `suffix` appended to its file name.
pub fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Size of the file and its log in bytes; 0 if there is no file.
pub fn bytes(path: &Path) -> u64 {
    let size = |path: &Path| fs::metadata(path).map_or(0, |file| file.len());
    size(path) + size(&beside(path, "-wal"))
}

/// Opens the file for reading; `None` if there is none, or it has no tables yet.
pub fn open_reader(path: &Path) -> Result<Option<Connection>, RecorderError> {
    if fs::symlink_metadata(path).is_err_and(|error| error.kind() == ErrorKind::NotFound) {
        return Ok(None);
    }
    if is_obstacle(path) || is_obstacle(&beside(path, "-wal")) || is_obstacle(&beside(path, "-shm")) {
        return Err(RecorderError::Damaged(String::new()));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = Connection::open_with_flags(path, flags).map_err(RecorderError::from).and_then(|db| {
        db.busy_timeout(BUSY)?;
        Ok((schema::version(&db)?, db))
    });
    let (version, db) = match opened {
        // A reader, too, creates a log if there is none. If it lacks the permission, nobody is writing: the file is
        // complete without a log.
        Err(error @ RecorderError::ReadOnly(_)) if !beside(path, "-wal").exists() => {
            let Some(uri) = unchanging(path) else { return Err(error) };
            let db = Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI)?;
            (schema::version(&db)?, db)
        }
        opened => opened?,
    };
    schema::verify(&db)?;
    if version == 0 {
        return Ok(None);
    }
    if (version as usize) < STEPS.len() {
        return Err(RecorderError::OlderSchema(version));
    }
    schema::prepare(&db)?;
    Ok(Some(db))
}

/// Checks the two bytes of the header that tell how the file may be written and read: with a number that it does not
/// know, SQLite takes the file for a read-only one, which would never heal.
fn check_format(path: &Path) -> Result<(), RecorderError> {
    let mut header = [0; FORMAT.end];
    match platform::open_ordinary(path)?.read_exact(&mut header) {
        Ok(()) if header[FORMAT].iter().any(|format| !(1..=2).contains(format)) => {
            Err(RecorderError::Damaged("an unknown format".to_owned()))
        }
        Err(error) if error.kind() != ErrorKind::UnexpectedEof => Err(error.into()),
        _ => Ok(()),
    }
}

/// The path with the links among its folders resolved: the file itself must be none, and SQLite then refuses any.
fn without_links(path: &Path) -> std::io::Result<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = fs::canonicalize(folder)?;
    // Windows adds a prefix that not every function of SQLite understands.
    let plain = folder.to_str().and_then(|text| text.strip_prefix(r"\\?\")).filter(|text| text.get(1..2) == Some(":"));
    Ok(plain.map_or_else(|| folder.clone(), PathBuf::from).join(path.file_name().unwrap_or_default()))
}

/// SQLite URI for a file that nobody writes.
fn unchanging(path: &Path) -> Option<String> {
    let path = std::path::absolute(path).ok()?;
    let path = path
        .to_str()?
        .replace(std::path::MAIN_SEPARATOR, "/")
        .replace('%', "%25")
        .replace('?', "%3f")
        .replace('#', "%23");
    Some(format!("file:/{}?immutable=1", path.trim_start_matches('/')))
}
