//! The tooltip at the crosshair: time, values and the busiest programs of that moment.

use eframe::egui::{self, Id, Order, RichText};
use fluent_bundle::FluentArgs;

use super::data::{NAMED, disk, network, sample_at};
use super::marks::marked;
use super::panels::{newest, share};
use super::shown_history;
use crate::explain::{event_text, format, program_name};
use crate::model::At;
use crate::ui::intent::Period;
use crate::ui::snapshot::Snapshot;

/// Events within this share of the range are listed at the crosshair.
const NEAR: f64 = 0.012;
/// Most events listed at the crosshair.
const MAX_EVENTS: usize = 3;

/// Draws the tooltip `x` seconds from the right edge (negative before it), beside the charts in `area`.
pub(super) fn tooltip_ui(ui: &egui::Ui, snapshot: &Snapshot<'_>, period: Period, x: f64, area: egui::Rect) {
    let (theme, texts) = (snapshot.theme, snapshot.texts);
    let palette = theme.palette(ui);
    let at = period.at(x, snapshot.now);
    let lines = lines_at(snapshot, at, period);
    let share = 1.0 + (x / period.range.seconds().0) as f32;
    let cross = egui::lerp(area.left()..=area.right(), share);
    // On the side with more room, so that the tooltip never covers the crosshair.
    let (pivot, shift) = if share > 0.5 { (egui::Align2::RIGHT_TOP, -10.0) } else { (egui::Align2::LEFT_TOP, 10.0) };
    let frame = egui::Frame::new().fill(palette.tooltip).corner_radius(theme.size.radius_small).inner_margin(10);
    egui::Area::new(Id::unique("moment"))
        .order(Order::Tooltip)
        .interactable(false)
        .pivot(pivot)
        .fixed_pos(egui::pos2(cross + shift, area.top() + 24.0))
        .show(ui.ctx(), |ui| {
            frame.show(ui, |ui| {
                ui.set_max_width(320.0);
                ui.spacing_mut().item_spacing.y = 2.0;
                let mut args = FluentArgs::new();
                let time = if period.is_recorded() { format::date_clock } else { format::clock_seconds };
                args.set("time", time(at, snapshot.zone));
                args.set("ago", format::duration(texts, snapshot.now.since(at).0));
                let title = RichText::new(texts.with("hover-time", &args));
                ui.label(title.font(theme.bold(theme.size.small)).color(palette.tooltip_text));
                for line in lines {
                    let text = RichText::new(line).size(theme.size.small).color(palette.tooltip_text);
                    ui.add(egui::Label::new(text).wrap());
                }
            });
        });
}

/// Lines of the tooltip: what was measured at `at`, and the events near it.
fn lines_at(snapshot: &Snapshot<'_>, at: At, period: Period) -> Vec<String> {
    let texts = snapshot.texts;
    let history = shown_history(snapshot, period);
    let Some(sample) = sample_at(history, snapshot.history.latest(), at) else { return vec![texts.get("hover-none")] };
    let mut values = vec![format!("{} {}", texts.get("chart-cpu"), newest(texts, Some(sample), share))];
    if let Some(celsius) = sample.temperature.get() {
        values.push(format::celsius(celsius.0));
    } else if let Some(effort) = sample.fan_effort.get() {
        values.push(format!("{} {}", texts.get("chart-fan-effort"), format::percent(effort.get())));
    }
    let mut second = Vec::new();
    if let Some(memory) = sample.memory.get() {
        second.push(format!("{} {}", texts.get("chart-memory"), format::bytes(memory.used.0 as f64)));
    }
    if let Some(rate) = disk(sample).get() {
        second.push(format!("{} {}", texts.get("chart-disk"), format::rate(rate.0)));
    }
    if let Some(rate) = network(sample).get() {
        second.push(format!("{} {}", texts.get("chart-network"), format::rate(rate.0)));
    }
    let programs = sample.programs.iter().take(NAMED).map(|program| {
        let name = program_name(&program.name, snapshot.knowledge, texts.lang());
        format!("{name} {}", format::percent(program.cpu.get()))
    });
    let programs: Vec<String> = programs.collect();
    let near = period.range.seconds().0 * NEAR;
    let events = marked(snapshot, period).filter(|event| (event.at.0 - at.0).abs() as f64 / 1000.0 <= near);
    let events = events.take(MAX_EVENTS).map(|event| {
        let text = event_text(event, snapshot.knowledge, texts, snapshot.zone);
        format!("▼ {} {text}", format::clock(event.at, snapshot.zone))
    });
    let lines = [values.join("   "), second.join("   "), programs.join(" · ")];
    lines.into_iter().filter(|line| !line.is_empty()).chain(events).collect()
}
