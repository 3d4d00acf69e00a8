//! Details of one program: what it is, whether high load is normal for it, where it comes from, and what can be done.

use eframe::egui::{self, RichText};
use fluent_bundle::FluentArgs;

use super::charts;
use super::finding_card::scan_button;
use crate::diagnose::{RuleId, Subject};
use crate::explain::{advice, format};
use crate::model::{DisplayName, ProgramKind, ProgramSample, Signature};
use crate::report::refusal_text;
use crate::ui::intent::Intent;
use crate::ui::intent::Period;
use crate::ui::snapshot::Snapshot;

/// Longest path shown in characters; longer ones are cut in the middle.
const PATH_CHARS: usize = 160;
/// Most Windows services listed: a PC has two hundred.
const MOST_SERVICES: usize = 12;

/// Draws the details. Returns true if the user wants to go back.
pub fn ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, name: &str, period: Period, intents: &mut Vec<Intent>) -> bool {
    let (theme, texts) = (snapshot.theme, snapshot.texts);
    let mut back = false;
    theme.card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        let text = format!("← {}", texts.get("details-back"));
        let text = RichText::new(text).color(theme.palette(ui).accent);
        back = ui.add(egui::Button::new(text).frame_when_inactive(false)).clicked()
            || ui.input(|input| input.key_pressed(egui::Key::Escape));
        let known = snapshot.knowledge.named(name);
        let title = known.map_or(name, |known| known.name.get(texts.lang()));
        ui.add(egui::Label::new(RichText::new(title).font(theme.bold(theme.size.headline))).wrap());
        let what = known.map_or_else(|| texts.get("details-unknown"), |known| known.what.get(texts.lang()).to_owned());
        ui.add(egui::Label::new(what).wrap());
        if known.is_some_and(|known| known.busy.is_some()) {
            ui.label(RichText::new(texts.get("details-busy")).color(theme.palette(ui).ok));
        }
        if let Some(known) = known.filter(|_| !is_suspected(snapshot, name)) {
            fact_ui(ui, snapshot, "details-advice", advice(known, texts));
        }
        let program =
            snapshot.program_table.and_then(|table| table.programs.iter().find(|program| *program.name == *name));
        match program {
            Some(program) => {
                action_ui(ui, snapshot, program, intents);
                charts::program_ui(ui, snapshot, name, period);
                facts_ui(ui, snapshot, program, intents);
            }
            None => {
                ui.label(texts.get("details-gone"));
            }
        }
    });
    back
}

/// True if the program is suspected of mining: the advice for its name may be wrong for what hides behind that name.
fn is_suspected(snapshot: &Snapshot<'_>, name: &str) -> bool {
    let mut findings = snapshot.findings.iter().map(|(finding, _)| finding);
    findings.any(|finding| finding.rule == RuleId::SecretMining && finding.subject.group == name)
}

fn facts_ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, program: &ProgramSample, intents: &mut Vec<Intent>) {
    let mut fact = |id: &str, value: String| fact_ui(ui, snapshot, id, value);
    fact("chart-cpu", format::percent(program.cpu.get()));
    fact("chart-memory", format::bytes(program.memory.0 as f64));
    fact("details-disk", program.disk.get().map(|rate| format::rate(rate.0)).unwrap_or_default());
    fact("details-path", program.path.as_deref().map(path_text).unwrap_or_default());
    fact("details-publisher", publisher(snapshot, program, intents).unwrap_or_default());
    fact("details-started", started(snapshot, program).unwrap_or_default());
    fact("details-services", services(snapshot, program));
    fact("details-parts", pids(program));
}

/// Draws a value below its label; nothing if it is empty.
fn fact_ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, id: &str, value: String) {
    if value.is_empty() {
        return;
    }
    let theme = snapshot.theme;
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.label(RichText::new(snapshot.texts.get(id)).size(theme.size.small).color(theme.palette(ui).muted));
        ui.add(egui::Label::new(value).wrap());
    });
}

/// Draws the button that closes the program, or the reason why it cannot be closed.
fn action_ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, program: &ProgramSample, intents: &mut Vec<Intent>) {
    let texts = snapshot.texts;
    let muted = snapshot.theme.palette(ui).muted;
    let subject = Subject::program(program, snapshot.knowledge, |member| member.cpu.get());
    // Only read, so also of programs that must be left alone.
    if subject.path.is_some() {
        scan_button(ui, snapshot, &subject, intents);
    }
    if let Some(refusal) = snapshot.refusals.get(&program.name) {
        ui.add(egui::Label::new(RichText::new(refusal_text(*refusal, texts)).color(muted)).wrap());
        return;
    }
    if program.kind != ProgramKind::Browser {
        let hint = texts.with_one("run-in-background-hint", "name", subject.name.get(texts.lang()).to_owned());
        let button = egui::Button::new(texts.get("button-run-in-background")).wrap();
        let enabled = snapshot.job.is_none() && !snapshot.is_in_background(&program.name);
        if ui.add_enabled(enabled, button).on_hover_text(hint).clicked() {
            intents.push(Intent::RunInBackground { subject: subject.clone(), accept_lasting: false });
        }
    }
    let id = if program.kind == ProgramKind::Browser { "button-close-browser" } else { "button-close-program" };
    let name = subject.name.get(texts.lang()).to_owned();
    let button = egui::Button::new(texts.with_one(id, "name", name)).wrap();
    if ui.add_enabled(snapshot.job.is_none(), button).clicked() {
        intents.push(Intent::Close(subject));
    }
}

/// The signer of the program's file, once verified.
fn publisher(snapshot: &Snapshot<'_>, program: &ProgramSample, intents: &mut Vec<Intent>) -> Option<String> {
    let path = program.path.as_deref()?;
    let Some(signature) = snapshot.signatures?.get(path) else {
        intents.push(Intent::RequestSignature(path.to_owned()));
        return None;
    };
    Some(match signature {
        Signature::Absent => snapshot.texts.get("details-publisher-none"),
        Signature::Valid { signer: Some(signer) } => DisplayName::new(signer).as_str().to_owned(),
        Signature::Valid { signer: None } => snapshot.texts.get("details-publisher-unnamed"),
    })
}

fn path_text(path: &str) -> String {
    DisplayName::with_limit(path, PATH_CHARS).as_str().to_owned()
}

fn pids(program: &ProgramSample) -> String {
    let shown: Vec<String> = program.members.iter().take(8).map(|member| member.key.pid.to_string()).collect();
    let more = program.members.len().saturating_sub(shown.len());
    if more > 0 { format!("{} … +{more}", shown.join(", ")) } else { shown.join(", ") }
}

/// The Windows services in its processes, those of the busiest process first.
fn services(snapshot: &Snapshot<'_>, program: &ProgramSample) -> String {
    let Some(table) = snapshot.program_table else { return String::new() };
    let hosts = program.members.iter().filter_map(|member| table.facts.get(&member.key));
    let names: Vec<&String> = hosts.flat_map(|facts| &facts.services).collect();
    let shown: Vec<&str> = names.iter().take(MOST_SERVICES).map(|name| name.as_str()).collect();
    let more = names.len().saturating_sub(shown.len());
    if more > 0 { format!("{} … +{more}", shown.join(", ")) } else { shown.join(", ") }
}

/// When and by what its first process was started.
fn started(snapshot: &Snapshot<'_>, program: &ProgramSample) -> Option<String> {
    let table = snapshot.program_table?;
    let root = program.members.iter().filter(|member| member.root == member.key).min_by_key(|m| m.key.start_time)?;
    let time = format::date_clock((snapshot.started)(root.key)?, snapshot.zone);
    let parent = table.facts.get(&root.key)?.parent;
    let by = table.facts.values().find(|facts| facts.key.pid == parent && facts.key.start_time <= root.key.start_time);
    Some(match by {
        Some(by) => {
            let mut args = FluentArgs::new();
            args.set("time", time);
            args.set("by", DisplayName::new(&by.name).as_str().to_owned());
            snapshot.texts.with("details-started-by", &args)
        }
        None => time,
    })
}
