//! Notifications of the desktop over D-Bus. One thread speaks to the server, which may be slow or missing, and one
//! hears what was clicked; the caller never waits. (A library would keep a thread for every notification shown.)

use std::collections::HashMap;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender, TrySendError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use zbus::blocking::{Connection, MessageIterator, connection};
use zbus::zvariant::Value;

use crate::platform::types::{DesktopEvent, NoDesktop};

/// The server, its object and its interface.
const SERVER: &str = "org.freedesktop.Notifications";
const OBJECT: &str = "/org/freedesktop/Notifications";
/// So long may the server take: it may have to be started first.
const PATIENCE: Duration = Duration::from_secs(5);
/// So many notifications may wait for a server that does not answer.
const WAITING: usize = 8;
/// A click on the notification itself.
const CLICK: &str = "default";
/// The name of our desktop file, by which desktops keep settings for each program.
const DESKTOP_ENTRY: &str = "mimamori";

/// Shows notifications.
#[derive(Debug)]
pub struct Notifier {
    jobs: Option<SyncSender<Job>>,
}

enum Job {
    Show { tag: String, title: String, body: String, urgent: bool },
    Withdraw { tag: String },
}

impl Notifier {
    /// Prepares for notifications of the program `app_name`. Connects when the first one is shown.
    pub fn new(app_name: &str, events: Sender<DesktopEvent>) -> Self {
        let (jobs, incoming) = mpsc::sync_channel(WAITING);
        let worker = Worker { app_name: clean(app_name), events, shown: Shown::default(), server: None, failed: false };
        let started = thread::Builder::new().name("notifier".into()).spawn(move || worker.run(&incoming));
        Self { jobs: started.is_ok().then_some(jobs) }
    }

    /// Shows a notification in place of an earlier one with the same `tag`. Does not wait for the server: that it
    /// could not be shown comes as [`DesktopEvent::NotificationsFailed`].
    ///
    /// # Errors
    /// Too many are waiting for a server that does not answer.
    pub fn show(&mut self, tag: &str, title: &str, body: &str, urgent: bool) -> Result<(), NoDesktop> {
        self.send(Job::Show { tag: tag.into(), title: title.into(), body: body.into(), urgent })
    }

    /// Takes the notification with this `tag` back, if it is still there.
    pub fn withdraw(&mut self, tag: &str) {
        // When even this cannot wait in the line the server hangs, and its notifications with it.
        let _ = self.send(Job::Withdraw { tag: tag.into() });
    }

    fn send(&self, job: Job) -> Result<(), NoDesktop> {
        let jobs = self.jobs.as_ref().ok_or_else(|| NoDesktop("no thread for notifications".into()))?;
        jobs.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => NoDesktop("the notification server does not answer".into()),
            TrySendError::Disconnected(_) => NoDesktop("the thread for notifications ended".into()),
        })
    }
}

/// Which notifications are on the screen: tag and the server's number.
type Shown = Arc<Mutex<HashMap<String, u32>>>;

fn locked(shown: &Shown) -> MutexGuard<'_, HashMap<String, u32>> {
    shown.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Worker {
    app_name: String,
    events: Sender<DesktopEvent>,
    shown: Shown,
    server: Option<Server>,
    /// The last one failed, and that was said.
    failed: bool,
}

impl Worker {
    fn run(mut self, jobs: &Receiver<Job>) {
        for job in jobs {
            match job {
                Job::Show { tag, title, body, urgent } => {
                    let done = self.show(tag, &title, &body, urgent);
                    self.tell(done);
                }
                Job::Withdraw { tag } => self.withdraw(&tag),
            }
        }
    }

    fn show(&mut self, tag: String, title: &str, body: &str, urgent: bool) -> zbus::Result<()> {
        let server = match self.server.take() {
            Some(server) => server,
            None => Server::connect(&self.shown, &self.events)?,
        };
        let replaces = locked(&self.shown).get(&tag).copied().unwrap_or(0);
        let id = server.notify(&self.app_name, replaces, title, body, urgent);
        // A connection that failed is made anew the next time; slowness is no failure of the connection.
        let broken =
            matches!(&id, Err(zbus::Error::InputOutput(error)) if error.kind() != std::io::ErrorKind::TimedOut);
        if !broken {
            self.server = Some(server);
        }
        locked(&self.shown).insert(tag, id?);
        Ok(())
    }

    fn withdraw(&mut self, tag: &str) {
        let id = locked(&self.shown).remove(tag);
        if let (Some(server), Some(id)) = (&self.server, id) {
            // Gone already, or the server is: either way it is not on the screen any more.
            let _ = server.call("CloseNotification", &(id,));
        }
    }

    fn tell(&mut self, done: zbus::Result<()>) {
        match done {
            Ok(()) => self.failed = false,
            Err(error) if !self.failed => {
                self.failed = true;
                // Nobody listens any more: the program ends.
                let _ = self.events.send(DesktopEvent::NotificationsFailed(error.to_string()));
            }
            Err(_) => {}
        }
    }
}

/// A connection to the server, closed when dropped, which also ends the thread that listens on it.
struct Server(Connection);

impl Server {
    fn connect(shown: &Shown, events: &Sender<DesktopEvent>) -> zbus::Result<Self> {
        let server = Self(connection::Builder::session()?.method_timeout(PATIENCE).build()?);
        let rule =
            zbus::MatchRule::builder().msg_type(zbus::message::Type::Signal).sender(SERVER)?.interface(SERVER)?;
        let signals = MessageIterator::for_match_rule(rule.build(), &server.0, Some(64))?;
        let (shown, events) = (Arc::clone(shown), events.clone());
        thread::Builder::new().name("notifier-clicks".into()).spawn(move || hear(signals, &shown, &events))?;
        Ok(server)
    }

    fn call<B>(&self, method: &str, body: &B) -> zbus::Result<zbus::Message>
    where
        B: serde::ser::Serialize + zbus::zvariant::DynamicType,
    {
        self.0.call_method(Some(SERVER), OBJECT, Some(SERVER), method, body)
    }

    fn notify(&self, app_name: &str, replaces: u32, title: &str, body: &str, urgent: bool) -> zbus::Result<u32> {
        // Asked each time: the server may have become another one, and notifications are rare.
        let capabilities: Vec<String> = self.call("GetCapabilities", &())?.body().deserialize()?;
        let can = |what: &str| capabilities.iter().any(|capability| capability == what);
        let body = if can("body-markup") { escaped(body) } else { clean(body) };
        // A server without actions would show a dialogue or nothing. The name is for those that draw a button.
        let actions: Vec<&str> = if can("actions") { vec![CLICK, app_name] } else { Vec::new() };
        let hints = HashMap::from([
            ("urgency", Value::U8(if urgent { 2 } else { 1 })),
            ("desktop-entry", Value::from(DESKTOP_ENTRY)),
            ("suppress-sound", Value::Bool(true)),
        ]);
        let by_server = -1_i32;
        let arguments = (app_name, replaces, DESKTOP_ENTRY, clean(title), body, actions, hints, by_server);
        self.call("Notify", &arguments)?.body().deserialize()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Broken already: closed as well.
        let _ = self.0.clone().close();
    }
}

/// Tells which notifications are clicked, and forgets those that are closed, until the connection ends.
fn hear(signals: MessageIterator, shown: &Shown, events: &Sender<DesktopEvent>) {
    for signal in signals {
        let Ok(signal) = signal else { return };
        let member = signal.header().member().map(ToString::to_string);
        match member.as_deref() {
            Some("ActionInvoked") => {
                let Ok((id, action)) = signal.body().deserialize::<(u32, String)>() else { continue };
                let tag = locked(shown).iter().find(|(_, shown)| **shown == id).map(|(tag, _)| tag.clone());
                if let Some(tag) = tag.filter(|_| action == CLICK) {
                    // Nobody listens any more: the program ends.
                    let _ = events.send(DesktopEvent::NotificationClicked(tag));
                }
            }
            Some("NotificationClosed") => {
                let Ok((id, _reason)) = signal.body().deserialize::<(u32, u32)>() else { continue };
                locked(shown).retain(|_, shown| *shown != id);
            }
            _ => {}
        }
    }
}

/// Text without what D-Bus does not carry and a notification does not draw.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{FFFD}' } else { c }).collect()
}

/// Text for a place where `<b>` would be markup.
pub(super) fn escaped(text: &str) -> String {
    clean(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn hostile_names_are_only_names() {
        assert_eq!(escaped("<a href=\"x\">&amp;</a>"), "&lt;a href=\"x\"&gt;&amp;amp;&lt;/a&gt;");
        assert_eq!(clean("a\0b\x1b[2J\nc"), "a\u{FFFD}b\u{FFFD}[2J\nc");
    }

    #[test]
    fn a_line_that_is_full_is_said_at_once() {
        let (jobs, _never_read) = mpsc::sync_channel(1);
        let mut notifier = Notifier { jobs: Some(jobs) };
        let begin = Instant::now();
        assert!(notifier.show("a", "b", "c", false).is_ok());
        assert!(notifier.show("a", "b", "c", false).is_err());
        notifier.withdraw("a");
        assert!(begin.elapsed() < Duration::from_secs(1));
    }
}
