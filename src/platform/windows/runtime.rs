//! Single-instance locks: locked files in the user's local data folder. One for each session: a user who is signed in twice
//! sees two desktops.

use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Result};
use std::path::{Path, PathBuf};

use super::files::open_private;
use super::sessions::own_session;
use crate::platform::types::Writing;

/// A single-instance lock. Windows releases it when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock `name`; `None` when another process holds it.
    ///
    /// # Errors
    /// The system's error about the file.
    pub fn take(name: &str) -> Result<Option<Self>> {
        let folders = directories::BaseDirs::new().ok_or(ErrorKind::NotFound)?;
        Self::take_at(&folders.data_local_dir().join("mimamori"), name, own_session().ok_or(ErrorKind::NotFound)?)
    }

    /// The file stays after unlocking: removing it could remove the file that the next holder has locked.
    fn take_at(folder: &Path, name: &str, session: u32) -> Result<Option<Self>> {
        fs::create_dir_all(folder)?;
        let path: PathBuf = folder.join(format!("{}-{session}.lock", plain(name)?));
        let file = open_private(&path, Writing::Keep)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

/// Returns `name` if it can be part of a file or pipe name.
pub(super) fn plain(name: &str) -> Result<&str> {
    let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if plain { Ok(name) } else { Err(ErrorKind::InvalidInput.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_held_once() {
        let folder = tempfile::tempdir().expect("folder");
        let take = |session| Lock::take_at(&folder.path().join("deep"), "agent", session).expect("a file");
        let lock = take(1).expect("the first has it");
        assert!(take(1).is_none());
        assert!(take(2).is_some(), "another session of the same user");
        drop(lock);
        assert!(take(1).is_some());
        for name in ["", "..", r"a\b", "a.b", "見"] {
            assert!(Lock::take_at(folder.path(), name, 1).is_err(), "{name}");
        }
    }
}
