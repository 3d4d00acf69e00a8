//! Free space of the volumes, and throughput of the disks. Volumes are asked on threads of their own: one that does not
//! respond leaves the others known.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::disks::{DiskRates, Throughput};
use super::slow::{Latest, STALE_AFTER};
use crate::model::{Bytes, SilentVolume, Volume, VolumeKind, Why};
use crate::platform::{self, MountPoint, Space};

/// Time to wait for the answers before a view is made without those that are missing.
const PATIENCE: Duration = Duration::from_millis(300);
/// Interval for asking volumes that another computer or a program answers for.
const REMOTE_EVERY: Duration = Duration::from_secs(10);
/// File systems of a pool whose free space differs by less than this share have the same: the pool's.
const SAME_SPACE: f64 = 0.02;

/// Volumes and throughput at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VolumeView {
    /// Volumes that responded.
    pub volumes: Vec<Volume>,
    /// Volumes that have not responded for a while.
    pub silent: Vec<SilentVolume>,
    /// Throughput and load of the disks.
    pub throughput: Throughput,
}

/// Watches volumes without ever delaying a tick.
pub struct VolumeWatcher {
    latest: Latest<VolumeView>,
}

impl VolumeWatcher {
    /// Watches the volumes of this PC.
    pub fn start() -> Self {
        let mut source = Source::new(platform::mounts, platform::space, STALE_AFTER);
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

type Ask = dyn Fn(&MountPoint) -> Option<Space> + Send + Sync;

struct Source {
    mounts: Box<dyn FnMut() -> Result<Vec<MountPoint>, Why> + Send>,
    ask: Arc<Ask>,
    /// How long a volume may take to respond before it counts as silent.
    patience: Duration,
    asked: HashMap<u64, Asked>,
    rates: DiskRates,
}

/// A mount that was asked for its space.
struct Asked {
    /// `None` inside if it refuses.
    answer: Latest<Option<Space>>,
    at: Instant,
}

impl Source {
    fn new(
        mounts: impl FnMut() -> Result<Vec<MountPoint>, Why> + Send + 'static,
        ask: impl Fn(&MountPoint) -> Option<Space> + Send + Sync + 'static,
        patience: Duration,
    ) -> Self {
        Self {
            mounts: Box::new(mounts),
            ask: Arc::new(ask),
            patience,
            asked: HashMap::new(),
            rates: DiskRates::default(),
        }
    }

    fn read(&mut self) -> Option<VolumeView> {
        let throughput = self.rates.read();
        let mounts = distinct((self.mounts)().ok()?);
        self.asked.retain(|id, _| mounts.iter().any(|(mount, _)| mount.id == *id));
        self.ask_all(&mounts);
        let (mut volumes, mut silent) = (Vec::new(), Vec::new());
        let mut pools: BTreeMap<&str, Vec<Volume>> = BTreeMap::new();
        for (mount, kind) in &mounts {
            let name = mount.path.to_string_lossy().into_owned();
            let answer = self.asked.get(&mount.id).map(|asked| asked.answer.latest());
            match answer {
                Some(Ok(answer)) => {
                    let Some(space) = &*answer else { continue };
                    // The answer may say more about the kind than the list.
                    let Some(kind) = VolumeKind::of(&space.mount) else { continue };
                    let volume = Volume { name, kind, total: space.total, free: space.free };
                    if mount.is_pool {
                        pools.entry(&mount.storage).or_default().push(volume);
                    } else {
                        volumes.push(volume);
                    }
                }
                Some(Err(Why::Stale)) => silent.push(SilentVolume { name, kind: *kind }),
                _ => {}
            }
        }
        volumes.extend(pools.into_values().flat_map(pooled));
        Some(VolumeView { volumes, silent, throughput })
    }

    /// Asks the volumes that are due, and waits a moment for their answers.
    fn ask_all(&mut self, mounts: &[(MountPoint, VolumeKind)]) {
        let now = Instant::now();
        let mut pending = Vec::new();
        for (mount, kind) in mounts {
            if let Some(asked) = self.asked.get_mut(&mount.id) {
                let every = if kind.is_local() { Duration::ZERO } else { REMOTE_EVERY };
                if asked.answer.is_waiting() || now - asked.at < every {
                    continue;
                }
                asked.at = now;
                asked.answer.request();
            } else {
                let (ask, at) = (Arc::clone(&self.ask), mount.clone());
                let answer = Latest::with_patience("volume", self.patience, move || Some(ask(&at)));
                self.asked.insert(mount.id, Asked { answer, at: now });
            }
            pending.push(mount.id);
        }
        let is_pending = |id: &u64| self.asked.get(id).is_some_and(|asked| asked.answer.is_waiting());
        while pending.iter().any(is_pending) && now.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

/// One mount for each storage: all of it rather than one of its folders, and the shortest path. Of a pool, each file
/// system, because each reports only its own part.
pub(super) fn distinct(mounts: Vec<MountPoint>) -> Vec<(MountPoint, VolumeKind)> {
    let mut kept: Vec<(MountPoint, VolumeKind)> = Vec::new();
    for mount in mounts {
        let Some(kind) = VolumeKind::of(&mount.mount) else { continue };
        let rank = |mount: &MountPoint| (!mount.is_whole, mount.path.as_os_str().len());
        let is_same = |other: &MountPoint| !mount.is_pool && !other.is_pool && other.storage == mount.storage;
        let same = kept.iter_mut().find(|(other, _)| is_same(other));
        match same {
            Some((other, _)) if rank(other) <= rank(&mount) => {}
            Some(other) => *other = (mount, kind),
            None => kept.push((mount, kind)),
        }
    }
    kept
}

/// The volumes of one pool: the pool itself, and those whose own limit leaves them less than it has. A file system of
/// a pool reports what it holds and what the pool has left as its size.
pub(super) fn pooled(members: Vec<Volume>) -> Vec<Volume> {
    let free = members.iter().map(|volume| volume.free.0).max().unwrap_or_default();
    let has_own_limit = |volume: &Volume| (volume.free.0 as f64) < free as f64 * (1.0 - SAME_SPACE);
    let (limited, sharing): (Vec<Volume>, Vec<Volume>) = members.into_iter().partition(has_own_limit);
    let used = sharing.iter().map(|volume| volume.total.0.saturating_sub(volume.free.0)).fold(0, u64::saturating_add);
    let pool = sharing.into_iter().min_by_key(|volume| volume.name.len());
    let pool = pool.map(|volume| Volume { total: Bytes(used.saturating_add(free)), free: Bytes(free), ..volume });
    pool.into_iter().chain(limited).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Mount;

    const GIB: u64 = 1 << 30;

    fn mount(path: &str, file_system: &str, storage: &str) -> MountPoint {
        let on_device = storage.starts_with("8:");
        MountPoint {
            path: path.into(),
            id: path.bytes().map(u64::from).sum(),
            device: storage.to_owned(),
            storage: storage.to_owned(),
            is_pool: file_system == "zfs",
            is_whole: true,
            mount: Mount { file_system: file_system.to_owned(), on_device, ..Mount::default() },
        }
    }

    fn volume(name: &str, total: u64, free: u64) -> Volume {
        Volume { name: name.to_owned(), kind: VolumeKind::Disk, total: Bytes(total * GIB), free: Bytes(free * GIB) }
    }

    #[test]
    fn a_volume_that_never_answers_is_named_and_the_others_stay_known() {
        let mounts = vec![
            mount("/", "ext4", "8:1"),
            mount("/mnt/nas", "fuse.sshfs", "0:50"),
            mount("/mnt/x", "fuse.somebodys", "0:51"),
        ];
        let ask = |mount: &MountPoint| {
            if mount.mount.file_system.starts_with("fuse") {
                std::thread::sleep(Duration::from_hours(1));
            }
            Some(Space { total: Bytes(10 * GIB), free: Bytes(5 * GIB), mount: mount.mount.clone() })
        };
        let mut source = Source::new(move || Ok(mounts.clone()), ask, Duration::from_millis(400));
        let begin = Instant::now();
        let view = source.read().expect("a view");
        assert_eq!(view.volumes, [volume("/", 10, 5)]);
        assert_eq!(view.silent, []);
        while begin.elapsed() < Duration::from_millis(500) {
            std::thread::sleep(Duration::from_millis(20));
        }
        let view = source.read().expect("a view");
        assert_eq!(view.volumes, [volume("/", 10, 5)]);
        let silent = |name: &str, kind| SilentVolume { name: name.to_owned(), kind };
        let expected = [silent("/mnt/nas", VolumeKind::Network), silent("/mnt/x", VolumeKind::Provided)];
        assert_eq!(view.silent, expected);
    }

    #[test]
    fn one_that_went_silent_is_asked_on_and_one_that_is_gone_is_forgotten() {
        let is_dead = Arc::new(std::sync::atomic::AtomicBool::new(true));
        let (dead, gone) = (Arc::clone(&is_dead), Arc::new(std::sync::atomic::AtomicBool::new(false)));
        let left = Arc::clone(&gone);
        let mounts = move || {
            let left = left.load(std::sync::atomic::Ordering::SeqCst);
            Ok(if left { Vec::new() } else { vec![mount("/usb", "vfat", "8:17")] })
        };
        let ask = move |mount: &MountPoint| {
            while dead.load(std::sync::atomic::Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(5));
            }
            Some(Space { total: Bytes(4 * GIB), free: Bytes(GIB), mount: mount.mount.clone() })
        };
        let mut source = Source::new(mounts, ask, Duration::from_millis(100));
        assert_eq!(source.read().map(|view| view.silent.len()), Some(1));
        is_dead.store(false, std::sync::atomic::Ordering::SeqCst);
        let end = Instant::now() + Duration::from_secs(20);
        while source.read().is_some_and(|view| view.volumes.is_empty()) {
            assert!(Instant::now() < end, "it answers again");
            std::thread::sleep(Duration::from_millis(20));
        }
        gone.store(true, std::sync::atomic::Ordering::SeqCst);
        assert_eq!(
            source.read().map(|view| (view.volumes.len(), view.silent.len(), source.asked.len())),
            Some((0, 0, 0))
        );
    }

    #[test]
    fn a_device_mounted_in_several_places_is_one_volume() {
        let part = MountPoint { is_whole: false, ..mount("/a", "ext4", "8:2") };
        let mounts =
            vec![part, mount("/srv/data", "ext4", "8:2"), mount("/data", "ext4", "8:2"), mount("/b", "xfs", "8:3")];
        let kept: Vec<String> =
            distinct(mounts).into_iter().map(|(mount, _)| mount.path.display().to_string()).collect();
        assert_eq!(kept, ["/data", "/b"]);
        // A pool may have the name of a device; neither hides the other, in any order.
        let mut mounts = vec![mount("/tank", "zfs", "8:2"), mount("/data", "ext4", "8:2")];
        assert_eq!(distinct(mounts.clone()).len(), 2);
        mounts.reverse();
        assert_eq!(distinct(mounts).len(), 2);
    }

    #[test]
    fn file_systems_of_a_pool_are_one_volume_but_for_those_with_a_limit_of_their_own() {
        let members = vec![volume("/tank/data", 910, 10), volume("/tank", 11, 10), volume("/tank/home", 20, 10)];
        assert_eq!(pooled(members.clone()), [volume("/tank", 921, 10)]);
        let limited = [members, vec![volume("/tank/small", 5, 1)]].concat();
        assert_eq!(pooled(limited), [volume("/tank", 921, 10), volume("/tank/small", 5, 1)]);
        let endless = Volume { total: Bytes(u64::MAX), free: Bytes(0), ..volume("/a", 0, 0) };
        assert_eq!(pooled(vec![endless.clone(), endless.clone()]), [endless]);
        assert_eq!(pooled(Vec::new()), []);
    }

    #[test]
    fn what_the_answer_says_decides_the_kind() {
        let ask = |mount: &MountPoint| {
            let label = "Google Drive".to_owned();
            Some(Space { total: Bytes(15 * GIB), free: Bytes(GIB), mount: Mount { label, ..mount.mount.clone() } })
        };
        let mut source = Source::new(|| Ok(vec![mount("G:", "FAT32", "8:3")]), ask, STALE_AFTER);
        let view = source.read().expect("a view");
        assert_eq!(view.volumes.iter().map(|volume| volume.kind).collect::<Vec<_>>(), [VolumeKind::Account]);
    }
}
