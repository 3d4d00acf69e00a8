//! Reads a source that may block (a disk spinning up, a mount whose server is gone) on another thread. The thread
//! exists only while a request is pending: an idle one costs memory, on Windows for its stack.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::threads;
use crate::model::Why;

/// Maximum time for an answer; after that the source counts as silent.
pub const STALE_AFTER: Duration = Duration::from_secs(15);

struct Slot<T> {
    answer: Option<Arc<T>>,
    /// Time of the oldest pending request.
    requested_at: Option<Instant>,
    /// A thread is working on it.
    running: bool,
}

type Source<T> = Arc<Mutex<dyn FnMut() -> Option<T> + Send>>;

/// The newest answer of a slow source; requesting and reading never block.
pub struct Latest<T> {
    name: &'static str,
    patience: Duration,
    slot: Arc<Mutex<Slot<T>>>,
    /// Locked only by the one working thread.
    source: Source<T>,
}

impl<T: Send + Sync + 'static> Latest<T> {
    /// Queries `source` for the first time, and once for each later [`Self::request`], on threads called `name`. A
    /// source that never returns keeps its thread and nothing else, even after this value is dropped.
    pub fn start(name: &'static str, source: impl FnMut() -> Option<T> + Send + 'static) -> Self {
        Self::with_patience(name, STALE_AFTER, source)
    }

    /// Like [`Self::start`], with another maximum time for an answer.
    pub fn with_patience(
        name: &'static str,
        patience: Duration,
        source: impl FnMut() -> Option<T> + Send + 'static,
    ) -> Self {
        let slot = Arc::new(Mutex::new(Slot { answer: None, requested_at: None, running: false }));
        let latest = Self { name, patience, slot, source: Arc::new(Mutex::new(source)) };
        latest.request();
        latest
    }

    /// Requests a new answer, unless one is pending.
    pub fn request(&self) {
        let mut slot = locked(&self.slot);
        slot.requested_at.get_or_insert_with(Instant::now);
        if slot.running {
            return;
        }
        let (weak, source) = (Arc::downgrade(&self.slot), Arc::clone(&self.source));
        let work = move || {
            let mut source = source.lock().unwrap_or_else(PoisonError::into_inner);
            // The panic hook has logged a fault in the source; it must not end the asking.
            let answer = catch_unwind(AssertUnwindSafe(&mut *source));
            // The next request must find the source unlocked.
            drop(source);
            let Some(slot) = weak.upgrade() else { return };
            let mut slot = locked(&slot);
            slot.running = false;
            // Without an answer it goes stale, until a later request gets one.
            let Ok(answer) = answer else { return };
            slot.requested_at = None;
            if let Some(answer) = answer {
                slot.answer = Some(Arc::new(answer));
            }
        };
        // If no thread could be started, the last answer goes stale; the next request tries again.
        slot.running = threads::start(self.name, work);
    }

    /// True if an answer is pending.
    pub fn is_waiting(&self) -> bool {
        locked(&self.slot).running
    }

    /// The newest answer.
    ///
    /// # Errors
    /// [`Why::NotYet`] before the first answer, [`Why::Stale`] if the source does not respond, from the first time or
    /// any more.
    pub fn latest(&self) -> Result<Arc<T>, Why> {
        let slot = locked(&self.slot);
        if slot.requested_at.is_some_and(|requested_at| requested_at.elapsed() > self.patience) {
            return Err(Why::Stale);
        }
        slot.answer.as_ref().map(Arc::clone).ok_or(Why::NotYet)
    }
}

fn locked<T>(slot: &Mutex<Slot<T>>) -> MutexGuard<'_, Slot<T>> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    fn wait_for_answer(latest: &Latest<u32>) -> Result<Arc<u32>, Why> {
        let end = Instant::now() + Duration::from_secs(20);
        while latest.is_waiting() {
            assert!(Instant::now() < end, "no answer");
            std::thread::sleep(Duration::from_millis(5));
        }
        latest.latest()
    }

    #[test]
    fn a_source_that_panics_goes_stale_until_it_answers_again() {
        let mut asked = 0;
        let source = move || -> Option<u32> {
            asked += 1;
            assert!(asked > 1, "a fault in a source");
            Some(asked)
        };
        let latest = Latest::with_patience("test", Duration::from_millis(50), source);
        let end = Instant::now() + Duration::from_secs(20);
        while latest.latest() != Err(Why::Stale) {
            assert!(Instant::now() < end, "it is told");
            std::thread::sleep(Duration::from_millis(5));
        }
        while latest.latest().map(|answer| *answer) != Ok(2) {
            assert!(Instant::now() < end, "it is asked again");
            // As each sample does; the first thread may still be printing.
            if !latest.is_waiting() && latest.latest().is_err() {
                latest.request();
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn every_question_gets_the_next_answer_of_the_same_source() {
        let mut count = 0;
        let latest = Latest::start("test", move || {
            count += 1;
            Some(count).filter(|count| *count != 2)
        });
        assert_eq!(wait_for_answer(&latest), Ok(Arc::new(1)));
        latest.request();
        assert_eq!(wait_for_answer(&latest), Ok(Arc::new(1)), "no answer leaves the last one");
        latest.request();
        assert_eq!(wait_for_answer(&latest), Ok(Arc::new(3)));
    }

    #[test]
    fn a_source_that_hangs_is_read_once_and_holds_nobody_up() {
        let calls = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&calls);
        let latest: Latest<u32> = Latest::start("test", move || {
            counter.fetch_add(1, Ordering::SeqCst);
            std::thread::sleep(Duration::from_hours(1));
            None
        });
        let begin = Instant::now();
        while calls.load(Ordering::SeqCst) == 0 && begin.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(5));
        }
        latest.request();
        latest.request();
        assert_eq!((latest.latest(), latest.is_waiting()), (Err(Why::NotYet), true));
        drop(latest);
        assert_eq!(calls.load(Ordering::SeqCst), 1);
    }
}
