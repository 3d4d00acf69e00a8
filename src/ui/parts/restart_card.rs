//! The card of a restart: the question, the countdown, how it ended. Shown on every screen.

use eframe::egui::{self, Id, Key, Modifiers, RichText};

use super::finding_card::primary;
use super::icon::{self, Icon};
use crate::explain::format;
use crate::model::Seconds;
use crate::remedy::restart::{Blocker, COUNTDOWN, RestartEnd, RestartPhase};
use crate::report::{blocker_text, restart_text};
use crate::ui::intent::Intent;
use crate::ui::snapshot::Snapshot;

/// Seconds left at which a screen reader says them: each second would leave it no time to say anything else.
const ANNOUNCED: [f64; 4] = [30.0, 20.0, 10.0, 5.0];

/// Draws the restart.
pub fn ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, phase: &RestartPhase, intents: &mut Vec<Intent>) {
    let (theme, texts) = (snapshot.theme, snapshot.texts);
    let palette = theme.palette(ui).clone();
    let can_cancel = matches!(phase, RestartPhase::Checking | RestartPhase::CountingDown { .. });
    // Before any widget takes the key: whoever wants to keep the PC on must not have to aim.
    if can_cancel && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        intents.push(Intent::CancelRestart);
    }
    let (symbol, colour) = match phase {
        RestartPhase::Ended(RestartEnd::Cancelled) => (Icon::Ok, palette.ok),
        RestartPhase::Checking | RestartPhase::Requested { .. } => (Icon::Restart, palette.accent),
        _ => (Icon::Warning, palette.warning),
    };
    theme.card(ui).stroke(egui::Stroke::new(1.5, colour)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_top(|ui| {
            let (rect, _) = ui.allocate_exact_size(egui::vec2(24.0, 24.0), egui::Sense::hover());
            icon::paint(ui.painter(), symbol, rect, colour);
            ui.vertical(|ui| {
                let text = RichText::new(restart_text(phase, texts)).font(theme.bold(theme.size.title));
                let label = ui.add(egui::Label::new(text).wrap());
                if let RestartPhase::CountingDown { left } = phase {
                    let said = announced(*left);
                    let said = texts.with_one("restart-countdown", "seconds", format::count(said));
                    label.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &said));
                }
                ui.ctx().accesskit_node_builder(label.id, |node| node.set_live(egui::accesskit::Live::Assertive));
                if let RestartPhase::CountingDown { left } = phase {
                    let gone = 1.0 - (left.0 / COUNTDOWN.0).clamp(0.0, 1.0);
                    ui.add(egui::ProgressBar::new(gone as f32).desired_height(6.0));
                }
                let note = match phase {
                    RestartPhase::CountingDown { .. } => Some("restart-countdown-note"),
                    RestartPhase::Requested { asks_password: false } => Some("restart-requested-note"),
                    RestartPhase::Requested { asks_password: true } => Some("restart-requested-password"),
                    _ => None,
                };
                if let Some(note) = note {
                    ui.add(egui::Label::new(RichText::new(texts.get(note)).color(palette.muted)).wrap());
                }
                if can_cancel && ui.add(primary(ui, snapshot, &texts.get("button-cancel-restart"))).clicked() {
                    intents.push(Intent::CancelRestart);
                }
                if matches!(phase, RestartPhase::Ended(_)) && ui.button(texts.get("button-done")).clicked() {
                    intents.push(Intent::DismissRestart);
                }
            });
        });
    });
    if let RestartPhase::Confirm(blockers) = phase {
        confirm_ui(ui, snapshot, blockers, intents);
    }
}

/// The seconds that a screen reader says while `left` remain.
fn announced(left: Seconds) -> f64 {
    ANNOUNCED.into_iter().filter(|said| left.0 <= *said).fold(ANNOUNCED[0], f64::min)
}

/// Asks for confirmation: names what stands in the way. The safe answer has the focus.
fn confirm_ui(ui: &egui::Ui, snapshot: &Snapshot<'_>, blockers: &[Blocker], intents: &mut Vec<Intent>) {
    let (theme, texts) = (snapshot.theme, snapshot.texts);
    let answer = egui::Modal::new(Id::unique("confirm-restart")).frame(theme.card(ui)).show(ui.ctx(), |ui| {
        ui.set_width(460.0_f32.min(ui.ctx().content_rect().width() - 48.0));
        let title = RichText::new(texts.get("restart-confirm-title")).font(theme.bold(theme.size.title));
        ui.add(egui::Label::new(title).wrap());
        for blocker in blockers {
            ui.horizontal_top(|ui| {
                let (rect, _) = ui.allocate_exact_size(egui::vec2(18.0, 18.0), egui::Sense::hover());
                icon::paint(ui.painter(), Icon::Warning, rect, theme.palette(ui).warning);
                ui.add(egui::Label::new(blocker_text(blocker, snapshot.knowledge, texts)).wrap());
            });
        }
        ui.add_space(8.0);
        ui.horizontal_wrapped(|ui| {
            let restart = ui.button(texts.get("restart-confirm-go")).clicked();
            let keep = ui.add(primary(ui, snapshot, &texts.get("restart-confirm-keep")));
            if ui.memory(|memory| memory.focused().is_none()) {
                keep.request_focus();
            }
            (restart, keep.clicked())
        })
        .inner
    });
    let (restart, keep) = answer.inner;
    if restart {
        intents.push(Intent::ConfirmRestart);
    } else if keep || answer.should_close() {
        intents.push(Intent::CancelRestart);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_screen_reader_says_the_seconds_four_times() {
        let mut said: Vec<f64> = (0..=300).rev().map(|tenths| announced(Seconds(f64::from(tenths) / 10.0))).collect();
        said.dedup();
        assert_eq!(said, ANNOUNCED);
        assert!((announced(Seconds(9.9)) - 10.0).abs() < 0.1 && (announced(Seconds(12.0)) - 20.0).abs() < 0.1);
    }
}
