//! The tray icon, and events that only a window receives: the taskbar was restarted, the session ends. The window
//! itself runs on the thread of `tray_window`.

use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use windows_sys::Win32::UI::WindowsAndMessaging::PostMessageW;

use super::tray_window::{self, DESIRED_CHANGED};
use crate::icon::Colours;
use crate::platform::notifications::Message;
use crate::platform::types::{DesktopEvent, DesktopEvents, NoDesktop, TrayView};

/// Time limit for the window to open, and to close.
const PATIENCE: Duration = Duration::from_secs(2);

/// The current icon, as a fallback for notifications that Windows does not accept.
static CURRENT: Mutex<Option<Arc<Shared>>> = Mutex::new(None);

/// A tray icon, removed on drop. While there is no place for icons, it waits for one.
#[derive(Debug)]
pub struct Tray {
    shared: Arc<Shared>,
    ended: Receiver<()>,
}

/// State shared with the window's thread.
#[derive(Debug)]
pub(super) struct Shared {
    desired: Mutex<Desired>,
    /// Receiver of events from the icon and the window.
    pub(super) events: DesktopEvents,
    /// The window handle as a number; 0 before the window exists.
    pub(super) window: Mutex<isize>,
    /// Colours of the icon.
    pub(super) colours: Colours,
}

/// What the icon should show; the latest state counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Desired {
    /// Icon, tooltip and menu.
    pub(super) view: TrayView,
    /// The last notification, unless withdrawn.
    pub(super) balloon: Option<Balloon>,
    /// Number of notifications shown so far.
    pub(super) balloon_count: u64,
    /// Close the window.
    pub(super) end: bool,
}

/// A notification shown by the icon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Balloon {
    /// Distinguishes notifications with the same text.
    pub(super) number: u64,
    pub(super) tag: String,
    pub(super) title: String,
    pub(super) body: String,
    pub(super) urgent: bool,
}

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// What should be shown now.
    pub(super) fn desired(&self) -> Desired {
        locked(&self.desired).clone()
    }

    /// Changes the desired state and wakes the window if `change` returns `true`.
    fn update(&self, change: impl FnOnce(&mut Desired) -> bool) -> bool {
        let changed = change(&mut locked(&self.desired));
        if changed {
            self.wake();
        }
        changed
    }

    fn end(&self) {
        self.update(|desired| {
            desired.end = true;
            true
        });
    }

    /// Makes the window apply the desired state; one that is still opening does so once it is open.
    #[expect(unsafe_code, reason = "leaves a message for our own window")]
    pub(super) fn wake(&self) {
        let window = *locked(&self.window);
        if window != 0 {
            // SAFETY: the message carries no pointers; posting to a closed window fails harmlessly.
            unsafe { PostMessageW(window as _, DESIRED_CHANGED, 0, 0) };
        }
    }

    /// Sends an event; nobody listens any more while the program ends.
    pub(super) fn send(&self, event: DesktopEvent) {
        self.events.send(event);
    }
}

impl Tray {
    /// Shows the icon from its own thread; takes at most 2 s.
    ///
    /// # Errors
    /// There is no desktop to open a window on.
    pub fn start(view: &TrayView, events: DesktopEvents) -> Result<Self, NoDesktop> {
        let colours = Colours::builtin().map_err(|error| NoDesktop(error.to_string()))?;
        let desired = Mutex::new(Desired { view: view.clone(), ..Desired::default() });
        let shared = Arc::new(Shared { desired, events, window: Mutex::new(0), colours });
        let ((started, opened), (end, ended)) = (mpsc::channel(), mpsc::channel());
        let for_window = Arc::clone(&shared);
        let work = move || {
            tray_window::run(&for_window, &started);
            // The receiver waits only in `drop`.
            let _ = end.send(());
        };
        thread::Builder::new().name("tray".into()).spawn(work).map_err(|error| NoDesktop(error.to_string()))?;
        let Ok(done) = opened.recv_timeout(PATIENCE) else {
            shared.end();
            return Err(NoDesktop("the window of the tray did not open".into()));
        };
        done?;
        *locked(&CURRENT) = Some(Arc::clone(&shared));
        Ok(Self { shared, ended })
    }

    /// Shows `view` unless it is shown already.
    pub fn update(&self, view: &TrayView) {
        self.shared.update(|desired| {
            let new = desired.view != *view;
            if new {
                desired.view.clone_from(view);
            }
            new
        });
    }
}

impl Drop for Tray {
    fn drop(&mut self) {
        locked(&CURRENT).take_if(|current| Arc::ptr_eq(current, &self.shared));
        self.shared.end();
        // An icon that is not removed before its program ends stays until the mouse moves over it.
        let _ = self.ended.recv_timeout(PATIENCE);
    }
}

/// Shows a notification at the icon; `false` when there is no icon.
pub(super) fn balloon(message: &Message) -> bool {
    let current = locked(&CURRENT).clone();
    current.is_some_and(|shared| {
        shared.update(|desired| {
            let Message { tag, title, body, urgent } = message;
            let (tag, title, body) = (tag.clone(), title.clone(), body.clone());
            desired.balloon_count += 1;
            desired.balloon = Some(Balloon { number: desired.balloon_count, tag, title, body, urgent: *urgent });
            true
        })
    })
}

/// Withdraws the notification at the icon, if it has this tag.
pub(super) fn withdraw_balloon(tag: &str) {
    if let Some(shared) = locked(&CURRENT).clone() {
        shared.update(|desired| desired.balloon.take_if(|balloon| balloon.tag == tag).is_some());
    }
}
