//! Screen Restart: the checklist, with everything this program can detect already checked.

use eframe::egui::{self, RichText, vec2};

use crate::diagnose::Subject;
use crate::explain::format;
use crate::explain::program_name;
use crate::model::{ProgramKind, Reading};
use crate::remedy::restart::{AfterRestart, AfterVerdict, BrowserReturn, RestartPhase, Step, StepState, state};
use crate::report::{after_for_helpdesk, after_lines, after_text};
use crate::ui::intent::{Intent, Screen};
use crate::ui::parts::finding_card::primary;
use crate::ui::parts::icon::{self, Icon};
use crate::ui::snapshot::Snapshot;

/// Most programs that are listed by name.
const MOST_NAMES: usize = 8;

/// The screen.
#[derive(Debug, Default)]
pub struct RestartScreen {
    /// What the restart has changed was copied for the helpdesk.
    copied: bool,
}

impl RestartScreen {
    /// Draws the screen.
    pub fn ui(&mut self, ui: &mut egui::Ui, snapshot: &Snapshot<'_>, intents: &mut Vec<Intent>) {
        match &snapshot.restart.after {
            Some(after) => self.after_ui(ui, snapshot, after, intents),
            None => self.copied = false,
        }
        checklist_ui(ui, snapshot, intents);
    }

    /// What the last restart has changed.
    fn after_ui(
        &mut self,
        ui: &mut egui::Ui,
        snapshot: &Snapshot<'_>,
        after: &AfterRestart,
        intents: &mut Vec<Intent>,
    ) {
        let (theme, texts) = (snapshot.theme, snapshot.texts);
        let palette = theme.palette(ui).clone();
        let came_back = matches!(after.browser, BrowserReturn::CameBack(_));
        let (symbol, colour) = match &after.verdict {
            AfterVerdict::Measuring { .. } => (Icon::Clock, palette.accent),
            AfterVerdict::NotFixed(_) | AfterVerdict::NotRestarted => (Icon::Warning, palette.warning),
            _ if came_back => (Icon::Warning, palette.warning),
            AfterVerdict::Fixed => (Icon::Ok, palette.ok),
            AfterVerdict::NothingBefore | AfterVerdict::CannotTell => (Icon::Info, palette.accent),
        };
        theme.card(ui).stroke(egui::Stroke::new(1.5, colour)).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.label(RichText::new(texts.get("after-title")).color(palette.muted));
            ui.horizontal_top(|ui| {
                let (rect, _) = ui.allocate_exact_size(vec2(24.0, 24.0), egui::Sense::hover());
                icon::paint(ui.painter(), symbol, rect, colour);
                ui.vertical(|ui| {
                    let text = RichText::new(after_text(after, texts, snapshot.now));
                    let label = ui.add(egui::Label::new(text.font(theme.bold(theme.size.title))).wrap());
                    ui.ctx().accesskit_node_builder(label.id, |node| node.set_live(egui::accesskit::Live::Polite));
                    for line in after_lines(after, snapshot.knowledge, texts) {
                        ui.add(egui::Label::new(line).wrap());
                    }
                    let is_open = matches!(after.verdict, AfterVerdict::NotFixed(_) | AfterVerdict::NotRestarted);
                    if (is_open || came_back) && ui.button(texts.get("button-tell-helpdesk")).clicked() {
                        self.copied = true;
                        let text = after_for_helpdesk(
                            after,
                            snapshot.system,
                            snapshot.knowledge,
                            texts,
                            snapshot.zone,
                            snapshot.now,
                        );
                        intents.push(Intent::Copy(text));
                    }
                    if self.copied {
                        ui.label(RichText::new(texts.get("copied-for-helpdesk")).color(palette.muted));
                    }
                });
            });
        });
    }
}

fn checklist_ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, intents: &mut Vec<Intent>) {
    let (theme, texts) = (snapshot.theme, snapshot.texts);
    let muted = theme.palette(ui).muted;
    ui.spacing_mut().item_spacing.y = 12.0;
    theme.card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(RichText::new(texts.get("restart-title")).font(theme.bold(theme.size.headline)));
        ui.label(texts.get("restart-intro"));
        let uptime = match snapshot.restart.uptime {
            Reading::Known(uptime) => texts.with_one("restart-uptime", "duration", format::duration(texts, uptime.0)),
            Reading::Missing(_) => texts.get("restart-uptime-unknown"),
        };
        ui.label(RichText::new(uptime).color(muted));
    });
    let (before, after): (Vec<Step>, Vec<Step>) = Step::ALL.iter().copied().partition(|step| !step.is_after());
    for (title, steps) in [("restart-before", before), ("restart-after", after)] {
        theme.card(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.label(RichText::new(texts.get(title)).font(theme.bold(theme.size.title)));
            ui.spacing_mut().item_spacing.y = 3.0;
            for step in steps {
                ui.add_space(6.0);
                step_ui(ui, snapshot, step, intents);
            }
            ui.add_space(6.0);
            if title == "restart-before" {
                ui.label(texts.get("restart-how"));
                ui.add_space(4.0);
                let button = primary(ui, snapshot, &texts.get("button-restart-now"));
                let is_idle = snapshot.restart_phase.is_none_or(|phase| matches!(phase, RestartPhase::Ended(_)));
                if ui.add_enabled(is_idle, button).clicked() {
                    intents.push(Intent::Restart);
                }
            }
        });
    }
    if (!snapshot.ticks.done.is_empty() || snapshot.ticks.boot_id.is_some() || snapshot.restart.after.is_some())
        && ui.button(texts.get("restart-reset")).clicked()
    {
        intents.push(Intent::ResetTicks);
    }
}

fn step_ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, step: Step, intents: &mut Vec<Intent>) {
    let (theme, texts) = (snapshot.theme, snapshot.texts);
    let palette = theme.palette(ui);
    let name = texts.get(&format!("step-{}", step.id()));
    let step_state = state(step, snapshot.restart, snapshot.ticks);
    ui.horizontal_top(|ui| match step_state {
        StepState::ByHand(done) => {
            let mut ticked = done;
            if ui.checkbox(&mut ticked, RichText::new(&name)).clicked() {
                intents.push(Intent::Tick(step));
            }
        }
        StepState::Seen | StepState::NotYet | StepState::Later => {
            let (symbol, colour, word) = match step_state {
                StepState::Seen => (Icon::Ok, palette.ok, "state-seen"),
                StepState::NotYet => (Icon::Warning, palette.warning, "state-not-yet"),
                _ => (Icon::Later, palette.muted, "state-later"),
            };
            let (rect, _) = ui.allocate_exact_size(vec2(18.0, 18.0), egui::Sense::hover());
            icon::paint(ui.painter(), symbol, rect, colour);
            ui.add(egui::Label::new(&name).wrap());
            ui.label(RichText::new(texts.get(word)).size(theme.size.small).color(colour));
        }
    });
    if step == Step::CloseBrowser && step_state == StepState::NotYet {
        browsers_ui(ui, snapshot, intents);
    }
    if step == Step::StartsAgain && step_state != StepState::Seen {
        ui.horizontal_wrapped(|ui| {
            ui.add_space(18.0);
            if ui.button(texts.get("button-startup-list")).clicked() {
                intents.push(Intent::Show(Screen::Settings));
            }
        });
    }
    let note = note(snapshot, step, &step_state);
    if !note.is_empty() {
        ui.horizontal_top(|ui| {
            ui.add_space(26.0);
            ui.add(egui::Label::new(RichText::new(note).size(theme.size.small).color(palette.muted)).wrap());
        });
    }
}

/// Draws the running browsers that can be closed, each with a button that does it.
fn browsers_ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, intents: &mut Vec<Intent>) {
    let programs = snapshot.program_table.iter().flat_map(|table| &table.programs);
    let closable = programs
        .filter(|program| program.kind == ProgramKind::Browser && !snapshot.refusals.contains_key(&program.name));
    ui.horizontal_wrapped(|ui| {
        for program in closable {
            ui.add_space(18.0);
            let subject = Subject::program(program, snapshot.knowledge, |member| member.cpu.get());
            let name = subject.name.get(snapshot.texts.lang()).to_owned();
            let button = egui::Button::new(snapshot.texts.with_one("button-close-browser", "name", name));
            if ui.add_enabled(snapshot.job.is_none(), button).clicked() {
                intents.push(Intent::Close(subject));
            }
        }
    });
}

/// What was detected for this step, or how to do it.
fn note(snapshot: &Snapshot<'_>, step: Step, step_state: &StepState) -> String {
    let (texts, facts) = (snapshot.texts, snapshot.restart);
    let base = format!("step-{}-note", step.id());
    let named = |names: &[String]| {
        if names.is_empty() {
            texts.get(&format!("{base}-none"))
        } else {
            texts.with_one(&base, "names", labels(snapshot, names))
        }
    };
    match step {
        Step::SaveWork if !facts.unsaved.is_empty() => {
            let open = facts.with_windows.known().map_or_else(String::new, |names| named(names));
            let unsaved = texts.with_one("step-save_work-unsaved", "names", labels(snapshot, &facts.unsaved));
            [unsaved, open].join("\n")
        }
        Step::SaveWork => facts.with_windows.known().map_or_else(String::new, |names| named(names)),
        Step::StartsAgain => facts.starting.known().map_or_else(String::new, |names| named(names)),
        Step::RestoreSetting => match facts.restoring.known() {
            Some(names) if names.is_empty() => texts.get(&format!("{base}-none")),
            Some(names) => {
                let names = texts.with_one("step-restore_setting-on", "names", labels(snapshot, names));
                [names, texts.get(&base)].join("\n")
            }
            None => texts.get(&base),
        },
        Step::CloseBrowser => named(&facts.browsers),
        Step::BrowserStayedAway if *step_state != StepState::Later => named(&facts.browsers),
        Step::BrowserStayedAway | Step::Fixed => String::new(),
        Step::OthersSignedIn | Step::PendingUpdate => match step_state {
            StepState::Seen => texts.get(&format!("{base}-none")),
            StepState::NotYet => texts.get(&base),
            _ => String::new(),
        },
        Step::Restart | Step::Restarted => texts.get(&base),
    }
}

fn labels(snapshot: &Snapshot<'_>, names: &[String]) -> String {
    let lang = snapshot.texts.lang();
    let label = |name: &String| program_name(name, snapshot.knowledge, lang);
    let mut labels: Vec<String> = names.iter().take(MOST_NAMES).map(label).collect();
    let more = names.len().saturating_sub(MOST_NAMES);
    if more > 0 {
        labels.push(snapshot.texts.with_one("names-more", "count", format::count(more as f64)));
    }
    labels.join(match lang {
        crate::explain::Lang::Ja => "、",
        crate::explain::Lang::En => ", ",
    })
}
