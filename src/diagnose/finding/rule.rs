//! Ids of the rules.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

/// Id of a rule. The serde name is the id in JSON and in the text files.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RuleId {
    /// One program uses most of the CPU.
    CpuHog,
    /// A web browser uses most of the CPU.
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
    /// A program is busy as expected, for a while.
    KnownBusy,
    /// A program may be mining cryptocurrency in secret.
    SecretMining,
    /// A web page computes steadily.
    WebPageLoad,
    /// A program runs again after the user closed it.
    CameBack,
    /// Many programs together use most of the CPU.
    ManySmall,
    /// The CPU is fully used, and no other rule says why.
    FullLoad,
    /// A load that no named program accounts for.
    UnattributedLoad,
    /// Interrupt handling keeps the processors busy.
    DeviceLoad,
    /// The host of this virtual PC uses its processors for something else.
    HostBusy,
    /// The memory of one program keeps growing.
    MemoryGrowth,
    /// Memory is being swapped out, or the commit limit is nearly reached.
    Paging,
    /// A saturated disk delays everything.
    DiskBusy,
    /// A volume does not respond.
    SlowVolume,
    /// The network is busy.
    NetworkBusy,
    /// The processor throttles because of heat.
    SlowedByHeat,
    /// A power saving mode limits performance.
    PowerLimited,
    /// The graphics processor is busy.
    GpuBusy,
    /// A window does not respond.
    NotResponding,
    /// Not restarted for a long time.
    LongUptime,
    /// Updates wait for a restart.
    RestartPending,
    /// The PC was just started or resumed.
    CatchingUp,
    /// Antivirus protection is off or out of date.
    AntivirusOff,
    /// No updates for a long time.
    UpdatesOld,
    /// A browser must be restarted to finish its update.
    BrowserUpdate,
    /// A browser is far out of date.
    BrowserOld,
    /// A browser without ad blocking, reported only beside a finding about its pages.
    NoAdBlocking,
    /// A web page was opened by something other than the user.
    PageOpened,
    /// A new program starts automatically.
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
