//! The charts: one time axis, one crosshair through all of them.
//!
//! [`data`] turns samples into points, [`draw`] draws them, [`tooltip`] shows the sample under the crosshair.

mod data;
mod draw;
mod marks;
mod panels;
mod tooltip;

use std::sync::Arc;

use eframe::egui::{self, Color32, Id, Key, RichText, Stroke, vec2};

use self::data::{ChartData, program_cpu};
use self::draw::Canvas;
use crate::explain::format;
use crate::model::{At, History, Seconds};
use crate::ui::intent::{Intent, Period, Range};
use crate::ui::snapshot::{RequestThrottle, Snapshot};
use crate::ui::theme::Palette;

/// The user's choices: the period and the moment under the crosshair.
#[derive(Debug, Default)]
pub struct Charts {
    period: Period,
    /// Seconds relative to the right edge, from the pointer or the arrow keys.
    crosshair: Option<f64>,
    /// True if keys placed the crosshair, so that a pointer elsewhere does not remove it.
    by_keys: bool,
    /// The last request for a recorded period, and its time.
    past_request: Option<(Period, At)>,
    events_throttle: RequestThrottle,
}

/// Interval for re-reading a period of the recording; longer for a week, which takes longer to read and changes slower.
const READ_AGAIN: Seconds = Seconds(60.0);
const READ_WEEK_AGAIN: Seconds = Seconds(300.0);

impl Charts {
    /// The chosen period.
    pub const fn period(&self) -> Period {
        self.period
    }

    /// Shows a past moment.
    pub fn show_moment(&mut self, at: At, now: At) {
        self.period = Period::around(at, now);
        self.crosshair = Some(-self.period.edge(now).since(at).0);
        self.by_keys = true;
    }

    /// Draws all charts in one card.
    pub fn ui(&mut self, ui: &mut egui::Ui, snapshot: &Snapshot<'_>, intents: &mut Vec<Intent>) {
        self.read_past(snapshot, intents);
        snapshot.theme.card(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 2.0;
            self.ranges_ui(ui, snapshot);
            let mut canvas = Canvas {
                snapshot,
                data: &data(snapshot, self.period),
                period: self.period,
                palette: snapshot.theme.palette(ui).clone(),
                crosshair: self.crosshair,
                pointed: None,
                area: egui::Rect::NOTHING,
            };
            canvas.cpu_ui(ui);
            for panel in panels::panels(snapshot, snapshot.theme.palette(ui), self.period) {
                canvas.panel_ui(ui, &panel);
            }
            canvas.axis_ui(ui);
            let Canvas { pointed, area, .. } = canvas;
            self.keys(ui, area, snapshot);
            // A pointer at rest (after a click that led here) does not take over the crosshair.
            if pointed.is_some() && ui.input(|input| input.pointer.delta() != egui::Vec2::ZERO) {
                self.by_keys = false;
            }
            if !self.by_keys && pointed != self.crosshair {
                self.crosshair = pointed;
                ui.ctx().request_repaint();
            }
            if let Some(x) = self.crosshair {
                tooltip::tooltip_ui(ui, snapshot, self.period, x, area);
            }
        });
    }

    fn read_past(&mut self, snapshot: &Snapshot<'_>, intents: &mut Vec<Intent>) {
        let again = if self.period.range == Range::Week { READ_WEEK_AGAIN } else { READ_AGAIN };
        let is_requested = |(period, at): (Period, At)| period == self.period && snapshot.now.since(at) < again;
        if self.period.is_recorded() && !self.past_request.is_some_and(is_requested) {
            self.past_request = Some((self.period, snapshot.now));
            intents.push(Intent::LoadPast(self.period));
        }
        // Events for the marks, which the shortest range does not need. In whole days: the distance to a past moment
        // grows with every frame, which would request them anew each time.
        let back = snapshot.now.since(self.period.begin(snapshot.now)).0.max(Range::Week.seconds().0);
        let back = (back / Range::Day.seconds().0).ceil() * Range::Day.seconds().0;
        let is_short = self.period == Period::from(Range::Minute);
        if !is_short && self.events_throttle.needs_request(snapshot, Seconds(back), READ_AGAIN) {
            intents.push(Intent::LoadEvents(Seconds(back)));
        }
    }

    fn ranges_ui(&mut self, ui: &mut egui::Ui, snapshot: &Snapshot<'_>) {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.spacing_mut().button_padding = vec2(10.0, 3.0);
            for range in Range::ALL.iter().copied().rev() {
                let chosen = self.period == Period::from(range);
                let text = RichText::new(snapshot.texts.get(range.text())).size(snapshot.theme.size.small);
                if ui.add(egui::Button::selectable(chosen, text)).clicked() {
                    self.period = range.into();
                    self.crosshair = None;
                    self.by_keys = false;
                }
            }
            // The day appears nowhere else. Every range button leads back to now.
            if self.period.end.is_some() {
                let middle = self.period.at(-self.period.range.seconds().0 / 2.0, snapshot.now);
                let day = RichText::new(format::date(middle, snapshot.zone));
                let day = day.font(snapshot.theme.bold(snapshot.theme.size.text));
                ui.add(egui::Label::new(day).truncate());
            }
        });
    }

    /// Moves the crosshair by arrow keys while the charts have the focus.
    fn keys(&mut self, ui: &mut egui::Ui, area: egui::Rect, snapshot: &Snapshot<'_>) {
        if !area.is_finite() {
            return;
        }
        let focus = ui.interact(area, Id::unique("charts"), egui::Sense::focusable_noninteractive());
        let label = snapshot.texts.get("charts-label");
        focus.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Group, true, label.clone()));
        if !focus.has_focus() {
            return;
        }
        ui.memory_mut(|memory| {
            let arrows = egui::EventFilter { horizontal_arrows: true, escape: true, ..egui::EventFilter::default() };
            memory.set_focus_lock_filter(focus.id, arrows);
        });
        let palette = snapshot.theme.palette(ui);
        let stroke = Stroke::new(2.0, palette.accent);
        ui.painter().rect_stroke(area.expand(3.0), 4.0, stroke, egui::StrokeKind::Outside);
        let seconds = self.period.range.seconds().0;
        let step = seconds / 60.0;
        let (left, right, end) =
            ui.input(|i| (i.key_pressed(Key::ArrowLeft), i.key_pressed(Key::ArrowRight), i.key_pressed(Key::Escape)));
        if left || right {
            let from = self.crosshair.unwrap_or(0.0);
            self.crosshair = Some((from + if left { -step } else { step }).clamp(-seconds, 0.0));
            self.by_keys = true;
        }
        if end {
            self.crosshair = None;
            self.by_keys = false;
        }
    }
}

fn data<'s>(snapshot: &'s Snapshot<'_>, period: Period) -> ChartData<'s> {
    ChartData::new(shown_history(snapshot, period), period, snapshot.now)
}

/// The samples a period is drawn from; `None` until they have been read.
fn shown_history<'s>(snapshot: &'s Snapshot<'_>, period: Period) -> Option<&'s History> {
    if period.is_recorded() {
        snapshot.past.filter(|past| past.period == period).map(|past| &past.history)
    } else {
        Some(snapshot.history)
    }
}

/// The programs that have a colour of their own in the chart, in the order of the colours.
pub(super) fn named_programs(snapshot: &Snapshot<'_>, period: Period) -> Vec<Arc<str>> {
    data(snapshot, period).busiest()
}

/// The colour of a program in the chart, for its row in the list.
pub(super) fn colour_of(palette: &Palette, named: &[Arc<str>], name: &str) -> Color32 {
    named.iter().position(|named| **named == *name).map_or(palette.rest, |index| palette.series[index])
}

/// Draws the CPU of one program, for its details.
pub(super) fn program_ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, name: &str, period: Period) {
    let lines = data(snapshot, period).lines(|sample| program_cpu(sample, name));
    draw::program_ui(ui, &lines, period, snapshot.theme.palette(ui).series[0]);
}
