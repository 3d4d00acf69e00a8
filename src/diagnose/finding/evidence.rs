//! The figures a finding rests on.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use crate::model::Seconds;

/// Quantity an evidence measures. The kind fixes the unit; shares are in 0..=1.
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
    /// Bytes of memory set apart as huge pages, which are in no program's share (Linux).
    ReservedMemory,
    /// Share of swap in use (Linux).
    SwapUsed,
    /// Share of time in which some task stalled on memory (pressure stall information).
    MemoryStall,
    /// Share of the volume that is free.
    FreeShare,
    /// Bytes free.
    FreeBytes,
    /// Bytes lost over `seconds`.
    LostBytes,
    /// Hours until the volume is full at the current rate.
    HoursToFull,
    /// Degrees Celsius.
    Temperature,
    /// Degrees Celsius expected for the load (an estimate).
    ExpectedTemperature,
    /// Estimated fan effort, as a share.
    FanEffort,
    /// Times the processor throttled because of heat within `seconds`.
    ThrottleEvents,
    /// Coefficient of variation of a load: standard deviation over mean.
    Variation,
    /// Network traffic in bytes per second, both directions.
    NetworkRate,
    /// Bytes per second that the subject reads and writes.
    DiskRate,
    /// Share of time in which the busiest disk was active.
    DiskBusy,
    /// Share of time in which some task stalled on I/O (pressure stall information).
    DiskStall,
    /// Share of processor time spent handling interrupts.
    Interrupts,
    /// Swap is compressed memory: 1 if so.
    CompressedSwap,
    /// Share of the program with the largest part.
    LargestPart,
    /// Share of processor time that the host of this virtual machine takes.
    Stolen,
    /// Share of processor time that belongs to no named program.
    Unattributed,
    /// Share of the graphics processor in use.
    GpuUsed,
    /// Share of the graphics processor used by the program named as the cause.
    ProgramGpu,
    /// Bytes per second that the program named as the cause receives over TCP.
    ProgramReceived,
    /// Bytes per second that it sends over TCP.
    ProgramSent,
    /// Growth in bytes over `seconds`.
    GrownBytes,
    /// Bytes of memory held by the subject.
    ProgramBytes,
    /// Growth of swap in use over `seconds`, in bytes.
    SwapGrown,
    /// Processor clock as a share of its maximum.
    ClockShare,
    /// Days since boot.
    Uptime,
    /// Days since the last check for updates.
    UpdateAge,
    /// Days since an update was last installed.
    UpdateInstallAge,
    /// Age of a browser's program file in days.
    BrowserAge,
    /// Seconds between the end of a program and its return.
    BackAfter,
    /// Seconds for which a window has not responded.
    HungSeconds,
    /// Seconds for which a program has been quiet since.
    QuietFor,
    /// Sum of the points of all signs.
    Score,
    /// Usual temperature of this PC while idle, in degrees Celsius.
    UsualTemperature,
    /// Seconds since it was first seen.
    KnownFor,
    /// Speed of the fastest fan in revolutions per minute.
    FanSpeed,
    /// Usual fan speed of this PC while idle, in revolutions per minute; 0 if it normally stands still.
    UsualFanSpeed,
    /// Share of the commit limit in use (Windows).
    CommitUsed,
    /// Length of the last suspend in seconds.
    SleptFor,
    /// Bytes that the program named as the cause wrote within `seconds`.
    DiskWritten,
    /// Times a program came back after the user closed it.
    Returns,
    /// Seconds on battery.
    OnBattery,
    /// Power was lost or the PC hung: seconds since it was last seen running.
    PowerLost,
    /// The power button was held down: seconds since the PC was last seen running.
    PowerButton,
    /// The system stopped because of an error: seconds since it was last seen running.
    SystemError,
    /// Code of that error (Windows bug check code).
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

/// One figure a finding rests on; it can be recomputed from the recording.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The quantity measured.
    pub kind: EvidenceKind,
    /// The value, in the unit of the kind.
    pub observed: f64,
    /// The threshold it was compared with, if any.
    pub threshold: Option<f64>,
    /// Length of the time it covers, in seconds.
    pub seconds: f64,
}

impl Evidence {
    /// A value compared with a threshold.
    pub const fn with_threshold(kind: EvidenceKind, observed: f64, threshold: f64, seconds: Seconds) -> Self {
        Self { kind, observed, threshold: Some(threshold), seconds: seconds.0 }
    }

    /// A value without a threshold.
    pub const fn new(kind: EvidenceKind, observed: f64, seconds: Seconds) -> Self {
        Self { kind, observed, threshold: None, seconds: seconds.0 }
    }
}
