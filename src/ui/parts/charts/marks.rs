//! Event marks in the first chart.

use eframe::egui::Color32;

use crate::model::{Event, EventKind};
use crate::ui::intent::Period;
use crate::ui::snapshot::Snapshot;
use crate::ui::theme::Palette;

/// The events of the period that explain the charts: findings, notifications, actions, starts and stops.
pub(super) fn marked<'s>(snapshot: &'s Snapshot<'_>, period: Period) -> impl Iterator<Item = &'s Event> {
    let (oldest, newest) = (period.begin(snapshot.now), period.edge(snapshot.now));
    snapshot.recorded.events.iter().filter(move |event| {
        let explains = matches!(
            event.kind,
            EventKind::Finding
                | EventKind::Notified
                | EventKind::Action
                | EventKind::Verdict
                | EventKind::SuddenStop
                | EventKind::Started
                | EventKind::Suspended
        );
        explains && (oldest..=newest).contains(&event.at)
    })
}

/// Positions of the marks, in seconds relative to the right edge, and their colours.
pub(super) fn marks(snapshot: &Snapshot<'_>, period: Period, palette: &Palette) -> Vec<(f64, Color32)> {
    marked(snapshot, period)
        .map(|event| {
            let colour = match event.kind {
                EventKind::SuddenStop => palette.critical,
                EventKind::Finding | EventKind::Notified => palette.warning,
                EventKind::Action | EventKind::Verdict => palette.accent,
                _ => palette.muted,
            };
            (-period.edge(snapshot.now).since(event.at).0, colour)
        })
        .collect()
}
