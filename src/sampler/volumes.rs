//! Free space and throughput of local volumes, read on another thread.

use std::collections::BTreeSet;
use std::sync::Arc;

use sysinfo::{DiskRefreshKind, Disks};

use super::awake::AwakeInstant;
use super::slow::Latest;
use crate::model::{Bytes, BytesPerSec, Reading, Volume, Why};
use crate::platform;

/// File systems that are always full or not on a disk.
const NOT_A_DISK: [&str; 8] =
    ["squashfs", "iso9660", "udf", "overlay", "fuse.portal", "fuse.snapfuse", "cdfs", "ramfs"];

/// Volumes, and their total throughput.
#[derive(Clone, Debug, PartialEq)]
pub struct VolumeView {
    /// Local volumes.
    pub volumes: Vec<Volume>,
    /// Read rate of all of them.
    pub read: Reading<BytesPerSec>,
    /// Write rate of all of them.
    pub written: Reading<BytesPerSec>,
}

/// Watches volumes without ever delaying a tick.
pub struct VolumeWatcher {
    latest: Latest<VolumeView>,
}

impl VolumeWatcher {
    /// Watches the volumes of this PC.
    pub fn start() -> Self {
        let mut source = Source::default();
        Self::with_source(move || source.read())
    }

    /// Watches another source (tests).
    pub fn with_source(source: impl FnMut() -> Option<VolumeView> + Send + 'static) -> Self {
        Self { latest: Latest::start("volumes", source) }
    }

    /// Requests a new view, which arrives with a later tick.
    pub fn request(&self) {
        self.latest.request();
    }

    /// The newest view.
    ///
    /// # Errors
    /// As [`Latest::latest`].
    pub fn latest(&self) -> Result<Arc<VolumeView>, Why> {
        self.latest.latest()
    }
}

#[derive(Default)]
struct Source {
    disks: Option<Disks>,
    last: Option<AwakeInstant>,
}

impl Source {
    fn read(&mut self) -> Option<VolumeView> {
        let kind = DiskRefreshKind::nothing().with_storage().with_io_usage();
        if let Some(disks) = &mut self.disks {
            disks.refresh_specifics(true, kind);
        } else {
            self.disks = Disks::new_with_refreshed_list_specifics(kind).ok();
        }
        let now = AwakeInstant::now();
        let seconds = self.last.replace(now).map(|last| now.since(last).as_secs_f64());
        let (mut volumes, mut devices) = (Vec::new(), BTreeSet::new());
        let (mut read, mut written, mut ever) = (0_u64, 0_u64, 0_u64);
        for disk in self.disks.as_ref()? {
            // A device mounted in several places is one volume.
            let file_system = disk.file_system().to_string_lossy().to_ascii_lowercase();
            let is_network = ["nfs", "cifs", "smb", "fuse.sshfs"].iter().any(|kind| file_system.starts_with(kind));
            let device = platform::device_of(disk.name(), disk.id());
            if is_network || disk.total_space() == 0 || !devices.insert(device) {
                continue;
            }
            let usage = disk.usage();
            read = read.saturating_add(usage.read_bytes);
            written = written.saturating_add(usage.written_bytes);
            ever = ever.saturating_add(usage.total_read_bytes).saturating_add(usage.total_written_bytes);
            if NOT_A_DISK.contains(&file_system.as_str()) && disk.mount_point() != std::path::Path::new("/") {
                continue;
            }
            volumes.push(Volume {
                name: disk.mount_point().to_string_lossy().into_owned(),
                total: Bytes(disk.total_space()),
                free: Bytes(disk.available_space()),
            });
        }
        if devices.is_empty() {
            volumes = platform::drives();
        }
        let rate = |bytes: u64| match seconds {
            // Counters that have not moved since boot belong to a device that does not count.
            _ if ever == 0 => Reading::Missing(Why::Unsupported),
            Some(seconds) if seconds > 0.0 => Reading::Known(BytesPerSec(bytes as f64 / seconds)),
            _ => Reading::Missing(Why::NotYet),
        };
        Some(VolumeView { volumes, read: rate(read), written: rate(written) })
    }
}
