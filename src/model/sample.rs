//! One sample of the whole PC.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    At, Bytes, BytesPerSec, Celsius, Condition, Fraction, Hertz, Origin, Pid, ProcKey, ProcSample, Reading, Rpm,
    Seconds, SilentVolume, Volume,
};

/// Memory of the whole PC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Memory not available to other programs (total minus available).
    pub used: Bytes,
    /// Installed and usable memory.
    pub total: Bytes,
}

/// Swap on Linux; commit charge and commit limit on Windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Swap {
    /// In use.
    pub used: Bytes,
    /// The limit; 0 if there is none.
    pub total: Bytes,
}

/// Linux pressure stall information: share of the last 10 s in which some task stalled. Source: kernel documentation,
/// accounting/psi.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pressure {
    /// Stalled on a processor.
    pub cpu: Fraction,
    /// Stalled on memory.
    pub memory: Fraction,
    /// Stalled on I/O.
    pub io: Fraction,
}

/// Power source and power saving.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Power {
    /// Running on battery.
    pub on_battery: bool,
    /// A power saving mode is active.
    pub saver: bool,
}

/// Kind of a program, as far as rules and screens depend on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProgramKind {
    /// A web browser with all its processes.
    Browser,
    /// Any other program.
    #[default]
    Program,
    /// Part of the operating system.
    System,
}

/// One process of a program.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Member {
    /// The process.
    pub key: ProcKey,
    /// Its topmost ancestor within the same program; itself if started by another program.
    pub root: ProcKey,
    /// Its share of the whole PC.
    pub cpu: Fraction,
    /// Its memory.
    pub memory: Bytes,
}

/// All processes that users regard as one program, in one sample.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProgramSample {
    /// English name as users know it, safe to draw. Identifies the program over time.
    pub name: Arc<str>,
    /// What kind of program.
    pub kind: ProgramKind,
    /// Share of the whole PC used by all its processes.
    pub cpu: Fraction,
    /// Share of the process that uses most CPU.
    pub busiest_part: Fraction,
    /// Memory of all its processes. Shared memory is counted more than once, as in other tools.
    pub memory: Bytes,
    /// Bytes read and written per second, where readable.
    pub disk: Reading<BytesPerSec>,
    /// Bytes written per second, where readable; missing in recordings before schema 5.
    pub disk_write: Reading<BytesPerSec>,
    /// Number of its processes.
    pub parts: u32,
    /// Program file of its busiest process, if known.
    pub path: Option<Arc<str>>,
    /// The process with most of its memory; `None` in a recorded sample.
    pub largest: Option<ProcKey>,
    /// Where it comes from: its busiest process, and the root of that process's tree.
    pub origin: Arc<Origin>,
    /// True if any of its processes has a window on the desktop.
    pub window: Reading<bool>,
    /// One of its windows does not respond.
    pub hung: bool,
    /// Its processes, busiest first. A history keeps them only for programs that matter at that moment.
    pub members: Arc<[Member]>,
}

/// Processes of a program that an old sample of a history lists: so many of the busiest…
const BUSIEST_KEPT: usize = 24;
/// …and so many of the oldest of the others.
const OLDEST_KEPT: usize = 8;

impl ProgramSample {
    /// True if [`Self::limit_members`] drops some.
    pub fn has_many_members(&self) -> bool {
        self.members.len() > BUSIEST_KEPT + OLDEST_KEPT
    }

    /// Drops processes that are neither among the busiest nor among the oldest, which tell best whether a later process
    /// is another one.
    pub fn limit_members(&mut self) {
        if !self.has_many_members() {
            return;
        }
        let (busiest, others) = self.members.split_at(BUSIEST_KEPT);
        let mut oldest: Vec<(usize, &Member)> = others.iter().enumerate().collect();
        oldest.sort_by_key(|(_, member)| member.key.start_time);
        oldest.truncate(OLDEST_KEPT);
        oldest.sort_by_key(|(index, _)| *index);
        self.members = busiest.iter().chain(oldest.into_iter().map(|(_, member)| member)).copied().collect();
    }

    /// The processes of its heavy trees: all of a browser, otherwise the trees with at least a quarter of the total
    /// `weight`, or half of the heaviest tree's (of many equal ones none has a quarter). Two independent scripts are
    /// one row to the user, but only the busy one is meant by "close it".
    pub fn heavy_members(&self, weight: impl Fn(&Member) -> f64) -> Vec<Member> {
        let mut trees: HashMap<ProcKey, f64> = HashMap::new();
        for member in &*self.members {
            *trees.entry(member.root).or_default() += weight(member);
        }
        let all: f64 = self.members.iter().map(&weight).sum();
        let heaviest = trees.values().copied().fold(0.0, f64::max);
        let least = (all / 4.0).min(heaviest / 2.0);
        let heavy = |member: &Member| self.kind == ProgramKind::Browser || trees[&member.root] >= least;
        self.members.iter().filter(|member| heavy(member)).copied().collect()
    }
}

/// Network traffic.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Traffic {
    /// Received.
    pub rx: BytesPerSec,
    /// Sent.
    pub tx: BytesPerSec,
}

impl Traffic {
    /// Both directions, in bytes per second.
    pub fn total(self) -> f64 {
        self.rx.0 + self.tx.0
    }
}

impl std::ops::Add for Traffic {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { rx: BytesPerSec(self.rx.0 + other.rx.0), tx: BytesPerSec(self.tx.0 + other.tx.0) }
    }
}

/// A program and its use of a shared resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Use<T> {
    /// English name of the program, as in [`ProgramSample::name`].
    pub program: Arc<str>,
    /// How much it uses.
    pub part: T,
}

/// One sample of the whole PC. Rates and shares cover the time since the previous sample.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample {
    /// Sequence number within one run, from 0.
    pub seq: u64,
    /// When it was taken.
    pub at: At,
    /// Time covered by the rates; 0 for the first sample.
    pub span: Seconds,
    /// Suspended time since the previous sample; 0 if none.
    pub slept: Reading<Seconds>,
    /// Share of all processors in use.
    pub cpu: Reading<Fraction>,
    /// The same per logical processor; empty if unknown.
    pub per_core: Vec<Fraction>,
    /// Mean processor clock.
    pub frequency: Reading<Hertz>,
    /// Memory.
    pub memory: Reading<Memory>,
    /// Swap or commit.
    pub swap: Reading<Swap>,
    /// Volumes that responded.
    pub volumes: Reading<Vec<Volume>>,
    /// Volumes that have not responded for a while.
    pub silent_volumes: Vec<SilentVolume>,
    /// Read from all disks.
    pub disk_read: Reading<BytesPerSec>,
    /// Written to all disks.
    pub disk_write: Reading<BytesPerSec>,
    /// Received from the network, without loopback.
    pub net_rx: Reading<BytesPerSec>,
    /// Sent to the network, without loopback.
    pub net_tx: Reading<BytesPerSec>,
    /// The warmest plausible processor sensor.
    pub temperature: Reading<Celsius>,
    /// The fastest fan.
    pub fan: Reading<Rpm>,
    /// Estimate of how hard the fan has to work, from load and clock (`sampler::thermal`).
    pub fan_effort: Reading<Fraction>,
    /// Times the processor throttled because of heat, since boot.
    pub throttle_events: Reading<u64>,
    /// Pressure stalls.
    pub pressure: Reading<Pressure>,
    /// Share of the graphics processor in use.
    pub gpu: Reading<Fraction>,
    /// Programs that use the graphics processor, heaviest first. Read only while it is busy.
    pub gpu_users: Reading<Vec<Use<Fraction>>>,
    /// Programs that use the network over TCP beyond this PC, heaviest first. Read only while it is busy.
    pub net_users: Reading<Vec<Use<Traffic>>>,
    /// Power source and power saving.
    pub power: Reading<Power>,
    /// Time since the user's last input.
    pub user_idle: Reading<Seconds>,
    /// The process of the window in front.
    pub foreground: Reading<Pid>,
    /// Share of all processors spent handling interrupts, deferred work included.
    pub interrupts: Reading<Fraction>,
    /// Share of all processors that the host of this virtual machine used for something else.
    pub stolen: Reading<Fraction>,
    /// Share of time in which the busiest disk was active.
    pub disk_busy: Reading<Fraction>,
    /// True if a monitoring tool was open; our own window counts.
    pub watched: Reading<bool>,
    /// Programs that the user closed with this program since the previous sample, by English name.
    pub closed: Vec<Arc<str>>,
    /// Slowly changing state.
    pub condition: Arc<Condition>,
    /// Time covered by `programs`, `top` and `everything_else`: since processes were last read. 0 if they were not read
    /// for this sample, otherwise never shorter than `span`.
    pub program_span: Seconds,
    /// Share of all processors in use over `program_span`.
    pub program_total: Reading<Fraction>,
    /// Programs that matter by CPU or memory, busiest first.
    pub programs: Vec<ProgramSample>,
    /// Single processes, busiest first: the top by CPU and memory.
    pub top: Vec<ProcSample>,
    /// CPU in the total but in none of `programs`: small and short-lived processes, the kernel, and what the system
    /// does not show.
    pub everything_else: Reading<Fraction>,
    /// The part of the total that belongs to no process at all: processes that lived between two samples, interrupts,
    /// and what the system hides; without what the host of a virtual machine takes. Missing if not every process was seen.
    pub unattributed: Reading<Fraction>,
    /// Number of processes on the PC; 0 if unknown.
    pub process_count: u32,
}

impl Sample {
    /// This sample with its CPU over all the time that its programs cover, as rules and charts need it: samples of
    /// totals only lie between two reads of the processes. `None` if processes were not read.
    #[must_use]
    pub fn over_programs(&self) -> Option<Self> {
        let read = self.program_span.0 > 0.0 || self.span.0 == 0.0;
        read.then(|| Self { span: self.program_span, cpu: self.program_total, ..self.clone() })
    }

    /// The program called `name`, if it is in this sample.
    pub fn program(&self, name: &str) -> Option<&ProgramSample> {
        self.programs.iter().find(|program| &*program.name == name)
    }
}
