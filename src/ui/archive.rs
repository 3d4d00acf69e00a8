//! Reads the recording for the worker: always read-only, reopened for each read.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::intent::{Period, Range};
use super::snapshot::{Recorded, Unreadable};
use crate::ipc;
use crate::model::{At, Event, EventKind, History, Machine, Reading, Sample, Seconds};
use crate::recorder::{self, Inbox, Reader, RecorderError, Tier, file_bytes};

/// Length of the recorded past that a new window loads, so that its charts do not start empty.
const RECENT: Seconds = Seconds::from_hours(2.0);

/// Span of one mean in the week's charts: about as many means as a chart has points across.
const WEEK_STEP: Seconds = Seconds::from_minutes(10.0);

/// Attempts to have the agent delete the recording, with a pause between them: a reader may be holding it.
const ERASE_ATTEMPTS: u32 = 6;
const ERASE_RETRY: Duration = Duration::from_millis(500);

/// The samples of the last two hours, oldest first. Without their processes: what gets closed must be what runs now,
/// not what ran when it was recorded.
pub(super) fn recent(path: Option<&Path>, now: At) -> Vec<Arc<Sample>> {
    // A running agent flushes before it answers, so that there is no gap before the first sample of this window.
    let _ = ipc::fresh_status();
    let Some(reader) = open(path) else { return Vec::new() };
    let mut samples = reader.samples(Tier::Raw, now - RECENT, now).unwrap_or_default();
    samples.retain(|sample| !sample.programs.is_empty());
    mark_suspends(&mut samples, &reader.events(now - RECENT, now).unwrap_or_default());
    samples.into_iter().map(|sample| Arc::new(without_members(sample))).collect()
}

/// Marks the first sample after each suspend, which the recording keeps as an event.
fn mark_suspends(samples: &mut [Sample], events: &[Event]) {
    for event in events.iter().filter(|event| event.kind == EventKind::Suspended) {
        let first = samples.iter_mut().find(|sample| sample.at >= event.at);
        if let (Some(sample), Some(seconds)) = (first, event.data["seconds"].as_f64()) {
            sample.slept = Reading::Known(Seconds(seconds));
        }
    }
}

/// Programs closed with this program in the same time, by English name, and when; without those the user has started again.
pub(super) fn closed_programs(path: Option<&Path>, now: At) -> Vec<(String, At)> {
    // Newest first.
    let events = recorded(path, RECENT, now).events;
    let is_back =
        |index: usize, name: &str| events[..index].iter().any(|event| event.is_start() && event.subject == name);
    let closed =
        events.iter().enumerate().filter(|(index, event)| event.is_close() && !is_back(*index, &event.subject));
    closed.map(|(_, event)| (event.subject.clone(), event.at)).collect()
}

/// The samples of a period, at the resolution kept for it.
pub(super) fn past(path: Option<&Path>, period: Period, machine: &Machine, now: At) -> History {
    let range = period.range.seconds();
    let mut history = History::short(machine.clone(), Seconds(range.0 + 3600.0));
    let Some(reader) = open(path) else { return history };
    let (from, to) = (period.begin(now), period.edge(now));
    let samples = match (period.range, period.end) {
        (Range::Week, _) => reader.means(WEEK_STEP, from, to),
        // An hour of another day is drawn from its minutes.
        (Range::Hour, Some(_)) => reader.samples(Tier::Minute, from, to),
        _ => reader.samples(Tier::for_range(range), from, to),
    };
    for sample in samples.unwrap_or_default() {
        history.push(Arc::new(without_members(sample)));
    }
    history
}

/// Events of the last `range`, newest first, and the state of the recording and of the agent.
pub(super) fn recorded(path: Option<&Path>, range: Seconds, now: At) -> Recorded {
    let from = now - range;
    let read = path.map_or(Err(Unreadable::NoFolder), |path| read(path, from, now).map_err(Unreadable::from));
    let (Past { mut events, mut span, watched }, unreadable) = match read {
        Ok(past) => (past, None),
        Err(why) => (Past::default(), Some(why)),
    };
    let mut bytes = path.filter(|path| path.exists()).map(file_bytes);
    if let Some(path) = path {
        // What waits for the agent is recorded, also where no agent has ever run.
        let inbox = Inbox::beside(path);
        let waiting = inbox.peek();
        if unreadable.is_none() {
            span = span_with(span, waiting.iter().map(|event| event.at));
        }
        bytes = (bytes.is_some() || !waiting.is_empty()).then(|| bytes.unwrap_or_default() + inbox.bytes());
        events.extend(waiting.into_iter().filter(|event| event.at >= from));
    }
    events.sort_by_key(|event| std::cmp::Reverse(event.at));
    Recorded {
        events,
        span,
        watched,
        bytes,
        path: path.map(|path| path.display().to_string()),
        agent: ipc::status(),
        read: Some((now, range)),
        unreadable,
    }
}

/// Events, the recorded time span, and how long the PC was watched in it.
#[derive(Default)]
struct Past {
    events: Vec<Event>,
    span: Option<(At, At)>,
    watched: Seconds,
}

/// Reads what was recorded since `from`.
fn read(path: &Path, from: At, now: At) -> Result<Past, RecorderError> {
    let Some(reader) = Reader::open(path)? else { return Ok(Past::default()) };
    let ends = reader.event_span()?.into_iter().flat_map(|(first, last)| [first, last]);
    let span = span_with(reader.span()?, ends);
    Ok(Past { events: reader.events(from, now)?, span, watched: reader.watched()? })
}

/// The span of samples, extended to these times of events.
fn span_with(samples: Option<(At, At)>, events: impl Iterator<Item = At>) -> Option<(At, At)> {
    events.fold(samples, |span, at| Some(span.map_or((at, at), |(first, last)| (first.min(at), last.max(at)))))
}

impl From<RecorderError> for Unreadable {
    fn from(error: RecorderError) -> Self {
        match error {
            RecorderError::NewerSchema(_) => Self::Newer,
            RecorderError::OlderSchema(_) => Self::Older,
            RecorderError::Locked => Self::Locked,
            RecorderError::ReadOnly(_) => Self::NotAllowed,
            RecorderError::Damaged(_) => Self::Damaged,
            other @ (RecorderError::Full | RecorderError::Io(_)) => Self::Other(other.to_string()),
        }
    }
}

/// Deletes the recording: through the agent, the only writer, or here when none runs. The agent's endpoint does nothing
/// that changes the PC, so the request is a file beside the recording and the agent is only woken.
///
/// # Errors
/// The system's reason, or `None` when the recording is in use or cannot be written.
pub(super) fn erase(path: Option<&Path>, now: At) -> Result<(), Option<String>> {
    let Some(path) = path else { return Ok(()) };
    if ipc::status().is_none() {
        return recorder::erase(path, now).map_err(|error| match error {
            RecorderError::Locked | RecorderError::ReadOnly(_) => None,
            other => Some(other.to_string()),
        });
    }
    let inbox = Inbox::beside(path);
    inbox.request_erase().map_err(|error| Some(error.to_string()))?;
    for _ in 0..ERASE_ATTEMPTS {
        // The agent flushes before it answers, and handles the request with each flush.
        let _ = ipc::fresh_status();
        if !inbox.is_erase_requested() {
            return Ok(());
        }
        std::thread::sleep(ERASE_RETRY);
    }
    if inbox.finish_erase() { Err(None) } else { Ok(()) }
}

fn open(path: Option<&Path>) -> Option<Reader> {
    Reader::open(path?).ok().flatten()
}

fn without_members(mut sample: Sample) -> Sample {
    for program in &mut sample.programs {
        program.members = Arc::default();
    }
    sample
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorder::{Limits, Recorder, Run};

    /// Regression: with five rows in History, Settings said that nothing was recorded and offered no deletion.
    #[test]
    fn what_waits_for_the_agent_is_recorded() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("recording.db");
        let seen = || {
            let recorded = recorded(Some(&path), Seconds(60.0), At(1_000_000));
            (recorded.events.len(), recorded.span, recorded.bytes.is_some_and(|bytes| bytes > 0))
        };
        assert_eq!(seen(), (0, None, false));
        let inbox = Inbox::beside(&path);
        for at in [1000, 990_000] {
            inbox.put(&Event::new(At(at), EventKind::Action, "burner")).expect("put");
        }
        // One of them is older than what was asked for.
        assert_eq!(seen(), (1, Some((At(1000), At(990_000))), true));
        recorder::erase(&path, At(1_000_000)).expect("erased");
        assert_eq!(seen(), (0, None, false));
        let run = Run { boot_id: None, version: "0".to_owned(), started: At(500) };
        let (mut recorder, _) = Recorder::open(&path, &run, Limits::default()).expect("opened");
        recorder.note(&Event::new(At(600), EventKind::Started, ""));
        recorder.end(At(3000)).expect("ended");
        assert_eq!(seen().1.map(|(first, _)| first), Some(At(600)));
    }

    #[test]
    fn a_recording_that_cannot_be_read_is_not_called_an_empty_one() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("recording.db");
        let why = || read(&path, At(0), At(10_000)).map_err(Unreadable::from).err();
        assert_eq!(why(), None, "there is none");
        let run = Run { boot_id: None, version: "0".to_owned(), started: At(1000) };
        let (mut recorder, _) = Recorder::open(&path, &run, Limits::default()).expect("opened");
        recorder.note(&Event::new(At(2000), EventKind::Started, ""));
        recorder.end(At(3000)).expect("ended");
        assert_eq!(read(&path, At(0), At(10_000)).map(|past| past.events.len()).ok(), Some(1));
        let set_version = |version: u32| {
            let db = rusqlite::Connection::open(&path).expect("opened");
            db.pragma_update(None, "user_version", version).expect("set");
        };
        // A version that its tables are not of.
        for version in [1, 99] {
            set_version(version);
            assert_eq!(why(), Some(Unreadable::Damaged));
        }
        let db = rusqlite::Connection::open(&path).expect("opened");
        db.execute_batch("ALTER TABLE run ADD COLUMN later INTEGER").expect("changed");
        drop(db);
        assert_eq!(why(), Some(Unreadable::Newer));
        std::fs::remove_file(&path).expect("removed");
        let older = include_str!("../../tests/all/recordings/schema-4.sql");
        rusqlite::Connection::open(&path).and_then(|db| db.execute_batch(older)).expect("an older one");
        assert_eq!(why(), Some(Unreadable::Older));
        std::fs::write(&path, "no recording".repeat(2000)).expect("written");
        assert_eq!(why(), Some(Unreadable::Damaged));
    }

    #[test]
    fn the_first_sample_after_a_sleep_says_how_long_it_was() {
        let sample = |at| Sample { at: At(at), ..Sample::default() };
        let mut samples = [sample(1000), sample(9000), sample(11_000)];
        let slept = Event::new(At(8990), EventKind::Suspended, "").with(serde_json::json!({ "seconds": 6.5 }));
        mark_suspends(&mut samples, &[Event::new(At(500), EventKind::Started, ""), slept]);
        let known = samples.map(|sample| sample.slept.get());
        assert_eq!(known, [None, Some(Seconds(6.5)), None]);
    }
}
