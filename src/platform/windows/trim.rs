//! Gives back memory that is needed only now and then.

use std::path::Path;
use std::time::Duration;

use windows_sys::Win32::System::ProcessStatus::K32EmptyWorkingSet;
use windows_sys::Win32::System::Threading::GetCurrentProcess;

/// How long what was needed once is kept. All pages have to come back one by one, so seldom.
pub const GIVE_BACK_EVERY: Duration = Duration::from_mins(10);

/// Takes the pages that were used out of the working set. They stay in the standby list of the system: what
/// is used again comes back without reading the disk.
#[expect(unsafe_code, reason = "tells the system that pages are not needed")]
pub fn give_back_memory() {
    // SAFETY: the handle of our own process is always valid. A refusal changes nothing.
    let _ = unsafe { K32EmptyWorkingSet(GetCurrentProcess()) };
}

/// Makes a folder, and those above it. The local data folder of a user is private already: what is made in it
/// inherits its rights.
///
/// # Errors
/// What the system says.
pub fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)
}
