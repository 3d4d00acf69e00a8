//! Types that every platform shares.

use std::time::Duration;

pub use crate::icon::TrayIcon;
pub use crate::model::ActError;
use crate::model::{Bytes, Celsius, Fraction, Hertz, Pid, Power, Pressure, ProcKey, ProcState, Reading, Rpm, Seconds};

/// Processor time in the platform's own ticks; only differences and ratios mean anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CpuTime {
    /// Ticks in which the processor worked.
    pub busy: u64,
    /// All ticks, idle ones included.
    pub all: u64,
    /// Of the busy ones those spent answering devices: interrupts, and the work they put off.
    pub interrupts: u64,
}

/// Processor time of the whole PC and of each logical processor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CpuTimes {
    /// Sum over all processors.
    pub total: CpuTime,
    /// One entry a logical processor.
    pub per_core: Vec<CpuTime>,
}

/// One process as read in one tick, without anything that costs an extra system call.
pub struct RawProc<'a> {
    /// Identity.
    pub key: ProcKey,
    /// Who started it.
    pub parent: Pid,
    /// CPU time since its start, on one processor.
    pub cpu_time: Duration,
    /// CPU time of its children that have ended and of theirs, since its start; `None` where the system keeps none, and for
    /// what takes in the children of others.
    pub children_time: Option<Duration>,
    /// Resident memory.
    pub memory: Bytes,
    /// Number of threads.
    pub threads: u32,
    /// What it is doing.
    pub state: ProcState,
    /// Bytes (read, written) since its start, when the tick gives them without further cost.
    pub io: Option<(Bytes, Bytes)>,
    /// A fingerprint of its name: changes when the process became another program.
    pub name_hash: u64,
    /// Its name; only called for a process that is new or has changed.
    pub name: &'a dyn Fn() -> String,
}

/// Everything that sensors say at one moment.
#[derive(Clone, Debug, Default)]
pub struct SensorValues {
    /// Mean clock of the processors.
    pub frequency: Reading<Hertz>,
    /// The warmest processor sensor, unjudged.
    pub temperature: Reading<Celsius>,
    /// The fastest fan, those of graphics cards left out.
    pub fan: Reading<Rpm>,
    /// Slow-downs by heat since start of the system.
    pub throttle_events: Reading<u64>,
    /// Pressure stalls.
    pub pressure: Reading<Pressure>,
    /// Graphics processor in use.
    pub gpu: Reading<Fraction>,
    /// Share of time since the reading before in which the busiest disk had something to do.
    pub disk_busy: Reading<Fraction>,
    /// Where the power comes from.
    pub power: Reading<Power>,
    /// Time since the start of the system.
    pub uptime: Reading<Seconds>,
}

/// A process that has a window on the desktop. Titles are never read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WindowOwner {
    /// The process that owns the window.
    pub pid: Pid,
    /// The window has not answered the system for seconds.
    pub hung: bool,
}

/// What can be known of the desktop at every tick, as it costs next to nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Glance {
    /// Time since the last input.
    pub user_idle: Reading<Seconds>,
    /// A number for the window in front: another one means that another window came to the front.
    pub window: Reading<u64>,
}

/// Two clocks that nobody can set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clocks {
    /// Time since the start of the system, sleep included.
    pub since_boot: Duration,
    /// The same without sleep.
    pub awake: Duration,
}

impl Clocks {
    /// How long the PC slept since these clocks were `before`.
    pub fn slept_since(self, before: Self) -> Seconds {
        let gone = self.since_boot.saturating_sub(before.since_boot);
        Seconds(gone.saturating_sub(self.awake.saturating_sub(before.awake)).as_secs_f64())
    }
}

/// What the user chose in the tray.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrayAction {
    /// Open the window (also a left click on the icon).
    Open,
    /// Open the window at the worst finding.
    ShowFinding,
    /// Look at everything now.
    CheckNow,
    /// Stop watching for a while, or go on.
    Pause,
    /// Start with the PC, or no longer.
    StartWithPc,
    /// Open the settings.
    Settings,
    /// End.
    Quit,
}

/// A line of the tray menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MenuLine {
    /// Something to choose.
    Item {
        /// What it does.
        action: TrayAction,
        /// Its text, safe to draw.
        text: String,
        /// The default line, drawn bold where the system can.
        default: bool,
        /// A tick; `None` for a line without one.
        checked: Option<bool>,
    },
    /// A line between groups.
    Separator,
}

/// All of the tray at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrayView {
    /// The icon.
    pub icon: TrayIcon,
    /// State and busiest program, one or two short lines.
    pub tooltip: String,
    /// The menu.
    pub menu: Vec<MenuLine>,
}

/// What comes from the desktop.
#[derive(Clone, Debug)]
pub enum DesktopEvent {
    /// Chosen in the tray.
    Tray(TrayAction),
    /// There is a place for tray icons now.
    TrayShown,
    /// There is none (any more); the icon appears when one comes.
    TrayHidden,
    /// A notification was clicked; its tag.
    NotificationClicked(String),
    /// Notifications cannot be shown, with the reason; said once, and again only after one could be shown.
    NotificationsFailed(String),
    /// The session ends: when everything is saved, send to the channel.
    SessionEnding(std::sync::mpsc::Sender<()>),
}

/// Where [`DesktopEvent`]s go: called on whichever thread hears of one, and must not wait.
#[derive(Clone)]
pub struct DesktopEvents(std::sync::Arc<dyn Fn(DesktopEvent) + Send + Sync>);

impl DesktopEvents {
    /// Each event is given to `hear`.
    pub fn new(hear: impl Fn(DesktopEvent) + Send + Sync + 'static) -> Self {
        Self(std::sync::Arc::new(hear))
    }

    /// Tells what happened.
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
        // Nobody listens any more: the program ends.
        Self::new(move |event| drop(sender.send(event)))
    }
}

/// Something the desktop cannot do here, in one sentence for the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoDesktop(pub String);

/// Why the PC was switched off without notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StopCause {
    /// It was shut down or restarted in order; only Mimamori was ended before.
    Orderly,
    /// The system stopped itself with this error (Windows bug check code).
    SystemError(u32),
    /// The power button was held.
    PowerButton,
    /// Power was lost or the PC hung: the system knows of no orderly end.
    PowerLost,
}
