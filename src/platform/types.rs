//! Types shared by all platforms.

use std::path::PathBuf;
use std::time::Duration;

pub use crate::icon::TrayIcon;
pub use crate::model::ActError;
use crate::model::{
    Bytes, Celsius, Fraction, Hertz, Mount, Pid, Power, Pressure, ProcKey, ProcState, Reading, Rpm, Seconds,
};

/// Processor time in the platform's own ticks; only differences and ratios are meaningful.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CpuTime {
    /// Ticks spent working.
    pub busy: u64,
    /// All ticks, including idle ones.
    pub all: u64,
    /// Busy ticks spent in interrupts and their deferred work.
    pub interrupts: u64,
    /// Busy ticks in which the host of this virtual machine ran something else, where the system counts them.
    pub stolen: Option<u64>,
}

/// Processor time of the whole PC and of each logical processor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CpuTimes {
    /// Sum over all processors.
    pub total: CpuTime,
    /// One entry per logical processor.
    pub per_core: Vec<CpuTime>,
}

/// One process as read in one tick, without anything that costs an extra system call.
pub struct RawProc<'a> {
    /// Identity.
    pub key: ProcKey,
    /// Parent process.
    pub parent: Pid,
    /// CPU time since its start, summed over all processors.
    pub cpu_time: Duration,
    /// CPU time of ended descendants it has waited for, since its start. `None` where the system keeps none, and for
    /// processes that also adopt orphans.
    pub children_time: Option<Duration>,
    /// Resident memory.
    pub memory: Bytes,
    /// Number of threads.
    pub threads: u32,
    /// Scheduling state.
    pub state: ProcState,
    /// True if it runs only when nothing else wants the processors.
    pub lowest_priority: Reading<bool>,
    /// Bytes (read, written) since its start, when the tick provides them without further cost.
    pub io: Option<(Bytes, Bytes)>,
    /// Hash of its name; changes when the process executes a program of another name.
    pub name_hash: u64,
    /// Changes also when it executes another program of the same name. `None` where a process cannot do that, or where
    /// the system does not tell.
    pub image_hash: Option<u64>,
    /// Returns its name. Only called for processes that are new or changed.
    pub name: &'a dyn Fn() -> String,
}

/// A mounted file system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MountPoint {
    /// Folder or drive root.
    pub path: PathBuf,
    /// Number of this mount; another one on the same folder has another number.
    pub id: u64,
    /// Device number on Linux; empty elsewhere.
    pub device: String,
    /// Identifies what holds the data: mounts with the same storage share their free space.
    pub storage: String,
    /// The storage is a pool of several file systems, each of which reports its own size.
    pub is_pool: bool,
    /// All of the file system and not one of its folders.
    pub is_whole: bool,
    /// What its kind depends on.
    pub mount: Mount,
}

/// The answer of a file system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Space {
    /// Size.
    pub total: Bytes,
    /// Free space for this user.
    pub free: Bytes,
    /// Its mount again, completed by what only the file system itself says.
    pub mount: Mount,
}

/// Counters of a disk since boot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DiskCounters {
    /// Bytes read.
    pub read: Bytes,
    /// Bytes written.
    pub written: Bytes,
    /// Requests answered.
    pub requests: u64,
    /// Requests waiting for an answer at this moment.
    pub pending: u64,
    /// Time in which there was a request, where the system counts it.
    pub busy: Option<Duration>,
}

/// All sensor values at one moment.
#[derive(Clone, Debug, Default)]
pub struct SensorValues {
    /// Mean clock frequency of the processors.
    pub frequency: Reading<Hertz>,
    /// Each processor sensor, always in the same order, not yet checked for plausibility.
    pub temperatures: Vec<Reading<Celsius>>,
    /// Each fan, excluding those of graphics cards, in the same way.
    pub fans: Vec<Reading<Rpm>>,
    /// Number of thermal throttling events since boot.
    pub throttle_events: Reading<u64>,
    /// Pressure stall information.
    pub pressure: Reading<Pressure>,
    /// Share of each GPU in use, in the same way.
    pub gpus: Vec<Reading<Fraction>>,
    /// Power source.
    pub power: Reading<Power>,
    /// Time since boot.
    pub uptime: Reading<Seconds>,
}

/// A process with a window on the desktop. Of titles only the first character is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WindowOwner {
    /// The process that owns the window.
    pub pid: Pid,
    /// The window has not responded for seconds.
    pub hung: bool,
    /// Its title begins as editors mark what is not saved. A hint: not every program does it, and some mean news by it.
    pub seems_unsaved: bool,
}

impl WindowOwner {
    /// Marks in front of the title: `*` of Notepad, gedit and many others, `●` of Visual Studio Code, `•` of macOS style.
    #[cfg_attr(feature = "unknown-platform", allow(dead_code, reason = "a platform that knows nothing sees no window"))]
    pub(super) fn is_unsaved_mark(beginning: &str) -> bool {
        beginning.starts_with(['*', '•', '●'])
    }
}

/// State of the desktop that is cheap enough to read at every tick.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DesktopSnapshot {
    /// Time since the last input.
    pub user_idle: Reading<Seconds>,
    /// A number for the foreground window; it changes when another window comes to the front.
    pub window: Reading<u64>,
}

/// Two monotonic clocks, which cannot be set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clocks {
    /// Time since boot, including suspends.
    pub since_boot: Duration,
    /// Time since boot, without suspends.
    pub awake: Duration,
}

impl Clocks {
    /// Time suspended since `before`.
    pub fn slept_since(self, before: Self) -> Seconds {
        let gone = self.since_boot.saturating_sub(before.since_boot);
        Seconds(gone.saturating_sub(self.awake.saturating_sub(before.awake)).as_secs_f64())
    }
}

/// How one of our own files is opened for writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writing {
    /// At its end.
    Append,
    /// From its beginning, leaving what is behind.
    Keep,
    /// Emptied first.
    Anew,
}

/// An action chosen in the tray.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrayAction {
    /// Open the window (also a left click on the icon).
    Open,
    /// Open the window at the worst finding.
    ShowFinding,
    /// Take a full sample now.
    CheckNow,
    /// Pause monitoring, or resume it.
    Pause,
    /// Toggle starting with the PC.
    StartWithPc,
    /// Open the settings.
    Settings,
    /// Quit.
    Quit,
}

/// The part of the main screen that the taskbar and panels leave, in points: pixels divided by the scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WorkArea {
    /// Left edge.
    pub x: f32,
    /// Upper edge.
    pub y: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

/// A line of the tray menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MenuLine {
    /// A selectable line.
    Item {
        /// Action it triggers.
        action: TrayAction,
        /// Its text, without control characters.
        text: String,
        /// The default action, drawn bold where the system can.
        default: bool,
        /// Check mark; `None` for lines without one.
        checked: Option<bool>,
        /// `false` for a line that only shows a state.
        enabled: bool,
    },
    /// A separator between groups.
    Separator,
}

/// Complete content of the tray.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrayView {
    /// The icon.
    pub icon: TrayIcon,
    /// State and busiest program, in one or two short lines.
    pub tooltip: String,
    /// The menu.
    pub menu: Vec<MenuLine>,
}

/// An event from the desktop.
#[derive(Clone, Debug)]
pub enum DesktopEvent {
    /// An action was chosen in the tray.
    Tray(TrayAction),
    /// The desktop has a place for tray icons now.
    TrayShown,
    /// The desktop has no place for tray icons; the icon appears when there is one.
    TrayHidden,
    /// A notification was shown; carries its tag.
    NotificationShown(String),
    /// A notification was clicked; carries its tag.
    NotificationClicked(String),
    /// Notifications cannot be shown, with the reason. Sent once, and again only after one was shown.
    NotificationsFailed(String),
    /// The session is ending; send on the channel once everything is saved.
    SessionEnding(std::sync::mpsc::Sender<()>),
}

/// Receiver of [`DesktopEvent`]s. Called on any thread; must not block.
#[derive(Clone)]
pub struct DesktopEvents(std::sync::Arc<dyn Fn(DesktopEvent) + Send + Sync>);

impl DesktopEvents {
    /// Passes every event to `handler`.
    pub fn new(handler: impl Fn(DesktopEvent) + Send + Sync + 'static) -> Self {
        Self(std::sync::Arc::new(handler))
    }

    /// Sends an event.
    pub fn send(&self, event: DesktopEvent) {
        (self.0)(event);
    }
}

impl std::fmt::Debug for DesktopEvents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DesktopEvents")
    }
}

impl From<std::sync::mpsc::Sender<DesktopEvent>> for DesktopEvents {
    fn from(sender: std::sync::mpsc::Sender<DesktopEvent>) -> Self {
        // The receiver is gone while the program ends.
        Self::new(move |event| drop(sender.send(event)))
    }
}

/// Something the desktop does not support, in one sentence for the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoDesktop(pub String);

/// Why the PC went off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StopCause {
    /// An orderly shutdown or restart; only Mimamori was ended before it.
    Orderly,
    /// The system stopped itself with this error (Windows bug check code).
    SystemError(u32),
    /// The power button was held down.
    PowerButton,
    /// Power was lost or the PC froze: the system recorded no orderly end.
    PowerLost,
}
