//! Thresholds of the rules. The values, with their reasons and sources, are in `assets/knowledge/thresholds.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::programs::Source;
use super::system::TableError;
use crate::model::{Rpm, Seconds};

/// All thresholds. Shares are in 0..=1.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// Minimum duration of a load.
    pub hold_seconds: Seconds,
    /// Processors.
    pub cpu: Cpu,
    /// Memory.
    pub memory: MemoryLimits,
    /// Volumes.
    pub disk: Disk,
    /// Heat.
    pub heat: Heat,
    /// Steady loads.
    pub steady: Steady,
    /// Evidence of secret mining.
    pub mining: Mining,
    /// Resources that programs wait for.
    pub wait: Wait,
    /// Growing memory of one program.
    pub growth: Growth,
    /// Swap and commit.
    pub paging: Paging,
    /// Power saving.
    pub power: PowerLimits,
    /// Time since boot, update and restart.
    pub time: Times,
}

/// Removes the table of sources from `figures`: every other table must have some, and each must exist.
pub(super) fn check_sources(figures: &mut toml::Table, known: &BTreeMap<String, Source>) -> Result<(), TableError> {
    let table = figures.remove("sources").unwrap_or_else(|| toml::Table::new().into());
    let mut named: BTreeMap<String, Vec<String>> = table.try_into().map_err(TableError::Syntax)?;
    for name in figures.keys() {
        let sources = named.remove(name).unwrap_or_default();
        if sources.is_empty() {
            return Err(TableError::Unknown(format!("sources of {name}")));
        }
        if let Some(unknown) = sources.into_iter().find(|id| !known.contains_key(id)) {
            return Err(TableError::Unknown(unknown));
        }
    }
    named.into_keys().next().map_or(Ok(()), |name| Err(TableError::Unknown(name)))
}

/// Processors.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cpu {
    /// Load of one program that the user notices. Share of the PC.
    pub program: f64,
    /// Load of one program that suffices when the PC is full. Share of the PC.
    pub program_when_full: f64,
    /// Total load from which the PC is full. Share of the PC.
    pub full: f64,
    /// Load that needs action when it lasts. Share of the PC.
    pub act: f64,
    /// Duration of that load.
    pub act_seconds: Seconds,
    /// Load of a program stuck on one processor. Share of one processor.
    pub stuck_cores: f64,
    /// Duration before that is reported.
    pub stuck_seconds: Seconds,
    /// Minimum load for that. Share of the PC.
    pub stuck_program: f64,
    /// Load of a browser that the user notices. Share of the PC.
    pub browser: f64,
    /// Load below which a program no longer matters. Share of the PC.
    pub ended: f64,
}

/// Memory.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemoryLimits {
    /// Memory in use, warning. Share of all memory.
    pub look: f64,
    /// Memory in use, critical. Share of all memory.
    pub act: f64,
    /// Share of the commit limit in use, critical (Windows).
    pub commit_act: f64,
    /// Share of time in which some task stalled on memory (Linux).
    pub stall: f64,
    /// Share of memory in use from which stalls count.
    pub stall_used: f64,
    /// Share of memory from which one program is named.
    pub main_program: f64,
}

/// Volumes.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disk {
    /// Free share of a volume, warning…
    pub look: f64,
    /// …if less than this is free.
    pub look_bytes: u64,
    /// Free bytes, warning on a large volume…
    pub low_bytes: u64,
    /// …of at least this size.
    pub low_of_bytes: u64,
    /// Free share of a volume, critical.
    pub act: f64,
    /// Free bytes, critical…
    pub act_bytes: u64,
    /// …on a volume of at least this size.
    pub act_of_bytes: u64,
    /// Size below which volumes are ignored.
    pub smallest_bytes: u64,
    /// Window in which a fast loss is searched.
    pub shrink_window_seconds: Seconds,
    /// Minimum loss in bytes…
    pub shrink_least_bytes: u64,
    /// …or as a share of the volume…
    pub shrink_share: f64,
    /// …capped at this, which is always enough.
    pub shrink_cap_bytes: u64,
    /// Hours to full below which a loss counts as fast.
    pub shrink_hours_to_full: f64,
    /// Slow loss over days in bytes…
    pub shrink_days_bytes: u64,
    /// …that must also be this share of the volume.
    pub shrink_days_share: f64,
}

/// Heat.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heat {
    /// Hot.
    pub hot_celsius: f64,
    /// Hot enough to need action.
    pub act_celsius: f64,
    /// Hot for an idle PC.
    pub idle_celsius: f64,
    /// Hot for an idle PC: degrees above the estimate for its load.
    pub idle_above: f64,
    /// Idle: load of at most this share of the PC…
    pub idle_cpu: f64,
    /// …and of at most this many processors.
    pub idle_cores: f64,
    /// Duration of heat on an idle PC.
    pub idle_seconds: Seconds,
    /// Estimated fan effort that counts as hot.
    pub effort: f64,
    /// The same on an idle PC.
    pub idle_effort: f64,
    /// Duration of that effort.
    pub effort_seconds: Seconds,
    /// Estimate: temperature of an idle office PC.
    pub model_idle_celsius: f64,
    /// Estimate: additional degrees under full load.
    pub model_rise_celsius: f64,
    /// Samples with throttling…
    pub throttle_times: usize,
    /// …within this time…
    pub throttle_seconds: Seconds,
    /// …at this load. Share of the PC.
    pub throttle_cpu: f64,
    /// Load above which the graphics processor itself heats the PC.
    pub idle_gpu: f64,
    /// Degrees above this PC's usual idle temperature.
    pub own_idle_above: f64,
    /// Fan speed as a multiple of the usual idle speed…
    pub own_fan_factor: f64,
    /// …and at least this, in revolutions per minute.
    pub own_fan_least: f64,
    /// The same if the fan normally stands still.
    pub still_fan_least: f64,
    /// Lower bound of "hot", whatever is expected or usual.
    pub least_celsius: f64,
    /// Window in which throttling of a hot processor is counted.
    pub slowed_seconds: Seconds,
}

impl Heat {
    /// Share of the PC up to which one with `cpus` processors counts as idle.
    pub fn idle_share(&self, cpus: u32) -> f64 {
        self.idle_cpu.min(self.idle_cores / f64::from(cpus.max(1)))
    }

    /// Fan speed from which an idle PC's fan is fast, given its usual idle speed. Revolutions per minute.
    pub fn fast_fan(&self, usual: Rpm) -> f64 {
        match usual {
            Rpm(0) => self.still_fan_least,
            Rpm(usual) => (f64::from(usual) * self.own_fan_factor).max(self.own_fan_least),
        }
    }
}

/// Steady loads.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Steady {
    /// Minimum load of a program. Share of the PC.
    pub program: f64,
    /// The same for a program with a strong flag.
    pub marked: f64,
    /// The same on a PC with many processors. Share of one processor.
    pub marked_cores: f64,
    /// The same for a browser.
    pub browser: f64,
    /// Share of its browser's load held by a page that only computes; a page that shows something is drawn by another
    /// process.
    pub browser_page: f64,
    /// Duration.
    pub seconds: Seconds,
    /// Coefficient of variation (standard deviation over mean) that still counts as steady…
    pub variation: f64,
    /// …and as very steady…
    pub very_variation: f64,
    /// …over this time.
    pub very_seconds: Seconds,
    /// Minimum number of samples.
    pub points: usize,
    /// Network traffic that counts as hardly any, in bytes per second.
    pub network_quiet: f64,
    /// The same for disks.
    pub disk_quiet: f64,
    /// Minimum total load in a recording without programs. Share of the PC.
    pub rest: f64,
    /// Minimum load of the graphics processor, as a share.
    pub gpu: f64,
}

impl Steady {
    /// Share of a PC with `cpus` processors from which a disguised program is judged.
    pub fn disguised_share(&self, cpus: u32) -> f64 {
        self.marked.min(self.marked_cores / f64::from(cpus.max(1)))
    }
}

/// Signs of secret mining.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mining {
    /// Window that is examined.
    pub recent_seconds: Seconds,
    /// Points from which it is reported as unusual.
    pub look: i32,
    /// Points from which it is reported as possible secret mining.
    pub alarm: i32,
    /// Ratio to which a load must drop…
    pub fell_to: f64,
    /// …within this time.
    pub fell_seconds: Seconds,
    /// Time within which a program that runs again counts as returned.
    pub back_seconds: Seconds,
    /// Time without input after which the user counts as away.
    pub away_seconds: Seconds,
    /// Longest pause that does not end a load.
    pub pause_seconds: Seconds,
    /// Time after its end at which a load is no longer reported.
    pub forget_seconds: Seconds,
    /// Degrees above this PC's usual idle temperature that count as a sign.
    pub heat_above: f64,
    /// Days needed to learn what is new on a PC…
    pub learn_days: f64,
    /// …and hours for which it must have been watched in them.
    pub learn_hours: f64,
    /// Days since it was first seen for which something counts as new.
    pub new_days: f64,
    /// Days for which "this is my work" is trusted.
    pub mine_days: f64,
    /// Points of each sign, by id.
    pub points: BTreeMap<String, i32>,
}

/// Resources that programs wait for.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wait {
    /// Bytes per second that a busy disk moves at least, where stall time is not known.
    pub disk_moved: f64,
    /// Share of time in which the busiest disk was active.
    pub disk_busy: f64,
    /// Share of time in which some task stalled on I/O.
    pub disk_stall: f64,
    /// Duration of that.
    pub disk_seconds: Seconds,
    /// Disk traffic from which a program is named, in bytes per second.
    pub disk_program: f64,
    /// Network traffic in both directions, in bytes per second.
    pub network: f64,
    /// Duration of that.
    pub network_seconds: Seconds,
    /// Network traffic from which a program is named, in bytes per second.
    pub network_program: f64,
    /// Time after which a busy graphics processor needs an explanation.
    pub gpu_look_seconds: Seconds,
    /// Share of processor time that the host of a virtual machine takes…
    pub stolen: f64,
    /// …for this long.
    pub stolen_seconds: Seconds,
    /// Share of processor time spent handling interrupts.
    pub interrupts: f64,
    /// Duration of that.
    pub interrupts_seconds: Seconds,
    /// Unattributed load. Share of the PC.
    pub rest: f64,
    /// Duration of that.
    pub rest_seconds: Seconds,
    /// Load of the graphics processor, as a share.
    pub gpu: f64,
    /// Duration of that.
    pub gpu_seconds: Seconds,
    /// Share of the graphics processor from which a program is named.
    pub gpu_program: f64,
    /// Time for which a window has not responded.
    pub hung_seconds: Seconds,
    /// Time for which a volume has not responded.
    pub silent_seconds: Seconds,
}

/// Growing memory of one program.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Growth {
    /// Time examined.
    pub seconds: Seconds,
    /// Growth as a share of the initial size…
    pub share: f64,
    /// …and in bytes.
    pub bytes: u64,
    /// Steps in which it may fail to grow.
    pub falls: usize,
}

/// Swap and commit.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// Share of the limit in use.
    pub commit: f64,
    /// Growth of swap in bytes…
    pub swap_grown: u64,
    /// …within this time.
    pub swap_seconds: Seconds,
}

/// Power saving.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PowerLimits {
    /// Load while performance is limited. Share of the PC.
    pub limited_cpu: f64,
    /// Duration of that.
    pub limited_seconds: Seconds,
    /// Processor clock on battery, as a share of its maximum.
    pub clock: f64,
}

/// Time since boot, update and restart.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Times {
    /// Days without a restart that are reported.
    pub uptime_days: f64,
    /// Days for which updates may wait for a restart.
    pub restart_days: f64,
    /// Time for which a PC catches up after boot or resume.
    pub fresh_seconds: Seconds,
    /// Load that this explains. Share of the PC.
    pub fresh_cpu: f64,
    /// Suspends shorter than this leave nothing to catch up on.
    pub slept_seconds: Seconds,
    /// Time for which a page not opened by the user is reported.
    pub page_seconds: Seconds,
    /// Time after the PC is back for which an end without a shutdown is reported.
    pub sudden_stop_seconds: Seconds,
    /// Days without updates that are reported.
    pub updates_days: f64,
    /// Age of a browser's program file that is reported, in days.
    pub browser_days: f64,
}

impl Thresholds {
    /// Thresholds for a single measurement of `seconds`: most of a short one counts as lasting.
    #[must_use]
    pub fn for_single_measurement(mut self, seconds: Seconds) -> Self {
        self.hold_seconds = Seconds(self.hold_seconds.0.min(seconds.0 * 0.6));
        self
    }
}
