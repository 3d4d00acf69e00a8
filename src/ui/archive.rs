//! What the window reads from the recording, for the worker: always read-only, always from the newest file.

use std::sync::Arc;
use std::time::Duration;

use super::snapshot::Recorded;
use crate::agent;
use crate::model::{At, Event, EventKind, History, Machine, Sample, Seconds};
use crate::recorder::{self, Inbox, Reader, RecorderError, Tier, file_bytes};
use crate::settings::recording_path;

/// A window that opens knows the last minutes at once, as far as they were recorded.
const RECENT: Seconds = Seconds(7200.0);

/// So often the agent is asked to delete the recording, with a pause in between: somebody else may read it.
const FORGET_TRIES: u32 = 6;
const FORGET_PAUSE: Duration = Duration::from_millis(500);

/// The samples of the last two hours, oldest first. Their processes are left out: what is closed must be what is
/// running now, not what was running when it was recorded.
pub(super) fn recent(now: At) -> Vec<Arc<Sample>> {
    // A running agent writes down what it knows, so that there is no hole before the first look of this window.
    let _ = agent::fresh_status();
    let Some(reader) = open() else { return Vec::new() };
    let samples = reader.samples(Tier::Raw, now.minus(RECENT), now).unwrap_or_default();
    samples
        .into_iter()
        .filter(|sample| !sample.programs.is_empty())
        .map(|sample| Arc::new(without_members(sample)))
        .collect()
}

/// What was closed with this program in the same time, by its English name, and when.
pub(super) fn closed(now: At) -> Vec<(String, At)> {
    let actions = |event: Event| (event.kind == EventKind::Action).then_some((event.subject, event.at));
    recorded(RECENT, now).events.into_iter().filter_map(actions).collect()
}

/// The last `range`, as coarse as it was kept.
pub(super) fn past(range: Seconds, machine: &Machine, now: At) -> History {
    let mut history = History::short(machine.clone(), Seconds(range.0 + 3600.0));
    let Some(reader) = open() else { return history };
    for sample in reader.samples(Tier::for_range(range), now.minus(range), now).unwrap_or_default() {
        history.push(Arc::new(without_members(sample)));
    }
    history
}

/// What happened in the last `range`, newest first, and how the recording and the agent are.
pub(super) fn recorded(range: Seconds, now: At) -> Recorded {
    let path = recording_path();
    let reader = open();
    let from = now.minus(range);
    let mut events: Vec<Event> = reader.as_ref().and_then(|reader| reader.events(from, now).ok()).unwrap_or_default();
    if let Some(path) = &path {
        events.extend(Inbox::beside(path).peek().into_iter().filter(|event| event.at >= from));
    }
    events.sort_by_key(|event| std::cmp::Reverse(event.at));
    Recorded {
        events,
        span: reader.and_then(|reader| reader.span().ok().flatten()),
        bytes: path.as_deref().filter(|path| path.exists()).map(file_bytes),
        path: path.map(|path| path.display().to_string()),
        agent: agent::status(),
        read: Some((now, range)),
    }
}

/// Deletes all that was recorded: by the agent, the only writer, or here when none runs. The endpoint of the agent does
/// nothing that changes the PC, so the wish lies beside the recording and the agent is only woken.
///
/// # Errors
/// Why not: what the system says, or nothing when the recording is in use or cannot be written.
pub(super) fn forget(now: At) -> Result<(), Option<String>> {
    let Some(path) = recording_path() else { return Ok(()) };
    if agent::status().is_none() {
        return recorder::forget(&path, now).map_err(|error| match error {
            RecorderError::Locked | RecorderError::ReadOnly(_) => None,
            other => Some(other.to_string()),
        });
    }
    let inbox = Inbox::beside(&path);
    inbox.ask_to_forget().map_err(|error| Some(error.to_string()))?;
    for _ in 0..FORGET_TRIES {
        // It writes before it answers, and does this with each write.
        let _ = agent::fresh_status();
        if !inbox.is_forget_asked() {
            return Ok(());
        }
        std::thread::sleep(FORGET_PAUSE);
    }
    if inbox.end_forget() { Err(None) } else { Ok(()) }
}

fn open() -> Option<Reader> {
    Reader::open(&recording_path()?).ok().flatten()
}

fn without_members(mut sample: Sample) -> Sample {
    for program in &mut sample.programs {
        program.members = Arc::default();
    }
    sample
}
