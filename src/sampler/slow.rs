//! A source that may block (a disk that spins up, a mount whose server is gone), asked on its own thread.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::model::Why;

/// How long an answer may take; after that the last one is too old to be shown.
const FRESH: Duration = Duration::from_secs(15);

struct Slot<T> {
    answer: Option<Arc<T>>,
    /// When the question that is not answered yet was asked.
    asked: Option<Instant>,
}

/// The newest answer of a slow source; asking and reading never wait.
pub struct Latest<T> {
    slot: Arc<Mutex<Slot<T>>>,
    questions: SyncSender<()>,
}

impl<T: Send + Sync + 'static> Latest<T> {
    /// Asks `source` once for each [`Self::ask`]; the thread sleeps in between and ends when this value is dropped.
    /// A source that never returns keeps its thread and nothing else.
    pub fn start(name: &str, mut source: impl FnMut() -> Option<T> + Send + 'static) -> Self {
        let slot = Arc::new(Mutex::new(Slot { answer: None, asked: None }));
        let weak = Arc::downgrade(&slot);
        // One question may wait while another is answered; more would ask for the same.
        let (questions, inbox) = sync_channel(1);
        let work = move || {
            while inbox.recv().is_ok() {
                let answer = source();
                let Some(slot) = weak.upgrade() else { return };
                let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
                slot.asked = None;
                if let Some(answer) = answer {
                    slot.answer = Some(Arc::new(answer));
                }
            }
        };
        // Without the thread every answer stays missing, which is then said like any other missing value.
        let _ = std::thread::Builder::new().name(name.to_owned()).spawn(work);
        let latest = Self { slot, questions };
        latest.ask();
        latest
    }

    /// Asks for a new answer, unless one is on its way.
    pub fn ask(&self) {
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        if slot.asked.is_none() && self.questions.try_send(()).is_ok() {
            slot.asked = Some(Instant::now());
        }
    }

    /// Whether an answer is on its way.
    #[cfg(test)]
    pub fn is_waiting(&self) -> bool {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner).asked.is_some()
    }

    /// The newest answer.
    ///
    /// # Errors
    /// [`Why::NotYet`] before the first answer, [`Why::Stale`] when the source has stopped answering.
    pub fn latest(&self) -> Result<Arc<T>, Why> {
        let slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        match &slot.answer {
            None => Err(Why::NotYet),
            Some(_) if slot.asked.is_some_and(|asked| asked.elapsed() > FRESH) => Err(Why::Stale),
            Some(answer) => Ok(Arc::clone(answer)),
        }
    }
}
