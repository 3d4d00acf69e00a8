//! What judges the readings of sensors, disks and mounts.

#[path = "../../src/sampler/awake.rs"]
mod awake;
#[path = "../../src/sampler/disks.rs"]
mod disks;
#[path = "../../src/sampler/slow.rs"]
mod slow;
#[path = "../../src/sampler/thermal.rs"]
pub mod thermal;
#[path = "../../src/sampler/threads.rs"]
mod threads;
#[path = "../../src/sampler/volumes.rs"]
mod volumes;

use crate::model::{Volume, VolumeKind};
use crate::platform::MountPoint;

/// One mount for each storage.
pub fn distinct(mounts: Vec<MountPoint>) -> Vec<(MountPoint, VolumeKind)> {
    volumes::distinct(mounts)
}

/// The volumes of one pool.
pub fn pooled(members: Vec<Volume>) -> Vec<Volume> {
    volumes::pooled(members)
}
