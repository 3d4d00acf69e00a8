//! The agent: always there, never felt. Samples, records, diagnoses, shows an icon and notifies; no window.
//!
//! One thread does everything in turns of 2 s and sleeps in between; tray, endpoint and notifications only send to
//! it. `notification_policy`, `budget`, `session_events`, `loads` and `menu` are pure.

mod agent_loop;
mod budget;
mod finding_tracker;
mod host;
mod icon_state;
mod last_stop;
mod loads;
mod menu;
mod notices;
mod notification_policy;
mod recording_writer;
mod session_events;

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

pub use agent_loop::KEEP;
pub use loads::needs_full_sample;

use crate::console::Output;
use crate::context::Context;
use crate::exit::Exit;
use crate::explain::Lang;
use crate::ipc::{self, AGENT, ANSWER, Answer, Request, WindowOptions, read_request, write};
use crate::model::{Reading, Seconds};
use crate::platform::{self, DesktopEvent, Endpoint, Lock, NoDesktop, Tray, TrayAction};
use crate::sampler::Sampler;
use crate::settings::{SettingsFile, recording_path};
use agent_loop::{AgentLoop, Parts};
use host::System;
use recording_writer::RecordingUnavailable;

/// The pause of the tray menu.
const PAUSE_MINUTES: u32 = 60;

/// How to start the agent.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Options {
    /// Started by the system at sign-in: does not open the window when another one runs already.
    pub quiet: bool,
    /// Wait so long first: it was too costly and starts again.
    pub wait: Seconds,
    /// Speak this language; by default the chosen one.
    pub lang: Option<Lang>,
}

/// What wakes the agent.
enum AgentEvent {
    Desktop(DesktopEvent),
    Asked(Request, Sender<Vec<u8>>),
    Cause(Reading<platform::StopCause>),
    /// The tray is there, or cannot be; a bus that does not answer takes its time.
    Tray(Result<Tray, NoDesktop>),
    Stop,
}

/// Watches until it is told to stop.
pub fn run(options: Options, context: &Context, output: &mut Output) -> Exit {
    if options.wait.0 > 0.0 {
        std::thread::sleep(Duration::from_secs_f64(options.wait.0.min(3600.0)));
    }
    let file = SettingsFile::of_user();
    let texts = context.texts(options.lang.or(file.load().lang).unwrap_or(context.lang));
    let _lock = match Lock::take(AGENT) {
        Ok(Some(lock)) => lock,
        Ok(None) => {
            output.note(&texts.get("agent-running"));
            if !options.quiet {
                let _ = ipc::tell(AGENT, &WindowOptions::default().show());
            }
            return Exit::Fine;
        }
        Err(error) => {
            output.error(&texts.with_one("agent-not-here", "reason", error.to_string()));
            return Exit::Unavailable;
        }
    };
    platform::raise_own_priority();
    let (wakes, inbox) = channel();
    let stop = wakes.clone();
    // Without the handler the system ends us without a clean stop mark, which the next start will see.
    let _ = ctrlc::set_handler(move || {
        let _ = stop.send(AgentEvent::Stop);
    });
    let _endpoint = listen(wakes.clone());
    let parts =
        Parts { host: Box::new(System), source: Box::new(Sampler::new()), settings: file, recording: recording() };
    let agent_loop = AgentLoop::new(context, &options, parts, wakes, output);
    Agent { agent_loop, inbox }.run()
}

/// Answers on the local endpoint by asking the thread of the agent.
fn listen(wakes: Sender<AgentEvent>) -> Option<Endpoint> {
    let refused = || write(&Answer::Refused);
    Endpoint::listen(AGENT, move |frame| {
        let Some(request) = read_request(frame) else { return refused() };
        let (answer, answers) = channel();
        if wakes.send(AgentEvent::Asked(request, answer)).is_err() {
            return refused();
        }
        answers.recv_timeout(ANSWER).unwrap_or_else(|_| refused())
    })
    .ok()
}

/// What follows from an event.
enum Then {
    GoOn,
    /// End, and tell the one who waits for it.
    End(Option<Sender<()>>),
}

struct Agent<'a> {
    agent_loop: AgentLoop<'a>,
    inbox: Receiver<AgentEvent>,
}

impl Agent<'_> {
    fn run(mut self) -> Exit {
        let mut due = Instant::now();
        loop {
            if Instant::now() >= due {
                let Some(pause) = self.agent_loop.tick() else { return self.agent_loop.give_up() };
                due = Instant::now() + pause;
            }
            let then = match self.inbox.recv_timeout(due.saturating_duration_since(Instant::now())) {
                Ok(event) => self.handle(event, &mut due),
                Err(RecvTimeoutError::Timeout) => Then::GoOn,
                Err(RecvTimeoutError::Disconnected) => Then::End(None),
            };
            if let Then::End(waiting) = then {
                self.agent_loop.end(waiting);
                return Exit::Fine;
            }
        }
    }

    /// Handles an event; sets `due` to now where the next tick cannot wait.
    fn handle(&mut self, event: AgentEvent, due: &mut Instant) -> Then {
        match event {
            AgentEvent::Desktop(event) => return self.desktop(event, due),
            AgentEvent::Asked(request, answer) => {
                let (said, then) = self.asked(&request, due);
                // The one who asked may have gone.
                let _ = answer.send(write(&said));
                return then;
            }
            AgentEvent::Cause(cause) => self.agent_loop.cause_known(&cause),
            AgentEvent::Tray(tray) => self.agent_loop.tray_started(tray),
            AgentEvent::Stop => return Then::End(None),
        }
        Then::GoOn
    }

    /// Does what was chosen.
    fn desktop(&mut self, event: DesktopEvent, due: &mut Instant) -> Then {
        match event {
            DesktopEvent::Tray(TrayAction::Quit) => return Then::End(None),
            DesktopEvent::SessionEnding(done) => return Then::End(Some(done)),
            DesktopEvent::Tray(TrayAction::Open) => self.agent_loop.open(None, false),
            DesktopEvent::Tray(TrayAction::ShowFinding) => {
                let worst = self.agent_loop.worst();
                self.agent_loop.open(worst.as_deref(), false);
            }
            DesktopEvent::Tray(TrayAction::Settings) => self.agent_loop.open(None, true),
            DesktopEvent::Tray(TrayAction::CheckNow) => {
                self.agent_loop.look_closely();
                *due = Instant::now();
                self.agent_loop.open(None, false);
            }
            DesktopEvent::Tray(TrayAction::Pause) => {
                let minutes = if self.agent_loop.is_paused() { 0 } else { PAUSE_MINUTES };
                self.agent_loop.pause(minutes);
                *due = Instant::now();
            }
            DesktopEvent::Tray(TrayAction::StartWithPc) => self.agent_loop.toggle_autostart(),
            DesktopEvent::NotificationClicked(finding) => self.agent_loop.open(Some(&finding), false),
            other => self.agent_loop.desktop_changed(&other),
        }
        Then::GoOn
    }

    fn asked(&mut self, request: &Request, due: &mut Instant) -> (Answer, Then) {
        let answer = match request {
            Request::Show { finding, settings } => {
                self.agent_loop.open(finding.as_deref(), *settings);
                Answer::Done
            }
            Request::Status { fresh } => {
                if *fresh {
                    self.agent_loop.write_now();
                }
                Answer::Status(Box::new(self.agent_loop.status()))
            }
            Request::Pause { minutes } => {
                if *minutes > 0 || self.agent_loop.is_paused() {
                    *due = Instant::now();
                }
                self.agent_loop.pause(*minutes);
                Answer::Done
            }
            Request::SettingsChanged => {
                let then = if self.agent_loop.read_settings() { Then::GoOn } else { Then::End(None) };
                return (Answer::Done, then);
            }
        };
        (answer, Then::GoOn)
    }
}

/// Where the recording is, or why there is none.
fn recording() -> Result<PathBuf, RecordingUnavailable> {
    let path = recording_path().ok_or(RecordingUnavailable::NoFolder)?;
    let folder = path.parent().unwrap_or(&path);
    if platform::is_network_folder(folder) {
        return Err(RecordingUnavailable::Network);
    }
    // What cannot be made is told by the recorder, which tries again.
    let _ = platform::make_private_folder(folder);
    Ok(path)
}
