//! What a rule says: no words, only figures and who they are about.

use serde::{Deserialize, Serialize};

use crate::knowledge::{Busy, Knowledge, Label};
use crate::model::{At, Member, ProgramKind, ProgramSample, Seconds};

/// Every rule. The serde name is the id in JSON and in the text files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleId {
    /// One program holds the CPU.
    CpuHog,
    /// A web browser holds the CPU.
    BrowserLoad,
    /// Memory is nearly used up.
    MemoryPressure,
    /// A volume is nearly full.
    DiskNearlyFull,
    /// Free space is falling fast.
    DiskShrinking,
    /// Hot under load.
    Hot,
    /// Hot although little is running.
    HotButIdle,
    /// A program that is expected to be busy for a while.
    KnownBusy,
    /// Nothing to do.
    AllWell,
}

impl RuleId {
    /// Every rule, for tests of texts.
    pub const ALL: [Self; 9] = [
        Self::CpuHog,
        Self::BrowserLoad,
        Self::MemoryPressure,
        Self::DiskNearlyFull,
        Self::DiskShrinking,
        Self::Hot,
        Self::HotButIdle,
        Self::KnownBusy,
        Self::AllWell,
    ];

    /// The id used in texts and JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Self::CpuHog => "cpu_hog",
            Self::BrowserLoad => "browser_load",
            Self::MemoryPressure => "memory_pressure",
            Self::DiskNearlyFull => "disk_nearly_full",
            Self::DiskShrinking => "disk_shrinking",
            Self::Hot => "hot",
            Self::HotButIdle => "hot_but_idle",
            Self::KnownBusy => "known_busy",
            Self::AllWell => "all_well",
        }
    }
}

/// How much somebody has to care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Normal; nothing to do.
    Ok,
    /// Worth a look.
    Look,
    /// Somebody should do something.
    Act,
}

/// How sure the rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Seen only briefly, or from an estimate.
    Low,
    /// Seen long enough to be no accident.
    Medium,
    /// Seen for minutes, or a plain fact.
    High,
}

impl Confidence {
    /// How sure a load is that lasted so long: 20 s outlast most program starts, two minutes nearly all.
    pub fn from_duration(seconds: Seconds) -> Self {
        match seconds.0 {
            s if s >= 120.0 => Self::High,
            s if s >= 20.0 => Self::Medium,
            _ => Self::Low,
        }
    }
}

/// What kind of thing a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// A program.
    Program,
    /// A web browser.
    Browser,
    /// A volume.
    Volume,
    /// The PC as a whole.
    Machine,
}

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Subject {
    /// What kind of thing.
    pub kind: SubjectKind,
    /// Identity over time: the English name of a program, the mount point of a volume, empty for the PC.
    pub group: String,
    /// Its name for people.
    pub name: Label,
    /// File of a program, if known.
    pub path: Option<String>,
    /// The processes that are meant. Not recorded: their numbers mean nothing later.
    #[serde(skip)]
    pub members: Vec<Member>,
    /// How many processes belong to it.
    pub parts: u32,
}

impl Subject {
    /// The PC as a whole.
    pub fn machine() -> Self {
        Self {
            kind: SubjectKind::Machine,
            group: String::new(),
            name: Label::default(),
            path: None,
            members: Vec::new(),
            parts: 0,
        }
    }

    /// A volume.
    pub fn volume(name: &str) -> Self {
        Self { kind: SubjectKind::Volume, group: name.to_owned(), name: Label::same(name), ..Self::machine() }
    }

    /// A program, with the trees that `weight` makes heavy.
    pub fn program(program: &ProgramSample, knowledge: &Knowledge, weight: impl Fn(&Member) -> f64) -> Self {
        let name =
            knowledge.named(&program.name).map_or_else(|| Label::same(&program.name), |known| known.name.clone());
        Self {
            kind: if program.kind == ProgramKind::Browser { SubjectKind::Browser } else { SubjectKind::Program },
            group: program.name.to_string(),
            name,
            path: program.path.as_deref().map(str::to_owned),
            members: program.heavy_members(weight),
            parts: program.parts,
        }
    }
}

/// What an evidence measures; its unit is fixed by the kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceKind {
    /// Share of the PC's processors used by the subject.
    ProgramCpu,
    /// Share of the PC's processors in use.
    TotalCpu,
    /// Share of the PC's processors used by the busiest part of the subject.
    BusiestPartCpu,
    /// Number of processes of the subject.
    Parts,
    /// Share of memory in use.
    MemoryUsed,
    /// Share of memory held by the program named as the cause.
    ProgramMemory,
    /// Share of the commit limit in use (Windows) or of swap (Linux).
    SwapUsed,
    /// Share of time in which something waited for memory.
    MemoryStall,
    /// Share of the volume that is free.
    FreeShare,
    /// Bytes free.
    FreeBytes,
    /// Bytes lost over `seconds`.
    LostBytes,
    /// Hours until the volume is full at this pace.
    HoursToFull,
    /// Degrees Celsius.
    Temperature,
    /// Degrees Celsius that the load would normally give (an estimate).
    ExpectedTemperature,
    /// Fan effort, a declared estimate, as a share.
    FanEffort,
    /// How often the processor slowed down because of heat within `seconds`.
    ThrottleEvents,
}

impl EvidenceKind {
    /// Every kind, for tests of texts.
    pub const ALL: [Self; 16] = [
        Self::ProgramCpu,
        Self::TotalCpu,
        Self::BusiestPartCpu,
        Self::Parts,
        Self::MemoryUsed,
        Self::ProgramMemory,
        Self::SwapUsed,
        Self::MemoryStall,
        Self::FreeShare,
        Self::FreeBytes,
        Self::LostBytes,
        Self::HoursToFull,
        Self::Temperature,
        Self::ExpectedTemperature,
        Self::FanEffort,
        Self::ThrottleEvents,
    ];

    /// The id used in texts and JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Self::ProgramCpu => "program_cpu",
            Self::TotalCpu => "total_cpu",
            Self::BusiestPartCpu => "busiest_part_cpu",
            Self::Parts => "parts",
            Self::MemoryUsed => "memory_used",
            Self::ProgramMemory => "program_memory",
            Self::SwapUsed => "swap_used",
            Self::MemoryStall => "memory_stall",
            Self::FreeShare => "free_share",
            Self::FreeBytes => "free_bytes",
            Self::LostBytes => "lost_bytes",
            Self::HoursToFull => "hours_to_full",
            Self::Temperature => "temperature",
            Self::ExpectedTemperature => "expected_temperature",
            Self::FanEffort => "fan_effort",
            Self::ThrottleEvents => "throttle_events",
        }
    }
}

/// One figure a finding rests on; it can be checked again from the recording.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// What is measured.
    pub kind: EvidenceKind,
    /// The value, in the unit of the kind.
    pub observed: f64,
    /// What it was compared with, if anything.
    pub threshold: Option<f64>,
    /// Over how many seconds.
    pub seconds: f64,
}

impl Evidence {
    /// A value compared with a threshold.
    pub const fn over(kind: EvidenceKind, observed: f64, threshold: f64, seconds: Seconds) -> Self {
        Self { kind, observed, threshold: Some(threshold), seconds: seconds.0 }
    }

    /// A value that is only told.
    pub const fn told(kind: EvidenceKind, observed: f64, seconds: Seconds) -> Self {
        Self { kind, observed, threshold: None, seconds: seconds.0 }
    }
}

/// One thing that a rule has to say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Which rule.
    pub rule: RuleId,
    /// How much somebody has to care.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// What it is about.
    pub subject: Subject,
    /// Since when.
    pub since: At,
    /// The figures.
    pub evidence: Vec<Evidence>,
    /// Why a high load is normal, if it is.
    pub busy: Option<Busy>,
    /// The program that probably is the cause, where the subject is not a program.
    pub cause: Option<Subject>,
}

impl Finding {
    /// The figure of one kind.
    pub fn observed(&self, kind: EvidenceKind) -> Option<f64> {
        self.evidence.iter().find(|evidence| evidence.kind == kind).map(|evidence| evidence.observed)
    }

    /// What makes it the same finding a moment later.
    pub fn identity(&self) -> (RuleId, &str) {
        (self.rule, &self.subject.group)
    }

    /// The program to do something about: the subject, or the cause where the subject is no program.
    pub fn program(&self) -> Option<&Subject> {
        match self.subject.kind {
            SubjectKind::Program | SubjectKind::Browser => Some(&self.subject),
            SubjectKind::Volume | SubjectKind::Machine => self.cause.as_ref(),
        }
    }
}
