//! State of the tray icon: the tray once it is started, what it shows, and whether the program starts with the PC.

use std::time::{Duration, Instant};

use crate::ipc::{AUTOSTART, agent_program};
use crate::model::Reading;
use crate::platform::{self, Tray, TrayView};

/// Shortest interval between updates that change only the tooltip's figures.
const TOOLTIP_EVERY: Duration = Duration::from_secs(30);

/// The tray icon.
pub(super) struct IconState {
    tray: Option<Tray>,
    shown: bool,
    /// Content shown, and when it was set (monotonic).
    shown_view: (TrayView, Instant),
    starts_with_pc: Reading<bool>,
}

impl IconState {
    pub(super) fn new(now: Instant) -> Self {
        let shown_view = (TrayView::default(), now);
        Self { tray: None, shown: false, shown_view, starts_with_pc: platform::autostart_is_on() }
    }

    pub(super) fn started(&mut self, tray: Tray) {
        self.tray = Some(tray);
    }

    /// Returns `true` once the tray has started.
    pub(super) const fn is_started(&self) -> bool {
        self.tray.is_some()
    }

    /// Returns `true` while the desktop has a place for the icon, so that it can be seen.
    pub(super) const fn is_shown(&self) -> bool {
        self.shown
    }

    pub(super) const fn set_shown(&mut self, shown: bool) {
        self.shown = shown;
    }

    pub(super) const fn starts_with_pc(&self) -> Reading<bool> {
        self.starts_with_pc
    }

    /// Re-reads the autostart setting, which the window or the user may have changed.
    pub(super) fn read_autostart(&mut self) {
        self.starts_with_pc = platform::autostart_is_on();
    }

    /// Toggles the autostart setting. The error is the system's message.
    pub(super) fn toggle_autostart(&mut self) -> Result<(), String> {
        let on = !self.starts_with_pc.get().unwrap_or(false);
        let set = agent_program()
            .map_err(|error| error.to_string())
            .and_then(|program| platform::autostart_set(&program, &AUTOSTART, on).map_err(|error| error.0));
        self.read_autostart();
        set
    }

    /// Updates the tray when `view` is news. Every update wakes the desktop too, so changes of figures alone are
    /// rate-limited.
    pub(super) fn update(&mut self, now: Instant, view: TrayView) {
        let Some(tray) = &self.tray else { return };
        let (last, since) = &self.shown_view;
        if is_news(last, &view, now.saturating_duration_since(*since)) {
            tray.update(&view);
            self.shown_view = (view, now);
        }
    }
}

/// Returns `true` when `view` should replace `last`, which has been shown for `shown_for`.
fn is_news(last: &TrayView, view: &TrayView, shown_for: Duration) -> bool {
    let only_figures = last.icon == view.icon && last.menu == view.menu;
    last != view && (!only_figures || shown_for >= TOOLTIP_EVERY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::{MenuLine, TrayIcon};

    #[test]
    fn figures_wait_for_half_a_minute_and_a_change_of_state_does_not() {
        let calm = TrayView { tooltip: "3%".to_owned(), ..TrayView::default() };
        let busier = TrayView { tooltip: "9%".to_owned(), ..calm.clone() };
        let (soon, late) = (Duration::from_secs(2), Duration::from_secs(30));
        assert!(!is_news(&calm, &busier, soon) && is_news(&calm, &busier, late));
        assert!(!is_news(&calm, &calm, late));
        assert!(is_news(&calm, &TrayView { icon: TrayIcon::Critical, ..calm.clone() }, soon));
        assert!(is_news(&calm, &TrayView { menu: vec![MenuLine::Separator], ..calm.clone() }, soon));
    }
}
