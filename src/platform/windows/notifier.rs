//! Notifications: toasts, each with a tag for replacing and withdrawing it, or balloons of the tray icon if Windows cannot
//! show toasts. Nothing is shown if the user has turned notifications off. Windows may drop a toast without an error, so the
//! icon must convey the same by itself.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::mpsc::{self, Sender};
use std::time::Duration;

use windows::Data::Xml::Dom::XmlDocument;
use windows::Foundation::TypedEventHandler;
use windows::UI::Notifications::{
    NotificationSetting, ToastFailedEventArgs, ToastNotification, ToastNotificationManager, ToastNotifier,
};
use windows::core::HSTRING;
use windows_sys::Win32::UI::Shell::{
    QUNS_BUSY, QUNS_PRESENTATION_MODE, QUNS_RUNNING_D3D_FULL_SCREEN, SHQueryUserNotificationState,
};

use super::app_id::{self, APP_ID};
use super::tray;
use crate::model::{Reading, Why};
use crate::platform::notifications::{self, Message, Queue, escaped};
use crate::platform::types::{DesktopEvent, DesktopEvents, NoDesktop};

/// Group of all our toasts.
const GROUP: &str = "mimamori";
/// Limit on toasts kept alive, so that clicks on them are reported, even in the notification centre.
const MOST: usize = 32;
/// Wait for the failure of a toast, after which it counts as shown: Windows reports nothing else.
const FAILS_WITHIN: Duration = Duration::from_secs(1);
/// Longest tag, in UTF-16 units.
const TAG_UNITS: usize = 64;

/// Shows notifications.
#[derive(Debug)]
pub struct Notifier(Queue);

impl Notifier {
    /// Creates a notifier that Windows shows under the name `app_name`, which it registers.
    pub fn new(app_name: &str, events: DesktopEvents) -> Self {
        if let Err(error) = app_id::register(app_name) {
            log::warn!("the application ID cannot be registered: {error}");
        }
        let toasts = WinRt { app_id: HSTRING::from(APP_ID), events: events.clone(), shown: HashMap::new() };
        Self(Queue::new(Server { toasts, balloons: IconBalloons }, events))
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

/// Toasts of Windows; tests supply their own.
trait ToastService {
    /// Reports whether Windows would show our toasts.
    ///
    /// # Errors
    /// Windows does not know our ID, or has no toasts.
    fn setting(&self) -> Result<NotificationSetting, String>;
    /// Asks for a toast. Windows reports to `failures` when it cannot be shown, which it notices later.
    fn show(&mut self, message: &Message, failures: Sender<String>) -> Result<(), String>;
    /// Withdraws a toast.
    fn withdraw(&mut self, tag: &str);
}

/// Balloons of the tray icon; tests supply their own.
trait Balloons {
    /// Shows one; `false` when there is no icon.
    fn show(&mut self, message: &Message) -> bool;
    /// Withdraws it.
    fn withdraw(&mut self, tag: &str);
}

/// Shows toasts, and balloons where Windows shows none.
struct Server<T, B> {
    toasts: T,
    balloons: B,
}

/// Why there is no toast.
enum NoToast {
    /// The user or an administrator switched them off, and wants no balloon instead.
    SwitchedOff,
    /// Windows cannot show them.
    Failed(String),
}

impl<T: ToastService, B: Balloons> Server<T, B> {
    fn toast(&mut self, message: &Message) -> Result<(), NoToast> {
        if self.toasts.setting().map_err(NoToast::Failed)? != NotificationSetting::Enabled {
            return Err(NoToast::SwitchedOff);
        }
        let (failures, failed) = mpsc::channel();
        self.toasts.show(message, failures).map_err(NoToast::Failed)?;
        match failed.recv_timeout(FAILS_WITHIN) {
            Ok(error) => Err(NoToast::Failed(error)),
            Err(_) => Ok(()),
        }
    }
}

impl<T: ToastService, B: Balloons> notifications::Server for Server<T, B> {
    fn show(&mut self, message: &Message) -> Result<(), String> {
        match self.toast(message) {
            Ok(()) => Ok(()),
            Err(NoToast::SwitchedOff) => Err("notifications are switched off".to_owned()),
            Err(NoToast::Failed(_)) if self.balloons.show(message) => Ok(()),
            Err(NoToast::Failed(error)) => Err(error),
        }
    }

    fn withdraw(&mut self, tag: &str) {
        self.balloons.withdraw(tag);
        self.toasts.withdraw(tag);
    }

    #[expect(unsafe_code, reason = "asks for a number")]
    fn is_presenting(&mut self) -> Option<bool> {
        let mut state = 0;
        // SAFETY: the number is writable.
        let known = unsafe { SHQueryUserNotificationState(&raw mut state) } >= 0;
        known.then_some(matches!(state, QUNS_BUSY | QUNS_RUNNING_D3D_FULL_SCREEN | QUNS_PRESENTATION_MODE))
    }
}

/// The balloons of our icon.
struct IconBalloons;

impl Balloons for IconBalloons {
    fn show(&mut self, message: &Message) -> bool {
        tray::balloon(message)
    }

    fn withdraw(&mut self, tag: &str) {
        tray::withdraw_balloon(tag);
    }
}

/// Toasts through WinRT.
struct WinRt {
    app_id: HSTRING,
    events: DesktopEvents,
    /// Kept alive, because a dropped toast reports neither clicks nor failures.
    shown: HashMap<String, ToastNotification>,
}

impl WinRt {
    fn notifier(&self) -> windows::core::Result<ToastNotifier> {
        ToastNotificationManager::CreateToastNotifierWithId(&self.app_id)
    }

    fn try_show(&mut self, message: &Message, failures: Sender<String>) -> windows::core::Result<()> {
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
        toast.Failed(&TypedEventHandler::new(move |_, failed: windows::core::Ref<'_, ToastFailedEventArgs>| {
            let code = failed.as_ref().and_then(|failed| failed.ErrorCode().ok());
            // Nobody waits for what fails later.
            let _ = failures.send(code.map(|code| code.message()).unwrap_or_default());
            Ok(())
        }))?;
        self.notifier()?.Show(&toast)?;
        if self.shown.len() >= MOST {
            self.shown.clear();
        }
        self.shown.insert(message.tag.clone(), toast);
        Ok(())
    }
}

impl ToastService for WinRt {
    fn setting(&self) -> Result<NotificationSetting, String> {
        self.notifier().and_then(|notifier| notifier.Setting()).map_err(|error| error.to_string())
    }

    fn show(&mut self, message: &Message, failures: Sender<String>) -> Result<(), String> {
        self.try_show(message, failures).map_err(|error| error.to_string())
    }

    fn withdraw(&mut self, tag: &str) {
        if self.shown.remove(tag).is_some() {
            // Fails when it has left the screen already.
            let _ = ToastNotificationManager::History()
                .and_then(|history| history.RemoveGroupedTagWithId(&short(tag), &HSTRING::from(GROUP), &self.app_id));
        }
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
    use crate::platform::notifications::Server as _;

    /// Scripted toasts: the setting, the result of the call, and the failure reported afterwards.
    struct FakeToasts(Result<NotificationSetting, String>, Result<(), String>, Option<String>);

    impl ToastService for FakeToasts {
        fn setting(&self) -> Result<NotificationSetting, String> {
            self.0.clone()
        }

        fn show(&mut self, _message: &Message, failures: Sender<String>) -> Result<(), String> {
            if let Some(failure) = &self.2 {
                failures.send(failure.clone()).expect("waited for");
            }
            self.1.clone()
        }

        fn withdraw(&mut self, _tag: &str) {}
    }

    /// Whether there is an icon, and the tags of its balloons.
    struct FakeBalloons(bool, Vec<String>);

    impl Balloons for FakeBalloons {
        fn show(&mut self, message: &Message) -> bool {
            self.1.extend(self.0.then(|| message.tag.clone()));
            self.0
        }

        fn withdraw(&mut self, tag: &str) {
            self.1.retain(|shown| shown != tag);
        }
    }

    #[test]
    fn a_balloon_takes_the_place_of_a_toast_that_windows_cannot_show_but_not_of_one_that_is_unwanted() {
        let enabled = || Ok(NotificationSetting::Enabled);
        let unknown_id = || Err("element not found".to_owned());
        for (toasts, has_icon, is_shown, balloons) in [
            (FakeToasts(enabled(), Ok(()), None), true, true, 0),
            // The ID is unknown, the call fails, or the toast fails afterwards.
            (FakeToasts(unknown_id(), Ok(()), None), true, true, 1),
            (FakeToasts(enabled(), Err("no service".to_owned()), None), true, true, 1),
            (FakeToasts(enabled(), Ok(()), Some("0x803E0111".to_owned())), true, true, 1),
            (FakeToasts(enabled(), Ok(()), Some("0x803E0111".to_owned())), false, false, 0),
            (FakeToasts(Ok(NotificationSetting::DisabledForApplication), Ok(()), None), true, false, 0),
            (FakeToasts(Ok(NotificationSetting::DisabledForUser), Ok(()), None), true, false, 0),
            (FakeToasts(Ok(NotificationSetting::DisabledByGroupPolicy), Ok(()), None), true, false, 0),
        ] {
            let mut server = Server { toasts, balloons: FakeBalloons(has_icon, Vec::new()) };
            let message = Message { tag: "a".into(), title: "t".into(), body: "b".into(), urgent: false };
            assert_eq!(server.show(&message).is_ok(), is_shown);
            assert_eq!(server.balloons.1.len(), balloons);
            server.withdraw("a");
            assert!(server.balloons.1.is_empty());
        }
    }

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
