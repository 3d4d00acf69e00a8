//! The notice that the last window ended unexpectedly, and where the log is.

use eframe::egui::{self, RichText};
use fluent_bundle::FluentArgs;

use super::icon::{self, Icon};
use crate::explain::format;
use crate::ui::intent::Intent;
use crate::ui::snapshot::Snapshot;

/// Draws the notice until it is dismissed.
pub fn ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, intents: &mut Vec<Intent>) {
    let Some(crash) = snapshot.crash else { return };
    let (theme, texts) = (snapshot.theme, snapshot.texts);
    let palette = theme.palette(ui).clone();
    let mut args = FluentArgs::new();
    args.set("time", format::date_clock(crash.at, snapshot.zone));
    args.set("file", crash.log.display().to_string());
    theme.card(ui).inner_margin(egui::Margin::symmetric(16, 8)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_top(|ui| {
            let (rect, _) = ui.allocate_exact_size(egui::vec2(18.0, 18.0), egui::Sense::hover());
            icon::paint(ui.painter(), Icon::Clock, rect, palette.muted);
            if ui.button(texts.get("crash-dismiss")).clicked() {
                intents.push(Intent::DismissCrash);
            }
            ui.add(egui::Label::new(RichText::new(texts.with("crash-notice", &args)).color(palette.text)).wrap());
        });
    });
}
