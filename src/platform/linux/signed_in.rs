//! Time when the user signed in.

use std::env;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, StatxFlags, statx};

use crate::model::{At, Reading, Why};
use crate::platform::files::read_text;

/// Size limit of a file of logind in bytes.
const LONGEST: u64 = 64 << 10;

/// Start of this session as recorded by logind, else of the user's first session, else the creation time of the user's
/// runtime folder.
pub fn signed_in_at() -> Reading<At> {
    let session = env::var("XDG_SESSION_ID").ok().filter(|id| id.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let session = session.and_then(|id| read_realtime(&Path::new("/run/systemd/sessions").join(id)));
    let user = rustix::process::getuid().as_raw().to_string();
    let at = session
        .or_else(|| read_realtime(&Path::new("/run/systemd/users").join(&user)))
        .or_else(|| creation_time(&Path::new("/run/user").join(&user)));
    Reading::from_option(at, Why::Unsupported)
}

fn read_realtime(path: &Path) -> Option<At> {
    parse_realtime(&read_text(path, LONGEST).ok()?)
}

/// Parses `REALTIME=` (in microseconds) in logind's file about a session or user.
fn parse_realtime(note: &str) -> Option<At> {
    let microseconds = note.lines().find_map(|line| line.strip_prefix("REALTIME="))?;
    Some(At(microseconds.trim().parse::<i64>().ok()? / 1000))
}

/// Creation time of a folder, where the file system records it. The modification time would not do: every program that
/// puts something into the folder changes it.
fn creation_time(path: &Path) -> Option<At> {
    let data = statx(CWD, path, AtFlags::empty(), StatxFlags::BTIME).ok()?;
    let known = data.stx_mask & StatxFlags::BTIME.bits() != 0;
    known.then(|| At(data.stx_btime.tv_sec.saturating_mul(1000) + i64::from(data.stx_btime.tv_nsec / 1_000_000)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_note_of_logind_is_read() {
        let note = "# This is private data. Do not parse.\nNAME=me\nREALTIME=1763900000123456\nMONOTONIC=5\n";
        assert_eq!(parse_realtime(note), Some(At(1_763_900_000_123)));
        assert_eq!(parse_realtime("NAME=me\n"), None);
        assert_eq!(parse_realtime("REALTIME=soon\n"), None);
    }

    #[test]
    fn a_folder_was_made_before_now() {
        let folder = tempfile::tempdir().expect("folder");
        // Some file systems do not record it.
        if let Some(at) = creation_time(folder.path()) {
            assert!(at > At(1_600_000_000_000), "{at:?}");
        }
        assert_eq!(creation_time(Path::new("/no/such/folder")), None);
    }
}
