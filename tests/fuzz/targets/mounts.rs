//! `/proc/self/mountinfo`, what kind of volume each mount is, and which of them are shown.

#![no_main]

use std::collections::BTreeSet;
use std::os::unix::ffi::OsStrExt;

use libfuzzer_sys::fuzz_target;
use mimamori::model::{Bytes, Mount, Volume, VolumeKind};
use mimamori::platform::{MountPoint, parse_mounts};
use mimamori::sampler::{distinct, pooled};

fuzz_target!(|data: &[u8]| {
    let found = parse_mounts(data);
    let paths: BTreeSet<_> = found.iter().map(|mount| &mount.path).collect();
    assert_eq!(paths.len(), found.len(), "one folder shows one mount");
    let again: Vec<u8> = found.iter().flat_map(line).collect();
    assert_eq!(parse_mounts(&again), found, "{}", String::from_utf8_lossy(&again));
    for found in &found {
        check_kind(&found.mount);
    }

    let shown = distinct(found.clone());
    let mut backwards = found;
    backwards.reverse();
    let storages = |shown: &[(MountPoint, VolumeKind)]| {
        let of_own = shown.iter().filter(|(mount, _)| !mount.is_pool);
        of_own.map(|(mount, _)| mount.storage.clone()).collect::<Vec<_>>()
    };
    let mut forwards = storages(&shown);
    let mut backwards = storages(&distinct(backwards));
    forwards.sort();
    backwards.sort();
    assert_eq!(forwards, backwards, "the order of the mounts decides");
    let once: BTreeSet<_> = forwards.iter().collect();
    assert_eq!(once.len(), forwards.len(), "one storage is one volume");

    // The numbers of a pool's file systems are whatever these say.
    let numbers = data.chunks_exact(16).map(|chunk| {
        let number = |at: usize| u64::from_le_bytes(chunk[at..at + 8].try_into().expect("eight bytes"));
        (number(0), number(8))
    });
    let members: Vec<Volume> = numbers
        .take(8)
        .enumerate()
        .map(|(n, (total, free))| Volume {
            name: format!("/{n}"),
            total: Bytes(total.max(free)),
            free: Bytes(free),
            ..Volume::default()
        })
        .collect();
    let free = members.iter().map(|volume| volume.free).max();
    let pool = pooled(members.clone());
    assert!(pool.len() <= members.len() && pool.iter().all(|volume| volume.free <= volume.total), "{pool:?}");
    assert_eq!(pool.iter().map(|volume| volume.free).max(), free);
});

/// A mount as the kernel writes it.
fn line(found: &MountPoint) -> Vec<u8> {
    let escaped = |bytes: &[u8]| -> Vec<u8> {
        bytes
            .iter()
            .flat_map(|byte| match byte {
                b' ' | b'\t' | b'\n' | b'\\' => format!("\\{byte:03o}").into_bytes(),
                byte => vec![*byte],
            })
            .collect()
    };
    let root = if found.is_whole { "/" } else { "/part" };
    let options = if found.mount.read_only { "ro" } else { "rw" };
    [
        format!("{} 1 {} {root} ", found.id, found.device).as_bytes(),
        &escaped(found.path.as_os_str().as_bytes()),
        format!(" {options} - ").as_bytes(),
        &escaped(found.mount.file_system.as_bytes()),
        b" ",
        &escaped(found.storage.as_bytes()),
        b" rw\n",
    ]
    .concat()
}

fn check_kind(mount: &Mount) {
    let kind = VolumeKind::of(mount);
    let of = |change: fn(&mut Mount)| {
        let mut changed = mount.clone();
        change(&mut changed);
        VolumeKind::of(&changed)
    };
    assert_eq!(of(|mount| mount.file_system.make_ascii_uppercase()), kind, "{mount:?}");
    assert_eq!(of(|mount| mount.read_only = true), None, "{mount:?}");
    assert!(!of(|mount| mount.remote = true).is_some_and(VolumeKind::is_local), "{mount:?}");
    // What is on a device of this PC is no folder that a program fills in.
    assert_ne!(of(|mount| mount.on_device = true), Some(VolumeKind::Provided), "{mount:?}");
    let unplugged = of(|mount| mount.removable = true);
    assert_eq!(unplugged.is_some_and(VolumeKind::is_local), kind.is_some_and(VolumeKind::is_local), "{mount:?}");
}
