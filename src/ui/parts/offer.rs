//! The offer, shown until answered, to keep watching in the background; never where the agent starts with the PC anyway.

use eframe::egui::{self, RichText};

use super::icon::{self, Icon};
use crate::model::AutostartState;
use crate::settings::Background;
use crate::ui::intent::Intent;
use crate::ui::snapshot::Snapshot;

/// Draws the offer until it is answered.
pub fn ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, intents: &mut Vec<Intent>) {
    let starts = snapshot.autostart.get().is_some_and(AutostartState::is_on);
    if starts || snapshot.background != Background::NotAsked {
        return;
    }
    let (theme, texts) = (snapshot.theme, snapshot.texts);
    let palette = theme.palette(ui).clone();
    theme.card(ui).inner_margin(egui::Margin::symmetric(16, 8)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.horizontal_wrapped(|ui| {
            let (rect, _) = ui.allocate_exact_size(egui::vec2(18.0, 18.0), egui::Sense::hover());
            icon::paint(ui.painter(), Icon::Clock, rect, palette.accent);
            ui.label(RichText::new(texts.get("offer-title")).font(theme.bold(theme.size.text)));
            ui.add_space(8.0);
            // Not filled: the one filled button is the remedy of the finding above.
            if ui.button(RichText::new(texts.get("offer-yes")).color(palette.accent)).clicked() {
                intents.push(Intent::SetBackground(true));
            }
            if ui.button(texts.get("offer-no")).clicked() {
                intents.push(Intent::SetBackground(false));
            }
        });
        ui.label(RichText::new(texts.get("offer-text")).size(theme.size.small).color(palette.muted));
    });
}
