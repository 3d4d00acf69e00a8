//! The operating system. The only folder with `cfg(target_os)` and `unsafe`.
//!
//! `linux`, `windows` and `unknown` have the same items, listed once below; the compiler refuses a platform
//! that lacks one. `unknown` does nothing and says so; the feature `unknown-platform` builds it anywhere.
//! No policy here: what a value means is decided by `sampler` and `diagnose`, what may be closed by
//! [`crate::model::Closable`].

mod types;

#[cfg(all(target_os = "linux", not(feature = "unknown-platform")))]
#[path = "linux/mod.rs"]
mod sys;
#[cfg(all(windows, not(feature = "unknown-platform")))]
#[path = "windows/mod.rs"]
mod sys;
#[cfg(any(feature = "unknown-platform", not(any(target_os = "linux", windows))))]
#[path = "unknown/mod.rs"]
mod sys;

pub use sys::{
    CpuReader, Desktop, ProcessReader, Sensors, Target, display_available, has_other_users, machine, me, memory,
    message_box, pending_restart, prepare_console, started_at, terminal_columns,
};
pub use types::{
    ActError, Clocks, CpuTime, CpuTimes, DesktopEvent, MenuLine, NoDesktop, RawProc, SensorValues, StopCause,
    TrayAction, TrayIcon, TrayView, WindowOwner,
};
