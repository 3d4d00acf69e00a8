//! Screen Check-up: the numbered checks, usable by keyboard alone, and a mode for two people on one screen.

use eframe::egui::{self, Color32, EventFilter, FocusDirection, FontId, Key, Modifiers, RichText, Sense, Stroke, vec2};
use fluent_bundle::FluentArgs;

use crate::checkup::{Check, CheckId, CheckResult, CheckState, CheckWords, Place, check_words, without_private};
use crate::explain::{Texts, for_helpdesk, format};
use crate::remedy::RemedyId;
use crate::ui::intent::{Intent, Screen};
use crate::ui::parts::finding_card::{primary, remedy_intent};
use crate::ui::parts::icon::{self, Icon};
use crate::ui::snapshot::Snapshot;

/// Longest pause between the digits of one number, in seconds.
const DIGITS_TOGETHER: f64 = 1.5;
/// Type in helpdesk mode is this much larger.
const LARGER: f32 = 1.25;
/// Size of the numbers in helpdesk mode.
const LARGE_NUMBER: f32 = 34.0;
/// Width of the column with icon and word.
const RESULT_WIDTH: f32 = 92.0;
/// Width of the button that runs one check again.
const AGAIN_WIDTH: f32 = 130.0;

/// View state of the screen.
#[derive(Debug, Default)]
pub struct CheckupScreen {
    selected: Option<CheckId>,
    /// The number being typed, and when its last digit was.
    typed: Option<(usize, f64)>,
    /// Both languages, larger type, nothing of the user's.
    for_two: bool,
    copied: bool,
    /// The selected row takes the keyboard in this frame.
    takes_focus: bool,
}

impl CheckupScreen {
    /// Draws the screen.
    pub fn ui(&mut self, ui: &mut egui::Ui, snapshot: &Snapshot<'_>, intents: &mut Vec<Intent>) {
        if snapshot.checkup.is_new() {
            intents.push(Intent::RunCheckup(None));
        }
        self.keys(ui, snapshot, intents);
        self.head_ui(ui, snapshot, intents);
        for &id in CheckId::ALL {
            self.row_ui(ui, snapshot, id, intents);
        }
        self.takes_focus = false;
        snapshot.theme.card(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            let title = RichText::new(snapshot.texts.get("checkup-mail-title"));
            ui.label(title.font(snapshot.theme.bold(snapshot.theme.size.title)));
            for texts in self.languages(snapshot) {
                ui.add(egui::Label::new(texts.get("checkup-mail")).wrap());
            }
        });
    }

    /// F5 runs all again, Escape stops, digits and arrows select, Enter runs the selected one again.
    fn keys(&mut self, ui: &egui::Ui, snapshot: &Snapshot<'_>, intents: &mut Vec<Intent>) {
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        if pressed(Key::F5) {
            intents.push(Intent::RunCheckup(None));
        }
        if snapshot.checkup.is_running() && pressed(Key::Escape) {
            intents.push(Intent::CancelCheckup);
        }
        let time = ui.input(|input| input.time);
        for (digit, key) in DIGITS.into_iter().enumerate() {
            if pressed(key) {
                self.type_digit(digit, time);
            }
        }
        let last = CheckId::ALL.len();
        let number = self.selected.map(CheckId::number);
        let moved = if pressed(Key::ArrowDown) {
            Some(number.map_or(1, |number| (number + 1).min(last)))
        } else if pressed(Key::ArrowUp) {
            Some(number.map_or(last, |number| (number - 1).max(1)))
        } else if pressed(Key::Home) {
            Some(1)
        } else if pressed(Key::End) {
            Some(last)
        } else {
            None
        };
        if let Some(id) = moved.and_then(CheckId::numbered) {
            // The toolkit would move on from there with the same key.
            ui.memory_mut(|memory| memory.move_focus(FocusDirection::None));
            self.select(id);
        }
    }

    /// A second digit that follows soon makes the number longer: 1, then 14.
    fn type_digit(&mut self, digit: usize, time: f64) {
        let before = self.typed.filter(|(_, at)| time - at <= DIGITS_TOGETHER).map(|(number, _)| number);
        let longer = before.map(|number| number * 10 + digit).filter(|number| CheckId::numbered(*number).is_some());
        let number = longer.unwrap_or(digit);
        self.typed = Some((number, time));
        if let Some(id) = CheckId::numbered(number) {
            self.select(id);
        }
    }

    fn select(&mut self, id: CheckId) {
        self.selected = Some(id);
        self.takes_focus = true;
    }

    /// The language of the window, and in helpdesk mode the other one.
    fn languages<'a>(&self, snapshot: &Snapshot<'a>) -> Vec<&'a Texts> {
        if self.for_two { vec![snapshot.texts, snapshot.other_texts] } else { vec![snapshot.texts] }
    }

    fn head_ui(&mut self, ui: &mut egui::Ui, snapshot: &Snapshot<'_>, intents: &mut Vec<Intent>) {
        let (theme, texts, run) = (snapshot.theme, snapshot.texts, snapshot.checkup);
        let palette = theme.palette(ui).clone();
        theme.card(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.label(RichText::new(texts.get("checkup-title")).font(theme.bold(theme.size.headline)));
            let (done, all) = (run.done(), CheckId::ALL.len());
            if run.is_running() {
                let mut args = FluentArgs::new();
                args.set("done", done);
                args.set("all", all);
                let text = texts.with("checkup-progress", &args);
                ui.label(&text);
                let bar = egui::ProgressBar::new(done as f32 / all as f32).desired_height(6.0);
                ui.add(bar).widget_info(|| egui::WidgetInfo::labeled(egui::Role::ProgressIndicator, true, &text));
            } else if done == all {
                ui.label(summary(snapshot));
            } else {
                ui.label(texts.get("checkup-stopped"));
            }
            ui.horizontal_wrapped(|ui| {
                if run.is_running() {
                    if ui.button(texts.get("checkup-stop")).clicked() {
                        intents.push(Intent::CancelCheckup);
                    }
                } else if ui.add(primary(ui, snapshot, &texts.get("checkup-again"))).clicked() {
                    intents.push(Intent::RunCheckup(None));
                }
                ui.checkbox(&mut self.for_two, texts.get("checkup-for-two"))
                    .on_hover_text(texts.get("checkup-for-two-hint"));
                if done > 0 && ui.button(texts.get("button-tell-helpdesk")).clicked() {
                    self.copied = true;
                    intents.push(Intent::Copy(self.as_text(snapshot)));
                }
            });
            if self.copied {
                let copied = RichText::new(texts.get("copied-for-helpdesk")).color(palette.ok);
                ui.add(egui::Label::new(copied).wrap());
            }
            let keys = RichText::new(texts.get("checkup-keys")).size(theme.size.small).color(palette.muted);
            ui.add(egui::Label::new(keys).wrap());
        });
    }

    /// All answers as lines, for a mail or a ticket.
    fn as_text(&self, snapshot: &Snapshot<'_>) -> String {
        let rows = snapshot.checkup.checks().flat_map(|check| {
            self.languages(snapshot).into_iter().map(|texts| self.spoken(snapshot, check, texts)).collect::<Vec<_>>()
        });
        rows.collect::<Vec<_>>().join("\n") + "\n"
    }

    fn words(&self, snapshot: &Snapshot<'_>, check: &Check, texts: &Texts) -> CheckWords {
        let words = check_words(check, snapshot.knowledge, texts, snapshot.zone, self.for_two);
        if !self.for_two {
            return words;
        }
        let clean = |text: String| without_private(&text, snapshot.user);
        CheckWords {
            sentence: clean(words.sentence),
            saw: words.saw.into_iter().map(clean).collect(),
            next: clean(words.next),
        }
    }

    /// One answer as one text, as a screen reader reads it.
    fn spoken(&self, snapshot: &Snapshot<'_>, check: &Check, texts: &Texts) -> String {
        let words = self.words(snapshot, check, texts);
        let mut args = FluentArgs::new();
        args.set("check", check.id.code());
        args.set("title", texts.get(&check.id.title()));
        args.set("result", texts.get(&format!("checkup-result-{}", check.result.id())));
        args.set("sentence", words.sentence);
        args.set(
            "saw",
            words.saw.iter().map(|saw| texts.with_one("checkup-spoken-saw", "saw", saw.clone())).collect::<String>(),
        );
        args.set("next", words.next);
        texts.with("checkup-spoken", &args)
    }

    fn row_ui(&mut self, ui: &mut egui::Ui, snapshot: &Snapshot<'_>, id: CheckId, intents: &mut Vec<Intent>) {
        let (theme, texts) = (snapshot.theme, snapshot.texts);
        let palette = theme.palette(ui).clone();
        let state = snapshot.checkup.state(id);
        let check = state.and_then(CheckState::done);
        let (symbol, colour, word) = appearance(state, &palette);
        let word = texts.get(word);
        let spoken = if let Some(check) = check {
            self.spoken(snapshot, check, texts)
        } else {
            let mut args = FluentArgs::new();
            args.set("check", id.code());
            args.set("title", texts.get(&id.title()));
            args.set("result", word.clone());
            texts.with("checkup-spoken-open", &args)
        };
        let scale = if self.for_two { LARGER } else { 1.0 };
        let drawn = theme.card(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal_top(|ui| {
                ui.allocate_ui(vec2(RESULT_WIDTH, 0.0), |ui| {
                    ui.set_width(RESULT_WIDTH);
                    ui.vertical_centered(|ui| {
                        let (rect, _) = ui.allocate_exact_size(vec2(26.0, 26.0) * scale, Sense::hover());
                        icon::paint(ui.painter(), symbol, rect, colour);
                        paint_text(ui, &word, theme.bold(theme.size.text), colour);
                    });
                });
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 4.0;
                    let title = |ui: &mut egui::Ui| {
                        let response = self.title_ui(ui, snapshot, id, &spoken);
                        again_ui(ui, snapshot, id, intents);
                        response
                    };
                    let response = ui.horizontal_top(title).inner;
                    if let Some(check) = check {
                        self.answer_ui(ui, snapshot, check, scale);
                    }
                    if let Some(check) = check.filter(|check| check.finding().is_some() || check.place.is_some()) {
                        ui.horizontal_wrapped(|ui| self.buttons_ui(ui, snapshot, check, intents));
                    }
                    response
                })
                .inner
            })
            .inner
        });
        let (title, rect) = (drawn.inner, drawn.response.rect);
        if title.clicked() {
            self.selected = Some(id);
            title.request_focus();
        }
        // Unless a key has just moved on from here.
        if title.has_focus() && !self.takes_focus {
            self.selected = Some(id);
            // Arrows move from check to check here, not to whatever is nearest.
            let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(title.id, filter));
            // As a click, Enter has selected it already.
            if ui.input(|input| input.key_pressed(Key::Enter)) {
                intents.push(Intent::RunCheckup(Some(id)));
            }
            let stroke = Stroke::new(2.0, palette.accent);
            ui.painter().rect_stroke(rect, theme.size.radius, stroke, egui::StrokeKind::Inside);
        }
        if self.takes_focus && self.selected == Some(id) {
            title.request_focus();
        }
        // The toolkit scrolls only as far as needed to show the title.
        if title.gained_focus() {
            ui.scroll_to_rect(rect, Some(egui::Align::Center));
        }
    }

    /// Number and title, which take the keyboard and are read as the whole answer.
    fn title_ui(&self, ui: &mut egui::Ui, snapshot: &Snapshot<'_>, id: CheckId, spoken: &str) -> egui::Response {
        let theme = snapshot.theme;
        let palette = theme.palette(ui);
        let number = theme.bold(if self.for_two { LARGE_NUMBER } else { theme.size.title });
        let titles: Vec<String> = self.languages(snapshot).iter().map(|texts| texts.get(&id.title())).collect();
        let title = theme.bold(if self.for_two { theme.size.headline } else { theme.size.title });
        let mut job =
            egui::text::LayoutJob::single_section(id.code(), egui::TextFormat::simple(number, palette.accent));
        job.append(&titles.join(" / "), 10.0, egui::TextFormat::simple(title, palette.text));
        let width = (ui.available_width() - AGAIN_WIDTH).max(80.0);
        job.wrap.max_width = width;
        let galley = ui.painter().layout_job(job);
        let size = vec2(width, galley.size().y.max(theme.size.target));
        let (_, rect) = ui.allocate_space(size);
        // Its own id: what is drawn above must not move the keyboard to another check.
        let response = ui.interact(rect, egui::Id::unique(("checkup-row", id.number())), Sense::click());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ListItem, true, spoken));
        ui.painter().galley(rect.min, galley, palette.text);
        response
    }

    fn answer_ui(&self, ui: &mut egui::Ui, snapshot: &Snapshot<'_>, check: &Check, scale: f32) {
        let languages = self.languages(snapshot);
        let columns = languages.len();
        if columns == 1 {
            let words = self.words(snapshot, check, snapshot.texts);
            words_ui(ui, snapshot, &words, snapshot.texts, scale, check.result);
            return;
        }
        ui.columns(columns, |ui| {
            for (ui, texts) in ui.iter_mut().zip(languages) {
                ui.spacing_mut().item_spacing.y = 4.0;
                let words = self.words(snapshot, check, texts);
                words_ui(ui, snapshot, &words, texts, scale, check.result);
            }
        });
    }

    fn buttons_ui(&mut self, ui: &mut egui::Ui, snapshot: &Snapshot<'_>, check: &Check, intents: &mut Vec<Intent>) {
        let texts = snapshot.texts;
        if let Some((finding, plan)) = check.finding()
            && let Some(remedy) = plan.remedies.first()
        {
            let (text, intent) = remedy_intent(remedy, finding, texts);
            let enabled = snapshot.job.is_none() || matches!(intent, None | Some(Intent::Show(_)));
            if ui.add_enabled(enabled, egui::Button::new(text)).clicked() {
                let Snapshot { system, knowledge, zone, now, .. } = *snapshot;
                let copy = || Intent::Copy(for_helpdesk(finding, system, knowledge, texts, zone, now));
                intents.push(intent.unwrap_or_else(copy));
            }
        }
        let place = check.place;
        let shown = match (place, check.finding()) {
            (Some(Place::Finding), Some((finding, _))) => {
                let intent = Intent::ShowFinding(finding.rule, finding.subject.group.clone());
                Some((texts.get("checkup-show-finding"), Some(intent)))
            }
            (Some(Place::Restart), _) => Some((texts.get("button-restart"), Some(Intent::Show(Screen::Restart)))),
            (Some(Place::History), _) => Some((texts.get("nav-history"), Some(Intent::Show(Screen::History)))),
            (Some(Place::Check(other)), _) => Some((other.code(), None)),
            (Some(Place::Finding) | None, _) => None,
        };
        let is_offered = place == Some(Place::Restart) && begins_with_restart(check);
        if let Some((text, intent)) = shown.filter(|_| !is_offered)
            && ui.button(text).clicked()
        {
            match (intent, place) {
                (Some(intent), _) => intents.push(intent),
                (None, Some(Place::Check(other))) => self.select(other),
                (None, _) => {}
            }
        }
    }
}

const DIGITS: [Key; 10] =
    [Key::Num0, Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9];

/// True if the first remedy is the restart, which is then offered already.
fn begins_with_restart(check: &Check) -> bool {
    let remedy = check.finding().and_then(|(_, plan)| plan.remedies.first());
    remedy.is_some_and(|remedy| remedy.id == RemedyId::Restart)
}

fn again_ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, id: CheckId, intents: &mut Vec<Intent>) {
    if matches!(snapshot.checkup.state(id), Some(CheckState::Pending { .. })) {
        return;
    }
    let text = snapshot.texts.with_one("checkup-again-one", "check", id.code());
    let text = RichText::new(text).size(snapshot.theme.size.small).color(snapshot.theme.palette(ui).accent);
    if ui.add(egui::Button::new(text).frame_when_inactive(false)).clicked() {
        intents.push(Intent::RunCheckup(Some(id)));
    }
}

/// Icon, colour and text id of the word of a check; the three differ together.
fn appearance(state: Option<&CheckState>, palette: &crate::ui::theme::Palette) -> (Icon, Color32, &'static str) {
    match state {
        None => (Icon::Later, palette.muted, "checkup-not-run"),
        Some(CheckState::Pending { .. }) => (Icon::Clock, palette.accent, "checkup-pending"),
        Some(CheckState::Done(check)) => match check.result {
            CheckResult::Ok => (Icon::Ok, palette.ok, "checkup-result-ok"),
            CheckResult::NotKnown => (Icon::Unknown, palette.muted, "checkup-result-not_known"),
            CheckResult::Look => (Icon::Warning, palette.warning, "checkup-result-look"),
            CheckResult::Act => (Icon::Critical, palette.critical, "checkup-result-act"),
        },
    }
}

fn words_ui(
    ui: &mut egui::Ui,
    snapshot: &Snapshot<'_>,
    words: &CheckWords,
    texts: &Texts,
    scale: f32,
    result: CheckResult,
) {
    let theme = snapshot.theme;
    let palette = theme.palette(ui).clone();
    let text = |size: f32| FontId::proportional(size * scale);
    paint_text(ui, &words.sentence, text(theme.size.text), palette.text);
    for saw in &words.saw {
        let line = texts.with_one("checkup-line-saw", "saw", saw.clone());
        paint_text(ui, &line, text(theme.size.small), palette.muted);
    }
    let next = texts.with_one("checkup-line-next", "next", words.next.clone());
    // What needs nothing is not stressed.
    let (font, colour) = match result {
        CheckResult::Ok => (text(theme.size.text), palette.muted),
        _ => (theme.bold(theme.size.text * scale), palette.text),
    };
    paint_text(ui, &next, font, colour);
}

/// Draws a text that is part of another widget's label, so that a screen reader does not read it twice.
fn paint_text(ui: &mut egui::Ui, text: &str, font: FontId, colour: Color32) {
    let galley = ui.painter().layout(text.to_owned(), font, colour, ui.available_width());
    let (rect, _) = ui.allocate_exact_size(galley.size(), Sense::hover());
    ui.painter().galley(rect.min, galley, colour);
}

/// How many checks ended in each way.
fn summary(snapshot: &Snapshot<'_>) -> String {
    let mut args = FluentArgs::new();
    for (name, result) in [
        ("ok", CheckResult::Ok),
        ("look", CheckResult::Look),
        ("act", CheckResult::Act),
        ("unknown", CheckResult::NotKnown),
    ] {
        args.set(name, snapshot.checkup.checks().filter(|check| check.result == result).count());
    }
    let summary = snapshot.texts.with("checkup-summary", &args);
    let Some(started) = snapshot.checkup.started() else { return summary };
    // The answers are those of that moment, however long the window stays open.
    args.set("summary", summary);
    args.set("time", format::clock(started, snapshot.zone));
    snapshot.texts.with("checkup-at", &args)
}
