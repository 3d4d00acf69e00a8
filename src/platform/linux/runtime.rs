//! The runtime folder of this session, for sockets and locks.

use std::fs::{self, File, TryLockError};
use std::io::{Error, ErrorKind, Result};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::{env, ffi::OsString};

use super::files::{make_private_folder, open_private};
use crate::platform::types::Writing;

/// The private folder of this session, created when missing.
pub(super) fn folder() -> Result<PathBuf> {
    let path = |name| env::var_os(name).map(PathBuf::from).filter(|path: &PathBuf| path.is_absolute());
    let state = path("XDG_STATE_HOME").or_else(|| Some(env::home_dir()?.join(".local/state")));
    folder_in(path("XDG_RUNTIME_DIR").as_deref(), state.as_deref())
}

/// `mimamori` in the runtime folder or, when that is missing or not private, in the state folder.
fn folder_in(runtime: Option<&Path>, state: Option<&Path>) -> Result<PathBuf> {
    let runtime = runtime.filter(|folder| is_ours_alone(folder));
    let folder = match (runtime, state) {
        (Some(runtime), _) => runtime.join("mimamori"),
        (None, Some(state)) => state.join("mimamori").join("run"),
        (None, None) => return Err(Error::new(ErrorKind::NotFound, "neither XDG_RUNTIME_DIR nor a home folder")),
    };
    make_private_folder(&folder)?;
    if is_ours_alone(&folder) {
        Ok(folder)
    } else {
        Err(Error::new(ErrorKind::PermissionDenied, format!("not a folder of ours alone: {}", folder.display())))
    }
}

/// Returns `true` for a folder (not a link) that we own and nobody else can enter: the lowest six mode bits are clear.
fn is_ours_alone(folder: &Path) -> bool {
    fs::symlink_metadata(folder).is_ok_and(|data| {
        data.is_dir() && data.uid() == rustix::process::geteuid().as_raw() && data.mode().trailing_zeros() >= 6
    })
}

/// Path of a file in the session's folder, such as `agent.lock`.
pub(super) fn file(name: &str, kind: &str) -> Result<PathBuf> {
    Ok(folder()?.join(file_name(name, kind)?))
}

fn file_name(name: &str, kind: &str) -> Result<OsString> {
    let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if plain { Ok(format!("{name}.{kind}").into()) } else { Err(ErrorKind::InvalidInput.into()) }
}

/// A single-instance lock for this session. The system releases it when the process ends, however it ends.
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
        Self::take_at(&file(name, "lock")?)
    }

    /// The file stays after unlocking: removing it could remove the file that the next holder has locked.
    fn take_at(path: &Path) -> Result<Option<Self>> {
        let file = open_private(path, Writing::Keep)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::DirBuilder;
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};

    #[test]
    fn a_lock_is_held_once() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("agent.lock");
        let lock = Lock::take_at(&path).expect("a file").expect("the first has it");
        assert!(Lock::take_at(&path).expect("a file").is_none());
        drop(lock);
        assert!(Lock::take_at(&path).expect("a file").is_some());
    }

    #[test]
    fn a_lock_follows_no_link() {
        let folder = tempfile::tempdir().expect("folder");
        let (link, aim) = (folder.path().join("agent.lock"), folder.path().join("aim"));
        std::os::unix::fs::symlink(&aim, &link).expect("a link");
        assert!(Lock::take_at(&link).is_err());
        assert!(!aim.exists());
    }

    #[test]
    fn the_folder_is_ours_alone() {
        let folder = tempfile::tempdir().expect("folder");
        let mode = |path: &Path| fs::metadata(path).expect("there").mode() & 0o777;
        let (runtime, state) = (folder.path().join("runtime"), folder.path().join("state"));
        DirBuilder::new().mode(0o700).create(&runtime).expect("made");
        assert_eq!(folder_in(Some(&runtime), Some(&state)).expect("folder"), runtime.join("mimamori"));
        assert_eq!(mode(&runtime.join("mimamori")), 0o700);
        fs::set_permissions(runtime.join("mimamori"), fs::Permissions::from_mode(0o777)).expect("changed");
        assert!(folder_in(Some(&runtime), None).is_ok());
        assert_eq!(mode(&runtime.join("mimamori")), 0o700);
    }

    #[test]
    fn a_folder_for_everybody_is_not_taken() {
        let folder = tempfile::tempdir().expect("folder");
        let (runtime, state) = (folder.path().join("runtime"), folder.path().join("state"));
        DirBuilder::new().mode(0o755).create(&runtime).expect("made");
        assert_eq!(folder_in(Some(&runtime), Some(&state)).expect("folder"), state.join("mimamori/run"));
        assert!(folder_in(Some(&runtime), None).is_err());
        fs::create_dir_all(state.join("elsewhere")).expect("made");
        fs::remove_dir(state.join("mimamori/run")).expect("removed");
        std::os::unix::fs::symlink(state.join("elsewhere"), state.join("mimamori/run")).expect("a link");
        assert!(folder_in(None, Some(&state)).is_err());
    }

    #[test]
    fn names_are_plain() {
        assert_eq!(file_name("agent", "sock").expect("plain"), "agent.sock");
        for name in ["", "..", "a/b", "a.b", "見"] {
            assert!(file_name(name, "sock").is_err(), "{name}");
        }
    }
}
