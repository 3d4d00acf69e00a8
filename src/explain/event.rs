//! Turns events into sentences.

use fluent_bundle::FluentArgs;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::note::knowledge_note;
use super::reason::system_reason;
use super::{Texts, explain, format, program_name};
use crate::diagnose::Finding;
use crate::knowledge::{Knowledge, KnowledgeNote};
use crate::model::{Event, EventKind};

/// The finding of an event; `None` if it has none, or one of a newer version's rule.
pub fn event_finding(event: &Event) -> Option<Finding> {
    serde_json::from_value(event.data.get("finding")?.clone()).ok()
}

/// One sentence for `event`, with its figures.
pub fn event_text(event: &Event, knowledge: &Knowledge, texts: &Texts, zone: &TimeZone) -> String {
    let data = &event.data;
    let mut args = FluentArgs::new();
    args.set("name", program_name(&event.subject, knowledge, texts.lang()));
    for name in ["before", "after", "freed"] {
        if let Some(share) = data.get(name).and_then(Value::as_f64) {
            args.set(name, format::percent(share));
        }
    }
    for (name, field) in [("before", "waited_before"), ("after", "waited")] {
        if let Some(seconds) = data.get(field).and_then(Value::as_f64) {
            args.set(name, format::milliseconds(texts, seconds));
        }
    }
    match event.kind {
        EventKind::Finding | EventKind::FindingEnded => {
            let Some(finding) = event_finding(event) else { return texts.get("event-other") };
            args.set("headline", explain(&finding, knowledge, texts).headline);
            args.set("duration", format::duration(texts, number(data, "seconds")));
        }
        EventKind::SuddenStop => {
            args.set("time", format::date_clock(event.at, zone));
            args.set("code", data["code"].as_u64().map_or_else(String::new, format::error_code));
        }
        EventKind::Suspended => args.set("duration", format::duration(texts, number(data, "seconds"))),
        EventKind::ClockChanged => args.set("duration", format::duration(texts, number(data, "by_seconds").abs())),
        EventKind::Trouble => {
            let reason = data["reason"].as_str().unwrap_or_default();
            let mut reason = system_reason(reason, texts);
            if let Ok(note) = serde_json::from_value::<KnowledgeNote>(data["note"].clone()) {
                reason = knowledge_note(&note, texts);
            }
            if let Some(more) = data["more"].as_u64().filter(|more| *more > 0) {
                reason += &format!(" (+{more})");
            }
            let id = data["text"].as_str().filter(|id| texts.has(id));
            args.set("reason", id.map_or_else(|| reason.clone(), |id| texts.with_one(id, "reason", reason.clone())));
        }
        EventKind::Verdict => {
            args.set("duration", format::duration(texts, number(data, "seconds")));
            if let Some(by) = data["by"].as_str() {
                args.set("by", program_name(by, knowledge, texts.lang()));
            }
        }
        _ => {}
    }
    let text = texts.with(&text_id(event, texts), &args);
    match busy_text(data, knowledge, texts) {
        Some(busy) if event.kind == EventKind::SuddenStop => {
            args.set("text", text);
            args.set("busy", busy);
            texts.with("event-sudden_stop-with-busy", &args)
        }
        _ => text,
    }
}

/// The busiest programs at that time with their shares; `None` if not recorded.
fn busy_text(data: &Value, knowledge: &Knowledge, texts: &Texts) -> Option<String> {
    let program = |one: &Value| {
        let name = program_name(one["program"].as_str()?, knowledge, texts.lang());
        Some(format!("{name} {}", format::percent(one["cpu"].as_f64()?)))
    };
    let programs: Vec<String> = data["busy"].as_array()?.iter().filter_map(program).collect();
    (!programs.is_empty()).then(|| programs.join(" · "))
}

/// Text id for the event: that of its variant (a cause, a verdict, by force, the PC as a whole) if there is one,
/// otherwise that of its kind.
fn text_id(event: &Event, texts: &Texts) -> String {
    let data = &event.data;
    let remedy = data["remedy"].as_str().map_or_else(String::new, |remedy| format!("-{remedy}"));
    let base = format!("event-{}{remedy}", event.kind.id());
    let variants = [
        data["cause"].as_str().map(str::to_owned),
        data["verdict"].as_str().filter(|_| data["by"].is_string()).map(|verdict| format!("{verdict}-by")),
        data["verdict"].as_str().map(str::to_owned),
        data["force"].as_bool().filter(|force| *force).map(|_| "force".to_owned()),
        // This notification was not about one program.
        (event.kind == EventKind::Notified && event.subject.is_empty()).then(|| "machine".to_owned()),
        // Only watching ended; the cause of the finding may persist.
        data["watch"].as_str().map(|watch| format!("watch_{watch}")),
        data["undone"].as_str().map(|why| format!("undone-{why}")),
        data["undone"].as_str().map(|_| "undone".to_owned()),
        data["restarted"].as_bool().filter(|restarted| *restarted).map(|_| "restarted".to_owned()),
    ];
    let ids = variants.into_iter().flatten().map(|variant| format!("{base}-{variant}"));
    ids.chain([base.clone()]).find(|id| texts.has(id)).unwrap_or_else(|| "event-other".to_owned())
}

fn number(data: &Value, name: &str) -> f64 {
    data[name].as_f64().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::explain::Lang;
    use crate::model::At;

    #[test]
    fn every_event_has_a_whole_sentence_in_both_languages() {
        let knowledge = Knowledge::builtin().expect("tables");
        let data = [
            json!({"cause": "power_lost"}),
            json!({"cause": "system_error", "code": 0x7e}),
            json!({"cause": "power_button"}),
            json!({"cause": "orderly"}),
            json!({"cause": "too_costly"}),
            json!({"cause": "unknown"}),
            json!({"seconds": 28_800}),
            json!({"by_seconds": -3600}),
            json!({"verdict": "worked", "before": 0.93, "after": 0.12}),
            json!({"verdict": "no_change", "before": 0.93, "after": 0.92}),
            json!({"verdict": "no_change", "before": 0.93, "after": 0.92, "freed": 0.57, "by": "Chromium"}),
            json!({"verdict": "was_small", "before": 0.93, "after": 0.92, "freed": 0.02}),
            json!({"verdict": "came_back"}),
            json!({"verdict": "came_back", "by": "cron\n"}),
            json!({"verdict": "refused"}),
            json!({"verdict": "blocked"}),
            json!({"verdict": "cannot_tell"}),
            json!({"force": true}),
            json!({"remedy": "run_in_background", "lasting": true}),
            json!({"remedy": "run_in_background", "undone": "used", "complete": true}),
            json!({"remedy": "run_in_background", "undone": "asked", "complete": false}),
            json!({"remedy": "run_in_background", "verdict": "worked", "waited_before": 0.012, "waited": 0.001}),
            json!({"remedy": "run_in_background", "verdict": "no_change", "waited_before": 0.012, "waited": 0.011}),
            json!({"remedy": "run_in_background", "verdict": "nothing_waited"}),
            json!({"remedy": "startup_off"}),
            json!({"remedy": "startup_on"}),
            json!({"remedy": "startup", "undone": "asked"}),
            json!({"verdict": "stayed_away", "seconds": 300.0}),
            json!({"remedy": "again"}),
            json!({"remedy": "scan", "verdict": "nothing"}),
            json!({"remedy": "scan", "verdict": "found"}),
            json!({"remedy": "scan", "verdict": "not_scanned"}),
            json!({"remedy": "scan"}),
            json!({"remedy": "without_javascript"}),
            json!({"remedy": "with_javascript"}),
            json!({"remedy": "pause"}),
            json!({"remedy": "pause", "undone": "asked"}),
            json!({"remedy": "restart"}),
            json!({"remedy": "restart", "verdict": "worked", "before": 0.93, "after": 0.06}),
            json!({"remedy": "restart", "verdict": "no_change"}),
            json!({"remedy": "restart", "verdict": "nothing_before"}),
            json!({"remedy": "restart", "verdict": "not_restarted"}),
            json!({"remedy": "restart", "verdict": "cannot_tell"}),
            json!({"remedy": "restart", "verdict": "refused"}),
            json!({"restarted": true}),
            json!({"text": "trouble-full", "reason": ""}),
            json!({"text": "trouble-io", "reason": "x"}),
            json!({"text": "trouble-crash", "reason": "/a/b.log"}),
            json!({"text": "trouble-knowledge", "reason": "x", "more": 1, "note":
                {"table": "monitors", "id": null, "line": 1, "reason": {"kind": "value", "detail": "5"}}}),
            json!({"finding": {"rule": "of a newer version"}}),
            Value::Null,
        ];
        for &lang in Lang::ALL {
            let texts = Texts::new(lang);
            for &kind in EventKind::ALL {
                for data in &data {
                    // A verdict always has its word, trouble always its reason.
                    if data.get("verdict").is_none() && kind == EventKind::Verdict
                        || data.get("text").is_none() && kind == EventKind::Trouble
                        || data.get("by_seconds").is_none() && kind == EventKind::ClockChanged
                        || data.get("seconds").is_none() && kind == EventKind::Suspended
                    {
                        continue;
                    }
                    let event = Event::new(At(0), kind, "Google Chrome").with(data.clone());
                    let text = event_text(&event, &knowledge, &texts, &TimeZone::UTC);
                    assert!(!text.is_empty() && !text.contains(['{', '}', '$', '\n']), "{lang:?} {event:?}: {text}");
                    assert!(!text.starts_with("event-"), "{text}");
                }
            }
        }
    }

    #[test]
    fn what_was_reported_about_the_pc_as_a_whole_has_no_name() {
        let knowledge = Knowledge::builtin().expect("tables");
        for &lang in Lang::ALL {
            let texts = Texts::new(lang);
            let text = |subject| {
                let event = Event::new(At(0), EventKind::Notified, subject).with(json!({"rule": "cpu_hog"}));
                event_text(&event, &knowledge, &texts, &TimeZone::UTC)
            };
            assert!(!text("").contains('?'), "{}", text(""));
            assert!(text("burner").contains("burner"));
        }
    }

    #[test]
    fn an_end_of_watching_is_not_reported_as_the_end_of_the_cause() {
        let knowledge = Knowledge::builtin().expect("tables");
        let finding = json!({
            "rule": "cpu_hog", "severity": "look", "confidence": "high", "since": 0, "evidence": [],
            "subject": { "kind": "program", "group": "burner", "name": { "en": "burner", "ja": "burner" }, "path": null, "parts": 1 },
        });
        let expected = [(Lang::En, "Still going on", "Over after"), (Lang::Ja, "まだ続いて", "終わりました")];
        for (lang, still, over) in expected {
            let texts = Texts::new(lang);
            let text = |data| {
                let event = Event::new(At(0), EventKind::FindingEnded, "burner").with(data);
                event_text(&event, &knowledge, &texts, &TimeZone::UTC)
            };
            let monitor = text(json!({ "finding": finding, "seconds": 300.0, "watch": "ended" }));
            let cause = text(json!({ "finding": finding, "seconds": 300.0 }));
            assert!(monitor.contains(still) && !monitor.contains(over) && monitor.contains("burner"), "{monitor}");
            assert!(!cause.contains(still) && cause.contains(over), "{cause}");
        }
    }

    #[test]
    fn a_sudden_stop_tells_when_and_why() {
        let knowledge = Knowledge::builtin().expect("tables");
        let texts = Texts::new(Lang::En);
        let event = Event::new(At(0), EventKind::SuddenStop, "").with(json!({"cause": "system_error", "code": 126}));
        let text = event_text(&event, &knowledge, &texts, &TimeZone::UTC);
        assert!(text.contains("0x7E") && text.contains("00:00"), "{text}");
    }

    #[test]
    fn a_sudden_stop_tells_what_was_busy_before_it() {
        let knowledge = Knowledge::builtin().expect("tables");
        for &lang in Lang::ALL {
            let texts = Texts::new(lang);
            let text = |busy: Value| {
                let data = json!({ "cause": "power_lost", "busy": busy });
                event_text(&Event::new(At(0), EventKind::SuddenStop, "").with(data), &knowledge, &texts, &TimeZone::UTC)
            };
            let calm = text(json!([]));
            assert_eq!(calm, text(Value::Null));
            let busy =
                text(json!([{ "program": "burner", "cpu": 0.53 }, { "program": "film", "cpu": 0.2 }, { "cpu": 1 }]));
            assert!(busy.starts_with(&calm) && busy.contains("burner 53%") && busy.contains("film 20%"), "{busy}");
        }
    }

    #[test]
    fn a_stop_of_unknown_cause_is_not_called_a_loss_of_power() {
        let knowledge = Knowledge::builtin().expect("tables");
        for (lang, claims) in [(Lang::En, ["went off without", "sign of"]), (Lang::Ja, ["電源が切れました", "跡は"])]
        {
            let texts = Texts::new(lang);
            // Also for a cause that only a newer version knows.
            for cause in ["unknown", "meteorite"] {
                let event = Event::new(At(0), EventKind::SuddenStop, "").with(json!({ "cause": cause }));
                let text = event_text(&event, &knowledge, &texts, &TimeZone::UTC);
                assert!(claims.iter().all(|claim| !text.contains(claim)), "{text}");
            }
        }
    }
}
