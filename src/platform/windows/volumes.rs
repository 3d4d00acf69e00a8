//! Drives by letter, and disk counters.

use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::ptr::{null, null_mut};
use std::time::Duration;

use windows_sys::Win32::Foundation::INVALID_HANDLE_VALUE;
use windows_sys::Win32::Storage::FileSystem::{
    CreateFileW, FILE_SHARE_READ, FILE_SHARE_WRITE, GetDiskFreeSpaceExW, GetDriveTypeW, GetLogicalDrives,
    GetVolumeInformationW, GetVolumeNameForVolumeMountPointW, OPEN_EXISTING,
};
use windows_sys::Win32::System::Diagnostics::Debug::{SEM_FAILCRITICALERRORS, SetThreadErrorMode};
use windows_sys::Win32::System::IO::DeviceIoControl;
use windows_sys::Win32::System::Ioctl::{DISK_PERFORMANCE, IOCTL_DISK_PERFORMANCE};
use windows_sys::Win32::System::SystemServices::FILE_READ_ONLY_VOLUME;
use windows_sys::Win32::System::WindowsProgramming::{
    DRIVE_CDROM, DRIVE_FIXED, DRIVE_RAMDISK, DRIVE_REMOTE, DRIVE_REMOVABLE,
};

use super::wide::{text_of, wide};
use crate::model::{Bytes, Mount, Why};
use crate::platform::types::{DiskCounters, MountPoint, Space};

/// Disks are numbered from 0; a PC with more than this is a server.
const DISKS: u32 = 16;
/// Units of 100 ns.
const NANOS_PER_UNIT: u64 = 100;

/// The drives, without asking any of them.
///
/// # Errors
/// Never; other systems have some.
#[expect(clippy::unnecessary_wraps, reason = "the form shared by all systems")]
pub fn mounts() -> Result<Vec<MountPoint>, Why> {
    let system = std::env::var("SystemDrive").unwrap_or_else(|_| "C:".to_owned());
    let letters = ('A'..='Z').zip(0..).filter(|(_, bit)| letters() >> bit & 1 == 1);
    Ok(letters.filter_map(|(letter, id)| drive(letter, id, &system)).collect())
}

#[expect(unsafe_code, reason = "asks for a number")]
fn letters() -> u32 {
    // SAFETY: takes nothing.
    unsafe { GetLogicalDrives() }
}

fn drive(letter: char, id: u64, system: &str) -> Option<MountPoint> {
    let name = format!("{letter}:\\");
    let kind = drive_type(&name);
    let is_disk = kind == DRIVE_FIXED || kind == DRIVE_REMOVABLE || kind == DRIVE_RAMDISK;
    if !is_disk && kind != DRIVE_REMOTE && kind != DRIVE_CDROM {
        return None;
    }
    // An alias of a folder (`subst`) is a letter without a volume.
    let storage = if kind == DRIVE_FIXED { volume_of(&name)? } else { name.clone() };
    Some(MountPoint {
        path: name.clone().into(),
        id,
        device: String::new(),
        storage,
        is_pool: false,
        is_whole: true,
        mount: Mount {
            on_device: is_disk,
            removable: kind == DRIVE_REMOVABLE,
            remote: kind == DRIVE_REMOTE,
            read_only: kind == DRIVE_CDROM,
            is_root: name.trim_end_matches('\\').eq_ignore_ascii_case(system),
            ..Mount::default()
        },
    })
}

#[expect(unsafe_code, reason = "asks about a drive")]
fn drive_type(root: &str) -> u32 {
    let root = wide(root);
    // SAFETY: the text is zero-terminated.
    unsafe { GetDriveTypeW(root.as_ptr()) }
}

/// The identity of the volume behind a letter.
#[expect(unsafe_code, reason = "asks about a drive")]
fn volume_of(root: &str) -> Option<String> {
    const ROOM: usize = 64;
    let root = wide(root);
    let mut volume = [0_u16; ROOM];
    // SAFETY: the text is zero-terminated; `volume` is writable for its length, which is given.
    let known = unsafe { GetVolumeNameForVolumeMountPointW(root.as_ptr(), volume.as_mut_ptr(), ROOM as u32) != 0 };
    known.then(|| text_of(&volume))
}

/// Size, free space, label and file system of a drive. Blocks while the drive does not respond.
#[expect(unsafe_code, reason = "asks about a drive")]
pub fn space(at: &MountPoint) -> Option<Space> {
    const ROOM: usize = 262;
    let root = wide(&at.path.to_string_lossy());
    let (mut free, mut total, mut flags) = (0, 0, 0);
    let (mut label, mut file_system) = ([0_u16; ROOM], [0_u16; ROOM]);
    // SAFETY: the text is zero-terminated; all buffers are writable for the lengths given, all numbers are written.
    // An empty card reader must not ask the user for a card.
    let (has_space, has_name) = unsafe {
        SetThreadErrorMode(SEM_FAILCRITICALERRORS, null_mut());
        let has_space = GetDiskFreeSpaceExW(root.as_ptr(), &raw mut free, &raw mut total, null_mut()) != 0;
        let has_name = GetVolumeInformationW(
            root.as_ptr(),
            label.as_mut_ptr(),
            ROOM as u32,
            null_mut(),
            null_mut(),
            &raw mut flags,
            file_system.as_mut_ptr(),
            ROOM as u32,
        ) != 0;
        (has_space, has_name)
    };
    let mut mount = at.mount.clone();
    if has_name {
        mount.label = text_of(&label);
        mount.file_system = text_of(&file_system);
        mount.read_only |= flags & FILE_READ_ONLY_VOLUME != 0;
    }
    (has_space && total > 0).then_some(Space { total: Bytes(total), free: Bytes(free), mount })
}

/// The counters of each disk. Needs no rights: the disk is opened for nothing but its attributes.
///
/// # Errors
/// [`Why::Unsupported`] if no disk has counters.
pub fn disk_counters() -> Result<Vec<(String, DiskCounters)>, Why> {
    let disks: Vec<_> = (0..DISKS).filter_map(|number| Some((number.to_string(), counters(number)?))).collect();
    if disks.is_empty() { Err(Why::Unsupported) } else { Ok(disks) }
}

#[expect(unsafe_code, reason = "asks a device")]
fn counters(number: u32) -> Option<DiskCounters> {
    let path = wide(&format!(r"\\.\PhysicalDrive{number}"));
    let share = FILE_SHARE_READ | FILE_SHARE_WRITE;
    // SAFETY: the path is zero-terminated; the handle belongs to nobody else.
    let handle = unsafe {
        let handle = CreateFileW(path.as_ptr(), 0, share, null(), OPEN_EXISTING, 0, null_mut());
        (handle != INVALID_HANDLE_VALUE).then(|| OwnedHandle::from_raw_handle(handle))?
    };
    let mut found = DISK_PERFORMANCE::default();
    let (room, mut written) = (size_of::<DISK_PERFORMANCE>() as u32, 0);
    // SAFETY: `found` is writable for `room` bytes and consists of numbers.
    let known = unsafe {
        DeviceIoControl(
            handle.as_raw_handle(),
            IOCTL_DISK_PERFORMANCE,
            null(),
            0,
            (&raw mut found).cast(),
            room,
            &raw mut written,
            null_mut(),
        ) != 0
    };
    let number = |value: i64| u64::try_from(value).unwrap_or_default();
    known.then(|| DiskCounters {
        read: Bytes(number(found.BytesRead)),
        written: Bytes(number(found.BytesWritten)),
        requests: u64::from(found.ReadCount) + u64::from(found.WriteCount),
        pending: u64::from(found.QueueDepth),
        // The time of the reading minus the time without a request: of two readings only the difference counts.
        busy: Some(Duration::from_nanos(
            number(found.QueryTime.saturating_sub(found.IdleTime)).saturating_mul(NANOS_PER_UNIT),
        )),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_drive_of_windows_is_a_disk_with_space() {
        let mounts = mounts().expect("drives");
        let system = mounts.iter().find(|mount| mount.mount.is_root).expect("the drive of Windows");
        assert!(system.mount.on_device && !system.mount.remote, "{system:?}");
        let space = space(system).expect("space");
        assert!(space.free.0 > 0 && space.free < space.total, "{space:?}");
    }

    #[test]
    fn a_letter_without_a_drive_has_no_space() {
        let mounts = mounts().expect("drives");
        let unused = ('D'..='Z')
            .map(|letter| format!("{letter}:\\"))
            .find(|name| mounts.iter().all(|m| m.path.to_string_lossy() != name.as_str()));
        let unused = MountPoint { path: unused.expect("a letter").into(), ..mounts[0].clone() };
        assert_eq!(space(&unused), None);
    }
}
