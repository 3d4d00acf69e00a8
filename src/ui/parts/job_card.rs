//! The card of a running action: the countdown, the question, the verdict.

use eframe::egui::{self, Id, RichText};

use super::finding_card::primary;
use super::icon::Icon;
use super::notice;
use crate::explain::name_of;
use crate::model::{ActError, Launch};
use crate::remedy::{ASK_SECONDS, CloseStatus, Phase, Start, Verdict};
use crate::report::close_text;
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
        let palette = snapshot.theme.palette(ui).clone();
        let reopened = job.reopening.as_ref().and_then(|reopening| reopening.result.as_ref());
        let (symbol, colour) = match &job.phase {
            _ if reopened == Some(&Ok(())) => (Icon::Ok, palette.ok),
            _ if reopened.is_some() => (Icon::Warning, palette.warning),
            Ok(Phase::Done { verdict: Verdict::Worked { .. }, .. }) => (Icon::Ok, palette.ok),
            Ok(Phase::Asking { .. } | Phase::Forced { .. } | Phase::Measuring { .. }) => (Icon::Clock, palette.accent),
            _ => (Icon::Warning, palette.warning),
        };
        let text = close_text(job, snapshot.knowledge, snapshot.texts, snapshot.now);
        notice::ui(ui, snapshot, (symbol, colour), &text, |ui| {
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
                start_ui(ui, snapshot, job, intents);
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

/// The ways to start it again, for some minutes.
fn start_ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, job: &CloseStatus, intents: &mut Vec<Intent>) {
    let Ok(Phase::Done { ended, verdict }) = &job.phase else { return };
    let is_late = snapshot.now.since(*ended) > Launch::OFFERED_FOR;
    // One that came back, or never went, needs no start.
    let runs = matches!(verdict, Verdict::Refused | Verdict::CameBack { .. });
    let is_started = job.reopening.as_ref().is_some_and(|reopening| reopening.result == Some(Ok(())));
    if is_late || runs || is_started || job.launch.is_none() {
        return;
    }
    let name = name_of(&job.subject, snapshot.texts);
    if ui.button(snapshot.texts.with_one("button-start-again", "name", name)).clicked() {
        intents.push(Intent::Start(Start::Again));
    }
    let is_browser = snapshot.knowledge.browser_places(&job.subject.group).is_some();
    if is_browser {
        let button = ui.button(snapshot.texts.get("button-without-javascript"));
        if button.on_hover_text(snapshot.texts.get("button-without-javascript-hint")).clicked() {
            intents.push(Intent::Start(Start::WithoutJavascript));
        }
    }
}
