//! Draws the charts: one time axis, one crosshair through all of them.

use eframe::egui::{self, Color32, RichText, Stroke, vec2};
use egui_plot::{FilledArea, HLine, Line, MarkerShape, Plot, PlotBounds, PlotPoints, Points, VLine};
use fluent_bundle::FluentArgs;

use super::data::{ChartData, Point, cpu, layers};
use super::marks::marks;
use super::panels::{Panel, newest, share};
use crate::explain::format;
use crate::ui::intent::{Period, Range};
use crate::ui::snapshot::Snapshot;
use crate::ui::theme::{Palette, faint};

/// Position of event marks, as a share of the first chart's height.
const MARK_HEIGHT: f64 = 0.95;

/// State shared by all charts of a frame.
pub(super) struct Canvas<'c> {
    pub(super) snapshot: &'c Snapshot<'c>,
    pub(super) data: &'c ChartData<'c>,
    pub(super) period: Period,
    pub(super) palette: Palette,
    /// Seconds relative to the right edge.
    pub(super) crosshair: Option<f64>,
    /// Position of the pointer, in seconds relative to the right edge.
    pub(super) pointed: Option<f64>,
    /// Union of the charts drawn so far.
    pub(super) area: egui::Rect,
}

impl Canvas<'_> {
    /// Draws the first chart: the busiest programs stacked, everything else in grey.
    pub(super) fn cpu_ui(&mut self, ui: &mut egui::Ui) {
        let texts = self.snapshot.texts;
        let title = texts.get("chart-cpu");
        let value = newest(texts, self.snapshot.sample.map(|sample| &**sample), share);
        self.title_ui(ui, &title, &value);
        let summary = self.summary(&title, &value, self.data.maximum(cpu).map(format::percent));
        let named = self.data.busiest();
        let drawn = plot("cpu", 96.0).show(ui, |plot| {
            self.begin(plot, 1.0);
            for (index, level) in [0.5, 1.0].into_iter().enumerate() {
                plot.hline(HLine::new(format!("level{index}"), level).color(self.palette.line).width(1.0));
            }
            for (part, line) in self.data.lines(cpu).iter().enumerate() {
                let (xs, layers) = (xs(line), layers(line, &named));
                let mut below = vec![0.0; xs.len()];
                for (layer, tops) in layers.iter().enumerate() {
                    // The grey layer is at the bottom, the busiest program on top.
                    let colour = layer_colour(&self.palette, layer, layers.len());
                    let area = FilledArea::new(format!("{part}-{layer}"), &xs, &below, tops);
                    plot.add(area.fill_color(colour.gamma_multiply(0.85)).allow_hover(false));
                    below.clone_from(tops);
                }
            }
            for (index, (x, colour)) in marks(self.snapshot, self.period, &self.palette).into_iter().enumerate() {
                let mark = Points::new(format!("mark{index}"), PlotPoints::from(vec![[x, MARK_HEIGHT]]));
                plot.points(mark.shape(MarkerShape::Down).radius(5.0).color(colour).allow_hover(false));
            }
            self.crosshair_line(plot);
        });
        self.end(ui, &drawn, summary);
    }

    /// Draws one of the lower charts.
    pub(super) fn panel_ui(&mut self, ui: &mut egui::Ui, panel: &Panel) {
        self.title_ui(ui, &panel.title, &panel.now);
        if let Some(note) = &panel.note {
            ui.label(RichText::new(note).size(self.snapshot.theme.size.small).color(self.palette.muted));
        }
        let Some(maximum) = self.data.maximum(panel.value) else { return };
        let summary = self.summary(&panel.title, &panel.now, Some((panel.format)(maximum)));
        let drawn = plot(&panel.title, 34.0).show(ui, |plot| {
            self.begin(plot, (maximum * 1.1).max(panel.least_top));
            for (part, line) in self.data.lines(panel.value).iter().enumerate() {
                let ys: Vec<f64> = line.iter().map(|point| point.y).collect();
                let under = FilledArea::new(format!("{part}a"), &xs(line), &vec![0.0; ys.len()], &ys);
                plot.add(under.fill_color(faint(panel.colour)).allow_hover(false));
                plot.line(self::line(part, line, panel.colour));
            }
            self.crosshair_line(plot);
        });
        self.end(ui, &drawn, summary);
    }

    /// Draws the times below the charts.
    pub(super) fn axis_ui(&self, ui: &mut egui::Ui) {
        let Self { snapshot, period, area, .. } = self;
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 18.0), egui::Sense::hover());
        let font = egui::FontId::proportional(snapshot.theme.size.small);
        let width = if area.is_finite() { area.width() } else { rect.width() };
        for n in 0..=4_u8 {
            let share = f32::from(n) / 4.0;
            let at = period.at(-period.range.seconds().0 * f64::from(1.0 - share), snapshot.now);
            let text = match (n, period.range) {
                (4, _) if period.end.is_none() => snapshot.texts.get("chart-now"),
                (_, Range::Minute) => format::clock_seconds(at, snapshot.zone),
                (_, Range::Week) => format::day(at, snapshot.zone),
                _ => format::clock(at, snapshot.zone),
            };
            let align = match n {
                0 => egui::Align2::LEFT_CENTER,
                4 => egui::Align2::RIGHT_CENTER,
                _ => egui::Align2::CENTER_CENTER,
            };
            let position = egui::pos2(rect.left() + width * share, rect.center().y);
            ui.painter().text(position, align, text, font.clone(), self.palette.muted);
        }
    }

    fn title_ui(&self, ui: &mut egui::Ui, title: &str, value: &str) {
        let theme = self.snapshot.theme;
        // A current value beside charts of the past would mislead.
        let value = if self.period.end.is_some() { "" } else { value };
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = 0.0;
            ui.label(RichText::new(title).font(theme.bold(theme.size.text)));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                ui.add(egui::Label::new(RichText::new(value).color(self.palette.muted)).truncate());
            });
        });
    }

    /// Text alternative of a chart, for screen readers.
    fn summary(&self, chart: &str, value: &str, maximum: Option<String>) -> String {
        let (texts, period) = (self.snapshot.texts, self.period);
        let mut args = FluentArgs::new();
        args.set("chart", chart.to_owned());
        args.set("value", value.to_owned());
        args.set("most", maximum.unwrap_or_else(|| texts.get("unknown-value")));
        args.set("duration", format::duration(texts, period.range.seconds().0));
        args.set("end", format::date_clock(period.edge(self.snapshot.now), self.snapshot.zone));
        texts.with(if period.end.is_some() { "chart-summary-then" } else { "chart-summary" }, &args)
    }

    fn begin(&self, plot: &mut egui_plot::PlotUi<'_>, top: f64) {
        plot.set_plot_bounds(PlotBounds::from_min_max([-self.period.range.seconds().0, 0.0], [0.0, top]));
    }

    fn crosshair_line(&self, plot: &mut egui_plot::PlotUi<'_>) {
        if let Some(x) = self.crosshair {
            let stroke = Stroke::new(1.0, self.palette.text);
            let line = VLine::new("crosshair", x).stroke(stroke).style(egui_plot::LineStyle::dotted_loose());
            plot.vline(line.allow_hover(false));
        }
    }

    fn end(&mut self, ui: &egui::Ui, drawn: &egui_plot::PlotResponse<()>, summary: String) {
        self.area = self.area.union(drawn.response.rect);
        if let Some(position) = drawn.response.hover_pos() {
            self.pointed = Some(drawn.transform.value_from_position(position).x.min(0.0));
        }
        ui.ctx().accesskit_node_builder(drawn.response.id, |node| {
            node.set_role(egui::accesskit::Role::Image);
            node.set_label(summary);
        });
    }
}

/// Draws one line without axes or crosshair: the CPU of a program, for its details.
pub(super) fn program_ui(ui: &mut egui::Ui, lines: &[Vec<Point<'_>>], period: Period, colour: Color32) {
    plot("program", 60.0).show(ui, |plot| {
        plot.set_plot_bounds(PlotBounds::from_min_max([-period.range.seconds().0, 0.0], [0.0, 1.0]));
        for (part, points) in lines.iter().enumerate() {
            plot.line(line(part, points, colour));
        }
    });
}

fn line(part: usize, points: &[Point<'_>], colour: Color32) -> Line<'static> {
    let points: Vec<[f64; 2]> = points.iter().map(|point| [point.x, point.y]).collect();
    Line::new(part.to_string(), PlotPoints::from(points)).color(colour).width(1.6).allow_hover(false)
}

fn xs(line: &[Point<'_>]) -> Vec<f64> {
    line.iter().map(|point| point.x).collect()
}

fn layer_colour(palette: &Palette, layer: usize, layers: usize) -> Color32 {
    if layer == 0 { palette.rest } else { palette.series[(layers - 1 - layer).min(palette.series.len() - 1)] }
}

fn plot(id: &str, height: f32) -> Plot<'static> {
    Plot::new(egui::IdSalt::new(("chart", id)))
        .height(height)
        .show_axes(false)
        .show_grid(false)
        .show_background(false)
        .show_x(false)
        .show_y(false)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_double_click_reset(false)
        .show_crosshair(false)
        .sense(egui::Sense::hover())
        .cursor_color(Color32::TRANSPARENT)
        .set_margin_fraction(vec2(0.0, 0.0))
}
