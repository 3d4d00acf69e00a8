//! The rules and their ids.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

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
