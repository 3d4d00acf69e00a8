//! The reminder of a browser that runs without JavaScript, with the way back.

use eframe::egui;

use super::icon::Icon;
use super::notice;
use crate::explain::program_name;
use crate::model::{BrowserFamily, BrowserPlaces};
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
                if let Some(places) = snapshot.knowledge.browser_places(&group) {
                    let title = egui::RichText::new(texts.get("javascript-site")).color(colour);
                    ui.collapsing(title, |ui| steps_ui(ui, snapshot, places, intents));
                }
            });
        });
    }
}

/// Draws how JavaScript is blocked for one site for good, which only a person can do.
fn steps_ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, places: &BrowserPlaces, intents: &mut Vec<Intent>) {
    let texts = snapshot.texts;
    let family = match places.family {
        BrowserFamily::Chromium => "chromium",
        BrowserFamily::Firefox => "firefox",
    };
    for number in 1..=3 {
        let step = texts.get(&format!("javascript-site-{family}-{number}"));
        ui.add(egui::Label::new(format!("{number}. {step}")).wrap());
        if number == 1 {
            ui.horizontal_wrapped(|ui| {
                ui.label(egui::RichText::new(&places.scripts_page).monospace());
                if ui.button(texts.get("button-copy-address")).clicked() {
                    intents.push(Intent::Copy(places.scripts_page.clone()));
                }
            });
        }
    }
}
