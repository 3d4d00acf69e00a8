//! Returns unused heap to the system, and creates private folders.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

/// Interval between two calls of [`give_back_memory`], each of which costs a tenth of a millisecond.
pub const GIVE_BACK_EVERY: Duration = Duration::from_secs(20);

/// Returns free heap to the system. Reading the tables briefly takes some MB, which the C library would keep because of
/// the live allocations in between.
#[cfg(target_env = "gnu")]
#[expect(unsafe_code, reason = "asks the C library to give back memory")]
pub fn give_back_memory() {
    unsafe extern "C" {
        /// A glibc extension; see malloc_trim(3).
        fn malloc_trim(keep: usize) -> std::ffi::c_int;
    }
    // SAFETY: takes a number and touches no memory that is in use.
    unsafe { malloc_trim(0) };
}

/// Does nothing: only glibc has a call for it.
#[cfg(not(target_env = "gnu"))]
pub const fn give_back_memory() {}

/// Creates a folder that only this user can access, and its missing parents.
///
/// # Errors
/// The system's error.
pub fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_folder_is_private_also_when_it_was_there_before() {
        let folder = tempfile::tempdir().expect("folder");
        let deep = folder.path().join("a/b");
        fs::create_dir_all(&deep).expect("made");
        make_private_folder(&deep).expect("private");
        assert_eq!(fs::metadata(&deep).expect("there").permissions().mode() & 0o777, 0o700);
    }
}
