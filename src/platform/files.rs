//! Reads files that others write: settings, tables, recorded histories, files of the desktop and of browsers.
//!
//! Such a file may be a pipe that nobody writes, a device that never ends, or too large for memory. Only ordinary files
//! are opened, without waiting, and read up to a limit.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Result, Seek, SeekFrom, Write};
use std::path::Path;

use super::sys;
use super::types::Writing;

/// Reads a whole file of up to `limit` bytes.
///
/// # Errors
/// [`ErrorKind::FileTooLarge`] beyond the limit, [`ErrorKind::IsADirectory`] and [`ErrorKind::InvalidInput`] for what is
/// no ordinary file, else the system's error.
pub fn read_bytes(path: &Path, limit: u64) -> Result<Vec<u8>> {
    read_all(&sys::open_ordinary(path)?, limit)
}

fn read_all(file: &File, limit: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // The size may be wrong: the file may grow, and those of the kernel claim to be empty.
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit { Err(ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
}

/// Reads a text file of up to `limit` bytes.
///
/// # Errors
/// As [`read_bytes`], and [`ErrorKind::InvalidData`] when it is not UTF-8.
pub fn read_text(path: &Path, limit: u64) -> Result<String> {
    String::from_utf8(read_bytes(path, limit)?).map_err(|_| ErrorKind::InvalidData.into())
}

/// Reads a text file that counts for all users of the PC; `None` when somebody who is no administrator may have written
/// it.
///
/// # Errors
/// As [`read_text`].
pub fn read_administrators_text(path: &Path, limit: u64) -> Result<Option<String>> {
    // Opened once: what is judged is what is read.
    let file = sys::open_ordinary(path)?;
    if !sys::is_of_administrator(&file)? {
        return Ok(None);
    }
    String::from_utf8(read_all(&file, limit)?).map(Some).map_err(|_| ErrorKind::InvalidData.into())
}

/// Replaces a file that only this user may read: writes a new one in the same folder, then renames it over the old one.
/// `ready` is called in between, and may keep the old one.
///
/// # Errors
/// The system's error, or that of `ready`; the old file remains.
pub fn replace_private(path: &Path, bytes: &[u8], ready: impl FnOnce() -> Result<()>) -> Result<()> {
    sys::make_private_folder(path.parent().unwrap_or(Path::new(".")))?;
    let temporary = path.with_extension(format!("{}.new", std::process::id()));
    let mut file = sys::open_private(&temporary, Writing::Anew)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    let written = written.and_then(|()| ready()).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// Reads the last `limit` bytes of a file, of which the first are left out so that what is read begins at a multiple of
/// `record` bytes.
///
/// # Errors
/// As [`read_bytes`], except that a longer file is none.
#[cfg_attr(any(windows, feature = "unknown-platform"), allow(dead_code, reason = "Linux has login records"))]
pub fn read_end(path: &Path, limit: u64, record: u64) -> Result<Vec<u8>> {
    let mut file: File = sys::open_ordinary(path)?;
    let length = file.metadata()?.len();
    let begin = length.saturating_sub(limit).next_multiple_of(record.max(1));
    file.seek(SeekFrom::Start(begin))?;
    let mut bytes = Vec::new();
    file.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_its_limit() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("file");
        std::fs::write(&path, "0123456789").expect("written");
        assert_eq!(read_text(&path, 10).expect("read"), "0123456789");
        assert_eq!(read_text(&path, 9).expect_err("too large").kind(), ErrorKind::FileTooLarge);
        assert_eq!(read_end(&path, 5, 4).expect("read"), b"89");
        assert_eq!(read_end(&path, 100, 4).expect("read"), b"0123456789");
        std::fs::write(&path, [0xff]).expect("written");
        assert_eq!(read_text(&path, 9).expect_err("no text").kind(), ErrorKind::InvalidData);
        assert_eq!(read_bytes(folder.path(), 9).expect_err("a folder").kind(), ErrorKind::IsADirectory);
        assert_eq!(read_bytes(&path.with_extension("x"), 9).expect_err("none").kind(), ErrorKind::NotFound);
    }
}
