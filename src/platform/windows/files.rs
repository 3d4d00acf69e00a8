//! Opens files: those of others without waiting, our own without following links.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Result};
use std::os::windows::fs::OpenOptionsExt;
use std::os::windows::io::AsHandle;
use std::path::Path;

use jiff::tz::TimeZone;
use windows_sys::Win32::Storage::FileSystem::FILE_FLAG_OPEN_REPARSE_POINT;

use super::app_id;
use super::owner::User;
use crate::platform::types::Writing;

/// Gives this process our application user model ID. Files need nothing: what a user creates in the local data folder is
/// that user's already.
pub fn prepare_process() {
    app_id::set_for_process();
}

/// Opens an ordinary file for reading; a device such as `CON` is none.
///
/// # Errors
/// [`ErrorKind::IsADirectory`] and [`ErrorKind::InvalidInput`] for what is no ordinary file, else the system's error.
pub fn open_ordinary(path: &Path) -> Result<File> {
    let data = fs::metadata(path)?;
    match (data.is_file(), data.is_dir()) {
        (true, _) => File::open(path),
        (false, true) => Err(ErrorKind::IsADirectory.into()),
        (false, false) => Err(ErrorKind::InvalidInput.into()),
    }
}

/// Reports whether a file belongs to the administrators, the system or its installer. Ordinary users may create files in
/// the data folder for all users, and what they create belongs to them.
///
/// # Errors
/// The system's error.
pub fn is_of_administrator(file: &File) -> Result<bool> {
    User::owning(file.as_handle()).map(|owner| owner.is_administrator())
}

/// Opens one of our own files for writing, creating it when missing. A link in its place is refused.
///
/// # Errors
/// The system's error, or [`ErrorKind::InvalidInput`].
pub fn open_private(path: &Path, writing: Writing) -> Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(writing == Writing::Append).write(true).truncate(false);
    // Opens the link itself.
    let file = options.custom_flags(FILE_FLAG_OPEN_REPARSE_POINT).open(path)?;
    if !file.metadata()?.is_file() {
        return Err(ErrorKind::InvalidInput.into());
    }
    if writing == Writing::Anew {
        file.set_len(0)?;
    }
    Ok(file)
}

/// Not so on Windows: a program started as administrator by another user has the folders of that user.
pub fn is_in_foreign_home(_path: &Path) -> bool {
    false
}

/// The time zone of the system, which Windows tells without files.
pub fn time_zone() -> TimeZone {
    jiff::tz::reset_system_time_zone_cache();
    TimeZone::system()
}
