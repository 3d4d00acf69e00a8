//! A complete platform without any support: every reading is missing, every action refused. It proves that nothing
//! outside `platform/` depends on a particular system.

mod background;

use std::time::Duration;

pub use background::{
    Endpoint, Lock, Notifier, Tray, ask, autostart_once, autostart_once_end, autostart_set, autostart_state, clocks,
    end_program, is_network_folder, own_cpu_time, own_memory, quiet_command, raise_own_priority, signed_in_at,
    start_detached, start_program, sudden_stop_cause,
};

use super::types::{
    ActError, CpuTimes, DesktopSnapshot, DiskCounters, MountPoint, RawProc, SensorValues, Space, WindowOwner, WorkArea,
    Writing,
};
use crate::model::{
    At, AutostartChange, AutostartEntry, Closable, Condition, Fraction, Machine, Memory, OwnProcess, Pid, ProcFacts,
    ProcKey, ProcState, Reading, RestartCheck, RestartError, SavedPriority, Seconds, Signature, Swap, SystemFacts,
    Traffic, Why,
};

/// What the standard library knows: the number of processors.
pub fn machine() -> Machine {
    let cpus = std::thread::available_parallelism().map_or(1, |count| count.get() as u32);
    Machine { cpus, ..Machine::default() }
}

/// No process is identified.
pub fn own_process() -> OwnProcess {
    OwnProcess::default()
}

/// Not supported.
pub fn memory() -> (Reading<Memory>, Reading<Swap>) {
    (Reading::Missing(Why::Unsupported), Reading::Missing(Why::Unsupported))
}

/// There is never a display.
pub fn has_display() -> bool {
    false
}

/// Not known.
pub fn work_area() -> Option<WorkArea> {
    None
}

/// Always missing.
pub fn autostart_entries() -> Reading<Vec<AutostartEntry>> {
    Reading::Missing(Why::Unsupported)
}

/// Always fails.
///
/// # Errors
/// Always [`std::io::ErrorKind::Unsupported`].
pub fn autostart_switch(_id: &str, _on: bool) -> std::io::Result<AutostartChange> {
    Err(std::io::ErrorKind::Unsupported.into())
}

/// Always fails.
///
/// # Errors
/// Always [`std::io::ErrorKind::Unsupported`].
pub fn autostart_undo(_change: &AutostartChange) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

/// Not supported.
pub fn has_other_users() -> Reading<bool> {
    Reading::Missing(Why::Unsupported)
}

/// Always fails.
///
/// # Errors
/// Always [`RestartError::NotHere`].
pub fn restart_check() -> Result<RestartCheck, RestartError> {
    Err(RestartError::NotHere(String::new()))
}

/// Always fails.
///
/// # Errors
/// Always [`RestartError::NotHere`].
pub fn restart_pc(_check: &RestartCheck) -> Result<(), RestartError> {
    Err(RestartError::NotHere(String::new()))
}

/// Not supported.
pub fn condition() -> Condition {
    Condition::default()
}

/// Not supported.
pub fn system_facts(_services: &[String]) -> SystemFacts {
    SystemFacts {
        packages_changed_at: Reading::Missing(Why::Unsupported),
        virus_list_at: Reading::Missing(Why::Unsupported),
        installed_services: Reading::Missing(Why::Unsupported),
        stops: Reading::Missing(Why::NotYet),
    }
}

/// Not supported.
pub fn program_file(_pid: Pid, _path: Option<&std::path::Path>) -> Option<std::path::PathBuf> {
    None
}

/// Not supported.
pub fn user_folder(_place: &str) -> Option<std::path::PathBuf> {
    None
}

/// Not supported.
pub fn policy_list(_place: &str, _name: &str) -> Vec<String> {
    Vec::new()
}

/// Not supported.
pub fn pending_restart() -> Reading<bool> {
    Reading::Missing(Why::Unsupported)
}

/// Not supported.
pub fn shared_config_folder() -> Option<std::path::PathBuf> {
    None
}

/// Not supported.
pub fn signature(_path: &std::path::Path) -> Reading<Signature> {
    Reading::Missing(Why::Unsupported)
}

/// Not supported.
pub fn remote_ports(_pid: Pid) -> Reading<Vec<u16>> {
    Reading::Missing(Why::Unsupported)
}

/// Shows nothing; the caller prints.
pub fn message_box(_title: &str, _text: &str) -> bool {
    false
}

/// Does nothing.
pub fn prepare_console() {}

/// Not supported.
pub fn on_display_lost(_end: impl FnOnce() + Send + 'static) {}

/// Not supported.
pub fn started_at(_key: ProcKey, _machine: &Machine) -> Option<At> {
    None
}

/// Does nothing.
pub fn give_back_memory() {}

/// Interval between two calls of [`give_back_memory`], which does nothing.
pub const GIVE_BACK_EVERY: std::time::Duration = std::time::Duration::from_mins(10);

/// Creates a folder with the system's default permissions.
///
/// # Errors
/// The system's error.
pub fn make_private_folder(folder: &std::path::Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)
}

/// Not supported: treats every program file as the system's.
pub fn may_be_of_system(_pid: Pid) -> bool {
    true
}

/// Does nothing.
pub fn prepare_process() {}

/// Opens an ordinary file for reading.
///
/// # Errors
/// [`std::io::ErrorKind::IsADirectory`] for a folder, else the system's error.
pub fn open_ordinary(path: &std::path::Path) -> std::io::Result<std::fs::File> {
    let data = std::fs::metadata(path)?;
    match (data.is_file(), data.is_dir()) {
        (true, _) => std::fs::File::open(path),
        (false, true) => Err(std::io::ErrorKind::IsADirectory.into()),
        (false, false) => Err(std::io::ErrorKind::InvalidInput.into()),
    }
}

/// Always fails.
///
/// # Errors
/// Always [`std::io::ErrorKind::Unsupported`].
pub fn is_of_administrator(_file: &std::fs::File) -> std::io::Result<bool> {
    Err(std::io::ErrorKind::Unsupported.into())
}

/// Opens a file for writing with the system's default permissions.
///
/// # Errors
/// The system's error.
pub fn open_private(path: &std::path::Path, writing: Writing) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(writing == Writing::Append).write(true).truncate(writing == Writing::Anew).open(path)
}

/// Not supported.
pub fn is_in_foreign_home(_path: &std::path::Path) -> bool {
    false
}

/// The time zone of the system.
pub fn time_zone() -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::system()
}

/// Not supported.
///
/// # Errors
/// Always [`Why::Unsupported`].
pub fn mounts() -> Result<Vec<MountPoint>, Why> {
    Err(Why::Unsupported)
}

/// Not supported.
pub fn space(_at: &MountPoint) -> Option<Space> {
    None
}

/// Not known, so no load is called nobody's.
pub fn sees_all_processes() -> bool {
    false
}

/// All interfaces but loopback: which have hardware is not known.
pub fn line_interfaces(names: &[String]) -> Vec<String> {
    names.iter().filter(|name| !name.starts_with("lo")).cloned().collect()
}

/// Not supported.
///
/// # Errors
/// Always [`Why::Unsupported`].
pub fn disk_counters() -> Result<Vec<(String, DiskCounters)>, Why> {
    Err(Why::Unsupported)
}

/// Not supported.
pub fn terminal_columns() -> Option<u16> {
    None
}

/// Processor time: not supported.
#[derive(Default)]
pub struct CpuReader;

impl CpuReader {
    /// Creates the reader.
    pub fn new() -> Self {
        Self
    }

    /// Always fails.
    ///
    /// # Errors
    /// Always [`Why::Unsupported`].
    pub fn read(&mut self) -> Result<CpuTimes, Why> {
        Err(Why::Unsupported)
    }
}

/// Processes: not supported.
#[derive(Default)]
pub struct ProcessReader;

impl ProcessReader {
    /// Creates the reader.
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

    /// Returns empty facts.
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

/// Sensors: not supported.
#[derive(Default)]
pub struct Sensors;

impl Sensors {
    /// Creates the reader.
    pub fn new() -> Self {
        Self
    }

    /// Every value is missing.
    pub fn read(&mut self) -> SensorValues {
        SensorValues {
            frequency: Reading::Missing(Why::Unsupported),
            temperatures: Vec::new(),
            fans: Vec::new(),
            throttle_events: Reading::Missing(Why::Unsupported),
            pressure: Reading::Missing(Why::Unsupported),
            gpus: Vec::new(),
            power: Reading::Missing(Why::Unsupported),
            uptime: Reading::Missing(Why::Unsupported),
        }
    }
}

/// GPU usage: not supported.
pub struct GpuTotal;

impl GpuTotal {
    /// Always `None`.
    pub fn new() -> Option<Self> {
        None
    }

    /// Always missing.
    pub fn read(&mut self) -> Reading<Fraction> {
        Reading::Missing(Why::Unsupported)
    }
}

/// GPU usage by process: not supported.
#[derive(Default)]
pub struct GpuUsers;

impl GpuUsers {
    /// Creates the reader.
    pub fn new() -> Self {
        Self
    }

    /// Always missing.
    pub fn read(&mut self) -> Reading<Vec<(Pid, Fraction)>> {
        Reading::Missing(Why::Unsupported)
    }
}

/// Network usage by process: not supported.
#[derive(Default)]
pub struct NetUsers;

impl NetUsers {
    /// Creates the reader.
    pub fn new() -> Self {
        Self
    }

    /// Always missing.
    pub fn read(&mut self) -> Reading<Vec<(Pid, Traffic)>> {
        Reading::Missing(Why::Unsupported)
    }
}

/// The desktop: not supported.
#[derive(Default)]
pub struct Desktop;

impl Desktop {
    /// Connects to nothing.
    pub fn new() -> Self {
        Self
    }

    /// Does nothing.
    pub fn watch_hung_windows(&mut self) {}

    /// Never calls `ended`.
    pub fn when_session_ends(&self, _ended: impl FnOnce() + Send + 'static) {}

    /// Always missing.
    pub fn user_idle(&mut self) -> Reading<Seconds> {
        Reading::Missing(Why::Unsupported)
    }

    /// Always missing.
    pub fn snapshot(&mut self) -> DesktopSnapshot {
        DesktopSnapshot { user_idle: Reading::Missing(Why::Unsupported), window: Reading::Missing(Why::Unsupported) }
    }

    /// Always missing.
    pub fn foreground(&mut self) -> Reading<Pid> {
        Reading::Missing(Why::Unsupported)
    }

    /// Always missing.
    pub fn window_owners(&mut self) -> Reading<Vec<WindowOwner>> {
        Reading::Missing(Why::Unsupported)
    }
}

/// An open process: not supported.
#[derive(Debug)]
pub struct Target {
    key: ProcKey,
}

impl Target {
    /// Always fails.
    ///
    /// # Errors
    /// Always [`ActError::Unsupported`].
    pub fn open(_what: &Closable) -> Result<Self, ActError> {
        Err(ActError::Unsupported)
    }

    /// Identity of the process.
    pub const fn key(&self) -> ProcKey {
        self.key
    }

    /// Always `false`.
    pub fn is_running(&self) -> bool {
        false
    }

    /// Always unknown.
    pub const fn state(&self) -> ProcState {
        ProcState::Unknown
    }

    /// Always fails.
    ///
    /// # Errors
    /// Always [`ActError::Unsupported`].
    pub fn ask_to_close(&mut self) -> Result<(), ActError> {
        Err(ActError::Unsupported)
    }

    /// Always fails.
    ///
    /// # Errors
    /// Always [`ActError::Unsupported`].
    pub fn force_close(&mut self) -> Result<(), ActError> {
        Err(ActError::Unsupported)
    }

    /// Always `false`.
    pub fn can_restore_priority(&self, _family: &[Pid]) -> bool {
        false
    }

    /// Always fails.
    ///
    /// # Errors
    /// Always [`ActError::Unsupported`].
    pub fn lower_priority(&mut self, _family: &[Pid]) -> Result<SavedPriority, ActError> {
        Err(ActError::Unsupported)
    }

    /// Always fails.
    ///
    /// # Errors
    /// Always [`ActError::Unsupported`].
    pub fn restore_priority(&mut self, _saved: &SavedPriority) -> Result<(), ActError> {
        Err(ActError::Unsupported)
    }

    /// Always fails.
    ///
    /// # Errors
    /// Always [`ActError::Unsupported`].
    pub fn pause(&mut self) -> Result<(), ActError> {
        Err(ActError::Unsupported)
    }

    /// Always fails.
    ///
    /// # Errors
    /// Always [`ActError::Unsupported`].
    pub fn resume(&mut self) -> Result<(), ActError> {
        Err(ActError::Unsupported)
    }

    /// Returns at once.
    pub fn wait(&self, _timeout: Duration) -> bool {
        true
    }
}
