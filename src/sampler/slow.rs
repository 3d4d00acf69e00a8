//! A source that may block (a disk that spins up, a mount whose server is gone), asked on its own thread.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::model::Why;

/// How long an answer stays good when no newer one comes.
const FRESH: Duration = Duration::from_secs(15);

type Slot<T> = Arc<Mutex<Option<(Instant, Arc<T>)>>>;

/// The newest answer of a slow source; reading it never waits.
pub struct Latest<T> {
    slot: Slot<T>,
}

impl<T: Send + Sync + 'static> Latest<T> {
    /// Asks `source` again and again, `pause` after each answer, until this value is dropped. A source that
    /// never returns keeps its thread and nothing else.
    pub fn start(name: &str, pause: Duration, mut source: impl FnMut() -> Option<T> + Send + 'static) -> Self {
        let slot: Slot<T> = Arc::default();
        let weak = Arc::downgrade(&slot);
        let work = move || {
            while weak.strong_count() > 0 {
                let answer = source();
                let Some(slot) = weak.upgrade() else { return };
                if let Some(answer) = answer {
                    *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), Arc::new(answer)));
                }
                drop(slot);
                std::thread::sleep(pause);
            }
        };
        // Without the thread every answer stays missing, which is then said like any other missing value.
        let _ = std::thread::Builder::new().name(name.to_owned()).spawn(work);
        Self { slot }
    }

    /// The newest answer.
    ///
    /// # Errors
    /// [`Why::NotYet`] before the first answer, [`Why::Stale`] when the last one is too old.
    pub fn latest(&self) -> Result<Arc<T>, Why> {
        match &*self.slot.lock().unwrap_or_else(PoisonError::into_inner) {
            None => Err(Why::NotYet),
            Some((when, _)) if when.elapsed() > FRESH => Err(Why::Stale),
            Some((_, answer)) => Ok(Arc::clone(answer)),
        }
    }
}
