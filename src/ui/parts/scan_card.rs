//! The card of a scan: its progress, or what the antivirus said.

use eframe::egui;

use super::icon::Icon;
use super::notice;
use crate::explain::{format, name_of};
use crate::remedy::{ScanStatus, ScanVerdict};
use crate::report::scan_text;
use crate::ui::intent::Intent;
use crate::ui::snapshot::Snapshot;

/// Draws the card.
pub fn ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, scan: &ScanStatus, intents: &mut Vec<Intent>) {
    let texts = snapshot.texts;
    let palette = snapshot.theme.palette(ui);
    let sign = match &scan.verdict {
        None => (Icon::Clock, palette.accent),
        Some(ScanVerdict::NothingFound) => (Icon::Ok, palette.ok),
        Some(_) => (Icon::Warning, palette.warning),
    };
    let text = match &scan.verdict {
        None => texts.with_one("scan-running", "antivirus", scan.antivirus.name().to_owned()),
        Some(verdict) => scan_text(&name_of(&scan.subject, texts), scan.antivirus, verdict, texts),
    };
    notice::ui(ui, snapshot, sign, &text, |ui| {
        ui.horizontal_wrapped(|ui| {
            if scan.verdict.is_some() {
                if ui.button(texts.get("button-done")).clicked() {
                    intents.push(Intent::EndScan);
                }
                return;
            }
            // A figure, as an animation would itself load the PC.
            ui.label(format::duration(texts, snapshot.now.since(scan.begun).0));
            if ui.button(texts.get("button-cancel")).clicked() {
                intents.push(Intent::EndScan);
            }
        });
    });
}
