//! Processes: who they are (facts, read once) and what they do (figures, read each time).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Bytes, BytesPerSec, Fraction, Origin, Reading};

/// A process number. Numbers are used again: never act on one without its [`ProcKey`].
pub type Pid = u32;

/// The identity of a process: its number and when it started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ProcKey {
    /// The process number.
    pub pid: Pid,
    /// Start time in the platform's finest unit: clock ticks since boot on Linux (field 22 of
    /// `/proc/PID/stat`), 100 ns since 1601 on Windows (`CreateTime`).
    #[serde(rename = "start")]
    pub start_time: u64,
}

/// Whose process it is, seen from the user who runs this program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// The user who runs this program, in the same session where the system has sessions.
    Me,
    /// The system itself: kernel, services, root.
    System,
    /// Another person.
    Other,
    /// The system does not say.
    #[default]
    Unknown,
}

/// What a process is doing, as far as the system tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProcState {
    /// On a processor or waiting for one.
    Running,
    /// Waiting for something.
    Sleeping,
    /// Waiting for a disk or a device and cannot be interrupted.
    Blocked,
    /// Stopped by a person or a debugger.
    Stopped,
    /// Ended, its parent has not looked yet.
    Ended,
    /// The system does not say.
    #[default]
    Unknown,
}

/// What a recorded history says about a process and cannot be worked out from it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Given {
    /// The program it belongs to.
    pub group: Option<String>,
    /// Where it comes from, beside what its path and parent say.
    pub origin: Origin,
}

/// What is read once in the life of a process, because it is expensive or cannot change.
#[derive(Clone, Debug, PartialEq)]
pub struct ProcFacts {
    /// Identity.
    pub key: ProcKey,
    /// Number of the process that started it, 0 when none. It may have ended.
    pub parent: Pid,
    /// Name as the system gives it, unchecked: never draw it without [`super::DisplayName`].
    pub name: String,
    /// Full path of the program file, bytes that are not text replaced.
    pub path: Reading<String>,
    /// Arguments, the first is the program itself. Never stored, shown only as matched evidence.
    pub args: Reading<Vec<String>>,
    /// Whose it is.
    pub owner: Owner,
    /// A kernel thread: has no program file and cannot be ended.
    pub kernel: bool,
    /// The services of Windows that run in it, by their internal names ("wuauserv"), sorted; empty for what hosts none and
    /// where the system does not say.
    pub services: Vec<String>,
    /// What a recorded history says about it; `None` while live.
    pub given: Option<Box<Given>>,
}

impl ProcFacts {
    /// A process of which nothing else is known yet.
    pub fn new(key: ProcKey) -> Self {
        Self {
            key,
            parent: 0,
            name: String::new(),
            path: Reading::default(),
            args: Reading::default(),
            owner: Owner::Unknown,
            kernel: false,
            services: Vec::new(),
            given: None,
        }
    }

    /// The program that a recorded history counts it to.
    pub fn given_group(&self) -> Option<&str> {
        self.given.as_ref()?.group.as_deref()
    }

    /// The file name of the program: of its path if known, else the name.
    pub fn file_name(&self) -> &str {
        let path = self.path.known().map_or(self.name.as_str(), String::as_str);
        // An updated program on Linux shows as "path (deleted)" while it runs on.
        let path = path.strip_suffix(" (deleted)").unwrap_or(path);
        path.rsplit(['/', '\\']).next().filter(|name| !name.is_empty()).unwrap_or(&self.name)
    }
}

/// One process at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct ProcSample {
    /// What does not change.
    pub facts: Arc<ProcFacts>,
    /// Share of the whole machine over the sample's span.
    pub cpu: Reading<Fraction>,
    /// Resident memory (Linux RSS, Windows working set).
    pub memory: Reading<Bytes>,
    /// Bytes read from storage per second. On Windows all input of the process counts, also network.
    pub disk_read: Reading<BytesPerSec>,
    /// Bytes written per second, as above.
    pub disk_write: Reading<BytesPerSec>,
    /// Whether it has a window on the desktop.
    pub window: Reading<bool>,
    /// A window of it has not answered the system for seconds.
    pub hung: bool,
    /// Number of threads, 0 when unknown.
    pub threads: u32,
    /// What it is doing.
    pub state: ProcState,
}

impl ProcSample {
    /// A process that has not been measured yet.
    pub fn new(facts: Arc<ProcFacts>) -> Self {
        Self {
            facts,
            cpu: Reading::default(),
            memory: Reading::default(),
            disk_read: Reading::default(),
            disk_write: Reading::default(),
            window: Reading::default(),
            hung: false,
            threads: 0,
            state: ProcState::Unknown,
        }
    }
}
