//! The card of a running action: the countdown, the question, the verdict.

use eframe::egui::{self, Id, RichText};
use fluent_bundle::FluentArgs;

use super::finding_card::primary;
use super::icon::{self, Icon};
use crate::explain::{format, name_of, program_name};
use crate::model::ActError;
use crate::remedy::{ASK_SECONDS, CloseStatus, Phase, Verdict};
use crate::ui::intent::Intent;
use crate::ui::snapshot::Snapshot;

/// State of the card: whether the confirmation is open.
#[derive(Debug, Default)]
pub struct JobCard {
    confirm: bool,
}

impl JobCard {
    /// Draws the action.
    pub fn ui(&mut self, ui: &mut egui::Ui, snapshot: &Snapshot<'_>, job: &CloseStatus, intents: &mut Vec<Intent>) {
        let theme = snapshot.theme;
        let palette = theme.palette(ui).clone();
        let (symbol, colour) = match &job.phase {
            Ok(Phase::Done { verdict: Verdict::Worked { .. }, .. }) => (Icon::Ok, palette.ok),
            Ok(Phase::Asking { .. } | Phase::Forced { .. } | Phase::Measuring { .. }) => (Icon::Clock, palette.accent),
            _ => (Icon::Warning, palette.warning),
        };
        theme.card(ui).stroke(egui::Stroke::new(1.5, colour)).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal_top(|ui| {
                let (rect, _) = ui.allocate_exact_size(egui::vec2(24.0, 24.0), egui::Sense::hover());
                icon::paint(ui.painter(), symbol, rect, colour);
                ui.vertical(|ui| {
                    let text = RichText::new(describe(job, snapshot)).font(theme.bold(theme.size.title));
                    let label = ui.add(egui::Label::new(text).wrap());
                    // Screen readers announce the verdict when it arrives.
                    ui.ctx().accesskit_node_builder(label.id, |node| node.set_live(egui::accesskit::Live::Polite));
                    if let Ok(Phase::Asking { until }) = job.phase {
                        let left = until.since(snapshot.now).0 / ASK_SECONDS.0;
                        ui.add(egui::ProgressBar::new(1.0 - left.clamp(0.0, 1.0) as f32).desired_height(6.0));
                    }
                    if job.is_partial {
                        let note = RichText::new(snapshot.texts.get("job-partial")).color(palette.muted);
                        ui.add(egui::Label::new(note).wrap());
                    }
                    self.buttons_ui(ui, snapshot, job, intents);
                });
            });
        });
        let offered = matches!(job.phase, Ok(Phase::StillOpen) | Err(ActError::NoWindow));
        if self.confirm && offered {
            self.confirm_ui(ui, snapshot, job, intents);
        } else {
            self.confirm = false;
        }
    }

    fn buttons_ui(&mut self, ui: &mut egui::Ui, snapshot: &Snapshot<'_>, job: &CloseStatus, intents: &mut Vec<Intent>) {
        let texts = snapshot.texts;
        ui.horizontal_wrapped(|ui| match job.phase {
            Ok(Phase::StillOpen) | Err(ActError::NoWindow) if job.can_force => {
                if ui.button(texts.get("button-force")).clicked() {
                    self.confirm = true;
                }
                if ui.button(texts.get("button-keep")).clicked() {
                    intents.push(Intent::DismissJob);
                }
            }
            Ok(Phase::Done { .. }) | Err(_) => {
                if ui.button(texts.get("button-done")).clicked() {
                    intents.push(Intent::DismissJob);
                }
            }
            Ok(Phase::Asking { .. } | Phase::StillOpen) => {
                if ui.button(texts.get("button-keep")).clicked() {
                    intents.push(Intent::DismissJob);
                }
            }
            Ok(Phase::Forced { .. } | Phase::Measuring { .. }) => {}
        });
    }

    /// Asks for confirmation: names the program and what is lost. The safe answer has the focus.
    fn confirm_ui(&mut self, ui: &egui::Ui, snapshot: &Snapshot<'_>, job: &CloseStatus, intents: &mut Vec<Intent>) {
        let (theme, texts) = (snapshot.theme, snapshot.texts);
        let name = name_of(&job.subject, texts);
        let answer = egui::Modal::new(Id::unique("confirm")).frame(theme.card(ui)).show(ui.ctx(), |ui| {
            ui.set_width(400.0_f32.min(ui.ctx().content_rect().width() - 48.0));
            let title = RichText::new(texts.with_one("confirm-title", "name", name)).font(theme.bold(theme.size.title));
            ui.add(egui::Label::new(title).wrap());
            ui.add(egui::Label::new(texts.get("confirm-text")).wrap());
            ui.add_space(8.0);
            ui.horizontal_wrapped(|ui| {
                let force = ui.button(texts.get("confirm-force")).clicked();
                let keep = ui.add(primary(ui, snapshot, &texts.get("confirm-keep")));
                if ui.memory(|memory| memory.focused().is_none()) {
                    keep.request_focus();
                }
                (force, keep.clicked())
            })
            .inner
        });
        let (force, keep) = answer.inner;
        if force {
            intents.push(Intent::Force);
        }
        if force || keep || answer.should_close() {
            self.confirm = false;
        }
    }
}

fn describe(job: &CloseStatus, snapshot: &Snapshot<'_>) -> String {
    let texts = snapshot.texts;
    let mut args = FluentArgs::new();
    args.set("name", name_of(&job.subject, texts));
    let mut with_shares = |before: crate::model::Fraction, after: crate::model::Fraction| {
        args.set("before", format::percent(before.get()));
        args.set("after", format::percent(after.get()));
    };
    let id = match &job.phase {
        Ok(Phase::Asking { until }) => {
            args.set("seconds", format::count(until.since(snapshot.now).0.ceil()));
            "job-asking"
        }
        Ok(Phase::StillOpen) => "job-still-open",
        Ok(Phase::Forced { .. }) => "job-forced",
        Ok(Phase::Measuring { .. }) => "job-measuring",
        Ok(Phase::Done { verdict, .. }) => match verdict {
            Verdict::Worked { before, after } => {
                with_shares(*before, *after);
                "job-worked"
            }
            Verdict::NoChange { freed, by, before, after } => {
                with_shares(*before, *after);
                args.set("freed", format::percent(freed.get()));
                let by = by.as_deref().map(|by| program_name(by, snapshot.knowledge, texts.lang()));
                let id = if by.is_some() { "job-no-change-by" } else { "job-no-change" };
                args.set("by", by.unwrap_or_default());
                id
            }
            Verdict::WasSmall { freed, before, after } => {
                with_shares(*before, *after);
                args.set("freed", format::percent(freed.get()));
                "job-was-small"
            }
            Verdict::CameBack { after, by } => {
                args.set("duration", format::duration(texts, after.0));
                args.set("by", by.clone().unwrap_or_default());
                if by.is_some() { "job-came-back-by" } else { "job-came-back" }
            }
            Verdict::Refused => "job-refused",
            Verdict::CannotTell => "job-cannot-tell",
        },
        Err(error) => {
            args.set(
                "reason",
                texts.get(match error {
                    ActError::Gone => "job-failed-gone",
                    ActError::Refused => "job-failed-refused",
                    ActError::NoWindow => "job-failed-no_window",
                    ActError::Unsupported => "job-failed-unsupported",
                }),
            );
            "job-failed"
        }
    };
    texts.with(id, &args)
}
