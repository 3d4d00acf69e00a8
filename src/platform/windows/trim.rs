//! Returns unused heap to the system, and creates folders.

use std::path::Path;
use std::time::Duration;

use windows_sys::Win32::System::Memory::{GetProcessHeap, HeapCompact};

/// Interval between two calls of [`give_back_memory`].
pub const GIVE_BACK_EVERY: Duration = Duration::from_mins(10);

/// Returns free heap to the system.
#[expect(unsafe_code, reason = "asks the system's allocator to give back memory")]
pub fn give_back_memory() {
    // SAFETY: the heap of the process is always valid, and its allocator locks it.
    let _ = unsafe { HeapCompact(GetProcessHeap(), 0) };
}

/// Creates a folder and its missing parents. The local data folder of a user is private already, and what is created in
/// it inherits its permissions.
///
/// # Errors
/// The system's error.
pub fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)
}
