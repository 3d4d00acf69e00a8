//! What changes seldom about a PC: read now and then, on a thread of its own.

use serde::{Deserialize, Serialize};

use super::{At, Reading};

/// What the system says about its protection against malware.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protection {
    /// On and up to date.
    Good,
    /// On, but something has to be done: mostly out of date.
    Poor,
    /// Paused for a while.
    Paused,
    /// Off, or nobody watches over it.
    Off,
}

/// The state of a PC beside its load.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Condition {
    /// Updates wait for a restart.
    pub restart_pending: Reading<bool>,
    /// Protection against malware.
    pub antivirus: Reading<Protection>,
    /// When updates of the system were installed or looked for last.
    pub updated_at: Reading<At>,
    /// Shutting down keeps the kernel for the next start (Windows' fast start-up): only a restart begins anew.
    pub fast_startup: Reading<bool>,
}
