//! The findings as cards: the headline first, then the figures, then what to do.

use eframe::egui::{self, Color32, CornerRadius, RichText, Stroke, vec2};

use super::icon::{self, Icon};
use crate::diagnose::{Confidence, Finding, RuleId, Severity, Subject};
use crate::explain::{Explanation, Texts, explain, for_helpdesk, format, name_of, severity_word, since};
use crate::remedy::{Plan, Remedy, RemedyId};
use crate::report::refusal_text;
use crate::ui::intent::{Intent, Screen};
use crate::ui::snapshot::Snapshot;
use crate::ui::theme::Palette;

/// Most cards shown.
const MAX_CARDS: usize = 3;

/// Most figures and signs shown on a card that is not open.
const MAX_CHIPS: usize = 4;

/// Which card is open, and which was copied.
#[derive(Debug, Default)]
pub struct FindingCards {
    open: Option<(RuleId, String)>,
    copied: Option<(RuleId, String)>,
    /// The button with the keyboard focus.
    focus: Option<Focus>,
}

/// Keyboard focus on a button of a card.
#[derive(Debug)]
struct Focus {
    id: egui::Id,
    /// Index of the card.
    card: usize,
    /// Its finding.
    finding: (RuleId, String),
}

/// The buttons of a card, as far as the keyboard needs them.
#[derive(Default)]
struct CardButtons {
    /// The one that shows why.
    why: Option<egui::Id>,
    /// The one with the focus.
    focused: Option<egui::Id>,
}

impl CardButtons {
    fn note(&mut self, response: &egui::Response) {
        if response.has_focus() {
            self.focused = Some(response.id);
        }
    }
}

/// What was clicked on a card that changes how it is drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Clicked {
    /// "Show why" or "hide why".
    Why,
    /// "Copy for the helpdesk".
    Copy,
}

impl FindingCards {
    /// Opens the card of a finding.
    pub fn open(&mut self, rule: RuleId, group: &str) {
        self.open = Some((rule, group.to_owned()));
    }

    /// Draws the worst findings, and the opened one.
    pub fn ui(&mut self, ui: &mut egui::Ui, snapshot: &Snapshot<'_>, intents: &mut Vec<Intent>) {
        let mut drawn: Vec<((RuleId, String), CardButtons)> = Vec::new();
        for (index, (finding, plan)) in snapshot.findings.iter().enumerate() {
            let id = (finding.rule, finding.subject.group.clone());
            let open = self.open.as_ref() == Some(&id);
            if index >= MAX_CARDS && !open {
                continue;
            }
            // Only the first card is complete: the user needs one answer, and can open the others.
            let copied = self.copied.as_ref() == Some(&id);
            let layout = CardLayout { open, short: index > 0 && !open, copied };
            let mut buttons = CardButtons::default();
            let clicked = card_ui(ui, snapshot, finding, plan, layout, (intents, &mut buttons));
            drawn.push((id.clone(), buttons));
            match clicked {
                Some(Clicked::Why) => self.open = (!open).then_some(id),
                Some(Clicked::Copy) => self.copied = Some(id),
                None => {}
            }
        }
        self.keep_focus(ui, &drawn);
    }

    /// When the finding with the focused button has gone, moves the focus to the card now in its place: the next Tab would
    /// begin at the top of the window.
    fn keep_focus(&mut self, ui: &egui::Ui, drawn: &[((RuleId, String), CardButtons)]) {
        if let Some(focus) = &self.focus
            && ui.memory(|memory| memory.focused().is_none_or(|id| id == focus.id))
            && !drawn.iter().any(|(finding, _)| *finding == focus.finding)
            && let Some((_, CardButtons { why: Some(why), .. })) = drawn.get(focus.card).or(drawn.last())
        {
            ui.memory_mut(|memory| memory.request_focus(*why));
        }
        let focused = drawn.iter().enumerate().find_map(|(card, (finding, buttons))| {
            buttons.focused.map(|id| Focus { id, card, finding: finding.clone() })
        });
        // Without the focus for a moment it is still theirs to give away.
        let is_elsewhere = ui.memory(|memory| memory.focused().is_some()) && focused.is_none();
        if focused.is_some() || is_elsewhere {
            self.focus = focused;
        }
    }
}

/// How much of a card is shown.
#[derive(Clone, Copy)]
struct CardLayout {
    open: bool,
    short: bool,
    /// It was copied for the helpdesk.
    copied: bool,
}

/// Draws one card. Returns what was clicked, unless it is an intent.
fn card_ui(
    ui: &mut egui::Ui,
    snapshot: &Snapshot<'_>,
    finding: &Finding,
    plan: &Plan,
    layout: CardLayout,
    (intents, focus): (&mut Vec<Intent>, &mut CardButtons),
) -> Option<Clicked> {
    let (theme, texts) = (snapshot.theme, snapshot.texts);
    let palette = theme.palette(ui).clone();
    let word = severity_word(finding);
    let (symbol, colour, chip) = match finding.severity {
        Severity::Ok if word == "severity-ok" => (Icon::Ok, palette.ok, palette.ok_background),
        Severity::Ok => (Icon::Info, palette.accent, palette.ok_background),
        Severity::Warning => (Icon::Warning, palette.warning, palette.warning_background),
        Severity::Critical => (Icon::Critical, palette.critical, palette.critical_background),
    };
    let words = explain(finding, snapshot.knowledge, texts);
    let mut clicked = None;
    let drawn = theme.card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_top(|ui| {
            ui.allocate_ui(vec2(64.0, 0.0), |ui| {
                ui.vertical_centered(|ui| {
                    let side = if layout.short { 26.0 } else { 36.0 };
                    let (rect, _) = ui.allocate_exact_size(vec2(side, side), egui::Sense::hover());
                    icon::paint(ui.painter(), symbol, rect, colour);
                    ui.label(RichText::new(texts.get(word)).font(theme.bold(theme.size.text)).color(colour));
                });
            });
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 6.0;
                let size = if layout.short { theme.size.title } else { theme.size.headline };
                let headline = RichText::new(&words.headline).font(theme.bold(size));
                ui.add(egui::Label::new(headline).wrap());
                if finding.severity > Severity::Ok && !layout.short {
                    ui.label(
                        RichText::new(since(finding, snapshot.texts, snapshot.zone, snapshot.now)).color(palette.muted),
                    );
                    // The rest is under "why".
                    let first = words.saw.len().min(MAX_CHIPS);
                    chips_ui(ui, &words.saw[..first], chip, colour, theme.size.small);
                }
                if !layout.short {
                    ui.add(egui::Label::new(&words.meaning).wrap());
                }
                // The id belongs to the finding, so that the keyboard keeps its place whatever is drawn above the
                // buttons.
                let id = egui::Id::unique(("finding-buttons", finding.rule.id(), &finding.subject.group));
                let buttons = |ui: &mut egui::Ui| buttons_ui(ui, snapshot, finding, plan, layout, (intents, focus));
                clicked = ui.scope_builder(egui::UiBuilder::new().scope_id(id), buttons).inner;
                if layout.open {
                    why_ui(ui, snapshot, finding, &words, &palette);
                }
            });
        });
    });
    if finding.severity > Severity::Ok {
        // The edge is a second sign beside icon and word.
        let mut edge = drawn.response.rect;
        edge.max.x = edge.min.x + 6.0;
        let radius = CornerRadius { ne: 0, se: 0, ..CornerRadius::same(theme.size.radius) };
        ui.painter().rect_filled(edge, radius, colour);
    }
    clicked
}

fn chips_ui(ui: &mut egui::Ui, texts: &[String], background: Color32, colour: Color32, size: f32) {
    let margin = vec2(9.0, 3.0);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
        for text in texts {
            // Laid out as a whole before it is placed, so that a narrow window moves it to the next line uncut.
            let width = (ui.max_rect().width() - 2.0 * margin.x).max(60.0);
            let galley = ui.painter().layout(text.clone(), egui::FontId::proportional(size), colour, width);
            let (rect, response) = ui.allocate_exact_size(galley.size() + 2.0 * margin, egui::Sense::hover());
            ui.painter().rect_filled(rect, CornerRadius::same(7), background);
            ui.painter().galley(rect.min + margin, galley, colour);
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, text));
        }
    });
}

/// Draws the buttons, the most likely remedy first and filled. Returns what was clicked, unless it is an intent.
fn buttons_ui(
    ui: &mut egui::Ui,
    snapshot: &Snapshot<'_>,
    finding: &Finding,
    plan: &Plan,
    layout: CardLayout,
    (intents, focus): (&mut Vec<Intent>, &mut CardButtons),
) -> Option<Clicked> {
    let (theme, texts) = (snapshot.theme, snapshot.texts);
    let mut clicked = None;
    if let Some(refusal) = plan.refusal {
        ui.label(RichText::new(refusal_text(refusal, texts)).color(theme.palette(ui).muted));
    }
    ui.horizontal_wrapped(|ui| {
        for (remedy, index) in plan.remedies.iter().zip(0..) {
            let (text, intent) = remedy_intent(remedy, finding, texts);
            // A second action at the same time would distort the measurement of the first.
            let is_calm = matches!(remedy.id, RemedyId::Restart | RemedyId::TellHelpdesk);
            let target = finding.program().map(|program| program.group.as_str()).unwrap_or_default();
            let is_done = remedy.id == RemedyId::RunInBackground && snapshot.is_in_background(target);
            let enabled = (snapshot.job.is_none() || is_calm) && !is_done;
            let button =
                if index == 0 && !layout.short { primary(ui, snapshot, &text) } else { egui::Button::new(&text) };
            let mut response = ui.add_enabled(enabled, button);
            if remedy.id == RemedyId::RunInBackground
                && let Some(program) = finding.program()
            {
                let hint = texts.with_one("run-in-background-hint", "name", name_of(program, texts));
                response = response.on_hover_text(hint);
            }
            focus.note(&response);
            if response.clicked() {
                intents.push(intent.unwrap_or_else(|| {
                    clicked = Some(Clicked::Copy);
                    let Snapshot { system, knowledge, zone, now, .. } = *snapshot;
                    Intent::Copy(for_helpdesk(finding, system, knowledge, texts, zone, now))
                }));
            }
        }
        if finding.rule == RuleId::NewAutostart && ui.button(texts.get("button-startup-list")).clicked() {
            intents.push(Intent::Show(Screen::Settings));
        }
        if finding.rule == RuleId::SecretMining && finding.subject.path.is_some() {
            scan_button(ui, snapshot, &finding.subject, intents);
            let days = format::count(snapshot.knowledge.thresholds.mining.mine_days);
            let hint = texts.with_one("button-my-work-hint", "days", days);
            if ui.button(texts.get("button-my-work")).on_hover_text(hint).clicked() {
                intents.push(Intent::MarkMyWork(finding.subject.clone()));
            }
        }
        let why = RichText::new(texts.get(if layout.open { "button-hide-why" } else { "button-show-why" }));
        let why = why.font(theme.bold(theme.size.text)).color(theme.palette(ui).accent);
        let why = ui.add(egui::Button::new(why).frame_when_inactive(false));
        focus.note(&why);
        focus.why = Some(why.id);
        if why.clicked() {
            clicked = Some(Clicked::Why);
        }
    });
    if plan.remedies.iter().any(|remedy| remedy.id == RemedyId::CloseBrowser) && !layout.short {
        let note = RichText::new(texts.get("button-close-browser-note")).size(theme.size.small);
        ui.add(egui::Label::new(note.color(theme.palette(ui).muted)).wrap());
    }
    if layout.copied {
        let copied = RichText::new(texts.get("copied-for-helpdesk")).color(theme.palette(ui).ok);
        ui.add(egui::Label::new(copied).wrap());
    }
    clicked
}

/// Draws the button that shows the file to the antivirus, where one can be asked.
pub fn scan_button(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, subject: &Subject, intents: &mut Vec<Intent>) {
    let Some(antivirus) = snapshot.antivirus else { return };
    let text = snapshot.texts.with_one("button-scan", "antivirus", antivirus.name().to_owned());
    let button = egui::Button::new(text).wrap();
    if ui.add_enabled(snapshot.scan.is_none(), button).clicked() {
        intents.push(Intent::Scan(subject.clone()));
    }
}

/// Text of a remedy's button, and what it asks for; `None` to copy the finding for the helpdesk.
pub fn remedy_intent(remedy: &Remedy, finding: &Finding, texts: &Texts) -> (String, Option<Intent>) {
    match (remedy.id, finding.program()) {
        (RemedyId::TellHelpdesk, _) => (texts.get("button-tell-helpdesk"), None),
        (RemedyId::RunInBackground, Some(program)) => (
            texts.get("button-run-in-background"),
            Some(Intent::RunInBackground { subject: program.clone(), accept_lasting: false }),
        ),
        (RemedyId::CloseProgram, Some(program)) => (
            texts.with_one("button-close-program", "name", name_of(program, texts)),
            Some(Intent::Close(program.clone())),
        ),
        (RemedyId::CloseBrowser, Some(program)) => (
            texts.with_one("button-close-browser", "name", name_of(program, texts)),
            Some(Intent::Close(program.clone())),
        ),
        _ => (texts.get("button-restart"), Some(Intent::Show(Screen::Restart))),
    }
}

/// A filled button; only one is shown at a time.
pub fn primary<'a>(ui: &egui::Ui, snapshot: &Snapshot<'_>, text: &str) -> egui::Button<'a> {
    let palette = snapshot.theme.palette(ui);
    let text = RichText::new(text).font(snapshot.theme.bold(snapshot.theme.size.text)).color(palette.on_accent);
    egui::Button::new(text).fill(palette.accent).stroke(Stroke::NONE).min_size(vec2(0.0, 36.0))
}

fn why_ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, finding: &Finding, words: &Explanation, palette: &Palette) {
    let (theme, texts) = (snapshot.theme, snapshot.texts);
    let heading = |ui: &mut egui::Ui, id: &str| {
        ui.add_space(4.0);
        ui.label(RichText::new(texts.get(id)).font(theme.bold(theme.size.text)));
    };
    let item = |ui: &mut egui::Ui, mark: String, text: &str| {
        ui.horizontal_top(|ui| {
            ui.label(RichText::new(mark).color(palette.muted));
            ui.add(egui::Label::new(text).wrap());
        });
    };
    if let Some(what) = &words.what {
        ui.add_space(4.0);
        ui.add(egui::Label::new(what).wrap());
    }
    heading(ui, "why-todo");
    for (todo, number) in words.todo.iter().zip(1..) {
        item(ui, number.to_string(), todo);
    }
    heading(ui, "why-saw");
    for saw in &words.saw {
        item(ui, "•".to_owned(), saw);
    }
    heading(ui, "why-limits");
    ui.add(egui::Label::new(&words.limits).wrap());
    let confidence = texts.get(match finding.confidence {
        Confidence::Low => "confidence-low",
        Confidence::Medium => "confidence-medium",
        Confidence::High => "confidence-high",
    });
    let confidence = texts.with_one("why-sure", "confidence", confidence);
    ui.label(RichText::new(confidence).size(theme.size.small).color(palette.muted));
}
