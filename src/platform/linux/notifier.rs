//! Notifications of the desktop over D-Bus: one thread speaks to the server and one hears what was clicked.
//! (notify-rust would keep a thread for every notification that is shown.)

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use zbus::blocking::{Connection, MessageIterator, connection};
use zbus::zvariant::Value;

use super::desktop::is_fullscreen_in_front;
use crate::model::{Reading, Why};
use crate::platform::notifications::{self, Message, Queue, clean, escaped};
use crate::platform::types::{DesktopEvent, DesktopEvents, NoDesktop};

/// The server, its object and its interface.
const SERVER: &str = "org.freedesktop.Notifications";
const OBJECT: &str = "/org/freedesktop/Notifications";
/// So long may the server take: it may have to be started first.
const PATIENCE: Duration = Duration::from_secs(5);
/// A click on the notification itself.
const CLICK: &str = "default";
/// The name of our desktop file, by which desktops keep settings for each program.
const DESKTOP_ENTRY: &str = "mimamori";

/// Shows notifications.
#[derive(Debug)]
pub struct Notifier(Queue);

impl Notifier {
    /// Prepares for notifications of the program `app_name`. Connects when the first one is shown.
    pub fn new(app_name: &str, events: DesktopEvents) -> Self {
        let server =
            Server { app_name: clean(app_name), events: events.clone(), shown: Shown::default(), connection: None };
        Self(Queue::new(server, events))
    }

    /// Shows a notification in place of an earlier one with the same `tag`. Does not wait for the server: that it
    /// could not be shown comes as [`DesktopEvent::NotificationsFailed`].
    ///
    /// # Errors
    /// Too many are waiting for a server that does not answer.
    pub fn show(&mut self, tag: &str, title: &str, body: &str, urgent: bool) -> Result<(), NoDesktop> {
        self.0.show(tag, title, body, urgent)
    }

    /// Whether the person should not be disturbed: they chose so (KDE tells), or a window covers the whole screen (X11
    /// tells). Waits half a second at most.
    pub fn is_presenting(&mut self) -> Reading<bool> {
        Reading::from_option(self.0.is_presenting(), Why::Unsupported)
    }

    /// Takes the notification with this `tag` back, if it is still there.
    pub fn withdraw(&mut self, tag: &str) {
        self.0.withdraw(tag);
    }
}

/// Which notifications are on the screen: tag and the server's number.
type Shown = Arc<Mutex<HashMap<String, u32>>>;

fn locked(shown: &Shown) -> MutexGuard<'_, HashMap<String, u32>> {
    shown.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Server {
    app_name: String,
    events: DesktopEvents,
    shown: Shown,
    connection: Option<Bus>,
}

impl notifications::Server for Server {
    fn show(&mut self, message: &Message) -> Result<(), String> {
        self.try_show(message).map_err(|error| error.to_string())
    }

    fn withdraw(&mut self, tag: &str) {
        let id = locked(&self.shown).remove(tag);
        if let (Some(bus), Some(id)) = (&self.connection, id) {
            // Gone already, or the server is: either way it is not on the screen any more.
            let _ = bus.call("CloseNotification", &(id,));
        }
    }

    fn is_presenting(&mut self) -> Option<bool> {
        let inhibited = self.is_inhibited();
        // Not every desktop that can be told to be quiet notices a presentation by itself.
        if inhibited == Some(true) { inhibited } else { is_fullscreen_in_front().or(inhibited) }
    }
}

impl Server {
    /// What the server says about itself; most have no such property.
    fn is_inhibited(&mut self) -> Option<bool> {
        if self.connection.is_none() {
            self.connection = Bus::connect(&self.shown, &self.events).ok();
        }
        let bus = self.connection.as_ref()?;
        let properties = Some("org.freedesktop.DBus.Properties");
        let answer = bus.0.call_method(Some(SERVER), OBJECT, properties, "Get", &(SERVER, "Inhibited")).ok()?;
        bool::try_from(answer.body().deserialize::<Value<'_>>().ok()?).ok()
    }

    fn try_show(&mut self, message: &Message) -> zbus::Result<()> {
        let bus = match self.connection.take() {
            Some(bus) => bus,
            None => Bus::connect(&self.shown, &self.events)?,
        };
        let replaces = locked(&self.shown).get(&message.tag).copied().unwrap_or(0);
        let id = bus.notify(&self.app_name, replaces, message);
        // A connection that failed is made anew the next time; slowness is no failure of the connection.
        let broken =
            matches!(&id, Err(zbus::Error::InputOutput(error)) if error.kind() != std::io::ErrorKind::TimedOut);
        if !broken {
            self.connection = Some(bus);
        }
        locked(&self.shown).insert(message.tag.clone(), id?);
        Ok(())
    }
}

/// A connection to the server, closed when dropped, which also ends the thread that listens on it.
struct Bus(Connection);

impl Bus {
    fn connect(shown: &Shown, events: &DesktopEvents) -> zbus::Result<Self> {
        let bus = Self(connection::Builder::session()?.method_timeout(PATIENCE).build()?);
        let rule =
            zbus::MatchRule::builder().msg_type(zbus::message::Type::Signal).sender(SERVER)?.interface(SERVER)?;
        let signals = MessageIterator::for_match_rule(rule.build(), &bus.0, Some(64))?;
        let (shown, events) = (Arc::clone(shown), events.clone());
        thread::Builder::new().name("notifier-clicks".into()).spawn(move || hear(signals, &shown, &events))?;
        Ok(bus)
    }

    fn call<B>(&self, method: &str, body: &B) -> zbus::Result<zbus::Message>
    where
        B: serde::ser::Serialize + zbus::zvariant::DynamicType,
    {
        self.0.call_method(Some(SERVER), OBJECT, Some(SERVER), method, body)
    }

    fn notify(&self, app_name: &str, replaces: u32, message: &Message) -> zbus::Result<u32> {
        // Asked each time: the server may have become another one, and notifications are rare.
        let capabilities: Vec<String> = self.call("GetCapabilities", &())?.body().deserialize()?;
        let can = |what: &str| capabilities.iter().any(|capability| capability == what);
        let body = if can("body-markup") { escaped(&message.body) } else { message.body.clone() };
        // A server without actions would show a dialogue or nothing. The name is for those that draw a button.
        let actions: Vec<&str> = if can("actions") { vec![CLICK, app_name] } else { Vec::new() };
        let hints = HashMap::from([
            ("urgency", Value::U8(if message.urgent { 2 } else { 1 })),
            ("desktop-entry", Value::from(DESKTOP_ENTRY)),
            ("suppress-sound", Value::Bool(true)),
        ]);
        let by_server = -1_i32;
        let arguments = (app_name, replaces, DESKTOP_ENTRY, &message.title, body, actions, hints, by_server);
        self.call("Notify", &arguments)?.body().deserialize()
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        // Broken already: closed as well.
        let _ = self.0.clone().close();
    }
}

/// Tells which notifications are clicked, and forgets those that are closed, until the connection ends.
fn hear(signals: MessageIterator, shown: &Shown, events: &DesktopEvents) {
    for signal in signals {
        let Ok(signal) = signal else { return };
        let member = signal.header().member().map(ToString::to_string);
        match member.as_deref() {
            Some("ActionInvoked") => {
                let Ok((id, action)) = signal.body().deserialize::<(u32, String)>() else { continue };
                let tag = locked(shown).iter().find(|(_, shown)| **shown == id).map(|(tag, _)| tag.clone());
                if let Some(tag) = tag.filter(|_| action == CLICK) {
                    events.send(DesktopEvent::NotificationClicked(tag));
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
