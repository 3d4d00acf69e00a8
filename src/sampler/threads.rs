//! The threads that ask what may block. The end of the program waits a moment for them: one that is cut off inside the
//! system may leave a lock of it taken. Under Wine 10 one check in about 150 never ended that way, cut off while it asked
//! about a volume; none of 850 has since.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle, sleep};
use std::time::{Duration, Instant};

/// Those of the whole program.
static ALL: Threads = Threads(Mutex::new(Vec::new()));
/// They are looked at so often while they are waited for.
const STEP: Duration = Duration::from_millis(2);

/// Threads that have not been seen to have ended.
struct Threads(Mutex<Vec<JoinHandle<()>>>);

impl Threads {
    fn running(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn start(&self, name: &str, work: impl FnOnce() + Send + 'static) -> bool {
        self.running().retain(|thread| !thread.is_finished());
        let thread = Builder::new().name(name.to_owned()).spawn(work).ok();
        let started = thread.is_some();
        self.running().extend(thread);
        started
    }

    fn settle(&self, patience: Duration) {
        let end = Instant::now() + patience;
        loop {
            let done: Vec<JoinHandle<()>> = self.running().extract_if(.., |thread| thread.is_finished()).collect();
            for thread in done {
                // Its work is done: only the last steps of the system are waited for, which are the ones that matter here.
                // One that panicked has given no answer, which is told elsewhere.
                let _ = thread.join();
            }
            if self.running().is_empty() || Instant::now() >= end {
                return;
            }
            sleep(STEP);
        }
    }
}

/// Does `work` on a thread called `name`; whether the system had a thread left.
pub(super) fn start(name: &str, work: impl FnOnce() + Send + 'static) -> bool {
    ALL.start(name, work)
}

/// Waits until no thread of this folder is at work, for `patience` at most: an answer that hangs is not waited for.
pub fn settle(patience: Duration) {
    ALL.settle(patience);
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn the_end_waits_for_what_is_about_to_answer_and_not_for_what_hangs() {
        let threads = Threads(Mutex::new(Vec::new()));
        let (done, answers) = channel();
        assert!(threads.start("test", move || {
            sleep(Duration::from_millis(100));
            done.send(()).expect("listens");
        }));
        threads.settle(Duration::from_secs(20));
        assert_eq!(answers.try_recv(), Ok(()));
        assert!(threads.running().is_empty());

        let (go_on, waits) = channel::<()>();
        assert!(threads.start("test", move || _ = waits.recv()));
        let begin = Instant::now();
        threads.settle(Duration::from_millis(50));
        assert!(begin.elapsed() >= Duration::from_millis(50));
        assert_eq!(threads.running().len(), 1);
        drop(go_on);
        threads.settle(Duration::from_secs(20));
        assert!(threads.running().is_empty());
    }
}
