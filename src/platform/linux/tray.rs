//! The tray icon: StatusNotifierItem and its menu over D-Bus, without GTK.

use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use ksni::blocking::{Handle, TrayMethods};
use ksni::menu::{CheckmarkItem, MenuItem, StandardItem};
use ksni::{Icon, OfflineReason, Status, ToolTip};

use crate::icon::{self, Colours};
use crate::platform::notifications::escaped;
use crate::platform::types::{DesktopEvent, DesktopEvents, MenuLine, NoDesktop, TrayAction, TrayIcon, TrayView};

/// Longest wait in [`Tray::start`] for the session bus; the thread goes on waiting for a slower one.
const PATIENCE: Duration = Duration::from_secs(2);
/// Delay of a second check for a tray: one that appeared between the first check and listening for it would be missed.
const ASK_AGAIN: Duration = Duration::from_secs(10);
/// Delay between attempts when the tray refuses our icon.
const TRY_AGAIN: Duration = Duration::from_mins(1);
/// Interval of looking whether the session bus was started again.
const LOOK_AT_BUS: Duration = Duration::from_secs(3);
/// Icon sizes in pixels; the panel picks the best fit.
const SIZES: [u32; 5] = [16, 22, 24, 32, 48];
/// Must never change: desktops remember by it whether to show the icon.
const ID: &str = "mimamori";

/// A tray icon, removed on drop. On a desktop without a tray it waits for one to appear.
#[derive(Debug)]
pub struct Tray {
    views: Sender<TrayView>,
    last: Mutex<TrayView>,
}

impl Tray {
    /// Shows the icon from its own thread; takes at most 2 s.
    ///
    /// # Errors
    /// There is no session bus.
    pub fn start(view: &TrayView, events: DesktopEvents) -> Result<Self, NoDesktop> {
        let colours = Colours::builtin().map_err(|error| NoDesktop(error.to_string()))?;
        let (views, incoming) = mpsc::channel();
        let (started, first) = mpsc::channel();
        let item = Item { view: view.clone(), colours, events, has_place: Arc::new(AtomicBool::new(true)) };
        let work = move || run(item, &incoming, &started);
        thread::Builder::new().name("tray".into()).spawn(work).map_err(|error| NoDesktop(error.to_string()))?;
        match first.recv_timeout(PATIENCE) {
            Ok(Err(error)) => Err(error),
            Ok(Ok(())) | Err(RecvTimeoutError::Timeout) => Ok(Self { views, last: Mutex::new(view.clone()) }),
            Err(RecvTimeoutError::Disconnected) => Err(NoDesktop("the thread of the tray ended".into())),
        }
    }

    /// Shows `view` unless it is shown already.
    pub fn update(&self, view: &TrayView) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if *last != *view {
            last.clone_from(view);
            // Without the thread there is no icon to update.
            let _ = self.views.send(view.clone());
        }
    }
}

/// Shows the icon until the sender of `views` is dropped.
fn run(mut item: Item, views: &Receiver<TrayView>, started: &Sender<Result<(), NoDesktop>>) {
    let mut shown = item.show();
    if let Err(error @ ksni::Error::Dbus(_)) = &shown {
        // The caller may have stopped waiting.
        let _ = started.send(Err(NoDesktop(error.to_string())));
        return;
    }
    let _ = started.send(Ok(()));
    item.report_shown(shown.is_ok());
    let (mut asked_again, mut bus) = (false, SessionBus::of_environment());
    let mut due = Instant::now() + ASK_AGAIN;
    loop {
        match views.recv_timeout(LOOK_AT_BUS) {
            Ok(view) => {
                item.view = views.try_iter().last().unwrap_or(view);
                if let Ok(handle) = &shown {
                    handle.update(|shown| shown.view.clone_from(&item.view));
                }
            }
            Err(RecvTimeoutError::Timeout) => {
                let is_new_bus = bus.is_new();
                // Once more for a desktop that is still starting, and at intervals where there is no bus at all.
                let is_due = Instant::now() >= due && (shown.is_err() || !std::mem::replace(&mut asked_again, true));
                if is_new_bus || is_due && !item.has_place.load(Ordering::Relaxed) {
                    end(shown, is_new_bus);
                    shown = item.show();
                    due = Instant::now() + TRY_AGAIN;
                    if shown.is_ok() && item.has_place.load(Ordering::Relaxed) {
                        item.report_shown(true);
                    }
                    // A bus that is starting may not answer yet.
                    if is_new_bus && shown.is_err() {
                        bus.forget();
                    }
                }
            }
            Err(RecvTimeoutError::Disconnected) => return end(shown, false),
        }
    }
}

/// Removes the icon; `is_bus_gone` when its bus has ended, which answers no more.
fn end(shown: Result<Handle<Item>, ksni::Error>, is_bus_gone: bool) {
    if let Ok(handle) = shown {
        let ended = handle.shutdown();
        if !is_bus_gone {
            ended.wait();
        }
    }
}

/// The socket of the session bus. A bus that was started again has a new one, and knows nothing of the icon: neither
/// ksni nor zbus connects a second time.
struct SessionBus {
    /// `None` for a bus without a file.
    path: Option<PathBuf>,
    /// Device, number and time of change of the socket that was seen last.
    seen: Option<(u64, u64, i64, i64)>,
}

impl SessionBus {
    fn of_environment() -> Self {
        let address = env::var("DBUS_SESSION_BUS_ADDRESS").unwrap_or_default();
        let named = address.split([';', ',']).find_map(|part| part.strip_prefix("unix:path=")).map(PathBuf::from);
        let usual = || env::var_os("XDG_RUNTIME_DIR").map(|folder| PathBuf::from(folder).join("bus"));
        Self::at(named.or_else(|| if address.is_empty() { usual() } else { None }))
    }

    fn at(path: Option<PathBuf>) -> Self {
        let mut bus = Self { path, seen: None };
        bus.seen = bus.socket();
        bus
    }

    fn socket(&self) -> Option<(u64, u64, i64, i64)> {
        let data = fs::metadata(self.path.as_ref()?).ok()?;
        Some((data.dev(), data.ino(), data.ctime(), data.ctime_nsec()))
    }

    /// Returns `true` once for every bus that was started since.
    fn is_new(&mut self) -> bool {
        let socket = self.socket();
        let is_new = socket.is_some() && socket != self.seen;
        if is_new {
            self.seen = socket;
        }
        is_new
    }

    /// Lets [`Self::is_new`] return `true` again for the present bus.
    fn forget(&mut self) {
        self.seen = None;
    }
}

/// State of the D-Bus item, queried by the desktop.
#[derive(Clone)]
struct Item {
    view: TrayView,
    colours: Colours,
    events: DesktopEvents,
    /// The desktop has a tray, as far as known.
    has_place: Arc<AtomicBool>,
}

impl Item {
    fn show(&self) -> Result<Handle<Self>, ksni::Error> {
        self.has_place.store(true, Ordering::Relaxed);
        let shown = self.clone().assume_sni_available(true).spawn();
        if shown.is_err() {
            self.has_place.store(false, Ordering::Relaxed);
        }
        shown
    }

    /// Reports after the start whether the icon has a place; `shown` when the item is on the bus.
    fn report_shown(&self, shown: bool) {
        if shown && self.has_place.load(Ordering::Relaxed) {
            self.send(DesktopEvent::TrayShown);
        } else if !shown {
            self.send(DesktopEvent::TrayHidden);
        }
    }

    fn send(&self, event: DesktopEvent) {
        self.events.send(event);
    }

    fn pictures(&self) -> Vec<Icon> {
        SIZES.iter().map(|size| picture(self.view.icon, *size, &self.colours)).collect()
    }
}

impl ksni::Tray for Item {
    fn id(&self) -> String {
        ID.into()
    }

    fn title(&self) -> String {
        self.view.tooltip.lines().next().unwrap_or_default().to_owned()
    }

    fn status(&self) -> Status {
        if self.view.icon == TrayIcon::Critical { Status::NeedsAttention } else { Status::Active }
    }

    fn icon_pixmap(&self) -> Vec<Icon> {
        self.pictures()
    }

    fn attention_icon_pixmap(&self) -> Vec<Icon> {
        self.pictures()
    }

    fn tool_tip(&self) -> ToolTip {
        let (title, description) = self.view.tooltip.split_once('\n').unwrap_or((&self.view.tooltip, ""));
        // By the specification, the description may contain markup and the title may not.
        ToolTip { title: title.to_owned(), description: escaped(description), ..ToolTip::default() }
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        self.send(DesktopEvent::Tray(TrayAction::Open));
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        // These menus have no bold lines: the default one comes first instead.
        let mut lines: Vec<&MenuLine> = self.view.menu.iter().collect();
        lines.sort_by_key(|line| !matches!(line, MenuLine::Item { default: true, .. }));
        lines.into_iter().map(menu_item).collect()
    }

    fn watcher_online(&self) {
        self.has_place.store(true, Ordering::Relaxed);
        self.send(DesktopEvent::TrayShown);
    }

    fn watcher_offline(&self, _reason: OfflineReason) -> bool {
        if self.has_place.swap(false, Ordering::Relaxed) {
            self.send(DesktopEvent::TrayHidden);
        }
        true
    }
}

fn menu_item(line: &MenuLine) -> MenuItem<Item> {
    let MenuLine::Item { action, text, checked, enabled, .. } = line else { return MenuItem::Separator };
    let (action, enabled) = (*action, *enabled);
    let label = label(text);
    match checked {
        None => {
            let activate = Box::new(move |item: &mut Item| item.send(DesktopEvent::Tray(action)));
            StandardItem { label, enabled, activate, ..StandardItem::default() }.into()
        }
        Some(checked) => {
            let activate = Box::new(move |item: &mut Item| item.send(DesktopEvent::Tray(action)));
            CheckmarkItem { label, checked: *checked, enabled, activate, ..CheckmarkItem::default() }.into()
        }
    }
}

/// Escapes underscores: a single one would underline the next letter.
fn label(text: &str) -> String {
    text.replace('\0', "\u{FFFD}").replace('_', "__")
}

/// ksni expects ARGB, with alpha in the first byte of a pixel.
fn picture(icon: TrayIcon, size: u32, colours: &Colours) -> Icon {
    let mut data = icon::rgba(icon, size, colours);
    for pixel in data.chunks_exact_mut(4) {
        pixel.rotate_right(1);
    }
    let side = size.cast_signed();
    Icon { width: side, height: side, data }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bus_that_was_started_again_is_noticed_once() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("bus");
        fs::write(&path, "").expect("a first one");
        let mut bus = SessionBus::at(Some(path.clone()));
        assert!(!bus.is_new());
        fs::remove_file(&path).expect("ended");
        assert!(!bus.is_new(), "there is none");
        fs::write(folder.path().join("other"), "").expect("takes the number of the first");
        fs::write(&path, "").expect("started again");
        assert!(bus.is_new() && !bus.is_new());
        bus.forget();
        assert!(bus.is_new());
        assert!(!SessionBus::at(None).is_new());
    }

    fn line(text: &str, default: bool, checked: Option<bool>) -> MenuLine {
        MenuLine::Item { action: TrayAction::Open, text: text.into(), default, checked, enabled: true }
    }

    #[test]
    fn the_menu_has_its_default_first_and_its_ticks() {
        let events = DesktopEvents::new(drop);
        let menu = vec![line("a_b", false, Some(true)), MenuLine::Separator, line("開く", true, None)];
        let view = TrayView { menu, tooltip: "Fine\n<b> & co".into(), ..TrayView::default() };
        let colours = Colours::builtin().expect("colours");
        let item = Item { view, colours, events, has_place: Arc::new(AtomicBool::new(true)) };
        let menu = ksni::Tray::menu(&item);
        assert!(matches!(&menu[0], MenuItem::Standard(item) if item.label == "開く"));
        assert!(matches!(&menu[1], MenuItem::Checkmark(item) if item.label == "a__b" && item.checked));
        assert!(matches!(&menu[2], MenuItem::Separator));
        let tip = ksni::Tray::tool_tip(&item);
        assert_eq!((tip.title.as_str(), tip.description.as_str()), ("Fine", "&lt;b&gt; &amp; co"));
    }

    #[test]
    fn pictures_have_alpha_first() {
        let colours = Colours::builtin().expect("colours");
        let data = picture(TrayIcon::Critical, 32, &colours).data;
        let rgba = icon::rgba(TrayIcon::Critical, 32, &colours);
        let middle = 4 * (32 * 26 + 8);
        assert_eq!(data[middle], rgba[middle + 3]);
        assert_eq!(data[middle + 1..middle + 4], rgba[middle..middle + 3]);
    }
}
