//! Processes: facts, read once, and measurements, read with every sample.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Bytes, BytesPerSec, Fraction, Origin, Reading};

/// A process id. The system reuses them: never act on one without its [`ProcKey`].
pub type Pid = u32;

/// Identity of a process: its id and start time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ProcKey {
    /// The process id.
    pub pid: Pid,
    /// Start time in the platform's finest unit: clock ticks since boot on Linux (field 22 of `/proc/PID/stat`), 100 ns
    /// since 1601 on Windows (`CreateTime`).
    #[serde(rename = "start")]
    pub start_time: u64,
}

/// Owner of a process, relative to the user who runs this program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// The user who runs this program, in the same session where the system has sessions.
    Me,
    /// The system itself: kernel, services, root.
    System,
    /// Another user.
    Other,
    /// Not reported by the system.
    #[default]
    Unknown,
}

/// State of a process, as far as the system reports it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProcState {
    /// On a processor or waiting for one.
    Running,
    /// Waiting for something.
    Sleeping,
    /// Waiting for a disk or a device, uninterruptible.
    Blocked,
    /// Stopped by a user or a debugger.
    Stopped,
    /// Ended, but not yet reaped by its parent.
    Ended,
    /// Not reported by the system.
    #[default]
    Unknown,
}

/// How Linux begins the path of a file in memory, which is in no folder.
pub const MEMORY_FILE: &str = "/memfd:";

/// Properties of a process that a recorded history states because they cannot be derived from it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Given {
    /// The program it belongs to.
    pub group: Option<String>,
    /// Where it comes from, beyond what its path and parent say.
    pub origin: Origin,
}

/// Facts read once in the life of a process, because they are expensive or cannot change.
#[derive(Clone, Debug, PartialEq)]
pub struct ProcFacts {
    /// Identity.
    pub key: ProcKey,
    /// Process id of its parent, 0 if none. The parent may have ended.
    pub parent: Pid,
    /// Name as the system reports it, unchecked: never draw it without [`super::DisplayName`].
    pub name: String,
    /// Full path of the program file, lossily converted to UTF-8.
    pub path: Reading<String>,
    /// True if its file or the folder of that has the attribute "hidden" or "system" (Windows).
    pub hidden: Reading<bool>,
    /// Arguments, the program itself first. Never stored, and shown only as matched evidence.
    pub args: Reading<Vec<String>>,
    /// Whose it is.
    pub owner: Owner,
    /// A kernel thread: it has no program file and cannot be ended.
    pub kernel: bool,
    /// Internal names of the Windows services that run in it ("wuauserv"), sorted; empty if there are none, or if the
    /// system does not report them.
    pub services: Vec<String>,
    /// What a recorded history says about it; `None` for a live process.
    pub given: Option<Box<Given>>,
}

impl ProcFacts {
    /// A process of which only the key is known.
    pub fn new(key: ProcKey) -> Self {
        Self {
            key,
            parent: 0,
            name: String::new(),
            path: Reading::default(),
            hidden: Reading::default(),
            args: Reading::default(),
            owner: Owner::Unknown,
            kernel: false,
            services: Vec::new(),
            given: None,
        }
    }

    /// The program a recorded history groups it under.
    pub fn given_group(&self) -> Option<&str> {
        self.given.as_ref()?.group.as_deref()
    }

    /// File name of its program: from its path if known, otherwise its name.
    pub fn file_name(&self) -> &str {
        let path = self.path.known().map_or(self.name.as_str(), String::as_str);
        // Linux shows a program replaced by an update as "path (deleted)" while it runs.
        let path = path.strip_suffix(" (deleted)").unwrap_or(path);
        // A file in memory has the name that its maker gave it, sometimes with more behind a colon.
        let path = path.strip_prefix(MEMORY_FILE).map_or(path, |name| name.split(':').next().unwrap_or(name));
        path.rsplit(['/', '\\']).next().filter(|name| !name.is_empty()).unwrap_or(&self.name)
    }

    /// True if its program was never a file of a disk: it was put together in memory (`memfd_create`).
    pub fn is_in_memory(&self) -> bool {
        self.path.known().is_some_and(|path| path.starts_with(MEMORY_FILE))
    }
}

/// One process in one sample.
#[derive(Clone, Debug, PartialEq)]
pub struct ProcSample {
    /// Its facts.
    pub facts: Arc<ProcFacts>,
    /// Share of the whole PC over the sample's span.
    pub cpu: Reading<Fraction>,
    /// Resident memory (Linux RSS, Windows working set).
    pub memory: Reading<Bytes>,
    /// Bytes read from storage per second. On Windows this is all input of the process, network included.
    pub disk_read: Reading<BytesPerSec>,
    /// Bytes written to storage per second; on Windows all output.
    pub disk_write: Reading<BytesPerSec>,
    /// True if it has a window on the desktop.
    pub window: Reading<bool>,
    /// One of its windows has not responded for seconds.
    pub hung: bool,
    /// Number of threads, 0 if unknown.
    pub threads: u32,
    /// What it is doing.
    pub state: ProcState,
    /// True if it runs only when nothing else wants the processors.
    pub lowest_priority: Reading<bool>,
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
            lowest_priority: Reading::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_without_a_file_has_a_name() {
        let name = |path: &str, name: &str| {
            let path = Reading::Known(path.to_owned());
            let facts = ProcFacts { path, name: name.to_owned(), ..ProcFacts::new(ProcKey { pid: 1, start_time: 1 }) };
            (facts.file_name().to_owned(), facts.is_in_memory())
        };
        for (path, expected) in [
            ("/memfd:worker (deleted)", "worker"),
            ("/memfd:runc_cloned:/proc/self/exe (deleted)", "runc_cloned"),
            ("/memfd:a/b (deleted)", "b"),
            ("/memfd: (deleted)", "comm"),
            ("/memfd:", "comm"),
        ] {
            assert_eq!(name(path, "comm"), (expected.to_owned(), true), "{path}");
        }
        assert_eq!(name("/usr/lib/firefox/firefox (deleted)", "Isolated"), ("firefox".to_owned(), false));
    }
}
