//! The recording writer, shared by the agent thread and the one that ends the program at a signal.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::time::Duration;

use super::recording_writer::{RecordingNotice, RecordingUnavailable, RecordingWriter};
use crate::model::{At, Event, Sample};
use crate::recorder::PreviousRun;

/// How long the agent thread may take to end the recording itself. A turn is much shorter even with thousands of processes,
/// but takes longer when the PC is starved of CPU or a file system hangs.
const TURN: Duration = Duration::from_millis(300);

/// A [`RecordingWriter`] that another thread can end. Has the same methods, each of which waits for a write under way.
#[derive(Clone)]
pub(super) struct SharedWriter(Arc<Mutex<RecordingWriter>>);

impl SharedWriter {
    pub(super) fn new(writer: RecordingWriter) -> Self {
        Self(Arc::new(Mutex::new(writer)))
    }

    fn with<T>(&self, call: impl FnOnce(&mut RecordingWriter) -> T) -> T {
        // A panic does not invalidate the pending rows, so they are written all the same.
        call(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn path(&self) -> Option<PathBuf> {
        self.with(|writer| writer.path().map(ToOwned::to_owned))
    }

    pub(super) fn previous(&self) -> Option<PreviousRun> {
        self.with(|writer| writer.previous().cloned())
    }

    pub(super) fn take_previous(&self) -> Option<PreviousRun> {
        self.with(RecordingWriter::take_previous)
    }

    pub(super) fn take_notices(&self) -> Vec<RecordingNotice> {
        self.with(RecordingWriter::take_notices)
    }

    pub(super) fn take_recorded(&self) -> Vec<Event> {
        self.with(RecordingWriter::take_recorded)
    }

    pub(super) fn trouble(&self) -> Option<RecordingUnavailable> {
        self.with(|writer| writer.trouble().cloned())
    }

    pub(super) fn bytes(&self) -> Option<u64> {
        self.with(|writer| writer.bytes())
    }

    pub(super) fn add(&self, sample: &Sample) {
        self.with(|writer| writer.add(sample));
    }

    pub(super) fn note(&self, event: &Event) {
        self.with(|writer| writer.note(event));
    }

    pub(super) fn set_autostarts(&self, identities: Vec<String>) {
        self.with(|writer| writer.set_autostarts(identities));
    }

    pub(super) fn step(&self, now: At, calm: bool) {
        self.with(|writer| writer.step(now, calm));
    }

    pub(super) fn flush(&self, now: At) {
        self.with(|writer| writer.flush(now));
    }

    pub(super) fn shift(&self, milliseconds: i64, now: At) {
        self.with(|writer| writer.shift(milliseconds, now));
    }

    pub(super) fn end(&self, now: At) {
        self.with(|writer| writer.end(now));
    }

    /// Ends the recording on a new thread if the agent thread does not do so within [`TURN`]. If the thread cannot be
    /// started, only the agent thread can end it.
    pub(super) fn end_soon(&self) -> std::io::Result<std::thread::JoinHandle<()>> {
        let writer = self.clone();
        std::thread::Builder::new().name("end recording".to_owned()).spawn(move || {
            std::thread::sleep(TURN);
            writer.with(RecordingWriter::end_at_newest);
        })
    }

    /// True if everything is written. Does not wait for a write that is under way.
    pub(super) fn has_ended(&self) -> bool {
        match self.0.try_lock() {
            Ok(writer) => writer.has_ended(),
            Err(TryLockError::Poisoned(writer)) => writer.into_inner().has_ended(),
            Err(TryLockError::WouldBlock) => false,
        }
    }
}
