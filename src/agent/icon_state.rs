//! State of the tray icon: the tray once it is started, and what it shows.

use std::time::{Duration, Instant};

use crate::platform::{Tray, TrayView};

/// Shortest interval between updates that change only the tooltip's figures.
const TOOLTIP_EVERY: Duration = Duration::from_secs(30);

/// The tray icon.
pub(super) struct IconState {
    tray: Option<Tray>,
    shown: bool,
    /// Content shown, and when it was set (monotonic).
    shown_view: (TrayView, Instant),
}

impl IconState {
    pub(super) fn new(now: Instant) -> Self {
        Self { tray: None, shown: false, shown_view: (TrayView::default(), now) }
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
