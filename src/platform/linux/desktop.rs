//! User activity and windows on X11. On Wayland every reading is missing, even if the session has an X server for old
//! programs: that one knows only their windows and their input.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::os::fd::AsFd as _;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use x11rb::NONE;
use x11rb::connection::{Connection, SequenceNumber};
use x11rb::cookie::Cookie;
use x11rb::protocol::screensaver::{ConnectionExt as _, QueryInfoReply};
use x11rb::protocol::xproto::{Atom, AtomEnum, ConnectionExt as _, GetPropertyReply, Window};
use x11rb::rust_connection::RustConnection;
use x11rb::x11_utils::TryParse;

use super::own::SMALL_STACK;
use super::pings::Pings;
use crate::model::{Pid, Reading, Seconds, Why};
use crate::platform::types::{DesktopSnapshot, WindowOwner, WorkArea};

/// Age from which a pending answer is discarded, for example after a pause.
const STALE: Duration = Duration::from_secs(20);

/// Connection to the X server, if there is one.
pub struct Desktop {
    screen: Option<Screen>,
    /// Queries sent whose answers have not been read yet.
    pending: Option<PendingQueries>,
    pings: Option<Pings>,
}

/// Pending queries and when they were sent.
struct PendingQueries {
    /// `None` when the server has no screen saver extension.
    idle: Option<SequenceNumber>,
    window: Option<SequenceNumber>,
    at: Instant,
}

struct Screen {
    connection: RustConnection,
    root: Window,
    active_window: Atom,
    client_list: Atom,
    window_pid: Atom,
    window_name: Atom,
    utf8_string: Atom,
}

impl Desktop {
    /// Connects when there is an X11 display.
    pub fn new() -> Self {
        Self { screen: Screen::connect(), pending: None, pings: None }
    }

    /// Enables checks for hung windows. [`Self::snapshot`] must then be called regularly, as it drains the events of
    /// all windows.
    pub fn watch_hung_windows(&mut self) {
        self.pings = self.screen.as_ref().and_then(|screen| Pings::new(&screen.connection, screen.root));
    }

    /// Calls `ended` when the X server of this session goes away: some desktops leave programs running at sign-out.
    /// Never called without one.
    pub fn when_session_ends(&self, ended: impl FnOnce() + Send + 'static) {
        let Some(screen) = &self.screen else { return };
        let Ok(stream) = screen.connection.stream().as_fd().try_clone_to_owned() else { return };
        let wait = move || {
            // Polls only for a hangup, so this thread does not wake up before.
            let mut ends = [PollFd::new(&stream, PollFlags::empty())];
            while matches!(poll(&mut ends, None), Ok(0) | Err(Errno::INTR)) {}
            ended();
        };
        // No reason not to monitor.
        if let Err(error) = std::thread::Builder::new().name("session".to_owned()).stack_size(SMALL_STACK).spawn(wait) {
            log::warn!("no thread that waits for the end of the session: {error}");
        }
    }

    /// Time since the last input, from the screen saver extension.
    pub fn user_idle(&mut self) -> Reading<Seconds> {
        let idle = self.screen.as_ref().and_then(|screen| {
            let info = screen.connection.screensaver_query_info(screen.root).ok()?.reply().ok()?;
            Some(Seconds(f64::from(info.ms_since_user_input) / 1000.0))
        });
        Reading::from_option(idle, Why::Unsupported)
    }

    /// Last input and foreground window as of the previous call, seconds ago: waiting for the X server would wake this
    /// program once more each time. The first call waits for the input time.
    pub fn snapshot(&mut self) -> DesktopSnapshot {
        let before = self.pending.take();
        let answers = before.and_then(|PendingQueries { idle, window, at }| {
            let connection = &self.screen.as_ref()?.connection;
            // Stale answers have to be taken from the connection as well.
            let idle = idle.and_then(|idle| Cookie::<_, QueryInfoReply>::new(connection, idle).reply().ok());
            let window = window.and_then(|window| Cookie::<_, GetPropertyReply>::new(connection, window).reply().ok());
            (at.elapsed() < STALE).then_some((idle, window))
        });
        let (idle, window) = answers.unwrap_or_default();
        self.pending = self.screen.as_ref().and_then(Screen::send_queries);
        if let (Some(screen), Some(pings)) = (&self.screen, &mut self.pings) {
            pings.listen(&screen.connection);
        }
        let idle = idle.map(|answer| Seconds(f64::from(answer.ms_since_user_input) / 1000.0));
        // Briefly none, and none while the desktop itself is in front.
        let window = window.and_then(|answer| answer.value32()?.next()).filter(|window| *window != NONE);
        DesktopSnapshot {
            user_idle: idle.map_or_else(|| self.user_idle(), Reading::Known),
            window: Reading::from_option(window.map(u64::from), Why::NotYet),
        }
    }

    /// Process of the active window, as reported by the window manager.
    pub fn foreground(&mut self) -> Reading<Pid> {
        let pid = self.screen.as_ref().and_then(|screen| screen.pid_of(screen.in_front()?));
        Reading::from_option(pid, Why::Unsupported)
    }

    /// Processes with windows, as listed by the window manager, with those that hung while in front.
    pub fn window_owners(&mut self) -> Reading<Vec<WindowOwner>> {
        let owners = self.screen.as_ref().and_then(|screen| {
            let windows = screen.numbers(screen.root, screen.client_list, AtomEnum::WINDOW.into())?;
            // Sends all queries before waiting for the first answer.
            let query = |window: &Window| {
                let property = |name, kind| screen.connection.get_property(false, *window, name, kind, 0, 1).ok();
                let pid = property(screen.window_pid, AtomEnum::CARDINAL.into())?;
                // The first four bytes, which hold one character.
                Some((*window, pid, property(screen.window_name, screen.utf8_string)?))
            };
            let questions: Vec<_> = windows.iter().filter_map(query).collect();
            let (mut pids, mut unsaved) = (BTreeMap::<Window, Pid>::new(), BTreeSet::<Window>::new());
            for (window, pid, title) in questions {
                let (pid, title) = (pid.reply(), title.reply());
                let Some(pid) = pid.ok().and_then(|pid| pid.value32()?.next()) else { continue };
                pids.insert(window, pid);
                if title.is_ok_and(|title| WindowOwner::is_unsaved_mark(&String::from_utf8_lossy(&title.value))) {
                    unsaved.insert(window);
                }
            }
            let in_front = screen.in_front();
            let hung = self.pings.as_mut().map(|pings| pings.update(&screen.connection, &pids, in_front));
            let hung = hung.unwrap_or_default();
            let owner = |(window, pid)| WindowOwner {
                pid,
                hung: hung.contains(&window),
                seems_unsaved: unsaved.contains(&window),
            };
            let mut owners: Vec<WindowOwner> = pids.into_iter().map(owner).collect();
            owners.sort_unstable();
            owners.dedup();
            Some(owners)
        });
        Reading::from_option(owners, Why::Unsupported)
    }
}

/// Returns `true` when the active window covers the whole screen: a presentation, a film, a game. `None` when X11
/// cannot tell. Called rarely, so it opens its own connection.
pub(super) fn is_fullscreen_in_front() -> Option<bool> {
    let screen = Screen::connect()?;
    let window = screen.in_front()?;
    // A window without the property is in no state.
    let states = screen.numbers(window, screen.atom(b"_NET_WM_STATE")?, AtomEnum::ATOM.into()).unwrap_or_default();
    Some(states.contains(&screen.atom(b"_NET_WM_STATE_FULLSCREEN")?))
}

/// Returns the work area of the current desktop. `None` if the window manager reports none, and on Wayland, where the
/// compositor places windows. A pixel counts as a point, since X11 defines no scale. Called once, so it opens its own
/// connection.
pub fn work_area() -> Option<WorkArea> {
    let screen = Screen::connect()?;
    let cardinals = |name| screen.numbers(screen.root, screen.atom(name)?, AtomEnum::CARDINAL.into());
    let desktop = cardinals(b"_NET_CURRENT_DESKTOP").and_then(|numbers| numbers.first().copied()).unwrap_or(0);
    let areas = cardinals(b"_NET_WORKAREA")?;
    let [x, y, width, height] = *areas.as_chunks().0.get(desktop as usize)?;
    Some(WorkArea { x: x as f32, y: y as f32, width: width as f32, height: height as f32 })
}

/// Returns `true` when, by the environment, an X server is the desktop of this session.
fn is_x11_session(variable: impl Fn(&str) -> Option<OsString>) -> bool {
    let is_set = |name| variable(name).is_some_and(|value| !value.is_empty());
    let is_wayland = ["WAYLAND_DISPLAY", "WAYLAND_SOCKET"].into_iter().any(is_set)
        || variable("XDG_SESSION_TYPE").is_some_and(|kind| kind.eq_ignore_ascii_case("wayland"));
    is_set("DISPLAY") && !is_wayland
}

impl Default for Desktop {
    fn default() -> Self {
        Self::new()
    }
}

impl Screen {
    fn connect() -> Option<Self> {
        if !is_x11_session(|name| std::env::var_os(name)) {
            return None;
        }
        let (connection, number) = x11rb::connect(None).ok()?;
        let root = connection.setup().roots.get(number)?.root;
        let atom = |name: &[u8]| Some(connection.intern_atom(false, name).ok()?.reply().ok()?.atom);
        let active_window = atom(b"_NET_ACTIVE_WINDOW")?;
        let client_list = atom(b"_NET_CLIENT_LIST")?;
        let window_pid = atom(b"_NET_WM_PID")?;
        let (window_name, utf8_string) = (atom(b"_NET_WM_NAME")?, atom(b"UTF8_STRING")?);
        Some(Self { connection, root, active_window, client_list, window_pid, window_name, utf8_string })
    }

    fn atom(&self, name: &[u8]) -> Option<Atom> {
        Some(self.connection.intern_atom(false, name).ok()?.reply().ok()?.atom)
    }

    /// Queries last input and foreground window without waiting.
    fn send_queries(&self) -> Option<PendingQueries> {
        let idle = self.connection.screensaver_query_info(self.root).ok().map(keep_reply);
        let (property, kind) = (self.active_window, AtomEnum::WINDOW);
        let window = self.connection.get_property(false, self.root, property, kind, 0, 1).ok().map(keep_reply);
        self.connection.flush().ok()?;
        Some(PendingQueries { idle, window, at: Instant::now() })
    }

    fn numbers(&self, window: Window, property: Atom, kind: Atom) -> Option<Vec<u32>> {
        let reply = self.connection.get_property(false, window, property, kind, 0, 4096).ok()?.reply().ok()?;
        Some(reply.value32()?.collect())
    }

    /// The active window, as reported by the window manager.
    fn in_front(&self) -> Option<Window> {
        self.numbers(self.root, self.active_window, AtomEnum::WINDOW.into())?.first().copied()
    }

    fn pid_of(&self, window: Window) -> Option<Pid> {
        self.numbers(window, self.window_pid, AtomEnum::CARDINAL.into())?.first().copied()
    }
}

/// Keeps the answer of a query for later; dropping the cookie would discard it.
fn keep_reply<R: TryParse>(question: Cookie<'_, RustConnection, R>) -> SequenceNumber {
    let number = question.sequence_number();
    std::mem::forget(question);
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_x_server_of_a_wayland_session_is_not_used() {
        let is_x11 = |set: &[(&str, &str)]| {
            is_x11_session(|name| set.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into()))
        };
        let display = ("DISPLAY", ":0");
        assert!(is_x11(&[display]));
        assert!(is_x11(&[display, ("XDG_SESSION_TYPE", "x11"), ("WAYLAND_DISPLAY", "")]));
        assert!(is_x11(&[display, ("XDG_SESSION_TYPE", "tty")]), "a virtual screen");
        assert!(!is_x11(&[]) && !is_x11(&[("DISPLAY", "")]));
        assert!(!is_x11(&[display, ("WAYLAND_DISPLAY", "wayland-0"), ("XDG_SESSION_TYPE", "wayland")]));
        assert!(!is_x11(&[display, ("WAYLAND_DISPLAY", "wayland-0")]));
        assert!(!is_x11(&[display, ("XDG_SESSION_TYPE", "wayland")]), "started by a service without the socket");
    }
}
