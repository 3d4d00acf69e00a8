//! Facts about a PC that no sample carries, read once for each check-up.

use super::{At, Reading};

/// Ends of the PC without a shutdown, as far as recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordedStops {
    /// Begin of the recording.
    pub from: At,
    /// When the PC was last seen running before each, oldest first. Those without a reason of the system are left out:
    /// somebody may have ended only the agent.
    pub stops: Vec<At>,
}

/// What the check-up needs beyond the samples.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SystemFacts {
    /// When the package manager last installed, updated or removed something (Linux).
    pub packages_changed_at: Reading<At>,
    /// When the list of known viruses was last updated, where a file shows it (ClamAV).
    pub virus_list_at: Reading<At>,
    /// The services asked about that are installed, running or not.
    pub installed_services: Reading<Vec<String>>,
    /// Ends without a shutdown.
    pub stops: Reading<RecordedStops>,
}
