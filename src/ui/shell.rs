//! The frame around the screens: navigation, language, the program's own cost.

use eframe::egui::{self, Key, Margin, Modifiers, RichText, Sense, vec2};
use fluent_bundle::FluentArgs;

use super::intent::{Intent, Screen};
use super::parts::icon::{self, Icon};
use super::parts::job_card::JobCard;
use super::parts::{background_card, javascript_card, restart_card, scan_card};
use super::screens::{
    checkup::CheckupScreen, history::HistoryScreen, now::NowScreen, restart::RestartScreen, settings::SettingsScreen,
};
use super::snapshot::Snapshot;
use crate::diagnose::RuleId;
use crate::explain::format;
use crate::model::At;
use crate::settings::ThemeChoice;

/// View state of the whole window.
#[derive(Debug, Default)]
pub struct Shell {
    screen: Screen,
    now: NowScreen,
    checkup: CheckupScreen,
    history: HistoryScreen,
    settings: SettingsScreen,
    restart: RestartScreen,
    job: JobCard,
}

impl Shell {
    /// Goes to a screen.
    pub fn show(&mut self, screen: Screen) {
        self.screen = screen;
    }

    /// Opens a finding that is present now.
    pub fn show_finding(&mut self, rule: RuleId, group: &str) {
        self.screen = Screen::Now;
        self.now.show_finding(rule, group);
    }

    /// Shows a past moment in the charts.
    pub fn show_moment(&mut self, at: At, now: At) {
        self.screen = Screen::Now;
        self.now.show_moment(at, now);
    }

    /// Draws the window and returns the intents.
    pub fn ui(&mut self, ui: &mut egui::Ui, snapshot: &Snapshot<'_>) -> Vec<Intent> {
        let mut intents = Vec::new();
        shortcuts(ui, &mut intents);
        let palette = snapshot.theme.palette(ui);
        let frame = egui::Frame::new().fill(palette.background);
        egui::Panel::left("navigation")
            .exact_size(120.0)
            .resizable(false)
            .frame(frame.inner_margin(Margin::same(10)))
            .show(ui, |ui| self.navigation_ui(ui, snapshot, &mut intents));
        egui::Panel::bottom("footer")
            .resizable(false)
            .show_separator_line(false)
            .frame(frame.inner_margin(Margin { left: 16, right: 16, top: 4, bottom: 8 }))
            .show(ui, |ui| footer_ui(ui, snapshot));
        // Not part of the page: whoever has scrolled down to start it must see it, and how to stop it.
        if let Some(phase) = snapshot.restart_phase {
            egui::Panel::top("restart")
                .resizable(false)
                .show_separator_line(false)
                .frame(frame.inner_margin(Margin { left: 16, right: 16, top: 16, bottom: 0 }))
                .show(ui, |ui| restart_card::ui(ui, snapshot, phase, &mut intents));
        }
        egui::CentralPanel::default()
            .frame(frame.inner_margin(Margin { left: 16, right: 4, top: 16, bottom: 0 }))
            .show(ui, |ui| {
                // With large text the page may be longer than the window; it then scrolls as a whole.
                egui::ScrollArea::vertical().id_salt(self.screen).auto_shrink(false).show(ui, |ui| {
                    egui::Frame::new().inner_margin(Margin { left: 0, right: 12, top: 0, bottom: 8 }).show(ui, |ui| {
                        ui.spacing_mut().item_spacing.y = 12.0;
                        // An action stays visible on every screen.
                        if let Some(job) = snapshot.job {
                            self.job.ui(ui, snapshot, job, &mut intents);
                        }
                        if let Some(scan) = snapshot.scan {
                            scan_card::ui(ui, snapshot, scan, &mut intents);
                        }
                        javascript_card::ui(ui, snapshot, &mut intents);
                        for status in snapshot.in_background {
                            background_card::ui(ui, snapshot, status, &mut intents);
                        }
                        match self.screen {
                            Screen::Now => self.now.ui(ui, snapshot, &mut intents),
                            Screen::Checkup => self.checkup.ui(ui, snapshot, &mut intents),
                            Screen::History => self.history.ui(ui, snapshot, &mut intents),
                            Screen::Restart => self.restart.ui(ui, snapshot, &mut intents),
                            Screen::Settings => self.settings.ui(ui, snapshot, &mut intents),
                        }
                    });
                });
            });
        intents
    }

    fn navigation_ui(&self, ui: &mut egui::Ui, snapshot: &Snapshot<'_>, intents: &mut Vec<Intent>) {
        let theme = snapshot.theme;
        let palette = theme.palette(ui);
        ui.vertical_centered_justified(|ui| {
            ui.add_space(8.0);
            ui.label(RichText::new(snapshot.texts.get("app-name")).font(theme.bold(18.0)).color(palette.text));
            ui.add_space(12.0);
            for &screen in Screen::ALL {
                let icon = match screen {
                    Screen::Now => Icon::Clock,
                    Screen::Checkup => Icon::Checkup,
                    Screen::History => Icon::History,
                    Screen::Restart => Icon::Restart,
                    Screen::Settings => Icon::Settings,
                };
                if navigation_button(ui, snapshot, screen, icon, self.screen == screen).clicked() {
                    intents.push(Intent::Show(screen));
                }
            }
        });
        ui.with_layout(egui::Layout::bottom_up(egui::Align::Center), |ui| {
            let other = snapshot.texts.lang().other();
            if link(ui, snapshot, &snapshot.texts.get("nav-language")).clicked() {
                intents.push(Intent::SetLang(other));
            }
            let (id, next) = match snapshot.theme_choice {
                ThemeChoice::System => ("nav-theme-system", ThemeChoice::Light),
                ThemeChoice::Light => ("nav-theme-light", ThemeChoice::Dark),
                ThemeChoice::Dark => ("nav-theme-dark", ThemeChoice::System),
            };
            if link(ui, snapshot, &snapshot.texts.get(id)).clicked() {
                intents.push(Intent::SetTheme(next));
            }
        });
    }
}

fn shortcuts(ui: &egui::Ui, intents: &mut Vec<Intent>) {
    let keys = [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5];
    for (key, &screen) in keys.into_iter().zip(Screen::ALL) {
        if ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, key)) {
            intents.push(Intent::Show(screen));
        }
    }
}

fn link(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, text: &str) -> egui::Response {
    let theme = snapshot.theme;
    let text = RichText::new(text).size(theme.size.small).color(theme.palette(ui).accent);
    ui.scope(|ui| {
        // The bar is narrow and the words need the room.
        ui.spacing_mut().button_padding.x = 4.0;
        ui.add(egui::Button::new(text).frame_when_inactive(false).wrap().min_size(vec2(24.0, theme.size.target)))
    })
    .inner
}

fn navigation_button(
    ui: &mut egui::Ui,
    snapshot: &Snapshot<'_>,
    screen: Screen,
    icon: Icon,
    selected: bool,
) -> egui::Response {
    let theme = snapshot.theme;
    let palette = theme.palette(ui);
    let name = snapshot.texts.get(screen.text());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 64.0), Sense::click());
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Tab, true, selected, name.clone()));
    let colour = if selected { palette.accent } else { palette.muted };
    if selected || response.hovered() {
        ui.painter().rect_filled(rect, theme.size.radius_small, palette.card);
    }
    if response.has_focus() {
        let stroke = egui::Stroke::new(2.0, palette.accent);
        ui.painter().rect_stroke(rect, theme.size.radius_small, stroke, egui::StrokeKind::Inside);
    }
    icon::paint(
        ui.painter(),
        icon,
        egui::Rect::from_center_size(rect.center() - vec2(0.0, 10.0), vec2(20.0, 20.0)),
        colour,
    );
    let font = if selected { theme.bold(theme.size.text) } else { egui::FontId::proportional(theme.size.text) };
    ui.painter().text(rect.center() + vec2(0.0, 18.0), egui::Align2::CENTER_CENTER, name, font, colour);
    response.on_hover_cursor(egui::CursorIcon::PointingHand)
}

fn footer_ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>) {
    let texts = snapshot.texts;
    let mut args = FluentArgs::new();
    let unknown = || texts.get("unknown-value");
    args.set("cpu", snapshot.own.cpu.get().map_or_else(unknown, |cpu| format::percent(cpu.get())));
    args.set("memory", snapshot.own.memory.get().map_or_else(unknown, |bytes| format::bytes(bytes.0 as f64)));
    let palette = snapshot.theme.palette(ui);
    ui.label(RichText::new(texts.with("own-usage", &args)).size(snapshot.theme.size.small).color(palette.muted));
}
