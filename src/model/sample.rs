//! One look at the whole PC.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    At, Bytes, BytesPerSec, Celsius, Condition, Fraction, Hertz, Origin, Pid, ProcKey, ProcSample, Reading, Rpm,
    Seconds,
};

/// Memory of the whole PC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// What cannot be given to another program at once (total less available).
    pub used: Bytes,
    /// Installed and usable.
    pub total: Bytes,
}

/// Memory beyond the installed one: swap on Linux, the commit charge and its limit on Windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Swap {
    /// In use.
    pub used: Bytes,
    /// The limit; 0 when there is none.
    pub total: Bytes,
}

/// A local volume. Network volumes are not looked at: they can block for minutes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Volume {
    /// Mount point or drive letter.
    pub name: String,
    /// Size.
    #[serde(rename = "total_bytes")]
    pub total: Bytes,
    /// Free for this user.
    #[serde(rename = "free_bytes")]
    pub free: Bytes,
}

/// Linux pressure stall information: share of the last 10 s in which some task had to wait.
/// Source: kernel documentation, accounting/psi.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pressure {
    /// Waiting for a processor.
    pub cpu: Fraction,
    /// Waiting for memory.
    pub memory: Fraction,
    /// Waiting for a disk.
    pub io: Fraction,
}

/// Where the power comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Power {
    /// Running from the battery.
    pub on_battery: bool,
    /// A power saving mode holds the PC back.
    pub saver: bool,
}

/// What kind of thing a program is, as far as rules and screens differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProgramKind {
    /// A web browser with all its parts.
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
    /// Which process.
    pub key: ProcKey,
    /// The first process of this program above it: itself for the one that was started by something else.
    pub root: ProcKey,
    /// Its share of the whole machine.
    pub cpu: Fraction,
    /// Its memory.
    pub memory: Bytes,
}

/// All processes that people think of as one program, at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProgramSample {
    /// English name as people know it, safe to draw. Also the identity of the program over time.
    pub name: Arc<str>,
    /// What kind of program.
    pub kind: ProgramKind,
    /// All its parts together, share of the whole machine.
    pub cpu: Fraction,
    /// The part that uses most CPU.
    pub busiest_part: Fraction,
    /// All its parts together. Shared memory is counted more than once, as in other tools.
    pub memory: Bytes,
    /// Bytes read and written per second, where readable.
    pub disk: Reading<BytesPerSec>,
    /// Only those written, where readable; missing in what was recorded.
    pub disk_write: Reading<BytesPerSec>,
    /// Number of its processes.
    pub parts: u32,
    /// File of its busiest process, if the system tells.
    pub path: Option<Arc<str>>,
    /// The process that holds most of its memory; `None` in what was recorded.
    pub largest: Option<ProcKey>,
    /// Where it comes from: its busiest process, and the one that began its tree.
    pub origin: Arc<Origin>,
    /// Whether any of its processes has a window on the desktop.
    pub window: Reading<bool>,
    /// A window of it does not answer the system any more.
    pub hung: bool,
    /// Its processes, busiest first. In a history only kept for programs that matter at that moment.
    pub members: Arc<[Member]>,
}

impl ProgramSample {
    /// The processes of the trees that make this program what it is now: for a browser all of them, otherwise
    /// the trees with at least a quarter of what `weight` adds up, or half of what the heaviest has: of many equal
    /// ones none has a quarter. Two independent scripts are one row to people, but only the busy one is meant when
    /// somebody says "close it".
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

/// What goes over the network.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Traffic {
    /// Received.
    pub rx: BytesPerSec,
    /// Sent.
    pub tx: BytesPerSec,
}

impl Traffic {
    /// Both directions, bytes a second.
    pub fn both(self) -> f64 {
        self.rx.0 + self.tx.0
    }
}

impl std::ops::Add for Traffic {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { rx: BytesPerSec(self.rx.0 + other.rx.0), tx: BytesPerSec(self.tx.0 + other.tx.0) }
    }
}

/// A program and its part of something that everybody shares.
#[derive(Clone, Debug, PartialEq)]
pub struct Use<T> {
    /// English name of the program, as in [`ProgramSample::name`].
    pub program: Arc<str>,
    /// Its part.
    pub part: T,
}

/// One look at the whole PC. Rates and shares are over the time since the look before.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample {
    /// Counts up from 0 in one run.
    pub seq: u64,
    /// When the look was taken.
    pub at: At,
    /// How much time the rates cover; 0 for the first look.
    pub span: Seconds,
    /// How long the PC slept since the look before; 0 when it did not.
    pub slept: Reading<Seconds>,
    /// Share of all processors in use.
    pub cpu: Reading<Fraction>,
    /// The same per logical processor; empty when unknown.
    pub per_core: Vec<Fraction>,
    /// Mean clock of the processors.
    pub frequency: Reading<Hertz>,
    /// Memory.
    pub memory: Reading<Memory>,
    /// Swap or commit.
    pub swap: Reading<Swap>,
    /// Local volumes that answered.
    pub volumes: Reading<Vec<Volume>>,
    /// Read from all disks.
    pub disk_read: Reading<BytesPerSec>,
    /// Written to all disks.
    pub disk_write: Reading<BytesPerSec>,
    /// Received from the network, without loopback.
    pub net_rx: Reading<BytesPerSec>,
    /// Sent to the network, without loopback.
    pub net_tx: Reading<BytesPerSec>,
    /// The warmest believable processor sensor.
    pub temperature: Reading<Celsius>,
    /// The fastest fan.
    pub fan: Reading<Rpm>,
    /// Declared estimate of how hard the fan has to work, from load and clock (`sampler::thermal`).
    pub fan_effort: Reading<Fraction>,
    /// How often the processor slowed itself down because of heat, since start of the system.
    pub throttle_events: Reading<u64>,
    /// Pressure stalls.
    pub pressure: Reading<Pressure>,
    /// Share of the graphics processor in use.
    pub gpu: Reading<Fraction>,
    /// Programs that use the graphics processor, the heaviest first. Asked for only while it is busy.
    pub gpu_users: Reading<Vec<Use<Fraction>>>,
    /// Programs that use the network over TCP and not only within this PC, the heaviest first. Asked for only while
    /// it is busy.
    pub net_users: Reading<Vec<Use<Traffic>>>,
    /// Where the power comes from.
    pub power: Reading<Power>,
    /// Time since the user last touched keyboard or mouse.
    pub user_idle: Reading<Seconds>,
    /// The program in front.
    pub foreground: Reading<Pid>,
    /// Share of all processors spent answering devices (interrupts and what they put off).
    pub interrupts: Reading<Fraction>,
    /// Share of time in which the busiest disk had something to do.
    pub disk_busy: Reading<Fraction>,
    /// Whether a program was open that shows what the PC does; this program's own window counts.
    pub watched: Reading<bool>,
    /// Programs that the user closed with this program since the look before, by their English names.
    pub closed: Vec<Arc<str>>,
    /// What changes seldom.
    pub condition: Arc<Condition>,
    /// How much time the figures of `programs`, `top` and `everything_else` cover: the time since the processes
    /// were read before. 0 when they were not read in this look. Never shorter than `span` otherwise.
    pub program_span: Seconds,
    /// Share of all processors in use over `program_span`.
    pub program_total: Reading<Fraction>,
    /// Programs, busiest first: every one that matters by CPU or memory.
    pub programs: Vec<ProgramSample>,
    /// Single processes, busiest first: the top by CPU and memory.
    pub top: Vec<ProcSample>,
    /// CPU that is in the total and in no process of `programs`: short-lived ones, the kernel, and what the
    /// system does not show.
    pub everything_else: Reading<Fraction>,
    /// Of that the part that belongs to no process at all: what lived between two looks, interrupts, and what the
    /// system hides. Missing where not every process was seen.
    pub unattributed: Reading<Fraction>,
    /// Number of processes on the PC; 0 when unknown.
    pub process_count: u32,
}

impl Sample {
    /// The same look with its CPU over all the time that its programs cover, as rules and charts need it: looks
    /// at the totals alone lie between two looks at the processes. `None` when the processes were not read.
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
