//! The agent: always there, never felt. Samples, records, diagnoses, shows an icon and notifies; no window.
//!
//! One thread does everything in turns of 2 s and sleeps in between; tray, endpoint and notifications only send to
//! it. `notification_policy`, `budget`, `session_events`, `loads`, `menu` and `protocol` are pure.

mod agent_loop;
mod budget;
mod finding_tracker;
mod icon_state;
mod last_stop;
mod loads;
mod menu;
mod notices;
mod notification_policy;
mod protocol;
mod recording_writer;
mod session_events;

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

pub use agent_loop::KEEP;
pub use loads::is_moving;
pub use protocol::{Answer, FRAME, Request, Status, finding_id, read_request, write};

use crate::cli::{Context, Exit, Output};
use crate::explain::Lang;
use crate::model::{Reading, Seconds};
use crate::platform::{self, DesktopEvent, Endpoint, Lock, NoDesktop, Tray, TrayAction};
use crate::settings::{SettingsFile, recording_path};
use agent_loop::AgentLoop;
use recording_writer::RecordingUnavailable;

/// Names of the lock and of both endpoints.
pub const AGENT: &str = "agent";
/// The endpoint of the window.
pub const WINDOW: &str = "window";
/// A running agent or window answers within so long.
const ANSWER: Duration = Duration::from_millis(800);
/// Arguments with which the system starts the agent at sign-in.
pub const AUTOSTART: [&str; 2] = ["agent", "--quiet"];
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
    let settings = SettingsFile::of_user().load();
    let texts = context.texts(options.lang.or(settings.lang).unwrap_or(context.lang));
    let _lock = match Lock::take(AGENT) {
        Ok(Some(lock)) => lock,
        Ok(None) => {
            output.note(&texts.get("agent-running"));
            if !options.quiet {
                let _ = tell(AGENT, &Request::Show { finding: None, settings: false });
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
    let agent_loop = AgentLoop::new(context, &options, &settings, wakes, output);
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

/// Says something to a running agent ([`AGENT`]) or window ([`WINDOW`]); `None` when there is none.
pub fn tell(whom: &str, request: &Request) -> Option<Answer> {
    let answer = platform::ask(whom, &write(request), ANSWER).ok()?;
    serde_json::from_slice(&answer).ok()
}

/// How the running agent is; `None` when there is none.
pub fn status() -> Option<Status> {
    asked_status(false)
}

/// The same after the agent has looked at everything and written it down.
pub fn fresh_status() -> Option<Status> {
    asked_status(true)
}

fn asked_status(fresh: bool) -> Option<Status> {
    match tell(AGENT, &Request::Status { fresh })? {
        Answer::Status(status) => Some(*status),
        Answer::Done | Answer::Refused => None,
    }
}

/// Brings the window to the front, or opens it.
///
/// # Errors
/// What the system says when the window's program cannot be started.
pub fn open_window(finding: Option<&str>, settings: bool) -> std::io::Result<()> {
    if tell(WINDOW, &Request::Show { finding: finding.map(str::to_owned), settings }) == Some(Answer::Done) {
        return Ok(());
    }
    let mut arguments: Vec<&str> = Vec::new();
    if let Some(finding) = finding {
        arguments.extend(["--finding", finding]);
    }
    if settings {
        arguments.push("--settings");
    }
    platform::start_detached(&window_program()?, &arguments)
}

/// The program with the window: this one, or the one beside it.
fn window_program() -> std::io::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let beside = own.with_file_name(format!("mimamori{}", std::env::consts::EXE_SUFFIX));
    Ok(if beside.exists() { beside } else { own })
}

/// The program of the agent: the one without a window, where it is beside this one. Measured on Linux: it keeps 2 MB
/// less in memory. On Windows that one is for consoles and would open one at every sign-in.
///
/// # Errors
/// The system does not tell where this program is.
pub fn agent_program() -> std::io::Result<PathBuf> {
    let light = std::env::current_exe()?.with_file_name("mimamori-cli");
    if light.exists() { Ok(light) } else { window_program() }
}

/// Starts the agent in the background unless one runs.
///
/// # Errors
/// What the system says.
pub fn start_in_background(program: &Path) -> std::io::Result<()> {
    platform::start_detached(program, &AUTOSTART)
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
            match self.inbox.recv_timeout(due.saturating_duration_since(Instant::now())) {
                Ok(AgentEvent::Desktop(event)) => match self.desktop(event, &mut due) {
                    Then::GoOn => {}
                    Then::End(waiting) => {
                        self.agent_loop.end(waiting);
                        return Exit::Fine;
                    }
                },
                Ok(AgentEvent::Asked(request, answer)) => {
                    let said = self.asked(&request, &mut due);
                    // The one who asked may have gone.
                    let _ = answer.send(write(&said));
                    if self.agent_loop.is_no_longer_wanted() {
                        self.agent_loop.end(None);
                        return Exit::Fine;
                    }
                }
                Ok(AgentEvent::Cause(cause)) => self.agent_loop.cause_known(&cause),
                Ok(AgentEvent::Tray(tray)) => self.agent_loop.tray_started(tray),
                Ok(AgentEvent::Stop) | Err(RecvTimeoutError::Disconnected) => {
                    self.agent_loop.end(None);
                    return Exit::Fine;
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
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

    fn asked(&mut self, request: &Request, due: &mut Instant) -> Answer {
        match request {
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
        }
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
