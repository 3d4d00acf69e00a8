//! The time zone of this user.

use std::env;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use crate::platform::files::read_bytes;

/// Size limit of a time zone in bytes; the largest have 4 KB.
const LONGEST: u64 = 256 << 10;
/// The zone of the PC.
const OF_PC: &str = "/etc/localtime";
/// Folders of zones by name.
const FOLDERS: [&str; 3] = ["/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/etc/zoneinfo"];

/// The zone of the environment, else that of the PC; UTC where it cannot be read, as the C library does.
///
/// `TZ` and `TZDIR` may name anything, such as a device without an end, so that the files are read here.
pub fn time_zone() -> TimeZone {
    let named = env::var("TZ").ok().filter(|zone| !zone.is_empty());
    let zone = match named {
        Some(named) => {
            let folder = env::var_os("TZDIR").map(PathBuf::from).filter(|folder| folder.is_absolute());
            named_zone(named.trim_start_matches(':'), folder)
        }
        None => zone_in(Path::new(OF_PC)),
    };
    zone.unwrap_or(TimeZone::UTC)
}

/// The zone that `TZ` names: a file, one of the system's zones, or a rule by POSIX (`JST-9`).
fn named_zone(name: &str, folder: Option<PathBuf>) -> Option<TimeZone> {
    if name.starts_with('/') {
        return zone_in(Path::new(name));
    }
    if name.split('/').any(|part| part == "..") {
        return None;
    }
    let folders = folder.into_iter().chain(FOLDERS.map(PathBuf::from));
    folders.into_iter().find_map(|folder| zone_in(&folder.join(name))).or_else(|| TimeZone::posix(name).ok())
}

fn zone_in(path: &Path) -> Option<TimeZone> {
    let data = read_bytes(path, LONGEST).ok()?;
    TimeZone::tzif(&path.to_string_lossy(), &data).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    fn hours(zone: Option<TimeZone>) -> Option<i32> {
        zone.map(|zone| zone.to_offset(jiff::Timestamp::UNIX_EPOCH).seconds() / 3600)
    }

    #[test]
    fn a_zone_is_read_whatever_its_name_is() {
        let begin = Instant::now();
        assert_eq!(hours(named_zone("JST-9", None)), Some(9));
        if Path::new("/usr/share/zoneinfo/Asia/Tokyo").exists() {
            assert_eq!(hours(named_zone("Asia/Tokyo", Some("/dev".into()))), Some(9));
            assert_eq!(hours(named_zone("/usr/share/zoneinfo/Asia/Tokyo", None)), Some(9));
        }
        for hostile in ["/dev/zero", "/dev/stdin", "../../dev/zero", "zero", "/", "no/such", "\u{1b}"] {
            assert_eq!(hours(named_zone(hostile, Some("/dev".into()))), None, "{hostile}");
        }
        assert!(begin.elapsed() < Duration::from_secs(2));
    }
}
