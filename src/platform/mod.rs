//! The operating system; the only folder with `cfg(target_os)` and `unsafe`.
//!
//! `linux`, `windows` and `unknown` have the same items, listed once below; a platform that lacks one does not compile.
//! `unknown` does nothing and says so; the feature `unknown-platform` builds it anywhere. No policy here: `sampler` and
//! `diagnose` decide what a value means, [`crate::model::Closable`] what may be closed.

mod files;
#[cfg_attr(feature = "unknown-platform", allow(dead_code, reason = "a platform that knows nothing talks to nobody"))]
mod frames;
#[cfg_attr(feature = "unknown-platform", allow(dead_code, reason = "a platform that knows nothing talks to nobody"))]
mod notifications;
#[cfg(any(test, all(windows, not(feature = "unknown-platform"))))]
mod program_line;
#[cfg(any(test, all(windows, not(feature = "unknown-platform"))))]
mod status_codes;
#[cfg(any(test, all(windows, not(feature = "unknown-platform"))))]
mod stop_events;
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

pub use files::{read_administrators_text, read_bytes, read_text, replace_private};
pub use sys::{
    CpuReader, Desktop, Endpoint, GIVE_BACK_EVERY, GpuTotal, GpuUsers, Lock, NetUsers, Notifier, ProcessReader,
    Sensors, Target, Tray, ask, autostart_entries, autostart_once, autostart_once_end, autostart_set, autostart_state,
    autostart_switch, autostart_undo, clocks, condition, disk_counters, end_program, give_back_memory, has_display,
    has_other_users, is_in_foreign_home, is_network_folder, line_interfaces, machine, make_private_folder,
    may_be_of_system, memory, message_box, mounts, on_display_lost, open_ordinary, open_private, own_cpu_time,
    own_memory, own_process, pending_restart, policy_list, prepare_console, prepare_process, program_file,
    quiet_command, raise_own_priority, remote_ports, restart_check, restart_pc, sees_all_processes,
    shared_config_folder, signature, signed_in_at, space, start_detached, start_program, started_at, sudden_stop_cause,
    system_facts, terminal_columns, time_zone, user_folder, work_area,
};
pub use types::{
    ActError, Clocks, CpuTime, CpuTimes, DesktopEvent, DesktopEvents, DesktopSnapshot, DiskCounters, MenuLine,
    MountPoint, NoDesktop, RawProc, SensorValues, Space, StopCause, TrayAction, TrayIcon, TrayView, WindowOwner,
    WorkArea, Writing,
};
