//! Writes samples and events to the recording, or keeps them in memory while that is impossible and reports why once.

use std::path::{Path, PathBuf};

use crate::model::{At, Event, EventKind, Sample, Seconds};
use crate::recorder::{Inbox, Limits, PendingBatch, PreviousRun, Recorder, RecorderError, Run};

/// Write interval while a finding is active; bounds what a power cut loses.
const BATCH: Seconds = Seconds(60.0);
/// Write interval while nothing is active. Disks write blocks of 4 KB, and every write touches the log and its index
/// however little is new: one write a minute came to 35 MB a day at 2 % load.
const CALM_BATCH: Seconds = Seconds(180.0);
/// First delay before a retry…
const FIRST_RETRY: Seconds = Seconds(5.0);
/// …and the longest; it doubles in between.
const LONGEST_RETRY: Seconds = Seconds(600.0);

/// Why the recording is not written. Each has a text id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordingUnavailable {
    /// There is no folder for it.
    NoFolder,
    /// The folder is on a network, where SQLite's log is not safe.
    Network,
    /// Written by a newer version of this program.
    Newer,
    /// Locked by another program.
    Locked,
    /// No permission to write.
    ReadOnly,
    /// The disk is full.
    Full,
    /// Any other failure, in the system's words.
    Io(String),
}

impl RecordingUnavailable {
    /// All text ids.
    pub const TEXTS: [&'static str; 7] = [
        "trouble-no-folder",
        "trouble-network",
        "trouble-newer",
        "trouble-locked",
        "trouble-read-only",
        "trouble-full",
        "trouble-io",
    ];

    /// Text id.
    pub const fn text(&self) -> &'static str {
        match self {
            Self::NoFolder => "trouble-no-folder",
            Self::Network => "trouble-network",
            Self::Newer => "trouble-newer",
            Self::Locked => "trouble-locked",
            Self::ReadOnly => "trouble-read-only",
            Self::Full => "trouble-full",
            Self::Io(_) => "trouble-io",
        }
    }

    /// The system's message, where there is one.
    pub fn reason(&self) -> &str {
        match self {
            Self::Io(reason) => reason,
            _ => "",
        }
    }

    /// Returns `true` when a retry could succeed.
    const fn is_transient(&self) -> bool {
        !matches!(self, Self::NoFolder | Self::Network | Self::Newer)
    }
}

impl From<RecorderError> for RecordingUnavailable {
    fn from(error: RecorderError) -> Self {
        match error {
            RecorderError::NewerSchema(_) => Self::Newer,
            RecorderError::Locked => Self::Locked,
            RecorderError::ReadOnly(_) => Self::ReadOnly,
            RecorderError::Full => Self::Full,
            other => Self::Io(other.to_string()),
        }
    }
}

/// Something about the recording that the user should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordingNotice {
    /// Samples are kept in memory only; reported once per cause.
    InMemory(RecordingUnavailable),
    /// The recording was damaged and set aside.
    Quarantined,
    /// The recording was erased at the user's request.
    Erased,
}

/// Buffers samples and events and writes them in batches.
pub struct RecordingWriter {
    path: Option<PathBuf>,
    run: Run,
    recorder: Option<Recorder>,
    inbox: Option<Inbox>,
    previous: Option<PreviousRun>,
    trouble: Option<RecordingUnavailable>,
    /// Pending data from before the recording could be opened.
    pending: PendingBatch,
    retry_delay: Seconds,
    /// Time of the last write or attempt.
    last_attempt: At,
    /// Time of the newest that was added or written.
    newest: At,
    has_ended: bool,
    notices: Vec<RecordingNotice>,
    /// Events from the window that are on their way to the disk: handed to the recorder once, however often writing
    /// fails.
    taken: Vec<Event>,
    /// Events from the window that have been recorded.
    recorded: Vec<Event>,
    /// The latest autostart list, needed again when a recording is opened or started anew.
    autostarts: Option<Vec<String>>,
}

impl RecordingWriter {
    /// Opens the recording at `path`; while that fails, data is kept in memory.
    pub fn open(path: Result<PathBuf, RecordingUnavailable>, run: Run) -> Self {
        let (path, trouble) = match path {
            Ok(path) => (Some(path), None),
            Err(trouble) => (None, Some(trouble)),
        };
        let mut recording_writer = Self {
            inbox: path.as_deref().map(Inbox::beside),
            path,
            last_attempt: run.started,
            newest: run.started,
            has_ended: false,
            run,
            recorder: None,
            previous: None,
            taken: Vec::new(),
            recorded: Vec::new(),
            autostarts: None,
            notices: trouble.iter().cloned().map(RecordingNotice::InMemory).collect(),
            trouble,
            pending: PendingBatch::default(),
            retry_delay: Seconds(0.0),
        };
        recording_writer.try_open();
        recording_writer
    }

    fn try_open(&mut self) {
        let Some(path) = self.path.as_ref().filter(|_| self.recorder.is_none()) else { return };
        match Recorder::open(path, &self.run, Limits::default()) {
            Ok((mut recorder, opened)) => {
                recorder.take_over(std::mem::take(&mut self.pending));
                if let Some(identities) = &self.autostarts {
                    recorder.add_autostarts(identities.clone());
                }
                if opened.quarantined.is_some() {
                    self.notices.push(RecordingNotice::Quarantined);
                }
                self.previous = self.previous.take().or(opened.previous);
                self.recorder = Some(recorder);
                self.clear_trouble();
            }
            Err(error) => self.set_trouble(error.into()),
        }
    }

    fn clear_trouble(&mut self) {
        self.trouble = None;
        self.retry_delay = Seconds(0.0);
    }

    fn set_trouble(&mut self, trouble: RecordingUnavailable) {
        if self.trouble.as_ref() != Some(&trouble) {
            self.notices.push(RecordingNotice::InMemory(trouble.clone()));
        }
        if !trouble.is_transient() {
            self.path = None;
            self.pending = PendingBatch::default();
        }
        self.trouble = Some(trouble);
        self.retry_delay = if self.retry_delay.0 <= 0.0 {
            FIRST_RETRY
        } else {
            Seconds((self.retry_delay.0 * 2.0).min(LONGEST_RETRY.0))
        };
    }

    fn interval(&self, calm: bool) -> Seconds {
        match (self.retry_delay, calm) {
            (retry, _) if retry.0 > 0.0 => retry,
            (_, true) => CALM_BATCH,
            (_, false) => BATCH,
        }
    }

    /// Path of the recording; `None` when it can never be opened.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The previous run, known once the recording is open and until it is taken.
    pub const fn previous(&self) -> Option<&PreviousRun> {
        self.previous.as_ref()
    }

    /// Takes the previous run.
    pub fn take_previous(&mut self) -> Option<PreviousRun> {
        self.previous.take()
    }

    /// Takes the pending notices.
    pub fn take_notices(&mut self) -> Vec<RecordingNotice> {
        std::mem::take(&mut self.notices)
    }

    /// Takes the events from the window recorded since the last call.
    pub fn take_recorded(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.recorded)
    }

    /// Why nothing is being written, if so.
    pub const fn trouble(&self) -> Option<&RecordingUnavailable> {
        self.trouble.as_ref()
    }

    /// Size on disk in bytes; `None` while in memory only.
    pub fn bytes(&self) -> Option<u64> {
        self.recorder.as_ref().map(Recorder::file_bytes)
    }

    /// Adds a sample.
    pub fn add(&mut self, sample: &Sample) {
        self.newest = sample.at;
        if let Some(recorder) = &mut self.recorder {
            recorder.add(sample);
        } else if self.path.is_some() {
            self.pending.add(sample);
        }
    }

    /// Adds an event.
    pub fn note(&mut self, event: &Event) {
        if let Some(recorder) = &mut self.recorder {
            recorder.note(event);
        } else if self.path.is_some() {
            self.pending.note(event);
        }
    }

    /// Sets the autostart list, by [`crate::model::Autostart::identity`].
    pub fn set_autostarts(&mut self, identities: Vec<String>) {
        if let Some(recorder) = &mut self.recorder {
            recorder.add_autostarts(identities.clone());
        }
        self.autostarts = Some(identities);
    }

    /// Writes when it is due or the window has left something in the inbox. `calm`: see [`super::loads::is_calm`].
    pub fn step(&mut self, now: At, calm: bool) {
        let is_inbox_waiting = self.trouble.is_none() && self.inbox.as_ref().is_some_and(Inbox::is_waiting);
        if is_inbox_waiting || now.since(self.last_attempt).0 >= self.interval(calm).0 {
            self.flush(now);
        }
    }

    /// Writes now.
    pub fn flush(&mut self, now: At) {
        (self.last_attempt, self.newest) = (now, now);
        self.try_open();
        self.erase(now);
        let Some(recorder) = &mut self.recorder else { return };
        // Events from the window leave the inbox only once this write has made them safe.
        if self.taken.is_empty() {
            self.taken = self.inbox.as_ref().map(Inbox::take).unwrap_or_default();
            for event in &self.taken {
                recorder.note(event);
            }
        }
        let mut flushed = recorder.flush(now);
        if matches!(flushed, Err(RecorderError::Damaged(_))) {
            if let Some(identities) = &self.autostarts {
                recorder.add_autostarts(identities.clone());
            }
            self.notices.push(RecordingNotice::Quarantined);
            // Sets the file aside and starts a new one with what is pending.
            flushed = recorder.flush(now);
        }
        match flushed {
            Ok(()) => {
                if let Some(inbox) = &self.inbox {
                    inbox.drop_taken();
                }
                self.recorded.append(&mut self.taken);
                self.clear_trouble();
            }
            Err(error) => self.set_trouble(error.into()),
        }
    }

    /// Erases the recording when the window has requested it. On failure the request stands until it succeeds or the
    /// window withdraws it.
    fn erase(&mut self, now: At) {
        let Some(inbox) = self.inbox.as_ref().filter(|inbox| inbox.is_erase_requested()) else { return };
        let Some(recorder) = &mut self.recorder else { return };
        inbox.discard();
        self.taken.clear();
        self.previous = None;
        if recorder.erase(now).is_ok() {
            self.autostarts = None;
            inbox.finish_erase();
            self.notices.push(RecordingNotice::Erased);
        }
    }

    /// Shifts all times by `milliseconds`, after the clock was corrected by as much.
    pub fn shift(&mut self, milliseconds: i64, now: At) {
        self.pending.shift(milliseconds);
        // An open recorder shifts its own rows.
        self.run.started.0 = self.run.started.0.saturating_add(milliseconds);
        for at in [&mut self.last_attempt, &mut self.newest] {
            at.0 = at.0.saturating_add(milliseconds);
        }
        if let Some(recorder) = &mut self.recorder
            && let Err(error) = recorder.shift_clock(milliseconds, now)
        {
            self.set_trouble(error.into());
        }
    }

    /// Writes the rest and marks the run as clean. Whatever is added afterwards is dropped.
    pub fn end(&mut self, now: At) {
        self.flush(now);
        // Nothing opens it again.
        (self.path, self.has_ended) = (None, true);
        if let Some(recorder) = self.recorder.take() {
            // The next start notices the missing clean mark.
            if let Err(error) = recorder.end(now) {
                log::warn!("the recording was not closed: {error}");
            }
        }
    }

    /// Ends at the newest moment that was seen, unless it has ended already.
    pub fn end_at_newest(&mut self) {
        if !self.has_ended {
            self.note(&Event::new(self.newest, EventKind::Stopped, "").with(serde_json::json!({})));
            self.end(self.newest);
        }
    }

    /// True after [`Self::end`].
    pub const fn has_ended(&self) -> bool {
        self.has_ended
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorder::{Reader, Tier};

    #[test]
    fn a_window_requests_an_erase_and_recording_goes_on() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("recording.db");
        let run = Run { boot_id: None, version: "0".to_owned(), started: At(1000) };
        let mut recording_writer = RecordingWriter::open(Ok(path.clone()), run);
        let events = || {
            let reader = Reader::open(&path).expect("readable").expect("a recording");
            reader
                .events(At(0), At(i64::MAX))
                .expect("events")
                .into_iter()
                .map(|event| event.subject)
                .collect::<Vec<_>>()
        };
        let inbox = Inbox::beside(&path);
        recording_writer.note(&Event::new(At(2000), EventKind::Finding, "before"));
        recording_writer.flush(At(2000));
        assert_eq!(events(), ["before"]);
        inbox.put(&Event::new(At(2500), EventKind::Action, "before, by the window")).expect("put");
        recording_writer.note(&Event::new(At(2600), EventKind::Notified, "before, not written yet"));
        inbox.request_erase().expect("asked");
        recording_writer.flush(At(3000));
        assert!(events().is_empty() && inbox.peek().is_empty() && !inbox.is_erase_requested());
        assert_eq!(recording_writer.take_notices(), [RecordingNotice::Erased]);
        recording_writer.note(&Event::new(At(4000), EventKind::Finding, "after"));
        recording_writer.flush(At(4000));
        assert_eq!(events(), ["after"]);
        // A request that was withdrawn has no effect.
        inbox.request_erase().expect("asked");
        assert!(inbox.finish_erase());
        recording_writer.end(At(5000));
        assert_eq!(events(), ["after"]);
    }

    #[test]
    fn what_the_window_did_is_recorded_once_however_often_writing_fails() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("recording.db");
        let run = Run { boot_id: None, version: "0".to_owned(), started: At(1000) };
        let mut recording_writer = RecordingWriter::open(Ok(path.clone()), run);
        let inbox = Inbox::beside(&path);
        inbox.put(&Event::new(At(2500), EventKind::Action, "burner")).expect("put");
        // Another process holds the write lock for longer than the recorder waits.
        let other = rusqlite::Connection::open(&path).expect("opened");
        other.execute_batch("BEGIN IMMEDIATE").expect("held");
        for second in 3..5 {
            recording_writer.flush(At(second * 1000));
            assert!(recording_writer.trouble().is_some() && recording_writer.take_recorded().is_empty());
        }
        inbox.put(&Event::new(At(5500), EventKind::Verdict, "burner")).expect("put");
        other.execute_batch("ROLLBACK").expect("let go");
        recording_writer.flush(At(6000));
        recording_writer.flush(At(7000));
        let recorded: Vec<At> = recording_writer.take_recorded().iter().map(|event| event.at).collect();
        assert_eq!(recorded, [At(2500), At(5500)]);
        let reader = Reader::open(&path).expect("readable").expect("a recording");
        assert_eq!(reader.events(At(0), At(i64::MAX)).expect("events").len(), 2);
    }

    /// Regression: a dropped table, a renamed column or a wrong version made every turn fail for ever.
    #[test]
    fn a_recording_that_is_damaged_while_it_is_written_is_replaced_within_the_turn() {
        for damage in ["DROP TABLE event", "ALTER TABLE run RENAME COLUMN clean TO neat", "DROP TABLE raw"] {
            let folder = tempfile::tempdir().expect("folder");
            let path = folder.path().join("recording.db");
            let run = |started| Run { boot_id: None, version: "0".to_owned(), started };
            let mut recording_writer = RecordingWriter::open(Ok(path.clone()), run(At(1000)));
            recording_writer.set_autostarts(vec!["known".to_owned()]);
            recording_writer.flush(At(2000));
            rusqlite::Connection::open(&path).and_then(|db| db.execute_batch(damage)).expect(damage);
            recording_writer.add(&Sample { at: At(4000), span: Seconds(2.0), ..Sample::default() });
            recording_writer.note(&Event::new(At(4000), EventKind::Finding, "burner"));
            recording_writer.flush(At(4000));
            assert_eq!(recording_writer.trouble(), None, "{damage}");
            assert_eq!(recording_writer.take_notices(), [RecordingNotice::Quarantined], "{damage}");
            let reader = Reader::open(&path).expect("readable").expect("a recording");
            assert_eq!(reader.events(At(0), At(i64::MAX)).expect("events").len(), 1, "{damage}");
            assert_eq!(reader.samples(Tier::Raw, At(0), At(i64::MAX)).expect("samples").len(), 1, "{damage}");
            drop(reader);
            // The same between two runs, and then everything is erased.
            recording_writer.end(At(5000));
            rusqlite::Connection::open(&path).and_then(|db| db.execute_batch(damage)).expect(damage);
            let mut recording_writer = RecordingWriter::open(Ok(path.clone()), run(At(6000)));
            assert_eq!(recording_writer.trouble(), None, "{damage}");
            assert_eq!(recording_writer.take_notices(), [RecordingNotice::Quarantined], "{damage}");
            rusqlite::Connection::open(&path).and_then(|db| db.execute_batch(damage)).expect(damage);
            let inbox = Inbox::beside(&path);
            inbox.request_erase().expect("asked");
            recording_writer.flush(At(7000));
            assert!(!inbox.is_erase_requested() && recording_writer.trouble().is_none(), "{damage}");
            assert_eq!(recording_writer.take_notices(), [RecordingNotice::Erased], "{damage}");
            recording_writer.end(At(8000));
        }
    }

    #[test]
    fn what_was_seen_before_the_recording_could_be_opened_is_written_then() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("recording.db");
        let run = |started| Run { boot_id: None, version: "0".to_owned(), started };
        RecordingWriter::open(Ok(path.clone()), run(At(1000))).end(At(1500));
        let other = rusqlite::Connection::open(&path).expect("opened");
        other.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE").expect("held");
        let mut recording_writer = RecordingWriter::open(Ok(path.clone()), run(At(2000)));
        assert!(recording_writer.trouble().is_some() && recording_writer.previous().is_none(), "nothing can be opened");
        let span = Seconds(2.0);
        let sample = |at| Sample { at: At(at), span, program_span: span, ..Sample::default() };
        // Covers more than an hour and one clock change, so that both tiers are shifted.
        for number in 1..=2000 {
            recording_writer.add(&sample(2000 + number * 2000));
        }
        recording_writer.note(&Event::new(At(4_002_000), EventKind::Finding, "burner"));
        recording_writer.shift(500, At(4_002_500));
        drop(other);
        recording_writer.flush(At(4_004_000));
        assert_eq!(recording_writer.trouble(), None);
        assert_eq!(recording_writer.take_previous().map(|previous| previous.started), Some(At(1000)));
        let reader = Reader::open(&path).expect("readable").expect("a recording");
        let samples = reader.samples(Tier::Raw, At(0), At(i64::MAX)).expect("samples");
        let ends = samples.first().zip(samples.last()).map(|(first, last)| (first.at, last.at));
        assert_eq!((samples.len(), ends), (1800, Some((At(404_500), At(4_002_500)))), "the newest");
        assert_eq!(reader.events(At(0), At(i64::MAX)).expect("events")[0].at, At(4_002_500));
        let runs = reader.runs(At(0)).expect("runs");
        assert_eq!(runs.last().map(|run| run.run.started), Some(At(2500)));
        recording_writer.end(At(4_006_000));
    }

    #[test]
    fn the_first_list_of_what_starts_with_the_pc_waits_for_the_recording() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("recording.db");
        let run = || Run { boot_id: None, version: "0".to_owned(), started: At(1000) };
        RecordingWriter::open(Ok(path.clone()), run()).end(At(1500));
        let other = rusqlite::Connection::open(&path).expect("opened");
        other.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE").expect("held");
        let mut recording_writer = RecordingWriter::open(Ok(path.clone()), run());
        assert!(recording_writer.trouble().is_some(), "nothing can be opened");
        recording_writer.set_autostarts(vec!["old".to_owned()]);
        drop(other);
        recording_writer.flush(At(3000));
        recording_writer.set_autostarts(vec!["old".to_owned(), "new".to_owned()]);
        recording_writer.flush(At(4000));
        let reader = Reader::open(&path).expect("readable").expect("a recording");
        let found = reader.new_autostarts(At(1), At(i64::MAX)).expect("a list");
        assert_eq!(found.into_iter().collect::<Vec<_>>(), [("new".to_owned(), At(4000))]);
    }
}
