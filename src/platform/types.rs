//! Types that every platform shares.

use std::time::Duration;

pub use crate::model::ActError;
use crate::model::{Bytes, Celsius, Fraction, Hertz, Pid, Power, Pressure, ProcKey, ProcState, Reading, Rpm, Seconds};

/// Processor time in the platform's own ticks; only differences and ratios mean anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CpuTime {
    /// Ticks in which the processor worked.
    pub busy: u64,
    /// All ticks, idle ones included.
    pub all: u64,
}

/// Processor time of the whole PC and of each logical processor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CpuTimes {
    /// Sum over all processors.
    pub total: CpuTime,
    /// One entry a logical processor.
    pub per_core: Vec<CpuTime>,
}

/// One process as read in one tick, without anything that costs an extra system call.
pub struct RawProc<'a> {
    /// Identity.
    pub key: ProcKey,
    /// Who started it.
    pub parent: Pid,
    /// CPU time since its start, on one processor.
    pub cpu_time: Duration,
    /// Resident memory.
    pub memory: Bytes,
    /// Number of threads.
    pub threads: u32,
    /// What it is doing.
    pub state: ProcState,
    /// Bytes (read, written) since its start, when the tick gives them without further cost.
    pub io: Option<(Bytes, Bytes)>,
    /// A fingerprint of its name: changes when the process became another program.
    pub name_hash: u64,
    /// Its name; only called for a process that is new or has changed.
    pub name: &'a dyn Fn() -> String,
}

/// Everything that sensors say at one moment.
#[derive(Clone, Debug, Default)]
pub struct SensorValues {
    /// Mean clock of the processors.
    pub frequency: Reading<Hertz>,
    /// The warmest processor sensor, unjudged.
    pub temperature: Reading<Celsius>,
    /// The fastest fan.
    pub fan: Reading<Rpm>,
    /// Slow-downs by heat since start of the system.
    pub throttle_events: Reading<u64>,
    /// Pressure stalls.
    pub pressure: Reading<Pressure>,
    /// Graphics processor in use.
    pub gpu: Reading<Fraction>,
    /// Where the power comes from.
    pub power: Reading<Power>,
    /// Time since the start of the system.
    pub uptime: Reading<Seconds>,
}

/// A process that has a window on the desktop. Titles are never read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WindowOwner {
    /// The process that owns the window.
    pub pid: Pid,
}
