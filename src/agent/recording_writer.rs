//! Keeps what was seen: in the recording where that is possible, else in memory, with the reason said once.

use std::path::{Path, PathBuf};

use crate::model::{At, Event, Sample, Seconds};
use crate::recorder::{Inbox, Limits, PendingBatch, PreviousRun, Recorder, RecorderError, Run};

/// Between two writes to the disk while something stands out: at most so much is lost when power is.
const BATCH: Seconds = Seconds(60.0);
/// The same while nothing does. A disk takes blocks of 4 KB, and each write touches some of the log and of its index,
/// however little is new: at one write a minute 35 MB a day were measured at 2 % load.
const CALM_BATCH: Seconds = Seconds(180.0);
/// First wait after a failure…
const FIRST_RETRY: Seconds = Seconds(5.0);
/// …and the longest.
const LONGEST_RETRY: Seconds = Seconds(600.0);

/// Why the recording is not written. A text id is made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordingUnavailable {
    /// No folder for it.
    NoFolder,
    /// The folder lies on the network, where SQLite's log is not safe.
    Network,
    /// Made by a newer version.
    Newer,
    /// Held by another program.
    Locked,
    /// No permission.
    ReadOnly,
    /// The disk is full.
    Full,
    /// Anything else, as the system says it.
    Io(String),
}

impl RecordingUnavailable {
    /// Every text id.
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

    /// What the system says, where that helps.
    pub fn reason(&self) -> &str {
        match self {
            Self::Io(reason) => reason,
            _ => "",
        }
    }

    /// Whether trying again could help.
    const fn may_pass(&self) -> bool {
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

/// What the journal has to say to the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordingNotice {
    /// It is kept in memory only; said once until it works again.
    InMemory(RecordingUnavailable),
    /// The recording was damaged and set aside.
    Quarantined,
    /// All of it was deleted, as the person wanted.
    Erased,
}

/// Samples and events on their way to the disk.
pub struct RecordingWriter {
    path: Option<PathBuf>,
    run: Run,
    recorder: Option<Recorder>,
    inbox: Option<Inbox>,
    previous: Option<PreviousRun>,
    trouble: Option<RecordingUnavailable>,
    /// What was seen before the recording could be opened.
    kept: PendingBatch,
    retry: Seconds,
    /// When it was written last, or tried.
    written: At,
    remarks: Vec<RecordingNotice>,
    /// What the window did and is on its way to the disk: given to the recorder once, however often writing fails.
    noted: Vec<Event>,
    /// What the window did, once it is recorded.
    arrived: Vec<Event>,
    /// The last list of what starts with the PC; a recording that is opened or begun anew later needs it.
    autostarts: Option<Vec<String>>,
}

impl RecordingWriter {
    /// Opens the recording at `path`, or keeps what is seen in memory.
    pub fn open(path: Result<PathBuf, RecordingUnavailable>, run: Run) -> Self {
        let (path, trouble) = match path {
            Ok(path) => (Some(path), None),
            Err(trouble) => (None, Some(trouble)),
        };
        let mut recording_writer = Self {
            inbox: path.as_deref().map(Inbox::beside),
            path,
            written: run.started,
            run,
            recorder: None,
            previous: None,
            noted: Vec::new(),
            arrived: Vec::new(),
            autostarts: None,
            remarks: trouble.iter().cloned().map(RecordingNotice::InMemory).collect(),
            trouble,
            kept: PendingBatch::default(),
            retry: Seconds(0.0),
        };
        recording_writer.try_open();
        recording_writer
    }

    fn try_open(&mut self) {
        let Some(path) = self.path.as_ref().filter(|_| self.recorder.is_none()) else { return };
        match Recorder::open(path, &self.run, Limits::default()) {
            Ok((mut recorder, opened)) => {
                recorder.take_over(std::mem::take(&mut self.kept));
                if let Some(identities) = &self.autostarts {
                    recorder.know_autostarts(identities.clone());
                }
                if opened.quarantined.is_some() {
                    self.remarks.push(RecordingNotice::Quarantined);
                }
                self.previous = self.previous.take().or(opened.previous);
                self.recorder = Some(recorder);
                self.well();
            }
            Err(error) => self.ill(error.into()),
        }
    }

    fn well(&mut self) {
        self.trouble = None;
        self.retry = Seconds(0.0);
    }

    fn ill(&mut self, trouble: RecordingUnavailable) {
        if self.trouble.as_ref() != Some(&trouble) {
            self.remarks.push(RecordingNotice::InMemory(trouble.clone()));
        }
        if !trouble.may_pass() {
            self.path = None;
            self.kept = PendingBatch::default();
        }
        self.trouble = Some(trouble);
        self.retry = if self.retry.0 <= 0.0 { FIRST_RETRY } else { Seconds((self.retry.0 * 2.0).min(LONGEST_RETRY.0)) };
    }

    fn wait(&self, calm: bool) -> Seconds {
        match (self.retry, calm) {
            (retry, _) if retry.0 > 0.0 => retry,
            (_, true) => CALM_BATCH,
            (_, false) => BATCH,
        }
    }

    /// Where the recording is or will be; `None` when it can never be opened.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The run before this one, until it is taken: known as soon as the recording is open.
    pub const fn previous(&self) -> Option<&PreviousRun> {
        self.previous.as_ref()
    }

    /// The same, once.
    pub fn take_previous(&mut self) -> Option<PreviousRun> {
        self.previous.take()
    }

    /// What has to be said, once.
    pub fn take_remarks(&mut self) -> Vec<RecordingNotice> {
        std::mem::take(&mut self.remarks)
    }

    /// What the window did and was recorded since the last call.
    pub fn take_arrived(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.arrived)
    }

    /// Why nothing is written, if nothing is.
    pub const fn trouble(&self) -> Option<&RecordingUnavailable> {
        self.trouble.as_ref()
    }

    /// Size on the disk; `None` when kept in memory only.
    pub fn bytes(&self) -> Option<u64> {
        self.recorder.as_ref().map(Recorder::file_bytes)
    }

    /// Takes a sample.
    pub fn add(&mut self, sample: &Sample) {
        if let Some(recorder) = &mut self.recorder {
            recorder.add(sample);
        } else if self.path.is_some() {
            self.kept.add(sample);
        }
    }

    /// Takes an event.
    pub fn note(&mut self, event: &Event) {
        if let Some(recorder) = &mut self.recorder {
            recorder.note(event);
        } else if self.path.is_some() {
            self.kept.note(event);
        }
    }

    /// Takes the list of what starts with the PC, by its identities.
    pub fn know_autostarts(&mut self, identities: Vec<String>) {
        if let Some(recorder) = &mut self.recorder {
            recorder.know_autostarts(identities.clone());
        }
        self.autostarts = Some(identities);
    }

    /// Writes when it is time to or the window did something, and tries again what failed. `calm`: nothing stands out.
    pub fn step(&mut self, now: At, calm: bool) {
        let asked = self.trouble.is_none() && self.inbox.as_ref().is_some_and(Inbox::is_waiting);
        if asked || now.since(self.written).0 >= self.wait(calm).0 {
            self.flush(now);
        }
    }

    /// Writes now.
    pub fn flush(&mut self, now: At) {
        self.written = now;
        self.try_open();
        self.erase(now);
        let Some(recorder) = &mut self.recorder else { return };
        // What the window did is taken over with the same write that makes it safe.
        if self.noted.is_empty() {
            self.noted = self.inbox.as_ref().map(Inbox::take).unwrap_or_default();
            for event in &self.noted {
                recorder.note(event);
            }
        }
        match recorder.flush(now) {
            Ok(()) => {
                if let Some(inbox) = &self.inbox {
                    inbox.drop_taken();
                }
                self.arrived.append(&mut self.noted);
                self.well();
            }
            // The next flush sets the file aside and begins a new one with what is pending.
            Err(RecorderError::Damaged(_)) => {
                if let Some(identities) = &self.autostarts {
                    recorder.know_autostarts(identities.clone());
                }
                self.remarks.push(RecordingNotice::Quarantined);
                self.retry = FIRST_RETRY;
            }
            Err(error) => self.ill(error.into()),
        }
    }

    /// Deletes everything when the window asked for it. What does not work stays asked for until the window takes it
    /// back.
    fn erase(&mut self, now: At) {
        let Some(inbox) = self.inbox.as_ref().filter(|inbox| inbox.is_erase_requested()) else { return };
        let Some(recorder) = &mut self.recorder else { return };
        inbox.discard();
        self.noted.clear();
        self.previous = None;
        if recorder.erase(now).is_ok() {
            self.autostarts = None;
            inbox.finish_erase();
            self.remarks.push(RecordingNotice::Erased);
        }
    }

    /// The clock was wrong by so much and has been set.
    pub fn shift(&mut self, milliseconds: i64, now: At) {
        self.kept.shift(milliseconds);
        // A recorder that is open moves its own.
        self.run.started.0 = self.run.started.0.saturating_add(milliseconds);
        self.written.0 = self.written.0.saturating_add(milliseconds);
        if let Some(recorder) = &mut self.recorder
            && let Err(error) = recorder.shift_clock(milliseconds, now)
        {
            self.ill(error.into());
        }
    }

    /// Writes the rest and the mark of a clean stop.
    pub fn end(mut self, now: At) {
        self.flush(now);
        if let Some(recorder) = self.recorder {
            // The next start notices that the mark of a clean stop is missing.
            if let Err(error) = recorder.end(now) {
                log::warn!("the recording was not closed: {error}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::EventKind;
    use crate::recorder::{Reader, Tier};

    #[test]
    fn a_window_asks_for_all_to_be_deleted_and_watching_goes_on() {
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
        assert_eq!(recording_writer.take_remarks(), [RecordingNotice::Erased]);
        recording_writer.note(&Event::new(At(4000), EventKind::Finding, "after"));
        recording_writer.flush(At(4000));
        assert_eq!(events(), ["after"]);
        // Taken back, it is not done.
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
        // Somebody else writes for longer than the recorder waits.
        let other = rusqlite::Connection::open(&path).expect("opened");
        other.execute_batch("BEGIN IMMEDIATE").expect("held");
        for second in 3..5 {
            recording_writer.flush(At(second * 1000));
            assert!(recording_writer.trouble().is_some() && recording_writer.take_arrived().is_empty());
        }
        inbox.put(&Event::new(At(5500), EventKind::Verdict, "burner")).expect("put");
        other.execute_batch("ROLLBACK").expect("let go");
        recording_writer.flush(At(6000));
        recording_writer.flush(At(7000));
        let arrived: Vec<At> = recording_writer.take_arrived().iter().map(|event| event.at).collect();
        assert_eq!(arrived, [At(2500), At(5500)]);
        let reader = Reader::open(&path).expect("readable").expect("a recording");
        assert_eq!(reader.events(At(0), At(i64::MAX)).expect("events").len(), 2);
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
        // More than an hour of looks, and a clock that is set meanwhile.
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
        recording_writer.know_autostarts(vec!["old".to_owned()]);
        drop(other);
        recording_writer.flush(At(3000));
        recording_writer.know_autostarts(vec!["old".to_owned(), "new".to_owned()]);
        recording_writer.flush(At(4000));
        let reader = Reader::open(&path).expect("readable").expect("a recording");
        let found = reader.new_autostarts(At(1), At(i64::MAX)).expect("a list");
        assert_eq!(found.into_iter().collect::<Vec<_>>(), [("new".to_owned(), At(4000))]);
    }
}
