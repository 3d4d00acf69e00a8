//! Volumes: what kind each is, and how much of it is free.

use serde::{Deserialize, Serialize};

use super::Bytes;

/// What holds the data of a volume.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VolumeKind {
    /// A disk built into this PC.
    #[default]
    Disk,
    /// A disk, stick or card that can be unplugged.
    Removable,
    /// A folder of another computer, or of the host of a virtual machine.
    Network,
    /// An account with a storage service, shown as a drive.
    Account,
    /// A folder that a program fills in.
    Provided,
}

impl VolumeKind {
    /// Returns `true` for storage of this PC: its size and free space are properties of hardware that is plugged in.
    pub fn is_local(self) -> bool {
        matches!(self, Self::Disk | Self::Removable)
    }

    /// Returns `true` for [`Self::Disk`]; recordings leave it out.
    pub fn is_disk(&self) -> bool {
        *self == Self::Disk
    }

    /// The kind of a mounted file system, or `None` if it holds no data of the user, or cannot fill up because nothing
    /// can be written to it.
    pub fn of(mount: &Mount) -> Option<Self> {
        if mount.read_only {
            return None;
        }
        let file_system = mount.file_system.to_ascii_lowercase();
        let label = mount.label.to_ascii_lowercase();
        // "fuse.sshfs" on Linux, "FUSE-rclone" of WinFsp.
        let program = ["fuse.", "fuse-", "fuse3."].iter().find_map(|start| file_system.strip_prefix(start));
        let kind = program.unwrap_or(&file_system);
        let starts = |names: &[&str]| names.iter().any(|name| kind.starts_with(name));
        if starts(IMAGES) || kind.ends_with(".appimage") || starts(OTHER_VIEWS) {
            return None;
        }
        if starts(ACCOUNTS) || ACCOUNT_LABELS.iter().any(|name| label.starts_with(name)) {
            return Some(Self::Account);
        }
        if mount.remote || starts(NETWORKS) {
            return Some(Self::Network);
        }
        let of_device = mount.on_device || POOLS.contains(&kind);
        match program {
            _ if of_device && mount.removable => Some(Self::Removable),
            _ if of_device => Some(Self::Disk),
            Some(_) => Some(Self::Provided),
            // A file system of the kernel without a device: processes, settings, memory. The root of a container is
            // a layered view of a disk, and all the disk that can be seen from there.
            None => (kind == "overlay" && mount.is_root).then_some(Self::Disk),
        }
    }
}

/// A mounted file system, as far as its kind depends on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub struct Mount {
    /// Type of the file system, as the system names it: "ext4", "fuse.sshfs", "NTFS".
    pub file_system: String,
    /// Its label; empty where the system does not say it.
    pub label: String,
    /// It lies on a block device of this PC.
    pub on_device: bool,
    /// That device can be unplugged.
    pub removable: bool,
    /// Nothing can be written to it.
    pub read_only: bool,
    /// The system calls it a network drive.
    pub remote: bool,
    /// The file system that contains all others.
    pub is_root: bool,
}

/// Images of disks and of programs: full from the day they were made. Sources: kernel documentation, filesystems;
/// package descriptions of squashfuse, erofs-utils, fuseiso, archivemount, mount-zip.
const IMAGES: &[&str] = &[
    "squashfs",
    "squashfuse",
    "snapfuse",
    "erofs",
    "cramfs",
    "romfs",
    "iso9660",
    "isofs",
    "udf",
    "cdfs",
    "fuseiso",
    "archivemount",
    "mount-zip",
    "fuse-zip",
    "ratarmount",
    "dwarfs",
    "composefs",
    "ostree",
];

/// Other views of a volume that is listed by itself (encrypted, joined, passed on), and views of no storage at all.
const OTHER_VIEWS: &[&str] = &[
    "ecryptfs",
    "encfs",
    "gocryptfs",
    "cryfs",
    "cppcryptfs",
    "securefs",
    "bindfs",
    "mergerfs",
    "unionfs",
    "aufs",
    "mhddfs",
    "portal",
    "gvfsd-fuse",
    "kio-fuse",
    "lxcfs",
    "vmware-vmblock",
    "dumpfs",
    "tmfs",
    "ltfs-ro",
    "rofs",
    "fusectl",
    "cgroupfs",
    "xwmfs",
    "fuse-overlayfs",
    "nullfs",
];

/// File systems of other computers, and of the host of a virtual machine. Source: magic(5) and mount(8) of util-linux,
/// documentation of the projects of the same name.
const NETWORKS: &[&str] = &[
    "nfs",
    "cifs",
    "smb",
    "ncp",
    "afs",
    "coda",
    "ceph",
    "gluster",
    "lustre",
    "beegfs",
    "gpfs",
    "ocfs",
    "gfs",
    "pvfs",
    "orangefs",
    "moosefs",
    "mfs",
    "lizardfs",
    "juicefs",
    "seaweedfs",
    "sshfs",
    "curlftpfs",
    "ftpfs",
    "davfs",
    "webdav",
    "wdfs",
    "hubicfuse",
    "9p",
    "virtiofs",
    "vboxsf",
    "vmhgfs",
    "prl_fs",
    "drvfs",
    "shfs",
    "sftp",
    "afp",
    "afuse",
    "cvmfs",
    "xtreemfs",
    "quobyte",
    "weka",
    "smbnetfs",
    "fusesmb",
    "obexfs",
];

/// Drives that are an account with a storage service.
const ACCOUNTS: &[&str] = &[
    "rclone",
    "google-drive",
    "gdfs",
    "gcsfuse",
    "drivefs",
    "onedrive",
    "dropbox",
    "pcloud",
    "mega",
    "s3fs",
    "goofys",
    "mountpoint-s3",
    "blobfuse",
    "acd_cli",
    "icloud",
    "keybase",
    "odrive",
    "protondrive",
    "expandrive",
    "cloudmounter",
    "mountainduck",
    "yandex",
    "box",
    "nextcloud",
    "owncloud",
    "koofr",
    "jottafs",
    "b2fuse",
    "swiftfs",
    "filen",
];

/// The same where only the label says it: these services show themselves as a disk of their own (Windows).
const ACCOUNT_LABELS: &[&str] = &[
    "google drive",
    "onedrive",
    "dropbox",
    "pcloud drive",
    "icloud drive",
    "proton drive",
    "yandex.disk",
    "box drive",
    "nextcloud",
    "koofr",
    "egnyte drive",
    "mountain duck",
    "cloudmounter",
    "expandrive",
];

/// File systems that manage their devices themselves, so that none stands in their list of mounts.
const POOLS: &[&str] = &["zfs", "bcachefs", "btrfs", "ubifs", "jffs2", "fuseblk"];

/// Size and free space of a volume, which its owner has answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Volume {
    /// Mount point or drive letter.
    pub name: String,
    /// What holds its data.
    #[serde(default, skip_serializing_if = "VolumeKind::is_disk")]
    pub kind: VolumeKind,
    /// Size.
    #[serde(rename = "total_bytes")]
    pub total: Bytes,
    /// Free space for this user.
    #[serde(rename = "free_bytes")]
    pub free: Bytes,
}

/// A volume that has not answered for a while; programs that use it wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SilentVolume {
    /// Mount point or drive letter.
    pub name: String,
    /// What holds its data.
    #[serde(default)]
    pub kind: VolumeKind,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(file_system: &str) -> Option<VolumeKind> {
        VolumeKind::of(&Mount { file_system: file_system.to_owned(), ..Mount::default() })
    }

    fn on_device(file_system: &str) -> Option<VolumeKind> {
        VolumeKind::of(&Mount { file_system: file_system.to_owned(), on_device: true, ..Mount::default() })
    }

    #[test]
    fn file_systems_on_a_device_are_disks() {
        for name in
            ["ext4", "xfs", "btrfs", "ntfs3", "fuseblk", "vfat", "NTFS", "ReFS", "exfat", "f2fs", "fuse.ntfs-3g"]
        {
            assert_eq!(on_device(name), Some(VolumeKind::Disk), "{name}");
        }
        assert_eq!((of("zfs"), of("bcachefs")), (Some(VolumeKind::Disk), Some(VolumeKind::Disk)));
        let stick = Mount { file_system: "vfat".into(), on_device: true, removable: true, ..Mount::default() };
        assert_eq!(VolumeKind::of(&stick), Some(VolumeKind::Removable));
    }

    #[test]
    fn what_cannot_fill_up_is_no_volume() {
        for name in [
            "squashfs",
            "fuse.squashfuse",
            "fuse.squashfuse_ll",
            "fuse.Obsidian.AppImage",
            "erofs",
            "fuse.erofsfuse",
            "iso9660",
            "udf",
            "fuse.fuseiso",
            "fuse.archivemount",
            "fuse.portal",
            "fuse.snapfuse",
            "fuse.dwarfs",
            "CDFS",
        ] {
            assert_eq!(of(name), None, "{name}");
            assert_eq!(on_device(name), None, "{name} on a device");
        }
        let image = Mount { file_system: "ext4".into(), on_device: true, read_only: true, ..Mount::default() };
        assert_eq!(VolumeKind::of(&image), None);
    }

    #[test]
    fn what_holds_no_data_is_no_volume() {
        for name in
            ["proc", "sysfs", "tmpfs", "devtmpfs", "cgroup2", "overlay", "fuse.lxcfs", "fuse.gvfsd-fuse", "debugfs"]
        {
            assert_eq!(of(name), None, "{name}");
        }
        let root = Mount { file_system: "overlay".into(), is_root: true, ..Mount::default() };
        assert_eq!(VolumeKind::of(&root), Some(VolumeKind::Disk));
    }

    #[test]
    fn other_computers_and_accounts_are_told_apart_from_disks() {
        for name in ["nfs4", "cifs", "smb3", "fuse.sshfs", "fuse.glusterfs", "9p", "virtiofs", "fuse.davfs2", "ceph"] {
            assert_eq!(of(name), Some(VolumeKind::Network), "{name}");
        }
        for name in
            ["fuse.rclone", "FUSE-rclone", "fuse.google-drive-ocamlfuse", "fuse.onedriver", "fuse.s3fs", "fuse.pcloud"]
        {
            assert_eq!(of(name), Some(VolumeKind::Account), "{name}");
        }
        let drive = |label: &str, remote| {
            VolumeKind::of(&Mount {
                file_system: "FAT32".into(),
                label: label.into(),
                on_device: true,
                remote,
                ..Mount::default()
            })
        };
        assert_eq!(drive("Google Drive", false), Some(VolumeKind::Account));
        assert_eq!(drive("Daten", false), Some(VolumeKind::Disk));
        assert_eq!(drive("Abteilung", true), Some(VolumeKind::Network));
        assert_eq!(of("fuse.somebodys"), Some(VolumeKind::Provided));
    }
}
