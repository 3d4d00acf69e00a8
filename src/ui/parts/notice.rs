//! The frame of a card that tells what became of a remedy: a sign, a sentence that screen readers announce when it
//! changes, and what the caller draws below it.

use eframe::egui::{self, Color32, RichText};

use super::icon::{self, Icon};
use crate::ui::snapshot::Snapshot;

/// Draws the card.
pub fn ui(
    ui: &mut egui::Ui,
    snapshot: &Snapshot<'_>,
    (symbol, colour): (Icon, Color32),
    text: &str,
    below: impl FnOnce(&mut egui::Ui),
) {
    let theme = snapshot.theme;
    theme.card(ui).stroke(egui::Stroke::new(1.5, colour)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_top(|ui| {
            let (rect, _) = ui.allocate_exact_size(egui::vec2(24.0, 24.0), egui::Sense::hover());
            icon::paint(ui.painter(), symbol, rect, colour);
            ui.vertical(|ui| {
                let text = RichText::new(text).font(theme.bold(theme.size.title));
                let label = ui.add(egui::Label::new(text).wrap());
                ui.ctx().accesskit_node_builder(label.id, |node| node.set_live(egui::accesskit::Live::Polite));
                below(ui);
            });
        });
    });
}
