//! Screen Settings: language, colours, watching in the background, the recording, the program's own cost.

use eframe::egui::{self, RichText};
use fluent_bundle::FluentArgs;

use crate::explain::{Lang, format, system_reason};
use crate::model::{AutostartState, DisplayName, Seconds};
use crate::settings::{Background, ThemeChoice};
use crate::ui::intent::Intent;
use crate::ui::parts::{recording, startup_list};
use crate::ui::snapshot::{AgentStatus, Erasing, RequestThrottle, Snapshot};

/// Interval for refreshing the agent's state.
const REFRESH_INTERVAL: Seconds = Seconds(4.0);

/// Range of events to read: this screen shows none, so a short one is enough.
const EVENT_RANGE: Seconds = Seconds::from_hours(1.0);

/// View state of the screen.
#[derive(Debug, Default)]
pub struct SettingsScreen {
    throttle: RequestThrottle,
    /// True while the question whether to delete the recording is shown.
    confirming: bool,
}

impl SettingsScreen {
    /// Draws the screen.
    pub fn ui(&mut self, ui: &mut egui::Ui, snapshot: &Snapshot<'_>, intents: &mut Vec<Intent>) {
        if self.throttle.needs_request(snapshot, Seconds(0.0), REFRESH_INTERVAL) {
            intents.push(Intent::LoadEvents(EVENT_RANGE));
            intents.push(Intent::LoadStartup);
        }
        let (theme, texts) = (snapshot.theme, snapshot.texts);
        ui.label(RichText::new(texts.get("settings-title")).font(theme.bold(theme.size.headline)));
        section_ui(ui, snapshot, "settings-look", |ui| appearance_ui(ui, snapshot, intents));
        section_ui(ui, snapshot, "settings-background", |ui| background_ui(ui, snapshot, intents));
        if !snapshot.my_work.is_empty() {
            section_ui(ui, snapshot, "settings-mine", |ui| my_work_ui(ui, snapshot, intents));
        }
        if let Some(startup) = snapshot.startup {
            section_ui(ui, snapshot, "settings-startup", |ui| startup_list::ui(ui, snapshot, startup, intents));
        }
        section_ui(ui, snapshot, "settings-recording", |ui| {
            recording_ui(ui, snapshot);
            self.erase_ui(ui, snapshot, intents);
        });
    }
}

impl SettingsScreen {
    /// Draws the deletion of the recording: one question that says what is lost, then the outcome.
    fn erase_ui(&mut self, ui: &mut egui::Ui, snapshot: &Snapshot<'_>, intents: &mut Vec<Intent>) {
        let texts = snapshot.texts;
        let palette = snapshot.theme.palette(ui).clone();
        if self.confirming {
            ui.add_space(8.0);
            ui.label(
                RichText::new(texts.get("settings-forget-question"))
                    .font(snapshot.theme.bold(snapshot.theme.size.text)),
            );
            ui.add(egui::Label::new(texts.get("settings-forget-lost")).wrap());
            ui.horizontal_wrapped(|ui| {
                if ui.button(texts.get("settings-forget-no")).clicked() {
                    self.confirming = false;
                }
                let yes = RichText::new(texts.get("settings-forget-yes")).color(palette.critical);
                if ui.button(yes).clicked() {
                    self.confirming = false;
                    intents.push(Intent::Erase);
                }
            });
            return;
        }
        let (text, colour) = match snapshot.erasing {
            Erasing::No => (None, palette.text),
            Erasing::UnderWay => (Some(texts.get("settings-forgetting")), palette.muted),
            Erasing::Done => (Some(texts.get("settings-forgotten")), palette.ok),
            Erasing::Failed(None) => (Some(texts.get("settings-forget-in-use")), palette.critical),
            Erasing::Failed(Some(reason)) => (
                Some(texts.with_one("settings-forget-failed", "reason", system_reason(reason, texts))),
                palette.critical,
            ),
        };
        if let Some(text) = text {
            ui.add(egui::Label::new(RichText::new(text).color(colour)).wrap());
        }
        let can = snapshot.recorded.bytes.is_some() && *snapshot.erasing != Erasing::UnderWay;
        if can && ui.button(texts.get("settings-forget")).clicked() {
            self.confirming = true;
        }
    }
}

/// Draws the list of the user's own work, with buttons to remove entries.
fn my_work_ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, intents: &mut Vec<Intent>) {
    let (theme, texts) = (snapshot.theme, snapshot.texts);
    let muted = theme.palette(ui).muted;
    ui.add(egui::Label::new(RichText::new(texts.get("settings-mine-note")).color(muted)).wrap());
    for work in snapshot.my_work {
        let mut args = FluentArgs::new();
        args.set("name", DisplayName::new(&work.name).as_str().to_owned());
        args.set("until", format::date(work.until, snapshot.zone));
        ui.horizontal_wrapped(|ui| {
            ui.label(texts.with("settings-mine-entry", &args));
            if ui.button(texts.with("settings-mine-remove", &args)).clicked() {
                intents.push(Intent::UnmarkMyWork(work.path.clone()));
            }
        });
        if let Some(signer) = &work.signer {
            let signer = DisplayName::new(signer).as_str().to_owned();
            let signed = RichText::new(texts.with_one("settings-mine-signer", "signer", signer));
            ui.add(egui::Label::new(signed.size(theme.size.small).color(muted)).wrap());
        }
        let file = RichText::new(DisplayName::new(&work.path).as_str()).size(theme.size.small).color(muted);
        ui.add(egui::Label::new(file).wrap());
    }
}

fn section_ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, title: &str, content: impl FnOnce(&mut egui::Ui)) {
    let theme = snapshot.theme;
    theme.card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(RichText::new(snapshot.texts.get(title)).font(theme.bold(theme.size.title)));
        content(ui);
    });
}

fn appearance_ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, intents: &mut Vec<Intent>) {
    let texts = snapshot.texts;
    ui.horizontal_wrapped(|ui| {
        ui.label(texts.get("settings-language"));
        for &lang in Lang::ALL {
            let name = texts.get(&format!("language-{}", lang.code()));
            if ui.add(egui::Button::selectable(texts.lang() == lang, name)).clicked() {
                intents.push(Intent::SetLang(lang));
            }
        }
    });
    ui.horizontal_wrapped(|ui| {
        ui.label(texts.get("settings-theme"));
        for (choice, id) in [
            (ThemeChoice::System, "theme-system"),
            (ThemeChoice::Light, "theme-light"),
            (ThemeChoice::Dark, "theme-dark"),
        ] {
            if ui.add(egui::Button::selectable(snapshot.theme_choice == choice, texts.get(id))).clicked() {
                intents.push(Intent::SetTheme(choice));
            }
        }
    });
}

fn background_ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, intents: &mut Vec<Intent>) {
    let (theme, texts) = (snapshot.theme, snapshot.texts);
    let palette = theme.palette(ui).clone();
    // What was chosen here counts only where the system does not tell.
    let starts = snapshot.autostart.get().map_or(snapshot.background == Background::On, AutostartState::is_on);
    let for_everyone = snapshot.autostart.get() == Some(AutostartState::OnForEveryone);
    let mut on = starts;
    let checkbox = egui::Checkbox::new(&mut on, texts.get("settings-keep-watching"));
    if ui.add_enabled(!for_everyone, checkbox).clicked() {
        intents.push(Intent::SetBackground(on));
    }
    let small = |text: String| RichText::new(text).size(theme.size.small);
    ui.add(egui::Label::new(small(texts.get("settings-keep-watching-note")).color(palette.muted)).wrap());
    if let Some(error) = snapshot.background_error {
        let text = texts.with_one("settings-background-failed", "reason", system_reason(error, texts));
        ui.add(egui::Label::new(small(text).color(palette.critical)).wrap());
    }
    if for_everyone {
        ui.add(egui::Label::new(small(texts.get("settings-keep-watching-everyone")).color(palette.muted)).wrap());
    }
    let is_off = snapshot.recorded.agent.is_none() && snapshot.recorded.read.is_some();
    let lines = match &snapshot.recorded.agent {
        Some(status) => agent_lines(status, starts, snapshot),
        None if is_off && starts => vec![texts.get("agent-state-off-until-sign-in")],
        None if is_off => vec![texts.get("agent-state-off")],
        None => Vec::new(),
    };
    for line in lines {
        ui.add(egui::Label::new(line).wrap());
    }
    if is_off && starts && ui.button(texts.get("settings-start-watching")).clicked() {
        intents.push(Intent::SetBackground(true));
    }
}

fn agent_lines(status: &AgentStatus, starts: bool, snapshot: &Snapshot<'_>) -> Vec<String> {
    let texts = snapshot.texts;
    let mut lines = match status.paused_until {
        Some(until) => vec![texts.with_one("agent-state-paused", "time", format::clock(until, snapshot.zone))],
        None => vec![texts.with_one("agent-state-on", "time", format::date_clock(status.since, snapshot.zone))],
    };
    if !starts {
        lines.push(texts.get("agent-state-until-sign-out"));
    }
    // The agent's cost is unknown in its first moments.
    if let (Some(cpu), Some(bytes)) = (status.cpu, status.memory_bytes) {
        let mut args = FluentArgs::new();
        args.set("cpu", format::percent(cpu));
        args.set("memory", format::bytes(bytes as f64));
        lines.push(texts.with("agent-cost", &args));
    }
    if status.slowed {
        lines.push(texts.get("event-slowed"));
    }
    if let Some(trouble) = status.trouble.as_ref().filter(|id| texts.has(id)) {
        lines.push(texts.with_one(trouble, "reason", system_reason(&status.trouble_reason, texts)));
    }
    if !status.tray {
        lines.push(texts.get("trouble-no-tray"));
    }
    lines
}

fn recording_ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>) {
    let texts = snapshot.texts;
    let recorded = snapshot.recorded;
    ui.add(egui::Label::new(texts.get("settings-recorded-what")).wrap());
    if let (Some((from, to)), Some(path)) = (recorded.span, &recorded.path) {
        let mut args = FluentArgs::new();
        args.set("from", format::date_clock(from, snapshot.zone));
        args.set("to", format::date_clock(to, snapshot.zone));
        args.set(
            "size",
            recorded.bytes.map_or_else(|| texts.get("unknown-value"), |bytes| format::bytes(bytes as f64)),
        );
        ui.add(egui::Label::new(texts.with("settings-recorded", &args)).wrap());
        let limits = &snapshot.knowledge.thresholds.mining;
        let (learned, least) = (from + Seconds::from_days(limits.learn_days), Seconds::from_hours(limits.learn_hours));
        let mut args = FluentArgs::new();
        args.set("until", format::date(learned, snapshot.zone));
        args.set("least", format::duration(texts, least.0));
        args.set("watched", format::duration(texts, recorded.watched.0));
        // First the days still to come; once they have passed, the hours still missing.
        let learning =
            [("settings-learning-days", snapshot.now < learned), ("settings-learning-hours", recorded.watched < least)];
        if let Some((text, _)) = learning.into_iter().find(|(_, is_open)| *is_open) {
            ui.add(egui::Label::new(texts.with(text, &args)).wrap());
        }
        let file = RichText::new(path).size(snapshot.theme.size.small).color(snapshot.theme.palette(ui).muted);
        ui.add(egui::Label::new(file).wrap());
    } else if let Some(sentence) = recording::trouble(snapshot) {
        ui.add(egui::Label::new(sentence).wrap());
    } else if recorded.read.is_some() {
        ui.label(texts.get("settings-none-yet"));
    }
}
