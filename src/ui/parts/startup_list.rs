//! The list of what starts with the PC, with a switch for each entry.

use eframe::egui::{self, RichText};
use fluent_bundle::FluentArgs;

use crate::explain::{format, system_reason};
use crate::model::{At, AutostartEntry, DisplayName};
use crate::ui::intent::Intent;
use crate::ui::snapshot::{Snapshot, Startup};

/// Longest path shown, in characters.
const PATH_CHARS: usize = 90;

/// Draws the list, what is new first.
pub fn ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, startup: &Startup, intents: &mut Vec<Intent>) {
    let (theme, texts) = (snapshot.theme, snapshot.texts);
    let palette = theme.palette(ui);
    ui.add(egui::Label::new(RichText::new(texts.get("startup-note")).color(palette.muted)).wrap());
    if let Some((name, reason)) = &startup.failure {
        let mut args = FluentArgs::new();
        args.set("name", DisplayName::new(name).as_str().to_owned());
        args.set("reason", system_reason(reason, texts));
        let text = RichText::new(texts.with("fix-failed", &args)).color(palette.critical);
        ui.add(egui::Label::new(text).wrap());
    }
    let Some(entries) = startup.entries.known() else {
        ui.add(egui::Label::new(texts.get("fix-startup-unknown")).wrap());
        return;
    };
    if entries.is_empty() {
        ui.add(egui::Label::new(texts.get("startup-none")).wrap());
    }
    let mut entries: Vec<(Option<At>, &AutostartEntry)> =
        entries.iter().map(|entry| (first_seen(snapshot, entry), entry)).collect();
    entries.sort_by_key(|(since, _)| std::cmp::Reverse(*since));
    for (since, entry) in entries {
        ui.push_id(&entry.id, |ui| entry_ui(ui, snapshot, since, entry, intents));
    }
}

fn entry_ui(
    ui: &mut egui::Ui,
    snapshot: &Snapshot<'_>,
    since: Option<At>,
    entry: &AutostartEntry,
    intents: &mut Vec<Intent>,
) {
    let (theme, texts) = (snapshot.theme, snapshot.texts);
    let palette = theme.palette(ui);
    let mut on = entry.on;
    if ui.checkbox(&mut on, DisplayName::new(&entry.name).as_str()).changed() {
        intents.push(Intent::SwitchStartup { entry: entry.clone(), on });
    }
    let new = since.map(|since| texts.with_one("startup-new", "time", format::date_clock(since, snapshot.zone)));
    let file = entry.file.as_deref().map(|file| DisplayName::with_limit(file, PATH_CHARS).as_str().to_owned());
    let note: Vec<String> = new.into_iter().chain(file).collect();
    if !note.is_empty() {
        ui.horizontal_top(|ui| {
            // Below the name, not below the box.
            ui.add_space(18.0);
            let note = RichText::new(note.join(" · ")).size(theme.size.small).color(palette.muted);
            ui.add(egui::Label::new(note).wrap());
        });
    }
}

/// When it was first seen, if it was not there from the beginning.
fn first_seen(snapshot: &Snapshot<'_>, entry: &AutostartEntry) -> Option<At> {
    let known = snapshot.sample?.condition.autostarts.known()?;
    known.iter().find(|other| other.name == entry.name && other.file == entry.file)?.since
}
