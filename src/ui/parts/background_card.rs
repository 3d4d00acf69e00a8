//! The card of a program that runs in the background, or was to.

use eframe::egui::{self, RichText};

use super::icon::{self, Icon};
use crate::explain::name_of;
use crate::remedy::{BackgroundPhase, BackgroundStatus, BackgroundVerdict, NotLowered};
use crate::report::background_status_text;
use crate::ui::intent::Intent;
use crate::ui::snapshot::Snapshot;

/// Draws the card with the way back.
pub fn ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, status: &BackgroundStatus, intents: &mut Vec<Intent>) {
    let (theme, texts) = (snapshot.theme, snapshot.texts);
    let palette = theme.palette(ui).clone();
    let (symbol, colour) = match status.phase {
        BackgroundPhase::Measuring => (Icon::Clock, palette.accent),
        BackgroundPhase::Running { verdict: BackgroundVerdict::NoChange { .. }, .. }
        | BackgroundPhase::Failed(_)
        | BackgroundPhase::Ended { result: Err(_), .. } => (Icon::Warning, palette.warning),
        BackgroundPhase::Running { .. } | BackgroundPhase::Ended { .. } => (Icon::Ok, palette.ok),
    };
    let group = &status.subject.group;
    theme.card(ui).stroke(egui::Stroke::new(1.5, colour)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_top(|ui| {
            let (rect, _) = ui.allocate_exact_size(egui::vec2(24.0, 24.0), egui::Sense::hover());
            icon::paint(ui.painter(), symbol, rect, colour);
            ui.vertical(|ui| {
                let text = RichText::new(background_status_text(status, texts)).font(theme.bold(theme.size.title));
                let label = ui.add(egui::Label::new(text).wrap());
                // Screen readers announce the verdict when it arrives.
                ui.ctx().accesskit_node_builder(label.id, |node| node.set_live(egui::accesskit::Live::Polite));
                ui.push_id(("background-buttons", group), |ui| {
                    ui.horizontal_wrapped(|ui| match status.phase {
                        BackgroundPhase::Measuring => drop(ui.spinner()),
                        BackgroundPhase::Running { lasting, .. } => {
                            // What lasts cannot be put back; the sentence was shown before.
                            let back = egui::Button::new(texts.get("button-end-background"));
                            let hint = texts.with_one("background-stays", "name", name_of(&status.subject, texts));
                            if ui.add_enabled(!lasting, back).on_disabled_hover_text(hint).clicked() {
                                intents.push(Intent::EndBackground(group.clone()));
                            }
                        }
                        BackgroundPhase::Failed(NotLowered::Lasting) => {
                            if ui.button(texts.get("button-background-anyway")).clicked() {
                                let subject = status.subject.clone();
                                intents.push(Intent::RunInBackground { subject, accept_lasting: true });
                            }
                            if ui.button(texts.get("button-leave-it")).clicked() {
                                intents.push(Intent::DismissBackground(group.clone()));
                            }
                        }
                        BackgroundPhase::Failed(_) | BackgroundPhase::Ended { .. } => {
                            if ui.button(texts.get("button-done")).clicked() {
                                intents.push(Intent::DismissBackground(group.clone()));
                            }
                        }
                    });
                });
            });
        });
    });
}
