//! Open files of processes, from `/proc/PID/fd`. Readable for processes of the same user; root could read those of
//! others, which are skipped.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::model::Pid;

/// Calls `visit` with process, descriptor number and link target of each open file of this user's processes.
pub(super) fn visit_own(mut visit: impl FnMut(Pid, &str, &str)) -> std::io::Result<()> {
    let own = rustix::process::geteuid().as_raw();
    for entry in fs::read_dir("/proc")?.flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<Pid>().ok()) else { continue };
        // The folder belongs to the owner of the process.
        if entry.metadata().is_ok_and(|metadata| metadata.uid() == own) {
            // A process that has just ended has no open files.
            let _ = visit_files(&entry.path(), |number, link| visit(pid, number, link));
        }
    }
    Ok(())
}

/// Calls `visit` for each open file of the process with this folder in `/proc`.
pub(super) fn visit_files(process: &Path, mut visit: impl FnMut(&str, &str)) -> std::io::Result<()> {
    for entry in fs::read_dir(process.join("fd"))?.flatten() {
        let link: Option<PathBuf> = fs::read_link(entry.path()).ok();
        if let (Some(number), Some(link)) = (entry.file_name().to_str(), link.as_deref().and_then(Path::to_str)) {
            visit(number, link);
        }
    }
    Ok(())
}

/// Parses the inode number from `socket:[4711]`.
pub(super) fn socket_number(link: &str) -> Option<u64> {
    link.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_open_file_is_seen() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let path = file.path().to_str().expect("text");
        let mut found = Vec::new();
        visit_own(|pid, _, link| {
            if link == path {
                found.push(pid);
            }
        })
        .expect("proc");
        assert_eq!(found, [std::process::id()]);
        assert_eq!((socket_number("socket:[4711]"), socket_number("pipe:[4711]")), (Some(4711), None));
    }
}
