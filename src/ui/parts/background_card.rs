//! The card of a program that runs in the background, or was to.

use eframe::egui;

use super::icon::Icon;
use super::notice;
use crate::explain::name_of;
use crate::remedy::{BackgroundPhase, BackgroundStatus, BackgroundVerdict, NotLowered};
use crate::report::background_status_text;
use crate::ui::intent::Intent;
use crate::ui::snapshot::Snapshot;

/// Draws the card with the way back.
pub fn ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, status: &BackgroundStatus, intents: &mut Vec<Intent>) {
    let texts = snapshot.texts;
    let palette = snapshot.theme.palette(ui).clone();
    let (symbol, colour) = match status.phase {
        BackgroundPhase::Measuring => (Icon::Clock, palette.accent),
        BackgroundPhase::Running { verdict: BackgroundVerdict::NoChange { .. }, .. }
        | BackgroundPhase::Failed(_)
        | BackgroundPhase::Ended { result: Err(_), .. } => (Icon::Warning, palette.warning),
        BackgroundPhase::Running { .. } | BackgroundPhase::Ended { .. } => (Icon::Ok, palette.ok),
    };
    let group = &status.subject.group;
    notice::ui(ui, snapshot, (symbol, colour), &background_status_text(status, texts), |ui| {
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
}
