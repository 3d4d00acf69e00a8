//! Communication between the processes of one user: requests over a local endpoint, and starting the other program when
//! it is not running. Used by agent, window and command line. [`protocol`] is pure.

mod protocol;

use std::path::{Path, PathBuf};
use std::time::Duration;

pub use protocol::{Answer, FRAME, Request, Status, finding_id, read_request, write};

use crate::explain::Lang;
use crate::platform;
use crate::settings::Renderer;

/// Name of the agent's lock and endpoint.
pub const AGENT: &str = "agent";
/// Name of the window's lock and endpoint.
pub const WINDOW: &str = "window";
/// Time within which a running agent or window answers a request.
pub const ANSWER: Duration = Duration::from_millis(800);
/// Arguments with which the system starts the agent at sign-in.
pub const AUTOSTART: [&str; 2] = ["agent", "--quiet"];

/// Options for opening the window.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WindowOptions {
    /// Renderer; by default the one that worked last time.
    pub renderer: Option<Renderer>,
    /// Language; by default the one in the settings.
    pub lang: Option<Lang>,
    /// Finding to show, in the form of [`finding_id`].
    pub finding: Option<String>,
    /// Open at the settings.
    pub settings: bool,
}

impl WindowOptions {
    /// The request that shows the same in an open window.
    pub fn show(&self) -> Request {
        Request::Show { finding: self.finding.clone(), settings: self.settings }
    }

    /// The command-line arguments that open the same window.
    pub fn arguments(&self) -> Vec<String> {
        let value = |name: &str, value: Option<&str>| value.map(|value| format!("--{name}={value}"));
        let values = [
            value("renderer", self.renderer.map(Renderer::name)),
            value("lang", self.lang.map(Lang::code)),
            value("finding", self.finding.as_deref()),
            self.settings.then(|| "--settings".to_owned()),
        ];
        values.into_iter().flatten().collect()
    }
}

/// Sends a request to the running [`AGENT`] or [`WINDOW`]; `None` when there is no answer within [`ANSWER`].
pub fn send_request(endpoint: &str, request: &Request) -> Option<Answer> {
    let answer = platform::ask(endpoint, &write(request), ANSWER).ok()?;
    serde_json::from_slice(&answer).ok()
}

/// Status of the running agent; `None` when none runs.
pub fn status() -> Option<Status> {
    request_status(false)
}

/// Like [`status`], after the agent has taken a full sample and written it to the recording.
pub fn fresh_status() -> Option<Status> {
    request_status(true)
}

fn request_status(fresh: bool) -> Option<Status> {
    match send_request(AGENT, &Request::Status { fresh })? {
        Answer::Status(status) => Some(*status),
        Answer::Done | Answer::Refused => None,
    }
}

/// Notifies the running agent that the settings, or whether it starts with the PC, have changed.
pub fn settings_changed() {
    send_settings_changed(|request| send_request(AGENT, request));
}

/// An agent of an older version refuses the request, but re-reads the settings with every status request.
fn send_settings_changed(send: impl Fn(&Request) -> Option<Answer>) {
    if send(&Request::SettingsChanged) == Some(Answer::Refused) {
        let _ = send(&Request::Status { fresh: false });
    }
}

/// Brings the open window to the front, or opens one.
///
/// # Errors
/// The window's program cannot be started.
pub fn open_window(options: &WindowOptions) -> std::io::Result<()> {
    if send_request(WINDOW, &options.show()) == Some(Answer::Done) {
        return Ok(());
    }
    let arguments = options.arguments();
    platform::start_detached(&window_program()?, &arguments.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Path of the program with the window: the one beside this one, or this one.
///
/// # Errors
/// The system does not know the path of this program.
pub fn window_program() -> std::io::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let beside = own.with_file_name(format!("mimamori{}", std::env::consts::EXE_SUFFIX));
    Ok(if beside.exists() { beside } else { own })
}

/// Path of the agent's program. On Linux that is `mimamori-cli` where it is installed: without the window's code it
/// keeps 2 MB less in memory (measured). On Windows that program is for consoles and would open one at every sign-in.
///
/// # Errors
/// The system does not know the path of this program.
pub fn agent_program() -> std::io::Result<PathBuf> {
    let light = std::env::current_exe()?.with_file_name("mimamori-cli");
    if light.exists() { Ok(light) } else { window_program() }
}

/// Starts the agent in the background unless one is running.
///
/// # Errors
/// The program cannot be started.
pub fn start_in_background(program: &Path) -> std::io::Result<()> {
    platform::start_detached(program, &AUTOSTART)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_that_does_not_know_of_changed_settings_gets_a_status_request() {
        let sent = |answer: &Option<Answer>| {
            let requests = std::cell::RefCell::new(Vec::new());
            send_settings_changed(|request| {
                requests.borrow_mut().push(request.clone());
                answer.clone()
            });
            requests.into_inner()
        };
        let changed = Request::SettingsChanged;
        assert_eq!(sent(&None), std::slice::from_ref(&changed), "no agent runs");
        assert_eq!(sent(&Some(Answer::Done)), std::slice::from_ref(&changed));
        assert_eq!(sent(&Some(Answer::Refused)), [changed, Request::Status { fresh: false }]);
    }
}
