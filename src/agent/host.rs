//! System calls of the agent other than sampling, behind a trait that tests implement.

use std::sync::mpsc::Sender;
use std::time::Duration;

use super::AgentEvent;
use super::notices::Notify;
use crate::ipc::{AUTOSTART, WindowOptions, agent_program, open_window};
use crate::model::{At, AutostartState, Bytes, Reading, Seconds, Why};
use crate::monitor::now;
use crate::platform::{self, DesktopEvents, Notifier, Tray, TrayView};
use crate::remedy::restart::RestartNote;
use crate::restart_file::RestartFile;

/// The system around the agent. The default methods call the real one.
pub(super) trait Host {
    /// Wall-clock time.
    fn now(&self) -> At {
        now()
    }

    /// Time when the user signed in.
    fn signed_in_at(&self) -> Option<At> {
        platform::signed_in_at().get()
    }

    /// Processor time of this process.
    fn own_cpu_time(&self) -> Option<Duration> {
        platform::own_cpu_time().get()
    }

    /// Memory of this process.
    fn own_memory(&self) -> Option<Bytes> {
        platform::own_memory().get()
    }

    /// Returns unused memory to the system.
    fn give_back_memory(&self) {
        platform::give_back_memory();
    }

    /// Creates the notifier.
    fn notifier(&self, app_name: &str, events: DesktopEvents) -> Box<dyn Notify> {
        Box::new(Notifier::new(app_name, events))
    }

    /// Starts the tray on another thread and reports it as [`AgentEvent::Tray`]: a session bus that does not answer
    /// must block neither sampling nor shutdown.
    fn start_tray(&self, view: TrayView, events: DesktopEvents, wakes: Sender<AgentEvent>) {
        let start = move || {
            // The agent may have ended meanwhile.
            let _ = wakes.send(AgentEvent::Tray(Tray::start(&view, events)));
        };
        // Without the thread there is no icon; everything else works.
        if let Err(error) = std::thread::Builder::new().name("start tray".to_owned()).spawn(start) {
            log::warn!("no thread for the tray: {error}");
        }
    }

    /// Asks why the PC went off, which may take seconds; the answer arrives as [`AgentEvent::StopCause`].
    fn ask_stop_cause(&self, boot_id: Option<String>, last_seen: At, wakes: Sender<AgentEvent>) {
        let failed = wakes.clone();
        let ask = move || {
            let cause = platform::sudden_stop_cause(boot_id.as_deref(), last_seen);
            // The agent may have ended meanwhile.
            let _ = wakes.send(AgentEvent::StopCause(cause));
        };
        if std::thread::Builder::new().name("last stop".to_owned()).spawn(ask).is_err() {
            let _ = failed.send(AgentEvent::StopCause(Reading::Missing(Why::Unsupported)));
        }
    }

    /// Reports whether the agent starts with the PC.
    fn autostart_state(&self) -> Reading<AutostartState> {
        platform::autostart_state()
    }

    /// Starts the agent with the PC, or no longer. The error is the system's message.
    fn set_autostart(&self, on: bool) -> Result<(), String> {
        let program = agent_program().map_err(|error| error.to_string())?;
        platform::autostart_set(&program, &AUTOSTART, on).map_err(|error| error.0)
    }

    /// Opens the window, or brings it to the front.
    fn open_window(&self, options: &WindowOptions) -> std::io::Result<()> {
        open_window(options)
    }

    /// The note of a restart that was requested in this program, if there is one.
    fn restart_note(&self) -> Option<RestartNote> {
        RestartFile::of_user().read()
    }

    /// Starts the agent again after `wait`. If that fails, the next sign-in does it.
    fn start_again(&self, wait: Seconds) {
        if let Ok(program) = agent_program() {
            let started = platform::start_detached(&program, &["agent", "--quiet", "--wait", &wait.0.to_string()]);
            log::warn!("too costly, to be started again in {} s: {started:?}", wait.0);
        }
    }
}

/// The real system.
pub(super) struct System;

impl Host for System {}
