//! Conditions that change rarely: updates and pending restarts.

use std::fs;
use std::path::Path;
use std::time::UNIX_EPOCH;

use super::pending_restart;
use crate::model::{At, Bytes, Condition, Reading, Why};
use crate::platform::files::read_bytes;

/// Files and folders that package managers touch after checking for updates.
const LOOKED: [&str; 6] = [
    "/var/lib/apt/periodic/update-success-stamp",
    "/var/lib/apt/lists/partial",
    "/var/cache/dnf/last_makecache",
    "/var/cache/libdnf5",
    "/var/lib/pacman/sync",
    "/var/cache/zypp/raw",
];

/// Size limit in bytes of `/proc/meminfo`, which has about 1,500.
const LARGEST_MEMINFO: u64 = 64 << 10;

/// Reads the condition; a few system calls.
pub fn condition() -> Condition {
    Condition {
        restart_pending: pending_restart(),
        antivirus: Reading::Missing(Why::Unsupported),
        updated_at: Reading::from_option(
            LOOKED.iter().filter_map(|path| changed(Path::new(path))).max(),
            Why::Unsupported,
        ),
        fast_startup: Reading::Known(false),
        reserved_memory: reserved_memory(),
        autostarts: super::autostart_list::autostarts(),
        // The running browsers are not known here; `sampler::Browsers` adds them.
        browsers: Reading::Missing(Why::NotYet),
        // Only the recording knows: `monitor::Baseline`.
        sudden_stop: None,
    }
}

/// Reads `Hugetlb` of `/proc/meminfo`: all pages of all sizes, used or not (kernel documentation, hugetlbpage).
fn reserved_memory() -> Reading<Bytes> {
    let text = match read_bytes(Path::new("/proc/meminfo"), LARGEST_MEMINFO) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => return error.into(),
    };
    Reading::from_option(super::meminfo_field(&text, "Hugetlb"), Why::Unsupported)
}

/// When the file or folder was last changed.
pub(super) fn changed(path: &Path) -> Option<At> {
    let since = fs::metadata(path).ok()?.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok().map(At)
}
