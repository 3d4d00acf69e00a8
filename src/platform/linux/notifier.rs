//! Desktop notifications over D-Bus through notify-rust. Adds a time-out for servers that hang, and one thread that
//! waits for the clicks on all notifications.
//!
//! notify-rust keeps a connection per notification on screen, because some servers (dunst) send the click only to the
//! connection that asked, and others (GNOME Shell) withdraw the notification when that connection closes. It accepts
//! such signals from any sender; all of them run as this user, and a click only opens the window.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use async_channel::{Receiver, Sender};
use async_executor::Executor;
use async_io::Timer;
use futures_lite::{FutureExt, future};
use notify_rust::{Hint, Notification, NotificationHandle, NotificationResponse, Urgency};
use zbus::blocking::{Connection, connection};
use zbus::zvariant::Value;

use super::desktop::is_fullscreen_in_front;
use crate::model::{Reading, Why};
use crate::platform::notifications::{self, Message, Queue, clean, escaped};
use crate::platform::types::{DesktopEvent, DesktopEvents, NoDesktop};

/// Server, object and interface names.
const SERVER: &str = "org.freedesktop.Notifications";
const OBJECT: &str = "/org/freedesktop/Notifications";
/// Time-out of each call; the bus may have to start the server first.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Action of a click on the notification itself.
const CLICK: &str = "default";
/// Name of our desktop file, by which desktops keep per-program settings.
const DESKTOP_ENTRY: &str = "mimamori";

/// Shows notifications.
#[derive(Debug)]
pub struct Notifier(Queue);

impl Notifier {
    /// Creates a notifier for the program `app_name`. Connects when the first notification is shown.
    pub fn new(app_name: &str, events: DesktopEvents) -> Self {
        let server = Server {
            app_name: clean(app_name),
            events: events.clone(),
            shown: HashMap::new(),
            clicks: None,
            queries: None,
        };
        Self(Queue::new(server, events))
    }

    /// Shows a notification, replacing an earlier one with the same `tag`. Does not wait for the server, whose
    /// answer arrives as [`DesktopEvent::NotificationShown`] or [`DesktopEvent::NotificationsFailed`].
    ///
    /// # Errors
    /// Too many are queued for a server that does not answer.
    pub fn show(&mut self, tag: &str, title: &str, body: &str, urgent: bool) -> Result<(), NoDesktop> {
        self.0.show(tag, title, body, urgent)
    }

    /// Reports whether the user should not be disturbed: a do-not-disturb setting (reported by KDE), or a full-screen
    /// window (reported by X11). Waits at most half a second.
    pub fn is_presenting(&mut self) -> Reading<bool> {
        Reading::from_option(self.0.is_presenting(), Why::Unsupported)
    }

    /// Withdraws the notification with this `tag`, if it is still there.
    pub fn withdraw(&mut self, tag: &str) {
        self.0.withdraw(tag);
    }
}

struct Server {
    app_name: String,
    events: DesktopEvents,
    /// Notifications that may be on screen, by tag. A closed channel means that the user closed it.
    shown: HashMap<String, Sender<Order>>,
    clicks: Option<Clicks>,
    queries: Option<Connection>,
}

impl notifications::Server for Server {
    fn show(&mut self, message: &Message) -> Result<(), String> {
        // Without actions a server would show a dialogue or nothing. Queried every time: another server may have taken
        // over, and one that hangs is detected here, where there is a time-out.
        let capabilities = self.capabilities().map_err(|error| error.to_string())?;
        let notification = notification(&self.app_name, message, &capabilities);
        self.shown.retain(|_, orders| !orders.is_closed());
        if let Some(orders) = self.shown.get(&message.tag) {
            let (answer, answers) = mpsc::channel();
            if orders.try_send(Order::Replace(Box::new(notification.clone()), answer)).is_ok()
                && let Ok(replaced) = answers.recv_timeout(TIMEOUT)
            {
                return replaced;
            }
        }
        let handle = within_timeout(notification.show_async())?;
        let clicks = match &self.clicks {
            Some(clicks) => clicks,
            None => self.clicks.insert(Clicks::start().map_err(|error| error.to_string())?),
        };
        let orders = clicks.follow(handle, message.tag.clone(), self.events.clone());
        self.shown.insert(message.tag.clone(), orders);
        Ok(())
    }

    fn withdraw(&mut self, tag: &str) {
        if let Some(orders) = self.shown.remove(tag) {
            // Fails when it is closed already.
            let _ = orders.try_send(Order::Withdraw);
        }
    }

    fn is_presenting(&mut self) -> Option<bool> {
        let inhibited = self.is_inhibited();
        // Not every desktop with a do-not-disturb setting detects a presentation by itself.
        if inhibited == Some(true) { inhibited } else { is_fullscreen_in_front().or(inhibited) }
    }
}

impl Server {
    fn queries(&mut self) -> zbus::Result<&Connection> {
        match &mut self.queries {
            Some(connection) => Ok(connection),
            none => Ok(none.insert(connection::Builder::session()?.method_timeout(TIMEOUT).build()?)),
        }
    }

    fn capabilities(&mut self) -> zbus::Result<Vec<String>> {
        let answer = self.queries()?.call_method(Some(SERVER), OBJECT, Some(SERVER), "GetCapabilities", &());
        // A time-out leaves the connection usable; any other I/O error does not, and the next call reconnects.
        if matches!(&answer, Err(zbus::Error::InputOutput(error)) if error.kind() != std::io::ErrorKind::TimedOut) {
            self.queries = None;
        }
        answer?.body().deserialize()
    }

    /// Reads the server's property `Inhibited`; most servers have none.
    fn is_inhibited(&mut self) -> Option<bool> {
        let properties = Some("org.freedesktop.DBus.Properties");
        let connection = self.queries().ok()?;
        let answer = connection.call_method(Some(SERVER), OBJECT, properties, "Get", &(SERVER, "Inhibited")).ok()?;
        bool::try_from(answer.body().deserialize::<Value<'_>>().ok()?).ok()
    }
}

/// Builds the notification for this server's capabilities.
fn notification(app_name: &str, message: &Message, capabilities: &[String]) -> Notification {
    let can = |what: &str| capabilities.iter().any(|capability| capability == what);
    let body = if can("body-markup") { escaped(&message.body) } else { message.body.clone() };
    let mut notification = Notification::new();
    notification
        .appname(app_name)
        .icon(DESKTOP_ENTRY)
        .summary(&message.title)
        .body(&body)
        .urgency(if message.urgent { Urgency::Critical } else { Urgency::Normal })
        .hint(Hint::DesktopEntry(DESKTOP_ENTRY.to_owned()))
        .hint(Hint::SuppressSound(true));
    if can("actions") {
        // The label is for servers that draw a button.
        notification.action(CLICK, app_name);
    }
    notification
}

fn within_timeout<T>(call: impl Future<Output = Result<T, notify_rust::error::Error>>) -> Result<T, String> {
    let timeout = async {
        Timer::after(TIMEOUT).await;
        Err(std::io::Error::from(std::io::ErrorKind::TimedOut).to_string())
    };
    future::block_on(async { call.await.map_err(|error| error.to_string()) }.or(timeout))
}

/// A command for a notification on screen.
enum Order {
    Replace(Box<Notification>, mpsc::Sender<Result<(), String>>),
    Withdraw,
}

/// The thread that waits for clicks on all notifications. Ends when this is dropped.
struct Clicks {
    executor: Arc<Executor<'static>>,
    _alive: Sender<()>,
}

impl Clicks {
    fn start() -> std::io::Result<Self> {
        let executor = Arc::new(Executor::new());
        let (alive, ended) = async_channel::bounded::<()>(1);
        let running = Arc::clone(&executor);
        let run = move || {
            // The channel is only ever closed.
            let _ = async_io::block_on(running.run(ended.recv()));
        };
        thread::Builder::new().name("notifier-clicks".into()).spawn(run)?;
        Ok(Self { executor, _alive: alive })
    }

    /// Watches a notification; the returned channel takes orders for it and closes with it.
    fn follow(&self, handle: NotificationHandle, tag: String, events: DesktopEvents) -> Sender<Order> {
        let (orders, inbox) = async_channel::bounded(4);
        let follow = async move {
            // notify-rust can panic when the bus goes away; the notification is gone then, too.
            let _ = AssertUnwindSafe(follow(handle, inbox, &tag, &events)).catch_unwind().await;
        };
        self.executor.spawn(follow).detach();
        orders
    }
}

async fn follow(mut handle: NotificationHandle, inbox: Receiver<Order>, tag: &str, events: &DesktopEvents) {
    loop {
        let mut is_clicked = false;
        let response = async {
            let click = |response: &NotificationResponse| is_clicked = *response == NotificationResponse::Default;
            handle.wait_for_action_async(click).await;
            None
        };
        match response.or(async { inbox.recv().await.ok() }).await {
            Some(Order::Replace(notification, answer)) => {
                *handle = *notification;
                // The caller may have stopped waiting.
                let _ = answer.send(handle.update().map_err(|error| error.to_string()));
            }
            Some(Order::Withdraw) => {
                handle.close_async().await;
                return;
            }
            None => {
                if is_clicked {
                    events.send(DesktopEvent::NotificationClicked(tag.to_owned()));
                }
                return;
            }
        }
    }
}
