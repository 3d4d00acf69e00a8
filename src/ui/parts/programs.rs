//! The list of programs that use the PC, and everything else, so that the sum adds up.

use std::sync::Arc;

use eframe::egui::{self, Align2, FontId, RichText, Sense, vec2};
use fluent_bundle::FluentArgs;

use super::charts::{colour_of, named_programs};
use crate::explain::{format, program_name};
use crate::model::ProgramSample;
use crate::ui::intent::Period;
use crate::ui::snapshot::Snapshot;

/// Rows shown until the user asks for all.
const ROWS: usize = 8;

/// Seconds for which rows keep their places under an idle pointer or keyboard focus; one left there must not keep new
/// programs off the top for ever.
const HOLD_SECONDS: f64 = 5.0;

/// View state of the list.
#[derive(Debug, Default)]
pub struct ProgramList {
    /// True if all programs are listed.
    all: bool,
    /// The rows last drawn.
    rows: Vec<Drawn>,
    /// Area of the list, and the egui pass that drew it.
    place: Option<(egui::Rect, u64)>,
    /// The row with the keyboard focus.
    focus: Option<Focus>,
    /// The button that shows all of them, when it was last drawn.
    toggle: Option<egui::Id>,
}

/// Keyboard focus in the list.
#[derive(Clone, Copy, Debug)]
struct Focus {
    id: egui::Id,
    /// Index of the row.
    row: usize,
    /// Time of the last key press there, in egui's input time.
    used: f64,
}

/// A row as it was drawn.
#[derive(Debug)]
struct Drawn {
    program: Arc<str>,
    height: f32,
}

impl ProgramList {
    /// Draws the list. Returns the name of the program that was chosen.
    pub fn ui(&mut self, ui: &mut egui::Ui, snapshot: &Snapshot<'_>, period: Period) -> Option<String> {
        let pass = ui.ctx().cumulative_pass_nr();
        // A list that was not drawn in the last pass starts anew: the pointer was aimed at something else there.
        let last_pass = self.place.filter(|(_, drawn)| pass <= *drawn + 1);
        if last_pass.is_none() {
            self.focus = None;
        }
        let is_used =
            |(place, _)| is_pointed_at(ui, place) || self.focus.is_some_and(|focus| is_recent(ui, focus.used));
        if !last_pass.is_some_and(is_used) {
            self.rows.clear();
        }
        let shown = snapshot.theme.card(ui).show(ui, |ui| self.rows_ui(ui, snapshot, period));
        self.place = Some((shown.response.rect, pass));
        shown.inner
    }

    fn rows_ui(&mut self, ui: &mut egui::Ui, snapshot: &Snapshot<'_>, period: Period) -> Option<String> {
        let (theme, texts) = (snapshot.theme, snapshot.texts);
        let mut chosen = None;
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.horizontal(|ui| {
            ui.label(RichText::new(texts.get("programs-title")).font(theme.bold(theme.size.title)));
        });
        ui.add_space(4.0);
        let table = snapshot.program_table?;
        let mut rows = in_order(&table.programs, &self.rows);
        let hidden = rows.iter().skip(ROWS).filter(|row| row.program().is_some()).count();
        if !self.all {
            rows.truncate(ROWS);
        }
        let named = named_programs(snapshot, period);
        let mut drawn = Vec::with_capacity(rows.len());
        let mut responses = Vec::with_capacity(rows.len());
        for row in &rows {
            let name = row.name();
            // The id belongs to the program, so that a pressed or focused row keeps its identity when it moves.
            let id = egui::UiBuilder::new().scope_id(egui::Id::unique(("program-row", &**name)));
            let response = ui
                .scope_builder(id, |ui| match row {
                    RowContent::Running(program) => row_ui(ui, snapshot, program, &named),
                    RowContent::Ended(before) => ended_ui(ui, snapshot, before),
                })
                .inner;
            if response.clicked() {
                chosen = Some(name.to_string());
            }
            drawn.push(Drawn { program: Arc::clone(name), height: response.rect.height() });
            responses.push(response);
        }
        let shown: Vec<&ProgramSample> = rows.iter().filter_map(RowContent::program).collect();
        rest_ui(ui, snapshot, &shown);
        self.rows = drawn;
        // Of its own: it must not depend on the rows above, which come and go.
        let toggle = egui::Id::unique("programs-toggle");
        if hidden == 0
            && ui.memory(|memory| memory.focused().is_some_and(|id| Some(id) == self.toggle))
            && let Some(last) = responses.last()
        {
            last.request_focus();
        }
        self.keep_focus(ui, &responses);
        if hidden > 0 {
            let mut args = FluentArgs::new();
            args.set("number", hidden as f64);
            let text = if self.all { texts.get("programs-fewer") } else { texts.with("programs-more", &args) };
            let text = RichText::new(text).size(theme.size.small).color(theme.palette(ui).accent);
            let place = egui::UiBuilder::new().scope_id(toggle);
            let button = ui.scope_builder(place, |ui| ui.add(egui::Button::new(text).frame_when_inactive(false))).inner;
            self.toggle = Some(button.id);
            if button.clicked() {
                self.all = !self.all;
            }
        }
        chosen
    }

    /// When the focused row has gone, moves the focus to the row now in its place.
    fn keep_focus(&mut self, ui: &egui::Ui, rows: &[egui::Response]) {
        if let Some(focus) = self.focus
            && ui.memory(|memory| memory.focused().is_none_or(|id| id == focus.id))
            && !rows.iter().any(|row| row.id == focus.id)
            && let Some(row) = rows.get(focus.row).or(rows.last())
        {
            row.request_focus();
        }
        let is_key = |event: &egui::Event| matches!(event, egui::Event::Key { pressed: true, .. });
        let (now, pressed) = ui.input(|input| (input.time, input.events.iter().any(is_key)));
        self.focus = rows.iter().zip(0..).find(|(row, _)| row.has_focus()).map(|(response, row)| {
            let before = self.focus.filter(|focus| focus.id == response.id && !pressed);
            Focus { id: response.id, row, used: before.map_or(now, |focus| focus.used) }
        });
    }
}

/// True if `time` is so recent that the user may be about to continue.
fn is_recent(ui: &egui::Ui, time: f64) -> bool {
    ui.input(|input| input.time - time) < HOLD_SECONDS
}

/// True if the user may be about to choose something in `place`.
fn is_pointed_at(ui: &egui::Ui, place: egui::Rect) -> bool {
    let used = |input: &egui::InputState| {
        input.pointer.any_down() || f64::from(input.pointer.time_since_last_movement()) < HOLD_SECONDS
    };
    ui.rect_contains_pointer(place) && ui.input(used)
}

/// Content of a row.
enum RowContent<'a> {
    Running(&'a ProgramSample),
    /// A program that ended while its row was held.
    Ended(&'a Drawn),
}

impl<'a> RowContent<'a> {
    const fn program(&self) -> Option<&'a ProgramSample> {
        match self {
            Self::Running(program) => Some(program),
            Self::Ended(_) => None,
        }
    }

    const fn name(&self) -> &'a Arc<str> {
        match self {
            Self::Running(program) => &program.name,
            Self::Ended(row) => &row.program,
        }
    }
}

/// The programs in their own order, after those of `held` in that order, including the ended ones: a row must not move
/// away from under the pointer.
fn in_order<'a>(programs: &'a [ProgramSample], held: &'a [Drawn]) -> Vec<RowContent<'a>> {
    let find = |row: &'a Drawn| {
        let program = programs.iter().find(|program| program.name == row.program);
        program.map_or(RowContent::Ended(row), RowContent::Running)
    };
    let is_held = |program: &&ProgramSample| held.iter().any(|row| row.program == program.name);
    held.iter().map(find).chain(programs.iter().filter(|program| !is_held(program)).map(RowContent::Running)).collect()
}

/// Draws the row of a program that ended while the rows were held.
fn ended_ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, row: &Drawn) -> egui::Response {
    let name = program_name(&row.program, snapshot.knowledge, snapshot.texts.lang());
    let text = snapshot.texts.with_one("programs-ended", "name", name);
    let size = vec2(ui.available_width(), row.height);
    let (rect, response) = ui.allocate_exact_size(size, Sense::focusable_noninteractive());
    focus_ring(ui, snapshot, &response);
    let at = egui::pos2(rect.left() + 24.0, rect.center().y - 2.0);
    let font = FontId::proportional(snapshot.theme.size.text);
    ui.painter().text(at, Align2::LEFT_CENTER, &text, font, snapshot.theme.palette(ui).muted);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, text.clone()));
    response
}

fn focus_ring(ui: &egui::Ui, snapshot: &Snapshot<'_>, response: &egui::Response) {
    if response.has_focus() {
        let stroke = egui::Stroke::new(2.0, snapshot.theme.palette(ui).accent);
        ui.painter().rect_stroke(response.rect, 6.0, stroke, egui::StrokeKind::Inside);
    }
}

fn row_ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, program: &ProgramSample, named: &[Arc<str>]) -> egui::Response {
    let texts = snapshot.texts;
    let known = snapshot.knowledge.named(&program.name);
    let name = known.map_or(&*program.name, |known| known.name.get(texts.lang()));
    let cpu = format::percent(program.cpu.get());
    let memory = format::bytes(program.memory.0 as f64);
    let note = match known {
        Some(known) => known.what.get(texts.lang()).to_owned(),
        None if program.parts > 1 => {
            let mut args = FluentArgs::new();
            args.set("number", f64::from(program.parts));
            texts.with("programs-parts", &args)
        }
        None => String::new(),
    };
    let palette = snapshot.theme.palette(ui);
    let is_expected = known.is_some_and(|known| known.busy.is_some());
    let colour = colour_of(palette, named, &program.name);
    let response = line_ui(
        ui,
        snapshot,
        &Row { name, note: &note, is_expected, share: program.cpu.get(), cpu: &cpu, memory: &memory, colour },
    );
    let mut args = FluentArgs::new();
    args.set("name", name.to_owned());
    args.set("cpu", cpu);
    args.set("memory", memory);
    let label = texts.with("programs-row", &args);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, label.clone()));
    response.on_hover_cursor(egui::CursorIcon::PointingHand)
}

fn rest_ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, shown: &[&ProgramSample]) {
    let (texts, theme) = (snapshot.texts, snapshot.theme);
    let palette = theme.palette(ui);
    let Some(total) = snapshot.sample.and_then(|sample| sample.cpu.get()) else { return };
    let listed: f64 = shown.iter().map(|program| program.cpu.get()).sum();
    let rest = (total.get() - listed).max(0.0);
    let name = texts.get("programs-everything-else");
    let note = texts.get("programs-everything-else-note");
    let cpu = format::percent(rest);
    let row =
        Row { name: &name, note: &note, is_expected: false, share: rest, cpu: &cpu, memory: "", colour: palette.rest };
    let response = line_ui(ui, snapshot, &row).on_hover_text(note.as_str());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, format!("{name}: CPU {cpu}")));
}

struct Row<'a> {
    name: &'a str,
    note: &'a str,
    is_expected: bool,
    share: f64,
    cpu: &'a str,
    memory: &'a str,
    colour: egui::Color32,
}

/// Draws one row: colour, name over note, share, memory, and a bar below.
fn line_ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, row: &Row<'_>) -> egui::Response {
    let theme = snapshot.theme;
    let palette = theme.palette(ui);
    let height = if row.note.is_empty() { 34.0 } else { 46.0 };
    // The row of everything else has no details to open.
    let sense = if row.memory.is_empty() { Sense::hover() } else { Sense::click() };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), sense);
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let painter = ui.painter();
    if response.hovered() && !row.memory.is_empty() {
        painter.rect_filled(rect, 6.0, palette.background);
    }
    focus_ring(ui, snapshot, &response);
    let (numbers, memory) = (44.0, 60.0);
    let middle = rect.center().y - 2.0;
    let font = FontId::proportional(theme.size.text);
    let square = egui::Rect::from_center_size(egui::pos2(rect.left() + 10.0, middle), vec2(10.0, 10.0));
    painter.rect_filled(square, 3.0, row.colour);
    let right = |x: f32, text: &str, colour| {
        painter.text(egui::pos2(x, middle), Align2::RIGHT_CENTER, text, font.clone(), colour);
    };
    right(rect.right() - 4.0, row.memory, palette.muted);
    right(rect.right() - memory - 8.0, row.cpu, palette.text);
    let text_left = rect.left() + 24.0;
    let track = egui::Rect::from_min_max(
        egui::pos2(text_left, rect.bottom() - 4.0),
        egui::pos2(rect.right() - 4.0, rect.bottom() - 1.0),
    );
    painter.rect_filled(track, 1.5, palette.line);
    let mut filled = track;
    filled.set_width(track.width() * row.share.clamp(0.0, 1.0) as f32);
    painter.rect_filled(filled, 1.5, row.colour);
    let width = (rect.right() - memory - numbers - 14.0 - text_left).max(20.0);
    let place = |text: &str, size: f32, colour, y: f32| {
        let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), FontId::proportional(size), colour);
        job.wrap = egui::text::TextWrapping::truncate_at_width(width);
        let galley = painter.layout_job(job);
        painter.galley(egui::pos2(text_left, y - galley.size().y / 2.0), galley, colour);
    };
    if row.note.is_empty() {
        place(row.name, theme.size.text, palette.text, middle);
    } else {
        place(row.name, theme.size.text, palette.text, middle - 9.0);
        place(row.note, theme.size.small, if row.is_expected { palette.ok } else { palette.muted }, middle + 9.0);
    }
    response
}
