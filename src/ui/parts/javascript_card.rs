//! The reminder of a browser that runs without JavaScript, with the way back.

use eframe::egui;

use super::icon::Icon;
use super::notice;
use crate::explain::program_name;
use crate::remedy::running_without_javascript;
use crate::ui::intent::Intent;
use crate::ui::snapshot::Snapshot;

/// Draws a card for each of them, but for the one that the card of the action is about.
pub fn ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, intents: &mut Vec<Intent>) {
    let Some(table) = snapshot.program_table else { return };
    let has_card = |group: &String| snapshot.job.is_some_and(|job| job.subject.group == *group);
    for group in running_without_javascript(table).into_iter().filter(|group| !has_card(group)) {
        let texts = snapshot.texts;
        let colour = snapshot.theme.palette(ui).accent;
        let name = program_name(&group, snapshot.knowledge, texts.lang());
        notice::ui(ui, snapshot, (Icon::Clock, colour), &texts.with_one("javascript-off", "name", name), |ui| {
            ui.push_id(("javascript", &group), |ui| {
                if ui.button(texts.get("button-javascript-on")).clicked() {
                    intents.push(Intent::BackToNormal(group.clone()));
                }
            });
        });
    }
}
