//! Contents of the charts below the first.

use eframe::egui::Color32;
use fluent_bundle::FluentArgs;

use super::data::{disk, network};
use crate::explain::{Texts, format};
use crate::model::{Bytes, BytesPerSec, Celsius, Fraction, Reading, Sample, Why};
use crate::ui::intent::Period;
use crate::ui::snapshot::Snapshot;
use crate::ui::theme::Palette;

/// Content of one chart.
pub(super) struct Panel {
    pub(super) title: String,
    pub(super) value: fn(&Sample) -> Option<f64>,
    pub(super) colour: Color32,
    /// Minimum upper end of the scale.
    pub(super) least_top: f64,
    /// Formats a value.
    pub(super) format: fn(f64) -> String,
    /// The newest value, or why it is missing.
    pub(super) now: String,
    pub(super) note: Option<String>,
}

/// The charts below the first, from top to bottom.
pub(super) fn panels(snapshot: &Snapshot<'_>, palette: &Palette, period: Period) -> Vec<Panel> {
    let texts = snapshot.texts;
    let sample = snapshot.sample.map(|sample| &**sample);
    let memory_total = sample.and_then(|sample| sample.memory.get()).map_or(0.0, |memory| memory.total.0 as f64);
    let [blue, green, violet, orange] = palette.series;
    let rate = |reading: Reading<BytesPerSec>| reading.map(|rate| format::rate(rate.0));
    vec![
        heat_panel(snapshot, sample, orange, period),
        Panel {
            title: texts.get("chart-memory"),
            value: |sample| sample.memory.get().map(|memory| memory.used.0 as f64),
            colour: violet,
            least_top: memory_total,
            format: format::bytes,
            now: newest(texts, sample, |sample| {
                sample.memory.map(|memory| {
                    let amount = |bytes: Bytes| format::bytes(bytes.0 as f64);
                    format!("{} / {}", amount(memory.used), amount(memory.total))
                })
            }),
            note: None,
        },
        Panel {
            title: texts.get("chart-disk"),
            value: |sample| disk(sample).get().map(|rate| rate.0),
            colour: green,
            least_top: Bytes::MIB as f64,
            format: format::rate,
            now: newest(texts, sample, |sample| rate(disk(sample))),
            note: None,
        },
        Panel {
            title: texts.get("chart-network"),
            value: |sample| network(sample).get().map(|rate| rate.0),
            colour: blue,
            least_top: Bytes::MIB as f64 / 8.0,
            format: format::rate,
            now: newest(texts, sample, |sample| rate(network(sample))),
            note: None,
        },
    ]
}

/// The temperature if there is a usable one, otherwise the estimated fan effort with the reason.
fn heat_panel(snapshot: &Snapshot<'_>, sample: Option<&Sample>, colour: Color32, period: Period) -> Panel {
    let texts = snapshot.texts;
    let fan = sample.and_then(|sample| sample.fan.get());
    let fan = fan.map(|rpm| texts.with_one("fan-rpm", "rpm", rpm.0.to_string()));
    let temperature = sample.map(|sample| sample.temperature);
    let effort = sample.and_then(|sample| sample.fan_effort.get());
    let joined = |notes: [Option<String>; 2]| notes.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    match temperature {
        Some(Reading::Known(Celsius(celsius))) => {
            let usual = effort.map(|effort| format::celsius(snapshot.knowledge.expected_celsius(effort)));
            let usual = usual.map(|usual| texts.with_one("expected-temperature", "value", usual));
            Panel {
                title: texts.get("chart-temperature"),
                value: |sample| sample.temperature.get().map(|celsius| celsius.0),
                colour,
                least_top: 100.0,
                format: format::celsius,
                now: format::celsius(celsius),
                note: period.end.is_none().then(|| joined([fan, usual])),
            }
        }
        _ => Panel {
            title: texts.get("chart-fan-effort"),
            value: |sample| sample.fan_effort.get().map(Fraction::get),
            colour,
            least_top: 1.0,
            format: format::percent,
            now: effort.map_or_else(|| texts.get("unknown-value"), |effort| format::percent(effort.get())),
            note: temperature.and_then(|reading| reading.why()).map(|why| {
                let mut args = FluentArgs::new();
                args.set("name", texts.get("chart-temperature"));
                args.set("reason", missing(texts, why));
                joined([Some(texts.with("missing-named", &args)), fan])
            }),
        },
    }
}

/// The newest value, or why it is missing.
pub(super) fn newest(
    texts: &Texts,
    sample: Option<&Sample>,
    reading: impl FnOnce(&Sample) -> Reading<String>,
) -> String {
    match sample.map(reading) {
        Some(Reading::Known(text)) => text,
        Some(Reading::Missing(why)) => missing(texts, why),
        None => texts.get("unknown-value"),
    }
}

/// Share of all processors in use.
pub(super) fn share(sample: &Sample) -> Reading<String> {
    sample.cpu.map(|share| format::percent(share.get()))
}

fn missing(texts: &Texts, why: Why) -> String {
    texts.get(&format!("missing-{}", why.id()))
}
