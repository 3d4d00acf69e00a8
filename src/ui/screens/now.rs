//! Screen Now: the findings first, then the charts, then the programs.

use eframe::egui::{self, RichText, vec2};

use crate::diagnose::RuleId;
use crate::model::At;
use crate::ui::intent::Intent;
use crate::ui::parts::{
    charts::Charts, crash_notice, details, finding_card::FindingCards, icon, icon::Icon, offer, programs::ProgramList,
};
use crate::ui::snapshot::Snapshot;

/// Below this width the list of programs goes under the charts.
const TWO_COLUMNS: f32 = 760.0;

/// View state of the screen.
#[derive(Debug, Default)]
pub struct NowScreen {
    cards: FindingCards,
    charts: Charts,
    /// The program whose details are shown.
    program: Option<String>,
    programs: ProgramList,
}

impl NowScreen {
    /// Opens the card of a finding.
    pub fn show_finding(&mut self, rule: RuleId, group: &str) {
        self.cards.open(rule, group);
    }

    /// Shows a past moment in the charts.
    pub fn show_moment(&mut self, at: At, now: At) {
        self.charts.show_moment(at, now);
    }

    /// Draws the screen.
    pub fn ui(&mut self, ui: &mut egui::Ui, snapshot: &Snapshot<'_>, intents: &mut Vec<Intent>) {
        ui.spacing_mut().item_spacing.y = 12.0;
        // One scope with an id of its own: the number of cards must not change the ids of the widgets below, or the
        // keyboard loses its place whenever a finding begins or ends.
        ui.scope_builder(egui::UiBuilder::new().scope_id(egui::Id::unique("now-top")), |ui| {
            if let Some(seconds) = snapshot.stale_seconds {
                stale_ui(ui, snapshot, seconds);
            }
            crash_notice::ui(ui, snapshot, intents);
            if snapshot.findings.is_empty() {
                starting_ui(ui, snapshot);
            } else {
                self.cards.ui(ui, snapshot, intents);
            }
            offer::ui(ui, snapshot, intents);
        });
        let width = ui.available_width();
        if width >= TWO_COLUMNS {
            let right = (width * 0.40).clamp(300.0, 460.0);
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 12.0;
                let left = width - right - 12.0;
                let column = egui::Layout::top_down(egui::Align::Min);
                ui.allocate_ui_with_layout(vec2(left, 0.0), column, |ui| self.charts.ui(ui, snapshot, intents));
                ui.allocate_ui_with_layout(vec2(right, 0.0), column, |ui| self.right_ui(ui, snapshot, intents));
            });
        } else {
            self.right_ui(ui, snapshot, intents);
            self.charts.ui(ui, snapshot, intents);
        }
    }

    fn right_ui(&mut self, ui: &mut egui::Ui, snapshot: &Snapshot<'_>, intents: &mut Vec<Intent>) {
        ui.vertical(|ui| match &self.program {
            Some(name) => {
                let name = name.clone();
                if details::ui(ui, snapshot, &name, self.charts.period(), intents) {
                    self.program = None;
                }
            }
            None => {
                if let Some(name) = self.programs.ui(ui, snapshot, self.charts.period()) {
                    self.program = Some(name);
                }
            }
        });
    }
}

fn starting_ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>) {
    let theme = snapshot.theme;
    theme.card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            // A still picture: an animation would repaint without end and itself load the PC.
            let (rect, _) = ui.allocate_exact_size(vec2(36.0, 36.0), egui::Sense::hover());
            icon::paint(ui.painter(), Icon::Clock, rect, theme.palette(ui).accent);
            ui.vertical(|ui| {
                ui.label(RichText::new(snapshot.texts.get("starting")).font(theme.bold(theme.size.headline)));
                ui.label(RichText::new(snapshot.texts.get("starting-hint")).color(theme.palette(ui).muted));
            });
        });
    });
}

fn stale_ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, seconds: f64) {
    let palette = snapshot.theme.palette(ui);
    let ago = crate::explain::format::duration(snapshot.texts, seconds);
    snapshot.theme.card(ui).fill(palette.critical_background).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(RichText::new(snapshot.texts.with_one("stale", "duration", ago)).color(palette.critical));
    });
}
