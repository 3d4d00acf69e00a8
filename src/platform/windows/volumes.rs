//! Volumes: their identity, and those found by drive letter only.

use std::ffi::{OsStr, OsString};
use std::ptr::null_mut;

use windows_sys::Win32::Storage::FileSystem::{
    GetDiskFreeSpaceExW, GetDriveTypeW, GetLogicalDrives, GetVolumeNameForVolumeMountPointW,
};
use windows_sys::Win32::System::WindowsProgramming::DRIVE_FIXED;

use super::wide::wide;
use crate::model::{Bytes, Volume};

/// Identity of a volume. `name` is its label on Windows, which most volumes lack, so the serial number from formatting
/// identifies it.
pub fn device_of(name: &OsStr, id: Option<u64>) -> (OsString, Option<u64>) {
    (name.to_owned(), id)
}

/// Local drives by letter, for a system that does not report the kind of a volume by its own name (Wine). Excludes
/// aliases of folders (`subst`).
pub fn drives() -> Vec<Volume> {
    ('A'..='Z').zip(0..).filter(|(_, bit)| letters() >> bit & 1 == 1).filter_map(|(letter, _)| drive(letter)).collect()
}

#[expect(unsafe_code, reason = "asks for a number")]
fn letters() -> u32 {
    // SAFETY: takes nothing.
    unsafe { GetLogicalDrives() }
}

#[expect(unsafe_code, reason = "asks about a drive")]
fn drive(letter: char) -> Option<Volume> {
    const ROOM: usize = 64;
    let name = format!("{letter}:\\");
    let root = wide(&name);
    let mut volume = [0_u16; ROOM];
    let (mut free, mut total) = (0, 0);
    // SAFETY: the text is zero-terminated; `volume` is writable for its length, which is given; both numbers are
    // written. Only local drives are asked for their space: others may take long to answer.
    let known = unsafe {
        GetDriveTypeW(root.as_ptr()) == DRIVE_FIXED
            && GetVolumeNameForVolumeMountPointW(root.as_ptr(), volume.as_mut_ptr(), ROOM as u32) != 0
            && GetDiskFreeSpaceExW(root.as_ptr(), &raw mut free, &raw mut total, null_mut()) != 0
    };
    (known && total > 0).then_some(Volume { name, total: Bytes(total), free: Bytes(free) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_drive_of_windows_is_among_the_drives() {
        let system = std::env::var("SystemDrive").unwrap_or_else(|_| "C:".to_owned()) + "\\";
        let drives = drives();
        let drive = drives.iter().find(|drive| drive.name.eq_ignore_ascii_case(&system));
        assert!(drive.is_some_and(|drive| drive.free.0 > 0 && drive.free < drive.total), "{drives:?}");
    }

    #[test]
    fn volumes_without_a_label_are_told_apart() {
        assert_ne!(device_of(OsStr::new(""), Some(1)), device_of(OsStr::new(""), Some(2)));
        assert_eq!(device_of(OsStr::new("Data"), Some(1)), device_of(OsStr::new("Data"), Some(1)));
    }
}
