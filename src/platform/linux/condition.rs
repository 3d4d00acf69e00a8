//! Conditions that change rarely: updates and pending restarts.

use std::fs;
use std::path::Path;
use std::time::UNIX_EPOCH;

use super::pending_restart;
use crate::model::{At, Condition, Reading, Why};

/// Files and folders that package managers touch after checking for updates.
const LOOKED: [&str; 6] = [
    "/var/lib/apt/periodic/update-success-stamp",
    "/var/lib/apt/lists/partial",
    "/var/cache/dnf/last_makecache",
    "/var/cache/libdnf5",
    "/var/lib/pacman/sync",
    "/var/cache/zypp/raw",
];

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
        autostarts: super::autostart_list::autostarts(),
        // The running browsers are not known here; `sampler::Browsers` adds them.
        browsers: Reading::Missing(Why::NotYet),
        // Only the recording knows: `monitor::Baseline`.
        sudden_stop: None,
    }
}

fn changed(path: &Path) -> Option<At> {
    let since = fs::metadata(path).ok()?.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok().map(At)
}
