//! Toasts, each with a tag for replacing and withdrawing it; where there are none (Wine), balloons of the tray icon.
//! Windows may drop a toast silently, so the icon must convey the same by itself.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use windows::Data::Xml::Dom::XmlDocument;
use windows::Foundation::TypedEventHandler;
use windows::UI::Notifications::{ToastNotification, ToastNotificationManager};
use windows::core::HSTRING;
use windows_sys::Win32::UI::Shell::{
    QUNS_BUSY, QUNS_PRESENTATION_MODE, QUNS_RUNNING_D3D_FULL_SCREEN, SHQueryUserNotificationState,
};

use super::tray;
use crate::model::{Reading, Why};
use crate::platform::notifications::{self, Message, Queue, escaped};
use crate::platform::types::{DesktopEvent, DesktopEvents, NoDesktop};

/// Group of all our toasts.
const GROUP: &str = "mimamori";
/// Limit on toasts kept alive, so that clicks on them are reported, even in the notification centre.
const MOST: usize = 32;
/// Longest tag, in UTF-16 units.
const TAG_UNITS: usize = 64;

/// Shows notifications.
#[derive(Debug)]
pub struct Notifier(Queue);

impl Notifier {
    /// Creates a notifier for the program `app_name`, the application user model ID that the installer registered.
    pub fn new(app_name: &str, events: DesktopEvents) -> Self {
        let server = Toasts { app_id: HSTRING::from(app_name), events: events.clone(), shown: HashMap::new() };
        Self(Queue::new(server, events))
    }

    /// Shows a notification, replacing an earlier one with the same `tag`. Does not wait for Windows, whose
    /// answer arrives as [`DesktopEvent::NotificationShown`] or [`DesktopEvent::NotificationsFailed`].
    ///
    /// # Errors
    /// Too many are queued for Windows.
    pub fn show(&mut self, tag: &str, title: &str, body: &str, urgent: bool) -> Result<(), NoDesktop> {
        self.0.show(tag, title, body, urgent)
    }

    /// Reports whether the user is giving a presentation or a program covers the whole screen. "Do not disturb" needs
    /// no check: Windows itself suppresses toasts then.
    pub fn is_presenting(&mut self) -> Reading<bool> {
        Reading::from_option(self.0.is_presenting(), Why::Unsupported)
    }

    /// Withdraws the notification with this `tag`, if it is still there.
    pub fn withdraw(&mut self, tag: &str) {
        self.0.withdraw(tag);
    }
}

struct Toasts {
    app_id: HSTRING,
    events: DesktopEvents,
    /// Kept alive, because a dropped toast reports no clicks.
    shown: HashMap<String, ToastNotification>,
}

impl notifications::Server for Toasts {
    fn show(&mut self, message: &Message) -> Result<(), String> {
        match self.toast(message) {
            Ok(()) => Ok(()),
            Err(_) if tray::balloon(message) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }

    fn withdraw(&mut self, tag: &str) {
        tray::withdraw_balloon(tag);
        if self.shown.remove(tag).is_some() {
            // Fails when it has left the screen already.
            let _ = ToastNotificationManager::History()
                .and_then(|history| history.RemoveGroupedTagWithId(&short(tag), &HSTRING::from(GROUP), &self.app_id));
        }
    }

    #[expect(unsafe_code, reason = "asks for a number")]
    fn is_presenting(&mut self) -> Option<bool> {
        let mut state = 0;
        // SAFETY: the number is writable.
        let known = unsafe { SHQueryUserNotificationState(&raw mut state) } >= 0;
        known.then_some(matches!(state, QUNS_BUSY | QUNS_RUNNING_D3D_FULL_SCREEN | QUNS_PRESENTATION_MODE))
    }
}

impl Toasts {
    fn toast(&mut self, message: &Message) -> windows::core::Result<()> {
        let xml = XmlDocument::new()?;
        xml.LoadXml(&HSTRING::from(toast_xml(message)))?;
        let toast = ToastNotification::CreateToastNotification(&xml)?;
        toast.SetTag(&short(&message.tag))?;
        toast.SetGroup(&HSTRING::from(GROUP))?;
        let (events, tag) = (self.events.clone(), message.tag.clone());
        toast.Activated(&TypedEventHandler::new(move |_, _| {
            events.send(DesktopEvent::NotificationClicked(tag.clone()));
            Ok(())
        }))?;
        ToastNotificationManager::CreateToastNotifierWithId(&self.app_id)?.Show(&toast)?;
        if self.shown.len() >= MOST {
            self.shown.clear();
        }
        self.shown.insert(message.tag.clone(), toast);
        Ok(())
    }
}

/// Shortens a tag to 64 UTF-16 units, the limit since Windows 10 1703. A longer one ends with a hash of the whole, so that
/// two findings with long names in common never replace each other.
fn short(tag: &str) -> HSTRING {
    if tag.encode_utf16().count() <= TAG_UNITS {
        return HSTRING::from(tag);
    }
    let mut hasher = DefaultHasher::new();
    tag.hash(&mut hasher);
    let units: Vec<u16> = tag.encode_utf16().take(TAG_UNITS - 17).collect();
    HSTRING::from(format!("{}~{:016x}", String::from_utf16_lossy(&units), hasher.finish()))
}

/// "Toast content XML": silent; an urgent one stays until dismissed, for which it needs a button of the system.
fn toast_xml(message: &Message) -> String {
    let (title, body) = (escaped(&message.title), escaped(&message.body));
    let (scenario, actions) = if message.urgent {
        (
            r#" scenario="reminder""#,
            r#"<actions><action activationType="system" arguments="dismiss" content=""/></actions>"#,
        )
    } else {
        ("", "")
    };
    format!(
        r#"<toast{scenario}><visual><binding template="ToastGeneric"><text>{title}</text><text>{body}</text></binding></visual><audio silent="true"/>{actions}</toast>"#
    )
}

#[cfg(test)]
mod tests {
    use super::super::tests::is_wine;
    use super::*;
    use std::sync::mpsc;
    use std::time::Duration;

    #[test]
    fn hostile_names_are_only_names() {
        let message = |urgent| Message { tag: "a".into(), title: "<x> & y".into(), body: "見守り".into(), urgent };
        let xml = toast_xml(&message(false));
        assert!(xml.contains("<text>&lt;x&gt; &amp; y</text><text>見守り</text>"), "{xml}");
        assert!(toast_xml(&message(true)).contains("reminder"));
        assert_eq!(short(&"長".repeat(64)), "長".repeat(64).as_str());
        let long = |end: &str| short(&("👍".repeat(40) + end));
        assert!((TAG_UNITS - 1..=TAG_UNITS).contains(&long("a").len()), "{}", long("a"));
        assert_ne!(long("a"), long("b"));
    }

    #[test]
    fn wine_has_no_toasts_and_says_so() {
        if !is_wine() {
            return;
        }
        let (events, received) = mpsc::channel();
        let mut notifier = Notifier::new("Mimamori", events.into());
        notifier.show("a", "title", "body", true).expect("room");
        notifier.withdraw("a");
        let event = received.recv_timeout(Duration::from_secs(20)).expect("said");
        assert!(matches!(event, DesktopEvent::NotificationsFailed(_)), "{event:?}");
    }
}
