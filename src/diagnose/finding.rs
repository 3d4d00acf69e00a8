//! What a rule says: no words, only figures and who they are about.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use crate::knowledge::{Busy, Knowledge, Label};
use crate::model::{At, Member, ProgramKind, ProgramSample, Seconds};

/// Every rule. The serde name is the id in JSON and in the text files.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
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
    /// A program that may be mining coins in secret.
    SecretMining,
    /// A web page computes steadily.
    WebPageLoad,
    /// A program that was closed runs again.
    CameBack,
    /// Many programs together hold the CPU.
    ManySmall,
    /// A load that belongs to no program that can be named.
    UnattributedLoad,
    /// Devices keep the processors busy with answering them.
    DeviceLoad,
    /// One program holds more and more memory.
    MemoryGrowth,
    /// Memory is moved to the disk, or none is left to promise.
    Paging,
    /// Everything waits for a disk.
    DiskBusy,
    /// A volume does not answer.
    SlowVolume,
    /// The network is busy.
    NetworkBusy,
    /// The processor slows itself down because of heat.
    SlowedByHeat,
    /// A power saving mode holds the PC back.
    PowerLimited,
    /// The graphics processor is busy.
    GpuBusy,
    /// A window does not answer.
    NotResponding,
    /// Not restarted for a long time.
    LongUptime,
    /// Updates wait for a restart.
    RestartPending,
    /// The PC has just been started or woken up.
    CatchingUp,
    /// Protection against malware is off or out of date.
    AntivirusOff,
    /// No updates for a long time.
    UpdatesOld,
    /// The browser has to be restarted to become the newer one.
    BrowserUpdate,
    /// A browser that is not the newest by far.
    BrowserOld,
    /// A browser with nothing that blocks advertisements, while a page of it is told about.
    NoAdBlocking,
    /// A web page was opened by something else than the user.
    PageOpened,
    /// Something starts with the PC that did not before.
    NewAutostart,
    /// The PC ended without a shutdown.
    SuddenStop,
    /// Nothing to do.
    AllWell,
}

impl RuleId {
    /// Every rule, for tests of texts.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The id used in texts and JSON.
    pub fn id(self) -> &'static str {
        self.into()
    }
}

/// How much somebody has to care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Normal; nothing to do.
    Ok,
    /// Worth a look. `look` in JSON.
    #[serde(rename = "look")]
    Warning,
    /// Somebody should do something. `act` in JSON.
    #[serde(rename = "act")]
    Critical,
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

    /// A program that was there and is not any more: it has no parts, and nothing can be done to it.
    pub fn ended(name: &str, kind: ProgramKind, knowledge: &Knowledge) -> Self {
        let program = ProgramSample { name: name.into(), kind, ..ProgramSample::default() };
        Self { parts: 0, ..Self::program(&program, knowledge, |member| member.cpu.get()) }
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, IntoStaticStr, VariantArray)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
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
    /// Share of swap in use (Linux).
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
    /// How much a load moves: standard deviation against mean.
    Variation,
    /// Bytes a second over the network, both directions.
    NetworkRate,
    /// Bytes a second that the subject reads and writes.
    DiskRate,
    /// Share of time in which the busiest disk had something to do.
    DiskBusy,
    /// Share of time in which something waited for a disk.
    DiskStall,
    /// Share of the processors spent answering devices.
    Interrupts,
    /// Share of the PC's processors in no program's name.
    Unattributed,
    /// Share of the graphics processor in use.
    GpuUsed,
    /// Share of the graphics processor used by the program named as the cause.
    ProgramGpu,
    /// Bytes a second that the program named as the cause receives over TCP.
    ProgramReceived,
    /// Bytes a second that it sends.
    ProgramSent,
    /// Bytes more than `seconds` ago.
    GrownBytes,
    /// Bytes of memory held by the subject.
    ProgramBytes,
    /// Bytes of swap or commit more than `seconds` ago.
    SwapGrown,
    /// Clock of the processors against their highest.
    ClockShare,
    /// Days since the last start.
    Uptime,
    /// Days since updates were looked for.
    UpdateAge,
    /// Days since an update was installed.
    UpdateInstallAge,
    /// Days since the date of a browser's program file.
    BrowserAge,
    /// Seconds between the end of a program and its return.
    BackAfter,
    /// Seconds in which a window did not answer.
    HungSeconds,
    /// For how long this PC was watched, seconds: too short to know what is usual on it.
    Learning,
    /// Points of all signs together.
    Score,
    /// Degrees Celsius that this PC usually has while it does nothing.
    UsualTemperature,
    /// Seconds since it was seen for the first time.
    KnownFor,
    /// Revolutions a minute of the fastest fan.
    FanSpeed,
    /// Revolutions a minute that it usually has while this PC does nothing; 0 where it usually stands still.
    UsualFanSpeed,
    /// Share of the commit limit in use (Windows).
    CommitUsed,
    /// Seconds that the PC slept before it woke up.
    SleptFor,
    /// Bytes that the program named as the cause wrote within `seconds`.
    DiskWritten,
    /// How often a program came back after the user closed it.
    Returns,
    /// Seconds on the battery.
    OnBattery,
    /// Power was lost or the PC hung: seconds since it was last seen running.
    PowerLost,
    /// The power button was held: seconds since the PC was last seen running.
    PowerButton,
    /// The system stopped itself because of an error: seconds since it was last seen running.
    SystemError,
    /// The number of that error (Windows bug check code).
    ErrorCode,
}

impl EvidenceKind {
    /// Every kind, for tests of texts.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The id used in texts and JSON.
    pub fn id(self) -> &'static str {
        self.into()
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

/// What kind of evidence a sign is. Two kinds are needed for an alarm, one of them not the load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SignClass {
    /// What the program is and where it comes from.
    Identity,
    /// What it does when people come and go.
    Behaviour,
    /// Whom it talks to.
    Network,
    /// The shape of its load, and what the load does to the PC.
    Load,
}

/// One thing that speaks for or against a suspicion.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum SignKind {
    /// The file name of a known miner.
    MinerName,
    /// Arguments of a miner; `text` is the part that matched.
    MinerArguments,
    /// A system name in the wrong folder.
    WrongFolder,
    /// A system name with the wrong parent.
    WrongParent,
    /// The name of a kernel thread, with a file.
    KernelName,
    /// In a folder for temporary files.
    TemporaryFolder,
    /// In a folder where no programs are.
    OddFolder,
    /// Its file hides.
    HiddenFile,
    /// Its file was deleted while it runs.
    DeletedFile,
    /// Started by a script.
    ScriptHostParent,
    /// Started by a schedule.
    SchedulerParent,
    /// No valid signature.
    Unsigned,
    /// New on this PC; `figure` is within how many days it was first seen.
    New,
    /// It came back after it ended; `figure` is how often.
    CameBack,
    /// Its load fell when a monitor was opened; `figure` is how often.
    FellWhenWatched,
    /// It stops when the user comes back; `figure` is how often.
    OnlyWhileAway,
    /// A program that never computes for long by itself.
    NeverBusy,
    /// No window.
    NoWindow,
    /// It shows a window.
    Window,
    /// Connected for a while to a port that mining pools use.
    PoolPort,
    /// Its load does not move; `figure` is the variation.
    Steady,
    /// It has not moved for minutes.
    VerySteady,
    /// Next to no disk and network.
    Quiet,
    /// Next to no network; its disk is not known.
    QuietNetwork,
    /// Warmer than this PC's own idle; `figure` is by how many degrees.
    Heat,
    /// The graphics processor is busy too.
    Gpu,
    /// Signed, and where programs are installed.
    Signed,
    /// Where only an administrator can put programs.
    Installed,
}

impl SignKind {
    /// Every kind, for tests of texts and points.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The id used in texts, points and JSON.
    pub fn id(self) -> &'static str {
        self.into()
    }

    /// What kind of evidence it is.
    pub const fn class(self) -> SignClass {
        match self {
            Self::CameBack
            | Self::FellWhenWatched
            | Self::OnlyWhileAway
            | Self::NeverBusy
            | Self::NoWindow
            | Self::Window => SignClass::Behaviour,
            Self::Steady | Self::VerySteady | Self::Quiet | Self::QuietNetwork | Self::Heat | Self::Gpu => {
                SignClass::Load
            }
            Self::PoolPort => SignClass::Network,
            _ => SignClass::Identity,
        }
    }

    /// Whether honest programs practically never show it: without one of these there is no alarm.
    pub const fn is_strong(self) -> bool {
        matches!(
            self,
            Self::MinerName
                | Self::MinerArguments
                | Self::WrongFolder
                | Self::WrongParent
                | Self::KernelName
                | Self::HiddenFile
                | Self::CameBack
                | Self::FellWhenWatched
        )
    }
}

/// A sign with what was seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sign {
    /// Which one.
    pub kind: SignKind,
    /// What it counts.
    pub points: i32,
    /// What was seen, where it is a text: a folder, a program, a part of the command line.
    pub text: Option<String>,
    /// What was seen, where it is a figure.
    pub figure: Option<f64>,
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
    /// What adds up to a suspicion, the strongest first; empty for rules that only measure.
    #[serde(default)]
    pub signs: Vec<Sign>,
    /// What started the program, where that matters.
    #[serde(default)]
    pub parent: Option<String>,
}

/// What findings have in common that a person takes for one and the same thing.
pub type IncidentKey = (RuleId, String);

/// The matter of a finding with that rule and that [`Subject::group`]. A program that keeps the PC busy is one matter,
/// whichever rule tells of it as more becomes known; memory that is short is one, whichever program is the largest just
/// then.
pub fn incident_key(rule: RuleId, group: &str) -> IncidentKey {
    match rule {
        RuleId::BrowserLoad | RuleId::WebPageLoad | RuleId::SecretMining => (RuleId::CpuHog, group.to_owned()),
        RuleId::MemoryPressure => (rule, String::new()),
        _ => (rule, group.to_owned()),
    }
}

impl Finding {
    /// A finding without signs: what most rules say.
    pub fn new(
        rule: RuleId,
        severity: Severity,
        confidence: Confidence,
        subject: Subject,
        since: At,
        evidence: Vec<Evidence>,
    ) -> Self {
        let (busy, cause, signs, parent) = (None, None, Vec::new(), None);
        Self { rule, severity, confidence, subject, since, evidence, busy, cause, signs, parent }
    }

    /// The figure of one kind.
    pub fn observed(&self, kind: EvidenceKind) -> Option<f64> {
        self.evidence.iter().find(|evidence| evidence.kind == kind).map(|evidence| evidence.observed)
    }

    /// What makes it the same finding a moment later.
    pub fn identity(&self) -> (RuleId, &str) {
        (self.rule, &self.subject.group)
    }

    /// What a person takes for one and the same matter, see [`incident_key`].
    pub fn incident_key(&self) -> IncidentKey {
        incident_key(self.rule, &self.subject.group)
    }

    /// Whether it tells of something that is wrong and goes on: a suspicion stays for a while after its program has come
    /// to rest, without its processes.
    pub fn goes_on(&self) -> bool {
        self.severity > Severity::Ok
            && !self.is_over()
            && (self.rule != RuleId::SecretMining || !self.subject.members.is_empty())
    }

    /// Whether it tells of something that is over: [`Self::since`] is when the PC was last seen running.
    pub fn is_over(&self) -> bool {
        self.rule == RuleId::SuddenStop
    }

    /// Whether it is about what came together over days, and not about what goes on now.
    pub fn is_over_days(&self) -> bool {
        self.rule == RuleId::DiskShrinking && self.observed(EvidenceKind::HoursToFull).is_none()
    }

    /// The program to do something about: the subject, or the cause where the subject is no program.
    pub fn program(&self) -> Option<&Subject> {
        match self.subject.kind {
            SubjectKind::Program | SubjectKind::Browser => Some(&self.subject),
            SubjectKind::Volume | SubjectKind::Machine => self.cause.as_ref(),
        }
    }
}
