//! The figures that a finding rests on.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use crate::model::Seconds;

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
