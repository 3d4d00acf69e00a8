//! How a process was scheduled before its priority was lowered, so that it can be put back.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Pid, ProcKey};

/// Priority of a thread on Linux, where each has its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThreadPriority {
    /// Number of the thread.
    pub tid: Pid,
    /// Nice value, -20..=19.
    pub nice: i32,
    /// I/O priority as the kernel packs it, `IOPRIO_PRIO_VALUE(class, data)`.
    pub io: u32,
}

/// CPU weight of a control group on Linux.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupWeight {
    /// Folder of the group.
    pub folder: PathBuf,
    /// Its `cpu.weight`, 1..=10,000.
    pub weight: u32,
}

/// The values that were changed, as the system counts them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "system", rename_all = "snake_case")]
pub enum SavedPriority {
    /// Linux.
    Linux {
        /// The threads; those that began later had the values of one of these.
        threads: Vec<ThreadPriority>,
        /// The group, if its weight was lowered. One part of a program carries it.
        group: Option<GroupWeight>,
        /// Nice value of its session among the others (autogroup), if that was lowered.
        autogroup: Option<i32>,
        /// An ordinary user cannot raise the nice value again: it lasts until the program ends.
        lasting: bool,
    },
    /// Windows.
    Windows {
        /// Priority class.
        class: u32,
        /// I/O priority, 0..=4.
        io: Option<u32>,
        /// Memory priority, 1..=5.
        memory: Option<u32>,
    },
}

impl SavedPriority {
    /// Returns `true` when the change lasts until the program ends.
    pub const fn is_lasting(&self) -> bool {
        matches!(self, Self::Linux { lasting: true, .. })
    }
}

/// A process whose priority was lowered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoweredProcess {
    /// The process.
    pub key: ProcKey,
    /// Its priority before.
    pub before: SavedPriority,
}
