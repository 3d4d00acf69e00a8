//! `assets/knowledge/thresholds.toml`: the figures, with their reasons, are there.

use serde::Deserialize;

use crate::model::Seconds;

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
}

impl Thresholds {
    /// Thresholds for a look of `seconds`: what lasts most of a short look counts.
    #[must_use]
    pub fn for_a_look_of(mut self, seconds: Seconds) -> Self {
        self.hold_seconds = Seconds(self.hold_seconds.0.min(seconds.0 * 0.6));
        self
    }
}
