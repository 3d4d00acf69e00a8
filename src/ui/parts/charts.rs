//! The charts: one time axis, right edge = now, one crosshair through all of them.

use std::collections::HashMap;
use std::sync::Arc;

use eframe::egui::{self, Color32, Id, Key, Order, RichText, Stroke, vec2};
use egui_plot::{FilledArea, Line, MarkerShape, Plot, PlotBounds, PlotPoints, Points, VLine};
use fluent_bundle::FluentArgs;

use crate::explain::{event_text, format, program_name};
use crate::model::{At, Bytes, BytesPerSec, Event, EventKind, Fraction, History, Reading, Sample, Seconds};
use crate::ui::intent::{Intent, Period, Range};
use crate::ui::snapshot::{RequestThrottle, Snapshot};
use crate::ui::theme::{Palette, faint};

/// Programs with a colour of their own.
const NAMED: usize = 3;
/// More points than a chart has pixels are drawn as means.
const MOST_POINTS: usize = 400;

/// What the person has chosen: the period and the moment under the crosshair.
#[derive(Debug, Default)]
pub struct Charts {
    period: Period,
    /// Seconds before the right edge, from the pointer or the arrow keys.
    crosshair: Option<f64>,
    /// Whether the crosshair was set by keys, so that a pointer elsewhere does not take it away.
    by_keys: bool,
    /// What was asked for from the recording, and when.
    asked: Option<(Period, At)>,
    asked_events: RequestThrottle,
}

/// Where marks of what happened stand in the first chart, of its height.
const MARK_HEIGHT: f64 = 0.95;
/// What happened within this share of the range is told at the crosshair.
const NEAR: f64 = 0.012;
/// At most so many are told.
const MOST_TOLD: usize = 3;

/// A range from the recording is read again after so long; a week, which takes longer to read and moves slower, later.
const READ_AGAIN: Seconds = Seconds(60.0);
const READ_WEEK_AGAIN: Seconds = Seconds(300.0);

/// A stretch of samples without a gap.
struct Stretch {
    /// Seconds relative to the right edge, not above 0.
    xs: Vec<f64>,
    samples: Vec<Arc<Sample>>,
}

/// One line of a chart.
struct Series {
    name: &'static str,
    value: fn(&Sample) -> Option<f64>,
    colour: Color32,
}

/// One chart below the first.
struct Chart {
    title: String,
    series: Vec<Series>,
    /// The upper end of the scale at least.
    least_top: f64,
    show: fn(f64) -> String,
    now: String,
    note: Option<String>,
}

impl Charts {
    /// The chosen period.
    pub const fn period(&self) -> Period {
        self.period
    }

    /// Goes to a moment of the past.
    pub fn show_moment(&mut self, at: At, now: At) {
        self.period = Period::around(at, now);
        self.crosshair = Some(-self.period.edge(now).since(at).0);
        self.by_keys = true;
    }

    /// Draws all charts in one card.
    pub fn ui(&mut self, ui: &mut egui::Ui, snapshot: &Snapshot<'_>, intents: &mut Vec<Intent>) {
        self.read_past(snapshot, intents);
        snapshot.theme.card(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 2.0;
            self.ranges_ui(ui, snapshot);
            let stretches = stretches(snapshot, self.period);
            let mut pointed = None;
            let mut area = egui::Rect::NOTHING;
            self.cpu_ui(ui, snapshot, &stretches, &mut pointed, &mut area);
            for chart in charts(snapshot, snapshot.theme.palette(ui), self.period) {
                self.chart_ui(ui, snapshot, &stretches, &chart, &mut pointed, &mut area);
            }
            axis_ui(ui, snapshot, self.period, area);
            self.keys(ui, area, snapshot);
            // A pointer that only rests there (after a click that led here) does not take the crosshair.
            if pointed.is_some() && ui.input(|input| input.pointer.delta() != egui::Vec2::ZERO) {
                self.by_keys = false;
            }
            if !self.by_keys && pointed != self.crosshair {
                self.crosshair = pointed;
                ui.ctx().request_repaint();
            }
            if let Some(x) = self.crosshair {
                self.tooltip_ui(ui, snapshot, x, area);
            }
        });
    }

    fn read_past(&mut self, snapshot: &Snapshot<'_>, intents: &mut Vec<Intent>) {
        let again = if self.period.range == Range::Week { READ_WEEK_AGAIN } else { READ_AGAIN };
        let asked = |(period, at): (Period, At)| period == self.period && snapshot.now.since(at).0 < again.0;
        if self.period.is_recorded() && !self.asked.is_some_and(asked) {
            self.asked = Some((self.period, snapshot.now));
            intents.push(Intent::LoadPast(self.period));
        }
        // The marks: only where there is room for more than what is on the screen anyway.
        // Whole days: what lies back would else be asked for anew at every look, as it lies further back.
        let back = snapshot.now.since(self.period.begin(snapshot.now)).0.max(Range::Week.seconds().0);
        let back = (back / Range::Day.seconds().0).ceil() * Range::Day.seconds().0;
        let is_short = self.period == Period::from(Range::Minute);
        if !is_short && self.asked_events.should_ask(snapshot, Seconds(back), READ_AGAIN) {
            intents.push(Intent::LoadEvents(Seconds(back)));
        }
    }

    /// What is measured now is not told beside what was measured then.
    fn if_now<'v>(&self, value: &'v str) -> &'v str {
        if self.period.end.is_some() { "" } else { value }
    }

    fn ranges_ui(&mut self, ui: &mut egui::Ui, snapshot: &Snapshot<'_>) {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.spacing_mut().button_padding = vec2(10.0, 3.0);
            for range in Range::ALL.into_iter().rev() {
                let chosen = self.period == Period::from(range);
                let text = RichText::new(snapshot.texts.get(range.text())).size(snapshot.theme.size.small);
                if ui.add(egui::Button::selectable(chosen, text)).clicked() {
                    self.period = range.into();
                    self.crosshair = None;
                    self.by_keys = false;
                }
            }
            // Which day it is stands nowhere else; every range leads back to now.
            if let Some(end) = self.period.end.map(|end| end.minus(Seconds(self.period.range.seconds().0 / 2.0))) {
                let day =
                    RichText::new(format::date(end, snapshot.zone)).font(snapshot.theme.bold(snapshot.theme.size.text));
                ui.add(egui::Label::new(day).truncate());
            }
        });
    }

    /// The first chart: the busiest programs on top of each other, everything else in grey.
    fn cpu_ui(
        &self,
        ui: &mut egui::Ui,
        snapshot: &Snapshot<'_>,
        stretches: &[Stretch],
        pointed: &mut Option<f64>,
        area: &mut egui::Rect,
    ) {
        let texts = snapshot.texts;
        let palette = snapshot.theme.palette(ui).clone();
        let named = busiest(stretches);
        let value = snapshot.sample.map_or_else(|| texts.get("unknown-value"), |sample| share(&sample.cpu, snapshot));
        title_ui(ui, snapshot, &texts.get("chart-cpu"), self.if_now(&value));
        let most = peak(stretches, |sample| sample.cpu.get().map(Fraction::get));
        let summary = summary(snapshot, &texts.get("chart-cpu"), &value, most.map(format::percent), self.period);
        let crosshair = self.crosshair;
        let marks = marks(snapshot, self.period, &palette);
        let (seconds, line) = (self.period.range.seconds().0, palette.line);
        let layers: Vec<(Vec<f64>, Vec<Vec<f64>>)> =
            stretches.iter().map(|stretch| (stretch.xs.clone(), layers(&stretch.samples, &named))).collect();
        let drawn = plot("cpu", 96.0).show(ui, move |plot| {
            plot.set_plot_bounds(PlotBounds::from_min_max([-seconds, 0.0], [0.0, 1.0]));
            for (index, level) in [0.5, 1.0].into_iter().enumerate() {
                plot.hline(egui_plot::HLine::new(format!("level{index}"), level).color(line).width(1.0));
            }
            for (part, (xs, layers)) in layers.iter().enumerate() {
                let mut below = vec![0.0; xs.len()];
                for (layer, tops) in layers.iter().enumerate() {
                    // The grey layer lies at the bottom, the busiest program on top of all.
                    let colour = layer_colour(&palette, layer, layers.len());
                    let area = FilledArea::new(format!("{part}-{layer}"), xs, &below, tops);
                    plot.add(area.fill_color(colour.gamma_multiply(0.85)).allow_hover(false));
                    below.clone_from(tops);
                }
            }
            for (index, (x, colour)) in marks.into_iter().enumerate() {
                let mark = Points::new(format!("mark{index}"), PlotPoints::from(vec![[x, MARK_HEIGHT]]));
                plot.points(mark.shape(MarkerShape::Down).radius(5.0).color(colour).allow_hover(false));
            }
            crosshair_line(plot, crosshair, &palette);
        });
        note_pointer(&drawn, pointed, area);
        describe(ui, &drawn.response, summary);
    }

    fn chart_ui(
        &self,
        ui: &mut egui::Ui,
        snapshot: &Snapshot<'_>,
        stretches: &[Stretch],
        chart: &Chart,
        pointed: &mut Option<f64>,
        area: &mut egui::Rect,
    ) {
        let palette = snapshot.theme.palette(ui).clone();
        title_ui(ui, snapshot, &chart.title, self.if_now(&chart.now));
        if let Some(note) = &chart.note {
            ui.label(RichText::new(note).size(snapshot.theme.size.small).color(palette.muted));
        }
        let most = chart.series.iter().filter_map(|series| peak(stretches, series.value)).max_by(f64::total_cmp);
        let Some(most) = most else { return };
        let top = (most * 1.1).max(chart.least_top);
        let summary = summary(snapshot, &chart.title, &chart.now, Some((chart.show)(most)), self.period);
        let (seconds, crosshair) = (self.period.range.seconds().0, self.crosshair);
        let lines: Vec<(String, Color32, Vec<[f64; 2]>)> = chart
            .series
            .iter()
            .flat_map(|series| {
                stretches.iter().enumerate().flat_map(move |(part, stretch)| {
                    pieces(stretch, series.value)
                        .into_iter()
                        .enumerate()
                        .map(move |(piece, points)| (format!("{}{part}-{piece}", series.name), series.colour, points))
                })
            })
            .collect();
        let drawn = plot(&chart.title, 34.0).show(ui, move |plot| {
            plot.set_plot_bounds(PlotBounds::from_min_max([-seconds, 0.0], [0.0, top]));
            for (name, colour, points) in lines {
                let xs: Vec<f64> = points.iter().map(|point| point[0]).collect();
                let ys: Vec<f64> = points.iter().map(|point| point[1]).collect();
                let under = FilledArea::new(format!("{name}a"), &xs, &vec![0.0; xs.len()], &ys);
                plot.add(under.fill_color(faint(colour)).allow_hover(false));
                plot.line(Line::new(name, PlotPoints::from(points)).color(colour).width(1.6).allow_hover(false));
            }
            crosshair_line(plot, crosshair, &palette);
        });
        note_pointer(&drawn, pointed, area);
        describe(ui, &drawn.response, summary);
    }

    /// The crosshair by keyboard: arrow keys while the charts have the focus.
    fn keys(&mut self, ui: &mut egui::Ui, area: egui::Rect, snapshot: &Snapshot<'_>) {
        if !area.is_finite() {
            return;
        }
        let focus = ui.interact(area, Id::unique("charts"), egui::Sense::focusable_noninteractive());
        let label = snapshot.texts.get("charts-label");
        focus.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Group, true, label.clone()));
        if !focus.has_focus() {
            return;
        }
        ui.memory_mut(|memory| {
            let arrows = egui::EventFilter { horizontal_arrows: true, escape: true, ..egui::EventFilter::default() };
            memory.set_focus_lock_filter(focus.id, arrows);
        });
        let palette = snapshot.theme.palette(ui);
        let stroke = Stroke::new(2.0, palette.accent);
        ui.painter().rect_stroke(area.expand(3.0), 4.0, stroke, egui::StrokeKind::Outside);
        let seconds = self.period.range.seconds().0;
        let step = seconds / 60.0;
        let (left, right, end) =
            ui.input(|i| (i.key_pressed(Key::ArrowLeft), i.key_pressed(Key::ArrowRight), i.key_pressed(Key::Escape)));
        if left || right {
            let from = self.crosshair.unwrap_or(0.0);
            self.crosshair = Some((from + if left { -step } else { step }).clamp(-seconds, 0.0));
            self.by_keys = true;
        }
        if end {
            self.crosshair = None;
            self.by_keys = false;
        }
    }

    /// Time, values and the top three programs at the crosshair.
    fn tooltip_ui(&self, ui: &egui::Ui, snapshot: &Snapshot<'_>, x: f64, area: egui::Rect) {
        let (theme, texts) = (snapshot.theme, snapshot.texts);
        let palette = theme.palette(ui);
        let at = self.period.edge(snapshot.now).minus(Seconds(-x));
        let lines = moment(snapshot, at, self.period);
        let share = 1.0 + (x / self.period.range.seconds().0) as f32;
        let cross = egui::lerp(area.left()..=area.right(), share);
        // On the side with more room, so that the tooltip never covers its own moment.
        let (pivot, shift) =
            if share > 0.5 { (egui::Align2::RIGHT_TOP, -10.0) } else { (egui::Align2::LEFT_TOP, 10.0) };
        egui::Area::new(Id::unique("moment"))
            .order(Order::Tooltip)
            .interactable(false)
            .pivot(pivot)
            .fixed_pos(egui::pos2(cross + shift, area.top() + 24.0))
            .show(ui.ctx(), |ui| {
                egui::Frame::new().fill(palette.tooltip).corner_radius(theme.size.radius_small).inner_margin(10).show(
                    ui,
                    |ui| {
                        ui.set_max_width(320.0);
                        ui.spacing_mut().item_spacing.y = 2.0;
                        let mut args = FluentArgs::new();
                        let time = if self.period.is_recorded() { format::date_clock } else { format::clock_seconds };
                        args.set("time", time(at, snapshot.zone));
                        args.set("ago", format::duration(texts, snapshot.now.since(at).0));
                        let title = RichText::new(texts.with("hover-time", &args));
                        ui.label(title.font(theme.bold(theme.size.small)).color(palette.tooltip_text));
                        for line in lines {
                            let text = RichText::new(line).size(theme.size.small).color(palette.tooltip_text);
                            ui.add(egui::Label::new(text).wrap());
                        }
                    },
                );
            });
    }
}

/// What was measured at `at`, in words.
fn moment(snapshot: &Snapshot<'_>, at: At, period: Period) -> Vec<String> {
    let texts = snapshot.texts;
    let Some(sample) = sample_at(snapshot, at, period) else { return vec![texts.get("hover-none")] };
    let mut values = vec![format!("{} {}", texts.get("chart-cpu"), share(&sample.cpu, snapshot))];
    if let Some(celsius) = sample.temperature.get() {
        values.push(format::celsius(celsius.0));
    } else if let Some(effort) = sample.fan_effort.get() {
        values.push(format!("{} {}", texts.get("chart-fan-effort"), format::percent(effort.get())));
    }
    let mut second = Vec::new();
    if let Some(memory) = sample.memory.get() {
        second.push(format!("{} {}", texts.get("chart-memory"), format::bytes(memory.used.0 as f64)));
    }
    if let Some(disk) = disk_of(&sample) {
        second.push(format!("{} {}", texts.get("chart-disk"), format::rate(disk)));
    }
    if let Some(network) = network_of(&sample) {
        second.push(format!("{} {}", texts.get("chart-network"), format::rate(network)));
    }
    let lang = texts.lang();
    let programs = sample.programs.iter().take(NAMED).map(|program| {
        let name = program_name(&program.name, snapshot.knowledge, lang);
        format!("{name} {}", format::percent(program.cpu.get()))
    });
    let programs: Vec<String> = programs.collect();
    let near = period.range.seconds().0 * NEAR;
    let happened = marked(snapshot, period).filter(|event| (event.at.0 - at.0).abs() as f64 / 1000.0 <= near);
    let happened = happened.take(MOST_TOLD).map(|event| {
        let text = event_text(event, snapshot.knowledge, texts, snapshot.zone);
        format!("▼ {} {text}", format::clock(event.at, snapshot.zone))
    });
    let lines = [values.join("   "), second.join("   "), programs.join(" · ")];
    lines.into_iter().filter(|line| !line.is_empty()).chain(happened).collect()
}

/// What happened in the period, as far as it explains the charts: findings, notifications, actions, starts and stops.
fn marked<'s>(snapshot: &'s Snapshot<'_>, period: Period) -> impl Iterator<Item = &'s Event> {
    let (oldest, newest) = (period.begin(snapshot.now), period.edge(snapshot.now));
    snapshot.recorded.events.iter().filter(move |event| {
        let told = matches!(
            event.kind,
            EventKind::Finding
                | EventKind::Notified
                | EventKind::Action
                | EventKind::Verdict
                | EventKind::SuddenStop
                | EventKind::Started
                | EventKind::Suspended
        );
        told && (oldest..=newest).contains(&event.at)
    })
}

fn marks(snapshot: &Snapshot<'_>, period: Period, palette: &Palette) -> Vec<(f64, Color32)> {
    marked(snapshot, period)
        .map(|event| {
            let colour = match event.kind {
                EventKind::SuddenStop => palette.act,
                EventKind::Finding | EventKind::Notified => palette.look,
                EventKind::Action | EventKind::Verdict => palette.accent,
                _ => palette.muted,
            };
            (-period.edge(snapshot.now).since(event.at).0, colour)
        })
        .collect()
}

/// The sample that covers `at`, if something was measured then.
fn sample_at(snapshot: &Snapshot<'_>, at: At, period: Period) -> Option<Arc<Sample>> {
    let newer = shown_history(snapshot, period)?.samples().find(|sample| sample.at >= at);
    match newer {
        Some(sample) if sample.at.since(at).0 <= sample.span.0 + 0.5 => Some(Arc::clone(sample)),
        Some(_) => None,
        // The newest value holds until the next one, and for no other moment.
        None => snapshot.history.latest().filter(|sample| at >= sample.at && at.since(sample.at).0 < 5.0).cloned(),
    }
}

/// The samples that a period is drawn from; `None` until they were read.
fn shown_history<'s>(snapshot: &'s Snapshot<'_>, period: Period) -> Option<&'s History> {
    if period.is_recorded() {
        snapshot.past.filter(|past| past.period == period).map(|past| &past.history)
    } else {
        Some(snapshot.history)
    }
}

fn disk_of(sample: &Sample) -> Option<f64> {
    Some(sample.disk_read.get()?.0 + sample.disk_write.get()?.0)
}

fn network_of(sample: &Sample) -> Option<f64> {
    Some(sample.net_rx.get()?.0 + sample.net_tx.get()?.0)
}

fn charts(snapshot: &Snapshot<'_>, palette: &Palette, period: Period) -> Vec<Chart> {
    let texts = snapshot.texts;
    let sample = snapshot.sample.map(|sample| &**sample);
    let memory_total = sample.and_then(|sample| sample.memory.get()).map_or(0.0, |memory| memory.total.0 as f64);
    let missing = |why| texts.get(&format!("missing-{}", why_id(why)));
    let known = |reading: Option<Reading<String>>| match reading {
        Some(Reading::Known(text)) => text,
        Some(Reading::Missing(why)) => missing(why),
        None => texts.get("unknown-value"),
    };
    let [blue, green, violet, orange] = palette.series;
    let sum = |a: Reading<BytesPerSec>, b: Reading<BytesPerSec>| match (a, b) {
        (Reading::Known(a), Reading::Known(b)) => Reading::Known(format::rate(a.0 + b.0)),
        (Reading::Missing(why), _) | (_, Reading::Missing(why)) => Reading::Missing(why),
    };
    vec![
        heat_chart(snapshot, sample, orange, period),
        Chart {
            title: texts.get("chart-memory"),
            series: vec![Series { name: "memory", value: |s| s.memory.get().map(|m| m.used.0 as f64), colour: violet }],
            least_top: memory_total,
            show: format::bytes,
            now: known(sample.map(|sample| {
                sample.memory.map(|memory| {
                    let amount = |bytes: Bytes| format::bytes(bytes.0 as f64);
                    format!("{} / {}", amount(memory.used), amount(memory.total))
                })
            })),
            note: None,
        },
        Chart {
            title: texts.get("chart-disk"),
            series: vec![Series { name: "disk", value: disk_of, colour: green }],
            least_top: Bytes::MIB as f64,
            show: format::rate,
            now: known(sample.map(|sample| sum(sample.disk_read, sample.disk_write))),
            note: None,
        },
        Chart {
            title: texts.get("chart-network"),
            series: vec![Series { name: "network", value: network_of, colour: blue }],
            least_top: Bytes::MIB as f64 / 8.0,
            show: format::rate,
            now: known(sample.map(|sample| sum(sample.net_rx, sample.net_tx))),
            note: None,
        },
    ]
}

/// The temperature where there is a usable one, else the estimate of fan effort with the reason.
fn heat_chart(snapshot: &Snapshot<'_>, sample: Option<&Sample>, colour: Color32, period: Period) -> Chart {
    let texts = snapshot.texts;
    let fan = sample.and_then(|sample| sample.fan.get());
    let fan = fan.map(|rpm| texts.with_one("fan-rpm", "rpm", rpm.0.to_string()));
    let temperature = sample.map(|sample| sample.temperature);
    let effort = sample.and_then(|sample| sample.fan_effort.get());
    match temperature {
        Some(Reading::Known(celsius)) => {
            let usual = effort.map(|effort| format::celsius(snapshot.knowledge.expected_celsius(effort)));
            let usual = usual.map(|usual| texts.with_one("expected-temperature", "value", usual));
            Chart {
                title: texts.get("chart-temperature"),
                series: vec![Series { name: "heat", value: |s| s.temperature.get().map(|t| t.0), colour }],
                least_top: 100.0,
                show: format::celsius,
                now: format::celsius(celsius.0),
                note: period.end.is_none().then(|| [fan, usual].into_iter().flatten().collect::<Vec<_>>().join(" · ")),
            }
        }
        _ => Chart {
            title: texts.get("chart-fan-effort"),
            series: vec![Series { name: "heat", value: |s| s.fan_effort.get().map(Fraction::get), colour }],
            least_top: 1.0,
            show: format::percent,
            now: effort.map_or_else(|| texts.get("unknown-value"), |effort| format::percent(effort.get())),
            note: temperature.and_then(|reading| reading.why()).map(|why| {
                let reason = texts.get(&format!("missing-{}", why_id(why)));
                let title = texts.get("chart-temperature");
                let mut args = FluentArgs::new();
                args.set("name", title);
                args.set("reason", reason);
                [Some(texts.with("missing-named", &args)), fan].into_iter().flatten().collect::<Vec<_>>().join(" · ")
            }),
        },
    }
}

pub(super) const fn why_id(why: crate::model::Why) -> &'static str {
    use crate::model::Why;
    match why {
        Why::NoSensor => "no_sensor",
        Why::NoPermission => "no_permission",
        Why::Unsupported => "unsupported",
        Why::NotYet => "not_yet",
        Why::Stale => "stale",
        Why::OutOfRange => "out_of_range",
    }
}

fn share(reading: &Reading<Fraction>, snapshot: &Snapshot<'_>) -> String {
    match reading {
        Reading::Known(share) => format::percent(share.get()),
        Reading::Missing(why) => snapshot.texts.get(&format!("missing-{}", why_id(*why))),
    }
}

fn title_ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, title: &str, value: &str) {
    let theme = snapshot.theme;
    let muted = theme.palette(ui).muted;
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = 0.0;
        ui.label(RichText::new(title).font(theme.bold(theme.size.text)));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.add(egui::Label::new(RichText::new(value).color(muted)).truncate());
        });
    });
}

/// What the chart shows, for those who cannot see it.
fn summary(snapshot: &Snapshot<'_>, chart: &str, value: &str, most: Option<String>, period: Period) -> String {
    let mut args = FluentArgs::new();
    args.set("chart", chart.to_owned());
    args.set("value", value.to_owned());
    args.set("most", most.unwrap_or_else(|| snapshot.texts.get("unknown-value")));
    args.set("duration", format::duration(snapshot.texts, period.range.seconds().0));
    args.set("end", format::date_clock(period.edge(snapshot.now), snapshot.zone));
    snapshot.texts.with(if period.end.is_some() { "chart-summary-then" } else { "chart-summary" }, &args)
}

fn describe(ui: &egui::Ui, response: &egui::Response, summary: String) {
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_role(egui::accesskit::Role::Image);
        node.set_label(summary);
    });
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

fn note_pointer(drawn: &egui_plot::PlotResponse<()>, pointed: &mut Option<f64>, area: &mut egui::Rect) {
    *area = area.union(drawn.response.rect);
    if let Some(position) = drawn.response.hover_pos() {
        *pointed = Some(drawn.transform.value_from_position(position).x.min(0.0));
    }
}

fn crosshair_line(plot: &mut egui_plot::PlotUi<'_>, crosshair: Option<f64>, palette: &Palette) {
    if let Some(x) = crosshair {
        let stroke = Stroke::new(1.0, palette.text);
        let line = VLine::new("crosshair", x).stroke(stroke).style(egui_plot::LineStyle::dotted_loose());
        plot.vline(line.allow_hover(false));
    }
}

fn axis_ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, period: Period, area: egui::Rect) {
    let theme = snapshot.theme;
    let palette = theme.palette(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 18.0), egui::Sense::hover());
    let font = egui::FontId::proportional(theme.size.small);
    let width = if area.is_finite() { area.width() } else { rect.width() };
    for n in 0..=4_u8 {
        let share = f32::from(n) / 4.0;
        let seconds = period.range.seconds().0 * f64::from(1.0 - share);
        let at = period.edge(snapshot.now).minus(Seconds(seconds));
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
        ui.painter().text(position, align, text, font.clone(), palette.muted);
    }
}

/// The samples in the period, cut at gaps, thinned to what can be seen.
fn stretches(snapshot: &Snapshot<'_>, period: Period) -> Vec<Stretch> {
    let edge = period.edge(snapshot.now);
    let oldest = edge.minus(Seconds(period.range.seconds().0 + 4.0));
    let mut stretches: Vec<Stretch> = Vec::new();
    let shown = shown_history(snapshot, period).into_iter().flat_map(History::samples_with_gaps);
    let in_range: Vec<_> = shown.filter(|(sample, _)| sample.at >= oldest).collect();
    let every = in_range.len().div_ceil(MOST_POINTS).max(1);
    for (index, (sample, gap)) in in_range.into_iter().enumerate() {
        if sample.span.0 <= 0.0 || (!gap && index % every != 0) {
            continue;
        }
        if gap || stretches.is_empty() {
            stretches.push(Stretch { xs: Vec::new(), samples: Vec::new() });
        }
        if let Some(stretch) = stretches.last_mut() {
            if stretch.xs.is_empty() {
                // The first value holds from the beginning of its time, so that a single one is drawn too.
                stretch.xs.push(-edge.since(sample.at.minus(sample.span)).0);
                stretch.samples.push(Arc::clone(sample));
            }
            stretch.xs.push(-edge.since(sample.at).0);
            stretch.samples.push(Arc::clone(sample));
        }
    }
    // The newest value holds until the next one: the line reaches the right edge.
    if let Some((stretch, sample)) = stretches.last_mut().zip(snapshot.sample)
        && snapshot.now.since(sample.at).0 < 5.0
        && !period.is_recorded()
        && stretch.xs.last().is_some_and(|x| *x < 0.0)
    {
        stretch.xs.push(0.0);
        stretch.samples.push(Arc::clone(sample));
    }
    stretches
}

/// The programs that used most over the range; they get the colours.
fn busiest(stretches: &[Stretch]) -> Vec<Arc<str>> {
    let mut sums: HashMap<&Arc<str>, f64> = HashMap::new();
    for program in stretches.iter().flat_map(|stretch| &stretch.samples).flat_map(|sample| &sample.programs) {
        *sums.entry(&program.name).or_default() += program.cpu.get();
    }
    let mut sums: Vec<(&Arc<str>, f64)> = sums.into_iter().collect();
    sums.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    sums.into_iter().take(NAMED).map(|(name, _)| Arc::clone(name)).collect()
}

/// Tops of the layers at each sample: everything else first, then the named programs, the busiest last.
fn layers(samples: &[Arc<Sample>], named: &[Arc<str>]) -> Vec<Vec<f64>> {
    let mut tops = vec![Vec::with_capacity(samples.len()); named.len() + 1];
    for sample in samples {
        let total = sample.cpu.get().map_or(0.0, Fraction::get);
        let of = |name: &Arc<str>| sample.program(name).map_or(0.0, |program| program.cpu.get());
        let sum: f64 = named.iter().map(of).sum();
        let mut top = (total - sum).max(0.0);
        tops[0].push(top);
        for (layer, name) in tops.iter_mut().skip(1).zip(named.iter().rev()) {
            top += of(name);
            layer.push(top.min(1.0));
        }
    }
    tops
}

fn layer_colour(palette: &Palette, layer: usize, layers: usize) -> Color32 {
    if layer == 0 { palette.rest } else { palette.series[(layers - 1 - layer).min(palette.series.len() - 1)] }
}

/// The programs that have a colour of their own in the chart, in the order of the colours.
pub(super) fn named_programs(snapshot: &Snapshot<'_>, period: Period) -> Vec<Arc<str>> {
    busiest(&stretches(snapshot, period))
}

/// The colour a program has in the chart, for its row in the list.
pub(super) fn colour_of(palette: &Palette, named: &[Arc<str>], name: &str) -> Color32 {
    named.iter().position(|named| **named == *name).map_or(palette.rest, |index| palette.series[index])
}

fn peak(stretches: &[Stretch], value: impl Fn(&Sample) -> Option<f64>) -> Option<f64> {
    stretches.iter().flat_map(|stretch| &stretch.samples).filter_map(|sample| value(sample)).max_by(f64::total_cmp)
}

/// The points of a line, cut where a value is missing.
fn pieces(stretch: &Stretch, value: fn(&Sample) -> Option<f64>) -> Vec<Vec<[f64; 2]>> {
    let mut pieces = vec![Vec::new()];
    for (x, sample) in stretch.xs.iter().zip(&stretch.samples) {
        match (value(sample), pieces.last_mut()) {
            (Some(y), Some(piece)) => piece.push([*x, y]),
            (None, Some(piece)) if !piece.is_empty() => pieces.push(Vec::new()),
            _ => {}
        }
    }
    pieces.retain(|piece| piece.len() > 1);
    pieces
}

/// The CPU of one program, for its details.
pub(super) fn program_ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, name: &str, period: Period) {
    let palette = snapshot.theme.palette(ui);
    let colour = palette.series[0];
    let seconds = period.range.seconds().0;
    let lines: Vec<Vec<[f64; 2]>> = stretches(snapshot, period)
        .iter()
        .map(|stretch| {
            let cpu = |sample: &Arc<Sample>| sample.program(name).map_or(0.0, |program| program.cpu.get());
            stretch.xs.iter().zip(&stretch.samples).map(|(x, sample)| [*x, cpu(sample)]).collect()
        })
        .collect();
    plot("program", 60.0).show(ui, move |plot| {
        plot.set_plot_bounds(PlotBounds::from_min_max([-seconds, 0.0], [0.0, 1.0]));
        for (part, points) in lines.into_iter().enumerate() {
            plot.line(Line::new(format!("program{part}"), PlotPoints::from(points)).color(colour).width(1.6));
        }
    });
}
