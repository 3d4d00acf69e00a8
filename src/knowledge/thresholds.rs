//! `assets/knowledge/thresholds.toml`: the figures, with their reasons, are there.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::programs::Source;
use super::system::Wrong;
use crate::model::{Rpm, Seconds};

/// When something is worth a sentence.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// How long a load must last.
    pub hold_seconds: Seconds,
    /// Processors.
    pub cpu: Cpu,
    /// Memory.
    pub memory: MemoryLimits,
    /// Volumes.
    pub disk: Disk,
    /// Heat.
    pub heat: Heat,
    /// Loads that do not move.
    pub steady: Steady,
    /// Evidence of secret mining.
    pub mining: Mining,
    /// What everything waits for.
    pub wait: Wait,
    /// Programs that only grow.
    pub growth: Growth,
    /// Memory beyond the installed one.
    pub paging: Paging,
    /// Power.
    pub power: PowerLimits,
    /// Time since a start, an update, a restart.
    pub time: Times,
}

/// Takes the table of the sources out of `figures`: every other table must have some, and each must be known.
pub(super) fn check_sources(figures: &mut toml::Table, known: &BTreeMap<String, Source>) -> Result<(), Wrong> {
    let table = figures.remove("sources").unwrap_or_else(|| toml::Table::new().into());
    let mut named: BTreeMap<String, Vec<String>> = table.try_into().map_err(Wrong::Form)?;
    for name in figures.keys() {
        let sources = named.remove(name).unwrap_or_default();
        if sources.is_empty() {
            return Err(Wrong::Unknown(format!("sources of {name}")));
        }
        if let Some(unknown) = sources.into_iter().find(|id| !known.contains_key(id)) {
            return Err(Wrong::Unknown(unknown));
        }
    }
    named.into_keys().next().map_or(Ok(()), |name| Err(Wrong::Unknown(name)))
}

/// Processors.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cpu {
    /// One program this busy is felt. Share of the PC.
    pub program: f64,
    /// Enough when the PC is full. Share of the PC.
    pub program_when_full: f64,
    /// The PC is full. Share of the PC.
    pub full: f64,
    /// Needs somebody to act when it lasts. Share of the PC.
    pub act: f64,
    /// How long that is.
    pub act_seconds: Seconds,
    /// One processor in full use. Share of one processor.
    pub stuck_cores: f64,
    /// How long before that is worth a sentence.
    pub stuck_seconds: Seconds,
    /// The least share of the PC for that.
    pub stuck_program: f64,
    /// A browser this busy. Share of the PC.
    pub browser: f64,
    /// Below this a program no longer matters. Share of the PC.
    pub ended: f64,
}

/// Memory.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemoryLimits {
    /// Memory in use, worth a look. Share of all memory.
    pub look: f64,
    /// Memory in use, somebody should act. Share of all memory.
    pub act: f64,
    /// Commit charge against its limit, Windows.
    pub commit_act: f64,
    /// Share of time in which something waited for memory, Linux.
    pub stall: f64,
    /// Stalls count only when memory is this full.
    pub stall_used: f64,
    /// One program with this share of memory is named.
    pub main_program: f64,
}

/// Volumes.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disk {
    /// Free share, worth a look…
    pub look: f64,
    /// …when less than this is free.
    pub look_bytes: u64,
    /// Free bytes, worth a look on a large volume…
    pub low_bytes: u64,
    /// …of at least this size.
    pub low_of_bytes: u64,
    /// Free share, somebody should act.
    pub act: f64,
    /// Free bytes, somebody should act…
    pub act_bytes: u64,
    /// …on a volume of at least this size.
    pub act_of_bytes: u64,
    /// Smaller volumes are not looked at.
    pub smallest_bytes: u64,
    /// How far back a fast loss is looked for.
    pub shrink_window_seconds: Seconds,
    /// The least loss that counts…
    pub shrink_least_bytes: u64,
    /// …or this share of the volume…
    pub shrink_share: f64,
    /// …but this is always enough.
    pub shrink_cap_bytes: u64,
    /// A loss is fast when the volume is full within this many hours.
    pub shrink_hours_to_full: f64,
    /// A slow loss over days that counts…
    pub shrink_days_bytes: u64,
    /// …when it is also this share of the volume.
    pub shrink_days_share: f64,
}

/// Heat.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heat {
    /// Hot.
    pub hot_celsius: f64,
    /// So hot that somebody should act.
    pub act_celsius: f64,
    /// Hot for a PC that does nothing.
    pub idle_celsius: f64,
    /// Or this many degrees above what the load gives.
    pub idle_above: f64,
    /// A PC that does nothing: at most this share.
    pub idle_cpu: f64,
    /// And at most so many processors at work.
    pub idle_cores: f64,
    /// For so long.
    pub idle_seconds: Seconds,
    /// Fan effort that counts as hot.
    pub effort: f64,
    /// The same on a PC that does nothing.
    pub idle_effort: f64,
    /// For so long.
    pub effort_seconds: Seconds,
    /// Estimate: what an office PC shows while it does nothing.
    pub model_idle_celsius: f64,
    /// Estimate: how much warmer full load makes it.
    pub model_rise_celsius: f64,
    /// Slowed down by heat in so many looks…
    pub throttle_times: usize,
    /// …within so long…
    pub throttle_seconds: Seconds,
    /// …at this load. Share of the PC.
    pub throttle_cpu: f64,
    /// A graphics processor with more to do than this warms the PC.
    pub idle_gpu: f64,
    /// Warmer than this PC's own idle by so many degrees.
    pub own_idle_above: f64,
    /// The fan turns so many times as fast as it usually does at rest…
    pub own_fan_factor: f64,
    /// …and at least so fast, revolutions a minute.
    pub own_fan_least: f64,
    /// The same where it usually stands still.
    pub still_fan_least: f64,
    /// Nothing is called hot below this, whatever is expected or usual.
    pub least_celsius: f64,
    /// How far back slow-downs of a hot processor are counted.
    pub slowed_seconds: Seconds,
}

impl Heat {
    /// The share of a PC with so many processors up to which it does nothing.
    pub fn idle_share(&self, cpus: u32) -> f64 {
        self.idle_cpu.min(self.idle_cores / f64::from(cpus.max(1)))
    }

    /// The speed from which on the fan of a PC that does nothing is fast, where this is `usual`. Revolutions a minute.
    pub fn fast_fan(&self, usual: Rpm) -> f64 {
        match usual {
            Rpm(0) => self.still_fan_least,
            Rpm(usual) => (f64::from(usual) * self.own_fan_factor).max(self.own_fan_least),
        }
    }
}

/// Loads that do not move.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Steady {
    /// Share of the PC that a program must hold.
    pub program: f64,
    /// The same for a program with a strong mark.
    pub marked: f64,
    /// The same for a browser.
    pub browser: f64,
    /// Share of the load of its browser that a page which only computes holds; one that shows something has it drawn
    /// by another part.
    pub browser_page: f64,
    /// For so long.
    pub seconds: Seconds,
    /// Standard deviation against mean that still counts as steady…
    pub variation: f64,
    /// …and as very steady…
    pub very_variation: f64,
    /// …over so long.
    pub very_seconds: Seconds,
    /// The fewest looks.
    pub points: usize,
    /// Traffic below this is next to nothing, bytes a second.
    pub network_quiet: f64,
    /// The same for disks.
    pub disk_quiet: f64,
    /// Share of the PC for what belongs to no program.
    pub rest: f64,
    /// Share of the graphics processor.
    pub gpu: f64,
}

/// Evidence of secret mining.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mining {
    /// How far back is looked.
    pub recent_seconds: Seconds,
    /// Points from which it is unusual.
    pub look: i32,
    /// Points from which it may be secret mining.
    pub alarm: i32,
    /// A load falls to this part of itself…
    pub fell_to: f64,
    /// …within so long.
    pub fell_seconds: Seconds,
    /// A program that runs again this soon came back.
    pub back_seconds: Seconds,
    /// Nobody is there after so long without input.
    pub away_seconds: Seconds,
    /// A pause that is no longer does not end a load.
    pub pause_seconds: Seconds,
    /// A load that ended so long ago is no longer told, however it behaved.
    pub forget_seconds: Seconds,
    /// So many degrees above this PC's own idle are a sign.
    pub heat_above: f64,
    /// So many days are needed to know what is new on a PC.
    pub learn_days: f64,
    /// …in which it was watched for so many hours.
    pub learn_hours: f64,
    /// New is what was first seen within so many days.
    pub new_days: f64,
    /// How many days "this is my work" is believed.
    pub mine_days: f64,
    /// What each sign counts, by its id.
    pub points: BTreeMap<String, i32>,
}

/// What everything waits for.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wait {
    /// Share of time in which the busiest disk had something to do.
    pub disk_busy: f64,
    /// Share of time in which something waited for a disk.
    pub disk_stall: f64,
    /// For so long.
    pub disk_seconds: Seconds,
    /// A program that moves this much is named, bytes a second.
    pub disk_program: f64,
    /// Both directions, bytes a second.
    pub network: f64,
    /// For so long.
    pub network_seconds: Seconds,
    /// A program that moves this much over the network is named, bytes a second.
    pub network_program: f64,
    /// Share of the processors spent answering devices.
    pub interrupts: f64,
    /// For so long.
    pub interrupts_seconds: Seconds,
    /// Share of the PC in no program's name.
    pub rest: f64,
    /// For so long.
    pub rest_seconds: Seconds,
    /// Share of the graphics processor.
    pub gpu: f64,
    /// For so long.
    pub gpu_seconds: Seconds,
    /// A program that uses this share of the graphics processor is named.
    pub gpu_program: f64,
    /// A window does not answer for so long.
    pub hung_seconds: Seconds,
    /// A volume does not answer for so long.
    pub silent_seconds: Seconds,
}

/// Programs that only grow.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Growth {
    /// For so long.
    pub seconds: Seconds,
    /// By this share of what it was.
    pub share: f64,
    /// And by so many bytes.
    pub bytes: u64,
    /// In so many steps it may have become smaller.
    pub falls: usize,
}

/// Memory beyond the installed one.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// Share of the limit in use.
    pub commit: f64,
    /// More in use by so many bytes…
    pub swap_grown: u64,
    /// …within so long.
    pub swap_seconds: Seconds,
}

/// Power.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PowerLimits {
    /// Share of the PC in use while it is held back.
    pub limited_cpu: f64,
    /// For so long.
    pub limited_seconds: Seconds,
    /// Clock against the highest one, on battery.
    pub clock: f64,
}

/// Time since a start, an update, a restart.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Times {
    /// Days without a restart that are worth a sentence.
    pub uptime_days: f64,
    /// Days for which updates may wait for a restart.
    pub restart_days: f64,
    /// How long a PC catches up after a start or after sleep.
    pub fresh_seconds: Seconds,
    /// The load that is then explained by it.
    pub fresh_cpu: f64,
    /// A shorter sleep leaves nothing to catch up with.
    pub slept_seconds: Seconds,
    /// How long a page is told that was not opened by the user.
    pub page_seconds: Seconds,
    /// For how long the end without a shutdown is told, from when the PC is there again.
    pub sudden_stop_seconds: Seconds,
    /// Days without updates that are worth a sentence.
    pub updates_days: f64,
    /// Days since the date of a browser's program file that are worth a sentence.
    pub browser_days: f64,
}

impl Thresholds {
    /// Thresholds for a look of `seconds`: what lasts most of a short look counts.
    #[must_use]
    pub fn for_a_look_of(mut self, seconds: Seconds) -> Self {
        self.hold_seconds = Seconds(self.hold_seconds.0.min(seconds.0 * 0.6));
        self
    }
}
