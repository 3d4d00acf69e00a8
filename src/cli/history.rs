//! `mimamori history`: prints the recorded events, and the programs that used the PC minute by minute.

use std::path::Path;

use fluent_bundle::FluentArgs;
use serde_json::{Value, json};

use super::{HistoryOptions, PATH_CHARS};
use crate::console::{Output, Style};
use crate::context::Context;
use crate::exit::Exit;
use crate::explain::{Texts, event_text, format, program_name, system_reason};
use crate::ipc;
use crate::model::{At, DisplayName, Event, EventKind, Fraction, ProgramSample, Reading, Sample, Seconds, Use};
use crate::monitor::now;
use crate::recorder::{Inbox, Reader, RecorderError, Tier};
use crate::report::AtForm;
use crate::settings::{home_of_another_user, recording_path};

/// Name and version of the JSON format.
const SCHEMA: &str = "mimamori.timeline/1";
/// Programs per minute in JSON.
const PROGRAMS: usize = 5;
/// Programs per line of text.
const NAMES: usize = 3;
/// Minutes printed as text; scripts get all of them as JSON.
const MINUTES: usize = 120;

/// Reads the recording and prints it.
pub(super) fn run(options: &HistoryOptions, context: &Context, output: &mut Output) -> Exit {
    let texts = context.texts(options.lang.unwrap_or(context.lang));
    // Makes a running agent write what it has not written yet.
    let _ = ipc::fresh_status();
    let timeline = match read(options.since, now()) {
        Ok(Some(timeline)) => timeline,
        Ok(None) => {
            let home = home_of_another_user().map(|home| DisplayName::new(&home.to_string_lossy()).as_str().to_owned());
            let foreign = home.map(|home| texts.with_one("home-of-another-user", "path", home));
            output.note(&foreign.unwrap_or_else(|| texts.get("history-none")));
            return Exit::Unavailable;
        }
        Err(error) => {
            output.error(&cannot_read(&error, texts));
            return Exit::Unavailable;
        }
    };
    if options.json {
        output.json(&timeline.to_json(context).to_string());
    } else {
        output.text(&timeline.to_text(texts, context, output));
    }
    let found = timeline.events.iter().any(|event| matches!(event.kind, EventKind::Finding | EventKind::SuddenStop));
    if found { Exit::Found } else { Exit::Fine }
}

/// Why there is nothing to print, in the words of the window's History.
fn cannot_read(error: &RecorderError, texts: &Texts) -> String {
    let path = recording_path().unwrap_or_default();
    let mut args = FluentArgs::new();
    args.set("path", DisplayName::with_limit(&path.to_string_lossy(), PATH_CHARS).as_str().to_owned());
    let id = match error {
        RecorderError::NewerSchema(_) => "history-trouble-newer",
        RecorderError::OlderSchema(_) => "history-unread-older",
        RecorderError::Locked => "history-unread-locked",
        RecorderError::ReadOnly(_) => "history-unread-not-allowed",
        RecorderError::Damaged(_) => "history-unread-damaged",
        RecorderError::Full | RecorderError::Io(_) => {
            args.set("reason", system_reason(&error.to_string(), texts));
            "history-unread-other"
        }
    };
    texts.with(id, &args)
}

struct Timeline {
    from: At,
    to: At,
    /// The part of `from..=to` that is recorded; `None` if none is.
    recorded: Option<(At, At)>,
    events: Vec<Event>,
    minutes: Vec<Sample>,
}

fn read(since: Seconds, to: At) -> Result<Option<Timeline>, RecorderError> {
    let Some(path) = recording_path() else { return Ok(None) };
    read_at(&path, to - since, to)
}

/// The recording at `path`, with what waits for the agent beside it; `None` if nothing was ever recorded.
fn read_at(path: &Path, from: At, to: At) -> Result<Option<Timeline>, RecorderError> {
    let (reader, waiting) = (Reader::open(path)?, Inbox::beside(path).peek());
    if reader.is_none() && waiting.is_empty() {
        return Ok(None);
    }
    let (mut events, mut minutes, mut span) = (Vec::new(), Vec::new(), None);
    if let Some(reader) = reader {
        events = reader.events(from, to)?;
        minutes = reader.samples(Tier::Minute, from, to)?;
        span = reader.span()?;
    }
    events.extend(waiting.into_iter().filter(|event| event.at >= from));
    events.sort_by_key(|event| event.at);
    let recorded = recorded(span, &events, from, to);
    Ok(Some(Timeline { from, to, recorded, events, minutes }))
}

/// The part of `from..=to` that samples (`span` of all that are kept) and events cover.
fn recorded(span: Option<(At, At)>, events: &[Event], from: At, to: At) -> Option<(At, At)> {
    let samples = span.filter(|(first, last)| *first <= to && *last >= from);
    let samples = samples.map(|(first, last)| (first.max(from), last.min(to)));
    let events = events.first().zip(events.last()).map(|(first, last)| (first.at, last.at));
    match (samples, events) {
        (Some(samples), Some(events)) => Some((samples.0.min(events.0), samples.1.max(events.1))),
        (one, other) => one.or(other),
    }
}

impl Timeline {
    fn to_json(&self, context: &Context) -> Value {
        let events: Vec<Value> = self
            .events
            .iter()
            .map(|event| {
                let text = |texts: &Texts| event_text(event, &context.knowledge, texts, &Context::zone());
                json!({
                    "at": AtForm::Text.write(event.at),
                    "kind": event.kind,
                    "subject": event.subject,
                    "data": event.data,
                    "text": { "ja": text(&context.ja), "en": text(&context.en) },
                })
            })
            .collect();
        let minutes: Vec<Value> = self.minutes.iter().map(minute_json).collect();
        json!({
            "schema": SCHEMA,
            "from": AtForm::Text.write(self.from),
            "to": AtForm::Text.write(self.to),
            "recorded_from": self.recorded.map(|(first, _)| AtForm::Text.write(first)),
            "recorded_to": self.recorded.map(|(_, last)| AtForm::Text.write(last)),
            "events": events,
            "minutes": minutes,
        })
    }

    fn to_text(&self, texts: &Texts, context: &Context, output: &Output) -> String {
        let zone = &Context::zone();
        let mut args = FluentArgs::new();
        let (from, to) = self.recorded.unwrap_or((self.from, self.to));
        args.set("from", format::date_clock(from, zone));
        args.set("to", format::date_clock(to, zone));
        let range = if self.recorded.is_some() { "history-range" } else { "history-range-asked" };
        let mut lines = vec![texts.with(range, &args)];
        if self.events.is_empty() && self.minutes.is_empty() {
            lines.push(texts.get("history-empty"));
            return lines.join("\n") + "\n";
        }
        lines.push(String::new());
        lines.push(output.styled(Style::Strong, &texts.get("history-events")));
        for event in &self.events {
            let text = event_text(event, &context.knowledge, texts, zone);
            lines.push(format!("  {}  {text}", format::date_clock(event.at, zone)));
        }
        lines.push(String::new());
        lines.push(output.styled(Style::Strong, &texts.get("history-minutes")));
        let left_out = self.minutes.len().saturating_sub(MINUTES);
        for minute in self.minutes.iter().skip(left_out) {
            lines.push(minute_text(minute, texts, context));
        }
        if left_out > 0 {
            let mut args = FluentArgs::new();
            args.set("number", left_out);
            lines.push(format!("  {}", texts.with("history-more-minutes", &args)));
        }
        lines.join("\n") + "\n"
    }
}

fn minute_text(minute: &Sample, texts: &Texts, context: &Context) -> String {
    let unknown = || texts.get("unknown-value");
    let cpu = minute.cpu.get().map_or_else(unknown, |cpu| format::percent(cpu.get()));
    let used = minute.memory.get().map_or_else(unknown, |memory| format::bytes(memory.used.0 as f64));
    let memory = texts.with_one("history-memory", "value", used);
    let name = |program: &ProgramSample| {
        let name = program_name(&program.name, &context.knowledge, texts.lang());
        format!("{name} {}", format::percent(program.cpu.get()))
    };
    let busy = minute.programs.iter().filter(|program| program.cpu.get() >= 0.005).take(NAMES);
    let programs: Vec<String> = busy.map(name).collect();
    format!("  {}  CPU {cpu:>6}  {memory}  {}", format::date_clock(minute.at, &Context::zone()), programs.join(" · "))
        .trim_end()
        .to_owned()
}

fn minute_json(minute: &Sample) -> Value {
    let number = |reading: Reading<f64>| reading.get();
    let programs: Vec<Value> = minute.programs.iter().take(PROGRAMS).map(program_json).collect();
    json!({
        "at": AtForm::Text.write(minute.at),
        "seconds": minute.span.0,
        "cpu": number(minute.cpu.map(Fraction::get)),
        "mem_used_bytes": minute.memory.get().map(|memory| memory.used),
        "disk_read_bps": number(minute.disk_read.map(|rate| rate.0)),
        "disk_write_bps": number(minute.disk_write.map(|rate| rate.0)),
        "net_rx_bps": number(minute.net_rx.map(|rate| rate.0)),
        "net_tx_bps": number(minute.net_tx.map(|rate| rate.0)),
        "net_users": users(&minute.net_users, |part| json!({ "rx_bps": part.rx, "tx_bps": part.tx })),
        "gpu": number(minute.gpu.map(Fraction::get)),
        "gpu_users": users(&minute.gpu_users, |part| json!({ "gpu": part })),
        "everything_else_cpu": number(minute.everything_else.map(Fraction::get)),
        "programs": programs,
    })
}

/// Programs and their shares in the form of the check's JSON; null when not recorded.
fn users<T: Copy>(users: &Reading<Vec<Use<T>>>, part: impl Fn(T) -> Value) -> Value {
    let Some(users) = users.known() else { return Value::Null };
    let user = |user: &Use<T>| {
        let mut value = part(user.part);
        value["program"] = (&*user.program).into();
        value
    };
    users.iter().map(user).collect()
}

fn program_json(program: &ProgramSample) -> Value {
    let busiest = program.members.first().map(|member| member.key);
    json!({
        "name": program.name,
        "path": program.path,
        "pid": busiest.map(|key| key.pid),
        "start": busiest.map(|key| key.start_time),
        "cpu": program.cpu,
        "mem_bytes": program.memory,
        "disk_bps": program.disk.get().map(|rate| rate.0),
        "parts": program.parts,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Regression: what the window had put beside the recording was "nothing yet" until an agent ran.
    #[test]
    fn what_waits_for_the_agent_is_printed() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("recording.db");
        assert!(read_at(&path, At(0), At(9000)).expect("nothing").is_none());
        Inbox::beside(&path).put(&Event::new(At(5000), EventKind::Action, "burner")).expect("put");
        let timeline = read_at(&path, At(0), At(9000)).expect("readable").expect("an event");
        assert_eq!((timeline.events.len(), timeline.recorded), (1, Some((At(5000), At(5000)))));
    }
}
