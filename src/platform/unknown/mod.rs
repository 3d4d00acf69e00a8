//! A complete platform that knows nothing: every reading is missing, every action refused.
//! It shows that nothing outside `platform/` depends on a particular system.

mod background;

use std::time::Duration;

pub use background::{
    Endpoint, Lock, Notifier, Tray, ask, autostart_is_on, autostart_set, clocks, end_program, is_network_folder,
    own_cpu_time, own_memory, raise_own_priority, signed_in_at, start_detached, sudden_stop_cause,
};

use super::types::{ActError, CpuTimes, Glance, RawProc, SensorValues, WindowOwner};
use crate::model::{
    At, Closable, Condition, Fraction, Machine, Memory, OwnProcess, Pid, ProcFacts, ProcKey, Reading, Seconds,
    Signature, Swap, Traffic, Why,
};

/// What can be known without the system: the number of processors.
pub fn machine() -> Machine {
    let cpus = std::thread::available_parallelism().map_or(1, |count| count.get() as u32);
    Machine { cpus, ..Machine::default() }
}

/// Nobody that could be told apart.
pub fn own_process() -> OwnProcess {
    OwnProcess::default()
}

/// Not known here.
pub fn memory() -> (Reading<Memory>, Reading<Swap>) {
    (Reading::Missing(Why::Unsupported), Reading::Missing(Why::Unsupported))
}

/// No windows on a system that is not known.
pub fn display_available() -> bool {
    false
}

/// Not known here.
pub fn has_other_users() -> Reading<bool> {
    Reading::Missing(Why::Unsupported)
}

/// Not known here.
pub fn condition() -> Condition {
    Condition::default()
}

/// Not known here.
pub fn program_file(_pid: Pid, _path: Option<&std::path::Path>) -> Option<std::path::PathBuf> {
    None
}

/// Not known here.
pub fn user_folder(_place: &str) -> Option<std::path::PathBuf> {
    None
}

/// Not known here.
pub fn policy_list(_place: &str, _name: &str) -> Vec<String> {
    Vec::new()
}

/// Not known here.
pub fn pending_restart() -> Reading<bool> {
    Reading::Missing(Why::Unsupported)
}

/// Not known here.
pub fn shared_config_folder() -> Option<std::path::PathBuf> {
    None
}

/// Not known here.
pub fn signature(_path: &std::path::Path) -> Reading<Signature> {
    Reading::Missing(Why::Unsupported)
}

/// Not known here.
pub fn remote_ports(_pid: Pid) -> Reading<Vec<u16>> {
    Reading::Missing(Why::Unsupported)
}

/// There is no box to show; the caller prints.
pub fn message_box(_title: &str, _text: &str) -> bool {
    false
}

/// Nothing to prepare.
pub fn prepare_console() {}

/// Not known here.
pub fn started_at(_key: ProcKey, _machine: &Machine) -> Option<At> {
    None
}

/// Nothing to give back.
pub fn give_back_memory() {}

/// Nothing is given back.
pub const GIVE_BACK_EVERY: std::time::Duration = std::time::Duration::from_mins(10);

/// Makes a folder; whose it is is up to the system.
///
/// # Errors
/// What the system says.
pub fn make_private_folder(folder: &std::path::Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)
}

/// What a volume is known by: `name` is that of its device here, also where it is mounted at several places.
pub fn device_of(name: &std::ffi::OsStr, _id: Option<u64>) -> (std::ffi::OsString, Option<u64>) {
    (name.to_owned(), None)
}

/// Drives that are found by their letters only: there are no letters here.
pub fn drives() -> Vec<crate::model::Volume> {
    Vec::new()
}

/// Not known here.
pub fn terminal_columns() -> Option<u16> {
    None
}

/// Processor time: not known here.
#[derive(Default)]
pub struct CpuReader;

impl CpuReader {
    /// A reader of nothing.
    pub fn new() -> Self {
        Self
    }

    /// Always missing.
    ///
    /// # Errors
    /// Always [`Why::Unsupported`].
    pub fn read(&mut self) -> Result<CpuTimes, Why> {
        Err(Why::Unsupported)
    }
}

/// Processes: not known here.
#[derive(Default)]
pub struct ProcessReader;

impl ProcessReader {
    /// A reader of nothing.
    pub fn new() -> Self {
        Self
    }

    /// Never calls `visit`.
    ///
    /// # Errors
    /// Always [`Why::Unsupported`].
    pub fn read(&mut self, _visit: &mut dyn FnMut(&RawProc<'_>)) -> Result<(), Why> {
        Err(Why::Unsupported)
    }

    /// Facts without content.
    pub fn facts(&mut self, key: ProcKey, parent: Pid, name: String) -> ProcFacts {
        ProcFacts {
            parent,
            name,
            path: Reading::Missing(Why::Unsupported),
            args: Reading::Missing(Why::Unsupported),
            ..ProcFacts::new(key)
        }
    }
}

/// Sensors: none known.
#[derive(Default)]
pub struct Sensors;

impl Sensors {
    /// Finds nothing.
    pub fn new() -> Self {
        Self
    }

    /// Every value is missing.
    pub fn read(&mut self) -> SensorValues {
        SensorValues {
            frequency: Reading::Missing(Why::Unsupported),
            temperature: Reading::Missing(Why::Unsupported),
            fan: Reading::Missing(Why::Unsupported),
            throttle_events: Reading::Missing(Why::Unsupported),
            pressure: Reading::Missing(Why::Unsupported),
            gpu: Reading::Missing(Why::Unsupported),
            disk_busy: Reading::Missing(Why::Unsupported),
            power: Reading::Missing(Why::Unsupported),
            uptime: Reading::Missing(Why::Unsupported),
        }
    }
}

/// The graphics processor: not known here.
pub struct GpuTotal;

impl GpuTotal {
    /// Nobody to ask.
    pub fn new() -> Option<Self> {
        None
    }

    /// Not known here.
    pub fn read(&mut self) -> Reading<Fraction> {
        Reading::Missing(Why::Unsupported)
    }
}

/// Who uses the graphics processor: not known here.
#[derive(Default)]
pub struct GpuUsers;

impl GpuUsers {
    /// Nobody to ask.
    pub fn new() -> Self {
        Self
    }

    /// Not known here.
    pub fn read(&mut self) -> Reading<Vec<(Pid, Fraction)>> {
        Reading::Missing(Why::Unsupported)
    }
}

/// Who uses the network: not known here.
#[derive(Default)]
pub struct NetUsers;

impl NetUsers {
    /// Nobody to ask.
    pub fn new() -> Self {
        Self
    }

    /// Not known here.
    pub fn read(&mut self) -> Reading<Vec<(Pid, Traffic)>> {
        Reading::Missing(Why::Unsupported)
    }
}

/// The desktop: not known here.
#[derive(Default)]
pub struct Desktop;

impl Desktop {
    /// Connects to nothing.
    pub fn new() -> Self {
        Self
    }

    /// Nothing to ask.
    pub fn ask_windows(&mut self) {}

    /// Never calls `ended`.
    pub fn when_session_ends(&self, _ended: impl FnOnce() + Send + 'static) {}

    /// Not known here.
    pub fn user_idle(&mut self) -> Reading<Seconds> {
        Reading::Missing(Why::Unsupported)
    }

    /// Not known here.
    pub fn glance(&mut self) -> Glance {
        Glance { user_idle: Reading::Missing(Why::Unsupported), window: Reading::Missing(Why::Unsupported) }
    }

    /// Not known here.
    pub fn foreground(&mut self) -> Reading<Pid> {
        Reading::Missing(Why::Unsupported)
    }

    /// Not known here.
    pub fn window_owners(&mut self) -> Reading<Vec<WindowOwner>> {
        Reading::Missing(Why::Unsupported)
    }
}

/// A process held for an action: there is none here.
#[derive(Debug)]
pub struct Target {
    key: ProcKey,
}

impl Target {
    /// Always refused.
    ///
    /// # Errors
    /// Always [`ActError::Unsupported`].
    pub fn open(_what: &Closable) -> Result<Self, ActError> {
        Err(ActError::Unsupported)
    }

    /// Which process.
    pub const fn key(&self) -> ProcKey {
        self.key
    }

    /// Never running.
    pub fn is_running(&self) -> bool {
        false
    }

    /// Always refused.
    ///
    /// # Errors
    /// Always [`ActError::Unsupported`].
    pub fn ask_to_close(&mut self) -> Result<(), ActError> {
        Err(ActError::Unsupported)
    }

    /// Always refused.
    ///
    /// # Errors
    /// Always [`ActError::Unsupported`].
    pub fn force_close(&mut self) -> Result<(), ActError> {
        Err(ActError::Unsupported)
    }

    /// Nothing to wait for.
    pub fn wait(&self, _timeout: Duration) -> bool {
        true
    }
}
