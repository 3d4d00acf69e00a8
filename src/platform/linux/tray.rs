//! The icon beside the clock: StatusNotifierItem and its menu over D-Bus, without GTK.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use ksni::blocking::{Handle, TrayMethods};
use ksni::menu::{CheckmarkItem, MenuItem, StandardItem};
use ksni::{Icon, OfflineReason, Status, ToolTip};

use crate::icon::{self, Colours};
use crate::platform::notifications::escaped;
use crate::platform::types::{DesktopEvent, DesktopEvents, MenuLine, NoDesktop, TrayAction, TrayIcon, TrayView};

/// So long may the session bus take to say that it is there; a slower one is waited for on the thread.
const PATIENCE: Duration = Duration::from_secs(2);
/// A place for icons that came in the moment between asking and listening for it would be missed; so ask again.
const ASK_AGAIN: Duration = Duration::from_secs(10);
/// Between two tries when the place for icons refuses ours.
const TRY_AGAIN: Duration = Duration::from_mins(1);
/// Sides of the pictures in pixels; the bar takes the one that fits best.
const SIZES: [u32; 5] = [16, 22, 24, 32, 48];
/// Stays the same for ever: desktops remember by it whether to show the icon.
const ID: &str = "mimamori";

/// An icon beside the clock, gone when dropped. Where the desktop has no place for icons it waits for one.
#[derive(Debug)]
pub struct Tray {
    views: Sender<TrayView>,
    last: Mutex<TrayView>,
}

impl Tray {
    /// Shows the icon on a thread of its own; takes at most 2 s.
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

    /// Shows another state; does nothing when it is the same.
    pub fn update(&self, view: &TrayView) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if *last != *view {
            last.clone_from(view);
            // Without the thread there is no icon to change.
            let _ = self.views.send(view.clone());
        }
    }
}

/// Shows the icon until the sender of `views` is dropped.
fn run(mut item: Item, views: &Receiver<TrayView>, started: &Sender<Result<(), NoDesktop>>) {
    let mut shown = item.show();
    if let Err(error @ ksni::Error::Dbus(_)) = &shown {
        // Whoever started us may have stopped waiting.
        let _ = started.send(Err(NoDesktop(error.to_string())));
        return;
    }
    let _ = started.send(Ok(()));
    item.tell_place(shown.is_ok());
    let mut asked_again = false;
    loop {
        let received = match &shown {
            Err(_) => views.recv_timeout(TRY_AGAIN),
            Ok(_) if !asked_again => views.recv_timeout(ASK_AGAIN),
            Ok(_) => views.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match received {
            Ok(view) => {
                item.view = views.try_iter().last().unwrap_or(view);
                if let Ok(handle) = &shown {
                    handle.update(|shown| shown.view.clone_from(&item.view));
                }
            }
            Err(RecvTimeoutError::Timeout) => {
                asked_again = true;
                if !item.has_place.load(Ordering::Relaxed) {
                    end(shown);
                    shown = item.show();
                    if shown.is_ok() && item.has_place.load(Ordering::Relaxed) {
                        item.tell_place(true);
                    }
                }
            }
            Err(RecvTimeoutError::Disconnected) => return end(shown),
        }
    }
}

fn end(shown: Result<Handle<Item>, ksni::Error>) {
    if let Ok(handle) = shown {
        handle.shutdown().wait();
    }
}

/// What the desktop asks about.
#[derive(Clone)]
struct Item {
    view: TrayView,
    colours: Colours,
    events: DesktopEvents,
    /// There is a place for icons, as far as is known.
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

    /// Tells what is known after the start; `shown` when the item is on the bus.
    fn tell_place(&self, shown: bool) {
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
        // The second part may hold markup by its specification, the first may not.
        ToolTip { title: title.to_owned(), description: escaped(description), ..ToolTip::default() }
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        self.send(DesktopEvent::Tray(TrayAction::Open));
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        // No bold lines in these menus: the default one stands first.
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
    let MenuLine::Item { action, text, checked, .. } = line else { return MenuItem::Separator };
    let action = *action;
    let label = label(text);
    match checked {
        None => {
            let activate = Box::new(move |item: &mut Item| item.send(DesktopEvent::Tray(action)));
            StandardItem { label, activate, ..StandardItem::default() }.into()
        }
        Some(checked) => {
            let activate = Box::new(move |item: &mut Item| item.send(DesktopEvent::Tray(action)));
            CheckmarkItem { label, checked: *checked, activate, ..CheckmarkItem::default() }.into()
        }
    }
}

/// One underscore would underline the next letter.
fn label(text: &str) -> String {
    text.replace('\0', "\u{FFFD}").replace('_', "__")
}

/// ksni takes alpha first, the most significant byte of a pixel.
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

    fn line(text: &str, default: bool, checked: Option<bool>) -> MenuLine {
        MenuLine::Item { action: TrayAction::Open, text: text.into(), default, checked }
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
