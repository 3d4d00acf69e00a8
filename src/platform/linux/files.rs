//! Opens files: those of others without waiting, our own without following links, readable by this user only.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{Error, ErrorKind, Result};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::{CWD, FileType, Mode, OFlags, fchmod, fstat, openat};

use crate::platform::types::Writing;

/// Mode bits of a file that only this user can access…
const PRIVATE: Mode = Mode::from_raw_mode(0o600);
/// …and of such a folder.
const PRIVATE_FOLDER: Mode = Mode::from_raw_mode(0o700);

/// From here on every file that this process creates, also through libraries, is for this user only.
pub fn prepare_process() {
    rustix::process::umask(Mode::from_raw_mode(0o077));
}

/// Opens an ordinary file for reading, without waiting for the other end of a pipe.
///
/// # Errors
/// [`ErrorKind::IsADirectory`] and [`ErrorKind::InvalidInput`] for what is no ordinary file, else the system's error.
pub fn open_ordinary(path: &Path) -> Result<File> {
    // Looked at before, because opening some devices has effects, and after, because it may have been exchanged.
    is_ordinary(&fs::metadata(path)?)?;
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)?;
    is_ordinary(&file.metadata()?)?;
    Ok(file)
}

/// Reports whether only root can have written a file.
///
/// # Errors
/// The system's error.
pub fn is_of_administrator(file: &File) -> Result<bool> {
    let data = file.metadata()?;
    Ok(data.uid() == 0 && data.mode() & 0o022 == 0)
}

fn is_ordinary(data: &fs::Metadata) -> Result<()> {
    match (data.is_file(), data.is_dir()) {
        (true, _) => Ok(()),
        (false, true) => Err(ErrorKind::IsADirectory.into()),
        (false, false) => Err(ErrorKind::InvalidInput.into()),
    }
}

/// Opens one of our own files for writing, creating it for this user only. A link, a pipe or a file of another user in
/// its place is refused.
///
/// # Errors
/// The system's error, or [`ErrorKind::PermissionDenied`].
pub fn open_private(path: &Path, writing: Writing) -> Result<File> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().ok_or(ErrorKind::InvalidInput)?;
    let folder = open_folder(folder)?;
    let how = match writing {
        Writing::Append => OFlags::APPEND,
        // Emptied below, once it is known to be ours.
        Writing::Anew | Writing::Keep => OFlags::empty(),
    };
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | how;
    let file = openat(&folder, name, flags, PRIVATE)?;
    make_private(&file, FileType::RegularFile, PRIVATE)?;
    let file = File::from(file);
    if writing == Writing::Anew {
        file.set_len(0)?;
    }
    Ok(file)
}

/// Creates a folder that only this user can access, and its missing parents. Nothing is created in the home of another
/// user, and nothing outside is changed through a link.
///
/// # Errors
/// The system's error, or [`ErrorKind::PermissionDenied`].
pub fn make_private_folder(folder: &Path) -> Result<()> {
    if is_in_foreign_home(folder) {
        return Err(ErrorKind::PermissionDenied.into());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    make_private(&open_folder(folder)?, FileType::Directory, PRIVATE_FOLDER)
}

/// Opens a folder that is not a link.
pub(super) fn open_folder(folder: &Path) -> Result<OwnedFd> {
    // For its message only: the flag below is what keeps us from following it.
    if fs::symlink_metadata(folder)?.is_symlink() {
        return Err(Error::other("the folder is a link"));
    }
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(openat(CWD, folder, flags, Mode::empty())?)
}

/// Takes away the rights of others; refuses what is not of this kind or belongs to another user.
fn make_private(file: &impl AsFd, kind: FileType, mode: Mode) -> Result<()> {
    let data = fstat(file)?;
    if FileType::from_raw_mode(data.st_mode) != kind {
        return Err(ErrorKind::InvalidInput.into());
    }
    if data.st_uid != rustix::process::geteuid().as_raw() {
        return Err(ErrorKind::PermissionDenied.into());
    }
    if data.st_mode.trailing_zeros() < 6 {
        fchmod(file, mode)?;
    }
    Ok(())
}

/// Returns `true` when `path`, or the folder it will be created in, belongs to another user who is not root: a program
/// started with `sudo -E` has the home of the user who started it, and must leave nothing there.
pub fn is_in_foreign_home(path: &Path) -> bool {
    let owner = path.ancestors().find_map(|ancestor| fs::metadata(ancestor).ok()).map(|data| data.uid());
    owner.is_some_and(|owner| owner != 0 && owner != rustix::process::geteuid().as_raw())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::time::{Duration, Instant};

    fn mode(path: &Path) -> u32 {
        fs::symlink_metadata(path).expect("there").mode() & 0o777
    }

    #[test]
    fn what_is_no_ordinary_file_is_refused_at_once() {
        let folder = tempfile::tempdir().expect("folder");
        let pipe = folder.path().join("pipe");
        rustix::fs::mknodat(CWD, &pipe, FileType::Fifo, PRIVATE, 0).expect("a pipe");
        let link = folder.path().join("link");
        symlink("/dev/zero", &link).expect("a link");
        let begin = Instant::now();
        for path in [&pipe, &link, Path::new("/dev/zero")] {
            assert_eq!(open_ordinary(path).expect_err("refused").kind(), ErrorKind::InvalidInput, "{}", path.display());
        }
        assert!(open_private(&pipe, Writing::Append).is_err());
        assert!(begin.elapsed() < Duration::from_secs(1));
    }

    #[test]
    fn our_files_are_private_from_the_first_byte_and_follow_no_link() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("file");
        for (writing, expected) in
            [(Writing::Append, "a"), (Writing::Append, "aa"), (Writing::Anew, "a"), (Writing::Keep, "a")]
        {
            open_private(&path, writing).and_then(|mut file| file.write_all(b"a")).expect("written");
            assert_eq!((fs::read_to_string(&path).expect("read").as_str(), mode(&path)), (expected, 0o600));
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("changed");
        open_private(&path, Writing::Keep).expect("opened");
        assert_eq!(mode(&path), 0o600, "it had been readable");

        let (link, aim) = (folder.path().join("link"), folder.path().join("aim"));
        symlink(&aim, &link).expect("a link");
        assert!(open_private(&link, Writing::Anew).is_err() && !aim.exists());
        fs::create_dir(&aim).expect("made");
        fs::set_permissions(&aim, fs::Permissions::from_mode(0o755)).expect("changed");
        assert!(make_private_folder(&link).is_err() && mode(&aim) == 0o755, "through a link");
        assert!(open_private(&link.join("x"), Writing::Anew).is_err() && !aim.join("x").exists());
    }

    #[test]
    fn a_private_folder_is_private_also_when_it_was_there_before() {
        let folder = tempfile::tempdir().expect("folder");
        let deep = folder.path().join("a/b");
        fs::create_dir_all(&deep).expect("made");
        make_private_folder(&deep).expect("private");
        assert_eq!(mode(&deep), 0o700);
    }

    /// As root only: nobody else can give a folder away.
    #[test]
    fn nothing_is_made_in_the_home_of_somebody_else() {
        let home = tempfile::tempdir().expect("folder");
        if std::os::unix::fs::chown(home.path(), Some(4321), None).is_err() {
            return;
        }
        let state = home.path().join(".local/state/mimamori");
        assert!(is_in_foreign_home(&state));
        assert!(make_private_folder(&state).is_err() && !home.path().join(".local").exists());
    }

    #[test]
    fn a_file_for_all_users_is_read_only_when_nobody_but_root_can_have_written_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("knowledge.toml");
        fs::write(&path, "[thresholds.cpu]").expect("written");
        let read = |mode| {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("set");
            crate::platform::read_administrators_text(&path, 100).expect("read").is_some()
        };
        assert_eq!(read(0o644), rustix::process::geteuid().is_root());
        assert!(!read(0o664) && !read(0o646), "others may write it");
        let system = Path::new("/etc/passwd");
        assert!(crate::platform::read_administrators_text(system, 1 << 20).expect("read").is_some());
    }
}
