//! Mounted volumes from `/proc/self/mountinfo`, and disk counters from `/proc/diskstats`.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::model::{Bytes, Mount, Why};
use crate::platform::types::{DiskCounters, MountPoint, Space};

/// Folders in which the system keeps mounts of its own. Media that a user plugs in appear below `/run/media`.
const OF_SYSTEM: [&[u8]; 4] = [b"/proc/", b"/sys/", b"/dev/", b"/run/"];
const OF_USER: [&[u8]; 2] = [b"/run/media/", b"/run/user/"];
/// A sector in `/proc/diskstats`, whatever the disk uses. Source: kernel documentation, admin-guide/iostats.
const SECTOR: u64 = 512;

/// The mounted file systems, without asking any of them.
///
/// # Errors
/// Why the list cannot be read.
pub fn mounts() -> Result<Vec<MountPoint>, Why> {
    let text = fs::read("/proc/self/mountinfo")?;
    let mut mounts = parse_mounts(&text);
    for found in &mut mounts {
        found.mount.removable = found.mount.on_device && is_removable(Path::new("/sys"), &found.device);
    }
    Ok(mounts)
}

/// Size and free space of a mounted file system. Blocks while the file system does not respond.
pub fn space(at: &MountPoint) -> Option<Space> {
    let stat = rustix::fs::statvfs(&at.path).ok()?;
    let bytes = |blocks: u64| Bytes(blocks.saturating_mul(stat.f_frsize));
    let (total, free) = (bytes(stat.f_blocks), bytes(stat.f_bavail));
    (total.0 > 0).then(|| Space { total, free, mount: at.mount.clone() })
}

/// Parses proc_pid_mountinfo(5). Names are bytes: a mount whose name is no UTF-8 is a mount like any other.
pub(super) fn parse_mounts(text: &[u8]) -> Vec<MountPoint> {
    let mut found: Vec<MountPoint> = Vec::new();
    for line in text.split(|byte| *byte == b'\n') {
        let Some((root, mount)) = parse_line(line) else { continue };
        // The last one mounted on a folder is the one that is seen there.
        found.retain(|earlier| earlier.path != mount.path);
        let path = mount.path.as_os_str().as_encoded_bytes();
        let of_system = OF_SYSTEM.iter().any(|folder| path.starts_with(folder));
        if mount.mount.file_system == "autofs" || of_system && !OF_USER.iter().any(|folder| path.starts_with(folder)) {
            continue;
        }
        // A folder of a file system mounted a second time (bind) shows the same storage.
        let is_whole = root == b"/";
        found.push(MountPoint { is_whole, ..mount });
    }
    found
}

fn parse_line(line: &[u8]) -> Option<(Vec<u8>, MountPoint)> {
    let mut fields = line.split(|byte| *byte == b' ');
    let id = std::str::from_utf8(fields.next()?).ok()?.parse().ok()?;
    let device = String::from_utf8_lossy(fields.nth(1)?).into_owned();
    let root = unescape(fields.next()?);
    let path = unescape(fields.next()?);
    let options = fields.next()?;
    // Optional fields end with a hyphen.
    let mut rest = fields.skip_while(|field| *field != b"-").skip(1);
    let file_system = String::from_utf8_lossy(&unescape(rest.next()?)).into_owned();
    let source = unescape(rest.next().unwrap_or_default());
    let super_options = rest.next().unwrap_or_default();
    let is_read_only = |options: &[u8]| options.split(|byte| *byte == b',').next().is_some_and(|first| first == b"ro");
    let mount = Mount {
        on_device: !device.starts_with("0:"),
        read_only: is_read_only(options) || is_read_only(super_options),
        is_root: path == b"/",
        file_system,
        ..Mount::default()
    };
    // One pool has many file systems, each with a number of its own.
    let source = String::from_utf8_lossy(&source).into_owned();
    let storage = match mount.file_system.as_str() {
        "zfs" => source.split('/').next().unwrap_or_default().to_owned(),
        "btrfs" | "bcachefs" => source,
        _ => device.clone(),
    };
    let is_pool = mount.file_system == "zfs";
    let path = PathBuf::from(OsString::from_vec(path));
    Some((root, MountPoint { path, id, device, storage, is_pool, is_whole: true, mount }))
}

/// Space, tab, newline and backslash are written as octal numbers.
fn unescape(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        let digits =
            after.get(..3).filter(|digits| *first == b'\\' && digits.iter().all(|d| (b'0'..=b'7').contains(d)));
        if let Some(digits) = digits {
            plain.push(digits.iter().fold(0_u8, |value, digit| value.wrapping_mul(8).wrapping_add(digit - b'0')));
            rest = &after[3..];
        } else {
            plain.push(*first);
            rest = after;
        }
    }
    plain
}

/// True if the disk below a device (`8:1`, through partitions and stacked devices) is on USB or says it is removable.
fn is_removable(sys: &Path, device: &str) -> bool {
    let mut pending = vec![sys.join("dev/block").join(device)];
    // Stacks are a few devices high.
    for _ in 0..16 {
        let Some(found) = pending.pop() else { return false };
        let Ok(folder) = fs::canonicalize(found) else { continue };
        if folder.components().any(|part| part.as_os_str().to_string_lossy().starts_with("usb")) {
            return true;
        }
        // A partition is a folder within that of its disk.
        let flag = |folder: &Path| fs::read_to_string(folder.join("removable")).is_ok_and(|text| text.trim() == "1");
        if flag(&folder) || folder.parent().is_some_and(flag) {
            return true;
        }
        pending.extend(fs::read_dir(folder.join("slaves")).into_iter().flatten().flatten().map(|entry| entry.path()));
    }
    false
}

/// The counters of each disk. Partitions, loop devices, compressed memory and stacked devices are skipped: what they
/// move counts with the disks below them, or moves in memory.
///
/// # Errors
/// Why they cannot be read; [`Why::NoSensor`] without a disk.
pub fn disk_counters() -> Result<Vec<(String, DiskCounters)>, Why> {
    let text = fs::read("/proc/diskstats")?;
    let is_disk = |name: &str| Path::new("/sys/block").join(name).join("device").exists();
    let disks = parse_disks(&String::from_utf8_lossy(&text), is_disk);
    if disks.is_empty() { Err(Why::NoSensor) } else { Ok(disks) }
}

/// Parses admin-guide/iostats of the kernel documentation: fields 3 and 7 after the name are sectors, 9 the requests
/// that are not answered yet, 10 the milliseconds in which there was something to do.
pub(super) fn parse_disks(text: &str, is_disk: impl Fn(&str) -> bool) -> Vec<(String, DiskCounters)> {
    let disk = |line: &str| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
        let name = fields.get(2).filter(|name| is_disk(name))?;
        let counters = DiskCounters {
            read: Bytes(number(5)?.saturating_mul(SECTOR)),
            written: Bytes(number(9)?.saturating_mul(SECTOR)),
            requests: number(3)?.saturating_add(number(7)?),
            pending: number(11)?,
            busy: Some(Duration::from_millis(number(12)?)),
        };
        Some(((*name).to_owned(), counters))
    };
    text.lines().filter_map(disk).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(line: &str) -> MountPoint {
        parse_mounts(line.as_bytes()).pop().expect("a mount")
    }

    #[test]
    fn a_line_says_what_is_mounted_where() {
        let found = point("36 35 8:2 / /mnt/my\\040disk rw,noatime master:1 - ext4 /dev/sda2 rw,errors=continue");
        assert_eq!((found.path.as_os_str(), found.id), ("/mnt/my disk".as_ref(), 36));
        assert_eq!((found.storage.as_str(), found.is_whole), ("8:2", true));
        assert_eq!(
            (found.mount.file_system.as_str(), found.mount.on_device, found.mount.read_only),
            ("ext4", true, false)
        );
        let read_only = point("1 2 7:3 / /mnt/image ro,relatime - ext4 /dev/loop3 ro");
        assert!(read_only.mount.read_only);
        let bound = point("5 2 8:2 /srv/data /mnt/data rw - ext4 /dev/sda2 rw");
        assert!(!bound.is_whole && bound.storage == "8:2");
    }

    #[test]
    fn names_are_bytes() {
        let text = b"36 35 8:2 / / rw - ext4 /dev/sda2 rw\n7 6 8:3 / /mnt/pok\xe9 rw - ext4 /dev/sda3 rw\nnonsense\n";
        let found = parse_mounts(text);
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].path.as_os_str().as_encoded_bytes(), b"/mnt/pok\xe9");
        assert_eq!(unescape(b"a\\011b\\134\\04"), b"a\tb\\\\04");
    }

    #[test]
    fn file_systems_of_one_pool_share_their_storage() {
        let zfs = point("40 1 0:50 / /home rw,xattr - zfs rpool/USERDATA/home_x1 rw,xattr");
        assert_eq!((zfs.storage.as_str(), zfs.is_pool), ("rpool", true));
        let home = point("41 1 0:31 /@home /home rw - btrfs /dev/nvme0n1p2 rw,subvol=/@home");
        assert_eq!((home.storage.as_str(), home.is_pool), ("/dev/nvme0n1p2", false));
    }

    #[test]
    fn of_two_mounts_on_one_folder_the_later_is_seen() {
        let text = "1 0 8:1 / /mnt rw - ext4 /dev/sda1 rw\n2 0 8:2 / /mnt rw - xfs /dev/sdb1 rw\n";
        let found = parse_mounts(text.as_bytes());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].mount.file_system, "xfs");
    }

    #[test]
    fn mounts_of_the_system_itself_are_left_out() {
        for path in ["/proc/sys/fs/binfmt_misc", "/sys/fs/cgroup", "/dev/hugepages", "/run/lock"] {
            assert_eq!(parse_mounts(format!("1 0 8:1 / {path} rw - ext4 /dev/sda1 rw").as_bytes()), [], "{path}");
        }
        assert_eq!(point("1 0 8:1 / /run/media/a/STICK rw - vfat /dev/sdc1 rw").id, 1);
        assert_eq!(parse_mounts(b"1 0 0:40 / /mnt/auto rw - autofs systemd-1 rw"), []);
    }

    #[test]
    fn a_disk_on_usb_is_removable_whatever_lies_between() {
        let root = tempfile::tempdir().expect("folder");
        let sys = root.path();
        let link = |from: &str, to: &str| {
            let (from, to) = (sys.join(from), sys.join(to));
            fs::create_dir_all(&to).expect("folder");
            fs::create_dir_all(from.parent().expect("parent")).expect("folder");
            std::os::unix::fs::symlink(to, from).expect("link");
        };
        link("dev/block/8:1", "devices/pci/usb2/2-1/host6/block/sda/sda1");
        link("dev/block/8:17", "devices/pci/ata1/block/sdb/sdb1");
        link("dev/block/179:1", "devices/mmc0/block/mmcblk0/mmcblk0p1");
        fs::write(sys.join("devices/mmc0/block/mmcblk0/removable"), "1\n").expect("file");
        link("dev/block/254:0", "devices/virtual/block/dm-0");
        link("devices/virtual/block/dm-0/slaves/sda1", "devices/pci/usb2/2-1/host6/block/sda/sda1");
        let removable = ["8:1", "8:17", "179:1", "254:0", "9:9"].map(|device| is_removable(sys, device));
        assert_eq!(removable, [true, false, true, true, false]);
    }

    #[test]
    fn only_whole_disks_are_counted() {
        let text = "   8 0 sda 10 0 100 5 20 0 300 5 1 900 1800\n   8 1 sda1 1 0 8 5 1 0 8 5 0 2000 10\n 253 0 dm-0 1 0 8 5 1 0 8 5 0 1 1\nnonsense\n";
        let disks = parse_disks(text, |name| name == "sda");
        let counters = DiskCounters {
            read: Bytes(51_200),
            written: Bytes(153_600),
            requests: 30,
            pending: 1,
            busy: Some(Duration::from_millis(900)),
        };
        assert_eq!(disks, [("sda".to_owned(), counters)]);
    }

    #[test]
    fn the_root_of_this_pc_has_space() {
        let mounts = mounts().expect("mounts");
        let root = mounts.iter().find(|mount| mount.mount.is_root).expect("the root");
        let space = space(root).expect("space");
        assert!(space.free < space.total, "{space:?}");
    }
}
