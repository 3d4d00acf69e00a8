//! Screen History: the events of the last days on one time line; a click opens the charts of that moment.

use eframe::egui::{self, Color32, RichText, Sense, vec2};
use fluent_bundle::FluentArgs;

use crate::diagnose::Severity;
use crate::explain::{event_finding, event_text, format};
use crate::model::{Event, EventKind, Seconds};
use crate::ui::intent::Intent;
use crate::ui::parts::icon::{self, Icon};
use crate::ui::parts::recording;
use crate::ui::snapshot::{RequestThrottle, Snapshot};
use crate::ui::theme::Palette;

/// Selectable spans, each with its text id.
const SPANS: [(Seconds, &str); 3] = [
    (Seconds::from_days(1.0), "history-span-1d"),
    (Seconds::from_days(7.0), "history-span-7d"),
    (Seconds(7_776_000.0), "history-span-90d"),
];
/// Interval for re-reading the time line.
const READ_AGAIN: Seconds = Seconds(10.0);
/// Rows drawn at first, and added each time "show more" is pressed.
const ROWS: usize = 60;

/// The user's choices.
#[derive(Debug)]
pub struct HistoryScreen {
    span: usize,
    /// Also lists events that only help to explain others: whether the user was at the PC, which program was in front.
    all: bool,
    rows: usize,
    throttle: RequestThrottle,
}

impl Default for HistoryScreen {
    fn default() -> Self {
        Self { span: 1, all: false, rows: ROWS, throttle: RequestThrottle::default() }
    }
}

impl HistoryScreen {
    /// Draws the screen.
    pub fn ui(&mut self, ui: &mut egui::Ui, snapshot: &Snapshot<'_>, intents: &mut Vec<Intent>) {
        let span = SPANS[self.span].0;
        if self.throttle.needs_request(snapshot, span, READ_AGAIN) {
            intents.push(Intent::LoadEvents(span));
        }
        let theme = snapshot.theme;
        ui.label(RichText::new(snapshot.texts.get("history-title")).font(theme.bold(theme.size.headline)));
        self.choices_ui(ui, snapshot);
        let trouble = recording::trouble(snapshot);
        if let Some(sentence) = &trouble {
            recording::trouble_ui(ui, snapshot, sentence);
        }
        let oldest = snapshot.now - span;
        let shown: Vec<&Event> = snapshot
            .recorded
            .events
            .iter()
            .filter(|event| event.at >= oldest && (self.all || is_shown_by_default(event.kind)))
            .collect();
        // "Nothing happened" cannot be claimed when nothing can be written or read.
        if trouble.is_some() && shown.is_empty() {
            return;
        }
        theme.card(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            self.events_ui(ui, snapshot, &shown, intents);
        });
    }

    fn choices_ui(&mut self, ui: &mut egui::Ui, snapshot: &Snapshot<'_>) {
        let texts = snapshot.texts;
        ui.horizontal_wrapped(|ui| {
            for (index, (_, id)) in SPANS.iter().enumerate() {
                if ui.add(egui::Button::selectable(self.span == index, texts.get(id))).clicked() {
                    self.span = index;
                    self.rows = ROWS;
                }
            }
            ui.add_space(16.0);
            ui.checkbox(&mut self.all, texts.get("history-all"));
        });
    }

    fn events_ui(&mut self, ui: &mut egui::Ui, snapshot: &Snapshot<'_>, shown: &[&Event], intents: &mut Vec<Intent>) {
        let texts = snapshot.texts;
        let muted = snapshot.theme.palette(ui).muted;
        let recorded = snapshot.recorded;
        if shown.is_empty() {
            let id = match (recorded.read, recorded.span) {
                (None, _) => "history-reading",
                (Some(_), None) => "history-none-yet",
                (Some(_), Some(_)) => "history-nothing",
            };
            ui.label(RichText::new(texts.get(id)).color(muted));
            return;
        }
        let mut day = String::new();
        for event in shown.iter().take(self.rows) {
            let this_day = format::date(event.at, snapshot.zone);
            if this_day != day {
                ui.add_space(if day.is_empty() { 0.0 } else { 8.0 });
                ui.label(RichText::new(&this_day).font(snapshot.theme.bold(snapshot.theme.size.text)));
                day = this_day;
            }
            if row_ui(ui, snapshot, event) {
                intents.push(Intent::ShowMoment(event.at));
            }
        }
        if shown.len() > self.rows {
            let mut args = FluentArgs::new();
            args.set("number", shown.len() - self.rows);
            if ui.button(texts.with("history-more", &args)).clicked() {
                self.rows += ROWS;
            }
        }
    }
}

/// True for events of interest by themselves; the rest only help to explain them.
const fn is_shown_by_default(kind: EventKind) -> bool {
    !matches!(
        kind,
        EventKind::Foreground
            | EventKind::UserAway
            | EventKind::UserBack
            | EventKind::MonitorOpened
            | EventKind::MonitorClosed
    )
}

/// Draws one event. Returns true if it was clicked.
fn row_ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, event: &Event) -> bool {
    let theme = snapshot.theme;
    let palette = theme.palette(ui).clone();
    let text = event_text(event, snapshot.knowledge, snapshot.texts, snapshot.zone);
    let time = format::clock(event.at, snapshot.zone);
    let (symbol, colour) = icon_of(event, &palette);
    let font = egui::FontId::proportional(theme.size.text);
    let width = ui.available_width();
    let galley = ui.painter().layout(text.clone(), font.clone(), palette.text, (width - 96.0).max(120.0));
    let height = (galley.size().y + 8.0).max(theme.size.target);
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::click());
    let mut args = FluentArgs::new();
    args.set("time", time.clone());
    args.set("text", text);
    let name = snapshot.texts.with("history-row", &args);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, name.clone()));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, theme.size.radius_small, palette.background);
    }
    if response.has_focus() {
        let stroke = egui::Stroke::new(2.0, palette.accent);
        ui.painter().rect_stroke(rect, theme.size.radius_small, stroke, egui::StrokeKind::Inside);
    }
    let middle = rect.top() + theme.size.target / 2.0;
    let square = egui::Rect::from_center_size(egui::pos2(rect.left() + 16.0, middle), vec2(16.0, 16.0));
    icon::paint(ui.painter(), symbol, square, colour);
    let at = egui::pos2(rect.left() + 34.0, middle);
    ui.painter().text(at, egui::Align2::LEFT_CENTER, time, font, palette.muted);
    let top = rect.top() + (theme.size.target - galley.rows.first().map_or(0.0, |row| row.height())) / 2.0;
    ui.painter().galley(egui::pos2(rect.left() + 88.0, top), galley, palette.text);
    response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked()
}

fn icon_of(event: &Event, palette: &Palette) -> (Icon, Color32) {
    match event.kind {
        EventKind::Finding => match event_finding(event).map(|finding| finding.severity) {
            Some(Severity::Critical) => (Icon::Critical, palette.critical),
            _ => (Icon::Warning, palette.warning),
        },
        EventKind::SuddenStop => (Icon::Critical, palette.critical),
        // The watch ended before the finding did.
        EventKind::FindingEnded if event.data["watch"] == "ended" => (Icon::Later, palette.muted),
        EventKind::FindingEnded => (Icon::Ok, palette.ok),
        EventKind::Verdict if event.data["verdict"] == "worked" => (Icon::Ok, palette.ok),
        EventKind::Verdict | EventKind::Trouble | EventKind::Slowed => (Icon::Warning, palette.warning),
        EventKind::Started | EventKind::Stopped => (Icon::Restart, palette.muted),
        _ => (Icon::Later, palette.muted),
    }
}
