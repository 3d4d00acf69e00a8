//! The icon beside the clock, and what only a window hears: that the desktop was started anew, and that the session
//! ends. The window itself is on the thread of `tray_window`.

use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use windows_sys::Win32::UI::WindowsAndMessaging::PostMessageW;

use super::tray_window::{self, DO};
use crate::icon::Colours;
use crate::platform::notifications::Message;
use crate::platform::types::{DesktopEvent, DesktopEvents, NoDesktop, TrayView};

/// So long may the window take to open, and to close.
const PATIENCE: Duration = Duration::from_secs(2);

/// The icon that is shown now, for notifications that Windows does not take.
static CURRENT: Mutex<Option<Arc<Shared>>> = Mutex::new(None);

/// An icon beside the clock, gone when dropped. Where there is no place for icons yet it waits for one.
#[derive(Debug)]
pub struct Tray {
    shared: Arc<Shared>,
    ended: Receiver<()>,
}

/// What the thread of the window is told.
#[derive(Debug)]
pub(super) struct Shared {
    orders: Mutex<Orders>,
    /// What comes from the icon and the window goes there.
    pub(super) events: DesktopEvents,
    /// The handle as a number; 0 before the window is there.
    pub(super) window: Mutex<isize>,
    /// Colours of the icon.
    pub(super) colours: Colours,
}

/// What the icon shall show; the newest counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Orders {
    /// Icon, tooltip and menu.
    pub(super) view: TrayView,
    /// The last notification, unless it was withdrawn.
    pub(super) balloon: Option<Balloon>,
    /// So many were shown.
    pub(super) balloons: u64,
    /// Close the window.
    pub(super) end: bool,
}

/// A notification that the icon shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Balloon {
    /// The same text may be shown again another day.
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
    /// What shall be shown now.
    pub(super) fn orders(&self) -> Orders {
        locked(&self.orders).clone()
    }

    /// Changes the orders and wakes the window; whether there was a change.
    fn order(&self, change: impl FnOnce(&mut Orders) -> bool) -> bool {
        let changed = change(&mut locked(&self.orders));
        if changed {
            self.wake();
        }
        changed
    }

    fn end(&self) {
        self.order(|orders| {
            orders.end = true;
            true
        });
    }

    /// Makes the window look at its orders; one that is not open yet looks at them when it is.
    #[expect(unsafe_code, reason = "leaves a message for our own window")]
    pub(super) fn wake(&self) {
        let window = *locked(&self.window);
        if window != 0 {
            // SAFETY: the message carries no pointers; a window that is gone takes none.
            unsafe { PostMessageW(window as _, DO, 0, 0) };
        }
    }

    /// Tells what happened. Nobody listens any more when the program ends.
    pub(super) fn send(&self, event: DesktopEvent) {
        self.events.send(event);
    }
}

impl Tray {
    /// Shows the icon on a thread of its own; takes at most 2 s.
    ///
    /// # Errors
    /// There is no desktop to open a window on.
    pub fn start(view: &TrayView, events: DesktopEvents) -> Result<Self, NoDesktop> {
        let colours = Colours::builtin().map_err(|error| NoDesktop(error.to_string()))?;
        let orders = Mutex::new(Orders { view: view.clone(), ..Orders::default() });
        let shared = Arc::new(Shared { orders, events, window: Mutex::new(0), colours });
        let ((started, opened), (end, ended)) = (mpsc::channel(), mpsc::channel());
        let for_window = Arc::clone(&shared);
        let work = move || {
            tray_window::run(&for_window, &started);
            // The other end waits only while the icon is dropped.
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

    /// Shows another state; does nothing when it is the same.
    pub fn update(&self, view: &TrayView) {
        self.shared.order(|orders| {
            let new = orders.view != *view;
            if new {
                orders.view.clone_from(view);
            }
            new
        });
    }
}

impl Drop for Tray {
    fn drop(&mut self) {
        locked(&CURRENT).take_if(|current| Arc::ptr_eq(current, &self.shared));
        self.shared.end();
        // An icon whose program ended before it was taken away stays until the mouse moves over it.
        let _ = self.ended.recv_timeout(PATIENCE);
    }
}

/// Shows a notification at the icon; whether there is one.
pub(super) fn balloon(message: &Message) -> bool {
    let current = locked(&CURRENT).clone();
    current.is_some_and(|shared| {
        shared.order(|orders| {
            let Message { tag, title, body, urgent } = message;
            let (tag, title, body) = (tag.clone(), title.clone(), body.clone());
            orders.balloons += 1;
            orders.balloon = Some(Balloon { number: orders.balloons, tag, title, body, urgent: *urgent });
            true
        })
    })
}

/// Takes the notification at the icon back, if it is the one with this tag.
pub(super) fn withdraw_balloon(tag: &str) {
    if let Some(shared) = locked(&CURRENT).clone() {
        shared.order(|orders| orders.balloon.take_if(|balloon| balloon.tag == tag).is_some());
    }
}
