//! Decides when to record the free space of volumes: on change, or at an interval.

use std::collections::HashMap;

use rusqlite::{Connection, params};

use super::RecorderError;
use super::row::kib;
use crate::model::{Bytes, Sample, Volume, VolumeKind};

/// Longest interval between two records, in ms…
const AT_LEAST: i64 = 600_000;
/// …and shortest, however fast it changes.
const AT_MOST: i64 = 60_000;
/// Divisor of the volume's size that gives the smallest change recorded.
const CHANGE: u64 = 1_000;

/// One volume at one time; sizes in KiB.
pub struct Space {
    pub at: i64,
    name: String,
    total: i64,
    free: i64,
}

impl Space {
    /// Inserts it, and its volume if that is new.
    pub fn insert(&self, db: &Connection) -> Result<(), RecorderError> {
        db.prepare_cached("INSERT OR IGNORE INTO volume (name) VALUES (?1)")?.execute([&self.name])?;
        let insert = "INSERT OR IGNORE INTO space (at, volume, total, free) \
                      SELECT ?1, id, ?3, ?4 FROM volume WHERE name = ?2";
        db.prepare_cached(insert)?.execute(params![self.at, self.name, self.total, self.free])?;
        Ok(())
    }
}

/// The last record of each volume.
#[derive(Default)]
pub struct SpaceWatch {
    at: i64,
    free: HashMap<String, Bytes>,
}

impl SpaceWatch {
    /// The disks of a sample, all or none, if a record is due. How full other volumes are says nothing about this PC.
    pub fn points(&mut self, sample: &Sample) -> Vec<Space> {
        let all = sample.volumes.known().map_or(&[][..], Vec::as_slice);
        let volumes: Vec<&Volume> = all.iter().filter(|volume| volume.kind == VolumeKind::Disk).collect();
        if volumes.is_empty() || !self.is_due(sample.at.0, &volumes) {
            return Vec::new();
        }
        self.at = sample.at.0;
        self.free = volumes.iter().map(|volume| (volume.name.clone(), volume.free)).collect();
        let point = |volume: &Volume| Space {
            at: sample.at.0,
            name: volume.name.clone(),
            total: kib(volume.total),
            free: kib(volume.free),
        };
        volumes.into_iter().map(point).collect()
    }

    fn is_due(&self, at: i64, volumes: &[&Volume]) -> bool {
        let changed = |volume: &Volume| match self.free.get(&volume.name) {
            Some(free) => free.0.abs_diff(volume.free.0) > volume.total.0 / CHANGE,
            None => true,
        };
        let age = at.abs_diff(self.at).cast_signed();
        self.free.is_empty() || age >= AT_LEAST || age >= AT_MOST && volumes.iter().copied().any(changed)
    }

    /// Moves the last record after a clock correction.
    pub fn shift(&mut self, by: i64) {
        self.at = self.at.saturating_add(by);
    }
}
